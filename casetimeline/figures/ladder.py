"""The ladder beside the graph of a measure: how far from the baseline each threshold lies, and where the last value."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import LAST_OPEN, capital, change_unit, change_words, joined, limit_words, unbroken, value_words
from ..values import number
from .blocks import Entry
from .course.rows import Panel, height, may_be_last, share_of_height
from .drawn import keep_unit, tag, unit_of
from .style import BLUE, GREY, INK, LINE, RED, SMALL, minus, text_height, wrap

_RUNG = 4.0  # width in millimetres of a rung
_WHOLE = 0.85  # the share of the scale from which on a ladder shows all of it
_ARM = 3.0  # width in millimetres of the line from a rung to its words
_LOOKS = {
    "error": {"color": GREY, "linewidth": 1.0, "linestyle": (0, (3, 1.5))},
    "variation": {"color": GREY, "linewidth": 1.0, "linestyle": (0, (3, 1.5))},
    "important": {"color": RED, "linewidth": 1.2},
    "class": {"color": GREY, "linewidth": 0.8, "linestyle": (0, (1, 1.5))},
    "baseline": {"color": INK, "linewidth": 1.0},
    "last": {"color": BLUE, "linewidth": 1.4},
}


_NAMES = {
    "baseline": "baseline",
    "last": "last value",
    "important": "minimal clinically important difference",
    "error": "smallest detectable change",
    "variation": "day-to-day variation",
    "class": "limit of a class",
}
_STRONG = ("baseline", "last")  # their words are bold, and bold letters are wider than those that are measured
_BOLD = 0.87
# Hatched: in grey its ground is that of a treatment.
_RANGE = {"facecolor": "#f6d9b8", "edgecolor": RED, "linewidth": 0.6, "hatch": "//////"}


class Rung(NamedTuple):
    """One threshold, or the baseline or the last value, as a level or as a span of levels.

    Attributes
    ----------
    element, name : str
        What it is, and what tells it from others of its kind.
    low, high : float
        Its level; two where it is a span.
    words : str
    """

    element: str
    name: str
    low: float
    high: float
    words: str


def compared_baselines(drawn: list) -> list[tuple]:
    """Each exact baseline with which later values of its series are compared, with those that may be the last."""
    later: dict[str, list] = {}
    for row in drawn:
        if row.POSTBLFL == "Y" and pd.notna(row.CHGLO):
            later.setdefault(row.LOC, []).append(row)
    based = (row for row in drawn if row.ABLFL == "Y" and pd.notna(row.AVAL) and row.LOC in later)
    return [(row, may_be_last(later[row.LOC])) for row in based]


def lay_rungs(panel: Panel, limits: pd.DataFrame) -> list[Rung]:
    """The rungs of a measure: about its first exact baseline, in the direction of its last change; and its classes.

    Where the order leaves open which value is the last, none is; and a limit has its rung where all that may be it lie
    on the same side of the baseline.

    Parameters
    ----------
    panel : Panel
        From `lay_panel`.
    limits : DataFrame
        From `limits_of`.
    """
    unit, rungs = panel.measure["unit"], []
    if panel.scale == "size":
        rungs += [
            Rung(
                "class",
                f"{number(limit.LOW)} {unit}",
                limit.LOW,
                limit.LOW,
                f"{number(limit.LOW)} {unit}: {limit.LABEL}",
            )
            for limit in limits[(limits["KIND"] == "class") & (limits["LOW"] > 0)].itertuples()
        ]
    compared = compared_baselines(panel.drawn) if panel.scale != "grade" else []
    for base, lasts in compared[:1]:
        rungs.append(Rung("baseline", f"{base.line}", base.AVAL, base.AVAL, f"{value_words(base, unit)}: baseline"))
        # One that a record without a number follows is not the last.
        for last in (row for row in lasts if row.LASTFL == "Y" and pd.notna(row.AVAL)):
            words = f"{value_words(last, unit)}: last, {change_words(last, unit)}"
            rungs.append(Rung("last", f"{last.line}", last.AVAL, last.AVAL, words))
        changes = [math.copysign(row.CHG, 1.0 if row.CHGLO > 0 else -1.0) for row in lasts]
        if len({math.copysign(1.0, change) for change in changes}) == 1:
            rungs += [rung for limit in limits.itertuples() for rung in _about(base.AVAL, changes[0], limit, panel)]
    return sorted(rungs, key=lambda rung: -rung.high)


def open_last_note(panel: Panel) -> str:
    """That it is open which value of a ladder is the last, with those that may be it; blank where it is known."""
    unit = panel.measure["unit"]
    _, lasts = compared_baselines(panel.drawn)[0]
    values = joined([*dict.fromkeys(value_words(row, unit) for row in lasts)], "or")
    return f"{capital(LAST_OPEN)}: {values}." if len(lasts) > 1 else ""


def _about(base: float, change: float, limit, panel: Panel) -> list[Rung]:
    """Where a limit lies about a baseline in the direction of the change; nothing for one that lies about none."""
    unit = change_unit(panel.measure["unit"])
    low, high, label = limit.LOW, limit.HIGH, limit.LABEL
    sign = math.copysign(1.0, change)
    mark = "+" if sign > 0 else "\N{MINUS SIGN}"
    if limit.KIND == "error":
        level = base + sign * high
        # What it is stands in the key.
        return [Rung("error", label, level, level, f"{mark}{limit_words(high, abs(change))} {unit}: {label}")]
    if limit.KIND == "important" and sign < 0:
        amount = " to ".join(f"{mark}{number(end)}" for end in dict.fromkeys([low, high]))
        unit = change_unit(unit, high if low == high else math.nan)
        return [Rung("important", label, base - high, base - low, f"{amount} {unit}: {label}")]
    if limit.KIND == "variation" and base > 0:
        times = high if sign > 0 else low
        words = f"{number(times, 2)} \N{MULTIPLICATION SIGN} baseline: {label}"
        return [Rung("variation", label, base * times, base * times, words)]
    return []


def rung_entries(rungs: list[Rung]) -> list[Entry]:
    """Entries of the key for a ladder."""
    lines = {rung.element for rung in rungs if rung.low == rung.high}
    entries = [Entry(words, "line", _LOOKS[element]) for element, words in _NAMES.items() if element in lines]
    spans = any(rung.low < rung.high for rung in rungs)
    ranged = Entry("minimal clinically important difference, given as a range", "box", _RANGE)
    return [*entries, ranged] if spans else entries


def ladder_height(rungs: list[Rung], wide: float) -> float:
    """The height in millimetres that the words of a ladder need, in a width in millimetres."""
    return sum(text_height(len(lines), SMALL) + 0.6 for lines in _lines(rungs, wide))


def _lines(rungs: list[Rung], wide: float) -> list[list[str]]:
    room = wide - _RUNG - _ARM - 1.0
    return [wrap(unbroken(minus(r.words)), room * (_BOLD if r.element in _STRONG else 1.0), SMALL) for r in rungs]


def draw_ladder(ax, graph, rungs: list[Rung], code: str, wide: float) -> None:
    """Draw a ladder into axes beside those of a graph, as a lens on the stretch of its scale where rungs stand.

    Two thin lines lead from that stretch of the graph to the ends of the ladder. Words that would lie over each other
    are moved apart, each with a line to its rung.

    Parameters
    ----------
    ax, graph : Axes
        Those of the ladder, and those of the graph.
    rungs : list of Rung
        From `lay_rungs`.
    code : str
        The measure.
    wide : float
        Width of the axes in millimetres.
    """
    tall, (bottom, top) = height(ax), graph.get_ylim()
    shown = [rung for rung in rungs if rung.high >= bottom and rung.low <= top]
    lines = _lines(shown, wide)
    spans = [text_height(len(each), SMALL) + 0.6 for each in lines]
    levels = [(max(rung.low, bottom), min(rung.high, top)) for rung in shown]
    ax.set(xlim=(0, wide), yscale=graph.get_yscale(), ylim=(bottom, top))
    ax.axis("off")
    keep_unit(ax, unit_of(graph))
    _set_lens(ax, graph, levels)
    wanted = [tall * (1 - sum(share_of_height(ax, end) for end in ends) / 2) for ends in levels]
    for rung, ends, words, at, span in zip(shown, levels, lines, _apart(wanted, spans, tall), spans, strict=True):
        look = _LOOKS[rung.element]
        gid = tag("band" if rung.element in ("error", "variation") else rung.element, code, rung.name)
        if ends[0] < ends[1]:
            ax.add_patch(Rectangle((0, ends[0]), _RUNG, ends[1] - ends[0], gid=gid, zorder=1, **_RANGE))
        else:
            ax.add_line(Line2D([0, _RUNG], [ends[0]] * 2, gid=gid, zorder=2, **look))
        ax.text(0, ends[0], rung.words, gid=f"{gid}.said", visible=False)
        middle = sum(share_of_height(ax, end) for end in ends) / 2
        y = 1 - (at + span / 2) / tall
        arm = [(_RUNG + 0.3) / wide, (_RUNG + _ARM) / wide]
        ax.add_line(Line2D(arm, [middle, y], transform=ax.transAxes, color="#999999", linewidth=0.4, clip_on=False))
        strong = {"fontweight": "bold"} if rung.element in _STRONG else {}
        place = (arm[1] + 0.8 / wide, y)
        ax.annotate(
            "\n".join(words), place, xycoords="axes fraction", fontsize=SMALL, va="center", linespacing=LINE, **strong
        )


def _set_lens(ax, graph, levels: list[tuple[float, float]]) -> None:
    """Let a ladder show the stretch of the scale of its graph where its levels lie, and lead the eye there."""
    shares = [share_of_height(graph, end) for ends in levels for end in ends]
    low, high = (min(shares) - 0.02, max(shares) + 0.02) if shares else (0.0, 1.0)
    if high - low > _WHOLE or high - low < 0.05:
        return
    ax.set_ylim(_level(graph, low), _level(graph, high))
    box, ladder_box = graph.get_position(), ax.get_position()
    far = (box.x1 - ladder_box.x0) / ladder_box.width
    look = {"transform": ax.transAxes, "color": GREY, "linewidth": 0.4, "clip_on": False}
    for share, end in ((low, 0), (high, 1)):
        ax.add_line(Line2D([far, 0], [share, end], linestyle=(0, (1, 1.5)), **look))
    ax.add_line(Line2D([0, 0], [0, 1], **look))


def _level(ax, share: float) -> float:
    """The value at a share of the height of a vertical axis: the inverse of `share_of_height`."""
    low, high = ax.get_ylim()
    if ax.get_yscale() == "log":
        return 10 ** (math.log10(low) + share * (math.log10(high) - math.log10(low)))
    return low + share * (high - low)


def _apart(wanted: list[float], spans: list[float], tall: float) -> list[float]:
    """The upper edges of words, from above, as near to the middles that are wanted as they fit without an overlap."""
    edges, reached = [], -math.inf
    for middle, span in zip(wanted, spans, strict=True):
        edges.append(max(middle - span / 2, reached))
        reached = edges[-1] + span
    over, limit = max(0.0, reached - tall), tall
    for i in range(len(edges) - 1, -1, -1):
        if not over and edges[i] + spans[i] <= limit:
            break
        edges[i] = min(edges[i], limit - spans[i])
        limit = edges[i]
    return edges
