"""How a course ended: as a phrase, by an event that tells it, and whether it was over before a later one."""

import math
import re
from types import SimpleNamespace

import pandas as pd

from ...derive import INSTEAD, length_in_words, surely_before, tells_death
from ...values import is_date, parse_date, phase_of_end, timed_end
from ...vocabulary import DAYS_PER, ENDED, STOPPED
from .labels import label_in_sentence
from .passage import phase_phrase, time_phrase
from .schedules import is_pulse
from .stopped import given_instead, stop_of, was_stopped
from .when import clock_words, with_the
from .words import in_a_sentence, is_plural, origin_words


def end_phrase(row, zero: str) -> str:
    """When a course ended, by its own time; blank where another row or phase tells it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> Fact = type("Fact", (Row,), {"_replace": lambda self, **new: Row(**{**vars(self), **new})})
    >>> [end_phrase(Fact(start="0 d", end=end, anchor=""), "") for end in ("ongoing", "25 d", "phase 4", "0 d")]
    ['continued', 'until day 25', '', '']
    >>> [end_phrase(Fact(start="0 d", end=end, anchor=""), "") for end in ("<15 d", "<=15 d")]
    ['until some time before day 15', 'until day 15 at the latest']
    >>> [end_phrase(Fact(start="-2 a", end=end, anchor=""), "admission") for end in ("2024-02", "<0 d")]
    ['until February 2024', 'until some time before admission']
    """
    if row.end in ("", "ongoing", row.start, STOPPED):
        return "continued" if row.end == "ongoing" else ""
    return until_words(time_phrase(row._replace(start=row.end), zero), row.end, zero)


def is_under_way(row) -> bool:
    """Whether a course began at an open time before time zero, or with it, and surely went on after that.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> courses = [("<=0 d", math.inf), ("<0 d", 90.0), ("<0 d", -3.0), ("<0 d", math.nan), ("-3 d", math.inf)]
    >>> [is_under_way(Row(kind="treatment", start=start, anchor="", AENLO=end)) for start, end in courses]
    [True, True, False, False, False]
    """
    return row.kind == "treatment" and not row.anchor and bool(_OPEN_START.match(row.start)) and row.AENLO > 0


# A start that is only known to be before time zero, or not after it.
_OPEN_START = re.compile(r"\s*<=?\s*0+(?:\.0*)?\s*[a-z]")


def until_words(time: str, end: str = "", zero: str = "") -> str:
    """The words `until` and a time, which may come with its own preposition; blank where there is no time.

    The end as recorded tells whether a latest time is excluded; a length of time that is says from when it counts.

    Examples
    --------
    >>> [until_words(time) for time in ("on day 25", "before admission", "between June and July 2020", "")]
    ['until day 25', 'until some time before admission', 'until some time between June and July 2020', '']
    >>> until_words("within 15 days"), until_words("within 9 months after discharge")
    ('until day 15 at the latest', 'until 9 months after discharge at the latest')
    >>> until_words("within 15 days", "<15 d"), until_words("more than 6 months after admission")
    ('until some time before day 15', 'until later than 6 months after admission')
    >>> until_words("within 2 months", "<2 mo", "First admission"), until_words("within 9 weeks after birth", "<9 wk")
    ('until less than 2 months after first admission', 'until less than 9 weeks after birth')
    >>> until_words("6 months or more after discharge")
    'until 6 months after discharge or later'
    """
    plain = re.sub("^(on|at|in) ", "", time)
    if latest := re.fullmatch(r"within (\d.*)", plain):
        last = re.sub(r"^(\d+) days$", r"day \1", latest[1])
        if not re.match("<(?!=)", end):
            return f"until {last} at the latest"
        if last.startswith("day "):
            return f"until some time before {last}"
        origin = "" if " after " in last else f" after {origin_words(zero) or 'time zero'}"
        return f"until less than {last}{origin}"
    if earliest := re.fullmatch(r"(more than )?(\d+ \w+)( or more)?( after .*)", plain):
        least = f"{earliest[2]}{earliest[4]}"
        if earliest[1] or earliest[3]:
            return f"until later than {least}" if earliest[1] else f"until {least} or later"
    open_time = re.match("(before|within|between|not|after) ", plain)
    return plain and f"until {'some time ' if open_time else ''}{plain}"


def stopped_words(facts: pd.DataFrame, row) -> str:
    """How a course ended that stopped at a time not told: the one rule for sentences, tables and figures.

    Until what its note says was given in its place; else until the event that tells when it was stopped; else by its
    length as printed, which tells the end; else that it stopped. Blank for a course that did not end so.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": "treatment", "PARAM": ["A drug", "B drug", "C drug"], "end": "stopped",
    ...                       "code": ["a_drug", "b_drug", "c_drug"],
    ...                       "note": ["", "printed 'for 6 days'; in place of a drug", ""], "quote": ""})
    >>> [stopped_words(facts, row) for row in facts.itertuples()]
    ['until B drug was given', '‘for 6 days’', 'stopped']
    """
    if row.end != STOPPED:
        return ""
    if instead := given_instead(facts, row):
        return f"until {label_in_sentence(instead)} was given"
    stop = stop_of(facts, row)
    if stop and (time := clock_words(stop)):
        return until_words(time)
    length = length_in_words(row.note, row.quote)
    return f"‘{length}’" if length else STOPPED


def lasting_words(facts: pd.DataFrame, row) -> str:
    """Until when a course went on that is told as ongoing; blank where the patient is not told to have died.

    Of what is told to have begun after the death, one of the two times is wrong, and nothing says that it lasted so.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> facts = pd.DataFrame({"case_id": "a", "phase": None, "kind": ["treatment", "treatment", "event"],
    ...     "code": ["a_drug", "b_drug", "death"], "start": ["0 d", "20 d", "10 d"], "end": ["ongoing", "ongoing", ""],
    ...     "DAYLO": [0.0, 20.0, 10.0], "DAYHI": [0.0, 20.0, 10.0]})
    >>> facts = derive_order(facts)
    >>> [lasting_words(facts, row) for row in facts.itertuples()]
    ['until death', '', '']
    """
    if row.end != "ongoing":
        return ""
    deaths = facts[tells_death(facts)]
    return "until death" if len(deaths) and not surely_before(deaths, row).any() else ""


def end_words(row, phases: dict, facts: pd.DataFrame) -> str:
    """How a course ended, as the source tells it; blank where its end is not reported, or is its start.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> none = pd.DataFrame({"kind": [], "note": [], "PARAM": []}, dtype=str)
    >>> ends = ("phase 4", "12 wk", "3 d")
    >>> [end_words(Row(start="3 d", end=end, anchor=""), {"4": "Later"}, none) for end in ends]
    ['ended by: Later', 'until 12 weeks', '']
    >>> end_words(Row(start="1 d", end="3 mo", anchor="relapse"), {}, none)
    'until 3 months after relapse'
    """
    phase = phase_of_end(row.end)
    if not math.isnan(phase):
        name = phases.get(f"{phase:.0f}")
        return f"ended by: {name}" if name else f"ended by phase {phase:.0f}"
    if row.end == STOPPED:
        words = stopped_words(facts, row)
        return "stopped at a time not reported" if words == STOPPED else words
    if row.end == "ongoing":
        return lasting_words(facts, row) or "ongoing"
    if row.end in ("", row.start):
        return ""
    return until_words(clock_words(SimpleNamespace(start=row.end, anchor=row.anchor)), row.end)


def ending(facts: pd.DataFrame, row, zero: str, switched: bool) -> str:
    """As `end_phrase`, and until what a course was given, or that it was stopped, where nothing else says so."""
    if row.end != STOPPED:
        return lasting_words(facts, row) or end_phrase(row, zero)
    words = "" if switched else stopped_words(facts, row)
    if words.startswith("until "):
        return words
    # A length stands beside the dose, and a pulse is over by itself.
    return "later stopped" if words == STOPPED and not re.search(r"\bpulse\b", row.PARAM, re.I) else ""


# How a source prints that one drug took the place of another.
SWITCHED = r"\b(?:switch\w*|transition\w*|shifted) to\b"
# How a source prints that something was ended for good, or for a time.
_FOR_GOOD = re.compile(rf"\b(?:definit\w+|permanently|temporarily) (?:{'|'.join(ENDED)})\b", re.IGNORECASE)


def for_good(clause: str, quote: str) -> str:
    """A clause on a stop with the word of the source that says whether it was for good, or for a time.

    Examples
    --------
    >>> for_good("the drug was stopped", "It was permanently discontinued."), for_good("it was stopped", "it stopped")
    ('the drug was ‘permanently discontinued’', 'it was stopped')
    """
    printed = _FOR_GOOD.search(quote)
    return re.sub(r"\w+$", f"‘{printed[0]}’", clause) if printed else clause


# The name of a phase, or the label of an event, that says what was done with a thing.
DONE = re.compile(rf"(?P<thing>.+) (?P<verb>{'|'.join(ENDED)}|found|measured|suspected)", re.IGNORECASE)


def phase_clause(name: str) -> str:
    """The name of a phase behind a word such as `until`: a clause where it says what was done, else with its article.

    Examples
    --------
    >>> [phase_clause(name) for name in ("Drug stopped", "Deposits found", "Second discharge", "Thrombocytopenia")]
    ['the drug was stopped', 'the deposits were found', 'the second discharge', 'thrombocytopenia']
    """
    plain = in_a_sentence(name)
    if done := DONE.fullmatch(plain):
        return f"the {done['thing']} {'were' if is_plural(done['thing']) else 'was'} {done['verb']}"
    return with_the(plain)


def phase_end(case, row) -> str:
    """The phase that ended a course, by its name; blank where a row of it tells what ended the course.

    Such rows are another dose of the drug, what took its place, and an event by which something was stopped. The name
    is one that a course can end by: a time or visit, what was done or happened, or what a row of the phase tells. A
    pulse is over by itself.
    """
    phase = phase_of_end(row.end)
    name = "" if math.isnan(phase) else str(case.about.get("phases", {}).get(f"{phase:.0f}", ""))
    if not name or is_pulse(row):
        return ""
    here = case.facts[case.facts["phase"].astype(float).eq(phase)]
    given = here[here["kind"].eq("treatment")]
    ended = here["code"].str.endswith(tuple(f"_{word}" for word in ENDED)) | here["code"].eq(row.code)
    ended |= here["note"].map(INSTEAD.search).notna() | here["quote"].str.contains(SWITCHED, case=False)
    when = phase_phrase(name)
    if ended.any() or (when and not when.startswith("at ")) or is_given_in(name, given["PARAM"]):
        return ""
    plain = name.casefold()
    is_told_there = any(label.casefold() in plain for label in here.loc[here["kind"].ne("treatment"), "PARAM"])
    if not (when or DONE.fullmatch(name) or _HAPPENED.search(name) or is_told_there):
        return ""
    return f"until {when.removeprefix('at ') or phase_clause(name)}"


# What happens to a patient, by which a course of treatment can end.
_HAPPENED = re.compile(r"\b(?:failure|flare|relapse|recurrence|exacerbation|progression|remission|death)\b", re.I)
# The name of a phase that says no more than that something was given, or that it was later.
_GIVEN = re.compile(r".*\b(?:therapy|treatment|medication|drugs?)(?: begun)?|afterwards|later|.* given", re.IGNORECASE)


def is_given_in(name: str, treatments) -> bool:
    """Whether a phase has its name from what was given in it.

    Examples
    --------
    >>> is_given_in("A drug again", ["A drug"]), is_given_in("Medical therapy", []), is_given_in("Relapse", ["A drug"])
    (True, True, False)
    """
    plain = name.lower()
    return bool(_GIVEN.fullmatch(plain)) or any(what.lower() in plain or plain in what.lower() for what in treatments)


def was_over(facts: pd.DataFrame, before, row, interval: float) -> bool:
    """Whether an earlier course of a drug surely ended before another, and not only between two of its doses.

    Parameters
    ----------
    facts : DataFrame
        The rows of the case.
    before, row : named tuple
        Two rows of one drug, the earlier first.
    interval : float
        Days between two doses of the earlier; missing or endless where no interval is known.
    """
    if before.end == STOPPED or was_stopped(facts, before, row):
        return True
    by_phase = phase_of_end(before.end)
    if not math.isnan(by_phase):
        return not pd.isna(row.phase) and by_phase < float(row.phase)
    pause = interval if math.isfinite(interval) else 1.0
    # Between two dates the time is exact, whenever day 0 was. A month has up to 31 days.
    dates = [parse_date(text) for text in (before.end, row.start) if is_date(text)]
    apart = dates[1].low - dates[0].high if len(dates) > 1 else row.DAYLO - last_day(before, interval)
    return bool(max(pause * 31 / DAYS_PER["mo"], 1.0) < apart)


def last_day(row, interval: float) -> float:
    """The latest day of a course by its end, else by its count of doses; nan where neither is known.

    The interval is the days between two of its doses; missing where it is not known.

    Examples
    --------
    Three doses every 2 weeks from day 1: days 1, 15 and 29.

    >>> from types import SimpleNamespace as Row
    >>> counted = Row(DAYHI=1.0, AENHI=math.nan, COUNTHI=3.0)
    >>> last_day(counted, 14.0), last_day(Row(AENHI=84.0), 14.0), last_day(counted, math.nan)
    (29.0, 84.0, nan)
    """
    if not math.isnan(row.AENHI):
        return row.AENHI
    return row.DAYHI + ((row.COUNTHI - 1) * interval if row.COUNTHI > 1 else row.COUNTHI - 1)


def for_how_long(row) -> str:
    """How long a course was as printed, where no day tells its end, and that it is not told from when; else blank."""
    length = length_in_words(row.note, row.quote)
    if not length or timed_end(row.end):
        return ""
    return f"‘{length}’{', from when is not reported' if 'from when is not told' in row.note else ''}"
