"""The cases of a folder that somebody names. Only the standard library is imported here."""

import fnmatch
from pathlib import Path

from ..faults import Fault, TimelineError, fault
from ..files import CASE_FILES, list_cases, misplaced


def words_in(cases: str) -> list[str]:
    """The names in a list of cases.

    Examples
    --------
    >>> words_in("fu-2025, ferreira2017  ssc-*")
    ['fu-2025', 'ferreira2017', 'ssc-*']
    """
    return cases.replace(",", " ").split()


def no_such_folder(path: Path, expected: str, *, folder: bool = True) -> Fault:
    """The fault of a path at which no case is; where the folder `data` beside it has a case of its name, with that.

    Examples
    --------
    >>> no_such_folder(Path("nowhere"), "a case folder").found
    'no such folder'
    """
    misfit = misplaced(path, expected, folder=folder)[0]
    return misfit._replace(nearest=misfit.nearest or case_within(path))


def case_within(path: Path) -> str:
    """The case of the folder `data` beside a path that has its name: somebody named the case alone. Blank if none."""
    within = path.parent / "data" / path.name
    here = within.relative_to(Path.cwd()) if within.is_relative_to(Path.cwd()) else within
    return str(here) if (within / CASE_FILES[1]).is_file() else ""


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
