"""The claims of the source beside the recorded rows: one row a claim, one column a result."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..timeline import Case
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .key import draw_footer, lay_footer
from .rows import draw_row, lay_row, table_axes
from .style import (
    BLUE,
    GREY,
    INK,
    LINE,
    ORANGE,
    SMALL,
    add_axes,
    add_text,
    house_style,
    letters_note,
    new_figure,
    text_height,
    text_width,
    wrap,
)
from .values import tag

# Each result has its own column, outline and filling beside its colour.
_LOOKS = {
    SUPPORTED: {"marker": "o", "markerfacecolor": BLUE, "markeredgecolor": BLUE},
    CONTRADICTED: {"marker": "X", "markerfacecolor": ORANGE, "markeredgecolor": INK},
    NOT_CHECKABLE: {"marker": "D", "markerfacecolor": "white", "markeredgecolor": GREY},
}
_HEADS = {SUPPORTED: "supported", CONTRADICTED: "contradicted", NOT_CHECKABLE: "not checkable"}
_TEXT = 0.34  # share of the width for the words of the source


def draw_claims(case: Case, claims: pd.DataFrame, width_mm: float = 180) -> Figure:
    """Draw the result of each claim.

    Parameters
    ----------
    case : Case
        From `read_case`.
    claims : DataFrame
        From `evaluate_claims`.
    width_mm : float
        Printed width.

    Returns
    -------
    Figure
    """
    with house_style():
        column = max(0.1 * width_mm, max(text_width(word, SMALL, "bold") for word in ["contradicted", "checkable"]) + 1)
        said = width_mm * _TEXT
        right = said + 3 * column + 3
        widths = [said - 4, width_mm - right - 2]
        rows = [
            lay_row([f"{row.CLAIM}  {row.SAYS}", f"{row.WHY}{f' (line {row.LINES})' if row.LINES else ''}"], widths)
            for row in claims.itertuples()
        ]
        notes = [] if len(claims) else ["No claim of the source is listed in case.yaml."]
        notes.append("Supported: the recorded rows agree with the words; both may come from the same text.")
        notes.append(letters_note(*claims["SAYS"], *claims["WHY"]))
        footer = lay_footer([], notes, width_mm - 4)
        head, body = text_height(2, SMALL) + 2.5, max(sum(row.height for row in rows), 1.0)
        figure = new_figure(case.case_id, "Claims of the source", width_mm, head + body + 3 + footer.height)
        ax = add_axes(figure, 0, head, width_mm, body, label="claims")
        table_axes(ax, width_mm, body)
        places = {result: said + (i + 0.5) * column for i, result in enumerate(_LOOKS)}
        add_text(figure, 2, 1.5, "The source says", fontsize=SMALL, fontweight="bold")
        add_text(figure, right, 1.5, "Because", fontsize=SMALL, fontweight="bold")
        for result, x in places.items():
            words = "\n".join(wrap(_HEADS[result], column, SMALL))
            figure.text(
                *(x / width_mm, 1 - 1.5 / (figure.get_figheight() * 25.4), words),
                **{"ha": "center", "va": "top", "fontsize": SMALL, "fontweight": "bold", "linespacing": LINE},
            )
        top = 0.0
        for claim, row in zip(claims.itertuples(), rows, strict=True):
            middle = draw_row(ax, row, [2, right], top, width_mm - 2)
            _draw_result(ax, claim, places[claim.RESULT], middle)
            top += row.height
        draw_footer(figure, footer, 2, head + body + 2)
        return figure


def _draw_result(ax, claim, x: float, y: float) -> None:
    gid = tag("claim", claim.TEST, claim.CLAIM)
    ax.add_line(Line2D([x], [y], linestyle="none", markersize=5, gid=gid, **_LOOKS[claim.RESULT]))
    said = f"claim {claim.CLAIM}, {claim.SAYS}: {claim.RESULT}, {claim.WHY}"
    ax.text(x, y, said, gid=f"{gid}.said", visible=False)
