"""All courses of a measure in one picture: those with days about one event, and beside them those told in order."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator

from ..figures import (
    BLUE,
    INK,
    ORANGE,
    SKY,
    SMALL,
    Entry,
    add_axes,
    check_width,
    draw_footer,
    figure_style,
    lay_footer,
    letters_note,
    text_height,
    text_width,
    with_letters,
)
from .align import DAYS, ORDER, align_label, align_words, derive_aligned, placed_words, undrawn_note
from .collect import Series, listed
from .compare import derive_series
from .courses import Upright, courses_of, draw_course, draw_zero, set_upright, stroke_words, upright_of
from .lay import chosen_words, figure_of, name_of, who_height, who_lines

# So many courses have a look and a name of their own; more are drawn alike.
_NAMED = 10
_COLOURS = (BLUE, ORANGE, INK, "#009E73", "#CC79A7", SKY, "#D55E00", "#6e6e6e", "#8a7a00", "#5b4a9c")
_MARKERS = ("o", "s", "^", "D", "v", "P", "X", "<", ">", "*")
_HIGH = 78.0
_FOOT = 4.0 + text_height(2, 7)
_LEAST_ORDER = 44.0
# Least width of the panel of days beside it, and the room between the two.
_LEAST_DAYS = 10.0
_BETWEEN = 6.0
# By so much, of the way from one rank to the next, courses in the order of telling are moved apart.
_SPREAD = 0.06


def draw_spaghetti(series: Series, code: str = "mrss", align: str = "", width_mm: float = 180) -> Figure:
    """Draw the values of a measure in all cases about one event.

    Courses with days stand on the left, in days from the event; those of which only the order is told stand on the
    right, not to scale. Up to ten courses have a name; more are drawn alike, and the values behind the figure name
    each.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.
    align : str
        The code of a treatment, procedure, event or adverse event that is day 0; blank: the start of the reference
        treatment of each case.
    width_mm : float
        Width of the printed figure in millimetres.

    Returns
    -------
    Figure
        It carries the name of the series as its gid, and shows itself on the last line of a cell.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code, or no case tells of the event.
    """
    points, measure = derive_aligned(series, code, align), series.measure(code)
    courses = courses_of(points)
    with figure_style(width_mm):
        upright = upright_of(measure, points)
        looks = _looks(courses)
        panels = [(kind, [c for c in courses if c["PLACED"].iloc[0] == kind]) for kind in (DAYS, ORDER)]
        panels = [(kind, members) for kind, members in panels if members] or [(ORDER, [])]
        left = 4.0 + (max((text_width(word, SMALL) for word in upright.grades), default=9.0)) + 5.0
        if len(panels) > 1:
            check_width(width_mm, left + 2 + _LEAST_DAYS + _BETWEEN + _LEAST_ORDER)
        footer = lay_footer(
            _entries(series, courses, looks), _notes(series, code, align, points, courses, upright.log), width_mm - 4
        )
        who = who_lines(f"{_who(series, align, panels)}. {chosen_words(series)}", width_mm)
        above = who_height(who) + 2
        title = f"Courses: {measure['label']}"
        figure = figure_of(series, title, width_mm, above + _HIGH + _FOOT + footer.height, who)
        for (kind, members), (start, wide) in zip(panels, _widths(panels, left, width_mm), strict=True):
            label = "Days" if kind == DAYS else "Order of telling"
            ax = add_axes(figure, start, above, wide, _HIGH, label=label)
            set_upright(ax, upright, kind == panels[0][0])
            _draw_panel(ax, series, (kind, align), members, upright, looks)
        figure.axes[0].set_ylabel(upright.label, fontsize=7)
        draw_footer(figure, footer, 2, above + _HIGH + _FOOT)
        return with_letters(figure)


def _looks(courses: list[pd.DataFrame]) -> dict[tuple, dict]:
    """The look of each course by case and site: its own, where there are few."""
    keys = [(course["case_id"].iloc[0], course["LOC"].iloc[0]) for course in courses]
    if len(keys) > _NAMED:
        many = {"color": BLUE, "alpha": max(0.25, min(0.7, 12 / len(keys))), "linewidth": 0.7, "markersize": 1.8}
        return dict.fromkeys(keys, many)
    return {
        key: {"color": color, "marker": marker} for key, color, marker in zip(keys, _COLOURS, _MARKERS, strict=False)
    }


def _widths(panels: list, left: float, width_mm: float) -> list[tuple[float, float]]:
    """Where each panel begins and how wide it is, with room for names at the right of each."""
    room = width_mm - left - 2
    if len(panels) == 1:
        return [(left, room)]
    order = max(_LEAST_ORDER, 0.3 * room)
    return [(left, room - order - _BETWEEN), (width_mm - 2 - order, order)]


def _draw_panel(ax, series: Series, where: tuple[str, str], members: list, upright: Upright, looks: dict) -> None:
    """The courses of one panel, on days from an event or in order, and the names of few."""
    kind, align = where
    step = 2 * _SPREAD / max(len(members) - 1, 1)
    for number, course in enumerate(members):
        key = (course["case_id"].iloc[0], course["LOC"].iloc[0])
        draw_course(ax, series, course, upright, looks[key], step * number - _SPREAD if len(members) > 1 else 0.0)
    if kind == DAYS:
        ends = pd.concat([*(course["XLO"] for course in members), *(course["XHI"] for course in members)])
        low, high = min(0.0, ends.min()), max(0.0, ends.max())
        margin = 0.04 * (high - low) or 1.0
        ax.set_xlim(low - margin, high + margin)
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        draw_zero(ax, 0.0, upright)
        ax.set_xlabel(align_label(align))
    else:
        last = max((course["RANK"].max() for course in members), default=1)
        ax.set_xlim(0.5, last + 0.5)
        ax.xaxis.set_major_locator(MaxNLocator(8, integer=True))
        ax.set_xlabel("Order of telling, not to scale")
    ax.tick_params(axis="x", labelsize=SMALL)


def _entries(series: Series, courses: list[pd.DataFrame], looks: dict) -> list[Entry]:
    """The key: the name of each course, by the mark or else the stroke of its values; none where many look alike."""
    if len(looks) > _NAMED:
        return []
    entries = []
    for course, (key, look) in zip(courses, looks.items(), strict=True):
        name, exact = name_of(series, *key), (course["VALLO"] == course["VALHI"]).any()
        stroke = Entry(name, "upright", {"color": look["color"], "linewidth": 2.7})
        entries.append(Entry(name, "mark", {**look, "markersize": 3.6}) if exact else stroke)
    return entries


def _who(series: Series, align: str, panels: list) -> str:
    shown = {kind: {course["case_id"].iloc[0] for course in members} for kind, members in panels}
    placed = placed_words(series, align, shown.get(DAYS, set()), shown.get(ORDER, set()))
    return f"{series.size}: {placed}, {len(series) - sum(map(len, shown.values()))} without a value on this scale"


def _notes(series: Series, code: str, align: str, points: pd.DataFrame, courses: list, is_log: bool) -> list[str]:
    table = derive_series(series, code)
    without = sorted(set(table["case_id"]) - set(points["case_id"]))
    why = points.loc[(points["PLACED"] == ORDER), ["case_id", "WHY"]].drop_duplicates()
    reasons = why["WHY"].value_counts(sort=False).sort_index()
    reason_words = "; ".join(f"{reason} ({count})" for reason, count in reasons.items())
    strokes = (points["VALLO"] != points["VALHI"]).any()
    middle = ", or a value is known between bounds, and the line passes the middle of the stroke that is drawn"
    bounded = middle if strokes else ""
    return [
        align_words(align, points["PLACED"].eq(DAYS).any()),
        f"Lines join values for the eye. Dotted: only the order is shown{bounded}."
        f"{' Logarithmic scale.' if is_log else ''}",
        stroke_words(courses),
        f"In order alone, because: {reason_words}." if reason_words else "",
        f"Without a value on this scale: {listed(without)}." if without else "",
        undrawn_note(series, code, points),
        "" if len(courses) <= _NAMED else "The values behind the figure name each course.",
        letters_note(*points["case_id"], *points["LOC"]),
    ]
