"""The profile of a case: its measures above its treatments, on one shared axis."""

import pandas as pd
from matplotlib.figure import Figure

from ..rules import Analysis, analyse
from .axis import draw_tick_labels, key_of_positions, ticks_height, time_axis
from .blocks import draw_footer, lay_footer
from .drawn import WHO, list_rows, listed_note
from .lanes import dose_days, draw_lanes, label_width, lane_entries, lay_lanes, open_end_note, says
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .publish import new_figure
from .rows import lay_panel, patient_words, reference_regimen, rows_on, shaded_rows
from .style import add_axes, add_text, house_style, letters_note, text_height, with_letters, wrap

_TOP = 4.0  # millimetres
_OPEN = "What the source leaves open of each measure stands under the figure of that measure."
_NO_LIMITS = pd.DataFrame(columns=["KIND", "LABEL", "LOW", "HIGH"])


def draw_profile(
    analysis: Analysis,
    codes: tuple[str, ...] = ("mrss", "ck", "pericardial_effusion"),
    width_mm: float = 180,
) -> Figure:
    """Draw measures, one panel each, above the treatment lanes.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`; a `Case` or the folder of a case is analysed first.
    codes : tuple of str
        The measures, from the top.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
        All panels share the horizontal axis. Values are joined as by `draw_trajectory`.
    """
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    with house_style():
        axis = time_axis(case)
        phases = case.about.get("phases", {})
        rows = rows_on(axis, changes)
        panels = [lay_panel(rows, case.measure(code), axis) for code in codes]
        treatments = [row for row in rows if row.kind == "treatment"]
        left_out = [(row, _why_not(row)) for row in rows if row.kind != "treatment" and not _has_panel(row, codes)]
        shade = shaded_rows(rows, case.reference)
        regimen = reference_regimen(rows, case.reference)
        left = label_width(treatments, width_mm) + 2
        wide = width_mm - left - 2
        lanes = lay_lanes(treatments, axis, left - 4, wide)
        doses = dose_days(case.facts, axis)
        entries = [entry for panel in panels for entry in panel_entries(panel, _NO_LIMITS, shade)]
        entries = list({entry.words: entry for entry in [*entries, *lane_entries(treatments, doses, regimen)]}.values())
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            *panel_notes(panels, shade, case.baseline_rule),
            _OPEN if any(case.about.get("caveats", {}).get(code) for code in codes) else "",
            open_end_note(treatments),
            listed_note(left_out, "rows of the timeline", len(rows)),
            letters_note(*axis.names.values(), *(text for row in rows for text in (row.PARAM, says(row)))),
        ]
        footer = lay_footer(entries, notes, width_mm - 4)
        heights = [7.0 if panel.scale in ("empty", "unvalued") else 26.0 for panel in panels]
        column = wide / max(len(axis.names), 1) - 1
        strips = [panel.strip_height(column) for panel in panels]
        gap, ticks = 3.5, ticks_height(axis, wide)
        lanes_high = sum(lane.height for lane in lanes)
        body = sum(heights) + sum(strips) + gap * len(panels) + lanes_high
        who = wrap(patient_words(case), width_mm - 4, 7)
        top = 1.5 + text_height(len(who), 7) + _TOP
        figure = new_figure(case.case_id, "Profile", width_mm, top + body + ticks + 2 + footer.height)
        add_text(figure, 2, 1.5, "\n".join(who), fontsize=7, gid=WHO)
        for panel, high, strip_high in zip(panels, heights, strips, strict=True):
            ax, strip = add_panel_axes(figure, panel, left, top, wide, high, strip_high)
            draw_panel(ax, strip, panel, _NO_LIMITS, phases, shade, column)
            lowest = strip or ax
            lowest.tick_params(axis="x", labelbottom=not lanes and panel is panels[-1])
            top += high + strip_high + gap
        if lanes:
            lowest = add_axes(figure, left, top, wide, lanes_high, label="Treatments")
            draw_lanes(lowest, lanes, axis, doses, set(regimen), left - 2)
            lowest.set_yticks([])
            lowest.spines["left"].set_visible(False)
        else:
            top -= gap
        draw_tick_labels(lowest, axis, wide)
        draw_footer(figure, footer, 2, top + lanes_high + ticks + 2)
        list_rows(figure, left_out)
        return with_letters(figure)


def _has_panel(row, codes: tuple[str, ...]) -> bool:
    return row.kind == "observation" and row.code in codes


def _why_not(row) -> str:
    return "event" if row.kind == "event" else "finding without a panel here"
