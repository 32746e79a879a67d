"""The folder of the cases, as a session reads it: what is there now, and not when the program was started."""

import functools
from pathlib import Path

from ..case import Recorded, read_recorded, whole_vocabulary
from ..faults import Fault, TimelineError, fault
from ..files import combined, list_cases, sha256
from .draft import Draft, draft_of


def digest_of(recorded: Recorded) -> str:
    """The digest of the files that say what a case is: by it a page knows that they are still the same."""
    return combined({name: sha256(raw) for name, raw in recorded.files().items()})


# The files of a case are compared with each entry. What is kept here is compared alone, and never changed.
@functools.lru_cache(maxsize=8)
def _content(recorded: Recorded, case_id: str) -> Draft:
    return draft_of(recorded, case_id)


class CaseFolder:
    """The cases of a folder, and the tables that they share.

    Parameters
    ----------
    path : Path
        The folder.

    Attributes
    ----------
    path : Path
    listed : list of str
        The ids of the cases, as they were when they were listed last.
    vocabulary : Vocabulary

    Raises
    ------
    TimelineError
        If the tables have faults.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.listed = list_cases(path)
        self.vocabulary = whole_vocabulary(path)

    def read_again(self) -> bool:
        """List the cases, and read the tables, as they are now; whether the tables are others.

        Raises
        ------
        TimelineError
            If the tables have faults.
        """
        self.listed, before = list_cases(self.path), self.vocabulary
        self.vocabulary = whole_vocabulary(self.path)
        return (before.contents, before.notes) != (self.vocabulary.contents, self.vocabulary.notes)

    def recorded(self, case_id: str) -> Recorded:
        """The files of a case.

        Raises
        ------
        TimelineError
            If there is no such case, or a file cannot be read.
        """
        if case_id not in self.listed:
            raise TimelineError([fault(case_id, f"one of {', '.join(self.listed)}", at="case", known=self.listed)])
        faults: list[Fault] = []
        recorded = read_recorded(self.path / case_id, faults)
        if faults:
            raise TimelineError(faults)
        return recorded

    def texts_of(self, case_id: str) -> tuple[tuple[str, bytes], ...]:
        """What the rows of a case are proved against; none of a case that is not there."""
        return read_recorded(self.path / case_id, []).texts if case_id in self.listed else ()

    def digest(self, case_id: str) -> str:
        """The digest of the files that say what a case is; blank for one that is not there."""
        if case_id not in self.listed:
            return ""
        return digest_of(read_recorded(self.path / case_id, []))

    def says_the_same(self, case_id: str, recorded: Recorded) -> bool:
        """Whether files that were typed say what the files of the case say: it was opened, and not changed."""
        try:
            typed = _content(recorded, case_id)
            return typed == _content(self.recorded(case_id), case_id)._replace(texts=typed.texts)
        except TimelineError:
            # The case is not there, or one of the files cannot be read.
            return False
