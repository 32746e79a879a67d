"""The timeline of a case (CARE item 7): findings, treatments and events in the order of the source."""

from matplotlib.figure import Figure

from ..rules import Analysis, analyse
from .axis import TimeAxis, draw_tick_labels, key_of_positions, ticks_height, time_axis
from .blocks import draw_footer, lay_footer, state_entries
from .drawn import WHO, list_rows, listed_note
from .lanes import dose_days, draw_lanes, label_width, lane_entries, lay_lanes, open_end_note, says
from .publish import new_figure
from .rows import patient_words, reference_regimen, rows_on
from .style import add_axes, add_text, house_style, letters_note, text_height, with_letters, wrap

_GROUPS = (
    ("observation", "Findings"),
    ("treatment", "Treatments"),
    ("procedure", "Procedures"),
    ("event", "Events"),
    ("adverse_event", "Adverse events"),
)


def draw_timeline(analysis: Analysis, width_mm: float = 180) -> Figure:
    """Draw every fact of a case, with a lane for each finding, treatment, procedure and event; a statement is listed.

    If a fact has no day, the positions are the order of telling, and the figure says that they are not to scale. Both
    parameters are those of every figure: see `casetimeline.figures`.
    """
    analysis = analyse(analysis)
    case = analysis.case
    with house_style():
        axis = time_axis(case)
        every = rows_on(axis, case.facts)
        rows = [row for row in every if row.kind != "statement"]
        left_out = [(row, "statement") for row in every if row.kind == "statement"]
        regimen = reference_regimen(rows, case.reference)
        label = label_width(rows, width_mm)
        left, right = label + 2, 2.0
        wide = width_mm - left - right
        kinds = [(title, [row for row in rows if row.kind == kind]) for kind, title in _GROUPS]
        groups = [(title, lay_lanes(members, axis, label - 2, wide)) for title, members in kinds if members]
        doses = dose_days(case.facts, axis)
        entries = state_entries(row.STATE for row in rows)
        entries += lane_entries(rows, doses, regimen)
        footer = lay_footer(entries, _notes(rows, left_out, axis, wide), width_mm - 4)
        head = text_height(1, 7.5) + 1.5
        ticks = ticks_height(axis, wide)
        body = sum(head + sum(lane.height for lane in lanes) for _, lanes in groups)
        who = wrap(patient_words(case), width_mm - 4, 7)
        above = 1.5 + text_height(len(who), 7) + 1.5
        figure = new_figure(case.case_id, "Timeline", width_mm, above + body + ticks + 2 + footer.height)
        add_text(figure, 2, 1.5, "\n".join(who), fontsize=7, gid=WHO)
        top = above
        for title, lanes in groups:
            high = sum(lane.height for lane in lanes)
            add_text(figure, 2, top + 0.5, title, fontsize=7.5, fontweight="bold")
            ax = add_axes(figure, left, top + head, wide, high, label=title)
            draw_lanes(ax, lanes, axis, doses, set(regimen), label)
            ax.set_yticks([])
            ax.spines[["left", "right", "top"]].set_visible(False)
            last = title == groups[-1][0]
            ax.tick_params(axis="x", labelbottom=last, length=0 if not last or not axis.is_days else 2.5)
            top += head + high
        draw_tick_labels(ax, axis, wide)
        draw_footer(figure, footer, 2, top + ticks + 2)
        list_rows(figure, left_out)
        return with_letters(figure)


def _notes(rows: list, left_out: list[tuple], axis: TimeAxis, wide: float) -> list[str]:
    return [
        axis.note,
        key_of_positions(axis, wide),
        open_end_note(rows),
        listed_note(left_out, "rows of the timeline", len(rows) + len(left_out)),
        letters_note(*axis.names.values(), *(text for row in rows for text in (row.PARAM, says(row)))),
    ]
