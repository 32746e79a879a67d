"""A case of one's own: its folder to fill in, and what was filled in read back; nothing that was there is lost."""

import hashlib
from pathlib import Path, PurePosixPath

import pandas as pd

from .archive import members
from .case import Recorded, Vocabulary, interpret_case, parse_case
from .faults import Fault, TimelineError
from .files import write_atomic
from .starter import check_case_id, starter_about, starter_files
from .timeline import read_bytes, whole_vocabulary
from .vocabulary import COLUMN_NAMES
from .workbook.read import Imported, at_cells, grids_as_read, read_workbook
from .workbook.write import marked_bytes, workbook_bytes

FILES = ("case.yaml", "timeline.csv")
_REPLACED = "replaced"
_TAKEN = "a workbook (.xlsx), or a case folder as the page saves it (.zip)"


def new_case(data: Path, case_id: str) -> list[str]:
    """Make the folder of a case: case.yaml, timeline.csv with comments, and a workbook to fill in instead of them.

    Parameters
    ----------
    data : Path
        The folder of the cases.
    case_id : str
        The name of the case.

    Returns
    -------
    list of str
        What was made, and what to do next.

    Raises
    ------
    TimelineError
        If the id is none, or something of that name is there.
    """
    recorded = starter_files(case_id)
    folder = data / case_id
    if folder.exists() or folder.is_symlink():
        raise TimelineError([Fault(data.name, None, None, case_id, "a name that no case of this folder has yet")])
    empty = pd.DataFrame(columns=list(COLUMN_NAMES), dtype=str)
    workbook = folder / f"{case_id}.xlsx"
    content = workbook_bytes(starter_about(case_id), empty, whole_vocabulary(data))
    for name, text in zip(FILES, recorded, strict=True):
        write_atomic(folder / name, text)
    write_atomic(workbook, content)
    return [
        f"made      {workbook}: fill this in with a spreadsheet, then: make import CASE={case_id}",
        f"made      {folder / FILES[0]}, {FILES[1]}: or write these with a text editor",
        f"then      make report CASE={case_id}",
    ]


def import_case(path: Path, data: Path) -> list[str]:
    """Read a filled-in workbook, or a case folder that the page saved as a zip, into the folder of the cases.

    Parameters
    ----------
    path : Path
        The file.
    data : Path
        The folder of the cases. The case gets the name that it bears itself.

    Returns
    -------
    list of str
        What was written, what of an earlier import was set aside, and the notes of the reading.

    Raises
    ------
    TimelineError
        With every fault, each at its cell. Beside a workbook with faults in its cells a copy is written, in which they
        are red; nothing else is.
    """
    raw = read_bytes(path, path.name)
    vocabulary = whole_vocabulary(data)
    if path.suffix.lower() == ".zip":
        case_id, recorded = read_folder(raw, path.name)
        parsed = parse_case(case_id, recorded, vocabulary)
        case = interpret_case(parsed, vocabulary)
        return [*store_case(data, case_id, recorded), *_told(case.notes)]
    if path.suffix.lower() != ".xlsx":
        raise TimelineError([Fault(path.name, None, None, path.suffix or "no suffix", _TAKEN)])
    try:
        imported, notes = _checked(raw, path.name, vocabulary)
    except TimelineError as error:
        if any(fault.cell for fault in error.faults):
            marked = path.with_suffix(".faults.xlsx")
            grids = grids_as_read(raw, path.name)
            write_atomic(marked, marked_bytes(grids, error.faults, vocabulary, path.stem))
        raise
    return [*store_case(data, imported.case_id, Recorded(imported.about, imported.timeline)), *_told(notes)]


def _checked(raw: bytes, file: str, vocabulary: Vocabulary) -> tuple[Imported, tuple[str, ...]]:
    imported = read_workbook(raw, file)
    try:
        parsed = parse_case(imported.case_id, Recorded(imported.about, imported.timeline), vocabulary)
        case = interpret_case(parsed, vocabulary)
    except TimelineError as error:
        raise TimelineError(at_cells(error.faults, imported, file)) from None
    return imported, (*imported.notes, *case.notes)


def read_folder(raw: bytes, file: str) -> tuple[str, Recorded]:
    """The id and the two files of a case folder in a zip.

    Raises
    ------
    TimelineError
        If it is not such a zip.
    """
    contents = members(raw, file, _TAKEN)
    found = {name: PurePosixPath(name) for name in contents if PurePosixPath(name).name in FILES}
    homes = {path.parent.name for path in found.values()}
    if len(found) != len(FILES) or len(homes) != 1:
        there = ", ".join(list(contents)[:4]) or "nothing"
        raise TimelineError([Fault(file, None, None, there, "case.yaml and timeline.csv of one case folder")])
    case_id = homes.pop()
    check_case_id(case_id)
    by_name = {path.name: contents[name] for name, path in found.items()}
    return case_id, Recorded(*(by_name[name] for name in FILES))


def store_case(data: Path, case_id: str, recorded: Recorded) -> list[str]:
    """Write the two files of a case; a file that was there with another content is set aside.

    Returns
    -------
    list of str
        A line for each file.
    """
    check_case_id(case_id)
    folder = data / case_id
    starter = starter_files(case_id)
    told = []
    for name, content, begun in zip(FILES, recorded, starter, strict=True):
        path = folder / name
        there = path.read_bytes() if path.exists() else None
        if there == content:
            told.append(f"current   {path}")
            continue
        aside = ""
        if there not in (None, begun):
            kept = folder / _REPLACED / f"{hashlib.sha256(there).hexdigest()[:8]}-{name}"
            write_atomic(kept, there)
            aside = f"; what was there is kept as {kept}"
        write_atomic(path, content)
        told.append(f"written   {path}{aside}")
    return told


def _told(notes: tuple[str, ...]) -> list[str]:
    return [f"note      {note}" for note in notes]
