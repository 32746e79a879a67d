"""Baseline, change, category and study day. Expected values are worked by hand or printed in the definitions."""

import math

import pytest
from conftest import derive

TREATED = "a,3,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,"
ABOUT = "analysis: {reference: tocilizumab, baseline: last_before}"


def baseline_lines(case):
    changes = derive(case)
    return changes.loc[changes["ABLFL"] == "Y", "line"].tolist()


def test_change_of_the_index_case(published):
    # 46 to 32: 32 - 46 = -14; 14 / 46 = 0.30435; 32 / 46 = 0.69565.
    _, changes = published["fu-2025"]
    row = changes.set_index("line").loc[15]
    assert (row["AVAL"], row["BASE"], row["CHG"]) == (32, 46, -14)
    assert round(row["PCHG"], 3) == -30.435
    assert round(row["R2BASE"], 5) == 0.69565
    follow_up = changes.set_index("line").loc[16]
    assert follow_up["STATE"] == "not_reported"
    assert all(math.isnan(follow_up[name]) for name in ("AVAL", "CHG", "CHGLO", "CHGHI", "PCHG"))
    assert follow_up["BASE"] == 923
    assert changes.set_index("line").loc[13, "SHIFT1"] == "present to absent"


@pytest.mark.product
def test_change_of_the_relapsing_case(published):
    # 131 - 6720 = -6589 and 5607 - 6720 = -1113; 6589 / 6720 = 0.980506 and 1113 / 6720 = 0.165625.
    _, changes = published["openneurol2024-64f"]
    rows = changes[(changes["code"] == "ck") & (changes["ABLFL"] != "Y")]
    assert rows["CHG"].tolist() == [-6589, -1113]
    assert rows["PCHG"].round(4).tolist() == [-98.0506, -16.5625]
    # From 131 to 5607 is a rise of 5476.
    assert rows["CHGPREV"].tolist() == [-6589, 5476]


def test_two_sites_are_two_series(published):
    _, changes = published["ujkz10974"]
    rows = changes[changes["code"] == "pericardial_effusion"].set_index("line")
    assert rows["BASE"].fillna(0).tolist() == [35, 24, 0, 24, 0]
    assert rows.loc[7, "CHG"] == -7
    # "Reduced", with no size and no site, is compared with neither of the two.
    assert rows.loc[11, "ABLFL"] == "" and math.isnan(rows.loc[11, "BASECALO"])


@pytest.mark.parametrize(
    ("rule", "line"), [("last_before", 3), ("first", 2), ("worst_before", 2), ("phase=2", 3), ("phase=4", 5)]
)
def test_each_baseline_rule_picks_its_record(make_case, observe, rule, line):
    rows = [observe("1", value="40"), observe("2", value="38"), TREATED, observe("4", value="30")]
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule=rule)) == [line]


def test_a_record_of_the_phase_of_the_treatment_is_not_before_it(make_case, observe):
    rows = [observe("1", value="40"), TREATED, observe("3", value="35")]
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule="last_before")) == [2]


@pytest.mark.product
def test_days_decide_where_they_are_known(make_case, observe):
    treated = TREATED.replace("a,3,treatment,tocilizumab,", "a,,treatment,tocilizumab,0 d")
    rows = [observe("", start="-2 wk", value="40"), observe("", start="0 d", value="38"), treated]
    rows.append(observe("", start="1 d", value="30"))
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule="last_before")) == [3]
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule="day=1")) == [5]


def test_a_missing_value_is_never_the_baseline(make_case, observe):
    rows = [observe("1", value="40"), observe("2", value="", state="not_assessed"), TREATED]
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule="last_before")) == [2]


def test_an_uncertain_value_gives_an_uncertain_change(make_case, observe):
    # "<30" minus 923 is a fall of at least 893; 10..20 minus 923 lies between -913 and -903.
    rows = [observe("1", "ck", "923", "U/L"), observe("2", "ck", "<30", "U/L"), observe("3", "ck", "10..20", "U/L")]
    changes = derive(make_case(*rows))
    assert changes[["CHGLO", "CHGHI"]].iloc[1:].to_numpy().tolist() == [[-923, -893], [-913, -903]]
    assert changes["CHG"].iloc[1:].isna().all() and changes["PCHG"].iloc[1:].isna().all()


def test_a_number_without_unit_is_not_compared_with_one_that_has_a_unit(make_case, observe):
    changes = derive(make_case(observe("1", "ck", "923", "U/L"), observe("2", "ck", "400")))
    assert math.isnan(changes["CHG"].iloc[1])


def test_the_limit_is_the_record_s_own(make_case, observe):
    rows = [
        observe("1", "ck", "923", "U/L", limits="26,192"),
        observe("2", "ck", "150", "U/L", limits="26,192"),
        observe("3", "ck", "150..200", "U/L", limits="26,192"),
        observe("4", "ck", "10", "U/L", limits="26,192"),
        observe("5", "ck", "150", "U/L"),
        # On the limit is within it.
        observe("6", "ck", "192", "U/L", limits="26,192"),
        observe("7", "ck", "26", "U/L", limits="26,192"),
    ]
    changes = derive(make_case(*rows))
    assert changes["ANRIND"].tolist() == ["HIGH", "NORMAL", "", "LOW", "", "NORMAL", "NORMAL"]
    # 923 / 192 = 4.8073
    assert round(changes["R2A1HI"].iloc[0], 4) == 4.8073


def test_the_worst_value_follows_the_direction_of_the_measure(make_case, observe):
    rows = [observe(str(n), "muscle_strength", value, "MRC grade") for n, value in enumerate(("4", "2", "2", "3"), 1)]
    treated = TREATED.replace("a,3,", "a,5,")
    # Higher is better: 2 is the worst, and of the two equal ones the last.
    assert baseline_lines(make_case(*rows, treated, about=ABOUT, baseline_rule="worst_before")) == [4]


def test_a_size_is_not_compared_with_a_grade(make_case, observe):
    rows = [observe("1", "pericardial_effusion", "large"), observe("2", "pericardial_effusion", "6", "mm"), TREATED]
    changes = derive(make_case(*rows, about=ABOUT, baseline_rule="worst_before"))
    assert changes["BASEC"].iloc[0] == "6 mm or large" and changes["BASELO"].isna().all()


def test_phases_decide_where_days_do_not(make_case, observe):
    # Both are known to half a week around day 14; the phases say which came first.
    treated = TREATED.replace("a,3,treatment,tocilizumab,", "a,2,treatment,tocilizumab,2 wk")
    rows = [observe("1", value="46", start="2 wk"), treated, observe("3", value="32", start="12 wk")]
    assert baseline_lines(make_case(*rows, about=ABOUT, baseline_rule="last_before")) == [2]


def test_two_values_without_a_unit_have_no_change(make_case, observe):
    changes = derive(make_case(observe("1", "ck", "923"), observe("2", "ck", "15")))
    assert changes[["CHG", "CHGLO", "CHGPREV"]].isna().all(axis=None)
