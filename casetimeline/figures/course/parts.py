"""Parts of the course, from top to bottom: lanes of treatments, of findings and of what happened, and graphs."""

from collections.abc import Callable, Iterable
from operator import attrgetter
from typing import NamedTuple

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ...case import Case
from ...derive import derive_doses, derive_prednisone
from ...prose import unread_after
from ...rules import is_unscored
from ..axes.axis import TimeAxis, draw_cut, draw_tick_labels, draw_ticks, make_plain
from ..axes.lasting import is_mark
from ..blocks import Entry
from ..drawn import tag
from ..style import HALO, INK, MORE_MARK, SMALL, THROUGH, add_axes, add_text, text_height, text_width, wrap
from .flags import Flag, draw_flags, flags_height, happened_words, lay_flags, no_unit, state_words
from .graphs import draw_graph, is_logarithmic
from .lanes import Lane, lane_drawer, lay_lane
from .rows import Panel
from .scheduled import varied_words
from .shown import listed_as, range_of, shown_in, unit_words
from .stairs import draw_stairs, is_cut, lay_stairs, top_of
from .treatments import AS_HIGH, dosing

NARROW = 120.0  # a figure that is less wide, in millimetres, has its names above its lanes
NAMES = 33.0  # width in millimetres of the column of names
EDGE, _GAP = 2.0, 1.6
_STAIRS = 13.0  # height in millimetres of the staircase
_GRAPH, _HEAD = 14.5, 2.8
STAIRS = "Glucocorticoids"  # the name of the lane that is a staircase
_CLEAR = 0.8  # millimetres between the axis of a graph and the words under it
_BELOW = 1.6  # millimetres between the lowest lane and the axis
_THROUGH = "Procedures through all panels"
_BOLD = 0.87  # how much narrower than bold the letters are that are measured
_NAME = 7.0  # size of the name of a lane, in points


class Part(NamedTuple):
    """A part of the figure before it is drawn: its names at the left, its height, and how it is drawn.

    Attributes
    ----------
    name : str
    under : str
        What stands under the name, smaller.
    label : str
        The label of its axes.
    high : float
        Height of its axes in millimetres.
    draw : callable
        Draws it into its axes.
    space : float
        Millimetres above it.
    head : float
        Millimetres that it needs for words above its axes.
    kind : str
        Of what rows it is: their kind, the measure of a graph, or `STAIRS`.
    given : tuple
        Of treatments, the rows that it shows.
    cuts : int
        How many doses are cut at the top, of a staircase.
    has_doses : bool
        Whether it has marks of administrations on its bars.
    """

    name: str
    under: str
    label: str
    high: float
    draw: Callable
    space: float = _GAP
    head: float = 0.0
    kind: str = ""
    given: tuple = ()
    cuts: int = 0
    has_doses: bool = False


class Layout(NamedTuple):
    """Where things stand: the width of the figure, the left edge and the width of the axes, in millimetres.

    In a narrow layout names stand above their lanes, else at their left.
    """

    width: float
    left: float
    wide: float
    axis: TimeAxis
    narrow: bool


def _name_width(place: Layout) -> float:
    return place.width - 2 * EDGE if place.narrow else NAMES - 3


def _names(part: Part, place: Layout) -> list[tuple[str, float, str]]:
    """The lines of the names of a part, each with its size and weight."""
    wide = _name_width(place)
    # Bold letters are wider than those that are measured.
    name = wrap(part.name, _BOLD * wide, _NAME)
    if place.narrow and part.under and text_width(part.name, _NAME, "bold") + text_width(part.under, SMALL) < wide - 2:
        return [(part.name, _NAME, part.under)]
    under = wrap(part.under, wide, SMALL) if part.under else []
    return [*((line, _NAME, "") for line in name), *((line, SMALL, "") for line in under)]


def part_height(part: Part, place: Layout) -> float:
    """Height of a part with the space above it, in millimetres."""
    names = sum(text_height(1, size) for _, size, _ in _names(part, place))
    if place.narrow:
        return part.space + names + part.head + part.high
    return part.space + max(names, part.head + part.high)


def draw_part(figure: Figure, part: Part, place: Layout, top: float) -> None:
    """Draw a part, with its names, from a distance of the upper edge of the figure in millimetres."""
    at = top + part.space
    for line, size, beside in _names(part, place):
        color = INK if size == _NAME else "#444444"
        weight = "bold" if size == _NAME else "normal"
        add_text(figure, EDGE, at, line, fontsize=size, fontweight=weight, color=color, bbox=HALO)
        if beside:
            add_text(
                figure,
                EDGE + text_width(line, size, "bold") + 1.5,
                at + 0.35,
                beside,
                fontsize=SMALL,
                color="#444444",
                bbox=HALO,
            )
        at += text_height(1, size)
    low = (at if place.narrow else top + part.space) + part.head
    ax = add_axes(figure, place.left, low, place.wide, part.high, label=part.label)
    ax.spines[["bottom"]].set_visible(False)
    ax.tick_params(axis="x", labelbottom=False, length=0)
    part.draw(ax)


def stack_height(parts: list[Part], place: Layout) -> float:
    """Height in millimetres of parts under each other, down to their axis."""
    return sum(part_height(part, place) for part in parts) + _BELOW


def draw_stack(figure: Figure, parts: list[Part], procedures: list, place: Layout, top: float) -> None:
    """Draw parts under each other on one axis, from a distance of the upper edge of the figure in millimetres.

    Behind them runs a line through all of them for each procedure.
    """
    high = stack_height(parts, place)
    ground = add_axes(figure, place.left, top, place.wide, high, label=_THROUGH if procedures else "All panels")
    make_plain(ground, place.axis)
    ground.set_ylim(high, 0)
    ground.set_zorder(-1)
    for row in procedures:
        ground.add_line(Line2D([row.X, row.X], [0, high], gid=tag("through", row.code, row.line), **THROUGH))
    draw_cut(ground, place.axis)
    draw_tick_labels(ground, place.axis, place.wide)
    for part in parts:
        draw_part(figure, part, place, top)
        top += part_height(part, place)


def silent_part(panel: Panel, words: str, label: str | None = None) -> Part:
    """Words in place of a graph that has nothing to show; its axes are named as the measure, or as is asked for."""

    def draw(ax) -> None:
        """Draw the part into its axes."""
        make_plain(ax, panel.axis)
        gid = tag("silent", panel.code, "panel")
        ax.add_line(Line2D([panel.axis.low], [0], gid=gid, linestyle="none"))
        ax.text(panel.axis.low, 0, words, gid=f"{gid}.said", visible=False)
        ax.text(0, 0.5, words, transform=ax.transAxes, fontsize=SMALL, va="center")

    name = panel.measure["label"]
    return Part(name, "", name if label is None else label, 4.0, draw)


def flag_part(title: str, rows: list, place: Layout) -> Part:
    """Procedures or events, each with its words."""
    flags = lay_flags(rows, [_with_grade_before(row, rows) for row in rows], place.axis, place.wide)
    part = Part(title, "", title, flags_height(flags), lambda ax: _draw_flags(ax, flags, place.axis))
    return part._replace(kind=rows[0].kind)


def _with_grade_before(row, rows: list) -> str:
    """The words of what happened; where it was told before with another grade it is not new: that one stands too."""
    before = [o for o in rows if o.grade and o.code == row.code and o.LOC == row.LOC and o.X < row.X]
    last = max(before, key=lambda other: other.X).grade if before and row.grade else row.grade
    return happened_words(row) + (f" (before: grade {last})" if last != row.grade else "")


def finding_part(rows: list, place: Layout) -> Part:
    """The lane of a finding without a scale, each record with its state."""
    flags = lay_flags(rows, [state_words(row) for row in rows], place.axis, place.wide)
    name, under = rows[0].PARAM, max(map(no_unit, rows))
    return Part(name, under, name, flags_height(flags), lambda ax: _draw_flags(ax, flags, place.axis))


def _draw_flags(ax, flags: list[Flag], axis: TimeAxis) -> None:
    """Draw placed flags into axes as high as they are."""
    make_plain(ax, axis)
    ax.set_ylim(flags_height(flags), 0)
    draw_flags(ax, flags, axis)
    draw_cut(ax, axis)


def treatment_parts(rows: list, case: Case, place: Layout) -> list[Part]:
    """The staircase of the glucocorticoids, then a lane for each other treatment, in the order of their starts."""
    if not rows:
        return []
    axis, parts = place.axis, []
    doses = derive_doses(case.facts).groupby("line")["DOSEDY"].agg(list).to_dict() if axis.is_days else {}
    stairs = lay_stairs(rows, derive_prednisone(case.facts, case.measures), axis, place.wide)
    stairs = stairs if any(stair.high > 0 for stair in stairs) else []
    climbing = {stair.step.row.line: stair.step.row for stair in stairs}
    codes = {row.code for row in climbing.values()}
    if stairs:
        unknown = [row for row in rows if row.code in codes and row.line not in climbing]
        lane = lay_lane(unknown, doses, axis, place.wide) if unknown else None
        part = _stairs_part(stairs, lane, _below_words(lane) if lane else "", place)
        parts.append(part._replace(given=(*climbing.values(), *unknown)))
    for code in dict.fromkeys(row.code for row in sorted(rows, key=attrgetter("ORDER")) if row.code not in codes):
        mine = tuple(row for row in rows if row.code == code)
        lane = lay_lane([*mine], doses, axis, place.wide)
        name, high = mine[0].PARAM, lane.height() + 0.2
        part = Part(name, lane.under, name, high, lane_drawer(lane, axis), kind="treatment", given=mine)
        parts.append(part._replace(has_doses=any(doses.get(row.line) for row in mine if not is_mark(row, axis))))
    return parts


def _is_number(stair) -> bool:
    return stair.step.row.dose.replace(".", "", 1).isdigit()


def _below_words(lane: Lane) -> str:
    """Why courses of a glucocorticoid stand below the line of its staircase, and the dose of one that has no label."""
    rows = [step.row for step in lane.steps]
    unlabelled = {row.line: f" ({dosing(row)})" for row in rows if row.dose and row.line not in lane.words}
    why = {f"{_why_below(row)}{unlabelled.get(row.line, '')}" for row in rows}
    return f"; below the line: {' or '.join(sorted(why))}"


def _why_below(row) -> str:
    """Why the dose of a glucocorticoid is not one of milligrams a day."""
    sizes = [size for size in ("kg", "m2") if f"/{size}" in row.dose_unit]
    return varied_words(row) or (f"dose per {sizes[0]}" if sizes else "daily dose not reported")


def _stairs_part(stairs: list, unknown: Lane | None, below: str, place: Layout) -> Part:
    """The staircase of the glucocorticoids; below its line, courses of the same drugs without a dose a day."""
    names = ", ".join(dict.fromkeys(stair.step.row.PARAM for stair in stairs))
    alike = all(stair.low == float(stair.step.row.dose or "nan") for stair in stairs if _is_number(stair))
    unit = "mg/day" if alike else "mg/day, as prednisone (calculated)"
    strip = unknown.height() + 1.0 if unknown else 0.0

    def draw(ax) -> None:
        """Draw the part into its axes."""
        lower = _part_below(ax, strip / (_STAIRS + strip)) if unknown else None
        draw_ticks(ax, place.axis)
        ax.set_yticks([])
        ax.spines["left"].set_visible(False)
        draw_stairs(ax, stairs, place.axis, place.wide)
        ax.axhline(0, color=INK, linewidth=0.5, zorder=1, clip_on=False)
        draw_cut(ax, place.axis)
        if lower:
            lane_drawer(unknown, place.axis, space=0.8)(lower)

    name, top = STAIRS, top_of(stairs, place.axis, place.wide)
    cuts = len({stair.high for stair in stairs if is_cut(stair, top)})
    return Part(name, f"{names}: {unit}{below}", name, _STAIRS + strip, draw, kind=STAIRS, cuts=cuts)


def climbing_in(parts: Iterable[Part]) -> str:
    """The name of the staircase of some parts, and that a dose of it is cut, for the key; blank without a staircase."""
    stairs = [part for part in parts if part.kind == STAIRS]
    cuts = sum(part.cuts for part in stairs)
    cut = f", but for {'one' if cuts == 1 else 'those'} that a white line cuts" if cuts else ""
    return f"{STAIRS}: {AS_HIGH}{cut}" if stairs else ""


def _part_below(ax, share: float):
    """Axes in the lower share of others, which are then as much less high."""
    box = ax.get_position()
    below = ax.figure.add_axes((box.x0, box.y0, box.width, box.height * share), label=ax.get_label())
    below.spines[["bottom"]].set_visible(False)
    below.tick_params(axis="x", labelbottom=False, length=0)
    ax.set_position((box.x0, box.y0 + box.height * share, box.width, box.height * (1 - share)))
    return below


def _draw_words(ax, flags: list[Flag], name: str, axis: TimeAxis) -> None:
    """Draw what has no place on a scale, under its axis: above the scale it would read as higher than its top."""
    _draw_flags(ax, flags, axis)
    ax.set_ylim(flags_height(flags), -_CLEAR)
    ax.annotate(
        name,
        (0, flags_height(flags) / 2),
        xycoords=("axes fraction", "data"),
        xytext=(-2, 0),
        textcoords="offset points",
        fontsize=SMALL,
        ha="right",
        va="center",
        color=INK,
    )


def _listed_words(row, measure) -> str:
    """The words of a record that has no place on the scale of its measure; those of no score say so."""
    if no_unit(row):
        return f"{state_words(row)}, {no_unit(row)}"
    unscored = is_unscored(row, measure["unit"], measure["abbrev"])
    return f"score not reported; {state_words(row)}" if unscored else state_words(row)


def _draw_unread(ax, code: str, axis: TimeAxis, words: str) -> None:
    """Draw at the end of the axis that the course went on in a part that was not read; nothing without such words."""
    if words:
        gid = tag("unread", code, "after")
        look = {"linestyle": "none", "clip_on": False, "zorder": 5, **MORE_MARK}
        ax.add_line(Line2D([axis.high], [0.5], transform=ax.get_xaxis_transform(), gid=gid, **look))
        ax.text(axis.high, 0, words.rstrip("."), gid=f"{gid}.said", visible=False)


def unread_entries(case: Case, codes: Iterable[str]) -> list[Entry]:
    """The entry of the key for graphs whose course went on in a part that was not read."""
    words = "what came after this was not read"
    return [Entry(words, "mark", MORE_MARK)] if {*codes} & {*unread_after(case)} else []


def graph_part(panel: Panel, place: Layout, case: Case, tall: float = 0.0) -> Part:
    """The graph of a measure, of a height of its own or the usual one, and below it what has no number."""
    phases = case.about.get("phases", {})
    flags = lay_flags(panel.listed, [_listed_words(row, panel.measure) for row in panel.listed], place.axis, place.wide)
    strip = flags_height(flags) + _CLEAR if panel.listed else 0.0
    high = tall or _GRAPH
    if panel.scale == "grade":
        # The names of its grades have a line each.
        high = max(high, text_height(1, SMALL) * len(panel.measure["grades"]))

    def draw(ax) -> None:
        """Draw the part into its axes."""
        # The axes of the part hold the graph and, under its own axis, what has no place on its scale.
        if strip:
            _draw_words(_part_below(ax, strip / (high + strip)), flags, listed_as(panel), place.axis)
        draw_graph(ax, panel, phases)
        _draw_unread(ax, panel.code, place.axis, unread_after(case).get(panel.code, ""))
        ax.tick_params(axis="x", labelbottom=False, length=0)
        ax.spines[["bottom"]].set_visible(True)
        ax.spines[["bottom"]].set_color("#bbbbbb")

    # Narrow, one line above the graph; else two lines beside it.
    fits = len(wrap(panel.measure["label"], _BOLD * _name_width(place), _NAME)) <= (1 if place.narrow else 2)
    name = panel.measure["label"] if fits else panel.measure["abbrev"]
    limits = sorted({range_of(row, shown_in(panel)[1]) for row in panel.drawn} - {""})
    parts = [
        unit_words(panel),
        f"reference {'; '.join(limits)}" if limits else "",
        "log scale" if is_logarithmic(panel) else "",
    ]
    return Part(
        name,
        ", ".join(filter(None, parts)),
        panel.measure["label"],
        high + strip,
        draw,
        head=_HEAD,
        kind=panel.code,
    )
