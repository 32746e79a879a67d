"""What is recorded and what was given, as tables and sentences for a reader; and the cases of a folder."""

import re
from pathlib import Path

import pandas as pd

from ...case import Case, read_titles
from ...derive import check_words, count_worded, derive_calendar, derive_exposure, is_per_time, turns_in_words
from ...faults import counted
from ...rules import Analysis, analyse
from ...values import number, rows_of
from ...vocabulary import OPEN_STATES
from ..course.annotated import related_words
from ..display import Prose, Table, without_empty
from ..wording.labels import label_in_sentence
from ..wording.when import moment_words, start_words
from ..wording.words import capital, dose_words, in_a_sentence, span_words, times_words, turn_words
from .therapies import count_lasting, count_missing, uncounted_words, with_told_ends


def summarise_recorded(analysis: Analysis, code: str = "") -> Table:
    """The facts as recorded, of one measure or of the whole case.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.
    code : str
        A measure; blank for the whole case.

    Returns
    -------
    Table
        One row for each fact: `line`, `phase`, `start`, `kind` (of the whole case only), `what`, `value`, `limits`,
        `site`, `method`, `by`, `note`, `quote` and `source`. A source that is the same for all stands in the caption.
    """
    analysis = analyse(analysis)
    case = analysis.case
    if not isinstance(code, str | None) or code not in {"", None, *case.facts["code"]}:
        # Nothing is recorded of it; what is no code is refused.
        check_words([code], case.measures.index, "a code of measures.csv or treatments.csv", at="code")
    facts = case.facts if not code else case.facts[case.facts["code"] == code]
    shown = pd.DataFrame(
        {
            "line": facts["line"],
            "phase": facts["phase"],
            "start": [start_words(row) for row in rows_of(facts)],
            "kind": facts["kind"],
            "what": facts["PARAM"],
            "value": [_recorded_words(row) for row in rows_of(facts)],
            "limits": [_limit_words(row) for row in rows_of(facts)],
            "site": facts["LOC"].where(facts["site"].ne(""), ""),
            "method": facts["method"],
            "by": facts["by"],
            "note": facts["note"],
            "quote": facts["quote"],
            "source": facts["source"],
        }
    )
    if code:
        shown = shown.drop(columns=["kind"])
    caption = f"Case {case.case_id}: recorded rows, {case.measures['label'].get(code, 'all facts')}"
    if len(set(shown["source"])) == 1:
        caption += f"; source: {shown['source'].iloc[0]}"
        shown = shown.drop(columns=["source"])
    return Table(without_empty(shown, keep=("line", "value")), caption)


def _recorded_words(row) -> str:
    """The value and unit of an observation, or its state; else dose, schedule, route and number, or the grade."""
    if row.kind == "observation":
        return " ".join(filter(None, [row.value, row.unit])) or row.state.replace("_", " ")
    if row.kind == "adverse_event":
        grade, related = row.grade and f"grade {row.grade}", related_words(row.related)
        return ", ".join(filter(None, [grade, related]))
    return " ".join(filter(None, dict.fromkeys([dose_words(row), row.frequency, row.route, times_words(row)])))


def _limit_words(row) -> str:
    """The reference limits of a value as recorded; blank where there are none."""
    low, high = row.ref_low, row.ref_high
    if low and high:
        return f"{low} to {high}"
    if high:
        return f"up to {high}"
    return f"from {low}" if low else ""


def summarise_reported(analysis: Analysis) -> Table:
    """What is reported, and when.

    Returns
    -------
    Table
        One row for each measure that is recorded: `measure`, then one column for each position in the order of
        telling, with its phase or time. A cell is `reported`, a state such as `not assessed`, or `not mentioned`.
    """
    analysis = analyse(analysis)
    case = analysis.case
    observations = case.facts[case.facts["kind"] == "observation"]
    cells = [
        "reported" if row.STATE == "value" or row.value else row.STATE.replace("_", " ")
        for row in rows_of(observations)
    ]
    grid = observations.assign(cell=cells).pivot_table(
        index="PARAM", columns="ORDER", values="cell", aggfunc=lambda words: "; ".join(dict.fromkeys(words)), sort=False
    )
    grid = grid.reindex(columns=sorted(case.facts["ORDER"].unique()))
    grid.columns = _positions(case)
    grid = grid.astype(object).fillna("not mentioned").rename_axis(None, axis=1).reset_index(names="measure")
    return Table(grid, f"Case {case.case_id}: what is reported, and when")


def _positions(case: Case) -> list[str]:
    """The positions in the order of telling, each with the name of its phase, or with its time if it has no phase.

    A phase may take several positions, and one without a fact takes none.
    """
    names, headings = case.about.get("phases", {}), []
    for position, rows in case.facts.groupby("ORDER"):
        phase, start = rows[["phase", "start"]].iloc[0]
        name = start if pd.isna(phase) else names.get(str(phase), f"phase {phase}")
        headings.append(f"{position}: {name}")
    return headings


def summarise_gaps(analysis: Analysis) -> Prose:
    """Which measures are known in one phase or in none, which have an open state, and what treatments leave out."""
    analysis = analyse(analysis)
    case = analysis.case
    observations = case.facts[case.facts["kind"] == "observation"]
    treatments = with_told_ends(case.facts)
    is_open = observations["STATE"].isin(OPEN_STATES)
    measures = list(dict.fromkeys(observations["PARAM"]))
    phases_known = observations[~is_open].groupby("PARAM", sort=False)["ORDER"].nunique().reindex(measures).fillna(0)
    sentences = []
    for count, words in ((0, "Never reported as known"), (1, "Reported as known in one phase only")):
        names = phases_known.index[phases_known == count]
        if len(names):
            sentences.append(f"{words}: {', '.join(names)}.")
    for state, rows in observations[is_open].groupby("STATE", sort=False):
        sentences.append(f"{capital(state.replace('_', ' '))}: {', '.join(dict.fromkeys(rows['PARAM']))}.")
    if len(treatments):
        words = ", ".join(f"{word} in {count}" for word, count in count_missing(treatments).items())
        worded = ", ".join(f"{word} in {count}" for word, count in count_worded(treatments).items())
        going = f"; told in words alone: {worded}" if worded else ""
        going += "".join(f"; {word}: {count}" for word, count in count_lasting(treatments).items())
        sentences.append(f"Of {len(treatments)} rows of treatments, not reported: {words}{going}.")
    return Prose((" ".join(sentences) or "Every measure is known in two phases or more.",))


def summarise_cases(data_dir: str | Path) -> Table:
    """The cases of a folder.

    Parameters
    ----------
    data_dir : path
        The folder of the cases, as for `read_case`.

    Returns
    -------
    Table
        One row for each case: `case`, `diagnosis` and `title`, from its case.yaml; blank where that does not say it.

    Raises
    ------
    TimelineError
        If there is no such folder, or a case.yaml cannot be read.
    """
    frame = pd.DataFrame(read_titles(data_dir), columns=["case", "diagnosis", "title"], dtype=str)
    return Table(frame, f"{counted(len(frame), 'case')} of this folder")


def summarise_exposure(analysis: Analysis) -> Table:
    """What was given, as far as it is reported.

    Returns
    -------
    Table
        One row for each treatment row of the file: `line`, `treatment`, `told in` (its phase or time), `dose`,
        `schedule`, `days`, `number of doses`, `cumulative dose`, and `missing`, what that dose would need.
    """
    analysis = analyse(analysis)
    case, phases = analysis.case, analysis.case.about.get("phases", {})
    exposure = derive_exposure(case.facts)
    doses = [" ".join(filter(None, [row.EXDOSE, row.EXDOSU])) for row in rows_of(exposure)]
    shown = pd.DataFrame(
        {
            "line": exposure["line"],
            "treatment": exposure["EXTRT"],
            "told in": [moment_words(row, phases) for row in rows_of(case.facts.loc[exposure.index])],
            "dose": [dose or "not reported" for dose in doses],
            "schedule": [_schedule(row) for row in rows_of(exposure)],
            "days": [span_words(row.EXDURLO, row.EXDURHI) for row in rows_of(exposure)],
            "number of doses": [
                span_words(row.NDOSLO, row.NDOSHI) or uncounted_words(row.EXDOSFRQ) for row in rows_of(exposure)
            ],
            "cumulative dose": [_total(row) for row in rows_of(exposure)],
            "missing": exposure["REASON"],
        }
    )
    return Table(without_empty(shown, keep=("line", "treatment")), f"Case {case.case_id}: what was given")


def _schedule(row) -> str:
    """The schedule of a treatment as printed; of treatments that take turns as it is read."""
    if not row.EXDOSFRQ:
        return "" if is_per_time(row.EXDOSU) else "not reported"
    if not row.ALTERNATES:
        return row.EXDOSFRQ
    return f"{turns_in_words(row.EXDOSFRQ)} (with {row.ALTERNATES}; read as this drug every {turn_words(row)[1]} weeks)"


def _total(row) -> str:
    """The cumulative dose of a treatment; blank where it is not known."""
    if pd.isna(row.CUMLO):
        return ""
    words = span_words(row.CUMLO, row.CUMHI)
    # A dose below or above a number has no other limit.
    words = f"below {number(row.CUMHI, 1)}" if row.CUMHIX else f"above {number(row.CUMLO, 1)}" if row.CUMLOX else words
    return f"{words} {row.CUMU}".strip()


def summarise_calendar(analysis: Analysis) -> Table:
    """The weeks of each administration, counted from the first of its regimen.

    Returns
    -------
    Table
        One row for each treatment whose schedule is an interval: `line`, `treatment`, `weeks` and `alternates with`.
    """
    analysis = analyse(analysis)
    case = analysis.case
    treatments = derive_calendar(case.facts).groupby("line", sort=False)
    shown = pd.DataFrame(
        {
            "line": [line for line, _ in treatments],
            "treatment": [doses["EXTRT"].iloc[0] for _, doses in treatments],
            "weeks": [_weeks(doses) for _, doses in treatments],
            "alternates with": [doses["ALTERNATES"].iloc[0] for _, doses in treatments],
        }
    )
    caption = f"Case {case.case_id}: the first weeks of each schedule that is an interval"
    return Table(without_empty(shown, keep=("line", "treatment", "weeks")), caption)


def _weeks(doses: pd.DataFrame) -> str:
    """The weeks of the doses of one treatment; of a daily one only the days that are drawn."""
    if doses["OWN"].iloc[0] <= 1:
        return f"daily, days 0 to {number(doses['DOSEDY'].iloc[-1])} drawn"
    return ", ".join(number(day / 7, 1) for day in doses["DOSEDY"])


def summarise_regimen(analysis: Analysis) -> Prose:
    """How many schedules are intervals, how treatments that take turns are read, and which have no reported end."""
    analysis = analyse(analysis)
    case = analysis.case
    treatments = case.facts[case.facts["kind"] == "treatment"]
    if treatments.empty:
        return Prose((f"The source of case {case.case_id} tells of no treatment.",))
    schedules = derive_calendar(case.facts).drop_duplicates("line")
    sentences = [f"{len(schedules)} of {len(treatments)} rows of treatments have a schedule that is an interval."]
    sentences += [_turns(row) for row in rows_of(schedules[schedules["ALTERNATES"] != ""])]
    unended = treatments[treatments["line"].isin(schedules["line"]) & treatments["end"].eq("")]
    if len(unended):
        names = ", ".join(dict.fromkeys(unended["PARAM"]))
        sentences.append(f"When it ended, and so how many were given, is not reported: {names}.")
    return Prose((" ".join(sentences),))


def _turns(row) -> str:
    """How the schedule of a treatment that takes turns is read; for two treatments also how else it could be read."""
    every, its_own = turn_words(row)
    turns = f"{row.EXTRT} takes turns with {row.ALTERNATES}"
    if row.OWN != 2 * row.INTERVAL:
        return f"{turns}: this drug every {its_own} weeks."
    return (
        f"{turns}: one dose every {every} weeks, so this drug every {its_own} weeks. If the source meant {row.EXTRT} "
        f"every {every} weeks, twice as many doses were given."
    )


# How a point begins that does not say what it is about.
_WITHOUT_SUBJECT = re.compile(r"(?:It|One|Told|This|They|Its)\b")


def with_subject(case: Case, code: str, caveat: str) -> str:
    """A point that the source leaves open, behind the name of its measure where it does not name it."""
    if code not in case.measures.index:
        return caveat
    measure = case.measures.loc[code]
    names = {measure["label"].lower(), measure["abbrev"].lower(), *re.findall(r"[a-z]{5,}", measure["label"].lower())}
    named = any(name in caveat.lower() for name in names) and not _WITHOUT_SUBJECT.match(caveat)
    return caveat if named else f"{capital(label_in_sentence(measure['label']))}: {in_a_sentence(caveat)}"
