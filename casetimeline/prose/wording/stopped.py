"""By which event a course of treatment was stopped, and of which courses without an end an event tells that."""

import numpy as np
import pandas as pd

from ...derive import replaced_by, surely_after, surely_before
from ...values import rows_of
from ...vocabulary import ENDED, STOPPED


def stop_of(facts: pd.DataFrame, row):
    """The event that tells when a course was stopped whose own end has no time; None where there is no such event.

    Which of several stops ended a course, or which of several courses a stop, is not told. What was given in the place
    of a course tells its end.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "phase": None, "kind": ["treatment", "event"],
    ...                       "code": ["a_drug", "a_drug_stopped"], "start": ["1 d", "9 d"], "end": ["stopped", ""],
    ...                       "PARAM": "A drug",
    ...                       "note": "", "quote": "", "DAYLO": [1.0, 9.0], "DAYHI": [1.0, 9.0]})
    >>> course, stop = derive_order(facts).itertuples()
    >>> stop_of(derive_order(facts), course).start, stop_of(derive_order(facts), stop)
    ('9 d', None)
    """
    return None if row.end != STOPPED or given_instead(facts, row) else _its_stop(facts, row)


def _its_stop(facts: pd.DataFrame, row):
    """The one event by which a course, and no other of its drug, was stopped; None where several may be that."""
    stops = _open_stops(facts, row)
    if len(stops) != 1:
        return None
    stop, others = next(rows_of(stops)), _other_courses(facts, row)
    # In the place of the course, a stop that is told behind it ended it.
    is_after = surely_after(stops, row).all() or row.line < stop.line
    return stop if is_after and (surely_before(others, row) | surely_after(others, stop)).all() else None


def with_stops(facts: pd.DataFrame) -> pd.DataFrame:
    """The rows of a case with `stopped` as the end of each course that has none, and of which an event tells its stop.

    A single dose was not stopped.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "phase": None, "kind": ["treatment", "event"],
    ...     "code": ["a_drug", "a_drug_stopped"], "start": ["1 d", "9 d"], "end": "", "frequency": ["daily", ""],
    ...     "count": "", "DAYLO": [1.0, 9.0], "DAYHI": [1.0, 9.0]})
    >>> with_stops(derive_order(facts))["end"].tolist()
    ['stopped', '']
    """
    stops = facts.loc[facts["kind"].eq("event") & facts["code"].str.endswith(ENDED), "code"]
    drugs = {code.rpartition("_")[0] for code in stops}
    is_open = facts["kind"].eq("treatment") & facts["end"].eq("") & facts["code"].isin(drugs)
    is_open &= facts["frequency"].ne("once") & facts["count"].ne("1")
    ended = [STOPPED if _its_stop(facts, row) else "" for row in rows_of(facts[is_open])]
    return facts.assign(end=facts["end"].mask(is_open, pd.Series(ended, facts.index[is_open], dtype=str)))


def given_instead(facts: pd.DataFrame, row) -> str:
    """The label of what a note says was given in the place of a treatment; blank where none does."""
    given = facts[facts["kind"].eq("treatment")]
    return next(iter(replaced_by(given)[given["PARAM"].eq(row.PARAM)]), "")


def stops_of(facts: pd.DataFrame, code: str) -> pd.DataFrame:
    """The events by which a drug was stopped.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": "event", "code": ["a_drug_stopped", "a_drug_tapered", "b_drug_withdrawn"]})
    >>> stops_of(facts, "a_drug")["code"].tolist()
    ['a_drug_stopped']
    """
    codes = [f"{code}_{word}" for word in ENDED]
    return facts[facts["kind"].eq("event") & facts["code"].isin(codes)]


def _other_courses(facts: pd.DataFrame, row) -> pd.DataFrame:
    """The other rows of the drug of a course."""
    return facts[facts["kind"].eq("treatment") & facts["code"].eq(row.code) & facts["line"].ne(row.line)]


def _open_stops(facts: pd.DataFrame, row) -> pd.DataFrame:
    """The stops of a drug that may have ended a course: not before it, nor after another one that came behind it."""
    stops = stops_of(facts, row.code)
    if stops.empty:
        return stops
    others = _other_courses(facts, row)
    later = [*rows_of(others[surely_after(others, row)])]
    is_out = [surely_before(stops, row), *(surely_after(stops, other) for other in later)]
    return stops[~np.any(is_out, axis=0)]


def is_told_by_event(facts: pd.DataFrame, row) -> bool:
    """Whether the end of a course is the moment of an event that tells that the drug was stopped."""
    if row.end == STOPPED and len(stops := _open_stops(facts, row)):
        return bool(surely_after(stops, row).any())
    stops = stops_of(facts, row.code)
    at_its_end = stops["start"].eq(row.end) & stops["anchor"].eq(row.anchor) & stops["start"].ne("")
    return bool(at_its_end.any())


def was_stopped(facts: pd.DataFrame, before, row) -> bool:
    """Whether an event says that a drug was stopped between two rows of it."""
    stops = stops_of(facts, row.code)
    return bool((surely_before(stops, row) & surely_after(stops, before)).any()) if len(stops) else False
