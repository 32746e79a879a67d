"""How long what was given or done lasted: up to its reported end, to where it is told again, or nobody says."""

import math
import re

import pandas as pd

from ..derive import parse_frequency
from ..values import phase_of_end, timed_end
from ..vocabulary import STOPPED
from .axis import TimeAxis

HALF = 0.42  # half the width of a bar in the order of telling, in positions
_ENDS = ("stopped", "discontinued", "ceased", "withdrawn")
# An event with such a word names a treatment, and not that it went on.
_NEVER = {"planned", "free", "sparing", "no", "not", "without", "off", "allergy"}
# A glucocorticoid is told by this word as well, and by those that end with it.
_GROUP = "steroid"


def with_spans(rows: list, axis: TimeAxis, glucocorticoids: frozenset[str] = frozenset()) -> list:
    """Rows of `rows_on` with how long each lasted, and how that ended.

    - OPENS: where the bar of a treatment begins in the order of telling. What replaced another treatment of the same
      position begins in the middle of it, where that one ends.
    - XEND: where the reported end stands, of a treatment, procedure or event; nan where none is told, for what is
      ongoing, and for what was stopped at a time that is not told.
    - STOPS: whether its end is reported, and no further course of the treatment begins there.
    - HELD: up to where later rows tell that a treatment went on: its next course, an event or statement that names it,
      or words such as `on the drug`, by its name; nan where none does.
    - TAIL: up to where it may have gone on, which nobody says; nan where its end or its next course is told, where its
      doses are counted, and for what was given once or as a pulse.

    Parameters
    ----------
    rows : list
        Named tuples with X and these columns.
    axis : TimeAxis
        Of the figure.
    glucocorticoids : frozenset of str
        The codes of the treatments that an event such as `steroids_tapered` names.
    """
    given = [row for row in rows if row.kind == "treatment"]
    handed = {(row.line, other.line) for row in given for other in given if _hands_over(row, other)}
    return [
        row._replace(**_span(row, rows, axis, handed, row.code in glucocorticoids))
        if row.kind == "treatment"
        else row._replace(XEND=_end_on(row, rows, axis))
        for row in rows
    ]


def _span(row, rows: list, axis: TimeAxis, handed: set, is_steroid: bool) -> dict[str, float]:
    """OPENS, XEND, STOPS, HELD and TAIL of a treatment."""
    later = [other for other in rows if other.X > row.X]
    end = row.X if any(row.line == one for one, _ in handed) else _end_on(row, rows, axis)
    if math.isnan(end) and not row.end:
        stops = {f"{row.code}_{word}" for word in _ENDS}
        end = min((other.X for other in later if other.kind == "event" and other.code in stops), default=math.nan)
    opens = row.X if any(row.line == other for _, other in handed) else row.X - HALF
    again = [other for other in later if other.kind == "treatment" and other.code == row.code]
    stops = row.end == STOPPED or (not math.isnan(end) and all(end != other.X for other in again))
    span = {"OPENS": opens, "XEND": end, "STOPS": stops, "HELD": math.nan, "TAIL": math.nan}
    if not math.isnan(end) or row.end or math.isfinite(row.COUNTHI) or is_single(row) or is_pulse(row):
        return span
    half = 0.0 if axis.is_days else HALF
    if again:
        first = min(again, key=lambda other: other.X)
        return span | {"HELD": first.X - (0.0 if is_mark(first, axis) else half)}
    named = _names(row, is_steroid)
    held = max((other.X for other in later if _tells_of(other, row, named, is_steroid, axis)), default=math.nan)
    return span | {"HELD": held, "TAIL": axis.high}


def _end_on(row, rows: list, axis: TimeAxis) -> float:
    """XEND: the position of the phase by which it had ended, or in the order of telling that of the time of its end."""
    phase = phase_of_end(row.end)
    if not math.isnan(phase):
        phases = [(float(other.phase), other.X) for other in rows if not pd.isna(other.phase)]
        ended = [x for number, x in phases if number == phase]
        return min(ended) if ended else max((x for number, x in phases if number < phase), default=math.nan)
    if axis.is_days or not timed_end(row.end) or not (math.isfinite(row.AENLO) and math.isfinite(row.AENHI)):
        return math.nan
    middle = (row.AENLO + row.AENHI) / 2
    timed = [other for other in rows if math.isfinite(other.DAYLO) and math.isfinite(other.DAYHI) and other.X >= row.X]
    at = [other for other in timed if other.DAYLO <= row.AENHI and other.DAYHI >= row.AENLO]
    if at:
        return min(at, key=lambda other: (abs((other.DAYLO + other.DAYHI) / 2 - middle), other.X)).X
    # Between two positions: on the border behind the last one that is earlier.
    return max([row.X, *(other.X for other in timed if other.DAYHI < row.AENLO)]) + 0.5


def _hands_over(row, other) -> bool:
    """Whether another treatment of the same position took the place of one, which was stopped for it."""
    told = f"{row.note} {other.note}".lower()
    beside = row.end == STOPPED and row.ORDER == other.ORDER and row.line < other.line and row.code != other.code
    return beside and any(name.lower() in told for name in (row.PARAM, other.PARAM))


def _names(row, is_steroid: bool) -> str:
    """A pattern of the names of a treatment: its own, the short one that its quote has behind it, and of its group."""
    short = re.search(rf"{re.escape(row.PARAM)}\s*\(([^)\s]+)\)", row.quote, re.IGNORECASE)
    names = [re.escape(name.replace("-", "").lower()) for name in (row.PARAM, short[1] if short else "") if name]
    return "|".join([*names, rf"\w*{_GROUP}s?"] if is_steroid else names)


def _tells_of(other, row, named: str, is_steroid: bool, axis: TimeAxis) -> bool:
    """Whether a later row names a treatment as given: by its code, by its quote, or by the name of its position."""
    words = re.split("[_-]", other.code.lower())
    if other.kind in ("event", "statement") and not _NEVER & {*words}:
        own = re.split("[_-]", row.code.lower())
        if any(words[i : i + len(own)] == own for i in range(len(words))):
            return True
        if is_steroid and any(word.rstrip("s").endswith(_GROUP) for word in words):
            return True
    texts = f"{other.quote} | {axis.names.get(other.ORDER, '')}".replace("-", "").lower()
    return bool(re.search(rf"\b(?:on (?:\w+ ){{0,2}}|under (?:\w+ ){{0,4}})(?:{named})\b", texts))


def is_single(row) -> bool:
    """Whether a treatment was given once."""
    once = math.isinf(parse_frequency(row.frequency).interval) or (row.COUNTLO == row.COUNTHI == 1)
    return once and row.end in ("", row.start)


def is_pulse(row) -> bool:
    """Whether a treatment is a pulse: a few large doses, which end by what they are.

    Its code ends with `_pulse`, or its note has that word behind its name.
    """
    return row.code.endswith("_pulse") or f"{row.PARAM} pulse".lower() in row.note.lower()


def is_mark(row, axis: TimeAxis) -> bool:
    """Whether a treatment is a mark and no bar: what was given once, and a pulse of which no days are told."""
    told = axis.is_days and (timed_end(row.end) or math.isfinite(row.COUNTHI))
    return is_single(row) or (is_pulse(row) and not told)
