"""Uncertain times as intervals of days: `12 wk`, `~6 wk`, `3..4 mo`, `<1 a`, `2005-08`, `ongoing`.

A time as people type it (`12 weeks`, `W12`, `3-4 months`) is read as the form of this grammar that means the same
(`canonical_time`).
"""

import functools
import math
import re

import numpy as np
import pandas as pd

from ..vocabulary import DAYS_PER, UNIT_NAMES
from .bounds import LONGEST, NO_NUMBER, Bounds, Intervals, canonical_number, parse_texts, parse_value
from .column import Distinct, distinct
from .dates import DATE, date_expected, is_date, parse_date
from .mistyped import ALONE
from .spans import anchor_expected, is_backward, several_expected, span_expected
from .spellings import plain, spelling

_TIME = re.compile(rf"(?P<value>.*\S)\s*(?P<unit>{'|'.join(DAYS_PER)})")
_BEFORE_ZERO = re.compile(r"<=?\s*(-|0*\.?0*$)")
# A length of time or a day; `day 5` is read as the fourth or the fifth, and `4..5 d` is a range.
_POINT = re.compile(r"~?\s*[-+]?[0-9]*\.?[0-9]+\s*[a-z]+|[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TWO_DAYS = re.compile(r"([0-9]+)\.\.([0-9]+)\s*d")
_NAMED_DAY = re.compile("day", re.IGNORECASE)

# A comma that may be one of thousands; and what makes no difference behind a word: `day 00`, `week 08`.
_GROUPED = re.compile(r"(?<![0-9])[1-9][0-9]{0,2},[0-9]{3}(?![0-9])")
_ZEROS = re.compile(r"(?<=[a-z])( ?)0+(?=[0-9])", re.IGNORECASE)

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
    if DATE.fullmatch(text.strip()):
        return text.strip()[:10]
    length = None if is_date(text) else _TIME.fullmatch(text.strip())
    return f"{''.join(canonical_number(length['value']).split())} {length['unit']}" if length else text


def length_words(count: str, unit: str) -> str:
    """A length of time in words, by its number, or two of them, and its unit as it is typed.

    Examples
    --------
    >>> length_words("1", "wk"), length_words("2.5", "mo"), length_words("6 to 24", "h")
    ('1 week', '2.5 months', '6 to 24 hours')
    """
    return f"{count} {UNIT_NAMES[unit]}{'' if count == '1' else 's'}"


def spelled(text: str) -> str:
    """A text with the units of its lengths of time in words, but for hours.

    Examples
    --------
    >>> spelled("disease duration 2 a; onset \N{MINUS SIGN}4 d; every 1 wk")
    'disease duration 2 years; onset \N{MINUS SIGN}4 days; every 1 week'
    """
    return re.sub(r"\b([\d.]+) (wk|mo|a|d)\b", lambda length: length_words(*length.groups()), text)


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
    meanings = date_expected(text) or several_expected(text)
    word = None if meanings or _GROUPED.search(text) else spelling("time", _ZEROS.sub(r"\1", text))
    if word is None:
        # Of a number in a time, a message speaks of times.
        span = meanings or span_expected(text) or anchor_expected(text)
        raise ValueError(span or (_TIMES if expected.startswith((NO_NUMBER, ALONE)) else expected))
    if not word.canonical:
        raise ValueError(f"a time with one meaning ({word.hint})")
    if is_backward(text):
        raise ValueError(span_expected(text) or expected)
    return word.canonical


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
