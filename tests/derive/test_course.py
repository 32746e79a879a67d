"""Area under a series and its first improvement, against plain loops over rows and results worked by hand."""

import math
from fractions import Fraction
from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from conftest import bounds, placed
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive.course import derive_auc
from casetimeline.derive.improvement import derive_improvement
from casetimeline.vocabulary import SERIES, UNIT_UNKNOWN

NAN, INF = math.nan, math.inf
# A frame of several cases tries many series at once.
AREA = ["N", "DAYS", "AUCLO", "AUCHI", "TWALO", "TWAHI", "REASON"]


def values(days, low, high=None, **columns):
    """Records of one series on exact days; `columns` replace the defaults."""
    frame = pd.DataFrame({"DAYLO": days, "DAYHI": days, "AVALLO": low, "AVALHI": low if high is None else high})
    frame = frame.astype(float).assign(case_id="a", PARAMCD="ck", LOC="", kind="observation", AVALU="U/L")
    return frame.assign(line=range(2, len(frame) + 2), **columns)


def area(frame):
    return derive_auc(frame)[AREA].iloc[0].tolist()


# What is drawn: rows of several cases in any order of lines and under any index, most of them without a fault.


@st.composite
def frames_of(draw, rows):
    """A frame whose rows are not in the order of their lines, under an index that says nothing."""
    told = draw(st.lists(rows, min_size=30, max_size=40))
    lines = draw(st.permutations(range(2, len(told) + 2)))
    return pd.DataFrame(told, index=[10 * line for line in lines[::-1]]).assign(line=lines)


def fact(case, measure, kind, unit, value, day):
    names = {"case_id": case, "PARAMCD": measure, "LOC": "", "kind": kind, "AVALU": unit}
    return {**names, "AVALLO": value[0], "AVALHI": value[1], "DAYLO": day[0], "DAYHI": day[1]}


cases, measures = st.sampled_from("aabc"), st.sampled_from(["ck", "ck", "mrss"])
sizes = bounds(st.integers(0, 9), 0, 1, 3)
facts = frames_of(
    st.builds(
        fact,
        case=cases,
        measure=measures,
        kind=st.sampled_from(["observation"] * 9 + ["treatment"]),
        unit=st.sampled_from(["U/L"] * 40 + [UNIT_UNKNOWN, "mg"]),
        value=sizes | sizes | sizes | st.just((NAN, NAN)),
        day=bounds(st.integers(-30, 30), *[0] * 30, 1),
    )
)


def area_by_loop(rows):
    """Count, days, area and reason of one series, row by row."""
    units = {row.AVALU for row in rows}
    # What is said again of one day is one value.
    keys = [(row.AVALLO, row.AVALHI, row.AVALU, row.DAYLO if row.DAYLO == row.DAYHI else row.line) for row in rows]
    rows = [row for place, row in enumerate(rows) if keys[place] not in keys[:place]]
    if len(units) > 1 or units == {UNIT_UNKNOWN}:
        return len(rows), "units differ or are not reported"
    if any(row.DAYLO != row.DAYHI for row in rows):
        return len(rows), "the day of a value is not known exactly"
    of_day = {}
    for row in rows:
        of_day.setdefault(Fraction(row.DAYLO), set()).add((Fraction(row.AVALLO), Fraction(row.AVALHI)))
    if any(len(told) > 1 for told in of_day.values()):
        return len(rows), "two values are of one day"
    if len(rows) == 1:
        return len(rows), "there is one value"
    points = [(day, *told.pop()) for day, told in sorted(of_day.items())]
    low = high = Fraction(0)
    for (day, one_low, one_high), (next_day, other_low, other_high) in pairwise(points):
        low += (next_day - day) * (one_low + other_low) / 2
        high += (next_day - day) * (one_high + other_high) / 2
    total = points[-1][0] - points[0][0]
    return len(rows), "", *(float(number) for number in (total, low, high, low / total, high / total))


@given(facts)
def test_the_area_is_that_of_a_loop_over_the_rows(frame):
    rows = {}
    for row in frame.itertuples():
        if row.kind == "observation" and not math.isnan(row.AVALLO):
            rows.setdefault((row.case_id, row.PARAMCD, row.LOC), []).append(row)
    table = derive_auc(frame)
    assert [row[1:4] for row in table.itertuples()] == sorted(rows)
    for row in table.itertuples():
        count, reason, *numbers = area_by_loop(rows[row[1:4]])
        assert table.loc[row.Index, ["N", "REASON"]].tolist() == [count, reason]
        found = [row.DAYS, row.AUCLO, row.AUCHI, row.TWALO, row.TWAHI]
        assert found == pytest.approx(numbers or [NAN] * 5, nan_ok=True)


@given(st.dictionaries(st.integers(-400, 400), st.floats(0, 1e4), min_size=2, max_size=9))
def test_the_area_of_exact_values_is_that_of_numpy(told):
    frame = values(list(told), list(told.values()))
    expected = np.trapezoid([told[day] for day in sorted(told)], sorted(told))
    assert area(frame)[2:4] == pytest.approx([expected, expected], abs=1e-6)


def test_area_worked_by_hand():
    # 40 on day 0, 20..30 on day 10, 20 on day 15, told out of order.
    # Low: (40 + 20) / 2 x 10 + (20 + 20) / 2 x 5 = 300 + 100 = 400; high: (40 + 30) / 2 x 10 + (30 + 20) / 2 x 5 = 475.
    # Over 15 days: 26.67 and 31.67.
    frame = values([15, 0, 10], [20, 40, 20], [20, 40, 30])
    assert area(frame) == pytest.approx([3, 15, 400, 475, 400 / 15, 475 / 15, ""])


def test_a_site_that_is_missing_is_none():
    """As after a derived table was written as CSV and read again."""
    frame = values([15, 0, 10], [20, 40, 20], [20, 40, 30], LOC=None)
    assert area(frame)[2:4] == pytest.approx([400, 475])


def test_a_study_day_is_never_integrated_over():
    # From the day before the treatment to the day of it is one day: (100 + 50) / 2 x 1 = 75. The study days are -1, 1.
    assert area(values([-1, 0], [100, 50], ADY=[-1, 1]))[1:3] == [1, 75]


@pytest.mark.parametrize(
    ("frame", "reason"),
    [
        (values([3], [40]), "there is one value"),
        # What is said again is one value.
        (values([3, 3], [40, 40]), "there is one value"),
        (values([3, 3, 9], [40, 41, 40]), "two values are of one day"),
        # One of the two bounds differs.
        (values([3, 3, 9], [40, 40, 40], [41, 42, 40]), "two values are of one day"),
        (values([3, 9], [40, 41], DAYHI=[4.0, 9.0]), "the day of a value is not known exactly"),
        (values([3, NAN], [40, 41]), "the day of a value is not known exactly"),
        (values([3, INF], [40, 41]), "the day of a value is not known exactly"),
        (values([3, 9], [40, 41], AVALU=["U/L", "mg"]), "units differ or are not reported"),
        (values([3, 9], [40, 41], AVALU=UNIT_UNKNOWN), "units differ or are not reported"),
        # As after a table was written as CSV and read again.
        (values([3, 9], [40, 41], AVALU=["U/L", NAN]), "units differ or are not reported"),
        (values([3, 9], [40, 41], AVALU=NAN), "units differ or are not reported"),
    ],
)
def test_what_has_no_area_says_why(frame, reason):
    found = area(frame)
    assert found[-1] == reason and all(math.isnan(number) for number in found[1:-1])


def test_a_value_told_twice_on_one_day_changes_nothing():
    assert area(values([0, 4, 4, 8], [9, 5, 5, 1]))[1:] == area(values([0, 4, 8], [9, 5, 1]))[1:]


def test_a_value_without_an_upper_limit_leaves_the_area_without_one():
    # ">1000" on day 0, 200 on day 2: at least (1000 + 200) / 2 x 2 = 1200.
    assert area(values([0, 2], [1000, 200], [INF, 200]))[2:6] == [1200, INF, 600, INF]


def test_what_is_not_an_observation_or_has_no_value_is_not_counted():
    kinds = ["observation", "treatment", "observation", "observation"]
    assert area(values([0, 1, 2, 3], [10, 99, NAN, 20], kind=kinds)) == [2, 3, 45, 45, 15, 15, ""]
    assert derive_auc(values([0], [NAN])).empty


@given(facts, st.integers(-1000, 1000))
def test_another_time_zero_changes_no_area(frame, shift):
    moved = frame.assign(DAYLO=frame["DAYLO"] + shift, DAYHI=frame["DAYHI"] + shift)
    assert_frame_equal(derive_auc(moved), derive_auc(frame))


@given(facts, st.fractions(0, 1))
def test_the_area_of_values_within_the_bounds_lies_within_the_bounds(frame, share):
    # Each row is drawn at another place between its bounds.
    at = (frame["line"] * float(share)) % 1
    drawn = frame["AVALLO"] + at * (frame["AVALHI"] - frame["AVALLO"])
    bounds = derive_auc(frame)
    exact = derive_auc(frame.assign(AVALLO=drawn, AVALHI=drawn))
    known = bounds["REASON"].eq("") & exact["REASON"].eq("")
    for name in ("AUC", "TWA"):
        inside = exact[f"{name}LO"].between(bounds[f"{name}LO"] - 1e-9, bounds[f"{name}HI"] + 1e-9)
        assert inside[known].all()
    assert (bounds["TWALO"][known] >= 0).all() and (bounds["TWAHI"][known] <= 9 + 3).all()


# The first improvement.


def followed(low, high=None, better="lower", **columns):
    """Changes of one series from a baseline of order 1 on day 0, one record every 30 days after it."""
    frame = pd.DataFrame({"CHGLO": low, "CHGHI": low if high is None else high}, dtype=float)
    order = pd.Series(range(1, len(frame) + 1))
    frame = frame.assign(case_id="a", PARAMCD="ck", LOC="", kind="observation", line=order + 1, ORDER=order)
    frame = frame.assign(BETTER=better, CHGLOX=False, CHGHIX=False)
    frame = frame.assign(AVALLO=frame["CHGLO"], AVALCALO=NAN, AVALCAHI=NAN, BASECALO=NAN, BASECAHI=NAN)
    days = 30.0 * (order - 1)
    frame = frame.assign(DAYLO=days, DAYHI=days, SINCELO=days, SINCEHI=days, BASEOLO=1.0)
    return placed(frame.assign(POSTBLFL=["N", *["Y"] * (len(frame) - 1)]).assign(**columns))


def improvement(frame):
    row = derive_improvement(frame).iloc[0]
    return row["IMPROVED"], None if pd.isna(row["LINE"]) else row["LINE"], row["SUSTAINED"]


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        # 46, 40, 32: falls of 6 and 14, the second as good as an improvement that lasts.
        (followed([0, -6, -14]), ("met", 3, "met")),
        # 46, 40, 46: back at the baseline, which is no improvement.
        (followed([0, -6, 0]), ("met", 3, "not met")),
        # The last record improves; nothing later tells whether it lasts.
        (followed([0, 2, -1]), ("met", 4, "cannot be determined")),
        (followed([0, 2, 0]), ("not met", None, "")),
        # The same numbers where higher is better.
        (followed([0, -6, -14], better="higher"), ("not met", None, "")),
        (followed([0, 6, 14], better="higher"), ("met", 3, "met")),
        # A direction that is not known, no later record, or a later one without a value.
        (followed([0, -6, -14], better=""), ("cannot be determined", None, "")),
        (followed([0]), ("cannot be determined", None, "")),
        (followed([0, NAN]), ("cannot be determined", None, "")),
        # A fall of 5 or a rise of 1: it may have improved.
        (followed([0, -5], [0, 1]), ("cannot be determined", None, "")),
        (followed([0, -5, -3], [0, 1, -2]), ("met", 4, "cannot be determined")),
        # At the first it improves, at the second it may have, at the third it does not.
        (followed([0, -5, -5], [0, -1, 1]), ("met", 3, "cannot be determined")),
        (followed([0, -5, -5, 1], [0, -1, 1, 1]), ("met", 3, "not met")),
        # "<923" less 923: less than 0 for certain. Without the sign it may be 0, which is no improvement.
        (followed([0, -923], [0, 0], CHGHIX=[False, True]), ("met", 3, "cannot be determined")),
        (followed([0, -923], [0, 0]), ("cannot be determined", None, "")),
        (followed([0, 0], [0, 50], "higher", CHGLOX=[False, True]), ("met", 3, "cannot be determined")),
        # ">923" less 923 where lower is better.
        (followed([0, 0], [0, 50], CHGLOX=[False, True]), ("not met", None, "")),
    ],
)
def test_improvement_worked_by_hand(frame, answer):
    assert improvement(frame) == answer


@pytest.mark.parametrize(
    ("grade", "better", "answer"),
    [
        # From the grade 3; the scale runs from 0 to 4.
        ((0, 2), "lower", "met"),
        ((3, 3), "lower", "not met"),
        ((3, 4), "lower", "not met"),
        ((2, 3), "lower", "cannot be determined"),
        ((4, 4), "higher", "met"),
        ((3, 4), "higher", "cannot be determined"),
        ((1, 3), "higher", "not met"),
        ((NAN, NAN), "lower", "cannot be determined"),
    ],
)
def test_a_grade_improves_if_every_grade_that_it_may_be_does(grade, better, answer):
    frame = followed([NAN, NAN], None, better, AVALCALO=[3, grade[0]], AVALCAHI=[3, grade[1]])
    assert improvement(frame.assign(BASECALO=3.0, BASECAHI=3.0))[0] == answer


def test_the_time_to_improvement_has_the_bounds_of_both_days():
    # Baseline on day -7 to 0, improvement on day 80.5 to 87.5: 80.5 - 0 = 80.5 at the least, 87.5 + 7 = 94.5 at most.
    frame = followed([0, -6], DAYLO=[-7.0, 80.5], DAYHI=[0.0, 87.5], SINCELO=[-7.0, 80.5], SINCEHI=[7.0, 94.5])
    assert derive_improvement(frame)[["TTILO", "TTIHI"]].iloc[0].tolist() == [80.5, 94.5]
    assert derive_improvement(followed([0, 6]))[["TTILO", "TTIHI"]].isna().all(axis=None)


def test_a_record_before_the_baseline_or_beside_it_does_not_improve_on_it():
    assert improvement(followed([-9, 0, 1], POSTBLFL=["N", "N", "Y"])) == ("not met", None, "")
    # Two records of order 2: the second of them is not later than the first.
    same = followed([0, -6, 3], ORDER=[1, 2, 2])
    assert improvement(same) == ("met", 3, "cannot be determined")


def test_a_series_without_a_baseline_has_no_row():
    assert derive_improvement(followed([0, -6], BASEOLO=NAN)).empty
    assert derive_improvement(followed([0, -6], kind="event")).empty


def change_of(case, measure, place, kind, order, change, excluded, grade, day):
    low, high = change
    return {
        **{"case_id": case, "PARAMCD": measure, "LOC": place, "kind": kind, "ORDER": order},
        **{
            "AVALLO": low,
            "CHGLO": low,
            "CHGHI": high,
            "AVALCALO": grade[0],
            "AVALCAHI": grade[1],
            "DAYLO": day[0],
            "DAYHI": day[1],
        },
        **{"CHGLOX": excluded[0] and low < high, "CHGHIX": excluded[1] and low < high},
    }


none = st.just((NAN, NAN))
ends = bounds(st.integers(-3, 2), 0, 1, 3)
grades = bounds(st.integers(0, 2), 0, 1, 2)


@st.composite
def followed_cases(draw):
    """Changes of a few series, each with one direction and one baseline."""
    rows = st.builds(
        change_of,
        case=cases,
        measure=measures,
        place=st.sampled_from(["", "", "", "left"]),
        kind=st.sampled_from(["observation"] * 9 + ["event"]),
        order=st.integers(1, 5),
        change=ends | ends | none,
        excluded=st.tuples(st.booleans(), st.booleans()),
        grade=grades | none,
        day=bounds(st.integers(-9, 9), 0, 3),
    )
    frame = placed(draw(frames_of(rows)))
    of_series = frame[list(SERIES)].apply(tuple, axis=1)
    baselines = {}
    for series in sorted(set(of_series)):
        grade, day = draw(grades | none), draw(bounds(st.integers(-20, -10), 0, 3))
        baselines[series] = {
            **{"BASECALO": grade[0], "BASECAHI": grade[1], "since": day},
            "BETTER": draw(st.sampled_from(["lower", "lower", "higher", "higher", ""])),
            "BASEOLO": draw(st.sampled_from([1, 1, 1, 2, NAN])),
        }
    frame = frame.join(pd.DataFrame([baselines[series] for series in of_series], index=frame.index))
    frame["SINCELO"] = frame["DAYLO"] - frame["since"].str[1]
    frame["SINCEHI"] = frame["DAYHI"] - frame["since"].str[0]
    return frame.assign(POSTBLFL=(frame["ORDER"] > frame["BASEOLO"]).map({True: "Y", False: "N"}))


def answers(row):
    """Whether a record improves, for every change and grade that it may have, in steps of a half."""
    sign = {"lower": -1, "higher": 1}.get(row.BETTER)
    if sign is None:
        return set()
    if not math.isnan(row.CHGLO):
        halves = range(int(2 * row.CHGLO) + row.CHGLOX, int(2 * row.CHGHI) + 1 - row.CHGHIX)
        return {sign * half > 0 for half in halves}
    if math.isnan(row.AVALCALO) or math.isnan(row.BASECALO):
        return set()
    after = range(int(row.AVALCALO), int(row.AVALCAHI) + 1)
    before = range(int(row.BASECALO), int(row.BASECAHI) + 1)
    return {sign * (one - other) > 0 for one in after for other in before}


WORDS = {(True,): "met", (False,): "not met", (False, True): "cannot be determined"}


SAME = ["AVALLO", "CHGLO", "CHGHI", "AVALCALO", "AVALCAHI"]


def no_nan(row):
    """A row whose missing numbers are equal."""
    return row._replace(**{name: None for name in SAME if math.isnan(getattr(row, name))})


def improvement_by_loop(rows):
    found = [row for row in rows if not (math.isnan(row.AVALLO) and math.isnan(row.AVALCALO))]
    # What cannot be compared with the baseline leaves the answer open.
    told = [(row.ORDER, row.line, WORDS[tuple(sorted(answers(row))) or (False, True)], row) for row in found]
    told.sort(key=lambda record: record[:2])
    sure = [record for record in told if record[2] == "met"]
    if not sure:
        never = told and all(record[2] == "not met" for record in told)
        return "not met" if never else "cannot be determined", None, None, None, ""
    order, line, _, first = sure[0]
    # Of two improvements of one moment that differ, neither is the first.
    together = [row for place, _, _, row in sure if place == order]
    line = line if len({tuple(getattr(row, name) for name in SAME) for row in map(no_nan, together)}) == 1 else None
    later = {record[2] for record in told if record[0] > order}
    lasted = "not met" if "not met" in later else "met" if later == {"met"} else "cannot be determined"
    days = together if line is None else [first]
    soonest, latest = min(row.SINCELO for row in days), max(row.SINCEHI for row in days)
    return "met", line, soonest, latest, lasted


@given(followed_cases())
def test_the_improvement_is_that_of_a_loop_over_every_possible_value(frame):
    series = {}
    for row in frame.itertuples():
        if row.kind == "observation" and not math.isnan(row.BASEOLO):
            rows = series.setdefault((row.case_id, row.PARAMCD, row.LOC), [])
            rows += [row] if row.POSTBLFL == "Y" else []
    table = derive_improvement(frame)
    assert [row[1:4] for row in table.itertuples()] == sorted(series)
    for row in table.itertuples():
        found = (row.IMPROVED, row.LINE, row.TTILO, row.TTIHI, row.SUSTAINED)
        assert tuple(None if pd.isna(value) else value for value in found) == improvement_by_loop(series[row[1:4]])


@given(followed_cases(), st.sampled_from([0.25, 0.5, 0.75]))
def test_what_is_certain_stays_so_for_every_value_within_the_bounds(frame, share):
    drawn = frame["CHGLO"] + share * (frame["CHGHI"] - frame["CHGLO"])
    exact = derive_improvement(frame.assign(CHGLO=drawn, CHGHI=drawn, CHGLOX=False, CHGHIX=False))
    bounds = derive_improvement(frame)
    certain = bounds["IMPROVED"].ne("cannot be determined")
    assert (exact["IMPROVED"] == bounds["IMPROVED"])[certain].all()
    # What surely improves still does; another record may do so before it, or at the same moment.
    order, both_known = frame.set_index("line")["ORDER"], exact["LINE"].notna() & bounds["LINE"].notna()
    first, later = (table.loc[both_known, "LINE"].map(order) for table in (exact, bounds))
    assert (first <= later).all()
    shared = frame.loc[frame.duplicated([*SERIES, "ORDER"]), list(SERIES)].drop_duplicates()
    is_shared = bounds[list(SERIES)].merge(shared, how="left", indicator=True)["_merge"].eq("both").to_numpy()
    assert (exact["LINE"].notna() | bounds["LINE"].isna() | is_shared).all()


# What holds for both.

both = pytest.mark.parametrize(("derive", "frames"), [(derive_auc, facts), (derive_improvement, followed_cases())])


@both
@given(data=st.data())
def test_neither_the_order_of_the_rows_nor_another_case_changes_a_result(derive, frames, data):
    frame = data.draw(frames)
    before = frame.copy()
    table = derive(frame)
    assert_frame_equal(frame, before)
    assert_frame_equal(derive(frame.sort_values("line", ignore_index=True)), table)
    alone = derive(frame[frame["case_id"] == "a"])
    assert_frame_equal(alone, table[table["case_id"] == "a"], check_dtype=len(alone) > 0)


@both
@given(data=st.data())
def test_any_columns_may_be_the_key(derive, frames, data):
    frame = data.draw(frames)
    table = derive(frame)
    renamed = frame.rename(columns={"case_id": "subject", "PARAMCD": "test", "LOC": "place"})
    other = derive(renamed, by=["subject", "test", "place"])
    assert_frame_equal(other.set_axis(table.columns, axis=1), table)
    one = renamed["subject"] + renamed["test"] + renamed["place"]
    single = derive(renamed.drop(columns=["subject", "test", "place"]).assign(key=one), by=["key"])
    assert_frame_equal(single.drop(columns="key"), table.drop(columns=list(SERIES)))
