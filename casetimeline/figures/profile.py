"""The profile of a case: its measures above its treatments, on one shared axis."""

from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case
from ..rules import Analysis, analyse
from .axis import TimeAxis, draw_tick_labels, key_of_positions, ticks_height, time_axis
from .blocks import Entry, draw_footer, lay_footer
from .drawn import WHO, list_rows, listed_note
from .lanes import dose_days, draw_lanes, label_width, lane_entries, lay_lanes, open_end_note, says
from .panels import add_panel_axes, draw_panel, panel_entries, panel_notes
from .publish import new_figure
from .rows import Panel, lay_panel, patient_words, reference_regimen, rows_on, shaded_rows
from .style import add_axes, add_text, house_style, letters_note, text_height, with_letters, wrap

_TOP = 4.0  # millimetres
_OPEN = "What the source leaves open of each measure stands under the figure of that measure."
_NO_LIMITS = pd.DataFrame(columns=["KIND", "LABEL", "LOW", "HIGH"])


class ProfileContent(NamedTuple):
    """What a profile shows, decided before it is drawn.

    Attributes
    ----------
    axis : TimeAxis
        Shared by the panels and the lanes.
    panels : list of Panel
        One for each measure, from top to bottom.
    rows, treatments, shade : list
        All rows of the timeline, those of the treatments, and those of the reference treatment.
    regimen : dict
        Lines of the reference treatment and of those that alternate with it, each with the name of the regimen.
    doses : dict
        Days of the administrations, by line.
    left_out : list of tuple
        Rows that are not drawn, each with the reason.
    """

    axis: TimeAxis
    panels: list[Panel]
    rows: list
    treatments: list
    shade: list
    regimen: dict[int, str]
    doses: dict[int, list[float]]
    left_out: list[tuple]


def draw_profile(
    analysis: Analysis,
    codes: tuple[str, ...] = (),
    width_mm: float = 180,
) -> Figure:
    """Draw measures, one panel each, above the lanes of the treatments; all of them share the horizontal axis.

    Values are joined as in `draw_trajectory`.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    codes : tuple of str
        The measures, from top to bottom; none for those of the case that have a course.
    """
    analysis = analyse(analysis)
    codes = codes or analysis.courses
    case = analysis.case
    with house_style():
        content = _choose_content(analysis, codes)
        axis, panels = content.axis, content.panels
        left = label_width(content.treatments, width_mm) + 2
        wide = width_mm - left - 2
        lanes = lay_lanes(content.treatments, axis, left - 4, wide)
        footer = lay_footer(_entries(content), _notes(case, content, wide), width_mm - 4)
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
            draw_panel(ax, strip, panel, _NO_LIMITS, case.about.get("phases", {}), content.shade, column)
            lowest = strip or ax
            lowest.tick_params(axis="x", labelbottom=not lanes and panel is panels[-1])
            top += high + strip_high + gap
        if lanes:
            lowest = add_axes(figure, left, top, wide, lanes_high, label="Treatments")
            draw_lanes(lowest, lanes, axis, content.doses, set(content.regimen), left - 2)
            lowest.set_yticks([])
            lowest.spines["left"].set_visible(False)
        else:
            top -= gap
        draw_tick_labels(lowest, axis, wide)
        draw_footer(figure, footer, 2, top + lanes_high + ticks + 2)
        list_rows(figure, content.left_out)
        return with_letters(figure)


def _choose_content(analysis: Analysis, codes: tuple[str, ...]) -> ProfileContent:
    case = analysis.case
    axis = time_axis(case)
    rows = rows_on(axis, analysis.changes)
    return ProfileContent(
        axis=axis,
        panels=[lay_panel(rows, case.measure(code), axis) for code in codes],
        rows=rows,
        treatments=[row for row in rows if row.kind == "treatment"],
        shade=shaded_rows(rows, case.reference),
        regimen=reference_regimen(rows, case.reference),
        doses=dose_days(case.facts, axis),
        left_out=[(row, _why_not(row)) for row in rows if row.kind != "treatment" and not _has_panel(row, codes)],
    )


def _entries(content: ProfileContent) -> list[Entry]:
    """Entries of the key for all panels and lanes; an entry that several of them need stands there once."""
    entries = [entry for panel in content.panels for entry in panel_entries(panel, _NO_LIMITS, content.shade)]
    entries += lane_entries(content.treatments, content.doses, content.regimen)
    return list({entry.words: entry for entry in entries}.values())


def _notes(case: Case, content: ProfileContent, wide: float) -> list[str]:
    axis, caveats = content.axis, case.about.get("caveats", {})
    return [
        axis.note,
        key_of_positions(axis, wide),
        *panel_notes(content.panels, content.shade, case.baseline_rule),
        _OPEN if any(caveats.get(panel.code) for panel in content.panels) else "",
        open_end_note(content.treatments),
        listed_note(content.left_out, "rows of the timeline", len(content.rows)),
        letters_note(*axis.names.values(), *(text for row in content.rows for text in (row.PARAM, says(row)))),
    ]


def _has_panel(row, codes: tuple[str, ...]) -> bool:
    return row.kind == "observation" and row.code in codes


def _why_not(row) -> str:
    return "finding without a panel here" if row.kind == "observation" else row.kind.replace("_", " ")
