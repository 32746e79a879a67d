"""Start and end of the reference, study day and on-treatment flag, against the calendar and plain loops."""

import datetime
import itertools
import math

import pandas as pd
import pytest
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive.studyday import derive_ady, derive_ontrtfl, derive_reference, reference_span, reference_starts

NAN, INF = math.nan, math.inf
UNKNOWN, ONGOING = (NAN, NAN), (INF, INF)
REFERENCE = ["RFSTLO", "RFSTHI", "RFPHASE", "RFENLO", "RFENHI"]
# A frame of several cases tries many at once.


def fact(start, end=UNKNOWN, case="a", phase=1, kind="treatment", code="x"):
    """A treatment, an event or an observation of day `start`; a number is exact, a pair is bounds."""
    start, end = (pair if isinstance(pair, tuple) else (pair, pair) for pair in (start, end))
    return {
        **{"case_id": case, "kind": kind, "PARAMCD": code, "phase": phase},
        **{"DAYLO": start[0], "DAYHI": start[1], "AENLO": end[0], "AENHI": end[1]},
    }


def rows(*told):
    frame = pd.DataFrame(told).assign(line=range(2, len(told) + 2))
    return frame.astype({"phase": "Int64", **dict.fromkeys(["DAYLO", "DAYHI", "AENLO", "AENHI"], float)})


def seen(*days):
    return [fact(day, kind="observation", code="ck") for day in days]


def reference(*told):
    return derive_reference(rows(*told), "x")[REFERENCE].iloc[0].tolist()


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ([fact(0, 14)], [0, 0, 1, 14, 14]),
        # The first of all starts and of all phases, the last of all ends, whatever the order of the rows.
        ([fact(28, 42, phase=3), fact(0, 14, phase=2)], [0, 0, 2, 42, 42]),
        ([fact(0, 60, phase=2), fact(28, 42, phase=3)], [0, 0, 2, 60, 60]),
        # Starts on day 0..9 and 4..6: the first is between day 0 and day 6.
        ([fact((0, 9), 20), fact((4, 6), (18, 25))], [0, 6, 1, 20, 25]),
        # One course is ongoing.
        ([fact(0, ONGOING), fact(28, 42)], [0, 0, 1, INF, INF]),
        # No end of the last course, and no end of an earlier one.
        ([fact(0, 14), fact(28)], [0, 0, 1, NAN, NAN]),
        ([fact(0), fact(28, 42)], [0, 0, 1, 42, 42]),
        # Only the phase is known.
        ([fact(NAN, phase=2)], [NAN, NAN, 2, NAN, NAN]),
        # An event may be the reference; an observation of the same code may not.
        ([fact(3, 5, kind="event")], [3, 3, 1, 5, 5]),
        ([fact(3, 9, kind="observation"), fact(4, 6)], [4, 4, 1, 6, 6]),
        # Of another treatment or another case.
        ([fact(3, 9, code="y"), fact(4, 6)], [4, 4, 1, 6, 6]),
        ([fact(4, 6), fact(3, 9, case="b")], [4, 4, 1, 6, 6]),
    ],
)
def test_reference_worked_by_hand(told, expected):
    assert [NAN if pd.isna(found) else found for found in reference(*told)] == pytest.approx(expected, nan_ok=True)


def test_a_case_without_the_reference_has_none():
    frame = derive_reference(rows(fact(0, 14), fact(3, case="b", kind="observation")), "x")
    assert frame[REFERENCE].isna().to_numpy().tolist() == [[False] * 5, [True] * 5]


# The study day.


def study_days(days, start):
    days = [day if isinstance(day, tuple) else (day, day) for day in days]
    frame = pd.DataFrame(days, columns=["DAYLO", "DAYHI"], dtype=float).assign(RFSTLO=start[0], RFSTHI=start[1])
    return [None if pd.isna(day) else day for day in derive_ady(frame)["ADY"]]


def test_matches_published_definition_of_the_study_day():
    # CDISC SDTMIG 3.4, section 4.4.4: date - reference date + 1 on or after the reference date, date - reference date
    # before it. By hand, from 1 March 2024: 28 and 29 February are -2 and -1, 1 and 2 March 1 and 2, 31 March 31.
    dates = ["2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-03-31"]
    zero = datetime.date(2024, 1, 1)
    days = [(datetime.date.fromisoformat(date) - zero).days for date in dates]
    assert study_days(days, (60, 60)) == [-2, -1, 1, 2, 31]


def test_a_time_of_day_does_not_change_the_study_day():
    # The reference starts at 6 h. 20 h is of the same day, -1 h of the day before, 30 h of the next.
    assert study_days([20 / 24, -1 / 24, 30 / 24, 6 / 24, 0], (6 / 24, 6 / 24)) == [1, -1, 2, 1, 1]


def test_a_day_that_is_not_known_exactly_has_no_study_day():
    assert study_days([(3, 4), UNKNOWN, ONGOING, (-INF, 3), 3], (0, 0)) == [None] * 4 + [4]
    assert study_days([3], (0, 1)) == study_days([3], UNKNOWN) == [None]


@given(st.lists(st.integers(-400, 400), min_size=30), st.integers(-400, 400))
def test_there_is_no_study_day_0_and_the_days_before_and_after_are_counted_one_by_one(days, start):
    # Counted from the reference without a subtraction: 1, 2, 3 ... forward and -1, -2, -3 ... backward.
    number = {start + step: 1 + step for step in range(900)} | {start - step: -step for step in range(1, 900)}
    found = study_days(days, (start, start))
    assert 0 not in found
    assert found == [number[day] for day in days]
    assert study_days([day + 77 for day in days], (start + 77, start + 77)) == found


# On treatment.


def on_treatment(days, start, end, window=0.0):
    """For each day, whether it is flagged."""
    pairs = [pair if isinstance(pair, tuple) else (pair, pair) for pair in (*days, start, end)]
    frame = pd.DataFrame(pairs[:-2], columns=["DAYLO", "DAYHI"], dtype=float)
    (first, latest), (soonest, last) = pairs[-2:]
    flags = derive_ontrtfl(frame.assign(RFSTLO=first, RFSTHI=latest, RFENLO=soonest, RFENHI=last), window)["ONTRTFL"]
    assert set(flags) <= {"", "Y"}
    return [flag == "Y" for flag in flags]


def test_matches_published_definition_of_the_on_treatment_flag():
    # CDISC ADaM, ONTRTFL: Y if TRTSDT <= date <= TRTEDT. Treated from day 3 to day 17.
    assert on_treatment([2, 3, 10, 17, 18], 3, 17) == [False, True, True, True, False]


def test_the_last_day_counts_to_its_end_and_an_end_in_hours_is_a_moment():
    # Day 17.5 lies in day 17, and 167.9 in day 167, on which a course to day 167.4 ended.
    assert on_treatment([17.5, 17.99, 18], 3, 17) == [True, True, False]
    assert on_treatment([167.3, 167.9, 168], 3, 167.4) == [True, True, False]
    frame = pd.DataFrame({"case_id": "a", "end": ["8 h", "", ""], "AENLO": [1 / 3, NAN, NAN], "RFSTHI": 0.0})
    frame = frame.assign(DAYLO=[0, 6 / 24, 10 / 24], RFENLO=1 / 3)
    assert derive_ontrtfl(frame.assign(DAYHI=frame["DAYLO"]))["ONTRTFL"].tolist() == ["Y", "Y", ""]


def test_an_end_that_is_not_reported_sets_no_limit():
    assert on_treatment([2, 3, 9999], 3, UNKNOWN) == [False, True, True]
    assert on_treatment([2, 3, 9999, (9, INF)], 3, ONGOING) == [False, True, True, True]


def test_without_a_start_nothing_is_on_treatment():
    assert on_treatment([2, 3], UNKNOWN, 17) == on_treatment([2, 3], UNKNOWN, UNKNOWN) == [False, False]


def test_a_window_extends_the_end_by_its_days():
    # Day 20.5 is a part of day 20.
    assert on_treatment([17, 20, 20.5, 21], 3, 17, window=3) == [True, True, True, False]
    # And not the start.
    assert on_treatment([0, 2, 3], 3, 17, window=3) == [False, False, True]


@pytest.mark.parametrize(
    ("day", "start", "end", "expected"),
    [
        # The whole time of the record lies within the treatment, wherever that began and ended.
        ((5, 9), (3, 5), (9, 12), True),
        ((4, 9), (3, 5), (9, 12), False),
        ((5, 10), (3, 5), (9, 12), False),
        (UNKNOWN, 3, 17, False),
        (UNKNOWN, 3, UNKNOWN, False),
        ((5, INF), 3, 17, False),
        ((-INF, 9), 3, 17, False),
    ],
)
def test_an_uncertain_record_is_on_treatment_if_it_surely_is(day, start, end, expected):
    assert on_treatment([day], start, end) == [expected]


def pairs(low, high, width=3):
    return st.tuples(st.integers(low, high), st.integers(0, width)).map(lambda pair: (pair[0], sum(pair)))


@given(
    st.lists(pairs(-2, 14), min_size=40),
    pairs(0, 3),
    pairs(4, 9) | st.just(UNKNOWN) | st.just(ONGOING),
    st.integers(0, 2),
)
def test_a_record_is_flagged_if_every_day_start_and_end_within_the_bounds_agree(days, start, end, window):
    lasting = [INF] if end in (UNKNOWN, ONGOING) else range(end[0], end[1] + 1)
    possible = list(itertools.product(range(start[0], start[1] + 1), lasting))
    expected = [
        all(first <= day <= last + window for day in range(low, high + 1) for first, last in possible)
        for low, high in days
    ]
    assert on_treatment(days, start, end, float(window)) == expected


# What is drawn: cases with none to three courses of the reference, among other rows, in any order under any index.

whole = pairs(-20, 20, 2)
ends = pairs(21, 40, 2) | st.just(UNKNOWN) | st.just(ONGOING)


@st.composite
def frames(draw):
    told = []
    for case in "abcde":
        told += draw(st.lists(st.builds(fact, whole, ends, st.just(case), st.integers(1, 4)), max_size=3))
        others = {"case": st.just(case), "kind": st.sampled_from(["observation", "event"]), "code": st.just("y")}
        told += draw(st.lists(st.builds(fact, whole | st.just(UNKNOWN), ends, **others), min_size=1, max_size=3))
    shuffled = draw(st.permutations(range(len(told))))
    return rows(*told).iloc[shuffled].set_axis([10 * place for place in shuffled[::-1]])


@given(frames(), st.data())
def test_the_reference_is_that_of_a_loop_and_holds_every_start_within_the_bounds(frame, data):
    table = reference_span(frame, "x")
    for index, (case, *found) in table[["case_id", *REFERENCE]].iterrows():
        courses = [row for row in frame.itertuples() if (row.case_id, row.PARAMCD) == (case, "x")]
        if not courses:
            assert table.loc[index, REFERENCE].isna().all()
            continue
        low, high, phase, end_low, end_high = found
        assert phase == min(row.phase for row in courses)
        drawn = [data.draw(st.integers(int(row.DAYLO), int(row.DAYHI))) for row in courses]
        assert low <= min(drawn) <= high
        # Both limits are reached: if each course starts as early as it may, and if each starts as late.
        assert (low, high) == (min(row.DAYLO for row in courses), min(row.DAYHI for row in courses))
        # Each that may have started as late as any other may be the last.
        last = [row for row in courses if max(other.DAYLO for other in courses) <= row.DAYHI]
        told = [(row.AENLO, row.AENHI) for row in courses if not math.isnan(row.AENHI)]
        if any(math.isnan(row.AENHI) for row in last):
            assert math.isnan(end_low) and math.isnan(end_high)
        else:
            assert (end_low, end_high) == tuple(max(ends) for ends in zip(*told, strict=True))


@given(frames())
def test_the_first_start_is_the_same_with_and_without_the_end(frame):
    starts = reference_starts(frame, "x")
    assert_frame_equal(starts, reference_span(frame, "x")[starts.columns])


def placed(frame):
    return reference_span(frame, "x")


every = pytest.mark.parametrize(
    ("derive", "added"),
    [
        (lambda frame: reference_starts(frame, "x"), ["RFSTLO", "RFSTHI", "RFPHASE"]),
        (placed, REFERENCE),
        (lambda frame: derive_ady(placed(frame)), [*REFERENCE, "ADY"]),
        (lambda frame: derive_ontrtfl(placed(frame), 3), [*REFERENCE, "ONTRTFL"]),
    ],
    ids=["starts", "reference", "ady", "ontrtfl"],
)


@every
@given(frame=frames())
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


@given(frames())
def test_what_is_derived_from_the_reference_leaves_it_as_it_is(frame):
    known = placed(frame)
    before = known.copy()
    derive_ady(known), derive_ontrtfl(known)
    assert_frame_equal(known, before)
