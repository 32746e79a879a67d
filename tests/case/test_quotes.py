"""Rows proved against the text of their source: quotes letter by letter, numbers and states in their own quote."""

import csv
import difflib
import json
import shutil

import pandas as pd
import pytest
from conftest import ROOT, first_in_gate

from casetimeline.case.author import import_case
from casetimeline.case.form.about import parse_about
from casetimeline.case.proof.extract import text_of
from casetimeline.case.proof.passages import find_quote, nearest_passage, source_of
from casetimeline.case.proof.printed import numbers_in
from casetimeline.case.proof.proving import check_numbers
from casetimeline.case.proof.sources import prove_source
from casetimeline.case.read import read_case, read_recorded, whole_vocabulary
from casetimeline.case.tables.dialect import read_rows
from casetimeline.case.workbook.write import workbook_bytes
from casetimeline.faults import TimelineError

TEXT = "At entry the mRSS was 46 and CK 923 U/L.  After 6 months the score had decreased from 46 to 32."


@pytest.mark.parametrize(
    ("quote", "text"),
    [
        ('the "score" fell', "Then the \u201cscore\u201d fell."),
        ("no significant effusion", "There was no signi\ufb01cant e\ufb00usion."),
        ("a follow-up of 6 months", "After a follow\u2010up of\u00a06\nmonths"),
        ("treatment began", "The treat-\nment began."),
        ("a 4-week regimen", "It was a 4-\nweek regimen."),
        ("cyclophosphamide", "cyclo\u00adphosphamide"),
        ("46 \u00b1 2 points", "46 \u00b1 2  points"),
        ("-14 points", "\u221214 points"),
        ("CK 923 U/L", "The CK 923 U/\nL fell."),
        ("after 3-4 weeks", "after 3\u2013\n4 weeks"),
        ("fell - and rose", "fell \u2013\nand rose"),
        # As PDFium tells a hyphen at the end of a line.
        ("a significant effusion", "a signif\ufffeicant effusion"),
        ("a long-term effect", "a long\ufffe\r\nterm effect"),
        ("5.2 \u00d710\u00b3/\u00b5L", "were 5.2 \u00d710\u00b3/\u03bcL"),
        ("CK 923 [...] from 46 to 32", TEXT),
    ],
)
def test_what_typesetting_changes_makes_no_difference(quote, text):
    assert all(find_quote(quote, source_of(text)))


@pytest.mark.parametrize(
    "quote",
    [
        "mRSS was 47",
        "mRSS was 4",
        "RSS was 46",
        "CK 923 U/l",
        "from 46 to 32 [...] CK 923",
        "decreased from 46to 32",
        "",
    ],
)
def test_a_letter_or_an_order_that_differs_is_not_found(quote):
    assert not (find_quote(quote, source_of(TEXT)) and all(find_quote(quote, source_of(TEXT))))


def test_every_letter_of_the_quotes_of_the_index_case_is_asked_for():
    source = source_of((ROOT / "data/fu-2025/abstract.txt").read_text("utf-8"))
    with (ROOT / "data/fu-2025/timeline.csv").open(encoding="utf-8", newline="") as file:
        quotes = {row["quote"] for row in csv.DictReader(file)} - {""}
    assert len(quotes) == 5
    for quote in quotes:
        assert all(find_quote(quote, source))
        for place, letter in enumerate(quote):
            other = "x" if letter != "x" else "y"
            forged = quote[:place] + other + quote[place + 1 :]
            assert not all(find_quote(forged, source)), (quote, place)
        # The nearest passage is the one that was meant, whichever letter is wrong.
        for place in (0, len(quote) // 2, len(quote) - 1):
            nearest = nearest_passage(quote[:place] + "x" + quote[place + 1 :], source)
            assert difflib.SequenceMatcher(None, nearest, quote).ratio() > 0.9, (nearest, quote)


# Worked by hand: the numbers that a reader sees, with what they can mean and the word behind them.
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("mRSS of forty-six", [((46.0,), "")]),
        ("decreased from 46 to 32 points", [((46.0,), "points"), ((32.0,), "points")]),
        ("MRC 4/5", [((4.0,), "/5")]),
        ("a CK of 17,622 U/L", [((17622.0, 17.622), "U/L")]),
        ("5.2 \u00d710\u00b3/\u00b5L", [((5.2, 5200.0), "\u00d7103/\u03bcL")]),
        ("3\u20134 months later", [((3.0,), "months"), ((4.0,), "months")]),
        ("43.4%", [((43.4,), "%")]),
        ("anti-HMGCR, IL-6", []),
    ],
)
def test_numbers_of_a_text(text, expected):
    assert [(each.readings, each.unit) for each in numbers_in(text)] == expected


COLUMNS = ("code", "value", "unit", "ref_low", "ref_high", "state", "dose", "dose_unit", "frequency", "start", "end")
COLUMNS += ("grade",)


def row(quote, **cells):
    return {"line": 2, "source": "a", "quote": quote, "derived": "", **dict.fromkeys(COLUMNS, ""), **cells}


@pytest.mark.parametrize(
    ("quote", "cells", "column"),
    [
        ("mRSS 46", {"value": "46"}, ""),
        ("mRSS 46", {"value": "36"}, "value"),
        ("mRSS 46", {"value": "\u226446"}, "value"),
        ("mRSS 46", {"value": "\u226546"}, "value"),
        ("mRSS 46", {"value": "at most 46"}, "value"),
        ("mRSS 46", {"value": "0..46"}, "value"),
        ("an mRSS of at most 46", {"value": "\u226446"}, ""),
        ("mRSS of forty-six", {"value": "46"}, ""),
        ("46 days later", {"value": "46"}, "value"),
        ("approximately 6000 U/L", {"value": "~6000", "unit": "U/L"}, ""),
        ("approximately 6000 U/L", {"value": "6000", "unit": "U/L"}, "value"),
        ("6000 U/L", {"value": "~6000", "unit": "U/L"}, "value"),
        ("less than 30 U/L", {"value": "<30", "unit": "U/L"}, ""),
        ("CK 923 U/L (26 to 192)", {"value": "923", "unit": "U/L", "ref_low": "26", "ref_high": "192"}, ""),
        ("CK 923 U/L (26 to 192)", {"value": "923", "unit": "U/L", "ref_high": "195"}, "ref_high"),
        ("8 mg/kg every 4 weeks", {"dose": "8", "dose_unit": "mg/kg", "frequency": "every 4 wk"}, ""),
        ("8 mg/kg every 4 weeks", {"dose": "4", "dose_unit": "mg/kg"}, "dose"),
        ("8 mg/kg every 4 weeks", {"frequency": "every 8 wk"}, "frequency"),
        ("8 mg every 4 weeks", {"dose": "8", "dose_unit": "mg/kg"}, "dose"),
        ("8 mg/kg every 4 weeks", {"dose": "8", "dose_unit": "mg"}, "dose"),
        ("8 mg/kg, 162 mg a week", {"dose": "162", "dose_unit": "mg/kg"}, "dose"),
        ("500 mg/m\u00b2", {"dose": "500", "dose_unit": "mg/kg"}, "dose"),
        ("162 mg/week", {"dose": "162", "dose_unit": "mg/day"}, "dose"),
        ("40 mg/day", {"dose": "40", "dose_unit": "mg", "frequency": "daily"}, ""),
        ("40 mg daily", {"dose": "40", "dose_unit": "mg/day"}, ""),
        ("8 mg (per kg)", {"dose": "8", "dose_unit": "mg/kg"}, ""),
        ("after 3 months", {"start": "3 mo"}, ""),
        ("after 3 months", {"start": "3 wk"}, "start"),
        ("in August 2005", {"start": "2005-08"}, ""),
        ("in August 2005", {"start": "2005-09"}, "start"),
        ("on admission", {"start": "0 d"}, ""),
        ("for 3 days", {"start": "0 d", "end": "2 d"}, "end"),
        ("for 3 days", {"start": "0 d", "end": "2 d", "derived": "3 days from day 0, so 3 - 1 = 2"}, ""),
        ("for 3 days", {"end": "2 d", "derived": "3 days from day 0, so 3 - 2 = 2"}, "derived"),
        ("the effusion resolved", {"code": "pericardial_effusion", "state": "absent"}, ""),
        ("an effusion was seen", {"code": "pericardial_effusion", "state": "absent"}, "state"),
        ("no pericardial effusion", {"code": "pericardial_effusion", "state": "present"}, "state"),
        # Typographic variants: what a reader sees is what counts.
        ("46 \u00b1 2 points", {"value": "46"}, ""),
        ("a change of \u221214 points", {"value": "-14"}, ""),
        ("leucocytes 5.2 \u00d7 10\u00b3/\u00b5L", {"value": "5200"}, ""),
        ("leucocytes 5.2\u00d710^3/\u00b5L", {"value": "5.2", "unit": "10^3/\u00b5L"}, ""),
        ("mRSS decreased from 46 to 32", {"value": "32"}, ""),
        ("mRSS decreased from 46 to 32", {"value": "23"}, "value"),
        ("CK 12,340 U/L", {"value": "12340", "unit": "U/L"}, ""),
        ("CK 12 340 U/L", {"value": "12340", "unit": "U/L"}, ""),
        ("CK 12\u202f340 U/L", {"value": "12340", "unit": "U/L"}, ""),
        ("CK 12,340 U/L", {"value": "1234", "unit": "U/L"}, "value"),
        ("about 30 U/L", {"value": "30", "unit": "U/L"}, "value"),
        ("a range between 10 and 20 U/L", {"value": "10..20", "unit": "U/L"}, ""),
        ("a range between 10 and 20 U/L", {"value": "10..30", "unit": "U/L"}, "value"),
        ("2\u20133 stools a day", {"value": "3..3"}, "value"),
        # A number that stands once is the value or a limit, and not both.
        ("ALT 46 U/L (n < 45)", {"value": "46", "unit": "U/L", "ref_high": "45"}, ""),
        ("ALT 46 U/L (n < 45)", {"value": "46", "unit": "U/L", "ref_high": "46"}, "ref_high"),
        ("15 mg/m\u00b2 weekly", {"dose": "15", "dose_unit": "mg/m\u00b2"}, ""),
        ("15 mg/m^2 weekly", {"dose": "15", "dose_unit": "mg/m^3"}, "dose"),
        ("15 mg per square metre", {"dose": "15", "dose_unit": "mg/m2"}, ""),
        ("2 mg/kg daily", {"dose": "2", "dose_unit": "mg/kg/day"}, ""),
        ("severe grade 3 diarrhoea", {"grade": "3"}, ""),
        ("severe grade III diarrhoea", {"grade": "3"}, ""),
        ("severe grade 3 diarrhoea", {"grade": "4"}, "grade"),
        ("nausea, grade 1 to 2", {"grade": "1..2"}, ""),
        ("nausea, grade 1-2", {"grade": "1..2"}, ""),
        ("nausea between grade 1 and 2", {"grade": "1..2"}, ""),
        ("nausea, grade 1 or grade 2", {"grade": "1..2"}, ""),
        ("nausea, grade 1 to 2 over 3 weeks", {"grade": "1..3"}, "grade"),
        ("nausea, grade 1, and 3 days later", {"grade": "1..3"}, "grade"),
        ("for 3 days", {"end": "2 d", "derived": "4 days from day 0, so 3 - 1 = 2"}, "derived"),
        ("for 3 days", {"end": "3 d", "derived": "3 days from day 0, so 3 - 1 = 2"}, "derived"),
        # As people type a sum.
        ("30 mg twice a day", {"dose": "60", "dose_unit": "mg", "derived": "2 x 30 = 60"}, ""),
        ("30 mg twice a day", {"dose": "60", "dose_unit": "mg", "derived": "2 \u00d7 30 = 60 mg"}, ""),
        ("30 mg twice a day", {"dose": "60", "dose_unit": "mg", "derived": "Day 30. 30 + 30 = 60"}, ""),
        ("30 mg twice a day", {"dose": "60", "dose_unit": "mg", "derived": "both (30 + 30 = 60)"}, ""),
        ("1,000 mg in two halves", {"dose": "500", "dose_unit": "mg", "derived": "1,000 / 2 = 500"}, ""),
        ("5 mg twelve times", {"dose": "60", "dose_unit": "mg", "derived": "05 * 12 = 60"}, ""),
        ("5 mg twelve times", {"dose": "61", "dose_unit": "mg", "derived": "05 * 12 = 61"}, "derived"),
        ("for 3 days", {"end": "2 d", "derived": "day 0 = admission, so 3 \u2212 1 = 2"}, ""),
        ("for 3 days", {"start": "-2 d", "derived": "1 - 3 = -2"}, ""),
        ("for 3 days", {"start": "-2 d", "derived": "2 - 3 = -2"}, "derived"),
        # A quantity in another unit of its kind.
        ("0.5 g of it", {"dose": "500", "dose_unit": "mg", "derived": "0.5 g = 500 mg"}, ""),
        ("250 \u00b5g of it", {"dose": "0.25", "dose_unit": "mg", "derived": "250 \u00b5g = 0.25 mg"}, ""),
        ("0.5 g of it", {"dose": "50", "dose_unit": "mg", "derived": "0.5 g = 50 mg"}, "derived"),
        # States by their words, and denials by what they deny.
        ("no fever, rash or arthritis", {"code": "arthritis", "state": "absent"}, ""),
        ("no fever, rash or arthritis", {"code": "rash", "state": "present"}, "state"),
        ("a rash without fever", {"code": "rash", "state": "present"}, ""),
        ("a rash without fever", {"code": "fever", "state": "absent"}, ""),
        ("ANA and anti-La were negative", {"code": "anti_la", "state": "present"}, "state"),
        ("ANA and anti-La were negative", {"code": "ana", "state": "absent"}, ""),
        ("the effusion disappeared", {"code": "pericardial_effusion", "state": "present"}, "state"),
        ("no change of the effusion", {"code": "pericardial_effusion", "state": "present"}, ""),
        ("CK was markedly elevated", {"code": "ck", "state": "raised"}, ""),
        ("CK was markedly elevated", {"code": "ck", "state": "low"}, "state"),
        ("the effusion recurred", {"code": "pericardial_effusion", "state": "residual"}, "state"),
        # What is denied, or comes about in part alone, is not said.
        ("it did not improve", {"code": "rash", "state": "improved"}, "state"),
        ("no signs of relapse", {"code": "rash", "state": "recurred"}, "state"),
        ("not treated, the rash relapsed", {"code": "rash", "state": "recurred"}, ""),
        ("no residual rash", {"code": "rash", "state": "residual"}, "state"),
        ("CK was not elevated", {"code": "ck", "state": "raised"}, "state"),
        ("not only raised CK", {"code": "ck", "state": "raised"}, ""),
        ("CK was five times the upper limit of normal", {"code": "ck", "state": "normal"}, "state"),
        ("CK was below the upper limit of normal", {"code": "ck", "state": "normal"}, ""),
        ("CK fell from above 1000 to normal", {"code": "ck", "state": "normal"}, ""),
        ("CK was almost normal", {"code": "ck", "state": "normal"}, "state"),
        ("CK was no longer stable", {"code": "ck", "state": "unchanged"}, "state"),
        ("the rash had not resolved", {"code": "rash", "state": "absent"}, "state"),
        ("the rash could not be ruled out", {"code": "rash", "state": "absent"}, "state"),
        ("the rash resolved incompletely", {"code": "rash", "state": "absent"}, "state"),
        ("the rash resolved almost at once", {"code": "rash", "state": "absent"}, ""),
        ("no change in the rash", {"code": "rash", "state": "absent"}, "state"),
        ("no recurrence of the rash", {"code": "rash", "state": "absent"}, ""),
        ("a rash without fever", {"code": "rash", "state": "absent"}, "state"),
        ("no pleural effusion but pericardial effusion", {"code": "pericardial_effusion", "state": "absent"}, "state"),
        ("no pleural effusion but pericardial effusion", {"code": "pericardial_effusion", "state": "present"}, ""),
        ("neither rash nor fever", {"code": "rash", "state": "absent"}, ""),
        ("rash: none", {"code": "rash", "state": "absent"}, ""),
        ("there wasn't any rash", {"code": "rash", "state": "present"}, "state"),
        ("rash was suspected", {"code": "rash", "state": "present"}, "state"),
        ("suspected lupus with rash", {"code": "rash", "state": "present"}, ""),
        ("a suspected rash was confirmed", {"code": "rash", "state": "present"}, ""),
        # A schedule in words is one that the quote names, where it names any.
        ("162 mg daily", {"dose": "162", "dose_unit": "mg", "frequency": "weekly"}, "frequency"),
        ("162 mg every 2 weeks", {"dose": "162", "dose_unit": "mg", "frequency": "weekly"}, "frequency"),
        ("40 mg once daily", {"dose": "40", "dose_unit": "mg", "frequency": "twice daily"}, "frequency"),
        ("40 mg b.i.d.", {"dose": "40", "dose_unit": "mg", "frequency": "twice daily"}, ""),
        ("40 mg q12h", {"dose": "40", "dose_unit": "mg", "frequency": "twice a day"}, ""),
        ("40 mg each morning", {"dose": "40", "dose_unit": "mg", "frequency": "daily"}, ""),
        ("15 mg/m^2 weekly", {"dose": "15", "dose_unit": "mg/m2", "frequency": "once a week"}, ""),
        ("2 g daily in divided doses", {"dose": "2", "dose_unit": "g", "frequency": "daily"}, ""),
        ("40 mg three times a day", {"dose": "40", "dose_unit": "mg", "frequency": "every 8 h"}, ""),
        ("1 g daily for 8 weeks", {"dose": "1", "dose_unit": "g", "frequency": "every 8 wk"}, "frequency"),
        ("q4w for 3 days", {"end": "2 d", "frequency": "every 8 wk", "derived": "3 - 1 = 2"}, "frequency"),
        ("162 mg daily", {"dose": "162", "dose_unit": "mg/week"}, "dose_unit"),
        ("mycophenolate 1 g BID (2 g/day)", {"dose": "2", "dose_unit": "g/day"}, ""),
        ("162 mg weekly, stopped a day later", {"dose": "162", "dose_unit": "mg", "frequency": "daily"}, "frequency"),
        # A bound or a range is no number.
        ("CK > 923 U/L", {"value": "923", "unit": "U/L"}, "value"),
        ("CK over 923 U/L", {"value": ">923", "unit": "U/L"}, ""),
        ("CK not more than 923 U/L", {"value": ">923", "unit": "U/L"}, "value"),
        ("CK not exceeding 923 U/L", {"value": "<=923", "unit": "U/L"}, ""),
        ("CK 923\u20131000 U/L", {"value": "923", "unit": "U/L"}, "value"),
        ("CK between 923 and 1000 U/L", {"value": "923", "unit": "U/L"}, "value"),
        ("CK 923\u20131000 U/L, later 923 U/L", {"value": "923", "unit": "U/L"}, ""),
        ("less than 10 mg", {"dose": "10", "dose_unit": "mg"}, "dose"),
        ("up to 10 mg", {"dose": "10", "dose_unit": "mg"}, ""),
        ("CK fell to 923 from 1200 U/L", {"value": "923", "unit": "U/L"}, ""),
        ("CK fell to 923 from 1200 U/L", {"value": "923", "unit": "mg/L"}, "value"),
        # Points and groups of digits, as the Lancet and Swiss journals print them.
        ("CK 0\u00b75 U/L", {"value": "0.5", "unit": "U/L"}, ""),
        ("CK 0\u00b75 U/L", {"value": "5", "unit": "U/L"}, "value"),
        ("CK 1\u2019923 U/L", {"value": "1923", "unit": "U/L"}, ""),
        ("CK 1\u2019923 U/L", {"value": "923", "unit": "U/L"}, "value"),
        ("a CK of \u2018923 U/L\u2019", {"value": "923", "unit": "U/L"}, ""),
        ("CK 10^3 U/L", {"value": "1000", "unit": "U/L"}, ""),
        ("CK 10^3 U/L", {"value": "3", "unit": "U/L"}, "value"),
        ("the swelling went", {"code": "swelling", "state": "absent"}, "state"),
        ("the swelling went", {"code": "swelling", "state": "absent", "derived": "went: it is gone"}, ""),
    ],
)
def test_a_number_or_state_that_its_quote_does_not_say_is_named(quote, cells, column):
    misfits = list(check_numbers(pd.DataFrame([row(quote, **cells)])))
    assert [misfit[1] for misfit in misfits] == ([column] if column else [])


@pytest.mark.parametrize(
    "derived",
    [
        "30 mg + 30 mg = 75 mg",
        "30 mg + 30 + 45 = 75",
        "30 / 0 = 75",
        "75 = 45 + 30",
        "75 = 75",
        "2,5 * 30 = 75",
        "30 plus 45 = 75",
        "30 + 40 = about 75",
        "30 + 15 = 45 + 30 = 75",
        "30 ^ 2 + 45 = 75",
        "CK30 + 45 = 75",
        "1" * 400 + " = 75",
        "-" * 7_000 + "1 = 75",
        "(" * 7_000 + "75 = 75",
        " + ".join(["1"] * 75) + " = 75",
    ],
    ids=lambda derived: derived[:25],
)
def test_what_is_no_sum_of_numbers_is_a_fault_that_says_the_form(derived):
    misfits = list(check_numbers(pd.DataFrame([row("30 mg", dose="75", dose_unit="mg", derived=derived)])))
    assert misfits[0] == (2, "derived", derived, "a sum of numbers without units before '=', as 30 + 30 = 60")


def test_a_dose_by_weight_that_is_multiplied_with_its_units_proves_nothing():
    derived = "8 mg/kg x 60 kg = 999 mg"
    quoted = row("tocilizumab 8 mg/kg, weight 60 kg", dose="999", dose_unit="mg", derived=derived)
    assert [misfit[1] for misfit in check_numbers(pd.DataFrame([quoted]))] == ["derived", "dose"]


@pytest.mark.parametrize(
    ("cell", "quote"),
    [
        ("ug/L", "\u00b5g/L"),
        ("\u00b5g/L", "ug/L"),
        ("\u03bcg/L", "mcg/L"),
        ("mcg/day", "\u00b5g/day"),
        ("ug", "micrograms"),
        ("mcmol/L", "\u00b5M"),
        ("mm", "millimetres"),
        ("mL", "cc"),
        ("U/L", "units per litre"),
        ("%", "per cent"),
        ("mL/min/1.73m2", "ml/min/1.73 m\u00b2"),
        ("mL/min/1.73 m^2", "mL/min per 1.73 m2"),
        ("mg/m2", "mg/m\u00b2"),
        ("/mm3", "/mm\u00b3"),
        ("m2", "m\u00b2"),
        ("mm3", "mm\u00b3"),
        ("/uL", "cells/mm3"),
        ("g/24 h", "g per day"),
        ("mg/dL", "mg/100 ml"),
        ("mg/kg", "mg kg-1"),
        ("mmHg", "mm Hg"),
        ("10^9/L", "\u00d7 10\u2079/L"),
    ],
)
@pytest.mark.parametrize("columns", [("value", "unit"), ("dose", "dose_unit")])
def test_how_a_unit_is_written_makes_no_difference_to_its_quote(cell, quote, columns):
    rows = pd.DataFrame([row(f"it was 88 {quote} then", **dict(zip(columns, ("88", cell), strict=True)))])
    assert not list(check_numbers(rows))
    headed = pd.DataFrame([row(f"({quote}): 88", **dict(zip(columns, ("88", cell), strict=True)))])
    assert not list(check_numbers(headed))


@pytest.mark.parametrize(
    ("cell", "quote"),
    [
        ("ug/L", "mg/L"),
        ("mg", "ug"),
        ("ug", "grams"),
        ("mm", "cm"),
        ("m2", "m\u00b3"),
        ("U", "days"),
        # What it is per is a part of it.
        ("mg/L", "mg/dL"),
        ("g/d", "g per litre"),
        ("U/L", "U mL-1, LDH 5 U/L"),
        ("mg/L", "mg per dL (normal below 5 mg/L)"),
        ("g/g", "g/mmol"),
        ("kg", "kg/m\u00b2"),
        ("mm", "mm/s"),
        ("mm", "mm Hg"),
        ("/uL", "/mL"),
        ("10^9/L", "\u00d7 10\u2076/L"),
    ],
)
def test_another_unit_than_that_of_the_quote_is_named(cell, quote):
    assert next(check_numbers(pd.DataFrame([row(f"it was 88 {quote}", value="88", unit=cell)])))[1] == "value"


@pytest.fixture
def case(tmp_path):
    """The folder of a copy of the index case."""
    shutil.copytree(ROOT / "data/fu-2025", tmp_path / "data/fu-2025")
    return tmp_path / "data/fu-2025"


def edit(path, old, new):
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        ("timeline.csv", "mRSS 46", "mRSS 47", ["column quote: found 'severe skin sclerosis (mRSS 47)", "(mRSS 46)"]),
        ("timeline.csv", "mrss,,,46,", "mrss,,,36,", ["line 2, column value: found '36'"]),
        ("case.yaml", "says: CK 923 U/L", "says: CK 924 U/L", ["claims: 2: says: found 'CK 924 U/L'", "CK 923 U/L"]),
        ("case.yaml", "abstract.txt", "../fu-2025/abstract.txt", ["expected the name of a file"]),
        (
            "case.yaml",
            "text: abstract.txt",
            "text: abstract.txt\n    sha256: 00",
            ["expected the digest of abstract.txt"],
        ),
    ],
)
def test_a_forged_quote_number_or_claim_is_named_with_what_the_text_says(case, file, old, new, words):
    edit(case / file, old, new)
    with pytest.raises(TimelineError) as refused:
        read_case(case)
    assert all(word in str(refused.value) for word in words), str(refused.value)


def test_the_index_case_is_proved_whole_with_its_places():
    case = read_case(ROOT / "data/fu-2025")
    text = (ROOT / "data/fu-2025/abstract.txt").read_text("utf-8")
    assert case.proof == "16 of 16 rows with a quote were found in the text of their source."
    (first,) = case.places[2]
    assert text[first.start : first.end].startswith("severe skin sclerosis (mRSS 46)")
    words = case.place_words(2)
    start, end = (int(number) for number in words.split() if number.isdigit())
    assert words.startswith("letters ") and text[start - 1 : end] == text[first.start : first.end]
    assert case.is_proved and case.place_words(1) == ""


def test_a_folder_without_a_case_proves_nothing_in_one_message(tmp_path):
    (tmp_path / "a.txt").write_text("mRSS 46", encoding="utf-8")
    with pytest.raises(TimelineError, match=r"no: found 'no such folder'; expected a case folder, looked for in "):
        prove_source(tmp_path / "no", tmp_path / "a.txt")
    (tmp_path / "no").mkdir()
    with pytest.raises(TimelineError, match=r"no/case.yaml: found 'no such file'; expected a file of a case folder"):
        prove_source(tmp_path / "no", tmp_path / "a.txt")


@pytest.mark.product
def test_a_text_that_may_not_be_stored_is_proved_once(case, tmp_path):
    elsewhere = tmp_path / "article.html"
    words = (case / "abstract.txt").read_text("utf-8").replace("&", "&amp;")
    elsewhere.write_text(f"<style>p {{}}</style><p>{words}</p>", encoding="utf-8")
    (case / "abstract.txt").unlink()
    told = prove_source(case, elsewhere)
    digest = told[-1].split("sha256: ")[1].split()[0]
    edit(case / "case.yaml", "text: abstract.txt", f"sha256: {digest}")
    proved = read_case(case)
    assert proved.proof.startswith("16 of 16 rows") and any(
        "a text that is not among these files" in note for note in proved.notes
    )
    edit(case / "timeline.csv", "mRSS reduced to 32", "mRSS reduced to 23")
    with pytest.raises(TimelineError, match="a quote that was proved"):
        read_case(case)
    # Nothing is written if a row is not in the text.
    before = (case / "proof.json").read_bytes()
    with pytest.raises(TimelineError, match="words of the text of Fu 2025"):
        prove_source(case, elsewhere)
    assert (case / "proof.json").read_bytes() == before


def test_a_text_that_is_not_there_proves_nothing(case):
    (case / "abstract.txt").unlink()
    case_without = read_case(case)
    assert case_without.proof.startswith("No text of a source was read: none of the 16 rows with a quote")
    assert case_without.place_words(2).startswith("not proved") and not case_without.is_proved
    assert any("is not here, and no proof of it" in note for note in case_without.notes)


def test_without_its_proof_a_digest_proves_nothing(case):
    edit(case / "case.yaml", "text: abstract.txt", "sha256: 00")
    case_without = read_case(case)
    assert case_without.proof.startswith("No text") and any("no proof of it" in note for note in case_without.notes)
    (case / "proof.json").write_text(json.dumps({"Fu 2025, abstract": 1}), encoding="utf-8")
    with pytest.raises(TimelineError, match="a proof as `casetimeline prove` writes it"):
        read_case(case)


@pytest.mark.parametrize(
    "entry",
    first_in_gate(
        4,
        [
            {"quotes": {"mRSS 46": [1]}},
            {"quotes": {"mRSS 46": [None]}},
            {"quotes": {"mRSS 46": 5}},
            {"quotes": {"mRSS 46": [[1]]}},
            {"quotes": {"mRSS 46": [[2, 1]]}},
            {"quotes": {"mRSS 46": [[-1, 7]]}},
            {"quotes": {"mRSS 46": [["0", 7]]}},
            {"quotes": {"mRSS 46": [[False, True]]}},
            {"quotes": {"mRSS 46": []}},
            {"quotes": [["mRSS 46", [[0, 7]]]]},
            {"claims": [[1]]},
            {"claims": "mRSS 46"},
            {"sha256": 0},
        ],
    ),
)
def test_a_proof_of_another_shape_is_one_fault(case, entry):
    edit(case / "case.yaml", "text: abstract.txt", "sha256: 00")
    whole = {"sha256": "00", "quotes": {"mRSS 46": [[0, 7]]}, "claims": ["mRSS 46"]}
    (case / "proof.json").write_text(json.dumps({"Fu 2025, abstract": whole | entry}), encoding="utf-8")
    with pytest.raises(TimelineError) as refused:
        read_case(case)
    (only,) = refused.value.faults
    assert (only.file, only.expected) == ("fu-2025/proof.json", "a proof as `casetimeline prove` writes it")


def test_a_pdf_of_twenty_pages_is_read_with_its_divided_words_and_ligatures():
    import pypdfium2
    import typst

    words = "The office found a significant effusion; cyclophosphamide was administered to affected patients"
    told = [f"{words}, and the mRSS fell from {100 + number} to {number} points." for number in range(20, 100)]
    page = '#set page("a6", columns: 2)\n#set par(justify: true)\n#set text(lang: "en", hyphenate: true, size: 14pt)\n'
    content = typst.compile((page + "\n\n".join(told)).encode())
    text = text_of(content, "a.pdf")
    assert len(pypdfium2.PdfDocument(content)) == 20 and "\ufffe" in text
    assert all(all(find_quote(sentence, source_of(text))) for sentence in told)
    assert not all(find_quote(told[0].replace("office", "offica"), source_of(text)))
    with pytest.raises(TimelineError, match="a PDF that can be opened"):
        text_of(b"no pdf", "a.pdf")


def test_a_web_page_is_read_as_its_reader_sees_it():
    """Markup inside of a line adds no blank; blocks and cells are apart; a raised number is none of the line."""
    page = (
        "<script>var a = 'mRSS 12';</script><p>The <i>mRSS</i> was <b>46</b><sup>1</sup>, re&shy;solved.</p>"
        "<!-- CK 12 -->"
        "<p>Platelets 5.2 &times;10<sup>3</sup>/&micro;L</p><table><tr><th>CK</th><td>923</td><td>120</td></tr></table>"
    )
    source = source_of(text_of(page.encode(), "a.html"))
    quotes = ["mRSS was 46", "resolved.", "5.2 \u00d710\u00b3/\u00b5L", "5.2 \u00d7103/\u00b5L", "CK 923 120"]
    assert all(all(find_quote(quote, source)) for quote in quotes)
    for quote in ("mRSS 12", "CK 12", "46 1", "923120", "mRSS was 461"):
        assert not all(find_quote(quote, source)), quote


@pytest.mark.product
def test_a_workbook_is_held_against_the_text_that_stands_in_the_folder_of_its_case(case):
    """With 36 in place of 46: refused at its cell, and the case stays as it was."""
    data, faults = case.parent, []
    recorded = read_recorded(case, faults)
    rows, _ = read_rows(recorded.timeline.replace(b"mrss,,,46,", b"mrss,,,36,"), "timeline.csv")
    about = parse_about(recorded.about.decode(), "case.yaml")
    path = data / "fu-2025.xlsx"
    path.write_bytes(workbook_bytes(about, rows.drop(columns="line"), whole_vocabulary(data)))
    before = (case / "timeline.csv").read_bytes()
    with pytest.raises(TimelineError, match="expected a number that the quote prints") as refused:
        import_case(path, data)
    (only,) = refused.value.faults
    assert only.cell.startswith("Timeline!") and (case / "timeline.csv").read_bytes() == before
