"""Characters that act instead of being read, which no file of a case may hold; and those that look like others."""

import html
import re
import sys
import unicodedata
from typing import TextIO

# What a terminal, or whoever lays out a line, takes for an order: the control characters C0 (but for tab and line
# ends), delete and C1; the marks, embeddings and isolates that turn the direction of a text; tags that nobody sees;
# what is no character.
ACTING = re.compile(
    r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u206f\ufff9-\ufffb\ufffe\uffff"
    r"\U000e0000-\U000e007f\ud800-\udfff]"
)
# Of one line these are no part either.
_BREAKING = re.compile(rf"{ACTING.pattern[:-1]}\t\n\r\u2028\u2029]")
_RETURNING = re.compile(rf"{ACTING.pattern[:-1]}\r\u2028\u2029]")
# Letters that are drawn like one of the keyboard, with it. Full-width letters and the like are left to Unicode.
_ALIKE = str.maketrans(
    "\u0410\u0412\u0415\u041a\u041c\u041d\u041e\u0420\u0421\u0422\u0423\u0425\u0406\u0408\u0405"
    "\u0430\u0435\u043e\u0440\u0441\u0443\u0445\u0456\u0458\u0455\u043a\u043c\u0442\u0501\u04bb\u04cf"
    "\u0391\u0392\u0395\u0396\u0397\u0399\u039a\u039c\u039d\u039f\u03a1\u03a4\u03a5\u03a7"
    "\u03b1\u03b9\u03ba\u03bd\u03bf\u03c1\u03c5\u03c7\u0131\u0251\u0261\u2212\u2019\u2018\u201c\u201d",
    "ABEKMHOPCTYXIJSaeopcyxijskmtdhlABEZHIKMNOPTYXaikvopuxiag-''\"\"",
)
# Marks and letters that are not drawn at all, beside those that Unicode calls formats.
NOT_DRAWN = re.compile("[\u034f\u115f\u1160\u3164\uffa0\ufe00-\ufe0f]")
# A dash between two numbers: a range, or a minus.
_BETWEEN = re.compile("(?<=[0-9])\\s*[\u2010-\u2015\u2212\ufe58\ufe63\uff0d]\\s*(?=[-.0-9\u2212])")
# Raised digits, as in the exponents of units.
RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-")
# As printed in units. A suggestion is for what stands beside them.
_OF_UNITS = "\u00b5\u03bc\u00b0"


def acting_character(text: str) -> str:
    r"""What the first character of a text that acts is called; blank if none does.

    Examples
    --------
    >>> acting_character("caf\u00e9"), acting_character("\u202etxt.exe")
    ('', 'the direction control U+202E')
    """
    odd = ACTING.search(text)
    return name_of(odd[0]) if odd else ""


def name_of(character: str) -> str:
    r"""What a character that acts is called in a message.

    Examples
    --------
    >>> name_of("\x1b"), name_of("\u200f"), name_of("\ud800")
    ('the control character 0x1b', 'the direction control U+200F', 'half a character')
    """
    code = ord(character)
    if code < 0xA0:
        return f"the control character {code:#04x}"
    if 0xD800 <= code <= 0xDFFF:
        return "half a character"
    turning = code == 0x61C or 0x200E <= code <= 0x2069
    return f"the {'direction control' if turning else 'character'} U+{code:04X}"


def printable(text: str) -> str:
    r"""A text in which every character that acts stands as its number; line ends and tabs stay.

    Examples
    --------
    >>> print(printable("M\u00fcller\x0b1 \u202etxt"))
    Müller\x0b1 \u202etxt
    """
    return ACTING.sub(_number, text)


def shown(text: str) -> str:
    r"""As `printable`, for a terminal: what returns to the beginning of a line acts there.

    Examples
    --------
    >>> print(shown("\x1b[31mred\x9b0m\r\n  b"))
    \x1b[31mred\x9b0m\x0d
      b
    """
    return _RETURNING.sub(_number, text)


def in_one_line(text: str) -> str:
    r"""As `printable`, line ends and tabs as well.

    Examples
    --------
    >>> print(in_one_line("a\nb\x07"))
    a\x0ab\x07
    """
    return _BREAKING.sub(_number, text)


def _number(odd: re.Match[str]) -> str:
    code = ord(odd[0])
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


_LEFTWARD = "\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefe\U00010800-\U00010fff\U0001e800-\U0001efff"
# Words from right to left, and what stands between two of them.
_RUN = re.compile(rf"[{_LEFTWARD}]+(?:[\s\d.,;:/()'\"%+-]{{1,20}}[{_LEFTWARD}]+)*")
# By these MathJax, which looks through the tables of a notebook, knows a formula; not where one stands alone.
_MATHS = re.compile(r"[$\\]")


def as_html(text: str) -> str:
    """A text as HTML: nothing in it is markup, and words from right to left turn nothing but themselves.

    Examples
    --------
    >>> as_html("<b> & 5 $"), as_html("title \u05d0\u05d1 \u05d2: 12 mg")
    ('&lt;b&gt; &amp; 5 $', 'title <bdi>\u05d0\u05d1 \u05d2</bdi>: 12 mg')
    """
    return _RUN.sub(r"<bdi>\g<0></bdi>", html.escape(text))


def as_notebook_html(text: str) -> str:
    """As `as_html`, for the output of a notebook, in which nothing is a formula either.

    Examples
    --------
    >>> as_notebook_html("5 $ < 6 $")
    '5 <span>$</span> &lt; 6 <span>$</span>'
    """
    return _MATHS.sub(r"<span>\g<0></span>", as_html(text))


def isolated(text: str) -> str:
    """A text for a page without markup, in which words from right to left stand between the marks that isolate them."""
    return _RUN.sub("\u2068\\g<0>\u2069", text)


def say(text: str, stream: TextIO | None = None) -> None:
    """Print lines of which no character acts: to standard output, or to the stream that is named."""
    # With its end in one: Ctrl-C between the two would join the next line to it.
    print(f"{shown(text)}\n", end="", file=stream or sys.stdout)


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
    if kind == "Cf" or NOT_DRAWN.match(letter):
        return ""
    if kind == "Nd":
        return str(unicodedata.digit(letter))
    return " " if kind == "Zs" else "-" if kind == "Pd" else letter


def says_other(text: str) -> bool:
    """Whether the plain form of a text may say something else: the square of 10 is not 102, nor 5 to 6 minus 6.

    Examples
    --------
    >>> says_other("10\\u00b2"), says_other("5\\u20136"), says_other("\\uff19\\uff12"), says_other("c\\u043a")
    (True, True, False, False)
    """
    return _BETWEEN.search(text) is not None or any(map(_is_changed, text))


def _is_changed(letter: str) -> bool:
    """Whether a character is another thing than its compatibility form: raised, circled, a fraction, or with a stop."""
    tag, form = unicodedata.decomposition(letter).partition(" ")[0], unicodedata.normalize("NFKC", letter)
    return tag in ("<super>", "<sub>", "<circle>", "<fraction>") or (len(form) > 1 and not form.isalpha())


def is_odd(letter: str) -> bool:
    """Whether a character is of another alphabet, not seen, or another form of one of the keyboard.

    Examples
    --------
    >>> is_odd("\u0410"), is_odd("\u00ad"), is_odd("\u00fc"), is_odd("\u00b5")
    (True, True, False, False)
    """
    if letter.isascii() or letter in _OF_UNITS:
        return False
    kind, name = unicodedata.category(letter), unicodedata.name(letter, "")
    return plain_form(letter) != letter or kind == "Mn" or (kind[0] == "L" and not name.startswith("LATIN"))
