"""What was recorded once and what the authors state, in words: one row of the table for each moment."""

import math
import re
from typing import NamedTuple

from matplotlib.figure import Figure

from ...case import Case, without_day
from ...prose import above_scale, capital, label_in_sentence, moment_words, printed_words, state_of_test, value_words
from ...vocabulary import UNIT_UNKNOWN
from ..axes.axis import TimeAxis
from ..axes.time_words import when_of
from ..drawn import list_rows, tag
from ..style import SMALL, add_text, legible, minus, printed, text_height, text_width, wrap
from .rows import UNTIMED, Panel
from .treatments import dosing

_BETWEEN = "; "
_MANY = 6  # the most findings of one moment that a brief legend tells


class Told(NamedTuple):
    """A table of words before it is drawn: each piece with its place in millimetres, and the height of all.

    A piece is a line, or a part of one: `whole` has what each finding says, by the gid of its first piece.
    """

    pieces: list[tuple[float, float, str, str, str]]
    height: float
    whole: dict[str, str]


def told_words(row) -> str:
    """A finding in words: its name, its value or state, its site and its own time; or what the authors state.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> told_words(Row(kind="observation", PARAM="Rash", AVALC="present", value="", AVALU="", note="", LOC="trunk",
    ...                UNIT="", OWN_TIME="day 16"))
    'rash present, trunk, day 16'
    >>> told_words(Row(kind="statement", PARAM="Functional status improved", OWN_TIME=""))
    'stated: functional status improved'
    """
    if row.kind == "statement":
        return ", ".join(filter(None, [f"stated: {label_in_sentence(row.PARAM)}", row.OWN_TIME]))
    name = label_in_sentence(row.PARAM)
    unit = row.UNIT if row.AVALU == UNIT_UNKNOWN else row.AVALU or ""
    value = re.sub(r"(?<=\d) to (?=\d)", "\N{EN DASH}", value_words(row, unit)) if row.value else row.AVALC
    value = state_of_test(value, row.PARAM)
    printed = "" if printed_words(row) == f"'{value}'" else printed_words(row)
    return ", ".join(filter(None, [f"{name} {value}", printed, row.LOC, row.OWN_TIME]))


def lay_told(rows: list, axis: TimeAxis, left: float, width: float) -> Told:
    """Flow the findings of each moment over the width of a figure, in millimetres, after the name of the moment."""
    moments = _moments(rows, axis)
    edge, indent, line = 2.0, 2.0 if left < 30 else left, text_height(1, SMALL)
    pieces: list[tuple[float, float, str, str, str]] = []
    y, whole = 0.0, {}
    if rows:
        pieces.append((edge, y, "Also recorded", "bold", ""))
        y += line + 0.3
    for name, members in moments.items():
        head = wrap(name, indent - edge - 1.5 if indent > edge else width - 2 * edge, SMALL)
        for i, words in enumerate(head):
            pieces.append((edge, y + i * line, words, "normal", "head"))
        if indent > edge:
            x, deep = indent, y
        else:
            x, deep = edge + text_width(head[-1], SMALL) + 2.0, y + (len(head) - 1) * line
            pieces[-1] = (*pieces[-1][:2], f"{pieces[-1][2]}:", "normal", "head")
        for row in members:
            gid = tag("written", row.code, row.line)
            # Quotation marks are set before a text is parted into lines.
            whole[gid] = printed(minus(legible(told_words(row))))
            words = whole[gid] + ("." if row is members[-1] else ";")
            if x > indent and x + text_width(words, SMALL) > width - edge:
                x, deep = indent, deep + line
            for i, part in enumerate(wrap(words, width - edge - indent, SMALL) if x == indent else [words]):
                deep += line if i else 0.0
                pieces.append((indent if i else x, deep, part, "normal", "" if i else gid))
                last = part
            x = (x if x != indent else indent) + text_width(last, SMALL) + 1.2
        y = max(deep, y + (len(head) - 1) * line) + line + 0.4
    return Told(pieces, y, whole)


def _moments(rows: list, axis: TimeAxis) -> dict[str, list]:
    """The rows of each moment, by its name; last those of a statement without a time, on an axis of days."""
    moments: dict[str, list] = {}
    for row in sorted(rows, key=lambda row: (math.isnan(row.X), row.X, row.line)):
        name = when_of(row, axis) or UNTIMED if axis.is_days else f"{row.ORDER} {axis.names.get(row.ORDER, '')}".strip()
        moments.setdefault(name, []).append(row)
    return moments


def told_note(rows: list, axis: TimeAxis) -> str:
    """The table as a sentence for each moment, for the legend of a figure that has no room for it."""
    word = "" if axis.is_days else f"{axis.positions.removesuffix('s').lower()} "
    moments = {_in_legend(name, word): members for name, members in _moments(rows, axis).items()}
    sentences = [f"{name}: {_BETWEEN.join(map(told_words, members))}." for name, members in moments.items()]
    # A moment may have its name of what is stated there.
    sentences = [sentence.replace(" stated: stated: ", " stated: ") for sentence in sentences]
    return " ".join(["Also recorded:", *sentences[:1], *map(capital, sentences[1:])]) if rows else ""


def _in_legend(name: str, word: str) -> str:
    """The name of a moment in a sentence: `phase 3, after five cycles`."""
    number, _, rest = name.partition(" ")
    return ", ".join(filter(None, [f"{word}{number}", label_in_sentence(rest)])) if word else name


def told_briefly(rows: list, axis: TimeAxis) -> str:
    """The findings for a legend with little room, where another figure has all: of moments with few, and no statements.

    A measure that has several values is named in the legend already.
    """
    often = {row.code for row in rows if sum(other.code == row.code for other in rows) > 1}
    findings = [row for row in rows if row.kind == "observation" and row.code not in often]
    moments = _moments(findings, axis).values()
    return told_note([row for members in moments if len(members) <= _MANY for row in members], axis)


def whose_time(axis: TimeAxis, rows: list) -> str:
    """To which facts the times belong that stand on an axis and beside its rows; blank where only one kind is there."""
    if not axis.times or not any(row.OWN_TIME and row.start for row in rows):
        return ""
    position = axis.positions.removesuffix("s").lower()
    return f"A time beside a {position} holds for all its facts; a time that only some share stands beside these."


def draw_told(figure: Figure, table: Told, top: float) -> None:
    """Draw the table, from a distance of the upper edge of the figure in millimetres."""
    for x, y, words, weight, gid in table.pieces:
        color = "#444444" if gid == "head" else "#222222"
        add_text(
            figure,
            x,
            top + y,
            words,
            fontsize=SMALL,
            fontweight=weight,
            color=color,
            gid=gid if gid in table.whole else None,
        )
    for gid, words in table.whole.items():
        figure.text(0, 0, words, gid=f"{gid}.said", visible=False)


def keep_undrawn(figure: Figure, case: Case, axis: TimeAxis, away: list[tuple]) -> None:
    """Keep with a figure, as hidden texts, what is told elsewhere, and in words what has no place on its axis.

    The note of the axis names these for who sees the figure.
    """
    list_rows(figure, away)
    rows = without_day(case.facts) if axis.is_days else case.facts[:0]
    for row in rows.itertuples():
        how = dosing(row) if row.kind == "treatment" else row.grade and f"grade {row.grade}"
        where = moment_words(row, case.about.get("phases", {}))
        words = ", ".join(filter(None, [row.PARAM, how, where, "" if row.start else UNTIMED]))
        figure.text(0, 0, words, gid=f"{tag('written', row.code, row.line)}.said", visible=False)


def read_as(panels: list[Panel]) -> list[str]:
    """A sentence for each printed word that the scale does not have: as which grade it is read and drawn."""
    drawn = [(panel, row) for panel in panels if panel.scale == "grade" for row in panel.drawn]
    read = {
        (panel.measure["label"], row.value, int(row.AVALCALO), panel.measure["grades"])
        for panel, row in drawn
        if row.value and row.AVALCALO == row.AVALCAHI and row.value not in panel.measure["grades"]
    }
    notes = []
    for label, word, place, grades in sorted(read):
        printed = f"\N{LEFT SINGLE QUOTATION MARK}{word}\N{RIGHT SINGLE QUOTATION MARK}"
        above = above_scale(word, grades)
        notes.append(f"{label}: {above}." if above else f"{label} printed as {printed} is drawn as {grades[place]}.")
    return notes
