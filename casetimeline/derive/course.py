"""Extremes of a series, its area under the curve and time-weighted mean."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..values import distinct, pairs
from ..vocabulary import SERIES
from .change import step_of
from .columns import OF_VALUE, equals, flags, has_unit, is_unitless, numbers, require
from .groups import Groups, groups_of
from .order import are_too_long, only_one, open_stretches, stretches, without_repeats
from .precedence import PLACE, Places, may_be_first, may_be_last, places_of


def derive_extremes(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add NADIRFL, PEAKFL and LASTFL: `Y` on the lowest, the highest and the last value of each series.

    Of equal values the earliest is flagged; `10..20` may be equal to 10, and does not count as equal. A record is the
    lowest if each value that it allows is at most each value that any other record allows. No lowest and no highest
    record is flagged where the intervals overlap so that it cannot be determined, where the units of a series differ,
    where one unit is not reported, or where a record of it says in words that there was less (`decreased`, `absent`) or
    more (`increased`, `recurred`); a state of the laboratory without a value (`normal`, `raised`, `low`) may be less
    and more, unless ANRIND tells another side of the limits. Grades are compared where no record of the series has a
    number, with the grades that present, recurred and residual allow; beside numbers, a grade may be the last value,
    and leaves open which is the lowest and the highest. So may a record that says absent be the last; one in other
    words is no value. Where the order of the records leaves open which is the earliest of equal values, or the last,
    none is flagged.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "kind": "observation",
    ...                       "line": [2, 3, 4, 5], "phase": [1, 2, 3, 4], "start": "", "DAYLO": None, "DAYHI": None,
    ...                       "AVALLO": [46.0, 32.0, 32.0, 35.0], "AVALHI": [46.0, 32.0, 32.0, 35.0],
    ...                       "AVALU": "points", "AVALCALO": float("nan"), "AVALCAHI": float("nan")})
    >>> flagged = derive_extremes(derive_order(frame))
    >>> [flagged.loc[flagged[name] == "Y", "line"].tolist() for name in ("NADIRFL", "PEAKFL", "LASTFL")]
    [[3], [2], [5]]
    """
    require(frame, "derive_extremes", (*by, *_OF_EXTREMES))
    every_series = groups_of(*(frame[name] for name in by))
    low, high = _values(frame, every_series)
    rows = np.flatnonzero(~np.isnan(low))
    series, low, high = every_series.of(rows), low[rows], high[rows]
    # A value without a unit is not compared with any other.
    unitless = series.any(is_unitless(frame)[rows])
    one_unit = (series.size() == 1) | ((series.different(frame["AVALU"].array[rows]) == 1) & ~unitless)
    one_unit = one_unit[series.codes]
    lowest, highest = high <= _least_of_others(low, series), -low <= _least_of_others(-high, series)
    less, more = _in_words(frame, rows)
    below, above = _beside_states(frame, rows, every_series)
    lowest &= ~every_series.any(less)[series.codes] & below
    highest &= ~every_series.any(more)[series.codes] & above
    places, latest = places_of(frame), _valued(frame, rows)
    flagged = {
        "NADIRFL": _first(rows[lowest & one_unit], places, every_series),
        "PEAKFL": _first(rows[highest & one_unit], places, every_series),
        "LASTFL": latest[may_be_last(places.of(latest), every_series.of(latest))],
    }
    for name, several in flagged.items():
        once = only_one(without_repeats(frame, several, every_series, OF_VALUE), every_series)
        flagged[name] = flags(_mask(once, len(frame)))
    return frame.assign(**flagged)


def last_candidates(frame: pd.DataFrame) -> np.ndarray:
    """The places of the records of which one is the last of its series, where the order leaves open which."""
    require(frame, "last_candidates", (*SERIES, *_OF_EXTREMES))
    series = groups_of(*(frame[name] for name in SERIES))
    rows = _valued(frame, np.flatnonzero(~np.isnan(_values(frame, series)[0])))
    rows = rows[may_be_last(places_of(frame).of(rows), series.of(rows))]
    rows = without_repeats(frame, rows, series, OF_VALUE)
    return np.setdiff1d(rows, only_one(rows, series))


def each_once(records: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """The records of some measures, of those that say the same of one moment of a series one.

    Examples
    --------
    >>> records = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "line": [2, 3, 4], "STATE": "value",
    ...                         "AVALLO": [30.0, 20.0, 20.0], "AVALHI": [30.0, 20.0, 20.0], "AVALU": "points",
    ...                         "AVALCALO": np.nan, "AVALCAHI": np.nan, "ORDLO": [0.0, 1.0, 1.0],
    ...                         "ORDHI": [0.0, 1.0, 1.0], "ORDPH": np.nan, "MOMENT": -1})
    >>> each_once(records)["line"].tolist()
    [2, 3]
    """
    series = groups_of(*(records[name] for name in by))
    return records.iloc[without_repeats(records, np.arange(len(records)), series, (*OF_VALUE, "STATE"))]


_OF_EXTREMES = ("kind", "line", *PLACE, *OF_VALUE)


def _first(rows: np.ndarray, places: Places, series: Groups) -> np.ndarray:
    """Those of some rows that may be the first of them in their series."""
    return rows[may_be_first(places.of(rows), series.of(rows))]


def _mask(rows: np.ndarray, length: int) -> np.ndarray:
    """Some rows of a table as a mask."""
    mask = np.zeros(length, dtype=bool)
    mask[rows] = True
    return mask


def _least_of_others(bounds: np.ndarray, series: Groups) -> np.ndarray:
    """The least bound of the other records of each record's series; infinite where it is the only one."""
    order = np.lexsort((bounds, series.codes))
    others = ~_mask(order[series.of(order).first()], len(bounds))
    second = series.of(others).lowest(bounds[others])
    second = np.where(np.isnan(second), np.inf, second)
    return np.where(others, series.lowest(bounds)[series.codes], second[series.codes])


def derive_peak(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add PEAKLO, PEAKHI: bounds of the highest value of the series up to this record, in the unit of the record.

    A value whose order with the record is open raises PEAKHI alone. Missing where the record has no number, or has one
    without a unit.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "line": [2, 3, 4], "phase": [1, 2, 3],
    ...                       "start": "", "DAYLO": None, "DAYHI": None, "AVALU": "U/L",
    ...                       "AVALLO": [5500.0, 10527.0, 658.0], "AVALHI": [6500.0, 10527.0, 658.0]})
    >>> derive_peak(derive_order(frame))[["PEAKLO", "PEAKHI"]].iloc[-1].tolist()
    [10527.0, 10527.0]
    """
    require(frame, "derive_peak", (*by, "line", *PLACE, "ORDER", "AVALLO", "AVALHI", "AVALU"))
    low, high = numbers(frame, "AVALLO"), numbers(frame, "AVALHI")
    comparable = ~np.isnan(low) & has_unit(frame)
    series = groups_of(*(frame[name] for name in by), frame["AVALU"])
    rows, stretch = stretches(frame, np.flatnonzero(comparable), series)
    places, codes = places_of(frame).of(rows), series.codes[rows]
    peaks = dict.fromkeys(("PEAKLO", "PEAKHI"))
    for name, ends in (("PEAKLO", low[rows]), ("PEAKHI", high[rows])):
        reached = series.of(rows).running_highest(ends, np.arange(len(rows)))
        so_far, unlooked = reached.copy(), are_too_long(stretch)
        # Up to a record of a stretch that is too long, the peak is that record at the least, and any of them at most.
        whole_stretch = reached[np.cumsum(stretch.size())[stretch.codes] - 1]
        so_far[unlooked] = (ends if name == "PEAKLO" else whole_stretch)[unlooked]
        for table in open_stretches(stretch):
            first = table[:, 0]
            carried = np.where((first > 0) & (codes[first] == codes[first - 1]), reached[first - 1], -np.inf)
            counts = _counts(places, table, surely=name == "PEAKLO")
            within = np.where(counts, ends[table][:, :, None], -np.inf).max(axis=1)
            so_far[table] = np.maximum(within, carried[:, None])
        peaks[name] = np.full(len(frame), np.nan)
        peaks[name][rows] = so_far
    return frame.assign(**peaks)


def _counts(places: Places, table: np.ndarray, surely: bool) -> np.ndarray:
    """For each pair of a stretch, whether the one surely counts for the peak up to the other; else whether it may."""
    before = places.pairs(table)
    if not surely:
        return ~before.transpose(0, 2, 1)
    beside = places.of(table[:, :, None]).beside(places.of(table[:, None, :]))
    return before | beside | np.eye(table.shape[1], dtype=bool)


def _values(frame: pd.DataFrame, series: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of each record's value: numbers where its series has any, else grades; nan where there is none."""
    observed, size = equals(frame, "kind", "observation"), numbers(frame, "AVALLO")
    sized = series.any(observed & ~np.isnan(size))[series.codes]
    low = np.where(sized, size, numbers(frame, "AVALCALO"))
    high = np.where(sized, numbers(frame, "AVALHI"), numbers(frame, "AVALCAHI"))
    return np.where(observed, low, np.nan), np.where(observed, high, np.nan)


def _valued(frame: pd.DataFrame, rows: np.ndarray) -> np.ndarray:
    """The places of the records with a value to compare, and beside numbers of those with a grade or absent."""
    absent = np.isnan(numbers(frame, "AVALLO")) & (numbers(frame, "AVALCAHI") == 0)
    absent |= _graded(frame)
    absent[rows] = False
    absent &= equals(frame, "kind", "observation")
    return np.union1d(rows, np.flatnonzero(absent)) if absent.any() else rows


def _graded(frame: pd.DataFrame) -> np.ndarray:
    """Whether each record has a grade as its value, and not a number. A state without a value is not a grade."""
    if "value" not in frame:
        return np.zeros(len(frame), dtype=bool)
    graded = np.isnan(numbers(frame, "AVALLO")) & ~np.isnan(numbers(frame, "AVALCALO"))
    return graded & distinct(frame["value"]).each(bool, bool) if graded.any() else graded


def _in_words(frame: pd.DataFrame, rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The places of records that may be less, and more, than those with a value to compare, by their word or grade."""
    silent = equals(frame, "kind", "observation")
    silent[rows] = False
    silent = np.flatnonzero(silent)
    less, more = numbers(frame, "AVALCAHI")[silent] == 0, np.zeros(len(silent), dtype=bool)
    if len(silent) and {"STATE", "BETTER"} <= {*frame}:
        state, better = (distinct(frame[name].iloc[silent]) for name in ("STATE", "BETTER"))
        step = pairs(state, better).each(lambda pair: step_of(*pair), float)
        less, more = less | (step < 0), (step > 0) | state.among(["recurred"])
    graded = _graded(frame)[silent]
    # A grade is no number: it may be less, and unless it says that there is nothing, more.
    return silent[less | graded], silent[more | (graded & ~less)]


_SIDES = {"low": -1.0, "LOW": -1.0, "normal": 0.0, "NORMAL": 0.0, "raised": 1.0, "HIGH": 1.0}


def _beside_states(frame: pd.DataFrame, rows: np.ndarray, series: Groups) -> tuple[np.ndarray, np.ndarray]:
    """Whether each value is surely less, and more, than those of its series of which only a side of the limits is told.

    It is below what is normal if it is low itself. Where no limit tells its side, it may be anything.
    """
    states = equals(frame, "kind", "observation")
    states[rows] = False
    states, here = np.flatnonzero(states), np.full(len(rows), np.nan)
    if "STATE" not in frame or not len(states):
        return np.ones((2, len(rows)), dtype=bool)
    side = distinct(frame["STATE"].iloc[states]).each(lambda word: _SIDES.get(word, np.nan), float)
    if "ANRIND" in frame and np.isfinite(side).any():
        here = distinct(frame["ANRIND"].iloc[rows]).each(lambda word: _SIDES.get(word, np.nan), float)
    of_states, codes = series.of(states), series.codes[rows]
    least, most = of_states.lowest(side)[codes], of_states.highest(side)[codes]
    return np.isnan(least) | (here < least), np.isnan(most) | (here > most)


def derive_auc(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Area under the curve of each series by the linear trapezoidal rule, and the time-weighted mean.

    Time is counted in elapsed days, never in study days, which have no day 0. The bounds of the values give the bounds
    of the area, because no value has a negative weight.

    Returns
    -------
    DataFrame
        One row a series, sorted by the columns of `by`: N, the number of values, each of a day once; DAYS, from the
        first to the last; AUCLO, AUCHI, the area in the unit of the measure times days; TWALO, TWAHI, the mean in that
        unit; REASON, why there is no area, else blank.

    Examples
    --------
    100 falling to 50 in 10 days, then 50 for 10 days: 750 + 500 = 1250, and 1250 / 20 = 62.5.

    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4],
    ...                       "AVALLO": [100.0, 50.0, 50.0], "AVALHI": [100.0, 50.0, 50.0], "AVALU": "U/L",
    ...                       "DAYLO": [-5.0, 5.0, 15.0], "DAYHI": [-5.0, 5.0, 15.0]})
    >>> derive_auc(frame)[["DAYS", "AUCLO", "TWALO"]].iloc[0].tolist()
    [20.0, 1250.0, 62.5]
    """
    require(frame, "derive_auc", (*by, "kind", "line", "AVALLO", "AVALHI", "AVALU", "DAYLO", "DAYHI"))
    frame = frame.reset_index(drop=True)
    frame = frame.assign(**{name: numbers(frame, name) for name in ("line", "AVALLO", "AVALHI", "DAYLO", "DAYHI")})
    values = _measured(frame, by).sort_values([*by, "DAYLO", "line"])
    # A missing site counts as no site: a blank one is missing after a table was written as CSV and read again.
    series = groups_of(*(values[name] for name in by)).codes
    step = values["DAYLO"].groupby(series).diff()
    limits = values[["AVALLO", "AVALHI"]]
    area = (limits + limits.groupby(series).shift()).mul(step / 2, axis=0)
    facts = values.assign(
        areaLO=area["AVALLO"],
        areaHI=area["AVALHI"],
        unitless=is_unitless(values),
        step=step,
        level=(step == 0) & (limits != limits.groupby(series).shift()).any(axis=1),
    )
    table = facts.groupby(list(by), dropna=False).agg(
        N=("line", "size"),
        DAYS=("step", "sum"),
        AUCLO=("areaLO", "sum"),
        AUCHI=("areaHI", "sum"),
        exact=("exact", "all"),
        units=("AVALU", "nunique"),
        unitless=("unitless", "any"),
        level=("level", "any"),
    )
    reason = _no_area(table)
    known = reason == ""
    areas = table[["AUCLO", "AUCHI"]].where(known)
    means = areas.div(table["DAYS"].where(known), axis=0)
    return table.assign(
        DAYS=table["DAYS"].where(known),
        **areas,
        TWALO=means["AUCLO"],
        TWAHI=means["AUCHI"],
        REASON=reason,
    )[["N", "DAYS", "AUCLO", "AUCHI", "TWALO", "TWAHI", "REASON"]].reset_index()


def _measured(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The values of a frame, each with whether its day is exact; what is said again of one day is one value."""
    values = frame[equals(frame, "kind", "observation") & frame["AVALLO"].notna()]
    values = values.assign(exact=(values["DAYLO"] == values["DAYHI"]) & np.isfinite(values["DAYLO"]))
    return values[~(values["exact"] & values.duplicated([*by, "DAYLO", "AVALLO", "AVALHI", "AVALU"]))]


def _no_area(table: pd.DataFrame) -> pd.Series:
    """Why a series has no area; blank where it has one."""
    reason = pd.Series("", index=table.index)
    reason = reason.mask(table["N"] < 2, "there is one value")
    reason = reason.mask(table["level"], "two values are of one day")
    reason = reason.mask(~table["exact"], "the day of a value is not known exactly")
    return reason.mask((table["units"] > 1) | table["unitless"], "units differ or are not reported")
