"""The values behind a figure, read back from what was drawn."""

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..display import Table
from ..wording import number

_PREFIX = "ct."


def tag(element: str, measure: str, line: int | str) -> str:
    """The gid of a drawn element: what it is, of which measure, from which line of the timeline.

    Examples
    --------
    >>> tag("value", "mrss", 2)
    'ct.value.mrss.2'
    """
    words = (str(part).replace(" ", "-") for part in (element, measure, line))
    return _PREFIX + ".".join(words)


def drawn_values(figure: Figure) -> pd.DataFrame:
    """Every mark, bar, band, level and whisker of a figure, with the coordinates that it was drawn at.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.

    Returns
    -------
    DataFrame
        One row an element, in the order of drawing: panel, element, of (the measure), line (of timeline.csv, or a
        name), x, x_to, y, y_to, and said (the words beside it).
    """
    rows = []
    for ax in figure.axes:
        said = {text.get_gid(): text.get_text().replace("\n", ", ") for text in ax.texts if text.get_gid()}
        for artist in ax.get_children():
            gid = artist.get_gid() or ""
            if gid.startswith(_PREFIX) and isinstance(artist, Line2D | Rectangle):
                element, _, rest = gid[len(_PREFIX) :].partition(".")
                measure, _, line = rest.rpartition(".")
                rows.append([ax.get_label(), element, measure, line, *_extent(artist), said.get(f"{gid}.said", "")])
    return pd.DataFrame(rows, columns=["panel", "element", "of", "line", "x", "x_to", "y", "y_to", "said"])


def summarise_drawn(figure: Figure) -> Table:
    """`drawn_values` as a table for a reader."""
    frame = drawn_values(figure)
    coordinates = {name: [number(v, 4) for v in frame[name]] for name in ("x", "x_to", "y", "y_to")}
    return Table(frame.assign(**coordinates), "Values behind the figure, read back from what was drawn")


def _extent(artist: Line2D | Rectangle) -> list[float]:
    if isinstance(artist, Rectangle):
        (x, y), width, height = artist.get_xy(), artist.get_width(), artist.get_height()
        return [float(x), float(x + width), float(y), float(y + height)]
    x, y = artist.get_xdata(), artist.get_ydata()
    return [float(x[0]), float(x[-1]), float(y[0]), float(y[-1])]


def describe(figure: Figure) -> str:
    """A long description of a figure in words, from its drawn values.

    Returns
    -------
    str
        The title, then one clause for each mark and bar in the order of drawing, then the notes under the figure.
    """
    clauses = []
    for row in drawn_values(figure).itertuples():
        if row.element == "whisker":
            continue
        clauses.append(f"{row.panel}: {row.said}" if row.panel else row.said)
    notes = [text.get_text().replace("\n", " ") for text in figure.texts]
    return " ".join([f"{figure.get_label()}.", *(f"{clause}." for clause in clauses), *notes])
