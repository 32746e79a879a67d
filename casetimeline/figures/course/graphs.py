"""A graph: one measure over time, with its reference range, and the numbers that a reader looks for written on it."""

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ...prose import (
    change_words,
    moment_words,
    named_change,
    printed_words,
    value_words,
)
from ...values import number
from ..axes.axis import draw_cut, draw_ticks
from ..axes.lasting import has_one_end
from ..blocks import Entry, state_entries
from ..drawn import keep_unit, tag
from ..style import BLUE, INTERVAL, INTERVAL_WIDE, RANGE, SITE_MARKERS, SMALL, STATE_MARKS, minus
from .beside_marks import write_values
from .flags import draw_whisker
from .rows import Panel, is_before, is_bounded, per_mm
from .shown import range_of, round_off, shown_in

_TREAD = 0.36  # half the width of a grade that is not exactly known, in positions
# A scale from 0 hides small values where the largest is so many times the smallest.
_LOG_FROM = 20.0
OPEN_END = {"marker": "^", "markersize": 4.0, "markerfacecolor": "white", "markeredgecolor": BLUE}
# What the key says of intervals, by whether they are one-sided.
_BOUNDED = {
    frozenset({False}): "value known between two bounds only",
    frozenset({True}): "value known to be above or below a bound only",
    frozenset({False, True}): "value known between two bounds, or above or below a bound, only",
}
_LINES_JOIN = "Lines join successive values for the eye; between two values nothing is known."
_JOIN = {"color": BLUE, "linewidth": 0.7, "alpha": 0.55}


def is_logarithmic(panel: Panel) -> bool:
    """Whether the values of a panel stand on a logarithmic scale."""
    if panel.scale != "log":
        return False
    ends = [end for row in panel.drawn for end in (row.AVALLO, row.AVALHI) if math.isfinite(end) and end > 0]
    return len(ends) > 1 and max(ends) >= _LOG_FROM * min(ends)


def draw_graph(ax, panel: Panel, phases: dict) -> None:
    """Draw the values of a panel into axes of their own.

    The first, the lowest, the highest and the last value are written beside their marks, and each other one where there
    is room.

    Parameters
    ----------
    ax : Axes
        Where the graph is drawn.
    panel : Panel
        From `lay_panel`; with at least one row on its scale.
    phases : dict
        The name of each phase.
    """
    axis = panel.axis
    draw_ticks(ax, axis)
    ax.tick_params(axis="y", labelsize=SMALL)
    _set_scale(ax, panel)
    keep_unit(ax, shown_in(panel)[1])
    _draw_range(ax, panel)
    sites = _sites(panel)
    marks = []
    for site, name in enumerate(sites):
        series = [row for row in panel.drawn if name == row.LOC]
        _draw_joins(ax, series, panel)
        shift = 0.0 if axis.is_days else 0.16 * (site - (len(sites) - 1) / 2)
        look = _look_of_site(site) if any(sites) else None
        marks += [(row, *_draw_value(ax, row, panel, phases, look or STATE_MARKS[row.STATE], shift)) for row in series]
    write_values(ax, marks, panel)
    draw_cut(ax, axis)


def _draw_joins(ax, series: list, panel: Panel) -> None:
    for row, other in _joins(series, panel):
        gid = tag("join", row.code, other.line)
        ax.add_line(Line2D([row.X, other.X], [row.AVAL, other.AVAL], gid=gid, zorder=2.5, **_JOIN))


def joined_note(panels: list[Panel]) -> str:
    """What the lines between values are, for the notes; blank where none is drawn."""
    by_site = (([row for row in panel.drawn if name == row.LOC], panel) for panel in panels for name in _sites(panel))
    return _LINES_JOIN if any(_joins(series, panel) for series, panel in by_site) else ""


def _sites(panel: Panel) -> list[str]:
    return [*dict.fromkeys(row.LOC for row in panel.drawn)]


def _look_of_site(site: int) -> dict:
    """The mark of a site: that something is there, or not, its place on the scale says."""
    return {**STATE_MARKS["value"], "marker": SITE_MARKERS[site % len(SITE_MARKERS)]}


def _joins(series: list, panel: Panel) -> list[tuple]:
    """Successive exact values of a site that a line joins, on an axis of days only.

    None goes across a cut or a record without a value. A value whose order with another is open, or whose time has one
    end, is joined to none, and no line passes it.
    """
    if not panel.axis.is_days:
        return []
    valued = [row for row in series if pd.notna(row.AVAL)]
    exact = sorted((row for row in valued if _has_order(row, valued)), key=lambda row: row.X)
    open_timed = [row for row in exact if has_one_end(row)]
    unjoined = [row for row in [*panel.listed, *series] if pd.isna(row.AVAL)]
    gaps = [(row.XLO, row.XHI) for row in [*unjoined, *(row for row in valued if row not in exact)]]
    return [
        (row, other)
        for row, other in pairwise(row for row in exact if row not in open_timed)
        if not panel.axis.parted(row.X, other.X)
        if not any(end >= row.X and start <= other.X for start, end in gaps)
        if not any(is_before(row, between) and is_before(between, other) for between in open_timed)
    ]


def _has_order(row, rows: list) -> bool:
    """Whether a row is surely before or after each other row that is not of its own moment."""
    others = (other for other in rows if _moment(other) != _moment(row))
    return all(is_before(row, other) or is_before(other, row) for other in others)


def _moment(row) -> tuple:
    """What two rows of one moment share."""
    return row.ORDLO, row.ORDHI, row.start, row.anchor


def _set_scale(ax, panel: Panel) -> None:
    if panel.scale == "grade":
        grades = panel.measure["grades"]
        # The lowest class is the first place above nothing.
        ax.set_ylim(-0.5 if grades[0] else 0.5, len(grades) - 0.4)
        ax.set_yticks(range(len(grades)), grades)
        return
    values = [end for row in panel.drawn for end in (row.AVALLO, row.AVALHI, row.ANRLO, row.ANRHI)]
    values, factor = np.array([end for end in values if math.isfinite(end)]), shown_in(panel)[1]
    if panel.scale == "score":
        low, high = panel.measure["low"], panel.measure["high"]
        ax.set_ylim(low, high)
        ax.yaxis.set_major_locator(FixedLocator([low, high]))
    elif is_logarithmic(panel):
        values = values[values > 0]
        # An interval without a lower limit that is the lowest of all has a decade below its upper end.
        is_open = any(values.min() >= row.AVALHI and not row.AVALLO > 0 for row in panel.drawn)
        values = np.log10(values)
        values = np.append(values, values.min() - 1) if is_open else values
        ax.set_yscale("log")
        # The highest tick is a power of ten, in the unit that is shown, at or above the highest value.
        highest = math.ceil(values.max() - math.log10(factor) - 1e-9) + math.log10(factor)
        ax.set_ylim(10 ** (values.min() - (0.0 if is_open else 0.25)), 10 ** (highest + 1e-9))
        powers = LogLocator(base=10, subs=(1,), numticks=5).tick_values(*(end / factor for end in ax.get_ylim()))
        low, high = ax.get_ylim()
        ax.yaxis.set_major_locator(FixedLocator([tick * factor for tick in powers if low <= tick * factor <= high]))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(round_off(value / factor))))
    else:
        # The 0 of an interval scale is no absence, and no place to begin at: it begins a unit from its values.
        beyond = [values.min() - 1, values.max() + 1] if panel.measure["scale"] == "interval" else [0.0]
        values = np.append(values, beyond)
        ends = values.min(), values.max() or 10.0
        # The outer ticks lie at or beyond the lowest and the highest value.
        numbers = MaxNLocator(3).tick_values(ends[0] / factor, ends[1] / factor)
        ticks = [tick * factor for tick in numbers]
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: minus(number(round_off(value / factor)))))


def _draw_range(ax, panel: Panel) -> None:
    """Draw the reference range as a band, where all values with limits have the same; else each row has its own.

    What differs, or is of one of several laboratories, is not drawn over the times of other rows.
    """
    limited = [row for row in panel.drawn if range_of(row)]
    laboratories = {row.by for row in panel.drawn if row.by} - {row.by for row in limited}
    whole = len({(_end(row.ANRLO), _end(row.ANRHI)) for row in limited}) == 1 and not laboratories
    bottom, top = ax.get_ylim()
    axis, reach = panel.axis, 2.5 * per_mm(ax, panel.axis)
    for row in limited[:1] if whole else limited:
        left, right = axis.low, axis.high
        if not whole:
            left, right = max(row.X - reach, axis.low), min(row.X + reach, axis.high)
        low, high = _end(row.ANRLO), _end(row.ANRHI)
        ends = max(bottom if low is None else low, bottom), min(top if high is None else high, top)
        gid = tag("range", panel.code, "limits-0" if whole else f"limits-{row.line}")
        ax.add_patch(Rectangle((left, ends[0]), right - left, ends[1] - ends[0], gid=gid, zorder=0.6, **RANGE))
        words = f"reference range {range_of(row, shown_in(panel)[1])}"
        ax.text(left, ends[0], words, gid=f"{gid}.said", visible=False)


def _end(limit: float) -> float | None:
    return None if math.isnan(limit) else limit


def panel_entries(panels: list[Panel], lanes: Iterable = ()) -> list[Entry]:
    """Entries of the key for the states, ranges, intervals and sites that panels and the rows of lanes show."""
    exact = [row for panel in panels for row in panel.drawn if not is_uncertain(row, panel)]
    by_site = {panel.code for panel in panels if any(row.LOC for row in panel.drawn)}
    states = [row.STATE for row in exact if row.code not in by_site]
    listed = [row for panel in panels for row in panel.listed]
    states += [row.STATE for row in listed if not is_bounded(row)]
    entries = state_entries([*states, *(row.STATE for row in lanes)])
    if any(range_of(row) for panel in panels for row in panel.drawn):
        entries.append(Entry("reference range, where it is told", "box", RANGE))
    intervals = [(row, panel) for panel in panels for row in panel.drawn if is_uncertain(row, panel)]
    sided = {row.value.startswith(("<", ">")) for row in [*(row for row, _ in intervals), *filter(is_bounded, listed)]}
    if sided:
        entries.append(Entry(_BOUNDED[frozenset(sided)], "box", INTERVAL))
    sides = {side for row, panel in intervals for side in open_ends(row, panel)}
    for side, where in (("v", "below"), ("^", "above")):
        if side in sides:
            entries.append(Entry(f"may lie {where} the scale", "mark", OPEN_END | {"marker": side}))
    for panel in panels:
        sites = _sites(panel)
        looks = map(_look_of_site, range(len(sites)))
        names = [f"{panel.measure['abbrev']}, {name or 'site not recorded'}" for name in sites]
        entries += [Entry(name, "mark", look) for name, look in zip(names, looks, strict=True) if any(sites)]
    return entries


def open_ends(row, panel: Panel) -> list[str]:
    """At which ends of its scale an interval goes on: below (`v`) or above (`^`). A logarithmic scale has no 0."""
    if panel.scale == "grade":
        return []
    goes_below = math.isinf(row.AVALLO) or (row.AVALLO <= 0 and is_logarithmic(panel))
    ends = (("v", goes_below), ("^", math.isinf(row.AVALHI)))
    return [side for side, goes_on in ends if goes_on and is_uncertain(row, panel)]


def is_uncertain(row, panel: Panel) -> bool:
    """Whether a row of a panel is drawn as an interval."""
    return row.AVALCALO != row.AVALCAHI if panel.scale == "grade" else row.AVALLO != row.AVALHI


def _draw_value(ax, row, panel: Panel, phases: dict, look: dict, shift: float) -> tuple[float, float, float]:
    """Draw one value; return its place and its two ends."""
    graded, axis = panel.scale == "grade", panel.axis
    low, high = (row.AVALCALO, row.AVALCAHI) if graded else (row.AVALLO, row.AVALHI)
    x, gid = row.X + shift, tag(row.STATE, row.code, row.line)
    bottom, top = ax.get_ylim()
    low, high = max(low, bottom), min(high, top)
    draw_whisker(ax, row, low, row.XLO, row.XHI)
    if low == high:
        ax.add_line(Line2D([x], [low], linestyle="none", gid=gid, zorder=4, clip_on=False, **look))
    else:
        half = _TREAD if graded and not axis.is_days else INTERVAL_WIDE * per_mm(ax, axis) / 2
        ax.add_patch(Rectangle((x - half, low), 2 * half, high - low, gid=gid, zorder=3, **INTERVAL))
        for end, side in ((low, "v"), (high, "^")):
            if side in open_ends(row, panel):
                arrow = OPEN_END | {"marker": side}
                ax.add_line(Line2D([x], [end], linestyle="none", zorder=4, clip_on=False, **arrow))
    unit = panel.measure["unit"]
    change = change_words(row, unit) if row.ABLFL != "Y" and row.POSTBLFL == "Y" else ""
    words = [value_words(row, unit), printed_words(row), row.LOC, moment_words(row, phases)]
    words += ["the baseline"] if row.ABLFL == "Y" else [named_change(change)]
    ax.text(x, low, ", ".join(filter(None, words)), gid=f"{gid}.said", visible=False)
    return x, low, high
