"""Cited rules on published cases, and on values exactly on the line."""

import pytest
from conftest import ROOT, derive

from casetimeline.limits import error_limits
from casetimeline.rules import evaluate_rules
from casetimeline.timeline import read_case


def verdicts_of(case):
    table = evaluate_rules(derive(case), case.rules)
    return {(row.line, row.RULE): (row.SIZE, row.TIME, row.VERDICT, row.DECIDED) for row in table.itertuples()}


def test_matches_published_measurement_error_of_the_skin_score(published):
    # PMID 7562759: SD 2.45 within, 4.6 between examiners; doi 10.1136/ard.2006.066530: 5.4 untrained.
    # By hand: 1.96 x 1.41421 = 2.77186; x 2.45 = 6.79; x 4.6 = 12.75; x 5.4 = 14.97.
    limits = error_limits(published["fu-2025"][0].rules, "mrss")
    assert limits["LIMIT"].round(2).tolist() == [6.79, 12.75, 14.97]


def test_the_index_case_meets_the_size_part_and_its_time_cannot_be_determined(published):
    verdicts = verdicts_of(published["fu-2025"][0])
    for rule in ("eustar_2016_improvement", "eustar_2024_regression"):
        assert verdicts[15, rule] == ("met", "cannot be determined", "cannot be determined", "time")
    assert verdicts[15, "sdc_one_examiner"][2] == "met"
    assert verdicts[15, "sdc_two_examiners"][2] == "met"
    assert verdicts[15, "sdc_untrained"][2] == "not met"
    assert verdicts[3, "ck_efns_2010"][2:] == ("cannot be determined", "laboratory limit")
    assert verdicts[13, "effusion_complete_regression"][2] == "met"


def test_an_effusion_that_is_still_present_has_not_resolved(published):
    assert verdicts_of(published["kamata2012"][0])[15, "effusion_complete_regression"][2] == "not met"


def mrss(make_case, observe, base, after, start="12 mo"):
    return read_case(make_case(observe("1", value=base, start="0 d"), observe("2", value=after, start=start)), "a")


@pytest.mark.parametrize(
    ("base", "after", "size"),
    [
        # 24 to 18 is exactly 25 % and more than 5 points; 28 to 21 likewise.
        ("24", "18", "met"),
        ("28", "21", "met"),
        # 25 to 19: 6 points but 24 %.
        ("25", "19", "not met"),
        # 20 to 15: 25 % but only 5 points, and the rule says more than 5.
        ("20", "15", "not met"),
        ("46", "46", "not met"),
        # 30 to 20..24: at least 6 points, between 20 and 33 %.
        ("30", "20..24", "cannot be determined"),
    ],
)
def test_a_patient_on_the_line_does_not_change_sides(make_case, observe, base, after, size):
    assert verdicts_of(mrss(make_case, observe, base, after))[3, "eustar_2024_regression"][0] == size


@pytest.mark.parametrize(
    ("start", "time_2016", "time_2024"),
    [
        ("12 mo", "met", "met"),
        ("15 mo", "not met", "cannot be determined"),
        ("9 mo", "not met", "cannot be determined"),
        ("6 mo", "not met", "not met"),
        ("1 a", "cannot be determined", "cannot be determined"),
        ("365 d", "met", "met"),
    ],
)
def test_the_window_is_judged_on_the_whole_interval_of_the_time(make_case, observe, start, time_2016, time_2024):
    # 12 +/- 2 months is 10..14 mo; 15 mo is known to half a month, 14.5 to 15.5; 1 a is half a year to 18 months.
    verdicts = verdicts_of(mrss(make_case, observe, "46", "32", start))
    assert verdicts[3, "eustar_2016_improvement"][1] == time_2016
    assert verdicts[3, "eustar_2024_regression"][1] == time_2024


def test_a_part_that_fails_decides_whatever_is_unknown(make_case, observe):
    case = read_case(make_case(observe("1", value="46"), observe("2", value="44")), "a")
    size, time, verdict, decided = verdicts_of(case)[3, "eustar_2024_regression"]
    assert (size, time, verdict) == ("not met", "cannot be determined", "not met")
    assert decided == "points, percent"


def test_a_threshold_that_is_a_range_leaves_its_inside_open(make_case, observe):
    # doi 10.1186/s13075-019-1809-y: 3 to 4 units over all patients.
    answers = [
        verdicts_of(mrss(make_case, observe, "20", after))[3, "mcid_2019_all"][2] for after in ("18", "17", "16")
    ]
    assert answers == ["not met", "cannot be determined", "met"]


def test_a_baseline_below_the_entry_of_the_rule_does_not_meet_it(make_case, observe):
    verdicts = verdicts_of(mrss(make_case, observe, "6", "0"))
    assert verdicts[3, "eustar_2016_improvement"][2:] == ("not met", "baseline")
    assert verdicts[3, "eustar_2024_regression"][2] == "met"


def test_ck_is_judged_by_its_own_laboratory(make_case, observe):
    # 1.5 x 200 = 300: 300 is not more than 300.
    rows = [observe(str(n), "ck", v, "U/L", limits="20,200") for n, v in enumerate(("301", "300", "250..350"), 1)]
    verdicts = verdicts_of(read_case(make_case(*rows), "a"))
    assert [verdicts[line, "ck_efns_2010"][2] for line in (2, 3, 4)] == ["met", "not met", "cannot be determined"]


def test_every_rule_and_arm_is_cited():
    case = read_case(ROOT / "data", "fu-2025")
    for table in (case.rules, case.comparators):
        assert (table[["doi", "pmid", "address"]] != "").any(axis=1).all()
        assert (table["quote"] != "").all()
