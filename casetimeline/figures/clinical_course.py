"""The course of a case on one page: who, what was given, what was done, what was measured, and what happened."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case
from ..rules import Analysis, analyse
from .axis import TimeAxis, key_of_positions, ticks_height, time_axis
from .blocks import Entry, Footer, draw_footer, lay_footer
from .drawn import PHASES, list_rows, listed_note
from .flags import HAPPENED
from .graphs import panel_entries, tick_width
from .parts import (
    EDGE,
    NAMES,
    NARROW,
    Layout,
    Part,
    draw_stack,
    finding_part,
    flag_part,
    graph_part,
    stack_height,
    treatment_parts,
)
from .publish import new_figure
from .rows import Panel, as_procedure, lay_panel, rows_on
from .strip import PatientStrip, draw_patient, lay_patient
from .style import (
    SMALL,
    add_text,
    house_style,
    letters_note,
    minus,
    text_height,
    with_letters,
    wrap,
)
from .told import Told, draw_told, lay_told, told_note
from .treatments import treatment_entries

_PAGE = 225.0  # height in millimetres of a page with a legend


def draw_course(
    analysis: Analysis, codes: tuple[str, ...] = (), width_mm: float = 180, most_mm: float | None = None
) -> Figure:
    """Draw the course of a case: patient, treatments, procedures, measures, adverse events and events on one axis.

    Glucocorticoids are one staircase in prednisone equivalents. Procedures are lines through the whole figure. Each
    measure that was recorded more than once has a graph or a lane, as many as fit; what was recorded once is told in
    words under the axis. Successive exact values are joined on an axis of days only.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    codes : tuple of str
        The measures with a graph, from top to bottom; none for those of the case that have a course.
    most_mm : float
        The greatest height of the figure without its notes, in millimetres: graphs that would go beyond it are told in
        words, and what is told in words goes to the notes where there is no room for that either. None for 225, the
        height of a page; a narrow figure, as a small screen shows it, has then every graph.
    """
    analysis = analyse(analysis)
    if most_mm is None:
        most_mm = math.inf if width_mm < NARROW else _PAGE
    with house_style():
        content = _content_of(analysis, codes, width_mm)
        page = _lay_page(content, len(content.graphs))
        while page.artwork > most_mm and content.graphs:
            # The measure with the fewest values, of equals the last, is told in words.
            least = min(reversed(content.graphs), key=lambda panel: len(panel.drawn))
            content = content._replace(graphs=[panel for panel in content.graphs if panel is not least])
            page = _lay_page(content, page.graphs)
        if page.artwork > most_mm and page.table.height:
            page = _lay_page(content._replace(in_words=False), page.graphs)
        return with_letters(_draw_page(content, page))


class Content(NamedTuple):
    """What the figure shows, decided before it is laid out.

    Attributes
    ----------
    case : Case
    rows : list
        All rows, from `rows_on`.
    of : dict
        The rows of each kind.
    lasting : dict
        The findings that have a lane, by measure.
    graphs : list of Panel
        The measures that have a graph.
    place : Layout
    patient : PatientStrip
    in_words : bool
        Whether what has neither graph nor lane stands in words under the axis, or else in the notes.
    """

    case: Case
    rows: list
    of: dict
    lasting: dict
    graphs: list[Panel]
    place: Layout
    patient: PatientStrip
    in_words: bool = True


class Page(NamedTuple):
    """The parts of the figure, laid out; lengths in millimetres.

    Attributes
    ----------
    parts : list of Part
        From top to bottom.
    body, under : float
        Height of the parts, and of what stands under the axis.
    table : Told
    footer : Footer
    artwork : float
        Height of the figure without its notes.
    graphs : int
        How many measures have a course that could be a graph.
    in_notes : list
        The rows that are told in the notes.
    """

    parts: list[Part]
    body: float
    under: float
    table: Told
    footer: Footer
    artwork: float
    graphs: int
    in_notes: list


def _content_of(analysis: Analysis, codes: tuple[str, ...], width_mm: float) -> Content:
    case, axis = analysis.case, time_axis(analysis.case)
    rows = [as_procedure(row, case.measures) for row in rows_on(axis, analysis.changes)]
    of = {kind: [row for row in rows if row.kind == kind] for kind in {row.kind for row in rows}}
    lasting, graphs = _choose(rows, analysis, codes, axis)
    place = _place(graphs, axis, width_mm)
    return Content(case, rows, of, lasting, graphs, place, lay_patient(case, width_mm - 2 * EDGE))


def _lay_page(content: Content, possible: int) -> Page:
    case, of, graphs, place = content.case, content.of, content.graphs, content.place
    kinds = (("procedure", "Procedures"), ("adverse_event", "Adverse events"), ("event", "Events"))
    done, *happened = [[flag_part(title, of[kind], place)] if kind in of else [] for kind, title in kinds]
    treatments = treatment_parts(of.get("treatment", []), case, place)
    panels = [graph_part(panel, place, case) for panel in graphs]
    lanes = [finding_part(members, place) for members in content.lasting.values()]
    parts = [*done, *treatments, *panels, *lanes, *happened[0], *happened[1]]
    shown = {row.line for panel in graphs for row in [*panel.drawn, *panel.listed]}
    shown |= {row.line for members in content.lasting.values() for row in members}
    told = [row for kind in ("observation", "statement") for row in of.get(kind, []) if row.line not in shown]
    in_notes = [] if content.in_words else told
    table = lay_told(told if content.in_words else [], place.axis, place.left, place.width)
    notes = _notes(place.axis, graphs, content.rows, possible - len(graphs))
    notes.insert(0, told_note(in_notes, place.axis))
    footer = lay_footer(_entries(of, graphs, place.axis), notes, place.width - 2 * EDGE)
    body = stack_height(parts, place)
    under = ticks_height(place.axis, place.wide) + _phases_height(place)
    artwork = 1.5 + content.patient.height + body + under + 1.5 + table.height + 1.5 + footer.key_height
    return Page(parts, body, under, table, footer, artwork, possible, in_notes)


def _draw_page(content: Content, page: Page) -> Figure:
    place, patient = content.place, content.patient
    total = page.artwork - page.footer.key_height + page.footer.height
    figure = new_figure(content.case.case_id, "Course", place.width, total)
    draw_patient(figure, patient, EDGE, 1.5)
    top = 1.5 + patient.height
    draw_stack(figure, page.parts, content.of.get("procedure", []), place, top)
    top += page.body + page.under
    add_text(figure, EDGE, top - _phases_height(place), "\n".join(_phases(place)), fontsize=SMALL, gid=PHASES)
    draw_told(figure, page.table, top + 1.5)
    draw_footer(figure, page.footer, EDGE, top + 1.5 + page.table.height + 1.5)
    list_rows(figure, [(row, "told in the notes") for row in page.in_notes])
    return figure


def _choose(rows: list, analysis: Analysis, codes: tuple[str, ...], axis: TimeAxis) -> tuple[dict, list[Panel]]:
    """The findings that have a lane, by measure, and the panels of the measures that have a graph."""
    case, lanes, graphs = analysis.case, {}, []
    for code in codes or analysis.codes:
        panel = lay_panel(rows, case.measure(code), axis)
        mine = [*panel.drawn, *panel.listed]
        often = max(pd.Series([row.LOC for row in mine]).value_counts(), default=0)
        if not mine or (often < 2 and code not in codes):
            continue
        if panel.drawn and not (panel.scale == "grade" and len(panel.measure["grades"]) < 3):
            graphs.append(panel)
        else:
            lanes[code] = sorted(mine, key=lambda row: (row.X, row.line))
    return lanes, graphs


def _place(graphs: list[Panel], axis: TimeAxis, width_mm: float) -> Layout:
    ticks = max((tick_width(panel) for panel in graphs), default=0.0) + 2.2
    left = EDGE + max(ticks, 1.0) + (0.0 if width_mm < NARROW else NAMES - 4.0)
    return Layout(width_mm, left, width_mm - left - EDGE - 1.0, axis, width_mm < NARROW)


def _phases(place: Layout) -> list[str]:
    key = key_of_positions(place.axis, place.wide)
    return wrap(minus(key), 0.98 * (place.width - 2 * EDGE), SMALL) if key else []


def _phases_height(place: Layout) -> float:
    return text_height(len(_phases(place)), SMALL)


def _entries(of: dict, graphs: list[Panel], axis: TimeAxis) -> list[Entry]:
    """The key: the marks that no words stand beside."""
    happened = [Entry(words, "mark", look) for kind, (words, look) in HAPPENED.items() if of.get(kind)]
    return [*treatment_entries(of.get("treatment", []), axis), *happened, *panel_entries(graphs)]


def _notes(axis: TimeAxis, graphs: list[Panel], rows: list, dropped: int) -> list[str]:
    joined = axis.is_days and any(sum(pd.notna(row.AVAL) for row in panel.drawn) > 1 for panel in graphs)
    changed = any(row.POSTBLFL == "Y" and pd.notna(row.CHG) for panel in graphs for row in panel.drawn)
    return [
        axis.note,
        "In parentheses: change from the baseline." if changed else "",
        "Lines join successive values for the eye; between two values nothing is known." if joined else "",
        "Dashed lines through the figure: procedures." if any(row.kind == "procedure" for row in rows) else "",
        f"{dropped} more measures with a course are told under the axis." if dropped else "",
        listed_note([], "rows of the timeline", len(rows)),
        letters_note(*axis.names.values(), *(row.PARAM for row in rows)),
    ]
