"""The staircase of the glucocorticoids of a case, in milligrams of prednisone a day."""

import math
import re
from itertools import pairwise
from typing import NamedTuple

import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.transforms import Bbox, TransformedBbox

from ...derive import is_per_time
from ...prose import label_in_sentence
from ...values import number, parse_value
from ..axes.axis import TimeAxis
from ..axes.places import touch
from ..axes.time_words import when_of
from ..drawn import tag
from ..style import BLUE, HALO, SMALL, minus, text_width
from .flags import further_words, has_whisker
from .rows import glucocorticoids_in, height, per_mm
from .treatments import BAR, HELD, Step, dosing, draw_ends, goes_further, lay_steps, span_of, times_of

_MAYBE = {"facecolor": "#e3f0f8", "edgecolor": BLUE, "linewidth": 0.5, "linestyle": (0, (2, 1.5))}
# A dose that is more than so many times the next lower one is cut at the top of the staircase.
_TOWERS, _CUT_AT = 10.0, 1.5
# Room under the line of no dose, as a share of the highest one: lines behind the end of a course have no dose.
_UNDER = 0.16
# Where the line that cuts it stands, as a share of the height of the staircase; words stand above that.
_CUT_LINE = 0.72
_OVER = 0.4  # millimetres from a step to the words over it
_BESIDE = 0.4  # millimetres beside these words
_LENGTHS = 3  # of such words
_LEAST = 2.0  # millimetres from which on a line under the axis is drawn

_SOURCE = "the table of a US label (Amneal, Rev. 12-2021)"


class Tread(NamedTuple):
    """A stretch of a course: `base` is the dose of the courses under it, in mg of prednisone a day."""

    start: float
    end: float
    base: float


class Stair(NamedTuple):
    """One course of the staircase of glucocorticoids.

    Attributes
    ----------
    step : Step
    treads : tuple of Tread
        From its start to its end; a new one begins where a course under it ends.
    low, high : float
        Its own dose as bounds, in mg of prednisone a day.
    until : float
        The end of the days on which it was surely given, before which its bar may be drawn wider, to be seen.
    """

    step: Step
    treads: tuple[Tread, ...]
    low: float
    high: float
    until: float


def lay_stairs(rows: list, equivalents: pd.DataFrame, axis: TimeAxis, wide: float) -> list[Stair]:
    """The staircase of the glucocorticoids of a case with a dose a day; courses are stacked on days that they share.

    Parameters
    ----------
    rows : list
        Treatment rows from `rows_on`.
    equivalents : DataFrame
        From `derive_prednisone`.
    axis : TimeAxis
        Of the figure.
    wide : float
        Width of the axes in millimetres.
    """
    known = equivalents[equivalents["PREDHI"].notna()]
    bounds = {row.line: (row.PREDLO, row.PREDHI) for row in known.itertuples()}
    steps = lay_steps([row for row in rows if row.line in bounds], axis, wide)
    stairs: list[Stair] = []
    for step in steps:
        low, high = bounds[step.row.line]
        # What began on the day on which a course of one day was given shares that day.
        until = max(min(step.end, span_of(step.row, axis, 0.0)[1]), step.start + 1.0)
        under = [(s.until, s.high) for s in stairs if s.step.row.code != step.row.code] if axis.is_days else []
        stairs.append(Stair(step, _treads(step, under), low, high, until))
    return stairs


def _treads(step: Step, under: list[tuple[float, float]]) -> tuple[Tread, ...]:
    """The stretches of a course over the ends and doses of others that began no later."""
    edges = [step.start, *sorted({end for end, _ in under if step.start < end < step.end}), step.end]
    return tuple(
        Tread(start, end, sum((dose for until, dose in under if until > start), start=0.0))
        for start, end in pairwise(edges)
    )


def equivalence_note(rows: list, equivalents: pd.DataFrame, treatments: pd.DataFrame) -> str:
    """Which doses are calculated and by what, and which glucocorticoid the staircase does not hold; blank for neither.

    A dose that is told as prednisone, or as a drug that equals it, is not calculated.
    """
    known = {*equivalents.loc[equivalents["PREDHI"].notna(), "line"]}
    equal = {row.PARAM: treatments.loc[row.code, "prednisone_5mg"] for row in rows if row.line in known}
    others = [f"{number(float(dose))} mg of {name.lower()}" for name, dose in equal.items() if float(dose) != 5.0]
    conversions = f"Doses in prednisone are calculated by {_SOURCE}: 5 mg of prednisone equal {', '.join(others)}."
    codes = {row.code for row in rows if row.line in known}
    unnamed = re.compile(r"steroid|glucocorticoid", re.IGNORECASE)
    drugs = glucocorticoids_in(treatments)
    beside = [row for row in rows if (row.code in drugs or unnamed.search(row.PARAM)) and row.code not in codes]
    untold = [row for row in beside if not (row.dose and (row.frequency or is_per_time(row.dose_unit)))]
    dosed = [row for row in beside if row not in untold]
    apart = [
        f"In lanes of their own, {what}: {', '.join(dict.fromkeys(label_in_sentence(row.PARAM) for row in given))}."
        for what, given in (("daily dose not reported", untold), ("dose as reported", dosed))
        if given and codes
    ]
    return " ".join(filter(None, [conversions if others else "", *apart]))


def top_of(stairs: list[Stair], axis: TimeAxis, wide: float) -> float:
    """The dose at the upper edge of the staircase: a dose that towers above all others is cut there.

    Cut bars are all as high as each other: where one of them has no room for its dose none is cut.
    """
    dosed = [stair for stair in stairs if stair.high > 0 and math.isfinite(stair.high)]
    tops = sorted({tread.base + stair.high for stair in dosed for tread in stair.treads})
    if not tops:
        return 1.0
    # Cut once: of towers above each other the highest are cut, and what is lower than these stays as high as it is.
    below = [low for low, high in pairwise(tops) if high > _TOWERS * low]
    top = _CUT_AT * below[-1] if below else tops[-1]
    return top if _cut_labels(stairs, axis, wide, top) else tops[-1]


def is_cut(stair: Stair, top: float) -> bool:
    """Whether a dose is higher than the staircase."""
    return any(tread.base + stair.high > top for tread in stair.treads)


def draw_stairs(ax, stairs: list[Stair], axis: TimeAxis, wide: float) -> None:
    """Draw the staircase into axes whose vertical unit is mg of prednisone a day, with the dose on each step."""
    top = top_of(stairs, axis, wide)
    rows = [stair.step.row for stair in stairs]
    # Under the line of no dose stand how a course began or went on and, lower, uncertain times.
    room, under = 1.28, _UNDER * (any(map(goes_further, rows)) + any(has_whisker(row, axis) for row in rows))
    ax.set_ylim(-under * top, room * top)
    for stair in stairs:
        _draw_stair(ax, stair, axis, top, (_UNDER / 2 - under) * top)
    _label_stairs(ax, stairs, axis, wide, (top, room + under))


def _draw_stair(ax, stair: Stair, axis: TimeAxis, top: float, rail: float) -> None:
    """Draw one step with its ends; where it is higher than the axes, a white line cuts it.

    The rail of an uncertain time has a height of its own: over a line or dashes it would hide them.
    """
    step, row = stair.step, stair.step.row
    gid = tag("prednisone", row.code, row.line)
    for start, end, base in stair.treads:
        if stair.high > stair.low:
            low, kept = (start, base + stair.low), tag("prednisone_to", row.code, row.line)
            _add_bar(ax, Rectangle(low, end - start, stair.high - stair.low, gid=kept, zorder=2, **_MAYBE), top)
        _add_bar(ax, Rectangle((start, base), end - start, stair.low, gid=gid, zorder=2, **BAR), top)
        if base + stair.high > top:
            cut = {"color": "white", "linewidth": 2.5, "solid_capstyle": "butt", "zorder": 4}
            ax.add_line(Line2D([start, end], [_CUT_LINE * top] * 2, **cut))
    ax.text(step.start, 0, prednisone_words(stair, axis), gid=f"{gid}.said", visible=False)
    under, gap = -_UNDER / 2 * top, _LEAST * per_mm(ax, axis)
    # Between two courses that all but touch, a line so short joins nothing that a reader sees.
    is_short = pd.isna(row.TAIL) and axis.flat(row.HELD) - axis.flat(step.end) < gap
    last = stair.treads[-1].base
    middle = (min(last, top) + min(last + stair.high, top)) / 2
    # On the line of no dose a whisker is not seen.
    draw_ends(ax, step._replace(row=row._replace(HELD=math.nan)) if is_short else step, axis, middle, rail, under)
    is_told = (step.end < row.HELD and not is_short) or pd.notna(row.TAIL)
    for x, is_drawn in ((step.start, pd.notna(row.ENTERS)), (step.end, is_told)):
        if is_drawn:
            ax.add_line(Line2D([x, x], [0.0, under], zorder=1.9, **HELD))


def _add_bar(ax, bar: Rectangle, top: float) -> None:
    """Add a bar that is as high as its dose and is seen up to the top of the staircase: above that stand words."""
    ax.add_patch(bar)
    if bar.get_y() + bar.get_height() > top:
        (start, end), low = ax.get_xlim(), ax.get_ylim()[0]
        bar.set_clip_box(TransformedBbox(Bbox.from_extents(start, low, end, top), ax.transData))


def _widest(stair: Stair, axis: TimeAxis) -> Tread:
    """The stretch of a course that has its label."""
    return max(stair.treads, key=lambda tread: float(axis.flat(tread.end) - axis.flat(tread.start)))


def _label_stairs(ax, stairs: list[Stair], axis: TimeAxis, wide: float, scale: tuple[float, float]) -> None:
    """Write the dose on each step that has room for it: no words stand over others, nor over a higher step."""
    top, room = scale
    per_mg = height(ax) / (room * top)
    taken = [box for stair in stairs for box in _boxes(stair, axis, wide, (top, per_mg))]
    cut = _cut_labels(stairs, axis, wide, top)
    for stair in sorted(stairs, key=lambda stair: (stair.step.row.line not in cut, stair.step.start)):
        tread = _widest(stair, axis)
        words, reached, is_stacked = _dose_on(stair, tread, stairs, axis)
        peak = min(reached, top)
        places = (
            (label, left)
            for label in _labels(stair, words, is_stacked, stairs)
            for left in [*_lefts(text_width(label, SMALL), tread, axis, wide), *_rights(taken, tread, axis, wide)]
        )
        placed = [cut[stair.step.row.line]] if stair.step.row.line in cut else places
        boxed = ((label, _label_box(label, left, peak * per_mg)) for label, left in placed)
        label, box = next((each for each in boxed if not any(touch(each[1], other) for other in taken)), ("", None))
        if not box:
            continue
        taken.append(box)
        x = float(axis.unflat(axis.flat(axis.low) + (box[0] + box[2]) / 2 / wide * axis.span()))
        over = {"xytext": (0, 1.2), "textcoords": "offset points", "ha": "center", "va": "bottom"}
        ax.annotate(label, (x, peak), **over, fontsize=SMALL, zorder=6, bbox=HALO)


def _cut_labels(stairs: list[Stair], axis: TimeAxis, wide: float, top: float) -> dict[int, tuple[str, float]]:
    """The words over each bar at the top of the staircase and where they begin, by line: as full as all have room for.

    Nothing where one has no room for its number.
    """
    peaks = [(stair, _widest(stair, axis)) for stair in sorted(stairs, key=lambda stair: stair.step.start)]
    doses = [(stair, tread, _dose_on(stair, tread, stairs, axis)) for stair, tread in peaks]
    for shortest in range(_LENGTHS):
        placed: dict[int, tuple[str, float]] = {}
        asked = [(stair, tread, dose) for stair, tread, dose in doses if dose[1] > top]
        right = -1.0
        for stair, tread, (words, _, is_stacked) in asked:
            labels = _labels(stair, words, is_stacked, stairs)
            places = (
                (label, left)
                for label in labels[min(shortest, len(labels) - 1) :]
                for left in _lefts(text_width(label, SMALL), tread, axis, wide)
                if left - _BESIDE > right
            )
            label, left = next(places, ("", 0.0))
            if label:
                placed[stair.step.row.line] = label, left
                right = left + text_width(label, SMALL) + _BESIDE
        if len(placed) == len(asked):
            return placed
    return {}


def _labels(stair: Stair, words: str, is_stacked: bool, stairs: list[Stair]) -> list[str]:
    """What may stand on a step of a staircase, the fullest first."""
    drugs = {each.step.row.code for each in stairs}
    return [minus(label) for label in stair_labels(stair, words, is_stacked, len(drugs) > 1)]


def _label_box(label: str, left: float, peak: float) -> tuple[float, float, float, float]:
    """The words over a step as a box in millimetres."""
    low = peak + _OVER
    return left - _BESIDE, low, left + text_width(label, SMALL) + _BESIDE, low + 2.0


def _boxes(stair: Stair, axis: TimeAxis, wide: float, scale: tuple[float, float]) -> list[tuple]:
    """The stretches of a course as boxes in millimetres, from the line of no dose up."""
    top, per_mg = scale
    return [
        (float(axis.share(start)) * wide, 0.0, float(axis.share(end)) * wide, min(base + stair.high, top) * per_mg)
        for start, end, base in stair.treads
    ]


def _lefts(w: float, tread: Tread, axis: TimeAxis, wide: float) -> list[float]:
    """Where words of a width may begin, in millimetres: over the middle of a stretch, from its start, up to its end."""
    start, end = (float(axis.share(x)) * wide for x in (tread.start, tread.end))
    lefts = ((start + end - w) / 2, start + 0.5, end - 0.5 - w)
    return [min(max(left, 0.3), wide - w - 0.3) for left in lefts] if w < wide - 0.6 else []


def _rights(taken: list[tuple], tread: Tread, axis: TimeAxis, wide: float) -> list[float]:
    """Where words may begin behind what ends over a stretch: a bar may be drawn wider than its days, to be seen."""
    start, end = (float(axis.share(x)) * wide for x in (tread.start, tread.end))
    return [box[2] + _BESIDE + 0.1 for box in taken if start <= box[2] < end]


def _dose_on(stair: Stair, tread: Tread, stairs: list[Stair], axis: TimeAxis) -> tuple[str, float, bool]:
    """The dose of the day on a stretch of a course in words, its height, and whether other courses have part of it.

    Those are the courses under it, and those on it that have their label elsewhere.
    """
    high = tread.base + stair.high
    upper = [
        (other, other.base + above.high)
        for above in stairs
        for other in above.treads
        if other.base >= high > 0 and other.start < min(tread.end, stair.until)
        if tread.start < min(other.end, above.until)
        if other != _widest(above, axis)
    ]
    if not upper:
        return _dose_words(stair, tread.base, "\N{EN DASH}"), high, tread.base > 0
    reached = max(dose for _, dose in upper)
    is_whole = any(other.start <= tread.start and tread.end <= other.end for other, dose in upper if dose == reached)
    return f"{'' if is_whole else 'up to '}{_milligrams(reached)}", reached, True


def stair_labels(stair: Stair, words: str, is_stacked: bool, several: bool) -> list[str]:
    """What may stand on a step of the staircase, the fullest first: the dose of the day, and as told if it is another.

    Several drugs are told by their names. On a step that others have part of, a dose as told needs its drug.
    """
    if not is_converted(stair):
        return [words]
    row = stair.step.row
    dosage = ", ".join(filter(None, [dosing(row), *times_of(row)]))
    if is_stacked:
        return [f"{words} (with {row.PARAM.lower()} {dosage})", words]
    named = [f"{words} ({row.PARAM.lower()} {dosage})"] if several else []
    return [*named, f"{words} ({dosage})", words]


def is_converted(stair: Stair) -> bool:
    """Whether the dose of a step is not the number that is told: another drug, or more than once a day."""
    bounds = parse_value(stair.step.row.dose)
    # Less than none is given of no drug.
    return (max(bounds.low, 0.0), bounds.high) != (stair.low, stair.high)


def prednisone_words(stair: Stair, axis: TimeAxis) -> str:
    """A course of a glucocorticoid in words: as told, its equivalent, and when."""
    row = stair.step.row
    is_same = row.code == "prednisone" and not is_converted(stair)
    equal = "" if is_same else f"equal to prednisone {_dose_words(stair, 0.0, ' to ')} mg a day"
    further = further_words(row, stair.step.end, axis)
    return ", ".join(filter(None, [row.PARAM, dosing(row), equal, when_of(row, axis), further]))


def _dose_words(stair: Stair, base: float, between: str) -> str:
    """The dose of a course over that of others in milligrams, with its ends; `<10` stays so, as it is not up to 10."""
    sign = re.match("[<>]=?", stair.step.row.dose)
    ends = [base + stair.low, base + stair.high]
    if sign:
        return f"{sign[0]}{_milligrams(ends['<' in sign[0]])}"
    return between.join(dict.fromkeys(map(_milligrams, ends)))


def _milligrams(dose: float) -> str:
    """A dose as it is up to hundredths of a milligram; one with more digits, which is calculated, is rounded.

    Then it is a whole number, or has a tenth where it is less than ten.

    Examples
    --------
    >>> [_milligrams(dose) for dose in (12.5, 7.25, 20.0, 800 / 3, 20 / 3)]
    ['12.5', '7.25', '20', '267', '6.7']
    """
    is_exact = math.isclose(dose, round(dose, 2), abs_tol=1e-9)
    return number(dose, 2 if is_exact else 1 if dose < 10 else 0)
