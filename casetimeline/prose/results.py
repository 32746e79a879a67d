"""Results of a case in the past tense, for a manuscript: every number from the derived table, no word on causes."""

from collections.abc import Iterator

import pandas as pd

from ..case import Case
from ..derive import derive_exposure, records_of
from ..rules import OF_A_VALUE, Analysis, analyse, is_needless
from ..values import number
from ..vocabulary import (
    CONTRADICTED,
    MET,
    NOT_CHECKABLE,
    NOT_MET,
    OPEN_STATES,
    QUESTIONS,
    SUPPORTED,
    UNDETERMINED,
    UNIT_UNKNOWN,
)
from .words import (
    capital,
    change_words,
    elapsed_words,
    moment_words,
    shift_words,
    since_words,
    site_words,
    told_words,
    turn_words,
    when_words,
)


def results_sentences(analysis: Analysis) -> list[str]:
    """Paragraphs of a Results section, in the past tense.

    Returns
    -------
    list of str
        One paragraph a measure of the case, in the order of measures.csv, with its values, changes and verdicts; then
        the treatments, the events, and the claims of the source. A value that is not reported is said to be so.
    """
    analysis = analyse(analysis)
    case, changes, verdicts, claims = analysis.case, analysis.changes, analysis.verdicts, analysis.claims
    recorded = set(changes.loc[changes["kind"] == "observation", "PARAMCD"])
    codes = [code for code in case.measures.index if code in recorded]
    # Of a value that is not known no rule has anything to say.
    judged = _judging(verdicts)
    judged = judged[judged["line"].isin(changes.loc[~changes["STATE"].isin(OPEN_STATES), "line"])]
    paragraphs = [_time_zero(case), *([*_measure(analysis, judged, code)] for code in codes)]
    paragraphs += [[*_rules_apart(judged), *filter(None, [case.selection])]]
    paragraphs += [_treatments(case), _events(case), _claims(claims)]
    return [" ".join(sentences) for sentences in paragraphs if sentences]


def last_verdicts(changes: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """What the rules that judge a change say of the last value of each series, without what needs no row."""
    judged = _judging(verdicts)
    return judged[judged["line"].isin(changes.loc[changes["LASTFL"] == "Y", "line"])]


def _judging(verdicts: pd.DataFrame) -> pd.DataFrame:
    kinds = [kind for kind in QUESTIONS if kind not in OF_A_VALUE]
    return verdicts[verdicts["KIND"].isin(kinds) & ~is_needless(verdicts)]


def _time_zero(case: Case) -> list[str]:
    label = case.about.get("time_zero", {}).get("label", "")
    timed = case.facts["start"].ne("").any()
    return [f"Day 0: {label.rstrip('.')}."] if label and timed else []


def _measure(analysis: Analysis, judged: pd.DataFrame, code: str) -> Iterator[str]:
    case, changes = analysis.case, analysis.changes
    measure = case.measure(code)
    records = records_of(changes, code)
    sites = set(records["LOC"])
    for site, series in records.groupby("LOC", sort=False):
        name = ", ".join(filter(None, [measure["label"], site_words(site, sites)]))
        yield from _series(case, name, series, measure["unit"], judged)


def _series(case: Case, name: str, series: pd.DataFrame, unit: str, judged: pd.DataFrame) -> Iterator[str]:
    phases = case.about.get("phases", {})
    base = series[series["ABLFL"] == "Y"]
    if not len(base):
        told = "; ".join(f"{_told(row, unit)} {when_words(row, phases)}" for row in series.itertuples())
        yield f"{name}: recorded as {told}, without a baseline, so no change was computed."
        return
    first = base.iloc[0]
    for row in series[series["ORDER"] < first["ORDER"]].itertuples():
        yield f"{name} was {_told(row, unit)} {when_words(row, phases)}, before the baseline."
    yield f"{name} was {_told(first, unit)} at baseline, {moment_words(first, phases)}."
    later = series[series["ORDER"] > first["ORDER"]]
    for row in later.itertuples():
        yield capital(_later(row, unit, phases))
        yield from _judged(judged[judged["line"] == row.line])
    if not len(later):
        yield "It was not recorded again, so no change could be computed."


def _told(row, unit: str) -> str:
    """A value as printed; one that is printed as approximate also with the bounds that it is read as."""
    words = told_words(row, unit)
    if not row.value.startswith("~"):
        return words
    return f"{words} (read as {number(row.AVALLO)} to {number(row.AVALHI)} {row.AVALU})"


def _later(row, unit: str, phases: dict) -> str:
    moment = when_words(row, phases)
    if row.STATE in OPEN_STATES:
        return f"{moment} it was {_told(row, unit)}, so no change could be computed."
    weeks = elapsed_words(row, 7)
    after = f"; {weeks} weeks after the baseline" if weeks else "; the time since the baseline was not reported"
    why = "no unit was reported" if row.AVALU == UNIT_UNKNOWN else "it could not be compared with the baseline"
    change, since = change_words(row, unit), since_words(row, unit)
    told = f"a change of {change} from the baseline" if change else shift_words(row)
    told = ", ".join(filter(None, [told or f"no change was computed, because {why}", since]))
    return f"{moment} it was {_told(row, unit)}; {told}{after}."


def _judged(rows: pd.DataFrame) -> Iterator[str]:
    """What the rules said of the change from the baseline to one value, each by its name."""
    openings = {
        MET: "By the cited rules, this change from the baseline met",
        NOT_MET: "By the cited rules, this change from the baseline did not meet",
        UNDETERMINED: "It could not be determined whether this change from the baseline met",
    }
    for verdict, words in openings.items():
        own = rows[rows["VERDICT"] == verdict].drop_duplicates("RULE")
        because = verdict == UNDETERMINED
        names = [f"{row.LABEL}{f' (open: {row.DECIDED})' * bool(because and row.DECIDED)}" for row in own.itertuples()]
        if names:
            yield f"{words}: {'; '.join(names)}."


def _rules_apart(judged: pd.DataFrame) -> list[str]:
    told = ["The rules overlapped and were made for other patients; how many were met was no measure of anything."]
    if len(set(judged.loc[judged["KIND"] == "error", "RULE"])) > 1:
        told.append("The limits of measurement error were alternatives; which one held depended on who scored.")
    return told if len(judged) else []


def _treatments(case: Case) -> list[str]:
    phases = case.about.get("phases", {})
    exposure = derive_exposure(case.facts)
    rows = case.facts.loc[exposure.index]
    told = [
        f"{_in_a_sentence(row.PARAM)} ({_given(row, given)}) {when_words(row, phases)}"
        for row, given in zip(rows.itertuples(), exposure.itertuples(), strict=True)
    ]
    said = (
        f"Treatments were reported as follows: {'; '.join(told)}. No change was assigned to a treatment: there was no "
        "control."
    )
    return [said] if told else []


def _given(row, given) -> str:
    """Dose, schedule and route of a treatment; a schedule of turns as it is read, so that no dose is told twice."""
    dose = " ".join(filter(None, [row.dose, row.dose_unit])) or "dose not reported"
    schedule = row.frequency
    if given.ALTERNATES:
        every, own = turn_words(given)
        turns = f"one administration every {every} weeks in turn with {_in_a_sentence(given.ALTERNATES)}"
        schedule = f"{turns}, so this one every {own} weeks, as the schedule was read"
    # A note that repeats that there is no dose is not told twice.
    note = row.note.removesuffix(dose).rstrip("; ")
    return ", ".join(filter(None, [dose, schedule, row.route, note]))


def _events(case: Case) -> list[str]:
    phases = case.about.get("phases", {})
    rows = case.facts[case.facts["kind"] == "event"]
    told = [
        f"{_in_a_sentence(row.PARAM)}{f' ({row.note})' * bool(row.note)} {when_words(row, phases)}"
        for row in rows.itertuples()
    ]
    return [f"The source told of these procedures and events: {'; '.join(told)}."] if told else []


def _in_a_sentence(label: str) -> str:
    """A label without its capital letter, unless it is an abbreviation.

    Examples
    --------
    >>> _in_a_sentence("Dialysis"), _in_a_sentence("IVIG")
    ('dialysis', 'IVIG')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _claims(claims: pd.DataFrame) -> list[str]:
    counts = claims["RESULT"].value_counts()
    told = "; ".join(f"{counts.get(result, 0)} {result}" for result in (SUPPORTED, CONTRADICTED, NOT_CHECKABLE))
    said = f"Of {len(claims)} statements of the source, compared with the recorded rows: {told}."
    return [said] if len(claims) else []
