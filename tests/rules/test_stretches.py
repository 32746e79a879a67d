"""Every stretch of a course that a reader asks about is judged, and each once. Expected values are worked by hand."""

import numpy as np
import pandas as pd
import pytest
from conftest import derive, told_sentences
from hypothesis import given, strategies as st

from casetimeline.derive.stretch import derive_stretches
from casetimeline.prose.judged.verdicts import summarise_verdicts
from casetimeline.prose.measured.between import telling_stretches
from casetimeline.report.write import _every_verdict
from casetimeline.rules.analysis import analyse
from casetimeline.rules.limits import largest_analytical_cv
from casetimeline.rules.rules import evaluate_rules
from casetimeline.rules.stretches import evaluate_stretches

LAST_BEFORE = "analysis: {baseline: last_before, reference: tocilizumab}"
FIRST, LOWEST, HIGHEST, NEXT = "first to baseline", "lowest to later", "highest to later", "value to next"


def course(make_case, observe, *values, code="mrss", unit="", starts=None, about=""):
    """A case with one value a phase, or one a time."""
    if starts is None:
        rows = [observe(str(phase), code, value, unit) for phase, value in enumerate(values, 1)]
    else:
        rows = [observe("", code, value, unit, start=start) for value, start in zip(values, starts, strict=True)]
    return make_case(*rows, about=about)


def stretches_of(case):
    """Each stretch as its name, the value that it begins with and that at its end."""
    changes = derive(case)
    value = changes.set_index("line")["AVALC"]
    table = derive_stretches(changes)
    later = table[table["POSTBLFL"] == "Y"]
    return {(row.STRETCH, value[row.FROMLINE], row.AVALC) for row in later.itertuples()}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # From the baseline to each visit the derived table judges itself.
        (("46", "32"), set()),
        # The lowest value is the baseline, and no other stretch is there.
        (("20", "30"), set()),
        # A relapse: from the lowest to the last, which is also the next, and is there once.
        (("40", "20", "35"), {(LOWEST, "20", "35")}),
        # A slow rise is told from the lowest value and step by step.
        (
            ("40", "20", "25", "30"),
            {(LOWEST, "20", "25"), (LOWEST, "20", "30"), (NEXT, "25", "30")},
        ),
        # A steady fall is told step by step.
        (("40", "30", "20"), {(NEXT, "30", "20")}),
        # A flare on the way down begins at the lowest value so far.
        (
            ("40", "20", "35", "10"),
            {(LOWEST, "20", "35"), (NEXT, "35", "10")},
        ),
        # Of equally low values the earliest is the one.
        (("40", "20", "20", "30"), {(NEXT, "20", "20"), (LOWEST, "20", "30"), (NEXT, "20", "30")}),
    ],
)
def test_the_stretches_of_a_course(make_case, observe, values, expected):
    assert stretches_of(course(make_case, observe, *values)) == expected


def test_of_equally_low_values_the_stretch_begins_at_the_earliest(make_case, observe):
    changes = derive(course(make_case, observe, "40", "20", "20", "30"))
    table = derive_stretches(changes).set_index(["STRETCH", "line"])
    assert table.loc[(LOWEST, 5), "FROMLINE"] == 3


def test_progression_before_the_treatment_runs_from_the_first_value_to_the_baseline(make_case, observe):
    case = make_case(
        observe("1", value="20"),
        observe("2", value="30"),
        "a,3,treatment,tocilizumab,,,,,,,,,,chart,",
        observe("4", value="25"),
        about=LAST_BEFORE,
    )
    assert stretches_of(case) == {(FIRST, "20", "30"), (LOWEST, "20", "25")}


def test_a_measure_that_is_better_when_higher_has_its_highest_value_there(make_case, observe):
    case = course(make_case, observe, "30", "60", "40", code="lvef", unit="%")
    assert stretches_of(case) == {(HIGHEST, "60 %", "40 %")}


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        # <30 is surely lower than 40 and 50.
        (("40", "<30", "50"), {(LOWEST, "<30", "50")}),
        # <30 may be lower than 20 or not: which is the lowest is open, which is the next is not.
        (("40", "20", "<30", "50"), {(LOWEST, "20", "<30"), (NEXT, "<30", "50")}),
        (("40", "20..30", "25", "50"), {(LOWEST, "20..30", "25"), (NEXT, "25", "50")}),
        # 30 at the most, and the other 30 at the least: no other is surely lower.
        (("40", "20..30", "30", "50"), {(LOWEST, "20..30", "30"), (LOWEST, "20..30", "50"), (NEXT, "30", "50")}),
    ],
)
def test_a_lowest_value_that_is_open_begins_no_stretch(make_case, observe, values, expected):
    assert stretches_of(course(make_case, observe, *values)) == expected


@pytest.mark.product
def test_a_stretch_exists_only_where_the_order_is_certain(make_case, observe):
    # ~6 mo and 5..7 mo have no order; 12 mo is after both, and 0 d before.
    starts = ("0 d", "~6 mo", "5..7 mo", "12 mo")
    assert stretches_of(course(make_case, observe, "40", "20", "30", "35", starts=starts)) == set()
    starts = ("0 d", "3 mo", "8 mo", "12 mo")
    assert stretches_of(course(make_case, observe, "40", "20", "30", "35", starts=starts)) == {
        (LOWEST, "20", "30"),
        (LOWEST, "20", "35"),
        (NEXT, "30", "35"),
    }


@pytest.mark.product
def test_neither_end_of_a_stretch_has_an_open_order(make_case, observe):
    # The later two have no order, so which is the next, and from which value on the lowest is the lowest, is not told.
    starts = ("0 d", "1 mo", "~6 mo", "5..7 mo")
    assert stretches_of(course(make_case, observe, "40", "20", "30", "35", starts=starts)) == set()
    # The first two have none, and a later one is the baseline: nothing is the first.
    rows = [
        observe("", value=value, start=start) for value, start in (("20", "~6 mo"), ("24", "5..7 mo"), ("30", "12 mo"))
    ]
    case = make_case(*rows, "a,,treatment,tocilizumab,13 mo,,,,,,,,,chart,", about=LAST_BEFORE)
    assert stretches_of(case) == set()
    exact = [row.replace("~6 mo", "3 mo").replace("5..7 mo", "6 mo") for row in rows]
    case = make_case(*exact, "a,,treatment,tocilizumab,13 mo,,,,,,,,,chart,", about=LAST_BEFORE)
    assert (FIRST, "20", "30") in stretches_of(case)


@pytest.mark.product
def test_a_stretch_that_also_depends_on_the_patient_is_not_told(make_case, observe):
    for sex, expected in (("female", 2), ("''", 1)):
        about = f"patient: {{sex: {sex}}}\nanalysis: {{baseline: first}}"
        case = course(make_case, observe, "900", "100", "800", code="ck", unit="U/L", about=about)
        # The rule of young women has a second open quantity where the sex is not told.
        assert len(telling_stretches(analyse(case), "ck")) == expected


def test_a_record_without_a_value_or_a_unit_is_passed_over(make_case, observe):
    rows = [observe("1", "ck", "900", "U/L"), observe("2", "ck", "100", "U/L")]
    rows += [
        observe("3", "ck", "", "", state="not_assessed"),
        observe("4", "ck", "500"),
        observe("5", "ck", "800", "U/L"),
    ]
    assert stretches_of(make_case(*rows)) == {(LOWEST, "100 U/L", "800 U/L")}


@pytest.mark.product
def test_a_flare_is_judged_from_the_lowest_value_and_in_its_own_window(make_case, observe):
    # From 20 at day 180 to 34 at day 545: 14 points, 70 %, after 365 days. From the baseline it is a fall of 6.
    case = course(make_case, observe, "40", "20", "34", starts=("0 d", "180 d", "545 d"))
    verdicts = analyse(case).stretches.set_index(["line", "RULE"])
    row = verdicts.loc[(4, "eustar_2024_progression")]
    assert (row.STRETCH, row.FROMLINE, row.VERDICT) == (LOWEST, 3, "met")
    assert verdicts.loc[(4, "sdc_two_examiners"), "VERDICT"] == "met"
    # A fall is not one.
    assert verdicts.loc[(4, "mcid_2019_dcssc"), "VERDICT"] == "not met"
    # 500 - 180 = 320 days are before neither window; 430 - 180 = 250 days are 23.9 days before 9 months.
    early = course(make_case, observe, "40", "20", "34", starts=("0 d", "180 d", "430 d"))
    row = analyse(early).stretches.set_index(["line", "RULE"]).loc[(4, "eustar_2024_progression")]
    assert (row.VERDICT, row.WHY) == ("outside the window", "23 to 24 days too early")


@pytest.mark.product
def test_a_relapse_of_ck_is_told_with_the_analytical_variation_that_decides(published):
    analysis = analyse(published["openneurol2024-64f"][0])
    rows = analysis.stretches
    assert rows[["line", "FROMLINE", "STRETCH"]].drop_duplicates().to_numpy().tolist() == [[14, 9, LOWEST]]
    # 5607 / 131 = 42.80; ln is 3.7566, by 2.77186 1.35526; its square 1.83673, exp - 1 = 5.2760; less 0.021025 is
    # 5.25497, and its root 2.2924.
    assert {*zip(rows["VERDICT"], rows["WHY"], strict=True)} == {("met", "for any analytical CV up to 100 %")}
    assert largest_analytical_cv(5607 / 131, 14.5) == pytest.approx(229.24, abs=0.01)
    table = summarise_verdicts(analysis, "ck").frame.set_index(["line", "stretch"])
    assert ("14", "lowest to later, from line 9") in {(str(line), stretch) for line, stretch in table.index}
    past = "\n".join(told_sentences(analysis))
    assert "From 131 U/L (Over 6 months; about 6 months) to 5607 U/L (Recrudescence)" in past


def test_the_table_of_verdicts_has_every_stretch_once(published):
    every = _every_verdict(analyse(published["openneurol2024-64f"][0]))
    assert set(every["STRETCH"]) == {"", "baseline to visit", LOWEST}
    assert every.loc[every["STRETCH"] == LOWEST, "FROMLINE"].tolist() == [9, 9]
    assert every.loc[every["STRETCH"] != LOWEST, "FROMLINE"].isna().all()
    assert not every.duplicated(["line", "RULE", "STRETCH"]).any() and every["line"].is_monotonic_increasing


def test_rules_on_a_value_are_not_asked_of_a_stretch(make_case, observe):
    case = course(make_case, observe, "900", "100", "800", code="ck", unit="U/L")
    kinds = evaluate_rules(derive_stretches(derive(case)), case.rules)["KIND"]
    assert "limit" in set(evaluate_rules(derive(case), case.rules)["KIND"]) and {*kinds} == {"variation"}


def test_the_report_of_the_index_case_has_no_other_stretch(index_case):
    assert evaluate_stretches(index_case[1], index_case[0].rules).empty


def slow(values):
    """The stretches of exact values in certain order, each value looked at in turn: (name, from, to)."""
    pairs = {(0, later): "baseline" for later in range(1, len(values))}
    for name in (LOWEST, NEXT):
        for later in range(1, len(values)):
            earlier = min(range(later), key=lambda place: (values[place], place)) if name == LOWEST else later - 1
            if name == NEXT or values[later] > values[earlier]:
                pairs.setdefault((earlier, later), name)
    return {(name, earlier, later) for (earlier, later), name in pairs.items() if name != "baseline"}


@given(st.lists(st.integers(0, 51), min_size=1, max_size=9), st.randoms(use_true_random=False))
def test_the_stretches_are_those_of_a_slow_search_whatever_the_order_of_the_rows(values, random):
    nan, value = float("nan"), np.array(values, dtype=float)
    place = np.arange(len(values))
    frame = pd.DataFrame(
        {
            **{"case_id": "a", "PARAMCD": "mrss", "LOC": "", "kind": "observation", "line": place, "AVAL": value},
            **{"AVALLO": value, "AVALHI": value, "AVALLOX": False, "AVALHIX": False, "AVALC": "", "AVALU": "points"},
            **{"AVALCALO": nan, "AVALCAHI": nan, "BETTER": "lower", "ORDER": place, "ORDLO": place * 1.0},
            **{"ORDHI": place * 1.0, "ORDPH": nan, "MOMENT": -1, "DAYLO": place * 1.0, "DAYHI": place * 1.0},
            **{"ABLFL": ["Y"] + [""] * (len(values) - 1), "POSTBLFL": ["N"] + ["Y"] * (len(values) - 1)},
        }
    )
    rows = place.tolist()
    random.shuffle(rows)
    table = derive_stretches(frame.take(rows).reset_index(drop=True))
    later = table[table["POSTBLFL"] == "Y"]
    assert {(row.STRETCH, row.FROMLINE, row.line) for row in later.itertuples()} == slow(values)


@pytest.mark.parametrize(
    ("lowest", "last", "apply"),
    [
        # 15 to 28 of two examiners: 13 points, more than 1.96 x sqrt(2) x 4.6 = 12.8 and less than 15.0.
        ("A", "B", {"sdc_two_examiners": "met", "sdc_training": "not met"}),
        # Of one: more than 6.8 and 8.0.
        ("A", "A", {"sdc_one_examiner": "met", "sdc_one_examiner_taught": "met"}),
    ],
)
def test_a_stretch_is_held_against_the_error_of_those_who_scored_its_two_ends(make_case, lowest, last, apply):
    # The baseline is of one examiner as well, and no end of the stretch.
    scored = (("0 d", "24", "B"), ("6 mo", "15", lowest), ("12 mo", "28", last))
    rows = [f"a,,observation,mrss,{start},{value},,{by},chart" for start, value, by in scored]
    case = make_case(*rows, header="case_id,phase,kind,code,start,value,unit,by,source")
    errors = analyse(case).stretches.query("KIND == 'error'").set_index("RULE")
    assert set(errors["STRETCH"]) == {LOWEST} and len(errors) == 4
    assert errors["VERDICT"].drop(errors.index[errors["DECIDED"] == "examiners"]).to_dict() == apply
    assert errors.loc[errors["DECIDED"] == "examiners", "VERDICT"].eq("not applicable").all()
