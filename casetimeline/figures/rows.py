"""A table drawn as a figure: rows with wrapped words in columns, and room for marks between them."""

from typing import NamedTuple

from matplotlib.lines import Line2D

from .style import GREY, INK, LINE, SMALL, minus, text_height, wrap

_PAD = 2.2  # millimetres above and below the words of a row


class TextRow(NamedTuple):
    """A row before it is drawn: the lines of each of its cells, and its height in millimetres."""

    cells: list[list[str]]
    height: float


def lay_row(cells: list[str], widths: list[float], least: float = 0.0) -> TextRow:
    """Wrap each cell to its width in millimetres; a row is as high as its longest cell, and at least `least`."""
    lines = [wrap(minus(cell), width, SMALL) for cell, width in zip(cells, widths, strict=True)]
    return TextRow(lines, max(text_height(max(map(len, lines)), SMALL) + _PAD, least))


def draw_row(ax, row: TextRow, lefts: list[float], top: float, right: float, weight: str = "normal") -> float:
    """Draw the words of a row into axes in millimetres, under a thin line; the height of its middle."""
    middle = top + row.height / 2
    ax.add_line(Line2D([lefts[0], right], [top, top], color=GREY, linewidth=0.4, zorder=0))
    for lines, left in zip(row.cells, lefts, strict=True):
        if lines:
            ax.text(
                *(left, middle, "\n".join(lines)),
                **{"fontsize": SMALL, "va": "center", "linespacing": LINE, "color": INK, "fontweight": weight},
            )
    return middle


def table_axes(ax, width: float, height: float) -> None:
    """Make the unit of axes a millimetre, with 0 at the upper left, and hide its frame."""
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
