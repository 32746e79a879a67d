"""The reference treatment of each case, the study day counted from it, and whether a record falls within it."""

import numpy as np
import pandas as pd

from ..values import distinct, is_date, parse_anchor, parse_texts, parse_time, same_times
from ..vocabulary import ANCHOR_KINDS, DECIMALS
from .chosen import check_chosen
from .columns import equals, flags, numbers, require, whole
from .groups import Groups, groups_of
from .precedence import UNTIMED, Places, are_after_all, are_after_one, may_be_first, places_of

_STARTS = ("case_id", "kind", "PARAMCD", "phase", "DAYLO", "DAYHI")


def reference_starts(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add RFSTLO, RFSTHI and RFPHASE: first start and first phase of the reference treatment or event.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    reference : str
        Code of the treatment or event.

    Returns
    -------
    DataFrame
        A new frame. RFSTLO and RFSTHI bound the earliest start in the case, in days from time zero. They are missing in
        a case without the reference, or with a course of it that has no day and may be the first.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "kind": "treatment", "PARAMCD": "x", "phase": [3, 2],
    ...                       "DAYLO": [28.0, 0.0], "DAYHI": [28.0, 0.0]})
    >>> reference_starts(facts, "x")[["RFSTLO", "RFPHASE"]].to_numpy().tolist()
    [[0.0, 2], [0.0, 2]]
    """
    require(frame, "reference_starts", _STARTS)
    low, high, phase = first_starts(frame, reference)
    return frame.assign(RFSTLO=low, RFSTHI=high, RFPHASE=whole(phase))


def first_starts(frame: pd.DataFrame, reference: str) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """RFSTLO, RFSTHI and RFPHASE of each row, as `reference_starts` defines them."""
    every_case, given = groups_of(frame["case_id"]), given_places(frame, reference)
    case = every_case.of(given)
    low, high, phase = (numbers(frame, name)[given] for name in ("DAYLO", "DAYHI", "phase"))
    # A course without a day may be the first, unless it is in a later phase than a dated one.
    dated = ~np.isnan(low)
    later = phase > case.of(dated).lowest(phase[dated])[case.codes]
    unknown = case.any(~dated & ~later)
    starts = (np.where(unknown, np.nan, case.lowest(days)) for days in (low, high))
    return tuple(first[every_case.codes] for first in (*starts, case.lowest(phase)))


def given_places(frame: pd.DataFrame, reference: str) -> np.ndarray:
    """The places of the rows of a treatment, procedure or event."""
    return np.flatnonzero(distinct(frame["kind"]).among(ANCHOR_KINDS) & equals(frame, "PARAMCD", reference))


def on_or_before(frame: pd.DataFrame, reference: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether each row is surely on or before the first start of the reference, and whether it may be.

    A row that counts from this start by its `anchor` is before it, at it or after it by what it counts, also where the
    start itself is not known exactly.
    """
    case, given, places = groups_of(frame["case_id"]), given_places(frame, reference), places_of(frame)
    courses, of_course = places.of(given), case.of(given)
    low, phase = (of_course.lowest(column)[case.codes] for column in (courses.low, courses.phase))
    unphased = of_course.lowest(np.where(np.isnan(courses.phase), courses.low, np.nan))[case.codes]
    surely = (places.high <= low) | ((places.phase < phase) & ~(places.high > unphased))
    for mine, theirs in zip(places.backward().printed, courses.backward().printed, strict=True):
        # What is on the start is not after it.
        surely |= are_after_all(mine, case, theirs._replace(high=np.nextafter(theirs.high, -np.inf)), of_course)
    surely |= _on_start(places, given[may_be_first(courses, of_course)], case)
    not_later, later = _counted_from_start(frame, reference)
    after = (are_after_one(places, case, courses, of_course) & ~not_later) | (phase < places.phase) | later
    surely = (surely | not_later) & ~after
    after |= _told_with(places, given, case) & ~not_later
    return surely, surely | (~np.isnan(low) & ~after)


def _counted_from_start(frame: pd.DataFrame, reference: str) -> tuple[np.ndarray, np.ndarray]:
    """Whether each row counts from the first start of the reference and is at it or before it; and is after it."""
    none = np.zeros(len(frame), dtype=bool)
    if not reference or not {"anchor", "start"} <= {*frame}:
        return none, none

    def of_reference(text: str) -> bool:
        """Whether an anchor is the first of the code of the reference."""
        try:
            return bool(text) and parse_anchor(text) == (reference, 1)
        except ValueError:
            return False

    counting = distinct(frame["anchor"]).each(of_reference, bool)
    if not counting.any():
        return none, none
    counting &= ~distinct(frame["start"]).each(is_date, bool)
    since = parse_texts(distinct(frame["start"]).where(counting), parse_time)
    return since.high <= 0, (since.low > 0) | ((since.low == 0) & since.low_open)


def _on_start(places: Places, first: np.ndarray, case: Groups) -> np.ndarray:
    """Whether each row has a time, and is of the moment of the first start, which is at one of the places `first`."""
    row = np.full(case.count, -1)
    row[case.codes[first]] = first
    # Of several courses that may be the first, none tells the moment unless all are of one.
    apart = case.any(first[~places.of(first).beside(places.of(row[case.codes[first]]))])
    known = ((row >= 0) & ~apart)[case.codes]
    return known & places.beside(places.of(row[case.codes])) & (places.moment != UNTIMED)


def _told_with(places: Places, given: np.ndarray, case: Groups) -> np.ndarray:
    """Whether each row is of the phase of a course, and neither has a time: then it is not told to be before it."""
    untimed = given[places.moment[given] == UNTIMED]
    if not len(untimed):
        return np.zeros(len(case.codes), dtype=bool)
    phases = groups_of(case.codes, places.phase)
    return (places.moment == UNTIMED) & phases.any(untimed)[phases.codes]


def reference_courses(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Where and when the treatment or event starts, case by case, from the first start to the last.

    Parameters
    ----------
    frame : DataFrame
        From `derive_order`.
    reference : str
        Code of the treatment or event.
    """
    columns = ["case_id", "ORDER", "line", "DAYLO", "DAYHI"]
    require(frame, "reference_courses", ("kind", "PARAMCD", *columns))
    return frame[columns].iloc[given_places(frame, reference)].sort_values(columns[:3])


def derive_reference(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add RFSTLO, RFSTHI, RFENLO, RFENHI and RFPHASE: first start, last end and first phase of the reference.

    RFSTLO and RFSTHI bound the earliest start of the treatment or event in the case, RFENLO and RFENHI its latest end.
    The end is missing if a row that may be the last has none; otherwise it is infinite if one of the rows is `ongoing`.
    All are missing in a case without the reference.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    reference : str
        Code of the treatment or event.

    Raises
    ------
    TimelineError
        If no case of the frame has the reference.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": ["a", "a", "b"], "kind": "treatment", "PARAMCD": ["x", "x", "y"],
    ...                       "phase": [2, 3, 1], "DAYLO": [0.0, 28.0, 0.0], "DAYHI": [0.0, 28.0, 0.0],
    ...                       "AENLO": [14.0, 42.0, 9.0], "AENHI": [14.0, 42.0, 9.0]})
    >>> derive_reference(facts, "x")[["RFSTLO", "RFENHI"]].to_numpy().tolist()
    [[0.0, 42.0], [0.0, 42.0], [nan, nan]]
    """
    check_chosen(frame, "derive_reference", "first", reference)
    return reference_span(frame, reference)


def reference_span(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """What `derive_reference` adds, to some cases of many, of which none need have the reference."""
    require(frame, "derive_reference", (*_STARTS, "AENLO", "AENHI"))
    every_case, given = groups_of(frame["case_id"]), given_places(frame, reference)
    case = every_case.of(given)
    first, start, phase, low, high = (
        numbers(frame, name)[given] for name in ("DAYLO", "DAYHI", "phase", "AENLO", "AENHI")
    )
    # The end of an earlier course does not tell when the last one ended, and a course without a day may be the last.
    last = start >= case.highest(first)[case.codes]
    earlier = phase < case.of(last).highest(phase[last])[case.codes]
    unknown = case.any((last | (np.isnan(start) & ~earlier)) & np.isnan(high))
    ends = [np.where(unknown, np.nan, case.highest(days))[every_case.codes] for days in (low, high)]
    return reference_starts(frame, reference).assign(RFENLO=ends[0], RFENHI=ends[1])


def derive_ady(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ADY (Int64), the study day: 1 on the day the reference starts, -1 the day before; needs `derive_reference`.

    Missing where the day of the record or that of the start is not known exactly.

    Notes
    -----
    CDISC Study Data Tabulation Model: there is no study day 0, so ADY must not be integrated over.

    Examples
    --------
    >>> days = pd.DataFrame({"DAYLO": [-1.0, 0.0, 7.0], "DAYHI": [-1.0, 0.0, 14.0], "RFSTLO": 0.0, "RFSTHI": 0.0})
    >>> derive_ady(days)["ADY"].tolist()
    [-1, 1, <NA>]
    """
    require(frame, "derive_ady", ("DAYLO", "DAYHI", "RFSTLO", "RFSTHI"))
    day, start = numbers(frame, "DAYLO"), numbers(frame, "RFSTLO")
    exact = (day == numbers(frame, "DAYHI")) & (start == numbers(frame, "RFSTHI")) & np.isfinite(day)
    since = np.floor(np.where(exact, day, np.nan)) - np.floor(start)
    return frame.assign(ADY=whole(since + (since >= 0)))


def derive_ontrtfl(frame: pd.DataFrame, window: float = 0.0) -> pd.DataFrame:
    """Add ONTRTFL: `Y` on a record during the reference treatment, blank elsewhere; needs `derive_reference`.

    A record is flagged if its whole time is not before the latest possible start, and not after the day of the earliest
    possible end plus the window; after an end in hours, which is a moment, no record is flagged. An end that is not
    reported sets no limit, as in the usual definition: there is nothing to show that the treatment had ended. A record
    without a day has no flag.

    Parameters
    ----------
    frame : DataFrame
        The frame of `derive_reference`.
    window : float
        Days after the end that still count.

    Notes
    -----
    CDISC ADaM, ONTRTFL: `Y` if the observation occurred while the subject was on treatment.

    Examples
    --------
    >>> days = pd.DataFrame({"DAYLO": [-1.0, 0.0, 14.5, 15.0], "DAYHI": [-1.0, 0.0, 14.5, 15.0], "RFSTLO": 0.0,
    ...                      "RFSTHI": 0.0, "RFENLO": 14.0, "RFENHI": 14.0})
    >>> derive_ontrtfl(days)["ONTRTFL"].tolist()
    ['', 'Y', 'Y', '']
    """
    require(frame, "derive_ontrtfl", ("DAYLO", "DAYHI", "RFSTHI", "RFENLO"))
    begun = numbers(frame, "DAYLO") >= numbers(frame, "RFSTHI")
    day, last = numbers(frame, "DAYHI"), numbers(frame, "RFENLO") + window
    # A part of a day lies in its day, and so does an end that is not a moment.
    whole_day, whole_last = (np.floor(np.round(time, DECIMALS)) for time in (day, last))
    ended = np.where(_ends_at_a_moment(frame), day > last, whole_day > whole_last)
    return frame.assign(ONTRTFL=flags(begun & ~ended))


def _ends_at_a_moment(frame: pd.DataFrame) -> np.ndarray:
    """Whether the last end of the reference of each row's case is told in hours."""
    none = np.zeros(len(frame), dtype=bool)
    if not {"case_id", "end", "AENLO"} <= {*frame}:
        return none
    hourly = same_times(distinct(frame["end"])).each(lambda text: text.endswith(" h"), bool)
    if not hourly.any():
        return none
    case = groups_of(frame["case_id"])
    return case.any(hourly & (numbers(frame, "AENLO") == numbers(frame, "RFENLO")))[case.codes]
