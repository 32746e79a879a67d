"""The cases of a folder that somebody names, and names that a case may have. Imports the standard library alone."""

import fnmatch
from pathlib import Path

from ..faults import Fault, TimelineError, fault
from ..files import CASE_FILES, TABLES, list_cases, misplaced

# Names of devices of Windows, whatever stands behind a full stop.
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{number}" for port in ("com", "lpt") for number in range(1, 10))}


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


def check_folder(data: Path, case_id: str) -> None:
    """Refuse an id that some system cannot have as a folder, or that is the name of a table or, in effect, of a case.

    Raises
    ------
    TimelineError
        If it is one of these.

    Examples
    --------
    >>> check_folder(Path("data"), "rules")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    case_id: found 'rules'; expected another name: a table or text of this folder has this one
    """
    cases, name = list_cases(data) if data.is_dir() else [], case_id.casefold()
    tables = {"readme.md", "readme", *TABLES, *(Path(table).stem for table in TABLES)}
    alike = next((other for other in cases if other.casefold() == name), "")
    reason = "a name that does not end in a full stop" if name.endswith(".") else ""
    if name in tables:
        reason = "another name: a table or text of this folder has this one"
    elif name.partition(".")[0] in _DEVICES:
        reason = "another name: on Windows no folder can have this one"
    elif alike:
        reason = f"another name: that of the case '{alike}' differs from it in capitals alone"
    if reason and case_id not in cases:
        raise TimelineError([fault(case_id, reason, at="case_id")])
