"""What a spreadsheet offers while a case is filled in: drop-downs of known words, and hints for what has a form."""

import io
import math
import re
import zipfile

import openpyxl
import pandas as pd
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Border, Font, NamedStyle, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ...characters import printable
from ...faults import Fault, TimelineError
from ...files import members, zip_bytes
from ...vocabulary import CLAIM_TESTS, KINDS, STATES
from ..model import Vocabulary
from . import sheets as layout
from .cells import AUTHOR
from .sheets import (
    CASE,
    CAVEATS,
    CLAIMS,
    FAULTS,
    HOW_TO,
    MEASURES,
    PHASES,
    SOURCES,
    TABLES,
    TIMELINE,
    WORDS,
    grids_of,
    vocabulary_rows,
)

_TIME = "12 wk, -2 mo, ~6 wk, 3..4 mo, <1 a (h, d, wk, mo, a) from day 0; or a date: 2005-08-17, 2005-08 or 2005."
# Excel keeps a formula of a drop-down to this length; a longer list stands on the sheet Words.
_LONGEST_LIST = 255


def offer_words(workbook: openpyxl.Workbook, words: list[list[str]], vocabulary: Vocabulary) -> None:
    """Put the drop-downs and the hints on each column, wherever the column stands.

    Parameters
    ----------
    workbook : Workbook
        With its sheets filled; its cells are not touched.
    words : list of list of str
        The rows of the sheet Words, the header first.
    vocabulary : Vocabulary
        Which of the words are observations.
    """
    observed = int((vocabulary.measures["kind"] == "observation").sum())
    ranges = {name: _range(words, name) for name in ("every unit", "every rule")}
    measures = f"{WORDS}!$A$2:$A${observed + 1}"
    others = f"{WORDS}!$A${observed + 2}:$A${max(len(vocabulary.measures), observed + 1) + 1}"
    codes = f'IF(KIND="observation",{measures},{others})'
    offers = {
        (TIMELINE, "kind"): _list(",".join(KINDS), "stop", f"one of {', '.join(KINDS)}"),
        (TIMELINE, "state"): _list(",".join(STATES), "stop", "blank, or a state: see the note on the header"),
        (TIMELINE, "code"): _list(codes, "warning", "An observation needs a code of the sheet Words."),
        (TIMELINE, "unit"): _list(ranges["every unit"], "warning", "A unit of the sheet Words, as the source prints."),
        (TIMELINE, "source"): _list(f"{SOURCES}!$A$2:$A$101", "warning", "An id of the sheet Sources."),
        (TIMELINE, "start"): _hint("start", f"{_TIME} Blank: not reported."),
        (TIMELINE, "end"): _hint("end", f"{_TIME} Or: ongoing, stopped, phase 4. Blank: not reported."),
        (TIMELINE, "anchor"): _hint(
            "anchor", "A code of this sheet, from which start and end count; discharge#2: its second."
        ),
        (TIMELINE, "count"): _hint("count", "How often it was given or done: 4, 3..4, >=2. Blank: not reported."),
        (TIMELINE, "grade"): _list("1,2,3,4,5", "warning", "A grade of an adverse event: 1 to 5, or a range (2..3)."),
        (CAVEATS, "measure"): _list(measures, "warning", "A code of the sheet Words, or treatments."),
        (CLAIMS, "measure"): _list(measures, "warning", "A code of the sheet Words."),
        (CLAIMS, "test"): _list(",".join(CLAIM_TESTS), "stop", "One of the tests that the header lists."),
        (MEASURES, "kind"): _list(",".join(KINDS), "stop", "observation; or another kind of fact"),
        (MEASURES, "better"): _list("lower,higher", "stop", "lower, higher, or blank"),
        (MEASURES, "scale"): _list("ratio,interval,ordinal,titre", "stop", "ratio, interval, ordinal, titre, or blank"),
        (CLAIMS, "rule"): _list(ranges["every rule"], "warning", "A rule of the sheet Words."),
    }
    for (name, header), offer in offers.items():
        if name in workbook.sheetnames:
            _place(workbook[name], header, offer)
    for name, header in ((TIMELINE, "phase"), (PHASES, "number"), (CLAIMS, "phase")):
        if name in workbook.sheetnames:
            _place(workbook[name], header, _whole())
    if CASE in workbook.sheetnames:
        sheet = workbook[CASE]
        baseline = _list("last_before,first,worst_before,phase=1,day=0", "warning", "One of these; any number after =.")
        for row in sheet.iter_rows(min_row=2, max_col=2):
            if row[0].value == "analysis: baseline":
                baseline.add(row[1].coordinate)
                sheet.add_data_validation(baseline)


def _place(sheet: Worksheet, header: str, offer: DataValidation) -> None:
    for cell in sheet[1]:
        if cell.value == header:
            letter = cell.column_letter
            kind = next((other.column_letter for other in sheet[1] if other.value == "kind"), letter)
            offer.formula1 = offer.formula1 and offer.formula1.replace("KIND", f"${kind}2")
            # Checked also below the rows that are prepared.
            offer.formula1 = offer.formula1 and offer.formula1.replace("CELL", f"{letter}2")
            offer.add(f"{letter}2:{letter}{max(sheet.max_row, 2) + 500}")
            sheet.add_data_validation(offer)


def _range(words: list[list[str]], header: str) -> str:
    column = words[0].index(header)
    last = max(number for number, row in enumerate(words, 1) if len(row) > column and row[column])
    letter = get_column_letter(column + 1)
    return f"{WORDS}!${letter}$2:${letter}${last}"


def _list(choices: str, style: str, message: str) -> DataValidation:
    formula = choices if "!" in choices else f'"{choices}"'
    if len(formula) > _LONGEST_LIST:
        raise ValueError(f"a drop-down of {len(formula)} characters")
    return DataValidation(
        type="list",
        formula1=formula,
        allow_blank=True,
        errorStyle=style,
        showErrorMessage=True,
        errorTitle="Another word",
        error=message,
    )


def _hint(title: str, text: str) -> DataValidation:
    return DataValidation(allow_blank=True, showInputMessage=True, promptTitle=title, prompt=text)


def _whole() -> DataValidation:
    """Whole numbers from 1: by a formula, since the cells are text and a rule for numbers refuses every text."""
    return DataValidation(
        type="custom",
        formula1="IFERROR(AND(VALUE(CELL)>=1,INT(VALUE(CELL))=VALUE(CELL)),FALSE)",
        allow_blank=True,
        showErrorMessage=True,
        errorTitle="No phase",
        error="A whole number from 1.",
    )


_WIDTHS = {
    "key": 22,
    "value": 46,
    "what it means": 90,
    "authors": 26,
    "title": 46,
    "container": 26,
    "url": 34,
    "read": 34,
    "licence": 24,
    "name": 40,
    "sentence": 100,
    "says": 60,
    "test": 16,
    "measure": 24,
    "needs": 50,
    "quote": 60,
    "note": 40,
    "source": 26,
    "code": 26,
    "case_id": 20,
    "kind": 13,
    "frequency": 18,
    "label": 34,
    "state": 14,
    "allowed units": 40,
    "grades": 38,
    "treatment": 22,
    "events": 22,
    "rule": 26,
    "every unit": 12,
    "every rule": 30,
    "cell": 16,
    "found": 40,
    "expected": 80,
    "what each column means": 110,
    "id": 34,
}
_LINE_POINTS, _MOST_LINES = 15, 20
_RED = PatternFill("solid", start_color="FFFFB3B3")
_LINE = Side(style="thin", color="FFD0D0D0")
_STYLES = {
    "Entry": {"alignment": Alignment(wrap_text=True, vertical="top"), "number_format": "@"},
    "Header": {
        "alignment": Alignment(wrap_text=True, vertical="top"),
        "number_format": "@",
        "font": Font(bold=True),
        "fill": PatternFill("solid", start_color="FFDCE6F1"),
        "border": Border(bottom=_LINE),
    },
}
_PROPERTIES = "docProps/core.xml"
_MODIFIED = re.compile(rb"(<dcterms:(?:created|modified)[^<>]*>)[^<]*")
_TIMES = re.compile(rb"<dcterms:(?:created|modified)[^<>]*>([^<]*)")
_STAMP = b"2000-01-01T00:00:00Z"


def workbook_bytes(about: dict, facts: pd.DataFrame, vocabulary: Vocabulary, measures: str = "") -> bytes:
    """The workbook of a case.

    Parameters
    ----------
    about : dict
        The content of case.yaml as `read_about` returns it; what is missing is a blank to fill in.
    facts : DataFrame
        Recorded columns as text, blank where empty; may have no rows. Columns that are not in the dictionary stay.
    vocabulary : Vocabulary
        Codes, units and rules for the drop-downs and the sheet Words.
    measures : str
        The measures.csv of the case; blank where it has none of its own.

    Returns
    -------
    bytes
        The same for the same input. Every text is a text: nothing in it is a formula.

    Raises
    ------
    TimelineError
        If case.yaml holds lists or mappings where a form has one line, or a text is longer than a cell may be.
    """
    case_id = about.get("case_id", "")
    grids = grids_of(about, facts, measures)
    for name, rows in grids.items():
        blank = [case_id] if name == TIMELINE else [""]
        rows += [blank] * layout.PREPARED[name]
    return _saved(_dressed(grids, vocabulary, case_id))


def marked_bytes(
    grids: dict[str, list[list[str]]], faults: tuple[Fault, ...], vocabulary: Vocabulary, case_id: str
) -> bytes:
    """A workbook in which each faulty cell is red and says what is expected, with a list of the faults.

    Parameters
    ----------
    grids : dict
        The texts of each sheet, each at the place where it stood.
    faults : tuple of Fault
        Those with a `cell` are marked.
    vocabulary : Vocabulary
        As for `workbook_bytes`.
    case_id : str
        For the instructions.
    """
    rows = [["cell", "found", "expected"]]
    rows += [[fault.cell or fault.file, printable(fault.found[:200]), _expected(fault)] for fault in faults]
    workbook = _dressed({FAULTS: rows, **grids}, vocabulary, case_id)
    comments: dict[str, list[str]] = {}
    for fault in faults:
        comments.setdefault(fault.cell, []).append(
            f"found {printable(repr(fault.found[:80]))}; expected {_expected(fault)}"
        )
    for cell, sentences in comments.items():
        name, _, place = cell.rpartition("!")
        if name in workbook.sheetnames:
            marked = workbook[name][place]
            marked.fill = _RED
            marked.comment = _comment("\n".join(sentences)[:2000])
    return _saved(workbook)


def _expected(fault: Fault) -> str:
    return printable(fault.expected + (f"; did you mean '{fault.nearest}'?" if fault.nearest else ""))


def _dressed(grids: dict[str, list[list[str]]], vocabulary: Vocabulary, case_id: str) -> openpyxl.Workbook:
    """The sheets with their texts, widths, notes and drop-downs."""
    workbook = openpyxl.Workbook()
    workbook.remove(workbook.active)
    for name, look in _STYLES.items():
        workbook.add_named_style(NamedStyle(name, **look))
    steps = [["", "how to fill in this workbook"]]
    steps += [[str(number), text.format(case_id=case_id)] for number, text in enumerate(layout.STEPS, 1)]
    steps += [[], ["", "what each column means"]]
    steps += [[f"{name}: {entry.name}", entry.meaning] for name in TABLES for entry in TABLES[name]]
    steps = [[_plain(text) for text in row] for row in steps]
    words = vocabulary_rows(vocabulary)
    first = {FAULTS: grids[FAULTS]} if FAULTS in grids else {}
    for name, rows in {**first, HOW_TO: steps, **grids, WORDS: words}.items():
        _fill(workbook.create_sheet(name), rows)
    _explain(workbook)
    offer_words(workbook, words, vocabulary)
    workbook.active = workbook.sheetnames.index(FAULTS if first else HOW_TO)
    return workbook


def _fill(sheet: Worksheet, rows: list[list[str]]) -> None:
    header = rows[0] if rows else []
    columns = range(1, max(map(len, rows), default=0) + 1)
    widths = {column: _width(sheet.title, column, header) for column in columns}
    for number, row in enumerate(rows, 1):
        # A row without anything stays so; a form has a blank for each column.
        for column in range(1, max(len(row), len(header)) + 1 if row else 1):
            text = row[column - 1] if column <= len(row) else ""
            cell = sheet.cell(number, column)
            cell.style = "Header" if number == 1 else "Entry"
            if text:
                cell.value = _escaped(text)
                # openpyxl takes a text that begins with = for a formula, and #N/A for an error.
                cell.data_type = "s"
                cell.quotePrefix = text[0] in "=+-@'\uff1d\uff0b\uff0d\uff20"
        # Not every spreadsheet makes room for a text that it breaks into lines.
        lines = max((_lines(text, widths[column]) for column, text in enumerate(row, 1)), default=1)
        if lines > 1:
            sheet.row_dimensions[number].height = _LINE_POINTS * min(lines, _MOST_LINES)
    for column, width in widths.items():
        dimension = sheet.column_dimensions[get_column_letter(column)]
        dimension.width = width
        # Rows below those that are prepared are text as well.
        dimension.number_format = "@"
    if sheet.title == HOW_TO:
        for row in sheet.iter_rows(max_col=1, min_row=2):
            row[0].alignment = Alignment(horizontal="left", vertical="top", wrap_text=True)
    sheet.freeze_panes = "A2"
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = openpyxl.worksheet.properties.PageSetupProperties(fitToPage=True)
    sheet.print_title_rows = "1:1"


def _plain(text: str) -> str:
    """A text without the marks of code, which a cell shows as they are."""
    return text.replace("`", "'")


def _width(sheet: str, column: int, header: list[str]) -> int:
    """The width of a column in characters."""
    if sheet == HOW_TO:
        return 24 if column == 1 else 110
    name = header[column - 1] if column <= len(header) else ""
    return 12 if (sheet, name) == (TIMELINE, "value") else _WIDTHS.get(name, 12)


def _lines(text: str, width: int) -> int:
    """How many lines a text takes in a column, as far as that can be told without its font."""
    return sum(max(1, math.ceil(len(line) / width)) for line in text.split("\n"))


def _escaped(text: str) -> str:
    """The text as the file format writes it: `_x000D_` for a carriage return, and what looks like this kept apart."""
    return re.sub(r"_(?=x[0-9A-Fa-f]{4}_)", "_x005F_", text).replace("\r", "_x000D_")


def _explain(workbook: openpyxl.Workbook) -> None:
    """A note on each header that is known."""
    for name, entries in {CASE: layout.CASE_HEADER, **TABLES}.items():
        meaning = dict(entries)
        if name in workbook.sheetnames:
            for cell in workbook[name][1]:
                if cell.value in meaning:
                    cell.comment = _comment(_plain(meaning[cell.value]))


def _comment(text: str) -> Comment:
    return Comment(text, AUTHOR, width=360, height=40 + 18 * math.ceil(len(text) / 50) + 14 * text.count("\n"))


def is_as_made(raw: bytes) -> bool:
    """Whether a workbook is as it was made here: a program that saves one stamps it with the time.

    Examples
    --------
    >>> is_as_made(b"no workbook")
    False
    """
    try:
        stamps = _TIMES.findall(members(raw, "", "")[_PROPERTIES])
    except (TimelineError, KeyError):
        return False
    return set(stamps) == {_STAMP}


def _saved(workbook: openpyxl.Workbook) -> bytes:
    """The bytes, without the time at which they were made."""
    buffer = io.BytesIO()
    workbook.save(buffer)
    with zipfile.ZipFile(buffer) as made:
        parts = {name: made.read(name) for name in made.namelist()}
    parts[_PROPERTIES] = _MODIFIED.sub(rb"\g<1>" + _STAMP, parts[_PROPERTIES])
    return zip_bytes(parts)
