"""Uncertain times as intervals of days: `12 wk`, `~6 wk`, `3..4 mo`, `<1 a`, `2005-08`, `ongoing`.

A time as people type it (`12 weeks`, `W12`, `3-4 months`) is read as the form of this grammar that means the same
(`canonical_time`).
"""

import calendar
import datetime
import functools
import math
import re

import numpy as np
import pandas as pd

from ..vocabulary import DAYS_PER, UNIT_NAMES
from .bounds import LONGEST, NO_NUMBER, Bounds, Intervals, canonical_number, parse_texts, parse_value
from .column import Distinct, distinct
from .spans import is_backward, span_expected
from .spellings import plain, spelling

_TIME = re.compile(rf"(?P<value>.*\S)\s*(?P<unit>{'|'.join(DAYS_PER)})")
# A spreadsheet adds midnight to a date; any other time of day is not read.
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?)?)?")
MONTHS = tuple(calendar.month_name)[1:]
_MONTH = "|".join([*MONTHS, *calendar.month_abbr[1:]])
_MONTHS = {name: number for number, name in enumerate(calendar.month_abbr) if name}
# Day and month in either order, or a month by its name.
_SLASHED = re.compile(r"([0-9]{1,2})[/.-]([0-9]{1,2})[/.-]([0-9]{2}|[0-9]{4})")
_YEAR_FIRST = re.compile(r"([0-9]{4})[/.]([0-9]{1,2})(?:[/.]([0-9]{1,2}))?")
_TOGETHER = re.compile(r"((?:19|20)[0-9]{2})(0[1-9]|1[0-2])(0[1-9]|[12][0-9]|3[01])")
# From which day a spreadsheet counts, and the years that are meant by its number of a day.
_FIRST_DAY, _YEARS = datetime.date(1899, 12, 30), range(1930, 2080)
_NAMED = re.compile(
    r"(?:([0-9]{1,2})(?:st|nd|rd|th)?[ .-]+)?([A-Za-z]{3})[a-z]*[ .,-]+(?:([0-9]{1,2})[a-z]*,? +)?([0-9]{4})"
)
# A time of day; and a month without a year, as in `early March`.
_CLOCK = re.compile(r"(?<![0-9:])[0-2]?[0-9]:[0-5][0-9](?![0-9])|(?<![0-9])[0-9]{1,2} ?[ap]\.?m\b", re.IGNORECASE)
_DAY = r"[0-9]{1,2}(?:st|nd|rd|th)?"
_NO_YEAR = re.compile(rf"(?:[a-z]+ )*(?:{_DAY} )?(?:of )?(?:{_MONTH})\.?(?: {_DAY})?", re.IGNORECASE)
_BEFORE_ZERO = re.compile(r"<=?\s*(-|0*\.?0*$)")
# A length of time or a day; `day 5` is read as the fourth or the fifth, and `4..5 d` is a range.
_POINT = re.compile(r"~?\s*[-+]?[0-9]*\.?[0-9]+\s*[a-z]+|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TWO_DAYS = re.compile(r"([0-9]+)\.\.([0-9]+)\s*d")
_NAMED_DAY = re.compile("day", re.IGNORECASE)

# Four digits alone, before `-`, or before `..` and what ends in no unit: `1000..1001 d` is a length of time.
_DATED = re.compile(r"\s*[0-9]{4}(-|\s*$|\.\.(?!.*[a-z]\s*$))")

# Databases write a date outside of these for none, and spreadsheets the day before the first.
_FIRST, _LAST = datetime.date(1900, 1, 2), datetime.date(2199, 12, 31)
ONGOING = Bounds(math.inf, math.inf)
_TIMES = "a time such as 12 wk, 3..4 mo or ~6 wk (h, d, wk, mo, a for year), or a date such as 2024-01-10"


@functools.lru_cache(maxsize=16_384)
def parse_duration(text: str) -> Bounds:
    """Bounds, in days, of a printed length of time such as `12 wk` or `~6 mo`.

    A whole number of weeks, months or years allows half that unit to either side; hours and days are exact. `~` and the
    words for it (`about 6 wk`) allow one whole unit to either side, and never reach time zero: `~1 mo` is after it. A
    range runs from its first to its second number, as printed. `<1 a` begins at time zero; `<0 d`, `<=0 d` and
    `<-2 mo` have no beginning.

    Raises
    ------
    ValueError
        If the text is not a number or range followed by one of the units h, d, wk, mo, a.

    Examples
    --------
    >>> parse_duration("0 d")[:2], parse_duration("12 wk")[:2], parse_duration("~6 wk")[:2]
    ((0.0, 0.0), (80.5, 87.5), (35.0, 49.0))
    >>> parse_duration("<1 a")
    Bounds(low=0.0, high=365.25, low_open=False, high_open=True)
    >>> parse_duration("~1 wk"), parse_duration("~-1 wk")[1:]
    (Bounds(low=0.0, high=14.0, low_open=True, high_open=False), (0.0, False, True))
    >>> parse_duration("about 6 wk") == parse_duration("~6 wk")
    True
    >>> parse_duration("<0 d")
    Bounds(low=-inf, high=0.0, low_open=False, high_open=True)
    """
    match = _TIME.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if match is None:
        raise ValueError(_TIMES)
    value, per = canonical_number(match["value"]), DAYS_PER[match["unit"]]
    if value.startswith("~"):
        number = parse_value(value[1:])
        if number.low != number.high:
            raise ValueError("one number after ~")
        return _about(number.low, per)
    # "<1 a" counts from time zero; "<0 d" is any time before it.
    low, high, low_open, high_open = parse_value(value, floor=-math.inf if _BEFORE_ZERO.match(value) else 0.0)
    whole = re.fullmatch(r"[+-]?[0-9]+", value) is not None
    half = 0.5 if whole and match["unit"] not in ("h", "d") and low != 0 else 0.0
    return Bounds((low - half) * per, (high + half) * per, low_open, high_open)


def _about(number: float, per: float) -> Bounds:
    """One unit to either side of a number of units; what is about a month after time zero is after it.

    Examples
    --------
    >>> _about(0.5, 30.0), _about(0.0, 1.0)[:2]
    (Bounds(low=0.0, high=45.0, low_open=True, high_open=False), (-1.0, 1.0))
    """
    low, high = number - 1, number + 1
    if number > 0 >= low:
        return Bounds(0.0, high * per, low_open=True)
    if number < 0 <= high:
        return Bounds(low * per, 0.0, high_open=True)
    return Bounds(low * per, high * per)


def parse_date(text: str) -> Bounds:
    """Bounds of an ISO 8601 date at the precision given, or of a range of dates, as proleptic Gregorian day numbers.

    Raises
    ------
    ValueError
        If the text is not YYYY, YYYY-MM, YYYY-MM-DD or two of them joined by `..`, or the day does not exist.

    Examples
    --------
    >>> first, last, *_ = parse_date("2005-08")
    >>> last - first
    30.0
    """
    ends = [_one_date(part) for part in text.strip().split("..", 1)]
    if ends[0].low > ends[-1].high:
        raise ValueError("a range from the earlier to the later date")
    return Bounds(ends[0].low, ends[-1].high)


def _one_date(text: str) -> Bounds:
    match = _DATE.fullmatch(text.strip())
    if match is None:
        raise ValueError(
            _meanings_of_date(text) or "a date such as 2024-01-10, 2024-01 or 2024 (YYYY-MM-DD), without a time of day"
        )
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        first = datetime.date(year, month or 1, day or 1)
        last_month = month or 12
        last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    except (ValueError, calendar.IllegalMonthError):
        raise ValueError("a day that exists in the calendar") from None
    if last < _FIRST or first > _LAST:
        raise ValueError(f"a date from {_FIRST} to {_LAST}; blank where none is meant")
    return Bounds(float(first.toordinal()), float(last.toordinal()))


def is_date(text: str) -> bool:
    """Whether a time is given as a date, and not as a length of time from time zero.

    Examples
    --------
    >>> is_date("2005-08"), is_date("2005"), is_date("12 wk")
    (True, True, False)
    """
    return _DATED.match(text) is not None


def are_dates(texts: pd.Series) -> pd.Series:
    """`is_date` for a whole column; each different text is looked at once.

    Examples
    --------
    >>> are_dates(pd.Series(["2005-08", "", "12 wk"])).tolist()
    [True, False, False]
    """
    return pd.Series(distinct(texts).each(is_date, bool), index=texts.index)


def parse_time(text: str) -> Bounds:
    """Bounds of a recorded time: days for a length of time, day numbers for a date, `(inf, inf)` for `ongoing`.

    Raises
    ------
    ValueError
        If the text is no time, or has more than one meaning; the message says which.

    Examples
    --------
    >>> parse_time("43 d")[:2], parse_time("ongoing")[:2], parse_time("6 weeks")[:2]
    ((43.0, 43.0), (inf, inf), (38.5, 45.5))
    >>> parse_time("05/06/2020")
    Traceback (most recent call last):
    ValueError: a date with one meaning: 5 June (2020-06-05) or 6 May (2020-05-06)
    """
    try:
        return _parse_canonical(text)
    except ValueError as error:
        typed = _as_typed(text, str(error))
    return _parse_canonical(typed)


def canonical_time(text: str) -> str:
    """The form of a time that `parse_time` reads as the text; the text itself where it has such a form.

    Two texts of one canonical form are the same printed time.

    Examples
    --------
    >>> canonical_time("week 12"), canonical_time("12wk"), canonical_time("3\u20134 months"), canonical_time("")
    ('12 wk', '12 wk', '3..4 mo', '')
    """
    try:
        _parse_canonical(text or "ongoing")
    except ValueError as error:
        return _as_typed(text, str(error))
    if _DATE.fullmatch(text.strip()):
        return text.strip()[:10]
    length = None if is_date(text) else _TIME.fullmatch(text.strip())
    return f"{''.join(canonical_number(length['value']).split())} {length['unit']}" if length else text


def spelled(text: str) -> str:
    """A text with the units of its lengths of time in words, but for hours.

    Examples
    --------
    >>> spelled("disease duration 2 a; onset \N{MINUS SIGN}4 d; every 1 wk")
    'disease duration 2 years; onset \N{MINUS SIGN}4 days; every 1 week'
    """

    def words(match: re.Match) -> str:
        """One length of time."""
        return f"{match[1]} {UNIT_NAMES[match[2]]}{'' if match[1] == '1' else 's'}"

    return re.sub(r"\b([\d.]+) (wk|mo|a|d)\b", words, text)


def same_times(times: Distinct) -> Distinct:
    """Times in their canonical form, so that `12 weeks` and `12 wk` are one; a text that is no time stays as it is.

    Examples
    --------
    >>> same_times(distinct(pd.Series(["12 weeks", "soon", "12 wk"])))
    Distinct(codes=array([0, 1, 0]), texts=['12 wk', 'soon'])
    """
    return times.replaced(canonical_length)


def canonical_length(text: str) -> str:
    """A time as people type it in the form that is computed with; any other text as it is.

    Examples
    --------
    >>> canonical_length("12 months"), canonical_length("10..14 months"), canonical_length("soon")
    ('12 mo', '10..14 mo', 'soon')
    """
    try:
        return canonical_time(text)
    except ValueError:
        return text


def is_point(text: str) -> bool:
    """Whether a time as typed names one moment, exactly or about: two facts with it are told together.

    A bound, a range, and a month or year of the calendar name a stretch of time in which two facts may lie apart.

    Examples
    --------
    >>> [is_point(text) for text in ("8 wk", "~8 weeks", "-2 mo", "2005-08-14", "day 5")]
    [True, True, True, True, True]
    >>> [is_point(text) for text in ("<0 d", ">12 wk", "3..9 mo", "4..5 d", "days 5-7", "2010", "2005-08", "")]
    [False, False, False, False, False, False, False, False]
    """
    form = canonical_length(text).strip()
    days = _TWO_DAYS.fullmatch(form)
    if days:
        return int(days[2]) - int(days[1]) == 1 and _NAMED_DAY.match(plain(text)) is not None
    return _POINT.fullmatch(form) is not None


def _parse_canonical(text: str) -> Bounds:
    if text == "ongoing":
        return ONGOING
    return parse_date(text) if is_date(text) else parse_duration(text)


def _as_typed(text: str, expected: str) -> str:
    """The canonical form of a time as people type it; or a ValueError, with what would be right."""
    meanings = _meanings_of_date(text)
    word = None if meanings else spelling("time", text)
    if word is None:
        # Of a number in a time, a message speaks of times.
        raise ValueError(meanings or span_expected(text) or (_TIMES if expected == NO_NUMBER else expected))
    if not word.canonical:
        raise ValueError(f"a time with one meaning ({word.hint})")
    if is_backward(text):
        raise ValueError(span_expected(text) or expected)
    return word.canonical


def _meanings_of_date(text: str) -> str:
    """What a date with a slash, or with a month by its name, may mean; blank for any other text."""
    text = plain(text)
    if _CLOCK.search(text):
        return "a date without a time of day: 2024-01-10 (YYYY-MM-DD); a number of hours is a length of time: 8 h"
    if len(text) <= LONGEST and _NO_YEAR.fullmatch(text):
        return "a date with its year, as in 2024-03 for March 2024, or a length of time from day 0"
    named, slashed = _NAMED.fullmatch(text), _SLASHED.fullmatch(text)
    if named and named[2].title() in _MONTHS:
        day = named[1] or named[3]
        iso = f"{named[4]}-{_MONTHS[named[2].title()]:02}" + (f"-{int(day):02}" if day else "")
        return f"a date with its year first: {iso}"
    day = day_of_spreadsheet(text)
    if day:
        return f"a date as text: a spreadsheet has this number for the day {day}"
    first = _YEAR_FIRST.fullmatch(text) or _TOGETHER.fullmatch(text)
    if first:
        return f"a date with hyphens: {'-'.join(part.rjust(2, '0') for part in first.groups() if part)}"
    if not slashed:
        return ""
    one, other, year = int(slashed[1]), int(slashed[2]), slashed[3] if len(slashed[3]) == 4 else "YYYY"
    orders = {(one, other), (other, one)}
    meant = sorted((day, month) for day, month in orders if 1 <= day <= 31 and 1 <= month <= 12)
    dates = [f"{day} {MONTHS[month - 1]} ({year}-{month:02}-{day:02})" for day, month in meant]
    expected = "a date with its year first" if len(dates) == 1 else "a date with one meaning"
    return f"{expected}: {' or '.join(dates)}" if dates else ""


def day_of_spreadsheet(text: str, first: datetime.date = _FIRST_DAY) -> str:
    """The day for which a spreadsheet has a number; blank for a text that is none, or another one.

    Parameters
    ----------
    text : str
        As it stands where a time should be.
    first : date
        Day 0 of the spreadsheet: in some workbooks 1 January 1904.

    Examples
    --------
    >>> day_of_spreadsheet("45027"), day_of_spreadsheet("43565", datetime.date(1904, 1, 1)), day_of_spreadsheet("99999")
    ('2023-04-11', '2023-04-11', '')
    """
    if not re.fullmatch("[0-9]{5}", text):
        return ""
    day = first + datetime.timedelta(int(text))
    return day.isoformat() if day.year in _YEARS else ""


def from_zero(times: Intervals, dated: np.ndarray, cases: Distinct, zeros: pd.DataFrame) -> Intervals:
    """Times in days from the time zero of each row's case.

    Parameters
    ----------
    times : Intervals
        The times, as `parse_time` reads them.
    dated : ndarray of bool
        Which of the times are dates.
    cases : Distinct
        The case of each row.
    zeros : DataFrame
        `low` and `high`, the day numbers of the dated time zero of each case that has one, indexed by case.

    Returns
    -------
    Intervals
        Nan where there is no time, and for a date in a case without a dated time zero.
    """
    earliest, latest = (cases.each(zeros[side].to_dict().get, float) for side in ("low", "high"))
    low, high = np.where(dated, times.low - latest, times.low), np.where(dated, times.high - earliest, times.high)
    return times._replace(low=low, high=high)


def days_from_zero(texts: pd.Series, cases: pd.Series, zeros: pd.DataFrame) -> pd.DataFrame:
    """Recorded times of a whole column, in days from the time zero of each row's case.

    Parameters
    ----------
    texts : Series of str
        Blank where no time is recorded.
    cases : Series of str
        The case of each row.
    zeros : DataFrame
        As for `from_zero`.

    Returns
    -------
    DataFrame
        `low` and `high` on the index of `texts`; nan where `from_zero` gives none.

    Examples
    --------
    >>> zeros = pd.DataFrame({"low": [0.0], "high": [30.0]}, index=["a"]) + parse_date("2005-08-01").low
    >>> days_from_zero(pd.Series(["2005-09-01", "2 d", ""]), pd.Series(["a"] * 3), zeros).to_numpy().tolist()
    [[1.0, 31.0], [2.0, 2.0], [nan, nan]]
    """
    different = distinct(texts)
    times, dated = parse_texts(different, parse_time), different.each(is_date, bool)
    days = from_zero(times, dated, distinct(cases), zeros)
    return pd.DataFrame({"low": days.low, "high": days.high}, index=texts.index)
