"""Claims with a time, counted from the baseline: judged by the records that are in time, and by no later one."""

import math
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

import pandas as pd

from ..case import Case
from ..derive import may_be_baseline, surely_after
from ..values import length_words, number, parse_duration, rows_of
from ..vocabulary import CONTRADICTED, DAYS_PER, NOT_CHECKABLE, OPEN_STATES, SUPPORTED
from .by_site import Judge, not_checkable, records_of_claim
from .outcome import ClaimResult, move_words

# Tests of which one record is enough; of the last two one that lies on the claimed side of the baseline.
_OF_ONE = ("has_value", "is_present", "is_absent", "is_normal", "falls_to", "rises_to")
# Tests of which the result rests on the baseline as well, which is no record that has to be in time.
_FROM_BASE = ("falls_to", "rises_to", "falls", "rises", "improves", "worsens", "resolves")

# Of results that differ by a record of which it is open whether it is in time, the first of these is the reason.
_WEIGHT = (SUPPORTED, CONTRADICTED, NOT_CHECKABLE)


# The number and unit at the end of a length of time.
_LAST = re.compile(r"([0-9.]*[0-9])\s*([a-z]+)\s*$")


class Limit(NamedTuple):
    """A limit of time, in days: as printed, the earliest and latest that it may mean, and whether it is too late."""

    printed: float
    earliest: float
    latest: float
    excluded: bool


def limit_of(within: str) -> Limit:
    """The limit that a length of time sets; of a range its later end.

    Examples
    --------
    Four weeks are 28 days, and as a whole number of weeks 24.5 to 31.5.

    >>> limit_of("4 wk"), limit_of("<4 wk").excluded
    (Limit(printed=28.0, earliest=24.5, latest=31.5, excluded=False), True)
    >>> limit_of("3..4 wk").printed, limit_of("~4 wk").latest
    (28.0, 35.0)
    """
    bounds = parse_duration(within)
    count, unit = _LAST.search(within.rpartition("..")[2]).groups()
    printed = parse_duration(f"{count}..{count} {unit}").high
    alone = parse_duration(f"{count} {unit}")
    return Limit(printed, alone.low, max(bounds.high, alone.high), bounds.high_open)


def in_time(claim: dict, case: Case, changes: pd.DataFrame, judge: Judge) -> ClaimResult:
    """The result of a claim by the records that are in time, as if there were no later ones.

    That nothing was recorded in time supports nothing and contradicts nothing, whatever came later; nor does a record
    contradict after which there was time left. Where it is open whether a record is in time, the result stands only if
    it is the same with that record and without it.
    """
    records = _timed_records(claim, changes)
    within = records[records["TIMELY"]]
    perhaps = records.loc[~records["TIMELY"] & ~records["LATE"], "line"].tolist()
    sure = judge(_without(claim, changes, within["line"]))
    rests = sure.result == SUPPORTED or within.loc[~within["ATBASE"], "line"].isin(sure.lines).any()
    # Any of them may be the last in time, and so may be what several of them say together.
    lines = [[line] for line in perhaps] + ([perhaps] if len(perhaps) > 1 else [])
    others = [judge(_without(claim, changes, [*within["line"], *some])) for some in lines]
    if rests and all(other.result == sure.result for other in others):
        judged_by = {line for result in (sure, *others) for line in result.lines}
        return _to_the_end(claim, _with_time(claim, sure, within), records[records["line"].isin(judged_by)])
    differing = [other for other in others if other.result != sure.result] or others or [sure]
    result = min((other.result for other in differing), key=_WEIGHT.index)
    alike = [other for other in differing if other.result == result]
    # All of them are named, so that no order of the lines chooses one.
    deciding = tuple(sorted({line for other in alike for line in other.lines}))
    other = min(alike, key=lambda other: other.why)._replace(lines=deciding)
    open_ = records[records["line"].isin({*perhaps} & {*other.lines})]
    if not len(open_):
        return _untold(claim, case, changes, judge, sure, records)
    if other.result == NOT_CHECKABLE:
        return other
    why = f"{other.why}, but {_untimed(claim, open_)}"
    return ClaimResult(NOT_CHECKABLE, why, tuple(sorted({*sure.lines, *other.lines})))


def _timed_records(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The records of the measure that may be after its baseline, and this itself where a claim may rest on it.

    With LOW and HIGH, the days since the baseline; ATBASE, whether it is that; TIMELY and LATE, whether it surely is;
    ATEND, whether it is of the end of the time as that is printed.
    """
    rows = records_of_claim({"measure": claim["measure"]}, changes)
    rows = rows[~rows["STATE"].isin(OPEN_STATES)]
    if claim["test"] in _FROM_BASE:
        rows = rows[rows["POSTBLFL"].ne("N") & ~may_be_baseline(rows)]
    else:
        rows = rows[rows["POSTBLFL"].ne("N") | rows["ABLFL"].eq("Y")]
    limit, typed, at_base = limit_of(claim["within"]), parse_duration(claim["within"]), rows["ABLFL"].eq("Y")
    low, high = rows["SINCELO"].mask(at_base, 0.0), rows["SINCEHI"].mask(at_base, 0.0)
    earlier = high < limit.printed if limit.excluded else high <= limit.printed
    # `6 mo` from day 0 lies within `6 mo`: both are the same time, whatever it is.
    same = (low == typed.low) & (high == typed.high) & ~earlier
    late = low >= limit.latest if limit.excluded else low > limit.latest
    for row in rows_of(rows[late]):
        # What has no time and comes after a late record is late as well.
        late |= surely_after(rows, row)
    at_end = (same | (low >= limit.earliest)) & ~late
    return rows.assign(LOW=low, HIGH=high, ATBASE=at_base, SAME=same, TIMELY=earlier | same, LATE=late, ATEND=at_end)


def _without(claim: dict, changes: pd.DataFrame, kept: Iterable[int]) -> pd.DataFrame:
    """All rows but the records of the measure that are not kept; a claim from the baseline needs what was before."""
    of_measure = changes["kind"].eq("observation") & changes["code"].eq(claim["measure"])
    if claim["test"] in _FROM_BASE:
        of_measure &= changes["POSTBLFL"].ne("N") & ~may_be_baseline(changes)
    return changes[~of_measure | changes["line"].isin([*kept])]


def _untold(
    claim: dict, case: Case, changes: pd.DataFrame, judge: Judge, sure: ClaimResult, records: pd.DataFrame
) -> ClaimResult:
    """That the records in time do not tell, and why."""
    if sure.result == NOT_CHECKABLE and (records["TIMELY"] & ~records["ATBASE"]).any():
        return sure
    late = records_of_claim(claim, records[records["LATE"]])
    result = judge(changes)
    if result.result == SUPPORTED and not len(late):
        return result._replace(result=NOT_CHECKABLE, why=f"{result.why}, but before the baseline")
    if result.result == NOT_CHECKABLE and not len(late):
        return result
    first = f"; the first is {_late_words(next(rows_of(late.sort_values('LOW'))))}" if len(late) else ""
    why = f"no record within {within_words(claim['within'])} of the baseline{first}"
    return not_checkable(claim, case, why)._replace(lines=tuple(late["line"]))


def _with_time(claim: dict, result: ClaimResult, within: pd.DataFrame) -> ClaimResult:
    """A result with the time of the records that it rests on; where one is enough, that of the first of them."""
    rows = within[within["line"].isin(result.lines)]
    if result.result == NOT_CHECKABLE or not len(rows):
        return result
    of_one = claim["test"] in _OF_ONE and result.result == SUPPORTED
    as_claimed = rows["SAME"].all() if of_one else rows["SAME"].any()
    timed = (rows[~rows["SAME"]] if of_one else rows).sort_values("HIGH", ascending=of_one, kind="stable")
    claimed = f"after {within_words(claim['within'])}, the time that is claimed"
    time = f", {claimed if as_claimed else _early_words(next(rows_of(timed[['LOW', 'HIGH']])))}"
    if not of_one or len(rows) == 1:
        return result._replace(why=f"{result.why}{time}")
    first = next(rows_of(rows.sort_values("HIGH", kind="stable")[["CHGLO", "BASEC", "AVALC"]]))
    words = move_words(first) if claim["test"] in _FROM_BASE else first.AVALC
    return result._replace(why=f"recorded: {words}{time}")


def _to_the_end(claim: dict, result: ClaimResult, records: pd.DataFrame) -> ClaimResult:
    """A result; what contradicts before the end of the time leaves open what was to be seen up to it."""
    if result.result != CONTRADICTED or records["ATEND"].any():
        return result
    why = f"{result.why}, but nothing is recorded at or shortly before the end of the {_last_words(claim['within'])}"
    return result._replace(result=NOT_CHECKABLE, why=why)


def within_words(within: str) -> str:
    """The time of a claim in words.

    Examples
    --------
    >>> within_words("3 mo"), within_words("3..4 wk"), within_words("<1 a"), within_words("~6 mo")
    ('3 months', '3 to 4 weeks', 'less than 1 year', 'about 6 months')
    """
    first, _, last = within.rpartition("..")
    sign = _SIGNS.get(last[: len(last) - len(last.lstrip("<=~"))], "")
    return f"{f'{first} to ' if first else sign}{_last_words(within)}"


_SIGNS = {"<": "less than ", "~": "about "}


def _last_words(within: str) -> str:
    """The end of the time of a claim in words."""
    return length_words(*_LAST.search(within.rpartition("..")[2]).groups())


def _early_words(row) -> str:
    """How long after the baseline a record is that is in time."""
    about = _about_words(row.LOW, row.HIGH)
    return f"{about} later" if about else f"within {_bound_words(row.HIGH, math.ceil)}"


def _late_words(row) -> str:
    """How long after the baseline a record is that is late."""
    about = _about_words(row.LOW, row.HIGH)
    return f"{about} later" if about else f"after {_bound_words(row.LOW, math.floor)} or more"


def _about_words(low: float, high: float) -> str:
    """A time between two bounds that round to one whole number of the unit that is as wide as they are; else blank.

    Examples
    --------
    >>> _about_words(24.5, 31.5), _about_words(8, 22), _about_words(20, 400)
    ('about 4 weeks', '', '')
    """
    unit = next((unit for unit in ("a", "mo", "wk") if math.isclose(high - low, DAYS_PER[unit])), "")
    count = round((low + high) / 2 / DAYS_PER[unit], 6) if unit else 0
    if count < 1 or not count.is_integer():
        return ""
    return f"about {length_words(f'{count:.0f}', unit)}"


def _bound_words(days: float, rounded: Callable[[float], int]) -> str:
    """A bound of a time: in months where it is a whole number of them, else in days.

    Examples
    --------
    >>> _bound_words(304.375, math.ceil), _bound_words(60.0, math.floor), _bound_words(106.53, math.ceil)
    ('10 months', '60 days', '107 days')
    """
    months = round(days / DAYS_PER["mo"], 6)
    in_months = months >= 1 and months == int(months)
    # What is counted in hours is less than a day or two.
    count = number(months if in_months else rounded(days) if days >= 2 else days, 1)
    return length_words(count, "mo" if in_months else "d")


def _untimed(claim: dict, rows: pd.DataFrame) -> str:
    """Why it is open whether records are in time."""
    if rows["LOW"].isna().any():
        undated = rows["BASEDHI"].isna().any() and rows["DAYHI"].notna().all()
        since = "the day of the baseline, from which the time is counted," if undated else "the time since the baseline"
        return f"{since} is not reported"
    if (rows["LOW"] == rows["HIGH"]).all():
        return f"whether {number(rows['HIGH'].max(), 1)} days are within {within_words(claim['within'])} is open"
    return "the time since the baseline is uncertain"
