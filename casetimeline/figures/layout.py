"""What a panel shows, decided before it is drawn, and the geometry of its axes."""

import math
from collections import namedtuple
from typing import NamedTuple

import pandas as pd

from .axis import TimeAxis, place
from .style import MM, SMALL, text_height, wrap

STRIP_GAP = 1.6  # height in millimetres between a panel and its strip
STRIP_MARK = 3.3  # height in millimetres of a mark in the strip for facts without a value

# The columns of derived data that are drawn or said; a frame without the others is much faster to part and to walk.
_DRAWN = (
    *("line", "kind", "code", "phase", "start", "end", "value", "unit", "dose", "dose_unit", "frequency", "note"),
    *("PARAM", "PARAMCD", "LOC", "STATE", "AVAL", "AVALLO", "AVALHI", "AVALU", "AVALC", "AVALCALO", "AVALCAHI"),
    *("ANRHI", "DAYLO", "DAYHI", "AENLO", "AENHI", "ORDER", "ABLFL", "BASEORD", "CHG", "CHGLO", "CHGHI", "CHGLOX"),
    *("CHGHIX", "PCHG", "PCHGLO", "PCHGHI", "NADIRFL"),
)


def drawn_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns of a derived frame that figures use, as far as it has them."""
    return frame[[name for name in _DRAWN if name in frame]]


def rows_on(axis: TimeAxis, frame: pd.DataFrame) -> list:
    """The rows of a derived frame with their places on the axis, as named tuples: made once for a figure."""
    placed = place(drawn_columns(frame), axis)
    make = namedtuple("Row", placed.columns)._make
    return [make(values) for values in zip(*(placed[name].tolist() for name in placed), strict=True)]


class Panel(NamedTuple):
    """What one panel shows, decided before it is drawn.

    Attributes
    ----------
    code : str
    scale : str
        `score` (limits of the scale), `log`, `size` (from 0), `grade`; `unvalued` if no row has a value,
        `empty` if there is no row.
    drawn, listed : list
        Rows on the scale, and rows in the strip below it, from `rows_on`.
    measure : Series
        The row of measures.csv.
    axis : TimeAxis
    """

    code: str
    scale: str
    drawn: list
    listed: list
    measure: pd.Series
    axis: TimeAxis

    def strip_height(self, column: float) -> float:
        """Height in millimetres of the strip for facts without a value; 0 if there are none."""
        if not self.listed:
            return 0.0
        lines = max(len(wrap(row.AVALC, column, SMALL)) for row in self.listed)
        return STRIP_GAP + STRIP_MARK + text_height(lines, SMALL) + 1.0


def lay_panel(rows: list, measures: pd.DataFrame, code: str, axis: TimeAxis) -> Panel:
    """Choose the scale of a measure and part its rows into those with and without a place on it."""
    measure = measures.loc[code]
    rows = [row for row in rows if row.kind == "observation" and row.code == code]
    drawn = [row for row in rows if not math.isnan(row.AVALLO)]
    if not rows:
        scale = "empty"
    elif measure["grades"] and not drawn:
        scale, drawn = "grade", [row for row in rows if not math.isnan(row.AVALCALO)]
    elif measure["grades"]:
        scale = "size"
    elif not drawn:
        scale = "unvalued"
    elif math.isfinite(measure["high"]):
        scale = "score"
    else:
        scale = "log" if all(row.AVALLO > 0 or row.AVALHI > 0 for row in drawn) else "size"
    shown = {row.line for row in drawn}
    return Panel(code, scale, drawn, [row for row in rows if row.line not in shown], measure, axis)


def shaded_rows(rows: list, reference: str) -> list:
    """Rows of the reference treatment; where it takes turns with others of its phase, its name says so."""
    treatments = [row for row in rows if row.kind == "treatment"]
    shaded = []
    for row in treatments:
        if row.code == reference:
            partners = {
                other.PARAM
                for other in treatments
                if "alternating" in row.frequency
                and (other.frequency, other.ORDER) == (row.frequency, row.ORDER)
                and other.code != row.code
            }
            names = [row.PARAM, *sorted(partners)]
            shaded.append(row._replace(PARAM=" alternating with ".join(names)))
    return shaded


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


def per_mm(ax, axis: TimeAxis) -> float:
    """Units of the horizontal axis that a millimetre takes, outside of a cut."""
    return axis.span() * MM / (ax.get_position().width * ax.figure.get_figwidth())
