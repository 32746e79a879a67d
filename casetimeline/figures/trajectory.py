"""One measure of a case over time, with a ladder of thresholds at its side."""

import pandas as pd
from matplotlib.figure import Figure

from ..derive import require
from ..prose import NOT_MENTIONED, capital, joined, label_in_sentence
from ..rules import Analysis, analyse, limits_of
from ..vocabulary import BY_REFERENCE
from .axes.axis import axis_of, key_of_positions, ticks_height
from .axes.positions import open_starts
from .blocks import Entry, draw_footer, lay_footer
from .course.beside_marks import change_note
from .course.flags import happened_entries, line_entries, state_words
from .course.graphs import is_logarithmic, joined_note, panel_entries
from .course.parts import (
    EDGE,
    NARROW,
    Layout,
    Part,
    climbing_in,
    draw_stack,
    finding_part,
    flag_part,
    graph_part,
    silent_part,
    stack_height,
    treatment_parts,
    unread_entries,
)
from .course.rows import Panel, drawn_rows, lay_panel, reference_regimen, touched_by
from .course.shown import range_of, tick_width
from .course.told import read_as, whose_time
from .course.treatments import treatment_entries
from .drawn import list_rows, listed_note
from .files.publish import new_figure
from .ladder import Rung, compared_baselines, draw_ladder, ladder_height, lay_rungs, open_last_note, rung_entries
from .style import add_axes, figure_style, letters_note, printed, with_letters

_GRAPH, _ALONE, _TOP = 44.0, 18.0, 1.5  # millimetres: a graph, that of one record, and the margin above
# The words of a figure that has nothing to show, by the reason.
_SILENT = {"empty": NOT_MENTIONED, "foreign": "not recorded"}
_LADDER = "At the right: the scale of the graph enlarged, with {}."
_FROM_BASELINE, _OF_CLASSES = "how far from the baseline each threshold lies", "the limits of the classes of a size"
_OF_VALUES = "{}; no cited threshold lies about it"


def draw_trajectory(analysis: Analysis, code: str, limits: pd.DataFrame | None = None, width_mm: float = 180) -> Figure:
    """Draw the values of one measure below the reference treatment, and beside them a ladder of thresholds.

    The ladder begins at the baseline: measurement error, important change and variation in the direction of the last
    change, and the classes of a size. Successive exact values are joined for the eye on an axis of days only, and never
    across a cut or a record without a value. Records without a value stand in a strip below.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    code : str
        The measure.
    limits : DataFrame, optional
        From `limits_of`. If left out, those of the rules that apply to the case.
    """
    analysis = analyse(analysis)
    analysis.case.measure(code)
    limits = limits_of(analysis.applicable, code) if limits is None else limits
    require(limits, "draw_trajectory", ("KIND", "LABEL", "LOW", "HIGH"), "limits_of gives")
    with figure_style(width_mm):
        panel, rows = _panel_of(analysis, code)
        rungs = lay_rungs(panel, limits) if panel.drawn else []
        # A ladder takes two fifths of the width, and half of a column.
        beside = (0.4 if width_mm > NARROW else 0.5) * width_mm if rungs else 0.0
        left = EDGE + (tick_width(panel) + 2.2 if panel.drawn else 1.0)
        place = Layout(width_mm - beside, left, width_mm - beside - left - EDGE - 1.0, panel.axis, narrow=True)
        alone = _ALONE if len(panel.drawn) + len(panel.listed) == 1 else _GRAPH
        tall = max(_GRAPH, ladder_height(rungs, beside - EDGE) + 1.0) if rungs else alone
        regimen = reference_regimen(rows, analysis.case.reference)
        given = [row for row in rows if row.line in regimen]
        done = [row for row in rows if row.kind == "procedure" and code in touched_by(row.code, analysis.case.measures)]
        parts = _parts(analysis, panel, given, done, place, tall)
        mine = [*panel.drawn, *panel.listed, *given, *done]
        through = f"procedure on the {label_in_sentence(panel.measure['label'])}, through all panels" if done else ""
        entries = [
            *treatment_entries(given, panel.axis, climbing_in(parts), any(part.has_doses for part in parts)),
            *happened_entries(done, panel.axis),
            *_panel_entries(panel),
            *unread_entries(analysis.case, [panel.code] if panel.drawn else []),
            *rung_entries(rungs),
            *line_entries(through, mine, panel.axis),
        ]
        footer = lay_footer(entries, _notes(analysis, panel, place, given, rungs), width_mm - 2 * EDGE)
        body, ticks = stack_height(parts, place), ticks_height(panel.axis, place.wide)
        figure = new_figure(
            analysis.case.case_id, panel.measure["label"], width_mm, _TOP + body + ticks + 2 + footer.height
        )
        draw_stack(figure, parts, done, place, _TOP)
        if rungs:
            _draw_beside(figure, rungs, panel, width_mm - beside, beside - EDGE)
        draw_footer(figure, footer, EDGE, _TOP + body + ticks + 2)
        list_rows(figure, _left_out(panel))
        return with_letters(figure)


def _panel_of(analysis: Analysis, code: str) -> tuple[Panel, list]:
    """The panel of a measure, and all rows of the case."""
    rows = drawn_rows(analysis)
    panel = lay_panel(rows, analysis.case.measure(code), axis_of(analysis))
    return panel if code in analysis.codes else panel._replace(scale="foreign"), rows


def _parts(analysis: Analysis, panel: Panel, given: list, done: list, place: Layout, tall: float) -> list[Part]:
    """The parts from top to bottom: procedures on the measure, the reference treatment, and the graph."""
    above = [*([flag_part("Procedures", done, place)] if done else []), *treatment_parts(given, analysis.case, place)]
    if panel.scale in _SILENT:
        return [*above, silent_part(panel, _SILENT[panel.scale])]
    if _is_told_once(panel):
        return [*above, silent_part(panel, printed(f"recorded once, as {state_words(panel.listed[0])}"), label="")]
    if panel.scale == "unvalued":
        return [*above, finding_part(panel.listed, place)]
    return [*above, graph_part(panel, place, analysis.case, tall)]


def _is_told_once(panel: Panel) -> bool:
    """Whether a measure has a single record and that has no number, so that there is no course to draw."""
    return panel.scale == "unvalued" and len(panel.listed) == 1


def _left_out(panel: Panel) -> list[tuple]:
    """The rows that are not drawn, with the reason."""
    return [(row, "recorded once") for row in panel.listed] if _is_told_once(panel) else []


def _panel_entries(panel: Panel) -> list[Entry]:
    """Entries of the key for the measure, whether it has a graph or a lane."""
    if _is_told_once(panel):
        return []
    return panel_entries([] if panel.scale == "unvalued" else [panel], panel.listed)


def _draw_beside(figure: Figure, rungs: list[Rung], panel: Panel, left: float, wide: float) -> None:
    """Draw the ladder beside the axes of the graph, as high as these."""
    label = panel.measure["label"]
    graph = next(ax for ax in figure.axes if ax.get_label() == label)
    ax = add_axes(figure, left, 0, wide, 1, label=f"{label}, thresholds")
    box, ladder_box = graph.get_position(), ax.get_position()
    ax.set_position((ladder_box.x0, box.y0, ladder_box.width, box.height))
    draw_ladder(ax, graph, rungs, panel.code, wide)


def _notes(analysis: Analysis, panel: Panel, place: Layout, given: list, rungs: list) -> list[str]:
    case, axis, mine = analysis.case, panel.axis, [*panel.drawn, *panel.listed]
    sites = {row.LOC for row in panel.drawn}
    is_changed = case.baseline_rule in BY_REFERENCE and any(row.POSTBLFL == "Y" and row.value for row in mine)
    based = any(rung.element == "baseline" for rung in rungs)
    before = f" {_baseline_words(given, case.reference)}" if is_changed else ""
    return [
        " ".join(filter(None, [axis.note, whose_time(axis, mine)])),
        key_of_positions(axis, place.wide),
        _scale_note(panel),
        *read_as([panel]),
        case.selection,
        change_note([panel]),
        _site_of_ladder(panel, rungs) if len(sites) > 1 and based else "",
        joined_note([panel]),
        _LADDER.format(_shown_at(rungs)) if rungs else "",
        open_last_note(panel) if based else "",
        f"Above: {_reference_words(given, case.reference)}.{before}" if given else "",
        *open_starts(given),
        *case.about.get("caveats", {}).get(panel.code, []),
        listed_note(_left_out(panel), lambda row: label_in_sentence(row.PARAM)),
        letters_note(*axis.names.values(), *(state_words(row) for row in mine)),
    ]


def _shown_at(rungs: list[Rung]) -> str:
    """What a ladder shows: thresholds about a baseline, the limits of classes, or neither beside the values."""
    kinds = {rung.element for rung in rungs}
    if not kinds & {"baseline", "last"}:
        return _OF_CLASSES
    if kinds - {"class", "baseline", "last"}:
        return _FROM_BASELINE
    values = ["the baseline", *(["the last value"] if "last" in kinds else [])]
    return joined([_OF_CLASSES, *values]) if "class" in kinds else _OF_VALUES.format(joined(values))


def _site_of_ladder(panel: Panel, rungs: list[Rung]) -> str:
    """Of which site the baseline of a ladder is, where values of more than one are drawn."""
    site = compared_baselines(panel.drawn)[0][0].LOC
    if any(rung.element == "last" for rung in rungs):
        where = f"those of one site: {site}" if site else "the ones without a site"
        return f"The baseline and the last value at the right are {where}."
    return f"The baseline at the right is {f'that of one site: {site}' if site else 'the one without a site'}."


def _reference_words(given: list, reference: str) -> str:
    """The reference treatment, and what it alternates with."""
    names = [label_in_sentence(name) for name in dict.fromkeys(row.PARAM for row in given if row.code == reference)]
    others = [label_in_sentence(name) for name in dict.fromkeys(row.PARAM for row in given if row.code != reference)]
    words = f"the reference treatment, {', '.join(names)}"
    return f"{words}, and what it alternates with, {', '.join(others)}" if others else words


def _baseline_words(given: list, reference: str) -> str:
    """Which treatment sets the baseline, by its name beside another one, and that the change is attributed to none."""
    codes = {row.code for row in given}
    if len(codes) < 2:
        return "It sets the baseline; the change is not attributed to it."
    name = capital(label_in_sentence(next(row.PARAM for row in given if row.code == reference)))
    return f"{name} sets the baseline; the change is attributed to {'neither' if len(codes) == 2 else 'none of them'}."


def _scale_note(panel: Panel) -> str:
    if is_logarithmic(panel):
        return "Logarithmic scale."
    silent = panel.scale == "log" and not any(range_of(row) for row in panel.drawn)
    return "The laboratory's upper limit is not reported." if silent else ""
