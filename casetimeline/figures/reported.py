"""The reported-data map: for each measure and phase, what is reported, what is not, and what is not mentioned."""

import math
from typing import NamedTuple

import matplotlib
import pandas as pd
from matplotlib.colors import ListedColormap
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..case import Case
from ..derive import derive_told, derive_worded
from ..prose import capital, qualified
from ..rules import Analysis, analyse
from ..vocabulary import OPEN_STATES
from .axes.axis import TimeAxis, draw_tick_labels, key_of_positions, order_axis, ticks_height
from .axes.places import spots_of
from .blocks import Entry, Footer, draw_footer, lay_footer, pages_of, state_entries, titles_of
from .course.rows import height, rows_on
from .course.treatments import ONGOING
from .drawn import list_rows, listed_note, tag
from .files.publish import new_figure
from .style import (
    IN_WORDS_MARK,
    INK,
    LINE,
    MM,
    SMALL,
    STATE_MARKS,
    add_axes,
    add_text,
    figure_style,
    legible,
    letters_note,
    text_height,
    text_width,
    with_letters,
    wrap,
)

# Grounds of a cell: not mentioned, mentioned but not known, known. They differ in print without colour as well.
_GROUNDS = ("#ffffff", "#d4d4d4", "#e3f0f9")
_GROUND_LOOK = {"edgecolor": "#9a9a9a", "linewidth": 0.4}
_TIME = "Day or date"
_MANY = 36  # so many rows are lower than fewer
_HEAD = 1.5 + text_height(1, 7.5)


_PARTLY = {**STATE_MARKS["value"], "fillstyle": "left", "markerfacecoloralt": "white"}
# How much is told of the times of a position.
_KNOWN = {"value": "reported", "partly": "of some facts", "not_reported": "not reported"}
# How a cell of a treatment is drawn, by what is known: its mark, its element, and its words.
_TOLD = (
    (STATE_MARKS["value"], "told", "reported"),
    (IN_WORDS_MARK, "worded", "told in words"),
    (STATE_MARKS["not_reported"], "untold", "not reported"),
    (ONGOING, "ongoing", "ongoing"),
)


def draw_reported(analysis: Analysis, width_mm: float = 180) -> Figure:
    """Draw what the source reports of each finding and of each treatment.

    Above, each measure has a row and each position in the order of telling a column, with a mark for each fact. Below,
    each course of a treatment has a row, with a cell for its dose, schedule, route, start and end. An empty cell means
    that the source does not mention it. Both parameters are those of every figure: see `casetimeline.figures`.
    """
    return reported_in_parts(analysis, width_mm)[0]


class ReportedGrid(NamedTuple):
    """The two tables before they are drawn; lengths in millimetres.

    Attributes
    ----------
    axis : TimeAxis
    rows : list
        All rows, from `rows_on`.
    measures : dict of str
        The names of the measures by their codes.
    titles : list of str
        Of the courses.
    told : DataFrame
        How each course has its dose, schedule, route, start and end: `told`, `worded`, `untold` or `ongoing`.
    left, wide : float
        The left edge and the width of the cells.
    cell, course : float
        The height of a row of each table.
    """

    axis: TimeAxis
    rows: list
    measures: dict[str, str]
    titles: list[str]
    told: pd.DataFrame
    left: float
    wide: float
    cell: float
    course: float


def reported_in_parts(analysis: Analysis, width_mm: float, most_mm: float = math.inf) -> list[Figure]:
    """The figure of `draw_reported` in parts that are at most so high without their notes, in millimetres."""
    analysis = analyse(analysis)
    case = analysis.case
    with figure_style(width_mm):
        grid = _lay_grid(case, width_mm)
        shown = ("observation", "treatment")
        left_out = [(row, f"{row.kind.replace('_', ' ')}s") for row in grid.rows if row.kind not in shown]
        key = lay_footer(_entries(grid, ([*grid.measures], [*range(len(grid.titles))])), [], width_mm - 4)
        pages = _pages(grid, most_mm - 4.5 - key.key_height)
        titles = titles_of("What is reported", len(pages))
        drawn = []
        for title, page in zip(titles, pages, strict=True):
            footer = lay_footer(_entries(grid, page), _notes(grid, page, left_out), width_mm - 4)
            drawn.append(_draw(case, title, grid, page, footer, width_mm))
        list_rows(drawn[0], left_out)
        return [*map(with_letters, drawn)]


def _lay_grid(case: Case, width_mm: float) -> ReportedGrid:
    axis = order_axis(case)
    rows = rows_on(axis, case.facts)
    courses = [row for row in rows if row.kind == "treatment"]
    measures = {row.code: row.PARAM for row in rows if row.kind == "observation"}
    titles = [f"{row.PARAM}, {_position(row, axis)}" for row in courses]
    longest = max(text_width(legible(name), 7) for name in [_TIME, *measures.values(), *titles])
    left = min(longest + 5, 0.42 * width_mm)
    wide = width_mm - left - 2
    given = case.facts.set_index("line").loc[[row.line for row in courses]]
    reported = derive_told(given).replace({True: "told", False: "untold"}).mask(derive_worded(given).ne(""), "worded")
    # What goes on has no end yet: that is told, and is no end.
    reported["end"] = reported["end"].mask(given["end"].eq("ongoing"), "ongoing")
    cells = (
        [wrap(name, left - 4, 7) for name in [_TIME, *measures.values()]],
        [wrap(name, left - 4, 7) for name in titles],
    )
    # Many rows are lower, so that they stay on one page.
    least, more = (4.4, 1.0) if len(measures) + len(titles) < _MANY else (3.6, 0.5)
    cell, course = (max([least, *(text_height(len(lines), 7) + more for lines in each)]) for each in cells)
    return ReportedGrid(axis, rows, measures, titles, reported, left, wide, cell, course)


def _upper(grid: ReportedGrid, count: int) -> float:
    """The height of the findings, with the row of times, of so many measures."""
    return _HEAD + grid.cell * (1 + count) + ticks_height(grid.axis, grid.wide)


def _lower(grid: ReportedGrid, count: int) -> float:
    """The height of so many courses with their heads; nothing for none."""
    heads = text_height(_rows_of_heads(grid.told, grid.wide), SMALL)
    return _HEAD + heads + 1 + grid.course * count if count else 0.0


def _pages(grid: ReportedGrid, room: float) -> list[tuple[list[str], list[int]]]:
    """The codes of the measures and the places of the courses of each page."""
    measures, courses = [*grid.measures], [*range(len(grid.titles))]
    if _upper(grid, len(measures)) + _lower(grid, len(courses)) <= room:
        return [(measures, courses)]
    upper = [(measures[page], []) for page in pages_of([grid.cell] * len(measures), room - _upper(grid, 0))]
    lower = [
        ([], courses[page]) for page in pages_of([grid.course] * len(courses), room - _lower(grid, 1) + grid.course)
    ]
    last = upper[-1][0]
    if courses and _upper(grid, len(last)) + _lower(grid, len(lower[0][1])) <= room:
        return [*upper[:-1], (last, lower[0][1]), *lower[1:]]
    return [*upper, *(lower if courses else [])]


def _draw(case: Case, title: str, grid: ReportedGrid, page: tuple, footer: Footer, width_mm: float) -> Figure:
    """The findings of some measures above some courses."""
    (codes, places), left, wide = page, grid.left, grid.wide
    upper = _upper(grid, len(codes)) if _has_findings(grid, page) else 0.0
    lower = _lower(grid, len(places))
    figure = new_figure(case.case_id, title, width_mm, 1.5 + upper + lower + 2 + footer.height)
    if upper:
        add_text(figure, 2, 1.5, "Findings", fontsize=7.5, fontweight="bold")
        names = [wrap(name, left - 4, 7) for name in [_TIME, *(grid.measures[code] for code in codes)]]
        ax = add_axes(figure, left, 1.5 + _HEAD, wide, grid.cell * len(names), label="Findings")
        _draw_findings(ax, grid.rows, {code: grid.measures[code] for code in codes}, names, grid.axis)
        draw_tick_labels(ax, grid.axis, wide, shift=-0.5)
    if places:
        top = 1.5 + upper
        add_text(figure, 2, top, "Treatments", fontsize=7.5, fontweight="bold")
        high = grid.course * len(places)
        ax = add_axes(figure, left, top + lower - high, wide, high)
        ax.set_label("Treatments")
        courses = [row for row in grid.rows if row.kind == "treatment"]
        titles = [grid.titles[place] for place in places]
        names = [wrap(name, left - 4, 7) for name in titles]
        heads = _rows_of_heads(grid.told, wide)
        _draw_courses(ax, grid.told.iloc[places], [courses[place] for place in places], titles, names, heads)
    draw_footer(figure, footer, 2, 1.5 + upper + lower + 2)
    return figure


def _has_findings(grid: ReportedGrid, page: tuple) -> bool:
    """Whether a page has the upper table: the first part has the times, also where no measure is recorded."""
    return bool(page[0] or not page[1] or not grid.measures)


def _entries(grid: ReportedGrid, page: tuple) -> list[Entry]:
    """Entries of the key of a page: the mark of a value also stands for "reported" in the rows of the treatments."""
    (codes, places), above = page, _has_findings(grid, page)
    findings = [row for row in grid.rows if row.kind == "observation" and row.code in codes]
    states = {row.STATE for row in findings}
    kinds = states | {*grid.told.iloc[places].to_numpy().ravel()}
    kinds |= {*_times_told(grid.rows, grid.axis).values()} if above else set()

    def mark(words: str, look: dict, *of: str) -> list[Entry]:
        """The entry of a mark, where one of these is drawn by it."""
        return [Entry(words, "mark", look)] if kinds & {*of} else []

    unmentioned = Entry("not mentioned in the part of the source that was read", "box", _ground(0))
    return [
        *mark("reported, or a value", STATE_MARKS["value"], "value", "told"),
        *state_entries(states - {"value", "not_reported"}),
        *mark("not reported", STATE_MARKS["not_reported"], "not_reported", "untold"),
        *([unmentioned] if above else []),
        *mark("reported of some facts of the column", _PARTLY, "partly"),
        *mark("told in words, not as a value", IN_WORDS_MARK, "worded"),
        *mark("ongoing", ONGOING, "ongoing"),
    ]


def _times_told(rows: list, axis: TimeAxis) -> dict[int, str]:
    """How the time of each position is told: `value`, `partly` where it is that of some facts, or `not_reported`."""
    timed, untimed = ({row.ORDER for row in rows if bool(row.start) == has_time} for has_time in (True, False))
    of_timed = {position: "partly" if position in untimed else "value" for position in timed}
    return {position: of_timed.get(position, "not_reported") for position in axis.names}


def _notes(grid: ReportedGrid, page: tuple, left_out: list[tuple]) -> list[str]:
    axis, above = grid.axis, _has_findings(grid, page)
    findings = "each finding (row) at each position (column), in the order of telling and not to scale"
    contents = [findings] if above else []
    contents += ["what is reported of each treatment"] if page[1] else []
    words = f"Above, {contents[0]}; below, {contents[1]}" if len(contents) > 1 else capital(contents[0])
    shown = (row.PARAM for row in grid.rows if row.kind in ("observation", "treatment"))
    return [
        f"{words}.",
        key_of_positions(axis, grid.wide),
        listed_note(left_out),
        letters_note(*axis.names.values(), *shown),
    ]


def _position(row, axis: TimeAxis) -> str:
    """Where a course begins: by its number on the axis of a case with phases, else by its time."""
    return row.start if pd.isna(row.phase) else f"{axis.positions.removesuffix('s').lower()} {row.ORDER}"


def _ground(level: int) -> dict:
    return {"facecolor": _GROUNDS[level], **_GROUND_LOOK}


def _draw_grid(ax, levels: pd.DataFrame, names: list[list[str]]) -> None:
    """Draw the grounds of the cells, and the name of each row before it."""
    import seaborn

    seaborn.heatmap(
        levels,
        ax=ax,
        cmap=ListedColormap(_GROUNDS),
        vmin=0,
        vmax=2,
        cbar=False,
        xticklabels=False,
        yticklabels=False,
        linewidths=_GROUND_LOOK["linewidth"],
        linecolor=_GROUND_LOOK["edgecolor"],
        clip_on=False,
    )
    ax.set(xlabel="", ylabel="")
    for i, lines in enumerate(names):
        ax.annotate(
            "\n".join(lines),
            (0, i + 0.5),
            xytext=(-3, 0),
            textcoords="offset points",
            fontsize=7,
            ha="right",
            va="center",
            linespacing=LINE,
            color=INK,
        )


def _draw_findings(ax, rows: list, measures: dict[str, str], names: list, axis: TimeAxis) -> None:
    positions = list(axis.names)
    codes = ["", *measures]
    levels = pd.DataFrame(0, index=codes, columns=positions)
    facts: dict[tuple, list] = {}
    for row in rows:
        if row.kind == "observation" and row.code in measures:
            facts.setdefault((row.code, row.ORDER), []).append(row)
            level = 1 if row.STATE in OPEN_STATES else 2
            levels.loc[row.code, row.ORDER] = max(level, levels.loc[row.code, row.ORDER])
    times = _times_told(rows, axis)
    levels.loc[""] = [1 if times[position] == "not_reported" else 2 for position in positions]
    _draw_grid(ax, levels, names)
    cell = ax.get_position().width * ax.figure.get_figwidth() / MM / len(positions), height(ax) / len(codes)
    for j, position in enumerate(positions):
        moment = f"{position}: {axis.names[position]}"
        kind = times[position]
        look = _sized(_PARTLY if kind == "partly" else STATE_MARKS[kind], spots_of(1, *cell)[1])
        gid = tag(kind, "time", f"position-{position}")
        _draw_mark(ax, look, gid, (j + 0.5, 0.5), f"{_TIME}, {moment}: {_KNOWN[kind]}")
        for i, code in enumerate(measures, start=1):
            here = facts.get((code, position), [])
            if not here:
                _mark_blank(ax, code, position, (j, i), f"{measures[code]}, {moment}: not mentioned")
                continue
            spots, size = spots_of(len(here), *cell)
            for row, (x, y) in zip(here, spots, strict=True):
                words = ", ".join(filter(None, [row.PARAM, row.LOC, f"{moment}: {_value_of(row)}"]))
                look = _sized(STATE_MARKS[row.STATE], size)
                _draw_mark(ax, look, tag(row.STATE, code, row.line), (j + x, i + y), words)


def _sized(look: dict, size: float) -> dict:
    """The look of a mark in a share of its size."""
    return {**look, "markersize": look.get("markersize", matplotlib.rcParams["lines.markersize"]) * size}


def _value_of(row) -> str:
    return qualified(row.AVALC, row.note) if row.value else row.AVALC


def _draw_mark(ax, look: dict, gid: str, at: tuple[float, float], words: str) -> None:
    ax.add_line(Line2D([at[0]], [at[1]], linestyle="none", gid=gid, clip_on=False, **look))
    ax.text(*at, words, gid=f"{gid}.said", visible=False)


def _mark_blank(ax, code: str, position: int, corner: tuple[int, int], words: str) -> None:
    """Add an invisible cell with its words, so that a measure that is not mentioned is read back as such."""
    gid = tag("blank", code, f"position-{position}")
    # Not by `add_patch`, which measures each of the hundreds anew: the limits of these axes are set.
    ax.add_artist(Rectangle(corner, 1, 1, facecolor="none", edgecolor="none", gid=gid))
    ax.text(*corner, words, gid=f"{gid}.said", visible=False)


def _rows_of_heads(reported: pd.DataFrame, wide: float) -> int:
    """In how many rows the heads of the cells of a treatment stand: in two, by turns, where they would touch in one."""
    return 1 if max(text_width(word, SMALL) for word in reported) + 1.0 < wide / len(reported.columns) else 2


def _draw_courses(
    ax, reported: pd.DataFrame, courses: list, titles: list[str], names: list, rows_of_heads: int
) -> None:
    _draw_grid(ax, reported.isin(["told", "worded"]).astype(int) + 1, names)
    for j, word in enumerate(reported.columns):
        ax.annotate(
            word,
            (j + 0.5, 0),
            xytext=(0, 2 + j % rows_of_heads * SMALL * LINE),
            textcoords="offset points",
            ha="center",
            va="bottom",
            fontsize=SMALL,
        )
    for i, (row, title) in enumerate(zip(courses, titles, strict=True)):
        kinds = reported.loc[row.line].tolist()
        for look, element, words in _TOLD:
            places = [j for j, kind in enumerate(kinds) if kind == element]
            parts = ", ".join(reported.columns[j] for j in places)
            if places:
                gid = tag(element, row.code, row.line)
                mark = {**look, "linestyle": "none", "gid": gid, "clip_on": False}
                ax.add_line(Line2D([j + 0.5 for j in places], [i + 0.5] * len(places), **mark))
                ax.text(places[0] + 0.5, i + 0.5, f"{title}: {parts} {words}", gid=f"{gid}.said", visible=False)
