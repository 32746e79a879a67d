"""Cells that are filled and say nothing: the gaps of a spreadsheet, and the words for what is not reported.

In a column of numbers such a cell cannot be parsed. In a column of words it would be told as a fact: two visits with
the examiner `NA` would be of one examiner, and a site `unknown` a series of its own.
"""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...values import canonical
from ...vocabulary import KINDS, STATES
from ..cells.causes import Misfit
from ..cells.misfits import Texts, faults_where, is_gap
from ..cells.typed import meanings_of
from .kinds import BELONGS

_BLANK = "blank where it is not reported"
# Of what a name may be, and what stands in words, where `data not shown` says something. A relation in words,
# as `unknown` or `NA`, is printed as such (`related`).
_NAMES, _IN_WORDS = ("anchor", "site", "method", "unit"), ("quote", "derived", "note")
# Two capital letters: `N.A.` and `K.A.` are gaps, and people.
_INITIALS = re.compile(r"[A-Z]\.?\s?[A-Z]\.?")
# A role with a word that names nobody, and a person among several.
_OF_ROLE = re.compile(
    r"(?i)(?:(?:another|other|two|three|[2-9]|both|several|different|various|multiple|blinded|independent|trained"
    r"|experienced|referring|treating|attending|consultant) )*(.+?)s?"
)
_BETWEEN = re.compile(r" ?(?:[;,&/+]|\band\b|\bund\b) ?")
_PERSON = re.compile(r"(?:Dr|Prof|[Ee]xaminer)\b.*|[A-Z.]{1,4}")
_ONE_PERSON = "one person in each row, as a name, initials or examiner 1; others in the note"
_NO_UNIT = "the unit of the dose; where it is not reported, 'dose' is blank as well, and the note has the number"
_NO_SOURCE = "where the fact stands; a gap names no source"
_NAMELESS = "the name of what happened, was given or is stated; of what nothing is reported there is no row"
_LONGEST = len("not applicable")
# Words that say that there was none, where a name is asked for; and how that is told.
_NOTHING = ("none", "nil", "no", "nothing")
_NONE_OF = {"treatment": "no_treatment", "procedure": "no_procedure", "adverse_event": "no_adverse_events"}


def check_gaps(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """Faults of cells of words that say nothing, and of a role in place of who it was."""
    asked = dict.fromkeys(_NAMES, _BLANK) | {"dose_unit": _NO_UNIT, "source": _NO_SOURCE}
    for column, expected in asked.items():
        yield from faults_where(facts, texts[column].each(is_nameless, bool) & _here(texts, column), column, expected)
    for column in _IN_WORDS:
        yield from faults_where(facts, texts[column].each(is_mark, bool) & _here(texts, column), column, _BLANK)
    unwritten = texts["related"].each(lambda text: is_mark(text) and not any(map(str.isalnum, text)), bool)
    yield from faults_where(facts, unwritten & _here(texts, "related"), "related", _BLANK)
    who = {text: expected for text in texts["by"].texts if (expected := examiner_expected(text))}
    for line, column, text, _ in faults_where(facts, texts["by"].among(who) & _here(texts, "by"), "by", ""):
        yield line, column, text, who[text]
    for column in ("frequency", "route"):
        nothing = texts[column].each(lambda text, of=column: is_nameless(text) and not meanings_of(of, text), bool)
        yield from faults_where(facts, nothing & _here(texts, column), column, _BLANK)
    unnamed = texts["code"].each(is_nameless, bool) & ~texts["kind"].among(["observation"])
    nothing = texts["code"].each(lambda text: text.casefold() in _NOTHING, bool)
    for kind, event in _NONE_OF.items():
        none = nothing & texts["kind"].among([kind])
        yield from faults_where(facts, none, "code", f"the event {event}, which says that there was none")
    yield from faults_where(facts, unnamed & ~(nothing & texts["kind"].among(_NONE_OF)), "code", _NAMELESS)


def _here(texts: Texts, column: str) -> np.ndarray:
    """The rows of the kinds to which a column belongs: any word is out of place beside the others."""
    kinds, _ = BELONGS.get(column, (KINDS, ""))
    return texts["kind"].among(kinds)


def examiner_expected(text: str) -> str:
    """What to write for who examined, where a text does not name one; blank where it does.

    Examples
    --------
    >>> [text for text in ("Dr A", "examiner 1", "NB", "two examiners", "Dr A; Dr B") if examiner_expected(text)]
    ['two examiners', 'Dr A; Dr B']
    >>> examiner_expected("N.A.")
    'blank where it is not reported; of initials, write the name or examiner 1'
    """
    # One blank is all that a pattern looks over: it would go back over many from each of them.
    text = " ".join(text.split())
    if is_nameless(text):
        return _BLANK + ("; of initials, write the name or examiner 1" if _INITIALS.fullmatch(text) else "")
    if sum(bool(_PERSON.fullmatch(part)) for part in _BETWEEN.split(text)) > 1:
        return _ONE_PERSON
    role = _OF_ROLE.fullmatch(text)
    return meanings_of("by", text) or (meanings_of("by", role[1]) if role else "")


def is_nameless(text: str) -> bool:
    """Whether a text in the place of a name names nothing.

    Examples
    --------
    >>> [text for text in ("NA", "none", "not stated", "unbekannt", "?", "missing", "Dr A", "") if is_nameless(text)]
    ['NA', 'none', 'not stated', 'unbekannt', '?', 'missing']
    """
    return text.casefold() in (*_NOTHING, "missing") or is_gap(text)


def is_mark(text: str) -> bool:
    """Whether a text is a gap of a spreadsheet, and no words of a source.

    Examples
    --------
    >>> [text for text in ("NA", "NULL", "-", "unknown", "data not shown", "") if is_mark(text)]
    ['NA', 'NULL', '-']
    """
    # Hardly two quotes of a registry are the same, and none of them is so short.
    return len(text) <= _LONGEST and is_gap(text) and canonical("state", text) not in STATES
