"""The table of treatments and procedures that a manuscript prints."""

import math
import re

import pandas as pd

from ..case import Case
from ..derive import count_untold, derive_exposure, derive_told, rate_of, turns_in_words
from ..rules import Analysis
from ..values import phase_of_end, rows_of
from ..vocabulary import STOPPED
from .abbreviations import abbreviations_in
from .display import RowText, Table
from .labels import label_in_cell
from .passage import known_phase, phase_phrase, typeset
from .visits import Footnotes
from .when import time_words, visit_words
from .words import capital, dose_words, span_words, turn_words

_UNREPORTED, _NONE = "not reported", "–"
_COLUMNS = ("Treatment", "Dose", "Route", "Schedule", "When", "Duration or end", "Doses or sessions")
_MAY_BE_EMPTY = ("Dose", "Route", "Schedule", "Duration or end", "Doses or sessions")


def summarise_given(analysis: Analysis) -> Table:
    """The treatments of a case as a manuscript prints them, then its procedures.

    Whether a procedure was done to treat or to diagnose is not recorded, so all of them stand here and the title says
    so.

    Returns
    -------
    Table
        One row for each treatment row, and for each procedure: `Treatment`, `Dose`, `Route`, `Schedule`, `When`,
        `Duration or end` and `Doses or sessions`. Those of one treatment stand together. A column in which a case has
        nothing at all is left out, and a note says so.
    """
    case, notes = analysis.case, Footnotes()
    exposure = derive_exposure(case.facts)
    given = zip(rows_of(case.facts.loc[exposure.index]), rows_of(exposure), strict=True)
    drugs = [_drug(case, row, how, notes) for row, how in given]
    done = [_procedure(case, row, notes) for row in rows_of(case.facts[case.facts["kind"] == "procedure"])]
    # What was given of one treatment stands together, in the order in which each was first given.
    rows = [*_together(drugs), *_together(done)]
    frame = pd.DataFrame(rows, columns=[*_COLUMNS], dtype=object)
    # A column of "not reported" alone is a line below the table.
    empty = [name for name in _MAY_BE_EMPTY if name in frame and frame[name].isin([_UNREPORTED, _NONE]).all()]
    frame = frame.drop(columns=empty if len(frame) else [])
    dashes = ["–, of a procedure: does not apply, or is not told."] if frame.eq(_NONE).any(axis=None) else []
    dropped = [name.lower() for name in empty if len(drugs)]
    dropped = [f"Not reported of any treatment: {', '.join(dropped)}."] if dropped else []
    short = abbreviations_in(analysis, " ".join(str(cell) for row in rows for cell in row))
    title = " and ".join(filter(None, ["treatments" if drugs else "", "procedures" if done else ""]))
    return Table(frame, capital(title), (*notes.lines(), *dashes, *dropped, *short))


def _together(rows: list[list[str]]) -> list[list[str]]:
    """Rows with those of one name beside each other, in the order in which each name first comes."""
    first = [row[0] for row in rows]
    return sorted(rows, key=lambda row: first.index(row[0]))


def _drug(case: Case, row, given, notes: Footnotes) -> list[str]:
    dose = re.sub(r"(?<=\d) to (?=\d)", "–", typeset(_dose(row, given))) or _UNREPORTED
    schedule = _schedule(row, given, notes)
    if unclear := _UNCLEAR.search(row.note):
        read = f" Read as {row.derived.partition(' read as ')[2]}." if " read as " in row.derived else ""
        dose, schedule = (
            f"‘{unclear[1]}’{notes.mark(f'As printed; dose and schedule are not clear.{read}')}",
            "not clear",
        )
    cells = [
        dose,
        row.route or _printed_route(row) or _UNREPORTED,
        schedule,
        _when(case, row, notes),
        _length(case, row) or ("single dose" if _is_single(row) else _UNREPORTED),
        _doses(case, row, given, notes),
    ]
    return [RowText(label_in_cell(row.PARAM), (int(row.line),)), *cells]


def _is_single(row) -> bool:
    return row.count == "1" or row.frequency == "once"


# Words of a source that can be read in more ways than one, which a note keeps.
_UNCLEAR = re.compile(r"printed '([^']+)', which is not clear")


def _procedure(case: Case, row, notes: Footnotes) -> list[str]:
    site = f" ({row.LOC})" if row.LOC and row.LOC.lower() not in row.PARAM.lower() else ""
    count = typeset(row.count.replace(">=", "at least ").replace("<=", "at most ")) or _NONE
    when = (_when(case, row, notes), _length(case, row) or _NONE, count)
    method = row.method or _NONE
    return [RowText(f"{label_in_cell(row.PARAM)}{site}", (int(row.line),)), _NONE, method, _NONE, *when]


def _printed_route(row) -> str:
    """How the source prints the route, where a note keeps a word such as infusion; blank where none does."""
    found = re.search(r"\broute printed as (\w+)", row.note)
    return found[1] if found else ""


def _when(case: Case, row, notes: Footnotes) -> str:
    """The time at which something was given or done; else the name of its phase, marked where that is no time."""
    name = str(case.about.get("phases", {}).get(known_phase(row), ""))
    time = time_words(case, row)
    if time and not row.anchor and not phase_phrase(name):
        return typeset(time)
    told, phrase = typeset(visit_words(case, row)), phase_phrase(name)
    # What is told at six months began before that.
    timed = time or not name or (phrase and not re.match(r"at \d", phrase))
    return told if timed else f"{told}{notes.mark(_PLACE)}"


_PLACE = "Time not reported; where the source tells of it."


# A length of time as a source prints it, which a note keeps between quotation marks.
_LENGTH = re.compile(
    r"[\"'“‘]([^\"'”’]*\b(?:for|over) (?:the )?(?:first )?\d+ (?:days?|weeks?|months?))[\"'”’](?!\W+is a plan\b)"
)


def printed_length(note: str) -> str:
    """How long a course was, as its note keeps it from the source; blank where it does not.

    Examples
    --------
    >>> printed_length("printed 'for 6 days'; dose not reported"), printed_length("dose not reported")
    ('‘for 6 days’', '')
    """
    printed = _LENGTH.search(note)
    return f"‘{printed[1]}’" if printed else ""


def _length(case: Case, row) -> str:
    """How long a course was as printed, and how it ended; blank where neither is told."""
    length = printed_length(row.note)
    phase, end = phase_of_end(row.end), ""
    if not math.isnan(phase):
        name = str(case.about.get("phases", {}).get(f"{phase:.0f}", "")) or f"phase {phase:.0f}"
        end = f"until: {name} (time not reported)"
    elif row.end == "ongoing":
        end = "ongoing"
    elif row.end == STOPPED:
        end = "" if length else "stopped, time not reported"
    elif row.end and row.end != row.start:
        end = f"until {time_words(case, row._replace(start=row.end)) or row.end}"
    return typeset("; ".join(filter(None, [length, end])))


def told_in_words(given: pd.DataFrame) -> pd.DataFrame:
    """Which of dose, schedule, route, start and end of each treatment row the source tells in words alone.

    These stand in the table of treatments between quotation marks, or as printed: no column of the row has them.

    Parameters
    ----------
    given : DataFrame
        The treatment rows of `Case.facts`.

    Returns
    -------
    DataFrame
        True and false, with the rows and columns of `derive_told`.
    """
    known = derive_told(given)
    rows = [
        {
            "dose": bool(_UNCLEAR.search(row.note)),
            "schedule": bool(_UNCLEAR.search(row.note) or _SCHEME.search(row.quote)),
            "route": bool(_printed_route(row)),
            "end": bool(printed_length(row.note)),
        }
        for row in given.itertuples()
    ]
    words = pd.DataFrame(rows, index=given.index, columns=["dose", "schedule", "route", "end"], dtype=bool)
    return words.reindex(columns=known.columns, fill_value=False) & ~known


def count_unreported(given: pd.DataFrame) -> dict[str, int]:
    """How many treatment rows lack dose, schedule, route, start and end in the columns and in words; how many go on.

    The keys are those of `count_untold`. What goes on has no end yet.
    """
    words = told_in_words(given)
    words["end"] &= given["end"].ne("ongoing")
    return {
        word: count - int(words[word].sum()) if word in words else count for word, count in count_untold(given).items()
    }


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


# A schedule that a source names, and prints the times of or not.
_SCHEME = re.compile(r"\baccording to (?:an? |the )?((?:\w+ )?scheme\b(?: at \d[\d, ]*(?:,? and \d+)? \w+)?)")


def _schedule(row, given, notes: Footnotes) -> str:
    """A schedule as printed; of treatments that take turns as it is read."""
    if scheme := _SCHEME.search(row.quote):
        return f"‘{scheme[1]}’"
    if not given.EXDOSFRQ:
        return _PER.get(rate_of(given.EXDOSU)[1], _UNREPORTED)
    if not given.ALTERNATES:
        return re.sub(r"(\d+) wk", r"\1 weeks", given.EXDOSFRQ)
    mark = notes.mark(f"As we read the schedule of the source: each drug every {turn_words(given)[1]} weeks.")
    return f"{turns_in_words(given.EXDOSFRQ)}{mark}"
