"""One measure of a case over time."""

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..case import Case
from ..rules import Analysis, analyse, limits_of
from .axis import draw_tick_labels, key_of_positions, ticks_height, time_axis
from .blocks import draw_footer, lay_footer
from .drawn import listed_note, tag
from .lanes import says
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .publish import new_figure
from .rows import lay_panel, rows_on, shaded_rows
from .style import THROUGH, house_style, letters_note, with_letters

_LEFT, _RIGHT, _TOP = 15.0, 2.0, 5.0


def draw_trajectory(analysis: Analysis, code: str, limits: pd.DataFrame | None = None, width_mm: float = 180) -> Figure:
    """Draw the values of one measure against its baseline.

    Successive values are joined for the eye on an axis of days only, and never across a cut or a record without a
    value. Records without a value stand in a strip below the panel. A procedure that bears on the measure is a dashed
    line.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    code : str
        The measure.
    limits : DataFrame, optional
        From `limits_of`: measurement error, important change and variation about the baseline, and the classes of a
        size. If left out, those of the rules of the case.
    """
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    measure = case.measure(code)
    limits = limits_of(case.rules, code) if limits is None else limits
    with house_style():
        axis = time_axis(case)
        phases = case.about.get("phases", {})
        rows = rows_on(axis, changes)
        panel = lay_panel(rows, measure, axis)
        panel = panel if code in analysis.codes else panel._replace(scale="foreign")
        shade = shaded_rows(rows, case.reference)
        left = _LEFT if panel.scale != "grade" else 20.0
        wide = width_mm - left - _RIGHT
        entries = panel_entries(panel, limits, shade)
        mine = [*panel.drawn, *panel.listed]
        done = _procedures(rows, case, code) if mine else []
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            _limit_note(panel),
            case.selection,
            *(panel_notes([panel], shade, case.baseline_rule) if mine else []),
            f"Upright dashed lines, from the left: {', '.join(row.PARAM for row in done)}." if done else "",
            *case.about.get("caveats", {}).get(code, []),
            listed_note([], f"rows on {panel.measure['label']}", len(mine)) if mine else "",
            letters_note(*axis.names.values(), *(says(row) for row in mine)),
        ]
        footer = lay_footer(entries, notes, width_mm - 4)
        high = 24.0 if panel.scale in ("empty", "foreign", "unvalued") else min(62.0, 0.5 * width_mm + 12)
        column = wide / max(len(axis.names), 1) - 1
        strip_high = panel.strip_height(column)
        ticks = ticks_height(axis, wide)
        total = _TOP + high + strip_high + ticks + 2 + footer.height
        figure = new_figure(case.case_id, panel.measure["label"], width_mm, total)
        ax, strip = add_panel_axes(figure, panel, left, _TOP, wide, high, strip_high)
        draw_panel(ax, strip, panel, limits, phases, shade, column)
        _draw_procedures(ax, done)
        draw_tick_labels(strip or ax, axis, wide)
        draw_footer(figure, footer, 2, _TOP + high + strip_high + ticks + 2)
        return with_letters(figure)


def _procedures(rows: list, case: Case, code: str) -> list:
    """The procedures that bear on a measure, by their place; an event that the vocabulary knows as one is one."""
    touches = case.measures["touches"].fillna("").str.split("|").to_dict()
    done = [row for row in rows if row.kind in ("procedure", "event") and code in touches.get(row.code, ())]
    return sorted(done, key=lambda row: (row.X, row.line))


def _draw_procedures(ax: Axes, done: list) -> None:
    """A line through the panel for each procedure."""
    for row in done:
        gid, across = tag("through", row.code, row.line), ax.get_xaxis_transform()
        ax.add_line(Line2D([row.X, row.X], [0, 1], transform=across, gid=gid, **THROUGH))


def _limit_note(panel) -> str:
    if panel.scale == "size" and panel.code == "ck":
        return "Linear scale, because a value is 0 or may be."
    if panel.scale != "log":
        return ""
    return "Logarithmic scale." + (
        "" if any(pd.notna(row.ANRHI) for row in panel.drawn) else " The laboratory's upper limit is not reported."
    )
