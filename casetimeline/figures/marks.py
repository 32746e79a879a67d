"""One value of a panel: its mark or interval, its own limit, and the words beside it."""

import math

import matplotlib.patheffects as effects
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..wording import change_words, moment_words, number, value_words
from .layout import Panel, per_mm, share, stands
from .style import BLUE, INK, LINE, SMALL, STATE_MARKS, minus, text_width
from .values import tag

_INTERVAL_MM = 1.6  # width of the bar of an uncertain value

INTERVAL = {"facecolor": BLUE, "edgecolor": BLUE, "alpha": 0.75, "hatch": "|||", "linewidth": 0.6}
LIMIT = {"color": "#D55E00", "linewidth": 1.0, "linestyle": "-"}


def draw_value(ax, row, panel: Panel, unit: str, phases: dict, marker: str, shift: float, site: int) -> None:
    """Draw a value as a mark, an uncertain one as its interval, with its whisker, its limit and its words."""
    graded = panel.scale == "grade"
    low, high = (row.AVALCALO, row.AVALCAHI) if graded else (row.AVALLO, row.AVALHI)
    x = row.X + shift
    gid = tag(row.STATE, row.code, row.line)
    bottom, top = ax.get_ylim()
    low, high = max(low, bottom), min(high, top)
    wide = _INTERVAL_MM * per_mm(ax)
    if low == high:
        look = dict(STATE_MARKS[row.STATE])
        if row.STATE == "value":
            look["marker"] = marker
        ax.add_line(Line2D([x], [low], linestyle="none", gid=gid, zorder=4, **look))
    else:
        ax.add_patch(Rectangle((x - wide / 2, low), wide, high - low, gid=gid, zorder=3, **INTERVAL))
    if row.XHI > row.XLO:
        whisker = tag("whisker", row.code, row.line)
        ax.add_line(Line2D([row.XLO, row.XHI], [low] * 2, color=INK, linewidth=0.7, gid=whisker, zorder=3))
    if row.ANRHI == row.ANRHI:
        limit = tag("limit", row.code, row.line)
        ax.add_line(Line2D([x - 2 * wide, x + 2 * wide], [row.ANRHI] * 2, gid=limit, zorder=3, **LIMIT))
        ax.text(x, row.ANRHI, f"upper limit {number(row.ANRHI)} {unit}", gid=f"{limit}.said", visible=False)
    _draw_words(ax, row, x, low, high, panel, unit, phases, gid, site)


def _draw_words(ax, row, x, low, high, panel: Panel, unit: str, phases: dict, gid: str, site: int) -> None:
    change = change_words(row, unit) if row.ABLFL != "Y" and row.ORDER > row.BASEORD else ""
    told = [value_words(row, unit), row.LOC, moment_words(row, phases)]
    told += ["the baseline"] if row.ABLFL == "Y" else [f"change {change}"] if change else []
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
        path_effects=[effects.withStroke(linewidth=1.8, foreground="white")],
        **place_to,
    )


def _beside(ax, row, x: float, low: float, high: float, lines: list[str], panel: Panel, site: int):
    """Where the words of a mark stand: away from the baseline, inside the axes, two sites on either side."""
    wide = max(text_width(line, SMALL) for line in lines) * per_mm(ax)
    margin = 0.8 * per_mm(ax)
    left, right = ax.get_xlim()
    fits_right = x + wide + 3 * margin < right
    fits_below = stands(ax, low) > share(ax, len(lines)) - 0.01
    sites = len(set(panel.drawn["LOC"])) > 1
    fell = row.CHGHI < 0
    if fell and not fits_below and fits_right:
        return x, low, {"ha": "left", "xytext": (6, 0), "va": "center"}
    if sites and (fits_right if site else x - wide - 3 * margin > left):
        ha, right_or_left = ("left", 3) if site else ("right", -3)
        return x, low, {"ha": ha, "xytext": (right_or_left, -4 if fell else 4), "va": "top" if fell else "bottom"}
    at = min(max(x, left + wide / 2 + margin), right - wide / 2 - margin)
    if fell and fits_below:
        return at, low, {"ha": "center", "xytext": (0, -5), "va": "top"}
    return at, high, {"ha": "center", "xytext": (0, 5), "va": "bottom"}


def _fitting_words(ax, row, panel: Panel, change: str) -> list[str]:
    """The words beside a mark: value and change, the value alone, or none, as the nearest neighbour allows."""
    shown = value_words(row, "")
    gap = (panel.drawn["X"] - row.X).abs()
    room = gap[gap > 0].min() / per_mm(ax)
    forms = [[shown, *change.rstrip(")").split(" (")], [shown]] if change else [[shown]]
    for form in forms:
        lines = [minus(line) for line in form]
        if math.isnan(room) or max(text_width(line, SMALL) for line in lines) <= room - 1:
            return lines
    return []
