"""Where words have room beside a mark, in millimetres."""

import math
from typing import NamedTuple

from ..style import SMALL, text_height, text_width

_ACROSS = 2.6  # millimetres that the widest mark needs
_ABOVE = 2.6  # millimetres above the axes that words may take
_MARK = 0.9  # millimetres from the middle of a mark to its edge
_CLOSE = 2.2  # millimetres above or below a mark within which words are read as its own
_FAR = 4.0  # millimetres that words may stand above their mark, to be clear of an edge


class MarkPlace(NamedTuple):
    """Where a mark stands, in millimetres: its middle, and the two ends of its bar."""

    at: float
    down: float
    up: float

    def box(self) -> tuple[float, float, float, float]:
        """The room of the mark or bar, without the rail of its time."""
        return self.at - _MARK, self.down - _MARK, self.at + _MARK, self.up + _MARK


def free_box(place: MarkPlace, words: str, taken: tuple[list, list], edges: list[tuple], size: tuple) -> tuple | None:
    """The first box beside a mark that lies inside the axes and touches no other box; None if every place is taken.

    It does not stand at one of the other marks, which are the second list of what is `taken`. On one of the edges, the
    thin boxes of a reference range, it stands only where there is no other place.
    """
    over = [(place.at, edge[3]) for edge in edges if place.up + _MARK < edge[3] <= place.up + _FAR]
    boxes, marks = taken
    off_edges = ([*boxes, *marks, *edges], marks)
    on_edges = ([*boxes, *marks], marks)
    return _first_free(place, words, off_edges, over, size) or _first_free(place, words, on_edges, [], size)


def _first_free(place: MarkPlace, words: str, taken: tuple[list, list], over: list[tuple], size: tuple) -> tuple | None:
    """The first free box beside a mark, or directly above one of some places; None if every place is taken."""
    others, marks = taken
    (wide, tall), w, h = size, text_width(words, SMALL), text_height(1, SMALL) * 0.85
    beside = _spots(place, w, h)
    spots = [*beside, *((min(x - w / 2, wide - w - 0.2), bottom) for x, bottom in over)]
    for left, bottom in spots:
        left = min(max(left, 0.2), wide - w - 0.2) if left in (beside[0][0], beside[2][0]) else left
        box = (left, bottom, left + w, bottom + h)
        inside = left >= 0 and left + w <= wide and bottom >= 0.3 and bottom + h <= tall + _ABOVE
        if inside and not any(touch(box, other) for other in others) and not _is_at_another(box, place, marks):
            return box
    return None


def _is_at_another(box: tuple, place: MarkPlace, marks: list[tuple]) -> bool:
    """Whether a reader takes a box for the words of another mark.

    That is one close above or below which is nearer its middle, or a bar that stands nearer beside it. What stands
    beside its own bar is taken for the words of that.
    """
    gap, at = _gap_beside(box, place.box()), place.at
    bars = [mark for mark in marks if _is_bar(mark)]
    if any(_gap_beside(box, bar) < min(gap, _CLOSE) for bar in bars):
        return True
    if gap < _CLOSE and _is_bar(place.box()):
        return False
    middle = (box[0] + box[2]) / 2
    close = (mark for mark in marks if max(box[1] - mark[3], mark[1] - box[3]) < _CLOSE)
    return any(abs((mark[0] + mark[2]) / 2 - middle) < abs(at - middle) for mark in close)


def _is_bar(mark: tuple) -> bool:
    """Whether the room of a mark is that of a bar, higher than one of a point."""
    return mark[3] - mark[1] > 2 * _MARK + 0.1


def _gap_beside(box: tuple, other: tuple) -> float:
    """How far a box stands to the left or right of the room of a mark; infinite where it is above or below the mark."""
    is_level = box[1] < other[3] - _MARK and other[1] + _MARK < box[3]
    return max(box[0] - other[2], other[0] - box[2]) if is_level else math.inf


def _spots(place: MarkPlace, w: float, h: float) -> list[tuple[float, float]]:
    """Where words of a width and height may stand beside a mark, by its place: the best first."""
    at, down, up = place
    middle = up - h / 2
    below, above = down - 0.8 - h, up + 0.8
    straight = [(at - w / 2, up + 1.3), (at + 1.5, middle), (at - w / 2, down - 1.3 - h), (at - 1.5 - w, middle)]
    # Between lines that rise on both sides there may be room for words that are not over the middle.
    lean = [(at + 1.0 - w, up + 1.3), (at - 1.0, up + 1.3), (at + 1.0 - w, down - 1.3 - h), (at - 1.0, down - 1.3 - h)]
    return [*straight, *lean, (at + 1.2, above), (at + 1.2, below), (at - 1.2 - w, above), (at - 1.2 - w, below)]


def touch(box: tuple, other: tuple) -> bool:
    """Whether two boxes, each by its left, lower, right and upper edge, have room in common.

    Examples
    --------
    >>> touch((0, 0, 2, 1), (1, 0, 3, 1)), touch((0, 0, 2, 1), (2, 0, 3, 1))
    (True, False)
    """
    return box[0] < other[2] and other[0] < box[2] and box[1] < other[3] and other[1] < box[3]


def is_between(box: tuple, edges: list[tuple]) -> bool:
    """Whether a box lies between the two edges of a range."""
    pairs = zip(edges[::2], edges[1::2], strict=True)
    return any(low[3] <= box[1] and box[3] <= high[1] and low[0] <= box[0] and box[2] <= low[2] for low, high in pairs)


def spots_of(count: int, wide: float, high: float) -> tuple[list[tuple[float, float]], float]:
    """Where the marks of a cell stand, as shares of its width and height, and their size: none touches another.

    Marks stand in one row where they fit, else in several, and are smaller where they fit in no way.

    Examples
    --------
    >>> spots_of(2, wide=9, high=4)
    ([(0.25, 0.5), (0.75, 0.5)], 1.0)
    >>> spots_of(2, wide=4, high=9)
    ([(0.5, 0.25), (0.5, 0.75)], 1.0)
    >>> spots_of(4, wide=2.6, high=2.6)
    ([(0.25, 0.25), (0.75, 0.25), (0.25, 0.75), (0.75, 0.75)], 0.5)
    """

    def size(across: int) -> float:
        """The size at which so many marks beside each other fit."""
        return min(1.0, wide / across / _ACROSS, high / math.ceil(count / across) / _ACROSS)

    across = max(range(count, 0, -1), key=size)
    down = math.ceil(count / across)
    spots = [((k % across + 0.5) / across, (k // across + 0.5) / down) for k in range(count)]
    return spots, size(across)
