"""A graph: one measure over time, with its reference range, and the numbers that a reader looks for written on it."""

import math
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, MaxNLocator, NullLocator

from ..prose import (
    change_words,
    moment_words,
    printed_bounds,
    printed_words,
    qualified,
    signed,
    titre_words,
    value_words,
)
from ..values import number
from ..vocabulary import UNIT_UNKNOWN
from .axis import draw_cut, draw_ticks
from .blocks import Entry, state_entries
from .drawn import tag
from .places import free_box, is_between
from .rows import Panel, height, is_before, is_bounded, per_mm, share_of_height
from .style import BLUE, HALO, INK, INTERVAL, INTERVAL_WIDE, SITE_MARKERS, SMALL, STATE_MARKS, minus, text_width

_RANGE = {"facecolor": "#dcefdc", "edgecolor": "#7fa87f", "linewidth": 0.5}
_TREAD = 0.36  # half the width of a grade that is not exactly known, in positions
# A scale from 0 hides small values where the largest is so many times the smallest.
_LOG_FROM = 20.0
IN_WORDS = "in words"  # beside what has no place on the scale of a graph
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
    _draw_range(ax, panel)
    sites = list(dict.fromkeys(row.LOC for row in panel.drawn))
    marks = []
    for site, name in enumerate(sites):
        series = [row for row in panel.drawn if name == row.LOC]
        _draw_joins(ax, series, panel)
        shift = 0.0 if axis.is_days else 0.16 * (site - (len(sites) - 1) / 2)
        marker = SITE_MARKERS[site % len(SITE_MARKERS)] if any(sites) else STATE_MARKS["value"]["marker"]
        marks += [(row, *_draw_value(ax, row, panel, phases, marker, shift)) for row in series]
    _write_values(ax, marks, panel)
    draw_cut(ax, axis)


def _draw_joins(ax, series: list, panel: Panel) -> None:
    """Join successive exact values of a site, on an axis of days only; not across a cut or a record without a value.

    A value whose order with another is open is joined to none, and no line passes it.
    """
    if not panel.axis.is_days:
        return
    valued = [row for row in series if pd.notna(row.AVAL)]
    exact = sorted((row for row in valued if _has_order(row, valued)), key=lambda row: row.X)
    unjoined = [row for row in [*panel.listed, *series] if pd.isna(row.AVAL)]
    gaps = [(row.XLO, row.XHI) for row in [*unjoined, *(row for row in valued if row not in exact)]]
    for row, other in pairwise(exact):
        if panel.axis.parted(row.X, other.X) or any(end >= row.X and start <= other.X for start, end in gaps):
            continue
        gid = tag("join", row.code, other.line)
        ax.add_line(Line2D([row.X, other.X], [row.AVAL, other.AVAL], gid=gid, zorder=2.5, **_JOIN))


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
        ax.set_ylim(-0.5, len(grades) - 0.4)
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
        ends = min(values.min(initial=0.0), 0.0), max(values.max(initial=0.0), 0.0) or 10.0
        # The outer ticks lie at or beyond the lowest and the highest value.
        numbers = MaxNLocator(3).tick_values(ends[0] / factor, ends[1] / factor)
        ticks = [tick * factor for tick in numbers]
        ax.set_ylim(ticks[0], ticks[-1])
        ax.set_yticks(ticks)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: minus(number(round_off(value / factor)))))


def _draw_range(ax, panel: Panel) -> None:
    """Draw the reference range as a band, where all values with limits have the same; else each row has its own."""
    ranges = {(row.ANRLO, row.ANRHI) for row in panel.drawn if not (math.isnan(row.ANRLO) and math.isnan(row.ANRHI))}
    ranges = {tuple(None if math.isnan(end) else end for end in pair) for pair in ranges}
    bottom, top = ax.get_ylim()
    axis = panel.axis
    for i, (low, high) in enumerate(sorted(ranges, key=str)):
        rows = [row for row in panel.drawn if (_end(row.ANRLO), _end(row.ANRHI)) == (low, high)]
        whole = len(ranges) == 1
        reach = 2.5 * per_mm(ax, axis)
        left = axis.low if whole else max(min(row.X for row in rows) - reach, axis.low)
        right = axis.high if whole else min(max(row.X for row in rows) + reach, axis.high)
        ends = max(bottom if low is None else low, bottom), min(top if high is None else high, top)
        gid = tag("range", panel.code, f"limits-{i}")
        ax.add_patch(Rectangle((left, ends[0]), right - left, ends[1] - ends[0], gid=gid, zorder=0.6, **_RANGE))
        ax.text(
            left, ends[0], f"reference range {range_of(rows[0], shown_in(panel)[1])}", gid=f"{gid}.said", visible=False
        )


def _end(limit: float) -> float | None:
    return None if math.isnan(limit) else limit


def range_words(low: float | None, high: float | None) -> str:
    """A reference range in words.

    Examples
    --------
    >>> range_words(30, 170), range_words(None, 5.0), range_words(130.0, None)
    ('30 to 170', 'up to 5', 'from 130')
    """
    if low is None or high is None:
        return f"up to {number(high)}" if low is None else f"from {number(low)}"
    return f"{number(low)} to {number(high)}"


def panel_entries(panels: list[Panel], lanes: Iterable = ()) -> list[Entry]:
    """Entries of the key for the states, ranges, intervals and sites that panels and the rows of lanes show."""
    exact = [row for panel in panels for row in panel.drawn if not is_uncertain(row, panel)]
    by_site = {panel.code for panel in panels if any(row.LOC for row in panel.drawn)}
    states = [row.STATE for row in exact if row.STATE != "value" or row.code not in by_site]
    listed = [row for panel in panels for row in panel.listed]
    states += [row.STATE for row in listed if not is_bounded(row)]
    entries = state_entries([*states, *(row.STATE for row in lanes)])
    if any(range_of(row) for panel in panels for row in panel.drawn):
        entries.append(Entry("reference range, where it is told", "box", _RANGE))
    between = any(is_uncertain(row, panel) for panel in panels for row in panel.drawn)
    if between or any(map(is_bounded, listed)):
        entries.append(Entry("value known between two bounds only", "box", INTERVAL))
    for panel in panels:
        sites = list(dict.fromkeys(row.LOC for row in panel.drawn))
        looks = [
            {**STATE_MARKS["value"], "marker": SITE_MARKERS[site % len(SITE_MARKERS)]} for site in range(len(sites))
        ]
        names = [f"{panel.measure['abbrev']}, {name or 'site not recorded'}" for name in sites]
        entries += [Entry(name, "mark", look) for name, look in zip(names, looks, strict=True) if any(sites)]
    return entries


def range_of(row, factor: float = 1.0) -> str:
    """The reference range that is told with a value, in words, in a unit that is so much of that of the measure."""
    low, high = (None if math.isnan(end) else round_off(end / factor) for end in (row.ANRLO, row.ANRHI))
    return "" if low is None and high is None else range_words(low, high)


def shown_in(panel: Panel) -> tuple[str, float]:
    """The unit in which the values of a panel are written, and how much of the unit of the measure it is.

    That is the unit that the source prints, where all values have the same; else that of the measure.
    """
    default = panel.measure["unit"], 1.0
    valued = [row for row in panel.drawn if row.value]
    units = {row.unit for row in valued}
    if panel.scale not in ("log", "size") or len(units) != 1 or units & {"", UNIT_UNKNOWN}:
        return default
    parsed = [(row, printed_bounds(row.value, row.AVALU)) for row in valued]
    ends = [pair for row, value in parsed for pair in ((row.AVALLO, value.low), (row.AVALHI, value.high))]
    factors = [of / end for of, end in ends if end and math.isfinite(of) and math.isfinite(end)]
    # All digits of the one factor: of limits that were converted, too, the printed numbers come back.
    return (units.pop(), factors[0]) if len(set(map(round_off, factors))) == 1 else default


def round_off(value: float) -> float:
    """A number without what a conversion of units leaves behind its sixth digit.

    Examples
    --------
    >>> round_off(59.99999871), round_off(0.0)
    (60.0, 0.0)
    """
    return float(f"{value:.6g}")


def is_uncertain(row, panel: Panel) -> bool:
    """Whether a row of a panel is drawn as an interval."""
    return row.AVALCALO != row.AVALCAHI if panel.scale == "grade" else row.AVALLO != row.AVALHI


def _draw_value(ax, row, panel: Panel, phases: dict, marker: str, shift: float) -> tuple[float, float, float]:
    """Draw one value; return its place and its two ends."""
    graded, axis = panel.scale == "grade", panel.axis
    low, high = (row.AVALCALO, row.AVALCAHI) if graded else (row.AVALLO, row.AVALHI)
    x, gid = row.X + shift, tag(row.STATE, row.code, row.line)
    bottom, top = ax.get_ylim()
    low, high = max(low, bottom), min(high, top)
    if low == high:
        look = dict(STATE_MARKS[row.STATE]) | ({"marker": marker} if row.STATE == "value" else {})
        ax.add_line(Line2D([x], [low], linestyle="none", gid=gid, zorder=4, clip_on=False, **look))
    else:
        half = _TREAD if graded and not axis.is_days else INTERVAL_WIDE * per_mm(ax, axis) / 2
        ax.add_patch(Rectangle((x - half, low), 2 * half, high - low, gid=gid, zorder=3, **INTERVAL))
    if row.XHI > row.XLO:
        whisker = tag("whisker", row.code, row.line)
        ax.add_line(Line2D([row.XLO, row.XHI], [low] * 2, color=INK, linewidth=0.7, gid=whisker, zorder=3))
    unit = panel.measure["unit"]
    change = change_words(row, unit) if row.ABLFL != "Y" and row.POSTBLFL == "Y" else ""
    words = [value_words(row, unit), printed_words(row), row.LOC, moment_words(row, phases)]
    words += ["the baseline"] if row.ABLFL == "Y" else [f"change {change}"] if change else []
    ax.text(x, low, ", ".join(filter(None, words)), gid=f"{gid}.said", visible=False)
    return x, low, high


def _write_values(ax, marks: list[tuple], panel: Panel) -> None:
    """Write the values beside their marks: first those that a reader looks for, then each other that finds room."""
    if not marks:
        return
    axis, shown = panel.axis, shown_in(panel)
    wide, tall = axis.span() / per_mm(ax, axis), height(ax)
    places = [
        (float(axis.share(x)) * wide, share_of_height(ax, low) * tall, share_of_height(ax, high) * tall)
        for _, x, low, high in marks
    ]
    taken = [(x - 0.9, low - 0.9, x + 0.9, high + 0.9) for x, low, high in places]
    joins = [
        box for line in ax.lines if ".join." in (line.get_gid() or "") for box in _along(ax, line, panel, wide, tall)
    ]
    edges = _edges_of_ranges(ax, wide, tall)
    for place in _by_weight(marks):
        row = marks[place][0]
        others = [*joins, *(other for i, other in enumerate(taken) if i != place)]
        # Where the whole label has no room, the value or state alone may have.
        label = minus(_label(row, panel, shown))
        for words in dict.fromkeys((label, label.partition(" (")[0])):
            box = free_box(places[place], words, others, edges, (wide, tall))
            if box:
                taken.append(box)
                at = (box[0] / wide, box[1] / tall)
                halo = HALO | ({"facecolor": _RANGE["facecolor"]} if is_between(box, edges) else {})
                ax.annotate(words, at, xycoords="axes fraction", fontsize=SMALL, va="bottom", zorder=6, bbox=halo)
                break


def _edges_of_ranges(ax, wide: float, tall: float) -> list[tuple]:
    """The lower and the upper edge of each reference range as thin boxes, in millimetres."""
    boxes = []
    for patch in ax.patches:
        if (patch.get_gid() or "").startswith(tag("range", "", "").rstrip(".")):
            levels = (patch.get_y(), patch.get_y() + patch.get_height())
            boxes += [
                (0.0, share_of_height(ax, y) * tall - 0.2, wide, share_of_height(ax, y) * tall + 0.2) for y in levels
            ]
    return boxes


def _along(ax, line: Line2D, panel: Panel, wide: float, tall: float) -> list[tuple]:
    """Small boxes along a line, in millimetres: no word stands on it."""
    xs, ys = line.get_xdata(), line.get_ydata()
    share = panel.axis.share
    (x0, x1), (y0, y1) = [float(share(x)) * wide for x in xs], [share_of_height(ax, y) * tall for y in ys]
    points = max(2, math.ceil(math.hypot(x1 - x0, y1 - y0)))
    middles = [(x0 + (x1 - x0) * i / points, y0 + (y1 - y0) * i / points) for i in range(points + 1)]
    return [(x - 0.2, y - 0.2, x + 0.2, y + 0.2) for x, y in middles]


def _by_weight(marks: list[tuple]) -> list[int]:
    """The places of marks: the last, the first, the highest, the lowest of all, then the others from the last on."""
    order = sorted(range(len(marks)), key=lambda i: marks[i][1])
    highest, lowest = max(order, key=lambda i: marks[i][3]), min(order, key=lambda i: marks[i][2])
    return list(dict.fromkeys([order[-1], order[0], highest, lowest, *reversed(order)]))


def _label(row, panel: Panel, shown: tuple[str, float]) -> str:
    """What is written beside a mark: the value as told, and the change of a later one."""
    unit, factor = shown
    if row.unit not in ("", unit) and pd.notna(row.AVAL):
        words = number(round_off(row.AVAL / factor), 3)
    else:
        words = row.AVALC if not row.value else row.value
    words = titre_words(words, row.AVALU).replace("..", "\N{EN DASH}") if row.value else words
    words = qualified(words, row.note) if row.value else words
    words = f"{words}: {printed_words(row)}" if printed_words(row) else words
    words = ", ".join(filter(None, [words, row.OWN_TIME]))
    if not _is_changed(row, panel):
        return words
    turn, name = _turn_before(row, panel)
    change = signed(round_off((row.CHG if math.isnan(turn) else row.AVAL - turn) / factor), 3)
    return f"{words} ({change}{name and f' from the {name}'})".replace(") (", "; ")


def _is_changed(row, panel: Panel) -> bool:
    return row.POSTBLFL == "Y" and row.ABLFL != "Y" and pd.notna(row.CHG) and panel.scale != "grade"


def _turn_before(row, panel: Panel) -> tuple[float, str]:
    """The lowest or highest value between the baseline and a value, if both lie on one side of it; else nan, blank.

    The change from the baseline would hide such a turn.
    """
    between = [
        other.AVAL
        for other in panel.drawn
        if other.LOC == row.LOC and other.POSTBLFL == "Y" and pd.notna(other.AVAL) and is_before(other, row)
    ]
    base = row.AVAL - row.CHG
    below, above = min(base, row.AVAL) - min(between, default=math.inf), max(between, default=-math.inf)
    above -= max(base, row.AVAL)
    if max(below, above) <= 0:
        return math.nan, ""
    return (min(between), "lowest") if below >= above else (max(between), "highest")


def change_note(panels: list[Panel]) -> str:
    """What stands in parentheses beside the values of some panels; blank where nothing does."""
    changed = [(row, panel) for panel in panels for row in panel.drawn if _is_changed(row, panel)]
    drawn = [row for panel in panels for row in panel.drawn]
    if not changed:
        return ""
    named = any(_turn_before(row, panel)[1] for row, panel in changed)
    turned = ", or from the lowest or highest value before it where that is named" if named else ""
    bounded = any(row.POSTBLFL == "Y" and pd.isna(row.CHG) and pd.notna(row.CHGLO) for row in drawn)
    exact = ", of exact values" if bounded else ""
    return f"In parentheses: change from the baseline{exact}{turned}."


def unit_words(panel: Panel) -> str:
    """The unit of a panel; blank for grades."""
    if panel.scale == "grade":
        return "grade"
    if panel.drawn and panel.drawn[0].AVALU == UNIT_UNKNOWN:
        return "unit not reported"
    unit = shown_in(panel)[0]
    return f"per {unit[1:]}" if unit.startswith("/") else unit


def tick_width(panel: Panel) -> float:
    """About how wide the labels of the vertical axis of a panel are, in millimetres."""
    words = text_width(IN_WORDS, SMALL) if panel.listed else 0.0
    if panel.scale == "grade":
        return max(words, *(text_width(grade, SMALL) for grade in panel.measure["grades"]))
    factor = shown_in(panel)[1]
    ends = [end / factor for row in panel.drawn for end in (row.AVALLO, row.AVALHI) if math.isfinite(end)]
    longest = number(10 ** math.ceil(math.log10(max(map(abs, ends), default=1) or 1) + 0.1))
    return max(words, text_width(longest, SMALL))
