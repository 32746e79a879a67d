"""The house style, text that is measured before it is drawn, and the marks of the states."""

from contextlib import AbstractContextManager
from functools import cache
from pathlib import Path

import matplotlib
from matplotlib.figure import Figure
from matplotlib.font_manager import FontProperties
from matplotlib.textpath import text_to_path

MM = 1 / 25.4
LINE = 1.25  # height of a line of text, in font sizes
SMALL = 6.0  # the smallest text at printed size, in points

# Okabe and Ito; every use has a second sign beside the colour: a shape, a hatch or a word.
INK, GREY, BLUE, SKY, ORANGE, GREEN = "#222222", "#7a7a7a", "#0072B2", "#56B4E9", "#E69F00", "#009E73"

# Each state has its own outline, filling and letter, so that it survives greyscale.
STATE_MARKS = {
    "value": {"marker": "o", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "present": {"marker": "s", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    "absent": {"marker": "s", "markerfacecolor": "white", "markeredgecolor": BLUE},
    "unknown": {"marker": "$?$", "markerfacecolor": INK, "markeredgecolor": INK, "markeredgewidth": 0.3},
    "not_assessed": {"marker": "x", "markerfacecolor": INK, "markeredgecolor": INK},
    "not_reported": {"marker": "D", "markerfacecolor": "none", "markeredgecolor": GREY, "markeredgewidth": 0.7},
}
SITE_MARKERS = ("o", "^", "v", "P", "X")


@cache
def _house() -> matplotlib.RcParams:
    path = Path(__file__).parent.parent / "house.mplstyle"
    params = matplotlib.rc_params_from_file(path, use_default_template=True)
    return matplotlib.RcParams({key: value for key, value in params.items() if not key.startswith("backend")})


def house_style() -> AbstractContextManager:
    """Draw under the house style, whatever the reader's own settings are."""
    return matplotlib.rc_context(_house())


def new_figure(case_id: str, title: str, width_mm: float, height_mm: float) -> Figure:
    """An empty figure that carries its case's id (as gid) and its title (as label)."""
    figure = Figure(figsize=(width_mm * MM, height_mm * MM))
    figure.set_gid(case_id)
    figure.set_label(f"{title}, case {case_id}")
    return figure


def add_axes(figure: Figure, left: float, top: float, width: float, height: float, **settings):
    """Axes placed in millimetres from the upper left corner."""
    wide, high = figure.get_size_inches() / MM
    return figure.add_axes((left / wide, 1 - (top + height) / high, width / wide, height / high), **settings)


def add_text(figure: Figure, left: float, top: float, text: str, **settings) -> None:
    """Text whose upper left corner is placed in millimetres from the upper left corner of the figure."""
    wide, high = figure.get_size_inches() / MM
    figure.text(left / wide, 1 - top / high, text, ha="left", va="top", linespacing=LINE, **settings)


@cache
def text_width(text: str, size: float, weight: str = "normal") -> float:
    """Width of one line of text in millimetres."""
    return (
        text_to_path.get_text_width_height_descent(text, FontProperties(size=size, weight=weight), False)[0] / 72 / MM
    )


def text_height(lines: int, size: float) -> float:
    """Height of lines of text in millimetres."""
    return lines * size * LINE / 72 / MM


def wrap(text: str, width: float, size: float) -> list[str]:
    """Lines of text that fit a width in millimetres; a word that does not fit is broken.

    Examples
    --------
    >>> wrap("Joint flexion contractures", 20, 7)
    ['Joint flexion', 'contractures']
    """
    lines, line = [], ""
    for word in text.split(" "):
        whole = f"{line} {word}".strip()
        if text_width(whole, size) <= width:
            line = whole
            continue
        if line:
            lines.append(line)
        while text_width(word, size) > width and len(word) > 1:
            cut = next((i for i in range(len(word) - 1, 1, -1) if text_width(word[:i] + "-", size) <= width), 1)
            lines.append(word[:cut] + "-")
            word = word[cut:]
        line = word
    return [*lines, line] if line else lines


def minus(text: str) -> str:
    """Text with a true minus sign before digits, for print.

    Examples
    --------
    >>> minus("-14 points")
    '\N{MINUS SIGN}14 points'
    """
    return "".join(
        "\N{MINUS SIGN}" if c == "-" and text[i + 1 : i + 2].isdigit() and not text[i - 1 : i].isalnum() else c
        for i, c in enumerate(text)
    )
