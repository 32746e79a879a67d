"""Tables for a reader and the sentences beside them; every expected cell and sentence is written by hand."""

import math
from dataclasses import replace

import pandas as pd
import pytest
from conftest import HEADER, ROOT

from casetimeline.case.read import read_case
from casetimeline.derive.worded import count_untold, derive_worded
from casetimeline.prose.display import Table, without_empty
from casetimeline.prose.judged.arms import summarise_arms, summarise_context, summarise_expected, summarise_regression
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged, summarise_rules, summarise_verdicts
from casetimeline.prose.measured.changes import summarise_case, summarise_changes
from casetimeline.prose.tables.recorded import (
    summarise_calendar,
    summarise_cases,
    summarise_exposure,
    summarise_gaps,
    summarise_recorded,
    summarise_regimen,
    summarise_reported,
)
from casetimeline.rules.analysis import analyse

SCHEDULED = HEADER.replace("dose_unit,", "dose_unit,frequency,route,")


@pytest.fixture
def case_of(make_case):
    def read(*rows, plan="baseline: first", more="", header=HEADER):
        return analyse(make_case(*rows, about=f"analysis: {{{plan}}}{more}", header=header))

    return read


def drug(code="tocilizumab", dose="8,mg/kg", every="", route="", start="", end="", phase="2"):
    return f"a,{phase},treatment,{code},{start},{end},,,,,,{dose},{every},{route},chart,"


def columns(table):
    return {name: list(cells) for name, cells in table.frame.items()}


def test_facts_as_recorded(case_of, observe):
    rows = [
        observe("1", "ck", "923", "U/L", limits="20,200"),
        observe("2", "ck", "15", "U/L", limits=",200"),
        observe("3", "ck", "", state="not_reported", limits="20,", note="no value in the letter"),
        "a,2,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,",
    ]
    table = summarise_recorded(case_of(*rows), "ck")
    assert table.caption == "Case a: recorded rows, Creatine kinase; source: chart"
    assert columns(table) == {
        "line": [2, 3, 4],
        "phase": [1, 2, 3],
        "what": ["Creatine kinase"] * 3,
        "value": ["923 U/L", "15 U/L", "not reported"],
        "limits": ["20 to 200", "up to 200", "from 20"],
        "note": ["", "", "no value in the letter"],
    }
    whole = summarise_recorded(case_of(*rows))
    assert whole.caption == "Case a: recorded rows, all facts; source: chart"
    assert columns(whole)["kind"] == ["observation"] * 3 + ["treatment"]
    assert columns(whole)["value"][-1] == "8 mg/kg"


def test_what_is_reported_and_when(case_of, observe):
    rows = [observe(), observe("1", "ck", "923", "U/L"), observe("2", "ck", "", state="not_assessed")]
    table = summarise_reported(case_of(*rows, more="\nphases: {1: Before, 2: Later}"))
    assert columns(table) == {
        "measure": ["Modified Rodnan skin score", "Creatine kinase"],
        "1: Before": ["reported", "reported"],
        "2: Later": ["not mentioned", "not assessed"],
    }


@pytest.mark.product
def test_a_position_is_named_by_its_own_phase(case_of, observe):
    def headings(*rows, phases):
        return list(summarise_reported(case_of(*rows, more=f"\nphases: {phases}")).frame)[1:]

    # Nothing is told of phase 2, and phase 3 is told of on two days.
    rows = [observe(start="0 d"), observe("3", value="40", start="5 d"), observe("3", value="32", start="9 d")]
    assert headings(*rows, phases="{1: Before, 2: Therapy, 3: After}") == ["1: Before", "2: After", "3: After"]
    assert headings(*rows, phases="{2: Therapy}") == ["1: phase 1", "2: phase 3", "3: phase 3"]
    assert headings(observe("", start="0 d"), observe("", value="32", start="9 d"), phases="{}") == ["1: 0 d", "2: 9 d"]


def test_gaps(case_of, observe):
    rows = [
        observe(),
        observe("3", value="32"),
        observe("1", "ck", "923", "U/L"),
        observe("3", "ck", "", state="unknown"),
    ]
    complete = summarise_gaps(case_of(*rows[:2]))
    assert complete.paragraphs == ("Every measure is known in two phases or more.",)
    rows += [observe("3", "pericardial_effusion", "", state="not_reported")]
    treatments = [drug(every="every 4 wk"), drug(dose="5,mg/day", route="oral")]
    analysis = case_of(*(row.replace(",chart", ",,,chart") for row in rows), *treatments, header=SCHEDULED)
    # A dose per day has a schedule.
    assert summarise_gaps(analysis).paragraphs == (
        "Never reported as known: Pericardial effusion. Reported as known in one phase only: Creatine kinase. "
        "Unknown: Creatine kinase. Not reported: Pericardial effusion. Of 2 rows of treatments, not reported: dose in "
        "0, schedule in 0, route in 1, start in 2, end in 2.",
    )


def test_what_was_given(case_of):
    rows = [
        drug(every="every 4 wk", start="0 d", end="84 d"),
        drug("cyclophosphamide", dose=","),
        drug("glucocorticoids", dose="5,mg/day"),
    ]
    table = summarise_exposure(case_of(*rows, header=SCHEDULED))
    # Doses on days 0, 28, 56 and 84: four times 8 mg/kg, over 85 days counted from the first to the last.
    assert columns(table) == {
        "line": [2, 3, 4],
        "treatment": ["Tocilizumab", "Cyclophosphamide", "Glucocorticoids"],
        "told in": ["phase 2 (day 0)", "phase 2", "phase 2"],
        "dose": ["8 mg/kg", "not reported", "5 mg/day"],
        "schedule": ["every 4 wk", "not reported", ""],
        "days": ["85", "", ""],
        "number of doses": ["4", "not reported", "not reported"],
        "cumulative dose": ["32 mg/kg", "", ""],
        "missing": [
            "",
            "dose, schedule, start, end not reported",
            "start, end not reported",
        ],
    }


def test_a_cumulative_dose_below_a_number_is_told_as_below_it(case_of):
    course = {"every": "daily", "start": "0 d", "end": "9 d"}
    doses = [drug("prednisone", "<20,mg", **course), drug("tocilizumab", ">5,mg", **course)]
    # Ten doses of each.
    shown = columns(summarise_exposure(case_of(*doses, header=SCHEDULED)))
    assert shown["cumulative dose"] == ["below 200 mg", "above 50 mg"]


TURNS = [
    drug("tocilizumab", every='"every 2 wk, alternating"'),
    drug("cyclophosphamide", dose="600,mg", every='"every 2 wk, alternating"', end="6 mo"),
]


def test_two_treatments_that_take_turns(case_of):
    analysis = case_of(*TURNS, header=SCHEDULED)
    assert summarise_regimen(analysis).paragraphs == (
        "2 of 2 rows of treatments have a schedule that is an interval. Tocilizumab takes turns with Cyclophosphamide: "
        "one dose every 2 weeks, so this drug every 4 weeks. If the source meant Tocilizumab every 2 weeks, twice as "
        "many doses were given. Cyclophosphamide takes turns with Tocilizumab: one dose every 2 weeks, so this drug "
        "every 4 weeks. If the source meant Cyclophosphamide every 2 weeks, twice as many doses were given. When it "
        "ended, and so how many were given, is not reported: Tocilizumab.",
    )
    assert columns(summarise_exposure(analysis))["schedule"][0] == (
        "alternately, one drug every 2 weeks (with Cyclophosphamide; read as this drug every 4 weeks)"
    )
    calendar = columns(summarise_calendar(analysis))
    assert [weeks.split(", ")[:2] for weeks in calendar["weeks"]] == [["0", "4"], ["2", "6"]]
    assert calendar["alternates with"] == ["Cyclophosphamide", "Tocilizumab"]


@pytest.mark.product
def test_three_treatments_that_take_turns_and_a_daily_one(case_of):
    rows = [*TURNS, drug("rituximab", dose="1,g", every='"every 2 wk, alternating"', end="6 mo")]
    prose = str(summarise_regimen(case_of(*rows, header=SCHEDULED)))
    # Each of three comes at every third administration. There is more than one way to read it otherwise.
    assert "Rituximab takes turns with Cyclophosphamide, Tocilizumab: this drug every 6 weeks." in prose
    assert "Read otherwise" not in prose
    daily = case_of(drug(every="every 1 d"), header=SCHEDULED)
    assert columns(summarise_calendar(daily))["weeks"][0].startswith("daily, days 0 to ")
    nothing = "The source of case a tells of no treatment."
    assert summarise_regimen(case_of("a,1,event,limited_efficacy,,,,,,,,,,chart,")).paragraphs == (nothing,)


def test_changes_under_their_adam_names(case_of, observe):
    rows = [
        observe(phase, "ck", value, "U/L", limits=",200") for phase, value in (("1", "800"), ("2", "400"), ("3", "600"))
    ]
    table = summarise_changes(case_of(*rows), "ck")
    cells = columns(table)
    # By hand: 400 - 800, 600 - 800 and 600 - 400. The first change is also the one from the value before.
    assert (cells["CHG"], cells["PCHG"]) == (["", "-400", "-200"], ["", "-50.0 %", "-25.0 %"])
    assert cells["CHGPREV"] == ["", "", "200"]
    assert cells["R2BASE"] == ["", "0.5", "0.75"] and cells["R2A1HI"] == ["4", "2", "3"]
    assert (cells["ABLFL"], cells["BASEC"]) == (["Y", "", ""], ["", "800 U/L", "800 U/L"])
    assert cells["ANRIND"] == ["HIGH"] * 3 and "LOC" not in cells
    assert table.caption == "Case a: Creatine kinase, baseline rule first, reference none"


def test_the_course_of_each_measure_in_one_line(case_of, observe):
    rows = [observe(value="50"), observe("2"), observe("3", value="32"), observe("4", "ck", "923", "U/L")]
    table = summarise_case(case_of(*rows, plan="baseline: phase=2"))
    assert [list(row) for row in table.frame.itertuples(index=False)] == [
        [
            "Modified Rodnan skin score",
            "50 points, phase 1",
            "46 points, phase 2",
            "32 points, phase 3",
            "-14 points (-30.4 %)",
        ],
        ["Creatine kinase", "923 U/L, phase 4", "", "", "no change can be computed (no baseline)"],
        ["Pericardial effusion", "", "not mentioned in the part that was read", "", "no change can be computed"],
    ]


@pytest.mark.parametrize(
    ("later", "change"),
    [
        ((), "no change can be computed (recorded once)"),
        ((("3", "", "not_reported"),), "no change can be computed (not reported)"),
        (
            (("3", "32", ""), ("4", "40", "")),
            "-14 points (-30.4 %); -6 points (-13.0 %); +8 points since the value before (32 points)",
        ),
    ],
)
def test_the_change_of_a_series_in_a_cell(case_of, observe, later, change):
    rows = [observe(phase, value=value, state=state) for phase, value, state in later]
    assert summarise_case(case_of(observe(), *rows), ("mrss",)).frame["change"].tolist() == [change]


def test_the_cases_of_a_folder(write_case, observe):
    write_case(observe(), about="analysis: {baseline: first}\ntitle: The first\ndiagnosis: SSc")
    data = write_case(observe(case_id="b"), case_id="b")
    table = summarise_cases(data)
    assert table.caption == "2 cases of this folder"
    assert table.cells() == [["a", "SSc", "The first"], ["b", "", ""]]


def test_rules_have_their_limits_and_citations(case_of, observe):
    rules = summarise_rules(case_of(observe()), "mrss").frame.set_index("rule")
    # 1.96 x sqrt(2) x 2.45 is 6.79.
    assert rules.loc["Beyond the smallest detectable change, one examiner", "smallest detectable change"] == "6.8"
    assert rules.loc["Beyond the smallest detectable change, one examiner", "citation"] == "PMID 7562759"
    assert rules.loc["Regression of skin fibrosis (EUSTAR 2024)", "smallest detectable change"] == ""
    assert rules.loc["Regression of skin fibrosis (EUSTAR 2024)", "citation"] == "doi:10.1186/s13075-024-03418-2"


@pytest.mark.product
def test_each_verdict_has_its_rule_and_what_decided(case_of, observe):
    analysis = case_of(observe(), observe("3", value="32"), more="\nphases: {3: Later}")
    verdicts = summarise_verdicts(analysis, "mrss").frame.set_index("rule")
    row = verdicts.loc["Regression of skin fibrosis (EUSTAR 2024)"]
    assert row.to_dict() == {
        "line": 3,
        "stretch": "baseline to visit",
        "made for": "EUSTAR dcSSc",
        "size": "met",
        "time": "cannot be determined",
        "verdict": "cannot be determined",
        "decided by": "time",
        "what would decide it": "met if the two values lie 9 to 15 months apart",
    }
    # That a score that fell did not rise needs no row.
    assert not [rule for rule in verdicts.index if rule.startswith("Progression")]
    choices = summarise_choices(analysis).frame.set_index("question").loc["Beyond the smallest detectable change?"]
    assert choices["record"] == "mRSS: 32 points, later"
    assert choices["do the rules agree?"] == "no"
    assert choices["not met by"] == "Beyond the smallest detectable change, examiners in training"


@pytest.mark.product
def test_the_last_change_of_each_series_is_judged(case_of, observe):
    paragraphs = summarise_judged(case_of(observe(), observe("2", value="20"), observe("3", value="41"))).paragraphs
    assert len(paragraphs) == 3
    assert paragraphs[0].startswith("Modified Rodnan skin score, -5 points (-10.9 %) from the baseline. Not met: ")
    assert (
        "Beyond the smallest detectable change, one examiner"
        in paragraphs[0].partition(" Not met: ")[2].partition(".")[0]
    )
    # Whether a score that fell also rose is no question of its size.
    assert "Progression" not in paragraphs[0]
    # A fall of 5 points is one of the 5 that were estimated, and lies in the 3.2 to 5.3 of another trial.
    undecided = "Minimal clinically important improvement, diffuse SSc (as large as the estimate or larger; "
    undecided += "applicability not known; estimated over 12 months; interval not reported); "
    told = paragraphs[0].partition(" Cannot be determined: ")[2]
    assert told.startswith(undecided)
    assert "(d-penicillamine trial) (points, time studied); Skin item of the revised CRISS (the threshold" in told
    # 20 to 41 is a rise of 21 points, beyond the limits of 6.8, 12.8 and 15 points.
    assert paragraphs[1].startswith(
        "From 20 points in phase 2 to 41 points in phase 3, from the lowest value so far: met"
    )
    assert paragraphs[2].startswith("The rules overlap and were made for different patients, so")
    nothing = summarise_judged(case_of(observe())).paragraphs
    assert nothing == ("No rule on the size of a change applies to a last value.",)


@pytest.mark.product
def test_a_baseline_among_published_arms(case_of, observe):
    analysis = case_of(observe())
    arms = analysis.case.comparators.query("measure == 'mrss'")
    shown = summarise_arms(analysis).frame
    assert list(shown["arm"]) == [f"{row.trial}, {row.treatment}" for row in arms.itertuples()]
    # The position is (46 - mean) / SD.
    for row, position in zip(arms.itertuples(), shown["this case lies at"], strict=True):
        if pd.notna(row.baseline_mean):
            assert position == f"{(46 - row.baseline_mean) / row.baseline_sd:+.1f} SD"
    positions = (46 - arms["baseline_mean"]) / arms["baseline_sd"]
    span = f"between {positions.min():+.1f} and {positions.max():+.1f} standard deviations"
    assert summarise_context(analysis).paragraphs[0].startswith(f"The baseline of 46 points lies {span} from the means")
    without = case_of(observe("1", "ck", "923", "U/L"))
    assert summarise_context(without).paragraphs == (
        "Case a has no baseline of modified Rodnan skin score to place among published arms.",
    )
    # comparators.csv has arms of the skin score alone: it is they that are missing, not the baseline of 923.
    assert summarise_context(without, "ck").paragraphs == (
        "No published arm of creatine kinase is known here to place the baseline of 923 U/L among.",
    )
    stated = case_of(observe("1", "myopathy", "", state="present"))
    assert summarise_context(stated, "myopathy").paragraphs == (
        "Case a has no baseline of myopathy as a number to place among published arms.",
    )
    bare = replace(analysis.case, comparators=analysis.case.comparators.assign(baseline_sd=math.nan))
    assert summarise_context(analyse(bare)).paragraphs == (
        "No published arm has a mean and an SD of modified Rodnan skin score to place the baseline of 46 points among.",
    )


@pytest.mark.product
def test_regression_to_the_mean(case_of, observe):
    analysis = case_of(observe())
    table = summarise_regression(analysis, "mrss")
    assert table.caption == "Case a: change expected from regression to the mean alone, from a baseline of 46 points"
    # Of one examiner: the share 2.45 ** 2 / SD ** 2 of the distance from the mean.
    one = table.frame[table.frame["within-patient SD"] == "2.45"]
    for row in one.itertuples(index=False):
        mean, sd = (float(text.strip("()")) for text in row[1].split())
        assert row[4] == f"{2.45**2 / sd**2 * (mean - 46):.1f} points".replace("-0.0", "0")
    sentence = summarise_expected(analysis, "mrss").paragraphs[0]
    assert "a patient who first scored 46 points would be expected to score lower the second time" in sentence
    without = case_of(observe("1", "ck", "923", "U/L"))
    assert summarise_expected(without, "mrss").paragraphs == ("Without a baseline nothing is expected.",)
    assert summarise_regression(without, "mrss").cells() == [["no baseline, so nothing is expected"]]


def test_a_table_shows_the_same_cells_as_text_and_as_html():
    table = Table(pd.DataFrame({"a": ["<b>", None], "empty": ["", None]}), "x & y")
    assert repr(table) == "x & y\na    empty\n<b>\n"
    assert "<caption>x &amp; y</caption>" in table._repr_html_() and "<td>&lt;b&gt;</td>" in table._repr_html_()
    assert list(without_empty(table.frame, keep=("a",))) == ["a"]
    assert list(without_empty(table.frame, keep=("empty",))) == ["a", "empty"]


@pytest.mark.product
def test_what_a_source_tells_in_words_alone_counts_as_told():
    """Read in the rows: of 14 treatments seven have a route, four print `infusion`, one pulse has `for 6 days`."""
    facts = read_case(ROOT / "data/aosd-ehjcr-22m").facts
    given = facts[facts["kind"] == "treatment"]
    words = derive_worded(given).ne("")
    assert given.loc[words["route"], "PARAM"].tolist() == ["Tocilizumab"] * 4
    assert given.loc[words["end"], "PARAM"].tolist() == ["Methylprednisolone pulse"]
    assert not words[["dose", "schedule", "start"]].any(axis=None)
    counts = count_untold(given)
    assert len(given) == 14 and (counts["route"], counts["ongoing"]) == (14 - 7 - 4, 0)
