"""Uncertain values as intervals: `46`, `<30`, `~6000`, `10..20`.

A value that is printed exactly has equal bounds. Any other value is kept as the interval that the printed text
allows, and no number inside the interval is preferred. Bounds can be written back as text: for every form,
`parse(format(bounds)) == bounds`.
"""

import functools
import math
import re
from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..vocabulary import DECIMALS
from .column import Distinct, distinct
from .mistyped import number_expected
from .spellings import plain, spelling

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)"
_ONE = re.compile(rf"(?P<mark>[<>~]|<=|>=)?\s*(?P<low>{_NUMBER})")
# Against some resistance or little: between two grades, at neither of them.
_MRC = re.compile(r"(?i)(?:mrc|m|grade)?\s*(?P<grade>[0-5])\s*(?P<sign>[+-])?(?:\s*/\s*5)?")
_OF_TOP = re.compile(rf"(?P<value>.*\S)\s*/\s*(?P<top>{_NUMBER})")
_NO_DILUTION = re.compile(r"(?<![0-9:/.])1\s*[:/]\s*0+(?:\.0+)?(?!\.?[0-9])")
_TITRE = re.compile(r"(?<![0-9:/])(?<![0-9][.])1\s*[:/]\s*(?=[0-9])")
# Titres that are mistyped: `1:1.280`, `1-640`, and `01:40`, which a spreadsheet makes of 1:40.
_GROUPED_DILUTION = re.compile(r"(?P<mark>[<>~]?=?\s*)1\s*[:/]\s*([1-9][0-9]{0,2}(?:[.,' \u2019][0-9]{3})+)")
_HYPHENED, _TIME_OF_TITRE = re.compile(r"1\s*-\s*([1-9][0-9]*)"), re.compile(r"01:([0-9]{2})(?::00)?|1:([0-9]{2}):00")
_RANGE = re.compile(rf"(?P<above>>)?\s*(?P<low>{_NUMBER})\s*\.\.\s*(?P<below><)?\s*(?P<high>{_NUMBER})")
_THRESHOLD = re.compile(r"\s*(?P<mark>>=?)\s*(?P<number>[^<>\s].*)")
NO_NUMBER = "a number with a decimal point (450.5), <x, >x, ~x or x..y, without a unit"
# Results are rounded to so many decimals; a number that is changed by more than this part of it would be another one.
_HELD = 1e-6
_EXPONENT = re.compile(rf"[<>=~ ]*{_NUMBER}[eE][+-]?[0-9]+")
# A longer text is not read as a number: a million digits would take minutes.
LONGEST = 80


def _not_read(text: str) -> str:
    """What a text that is no number should be."""
    if len(text) > LONGEST:
        return f"a number with a decimal point, of at most {LONGEST} characters"
    if _EXPONENT.fullmatch(text):
        return "the number with all its digits: one with an exponent may be a rounded one"
    finite = "a number that is finite" if re.fullmatch(r"[+-]?inf(inity)?", text, re.IGNORECASE) else NO_NUMBER
    return number_expected(text) or finite


class Bounds(NamedTuple):
    """The interval that contains a value.

    Attributes
    ----------
    low, high : float
        Limits, `low <= high`; infinite where the printed text gives none.
    low_open, high_open : bool
        Whether the limit itself is excluded, as in `>1000` and `<30`.
    """

    low: float
    high: float
    low_open: bool = False
    high_open: bool = False


NOTHING = Bounds(math.nan, math.nan)


class Intervals(NamedTuple):
    """The intervals of a column as arrays, one interval a row; for a few rows much quicker than a DataFrame.

    Attributes
    ----------
    low, high : ndarray of float
        Limits; infinite where the printed text gives none, nan where there is no value.
    low_open, high_open : ndarray of bool
        Whether the limit itself is excluded.
    """

    low: np.ndarray
    high: np.ndarray
    low_open: np.ndarray
    high_open: np.ndarray


# Numbers and times recur from shard to shard of a registry.
@functools.lru_cache(maxsize=16_384)
def parse_value(text: str, floor: float = -math.inf, ceiling: float = math.inf) -> Bounds:
    """Bounds of a printed number.

    `~x` is read as a rounded number: it allows half a unit of its last significant digit to either side.

    Parameters
    ----------
    text : str
        A number, `<x`, `>x`, `<=x`, `>=x`, `~x` or `x..y`, with a decimal point and no thousands separator. An end
        of a range may be excluded: `0..<30`, `>10..20`. Also what people type for these, such as `10-20`.
    floor, ceiling : float
        Limits of the scale, used where the text leaves a side open.

    Raises
    ------
    ValueError
        If the text has none of these forms, or allows no number of the scale.

    Examples
    --------
    >>> parse_value("46")[:2], parse_value("~6000")[:2], parse_value("10..20")[:2]
    ((46.0, 46.0), (5500.0, 6500.0), (10.0, 20.0))
    >>> parse_value("<30", floor=0)
    Bounds(low=0.0, high=30.0, low_open=False, high_open=True)
    """
    text = text.strip()
    # What is added makes -0 of it 0.
    span = _RANGE.fullmatch(text) if len(text) <= LONGEST else None
    one = _ONE.fullmatch(text) if len(text) <= LONGEST and not span else None
    if span:
        bounds = Bounds(float(span["low"]) + 0.0, float(span["high"]) + 0.0, bool(span["above"]), bool(span["below"]))
    elif one:
        number, mark = float(one["low"]) + 0.0, one["mark"] or ""
        if mark == "~":
            half = _half_last_digit(one["low"])
            bounds = Bounds(max(number - half, floor), min(number + half, ceiling))
        elif mark.startswith("<"):
            bounds = Bounds(float(floor), number, False, mark == "<")
        elif mark.startswith(">"):
            bounds = Bounds(number, float(ceiling), mark == ">", False)
        else:
            bounds = Bounds(number, number)
    else:
        return parse_value(_number_as_typed(text), floor, ceiling)
    if any(math.isfinite(end) and abs(round(end, DECIMALS) - end) > _HELD * abs(end) for end in bounds[:2]):
        raise ValueError(f"a number that {DECIMALS} decimals can hold; use a smaller unit")
    if bounds.low > bounds.high or (bounds.low == bounds.high and (bounds.low_open or bounds.high_open)):
        raise ValueError("a range from the smaller to the larger number" if span else "a number within the scale")
    return bounds


def canonical_number(text: str) -> str:
    """The printed form of a number as people type it; the text itself where it has such a form, or is no number.

    Examples
    --------
    >>> canonical_number("about 6"), canonical_number("\u22486"), canonical_number("6-8"), canonical_number("few")
    ('~6', '~6', '6..8', 'few')
    """
    text = text.strip()
    if len(text) > LONGEST or _ONE.fullmatch(text) or _RANGE.fullmatch(text):
        return text
    try:
        return _number_as_typed(text)
    except ValueError:
        return text


def _number_as_typed(text: str) -> str:
    """The printed form of a number as people type it, such as `10-20` or `about 6000`; or a ValueError."""
    word = spelling("value", text)
    typed = word.canonical if word else plain(text)
    if typed == text or not any(map(str.isdigit, typed)):
        raise ValueError(_not_read(text))
    return typed


def parse_threshold(text: str) -> tuple[Bounds, bool]:
    """A threshold such as `>5` or `>=3..4`, and whether it is strict.

    Raises
    ------
    ValueError
        If the text is not `>` or `>=` before a number or a range.

    Examples
    --------
    >>> parse_threshold(">=3..4")
    (Bounds(low=3.0, high=4.0, low_open=False, high_open=False), False)
    """
    match = _THRESHOLD.fullmatch(text)
    if match is None:
        raise ValueError("> or >= before a number, as in >=5")
    return parse_value(match["number"]), match["mark"] == ">"


def parse_reading(text: str, top: float = math.inf, unit: str = "") -> Bounds:
    """Bounds of a printed number of a measure, with the forms that its scale alone has.

    Parameters
    ----------
    text : str
        As for `parse_value`. Also `30/51` where the scale ends at 51; of a titre `1:320`, the dilution, alone or as the
        end of a range; of an MRC grade `4-` and `4+`, which are between 3 and 4, and between 4 and 5.
    top : float
        The end of the scale.
    unit : str
        The unit of the measure.

    Raises
    ------
    ValueError
        As `parse_value`.

    Examples
    --------
    >>> parse_reading("30/51", 51)[:2], parse_reading("<1:40", unit="titre")
    ((30.0, 30.0), Bounds(low=-inf, high=40.0, low_open=False, high_open=True))
    >>> parse_reading("1:320..1:640", unit="titre")[:2]
    (320.0, 640.0)
    >>> parse_reading("4-", 5, "MRC grade"), parse_reading("4/5", 5, "MRC grade")[:2]
    (Bounds(low=3.0, high=4.0, low_open=True, high_open=True), (4.0, 4.0))
    """
    typed = plain(text)
    grade = _MRC.fullmatch(typed) if unit == "MRC grade" else None
    if grade:
        number = float(grade["grade"])
        if grade["sign"] == "+" and 0 < number < top:
            return Bounds(number, number + 1, True, True)
        if grade["sign"] == "-" and number > 0:
            return Bounds(number - 1, number, True, True)
        if not grade["sign"]:
            return Bounds(number, number)
    if unit == "titre":
        return _parse_titre(typed)
    share = _OF_TOP.fullmatch(typed)
    if share and float(share["top"]) == top:
        return parse_value(share["value"])
    return parse_value(text)


def _parse_titre(typed: str) -> Bounds:
    """Bounds of a titre as its dilution.

    Examples
    --------
    >>> _parse_titre("1:320")[:2]
    (320.0, 320.0)
    >>> _parse_titre("1-640")
    Traceback (most recent call last):
    ValueError: the dilution behind a colon: 1:640
    """
    if _NO_DILUTION.search(typed):
        raise ValueError("a dilution above 0, as in 1:40; of one that was negative its bound, as in <1:40")
    if part := _GROUPED_DILUTION.fullmatch(typed):
        raise ValueError(f"the dilution without marks for thousands: {part['mark']}1:{re.sub('[^0-9]', '', part[2])}")
    if part := _HYPHENED.fullmatch(typed):
        raise ValueError(f"the dilution behind a colon: 1:{part[1]}")
    if part := _TIME_OF_TITRE.fullmatch(typed):
        dilution = int(part[1] or part[2])
        raise ValueError(f"the dilution: 1:{dilution}; where a spreadsheet has made it a time, format the cell as Text")
    return parse_value(_TITRE.sub("", typed))


def is_normal(text: str) -> bool:
    """Whether a value says in words that it is within the limits of the laboratory.

    Examples
    --------
    >>> is_normal("WNL"), is_normal("923")
    (True, False)
    """
    word = spelling("value", text) if text else None
    return word is not None and word.canonical == "normal"


def format_value(bounds: Bounds) -> str:
    """The text of bounds that `parse_value` reads as the same bounds.

    Raises
    ------
    ValueError
        If neither side is known: no printed form says that.

    Examples
    --------
    >>> [format_value(parse_value(text)) for text in ("46", "<30", ">=1000", "~6000", "10..20", "0..<30")]
    ['46', '<30', '>=1000', '5500..6500', '10..20', '0..<30']
    """
    low, high = _digits(bounds.low), _digits(bounds.high)
    if bounds.low == bounds.high:
        return low
    if math.isfinite(bounds.low) and math.isfinite(bounds.high):
        return f"{'>' if bounds.low_open else ''}{low}..{'<' if bounds.high_open else ''}{high}"
    if math.isfinite(bounds.high):
        return f"<{'' if bounds.high_open else '='}{high}"
    if math.isfinite(bounds.low):
        return f">{'' if bounds.low_open else '='}{low}"
    raise ValueError("bounds with at least one known side")


def parse_column(texts: pd.Series, parse: Callable[[str], Bounds]) -> pd.DataFrame:
    """Bounds of a whole column: each different text is parsed once.

    Parameters
    ----------
    texts : Series of str
        Blank where there is nothing.
    parse : callable
        One of the parsers of this module.

    Returns
    -------
    DataFrame
        `low`, `high`, `low_open` and `high_open` on the index of `texts`; nan and False where blank.

    Raises
    ------
    ValueError
        From the parser, for the first text that it cannot read.

    Examples
    --------
    >>> parse_column(pd.Series(["46", "", "46"]), parse_value)["low"].tolist()
    [46.0, nan, 46.0]
    """
    return pd.DataFrame(parse_texts(distinct(texts), parse)._asdict(), index=texts.index)


def parse_texts(texts: Distinct, parse: Callable[[str], Bounds]) -> Intervals:
    """As `parse_column`, from a column that is already split into its different texts.

    Examples
    --------
    >>> parse_texts(distinct(pd.Series(["46", "", "<30"])), parse_value).high.tolist()
    [46.0, nan, 30.0]
    """
    bounds = np.array([parse(text) if text else NOTHING for text in texts.texts], dtype=float).reshape(-1, 4)
    low, high, low_open, high_open = bounds.T
    ends = low, high, low_open.astype(bool), high_open.astype(bool)
    return Intervals(*(end[texts.codes] for end in ends))


def _digits(number: float) -> str:
    return np.format_float_positional(number + 0.0, trim="-") if math.isfinite(number) else ""


def _half_last_digit(number: str) -> float:
    whole, _, fraction = number.lstrip("+-").partition(".")
    if fraction:
        return 0.5 * 10.0 ** -len(fraction)
    trailing = len(whole) - len(whole.rstrip("0"))
    return 0.5 * 10.0 ** min(trailing, max(len(whole) - 1, 0))


def number(value: float, decimals: int = 6) -> str:
    """A number without trailing zeros.

    Examples
    --------
    >>> number(46.0), number(6.79, 1), number(-0.0)
    ('46', '6.8', '0')
    """
    return f"{round(value, decimals) + 0.0:.{decimals}f}".rstrip("0").rstrip(".") if decimals else f"{value:.0f}"


_EXACT = re.compile(r"[0-9]+(?:\.(?P<decimals>[0-9]+))?")


def half_of_last_digit(text: str) -> float:
    """By how much a printed number may be rounded to either side; 0 for any other text.

    Examples
    --------
    >>> half_of_last_digit("923"), half_of_last_digit("15.38"), half_of_last_digit("~900")
    (0.5, 0.005, 0.0)
    """
    digits = _EXACT.fullmatch(text.strip())
    return 0.5 * 10.0 ** -len(digits["decimals"] or "") if digits else 0.0


def are_one_rounded(apart: float | np.ndarray, half: float | np.ndarray) -> bool | np.ndarray:
    """Whether two numbers that are so far apart may be one, each rounded by at most its half: `half` is both halves.

    Examples
    --------
    923 U/L and 15.38 ukat/L, which are 922.8 U/L and rounded by 0.3 at the most.

    >>> are_one_rounded(923 - 922.8, 0.5 + 0.3)
    True
    """
    return apart <= half * (1 + 10.0**-DECIMALS)
