"""Faults of an input: where each one is, what was found there, and what was expected."""

import contextlib
import difflib
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from contextvars import ContextVar
from typing import NamedTuple

from .characters import in_one_line

MOST_FAULTS = 10_000
# Of a list that is cut, how many more there are is no line.
LINES = re.compile(r"\bline ([0-9]{1,9})\b|\blines ([0-9]{1,9}\b(?:(?:, | and | to )[0-9]{1,9}\b(?! more))*)")
_DIGITS = re.compile("[0-9]+")
# Letters that are drawn like one of the keyboard, with it. Full-width letters and the like are left to Unicode.
_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u0501\u04bb\u04cf"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u0131\u0251\u0261\u2212\u2019\u2018\u201c\u201d",
    "ABEKMHOPCTYXIJSaeopcyxijskmtdhlABEZHIKMNOPTYXaikvopuxiag-''\"\"",
)
# Marks and letters that are not drawn at all, beside those that Unicode calls formats.
_NOT_DRAWN = re.compile("[\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f]")
# A dash between two numbers: a range, or a minus.
_BETWEEN = re.compile("(?<=[0-9])\\s*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\\s*(?=[-.0-9\u2212])")
# As printed in units. A suggestion is for what stands beside them.
_OF_UNITS = "\u00b5\u03bc\u00b0"
# A number that is part of a name: interleukin 6 is not interleukin 1. A longer one is an id or a year.
_NUMBER = re.compile("(?<![0-9])[0-9]{1,2}(?![0-9])")
# What turns a word into another: with it on one side alone, a word is not a misspelling of the other.
_TURNS = re.compile(r"(?:^|[ _-])(not?|non|un|without|hypo|hyper|pre|post|in|dis)(?=[ _a-z-])")


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
    """

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str
    nearest: str = ""
    cell: str = ""

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

    A word of three letters is a misspelling of a word that has one letter more or less, and of no other.

    Examples
    --------
    >>> nearest_word("weks", ("days", "weeks")), nearest_word("a_lo", ("a_long_word", "another"))
    ('weeks', 'a_long_word')
    >>> nearest_word("not present", ("present",)), nearest_word("alt", ("ast",)), nearest_word("ca19", ("ca15",))
    ('', '', '')
    """
    plain, known = plain_form(text[:64]).lower(), [*known]
    near = [word for word in difflib.get_close_matches(plain, known, cutoff=0.7) if abs(len(word) - len(plain)) < 4]
    begun = [word for word in known if word.lower().startswith(plain)] if len(plain) > 3 else []
    near = near or (begun if len(begun) == 1 else [])
    numbers = _NUMBER.findall(plain)
    return next(
        (
            word
            for word in near
            if _TURNS.findall(plain) == _TURNS.findall(word.lower()) and numbers in ([], _NUMBER.findall(word))
        ),
        "",
    )


def plain_form(text: str) -> str:
    """The text in the letters, digits and blanks of a keyboard, as far as it looks like them.

    Examples
    --------
    >>> plain_form("\\u0441k"), plain_form("\\uff19\\uff12"), plain_form("m\\u00fcde\\u200b")
    ('ck', '92', 'm\u00fcde')
    """
    return "".join(map(_plain_character, unicodedata.normalize("NFKC", text.translate(_ALIKE)))).strip()


def _plain_character(letter: str) -> str:
    kind = unicodedata.category(letter)
    if kind == "Cf" or _NOT_DRAWN.match(letter):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return " " if kind == "Zs" else "-" if kind == "Pd" else letter


def odd_letters(text: str) -> str:
    """The names of the letters of a text that are of another alphabet, or not seen; blank if there are none.

    Examples
    --------
    >>> odd_letters("\\u0410ST"), odd_letters("ck\\u00ad"), odd_letters("M\\u00fcller")
    ("'\u0410' is CYRILLIC CAPITAL LETTER A", 'it holds SOFT HYPHEN, which is not seen', '')
    """
    odd = dict.fromkeys(letter for letter in unicodedata.normalize("NFC", text) if _is_odd(letter))
    return first_few([_name_letter(letter) for letter in odd])


def _says_other(text: str) -> bool:
    """Whether the plain form of a text may say something else: the square of 10 is not 102, nor 5 to 6 minus 6.

    Examples
    --------
    >>> _says_other("10\\u00b2"), _says_other("5\\u20136"), _says_other("\\uff19\\uff12"), _says_other("c\\u043a")
    (True, True, False, False)
    """
    return _BETWEEN.search(text) is not None or any(map(_is_changed, text))


def _is_changed(letter: str) -> bool:
    """Whether a character is another thing than its compatibility form: raised, circled, a fraction, or with a stop."""
    tag, form = unicodedata.decomposition(letter).partition(" ")[0], unicodedata.normalize("NFKC", letter)
    return tag in ("<super>", "<sub>", "<circle>", "<fraction>") or (len(form) > 1 and not form.isalpha())


def _is_odd(letter: str) -> bool:
    if letter.isascii() or letter in _OF_UNITS:
        return False
    kind, name = unicodedata.category(letter), unicodedata.name(letter, "")
    return plain_form(letter) != letter or kind == "Mn" or (kind[0] == "L" and not name.startswith("LATIN"))


def _name_letter(letter: str) -> str:
    name = unicodedata.name(letter, f"U+{ord(letter):04X}")
    if letter.isprintable() and not _NOT_DRAWN.match(letter):
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
        alike: dict[tuple, list[Fault]] = {}
        for fault in self.faults:
            alike.setdefault((fault.file, *fault[2:-1], fault.cell.partition("!")[0]), []).append(fault)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{count} in the input; nothing was computed", *map(_sentence, alike.values())]))


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
    return f"{in_one_line(place)}: found {content}; {in_one_line(advice_of(first))}"


def advice_of(fault: Fault) -> str:
    """What would be right, without the place and without what was found there.

    Examples
    --------
    >>> advice_of(Fault("t.csv", 2, "code", "c\u043a", "a code", "ck"))
    "expected a code; '\u043a' is CYRILLIC SMALL LETTER KA: type 'ck' in plain letters"
    """
    odd, plain, near = odd_letters(fault.found), plain_form(fault.found), fault.nearest
    form = near if near.lower() == plain.lower() else "" if near or _says_other(fault.found) else plain
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
    return _few(words)


def _few(words: list[str]) -> str:
    return ", ".join(words) if len(words) <= 4 else f"{', '.join(words[:3])} and {len(words) - 3} more"


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
    return _MARKED.sub(lambda words: _few(words[1].split(_BETWEEN_WORDS)), sentence)


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
