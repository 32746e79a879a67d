"""One measure of a case over time."""

import pandas as pd
from matplotlib.figure import Figure

from ..timeline import Case
from .axis import draw_tick_labels, draw_ticks, key_of_positions, ticks_height, time_axis
from .key import draw_footer, lay_footer
from .layout import STRIP_GAP, lay_panel
from .panels import compared_baselines, draw_panel, panel_entries
from .style import add_axes, house_style, new_figure

_CHANGES = "Changes beside the marks are from the baseline."
_SHADED = "Shaded: where the reference treatment is first told. It places the baseline; it is no supposed cause."
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
            _CHANGES if len(compared_baselines(panel.drawn)) else "",
            _SHADED if len(shade) and drawn else "",
            counted,
        ]
        footer = lay_footer(entries, [note for note in notes if note], width_mm - 4)
        high = 24.0 if panel.scale in ("empty", "unvalued") else min(62.0, 0.5 * width_mm + 12)
        column = wide / max(len(axis.names), 1) - 1
        strip_high = panel.strip_height(column)
        ticks = ticks_height(axis, wide)
        total = _TOP + high + strip_high + ticks + 2 + footer.height
        figure = new_figure(case.case_id, panel.measure["label"], width_mm, total)
        ax = add_axes(figure, left, _TOP, wide, high, label=panel.measure["label"])
        strip = None
        if strip_high:
            strip = add_axes(
                figure, left, _TOP + high + STRIP_GAP, wide, strip_high - STRIP_GAP, label=panel.measure["label"]
            )
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
