"""The lowest, the highest and the last value of each series, and the peak so far."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..vocabulary import SERIES, UNIT_UNKNOWN


def derive_extremes(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add NADIRFL, PEAKFL and LASTFL: `Y` on the lowest, the highest and the last value of each series.

    Of equal values the earliest is flagged. A record is the lowest if every value that it allows is at most every value
    that any other allows; where intervals overlap so that none can be told, none is flagged. So too where the values of
    a series have different units, or one has none. A grade counts as a value where no record of the series has a size.

    Parameters
    ----------
    frame : DataFrame
        With the columns of `by`, `kind`, `line`, ORDER, AVALLO, AVALHI, AVALU, AVALCALO, AVALCAHI.
    by : sequence of str
        What makes a series.

    Returns
    -------
    DataFrame
        A new frame.

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
    values = _values(frame, by).sort_values(["ORDER", "line"])
    series = [values[name] for name in by]
    strange = (values["AVALU"] == UNIT_UNKNOWN).groupby(series).transform("any")
    alone = values["line"].groupby(series).transform("size") == 1
    one_unit = alone | ((values["AVALU"].groupby(series).transform("nunique") == 1) & ~strange)
    lowest = values["high"] <= _least_of_others(values["low"], series)
    highest = -values["low"] <= _least_of_others(-values["high"], series)
    flags = {
        "NADIRFL": values[lowest & one_unit].drop_duplicates(list(by)).index,
        "PEAKFL": values[highest & one_unit].drop_duplicates(list(by)).index,
        "LASTFL": values.drop_duplicates(list(by), keep="last").index,
    }
    blank = pd.Series("", index=frame.index)
    return frame.assign(**{name: blank.mask(frame.index.isin(index), "Y") for name, index in flags.items()})


def _least_of_others(bounds: pd.Series, series: list[pd.Series]) -> pd.Series:
    """The least bound of the other records of each record's series; infinite where it is the only one."""
    ordered = bounds.sort_values(kind="stable")
    place = ordered.groupby([keys.reindex(ordered.index) for keys in series]).cumcount().reindex(bounds.index)
    least = bounds.where(place == 0).groupby(series).transform("max")
    second = bounds.where(place == 1).groupby(series).transform("max").fillna(np.inf)
    return least.where(place != 0, second)


def derive_peak(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add PEAKLO, PEAKHI: bounds of the highest value of the series up to this record, in the record's own unit.

    Parameters
    ----------
    frame : DataFrame
        As for `derive_extremes`.
    by : sequence of str
        What makes a series.

    Returns
    -------
    DataFrame
        A new frame; missing where the record has no number, or a number without a unit, which is compared with nothing.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "line": [2, 3, 4],
    ...                       "ORDER": [1, 2, 3], "AVALU": "U/L", "AVALLO": [5500.0, 10527.0, 658.0],
    ...                       "AVALHI": [6500.0, 10527.0, 658.0], "AVALCALO": None, "AVALCAHI": None})
    >>> derive_peak(frame)[["PEAKLO", "PEAKHI"]].iloc[-1].tolist()
    [10527.0, 10527.0]
    """
    numbers = frame[frame["AVALLO"].notna() & (frame["AVALU"] != UNIT_UNKNOWN)].sort_values(["ORDER", "line"])
    keys = [*(numbers[name] for name in by), numbers["AVALU"]]
    return frame.assign(
        PEAKLO=numbers["AVALLO"].groupby(keys).cummax().reindex(frame.index),
        PEAKHI=numbers["AVALHI"].groupby(keys).cummax().reindex(frame.index),
    )


def _values(frame: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """Records with a value as `low` and `high`: sizes where a series has any, else grades."""
    observed = frame[frame["kind"] == "observation"]
    sized = observed["AVALLO"].notna().groupby([observed[name] for name in by]).transform("any")
    low = np.where(sized, observed["AVALLO"], observed["AVALCALO"])
    high = np.where(sized, observed["AVALHI"], observed["AVALCAHI"])
    values = observed.assign(low=low.astype(float), high=high.astype(float))
    return values[values["low"].notna()]
