"""The sentences on a case as outputs of an analysis, each with the rows that it rests on."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pandas as pd

from ...case import Case
from ...rules import CLAIM, DERIVED, OF_A_RECORD, VERDICT, Analysis, analyse, derive_tipping, once, outputs_of, table_of
from ...values import rows_of
from ...vocabulary import OPEN_STATES
from ..course.annotated import related_words
from ..course.results import verdicts_on_changes
from ..display import Sentence
from ..measured.between import stretch_sentences
from ..measured.tense import caution_sentences, claims_sentence, course_sentences
from ..measured.undecided import with_whole
from ..wording.subset import subset_sentences
from ..wording.when import when_words
from ..wording.words import in_a_sentence, times_words
from .story import treatments_of

SENTENCE = "sentence"


def told_of(analysis: Analysis) -> pd.DataFrame:
    """Every derived value, verdict, claim and sentence of an analysis, with the rows that it rests on.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.

    Returns
    -------
    DataFrame
        One row for each value, verdict and claim, then one for each sentence about the case: its KIND is `sentence`,
        its KEY the paragraph, what the sentence is about, and a number where several are about the same.

    Examples
    --------
    >>> from casetimeline.case import read_facts
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss",
    ...                       "value": [46, 32], "unit": "", "source": "chart"})
    >>> outputs = told_of(read_facts(frame, baseline_rule="first"))
    >>> outputs.loc[outputs["KIND"] == "sentence", ["SAYS", "LINES"]].to_numpy()[0].tolist()
    ['Modified Rodnan skin score of case a: 46 points at baseline, phase 1.', (2,)]
    """
    analysis = analyse(analysis)
    outputs = outputs_of(analysis)
    return pd.concat([outputs, table_of(_sentences(analysis, outputs))], ignore_index=True)


@once
def told_paragraphs(analysis: Analysis) -> dict[str, list[Sentence]]:
    """The sentences on each measure of a case, in the order of measures.csv, then on treatments, events and claims.

    Returns
    -------
    dict of list of Sentence
        A paragraph has the code of its measure as its name, or the word for what it is about. Each sentence has the
        lines of the records that it tells of.
    """
    case, changes = analysis.case, analysis.changes
    recorded = set(changes.loc[changes["kind"] == "observation", "PARAMCD"])
    codes = [code for code in case.measures.index if code in recorded]
    # A rule has nothing to say about a value that is not known.
    judged = with_whole(derive_tipping(verdicts_on_changes(analysis.verdicts), changes, case.rules), case.measures)
    known = changes["AVALLO"].notna() | changes["AVALCALO"].notna()
    judged = judged[judged["line"].isin(changes.loc[known & ~changes["STATE"].isin(OPEN_STATES), "line"])]
    subset = analysis.subset.lines if analysis.subset else ()
    treated = case.facts.loc[case.facts["kind"] == "treatment", "line"]
    named = {int(line) for lines in analysis.claims["LINES"] for line in lines.split(", ") if line}
    return {
        "time zero": _time_zero(case),
        **{code: [*course_sentences(analysis, code, judged), *stretch_sentences(analysis, code)] for code in codes},
        "subset": [Sentence(words, subset, "subset") for words in subset_sentences(analysis)],
        "cautions": [
            *(Sentence(words, judged["line"].unique(), "verdicts") for words in caution_sentences(judged)),
            *(Sentence(words) for words in filter(None, [case.selection])),
        ],
        "treatments": [Sentence(words, treated, "treatments") for words in treatments_of(case)],
        "events": _events(case),
        "claims": [Sentence(claims_sentence(analysis, "present"), sorted(named), "claims")]
        if len(analysis.claims)
        else [],
    }


def _time_zero(case: Case) -> list[Sentence]:
    label = case.about.get("time_zero", {}).get("label", "")
    timed = case.facts["start"].ne("")
    words = f"Day 0: {label.rstrip('.')}."
    return [Sentence(words, case.facts.loc[timed, "line"], "time zero")] if label and timed.any() else []


def _events(case: Case) -> list[Sentence]:
    """What happened and was done, the adverse events, and what the source states without a record of it."""
    headings = {
        "Procedures and events": ("event", "procedure"),
        "Adverse events": ("adverse_event",),
        "The source states": ("statement",),
    }
    rows = [*rows_of(case.facts[case.facts["kind"].isin([kind for kinds in headings.values() for kind in kinds])])]
    sentences = []
    for words, kinds in headings.items():
        of_kind = [row for row in rows if row.kind in kinds]
        if of_kind:
            clauses = "; ".join(_event(row, case.about.get("phases", {})) for row in of_kind)
            sentences.append(Sentence(f"{words}: {clauses}.", [row.line for row in of_kind], kinds[0]))
    return sentences


def _event(row, phases: dict) -> str:
    """One of them, with its grade, its relation to a treatment, how often, and where and how unless that is said."""
    name_and_note = f"{row.PARAM} {row.note}".casefold()
    where_and_how = [text for text in (row.site, row.method) if text.casefold() not in name_and_note]
    related = related_words(row.related)
    inside = [row.grade and f"grade {row.grade}", related, times_words(row), *where_and_how, row.note]
    words = "; ".join(filter(None, inside))
    return f"{in_a_sentence(row.PARAM)}{f' ({words})' if words else ''} {when_words(row, phases)}"


def _sentences(analysis: Analysis, outputs: pd.DataFrame) -> Iterator[tuple]:
    derived: dict[int, set[int]] = defaultdict(set)
    judged: dict[int, set[int]] = defaultdict(set)
    of_claims: set[int] = set()
    for kind, key, lines in zip(outputs["KIND"], outputs["KEY"], outputs["LINES"], strict=True):
        line, _, part = key.partition(":")
        if kind == DERIVED and part in OF_A_RECORD:
            derived[int(line)].update(lines)
        elif kind == VERDICT:
            judged[int(line)].update(lines)
        elif kind == CLAIM:
            of_claims.update(lines)
    seen: Counter[str] = Counter()
    for paragraph, sentences in told_paragraphs(analysis).items():
        for sentence in filter(None, sentences):
            about = f"{paragraph}:{sentence.about}"
            seen[about] += 1
            lines = of_claims if paragraph == "claims" else _rest(sentence, derived, judged)
            what = f"sentences, {paragraph.replace('_', ' ')}"
            yield SENTENCE, f"{about}:{seen[about]}", paragraph, what, str(sentence), lines


def _rest(sentence: Sentence, derived: dict[int, set[int]], judged: dict[int, set[int]]) -> set[int]:
    """The lines of the records that a sentence tells of, and what is told of them rests on."""
    tables = [derived, judged] if sentence.about.startswith("verdicts") else [derived]
    return set(sentence.lines).union(*(table[line] for table in tables for line in sentence.lines))
