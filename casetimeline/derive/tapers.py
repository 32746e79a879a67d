"""A dose that changed within its course: the number of a row is then that of the beginning."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import distinct

# What a note says of a dose that was not given up to the end: not that the dose came from a taper, as `tapered from`
# means, and not that a taper was planned, failed or did not begin.
_UNTRUE = re.compile(r"\b(?:not (?!reported|told|printed|stated)\w+|plan\w*|fail\w*|tried|attempt\w*)\b", re.IGNORECASE)
_FALLS, _RISES = r"taper\w*|wean\w*|de-?escalat\w+|(?:down-?)titrat\w+|reduc\w+|decreas\w+|lower\w*", r"escalat\w+"
_RISES += r"|(?:up-?)?titrat\w+|increas\w+|rais\w+"
_SLOWLY = r"gradual(?:ly)?|slow(?:ly)?|rapid(?:ly)?|stepwise|progressive(?:ly)?|subsequently|then|later"
_TAPERED = re.compile(
    rf"(?!.*\blater\b)(?:(?:the )?dose )?(?:(?:{_SLOWLY}|followed by|with|an?) )*"
    r"(?:(?:taper|wean)ing\b(?! (?:was|is|dose) )|(?:taper|wean)(?:ed)?\b(?! (?:from|to|dose)\b))",
    re.IGNORECASE,
)
# A change as the words of a note begin with it, and as they stand behind the dose that was given first.
_CHANGE = rf"(?:(?:{_SLOWLY})['’”\"]? )*(?:(?P<falls>{_FALLS})|(?P<rises>{_RISES}))(?!\w)(?P<how>.*)"
_CHANGED = re.compile(rf"(?:(?:the )?(?:dose|course)(?: was)? )?(?P<change>{_CHANGE})", re.IGNORECASE)
_BEHIND = r"(?:[\s,(/-]|[mµu]?g\b|kg\b|daily|a day|per day|day\b|oral(?:ly)?|was|which|given|started|and|with|an?\b)"
# Change in steps, of which no number is told.
_IN_STEPS = re.compile(rf"\b(?:by \d|every|over|{_SLOWLY}|\w*titrat\w*|\w*escalat\w*)\b", re.IGNORECASE)
_TAPER = re.compile("taper|wean", re.IGNORECASE)
_NUMBER = r"(?P<dose>\d+(?:\.\d+)?|zero|nil)(?![\d.]|\s?(?:-|–|to)\s?\d)"
_UNIT = r"[^\W\d_][^\s,;.)'’”]*(?: (?:daily|a day|per day|weekly|twice daily)\b)?"
_TO, _FROM = re.compile(rf"\bto {_NUMBER}(?:\s*(?P<unit>{_UNIT}))?"), re.compile(rf"\bfrom {_NUMBER}")
_TO_SOME = re.compile(r"\bto \d")
# Between a dose and how often it is given: what is given every other day is no dose a day.
_OFTEN = re.compile(r"\s*(?:every|each|on alternate|alternate)\b")


class Varied(NamedTuple):
    """How a dose changed within its course.

    Attributes
    ----------
    kind : str
        `taper` or `increase`; blank where no words say that it changed.
    dose, unit : str
        The dose that the change led to; blank where that is not told. `0` ended the course.
    words : str
        What says so.
    """

    kind: str = ""
    dose: str = ""
    unit: str = ""
    words: str = ""


def vary(note: str, dose: str, unit: str) -> Varied:
    """How a dose changed within its course, by the note of its row.

    A note may as well say from which dose that of the row came: where it names a dose, the two numbers tell which.

    Examples
    --------
    >>> vary("tapered to 10 mg over 5 months", "40", "mg/day")
    Varied(kind='taper', dose='10', unit='mg/day', words='tapered to 10 mg over 5 months')
    >>> [vary(note, "40", "mg/day")[:2] for note in
    ...  ("titrated", "increased to 60 mg/day", "tapered to 5-10 mg", "tapered")]
    [('increase', ''), ('increase', '60'), ('taper', ''), ('taper', '')]
    >>> [vary(note, "10", "mg/day").kind for note in ("tapered to 10 mg/day", "reduced from 40 mg", "reduced")]
    ['', '', '']
    """
    return next((each for part in _parts(note) if (each := _of_words(part, dose, unit)).kind), Varied())


def vary_in_quote(quote: str, dose: str, unit: str) -> Varied:
    """How a dose changed within its course, by the words of a quote that stand behind its number.

    Examples
    --------
    >>> vary_in_quote("A drug 40 mg/day was given and then tapered to 10 mg/day.", "40", "mg/day")[:2]
    ('taper', '10')
    >>> vary_in_quote("A drug was reduced to 40 mg/day, and B drug was increased.", "40", "mg/day").kind
    ''
    """
    behind = (
        re.search(rf"(?<![\d.]){re.escape(dose)}\b{_BEHIND}*?\b(?P<change>{_CHANGE})", quote, re.I) if dose else None
    )
    words = re.split(r"[;]|\.(?!\d)", behind["change"])[0] if behind else ""
    return _of_words(words, dose, unit) if words and not _UNTRUE.search(words) else Varied()


def is_tapered(note: str) -> bool:
    """Whether a note says that the dose of its treatment was tapered, and so is that of the beginning alone.

    Examples
    --------
    >>> [is_tapered(note) for note in ("tapering; doses not reported", "tapered by 5 mg a week", "tapered, steps")]
    [True, True, True]
    >>> [is_tapered(note) for note in ("slow taper", "then tapered", "dose tapered over 4 weeks", "weaned slowly")]
    [True, True, True, True]
    >>> [is_tapered(note) for note in ("tapered from 60 mg", "tapering was begun later", "tapered to 5 mg")]
    [False, False, False]
    >>> [is_tapered(note) for note in ("tapering not begun", "tapering planned", "tapering failed", "after the taper")]
    [False, False, False, False]
    """
    return any(_TAPERED.match(part) for part in _parts(note))


def varied_in(given: pd.DataFrame) -> np.ndarray:
    """How the dose of each treatment changed within its course, by its note: 1 where it fell, 2 where it rose, else 0.

    Examples
    --------
    >>> given = pd.DataFrame({"note": ["tapered to 5 mg", "tapered to 5 mg", ""], "dose": ["9", "5", "5"]})
    >>> varied_in(given.assign(dose_unit="mg")).tolist()
    [1, 0, 0]
    """
    varied = np.zeros(len(given), dtype=int)
    if "note" not in given:
        return varied
    noted = distinct(given["note"])
    # Only what a note says to have changed is held against the dose of its row.
    rows = np.flatnonzero(noted.each(_may_vary, bool))
    columns = (given[name].iloc[rows] for name in ("note", "dose", "dose_unit"))
    varied[rows] = [_KINDS.index(vary(*cells).kind) for cells in zip(*columns, strict=True)]
    return varied


_KINDS = ("", "taper", "increase")


def _may_vary(note: str) -> bool:
    """Whether a note speaks of a change, whichever dose its row has."""
    return any(_CHANGED.match(part) or _TAPERED.match(part) for part in _parts(note))


def _parts(note: str) -> list[str]:
    """The parts of a note that are true of the course, without the quotation marks before them."""
    parts = [re.sub(r"^(?:printed )?[\"'“‘]?", "", part) for part in note.split("; ")]
    return [part for part in parts if not _UNTRUE.search(part)]


def _of_words(words: str, dose: str, unit: str) -> Varied:
    """How a dose changed by words that begin with the change; no change where they tell how the dose was reached."""
    change = _CHANGED.match(words)
    if not change:
        return Varied("taper", words=words) if _TAPERED.match(words) else Varied()
    kind, phrase = "taper" if change["falls"] else "increase", words.rstrip("'’”\"")
    to, start = _TO.search(change["how"]), _FROM.search(change["how"])
    if to and dose and (not _is_number(dose) or float(dose) != _number(to["dose"])):
        often = _OFTEN.match(change["how"], to.end())
        reached = ("", "") if often else (f"{_number(to['dose']):g}", _unit(to["unit"] or "", unit))
        return Varied(kind, *reached, words=phrase)
    if start and not to and dose and _is_number(dose) and float(dose) == _number(start["dose"]):
        return Varied(kind, words=phrase)
    if to and not dose:
        return Varied(kind, f"{_number(to['dose']):g}", to["unit"] or "", phrase)
    if to or start:
        return Varied()
    if _TO_SOME.search(change["how"]) and _is_number(dose):
        return Varied(kind, words=phrase)
    steps = _TAPERED.match(words) if _TAPER.match(change["falls"] or "") else _IN_STEPS.search(change["change"])
    return Varied(kind, words=phrase) if steps else Varied()


def _is_number(dose: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?", dose) is not None


def _number(text: str) -> float:
    return float(text) if _is_number(text) else 0.0


def _unit(printed: str, of_row: str) -> str:
    """The unit of the dose that a change led to: that of the row where less is printed, as mg for mg/day."""
    return of_row if of_row == printed or of_row.startswith((f"{printed}/", f"{printed} ")) or not printed else printed
