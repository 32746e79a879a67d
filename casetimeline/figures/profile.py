"""The profile of a case: its measures above its treatments, on one shared axis."""

import pandas as pd
from matplotlib.figure import Figure

from ..timeline import Case
from .axis import draw_tick_labels, draw_ticks, key_of_positions, ticks_height, time_axis
from .key import draw_footer, lay_footer
from .lanes import draw_lanes, label_width, lane_entries, lay_lanes, open_end_note
from .layout import lay_panel
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .style import add_axes, house_style, new_figure

_TOP = 4.0  # millimetres
_NO_LIMITS = pd.DataFrame(columns=["LABEL", "LIMIT"])


def draw_profile(
    case: Case,
    changes: pd.DataFrame,
    codes: tuple[str, ...] = ("mrss", "ck", "pericardial_effusion"),
    width_mm: float = 180,
) -> Figure:
    """Draw measures, one panel each, above the treatment lanes.

    Parameters
    ----------
    case : Case
        From `read_case`.
    changes : DataFrame
        The case's facts with ABLFL, the BASE columns, CHG and PCHG.
    codes : tuple of str
        The measures, from the top.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
        All panels share the horizontal axis. Values are not joined.
    """
    with house_style():
        axis = time_axis(case)
        phases = case.about.get("phases", {})
        panels = [lay_panel(changes, case.measures, code, axis) for code in codes]
        treatments = case.facts[case.facts["kind"] == "treatment"]
        shade = treatments[treatments["code"] == case.reference]
        left = label_width(treatments, width_mm) + 2
        wide = width_mm - left - 2
        lanes = lay_lanes(treatments, axis, left - 4, wide)
        names = dict(case.measures["label"])
        entries = [entry for panel in panels for entry in panel_entries(panel, _NO_LIMITS, shade[:0])]
        entries = list(
            {entry.words: entry for entry in [*entries, *lane_entries(treatments, case.reference, names)]}.values()
        )
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            *panel_notes(panels, shade),
            open_end_note(treatments),
        ]
        footer = lay_footer(entries, notes, width_mm - 4)
        heights = [10.0 if panel.scale in ("empty", "unvalued") else 26.0 for panel in panels]
        column = wide / max(len(axis.names), 1) - 1
        strips = [panel.strip_height(column) for panel in panels]
        gap, ticks = 3.5, ticks_height(axis, wide)
        lanes_high = sum(lane.height for lane in lanes)
        body = sum(heights) + sum(strips) + gap * len(panels) + lanes_high
        figure = new_figure(case.case_id, "Profile", width_mm, _TOP + body + ticks + 2 + footer.height)
        top = _TOP
        for panel, high, strip_high in zip(panels, heights, strips, strict=True):
            ax, strip = add_panel_axes(figure, panel, left, top, wide, high, strip_high)
            draw_panel(ax, strip, panel, _NO_LIMITS, phases, shade, column)
            for each in filter(None, (ax, strip)):
                draw_ticks(each, axis)
                each.tick_params(axis="x", labelbottom=False)
            top += high + strip_high + gap
        if lanes:
            ax = add_axes(figure, left, top, wide, lanes_high, label="Treatments")
            draw_lanes(ax, lanes, axis, case.reference, left - 2)
            draw_ticks(ax, axis)
            ax.set_yticks([])
            ax.spines["left"].set_visible(False)
        draw_tick_labels(ax, axis, wide)
        draw_footer(figure, footer, 2, top + lanes_high + ticks + 2, width_mm - 4)
        return figure
