"""The reference treatment of each case, the study day counted from it, and whether a record lies within it."""

import numpy as np
import pandas as pd


def reference_starts(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add RFSTLO, RFSTHI and RFPHASE: first start and first phase of the reference treatment or event.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them: `case_id`, `kind`, PARAMCD, `phase`, DAYLO, DAYHI.
    reference : str
        Code of the treatment or event.

    Returns
    -------
    DataFrame
        A new frame. In days from time zero, bounded by the earliest of all starts in the case; missing in a case that
        does not have the reference, or has a course of it without a day that may be the first.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "kind": "treatment", "PARAMCD": "x", "phase": [3, 2],
    ...                       "DAYLO": [28.0, 0.0], "DAYHI": [28.0, 0.0]})
    >>> reference_starts(facts, "x")[["RFSTLO", "RFPHASE"]].to_numpy().tolist()
    [[0.0, 2], [0.0, 2]]
    """
    given = frame[(frame["kind"] != "observation") & (frame["PARAMCD"] == reference)]
    first = given.groupby("case_id")[["phase", "DAYLO", "DAYHI"]].min()
    # A course without a day may be the first, unless it is told in a later phase than a dated one.
    dated = given[given["DAYLO"].notna()].groupby("case_id")["phase"].min()
    undated = given[given["DAYLO"].isna()]
    later = undated["phase"].astype(float) > undated["case_id"].map(dated).astype(float)
    unknown = first.index.isin(undated.loc[~later, "case_id"])
    first = first.assign(DAYLO=first["DAYLO"].mask(unknown), DAYHI=first["DAYHI"].mask(unknown))
    own = frame["case_id"]
    return frame.assign(
        RFSTLO=own.map(first["DAYLO"]).astype(float),
        RFSTHI=own.map(first["DAYHI"]).astype(float),
        RFPHASE=own.map(first["phase"]).astype("Int64"),
    )


def derive_reference(frame: pd.DataFrame, reference: str) -> pd.DataFrame:
    """Add RFSTLO, RFSTHI, RFENLO, RFENHI and RFPHASE: first start, last end and first phase of the reference.

    The first start is bounded by the earliest of all starts of the treatment or event in the case, the last end by
    the latest of all ends. The end is missing if a row that may be the last has none; otherwise it is infinite if one
    of the rows is `ongoing`.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them: `case_id`, `kind`, PARAMCD, `phase`, DAYLO, DAYHI, AENLO, AENHI.
    reference : str
        Code of the treatment or event.

    Returns
    -------
    DataFrame
        A new frame. In days from time zero; missing in a case that does not have the reference.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": ["a", "a", "b"], "kind": "treatment", "PARAMCD": ["x", "x", "y"],
    ...                       "phase": [2, 3, 1], "DAYLO": [0.0, 28.0, 0.0], "DAYHI": [0.0, 28.0, 0.0],
    ...                       "AENLO": [14.0, 42.0, 9.0], "AENHI": [14.0, 42.0, 9.0]})
    >>> derive_reference(facts, "x")[["RFSTLO", "RFENHI"]].to_numpy().tolist()
    [[0.0, 42.0], [0.0, 42.0], [nan, nan]]
    """
    given = frame[(frame["kind"] != "observation") & (frame["PARAMCD"] == reference)]
    case = given["case_id"]
    last_start = given["DAYHI"].groupby(case).transform("max")
    # The end of an earlier course does not say when the last one ended, and a course without a day may be the last.
    last_phase = case.map(given[given["DAYHI"] == last_start].groupby("case_id")["phase"].max())
    earlier = given["phase"].astype(float) < last_phase.astype(float)
    maybe_last = (given["DAYHI"] == last_start) | (given["DAYHI"].isna() & ~earlier)
    open_end = (maybe_last & given["AENHI"].isna()).groupby(case).any()
    ends = given.groupby("case_id")[["AENLO", "AENHI"]].max()
    ends = ends.mask(open_end.reindex(ends.index))
    own = frame["case_id"]
    return reference_starts(frame, reference).assign(
        RFENLO=own.map(ends["AENLO"]).astype(float), RFENHI=own.map(ends["AENHI"]).astype(float)
    )


def derive_ady(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ADY, the study day: 1 on the day the reference starts, -1 the day before, no day 0.

    Parameters
    ----------
    frame : DataFrame
        From `derive_reference`, in days from time zero.

    Returns
    -------
    DataFrame
        A new frame with ADY (Int64), missing where one of the two days is not known exactly.

    Notes
    -----
    CDISC Study Data Tabulation Model: there is no study day 0, so ADY must not be integrated over.

    Examples
    --------
    >>> days = pd.DataFrame({"DAYLO": [-1.0, 0.0, 7.0], "DAYHI": [-1.0, 0.0, 14.0], "RFSTLO": 0.0, "RFSTHI": 0.0})
    >>> derive_ady(days)["ADY"].tolist()
    [-1, 1, <NA>]
    """
    exact = (frame["DAYLO"] == frame["DAYHI"]) & (frame["RFSTLO"] == frame["RFSTHI"]) & np.isfinite(frame["DAYLO"])
    whole = (np.floor(frame["DAYLO"]) - np.floor(frame["RFSTLO"])).where(exact).astype("Int64")
    return frame.assign(ADY=whole + (whole >= 0).astype("Int64"))


def derive_ontrtfl(frame: pd.DataFrame, window: float = 0.0) -> pd.DataFrame:
    """Add ONTRTFL: `Y` on a record that lies within the reference treatment, blank elsewhere.

    A record lies within it if its whole time does: not before the latest possible start, and not after the earliest
    possible end and the window. An end that is not reported sets no limit, as in the usual definition: nothing says
    that the treatment had ended. A record whose time is not known, or only its phase, has no flag.

    Parameters
    ----------
    frame : DataFrame
        From `derive_reference`, in days from time zero.
    window : float
        Days after the end that still count.

    Returns
    -------
    DataFrame
        A new frame.

    Notes
    -----
    CDISC ADaM, ONTRTFL: `Y` if the observation occurred while the subject was on treatment.

    Examples
    --------
    >>> days = pd.DataFrame({"DAYLO": [-1.0, 0.0, 14.0, 15.0], "DAYHI": [-1.0, 0.0, 14.0, 15.0], "RFSTLO": 0.0,
    ...                      "RFSTHI": 0.0, "RFENLO": 14.0, "RFENHI": 14.0})
    >>> derive_ontrtfl(days)["ONTRTFL"].tolist()
    ['', 'Y', 'Y', '']
    """
    begun = frame["DAYLO"] >= frame["RFSTHI"]
    ended = frame["DAYHI"] > frame["RFENLO"] + window
    return frame.assign(ONTRTFL=pd.Series("", index=frame.index).mask(begun & ~ended, "Y"))
