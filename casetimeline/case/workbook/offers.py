"""What a spreadsheet offers while a case is filled in: drop-downs of known words, and hints for what has a form."""

import openpyxl
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from ...vocabulary import CLAIM_TESTS, KINDS, STATES
from ..model import Vocabulary
from .layout import CASE, CAVEATS, CLAIMS, PHASES, SOURCES, TIMELINE, WORDS

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
    ranges = {name: _range(words, name) for name in ("code", "every unit", "every rule")}
    measures = f"{WORDS}!$A$2:$A${observed + 1}"
    offers = {
        (TIMELINE, "kind"): _list(",".join(KINDS), "stop", "observation, treatment or event"),
        (TIMELINE, "state"): _list(",".join(STATES), "stop", "blank, or a state: see the note on the header"),
        (TIMELINE, "code"): _list(ranges["code"], "warning", "An observation needs a code of the sheet Words."),
        (TIMELINE, "unit"): _list(ranges["every unit"], "warning", "A unit of the sheet Words, as the source prints."),
        (TIMELINE, "source"): _list(f"{SOURCES}!$A$2:$A$101", "warning", "An id of the sheet Sources."),
        (TIMELINE, "start"): _hint("start", f"{_TIME} Blank: not reported."),
        (TIMELINE, "end"): _hint("end", f"{_TIME} Or: ongoing. Blank: not reported."),
        (CAVEATS, "measure"): _list(measures, "warning", "A code of the sheet Words, or treatments."),
        (CLAIMS, "measure"): _list(measures, "warning", "A code of the sheet Words."),
        (CLAIMS, "test"): _list(",".join(CLAIM_TESTS), "stop", "One of the tests that the header lists."),
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
