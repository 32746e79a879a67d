"""Study day, counted from the reference day."""

import pandas as pd


def derive_ady(frame: pd.DataFrame, reference_day: float) -> pd.DataFrame:
    """Add ADY, the study day: 1 on the reference day, -1 the day before, no day 0.

    Parameters
    ----------
    frame : DataFrame
        With DAYLO and DAYHI in days from time zero, nan where not known.
    reference_day : float
        Day of the reference treatment from the same time zero; nan where not known.

    Returns
    -------
    DataFrame
        A new frame with ADY (Int64), missing where the day is not known exactly.

    Notes
    -----
    CDISC Study Data Tabulation Model: there is no study day 0, so ADY must not be integrated over.

    Examples
    --------
    >>> days = pd.DataFrame({"DAYLO": [-1.0, 0.0, 7.0], "DAYHI": [-1.0, 0.0, 14.0]})
    >>> derive_ady(days, reference_day=0.0)["ADY"].tolist()
    [-1, 1, <NA>]
    """
    elapsed = (frame["DAYLO"] - reference_day).where(frame["DAYLO"] == frame["DAYHI"])
    whole = (elapsed // 1).astype("Int64")
    return frame.assign(ADY=whole + (whole >= 0).astype("Int64"))
