"""The horizontal axis of a case, its scale and its ticks: days if the facts have days, else the order of telling."""

import math
import re
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator

from ...case import Case, missing_days, without_day
from ...derive import reference_starts
from ...prose import open_positions
from ...rules import Analysis, once
from ...values import count_timed
from ..drawn import tag
from ..style import GREY, INK, LINE, SMALL, legible, minus, text_height, text_width, wrap
from .positions import name_of_position, share_times, times_told, undrawn_words
from .scales import DAYS, MONTHS, WEEKS, YEARS, Scale, study_days

# The longest course that is shown in days, and in months; a longer one is shown in years.
_LONGEST_IN_DAYS, _LONGEST_IN_MONTHS = 120.0, 1100.0
# A stretch of days without a fact is cut out of the axis if it is longer than half a year, and also longer than this
# many times all the days that remain after the cuts.
_SILENCE = 3.0
_LEAST_CUT = 182.0
# Width of the gap that stands for a stretch cut out, as a share of the days that remain.
_SEAM = 0.06
_OVER_CUT = 10  # of words: a cut and its edges are at 8 and 9


# Between two positions in the order of telling.
BORDER = {"color": INK, "alpha": 0.15, "linewidth": 0.5, "linestyle": (0, (1, 2)), "zorder": 0}


@dataclass(frozen=True)
class TimeAxis:
    """Where the facts of a case stand on the horizontal axis.

    Attributes
    ----------
    is_days : bool
        Whether positions are days; otherwise they are ranks in the order of telling, and not to scale.
    names : dict
        The name of each position in the order of telling.
    low, high : float
        Limits of the axis.
    cuts : tuple of tuple
        Start and end of each stretch of days that is cut out.
    label : str
        The text under an axis of days.
    note : str
        What a reader must know about the axis; it stands under the figure.
    scale : Scale
        How days are counted and named.
    positions : str
        What the positions in the order of telling are: `Phases`, `Positions` or `Moments`.
    times : dict
        For each position in the order of telling whose facts share one, its time as told.
    own_times : dict
        Where the facts of a position have different times: the time of each, by its line.
    """

    is_days: bool
    names: dict[int, str]
    low: float
    high: float
    cuts: tuple[tuple[float, float], ...]
    label: str
    note: str
    scale: Scale = DAYS
    positions: str = "Phases"
    times: dict[int, str] = field(default_factory=dict)
    own_times: dict[int, str] = field(default_factory=dict)

    def _knots(self) -> tuple[list[float], list[float]]:
        """Positions on the axis and where each is laid out; between two of them the scale is even."""
        seam = _SEAM * (self.high - self.low - sum(end - start for start, end in self.cuts))
        days, places, lost, far = [self.low - 1e6], [self.low - 1e6], 0.0, 1e6
        for start, end in self.cuts:
            days.extend([start, end])
            places.append(start - lost)
            lost += end - start - seam
            places.append(end - lost)
        return [*days, self.high + far], [*places, self.high + far - lost]

    def flat(self, x):
        """Where positions are laid out: a cut has a fixed width, and the scale is the same on both sides of it."""
        return np.interp(x, *self._knots()) if self.cuts else x

    def unflat(self, x):
        """The inverse of `flat`."""
        return np.interp(x, *reversed(self._knots())) if self.cuts else x

    def span(self) -> float:
        """Length of the axis as it is laid out."""
        return float(self.flat(self.high) - self.flat(self.low))

    def share(self, x):
        """Where positions stand, as a share of the axis from its left end."""
        return (self.flat(x) - self.flat(self.low)) / self.span()

    def parted(self, x: float, other: float) -> bool:
        """Whether a cut lies between two positions."""
        return any(min(x, other) <= start and max(x, other) >= end for start, end in self.cuts)


@once
def axis_of(analysis: Analysis) -> TimeAxis:
    """The axis of a case, made once for all figures of its analysis."""
    return time_axis(analysis.case)


@once
def order_of(analysis: Analysis) -> TimeAxis:
    """The axis of the order of telling, made once for all figures of an analysis."""
    return order_axis(analysis.case)


def time_axis(case: Case) -> TimeAxis:
    """The axis of a case: the one that was asked for; else days where the facts have them; else the order of telling.

    What has none on an axis of days, by the rule of `missing_days`, is named in its note.
    """
    facts = case.facts
    if case.axis == "order":
        axis = order_axis(case)
        return replace(axis, note=axis.note.replace("not to scale:", "not to scale, as was asked for:", 1))
    if not missing_days(facts, case.reference):
        days = facts[["DAYLO", "DAYHI", "AENLO", "AENHI"]].replace([np.inf, -np.inf], np.nan)
        low, high = days[["DAYLO", "DAYHI"]].min().min(), days.max().max()
        silences = _silences(facts, low, high)
        shown = high - low - sum(end - start for start, end in silences)
        scale, label, note = _scale_of(case, shown)
        margin = 0.05 * shown
        cuts = tuple((start + margin / 2, end - margin / 2) for start, end in silences)
        if cuts:
            stretches = " and ".join(f"between {scale.phrase(a)} and {scale.phrase(b)}" for a, b in cuts)
            nothing = "nothing begins or ends" if _goes_through(facts, cuts) else "nothing is told"
            note += f" The axis is cut {stretches}, where {nothing}; the scale is the same on both sides."
        note = f"{note} {undrawn_words(without_day(facts), case.about.get('phases', {}))}".rstrip()
        return TimeAxis(True, {}, low - margin, high + margin, cuts, label, note, scale)
    return order_axis(case)


def _scale_of(case: Case, shown: float) -> tuple[Scale, str, str]:
    """The scale of a case whose axis shows so many days, the label under the axis, and the note on it."""
    zero = legible(case.about.get("time_zero", {}).get("label", "time zero"))
    values = f"The values behind the figure are in days from {zero}."
    if case.axis == "weeks":
        return WEEKS, f"Weeks from {zero}", f"Weeks from {zero}. {values}"
    if case.axis == "study_day":
        row = reference_starts(case.facts, case.reference).iloc[0]
        name = legible(case.facts.loc[case.facts["code"] == case.reference, "PARAM"].iloc[0])
        note = f"Study days: 1 is the first day of {name}, -1 the day before; there is no day 0. {values}"
        return study_days(row["RFSTLO"]), f"Study day (1 is the first day of {name})", note
    if case.axis == "days" or shown <= _LONGEST_IN_DAYS:
        return DAYS, f"Days from {zero}", f"Days from {zero}."
    scale = MONTHS if shown <= _LONGEST_IN_MONTHS else YEARS
    label = f"{scale.word.capitalize()}s from {zero}"
    return scale, label, f"{label}. {values}"


def order_axis(case: Case) -> TimeAxis:
    """The axis of the order in which the source tells the facts of a case, whatever is known about their days."""
    facts, names, times, own_times = case.facts, {}, {}, {}
    zero = case.about.get("time_zero", {}).get("label", "time zero")
    labels = case.about.get("phases", {})
    parted = facts.drop_duplicates("ORDER")["phase"].value_counts()
    # Of a whole row of a hundred columns each part of it is slow to make.
    told_of = facts[["line", "ORDER", "phase", "kind", "PARAM", "start", "anchor", "note", "quote"]]
    fact_times = times_told(told_of, zero, facts)
    for position, rows in told_of.groupby("ORDER"):
        phase = rows["phase"].iloc[0]
        beside = told_of[told_of["phase"].eq(phase)] if parted.get(phase, 1) > 1 else None
        name = name_of_position(rows, beside, labels, zero)
        names[int(position)] = name
        shared, unshared = share_times(rows["line"].tolist(), name, fact_times)
        times |= {int(position): shared} if shared else {}
        own_times |= unshared
    # Before or after the next: that stands where a time would.
    times = {position: f"before or after {position + 1}: not reported" for position in open_positions(case)} | times
    # One phase may be told in several positions, which are then numbered and not the phases.
    positions = "Positions" if facts["phase"].notna().any() else "Moments"
    if facts["phase"].notna().all() and pd.to_numeric(facts["phase"]).eq(facts["ORDER"]).all():
        positions = "Phases"
    # Moments are named by their days.
    printed = " ".join([*times.values(), *own_times.values(), *(names.values() if positions == "Moments" else ())])
    return TimeAxis(
        False,
        names,
        0.5,
        facts["ORDER"].max() + 0.5,
        (),
        "",
        _note_of_order(facts, printed, zero),
        positions=positions,
        times=times,
        own_times=own_times,
    )


def _note_of_order(facts: pd.DataFrame, printed: str, zero: str) -> str:
    """What the order of telling is, how many facts have a time, and from when a day counts where one is printed."""
    known = count_timed(facts)
    dated = (
        f"a time is reported for {known} of {len(facts)} facts"
        if known
        else "no time that could be placed on an axis is reported"
    )
    counted = f" Times count from day 0: {legible(zero)}." if re.search(r"\bdays? \d", printed) else ""
    return f"Order of telling, not to scale: {dated}.{counted}"


def _silences(facts: pd.DataFrame, low: float, high: float) -> list[tuple[float, float]]:
    """The stretches of days to cut out: no fact begins or ends there, and they would squeeze all others together."""
    # The mark of a time with one end stands at that end, which no cut takes away.
    first = facts["DAYLO"].mask(np.isneginf(facts["DAYLO"]), facts["DAYHI"])
    last = facts["DAYHI"].mask(np.isposinf(facts["DAYHI"]), facts["DAYLO"])
    starts = np.concatenate([first, facts["AENLO"]]).astype(float)
    ends = np.concatenate([last, facts["AENHI"]]).astype(float)
    known = np.isfinite(starts) & np.isfinite(ends)
    order = np.argsort(starts[known], kind="stable")
    starts, reached = starts[known][order], np.maximum.accumulate(ends[known][order])
    gaps = starts[1:] - reached[:-1]
    remains = high - low
    cut: list[int] = []
    for place in np.argsort(-gaps, kind="stable"):
        remains -= gaps[place]
        cut.append(int(place))
        if gaps[place] <= _LEAST_CUT:
            break
        if 0 < _SILENCE * remains < gaps[place]:
            return [(float(reached[i]), float(starts[i + 1])) for i in sorted(cut)]
    return []


def _goes_through(facts: pd.DataFrame, cuts: tuple) -> bool:
    """Whether something that began before a cut is told to have ended behind it, or to be ongoing."""
    ends = facts["AENHI"].where(facts["end"].ne("ongoing"), np.inf).fillna(-np.inf)
    return any(bool((facts["DAYHI"].lt(end) & ends.ge(end)).any()) for _, end in cuts)


def place(rows: pd.DataFrame, axis: TimeAxis) -> pd.DataFrame:
    """Add X, the position of each row, and XLO and XHI, the ends of its whisker if the day is uncertain.

    The whisker of a time with one end reaches to the end of the axis, and its mark stands at that end: any other place
    would depend on how long the axis is.
    """
    if not axis.is_days:
        position = rows["ORDER"].astype(float)
        return rows.assign(X=position, XLO=position, XHI=position)
    low, high = rows["DAYLO"].clip(lower=axis.low), rows["DAYHI"].clip(upper=axis.high)
    middle = ((low + high) / 2).mask(np.isneginf(rows["DAYLO"]), high).mask(np.isposinf(rows["DAYHI"]), low)
    return rows.assign(X=middle, XLO=low, XHI=high)


def label_lines(axis: TimeAxis, width: float) -> list[list[str]]:
    """The lines under each position: number and name, or the number alone if the names do not fit the width (mm)."""
    if axis.is_days:
        return [[]]
    column = width / len(axis.names) - 1.5
    labels = [*axis.names.values(), *axis.times.values()]
    longest = max(text_width(word, SMALL) for name in labels for word in legible(name).split())
    if longest > column:
        return [[str(position)] for position in axis.names]
    return [
        [str(position), *wrap(name, column, SMALL), *wrap(minus(axis.times.get(position, "")), column, SMALL)]
        for position, name in axis.names.items()
    ]


def key_of_positions(axis: TimeAxis, width: float) -> str:
    """What the numbers under the axis stand for; blank if the names fit there."""
    named = any(name != f"phase {position}" for position, name in axis.names.items())
    if axis.is_days or not named or len(label_lines(axis, width)[0]) > 1:
        return ""
    times = {position: f" ({minus(time)})" for position, time in axis.times.items()}
    words = [f"{position}:\N{NO-BREAK SPACE}{name}{times.get(position, '')}" for position, name in axis.names.items()]
    return f"{axis.positions}: {'; '.join(words)}."


def ticks_height(axis: TimeAxis, width: float) -> float:
    """Height in millimetres of the labels under the axis."""
    if axis.is_days:
        return 3.5 + text_height(_day_lines(axis, width), 7)
    return 2.5 + text_height(max(len(lines) for lines in label_lines(axis, width)), SMALL)


def _day_lines(axis: TimeAxis, width: float) -> int:
    """How many lines stand under an axis of days: one of numbers, then those of the label."""
    return 1 + len(wrap(axis.label, width, 7))


def draw_ticks(ax, axis: TimeAxis) -> None:
    """Set the limits, ticks and cuts of the axis of `ax`; positions that are not to scale are parted by faint lines."""
    if axis.cuts:
        ax.set_xscale("function", functions=(axis.flat, axis.unflat))
    ax.set_xlim(axis.low, axis.high)
    if axis.is_days:
        ax.tick_params(axis="x", labelsize=SMALL)
        ticks = _day_ticks(ax, axis)
        ax.set_xticks(ticks, [minus(axis.scale.tick(day)) for day in ticks])
        ax.xaxis.set_minor_locator(NullLocator())
        return
    ax.set_xticks([])
    edges = [edge for position in list(axis.names)[:-1] for edge in (position + 0.5, position + 0.5, math.nan)]
    ax.add_line(Line2D(edges, [0, 1, math.nan] * (len(edges) // 3), transform=ax.get_xaxis_transform(), **BORDER))


def make_plain(ax, axis: TimeAxis) -> None:
    """Make axes without a vertical scale."""
    draw_ticks(ax, axis)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)


def _day_ticks(ax, axis: TimeAxis) -> list[float]:
    """The days that have a tick: round ones on both sides of each cut; no number touches another or leaves the figure.

    A stretch without a round day, or too short for one, has its middle.
    """
    scale = axis.span() / (ax.get_position().width * ax.figure.get_figwidth() * 25.4)
    edges = [axis.low, *(edge for cut in axis.cuts for edge in cut), axis.high]
    ticks: list[float] = []
    reached = -math.inf
    for low, high in zip(edges[::2], edges[1::2], strict=True):
        share = (high - low) / axis.span()
        inside = axis.scale.round_days(low, high, max(2, round(7 * share)))
        for day in inside if share > 0.2 and inside else [axis.scale.middle(low, high)]:
            half = text_width(axis.scale.tick(day), SMALL) / 2 * scale
            free = float(axis.flat(day)) - half > reached + scale
            if free and float(axis.flat(day)) + half < float(axis.flat(axis.high)) + 1.5 * scale:
                ticks.append(float(day))
                reached = float(axis.flat(day)) + half
    return ticks


def draw_cut(ax, axis: TimeAxis) -> None:
    """Cover each stretch that is cut out in white, over everything that was drawn there, and mark its edges.

    Words stand above it: they may be longer than the piece of a bar on which they stand.
    """
    for text in ax.texts if axis.cuts else ():
        text.set_zorder(_OVER_CUT)
    bottom, top = ax.get_ylim()
    look = {"facecolor": "white", "edgecolor": "none", "zorder": 8, "clip_on": False}
    for i, (start, end) in enumerate(axis.cuts):
        gid = tag("cut", "axis", f"days-{i}" if i else "days")
        ax.add_patch(Rectangle((start, bottom), end - start, top - bottom, gid=gid, **look))
        for edge in (start, end):
            ax.add_line(Line2D([edge, edge], [bottom, top], color=GREY, linewidth=0.7, linestyle=(0, (3, 2)), zorder=9))
        words = f"axis cut between {axis.scale.phrase(start)} and {axis.scale.phrase(end)}"
        ax.text(start, bottom, words, gid=f"{gid}.said", visible=False)


def draw_tick_labels(ax, axis: TimeAxis, width: float, shift: float = 0.0) -> None:
    """Write under `ax` the label of an axis of days, or the names of the positions, moved by `shift` along the axis."""
    if axis.is_days:
        ax.set_xlabel("\n".join(wrap(axis.label, width, 7)))
        return
    labels = label_lines(axis, width)
    # If the numbers would touch, only some of them are written.
    widest = max(text_width(line, SMALL) for lines in labels for line in lines)
    step = math.ceil((widest + 0.8) * len(labels) / width) if len(labels[0]) == 1 else 1
    for position, lines in list(zip(axis.names, labels, strict=True))[::step]:
        for i, line in enumerate(lines):
            ax.annotate(
                line,
                (position + shift, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, -3 - SMALL * (0.85 + i * LINE)),
                textcoords="offset points",
                fontsize=SMALL,
                ha="center",
                va="baseline",
            )
