"""The cases of a folder that somebody names. Only the standard library is imported here."""

import fnmatch
from pathlib import Path

from ..faults import TimelineError, fault
from ..files import list_cases


def words_in(cases: str) -> list[str]:
    """The names in a list of cases.

    Examples
    --------
    >>> words_in("fu-2025, ferreira2017  ssc-*")
    ['fu-2025', 'ferreira2017', 'ssc-*']
    """
    return cases.replace(",", " ").split()


def case_ids(folder: Path, cases: str) -> list[str]:
    """The ids of the cases of a folder that are named, sorted; of all where none is named.

    Parameters
    ----------
    folder : Path
        The folder of the cases.
    cases : str
        Their ids, parted by blanks or commas, also with `*`.

    Raises
    ------
    TimelineError
        For each name that is not a case of the folder, and if the folder has no case.
    """
    there, faults, chosen = list_cases(folder), [], set()
    if not there:
        raise TimelineError([fault("no case", "a folder that holds case folders", at=str(folder))])
    for name in words_in(cases) or ["*"]:
        matching = fnmatch.filter(there, name)
        chosen.update(matching)
        if not matching:
            faults.append(fault(name, f"a case of this folder: {', '.join(there)}", at="cases", known=there))
    if faults:
        raise TimelineError(faults)
    return sorted(chosen)
