"""Whether a treatment was given as claimed: the same amount in another unit or notation is the same dose."""

import math

import numpy as np
import pandas as pd

from ..case import Case
from ..derive import MILLIGRAMS, DoseUnit, derive_exposure, dose_unit, parse_frequency, turns_in_words
from ..values import (
    NOTHING,
    Bounds,
    Intervals,
    all_of,
    answer,
    closed,
    inside,
    parse_column,
    parse_count,
    parse_value,
    scale,
    spelled,
)
from ..vocabulary import DECIMALS, MET, NOT_CHECKABLE, NOT_MET, UNDETERMINED, code_of
from .outcome import ClaimResult, decide


def given(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether a row of the treatment has the dose, the interval and the number that are claimed."""
    code = code_of(claim["treatment"])
    name = case.label(code)
    rows = changes[changes["kind"].isin(["treatment", "procedure"]) & (changes["code"] == code)]
    if not len(rows):
        return ClaimResult(NOT_CHECKABLE, f"{name}: not told as a treatment or procedure")
    exposure = _exposure_of(rows, changes)
    by_rate = _by_rate(claim, exposure)
    doses = [_same_dose(claim, exposure, _sizes(changes), by_rate)]
    if claim.get("every"):
        # The amount in a time has told it where the row has no schedule.
        doses.append(np.where(by_rate & exposure["INTERVAL"].isna(), MET, _same_interval(claim, exposure)))
    answers = all_of(doses, len(rows))
    if claim.get("count"):
        answers = _counted(claim, exposure, answers)
    rows = rows.assign(AVALC=_regimens(rows, exposure))
    together = bool(claim.get("count")) and (answers == _TOGETHER).any()
    if together:
        rows, answers = rows[answers == _TOGETHER], np.full((answers == _TOGETHER).sum(), MET, dtype=object)
    result = decide(answers, rows, name)
    if together:
        return result._replace(why=f"recorded: {'; '.join(rows['AVALC'])}, together {claim['count']}")
    return result


# The rows of one treatment that have the claimed number together, and not each.
_TOGETHER = "together"


def _by_rate(claim: dict, exposure: pd.DataFrame) -> np.ndarray:
    """Whether claim and row can be compared by the amount in a time alone: one of the two gives nothing else."""
    asked = dose_unit(claim.get("dose_unit", ""))
    if not claim.get("dose") or not claim.get("dose_unit"):
        return np.zeros(len(exposure), dtype=bool)
    timed = exposure["EXDOSU"].map(lambda unit: not math.isnan(dose_unit(unit).days)).to_numpy(dtype=bool)
    regular = np.isfinite(exposure["OWN"].to_numpy(dtype=float))
    if not math.isnan(asked.days):
        return timed | regular
    return timed & ~regular & bool(claim.get("every"))


def _same_dose(claim: dict, exposure: pd.DataFrame, sizes: dict[str, Bounds], by_rate: np.ndarray) -> np.ndarray:
    """Whether each row has the claimed dose, in the unit that is claimed; met where neither is claimed."""
    asked, units = dose_unit(claim.get("dose_unit", "")), [dose_unit(text) for text in exposure["EXDOSU"]]
    if claim.get("dose"):
        texts = parse_column(exposure["EXDOSE"], parse_value)
        doses = Intervals(*(texts[name].to_numpy() for name in Intervals._fields))
        if not claim.get("dose_unit"):
            return _printed_dose(parse_value(claim["dose"]), doses, units)
        each = [Intervals(*(end[place : place + 1] for end in doses)) for place in range(len(exposure))]
        parts = zip(units, each, exposure["OWN"], by_rate, strict=True)
        answers = np.array([_one_dose(claim, asked, *part, sizes) for part in parts], dtype=object)
    elif claim.get("dose_unit"):
        same = np.array([unit.amount == asked.amount for unit in units])
        # Of so much in a day and so much at once either may be the other.
        timed = np.array([[unit.days, asked.days] for unit in units])
        open_time = np.isnan(timed).any(axis=1) & ~np.isnan(timed).all(axis=1)
        alike = np.isnan(timed).all(axis=1) | (timed[:, 0] == timed[:, 1])
        answers = answer(same & alike, same & (alike | open_time))
    else:
        return np.full(len(exposure), MET, dtype=object)
    return np.where(exposure["EXDOSU"].ne(""), answers, UNDETERMINED)


def _printed_dose(claimed: Bounds, doses: Intervals, units: list[DoseUnit]) -> np.ndarray:
    """Whether each row has the claimed number; open where it would be that of another unit of mass."""
    answers = inside(doses, claimed)
    mass = np.array([unit.amount.partition("/")[0] == "mg" for unit in units])
    for milligrams in MILLIGRAMS.values():
        factor = np.array([unit.factor for unit in units]) / milligrams
        other = inside(scale(doses, factor), claimed)
        answers = np.where(mass & (answers == NOT_MET) & (other != NOT_MET), UNDETERMINED, answers)
    return answers


def _one_dose(
    claim: dict,
    asked: DoseUnit,
    unit: DoseUnit,
    dose: Intervals,
    interval: float,
    by_rate: bool,
    sizes: dict[str, Bounds],
) -> str:
    """Whether one row has the claimed dose."""
    wanted = scale(Intervals(*(np.array([end]) for end in parse_value(claim["dose"]))), asked.factor)
    dose = scale(dose, unit.factor)
    if asked.amount != unit.amount:
        # A dose for the size of the body is an amount where that size is recorded.
        wanted, dose = _for_body(wanted, asked, sizes), _for_body(dose, unit, sizes)
        if math.isnan(wanted.low[0] + dose.low[0]):
            return UNDETERMINED
    if by_rate:
        every = parse_frequency(f"every {claim['every']}").interval if claim.get("every") else math.nan
        wanted, dose = _a_day(wanted, asked.days, every), _a_day(dose, unit.days, interval)
    elif not math.isnan(unit.days):
        # Of so much a day it is not told in how many doses, unless the row says so.
        if not math.isfinite(interval):
            return UNDETERMINED
        dose = scale(dose, interval / unit.days)
    elif not math.isnan(asked.days):
        return UNDETERMINED
    low, high = (round(float(end[0]), DECIMALS) for end in wanted[:2])
    span = Bounds(low, high, bool(wanted.low_open[0]), bool(wanted.high_open[0]))
    rounded = dose._replace(low=np.round(dose.low, DECIMALS), high=np.round(dose.high, DECIMALS))
    return str(inside(rounded, span)[0])


def _for_body(dose: Intervals, unit: DoseUnit, sizes: dict[str, Bounds]) -> Intervals:
    """A dose in mg; nan where the unit is no mass, or one for a size of the body that is not recorded."""
    size = sizes.get(unit.amount, NOTHING)
    return dose._replace(low=dose.low * size.low, high=dose.high * size.high)


def _a_day(dose: Intervals, days: float, interval: float) -> Intervals:
    """The amount in a day, by the time in the unit or by the interval between two doses."""
    return scale(dose, 1 / (interval if math.isnan(days) else days))


def _sizes(changes: pd.DataFrame) -> dict[str, Bounds]:
    """What a dose in each unit is multiplied with to be one in mg: the least and the most size that is recorded."""
    sizes = {"mg": Bounds(1.0, 1.0)}
    for body, code in (("kg", "weight"), ("m2", "body_surface_area")):
        of_body = changes["PARAMCD"].eq(code) & changes["AVALU"].eq(body)
        rows = changes[changes["kind"].eq("observation") & of_body]
        sizes[f"mg/{body}"] = Bounds(rows["AVALLO"].min(), rows["AVALHI"].max())
    return sizes


def _same_interval(claim: dict, exposure: pd.DataFrame) -> np.ndarray:
    """Whether each row has the claimed interval.

    For alternating treatments a source may state the interval of the regimen or that of the one treatment.
    """
    every = parse_frequency(f"every {claim['every']}").interval
    same = np.isclose(exposure[["INTERVAL", "OWN"]].astype(float), every).any(axis=1)
    return answer(same, same, exposure["INTERVAL"].notna())


def _counted(claim: dict, exposure: pd.DataFrame, answers: np.ndarray) -> np.ndarray:
    """The answers with those to the number; rows that have it together, and else as claimed, are marked as that."""
    claimed = parse_count(claim["count"])
    low, high = (exposure[name].to_numpy(dtype=float) for name in ("NDOSLO", "NDOSHI"))
    each = all_of([answers, inside(closed(low, high), claimed)], len(answers))
    alike = answers == MET
    total = inside(closed([low[alike].sum()], [high[alike].sum()]), claimed)[0] if alike.sum() > 1 else NOT_MET
    if (each == MET).any() or total == NOT_MET or np.isnan(low[alike]).any():
        return each
    return np.where(alike, _TOGETHER if total == MET else UNDETERMINED, each)


def _regimens(rows: pd.DataFrame, exposure: pd.DataFrame) -> list[str]:
    """What each row says was given, in words."""
    # One that is given once says so already.
    counts = rows["count"].replace({"1": ""}) if "count" in rows else [""] * len(rows)
    often = [_schedule(frequency) for frequency in exposure["EXDOSFRQ"]]
    parts = zip(exposure["EXDOSE"], exposure["EXDOSU"], often, counts, strict=True)
    regimens = [
        " ".join(filter(None, [dose, unit, schedule, f"{count} times" if count else ""]))
        for dose, unit, schedule, count in parts
    ]
    return [regimen or "neither dose nor schedule" for regimen in regimens]


def _schedule(frequency: str) -> str:
    """A schedule in words; that of treatments that take turns in brackets, as it is not that of each of them."""
    words = turns_in_words(frequency)
    return f"({words})" if words != frequency else spelled(frequency)


def _exposure_of(rows: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """What is known of each row of a treatment or procedure, by line; of a procedure only how often it was done."""
    exposure = derive_exposure(changes).set_index("line").reindex(rows["line"])
    exposure[["EXDOSE", "EXDOSU", "EXDOSFRQ"]] = exposure[["EXDOSE", "EXDOSU", "EXDOSFRQ"]].fillna("")
    for name, count in (("NDOSLO", "COUNTLO"), ("NDOSHI", "COUNTHI")):
        exposure[name] = exposure[name].astype(float).fillna(rows.set_index("line")[count].astype(float))
    return exposure
