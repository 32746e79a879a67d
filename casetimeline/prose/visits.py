"""The tables that a manuscript prints: the measures with visits as columns, and what was given."""

import math
import re

import pandas as pd

from ..case import Case
from ..derive import derive_exposure, rate_of
from ..rules import Analysis
from ..vocabulary import OPEN_STATES, UNIT_UNKNOWN
from .display import RowText, Table
from .labels import RESULTS, is_test, label_in_sentence, source_words
from .passage import known_phase, phase_phrase, time_phrase, typeset
from .shares import change_unit, gives_share
from .tense import said_change, series_of
from .words import capital, change_words, dose_words, shift_words, span_words, turn_words

# More columns than this leave no room for the words in them.
_MOST = 6
_NOTHING = "–"
_MARKS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ"
_UNITS = {"points": "points", "MRC grade": "MRC grade"}
_NOT_MENTIONED = "–, not mentioned in the part of the source that was read; in the last column, no change to give."
_UNTIMED = "Time not reported."


class _Footnotes:
    """Footnotes by their text, each with a letter in the order in which it is first used."""

    def __init__(self):
        self.texts: list[str] = []

    def mark(self, text: str) -> str:
        """The letter of a note."""
        if text not in self.texts:
            self.texts.append(text)
        place = self.texts.index(text)
        return _MARKS[place] if place < len(_MARKS) else "*"

    def lines(self) -> list[str]:
        """The notes with their letters."""
        return [f"{self.mark(text)} {text}" for text in self.texts]


def summarise_visits(analysis: Analysis, codes: tuple[str, ...] = ()) -> Table:
    """The measures of a case with visits as columns.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    codes : tuple of str
        The measures; none for those of the case that have a course.

    Returns
    -------
    Table
        One row for each measure and site that is recorded: its name with the unit, a column for each visit with the
        name of its phase and its time, and the change from the baseline to the last value. At most six visits: the
        baselines and last values first, then those with the most values; a note says how many others there are.
    """
    notes, rows, once = _Footnotes(), [], []
    series = [(code, *each) for code in codes or analysis.courses for each in series_of(analysis.changes, code)]
    visits, left_out = _visits([records for _, _, records in series])
    times = {visit: _times(analysis, [records for _, _, records in series], visit) for visit in visits}
    for code, site, records in series:
        cells = [_row_head(analysis, code, site, records, notes)]
        for visit in visits:
            here = records[records["ORDER"] == visit]
            words = "; ".join(
                _cell(analysis, row, records, notes) + _own_time(analysis, row, times[visit], notes)
                for row in here.itertuples()
            )
            cells.append(RowText(words or _NOTHING, tuple(map(int, here["line"]))))
        if all(cell == _NOTHING for cell in cells[1:]):
            once += [_elsewhere(analysis, cells[0], row, notes) for row in records.itertuples()]
        else:
            rows.append([*cells, _change(analysis, code, records)])
            beside = records[~records["ORDER"].isin(visits)] if codes else records.iloc[:0]
            once += [_elsewhere(analysis, cells[0], row, notes) for row in beside.itertuples()]
    heads = [typeset(_heading(analysis, visit, times[visit])) for visit in visits]
    frame = pd.DataFrame(rows, columns=["Measure", *_distinct(heads), "Change"], dtype=object)
    remarks = [_NOT_MENTIONED] if any(cell == _NOTHING for row in rows for cell in row) else []
    more = f"{left_out} other {'visit' if left_out == 1 else 'visits'} with values: see the recorded rows."
    remarks += [f"At other visits: {'; '.join(once)}."] if once else []
    remarks += [more] if left_out and not codes else []
    remarks += ["Change: last value minus baseline (percentage of the baseline)."] if len(rows) else []
    caption = "Measures and findings at each visit" if codes else "Course of the measures"
    return Table(frame, caption, (*notes.lines(), *remarks))


def _elsewhere(analysis: Analysis, name: str, row, notes: _Footnotes) -> str:
    """A value of a visit that has no column: when it was, what it is about, and what it says."""
    return f"{visit_words(analysis.case, row)}: {name} {_cell(analysis, row, pd.DataFrame([row]), notes)}"


def _visits(series: list[pd.DataFrame]) -> tuple[list[int], int]:
    """The places in the order of telling that have a column, and how many others have a value."""
    if not series:
        return [], 0
    every = pd.concat(series)
    counts = every["ORDER"].value_counts()
    # A value that was recorded once has no course that a column could show.
    course = pd.concat([records.assign(often=len(records) > 1) for records in series])
    ends = course["ABLFL"].eq("Y") | course["LASTFL"].eq("Y")
    needed = course[ends & course["often"]]["ORDER"].value_counts()
    ranked = [*needed.index, *(order for order in counts.index if order not in needed.index)]
    chosen = sorted(ranked[:_MOST])
    return chosen, len(counts) - len(chosen)


def _times(analysis: Analysis, series: list[pd.DataFrame], visit: int) -> list[str]:
    """The times of the values of a visit, each once."""
    here = (records.loc[records["ORDER"] == visit, ["start", "anchor"]] for records in series)
    zero = analysis.case.about.get("time_zero", {}).get("label", "")
    times = dict.fromkeys(_time(row, zero) for records in here for row in records.itertuples())
    return [*filter(None, times)]


def _time(row, zero: str) -> str:
    return re.sub("^(on|at|in) ", "", time_phrase(row, zero))


def _heading(analysis: Analysis, visit: int, times: list[str]) -> str:
    """The name of the phase of a visit, and the time of its values where they have one and the same."""
    case = analysis.case
    phase = known_phase(case.facts[case.facts["ORDER"] == visit].iloc[0])
    name = str(case.about.get("phases", {}).get(phase, ""))
    time = times[0] if len(times) == 1 else ""
    said = time and (phase_phrase(name).endswith(time) or time.lower() in name.lower())
    return f"{name} ({time})" if name and time and not said else name or capital(time) or "Time not reported"


def _own_time(analysis: Analysis, row, times: list[str], notes: _Footnotes) -> str:
    """The time of a value where the head of its column does not say it; a note where it has none, and others have."""
    time = _time(row, analysis.case.about.get("time_zero", {}).get("label", ""))
    if time:
        return f" ({time})" if len(times) > 1 else ""
    return notes.mark(_UNTIMED) if times else ""


def visit_words(case: Case, row) -> str:
    """When a fact was: the name of its phase, and its time where it has one."""
    name = str(case.about.get("phases", {}).get(known_phase(row), ""))
    time = _time(row, case.about.get("time_zero", {}).get("label", ""))
    return f"{name} ({time})" if name and time else name or capital(time) or "not reported"


def _distinct(heads: list[str]) -> list[str]:
    """Headings that are each other's only once."""
    return [
        f"{head}, {heads[:place].count(head) + 1}" if heads.count(head) > 1 else head
        for place, head in enumerate(heads)
    ]


def _row_head(analysis: Analysis, code: str, site: str, records: pd.DataFrame, notes: _Footnotes) -> str:
    """A measure with its site, and the unit of its values where they all have the same."""
    measure = analysis.case.measure(code)
    name = capital(label_in_sentence(measure["label"])) if measure["label"][1:2].islower() else measure["label"]
    name = f"{name}, {site}" if site else name
    unit = _unit(records)
    if unit == "points" and measure["high"] < float("inf"):
        unit = f"points ({measure['low']:g}–{measure['high']:g})"
    limits = records.loc[records["value"].ne(""), "ref_high"]
    asks = analysis.case.rules
    asks = asks[(asks["measure"] == code) & asks["xuln"].astype(str).ne("")]
    unlimited = len(asks) and len(limits) and limits.eq("").all()
    mark = notes.mark("Upper limit of the laboratory not reported.") if unlimited else ""
    # A ratio, or the pH, has its unit in its name.
    named = unit.lower() in name.lower().split()
    return f"{name}, {typeset(unit)}{mark}" if unit and not named else f"{name}{mark}"


def _unit(records: pd.DataFrame) -> str:
    """The unit in which all values are printed; blank where they differ or have none."""
    valued = records.loc[records["value"].str.contains(r"\d"), ["unit", "AVALU"]]
    units = {row.unit or ("" if row.AVALU == UNIT_UNKNOWN else row.AVALU) for row in valued.itertuples()}
    return units.pop() if len(units) == 1 else ""


def _cell(analysis: Analysis, row, records: pd.DataFrame, notes: _Footnotes) -> str:
    """A value without its unit where that stands in the head of the row; else a state, with what is not reported."""
    if row.STATE in OPEN_STATES:
        return row.STATE.replace("_", " ")
    if row.value:
        unit = "" if _unit(records) else row.unit
        value = typeset(" ".join(filter(None, [row.value, unit])).replace("~", "about "))
        mark = notes.mark("Unit not reported.") if row.AVALU == UNIT_UNKNOWN else ""
        limits = f" ({row.ref_low}–{row.ref_high})" if row.ref_low and row.ref_high else ""
        limits = limits or (f" (up to {row.ref_high})" if row.ref_high else "")
        mark += notes.mark("In brackets: reference limits of the laboratory.") if limits else ""
        return f"{value}{limits}{mark}"
    printed = source_words(row)
    state = RESULTS.get(row.STATE, row.STATE) if is_test(analysis.case.measure(row.PARAMCD)["label"]) else row.STATE
    words = f"{state} (‘{printed}’)" if printed and printed.lower() != state else state
    words = f"‘{printed}’" if printed.startswith("no ") and row.STATE == "absent" else words
    return words + (notes.mark("Size not reported.") if "size not reported" in row.note else "")


def _change(analysis: Analysis, code: str, records: pd.DataFrame) -> RowText:
    """The change from the baseline to the last value; a dash where there is none."""
    measure = analysis.case.measure(code)
    last = records[records["LASTFL"].eq("Y") & records["POSTBLFL"].eq("Y")]
    for row in last.itertuples():
        base = records[records["ABLFL"].eq("Y") | records["ABLPFL"].eq("Y")]
        lines = (*map(int, base["line"]), int(row.line))
        words = change_words(row, measure["unit"])
        if words and row.STATE not in OPEN_STATES:
            rules = analysis.case.rules[analysis.case.rules["measure"] == code]
            if not gives_share(measure["unit"], rules):
                words = words.partition(" (")[0]
            unit = change_unit(_unit(records))
            words = re.sub(rf" {re.escape(unit)}(?= |$)", "", words) if unit else words
            return RowText(typeset(words), lines)
        if words := shift_words(row):
            return RowText(words.partition(": ")[2] or words, lines)
    # A word that came last is told where no number or grade is the last value.
    for row in records[records["POSTBLFL"].eq("Y")].iloc[-1:].itertuples():
        if words := said_change(row):
            based = records["ABLFL"].eq("Y") | records["ABLPFL"].eq("Y") | records["line"].eq(row.line)
            return RowText(words, tuple(map(int, records.loc[based, "line"])))
    return RowText(_NOTHING)


def summarise_given(analysis: Analysis) -> Table:
    """The treatments of a case as a manuscript prints them.

    Returns
    -------
    Table
        One row for each treatment row: `Treatment`, `Dose`, `Route`, `Schedule`, `When`, and `Doses given`. Those of
        one treatment stand together.
    """
    case, notes = analysis.case, _Footnotes()
    exposure = derive_exposure(case.facts)
    rows = []
    for row, given in zip(case.facts.loc[exposure.index].itertuples(), exposure.itertuples(), strict=True):
        when = typeset(visit_words(case, row))
        end = "ongoing" if row.end == "ongoing" else ""
        cells = [
            capital(label_in_sentence(row.PARAM)) if row.PARAM[1:2].islower() else row.PARAM,
            re.sub(r"(?<=\d) to (?=\d)", "–", typeset(_dose(row, given))) or "not reported",
            row.route or "not reported",
            _schedule(given, notes),
            "; ".join(filter(None, [when, end])),
            _doses(case, row, given, notes),
        ]
        rows.append([RowText(cells[0], (int(row.line),)), *cells[1:]])
    # What was given of one treatment stands together, in the order in which each was first given.
    first = [row[0] for row in rows]
    rows.sort(key=lambda row: first.index(row[0]))
    frame = pd.DataFrame(rows, columns=["Treatment", "Dose", "Route", "Schedule", "When", "Doses given"], dtype=object)
    return Table(frame, "Treatments", tuple(notes.lines()))


# The schedule that the unit of a dose says, by its days.
_PER = {1.0: "daily", 7.0: "weekly"}


def _dose(row, given) -> str:
    """The dose; where its unit is all that says the schedule, without the time in it."""
    amount, days = rate_of(row.dose_unit)
    said = days in _PER and not given.EXDOSFRQ
    return dose_words(row._replace(dose_unit=amount)) if said else dose_words(row)


def _doses(case: Case, row, given, notes: _Footnotes) -> str:
    """How many doses were given as the source counts them, or as follows from its times and schedule.

    What is ongoing has no count. Where the next dose of the same drug starts on the last day, the one of that day may
    be either.
    """
    others = case.facts[case.facts["code"].eq(row.code) & case.facts["line"].ne(row.line) & ~bool(row.count)]
    shared = bool(row.end) and row.start != row.end and others["start"].eq(row.end).any() and given.NDOSLO > 1
    words = typeset(span_words(given.NDOSLO - shared, given.NDOSHI).replace(" to ", "–"))
    if not words or (math.isinf(given.NDOSHI) and not row.count):
        return "not reported"
    if row.count or row.frequency == "once":
        return words
    return words + notes.mark("Calculated from the times and the schedule; not printed in the source.")


def _schedule(given, notes: _Footnotes) -> str:
    """A schedule as printed; of treatments that take turns as it is read."""
    if not given.EXDOSFRQ:
        return _PER.get(rate_of(given.EXDOSU)[1], "not reported")
    words = re.sub(r"(\d+) wk", r"\1 weeks", given.EXDOSFRQ)
    if not given.ALTERNATES:
        return words
    every, own = turn_words(given)
    others = ", ".join(label_in_sentence(name) for name in given.ALTERNATES.split(", "))
    mark = notes.mark(f"As we read the schedule of the source: one dose every {every} weeks, the drugs in turn.")
    return f"every {own} weeks, in turn with {others}{mark}"
