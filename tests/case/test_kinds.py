"""What a row can say beside a value and a time: ends in words, counts, anchors, sites, states without a number."""

import math

import numpy as np
import pandas as pd
import pytest
from conftest import derive
from hypothesis import given, strategies as st

from casetimeline.derive.doses import derive_calendar, derive_doses
from casetimeline.derive.exposure import derive_exposure
from casetimeline.derive.studyday import derive_reference
from casetimeline.faults import TimelineError
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import drawn_values
from casetimeline.rules.analysis import analyse
from casetimeline.values.anchors import (
    Anchor,
    format_anchor,
    parse_anchor,
    parse_count,
    parse_severity,
    phase_of_end,
)
from casetimeline.values.bounds import Bounds, format_value

HEADER = (
    "case_id,phase,kind,code,start,end,anchor,count,value,unit,ref_low,ref_high,state,dose,dose_unit,frequency,"
    "site,by,grade,related,source,note"
)
COLUMNS = HEADER.split(",")


def row(kind, code, **cells):
    """A row with the header of this file."""
    cells = {"case_id": "a", "phase": "1", "kind": kind, "code": code, "source": "chart"} | cells
    assert not cells.keys() - {*COLUMNS}
    return ",".join(cells.get(name, "") for name in COLUMNS)


def days(case):
    """The bounds of the start of each fact."""
    return case.facts[["DAYLO", "DAYHI"]].to_numpy().tolist()


def faults_of(make_case, *rows):
    with pytest.raises(TimelineError) as caught:
        make_case(*rows, header=HEADER)
    return {(fault.line, fault.column): fault.expected for fault in caught.value.faults}


@pytest.mark.parametrize(
    ("kind", "code", "known"),
    [
        ("treatment", "ck", "observation"),
        ("adverse_event", "mrss", "observation"),
        ("event", "prednisone", "treatment"),
        ("procedure", "tocilizumab", "treatment"),
        ("treatment", "pericardiocentesis", "procedure"),
        ("treatment", "autologous_stem_cell_transplantation", "procedure"),
        ("event", "pericardiocentesis", "procedure"),
        # A finding may happen, a state may be told as an event, and a statement judges anything.
        ("event", "pericardial_effusion", ""),
        ("adverse_event", "pericarditis", ""),
        ("event", "remission", ""),
        ("statement", "ck", ""),
        ("treatment", "prednisone", ""),
    ],
)
def test_a_code_of_another_kind_than_its_table_has_is_said(make_case, kind, code, known):
    case = make_case(row("observation", "ck", value="900", unit="U/L"), row(kind, code, phase="2"), header=HEADER)
    said = [note.partition(": ")[2] for note in case.notes if "stands as" in note]
    assert said == ([f"code '{code}' stands as {kind}; the tables have it as {known}"] if known else [])


@given(st.integers(1, 99), st.integers(0, 99))
def test_a_count_is_written_as_it_is_read(low, more):
    for bounds in (Bounds(low, low), Bounds(low, low + more), Bounds(low, math.inf)):
        assert parse_count(format_value(bounds)) == bounds


@given(st.text("abcdefgh_.-0123456789", min_size=1, max_size=9), st.integers(1, 99))
def test_an_anchor_is_written_as_it_is_read(code, number):
    assert parse_anchor(format_anchor(Anchor(code, number))) == (code, number)


@pytest.mark.parametrize("text", ("0", "2.5", "~4", "-1", "4..3", "a few times", "<1", "2,000"))
def test_what_is_no_count_is_refused(text):
    with pytest.raises(ValueError, match="whole number"):
        parse_count(text)


@pytest.mark.parametrize("text", ["six", "Six", "6 cycles", "six cycles", "6 doses", "6 infusions."])
def test_a_count_in_words_or_with_what_was_counted_is_refused_with_its_number(text):
    with pytest.raises(ValueError, match="the number alone: 6"):
        parse_count(text)


@pytest.mark.parametrize("text", ["12 months", "6 weeks", "3 days", "1 year"])
def test_a_length_of_time_is_no_count_of_so_many(text):
    with pytest.raises(ValueError, match="for how long stands in 'end'"):
        parse_count(text)


def test_grades_are_those_of_ctcae():
    assert parse_severity("2..3")[:2] == (2, 3) and parse_severity("<3")[:2] == (1, 2)
    for text in ("0", "6", "2.5", "mild"):
        with pytest.raises(ValueError, match="1 to 5"):
            parse_severity(text)
    assert phase_of_end("Phase 12") == 12 and math.isnan(phase_of_end("stopped"))


# The five grades of CTCAE are called mild, moderate, severe, life-threatening and fatal.
@pytest.mark.parametrize(
    ("typed", "grade"),
    [("III", 3), ("iv", 4), ("G3", 3), ("grade 3", 3), ("Grad 2", 2), ("3 (CTCAE v5)", 3), ("severe", 3), ("fatal", 5)],
)
def test_a_grade_in_other_words_is_refused_with_its_number(typed, grade):
    with pytest.raises(ValueError, match=rf"(alone:|is) {grade}$"):
        parse_severity(typed)


def test_a_value_beside_what_is_no_observation_is_sent_where_it_belongs(make_case):
    kinds = {2: "treatment", 3: "adverse_event", 4: "procedure"}
    faults = faults_of(make_case, *(row(kind, f"x{line}", value="3") for line, kind in kinds.items()))
    assert "'dose'" in faults[2, "value"]
    assert "'grade'" in faults[3, "value"] and "'dose'" not in faults[3, "value"]
    assert "an observation" in faults[4, "value"] and "'dose'" not in faults[4, "value"]


def test_a_start_counts_from_its_anchor_by_interval_arithmetic(make_case):
    """Discharge on day 10 and within 30 to 40 days; a week (3.5 to 10.5 days) after the second of them."""
    case = make_case(
        row("event", "discharge", phase="4", start="30..40 d"),
        row("event", "discharge", phase="1", start="10 d"),
        row("observation", "ck", phase="5", start="1 wk", anchor="Discharge#2", value="90", unit="U/L"),
        row("observation", "ck", phase="2", start="-2 d", anchor="discharge", value="80", unit="U/L"),
        header=HEADER,
    )
    assert days(case) == [[30, 40], [10, 10], [33.5, 50.5], [8, 8]]
    assert case.facts["anchor"].tolist()[2] == "discharge#2"


def test_an_anchor_may_count_from_another(make_case):
    case = make_case(
        row("procedure", "liver_biopsy", phase="1", start="5 d"),
        row("event", "admission", phase="2", start="2 d", anchor="liver_biopsy"),
        row("treatment", "tocilizumab", phase="3", start="1 d", end="3 d", anchor="admission"),
        row("treatment", "tocilizumab", phase="4", start="10 d", end="ongoing", anchor="admission"),
        header=HEADER,
    )
    assert days(case) == [[5, 5], [7, 7], [8, 8], [17, 17]]
    assert case.facts["AENHI"].tolist()[2:] == [10, math.inf]


def test_the_order_of_the_lines_decides_no_anchor(make_case):
    rows = [
        row("event", "visit", phase="", start="60 d"),
        row("event", "visit", phase="", start="0 d"),
        row("event", "visit", phase="", start="0 d"),
        row("observation", "ck", phase="", start="5 d", anchor="visit#2", value="90", unit="U/L"),
    ]
    for turned in (rows, rows[::-1], [*rows[2:], *rows[:2]]):
        facts = make_case(*turned, header=HEADER).facts
        assert facts.loc[facts["code"] == "ck", "DAYLO"].tolist() == [65]


def test_anchors_that_lead_nowhere_are_faults(make_case):
    faults = faults_of(
        make_case,
        row("event", "one", start="1 d", anchor="two"),
        row("event", "two", start="1 d", anchor="one"),
        row("event", "three", start="1 d", anchor="two"),
        row("event", "four", start="1 d", anchor="nowhere"),
        row("event", "five", start="1 d", anchor="three#2"),
        row("event", "six", start="2020-01-05", anchor="three"),
        row("statement", "seven", start="1 d"),
        row("event", "eight", start="1 d", anchor="seven"),
        row("event", "nine", start="1 d", anchor="a b#c"),
    )
    cells = {line for line, column in faults if column == "anchor"}
    # The third counts from a circle, of which it is no part.
    assert cells == {2, 3, 5, 6, 7, 9, 10}
    assert "does not count from this one" in faults[2, "anchor"] and "no number 2" in faults[6, "anchor"]


def test_an_anchor_whose_order_is_open_is_a_fault(make_case):
    rows = [
        row("event", "visit", phase="2", start="30 d"),
        row("event", "visit", phase="2"),
        row("observation", "ck", phase="3", start="5 d", anchor="visit", value="90", unit="U/L"),
    ]
    assert "have an order" in faults_of(make_case, *rows)[4, "anchor"]
    first = row("event", "visit", phase="1")
    assert math.isnan(make_case(first, rows[0], rows[2], header=HEADER).facts["DAYLO"].iloc[2])


@pytest.mark.parametrize("phase", ["", "1"])
def test_an_infusion_that_counts_from_the_first_is_the_second(make_case, phase):
    facts = make_case(
        row("treatment", "rituximab", phase=phase, start="10 d"),
        row("treatment", "rituximab", phase=phase, start="14 d", anchor="rituximab"),
        row("observation", "ck", phase=phase, start="28 d", anchor="rituximab", value="90", unit="U/L"),
        row("observation", "ck", phase=phase, start="7 d", anchor="rituximab#2", value="80", unit="U/L"),
        header=HEADER,
    ).facts
    # 10, 10 + 14, 10 + 28 and 24 + 7.
    assert facts["DAYLO"].tolist() == facts["DAYHI"].tolist() == [10, 24, 38, 31]


def test_an_infusion_that_may_be_before_or_after_the_second_leaves_the_anchor_open(make_case):
    # 20 d, and about two weeks after day 10: day 17 to 31.
    rows = [row("treatment", "rituximab", phase="", start=start) for start in ("10 d", "20 d")]
    rows.append(row("treatment", "rituximab", phase="", start="~2 wk", anchor="rituximab"))
    assert "have an order" in faults_of(make_case, *rows)[4, "anchor"]


def test_ends_in_words(make_case):
    case = make_case(
        row("treatment", "one_drug", start="0 d", end="stopped"),
        row("treatment", "two_drug", start="0 d", end="phase 2"),
        row("event", "visit", phase="2", start="30 d"),
        row("event", "other", phase="2", start="50 d"),
        row("treatment", "three_drug", phase="2", start="30 d", end="Discontinued"),
        header=HEADER,
    )
    assert case.facts["end"].tolist()[4] == "stopped"
    assert case.facts[["AENLO", "AENHI"]].to_numpy()[[0, 1, 4]].tolist() == [[0, math.inf], [0, 50], [30, math.inf]]
    exposure = derive_exposure(case.facts)
    assert exposure["ENDED"].tolist() == ["yes"] * 3 and exposure["EXDURHI"].tolist() == [math.inf, 51, math.inf]


@pytest.mark.product
def test_no_record_is_on_a_treatment_that_was_stopped_at_a_time_not_told(make_case):
    rows = (
        row("observation", "ck", phase="2", start="5 d", value="90", unit="U/L"),
        row("observation", "ck", phase="1", start="-5 d", value="95", unit="U/L"),
    )
    about = "analysis: {baseline: last_before, reference: drug}"
    flags = {}
    for end in ("", "stopped", "ongoing"):
        case = make_case(row("treatment", "drug", start="0 d", end=end), *rows, header=HEADER, about=about)
        flags[end] = derive(case)["ONTRTFL"].tolist()[1:]
    assert flags == {"": ["Y", ""], "stopped": ["", ""], "ongoing": ["Y", ""]}


def test_an_end_by_a_phase_that_is_none_is_a_fault(make_case):
    faults = faults_of(
        make_case,
        row("treatment", "one_drug", phase="2", end="phase 1"),
        row("treatment", "two_drug", phase="1", end="phase 7"),
        row("treatment", "three_drug", phase="1", end="later"),
    )
    assert faults[2, "end"].startswith("a phase that is not before") and faults[3, "end"] == "a phase of the timeline"
    assert "'stopped' or a phase such as 'phase 4'" in faults[4, "end"]


def test_the_doses_that_the_source_counts_are_the_doses(make_case):
    """8 mg/kg every 4 weeks, four times, are 32 mg/kg, though in a year there is room for 14.

    Which four they were is not told, and none has a day; of a course that ends on day 84 they are days 0, 28, 56, 84.
    """
    case = make_case(
        row("treatment", "tocilizumab", start="0 d", end="365 d", count="4", dose="8", dose_unit="mg/kg").replace(
            "mg/kg,", "mg/kg,every 4 wk", 1
        ),
        row("treatment", "other", count=">=2", dose="100", dose_unit="mg"),
        row("treatment", "third", count="3..4", dose="1", dose_unit="g/day"),
        header=HEADER,
    )
    exposure = derive_exposure(case.facts)
    assert exposure[["NDOSLO", "NDOSHI"]].to_numpy().tolist() == [[4, 4], [2, math.inf], [3, 4]]
    assert exposure[["CUMLO", "CUMHI", "CUMU"]].to_numpy().tolist() == [
        [32, 32, "mg/kg"],
        [200, math.inf, "mg"],
        [3, 4, "g"],
    ]
    assert exposure["REASON"].tolist() == ["", "", ""]
    assert derive_doses(case.facts).empty and "Tocilizumab" not in derive_calendar(case.facts)["EXTRT"].tolist()
    ended = case.facts.assign(end="84 d", AENLO=84.0, AENHI=84.0).iloc[:1]
    assert derive_doses(ended)["DOSEDY"].tolist() == [0, 28, 56, 84]
    assert derive_calendar(ended)["DOSEDY"].tolist() == [0, 28, 56, 84]


def test_a_count_beside_once_and_beside_another_kind(make_case):
    faults = faults_of(
        make_case,
        row("treatment", "one_drug", count="4", frequency="once"),
        row("event", "visit", count="2"),
        row("observation", "ck", value="90", unit="U/L", grade="2"),
        row("adverse_event", "fever", grade="7", by="A"),
    )
    assert {*faults} == {(2, "count"), (3, "count"), (4, "grade"), (5, "grade"), (5, "by")}


def test_normal_raised_and_low_are_bounds_by_the_limits_of_the_row(make_case):
    limits = {"ref_low": "26", "ref_high": "192", "unit": "U/L"}
    states = ("normal", "raised", "low")
    rows = [row("observation", "ck", phase=str(n), state=s, **limits) for n, s in enumerate(states, 1)]
    rows.append(row("observation", "ck", phase="4", state="raised", unit="U/L"))
    rows.append(row("observation", "lvef", phase="1", state="low", unit="%", ref_low="50"))
    facts = make_case(*rows, header=HEADER).facts
    assert facts["AVALLO"].tolist()[:3] == [26, 192, 0] and facts["AVALHI"].tolist()[:3] == [192, math.inf, 26]
    assert facts["AVALLOX"].tolist()[:3] == [False, True, False] and facts["AVALHIX"].tolist()[:3] == [
        False,
        False,
        True,
    ]
    assert np.isnan(facts["AVALLO"].iloc[3]) and facts["AVALC"].tolist()[:4] == [*states, "raised"]
    # The scale ends at 0.
    assert facts[["AVALLO", "AVALHI"]].iloc[4].tolist() == [0, 50]
    assert derive(make_case(*rows, header=HEADER))["ANRIND"].tolist()[:4] == ["NORMAL", "HIGH", "LOW", "HIGH"]


def test_recurred_and_residual_are_present(make_case):
    rows = [
        row("observation", "pericardial_effusion", phase=str(n), state=state)
        for n, state in enumerate(("present", "absent", "recurred", "residual"), 1)
    ]
    facts = make_case(*rows, header=HEADER).facts
    assert facts["AVALCALO"].tolist() == [1, 0, 1, 1] and facts["AVALCAHI"].tolist() == [4, 0, 4, 4]
    faults = faults_of(make_case, row("observation", "ck", state="residual"), rows[0])
    assert "neither present nor absent" in faults[2, "state"]


def test_a_state_in_place_of_a_number_is_not_beside_one(make_case):
    for state in ("normal", "decreased", "improved"):
        faults = faults_of(make_case, row("observation", "ck", value="90", unit="U/L", state=state))
        assert faults == {(2, "state"): "no such state beside a value"}


def test_the_change_from_the_value_before_is_bounded_by_words(make_case):
    words = ("increased", "decreased", "unchanged", "improved", "worsened")
    rows = [row("observation", "ck", phase="1", value="90", unit="U/L")]
    rows += [row("observation", "ck", phase=str(n), state=word) for n, word in enumerate(words, 2)]
    rows += [row("observation", "lvef", phase="1", state="improved")]
    changes = derive(make_case(*rows, header=HEADER)).fillna({"CHGPREVLO": 9, "CHGPREVHI": 9})
    inf = math.inf
    assert changes["CHGPREVLO"].tolist() == [9, 0, -inf, 9, -inf, 0, 0]
    assert changes["CHGPREVHI"].tolist() == [9, inf, 0, 9, 0, inf, inf]


def test_two_sites_of_one_moment_and_a_site_that_is_told_twice(make_case):
    one = row("observation", "pericardial_effusion", value="9", unit="mm", site="left")
    other = row("observation", "pericardial_effusion", value="12", unit="mm", note="site: right; seen late")
    assert make_case(one, other, header=HEADER).facts["LOC"].tolist() == ["left", "right"]
    twice = row("observation", "pericardial_effusion", value="12", unit="mm", site="left", note="site: right")
    assert {*faults_of(make_case, twice)} == {(2, "site")}
    nowhere = row("observation", "pericardial_effusion", value="12", unit="mm", site="left")
    assert (3, "value") in faults_of(make_case, one, nowhere)


def test_a_file_without_the_new_columns_has_the_same_faults_and_facts(make_case, observe):
    old = make_case(observe("1"), observe("2", value="30")).facts
    new = make_case(
        row("observation", "mrss", value="46"), row("observation", "mrss", phase="2", value="30"), header=HEADER
    ).facts
    same = [name for name in old if name not in ("ref_low", "ref_high")]
    pd.testing.assert_frame_equal(old[same], new[same], check_dtype=False)


def test_the_last_day_of_a_phase_is_known_if_each_fact_of_it_has_a_day(make_case):
    drug = row("treatment", "drug", start="0 d", end="phase 2")
    dated, undated = row("event", "visit", phase="2", start="30 d"), row("event", "other", phase="2")
    assert make_case(drug, dated, header=HEADER).facts["AENHI"].iloc[0] == 30
    assert make_case(drug, dated, undated, header=HEADER).facts["AENHI"].iloc[0] == math.inf
    stopped = row("treatment", "drug", phase="", start="0 d", end="stopped")
    unphased = row("event", "visit", phase="", start="20 d")
    assert make_case(stopped, unphased, header=HEADER).facts["AENHI"].iloc[0] == math.inf


def test_a_dose_per_week_that_is_given_every_day_and_counted(make_case):
    """Fourteen daily administrations of 70 mg a week are two weeks: 140 mg."""
    given_daily = row("treatment", "drug", count="14", dose="70", dose_unit="mg/week", frequency="daily")
    assert derive_exposure(make_case(given_daily, header=HEADER).facts)["CUMHI"].tolist() == [140]


def test_a_site_may_be_told_twice_if_it_is_the_same(make_case):
    same = row("observation", "pericardial_effusion", value="12", unit="mm", site="left", note="site: left; seen late")
    assert make_case(same, header=HEADER).facts["LOC"].tolist() == ["left"]


def test_the_same_words_after_two_facts_are_two_moments(make_case):
    facts = make_case(
        row("event", "one", phase="", start="0 d"),
        row("event", "two", phase="", start="1 d"),
        row("observation", "ck", phase="", start="~1 wk", anchor="one", value="90", unit="U/L"),
        row("observation", "ck", phase="", start="~1 wk", anchor="two", value="80", unit="U/L"),
        row("observation", "mrss", phase="", start="~1 wk", anchor="two", value="8"),
        header=HEADER,
    ).facts
    moments = facts["MOMENT"].tolist()
    assert moments[2] != moments[3] == moments[4]


def test_a_statement_starts_nothing(make_case):
    facts = make_case(
        row("statement", "drug", start="0 d"), row("treatment", "drug", phase="2", start="9 d"), header=HEADER
    ).facts
    assert derive_reference(facts, "drug")["RFSTLO"].tolist() == [9, 9]


@pytest.mark.product
def test_a_statement_decides_no_rule(make_case):
    """That no fluid was drained is a record as an event; as a statement it is the word of the authors."""
    effusion = [
        row("observation", "pericardial_effusion", phase="1", start="0 d", value="25", unit="mm"),
        row("observation", "pericardial_effusion", phase="3", start="90 d", state="absent"),
    ]
    answers = {}
    for kind in ("event", "statement", ""):
        denial = [row(kind, "no_pericardiocentesis", phase="2", start="30 d")] if kind else []
        case = make_case(
            *effusion,
            *denial,
            header=HEADER,
            about="analysis: {baseline: first}\ndiagnosis: idiopathic pericardial effusion",
        )
        verdicts = analyse(case).verdicts
        answers[kind] = verdicts[["RULE", "VERDICT", "DECIDED"]].to_numpy().tolist()
    assert answers["statement"] == answers[""]


@pytest.mark.product
def test_no_lane_runs_on_and_no_statement_is_drawn(make_case):
    lines = {"": 2, "stopped": 3, "phase 2": 4}
    rows = [row("treatment", f"drug_{chr(97 + n)}", start="0 d", end=end) for n, end in enumerate(lines)]
    rows += [row("treatment", "counted", start="0 d", count="4", dose="8", dose_unit="mg", frequency="every 7 d")]
    rows += [row("event", "visit", phase="2", start="30 d"), row("statement", "better", phase="3", start="90 d")]
    rows += [
        row("procedure", "biopsy", phase="3", start="100 d", count="2"),
        row("adverse_event", "fever", start="5 d"),
    ]
    drawn = drawn_values(draw_course(analyse(make_case(*rows, header=HEADER))))
    tails = drawn[drawn["element"] == "tail"].set_index("line")["x_to"]
    bars = drawn[drawn["element"] == "bar"].set_index("line")["x_to"]
    # Not told when it ended, or that it was stopped and not when: a short way, to a question mark. By the second phase:
    # to day 30. Four doses a week apart: day 21.
    assert {*tails.index} == {"2", "3"} and bars["2"] < tails["2"] < bars["4"] == 30
    assert bars["5"] == 21 and bars["3"] < 21
    # What the authors state is told in words: no mark, no place on the axis.
    stated = drawn[drawn["line"] == "7"]
    assert stated["element"].tolist() == ["written"] and stated["x"].isna().all()
    assert {"procedure", "adverse_event"} <= {*drawn["element"]}
    assert drawn.loc[drawn["element"] == "dose", "x"].tolist() == [0, 7, 14, 21]


@pytest.mark.product
def test_what_counts_from_a_fact_without_a_day_is_before_or_after_it(make_case):
    rows = (
        row("treatment", "drug", phase="1"),
        row("observation", "ck", phase="", start="1 wk", anchor="drug", value="80", unit="U/L"),
        row("observation", "ck", phase="", start="-2 d", anchor="drug", value="90", unit="U/L"),
        row("observation", "mrss", phase="", start="0 d", anchor="drug", value="8"),
        row("observation", "mrss", phase="", start="2 d", anchor="drug", value="6"),
    )
    about = "analysis: {baseline: last_before, reference: drug}"
    changes = derive(make_case(*rows, header=HEADER, about=about))
    assert changes["DAYLO"].isna().all() and changes["ABLFL"].tolist() == ["", "", "Y", "Y", ""]
    assert changes["CHG"].tolist()[1] == -10 and changes["CHG"].tolist()[4] == -2
    # A day that another fact has is not on the same count; what is two days before the drug is so all the same.
    dated = row("event", "visit", phase="", start="1 d")
    moved = derive(make_case(*rows, dated, header=HEADER, about=about))
    assert moved["ABLFL"].tolist()[:3] == ["", "", "Y"] and moved["POSTBLFL"].tolist()[1] == "Y"


@pytest.mark.parametrize(
    ("typed", "low"), [("3x", 3), ("x 3", 3), ("3\u00d7", 3), ("\u00d72", 2), ("twice", 2), ("four times", 4)]
)
def test_a_count_is_read_as_people_write_how_many_times(make_case, typed, low):
    header = "case_id,phase,kind,code,value,unit,dose,dose_unit,count,source"
    case = make_case(f"a,1,treatment,tocilizumab,,,8,mg/kg,{typed},chart", header=header)
    row = case.facts.iloc[0]
    assert (row["count"], row["COUNTLO"], row["COUNTHI"]) == (str(low), low, low)
    assert f"read '{typed}' as '{low}'" in " ".join(case.notes)


@pytest.mark.parametrize("typed", ["4x", "x 2", "5\u00d7", "4 doses"])
def test_how_many_in_the_place_of_how_often_is_sent_to_the_count(make_case, typed):
    header = "case_id,phase,kind,code,value,unit,dose,dose_unit,frequency,source"
    with pytest.raises(TimelineError, match="write the number in 'count'"):
        make_case(f"a,1,treatment,tocilizumab,,,8,mg/kg,{typed},chart", header=header)


EFFUSIONS = "case_id,kind,code,start,value,unit,state,source"


def effusions(make_case, *told):
    return make_case(*(f"a,observation,pericardial_effusion,{row},chart" for row in told), header=EFFUSIONS)


@pytest.mark.parametrize(
    ("told", "notes"),
    [
        (
            ("0 d,25,mm,", "0 d,,,present"),
            ["line 3: says again what an earlier line", "line 4: says again what a later"],
        ),
        (("0 d,,,present", "0 d,25,mm,present"), ["lines 2, 4: says again what a later line"]),
    ],
)
def test_a_size_and_that_it_is_present_are_one_finding_of_one_moment(make_case, told, notes):
    # What is 25 mm is present; on day 9 it is absent, and 0 mm says the same.
    case = effusions(make_case, *told, "9 d,,,absent", "9 d,0,mm,")
    changes = analyse(case).changes
    assert changes.loc[changes["ABLFL"] == "Y", "AVALLO"].tolist() == [25]
    assert changes["BASELO"].tolist() == [25] * 4
    # 0 - 25 is -25, and of the two rows of day 9 the one with a size is the last value.
    assert changes["CHG"].tolist()[3] == -25
    assert changes["LASTFL"].tolist() == ["", "", "", "Y"]
    # It is the row without a size that says nothing more, wherever it stands.
    again = [note for note in case.notes if "says again" in note]
    assert len(again) == len(notes) and all(part in note for part, note in zip(notes, again, strict=True))


def test_each_row_that_says_less_than_the_size_of_its_moment_is_named(make_case):
    notes = effusions(make_case, "0 d,,,present", "0 d,25,mm,", "0 d,,,present").notes
    again = [note.split("timeline.csv, ")[1] for note in notes if "says again" in note]
    assert again == [
        "line 4: says again what an earlier line says of the same moment",
        "line 2: says again what a later line says of the same moment",
    ]


@pytest.mark.parametrize(
    ("sizes", "line"), [(("25", "20", "25"), 4), (("20", "25", "25"), 4), (("25", "25", "20"), 3), (("1", "2", "3"), 0)]
)
def test_in_a_stretch_of_time_each_row_is_held_against_every_earlier_one(make_case, sizes, line):
    notes = effusions(make_case, *(f"2010,{size},mm," for size in sizes)).notes
    again = [note for note in notes if "says again" in note]
    assert len(again) == bool(line) and all(f"line {line}: says again what an earlier" in note for note in again)


@pytest.mark.parametrize(
    "told",
    [
        ("0 d,25,mm,", "0 d,,,absent"),
        ("0 d,,,present", "0 d,0,mm,"),
        ("0 d,,,present", "0 d,<5,mm,"),
        ("0 d,,,residual", "0 d,5,mm,"),
        ("0 d,,,present", "0 d,25,mm,", "0 d,30,mm,"),
        ("0 d,25,mm,", "0 d,large,,"),
    ],
)
def test_what_a_size_does_not_imply_is_another_value(make_case, told):
    with pytest.raises(TimelineError, match="one value of pericardial_effusion at one moment"):
        effusions(make_case, *told)
