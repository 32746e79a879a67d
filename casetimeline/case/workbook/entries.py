"""What a cell holds to the text that a person typed, or to a fault where a spreadsheet has turned it into another."""

import datetime
import functools
import math
import re

from openpyxl.styles.numbers import is_date_format
from openpyxl.utils.datetime import CALENDAR_MAC_1904, WINDOWS_EPOCH, from_excel

from ...characters import acting_character, printable
from ...faults import Fault, first_few
from ..tables.table import MOST_DIGITS, print_number
from .cells import Cell, Cells, cell_name
from .sheets import LONGEST_CELL

# As many formats as a workbook may have, each looked at once.
_is_date = functools.lru_cache(1024)(is_date_format)
# More faults than this are not told one by one: the first of them are mended first.
MOST_FAULTS = 1_000
_AS_TEXT = "text; format the cell as Text and type it again"
MADE_A_DATE = f"{_AS_TEXT}; the spreadsheet has made it a date"
_PLAIN_NUMBER = re.compile(r"(?:#,##)?0(?:\.(?P<decimals>0+))?")
_LOGICAL = {"1": "TRUE", "0": "FALSE"}
# The format of a length of time: `[h]:mm`.
_ELAPSED = re.compile(r"\[(?:h+|m+|s+)\]", re.IGNORECASE)
_EXPECTED = {
    "formula": "a text or number; nothing is computed",
    "error": "a text or number; the cell holds an error",
    "boolean": f"{_AS_TEXT}; the spreadsheet has made it a logical value",
}
# A number or a time, with what may stand beside it.
_OF_DIGITS = re.compile(r"[0-9<>=~?\s.,:/+*-]*[0-9][0-9<>=~?\s.,:/+*-]*")
# A text in which a point may have been meant to part the thousands.
_THREE_BEHIND = re.compile(r"[<>~]?=?[1-9][0-9]{0,2}\.[0-9]{3}")
_NUMBERED = ("value", "ref_low", "ref_high", "dose")
# A locale or colour in brackets, what is quoted, and what only fills.
_DRESS = re.compile(r"\[[^\]]*\]|\"[^\"]*\"|\\.|_.|\*.")


def fault_at(file: str, cell: str, column: str | None, found: str, expected: str, nearest: str = "") -> Fault:
    """A fault at a cell such as `Timeline!F7`; its line is the row of the cell.

    Examples
    --------
    >>> fault_at("a.xlsx", "Timeline!F7", "end", "soon", "a time").line
    7
    """
    row = re.search("[0-9]+$", cell)
    return Fault(file, int(row[0]) if row else None, column, found, expected, nearest, cell)


def texts_of(sheet: Cells, from_1904: bool, file: str, faults: list[Fault], notes: list[str], top: int = 1) -> dict:
    """The texts of a sheet by row and column, without the blanks around them; faults and notes join the others.

    A number is read with the digits that Excel shows, at most fifteen.

    Parameters
    ----------
    sheet : Cells
        As read; hidden rows and columns that hold anything, and merged cells, are faults.
    from_1904 : bool
        Whether days count from 1904.
    file : str
        Name of the workbook, for the messages.
    faults, notes : list
        What is found joins them.
    top : int
        The row of the header.
    """
    _check_seen(sheet, file, faults)
    header = {column: cell.text for (row, column), cell in sheet.cells.items() if row == top and cell.kind == "text"}
    epoch = CALENDAR_MAC_1904 if from_1904 else WINDOWS_EPOCH
    texts: dict[tuple[int, int], str] = {}
    numbers: list[str] = []
    for (row, column), cell in sheet.cells.items():
        if len(faults) > MOST_FAULTS:
            break
        text, expected = text_of(cell, epoch)
        place = f"{sheet.name}!{cell_name(row, column)}"
        if expected:
            name = header.get(column) if row > top else None
            faults.append(fault_at(file, place, name, text, expected))
        else:
            is_measured = row > top and header.get(column, "").strip().lower() in _NUMBERED
            text = texts[row, column] = with_shown_zeros(text, cell.shown) if is_measured else text
            if cell.kind == "number" and text != cell.text:
                numbers.append(f"{place} as {text}")
    behind = _with_three_behind(sheet, texts, header)
    noted = {
        "numbers and dates read as text": numbers,
        "the point of a text is read as a decimal point, never as a mark of thousands": behind,
        **_unread(sheet, top),
    }
    notes += [f"{file}: {sentence}: {first_few(places)}" for sentence, places in noted.items() if places]
    return texts


def _with_three_behind(sheet: Cells, texts: dict[tuple[int, int], str], header: dict[int, str]) -> list[str]:
    """The cells of numbers typed as text whose point may have been meant to part the thousands."""
    numbered = {column for column, name in header.items() if name.strip().lower() in _NUMBERED}
    return [
        f"{sheet.name}!{cell_name(row, column)} ({text})"
        for (row, column), text in sorted(texts.items())
        if column in numbered and sheet.cells[row, column].kind == "text" and _THREE_BEHIND.fullmatch(text)
    ]


def _unread(sheet: Cells, top: int) -> dict[str, list[str]]:
    """What stands with the cells below the header and is not read, by the sentence that says so."""
    struck = sorted(place for place, cell in sheet.cells.items() if cell.struck == "whole")
    noted = {
        "cells that are struck through are read all the same; clear those that no longer hold": struck,
        "comments of cells are not read; what they say of a fact belongs into its note": sheet.comments,
    }
    return {
        sentence: [f"{sheet.name}!{cell_name(row, column)}" for row, column in places if row > top]
        for sentence, places in noted.items()
    }


def text_of(cell: Cell, epoch: datetime.datetime = WINDOWS_EPOCH) -> tuple[str, str]:
    """The text of a cell and a blank; or what was found and what was expected.

    Examples
    --------
    >>> text_of(Cell("number", "46.0", "General")), text_of(Cell("number", "38581", "yyyy-mm-dd"))
    (('46', ''), ('2005-08-17', ''))
    >>> text_of(Cell("number", "38565", "mmm-yy"))[1]
    'text; format the cell as Text and type it again; the spreadsheet has made it a date'
    """
    if cell.kind in _EXPECTED:
        # As the cell shows it.
        return _LOGICAL.get(cell.text, cell.text) if cell.kind == "boolean" else cell.text, _EXPECTED[cell.kind]
    if cell.kind == "number" and _ELAPSED.search(cell.shown):
        return _duration(cell)
    if is_day(cell):
        return _date(cell, epoch)
    if cell.kind == "number":
        return _number(cell)
    text = cell.text.strip()
    if cell.struck == "part":
        return printable(text), "the text that holds, without the part that is struck through"
    if cell.raised and _OF_DIGITS.fullmatch(text):
        return printable(text), "digits on one line; a part of them stands above or below it, as a power or a footnote"
    odd = acting_character(text)
    if odd:
        return printable(text), f"text without {odd}"
    if len(text.encode("utf-16-le")) // 2 > LONGEST_CELL:
        return f"{len(text)} characters", f"at most {LONGEST_CELL}, the most that a cell holds"
    return text, ""


def is_day(cell: Cell) -> bool:
    """Whether a cell holds a day or a time of day."""
    return cell.kind == "date" or (cell.kind == "number" and _is_date(cell.shown))


def _number(cell: Cell) -> tuple[str, str]:
    try:
        value = float(cell.text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        return cell.text, "a number, or text"
    if value and not 1e-20 < abs(value) < 1e20:
        return cell.text, "a number with fewer digits"
    value = float(f"{value:.{MOST_DIGITS}g}")
    text = print_number(value)
    if cell.shown in ("General", "@"):
        return text, ""
    shown = _PLAIN_NUMBER.fullmatch(cell.shown)
    if shown is None:
        return text, f"{_AS_TEXT}; the cell shows it in another form ({cell.shown!r})"
    if round(value, len(shown["decimals"] or "")) != value:
        return text, f"the digits that are meant; the cell shows fewer ({cell.shown})"
    return text, ""


def with_shown_zeros(text: str, shown: str) -> str:
    """A number with the zeros at its end that its cell shows: they say how exactly it was measured.

    Examples
    --------
    >>> with_shown_zeros("4.2", "0.00"), with_shown_zeros("4", "0.0"), with_shown_zeros("4.2", "General")
    ('4.20', '4.0', '4.2')
    """
    form = _PLAIN_NUMBER.fullmatch(shown)
    zeros = len(form["decimals"] or "") if form else 0
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals:0<{zeros}}" if zeros else text


def _duration(cell: Cell) -> tuple[str, str]:
    """A length of time, which a spreadsheet keeps in days and shows in hours and minutes.

    Examples
    --------
    >>> _duration(Cell("number", "1.5", "[h]:mm"))
    ('36:00', 'text; format the cell as Text and type it again; a length of time has its unit: 36 h')
    """
    try:
        minutes = round(float(cell.text) * 24 * 60)
    except (ValueError, OverflowError):
        return cell.text, _AS_TEXT
    hours = print_number(round(minutes / 60, 2))
    sign, (whole, rest) = "-" if minutes < 0 else "", divmod(abs(minutes), 60)
    return f"{sign}{whole}:{rest:02}", f"{_AS_TEXT}; a length of time has its unit: {hours} h"


def _date(cell: Cell, epoch: datetime.datetime) -> tuple[str, str]:
    """A date with its year first or in full, at the precision shown; midnight is no time of day."""
    try:
        if cell.kind == "date":
            when = datetime.datetime.fromisoformat(cell.text.removesuffix("Z"))
        else:
            when = from_excel(float(cell.text), epoch)
    except (ValueError, OverflowError, TypeError):
        when = None
    if not isinstance(when, datetime.datetime):
        return cell.text, f"{_AS_TEXT}; the spreadsheet has made it a time of day"
    plain = _DRESS.sub("", cell.shown).split(";")[0].lower()
    clock = when.time() != datetime.time()
    day = when.date().isoformat()
    if cell.kind == "date" and not _is_date(cell.shown):
        plain = "yyyy-mm-dd"
    if not clock and "y" in plain and "m" in plain and "d" in plain:
        return day, ""
    if plain == "yyyy-mm":
        return day[:7], ""
    if plain == "yyyy":
        return day[:4], ""
    return day, f"{MADE_A_DATE} with a time of day" if clock else MADE_A_DATE


def _check_seen(sheet: Cells, file: str, faults: list[Fault]) -> None:
    """Faults of a sheet, rows or columns that are hidden, and of merged cells: nothing is taken or lost unseen."""
    misfits = [("A1", "a hidden sheet", "a sheet that is shown")] if sheet.hidden else []
    for row in sorted(sheet.hidden_rows & {row for row, _ in sheet.cells}):
        misfits.append((f"A{row}", "a hidden row", "a row that is shown, by a filter as well, or none"))
    for column in _hidden_of(sheet):
        misfits.append((cell_name(1, column), "a hidden column", "a column that is shown"))
    misfits += [(joined.partition(":")[0], f"merged cells {joined}", "cells apart") for joined in sheet.merged]
    faults += [
        fault_at(file, f"{sheet.name}!{place}", None, oddity, expected)
        for place, oddity, expected in misfits[:MOST_FAULTS]
    ]


def _hidden_of(sheet: Cells) -> list[int]:
    """The columns that hold anything and are hidden, by however many ranges."""
    change: dict[int, int] = {}
    for first, last in sheet.hidden_columns:
        change[first] = change.get(first, 0) + 1
        change[max(first, last + 1)] = change.get(max(first, last + 1), 0) - 1
    filled = {column for _, column in sheet.cells}
    hidden, ranges = [], 0
    for column in sorted(filled | change.keys()):
        ranges += change.get(column, 0)
        hidden += [column] if ranges > 0 and column in filled else []
    return hidden


def shown_text(cell: Cell) -> str:
    """The text of a cell for a copy in which nothing is computed, whether it is right or not."""
    return printable(text_of(cell)[0])[:1000]
