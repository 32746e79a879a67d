"""Courses of glucocorticoids: the dose a day, in milligrams of prednisone that are equal to it.

The doses that are equal to 5 mg of prednisone stand in treatments.csv, from the US label of dexamethasone tablets
(Amneal, Rev. 12-2021), which says that they hold by mouth and into a vein alone.
"""

import numpy as np
import pandas as pd

from ..values import canonical, distinct, parse_texts, parse_value
from ..vocabulary import DAYS_PER
from .columns import equals, numbers, require
from .dose_units import PER_BODY, per_body
from .exposure import OF_EXPOSURE, derive_exposure, sizes_of
from .frequency import dose_unit, months_of, rate_of
from .months import days_within
from .tapers import varied_in

# In place of a dose: a glucocorticoid for which no equal dose is known.
NO_EQUIVALENT = "unknown"
# A route that is not told is taken for one of these.
_ROUTES = ("", "oral", "intravenous")


def derive_prednisone(frame: pd.DataFrame, treatments: pd.DataFrame) -> pd.DataFrame:
    """The dose of each course of a glucocorticoid a day, in milligrams of prednisone, as bounds.

    A dose of an interval is spread over its days: 10 mg every 2 d are 5 mg a day; a month has 28 to 31 days. A single
    dose is that of its day.
    What is not known stays so: without a dose, a schedule, a weight for a dose per kilogram, an equal dose, by another
    route than mouth or vein, or where a column `note` says that the dose was tapered or raised. Courses are not added
    up: a figure or sum takes those whose days overlap.

    Parameters
    ----------
    frame : DataFrame
        Facts; a column `route` is used where there is one.
    treatments : DataFrame
        Indexed by code, or with a column `code`; `prednisone_5mg` is a text: the dose in mg that is equal to 5 mg of
        prednisone, `unknown` for a glucocorticoid without one, blank for anything else. `Case.measures` is such a
        table.

    Returns
    -------
    DataFrame
        One row a treatment row of a glucocorticoid, in the order of the frame: `case_id`, `line`; DAYLO, DAYHI, AENLO,
        AENHI, its start and end in days from time zero, of a single dose the same; PREDLO, PREDHI, mg a day, nan where
        they are not known.

    Examples
    --------
    16 mg of a drug of which 4 mg are equal to 5 mg: 16 x 5 / 4 = 20 mg a day.

    >>> facts = pd.DataFrame({"case_id": ["a"], "line": [2], "kind": ["treatment"], "phase": [1], "code": ["x"],
    ...     "PARAMCD": ["x"], "PARAM": ["X"], "dose": ["16"], "dose_unit": ["mg/day"], "frequency": [""],
    ...     "end": ["84 d"], "AVALLO": [None], "AVALHI": [None], "AVALU": [""], "DAYLO": [0.0], "DAYHI": [0.0],
    ...     "AENLO": [84.0], "AENHI": [84.0]})
    >>> equal = pd.DataFrame({"prednisone_5mg": ["4"]}, index=["x"])
    >>> derive_prednisone(facts, equal)[["DAYLO", "AENHI", "PREDLO", "PREDHI"]].to_numpy().tolist()
    [[0.0, 84.0, 20.0, 20.0]]
    >>> derive_prednisone(facts.assign(dose="~1", dose_unit="mg/kg/day"), equal)["PREDLO"].isna().tolist()
    [True]
    """
    require(frame, "derive_prednisone", ("code", *OF_EXPOSURE))
    require(treatments, "derive_prednisone", ("prednisone_5mg",), "treatments.csv has")
    by_code = treatments.set_index("code") if "code" in treatments else treatments
    equal = by_code["prednisone_5mg"].fillna("").astype(str).to_dict()
    exposure = derive_exposure(frame)
    treated = equals(frame, "kind", "treatment")
    given = frame[treated]
    factor = distinct(given["code"]).each(lambda code: _factor(equal.get(code, "")), float)
    if "route" in given:
        known = distinct(given["route"]).each(lambda text: canonical("route", text) in _ROUTES, bool)
        factor = np.where(known, factor, np.nan)
    # What fell or rose was not given at that dose on all its days.
    factor = np.where(varied_in(given) > 0, np.nan, factor)
    low, high = _daily_milligrams(given, exposure["OWN"].to_numpy(float), sizes_of(frame, treated))
    once = np.isinf(exposure["OWN"].to_numpy(float))
    ends = {
        end: np.where(once, numbers(given, start), numbers(given, end))
        for end, start in {"AENLO": "DAYLO", "AENHI": "DAYHI"}.items()
    }
    table = given[["case_id", "line", "DAYLO", "DAYHI"]].assign(**ends, PREDLO=low * factor, PREDHI=high * factor)
    return table[distinct(given["code"]).each(lambda code: bool(equal.get(code)), bool)].reset_index(drop=True)


def _factor(equal: str) -> float:
    """Milligrams of prednisone that are equal to one of a drug; nan where that is not known."""
    return 5.0 / float(equal) if equal not in ("", NO_EQUIVALENT) else np.nan


def _daily_milligrams(given: pd.DataFrame, interval: np.ndarray, sizes: dict) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of the dose of each row in mg a day; nan where its amount, its time or a size that it needs is not."""
    dose, unit = parse_texts(distinct(given["dose"]), parse_value), distinct(given["dose_unit"])
    # A single dose is the dose of its day.
    days = np.where(np.isinf(interval), 1.0, interval)
    per = unit.each(lambda word: rate_of(word)[1], float)
    # A month has 28 to 31 days.
    months = np.where(np.isnan(per), _months(given, interval), np.where(per == DAYS_PER["mo"], 1.0, np.nan))
    days = np.where(np.isnan(per), days, per)
    least, most = (np.where(np.isnan(months), days, ends) for ends in days_within(months))
    low, high = np.maximum(dose.low, 0) / most, dose.high / least
    for body, size in sizes.items():
        sized = unit.each(lambda word, of=body: per_body(rate_of(word)[0])[1] == of, bool)
        low, high = np.where(sized, low * size.low, low), np.where(sized, high * size.high, high)
    mass = unit.each(_milligrams, float)
    return low * mass, high * mass


def _months(given: pd.DataFrame, interval: np.ndarray) -> np.ndarray:
    """The calendar months of the interval of each row; nan where it is told in no months."""
    months = distinct(given["frequency"]).each(months_of, float)
    # Of treatments that take turns, each is given at every second or third time.
    return np.where(np.isnan(months), np.nan, np.round(interval / DAYS_PER["mo"]))


def _milligrams(printed: str) -> float:
    """How many milligrams one of a unit is, also of one per size of the body; nan where it is no mass."""
    unit = dose_unit(printed)
    return unit.factor if unit.amount in ("mg", *(f"mg/{body}" for body in PER_BODY)) else np.nan
