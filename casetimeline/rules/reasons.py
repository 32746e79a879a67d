"""Of which records a rule speaks: its window, the baseline that it asks for, and the time that its source studied."""

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..derive import require
from ..values import Bounds, Intervals, length_words, number, parse_duration
from ..vocabulary import DAYS_PER

# The columns of rules.csv by which a rule is decided and named; and those that some kinds need beside them.
_OF_RULES = (
    "rule",
    "measure",
    "kind",
    "label",
    "population",
    "definition",
    "direction",
    "limit",
    "percent",
    "percent_of",
    "rate",
    "window",
    "studied",
    "base_min",
    "base_max",
    "not_after",
)
_OF_KIND = {"error": "sd", "variation": "cvi", "limit": "xuln", "indication": "xuln", "composite": "needs"}


def require_rules(rules: pd.DataFrame, function: str) -> None:
    """Refuse rules that lack a column of rules.csv by which they are decided.

    Examples
    --------
    >>> require_rules(pd.DataFrame(columns=_OF_RULES).drop(columns="window"), "evaluate_rules")
    Traceback (most recent call last):
    casetimeline.derive.columns.MissingColumnError: evaluate_rules needs window, which rules.csv has
    """
    require(rules, function, _OF_RULES, "rules.csv has")
    require(rules, function, [name for kind, name in _OF_KIND.items() if kind in {*rules["kind"]}], "rules.csv has")


def name_of(code: str, names: Mapping[str, str]) -> str:
    """The short name of a measure; of one that has none, its code.

    Examples
    --------
    >>> name_of("mrss", {"mrss": "mRSS"}), name_of("haq_di", {})
    ('mRSS', 'haq di')
    """
    return names.get(code) or code.replace("_", " ")


WHOLE = Bounds(-math.inf, math.inf)


def entry_of(rule) -> Bounds:
    """The baselines that a rule asks for, both ends included; `WHOLE` where it asks for none."""
    low, high = rule.base_min, rule.base_max
    return Bounds(WHOLE.low if pd.isna(low) else low, WHOLE.high if pd.isna(high) else high)


def entry_words(rule, names: Mapping[str, str]) -> str:
    """The baseline that a rule asks for.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> nan = float("nan")
    >>> entry_words(Row(measure="mrss", base_min=7.0, base_max=nan), {"mrss": "mRSS"})
    'entry: mRSS at least 7'
    >>> entry_words(Row(measure="mrss", base_min=15.0, base_max=40.0), {"mrss": "mRSS"})
    'entry: mRSS 15 to 40'
    """
    least, most = ("" if pd.isna(end) else number(end) for end in (rule.base_min, rule.base_max))
    words = f"{least} to {most}" if least and most else f"at least {least}" if least else f"at most {most}"
    return f"entry: {name_of(rule.measure, names)} {words}"


def studied_words(rule, elapsed: Intervals) -> np.ndarray:
    """Over which time the source of a rule studied or estimated it, and over which each record was.

    A difference that matters is an amount: a change over another time is compared with it, and is no answer.

    Parameters
    ----------
    rule : named tuple
        Its `kind`, and `studied`, as in `12 mo`.
    elapsed : Intervals
        Days from the baseline to each record.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> from casetimeline.values import closed
    >>> rule = Row(kind="important", studied="6..24 mo")
    >>> studied_words(rule, closed([float("nan"), 84], [float("nan"), 84])).tolist()
    ['estimated over 6 to 24 months; interval not reported', 'estimated over 6 to 24 months; here about 3 months']
    """
    verb = "estimated" if rule.kind == "important" else "studied"
    here = map(_elapsed_words, elapsed.low.tolist(), elapsed.high.tolist())
    return np.array([f"{verb} over {span_words(rule.studied)}; {words}" for words in here], dtype=object)


def span_words(studied: str) -> str:
    """A time that a source studied, in words.

    Examples
    --------
    >>> span_words("12 mo"), span_words("6..24 mo"), span_words("1 a")
    ('12 months', '6 to 24 months', '1 year')
    """
    span, unit = studied.split()
    return length_words(span.replace("..", " to "), unit)


def studied_span(studied: str) -> Bounds:
    """A time that a source studied, in days: each end is as wide as a record of that time is.

    Examples
    --------
    A visit at 24 months lies between 23.5 and 24.5 months of 30.4375 days.

    >>> studied_span("6..24 mo")
    Bounds(low=167.40625, high=745.71875, low_open=False, high_open=False)
    >>> studied_span("12 mo") == parse_duration("12 mo")
    True
    """
    span, unit = studied.split()
    first, last = (parse_duration(f"{end} {unit}") for end in (span.split("..")[0], span.split("..")[-1]))
    return Bounds(first.low, last.high)


def _elapsed_words(low: float, high: float) -> str:
    """Days between two bounds as a time in words, each to the nearest month, or to the nearest day below two months."""
    if math.isnan(low) or math.isnan(high):
        return "interval not reported"
    unit, days = ("month", DAYS_PER["mo"]) if low >= 2 * DAYS_PER["mo"] else ("day", 1.0)
    # Of an interval of half a month to either side the middle is meant.
    least, most = math.floor(low / days + 0.5), math.inf if math.isinf(high) else math.ceil(high / days - 0.5)
    if math.isinf(most):
        return f"here at least {least} {unit}{'' if least == 1 else 's'}"
    return f"here about {least if least >= most else f'{least} to {most}'} {unit}{'' if least == most == 1 else 's'}"


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
        return f"at least {low:.0f} {unit}{'' if low == 1 else 's'}" if low else "by an unknown time"
    if low == high:
        return f"{low:.0f} {unit}{plural}"
    return f"{low:.0f} to {high:.0f} {unit}s" if low else f"up to {high:.0f} {unit}{plural}"
