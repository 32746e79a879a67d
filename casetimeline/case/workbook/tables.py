"""The header of a sheet: where it stands, what its columns are, what it lacks; and the rows below it by its names."""

from typing import NamedTuple

from ...faults import Fault, fault, first_few, shortened
from ...vocabulary import COLUMN_NAMES
from ..tables.elsewhere import origin_of
from ..tables.header import check_header, column_name
from .cells import Cells, cell_name
from .entries import MADE_A_DATE, fault_at, is_day, shown_text
from .sheets import (
    CASE,
    CASE_HEADER,
    CAVEATS,
    CLAIMS,
    DATED,
    EXPLAINING,
    MEASURES,
    PHASES,
    READ,
    SOURCES,
    TABLES,
    TIMELINE,
)

NEEDED = {
    CASE: ("key", "value"),
    SOURCES: ("id",),
    PHASES: ("number", "name"),
    TIMELINE: ("case_id",),
    CLAIMS: ("says", "test"),
    CAVEATS: ("measure", "sentence"),
    MEASURES: ("code", "kind", "label", "unit", "grades", "better"),
}
# A header is looked for in the first rows of a sheet.
_MOST_ABOVE = 30


class Rows(NamedTuple):
    """The filled-in rows of a sheet: the column of each name, the texts of each row by name; the row of the header."""

    columns: dict[str, int]
    rows: dict[int, dict[str, str]]
    header: int


def field_name(sheet: str, text: str) -> str:
    """The name of a column of a sheet, whatever its capitals; else the text.

    Examples
    --------
    >>> field_name("Timeline", "Case ID"), field_name("Case", "VALUE"), field_name("Case", "Remark")
    ('case_id', 'value', 'Remark')
    """
    if sheet == TIMELINE:
        return column_name(text)
    names = _names_of(sheet)
    return text.strip().lower() if text.strip().lower() in names else text


def _names_of(sheet: str) -> set[str]:
    return {field.name for field in (CASE_HEADER if sheet == CASE else TABLES[sheet])}


_SHEETS = {name.lower(): name for name in (*READ, *EXPLAINING)}


def sheet_name(text: str) -> str:
    """The name that a sheet should have, whatever its capitals and the blanks around it; else the text.

    Examples
    --------
    >>> sheet_name("TIMELINE "), sheet_name("Visits ")
    ('Timeline', 'Visits ')
    """
    return _SHEETS.get(text.strip().lower(), text)


def find_sheets(sheets: list[Cells], file: str) -> tuple[dict[str, Cells], list[Fault], list[str]]:
    """The sheets that are read, by the name that each should have; the fault of those that are missing; and notes."""
    alike: dict[str, list[Cells]] = {}
    for sheet in sheets:
        alike.setdefault(sheet_name(sheet.name), []).append(sheet)
    there = {name: first for name, (first, *_) in alike.items()}
    missing = [name for name in (CASE, TIMELINE) if name not in there]
    faults, notes = [], []
    for name in READ:
        if len(alike.get(name, ())) > 1:
            titles = " and ".join(f"'{sheet.name}'" for sheet in alike[name])
            faults.append(fault(f"the sheets {titles}", f"one sheet of the name '{name}'", at=file))
    if missing:
        expected = " and ".join(f"a sheet '{name}'" for name in missing)
        expected += ", as in the workbook that `casetimeline new` makes, to which the rows can be copied"
        strange = [sheet for name, sheet in there.items() if name not in (*READ, *EXPLAINING)]
        filled = (sheet for sheet in strange if sheet.cells)
        looks = [(sheet.name, origin) for sheet in filled if (origin := origin_of(*_names_and_lines(sheet)))]
        if looks:
            name, origin = looks[0]
            expected += f"; the sheet '{name}' looks like {origin.name}: {origin.advice}"
        faults.append(fault(first_few(sheet.name for sheet in strange or sheets) or "no sheet", expected, at=file))
    for name in READ:
        # Workbooks of before had no sheet for measures.
        if name not in there and name not in (*missing, MEASURES):
            notes.append(f"{file}: there is no sheet '{name}'; nothing is read from it")
    for name in there:
        if name not in (*READ, *EXPLAINING):
            notes.append(f"{file}: the sheet '{name}' is not one of a case and is not used")
    return {name: there[name] for name in READ if name in there}, faults, notes


def find_header(name: str, sheet: Cells, file: str) -> tuple[int, list[Fault]]:
    """The row of the header of a sheet, and its fault if the header lacks what the sheet needs."""
    grid = {row: [field_name(name, text) for text in texts] for row, texts in _grid(sheet).items()}
    known = {
        row: len({*texts} & {*(COLUMN_NAMES if name == TIMELINE else NEEDED[name])}) for row, texts in grid.items()
    }
    # Of rows that are as good as each other the first; the first row where none is any.
    row = max(known, key=lambda place: (min(known[place], 3), -place)) if any(known.values()) else 1
    names = grid.get(row, [])
    if {*NEEDED[name]} <= {*names}:
        return row, []
    if name != TIMELINE:
        missing = [f"'{needed}'" for needed in NEEDED[name] if needed not in names]
        expected = f"a header in row {row} with {' and '.join(missing)} beside {', '.join(names) or 'nothing'}"
        place = f"{sheet.name}!A{row}"
        return row, [fault_at(file, place, missing[0].strip("'"), "", expected)]
    others, lines = _names_and_lines(sheet)
    # A column that is there twice is told at its own cell.
    faults = check_header(list(dict.fromkeys(names if any(known.values()) else others)), file, row, lines)
    return row, [fault_at(file, f"{sheet.name}!A{row}", each.column, each.found, each.expected) for each in faults]


def below(sheet: Cells, header: int, file: str) -> tuple[Cells, list[str]]:
    """The sheet without what stands above its header, and a note of that."""
    above = sorted(place for place in sheet.cells if place[0] < header)
    if not above:
        return sheet, []
    words = [f"{cell_name(*place)}: {shortened(shown_text(sheet.cells[place]))!r}" for place in above]
    cells = {place: cell for place, cell in sheet.cells.items() if place[0] >= header}
    merged = [joined for joined in sheet.merged if int("".join(filter(str.isdigit, joined.split(":")[0]))) >= header]
    note = f"{file}: what stands above the header of the sheet {sheet.name} is not used ({first_few(words)})"
    return sheet._replace(cells=cells, merged=merged), [note]


def dates_made(name: str, sheet: Cells, header: int, texts: dict, file: str) -> list[Fault]:
    """Faults of the dates in columns that hold none: a spreadsheet makes one of `1/2` and `5-3`."""
    names = {column: field_name(name, text) for (row, column), text in texts.items() if row == header}
    key = next((column for column, text in names.items() if name == CASE and text == "key"), None)
    # What no column of ours names is not read.
    read = {column: text for column, text in names.items() if text in _names_of(name)}
    faults = []
    for (row, column), text in sorted(texts.items()):
        if row > header and column in read and is_day(sheet.cells[row, column]):
            field = texts.get((row, key), "") if key else read[column]
            if field not in DATED:
                faults.append(fault_at(file, f"{name}!{cell_name(row, column)}", field, text, MADE_A_DATE))
    return faults


def rows_of_sheet(name: str, header: int, texts: dict, file: str) -> tuple[Rows, list[Fault], list[str]]:
    """The rows of a sheet by the names of its header; faults of cells beside it; and notes."""
    columns: dict[str, int] = {}
    rows: dict[int, dict[str, str]] = {}
    faults, notes = [], []
    names = {column: field_name(name, text) for (row, column), text in texts.items() if row == header}
    for column, text in sorted(names.items()):
        if text in columns:
            faults.append(fault_at(file, f"{name}!{cell_name(header, column)}", text, text, "each column once"))
        columns.setdefault(text, column)
    for (row, column), text in sorted(texts.items()):
        if row > header and column in names:
            rows.setdefault(row, {})[names[column]] = text
        elif row > header and columns:
            expected = f"a name for this column in row {header}, or nothing"
            faults.append(fault_at(file, f"{name}!{cell_name(row, column)}", None, text, expected))
    repeats = [row for row, cells in rows.items() if all(field_name(name, text) == key for key, text in cells.items())]
    if repeats:
        where = f"row{'s' if len(repeats) > 1 else ''} {first_few(map(str, repeats))}"
        notes.append(f"{file}: the header of the sheet {name} stands once more in {where} and is not used")
    header_row = [(text, names[column]) for (row, column), text in sorted(texts.items()) if row == header]
    renamed = [f"'{text}' as {read}" for text, read in header_row if text != read]
    if renamed:
        notes.append(f"{file}: columns of the sheet {name} read: {first_few(renamed)}")
    return Rows(columns, {row: cells for row, cells in rows.items() if row not in repeats}, header), faults, notes


def _grid(sheet: Cells) -> dict[int, list[str]]:
    """The texts of the first rows, whatever their cells hold."""
    grid: dict[int, list[str]] = {}
    for row, column in sorted(sheet.cells):
        if row <= _MOST_ABOVE:
            grid.setdefault(row, []).append(shown_text(sheet.cells[row, column]))
    return grid


def _names_and_lines(sheet: Cells) -> tuple[list[str], tuple[str, ...]]:
    """What may be the names of the columns of another table, and its first rows as lines."""
    grid = _grid(sheet)
    widest = max(map(len, grid.values()), default=0)
    names = next((texts for texts in grid.values() if 2 * len(texts) > widest), [])
    return names, tuple(";".join(texts) for texts in grid.values())
