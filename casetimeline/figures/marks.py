"""One value of a panel: its mark or interval, its limits and reference range, and the words beside it."""

import math

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import change_unit, change_words, limit_words, moment_words, printed_words, value_words
from ..values import number
from .blocks import Entry
from .drawn import tag
from .rows import Panel, height, per_mm, share, stands
from .style import BLUE, GREY, INK, LINE, RED, SMALL, STATE_MARKS, legible, minus, text_width, wrap

_BANDS = (
    {"facecolor": (0.5, 0.5, 0.5, 0.22), "edgecolor": "#8c8c8c", "hatch": ".....", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#9a9a9a", "hatch": "////", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#8c8c8c", "linestyle": (0, (4, 2)), "linewidth": 0.6},
)
_IMPORTANT = {"facecolor": "#f6d9b8", "edgecolor": RED, "linestyle": (0, (1, 1)), "linewidth": 0.7}
_CLASS = {"color": GREY, "linewidth": 0.7, "linestyle": (0, (1, 1.5))}
_BASE = {"color": INK, "linewidth": 0.7, "linestyle": (0, (4, 2))}


def draw_classes(ax, panel: Panel, limits: pd.DataFrame) -> None:
    """Draw the limits between the classes of a size, if the panel shows a size."""
    if panel.scale != "size":
        return
    for limit in limits[(limits["KIND"] == "class") & (limits["LOW"] > 0)].itertuples():
        # The unit makes it a name: a number alone would be read as a line of the timeline.
        gid = tag("class", panel.code, f"{number(limit.LOW)} {panel.measure['unit']}")
        low, high = panel.axis.low, panel.axis.high
        ax.add_line(Line2D([low, high], [limit.LOW] * 2, gid=gid, zorder=1, **_CLASS))
        words = f"{number(limit.LOW)} {panel.measure['unit']}: {limit.LABEL} begins"
        ax.text(low, limit.LOW, words, gid=f"{gid}.said", visible=False)


def compared_baselines(drawn: list) -> list[tuple]:
    """Each exact baseline with which later values of its series are compared, and the position of the last of them."""
    until = {row.LOC: row.X for row in sorted(drawn, key=lambda row: row.X) if _is_compared(row)}
    return [(row, until[row.LOC]) for row in drawn if row.ABLFL == "Y" and pd.notna(row.AVAL) and row.LOC in until]


def _is_compared(row) -> bool:
    return row.POSTBLFL == "Y" and pd.notna(row.CHGLO)


def draw_baselines(ax, panel: Panel, limits: pd.DataFrame) -> None:
    """Draw the level of each exact baseline, up to the last value that is compared with it, and the limits about it."""
    if panel.scale == "grade":
        return
    axis = panel.axis
    bottom, top = ax.get_ylim()
    for row, until in compared_baselines(panel.drawn):
        end = min(until + 0.06 * axis.span(), axis.high)
        for band in limits.iloc[::-1].itertuples():
            spans = _about(row.AVAL, band, panel)
            for low, high, look, words in spans:
                low, high = max(low, bottom), min(high, top)
                gid = tag("band" if band.KIND == "error" else band.KIND, row.code, band.LABEL)
                above = 1.5 if band.KIND == "important" else 1
                ax.add_patch(Rectangle((row.X, low), end - row.X, high - low, gid=gid, zorder=above, **look))
                ax.text(row.X, low, words, gid=f"{gid}.said", visible=False)
        gid = tag("baseline", row.code, row.line)
        ax.add_line(Line2D([row.X, end], [row.AVAL] * 2, gid=gid, zorder=2, **_BASE))
        ax.text(row.X, row.AVAL, f"baseline level {row.AVALC}", gid=f"{gid}.said", visible=False)


def _about(base: float, band, panel: Panel) -> list[tuple]:
    """Where a limit lies about a baseline, its look and its words; nothing for a kind that does not lie about one."""
    unit = change_unit(panel.measure["unit"])
    if band.KIND == "error":
        words = f"baseline plus and minus {limit_words(band.HIGH)} {unit}, measurement error of {band.LABEL}"
        return [(base - band.HIGH, base + band.HIGH, _BANDS[band.Index % len(_BANDS)], words)]
    if band.KIND == "important":
        amount = number(band.LOW) if band.LOW == band.HIGH else f"{number(band.LOW)} to {number(band.HIGH)}"
        words = f"baseline minus {amount} {unit}: {band.LABEL}"
        return [(base - band.HIGH, base - band.LOW, _IMPORTANT, words)]
    if band.KIND == "variation" and panel.scale == "log":
        span = f"{number(band.LOW, 2)} to {number(band.HIGH, 2)} times the baseline"
        words = f"{span}: {band.LABEL}, analytical variation taken as 0"
        return [(base * band.LOW, base * band.HIGH, _BANDS[band.Index % len(_BANDS)], words)]
    return []


def limit_entries(panel: Panel, limits: pd.DataFrame) -> list[Entry]:
    """Entries of the key for the baseline level and the limits that a panel shows."""
    unit, entries = panel.measure["unit"], []
    if panel.scale == "size" and (limits["KIND"] == "class").any():
        classes = limits[limits["KIND"] == "class"]
        bounds = " and ".join(number(low) for low in classes["LOW"] if low > 0)
        entries.append(Entry(f"{bounds} {unit}: limits of {'; '.join(classes['LABEL'])}", "line", _CLASS))
    if panel.scale == "grade" or not compared_baselines(panel.drawn):
        return entries
    entries.append(Entry("baseline level", "line", _BASE))
    for band in limits.itertuples():
        look = _BANDS[band.Index % len(_BANDS)]
        if band.KIND == "error":
            words = f"± {limit_words(band.HIGH)} {change_unit(unit)}: measurement error, {band.LABEL}"
            entries.append(Entry(words, "box", look))
        elif band.KIND == "variation" and panel.scale == "log":
            entries.append(Entry(f"{band.LABEL}, analytical variation taken as 0", "box", look))
    important = limits[limits["KIND"] == "important"]
    if len(important):
        span = f"{number(important['LOW'].min())} to {number(important['HIGH'].max())}"
        below = f"{span} {change_unit(unit)} below the baseline"
        words = f"{below}: minimal important improvement, {len(important)} cited definitions"
        entries.append(Entry(words, "box", _IMPORTANT))
    return entries


_INTERVAL_MM = 1.6  # width of the bar of an uncertain value
_WIDEST = 24.0  # millimetres of a line of words beside a mark
_ABOVE = 4.2  # millimetres above the axes that words may take
_TREAD = 0.4  # half the width of the step of a grade, in positions

INTERVAL = {"facecolor": "#cfe6f5", "edgecolor": BLUE, "hatch": "|||", "linewidth": 0.7}
LIMIT = {"color": RED, "linewidth": 1.0, "linestyle": "-"}
_BEHIND_WORDS = {"facecolor": "white", "edgecolor": "none", "alpha": 0.8, "pad": 0.4}
BASELINE_MARK = {"marker": "o", "markersize": 8.5, "markerfacecolor": "none", "markeredgecolor": INK}
NADIR_MARK = {"marker": "v", "markersize": 9.5, "markerfacecolor": "none", "markeredgecolor": INK}


def draw_value(ax, row, panel: Panel, unit: str, phases: dict, marker: str, shift: float, site: int) -> None:
    """Draw a value as a mark, or as its interval if it is uncertain, with its whisker, its limit and its words."""
    graded = panel.scale == "grade"
    low, high = (row.AVALCALO, row.AVALCAHI) if graded else (row.AVALLO, row.AVALHI)
    x = row.X + shift
    gid = tag(row.STATE, row.code, row.line)
    bottom, top = ax.get_ylim()
    low, high = max(low, bottom), min(high, top)
    wide = _INTERVAL_MM * per_mm(ax, panel.axis)
    if graded and not panel.axis.is_days and low == high:
        tread = tag("tread", row.code, row.line)
        ax.add_line(Line2D([x - _TREAD, x + _TREAD], [low] * 2, color=BLUE, linewidth=1.2, gid=tread, zorder=3))
    if low == high:
        look = dict(STATE_MARKS[row.STATE])
        if row.STATE == "value":
            look["marker"] = marker
        ax.add_line(Line2D([x], [low], linestyle="none", gid=gid, zorder=4, clip_on=False, **look))
    else:
        half = _TREAD if graded and not panel.axis.is_days else wide / 2
        ax.add_patch(Rectangle((x - half, low), 2 * half, high - low, gid=gid, zorder=3, **INTERVAL))
    if row.XHI > row.XLO:
        whisker = tag("whisker", row.code, row.line)
        ax.add_line(Line2D([row.XLO, row.XHI], [low] * 2, color=INK, linewidth=0.7, gid=whisker, zorder=3))
    if pd.notna(row.ANRHI):
        limit = tag("limit", row.code, row.line)
        ax.add_line(Line2D([x - 2 * wide, x + 2 * wide], [row.ANRHI] * 2, gid=limit, zorder=3, **LIMIT))
        ax.text(x, row.ANRHI, f"upper limit {number(row.ANRHI)} {unit}", gid=f"{limit}.said", visible=False)
    if low == high:
        _draw_rings(ax, row, x, low, panel)
    _draw_words(ax, row, x, low, high, panel, unit, phases, gid, site)


def is_nadir(row, panel: Panel) -> bool:
    """Whether the value of a row is the lowest of several in its series."""
    return (
        panel.scale != "grade"
        and getattr(row, "NADIRFL", "") == "Y"
        and sum(other.LOC == row.LOC for other in panel.drawn) > 1
    )


def _draw_rings(ax, row, x: float, y: float, panel: Panel) -> None:
    for marked, element, look in (
        (row.ABLFL == "Y", "baseline_mark", BASELINE_MARK),
        (is_nadir(row, panel), "nadir_mark", NADIR_MARK),
    ):
        if marked:
            gid = tag(element, row.code, row.line)
            ax.add_line(
                Line2D([x], [y], linestyle="none", markeredgewidth=0.8, gid=gid, zorder=5, clip_on=False, **look)
            )


def _draw_words(ax, row, x, low, high, panel: Panel, unit: str, phases: dict, gid: str, site: int) -> None:
    change = change_words(row, unit) if row.ABLFL != "Y" and row.POSTBLFL == "Y" else ""
    words = [value_words(row, unit), printed_words(row), row.LOC, moment_words(row, phases)]
    words += ["the baseline"] if row.ABLFL == "Y" else [f"change {change}"] if change else []
    words += ["the lowest recorded value"] if is_nadir(row, panel) else []
    ax.text(x, low, ", ".join(filter(None, words)), gid=f"{gid}.said", visible=False)
    lines = _fitting_words(ax, row, panel, change)
    if not lines:
        return
    at, y, place_to = _beside(ax, row, x, low, high, lines, panel, site)
    ax.annotate(
        "\n".join(lines),
        (at, y),
        textcoords="offset points",
        fontsize=SMALL,
        linespacing=LINE,
        zorder=6,
        bbox=_BEHIND_WORDS,
        **place_to,
    )


def _beside(ax, row, x: float, low: float, high: float, lines: list[str], panel: Panel, site: int):
    """Where the words of a mark stand: away from the baseline, inside the axes, and those of two sites on two sides."""
    scale = per_mm(ax, panel.axis)
    wide = max(text_width(line, SMALL) for line in lines) * scale
    margin = 0.8 * scale
    left, right = ax.get_xlim()
    fits_right = x + wide + 3 * margin < right
    fits_below = stands(ax, low) > share(ax, len(lines)) - 0.01
    sites = len({other.LOC for other in panel.drawn}) > 1
    fell = row.CHGHI < 0
    if fell and not fits_below and fits_right:
        # An open bound reaches down to the axis: its words stand on the axis, not across it.
        inside = stands(ax, low) > share(ax, len(lines)) / 2
        return x, low, {"ha": "left", "xytext": (6, 0 if inside else 2), "va": "center" if inside else "bottom"}
    if sites and (fits_right if site else x - wide - 3 * margin > left):
        ha, right_or_left = ("left", 4) if site else ("right", -4)
        below = fell or site
        return x, low, {"ha": ha, "xytext": (right_or_left, -4 if below else 4), "va": "top" if below else "bottom"}
    # There is room for one line of words above the axes.
    if stands(ax, high) + share(ax, len(lines)) > 1 + _ABOVE / height(ax) and not (fell and fits_below):
        ha, right_or_left = ("left", 6) if fits_right else ("right", -6)
        return x, high, {"ha": ha, "xytext": (right_or_left, -1), "va": "top"}
    at = min(max(x, left + wide / 2 + margin), right - wide / 2 - margin)
    if fell and fits_below:
        return at, low, {"ha": "center", "xytext": (0, -6), "va": "top"}
    return at, high, {"ha": "center", "xytext": (0, 6), "va": "bottom"}


def _fitting_words(ax, row, panel: Panel, change: str) -> list[str]:
    """The lines beside a mark: value and change, the value alone, or none, as the nearest other mark leaves room."""
    shown = legible(value_words(row, ""))
    # The mark of the baseline cannot be set on an interval: the words beside it say what it is.
    if row.ABLFL == "Y" and pd.isna(row.AVAL) and row.AVALCALO != row.AVALCAHI:
        shown = f"{shown}, baseline"
    if printed_words(row):
        shown = f"{shown}: {printed_words(row)}"
    together = sum(other.X == row.X for other in panel.drawn)
    if together > 2 and panel.axis.is_days:
        return []
    flat = panel.axis.flat
    gaps = [abs(float(flat(other.X)) - float(flat(row.X))) for other in panel.drawn if other.X != row.X]
    room = min(gaps, default=math.inf) / per_mm(ax, panel.axis)
    value = wrap(shown, _WIDEST, SMALL)
    forms = [[*value, *change.rstrip(")").split(" (")], value] if change else [value]
    for form in forms:
        lines = [minus(line) for line in form]
        if max(text_width(line, SMALL) for line in lines) <= room - 1:
            return lines
    return []
