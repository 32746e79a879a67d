"""Which parts of a treatment are reported: as values, in words alone, or not at all."""

import re
from collections.abc import Callable

import pandas as pd

from ..values import distinct
from ..vocabulary import STOPPED
from .columns import require
from .frequency import is_per_time

# Words of a source that can be read in more ways than one, which a note keeps.
_UNCLEAR = re.compile(r"printed '([^']+)', which is not clear")
# A dose that a source tells by its height alone, or by the steps of its taper, which a note keeps.
_DOSED = re.compile(
    r"printed '([^']*\b(?:(?:high|low|moderate|medium|full)[- ]dose\b[^']*"
    r"|(?:taper\w*|wean\w*)\b[^']*\bby \d[\d.]* ?m?g\b[^']*))'"
)
_HEIGHT = re.compile(r"[\"'“‘]((?:\w+ )?(?:high|low|moderate|medium|full|therapeutic|prophylactic) dose)[\"'”’]")
# A schedule that a source tells by a word alone, which a note keeps.
_CONTINUOUS = re.compile(r"\bprinted as (continuous(?:ly)?)\b")
# A length of time as a source prints it, which a note keeps between quotation marks.
LENGTH = re.compile(
    r"[\"'“‘]([^\"'”’]*\b(?:for|over) (?:the )?(?:first )?\d+ (?:days?|weeks?|months?))[\"'”’](?!\W+is a plan\b)"
)
# A length of time behind an interval, of which the number of doses is counted.
_SPAN = re.compile(r"\b(for \d+ (?:days|weeks|months))\b")
# A length that a note keeps without quotation marks, and how the quote has it.
_BARE = re.compile(r"(?:^|; )(\d+ (?:day|week|month)s?)(?=;|$)")
_LASTED = r"\b(?:after|for|over) {} of\b"
# A time of which the source does not tell from when it counts.
_PRINTED_TIME = re.compile(
    r"at (?:age|the age of) \d+"
    r"|((?:about|after|within) )?(?:\d+|an?|one|two|three|four|five|six|seven|eight|nine|ten)"
    r" (?:hour|day|week|month|year)s?(?(1)| later)",
    re.IGNORECASE,
)
# A schedule that a source names, and prints the times of or not.
SCHEME = re.compile(r"\baccording to (?:an? |the )?((?:\w+ )?scheme\b(?: at \d[\d, ]*(?:,? and \d+)? \w+)?)")
# What a note says that something took the place of.
INSTEAD = re.compile(r"(?:^|; )in place of ([\w -]+)")
# How the source prints a route, where a note keeps a word such as infusion.
_ROUTE = re.compile(r"\broute printed as (\w+)")
# A route that the name of a treatment tells, as that of intravenous immunoglobulin does.
_NAMED_ROUTE = re.compile(
    r"\b(?:intravenous|subcutaneous|intramuscular|intrathecal|intravitreal|oral|inhaled|topical)\b"
)
# The parts of a treatment by their columns.
_COLUMNS = {"dose": "dose", "schedule": "frequency", "route": "route", "start": "start", "end": "end"}


def derive_worded(given: pd.DataFrame) -> pd.DataFrame:
    """The words in which a source tells a part of a treatment that is no value: a table of text, blank where none are.

    A dose in words is its height (`high-dose pulsed steroids`, `therapeutic dose`) or the steps of a taper (`tapered
    off by 2.5 mg every week`), and a schedule in words is `continuous`. Words that are not clear stand for both the
    dose and the schedule. A time that counts from what is not recorded stands for the start (`at age 59`). A length of
    time stands for the end; the note keeps it, or the quote has it behind an interval whose doses are counted. So does
    what was given in place of a course that stopped (`replaced_by`). What is reported as a value (`derive_told`) has no
    words here.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": "", "dose_unit": "", "frequency": "", "route": "", "start": "", "end": "stopped",
    ...                       "note": ["printed 'for 6 days'", "printed '50/100', which is not clear"], "quote": ""})
    >>> derive_worded(given)[["dose", "schedule", "end"]].to_numpy().tolist()
    [['', '', 'for 6 days'], ['50/100', '50/100', '']]
    >>> steps = given.assign(note=["printed 'tapered by 5 mg a week'", "printed 'high-dose pulsed steroids'"])
    >>> derive_worded(steps)["dose"].tolist()
    ['tapered by 5 mg a week', 'high-dose pulsed steroids']
    """
    require(given, "derive_worded", ("dose_unit", *_COLUMNS.values(), "note", "quote"))
    unclear, route = (_first(given["note"], pattern) for pattern in (_UNCLEAR, _ROUTE))
    schedule = unclear.where(unclear.ne(""), _first(given["quote"], SCHEME))
    schedule = schedule.where(schedule.ne(""), _first(given["note"], _CONTINUOUS))
    dose = given["note"].map(dose_in_words).astype("str")
    words = pd.DataFrame({"dose": dose, "schedule": schedule, "route": route})
    words.insert(3, "start", _among_notes(given, printed_time))
    words["end"] = _among_notes(given, length_in_words)
    counted = given["count"].ne("") & given["frequency"].ne("") if "count" in given else False
    words["end"] = words["end"].where(words["end"].ne("") | ~counted, _first(given["quote"], _SPAN))
    instead = replaced_by(given)
    until = ("until " + instead + " was given").where(instead.ne("") & given["end"].eq(STOPPED), "")
    words["end"] = words["end"].where(words["end"].ne(""), until)
    # What goes on has no end yet.
    words["end"] = words["end"].mask(given["end"].eq("ongoing"), "")
    return words.mask(derive_told(given), "")


def _among_notes(given: pd.DataFrame, read: Callable[[str, str], str]) -> pd.Series:
    """What a reader of note and quote finds in each row."""
    texts = [read(note, quote) for note, quote in zip(given["note"], given["quote"], strict=True)]
    return pd.Series(texts, index=given.index, dtype="str")


def printed_time(note: str, quote: str) -> str:
    """The time of something in words of its source, as its note keeps them from its quote; blank where it has none.

    Examples
    --------
    >>> printed_time("at age 59", "She commenced 20 mg at age 59")
    'at age 59'
    >>> printed_time('printed "After 1 week", of what is not told', "After 1 week, it was tapered")
    'After 1 week'
    >>> printed_time("after exclusion of infection", "after exclusion of infection")
    ''
    """
    words = [*re.findall("['\"]([^'\"]+)['\"]", note), *note.split("; ")]
    return next((each for each in words if each in quote and _PRINTED_TIME.fullmatch(each)), "")


def dose_in_words(note: str) -> str:
    """The words in which a source tells a dose that has no value, as a note keeps them; blank where it has none.

    Examples
    --------
    >>> [dose_in_words(note) for note in ("printed 'high-dose steroids'", '"therapeutic dose"', "dose not reported")]
    ['high-dose steroids', 'therapeutic dose', '']
    >>> dose_in_words("printed '50/100', which is not clear")
    '50/100'
    """
    printed = _UNCLEAR.search(note) or _DOSED.search(note) or _HEIGHT.search(note)
    return printed[1] if printed else ""


def length_in_words(note: str, quote: str) -> str:
    """The length of a course as its source prints it: as a note quotes it, or as it has it from the quote; else blank.

    Examples
    --------
    >>> length_in_words("printed 'for 6 days'", ""), length_in_words("1 week", "recovered after 1 week of treatment")
    ('for 6 days', '1 week')
    """
    if printed := LENGTH.search(note):
        return printed[1]
    length = _BARE.search(note)
    return length[1] if length and re.search(_LASTED.format(length[1]), quote) else ""


def replaced_by(given: pd.DataFrame) -> pd.Series:
    """The name of what was given in place of each treatment, as the note of that says; blank where that is not one.

    Examples
    --------
    >>> given = pd.DataFrame({"PARAM": ["A drug", "B drug", "C drug"], "note": ["", "in place of a drug", ""]})
    >>> replaced_by(given).tolist()
    ['B drug', '', '']
    """
    if "PARAM" not in given:
        return pd.Series("", index=given.index, dtype="str")
    names: dict[str, set[str]] = {}
    for name, note in zip(given["PARAM"], given["note"], strict=True):
        if instead := INSTEAD.search(note):
            names.setdefault(instead[1].lower(), set()).add(name)
    one = {replaced: next(iter(each)) for replaced, each in names.items() if len(each) == 1}
    return pd.Series([one.get(name.lower(), "") for name in given["PARAM"]], index=given.index, dtype="str")


def _first(texts: pd.Series, pattern: re.Pattern[str]) -> pd.Series:
    """What a pattern finds in each text; blank where it finds nothing."""
    matches = (pattern.search(text) for text in texts)
    return pd.Series([match[1] if match else "" for match in matches], index=texts.index, dtype="str")


def count_worded(given: pd.DataFrame) -> dict[str, int]:
    """How many treatment rows have a part in words alone, for each part that one has so.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": "", "dose_unit": "", "frequency": "", "route": "", "start": "", "end": "stopped",
    ...                       "note": ["printed 'for 6 days'"], "quote": ""})
    >>> count_worded(given)
    {'end': 1}
    """
    counts = derive_worded(given).ne("").sum()
    return {word: int(count) for word, count in counts.items() if count}


def derive_told(given: pd.DataFrame) -> pd.DataFrame:
    """Which of dose, schedule, route, start and end is reported for each treatment row: a table of true and false.

    The unit of a dose per day or per week reports the schedule as well, and the name (PARAM) of intravenous
    immunoglobulin the route; a single dose has no other schedule and no end.
    An end is a day, a date or a phase: what is ongoing has none yet, and of what stopped at a time that is not told the
    end is not reported.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": ["5", ""], "dose_unit": ["mg/day", ""], "frequency": "", "route": ["", "oral"],
    ...                       "start": "", "end": ""})
    >>> derive_told(given).sum().to_dict()
    {'dose': 1, 'schedule': 1, 'route': 1, 'start': 0, 'end': 0}
    """
    require(given, "derive_told", ("dose_unit", *_COLUMNS.values()))
    filled = {word: distinct(given[name]).each(bool, bool) for word, name in _COLUMNS.items()}
    filled["schedule"] |= distinct(given["dose_unit"]).each(is_per_time, bool)
    single = distinct(given["frequency"]).each(lambda word: word == "once", bool)
    single |= distinct(given["count"]).each(lambda word: word == "1", bool) if "count" in given else False
    filled["schedule"] |= single
    if "PARAM" in given:
        filled["route"] |= distinct(given["PARAM"]).each(lambda name: bool(named_route(name)), bool)
    filled["end"] &= distinct(given["end"]).each(lambda word: word not in ("ongoing", STOPPED), bool)
    filled["end"] |= single
    return pd.DataFrame(filled, index=given.index)


def named_route(name: str) -> str:
    """The route that the name of a treatment tells; blank where it tells none.

    Examples
    --------
    >>> named_route("Immunoglobulin, intravenous"), named_route("Glucocorticoids")
    ('intravenous', '')
    """
    named = _NAMED_ROUTE.search(name.lower())
    return named[0] if named else ""


def derive_untold(given: pd.DataFrame) -> pd.DataFrame:
    """Which of dose, schedule, route, start and end each treatment row lacks: a table of true and false.

    What the source tells in words (`derive_worded`) is not lacking, and what goes on lacks no end.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": ["5", ""], "dose_unit": ["mg/day", ""], "frequency": "", "route": ["", "oral"],
    ...                       "start": "0 d", "end": ["ongoing", "stopped"], "note": "", "quote": ""})
    >>> derive_untold(given)[["dose", "route", "end"]].to_numpy().tolist()
    [[False, True, False], [True, False, True]]
    """
    require(given, "derive_untold", ("dose_unit", *_COLUMNS.values(), "note", "quote"))
    missing = ~derive_told(given) & derive_worded(given).eq("")
    return missing.assign(end=missing["end"] & given["end"].ne("ongoing"))


def count_untold(given: pd.DataFrame) -> dict[str, int]:
    """How many treatment rows lack each part (`derive_untold`); and under `ongoing` how many have no end yet.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": ["5", ""], "dose_unit": ["mg/day", ""], "frequency": "", "route": ["", "oral"],
    ...                       "start": "", "end": ["ongoing", "stopped"], "note": "", "quote": ""})
    >>> count_untold(given)
    {'dose': 1, 'schedule': 1, 'route': 1, 'start': 2, 'end': 1, 'ongoing': 1}
    """
    return {**derive_untold(given).sum().astype(int).to_dict(), "ongoing": int(given["end"].eq("ongoing").sum())}
