"""What a text says in another writing: escapes of Markdown, TeX and JSON, entities, percent encoding, base64."""

import base64
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote

# A letter and the accent that TeX writes before it, in braces or not.
_ACCENT = re.compile(r"\\(?:[\"'`^~=.]|[uvHtcdbkr](?=[\s{]))\s?\{?\\?([A-Za-z])\}?")
_TEX_LETTERS = {"ss": "ß", "o": "ø", "O": "Ø", "l": "ł", "L": "Ł", "ae": "æ", "oe": "œ", "aa": "å", "AA": "Å", "i": "i"}
_TEX_LETTER = re.compile(rf"\\({'|'.join(_TEX_LETTERS)})(?![A-Za-z])(?:\{{\}})?")
_TEX_BLANK = re.compile(rf"(\\(?:{'|'.join(_TEX_LETTERS)})) (?=\w)")
_JSON = re.compile(r"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
# What emphasises, groups or escapes, also within a word; and a hyphen at the end of a line.
_MARKUP = re.compile(r"\\(?=[^A-Za-z0-9\s])|[*~{}$^`]+|(?<=\w)-[ \t]*\r?\n[ \t]*(?=\w)")
_MARKED = re.compile(r"\\.|[*~{}$^`]|\w-[ \t]*\r?\n")
_PERCENT = re.compile("%[0-9A-Fa-f]{2}")
_QUOTED = re.compile("=[0-9A-F]{2}=[0-9A-F]{2}|=[2-7][0-9A-F]")
_ENTITY = re.compile(r"&#?\w+;")
# A word of base64 or of its form for addresses; and the end of a line within a longer one.
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{12,}+")
_WRAP = re.compile(r"(?<=[A-Za-z0-9+/]{60})\r?\n[ \t]*(?=[A-Za-z0-9+/]{2})")
# A name is not longer.
_REACH = 80
# What a piece of a text is not cut within: the rest of a number may read as a date.
_UNCUT = re.compile(rf"[\w.,:/-]{{0,{_REACH}}}")


def stretches(core: re.Pattern, text: str, reach: int) -> list[tuple[int, int]]:
    """Where a text has something, with what stands around it; what overlaps is one.

    Examples
    --------
    >>> stretches(re.compile("x"), "..x.x......x", 1)
    [(1, 6), (10, 12)]
    """
    spans: list[tuple[int, int]] = []
    for match in core.finditer(text):
        start, end = max(match.start() - reach, 0), min(match.end() + reach, len(text))
        if spans and start <= spans[-1][1]:
            spans[-1] = spans[-1][0], end
        else:
            spans.append((start, end))
    return spans


def readings_of(text: str) -> Iterator[str]:
    """What stands in a text in another writing, read, with what stands around it; none for a text without.

    Examples
    --------
    >>> list(readings_of(r"of M\\"uller, Ann\\_Lee"))
    ['of Muller, Ann_Lee']
    >>> list(readings_of("from %4A%61ne%20Roe"))
    ['from Jane Roe']
    """
    for core, read in _WRITINGS:
        spans = stretches(core, text, _REACH)
        if spans:
            yield "\n".join(dict.fromkeys(read(_piece(text, *span)) for span in spans))


def _piece(text: str, start: int, end: int) -> str:
    """A part of a text with the whole of the words at its ends."""
    before = _UNCUT.match(text[max(start - _REACH, 0) : start][::-1]).end()
    return text[start - before : _UNCUT.match(text, end).end()]


def _without_markup(text: str) -> str:
    text = _JSON.sub(lambda match: chr(int(match[1] or match[2], 16)), text)
    text = _ACCENT.sub(r"\1", text)
    # TeX takes a blank for the end of the letter's name; who writes it may not.
    forms = dict.fromkeys([text, _TEX_BLANK.sub(r"\1{}", text)])
    letters = (_TEX_LETTER.sub(lambda match: _TEX_LETTERS[match[1]], form) for form in forms)
    return "\n".join(_MARKUP.sub("", form) for form in letters)


def _unquoted(text: str) -> str:
    """Percent-encoded text, also where it is encoded twice."""
    return unquote(unquote(text))


def _from_mail(text: str) -> str:
    """Quoted-printable text."""
    return unquote(text.replace("%", "%25").replace("=", "%"))


def _named(text: str) -> str:
    """A text with entities, also where the mark of an entity is one itself."""
    return html.unescape(html.unescape(text))


_WRITINGS = ((_MARKED, _without_markup), (_PERCENT, _unquoted), (_QUOTED, _from_mail), (_ENTITY, _named))


def contents_of(text: str) -> Iterator[bytes]:
    """What stands in a text as base64, each content once; a word that only looks like it gives noise.

    Examples
    --------
    >>> list(contents_of("data:text/plain;base64,SmFuZSBEb2UgMTI="))
    [b'Jane Doe 12']
    """
    words = _BASE64.findall(_WRAP.sub("", text))
    for letters in dict.fromkeys(word.replace("-", "+").replace("_", "/") for word in words):
        # One letter too many is none of base64.
        whole = letters[: len(letters) - (len(letters) % 4 == 1)]
        yield base64.b64decode(whole + "=" * (-len(whole) % 4))
