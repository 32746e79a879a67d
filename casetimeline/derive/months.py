"""Calendar months between days: by the calendar where a date is known, else bounded by the lengths that months have."""

import functools
import math

import numpy as np

# The day number of 1970-01-01, from which numpy counts.
_EPOCH = 719_163
# After 28 years the calendar repeats itself, as long as no century year without a leap day comes between.
_CYCLE, _CYCLE_DAYS = 12 * 28, 10_227
# Of so many parts of a month each day of 28, 29, 30 or 31 is a whole number: sums of days are exact.
_PARTS = math.lcm(28, 29, 30, 31)


@functools.cache
def _lengths() -> tuple[np.ndarray, np.ndarray]:
    """The least and the most days that 0, 1, 2 ... months after one another may have."""
    firsts = np.arange("1901-01", "1957-01", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int64)
    start, months = np.arange(_CYCLE)[:, None], np.arange(_CYCLE)[None, :]
    days = firsts[start + months] - firsts[start]
    return days.min(axis=0), days.max(axis=0)


def months_within(days: np.ndarray, surely: bool) -> np.ndarray:
    """How many whole months surely pass, or may pass, in a number of days of which no date is known.

    Examples
    --------
    In 59 days two months may pass, as from 1 January to 1 March; surely one does. A year has 365 or 366 days.

    >>> days = np.array([27.0, 59.0, 365.0, np.inf])
    >>> months_within(days, surely=True).tolist(), months_within(days, surely=False).tolist()
    ([0.0, 1.0, 11.0, inf], [0.0, 2.0, 12.0, inf])
    """
    finite = np.isfinite(days)
    counted = np.where(finite, days, 0.0)
    cycles = np.floor(counted / _CYCLE_DAYS)
    rest = np.searchsorted(_lengths()[int(surely)], counted - cycles * _CYCLE_DAYS, side="right") - 1
    return np.where(finite, cycles * _CYCLE + rest, days)


def months_after(first: np.ndarray, days: np.ndarray) -> np.ndarray:
    """How many whole months pass from a date in a number of days; nan where there is no date.

    Parameters
    ----------
    first, days : ndarray of float
        The day number of the date, as `parse_date` gives it, and the days from it.

    Examples
    --------
    From 5 January 2021 to 5 April are three months; from 31 January to 28 February is one.

    >>> from casetimeline.values import parse_date
    >>> first = np.array([parse_date(text).low for text in ("2021-01-05", "2021-01-31", "2021-01-31")])
    >>> months_after(first, np.array([90.0, 28.0, 27.0])).tolist()
    [3.0, 1.0, 0.0]
    """
    known, endless = np.isfinite(first) & np.isfinite(days), np.isfinite(first) & np.isinf(days)
    begin = _dates(np.where(known, first, _EPOCH))
    end = begin + np.where(known, np.floor(days), 0).astype("timedelta64[D]")
    last = end + np.timedelta64(1, "D")
    # In a month that has no such day, it is the last one.
    short = (_day(end) < _day(begin)) & (_month(last) == _month(end))
    months = (_month(end) - _month(begin)).astype(float) - short
    return np.where(known, months, np.where(endless, np.inf, np.nan))


def days_after(first: np.ndarray, months: np.ndarray) -> np.ndarray:
    """How many days pass from a date in a number of whole months; nan where there is no date, or no such number.

    Examples
    --------
    Monthly from 31 January 2021: on 28 February and 31 March.

    >>> from casetimeline.values import parse_date
    >>> days_after(np.full(3, parse_date("2021-01-31").low), np.arange(3.0)).tolist()
    [0.0, 28.0, 59.0]
    """
    known = np.isfinite(first) & np.isfinite(months)
    begin = _dates(np.where(known, first, _EPOCH))
    month = _month(begin) + np.where(known, months, 0).astype("timedelta64[M]")
    start, end = (of.astype("datetime64[D]") for of in (month, month + np.timedelta64(1, "M")))
    date = np.minimum(start + (_day(begin)).astype("timedelta64[D]"), end - np.timedelta64(1, "D"))
    return np.where(known, (date - begin).astype(float), np.nan)


def days_within(months: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most days that a number of whole months may have; nan where it is no such number.

    Examples
    --------
    >>> least, most = days_within(np.array([1.0, 6.0, 12.0, np.nan]))
    >>> least.tolist(), most.tolist()
    ([28.0, 181.0, 365.0, nan], [31.0, 184.0, 366.0, nan])
    """
    known = np.isfinite(months)
    cycles, rest = np.divmod(np.where(known, months, 0).astype(np.int64), _CYCLE)
    return tuple(np.where(known, cycles * _CYCLE_DAYS + ends[rest], np.nan) for ends in _lengths())


def shares_within(days: np.ndarray, surely: bool) -> np.ndarray:
    """How many months pass in a number of whole days of which no date is known, parts counted: the least or the most.

    Each day is as large a part of a month as its month has days.

    Examples
    --------
    Of 28 days all may be February; or each a day of a month of 31. A year of 365 days is 12 months,
    or one without a 29 February.

    >>> days = np.array([28.0, 365.0])
    >>> shares_within(days, surely=True).round(4).tolist(), shares_within(days, surely=False).round(4).tolist()
    ([0.9032, 11.9655], [1.0, 12.0])
    """
    known = np.isfinite(days)
    cycles, rest = np.divmod(np.where(known, days, 0).astype(np.int64), _CYCLE_DAYS)
    each, place = np.unique(rest, return_inverse=True)
    ends = np.array([_extreme_share(int(length), surely) for length in each.tolist()], dtype=float)
    return np.where(known, cycles * _CYCLE + ends[place], days)


@functools.cache
def _extreme_share(days: int, surely: bool) -> float:
    """The least or the most months, parts counted, in a number of days, less than a cycle, from any date."""
    passed = _passed_in_cycles()
    shares = passed[days : days + _CYCLE_DAYS] - passed[:_CYCLE_DAYS]
    return int(shares.min() if surely else shares.max()) / _PARTS


@functools.cache
def _passed_in_cycles() -> np.ndarray:
    """`_passed` of each day of two cycles: from each day of the first a whole one follows."""
    first = np.datetime64("1901-01-01").astype(np.int64) + _EPOCH
    return _passed(np.arange(first, first + 2 * _CYCLE_DAYS, dtype=float))


def shares_after(first: np.ndarray, days: np.ndarray) -> np.ndarray:
    """How many months pass from a date in a number of days, parts counted; nan where there is no date.

    Examples
    --------
    28 days from 15 February 2021: 14 of 28 of it, and 14 of 31 of March.

    >>> from casetimeline.values import parse_date
    >>> shares_after(np.array([parse_date("2021-02-15").low]), np.array([28.0])).round(4).tolist()
    [0.9516]
    """
    known = np.isfinite(first) & np.isfinite(days)
    begin, passing = np.where(known, first, _EPOCH), np.where(known, np.floor(days), 0)
    shares = (_passed(begin + passing) - _passed(begin)) / _PARTS
    return np.where(known, shares, np.where(np.isfinite(first), days, np.nan))


def _passed(numbers: np.ndarray) -> np.ndarray:
    """The months before each day number, and of its own month the part before that day, in parts of a month."""
    dates = _dates(numbers)
    month = _month(dates)
    length = ((month + np.timedelta64(1, "M")).astype("datetime64[D]") - month.astype("datetime64[D]")).astype(int)
    return month.astype(np.int64) * _PARTS + _day(dates) * (_PARTS // length)


def _dates(numbers: np.ndarray) -> np.ndarray:
    """Day numbers as dates."""
    return (np.asarray(numbers) - _EPOCH).astype(np.int64).astype("datetime64[D]")


def _month(dates: np.ndarray) -> np.ndarray:
    """The month of each date."""
    return dates.astype("datetime64[M]")


def _day(dates: np.ndarray) -> np.ndarray:
    """The day of each date in its month, from 0."""
    return (dates - _month(dates).astype("datetime64[D]")).astype(np.int64)
