"""Values against the laboratory's own limits, and shifts between categories."""

import pandas as pd


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
