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

    A page has another drawing of it for narrow screens, where there is one.
    """

    name: str
    title: str
    alt: str
    legend: str
    svg: str
    narrow: str = ""


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


def column_shares(table: Table) -> list[float]:
    """Shares of the width for the columns of a table: room for the longest word, and more for a longer text.

    Examples
    --------
    >>> import pandas as pd
    >>> column_shares(Table(pd.DataFrame({"line": ["2"], "why": ["not reported by anyone at all, ever since"]}), "c"))
    [6.0, 11.6]
    """
    columns = zip(map(str, table.frame.columns), *table.cells(), strict=True)
    # Two letters more for the edges of a cell.
    return [2.0 + max(_longest_word(texts), round(1.5 * max(map(len, texts)) ** 0.5, 1)) for texts in columns]


def _longest_word(texts: tuple[str, ...]) -> float:
    return min(_WIDEST_WORD, float(max((len(word) for text in texts for word in text.split()), default=1)))


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
