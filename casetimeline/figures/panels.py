"""One measure over time: its values on a scale of its own, and below them what has no value."""

import math
from typing import NamedTuple

import matplotlib.patheffects as effects
import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import LogLocator, NullFormatter, ScalarFormatter

from ..wording import change_words, moment_words, number, value_words
from .axis import TimeAxis, place
from .key import Entry, state_entries
from .style import (
    BLUE,
    GREY,
    INK,
    LINE,
    MM,
    SITE_MARKERS,
    SKY,
    SMALL,
    STATE_MARKS,
    minus,
    text_height,
    text_width,
    wrap,
)
from .values import tag

_STRIP_MARK = 3.3  # height in millimetres of a mark in the strip for facts without a value
_INTERVAL_MM = 1.6  # width of the bar of an uncertain value

_BANDS = (
    {"facecolor": "#cfcfcf", "edgecolor": "none"},
    {"facecolor": "none", "edgecolor": "#9a9a9a", "hatch": "////", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#8c8c8c", "linestyle": (0, (4, 2)), "linewidth": 0.6},
)
_BASE = {"color": INK, "linewidth": 0.7, "linestyle": (0, (4, 2))}
_SHADE = {"facecolor": SKY, "alpha": 0.28, "edgecolor": "none"}
_INTERVAL = {"facecolor": BLUE, "edgecolor": BLUE, "alpha": 0.75, "hatch": "|||", "linewidth": 0.6}
_LIMIT = {"color": "#D55E00", "linewidth": 1.0, "linestyle": "-"}


class Panel(NamedTuple):
    """What one panel shows, decided before it is drawn.

    Attributes
    ----------
    code : str
    scale : str
        `score` (limits of the scale), `log`, `size` (from 0), `grade`, or `empty`.
    drawn, listed : DataFrame
        Rows on the scale, and rows in the strip below it.
    measure : Series
        The row of measures.csv.
    axis : TimeAxis
    """

    code: str
    scale: str
    drawn: pd.DataFrame
    listed: pd.DataFrame
    measure: pd.Series
    axis: TimeAxis

    def strip_height(self, column: float) -> float:
        """Height in millimetres of the strip for facts without a value; 0 if there are none."""
        if self.scale == "empty" or not len(self.listed):
            return 0.0
        lines = max(len(wrap(words, column, SMALL)) for words in self.listed["AVALC"])
        return _STRIP_MARK + text_height(lines, SMALL) + 1.0


def lay_panel(changes: pd.DataFrame, measures: pd.DataFrame, code: str, axis: TimeAxis) -> Panel:
    """Choose the scale of a measure and part its rows into those with and without a place on it."""
    measure = measures.loc[code]
    rows = changes[(changes["kind"] == "observation") & (changes["code"] == code)]
    valued = rows["AVALLO"].notna()
    if not len(rows):
        scale = "empty"
    elif measure["grades"] and not valued.any():
        scale, valued = "grade", rows["AVALCALO"].notna()
    elif measure["grades"]:
        scale = "size"
    elif math.isfinite(measure["high"]):
        scale = "score"
    else:
        scale = "log" if (rows.loc[valued, "AVALLO"] > 0).all() and valued.any() else "size"
    return Panel(code, scale, rows[valued], rows[~valued], measure, axis)


def draw_panel(ax, strip, panel: Panel, limits: pd.DataFrame, phases: dict, shade: pd.DataFrame, column: float) -> None:
    """Draw one panel.

    Parameters
    ----------
    ax, strip : Axes
        For the values, and for the facts without a value (None if there are none).
    panel : Panel
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
    if panel.scale == "empty":
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        words = wrap(
            f"{panel.measure['label']}: no row in the timeline", 1 / _per_mm(ax) * (axis.high - axis.low) - 2, SMALL
        )
        ax.text(0.5, 0.5, "\n".join(words), transform=ax.transAxes, fontsize=SMALL, ha="center", va="center")
        return
    _set_scale(ax, panel)
    for row in place(shade, axis).itertuples():
        _draw_shade(ax, row, axis)
    rows = place(panel.drawn, axis)
    _draw_baselines(ax, rows, panel, axis, limits)
    for site, (_, series) in enumerate(rows.groupby("LOC", sort=False)):
        shift = 0.0 if axis.is_days else 0.09 * (site - (rows["LOC"].nunique() - 1) / 2)
        for row in series.itertuples():
            _draw_value(ax, row, panel, unit, phases, SITE_MARKERS[site % len(SITE_MARKERS)], shift, site)
    if strip is not None:
        _draw_strip(strip, place(panel.listed, axis), axis, phases, column)


def _set_scale(ax, panel: Panel) -> None:
    name, unit = panel.measure["abbrev"], panel.measure["unit"]
    if panel.scale == "grade":
        grades = panel.measure["grades"]
        ax.set(ylim=(-0.45, len(grades) + 0.1), ylabel=f"{name} (grade)")
        ax.set_yticks(range(len(grades)), grades)
        return
    ax.set_ylabel(f"{name} ({unit})")
    low, high = panel.drawn["AVALLO"].min(), panel.drawn["AVALHI"].replace(math.inf, math.nan).max()
    if panel.scale == "score":
        ax.set_ylim(panel.measure["low"], panel.measure["high"])
    elif panel.scale == "size":
        ax.set_ylim(0, 1.35 * high)
    else:
        limit = panel.drawn["ANRHI"].max()
        top = np.nanmax([high, limit])
        ax.set_yscale("log")
        ax.set_ylim(min(low, np.nanmin([low, limit])) / 4, top * 4)
        ax.yaxis.set_major_locator(LogLocator(base=10, subs=(1, 3)))
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_minor_formatter(NullFormatter())


def _draw_shade(ax, row, axis: TimeAxis) -> None:
    low, high = ax.get_ylim()
    start = row.X - 0.5 if not axis.is_days else row.X
    end = row.X + 0.5 if not axis.is_days else axis.high if np.isnan(row.AENHI) else row.AENHI
    gid = tag("treatment", row.code, row.line)
    ax.add_patch(Rectangle((start, low), end - start, high - low, gid=gid, zorder=0, **_SHADE))
    ax.text(start, low, f"{row.PARAM}: shaded", gid=f"{gid}.said", visible=False)


def _draw_baselines(ax, rows: pd.DataFrame, panel: Panel, axis: TimeAxis, limits: pd.DataFrame) -> None:
    if panel.scale == "grade":
        return
    bottom, top = ax.get_ylim()
    for row in rows[(rows["ABLFL"] == "Y") & rows["AVAL"].notna()].itertuples():
        for band in limits.iloc[::-1].itertuples():
            low, high = max(row.AVAL - band.LIMIT, bottom), min(row.AVAL + band.LIMIT, top)
            gid = tag("band", row.code, band.LABEL)
            look = _BANDS[band.Index % len(_BANDS)]
            ax.add_patch(Rectangle((row.X, low), axis.high - row.X, high - low, gid=gid, zorder=1, **look))
            said = (
                f"baseline plus and minus {band.LIMIT:.1f} {panel.measure['unit']}, measurement error of {band.LABEL}"
            )
            ax.text(row.X, low, said, gid=f"{gid}.said", visible=False)
        gid = tag("baseline", row.code, row.line)
        ax.add_line(Line2D([row.X, axis.high], [row.AVAL] * 2, gid=gid, zorder=2, **_BASE))
        ax.text(row.X, row.AVAL, f"baseline level {row.AVALC}", gid=f"{gid}.said", visible=False)


def _draw_value(ax, row, panel: Panel, unit: str, phases: dict, marker: str, shift: float, site: int) -> None:
    graded = panel.scale == "grade"
    low, high = (row.AVALCALO, row.AVALCAHI) if graded else (row.AVALLO, row.AVALHI)
    x = row.X + shift
    gid = tag(row.STATE, row.code, row.line)
    bottom, top = ax.get_ylim()
    low, high = max(low, bottom), min(high, top)
    wide = _INTERVAL_MM * _per_mm(ax)
    if low == high:
        look = dict(STATE_MARKS[row.STATE])
        if row.STATE == "value":
            look["marker"] = marker
        ax.add_line(Line2D([x], [low], linestyle="none", gid=gid, zorder=4, **look))
    else:
        ax.add_patch(Rectangle((x - wide / 2, low), wide, high - low, gid=gid, zorder=3, **_INTERVAL))
    if row.XHI > row.XLO:
        whisker = tag("whisker", row.code, row.line)
        ax.add_line(Line2D([row.XLO, row.XHI], [low] * 2, color=INK, linewidth=0.7, gid=whisker, zorder=3))
    if row.ANRHI == row.ANRHI:
        limit = tag("limit", row.code, row.line)
        ax.add_line(Line2D([x - 2 * wide, x + 2 * wide], [row.ANRHI] * 2, gid=limit, zorder=3, **_LIMIT))
        ax.text(x, row.ANRHI, f"upper limit {number(row.ANRHI)} {unit}", gid=f"{limit}.said", visible=False)
    _draw_words(ax, row, x, low, high, panel, unit, phases, gid, site)


def _draw_words(ax, row, x, low, high, panel: Panel, unit: str, phases: dict, gid: str, site: int) -> None:
    change = change_words(row, unit) if row.ABLFL != "Y" and row.ORDER > row.BASEORD else ""
    told = [value_words(row, unit), row.LOC, moment_words(row, phases)]
    told += ["the baseline"] if row.ABLFL == "Y" else [f"change {change}"] if change else []
    ax.text(x, low, ", ".join(filter(None, told)), gid=f"{gid}.said", visible=False)
    lines = _fitting_words(ax, row, x, panel, change)
    if not lines:
        return
    below = row.CHGHI < 0
    aside = panel.drawn["LOC"].nunique() > 1
    half = max(text_width(line, SMALL) for line in lines) / 2 * _per_mm(ax)
    left, right = ax.get_xlim()
    half += 0.8 * _per_mm(ax)
    at = min(max(x, left + half), right - half)
    place_to = {"ha": "center", "xytext": (0, -5 if below else 5), "va": "top" if below else "bottom"}
    if aside:
        # Two sites of one moment: their words stand on either side.
        at = x
        place_to |= {"ha": "left" if site else "right", "xytext": (3 if site else -3, -4 if below else 4)}
    ax.annotate(
        "\n".join(lines),
        (at, low if below else high),
        textcoords="offset points",
        fontsize=SMALL,
        linespacing=LINE,
        zorder=6,
        path_effects=[effects.withStroke(linewidth=1.8, foreground="white")],
        **place_to,
    )


def _per_mm(ax) -> float:
    low, high = ax.get_xlim()
    return (high - low) * MM / (ax.get_position().width * ax.figure.get_figwidth())


def _fitting_words(ax, row, x: float, panel: Panel, change: str) -> list[str]:
    """The words beside a mark: value and change, the value alone, or none, as the nearest neighbour allows."""
    shown = value_words(row, "")
    others = place(panel.drawn, panel.axis)["X"]
    gap = (others - row.X).abs()
    room = gap[gap > 0].min() / _per_mm(ax)
    if panel.scale == "grade" and row.AVALCALO != row.AVALCAHI:
        forms = [[f"{shown}, size not reported"], [shown]]
    else:
        forms = [[shown, *change.rstrip(")").split(" (")], [shown]] if change else [[shown]]
    for form in forms:
        lines = [minus(line) for line in form]
        if math.isnan(room) or max(text_width(line, SMALL) for line in lines) <= room - 1:
            return lines
    return []


def _draw_strip(strip, rows: pd.DataFrame, axis: TimeAxis, phases: dict, column: float) -> None:
    strip.set(xlim=(axis.low, axis.high), ylim=(_strip_millimetres(strip), 0))
    strip.set_yticks([])
    strip.spines["left"].set_visible(False)
    for row in rows.itertuples():
        gid = tag(row.STATE, row.code, row.line)
        strip.add_line(Line2D([row.X], [1.8], linestyle="none", gid=gid, clip_on=False, **STATE_MARKS[row.STATE]))
        words = "\n".join(wrap(row.AVALC, column, SMALL))
        strip.text(row.X, _STRIP_MARK, words, fontsize=SMALL, ha="center", va="top", linespacing=LINE)
        strip.text(row.X, 1.8, f"{row.AVALC} in {moment_words(row, phases)}", gid=f"{gid}.said", visible=False)


def _strip_millimetres(strip) -> float:
    return strip.get_position().height * strip.figure.get_figheight() / MM


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
            entries.append(Entry(name or "site not reported", "mark", look))
    if uncertain.any():
        words = (
            "present: any grade from trivial to large"
            if panel.scale == "grade"
            else "value not known exactly: its interval"
        )
        entries.append(Entry(words, "box", _INTERVAL))
    if ((drawn["ABLFL"] == "Y") & drawn["AVAL"].notna()).any() and panel.scale != "grade":
        entries.append(Entry("baseline level", "line", _BASE))
        for band in limits.itertuples():
            words = f"± {band.LIMIT:.1f} {unit}: measurement error, {band.LABEL}"
            entries.append(Entry(words, "box", _BANDS[band.Index % len(_BANDS)]))
    if drawn["ANRHI"].notna().any():
        entries.append(Entry("upper limit of the laboratory", "line", _LIMIT))
    if len(shade):
        words = f"reference treatment: {shade['PARAM'].iloc[0]}"
        entries.append(Entry(words, "box", {**_SHADE, "edgecolor": GREY, "linewidth": 0.3}))
    return entries
