"""The time from start to end of each treatment row, and between two facts, as bounds."""

import math
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import Distinct, Intervals, distinct, is_date, parse_texts, parse_time, same_times, timed_end
from ..vocabulary import DECIMALS
from .columns import equals, numbers
from .groups import groups_of
from .months import months_after, months_within, shares_after, shares_within


def last_days(frame: pd.DataFrame) -> np.ndarray:
    """The last day on which anything of the case of each row surely began; missing where it has no day."""
    case = groups_of(frame["case_id"])
    return case.highest(numbers(frame, "DAYLO"))[case.codes]


def tells_death(frame: pd.DataFrame, code: str = "code") -> np.ndarray:
    """Whether each row tells that the patient died: as an event, or as an adverse event.

    Examples
    --------
    >>> tells_death(pd.DataFrame({"kind": ["event", "adverse_event", "statement"], "code": "death"})).tolist()
    [True, True, False]
    """
    return equals(frame, code, "death") & (equals(frame, "kind", "event") | equals(frame, "kind", "adverse_event"))


def death_days(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day on which the patient of each row may have died; nan where no death is told.

    The first is not before the last day of a number that was measured, unless the last is.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": ["a", "a", "b"], "kind": ["treatment", "event", "treatment"],
    ...     "PARAMCD": ["x", "death", "x"], "AVALLO": None, "DAYLO": [0.0, 60.0, 0.0], "DAYHI": [0.0, 91.0, 0.0]})
    >>> [end.tolist() for end in death_days(facts)]
    [[60.0, 60.0, nan], [91.0, 91.0, nan]]
    """
    case, low, high = groups_of(frame["case_id"]), numbers(frame, "DAYLO"), numbers(frame, "DAYHI")
    died = tells_death(frame, "PARAMCD")
    deaths, latest = case.of(died), case.of(died).highest(high[died])
    measured = equals(frame, "kind", "observation") & ~np.isnan(numbers(frame, "AVALLO"))
    alive = np.minimum(case.of(measured).highest(low[measured]), latest)
    return np.fmax(deaths.lowest(low[died]), alive)[case.codes], latest[case.codes]


class Elapsed(NamedTuple):
    """Time from start to end of each row.

    Attributes
    ----------
    days : ndarray of float
    before : ndarray of bool
        Whether the time is surely less than that.
    hourly : ndarray of bool
        Whether the end is a moment, and not a day.
    first : ndarray of float
        The date from which this time runs, as a day number; nan where the start is no date.
    dated : ndarray of bool
        Whether that is the only date of the start.
    least : bool
        Whether it is the least time.
    """

    days: np.ndarray
    before: np.ndarray
    hourly: np.ndarray
    first: np.ndarray
    dated: np.ndarray
    least: bool

    def whole(self, length: float | np.ndarray = 1.0) -> np.ndarray:
        """How many lengths pass in that time."""
        times = np.round(self.days / length, DECIMALS)
        return np.where(self.before & (times > 0), np.ceil(times) - 1, np.floor(times))

    def months(self, rows: np.ndarray) -> np.ndarray:
        """How many whole months pass in the time of some rows: surely in the least, and at most in the most."""
        days, first = self.whole()[rows], self.first[rows]
        months, dated = months_within(days, surely=self.least), ~np.isnan(first)
        months[dated] = months_after(first[dated], days[dated])
        return months

    def shares(self, rows: np.ndarray) -> np.ndarray:
        """How many months the days of some rows are, the last day among them, with parts of a month."""
        days, first, dated = self.whole()[rows] + 1, self.first[rows], self.dated[rows]
        shares = shares_within(days, surely=self.least)
        shares[dated] = shares_after(first[dated], days[dated])
        return shares


class Ends(NamedTuple):
    """The bounds of start and end of each row on one scale of days.

    Attributes
    ----------
    start_low, start_high, end_low, end_high : ndarray of float
    first, latest : ndarray of float
        The first and the last date of the start, as day numbers; nan where it is no date.
    """

    start_low: np.ndarray
    start_high: np.ndarray
    end_low: np.ndarray
    end_high: np.ndarray
    first: np.ndarray
    latest: np.ndarray


def ends_of(given: pd.DataFrame) -> Ends:
    """Start and end in days from time zero; as printed where they are two dates, or count from one and the same fact.

    The time between them is then as certain as both of them, also where the day of that fact or of time zero is not.
    """
    days = [numbers(given, name) for name in ("DAYLO", "DAYHI", "AENLO", "AENHI")]
    if "start" not in given:
        return Ends(*days, *start_dates(given))
    start, end = printed(given, "start"), printed(given, "end")
    since, until = origins(given, "start"), origins(given, "end")
    together = (since == until) & (since != FROM_ZERO)
    # Not of `ongoing`, which is an end at infinity.
    together &= ~np.isnan(start.low) & (end.low < math.inf)
    texts = (start.low, start.high, end.low, end.high)
    dates = (np.where(since == OF_CALENDAR, side, np.nan) for side in (start.low, start.high))
    return Ends(*(np.where(together, text, day) for text, day in zip(texts, days, strict=True)), *dates)


FROM_ZERO, OF_CALENDAR = -1, -2


def origins(given: pd.DataFrame, side: str) -> np.ndarray:
    """What the start or the end of each row counts from: times of one origin in a case are apart as they are printed.

    Returns
    -------
    ndarray of int
        `FROM_ZERO`, `OF_CALENDAR` of a date, and else a number for each anchor.

    Examples
    --------
    >>> rows = pd.DataFrame({"start": ["3 d", "2021-02", "3 d", "1 wk"], "anchor": ["", "", "visit", "visit"]})
    >>> origins(rows, "start").tolist()
    [-1, -2, 1, 1]
    """
    origin = np.full(len(given), FROM_ZERO)
    if "anchor" in given:
        anchor = distinct(given["anchor"])
        origin = np.where(anchor.each(bool, bool), anchor.codes, FROM_ZERO)
    if side not in given:
        return origin
    dated = distinct(given[side]).each(is_date, bool)
    return np.where(dated, OF_CALENDAR, origin)


# What has no day, and an end at infinity, leave nan and need no warning.
@np.errstate(invalid="ignore")
def days_since(frame: pd.DataFrame, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most days to each fact from one of its case at a place, -1 for none; nan where not known.

    Of more places than facts, the facts are taken in turn once more.

    What counts from one and the same fact (`anchor`), or is a date as well, is as far apart as it is printed, however
    uncertain the day of that fact or of time zero is.

    Examples
    --------
    A visit on some day of two months, and records 0 and 28 days after it: 28 days are between them.

    >>> facts = pd.DataFrame({"start": ["0 d", "28 d"], "anchor": "visit", "DAYLO": [0.0, 28.0], "DAYHI": [61.0, 89.0]})
    >>> [end.tolist() for end in days_since(facts, np.array([-1, 0]))]
    [[nan, 28.0], [nan, 28.0]]
    """
    low, high, known = numbers(frame, "DAYLO"), numbers(frame, "DAYHI"), row >= 0
    to = np.resize(np.arange(len(frame)), len(row))
    least, most = (np.where(known, ends, np.nan) for ends in (low[to] - high[row], high[to] - low[row]))
    origin = origins(frame, "start")
    together = known & (origin[to] == origin[row]) & (origin[to] != FROM_ZERO)
    if together.any():
        start = printed(frame, "start")
        together &= ~np.isnan(start.low[to]) & ~np.isnan(start.low[row])
        least = np.where(together, start.low[to] - start.high[row], least)
        most = np.where(together, start.high[to] - start.low[row], most)
    return np.where(to == row, 0.0, least), np.where(to == row, 0.0, most)


def start_dates(given: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day number that each start may have, where it is a date; else nan.

    Examples
    --------
    >>> first, last = start_dates(pd.DataFrame({"start": ["2021-02", "3 d", ""]}))
    >>> (last - first).tolist()
    [27.0, nan, nan]
    """
    if "start" not in given:
        return np.full(len(given), np.nan), np.full(len(given), np.nan)
    dated, start = distinct(given["start"]).each(is_date, bool), printed(given, "start")
    return np.where(dated, start.low, np.nan), np.where(dated, start.high, np.nan)


def ended_by_death(
    frame: pd.DataFrame, treated: np.ndarray, ongoing: np.ndarray, ends: Ends
) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day on which a death ended what was ongoing in the treated rows; nan for all others.

    A death that may lie before the start of a course did not end it.
    """
    first, last = (end[treated] for end in death_days(frame))
    died = ongoing & (first >= ends.start_high)
    return np.where(died, first, np.nan), np.where(died, last, np.nan)


def elapsed_in(
    given: pd.DataFrame,
    ends: Ends,
    once: np.ndarray,
    ongoing: np.ndarray,
    last: np.ndarray,
    death: tuple[np.ndarray, np.ndarray],
) -> tuple[Elapsed, Elapsed]:
    """The least and the most time that may lie between the start and the end of each row.

    What is ongoing lasts at least to the last day of its case, and until the `death` that ended it, where one did.
    """
    start_low, start_high, end_low, end_high, first, latest = ends
    is_alive = np.isnan(death[0])
    last, longest = np.where(is_alive, last, death[0]), np.where(is_alive, math.inf, death[1] - start_low)
    lasting = np.where(ongoing, np.fmax(last - start_high, 0), np.maximum(end_low - start_high, 0))
    least = np.where(once, 0.0, lasting)
    most = np.where(once, 0.0, np.where(ongoing, longest, np.maximum(end_high - start_low, 0)))
    # `<168 d` ends before that day begins, and `>14 d` starts after that one.
    before = printed(given, "end").high_open | printed(given, "start").low_open
    hourly = same_times(distinct(given["end"])).each(lambda text: text.endswith(" h"), bool)
    none, dated = np.zeros(len(given), dtype=bool), first == latest
    return Elapsed(least, none, hourly, latest, dated, True), Elapsed(most, before, hourly, first, dated, False)


def printed(frame: pd.DataFrame, side: str) -> Intervals:
    """The start or end of each row as printed, without an interval where the frame has no such column."""
    texts = distinct(frame[side]) if side in frame else Distinct(np.zeros(len(frame), dtype=int), [""])
    return parse_texts(texts.replaced(timed_end), parse_time)
