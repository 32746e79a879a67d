"""One measure of a case over time."""

import pandas as pd
from matplotlib.figure import Figure

from ..timeline import Case
from .axis import draw_tick_labels, draw_ticks, key_of_positions, ticks_height, time_axis
from .key import draw_footer, lay_footer
from .layout import lay_panel
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .style import house_style, new_figure

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
        From `rules.error_limits`: bands of measurement error about the baseline.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
        Values are not joined: between two reports nothing is known. What has no value stands in a strip below.
    """
    limits = pd.DataFrame(columns=["LABEL", "LIMIT"]) if limits is None else limits
    with house_style():
        axis = time_axis(case)
        phases = case.about.get("phases", {})
        panel = lay_panel(changes, case.measures, code, axis)
        shade = changes[(changes["kind"] == "treatment") & (changes["code"] == case.reference)]
        left = _LEFT if panel.scale != "grade" else 20.0
        wide = width_mm - left - _RIGHT
        entries = panel_entries(panel, limits, shade)
        drawn = len(panel.drawn) + len(panel.listed)
        rows = "row" if drawn == 1 else "rows"
        counted = f"{drawn} of {drawn} {rows} on {panel.measure['label']} drawn." if drawn else ""
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            _limit_note(panel),
            *(panel_notes([panel], shade) if drawn else []),
            counted,
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
        for each in [ax] if strip is None else [ax, strip]:
            draw_ticks(each, axis)
        draw_tick_labels(each, axis, wide)
        if strip is not None:
            ax.tick_params(axis="x", labelbottom=False)
        draw_footer(figure, footer, 2, _TOP + high + strip_high + ticks + 2, width_mm - 4)
        return figure


def _limit_note(panel) -> str:
    if panel.scale != "log":
        return ""
    return "Logarithmic scale." + (
        "" if panel.drawn["ANRHI"].notna().any() else " The laboratory's upper limit is not reported."
    )
