"""One lane of a swimmer plot: the facts of a case at their positions, its bars and its marks."""

import math
from collections import Counter
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..faults import counted
from ..figures import (
    BAR_LOOKS,
    BLUE,
    GREY,
    HAPPENED,
    INK,
    MAY_GO_ON,
    ORANGE,
    STOP_MARK,
    TimeAxis,
    goes_on,
    is_mark,
    is_open,
    is_single,
    order_axis,
    reference_regimen,
    rows_on,
    span_of,
    state_words,
    tag,
)
from ..rules import Analysis
from ..values import is_date, phase_of_end, timed_end
from ..vocabulary import OPEN_STATES, STOPPED
from .align import zero_of
from .collect import Series
from .lay import ANSWER_LOOKS, name_of

# A case of which fewer facts than this share have a day is shown in the order of telling: there all of it is seen.
_SHARE = 0.5
# An answer that is not met is a cross here, which elsewhere is an adverse event.
MARKS = {
    **HAPPENED,
    "adverse_event": (
        HAPPENED["adverse_event"][0],
        {"marker": "*", "markersize": 6.5, "markerfacecolor": ORANGE, "markeredgecolor": INK, "markeredgewidth": 0.5},
    ),
}
BASELINE = {"marker": "o", "markerfacecolor": "white", "markeredgecolor": INK, "markersize": 4.0}
RECORDED = {"marker": "o", "markerfacecolor": GREY, "markeredgecolor": GREY, "markersize": 3.0}
# One administration or pulse: of the reference treatment, and of another one.
SINGLES = {
    True: {"marker": "d", "markersize": 3.6, "color": BLUE},
    False: {"marker": "d", "markersize": 3.6, "color": INK},
}


class Swimmer(NamedTuple):
    """A case before it is drawn.

    Attributes
    ----------
    case_id : str
    is_days : bool
        Whether it stands in days from the event, or in the order of telling.
    axis : TimeAxis
        That of the case alone: its first and its last position.
    rows : list
        Its facts that have a position, from `rows_on`.
    lost : int
        How many facts have none.
    untimed : list of str
        The treatments among those.
    reference : str
        The code of its reference treatment; blank where it has none.
    regimen : set of int
        Lines of the reference treatment, and of those that alternate with it.
    """

    case_id: str
    is_days: bool
    axis: TimeAxis
    rows: list
    lost: int
    untimed: list[str]
    reference: str
    regimen: set[int]


def lay_swimmer(analysis: Analysis, align: str) -> Swimmer:
    """The facts of a case at their positions: in days, if the event and enough of them have a day."""
    case, zero = analysis.case, zero_of(analysis, align)
    facts = analysis.changes[analysis.changes["kind"] != "statement"]
    finite = np.isfinite(facts["DAYLO"]) & np.isfinite(facts["DAYHI"])
    if zero.why or finite.sum() < 2 or finite.mean() < _SHARE:
        axis = order_axis(case)
        rows = rows_on(axis, facts)
        regimen = reference_regimen(rows, case.reference)
        return Swimmer(case.case_id, False, axis, rows, 0, [], case.reference, regimen)
    moved = facts.assign(
        DAYLO=facts["DAYLO"] - zero.high,
        DAYHI=facts["DAYHI"] - zero.low,
        AENLO=facts["AENLO"] - zero.high,
        AENHI=facts["AENHI"] - zero.low,
    )
    days = moved[["DAYLO", "DAYHI", "AENLO", "AENHI"]].replace([np.inf, -np.inf], np.nan)
    axis = TimeAxis(True, {}, float(days["DAYLO"].min()), float(days.max().max()), (), "", "")
    rows = [row for row in rows_on(axis, moved) if not math.isnan(row.X)]
    lost = facts[~facts["line"].isin([row.line for row in rows])]
    untimed = [*dict.fromkeys(lost.loc[lost["kind"] == "treatment", "PARAM"])]
    regimen = reference_regimen(rows, case.reference)
    return Swimmer(case.case_id, True, axis, rows, len(lost), untimed, case.reference, regimen)


def alternates(swimmer: Swimmer, row) -> bool:
    """Whether a row is of another treatment, which alternates with the reference treatment of the case."""
    return row.line in swimmer.regimen and row.code != swimmer.reference


def _role(swimmer: Swimmer, row) -> str:
    """What a treatment is beside the reference treatment, as its colour shows it; blank for another one."""
    if alternates(swimmer, row):
        return " (alternating with the reference treatment)"
    return " (reference treatment)" if row.line in swimmer.regimen else ""


def treatments_of(swimmer: Swimmer) -> list[str]:
    """The treatments of a case with a position, by code, in the order of telling."""
    return [*dict.fromkeys(row.code for row in swimmer.rows if row.kind == "treatment")]


def draw_lane(ax, series: Series, swimmer: Swimmer, places: dict, asked: tuple, per_mm: float) -> None:
    """The lane of one case: how long it is told of, its bars, its marks."""
    code, answers = asked
    start, end = (swimmer.axis.low, swimmer.axis.high) if swimmer.is_days else (1.0, swimmer.axis.high - 0.5)
    name = name_of(series, swimmer.case_id)
    gid = tag("followed", swimmer.case_id, "lane")
    look = {"color": GREY, "alpha": 0.6, "linewidth": min(0.8, places["mark"] / 4)}
    ax.add_line(Line2D([start, end], [places["answer"]] * 2, gid=gid, zorder=1.5, **look))
    extent = _extent(swimmer) if swimmer.is_days else f"{counted(round(end), 'moment')} in order"
    ax.text(start, places["answer"], f"{name}: {extent}", gid=f"{gid}.said", visible=False)
    # A moment is as wide as 1; a star is half as wide again as the other marks.
    step = 0.0 if swimmer.is_days else 1.3 * places["mark"] / 72 * 25.4 * per_mm
    for row in _side_by_side(swimmer.rows, code, step):
        if row.kind == "treatment":
            _draw_bar(ax, swimmer, row, places, per_mm, name)
        elif row.kind in MARKS:
            look = _sized(MARKS[row.kind][1], places)
            _draw_fact(ax, swimmer, row, places["event"], look, row.kind, name, "")
        elif row.code == code and row.STATE not in OPEN_STATES:
            answer = answers.get((swimmer.case_id, row.line), "")
            look = BASELINE if row.ABLFL == "Y" else ANSWER_LOOKS.get(answer, RECORDED)
            look = _sized(look, places)
            suffix = ", baseline" if row.ABLFL == "Y" else f", {answer}" if answer else ""
            _draw_fact(ax, swimmer, row, places["answer"], look, "value", name, suffix)


def shares_moment(swimmer: Swimmer, code: str) -> bool:
    """Whether a lane in the order of telling has a moment with more than one mark on a line."""
    counts = Counter(filter(None, _moments_of(swimmer.rows, code)))
    return not swimmer.is_days and any(count > 1 for count in counts.values())


def has_level_stroke(swimmer: Swimmer, code: str) -> bool:
    """Whether a mark of a lane in days has a stroke over the days between which its time lies."""
    marked = zip(swimmer.rows, _moments_of(swimmer.rows, code), strict=True)
    return swimmer.is_days and any(row.XHI > row.XLO for row, moment in marked if moment)


def _moments_of(rows: list, code: str) -> list[tuple | None]:
    """On which line, and where, the mark of each fact stands; None for one without a mark."""
    drawn = [row.kind in MARKS or (row.code == code and row.STATE not in OPEN_STATES) for row in rows]
    return [(row.kind in MARKS, row.X) if is_drawn else None for row, is_drawn in zip(rows, drawn, strict=True)]


def _side_by_side(rows: list, code: str, step: float) -> list:
    """The facts with those of one moment beside each other on their line, so that no mark hides another.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Row = namedtuple("Row", "kind code X")
    >>> rows = [Row("event", "admission", 1.0), Row("procedure", "biopsy", 2.0), Row("event", "relapse", 2.0)]
    >>> [row.X for row in _side_by_side(rows, "mrss", 0.2)], [row.X for row in _side_by_side(rows, "mrss", 0.0)]
    ([1.0, 1.9, 2.1], [1.0, 2.0, 2.0])
    """
    keys = _moments_of(rows, code)
    counts, seen, placed = Counter(keys), Counter(), []
    for row, key in zip(rows, keys, strict=True):
        if key and step:
            apart = min(step, 0.8 / counts[key])
            row = row._replace(X=row.X + (seen[key] - (counts[key] - 1) / 2) * apart)
            seen[key] += 1
        placed.append(row)
    return placed


def _extent(swimmer: Swimmer) -> str:
    """From which day to which a case is told of: a day that is known between bounds is told so."""
    starts = [(row.XLO, row.XHI) for row in swimmer.rows]
    ends = [(row.AENLO, row.AENHI) for row in swimmer.rows if math.isfinite(row.AENHI)]
    first = [min(column) for column in zip(*starts, strict=True)]
    last = [max(column) for column in zip(*starts, *ends, strict=True)]
    return f"told of from {_day(*first)} until {_day(*last)}"


def _day(low: float, high: float) -> str:
    """A day, or the bounds of one.

    Examples
    --------
    >>> _day(5, 5), _day(516, 546), _day(365, math.inf)
    ('day 5', 'a day between 516 and 546', 'day 365 or later')
    """
    if math.isinf(low) or math.isinf(high):
        return f"day {high:.0f} or earlier" if math.isinf(low) else f"day {low:.0f} or later"
    least, most = f"{low:.0f}", f"{high:.0f}"
    return f"day {least}" if least == most else f"a day between {least} and {most}"


def _sized(look: dict, places: dict) -> dict:
    """The look of a mark where a lane is low: smaller, with a thinner edge."""
    size = places["mark"]
    edge = look.get("markeredgewidth", 0.9) * min(1.0, size / 3.6)
    return {
        **look,
        "markersize": min(look.get("markersize", 4.2), 1.5 * size if look["marker"] == "*" else size),
        "markeredgewidth": edge,
    }


def _moment(swimmer: Swimmer, row) -> str:
    if not swimmer.is_days:
        return f"at moment {row.ORDER}"
    day = f"{row.XLO:.0f}" if row.XLO == row.XHI else f"{row.XLO:.0f} to {row.XHI:.0f}"
    return f"on day {day}"


def _ended(swimmer: Swimmer, row) -> str:
    """The end of a treatment by the clock of its lane; of a time in a lane of moments, from where it is counted."""
    if not row.end:
        return "end not reported"
    if math.isfinite(phase_of_end(row.end)) and math.isfinite(row.XEND):
        return f"until {'day' if swimmer.is_days else 'moment'} {row.XEND:.0f}"
    if row.end == "ongoing" or not timed_end(row.end):
        return f"end: {row.end}"
    if swimmer.is_days and (math.isfinite(row.AENLO) or math.isfinite(row.AENHI)):
        return f"until {_day(row.AENLO, row.AENHI)}"
    anchor = row.anchor.replace("_", " ") or "time zero"
    return f"end: {row.end}" if is_date(row.end) else f"end: {row.end}, counted from {anchor}"


def _draw_fact(ax, swimmer: Swimmer, row, middle: float, look: dict, element: str, name: str, suffix: str) -> None:
    gid = tag(element, swimmer.case_id, f"{row.code}-{row.line}")
    ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=4, **look))
    state = f" {state_words(row)}".rstrip() if row.kind == "observation" else ""
    words = f"{name}: {row.PARAM}{state} {_moment(swimmer, row)}{suffix}"
    ax.text(row.X, middle, words, gid=f"{gid}.said", visible=False)
    if swimmer.is_days and row.XHI > row.XLO:
        gid = tag("whisker", swimmer.case_id, f"{row.code}-{row.line}")
        ax.add_line(Line2D([row.XLO, row.XHI], [middle] * 2, gid=gid, color=INK, linewidth=0.5, zorder=3))


def _draw_bar(ax, swimmer: Swimmer, row, places: dict, per_mm: float, name: str) -> None:
    """A treatment: filled while given, an outline where it may have gone on; a single dose or a pulse is a mark."""
    middle, bar = places["treatment"][row.line], places["bar"]
    gid = tag("bar", swimmer.case_id, f"{row.code}-{row.line}")
    words = f"{name}: {row.PARAM}{_role(swimmer, row)} {_moment(swimmer, row)}"
    if is_mark(row, swimmer.axis):
        look = {**SINGLES[row.line in swimmer.regimen], "markersize": 0.8 * places["mark"]}
        ax.add_line(Line2D([row.X], [middle], linestyle="none", gid=gid, zorder=3, **look))
        once = ", once" if is_single(row) else ""
        ax.text(row.X, middle, f"{words}{once}", gid=f"{gid}.said", visible=False)
        return
    start, end = span_of(row, swimmer.axis, 1.2 * per_mm)
    if is_open(row) and swimmer.is_days:
        start = swimmer.axis.low
    # Up to where it is told again, or may have gone on.
    further = row.HELD if pd.isna(row.TAIL) else row.TAIL
    if pd.notna(further):
        end = min(end, further)
        tail = tag("tail", swimmer.case_id, f"{row.code}-{row.line}")
        box = (start, middle - bar / 2), max(further - start, 0), bar
        ax.add_patch(Rectangle(*box, gid=tail, zorder=1.9, **MAY_GO_ON))
    # On a thin bar the marks would be lost.
    look = {**BAR_LOOKS[row.line in swimmer.regimen], "alpha": 1.0 if bar >= 1.0 else 0.5}
    ax.add_patch(Rectangle((start, middle - bar / 2), end - start, bar, gid=gid, zorder=2, **look))
    ax.text(start, middle, f"{words}, {_ended(swimmer, row)}", gid=f"{gid}.said", visible=False)
    _draw_ends(ax, swimmer, row, (start, end), places)


def _draw_ends(ax, swimmer: Swimmer, row, span: tuple[float, float], places: dict) -> None:
    """The marks at the ends of a bar: ongoing by the words of the source, stopped, and begun before what is shown."""
    (start, end), low, middle = span, ax.get_xlim()[0], places["treatment"][row.line]
    size = max(1.4, min(3.6, places["mark"]))
    look = {"color": INK, "markersize": size, "linestyle": "none", "zorder": 4, "clip_on": False}
    if goes_on(row):
        gid = tag("ongoing", swimmer.case_id, f"{row.code}-{row.line}")
        ax.add_line(Line2D([end], [middle], marker=">", gid=gid, **look))
    if row.end == STOPPED:
        stop = {**STOP_MARK, "markersize": 1.6 * places["bar"] + 1.5}
        ax.add_line(Line2D([end], [middle], linestyle="none", zorder=4, **stop))
    if is_open(row) or start < low:
        ax.add_line(Line2D([max(start, low)], [middle], marker="<", **look))
