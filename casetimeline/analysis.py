"""The analysis columns of recorded facts: values and times as bounds, grades, states, and their order."""

import math

import pandas as pd

from .bounds import Bounds, parse_column, parse_time, parse_value
from .schema import extract_site


def derive_analysis(facts: pd.DataFrame, measures: pd.DataFrame, zero: Bounds | None) -> pd.DataFrame:
    """Add to recorded facts what the derivations work on.

    Parameters
    ----------
    facts : DataFrame
        Checked facts as text.
    measures : DataFrame
        The vocabulary, indexed by code.
    zero : Bounds or None
        The date of the case's time zero; without it, dates have no day.

    Returns
    -------
    DataFrame
        A new frame with PARAMCD, PARAM, LOC; BETTER, the direction of the measure; AVAL (blank unless exact), AVALLO,
        AVALHI, AVALU, AVALC; ANRLO, ANRHI, the laboratory's limits in the same unit; AVALCALO, AVALCAHI, the grade as
        a number from 0; STATE; DAYLO, DAYHI, AENLO, AENHI, start and end in days from time zero; ORDER, the position
        in the telling.
    """
    listed = facts["code"].isin(measures.index)
    names = facts["code"].map(measures["label"]).where(listed, facts["code"].str.replace("_", " ").str.capitalize())
    frame = facts.assign(
        phase=pd.to_numeric(facts["phase"].replace("", None)).astype("Int64"),
        PARAMCD=facts["code"],
        PARAM=names.astype(str),
        LOC=extract_site(facts["note"]),
        BETTER=facts["code"].map(measures["better"]).fillna("").astype(str),
    )
    frame = frame.assign(**_values(frame, measures))
    for side, column in (("start", "DAY"), ("end", "AEN")):
        days = parse_column(frame[side].replace("ongoing", ""), lambda text: parse_time(text, zero))
        frame = frame.assign(**{f"{column}LO": days["low"], f"{column}HI": days["high"]})
    return frame.assign(ORDER=_order(frame))


def records_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The observations of one measure."""
    return frame[(frame["kind"] == "observation") & (frame["code"] == code)]


def _values(frame: pd.DataFrame, measures: pd.DataFrame) -> dict[str, pd.Series]:
    """Value, bounds, unit, limits, grade and state of each row; all missing where a row is not an observation."""
    observed = frame["kind"] == "observation"
    code = frame["code"].where(observed)
    factor = _look_up(measures["units"], code, frame["unit"])
    grade = _look_up(
        measures["grades"].map(lambda words: {word: i for i, word in enumerate(words)}), code, frame["value"]
    )
    highest = code.map(measures["grades"].map(len)).astype(float) - 1
    numeric = observed & frame["value"].ne("") & grade.isna()
    bounds = parse_column(frame["value"].where(numeric, ""), parse_value)
    # A number without a printed unit stays in that unknown unit and is never mixed with others.
    has_unit = factor.notna()
    scale = factor.fillna(1.0)
    low = bounds["low"].clip(lower=code.map(measures["low"]).astype(float)) * scale
    high = bounds["high"].clip(upper=code.map(measures["high"]).astype(float)) * scale
    unit = code.map(measures["unit"]).where(has_unit, "unit not reported").where(numeric, "")
    limits = {name: parse_column(frame[name].where(observed, ""), parse_value) for name in ("ref_low", "ref_high")}
    state = frame["state"].where(frame["state"].ne("") | ~observed, "value")
    state = state.where(~(observed & frame["state"].eq("") & grade.notna()), grade.eq(0).map(_PRESENCE))
    # Sizes and states are findings of a graded measure: their grade is known as far as they say it.
    graded = observed & highest.ge(0)
    absent = graded & (state.eq("absent") | high.eq(0))
    found = graded & (state.eq("present") | low.gt(0))
    either = graded & numeric
    lowest_grade = grade.mask(grade.isna() & (absent | either), 0.0).mask(grade.isna() & found, 1.0)
    highest_grade = grade.mask(grade.isna() & (found | either), highest).mask(grade.isna() & absent, 0.0)
    printed = (frame["value"] + " " + frame["unit"]).str.strip()
    words = printed.where(numeric, frame["value"]).where(observed & frame["value"].ne(""), state.str.replace("_", " "))
    return {
        "AVAL": low.where(low == high),
        "AVALLO": low,
        "AVALHI": high,
        "AVALU": unit.astype(str),
        "AVALC": words.where(observed, "").astype(str),
        "ANRLO": limits["ref_low"]["low"] * scale,
        "ANRHI": limits["ref_high"]["high"] * scale,
        "AVALCALO": lowest_grade,
        "AVALCAHI": highest_grade,
        "STATE": state.where(observed, "").astype(str),
    }


_PRESENCE = {True: "absent", False: "present"}


def _look_up(tables: pd.Series, code: pd.Series, word: pd.Series) -> pd.Series:
    """The number that a measure's own table gives to each row's word; nan where it has none."""
    known = pd.Series({(name, key): float(number) for name, table in tables.items() for key, number in table.items()})
    rows = pd.MultiIndex.from_arrays([code, word])
    return pd.Series(known.reindex(rows).to_numpy(dtype=float), index=code.index)


def _order(frame: pd.DataFrame) -> pd.Series:
    """Position in the telling: 1, 2, 3 ... by phase, and in a phase by day if each row has one; else by day."""
    middle = (frame["DAYLO"] + frame["DAYHI"]) / 2
    middle = middle.where(middle.abs() != math.inf)
    if frame["phase"].notna().all():
        dated = middle.notna().groupby(frame["phase"]).transform("all")
        keys = pd.DataFrame({"phase": frame["phase"].astype(float), "day": middle.where(dated, 0.0)})
    else:
        # A phase without a day stands after the latest day of its own or an earlier phase.
        by_phase = frame.assign(middle=middle).groupby("phase")["middle"].max().sort_index().cummax()
        placed = middle.fillna(frame["phase"].map(by_phase).astype(float)).fillna(-math.inf)
        keys = pd.DataFrame({"phase": 0.0, "day": placed}, index=frame.index)
    return keys.groupby(["phase", "day"]).ngroup() + 1
