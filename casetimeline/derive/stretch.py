"""The stretches of a course beside that from the baseline: which earlier record a later one is compared with."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..vocabulary import FIRST, HIGHEST, LOWEST, NEXT, SERIES
from .baseline import OF_BASE, base_at
from .change import derive_chg, derive_pchg, derive_r2base, examiners_since
from .columns import OF_VALUE, equals, flags, has_unit, numbers, require
from .groups import Groups, begins, groups_of
from .order import stretches, without_repeats
from .precedence import PLACE

_NEEDED = ("kind", "line", "BETTER", "ABLFL", "POSTBLFL", *PLACE, "ORDER", *OF_VALUE)


def derive_stretches(changes: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """For each kind of stretch the derived table with the earlier record in the place of the baseline.

    - `first to baseline`: from the first value of a series to its baseline.
    - `lowest to later`, and `highest to later` of a measure that is better when higher: from the best value so far, the
      earliest of equal ones, to each later value that may be worse.
    - `value to next`: from each value to the one that follows it.

    A stretch exists only where the order of its two records is certain, and where it is certain which record is the
    earlier one. The stretch from the baseline to a visit is that of the derived table itself, and does not come again
    under another name; nor does any other.

    Parameters
    ----------
    changes : DataFrame
        The table of `derive_changes`.
    by : sequence of str
        The columns that define a series.

    Returns
    -------
    DataFrame
        All rows of `changes`, once for each kind that the course has; none where it has no stretch. STRETCH is the
        kind; the columns of `derive_base`, `derive_chg`, `derive_pchg`, `derive_r2base` and `derive_examiners` are
        those of the stretch; POSTBLFL is `Y` on its later record, and blank elsewhere; FROMLINE is the line of the
        earlier one, or -1.

    Examples
    --------
    >>> from casetimeline.derive import derive_ablfl, derive_base, derive_order
    >>> nan, value = float("nan"), [6720.0, 131.0, 5607.0]
    >>> facts = derive_order(pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation",
    ...     "line": [2, 3, 4], "phase": [1, 2, 3], "start": "", "DAYLO": nan, "DAYHI": nan, "AVAL": value,
    ...     "AVALLO": value, "AVALHI": value, "AVALLOX": False, "AVALHIX": False, "AVALC": "", "AVALU": "U/L",
    ...     "AVALCALO": nan, "AVALCAHI": nan, "BETTER": "lower"}))
    >>> table = derive_stretches(derive_base(derive_ablfl(facts, "first")))
    >>> table.loc[table["POSTBLFL"] == "Y", ["STRETCH", "line", "FROMLINE", "CHG"]].to_numpy().tolist()
    [['lowest to later', 4, 3, 5476.0]]
    """
    require(changes, "derive_stretches", (*by, *_NEEDED, *OF_BASE.values()))
    series = groups_of(*(changes[name] for name in by))
    rows, sure = _in_order(changes, series)
    higher = equals(changes, "BETTER", "higher")
    baseline = _baselines(changes, series)
    # A later record and the earlier one that it has been compared with.
    compared = {(row, baseline[series.codes[row]]) for row in np.flatnonzero(equals(changes, "POSTBLFL", "Y")).tolist()}
    earlier_of = {
        FIRST: _first(rows, sure, series, baseline, len(changes)),
        LOWEST: np.where(higher, -1, _best(changes, rows, sure, series, 1.0)),
        HIGHEST: np.where(higher, _best(changes, rows, sure, series, -1.0), -1),
        NEXT: _previous(rows, sure, series, len(changes)),
    }
    kinds = {}
    for name, earlier in earlier_of.items():
        pairs = {(row, earlier[row]) for row in np.flatnonzero(earlier >= 0).tolist()} - compared
        if pairs:
            compared |= pairs
            kinds[name] = np.full(len(changes), -1)
            kinds[name][[row for row, _ in pairs]] = [row for _, row in pairs]
    return _against(changes, kinds)


def _in_order(changes: pd.DataFrame, series: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The records with a number, series by series and in turn; and whether each has an order with every other one."""
    with_value = equals(changes, "kind", "observation") & ~np.isnan(numbers(changes, "AVALLO"))
    rows = np.flatnonzero(with_value & has_unit(changes))
    rows, parts = stretches(changes, without_repeats(changes, rows, series, OF_VALUE), series)
    return rows, (parts.size() == 1)[parts.codes]


def _baselines(changes: pd.DataFrame, series: Groups) -> np.ndarray:
    """The place of the baseline of each series; -1 where there is none."""
    baseline = np.full(series.count, -1)
    flagged = np.flatnonzero(equals(changes, "ABLFL", "Y"))
    baseline[series.codes[flagged]] = flagged
    return baseline


def _first(rows: np.ndarray, sure: np.ndarray, series: Groups, baseline: np.ndarray, length: int) -> np.ndarray:
    """For the baseline of each series the place of its first record, where that is certain and another one."""
    earlier = np.full(length, -1)
    first = rows[begins(series.codes[rows]) & sure]
    later = baseline[series.codes[first]]
    ordered = np.isin(later, rows[sure]) & (later != first)
    earlier[later[ordered]] = first[ordered]
    return earlier


def _previous(rows: np.ndarray, sure: np.ndarray, series: Groups, length: int) -> np.ndarray:
    """For each record the place of the one before it, where both have an order with every other."""
    earlier = np.full(length, -1)
    follows = np.flatnonzero((np.diff(series.codes[rows]) == 0) & sure[1:] & sure[:-1]) + 1
    earlier[rows[follows]] = rows[follows - 1]
    return earlier


def _best(changes: pd.DataFrame, rows: np.ndarray, sure: np.ndarray, series: Groups, sign: float) -> np.ndarray:
    """For each record the place of the lowest before it (of the highest, where `sign` is -1), where it is certain."""
    ends = sign * numbers(changes, "AVALLO")[rows], sign * numbers(changes, "AVALHI")[rows]
    low, high = np.minimum(*ends), np.maximum(*ends)
    inside = np.arange(len(rows))
    reached = -series.of(rows).running_highest(-high, inside)
    first = begins(series.codes[rows])
    # A record that lies below all before it is the lowest until the next such one.
    new = first.copy()
    new[1:] |= high[1:] < reached[:-1]
    lowest = np.maximum.accumulate(np.where(new, inside, 0))
    # The least that any other record before allows: those up to the lowest, and those since.
    least = -series.of(rows).running_highest(-low, inside)
    before = np.where(first, np.inf, np.roll(least, 1))[lowest]
    runs = Groups(np.cumsum(new) - 1, int(new.sum()))
    since = -runs.running_highest(-np.where(new, np.inf, low), inside)
    certain = sure[lowest] & (np.minimum(before, since) >= high[lowest])
    earlier = np.full(len(changes), -1)
    later = np.flatnonzero(~first & sure)
    # What is surely no worse than the lowest so far is no flare.
    later = later[certain[later - 1] & (high[later] > low[lowest[later - 1]])]
    earlier[rows[later]] = rows[lowest[later - 1]]
    return earlier


def _against(changes: pd.DataFrame, kinds: dict[str, np.ndarray]) -> pd.DataFrame:
    """The derived table once for each kind of stretch, with another record of it as the baseline of each row.

    `kinds` has the place of that record for each row, or -1 without one. All kinds are derived as one table, which
    takes no longer than one of them.
    """
    earlier = np.concatenate([np.empty(0, dtype=int), *kinds.values()])
    names = np.repeat(np.array([*kinds], dtype=object), len(changes))
    lines = np.where(earlier >= 0, changes["line"].to_numpy()[earlier], -1)
    flagged = {"ABLFL": "", "ABLPFL": "", "POSTBLFL": flags(earlier >= 0)}
    flagged["EXAMINERS"] = examiners_since(changes, earlier)
    repeated = changes.take(np.tile(np.arange(len(changes)), len(kinds))).reset_index(drop=True)
    frame = repeated.assign(
        **base_at(changes, earlier), **flagged, STRETCH=pd.array(names, dtype="str"), FROMLINE=lines
    )
    return frame.pipe(derive_chg).pipe(derive_pchg).pipe(derive_r2base)
