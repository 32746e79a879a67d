"""What a panel shows, decided before it is drawn, and the geometry of its axes."""

import math
from typing import NamedTuple

import pandas as pd

from ..analysis import records_of
from .axis import TimeAxis, place
from .style import MM, SMALL, text_height, wrap

STRIP_GAP = 1.6  # height in millimetres between a panel and its strip
STRIP_MARK = 3.3  # height in millimetres of a mark in the strip for facts without a value


class Panel(NamedTuple):
    """What one panel shows, decided before it is drawn.

    Attributes
    ----------
    code : str
    scale : str
        `score` (limits of the scale), `log`, `size` (from 0), `grade`; `unvalued` if no row has a value,
        `empty` if there is no row.
    drawn, listed : DataFrame
        Rows on the scale, and rows in the strip below it, with their place X.
    measure : Series
        The row of measures.csv.
    axis : TimeAxis
    """

    code: str
    scale: str
    drawn: pd.DataFrame
    listed: pd.DataFrame
    measure: pd.Series
    axis: TimeAxis

    def strip_height(self, column: float) -> float:
        """Height in millimetres of the strip for facts without a value; 0 if there are none."""
        if self.scale == "empty" or not len(self.listed):
            return 0.0
        lines = max(len(wrap(words, column, SMALL)) for words in self.listed["AVALC"])
        return STRIP_GAP + STRIP_MARK + text_height(lines, SMALL) + 1.0


def lay_panel(changes: pd.DataFrame, measures: pd.DataFrame, code: str, axis: TimeAxis) -> Panel:
    """Choose the scale of a measure and part its rows into those with and without a place on it."""
    measure = measures.loc[code]
    rows = place(records_of(changes, code), axis)
    valued = rows["AVALLO"].notna()
    if not len(rows):
        scale = "empty"
    elif measure["grades"] and not valued.any():
        scale, valued = "grade", rows["AVALCALO"].notna()
    elif measure["grades"]:
        scale = "size"
    elif not valued.any():
        scale = "unvalued"
    elif math.isfinite(measure["high"]):
        scale = "score"
    else:
        positive = (rows.loc[valued, "AVALLO"] > 0) | (rows.loc[valued, "AVALHI"] > 0)
        scale = "log" if positive.all() and valued.any() else "size"
    return Panel(code, scale, rows[valued], rows[~valued], measure, axis)


def height(ax) -> float:
    """Height of axes in millimetres."""
    return ax.get_position().height * ax.figure.get_figheight() / MM


def share(ax, lines: int) -> float:
    """Share of the height of axes that lines of words and the gap to their mark take."""
    return (text_height(lines, SMALL) + 3.0) / height(ax)


def stands(ax, y: float) -> float:
    """Where a value stands on the vertical axis, as a share of its height."""
    low, high = ax.get_ylim()
    if ax.get_yscale() == "log":
        low, high, y = math.log10(low), math.log10(high), math.log10(y)
    return (y - low) / (high - low)


def per_mm(ax) -> float:
    """Units of the horizontal axis that a millimetre takes."""
    low, high = ax.get_xlim()
    return (high - low) * MM / (ax.get_position().width * ax.figure.get_figwidth())
