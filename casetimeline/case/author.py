"""A case of one's own: its folder to fill in, and what was filled in read back; nothing that was there is lost."""

import shlex
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..faults import Fault, TimelineError, fault
from ..files import (
    CASE_FILES,
    case_files,
    free_name,
    list_cases,
    make_folder,
    set_aside,
    sha256,
    write_atomic,
    write_together,
)
from ..vocabulary import COLUMN_NAMES, check_case_id, is_case_id
from .form.about import parse_about
from .left_behind import left_behind
from .model import Recorded, Vocabulary, interpret_case, parse_case
from .named import check_folder
from .plain import csv_line, starter_about, starter_files, yaml_bytes
from .proof.extract import read_source
from .proof.proposals import Proposed, judge_rows, read_proposal, source_for, with_rows
from .proof.sources import prove, with_proof
from .read import read_bytes, read_recorded, whole_vocabulary, with_texts
from .workbook.entries import fault_at
from .workbook.placed import at_cells, notes_at_cells, without_blame
from .workbook.read import Imported, grids_as_read, read_workbook, scan_workbook
from .workbook.write import is_as_made, marked_bytes, workbook_bytes
from .zipped import read_folder, taken_of, unused_parts

_REPLACED = "replaced"
# Of a workbook with more cells no copy with marks is written, which takes too long; its faults are told by their cells.
_MOST_MARKED = 40_000


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
    check_folder(data, case_id)
    folder = data / case_id
    if folder.exists() or folder.is_symlink():
        raise TimelineError([fault(case_id, "a name that no case of this folder has yet", at=data.name)])
    workbook = folder / f"{case_id}.xlsx"
    empty = pd.DataFrame(columns=list(COLUMN_NAMES), dtype=str)
    content = workbook_bytes(starter_about(case_id), empty, whole_vocabulary(data))
    make_folder(folder, {**recorded.files(), workbook.name: content})
    return [
        f"made      {workbook}: fill this in with a spreadsheet, then: {_by_make('import', data, case_id)}",
        f"made      {folder / CASE_FILES[0]}, {CASE_FILES[1]}: or write these with a text editor",
        f"then      {_by_make('report', data, case_id)}",
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
        are red, unless it has very many cells; nothing else is. It is removed once there are none, and what somebody
        wrote in it is kept.
    """
    raw = read_bytes(path, path.name)
    vocabulary = whole_vocabulary(data)
    suffix = path.suffix.lower()
    if suffix == ".zip":
        case_id, recorded = read_folder(raw, path.name)
        case = interpret_case(prove(parse_case(case_id, recorded, vocabulary), recorded), vocabulary)
        lines = [*store_case(data, case_id, recorded), *_note_lines(case.notes)]
        return [*lines, *(f"not used  {part}" for part in unused_parts(raw, path.name))]
    if suffix != ".xlsx":
        raise TimelineError([fault(path.suffix or "no suffix", taken_of(path.name), at=path.name)])
    marked = path.with_suffix(".faults.xlsx")
    try:
        imported, notes = check_workbook(raw, path.name, vocabulary, data, _case_folder(path, data))
    except TimelineError as error:
        if any(each.cell for each in error.faults):
            grids = grids_as_read(raw, path.name)
            if sum(len(row) for rows in grids.values() for row in rows) <= _MOST_MARKED:
                _keep_edited(marked)
                write_atomic(marked, marked_bytes(grids, error.faults, vocabulary, path.stem))
        raise
    home = data / imported.case_id
    earlier = {name: read_bytes(place, name) for name, place in case_files(home).items() if place.is_file()}
    lines = store_case(data, imported.case_id, imported.recorded)
    notes = (*notes, *left_behind(earlier, imported.recorded))
    if marked != path and marked.is_file():
        lines.append(_mended(marked))
    return [*lines, *_note_lines(notes)]


def _case_folder(path: Path, data: Path) -> str:
    """The name of the folder of a case in which a file stands; blank where it stands elsewhere."""
    folder = path.absolute().parent
    is_case = folder.parent.resolve() == data.resolve() and folder.name in (path.stem, *list_cases(data))
    return folder.name if is_case else ""


def _keep_edited(marked: Path) -> Path | None:
    """Set a copy with marks aside if somebody has written in it; where it is then."""
    if not marked.is_file() or is_as_made(marked.read_bytes()):
        return None
    return set_aside(marked, marked.parent / _REPLACED / marked.name)


def _mended(marked: Path) -> str:
    """Remove the copy with marks; where that cannot be done, the import is done all the same."""
    try:
        kept = _keep_edited(marked)
        if not kept:
            marked.unlink()
    except OSError as error:
        return f"left      {marked}: the faults that it shows are mended ({error.strerror})"
    aside = f"; what was written in it is kept as {kept}" if kept else ""
    return f"removed   {marked}: the faults that it showed are mended{aside}"


def check_workbook(
    raw: bytes, file: str, vocabulary: Vocabulary, data: Path | None = None, folder: str = ""
) -> tuple[Imported, tuple[str, ...]]:
    """What a workbook holds, and the notes of its reading, each at its row.

    Its rows are held against the texts of its sources where these stand in its folder of `data`. Measures of the case
    are taken from the file there where the sheet Measures has none.

    Parameters
    ----------
    raw, file : bytes, str
        The workbook, and its name for the messages.
    vocabulary : Vocabulary
        The tables that all cases share.
    data : Path, optional
        The folder of the cases.
    folder : str
        The case in whose folder the workbook stands; blank where it stands elsewhere.

    Raises
    ------
    TimelineError
        With every fault, of the cells and of what they say, so that all can be mended in one round.
    """
    imported, faults = scan_workbook(raw, file)
    # Without a valid id of its own the case is that of its rows.
    case_id = imported.case_id if is_case_id(imported.case_id) else imported.id_of_rows
    notes: tuple[str, ...] = ()
    try:
        if folder and is_case_id(imported.case_id) and imported.case_id != folder:
            faults.append(_misplaced(imported, file, folder))
        recorded = imported.recorded._replace(timeline=imported.timeline or None)
        if data is not None and is_case_id(case_id):
            recorded = with_texts(_with_measures(recorded, data / case_id), data / case_id, [])
        parsed = prove(parse_case(case_id, recorded, vocabulary), recorded)
        notes = notes_at_cells(interpret_case(parsed, vocabulary).notes, imported, file)
    except TimelineError as error:
        placed = at_cells(error.faults, replace(imported, case_id=case_id), file)
        faults += without_blame(placed, faults, imported)
    if faults:
        raise TimelineError(faults)
    return replace(imported, measures=recorded.measures), (*imported.notes, *notes)


def _misplaced(imported: Imported, file: str, folder: str) -> Fault:
    """The fault of a workbook that bears the id of another case than the one in whose folder it stands."""
    expected = (
        f"'{folder}', as the workbook stands in the folder {folder}, here and in the column case_id of Timeline; "
        f"a workbook of {imported.case_id} stands in the folder {imported.case_id}"
    )
    return fault_at(file, imported.places.get("case_id", "Case!B2"), "case_id", imported.case_id, expected)


def _with_measures(recorded: Recorded, folder: Path) -> Recorded:
    """The files of a workbook with the measures.csv of its folder, where its sheet Measures has no row."""
    path = folder / CASE_FILES[2]
    if recorded.measures is not None or not path.is_file():
        return recorded
    return recorded._replace(measures=read_bytes(path, f"{folder.name}/{path.name}"))


class Offered(NamedTuple):
    """Proposed rows beside the text, for the case that they are for.

    Attributes
    ----------
    case_id, source_id : str
        The case, or a blank if no case is named; and the source of the rows.
    proposed_by : str
        Who or what proposes them.
    rows : list of Proposed
    recorded : Recorded
        The case as it is, with the text.
    """

    case_id: str
    source_id: str
    proposed_by: str
    rows: list[Proposed]
    recorded: Recorded


def offer_rows(path: Path, text: Path, data: Path, case_id: str = "") -> Offered:
    """Hold the rows of a proposal against the text of their source, and against the case that they are for.

    Parameters
    ----------
    path : Path
        The proposal, a JSON file of the form of `proposal.schema.json`.
    text : Path
        The text of the source.
    data : Path
        The folder of the cases.
    case_id : str
        The case; blank: the rows are held against the text and the vocabulary alone.

    Raises
    ------
    TimelineError
        If a file cannot be read, the case has faults of its own, or the text is another than the one that it names.
    """
    proposal, vocabulary = read_proposal(read_bytes(path, path.name), path.name), whole_vocabulary(data)
    content, faults = read_bytes(text, text.name), []
    if case_id:
        check_case_id(case_id, at="--case")
        if not (data / case_id).is_dir():
            cases = list_cases(data)
            raise TimelineError([fault(case_id, f"a case of {data}: {', '.join(cases)}", at="--case", known=cases)])
        recorded = read_recorded(data / case_id, faults)
    else:
        about = {"case_id": "none", "sources": [{"id": proposal.source or text.name}]}
        recorded = Recorded(yaml_bytes(about), csv_line(list(COLUMN_NAMES)).encode())
    if faults:
        raise TimelineError(faults)
    sources = parse_about(recorded.about.decode(), f"{case_id}/case.yaml").get("sources", [])
    known = {source["id"]: source for source in sources if isinstance(source, dict) and "id" in source}
    source_id = source_for(proposal, list(known), path.name)
    digest = known[source_id].get("sha256", "")
    if digest and digest != sha256(content):
        expected = f"the text of {source_id} that case.yaml names by its digest, {digest}"
        raise TimelineError([fault(sha256(content), expected, at=text.name)])
    source = read_source(content, text.name)
    rows = judge_rows(proposal, source_id, source, case_id or "none", recorded, vocabulary)
    recorded = recorded._replace(texts=(*recorded.texts, (text.name, content)) if digest else recorded.texts)
    return Offered(case_id, source_id, proposal.proposed_by, rows, recorded)


def accept_rows(offered: Offered, numbers: Iterable[int], data: Path) -> list[str]:
    """Write accepted rows into their case.

    Parameters
    ----------
    offered : Offered
        From `offer_rows`.
    numbers : iterable of int
        The rows that a person has accepted, as numbered in the proposal.
    data : Path
        The folder of the cases.

    Returns
    -------
    list of str
        A line for each file.

    Raises
    ------
    TimelineError
        If a row is refused, a number is not in the proposal, or the case would have a fault. Nothing is written then.
    """
    by_number, numbers = {row.number: row for row in offered.rows}, list(dict.fromkeys(numbers))
    faults = []
    for number in numbers:
        reasons = by_number[number].refused if number in by_number else (f"the proposal has {len(by_number)} rows",)
        faults += [fault(f"row {number}", f"a row that the text shows ({reason})", at="--accept") for reason in reasons]
    if faults:
        raise TimelineError(faults)
    rows = [{**by_number[number].row, "source": offered.source_id} for number in numbers]
    recorded, _ = with_rows(offered.case_id, offered.recorded, rows)
    vocabulary = whole_vocabulary(data)
    parsed = prove(parse_case(offered.case_id, recorded, vocabulary), recorded)
    interpret_case(parsed, vocabulary)
    workbook = data / offered.case_id / f"{offered.case_id}.xlsx"
    also = f"also      type them on the sheet Timeline of {workbook}: an import writes what the workbook has"
    return [
        *store_case(data, offered.case_id, with_proof(parsed, recorded)),
        *([also] if workbook.is_file() else []),
    ]


def store_case(data: Path, case_id: str, recorded: Recorded) -> list[str]:
    """Write the files of a case; a file that was there with another content, or that it has no more, is set aside.

    Texts that the rows are proved against stay where none comes in their place.

    Returns
    -------
    list of str
        A line for each file.

    Raises
    ------
    TimelineError
        If the id is none, or what is there cannot be read.
    """
    check_case_id(case_id, at="case_id")
    check_folder(data, case_id)
    folder = data / case_id
    contents, starter = recorded.folder(), starter_files(case_id).files()
    paths = {name: folder / name for name in (*CASE_FILES, *dict(recorded.texts))}
    before = {name: read_bytes(path, f"{case_id}/{name}") for name, path in paths.items() if path.exists()}
    lines, written = [], {}
    for name, path in paths.items():
        earlier, content = before.get(name), contents.get(name)
        if earlier == content:
            lines += [f"current   {path}"] if content is not None else []
            continue
        aside = ""
        if earlier not in (None, starter.get(name)):
            kept = free_name(folder / _REPLACED / name)
            written[kept] = earlier
            aside = f"; what was there is kept as {kept}"
        if content is not None:
            written[path] = content
        lines.append(f"{'removed ' if content is None else 'written '}  {path}{aside}")
    write_together(written)
    for name in before.keys() - contents.keys():
        paths[name].unlink()
    return lines


def workbook_note(data: Path, case_id: str) -> str:
    """That the workbook of a case says something else than its files, which alone are read; blank if it does not.

    A workbook without a fact says nothing.
    """
    path = data / case_id / f"{case_id}.xlsx"
    if not path.is_file():
        return ""
    again = f"{_by_make('import', data, case_id)} reads it"
    try:
        imported = read_workbook(read_bytes(path, path.name), path.name)
        if imported.timeline.count(b"\n") == 1:
            return ""
        written = {name: read_bytes(place, name) for name, place in case_files(data / case_id).items()}
        same = written == _with_measures(imported.recorded, path.parent).files()
    except TimelineError:
        same = False
    return "" if same else f"{path} says something else than case.yaml and timeline.csv, which are used; {again}"


def _by_make(target: str, data: Path, case_id: str) -> str:
    """What to type for a case of a data folder.

    Examples
    --------
    >>> _by_make("import", Path("data"), "a"), _by_make("report", Path("my data"), "a")
    ('make import CASE=a', "make report CASE=a DATA='my data'")
    """
    return f"make {target} CASE={case_id}" + ("" if data == Path("data") else f" DATA={shlex.quote(str(data))}")


def _note_lines(notes: tuple[str, ...]) -> list[str]:
    return [f"note      {note}" for note in notes]
