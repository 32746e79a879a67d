"""The key and the notes under a figure, laid out before the figure has a size."""

from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from .style import SMALL, STATE_MARKS, add_axes, add_text, minus, text_height, text_width, wrap

_STATE_WORDS = {
    "value": "value",
    "present": "present",
    "absent": "absent or resolved",
    "unknown": "unknown",
    "not_assessed": "not assessed",
    "not_reported": "not reported",
}
_ROW, _SWATCH, _GAP = 3.2, 5.0, 4.0


class Entry(NamedTuple):
    """One entry of a key: its words, and how its swatch is drawn (`mark`, `line` or `box`)."""

    words: str
    shape: str
    look: dict


def state_entries(states) -> list[Entry]:
    """Entries for the states that a figure shows, in the fixed order of the states."""
    shown = set(states)
    return [Entry(_STATE_WORDS[s], "mark", look) for s, look in STATE_MARKS.items() if s in shown]


class Footer(NamedTuple):
    """Key and notes of a figure, wrapped to a width in millimetres."""

    placed: list[tuple[float, float, Entry]]
    notes: list[str]
    height: float


def lay_footer(entries: list[Entry], notes: list[str], width: float) -> Footer:
    """Flow the entries into rows and wrap each note; a blank one is left out."""
    placed, x, y = [], 0.0, 0.0
    for entry in entries:
        wide = _SWATCH + text_width(entry.words, SMALL) + _GAP
        if x and x + wide - _GAP > width:
            x, y = 0.0, y + _ROW
        placed.append((x, y, entry))
        x += wide
    lines = [line for note in notes if note for line in wrap(minus(note), width, SMALL)]
    return Footer(placed, lines, (y + _ROW + 1 if entries else 0) + text_height(len(lines), SMALL) + 1.5)


def draw_footer(figure: Figure, footer: Footer, left: float, top: float, width: float) -> None:
    """Draw the key and, below it, the notes."""
    deep = 0.0
    if footer.placed:
        deep = footer.placed[-1][1] + _ROW
        ax = add_axes(figure, left, top, width, deep, label="key")
        ax.set(xlim=(0, width), ylim=(deep, 0))
        ax.axis("off")
        for x, y, entry in footer.placed:
            middle = y + _ROW / 2
            if entry.shape == "mark":
                ax.add_line(Line2D([x + 1.7], [middle], linestyle="none", clip_on=False, **entry.look))
            elif entry.shape == "line":
                ax.add_line(Line2D([x, x + 3.8], [middle] * 2, clip_on=False, **entry.look))
            else:
                ax.add_patch(Rectangle((x, y + 0.6), 3.8, 2.0, clip_on=False, **entry.look))
            ax.text(x + _SWATCH, middle, entry.words, fontsize=SMALL, va="center_baseline")
        deep += 1
    add_text(figure, left, top + deep, "\n".join(footer.notes), fontsize=SMALL)
