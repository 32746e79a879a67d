"""What a panel shows, decided before it is drawn, and the geometry of its axes."""

import math
from collections import namedtuple
from functools import cache
from typing import NamedTuple

import pandas as pd

from ..derive import parse_frequency
from ..values import phase_of_end, timed_end
from ..vocabulary import STOPPED, UNIT_UNKNOWN
from .axis import TimeAxis, place
from .style import MM

# The columns of a derived frame that are drawn or put into words: a frame of these alone is much faster to go through.
_DRAWN = (
    "line",
    "kind",
    "code",
    "phase",
    "start",
    "end",
    "anchor",
    "value",
    "unit",
    "dose",
    "dose_unit",
    "frequency",
    "count",
    "grade",
    "note",
    "PARAM",
    "PARAMCD",
    "LOC",
    "STATE",
    "COUNTLO",
    "COUNTHI",
    "AVAL",
    "AVALLO",
    "AVALHI",
    "AVALU",
    "AVALC",
    "AVALCALO",
    "AVALCAHI",
    "ANRLO",
    "ANRHI",
    "DAYLO",
    "DAYHI",
    "AENLO",
    "AENHI",
    "ORDER",
    "ORDLO",
    "ORDHI",
    "ORDPH",
    "ABLFL",
    "ABLPFL",
    "POSTBLFL",
    "BASEC",
    "BASELO",
    "BASEHI",
    "CHG",
    "CHGLO",
    "CHGHI",
    "CHGLOX",
    "CHGHIX",
    "PCHG",
    "PCHGLO",
    "PCHGHI",
    "NADIRFL",
    "LASTFL",
)


def drawn_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that figures use, of those that a derived frame has."""
    return frame[[name for name in _DRAWN if name in frame]]


def rows_on(axis: TimeAxis, frame: pd.DataFrame) -> list:
    """The rows of a derived frame as named tuples, with their positions on the axis; made once for a figure."""
    placed = place(drawn_columns(frame), axis).assign(TAIL=math.nan).astype({"ORDPH": float})
    make = _row_type(tuple(placed.columns))._make
    rows = [make(values) for values in zip(*(placed[name].tolist() for name in placed), strict=True)]
    return [row._replace(TAIL=_tail(row, rows, axis)) if row.kind == "treatment" else row for row in rows]


@cache
def _row_type(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", columns)


def as_procedure(row, measures: pd.DataFrame):
    """A row; an event that the vocabulary knows as a procedure on a measure is one, however it was typed."""
    return row._replace(kind="procedure") if row.kind == "event" and touched_by(row.code, measures) else row


def touched_by(code: str, measures: pd.DataFrame) -> list[str]:
    """The measures on which a procedure bears, by the vocabulary."""
    touches = measures["touches"].get(code, "")
    return touches.split("|") if isinstance(touches, str) and touches else []


def is_before(row, other) -> bool:
    """Whether a row is surely before another."""
    return row.ORDHI < other.ORDLO or row.ORDPH < other.ORDPH


def last_of(rows: list):
    """The last of some rows of a series; None if there is none, or if their order leaves it open.

    Of rows that say the same of one moment it is the one that is flagged.
    """
    last = [row for row in rows if not any(is_before(row, other) for other in rows)]
    return last[0] if len(last) == 1 else next((row for row in last if row.LASTFL == "Y"), None)


def _tail(row, rows: list, axis: TimeAxis) -> float:
    """Up to where a treatment may have gone on; nan if its end is told, if it stopped, or if its doses are counted.

    A dose that was given once, and a pulse, go on nowhere.

    That is where its next course begins, where it was stopped (an event with the code of the treatment and `_stopped`),
    the end of the phase by which it had ended, or the end of the axis.
    """
    if timed_end(row.end) or row.end == STOPPED or math.isfinite(row.COUNTHI) or is_single(row) or is_pulse(row):
        return math.nan
    half, phase = 0.0 if axis.is_days else 0.5, phase_of_end(row.end)
    later = [
        other.X - half
        for other in rows
        if other.X > row.X and (other.kind, other.code) in (("treatment", row.code), ("event", f"{row.code}_stopped"))
    ]
    ended = [other.X + half for other in rows if not pd.isna(other.phase) and other.phase == phase]
    return min([*later, max(ended, default=axis.high)], default=axis.high)


def is_single(row) -> bool:
    """Whether a treatment was given once."""
    once = math.isinf(parse_frequency(row.frequency).interval) or (row.COUNTLO == row.COUNTHI == 1)
    return once and row.end in ("", row.start)


def is_pulse(row) -> bool:
    """Whether a treatment is a pulse: a few large doses, which end by what they are. Its code ends with `_pulse`."""
    return row.code.endswith("_pulse")


def is_mark(row, axis: TimeAxis) -> bool:
    """Whether a treatment is a mark and no bar: what was given once, and a pulse of which no days are told."""
    told = axis.is_days and (timed_end(row.end) or math.isfinite(row.COUNTHI))
    return is_single(row) or (is_pulse(row) and not told)


class Panel(NamedTuple):
    """What one panel shows, decided before it is drawn.

    Attributes
    ----------
    code : str
    scale : str
        `score` (limits of the scale), `log`, `size` (from 0), `grade`; `unvalued` if no row has a value,
        `empty` if there is no row, `foreign` if the case is not one of those that are asked for the measure.
    drawn, listed : list
        Rows on the scale, and rows in the strip below it; from `rows_on`.
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


def lay_panel(rows: list, measure: pd.Series, axis: TimeAxis) -> Panel:
    """Choose the scale of a measure, and divide its rows into those with and those without a place on it."""
    code = measure.name
    rows = [row for row in rows if row.kind == "observation" and row.code == code]
    drawn = [row for row in rows if not math.isnan(row.AVALLO)]
    # A number without a unit cannot stand on the scale of numbers that have one.
    if {row.AVALU for row in drawn} > {UNIT_UNKNOWN}:
        drawn = [row for row in drawn if row.AVALU != UNIT_UNKNOWN]
    if not rows:
        scale = "empty"
    elif measure["grades"] and not drawn:
        # What is left is told by what was there before, and has no grade of its own.
        drawn = [row for row in rows if not math.isnan(row.AVALCALO) and row.STATE != "residual"]
        scale = "grade" if drawn else "unvalued"
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


def _partners(row, treatments: list) -> list:
    """Rows of the treatments that alternate with that of a row: stated so, with the same interval and position."""
    if "alternating" not in row.frequency:
        return []
    turn = (row.frequency, row.ORDER)
    return [other for other in treatments if (other.frequency, other.ORDER) == turn and other.code != row.code]


def reference_regimen(rows: list, reference: str) -> set[int]:
    """Lines of the reference treatment and of those that alternate with it."""
    treatments = [row for row in rows if row.kind == "treatment"]
    own = [row for row in treatments if row.code == reference]
    return {each.line for row in own for each in [row, *_partners(row, treatments)]}


def height(ax) -> float:
    """Height of axes in millimetres."""
    return ax.get_position().height * ax.figure.get_figheight() / MM


def per_mm(ax, axis: TimeAxis) -> float:
    """How many units of the horizontal axis are one millimetre, outside of a cut."""
    return axis.span() * MM / (ax.get_position().width * ax.figure.get_figwidth())
