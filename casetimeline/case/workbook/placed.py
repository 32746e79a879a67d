"""Where what is said of the files of a case stands in its workbook: each fault at its cell, each note at its rows."""

import functools
import re

from openpyxl.utils.datetime import CALENDAR_MAC_1904

from ...faults import LINES, Fault, rename_lines
from ...values import day_of_spreadsheet
from .entries import fault_at
from .read import Imported
from .sheets import CASE, MEASURES, PHASES, SOURCES, TIMELINE, WORDS

# What faults of case.yaml call a key, where the form has another word.
_KEYS = {"baseline_rule": "analysis: baseline", "reference": "analysis: reference"}
# What a text of a case calls a table or file, and what it is called in a workbook.
_CALLED = {
    r"\ba measures\.csv beside timeline\.csv": f"the sheet {MEASURES}",
    r"\bmeasures\.csv or treatments\.csv|\b(?:measures|rules)\.csv": f"the sheet {WORDS}",
    r"of the sources of case\.yaml": f"id of the sheet {SOURCES}",
    r"name in case\.yaml": f"name on the sheet {PHASES}",
    r"in case\.yaml": f"on the sheet {CASE}",
    "; a line of comment begins with #": ", or an empty row; a remark belongs into the note of a fact",
}


def without_blame(faults: list[Fault], of_cells: list[Fault], imported: Imported) -> list[Fault]:
    """Faults of the content of a workbook without those that its cells, which could not be read, are to blame for.

    Parameters
    ----------
    faults : list of Fault
        From `at_cells`.
    of_cells : list of Fault
        From `scan_workbook`.
    imported : Imported
        What was read of the workbook.
    """
    cells = {misfit.cell for misfit in of_cells}
    # What a cell holds that is not read is missing in its row, and what a header lacks is missing in every row.
    rows = {(_sheet_of(misfit), misfit.line) for misfit in of_cells}
    headless = {sheet for sheet, row in rows if row == (_row_of_header(imported) if sheet == TIMELINE else 1)}
    unread = headless or any(not misfit.cell for misfit in of_cells)
    return [
        misfit
        for misfit in faults
        if misfit.cell not in cells
        and (misfit.found or (_sheet_of(misfit), misfit.line) not in rows)
        and not (unread and (not misfit.found or misfit.cell.endswith("!A1")))
    ]


def _row_of_header(imported: Imported) -> int:
    """The row of the sheet Timeline in which its header stands."""
    return int(re.sub("[^0-9]", "", imported.places.get((1, "case_id"), f"{TIMELINE}!A1")))


def _sheet_of(misfit: Fault) -> str:
    return misfit.cell.partition("!")[0]


def at_cells(faults: tuple[Fault, ...], imported: Imported, file: str) -> list[Fault]:
    """Faults of the two files of a case as faults at the cells of its workbook; those of other files stay.

    Parameters
    ----------
    faults : tuple of Fault
        From `interpret_case`.
    imported : Imported
        What the workbook held.
    file : str
        Name of the workbook.

    Examples
    --------
    >>> imported = Imported("a", b"", b"", {(2, "value"): "Timeline!G7"}, ())
    >>> print(*at_cells((Fault("a/timeline.csv", 2, "value", "52", "a number to 51"),), imported, "a.xlsx"))
    a.xlsx, cell Timeline!G7: found '52'; expected a number to 51
    """
    placed = []
    for misfit in faults:
        column = misfit.column or ""
        if misfit.file == f"{imported.case_id}/timeline.csv" and (misfit.line or not misfit.column):
            nearby = ((misfit.line, column), (misfit.line, misfit.found), (misfit.line, "case_id"), (1, column))
            # What lies behind the rows that there are is missing below the header.
            row = _row_of_header(imported) + ((misfit.line or 1) > 1)
            cell = next((imported.places[place] for place in nearby if place in imported.places), f"{TIMELINE}!A{row}")
        elif misfit.file == f"{imported.case_id}/measures.csv" and imported.measures is not None:
            places = ((MEASURES, misfit.line, column), (MEASURES, misfit.line, "code"))
            cell = next((imported.places[place] for place in places if place in imported.places), f"{MEASURES}!A1")
        elif misfit.file == f"{imported.case_id}/case.yaml":
            key = _KEYS.get(column, column)
            nearby = (f"{key}: {misfit.found}", key, key.rpartition(": ")[0], key.partition(": ")[0])
            cell = next((imported.places[place] for place in nearby if place in imported.places), f"{CASE}!A1")
        else:
            placed.append(misfit)
            continue
        expected = rename_lines(misfit.expected, functools.partial(_row_of, imported))
        expected = _of_workbook(expected)
        expected = _counted_from_1904(expected, misfit.found) if imported.from_1904 else expected
        placed.append(fault_at(file, cell, misfit.column, misfit.found, expected, misfit.nearest))
    return placed


def _row_of(imported: Imported, line: int) -> str:
    cell = imported.places.get((line, "case_id"), "")
    return cell and f"row {re.sub('[^0-9]', '', cell.rpartition('!')[2])}"


def notes_at_cells(notes: tuple[str, ...], imported: Imported, file: str) -> tuple[str, ...]:
    """Notes of the files of a case as notes of its workbook: lines as rows of a sheet, and keys at their cells.

    Parameters
    ----------
    notes : tuple of str
        From `interpret_case`.
    imported, file : Imported, str
        As for `at_cells`.

    Examples
    --------
    >>> imported = Imported("a", b"", b"", {(2, "case_id"): "Timeline!A7", "patient: shoe": "Case!B9"}, ())
    >>> notes = ("a/timeline.csv, line 2: no unit", "a/case.yaml, line 4: the key 'patient: shoe' is not read")
    >>> print(*notes_at_cells(notes, imported, "a.xlsx"), sep="\\n")
    a.xlsx, Timeline, row 7: no unit
    a.xlsx, cell Case!B9: the key 'patient: shoe' is not read
    """
    sheets = {f"{imported.case_id}/timeline.csv": TIMELINE, f"{imported.case_id}/case.yaml": CASE}
    if imported.measures is not None:
        sheets[f"{imported.case_id}/measures.csv"] = MEASURES
    return tuple(_note_at_cells(note, sheets, imported, file) for note in notes)


def _note_at_cells(note: str, sheets: dict[str, str], imported: Imported, file: str) -> str:
    place, mark, sentence = note.partition(": ")
    name, _, lines = place.partition(", ")
    if name not in sheets:
        return note
    if sheets[name] == CASE:
        keys = (key for key in imported.places if isinstance(key, str) and f"'{key}'" in sentence)
        cells = [f"cell {imported.places[key]}" for key in keys]
        return f"{file}, {[*cells, CASE][0]}{mark}{_of_workbook(sentence)}"
    where = ", ".join(filter(None, [file, sheets[name], lines]))
    return LINES.sub(functools.partial(_as_rows, imported), f"{where}{mark}{_of_workbook(sentence)}")


def _as_rows(imported: Imported, lines: re.Match) -> str:
    """`lines 3 and 4` as `rows 5 and 6`, with the rows in which a person sees them."""
    if not all(_row_of(imported, int(line)) for line in re.findall("[0-9]+", lines[0])):
        return lines[0]
    rows = re.sub("[0-9]+", lambda line: _row_of(imported, int(line[0])).removeprefix("row "), lines[0])
    return rows.replace("line", "row", 1)


def _of_workbook(text: str) -> str:
    """A text on the files of a case as said to somebody who has the workbook before them.

    Examples
    --------
    >>> _of_workbook("a code of measures.csv; another one is a row of a measures.csv beside timeline.csv")
    'a code of the sheet Words; another one is a row of the sheet Measures'
    """
    for called, name in _CALLED.items():
        text = re.sub(called, name, text)
    return text


def _counted_from_1904(expected: str, text: str) -> str:
    """The day of a number in a workbook whose days count from 1904, in place of that in any other.

    Examples
    --------
    >>> _counted_from_1904("a date as text: a spreadsheet has this number for the day 2019-04-10", "43565")
    'a date as text: a spreadsheet has this number for the day 2023-04-11'
    """
    day = day_of_spreadsheet(text)
    return expected.replace(day, day_of_spreadsheet(text, CALENDAR_MAC_1904.date())) if day else expected
