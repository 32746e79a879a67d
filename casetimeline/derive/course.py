"""Extremes of a series, its area under the curve and time-weighted mean, and its first improvement."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..vocabulary import MET, NOT_MET, SERIES, UNDETERMINED, UNIT_UNKNOWN
from .columns import equals, flags, numbers, require
from .groups import Groups, groups_of, in_turn


def derive_extremes(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add NADIRFL, PEAKFL and LASTFL: `Y` on the lowest, the highest and the last value of each series.

    Of equal values the earliest is flagged. A record is the lowest if each value that it allows is at most each value
    that any other record allows. No lowest and no highest record is flagged where the intervals overlap so that it
    cannot be determined, where the units of a series differ, or where one unit is not reported. Grades are compared
    where no record of the series has a number.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "kind": "observation",
    ...                       "line": [2, 3, 4, 5], "ORDER": [1, 2, 3, 4], "AVALU": "points",
    ...                       "AVALLO": [46.0, 32.0, 32.0, 35.0], "AVALHI": [46.0, 32.0, 32.0, 35.0],
    ...                       "AVALCALO": float("nan"), "AVALCAHI": float("nan")})
    >>> flagged = derive_extremes(frame)
    >>> [flagged.loc[flagged[name] == "Y", "line"].tolist() for name in ("NADIRFL", "PEAKFL", "LASTFL")]
    [[3], [2], [5]]
    """
    require(frame, "derive_extremes", (*by, *_OF_EXTREMES))
    every_series = groups_of(*(frame[name] for name in by))
    low, high = _values(frame, every_series)
    rows = in_turn(frame, np.flatnonzero(~np.isnan(low)), every_series)
    series, low, high = every_series.of(rows), low[rows], high[rows]
    # A value without a unit is not compared with any other.
    unitless = series.any(equals(frame, "AVALU", UNIT_UNKNOWN)[rows])
    one_unit = (series.size() == 1) | ((series.different(frame["AVALU"].array[rows]) == 1) & ~unitless)
    one_unit = one_unit[series.codes]
    lowest, highest = high <= _least_of_others(low, series), -low <= _least_of_others(-high, series)
    last = np.ones(len(rows), dtype=bool)
    last[:-1] = np.diff(series.codes) != 0
    flagged = {
        "NADIRFL": _first(lowest & one_unit, series),
        "PEAKFL": _first(highest & one_unit, series),
        "LASTFL": np.flatnonzero(last),
    }
    return frame.assign(**{name: flags(_mask(rows[places], len(frame))) for name, places in flagged.items()})


_OF_EXTREMES = ("kind", "line", "ORDER", "AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI")


def _first(mask: np.ndarray, series: Groups) -> np.ndarray:
    """The places of the first record of each series that is in a mask."""
    places = np.flatnonzero(mask)
    return places[series.of(places).first()]


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

    Missing where the record has no number, or has one without a unit.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4],
    ...                       "ORDER": [1, 2, 3], "AVALU": "U/L", "AVALLO": [5500.0, 10527.0, 658.0],
    ...                       "AVALHI": [6500.0, 10527.0, 658.0], "AVALCALO": None, "AVALCAHI": None})
    >>> derive_peak(frame)[["PEAKLO", "PEAKHI"]].iloc[-1].tolist()
    [10527.0, 10527.0]
    """
    require(frame, "derive_peak", (*by, "line", "ORDER", "AVALLO", "AVALHI", "AVALU"))
    bounds = {"PEAKLO": numbers(frame, "AVALLO"), "PEAKHI": numbers(frame, "AVALHI")}
    comparable = ~np.isnan(bounds["PEAKLO"]) & ~equals(frame, "AVALU", UNIT_UNKNOWN)
    series = groups_of(*(frame[name] for name in by), frame["AVALU"])
    order = in_turn(frame, np.arange(len(frame)), series)
    peaks = {name: series.running_highest(np.where(comparable, ends, np.nan), order) for name, ends in bounds.items()}
    return frame.assign(**peaks)


def _values(frame: pd.DataFrame, series: Groups) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of each record's value: numbers where its series has any, else grades; nan where there is none."""
    observed, size = equals(frame, "kind", "observation"), numbers(frame, "AVALLO")
    sized = series.any(observed & ~np.isnan(size))[series.codes]
    low = np.where(sized, size, numbers(frame, "AVALCALO"))
    high = np.where(sized, numbers(frame, "AVALHI"), numbers(frame, "AVALCAHI"))
    return np.where(observed, low, np.nan), np.where(observed, high, np.nan)


def derive_auc(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Area under the curve of each series by the linear trapezoidal rule, and the time-weighted mean.

    Time is counted in elapsed days, never in study days, which have no day 0. The bounds of the values give the bounds
    of the area, because no value has a negative weight.

    Returns
    -------
    DataFrame
        One row a series, sorted by the columns of `by`: N, the number of values; DAYS, from the first to the last;
        AUCLO, AUCHI, the area in the unit of the measure times days; TWALO, TWAHI, the mean in that unit; REASON, why
        there is no area, else blank.

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
    values = frame[(frame["kind"] == "observation") & frame["AVALLO"].notna()].sort_values([*by, "DAYLO", "line"])
    series = [values[name] for name in by]
    exact = (values["DAYLO"] == values["DAYHI"]) & np.isfinite(values["DAYLO"])
    step = values["DAYLO"].groupby(series).diff()
    limits = values[["AVALLO", "AVALHI"]]
    area = (limits + limits.groupby(series).shift()).mul(step / 2, axis=0)
    facts = values.assign(
        areaLO=area["AVALLO"],
        areaHI=area["AVALHI"],
        exact=exact,
        step=step,
        level=(step == 0) & (limits != limits.groupby(series).shift()).any(axis=1),
    )
    table = facts.groupby(list(by)).agg(
        N=("line", "size"),
        DAYS=("step", "sum"),
        AUCLO=("areaLO", "sum"),
        AUCHI=("areaHI", "sum"),
        exact=("exact", "all"),
        units=("AVALU", "nunique"),
        unit=("AVALU", "first"),
        level=("level", "any"),
    )
    reason = _no_area(table)
    known = reason == ""
    areas = table[["AUCLO", "AUCHI"]].where(known)
    means = areas.div(table["DAYS"].where(known), axis=0)
    return table.assign(
        DAYS=table["DAYS"].where(known),
        AUCLO=areas["AUCLO"],
        AUCHI=areas["AUCHI"],
        TWALO=means["AUCLO"],
        TWAHI=means["AUCHI"],
        REASON=reason,
    )[["N", "DAYS", "AUCLO", "AUCHI", "TWALO", "TWAHI", "REASON"]].reset_index()


def _no_area(table: pd.DataFrame) -> pd.Series:
    """Why a series has no area; blank where it has one."""
    reason = pd.Series("", index=table.index)
    reason = reason.mask(table["DAYS"] == 0, "all values are of one day")
    reason = reason.mask(table["N"] < 2, "there is one value")
    reason = reason.mask(table["level"], "two values are of one day")
    reason = reason.mask(~table["exact"], "the day of a value is not known exactly")
    return reason.mask((table["units"] > 1) | (table["unit"] == UNIT_UNKNOWN), "units differ or are not reported")


def derive_improvement(changes: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """The first improvement of each series after its baseline, and whether it was sustained; needs `derive_chg`.

    A record improves on the baseline if it is surely better by the direction of the measure, by any amount. The
    improvement is sustained if every later record with a value improves on the baseline as well.

    Returns
    -------
    DataFrame
        One row a series with a baseline: IMPROVED (met, not met, cannot be determined); LINE, that of the first record
        that surely improves; TTILO, TTIHI, days from the baseline to it; SUSTAINED (met, not met, or, without a later
        record, cannot be determined; blank without an improvement).

    Examples
    --------
    >>> nan = float("nan")
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4],
    ...                       "ORDER": [1, 2, 3], "BASEORD": 1, "BETTER": "lower", "CHGLO": [0.0, -6589.0, 50.0],
    ...                       "CHGHI": [0.0, -6589.0, 50.0], "CHGLOX": False, "CHGHIX": False, "AVALLO": 1.0,
    ...                       "AVALCALO": nan, "AVALCAHI": nan, "BASECALO": nan, "BASECAHI": nan,
    ...                       "DAYLO": [0.0, 180.0, 300.0], "DAYHI": [0.0, 180.0, 300.0], "BASEDLO": 0.0,
    ...                       "BASEDHI": 0.0})
    >>> derive_improvement(frame)[["IMPROVED", "LINE", "TTILO", "SUSTAINED"]].to_numpy().tolist()
    [['met', 3, 180.0, 'not met']]
    """
    require(changes, "derive_improvement", (*by, *_OF_IMPROVEMENT))
    observed = changes[(changes["kind"] == "observation") & changes["BASEORD"].notna()]
    after = _judged(observed[observed["ORDER"] > observed["BASEORD"]]).sort_values(["ORDER", "line"])
    table = observed[list(by)].drop_duplicates().sort_values(list(by)).set_index(list(by))
    surely = after[after["improved"] == MET].drop_duplicates(list(by))
    first = surely.set_index(list(by))
    undecided = after[after["improved"] == UNDETERMINED].groupby(list(by)).size()
    improved = pd.Series(NOT_MET, index=table.index).mask(table.index.isin(undecided.index), UNDETERMINED)
    judged = pd.Index(after.set_index(list(by)).index)
    improved = improved.mask(~table.index.isin(judged), UNDETERMINED).mask(table.index.isin(first.index), MET)
    order = after.set_index(list(by)).index.map(first["ORDER"]) if len(first) else pd.Index([np.nan] * len(after))
    later = after[after["ORDER"].to_numpy() > order.to_numpy(dtype=float)]
    series = [later[name] for name in by]
    lasting, lost = ((later["improved"] == answer).groupby(series).mean() for answer in (MET, NOT_MET))
    sustained = pd.Series(UNDETERMINED, index=table.index)
    sustained = sustained.mask(table.index.isin(lasting[lasting == 1].index), MET)
    sustained = sustained.mask(table.index.isin(lost[lost > 0].index), NOT_MET)
    table = table.assign(
        IMPROVED=improved,
        LINE=first["line"].reindex(table.index).astype("Int64"),
        TTILO=(first["DAYLO"] - first["BASEDHI"]).reindex(table.index).astype(float),
        TTIHI=(first["DAYHI"] - first["BASEDLO"]).reindex(table.index).astype(float),
        SUSTAINED=sustained.where(improved == MET, ""),
    )
    return table.reset_index()


_OF_IMPROVEMENT = (
    "kind",
    "line",
    "BETTER",
    "ORDER",
    "BASEORD",
    "CHGLO",
    "CHGHI",
    "CHGLOX",
    "CHGHIX",
    "AVALLO",
    "AVALCALO",
    "AVALCAHI",
    "BASECALO",
    "BASECAHI",
    "DAYLO",
    "DAYHI",
    "BASEDLO",
    "BASEDHI",
)


def _judged(after: pd.DataFrame) -> pd.DataFrame:
    """The records with a value or grade, and whether each improves on the baseline."""
    fall = after["BETTER"] == "lower"
    least = (-after["CHGHI"]).where(fall, after["CHGLO"])
    most = (-after["CHGLO"]).where(fall, after["CHGHI"])
    strictly = after["CHGHIX"].where(fall, after["CHGLOX"]).astype(bool)
    surely, never = (least > 0) | ((least == 0) & strictly), most <= 0
    better, worse = after["AVALCAHI"] < after["BASECALO"], after["AVALCALO"] >= after["BASECAHI"]
    higher, lower = after["AVALCALO"] > after["BASECAHI"], after["AVALCAHI"] <= after["BASECALO"]
    graded = after["CHGLO"].isna()
    surely = surely.where(~graded, better.where(fall, higher))
    never = never.where(~graded, worse.where(fall, lower))
    by_grade = after["AVALLO"].isna() & after["AVALCALO"].notna() & after["BASECALO"].notna()
    compared = after["CHGLO"].notna() | by_grade
    known = compared & after["BETTER"].ne("")
    answer = pd.Series(UNDETERMINED, index=after.index).mask(surely & known, MET).mask(never & known, NOT_MET)
    return after.assign(improved=answer)[after["AVALLO"].notna() | after["AVALCALO"].notna()]
