"""Grades such as `small..moderate` as intervals of positions in their scale."""

import re
from collections.abc import Sequence

from .bounds import Bounds
from .spellings import canonical, plain


def parse_grade(text: str, grades: Sequence[str]) -> Bounds:
    """Bounds of a grade word, or of a range of them, as positions in the scale from 0.

    Words that people type for a grade (`trace`, `mild`), or for present and absent (`positive`), are those of
    spellings.csv.

    Raises
    ------
    ValueError
        If the text is not made of the words of the scale, in its order.

    Examples
    --------
    >>> scale = ("none", "trivial", "small", "moderate", "large")
    >>> parse_grade("large", scale)[:2], parse_grade("small..moderate", scale)[:2], parse_grade("trace", scale)[:2]
    ((4.0, 4.0), (2.0, 3.0), (1.0, 1.0))
    >>> parse_grade("++", ("negative", "trace", "1+", "2+"))[:2], parse_grade("I", ("", "I", "II"))[:2]
    ((3.0, 3.0), (1.0, 1.0))
    >>> parse_grade("non-trivial", scale)
    Traceback (most recent call last):
    ValueError: one of none, trivial, small, moderate, large, or two of them joined by '..'
    """
    typed = plain(text)
    whole = _grades_of(typed, grades)
    words = [whole] if whole else [_grades_of(word, grades) for word in _TO.split(typed)]
    if len(words) > 2 or not all(words) or (not whole and is_denied_grade(text, grades)):
        raise ValueError(f"one of {list_grades(grades)}, or two of them joined by '..'")
    low, high = words[0].low, words[-1].high
    if low > high:
        raise ValueError("a range from the smaller to the larger grade")
    return Bounds(low, high)


def list_grades(grades: Sequence[str]) -> str:
    """The words of a scale; the place of what is absent has none where no grade is absent.

    Examples
    --------
    >>> list_grades(("none", "small")), list_grades(("", "I", "II"))
    ('none, small', 'I, II')
    """
    return ", ".join(filter(None, grades))


def is_absent_grade(word: str) -> bool:
    """Whether a grade says that there is nothing: none, negative or 0, or that all is normal.

    Examples
    --------
    >>> [word for word in ("none", "negative", "0", "nil", "normal", "WNL", "I", "mild", "") if is_absent_grade(word)]
    ['none', 'negative', '0', 'nil', 'normal', 'WNL']
    """
    return word.casefold() in ("none", "nil", "0") or canonical("state", word) in ("absent", "normal")


# Between two grades.
_TO = re.compile(r"\s*(?:\.\.|-to-|\bto\b|-)\s*", re.IGNORECASE)


# A word that a hyphen joins to a grade.
_JOINED = re.compile(r"(?P<word>[^-.]+?)\s*-(?!to-).+", re.IGNORECASE)


def is_denied_grade(text: str, grades: Sequence[str]) -> bool:
    """Whether a hyphen joins a denial to a grade: `non-trivial` is more than trivial, and no range that begins at none.

    The names of the grade and the state themselves deny no other: `none-trivial` and `absent-trivial` are ranges.

    Examples
    --------
    >>> scale = ("none", "trivial", "small")
    >>> [is_denied_grade(text, scale) for text in ("non-trivial", "no - small", "none-small", "no-to-small")]
    [True, True, False, False]
    """
    joined = _JOINED.fullmatch(plain(text))
    word = joined["word"].casefold() if joined else ""
    return word not in ("", "absent", *map(str.casefold, grades)) and canonical("state", word) == "absent"


def _grades_of(word: str, grades: Sequence[str]) -> Bounds | None:
    """The grades that one word allows, whatever its capitals and a full stop; nothing if it is no word of the scale."""
    folded, state = [grade.casefold() for grade in grades], canonical("state", word)
    signs = f"{len(word)}+" if word and not word.strip("+") else word
    names = [name.casefold() for name in (word, word.rstrip("."), canonical("grade", word), state, signs)]
    place = grades.index(word) if word in grades else next((folded.index(name) for name in names if name in folded), -1)
    if place >= 0:
        return Bounds(float(place), float(place))
    if not grades or not is_absent_grade(grades[0]) or state not in ("present", "absent"):
        return None
    return Bounds(1.0, len(grades) - 1.0) if state == "present" else Bounds(0.0, 0.0)


def bounded_grade(text: str, grades: Sequence[str]) -> str:
    """The range of grades that a bound such as `>=moderate` means; blank for any other text.

    Examples
    --------
    >>> scale = ("none", "trivial", "small", "moderate", "large")
    >>> bounded_grade(">=moderate", scale), bounded_grade("<small", scale), bounded_grade("> large", scale)
    ('moderate..large', 'none..trivial', '')
    >>> bounded_grade("at least moderate", scale), bounded_grade("no more than mild", scale)
    ('moderate..large', 'none..small')
    """
    typed = plain(text).casefold()
    for mark, words in _BOUND_WORDS.items():
        typed = re.sub(rf"^(?:{words})\s+", mark, typed)
    match = _BOUND.fullmatch(typed)
    grade = _grades_of(match["word"], grades) if match else None
    if not grade:
        return ""
    strict, last = len(match["mark"]) == 1, len(grades) - 1.0
    lowest = 0.0 if grades[0] else 1.0
    low, high = (grade.low + strict, last) if match["mark"].startswith(">") else (lowest, grade.high - strict)
    return format_grade(Bounds(low, high), grades) if low <= high else ""


_BOUND_WORDS = {
    "<=": "at most|no more than|not more than|no greater than|not exceeding|up to",
    ">=": "at least|no less than|not less than",
    ">": "more than|greater than|larger than|above",
    "<": "less than|smaller than|below",
}
_BOUND = re.compile(r"(?P<mark>[<>]=?)\s*(?P<word>.+)")


def format_grade(bounds: Bounds, grades: Sequence[str]) -> str:
    """The word or words of a grade that `parse_grade` reads as the same bounds.

    Examples
    --------
    >>> format_grade(Bounds(1, 2), ("none", "small", "large"))
    'small..large'
    """
    low, high = grades[int(bounds.low)], grades[int(bounds.high)]
    return low if low == high else f"{low}..{high}"
