"""Claims about a treatment: the same amount in another notation is the same dose, and another amount is not."""

import pytest
from conftest import CONTRADICTED, OPEN, SUPPORTED, first_in_gate

from casetimeline.rules.analysis import analyse

HEADER = (
    "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,source,note,frequency,count"
)
ABOUT = "analysis: {{baseline: first}}\nclaims: [{{says: x, test: given, treatment: y, {}}}]"


def row(dose="", unit="", frequency="", count=""):
    return f"a,1,treatment,y,,,,,,,,{dose},{unit},chart,,{frequency},{count}"


def given(make_case, claim, *rows):
    """The result of a claim such as `dose: 1, dose_unit: g`, and why."""
    claims = analyse(make_case(*rows, header=HEADER, about=ABOUT.format(claim))).claims
    return claims[["RESULT", "WHY", "LINES"]].iloc[0].tolist()


@pytest.mark.parametrize(
    ("recorded", "claim", "expected"),
    first_in_gate(
        8,
        [
            # 1 g is 1000 mg, and 500 mcg are 0.5 mg.
            (("1000", "mg"), "dose: 1, dose_unit: g", SUPPORTED),
            (("1", "g"), "dose: 1000, dose_unit: mg", SUPPORTED),
            (("1", "g"), "dose: 100, dose_unit: mg", CONTRADICTED),
            (("162", "MG"), "dose: 162, dose_unit: mg", SUPPORTED),
            (("500", "mcg", "daily"), "dose: 0.5, dose_unit: mg, every: 1 d", SUPPORTED),
            (("1", "g/m2"), "dose: 1000, dose_unit: mg/m2", SUPPORTED),
            # 40 mg in a day, however it is told: 20 / 0.5 = 40.
            (("40", "mg", "daily"), "dose: 40, dose_unit: mg/day", SUPPORTED),
            (("40", "mg/d"), "dose: 40, dose_unit: mg/day", SUPPORTED),
            (("20", "mg", "twice daily"), "dose: 40, dose_unit: mg/day", SUPPORTED),
            (("40", "mg/day"), "dose: 20, dose_unit: mg, every: 12 h", SUPPORTED),
            (("40", "mg/day"), "dose: 40, dose_unit: mg, every: 1 d", SUPPORTED),
            (("280", "mg/week"), "dose: 40, dose_unit: mg/day", SUPPORTED),
            (("20", "mg", "twice daily"), "dose: 20, dose_unit: mg/day", CONTRADICTED),
            (("40", "mg/day"), "dose: 40, dose_unit: mg, every: 12 h", CONTRADICTED),
            # In how many doses, or how often, is not told.
            (("40", "mg/day"), "dose: 40, dose_unit: mg", OPEN),
            (("40", "mg"), "dose: 40, dose_unit: mg/day", OPEN),
            # Bounds: ~162 is 161 to 163.
            (("~162", "mg"), "dose: 162, dose_unit: mg", OPEN),
            (("160..170", "mg"), "dose: 162, dose_unit: mg", OPEN),
            (("160..170", "mg"), "dose: 162", OPEN),
            (("160..170", "mg"), "dose: 0.16..0.17, dose_unit: g", SUPPORTED),
            (("160..170", "mg"), "dose: 180, dose_unit: mg", CONTRADICTED),
            # Without a unit the printed number counts; 1000 may be milligrams.
            (("1", "g"), "dose: 1", SUPPORTED),
            (("1", "g"), "dose: 1000", OPEN),
            (("1", "g"), "dose: 2", CONTRADICTED),
            # Without the weight a dose per kilogram is no amount.
            (("8", "mg/kg"), "dose: 560, dose_unit: mg", OPEN),
            (("2", "tablets"), "dose: 40, dose_unit: mg", OPEN),
        ],
    ),
)
def test_the_same_amount_in_another_notation_is_the_same_dose(make_case, recorded, claim, expected):
    assert given(make_case, claim, row(*recorded))[0] == expected


# 8 x 70 = 560.
@pytest.mark.parametrize(("claimed", "expected"), [("560", SUPPORTED), ("480", CONTRADICTED)])
def test_a_dose_per_kilogram_is_an_amount_where_the_weight_is_recorded(make_case, claimed, expected):
    weight = "a,1,observation,weight,,,70,kg,,,,,,chart,,,"
    assert given(make_case, f"dose: {claimed}, dose_unit: mg", row("8", "mg/kg"), weight)[0] == expected


@pytest.mark.product
def test_two_rows_of_one_administration_each_are_two(make_case):
    once = row("1", "g", "once")
    result, why, lines = given(make_case, "dose: 1000, dose_unit: mg, count: 2", once, once.replace(",1,", ",2,", 1))
    assert (result, lines) == (SUPPORTED, "2, 3") and why.endswith("together 2")
    assert given(make_case, "count: 3", once, once.replace(",1,", ",2,", 1))[0] == CONTRADICTED
    # Another dose is not counted with them.
    other = row("500", "mg", "once").replace(",1,", ",2,", 1)
    assert given(make_case, "dose: 1, dose_unit: g, count: 2", once, other)[0] == CONTRADICTED


@pytest.mark.product
def test_a_procedure_has_a_number_and_neither_dose_nor_schedule(make_case):
    done = "a,1,procedure,y,,,,,,,,,,chart,,,2"
    claims = ("count: 2", "count: 3", "every: 2 wk", "dose: 1, dose_unit: g", "dose_unit: mg")
    results = [given(make_case, claim, done)[0] for claim in claims]
    assert results == [SUPPORTED, CONTRADICTED, OPEN, OPEN, OPEN]
