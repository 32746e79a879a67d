"""The course of one measure in one case, drawn on days from an event or in the order of telling."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from ..figures import GREY, SMALL, tag
from ..values import number
from .align import DAYS
from .collect import Series
from .compare import PLACE
from .lay import name_of


class Upright(NamedTuple):
    """The vertical axis of a measure: its limits, whether it is logarithmic, its grades, and its label."""

    low: float
    high: float
    log: bool
    grades: tuple[str, ...]
    label: str


def upright_of(measure: pd.Series, points: pd.DataFrame) -> Upright:
    """The vertical axis that holds every value: from 0 for a score, by grade, or logarithmic for a laboratory value."""
    label = f"{measure['abbrev'] or measure['label']} ({measure['unit']})"
    if measure["grades"] and points["VALU"].isin([PLACE]).all():
        grades = tuple(measure["grades"])
        return Upright(
            -0.5 if grades[0] else 0.5, len(grades) - 0.5, False, grades, str(measure["abbrev"] or measure["label"])
        )
    ends = [value for value in (*points["VALLO"], *points["VALHI"]) if math.isfinite(value)]
    above = [value for value in ends if value > 0]
    # The 0 of an interval scale is no absence, and no place to begin at.
    from_zero = measure["scale"] != "interval" or not ends
    if not math.isfinite(measure["high"]) and from_zero and above and min(ends) >= 0 and max(above) > 20 * min(above):
        return Upright(min(above) / 1.6, max(above) * 1.6, True, (), f"{label}, logarithmic scale")
    ends = [*ends, 0.0, 1.0] if from_zero else ends
    low, high = min(ends), max(ends)
    room = high - low or 1.0
    return Upright(low - 0.04 * room, high + 0.06 * room, False, (), label)


def set_upright(ax, upright: Upright, labelled: bool) -> None:
    """Set the limits, ticks and label of a vertical axis."""
    if upright.log:
        ax.set_yscale("log")
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: number(value, 6)))
        ax.yaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_minor_formatter(NullFormatter())
    ax.set_ylim(upright.low, upright.high)
    ax.tick_params(axis="y", labelsize=SMALL, labelleft=labelled)
    if upright.grades:
        ax.yaxis.set_major_locator(FixedLocator(range(len(upright.grades))))
        ax.set_yticks(range(len(upright.grades)), upright.grades if labelled else [""] * len(upright.grades))
    ax.spines[["right", "top"]].set_visible(False)


def draw_course(ax, series: Series, course: pd.DataFrame, upright: Upright, look: dict, shift: float = 0.0) -> None:
    """Draw the values of one case and site, joined for the eye, with their bounds.

    Values are joined by a line on days, and by a dotted one in the order of telling or where a bound is joined by its
    middle. A value between bounds is an upright stroke, an uncertain day a level one.
    """
    first = course.iloc[0]
    in_days = first["PLACED"] == DAYS
    of = f"{first['case_id']} {first['LOC']}"
    low, high = course["VALLO"].clip(lower=upright.low), course["VALHI"].clip(upper=upright.high)
    x = (course["XLO"] + course["XHI"]) / 2 if in_days else course["RANK"] + shift
    y = (low * high) ** 0.5 if upright.log else (low + high) / 2
    exact = (course["VALLO"] == course["VALHI"]).all()
    dashes = "-" if in_days and exact else (0, (1, 1.6))
    gid = tag("course", of, first["line"])
    line = {"color": look["color"], "linewidth": look.get("linewidth", 0.9), "alpha": look.get("alpha", 1.0)}
    ax.add_line(Line2D(x, y, linestyle=dashes, gid=gid, zorder=2, **line))
    name = name_of(series, first["case_id"], first["LOC"])
    words = course_words(course) if ax.get_label() == name else f"{name}: {course_words(course)}"
    ax.text(x.iloc[0], y.iloc[0], words, gid=f"{gid}.said", visible=False)
    marks = course["VALLO"] == course["VALHI"]
    if marks.any():
        size = look.get("markersize", 3.0)
        dots = {"marker": look.get("marker", "o"), "markersize": size, "color": look["color"]}
        gid = tag("value", of, first["line"])
        ax.add_line(Line2D(x[marks], y[marks], linestyle="none", gid=gid, zorder=3, alpha=line["alpha"], **dots))
    for at, least, most, row in zip(x[~marks], low[~marks], high[~marks], course[~marks].itertuples(), strict=True):
        gid = tag("interval", of, row.line)
        width = 3 * line["linewidth"]
        ax.add_line(Line2D([at, at], [least, most], gid=gid, zorder=2.5, **(line | {"linewidth": width})))
    for row, at in zip(course.itertuples(), y, strict=True):
        if in_days and row.XHI > row.XLO:
            gid = tag("whisker", of, row.line)
            ax.add_line(Line2D([row.XLO, row.XHI], [at, at], gid=gid, zorder=2, **(line | {"linewidth": 0.5})))


def stroke_words(courses: list[pd.DataFrame]) -> str:
    """What the strokes through values are, of those that are drawn; blank where there is none.

    Examples
    --------
    >>> course = pd.DataFrame({"VALLO": [34.0], "VALHI": [36.0], "PLACED": [DAYS], "XLO": [5.0], "XHI": [5.0]})
    >>> stroke_words([course]), stroke_words([course.assign(VALLO=36.0)])
    ('Upright stroke: a value known between bounds.', '')
    """
    bounded = any((course["VALLO"] != course["VALHI"]).any() for course in courses)
    undated = any((course["PLACED"].eq(DAYS) & (course["XHI"] > course["XLO"])).any() for course in courses)
    upright = "Upright stroke: a value known between bounds." if bounded else ""
    level = "Level stroke: the days between which a value lies." if undated else ""
    return " ".join(filter(None, [upright, level]))


def course_words(course: pd.DataFrame) -> str:
    """The values of a course in words, in days or in order."""
    first = course.iloc[0]
    steps = []
    for row in course.itertuples():
        days = f"{row.XLO:.0f}" if row.XLO == row.XHI else f"{row.XLO:.0f} to {row.XHI:.0f}"
        value = row.AVALC.replace("..", " to ")
        steps.append(f"{value} on day {days}" if row.PLACED == DAYS else value)
    words = " → ".join(steps)
    order = "" if first["PLACED"] == DAYS else " (in order)"
    return f"{words}{order}"


def draw_zero(ax, at: float, upright: Upright) -> None:
    """Draw the line of the event about which the courses are aligned."""
    look = {"color": GREY, "linewidth": 0.6, "linestyle": (0, (3, 2)), "zorder": 1}
    ax.add_line(Line2D([at, at], [upright.low, upright.high], **look))


def courses_of(points: pd.DataFrame) -> list[pd.DataFrame]:
    """The drawable rows of each case and site, in the order of their moments; those in days first, by id and site."""
    shown = points[(points["PLACED"] != DAYS) | (points["WHY"] == "")]
    keys = ["case_id", "LOC"]
    # Of one rank by its day.
    return [rows.sort_values(["RANK", "XLO", "line"]) for _, rows in shown.groupby(keys, sort=True)]
