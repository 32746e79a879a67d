"""One measure over time: its values on a scale of its own, and below them what has no value."""

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from ..wording import limit_words, moment_words
from .axis import TimeAxis, place
from .key import Entry, state_entries
from .layout import STRIP_GAP, STRIP_MARK, Panel, height, per_mm, share
from .marks import INTERVAL, LIMIT, draw_value
from .style import (
    BLUE,
    GREY,
    INK,
    LINE,
    SITE_MARKERS,
    SKY,
    SMALL,
    STATE_MARKS,
    add_axes,
    wrap,
)
from .values import tag

_BANDS = (
    {"facecolor": "#8c8c8c", "alpha": 0.4, "edgecolor": "none"},
    {"facecolor": "none", "edgecolor": "#9a9a9a", "hatch": "////", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#8c8c8c", "linestyle": (0, (4, 2)), "linewidth": 0.6},
)
# Panels without a scale, and what they say instead.
_SILENT = {"empty": "not mentioned in the part of the source that was read", "unvalued": "no value is reported"}
_BASE = {"color": INK, "linewidth": 0.7, "linestyle": (0, (4, 2))}
_SHADE = {"facecolor": SKY, "alpha": 0.28, "edgecolor": "none"}


def draw_panel(ax, strip, panel: Panel, limits: pd.DataFrame, phases: dict, shade: pd.DataFrame, column: float) -> None:
    """Draw one panel.

    Parameters
    ----------
    ax, strip : Axes
        For the values, and for the facts without a value (None if there are none).
    panel : Panel
        From `lay_panel`.
    limits : DataFrame
        LABEL and LIMIT of the measurement error, drawn as bands about the baseline.
    phases : dict
        Names of the phases.
    shade : DataFrame
        Rows of the reference treatment.
    column : float
        Width in millimetres for the words beside a mark.
    """
    unit, axis = panel.measure["unit"], panel.axis
    ax.set_xlim(axis.low, axis.high)
    if strip is not None:
        _draw_strip(strip, panel.listed, axis, phases, column)
    if panel.scale in _SILENT:
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        width = (axis.high - axis.low) / per_mm(ax)
        words = "\n".join(wrap(f"{panel.measure['label']}: {_SILENT[panel.scale]}", width - 2, SMALL))
        ax.text(0.5, 0.5, words, transform=ax.transAxes, fontsize=SMALL, ha="center", va="center")
        return
    _set_scale(ax, panel)
    for row in place(shade, axis).itertuples():
        _draw_shade(ax, row, panel)
    _draw_baselines(ax, panel, limits)
    sites = panel.drawn.groupby("LOC", sort=False)
    for site, (_, series) in enumerate(sites):
        shift = 0.0 if axis.is_days else 0.09 * (site - (len(sites) - 1) / 2)
        for row in series.itertuples():
            draw_value(ax, row, panel, unit, phases, SITE_MARKERS[site % len(SITE_MARKERS)], shift, site)


def _set_scale(ax, panel: Panel) -> None:
    name, unit = panel.measure["abbrev"], panel.measure["unit"]
    if panel.scale == "grade":
        grades = panel.measure["grades"]
        ax.set(ylim=(-0.45, len(grades) + 0.1), ylabel=f"{name} (grade)")
        ax.set_yticks(range(len(grades)), grades)
        return
    ax.set_ylabel(f"{name} ({unit})")
    # An open bound reaches to the edge of the panel; its printed side is on the scale.
    printed = panel.drawn[["AVALLO", "AVALHI", "ANRHI"]].to_numpy().ravel()
    printed = printed[np.isfinite(printed)]
    if panel.scale == "score":
        ax.set_ylim(panel.measure["low"], panel.measure["high"])
    elif panel.scale == "size":
        ax.set_ylim(0, 1.35 * printed.max() or 10)
    else:
        printed = np.log10(printed[printed > 0])
        bottom, top = printed.min(), printed.max() + 0.6
        # Below the lowest value stand up to three lines of words.
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
    gid = tag("shade", panel.code, row.line)
    ax.add_patch(Rectangle((start, low), end - start, high - low, gid=gid, zorder=0, **_SHADE))
    ax.add_line(Line2D([start, start], [low, high], color=BLUE, linewidth=0.6, zorder=0.5))
    if row.end == "":
        # The end is not reported: the right edge is open.
        ax.add_line(Line2D([end, end], [low, high], color="white", linewidth=2.4, linestyle=(0, (1, 1)), zorder=0.5))
    ax.text(start, low, f"{row.PARAM}: shaded from where it is first told", gid=f"{gid}.said", visible=False)


def compared_baselines(drawn: pd.DataFrame) -> pd.DataFrame:
    """Exact baselines that a later value of their series is compared with; UNTIL is the place of the last one."""
    later = drawn[(drawn["ORDER"] > drawn["BASEORD"]) & drawn["AVALLO"].notna()]
    until = later.groupby("LOC")["ORDER"].max()
    based = drawn[(drawn["ABLFL"] == "Y") & drawn["AVAL"].notna() & drawn["LOC"].isin(until.index)]
    return based.assign(UNTIL=based["LOC"].map(until))


def _draw_baselines(ax, panel: Panel, limits: pd.DataFrame) -> None:
    if panel.scale == "grade":
        return
    rows, axis = panel.drawn, panel.axis
    bottom, top = ax.get_ylim()
    places = dict(zip(rows["ORDER"], rows["X"], strict=True))
    for row in compared_baselines(rows).itertuples():
        end = min(places[row.UNTIL] + 0.06 * (axis.high - axis.low), axis.high)
        for band in limits.iloc[::-1].itertuples():
            low, high = max(row.AVAL - band.LIMIT, bottom), min(row.AVAL + band.LIMIT, top)
            gid = tag("band", row.code, band.LABEL)
            look = _BANDS[band.Index % len(_BANDS)]
            ax.add_patch(Rectangle((row.X, low), end - row.X, high - low, gid=gid, zorder=1, **look))
            amount = f"{limit_words(band.LIMIT)} {panel.measure['unit']}"
            said = f"baseline plus and minus {amount}, measurement error of {band.LABEL}"
            ax.text(row.X, low, said, gid=f"{gid}.said", visible=False)
        gid = tag("baseline", row.code, row.line)
        ax.add_line(Line2D([row.X, end], [row.AVAL] * 2, gid=gid, zorder=2, **_BASE))
        ax.text(row.X, row.AVAL, f"baseline level {row.AVALC}", gid=f"{gid}.said", visible=False)


def _draw_strip(strip, rows: pd.DataFrame, axis: TimeAxis, phases: dict, column: float) -> None:
    strip.set(xlim=(axis.low, axis.high), ylim=(height(strip), 0))
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    strip.text(axis.low - 1.2 * per_mm(strip), 1.8, "no value", fontsize=SMALL, ha="right", va="center")
    for row in rows.itertuples():
        gid = tag(row.STATE, row.code, row.line)
        strip.add_line(Line2D([row.X], [1.8], linestyle="none", gid=gid, clip_on=False, **STATE_MARKS[row.STATE]))
        words = "\n".join(wrap(row.AVALC, column, SMALL))
        strip.text(row.X, STRIP_MARK, words, fontsize=SMALL, ha="center", va="top", linespacing=LINE)
        strip.text(row.X, 1.8, f"{row.AVALC} in {moment_words(row, phases)}", gid=f"{gid}.said", visible=False)


def add_panel_axes(figure, panel: Panel, left: float, top: float, wide: float, high: float, strip_high: float):
    """Axes for a panel and, below a gap, for its strip (None if its height is 0); all in millimetres."""
    label = panel.measure["label"]
    ax = add_axes(figure, left, top, wide, high, label=label)
    if not strip_high:
        return ax, None
    return ax, add_axes(figure, left, top + high + STRIP_GAP, wide, strip_high - STRIP_GAP, label=label)


def panel_notes(panels: list[Panel], shade: pd.DataFrame) -> list[str]:
    """What the words beside the marks and the shaded part mean, where there are any."""
    notes = []
    if any(len(compared_baselines(panel.drawn)) for panel in panels):
        notes.append("Changes beside the marks are from the baseline.")
    if len(shade):
        notes.append(
            "Shaded: where the reference treatment is first told. It places the baseline; it is no supposed cause."
        )
    return notes


def panel_entries(panel: Panel, limits: pd.DataFrame, shade: pd.DataFrame) -> list[Entry]:
    """Entries of the key for what a panel shows."""
    if panel.scale == "empty":
        return []
    unit, drawn = panel.measure["unit"], panel.drawn
    uncertain = drawn["AVALCALO"] != drawn["AVALCAHI"] if panel.scale == "grade" else drawn["AVALLO"] != drawn["AVALHI"]
    sites = drawn["LOC"].ne("").any()
    marks = pd.concat([drawn.loc[~uncertain, "STATE"], panel.listed["STATE"]])
    entries = state_entries(marks[marks != "value"] if sites else marks)
    if sites:
        for site, name in enumerate(dict.fromkeys(drawn["LOC"])):
            look = {**STATE_MARKS["value"], "marker": SITE_MARKERS[site % len(SITE_MARKERS)]}
            entries.append(Entry(f"{panel.measure['abbrev']}, {name or 'site not stated'}", "mark", look))
    if uncertain.any():
        words = (
            "present, size not reported: any grade from trivial to large"
            if panel.scale == "grade"
            else "value not known exactly: its interval"
        )
        entries.append(Entry(words, "box", INTERVAL))
    if panel.scale != "grade" and len(compared_baselines(drawn)):
        entries.append(Entry("baseline level", "line", _BASE))
        for band in limits.itertuples():
            words = f"± {limit_words(band.LIMIT)} {unit}: measurement error, {band.LABEL}"
            entries.append(Entry(words, "box", _BANDS[band.Index % len(_BANDS)]))
    if drawn["ANRHI"].notna().any():
        entries.append(Entry("upper limit of the laboratory", "line", LIMIT))
    if len(shade):
        words = f"{shade['PARAM'].iloc[0]}, where it is first told"
        entries.append(Entry(words, "box", {**_SHADE, "edgecolor": GREY, "linewidth": 0.3}))
    return entries
