"""The numbers beside the marks of a graph: those that a reader looks for, with their changes."""

import math

import pandas as pd
from matplotlib.lines import Line2D

from ...prose import (
    TITRE,
    are_one_rounded_in_two_units,
    in_unit_of_measure,
    label_in_sentence,
    printed_words,
    qualified,
    shown_decimals,
    signed,
    titre_words,
    value_as_shown,
)
from ..axes.places import MarkPlace, free_box, is_between
from ..drawn import SHORTENED, UNWRITTEN, tag
from ..style import HALO, RANGE, SMALL, minus, text_width
from .rows import Panel, height, is_before, is_bounded, per_mm, share_of_height
from .shown import round_off, shown_in

_LINES = (tag("join", "", "").rstrip("."), tag("whisker", "", "").rstrip("."))
_OFF_AXIS = 1.2  # millimetres from the vertical axis within which words would seem to belong to its ticks
_APART = 0.5  # least millimetres between the words of two marks, beside each other


def write_values(ax, marks: list[tuple], panel: Panel) -> None:
    """Write the values beside their marks: first those that a reader looks for, then each other that finds room."""
    if not marks:
        return
    axis, shown = panel.axis, shown_in(panel)
    wide, tall = axis.span() / per_mm(ax, axis), height(ax)
    places = [
        MarkPlace(float(axis.share(x)) * wide, share_of_height(ax, low) * tall, share_of_height(ax, high) * tall)
        for _, x, low, high in marks
    ]
    boxes = [place.box() for place in places]
    lines = [line for line in ax.lines if (line.get_gid() or "").startswith(_LINES)]
    taken = [box for line in lines for box in _along(ax, line, panel, wide, tall)]
    edges, left_out = _edges_of_ranges(ax, panel, wide, tall), {UNWRITTEN: 0, SHORTENED: 0}
    ticks = _ticks_of(ax, tall)
    for place in _by_weight(marks, panel):
        row = marks[place][0]
        others = [other for i, other in enumerate(boxes) if i != place]
        # Where the whole label has no room, the value or state alone may have.
        label = minus(_label(row, panel, shown))
        for words in dict.fromkeys((label, label.partition(" (")[0])):
            by_axis = ticks if places[place].at < text_width(words, SMALL) / 2 + _OFF_AXIS else []
            box = free_box(places[place], words, (taken, others), [*edges, *by_axis], (wide, tall))
            if box:
                taken.append((box[0] - _APART, box[1], box[2] + _APART, box[3]))
                at = (box[0] / wide, box[1] / tall)
                halo = HALO | ({"facecolor": RANGE["facecolor"]} if is_between(box, edges) else {})
                ax.annotate(words, at, xycoords="axes fraction", fontsize=SMALL, va="bottom", zorder=6, bbox=halo)
                left_out[SHORTENED] += words != label
                break
        else:
            left_out[UNWRITTEN] += 1
    for what, count in left_out.items():
        if count:
            words = f"{count} of the {len(marks)} values of {label_in_sentence(panel.measure['label'])}"
            ax.text(0, 0, words, gid=tag(what, panel.code, "panel"), visible=False)


def _edges_of_ranges(ax, panel: Panel, wide: float, tall: float) -> list[tuple]:
    """The lower and the upper edge of each reference range as thin boxes, in millimetres."""
    boxes = []
    for patch in ax.patches:
        if (patch.get_gid() or "").startswith(tag("range", "", "").rstrip(".")):
            levels = (patch.get_y(), patch.get_y() + patch.get_height())
            left, right = (
                float(panel.axis.share(x)) * wide for x in (patch.get_x(), patch.get_x() + patch.get_width())
            )
            heights = [share_of_height(ax, y) * tall for y in levels]
            boxes += [(left, y - 0.2, right, y + 0.2) for y in heights]
    return boxes


def _ticks_of(ax, tall: float) -> list[tuple]:
    """The ticks of the vertical axis as thin boxes in millimetres: a number beside one would read as negative."""
    heights = [share_of_height(ax, tick) * tall for tick in ax.get_yticks()]
    return [(-_OFF_AXIS, y - 0.2, _OFF_AXIS, y + 0.2) for y in heights]


def _along(ax, line: Line2D, panel: Panel, wide: float, tall: float) -> list[tuple]:
    """Small boxes along a line, in millimetres: no word stands on it."""
    xs, ys = line.get_xdata(), line.get_ydata()
    share = panel.axis.share
    (x0, x1), (y0, y1) = [float(share(x)) * wide for x in xs], [share_of_height(ax, y) * tall for y in ys]
    points = max(2, math.ceil(math.hypot(x1 - x0, y1 - y0)))
    middles = [(x0 + (x1 - x0) * i / points, y0 + (y1 - y0) * i / points) for i in range(points + 1)]
    return [(x - 0.2, y - 0.2, x + 0.2, y + 0.2) for x, y in middles]


def _by_weight(marks: list[tuple], panel: Panel) -> list[int]:
    """The places of marks: the last, the baseline, the first, the highest, the lowest, then others from the last on.

    Before these others comes the one that is farthest from a lowest or highest value before it.
    """
    order = sorted(range(len(marks)), key=lambda i: marks[i][1])
    highest, lowest = max(order, key=lambda i: marks[i][3]), min(order, key=lambda i: marks[i][2])
    based = [i for i in order if marks[i][0].ABLFL == "Y"]
    turns = {i: _turn_before(marks[i][0], panel)[0] for i in order if _is_changed(marks[i][0], panel)}
    turned = {i: abs(marks[i][0].AVAL - turn) for i, turn in turns.items() if not math.isnan(turn)}
    farthest = [max(turned, key=turned.__getitem__)] if turned else []
    return list(dict.fromkeys([order[-1], *based, order[0], highest, lowest, *farthest, *reversed(order)]))


def _label(row, panel: Panel, shown: tuple[str, float]) -> str:
    """What is written beside a mark: the value as told, and the change of a later one."""
    unit, factor = shown
    is_converted = row.value and row.unit not in ("", unit)
    words = in_unit_of_measure(*_operand(row)) if is_converted else value_as_shown(row.value) or row.AVALC
    words = titre_words(words, row.AVALU).replace("..", "\N{EN DASH}") if row.value else words
    words = qualified(words, row.note) if row.value else words
    words = f"{words}: {printed_words(row)}" if printed_words(row) else words
    # An interval has not the mark of its site.
    site = row.LOC if is_bounded(row) and len({other.LOC for other in panel.drawn}) > 1 else ""
    words = ", ".join(filter(None, [words, site, row.OWN_TIME]))
    if not _is_changed(row, panel) or _has_open_turn(row, panel):
        return words
    change, name = _change_of(row, panel, factor)
    return f"{words} ({change}{name and f' from the {name}'})".replace(") (", "; ")


def _operand(row) -> tuple[str, float, float]:
    return row.AVALC, row.AVALLO, row.AVALHI


def _change_of(row, panel: Panel, factor: float) -> tuple[str, str]:
    """The change beside a value and from what it is: blank for the baseline, else the turn before it.

    In the unit of the measure it has no more digits than the less precise of its two values.
    """
    turn, name = _turn_before(row, panel)
    before = [(row.BASEC, row.BASELO, row.BASEHI)]
    if name:
        before = [_operand(other) for other in _between(row, panel) if turn == other.AVAL]
    change = round_off((row.AVAL - turn if name else row.CHG) / factor)
    # What a conversion of units leaves of two equal values is no change.
    change = 0.0 if abs(change) <= 1e-9 * abs(row.AVAL / factor) else change
    decimals = decimals_for(change)
    decimals = min(decimals, shown_decimals([_operand(row), *before])) if factor == 1.0 else decimals
    return signed(change, decimals), name


def decimals_for(value: float) -> int:
    """With how many decimals a number is written: three, or as many as leave two digits of a smaller one.

    Examples
    --------
    >>> decimals_for(0.0), decimals_for(-14.0), decimals_for(0.0123), decimals_for(-0.00007)
    (3, 3, 3, 6)
    """
    return max(3, 1 - math.floor(math.log10(abs(value)))) if value else 3


def _is_changed(row, panel: Panel) -> bool:
    # A difference of titres says nothing.
    has_difference = pd.notna(row.CHG) and panel.scale != "grade" and row.AVALU != TITRE
    return row.POSTBLFL == "Y" and row.ABLFL != "Y" and has_difference


def _turn_before(row, panel: Panel) -> tuple[float, str]:
    """The lowest or highest value between the baseline and a value, if both lie on one side of it; else nan, blank.

    The change from the baseline would hide such a turn. Where an earlier value reaches as far, the name says so.
    """
    ends = _operand(row), (row.BASEC, row.BASELO, row.BASEHI)
    exact = (other for other in _between(row, panel) if pd.notna(other.AVAL))
    # What is one with the value or its baseline, rounded in another unit, is no turn.
    between = [o.AVAL for o in exact if not any(are_one_rounded_in_two_units(_operand(o), end) for end in ends)]
    base = row.AVAL - row.CHG
    below, above = min(base, row.AVAL) - min(between, default=math.inf), max(between, default=-math.inf)
    above -= max(base, row.AVAL)
    if max(below, above) <= 0:
        return math.nan, ""
    turn, name = (min(between), "lowest") if below >= above else (max(between), "highest")
    of_site = [other for other in panel.drawn if other.LOC == row.LOC]
    earlier = [other for other in of_site if "Y" not in (other.ABLFL, other.POSTBLFL)]
    # By its bounds a value may reach as far.
    is_reached = any(turn >= other.AVALLO if name == "lowest" else turn <= other.AVALHI for other in earlier)
    return turn, f"{name} since baseline" if is_reached else name


def _has_open_turn(row, panel: Panel) -> bool:
    """Whether a value with bounds surely lies beyond the baseline and a value that follows it: how far is not known."""
    low, high = sorted((row.AVAL - row.CHG, row.AVAL))
    bounded = [other for other in _between(row, panel) if pd.isna(other.AVAL)]
    return any(low >= other.AVALHI or high <= other.AVALLO for other in bounded)


def _between(row, panel: Panel) -> list:
    """The drawn records of a site after the baseline and before another."""
    later = (other for other in panel.drawn if other.LOC == row.LOC and other.POSTBLFL == "Y")
    return [other for other in later if is_before(other, row)]


def change_note(panels: list[Panel]) -> str:
    """What stands in parentheses beside the values of some panels; blank where nothing does."""
    marks = [(row, panel) for panel in panels for row in panel.drawn]
    changed = [(row, panel) for row, panel in marks if _is_changed(row, panel) and not _has_open_turn(row, panel)]
    if not changed:
        return ""
    named = any(_turn_before(row, panel)[1] for row, panel in changed)
    turned = ", or from the lowest or highest value since the baseline where that is named" if named else ""
    bounded = any(row.POSTBLFL == "Y" and pd.isna(row.CHG) and pd.notna(row.CHGLO) for row, _ in marks)
    exact = ", of exact values" if bounded else ""
    return f"In parentheses: change from the baseline{exact}{turned}."
