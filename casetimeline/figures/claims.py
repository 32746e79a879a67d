"""The claims of the source beside the recorded rows: one row a claim, one column a result."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from ..timeline import Case
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .key import draw_footer, lay_footer
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
    minus,
    new_figure,
    text_height,
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
_TEXT, _COLUMN, _PAD = 0.34, 0.1, 2.2


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
        said, why = width_mm * _TEXT, width_mm * (1 - _TEXT - 3 * _COLUMN)
        texts = [wrap(f"{row.CLAIM}  {row.SAYS}", said - 4, SMALL) for row in claims.itertuples()]
        reasons = [
            wrap(minus(f"{row.WHY}{f' (line {row.LINES})' if row.LINES else ''}"), why - 5, SMALL)
            for row in claims.itertuples()
        ]
        heights = [
            text_height(max(len(text), len(reason)), SMALL) + _PAD for text, reason in zip(texts, reasons, strict=True)
        ]
        notes = [] if len(claims) else ["No claim of the source is listed in case.yaml."]
        notes.append("Supported: the recorded rows agree with the words; both may come from the same text.")
        footer = lay_footer([], notes, width_mm - 4)
        head, body = text_height(2, SMALL) + 2.5, max(sum(heights), 1.0)
        figure = new_figure(case.case_id, "Claims of the source", width_mm, head + body + 3 + footer.height)
        ax = add_axes(figure, 0, head, width_mm, body, label="claims")
        ax.set(xlim=(0, width_mm), ylim=(body, 0))
        ax.axis("off")
        places = {result: said + (i + 0.5) * width_mm * _COLUMN for i, result in enumerate(_LOOKS)}
        add_text(figure, 2, 1.5, "The source says", fontsize=SMALL, fontweight="bold")
        add_text(figure, said + 3 * width_mm * _COLUMN + 3, 1.5, "Because", fontsize=SMALL, fontweight="bold")
        for result, x in places.items():
            words = "\n".join(wrap(_HEADS[result], width_mm * _COLUMN, SMALL))
            figure.text(
                *(x / width_mm, 1 - 1.5 / (figure.get_figheight() * 25.4), words),
                **{"ha": "center", "va": "top", "fontsize": SMALL, "fontweight": "bold", "linespacing": LINE},
            )
        _draw_rows(ax, claims, texts, reasons, heights, places, said + 3 * width_mm * _COLUMN + 3)
        draw_footer(figure, footer, 2, head + body + 2, width_mm - 4)
        return figure


def _draw_rows(ax, claims: pd.DataFrame, texts, reasons, heights, places: dict[str, float], right: float) -> None:
    top, wide = 0.0, ax.get_xlim()[1]
    for row, text, reason, high in zip(claims.itertuples(), texts, reasons, heights, strict=True):
        middle, gid = top + high / 2, tag("claim", row.TEST, row.CLAIM)
        ax.add_line(Line2D([2, wide - 2], [top, top], color=GREY, linewidth=0.4))
        ax.text(2, middle, "\n".join(text), fontsize=SMALL, va="center", linespacing=LINE)
        ax.text(right, middle, "\n".join(reason), fontsize=SMALL, va="center", linespacing=LINE)
        ax.add_line(
            Line2D([places[row.RESULT]], [middle], linestyle="none", markersize=5, gid=gid, **_LOOKS[row.RESULT])
        )
        said = f"claim {row.CLAIM}, {row.SAYS}: {row.RESULT}, {row.WHY}"
        ax.text(places[row.RESULT], middle, said, gid=f"{gid}.said", visible=False)
        top += high
