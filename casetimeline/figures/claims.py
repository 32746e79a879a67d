"""The claims of the source beside the recorded rows: one row a claim, one column a result."""

import math
from typing import NamedTuple

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..rules import Analysis, analyse
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .blocks import (
    Entry,
    Footer,
    TextRow,
    draw_footer,
    draw_row,
    lay_footer,
    lay_row,
    pages_of,
    table_axes,
    titles_of,
)
from .drawn import tag
from .files.publish import new_figure
from .style import (
    ANSWER_MARKS,
    LINE,
    SMALL,
    add_axes,
    add_text,
    figure_style,
    letters_note,
    millimetres,
    text_height,
    text_width,
    with_letters,
    wrap,
)

# Results differ in column, outline and filling, and not in colour alone.
_LOOKS = dict(zip((SUPPORTED, CONTRADICTED, NOT_CHECKABLE), ANSWER_MARKS, strict=True))
_HEADS = {SUPPORTED: "supported", CONTRADICTED: "contradicted", NOT_CHECKABLE: "cannot be checked"}
_TEXT = 0.34  # share of the width for the words of the source


def draw_claims(analysis: Analysis, width_mm: float = 180) -> Figure:
    """Draw the claims of the source, one row a claim: its words, its result as a mark, and the reason for the result.

    Both parameters are those of every figure: see `casetimeline.figures`.
    """
    return claims_in_parts(analysis, width_mm)[0]


def claims_in_parts(analysis: Analysis, width_mm: float, most_mm: float = math.inf) -> list[Figure]:
    """The figure of `draw_claims` in parts that are at most so high without their notes, in millimetres."""
    analysis = analyse(analysis)
    claims = analysis.claims
    with figure_style(width_mm):
        # If three columns with their heads do not fit, the results share one column, and a key names the marks.
        column = text_width("contradicted", SMALL, "bold") + 2
        apart = 3 * column <= 0.3 * width_mm
        source, results = width_mm * _TEXT, 3 * column if apart else 9.0
        right = source + results + 3
        widths = [source - 4, width_mm - right - 2]
        rows = [lay_row([f"{row.CLAIM}  ‘{row.SAYS}’", row.WHY], widths) for row in claims.itertuples()]
        notes = [] if len(claims) else ["No claim of the source is listed in case.yaml."]
        notes.append("Supported: the recorded rows agree with the words; both may come from the same text.")
        notes.append(letters_note(*claims["SAYS"], *claims["WHY"]))
        shown = set(claims["RESULT"])
        key = [Entry(_HEADS[result], "mark", look) for result, look in _LOOKS.items() if result in shown]
        footer = lay_footer([] if apart else key, notes, width_mm - 4)
        head = text_height(2, SMALL) + 2.5
        pages = pages_of([row.height for row in rows], most_mm - head - 4.5 - footer.key_height)
        middles = [source + (i + 0.5) * column for i in range(3)] if apart else [source + results / 2] * 3
        grid = ClaimsGrid(head, right, width_mm, dict(zip(_LOOKS, middles, strict=True)), column if apart else 0.0)
        return [
            _draw(analysis.case.case_id, title, claims.iloc[page], rows[page], grid, footer)
            for title, page in zip(titles_of("Claims of the source", len(pages)), pages, strict=True)
        ]


class ClaimsGrid(NamedTuple):
    """Where things stand in the table; lengths in millimetres.

    Attributes
    ----------
    head : float
        The height of the heads.
    right : float
        Where the reasons begin.
    width : float
        The width of the figure.
    middles : dict
        Where the mark of each result stands.
    column : float
        The width of a column of one result; 0 where the results share one.
    """

    head: float
    right: float
    width: float
    middles: dict[str, float]
    column: float


def _draw(
    case_id: str, title: str, claims: pd.DataFrame, rows: list[TextRow], grid: ClaimsGrid, footer: Footer
) -> Figure:
    """Some claims as a figure."""
    head, right, width_mm, middles, column = grid
    body = max(sum(row.height for row in rows), 1.0)
    figure = new_figure(case_id, title, width_mm, head + body + 3 + footer.height)
    ax = add_axes(figure, 0, head, width_mm, body, label="claims")
    table_axes(ax, width_mm, body)
    add_text(figure, 2, 1.5, "The source says", fontsize=SMALL, fontweight="bold")
    add_text(figure, right, 1.5, "Because", fontsize=SMALL, fontweight="bold")
    if column:
        _draw_heads(figure, middles, column)
    top = 0.0
    for claim, row in zip(claims.itertuples(), rows, strict=True):
        middle = draw_row(ax, row, [2, right], top, width_mm - 2)
        _draw_result(ax, claim, middles[claim.RESULT], middle)
        top += row.height
    draw_footer(figure, footer, 2, head + body + 2)
    return with_letters(figure)


def _draw_heads(figure: Figure, places: dict[str, float], column: float) -> None:
    """The name of each result above the middle of its column; places and width in millimetres."""
    for result, x in places.items():
        figure.text(
            x,
            1.5,
            "\n".join(wrap(_HEADS[result], column, SMALL)),
            ha="center",
            va="top",
            fontsize=SMALL,
            fontweight="bold",
            linespacing=LINE,
            transform=millimetres(figure, 0, 0),
        )


def _draw_result(ax, claim, x: float, y: float) -> None:
    gid = tag("claim", claim.TEST, claim.CLAIM)
    ax.add_line(Line2D([x], [y], linestyle="none", markersize=5, gid=gid, **_LOOKS[claim.RESULT]))
    words = f"claim {claim.CLAIM}, ‘{claim.SAYS}’: {claim.RESULT}, {claim.WHY}"
    ax.text(x, y, words, gid=f"{gid}.said", visible=False)
