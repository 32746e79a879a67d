"""What the rules say of the stretches of a course that do not begin at the baseline, in words."""

from collections.abc import Iterator

import pandas as pd

from ..rules import OF_PATIENT, Analysis
from ..values import rows_of
from ..vocabulary import FIRST, HIGHEST, LOWEST, MET, UNDETERMINED
from .display import Sentence
from .undecided import tipping_words
from .when import when_words
from .words import value_words

_KINDS = {
    FIRST: ", from the first value to the baseline",
    LOWEST: ", from the lowest value so far",
    HIGHEST: ", from the highest value so far",
}


def telling_stretches(analysis: Analysis, code: str) -> pd.DataFrame:
    """The verdicts on the stretches of a measure that tell something: met, or open by one quantity alone."""
    rows = analysis.stretches
    open_ = rows["VERDICT"].eq(UNDETERMINED) & rows["OPEN"].ne("") & ~rows["DECIDED"].isin(OF_PATIENT)
    return rows[rows["PARAMCD"].eq(code) & (rows["VERDICT"].eq(MET) | open_)]


def stretch_words(row) -> str:
    """The stretch of a verdict, with the line of its earlier record where that is not the baseline.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> stretch_words(Row(STRETCH="baseline to visit", FROMLINE=float("nan")))
    'baseline to visit'
    >>> stretch_words(Row(STRETCH="lowest to later", FROMLINE=6.0))
    'lowest to later, from line 6'
    """
    line = getattr(row, "FROMLINE", None)
    return row.STRETCH if pd.isna(line) else f"{row.STRETCH}, from line {line:.0f}"


def stretch_sentences(analysis: Analysis, code: str) -> Iterator[Sentence]:
    """One sentence a stretch: its two values, and the rules by their verdict."""
    rows = telling_stretches(analysis, code)
    if rows.empty:
        return
    case, by_line = analysis.case, {row.line: row for row in rows_of(analysis.changes)}
    unit, phases = case.measure(code)["unit"], case.about.get("phases", {})
    for (line, kind, earlier), verdicts in rows.groupby(["line", "STRETCH", "FROMLINE"], sort=False):
        ends = [f"{value_words(by_line[each], unit)} {when_words(by_line[each], phases)}" for each in (earlier, line)]
        answers = []
        for verdict in (MET, UNDETERMINED):
            rules = [_rule(row, unit) for row in rows_of(verdicts[verdicts["VERDICT"] == verdict])]
            answers += [f"{verdict}: {', '.join(rules)}"] if rules else []
        words = f"From {ends[0]} to {ends[1]}{_KINDS.get(kind, '')}: {'; '.join(answers)}."
        yield Sentence(words, [int(earlier), line], f"verdicts on line {line}, {kind}")


def _rule(row, unit: str) -> str:
    tipping = tipping_words(row, unit)
    return f"{row.LABEL} ({tipping})" if tipping else row.LABEL
