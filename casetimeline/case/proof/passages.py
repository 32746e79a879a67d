"""Where the words of a quote stand in the text of its source.

Text and quote are folded alike, so that what typesetting changes makes no difference: kinds of blanks, quotation marks
and dashes, ligatures, soft hyphens, and a word that is divided at the end of a line. Everything else must agree letter
by letter. Places are those of the text as it is.
"""

import difflib
import functools
import itertools
import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_LIGATURES = {
    "\ufb00": "ff",
    "\ufb01": "fi",
    "\ufb02": "fl",
    "\ufb03": "ffi",
    "\ufb04": "ffl",
    "\ufb05": "st",
    "\ufb06": "st",
}
_DOUBLE = "\u201c\u201d\u201e\u201f\u00ab\u00bb\u2033\uff02"
_SINGLE = "\u2018\u2019\u201a\u201b\u2032\u00b4\u0060\uff07"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d"
# Soft hyphen, zero-width marks and the byte order mark: they are not seen.
_UNSEEN = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
_FOLDED = {
    **_LIGATURES,
    **dict.fromkeys(_DOUBLE, '"'),
    **dict.fromkeys(_SINGLE, "'"),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_UNSEEN, ""),
    "\u00b5": "\u03bc",
}
_JOINED = re.compile(r"\s*\[\s*(?:\.\.\.|\u2026)\s*\]\s*")
# A hyphen at the end of a line; PDFium writes U+FFFE (once U+0002) for it, and may leave out the end of the line.
_DIVIDED = re.compile(r"[-\u2010\u00ad][ \t]*\r?\n\s*|[\ufffe\x02][ \t]*(?:\r?\n)?\s*")
# The end of a line behind a stroke or dash: `U/L` and `3\u20134` go on in the next.
_BROKEN = re.compile(r"(?<=\S[/\u2013\u2014])[ \t]*\r?\n\s*")
# The exponent of a power of ten, raised or not; a raised number of another kind is that of a reference.
_EXPONENT = re.compile(r"[x\u00d7*\u00b7]\s?10(\^?[0-9\u00b2\u00b3\u00b9\u2070\u2074-\u2079]+)")
_WORD = re.compile(r"\w+")


class Folded(NamedTuple):
    """A folded text, and for each of its letters the place in the text that it was made from."""

    text: str
    places: list[int]


class Stretch(NamedTuple):
    """Where a passage stands in a text: its first letter, and the one behind its last."""

    start: int
    end: int


# The quotes of a case are looked for as often as it is read.
@functools.lru_cache(maxsize=512)
def fold(text: str, joined: bool = True) -> Folded:
    """A text without what typesetting changes.

    Parameters
    ----------
    text : str
        A text or a quote.
    joined : bool
        Whether the two parts of a word that is divided at the end of a line are put together; else the hyphen stays, as
        in a word that has one of its own.

    Examples
    --------
    >>> fold("\\u201cre\\ufb01lled\\u201d  a treat-\\nment").text
    '"refilled" a treatment'
    >>> fold("a 4-\\nweek", joined=False).text
    'a 4-week'
    >>> fold("5.2 x10\u00b3/L").text, fold("5.2 x10^3/L").text
    ('5.2 x103/L', '5.2 x103/L')
    """
    letters: list[str] = []
    places: list[int] = []
    divided = {match.start(): match.end() for match in _DIVIDED.finditer(text)}
    broken = {match.start(): match.end() for match in _BROKEN.finditer(text)}
    raised = {place for match in _EXPONENT.finditer(text) for place in range(*match.span(1))}
    place = 0
    while place < len(text):
        letter = text[place]
        ahead = place + 1
        if place in divided:
            letter, ahead = ("" if joined else "-"), divided[place]
        elif place in broken:
            letter, ahead = "", broken[place]
        elif place in raised:
            letter = "" if letter == "^" else unicodedata.normalize("NFKC", letter)
        elif letter.isspace():
            letter = "" if letters and letters[-1] == " " else " "
        else:
            letter = _FOLDED.get(letter, letter)
        letters += letter
        places += [place] * len(letter)
        place = ahead
    return Folded("".join(letters), places)


class Source(NamedTuple):
    """The text of a source, folded in the two ways that a divided word can be read."""

    text: str
    folded: tuple[Folded, Folded]


def source_of(text: str) -> Source:
    """The text of a source, ready for `find_quote`; combined letters as one letter each."""
    text = unicodedata.normalize("NFC", text)
    return Source(text, (fold(text), fold(text, joined=False)))


def passages_of(quote: str) -> list[str]:
    """The passages of a quote, which `[...]` joins.

    Examples
    --------
    >>> passages_of("presented at age 63 [...] CK was 6000")
    ['presented at age 63', 'CK was 6000']
    """
    return [passage for passage in _JOINED.split(unicodedata.normalize("NFC", quote).strip()) if passage]


def find_quote(quote: str, source: Source) -> list[Stretch | None]:
    """The place of each passage of a quote, each behind the one before; none where it does not stand there.

    Examples
    --------
    >>> source = source_of("The score fell from 46 to 32\\nand the effusion resolved.")
    >>> find_quote("fell from 46 to 32 and [...] resolved", source)
    [Stretch(start=10, end=32), Stretch(start=46, end=54)]
    >>> find_quote("fell from 46 to 33", source)
    [None]
    """
    places: list[Stretch | None] = []
    behind = 0
    for passage in passages_of(quote):
        place = next(filter(None, (_find(passage, folded, behind) for folded in source.folded)), None)
        places.append(place)
        behind = place.end if place else behind
    return places


def _find(passage: str, folded: Folded, behind: int) -> Stretch | None:
    """The first place of a passage from a place of the text on; it neither begins nor ends inside a word or number."""
    wanted = fold(passage).text.strip()
    for at in _every(wanted, folded.text) if wanted else ():
        end = at + len(wanted)
        start = folded.places[at]
        if start >= behind and _whole(folded.text, at, end):
            return Stretch(start, folded.places[end - 1] + 1)
    return None


def _every(wanted: str, text: str) -> Iterator[int]:
    at = text.find(wanted)
    while at >= 0:
        yield at
        at = text.find(wanted, at + 1)


def _whole(text: str, start: int, end: int) -> bool:
    """Whether a passage does not cut a word: `mRSS 4` does not stand in `mRSS 46`."""
    cut_before = start > 0 and text[start - 1].isalnum() and text[start].isalnum()
    # The number of a reference stands at the end of a word where the text has lost its raised letters.
    cut_behind = end < len(text) and text[end - 1].isalnum() and text[end].isalpha()
    cut_behind |= end < len(text) and text[end - 1].isdecimal() and text[end].isdecimal()
    # A number goes on behind a decimal mark or a mark of thousands.
    number_before = start > 1 and text[start - 1] in ".," and text[start].isdigit() and text[start - 2].isdigit()
    number_behind = end + 1 < len(text) and text[end] in ".," and text[end - 1].isdigit() and text[end + 1].isdigit()
    return not (cut_before or cut_behind or number_before or number_behind)


def nearest_passage(passage: str, source: Source) -> str:
    """The part of a text that has the most words of a passage; blank where it has none of them.

    Examples
    --------
    >>> nearest_passage("the score rose from 46 to 33", source_of("In all, the score fell from 46 to 32, and so on."))
    'the score fell from 46 to 32'
    >>> nearest_passage("effusjon", source_of("In all, the effusion resolved."))
    'effusion'
    """
    words = list(_WORD.finditer(source.text))
    wanted = [word.lower() for word in _WORD.findall(fold(passage).text)]
    if not wanted or not words:
        return ""
    there = [word[0].lower() for word in words]
    # A word that is misspelt counts as the one of the text that is most like it.
    distinct = sorted(set(there))
    alike = (difflib.get_close_matches(word, distinct, n=1) or [word] for word in set(wanted))
    known, length = {match[0] for match in alike}, min(len(wanted), len(words))
    hits = [word in known for word in there]
    sums = [0, *itertools.accumulate(hits)]
    counts = [sums[at + length] - sums[at] for at in range(len(words) - length + 1)]
    # Of parts with the same words, the one that begins and ends with such a word.
    best = max(range(len(counts)), key=lambda at: (counts[at], 2 * hits[at] + hits[at + length - 1]))
    if not counts[best]:
        return ""
    return " ".join(source.text[words[best].start() : words[best + length - 1].end()].split())


# The end of a sentence, or a blank line, behind which another part of the text begins.
_ENDS = re.compile(
    r"[.!?][\"')\]\u201d\u2019]*\s+(?=[\"'(\[\u201c\u2018]?[A-Z0-9])|(?<=[a-z]{3})[.!?](?=[A-Z])|(?:\r?\n\s*){2,}"
)
_MOST_AROUND = 160


def in_sentence(source: Source, place: Stretch) -> tuple[str, str, str]:
    """A passage in its sentence: what stands before it, the passage as the text prints it, and what stands behind it.

    Of a long sentence the part near the passage, with an ellipsis where it goes on. Blanks and ends of lines are one
    blank each.

    Examples
    --------
    >>> source = source_of("A first one. In all, the score fell\\nfrom 46 to 32, and so on. A last one.")
    >>> in_sentence(source, find_quote("from 46 to 32", source)[0])
    ('In all, the score fell ', 'from 46 to 32', ', and so on.')
    """
    text = source.text
    begin = max((match.end() for match in _ENDS.finditer(text, 0, place.start)), default=0)
    behind = _ENDS.search(text, max(place.end - 1, place.start))
    # The full stop belongs to the sentence; the blank behind it does not.
    end = len(text) if behind is None else max(place.end, behind.end())
    before, passage, after = (
        " ".join(re.split(r"\s+", part))
        for part in (text[begin : place.start], text[place.start : place.end], text[place.end : end])
    )
    if len(before) > _MOST_AROUND:
        before = "\u2026" + before[-_MOST_AROUND:].partition(" ")[2]
    if len(after) > _MOST_AROUND:
        after = after[:_MOST_AROUND].rpartition(" ")[0] + "\u2026"
    return before.lstrip(), passage, after.rstrip()
