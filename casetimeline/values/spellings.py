"""Words as people type them (`BID`, `q4w`, `12 weeks`, `negative`), each with the word of this project, or refused.

The words stand in spellings.csv with their sources, one a line: the field that the word belongs to; the word as typed;
its canonical form, blank where the word has more than one meaning; and a hint, which says these meanings. `{N}`, `{M}`
and other letters in braces stand for numbers, and `{U}` for any unit of time that has a line of its own.

What was typed stays in the record. The canonical form is what is computed with.
"""

import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

from ..vocabulary import known_spellings

# A longer text is prose, and none of the words.
_LONGEST = 80
_MOST_PLACES = 3
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?|(?<![0-9.])\.[0-9]+")
_PLACE = re.compile(r"\{([A-Z](?:-1)?)\}")
_UNIT = re.compile(r"(\{[0-9]\})([^\W\d_]+)(?![^\W\d_])")
# Dashes are one; what takes no room on the line is left out.
_MARKS = dict.fromkeys(map(ord, "\u2010\u2011\u2012\u2013\u2014\u2212"), "-")
_MARKS |= dict.fromkeys(map(ord, "\u00ad\u200b\u200c\u200d\u2060\ufeff"), "")
# Numbers in words: from one, from twenty in steps of ten, and of a place.
ONES = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
ONES += ("thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen")
TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
_COUNTS = ONES[:12]
_COUNT = re.compile(rf"\b({'|'.join(_COUNTS)})\b|(?<!\S)an?(?= (?:hour|day|week|month|year)\b)")
_ORDINAL = re.compile(rf"\b({'|'.join(ORDINALS)})(?= (?:hour|day|week|month|year)s?\b)|(?<=[0-9])(?:st|nd|rd|th)\b")
_HYPHEN = re.compile(r"(?<=[^\W_])-(?=[^\W\d_])")
# How many times in which time: `3 times a week`, `2 x tgl`, `x2/day` and `5 days per week` are one form.
_TIMES = {"once": "1x", "twice": "2x", "thrice": "3x", **{word: str(n) for n, word in enumerate(_COUNTS, 1)}}
_TIME_NAMES = {"d": "day", "daily": "day", "tgl": "day", "t\u00e4gl": "day", "t\u00e4glich": "day", "wk": "week"}
_TIME_NAMES |= {"weekly": "week", "woche": "week", "mo": "month", "monthly": "month", "monat": "month", "yr": "year"}
_TIME_NAMES |= {"yearly": "year", **{name: name for name in ("day", "week", "month", "year")}}
_TIMES |= {"einmal": "1x", "zweimal": "2x", "dreimal": "3x", "viermal": "4x"}
_TIME_NAMES |= {"tag": "day", "w\u00f6chentlich": "week", "monatlich": "month", "j\u00e4hrlich": "year", "jahr": "year"}
_OFTEN = re.compile(
    r"(?:x\s*)?(?P<times>[0-9]+)\s*(?:(?:x|times?|mal|days?)\s*(?:/|per\b|an?\b|in a\b|pro\b|[ai]m\b)?|/|per\b)"
    rf"\s*(?P<time>{'|'.join(_TIME_NAMES)})\.?"
)
# Several days or weeks: `d1,8,15`, `0, 2 and 6 weeks`.
_NAMED = r"(?:d|days?|w|wks?|weeks?|months?)"
_AND_NEXT = rf"\s*(?:,|;|\+|&|\band\b)\s*(?:and\b\s*)?{_NAMED}?\s*[0-9]+"
_SEVERAL = re.compile(rf"(?:(?:on|at)\s+)?({_NAMED})?\s*([0-9]+)(?:{_AND_NEXT})+\s*({_NAMED})?")
# Full stops that make no difference, but for the two of a range; one behind a number makes it an ordinal: `3. Monat`.
_STOPS = re.compile(r"(?<![}.])\.(?!\.)|(?<!\.)\.$")
_STOPPED = re.compile(r"^q\.\s*([0-9]+)\.?\s*(?=[a-z])")
# The sign of a number behind a word: `week -12` is not the `Week-12` of a visit.
_MINUS = re.compile(r"^([^\W\d_]+)\s+-(?=\{[0-9]\})")
_SIGNS = {"\u2264": "<=", "\u2266": "<=", "\u2a7d": "<=", "\u2265": ">=", "\u2267": ">=", "\u2a7e": ">="}
_SIGNS |= dict.fromkeys("\u2248\u223c\u2053", "~")


class Spelling(NamedTuple):
    """What a typed word means.

    Attributes
    ----------
    canonical : str
        The word of this project; blank where the typed word has more than one meaning.
    hint : str
        Of a word with more than one meaning, which these are and what to write; else what a reader should know.
    """

    canonical: str
    hint: str


def plain(text: str) -> str:
    """The text without what makes no difference: width of blanks, kinds of dashes and of signs.

    Examples
    --------
    >>> plain("3\\u20134\\u00a0mo"), plain("\\u2265 14 d")
    ('3-4 mo', '>= 14 d')
    """
    if text.isascii():
        return " ".join(text.split())
    # Not by the compatibility form of Unicode, in which the square of 10 is 102.
    text = unicodedata.normalize("NFC", text).translate(_MARKS)
    wide = {mark for mark in text if unicodedata.decomposition(mark).startswith(("<wide>", "<noBreak>"))}
    for mark in wide:
        text = text.replace(mark, unicodedata.normalize("NFKC", mark))
    for sign, words in _SIGNS.items():
        text = text.replace(sign, words)
    return " ".join(text.split())


def spelling(field: str, text: str) -> Spelling | None:
    """What a word means in a field; nothing if it is not one of the known words.

    Parameters
    ----------
    field : str
        `time`, `end`, `count`, `frequency`, `route`, `state`, `grade`, `value` or `by`; `column` of a header.
    text : str
        The word as typed: capitals, full stops, and blanks about a number make no difference.

    Examples
    --------
    >>> spelling("time", "12 weeks").canonical, spelling("frequency", "Q4W").canonical
    ('12 wk', 'every 4 wk')
    >>> spelling("frequency", "biweekly")
    Spelling(canonical='', hint='twice a week, or every two weeks; for the second write every 2 wk')
    >>> spelling("frequency", "now and then")
    """
    # Most cells of a registry are numbers, and hardly two of them the same.
    return None if _NUMBER.fullmatch(text) and field not in _fields_of_numbers() else _meaning(field, text)


@functools.cache
def _fields_of_numbers() -> frozenset[str]:
    """The fields in which a number by itself is a word."""
    return frozenset(field for field, key in _table()[0] if key == "{1}" or _NUMBER.fullmatch(key))


@functools.lru_cache(maxsize=16_384)
def _meaning(field: str, text: str) -> Spelling | None:
    """What a word means in a field, by the lines of spellings.csv."""
    if len(text) > _LONGEST:
        return None
    asked = plain(text.replace("_", " ")).casefold()
    # `six weeks`, and then `twice-daily` and `every 2nd day`, which are `twice daily` and `every 2. day`.
    numbered = counted(asked)
    loose = _ORDINAL.sub(_ordinal, counted(_HYPHEN.sub(" ", asked)))
    forms = (asked, numbered, loose, *([_often(asked)] if field == "frequency" else []))
    return next(filter(None, (_found(field, each) for each in dict.fromkeys(forms))), None)


def _often(text: str) -> str:
    """A frequency in the one form of its kind that the table has: `3x/week`, or `day 1, 1` for several days."""
    text = _STOPPED.sub(r"q\1", text)
    first, blank, rest = _HYPHEN.sub(" ", text.replace("\u00d7", "x")).partition(" ")
    if "/" in first:
        first, blank, rest = text.replace("\u00d7", "x").partition("/")
    words = f"{_TIMES.get(first, first)}{blank}{rest}"
    often, several = _OFTEN.fullmatch(words), _SEVERAL.fullmatch(text)
    if often:
        return f"{often['times']}x/{_TIME_NAMES[often['time']]}"
    # Which days they are makes no difference.
    return f"day {several[2]}, 1" if several and (several[1] or several[3]) else words


def counted(text: str) -> str:
    """The text with numbers in place of their words.

    Examples
    --------
    >>> counted("six cycles"), counted("a week")
    ('6 cycles', '1 week')
    """
    return _COUNT.sub(lambda word: str(_COUNTS.index(word[1]) + 1 if word[1] else 1), text)


def _ordinal(match: re.Match) -> str:
    """An ordinal as a number with a full stop."""
    return f"{ORDINALS.index(match[1]) + 1}." if match[1] else "."


def canonical(field: str, text: str) -> str:
    """The canonical form of a word; the text itself where it has none, or more than one meaning.

    Examples
    --------
    >>> canonical("state", "negative"), canonical("state", "ND"), canonical("state", "")
    ('absent', 'ND', '')
    """
    word = spelling(field, text) if text else None
    return word.canonical if word and word.canonical else text


def _found(field: str, text: str) -> Spelling | None:
    table, units = _table()
    for template, numbers in _templates(text):
        for key in (_close(template), _close(_STOPS.sub("", template))):
            if (field, key) in table:
                return _filled(*table[field, key], numbers, "")
            named = {units[word] for _, word in _UNIT.findall(key) if word in units}
            general = (field, _UNIT.sub(lambda part: part[1] + ("{u}" if part[2] in units else part[2]), key))
            if len(named) == 1 and general in table:
                return _filled(*table[general], numbers, named.pop())
    return None


def _templates(text: str) -> Iterator[tuple[str, list[str]]]:
    """The text with some of its numbers as places, those with the fewest places first, and the numbers of these."""
    spans = [match.span() for match in _NUMBER.finditer(text)]
    for count in range(min(len(spans), _MOST_PLACES) + 1 if len(spans) <= 2 * _MOST_PLACES else 1):
        for chosen in itertools.combinations(spans, count):
            template, last = "", 0
            for place, (begin, end) in enumerate(chosen, 1):
                template += f"{text[last:begin]}{{{place}}}"
                last = end
            yield template + text[last:], [text[begin:end] for begin, end in chosen]


def _close(template: str) -> str:
    """A template without the blanks beside a number or a sign."""
    return re.sub(r"\s*(\{[0-9]\}|[<>~/]=?|[+-]|\.\.)\s*", r"\1", _MINUS.sub("\\1\u2212", template)).strip()


def _filled(row: dict[str, str], names: list[str], numbers: list[str], unit: str) -> Spelling:
    """The canonical form and the hint of a line with the numbers that were typed."""
    values = dict(zip(names, numbers, strict=True)) | ({"U": unit} if unit else {})

    def fill(place: re.Match) -> str:
        """The number of a place, or one less; a letter for which none was typed stands as it is."""
        name, _, less = place[1].partition("-")
        value = values.get(name, place[0])
        return str(int(value) - 1) if less and value.isdigit() else value

    return Spelling(_PLACE.sub(fill, row["canonical"]), _PLACE.sub(fill, row["hint"]))


@functools.cache
def _table() -> tuple[dict, dict[str, str]]:
    """The lines by field and template, each with the letters of its places in order; and the units of time by name.

    A word with full stops is also known without them, unless that is another word.
    """
    lines = []
    for row in known_spellings():
        typed = plain(row["typed"])
        names = [name for name in _PLACE.findall(typed) if name != "U"]
        numbered = typed.replace("{U}", "{u}")
        for place, name in enumerate(names, 1):
            numbered = numbered.replace(f"{{{name}}}", f"{{{place}}}")
        lines.append((row["field"], numbered.casefold(), row, names))
    table = {}
    for field, template, *line in lines:
        table.setdefault((field, _close(template)), line)
    for field, template, *line in lines:
        table.setdefault((field, _close(_STOPS.sub("", template)) or template), line)
    units = {}
    for field, key in table:
        unit = re.fullmatch(r"\{1\}([^\W\d_]+)", key)
        canonical = re.fullmatch(r"\{N\} ([a-z]+)", table[field, key][0]["canonical"])
        if field == "time" and unit and canonical:
            units[unit[1]] = canonical[1]
    return table, units
