"""Small multiples: a panel a case, all on one scale, each about one event."""

import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, NullLocator

from ..figures import (
    BLUE,
    INK,
    SMALL,
    add_axes,
    draw_footer,
    figure_style,
    lay_footer,
    letters_note,
    text_height,
    text_width,
    with_letters,
)
from .align import DAYS, align_words, derive_aligned, event_words, placed_words, undrawn_note
from .collect import Series, listed
from .compare import derive_series
from .courses import Upright, courses_of, draw_course, draw_zero, set_upright, stroke_words, upright_of
from .lay import PAGE, chosen_words, figure_of, name_of, who_height, who_lines

_LOOK = {"color": BLUE, "linewidth": 0.9, "markersize": 3.0}
_SHAPE = 0.62  # height of a panel divided by its width
_TITLE = 3.2
_TICKS = 4.0
_GAP = 2.0
# A panel narrower than this has no ticks below it: the note says which days they all show.
_TICKED = 16.0


def draw_multiples(series: Series, code: str = "mrss", align: str = "", width_mm: float = 180) -> Figure:
    """Draw a small panel for each case with a value of a measure: those with days first, then those told in order.

    All panels have one vertical scale; those with days also one of days, in which the dashed line is the event. In the
    order of telling the dashed line stands where the event is told. Cases without a value are listed.

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
    courses = sorted(courses, key=lambda course: course["PLACED"].iloc[0] != DAYS)
    with figure_style(width_mm):
        upright = upright_of(measure, points)
        left = 9.0 + max((text_width(word, SMALL) for word in upright.grades), default=8.0)
        across, wide = _across(len(courses), width_mm - left - 2)
        high = wide * _SHAPE
        rows = math.ceil(len(courses) / across) or 1
        span = _span(courses)
        days = "" if wide >= _TICKED else f" Panels with days show days {span[0]:.0f} to {span[1]:.0f}."
        notes = _notes(series, code, align, points)
        notes[1] += f" Vertical scale: {upright.label}.{days}"
        footer = lay_footer([], notes, width_mm - 4)
        who = who_lines(f"{_who(series, align, courses)}. {chosen_words(series)}", width_mm)
        above, tall = who_height(who), high + _beside(wide)
        title = f"Small multiples: {measure['label']}"
        foot = 3.0 + text_height(1, 7)
        figure = figure_of(series, title, width_mm, above + rows * tall + foot + footer.height, who)
        for number, course in enumerate(courses):
            down, over = divmod(number, across)
            name = name_of(series, course["case_id"].iloc[0], course["LOC"].iloc[0])
            box = (left + over * (wide + _GAP), above + down * tall + _TITLE, wide, high)
            ax = add_axes(figure, *box, label=name)
            set_upright(ax, upright, over == 0)
            below = courses[number + across] if number + across < len(courses) else None
            last = wide >= _TICKED and (below is None or below["PLACED"].iloc[0] != DAYS)
            _draw_panel(ax, series, course, upright, (span, wide, last))
            ax.set_title(_fitting(name, wide), fontsize=SMALL, color=INK, loc="left", pad=2, fontweight="normal")
        if courses and wide >= 2 * _TICKED:
            figure.axes[0].set_ylabel(upright.label, fontsize=SMALL)
        draw_footer(figure, footer, 2, above + rows * tall + foot)
        return with_letters(figure)


def _across(count: int, room: float) -> tuple[int, float]:
    """How many panels stand in a row, and how wide each is: as few as let all of them fit a page, and at least four."""
    for across in range(4, 40):
        wide = (room - _GAP * (across - 1)) / across
        if math.ceil(count / across) * (wide * _SHAPE + _beside(wide)) <= PAGE:
            break
    return across, wide


def _beside(wide: float) -> float:
    """The height in millimetres that the name and the ticks of a panel of a width take."""
    return _TITLE + (_TICKS if wide >= _TICKED else 1.2)


def _span(courses: list[pd.DataFrame]) -> tuple[float, float]:
    """The days that all panels with days show."""
    in_days = [course for course in courses if course["PLACED"].iloc[0] == DAYS]
    if not in_days:
        return 0.0, 1.0
    low = min(0.0, *(course["XLO"].min() for course in in_days))
    high = max(0.0, *(course["XHI"].max() for course in in_days))
    margin = 0.05 * (high - low) or 1.0
    return low - margin, high + margin


def _draw_panel(ax, series: Series, course: pd.DataFrame, upright: Upright, laid: tuple) -> None:
    span, wide, last = laid
    size = min(3.0, 0.14 * wide)
    draw_course(ax, series, course, upright, {**_LOOK, "markersize": size, "linewidth": min(0.9, 0.04 * wide)})
    ax.tick_params(axis="x", labelsize=SMALL)
    if course["PLACED"].iloc[0] == DAYS:
        ax.set_xlim(*span)
        ax.xaxis.set_major_locator(MaxNLocator(max(1, int(wide / 12)), integer=True))
        ax.tick_params(axis="x", labelbottom=last, pad=1.5)
        draw_zero(ax, 0.0, upright)
        return
    ax.set_xlim(0.4, max(2.0, course["RANK"].max()) + 0.6)
    ax.xaxis.set_major_locator(NullLocator())
    if pd.notna(course["ZERORANK"].iloc[0]):
        draw_zero(ax, course["ZERORANK"].iloc[0], upright)
    if wide > 14:
        ax.annotate(
            "in order",
            (1, 0),
            xycoords="axes fraction",
            xytext=(0, -2.5),
            textcoords="offset points",
            fontsize=SMALL,
            ha="right",
            va="top",
            color="#6e6e6e",
        )


def _fitting(name: str, wide: float) -> str:
    """A name no wider than its panel: of a site, or else of the id, the end is kept; ids of one project begin alike."""
    if text_width(name, SMALL) <= wide:
        return name
    case_id, _, site = name.partition(", ")
    kept, cut = (
        (f"{case_id}, ", site)
        if site and text_width(f"{case_id}, \N{HORIZONTAL ELLIPSIS}", SMALL) < wide
        else ("", case_id)
    )
    # From a word on, if there is room for one.
    starts = [*(at + 1 for at, letter in enumerate(cut) if letter == " "), *range(1, len(cut) + 1)]
    shorter = (f"{kept}\N{HORIZONTAL ELLIPSIS}{cut[n:]}" for n in starts)
    return next(words for words in shorter if text_width(words, SMALL) <= wide)


def _who(series: Series, align: str, courses: list[pd.DataFrame]) -> str:
    shown = {course["case_id"].iloc[0] for course in courses}
    in_days = {course["case_id"].iloc[0] for course in courses if course["PLACED"].iloc[0] == DAYS}
    placed = placed_words(series, align, in_days, shown - in_days)
    return f"{series.size}: {placed}, {len(series) - len(shown)} without a value on this scale"


def _notes(series: Series, code: str, align: str, points: pd.DataFrame) -> list[str]:
    table = derive_series(series, code)
    without = sorted(set(table["case_id"]) - set(points["case_id"]))
    in_days = points["PLACED"].eq(DAYS)
    in_order = "" if in_days.all() else " In the order of telling, the dashed line stands where it is told."
    dotted = f"{'' if in_days.all() else 'only the order is shown, or '}a value is known between bounds"
    return [
        f"{align_words(align, True)}{in_order}"
        if in_days.any()
        else f"The dashed line stands where {event_words(align)} is told.",
        f"All panels have one vertical scale, and those with days one scale of days. Dotted: {dotted}.",
        stroke_words(courses_of(points)),
        f"Without a value on this scale: {listed(without, 30)}." if without else "",
        undrawn_note(series, code, points),
        letters_note(*points["case_id"], *points["LOC"]),
    ]
