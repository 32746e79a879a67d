"""Decisions on intervals: met if every value in the interval meets the condition, not met if none does."""

import numpy as np
import pandas as pd

from ..vocabulary import MET, NOT_MET, UNDETERMINED
from .bounds import Bounds


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
