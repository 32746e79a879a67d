"""How long what was given or done lasted: up to its reported end, to where it is told again, or nobody says."""

import math
import re

import pandas as pd

from ...derive import parse_frequency
from ...prose import is_pulse, open_start
from ...values import phase_of_end, timed_end
from ...vocabulary import ENDED, STOPPED
from .axis import TimeAxis

HALF = 0.42  # half the width of a bar in the order of telling, in positions
_LESS = "deescalation"
_TAPER = re.compile(r"\b(?:taper|wean|reduc)\w*\b[^.]*\bfrom\b", re.IGNORECASE)
# What a note says of a treatment that was being given already, since an open time.
_SINCE = re.compile(r"(?:^|; )(?:since when|when it began) is not (?:said|told)\b")
# An event with such a word names a treatment, and not that it went on.
_NEVER = {"planned", "free", "sparing", "no", "not", "without", "off", "allergy", "resistant", "refractory"}
# Words of a source by which an earlier course had gone on: its dose was changed, or it was continued.
_CHANGED = r"(?:continu|taper|wean|reduc|lower|decreas|increas|escalat|uptitrat|titrat|maintain)\w*"
# Glucocorticoids by the name of their group, but not as what a disease resists.
_GROUP_NAME = r"(?:gluco|cortico){0,2}steroids?(?!-)"
# What is done with a glucocorticoid is told by this word as well, and by those that end with it.
_GROUP = "steroid"


def with_spans(rows: list, axis: TimeAxis, glucocorticoids: frozenset[str] = frozenset()) -> list:
    """Rows of `rows_on` with how long each lasted, and how that ended.

    - OPENS: where the bar of a treatment begins in the order of telling. What replaced another treatment begins in the
      middle of its position, where that one ends.
    - ENTERS: the earliest place at which it may have begun before its bar. A dose that is told by its taper alone, and
      what is told as given since nobody says when, have no earliest place: -inf. What began before or after something,
      which of both is not told, has its bar behind that. Else nan.
    - XEND: where the reported end stands, of a treatment, procedure or event; nan where none is told, for what is
      ongoing, for what was stopped at a time that is not told, for an end whose position is open, and on an axis of
      days.
    - STOPS: whether its end is reported and placed, and no further course of the treatment begins there.
    - HELD: up to where it is known to have gone on: to its next course, if that is told as one that went on; to the
      last event or statement of another sentence that names it, or its group where no other drug of that had been
      given; and to the last position that is surely before an end whose own position is open. Of a
      procedure or event, to the day that its end is told to be after. Else nan.
    - TAIL: up to where it may have gone on, which nobody says, and no further than to the death of the patient; nan
      where its end is told, where its doses are counted, and for what was given once or as a pulse.

    Parameters
    ----------
    rows : list
        Named tuples with X and these columns.
    axis : TimeAxis
        Of the figure.
    glucocorticoids : frozenset of str
        The codes of the treatments that an event such as `steroid_deescalation` stops.
    """
    given = [row for row in rows if row.kind == "treatment"]
    handed = {(row.line, other.line): other.X for row in given for other in given if _hands_over(row, other, axis)}
    steroids = [row for row in given if row.code in glucocorticoids]
    spans = {row.line: _span(row, rows, axis, handed, steroids if row.code in glucocorticoids else []) for row in given}
    for row in given:
        spans[row.line] = _surely_given(spans[row.line], row, _before_or_after(row, rows, axis))
    # What another one replaced ended when that began.
    for one, other in handed:
        if spans[other]["ENTERS"] == spans[one]["XEND"]:
            spans[one] |= {"STOPS": False, "TAIL": spans[other]["OPENS"]}
    placed = [row._replace(**(spans.get(row.line) or _time_of(row, rows, axis))) for row in rows]
    return [row._replace(TAIL=row.DIED) if row.TAIL > row.DIED else row for row in placed]


def _before_or_after(row, rows: list, axis: TimeAxis) -> float:
    """The position of what a treatment began before or after, where its note says that it is not told which; else nan.

    On an axis of days the start has its day.
    """
    thing = "" if axis.is_days else open_start(row.note).rpartition(" the ")[2].lower()
    later = (other for other in rows if other.X > row.X and other.kind == "event")
    return min((other.X for other in later if thing and thing in other.PARAM.lower()), default=math.nan)


def _surely_given(span: dict, row, place: float) -> dict:
    """A span whose bar begins behind the place that it began before or after, where it is told to reach that far.

    From the earliest place at which it may have begun up to the bar nobody says whether it was given.
    """
    reached = [math.inf] if row.end == "ongoing" else [span["XEND"], span["HELD"]]
    is_told = any(place + 0.5 < x for x in reached)
    return span | {"ENTERS": span["OPENS"], "OPENS": place + 0.5} if is_told else span


def _span(row, rows: list, axis: TimeAxis, handed: dict, steroids: list) -> dict:
    """OPENS, ENTERS, XEND, STOPS, HELD and TAIL of a treatment; `steroids` are all of its group."""
    later = [other for other in rows if other.X > row.X]
    again = [other for other in later if other.kind == "treatment" and other.code == row.code]
    is_before = _is_told_by_its_taper(row, again) or (_SINCE.search(row.note) and not axis.is_days)
    span = {"OPENS": row.X - HALF, "ENTERS": -math.inf if is_before else math.nan} | _time_of(row, rows, axis)
    if ends := [x for (one, _), x in handed.items() if row.line == one]:
        span["XEND"] = min(ends)
    if math.isnan(span["XEND"]):
        span |= _stop_by_event(row, rows, axis)
    if any(row.line == other for _, other in handed):
        span["OPENS"] = row.X
    is_placed = not math.isnan(span["XEND"])
    first = min(again, key=lambda other: other.X, default=None)
    if not is_placed and not is_pulse(row) and (_stops_sometime(row) if not axis.is_days else _ends_open(row)):
        # It ended, and nobody says when: before the next course, if there is one.
        edges = [other.X - (0.0 if axis.is_days or is_mark(other, axis) else HALF) for other in again]
        return span | {"HELD": math.nan, "TAIL": min([axis.high, *edges])}
    span["STOPS"] = row.end == STOPPED or (is_placed and all(span["XEND"] != other.X for other in again))
    edge = first.X - (0.0 if axis.is_days or is_mark(first, axis) else HALF) if first else math.nan
    # In the order of telling it is not drawn beside the course that follows it.
    span["XEND"] = edge if first and span["XEND"] == first.X else span["XEND"]
    if is_single(row) and first and _continues(first):
        return span | {"HELD": edge}
    is_counted = math.isfinite(row.COUNTHI) and lasts_as_counted(row, axis)
    if is_placed or row.end or is_counted or is_single(row) or is_pulse(row):
        return span | _last_counted(row, axis)
    left = [other.X for other in later if _is_left(other, row, bool(steroids))]
    until = min([axis.high, *left])
    if first and until >= first.X:
        if _went_on(row, first, axis):
            return span | {"HELD": edge}
        until = edge
    alone = {other.line for other in later if {one.code for one in steroids if one.X <= other.X} == {row.code}}
    mentions = [other.X for other in later if until >= other.X and _tells_of(other, row, axis, other.line in alone)]
    return span | {"HELD": max(mentions, default=math.nan), "TAIL": until}


def _stops_sometime(row) -> bool:
    """Whether all that is told of an end is that there was one."""
    return row.end == STOPPED == row.ENDED


def _ends_open(row) -> bool:
    return row.end == STOPPED or ends_after(row)


def _last_counted(row, axis: TimeAxis) -> dict[str, float]:
    """AENLO and AENHI of a course that is told by a number of doses between bounds: when the last of them was."""
    interval = parse_frequency(row.frequency).interval
    is_spread = not row.end and 1 <= row.COUNTLO < row.COUNTHI < math.inf and math.isfinite(interval)
    if not axis.is_days or not is_spread or not lasts_as_counted(row, axis):
        return {}
    return {"AENLO": row.X + (row.COUNTLO - 1) * interval, "AENHI": row.X + (row.COUNTHI - 1) * interval}


def lasts_as_counted(row, axis: TimeAxis) -> bool:
    """Whether a number of doses tells when a course ended: on an axis of days its start needs a day, or two."""
    return not axis.is_days or (math.isfinite(row.DAYLO) and math.isfinite(row.DAYHI))


def _stop_by_event(row, rows: list, axis: TimeAxis) -> dict[str, float]:
    """XEND, and on an axis of days AENLO and AENHI, of the event that tells when a treatment was stopped.

    Empty where none does, and on an axis of days where that has an open time and the end is told: it stays open.
    """
    codes = {f"{row.code}_{word}" for word in ENDED} if not row.end else set()
    named = [other for other in rows if other.X > row.X and other.kind == "event" and other.code in codes]
    # What was already being taken has its place where it began at the latest, which may be that of its end.
    linked = [other for other in rows if other.line == row.STOPLINE and (axis.is_days or other.X > row.X)]
    stop = min([*named, *linked], key=lambda other: other.X, default=None)
    if not stop or (axis.is_days and row.end and not (math.isfinite(stop.DAYLO) and math.isfinite(stop.DAYHI))):
        return {}
    return {"XEND": stop.X} | ({"AENLO": stop.XLO, "AENHI": stop.XHI} if axis.is_days else {})


def _time_of(row, rows: list, axis: TimeAxis) -> dict[str, float]:
    """XEND, HELD and TAIL by the reported end: the phase by which it had ended, or the position of the time of it.

    A time between two positions ends on the border behind the last one that is earlier, unless facts without a time
    follow there: then it may be before or after these, and the end stays open.
    """
    placed = {"XEND": math.nan, "HELD": math.nan, "TAIL": math.nan}
    if axis.is_days and ends_after(row):
        return placed | {"HELD": max(row.AENLO, row.X), "TAIL": axis.high}
    phase = phase_of_end(row.end)
    if not math.isnan(phase):
        phases = [(float(other.phase), other.X) for other in rows if not pd.isna(other.phase)]
        ended = [x for number, x in phases if number == phase]
        end = min(ended) if ended else max((x for number, x in phases if number < phase), default=math.nan)
        return placed | {"XEND": end}
    if axis.is_days or not timed_end(row.end) or not (math.isfinite(row.AENLO) and math.isfinite(row.AENHI)):
        return placed
    middle = (row.AENLO + row.AENHI) / 2
    timed = [other for other in rows if math.isfinite(other.DAYLO) and math.isfinite(other.DAYHI) and other.X >= row.X]
    at = [other for other in timed if other.DAYLO <= row.AENHI and other.DAYHI >= row.AENLO]
    if at:
        return placed | {"XEND": min(at, key=lambda other: (abs((other.DAYLO + other.DAYHI) / 2 - middle), other.X)).X}
    before = max([row.X, *(other.X for other in timed if other.DAYHI < row.AENLO)])
    after = min((other.X for other in timed if before < other.X), default=math.inf)
    if any(before < other.X < after for other in rows):
        return placed | {"HELD": before, "TAIL": axis.high}
    return placed | {"XEND": before + 0.5}


def goes_on(row) -> bool:
    """Whether something is ongoing at the end of the axis: after a death nothing is."""
    return row.end == "ongoing" and math.isnan(row.DIED)


def reach_of_ongoing(row, axis: TimeAxis) -> float:
    """Up to where what is ongoing is drawn: the edge of the axis, or the death of the patient."""
    return axis.high if math.isnan(row.DIED) else row.DIED


def ends_after(row) -> bool:
    """Whether an end is told to be after a time, and not by when: `>30 d`."""
    return timed_end(row.end) not in ("", "ongoing") and math.isfinite(row.AENLO) and math.isinf(row.AENHI)


def _is_told_by_its_taper(row, again: list) -> bool:
    """Whether a dose without a start is told only as that from which a taper began: one sentence has both doses."""
    return bool(row.dose and not row.start and _TAPER.search(row.quote)) and any(
        other.quote == row.quote for other in again
    )


def _continues(row) -> bool:
    """Whether a course is told as the continuation of an earlier one: `continued monthly <drug>`."""
    names = rf"{re.escape(row.PARAM.lower())}|{re.escape(row.code.lower())}"
    return bool(re.search(rf"\bcontinu\w+ (?:\w+ ){{0,3}}(?:{names})", row.quote.lower()))


def _went_on(row, other, axis: TimeAxis) -> bool:
    """Whether the next course of a treatment is told as one that was still given: `discharged on <drug>, 5 mg daily`.

    Its own sentence says so, or that its dose was changed: `<drug> was tapered`, `a weaning dose of <drug>`.
    """
    name, quote = _names_of(row), other.quote.lower().replace("-", "")
    changed = rf"\b{_CHANGED}\W+(?:\w+\W+){{0,3}}(?:{name})\b|\b(?:{name})\W+(?:\w+\W+){{0,3}}{_CHANGED}"
    return _tells_of(other, row, axis, False) or (bool(name) and bool(re.search(changed, quote)))


def _names_of(row) -> str:
    """The names of a treatment as alternatives of a pattern, without hyphens; a short name is behind it."""
    short = re.search(rf"{re.escape(row.PARAM)}\s*\(([^)\s]+)\)", row.quote, re.IGNORECASE)
    names = filter(None, [row.PARAM, short[1] if short else ""])
    return "|".join(re.escape(name.replace("-", "").lower()) for name in names)


def _is_left(other, row, is_steroid: bool) -> bool:
    """Whether an event says that a treatment was stopped or de-escalated: by its own name, or by that of its group."""
    of, _, what = other.code.lower().rpartition("_")
    named = of == row.code.lower() or (is_steroid and of.rstrip("s").endswith(_GROUP))
    return other.kind == "event" and named and what in (*ENDED, _LESS)


def _hands_over(row, other, axis: TimeAxis) -> bool:
    """Whether another treatment took the place of one: in its position, or at the time at which that one ended."""
    if (
        not axis.is_days
        and timed_end(row.end)
        and row.end == other.start
        and row.X < other.X
        and row.code != other.code
    ):
        return other.PARAM.lower() in row.quote.lower() or row.PARAM.lower() in f"{other.quote} {other.note}".lower()
    notes = f"{row.note} {other.note}".lower()
    beside = row.end == STOPPED and row.ORDER == other.ORDER and row.line < other.line and row.code != other.code
    return beside and any(name.lower() in notes for name in (row.PARAM, other.PARAM))


def _tells_of(other, row, axis: TimeAxis, alone: bool) -> bool:
    """Whether a later row names a treatment as given: by its code, by its quote, or by the name of its position.

    One of the same sentence tells nothing of later. The name of a group, such as steroids, tells of a drug that was
    `alone` of it up to there; else it may be another one.
    """
    if other.quote and other.quote == row.quote:
        return False
    words, row_words = re.split("[_-]", other.code.lower()), re.split("[_-]", row.code.lower())
    by_code = any(words[i : i + len(row_words)] == row_words for i in range(len(words)))
    if other.kind in ("event", "statement") and by_code and not _NEVER & {*words}:
        return True
    if other.kind == "event" and alone and words[0].rstrip("s").endswith(_GROUP) and not _NEVER & {*words}:
        return True
    named = "|".join(filter(None, [_names_of(row), _GROUP_NAME if alone else ""]))
    texts = f"{other.quote} | {axis.names.get(other.ORDER, '')}".lower()
    given = rf"\b(?:on (?:\w+ ){{0,2}}|under (?:\w+ ){{0,4}}|(?:day|week|month)s of (?:\w+ ){{0,3}})(?:{named})\b"
    return bool(re.search(given, re.sub(r"-(?=\w)(?!resistant|refractory)", "", texts)))


def is_single(row) -> bool:
    """Whether a treatment was given once."""
    once = math.isinf(parse_frequency(row.frequency).interval) or (row.COUNTLO == row.COUNTHI == 1)
    return once and row.end in ("", row.start)


def is_mark(row, axis: TimeAxis) -> bool:
    """Whether a treatment is a mark and no bar: what was given once, and a pulse of which no days are told."""
    has_days = axis.is_days and (timed_end(row.end) or math.isfinite(row.COUNTHI))
    return is_single(row) or (is_pulse(row) and not has_days)


def is_open(row) -> bool:
    """Whether a treatment was already being taken: its start has no earliest day."""
    return -math.inf == row.DAYLO and not is_single(row)


def has_one_end(row) -> bool:
    """Whether the time of a row is told to be before or after a day."""
    return math.isinf(row.DAYLO) or math.isinf(row.DAYHI)
