"""Tables and paragraphs that show themselves with the same words as text and as HTML; in HTML all text is escaped."""

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

from ..characters import as_notebook_html


class RowText(str):
    """The text of a cell with the lines of timeline.csv that it rests on.

    Attributes
    ----------
    lines : tuple of int
    """

    lines: tuple[int, ...]

    def __new__(cls, text: str, lines: tuple[int, ...] = ()):
        """A text that is a `str` like any other."""
        printed = super().__new__(cls, text)
        printed.lines = lines
        return printed


class Sentence(RowText):
    """A sentence with the lines of the records that it tells of, and what it says of them.

    Attributes
    ----------
    about : str
        What it says in a word or two, so that it can be found again after it has changed.

    Examples
    --------
    >>> sentence = Sentence("It was 32 points.", [15], "later")
    >>> sentence, sentence.lines, sentence.about
    ('It was 32 points.', (15,), 'later')
    """

    about: str

    def __new__(cls, words: str, lines: Iterable[int] = (), about: str = ""):
        """A sentence of some words."""
        sentence = super().__new__(cls, words, tuple(map(int, lines)))
        sentence.about = about
        return sentence


@dataclass(frozen=True, eq=False)
class Table:
    """A small table for a reader.

    Attributes
    ----------
    frame : DataFrame
        Cells as they are to be read. A missing cell is shown empty.
    caption : str
        One line above the table.
    notes : tuple of str
        Lines below it.
    label : str
        What it is called in the document that it stands in, as `Table 1`; blank outside of one.
    """

    frame: pd.DataFrame
    caption: str
    notes: tuple[str, ...] = ()
    label: str = ""

    def cells(self) -> list[list[str]]:
        """The cells as text, row by row, without the header."""
        return [
            ["" if pd.isna(cell) else cell if isinstance(cell, str) else str(cell) for cell in row]
            for row in self.frame.itertuples(index=False)
        ]

    def __repr__(self) -> str:
        rows = [list(self.frame.columns), *self.cells()]
        widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows]
        return "\n".join([self.caption, *lines])

    def _repr_html_(self) -> str:
        head = "".join(f'<th scope="col">{as_notebook_html(str(name))}</th>' for name in self.frame.columns)
        body = "".join(
            "<tr>" + "".join(f"<td>{as_notebook_html(cell)}</td>" for cell in row) + "</tr>" for row in self.cells()
        )
        caption = f"<caption>{as_notebook_html(self.caption)}</caption>"
        return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


@dataclass(frozen=True)
class Prose:
    """Paragraphs for a reader.

    Attributes
    ----------
    paragraphs : tuple of str
        Each of one or more sentences, as plain text.
    """

    paragraphs: tuple[str, ...]

    def __repr__(self) -> str:
        return "\n\n".join(self.paragraphs)

    def _repr_html_(self) -> str:
        return "\n".join(f"<p>{as_notebook_html(paragraph)}</p>" for paragraph in self.paragraphs)


def without_empty(frame: pd.DataFrame, keep: tuple[str, ...]) -> pd.DataFrame:
    """A frame without the columns in which every cell is missing or blank, but for those to keep."""
    empty = [c for c in frame.columns if c not in keep and frame[c].map(lambda cell: pd.isna(cell) or cell == "").all()]
    return frame.drop(columns=empty)
