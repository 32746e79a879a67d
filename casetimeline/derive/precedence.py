"""Whether one fact is surely before another: the places of facts in the order of their case.

Besides the days from time zero, times that count from one origin are compared as they are printed: two dates, and two
times that count from one and the same fact. However uncertain that origin is, the time between them is not.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from .columns import numbers
from .groups import Groups, groups_of

# Two facts with these moments are of one moment on one day, or in one phase; others have a number of their own.
EXACT, UNTIMED = -1, -2
PLACE = ("ORDLO", "ORDHI", "ORDPH", "MOMENT")
# Columns of a frame in which some time is more certain from its origin than from time zero: a fact as a date, and what
# it counts from in the end, as a number, and how long after that it is.
RELATIVE = ("DATELO", "DATEHI", "FROM", "FROMLO", "FROMHI")


class Timescale(NamedTuple):
    """Facts on one scale of times, of which only those of one origin are compared; nan for one that is not on it."""

    origin: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def of(self, rows: np.ndarray) -> "Timescale":
        """Some of the facts."""
        return Timescale(*(column[rows] for column in self))

    def before(self, other: "Timescale") -> np.ndarray:
        """Whether each fact is surely before another."""
        return (self.origin == other.origin) & (self.high < other.low)

    def backward(self) -> "Timescale":
        """The facts as if time ran backward."""
        return Timescale(self.origin, -self.high, -self.low)


class Places(NamedTuple):
    """Where facts stand in the order of their case.

    Attributes
    ----------
    low, high : ndarray of float
        ORDLO and ORDHI: the earliest and the latest day that a fact can be of.
    phase : ndarray of float
        ORDPH; nan where no phase orders the fact.
    moment : ndarray of int
        MOMENT.
    printed : tuple of Timescale
        The facts as dates, and as counted from other facts; empty where the days from time zero tell as much.
    """

    low: np.ndarray
    high: np.ndarray
    phase: np.ndarray
    moment: np.ndarray
    printed: tuple[Timescale, ...] = ()

    def of(self, rows: np.ndarray) -> "Places":
        """Some of the places, or the same ones in another shape."""
        return Places(*(column[rows] for column in self[:4]), tuple(scale.of(rows) for scale in self.printed))

    def scales(self) -> tuple[Timescale, ...]:
        """By what facts have an order: their days, their phases, and what is printed."""
        one = np.zeros(self.low.shape, dtype=int)
        return Timescale(one, self.low, self.high), Timescale(one, self.phase, self.phase), *self.printed

    def backward(self) -> "Places":
        """The places as if time ran backward."""
        printed = tuple(scale.backward() for scale in self.printed)
        return Places(-self.high, -self.low, -self.phase, self.moment, printed)

    def before(self, other: "Places") -> np.ndarray:
        """Whether each fact is surely before another of its case.

        Examples
        --------
        >>> from casetimeline.derive import derive_order
        >>> times = {"start": ["1 wk", "5 d", "20 d"], "DAYLO": [3.5, 5, 20], "DAYHI": [10.5, 5, 20]}
        >>> facts = derive_order(pd.DataFrame({"case_id": "a", "phase": None, **times}))
        >>> one = places_of(facts)
        >>> one.of([0, 0]).before(one.of([1, 2])).tolist()
        [False, True]
        """
        before = (self.high < other.low) | (self.phase < other.phase)
        for one, another in zip(self.printed, other.printed, strict=True):
            before |= one.before(another)
        return before

    def pairs(self, table: np.ndarray) -> np.ndarray:
        """For each row of a table of places, whether its first of two facts is surely before the second."""
        return self.of(table[:, :, None]).before(self.of(table[:, None, :]))

    def beside(self, other: "Places") -> np.ndarray:
        """Whether each fact is of the same moment as another of its case, and neither is earlier by its phase."""
        at_one_place = np.where(self.moment == UNTIMED, self.phase == other.phase, self.low == other.low)
        same = (self.moment == other.moment) & (at_one_place | (self.moment >= 0))
        return same & ~(self.phase < other.phase) & ~(self.phase > other.phase)

    def moments(self) -> Groups:
        """The facts of one moment: of one day, of one point as printed or, without a time, of one phase.

        Examples
        --------
        >>> from casetimeline.derive import derive_order
        >>> times = {"start": ["1 wk", "5 d", "5 d"], "DAYLO": [3.5, 5, 5], "DAYHI": [10.5, 5, 5]}
        >>> facts = derive_order(pd.DataFrame({"case_id": "a", "phase": None, **times}))
        >>> places_of(facts).moments().codes.tolist()
        [0, 1, 1]
        """
        # An exact day has no number of its own; without a time, the phase is what is known.
        return groups_of(self.moment, self.phase, np.where(self.moment == EXACT, self.low, 0.0))

    def as_told(self) -> "Places":
        """With one moment for all facts of one stretch of time: what says the same there may be one fact."""
        wide = (self.moment < UNTIMED) & (np.isfinite(self.low) | np.isfinite(self.high))
        stretch = self.moment.min(initial=UNTIMED) - 1 - groups_of(self.low, self.high).codes
        return self._replace(moment=np.where(wide, stretch, self.moment))


def places_of(frame: pd.DataFrame) -> Places:
    """The places of the facts of a frame of `derive_order`."""
    places = Places(*(numbers(frame, name) for name in PLACE[:3]), np.asarray(frame["MOMENT"], dtype=np.int64))
    return places._replace(printed=scales_of(frame))


def scales_of(frame: pd.DataFrame) -> tuple[Timescale, ...]:
    """The facts of a frame as dates, and as counted from other facts; empty without `RELATIVE`."""
    if not {*RELATIVE} <= {*frame}:
        return ()
    first, last, origin, low, high = (numbers(frame, name) for name in RELATIVE)
    return Timescale(np.zeros(len(frame)), first, last), Timescale(origin, low, high)


def surely_before(facts: pd.DataFrame, row) -> np.ndarray:
    """Which facts of a case are surely before one of them, a row with the columns of its place.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> times = {"start": ["1 wk", "5 d", "20 d"], "DAYLO": [3.5, 5, 20], "DAYHI": [10.5, 5, 20]}
    >>> facts = derive_order(pd.DataFrame({"case_id": "a", "phase": None, **times}))
    >>> surely_before(facts, facts.iloc[1]).tolist(), surely_before(facts, facts.iloc[2]).tolist()
    ([False, False, False], [True, True, False])
    """
    return places_of(facts).before(place_of(facts, row))


def surely_after(facts: pd.DataFrame, row) -> np.ndarray:
    """Which facts of a case are surely after one of them, a row with the columns of its place.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> times = {"start": ["1 wk", "5 d", "20 d"], "DAYLO": [3.5, 5, 20], "DAYHI": [10.5, 5, 20]}
    >>> facts = derive_order(pd.DataFrame({"case_id": "a", "phase": None, **times}))
    >>> surely_after(facts, facts.iloc[0]).tolist(), surely_after(facts, facts.iloc[2]).tolist()
    ([False, False, True], [False, False, False])
    """
    return place_of(facts, row).before(places_of(facts))


def place_of(facts: pd.DataFrame, row) -> Places:
    """The place of one fact, a row with the columns of its place, on the scales of some facts."""
    low, high, phase, first, last, origin, since, until = (
        np.array([float("nan") if pd.isna(end) else float(end)])
        for end in (getattr(row, name, None) for name in (*PLACE[:3], *RELATIVE))
    )
    one = Timescale(np.zeros(1), first, last), Timescale(origin, since, until)
    return Places(low, high, phase, np.array([row.MOMENT]), one if {*RELATIVE} <= {*facts} else ())


def are_after_one(places: Places, groups: Groups, others: Places, of_others: Groups) -> np.ndarray:
    """Whether one of some other facts of its group is surely before each fact."""
    high, phase = of_others.lowest(others.high), of_others.lowest(others.phase)
    after = (places.low > high[groups.codes]) | (places.phase > phase[groups.codes])
    length = len(places.low)
    for mine, theirs in zip(places.printed, others.printed, strict=True):
        origin = np.concatenate([mine.origin, theirs.origin])
        both = groups_of(np.concatenate([groups.codes, of_others.codes]), origin)
        after |= mine.low > both.of(slice(length, None)).lowest(theirs.high)[both.codes[:length]]
    return after


def are_after_all(mine: Timescale, groups: Groups, theirs: Timescale, of_others: Groups) -> np.ndarray:
    """Whether each fact is surely after all of some others of its group by one scale, on which they all are."""
    apart = of_others.any(np.isnan(theirs.high)) | (of_others.different(theirs.origin) > 1)
    origin, last = of_others.lowest(theirs.origin), np.where(apart, np.nan, of_others.highest(theirs.high))
    return (mine.origin == origin[groups.codes]) & (mine.low > last[groups.codes])


def may_be_first(places: Places, groups: Groups) -> np.ndarray:
    """Whether no other row of its group is surely before each row."""
    return ~are_after_one(places, groups, places, groups)


def may_be_last(places: Places, groups: Groups) -> np.ndarray:
    """Whether no other row of its group is surely after each row.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> times = {"start": ["1 d", "~6 mo", "5..7 mo"], "DAYLO": [1, 152.2, 152.2], "DAYHI": [1, 213.1, 213.1]}
    >>> facts = derive_order(pd.DataFrame({"case_id": "a", "phase": None, **times}))
    >>> may_be_last(places_of(facts), groups_of(facts["case_id"])).tolist()
    [False, True, True]
    """
    return may_be_first(places.backward(), groups)
