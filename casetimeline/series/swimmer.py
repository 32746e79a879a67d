"""The swimmer plot: a lane a case, with its treatments, what happened, and the answers of a rule along it."""

from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import MaxNLocator

from ..faults import counted
from ..figures import (
    BAR_LOOKS,
    GREY,
    INK,
    MAY_GO_ON,
    SMALL,
    STOP_MARK,
    Entry,
    add_axes,
    add_text,
    draw_footer,
    figure_style,
    goes_on,
    is_mark,
    is_open,
    lay_footer,
    letters_note,
    text_height,
    with_letters,
)
from ..vocabulary import OPEN_STATES, STOPPED
from .align import align_label, align_words, check_align, event_words, placed_words
from .collect import Series, as_series
from .compare import compare_series, questions_of
from .lay import (
    ANSWER_LOOKS,
    PAGE,
    answer_entries,
    chosen_words,
    draw_name,
    figure_of,
    has_names,
    mark_size,
    name_of,
    name_width,
    paper_note,
    row_height,
    who_height,
    who_lines,
)
from .questions import one_answer_of
from .swimmer_lane import (
    BASELINE,
    MARKS,
    RECORDED,
    SINGLES,
    Swimmer,
    alternates,
    draw_lane,
    has_level_stroke,
    lay_swimmer,
    shares_moment,
    treatments_of,
)

_TRACK = 3.0  # height of a track of its own, in millimetres
_COMPACT = 6.4
_RIGHT = 26.0
_HEAD = text_height(1, 7.5) + 1.5
_FOOT = 4.0 + text_height(2, 7)


def draw_swimmer(series: Series, code: str = "mrss", align: str = "", width_mm: float = 180) -> Figure:
    """Draw a lane for each case: treatments as bars, what happened and was measured as marks.

    Cases with days stand above, in days from the event; those of which only the order is told stand below, not to
    scale; the longest stand first. A bar that is filled is told; where the end is not reported it goes on as an outline
    up to the last fact of the case; an arrow says that the source calls it ongoing, and nothing else does. Few cases
    have a track for each treatment, more have one for the reference treatment and one for all others, and hundreds have
    thin lanes without names.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure whose records are marked, by what the rules for the first question about it answer.
    align : str
        The code of a treatment, procedure, event or adverse event that is day 0; blank: the start of the reference
        treatment of each case.
    width_mm : float
        Width of the printed figure in millimetres.

    Returns
    -------
    Figure
        It carries the name of the series as its gid, and shows itself on the last line of a cell.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code, or no case tells of the event.
    """
    measure = as_series(series).measure(code)
    check_align(series, align)
    answers, question = answers_along(series, code)
    with figure_style(width_mm):
        swimmers = sorted((lay_swimmer(each, align) for each in series.analyses), key=_longest_first)
        panels = [(True, [s for s in swimmers if s.is_days]), (False, [s for s in swimmers if not s.is_days])]
        panels = [(is_days, members) for is_days, members in panels if members]
        plan = _plan(series, swimmers, width_mm)
        shown = {answer for (case_id, _), answer in answers.items() if answer in ANSWER_LOOKS}
        footer = lay_footer(
            [*_entries(swimmers, code, answers), *answer_entries(shown)],
            _notes(series, measure, align, question, swimmers),
            width_mm - 4,
        )
        who = who_lines(f"{_who(series, align, swimmers)}. {chosen_words(series)}", width_mm)
        above = who_height(who)
        bodies = [sum(plan.height(each) for each in members) for _, members in panels]
        total = above + sum(bodies) + (_HEAD + _FOOT) * len(panels) + footer.height
        figure = figure_of(series, f"Swimmer plot: {measure['label']}", width_mm, total, who)
        top = above
        for (is_days, members), body in zip(panels, bodies, strict=True):
            title = "Cases with days" if is_days else "Cases in order, not to scale"
            add_text(figure, 2, top + 0.5, title, fontsize=7.5, fontweight="bold")
            box = (2 + plan.left, top + _HEAD, width_mm - 4 - plan.left - plan.right, body)
            ax = add_axes(figure, *box, label=title)
            _set_axis(ax, members, body, code, align)
            _draw_members(ax, series, members, plan, (code, answers))
            top += _HEAD + body + _FOOT
        draw_footer(figure, footer, 2, top)
        return with_letters(figure)


def _longest_first(swimmer: Swimmer) -> tuple:
    return -swimmer.axis.high, swimmer.case_id


def answers_along(series: Series, code: str) -> tuple[dict[tuple[str, int], str], str]:
    """For each record after a baseline, by case and line, what the rules answer; and the question that they answer.

    It is the first question about the measure in the order of the vocabulary, whatever the answers are.
    """
    compared = compare_series(series, code)
    questions = questions_of(compared)
    if not questions:
        return {}, ""
    mine = compared.answers[compared.answers["QUESTION"] == questions[0]]
    given: dict[tuple[str, int], list[str]] = {}
    for row in mine.itertuples():
        given.setdefault((row.case_id, row.line), []).append(row.ANSWER)
    return {key: one_answer_of(answers) for key, answers in given.items()}, questions[0]


class Tracks(NamedTuple):
    """How the lanes are laid out: room for names and for words, and the height of each case."""

    left: float
    right: float
    detailed: bool
    high: float

    def height(self, swimmer: Swimmer) -> float:
        """The height of the lane of a case in millimetres."""
        return _TRACK * (2 + len(treatments_of(swimmer))) + 1.6 if self.detailed else self.high


def _plan(series: Series, swimmers: list[Swimmer], width_mm: float) -> Tracks:
    names = [name_of(series, each.case_id) for each in swimmers]
    detailed = Tracks(0.0, _RIGHT, True, 0.0)
    if sum(map(detailed.height, swimmers)) <= PAGE:
        treated = [row.PARAM for each in swimmers for row in each.rows if row.kind == "treatment"]
        return detailed._replace(left=name_width([*names, *(f"  {name}" for name in treated)], width_mm))
    high = row_height(len(swimmers), _COMPACT, PAGE - 25)
    named = has_names(high)
    return Tracks(name_width(names, width_mm) if named else 4.0, _RIGHT if named else 0.0, False, high)


def _set_axis(ax, members: list[Swimmer], body: float, code: str, align: str) -> None:
    ax.set_ylim(body, 0)
    ax.set_yticks([])
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.xaxis.set_major_locator(MaxNLocator(9, integer=True))
    if not members[0].is_days:
        ax.set_xlim(0.4, max(each.axis.high for each in members) + 0.1)
        ax.set_xlabel("Order of telling of each case")
        return
    first = min(_first_shown(each, code) for each in members)
    last = max(each.axis.high for each in members)
    margin = 0.04 * (last - first) or 1.0
    ax.set_xlim(first - margin, last + margin)
    ax.set_xlabel(align_label(align))
    ax.add_line(Line2D([0, 0], [0, body], color=GREY, linewidth=0.6, linestyle=(0, (3, 2)), zorder=1))


def _first_shown(swimmer: Swimmer, code: str) -> float:
    """The first day that the axis must show: of the measure or a treatment; earlier facts are counted at the edge."""
    days = [
        row.X for row in swimmer.rows if row.kind == "treatment" or (row.kind == "observation" and row.code == code)
    ]
    return min([0.0, *days])


def _draw_members(ax, series: Series, members: list[Swimmer], plan: Tracks, asked: tuple) -> None:
    low, high = ax.get_xlim()
    wide = ax.get_position().width * ax.figure.get_figwidth() * 25.4
    per_mm = (high - low) / wide
    top = 0.0
    for swimmer in members:
        tall = plan.height(swimmer)
        named = plan.detailed or has_names(plan.high)
        places = _places(swimmer, plan, top)
        if named:
            start = low - (plan.left - 0.5) * per_mm
            draw_name(ax, [name_of(series, swimmer.case_id)], start, top + (_TRACK / 2 if plan.detailed else tall / 2))
            if plan.detailed:
                treated = {row.code: row for row in swimmer.rows if row.kind == "treatment"}
                for row in treated.values():
                    middle, name = places["treatment"][row.line], f"  {row.PARAM}"
                    ax.text(start, middle, name, fontsize=SMALL, va="center", color="#555555", clip_on=False)
            words = _beside(swimmer, low)
            ax.text(high + 1.5 * per_mm, top + tall / 2, words, fontsize=SMALL, va="center", color="#555555")
            ax.add_line(Line2D([start, high], [top] * 2, color=GREY, alpha=0.35, linewidth=0.3, clip_on=False))
        draw_lane(ax, series, swimmer, places, asked, per_mm)
        top += tall


def _places(swimmer: Swimmer, plan: Tracks, top: float) -> dict:
    """Where the marks, the events and each row of a treatment stand, and how high a bar is."""
    treated = [row for row in swimmer.rows if row.kind == "treatment"]
    if plan.detailed:
        tracks = {code: top + _TRACK * (2.5 + place) for place, code in enumerate(treatments_of(swimmer))}
        middles = {row.line: tracks[row.code] for row in treated}
        first = top + _TRACK / 2
        return {"answer": first, "event": first + _TRACK, "treatment": middles, "bar": 2.0, "mark": 4.2}
    high = plan.high
    size = mark_size(high / 2 if high > 4 else high)
    spread = 0.3 * high if high > 4 else 0.0
    middle = top + high / 2
    # The reference treatment stands above, all others below: a bar that lies on another hides it.
    bar = min(1.3, 0.42 * high)
    middles = {row.line: middle + (-bar / 2 if row.line in swimmer.regimen else bar / 2) for row in treated}
    return {"answer": middle - spread, "event": middle + spread, "treatment": middles, "bar": bar, "mark": size}


def _beside(swimmer: Swimmer, low: float) -> str:
    """What the lane does not show: facts without a day, and facts before the axis begins."""
    before = sum(low > row.X for row in swimmer.rows if row.kind != "treatment") if swimmer.is_days else 0
    parts = [f"{swimmer.lost} without a day" if swimmer.lost else "", f"{before} earlier" if before else ""]
    return "\n".join(filter(None, parts))


def _who(series: Series, align: str, swimmers: list[Swimmer]) -> str:
    in_days = {each.case_id for each in swimmers if each.is_days}
    return f"{counted(len(swimmers), 'case')}: {placed_words(series, align, in_days, {*series.ids} - in_days)}"


def _entries(swimmers: list[Swimmer], code: str, answers: dict) -> list[Entry]:
    rows = [(each, row) for each in swimmers for row in each.rows]
    bars = [(each, row) for each, row in rows if row.kind == "treatment" and not is_mark(row, each.axis)]
    marked = [
        (each.case_id, row)
        for each, row in rows
        if row.kind == "observation" and row.code == code and row.STATE not in OPEN_STATES
    ]
    entries = []
    if any(row.line in each.regimen for each, row in bars):
        entries.append(Entry(f"reference treatment of the case{_partner_words(bars, ', and')}", "box", BAR_LOOKS[True]))
    if any(row.line not in each.regimen for each, row in bars):
        entries.append(Entry("other treatment", "box", BAR_LOOKS[False]))
    if any(pd.notna(row.TAIL) for _, row in bars):
        entries.append(Entry("end not reported", "box", MAY_GO_ON))
    if any(goes_on(row) for _, row in bars):
        entries.append(Entry("said to be ongoing", "mark", {"marker": ">", "color": INK, "markersize": 3.6}))
    if any(is_open(row) for _, row in bars):
        entries.append(Entry("already being taken", "mark", {"marker": "<", "color": INK, "markersize": 3.6}))
    if any(row.end == STOPPED for _, row in bars):
        entries.append(Entry("stopped, when is not told", "mark", STOP_MARK))
    single = [(each, row) for each, row in rows if row.kind == "treatment" and is_mark(row, each.axis)]
    which = f"the reference treatment{_partner_words(single, ', or of')}"
    for is_reference, whose in ((True, which), (False, "another treatment")):
        there = any((row.line in each.regimen) == is_reference for each, row in single)
        words = f"one administration or pulse of {whose}"
        entries += [Entry(words, "mark", SINGLES[is_reference])] if there else []
    there = {row.kind for _, row in rows}
    entries += [Entry(words, "mark", look) for kind, (words, look) in MARKS.items() if kind in there]
    if any(row.ABLFL == "Y" for _, row in marked):
        entries.append(Entry("baseline", "mark", BASELINE))
    if any(row.ABLFL != "Y" and (case_id, row.line) not in answers for case_id, row in marked):
        entries.append(Entry("recorded; no rule is asked", "mark", RECORDED))
    return entries


def _partner_words(drawn: list[tuple[Swimmer, object]], joint: str) -> str:
    """What a mark of the reference treatment also stands for, where a treatment is drawn that alternates with it."""
    return f"{joint} what alternates with it" if any(alternates(each, row) for each, row in drawn) else ""


# So many cases are named in the note on treatments without a day.
_MOST_UNTIMED = 6


def _untimed_note(swimmers: list[Swimmer]) -> str:
    """The treatments without a day, of cases with days, which have no bar; blank where there are none."""
    parts = [f"{each.case_id} {', '.join(each.untimed)}" for each in swimmers if each.untimed]
    named = parts[: _MOST_UNTIMED - 1]
    parts = parts if len(parts) <= _MOST_UNTIMED else [*named, f"and of {len(parts) - len(named)} more cases"]
    return f"Treatments without a day, not drawn: {'; '.join(parts)}." if parts else ""


def _notes(series: Series, measure: pd.Series, align: str, question: str, swimmers: list[Swimmer]) -> list[str]:
    named = len(swimmers) <= 70
    return [
        f"{align_words(align, True)} A case stands in days where day 0 and at least half of its facts have one."
        if any(each.is_days for each in swimmers)
        else f"No case stands in days: {event_words(align)} and at least half of its facts would have one.",
        f"Marks on the line of a case: {measure['label']}. {question}"
        if question
        else f"Marks on the line of a case: {measure['label']}; no cited rule judges its change.",
        "A line reaches from the first to the last fact of a case; it does not show the follow-up of an event.",
        "The case that reaches furthest stands first." if len(swimmers) > 1 else "",
        "Marks of one moment stand side by side."
        if any(shares_moment(each, measure.name) for each in swimmers)
        else "",
        "Level stroke through a mark: the days between which its time lies."
        if any(has_level_stroke(each, measure.name) for each in swimmers)
        else "",
        _untimed_note(swimmers),
        paper_note(series)
        if named
        else "There are too many cases for their names; the values behind the figure name each.",
        letters_note(*(row.PARAM for each in swimmers for row in each.rows)),
    ]
