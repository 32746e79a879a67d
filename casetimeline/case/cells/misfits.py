"""Faults of the rows of a mask, and the texts of a column that cannot be parsed."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from ...faults import fault
from ...values import NOTHING, Bounds, Distinct, Intervals, parse_texts, spelling
from .causes import Misfit

# The states of what nobody can tell; and how a hint says that the state is one of these.
_OPEN = ("unknown", "not_reported")
_BLANK = re.compile("leave (?:the state )?blank")
# The texts of each column of a timeline.
Texts = Mapping[str, Distinct]


def faults_where(facts: pd.DataFrame, mask: np.ndarray, column: str, expected: str) -> Iterator[Misfit]:
    """A fault of each row of the mask, with what its column holds."""
    if mask.any():
        for line, text in zip(facts.loc[mask, "line"], facts.loc[mask, column], strict=True):
            yield line, column, text, expected


def unknown_words(
    facts: pd.DataFrame, mask: np.ndarray, column: str, expected: str, known: Iterable[str]
) -> Iterator[Misfit]:
    """As `faults_where`, with the nearest known word."""
    known, nearest = list(known), {}
    for line, _, word, _ in faults_where(facts, mask, column, expected):
        if word not in nearest:
            nearest[word] = fault(word, expected, at=column, known=known).nearest
        yield line, column, word, expected, nearest[word]


def rows_by_measure(
    facts: pd.DataFrame, mask: np.ndarray, column: str, measures: pd.DataFrame
) -> Iterator[tuple[int, str, pd.Series]]:
    """The line, the text and the measure of each row of the mask."""
    if mask.any():
        rows = facts.loc[mask, ["line", column, "code"]]
        asked = {code: measures.loc[code] for code in rows["code"].unique()}
        for line, text, code in rows.itertuples(index=False):
            yield line, text, asked[code]


def parsed(texts: Distinct, parse: Callable[[str], Bounds]) -> tuple[Intervals, dict[str, str]]:
    """Bounds of each text (nan where blank or bad), and what would be right for each bad text."""
    bad: dict[str, str] = {}

    def parse_or_note(text: str) -> Bounds:
        """Bounds, or nan and a note of what would be right."""
        try:
            return parse(text)
        except ValueError as error:
            bad[text] = str(error)
            return NOTHING

    return parse_texts(texts, parse_or_note), bad


def unparsed(facts: pd.DataFrame, texts: Texts, bad: dict[str, str], column: str, more: str = "") -> Iterator[Misfit]:
    """A fault of each row whose text could not be parsed, with what would be right."""
    if bad:
        for line, _, text, _ in faults_where(facts, texts[column].among(bad), column, ""):
            yield line, column, text, bad[text] + more + _or_blank(text)


def _or_blank(text: str) -> str:
    """What to do with a gap of a spreadsheet, in a column that may be blank; blank for any other text."""
    return "; blank where it is not reported" if is_gap(text) else ""


def is_gap(text: str) -> bool:
    """Whether a text says that nothing is reported: the gap of a spreadsheet, or a word for it.

    Examples
    --------
    >>> [text for text in ("NA", "n/a", "?", "unknown", "not reported", "5 mg", "none", "") if is_gap(text)]
    ['NA', 'n/a', '?', 'unknown', 'not reported']
    """
    word = spelling("state", text)
    return word is not None and (word.canonical in _OPEN or (not word.canonical and bool(_BLANK.search(word.hint))))
