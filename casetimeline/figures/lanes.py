"""Lanes: one a treatment, finding or event, with bars and marks at their positions in time."""

from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from .axis import TimeAxis, place
from .key import Entry
from .layout import per_mm
from .style import BLUE, GREY, INK, LINE, SKY, SMALL, STATE_MARKS, minus, text_height, text_width, wrap
from .values import tag

_MARK = 3.0  # height of a mark, in millimetres
_BAR = 2.6
_EVENT = {"marker": "v", "markerfacecolor": INK, "markeredgecolor": INK}
_BAR_LOOKS = {
    True: {"facecolor": SKY, "edgecolor": BLUE, "linewidth": 0.6, "hatch": "////"},
    False: {"facecolor": "#d9d9d9", "edgecolor": GREY, "linewidth": 0.6},
}
_OPEN_END = {"color": "white", "linewidth": 1.6, "linestyle": (0, (1, 1))}


class Lane(NamedTuple):
    """A lane before it is drawn: its name, what stands under it, its rows and their words, its height in mm."""

    code: str
    name: list[str]
    under: list[str]
    rows: pd.DataFrame
    words: list[list[str]]
    height: float


def says(row) -> str:
    """The words beside a row: the value or state of a finding, the dose of a treatment."""
    if row.kind == "observation":
        return row.AVALC if not row.LOC else f"{row.AVALC}, {row.LOC}"
    if row.kind == "event":
        return ""
    if not row.dose:
        return "dose not reported"
    amount = "\N{NO-BREAK SPACE}".join([row.dose, row.dose_unit])
    return f"{amount} {row.frequency}".strip()


def label_width(facts: pd.DataFrame, width_mm: float) -> float:
    """Width in millimetres for the names of lanes: no word is broken, unless it would take two fifths of the figure."""
    longest = max((text_width(word, 7) for name in facts["PARAM"] for word in name.split(" ")), default=0.0)
    return min(max(min(44.0, 0.3 * width_mm), longest + 3), 0.4 * width_mm)


def lay_lanes(facts: pd.DataFrame, axis: TimeAxis, label_width: float, width: float) -> list[Lane]:
    """Lanes of facts, in the order of their first row; words that do not fit the columns go under the label."""
    column = width / (axis.high - axis.low) - 1.2 if not axis.is_days else 0.0
    words = [says(row) for row in facts.itertuples()]
    fits = all(text_width(part, SMALL) <= column for text in words for part in text.split(" "))
    lanes = []
    for (_, code), rows in facts.groupby(["kind", "code"], sort=False):
        cells = [minus(says(row)) for row in rows.itertuples()]
        name, under = wrap(rows["PARAM"].iloc[0], label_width, 7), []
        if not fits:
            where = [axis.names.get(order, "") and str(order) for order in rows["ORDER"]]
            told = "; ".join(f"{at}: {cell}" if at else cell for at, cell in zip(where, cells, strict=True) if cell)
            under = wrap(told, label_width, SMALL)
        lines = [wrap(cell, column, SMALL) if fits else [] for cell in cells]
        # Two findings of one moment stand under each other.
        depth = pd.Series([_MARK + text_height(len(part), SMALL) for part in lines]).groupby(rows["ORDER"].to_numpy())
        cell_height = depth.sum().max() if fits else _MARK * rows.groupby("ORDER").size().max()
        high = max(cell_height, text_height(len(name) + len(under), 7)) + 1.2
        lanes.append(Lane(code, name, under, rows, lines, high))
    return lanes


def draw_lanes(ax, lanes: list[Lane], axis: TimeAxis, reference: str, left: float) -> None:
    """Draw lanes into axes whose vertical unit is a millimetre, 0 at the top; labels stand `left` mm beside them."""
    ax.set_xlim(axis.low, axis.high)
    top, scale = 0.0, per_mm(ax)
    for lane in lanes:
        looks = [(7, INK)] * len(lane.name) + [(SMALL, "#444444")] * len(lane.under)
        for i, (line, (size, color)) in enumerate(zip([*lane.name, *lane.under], looks, strict=True)):
            at = top + 0.6 + i * text_height(1, 7)
            ax.text(axis.low - left * scale, at, line, fontsize=size, color=color, va="top")
        used: dict[float, float] = {}
        for row, lines in zip(place(lane.rows, axis).itertuples(), lane.words, strict=True):
            at = used.get(row.X, 0.0)
            _draw_row(ax, row, lines, axis, top + 0.4 + at, reference)
            used[row.X] = at + _MARK + text_height(len(lines), SMALL)
        top += lane.height
        ax.axhline(top, color=INK, alpha=0.15, linewidth=0.4, zorder=0)
    ax.set_ylim(top, 0)


def _draw_row(ax, row, lines: list[str], axis: TimeAxis, top: float, reference: str) -> None:
    middle = top + _MARK / 2
    element = {"observation": row.STATE, "treatment": "bar", "event": "event"}[row.kind]
    gid = tag(element, row.code, row.line)
    if row.kind == "treatment":
        start, end = _span(row, axis)
        ax.add_patch(
            Rectangle(
                (start, middle - _BAR / 2), end - start, _BAR, gid=gid, zorder=2, **_BAR_LOOKS[row.code == reference]
            )
        )
        if row.end == "ongoing":
            ax.plot([end], [middle], marker=">", color=INK, markersize=4, clip_on=False, zorder=4)
        elif not row.end:
            ax.plot([end, end], [middle - _BAR / 2, middle + _BAR / 2], zorder=3, **_OPEN_END)
    else:
        look = _EVENT if row.kind == "event" else STATE_MARKS[row.STATE]
        ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=3, **look))
        if row.XHI > row.XLO:
            ax.add_line(
                Line2D(
                    [row.XLO, row.XHI], [middle] * 2, color=INK, linewidth=0.7, gid=tag("whisker", row.code, row.line)
                )
            )
    moment = axis.names.get(row.ORDER, "") if not axis.is_days else f"day {row.X:g}"
    told = ", ".join(filter(None, [row.PARAM, says(row).replace("\n", " "), moment]))
    ax.text(row.X, top + _MARK, "\n".join(lines), fontsize=SMALL, ha="center", va="top", linespacing=LINE)
    ax.text(row.X, middle, told, gid=f"{gid}.said", visible=False)


def _span(row, axis: TimeAxis) -> tuple[float, float]:
    if not axis.is_days:
        return row.X - 0.42, row.X + 0.42
    start = np.nanmin([row.X, axis.high])
    end = (row.AENLO + row.AENHI) / 2
    return start, end if np.isfinite(end) else axis.high


def open_end_note(treatments: pd.DataFrame) -> str:
    """What a broken right edge means, if there is one."""
    return "Bars with a broken right edge: the end is not reported." if treatments["end"].eq("").any() else ""


def lane_entries(facts: pd.DataFrame, reference: str, names: dict[str, str]) -> list[Entry]:
    """Entries of the key for the bars and events that are shown."""
    treatments = facts[facts["kind"] == "treatment"]
    entries = []
    if (treatments["code"] == reference).any():
        entries.append(Entry(f"reference treatment, {names.get(reference, reference)}", "box", _BAR_LOOKS[True]))
    if (treatments["code"] != reference).any():
        entries.append(Entry("other treatment", "box", _BAR_LOOKS[False]))
    if (facts["kind"] == "event").any():
        entries.append(Entry("event", "mark", _EVENT))
    return entries
