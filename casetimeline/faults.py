"""Faults of an input: where each one is, what was found there, and what was expected."""

import contextlib
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextvars import ContextVar
from typing import NamedTuple

from .characters import NOT_DRAWN, RAISED, in_one_line, is_odd, plain_form, says_other

MOST_FAULTS = 10_000
# Of a list that is cut, how many more there are is no line.
LINES = re.compile(r"\bline ([0-9]{1,9})\b|\blines ([0-9]{1,9}\b(?:(?:, | and | to )[0-9]{1,9}\b(?! more))*)")
_DIGITS = re.compile("[0-9]+")
# A number that is part of a name: interleukin 6 is not interleukin 1. A longer one is an id or a year.
_NUMBER = re.compile("(?<![0-9])[0-9]{1,2}(?![0-9])")
# What turns the word behind it into another, or its opposite.
_TURNS = re.compile(r"(?:^|[ _-])(not?|non|un|without|hypo|hyper|pre|post|in|dis|de|ab)(?=[ _a-z-])")
# The same before a whole word only, since many a word begins so: `anormal`, and `unormal` with its one n.
_TURNING = ("a", "an", "u")
# Letters of one sound, by which a drug is written in other languages: ciclofosfamide, micofenolato.
_ONE_SOUND = {"ph": "f", "th": "t", "y": "i", "c": "k"}
_SOUNDS = re.compile("|".join(_ONE_SOUND))


class Fault(NamedTuple):
    """One fault of an input file.

    Attributes
    ----------
    file : str
        Name of the file, or of the option.
    line : int or None
        Line of the file; the header is line 1.
    column : str or None
        Column of a table, or key of a YAML file.
    found, expected : str
        What the file says there, and what it should say.
    nearest : str
        The known word that is most like the one found; blank if none is near.
    cell : str
        The cell of a workbook, such as `Timeline!F7`; `line` is then its row. Blank for other files.
    several : str
        Of faults that are told as one, how many they are, such as `28 more such faults`: `found` is an example. Blank
        for a fault of its own.
    """

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str
    nearest: str = ""
    cell: str = ""
    several: str = ""

    def __str__(self) -> str:
        return _sentence([self])


def fault(
    found: str,
    expected: str,
    *,
    at: str,
    line: int | None = None,
    column: str | None = None,
    cell: str = "",
    known: Iterable[str] = (),
) -> Fault:
    """A fault that suggests the nearest of the valid words.

    Parameters
    ----------
    found, expected : str
        What the file says there, and what it should say.
    at : str
        Name of the file, or of the option.
    line : int or None
        Line of the file; the header is line 1.
    column : str or None
        Column of a table, or key of a YAML file.
    cell : str
        The cell of a workbook.
    known : iterable of str
        The valid words. The one most like `found` is suggested, if any is near.

    Examples
    --------
    >>> print(fault("weks", "an axis", at="axis", known=("days", "weeks")))
    axis: found 'weks'; expected an axis; did you mean 'weeks'?
    """
    return Fault(at, line, column, found, expected, nearest_word(found, known), cell)


def nearest_word(text: str, known: Iterable[str]) -> str:
    """The known word that a text is a misspelling or the beginning of; blank if none is, or if it means another thing.

    A word of three letters is a misspelling of a word that has one letter more or less, and of no other. What a
    question mark leaves in doubt is not told without it.

    Examples
    --------
    >>> nearest_word("present?", ("present",))
    ''
    >>> nearest_word("weks", ("days", "weeks")), nearest_word("a_lo", ("a_long_word", "another"))
    ('weeks', 'a_long_word')
    >>> nearest_word("not present", ("present",)), nearest_word("alt", ("ast",)), nearest_word("ca19", ("ca15",))
    ('', '', '')
    """
    plain, known = plain_form(text[:64]).lower(), [*known]
    near = [word for word in difflib.get_close_matches(plain, known, n=1, cutoff=0.7) if is_slip(plain, word.lower())]
    begun = [word for word in known if word.lower().startswith(plain)] if len(plain) > 3 else []
    # Only of the best one it is asked whether it means another thing: the next would be far from what was meant.
    word = next(iter(near or (begun if len(begun) == 1 else [])), "")
    numbers = _NUMBER.findall(plain)
    same = numbers in ([], _NUMBER.findall(word)) and not is_turned(plain, word.lower())
    return word if same and "?" not in plain else ""


def is_slip(text: str, word: str) -> bool:
    """Whether a text is so near to a word that it is a slip in typing it: one letter, or two or three of a long word.

    Letters of one sound, such as `ph` and `f`, are no slip.

    Examples
    --------
    >>> is_slip("nromal", "normal"), is_slip("penicillin", "penicillamine"), is_slip("larger", "large")
    (True, False, False)
    >>> is_slip("ciclofosfate", "cyclophosphate")
    True
    """
    heard, meant = (_SOUNDS.sub(lambda letters: _ONE_SOUND[letters[0]], each) for each in (text, word))
    begins = heard[:1] in meant[:2] or meant[:1] in heard[:2]
    compared = text in (f"{word.removesuffix('e')}{ending}" for ending in ("er", "est"))
    return begins and not compared and _slips(heard, meant) <= 1 + min(len(text), len(word)) // 6


def _slips(text: str, word: str) -> int:
    """How many letters are missing, too many, other ones, or have changed places with the next."""
    before, last = [], [*range(len(word) + 1)]
    for row, letter in enumerate(text, 1):
        line = [row]
        for place, other in enumerate(word, 1):
            fewest = min(last[place] + 1, line[-1] + 1, last[place - 1] + (letter != other))
            if row > 1 < place and text[row - 2 : row] == word[place - 2 : place][::-1]:
                fewest = min(fewest, before[place - 2] + 1)
            line.append(fewest)
        before, last = last, line
    return last[-1]


def is_turned(text: str, word: str) -> bool:
    """Whether a text has what turns a word, or lacks it: without it, the two are at least as near as with it.

    Examples
    --------
    >>> is_turned("not present", "present"), is_turned("icreased", "increased"), is_turned("icreased", "decreased")
    (True, False, True)
    >>> is_turned("unnormal", "normal"), is_turned("anormal", "normal")
    (True, True)
    """
    if any(one == f"{turning}{other}" for one, other in ((text, word), (word, text)) for turning in _TURNING):
        return True
    if _TURNS.findall(text) == _TURNS.findall(word):
        return False
    bare_text, bare_word = (_TURNS.sub("", each).strip(" _-") for each in (text, word))
    # One of the two may be whole: the `no` of `normal` turns nothing.
    pairs = {(bare_text, bare_word), (bare_text, word), (text, bare_word)} - {(text, word)}
    return any(_likeness(*pair) >= _likeness(text, word) for pair in pairs)


def _likeness(text: str, word: str) -> float:
    return difflib.SequenceMatcher(None, text, word).ratio()


def odd_letters(text: str) -> str:
    """The names of the letters of a text that are of another alphabet, or not seen; blank if there are none.

    Examples
    --------
    >>> odd_letters("\\u0410ST"), odd_letters("ck\\u00ad"), odd_letters("M\\u00fcller")
    ("'\u0410' is CYRILLIC CAPITAL LETTER A", 'it holds SOFT HYPHEN, which is not seen', '')
    """
    odd = dict.fromkeys(letter for letter in unicodedata.normalize("NFC", text) if is_odd(letter))
    return first_few([_name_letter(letter) for letter in odd])


def _name_letter(letter: str) -> str:
    name = unicodedata.name(letter, f"U+{ord(letter):04X}")
    if letter.isprintable() and not NOT_DRAWN.match(letter):
        return f"'{letter}' is {name}"
    return f"it holds {name}, which is not {'a plain blank' if unicodedata.category(letter) == 'Zs' else 'seen'}"


class NotebookError(Exception):
    """A notebook stopped before its end. Its text names the cell, the error, and where the half-run notebook is."""


class TimelineError(Exception):
    """The input cannot be used. Its text lists every fault.

    Attributes
    ----------
    faults : tuple of Fault
        Every fault, in the order in which they were found.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        # Faults that differ only in their line, or in their cell on one sheet, share a sentence.
        alike: dict[Fault, list[Fault]] = {}
        for fault in self.faults:
            sheet = fault.cell.partition("!")[0]
            alike.setdefault(fault._replace(line=None, cell=sheet), []).append(fault)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{count} in the input; nothing was computed", *map(_sentence, alike.values())]))

    def __reduce__(self) -> tuple:
        # A pool of processes pickles the error: it is made again of its faults, and not of its text.
        return type(self), (self.faults,), self.__dict__


def _sentence(faults: list[Fault]) -> str:
    """One line for faults that differ only in their line or cell."""
    first, place = faults[0], faults[0].file
    noun = "cell" if first.cell else "line"
    places = [fault.cell or str(fault.line) for fault in faults if fault.cell or fault.line is not None]
    if places:
        place += f", {noun}{'s' if len(places) > 1 else ''} {first_few(places)}"
    if first.column is not None and not first.cell:
        place += f", {'key' if first.file.endswith('.yaml') else 'column'} {first.column}"
    # `repr` would write a text from right to left as it is.
    content = in_one_line(repr(shortened(first.found))) if first.found else "nothing"
    words = f"{first.several}, for example {content}" if first.several else f"found {content}"
    return f"{in_one_line(place)}: {words}; {in_one_line(advice_of(first))}"


def advice_of(fault: Fault) -> str:
    """What would be right, without the place and without what was found there.

    Examples
    --------
    >>> advice_of(Fault("t.csv", 2, "code", "c\u043a", "a code", "ck"))
    "expected a code; '\u043a' is CYRILLIC SMALL LETTER KA: type 'ck' in plain letters"
    """
    # An exponent is raised in print: it is no reason that a unit is refused.
    text = fault.found.translate(RAISED) if fault.column == "unit" else fault.found
    odd, plain, near = odd_letters(text), plain_form(fault.found), fault.nearest
    if plain and not any(map(str.isalnum, plain)):
        # A dash of another kind is no dash that should be there.
        odd = ""
    form = near if near.lower() == plain.lower() else "" if near or says_other(fault.found) else plain
    ends = f"; did you mean '{near}'?" if near and not (odd and form) else ""
    if odd:
        ends = f"; {odd}" + (f": type {shortened(form)!r} in plain letters" if form and form.isascii() else "") + ends
    return f"expected {fault.expected}{ends}"


def rename_lines(expected: str, rename: Callable[[int], str]) -> str:
    """The text of what is expected, with each `line N` and `lines N, M and O` replaced by the names that a person sees.

    Parameters
    ----------
    expected : str
        The text.
    rename : callable
        Gives the name of a line; a line for which it gives none keeps its number, and so do those listed with it.

    Examples
    --------
    >>> rename_lines("as on line 3, or on line 9", {3: "row 2"}.get)
    'as on row 2, or on line 9'
    >>> rename_lines("ck, lines 3, 4, 5 and 2 more", {3: "row 2", 4: "row 3", 5: "row 4"}.get)
    'ck, row 2, row 3, row 4 and 2 more'
    """

    def renamed(lines: re.Match) -> str:
        """The names of these lines."""
        numbers = lines[1] or lines[2]
        known = all(rename(int(line)) for line in _DIGITS.findall(numbers))
        return _DIGITS.sub(lambda line: rename(int(line[0])), numbers) if known else lines[0]

    return LINES.sub(renamed, expected)


def counted(number: int, noun: str) -> str:
    """A number with what is counted.

    Examples
    --------
    >>> counted(1, "case"), counted(2, "value")
    ('1 case', '2 values')
    """
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def first_few(words: Iterable[str]) -> str:
    """Up to four words, joined by commas; of more, the first three and how many more there are.

    Examples
    --------
    >>> first_few(["2", "3"]), first_few(["2", "3", "4", "7", "9"])
    ('2, 3', '2, 3, 4 and 2 more')
    """
    words = list(words)
    if _WHOLE.get():
        return f"{MARK}{_BETWEEN_WORDS.join(words)}{MARK}"
    return few(len(words), words)


def few(number: int, words: Sequence[str]) -> str:
    """Of a list its first words, and how many more it has: all of four, three of more.

    Examples
    --------
    >>> few(4, "abcd"), few(9, "abcd")
    ('a, b, c, d', 'a, b, c and 6 more')
    """
    return ", ".join(words[:4]) if number <= 4 else f"{', '.join(words[:3])} and {number - 3} more"


# Whether a list in a sentence is kept whole, between marks that no text of a table has; and these marks.
_WHOLE: ContextVar[bool] = ContextVar("whole lists", default=False)
MARK, _BETWEEN_WORDS = "\x1e", "\x1f"
_MARKED = re.compile(f"{MARK}([^{MARK}]*){MARK}")


@contextlib.contextmanager
def whole_lists() -> Iterator[None]:
    """Keep the lists of sentences whole: the notes on several parts of a table are made one by `case.alike`.

    What is raised meanwhile has its lists cut as ever.
    """
    asked = _WHOLE.set(True)
    try:
        yield
    except TimelineError as error:
        _WHOLE.reset(asked)
        cut = (each._replace(found=_cut(each.found), expected=_cut(each.expected)) for each in error.faults)
        raise TimelineError(cut) from None
    else:
        _WHOLE.reset(asked)


def listed(sentences: Iterable[str]) -> str:
    """All of some words, joined by commas, as a list that is kept whole where these are."""
    words = [_cut(words) for words in sentences]
    return f"{MARK}{_BETWEEN_WORDS.join(words)}{MARK}" if _WHOLE.get() else ", ".join(words)


def lists_in(sentence: str) -> tuple[str, list[list[str]]]:
    """A sentence with one mark in place of each of its whole lists, and the lists.

    Examples
    --------
    >>> with whole_lists():
    ...     sentence = f"read {first_few('abcdef')} as numbers"
    >>> lists_in(sentence) == (f"read {MARK} as numbers", [["a", "b", "c", "d", "e", "f"]])
    True
    """
    return _MARKED.sub(MARK, sentence), [words.split(_BETWEEN_WORDS) for words in _MARKED.findall(sentence)]


def _cut(sentence: str) -> str:
    words, lists = lists_in(sentence)
    for items in lists:
        words = words.replace(MARK, few(len(items), items), 1)
    return words


def printed(text: str) -> str:
    """The text with each character that is not seen as its number, so that a message is one line.

    Examples
    --------
    >>> printed("a\\u200bb\\n")
    'a\\\\u200bb\\\\n'
    """
    return "".join(letter if letter.isprintable() else letter.encode("unicode_escape").decode() for letter in text)


def shortened(text: str, length: int = 60) -> str:
    """The text, cut to at most `length` characters; a cut text ends in three points.

    Examples
    --------
    >>> shortened("severe skin sclerosis", 12)
    'severe sk...'
    """
    return text if len(text) <= length else text[: length - 3] + "..."
