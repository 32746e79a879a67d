"""The tables of measures that a manuscript prints: the course with visits as columns, and what else was found."""

import re

import pandas as pd

from ...case import Case
from ...derive import may_be_baseline, with_unit
from ...rules import Analysis, is_unscored, once
from ...values import number, rows_of
from ...vocabulary import OPEN_STATES, UNIT_UNKNOWN
from ..display import RowText, Table
from ..measured.baselines import baseline_note
from ..measured.candidates import absent_since, base_marks, unchanged_notes, why_not_given
from ..measured.coursed import ALSO, Changed, change_cell, other_examiner, side_of_reference, unit_beside, unit_of
from ..measured.tense import series_of
from ..numbers.qualifiers import printed_bounds, qualified, titre_words, unit_unknown_words, value_as_shown
from ..wording.abbreviations import abbreviations_in
from ..wording.labels import RESULTS, is_test, joined, label_in_cell, label_in_sentence, source_words
from ..wording.laboratory import limits_of_series, reference_words
from ..wording.passage import known_phase, typeset, visit_phrase
from ..wording.when import named_time, time_words, visit_words
from ..wording.words import NOT_MENTIONED, capital, in_a_sentence, is_plural

# More columns than this leave no room for the words in them, and more values than that for those in a note.
_MOST, _MOST_BESIDE = 6, 4
_NOTHING, _NONE_GIVEN = "–", "cannot be given"
_NO_CHANGE = (_NOTHING, _NONE_GIVEN)
_MARKS = "ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ"
_UNTIMED = "Time not reported."


class Footnotes:
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


@once
def summarise_visits(analysis: Analysis) -> Table:
    """The measures of a case that have a course, with visits as columns.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.

    Returns
    -------
    Table
        One row for each measure and site that is recorded: its name with the unit, a column for each visit with the
        name of its phase and its time, and the change: up to the last value, and up to the lowest or highest one in
        between. A measure that was recorded once stands here only if no other was recorded more often. At most six
        visits: the baselines and last values first, then those with the most values; a note has the values of others,
        and the measures of which less than two values have a column.
    """
    notes, every = Footnotes(), _courses(analysis)
    series = _with_columns(every, _visits([records for _, _, records in every]))
    rowless = [each for each in every if not any(each is kept for kept in series)]
    visits = _visits([records for _, _, records in series])
    times = {visit: _times(analysis, [records for _, _, records in series], visit) for visit in visits}
    changes = [change_cell(analysis, code, records) for code, _, records in series]
    bases = {line for change in changes for line in change.bases}
    marked = (_baselines([records for _, _, records in series]) if bases else set()) | _last_baselines(series, changes)
    base = baseline_note(analysis.case, series) if marked else ""
    column = _base_column([records for _, _, records in series], marked, visits)
    marks = base_marks(base, [records for _, _, records in every], marked) if column is None else {}
    heads = [typeset(_heading(analysis, visit, times[visit])) for visit in visits]
    heads = [head + (notes.mark(base) if visit == column else "") for head, visit in zip(heads, visits, strict=True)]
    rows = []
    for (code, site, records), change in zip(series, changes, strict=True):
        cells = [_row_head(analysis, code, site, records, notes)]
        for visit in visits:
            here = records[records["ORDER"] == visit]
            words = "; ".join(
                _cell(analysis, row, records, notes, "" if unit_of(records) else row.unit)
                + _own_time(analysis, row, times[visit], notes)
                + (notes.mark(marks[row.line]) if row.line in marks else "")
                for row in rows_of(here)
            )
            cells.append(RowText(words or _NOTHING, tuple(map(int, here["line"]))))
        rows.append([*cells, _change_with_side(analysis, records, change, notes)])
    frame = pd.DataFrame(rows, columns=["Measure", *_distinct(heads), "Change"], dtype=object)
    flagged = any(re.search(r"\d \((high|low)\)", str(cell)) for row in rows for cell in row[1:-1])
    remarks = [*([_FLAGGED] if flagged else []), *_beside(analysis, series, visits, notes, marks)]
    remarks += [*_without_row(analysis, rowless, notes), *unchanged_notes(analysis, series, changes)]
    return _finished(analysis, frame, _caption(series), notes, [*_of_changes(rows, bases), *remarks])


def _with_columns(series: list[tuple], visits: list[int]) -> list[tuple]:
    """The series of which two values or more have a column, or all that there are."""
    return [each for each in series if (here := each[-1]["ORDER"].isin(visits)).all() or here.sum() > 1]


def _caption(series: list[tuple]) -> str:
    """What the table has: a stated gap is no second record of a value."""
    if all(len(records) < 2 for _, _, records in series):
        return "Measures"
    open_ = [(records["STATE"].isin(OPEN_STATES), records["STATE"]) for _, _, records in series]
    # Of a measure with another value only the gap is its second record.
    gaps = {state for here, states in open_ if (~here).sum() < 2 for state in states[here]}
    gap = " or as not reported" if gaps == {"not_reported"} else " or as not known" if gaps else ""
    return f"Measures recorded more than once{gap}"


def _finished(analysis: Analysis, frame: pd.DataFrame, caption: str, notes: Footnotes, remarks: list[str]) -> Table:
    """A table with its notes and abbreviations; a column of changes without one is left out."""
    if "Change" in frame and frame["Change"].str.startswith(_NO_CHANGE).all():
        frame = frame.drop(columns=["Change"])
    cells = [str(cell) for row in [frame.columns, *frame.itertuples(index=False)] for cell in row]
    visits = frame.drop(columns=["Measure", "Change"], errors="ignore")
    missing = [f"–, {NOT_MENTIONED}."] if visits.eq(_NOTHING).any(axis=None) else []
    short = abbreviations_in(analysis, " ".join([*cells, *remarks]))
    return Table(frame, caption, (*notes.lines(), *remarks, *missing, *short))


def _courses(analysis: Analysis) -> list[tuple[str, str, pd.DataFrame]]:
    """The series of the measures that have a course: more records than one, if any measure has that."""
    every = [(code, *each) for code in analysis.codes for each in series_of(analysis, code)]
    # What has its site in one record alone is one course as well.
    series = [each for each in every if each[0] in analysis.courses or len(each[-1]) > 1]
    counts = pd.Series([code for code, _, records in series for _ in range(len(records))]).value_counts()
    often = [each for each in series if counts[each[0]] > 1]
    return often or series


def _baselines(series: list[pd.DataFrame]) -> set[int]:
    """The lines of the baselines of all series, in numbers or in words; a series without a later record has none."""
    based = [records for records in series if records["POSTBLFL"].eq("Y").any()]
    return {line for each in based for line in each.loc[may_be_baseline(each), "line"]}


def _last_baselines(series: list[tuple], changes: list[Changed]) -> set[int]:
    """The lines of the baselines behind which a series has no record, which is why its change cannot be given."""
    unchanged = [each[-1] for each, change in zip(series, changes, strict=True) if not change.words]
    last = [records for records in unchanged if len(records) > 1 and records["POSTBLFL"].ne("Y").all()]
    return {line for records in last for line in records.loc[may_be_baseline(records), "line"]}


def _change_with_side(analysis: Analysis, records: pd.DataFrame, change: Changed, notes: Footnotes) -> RowText:
    """The cell of a change; a note says that its records are on one side of the reference, or that it went later."""
    if not change.words:
        why = why_not_given(records, analysis.case.measure(records["PARAMCD"].iloc[0]))
        none = f"{_NONE_GIVEN} ({why})" if why else _NONE_GIVEN
        return RowText(none if len(records) > 1 else _NOTHING, change.lines)
    side = side_of_reference(analysis.case, records[records["line"].isin(change.lines)])
    marks = map(notes.mark, filter(None, (side, absent_since(analysis, records))))
    return RowText(f"{change.words}{''.join(marks)}", change.lines)


def _base_column(series: list[pd.DataFrame], bases: set[int], visits: list[int]) -> int | None:
    """The visit whose column holds the baseline of each row of the table and nothing else; None if there is none."""
    if not series or any(records["ABLPFL"].eq("Y").any() for records in series):
        return None
    if not all(records["line"].isin(bases).any() for records in series):
        return None
    every = pd.concat(series)
    orders = every.loc[every["line"].isin(bases), "ORDER"].unique()
    if len(orders) != 1 or orders[0] not in visits:
        return None
    here = every[every["ORDER"] == orders[0]]
    return orders[0] if here["line"].isin(bases).all() else None


def _of_changes(rows: list[list], bases: set[int]) -> list[str]:
    """What stands under Change: of numbers, and of findings in words; nothing where the column is empty."""
    cells = [row[-1] for row in rows if not row[-1].startswith(_NO_CHANGE)]
    worded = [text for text in cells if not re.search(r"[-−+]\d|\d %|^(fall|rise|direction)\b", text)]
    based = ", or from the baseline where it says so" if any("baseline" in text for text in worded) else ""
    ends = [[cell for cell in row[1:-1] if cell != _NOTHING] for row in rows if row[-1] in worded]
    # A record that is stated to be unknown is none from which a change is told.
    known = " known" if any(cell.startswith(_OPEN) for each in ends for cell in (each[0], each[-1])) else ""
    in_words = [f"Change of what is told in words: from the first to the last{known} record{based}."] if worded else []
    if not bases or len(worded) == len(cells):
        return in_words
    words = " ".join(cells)
    share = ", and in percent of the baseline" if "%)" in words else ""
    share += " (cut, not rounded, where only a limit is known)" if re.search("[>≥]", words) and share else ""
    share += " (rounded outwards where a value is approximate)" if _OUTWARDS.search(words) and share else ""
    turned = (
        "; lowest or highest: from the baseline to that value in between" if re.search("(low|high)est:", words) else ""
    )
    return [f"Change: from the baseline to the last value{share}{turned}.", *in_words]


_OPEN = tuple(state.replace("_", " ") for state in OPEN_STATES)
# Bounds of a percentage in whole percent, as `share_words` gives those of a value that is printed as about so much.
_OUTWARDS = re.compile(r"[+−-]\d+ % (?:to|and) [+−-]\d+ %")


def _beside(analysis: Analysis, series: list, visits: list[int], notes: Footnotes, marks: dict[int, str]) -> list[str]:
    """The values of visits that have no column, or how many they are."""
    values = [
        f"{label_in_sentence(row.PARAM)} {_cell(analysis, row, records, notes, unit_beside(row))}"
        f"{notes.mark(marks[row.line]) if row.line in marks else ''}, {_visit_in_text(analysis.case, row)}"
        for _, _, records in series
        for row in rows_of(records[~records["ORDER"].isin(visits)])
    ]
    if len(values) > _MOST_BESIDE:
        return [f"{len(values)} values of other records stand in the recorded rows."]
    return [f"In other records: {'; '.join(values)}."] if values else []


def _visit_in_text(case: Case, row) -> str:
    """When a value was, behind other words: its phase without a capital letter, its time behind a comma."""
    return typeset(re.sub(r" \((.*)\)$", r", \1", in_a_sentence(visit_words(case, row))))


def _without_row(analysis: Analysis, series: list[tuple], notes: Footnotes) -> list[str]:
    """The measures that have no row, each with its values, what became of it and what else is recorded of its organ."""
    lines = []
    for code, site, records in series:
        name = ", ".join(filter(None, [label_in_sentence(analysis.case.measure(code)["label"]), site]))
        unit = _unit_behind(name, unit_of(records))
        name += f" ({typeset(unit)})" if unit else ""
        change, _, others = change_cell(analysis, code, records).words.partition(ALSO)
        when: dict[str, list[str]] = {}
        for row in rows_of(records):
            phrase = visit_phrase(analysis.case, row) or f"in {_visit_in_text(analysis.case, row)}"
            words = _cell(analysis, row, records, notes, "" if unit_of(records) else row.unit)
            when.setdefault(words, []).append(typeset(phrase))
        clauses = [f"{words} {joined(phrases)}" for words, phrases in when.items()]
        repeated = change.startswith("present both")
        clauses += [f"change {change}"] if change and len(when) > 1 and not repeated else []
        also = others.removesuffix(")")
        clauses += [f"{also} {'were' if ', ' in also or is_plural(also) else 'was'} also recorded"] if also else []
        lines.append(f"Not in the table: {name}, {'; '.join(clauses)}.")
    return lines


def _visits(series: list[pd.DataFrame]) -> list[int]:
    """The places in the order of telling that have a column: those that hold most, as far as there is room.

    A value between which and another a change is told, or at which a course turns, weighs as two: a relapse of three
    measures stands before the last value of one, and that before a visit of one value in the middle of a course.
    """
    if not series:
        return []
    # A value that was recorded once has no course that a column could show.
    course = pd.concat([records.assign(turns=_turns(records), often=len(records) > 1) for records in series])
    ends = course[["ABLFL", "ABLPFL", "LASTFL"]].eq("Y").any(axis=1) & course["often"]
    weights = 1 + (ends | course["turns"]).astype(int)
    # Of equal ones those of the measure that is told first.
    told_first = course["ORDER"].where(ends).dropna().astype(int)
    told_first = [*dict.fromkeys([*told_first, *course["ORDER"]])]
    ranked = pd.DataFrame({"weight": weights, "end": ends}).groupby(course["ORDER"]).sum().loc[told_first]
    return sorted(ranked.sort_values(["weight", "end"], ascending=False, kind="stable").index[:_MOST])


def _turns(records: pd.DataFrame) -> pd.Series:
    """The values of a series that surely lie above both of their neighbours, or below both, such as a relapse."""
    valued = records[records["AVALLO"].notna()].sort_values("ORDER", kind="stable")
    low, high = valued["AVALLO"], valued["AVALHI"]
    above = (low > high.shift(1)) & (low > high.shift(-1))
    below = (high < low.shift(1)) & (high < low.shift(-1))
    return (above | below).reindex(records.index, fill_value=False)


def _times(analysis: Analysis, series: list[pd.DataFrame], visit: int) -> list[str]:
    """The times of the values of a visit, each once."""
    here = (records.loc[records["ORDER"] == visit, ["start", "anchor"]] for records in series)
    times = dict.fromkeys(time_words(analysis.case, row) for records in here for row in rows_of(records))
    return [*filter(None, times)]


def _heading(analysis: Analysis, visit: int, times: list[str]) -> str:
    """The name of the phase of a visit, and the time of its values where they have one and the same; else the times."""
    case = analysis.case
    phase = known_phase(case.facts[case.facts["ORDER"] == visit].iloc[0])
    name = str(case.about.get("phases", {}).get(phase, ""))
    if name or len(times) == 1:
        return capital(named_time(name, times[0] if len(times) == 1 else ""))
    # More of them have no room here; each stands behind its value.
    return capital(" or ".join(times) if 0 < len(times) < 3 else "Several times" if times else "Time not reported")


def _own_time(analysis: Analysis, row, times: list[str], notes: Footnotes) -> str:
    """The time of a value where the head of its column does not say it; a note where it has none, and others have."""
    time = time_words(analysis.case, row)
    if time:
        return f" ({time})" if len(times) > 1 else ""
    return notes.mark(_UNTIMED) if times else ""


def _distinct(heads: list[str]) -> list[str]:
    """Headings that are each other's only once."""
    return [
        f"{head}, {heads[:place].count(head) + 1}" if heads.count(head) > 1 else head
        for place, head in enumerate(heads)
    ]


def _row_head(analysis: Analysis, code: str, site: str, records: pd.DataFrame, notes: Footnotes) -> str:
    """A measure with its site, and the unit of its values where they all have the same."""
    measure = analysis.case.measure(code)
    name = label_in_cell(measure["label"])
    name = f"{name}, {site}" if site else name
    unit = unit_of(records)
    if unit == "points" and measure["high"] < float("inf"):
        unit = f"points ({measure['low']:g}–{measure['high']:g})"
    limits = records.loc[records["value"].ne(""), "ref_high"]
    asks = analysis.case.rules
    asks = asks[(asks["measure"] == code) & asks["xuln"].astype(str).ne("")]
    unlimited = len(asks) and len(limits) and limits.eq("").all()
    mark = notes.mark("Upper limit of the laboratory not reported.") if unlimited else ""
    unit = _unit_behind(name, unit)
    name = f"{name}, {typeset(unit)}" if unit else name
    printed = _limit_of_all(records)
    bracket = f"{printed}{notes.mark(_BRACKETS)}" if printed else ""
    return f"{name}{bracket}{mark}"


def _unit_behind(name: str, unit: str) -> str:
    """The unit that stands behind a name; blank for a ratio, or the pH, which has it in its name."""
    return "" if unit.lower() in name.lower().replace(",", "").split() else unit


# A value on one side of the limits of its laboratory: a letter would read as part of an abbreviation.
_FLAGGED = "(high), (low): above, below the reference limits of the laboratory."
# As many letters of the words of a source have room in a cell that has no value.
_LONGEST_WORDS = 80
_BRACKETS = "In brackets: reference limits of the laboratory, as printed with a value."


def _limit_of_all(records: pd.DataFrame) -> str:
    """The one limit that is printed with the values of a series; blank where they have several, or laboratories do."""
    has_unit = bool(unit_of(records))
    printed = {*filter(None, (_limits(row, "" if has_unit else row.unit) for row in rows_of(records)))}
    return printed.pop() if len(printed) == 1 and len({*filter(None, records["by"])}) < 2 else ""


def _limits(row, unit: str) -> str:
    """The limits that are printed with a value, in brackets, with their unit where nothing else beside them says it."""
    printed = reference_words(row)
    return typeset(f" ({' '.join(filter(None, [printed, unit]))})") if printed else ""


def _cell(analysis: Analysis, row, records: pd.DataFrame, notes: Footnotes, unit: str) -> str:
    """A value, with its unit where no head of a row says it; else a state, with what is not reported."""
    if row.STATE in OPEN_STATES:
        suspected = source_words(row) if row.STATE == "unknown" else ""
        return row.STATE.replace("_", " ") + (f" (‘{suspected}’)" if suspected else "")
    if row.value:
        shown = value_as_shown(row.value)
        in_words = not re.search(r"\d", shown)
        words = qualified(titre_words(shown if in_words else with_unit(shown, unit), row.AVALU), row.note)
        value = typeset(words.replace("~", "about "))
        unknown = unit_unknown_words(analysis.case.measure(row.PARAMCD)["unit"])
        mark = notes.mark(f"{capital(unknown)}.") if row.AVALU == UNIT_UNKNOWN else ""
        limits = "" if _limit_of_all(records) else _limits(row, unit if in_words else "")
        mark += notes.mark(_BRACKETS) if limits else ""
        if row.value.startswith("~"):
            bounds = printed_bounds(row.value, row.AVALU)
            mark += notes.mark(f"‘{capital(value)}’ is read as {number(bounds.low)} to {number(bounds.high)}.")
        other = other_examiner(analysis.case.rules, row, records)
        return f"{value}{_flag(row, records)}{limits}{mark}{notes.mark(other) if other else ''}"
    measure = analysis.case.measure(row.PARAMCD)
    if is_unscored(row, measure["unit"], measure["abbrev"]):
        printed = source_words(row, _LONGEST_WORDS)
        return "score not reported" + (f"; ‘{printed}’" if printed else "")
    printed = _printed(row)
    state = RESULTS.get(row.STATE, row.STATE) if is_test(analysis.case.measure(row.PARAMCD)["label"]) else row.STATE
    words = f"{state} (‘{printed}’)" if printed not in ("", state) else state
    # That nothing changed stands in the words of its source.
    words = f"‘{printed}’" if printed and state == "unchanged" else words
    words += notes.mark("Size not reported.") if "size not reported" in row.note else ""
    # One finding of which the site is told in one record alone.
    return words + (notes.mark(f"Site: {row.LOC}.") if row.LOC and records["LOC"].eq("").any() else "")


def _flag(row, records: pd.DataFrame) -> str:
    """`high` or `low` in brackets where a value is surely beyond its limits, or those of its series in its source."""
    limits = limits_of_series(row, records)
    if limits is None:
        return ""
    return " (high)" if limits["ANRHI"] < row.AVALLO else " (low)" if limits["ANRLO"] > row.AVALHI else ""


def _printed(row) -> str:
    """What a source prints for a state, where the word of the state does not say it; a "no" with what it denies."""
    printed = source_words(row)
    if not printed or printed.lower()[:5] == row.STATE[:5]:
        return ""
    # Up to the end of its clause, or not at all.
    denied = re.search(rf"{re.escape(printed)}(?: [\w-]+){{0,6}}(?=[.,;:)]|$)", row.quote)
    denied = denied if printed.startswith("no ") else None
    return denied[0] if denied else printed
