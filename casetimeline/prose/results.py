"""Results of a case in the past tense, for a manuscript: every number from the derived table, no word on causes."""

from collections.abc import Iterator

import pandas as pd

from ..case import Case
from ..derive import derive_exposure
from ..rules import OF_A_VALUE, Analysis, analyse, derive_tipping, is_needless, once
from ..vocabulary import OPEN_STATES, QUESTIONS
from .between import stretch_sentences
from .chronicle import Moment, course_moments
from .display import Sentence
from .meaning import meaning_passages
from .passage import Passage, Said, text_of
from .subset import subset_sentences
from .tense import caution_sentences, claims_sentence, course_sentences, treatment_sentences
from .words import dose_words, in_a_sentence, times_words, turn_words, when_words

# Results of more words than this are divided; a paragraph that has so many ends with its phase, one of a sentence or
# two goes on.
_LONG, _FULL, _SHORT = 180, 90, 20


def results_sentences(analysis: Analysis) -> list[str]:
    """Paragraphs of a Results section, in the past tense.

    Returns
    -------
    list of str
        One paragraph a measure of the case, in the order of measures.csv, with its values, changes and verdicts; then
        the treatments, the events, and the claims of the source. A value that is not reported is said to be so.
    """
    return [*filter(None, map(" ".join, results_paragraphs(analysis).values()))]


@once
def results_paragraphs(analysis: Analysis) -> dict[str, list[Sentence]]:
    """The sentences of `results_sentences` by the paragraph that they stand in.

    Returns
    -------
    dict of list of Sentence
        A paragraph has the code of its measure as its name, or the word for what it is about. Each sentence has the
        lines of the records that it tells of.
    """
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    recorded = set(changes.loc[changes["kind"] == "observation", "PARAMCD"])
    codes = [code for code in case.measures.index if code in recorded]
    # A rule has nothing to say about a value that is not known.
    judged = derive_tipping(_verdicts_on_changes(analysis.verdicts), changes, case.rules)
    known = changes["AVALLO"].notna() | changes["AVALCALO"].notna()
    judged = judged[judged["line"].isin(changes.loc[known & ~changes["STATE"].isin(OPEN_STATES), "line"])]
    subset = analysis.subset.lines if analysis.subset else ()
    treated = case.facts.loc[case.facts["kind"] == "treatment", "line"]
    named = {int(line) for lines in analysis.claims["LINES"] for line in lines.split(", ") if line}
    return {
        "time zero": _time_zero(case),
        **{
            code: [*course_sentences(analysis, code, "past", judged), *stretch_sentences(analysis, code, "past")]
            for code in codes
        },
        "subset": [Sentence(words, subset, "subset") for words in subset_sentences(analysis, "past")],
        "cautions": [
            *(Sentence(words, judged["line"].unique(), "verdicts") for words in caution_sentences(judged, "past")),
            *(Sentence(words) for words in filter(None, [case.selection])),
        ],
        "treatments": [
            Sentence(words, treated, "treatments") for words in treatment_sentences(case, _given(case), "past")
        ],
        "events": _events(case),
        "claims": [Sentence(claims_sentence(analysis, "past"), sorted(named), "claims")],
    }


@once
def results_passages(analysis: Analysis) -> list[Passage]:
    """The Results of a manuscript: the course of a case in the past tense, its changes, and what they mean.

    Returns
    -------
    list of Passage
        One paragraph; of a long course several, in clinical order: the presentation, the course under treatment, and
        the outcome. A value carries the lines of its rows, a sentence what it cites.
    """
    analysis = analyse(analysis)
    moments, meaning = course_moments(analysis), meaning_passages(analysis)
    # What leaves the report without its rules says that only some of them were asked for.
    meaning += [(Said(analysis.case.selection),)] if analysis.case.selection else []
    course = [moment.passage for moment in moments]
    if sum(map(_length, (*course, *meaning))) <= _LONG:
        return [_joined([*course, *meaning])] if course or meaning else []
    *stages, last = _stages(analysis, moments) or [[]]
    ends = [[*last, *meaning]] if sum(map(_length, (*last, *meaning))) <= _LONG else [last, meaning]
    return [_joined(paragraph) for paragraph in (*stages, *ends) if paragraph]


def _stages(analysis: Analysis, moments: list[Moment]) -> list[list[Passage]]:
    """A long course as paragraphs: before the first treatment, under treatment, and from the first last value on."""
    case, changes = analysis.case, analysis.changes
    treated = case.facts.loc[case.facts["kind"] == "treatment", "ORDER"].min()
    last = changes.loc[changes["LASTFL"].eq("Y") & changes["POSTBLFL"].eq("Y"), "ORDER"].min()
    paragraphs: list[list[Passage]] = []
    for moment, before in zip(moments, [None, *moments], strict=False):
        starts = before is None or any(before.order < order <= moment.order for order in (treated, last))
        full = before and before.phase != moment.phase and sum(map(_length, paragraphs[-1])) >= _FULL
        # A paragraph of one short sentence stays with what follows.
        if not paragraphs or ((full or starts) and sum(map(_length, paragraphs[-1])) >= _SHORT):
            paragraphs.append([])
        paragraphs[-1].append(moment.passage)
    return paragraphs


def _joined(passages: list[Passage]) -> Passage:
    """Sentences as one paragraph; where several that follow each other rest on the same work, the last one cites it."""
    told: list[Said] = []
    for passage, after in zip(passages, [*passages[1:], ()], strict=True):
        same = after and [said.works for said in after if said.works] == [passage[-1].works]
        alone = same and not any(said.works for said in passage[:-1])
        told += [*passage[:-1], passage[-1]._replace(works=()) if alone else passage[-1], Said(" ")]
    return tuple(told[:-1])


def _length(passage: Passage) -> int:
    return len(text_of(passage).split())


def last_verdicts(changes: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on the change up to the last value of each series, without those that need no row."""
    judged = _verdicts_on_changes(verdicts)
    return judged[judged["line"].isin(changes.loc[changes["LASTFL"] == "Y", "line"])]


def _verdicts_on_changes(verdicts: pd.DataFrame) -> pd.DataFrame:
    kinds = [kind for kind in QUESTIONS if kind not in OF_A_VALUE]
    return verdicts[verdicts["KIND"].isin(kinds) & ~is_needless(verdicts)]


def _time_zero(case: Case) -> list[Sentence]:
    label = case.about.get("time_zero", {}).get("label", "")
    timed = case.facts["start"].ne("")
    words = f"Day 0: {label.rstrip('.')}."
    return [Sentence(words, case.facts.loc[timed, "line"], "time zero")] if label and timed.any() else []


def _given(case: Case) -> Iterator[str]:
    """Dose, schedule, route and note of each treatment.

    The schedule of treatments that take turns is told as it is read: else each of them might be given at every turn.
    """
    exposure = derive_exposure(case.facts)
    for row, schedule in zip(case.facts.loc[exposure.index].itertuples(), exposure.itertuples(), strict=True):
        dose, words = dose_words(row) or "dose not reported", row.frequency
        if schedule.ALTERNATES:
            every, its_own = turn_words(schedule)
            turns = f"one administration every {every} weeks in turn with {in_a_sentence(schedule.ALTERNATES)}"
            words = f"{turns}, so this one every {its_own} weeks, as the schedule was read"
        # The note may say as well that no dose is reported.
        note = "; ".join(part for part in row.note.split("; ") if part != dose)
        yield ", ".join(filter(None, [dose, words, row.route, note]))


def _events(case: Case) -> list[Sentence]:
    """What happened and was done, the adverse events, and what the source states without a record of it."""
    told = {
        "The source told of these procedures and events": ("event", "procedure"),
        "Adverse events that the source told of": ("adverse_event",),
        "The source also stated": ("statement",),
    }
    sentences = []
    for words, kinds in told.items():
        rows = case.facts[case.facts["kind"].isin(kinds)]
        clauses = [_event(row, case.about.get("phases", {})) for row in rows.itertuples()]
        sentences += [Sentence(f"{words}: {'; '.join(clauses)}.", rows["line"], kinds[0])] if clauses else []
    return sentences


def _event(row, phases: dict) -> str:
    """One of them, with its grade, its relation to a treatment, how often, and where and how unless that is said."""
    said = f"{row.PARAM} {row.note}".casefold()
    where_and_how = [text for text in (row.site, row.method) if text.casefold() not in said]
    related = row.related and f"related: {row.related}"
    inside = [row.grade and f"grade {row.grade}", related, times_words(row), *where_and_how, row.note]
    words = "; ".join(filter(None, inside))
    return f"{in_a_sentence(row.PARAM)}{f' ({words})' if words else ''} {when_words(row, phases)}"
