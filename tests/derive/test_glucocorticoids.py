"""The dose of glucocorticoids a day, in equivalents of prednisone: every value is worked by hand beside it."""

import numpy as np
import pytest
from conftest import ROOT, first_in_gate

from casetimeline.case.read import read_case
from casetimeline.derive.columns import MissingColumnError
from casetimeline.derive.glucocorticoids import derive_prednisone
from casetimeline.faults import TimelineError

HEADER = "case_id,phase,kind,code,start,end,value,unit,dose,dose_unit,frequency,route,source"
WEIGHT = "a,1,observation,weight,-1 d,,50,kg,,,,,chart"
nan = np.nan


def course(code, dose, unit, frequency="", route="", start="0 d", end="9 d"):
    return f"a,1,treatment,{code},{start},{end},,,{dose},{unit},{frequency},{route},chart"


def told(make_case, *rows):
    case = make_case(*rows, header=HEADER, about="analysis: {baseline: first}")
    table = derive_prednisone(case.facts, case.measures)
    return table[["PREDLO", "PREDHI"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("row", "low", "high"),
    [
        # 16 x 5/4 = 20
        (course("methylprednisolone", "16", "mg/day"), 20, 20),
        # 8 x 5/0.75 = 53.33
        (course("dexamethasone", "8", "mg", "daily"), 53.3333333, 53.3333333),
        (course("betamethasone", "1.5", "mg", "daily"), 10, 10),
        # 20 x 5/20, twice a day: 2 x 5 = 10
        (course("hydrocortisone", "20", "mg", "twice daily"), 10, 10),
        (course("cortisone", "25", "mg/day"), 5, 5),
        # 10 mg on every second day: 5 a day
        (course("prednisolone", "10", "mg", "every 2 d"), 5, 5),
        (course("prednisone", "20..30", "mg/day"), 20, 30),
        # At least 0, and less than 10.
        (course("prednisone", "<10", "mg/day"), 0, 10),
        # 0.5 g x 1000 x 5/4 = 625 on its day
        (course("methylprednisolone", "0.5", "g", "once", "iv", end=""), 625, 625),
        # 2500 ug = 2.5 mg
        (course("prednisone", "2500", "\N{MICRO SIGN}g/day"), 2.5, 2.5),
        # 70 mg a week: 10 a day
        (course("prednisone", "70", "mg/week"), 10, 10),
        # A month has 28 to 31 days: 868 / 31 = 28, 868 / 28 = 31; half a year of months 181 to 184
        (course("prednisone", "868", "mg/mo"), 28, 31),
        (course("prednisone", "868", "mg", "monthly"), 28, 31),
        (course("prednisone", "33304", "mg", "every 6 mo"), 181, 184),
    ],
)
def test_a_course_by_hand(make_case, row, low, high):
    ((least, most),) = told(make_case, row)
    assert (least, most) == pytest.approx((low, high))


@pytest.mark.product
def test_a_dose_per_kilogram_needs_a_recorded_weight(make_case):
    row = course("prednisolone", "1", "mg/kg/day")
    assert np.isnan(told(make_case, row)).all()
    # 1 mg/kg of 50 kg, and of 50 to 52 kg.
    assert told(make_case, row, WEIGHT) == [[50, 50]]
    later = "a,1,observation,weight,3 d,,52,kg,,,,,chart"
    assert told(make_case, row, WEIGHT, later) == [[50, 52]]


# 1 mg/kg of 50 kg, however it is typed; 40 mg.
@pytest.mark.parametrize(
    ("dose", "unit", "daily"),
    first_in_gate(
        2, [("1", "mg/Kg", 50), ("40", "mgs", 40), *(("1", unit, 50) for unit in ("mg kg-1", "mg/kg bw", "mg/kgKG"))]
    ),
)
def test_a_unit_is_read_however_it_is_typed(make_case, dose, unit, daily):
    assert told(make_case, course("prednisolone", dose, unit, "daily"), WEIGHT) == [[daily, daily]]


@pytest.mark.parametrize(
    "row",
    [
        course("prednisone", "20", "mg"),
        course("prednisone", "", ""),
        course("prednisone", "20", "mg", "some days"),
        course("prednisone", "2", "tablets", "daily"),
        course("prednisone", "20", "mg/day", route="inhaled"),
        course("triamcinolone", "40", "mg", "once", "intra-articular"),
        # No equal dose is known for these; a pulse is not by the table of the label.
        course("deflazacort", "30", "mg/day"),
        course("glucocorticoids", "30", "mg/day"),
        course("methylprednisolone_pulse", "1", "g", "daily"),
    ],
)
def test_what_is_not_known_stays_so_and_has_its_row(make_case, row):
    assert np.isnan(told(make_case, row)).tolist() == [[True, True]]


def test_what_was_tapered_has_no_one_dose_a_day(make_case):
    """20 mg were given on the first of its ten days, and less on the last."""
    row = course("prednisone", "20", "mg/day")
    case = make_case(row, header=HEADER)
    for note, expected in (("tapered from 40 mg", [20.0]), ("tapering; doses not reported", [None])):
        doses = derive_prednisone(case.facts.assign(note=note), case.measures)["PREDHI"]
        assert doses.astype(object).where(doses.notna(), None).tolist() == expected


def test_other_drugs_have_no_row_and_the_order_of_rows_is_kept(make_case):
    rows = [course("tacrolimus", "3", "mg/day"), course("prednisone", "5", "mg/day", start="9 d", end="ongoing")]
    case = make_case(*rows, course("prednisone", "60", "mg/day"), header=HEADER, about="analysis: {baseline: first}")
    table = derive_prednisone(case.facts, case.measures)
    assert table.columns.tolist() == ["case_id", "line", "DAYLO", "DAYHI", "AENLO", "AENHI", "PREDLO", "PREDHI"]
    assert table.drop(columns="case_id").to_numpy().tolist() == [
        [3, 9, 9, np.inf, np.inf, 5, 5],
        [4, 0, 0, 9, 9, 60, 60],
    ]


def test_a_single_dose_ends_on_its_day(make_case):
    case = make_case(
        course("prednisone", "60", "mg", "once", end=""), header=HEADER, about="analysis: {baseline: first}"
    )
    assert derive_prednisone(case.facts, case.measures)[["DAYLO", "AENLO", "AENHI"]].to_numpy().tolist() == [[0, 0, 0]]


def test_a_frame_without_what_is_needed_is_named(make_case):
    case = make_case(course("prednisone", "5", "mg/day"), header=HEADER, about="analysis: {baseline: first}")
    with pytest.raises(MissingColumnError, match="prednisone_5mg"):
        derive_prednisone(case.facts, case.measures.drop(columns="prednisone_5mg"))
    without = derive_prednisone(case.facts.drop(columns="route"), case.measures)
    assert without["PREDLO"].tolist() == [5]


def test_each_touched_measure_is_one_and_an_equal_dose_is_a_number(vocabulary, write_case):
    measures = vocabulary.measures
    touched = {code for codes in measures["touches"] for code in codes.split("|") if code}
    assert touched and all(measures["kind"][code] == "observation" for code in touched)
    assert measures["prednisone_5mg"]["prednisone"] == "5" and measures["atc"]["rituximab"] == "L01FA01"
    data = write_case("a,1,observation,mrss,,,3,,,,,,,chart,")
    text = (ROOT / "data/treatments.csv").read_text(encoding="utf-8").replace(",H02AB07,5,", ",H02AB07,five,")
    (data / "treatments.csv").write_text(text, encoding="utf-8")
    with pytest.raises(TimelineError, match="column prednisone_5mg: found 'five'; expected the dose in mg"):
        read_case(data, "a")
