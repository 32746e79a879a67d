"""Arithmetic on intervals, and decisions: met if every value of an interval meets a condition, not met if none does."""

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..vocabulary import DECIMALS, MET, NOT_MET, UNDETERMINED
from .bounds import Bounds, Intervals
from .column import booleans, floats


def bounds_of(columns: pd.DataFrame | Mapping, stem: str) -> Intervals:
    """The intervals of four columns such as AVALLO, AVALHI, AVALLOX and AVALHIX.

    Parameters
    ----------
    columns : DataFrame or mapping
        A table, or arrays by column name.
    stem : str
        The beginning of the four names, such as `AVAL`.

    Examples
    --------
    >>> frame = pd.DataFrame({"CHGLO": [1, None], "CHGHI": [2, None], "CHGLOX": False, "CHGHIX": True})
    >>> bounds_of(frame, "CHG").low.tolist(), bounds_of(frame, "CHG").high_open.tolist()
    ([1.0, nan], [True, True])
    """
    low, high = (floats(columns[f"{stem}{end}"]) for end in ("LO", "HI"))
    low_open, high_open = (booleans(columns[f"{stem}{end}"]) for end in ("LOX", "HIX"))
    return Intervals(low, high, low_open, high_open)


def closed(low, high) -> Intervals:
    """Intervals that contain their limits.

    Examples
    --------
    >>> closed([1, 2], [1, 5]).high.tolist(), closed([1], [2]).low_open.tolist()
    ([1.0, 5.0], [False])
    """
    low, high = np.asarray(low, dtype=float), np.asarray(high, dtype=float)
    return Intervals(low, high, np.zeros(low.shape, dtype=bool), np.zeros(low.shape, dtype=bool))


# Infinity minus infinity is nan here, which needs no warning.
@np.errstate(invalid="ignore")
def subtract(left: Intervals, right: Intervals) -> Intervals:
    """`left - right`, keeping track of excluded ends; nan where either has no value.

    Examples
    --------
    "<30" less 923 is a fall of more than 893.

    >>> below = closed([0], [30])._replace(high_open=np.array([True]))
    >>> change = subtract(below, closed([923], [923]))
    >>> change.low.tolist(), change.high.tolist(), change.high_open.tolist()
    ([-923.0], [-893.0], [True])
    """
    return Intervals(
        np.round(left.low - right.high, DECIMALS),
        np.round(left.high - right.low, DECIMALS),
        left.low_open | right.high_open,
        left.high_open | right.low_open,
    )


def negate(interval: Intervals) -> Intervals:
    """The interval of the negative: a change of -14 is a fall of 14.

    Examples
    --------
    >>> fall = negate(closed([-14], [-10]))
    >>> fall.low.tolist(), fall.high.tolist()
    ([10.0], [14.0])
    """
    return Intervals(-interval.high, -interval.low, interval.high_open, interval.low_open)


@np.errstate(invalid="ignore")
def scale(interval: Intervals, factor: float) -> Intervals:
    """The interval multiplied by a factor above 0.

    Examples
    --------
    >>> scale(closed([1], [2]), 3).high.tolist()
    [6.0]
    """
    return interval._replace(low=interval.low * factor, high=interval.high * factor)


def size_of(change: Intervals) -> Intervals:
    """The interval of the absolute size of a change.

    Examples
    --------
    >>> size = size_of(closed([-14, -3], [-10, 5]))
    >>> size.low.tolist(), size.high.tolist()
    ([10.0, 0.0], [14.0, 5.0])
    """
    turned = negate(change)
    across = (change.low <= 0) & (change.high >= 0)
    # An interval across 0 has its farther end as the largest size; one below 0 is turned to lie above it.
    upward = np.where(across, change.high >= turned.high, change.low > 0)
    low, high, low_open, high_open = (np.where(upward, end, other) for end, other in zip(change, turned, strict=True))
    return Intervals(np.where(across, 0.0, low), high, low_open & ~across, high_open)


def divide(left: Intervals, right: Intervals) -> Intervals:
    """`left / right`, as the smallest closed interval that contains every ratio.

    Where `right` is or may be 0, there is no ratio: of its bounds nothing could be said that is true of 0.

    Returns
    -------
    Intervals
        Infinite where `left` has no limit, nan where there is no ratio.

    Examples
    --------
    >>> ratio = divide(closed([2, 2], [4, 4]), closed([1, 0], [2, 2]))
    >>> ratio.low.tolist(), ratio.high.tolist()
    ([1.0, nan], [4.0, nan])
    """
    # left / -x is -left / x.
    below, turned = right.high < 0, negate(left)
    low, high = (np.where(below, other, end) for end, other in zip(left[:2], turned[:2], strict=True))
    return _over(low, high, right)


def relative_change(left: Intervals, right: Intervals) -> Intervals:
    """`(left - right) / |right|`, as the smallest closed interval that contains every such value.

    Returns
    -------
    Intervals
        Infinite where `left` has no limit, nan where `right` is missing, and where it is or may be 0.

    Examples
    --------
    From 923 to 10..20; and from a baseline below 10, which may be 0, to 20.

    >>> change = relative_change(closed([10, 20], [20, 20]), closed([923, 0], [923, 10]))
    >>> change.low.round(4).tolist(), change.high.round(4).tolist()
    ([-0.9892, nan], [-0.9783, nan])
    """
    # left / |right| is one more than the change for a positive right, and one less for a negative one.
    share, sign = _over(left.low, left.high, right), np.where(right.high < 0, -1.0, 1.0)
    return share._replace(low=share.low - sign, high=share.high - sign)


def percent_change(left: Intervals, right: Intervals) -> Intervals:
    """As `relative_change` in percent; of a `right` that is one number without the noise of the division.

    Examples
    --------
    From 20 to 18 is a tenth less, which 18 / 20 - 1 misses by the last digit.

    >>> percent_change(closed([0.0], [18.0]), closed([20.0], [20.0])).high.tolist()
    [-10.0]
    """
    share, size = relative_change(left, right), np.abs(right.low)
    exact = (right.low == right.high) & (size > 0)
    divisor = np.where(exact, size, np.nan)
    low, high = (
        np.where(exact, np.round(100 * (ends - np.where(exact, right.low, np.nan)) / divisor, DECIMALS), 100 * limits)
        for ends, limits in ((left.low, share.low), (left.high, share.high))
    )
    return closed(low, high)


def _over(low: np.ndarray, high: np.ndarray, right: Intervals) -> Intervals:
    """Values between two limits, divided by the size of `right`; nan where that is or may be 0."""
    size = size_of(right)
    least, most = (np.where(size.low > 0, end, np.nan) for end in size[:2])
    # To add 0 makes 0 of -0.
    return closed(low / np.where(low >= 0, most, least) + 0.0, high / np.where(high >= 0, least, most) + 0.0)


_ANSWERS = np.array([NOT_MET, UNDETERMINED, MET], dtype=object)


def answer(surely, possibly, known=True) -> np.ndarray:
    """`met` where surely so, `not met` where not possibly so, else `cannot be determined`.

    Parameters
    ----------
    surely, possibly : array_like of bool
        Whether every value of the interval meets the condition, and whether any does.
    known : array_like of bool
        Whether there is a value; without one the answer is `cannot be determined`.

    Returns
    -------
    ndarray of object

    Examples
    --------
    >>> answer([True, False, False], [True, True, False]).tolist()
    ['met', 'cannot be determined', 'not met']
    """
    surely, possibly, known = (np.asarray(mask, dtype=bool) for mask in (surely, possibly, known))
    return _ANSWERS[np.where(known, np.where(surely, 2, possibly), 1)]


def exceeds(values: Intervals, threshold: Bounds | np.ndarray, strict: bool) -> np.ndarray:
    """Whether values are larger than a threshold (`strict`), or at least as large.

    Parameters
    ----------
    values : Intervals
        Nan where there is no value.
    threshold : Bounds or array
        One threshold for all rows, as bounds where the source gives a range for it, or one number a row.
    strict : bool
        Whether a value equal to the threshold fails.

    Returns
    -------
    ndarray of object

    Examples
    --------
    5 is not more than 5; more than 5 is.

    >>> values = closed([5, 5], [5, 9])._replace(low_open=np.array([False, True]))
    >>> exceeds(values, Bounds(5, 5), strict=True).tolist()
    ['not met', 'met']
    """
    least, most = (threshold.high, threshold.low) if isinstance(threshold, Bounds) else (threshold, threshold)
    low, high, low_open, high_open = values
    least, most = np.asarray(least, dtype=float), np.asarray(most, dtype=float)
    surely = (low > least) | ((low == least) & (low_open | (not strict)))
    possibly = (high > most) | ((high == most) & (not strict) & ~high_open)
    return answer(surely, possibly, ~np.isnan(low) & ~np.isnan(least))


def inside(values: Intervals, span: Bounds) -> np.ndarray:
    """Whether values lie in a span.

    Parameters
    ----------
    values : Intervals
        Nan where there is no value.
    span : Bounds
        Its ends belong to it unless they are open.

    Returns
    -------
    ndarray of object

    Examples
    --------
    >>> inside(closed([10, 15], [10, 25]), Bounds(10, 20)).tolist()
    ['met', 'cannot be determined']
    """
    low, high, low_open, high_open = values
    above = (low > span.low) | ((low == span.low) & (low_open | (not span.low_open)))
    below = (high < span.high) | ((high == span.high) & (high_open | (not span.high_open)))
    reaches = (high > span.low) | ((high == span.low) & ~high_open & (not span.low_open))
    begins = (low < span.high) | ((low == span.high) & ~low_open & (not span.high_open))
    return answer(above & below, reaches & begins, ~np.isnan(low))


def all_of(answers: list[np.ndarray], length: int) -> np.ndarray:
    """One answer for conditions that must all be met; `met` if there is no condition.

    Parameters
    ----------
    answers : list of ndarray
        The answers of each condition, one a row.
    length : int
        How many rows there are.

    Examples
    --------
    >>> all_of([np.array(["met", "met"]), np.array(["cannot be determined", "not met"])], 2).tolist()
    ['cannot be determined', 'not met']
    """
    table = np.array([np.full(length, MET, dtype=object), *answers], dtype=object)
    failed, unknown = (table == NOT_MET).any(axis=0), (table == UNDETERMINED).any(axis=0)
    return answer(~failed & ~unknown, ~failed)
