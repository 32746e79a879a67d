"""How often and by which route something was given, in words: abbreviations and short units written out."""

import math
import re

from ...derive import DoseUnit, dose_unit, is_per_time, parse_frequency, rate_of
from ...values import canonical
from ...vocabulary import UNIT_NAMES
from .words import dose_words

# Schedules that are another phrase behind a dose.
_PHRASES = {
    "alternate days": "on alternate days",
    "divided BID": "in two divided doses",
    "divided TID": "in three divided doses",
}
# English words of which a schedule is made that is told as it is typed.
_PLAIN = "once twice thrice three four five six times a an per on in at the every each other second third of"
_PLAIN += " day days daily night nightly morning evening week weeks weekly fortnight fortnightly month months monthly"
_PLAIN += " year years yearly annually alternate"
_ENGLISH = frozenset(_PLAIN.split())
# So many hours between two doses that are typed as times a day.
_A_DAY = {"every 8 h": "three times daily", "every 6 h": "four times daily", "every 4 h": "six times daily"}
_EVERY = re.compile(r"\bevery ([\d.]+) ?(h|d|wk|mo|a)\b")
# Words of a schedule that say its hours themselves.
_HOURS = re.compile(r"\d ?-?(h|hrly)\b|hour|stund|heure|hora|\bore\b", re.IGNORECASE)


def often_words(frequency: str) -> str:
    """How often something was given, in words; blank of what was given once.

    What is English is told as it is typed, and an abbreviation by what it means.

    Examples
    --------
    >>> [often_words(typed) for typed in ("QD", "BID", "tid", "q8h", "q2w", "every other day", "three times daily")]
    ['once daily', 'twice daily', 'three times daily', 'every 8 hours', 'every 2 weeks', 'every other day', \
'three times daily']
    >>> [often_words(typed) for typed in ("every 3 mo", "every 1 a", "every 2 wk, alternating", "as needed", "stat")]
    ['every 3 months', 'every year', 'every 2 weeks, alternating', 'as needed', '']
    >>> often_words("alternate days"), often_words("daily, Monday to Friday")
    ('on alternate days', 'daily (Monday to Friday)')
    >>> often_words("Monday, Wednesday, Friday")
    'Monday, Wednesday, Friday'
    """
    typed, comma, rest = frequency.partition(",")
    meant = canonical("frequency", typed)
    if meant == "once" and not comma:
        return ""
    if frequency in _PHRASES:
        return _PHRASES[frequency]
    if comma and not math.isfinite(parse_frequency(typed).interval):
        # Words with a comma between them, as the days of a week, are one text.
        return frequency
    in_hours = meant if _HOURS.search(typed) else _A_DAY.get(meant, meant)
    words = _EVERY.sub(_in_full, typed if {*typed.split()} <= _ENGLISH else in_hours)
    if comma and not re.match(r"(?:alternating$|then\b)", rest.strip()):
        return f"{words} ({rest.strip()})"
    return f"{words}{comma}{rest}"


def _in_full(every: re.Match) -> str:
    """An interval with its unit written out."""
    count, unit = every[1], UNIT_NAMES[every[2]]
    return f"every {unit}" if float(count) == 1 else f"every {count} {unit}s"


def schedule_words(frequency: str) -> str:
    """How often something was given, as the cell of a table has it.

    Examples
    --------
    >>> [schedule_words(typed) for typed in ("QD", "q2w", "stat", "divided BID", "daily, Monday to Friday", "")]
    ['once daily', 'every 2 weeks', 'once', 'in two divided doses', 'daily (Monday to Friday)', '']
    """
    return often_words(frequency) or ("once" if frequency else "")


def route_words(route: str) -> str:
    """The route by which something was given, as its abbreviation means it.

    Examples
    --------
    >>> route_words("p.o."), route_words("IV"), route_words("into the joint")
    ('oral', 'intravenous', 'into the joint')
    """
    return canonical("route", route)


def is_once(row) -> bool:
    """Whether a treatment was given a single time."""
    return row.count == "1" or canonical("frequency", row.frequency) == "once"


def is_pulse(row) -> bool:
    """Whether a treatment is a pulse: a few large doses, which end by what they are.

    Its code has that word, or its note has it behind its name.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> is_pulse(Row(code="a_drug_pulse")), is_pulse(Row(code="a_drug", PARAM="A drug", note="printed 'a drug pulse'"))
    (True, True)
    """
    return "pulse" in row.code.split("_") or f"{row.PARAM} pulse".lower() in row.note.lower()


def schedule_of(row) -> str:
    """How often a dose was given, behind its words; blank where the unit of the dose says it, as mg/day of daily.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> pairs = (("mg/day", "daily"), ("mg/day", "BID"), ("mg", "BID"), ("mg/day", "at night"))
    >>> [schedule_of(Row(dose="20", dose_unit=unit, frequency=typed)) for unit, typed in pairs]
    ['', '(twice daily)', 'twice daily', 'at night']
    """
    words, days = often_words(row.frequency), parse_frequency(row.frequency).interval
    if not row.dose or not words or not math.isfinite(days) or not is_per_time(row.dose_unit):
        return words
    # A time of the day is more than a rate.
    if re.search(r"^on |morning|night|evening", words):
        return words
    return "" if days == rate_of(row.dose_unit)[1] else f"({words})"


def amount_of(row) -> str:
    """The dose of a treatment with its unit; a schedule that was typed behind the unit is in words.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> amount_of(Row(dose="20", dose_unit="mg bid")), amount_of(Row(dose="8", dose_unit="mg/kg"))
    ('20 mg twice daily', '8 mg/kg')
    """
    unit, _, often = row.dose_unit.partition(" ")
    if not often or not math.isfinite(parse_frequency(often).interval):
        return dose_words(row)
    behind = f"({often_words(often)})" if is_per_time(unit) else often_words(often)
    return f"{row.dose.replace('..', ' to ')} {unit} {behind}"


def rate_between(row, interval: float) -> DoseUnit:
    """The unit of a dose, and the days for which it is: by the unit, else by the interval of doses.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> rate_between(Row(dose_unit="mg/day"), 7.0), rate_between(Row(dose_unit="g"), 7.0)
    (DoseUnit(amount='mg', factor=1.0, days=1.0), DoseUnit(amount='mg', factor=1000.0, days=7.0))
    """
    unit = dose_unit(row.dose_unit)
    return unit if math.isfinite(unit.days) else unit._replace(days=interval)
