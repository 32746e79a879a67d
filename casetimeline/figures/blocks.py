"""Blocks beside what is plotted: the key of marks, and tables drawn as rows of wrapped words."""

from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import unbroken
from .drawn import NOTES, tag, unwritten_words
from .style import (
    GREY,
    INK,
    LINE,
    SMALL,
    STATE_MARKS,
    add_text,
    millimetres,
    minus,
    on_grid,
    text_height,
    text_width,
    wrap,
)

_STATE_WORDS = {
    "value": "value",
    "present": "present",
    "absent": "absent or resolved",
    "recurred": "present again",
    "residual": "present, less than before",
    "normal": "normal, without a number",
    "raised": "raised, without a number",
    "low": "low, without a number",
    "increased": "increased",
    "decreased": "decreased",
    "unchanged": "unchanged",
    "improved": "improved",
    "worsened": "worsened",
    "unknown": "unknown",
    "not_assessed": "not assessed",
    "not_reported": "not reported",
}
_ROW, _SWATCH, _GAP = 3.2, 5.0, 4.0


class Entry(NamedTuple):
    """One entry of a key: its words, and how its swatch is drawn (`mark`, `line`, `upright` or `box`)."""

    words: str
    shape: str
    look: dict


def state_entries(states) -> list[Entry]:
    """Entries of the key for the states that a figure shows, in the fixed order of the states."""
    shown = set(states)
    return [Entry(_STATE_WORDS[s], "mark", look) for s, look in STATE_MARKS.items() if s in shown]


class Footer(NamedTuple):
    """The key and the notes of a figure before they are drawn, wrapped to a width; all lengths in millimetres."""

    placed: list[tuple[float, float, Entry, list[str]]]
    notes: list[str]
    key_height: float
    height: float


def lay_footer(entries: list[Entry], notes: list[str], width: float) -> Footer:
    """Arrange the entries in rows and wrap them and the notes to a width in millimetres; blank notes are left out."""
    placed, x, y, deep = [], 0.0, 0.0, 0.0
    for entry in entries:
        lines = wrap(entry.words, width - _SWATCH, SMALL)
        wide = _SWATCH + max(text_width(line, SMALL) for line in lines) + _GAP
        if x and x + wide - _GAP > width:
            x, y = 0.0, y + deep
            deep = 0.0
        placed.append((x, y, entry, lines))
        x, deep = x + wide, max(deep, _ROW + text_height(len(lines) - 1, SMALL))
    key_height = y + deep + 1 if entries else 0.0
    # Some programs set letters a little wider than matplotlib measures them.
    lines = [line for note in notes if note for line in wrap(minus(note), 0.98 * width, SMALL)]
    return Footer(placed, lines, key_height, key_height + text_height(len(lines), SMALL) + 1.5)


def draw_footer(figure: Figure, footer: Footer, left: float, top: float) -> None:
    """Draw the key and, below it, the notes, from an upper left corner in millimetres."""
    place = millimetres(figure, left, top)
    for number, (x, y, entry, lines) in enumerate(footer.placed):
        middle = y + _ROW / 2
        look = {**entry.look, "transform": place, "gid": tag("key", "swatch", number)}
        if entry.shape == "mark":
            artist = Line2D([x + 1.9], [middle], linestyle="none", **look)
        elif entry.shape == "line":
            # A mark at its end needs room before the words.
            end = x + (3.0 if "marker" in entry.look else 3.8)
            artist = Line2D([x, end], [middle] * 2, **look)
        elif entry.shape == "upright":
            artist = Line2D([x + 1.9] * 2, [middle - 1.4, middle + 1.4], **look)
        else:
            artist = Rectangle((x, y + 0.6), 3.8, 2.0, **look)
        figure.add_artist(artist)
        for i, line in enumerate(lines):
            at = middle + text_height(i, SMALL)
            figure.text(x + _SWATCH, at, line, fontsize=SMALL, va="center_baseline", transform=place)
    add_text(figure, left, top + footer.key_height, "\n".join(footer.notes), fontsize=SMALL, gid=NOTES)
    # Only what is drawn tells which words had no room: that stands in the legend and the description.
    if words := unwritten_words(figure):
        figure.text(0, 0, words, gid=f"{NOTES}.more", visible=False)


_PAD = 2.2  # millimetres above and below the words of a row


class TextRow(NamedTuple):
    """A row before it is drawn: the lines of each of its cells, and its height in millimetres."""

    cells: list[list[str]]
    height: float


def lay_row(cells: list[str], widths: list[float], least: float = 0.0) -> TextRow:
    """Wrap each cell to its width in millimetres; a row is as high as its longest cell, and at least `least`."""
    lines = [wrap(unbroken(minus(cell)), width, SMALL) for cell, width in zip(cells, widths, strict=True)]
    # On the grid, so that the heights of rows add up without an error, whatever adds them.
    return TextRow(lines, on_grid(max(text_height(max(map(len, lines)), SMALL) + _PAD, least)))


def pages_of(heights: list[float], room: float) -> list[slice]:
    """Rows on pages, each as full as they fit one after the other; a row that fits none has one of its own.

    Examples
    --------
    >>> pages_of([5, 5, 5, 20, 5], room=12)
    [slice(0, 2, None), slice(2, 3, None), slice(3, 4, None), slice(4, 5, None)]
    """
    begins, left = [0], room
    for number, high in enumerate(heights):
        if high > left and number > begins[-1]:
            begins.append(number)
            left = room
        left -= high
    return [slice(begin, end) for begin, end in zip(begins, [*begins[1:], len(heights)], strict=True)]


def titles_of(title: str, count: int) -> list[str]:
    """The titles of the parts of a figure; that of the only one is the title of the figure.

    Examples
    --------
    >>> titles_of("Claims", 2), titles_of("Claims", 1)
    (['Claims, part 1 of 2', 'Claims, part 2 of 2'], ['Claims'])
    """
    return [f"{title}, part {number} of {count}" for number in range(1, count + 1)] if count > 1 else [title] * count


def draw_row(ax, row: TextRow, lefts: list[float], top: float, right: float, weight: str = "normal") -> float:
    """Draw the words of a row under a thin line, into axes whose unit is a millimetre; return where its middle is."""
    middle = top + row.height / 2
    ax.add_line(Line2D([lefts[0], right], [top, top], color=GREY, linewidth=0.4, zorder=0))
    for lines, left in zip(row.cells, lefts, strict=True):
        if lines:
            ax.text(
                left,
                middle,
                "\n".join(lines),
                fontsize=SMALL,
                va="center",
                linespacing=LINE,
                color=INK,
                fontweight=weight,
            )
    return middle


def table_axes(ax, width: float, height: float) -> None:
    """Make the unit of axes a millimetre, with 0 at the upper left, and hide its frame."""
    ax.set(xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
