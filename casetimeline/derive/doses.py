"""Administrations one by one: those whose days are known, and those of a regimen in its first days."""

import math

import numpy as np
import pandas as pd

from ..vocabulary import DECIMALS
from .columns import require
from .exposure import OF_EXPOSURE, derive_exposure
from .frequency import rate_of

# A reader cannot tell more marks than this apart in one bar.
MOST_DOSES = 60


def derive_doses(frame: pd.DataFrame) -> pd.DataFrame:
    """The day of each administration, for treatment rows whose start and number of doses are known exactly.

    Returns
    -------
    DataFrame
        One row an administration: `case_id`, `line`, `code`, EXTRT, DOSEDY (day from time zero). A treatment row of
        daily administrations that the source does not count, or of more than `MOST_DOSES`, has none: a figure shows its
        bar alone. Nor has one whose last administration would fall after its end: its count and its schedule
        contradict the end.

    Examples
    --------
    Every 4 weeks from day 0 to day 84: days 0, 28, 56 and 84.

    >>> facts = pd.DataFrame({"case_id": ["a"], "line": [2], "kind": ["treatment"], "phase": [1], "code": ["x"],
    ...     "PARAMCD": ["x"], "PARAM": ["X"], "dose": ["8"], "dose_unit": ["mg/kg"], "frequency": ["every 4 wk"],
    ...     "end": ["84 d"], "AVALLO": [None], "AVALHI": [None], "AVALU": [""], "DAYLO": [0.0], "DAYHI": [0.0],
    ...     "AENLO": [84.0], "AENHI": [84.0]})
    >>> derive_doses(facts)["DOSEDY"].tolist()
    [0.0, 28.0, 56.0, 84.0]
    """
    require(frame, "derive_doses", ("code", *OF_EXPOSURE))
    frame = frame.reset_index(drop=True)
    exposure = derive_exposure(frame)
    facts = frame.loc[exposure.index]
    exact = (facts["DAYLO"] == facts["DAYHI"]) & (exposure["NDOSLO"] == exposure["NDOSHI"])
    counted = _counted(facts) & exposure["OWN"].notna()
    few = ((exposure["OWN"] > 1) | counted) & (exposure["NDOSHI"] <= MOST_DOSES)
    every = exposure["OWN"].where(np.isfinite(exposure["OWN"]), 0.0)
    # A part of a day lies in its day: the seventh monthly dose, 182.6 days after the first, falls on day 182.
    last = np.floor(np.round((exposure["NDOSHI"] - 1) * every, DECIMALS))
    until_end = ~(facts["DAYLO"] + last > facts["AENHI"])
    known = exposure.assign(code=facts["code"], START=facts["DAYLO"], EVERY=every)[exact & few & until_end]
    rows = [
        [row.case_id, row.line, row.code, row.EXTRT, row.START + i * row.EVERY]
        for row in known.itertuples()
        for i in range(round(row.NDOSLO))
    ]
    return pd.DataFrame(rows, columns=["case_id", "line", "code", "EXTRT", "DOSEDY"])


def derive_calendar(frame: pd.DataFrame, days: float = 56.0) -> pd.DataFrame:
    """The administrations of each regimen in its first days, counted from the first one.

    The interval is the one that the source states. Two things are assumed: that the regimen begins on day 0, and that
    of alternating treatments the one recorded first is given first. Only the order of the rows supports the second.

    Parameters
    ----------
    frame : DataFrame
        Facts.
    days : float
        How many days to lay out; at least two administrations of each treatment are. Those that the source counts are
        laid out to the last, and no others.

    Returns
    -------
    DataFrame
        One row an administration: `case_id`, `line`, `phase`, `code`, EXTRT, DOSEDY, and OWN, INTERVAL and
        ALTERNATES of `derive_exposure`. A row whose schedule is not reported, or is not an interval, has none.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "kind": "treatment", "phase": 3, "code": ["x", "y"],
    ...     "PARAMCD": ["x", "y"], "PARAM": ["X", "Y"], "dose": "8", "dose_unit": "mg", "frequency":
    ...     "every 2 wk, alternating", "end": "", "AVALLO": None, "AVALHI": None, "AVALU": "", "DAYLO": np.nan,
    ...     "DAYHI": np.nan, "AENLO": np.nan, "AENHI": np.nan})
    >>> calendar = derive_calendar(facts)
    >>> calendar.groupby("EXTRT")["DOSEDY"].agg(list).to_dict()
    {'X': [0.0, 28.0, 56.0], 'Y': [14.0, 42.0]}
    """
    require(frame, "derive_calendar", ("code", *OF_EXPOSURE))
    frame = frame.reset_index(drop=True)
    exposure = derive_exposure(frame)
    # A table without rows would take over those of a column that has some.
    given = frame.loc[exposure.index]
    exposure = exposure.assign(code=given["code"], COUNTED=_counted(given))
    # A dose per day or per week has its interval in its unit.
    by_unit = exposure["EXDOSU"].map(lambda unit: rate_of(unit)[1]).astype(float)
    single, interval = exposure["OWN"].fillna(by_unit), exposure["INTERVAL"].fillna(by_unit)
    exposure = exposure.assign(OWN=single, INTERVAL=interval)
    regular = exposure[single.notna() & np.isfinite(single)]
    regimen = [regular["case_id"], regular["phase"].astype(float), regular["INTERVAL"], regular["ALTERNATES"].ne("")]
    turn = regular.groupby(regimen, dropna=False)["EXTRT"].transform(lambda names: pd.factorize(names)[0])
    turn = turn.where(regular["ALTERNATES"].ne(""), 0)
    rows = []
    for row, place in zip(regular.itertuples(), turn, strict=True):
        first = place * row.INTERVAL
        count = math.floor((max(days, first + row.OWN) - first) / row.OWN) + 1
        lasting = math.ceil(row.EXDURHI / row.OWN) if 0 < row.EXDURHI < math.inf else math.inf
        most = row.NDOSHI if pd.notna(row.NDOSHI) else lasting
        count = round(min(most if row.COUNTED and math.isfinite(most) else min(count, most), MOST_DOSES))
        treatment = [row.case_id, row.line, row.phase, row.code, row.EXTRT]
        rows.extend([*treatment, first + i * row.OWN, row.OWN, row.INTERVAL, row.ALTERNATES] for i in range(count))
    columns = ["case_id", "line", "phase", "code", "EXTRT", "DOSEDY", "OWN", "INTERVAL", "ALTERNATES"]
    return pd.DataFrame(rows, columns=columns)


def _counted(given: pd.DataFrame) -> pd.Series:
    """Whether the source counts the administrations of each treatment row."""
    known = {"COUNTLO", "COUNTHI"} <= {*given}
    return given["COUNTHI"].notna() if known else pd.Series(False, index=given.index)
