"""Changes from the baseline, values against the laboratory's own limits, and shifts between categories."""

from collections.abc import Sequence

import pandas as pd

from ..values import bounds_of, divide, relative_change, subtract
from ..vocabulary import DECIMALS, SERIES, UNIT_UNKNOWN


def _interval(frame: pd.DataFrame, names: dict[str, str]) -> pd.DataFrame:
    """Columns of a frame as an interval."""
    return pd.DataFrame({part: frame[name] for part, name in names.items()})


def _comparable(frame: pd.DataFrame) -> pd.Series:
    return (frame["AVALU"] == frame["BASEU"]) & (frame["AVALU"] != UNIT_UNKNOWN)


def derive_chg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add CHG, CHGLO, CHGHI, CHGLOX, CHGHIX: the value less the baseline.

    `CHGLO = AVALLO - BASEHI` and `CHGHI = AVALHI - BASELO`; CHGLOX and CHGHIX say whether that end itself is
    excluded. CHG is missing unless both values are exact. A change is missing where value and baseline have
    different units, a unit is not reported, or one of them is not a number.

    Parameters
    ----------
    frame : DataFrame
        With AVAL, AVALLO, AVALHI, AVALLOX, AVALHIX, AVALU and the BASE columns of `derive_base`.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, CHG: `AVAL - BASE`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [None], "AVALLO": [0.0], "AVALHI": [30.0], "AVALU": "U/L", "BASE": [923.0],
    ...                       "BASELO": [923.0], "BASEHI": [923.0], "BASEU": "U/L", "AVALLOX": False,
    ...                       "AVALHIX": True, "BASELOX": False, "BASEHIX": False})
    >>> derive_chg(frame)[["CHGLO", "CHGHI", "CHGHIX"]].to_numpy().tolist()
    [[-923.0, -893.0, True]]
    """
    comparable = _comparable(frame)
    change = subtract(bounds_of(frame, "AVAL"), bounds_of(frame, "BASE"))
    return frame.assign(
        CHG=(frame["AVAL"] - frame["BASE"]).where(comparable).astype(float).round(DECIMALS),
        CHGLO=change["low"].where(comparable),
        CHGHI=change["high"].where(comparable),
        CHGLOX=change["low_open"] & comparable,
        CHGHIX=change["high_open"] & comparable,
    )


def derive_pchg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add PCHG, PCHGLO, PCHGHI: the change in percent of the size of the baseline.

    PCHG is missing unless both values are exact, where BASE is 0, and where CHG is missing. The bounds are those
    of every percentage that the two values allow; a baseline that may come near 0 leaves a side without a limit.

    Parameters
    ----------
    frame : DataFrame
        From `derive_chg`.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, PCHG: `100 (AVAL - BASE) / BASE`; dividing by the size of the baseline keeps a rise positive where the
    baseline is negative. Rules are never decided on it: see `rules`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVALLO": [32.0, 0.0], "AVALHI": [32.0, 30.0], "AVALU": "x", "BASE": [46.0, 923.0],
    ...                       "BASELO": [46.0, 923.0], "BASEHI": [46.0, 923.0], "BASEU": "x", "CHG": [-14.0, None]})
    >>> derive_pchg(frame)[["PCHG", "PCHGLO", "PCHGHI"]].round(1).to_numpy().tolist()
    [[-30.4, -30.4, -30.4], [nan, -100.0, -96.7]]
    """
    base = frame["BASE"].abs()
    exact = (100 * frame["CHG"] / base.where(base > 0)).astype(float)
    share = 100 * relative_change(_interval(frame, _LIMITS), _interval(frame, _BASE_LIMITS)).where(_comparable(frame))
    return frame.assign(
        PCHG=exact, PCHGLO=exact.where(exact.notna(), share["low"]), PCHGHI=exact.where(exact.notna(), share["high"])
    )


def derive_r2base(frame: pd.DataFrame) -> pd.DataFrame:
    """Add R2BASE, R2BASELO, R2BASEHI: the ratio of the value to the baseline.

    R2BASE is missing unless both values are exact, where BASE is 0, and where CHG is missing.

    Parameters
    ----------
    frame : DataFrame
        From `derive_chg`.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, R2BASE: `AVAL / BASE`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [131.0], "AVALLO": [131.0], "AVALHI": [131.0], "AVALU": "U/L", "BASE": [6720.0],
    ...                       "BASELO": [6720.0], "BASEHI": [6720.0], "BASEU": "U/L", "CHG": [-6589.0]})
    >>> derive_r2base(frame)[["R2BASE", "R2BASELO"]].round(4).iloc[0].tolist()
    [0.0195, 0.0195]
    """
    base = frame["BASE"].where((frame["BASE"] != 0) & frame["CHG"].notna())
    ratio = divide(_interval(frame, _LIMITS), _interval(frame, _BASE_LIMITS)).where(_comparable(frame))
    return frame.assign(R2BASE=(frame["AVAL"] / base).astype(float), R2BASELO=ratio["low"], R2BASEHI=ratio["high"])


_LIMITS = {"low": "AVALLO", "high": "AVALHI"}
_BASE_LIMITS = {"low": "BASELO", "high": "BASEHI"}


def derive_chgprev(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add PREV and CHGPREV: the exact value before this one in its series, and the change since then.

    The two names are of this project; ADaM has none for them.

    Parameters
    ----------
    frame : DataFrame
        With the columns of `by`, ORDER, `line`, AVAL and AVALU.
    by : sequence of str
        What makes a series.

    Returns
    -------
    DataFrame
        A new frame. Missing where there is no earlier exact value in the same unit, or this value is not exact.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "ORDER": [1, 2, 3], "line": [2, 3, 4],
    ...                       "AVALU": "U/L", "AVAL": [6720.0, 131.0, 5607.0]})
    >>> derive_chgprev(frame)["CHGPREV"].tolist()
    [nan, -6589.0, 5476.0]
    """
    exact = frame[frame["AVAL"].notna() & frame["AVALU"].ne(UNIT_UNKNOWN)].sort_values(["ORDER", "line"])
    previous = exact.groupby([*by, "AVALU"], sort=False)["AVAL"].shift()
    return frame.assign(PREV=previous, CHGPREV=(frame["AVAL"] - previous.reindex(frame.index)).round(DECIMALS))


def derive_anrind(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ANRIND (LOW, NORMAL, HIGH) and R2A1HI, the value as a multiple of the upper limit.

    Only the limits stated with the record are used; without any the category is blank. Where only one limit is
    stated, the other side has none. A value on a limit is within it. An uncertain value gets a category only if its
    whole interval lies in it.

    Parameters
    ----------
    frame : DataFrame
        With AVAL, AVALLO, AVALHI, AVALLOX, AVALHIX, and ANRLO, ANRHI in the same unit.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, ANRIND and R2A1HI: `AVAL / A1HI`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [923.0, 923.0], "AVALLO": [923.0, 923.0], "AVALHI": [923.0, 923.0],
    ...                       "AVALLOX": False, "AVALHIX": False, "ANRLO": [26.0, None], "ANRHI": [192.0, None]})
    >>> derive_anrind(frame)["ANRIND"].tolist()
    ['HIGH', '']
    """
    low, high = frame["ANRLO"], frame["ANRHI"]
    limited = low.notna() | high.notna()
    within = limited & ~(frame["AVALHI"] > high) & ~(frame["AVALLO"] < low) & frame["AVALLO"].notna()
    above = (frame["AVALLO"] > high) | ((frame["AVALLO"] == high) & frame["AVALLOX"])
    below = (frame["AVALHI"] < low) | ((frame["AVALHI"] == low) & frame["AVALHIX"])
    indicator = pd.Series("", index=frame.index, dtype=str)
    indicator = indicator.mask(within, "NORMAL").mask(above, "HIGH").mask(below, "LOW")
    return frame.assign(ANRIND=indicator, R2A1HI=(frame["AVAL"] / high.where(high > 0)).astype(float))


def derive_shift(frame: pd.DataFrame) -> pd.DataFrame:
    """Add SHIFT1, baseline category to category of the record, in words; blank where one of the two is not known.

    Grades and states shift for a graded measure, and BNRIND to ANRIND for one with laboratory limits.

    Parameters
    ----------
    frame : DataFrame
        With AVALC, AVALCALO, BASEC, BASECALO, and ANRIND, BNRIND where there are limits.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, SHIFT1: baseline category to analysis category. No arithmetic is done on grades.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVALCALO": [0.0, None], "AVALC": ["absent", "150"], "BASECALO": [1.0, None],
    ...                       "BASEC": ["present", "923"], "ANRIND": ["", "NORMAL"], "BNRIND": ["", "HIGH"]})
    >>> derive_shift(frame)["SHIFT1"].tolist()
    ['present to absent', 'HIGH to NORMAL']
    """
    graded = frame["AVALCALO"].notna() & frame["BASECALO"].notna()
    words = frame["BASEC"].astype(str) + " to " + frame["AVALC"].astype(str)
    shift = words.where(graded, "")
    if "BNRIND" in frame:
        limited = frame["ANRIND"].ne("") & frame["BNRIND"].fillna("").ne("")
        categories = frame["BNRIND"].astype(str) + " to " + frame["ANRIND"].astype(str)
        shift = shift.mask(limited & ~graded, categories)
    return frame.assign(SHIFT1=shift)
