"""Arithmetic on intervals, against every point of a fine grid of them and against results worked by hand."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import assume, given, strategies as st

from casetimeline.values.interval import closed, divide, negate, relative_change, size_of, subtract


def one(bounds, low_open=False, high_open=False):
    """A column of one interval."""
    return closed([bounds[0]], [bounds[1]])._replace(low_open=np.array([low_open]), high_open=np.array([high_open]))


def only(column):
    """The limits of a column of one interval, and whether they are excluded."""
    return [end.item() for end in column]


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
        # Nothing left of any baseline is a fall of 100 %.
        ((0, 0), (5, 10), -1, -1),
        # A baseline of 0, or one that may be 0, has no percentage, whatever the value is.
        ((5, 5), (0, 0), math.nan, math.nan),
        ((20, 20), (0, 10), math.nan, math.nan),
        ((0, 0), (0, 10), math.nan, math.nan),
        ((-5, -5), (-10, 0), math.nan, math.nan),
        ((5, 5), (-2, 10), math.nan, math.nan),
        # -10 to -5 is a rise of 5 on a baseline of size 10.
        ((-5, -5), (-10, -10), 0.5, 0.5),
        ((0, math.inf), (10, 10), -1, math.inf),
        ((5, 5), (10, math.inf), -1, -0.5),
        ((math.nan, math.nan), (10, 10), math.nan, math.nan),
        ((10, 10), (math.nan, math.nan), math.nan, math.nan),
    ],
)
def test_relative_change_worked_by_hand(value, base, low, high):
    assert only(relative_change(one(value), one(base)))[:2] == pytest.approx([low, high], nan_ok=True)


@pytest.mark.parametrize(
    ("left", "right", "low", "high"),
    [
        ((2, 4), (1, 2), 1, 4),
        ((-4, 2), (1, 2), -4, 2),
        ((-4, -2), (1, 2), -4, -1),
        ((2, 4), (-2, -1), -4, -1),
        ((0, 0), (-2, -1), 0, 0),
        # Of 0, and of what may be 0, nothing is a multiple.
        ((2, 4), (0, 2), math.nan, math.nan),
        ((2, 4), (-2, 0), math.nan, math.nan),
        ((2, 4), (-1, 1), math.nan, math.nan),
        ((0, 0), (0, 2), math.nan, math.nan),
        ((1, 1), (0, 0), math.nan, math.nan),
        ((131, 131), (6720, 6720), 131 / 6720, 131 / 6720),
    ],
)
def test_ratio_worked_by_hand(left, right, low, high):
    assert only(divide(one(left), one(right)))[:2] == pytest.approx([low, high], nan_ok=True)


ends = st.integers(-6, 6)
pairs = st.tuples(ends, ends).map(sorted)


@given(pairs, pairs)
def test_every_possible_value_lies_in_the_result_and_the_ends_are_reached(left, right):
    assume(not right[0] <= 0 <= right[1])
    ratio, change = only(divide(one(left), one(right))), only(relative_change(one(left), one(right)))
    pairs = [(a, b) for a in points(*left) for b in points(*right)]
    ratios = [Fraction(a) / Fraction(b) for a, b in pairs]
    changes = [(Fraction(a) - Fraction(b)) / abs(Fraction(b)) for a, b in pairs]
    for (low, high, *_), possible in ((ratio, ratios), (change, changes)):
        assert low - 1e-9 <= min(possible) and max(possible) <= high + 1e-9
        for end, reached in ((low, min(possible)), (high, max(possible))):
            assert float(reached) == pytest.approx(end)


@given(pairs, pairs)
def test_a_difference_reaches_its_ends(left, right):
    possible = [a - b for a in points(*left) for b in points(*right)]
    assert only(subtract(one(left), one(right)))[:2] == [min(possible), max(possible)]


@given(pairs)
def test_a_size_reaches_its_ends(change):
    sizes = [abs(point) for point in points(*change)] + [0] * (change[0] <= 0 <= change[1])
    assert only(size_of(one(change)))[:2] == [min(sizes), max(sizes)]


@pytest.mark.parametrize(
    ("change", "size"),
    [
        # A fall of more than 10 and at most 14; the same as a rise.
        (((-14, -10), False, True), [10, 14, True, False]),
        (((10, 14), True, False), [10, 14, True, False]),
        # From a fall of less than 3 to a rise of 5: 0 is one of them, and the rise is the farther end.
        (((-3, 5), True, False), [0, 5, False, False]),
        (((-5, 3), True, False), [0, 5, False, True]),
        (((math.nan, math.nan), False, False), [math.nan, math.nan, False, False]),
    ],
)
def test_the_size_of_a_change_worked_by_hand(change, size):
    assert only(size_of(one(*change))) == pytest.approx(size, nan_ok=True)
    # The size does not depend on the direction.
    assert only(size_of(negate(one(*change)))) == pytest.approx(size, nan_ok=True)


def test_an_end_that_is_excluded_stays_excluded():
    # "<30" less ">1000": less than -970.
    below, above = one((0, 30), high_open=True), one((1000, math.inf), low_open=True)
    assert only(subtract(below, above)) == [-math.inf, -970, False, True]
    assert only(subtract(above, below)) == [970, math.inf, True, False]


def test_binary_noise_does_not_reach_a_difference():
    assert 10.3 - 5.3 != 5
    assert only(subtract(one((10.3, 10.3)), one((5.3, 5.3))))[0] == 5
    assert only(subtract(one((8.3, 8.3)), one((3.3, 3.3))))[1] == 5
