"""A document in blocks, the same for the page, the PDF and Word; no text of a case is ever read as markup."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..prose import Table, in_a_sentence, joined, unbroken

# What a Markdown reader would take for markup, wherever it stands in a line.
_MARKUP = re.compile(r"[\\`*_\[\]<>#|~${}&!@]")
# What begins a list, a rule or a heading at the start of a line.
_AT_START = re.compile(r"^(\d*)([-+=.)])(?=\s|$|\2)")
# The column of a table with the numbers of works.
WORKS = "Ref."
# The column of a table of claims with what became of each.
RESULT = "Result"
# A word longer than this may be broken in a table; a digest or an address is.
_WIDEST_WORD = 18.0
# As many letters of a table stand side by side on a page.
LINE = 120.0
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


def spans(numbers: Iterable[int]) -> str:
    """Ascending numbers of works between commas, three and more that follow each other as a range.

    Examples
    --------
    >>> spans([2, 3]), spans([3, 5, 14, 15, 16, 17]), spans([])
    ('2,3', '3,5,14–17', '')
    """
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts = (f"{run[0]}\N{EN DASH}{run[-1]}" if len(run) > 2 else ",".join(map(str, run)) for run in runs)
    return ",".join(parts)


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
            numbers = spans(piece.works)
            if self.raised or not numbers:
                yield piece, numbers
            elif piece.text in _MARKS_OF_A_SENTENCE:
                yield piece._replace(text="", lines=()), f" ({numbers})"
                yield piece._replace(works=()), ""
            else:
                yield piece, f" ({numbers})"


class Works(NamedTuple):
    """A list of references by their numbers; those before `first` have their place in another list of the document."""

    lines: dict[int, str]
    first: int = 1


class Items(NamedTuple):
    """A list of short texts."""

    texts: tuple[str, ...]


class Picture(NamedTuple):
    """A figure: name of its file without suffix, title, alternative text, legend, and the SVG as it was published.

    A page has another drawing of it for narrow screens, with notes of its own, where there is one. In print its notes
    follow the legend. Its label is what it is called in the document that it stands in, as `Figure 1`. A page of print
    that has no room for it has its parts, each with its SVG and its notes. Its works are the numbers of those that its
    notes cite.
    """

    name: str
    title: str
    alt: str
    legend: str
    svg: str
    narrow: str = ""
    narrow_notes: str = ""
    notes: str = ""
    label: str = ""
    parts: tuple[tuple[str, str], ...] = ()
    works: tuple[int, ...] = ()


Block = Heading | Paragraph | Cited | Items | Works | Picture | Table


def numbered(blocks: Iterable[Block], letter: str = "") -> list[Block]:
    """Blocks with the figures and the tables among them numbered; what has a label already keeps it.

    Parameters
    ----------
    blocks : iterable of Block
        In the order of the document.
    letter : str
        What stands before a number: S in a supplement.

    Examples
    --------
    >>> pictures = [Picture("b", "B", "", "B.", ""), Picture("a", "A", "", "A.", "", label="Figure 1")]
    >>> [each.label for each in numbered([*pictures, pictures[0]], "S")]
    ['Figure S1', 'Figure 1', 'Figure S2']
    """
    counts, labelled = {"Figure": 0, "Table": 0}, []
    for block in blocks:
        kind = "Figure" if isinstance(block, Picture) else "Table" if isinstance(block, Table) else ""
        if kind and not block.label:
            counts[kind] += 1
            label = f"{kind} {letter}{counts[kind]}"
            block = block._replace(label=label) if isinstance(block, Picture) else replace(block, label=label)
        labelled.append(block)
    return labelled


# What the title of a table says beyond the thing that it has.
_FURTHER = re.compile(" (?:recorded|with|against|of the (?:values|changes))\\b")


def callout(blocks: Iterable[Block], supplement: Iterable[Block] = ()) -> Cited | None:
    """Where the figures and the tables are that the Results rest on; None where there is nothing to call.

    Parameters
    ----------
    blocks, supplement : iterable of Block
        Numbered, of the report and of its supplement.

    Examples
    --------
    >>> table = Table(pd.DataFrame(), "Measures recorded more than once", label="Table 1")
    >>> callout([table], numbered([replace(table, label="")], "S")).pieces[0].text
    'Table 1 shows the measures. The supplement has Table S1.'
    """
    phrases = []
    for block in blocks:
        if isinstance(block, Picture):
            phrases.append(f"{block.label} shows the course")
        elif isinstance(block, Table):
            what = _FURTHER.split(in_a_sentence(block.caption))[0]
            phrases.append(
                f"{block.label} {'' if phrases else 'shows '}{'' if what.startswith('what ') else 'the '}{what}"
            )
    beyond = [*filter(None, (_range_of(supplement, kind) for kind in (Picture, Table)))]
    sentences = [f"{joined(phrases)}."] if phrases else []
    sentences += [f"The supplement has {' and '.join(beyond)}."] if beyond else []
    return Cited((Piece(" ".join(sentences)),)) if sentences else None


def _range_of(blocks: Iterable[Block], kind: type) -> str:
    """The labels of the figures, or of the tables, from the first to the last."""
    labels = [block.label for block in blocks if isinstance(block, kind) and block.label]
    if len(labels) < 2:
        return "".join(labels)
    noun, first = labels[0].split(" ")
    return f"{noun}s {first}\N{EN DASH}{labels[-1].split(' ')[1]}"


class Words(NamedTuple):
    """The words of a figure, as they stand beside its SVG."""

    title: str
    alt: str
    description: str
    legend: str
    values: str

    def table(self) -> pd.DataFrame:
        """The values behind it, as `drawn_values` gives them, each cell a text."""
        head, *rows = (line.split("\t") for line in self.values.splitlines())
        return pd.DataFrame(rows, columns=head, dtype=str)


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


def column_shares(table: Table, measured: Sequence[float] = ()) -> list[float]:
    """Widths for the columns of a table, in letters: as few lines as the width of a page allows.

    No column is narrower than its longest word, and one of short texts breaks none of them. Where the texts do not fit
    in one line, each letter of the page goes where it lowers the rows most. What was measured of the least width of
    each column, in letters of `LINE` a page, takes the place of the counted letters.

    Examples
    --------
    >>> import pandas as pd
    >>> column_shares(Table(pd.DataFrame({"line": ["2"], "why": ["not reported by anyone at all, ever since"]}), "c"))
    [7.0, 43.0]
    >>> rows = {"line": ["2", "3"], "quote": ["a word or two " * 9, ""], "note": ["", "a word or two " * 9]}
    >>> column_shares(Table(pd.DataFrame(rows), "c"))
    [7.0, 56.0, 57.0]
    >>> column_shares(Table(pd.DataFrame(rows), "c"), (10, 10, 10))
    [10.0, 55.0, 55.0]
    """
    columns = list(zip(map(str, table.frame.columns), *table.cells(), strict=True))
    # Two letters more are for the edges of a cell; letters of a head are bold, and wider.
    counted = [2.0 + max(_longest_word(texts), round(1.15 * _longest_word(texts[:1]))) for texts in columns]
    least = [*map(float, measured)] or counted
    whole = [max(low, 2.0 + max(map(len, texts))) for low, texts in zip(least, columns, strict=True)]
    if sum(whole) <= LINE:
        return whole
    short = [high if high <= _SHORT else low for low, high in zip(least, whole, strict=True)]
    widths = np.array(short if sum(short) <= 0.7 * LINE else least)
    lengths = np.array([[len(text) for text in texts] for texts in columns], dtype=float).T
    while widths.sum() + 1 <= LINE:
        lines = np.maximum(lengths / (widths - 2), 1)
        wider = np.maximum(lengths / (widths - 1), 1)
        # How much lower the rows are with one column wider: each is as high as its highest cell.
        others = np.stack([np.delete(lines, place, axis=1).max(axis=1, initial=1) for place in range(len(widths))], 1)
        saved = (lines.max(axis=1)[:, None] - np.maximum(wider, others)).sum(axis=0)
        # Where two columns are equally high, neither alone lowers the row: the one with more letters is first.
        widths[np.lexsort((lines.sum(axis=0), saved))[-1]] += 1
    return widths.tolist()


def _longest_word(texts: tuple[str, ...]) -> float:
    words = (word for text in texts for word in unbroken(text).split(" "))
    return min(_WIDEST_WORD, float(max(map(len, words), default=1)))


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
    """The parts of a text, and whether each is the mark of a footnote, as plain letters between commas.

    Examples
    --------
    >>> superscripts("U/Lᵃ"), superscripts("46"), superscripts("5ᵃᵇ")
    ([('U/L', False), ('a', True)], [('46', False)], [('5', False), ('a,b', True)])
    """
    parts = re.split("([ᵃᵇᶜᵈᵉᶠᵍʰⁱʲᵏˡᵐⁿᵒᵖ]+)", text)
    marked = [(",".join(part) if place % 2 else part, bool(place % 2)) for place, part in enumerate(parts) if part]
    return [(part.translate(_LETTERS), raised) for part, raised in marked]


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


def markdown_works(works: dict[int, str]) -> str:
    """The lines of a list of references by their numbers, as Markdown."""
    return "\n".join(f"{number}. {plain_markdown(line)}" for number, line in works.items())


def markdown_legends(pictures: Iterable[Picture], works: dict[int, str]) -> str:
    """The legends of labelled figures as Markdown, with their files, and with those of the works that they cite."""
    pictures = list(pictures)
    legends = [f"**{each.label}. {plain_markdown(each.title)}.** {plain_markdown(each.notes)}" for each in pictures]
    files = plain_markdown("; ".join(f"{each.label}: {each.name}" for each in pictures))
    listed = markdown_works({number: works[number] for number in sorted({n for each in pictures for n in each.works})})
    cited = ["# References of the legends", listed] if listed else []
    return "\n\n".join(["# Figure legends", *legends, f"Files: {files}.", *cited]) + "\n"
