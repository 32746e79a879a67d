"""Administrations one by one: those whose days are known, and those of a regimen in its first days."""

import math

import numpy as np
import pandas as pd

from ..values import distinct
from ..vocabulary import DECIMALS
from .columns import numbers, require
from .elapsed import start_dates
from .exposure import OF_EXPOSURE, derive_exposure
from .frequency import months_of, rate_of
from .groups import groups_of
from .months import days_after, days_within, months_after

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
        contradict the end. Nor has one that surely lasted longer than its counted administrations take: some were left
        out, and which these were is not told. Months count by the calendar from a date on; without a date each is a
        twelfth of a year.

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
    start, until = numbers(facts, "DAYLO"), numbers(facts, "AENHI")
    exact = (start == numbers(facts, "DAYHI")) & (exposure["NDOSLO"] == exposure["NDOSHI"]).to_numpy()
    counted = _counted(facts) & exposure["OWN"].notna()
    few = ((exposure["OWN"] > 1) | counted) & (exposure["NDOSHI"] <= MOST_DOSES)
    months, date = _months(exposure), _date(facts)
    every = np.where(np.isfinite(exposure["OWN"]), exposure["OWN"], 0.0)
    last = exposure["NDOSHI"].where(exposure["NDOSHI"] <= MOST_DOSES).to_numpy(float) - 1
    # A part of a day lies in its day, and of months without a date the last may be as early as short ones allow.
    earliest = np.where(
        np.isnan(months) | ~np.isnan(date), _after(date, last, every, months), days_within(last * months)[0]
    )
    until_end = ~(start + np.floor(np.round(earliest, DECIMALS)) > until)
    place = np.flatnonzero(exact & few & until_end & ~_has_gaps(exposure, facts, exposure["OWN"]))
    place = np.repeat(place, exposure["NDOSLO"].to_numpy(float)[place].astype(int))
    nth = pd.Series(place).groupby(place).cumcount().to_numpy(float)
    start, end = start[place], until[place]
    day = start + _after(date[place], nth, every[place], months[place])
    # In months without a date the days are those of twelfths of a year, as far as the end leaves room.
    day = np.where(day > end, np.maximum(np.fmin(day, end), start), day)
    table = exposure[["case_id", "line", "EXTRT"]].assign(code=facts["code"]).iloc[place]
    return table.assign(DOSEDY=day)[["case_id", "line", "code", "EXTRT", "DOSEDY"]].reset_index(drop=True)


def _has_gaps(exposure: pd.DataFrame, facts: pd.DataFrame, every: pd.Series) -> np.ndarray:
    """Whether each course surely went on for longer than its counted administrations take at an interval in days.

    A month is as long as it can be, and the day of the end is no day more.
    """
    number = exposure["NDOSHI"].where(exposure["NDOSHI"] <= MOST_DOSES).to_numpy(float)
    months, date, days = _months(exposure), _date(facts), every.where(np.isfinite(every)).to_numpy(float)
    is_plain = np.isnan(months) | ~np.isnan(date)
    taken = np.where(is_plain, _after(date, number, days, months), days_within(number * months)[1])
    return _counted(facts) & (exposure["EXDURLO"].to_numpy(float) - 1 > taken)


def _months(exposure: pd.DataFrame) -> np.ndarray:
    """The calendar months between two administrations of each treatment; nan where its schedule counts no months."""
    months = distinct(exposure["EXDOSFRQ"]).each(months_of, float)
    known = np.isfinite(months)
    turns = exposure["OWN"].where(known).to_numpy(float) / exposure["INTERVAL"].where(known).to_numpy(float)
    return months * np.round(turns)


def _date(facts: pd.DataFrame) -> np.ndarray:
    """The day number of the start of each treatment, where it is one date; else nan."""
    first, last = start_dates(facts)
    return np.where(first == last, first, np.nan)


def _after(date: np.ndarray, times: np.ndarray, every: np.ndarray, months: np.ndarray) -> np.ndarray:
    """The days after a number of intervals: by the calendar from a date on, where they are months."""
    days = days_after(date, times * months)
    return np.where(np.isnan(days), times * every, days)


def derive_calendar(frame: pd.DataFrame, days: float = 56.0) -> pd.DataFrame:
    """The administrations of each regimen in its first days, counted from the first one.

    The interval is the one that the source states; months count by the calendar where the start is a date, and are else
    twelfths of a year. Two things are assumed: that the regimen begins on day 0, and that
    of alternating treatments the one recorded first is given first. Only the order of their lines supports the second.

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
        ALTERNATES of `derive_exposure`. A row whose schedule is not reported, or is not an interval, has none; nor has
        one that surely lasted longer than its counted administrations take at that interval: some were left out, and
        which these were is not told.

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
    by_unit = distinct(exposure["EXDOSU"]).each(lambda unit: rate_of(unit)[1], float)
    by_unit = pd.Series(by_unit, exposure.index)
    single, interval = exposure["OWN"].fillna(by_unit), exposure["INTERVAL"].fillna(by_unit)
    exposure = exposure.assign(OWN=single, INTERVAL=interval)
    regular = exposure[single.notna() & np.isfinite(single) & ~_has_gaps(exposure, given, single)]
    alternating = regular["ALTERNATES"].ne("")
    regimen = groups_of(regular["case_id"], numbers(regular, "phase"), regular["INTERVAL"], alternating).codes
    in_turn = regular["EXTRT"].iloc[np.argsort(numbers(regular, "line"), kind="stable")]
    turn = in_turn.groupby(pd.Series(regimen, regular.index)).transform(lambda names: pd.factorize(names)[0])
    turn = turn[regular.index].where(alternating, 0)
    months, date = _months(regular), _date(given.loc[regular.index])
    rows = []
    for row, place, monthly, start in zip(regular.itertuples(), turn, months, date, strict=True):
        first = place * row.INTERVAL
        count = _intervals(max(days - first, row.OWN), row.OWN, monthly, start) + 1
        lasting = math.ceil(row.EXDURHI / row.OWN) if 0 < row.EXDURHI < math.inf else math.inf
        most = row.NDOSHI if pd.notna(row.NDOSHI) else lasting
        count = round(min(most if row.COUNTED and math.isfinite(most) else min(count, most), MOST_DOSES))
        treatment = [row.case_id, row.line, row.phase, row.code, row.EXTRT]
        after = _after(np.array(start), np.arange(count), row.OWN, monthly)
        rows.extend([*treatment, first + day, row.OWN, row.INTERVAL, row.ALTERNATES] for day in after.tolist())
    columns = ["case_id", "line", "phase", "code", "EXTRT", "DOSEDY", "OWN", "INTERVAL", "ALTERNATES"]
    return pd.DataFrame(rows, columns=columns)


def _intervals(days: float, every: float, months: float, date: float) -> float:
    """How many intervals pass in some days: by the calendar from a date on, where they are months; at least one."""
    dated = float(months_after(np.array(date), np.array(days)) / months)
    return max(math.floor(days / every if math.isnan(dated) else dated), 1)


def _counted(given: pd.DataFrame) -> np.ndarray:
    """Whether the source counts the administrations of each treatment row."""
    known = {"COUNTLO", "COUNTHI"} <= {*given}
    return ~np.isnan(numbers(given, "COUNTHI")) if known else np.zeros(len(given), dtype=bool)
