"""Groups as numbers, against plain loops over the rows."""

import math

import numpy as np
import pandas as pd
from hypothesis import given, strategies as st

from casetimeline.derive import groups
from casetimeline.derive.groups import groups_of, in_turn

NAN = math.nan
keys = st.sampled_from(["a", "b", "c"])
values = st.one_of(st.integers(-3, 3).map(float), st.just(NAN))
tables = st.lists(st.tuples(keys, st.sampled_from(["ck", "mrss"]), values), max_size=14)


def columns(rows):
    frame = pd.DataFrame(rows, columns=["case", "code", "value"])
    return frame["case"].astype(str), frame["code"].astype(str), frame["value"].to_numpy(dtype=float)


def known(rows, key):
    """The values of a group that are known."""
    return [value for *own, value in rows if tuple(own) == key and not math.isnan(value)]


@given(tables)
def test_what_a_group_has_is_what_a_loop_finds(rows):
    cases, codes, numbers = columns(rows)
    series = groups_of(cases, codes)
    every = [tuple(row[:2]) for row in rows]
    assert series.count == len(set(every)) == len(series.first())
    assert series.first().tolist() == [every.index(key) for key in dict.fromkeys(every)]
    beside = {
        "size": [every.count(key) for key in every],
        "lowest": [min(known(rows, key), default=NAN) for key in every],
        "highest": [max(known(rows, key), default=NAN) for key in every],
        "any": [any(value > 0 for value in known(rows, key)) for key in every],
        "different": [len({str(value) for *own, value in rows if tuple(own) == key}) for key in every],
    }
    found = {
        "size": series.size(),
        "lowest": series.lowest(numbers),
        "highest": series.highest(numbers),
        "any": series.any(numbers > 0),
        "different": series.different(numbers),
    }
    for name, expected in beside.items():
        np.testing.assert_array_equal(found[name][series.codes], expected, err_msg=name)


@given(tables)
def test_the_highest_so_far_is_what_a_loop_finds(rows):
    cases, _, numbers = columns(rows)
    case = groups_of(cases)
    # Group by group, and in each from the last row to the first.
    order = np.lexsort((-np.arange(len(rows)), case.codes))
    expected = [NAN] * len(rows)
    for place in range(len(rows)):
        later = [row[2] for row in rows[place:] if row[0] == rows[place][0] and not math.isnan(row[2])]
        expected[place] = max(later, default=NAN)
    np.testing.assert_array_equal(case.running_highest(numbers, order), expected)


def test_some_of_the_rows_keep_the_numbers_of_their_groups():
    series = groups_of(pd.Series(["a", "b", "a", "c"]))
    last = series.of(np.array([2, 3]))
    assert last.size().tolist() == [1, 0, 1]
    assert last.lowest(np.array([5.0, 7.0])).tolist()[::2] == [5, 7] and math.isnan(
        last.lowest(np.array([5.0, 7.0]))[1]
    )


def test_what_is_missing_is_a_group_of_its_own():
    assert groups_of(pd.Series(["a", None, "a", None])).codes.tolist() == [0, 1, 0, 1]
    assert groups_of(np.array([NAN, 1.0, NAN])).codes.tolist() == [0, 1, 0]
    assert groups_of(pd.Series([1, None, None], dtype="Int64")).codes.tolist() == [0, 1, 1]


def test_many_keys_do_not_run_out_of_numbers(monkeypatch):
    # As with billions of keys: the numbers are made small again before they could be too large.
    monkeypatch.setattr(groups, "_MOST", 10)
    one, other, third = ([*"abcabc"], [*"xyxyxy"], [*"ppqqpp"])
    many = groups_of(*(pd.Series(column) for column in (one, other, third)))
    triples = list(zip(one, other, third, strict=True))
    assert [triples.index(triple) for triple in triples] == [many.first()[code] for code in many.codes]


def test_a_table_without_rows_has_no_group():
    none = groups_of(pd.Series([], dtype=str), pd.Series([], dtype=str))
    assert none.count == 0 and none.lowest(np.array([])).tolist() == none.first().tolist() == []
    assert none.running_highest(np.array([]), np.array([], dtype=int)).tolist() == []


def test_rows_in_turn_follow_the_telling_and_then_the_lines():
    frame = pd.DataFrame({"ORDER": [2, 1, 1, 1], "line": [2, 5, 4, 3]})
    series = groups_of(pd.Series(["b", "a", "b", "b"]))
    assert in_turn(frame, np.array([0, 1, 2, 3]), series).tolist() == [3, 2, 0, 1]
    assert in_turn(frame, np.array([0, 3]), series).tolist() == [3, 0]
