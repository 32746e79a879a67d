"""What the page shows of a choice: the figure of the report, its words, what is behind each mark, and the export."""

import math
from collections.abc import Iterator

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case, Recorded
from ..faults import TimelineError, fault, first_few
from ..figures import (
    FIGURES,
    PRESETS,
    alt_text,
    describe,
    draw_figures,
    draw_trajectory,
    drawn_values,
    drawn_width,
    figure_files,
    render_svg,
)
from ..prose import Table, change_words, finding_words, moment_words, shift_words, times_words
from ..rules import Analysis
from ..values import number
from ..vocabulary import OPEN_STATES, STOPPED
from .choice import MEASURE, Choice, command_of, extra_measures, figure_name, measures_of, parameters_of

# The preset of figure files if the reader has chosen none.
_PRESET = "screen"
_WIDTH_MM = 180.0
# Figures whose numbered marks are not rows of the timeline.
_NUMBERED_OTHERWISE = ("05_claims",)
COLUMNS = (
    "line",
    "when",
    "what",
    "value",
    "bounds",
    "change",
    "state",
    "source",
    "quote",
    "proof",
    "note",
    "not drawn",
)


def with_preset(choice: Choice) -> Choice:
    """The choice with a preset, which figure files are written for: its own, or else the preset for screens.

    Examples
    --------
    >>> with_preset(Choice("a")).preset, with_preset(Choice("a", preset="wiley")).preset
    ('screen', 'wiley')
    """
    return choice._replace(preset=choice.preset or _PRESET)


def drawn_files(choice: Choice, analysis: Analysis) -> Iterator[tuple[str, dict[str, bytes]]]:
    """Each figure of the report as files of the chosen preset: its name, and the contents by path in the archive."""
    preset = PRESETS[choice.preset]
    for name, figure in draw_figures(analysis, drawn_width(preset), extra_measures(choice)):
        files = figure_files(figure, name, preset)
        home = f"{choice.case}/figures/{choice.preset}"
        yield name, {f"{home}/{name}.{suffix}": content for suffix, content in files.items()}


def parameter_files(choice: Choice, case: Case, recorded: Recorded) -> dict[str, bytes]:
    """The folder of the case in `data`, and parameters.txt: the choice, the digest of the data and the command."""
    lines = [
        f"case {case.case_id}; data, sha256 {case.sha256}",
        *(f"{name}={value}" for name, value in parameters_of(choice).items()),
        "",
        "In the folder of the project, with the folder data/ of this archive copied over its own:",
        command_of(choice),
    ]
    home = f"{choice.case}/data/{choice.case}"
    files = {f"{home}/{name}": content for name, content in recorded.folder().items()}
    return {**files, f"{choice.case}/parameters.txt": ("\n".join(lines) + "\n").encode()}


def with_measure(choice: Choice, analysis: Analysis) -> Choice:
    """The choice with a measure that the case has: the first, if it names none or one that the case does not record.

    Raises
    ------
    TimelineError
        If the figure is of what is no measure at all.
    """
    measures = measures_of(analysis.case)
    if choice.measure in measures or not measures:
        return choice
    known = analysis.case.measures
    if (
        choice.measure
        and choice.figure == MEASURE
        and choice.measure not in known.index[known["kind"].eq("observation")]
    ):
        expected = f"a measure of this case: {first_few(measures)}"
        raise TimelineError([fault(choice.measure, expected, at="choice", column="measure", known=measures)])
    return choice._replace(measure=measures[0])


def without_baseline(analysis: Analysis, choice: Choice) -> list[str]:
    """A note that the measure of the figure has no baseline, and so no change and no limit; none if it has one."""
    if choice.figure != MEASURE:
        return []
    case, rows = analysis.case, analysis.changes[analysis.changes["code"] == choice.measure]
    if not len(rows) or rows["ABLFL"].eq("Y").any():
        return []
    label = case.measure(choice.measure)["label"]
    return [f"{label}: no record is the baseline by the rule {case.baseline_rule}; no change and no limit is shown"]


def draw_choice(analysis: Analysis, choice: Choice) -> Figure:
    """The figure of a choice, drawn by the function that draws it for the report.

    Parameters
    ----------
    analysis : Analysis
        The case by the rules of the choice.
    choice : Choice
        Its measure is one that the case has.
    """
    width = drawn_width(PRESETS[choice.preset]) if choice.preset else _WIDTH_MM
    if choice.figure != MEASURE:
        return FIGURES[choice.figure](analysis, width_mm=width)
    return draw_trajectory(analysis, choice.measure, width_mm=width)


def view_of(analysis: Analysis, choice: Choice) -> dict:
    """A figure as the page shows it.

    Parameters
    ----------
    analysis, choice
        As in `draw_choice`.

    Returns
    -------
    dict
        `figure`: name, title, svg, the prefix of its ids, alt and description. `marks`: by id without the prefix, the
        line of the timeline that a mark stands for, or None, and its words. `rows`: the rows of the timeline that are
        drawn or listed. `words`: what else the figure says.
    """
    figure = draw_choice(analysis, choice)
    name = figure_name(choice)
    prefix = f"{analysis.case.case_id}-{name}-"
    drawn = drawn_values(figure)
    lines = _lines_of(drawn, choice)
    marks = {
        f"ct.{row.element}.{row.of}.{row.line}": {"line": line, "said": row.said}
        for row, line in zip(drawn.itertuples(), lines, strict=True)
    }
    return {
        "figure": {
            "name": name,
            "title": figure.get_label(),
            "svg": render_svg(figure, prefix),
            "prefix": prefix,
            "alt": alt_text(figure),
            "description": describe(figure),
        },
        "marks": marks,
        "rows": _rows_of(analysis, drawn, lines),
        "words": _words_of(drawn, lines),
    }


def _lines_of(drawn: pd.DataFrame, choice: Choice) -> list[int | None]:
    """The line of the timeline that each drawn element stands for; None if it stands for none."""
    numbered = choice.figure not in _NUMBERED_OTHERWISE
    return [int(line) if numbered and line.isdecimal() else None for line in drawn["line"]]


def _rows_of(analysis: Analysis, drawn: pd.DataFrame, lines: list[int | None]) -> dict:
    """The rows of the timeline that a figure draws or lists: caption, columns and cells."""
    elements = zip(drawn["element"], lines, drawn["said"], strict=True)
    left_out = {line: words for element, line, words in elements if element == "listed" and line is not None}
    table = fact_table(analysis, analysis.changes[analysis.changes["line"].isin(filter(None, lines))], left_out)
    return {"caption": table.caption, "columns": list(table.frame.columns), "cells": table.cells()}


def _words_of(drawn: pd.DataFrame, lines: list[int | None]) -> list[dict]:
    """What a figure says beside the rows of the timeline: limits, verdicts, claims; each once, with all its marks."""
    marks_of: dict[tuple[str, str], list[str]] = {}
    for row, line in zip(drawn.itertuples(), lines, strict=True):
        # A verdict has a line of the timeline, but is not the row of that line.
        if row.said and (line is None or row.element == "verdict"):
            marks_of.setdefault((row.panel, row.said), []).append(f"ct.{row.element}.{row.of}.{row.line}")
    return [{"part": part, "said": words, "marks": marks} for (part, words), marks in marks_of.items()]


def fact_table(analysis: Analysis, rows: pd.DataFrame, left_out: dict[int, str]) -> Table:
    """Rows of the timeline in words: value, bounds, change, state, source and quote; empty columns are left out.

    Parameters
    ----------
    analysis : Analysis
        The case of the rows.
    rows : DataFrame
        Some rows of `analysis.changes`.
    left_out : dict of str
        Why a row is not drawn, by its line.
    """
    case = analysis.case
    phases = case.about.get("phases", {})
    units = rows["code"].map(case.measures["unit"]).fillna("")
    cells = [
        (
            str(row.line),
            moment_words(row, phases),
            row.PARAM,
            _value_words(row, unit),
            bounds_words(row),
            _change_words(row, unit),
            _state_words(row),
            row.source,
            row.quote,
            "" if case.places.get(row.line) else case.place_words(row.line),
            row.note,
            left_out.get(row.line, ""),
        )
        for row, unit in zip(rows.itertuples(), units, strict=True)
    ]
    frame = pd.DataFrame(cells, columns=list(COLUMNS))
    kept = [name for name in COLUMNS if name in ("line", "what", "value") or frame[name].ne("").any()]
    return Table(frame[kept], f"Case {case.case_id}: rows of this figure, as recorded and as derived")


def _value_words(row, unit: str) -> str:
    """The printed value of an observation; dose, frequency, route, number, grade and end of anything else."""
    if row.kind == "observation":
        return finding_words(row, unit)
    times, grade = times_words(row), row.grade and f"grade {row.grade}"
    dose = " ".join(filter(None, [row.dose, row.dose_unit]))
    unknown = "dose not reported," if row.kind == "treatment" and not row.dose else ""
    regimen = " ".join(filter(None, [dose or unknown, row.frequency, row.route])).removesuffix(",")
    until = row.end if row.end in ("", "ongoing", STOPPED) else f"until {row.end}"
    return ", ".join(filter(None, [regimen, times, grade, until]))


def _change_words(row, unit: str) -> str:
    """The change from the baseline, in its unit or in grades; blank for the baseline and for anything before it."""
    if row.kind != "observation" or row.POSTBLFL != "Y":
        return ""
    if row.STATE in OPEN_STATES:
        return f"no change can be computed ({row.STATE.replace('_', ' ')})"
    return change_words(row, unit) or shift_words(row)


def _state_words(row) -> str:
    if row.kind != "observation":
        return ""
    state = "value reported" if row.STATE == "value" else row.STATE.replace("_", " ")
    return f"{state}; the baseline" if row.ABLFL == "Y" else state


def bounds_words(row) -> str:
    """The bounds of a value, with its unit; blank if there is no value.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> bounds_words(Row(AVALLO=0.0, AVALHI=30.0, AVALLOX=False, AVALHIX=True, AVALU="U/L"))
    '0 to below 30 U/L'
    >>> bounds_words(Row(AVALLO=46.0, AVALHI=46.0, AVALLOX=False, AVALHIX=False, AVALU="points"))
    'exactly 46 points'
    >>> bounds_words(Row(AVALLO=1000.0, AVALHI=math.inf, AVALLOX=True, AVALHIX=False, AVALU="U/L"))
    'above 1000 U/L'
    >>> bounds_words(Row(AVALLO=-math.inf, AVALHI=3.0, AVALLOX=False, AVALHIX=True, AVALU="mmol/L"))
    'below 3 mmol/L'
    """
    low, high = row.AVALLO, row.AVALHI
    if math.isnan(low) or math.isnan(high):
        return ""
    if math.isinf(low) and math.isinf(high):
        return "without a bound"
    if low == high:
        bounds = f"exactly {number(low)}"
    elif math.isinf(low):
        bounds = f"below {number(high)}" if row.AVALHIX else f"{number(high)} or less"
    elif math.isinf(high):
        bounds = f"above {number(low)}" if row.AVALLOX else f"{number(low)} or more"
    else:
        above, below = "above " if row.AVALLOX else "", "below " if row.AVALHIX else ""
        bounds = f"{above}{number(low)} to {below}{number(high)}"
    return f"{bounds} {row.AVALU}".rstrip()
