"""The values behind a figure, read back from what was drawn, and the words that describe it."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from ..prose import Table, capital, joined, typeset
from ..values import number

_PREFIX = "ct."
_LISTED = "listed"
# The gid of the notes under a figure.
NOTES = f"{_PREFIX}notes"
# The gid of the words above a figure that say whom it is about.
WHO = f"{_PREFIX}who"
# The gid of the names of the positions under the axis.
PHASES = f"{_PREFIX}phases"
_WRITTEN = "written"
_SAID = ".said"  # the end of the gid of a hidden text: what its element says
# A hidden text of a graph: how many of its values have no number beside their marks.
UNWRITTEN = "unwritten"
# And how many have one without their change.
SHORTENED = "shortened"
_UNIT = f"{_PREFIX}unit"
_BASELINE = ", the baseline"  # the end of what is said of the baseline record
# Elements that no description mentions: they guide the eye, or repeat what a mark says.
_NOT_DESCRIBED = (
    "whisker",
    "join",
    "tail",
    "entry",
    "through",
    "lasting",
    "prednisone_to",
    "cut",
)
# What is recorded of the case: values and states, courses of treatments, what happened, and where a course was not
# read any further.
_RECORDS = (
    "value",
    "present",
    "absent",
    "recurred",
    "residual",
    "normal",
    "raised",
    "low",
    "increased",
    "decreased",
    "unchanged",
    "improved",
    "worsened",
    "unknown",
    "not_assessed",
    "not_reported",
    "bar",
    "prednisone",
    "procedure",
    "event",
    "adverse_event",
    "unread",
)
# Of a list of these none is like another.
_HAPPENED = ("procedure", "event", "adverse_event")
# Elements that show the case itself, and what it is set against. An alternative text mentions these alone; `describe`
# adds limits and grounds.
_OF_THE_CASE = (
    *_RECORDS,
    "claim",
    "verdict",
    "change",
    "case",
    "told",
    "worded",
    "untold",
    "partly",
    "dose_stated",
    "dose_possible",
    "dose_assumed",
    "dose_otherwise",
    "dose_dated",
    "daily",
    "silent",
    "written",
    "bounds",
    "several",
    "no_change",
    "course",
    "band",
    "important",
    "arm_baseline",
    "arm_change",
)
# An alternative text sums up a panel that has more clauses than the first of these; where it would be longer than so
# many letters, one that has more than the second or the third.
_MOST_CLAUSES, _LONGEST = (20, 8, 5), 1500


def tag(element: str, measure: str, line: int | str) -> str:
    """The gid of a drawn element: what it is, its measure, and its line of the timeline; it is a valid name in XML.

    Examples
    --------
    >>> tag("value", "mrss", 2), tag("important", "mrss", "MCID, dcSSc (5 points)")
    ('ct.value.mrss.2', 'ct.important.mrss.MCID-dcSSc-5-points')
    """
    words = (re.sub(r"[^\w.-]+", "-", str(part)).strip("-") for part in (element, measure, line))
    return _PREFIX + ".".join(words)


def drawn_values(figure: Figure) -> pd.DataFrame:
    """Every mark, bar, band, level, limit and whisker of a figure, with the coordinates at which it was drawn.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.

    Returns
    -------
    DataFrame
        One row an element, in the order of drawing: panel, element, of (the measure), line (of timeline.csv, or a
        name), x, x_to, y, y_to, and said (the words that belong to it). Each mark has a row, also if one artist drew
        several. Last come the rows of the timeline that the figure lists and does not draw: their element is `listed`,
        they have no coordinates, and said gives the reason. In a figure over time x is in days from time zero,
        whatever the unit of its axis; y is in the unit that stands at its axis.
    """
    if not isinstance(figure, Figure):
        raise TypeError(f"expected a figure of one of the draw functions; found {type(figure).__name__}")
    rows = []
    for ax in figure.axes:
        texts = {text.get_gid(): text.get_text().replace("\n", ", ") for text in ax.texts if text.get_gid()}
        factor = unit_of(ax)
        for artist in ax.get_children():
            gid = artist.get_gid() or ""
            if gid.startswith(_PREFIX) and isinstance(artist, Line2D | Rectangle):
                element, measure, line = _parts(gid)
                words = texts.get(f"{gid}.said", "")
                for *places, low, high in _extents(artist):
                    rows.append([ax.get_label(), element, measure, line, *places, low / factor, high / factor, words])
    nan = float("nan")
    for text in figure.texts:
        gid = text.get_gid() or ""
        if gid.startswith(f"{_PREFIX}{_LISTED}.") or (gid.startswith(f"{_PREFIX}{_WRITTEN}.") and gid.endswith(_SAID)):
            rows.append(["", *_parts(gid.removesuffix(_SAID)), nan, nan, nan, nan, text.get_text()])
    values = pd.DataFrame(rows, columns=["panel", "element", "of", "line", "x", "x_to", "y", "y_to", "said"])
    # What keeps a line together in a drawing is a plain blank where it is read aloud or searched.
    return values.assign(said=[words.replace("\N{NO-BREAK SPACE}", " ") for words in values["said"]])


def _parts(gid: str) -> tuple[str, str, str]:
    element, _, rest = gid[len(_PREFIX) :].partition(".")
    measure, _, line = rest.rpartition(".")
    return element, measure, line


def keep_unit(ax, factor: float) -> None:
    """Keep with axes how much of the unit in which they are drawn the unit is that stands beside them."""
    ax.text(0, 0, repr(factor), gid=_UNIT, visible=False)


def unit_of(ax) -> float:
    """How much of the unit in which axes are drawn the unit is that stands beside them."""
    return next((float(text.get_text()) for text in ax.texts if text.get_gid() == _UNIT), 1.0)


def why_blank(values: pd.DataFrame, title: str, words: str) -> str:
    """Why a figure shows nothing of its case, in a sentence; blank if it shows something.

    Parameters
    ----------
    values : DataFrame
        From `drawn_values`, or read back from the file that was published with the figure.
    title, words : str
        The title of the figure, and its `legend`.

    Examples
    --------
    >>> values = pd.DataFrame({"panel": ["claims"], "element": ["key"], "said": [""]})
    >>> why_blank(values, "Claims, case a", "Claims, case a. No claim is listed. Supported: they agree.")
    'No claim is listed.'
    >>> why_blank(values.assign(element="claim"), "Claims, case a", "Claims, case a."), why_blank(
    ...     values.assign(element="silent", said="not mentioned"), "CK, case a", "CK, case a.")
    ('', 'claims: not mentioned.')
    """
    silent = values[values["element"] == "silent"]
    if len(silent):
        return f"{': '.join(filter(None, silent[['panel', 'said']].iloc[0]))}."
    if values["element"].isin([_LISTED, "key"]).all():
        return f"{words.removeprefix(f'{title}. ').partition('. ')[0].rstrip('.')}."
    return ""


def list_rows(figure: Figure, left_out: list[tuple]) -> None:
    """Keep with a figure, as hidden texts, the rows that it does not draw, each with the reason."""
    for row, reason in left_out:
        figure.text(0, 0, reason, gid=tag(_LISTED, row.code, row.line), visible=False)


def listed_note(left_out: list[tuple], name_of: Callable[[object], str] = lambda row: "") -> str:
    """What is not drawn and why, with its lines; blank where every row is.

    Where the reason does not say what it is of, `name_of` gives the name of a row.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> listed_note([(Row(line=5), "events"), (Row(line=9), "events")])
    'Not drawn: events (lines 5, 9).'
    >>> untold = [(Row(line=line, PARAM=name), "schedule not reported") for line, name in ((2, "A"), (3, "B"))]
    >>> listed_note(untold, lambda row: f"drug {row.PARAM}")
    'Not drawn: drug A and drug B, schedule not reported (lines 2, 3).'
    """
    groups: dict[str, list] = {}
    for row, reason in left_out:
        groups.setdefault(reason, []).append(row)
    clauses = []
    for reason, rows in groups.items():
        names = joined([*dict.fromkeys(map(name_of, rows))])
        lines = f"({'lines' if len(rows) > 1 else 'line'} {', '.join(str(row.line) for row in rows)})"
        clauses.append(f"{', '.join(filter(None, [names, reason]))} {lines}")
    return f"Not drawn: {'; '.join(clauses)}." if clauses else ""


def summarise_drawn(figure: Figure) -> Table:
    """`drawn_values` as a table for a reader."""
    frame = drawn_values(figure)
    names = ("x", "x_to", "y", "y_to")
    coordinates = {name: [number(v, 4) if pd.notna(v) else "" for v in frame[name]] for name in names}
    return Table(frame.assign(**coordinates), "Values behind the figure, read back from what was drawn")


def _coordinate(value: float) -> float:
    """A coordinate without its last bits: heights of text end in 5 so often that these would decide what is printed.

    Examples
    --------
    >>> _coordinate(0.1 + 0.2), _coordinate(12.20634)
    (0.3, 12.20634)
    """
    return round(float(value), 9)


def _extents(artist: Line2D | Rectangle) -> list[list[float]]:
    if isinstance(artist, Rectangle):
        (x, y), width, height = artist.get_xy(), artist.get_width(), artist.get_height()
        return [[*map(_coordinate, (x, x + width, y, y + height))]]
    places = zip(artist.get_xdata(), artist.get_ydata(), strict=True)
    points = [(_coordinate(x), _coordinate(y)) for x, y in places]
    if artist.get_linestyle() == "None":
        return [[x, x, y, y] for x, y in points]
    (x, y), (x_to, y_to) = points[0], points[-1]
    return [[x, x_to, y, y_to]]


def _clauses(figure: Figure, elements: tuple[str, ...] = ()) -> dict[str, list[str]]:
    """The words of the elements of each panel (all elements, or those named), in the order of drawing, none twice.

    Among themselves the records of a panel, and its treatments, are in the order in which they stand on the axis; those
    of a grid, which has a row of times, are read by columns as they are drawn.
    """
    drawn = drawn_values(figure)
    grids = {*drawn.loc[drawn["of"] == "time", "panel"]}
    wanted = drawn["element"].isin(elements) if elements else ~drawn["element"].isin((*_NOT_DESCRIBED, _LISTED))
    drawn = drawn[wanted & drawn["said"].ne("")]
    panels = dict(list(drawn.groupby("panel", sort=False)))
    return {
        name: [*dict.fromkeys(_unnamed(name, rows if name in grids else _in_order(rows)))]
        for name, rows in panels.items()
    }


def _unnamed(panel: str, rows: pd.DataFrame) -> pd.Series:
    """What the elements of a panel say, without the name that stands before all of them."""
    return rows["said"].str.removeprefix(f"{panel}, ")


def _in_order(rows: pd.DataFrame) -> pd.DataFrame:
    """The elements of a panel; those that are records or courses are sorted by their places, and the others stay."""
    records = rows["element"].isin(_RECORDS).to_numpy()
    order = np.arange(len(rows))
    order[records] = order[records][np.argsort(rows["x"].to_numpy(float)[records], kind="stable")]
    return rows.iloc[order]


def unwritten_words(figure: Figure) -> str:
    """Which values have no number beside their marks, or no change beside that; blank where all have both."""
    texts = [(text.get_gid() or "", text.get_text()) for ax in figure.axes for text in ax.texts]
    missing = (("a number beside the mark", UNWRITTEN), ("the change beside the number", SHORTENED))
    graphs = {what: [words for gid, words in texts if gid.startswith(f"{_PREFIX}{tag}.")] for what, tag in missing}
    return " ".join(f"Without room for {what}: {joined(each)}." for what, each in graphs.items() if each)


def _notes(figure: Figure, which: str) -> list[str]:
    """The texts with a gid, and those that continue it, in order; without a full stop at their end."""
    texts = [text for text in figure.texts if text.get_gid() in (which, f"{which}.more")]
    return [text.get_text().replace("\n", " ") for text in texts]


def describe(figure: Figure) -> str:
    """A long description of a figure in words, from its drawn values.

    Returns
    -------
    str
        The title, then one clause for each mark and bar in the order of drawing, then the notes under the figure.
    """
    parts = _clauses(figure).items()
    clauses = [f"{panel}: {'; '.join(words)}." if panel else f"{capital('; '.join(words))}." for panel, words in parts]
    who = [f"{words.removesuffix('.')}." for words in _notes(figure, WHO)]
    words = [f"{figure.get_label()}.", *who, *clauses, *_notes(figure, PHASES), *_notes(figure, NOTES)]
    return " ".join(words).replace("\N{NO-BREAK SPACE}", " ")


def alt_text(figure: Figure) -> str:
    """A short alternative text of a figure, from its drawn values: the title, and what each panel shows.

    Returns
    -------
    str
        What is drawn of the case, in the order of drawing; a panel with more than twenty clauses is summed up, and in
        a long text one with more than eight, or five, but for what happened, which all stands. `describe` gives all of
        them, with limits and notes.
    """
    clauses_by_panel, turns, drawn = _clauses(figure, _OF_THE_CASE), _turns(figure), drawn_values(figure)
    happened = {*drawn.loc[drawn["element"].isin(_HAPPENED), "panel"]}
    # All panels have one axis.
    cuts = [f"{capital(words)}." for words in dict.fromkeys(drawn.loc[drawn["element"].eq("cut"), "said"])]
    who = [f"{words.removesuffix('.')}." for words in _notes(figure, WHO)]
    for most in _MOST_CLAUSES:
        sentences = [
            _sentence(panel, clauses, len(clauses) if panel in happened else most, turns.get(panel, set()))
            for panel, clauses in clauses_by_panel.items()
        ]
        parts = [f"{figure.get_label()}.", *who, *cuts, *sentences]
        words = typeset(" ".join(parts).replace("\N{NO-BREAK SPACE}", " "))
        if len(words) <= _LONGEST:
            break
    return words


def _turns(figure: Figure) -> dict[str, set[str]]:
    """The words of the lowest and the highest value of each panel, and of where its course turned after these."""
    drawn = drawn_values(figure)
    values = drawn[drawn["element"].eq("value") & drawn["said"].ne("")].reset_index(drop=True)
    return {panel: {*_unnamed(panel, values.loc[_turning(rows)])} for panel, rows in values.groupby("panel")}


def _turning(rows: pd.DataFrame) -> list[int]:
    """The lowest and the highest value, the highest after the lowest, and the lowest after the highest.

    Examples
    --------
    >>> _turning(pd.DataFrame({"x": [0, 1, 2, 3], "y": [5.0, 0.3, 3.2, 0.7]}))
    [1, 0, 2, 1]
    """
    lowest, highest = rows["y"].idxmin(), rows["y"].idxmax()
    later = {end: rows[rows["x"].gt(rows.loc[end, "x"])]["y"] for end in (lowest, highest)}
    turned = [later[lowest].idxmax()] if len(later[lowest]) else []
    return [lowest, highest, *turned, *([later[highest].idxmin()] if len(later[highest]) else [])]


def _sentence(panel: str, clauses: list[str], most: int, turns: set[str]) -> str:
    """What a panel shows; where it has more than so many clauses, some: the baseline, the turns, the first, the last.

    Examples
    --------
    >>> days = [f"{46 - day} points, day {day}" for day in range(9)]
    >>> days[4] += ", the baseline"
    >>> _sentence("Skin", days, 5, {days[8]})
    'Skin: 46 points, day 0; 45 points, day 1; 42 points, day 4, the baseline; and 5 more; the last 38 points, day 8.'
    >>> _sentence("Skin", days, 5, {days[0], days[6]})
    'Skin: 46 points, day 0; 42 points, day 4, the baseline; 40 points, day 6; and 5 more; the last 38 points, day 8.'
    >>> _sentence("", ["rash present, day 0", "fever absent"], 5, set())
    'Rash present, day 0; fever absent.'
    """
    words = "; ".join(clauses)
    if len(clauses) > most:
        based = [clause for clause in clauses[:-1] if clause.endswith(_BASELINE)][:1]
        wanted = {*based, *(clause for clause in clauses[:-1] if clause in turns)}
        firsts = [clause for clause in clauses[:-1] if clause not in wanted][: max(3 - len(wanted), 0)]
        kept = [clause for clause in clauses[:-1] if clause in {*firsts, *wanted}]
        words = f"{'; '.join(kept)}; and {len(clauses) - len(kept) - 1} more; the last {clauses[-1]}"
    return f"{panel}: {words}." if panel else f"{capital(words)}."


def legend(figure: Figure) -> str:
    """The legend under a figure in print: its title, whom it is about, and the notes on how to read it."""
    who = [f"{words.removesuffix('.')}." for words in _notes(figure, WHO)]
    return " ".join([f"{figure.get_label()}.", *who, notes_of(figure)]).rstrip()


def notes_of(figure: Figure) -> str:
    """The notes on how to read a figure."""
    return " ".join(_notes(figure, NOTES))
