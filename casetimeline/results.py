"""Results of a case in the past tense, for a manuscript: every number from the derived table, no word on causes."""

from collections.abc import Iterator

import pandas as pd

from .analysis import records_of
from .citations import Reference
from .document import plain_markdown
from .timeline import Case
from .vocabulary import CONTRADICTED, MET, NOT_CHECKABLE, NOT_MET, OPEN_STATES, SUPPORTED, UNDETERMINED
from .wording import (
    capital,
    change_words,
    elapsed_words,
    moment_words,
    shift_words,
    site_words,
    told_words,
    when_words,
)

JUDGING = ("response", "progression", "important", "error", "variation", "resolution", "regression", "stability")


def results_sentences(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame, claims: pd.DataFrame) -> list[str]:
    """Paragraphs of a Results section, in the past tense.

    Returns
    -------
    list of str
        One paragraph a measure of the case, in the order of measures.csv, with its values, change and verdicts; one on
        the treatments; one on the claims of the source. A value that is not reported is said to be so.
    """
    recorded = set(changes.loc[changes["kind"] == "observation", "PARAMCD"])
    codes = [code for code in case.measures.index if code in recorded]
    paragraphs = [" ".join(_measure(case, changes, verdicts, code)) for code in codes]
    paragraphs += [" ".join(part) for part in (_treatments(case), _claims(claims)) if part]
    return paragraphs


def _measure(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame, code: str) -> Iterator[str]:
    measure = case.measures.loc[code]
    records = records_of(changes, code)
    sites = set(records["LOC"])
    for site, series in records.groupby("LOC", sort=False):
        name = ", ".join(filter(None, [measure["label"], site_words(site, sites)]))
        yield from _series(case, name, series, measure["unit"])
    last = verdicts[verdicts["line"].isin(records.loc[records["LASTFL"] == "Y", "line"])]
    yield from _judged(last[last["KIND"].isin(JUDGING)])


def _series(case: Case, name: str, series: pd.DataFrame, unit: str) -> Iterator[str]:
    phases = case.about.get("phases", {})
    base = series[series["ABLFL"] == "Y"]
    if not len(base):
        told = "; ".join(f"{told_words(row, unit)} {when_words(row, phases)}" for row in series.itertuples())
        yield f"{name}: recorded as {told}." + (" No change was computed." if len(series) > 1 else "")
        return
    first = base.iloc[0]
    for row in series[series["ORDER"] < first["ORDER"]].itertuples():
        yield f"{name} was {told_words(row, unit)} {when_words(row, phases)}, before the baseline."
    yield f"{name} was {told_words(first, unit)} at baseline, {moment_words(first, phases)}."
    later = series[series["ORDER"] > first["ORDER"]]
    for row in later.itertuples():
        yield capital(_later(row, unit, phases))
    if not len(later):
        yield "It was not recorded again, so no change could be computed."


def _later(row, unit: str, phases: dict) -> str:
    moment = when_words(row, phases)
    if row.STATE in OPEN_STATES:
        return f"{moment} it was {row.STATE.replace('_', ' ')}, so no change could be computed."
    weeks = elapsed_words(row, 7)
    after = f"; {weeks} weeks after the baseline" if weeks else "; the time since the baseline was not reported"
    change = change_words(row, unit)
    told = f", a change of {change}" if change else f"; {words}" if (words := shift_words(row)) else ""
    return f"{moment} it was {told_words(row, unit)}{told}{after}."


def _judged(rows: pd.DataFrame) -> Iterator[str]:
    """What the rules said of the last value, each named with its citation key."""
    openings = {
        MET: "By the cited rules, the last value met",
        NOT_MET: "It did not meet",
        UNDETERMINED: "It could not be determined whether it met",
    }
    for verdict, words in openings.items():
        own = rows[rows["VERDICT"] == verdict].drop_duplicates("RULE")
        because = verdict == UNDETERMINED
        names = [f"{row.LABEL}{f' (open: {row.DECIDED})' * bool(because and row.DECIDED)}" for row in own.itertuples()]
        if names:
            yield f"{words}: {'; '.join(names)}."


def _treatments(case: Case) -> list[str]:
    phases = case.about.get("phases", {})
    rows = case.facts[case.facts["kind"] == "treatment"]
    told = []
    for row in rows.itertuples():
        amount = " ".join(filter(None, [row.dose, row.dose_unit, row.frequency, row.route])) or "dose not reported"
        told.append(f"{_in_a_sentence(row.PARAM)} ({amount}) {when_words(row, phases)}")
    said = (
        f"The treatments reported were {'; '.join(told)}. No change was assigned to a treatment: there was no control."
    )
    return [said] if told else []


def _in_a_sentence(label: str) -> str:
    """A label without its capital letter, unless it is an abbreviation.

    Examples
    --------
    >>> _in_a_sentence("Tocilizumab"), _in_a_sentence("IVIG")
    ('tocilizumab', 'IVIG')
    """
    return label[:1].lower() + label[1:] if label[1:2].islower() else label


def _claims(claims: pd.DataFrame) -> list[str]:
    counts = claims["RESULT"].value_counts()
    told = "; ".join(f"{counts.get(result, 0)} {result}" for result in (SUPPORTED, CONTRADICTED, NOT_CHECKABLE))
    said = f"Of {len(claims)} statements of the source, compared with the recorded rows: {told}."
    return [said] if len(claims) else []


def citation_line(references: list[Reference]) -> str:
    """Keys of the references, as pandoc cites them, with what each is used for, as Markdown."""
    return "; ".join(f"[@{told.key}] {plain_markdown(', '.join(told.used_for))}" for told in references)
