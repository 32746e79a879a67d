"""The first improvement of a series after its baseline, by a number, grade or word, and whether it was sustained."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..values import booleans, distinct
from ..vocabulary import MET, NOT_MET, SERIES, UNDETERMINED
from .columns import equals, numbers, require, whole
from .direction import derive_direction
from .groups import Groups, groups_of
from .order import only_one, without_repeats
from .precedence import PLACE, Places, may_be_first, places_of


def derive_improvement(changes: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """The first improvement of each series after its baseline, and whether it was sustained; needs `derive_chg`.

    A record improves on the baseline if it is surely better by the direction of the measure, by any amount: by its
    number or grade, or by the words of the source (`decreased`), as `derive_direction` reads them of a frame with STATE
    and ABLFL. The improvement is sustained if every later record that tells of the measure improves on the baseline as
    well. Only records that are surely after the baseline count; one that may be after it leaves the answers open.

    Returns
    -------
    DataFrame
        One row a series with a baseline: IMPROVED (met, not met, cannot be determined); LINE, that of the first record
        that surely improves, missing where the order leaves it open; TTILO, TTIHI, days from the baseline to it;
        SUSTAINED (met, not met, or, without a later record, cannot be determined; blank without an improvement).

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> nan = float("nan")
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4],
    ...                       "phase": None, "start": "", "POSTBLFL": ["N", "Y", "Y"], "BETTER": "lower",
    ...                       "CHGLO": [0.0, -6589.0, 50.0], "CHGHI": [0.0, -6589.0, 50.0], "CHGLOX": False,
    ...                       "CHGHIX": False, "AVALLO": 1.0, "AVALCALO": nan, "AVALCAHI": nan, "BASECALO": nan,
    ...                       "BASECAHI": nan, "DAYLO": [0.0, 180.0, 300.0], "DAYHI": [0.0, 180.0, 300.0],
    ...                       "SINCELO": [0.0, 180.0, 300.0], "SINCEHI": [0.0, 180.0, 300.0], "BASEOLO": 0.0})
    >>> derive_improvement(derive_order(frame))[["IMPROVED", "LINE", "TTILO", "SUSTAINED"]].to_numpy().tolist()
    [['met', 3, 180.0, 'not met']]
    """
    require(changes, "derive_improvement", (*by, *_OF_IMPROVEMENT))
    changes = changes.reset_index(drop=True)
    signed = derive_direction(changes, tuple(by)) if {"STATE", "ABLFL"} <= {*changes} else changes
    signed = signed.assign(**{name: np.nan for name in ("SIGNLO", "SIGNHI") if name not in signed})
    observed = signed[equals(changes, "kind", "observation") & ~np.isnan(numbers(signed, "BASEOLO"))]
    table = observed[list(by)].drop_duplicates().sort_values(list(by)).set_index(list(by))
    judged = _judged(observed[~equals(observed, "POSTBLFL", "N")])
    keys = table.index.to_frame(index=False)
    codes = groups_of(*(pd.concat([keys[name], judged[name]]) for name in by)).codes[len(table) :]
    series = Groups(codes, len(table))
    answers, sure = judged["improved"].to_numpy(), equals(judged, "POSTBLFL", "Y")
    places, better = places_of(judged), np.flatnonzero(sure & (answers == MET))
    first = without_repeats(judged, better[may_be_first(places.of(better), series.of(better))], series, _SAME_CHANGE)
    improved = np.where(series.any(first), MET, np.where(series.any(answers != NOT_MET), UNDETERMINED, NOT_MET))
    improved = np.where(series.any(sure) | series.any(answers != NOT_MET), improved, UNDETERMINED)
    lasting, lost = _later(places, first, sure & (answers == NOT_MET), answers == MET, series)
    sustained = np.where(lost, NOT_MET, np.where(lasting, MET, UNDETERMINED))
    once = only_one(first, series)
    line = np.full(len(table), np.nan)
    line[series.codes[once]] = numbers(judged, "line")[once]
    since = numbers(judged, "SINCELO"), numbers(judged, "SINCEHI")
    unknown = series.any(first[np.isnan(since[0][first])])
    table = table.assign(
        IMPROVED=improved,
        LINE=whole(line),
        TTILO=np.where(unknown, np.nan, series.of(first).lowest(since[0][first])),
        TTIHI=np.where(unknown, np.nan, series.of(first).highest(since[1][first])),
        SUSTAINED=np.where(series.any(first), sustained, ""),
    )
    return table.reset_index()


def _later(
    places: Places, first: np.ndarray, lost: np.ndarray, better: np.ndarray, series: Groups
) -> tuple[np.ndarray, np.ndarray]:
    """Whether all records that may follow the first improvement of a series are better, and whether one is not.

    Parameters
    ----------
    places : Places
        Of the records that may be after the baseline.
    first : ndarray of int
        Those that may be the first improvement.
    lost, better : ndarray of bool
        Whether a record is surely after the baseline and does not improve on it; whether a record improves on it.
    series : Groups
        Of the records.
    """
    groups = series.of(first)
    day, phase = groups.highest(places.high[first])[series.codes], groups.highest(places.phase[first])[series.codes]
    unphased = groups.any(np.isnan(places.phase[first]))[series.codes]
    after = (places.low > day) | (~unphased & (places.phase > phase))
    earliest = groups.lowest(places.low[first])[series.codes]
    early = groups.lowest(places.phase[first])[series.codes]
    before = (places.high < earliest) | (~unphased & (places.phase < early))
    # What is of the moment of the first improvement is not later, where there is one such moment.
    row = np.full(series.count, -1)
    row[series.codes[first]] = first
    apart = series.any(first[~places.of(first).beside(places.of(row[series.codes[first]]))])
    known = ((row >= 0) & ~apart)[series.codes]
    before |= known & places.beside(places.of(row[series.codes]))
    return series.any(~before) & ~series.any(~before & ~better), series.any(after & lost)


_SAME_CHANGE = ("AVALLO", "CHGLO", "CHGHI", "AVALCALO", "AVALCAHI", "SIGNLO", "SIGNHI")
_OF_IMPROVEMENT = (
    "kind",
    "line",
    "BETTER",
    *PLACE,
    "ORDER",
    "POSTBLFL",
    "BASEOLO",
    "CHGLO",
    "CHGHI",
    "CHGLOX",
    "CHGHIX",
    "AVALLO",
    "AVALCALO",
    "AVALCAHI",
    "BASECALO",
    "BASECAHI",
    "SINCELO",
    "SINCEHI",
)


def _judged(after: pd.DataFrame) -> pd.DataFrame:
    """The records that tell of the measure, and whether each improves on the baseline: by number, grade or words."""
    fall, known = equals(after, "BETTER", "lower"), ~distinct(after["BETTER"]).among([""])
    low, high, size, least, most, base_least, base_most, sign_low, sign_high = (
        numbers(after, name) for name in _JUDGED
    )
    low_open, high_open = (booleans(after[name]) for name in ("CHGLOX", "CHGHIX"))
    # Turned so that more is better.
    ends = np.where(fall, (-high, -low, high_open), (low, high, low_open))
    surely, never = (ends[0] > 0) | ((ends[0] == 0) & (ends[2] == 1)), ends[1] <= 0
    unsized = np.isnan(low)
    by_grade = unsized & np.isnan(size)
    surely |= by_grade & np.where(fall, most < base_least, least > base_most)
    surely |= unsized & np.where(fall, sign_high < 0, sign_low > 0)
    never |= by_grade & np.where(fall, least >= base_most, most <= base_least)
    never |= unsized & np.where(fall, sign_low >= 0, sign_high <= 0)
    answer = np.select([never & known, surely & known], [NOT_MET, MET], UNDETERMINED).astype(object)
    return after.assign(improved=answer)[~(np.isnan(size) & np.isnan(least) & np.isnan(sign_low))]


# In the order in which `_judged` reads them.
_JUDGED = ("CHGLO", "CHGHI", "AVALLO", "AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI", "SIGNLO", "SIGNHI")
