"""The sentences of a Results section as outputs of an analysis, each with the rows that it rests on."""

from collections import Counter, defaultdict
from collections.abc import Iterator

import pandas as pd

from ..rules import CLAIM, DERIVED, VERDICT, Analysis, analyse, outputs_of, table_of
from .display import Sentence
from .results import results_paragraphs

SENTENCE = "sentence"
# What a sentence about a record may tell of it.
_TOLD = ("value", "time", "baseline", "change", "change since the value before", "dose")


def told_of(analysis: Analysis) -> pd.DataFrame:
    """Every derived value, verdict, claim and sentence of an analysis, with the rows that it rests on.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.

    Returns
    -------
    DataFrame
        The table of `outputs_of`, then one row for each sentence of `results_sentences`: its KIND is `sentence`, its
        KEY the paragraph, what the sentence is about, and a number where several are about the same.

    Examples
    --------
    >>> from casetimeline.case import read_facts
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss",
    ...                       "value": [46, 32], "unit": "", "source": "chart"})
    >>> told = told_of(read_facts(frame, baseline_rule="first"))
    >>> told.loc[told["KIND"] == "sentence", ["SAYS", "LINES"]].to_numpy()[0].tolist()
    ['Modified Rodnan skin score was 46 points at baseline, phase 1.', (2,)]
    """
    analysis = analyse(analysis)
    outputs = outputs_of(analysis)
    return pd.concat([outputs, table_of(_sentences(analysis, outputs))], ignore_index=True)


def _sentences(analysis: Analysis, outputs: pd.DataFrame) -> Iterator[tuple]:
    derived: dict[int, set[int]] = defaultdict(set)
    judged: dict[int, set[int]] = defaultdict(set)
    of_claims: set[int] = set()
    for kind, key, lines in zip(outputs["KIND"], outputs["KEY"], outputs["LINES"], strict=True):
        line, _, part = key.partition(":")
        if kind == DERIVED and part in _TOLD:
            derived[int(line)].update(lines)
        elif kind == VERDICT:
            judged[int(line)].update(lines)
        elif kind == CLAIM:
            of_claims.update(lines)
    seen: Counter[str] = Counter()
    for paragraph, sentences in results_paragraphs(analysis).items():
        for sentence in filter(None, sentences):
            about = f"{paragraph}:{sentence.about}"
            seen[about] += 1
            lines = of_claims if paragraph == "claims" else _rest(sentence, derived, judged)
            what = f"results, {paragraph.replace('_', ' ')}"
            yield SENTENCE, f"{about}:{seen[about]}", paragraph, what, str(sentence), lines


def _rest(sentence: Sentence, derived: dict[int, set[int]], judged: dict[int, set[int]]) -> set[int]:
    """The lines of the records that a sentence tells of, and what is told of them rests on."""
    tables = [derived, judged] if sentence.about.startswith("verdicts") else [derived]
    return set(sentence.lines).union(*(table[line] for table in tables for line in sentence.lines))
