"""One series against its rules: what each rule asks of the change, and the change itself."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import FixedLocator, MaxNLocator, NullLocator

from ..values import number
from .drawn import tag
from .rows import TextRow
from .style import GREY, INK, SMALL, add_axes, text_width

MEETS = {"facecolor": "#cfe6f5", "edgecolor": "none"}
PERHAPS = {"facecolor": "none", "edgecolor": "#8c8c8c", "hatch": "/////", "linewidth": 0.0}
CHANGE = {"color": INK, "linewidth": 1.1}
SPAN = {"facecolor": INK, "alpha": 0.25, "edgecolor": "none"}
_RATIOS = (0.001, 0.003, 0.01, 0.03, 0.1, 0.2, 0.5, 0.7, 1, 1.5, 2, 5, 10, 30, 100)


class Block(NamedTuple):
    """The rules of one series before they are drawn.

    Attributes
    ----------
    title : TextRow
        The measure, and its change in words.
    base, last : tuple
        The rows of the baseline and of the record that is judged.
    rules : DataFrame
        Verdicts of the last record, with NEEDLO and NEEDHI.
    rows : list of TextRow
    ratio : bool
        Whether the axis is the ratio to the baseline.
    change : tuple of float
        Bounds of the change, or of the ratio; nan where none can be computed.
    unit : str
    """

    title: TextRow
    base: tuple
    last: tuple
    rules: pd.DataFrame
    rows: list[TextRow]
    ratio: bool
    change: tuple[float, float]
    unit: str


def is_drawn(block: Block) -> bool:
    """Whether a block has an axis: its change, or what a rule asks for, is a number."""
    return not math.isnan(block.change[0]) and not (math.isinf(block.change[0]) and math.isinf(block.change[1]))


def draw_axis(figure: Figure, block: Block, places: list, box: tuple, label: str) -> None:
    """Draw the change of a block against what its rules ask for, one row a rule, in a box of millimetres."""
    ax = add_axes(figure, *box, label=label)
    ax.set_ylim(box[3], 0)
    low, high = _limits(block)
    if block.ratio:
        ax.set_xscale("log")
    ax.set_xlim(low, high)
    for (y, tall), rule in zip(places, block.rules.itertuples(), strict=True):
        _draw_need(ax, rule, (y + 0.5, tall - 1.0), (low, high), block)
    start, end = max(block.change[0], low), min(block.change[1], high)
    gid = tag("change", block.last.code, block.last.line)
    if start == end:
        ax.add_line(Line2D([start, start], [0, box[3]], gid=gid, zorder=3, **CHANGE))
    else:
        ax.add_patch(Rectangle((start, 0), end - start, box[3], gid=gid, zorder=3, **SPAN))
    what = "times the baseline" if block.ratio else block.unit
    ax.text(start, 0, f"change of this case: {_between(*block.change)} {what}", gid=f"{gid}.said", visible=False)
    none = 1.0 if block.ratio else 0.0
    ax.add_line(Line2D([none, none], [0, box[3]], color=GREY, linewidth=0.6, linestyle=(0, (3, 2)), zorder=2))
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    if block.ratio:
        ticks = _apart([t for t in _RATIOS if low <= t <= high], box[2] / math.log(high / low))
        ax.xaxis.set_major_locator(FixedLocator(ticks))
        ax.xaxis.set_minor_locator(NullLocator())
        ax.set_xticks(ticks, [number(t, 3) for t in ticks])
        ax.set_xlabel("Ratio to the baseline")
    else:
        ax.xaxis.set_major_locator(MaxNLocator(max(3, round(box[2] / 11))))
        ax.set_xlabel(f"Change ({block.unit})")


def _apart(ticks: list[float], per_e: float) -> list[float]:
    """Ticks of a ratio whose numbers do not meet; 1 stays."""
    kept = [1.0] if 1 in ticks else []
    for tick in ticks:
        wide = text_width("00.00", SMALL)
        if all(abs(math.log(tick / other)) * per_e > wide for other in kept):
            kept.append(tick)
    return sorted(kept)


def _between(low: float, high: float) -> str:
    """Bounds in words, of which one may be open."""
    if low == high:
        return number(low, 3)
    if math.isinf(high):
        return f"{number(low, 3)} or more"
    return f"{number(high, 3)} or less" if math.isinf(low) else f"{number(low, 3)} to {number(high, 3)}"


def _limits(block: Block) -> tuple[float, float]:
    """The part of the axis that holds the change, none, and what the rules ask for."""
    two_sided = block.rules.loc[block.rules["KIND"].isin(["error", "stability"]), "NEEDHI"]
    needs = [*block.rules["NEEDLO"], *block.rules["NEEDHI"], *(-two_sided), *block.change]
    needs = [x for x in needs if math.isfinite(x)]
    if block.ratio:
        needs = [x for x in [*needs, 1.0] if x > 0]
        return min(needs) / 1.6, max(needs) * 1.6
    low, high = min([0.0, *needs]), max([0.0, *needs])
    margin = 0.12 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_need(ax, rule, box: tuple[float, float], limits: tuple[float, float], block: Block) -> None:
    """Shade the changes that meet a rule by their size, and hatch those between the ends of a threshold."""
    if math.isnan(rule.NEEDLO):
        return
    (y, tall), (low, high) = box, limits
    least, most = sorted((abs(rule.NEEDLO), abs(rule.NEEDHI)))
    if rule.KIND == "variation":
        sure, perhaps = [(low, rule.NEEDLO), (rule.NEEDHI, high)], []
        said = f"below {number(rule.NEEDLO, 2)} or above {number(rule.NEEDHI, 2)} times the baseline"
    elif rule.KIND == "error":
        sure, perhaps, said = (
            [(low, -most), (most, high)],
            [],
            f"more than {number(most, 2)} {block.unit} either way",
        )
    elif rule.KIND == "stability":
        sure, perhaps, said = [(-most, most)], [], f"less than {number(most, 2)} {block.unit} either way"
    elif rule.NEEDHI <= 0:
        sure, perhaps = [(low, -most)], [(-most, -least)]
        said = f"a fall of {_amount(least, most)} {block.unit}"
    else:
        sure, perhaps = [(most, high)], [(least, most)]
        said = f"a rise of {_amount(least, most)} {block.unit}"
    gid = tag("need", rule.RULE, rule.line)
    for spans, look, kept in ((sure, MEETS, gid), (perhaps, PERHAPS, f"{gid}-perhaps")):
        for i, (start, end) in enumerate(spans):
            if end > start:
                name = f"{kept}-{i}" if i else kept
                ax.add_patch(Rectangle((start, y), end - start, tall, gid=name, zorder=1, **look))
    ax.text(low, y, f"{rule.LABEL} asks for {said}", gid=f"{gid}.said", visible=False)


def _amount(least: float, most: float) -> str:
    return number(most, 2) if least == most else f"{number(least, 2)} to {number(most, 2)}"
