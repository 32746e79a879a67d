"""What stands about the values of a panel: the baseline, the limits about it, the classes of a size."""

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import limit_words
from ..values import number
from .drawn import tag
from .key import Entry
from .layout import Panel
from .style import GREY, INK, RED

_BANDS = (
    {"facecolor": (0.5, 0.5, 0.5, 0.22), "edgecolor": "#8c8c8c", "hatch": ".....", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#9a9a9a", "hatch": "////", "linewidth": 0.0},
    {"facecolor": "none", "edgecolor": "#8c8c8c", "linestyle": (0, (4, 2)), "linewidth": 0.6},
)
_IMPORTANT = {"facecolor": "#f6d9b8", "edgecolor": RED, "linestyle": (0, (1, 1)), "linewidth": 0.7}
_CLASS = {"color": GREY, "linewidth": 0.7, "linestyle": (0, (1, 1.5))}
_BASE = {"color": INK, "linewidth": 0.7, "linestyle": (0, (4, 2))}


def draw_classes(ax, panel: Panel, limits: pd.DataFrame) -> None:
    """The limits between the classes of a size, where the panel has sizes."""
    if panel.scale != "size":
        return
    for limit in limits[(limits["KIND"] == "class") & (limits["LOW"] > 0)].itertuples():
        # A name: a number alone would be a line of the timeline.
        gid = tag("class", panel.code, f"{number(limit.LOW)} {panel.measure['unit']}")
        low, high = panel.axis.low, panel.axis.high
        ax.add_line(Line2D([low, high], [limit.LOW] * 2, gid=gid, zorder=1, **_CLASS))
        said = f"{number(limit.LOW)} {panel.measure['unit']}: {limit.LABEL} begins"
        ax.text(low, limit.LOW, said, gid=f"{gid}.said", visible=False)


def compared_baselines(drawn: list) -> list[tuple]:
    """Exact baselines that a later value of their series is compared with, each with the place of the last one."""
    until = {row.LOC: row.X for row in sorted(drawn, key=lambda row: row.ORDER) if _is_compared(row)}
    return [(row, until[row.LOC]) for row in drawn if row.ABLFL == "Y" and row.AVAL == row.AVAL and row.LOC in until]


def _is_compared(row) -> bool:
    return row.ORDER > row.BASEORD and row.CHGLO == row.CHGLO


def draw_baselines(ax, panel: Panel, limits: pd.DataFrame) -> None:
    """The level of each exact baseline, as far as a later value is compared with it, and the limits about it."""
    if panel.scale == "grade":
        return
    axis = panel.axis
    bottom, top = ax.get_ylim()
    for row, until in compared_baselines(panel.drawn):
        end = min(until + 0.06 * axis.span(), axis.high)
        for band in limits.iloc[::-1].itertuples():
            spans = _about(row.AVAL, band, panel)
            for low, high, look, said in spans:
                low, high = max(low, bottom), min(high, top)
                gid = tag("band" if band.KIND == "error" else band.KIND, row.code, band.LABEL)
                above = 1.5 if band.KIND == "important" else 1
                ax.add_patch(Rectangle((row.X, low), end - row.X, high - low, gid=gid, zorder=above, **look))
                ax.text(row.X, low, said, gid=f"{gid}.said", visible=False)
        gid = tag("baseline", row.code, row.line)
        ax.add_line(Line2D([row.X, end], [row.AVAL] * 2, gid=gid, zorder=2, **_BASE))
        ax.text(row.X, row.AVAL, f"baseline level {row.AVALC}", gid=f"{gid}.said", visible=False)


def _about(base: float, band, panel: Panel) -> list[tuple]:
    """Where a limit lies about a baseline, how it is drawn, and what it says; nothing for other kinds."""
    unit = panel.measure["unit"]
    if band.KIND == "error":
        said = f"baseline plus and minus {limit_words(band.HIGH)} {unit}, measurement error of {band.LABEL}"
        return [(base - band.HIGH, base + band.HIGH, _BANDS[band.Index % len(_BANDS)], said)]
    if band.KIND == "important":
        amount = number(band.LOW) if band.LOW == band.HIGH else f"{number(band.LOW)} to {number(band.HIGH)}"
        said = f"baseline minus {amount} {unit}: {band.LABEL}"
        return [(base - band.HIGH, base - band.LOW, _IMPORTANT, said)]
    if band.KIND == "variation" and panel.scale == "log":
        span = f"{number(band.LOW, 2)} to {number(band.HIGH, 2)} times the baseline"
        said = f"{span}: {band.LABEL}, analytical variation taken as 0"
        return [(base * band.LOW, base * band.HIGH, _BANDS[band.Index % len(_BANDS)], said)]
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
            words = f"± {limit_words(band.HIGH)} {unit}: measurement error, {band.LABEL}"
            entries.append(Entry(words, "box", look))
        elif band.KIND == "variation" and panel.scale == "log":
            entries.append(Entry(f"{band.LABEL}, analytical variation taken as 0", "box", look))
    important = limits[limits["KIND"] == "important"]
    if len(important):
        span = f"{number(important['LOW'].min())} to {number(important['HIGH'].max())}"
        words = f"{span} {unit} below the baseline: minimal important improvement, {len(important)} cited definitions"
        entries.append(Entry(words, "box", _IMPORTANT))
    return entries
