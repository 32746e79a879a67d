"""The horizontal axis of a case: days where every fact has a day, else the order of telling."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..timeline import Case
from .style import INK, LINE, SMALL, text_height, text_width, wrap


@dataclass(frozen=True)
class TimeAxis:
    """Where the facts of a case stand.

    Attributes
    ----------
    is_days : bool
        Whether positions are days; otherwise they are ranks in the order of telling, and not to scale.
    names : dict
        What is said under each position of the order of telling.
    low, high : float
        Limits.
    note : str
        What the reader must know of the axis.
    """

    is_days: bool
    names: dict[int, str]
    low: float
    high: float
    note: str


def time_axis(case: Case) -> TimeAxis:
    """The axis on which every fact of the case has a place."""
    facts = case.facts
    if np.isfinite(facts[["DAYLO", "DAYHI"]]).all(axis=None) and facts["DAYLO"].min() < facts["DAYLO"].max():
        low, high = facts["DAYLO"].min(), facts[["DAYHI", "AENHI"]].replace(np.inf, np.nan).max().max()
        margin = 0.05 * (high - low)
        label = case.about.get("time_zero", {}).get("label", "time zero")
        return TimeAxis(True, {}, low - margin, high + margin, f"Days from {label}.")
    names = {}
    labels = case.about.get("phases", {})
    for position, rows in facts.groupby("ORDER"):
        phase = rows["phase"].iloc[0]
        names[int(position)] = str(
            labels.get(str(phase), f"phase {phase}" if pd.notna(phase) else rows["start"].iloc[0])
        )
    known = facts["start"].ne("").sum()
    told = (
        "no fact has a time that could be placed on an axis"
        if known == 0
        else f"a time is reported for {known} of {len(facts)} facts"
    )
    return TimeAxis(False, names, 0.5, facts["ORDER"].max() + 0.5, f"Order of telling, not to scale: {told}.")


def place(rows: pd.DataFrame, axis: TimeAxis) -> pd.DataFrame:
    """Add X, XLO, XHI: the position of each row and the whiskers of an uncertain day."""
    if not axis.is_days:
        position = rows["ORDER"].astype(float)
        return rows.assign(X=position, XLO=position, XHI=position)
    return rows.assign(X=(rows["DAYLO"] + rows["DAYHI"]) / 2, XLO=rows["DAYLO"], XHI=rows["DAYHI"])


def label_lines(axis: TimeAxis, width: float) -> list[list[str]]:
    """The lines under each position, if they fit columns that share a width in millimetres; else numbers alone."""
    if axis.is_days:
        return [[]]
    column = width / len(axis.names) - 1.5
    longest = max(text_width(word, SMALL) for name in axis.names.values() for word in name.split())
    if longest > column:
        return [[str(position)] for position in axis.names]
    return [[str(position), *wrap(name, column, SMALL)] for position, name in axis.names.items()]


def key_of_positions(axis: TimeAxis, width: float) -> str:
    """What the numbers stand for, where the names did not fit under the axis."""
    named = any(name != f"phase {position}" for position, name in axis.names.items())
    if axis.is_days or not named or len(label_lines(axis, width)[0]) > 1:
        return ""
    return "Phases: " + "; ".join(f"{position} {name}" for position, name in axis.names.items()) + "."


def ticks_height(axis: TimeAxis, width: float) -> float:
    """Height in millimetres that the labels of the axis need."""
    if axis.is_days:
        return 3.5 + text_height(2, 7)
    return 2.5 + text_height(max(len(lines) for lines in label_lines(axis, width)), SMALL)


def draw_ticks(ax, axis: TimeAxis) -> None:
    """Limits and ticks of the axis of `ax`, and faint lines between positions that are not to scale."""
    ax.set_xlim(axis.low, axis.high)
    if axis.is_days:
        ax.tick_params(axis="x", labelsize=SMALL)
        return
    positions = np.array(list(axis.names))
    ax.set_xticks(positions, [""] * len(positions))
    ax.tick_params(axis="x", length=0)
    for edge in positions[:-1] + 0.5:
        ax.axvline(edge, color=INK, alpha=0.15, linewidth=0.5, linestyle=(0, (1, 2)), zorder=0)


def draw_tick_labels(ax, axis: TimeAxis, width: float) -> None:
    """Write the names of the positions under `ax`, each line on one height for all positions."""
    if axis.is_days:
        ax.set_xlabel(axis.note.rstrip("."))
        return
    for position, lines in zip(axis.names, label_lines(axis, width), strict=True):
        for i, line in enumerate(lines):
            ax.annotate(
                line,
                (position, 0),
                xycoords=("data", "axes fraction"),
                xytext=(0, -3 - SMALL * (0.85 + i * LINE)),
                textcoords="offset points",
                fontsize=SMALL,
                ha="center",
                va="baseline",
            )
