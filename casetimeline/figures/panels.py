"""A panel: one measure over time, its values on a scale of its own, and below them the records without a value."""

from itertools import pairwise

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from ..prose import moment_words, printed_words
from ..vocabulary import UNIT_UNKNOWN
from .axis import draw_cut, draw_ticks
from .blocks import Entry, state_entries
from .drawn import tag
from .marks import (
    BASELINE_MARK,
    INTERVAL,
    LIMIT,
    NADIR_MARK,
    compared_baselines,
    draw_baselines,
    draw_classes,
    draw_value,
    is_nadir,
    limit_entries,
)
from .rows import STRIP_GAP, STRIP_MARK, Panel, height, is_before, per_mm, share, strip_words
from .style import BLUE, LINE, SITE_MARKERS, SKY, SMALL, STATE_MARKS, add_axes, text_height, wrap

_JOIN = {"color": BLUE, "linewidth": 0.7, "alpha": 0.55}
# The words of a panel that has no scale, by the reason.
_WITHOUT_SCALE = {
    "empty": "not mentioned in the part of the source that was read",
    "foreign": "not recorded",
    "unvalued": "no value is reported",
}
_SHADE = {"facecolor": SKY, "alpha": 0.32, "edgecolor": "none"}
_SHADE_KEY = {"facecolor": "#c9e6f7", "edgecolor": BLUE, "linewidth": 0.9}
_PALE = {"facecolor": SKY, "alpha": 0.1, "edgecolor": "none"}
# Rules that choose the baseline by the reference treatment.
_BY_REFERENCE = ("last_before", "worst_before")


def draw_panel(ax, strip, panel: Panel, limits: pd.DataFrame, phases: dict, shade: list, column: float) -> None:
    """Draw one panel.

    Parameters
    ----------
    ax, strip : Axes
        Axes for the values, and for the facts without a value (None if there are none).
    panel : Panel
        From `lay_panel`.
    limits : DataFrame
        From `limits_of`; drawn about the baseline, or as the classes of a size.
    phases : dict
        The name of each phase.
    shade : list
        From `shaded_rows`.
    column : float
        Width in millimetres for the words beside a mark.
    """
    unit, axis = panel.measure["unit"], panel.axis
    for each in filter(None, (ax, strip)):
        draw_ticks(each, axis)
    if strip is not None:
        ax.tick_params(axis="x", labelbottom=False)
        _draw_strip(strip, panel, phases, column)
    if panel.scale in _WITHOUT_SCALE:
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        width = axis.span() / per_mm(ax, axis)
        words = "\n".join(wrap(f"{panel.measure['label']}: {_WITHOUT_SCALE[panel.scale]}", width - 2, SMALL))
        ax.text(0.5, 0.5, words, transform=ax.transAxes, fontsize=SMALL, ha="center", va="center")
        gid = tag("silent", panel.code, "panel")
        ax.add_patch(Rectangle((axis.low, 0), 0, 0, gid=gid, visible=False))
        ax.text(axis.low, 0, _WITHOUT_SCALE[panel.scale], gid=f"{gid}.said", visible=False)
        return
    _set_scale(ax, panel)
    for row in shade:
        _draw_shade(ax, row, panel)
    draw_classes(ax, panel, limits)
    draw_baselines(ax, panel, limits)
    sites = list(dict.fromkeys(row.LOC for row in panel.drawn))
    for site, name in enumerate(sites):
        shift = 0.0 if axis.is_days else 0.09 * (site - (len(sites) - 1) / 2)
        series = [row for row in panel.drawn if name == row.LOC]
        draw_joins(ax, series, panel)
        for row in series:
            marker = SITE_MARKERS[site % len(SITE_MARKERS)] if any(sites) else STATE_MARKS["value"]["marker"]
            draw_value(ax, row, panel, unit, phases, marker, shift, site)
    draw_cut(ax, axis)


def draw_joins(ax, series: list, panel: Panel) -> None:
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
    name, unit = panel.measure["abbrev"], panel.measure["unit"]
    if panel.scale == "grade":
        grades = panel.measure["grades"]
        ax.set(ylim=(-0.45, len(grades) + 0.1), ylabel=f"{name} (grade)")
        ax.set_yticks(range(len(grades)), grades)
        return
    unit = "unit not reported" if panel.drawn[0].AVALU == UNIT_UNKNOWN else unit
    ax.set_ylabel(f"{name} ({unit})")
    # An open bound reaches to the edge of the panel; the bound that was printed must be on the scale.
    printed = np.array([value for row in panel.drawn for value in (row.AVALLO, row.AVALHI, row.ANRHI)])
    printed = printed[np.isfinite(printed)]
    if panel.scale == "score":
        ax.set_ylim(panel.measure["low"], panel.measure["high"])
    elif panel.scale == "size":
        ax.set_ylim(0, 1.35 * printed.max() or 10)
    else:
        printed = np.log10(printed[printed > 0])
        bottom, top = printed.min(), printed.max() + 0.6
        # Up to three lines of words stand below the lowest value.
        below = share(ax, 3)
        ax.set_yscale("log")
        bottom = min((bottom - top * below) / (1 - below), bottom - 0.6)
        ax.set_ylim(10**bottom, 10**top)
        ax.yaxis.set_major_locator(
            LogLocator(base=10, subs=(1, 3) if 10 * (top - bottom) < height(ax) else (1,), numticks=20)
        )
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_minor_formatter(NullFormatter())


def _draw_shade(ax, row, panel: Panel) -> None:
    axis = panel.axis
    low, high = ax.get_ylim()
    start = row.X - 0.5 if not axis.is_days else row.X
    end = row.X + 0.5 if not axis.is_days else row.AENHI if np.isfinite(row.AENHI) else axis.high
    if row.end == "":
        # Where the treatment may have gone on, the shade is pale.
        end = min(end, start + 2 * per_mm(ax, axis)) if axis.is_days else end
        ax.add_patch(Rectangle((end, low), row.TAIL - end, high - low, zorder=0, **_PALE))
    gid = tag("shade", panel.code, row.line)
    ax.add_patch(Rectangle((start, low), end - start, high - low, gid=gid, zorder=0, **_SHADE))
    ax.add_line(Line2D([start, start], [low, high], color=BLUE, linewidth=0.6, zorder=0.5))
    ax.text(start, low, f"{row.PARAM}: shaded where it is told", gid=f"{gid}.said", visible=False)


def _draw_strip(strip, panel: Panel, phases: dict, column: float) -> None:
    rows, axis = panel.listed, panel.axis
    strip.set_ylim(height(strip), 0)
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    strip.text(axis.low - 1.2 * per_mm(strip, axis), 1.8, "no value", fontsize=SMALL, ha="right", va="center")
    used: dict[float, float] = {}
    for row in rows:
        gid, top, lines = tag(row.STATE, row.code, row.line), used.get(row.X, 0.0), strip_words(row, column)
        y = top + 1.8
        strip.add_line(Line2D([row.X], [y], linestyle="none", gid=gid, clip_on=False, **STATE_MARKS[row.STATE]))
        text = "\n".join(lines)
        strip.text(row.X, top + STRIP_MARK, text, fontsize=SMALL, ha="center", va="top", linespacing=LINE)
        used[row.X] = top + STRIP_MARK + text_height(len(lines), SMALL)
        words = ", ".join(filter(None, [row.AVALC, printed_words(row), row.LOC]))
        strip.text(row.X, y, f"{words} in {moment_words(row, phases)}", gid=f"{gid}.said", visible=False)
    draw_cut(strip, axis)


def add_panel_axes(figure, panel: Panel, left: float, top: float, wide: float, high: float, strip_high: float):
    """Add axes for a panel and, below a gap, for its strip (None if its height is 0); all lengths in millimetres."""
    label = panel.measure["label"]
    ax = add_axes(figure, left, top, wide, high, label=label)
    if not strip_high:
        return ax, None
    return ax, add_axes(figure, left, top + high + STRIP_GAP, wide, strip_high - STRIP_GAP, label=label)


def panel_notes(panels: list[Panel], shade: list, baseline_rule: str) -> list[str]:
    """Notes on the words beside the marks, the joining lines and the shaded part, as far as the panels have them."""
    notes = []
    if any(compared_baselines(panel.drawn) for panel in panels):
        notes.append("Changes beside the marks are from the baseline.")
    if any(panel.axis.is_days and sum(pd.notna(row.AVAL) for row in panel.drawn) > 1 for panel in panels):
        notes.append("Lines join successive values for the eye; between two values nothing is known.")
    if shade:
        pale = "; pale: whether it went on is not reported" if any(row.end == "" for row in shade) else ""
        places = "It places the baseline; it" if baseline_rule in _BY_REFERENCE else "It"
        notes.append(f"Shaded: where the reference treatment is told{pale}. {places} is no supposed cause.")
    return notes


def panel_entries(panel: Panel, limits: pd.DataFrame, shade: list) -> list[Entry]:
    """Entries of the key for the marks, limits and shade that a panel shows."""
    if panel.scale in ("empty", "foreign"):
        return []
    ends = ("AVALCALO", "AVALCAHI") if panel.scale == "grade" else ("AVALLO", "AVALHI")
    uncertain = {row.line for row in panel.drawn if getattr(row, ends[0]) != getattr(row, ends[1])}
    sites = list(dict.fromkeys(row.LOC for row in panel.drawn)) if any(row.LOC for row in panel.drawn) else []
    states = [row.STATE for row in [*panel.drawn, *panel.listed] if row.line not in uncertain]
    entries = state_entries(state for state in states if not (sites and state == "value"))
    for site, name in enumerate(sites):
        look = {**STATE_MARKS["value"], "marker": SITE_MARKERS[site % len(SITE_MARKERS)]}
        entries.append(Entry(f"{panel.measure['abbrev']}, {name or 'site not stated'}", "mark", look))
    if uncertain:
        words = (
            "present, size not reported: any grade from trivial to large"
            if panel.scale == "grade"
            else "value not known exactly: its interval"
        )
        entries.append(Entry(words, "box", INTERVAL))
    if any(row.ABLFL == "Y" and row.line not in uncertain for row in panel.drawn):
        entries.append(Entry("baseline", "mark", BASELINE_MARK))
    if any(is_nadir(row, panel) and row.line not in uncertain for row in panel.drawn):
        entries.append(Entry("lowest recorded value (nadir)", "mark", NADIR_MARK))
    entries.extend(limit_entries(panel, limits))
    if any(pd.notna(row.ANRHI) for row in panel.drawn):
        entries.append(Entry("upper limit of the laboratory", "line", LIMIT))
    if shade:
        words = f"{shade[0].PARAM}, where it is told"
        entries.append(Entry(words, "box", _SHADE_KEY))
    return entries
