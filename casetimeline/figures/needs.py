"""The axis of one change against its rules: how large it is, and what each rule asks for."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from ..prose import change_unit
from ..values import number
from ..vocabulary import NOT_APPLICABLE
from .blocks import TextRow
from .drawn import tag
from .style import GREY, INK, SMALL, add_axes, text_width

MEETS = {"facecolor": "#cfe6f5", "edgecolor": "none"}
PERHAPS = {"facecolor": "none", "edgecolor": "#8c8c8c", "hatch": "/////", "linewidth": 0.0}
UNCHANGED = {"color": GREY, "linewidth": 0.6, "linestyle": (0, (3, 2))}
CHANGE = {"color": INK, "linewidth": 1.1}
SPAN = {"facecolor": INK, "alpha": 0.25, "edgecolor": "none"}
_RATIOS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 5, 10, 30, 100)


class Block(NamedTuple):
    """The rules of one series before they are drawn.

    Attributes
    ----------
    title : TextRow
        The measure, and its change in words.
    bases : list of tuple
        The row of the baseline; the rows that may be it, where that is open.
    last : tuple
        The row of the record that is judged.
    rules : DataFrame
        Verdicts on the last record, with NEEDLO and NEEDHI.
    rows : list of TextRow
        The words of each rule and its verdict.
    ratio : bool
        Whether the axis is the ratio to the baseline.
    change : tuple of float
        Bounds of the change, or of the ratio; nan where none can be computed.
    unit : str
    part : str
        What tells a block of a change that turned from another one of the same line; blank elsewhere.
    scale : tuple of float
        Limits of the axis of all parts of a block that is cut; empty where they follow from its own rules.
    origin : str
        What the change counts from.
    """

    title: TextRow
    bases: list[tuple]
    last: tuple
    rules: pd.DataFrame
    rows: list[TextRow]
    ratio: bool
    change: tuple[float, float]
    unit: str
    part: str = ""
    scale: tuple[float, ...] = ()
    origin: str = "baseline"

    def tag(self, element: str, of: str, line: int) -> str:
        """The gid of an element of this block."""
        return tag(element, f"{of}{self.part}", line)


def is_drawn(block: Block) -> bool:
    """Whether a block has an axis: rules, and a change that can be computed and has a number as one of its bounds."""
    return (
        bool(block.rows)
        and not math.isnan(block.change[0])
        and not (math.isinf(block.change[0]) and math.isinf(block.change[1]))
    )


def draw_axis(figure: Figure, block: Block, places: list, box: tuple, label: str) -> None:
    """Draw the change of a block against what its rules ask for, one row a rule, in a box of millimetres."""
    ax = add_axes(figure, *box, label=label)
    ax.set_ylim(box[3], 0)
    low, high = limits_of_axis(block)
    if block.ratio:
        ax.set_xscale("log")
    ax.set_xlim(low, high)
    for (y, tall), rule in zip(places, block.rules.itertuples(), strict=True):
        _draw_need(ax, rule, (y + 0.5, tall - 1.0), (low, high), block)
    start, end = max(block.change[0], low), min(block.change[1], high)
    gid = block.tag("change", block.last.code, block.last.line)
    if start == end:
        ax.add_line(Line2D([start, start], [0, box[3]], gid=gid, zorder=3, **CHANGE))
    else:
        ax.add_patch(Rectangle((start, 0), end - start, box[3], gid=gid, zorder=3, **SPAN))
    what = f"times the {block.origin}" if block.ratio else change_unit(block.unit)
    ax.text(start, 0, f"change of this case: {_between(*block.change, what)}", gid=f"{gid}.said", visible=False)
    unchanged = 1.0 if block.ratio else 0.0
    ax.add_line(Line2D([unchanged] * 2, [0, box[3]], zorder=2, **UNCHANGED))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    if block.ratio:
        ticks = _apart([t for t in _RATIOS if low <= t <= high], box[2] / math.log(high / low))
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(ticks, [number(t, 3) for t in ticks])
        ax.set_xlabel(f"Ratio to the {block.origin}")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(max(3, round(box[2] / 11))))
        ax.set_xlabel(f"Change ({change_unit(block.unit)})")


def _apart(ticks: list[float], per_e: float) -> list[float]:
    """The ticks of a ratio whose numbers do not touch, where `per_e` is millimetres for a factor of e; 1 is kept."""
    kept = [1.0] if 1 in ticks else []
    for tick in ticks:
        wide = text_width("00.00", SMALL)
        if all(abs(math.log(tick / other)) * per_e > wide for other in kept):
            kept.append(tick)
    return sorted(kept)


def _between(low: float, high: float, unit: str) -> str:
    """The words for two bounds, of which one may be open."""
    if low == high:
        return f"{number(low, 3)} {unit}"
    if math.isinf(high):
        return f"{number(low, 3)} {unit} or more"
    return f"{number(high, 3)} {unit} or less" if math.isinf(low) else f"{number(low, 3)} to {number(high, 3)} {unit}"


def limits_of_axis(block: Block) -> tuple[float, ...]:
    """Limits of the axis: they hold the change, the place of no change, and what the rules ask for."""
    if block.scale:
        return block.scale
    two_sided = block.rules.loc[block.rules["KIND"].isin(["error", "stability"]), "NEEDHI"]
    ends = [*block.rules["NEEDLO"], *block.rules["NEEDHI"], *(-two_sided), *block.change]
    ends = [x for x in ends if math.isfinite(x)]
    if block.ratio:
        ends = [x for x in [*ends, 1.0] if x > 0]
        return min(ends) / 1.6, max(ends) * 1.6
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.12 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_need(ax, rule, box: tuple[float, float], limits: tuple[float, float], block: Block) -> None:
    """Shade the changes that are as large as a rule asks for; hatch those within a threshold given as a range."""
    # A rule that was made for other patients asks for nothing here.
    if math.isnan(rule.NEEDLO) or rule.VERDICT == NOT_APPLICABLE:
        return
    (y, tall), (low, high) = box, limits
    least, most = sorted((abs(rule.NEEDLO), abs(rule.NEEDHI)))
    unit = change_unit(block.unit, most if least == most or rule.KIND in ("error", "stability") else math.nan)
    if rule.KIND == "variation":
        sure, perhaps = [(low, rule.NEEDLO), (rule.NEEDHI, high)], []
        words = f"below {number(rule.NEEDLO, 2)} or above {number(rule.NEEDHI, 2)} times the baseline"
    elif rule.KIND == "error":
        sure, perhaps = [(low, -most), (most, high)], []
        words = f"more than {number(most, 2)} {unit} either way"
    elif rule.KIND == "stability":
        sure, perhaps = [(-most, most)], []
        words = f"less than {number(most, 2)} {unit} either way"
    elif rule.NEEDHI <= 0:
        sure, perhaps = [(low, -most)], [(-most, -least)]
        words = f"a fall of {_amount(least, most)} {unit}"
    else:
        sure, perhaps = [(most, high)], [(least, most)]
        words = f"a rise of {_amount(least, most)} {unit}"
    gid = block.tag("need", rule.RULE, rule.line)
    for spans, look, kept in ((sure, MEETS, gid), (perhaps, PERHAPS, f"{gid}-perhaps")):
        for i, (start, end) in enumerate(spans):
            if end > start:
                name = f"{kept}-{i}" if i else kept
                ax.add_patch(Rectangle((start, y), end - start, tall, gid=name, zorder=1, **look))
    ax.text(low, y, f"{rule.LABEL} asks for {words}", gid=f"{gid}.said", visible=False)


def _amount(least: float, most: float) -> str:
    return number(most, 2) if least == most else f"{number(least, 2)} to {number(most, 2)}"
