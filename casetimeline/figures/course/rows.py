"""What a panel shows, decided before it is drawn, and the geometry of its axes."""

import math
from collections import namedtuple
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...derive import RELATIVE, tells_death
from ...prose import lasting_words, stop_of, stopped_words, with_stops
from ...rules import Analysis, once
from ...values import rows_of
from ...vocabulary import STOPPED, UNIT_UNKNOWN
from ..axes.axis import TimeAxis, axis_of, place
from ..axes.lasting import with_spans
from ..style import MM

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
    "by",
    "note",
    "quote",
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
    "ref_low",
    "ref_high",
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
    *RELATIVE,
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


UNTIMED = "time not reported"


def drawn_columns(frame: pd.DataFrame) -> pd.DataFrame:
    """The columns that figures use, of those that a derived frame has."""
    return frame[[name for name in _DRAWN if name in frame]]


def rows_on(axis: TimeAxis, frame: pd.DataFrame, glucocorticoids: frozenset[str] = frozenset()) -> list:
    """The rows of a derived frame as named tuples, with their positions on the axis; made once for a figure.

    They have the columns of `with_spans`, to which the codes of the glucocorticoids go, and OWN_TIME: the time of a
    fact that stands with it, since other facts of its position have none or another, or that its time is not reported,
    where its note says so and its place tells none; else blank. DIED is the place of the death of the patient, of what
    is before it; else nan. ENDED is how one ended that stopped at a time not told or went on until death, STOPLINE the
    line of the event that tells the end, else 0; and UNIT is that of the measure, where `drawn_rows` knows it.
    """
    placed = place(drawn_columns(frame), axis).astype({"ORDPH": float})
    placed = placed.assign(**dict.fromkeys(("OPENS", "ENTERS", "XEND", "HELD", "TAIL"), math.nan), STOPS=False)
    untimed = placed["note"].str.contains(UNTIMED) if "note" in placed and not axis.is_days else False
    untimed = placed["start"].eq("") & placed["kind"].ne("treatment") & untimed
    own_times = [
        UNTIMED if none else axis.own_times.get(line, "") for line, none in zip(placed["line"], untimed, strict=True)
    ]
    placed = placed.assign(OWN_TIME=own_times, UNIT="")
    # What ended before a day did not end before it began.
    starts = placed["DAYLO"].where(np.isfinite(placed["DAYLO"].astype(float)))
    placed["AENLO"] = placed["AENLO"].where(~(placed["AENLO"] < starts), starts)
    whole = with_stops(frame if "quote" in frame else frame.assign(quote=""))
    placed["end"] = whole.loc[placed.index, "end"]
    lasting = [lasting_words(whole, row) for row in rows_of(whole.loc[placed.index])]
    placed = placed.assign(ENDED=lasting, STOPLINE=0, DIED=_before_death(placed))
    stopped = placed.index[placed["end"].eq(STOPPED)]
    courses = list(rows_of(whole.loc[stopped]))
    placed.loc[stopped, "ENDED"] = [stopped_words(whole, row) for row in courses]
    stops = (stop_of(whole, row) for row in courses)
    placed.loc[stopped, "STOPLINE"] = [stop.line if stop else 0 for stop in stops]
    make = _row_type(tuple(placed.columns))._make
    rows = [make(values) for values in zip(*(placed[name].tolist() for name in placed), strict=True)]
    return with_spans(rows, axis, glucocorticoids)


def _before_death(placed: pd.DataFrame) -> pd.Series:
    """The place of a death, for each row before it; else nan."""
    died = placed.loc[tells_death(placed), "X"].min()
    return placed["X"].lt(died).map({True: died, False: math.nan})


@cache
def _row_type(columns: tuple[str, ...]) -> type:
    return namedtuple("Row", columns)


@once
def drawn_rows(analysis: Analysis) -> list:
    """The rows of an analysis as `rows_on` has them on the axis of its case, made once for all its figures.

    An event that is a procedure on a measure is one. What has no place on an axis of days is left out.
    """
    measures = analysis.case.measures
    rows = rows_on(axis_of(analysis), analysis.changes, glucocorticoids_in(measures))
    units = measures["unit"].to_dict()
    return [
        as_procedure(row, measures)._replace(UNIT=units.get(row.code, ""))
        for row in rows
        if row.kind == "statement" or not math.isnan(row.X)
    ]


def as_procedure(row, measures: pd.DataFrame):
    """A row; an event that the vocabulary knows as a procedure on a measure is one, however it was typed."""
    return row._replace(kind="procedure") if row.kind == "event" and touched_by(row.code, measures) else row


def glucocorticoids_in(treatments: pd.DataFrame) -> frozenset[str]:
    """The codes of the glucocorticoids of a table of treatments such as `Case.measures`."""
    return frozenset(treatments.index[treatments["prednisone_5mg"].fillna("").ne("")])


def touched_by(code: str, measures: pd.DataFrame) -> list[str]:
    """The measures on which a procedure bears, by the vocabulary."""
    touches = measures["touches"].get(code, "")
    return touches.split("|") if isinstance(touches, str) and touches else []


def is_before(row, other) -> bool:
    """Whether a row is surely before another."""
    if row.ORDHI < other.ORDLO or row.ORDPH < other.ORDPH:
        return True
    # Dates, and what counts from one fact, where that tells more.
    is_relative = hasattr(row, RELATIVE[0])
    return is_relative and (row.DATEHI < other.DATELO or (row.FROM == other.FROM and row.FROMHI < other.FROMLO))


def last_of(rows: list):
    """The last of some rows of a series; None if there is none, or if their order leaves it open.

    Of rows that say the same of one moment it is the one that is flagged.
    """
    last = may_be_last(rows)
    return last[0] if len(last) == 1 else None


def may_be_last(rows: list) -> list:
    """The last of some rows of a series; each that may be it, if their order leaves it open."""
    last = [row for row in rows if not any(is_before(row, other) for other in rows)]
    return [row for row in last if row.LASTFL == "Y"][:1] or last


def is_bounded(row) -> bool:
    """Whether a row has a value that is only known between two bounds."""
    return bool(row.STATE == "value" and row.AVALLO < row.AVALHI)


def is_sizeless(row) -> bool:
    """Whether a row tells that something of a scale of grades is there, and not which grade."""
    return not row.value and row.AVALCALO < row.AVALCAHI


class Panel(NamedTuple):
    """What one panel shows, decided before it is drawn.

    Attributes
    ----------
    code : str
    scale : str
        `score` (limits of the scale), `log`, `size` (from 0, if the measure has one), `grade`; `unvalued` if no row has
        a value, `empty` if there is no row, `foreign` if the case is not one of those that are asked for the measure.
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
    # One number without a unit is no scale.
    if len(drawn) == 1 and drawn[0].AVALU == UNIT_UNKNOWN:
        drawn = []
    if not rows:
        scale = "empty"
    elif measure["grades"] and not drawn:
        # What is left is told by what was there before, and has no grade of its own.
        graded = [row for row in rows if not math.isnan(row.AVALCALO) and row.STATE != "residual"]
        # Presence and absence alone need no scale of sizes.
        drawn = [row for row in graded if not is_sizeless(row)] if any(row.value for row in graded) else []
        scale = "grade" if drawn else "unvalued"
    elif measure["grades"]:
        scale = "size"
    elif not drawn:
        scale = "unvalued"
    elif math.isfinite(measure["high"]):
        scale = "score"
    else:
        positive = measure["scale"] != "interval" and all(row.AVALLO > 0 or row.AVALHI > 0 for row in drawn)
        scale = "log" if positive else "size"
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
    reference_rows = [row for row in treatments if row.code == reference]
    return {each.line for row in reference_rows for each in [row, *_partners(row, treatments)]}


def height(ax) -> float:
    """Height of axes in millimetres."""
    return ax.get_position().height * ax.figure.get_figheight() / MM


def share_of_height(ax, y: float) -> float:
    """Where a value stands on the vertical axis, as a share of its height."""
    low, high = ax.get_ylim()
    if ax.get_yscale() == "log":
        low, high, y = math.log10(low), math.log10(high), math.log10(y)
    return (y - low) / (high - low)


def per_mm(ax, axis: TimeAxis) -> float:
    """How many units of the horizontal axis are one millimetre, outside of a cut."""
    return axis.span() * MM / (ax.get_position().width * ax.figure.get_figwidth())
