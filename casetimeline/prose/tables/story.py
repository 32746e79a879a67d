"""Sentences about a case for a notebook, in the present. No sentence says that a treatment caused a change."""

from collections.abc import Iterable, Iterator

import numpy as np

from ...case import Case, touching
from ...derive import derive_worded, places_of, records_of
from ...rules import Analysis, analyse
from ...values import count_timed, rows_of
from ...vocabulary import KINDS, OPEN_STATES
from ..display import Prose
from ..judged.verdicts import (
    cohort_sentences,
    error_sentences,
    importance_sentences,
    limit_sentences,
    population_sentences,
    response_sentences,
    variation_sentences,
)
from ..measured.between import stretch_sentences
from ..measured.changes import change_of_series, path_of_series
from ..measured.tense import course_sentences, series_of, treatment_sentences
from ..wording.subset import subset_sentences
from ..wording.when import when_words
from ..wording.words import NOT_MENTIONED
from .therapies import given_words, missing_words, with_told_ends


def summarise_skin(analysis: Analysis) -> Prose:
    """What the skin scores of a case show: the change, the rules, the measurement error, and what is open."""
    analysis = analyse(analysis)
    return _prose(
        _course(analysis, "mrss"),
        response_sentences(analysis, "mrss"),
        error_sentences(analysis, "mrss"),
        importance_sentences(analysis, "mrss"),
        subset_sentences(analysis),
        stretch_sentences(analysis, "mrss"),
        population_sentences(analysis, "mrss"),
        _meanwhile(analysis, "mrss"),
        [analysis.case.selection],
        _caveats(analysis.case, "mrss"),
    )


def summarise_muscle(analysis: Analysis) -> Prose:
    """What the CK values of a case show, against the limit of their own laboratory where it is reported."""
    analysis = analyse(analysis)
    return _prose(
        _course(analysis, "ck"),
        limit_sentences(analysis, "ck"),
        variation_sentences(analysis, "ck"),
        stretch_sentences(analysis, "ck"),
        population_sentences(analysis, "ck"),
        _meanwhile(analysis, "ck"),
        [analysis.case.selection],
        _caveats(analysis.case, "ck"),
    )


def summarise_pericardium(analysis: Analysis) -> Prose:
    """What the course of the pericardial effusion of a case shows, by the rules of published cohorts."""
    analysis = analyse(analysis)
    return _prose(
        _course(analysis, "pericardial_effusion"),
        cohort_sentences(analysis, "pericardial_effusion"),
        population_sentences(analysis, "pericardial_effusion"),
        _meanwhile(analysis, "pericardial_effusion"),
        [analysis.case.selection],
        _caveats(analysis.case, "pericardial_effusion"),
    )


def summarise_profile(analysis: Analysis, codes: tuple[str, ...] = ()) -> Prose:
    """One sentence for each measure and site, then the treatments of the case and what is open about them.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.
    codes : tuple of str
        The measures; none for those of the case that have a course. Of one that is not recorded the sentence says so.
    """
    analysis = analyse(analysis)
    case = analysis.case
    sentences = [_title(case)]
    for code in analysis.asked(codes) or analysis.courses:
        measure = case.measure(code)
        courses = []
        for site, series in series_of(analysis, code):
            name = ", ".join(filter(None, [measure["label"], site]))
            courses.append(f"{name}: {path_of_series(series, measure)}; {change_of_series(series, measure)}.")
        sentences += courses or [f"{measure['label']}: {NOT_MENTIONED}."]
    return _prose(sentences, treatments_of(case), _caveats(case, "treatments"))


def summarise_timeline(analysis: Analysis) -> Prose:
    """What the timeline of a case holds, what it leaves open, and how much of it has a time."""
    analysis = analyse(analysis)
    case, facts = analysis.case, analysis.case.facts
    counts = facts["kind"].value_counts()
    kinds = [
        f"{counts[kind]} {kind.replace('_', ' ')}{'' if counts[kind] == 1 else 's'}" for kind in KINDS if kind in counts
    ]
    sources = "; ".join(source["id"] for source in case.about.get("sources", [])) or "not stated"
    opening = [
        _title(case),
        f"{len(facts)} facts are recorded: {', '.join(kinds)}. Source: {sources}.",
        _timing(count_timed(facts), len(facts)),
    ]
    notes = [f"{note}." for note in case.notes]
    return _prose(opening, treatments_of(case), _caveats(case, "treatments"), _gaps(case), notes)


def _title(case: Case) -> str:
    return f"Case {case.case_id}: {case.about.get('title', 'no title')}."


def _timing(timed: int, facts: int) -> str:
    """How many of the facts have a time."""
    if timed == facts:
        return "Every fact has a time."
    if timed == 0:
        return "No fact has a time that could be placed on an axis; all are shown in the order of telling."
    return f"A time is reported for {timed} of {facts} facts; all are shown in the order of telling."


def _gaps(case: Case) -> Iterator[str]:
    """Values that are not known, and what the treatments lack."""
    phases = case.about.get("phases", {})
    for row in rows_of(case.facts[case.facts["STATE"].isin(OPEN_STATES)]):
        yield f"{row.PARAM}: {row.AVALC} {when_words(row, phases)}."
    yield from filter(None, [missing_words(with_told_ends(case.facts))])


def _prose(*paragraphs: Iterable[str]) -> Prose:
    """Paragraphs of sentences; one without a sentence is left out."""
    return Prose(tuple(filter(None, map(" ".join, paragraphs))))


def _course(analysis: Analysis, code: str) -> list[str]:
    """The course of a measure, or that it is not mentioned."""
    subject = f"{analysis.case.measure(code)['label']} of case {analysis.case.case_id}"
    absent = NOT_MENTIONED if code in analysis.codes else "not recorded"
    missing = f"{subject}: {absent}."
    return [*course_sentences(analysis, code)] or [missing]


def _meanwhile(analysis: Analysis, code: str) -> Iterator[str]:
    """Treatments and procedures from the first baseline to the last record; the change is assigned to none of them."""
    case, records = analysis.case, records_of(analysis.changes, code)
    later = records[records["POSTBLFL"] == "Y"]
    if later.empty:
        return
    # A fact that may be of that time is told as well.
    facts = places_of(case.facts)
    day, phase = (later[name].astype(float).min() for name in ("BASEOLO", "BASEOPH"))
    earlier = (facts.high < day) | (facts.phase < phase)
    last = places_of(later)
    after = np.logical_and.reduce([last.of([row] * len(case.facts)).before(facts) for row in range(len(later))])
    # What was begun before is told if it surely lasted.
    until = case.facts["AENLO"].astype(float)
    lasting = case.facts["kind"].eq("treatment") & (until.ge(day) | until.eq(np.inf))
    meanwhile = case.facts[(~earlier | lasting) & ~after]
    treatments = meanwhile.loc[meanwhile["kind"] == "treatment", "PARAM"].unique()
    # Procedures are named whichever rules were asked for.
    done = meanwhile["code"].isin(touching(case.measures, code)) & meanwhile["kind"].ne("statement")
    procedures = meanwhile.loc[done | meanwhile["kind"].eq("procedure"), "PARAM"].unique()
    if len(treatments):
        yield f"Treatments reported between the first baseline and the last record: {', '.join(treatments)}."
    if len(procedures):
        yield f"Procedures reported in that time: {', '.join(procedures)}."
    if len(treatments) and (later["CHGLO"].notna() | later["AVALCALO"].notna()).any():
        yield "The change is not assigned to any of them."


def treatments_of(case: Case) -> Iterator[str]:
    """What was given, with each schedule as it is printed."""
    rows = case.facts[case.facts["kind"] == "treatment"]
    in_words = derive_worded(rows)["dose"]
    return treatment_sentences(case, [given_words(*each) for each in zip(rows_of(rows), in_words, strict=True)])


def _caveats(case: Case, code: str) -> list[str]:
    return case.about.get("caveats", {}).get(code, [])
