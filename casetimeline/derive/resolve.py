"""Times that count from another fact of the case, and ends that are told by a phase: as days from time zero."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import Distinct, distinct, is_date, pairs, parse_anchor, phase_of_end
from ..vocabulary import ANCHOR_KINDS, ENDED, STOPPED
from .elapsed import start_dates
from .groups import Groups, begins, groups_of
from .precedence import RELATIVE

NO_ANCHOR, UNKNOWN, UNCLEAR = -1, -2, -3


class Days(NamedTuple):
    """The bounds of a time of each row, in days; nan where there is none."""

    low: np.ndarray
    high: np.ndarray


def phases_of(facts: pd.DataFrame) -> np.ndarray:
    """The recorded phase of each row as a number; nan where no phase is recorded.

    Examples
    --------
    >>> phases_of(pd.DataFrame({"phase": ["2", ""]})).tolist()
    [2.0, nan]
    """
    return distinct(facts["phase"].astype(str)).each(lambda text: float(text) if text.isdecimal() else np.nan, float)


def anchor_rows(facts: pd.DataFrame, offset: Days) -> np.ndarray:
    """The place of the fact that each row counts from.

    It is the one of its code whose number the anchor gives, in the order of the moments of these facts: by phase where
    each has one, and else, and in one phase, by day. Rows of one moment are one. One that counts from the first of its
    own code is after it by what it counts.

    Parameters
    ----------
    facts : DataFrame
        The recorded columns as text.
    offset : Days
        The start of each row without an anchor; of a row with one, as if it counted from time zero.

    Returns
    -------
    ndarray of int
        `NO_ANCHOR` without one, `UNKNOWN` where the case has no such fact, `UNCLEAR` where the order of these leaves
        open which it is.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "kind": ["event", "event", "observation"], "phase": "",
    ...                       "code": ["visit", "visit", "x"], "start": ["30 d", "0 d", "1 wk"],
    ...                       "anchor": ["", "", "visit#2"]})
    >>> anchor_rows(facts, Days(np.array([30.0, 0.0, 3.5]), np.array([30.0, 0.0, 10.5]))).tolist()
    [-1, -1, 0]
    """
    anchor = distinct(facts["anchor"])
    asking = np.flatnonzero(anchor.each(bool, bool))
    row = np.full(len(facts), NO_ANCHOR)
    if not len(asking):
        return row
    starters = np.flatnonzero(distinct(facts["kind"]).among(ANCHOR_KINDS))
    code, asked = distinct(facts["code"]), anchor.each(_asked)
    case = groups_of(facts["case_id"])
    names = groups_of(
        np.concatenate([case.codes[starters], case.codes[asking]]),
        np.concatenate([code.each(str)[starters], [asked[place][0] for place in asking]]).astype(str),
    )
    group, wanted = names.codes[: len(starters)], names.codes[len(starters) :]
    order, number, unclear = _numbered(
        facts.iloc[starters], Days(*(end[starters] for end in offset)), group, names.count
    )
    places = {}
    for place, key in zip(
        starters[order].tolist(), zip(group[order].tolist(), number.tolist(), strict=True), strict=True
    ):
        places.setdefault(key, place)
    several = Groups(group[order], names.count).highest(number)
    for place, name in zip(asking.tolist(), wanted.tolist(), strict=True):
        row[place] = places.get((name, asked[place][1]), UNKNOWN)
        if row[place] >= 0 and several[name] > 1 and unclear[name]:
            row[place] = UNCLEAR
    return row


def _asked(text: str) -> tuple[str, int]:
    """The code and the number of an anchor; no code where the text is none."""
    try:
        return tuple(parse_anchor(text)) if text else ("", 0)
    except ValueError:
        return "", 0


def _numbered(
    facts: pd.DataFrame, days: Days, group: np.ndarray, count: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The rows by name and moment; the number of each among the moments of its name; the names without an order."""
    phase = phases_of(facts)
    anchor, start = distinct(facts["anchor"]), distinct(facts["start"])
    # What a row counts from is not resolved yet: by its phase alone it has a place.
    low, high = _after_first(facts, days, Groups(group, count))
    unphased = Groups(group, count).any(np.isnan(phase))[group]
    by_phase = np.where(unphased, 0.0, phase)
    moment = groups_of(group, by_phase, low, high, np.where(np.isnan(low), start.codes, -1), anchor.codes).codes
    order = np.lexsort((moment, high, low, by_phase, group))
    group, by_phase, low, high, moment = (column[order] for column in (group, by_phase, low, high, moment))
    first = begins(group)
    new = first | begins(moment)
    steps = np.cumsum(new)
    number = steps - steps[first][np.cumsum(first) - 1] + 1 if len(order) else steps
    apart = np.ones(len(order), dtype=bool)
    apart[1:] = (by_phase[:-1] < by_phase[1:]) | (high[:-1] < low[1:])
    unclear = Groups(group, count).any(new & ~first & ~apart)
    return order, number, unclear


def _after_first(facts: pd.DataFrame, days: Days, names: Groups) -> Days:
    """The start of each row, and of one that is later than the first of its own name by what it counts, that later day.

    Of any other row with an anchor it is missing. Where the first of a name has no day, it is taken for day 0.
    """
    anchor = distinct(facts["anchor"])
    counting = pairs(distinct(facts["code"]), anchor).each(lambda pair: _asked(pair[1]) == (pair[0], 1), bool)
    counting &= days.low > 0
    low, high = (np.where(anchor.each(bool, bool), np.nan, end) for end in days)
    if not counting.any():
        return Days(low, high)
    alone = (names.of(~counting).size() == 1) & names.any(counting) & np.isnan(names.lowest(low))
    origin = alone[names.codes] & ~counting
    low, high = (np.where(origin, 0.0, end) for end in (low, high))
    first = (names.lowest(end)[names.codes] for end in (low, high))
    return Days(*(np.where(counting, at + by, end) for end, at, by in zip((low, high), first, days, strict=True)))


def counted_from(row: np.ndarray, offset: Days) -> tuple[Days, np.ndarray]:
    """The days of each row by the days of the fact that it counts from, and the rows that count from themselves.

    Parameters
    ----------
    row : ndarray of int
        From `anchor_rows`.
    offset : Days
        As for `anchor_rows`.

    Examples
    --------
    The second row is a week after the first, which is on day 30, and the third two days after the second.

    >>> days, circular = counted_from(np.array([-1, 0, 1]), Days(np.array([30.0, 3.5, 2.0]), np.array([30, 10.5, 2])))
    >>> days.low.tolist(), days.high.tolist(), circular.any()
    ([30.0, 33.5, 35.5], [30.0, 40.5, 42.5], np.False_)
    """
    low, high = (np.array(end, dtype=float) for end in offset)
    pending = row >= 0
    low[row < NO_ANCHOR], high[row < NO_ANCHOR] = np.nan, np.nan
    while pending.any():
        ready = pending & ~pending[np.where(row >= 0, row, 0)]
        if not ready.any():
            break
        low[ready] += low[row[ready]]
        high[ready] += high[row[ready]]
        pending &= ~ready
    circular = pending & _returns(row)
    low[pending], high[pending] = np.nan, np.nan
    return Days(low, high), circular


def relative_times(facts: pd.DataFrame, row: np.ndarray, offset: Days, start: Days) -> dict[str, np.ndarray]:
    """The columns `RELATIVE`, by which times of one origin are compared; none where the days tell as much.

    Dates have a day that is less certain than they are where time zero is not one day. Of what counts from another
    fact, the day is as uncertain as that of that fact, or not known.

    Parameters
    ----------
    facts : DataFrame
        The recorded columns as text.
    row, offset
        As for `counted_from`.
    start : Days
        From `counted_from`.

    Examples
    --------
    A drug without a day; the records are two days before it and a week after it.

    >>> facts = pd.DataFrame({"start": ["", "-2 d", "1 wk"]})
    >>> row, offset = np.array([-1, 0, 0]), Days(np.array([np.nan, -2.0, 3.5]), np.array([np.nan, -2.0, 10.5]))
    >>> columns = relative_times(facts, row, offset, counted_from(row, offset)[0])
    >>> columns["FROM"].tolist(), columns["FROMLO"].tolist(), columns["FROMHI"].tolist()
    ([0.0, 0.0, 0.0], [0.0, -2.0, 3.5], [0.0, -2.0, 10.5])
    """
    anchored, text = row >= 0, distinct(facts["start"])
    dated = text.each(is_date, bool) & ~(start.low == start.high)
    if not (dated.any() or anchored.any()):
        return {}
    first, last = start_dates(pd.DataFrame({"start": text.where(dated).as_text(str)}))
    dates, _ = counted_from(row, Days(*(np.where(anchored, *ends) for ends in zip(offset, (first, last), strict=True))))
    origin, since = since_origins(row, offset)
    return dict(zip(RELATIVE, (*dates, origin, *since), strict=True))


def since_origins(row: np.ndarray, offset: Days) -> tuple[np.ndarray, Days]:
    """The row that each row counts from in the end, and how long after that it is; nan where it counts from none.

    A row from which others count is on its own day 0. One of a circle counts from nothing.

    Examples
    --------
    >>> origin, days = since_origins(np.array([-1, 0, -1]), Days(np.array([5.0, 2.0, 1.0]), np.array([9.0, 2.0, 1.0])))
    >>> origin.tolist(), days.high.tolist()
    ([0.0, 0.0, nan], [0.0, 2.0, nan])
    """
    anchored, root = row >= 0, _roots(row)
    is_origin = np.zeros(len(row), dtype=bool)
    is_origin[root[anchored]] = True
    zero = np.where(is_origin & ~anchored, 0.0, np.nan)
    since, _ = counted_from(row, Days(*(np.where(anchored, end, zero) for end in offset)))
    return np.where(np.isnan(since.low), np.nan, root), since


def _roots(row: np.ndarray) -> np.ndarray:
    """The row from which each row counts in the end; where that is a circle, one of its rows."""
    root = np.where(row >= 0, row, np.arange(len(row)))
    # Each pass doubles the way, until it is longer than any: from a circle it never leads to an end.
    for _ in range(len(row).bit_length()):
        root = root[root]
    return root


def _returns(row: np.ndarray) -> np.ndarray:
    """Whether each row comes back to itself along what it counts from."""
    reached = np.zeros(len(row), dtype=bool)
    reached[_roots(row)] = True
    return reached & (row >= 0)


def ends_in_words(end: Distinct, case: Groups, phase: np.ndarray, start: Days, timed: Days) -> Days:
    """The end of each row; of one that ended by a phase, from its start to the last day of that phase.

    Of one that was stopped at a time that is not told, it is any day from its start. Where a fact of the phase has no
    day, its last day is not known either.

    Parameters
    ----------
    end : Distinct
        As recorded.
    case : Groups
        The case of each row.
    phase : ndarray of float
        The phase of each row; nan without one.
    start, timed : Days
        The start of each row, and its end where that is a time.
    """
    by_phase, stopped = end.each(phase_of_end, float), end.among([STOPPED])
    worded = stopped | ~np.isnan(by_phase)
    if not worded.any():
        return timed
    moments = groups_of(np.tile(case.codes, 2), np.concatenate([phase, by_phase]))
    phases = moments.of(slice(0, len(phase)))
    last = np.where(phases.any(np.isnan(start.high)), np.inf, phases.highest(start.high))[moments.codes[len(phase) :]]
    latest = np.where(stopped | np.isnan(last), np.inf, np.fmax(last, start.low))
    unplaced = np.isnan(start.low)
    return Days(
        np.where(worded, start.low, timed.low), np.where(worded, np.where(unplaced, np.nan, latest), timed.high)
    )


def ended_by_stops(facts: pd.DataFrame, start: Days, end: Days) -> Days:
    """The end of each row; of a course that was stopped, the time of the event that tells when.

    It is that of the one stop of its drug that may have ended it, which is surely after its start, where no other
    course of that drug can have begun by then.

    Parameters
    ----------
    facts : DataFrame
        The recorded columns as text.
    start, end : Days
        The start of each row, and its end from `ends_in_words`.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "kind": ["treatment", "event"], "code": ["drug", "drug_stopped"],
    ...                       "end": ["stopped", ""]})
    >>> start = Days(np.array([0.0, 30.0]), np.array([0.0, 30.0]))
    >>> ended_by_stops(facts, start, Days(np.array([0.0, np.nan]), np.array([np.inf, np.nan]))).high.tolist()
    [30.0, nan]
    """
    kind, code = distinct(facts["kind"]), distinct(facts["code"])
    is_course = kind.among(["treatment"])
    is_stop = kind.among(["event"]) & code.replaced(_drug).each(bool, bool)
    stopped = is_course & distinct(facts["end"]).among([STOPPED])
    if not (stopped.any() and is_stop.any()):
        return end
    drug = pairs(kind, code).as_text(lambda pair: _drug(pair[1]) if pair[0] == "event" else pair[1])
    drugs = groups_of(facts["case_id"], drug)
    asked = (drugs.any(stopped) & drugs.any(is_stop))[drugs.codes]
    courses, stops = (_rows_by_group(mask & asked, drugs) for mask in (is_course, is_stop))
    low, high = (side.copy() for side in end)
    for row in np.flatnonzero(stopped & asked).tolist():
        group = drugs.codes[row]
        stop = _stop_of(row, start, courses[group], stops[group])
        if stop >= 0:
            low[row], high[row] = start.low[stop], start.high[stop]
    return Days(low, high)


def _drug(code: str) -> str:
    """What an event says was stopped; blank for another event."""
    drug, _, word = code.rpartition("_")
    return drug if word in ENDED else ""


def _rows_by_group(mask: np.ndarray, groups: Groups) -> dict[int, np.ndarray]:
    """Some rows by their group."""
    rows = pd.Series(np.flatnonzero(mask))
    return {group: each.to_numpy() for group, each in rows.groupby(groups.codes[mask])}


def _stop_of(row: int, start: Days, courses: np.ndarray, stops: np.ndarray) -> int:
    """The stop that surely ended a course among the courses of its drug; -1 where that is not known."""
    others = courses[courses != row]
    later = others[start.low[others] > start.high[row]]
    behind = (start.low[stops][:, None] > start.high[later]).any(axis=1)
    left = stops[~behind & ~(start.high[stops] < start.low[row])]
    if len(left) != 1 or not start.low[left[0]] > start.high[row]:
        return -1
    apart = (start.high[others] < start.low[row]) | (start.low[others] > start.high[left[0]])
    return int(left[0]) if apart.all() else -1
