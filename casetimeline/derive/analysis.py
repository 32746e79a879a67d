"""The analysis columns of recorded facts: values and times as bounds, grades, states, and their order."""

import contextlib
import math

import pandas as pd

from ..values import Bounds, days_from_zero, parse_column, parse_grade, parse_value
from ..vocabulary import DECIMALS, UNIT_UNKNOWN


def derive_analysis(facts: pd.DataFrame, measures: pd.DataFrame, zeros: pd.DataFrame) -> pd.DataFrame:
    """Add to recorded facts what the derivations work on.

    Parameters
    ----------
    facts : DataFrame
        Checked facts as text, of one case or of many.
    measures : DataFrame
        The vocabulary, indexed by code.
    zeros : DataFrame
        `low` and `high` of the dated time zero of each case that has one, indexed by case; without it, dates have
        no day.

    Returns
    -------
    DataFrame
        A new frame with PARAMCD, PARAM, LOC; BETTER, the direction of the measure; AVAL (blank unless exact), AVALLO,
        AVALHI, and AVALLOX, AVALHIX, whether that end is excluded (`<30`); AVALU, AVALC; ANRLO, ANRHI, the
        laboratory's limits in the same unit; AVALCALO, AVALCAHI, the grade as a number from 0, and TOPGRADE, the
        highest of its scale; STATE; DAYLO, DAYHI,
        AENLO, AENHI, start and end in days from time zero (`ongoing` ends at infinity); ORDER, the position in the
        telling.
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
        days = days_from_zero(frame[side], frame["case_id"], zeros)
        frame = frame.assign(**{f"{column}LO": days["low"], f"{column}HI": days["high"]})
    return frame.assign(ORDER=_order(frame))


def records_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The observations of one measure."""
    return frame[(frame["kind"] == "observation") & (frame["code"] == code)]


def baseline_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The baseline records of one measure that have a value."""
    records = records_of(frame, code)
    return records[(records["ABLFL"] == "Y") & records["AVALLO"].notna()]


def _values(frame: pd.DataFrame, measures: pd.DataFrame) -> dict[str, pd.Series]:
    """Value, bounds, unit, limits, grade and state of each row; all missing where a row is not an observation."""
    observed = frame["kind"] == "observation"
    code = frame["code"].where(observed)
    factor = _look_up(measures["units"], code, frame["unit"])
    grade = _grades(code, frame["value"], measures["grades"])
    highest = code.map(measures["grades"].map(len)).astype(float) - 1
    ungraded = grade["low"].isna()
    numeric = observed & frame["value"].ne("") & ungraded
    bounds = parse_column(frame["value"].where(numeric, ""), parse_value)
    # A number without a printed unit stays in that unknown unit and is never mixed with others.
    has_unit = factor.notna()
    scale = factor.fillna(1.0)
    low = convert(bounds["low"].clip(lower=code.map(measures["low"]).astype(float)), scale)
    high = convert(bounds["high"].clip(upper=code.map(measures["high"]).astype(float)), scale)
    unit = code.map(measures["unit"]).where(has_unit, UNIT_UNKNOWN).where(numeric, "")
    limits = {name: parse_column(frame[name].where(observed, ""), parse_value) for name in ("ref_low", "ref_high")}
    state = frame["state"].where(frame["state"].ne("") | ~observed, "value")
    presence = pd.Series("value", index=frame.index)
    presence = presence.mask(grade["high"] == 0, "absent").mask(grade["low"] > 0, "present")
    state = state.where(~(observed & frame["state"].eq("") & ~ungraded), presence)
    # Sizes and states are findings of a graded measure: their grade is known as far as they say it.
    graded = observed & highest.ge(0)
    absent = graded & (state.eq("absent") | high.eq(0))
    found = graded & (state.eq("present") | low.gt(0))
    either = graded & numeric
    lowest_grade = grade["low"].mask(ungraded & (absent | either), 0.0).mask(ungraded & found, 1.0)
    highest_grade = grade["high"].mask(ungraded & (found | either), highest).mask(ungraded & absent, 0.0)
    printed = (frame["value"] + " " + frame["unit"]).str.strip()
    words = printed.where(numeric, frame["value"]).where(observed & frame["value"].ne(""), state.str.replace("_", " "))
    return {
        "AVAL": low.where(low == high),
        "AVALLO": low,
        "AVALHI": high,
        "AVALLOX": bounds["low_open"],
        "AVALHIX": bounds["high_open"],
        "AVALU": unit.astype(str),
        "AVALC": words.where(observed, "").astype(str),
        "ANRLO": convert(limits["ref_low"]["low"], scale),
        "ANRHI": convert(limits["ref_high"]["high"], scale),
        "AVALCALO": lowest_grade,
        "AVALCAHI": highest_grade,
        "TOPGRADE": highest.where(graded),
        "STATE": state.where(observed, "").astype(str),
    }


def convert(values: pd.Series, factors: pd.Series) -> pd.Series:
    """Values in the measure's own unit, free of the binary noise of the product.

    Examples
    --------
    >>> 2.05 * 60, convert(pd.Series([2.05]), pd.Series([60.0])).tolist()
    (122.99999999999999, [123.0])
    """
    return (values * factors).round(DECIMALS)


def _look_up(tables: pd.Series, code: pd.Series, word: pd.Series) -> pd.Series:
    """The number that a measure's own table gives to each row's word; nan where it has none."""
    known = pd.Series({(name, key): float(number) for name, table in tables.items() for key, number in table.items()})
    rows = pd.MultiIndex.from_arrays([code, word])
    return pd.Series(known.reindex(rows).to_numpy(dtype=float), index=code.index)


def contradicted_phases(frame: pd.DataFrame) -> pd.Series:
    """Whether the phases of a row's case contradict its times: such a case is ordered by its times."""
    wrong = disordered(frame["case_id"], frame["phase"], frame["DAYLO"], frame["DAYHI"])
    return wrong.groupby(frame["case_id"]).transform("any")


def _grades(code: pd.Series, word: pd.Series, scales: pd.Series) -> pd.DataFrame:
    """Bounds of each row's grade words in the scale of its measure; nan where it has none."""
    pairs = pd.DataFrame({"code": code, "word": word})
    pairs = pairs[code.map(scales.map(len)).gt(0) & word.ne("")].drop_duplicates()
    known = {}
    for name, text in pairs.itertuples(index=False):
        # What is no grade is a number: the values were checked before.
        with contextlib.suppress(ValueError):
            known[name, text] = parse_grade(text, scales[name])
    index = pd.MultiIndex.from_tuples(known, names=["code", "word"]) if known else pd.MultiIndex.from_arrays([[], []])
    grades = pd.DataFrame(known.values(), columns=list(Bounds._fields), index=index)[["low", "high"]].astype(float)
    return grades.reindex(pd.MultiIndex.from_arrays([code, word])).set_axis(word.index)


def _order(frame: pd.DataFrame) -> pd.Series:
    """Position in the telling of its case: 1, 2, 3 ... by phase, and in a phase by day if each row has one.

    A case with a row outside the phases, or whose phases contradict its times, is ordered by day, and on a day by
    phase; a phase without a day then stands after the latest day of its own or an earlier phase.
    """
    case = frame["case_id"]
    middle = (frame["DAYLO"] + frame["DAYHI"]) / 2
    middle = middle.where(middle.abs() != math.inf)
    by_phase = pd.MultiIndex.from_arrays([case, frame["phase"]])
    contradicted = contradicted_phases(frame)
    phased = frame["phase"].notna().groupby(case).transform("all") & ~contradicted
    dated = middle.notna().groupby([case, frame["phase"]]).transform("all").fillna(False).astype(bool)
    latest = middle.groupby([case, frame["phase"]]).max().sort_index().groupby(level=0).cummax()
    placed = middle.fillna(latest.reindex(by_phase).set_axis(frame.index)).fillna(-math.inf)
    phase, day = frame["phase"].astype(float).fillna(0.0), middle.where(dated, 0.0)
    keys = pd.DataFrame({"case_id": case, "major": phase.where(phased, placed), "minor": day.where(phased, phase)})
    place = keys.groupby(["case_id", "major", "minor"]).ngroup()
    return place - place.groupby(case).transform("min") + 1


def disordered(cases: pd.Series, phases: pd.Series, low: pd.Series, high: pd.Series) -> pd.Series:
    """Whether the time of a row is surely before that of an earlier phase of its case.

    Parameters
    ----------
    cases, phases, low, high : Series
        The case, the phase as a number, and the bounds of the time of each row; nan where there is none.

    Returns
    -------
    Series of bool

    Examples
    --------
    >>> days = pd.Series([30.0, 5.0])
    >>> disordered(pd.Series(["a", "a"]), pd.Series([1, 2]), days, days).tolist()
    [False, True]
    """
    latest = low.groupby([cases, phases]).max().sort_index().groupby(level=0).cummax()
    before = latest.groupby(level=0).shift()
    return high < before.reindex(pd.MultiIndex.from_arrays([cases, phases])).set_axis(high.index)


def extract_site(notes: pd.Series) -> pd.Series:
    """Where in the body, from notes that begin with `site: ...`; blank elsewhere.

    Examples
    --------
    >>> extract_site(pd.Series(["site: right ventricle; circumferential", "seen twice", ""])).tolist()
    ['right ventricle', '', '']
    """
    return notes.str.extract(r"^\s*site:\s*([^;]*[^;\s])", expand=False).fillna("").astype(str)
