"""Values against the laboratory's own limits, and shifts between categories."""

import pandas as pd


def derive_anrind(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ANRIND (LOW, NORMAL, HIGH) and R2A1HI, the value as a multiple of the upper limit.

    Only the limits stated with the record are used; without them both are missing. An uncertain value gets a
    category only if its whole interval lies in it.

    Notes
    -----
    CDISC ADaM, ANRIND and R2A1HI: `AVAL / A1HI`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [923.0, 923.0], "AVALLO": [923.0, 923.0], "AVALHI": [923.0, 923.0],
    ...                       "ANRLO": [26.0, None], "ANRHI": [192.0, None]})
    >>> derive_anrind(frame)["ANRIND"].tolist()
    ['HIGH', '']
    """
    indicator = pd.Series("", index=frame.index, dtype=str)
    within = (frame["AVALHI"] <= frame["ANRHI"]) & ~(frame["AVALLO"] < frame["ANRLO"])
    indicator[within] = "NORMAL"
    indicator[frame["AVALLO"] > frame["ANRHI"]] = "HIGH"
    indicator[frame["AVALHI"] < frame["ANRLO"]] = "LOW"
    return frame.assign(ANRIND=indicator, R2A1HI=(frame["AVAL"] / frame["ANRHI"]).astype(float))


def derive_shift(frame: pd.DataFrame) -> pd.DataFrame:
    """Add SHIFT1, baseline to value in words, for measures with grades or states; blank for the others.

    Notes
    -----
    CDISC ADaM, SHIFT1: baseline category to analysis category. No arithmetic is done on grades.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVALCALO": [0.0], "AVALC": ["absent"], "BASECALO": [1.0], "BASEC": ["present"]})
    >>> derive_shift(frame)["SHIFT1"].tolist()
    ['present to absent']
    """
    graded = frame["AVALCALO"].notna() & frame["BASECALO"].notna()
    words = frame["BASEC"].astype(str) + " to " + frame["AVALC"].astype(str)
    return frame.assign(SHIFT1=words.where(graded, ""))
