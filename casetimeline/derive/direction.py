"""What the words of a source say of a change: `decreased` against the value before, `raised` against the limits."""

import re

import numpy as np
import pandas as pd

from ..values import booleans, distinct, pairs
from ..vocabulary import DIRECTIONS, LIMIT_STATES, OPEN_STATES, SERIES
from .change import step_of
from .columns import equals, numbers, require
from .groups import Groups, groups_of
from .order import stretches
from .precedence import PLACE, places_of

_RANKS = {"low": 0.0, "normal": 1.0, "raised": 2.0, "LOW": 0.0, "NORMAL": 1.0, "HIGH": 2.0}


def derive_direction(frame: pd.DataFrame, by: tuple[str, ...] = SERIES) -> pd.DataFrame:
    """Add SIGNLO and SIGNHI: the bounds of the sign of the change from the baseline that words alone say.

    They are given for the records that have no number to compare: with a state against the value before, or against
    limits that are not reported. What was less than a value that was not above the baseline is below it; two words
    against the same limits are compared by their order. -1 to 1 is open, and missing is a record that says nothing of a
    change. A series without a baseline is compared with its first record, or with the value before that where its word
    is about it. A value with its limits is compared with `normal` by them. Where the same finding is told to have moved
    in between without a site, or at one that has no record before, that may be the site of the series, and so the value
    before may have moved. The names are of this project.

    Parameters
    ----------
    frame : DataFrame
        The frame of `derive_changes`.
    by : tuple of str
        The columns that define a series.

    Examples
    --------
    100 U/L at baseline, then less, then less again, then more: the last may be above the baseline or below it.

    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4, 5],
    ...     "STATE": ["value", "decreased", "decreased", "increased"], "BETTER": "lower", "ABLFL": ["Y", "", "", ""],
    ...     "AVALLO": [100, None, None, None], "CHGLO": [0, None, None, None], "CHGHI": [0, None, None, None],
    ...     "CHGLOX": False, "CHGHIX": False, "AVALCALO": None, "AVALCAHI": None, "BASECALO": None, "BASECAHI": None,
    ...     "ORDER": [1, 2, 3, 4], "ORDLO": [1, 2, 3, 4], "ORDHI": [1, 2, 3, 4], "ORDPH": None, "MOMENT": -1})
    >>> derived = derive_direction(frame)
    >>> derived["SIGNLO"].tolist(), derived["SIGNHI"].tolist()
    ([nan, -1.0, -1.0, -1.0], [nan, -1.0, -1.0, 1.0])
    """
    require(frame, "derive_direction", (*by, *_NEEDED, *PLACE))
    state, series = distinct(frame["STATE"]), groups_of(*(frame[name] for name in by))
    low, high = np.full(len(frame), np.nan), np.full(len(frame), np.nan)
    step = pairs(state, distinct(frame["BETTER"])).each(lambda pair: step_of(*pair), float)
    worded = state.among([*DIRECTIONS, *LIMIT_STATES, "residual"]) & np.isnan(numbers(frame, "CHGLO"))
    worded &= equals(frame, "kind", "observation")
    if not worded.any():
        return frame.assign(SIGNLO=low, SIGNHI=high)
    rows, before = _before(
        frame, series, np.flatnonzero(equals(frame, "kind", "observation") & ~state.among(OPEN_STATES))
    )
    rank = state.each(lambda word: _RANKS.get(word, np.nan), float)
    if "ANRIND" in frame:
        rank = np.where(
            np.isnan(rank), distinct(frame["ANRIND"]).each(lambda word: _RANKS.get(word, np.nan), float), rank
        )
    known_low, known_high = _compared(frame)
    based = series.any(equals(frame, "ABLFL", "Y") | ~np.isnan(known_low))[series.codes]
    first = rows[before < 0]
    start = first[~based[first]]
    # A first word against the value before it is compared with that value, which is not recorded.
    known_low[start] = known_high[start] = np.nan_to_num(step[start])
    place, pending = dict(zip(rows.tolist(), before.tolist(), strict=True)), np.zeros(len(frame), dtype=bool)
    pending[rows] = worded[rows]
    pending[start] = False
    elsewhere = _elsewhere(frame, by, rows[pending[rows]], place, step)
    for row in rows[pending[rows]].tolist():
        moved = elsewhere.get(row, (0.0, 0.0))
        known_low[row], known_high[row] = _after(row, place[row], (known_low, known_high), step, rank, moved)
    signed = worded.copy()
    signed[start[np.isnan(step[start])]] = False
    return frame.assign(SIGNLO=np.where(signed, known_low, low), SIGNHI=np.where(signed, known_high, high))


_NEEDED = (
    "kind",
    "line",
    "ORDER",
    "STATE",
    "BETTER",
    "ABLFL",
    "AVALLO",
    "CHGLO",
    "CHGHI",
    "CHGLOX",
    "CHGHIX",
    "AVALCALO",
    "AVALCAHI",
    "BASECALO",
    "BASECAHI",
)


def _before(frame: pd.DataFrame, series: Groups, observed: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Some records in turn, and the place of the one before each: -1 for the first of a series, -2 where it is open."""
    rows, stretch = stretches(frame, observed, series)
    alone = stretch.size()[stretch.codes] == 1
    before = np.full(len(rows), -1)
    same = np.flatnonzero(series.codes[rows][1:] == series.codes[rows][:-1]) + 1
    before[same] = np.where(alone[same] & alone[same - 1], rows[same - 1], -2)
    # Of records without an order none is the first.
    before[~alone] = -2
    return rows, before


def _compared(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of the sign of the change of each record that has a number or a grade to compare."""
    low, high = numbers(frame, "CHGLO"), numbers(frame, "CHGHI")
    above, below = (booleans(frame[name]) for name in ("CHGLOX", "CHGHIX"))
    least = np.where(np.isnan(low), np.nan, np.where((low == 0) & above, 1.0, np.sign(low)))
    most = np.where(np.isnan(high), np.nan, np.where((high == 0) & below, -1.0, np.sign(high)))
    grade = [numbers(frame, name) for name in ("AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI")]
    graded = np.isnan(low) & ~np.isnan(sum(grade))
    least = np.where(graded, np.sign(grade[0] - grade[3]), least)
    most = np.where(graded, np.sign(grade[1] - grade[2]), most)
    base = equals(frame, "ABLFL", "Y")
    return np.where(base, 0.0, least), np.where(base, 0.0, most)


# Words by which two sites are surely not one.
_APART = (("left", "right"), ("upper", "lower"), ("anterior", "posterior"), ("proximal", "distal"))


def _are_apart(site: str, other: str) -> bool:
    """Whether two sites are surely not the same, by the side that each names.

    Examples
    --------
    >>> _are_apart("left knee", "right knee"), _are_apart("hands", "extremities"), _are_apart("left knee", "knees")
    (True, False, False)
    """
    words, others = (set(re.findall(r"[a-z]+", text.lower())) for text in (site, other))
    sides = [*_APART, *((second, first) for first, second in _APART)]
    return any(one in words and one not in others and two in others and two not in words for one, two in sides)


def _elsewhere(
    frame: pd.DataFrame, by: tuple[str, ...], pending: np.ndarray, place: dict[int, int], step: np.ndarray
) -> dict[int, tuple[float, float]]:
    """How the value of each record may have moved since the one before it, by words that may be about its site.

    Without a site, or at a site without a record before, the word may be about the site of the series: -1 where it may
    have become less, 1 where more.
    """
    moves = np.flatnonzero(equals(frame, "kind", "observation") & (np.nan_to_num(step) != 0))
    if "LOC" not in by or not len(moves) or not len(pending):
        return {}
    site = frame["LOC"].fillna("").tolist()
    unclear = np.array([row for row in moves if not site[row] or place.get(row) == -1], dtype=np.int64)
    measure = groups_of(*(frame[name] for name in by if name != "LOC")).codes
    places, moved, of_measure = places_of(frame), {}, {}
    for row in unclear.tolist():
        of_measure.setdefault(measure[row], []).append(row)
    for row in pending[~np.isnan(step[pending])].tolist():
        others = [other for other in of_measure.get(measure[row], []) if site[other] != site[row]]
        others = [other for other in others if not _are_apart(site[other], site[row])]
        if place[row] >= 0 and others:
            here = places.of(others)
            first, last = (places.of([each] * len(others)) for each in (place[row], row))
            outside = here.before(first) | here.beside(first) | last.before(here) | last.beside(here)
            steps = step[others][~outside]
            moved[row] = (-1.0 if (steps < 0).any() else 0.0, 1.0 if (steps > 0).any() else 0.0)
    return moved


def _after(
    row: int,
    before: int,
    known: tuple[np.ndarray, np.ndarray],
    step: np.ndarray,
    rank: np.ndarray,
    moved: tuple[float, float],
) -> tuple[float, float]:
    """The bounds of the sign of a record by those of the one before it, and by what it says of that one.

    `moved` is whether the value before may have become less, and more, before this record.
    """
    bounds = known[0][row], known[1][row]
    if before < 0 or np.isnan(known[0][before]):
        return bounds if bounds[0] == bounds[1] else (-1.0, 1.0)
    low, high = min(known[0][before], moved[0] or 1.0), max(known[1][before], moved[1] or -1.0)
    move = step[row] if not np.isnan(step[row]) else np.sign(rank[row] - rank[before])
    if move < 0:
        return (-1.0, -1.0) if high <= 0 else (-1.0, 1.0)
    if move > 0:
        return (1.0, 1.0) if low >= 0 else (-1.0, 1.0)
    if step[row] == 0 and low == high == 0:
        return 0.0, 0.0
    # Said to be unchanged is not exactly equal: below the baseline before, it may have come back to it.
    return (min(low, 0.0), max(high, 0.0)) if step[row] == 0 and low * high > 0 else (-1.0, 1.0)
