"""A name or number of a deny-list in a text, however it is spelled: capitals, accents, order, grouping, look-alikes."""

import itertools
import re
import unicodedata
from typing import NamedTuple

_ANSI = re.compile("\x1b\\[[0-9;]*m")
_PLAIN = (
    dict.fromkeys("\u2018\u2019\u02bc\u00b4`", "'")
    | dict.fromkeys("\u2010\u2011\u2012\u2013\u2014\u2015\u2212", "-")
    | {"\u0131": "i"}
)
# Letters that look like Latin ones, capitals apart where these look like another letter than the small ones.
_LOOKALIKE = str.maketrans(
    "АВЕКМНОРСТУХІЈЅԁԛԝҮһӏавекмнорстухіјѕүΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹαβεικνορτυχγϲϳ",
    "ABEKMHOPCTYXIJSdqwYhlabekmhopctyxijsyABEZHIKMNOPTYXCabeikvoptuxycj",
)
# Letters that no rule of Unicode takes apart.
_UNMARKED = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ħ": "h", "æ": "ae", "œ": "oe", "þ": "th", "ð": "d"})
_UMLAUTS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "å": "aa", "ø": "oe", "æ": "ae"})
# The second letter of an umlaut that is spelled out, in a word that is long enough to be known without it.
_SPELLED_OUT = re.compile(r"(?<=\w[aou])e(?=\w{2})")
_BETWEEN = re.compile(r"[\W_]+")
# So many digits and more are a number of somebody, however they are grouped.
_NUMBER = 5
# More names than these are looked for in their own order, and with the last of them first.
_MOST_ORDERED = 3


def plain(text: str) -> str:
    """A text with one form of each letter and digit, one hyphen, one apostrophe, no mark that is not seen, no colours.

    Examples
    --------
    >>> plain("\\uff24oe\\u2011Mil\\u200cler, ١٢")
    'Doe-Miller, 12'
    """
    one = unicodedata.normalize("NFKC", _ANSI.sub("", text))
    # Letter by letter, which takes much less time than `translate`.
    for letter, form in _PLAIN.items():
        one = one.replace(letter, form)
    if one.isascii():
        return one
    other: dict[int, str | None] = {}
    for letter in set(one):
        kind = unicodedata.category(letter)
        if kind == "Cf":
            other[ord(letter)] = None
        elif kind == "Nd":
            other[ord(letter)] = str(unicodedata.digit(letter))
    return one.translate(other) if other else one


def _unmarked(text: str) -> str:
    """Small letters without their marks: `Müller` as `muller`, `Straße` as `strasse`."""
    small = text.casefold()
    if small.isascii():
        return small
    apart = unicodedata.normalize("NFKD", small.translate(_UNMARKED))
    return "".join(letter for letter in apart if not unicodedata.combining(letter))


def words_in(text: str) -> tuple[str, ...]:
    """The words of a text in small letters without marks, joined by single blanks; where it has look-alikes, both ways.

    Examples
    --------
    >>> words_in(plain("Weiß, Jürgen"))
    ('weiss jurgen',)
    >>> words_in("D\\u043ee")
    ('doe', 'dоe')
    """
    forms = dict.fromkeys([text] if text.isascii() else [text.translate(_LOOKALIKE), text])
    return tuple(dict.fromkeys(_BETWEEN.sub(" ", _unmarked(form)).strip() for form in forms))


class Denied(NamedTuple):
    """A name or number that is looked for: as it was given, and each way to write it.

    Attributes
    ----------
    words : str
    ways : tuple
        For each the letters and digits without anything between them, and a pattern for the words of a text.
    """

    words: str
    ways: tuple[tuple[str, re.Pattern], ...]


def denied(words: str) -> Denied:
    """What is looked for in place of some words.

    Examples
    --------
    >>> names = [denied("Ann Müller"), denied("4711-0815")]
    >>> names_in("of MUELLER, Ann (47 11 08 15)", names), names_in("Ann Müllerin", names)
    (['Ann Müller', '4711-0815'], [])
    """
    units = plain(words).split()
    spelled = [words_in(unit) for unit in units]
    alternatives = [
        [forms[0] for forms in spelled],
        [forms[-1] for forms in spelled],
        [words_in(unit.casefold().translate(_UMLAUTS))[0] for unit in units],
    ]
    alternatives += [[_SPELLED_OUT.sub("", unit) for unit in each] for each in alternatives]
    ways = {}
    for order in itertools.chain.from_iterable(map(_orders, alternatives)):
        parts = re.sub("(?<=[0-9]) (?=[0-9])", "", " ".join(order)).split()
        ways["".join(parts)] = re.compile(" ?".join(map(_grouped, parts)).join(_edges(parts)))
    return Denied(words, tuple(ways.items()))


def _orders(units: list[str]) -> list[tuple[str, ...]]:
    """The orders in which the names of somebody are told; a number has one."""
    if not all(unit.replace(" ", "").isalpha() for unit in units):
        return [tuple(units)]
    if len(units) <= _MOST_ORDERED:
        return list(itertools.permutations(units))
    return [tuple(units), (units[-1], *units[:-1])]


def _edges(parts: list[str]) -> tuple[str, str]:
    """What may not stand before and behind: a letter or digit; or, of a long number by itself, a digit."""
    inner = r"\d" if len(parts) == 1 and parts[0].isdigit() and len(parts[0]) >= _NUMBER else r"\S"
    return f"(?<!{inner})", f"(?!{inner})"


def _grouped(part: str) -> str:
    return " ?".join(part) if part.isdigit() and len(part) >= _NUMBER else part


def _is_in(name: Denied, words: str, joined: str) -> bool:
    # Letters alone are looked for much sooner than a pattern.
    return any(letters in joined and pattern.search(words) for letters, pattern in name.ways)


def names_in(text: str, names: list[Denied]) -> list[str]:
    """Those of some names that stand in a text, and not as a part of another word; as they were given."""
    forms = [(words, words.replace(" ", "")) for words in words_in(plain(text))] if names else []
    return [name.words for name in names if any(_is_in(name, *form) for form in forms)]
