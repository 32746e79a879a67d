"""Lowest, highest and last value of a series and the peak so far, against plain loops and series worked by hand."""

import math

import pandas as pd
import pytest
from conftest import bounds, derive, placed
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive.course import derive_extremes, derive_peak
from casetimeline.vocabulary import SERIES

NAN, INF = math.nan, math.inf
FLAGS, PEAKS = ["NADIRFL", "PEAKFL", "LASTFL"], ["PEAKLO", "PEAKHI"]
# A frame of several cases tries many series at once.


def fact(value=(NAN, NAN), grade=(NAN, NAN), order=1, case="a", measure="ck", place="", unit="U/L", kind="observation"):
    return {
        "case_id": case,
        "PARAMCD": measure,
        "LOC": place,
        "kind": kind,
        "ORDER": order,
        "AVALU": unit,
        "AVALLO": value[0],
        "AVALHI": value[1],
        "AVALCALO": grade[0],
        "AVALCAHI": grade[1],
    }


def series(*values, **columns):
    """One record after another; a number is exact, a pair is bounds."""
    pairs = [value if isinstance(value, tuple) else (value, value) for value in values]
    told = [fact(pair, order=place) for place, pair in enumerate(pairs, 1)]
    return placed(pd.DataFrame(told).assign(**{"line": range(2, len(told) + 2), **columns}))


def flagged(frame):
    """The lines of the lowest, the highest and the last value; 0 where none is flagged."""
    table = derive_extremes(frame)
    lines = [table.loc[table[name] == "Y", "line"].tolist() for name in FLAGS]
    assert max(len(found) for found in lines) <= 1
    return [sum(found) for found in lines]


@pytest.mark.parametrize(
    ("frame", "lines"),
    [
        (series(46, 32, 35), [3, 2, 4]),
        # Of equal values the earliest, in the order of the telling and not of the file.
        (series(46, 32, 32, 46), [3, 2, 5]),
        (series(46, 32, 32, 46, ORDER=[4, 3, 2, 1]), [4, 5, 2]),
        # Told twice of one moment, one stands for both; two values of one moment have no last.
        (series(32, 32, ORDER=1), [2, 2, 2]),
        (series(32, 35, ORDER=1), [2, 3, 0]),
        # ~6 mo and 5..7 mo: neither is the last, and neither of the equal ones the first.
        (series(46, 32, 35, ORDLO=[1, 5, 5], ORDHI=[1, 7, 7]), [3, 2, 0]),
        (series(46, 32, 32, ORDLO=[1, 5, 5], ORDHI=[1, 7, 7], MOMENT=[-1, 0, 1]), [0, 2, 0]),
        # Where the times overlap, the phase decides.
        (series(46, 32, 32, ORDLO=[1, 5, 5], ORDHI=[1, 7, 7], ORDPH=[1.0, 3.0, 2.0]), [4, 2, 3]),
        (series(46), [2, 2, 2]),
        # "~6000" and 5607: either may be the higher.
        (series((5500, 6500), 131, 5607), [3, 0, 4]),
        (series((10, 20), (15, 25)), [0, 0, 3]),
        # 5 is below 10..20, and 30 above it, for certain.
        (series((10, 20), 5, 30), [3, 4, 4]),
        # Without a limit above it may be the highest.
        (series((1000, INF), 5000, 200), [4, 0, 4]),
        # A record without a value is not the last value.
        (series(46, 32, NAN), [3, 2, 3]),
        (series(NAN), [0, 0, 0]),
        (series(46, 32, kind=["observation", "event"]), [2, 2, 2]),
        (series(46, 32, kind="treatment"), [0, 0, 0]),
        # Different units are not compared, but one of the values is the last.
        (series(46, 32, AVALU=["U/L", "mg"]), [0, 0, 3]),
    ],
)
def test_extremes_worked_by_hand(frame, lines):
    assert flagged(frame) == lines


def test_an_exact_value_at_the_end_of_an_interval_is_not_beyond_it():
    # Nothing in 10..20 is below 10 or above 20.
    assert flagged(series((10, 20), 10))[0] == 3
    assert flagged(series((10, 20), 20))[1] == 3


def test_grades_count_where_no_record_has_a_size():
    # Large, trivial to small, none; the first two may not be ordered against a size in mm.
    grades = {"AVALCALO": [4.0, 1.0, 0.0], "AVALCAHI": [4.0, 2.0, 0.0], "AVALU": ""}
    assert flagged(series(NAN, NAN, NAN, **grades)) == [4, 2, 4]
    # Beside a size, what is absent is less than it, and the last.
    assert flagged(series(NAN, 12, NAN, **{**grades, "AVALU": ["", "mm", ""]})) == [0, 3, 4]


def test_peak_worked_by_hand():
    # 5500..6500, then 6000: at least 6000, at most 6500. A value that is not known has no peak, and does not end it.
    table = derive_peak(series((5500, 6500), 6000, NAN, 658, 7000))
    assert table["PEAKLO"].fillna(0).tolist() == [5500, 6000, 0, 6000, 7000]
    assert table["PEAKHI"].fillna(0).tolist() == [6500, 6500, 0, 6500, 7000]


def test_the_peak_is_of_the_record_s_own_unit():
    table = derive_peak(series(100, 3, 50, 2, AVALU=["U/L", "mg", "U/L", "mg"]))
    assert table["PEAKLO"].tolist() == [100, 3, 100, 3]


def test_the_peak_follows_the_telling_and_not_the_lines():
    assert derive_peak(series(5, 9, 7, ORDER=[3, 2, 1]))["PEAKHI"].tolist() == [9, 9, 7]
    # Of one moment, each counts for the others.
    assert derive_peak(series(5, 9, 7, ORDER=1, line=[4, 3, 2]))["PEAKHI"].tolist() == [9, 9, 9]


def test_a_value_whose_order_is_open_raises_the_upper_bound_of_the_peak_alone():
    # 5 on day 1; 9 and 7 at ~6 mo and 5..7 mo; 6 on day 8. Up to the 7 the peak is 7 or 9; up to the 6 it is 9.
    frame = series(5, 9, 7, 6, ORDLO=[1, 5, 5, 8], ORDHI=[1, 7, 7, 8], MOMENT=[-1, 0, 1, -1])
    table = derive_peak(frame)
    assert table["PEAKLO"].tolist() == [5, 9, 7, 9] and table["PEAKHI"].tolist() == [5, 9, 9, 9]


# What is drawn: rows of several cases in any order of lines and under any index.


@st.composite
def frames(draw, sizes):
    row = st.builds(
        fact,
        value=sizes | sizes | sizes | st.just((NAN, NAN)),
        grade=bounds(st.integers(0, 3), 0) | st.just((NAN, NAN)),
        order=st.integers(1, 6),
        case=st.sampled_from("abcd"),
        measure=st.sampled_from(["ck", "mrss"]),
        place=st.sampled_from(["", "", "left"]),
        unit=st.sampled_from(["U/L"] * 12 + ["mg"]),
        kind=st.sampled_from(["observation"] * 9 + ["event"]),
    )
    told = draw(st.lists(row, min_size=20, max_size=50))
    lines = draw(st.permutations(range(2, len(told) + 2)))
    frame = placed(pd.DataFrame(told, index=[10 * line for line in lines[::-1]]).assign(line=lines))
    # Some facts have a time that reaches over the next ones, and some a phase.
    widths = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=len(frame), max_size=len(frame)))
    moments = [-1 if width == 0 else row for row, width in enumerate(widths)]
    return frame.assign(ORDHI=frame["ORDLO"] + widths, MOMENT=moments)


exact = frames(bounds(st.integers(0, 6), 0))
uncertain = frames(bounds(st.integers(0, 6), 0, 0, 1, 3))


def observed(frame):
    """The observations of each series."""
    found = {}
    for row in frame.itertuples():
        if row.kind == "observation":
            found.setdefault((row.case_id, row.PARAMCD, row.LOC), []).append(row)
    return found.values()


def only(rows, beyond):
    """The line of the one row that no other is beyond; of rows that say the same of one moment, the least line.

    A grade alone says no more than a number of its moment that has the same grade.
    """
    rows = [row for row in rows if not any(beyond(other, row) for other in rows)]
    facts, graded = {}, {}
    for row in rows:
        if not math.isnan(row.AVALLO) and not math.isnan(row.AVALCALO):
            graded.setdefault(moment_of(row), set()).add(row.AVALCALO)
    for row in rows:
        if math.isnan(row.AVALLO) and graded.get(moment_of(row)) == {row.AVALCALO}:
            continue
        facts.setdefault((moment_of(row), str([getattr(row, name) for name in SAME])), []).append(row.line)
    return {min(lines) for lines in facts.values()} if len(facts) == 1 else set()


def moment_of(row):
    return row.ORDLO if row.MOMENT == -1 else (row.ORDLO, row.MOMENT)


SAME = ["AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI"]


@given(exact)
def test_the_extremes_of_exact_values_are_those_of_a_loop(frame):
    expected = {name: set() for name in FLAGS}
    for rows in observed(frame):
        sized = any(not math.isnan(row.AVALLO) for row in rows)
        told = [(row.AVALLO if sized else row.AVALCALO, row) for row in rows]
        told = [(value, row) for value, row in told if not math.isnan(value)]
        absent = [row for row in rows if sized and math.isnan(row.AVALLO) and row.AVALCAHI == 0]
        expected["LASTFL"] |= only([row for _, row in told] + absent, lambda one, other: one.ORDLO > other.ORDHI)
        if told and len({row.AVALU for _, row in told}) == 1:
            for name, chosen in (("PEAKFL", max),) if absent else (("NADIRFL", min), ("PEAKFL", max)):
                best = chosen(value for value, _ in told)
                rows = [row for value, row in told if value == best]
                expected[name] |= only(rows, lambda one, other: one.ORDHI < other.ORDLO)
    table = derive_extremes(frame)
    assert {name: set(table.loc[table[name] == "Y", "line"]) for name in FLAGS} == expected
    assert set(table[FLAGS].to_numpy().ravel()) <= {"", "Y"}


@given(uncertain)
def test_no_value_within_the_bounds_is_beyond_a_flagged_one(frame):
    table = derive_extremes(frame)
    for rows in observed(table):
        sized = [row for row in rows if not math.isnan(row.AVALLO)]
        for row in sized:
            others = [other for other in sized if other.line != row.line]
            assert row.NADIRFL != "Y" or all(row.AVALHI <= other.AVALLO for other in others)
            assert row.PEAKFL != "Y" or all(row.AVALLO >= other.AVALHI for other in others)
        assert sum(row.NADIRFL == "Y" for row in rows) <= 1 and sum(row.PEAKFL == "Y" for row in rows) <= 1


@given(uncertain, st.sampled_from([0, 0.25, 0.5, 1]))
def test_the_peak_is_that_of_a_loop_and_holds_every_value_within_the_bounds(frame, share):
    table = derive_peak(frame)
    every = list(table.itertuples())
    for row in every:
        if math.isnan(row.AVALLO):
            assert math.isnan(row.PEAKLO) and math.isnan(row.PEAKHI)
            continue
        key = row.case_id, row.PARAMCD, row.LOC, row.AVALU
        others = [one for one in every if (one.case_id, one.PARAMCD, one.LOC, one.AVALU) == key]
        others = [one for one in others if not math.isnan(one.AVALLO)]
        alike = [one for one in others if one.MOMENT == row.MOMENT and (row.MOMENT >= 0 or one.ORDLO == row.ORDLO)]
        low = max(one.AVALLO for one in [*alike, *(one for one in others if one.ORDHI < row.ORDLO)])
        may = [one for one in others if not row.ORDHI < one.ORDLO]
        assert table.loc[row.Index, PEAKS].tolist() == [low, max(one.AVALHI for one in may)]
        drawn = max(one.AVALLO + share * (one.AVALHI - one.AVALLO) for one in alike)
        assert drawn <= row.PEAKHI


both = pytest.mark.parametrize(("derive", "added"), [(derive_extremes, FLAGS), (derive_peak, PEAKS)])


@both
@given(frame=uncertain)
def test_columns_are_added_whatever_the_order_of_the_rows_and_the_other_cases(derive, added, frame):
    before = frame.copy()
    table = derive(frame)
    assert_frame_equal(frame, before)
    assert_frame_equal(table.drop(columns=added), before)
    assert_frame_equal(
        derive(frame.sort_values("line", ignore_index=True)), table.sort_values("line", ignore_index=True)
    )
    own = frame["case_id"] == "a"
    assert_frame_equal(derive(frame[own]), table[own])


@both
@given(frame=uncertain)
def test_any_columns_may_be_the_key(derive, added, frame):
    table = derive(frame)[added]
    renamed = frame.rename(columns={"case_id": "subject", "PARAMCD": "test", "LOC": "place"})
    assert_frame_equal(derive(renamed, by=["subject", "test", "place"])[added], table)
    key = frame["case_id"] + frame["PARAMCD"] + frame["LOC"]
    assert_frame_equal(derive(frame.drop(columns=list(SERIES)).assign(key=key), by=("key",))[added], table)


@pytest.mark.product
def test_a_record_in_words_leaves_open_which_value_is_the_lowest_or_the_highest(make_case, observe):
    def flags_of(code, *told):
        rows = [observe(str(n), code, *cells) for n, cells in enumerate(told, 1)]
        table = derive_extremes(make_case(*rows).facts)
        return [table.loc[table[name] == "Y", "line"].tolist() for name in FLAGS]

    large, small = ("30", "mm"), ("15", "mm")
    # Absent is less than any size, and the last that is known; what recurred may be more than any size before.
    assert flags_of("pericardial_effusion", large, small, ("", "", "absent")) == [[], [2], [4]]
    assert flags_of("pericardial_effusion", ("", "", "absent"), large, small) == [[], [3], [4]]
    assert flags_of("pericardial_effusion", large, small, ("", "", "recurred")) == [[3], [], [3]]
    # Less than 1000 in words is a lower value without a number, and more a higher one.
    assert flags_of("ck", ("1000", "U/L"), ("", "", "decreased")) == [[], [2], [2]]
    assert flags_of("ck", ("1000", "U/L"), ("", "", "increased")) == [[2], [], [2]]
    assert flags_of("ck", ("1000", "U/L"), ("", "", "unchanged")) == [[2], [2], [2]]
    # How large `large` is in millimetres is not known: it is the last, and may be the lowest or the highest.
    assert flags_of("pericardial_effusion", ("small..moderate", ""), ("12", "mm"), ("large", "")) == [[], [], [4]]
    assert flags_of("pericardial_effusion", large, small, ("none", "")) == [[], [2], [4]]


@pytest.mark.product
def test_a_side_of_the_limits_without_a_number_may_be_the_lowest_or_the_highest(make_case):
    header = "case_id,phase,kind,code,value,unit,ref_high,state,source"

    def flags_of(*told):
        rows = (f"a,{phase},observation,crp,{each},chart" for phase, each in enumerate(told, 1))
        frame = derive(make_case(*rows, header=header))
        return [frame.loc[frame[name] == "Y", "line"].tolist() for name in ("NADIRFL", "PEAKFL")]

    # Normal may be less than 40, or more; 90 and 40 above a limit of 5 are more than what is normal.
    assert flags_of("90,mg/L,,", "40,mg/L,,", ",,,normal") == [[], []]
    assert flags_of("90,mg/L,5,", "40,mg/L,5,", ",,,normal") == [[], [2]]
    # Raised is more than 3 and 4, which are normal, and may be less than 40. With a limit of 5 it is more than 5.
    assert flags_of("4,mg/L,5,", "3,mg/L,5,", ",,,raised") == [[3], []]
    assert flags_of("90,mg/L,,", "40,mg/L,,", ",,,raised") == [[], []]
    assert flags_of("4,mg/L,,", "3,mg/L,,", ",mg/L,5,raised")[0] == [3]


@pytest.mark.parametrize(
    ("first", "state", "last"),
    [
        ({"value": "", "state": "present"}, "recurred", 3),
        ({"value": "", "state": "present"}, "residual", 3),
        ({"value": "", "state": "present"}, "unknown", 2),
        # Beside a number: some fluid, of a size that is not told, is no value; that there is none is one.
        ({"value": "12", "unit": "mm"}, "recurred", 2),
        ({"value": "12", "unit": "mm"}, "absent", 3),
    ],
)
def test_what_says_that_there_is_some_is_a_value_in_a_series_without_numbers(make_case, observe, first, state, last):
    effusion = {"code": "pericardial_effusion"}
    case = make_case(observe(**effusion, **first), observe("2", **effusion, value="", state=state))
    flagged = derive_extremes(case.facts)
    assert flagged.loc[flagged["LASTFL"] == "Y", "line"].tolist() == [last]
