"""Lanes of treatments: bars as high as the dose, and glucocorticoids as one staircase in prednisone equivalents."""

import math
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..derive import parse_frequency
from ..values import number, parse_value, phase_of_end, timed_end
from ..vocabulary import STOPPED
from .axis import TimeAxis
from .blocks import Entry
from .drawn import tag
from .flags import draw_whisker, when_of
from .rows import height, is_single, per_mm
from .style import BLUE, HALO, INK, SMALL, STATE_MARKS, legible, minus, text_width

_STUB = 1.5  # width in millimetres of a bar whose end is not reported
_HALF = 0.42  # half the width of a bar in the order of telling, in positions
BAR = {"facecolor": "#bcd9ee", "edgecolor": BLUE, "linewidth": 0.6}
_MAYBE = {"facecolor": "#e3f0f8", "edgecolor": BLUE, "linewidth": 0.5, "linestyle": (0, (2, 1.5))}
UNDOSED = {"facecolor": "white", "edgecolor": BLUE, "linewidth": 0.6}
# Whether it went on is not reported: a dashed line that begins with this mark, on a white ground.
ASK = {**STATE_MARKS["unknown"], "markersize": 4.5}
_GROUND = {"marker": "s", "markersize": 6.0, "markerfacecolor": "white", "markeredgecolor": "white"}
_ASKED = 4.0  # millimetres about the mark
GOES_ON = {"color": BLUE, "linewidth": 0.8, "linestyle": (0, (2, 2))}
ONGOING = {"marker": ">", "color": BLUE, "markersize": 4.5}
TAKEN = {"marker": "<", "color": BLUE, "markersize": 4.5}
STOP = {"marker": "|", "markersize": 7, "markeredgecolor": INK, "markeredgewidth": 1.2}
DOSE = {"marker": "d", "markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": INK, "markeredgewidth": 0.7}
# A dose that is more than so many times the next lower one is cut at the top of the staircase.
_TOWERS, _CUT_AT = 10.0, 1.5


class Step(NamedTuple):
    """One course of a treatment, placed on the axis.

    Attributes
    ----------
    row : Row
        From `rows_on`.
    start, end : float
        Where its bar begins and ends.
    tail : float
        Up to where it may have gone on; nan where its end is told.
    """

    row: object
    start: float
    end: float
    tail: float


def amount_of(row) -> str:
    """The dose of a treatment with its unit, or that it is not reported."""
    amount = "\N{NO-BREAK SPACE}".join(filter(None, [row.dose.replace("..", "\N{EN DASH}"), row.dose_unit]))
    return amount if row.dose else "dose not reported"


def dosing(row) -> str:
    """The dose of a treatment and how often it is given; a dose a day says the day once.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> dosing(Row(dose="10", dose_unit="mg/day", frequency="daily", count=""))
    '10\N{NO-BREAK SPACE}mg/day'
    >>> dosing(Row(dose="8", dose_unit="mg/kg", frequency="every 2 wk, alternating", count="4"))
    '8\N{NO-BREAK SPACE}mg/kg alternating, one every 2 wk, 4\N{MULTIPLICATION SIGN}'
    """
    times = f"{row.count}\N{MULTIPLICATION SIGN}" if row.count and row.count != "1" else ""
    amount = amount_of(row)
    every, turns, _ = row.frequency.partition(", alternating")
    daily = row.dose_unit.endswith("/day") and parse_frequency(row.frequency).interval == 1
    often = "" if daily or row.frequency == "once" else row.frequency
    words = f"{amount} alternating, one {every}" if turns else f"{amount} {often}".strip()
    return ", ".join(filter(None, [words, times]))


def lay_steps(rows: list, axis: TimeAxis, wide: float) -> list[Step]:
    """The courses of one treatment or more, placed; those that adjoin touch.

    The day of an end belongs to its course: one that ends on day 6 and one that begins on day 7 share a border.

    Parameters
    ----------
    rows : list
        Treatment rows from `rows_on`.
    axis : TimeAxis
        Of the figure.
    wide : float
        Width of the axes in millimetres.
    """
    ordered = sorted(rows, key=lambda row: (row.X, row.line))
    if axis.is_days:
        steps = [Step(row, *_days_of(row, axis, _STUB * axis.span() / wide), row.TAIL) for row in ordered]
    else:
        steps = [_column_of(row, ordered, axis) for row in ordered]
    for place, (one, other) in enumerate(pairwise(steps)):
        if other.row.code == one.row.code and _adjoin(one, other, axis):
            steps[place] = one._replace(end=other.start, tail=math.nan)
    return steps


def _days_of(row, axis: TimeAxis, stub: float) -> tuple[float, float]:
    start = axis.low if is_taken(row) else row.X
    if row.end == "ongoing":
        return start, axis.high
    if not timed_end(row.end):
        interval = parse_frequency(row.frequency).interval
        counted = (row.COUNTLO - 1) * interval if np.isfinite(row.COUNTHI) and np.isfinite(interval) else 0.0
        end = min(start + max(stub, counted), axis.high)
        return start, end if pd.isna(row.TAIL) else min(end, row.TAIL)
    end = (row.AENLO + row.AENHI) / 2
    return start, max(end, start + stub / 2) if np.isfinite(end) else axis.high


def _column_of(row, rows: list, axis: TimeAxis) -> Step:
    """A course in the order of telling: several of one position stand beside each other."""
    beside = [other for other in rows if other.ORDER == row.ORDER]
    share, place = 2 * _HALF / len(beside), beside.index(row)
    start = row.X - _HALF + place * share
    end = axis.high if row.end == "ongoing" else start + share
    return Step(row, start, end, row.TAIL if place == len(beside) - 1 and row.end != "ongoing" else math.nan)


def _adjoin(one: Step, other: Step, axis: TimeAxis) -> bool:
    if axis.is_days:
        return bool(timed_end(one.row.end)) and one.end <= other.start <= one.row.AENHI + 1
    return phase_of_end(one.row.end) == other.row.phase if phase_of_end(one.row.end) else False


def is_taken(row) -> bool:
    """Whether a treatment was already being taken: its start has no earliest day."""
    return -np.inf == row.DAYLO and not is_single(row)


def heights_of(rows: list) -> dict[int, float]:
    """How high the bar of each row is, as a share of the highest; all 1 where the doses do not compare.

    Doses compare where all that are told have one unit and one schedule, and more than one amount.
    """
    dosed = {row.line: parse_value(row.dose) for row in rows if row.dose}
    told = {(row.dose_unit, row.frequency) for row in rows if row.dose}
    amounts = {line: (dose.low + dose.high) / 2 for line, dose in dosed.items()}
    known = {line: amount for line, amount in amounts.items() if math.isfinite(amount) and amount > 0}
    if len(told) != 1 or len({*known.values()}) < 2:
        return {row.line: 1.0 for row in rows}
    return {row.line: known.get(row.line, max(known.values())) / max(known.values()) for row in rows}


def draw_lane(ax, steps: list[Step], axis: TimeAxis, doses: dict, top: float, high: float, words: dict) -> None:
    """Draw the courses of one treatment into axes whose vertical unit is a millimetre, 0 at the top.

    Parameters
    ----------
    ax : Axes
        Where the lane is drawn.
    steps : list of Step
        From `lay_steps`.
    axis : TimeAxis
        Of the figure.
    doses : dict
        Days of the administrations, by line.
    top, high : float
        Upper edge and height of the bars.
    words : dict
        What stands on the bar of a line; a line without words has none.
    """
    shares = heights_of([step.row for step in steps])
    for step in steps:
        row, tall = step.row, high * shares[step.row.line]
        low = top + high - tall
        gid = tag("bar", row.code, row.line)
        ax.text(step.start, low, _said(row, axis), gid=f"{gid}.said", visible=False)
        if is_single(row) and axis.is_days:
            middle = top + high / 2
            ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=3, **DOSE))
            draw_whisker(ax, row, middle, row.XLO, row.XHI)
            continue
        look = BAR if row.dose else UNDOSED
        ax.add_patch(Rectangle((step.start, low), step.end - step.start, tall, gid=gid, zorder=2, **look))
        draw_ends(ax, step, axis, low + tall / 2)
        given = doses.get(row.line, [])
        if given:
            dose = tag("dose", row.code, row.line)
            ax.add_line(Line2D(given, [low + tall / 2] * len(given), linestyle="none", gid=dose, zorder=3.5, **DOSE))
    for step in steps:
        if words.get(step.row.line):
            stepped = min(shares.values()) < 1
            y = top + high * (1 - shares[step.row.line]) - 0.3 if stepped else top + high / 2
            middle = axis.unflat((axis.flat(step.start) + axis.flat(step.end)) / 2)
            va = "bottom" if stepped else "center_baseline"
            ax.text(middle, y, words[step.row.line], fontsize=SMALL, ha="center", va=va, zorder=5)


def draw_ends(ax, step: Step, axis: TimeAxis, y: float) -> None:
    """Draw how a course began and ended: already taken, ongoing, stopped, perhaps gone on, or at an uncertain time."""
    row = step.row
    if pd.notna(step.tail) and step.tail > step.end:
        gid = tag("tail", row.code, row.line)
        ax.add_line(Line2D([step.end, step.tail], [y, y], gid=gid, zorder=1.9, **GOES_ON))
        room = (axis.flat(step.tail) - axis.flat(step.end)) / per_mm(ax, axis)
        if room > _ASKED:
            at = axis.unflat(axis.flat(step.end) + _ASKED / 2 * per_mm(ax, axis))
            ax.add_line(Line2D([at], [y], linestyle="none", zorder=4, **_GROUND))
            ax.add_line(Line2D([at], [y], linestyle="none", zorder=5, **ASK))
    if row.end == STOPPED:
        ax.add_line(Line2D([step.end], [y], linestyle="none", zorder=4, **STOP))
    if row.end == "ongoing":
        ax.add_line(Line2D([step.end], [y], linestyle="none", clip_on=False, zorder=4, **ONGOING))
    if is_taken(row):
        ax.add_line(Line2D([step.start], [y], linestyle="none", clip_on=False, zorder=4, **TAKEN))
    elif axis.is_days:
        draw_whisker(ax, row, y, row.XLO, row.XHI)
    if axis.is_days and np.isfinite(row.AENHI) and timed_end(row.end) and pd.notna(row.AENLO):
        draw_whisker(ax, row, y, row.AENLO, row.AENHI)


def _said(row, axis: TimeAxis) -> str:
    return ", ".join(filter(None, [row.PARAM, dosing(row), when_of(row, axis)]))


def treatment_entries(rows: list, axis: TimeAxis) -> list[Entry]:
    """Entries of the key for the treatments that are shown."""
    barred = [row for row in rows if not (is_single(row) and axis.is_days)]
    shown = (
        (any(row.dose for row in barred), "treatment; where doses compare, as high as the dose", "box", BAR),
        (any(not row.dose for row in barred), "treatment, dose not reported", "box", UNDOSED),
        (any(pd.notna(row.TAIL) for row in barred), "whether it went on is not reported", "line", GOES_ON),
        (any(row.end == "ongoing" for row in rows), "ongoing", "mark", ONGOING),
        (any(map(is_taken, rows)), "already being taken", "mark", TAKEN),
        (any(row.end == STOPPED for row in barred), "stopped, when is not told", "mark", STOP),
        (axis.is_days and any(map(is_single, rows)), "one administration", "mark", DOSE),
    )
    return [Entry(*entry) for is_shown, *entry in shown if is_shown]


class Stair(NamedTuple):
    """One course of the staircase of glucocorticoids.

    Attributes
    ----------
    step : Step
    base : float
        The dose of the courses that it is stacked upon, in mg of prednisone a day.
    low, high : float
        Its own dose as bounds, in mg of prednisone a day; nan where that is not known.
    """

    step: Step
    base: float
    low: float
    high: float


def lay_stairs(rows: list, equivalents: pd.DataFrame, axis: TimeAxis, wide: float) -> list[Stair]:
    """The staircase of all glucocorticoids of a case; courses whose days overlap are stacked.

    Parameters
    ----------
    rows : list
        Treatment rows from `rows_on`.
    equivalents : DataFrame
        From `derive_prednisone`.
    axis : TimeAxis
        Of the figure.
    wide : float
        Width of the axes in millimetres.
    """
    bounds = {row.line: (row.PREDLO, row.PREDHI) for row in equivalents.itertuples()}
    steps = lay_steps([row for row in rows if row.line in bounds], axis, wide)
    stairs: list[Stair] = []
    for step in steps:
        low, high = bounds[step.row.line]
        under = [s for s in stairs if s.step.end > step.start and s.step.row.code != step.row.code]
        base = sum(s.high for s in under if not math.isnan(s.high)) if axis.is_days else 0.0
        stairs.append(Stair(step, base, low, high))
    return stairs


def top_of(stairs: list[Stair]) -> float:
    """The dose at the upper edge of the staircase: a dose that towers above all others is cut there."""
    tops = sorted({stair.base + stair.high for stair in stairs if stair.high > 0 and math.isfinite(stair.high)})
    if not tops:
        return 1.0
    while len(tops) > 1 and tops[-1] > _TOWERS * tops[-2]:
        tops[-2:] = [min(_CUT_AT * tops[-2], tops[-1])]
    return tops[-1]


def draw_stairs(ax, stairs: list[Stair], axis: TimeAxis, wide: float) -> None:
    """Draw the staircase into axes whose vertical unit is mg of prednisone a day, with the dose on each step.

    A dose that is not known is a hatched box, as high as a sixth of the axes.
    """
    top = top_of(stairs)
    room = 1.28
    ax.set_ylim(0, room * top)
    for stair in stairs:
        _draw_stair(ax, stair, axis, top)
    _label_stairs(ax, stairs, axis, wide, (top, room))


def _draw_stair(ax, stair: Stair, axis: TimeAxis, top: float) -> None:
    """Draw one step with its ends; where it is higher than the axes, a white line cuts it."""
    step, row = stair.step, stair.step.row
    known = not math.isnan(stair.high)
    if known:
        gid = tag("prednisone", row.code, row.line)
        if stair.high > stair.low:
            look = Rectangle(
                (step.start, stair.base + stair.low),
                step.end - step.start,
                stair.high - stair.low,
                gid=tag("prednisone_to", row.code, row.line),
                zorder=2,
                **_MAYBE,
            )
            ax.add_patch(look)
        patch = Rectangle((step.start, stair.base), step.end - step.start, stair.low, gid=gid, zorder=2, **BAR)
        ax.add_patch(patch)
        peak = min(stair.base + stair.high, top)
    else:
        gid, peak = tag("bar", row.code, row.line), top / 6
        patch = Rectangle((step.start, 0), step.end - step.start, peak, gid=gid, zorder=2, **UNDOSED)
        ax.add_patch(patch)
    ax.text(step.start, 0, prednisone_words(stair, axis), gid=f"{gid}.said", visible=False)
    draw_ends(ax, step, axis, peak / 2)
    if known and stair.base + stair.high > top:
        cut = Line2D([step.start, step.end], [1.02 * top] * 2, color="white", linewidth=2.5, zorder=4)
        ax.add_line(cut)


def _label_stairs(ax, stairs: list[Stair], axis: TimeAxis, wide: float, scale: tuple[float, float]) -> None:
    """Write the dose on each step that has room for it; a question mark where "dose not reported" has none."""
    top, room = scale
    tall = height(ax)
    taken: list[tuple[float, float, float, float]] = []
    for stair in sorted(stairs, key=lambda stair: (math.isnan(stair.high), stair.step.start, stair.step.row.line)):
        peak = min(stair.base + stair.high, top) if not math.isnan(stair.high) else top / 6
        start, end = (float(axis.share(x)) * wide for x in (stair.step.start, stair.step.end))
        for words in dict.fromkeys([stair_label(stair), *(["?"] if math.isnan(stair.high) else [])]):
            half = text_width(words, SMALL) / 2
            middle = min(max((start + end) / 2, half + 0.3), wide - half - 0.3)
            y = peak / (room * top) * tall
            box = (middle - half - 0.4, y, middle + half + 0.4, y + 2.4)
            if any(box[0] < b[2] and b[0] < box[2] and box[1] < b[3] and b[1] < box[3] for b in taken):
                continue
            taken.append(box)
            x = float(axis.unflat(axis.flat(axis.low) + middle / wide * axis.span()))
            ax.annotate(
                words,
                (x, peak),
                xytext=(0, 1.2),
                textcoords="offset points",
                fontsize=SMALL,
                ha="center",
                va="bottom",
                zorder=6,
                bbox=HALO,
            )
            break


def stair_label(stair: Stair) -> str:
    """What stands on a step of the staircase: the dose as a number, or that it is not reported."""
    if math.isnan(stair.high):
        return legible(minus(dosing(stair.step.row)))
    low, high = number(stair.base + stair.low, 1), number(stair.base + stair.high, 1)
    return low if low == high else f"{low}\N{EN DASH}{high}"


def prednisone_words(stair: Stair, axis: TimeAxis) -> str:
    """A course of a glucocorticoid in words: as told, its equivalent, and when."""
    row = stair.step.row
    equal = "" if math.isnan(stair.high) else f"equal to prednisone {_range(stair.low, stair.high)} mg a day"
    return ", ".join(filter(None, [row.PARAM, dosing(row), equal, when_of(row, axis)]))


def _range(low: float, high: float) -> str:
    return number(low, 1) if low == high else f"{number(low, 1)} to {number(high, 1)}"
