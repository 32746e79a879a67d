"""The table of treatments and procedures that a manuscript prints."""

import math
import re

import pandas as pd

from ...case import Case
from ...derive import (
    SCHEME,
    count_untold,
    count_worded,
    derive_exposure,
    derive_untold,
    derive_worded,
    parse_frequency,
    rate_of,
    replaced_by,
    turns_in_words,
)
from ...rules import Analysis
from ...values import rows_of
from ..course.annotated import plan_words, printed_course, printed_length
from ..course.tapering import taper_words
from ..display import RowText, Table
from ..numbers.qualifiers import printed_in
from ..wording.abbreviations import abbreviations_in
from ..wording.ended import lasting_words, stopped_words
from ..wording.labels import joined, label_in_cell, told_site
from ..wording.passage import typeset
from ..wording.schedules import route_words, schedule_words
from ..wording.words import capital, dose_words, printed_cycles, span_words, times_words, turn_words
from .clauses import how_long, when_given
from .visits import Footnotes

_UNREPORTED, _UNRECORDED, _NONE = "not reported", "not recorded", "–"
_COLUMNS = (
    "Treatment or procedure",
    "Dose",
    "Route",
    "Schedule",
    "When",
    "Duration or end",
    "Number of doses or sessions",
)
_MAY_BE_EMPTY = ("Dose", "Route", "Schedule", "Duration or end", "Number of doses or sessions")


def summarise_given(analysis: Analysis) -> Table:
    """The treatments of a case as a manuscript prints them, then its procedures.

    Whether a procedure was done to treat or to diagnose is not recorded, so all of them stand here and the title says
    so.

    Returns
    -------
    Table
        One row for each treatment row, and for each procedure: `Treatment`, `Dose`, `Route`, `Schedule`, `When`,
        `Duration or end` and
        `Number of doses or sessions`. Those of one treatment stand together. A column in which a case has
        nothing at all is left out, and a note says so.
    """
    case, notes = analysis.case, Footnotes()
    # The lines of the file decide nothing: what was given comes in the order of time.
    facts = case.facts.sort_values("ORDER", kind="stable")
    courses = facts[facts["kind"] == "treatment"]
    exposure = derive_exposure(case.facts).loc[courses.index]
    given = zip(rows_of(courses), rows_of(exposure), rows_of(derive_worded(courses)), strict=True)
    drugs = [_drug(case, *each, notes) for each in given]
    done = [_procedure(case, row, notes) for row in rows_of(facts[facts["kind"] == "procedure"])]
    # What was given of one treatment stands together, in the order in which each was first given.
    rows = [*_together(drugs), *_together(done)]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS], dtype=object)
    what = " or ".join(filter(None, ["treatment" if drugs else "", "procedure" if done else ""]))
    frame = frame.rename(columns={_COLUMNS[0]: capital(what)})
    # A column of "not reported" alone is a line below the table.
    without_words = frame.isin([_UNREPORTED, _UNRECORDED, _NONE]).all()
    empty = [name for name in _MAY_BE_EMPTY if without_words[name]]
    frame = frame.drop(columns=empty if len(frame) else [])
    of_drugs = frame.iloc[: len(drugs)].eq(_NONE).any(axis=None)
    dashes = [f"–, {'' if of_drugs else 'of a procedure: '}does not apply."] if frame.eq(_NONE).any(axis=None) else []
    dropped = [name.lower() for name in empty if any(row[_COLUMNS.index(name)] == _UNREPORTED for row in drugs)]
    of = "any treatment" if len(drugs) > 1 else "the treatment"
    dropped = [f"Not reported of {of}: {', '.join(dropped)}."] if dropped else []
    short = abbreviations_in(analysis, " ".join(str(cell) for row in rows for cell in row))
    title = " and ".join(filter(None, ["treatments" if drugs else "", "procedures" if done else ""]))
    return Table(frame, capital(title), (*notes.lines(), *dashes, *dropped, *short))


def _together(rows: list[list[str]]) -> list[list[str]]:
    """Rows with those of one name beside each other, in the order in which each name first comes."""
    first = [row[0] for row in rows]
    return sorted(rows, key=lambda row: first.index(row[0]))


def _drug(case: Case, row, given, worded, notes: Footnotes) -> list[str]:
    dose = re.sub(r"(?<=\d) to (?=\d)", "–", typeset(_dose(row, given))) or _UNREPORTED
    schedule = _schedule(row, given, notes)
    if not worded.dose or worded.dose != worded.schedule:
        # What is not clear stands for both.
        dose = f"‘{worded.dose}’" if worded.dose else dose
        schedule = f"‘{worded.schedule}’" if worded.schedule and schedule == _UNREPORTED else schedule
    else:
        read = f" Read as {row.derived.partition(' read as ')[2]}." if " read as " in row.derived else ""
        dose, schedule = (
            f"‘{worded.dose}’{notes.mark(f'As printed; dose and schedule are not clear.{read}')}",
            "not clear",
        )
    printed = printed_length(row.note, row.quote)
    # What stands with the dose already is not told again, nor what was given instead, which tells the end.
    length = "" if worded.dose and worded.dose in printed else printed
    is_length = worded.end not in ("", worded.dose) and not worded.end.startswith("until ")
    length = length or (f"‘{worded.end}’" if is_length else "") or _planned(row)
    cells = [
        dose,
        route_words(row.route) or (worded.route and f"{worded.route} (route not reported)") or _no_route(row),
        schedule,
        when_given(case, row, notes),
        how_long(case, row, length) or ("single dose" if _is_single(row) else _UNREPORTED),
        _doses(row, given, notes),
    ]
    return _of_row(row, [_name(row), *cells])


def _of_row(row, cells: list[str]) -> list[str]:
    """Cells with the line that they rest on; what is not reported or does not apply rests on none."""
    without = (_UNREPORTED, _UNRECORDED, _NONE)
    return [cell if cell in without else RowText(cell, (int(row.line),)) for cell in cells]


def _planned(row) -> str:
    """How long a course was planned to be and how its dose was to fall, as a note keeps it."""
    plan = plan_words(row.note, whole=True)
    words = "; ".join(filter(None, [taper_words(row) if row.dose else "", plan]))
    return f"{words}; end not reported" if words and not row.end else words


def _name(row) -> str:
    """A treatment by its name, with the word that the source prints behind it."""
    printed = re.search(rf"\b{re.escape(row.PARAM)} pulse\b", printed_in(row.note), re.IGNORECASE)
    return f"{label_in_cell(row.PARAM)}{' pulse' if printed else ''}"


def _no_route(row) -> str:
    """That no route is reported, or that there is none."""
    return _NONE if is_radiated(row.dose_unit) else _UNREPORTED


def is_radiated(dose_unit: str) -> bool:
    """Whether a dose is one of radiation, which has no route of administration.

    Examples
    --------
    >>> is_radiated("J/cm2"), is_radiated("Gy"), is_radiated("mg")
    (True, True, False)
    """
    return bool(re.match(r"[mk]?J\b|c?Gy\b", dose_unit))


def with_told_ends(facts: pd.DataFrame) -> pd.DataFrame:
    """The treatment rows of a case, to count what they lack: events report when a course ended, or the patient died."""
    given = facts[facts["kind"].eq("treatment")]
    given = given.assign(end=[lasting_words(facts, row) or row.end for row in rows_of(given)])
    ends = pd.Series([stopped_words(facts, row) for row in rows_of(given)], index=given.index, dtype=str)
    return given.assign(end=given["end"].mask(ends.str.startswith("until ") & replaced_by(given).eq(""), ends))


def count_missing(given: pd.DataFrame) -> dict[str, int]:
    """How many treatment rows lack each part, as `count_untold`; of a dose of radiation no route is missing.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": "10", "dose_unit": ["J/cm2"], "frequency": "daily", "route": "", "start": "0 d",
    ...                       "end": "", "note": "", "quote": ""})
    >>> count_missing(given)
    {'dose': 0, 'schedule': 0, 'route': 0, 'start': 0, 'end': 1}
    """
    counts = count_untold(_routed(given))
    return {part: count for part, count in counts.items() if part != "ongoing"}


def count_lasting(given: pd.DataFrame) -> dict[str, int]:
    """How many treatment rows of `with_told_ends` have no end of their own, by what is told of them; without noughts.

    Examples
    --------
    >>> count_lasting(pd.DataFrame({"end": ["ongoing", "3 d"]})), count_lasting(pd.DataFrame({"end": ["until death"]}))
    ({'ongoing': 1}, {'given until death': 1})
    """
    counts = {"ongoing": given["end"].eq("ongoing").sum(), "given until death": given["end"].eq("until death").sum()}
    return {words: int(count) for words, count in counts.items() if count}


def _routed(given: pd.DataFrame) -> pd.DataFrame:
    """Treatments of which those that are radiation need no route."""
    return given.assign(route=given["route"].mask(given["dose_unit"].map(is_radiated), "does not apply"))


def missing_words(given: pd.DataFrame) -> str:
    """Which parts are reported of no treatment, of how many others are missing, and what is told in words alone.

    Blank where there is no treatment, or where nothing is missing and nothing is told in words alone.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": ["5", ""], "dose_unit": ["mg/day", ""], "frequency": "", "route": "oral",
    ...                       "start": "", "end": ["ongoing", ""], "note": ["", "printed 'for 6 days'"], "quote": ""})
    >>> missing_words(given)
    'Of 2 treatment entries, none gives start; 1 lacks dose and schedule. Told in words alone: end (1). Ongoing at the \
last report: 1.'
    """
    if given.empty:
        return ""
    missing = derive_untold(_routed(given))
    worded = [f"{word} ({count})" if len(given) > 1 else word for word, count in count_worded(given).items()]
    if not (missing.any(axis=None) or worded):
        return ""
    in_words = f" Told in words alone: {', '.join(worded)}." if worded else ""
    at_last = {"ongoing": "ongoing at the last report"}
    lasting = (f" {capital(at_last.get(word, word))}: {count}." for word, count in count_lasting(given).items())
    return f"{_untold(missing)}{in_words}{''.join(lasting)}"


def _untold(missing: pd.DataFrame) -> str:
    """Which parts are reported of no treatment, and of how many the others are missing.

    Parts stand together where the same treatments lack them.

    Examples
    --------
    >>> missing = pd.DataFrame({"dose": [1, 1, 0, 0], "schedule": [1, 1, 0, 0], "route": 1, "end": [0, 0, 1, 1]})
    >>> _untold(missing.astype(bool))
    'Of 4 treatment entries, none gives route; 2 lack dose and schedule; 2 lack end.'
    >>> _untold(missing[["dose", "end"]].astype(bool).iloc[1:3])
    'Of 2 treatment entries, 1 lacks dose; 1 lacks end.'
    >>> _untold(missing[["dose", "schedule"]].astype(bool).iloc[:1])
    'Of the one treatment, not reported: dose, schedule.'
    """
    words, among = [word for word in missing if missing[word].any()], len(missing)
    if among == 1 or not words:
        of = "the one treatment" if among == 1 else f"{among} treatment entries"
        return f"Of {of}, not reported: {', '.join(words) or 'nothing'}."
    alike: dict[tuple[bool, ...], list[str]] = {}
    for word in words:
        alike.setdefault(tuple(missing[word]), []).append(word)
    never = alike.pop((True,) * among, [])
    parts = [f"none gives {joined(never, 'or')}"] if never else []
    parts += [f"{sum(rows)} lack{'s' if sum(rows) == 1 else ''} {joined(names)}" for rows, names in alike.items()]
    return f"Of {among} treatment entries, {'; '.join(parts)}."


def given_words(row, in_words: str = "") -> str:
    """Dose, schedule and number of doses of a treatment; that its dose is not reported also beside the others.

    A dose that the source tells in words alone stands in their quotation marks.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> given_words(Row(dose="4", dose_unit="mg/kg", frequency="once", count="1"))
    '4 mg/kg once'
    >>> once = Row(dose="", dose_unit="", frequency="once", count="1")
    >>> given_words(once), given_words(once, "a high dose")
    ('once; dose not reported', '‘a high dose’ once')
    """
    dose = dose_words(row) or (in_words and f"‘{in_words}’")
    words = " ".join(filter(None, dict.fromkeys([dose, schedule_words(row.frequency), times_words(row)])))
    return words if dose else "; ".join(filter(None, [words, "dose not reported"]))


def _is_single(row) -> bool:
    return row.count == "1" or row.frequency == "once"


def _procedure(case: Case, row, notes: Footnotes) -> list[str]:
    how = ", ".join(filter(None, [row.method, told_site(row.PARAM, row.LOC)]))
    # What is given in courses has a length and a number, told or not; anything else has neither.
    untold = _UNREPORTED if _is_coursed(case, row.code) else _NONE
    # What goes on without a break has no sessions, and nothing is missing of their number.
    of_sessions = _NONE if _CONTINUOUS.search(row.PARAM) else untold
    uncounted = _UNREPORTED if "number of sessions not reported" in row.note else of_sessions
    count = typeset(row.count.replace(">=", "at least ").replace("<=", "at most ")) or uncounted
    often, length = printed_course(row.note, row.PARAM)
    schedule = often or (_UNRECORDED if of_sessions == _UNREPORTED else of_sessions)
    when = (schedule, when_given(case, row, notes), how_long(case, row, length) or untold, count)
    name = f"{label_in_cell(row.PARAM)} ({how})" if how else label_in_cell(row.PARAM)
    return _of_row(row, [name, _NONE, _NONE, *when])


# Procedures that go on from their start to their end.
_CONTINUOUS = re.compile(r"\b(?:ventilation|oxygenation|oxygen therapy|drainage)$", re.IGNORECASE)


def _is_coursed(case: Case, code: str) -> bool:
    """Whether a procedure was done in courses: a number, a length or an end is told of one of its rows."""
    rows = case.facts[case.facts["code"].eq(code)]
    in_courses = (
        row.count not in ("", "1") or any(printed_course(row.note, row.PARAM)) or row.end not in ("", row.start)
        for row in rows_of(rows)
    )
    return any(in_courses)


# A number that a note has of sessions that belong to several doses.
_IN_ALL = re.compile(r"(?:^|; )(\d+ (?:sessions|doses|infusions) [^;]+ together)")
# Of a count that may be so many times its least no number is told.
_OPEN = 10
# The schedule that the unit of a dose says, by its days.
_PER = {0.5: "twice daily", 1.0: "daily", 7.0: "weekly"}


def _dose(row, given) -> str:
    """The dose; where its unit is all that says the schedule, without the time in it."""
    amount, _ = rate_of(row.dose_unit)
    return dose_words(row._replace(dose_unit=amount)) if _is_dose_a_day(row, given) else dose_words(row)


def _is_dose_a_day(row, given) -> bool:
    """Whether the unit of a dose is all that says how often it was given."""
    return rate_of(row.dose_unit)[1] in _PER and not given.EXDOSFRQ


def _doses(row, given, notes: Footnotes) -> str:
    """How many doses were given as the source counts them, or as follows from its times and schedule.

    The number is that of `derive_exposure`. What may be more than ten times its least has none here.
    """
    if cycles := printed_cycles(row):
        return f"{cycles}{notes.mark('Number of doses not reported.')}"
    words = typeset(span_words(given.NDOSLO, given.NDOSHI).replace(" to ", "–"))
    if not words or (given.NDOSHI > _OPEN * given.NDOSLO and not row.count):
        # Of a dose a day it is not told how often a day it was given: it has days and no number.
        uncounted = _NONE if _is_dose_a_day(row, given) else uncounted_words(given.EXDOSFRQ)
        return match[1] if (match := _IN_ALL.search(row.note)) else uncounted
    if row.count or row.frequency == "once":
        return words
    return words + notes.mark("Calculated from the times and the schedule; not printed in the source.")


def uncounted_words(frequency: str) -> str:
    """What stands in place of a number of doses: one that stands in words of a frequency is reported, and not counted.

    Examples
    --------
    >>> uncounted_words("4 weekly infusions"), uncounted_words("every 4 wk")
    ('not counted', 'not reported')
    """
    is_understood = not math.isnan(parse_frequency(frequency).interval)
    return _UNREPORTED if is_understood or not re.search("[0-9]", frequency) else "not counted"


def _schedule(row, given, notes: Footnotes) -> str:
    """A schedule as printed; of treatments that take turns as it is read."""
    if scheme := SCHEME.search(row.quote):
        return f"‘{scheme[1]}’"
    if not given.EXDOSFRQ:
        return _PER.get(rate_of(given.EXDOSU)[1], _UNREPORTED)
    if not given.ALTERNATES:
        return schedule_words(given.EXDOSFRQ)
    mark = notes.mark(f"As we read the schedule of the source: each drug every {turn_words(given)[1]} weeks.")
    return f"{turns_in_words(given.EXDOSFRQ)}{mark}"
