"""Marks in time with words beside them: what happened, and findings by their states; no word lies over another."""

import math
from typing import NamedTuple

import numpy as np
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ...prose import (
    capital,
    label_in_sentence,
    over_scale,
    printed_length,
    printed_words,
    qualified,
    state_of_test,
    unit_unknown_words,
)
from ...values import timed_end
from ...vocabulary import STOPPED, UNIT_UNKNOWN
from ..axes.axis import BORDER, TimeAxis
from ..axes.lasting import goes_on, has_one_end, is_mark, is_open, reach_of_ongoing
from ..axes.time_words import until_words, when_of
from ..blocks import Entry
from ..drawn import tag
from ..style import (
    HALO,
    INK,
    INTERVAL,
    INTERVAL_WIDE,
    LINE,
    MM,
    ORANGE,
    SMALL,
    STATE_MARKS,
    THROUGH,
    legible,
    minus,
    printed,
    text_width,
    wrap,
)
from .rows import is_bounded, per_mm

LEVEL = 2.75  # height in millimetres of a line of marks and words
_REACH = 1.7  # millimetres from the middle of a mark to its words
_TALL = 2.0  # height in millimetres of the bar of a value between two bounds
_GAP = 1.6  # least gap in millimetres between the words of two columns
# Millimetres kept free left and right of a mark with its words, by where these stand. Words that face each other have
# two millimetres between them, so that they do not read as one phrase; a mark has its own room.
_PADS = {"right": (-0.2, 1.0), "left": (1.0, -0.2), "below": (0.4, 0.4)}
_COLUMN = 21.0  # width in millimetres from which on words stand in the column of their mark, under it
# What happened, as marks: the kind of the row, its words in the key, and its look.
HAPPENED = {
    "procedure": ("procedure", {"marker": "*", "markersize": 6.2, "markerfacecolor": INK, "markeredgecolor": INK}),
    "event": ("event", {"marker": "v", "markerfacecolor": INK, "markeredgecolor": INK}),
    "adverse_event": ("adverse event", {"marker": "X", "markerfacecolor": ORANGE, "markeredgecolor": INK}),
}
LASTING = {"color": INK, "linewidth": 2.2, "solid_capstyle": "butt", "alpha": 0.45}
_SPREAD = {"color": INK, "linewidth": 0.7, "marker": "|", "markersize": 3}
# Where a course is told to have ended.
STOP_MARK = {"marker": "|", "markersize": 7, "markeredgecolor": INK, "markeredgewidth": 1.2}
# Where something began or ended is open: dashes to this mark, of so many millimetres.
ASK = {**STATE_MARKS["unknown"], "markersize": 4.5}
ASKED = 5.0
ONGOING = {"marker": ">", "markersize": 4.5, "markerfacecolor": INK, "markeredgecolor": INK}
_OPEN_END = {**LASTING, **ASK, "alpha": None, "color": "#9a9a9a", "markevery": [1]}


def happened_entries(rows: list, axis: TimeAxis) -> list[Entry]:
    """Entries of the key for procedures and events that are shown."""
    kinds = {row.kind for row in rows}
    entries = [Entry(words, "mark", look) for kind, (words, look) in HAPPENED.items() if kind in kinds]
    happened = [row for row in rows if row.kind in HAPPENED]
    lasted = any(reach_of(row, axis) > row.XHI for row in happened if not has_open_end(row) and row.end != "ongoing")
    is_open = any(map(has_open_end, happened))
    is_ongoing = any(map(goes_on, happened))
    shown = (
        (lasted, "lasted to its reported end", {**LASTING, **STOP_MARK, "markevery": [1]}),
        (is_open, f"lasted; {when_ended(axis)} is not reported", _OPEN_END),
        (is_ongoing, "ongoing", {**LASTING, **ONGOING, "alpha": None, "color": "#9a9a9a", "markevery": [1]}),
    )
    return [*entries, *(Entry(words, "line", look) for is_shown, words, look in shown if is_shown)]


def has_open_end(row) -> bool:
    """Whether the time of an end is reported, and facts without a time make its position open."""
    return math.isfinite(row.TAIL) and bool(timed_end(row.end))


def has_spread_end(row, axis: TimeAxis) -> bool:
    """Whether an end stands on an axis of days, and is only known to lie between two of them."""
    return axis.is_days and math.isfinite(row.AENHI) and row.AENLO < row.AENHI


def has_whisker(row, axis: TimeAxis) -> bool:
    """Whether a span is drawn in which a row began, was, or ended; what was already being taken has none of its start.

    On an axis of positions there is none.
    """
    if not axis.is_days:
        return False
    is_taken = row.kind == "treatment" and is_open(row) and not is_mark(row, axis)
    lasted = row.kind == "treatment" or reach_of(row, axis) > row.XHI
    return (row.XHI > row.XLO and not is_taken) or (lasted and has_spread_end(row, axis))


def when_ended(axis: TimeAxis) -> str:
    """What an open end leaves open: when it was, or in which of the positions of the axis."""
    return "when it ended" if axis.is_days else f"in which of the next {axis.positions.lower()} it ended"


def ends_later(row) -> bool:
    """Whether it is told that something ended, and when, or in which of the next positions, is open."""
    return has_open_end(row) or (row.end == STOPPED and not math.isnan(row.TAIL))


def asked_of(row, axis: TimeAxis) -> str:
    """The question for which a question mark is drawn behind a row; blank where none is drawn."""
    if math.isnan(row.TAIL):
        return ""
    # What was stopped may have ended in its own position; what is counted did end.
    has_ended = row.end == STOPPED or (row.kind == "treatment" and math.isfinite(row.COUNTHI))
    return "when it ended" if has_ended else when_ended(axis) if ends_later(row) else "whether it went on"


def further_words(row, end: float, axis: TimeAxis) -> str:
    """What is told, and what is not, of a treatment before its bar and behind its end: lines, dashes and marks."""
    words = [] if math.isnan(row.ENTERS) else ["when it began is not reported"]
    went_on = end < row.HELD and not timed_end(row.end)
    # What is told to have gone on until something has an end.
    asked = "" if row.ENDED.startswith("until ") or row.ENDED == STOPPED else asked_of(row, axis)
    if went_on:
        until = axis.scale.phrase(row.HELD) if axis.is_days else axis.names[math.ceil(row.HELD)]
        words.append(f"went on until {until}")
    if asked:
        words.append(f"{asked}{' after that' if went_on else ''} is not reported")
    return ", ".join(words)


def line_entries(through: str, rows: list, axis: TimeAxis) -> list[Entry]:
    """Entries of the key for the lines that stand for no row alone: through all panels, of time, and of the axis.

    `through` says what the lines through all panels are; blank where there is none.
    """
    whiskers = [row for row in rows if has_whisker(row, axis)]
    spread = any(has_spread_end(row, axis) or not has_one_end(row) for row in whiskers)
    one_sided = any(has_one_end(row) and row.XHI > row.XLO for row in whiskers)
    border = {**BORDER, "alpha": 0.4}
    shown = (
        (bool(through), through, "upright", THROUGH),
        (spread, "time known between two days only", "line", {**_SPREAD, "markevery": [0, 1]}),
        (one_sided, "time known to be before or after one day only", "line", {**_SPREAD, "markevery": [0]}),
        (not axis.is_days and len(axis.names) > 1, f"border between two {axis.positions.lower()}", "upright", border),
    )
    return [Entry(*entry) for is_shown, *entry in shown if is_shown]


class Flag(NamedTuple):
    """A mark and its words, placed: lengths in millimetres, `level` counted from the top.

    Attributes
    ----------
    row : Row
        From `rows_on`.
    lines : list of str
        The words, wrapped.
    level : int
        The line of the lane in which the mark stands.
    side : str
        Where the words stand: `left`, `right` or `below`.
    at : float
        Where they end, begin or have their middle, from the left edge of the axes.
    """

    row: object
    lines: list[str]
    level: int
    side: str
    at: float


def happened_words(row) -> str:
    """The words of a procedure or event: its name, how often, its grade, its site, its own time, and how long."""
    parts = [_what_happened(row), row.OWN_TIME, printed_length(row.note, row.quote), _own_end(row)]
    return ", ".join(filter(None, parts))


def _what_happened(row) -> str:
    """The words of a procedure or event without a time."""
    times = f"{row.count}\N{MULTIPLICATION SIGN}" if row.count else ""
    grade = f"grade {row.grade}" if row.grade else ""
    site = row.LOC if row.LOC.lower() not in row.PARAM.lower() else ""
    return ", ".join(filter(None, [capital(label_in_sentence(row.PARAM)), times, grade, site]))


def _own_end(row) -> str:
    """When something that happened ended, by its own time; an end by another phase stands where that is."""
    return until_words(row) if timed_end(row.end) not in ("", "ongoing", row.start) else ""


def state_words(row) -> str:
    """The words of a finding in a lane of its own: what is told of it, without its name."""
    size = "size not reported" if not row.value and row.AVALCALO < row.AVALCAHI else ""
    words = state_of_test(row.AVALC.replace("..", " to "), row.PARAM)
    of_source = "" if printed_words(row) == f"'{words}'" else printed_words(row)
    # That nothing changed stands in the words of the source.
    words, of_source = (of_source, "") if of_source and row.STATE == "unchanged" else (words, of_source)
    words = over_scale(words, row.note) if row.AVALU == UNIT_UNKNOWN else words
    words = qualified(words, row.note) if row.value else words
    return ", ".join(filter(None, [words, size, of_source, row.LOC, row.OWN_TIME]))


def lay_flags(rows: list, words: list[str], axis: TimeAxis, wide: float) -> list[Flag]:
    """Place marks and their words on as few lines as they need.

    Parameters
    ----------
    rows : list
        From `rows_on`.
    words : list of str
        The words of each row.
    axis : TimeAxis
        Of the figure.
    wide : float
        Width of the axes in millimetres.
    """
    column = 0.0 if axis.is_days else wide / len(axis.names)
    taken: list[list[tuple[float, float]]] = []
    flags = []
    for row, text in sorted(zip(rows, words, strict=True), key=lambda pair: (pair[0].X, pair[0].line)):
        # Quotation marks are set before a text is parted into lines.
        text = legible(printed(minus(text)))
        at = float(axis.share(row.X)) * wide
        start, end = (float(axis.share(x)) * wide for x in (row.XLO, _drawn_to(row, axis)))
        end += ASKED if has_open_end(row) else 0.0
        if column > _COLUMN:
            placed = _words_under(text, at, column - _GAP, wide)
        else:
            # Words stand over the line of what is ongoing: behind it is the edge.
            after = at if row.end == "ongoing" else max(at, end)
            placed = _words_beside(text, (min(at, start), at, after), wide)
        low, high = min(start, placed.low) - _PADS[placed.side][0], max(end, placed.high) + _PADS[placed.side][1]
        deep = _depth(placed)
        level = next(n for n in range(len(taken) + 1) if _is_free(taken[n : n + deep], low, high))
        taken.extend([] for _ in range(level + deep - len(taken)))
        for each in taken[level : level + deep]:
            each.append((low, high))
        flags.append(Flag(row, placed.lines, level, placed.side, placed.at))
    return flags


class _Words(NamedTuple):
    """Words at a mark: their lines, where they stand, where they begin, end or have their middle, and their reach."""

    lines: list[str]
    side: str
    at: float
    low: float
    high: float


def _words_under(text: str, at: float, width: float, wide: float) -> _Words:
    """Words of a width under a mark, moved as far as the edges of the axes ask for."""
    lines = wrap(text, width, SMALL)
    half = max((text_width(line, SMALL) for line in lines), default=0.0) / 2
    middle = min(max(at, half), wide - half)
    return _Words(lines, "below", middle, middle - half, middle + half)


def _words_beside(text: str, ends: tuple[float, float, float], wide: float) -> _Words:
    """Words beside a mark and what is drawn before and behind it, or under them where neither side has room."""
    before, at, after = ends
    room = {"right": wide - after - _REACH, "left": before - _REACH}
    whole = text_width(text, SMALL)
    if max(room.values()) < min(whole, _COLUMN):
        return _words_under(text, at, wide, wide)
    is_right = room["right"] >= min(room["left"], whole) or (
        room["right"] > _COLUMN and len(wrap(text, room["right"], SMALL)) <= 2
    )
    side = "right" if is_right else "left"
    lines = wrap(text, room[side], SMALL)
    longest = max((text_width(line, SMALL) for line in lines), default=0.0)
    if is_right:
        return _Words(lines, side, after + _REACH, min(before, at - _REACH), after + _REACH + longest)
    return _Words(lines, side, before - _REACH, before - _REACH - longest, max(after, at + _REACH))


def reach_of(row, axis: TimeAxis) -> float:
    """Up to where something is known to have lasted, where the source tells its end; else the end of its whisker."""
    if row.end == "ongoing":
        return max(row.XHI, reach_of_ongoing(row, axis))
    for end in (row.XEND, row.HELD):
        if math.isfinite(end):
            return max(row.XHI, end)
    lasted = axis.is_days and timed_end(row.end) and np.isfinite(row.AENHI)
    return max(row.XHI, (row.AENLO + row.AENHI) / 2) if lasted else row.XHI


def _drawn_to(row, axis: TimeAxis) -> float:
    """Up to where something is drawn behind a mark: how long it lasted, and when its end was at the latest."""
    reached = reach_of(row, axis)
    return max(reached, min(row.AENHI, axis.high)) if has_spread_end(row, axis) and reached > row.XHI else reached


def _is_free(levels: list[list[tuple[float, float]]], low: float, high: float) -> bool:
    return all(high <= other[0] or low >= other[1] for level in levels for other in level)


def flags_height(flags: list[Flag]) -> float:
    """Height in millimetres of placed flags."""
    deep = max((flag.level + _depth(flag) for flag in flags), default=0)
    return deep * LEVEL + 0.6


def _depth(flag: "Flag | _Words") -> int:
    """How many lines a mark and its words take."""
    return 1 + len(flag.lines) if flag.side == "below" else max(len(flag.lines), 1)


def draw_flags(ax, flags: list[Flag], axis: TimeAxis) -> None:
    """Draw placed flags into axes whose vertical unit is a millimetre, 0 at the top."""
    point = 1 / MM / 72  # millimetres
    for flag in flags:
        row, y = flag.row, (flag.level + 0.5) * LEVEL
        element = row.STATE if row.kind == "observation" else row.kind
        look = HAPPENED[row.kind][1] if row.kind in HAPPENED else STATE_MARKS[element]
        look = {"markersize": 4.4, **look} if row.kind in HAPPENED else look
        gid = tag(element, row.code, row.line)
        if is_bounded(row):
            half = INTERVAL_WIDE * per_mm(ax, axis) / 2
            ax.add_patch(Rectangle((row.X - half, y - _TALL / 2), 2 * half, _TALL, gid=gid, zorder=4, **INTERVAL))
        else:
            ax.add_line(Line2D([row.X], [y], linestyle="none", gid=gid, zorder=4, clip_on=False, **look))
        draw_whisker(ax, row, y, row.XLO, row.XHI)
        _draw_lasting(ax, row, y, axis)
        ax.text(row.X, y, said_of(row, axis), gid=f"{gid}.said", visible=False)
        is_below = flag.side == "below"
        x = axis.unflat(axis.flat(axis.low) + flag.at * per_mm(ax, axis))
        ax.annotate(
            "\n".join(flag.lines),
            (x, y),
            xytext=(0, -(LEVEL / 2) / point if is_below else 0.55 * SMALL),
            textcoords="offset points",
            fontsize=SMALL,
            ha={"below": "center", "right": "left", "left": "right"}[flag.side],
            va="top",
            linespacing=LINE,
            zorder=6,
            bbox=HALO,
        )


def _draw_lasting(ax, row, y: float, axis: TimeAxis) -> None:
    """Draw how long something lasted and how that ended, where that is told."""
    end, lasting = reach_of(row, axis), {"gid": tag("lasting", row.code, row.line), "zorder": 3, **LASTING}
    if has_open_end(row):
        ax.add_line(Line2D([row.X, end], [y, y], **lasting))
        _draw_open_end(ax, row, y, end, axis)
    elif end > row.XHI:
        ax.add_line(Line2D([row.X, end], [y, y], **lasting))
        # What is told as ongoing has no reported end, and none is marked at a death.
        mark = ONGOING if goes_on(row) else STOP_MARK if row.end != "ongoing" else {"marker": ""}
        ax.add_line(Line2D([end], [y], linestyle="none", zorder=4, clip_on=False, **mark))
        if has_spread_end(row, axis):
            draw_whisker(ax, row, y, row.AENLO, row.AENHI)


def _draw_open_end(ax, row, y: float, start: float, axis: TimeAxis) -> None:
    """Draw dashes from the last place to which something is known to have lasted."""
    end = axis.unflat(axis.flat(start) + ASKED * per_mm(ax, axis))
    look = {**LASTING, "linewidth": 1.1, "linestyle": (0, (2, 2))}
    ax.add_line(Line2D([start, end], [y, y], gid=tag("tail", row.code, row.line), zorder=2.9, **look))
    ax.add_line(Line2D([end], [y], linestyle="none", zorder=5, clip_on=False, **ASK))


def said_of(row, axis: TimeAxis) -> str:
    """A row in words for those who do not see its mark: what it is, what is told, and when."""
    if row.kind in HAPPENED:
        words, until = [_what_happened(row), printed_length(row.note, row.quote)], _own_end(row)
    else:
        # Its own time stands with its position.
        words, until = [row.PARAM, state_words(row._replace(OWN_TIME="")), no_unit(row)], ""
    asked = f"{when_ended(axis)} is not reported" if has_open_end(row) else ""
    return ", ".join(filter(None, [*words, when_of(row, axis), until, asked])).replace("\n", " ")


def no_unit(row) -> str:
    """That the unit of a number is not reported, or the scale of a grade; blank for any other row."""
    return unit_unknown_words(row.UNIT) if row.value and row.AVALU == UNIT_UNKNOWN else ""


def draw_whisker(ax, row, y: float, low: float, high: float) -> None:
    """Draw the span in which the time of a row lies, where it is uncertain; an open side, at the edge, has no cap."""
    if high > low:
        gid, (left, right) = tag("whisker", row.code, row.line), ax.get_xlim()
        for x in (x for x in (low, high) if left < x < right):
            ax.add_line(Line2D([x], [y], linestyle="none", marker="|", markersize=3, color=INK, zorder=4))
        ax.add_line(Line2D([low, high], [y] * 2, color=INK, linewidth=0.7, gid=gid, zorder=4))
