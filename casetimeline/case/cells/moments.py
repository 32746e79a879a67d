"""Faults of the times of a timeline: phases, starts, ends, and what they count from."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...derive import UNCLEAR, UNKNOWN, Days, anchor_rows, counted_from, disordered, groups_of, since_origins
from ...faults import fault
from ...values import (
    NOTHING,
    ONGOING,
    Bounds,
    distinct,
    from_zero,
    is_date,
    parse_anchor,
    parse_time,
    phase_of_end,
    timed_end,
)
from ...vocabulary import ANCHOR_KINDS, DECIMALS
from .causes import Misfit
from .misfits import Texts, faults_where, parsed, unparsed

# What people type for what was there already.
_EARLIER = re.compile(r"(?i)\s*(?:already|before|prior|pre\b|previous|bereits|schon|vorher|d[ée]j[aà]|ya\b|gi[aà]\b)")
_BEFORE = "; what was there already at time zero is <0 d"
# No case has a dated time zero.
NO_ZEROS = pd.DataFrame({"low": [], "high": []}, dtype=float, index=pd.Index([], dtype=str))


def check_moments(facts: pd.DataFrame, texts: Texts, known_zeros: pd.DataFrame | None) -> Iterator[Misfit]:
    """Faults of phases, of times that are none or contradict each other, and of anchors."""
    zeros = NO_ZEROS if known_zeros is None else known_zeros
    phase, start, end = texts["phase"], texts["start"], texts["end"]
    unphased = ~phase.each(bool, bool)
    phases = phase.each(lambda text: text if _PHASE.fullmatch(text) else "nan", float)
    yield from faults_where(facts, np.isnan(phases) & ~unphased, "phase", "a whole number from 1 to 999999")
    yield from faults_where(facts, unphased & ~start.each(bool, bool), "phase", "a phase, or a start")
    starts, bad_starts = parsed(start, _parse_start)
    ends, bad_ends = parsed(end.replaced(timed_end), parse_time)
    bad_starts = {text: f"{words}{_BEFORE if _EARLIER.match(text) else ''}" for text, words in bad_starts.items()}
    yield from unparsed(facts, texts, bad_starts, "start")
    yield from unparsed(facts, texts, bad_ends, "end", ", or 'ongoing', 'stopped' or a phase such as 'phase 4'")
    dated, end_dated = start.each(is_date, bool), end.each(is_date, bool)
    placed, placed_end = (
        from_zero(times, dates, texts["case_id"], zeros) for times, dates in ((starts, dated), (ends, end_dated))
    )
    placeless = dated & ~np.isnan(starts.low) & ~texts["case_id"].among(zeros.index) & unphased
    placeless &= known_zeros is not None
    yield from faults_where(facts, placeless, "start", "a phase beside a date, or a date of time_zero in case.yaml")
    yield from _check_end_phases(facts, texts, phases)
    offset = Days(placed.low, placed.high)
    row = anchor_rows(facts, offset)
    yield from _check_anchors(facts, texts, row, dated)
    days, circular = counted_from(row, offset)
    yield from faults_where(facts, circular, "anchor", "a fact that does not count from this one")
    counted = (row >= 0) & ~end_dated & (ends.low != ONGOING.low)
    until = np.where(counted, placed_end.high + days.high[np.maximum(row, 0)], placed_end.high)
    # Dates are compared among themselves, whether or not time zero is known.
    alike = dated == end_dated
    backward = np.where(alike, ends.high < starts.low, until < days.low)
    for line, text, begin in facts.loc[backward, ["line", "end", "start"]].itertuples(index=False):
        yield line, "end", text, f"a time that is not before the start, '{begin}'"
    # Where every fact has a time, the times order the facts; elsewhere a contradiction cannot be resolved.
    case = groups_of(facts["case_id"])
    partly = case.any(np.isnan(days.low))[case.codes]
    # Of two dates, and of what counts from one fact, the time between them is known without the day of that.
    origin, since = since_origins(row, offset)
    dates = Days(*(np.where(dated, end, np.nan) for end in (starts.low, starts.high)))
    scales = (case.codes, days), (case.codes, dates), (groups_of(case.codes, origin).codes, since)
    wrong = partly & np.logical_or.reduce([disordered(group, phases, *ends) for group, ends in scales])
    yield from faults_where(facts, wrong, "start", "a time that is not before that of an earlier phase")


def exact_days(facts: pd.DataFrame, zeros: pd.DataFrame) -> np.ndarray:
    """The day from time zero on which each row starts; nan where it is not one exact day."""
    start = distinct(facts["start"])
    starts, _ = parsed(start, parse_time)
    placed = from_zero(starts, start.each(is_date, bool), distinct(facts["case_id"]), zeros)
    offset = Days(placed.low, placed.high)
    days, _ = counted_from(anchor_rows(facts, offset), offset)
    exact = (days.low == days.high) & np.isfinite(days.low)
    return np.where(exact, np.round(days.low, DECIMALS) + 0.0, np.nan)


_PHASE = re.compile("[1-9][0-9]{0,5}")


def _parse_start(text: str) -> Bounds:
    bounds = parse_time(text)
    if bounds == ONGOING:
        raise ValueError("a time; 'ongoing' belongs to 'end'")
    return bounds


def _check_end_phases(facts: pd.DataFrame, texts: Texts, phases: np.ndarray) -> Iterator[Misfit]:
    """Phases by which a course had ended that the case does not have, or that are before its own."""
    ended, case = texts["end"].each(phase_of_end, float), groups_of(facts["case_id"])
    asked = np.flatnonzero(~np.isnan(ended))
    moments = groups_of(
        np.concatenate([case.codes, case.codes[asked]]).astype(float), np.concatenate([phases, ended[asked]])
    )
    there = moments.of(slice(0, len(facts))).size() > 0
    unknown = np.zeros(len(facts), dtype=bool)
    unknown[asked] = ~there[moments.codes[len(facts) :]]
    yield from faults_where(facts, unknown, "end", "a phase of the timeline")
    yield from faults_where(facts, ended < phases, "end", "a phase that is not before that of the row")


def _check_anchors(facts: pd.DataFrame, texts: Texts, row: np.ndarray, dated: np.ndarray) -> Iterator[Misfit]:
    """Anchors that are no fact of the case, or of which it is open which fact they are; and dates beside one."""
    anchor = texts["anchor"]
    _, bad = parsed(anchor, lambda text: parse_anchor(text) and NOTHING)
    yield from unparsed(facts, texts, bad, "anchor")
    readable = ~anchor.among(bad)
    starters = facts.loc[texts["kind"].among(ANCHOR_KINDS), "code"]
    counts = starters.value_counts().to_dict()
    for line, column, text, _ in faults_where(facts, readable & (row == UNKNOWN), "anchor", ""):
        code, number = parse_anchor(text)
        if code in counts:
            yield line, column, text, f"one that the case has: '{code}' has no number {number}, at moments of their own"
        else:
            expected = "the code of a treatment, procedure, event or adverse_event of the case"
            yield line, column, text, expected, fault(code, expected, at=column, known=counts).nearest
    yield from faults_where(
        facts, row == UNCLEAR, "anchor", "a code whose facts have an order: a phase or a start on each of them tells it"
    )
    yield from faults_where(
        facts, anchor.each(bool, bool) & dated, "anchor", "a blank beside a date, which counts from nothing"
    )
