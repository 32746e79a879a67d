"""Arithmetic on intervals, and decisions: met if every value of an interval meets a condition, not met if none does."""

import numpy as np
import pandas as pd

from ..vocabulary import DECIMALS, MET, NOT_MET, UNDETERMINED
from .bounds import Bounds


def bounds_of(frame: pd.DataFrame, stem: str) -> pd.DataFrame:
    """Columns such as AVALLO, AVALHI, AVALLOX, AVALHIX of a frame as an interval.

    Examples
    --------
    >>> bounds_of(pd.DataFrame({"CHGLO": [1], "CHGHI": [2], "CHGLOX": False, "CHGHIX": True}), "CHG").columns.tolist()
    ['low', 'high', 'low_open', 'high_open']
    """
    names = {"low": "LO", "high": "HI", "low_open": "LOX", "high_open": "HIX"}
    return pd.DataFrame({part: frame[f"{stem}{end}"] for part, end in names.items()})


def subtract(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """`left - right`, with the ends that are excluded.

    Parameters
    ----------
    left, right : DataFrame
        `low`, `high`, `low_open`, `high_open` on one index; nan where there is no value.

    Returns
    -------
    DataFrame
        The same columns.

    Examples
    --------
    "<30" less 923 is a fall of more than 893.

    >>> below = pd.DataFrame({"low": [0.0], "high": [30.0], "low_open": [False], "high_open": [True]})
    >>> exact = pd.DataFrame({"low": [923.0], "high": [923.0], "low_open": [False], "high_open": [False]})
    >>> subtract(below, exact).to_numpy().tolist()
    [[-923.0, -893.0, False, True]]
    """
    return pd.DataFrame(
        {
            "low": (left["low"] - right["high"]).round(DECIMALS),
            "high": (left["high"] - right["low"]).round(DECIMALS),
            "low_open": left["low_open"] | right["high_open"],
            "high_open": left["high_open"] | right["low_open"],
        }
    )


def negate(interval: pd.DataFrame) -> pd.DataFrame:
    """The interval of the negative: a change of -14 is a fall of 14.

    Examples
    --------
    >>> change = pd.DataFrame({"low": [-14.0], "high": [-10.0], "low_open": True, "high_open": False})
    >>> negate(change).to_numpy().tolist()
    [[10.0, 14.0, False, True]]
    """
    return pd.DataFrame(
        {
            "low": -interval["high"],
            "high": -interval["low"],
            "low_open": interval["high_open"],
            "high_open": interval["low_open"],
        }
    )


def scale(interval: pd.DataFrame, factor: float) -> pd.DataFrame:
    """The interval times a factor above 0.

    Examples
    --------
    >>> scale(pd.DataFrame({"low": [1.0], "high": [2.0], "low_open": True, "high_open": False}), 3).to_numpy().tolist()
    [[3.0, 6.0, True, False]]
    """
    return interval.assign(low=interval["low"] * factor, high=interval["high"] * factor)


def size_of(change: pd.DataFrame) -> pd.DataFrame:
    """The interval of the size of a change, whatever its direction.

    Examples
    --------
    >>> changes = pd.DataFrame({"low": [-14.0, -3.0], "high": [-10.0, 5.0], "low_open": False, "high_open": False})
    >>> size_of(changes)[["low", "high"]].to_numpy().tolist()
    [[10.0, 14.0], [0.0, 5.0]]
    """
    turned = negate(change)
    across = (change["low"] <= 0) & (change["high"] >= 0)
    far_up = change["high"] >= turned["high"]
    one_side = change.where(change["low"] > 0, turned)
    farther = change.where(far_up, turned)
    return one_side.where(~across, farther.assign(low=0.0, low_open=False))


def divide(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """`left / right`, as the smallest closed interval that contains every ratio.

    Where `right` can come as near to 0 as one likes, the ratio has no limit on that side; a `right` of exactly 0
    gives nothing.

    Parameters
    ----------
    left, right : DataFrame
        `low` and `high` on one index.

    Returns
    -------
    DataFrame
        `low` and `high`; infinite where there is no limit, nan where there is no ratio.

    Examples
    --------
    >>> divide(pd.DataFrame({"low": [2.0, 2.0], "high": [4.0, 4.0]}),
    ...        pd.DataFrame({"low": [1.0, 0.0], "high": [2.0, 2.0]})).to_numpy().tolist()
    [[1.0, 4.0], [1.0, inf]]
    """
    above, below = _sides(right)
    positive = _over(left, above)
    # left / -x is -left / x.
    negative = _over(pd.DataFrame({"low": -left["high"], "high": -left["low"]}), below)
    return _hull(positive, negative)


def relative_change(left: pd.DataFrame, right: pd.DataFrame) -> pd.DataFrame:
    """`(left - right) / |right|`, as the smallest closed interval that contains every value of it.

    Parameters
    ----------
    left, right : DataFrame
        `low` and `high` on one index.

    Returns
    -------
    DataFrame
        `low` and `high`; infinite where there is no limit, nan where `right` is exactly 0 or missing.

    Examples
    --------
    From 923 to 10..20; and from a baseline below 10 to 20, which is a doubling at the least.

    >>> change = relative_change(pd.DataFrame({"low": [10.0, 20.0], "high": [20.0, 20.0]}),
    ...                          pd.DataFrame({"low": [923.0, 0.0], "high": [923.0, 10.0]}))
    >>> change.round(4).to_numpy().tolist()
    [[-0.9892, -0.9783], [1.0, inf]]
    """
    above, below = _sides(right)
    # left / |right| is one more than the change for a positive right, and one less for a negative one.
    return _hull(_over(left, above) - 1, _over(left, below) + 1)


def _sides(right: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The sizes of the positive and of the negative values of an interval; nan where it has none."""
    low, high = right["low"], right["high"]
    above = pd.DataFrame({"low": low.clip(lower=0), "high": high}).where(high > 0)
    # 0 less 0 has no sign, unlike -(0).
    below = pd.DataFrame({"low": (0 - high).clip(lower=0), "high": 0 - low}).where(low < 0)
    return above, below


def _over(left: pd.DataFrame, size: pd.DataFrame) -> pd.DataFrame:
    """`left` divided by a positive size, which may begin at 0 without reaching it."""
    low = _quotient(left["low"], size["high"].where(left["low"] >= 0, size["low"]))
    high = _quotient(left["high"], size["low"].where(left["high"] >= 0, size["high"]))
    return pd.DataFrame({"low": low, "high": high}).where(size["high"].notna())


def _quotient(numerator: pd.Series, denominator: pd.Series) -> pd.Series:
    with np.errstate(divide="ignore", invalid="ignore"):
        quotient = numerator / denominator
    # 0 divided by a size that may come near to 0 is 0.
    return quotient.mask((numerator == 0) & denominator.notna(), 0.0)


def _hull(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "low": np.fmin(one["low"], other["low"]),
            "high": np.fmax(one["high"], other["high"]),
        }
    )


def answer(surely, possibly, known=True) -> np.ndarray:
    """`met` where surely, `not met` where not even possibly, `cannot be determined` elsewhere and where not known.

    Parameters
    ----------
    surely, possibly : array_like of bool
        Whether every value, or any value, of the interval meets the condition.
    known : array_like of bool
        Whether there is a value.

    Returns
    -------
    ndarray of object

    Examples
    --------
    >>> answer([True, False, False], [True, True, False]).tolist()
    ['met', 'cannot be determined', 'not met']
    """
    surely, possibly, known = np.broadcast_arrays(*(np.asarray(mask, dtype=bool) for mask in (surely, possibly, known)))
    answers = np.where(surely, MET, np.where(possibly, UNDETERMINED, NOT_MET))
    return np.where(known, answers, UNDETERMINED).astype(object)


def exceeds(values: pd.DataFrame, threshold: Bounds | pd.Series, strict: bool) -> np.ndarray:
    """Whether values are larger than a threshold, or at least as large if not `strict`.

    Parameters
    ----------
    values : DataFrame
        `low`, `high`, `low_open`, `high_open`; nan where there is no value.
    threshold : Bounds or Series
        One threshold, a range within which the source leaves it open, or one threshold a row.
    strict : bool
        Whether the threshold itself does not count.

    Returns
    -------
    ndarray of object

    Examples
    --------
    5 is not more than 5; more than 5 is.

    >>> values = pd.DataFrame({"low": [5.0, 5.0], "high": [5.0, 9.0], "low_open": [False, True], "high_open": False})
    >>> exceeds(values, Bounds(5, 5), strict=True).tolist()
    ['not met', 'met']
    """
    least, most = (threshold.high, threshold.low) if isinstance(threshold, Bounds) else (threshold, threshold)
    low, high, low_open, high_open = _ends(values)
    least, most = np.asarray(least, dtype=float), np.asarray(most, dtype=float)
    surely = (low > least) | ((low == least) & (low_open | (not strict)))
    possibly = (high > most) | ((high == most) & (not strict) & ~high_open)
    return answer(surely, possibly, ~np.isnan(low) & ~np.isnan(least))


def _ends(values: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """The columns of an interval as arrays, which for a few rows are much quicker than columns."""
    low, high = (values[name].to_numpy(dtype=float, na_value=np.nan) for name in ("low", "high"))
    return low, high, values["low_open"].to_numpy(dtype=bool), values["high_open"].to_numpy(dtype=bool)


def inside(values: pd.DataFrame, span: Bounds) -> np.ndarray:
    """Whether values lie in a span.

    Parameters
    ----------
    values : DataFrame
        As for `exceeds`.
    span : Bounds
        Its ends count unless they are open.

    Returns
    -------
    ndarray of object

    Examples
    --------
    >>> values = pd.DataFrame({"low": [10.0, 15.0], "high": [10.0, 25.0], "low_open": False, "high_open": False})
    >>> inside(values, Bounds(10, 20)).tolist()
    ['met', 'cannot be determined']
    """
    low, high, low_open, high_open = _ends(values)
    above = (low > span.low) | ((low == span.low) & (low_open | (not span.low_open)))
    below = (high < span.high) | ((high == span.high) & (high_open | (not span.high_open)))
    reaches = (high > span.low) | ((high == span.low) & ~high_open & (not span.low_open))
    begins = (low < span.high) | ((low == span.high) & ~low_open & (not span.high_open))
    return answer(above & below, reaches & begins, ~np.isnan(low))


def all_of(answers: list[np.ndarray], length: int) -> np.ndarray:
    """One answer for parts that must all be met; `met` where there is no part.

    Examples
    --------
    >>> all_of([np.array(["met", "met"]), np.array(["cannot be determined", "not met"])], 2).tolist()
    ['cannot be determined', 'not met']
    """
    table = np.array([np.full(length, MET, dtype=object), *answers], dtype=object)
    failed, unknown = (table == NOT_MET).any(axis=0), (table == UNDETERMINED).any(axis=0)
    return answer(~failed & ~unknown, ~failed)
