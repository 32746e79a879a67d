"""The table of treatments and procedures that a manuscript prints."""

import math
import re

import pandas as pd

from ..case import Case
from ..derive import LENGTH, SCHEME, derive_exposure, derive_worded, rate_of, turns_in_words
from ..rules import Analysis
from ..values import phase_of_end, rows_of
from ..vocabulary import STOPPED
from .abbreviations import abbreviations_in
from .display import RowText, Table
from .labels import label_in_cell, printed_in, told_site
from .passage import known_phase, phase_phrase, typeset
from .visits import Footnotes
from .when import time_words, visit_words
from .words import capital, dose_words, in_a_sentence, span_words, turn_words

_UNREPORTED, _NONE = "not reported", "–"
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
    exposure = derive_exposure(case.facts)
    courses = case.facts.loc[exposure.index]
    given = zip(rows_of(courses), rows_of(exposure), rows_of(derive_worded(courses)), strict=True)
    drugs = [_drug(case, *each, notes) for each in given]
    done = [_procedure(case, row, notes) for row in rows_of(case.facts[case.facts["kind"] == "procedure"])]
    # What was given of one treatment stands together, in the order in which each was first given.
    rows = [*_together(drugs), *_together(done)]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS], dtype=object)
    what = " or ".join(filter(None, ["treatment" if drugs else "", "procedure" if done else ""]))
    frame = frame.rename(columns={_COLUMNS[0]: capital(what)})
    # A column of "not reported" alone is a line below the table.
    empty = [name for name in _MAY_BE_EMPTY if name in frame and frame[name].isin([_UNREPORTED, _NONE]).all()]
    frame = frame.drop(columns=empty if len(frame) else [])
    dashes = ["–, of a procedure: does not apply."] if frame.eq(_NONE).any(axis=None) else []
    dropped = [name.lower() for name in empty if len(drugs)]
    dropped = [f"Not reported of any treatment: {', '.join(dropped)}."] if dropped else []
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
    if worded.dose:
        read = f" Read as {row.derived.partition(' read as ')[2]}." if " read as " in row.derived else ""
        dose, schedule = (
            f"‘{worded.dose}’{notes.mark(f'As printed; dose and schedule are not clear.{read}')}",
            "not clear",
        )
    cells = [
        dose,
        row.route or worded.route or _UNREPORTED,
        schedule,
        _when(case, row, notes),
        _length(case, row, worded.end and f"‘{worded.end}’") or ("single dose" if _is_single(row) else _UNREPORTED),
        _doses(case, row, given, notes),
    ]
    return [RowText(_name(row), (int(row.line),)), *cells]


def _name(row) -> str:
    """A treatment by its name, with the word that the source prints behind it."""
    printed = re.search(rf"\b{re.escape(row.PARAM)} pulse\b", printed_in(row.note), re.IGNORECASE)
    return f"{label_in_cell(row.PARAM)}{' pulse' if printed else ''}"


def _is_single(row) -> bool:
    return row.count == "1" or row.frequency == "once"


def _procedure(case: Case, row, notes: Footnotes) -> list[str]:
    how = ", ".join(filter(None, [row.method, told_site(row.PARAM, row.LOC)]))
    # What is given in courses has a length and a number, told or not; anything else has neither.
    untold = _UNREPORTED if _is_coursed(case, row.code) else _NONE
    count = typeset(row.count.replace(">=", "at least ").replace("<=", "at most ")) or untold
    when = (_when(case, row, notes), _length(case, row, printed_length(row.note)) or untold, count)
    name = f"{label_in_cell(row.PARAM)} ({how})" if how else label_in_cell(row.PARAM)
    return [RowText(name, (int(row.line),)), _NONE, _NONE, _NONE, *when]


def _is_coursed(case: Case, code: str) -> bool:
    """Whether a procedure was done in courses: a number, a length or an end is told of one of its rows."""
    rows = case.facts[case.facts["code"].eq(code)]
    told = (
        row.count not in ("", "1") or printed_length(row.note) or row.end not in ("", row.start)
        for row in rows_of(rows)
    )
    return any(told)


def _when(case: Case, row, notes: Footnotes) -> str:
    """The time at which something was given or done; else its place in the account, which is marked as none."""
    phases = {str(phase): str(name) for phase, name in case.about.get("phases", {}).items()}
    name, time = phases.get(known_phase(row), ""), time_words(case, row)
    if time:
        # The name of a phase is not that of each of its days.
        own_day = time.startswith("day") and not row.anchor
        return typeset(visit_words(case, row) if not own_day and (row.anchor or phase_phrase(name)) else time)
    if found := _AT_A_TIME.fullmatch(name):
        # What is told at six months began before that.
        return typeset(f"told {'' if found[1] else 'at '}{in_a_sentence(name)}; start not reported")
    here = case.facts[case.facts["phase"].eq(row.phase) & case.facts["kind"].isin(["treatment", "procedure"])]
    # A phase has one name in the table, whatever was done in it.
    circular = not name or any(_is_circular(what, name) for what in here["PARAM"])
    place = _between(case, row, phases) if circular else name
    return typeset(f"{place or visit_words(case, row)}{notes.mark(_PLACE)}")


_PLACE = "The source gives no time; the place in the account is shown."
# The name of a phase that is a time.
_AT_A_TIME = re.compile(r"[\w-]+ (?:days|weeks|months|years)( later)?", re.IGNORECASE)
# The name of a phase that says no more than that something was given.
_NO_PLACE = re.compile(r"(?:drug |medical )?(?:therapy|treatment)(?: begun)?|statin given", re.IGNORECASE)


def _is_circular(what: str, name: str) -> bool:
    """Whether the name of a phase says no more of the place of something than what that is.

    Examples
    --------
    >>> _is_circular("Skin biopsy", "Skin biopsy, first"), _is_circular("First-line drug", "Drug therapy")
    (False, True)
    >>> _is_circular("First-line drug", "Relapse"), _is_circular("Pericardiocentesis", "At pericardiocentesis")
    (False, True)
    """
    name = _RELATED.sub("", name.lower()).removesuffix("s")
    return bool(_NO_PLACE.fullmatch(name)) or name in what.lower()


# How the name of a phase says where it stands to something else.
_RELATED = re.compile(r"^(after|before|on|at|under|in|during|over|within|for)\b ", re.IGNORECASE)
# Of these the phrase is no point that something comes after or before.
_SPANS = ("over", "within", "for")


def _between(case: Case, row, phases: dict[str, str]) -> str:
    """The phases around that of a row, by their names; those that name the treatment itself are passed over."""
    told = case.facts.assign(name=[phases.get(known_phase(each), "") for each in rows_of(case.facts)])
    told = told[told["name"].ne("") & ~told["name"].str.contains(row.PARAM.partition(" (")[0], case=False, regex=False)]
    before, after = told[told["ORDER"] < row.ORDER], told[told["ORDER"] > row.ORDER]
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
                words.append(f"{word} {point}")
                break
    return capital(", ".join(words))


def printed_length(note: str) -> str:
    """How long a course was, as its note keeps it from the source; blank where it does not.

    Examples
    --------
    >>> printed_length("printed 'for 6 days'; dose not reported"), printed_length("dose not reported")
    ('‘for 6 days’', '')
    """
    printed = LENGTH.search(note)
    return f"‘{printed[1]}’" if printed else ""


def _length(case: Case, row, length: str) -> str:
    """How long a course was as printed, and how it ended; blank where neither is told."""
    phase, end = phase_of_end(row.end), ""
    if not math.isnan(phase):
        name = str(case.about.get("phases", {}).get(f"{phase:.0f}", ""))
        here = case.facts.loc[case.facts["phase"].astype(float).eq(phase), "ORDER"]
        place = f"phase {int(here.min())}" if len(here) else ""
        end = (
            f"until {'later' if name.lower() == 'afterwards' else in_a_sentence(name)}"
            if name
            else f"until {place or 'a later phase'}"
        )
    elif row.end == "ongoing":
        end = "ongoing"
    elif row.end == STOPPED:
        end = "" if length else "stopped, time not reported"
    elif row.end and row.end != row.start:
        end = f"until {time_words(case, row._replace(start=row.end)) or row.end}"
    return typeset("; ".join(filter(None, [length, end])))


# The schedule that the unit of a dose says, by its days.
_PER = {1.0: "daily", 7.0: "weekly"}


def _dose(row, given) -> str:
    """The dose; where its unit is all that says the schedule, without the time in it."""
    amount, days = rate_of(row.dose_unit)
    said = days in _PER and not given.EXDOSFRQ
    return dose_words(row._replace(dose_unit=amount)) if said else dose_words(row)


def _doses(case: Case, row, given, notes: Footnotes) -> str:
    """How many doses were given as the source counts them, or as follows from its times and schedule.

    What is ongoing has no count. Where the next dose of the same drug starts on the last day, the one of that day may
    be either.
    """
    others = case.facts[case.facts["code"].eq(row.code) & case.facts["line"].ne(row.line) & ~bool(row.count)]
    shared = bool(row.end) and row.start != row.end and others["start"].eq(row.end).any() and given.NDOSLO > 1
    words = typeset(span_words(given.NDOSLO - shared, given.NDOSHI).replace(" to ", "–"))
    if not words or (math.isinf(given.NDOSHI) and not row.count):
        return _UNREPORTED
    if row.count or row.frequency == "once":
        return words
    return words + notes.mark("Calculated from the times and the schedule; not printed in the source.")


def _schedule(row, given, notes: Footnotes) -> str:
    """A schedule as printed; of treatments that take turns as it is read."""
    if scheme := SCHEME.search(row.quote):
        return f"‘{scheme[1]}’"
    if not given.EXDOSFRQ:
        return _PER.get(rate_of(given.EXDOSU)[1], _UNREPORTED)
    if not given.ALTERNATES:
        return re.sub(r"(\d+) wk", r"\1 weeks", given.EXDOSFRQ)
    mark = notes.mark(f"As we read the schedule of the source: each drug every {turn_words(given)[1]} weeks.")
    return f"{turns_in_words(given.EXDOSFRQ)}{mark}"
