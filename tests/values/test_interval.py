"""Arithmetic on intervals, against every point of a fine grid of them and against results worked by hand."""

import math
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import assume, given, strategies as st

from casetimeline.values.interval import divide, relative_change, subtract


def frame(*bounds):
    return pd.DataFrame(bounds, columns=["low", "high"], dtype=float)


def points(low, high):
    """The ends of an interval and points between them, some of them very near 0."""
    steps = [low + (high - low) * Fraction(i, 8) for i in range(9)]
    near = [point for point in (Fraction(1, 10**6), Fraction(-1, 10**6)) if low < point < high]
    return steps + near


@pytest.mark.parametrize(
    ("value", "base", "low", "high"),
    [
        # 923 to 10..20: 903 / 923 and 913 / 923 of it are lost.
        ((10, 20), (923, 923), -913 / 923, -903 / 923),
        # A baseline below 10, then 20: at least a doubling, without a limit above.
        ((20, 20), (0, 10), 1, math.inf),
        # Nothing left of any baseline is a fall of 100 %.
        ((0, 0), (5, 10), -1, -1),
        ((0, 0), (0, 10), -1, -1),
        # A baseline of exactly 0 has no percentage.
        ((5, 5), (0, 0), math.nan, math.nan),
        # -10 to -5 is a rise of 5 on a baseline of size 10.
        ((-5, -5), (-10, -10), 0.5, 0.5),
        # Across 0 the baseline may be as small as one likes: 5 is a rise without limit, of at least 5 / 10 - 1.
        ((5, 5), (-2, 10), -0.5, math.inf),
        ((-5, -5), (-2, 10), -math.inf, -1.5 + 0),
        ((-1, 1), (-2, 10), -math.inf, math.inf),
        ((0, math.inf), (10, 10), -1, math.inf),
        ((5, 5), (10, math.inf), -1, -0.5),
        ((math.nan, math.nan), (10, 10), math.nan, math.nan),
        ((10, 10), (math.nan, math.nan), math.nan, math.nan),
    ],
)
def test_relative_change_worked_by_hand(value, base, low, high):
    result = relative_change(frame(value), frame(base)).iloc[0]
    assert result.tolist() == pytest.approx([low, high], nan_ok=True)


@pytest.mark.parametrize(
    ("left", "right", "low", "high"),
    [
        ((2, 4), (1, 2), 1, 4),
        ((-4, 2), (1, 2), -4, 2),
        ((-4, -2), (1, 2), -4, -1),
        ((2, 4), (-2, -1), -4, -1),
        ((2, 4), (0, 2), 1, math.inf),
        ((2, 4), (-2, 0), -math.inf, -1),
        ((2, 4), (-1, 1), -math.inf, math.inf),
        ((0, 0), (0, 2), 0, 0),
        ((1, 1), (0, 0), math.nan, math.nan),
        ((131, 131), (6720, 6720), 131 / 6720, 131 / 6720),
    ],
)
def test_ratio_worked_by_hand(left, right, low, high):
    assert divide(frame(left), frame(right)).iloc[0].tolist() == pytest.approx([low, high], nan_ok=True)


ends = st.integers(-6, 6)
pairs = st.tuples(ends, ends).map(sorted)


@given(pairs, pairs)
def test_every_possible_value_lies_in_the_result_and_the_ends_are_reached(left, right):
    assume(right != [0, 0])
    ratio = divide(frame(left), frame(right)).iloc[0]
    change = relative_change(frame(left), frame(right)).iloc[0]
    pairs = [(a, b) for a in points(*left) for b in points(*right) if b != 0]
    ratios = [Fraction(a) / Fraction(b) for a, b in pairs]
    changes = [(Fraction(a) - Fraction(b)) / abs(Fraction(b)) for a, b in pairs]
    for result, possible in ((ratio, ratios), (change, changes)):
        assert result["low"] - 1e-9 <= min(possible) and max(possible) <= result["high"] + 1e-9
        for end, reached in ((result["low"], min(possible)), (result["high"], max(possible))):
            # An end is reached on the grid, or has no limit because the divisor may come near 0.
            assert float(reached) == pytest.approx(end) or (math.isinf(end) and abs(reached) > 10**5)


@given(pairs, pairs)
def test_a_difference_reaches_its_ends(left, right):
    closed = {"low_open": False, "high_open": False}
    result = subtract(frame(left).assign(**closed), frame(right).assign(**closed)).iloc[0]
    possible = [a - b for a in points(*left) for b in points(*right)]
    assert (result["low"], result["high"]) == (min(possible), max(possible))


def test_an_end_that_is_excluded_stays_excluded():
    # "<30" less ">1000": less than -970.
    below = frame((0, 30)).assign(low_open=False, high_open=True)
    above = frame((1000, math.inf)).assign(low_open=True, high_open=False)
    assert subtract(below, above).iloc[0].tolist() == [-math.inf, -970, False, True]
    assert subtract(above, below).iloc[0].tolist() == [970, math.inf, True, False]


def test_binary_noise_does_not_reach_a_difference():
    one = frame((8.3, 8.3)).assign(low_open=False, high_open=False)
    other = frame((3.3, 3.3)).assign(low_open=False, high_open=False)
    assert 10.3 - 5.3 != 5
    ten = frame((10.3, 10.3)).assign(low_open=False, high_open=False)
    five = frame((5.3, 5.3)).assign(low_open=False, high_open=False)
    assert subtract(ten, five)["low"].tolist() == subtract(one, other)["high"].tolist() == [5]
