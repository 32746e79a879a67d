"""What a row says of its course beside times: how many times, an end in words, and the fact that it counts from."""

import math
import re
from typing import NamedTuple

import pandas as pd

from ..vocabulary import CODE_WORDS, STOPPED, code_of, is_code
from .bounds import Bounds, parse_value
from .spellings import canonical, counted, plain, spelling

_PHASE_END = re.compile(r"phase\s*([1-9][0-9]{0,5})", re.IGNORECASE)
_COUNTS = "a whole number from 1, or a range or bound of it: 4, 3..4, >=2"
# A number, and what was counted.
_COUNTED = re.compile(r"([1-9][0-9]{0,3})\s*(?:[^\W\d_]{3,}\.?)?")
_GRADES = "a grade of CTCAE from 1 to 5, or a range of them: 3, 2..3"
# A grade with what people write about it, and what CTCAE calls each of the five.
_GRADE = re.compile(
    r"(?:ctcae\s*)?(?:g|gr\.?|grade|grad|grado|\u00b0)?\s*(?P<grade>[1-5]|iii|ii|iv|i|v)\s*(?:\u00b0|/\s*5|\(.*\)|ctcae.*)?",
    re.IGNORECASE,
)
_ROMAN, _SEVERITIES = ("i", "ii", "iii", "iv", "v"), ("mild", "moderate", "severe", "life-threatening", "fatal")
_OF_CODE = re.compile(r"(?P<code>[^#]+)(?:#\s*(?P<number>[1-9][0-9]{0,3}))?")


class Anchor(NamedTuple):
    """What a row counts from: a code, and which of the facts of that code, from 1."""

    code: str
    number: int


def parse_anchor(text: str) -> Anchor:
    """The code and the number of an anchor.

    Raises
    ------
    ValueError
        If the text is not a code, or a code with `#` and a number.

    Examples
    --------
    >>> parse_anchor("discharge#2"), parse_anchor("plasma exchange")
    (Anchor(code='discharge', number=2), Anchor(code='plasma_exchange', number=1))
    """
    match = _OF_CODE.fullmatch(text.strip())
    code = code_of(match["code"]) if match else ""
    if not is_code(code):
        raise ValueError(f"a code of the case ({CODE_WORDS}), or code#2 for its second")
    return Anchor(code, int(match["number"] or 1))


def format_anchor(anchor: Anchor) -> str:
    """The text of an anchor that `parse_anchor` reads as the same.

    Examples
    --------
    >>> format_anchor(Anchor("discharge", 2)), format_anchor(Anchor("discharge", 1))
    ('discharge#2', 'discharge')
    """
    return anchor.code if anchor.number == 1 else f"{anchor.code}#{anchor.number}"


def parse_count(text: str) -> Bounds:
    """The bounds of a count, which are whole numbers from 1: `>2` is from 3, `<5` up to 4, and `3x` is 3.

    Raises
    ------
    ValueError
        If the text is no such count.

    Examples
    --------
    >>> parse_count("4")[:2], parse_count("3..4")[:2], parse_count(">=2")[:2], parse_count(">2")[:2]
    ((4.0, 4.0), (3.0, 4.0), (2.0, inf), (3.0, inf))
    >>> parse_count("3x")[:2], parse_count("x 3")[:2]
    ((3.0, 3.0), (3.0, 3.0))
    """
    with_what = _COUNTED.fullmatch(counted(text.casefold()))
    expected = f"the number alone: {with_what[1]}" if with_what else _COUNTS
    if with_what and spelling("time", text):
        expected = f"{_COUNTS}; for how long stands in 'end'"
    return _whole(canonical("count", text), math.inf, expected)


def parse_severity(text: str) -> Bounds:
    """The bounds of the grade of an adverse event.

    Raises
    ------
    ValueError
        If the text is no whole number from 1 to 5, or range of them.

    Examples
    --------
    >>> parse_severity("3")[:2], parse_severity(">=3")[:2]
    ((3.0, 3.0), (3.0, 5.0))
    >>> parse_severity("III")
    Traceback (most recent call last):
    ValueError: the number of the grade alone: 3
    """
    return _whole(text, 5.0, _severity_expected(plain(text).casefold()))


def _severity_expected(typed: str) -> str:
    """What to write for a grade of an adverse event that is no number, or has more about it."""
    if typed in _SEVERITIES:
        return f"{_GRADES}; in CTCAE '{typed}' is {_SEVERITIES.index(typed) + 1}"
    part = _GRADE.fullmatch(typed)
    if not part:
        return _GRADES
    grade = part["grade"]
    return f"the number of the grade alone: {_ROMAN.index(grade) + 1 if grade in _ROMAN else grade}"


def _whole(text: str, highest: float, expected: str) -> Bounds:
    """Bounds of a whole number from 1 to the highest."""
    try:
        low, high, low_open, high_open = parse_value(text, 1.0, highest)
    except ValueError:
        raise ValueError(expected) from None
    ends = [end for end in (low, high) if math.isfinite(end)]
    if "~" in text or any(end % 1 for end in ends):
        raise ValueError(expected)
    bounds = Bounds(low + low_open, high - high_open)
    if not 1 <= bounds.low <= bounds.high <= highest:
        raise ValueError(expected)
    return bounds


def phase_of_end(text: str) -> float:
    """The phase by which a course had ended, from an end such as `phase 4`; nan for any other end.

    Examples
    --------
    >>> phase_of_end("phase 4"), phase_of_end("12 wk")
    (4.0, nan)
    """
    match = _PHASE_END.fullmatch(text.strip())
    return float(match[1]) if match else math.nan


def timed_end(text: str) -> str:
    """An end that is a time or `ongoing`; blank for one in words.

    Examples
    --------
    >>> timed_end("12 wk"), timed_end("stopped"), timed_end("phase 4")
    ('12 wk', '', '')
    """
    return "" if text == STOPPED or _PHASE_END.fullmatch(text.strip()) else text


def has_time(start: str, end: str) -> bool:
    """Whether a time is reported of a fact: of its start, or of its end alone. What is ongoing has no end yet.

    Examples
    --------
    >>> has_time("3 d", ""), has_time("", "10 mo"), has_time("", "ongoing"), has_time("", "phase 4")
    (True, True, False, False)
    """
    return bool(start) or timed_end(end) not in ("", "ongoing")


def count_timed(facts: pd.DataFrame) -> int:
    """How many facts have a time (`has_time`).

    Examples
    --------
    >>> count_timed(pd.DataFrame({"start": ["3 d", "", ""], "end": ["", "10 mo", "ongoing"]}))
    2
    """
    return sum(map(has_time, facts["start"], facts["end"]))
