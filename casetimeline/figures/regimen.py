"""The dosing calendar of each regimen: the interval that the source states, and what has to be assumed to draw it."""

import math
from collections import Counter
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MultipleLocator

from ..derive import SCHEME, derive_calendar
from ..prose import joined, label_in_sentence
from ..rules import Analysis, analyse
from ..values import number
from .axes.axis import TimeAxis, order_of
from .axes.lasting import is_open, is_single
from .blocks import Entry, draw_footer, lay_footer
from .course.rows import rows_on
from .course.scheduled import (
    LONGEST,
    STUB,
    Known,
    as_told,
    goes_on_after,
    in_weeks,
    is_taken_until,
    known_of,
    lasting_of,
    open_points,
    why_not,
)
from .course.treatments import amount_of, dosing
from .drawn import list_rows, listed_note, tag
from .files.publish import new_figure
from .style import (
    BLUE,
    GREY,
    INK,
    LINE,
    MM,
    MORE_MARK,
    SMALL,
    add_axes,
    add_text,
    figure_style,
    legible,
    letters_note,
    minus,
    text_height,
    with_letters,
    wrap,
)

_STATED = {"marker": "d", "markersize": 5.5, "markerfacecolor": BLUE, "markeredgecolor": BLUE}
_POSSIBLE = {"marker": "d", "markersize": 5.5, "markerfacecolor": "white", "markeredgecolor": GREY}
_ASSUMED = {"marker": "d", "markersize": 5.5, "markerfacecolor": "white", "markeredgecolor": BLUE}
_OTHERWISE = {"marker": "o", "markersize": 2.6, "markerfacecolor": "white", "markeredgecolor": GREY}
_DAILY = {"facecolor": "#d9d9d9", "edgecolor": GREY, "linewidth": 0.6}
_WEEKS = "Weeks within the schedule"
_NO_INTERVAL = "No schedule is an interval between doses."
_DATED, _YEAR = "Administrations with a day", 366.0


class CalendarLane(NamedTuple):
    """A lane before it is drawn: the lines of its name, its days, how these are known, and its words as a clause.

    It is open where it does not show all administrations, up to the last; what was already being taken had others
    before. Of administrations that have a row each, each
    has its line. Days in `maybe` are those of administrations that may not have been given, where the source tells how
    many there were between bounds.
    """

    name: list[str]
    days: list[float]
    how: str
    code: str
    line: int | str
    words: str
    is_open: bool
    height: float
    lines: tuple[int, ...] = ()
    maybe: tuple[float, ...] = ()
    is_taken: bool = False


def draw_regimen(analysis: Analysis, width_mm: float = 180) -> Figure:
    """Draw the first weeks of each regimen whose schedule is an interval.

    Each phase has a block, in weeks from the first administration. If treatments alternate, the first lane shows the
    administrations as the source states them; the lanes below show which treatment is assumed for each; and small rings
    show the other reading of the same words, by which every treatment is given at every interval. Both parameters are
    those of every figure: see `casetimeline.figures`.
    """
    analysis = analyse(analysis)
    case = analysis.case
    with figure_style(width_mm):
        axis = order_of(analysis)
        rows = rows_on(axis, case.facts)
        courses = {row.line: row for row in rows if row.kind == "treatment"}
        known = known_of(case.facts)
        regular = derive_calendar(case.facts)
        calendar, dated = as_told(regular, courses, known), _dated(courses)
        drawn_lines = {*calendar["line"], *(row.line for group in dated for row in group)}
        once = Counter(row.code for row in courses.values() if is_single(row))
        others = (row for line, row in courses.items() if line not in drawn_lines)
        left_out = [(row, why_not(row, regular, known, once[row.code])) for row in others]
        left = min(44.0, 0.36 * width_mm)
        phases = case.about.get("phases", {})
        blocks = {}
        for _, block in calendar.groupby("phase", sort=False, dropna=False):
            blocks[_title_of(courses[block["line"].iloc[0]], axis)] = _lay_block(block, courses, known, left - 4)
        if dated:
            blocks[_DATED] = [_lay_dated(group, left - 4) for group in dated]
        all_lanes = [lane for lanes in blocks.values() for lane in lanes]
        weeks = max([4.0, *(day / 7 for lane in all_lanes for day in (*lane.days, *lane.maybe))])
        drawn = _signs(all_lanes)
        entries = [entry for how, entry in _entries(blocks).items() if how in drawn]
        notes = open_points(drawn, courses, calendar, known)
        if not blocks:
            notes = ["No treatment is reported." if not courses else _no_interval(courses, regular, known)]
        names = _names_of(left_out, {courses[line].code for line in drawn_lines}, axis)
        notes.append(listed_note(left_out, lambda row: names[row.line]))
        notes.append(
            letters_note(*phases.values(), *(text for row in courses.values() for text in (row.PARAM, dosing(row))))
        )
        footer = lay_footer(entries, notes, width_mm - 4)
        places = _places(blocks, width_mm)
        body = sum(high for _, _, high, _ in places)
        figure = new_figure(case.case_id, "Dosing calendar", width_mm, 1.5 + body + 1 + footer.height)
        _draw_blocks(figure, blocks, places, weeks, left)
        draw_footer(figure, footer, 2, 1.5 + body + 1)
        list_rows(figure, left_out)
        return with_letters(figure)


def _signs(lanes: list[CalendarLane]) -> set[str]:
    """The signs of some lanes, by the keys of `_entries`."""
    signs = {lane.how for lane in lanes}
    signs |= {"possible"} if any(lane.maybe for lane in lanes) else set()
    return signs | ({"more"} if any(lane.is_open or lane.is_taken for lane in lanes) else set())


def _no_interval(courses: dict, regular: pd.DataFrame, known: Known) -> str:
    """Why there is no calendar; a scheme that the source names by its weeks is told."""
    if any(known.number.get(line, 0) > 2 for line in regular.loc[regular["OWN"] > 1, "line"]):
        return f"No schedule has more than two administrations in its first {in_weeks(LONGEST)}."
    if (regular["OWN"] > 1).any():
        return "No schedule of which more than two administrations are known to have been given."
    named = [match[1] for row in courses.values() if (match := SCHEME.search(row.quote))]
    return f"{_NO_INTERVAL[:-1]}; what the source names (‘{named[0]}’) is not drawn." if named else _NO_INTERVAL


def _places(blocks: dict, width: float) -> list[tuple[list[str], float, float, bool]]:
    """Of each block the lines of its title, their height, its whole height, and whether it is the last."""
    places = []
    for title, lanes in blocks.items():
        lines, is_last = wrap(title, 0.9 * (width - 4), 7), title == [*blocks][-1]
        head = text_height(len(lines), 7) + 1.5
        ticks = 3.5 + text_height(2, 7) if is_last else 1.0
        places.append((lines, head, head + sum(lane.height for lane in lanes) + ticks + 1.5, is_last))
    return places


def _draw_blocks(figure: Figure, blocks: dict, places: list, weeks: float, left: float) -> None:
    """Draw blocks under each other, with one axis under the last."""
    top, wide = 1.5, figure.get_figwidth() / MM - left - 4
    for (title, lanes), (lines, head, high, is_last) in zip(blocks.items(), places, strict=True):
        add_text(figure, 2, top, "\n".join(lines), fontsize=7, fontweight="bold")
        ax = add_axes(figure, left, top + head, wide, sum(lane.height for lane in lanes), label=title)
        _draw_block(ax, lanes, weeks, left, wide)
        if not is_last:
            ax.tick_params(axis="x", labelbottom=False, length=0)
            ax.set_xlabel("")
        top += high


def _dated(courses: dict) -> list[list]:
    """The treatments that were given once on each of at least three days that are reported, in the order of days."""
    groups: dict[str, list] = {}
    for row in sorted(courses.values(), key=lambda row: row.DAYLO):
        if is_single(row) and row.DAYLO == row.DAYHI:
            groups.setdefault(row.code, []).append(row)
    several = [rows for rows in groups.values() if len({row.DAYLO for row in rows}) > 2]
    return [rows for rows in several if rows[-1].DAYLO - rows[0].DAYLO <= _YEAR]


def _lay_dated(rows: list, width: float) -> CalendarLane:
    """The lane of a treatment whose administrations have each a day."""
    amounts: dict[str, list[str]] = {}
    for row in rows:
        amounts.setdefault(amount_of(row), []).append(number(row.DAYLO))
    under = "; ".join(
        f"{amount}: {'days' if len(days) > 1 else 'day'} {', '.join(days)}" for amount, days in amounts.items()
    )
    days = [row.DAYLO - rows[0].DAYLO for row in rows]
    lane = _lane(rows[0].PARAM, under, days, "dated", (rows[0].code, rows[0].line), width, False)
    return lane._replace(lines=tuple(row.line for row in rows))


def _title_of(row, axis: TimeAxis) -> str:
    """The title of the block of a phase: its number and name, as they stand on the axis of the course."""
    if pd.isna(row.phase):
        return "Regimen"
    number_, name = f"{axis.positions.removesuffix('s')} {row.ORDER}", legible(axis.names[row.ORDER])
    return number_ if name == f"phase {row.phase}" else f"{number_}: {name}"


def _names_of(left_out: list[tuple], drawn: set[str], axis: TimeAxis) -> dict[int, str]:
    """The names of treatments without a calendar, by their lines.

    One that has another course with a calendar, or left out for another reason, also has its positions.
    """
    courses: dict[tuple[str, str], list] = {}
    for row, why in left_out:
        courses.setdefault((row.code, why), []).append(row)
    names = {}
    for (code, _), rows in courses.items():
        name, places = label_in_sentence(rows[0].PARAM), [*dict.fromkeys(str(row.ORDER) for row in rows)]
        is_among = code in drawn or sum(code == other for other, _ in courses) > 1
        if is_among and axis.positions == "Moments":
            # A moment has no number that stands in the figure, and has its time as its name.
            name += f" ({'; '.join(dict.fromkeys(axis.names[row.ORDER] for row in rows))})"
        elif is_among:
            word = axis.positions.lower()
            name += f" of {word if len(places) > 1 else word.removesuffix('s')} {joined(places)}"
        names |= {row.line: name for row in rows}
    return names


def _entries(blocks: dict) -> dict[str, Entry]:
    daily = {lane.words.rpartition(": ")[2] for lanes in blocks.values() for lane in lanes if lane.how == "daily"}
    return {
        "dated": Entry("administration on a reported day", "mark", _STATED),
        "stated": Entry("administration at the interval that the source states", "mark", _STATED),
        "possible": Entry(
            "administration that may not have been given: the number is told between bounds", "mark", _POSSIBLE
        ),
        "assumed": Entry("which treatment it is: assumed, the one told first begins", "mark", _ASSUMED),
        "otherwise": Entry("the other reading of the same words: each treatment at every interval", "mark", _OTHERWISE),
        "daily": Entry("on one day" if daily == {"on one day"} else "every day", "box", _DAILY),
        "more": Entry("not all administrations are shown", "mark", MORE_MARK),
    }


def _lay_block(block: pd.DataFrame, courses: dict, known: Known, width: float) -> list[CalendarLane]:
    lanes = []
    taking_turns = block[block["ALTERNATES"] != ""]
    for interval, turns in taking_turns.groupby("INTERVAL", sort=False):
        days = sorted(turns["DOSEDY"])
        every = f"every {in_weeks(interval)}"
        is_more = any(goes_on_after(courses[line], doses, known) for line, doses in turns.groupby("line"))
        lanes.append(_lane("Any administration", every, days, "stated", ("regimen", "any"), width, is_more))
        for line, doses in turns.groupby("line", sort=False):
            row, cycle = courses[line], in_weeks(doses["OWN"].iloc[0])
            under = f"{dosing(row).split(', alternately')[0]}; read as every {cycle}"
            dose_days, of = doses["DOSEDY"].tolist(), (row.code, line)
            lanes.append(_lane(row.PARAM, under, dose_days, "assumed", of, width, goes_on_after(row, doses, known)))
        for line in dict.fromkeys(turns["line"]):
            row = courses[line]
            of = (row.code, f"{line}-otherwise")
            lanes.append(_lane(row.PARAM, f"alternative reading: {every}", days, "otherwise", of, width, is_more))
    for line, doses in block[block["ALTERNATES"] == ""].groupby("line", sort=False):
        row, days = courses[line], doses["DOSEDY"].tolist()
        how = "daily" if doses["OWN"].iloc[0] <= 1 else "stated"
        if how == "daily":
            lasting = lasting_of(line, doses, known)
            days = [0.0, min(STUB if math.isinf(lasting) else lasting, LONGEST)]
        has_no_end = line in known.unended and not is_taken_until(row)
        more = has_no_end or (line in known.counts and line not in known.days)
        goes_on = (days[-1] < lasting or more) if how == "daily" else goes_on_after(row, doses, known)
        sure = known.counts.get(line, (len(days),))[0] if how == "stated" else len(days)
        lane = _lane(row.PARAM, dosing(row), days[: int(sure)], how, (row.code, line), width, goes_on, is_open(row))
        lanes.append(_with_possible(lane, days[int(sure) :]))
    return lanes


def _lane(
    name: str, under: str, days: list[float], how: str, of: tuple, width: float, goes_on: bool, is_taken: bool = False
) -> CalendarLane:
    lines = [*wrap(name, width, 7), *wrap(minus(under), width, SMALL)]
    known = {
        "dated": "days as reported",
        "stated": "at the stated interval from the first known day" if is_taken else "as stated",
        "assumed": "which treatment begins is assumed",
        "otherwise": "the other reading of the same words",
        "daily": "on one day" if days[-1] <= 1 and not goes_on else "every day",
    }[how]
    places = ", ".join(number(day / 7, 1) for day in days) if how != "daily" else ""
    taken = "already being taken, " if is_taken else ""
    high = max(4.2, text_height(len(lines), 7) + 1.2)
    clause = f"{name}, {under}: {taken}{f'weeks {places}, ' if places else ''}{known}"
    return CalendarLane(lines, days, how, *of, clause, goes_on, high, is_taken=is_taken)


def _with_possible(lane: CalendarLane, days: list[float]) -> CalendarLane:
    """A lane with the days on which another administration may have been given."""
    if not days:
        return lane
    weeks = ", ".join(number(day / 7, 1) for day in days)
    return lane._replace(
        maybe=tuple(days), words=f"{lane.words}; {'week' if len(days) == 1 else 'weeks'} {weeks}, perhaps"
    )


def _draw_block(ax, lanes: list[CalendarLane], weeks: float, left: float, wide: float) -> None:
    gap = 2.6 * (weeks + 1.0) / wide
    ax.set_xlim(-0.4, weeks + 0.6)
    top = 0.0
    for lane in lanes:
        middle = top + lane.height / 2
        ax.annotate(
            "\n".join(lane.name),
            (0, middle),
            xycoords=("axes fraction", "data"),
            xytext=(-(left - 2) * 72 / 25.4, 0),
            textcoords="offset points",
            fontsize=SMALL,
            va="center",
            linespacing=LINE,
            color=INK,
        )
        _draw_marks(ax, lane, middle, gap)
        top += lane.height
        ax.axhline(top, color=INK, alpha=0.15, linewidth=0.4, zorder=0)
    ax.set_ylim(top, 0)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.xaxis.set_major_locator(MultipleLocator(2 if weeks <= 20 else 4))
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.grid(axis="x", color=INK, alpha=0.15, linewidth=0.4, linestyle=(0, (1, 2)))
    ax.set_axisbelow(True)
    ax.set_xlabel(_WEEKS)


def _draw_marks(ax, lane: CalendarLane, middle: float, gap: float) -> None:
    """Draw the administrations of a lane, those that may have been given, and that there are more."""
    looks = {"dated": _STATED, "stated": _STATED, "assumed": _ASSUMED, "otherwise": _OTHERWISE}
    gid = tag("daily" if lane.how == "daily" else f"dose_{lane.how}", lane.code, lane.line)
    if lane.how == "daily":
        ax.add_patch(Rectangle((0, middle - 1.3), lane.days[-1] / 7, 2.6, gid=gid, **_DAILY))
    else:
        each = {tag("dose_dated", lane.code, line): [day] for line, day in zip(lane.lines, lane.days, strict=False)}
        for mark, days in (each or {gid: lane.days}).items():
            places, look = [day / 7 for day in days], looks[lane.how]
            ax.add_line(Line2D(places, [middle] * len(days), linestyle="none", gid=mark, clip_on=False, **look))
    if lane.maybe:
        places, possible = [day / 7 for day in lane.maybe], tag("dose_possible", lane.code, lane.line)
        looks_so = {"linestyle": "none", "clip_on": False, **_POSSIBLE}
        ax.add_line(Line2D(places, [middle] * len(places), gid=possible, **looks_so))
    after = [max(*lane.days, *lane.maybe) / 7 + gap] if lane.is_open else []
    for x in [*after, *([-gap] if lane.is_taken else [])]:
        ax.add_line(Line2D([x], [middle], linestyle="none", clip_on=False, **MORE_MARK))
    ax.text(0, middle, lane.words + _beyond_words(lane), gid=f"{gid}.said", visible=False)


def _beyond_words(lane: CalendarLane) -> str:
    """Which doses of a lane are not shown, as its dashes tell who sees them; blank where all are."""
    which = " and ".join(filter(None, ["earlier" if lane.is_taken else "", "later" if lane.is_open else ""]))
    return f"; {which} doses are not shown" if which else ""
