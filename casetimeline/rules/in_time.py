"""Whether a claim that the rows support also holds for the time that it names, counted from the baseline."""

import re
from typing import NamedTuple

import pandas as pd

from ..derive import may_be_baseline
from ..values import number, parse_duration, rows_of
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .outcome import ClaimResult, move_words

# Tests of which one record is enough; of the last two one that lies on the claimed side of the baseline.
_OF_ONE = ("has_value", "is_present", "is_absent", "is_normal", "falls_to", "rises_to")
# Tests of which the result rests on the baseline as well, which is no record that has to be in time.
_FROM_BASE = ("falls_to", "rises_to", "falls", "rises", "improves", "worsens", "resolves")


class Limit(NamedTuple):
    """A limit of time, in days: as it is printed, the latest that it may mean, and whether it is itself too late."""

    printed: float
    latest: float
    excluded: bool


def limit_of(within: str) -> Limit:
    """The limit that a length of time sets; of a range its later end.

    Examples
    --------
    Four weeks are 28 days, and as a whole number of weeks up to 31.5.

    >>> limit_of("4 wk"), limit_of("<4 wk").excluded
    (Limit(printed=28.0, latest=31.5, excluded=False), True)
    >>> limit_of("3..4 wk").printed, limit_of("~4 wk").latest
    (28.0, 35.0)
    """
    bounds = parse_duration(within)
    count, unit = re.search(r"([0-9.]*[0-9])\s*([a-z]+)\s*$", within.rpartition("..")[2]).groups()
    printed = parse_duration(f"{count}..{count} {unit}").high
    return Limit(printed, max(bounds.high, parse_duration(f"{count} {unit}").high), bounds.high_open)


def in_time(claim: dict, result: ClaimResult, changes: pd.DataFrame) -> ClaimResult:
    """A supported result, tested also for the time from the baseline to the records that it rests on.

    One of several records that have the claimed value is enough; of several that may be the last, each must be in time.
    What comes after the printed time, and not after the latest that it may mean, leaves the claim open.
    """
    limit, typed = limit_of(claim["within"]), parse_duration(claim["within"])
    rows = _timed_records(claim, result, changes)
    if not len(rows):
        return result._replace(result=NOT_CHECKABLE, why=f"{result.why}, but before the baseline")
    at_base = rows["ABLFL"].eq("Y")
    low, high = rows["SINCELO"].mask(at_base, 0.0), rows["SINCEHI"].mask(at_base, 0.0)
    earlier = high < limit.printed if limit.excluded else high <= limit.printed
    # `6 mo` from day 0 lies within `6 mo`: both are the same time, whatever it is.
    same = (low == typed.low) & (high == typed.high) & ~earlier
    timely, of_one = earlier | same, claim["test"] in _OF_ONE
    if (any if of_one else all)(timely):
        chosen = rows[timely]
        days = high[earlier].min() if of_one else high.max()
        as_claimed = not earlier.any() if of_one else same.any()
        time = f"after {claim['within']}, the time that is claimed" if as_claimed else f"within {number(days, 1)} days"
        return _resting_on(claim, result, rows, chosen.loc[high[chosen.index].sort_values().index], f", {time}")
    if (low > limit.latest).all():
        late = rows.loc[low.sort_values().index]
        why = f", but after {number(low.min(), 1)} days or more"
        return _resting_on(claim, result, rows, late, why)._replace(result=CONTRADICTED)
    why = f"{result.why}, but {_untimed(claim, rows, low, high)}"
    return result._replace(result=NOT_CHECKABLE, why=why)


def _timed_records(claim: dict, result: ClaimResult, changes: pd.DataFrame) -> pd.DataFrame:
    """The records of a result that have to be in time: none before the baseline; itself where the claim is of it."""
    rows = changes[changes["line"].isin(result.lines)]
    if claim["test"] in _FROM_BASE:
        return rows[rows["POSTBLFL"].ne("N") & ~may_be_baseline(rows)]
    return rows[rows["POSTBLFL"].ne("N") | rows["ABLFL"].eq("Y")]


def _resting_on(claim: dict, result: ClaimResult, rows: pd.DataFrame, chosen: pd.DataFrame, time: str) -> ClaimResult:
    """A result with its time; where one record is enough, that of the first of those chosen, which it rests on."""
    if claim["test"] not in _OF_ONE or len(rows) == 1:
        return result._replace(why=f"{result.why}{time}")
    first = next(rows_of(chosen[["CHGLO", "BASEC", "AVALC"]]))
    words = move_words(first) if claim["test"] in _FROM_BASE else first.AVALC
    others = {*rows["line"]} - {*chosen["line"]}
    return ClaimResult(SUPPORTED, f"recorded: {words}{time}", tuple(x for x in result.lines if x not in others))


def _untimed(claim: dict, rows: pd.DataFrame, low: pd.Series, high: pd.Series) -> str:
    """Why it is open whether records are in time."""
    if low.isna().any():
        undated = rows["BASEDHI"].isna().any() and rows["DAYHI"].notna().all()
        since = "the day of the baseline, from which the time is counted," if undated else "the time since the baseline"
        return f"{since} is not reported"
    if (low == high).all():
        return f"whether {number(high.max(), 1)} days are within {claim['within']} is open"
    return "the time since the baseline is uncertain"
