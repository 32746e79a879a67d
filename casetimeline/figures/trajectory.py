"""One measure of a case over time."""

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case
from .axis import draw_tick_labels, key_of_positions, ticks_height, time_axis
from .blocks import draw_footer, lay_footer
from .drawn import listed_note
from .lanes import says
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .rows import lay_panel, rows_on, shaded_rows
from .style import house_style, letters_note, new_figure, with_letters

_LEFT, _RIGHT, _TOP = 15.0, 2.0, 5.0


def draw_trajectory(
    case: Case, changes: pd.DataFrame, code: str, limits: pd.DataFrame | None = None, width_mm: float = 180
) -> Figure:
    """Draw the values of one measure against its baseline.

    Parameters
    ----------
    case : Case
        From `read_case`.
    changes : DataFrame
        The case's facts with ABLFL, the BASE columns, CHG and PCHG.
    code : str
        The measure.
    limits : DataFrame, optional
        From `limits_of`: measurement error, important change and variation about the baseline, classes of a size.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
        On an axis of days successive values are joined for the eye, but not across a cut or a record without a value;
        elsewhere they are not. What has no value stands in a strip below.
    """
    limits = pd.DataFrame(columns=["KIND", "LABEL", "LOW", "HIGH"]) if limits is None else limits
    with house_style():
        axis = time_axis(case)
        phases = case.about.get("phases", {})
        rows = rows_on(axis, changes)
        panel = lay_panel(rows, case.measures, code, axis)
        shade = shaded_rows(rows, case.reference)
        left = _LEFT if panel.scale != "grade" else 20.0
        wide = width_mm - left - _RIGHT
        entries = panel_entries(panel, limits, shade)
        mine = [*panel.drawn, *panel.listed]
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            _limit_note(panel),
            case.selection,
            *(panel_notes([panel], shade, case.baseline_rule) if mine else []),
            *case.about.get("caveats", {}).get(code, []),
            listed_note([], f"rows on {panel.measure['label']}", len(mine)) if mine else "",
            letters_note(*axis.names.values(), *(says(row) for row in mine)),
        ]
        footer = lay_footer(entries, notes, width_mm - 4)
        high = 24.0 if panel.scale in ("empty", "unvalued") else min(62.0, 0.5 * width_mm + 12)
        column = wide / max(len(axis.names), 1) - 1
        strip_high = panel.strip_height(column)
        ticks = ticks_height(axis, wide)
        total = _TOP + high + strip_high + ticks + 2 + footer.height
        figure = new_figure(case.case_id, panel.measure["label"], width_mm, total)
        ax, strip = add_panel_axes(figure, panel, left, _TOP, wide, high, strip_high)
        draw_panel(ax, strip, panel, limits, phases, shade, column)
        draw_tick_labels(strip or ax, axis, wide)
        draw_footer(figure, footer, 2, _TOP + high + strip_high + ticks + 2)
        return with_letters(figure)


def _limit_note(panel) -> str:
    if panel.scale == "size" and panel.code == "ck":
        return "Linear scale, because a value is 0 or may be."
    if panel.scale != "log":
        return ""
    return "Logarithmic scale." + (
        "" if any(row.ANRHI == row.ANRHI for row in panel.drawn) else " The laboratory's upper limit is not reported."
    )
