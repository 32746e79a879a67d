"""Change from baseline, as a difference, a percentage and a ratio, with the bounds that the values allow."""

import pandas as pd

from .vocabulary import SERIES


def derive_chg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add CHG, CHGLO, CHGHI: the value less the baseline.

    `CHGLO = AVALLO - BASEHI` and `CHGHI = AVALHI - BASELO`. CHG is missing unless both values are exact. A
    change is missing where value and baseline have different units, a unit is not reported, or one of them is not
    a number.

    Parameters
    ----------
    frame : DataFrame
        With AVAL, AVALLO, AVALHI, AVALU and the BASE columns of `derive_base`.

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
    ...                       "BASELO": [923.0], "BASEHI": [923.0], "BASEU": "U/L"})
    >>> derive_chg(frame)[["CHGLO", "CHGHI"]].iloc[0].tolist()
    [-923.0, -893.0]
    """
    comparable = (frame["AVALU"] == frame["BASEU"]) & (frame["AVALU"] != "unit not reported")
    return frame.assign(
        CHG=(frame["AVAL"] - frame["BASE"]).where(comparable).astype(float),
        CHGLO=(frame["AVALLO"] - frame["BASEHI"]).where(comparable),
        CHGHI=(frame["AVALHI"] - frame["BASELO"]).where(comparable),
    )


def derive_pchg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add PCHG, the change in percent of the baseline; missing where BASE is 0 or CHG is missing.

    Notes
    -----
    CDISC ADaM, PCHG: `100 (AVAL - BASE) / |BASE|`. Rules are never decided on it: see `rules`.

    Examples
    --------
    >>> derive_pchg(pd.DataFrame({"BASE": [46.0, 0.0], "CHG": [-14.0, 3.0]}))["PCHG"].round(1).tolist()
    [-30.4, nan]
    """
    base = frame["BASE"].abs()
    return frame.assign(PCHG=(100 * frame["CHG"] / base.where(base > 0)).astype(float))


def derive_r2base(frame: pd.DataFrame) -> pd.DataFrame:
    """Add R2BASE, the ratio of the value to the baseline; missing where BASE is 0 or CHG is missing.

    Notes
    -----
    CDISC ADaM, R2BASE: `AVAL / BASE`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [131.0], "BASE": [6720.0], "CHG": [-6589.0]})
    >>> derive_r2base(frame)["R2BASE"].round(4).tolist()
    [0.0195]
    """
    base = frame["BASE"].where((frame["BASE"] != 0) & frame["CHG"].notna())
    return frame.assign(R2BASE=(frame["AVAL"] / base).astype(float))


def derive_chgprev(frame: pd.DataFrame) -> pd.DataFrame:
    """Add PREV and CHGPREV: the exact value before this one in its series, and the change since then.

    Parameters
    ----------
    frame : DataFrame
        With `vocabulary.SERIES`, ORDER, AVAL and AVALU.

    Returns
    -------
    DataFrame
        A new frame. Missing where there is no earlier exact value in the same unit, or this value is not exact.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "ORDER": [1, 2, 3], "AVALU": "U/L",
    ...                       "AVAL": [6720.0, 131.0, 5607.0]})
    >>> derive_chgprev(frame)["CHGPREV"].tolist()
    [nan, -6589.0, 5476.0]
    """
    exact = frame.loc[
        frame["AVAL"].notna() & frame["AVALU"].ne("unit not reported"), [*SERIES, "AVALU", "ORDER", "AVAL"]
    ].sort_values("ORDER", kind="stable")
    previous = exact.groupby([*SERIES, "AVALU"], sort=False)["AVAL"].shift()
    return frame.assign(PREV=previous, CHGPREV=frame["AVAL"] - previous.reindex(frame.index))
