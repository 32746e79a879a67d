"""Lanes, one for each treatment, finding or event, with bars and marks at their positions in time."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..derive import derive_doses, parse_frequency
from ..prose import printed_words, start_words
from ..values import timed_end
from ..vocabulary import STOPPED
from .axis import TimeAxis, draw_cut, draw_ticks
from .blocks import Entry
from .drawn import tag
from .rows import is_single, per_mm
from .style import BLUE, GREY, INK, LINE, ORANGE, SKY, SMALL, STATE_MARKS, legible, minus, text_height, text_width, wrap

_MARK = 3.0  # height of a mark, in millimetres
_BAR = 2.6
_STUB = 1.5  # width in millimetres of the filled part of a bar whose end is not reported
_EVENT = {"marker": "v", "markerfacecolor": INK, "markeredgecolor": INK}
# What happened, as marks: the kind of the row, its words in the key, and its look.
HAPPENED = {
    "procedure": ("procedure", {"marker": "P", "markerfacecolor": INK, "markeredgecolor": INK}),
    "event": ("event", _EVENT),
    "adverse_event": ("adverse event", {"marker": "X", "markerfacecolor": ORANGE, "markeredgecolor": INK}),
}
STOP_MARK = {"marker": "|", "markersize": 6, "markeredgecolor": INK, "markeredgewidth": 1.0}
DOSE_MARK = {
    "marker": "d",
    "markersize": 4.0,
    "markerfacecolor": "white",
    "markeredgecolor": INK,
    "markeredgewidth": 0.7,
}
BAR_LOOKS = {
    True: {"facecolor": SKY, "edgecolor": BLUE, "linewidth": 0.6, "hatch": "////"},
    False: {"facecolor": "#d9d9d9", "edgecolor": GREY, "linewidth": 0.6},
}
MAY_GO_ON = {"facecolor": "none", "edgecolor": GREY, "linewidth": 0.6, "linestyle": (0, (2, 1.5))}


class Lane(NamedTuple):
    """A lane before it is drawn: its name, the lines under it, its rows, their words, its height in millimetres."""

    code: str
    name: list[str]
    under: list[str]
    rows: list
    words: list[list[str]]
    height: float


def says(row) -> str:
    """The words beside a row: the value or state of a finding, the dose of a treatment, and how often it was given."""
    if row.kind == "observation":
        return ", ".join(filter(None, [row.AVALC, printed_words(row), row.LOC]))
    times = f"{row.count}\N{MULTIPLICATION SIGN}" if row.count else ""
    if row.kind in HAPPENED:
        grade = f"grade {row.grade}" if row.grade else ""
        return ", ".join(filter(None, [times, grade, row.LOC]))
    return ", ".join(filter(None, [_dosing(row), times]))


def _dosing(row) -> str:
    """The dose and the schedule of a treatment."""
    if not row.dose:
        return "dose not reported"
    amount = "\N{NO-BREAK SPACE}".join([row.dose, row.dose_unit])
    every, turns, _ = row.frequency.partition(", alternating")
    return f"{amount} alternating, one {every}" if turns else f"{amount} {row.frequency}".strip()


def label_width(rows: list, width_mm: float) -> float:
    """Width in millimetres for the names of lanes: no word is broken, unless it would take two fifths of the figure."""
    longest = max((text_width(word, 7) for row in rows for word in legible(row.PARAM).split(" ")), default=0.0)
    return min(max(min(44.0, 0.3 * width_mm), longest + 3), 0.4 * width_mm)


def lay_lanes(rows: list, axis: TimeAxis, label_width: float, width: float) -> list[Lane]:
    """Lanes in the order of their first rows; where words do not fit the columns, they stand under the name."""
    column = width / (axis.high - axis.low) - 1.2 if not axis.is_days else 0.0
    words = {row.line: legible(minus(says(row))) for row in rows}
    fits = all(text_width(part, SMALL) <= column for text in words.values() for part in text.split(" "))
    grouped: dict[tuple, list] = {}
    for row in rows:
        grouped.setdefault((row.kind, row.code), []).append(row)
    lanes = []
    for (_, code), members in grouped.items():
        name, under = wrap(members[0].PARAM, label_width, 7), []
        if not fits:
            where = [axis.names.get(row.ORDER, "") and str(row.ORDER) for row in members]
            placed = [(at, words[row.line]) for at, row in zip(where, members, strict=True) if words[row.line]]
            clauses = [f"{at}: {text}" if at else text for at, text in placed]
            under = wrap("; ".join(dict.fromkeys(clauses)), label_width, SMALL)
        lines = [wrap(words[row.line], column, SMALL) if fits else [] for row in members]
        # Two findings of one moment stand under each other.
        depth: dict[float, float] = {}
        for row, part in zip(members, lines, strict=True):
            depth[row.X] = depth.get(row.X, 0.0) + _MARK + text_height(len(part), SMALL)
        high = max(*depth.values(), text_height(len(name) + len(under), 7)) + 1.2
        lanes.append(Lane(code, name, under, members, lines, high))
    return lanes


def dose_days(treatments: pd.DataFrame, axis: TimeAxis) -> dict[int, list[float]]:
    """Days of the administrations by line of the timeline, if the axis is of days and the schedule gives them."""
    if not axis.is_days or not len(treatments):
        return {}
    return derive_doses(treatments).groupby("line")["DOSEDY"].agg(list).to_dict()


def draw_lanes(ax, lanes: list[Lane], axis: TimeAxis, doses: dict, reference: set[int], left: float) -> None:
    """Draw lanes into axes whose vertical unit is a millimetre, 0 at the top; names begin `left` mm before the axes."""
    draw_ticks(ax, axis)
    top, scale = 0.0, per_mm(ax, axis)
    for lane in lanes:
        looks = [(7, INK)] * len(lane.name) + [(SMALL, "#444444")] * len(lane.under)
        for i, (line, (size, color)) in enumerate(zip([*lane.name, *lane.under], looks, strict=True)):
            at = top + 0.6 + i * text_height(1, 7)
            ax.text(axis.low - left * scale, at, line, fontsize=size, color=color, va="top")
        used: dict[float, float] = {}
        for row, lines in zip(lane.rows, lane.words, strict=True):
            at = used.get(row.X, 0.0)
            _draw_row(ax, row, lines, axis, top + 0.4 + at, reference, doses.get(row.line, []))
            used[row.X] = at + _MARK + text_height(len(lines), SMALL)
        top += lane.height
        ax.axhline(top, color=INK, alpha=0.15, linewidth=0.4, zorder=0)
    ax.set_ylim(top, 0)
    draw_cut(ax, axis)


def _draw_row(ax, row, lines: list[str], axis: TimeAxis, top: float, reference: set[int], doses: list[float]) -> None:
    middle = top + _MARK / 2
    element = {"observation": row.STATE, "treatment": "bar"}.get(row.kind, row.kind)
    gid = tag(element, row.code, row.line)
    if row.kind == "treatment":
        _draw_treatment(ax, row, axis, middle, gid, doses, BAR_LOOKS[row.line in reference])
    else:
        look = HAPPENED[row.kind][1] if row.kind in HAPPENED else STATE_MARKS[row.STATE]
        ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=3, **look))
        _draw_whisker(ax, row, middle, row.XLO, row.XHI)
    printed = f"{start_words(row)} to {row.end}" if row.end else start_words(row)
    moment = axis.names.get(row.ORDER, "") if not axis.is_days else printed
    words = ", ".join(filter(None, [row.PARAM, says(row).replace("\n", " "), moment]))
    ax.text(row.X, top + _MARK, "\n".join(lines), fontsize=SMALL, ha="center", va="top", linespacing=LINE)
    ax.text(row.X, middle, words, gid=f"{gid}.said", visible=False)


def _draw_whisker(ax, row, y: float, low: float, high: float) -> None:
    if high > low:
        gid = tag("whisker", row.code, row.line)
        ax.add_line(Line2D([low, high], [y] * 2, color=INK, linewidth=0.7, gid=gid, zorder=4))


def _draw_treatment(ax, row, axis: TimeAxis, middle: float, gid: str, doses: list[float], look: dict) -> None:
    """A bar with its doses; a single dose as a mark alone; a bar whose end is not reported ends as an outline."""
    low = middle - _BAR / 2
    if is_single(row):
        ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=3, **DOSE_MARK))
        _draw_whisker(ax, row, middle, row.XLO, row.XHI)
        return
    start, end = span_of(row, axis, _STUB * per_mm(ax, axis))
    if pd.notna(row.TAIL):
        # Only the start is reported: where the treatment may have gone on, the bar has an outline and no filling.
        end = min(end, row.TAIL)
        tail = Rectangle(
            (start, low), row.TAIL - start, _BAR, gid=tag("tail", row.code, row.line), zorder=1.9, **MAY_GO_ON
        )
        ax.add_patch(tail)
    if row.end == STOPPED:
        ax.add_line(Line2D([end], [middle], linestyle="none", zorder=4, **STOP_MARK))
    if is_open(row):
        start = axis.low if axis.is_days else start
        ax.plot([start], [middle], marker="<", color=INK, markersize=4, clip_on=False, zorder=4)
    else:
        _draw_whisker(ax, row, middle, row.XLO, row.XHI)
    ax.add_patch(Rectangle((start, low), end - start, _BAR, gid=gid, zorder=2, **look))
    if row.end == "ongoing":
        ax.plot([end], [middle], marker=">", color=INK, markersize=4, clip_on=False, zorder=4)
    if axis.is_days and np.isfinite(row.AENHI) and timed_end(row.end):
        _draw_whisker(ax, row, middle, row.AENLO, row.AENHI)
    if doses:
        dose = tag("dose", row.code, row.line)
        ax.add_line(Line2D(doses, [middle] * len(doses), linestyle="none", gid=dose, zorder=3.5, **DOSE_MARK))


def is_open(row) -> bool:
    """Whether a treatment was already being taken: its start has no earliest day."""
    return row.kind == "treatment" and -np.inf == row.DAYLO and not is_single(row)


def span_of(row, axis: TimeAxis, stub: float) -> tuple[float, float]:
    """Where the filled part of a bar begins and ends: a stub where no time of an end is reported."""
    if not axis.is_days:
        return row.X - 0.42, row.X + 0.42
    if not timed_end(row.end):
        interval = parse_frequency(row.frequency).interval
        counted = (row.COUNTLO - 1) * interval if np.isfinite(row.COUNTHI) and np.isfinite(interval) else 0.0
        return row.X, min(row.X + max(stub, counted), axis.high)
    end = (row.AENLO + row.AENHI) / 2
    return row.X, end if np.isfinite(end) else axis.high


def open_end_note(rows: list) -> str:
    """What an open right end of a bar means; blank if no bar has one."""
    if not any(pd.notna(row.TAIL) for row in rows):
        return ""
    return "Bars continued as an outline: whether the treatment went on is not reported."


def lane_entries(rows: list, doses: dict, regimen: dict[int, str]) -> list[Entry]:
    """Entries of the key for the bars, doses, ongoing treatments and events that are shown."""
    treatments = [row for row in rows if row.kind == "treatment"]
    barred = {row.line for row in treatments if not is_single(row)}
    entries = []
    if barred & set(regimen):
        names = "; ".join(dict.fromkeys(name for line, name in regimen.items() if line in barred))
        entries.append(Entry(f"reference treatment: {names}", "box", BAR_LOOKS[True]))
    if barred - set(regimen):
        entries.append(Entry("other treatment", "box", BAR_LOOKS[False]))
    if doses or any(map(is_single, treatments)):
        entries.append(Entry("one administration" + (", as scheduled" if doses else ""), "mark", DOSE_MARK))
    if any(map(is_open, treatments)):
        entries.append(Entry("already being taken", "mark", {"marker": "<", "color": INK, "markersize": 4}))
    if any(row.end == "ongoing" for row in treatments):
        entries.append(Entry("ongoing", "mark", {"marker": ">", "color": INK, "markersize": 4}))
    if any(row.end == STOPPED and not is_single(row) for row in treatments):
        entries.append(Entry("stopped, when is not told", "mark", STOP_MARK))
    there = {row.kind for row in rows}
    entries += [Entry(words, "mark", look) for kind, (words, look) in HAPPENED.items() if kind in there]
    return entries
