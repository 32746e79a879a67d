"""Lanes of treatments: bars as high as the dose, and glucocorticoids as one staircase in prednisone equivalents."""

import math
import re
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ...derive import dose_in_words, parse_frequency, turns_in_words
from ...prose import is_pulse, often_words, printed_cycles, printed_length, printed_words
from ...values import parse_value, timed_end
from ..axes.axis import TimeAxis
from ..axes.lasting import HALF, ends_after, goes_on, is_mark, is_open, is_single, lasts_as_counted, reach_of_ongoing
from ..axes.time_words import until_words, when_of
from ..blocks import Entry
from ..drawn import tag
from ..style import BLUE, GREY, HALO, INK, SKY, SMALL, text_width
from .flags import ASK, ASKED, STOP_MARK, asked_of, draw_whisker, further_words, has_open_end
from .rows import per_mm

HEAD = 2.6  # millimetres above a lane for words
BESIDE = 1.4  # millimetres from the middle of a mark to the words beside it
NO_DOSE = "dose not reported"
_NO_NUMBER = {False: "not reported", True: "told in words alone"}
AS_HIGH = "as high as the dose"
_STUB = 1.5  # width in millimetres of a bar whose end is not reported
BAR = {"facecolor": "#bcd9ee", "edgecolor": BLUE, "linewidth": 0.6}
# Of the reference treatment and of others, where many cases stand below each other; and what may have gone on.
BAR_LOOKS = {
    True: {"facecolor": SKY, "edgecolor": BLUE, "linewidth": 0.6, "hatch": "////"},
    False: {"facecolor": "#d9d9d9", "edgecolor": GREY, "linewidth": 0.6},
}
MAY_GO_ON = {"facecolor": "none", "edgecolor": GREY, "linewidth": 0.6, "linestyle": (0, (2, 1.5))}
UNDOSED = {"facecolor": "white", "edgecolor": BLUE, "linewidth": 0.6}
# Known to have gone on: a line up to there. What is not reported: dashes to a mark on a white ground.
HELD = {"color": BLUE, "linewidth": 0.8}
# It hides the dashes, and stands behind the bars.
_GROUND = {"marker": "s", "markersize": 5.0, "markerfacecolor": "white", "markeredgecolor": "white", "zorder": 1.95}
_AT_EDGE, _CLEAR, _LEAST = 1.7, 1.3, 3.0
_LOWEST = 0.9  # millimetres from the lower edge of a lane to the lines behind the end of a bar
GOES_ON = {"color": BLUE, "linewidth": 0.8, "linestyle": (0, (2, 2))}
ONGOING = {"marker": ">", "color": BLUE, "markersize": 4.5}
TAKEN = {"marker": "<", "color": BLUE, "markersize": 4.5}
DOSE_MARK = {
    "marker": "d",
    "markersize": 4.0,
    "markerfacecolor": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 0.7,
}


class Step(NamedTuple):
    """One course of a treatment, placed on the axis.

    Attributes
    ----------
    row : Row
        From `rows_on`.
    start, end : float
        Where its bar begins and ends.
    stops : bool
        Whether it has the mark of a stop.
    """

    row: object
    start: float
    end: float
    stops: bool


def is_unclear(row) -> bool:
    """Whether the dose or schedule of a treatment is not clear as printed, as its note says."""
    return bool(re.search(r"\b(?:not clear|unclear)\b", getattr(row, "note", "")))


def amount_of(row) -> str:
    """The dose of a treatment with its unit, else in words, or that it is not reported; one not clear as printed."""
    if is_unclear(row) and printed_words(row):
        return f"printed {printed_words(row)}"
    amount = "\N{NO-BREAK SPACE}".join(filter(None, [row.dose.replace("..", "\N{EN DASH}"), row.dose_unit]))
    in_words = "" if row.dose else dose_in_words(getattr(row, "note", ""))
    return f"‘{in_words}’" if in_words else amount if row.dose else NO_DOSE


def dosing(row) -> str:
    """The dose of a treatment and how often it is given; a dose a day says the day once.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> dosing(Row(dose="10", dose_unit="mg/day", frequency="daily", count=""))
    '10\N{NO-BREAK SPACE}mg/day'
    >>> dosing(Row(dose="8", dose_unit="mg/kg", frequency="every 2 wk, alternating", count="4"))
    '8\N{NO-BREAK SPACE}mg/kg, alternately, one drug every 2 weeks, 4\N{MULTIPLICATION SIGN}'
    >>> dosing(Row(dose="8", dose_unit="mg/kg", frequency="every 4 wk", count=""))
    '8\N{NO-BREAK SPACE}mg/kg every 4 weeks'
    >>> monthly = Row(dose="", dose_unit="", frequency="monthly", count="", note="")
    >>> dosing(monthly), dosing(Row(**{**vars(monthly), "note": '"therapeutic dose"'}))
    ('monthly, dose not reported', 'monthly, ‘therapeutic dose’')
    """
    counted = f"{row.count}\N{MULTIPLICATION SIGN}" if row.count and row.count != "1" else ""
    amount = amount_of(row)
    if is_unclear(row) and printed_words(row):
        return amount
    turns = turns_in_words(row.frequency)
    daily = row.dose_unit.endswith("/day") and parse_frequency(row.frequency).interval == 1
    # Hours are short, as every unit that is drawn.
    often = "" if daily else often_words(row.frequency).replace(" hours", " h")
    words = f"{amount}, {turns}" if turns != row.frequency else f"{amount} {often}".strip()
    words = words if row.dose or not often or turns != row.frequency else f"{often}, {amount}"
    length = printed_length(getattr(row, "note", ""), getattr(row, "quote", ""))
    return ", ".join(filter(None, [words, printed_cycles(row) or counted, "" if length in words else length]))


def times_of(row) -> list[str]:
    """The times of a course that its place does not tell: its own start, and an end whose position is open."""
    start = row.OWN_TIME if is_single(row) or not row.OWN_TIME else f"from {row.OWN_TIME}"
    return [start, until_words(row) if has_open_end(row) else ""]


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
        steps = [Step(row, *span_of(row, axis, _STUB * axis.span() / wide), row.STOPS) for row in ordered]
    else:
        steps = [_column_of(row, ordered, axis) for row in ordered]
    for place, (one, other) in enumerate(pairwise(steps)):
        if other.row.code == one.row.code and _adjoin(one, other, axis):
            steps[place] = one._replace(end=other.start, stops=False)
    return steps


def span_of(row, axis: TimeAxis, stub: float) -> tuple[float, float]:
    """Where a course stands: as wide as a stub where no time of its end is told, to the edge or a death if ongoing."""
    if not axis.is_days:
        end = max(row.XEND, row.X) if stops_at(row) else row.X + HALF
        return row.OPENS, reach_of_ongoing(row, axis) if row.end == "ongoing" else end
    start = axis.low if is_open(row) else row.X
    if row.end == "ongoing":
        return start, reach_of_ongoing(row, axis)
    if math.isfinite(row.XEND):
        return start, max(row.XEND, start + stub)
    interval = parse_frequency(row.frequency).interval
    # As often as it was given at least.
    is_counted = row.COUNTLO >= 1 and np.isfinite(interval) and lasts_as_counted(row, axis)
    counted = (row.COUNTLO - 1) * interval if is_counted else 0.0
    if ends_after(row):
        return start, min(max(row.AENLO, start + max(stub / 2, counted)), axis.high)
    if not timed_end(row.end):
        end = min(start + max(stub, counted), axis.high)
        return start, end if pd.isna(row.HELD) else min(end, row.HELD)
    end = (row.AENLO + row.AENHI) / 2
    return start, max(end, start + stub / 2) if np.isfinite(end) else axis.high


def stops_at(row) -> bool:
    """Whether the end of a course stands behind its start."""
    return math.isfinite(row.XEND) and row.XEND > row.OPENS


def _column_of(row, rows: list, axis: TimeAxis) -> Step:
    """A course in the order of telling: several of one position stand beside each other."""
    beside = [other for other in rows if other.ORDER == row.ORDER]
    start, end = span_of(row, axis, 0.0)
    if len(beside) > 1:
        share, place = (row.X + HALF - start) / len(beside), beside.index(row)
        start = start + place * share
        end = end if end > row.X + HALF else start + share
    return Step(row, start, end, row.STOPS)


def _adjoin(one: Step, other: Step, axis: TimeAxis) -> bool:
    if math.isfinite(one.row.XEND):
        return other.row.X == one.row.XEND or math.isclose(other.row.X - HALF, one.row.XEND)
    return axis.is_days and bool(timed_end(one.row.end)) and one.end <= other.start <= one.row.AENHI + 1


def heights_of(rows: list) -> dict[int, float]:
    """How high the bar of each row is, as a share of the highest; all 1 where the doses do not compare.

    Doses compare where all that are told have one unit and one schedule, and more than one amount.
    """
    dosed = {row.line: parse_value(row.dose) for row in rows if row.dose}
    units_and_schedules = {(row.dose_unit, row.frequency) for row in rows if row.dose}
    amounts = {line: (dose.low + dose.high) / 2 for line, dose in dosed.items()}
    known = {line: amount for line, amount in amounts.items() if math.isfinite(amount) and amount > 0}
    if len(units_and_schedules) != 1 or len({*known.values()}) < 2:
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
        What stands on the bar of a line or at its mark, and where; a line without words has none.
    """
    shares = heights_of([step.row for step in steps])
    for step in steps:
        row, tall = step.row, high * shares[step.row.line]
        low = top + high - tall
        gid = tag("bar", row.code, row.line)
        ax.text(step.start, low, _said(step, axis), gid=f"{gid}.said", visible=False)
        if is_mark(row, axis):
            middle = top + high / 2
            at = mark_of(step, axis)
            ax.add_line(Line2D([at], [middle], linestyle="none", gid=gid, zorder=3, **DOSE_MARK))
            draw_whisker(ax, row, middle, row.XLO, row.XHI)
            _draw_further(ax, step._replace(end=at), axis, middle)
            continue
        look = look_of(row)
        ax.add_patch(Rectangle((step.start, low), step.end - step.start, tall, gid=gid, zorder=2, **look))
        # In a lane whose height is the dose, a line at half of it would be half the dose.
        base = top + high / 2 if min(shares.values()) == 1 else top + high - _LOWEST
        draw_ends(ax, step, axis, low + tall / 2, low + tall, base)
        given = doses.get(row.line, [])
        if given:
            dose = tag("dose", row.code, row.line)
            ax.add_line(
                Line2D(given, [low + tall / 2] * len(given), linestyle="none", gid=dose, zorder=3.5, **DOSE_MARK)
            )
    for step in steps:
        if words.get(step.row.line):
            _write_dose(ax, step, axis, words[step.row.line], (top, high, shares))


def _write_dose(ax, step: Step, axis: TimeAxis, label: tuple[str, str], lane: tuple) -> None:
    """Write what stands on a bar, or beside or above a mark."""
    (words, side), (top, high, shares), scale = label, lane, per_mm(ax, axis)
    low, high_end = float(axis.flat(axis.low)), float(axis.flat(axis.high))
    x, half = float(axis.flat(mark_of(step, axis))), text_width(words, SMALL) / 2 * scale
    y, ha, va = top + high / 2, "center", "center_baseline"
    if side == "on":
        x = (axis.flat(step.start) + axis.flat(step.end)) / 2
        if min(shares.values()) < 1:
            y, va = top + high * (1 - shares[step.row.line]) - 0.3, "bottom"
    elif side in ("above", "below"):
        is_bar = not is_mark(step.row, axis)
        x = float(axis.flat(step.start) + axis.flat(step.end)) / 2 if is_bar else x
        y = top - 0.2 if side == "above" else top + high + 0.2
        x, va = min(max(x, low + half), high_end - half), "bottom" if side == "above" else "top"
    else:
        sign = 1 if side == "right" else -1
        x, ha = x + sign * BESIDE * scale, "left" if side == "right" else "right"
    box = None if side == "on" else HALO
    ax.text(axis.unflat(x), y, words, fontsize=SMALL, ha=ha, va=va, zorder=5, bbox=box)


def mark_of(step: Step, axis: TimeAxis) -> float:
    """Where the mark of what was given once, or as a pulse, stands: on its day, or in the middle of its column."""
    return step.row.X if axis.is_days else (step.start + min(step.end, step.row.X + HALF)) / 2


def draw_ends(ax, step: Step, axis: TimeAxis, y: float, under: float, base: float) -> None:
    """Draw how a course began and ended: already taken, ongoing, stopped, perhaps gone on, or at an uncertain time.

    Whiskers stand on the lower edge of the bar, `under`: words stand on the bar. Lines behind it stand at `base`.
    """
    row = step.row
    _draw_further(ax, step, axis, base)
    if pd.notna(row.ENTERS):
        # Before the first position it ends at the edge, or so far behind it that dashes are seen.
        room = float(axis.flat(step.start) - axis.flat(axis.low)) / per_mm(ax, axis)
        short = axis.unflat(axis.flat(step.start) - min(ASKED, max(room, _LEAST)) * per_mm(ax, axis))
        _ask(ax, row, "entry", (step.start, row.ENTERS if math.isfinite(row.ENTERS) else short), base)
    if step.stops:
        ax.add_line(Line2D([step.end], [y], linestyle="none", zorder=4, **STOP_MARK))
    if goes_on(row):
        ax.add_line(Line2D([step.end], [y], linestyle="none", clip_on=False, zorder=4, **ONGOING))
    if is_open(row):
        ax.add_line(Line2D([step.start], [y], linestyle="none", clip_on=False, zorder=4, **TAKEN))
    elif axis.is_days:
        draw_whisker(ax, row, under, row.XLO, row.XHI)
    if axis.is_days and np.isfinite(row.AENHI) and pd.notna(row.AENLO):
        draw_whisker(ax, row, under, row.AENLO, row.AENHI)


def _draw_further(ax, step: Step, axis: TimeAxis, y: float) -> None:
    """Draw what is known behind the end of a bar: a line to where it is told again, and dashes to a question mark."""
    row, end, scale = step.row, step.end, per_mm(ax, axis)
    if end < row.HELD:
        gid = tag("held", row.code, row.line)
        ax.add_line(Line2D([end, row.HELD], [y, y], gid=gid, zorder=1.9, **HELD))
        end = row.HELD
    if pd.isna(row.TAIL):
        return
    at = float(axis.flat(end))
    room = (float(axis.flat(row.TAIL)) - at) / scale
    # A bar at the edge has the mark in the margin of the figure; one close before another has it in the middle.
    least = _AT_EDGE if axis.high == row.TAIL else min(_AT_EDGE, room / 2)
    tail = axis.unflat(at + max(min(room - _CLEAR, ASKED), least) * scale)
    _ask(ax, row, "tail", (end, tail), y)


def _ask(ax, row, element: str, ends: tuple[float, float], y: float) -> None:
    """Draw dashes from a bar to a question mark."""
    ax.add_line(Line2D(ends, [y, y], gid=tag(element, row.code, row.line), zorder=1.9, **GOES_ON))
    ax.add_line(Line2D(ends[1:], [y], linestyle="none", clip_on=False, **_GROUND))
    ax.add_line(Line2D(ends[1:], [y], linestyle="none", zorder=5, clip_on=False, **ASK))


def goes_further(row) -> bool:
    """Whether anything is drawn behind the end of a course or before its start: where it went on, or may have."""
    return pd.notna(row.ENTERS) or pd.notna(row.HELD) or pd.notna(row.TAIL)


def look_of(row) -> dict:
    """The look of a bar: filled where a dose is told."""
    return BAR if row.dose else UNDOSED


def _said(step: Step, axis: TimeAxis) -> str:
    row = step.row
    words = [row.PARAM, dosing(row), when_of(row, axis), further_words(row, step.end, axis)]
    return ", ".join(filter(None, words))


def treatment_entries(rows: list, axis: TimeAxis, climbing: str = "", has_doses: bool = False) -> list[Entry]:
    """Entries of the key for the treatments that are shown; `climbing` says what the height of a staircase is.

    Where bars have marks of administrations (`has_doses`), these are computed.
    """
    barred = [row for row in rows if not is_mark(row, axis)]
    marked = [row for row in rows if is_mark(row, axis)]
    shapes = (("one administration", is_single), ("pulse", is_pulse))
    kinds = [name for name, is_one in shapes if any(map(is_one, marked))]
    kinds += ["on a bar: administration at the reported interval"] if has_doses else []
    asked = _asked_words(barred, axis)
    shown = (
        (any(row.dose for row in barred), _dosed_words(barred, climbing), "box", BAR),
        (any(not row.dose for row in barred), _undosed_words(barred), "box", UNDOSED),
        (any(row.HELD > row.X for row in rows), "went on, as told later", "line", HELD),
        (bool(asked), asked, "line", {**GOES_ON, **ASK, "markevery": [1]}),
        (any(map(goes_on, rows)), "ongoing", "mark", ONGOING),
        (any(map(is_open, rows)), "already being taken", "mark", TAKEN),
        (any(row.STOPS for row in barred), "stopped", "mark", STOP_MARK),
        (bool(kinds), " or ".join(kinds), "mark", DOSE_MARK),
    )
    return [Entry(*entry) for is_shown, *entry in shown if is_shown]


def _undosed_words(rows: list) -> str:
    """What a white bar says: that no dose is reported, or one in words alone."""
    in_words = {amount_of(row) != NO_DOSE for row in rows if not row.dose}
    return f"treatment, dose {' or '.join(_NO_NUMBER[each] for each in sorted(in_words))}"


def _asked_words(rows: list, axis: TimeAxis) -> str:
    """What a question mark at a bar says is not reported; blank where none is drawn."""
    begun = ["when it began"] if any(pd.notna(row.ENTERS) for row in rows) else []
    asked = {words for row in rows if (words := asked_of(row, axis))}
    clause = ", or ".join([*begun, *sorted(asked, reverse=True)])
    comma = "," if ", or " in clause else ""
    return f"{clause}{comma} is not reported" if clause else ""


def _dosed_words(rows: list, climbing: str) -> str:
    """What a filled bar says, and in which lanes its height is its dose."""
    codes = dict.fromkeys(row.code for row in rows)
    lanes = {code: [row for row in rows if row.code == code] for code in codes}
    stepped = [lane[0].PARAM for lane in lanes.values() if min(heights_of(lane).values()) < 1]
    height = climbing or (f"{', '.join(stepped)}: {AS_HIGH}" if stepped else "")
    return "; ".join(filter(None, ["treatment, dose reported", height]))
