"""Uncertain values and times as intervals: `46`, `<30`, `~6000`, `10..20`, `~6 wk`, `2005-08`.

A value that is printed exactly has equal bounds. Everything else is carried as the interval that the print
allows, and no number inside the interval is preferred.
"""

import calendar
import datetime
import math
import re
from collections.abc import Callable
from typing import NamedTuple

import pandas as pd

from .vocabulary import DAYS_PER

_NUMBER = r"[+-]?(?:\d+(?:\.\d+)?|\.\d+)"
_VALUE = re.compile(rf"(?P<mark>[<>~]|<=|>=)?\s*(?P<low>{_NUMBER})(?:\s*\.\.\s*(?P<high>{_NUMBER}))?", re.ASCII)
_TIME = re.compile(rf"(?P<value>.*\S)\s*(?P<unit>{'|'.join(DAYS_PER)})")
_DATE = re.compile(r"(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?", re.ASCII)


class Bounds(NamedTuple):
    """The closed interval that contains a value.

    Attributes
    ----------
    low, high : float
        Limits, `low <= high`; infinite where the print gives none.
    """

    low: float
    high: float


def parse_value(text: str, floor: float = -math.inf, ceiling: float = math.inf) -> Bounds:
    """Bounds of a printed number.

    `~x` is read as a rounded number: half a unit of its last significant digit to either side.

    Parameters
    ----------
    text : str
        A number, `<x`, `>x`, `<=x`, `>=x`, `~x` or `x..y`, with a decimal point and no thousands separator.
    floor, ceiling : float
        Limits of the scale, used where the print leaves a side open.

    Raises
    ------
    ValueError
        If the text is none of these, or the range runs backwards.

    Examples
    --------
    >>> parse_value("46")
    Bounds(low=46.0, high=46.0)
    >>> parse_value("<30", floor=0)
    Bounds(low=0, high=30.0)
    >>> parse_value("~6000")
    Bounds(low=5500.0, high=6500.0)
    >>> parse_value("10..20")
    Bounds(low=10.0, high=20.0)
    """
    match = _VALUE.fullmatch(text.strip())
    if match is None or (match["mark"] and match["high"]):
        raise ValueError("a number with a decimal point (450.5), <x, >x, ~x or x..y, without a unit")
    low = float(match["low"])
    high = float(match["high"] or low)
    if low > high:
        raise ValueError("a range from the smaller to the larger number")
    if not math.isfinite(low) or not math.isfinite(high):
        raise ValueError("a finite number")
    mark = match["mark"] or ""
    if mark.startswith("<"):
        low = floor
    elif mark.startswith(">"):
        high = ceiling
    elif mark == "~":
        half = _half_last_digit(match["low"])
        low, high = max(low - half, floor), min(high + half, ceiling)
    return Bounds(low, high)


def parse_duration(text: str) -> Bounds:
    """Bounds, in days, of a printed length of time such as `12 wk` or `~6 mo`.

    A whole number of weeks, months or years is known to half that unit; hours and days are exact. `~` allows
    one whole unit to either side. A range runs from its first to its second number, as printed.

    Raises
    ------
    ValueError
        If the text is not a number or range followed by one of the units h, d, wk, mo, a.

    Examples
    --------
    >>> parse_duration("0 d")
    Bounds(low=0.0, high=0.0)
    >>> parse_duration("12 wk")
    Bounds(low=80.5, high=87.5)
    >>> parse_duration("~6 wk")
    Bounds(low=35.0, high=49.0)
    >>> parse_duration("<1 a")
    Bounds(low=0.0, high=365.25)
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise ValueError("a time such as 12 wk (h, d, wk, mo, a for year), or a date such as 2024-01-10")
    value, per = match["value"], DAYS_PER[match["unit"]]
    if value.startswith("~"):
        number = parse_value(value[1:])
        if number.low != number.high:
            raise ValueError("one number after ~")
        return Bounds((number.low - 1) * per, (number.high + 1) * per)
    # "<1 a" counts from time zero.
    low, high = parse_value(value, floor=0.0)
    if low > high:
        raise ValueError("a time after time zero behind <")
    whole = re.fullmatch(r"[+-]?\d+", value) is not None
    half = 0.5 if whole and match["unit"] not in ("h", "d") and low != 0 else 0.0
    return Bounds((low - half) * per, (high + half) * per)


def parse_date(text: str) -> Bounds:
    """Bounds of an ISO 8601 date at the precision given, as proleptic Gregorian day numbers.

    Raises
    ------
    ValueError
        If the text is not YYYY, YYYY-MM or YYYY-MM-DD, or the day does not exist.

    Examples
    --------
    >>> first, last = parse_date("2005-08")
    >>> last - first
    30.0
    """
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError("a date such as 2024-01-10, 2024-01 or 2024 (YYYY-MM-DD)")
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
        last_month = month or 12
        last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError("a day that exists in the calendar") from None
    return Bounds(float(first.toordinal()), float(last.toordinal()))


def parse_time(text: str, zero: Bounds | None = None) -> Bounds:
    """Bounds, in days from the case's time zero, of a recorded time.

    Parameters
    ----------
    text : str
        A length of time, or an ISO 8601 date.
    zero : Bounds, optional
        The date of time zero, from `parse_date`. Without it a date has no place on the axis.

    Returns
    -------
    Bounds
        In days. Without `zero` a valid date gives `(nan, nan)`.

    Examples
    --------
    >>> parse_time("2005-09-01", zero=parse_date("2005-08"))
    Bounds(low=1.0, high=31.0)
    """
    if not re.match(r"\s*\d{4}(-|\s*$)", text):
        return parse_duration(text)
    date = parse_date(text)
    if zero is None:
        return Bounds(math.nan, math.nan)
    return Bounds(date.low - zero.high, date.high - zero.low)


def parse_column(texts: pd.Series, parse: Callable[[str], Bounds]) -> pd.DataFrame:
    """Bounds of a whole column: each different text is parsed once.

    Parameters
    ----------
    texts : Series of str
        Blank where there is nothing.
    parse : callable
        One of the parsers of this module.

    Returns
    -------
    DataFrame
        `low` and `high` on the index of `texts`; nan where blank.

    Raises
    ------
    ValueError
        From the parser, for the first text that is none of its forms.

    Examples
    --------
    >>> parse_column(pd.Series(["46", "", "46"]), parse_value)["low"].tolist()
    [46.0, nan, 46.0]
    """
    codes, different = pd.factorize(texts)
    bounds = [parse(text) if text else Bounds(math.nan, math.nan) for text in different]
    known = pd.DataFrame(bounds, columns=["low", "high"], dtype=float)
    return known.take(codes).set_axis(texts.index)


def _half_last_digit(number: str) -> float:
    whole, _, fraction = number.lstrip("+-").partition(".")
    if fraction:
        return 0.5 * 10.0 ** -len(fraction)
    trailing = len(whole) - len(whole.rstrip("0"))
    return 0.5 * 10.0 ** min(trailing, max(len(whole) - 1, 0))
