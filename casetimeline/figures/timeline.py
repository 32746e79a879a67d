"""The timeline of a case (CARE item 7): findings, treatments and events in the order of the source."""

from matplotlib.figure import Figure

from ..timeline import Case
from .axis import draw_tick_labels, draw_ticks, key_of_positions, ticks_height, time_axis
from .key import draw_footer, lay_footer, state_entries
from .lanes import draw_lanes, label_width, lane_entries, lay_lanes, open_end_note
from .style import add_axes, add_text, house_style, new_figure, text_height

_GROUPS = (("observation", "Findings"), ("treatment", "Treatments"), ("event", "Events"))


def draw_timeline(case: Case, width_mm: float = 180) -> Figure:
    """Draw every fact of a case.

    Parameters
    ----------
    case : Case
        From `read_case`.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
        One lane a finding, treatment and event. Where a fact has no day, positions are the order of telling and
        the figure says that it is not to scale.
    """
    with house_style():
        axis = time_axis(case)
        label = label_width(case.facts, width_mm)
        left, right = label + 2, 2.0
        wide = width_mm - left - right
        groups = [
            (title, lay_lanes(case.facts[case.facts["kind"] == kind], axis, label - 2, wide))
            for kind, title in _GROUPS
            if (case.facts["kind"] == kind).any()
        ]
        entries = state_entries(case.facts["STATE"]) + lane_entries(
            case.facts, case.reference, dict(case.measures["label"])
        )
        treatments = case.facts[case.facts["kind"] == "treatment"]
        notes = [
            axis.note,
            key_of_positions(axis, wide),
            open_end_note(treatments),
            f"{len(case.facts)} of {len(case.facts)} rows of the timeline drawn.",
        ]
        footer = lay_footer(entries, notes, width_mm - 4)
        head = text_height(1, 7.5) + 1.5
        ticks = ticks_height(axis, wide)
        body = sum(head + sum(lane.height for lane in lanes) for _, lanes in groups)
        figure = new_figure(case.case_id, "Timeline", width_mm, 1.5 + body + ticks + 2 + footer.height)
        top = 1.5
        for title, lanes in groups:
            high = sum(lane.height for lane in lanes)
            add_text(figure, 2, top + 0.5, title, fontsize=7.5, fontweight="bold")
            ax = add_axes(figure, left, top + head, wide, high, label=title)
            draw_lanes(ax, lanes, axis, case.reference, label)
            draw_ticks(ax, axis)
            ax.set_yticks([])
            ax.spines[["left", "right", "top"]].set_visible(False)
            last = title == groups[-1][0]
            ax.tick_params(axis="x", labelbottom=last, length=0 if not last or not axis.is_days else 2.5)
            top += head + high
        draw_tick_labels(ax, axis, wide)
        draw_footer(figure, footer, 2, top + ticks + 2, width_mm - 4)
        return figure
