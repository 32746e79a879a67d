"""What is reported of each case: the patient, times, treatments, adverse events, and the measures, across all cases."""

from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..derive import derive_told, derive_worded
from ..faults import counted
from ..figures import (
    BLUE,
    GREY,
    SKY,
    SMALL,
    STATE_MARKS,
    Entry,
    add_axes,
    draw_footer,
    figure_style,
    lay_footer,
    letters_note,
    table_axes,
    tag,
    text_width,
    with_letters,
)
from ..rules import Analysis
from ..vocabulary import OPEN_STATES
from .collect import Series, as_series, listed
from .lay import (
    draw_name,
    figure_of,
    has_names,
    name_of,
    name_width,
    paper_note,
    row_height,
    scaled,
    who_height,
    who_lines,
)

# How often something is reported: at several moments, at one, mentioned but not known, not mentioned.
SEVERAL, ONCE, MENTIONED = "several", "told", "untold"
_LOOKS = {
    SEVERAL: {"marker": "s", "markerfacecolor": BLUE, "markeredgecolor": BLUE, "markersize": 4.2},
    ONCE: {"marker": "o", "markerfacecolor": "white", "markeredgecolor": BLUE, "markersize": 4.2},
    MENTIONED: STATE_MARKS["not_reported"],
}
_THIN = {
    SEVERAL: {"marker": "_", "markeredgecolor": BLUE, "markersize": 9.0, "markeredgewidth": 1.5},
    ONCE: {"marker": "_", "markeredgecolor": SKY, "markersize": 5.0, "markeredgewidth": 1.5},
    MENTIONED: {"marker": "_", "markeredgecolor": GREY, "markersize": 2.0, "markeredgewidth": 1.5},
}
_WORDS = {
    SEVERAL: "reported at several moments, or of every treatment",
    ONCE: "reported once, or of some treatments",
    MENTIONED: "mentioned, but not known",
}
# The same of one item alone.
_AT_MOMENTS = {SEVERAL: "reported at several moments", ONCE: "reported at one moment"}
_OF_TREATMENTS = {SEVERAL: "reported of every treatment", ONCE: "reported of some treatments"}
_OF_PATIENT = {SEVERAL: "several reported", ONCE: "reported"}
_GROUPS = ["Patient", "Treatments", "Measures"]
_ITEMS = ["age", "sex", "time", "dose", "schedule", "route", "start", "end", "procedure", "event", "adverse_event"]
_COLUMN = 4.1  # least width of a column in millimetres
_WIDEST = 9.0
_ROW = 4.4
_GAP = 2.5


class Grid(NamedTuple):
    """The rows and columns: where each case stands, the height of a row, the looks of marks, the width of a column."""

    middles: dict[str, float]
    high: float
    looks: dict[str, dict]
    wide: float


def derive_reported(series: Series) -> pd.DataFrame:
    """What each case reports: of the patient, of time, of its treatments and adverse events, and of each measure.

    Parameters
    ----------
    series : Series
        From `read_series`.

    Returns
    -------
    DataFrame
        One row a case and item that it mentions: `case_id`; GROUP; CODE; LABEL; LEVEL: `several` for what is reported
        at several moments, or of every treatment; `told` for what is reported once, or of some treatments; `untold` for
        what is mentioned and not known. An item that a case does not mention has no row.

    Examples
    --------
    >>> from casetimeline.files import PROJECT_DATA
    >>> from casetimeline.series import read_series
    >>> reported = derive_reported(read_series(PROJECT_DATA, "fu-2025"))
    >>> reported.loc[reported["CODE"].isin(["mrss", "ck", "route"]), ["CODE", "LEVEL"]].to_numpy().tolist()
    [['mrss', 'several'], ['ck', 'told']]
    """
    rows = [
        (each.case.case_id, *item)
        for each in as_series(series).analyses
        for item in (*_of_patient(each), *_of_treatments(each), *_of_measures(each))
    ]
    return pd.DataFrame(rows, columns=["case_id", "GROUP", "CODE", "LABEL", "LEVEL"])


def _of_patient(analysis: Analysis):
    patient, facts = analysis.case.about.get("patient", {}), analysis.case.facts
    for name in ("age", "sex"):
        # What is not reported is a silence of the source, and no mention.
        if patient.get(name, "not reported") not in ("", "not reported"):
            yield "Patient", name, name, ONCE
    timed = facts.loc[facts["start"] != "", "start"].nunique()
    if timed:
        yield "Patient", "time", "day or date", SEVERAL if timed > 1 else ONCE


def _of_treatments(analysis: Analysis):
    facts = analysis.case.facts
    treatments = facts[facts["kind"] == "treatment"]
    if len(treatments):
        in_words = derive_worded(treatments)
        for word, is_reported in derive_told(treatments).items():
            column = "frequency" if word == "schedule" else word
            # A blank cell mentions nothing; `stopped` mentions an end that is not known.
            if is_reported.any() or in_words[word].ne("").any() or treatments[column].ne("").any():
                level = SEVERAL if is_reported.all() else ONCE if is_reported.any() else MENTIONED
                yield "Treatments", word, word, level
    for kind, word in (("procedure", "procedures"), ("event", "events"), ("adverse_event", "adverse events")):
        # Several that are told of one moment are told of one.
        count = facts.loc[facts["kind"] == kind, "ORDER"].nunique()
        if count:
            yield "Treatments", kind, word, SEVERAL if count > 1 else ONCE


def _of_measures(analysis: Analysis):
    facts = analysis.case.facts
    observed = facts[(facts["kind"] == "observation") & (facts["STATE"] != "not_reported")]
    for code, records in observed.groupby("code", sort=False):
        known = records.loc[~records["STATE"].isin(OPEN_STATES), "ORDER"].nunique()
        label = analysis.case.measures.loc[code, "abbrev"] or records["PARAM"].iloc[0]
        yield "Measures", code, label, SEVERAL if known > 1 else ONCE if known else MENTIONED


def draw_matrix(series: Series, width_mm: float = 180) -> Figure:
    """Draw what each case reports, one row a case and one column an item; an empty cell is not mentioned.

    Columns of measures stand by how many cases report them, as many as fit the width; the note counts the others.

    Parameters
    ----------
    series : Series
        From `read_series`.
    width_mm : float
        Width of the printed figure in millimetres.

    Returns
    -------
    Figure
        It carries the name of the series as its gid, and shows itself on the last line of a cell.
    """
    reported = derive_reported(series)
    with figure_style(width_mm):
        names = [name_of(series, case_id) for case_id in series.ids]
        high = row_height(len(names), _ROW)
        left = name_width(names, width_mm) if has_names(high) else 0.0
        room = width_mm - left - 4 - 3 * _GAP
        columns, others = _columns(reported, int(room / _COLUMN))
        head = max((text_width(label, SMALL) for label in columns["LABEL"]), default=0.0) + 3.0
        grid = Grid(
            {case_id: (place + 0.5) * high for place, case_id in enumerate(series.ids)},
            high,
            _LOOKS if left else _THIN,
            min(room / max(len(columns), 1), _WIDEST),
        )
        footer = lay_footer(
            _entries(grid, set(reported["LEVEL"]), series.silence),
            _notes(series, columns, others, bool(left)),
            width_mm - 4,
        )
        silent = "What the table does not record" if series.table else "What a source does not report"
        who = who_lines(f"{series.size}. {silent} was not thereby absent", width_mm)
        above, body = who_height(who) + head, high * len(names)
        figure = figure_of(series, "What is reported, case by case", width_mm, above + body + 3 + footer.height, who)
        ax = add_axes(figure, 0, above, width_mm, body, label="Reported")
        table_axes(ax, width_mm, body)
        if left:
            _draw_names(ax, names, high, width_mm)
        for number, column in enumerate(columns.itertuples()):
            at = 2 + left + grid.wide * (number + 0.5) + _GAP * _GROUPS.index(column.GROUP)
            _draw_column(ax, column, at, reported, grid)
        draw_footer(figure, footer, 2, above + body + 3)
        return with_letters(figure)


def _entries(grid: Grid, shown: set[str], silence: str) -> list[Entry]:
    blank = f"empty: {silence}"
    known = [Entry(_WORDS[level], "mark", look) for level, look in grid.looks.items() if level in shown]
    return [*known, Entry(blank, "box", {"facecolor": "white", "edgecolor": GREY})]


def _notes(series: Series, columns: pd.DataFrame, others: int, named: bool) -> list[str]:
    return [
        "Columns: the patient and time; treatments and what happened; measures, those of most cases first.",
        f"{counted(others, 'measure')} of fewer cases not drawn." if others else "",
        "" if named else "There are too many cases for their names; the rows stand in the order of the ids.",
        paper_note(series) if named else "",
        letters_note(*columns["LABEL"]),
    ]


def _columns(reported: pd.DataFrame, most: int) -> tuple[pd.DataFrame, int]:
    """The items that have a column, and how many measures have none; a measure that more cases know stands first."""
    items = reported.drop_duplicates(["GROUP", "CODE"])[["GROUP", "CODE", "LABEL"]]
    counts = reported[reported["LEVEL"] != MENTIONED].groupby(["GROUP", "CODE"]).size()
    items = items.assign(COUNT=[counts.get((row.GROUP, row.CODE), 0) for row in items.itertuples()])
    fixed = items[items["GROUP"] != "Measures"]
    fixed = fixed.iloc[[i for _, i in sorted((_ITEMS.index(code), i) for i, code in enumerate(fixed["CODE"]))]]
    measures = items[items["GROUP"] == "Measures"].sort_values(["COUNT", "CODE"], ascending=[False, True])
    shown = measures.head(max(most - len(fixed), 1))
    return pd.concat([fixed, shown], ignore_index=True), len(measures) - len(shown)


def _draw_names(ax, names: list[str], high: float, width_mm: float) -> None:
    for place, name in enumerate(names):
        draw_name(ax, [name], 2, (place + 0.5) * high)
        if place:
            look = {"color": GREY, "alpha": 0.3, "linewidth": 0.3, "zorder": 0}
            ax.add_line(Line2D([2, width_mm - 2], [place * high] * 2, **look))


def _level_words(column, level: str) -> str:
    """How an item of a level is reported, in words."""
    happened = column.GROUP == "Measures" or column.CODE in ("procedure", "event", "adverse_event")
    of_group = _AT_MOMENTS if happened else _OF_PATIENT if column.GROUP == "Patient" else _OF_TREATMENTS
    return of_group.get(level, _WORDS[level])


def _draw_column(ax, column, at: float, reported: pd.DataFrame, grid: Grid) -> None:
    """The heading of an item, and a mark for each case that mentions it: one artist a level."""
    ax.text(at, -1.0, column.LABEL, fontsize=SMALL, rotation=90, ha="center", va="bottom", clip_on=False)
    mine = reported[(reported["GROUP"] == column.GROUP) & (reported["CODE"] == column.CODE)]
    for level, look in grid.looks.items():
        ids = mine.loc[mine["LEVEL"] == level, "case_id"].tolist()
        if ids:
            gid, ys = tag(level, column.CODE, "cases"), [grid.middles[case_id] for case_id in ids]
            look = look if look["marker"] == "_" else scaled(look, grid.high)
            ax.add_line(Line2D([at] * len(ys), ys, linestyle="none", gid=gid, zorder=3, **look))
            how_many = f"{len(ids)} of {counted(len(grid.middles), 'case')} ({listed(ids, 6)})"
            words = f"{column.LABEL}: {_level_words(column, level)} in {how_many}"
            ax.text(at, 0, words, gid=f"{gid}.said", visible=False)
