"""A document in blocks, the same for the page, the PDF and Word; no text of a case is ever read as markup."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from ..prose import Table

# What a Markdown reader would take for markup, wherever it stands in a line.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~${}&!@]")
# What begins a list, a rule or a heading at the start of a line.
_AT_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|\2)")
# The column of a table with the numbers of works.
WORKS = "Ref."
# A word longer than this may be broken in a table; a digest or an address is.
_WIDEST_WORD = 16.0
# As many letters of a table stand side by side on a page.
_LINE = 120.0
# A column is that of short texts up to this.
_SHORT = 20.0


class Heading(NamedTuple):
    """A heading; level 1 is the title of the document."""

    level: int
    text: str


class Paragraph(NamedTuple):
    """A paragraph."""

    text: str


_MARKS_OF_A_SENTENCE = (".", ";", ",")


class Piece(NamedTuple):
    """Some words of a paragraph, the lines of timeline.csv that they rest on, and the works that they cite."""

    text: str
    lines: tuple[int, ...] = ()
    works: tuple[int, ...] = ()


class Cited(NamedTuple):
    """A paragraph in pieces, with the numbers of what it cites: raised, or in brackets before the mark that follows."""

    pieces: tuple[Piece, ...]
    raised: bool = True

    def parts(self) -> Iterator[tuple[Piece, str]]:
        """Each piece with the numbers behind it as text; blank where it cites nothing.

        Examples
        --------
        >>> pieces = (Piece("A score"), Piece(".", (), (3, 5)))
        >>> [(piece.text, mark) for piece, mark in Cited(pieces).parts()]
        [('A score', ''), ('.', '3,5')]
        >>> [(piece.text, mark) for piece, mark in Cited(pieces, raised=False).parts()]
        [('A score', ''), ('', ' (3,5)'), ('.', '')]
        """
        for piece in self.pieces:
            numbers = ",".join(map(str, piece.works))
            if self.raised or not numbers:
                yield piece, numbers
            elif piece.text in _MARKS_OF_A_SENTENCE:
                yield piece._replace(text="", lines=()), f" ({numbers})"
                yield piece._replace(works=()), ""
            else:
                yield piece, f" ({numbers})"


class Works(NamedTuple):
    """A list of references by their numbers."""

    lines: dict[int, str]


class Items(NamedTuple):
    """A list of short texts."""

    texts: tuple[str, ...]


class Picture(NamedTuple):
    """A figure: name of its file without suffix, title, alternative text, legend, and the SVG as it was published.

    A page has another drawing of it for narrow screens, where there is one. In print its notes follow the legend.
    """

    name: str
    title: str
    alt: str
    legend: str
    svg: str
    narrow: str = ""
    notes: str = ""


Block = Heading | Paragraph | Cited | Items | Works | Picture | Table


class Words(NamedTuple):
    """The words of a figure, as they stand beside its SVG."""

    title: str
    alt: str
    description: str
    legend: str
    values: str


def read_words(text: str) -> Words:
    """The words of a figure from the text file that was published with it.

    Examples
    --------
    >>> text = "T\\n\\nAlternative text\\nA\\n\\nDescription\\nD\\n\\nLegend\\nL\\n\\nValues, read\\nx\\ty\\n1\\t2\\n"
    >>> read_words(text)
    Words(title='T', alt='A', description='D', legend='L', values='x\\ty\\n1\\t2\\n')
    """
    title, *parts = text.split("\n\n")
    bodies = {head.split(",")[0]: body for head, _, body in (part.partition("\n") for part in parts)}
    return Words(
        title,
        alt=bodies.get("Alternative text", ""),
        description=bodies.get("Description", ""),
        legend=bodies.get("Legend", ""),
        values=bodies.get("Values", ""),
    )


def why_blank(words: Words) -> str:
    r"""Why a published figure shows nothing, from its words; blank if it shows something.

    Examples
    --------
    >>> head = "panel\telement\tof\tline\tx\tx_to\ty\ty_to\tsaid\n"
    >>> words = Words("Claims, case a", "", "", "Claims, case a. No claim is listed. Supported: they agree.", head)
    >>> why_blank(words), why_blank(words._replace(values=head + "c\tclaim\tc\t1\t0\t0\t0\t0\tyes\n"))
    ('No claim is listed', '')
    """
    rows = [line.split("\t") for line in words.values.splitlines()[1:]]
    silent = [row[-1] for row in rows if row[1] == "silent"]
    if silent:
        return silent[0]
    shown = any(row[1] not in ("listed", "key") for row in rows)
    return "" if shown else words.legend.removeprefix(f"{words.title}. ").partition(". ")[0].rstrip(".")


def column_shares(table: Table) -> list[float]:
    """Widths for the columns of a table, in letters: as few lines as the width of a page allows.

    No column is narrower than its longest word, and one of short texts breaks none of them. Where the texts do not fit
    in one line, each column is as wide as its texts are long, so that the cells of a row are about equally high.

    Examples
    --------
    >>> import pandas as pd
    >>> column_shares(Table(pd.DataFrame({"line": ["2"], "why": ["not reported by anyone at all, ever since"]}), "c"))
    [7.0, 43.0]
    >>> column_shares(Table(pd.DataFrame({"line": ["2"], "quote": ["a word or two " * 50]}), "c"))
    [7.0, 113.0]
    """
    columns = list(zip(map(str, table.frame.columns), *table.cells(), strict=True))
    # Two letters more are for the edges of a cell; letters of a head are bold, and wider.
    least = [2.0 + max(_longest_word(texts), round(1.15 * _longest_word(texts[:1]))) for texts in columns]
    whole = [max(low, 2.0 + max(map(len, texts))) for low, texts in zip(least, columns, strict=True)]
    if sum(whole) <= _LINE:
        return whole
    short = [high if high <= _SHORT else low for low, high in zip(least, whole, strict=True)]
    least = short if sum(short) <= 0.7 * _LINE else least
    # A column of many long texts counts more than one with a single long text.
    weights = [(sum(len(text) ** 2 for text in texts) / len(texts)) ** 0.5 for texts in columns]
    few, many = 0.1, max(weights)
    for _ in range(40):
        lines = (few + many) / 2
        wide = sum(max(low, weight / lines) for low, weight in zip(least, weights, strict=True))
        few, many = (lines, many) if wide > _LINE else (few, lines)
    return [round(max(low, weight / many), 1) for low, weight in zip(least, weights, strict=True)]


def _longest_word(texts: tuple[str, ...]) -> float:
    return min(_WIDEST_WORD, float(max((len(word) for text in texts for word in text.split()), default=1)))


def bound(text: str) -> str:
    """A text in which a number and a short word behind it, as a unit is, stay on one line.

    Examples
    --------
    >>> bound("32 points, 8 mg/kg every 4 weeks; 2 administrations").replace("\N{NO-BREAK SPACE}", "~")
    '32~points, 8~mg/kg every 4~weeks; 2 administrations'
    """
    return _UNIT.sub("\N{NO-BREAK SPACE}", text)


_UNIT = re.compile(r"(?<=\d) (?=(?:%|[^\W\d]{1,6}(?:/[\w²³]{1,6})*)(?![\w/]))")


def plain_markdown(text: str) -> str:
    """A text that a Markdown reader shows as it is.

    Examples
    --------
    >>> print(plain_markdown("-14 points (-30.4 %), <b>*x*</b>"))
    -14 points (-30.4 %), \\<b\\>\\*x\\*\\</b\\>
    >>> print(plain_markdown("- no dose"), plain_markdown("2. Zyklus"), plain_markdown("---"))
    \\- no dose 2\\. Zyklus \\---
    """
    return _AT_START.sub(r"\1\\\2", _MARKUP.sub(r"\\\g<0>", " ".join(text.split())))


def superscripts(text: str) -> list[tuple[str, bool]]:
    """The parts of a text, and whether each is the mark of a footnote, as a plain letter.

    Examples
    --------
    >>> superscripts("U/Lᵃ"), superscripts("46")
    ([('U/L', False), ('a', True)], [('46', False)])
    """
    parts = re.split("([ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ]+)", text)
    return [(part.translate(_LETTERS), bool(place % 2)) for place, part in enumerate(parts) if part]


_LETTERS = str.maketrans("ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ", "abcdefghijklmnop")


def markdown_cited(paragraph: Cited) -> str:
    """A paragraph as Markdown, its citations raised or in brackets."""
    raised = "^" if paragraph.raised else ""
    parts = (
        plain_markdown_inline(piece.text) + (mark and f"{raised}{mark}{raised}") for piece, mark in paragraph.parts()
    )
    return "".join(parts)


def plain_markdown_inline(text: str) -> str:
    """A text within a paragraph that a Markdown reader shows as it is."""
    return _MARKUP.sub(r"\\\g<0>", text)


def markdown_table(table: Table) -> str:
    """A table as Markdown, its caption above it."""
    cells = [[str(name) for name in table.frame.columns], *table.cells()]
    head, *rows = ("| " + " | ".join(map(plain_markdown, row)) + " |" for row in cells)
    rule = "|" + " --- |" * len(table.frame.columns)
    return "\n".join([plain_markdown(table.caption), "", head, rule, *rows])
