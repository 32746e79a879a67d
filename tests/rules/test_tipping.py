"""What would decide an open verdict: worked by hand, and held against the rules on both sides of each line."""

import math
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, derive, first_in_gate

from casetimeline.case.read import read_case
from casetimeline.prose.measured.undecided import tipping_words, unless_words
from casetimeline.rules.analysis import analyse
from casetimeline.rules.rules import evaluate_rules
from casetimeline.rules.tipping import derive_tipping

INDEX_CASE = read_case(ROOT / "data", "fu-2025")


def tipping_of(case, rules=None):
    changes = derive(case)
    rules = case.rules if rules is None else rules
    table = derive_tipping(evaluate_rules(changes, rules, case.cva), changes, rules)
    return table.set_index(["line", "RULE"])


@pytest.mark.parametrize(
    ("line", "rule", "quantity", "low", "high", "high_excluded"),
    [
        # 10 and 14 months of 30.4375 days.
        (15, "eustar_2016_improvement", "interval", 304.375, 426.125, False),
        # At least 5 points a year and 1.5 to 2.5 years: 14 points are 5 a year for 1022.7 days, so the window decides.
        (15, "pittsburgh_2001_improvement", "interval", 547.875, 913.125, False),
        # 923 is more than 1.5 times a limit below 923 / 1.5, and at least 3 times a limit up to 923 / 3.
        (3, "ck_efns_2010", "upper limit", 0, 615.333333333, True),
        (3, "ck_biopsy_efns_2010", "upper limit", 0, 307.666666667, False),
    ],
)
def test_what_would_decide_the_index_case(line, rule, quantity, low, high, high_excluded):
    row = tipping_of(INDEX_CASE).loc[(line, rule)]
    assert (quantity, high_excluded) == (row.OPEN, row.MEETHIX)
    assert pytest.approx((low, high), abs=1e-8) == (row.MEETLO, row.MEETHI)


def test_a_fall_of_nothing_a_year_is_met_at_no_interval(make_case, observe):
    case = make_case(observe("1", value="30"), observe("2", value="30"), about="analysis: {baseline: first}")
    assert tipping_of(case).loc[(3, "pittsburgh_2001_improvement"), "OPEN"] == ""


def test_the_rate_decides_where_it_is_the_tighter_one(make_case, observe):
    # 46 to 38: 8 points are 5 a year for 365.25 x 8 / 5 = 584.4 days. More than 25 % is not met, so 46 to 34 as well:
    # 12 points, 876.6 days, and the window ends at 913.125.
    case = make_case(observe("1", value="46"), observe("2", value="34"), about="analysis: {baseline: first}")
    row = tipping_of(case).loc[(3, "pittsburgh_2001_improvement")]
    assert pytest.approx((547.875, 876.6)) == (row.MEETLO, row.MEETHI)


def test_a_decided_verdict_and_one_with_two_open_quantities_have_no_tipping_point(make_case, observe):
    table = tipping_of(INDEX_CASE)
    assert (table.loc[table["VERDICT"] != "cannot be determined", "OPEN"] == "").all()
    assert table.loc[(15, "revised_criss"), "OPEN"] == "measures" and math.isnan(
        table.loc[(15, "revised_criss"), "MEETLO"]
    )
    # Neither the interval nor the exact value is known.
    case = make_case(observe("1", value="46"), observe("2", value="30..36"), about="analysis: {baseline: first}")
    assert tipping_of(case).loc[(3, "eustar_2016_improvement"), "OPEN"] == ""


def test_the_threshold_of_a_rule_is_open_where_its_source_gives_a_range(make_case, observe):
    # 3.2 to 5.3 points; a fall of 4 meets the differences up to 4.
    rows = observe("1", value="30", start="0 d"), observe("2", value="26", start="1 a")
    case = make_case(*rows, about="analysis: {baseline: first}")
    row = tipping_of(case).loc[(3, "mid_2006")]
    assert (row.OPEN, row.MEETLO, row.MEETHI, row.MEETHIX) == ("threshold", 3.2, 4.0, False)


def drained(make_case, observe, with_cohort_rules, *rows, after="none", about=""):
    """The tipping point of regression of a large effusion, with rows of a drainage or of none."""
    about = f"diagnosis: idiopathic pericardial effusion\nanalysis: {{baseline: first}}{about}"
    rows = (observe("1", "pericardial_effusion", "large"), *rows, observe("3", "pericardial_effusion", after))
    case = with_cohort_rules(make_case(*rows, about=about))
    return tipping_of(case).xs("effusion_regression", level="RULE").iloc[-1]


def event(code):
    return f"a,2,event,{code},,,,,,,,,,chart,"


@pytest.mark.product
def test_that_no_drainage_is_told_is_what_decides(make_case, observe, with_cohort_rules):
    row = drained(make_case, observe, with_cohort_rules)
    assert (row.VERDICT, row.OPEN, row.MEETLO, row.MEETHI) == ("cannot be determined", "drainages", 0, 0)
    assert tipping_words(row, "mm") == "met if no drainage was done between"
    # On the line: told that there was none, it is met.
    assert drained(make_case, observe, with_cohort_rules, event("no_pericardial_drainage")).VERDICT == "met"
    # One that was done leaves nothing that would decide.
    row = drained(make_case, observe, with_cohort_rules, event("pericardiocentesis"))
    assert (row.VERDICT, row.OPEN, row.WHY) == ("cannot be determined", "", "drainage in between")
    # A drained volume that is not reported is no drainage that was done; one of 500 mL is.
    volume = "a,2,observation,pericardial_drained_volume,,,{},{},,,{},,,chart,"
    asked = volume.format("", "", "not_reported"), volume.format("500", "mL", "")
    assert [drained(make_case, observe, with_cohort_rules, each).OPEN for each in asked] == ["drainages", ""]
    # Where the grade is open as well, no one quantity decides.
    row = drained(make_case, observe, with_cohort_rules, after="small..large")
    assert (row.VERDICT, row.OPEN) == ("cannot be determined", "")


def test_a_composite_names_the_measures_that_it_needs(make_case, observe):
    row = tipping_of(INDEX_CASE).loc[(15, "revised_criss")]
    assert (row.OPEN, row.DECIDED) == ("measures", "fvc_pred, haq_di, patient_global, physician_global")
    assert tipping_words(row, "points") == "needs fvc pred, haq di, patient global, physician global, before and after"
    # A measure of the vocabulary is called by its short name.
    table = evaluate_rules(derive(INDEX_CASE), INDEX_CASE.rules, names={"haq_di": "HAQ-DI"}).set_index(["line", "RULE"])
    assert table.loc[(15, "revised_criss"), "WHY"] == "fvc pred, HAQ-DI, patient global, physician global"
    # Where every measure is there, none is needed.
    composite = INDEX_CASE.rules[INDEX_CASE.rules["kind"] == "composite"].assign(needs="mrss")
    row = tipping_of(INDEX_CASE, composite).loc[(15, "revised_criss")]
    assert (row.DECIDED, row.OPEN) == ("not computed here", "")


@pytest.mark.product
def test_whether_a_rule_applies_at_all_is_a_second_open_quantity(make_case, observe):
    # 26 points may be 24 to 27: 30 to 24..27 is a fall of 3 to 6 points, by a rule that asks for 5.
    rows = observe("1", value="30", start="0 d"), observe("2", value="24..27", start="365 d")
    for diagnosis, quantity in (("diffuse cutaneous systemic sclerosis", "value"), ("''", "")):
        case = make_case(*rows, about=f"diagnosis: {diagnosis}\nanalysis: {{baseline: first}}")
        analysis = analyse(case)
        table = derive_tipping(analysis.verdicts, analysis.changes, case.rules).set_index("RULE")
        assert table.loc["mcid_2019_dcssc", "OPEN"] == quantity


def test_a_range_of_one_number_is_one_number():
    # A fall of 3 points meets a difference that matters of 3 to 4 only where it is taken as 3.
    row = SimpleNamespace(OPEN="threshold", MEETLO=3.0, MEETHI=3.0, MEETLOX=False, MEETHIX=False, WHY="points")
    assert tipping_words(row, "points") == "met if the difference that matters is taken as 3 points"


@pytest.mark.parametrize(
    ("low", "high", "low_open", "high_open", "expected"),
    [
        (0, 615.333, False, True, "met unless the laboratory's upper limit is 615.3 U/L or more"),
        (0, 307.666, False, False, "met unless the laboratory's upper limit is above 307.6 U/L"),
    ],
)
def test_a_limit_is_told_from_the_other_side_by_its_own_sign(low, high, low_open, high_open, expected):
    row = SimpleNamespace(OPEN="upper limit", MEETLO=low, MEETHI=high, MEETLOX=low_open, MEETHIX=high_open, WHY="")
    assert unless_words(row, "U/L") == expected


@pytest.mark.product
def test_a_range_of_baselines_decides_at_its_upper_end_too(make_case, observe):
    # A fall to 24 is one of a fifth from 30 on: 24 / 0.8; the trial took patients up to 40 points, 40 among them.
    rows = observe("1", value="25..46", start="0 d"), observe("2", value="24", start="400 d")
    row = tipping_of(make_case(*rows)).loc[(3, "fasscinate_fall_20")]
    assert (row.OPEN, row.MEETLO, row.MEETHI, row.MEETLOX, row.MEETHIX) == ("baseline", 30.0, 40.0, False, False)
    assert tipping_words(row, "points") == "met if the earlier value is 30 to 40 points"
    # Beyond the entry the interval is no open quantity.
    beyond = observe("1", value="46"), observe("2", value="24")
    assert tipping_of(make_case(*beyond)).loc[(3, "fasscinate_fall_20"), "OPEN"] == ""
    # In days 47.5 and 96.5 weeks.
    within = observe("1", value="40"), observe("2", value="24")
    row = tipping_of(make_case(*within)).loc[(3, "fasscinate_fall_20")]
    assert (row.OPEN, row.MEETLO, row.MEETHI) == ("interval", 332.5, 675.5)
    assert tipping_words(row, "points") == "met if the two values lie 47.5 to 96.5 weeks apart"


CHANGES = (
    "eustar_2016_improvement",
    "eustar_2015_progression",
    "mcid_2019_dcssc",
    "sdc_one_examiner",
)


def records(base, after, days=365.0, limit=math.nan):
    """A row for each baseline and later value as the rules need them; each value as an array of (low, high)."""
    (blow, bhigh), (low, high) = np.asarray(base, dtype=float).T, np.asarray(after, dtype=float).T
    ends = {"AVALLO": low, "AVALHI": high, "BASELO": blow, "BASEHI": bhigh, "CHGLO": low - bhigh, "CHGHI": high - blow}
    peak = {"PEAKLO": np.maximum(blow, low), "PEAKHI": np.maximum(bhigh, high)}
    grades = dict.fromkeys(("TOPGRADE", "AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI"), math.nan)
    excluded = dict.fromkeys(("AVALLOX", "AVALHIX", "BASELOX", "BASEHIX", "CHGLOX", "CHGHIX"), False)
    times = {"SINCELO": days, "SINCEHI": days, "ORDER": 2.0, "POSTBLFL": "Y"}
    texts = {"case_id": "a", "kind": "observation", "LOC": "", "AVALU": "U", "line": np.arange(len(low))}
    return pd.DataFrame({**texts, **ends, **peak, **grades, **excluded, **times, "ANRHI": limit})


def tips(frame, rule):
    rules = INDEX_CASE.catalogue[INDEX_CASE.catalogue["rule"] == rule]
    frame = frame.assign(PARAMCD=rules["measure"].iloc[0])
    return derive_tipping(evaluate_rules(frame, rules), frame, rules).set_index("line")


ASKED = {
    # The windows in days, and the least baseline; beyond them a rule does not speak of the record.
    "eustar_2016_improvement": (304.375, 426.125, 7),
    "eustar_2015_progression": (304.375, 426.125, 7),
    "pittsburgh_2001_improvement": (547.875, 913.125, 0),
}


def expected_at(tip, number, rule=""):
    """The verdict by the range of each tipping point."""
    early, late, entry = ASKED.get(rule, (-math.inf, math.inf, -math.inf))
    if len(tip) and tip["OPEN"].iloc[0] == "interval":
        apart, answer = (number < early) | (number > late), "outside the window"
    else:
        apart, answer = number < (entry if (tip["OPEN"] == "baseline").all() else -math.inf), "not applicable"
    above = (number > tip["MEETLO"]) | ((number == tip["MEETLO"]) & ~tip["MEETLOX"])
    below = (number < tip["MEETHI"]) | ((number == tip["MEETHI"]) & ~tip["MEETHIX"])
    return np.where(apart, answer, np.where(above & below, "met", "not met"))


# Every skin score before and after, each as exact as printed or as a range of 1, 6 or 25 points.
GRID = np.array([(known, low, low + width) for known in range(1, 52) for low in range(52) for width in (1, 6, 25)])


@pytest.mark.parametrize("rule", first_in_gate(2, CHANGES))
@pytest.mark.parametrize("quantity", ["value", "baseline"])
def test_a_number_is_decided_by_the_side_of_the_line_that_it_lies_on(quantity, rule):
    exact, span = GRID[:, [0, 0]], GRID[:, 1:]
    tip = tips(records(exact, span) if quantity == "value" else records(span, exact), rule)
    tip = tip[tip["OPEN"] != ""]
    assert set(tip["OPEN"]) == {quantity} and len(tip) > 100
    for share in range(26):
        number = span[tip.index, 0] + share
        inside = number <= span[tip.index, 1]
        asked, known, tipped = number[inside], exact[tip.index[inside]], tip[inside]
        closed = np.column_stack([asked, asked])
        closed = tips(records(known, closed) if quantity == "value" else records(closed, known), rule)
        assert (closed["VERDICT"].to_numpy() == expected_at(tipped, asked, rule)).all()


@pytest.mark.parametrize("rule", [*CHANGES[:2], "pittsburgh_2001_improvement"])
def test_an_interval_is_decided_by_the_side_of_the_line_that_it_lies_on(rule):
    pairs = np.array([(base, after) for base in range(1, 52) for after in range(52)])
    base, after = pairs[:, [0, 0]], pairs[:, [1, 1]]
    tip = tips(records(base, after, days=math.nan), rule)
    tip = tip[tip["VERDICT"] == "cannot be determined"]
    assert (tip["OPEN"] == "interval").all() and len(tip) > 100
    for days in (1, 304.375, 304.3749, 426.125, 426.1251, 547.875, 913.125, 2000, tip["MEETLO"], tip["MEETHI"]):
        closed = tips(records(base[tip.index], after[tip.index], days=np.broadcast_to(days, len(tip))), rule)
        assert (closed["VERDICT"].to_numpy() == expected_at(tip, days, rule)).all()


@pytest.mark.parametrize("rule", ["ck_above_uln", "ck_efns_2010", "ck_biopsy_efns_2010"])
def test_a_laboratory_limit_decides_by_the_side_of_the_line_that_it_lies_on(rule):
    values = np.arange(12, 20000, 12)[:, None].repeat(2, axis=1)
    tip = tips(records(values, values), rule)
    assert (tip["OPEN"] == "upper limit").all() and len(tip) == len(values)
    for limit in (tip["MEETHI"], tip["MEETHI"] + 0.5, tip["MEETHI"] - 0.5):
        closed = tips(records(values, values, limit=limit.to_numpy()), rule)
        assert (closed["VERDICT"].to_numpy() == expected_at(tip, limit)).all()


def test_the_analytical_variation_decides_by_the_side_of_the_line():
    # 1000 to 400: ln 2.5 is 0.91629, by 2.77186 0.33057; its square 0.10928, exp - 1 is 0.11547; less 0.021025 it is
    # 0.09445, and its root 0.3073.
    frame = records([(1000, 1000)], [(400, 400)])
    tip = tips(frame, "ck_reference_change").loc[0]
    assert (tip.OPEN, tip.MEETLO, tip.MEETHIX) == ("analytical CV", 0, True) and round(tip.MEETHI, 1) == 30.7
    rules, frame = INDEX_CASE.catalogue.query("rule == 'ck_reference_change'"), frame.assign(PARAMCD="ck")
    for cva, expected in ((tip.MEETHI - 0.01, "met"), (tip.MEETHI + 0.01, "not met")):
        assert evaluate_rules(frame, rules, cva)["VERDICT"].tolist() == [expected]
    # Of a change that is beyond for any CV up to 100 %, and of one that no CV would show, the CV is not asked.
    for after, expected in ((10, ("met", "for any analytical CV up to 100 %")), (900, ("not met", "within the bio"))):
        row = tips(records([(1000, 1000)], [(after, after)]), "ck_reference_change").loc[0]
        assert (row.VERDICT, row.WHY[: len(expected[1])], row.OPEN) == (*expected, "")
