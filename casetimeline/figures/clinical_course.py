"""The course of a case on one page: who, what was given, what was done, what was measured, and what happened."""

import math
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case
from ..derive import derive_prednisone
from ..prose import label_in_sentence, typeset, unread_after
from ..rules import Analysis, analyse
from .axes.axis import TimeAxis, axis_of, key_of_positions, ticks_height
from .axes.positions import open_orders, open_starts
from .blocks import Entry, Footer, draw_footer, lay_footer, pages_of, titles_of
from .course.beside_marks import change_note
from .course.flags import happened_entries, line_entries
from .course.graphs import joined_note, panel_entries
from .course.parts import (
    EDGE,
    NAMES,
    NARROW,
    STAIRS,
    Layout,
    Part,
    climbing_in,
    draw_stack,
    finding_part,
    flag_part,
    graph_part,
    part_height,
    stack_height,
    treatment_parts,
    unread_entries,
)
from .course.rows import Panel, drawn_rows, lay_panel, touched_by
from .course.shown import tick_width, unit_words
from .course.stairs import equivalence_note
from .course.strip import PatientStrip, draw_patient, lay_patient, title_alone
from .course.told import Told, draw_told, keep_undrawn, lay_told, read_as, told_briefly, told_note, whose_time
from .course.treatments import treatment_entries
from .drawn import PHASES
from .files.publish import new_figure
from .style import (
    SMALL,
    add_text,
    figure_style,
    letters_note,
    minus,
    text_height,
    with_letters,
    wrap,
)

_PAGE = 225.0  # height in millimetres of a page with a legend
# Where stands in words what has neither graph nor lane.
_UNDER, _NOTES, _ELSEWHERE = "words under the axis", "notes", "figure of the whole course"
# What a lower figure leaves to the whole one: a report names its number in place of this.
ELSEWHERE = f"the {_ELSEWHERE}"
_BELOW_KEY = 1.0  # millimetres that a figure without its notes has below its key
_LOW = 10.0  # height in millimetres of a graph where there is little room


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
        The greatest height of the figure without its notes, in millimetres: where it would be higher, words are left
        to the whole figure, and then the shortest courses too. None for the whole figure: 225, the height of a page,
        with the words in its notes where it would be higher; a narrow one, for a small screen, is as high as it needs.
    """
    analysis = analyse(analysis)
    place_of_words = _ELSEWHERE if most_mm is not None else _NOTES
    with figure_style(width_mm):
        if most_mm is None:
            most_mm = math.inf if width_mm < NARROW else _PAGE
        for content in _ever_lower(_content_of(analysis, analysis.asked(codes), width_mm), place_of_words):
            page = _lay_page(content)
            if page.artwork <= most_mm:
                break
        return with_letters(_draw_page(content, page, "Course"))


def course_in_parts(analysis: Analysis, width_mm: float, most_mm: float) -> list[Figure]:
    """The figure of `draw_course` with every graph, in parts that are at most so high without their notes.

    Each part has the axis and the key of its marks. What is told in words goes to the notes, where one figure has no
    room for it, and so does, of the further parts, who the patient is and what the positions on the axis are.
    """
    with figure_style(width_mm):
        content = _content_of(analyse(analysis), (), width_mm)
        if (page := _lay_page(content)).artwork <= most_mm:
            return [with_letters(_draw_page(content, page, "Course"))]
        first = content._replace(words=_NOTES)
        others = first._replace(is_further=True, patient=title_alone(first.patient))
        parts, pages = page.parts, []
        while parts:
            content = others if pages else first
            # What is above and below all parts is at most so high for some of them.
            room = most_mm - (_lay_page(content).artwork - page.body) - stack_height([], content.place)
            count = pages_of([part_height(part, content.place) for part in parts], room)[0].stop
            pages.append((content, _fill(content, parts[:count])))
            parts = parts[count:]
        titles = titles_of("Course", len(pages))
        return [with_letters(_draw_page(*page, title)) for page, title in zip(pages, titles, strict=True)]


def _ever_lower(content: "Content", place_of_words: str) -> Iterator["Content"]:
    """The figure as it is, and then ever lower: words are given up before values, and short courses before long ones.

    First what is told in words goes to another place, then graphs are less high, then findings without a number and at
    last the graphs are told in words too, those with the fewest records first; of equals the last.
    """
    yield content
    content = content._replace(words=place_of_words)
    yield content
    content = content._replace(tall=_LOW)
    yield content
    while content.lasting:
        least = min(reversed(content.lasting), key=lambda code: len(content.lasting[code]))
        lasting = {code: rows for code, rows in content.lasting.items() if code != least}
        content = content._replace(lasting=lasting, dropped=(*content.dropped, content.lasting[least][0].PARAM))
        yield content
    while content.graphs:
        least = min(reversed(content.graphs), key=lambda panel: len(panel.drawn))
        graphs = [panel for panel in content.graphs if panel is not least]
        content = content._replace(graphs=graphs, dropped=(*content.dropped, least.drawn[0].PARAM))
        yield content


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
    words : str
        Where what has neither graph nor lane stands in words: under the axis, in the notes, or in the whole figure.
    tall : float
        Height of a graph of numbers in millimetres; 0 for the usual one.
    dropped : tuple of str
        The measures with a course that are told in words, by their labels.
    is_further : bool
        Whether it is for a part of the figure after the first.
    """

    case: Case
    rows: list
    of: dict
    lasting: dict
    graphs: list[Panel]
    place: Layout
    patient: PatientStrip
    words: str = _UNDER
    tall: float = 0.0
    dropped: tuple[str, ...] = ()
    is_further: bool = False


class Page(NamedTuple):
    """The parts of the figure, laid out; lengths in millimetres.

    Attributes
    ----------
    parts : list of Part
        From top to bottom.
    body, under : float
        Height of the parts, and of what stands under the axis.
    phases : list of str
        The lines that name the positions on the axis.
    table : Told
    footer : Footer
    artwork : float
        Height of the figure without its notes.
    away : list
        The rows that are told in the notes, or in the whole figure.
    """

    parts: list[Part]
    body: float
    under: float
    phases: list[str]
    table: Told
    footer: Footer
    artwork: float
    away: list


def _content_of(analysis: Analysis, codes: tuple[str, ...], width_mm: float) -> Content:
    case, axis, rows = analysis.case, axis_of(analysis), drawn_rows(analysis)
    of = {kind: [row for row in rows if row.kind == kind] for kind in {row.kind for row in rows}}
    lasting, graphs = _choose(rows, analysis, codes, axis)
    place = _place(graphs, axis, width_mm)
    return Content(case, rows, of, lasting, graphs, place, lay_patient(case, width_mm - 2 * EDGE))


def _lay_page(content: Content) -> Page:
    """The figure with all its parts."""
    return _fill(content, _parts_of(content))


def _parts_of(content: Content) -> list[Part]:
    """The parts from top to bottom."""
    case, of, place = content.case, content.of, content.place
    kinds = (("procedure", "Procedures"), ("adverse_event", "Adverse events"), ("event", "Events"))
    done, *happened = [[flag_part(title, of[kind], place)] if kind in of else [] for kind, title in kinds]
    treatments = treatment_parts(of.get("treatment", []), case, place)
    panels = [
        graph_part(panel, place, case, content.tall if panel.scale != "grade" else 0.0) for panel in content.graphs
    ]
    lanes = [finding_part(members, place) for members in content.lasting.values()]
    return [*done, *treatments, *panels, *lanes, *happened[0], *happened[1]]


def _fill(content: Content, parts: list[Part]) -> Page:
    """A figure, or a part of one, with some of the parts: what stands above and below them."""
    place, here = content.place, _shown_by(parts)
    graphs = [panel for panel in content.graphs if panel.code in here]
    shown = {row.line for panel in content.graphs for row in [*panel.drawn, *panel.listed]}
    shown |= {row.line for members in content.lasting.values() for row in members}
    remaining = [
        row for kind in ("observation", "statement") for row in content.of.get(kind, []) if row.line not in shown
    ]
    away = [] if content.words == _UNDER or content.is_further else remaining
    table = lay_told(remaining if content.words == _UNDER else [], place.axis, place.left, place.width)
    tell = told_briefly if content.words == _ELSEWHERE else told_note
    notes = [*_notes(content, graphs, here), tell(away, place.axis)]
    if not content.is_further:
        notes.append(_count_note(away if content.words == _ELSEWHERE else [], content))
    entries = _entries(content, parts, graphs, here)
    footer = lay_footer(entries, notes, place.width - 2 * EDGE)
    body = stack_height(parts, place)
    phases = [] if content.is_further else _phases(place)
    under = ticks_height(place.axis, place.wide) + text_height(len(phases), SMALL)
    artwork = 1.5 + content.patient.height + body + under + 1.5 + table.height + 1.5 + footer.key_height + _BELOW_KEY
    return Page(parts, body, under, phases, table, footer, artwork, away)


def _shown_by(parts: list[Part]) -> set[str]:
    """Of what the parts are: kinds of rows, codes of measures with a graph, and names of findings with a lane."""
    shown = {part.kind or part.name for part in parts}
    return shown | {"treatment"} if STAIRS in shown else shown


def _draw_page(content: Content, page: Page, title: str) -> Figure:
    place, patient = content.place, content.patient
    total = page.artwork - _BELOW_KEY - page.footer.key_height + page.footer.height
    figure = new_figure(content.case.case_id, title, place.width, total)
    draw_patient(figure, patient, EDGE, 1.5)
    top = 1.5 + patient.height
    draw_stack(figure, page.parts, _acting(content, _shown_by(page.parts)), place, top)
    top += page.body + page.under
    phases = "\n".join(page.phases)
    add_text(figure, EDGE, top - text_height(len(page.phases), SMALL), phases, fontsize=SMALL, gid=PHASES)
    draw_told(figure, page.table, top + 1.5)
    draw_footer(figure, page.footer, EDGE, top + 1.5 + page.table.height + 1.5)
    keep_undrawn(figure, content.case, place.axis, [(row, f"told in the {content.words}") for row in page.away])
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


def _entries(content: Content, parts: list[Part], graphs: list[Panel], here: set[str]) -> list[Entry]:
    """The key: every sign of the figure."""
    axis, rows = content.place.axis, [row for row in content.rows if row.kind in here]
    lanes = [row for members in content.lasting.values() for row in members if members[0].PARAM in here]
    measured = [row for panel in graphs for row in [*panel.drawn, *panel.listed]]
    treatments = [row for part in parts for row in part.given]
    return [
        *treatment_entries(treatments, axis, climbing_in(parts), any(part.has_doses for part in parts)),
        *happened_entries(rows, axis),
        *panel_entries(graphs, lanes),
        *unread_entries(content.case, (panel.code for panel in graphs)),
        *line_entries(_through(content, here), [*rows, *lanes, *measured], axis),
    ]


def _acting(content: Content, here: set[str]) -> list:
    """The procedures on a measure that is shown: only these are lines through all panels."""
    shown = {*_shown_measures(content, here)}
    return [row for row in content.of.get("procedure", []) if shown & {*touched_by(row.code, content.case.measures)}]


def _shown_measures(content: Content, here: set[str]) -> dict[str, str]:
    """The labels of the measures with a graph or a lane, by their codes."""
    shown = {panel.code: panel.measure["label"] for panel in content.graphs if panel.code in here}
    lanes = {code: members[0].PARAM for code, members in content.lasting.items()}
    return shown | {code: label for code, label in lanes.items() if label in here}


def _through(content: Content, here: set[str]) -> str:
    """What the lines through all panels are, for the key; a part without the lane of procedures names them."""
    acting, shown = _acting(content, here), _shown_measures(content, here)
    touched = {code for row in acting for code in touched_by(row.code, content.case.measures)}
    labels = " or the ".join(label_in_sentence(label) for code, label in shown.items() if code in touched)
    names = ", ".join(dict.fromkeys(label_in_sentence(row.PARAM) for row in acting))
    return labels and f"procedure on the {labels}{', through all panels' if 'procedure' in here else f': {names}'}"


def _notes(content: Content, graphs: list[Panel], here: set[str]) -> list[str]:
    axis, rows, dropped = content.place.axis, content.rows, content.dropped
    notes = [
        _panels_note(content, graphs, here),
        " ".join(filter(None, [axis.note, whose_time(axis, [row for row in rows if row.kind in here])])),
        key_of_positions(axis, content.place.wide) if content.is_further else "",
        change_note(graphs),
        *read_as(graphs),
        joined_note(graphs),
        equivalence_note(content.of.get("treatment", []), *_equivalents(content.case)) if STAIRS in here else "",
        letters_note(*axis.names.values(), *(row.PARAM for row in rows)),
    ]
    shown = [*(panel.code for panel in graphs), *content.lasting]
    caveats = content.case.about.get("caveats", {})
    notes += open_orders([words for code in shown for words in caveats.get(code, [])])
    notes += [words for code, words in unread_after(content.case).items() if code in {panel.code for panel in graphs}]
    notes += open_starts(rows if "treatment" in here else [])
    if dropped:
        names = ", ".join(map(label_in_sentence, dropped))
        notes.append(f"With more than one value, and without a graph here: {names}.")
    return notes


def _panels_note(content: Content, graphs: list[Panel], here: set[str]) -> str:
    """What stands in the figure, or in a part of it, from top to bottom, with its unit."""
    units = ((panel, "" if panel.scale == "grade" else typeset(unit_words(panel))) for panel in graphs)
    measured = [label_in_sentence(panel.measure["label"]) + (f" ({unit})" if unit else "") for panel, unit in units]
    lanes = [members[0].PARAM for members in content.lasting.values()]
    lanes = [label_in_sentence(label) for label in lanes if label in here]
    kinds = {kind: [words] for kind, words in _KINDS.items() if kind in here}
    parts = [kinds.pop("procedure", []), kinds.pop("treatment", []), measured, lanes, *kinds.values()]
    words = ", ".join(words for part in parts for words in part)
    return f"From top to bottom: {words}." if words else ""


_KINDS = {
    "procedure": "procedures",
    "treatment": "treatments",
    "adverse_event": "adverse events",
    "event": "events",
}


def _equivalents(case: Case) -> tuple[pd.DataFrame, pd.DataFrame]:
    return derive_prednisone(case.facts, case.measures), case.measures


def _count_note(elsewhere: list, content: Content) -> str:
    """Where the rows are that are not drawn."""
    if not elsewhere:
        return ""
    drawn, total = len(content.rows) - len(elsewhere), len(content.case.facts)
    return f"{drawn} of the {total} recorded rows are drawn; the others stand in {ELSEWHERE}."
