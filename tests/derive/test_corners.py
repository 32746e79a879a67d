"""Corner cases that were once wrong: nested and undated courses, numbers without a unit, treatments that take turns."""

import math

import pandas as pd
import pytest
import test_baseline as tb
import test_extremes as tx
from conftest import ROOT
from test_exposure import CYC, ONGOING, TCZ, UNKNOWN, course, exposure, gaps, rows, treatment, weight

from casetimeline.case.read import read_case
from casetimeline.derive.baseline import BaselineError, derive_ablfl
from casetimeline.derive.change import derive_anrind
from casetimeline.derive.course import derive_peak
from casetimeline.derive.exposure import derive_exposure, parse_frequency
from casetimeline.derive.improvement import derive_improvement
from casetimeline.derive.studyday import derive_ady, derive_ontrtfl, derive_reference
from casetimeline.vocabulary import UNIT_UNKNOWN

NAN, INF = math.nan, math.inf


def test_a_case_without_a_treatment_has_an_empty_exposure():
    assert derive_exposure(rows(weight(60, 60))).empty


def test_sunkara2025_has_no_drug():
    assert derive_exposure(read_case(ROOT / "data", "sunkara2025").facts).empty


def test_overlap_of_a_course_that_lies_within_another():
    # days 0..100 and 5..10: both on 5,6,7,8,9,10
    assert gaps(course(0, 100), course(5, 10)) == [[2, 3, 0, 0, 6, 6]]


def test_no_gap_while_an_earlier_course_goes_on():
    found = gaps(course(0, 100), course(5, 10), course(20, 29))
    assert found[1][2:4] == [0, 0]


def test_an_ongoing_course_overlaps_a_later_one_only_while_that_lasts():
    assert gaps(course(0, INF), course(20, 29))[0][4:] == [10, 10]


def test_first_course_without_a_day_does_not_leave_the_first_start_certain():
    facts = tb.in_turn(tb.treated(None, 1), tb.fact(40, 10, 2), tb.treated(28, 3)).assign(AENLO=NAN, AENHI=NAN)
    table = derive_ady(derive_reference(facts, "x"))
    assert table["RFPHASE"].tolist() == [1, 1, 1]
    assert table["ADY"].isna().all()


def test_baseline_is_not_taken_from_between_the_courses():
    facts = tb.in_turn(tb.treated(None, 1), tb.fact(40, 10, 2), tb.treated(28, 3))
    assert tb.flagged(facts) == []


def test_end_of_last_course_without_a_day():
    facts = tb.in_turn(tb.treated(0, 1), tb.treated(None, 3), tb.fact(40, 100, 3)).assign(
        AENLO=[14.0, NAN, NAN], AENHI=[14.0, NAN, NAN]
    )
    assert derive_ontrtfl(derive_reference(facts, "x"))["ONTRTFL"].tolist()[2] == "Y"


def test_twice_daily_for_seven_days_is_fourteen_doses():
    # 7 days, both counted; 10 mg twice daily is 20 mg/d, 140 mg
    assert exposure("EXDURLO NDOSLO CUMLO", treatment(dose="10", frequency="twice daily", end=(6, 6))) == [7, 14, 140]
    assert exposure("CUMLO", treatment(dose="20", unit="mg/d", frequency="", end=(6, 6))) == [140]


def test_two_courses_of_one_drug_are_one_treatment_of_the_regimen():
    table = derive_exposure(
        rows(treatment(**TCZ), treatment(**CYC), treatment(**TCZ, start=(200, 200), end=(284, 284)))
    )
    assert table["OWN"].tolist() == [28, 28, 28]
    assert table["ALTERNATES"].tolist() == ["CYC", "TCZ", "CYC"]


def test_partners_without_a_phase():
    table = derive_exposure(rows(treatment(**TCZ, phase=None), treatment(**CYC, phase=None)))
    assert table["OWN"].tolist() == [28, 28] and table["ALTERNATES"].tolist() == ["CYC", "TCZ"]


def test_partners_do_not_depend_on_the_order_of_the_rows():
    frame = rows(treatment(**TCZ), treatment(**CYC), treatment(**{**CYC, "drug": "mtx"}))
    one, other = derive_exposure(frame), derive_exposure(frame.iloc[::-1])
    pd.testing.assert_frame_equal(one, other.sort_values("line"))


def test_an_uncertain_value_that_is_surely_lowest_or_highest_is_flagged():
    # <30 against 923; ~6000 against 131
    assert tx.flagged(tx.series(923, (0, 30))) == [3, 2, 3]
    assert tx.flagged(tx.series((5500, 6500), 131)) == [3, 2, 3]


# A unit that is missing is not reported.
NO_UNIT = pytest.mark.parametrize("unit", [UNIT_UNKNOWN, NAN])


@NO_UNIT
def test_numbers_without_a_unit_are_compared_with_nothing(unit):
    frame = tx.series(923, 30, AVALU=unit)
    assert tx.flagged(frame) == [0, 0, 3]


@NO_UNIT
def test_peak_of_numbers_without_a_unit(unit):
    frame = tx.series(923, 30, AVALU=unit)
    assert derive_peak(frame)["PEAKLO"].isna().all()


@NO_UNIT
def test_worst_before_does_not_compare_units(unit):
    frame = tb.in_turn(tb.fact(923, -9, AVALU=unit), tb.fact(1500, -8, AVALU=unit), tb.treated())
    with pytest.raises(BaselineError):
        derive_ablfl(frame, "worst_before", "x")


def test_the_message_does_not_depend_on_the_order_of_the_rows():
    frame = tb.in_turn(tb.fact(923, -9), tb.fact(1500, -8, AVALU=UNIT_UNKNOWN), tb.treated())
    with pytest.raises(BaselineError, match="lines 2 and 3"):
        derive_ablfl(frame.iloc[::-1], "worst_before", "x")


def test_a_limit_of_0_has_no_multiple():
    frame = pd.DataFrame(
        {"AVAL": [5.0], "AVALLO": 5.0, "AVALHI": 5.0, "AVALLOX": False, "AVALHIX": False, "ANRLO": NAN, "ANRHI": 0.0}
    )
    assert derive_anrind(frame)["R2A1HI"].isna().all()


def test_a_frequency_that_is_too_long_is_none_of_the_forms():
    assert math.isnan(parse_frequency("every " + "9" * 40 + " d").interval)


def test_an_ongoing_course_without_a_start_has_both_bounds_or_none():
    found = exposure("EXDURLO EXDURHI NDOSLO NDOSHI CUMLO CUMHI", treatment(start=UNKNOWN, end=ONGOING))
    assert [math.isnan(x) for x in found[::2]] == [math.isnan(x) for x in found[1::2]]


def test_an_amount_without_a_unit_is_said_to_lack_it():
    assert exposure("REASON", treatment(unit="")) != [""]


def test_no_dose_is_lost_to_binary_noise():
    # every 1.1 d from day 0 to day 33: 33 / 1.1 = 30 intervals, 31 doses
    assert exposure("NDOSLO", treatment(frequency="every 1.1 d", end=(33, 33))) == [31]


def test_alternating_alone_has_no_known_interval_of_its_own():
    assert math.isnan(exposure("OWN", treatment(**TCZ))[0])


def test_a_dose_of_0_that_goes_on_is_0():
    assert exposure("CUMLO CUMHI", treatment(dose="0", end=ONGOING)) == [0, 0]


def improvements(make_case, observe, *values):
    from conftest import derive

    told = [observe(str(n), "ck", value, unit) for n, (value, unit) in enumerate(values, 1)]
    return derive_improvement(derive(make_case(*told))).iloc[0]


def test_a_later_value_that_cannot_be_compared_leaves_sustained_open(make_case, observe):
    row = improvements(make_case, observe, ("923", "U/L"), ("400", "U/L"), ("300", "U/L"), ("1500", ""))
    assert (row["IMPROVED"], row["SUSTAINED"]) == ("met", "cannot be determined")


@pytest.mark.parametrize(
    ("code", "told", "expected"),
    [
        # Less than 500 on day 3; 100 on day 20 is less still.
        ("ck", (("0 d", "500,U/L", ""), ("3 d", ",", "decreased"), ("20 d", "100,U/L", "")), ("met", 3, 3, "met")),
        # What is left of 20 mm on day 3 is less than 20 mm, and on day 20 there is nothing.
        (
            "pericardial_effusion",
            (("0 d", "20,mm", ""), ("3 d", ",", "residual"), ("20 d", ",", "absent")),
            ("met", 3, 3, "met"),
        ),
        # Whether more than 100 is more than 500 is open.
        (
            "ck",
            (("0 d", "500,U/L", ""), ("3 d", "100,U/L", ""), ("20 d", ",", "increased")),
            ("met", 3, 3, "cannot be determined"),
        ),
        ("ck", (("0 d", "500,U/L", ""), ("3 d", ",", "increased")), ("not met", None, None, "")),
    ],
)
def test_an_improvement_in_words_is_one(make_case, code, told, expected):
    from conftest import derive

    rows = (f"a,,observation,{code},{start},,{value},,,{state},,,chart," for start, value, state in told)
    row = derive_improvement(derive(make_case(*rows))).iloc[0]
    answer = (row["IMPROVED"], row["TTILO"], row["TTIHI"], row["SUSTAINED"])
    assert tuple(None if pd.isna(part) else part for part in answer) == expected


def test_a_later_value_that_cannot_be_compared_leaves_improved_open(make_case, observe):
    row = improvements(make_case, observe, ("923", "U/L"), ("1000", "U/L"), ("100", ""))
    assert row["IMPROVED"] == "cannot be determined"
