"""Numbers as a text prints them, with their unit and with the words that make them uncertain."""

import re
from typing import NamedTuple

from ...values import ONES, TENS
from .denominators import Denominator, denominator_at
from .passages import fold

_SMALL = {word: number for number, word in enumerate(("zero", *ONES))}
_LARGE = {word: 10 * number for number, word in enumerate(TENS, 2)}
_ONE_WORD = "|".join(sorted((*_SMALL, *_LARGE), key=len, reverse=True))
_WORDS = re.compile(
    rf"\b(?P<tens>{'|'.join(_LARGE)})[- ](?P<ones>{'|'.join(ONES[:9])})\b|\b(?P<one>{_ONE_WORD})\b", re.I
)
# What stands behind a stroke is no number of its own: the 5 of `MRC 4/5` is the scale. A blood pressure has two.
_GROUPED = r"[0-9]{1,3}(?:[, '][0-9]{3})+(?![0-9])(?:[.\u00b7][0-9]+)?"
_PLAIN = r"[0-9]+(?:[.,][0-9]+|\u00b7(?!10[\^0-9])[0-9]+)?|[.\u00b7][0-9]+"
_DIGITS = re.compile(
    r"(?<![\w.^\u00b7])(?<![0-9]')(?:(?<!/)|(?=[0-9]+ ?mm ?Hg))(?<![A-Z]-)" + rf"[+-]?(?:{_GROUPED}|{_PLAIN})"
)
_POWER = re.compile(r"\s?(?:[x\u00d7*\u00b7]\s?)10(?:\^?([0-9])|([\u2070\u00b9\u00b2\u00b3\u2074-\u2079]))")
_TEN = re.compile(r"[x\u00d7*\u00b7]\s?(10)(?=\^?[0-9\u2070\u00b9\u00b2\u00b3\u2074-\u2079])")
_FRACTIONS = {"\u00bd": 0.5, "\u00bc": 0.25, "\u00be": 0.75}
_FRACTION = re.compile(r" ?([\u00bd\u00bc\u00be])")
_SUPERSCRIPTS = dict(zip("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079", range(10), strict=True))
# The unit stands behind the number, behind a blank or a hyphen, and ends before a blank, a comma or a bracket.
_UNIT = re.compile(r"[ -]?(per cent\b|mm Hg\b|[^\s,;:()\[\]\"'0-9][^\s,;:()\[\]\"']*)")
_MARKS = {
    "~": r"about|approximately|approx\.?|around|roughly|nearly|almost|circa|c\.|ca\.?|some|~|\u2248",
    "<": r"(?:less|lower|fewer) than|below|under|<|\u2264|at most|(?:no|not) (?:more|greater|higher) than"
    r"|not (?:above|over|exceed(?:ing)?|beyond)|maximum of",
    ">": r"(?:more|greater|higher) than|above|over|exceed(?:ing|ed|s)?|beyond|in excess of|>|\u2265|at least"
    r"|(?:no|not) (?:less|lower|fewer) than",
}
_BEFORE = {
    mark: re.compile(rf"(?:^|(?<!\bno)(?<!\bnot)[\s(\[])(?:{words})\s*$", re.I) for mark, words in _MARKS.items()
}
# Words between two numbers that share the unit of the second: `from 15 to 5 mg`, `to 5 from 15 mg`, `3-4 mo`.
_SHARED = re.compile(r"\s*(?:-|/|to|and|or|\u2192|->|then)\s*$", re.I)
_FALLEN = re.compile(r"\bto\s+\S+\s+from\s*$", re.I)


class Printed(NamedTuple):
    """A number of a text.

    Attributes
    ----------
    readings : tuple of float
        What the digits can mean: `17,622` is 17622, and with a decimal comma 17.622.
    unit : str
        The word behind the number; blank at the end of a phrase.
    marks : str
        Those of `~`, `<` and `>` that the words before the number stand for, and `-` at an end of a range.
    start, end : int
        Its place in the folded text.
    per : Denominator
        What the unit is per.
    """

    readings: tuple[float, ...]
    unit: str
    marks: str
    start: int
    end: int
    per: Denominator = Denominator(0, ())


def numbers_in(quote: str) -> list[Printed]:
    """The numbers of a text in their order, in digits or in words.

    Examples
    --------
    >>> text = "CK fell from 17,622 to 658 U/L after forty-three days (mRSS 46)"
    >>> [(each.readings, each.unit) for each in numbers_in(text)]
    [((17622.0, 17.622), 'U/L'), ((658.0,), 'U/L'), ((43.0,), 'days'), ((46.0,), '')]
    >>> [(each.readings[0], each.marks) for each in numbers_in("approximately 6000, greater than 10 mm")]
    [(6000.0, '~'), (10.0, '>')]
    """
    text = fold(quote).text
    # The 10 of a power is no number of its own.
    powers = {match.start(1) for match in _TEN.finditer(text)}
    numbers = [_in_digits(match, text) for match in _DIGITS.finditer(text) if match.start() not in powers]
    numbers += [_in_words(match, text) for match in _WORDS.finditer(text)]
    numbers.sort(key=lambda each: each.start)
    # Backwards, so that of three numbers that share a unit the first has it too.
    for at in range(len(numbers) - 2, -1, -1):
        one, other = numbers[at], numbers[at + 1]
        between = text[one.end : other.start]
        if _SHARED.fullmatch(between) or _FALLEN.fullmatch(text[max(one.start - 3, 0) : other.start]):
            numbers[at] = one._replace(unit=other.unit, per=other.per)
            # The ends of a range are no numbers by themselves.
            among = between.strip() == "and" and re.search(
                r"\bbetween\s*$", text[max(one.start - 12, 0) : one.start], re.I
            )
            if (between.strip() == "-" or among) and one.readings[0] < other.readings[0]:
                numbers[at : at + 2] = [each._replace(marks=each.marks + "-") for each in numbers[at : at + 2]]
    return numbers


def _in_digits(match: re.Match, text: str) -> Printed:
    digits, end = match[0], match.end()
    # The point of the Lancet stands in the middle of the line.
    plain = digits.lstrip("+-").replace("\u00b7", ".")
    grouped = re.fullmatch(r"[0-9]{1,3}(?:[, '][0-9]{3})+(?:\.[0-9]+)?", plain)
    values = [float(re.sub("[, ']", "", plain))] if grouped else []
    if not grouped or re.fullmatch("[0-9]{1,3},[0-9]{3}", plain):
        values.append(float(plain.replace(",", ".")))
    half = _FRACTION.match(text, end)
    if half:
        values, end = [value + _FRACTIONS[half[1]] for value in values], half.end()
    per = denominator_at(text, end)
    if plain == "10" and (alone := re.match(r"\^([0-9]{1,2})", text[end : end + 3])):
        values, end = [10.0 ** int(alone[1])], end + alone.end()
    power = _POWER.match(text, end)
    if power:
        exponent = int(power[1]) if power[1] else _SUPERSCRIPTS[power[2]]
        values += [value * 10**exponent for value in values]
    return Printed(tuple(values), _unit_at(text, end), _marks_at(text, match.start()), match.start(), end, per)


def _in_words(match: re.Match, text: str) -> Printed:
    one = (match["one"] or match["ones"]).lower()
    value = _SMALL.get(one, _LARGE.get(one, 0)) + _LARGE.get((match["tens"] or "").lower(), 0)
    place = match.start(), match.end()
    return Printed(
        (float(value),), _unit_at(text, place[1]), _marks_at(text, place[0]), *place, denominator_at(text, place[1])
    )


def _unit_at(text: str, end: int) -> str:
    unit = _UNIT.match(text, end)
    return unit[1].rstrip(".") if unit else ""


def _marks_at(text: str, start: int) -> str:
    return "".join(mark for mark, words in _BEFORE.items() if words.search(text[max(start - 40, 0) : start]))
