"""The best change of each case, sorted, with its bounds, the answers of the rules, and why there is none."""

import math

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.ticker import MaxNLocator

from ..faults import counted
from ..figures import (
    BLUE,
    GREY,
    SMALL,
    Entry,
    TextRow,
    add_axes,
    check_width,
    draw_footer,
    figure_style,
    lay_footer,
    lay_row,
    letters_note,
    table_axes,
    tag,
    text_height,
    with_letters,
)
from ..prose import TITRE, change_unit, gives_share, multiple_of
from .best import STEPS, with_shown_digits
from .collect import Series
from .compare import Compared, best_answers, compare_series, questions_of
from .lay import (
    ANSWER_LOOKS,
    PAGE,
    UNNAMED_NOTE,
    answer_entries,
    chosen_words,
    draw_mark,
    draw_name,
    figure_of,
    has_names,
    name_of,
    name_width,
    paper_note,
    question_note,
    row_height,
    scaled,
    who_height,
    who_lines,
)
from .overview import best_words
from .questions import unasked_note

SURE = {"facecolor": BLUE, "edgecolor": BLUE, "linewidth": 0.3}
OPEN = {"facecolor": "#cfe6f5", "edgecolor": BLUE, "linewidth": 0.4, "hatch": "//////"}
NONE = {"marker": "x", "markeredgecolor": GREY, "markersize": 3.6}
# A bound beyond the axis.
BEYOND = {"markersize": 3.2, "markerfacecolor": BLUE, "markeredgecolor": BLUE, "markeredgewidth": 0.4}
# The unit of the axis of titres.
DOUBLINGS = "doublings of the titre"
UNDIRECTED = "no best change, because the measure has no better direction"
_MARKS = 4.2  # width of a column of answers, in millimetres
_WORDS = 36.0  # width of the column of words
_LEAST = 10.0  # least width of the bars
_ROW = 4.4
_FOOT = 5.0 + text_height(2, 7)


def draw_waterfall(series: Series, code: str = "mrss", width_mm: float = 180) -> Figure:
    """Draw the best change of a measure in each case, the best first, with its bounds and what the cited rules say.

    A bar reaches from no change to the change that is sure; the hatched part is what the bounds leave open, with an
    arrow where it goes on beyond the axis. The case with the best change that is sure stands first. A score is drawn in
    its own unit, a graded measure in steps of its grade, a titre in doublings, any other in percent of the baseline,
    because the same fall of a laboratory value means another thing from another height. A case without a change, or
    with one in mm beside others in steps, has a cross and the reason. More cases than have room for a name have thin
    rows, in the same order.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.
    width_mm : float
        Width of the printed figure in millimetres.

    Returns
    -------
    Figure
        It carries the name of the series as its gid, and shows itself on the last line of a cell.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code.
    """
    compared, measure = compare_series(series, code), series.measure(code)
    rows = sorted_changes(compared, measure)
    questions = questions_of(compared)
    answers = best_answers(compared, questions).loc[rows.index]
    share = gives_share(measure["unit"], series.rules_of(code))
    with figure_style(width_mm):
        names = [name_of(series, row.case_id, row.LOC) for row in rows.itertuples()]
        words = [best_words(row, share) for row in with_shown_digits(rows).itertuples()]
        left, laid = _lay(names, words, width_mm)
        right = _MARKS * len(questions) + (_WORDS if left else 0.0)
        start = 2 + (left or 5.0)
        wide = width_mm - start - right - 4
        # Names take up to a quarter of what is added.
        check_width(width_mm, width_mm + (_LEAST - wide) / 0.75)
        shown = {answer for column in answers for answer in answers[column] if answer}
        footer = lay_footer(
            [*_entries(rows), *answer_entries(shown)], _notes(series, rows, answers, bool(left)), width_mm - 4
        )
        who = who_lines(f"{_who(rows)}. {chosen_words(series)}", width_mm)
        above, body = who_height(who) + 3.0, sum(row.height for row in laid)
        title = f"Best change of each case: {measure['label']}"
        figure = figure_of(series, title, width_mm, above + body + _FOOT + footer.height, who)
        ax = add_axes(figure, start, above, wide, body, label=measure["label"])
        barred = sum(cells.height for cells, reason in zip(laid, rows["REASON"], strict=True) if not reason)
        _draw_axis(ax, rows, axis_of(compared, measure)[2], body, barred)
        table = add_axes(figure, 0, above, width_mm, body, label="Not compared, and cited rules")
        table_axes(table, width_mm, body)
        columns = [width_mm - 2 - _MARKS * (len(questions) - place - 0.5) for place in range(len(questions))]
        for place, at in enumerate(columns, 1):
            table.text(at, -1.6, str(place), fontsize=SMALL, ha="center", va="center", clip_on=False)
        texts = (start, start + wide + 2) if left else ()
        _draw_rows((ax, table), rows, laid, (names, words, answers), (columns, texts, code))
        draw_footer(figure, footer, 2, above + body + _FOOT)
        return with_letters(figure)


def _draw_rows(axes: tuple, rows: pd.DataFrame, laid: list[TextRow], labels: tuple, where: tuple) -> None:
    """The bar, the answers and the words of each row; without places for words, no words."""
    (ax, table), (names, words, answers), (columns, texts, code) = axes, labels, where
    top = 0.0
    for row, cells, name, change_words in zip(rows.itertuples(), laid, names, words, strict=True):
        place = (top + cells.height / 2, cells.height)
        if row.REASON:
            named = f"{name}: best change {change_words}" if change_words else f"{name}: not compared"
            _draw_none(table, row, texts[0] if texts else 7.0, place, named, code)
        else:
            _draw_change(ax, row, place, name, change_words, code)
        _draw_answers(table, row, answers.loc[row.Index], columns, place, name)
        if texts:
            draw_name(table, cells.cells[0], 2, place[0])
            draw_name(table, cells.cells[1], texts[1], place[0])
        top += cells.height


def axis_of(compared: Compared, measure: pd.Series) -> tuple[str, str, str]:
    """The columns of `derive_series` that are drawn, and the unit of the axis.

    Examples
    --------
    A skin score has a highest value, and is drawn in points; and so is what has a scale without percentages.

    >>> from casetimeline.files import PROJECT_DATA
    >>> from casetimeline.series import compare_series, read_series
    >>> series = read_series(PROJECT_DATA, "fu-2025 ferreira2017")
    >>> axis_of(compare_series(series, "mrss"), series.measure("mrss"))
    ('BCHGLO', 'BCHGHI', 'points')
    """
    if STEPS in compared.table["UNIT"].to_numpy():
        return "BCHGLO", "BCHGHI", STEPS
    if compared.unit == TITRE:
        return "BCHGLO", "BCHGHI", DOUBLINGS
    if math.isfinite(measure["high"]) or measure["scale"]:
        return "BCHGLO", "BCHGHI", change_unit(compared.unit)
    return "BPCHGLO", "BPCHGHI", "percent of the baseline"


def _doublings(change: float, base: float) -> float:
    """How often a titre doubled from its baseline; negative where it fell, and without limit to none."""
    multiple = multiple_of(change, base)
    return math.log2(multiple) if multiple else -math.inf


def sorted_changes(compared: Compared, measure: pd.Series) -> pd.DataFrame:
    """The rows of a measure by their best change, the best first, then those without one; with LO and HI, as drawn.

    Rows are compared by the change that is sure, and of equal ones by the one that is possible.
    """
    low, high, unit = axis_of(compared, measure)
    rows = compared.table.assign(LO=compared.table[low], HI=compared.table[high])
    if unit == DOUBLINGS:
        rows["LO"] = [_doublings(*ends) for ends in zip(rows["LO"], rows["BASEHI"], strict=True)]
        rows["HI"] = [_doublings(*ends) for ends in zip(rows["HI"], rows["BASELO"], strict=True)]
    # Of a size the grade is not known: a fall that is sure in mm may be none in steps.
    other = (unit == STEPS) & rows["UNIT"].ne(STEPS) & rows["REASON"].eq("")
    rows = rows.assign(REASON=rows["REASON"].mask(other, "in " + rows["UNIT"] + ", not on this scale"))
    rows[["LO", "HI"]] = rows[["LO", "HI"]].mask(other)
    # A case whose change has no percentage, because its baseline is or may be 0, has no bar.
    lost = rows["REASON"].eq("") & rows["LO"].isna()
    share = "multiple" if unit == DOUBLINGS else "percentage"
    why = f"no {share} of a baseline that is or may be 0" if measure["better"] else UNDIRECTED
    rows = rows.assign(REASON=rows["REASON"].mask(lost, why))
    ends = [-rows["LO"], -rows["HI"]] if measure["better"] == "higher" else [rows["HI"], rows["LO"]]
    order = pd.DataFrame({"without": rows["LO"].isna(), "sure": ends[0], "possible": ends[1]})
    order = order.assign(case_id=rows["case_id"], site=rows["LOC"])
    return rows.loc[order.sort_values([*order.columns], kind="stable").index]


def _lay(names: list[str], words: list[str], width_mm: float) -> tuple[float, list[TextRow]]:
    """The width of the names, and the rows; names are left out, and their width is 0, where there is no room."""
    left, high = name_width(names, width_mm), row_height(len(names), _ROW)
    laid = [lay_row(list(cells), [left - 1, _WORDS - 4], _ROW) for cells in zip(names, words, strict=True)]
    if sum(row.height for row in laid) <= PAGE:
        return left, laid
    if has_names(high):
        # One line each: the change without its percentage, which stands in the table.
        lines = ([name, change_words.partition(" (")[0]] for name, change_words in zip(names, words, strict=True))
        return left, [TextRow(lay_row(cells, [left - 1, _WORDS]).cells, high) for cells in lines]
    return 0.0, [TextRow([], high)] * len(names)


def _who(rows: pd.DataFrame) -> str:
    without, barless = int(rows["BCHGLO"].isna().sum()), int(_has_no_bar(rows).sum())
    courses = (
        counted(len(rows), "case")
        if rows["case_id"].is_unique
        else f"{counted(len(rows), 'course')}, one a case and site"
    )
    off = f" ({barless} of them without a bar)" if barless else ""
    return f"{courses}: {len(rows) - without} with a best change from the baseline{off}, {without} without"


def _has_no_bar(rows: pd.DataFrame) -> pd.Series:
    """Whether each row has a best change that the axis cannot show."""
    return rows["LO"].isna() & rows["BCHGLO"].notna()


def _draw_axis(ax, rows: pd.DataFrame, unit: str, body: float, barred: float) -> None:
    ends = pd.concat([rows["LO"], rows["HI"]])
    ends = [value for value in ends if math.isfinite(value)]
    low, high = min([0.0, *ends]), max([0.0, *ends])
    margin = 0.06 * (high - low) or 1.0
    ax.set(xlim=(low - margin, high + margin), ylim=(body, 0))
    ax.set_yticks([])
    ax.spines[["left", "right", "top"]].set_visible(False)
    ax.tick_params(axis="x", labelsize=SMALL)
    ax.xaxis.set_major_locator(MaxNLocator(7, integer=unit == STEPS, steps=[1, 2, 5, 10]))
    ax.add_line(Line2D([0, 0], [0, barred], color=GREY, linewidth=0.6, zorder=1))
    ax.set_xlabel(f"Best change ({unit})")


def _draw_answers(table, row, answers: pd.Series, columns: list[float], place: tuple[float, float], name: str) -> None:
    """A mark for the answer to each question that a rule was asked about the best value."""
    middle, height = place
    for number, (at, (question, answer)) in enumerate(zip(columns, answers.items(), strict=True), 1):
        if answer:
            gid = tag("answer", f"{row.case_id} {row.LOC}", number)
            draw_mark(table, (at, middle), scaled(ANSWER_LOOKS[answer], height), gid, f"{name}: {question} {answer}")


def _draw_none(table, row, left: float, place: tuple[float, float], named: str, code: str) -> None:
    """The mark of a case without a bar, off the scale, and the reason."""
    middle, height = place
    gid = tag("no_change", f"{row.case_id} {row.LOC}", f"{code}-none")
    draw_mark(table, (left + 2.5, middle), scaled(NONE, height), gid, f"{named}, {row.REASON}")
    if has_names(height):
        table.text(left + 5, middle, row.REASON, fontsize=SMALL, color=GREY, va="center")


def _draw_change(ax, row, place: tuple[float, float], name: str, change_words: str, code: str) -> None:
    """The bar of a case: what is sure, and what its bounds leave open."""
    (middle, height), (low, high) = place, ax.get_xlim()
    line = f"{code}-{row.BESTLINE if pd.notna(row.BESTLINE) else 'open'}"
    of = f"{row.case_id} {row.LOC}"
    least, most = max(row.LO, low), min(row.HI, high)
    near = 0.0 if least < 0 < most else min(least, most, key=abs)
    far = most if near == least else least
    thick = min(max(0.6 * height, height - 1.8), 2.6)
    words = f"{name}: best change {change_words}"
    drawn = [("change", (0.0, near), SURE)] if near or least == most else []
    drawn += [("bounds", (least, most) if least < 0 < most else (near, far), OPEN)] if least != most else []
    for element, (start, end), look in drawn:
        gid = tag(element, of, line)
        if start == end:
            ax.add_line(Line2D([0, 0], [middle - thick / 2, middle + thick / 2], color=BLUE, linewidth=1.6, gid=gid))
        else:
            box = (min(start, end), middle - thick / 2)
            ax.add_patch(Rectangle(box, abs(end - start), thick, gid=gid, zorder=2, **look))
        if element == drawn[0][0]:
            ax.text(0, middle, words, gid=f"{gid}.said", visible=False)
    for bound, edge, marker in ((row.LO, low, "<"), (row.HI, high, ">")):
        if math.isinf(bound):
            look = scaled({**BEYOND, "marker": marker}, height)
            ax.add_line(Line2D([edge], [middle], gid=tag("beyond", of, line), zorder=3, clip_on=False, **look))


def _entries(rows: pd.DataFrame) -> list[Entry]:
    entries = []
    if rows["LO"].notna().any():
        entries.append(Entry("change that is sure", "box", SURE))
    if (rows["LO"] != rows["HI"])[rows["LO"].notna()].any():
        entries.append(Entry("what the bounds leave open", "box", OPEN))
    if rows[["LO", "HI"]].isin([-math.inf, math.inf]).any(axis=None):
        entries.append(Entry("goes on: no limit is known", "mark", {**BEYOND, "marker": ">"}))
    if rows["LO"].isna().any():
        barless = _has_no_bar(rows).any()
        entries.append(Entry("no bar" if barless else "no best change can be computed", "mark", NONE))
    return entries


def _reasons(rows: pd.DataFrame) -> str:
    """How many cases have no change, and how many one without a bar, by the reason; blank where all have a bar."""
    sentences = []
    for words, without in (("best change", rows["BCHGLO"].isna()), ("bar", _has_no_bar(rows))):
        counts = rows.loc[without, "REASON"].value_counts(sort=False).sort_index()
        reason_words = "; ".join(f"{reason} ({count})" for reason, count in counts.items())
        sentences += [f"Without a {words}: {reason_words}."] if reason_words else []
    return " ".join(sentences)


def _notes(series: Series, rows: pd.DataFrame, answers: pd.DataFrame, named: bool) -> list[str]:
    return [
        "Sorted by the best change after the baseline, as far as it is sure; the change up to the last value may be "
        "smaller.",
        question_note([*answers]),
        unasked_note(answers, rows["BESTLINES"] != ""),
        _reasons(rows),
        "" if named else UNNAMED_NOTE,
        paper_note(series) if named else "",
        letters_note(*rows["case_id"], *rows["LOC"]),
    ]
