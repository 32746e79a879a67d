"""The analysis columns of recorded facts: values and times as bounds, grades, states, and their order."""

import math

import pandas as pd

from .bounds import Bounds, parse_time, parse_value
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
        A new frame with PARAMCD, PARAM, LOC; AVAL (blank unless exact), AVALLO, AVALHI, AVALU, AVALC; ANRLO, ANRHI,
        the laboratory's limits in the same unit; AVALCALO, AVALCAHI, the grade as a number from 0; STATE; DAYLO,
        DAYHI, AENLO, AENHI, start and end in days from time zero; ORDER, the position in the telling.
    """
    frame = facts.copy()
    frame["phase"] = pd.to_numeric(frame["phase"].replace("", None)).astype("Int64")
    listed = frame["code"].isin(measures.index)
    frame["PARAMCD"] = frame["code"]
    names = dict(measures["label"])
    frame["PARAM"] = [names.get(code, code.replace("_", " ").capitalize()) for code in frame["code"]]
    frame["LOC"] = extract_site(frame["note"])
    for column, values in _values(frame, measures, listed).items():
        frame[column] = values
    for side, column in (("start", "DAY"), ("end", "AEN")):
        known = [parse_time(t, zero) if t and t != "ongoing" else Bounds(math.nan, math.nan) for t in frame[side]]
        frame[f"{column}LO"] = [bounds.low for bounds in known]
        frame[f"{column}HI"] = [bounds.high for bounds in known]
    frame["ORDER"] = _order(frame)
    return frame


def _values(frame: pd.DataFrame, measures: pd.DataFrame, listed: pd.Series) -> dict[str, list]:
    """AVAL and its bounds in the measure's unit, the laboratory's limits, the grade, and the state of each row."""
    columns: dict[str, list] = {
        name: []
        for name in (["AVAL", "AVALLO", "AVALHI", "AVALU", "AVALC", "ANRLO", "ANRHI", "AVALCALO", "AVALCAHI", "STATE"])
    }
    for row, is_listed in zip(frame.itertuples(), listed, strict=True):
        measure = measures.loc[row.code] if is_listed and row.kind == "observation" else None
        value, low, high, unit = "", math.nan, math.nan, ""
        limits = (math.nan, math.nan)
        grade = (math.nan, math.nan)
        state = row.state
        if measure is not None:
            grades = measure["grades"]
            factor = measure["units"].get(row.unit, math.nan)
            if row.value in grades:
                grade = (grades.index(row.value),) * 2
                state = state or ("absent" if row.value == grades[0] else "present")
                value = row.value
            elif row.value:
                bounds = parse_value(row.value, measure["low"], measure["high"])
                # A number without a printed unit stays in that unknown unit and is never mixed with others.
                unit = measure["unit"] if math.isfinite(factor) else "unit not reported"
                scale = factor if math.isfinite(factor) else 1.0
                low, high = bounds.low * scale, bounds.high * scale
                value = f"{row.value} {row.unit}".strip() if row.unit else row.value
                state = state or "value"
                limits = tuple(
                    parse_value(text).low * scale if text else math.nan for text in (row.ref_low, row.ref_high)
                )
                if grades:
                    # A size is a finding; its grade depends on a scheme, which rules.csv names.
                    grade = (0, 0) if high == 0 else (1, len(grades) - 1) if low > 0 else (0, len(grades) - 1)
            elif grades and state in ("present", "absent"):
                grade = (0, 0) if state == "absent" else (1, len(grades) - 1)
        for name, cell in zip(
            columns,
            (
                low if low == high else math.nan,
                low,
                high,
                unit,
                value or state.replace("_", " "),
                *limits,
                *grade,
                state,
            ),
            strict=True,
        ):
            columns[name].append(cell)
    return columns


def _order(frame: pd.DataFrame) -> pd.Series:
    """Position in the telling: 1, 2, 3 ... by phase where every row has one, else by day."""
    middle = (frame["DAYLO"] + frame["DAYHI"]) / 2
    if frame["phase"].notna().all():
        key = frame["phase"].astype(float)
    else:
        # A phase without a day stands after the latest day of its own or an earlier phase.
        by_phase = frame.assign(middle=middle).groupby("phase")["middle"].max().sort_index().cummax()
        key = middle.fillna(frame["phase"].map(by_phase).astype(float)).fillna(-math.inf)
    return key.rank(method="dense").astype(int)
