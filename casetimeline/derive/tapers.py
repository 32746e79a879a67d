"""A dose that changed within its course: the number of a row is then that of the beginning."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import distinct
from ..vocabulary import ENDED

# What a note says of a dose that was not given up to the end: not that the dose came from a taper, as `tapered from`
# means, and not that a taper was planned, failed or did not begin.
_UNTRUE = re.compile(r"\b(?:not (?!reported|told|printed|stated)\w+|plan\w*|fail\w*|tried|attempt\w*)\b", re.IGNORECASE)
_FALLS = r"taper\w*|wean\w*|de-?escalat\w+|(?:down-?)titrat\w+|reduc\w+|decreas\w+|lower(?:ed|ing)|halv\w+"
_RISES = r"escalat\w+|(?:up-?)?titrat\w+|increas\w+|rais\w+|doubl\w+"
_SLOWLY = r"gradual(?:ly)?|slow(?:ly)?|rapid(?:ly)?|quick(?:ly)?|stepwise|progressive(?:ly)?|subsequently|then|later"
_TAPERED = re.compile(
    rf"(?!.*\blater\b)(?:(?:the )?dose )?(?:(?:{_SLOWLY}|followed by|with|an?) )*"
    r"(?:(?:taper|wean)ing\b(?! (?:was|is|dose) )|(?:taper|wean)(?:ed)?\b(?! (?:from|to|dose)\b))",
    re.IGNORECASE,
)
# A change as the words of a note begin with it, and as they stand behind the dose that was given first.
_CHANGE = rf"(?:(?:{_SLOWLY})['’”\"]? )*(?P<verb>(?P<falls>{_FALLS})|(?P<rises>{_RISES}))(?!\w)(?P<how>.*)"
_CHANGED = re.compile(rf"(?P<subject>(?:the )?(?:dose|course|drug)(?: dose)? (?:was )?)?(?P<change>{_CHANGE})", re.I)
_BEHIND = r"(?:[\s,(/-]|[mµu]?g\b|kg\b|daily|a day|per day|day\b|oral(?:ly)?|was|which|given|started|and|with|an?\b)"
# One change joined to the next, and something else behind a change; the stop that a change led to.
_NEXT = rf"(?:(?:the )?dose )?(?:was )?(?:(?:{_SLOWLY}) )*(?:{_FALLS}|{_RISES}|{'|'.join(ENDED)})(?!\w)"
_JOINT = re.compile(rf"(?:,\s+(?:(?:and|but)\s+)?|\s+(?:and|but|then)\s+)(?={_NEXT})", re.IGNORECASE)
_OTHER = re.compile(rf"(?:,|\s+and)\s+(?!(?:(?:and|but)\s+)?{_NEXT})", re.IGNORECASE)
_STOP = re.compile(rf"(?:was )?(?:then )?(?:{'|'.join(ENDED)})\b", re.IGNORECASE)
# Change in steps, of which no number is told.
_IN_STEPS = re.compile(
    rf"\b(?:by \d+|every|over|in [\w ]*steps|{_SLOWLY}|\w*titrat\w*|\w*escalat\w*|halv\w+|doubl\w+)\b", re.IGNORECASE
)
_TAPER = re.compile("taper|wean", re.IGNORECASE)
# What stands between the verb and its number: the dose or the drug, how and for how long, and no other thing.
_DIGITS = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?"
_NUMBER = rf"(?:{_DIGITS}|zero|nil)(?!\d|[.,]\d|\s?%|/\d|\s?(?:-|–|to)\s?\d)"
_UNIT = r"[^\W\d_][^\s,;.)'’”]*(?: (?:daily|a day|per day|weekly|twice daily)\b)?"
_OBJECT = r"(?: (?:(?:in|of) )?(?:the )?(?:daily )?(?:doses?|drug)(?: dose)?)?"
_LENGTH = r"(?:about )?(?:an?|\d[\d.]*(?:\s?(?:-|–|to)\s?\d+)?|two|three|four|five|six|several|some) \w+"
_HOW = rf"{_SLOWLY}|down|up|further|again|(?:over|within|in|during|after) {_LENGTH}"
_HOW = rf"{_OBJECT}(?: (?:{_HOW}|by {_DIGITS}\s?{_UNIT}(?: (?:every|each|per|an?)(?: \d+)? \w+)?))*"
_FROM = re.compile(rf"{_HOW} from (?P<dose>{_NUMBER})", re.IGNORECASE)
_TO = re.compile(
    rf"{_HOW}(?: from {_NUMBER}(?:\s*{_UNIT})?)?{_HOW} to (?:a dose of )?(?P<dose>{_NUMBER})(?:\s*(?P<unit>{_UNIT}))?",
    re.IGNORECASE,
)
_TO_SOME = re.compile(rf"{_HOW} to (?:\d|(?:the|an?|half)\b)", re.IGNORECASE)
# What follows a change of the dose at once, where no number does: no other thing that fell or rose.
_JOIN = "by|every|over|within|during|after|before|at|on|for|until|and|then|with|as|because|due|when|daily|weekly|once"
_ALONE = re.compile(
    rf"{_OBJECT}(?:$|\W*[^\w\s]| (?:{_JOIN}|{_SLOWLY}|down|up|again|off|in (?:\d|[\w ]*steps))\b)", re.IGNORECASE
)
# Units of doses; words behind a number that are not a unit; a further dose behind it; and how often it is given: a dose
# every other day is not a dose a day.
_OF_DOSES = re.compile(r"(?:(?:[mµunk]|mc)?g|[Mk]?I?U|units?|m?[lL]|m?mol)(?![^\W\d_])")
_NO_UNIT = re.compile(rf"(?:{_JOIN}|in|a|per|twice)\b", re.IGNORECASE)
_FURTHER = re.compile(rf"\bto {_DIGITS}\s?{_OF_DOSES.pattern}")
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


def vary(note: str, dose: str, unit: str, drug: str = "") -> Varied:
    """How a dose changed within its course, by the note of its row: of several steps the last tells where it ended.

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
    named = re.compile(rf"\b{re.escape(drug.replace('_', ' '))}\b", re.IGNORECASE) if drug else None
    varied, phrases = Varied(), []
    for part in _parts(note):
        step = _of_words(named.sub("drug", part) if named else part, varied, dose, unit)
        if step is not varied:
            varied, phrases = step, [*phrases, part.rstrip("'’”\"")]
    return varied._replace(words="; ".join(phrases))


def vary_in_quote(quote: str, dose: str, unit: str) -> Varied:
    """How a dose changed within its course, by the words of a quote that stand behind its number.

    Examples
    --------
    >>> vary_in_quote("A drug 40 mg/day was given and then tapered to 10 mg/day.", "40", "mg/day")[:2]
    ('taper', '10')
    >>> vary_in_quote("A drug was reduced to 40 mg/day, and B drug was increased.", "40", "mg/day").kind
    ''
    """
    number = rf"(?<![\d.]){re.escape(dose)}\b"
    behind = re.search(rf"{number}{_BEHIND}*?\b(?P<change>{_CHANGE})", quote, re.I) if dose else None
    words = re.split(r"[;]|\.(?!\d)", behind["change"])[0] if behind else ""
    # What follows of another drug is no step of this one.
    step = _of_words(_OTHER.split(words)[0], Varied(), dose, unit)
    return step._replace(words=words) if step.kind and not _UNTRUE.search(words) else Varied()


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
    columns = (given[name].iloc[rows] for name in ("note", "dose", "dose_unit", "code") if name in given)
    varied[rows] = [_KINDS.index(vary(*cells).kind) for cells in zip(*columns, strict=True)]
    return varied


_KINDS = ("", "taper", "increase")


def _may_vary(note: str) -> bool:
    """Whether a note speaks of a change, whichever dose its row has."""
    return any(re.search(rf"\b(?:{_FALLS}|{_RISES})\b", part, re.IGNORECASE) for part in _parts(note))


def _parts(note: str) -> list[str]:
    """The parts of a note that are true of the course, without the quotation marks before them."""
    parts = [re.sub(r"^(?:printed )?[\"'“‘]?", "", part) for part in note.split("; ")]
    return [part for part in parts if not _UNTRUE.search(part)]


def _of_words(words: str, varied: Varied, dose: str, unit: str) -> Varied:
    """How a dose changed by some words on it, after what it is known to have changed by; else that itself."""
    for step in _JOINT.split(words):
        if varied.kind and _STOP.match(step):
            varied = Varied(varied.kind, "0", unit)
        after = _step(step, varied.dose if varied.kind else dose, unit)
        varied = after if after.kind else varied
    return varied


def _step(words: str, dose: str, unit: str) -> Varied:
    """How a dose changed by words that begin with the change; no change where they tell how the dose was reached."""
    change = _CHANGED.match(words)
    if not change:
        return Varied("taper") if _TAPERED.match(words) else Varied()
    kind, how = "taper" if change["falls"] else "increase", change["how"]
    if to := _TO.match(how):
        printed = _unit(to["unit"] or "", unit)
        if printed is None or _OFTEN.match(how, to.end()) or _FURTHER.search(how, to.end()):
            return Varied(kind)
        number = f"{_number(to['dose']):g}"
        return Varied() if _is_number(dose) and f"{_number(dose):g}" == number else Varied(kind, number, printed)
    if start := _FROM.match(how):
        return Varied(kind) if _is_number(dose) and float(dose) == _number(start["dose"]) else Varied()
    if _TO_SOME.match(how):
        return Varied(kind) if _is_number(dose) else Varied()
    if _TAPER.match(change["verb"]):
        return Varied(kind) if _TAPERED.match(words) else Varied()
    of_dose = change["subject"] or re.match(r"\w+ing doses?\b", change["verb"] + how)
    changed = _ALONE.match(how) and (of_dose or _IN_STEPS.search(change["change"]))
    return Varied(kind) if changed else Varied()


def _is_number(dose: str) -> bool:
    return re.fullmatch(r"\d+(?:\.\d+)?", dose) is not None


def _number(text: str) -> float:
    plain = text.replace(",", "")
    return float(plain) if _is_number(plain) else 0.0


def _unit(printed: str, of_row: str) -> str | None:
    """The unit of the dose that a change led to, as the row has it where it can; None for what is no unit of doses."""
    if not printed or _NO_UNIT.match(printed):
        return of_row
    by_day = re.sub(r"(?:/d| daily| a day| per day)$", "/day", printed)
    if by_day == of_row or of_row.startswith((f"{printed}/", f"{printed} ")):
        return of_row
    return printed if printed == of_row or _OF_DOSES.match(printed) else None
