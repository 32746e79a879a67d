"""One value of a panel: its mark or interval, its own limit, and the words beside it."""

import math

from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import change_words, moment_words, printed_words, value_words
from ..values import number
from .drawn import tag
from .layout import Panel, height, per_mm, share, stands
from .style import BLUE, INK, LINE, RED, SMALL, STATE_MARKS, legible, minus, text_width, wrap

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
    """Draw a value as a mark, an uncertain one as its interval, with its whisker, its limit and its words."""
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
    if row.ANRHI == row.ANRHI:
        limit = tag("limit", row.code, row.line)
        ax.add_line(Line2D([x - 2 * wide, x + 2 * wide], [row.ANRHI] * 2, gid=limit, zorder=3, **LIMIT))
        ax.text(x, row.ANRHI, f"upper limit {number(row.ANRHI)} {unit}", gid=f"{limit}.said", visible=False)
    if low == high:
        _draw_rings(ax, row, x, low, panel)
    _draw_words(ax, row, x, low, high, panel, unit, phases, gid, site)


def is_nadir(row, panel: Panel) -> bool:
    """Whether a row is the lowest of several values of its series."""
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
    change = change_words(row, unit) if row.ABLFL != "Y" and row.ORDER > row.BASEORD else ""
    told = [value_words(row, unit), printed_words(row), row.LOC, moment_words(row, phases)]
    told += ["the baseline"] if row.ABLFL == "Y" else [f"change {change}"] if change else []
    told += ["the lowest recorded value"] if is_nadir(row, panel) else []
    ax.text(x, low, ", ".join(filter(None, told)), gid=f"{gid}.said", visible=False)
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
    """Where the words of a mark stand: away from the baseline, inside the axes, two sites on either side."""
    scale = per_mm(ax, panel.axis)
    wide = max(text_width(line, SMALL) for line in lines) * scale
    margin = 0.8 * scale
    left, right = ax.get_xlim()
    fits_right = x + wide + 3 * margin < right
    fits_below = stands(ax, low) > share(ax, len(lines)) - 0.01
    sites = len({other.LOC for other in panel.drawn}) > 1
    fell = row.CHGHI < 0
    if fell and not fits_below and fits_right:
        # An open bound reaches to the axis: its words stand on it, and not across it.
        inside = stands(ax, low) > share(ax, len(lines)) / 2
        return x, low, {"ha": "left", "xytext": (6, 0 if inside else 2), "va": "center" if inside else "bottom"}
    if sites and (fits_right if site else x - wide - 3 * margin > left):
        ha, right_or_left = ("left", 4) if site else ("right", -4)
        below = fell or site
        return x, low, {"ha": ha, "xytext": (right_or_left, -4 if below else 4), "va": "top" if below else "bottom"}
    # Above the axes there is room for a line of words.
    if stands(ax, high) + share(ax, len(lines)) > 1 + _ABOVE / height(ax) and not (fell and fits_below):
        ha, right_or_left = ("left", 6) if fits_right else ("right", -6)
        return x, high, {"ha": ha, "xytext": (right_or_left, -1), "va": "top"}
    at = min(max(x, left + wide / 2 + margin), right - wide / 2 - margin)
    if fell and fits_below:
        return at, low, {"ha": "center", "xytext": (0, -6), "va": "top"}
    return at, high, {"ha": "center", "xytext": (0, 6), "va": "bottom"}


def _fitting_words(ax, row, panel: Panel, change: str) -> list[str]:
    """The words beside a mark: value and change, the value alone, or none, as the nearest neighbour allows."""
    shown = legible(value_words(row, ""))
    # An interval has no place for the mark of the baseline: its words say it.
    if row.ABLFL == "Y" and row.AVAL != row.AVAL and row.AVALCALO != row.AVALCAHI:
        shown = f"{shown}, baseline"
    if printed_words(row):
        shown = f"{shown}: {printed_words(row)}"
    together = sum(other.X == row.X for other in panel.drawn)
    if together > 2 and panel.axis.is_days:
        return []
    flat = panel.axis.flat
    gaps = [abs(float(flat(other.X)) - float(flat(row.X))) for other in panel.drawn if other.X != row.X]
    room = min(gaps, default=math.inf) / per_mm(ax, panel.axis)
    told = wrap(shown, _WIDEST, SMALL)
    forms = [[*told, *change.rstrip(")").split(" (")], told] if change else [told]
    for form in forms:
        lines = [minus(line) for line in form]
        if max(text_width(line, SMALL) for line in lines) <= room - 1:
            return lines
    return []
