"""A filled-in workbook to the two text files of a case, with the cell that each of their places came from."""

import csv
import io
from dataclasses import dataclass
from typing import NamedTuple

from ...faults import Fault, TimelineError, fault
from ...vocabulary import CASE_ID_WORDS, COLUMN_NAMES, is_case_id
from ..form.patient import patient_of_cells
from ..model import Recorded
from ..plain import columns_to_write, csv_line, lines_of, yaml_bytes
from .cells import MOST_CELLS, Cells, cell_name, read_package
from .entries import MOST_FAULTS, fault_at, shown_text, texts_of
from .sheets import CASE, CAVEATS, CLAIMS, MEASURES, PHASES, READ, SOURCES, TIMELINE
from .tables import NEEDED, Rows, below, dates_made, find_header, find_sheets, rows_of_sheet, sheet_name

MOST_ROWS = 10_000
# A copy with marks shows this many columns.
_WIDEST = 40
_ELSEWHERE = {"sources": SOURCES, "phases": PHASES, "caveats": CAVEATS, "claims": CLAIMS}


@dataclass(frozen=True)
class Imported:
    """What a workbook holds.

    Attributes
    ----------
    case_id : str
    about, timeline, measures : bytes
        case.yaml, timeline.csv and measures.csv, in UTF-8 with plain line ends; no measures where the workbook has
        none.
    places : dict
        The cell of each line and column of timeline.csv, `(2, "value")`, of measures.csv, `("Measures", 2, "unit")`,
        and of each key of case.yaml, `"patient: age"`, as in `Timeline!G2` and `Case!B5`.
    notes : tuple of str
        What was normalised, and what was not read.
    from_1904 : bool
        Whether the workbook counts its days from 1904.
    """

    case_id: str
    about: bytes
    timeline: bytes
    places: dict
    notes: tuple[str, ...]
    measures: bytes | None = None
    from_1904: bool = False

    @property
    def recorded(self) -> Recorded:
        """The files of the case."""
        return Recorded(self.about, self.timeline, self.measures)

    @property
    def id_of_rows(self) -> str:
        """The id that the first row of the timeline bears; blank without a row."""
        rows = csv.reader(io.StringIO(self.timeline.decode(), newline=""))
        next(rows, None)
        return next(rows, [""])[0]


class _Reading(NamedTuple):
    """What reading gathers beside the content: the name of the workbook, faults, notes, and places."""

    file: str
    faults: list[Fault]
    notes: list[str]
    places: dict


def read_workbook(raw: bytes, file: str) -> Imported:
    """The case of a workbook.

    Numbers become their shortest text, dates a date at the precision that the cell shows. Rows that hold nothing, or
    on Timeline nothing but the id, are no facts. Blanks around a text are not kept.

    Parameters
    ----------
    raw, file : bytes, str
        The workbook, and its name for the messages.

    Raises
    ------
    TimelineError
        With every fault of the cells: formulas, errors, entries that a spreadsheet turned into something else, what
        is hidden or merged, and tables without their header. Whether the content makes a case is not asked here.
    """
    imported, faults = scan_workbook(raw, file)
    if faults:
        raise TimelineError(faults)
    return imported


def scan_workbook(raw: bytes, file: str) -> tuple[Imported, list[Fault]]:
    """What can be read of a workbook, and every fault of its cells.

    Parameters
    ----------
    raw, file : bytes, str
        The workbook, and its name for the messages.

    Raises
    ------
    TimelineError
        If it is no workbook.
    """
    package = read_package(raw, file)
    sheets, faults, notes = find_sheets(package.sheets, file)
    reading = _Reading(file, faults, notes, {})
    tables = {}
    for name, sheet in sheets.items():
        header, lacking = find_header(name, sheet, file)
        _check_size(name, sheet, header, reading)
        reading.faults.extend(lacking)
        if not lacking:
            sheet, left_out = below(sheet, header, file)
            reading.notes.extend(left_out)
            texts = texts_of(sheet._replace(name=name), package.from_1904, file, reading.faults, reading.notes, header)
            reading.faults.extend(dates_made(name, sheet, header, texts, file))
            tables[name] = _table_of(name, header, texts, reading)
    about = _about_of(tables, reading)
    case_id = about.get("case_id", "")
    if CASE in tables and not is_case_id(case_id):
        place = reading.places.get("case_id", f"{CASE}!B2")
        # A cell that holds no text at all is a fault already.
        if not any(misfit.cell == place for misfit in reading.faults):
            reading.faults.append(fault_at(file, place, "case_id", str(case_id), CASE_ID_WORDS))
    faults = reading.faults[:MOST_FAULTS]
    if len(reading.faults) > MOST_FAULTS:
        faults.append(fault(f"more than {MOST_FAULTS} faults", "a workbook; the first are listed", at=file))
    timeline = _timeline_of(tables[TIMELINE], reading.places) if TIMELINE in tables else b""
    measures = _measures_of(tables[MEASURES], reading.places) if MEASURES in tables else None
    content = (yaml_bytes(about), timeline, reading.places, tuple(reading.notes), measures)
    return Imported(case_id, *content, package.from_1904), faults


def grids_as_read(raw: bytes, file: str) -> dict[str, list[list[str]]]:
    """The sheets of a workbook as texts at their places, for a copy with marks; a formula is the text that it is."""
    grids = {}
    for sheet in read_package(raw, file).sheets:
        name = sheet_name(sheet.name)
        if name in READ and name not in grids:
            rows: list[list[str]] = []
            for (row, column), cell in sorted(sheet.cells.items()):
                if row <= MOST_ROWS + 1 and column <= _WIDEST:
                    rows += [[] for _ in range(row - len(rows))]
                    rows[-1] += [""] * (column - 1 - len(rows[-1])) + [shown_text(cell)]
            grids[name] = rows
    return grids


def _check_size(name: str, sheet: Cells, header: int, reading: _Reading) -> None:
    rows = {row for row, _ in sheet.cells if row > header}
    columns = {column for row, column in sheet.cells if row == header}
    if len(rows) > MOST_ROWS or len(rows) * len(columns) > MOST_CELLS:
        size = f"{len(rows)} rows of {len(columns)} columns on the sheet {name}"
        reading.faults.append(fault(size, f"at most {MOST_ROWS} rows, and {MOST_CELLS} cells", at=reading.file))


def _table_of(name: str, header: int, texts: dict, reading: _Reading) -> Rows:
    """The rows of a sheet by the names of its header; faults of cells beside it join the others."""
    table, faults, notes = rows_of_sheet(name, header, texts, reading.file)
    reading.faults.extend(faults)
    reading.notes.extend(notes)
    for text in table.columns:
        if name in (PHASES, CAVEATS) and text not in NEEDED[name]:
            reading.notes.append(f"{reading.file}: column '{text}' of the sheet {name} is not used")
    return table


def _cell(name: str, table: Rows, row: int, column: str) -> str:
    return f"{name}!{cell_name(row, table.columns.get(column, 1))}"


def _about_of(tables: dict[str, Rows], reading: _Reading) -> dict:
    """The content of case.yaml, its keys in the order of the sheets."""
    about = _form_of(tables[CASE], reading) if CASE in tables else {}
    readers = {"sources": _items_of, "phases": _phases_of, "caveats": _caveats_of, "claims": _items_of}
    for key, read in readers.items():
        name = _ELSEWHERE[key]
        if name in tables:
            reading.places[key] = f"{name}!A1"
            content = read(key, name, tables[name], reading)
            about |= {key: content} if content else {}
    return about


def _form_of(table: Rows, reading: _Reading) -> dict:
    about: dict = {}
    for row, line in table.rows.items():
        key, value = line.get("key", ""), line.get("value", "")
        top, _, part = (text.strip() for text in key.partition(":"))
        where = _cell(CASE, table, row, "key")
        wrong = ""
        if not key and value:
            wrong = "the key of this value"
        elif key and key in reading.places:
            wrong = f"each key once; it stands at {reading.places[key]}"
        elif top in _ELSEWHERE:
            wrong = f"this on the sheet {_ELSEWHERE[top]}"
        elif value and part and isinstance(about.setdefault(top, {}), dict):
            about[top][part] = value
        elif value and top in about:
            wrong = f"either '{top}' or parts of it"
        elif value:
            about[top] = value
        if wrong:
            reading.faults.append(fault_at(reading.file, where, "key", key, wrong))
        elif key:
            reading.places[key] = _cell(CASE, table, row, "value")
            reading.places.setdefault(top, reading.places[key])
    if isinstance(about.get("patient"), dict):
        about["patient"] = patient_of_cells(about["patient"])
    return about


def _items_of(key: str, name: str, table: Rows, reading: _Reading) -> list[dict[str, str]]:
    items = []
    for row, line in table.rows.items():
        if name == SOURCES and not line.get("id"):
            where = _cell(name, table, row, "id")
            reading.faults.append(fault_at(reading.file, where, "id", "", "an id, which the rows of Timeline name"))
        items.append({column: line[column] for column in table.columns if column in line})
        first = next(iter(table.columns))
        reading.places[f"{key}: {len(items)}"] = _cell(name, table, row, first)
        reading.places.update({f"{key}: {len(items)}: {text}": _cell(name, table, row, text) for text in table.columns})
    return items


def _phases_of(key: str, name: str, table: Rows, reading: _Reading) -> dict[str, str]:
    phases: dict[str, str] = {}
    for row, line in table.rows.items():
        number, where = line.get("number", ""), _cell(name, table, row, "number")
        if not number or number in phases:
            expected = "each phase once" if number else "the number of this phase"
            reading.faults.append(fault_at(reading.file, where, "number", number, expected))
        phases[number] = line.get("name", "")
        reading.places[f"{key}: {number}"] = where
    return phases


def _caveats_of(key: str, name: str, table: Rows, reading: _Reading) -> dict[str, list[str]]:
    caveats: dict[str, list[str]] = {}
    for row, line in table.rows.items():
        measure, where = line.get("measure", ""), _cell(name, table, row, "measure")
        if not measure:
            expected = "a code of the sheet Words, or 'treatments'"
            reading.faults.append(fault_at(reading.file, where, "measure", "", expected))
        caveats.setdefault(measure, []).extend([line["sentence"]] if "sentence" in line else [])
        reading.places.setdefault(f"{key}: {measure}", where)
    return caveats


def _measures_of(table: Rows, places: dict) -> bytes | None:
    """The measures of the case in the plain form, without the columns that no row fills; nothing without a row."""
    filled = {name for cells in table.rows.values() for name, text in cells.items() if text}
    names = [name for name in table.columns if name in filled or name in NEEDED[MEASURES]]
    lines = [csv_line(names)]
    line = 1 + lines_of(lines[0])
    for row, cells in table.rows.items():
        places |= {(MEASURES, line, name): _cell(MEASURES, table, row, name) for name in names}
        lines.append(csv_line([cells.get(name, "") for name in names]))
        line += lines_of(lines[-1])
    return "".join(lines).encode() if filled else None


def _timeline_of(table: Rows, places: dict) -> bytes:
    """The facts in the plain form; the cell of each line and column goes to `places`."""
    known = [name for name in COLUMN_NAMES if name in table.columns]
    names = columns_to_write([*known, *(name for name in table.columns if name not in known)], table.rows.values())
    places |= {(1, name): _cell(TIMELINE, table, table.header, name) for name in names}
    lines = [csv_line(names)]
    line = 1 + lines_of(lines[0])
    for row, cells in table.rows.items():
        if cells.keys() != {"case_id"}:
            places |= {(line, name): _cell(TIMELINE, table, row, name) for name in names}
            lines.append(csv_line([cells.get(name, "") for name in names]))
            line += lines_of(lines[-1])
    return "".join(lines).encode()
