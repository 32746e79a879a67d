"""What the figures of a series have in common: a row a case, as high as the page allows, its name, the words above."""

from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..figures import (
    ANSWER_MARKS,
    BLUE,
    INK,
    LINE,
    NOT_ASKED_MARKS,
    SMALL,
    WHO,
    Entry,
    add_text,
    legible,
    new_figure,
    text_height,
    text_width,
    wrap,
)
from .collect import Series
from .questions import ANSWERS

# The height that the rows of a figure may take on a page of A4, in millimetres.
PAGE = 205.0
# A row lower than this has no name and no words: there is no room for letters of 6 points.
_LEAST_NAMED = 2.7
_LOWEST = 0.62
_DISAGREE = {
    "marker": "o",
    "fillstyle": "left",
    "markerfacecolor": BLUE,
    "markerfacecoloralt": "white",
    "markeredgecolor": BLUE,
}
ANSWER_LOOKS = dict(
    zip(ANSWERS, (*ANSWER_MARKS[:2], _DISAGREE, ANSWER_MARKS[2], *NOT_ASKED_MARKS), strict=True),
)
UNNAMED_NOTE = "There are too many cases for their names; the values behind the figure name each."


def chosen_words(series: Series) -> str:
    """That the cases of a series are no sample; that this is not known of a table; or that they are no patients.

    Examples
    --------
    >>> from casetimeline.files import PROJECT_DATA
    >>> from casetimeline.series import read_series
    >>> chosen_words(read_series(PROJECT_DATA, "fu-2025"))
    'The case was selected: nothing is pooled, counted as a rate or tested.'
    """
    why = f"The {'case was' if len(series) == 1 else 'cases were'} selected"
    if series.table:
        why = "How the patients came into the table is not known"
    if series.is_simulated:
        why = "Simulated, no patient among them"
    return f"{why}: nothing is pooled, counted as a rate or tested."


def row_height(count: int, most: float, room: float = PAGE) -> float:
    """The height in millimetres of each of some rows that share a page: `most`, or as much as there is.

    Examples
    --------
    >>> row_height(8, 4.4), round(row_height(100, 4.4), 2), row_height(1000, 4.4)
    (4.4, 2.05, 0.62)
    """
    return max(min(most, room / max(count, 1)), _LOWEST)


def has_names(height: float) -> bool:
    """Whether a row of this height has room for its name."""
    return height >= _LEAST_NAMED


def mark_size(height: float) -> float:
    """The size in points of a mark in a row of a height in millimetres."""
    return min(4.5, 2.1 * height)


def scaled(look: dict, height: float) -> dict:
    """The look of a mark in a row of a height in millimetres: smaller where the row is low."""
    size = mark_size(height)
    edge = look.get("markeredgewidth", 0.7)
    return {**look, "markersize": min(look.get("markersize", 4.5), size), "markeredgewidth": edge * min(1.0, size / 3)}


def name_of(series: Series, case_id: str, site: str = "") -> str:
    """The name of a row: the case, the letter of its paper where another case has the same, and the site."""
    paper = f" [{series.papers[case_id]}]" if case_id in series.papers else ""
    return f"{case_id}{paper}" + (f", {site}" if site else "")


def name_width(names: list[str], width_mm: float) -> float:
    """Width in millimetres for the names of the rows."""
    longest = max((text_width(legible(name), SMALL) for name in names), default=0.0)
    return min(max(longest, 12.0), 0.24 * width_mm) + 1.0


def figure_of(series: Series, title: str, width_mm: float, height_mm: float, who: list[str]) -> Figure:
    """An empty figure of a series, with the words above it that say what it is of."""
    whose = f"series of {series.size}"
    figure = new_figure(series.name, title, width_mm, height_mm, whose)
    add_text(figure, 2, 1.5, "\n".join(who), fontsize=7, gid=WHO)
    return figure


def who_lines(words: str, width_mm: float) -> list[str]:
    """The words above a figure, wrapped."""
    return wrap(words, width_mm - 4, 7)


def who_height(lines: list[str]) -> float:
    """The height in millimetres that the words above a figure take."""
    return 1.5 + text_height(len(lines), 7) + 2.0


def draw_name(ax, lines: list[str], left: float, middle: float) -> None:
    """Write the name of a row before it, into axes whose unit is a millimetre."""
    words = "\n".join(lines)
    ax.text(left, middle, words, fontsize=SMALL, va="center", linespacing=LINE, color=INK, clip_on=False)


def draw_mark(ax, at: tuple[float, float], look: dict, gid: str, words: str) -> None:
    """Draw one mark with the words that belong to it."""
    ax.add_line(Line2D([at[0]], [at[1]], linestyle="none", gid=gid, zorder=4, clip_on=False, **look))
    ax.text(*at, words, gid=f"{gid}.said", visible=False)


def answer_entries(shown: set[str]) -> list[Entry]:
    """Entries of the key for the answers that a figure shows."""
    return [Entry(answer, "mark", ANSWER_LOOKS[answer]) for answer in ANSWERS if answer in shown]


def question_note(questions: list[str]) -> str:
    """What the numbered columns of answers stand for; blank without one."""
    asked = "; ".join(f"{place} {question}" for place, question in enumerate(questions, 1))
    return f"Numbered columns: what the cited rules answer for the best value. {asked}" if asked else ""


def paper_note(series: Series) -> str:
    """Which cases are of one paper; blank where none are."""
    letters = sorted(set(series.papers.values()))
    return f"Cases with the same letter in brackets ({', '.join(letters)}) are from one paper." if letters else ""
