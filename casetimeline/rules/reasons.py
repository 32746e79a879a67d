"""Why a rule does not speak of a record, in words: its window, and the baseline that it asks for."""

from collections.abc import Mapping

import numpy as np

from ..values import Bounds, Intervals, number
from ..vocabulary import DAYS_PER


def name_of(code: str, names: Mapping[str, str]) -> str:
    """The short name of a measure; of one that has none, its code.

    Examples
    --------
    >>> name_of("mrss", {"mrss": "mRSS"}), name_of("haq_di", {})
    ('mRSS', 'haq di')
    """
    return names.get(code) or code.replace("_", " ")


def entry_words(rule, names: Mapping[str, str]) -> str:
    """The least baseline that a rule asks for.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> entry_words(Row(measure="mrss", base_min=7.0), {"mrss": "mRSS"})
    'entry: mRSS at least 7'
    """
    return f"entry: {name_of(rule.measure, names)} at least {number(rule.base_min)}"


def window_words(elapsed: Intervals, window: Bounds) -> np.ndarray:
    """By how much each time lies before or after a window; a range where the time is one. Blank where it may lie in it.

    From two months on it is told in months, below in days, each rounded away from what the time allows.

    Parameters
    ----------
    elapsed : Intervals
        Days from the baseline to each record.
    window : Bounds
        The window in days.

    Examples
    --------
    12 +/- 2 months begin at day 304.375: day 180 is 124.375 days or 4.09 months before it.

    >>> from casetimeline.values import closed, parse_duration
    >>> window_words(closed([180, 305, 430], [180, 320, 430]), parse_duration("10..14 mo")).tolist()
    ['4 to 5 months too early', '', '3 to 4 days too late']
    """
    words = np.full(len(elapsed.low), "", dtype=object)
    before, after = window.low - elapsed.high, elapsed.low - window.high
    ends = {
        "early": (before, window.low - elapsed.low, (before == 0) & (elapsed.high_open | window.low_open)),
        "late": (after, elapsed.high - window.high, (after == 0) & (elapsed.low_open | window.high_open)),
    }
    for side, (least, most, on_the_line) in ends.items():
        rows = np.flatnonzero((least > 0) | on_the_line)
        # Many records of a registry are early by the same.
        pairs, place = np.unique(np.column_stack([least[rows], most[rows]]), axis=0, return_inverse=True)
        texts = [f"{_excess_words(*pair)} too {side}" for pair in pairs.tolist()]
        words[rows] = np.array(texts, dtype=object)[place.ravel()] if texts else ""
    return words


def _excess_words(least: float, most: float) -> str:
    """An amount of days between two bounds, in whole months or days."""
    unit, days = ("month", DAYS_PER["mo"]) if most >= 2 * DAYS_PER["mo"] else ("day", 1.0)
    low, high = np.floor(round(least / days, 6)), np.ceil(round(most / days, 6))
    plural = "" if high == 1 else "s"
    if np.isinf(high):
        return f"at least {low:.0f} {unit}s" if low else "by an unknown time"
    if low == high:
        return f"{low:.0f} {unit}{plural}"
    return f"{low:.0f} to {high:.0f} {unit}s" if low else f"up to {high:.0f} {unit}{plural}"
