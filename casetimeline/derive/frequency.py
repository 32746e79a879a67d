"""How often a treatment is given: the interval of a frequency, and the time in the unit of a dose."""

import functools
import math
import re
from typing import NamedTuple

from ..values import parse_duration, spelling
from ..vocabulary import DAYS_PER, UNIT_NAMES
from .dose_units import MILLIGRAMS, in_one_spelling

_EVERY = re.compile(r"every\s+(?P<time>[0-9]+(?:\.[0-9]+)?\s*(?:h|d|wk|mo|a))(?P<alternating>,\s*alternating)?")
# `4 wk` alone allows half a week to either side; as the range `4..4 wk` it is exact.
_BARE = re.compile(r"^([0-9.]+)")
_MONTHS = re.compile(r"(?P<count>[0-9.]+)\s*(?P<unit>mo|a)")
_MONTHS_PER = {"mo": 1, "a": 12}
_WORDS = {"daily": 1.0, "once daily": 1.0, "twice daily": 0.5, "weekly": 7.0, "monthly": DAYS_PER["mo"]}
_PER_TIME = {
    **dict.fromkeys(("day", "d", "24h", "24hr", "24hours"), 1.0),
    **dict.fromkeys(("week", "wk", "w"), 7.0),
    **dict.fromkeys(("month", "mo"), DAYS_PER["mo"]),
}


class Frequency(NamedTuple):
    """How often a treatment is given.

    Attributes
    ----------
    interval : float
        Days from one administration to the next; nan where the text does not give it, infinite for a single dose. Of a
        month a twelfth of a year: `months_of` gives the calendar months.
    alternating : bool
        Whether the administrations alternate between the treatments of one regimen.
    """

    interval: float
    alternating: bool


def parse_frequency(text: str) -> Frequency:
    """The interval of a recorded frequency; nan if the text has none of the known forms.

    Parameters
    ----------
    text : str
        `once`, `daily`, `twice daily`, `weekly`, `monthly`, `every 4 wk`, or `every 2 wk, alternating`; or a word of
        spellings.csv that means one of these, such as `BID` or `q4w`.

    Examples
    --------
    >>> parse_frequency("every 4 wk"), parse_frequency("every 2 wk, alternating")
    (Frequency(interval=28.0, alternating=False), Frequency(interval=14.0, alternating=True))
    >>> parse_frequency("once").interval, parse_frequency("as needed").interval, parse_frequency("q4w").interval
    (inf, nan, 28.0)
    """
    words = _in_form(text)
    every = _EVERY.fullmatch(words)
    if every:
        try:
            days = parse_duration(_BARE.sub(r"\1..\1", every["time"])).low
        except ValueError:
            days = math.nan
        return Frequency(days if days > 0 else math.nan, every["alternating"] is not None)
    return Frequency(math.inf if words == "once" else _WORDS.get(words, math.nan), False)


def _in_form(text: str) -> str:
    """A frequency in the form that `parse_frequency` knows, where it is a word that people type for one."""
    words, turns, rest = text.strip().lower().partition(", alternating")
    typed = None if rest else spelling("frequency", words)
    return f"{typed.canonical if typed else words}{turns}{rest}"


def months_of(text: str) -> float:
    """The calendar months from one administration to the next; nan where they are no whole number of months.

    Examples
    --------
    >>> [months_of(text) for text in ("monthly", "every 3 mo", "every 1 a", "every 1.5 mo", "every 4 wk")]
    [1.0, 3.0, 12.0, nan, nan]
    """
    words = _in_form(text)
    every = _EVERY.fullmatch("every 1 mo" if words == "monthly" else words)
    long = _MONTHS.fullmatch(every["time"]) if every else None
    months = float(long["count"]) * _MONTHS_PER[long["unit"]] if long else math.nan
    return months if months > 0 and months.is_integer() else math.nan


def turns_in_words(frequency: str) -> str:
    """A frequency whose administrations alternate in words; any other as it is.

    Examples
    --------
    >>> turns_in_words("every 2 wk, alternating"), turns_in_words("every 1 wk, alternating"), turns_in_words("daily")
    ('alternately, one drug every 2 weeks', 'alternately, one drug every week', 'daily')
    >>> turns_in_words("q2w, alternating"), turns_in_words("q2w")
    ('alternately, one drug every 2 weeks', 'q2w')
    """
    every = _EVERY.fullmatch(_in_form(frequency))
    if not every or not every["alternating"]:
        return frequency
    count, unit = re.fullmatch(r"([0-9.]+)\s*(\w+)", every["time"]).groups()
    name = UNIT_NAMES[unit]
    return f"alternately, one drug every {name if float(count) == 1 else f'{count} {name}s'}"


@functools.lru_cache(maxsize=1024)
def rate_of(unit: str) -> tuple[str, float]:
    """The unit of a dose without the time that it is given for, and this time in days; nan where it has none.

    The time stands behind a slash, or is a frequency in words: `mg bid` is a dose for half a day.

    Examples
    --------
    >>> rate_of("mg/kg/day"), rate_of("mg / Day"), rate_of("g per week"), rate_of("mg/kg")
    (('mg/kg', 1.0), ('mg', 1.0), ('g', 7.0), ('mg/kg', nan))
    >>> rate_of("mg bid"), rate_of("mg/12h"), rate_of("mg/day/kg"), rate_of("mg as needed")
    (('mg', 0.5), ('mg', 0.5), ('mg/kg', 1.0), ('mg as needed', nan))
    >>> rate_of("mg/day bid")
    ('mg', 1.0)
    """
    for blank in re.finditer(r"\s+", unit):
        amount, days = unit[: blank.start()], parse_frequency(unit[blank.end() :]).interval
        if amount and math.isfinite(days):
            # What is given a day, twice daily, is given a day.
            return rate_of(amount) if is_per_time(amount) else (amount, days)
    for text in (unit, in_one_spelling(unit)):
        amount, *others = [part.strip() for part in text.split("/")]
        timed = [(place, _days_of(part)) for place, part in enumerate(others) if not math.isnan(_days_of(part))]
        if amount and len(timed) == 1:
            ((place, days),) = timed
            return "/".join([amount, *others[:place], *others[place + 1 :]]), days
    return unit, math.nan


def _days_of(time: str) -> float:
    """The days of the time in a unit, such as `day`, `die` or `12h`; nan for any other text."""
    if time.casefold() in _PER_TIME:
        return _PER_TIME[time.casefold()]
    days = parse_frequency(f"every {time}" if time[:1].isdigit() else f"/{time}").interval
    return days if math.isfinite(days) else math.nan


def is_per_time(unit: str) -> bool:
    """Whether the unit of a dose contains its frequency.

    Examples
    --------
    >>> is_per_time("mg/day"), is_per_time("mg/kg"), is_per_time("")
    (True, False, False)
    """
    return not math.isnan(rate_of(unit)[1])


class DoseUnit(NamedTuple):
    """What the unit of a dose says.

    Attributes
    ----------
    amount : str
        The unit in which amounts can be compared, as `mg/kg` or `iu`.
    factor : float
        What one of the printed unit is in it.
    days : float
        The time that the dose is for; nan where the unit has none.
    """

    amount: str
    factor: float
    days: float


def dose_unit(printed: str) -> DoseUnit:
    """The unit of a dose without the way that it is written.

    Examples
    --------
    >>> dose_unit("g"), dose_unit("MG/kg/day"), dose_unit("J/cm2").amount
    (DoseUnit(amount='mg', factor=1000.0, days=nan), DoseUnit(amount='mg/kg', factor=1.0, days=1.0), 'j/cm2')
    """
    bare, days = rate_of(printed)
    mass, _, body = in_one_spelling(bare).casefold().partition("/")
    if mass not in MILLIGRAMS:
        return DoseUnit(in_one_spelling(bare).casefold(), 1.0, days)
    return DoseUnit(f"mg/{body}" if body else "mg", MILLIGRAMS[mass], days)
