"""Lanes of treatments, laid out: their bars and marks, and where each dose is written."""

import math
from collections.abc import Callable
from typing import NamedTuple

from ...prose import joined
from ...values import ORDINALS
from ..axes.axis import TimeAxis, draw_cut, make_plain
from ..axes.lasting import is_mark
from ..style import SMALL, legible, minus, text_width
from .flags import has_whisker
from .treatments import BESIDE, HEAD, NO_DOSE, amount_of, dosing, draw_lane, heights_of, lay_steps, mark_of, times_of

_BAR, _STEPPED = 3.2, 6.6  # heights in millimetres
_APART = 0.9  # least millimetres between the words of a mark and another bar or mark


class Lane(NamedTuple):
    """The courses of a treatment before they are drawn; lengths in millimetres.

    Attributes
    ----------
    steps : list of Step
    doses : dict
        Days of the administrations, by line.
    head, high, foot : float
        Room for words above the bars, the height of the bars, and room for words below them.
    words : dict
        What stands on the bar of a line, or at its mark, and where: `on`, `right`, `left`, `above` or `below`.
    under : str
        What stands under the name.
    """

    steps: list
    doses: dict
    head: float
    high: float
    words: dict
    under: str
    foot: float = 0.0

    def height(self) -> float:
        """Its whole height in millimetres."""
        return self.head + self.high + self.foot


def lay_lane(rows: list, doses: dict, axis: TimeAxis, wide: float) -> Lane:
    """Place the courses of a treatment, and their doses: on a bar or at a mark where they fit, else under the name."""
    steps = lay_steps(rows, axis, wide)
    stepped = min(heights_of(rows).values()) < 1
    words = {row.line: minus(legible(", ".join(filter(None, [dosing(row), *times_of(row)])))) for row in rows}
    marked = [step for step in steps if is_mark(step.row, axis)]
    bars = [step for step in steps if not is_mark(step.row, axis) and not doses.get(step.row.line)]
    room = {step.row.line: _room_on(step, axis, wide) for step in bars}
    fits = {line: (words[line], "on") for line in room if text_width(words[line], SMALL) < room[line]}
    at_marks = _at_marks(steps, marked, words, axis, wide)
    fits |= at_marks
    # A bar without a dose is white, which the key tells.
    silent = {step.row.line for step in bars if words[step.row.line] == NO_DOSE}
    # Courses of different doses have each its own above it, where it stands over no other course.
    if len({words[step.row.line] for step in bars}) > 1 and not at_marks and not stepped:
        fits |= _above(steps, bars, fits, words, axis, wide)
    rest = [words[row.line] for row in rows if row.line not in fits and row.line not in silent]
    short = {step.row.line: minus(legible(amount_of(step.row))) for step in bars if step.row.line not in fits}
    fits |= {line: (text, "on") for line, text in short.items() if text_width(text, SMALL) < room[line]}
    sides = {side for _, side in fits.values()}
    head = HEAD if (stepped and fits) or "above" in sides else 0.2
    foot = HEAD if "below" in sides else 0.0
    under = _by_course(steps, fits, words) or "; ".join(dict.fromkeys(rest)) if rest else ""
    return Lane(steps, doses, head, _STEPPED if stepped else _BAR, fits, under, foot)


def _room_on(step, axis: TimeAxis, wide: float) -> float:
    """The width for words on a bar: its own less the edges, and less the mark of a stop on both sides."""
    return float(axis.share(step.end) - axis.share(step.start)) * wide - (2.4 if step.stops else 0.8)


def _by_course(steps: list, fits: dict, words: dict) -> str:
    """The words of courses without any on the lane, each with its place among all: blank where looks part them."""
    by_words: dict[str, list[str]] = {}
    for place, step in enumerate(steps):
        if step.row.line not in fits:
            by_words.setdefault(words[step.row.line], []).append(_ordinal(place + 1))
    looks = {words[step.row.line]: bool(step.row.dose) for step in steps if step.row.line not in fits}
    if len({*looks.values()}) == len(looks):
        return ""
    return "; ".join(f"{joined(places)}: {text}" for text, places in by_words.items())


def _ordinal(place: int) -> str:
    return ORDINALS[place - 1] if place <= len(ORDINALS) else f"{place}th"


def _at_marks(steps: list, marked: list, words: dict, axis: TimeAxis, wide: float) -> dict[int, tuple[str, str]]:
    """The words of marks and where they stand: right or left of the mark, above it or below it, where there is room."""
    placed = {}
    taken = {step.row.line: [float(axis.share(x)) * wide for x in (step.start, step.end)] for step in steps}
    at = {step.row.line: float(axis.share(mark_of(step, axis))) * wide for step in marked}
    times = {step.row.line: _time_of_mark(step, axis, wide) for step in marked}
    taken |= {line: [low - BESIDE, high + BESIDE] for line, (low, high) in times.items()}
    reached = {"above": -math.inf, "below": -math.inf}
    for line in sorted(at, key=at.get):
        long = text_width(words[line], SMALL)
        others = [times[line], *(ends for other, ends in taken.items() if other != line)]
        for side, low in (("right", at[line] + BESIDE), ("left", at[line] - BESIDE - long)):
            free = all(low + long + _APART <= start or end + _APART <= low for start, end in others)
            if free and low >= 0 and low + long <= wide:
                placed[line] = words[line], side
                taken[line] = [min(low, at[line] - BESIDE), max(low + long, at[line] + BESIDE)]
                break
        else:
            low = min(max(at[line] - long / 2, 0.0), wide - long)
            side = next((side for side in reached if low > reached[side]), "")
            if side and low >= 0:
                placed[line] = words[line], side
                reached[side] = low + long + _APART
    return placed


def _time_of_mark(step, axis: TimeAxis, wide: float) -> tuple[float, float]:
    """Where a mark stands, or from where to where its time is uncertain, in millimetres: words hide no part of that."""
    ends = [mark_of(step, axis), *([step.row.XLO, step.row.XHI] if has_whisker(step.row, axis) else [])]
    places = [float(axis.share(x)) * wide for x in ends]
    return min(places), max(places)


def _above(steps: list, bars: list, fits: dict, words: dict, axis: TimeAxis, wide: float) -> dict[int, tuple[str, str]]:
    """The words above bars that have none on them, where they stand over no other course and touch no other words."""
    placed, reached = {}, -math.inf
    ends = {step.row.line: [float(axis.share(x)) * wide for x in (step.start, step.end)] for step in steps}
    for step in bars:
        text, line = words[step.row.line], step.row.line
        if line in fits or text == NO_DOSE:
            continue
        half = text_width(text, SMALL) / 2
        middle = min(max(sum(ends[line]) / 2, half), wide - half)
        others = [each for other, each in ends.items() if other != line]
        alone = all(middle + half <= start or end <= middle - half for start, end in others)
        if alone and middle - half > reached + _APART:
            placed[line] = text, "above"
            reached = middle + half
    return placed


def lane_drawer(lane: Lane, axis: TimeAxis, space: float = 0.0) -> Callable:
    """What draws a lane into its axes, with so many millimetres above it."""

    def draw(ax) -> None:
        """Draw the part into its axes."""
        make_plain(ax, axis)
        ax.set_ylim(space + lane.height() + 0.2, 0)
        draw_lane(ax, lane.steps, axis, lane.doses, space + lane.head, lane.high, lane.words)
        draw_cut(ax, axis)

    return draw
