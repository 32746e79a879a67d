"""When something was given or done and until when, as a phrase of a table: by its time, or by the phases around it."""

import math
import re

import pandas as pd

from ...case import Case
from ...derive import INSTEAD, printed_time, surely_after, surely_before
from ...values import phase_of_end, rows_of
from ...vocabulary import ENDED, STOPPED
from ..course.given import is_told_by_taper
from ..wording.ended import DONE, lasting_words, phase_clause, stopped_words, until_words
from ..wording.labels import label_in_sentence, printed_reason
from ..wording.passage import known_phase, phase_phrase, typeset
from ..wording.verbs import as_one
from ..wording.when import named_time, open_start, time_words, visit_words, with_the
from ..wording.words import capital, dose_words, in_a_sentence
from .visits import Footnotes

_PLACE = "The source gives no time; the place in the account is shown."
_TIME_IN_WORDS = "The time as printed has no place on an axis; the place in the account is shown."
# The name of a phase that is a time.
_AT_A_TIME = re.compile(r"[\w-]+ (?:days|weeks|months|years)( later)?", re.IGNORECASE)
# The name of a phase that says no more than that something was given.
_NO_PLACE = re.compile(r"(?:drug |medical )?(?:therapy|treatment)(?: begun)?|statin given", re.IGNORECASE)
# The name of a phase that was given to what was done in it.
_THERAPY = re.compile(r"\b(?:therapy|treatment)\b", re.IGNORECASE)
# A time that is one day.
_ONE_DAY = re.compile(r"-?\d+ d|\d{4}-\d\d-\d\d")
# How the name of a phase says where it stands to something else.
_RELATED = re.compile(r"^(after|before|on|at|under|in|during|over|within|for)\b ", re.IGNORECASE)
# Of these the phrase is no point that something comes after or before.
_SPANS = ("over", "within", "for")


def when_given(case: Case, row, notes: Footnotes) -> str:
    """The time at which something was given or done; else its place in the account, which is marked as none."""
    phases = {str(phase): str(name) for phase, name in case.about.get("phases", {}).items()}
    name, time = phases.get(known_phase(row), ""), time_words(case, row)
    if time:
        # The name of a phase stands here where it says the time itself.
        named = named_time(name, time)
        return typeset(time if named == f"{name} ({time})" or not phase_phrase(name) else named)
    if re.search(r"(?:^|; )time not reported\b", row.note):
        return "not reported"
    if is_told_by_taper(case.facts, row):
        return "start not reported"
    if open_place := open_start(row.note):
        instead = INSTEAD.search(row.note)
        words = [f"after {instead[1]}"] if instead else []
        return capital("; ".join([*words, f"whether {open_place} is not reported"]))
    if match := _AT_A_TIME.fullmatch(name):
        # What is told at six months began before that.
        return typeset(f"told {'' if match[1] else 'at '}{in_a_sentence(name)}; start not reported")
    here = case.facts[case.facts["phase"].eq(row.phase) & case.facts["kind"].isin(["treatment", "procedure"])]
    # A phase has one name in the table, whatever was done in it.
    circular = not name or any(is_circular(what, name) for what in here["PARAM"])
    place = (
        _between(case, row, phases)
        if circular
        else capital(f"when {phase_clause(name)}")
        if DONE.fullmatch(name)
        else name
    )
    printed = printed_time(row.note, row.quote)
    where = "; ".join([place or visit_words(case, row), *([f"‘{printed}’"] if printed else [])])
    return typeset(f"{where}{notes.mark(_TIME_IN_WORDS if printed else _PLACE)}")


def is_circular(what: str, name: str) -> bool:
    """Whether the name of a phase says no more of the place of something than what that is.

    The number of a dose says more.

    Examples
    --------
    >>> is_circular("Skin biopsy", "Skin biopsy, first"), is_circular("First-line drug", "Drug therapy")
    (True, True)
    >>> is_circular("First-line drug", "Relapse"), is_circular("Pericardiocentesis", "At pericardiocentesis")
    (False, True)
    >>> is_circular("First-line drug", "Second dose of first-line drug")
    False
    """
    plain, what = _RELATED.sub("", name.lower()).removesuffix("s"), what.lower().partition(" (")[0]
    counted = re.search(r"\b(?:dose|cycle|infusion) of\b", plain)
    return bool(_NO_PLACE.fullmatch(plain)) or plain in what or (what in plain and not counted)


def _between(case: Case, row, phases: dict[str, str]) -> str:
    """The phases around that of a row, by their names; those that name the treatment itself are passed over."""
    points = {phase: _point(case, row, phase, name) for phase, name in phases.items()}
    facts = case.facts.assign(name=[points.get(known_phase(each), "") for each in rows_of(case.facts)])
    facts = facts[
        facts["name"].ne("") & ~facts["name"].str.contains(row.PARAM.partition(" (")[0], case=False, regex=False)
    ]
    before, after = facts[surely_before(facts, row)], facts[surely_after(facts, row)]
    ends = [("after", before.loc[before["ORDER"].eq(before["ORDER"].max()), "name"])]
    ends += [("before", after.loc[after["ORDER"].eq(after["ORDER"].min()), "name"])]
    words = []
    for word, names in ends:
        for name in dict.fromkeys(names):
            related, point = _RELATED.match(name), in_a_sentence(_RELATED.sub("", name))
            beside = {"after": ("before", *_SPANS), "before": ("after", *_SPANS)}[word]
            if (
                point != "afterwards"
                and not _NO_PLACE.fullmatch(point)
                and not (related and related[1].lower() in beside)
            ):
                words.append(f"{word} {phase_clause(point)}")
                break
    return capital(", ".join(words))


def _point(case: Case, row, phase: str, name: str) -> str:
    """The name of a phase as that which something came after or before.

    Of a name of two things it is the event that one of them names. A therapy that was the same treatment is no such
    point: its one event is, or nothing.
    """
    here = case.facts[[known_phase(each) == phase for each in rows_of(case.facts)]]
    events = [*rows_of(here[here["kind"].eq("event")])]
    things = tuple(name.lower().split(", "))
    by_event = [each for each in events if len(things) > 1 and each.PARAM.lower().endswith(things)]
    if len(by_event) == 1:
        event = in_a_sentence(by_event[0].PARAM)
        return event if with_the(event) != event else re.sub("^an? ", "the ", as_one(event))
    if not (_THERAPY.search(name) and here["code"].eq(row.code).any()):
        return name
    if len(events) != 1:
        return ""
    (event,) = events
    number = re.match(rf"the (\w+) {re.escape(event.PARAM)}\b", event.note, re.IGNORECASE)
    return f"{number[1]} {in_a_sentence(event.PARAM)}" if number else event.PARAM


def how_long(case: Case, row, length: str) -> str:
    """How long a course was as printed, and how it ended; blank where neither is told."""
    phase, end = phase_of_end(row.end), ""
    if not math.isnan(phase):
        end = f"until {_end_in_phase(case, row, phase)}"
    elif row.end == "ongoing":
        end = lasting_words(case.facts, row) or "ongoing"
    elif row.end == STOPPED:
        until = stopped_words(case.facts, row)
        end = "stopped, time not reported" if until == STOPPED else until
        end = "" if length and not end.startswith("until ") else end
    elif row.end == row.start and _ONE_DAY.fullmatch(row.end) and row.frequency not in ("", "once"):
        end = "one day"
    elif row.end and (row.end != row.start or row.frequency not in ("", "once")):
        zero = case.about.get("time_zero", {}).get("label", "")
        end = until_words(time_words(case, row._replace(start=row.end)) or row.end, row.end, zero)
    return typeset("; ".join(filter(None, [length, end])))


def _end_in_phase(case: Case, row, phase: float) -> str:
    """What ended a course in a phase: another dose of it, that it was stopped, what came next; else the phase."""
    here = case.facts[case.facts["phase"].astype(float).eq(phase)]
    given, events = here[here["kind"].eq("treatment")], here[here["kind"].eq("event")]
    doses = [words for each in rows_of(given[given["code"].eq(row.code)]) if (words := dose_words(each))]
    if len(doses) == 1:
        return f"{doses[0]} was given"
    ends = [each for each in rows_of(events) if (done := DONE.fullmatch(each.PARAM)) and done["verb"] in ENDED]
    for each in ends:
        done, time = DONE.fullmatch(each.PARAM), time_words(case, each)
        same_thing = done["thing"].lower() == row.PARAM.lower()
        if same_thing or len(ends) == 1:
            words = done["verb"] if same_thing else phase_clause(each.PARAM)
            return ", ".join(filter(None, [" ".join(filter(None, [words, printed_reason(each)])), time]))
    if events.empty and len(given) == 1 and given["code"].ne(row.code).all():
        (after,) = rows_of(given)
        return f"{' '.join(filter(None, [after.route, label_in_sentence(after.PARAM)]))} was given"
    return _phase_in_clause(case, here, phase)


def _phase_in_clause(case: Case, here: pd.DataFrame, phase: float) -> str:
    """A phase that ended a course, by its name and its time where all its facts share one."""
    name = str(case.about.get("phases", {}).get(f"{phase:.0f}", ""))
    if not name:
        return f"phase {int(here['ORDER'].min())}" if len(here) else "a later phase"
    if name.lower() == "afterwards":
        return "later"
    times = {time_words(case, each) for each in rows_of(here)}
    return ", ".join(filter(None, [phase_clause(name), times.pop() if len(times) == 1 else ""]))
