"""The analysis columns of recorded facts: values and times as bounds, grades, states, and the order of the facts."""

import math
import re
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import pandas as pd

from ..values import (
    NOTHING,
    Bounds,
    Distinct,
    Intervals,
    canonical,
    days_from_zero,
    distinct,
    is_normal,
    pairs,
    parse_grade,
    parse_reading,
    parse_texts,
    parse_value,
    unit_factor,
)
from ..vocabulary import DECIMALS, UNIT_UNKNOWN
from .columns import equals, numbers, require
from .order import derive_order

_SITE = re.compile(r"\s*site:\s*([^;\s](?:[^;]*[^;\s])?)")


def derive_analysis(facts: pd.DataFrame, measures: pd.DataFrame, zeros: pd.DataFrame) -> pd.DataFrame:
    """Add the analysis columns, which all other derivations work on, to recorded facts.

    Parameters
    ----------
    facts : DataFrame
        Checked facts, with the columns of timeline.csv as text.
    measures : DataFrame
        The measures of measures.csv, indexed by code.
    zeros : DataFrame
        `low` and `high`, the day numbers of the dated time zero of each case that has one, indexed by case. In a case
        without one, a date has no day.

    Returns
    -------
    DataFrame
        A new frame with `phase` as a whole number and these columns:

        - PARAMCD, PARAM and LOC: the code, its label, and the site in the body; BETTER: the direction of the measure.
        - AVAL, AVALLO, AVALHI: the value in the unit of the measure; AVALLOX, AVALHIX: whether that end is excluded, as
          in `<30`; AVALU: the unit; AVALC: the value as shown.
        - ANRLO, ANRHI: the limits of the laboratory in the same unit.
        - AVALCALO, AVALCAHI: the grade as a number from 0; TOPGRADE: the highest of its scale; STATE: what is known
          where there is no value.
        - DAYLO, DAYHI, AENLO, AENHI: start and end in days from time zero; `ongoing` ends at infinity.
        - ORDER, ORDLO, ORDHI, ORDPH, MOMENT: the place among the facts of the case, as `derive_order` gives it.
    """
    require(facts, "derive_analysis", (*_TEXTS, "case_id", "start", "end"))
    require(measures, "derive_analysis", _OF_MEASURES, "measures.csv has")
    texts = {name: distinct(facts[name]) for name in _TEXTS}
    code, phase = texts["code"], texts["phase"]
    labels, better = measures["label"].to_dict(), measures["better"].to_dict()
    start, end = (days_from_zero(facts[side], facts["case_id"], zeros) for side in ("start", "end"))
    frame = facts.assign(
        phase=pd.arrays.IntegerArray(phase.each(lambda text: int(text or 0), int), ~phase.each(bool, bool)),
        PARAMCD=facts["code"],
        PARAM=code.as_text(lambda name: labels.get(name, name.replace("_", " ").capitalize())),
        LOC=texts["note"].as_text(site_of),
        BETTER=code.as_text(lambda name: better.get(name, "")),
        **_values(texts, measures),
        DAYLO=start["low"],
        DAYHI=start["high"],
        AENLO=end["low"],
        AENHI=end["high"],
    )
    return derive_order(frame)


def records_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The observations of one measure."""
    return frame[equals(frame, "kind", "observation") & equals(frame, "code", code)]


def baseline_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The baseline records of one measure that have a value."""
    records = records_of(frame, code)
    return records[equals(records, "ABLFL", "Y") & ~np.isnan(numbers(records, "AVALLO"))]


_OF_MEASURES = ("label", "unit", "units", "low", "high", "grades", "better")
_TEXTS = ("phase", "kind", "code", "value", "unit", "ref_low", "ref_high", "state", "note")


def _values(texts: Mapping[str, Distinct], measures: pd.DataFrame) -> dict[str, np.ndarray]:
    """Value, bounds, unit, limits, grade and state of each row; all missing where a row is not an observation."""
    observed = texts["kind"].among(["observation"])
    code, value, unit = texts["code"].where(observed), texts["value"].where(observed), texts["unit"]
    scales, units, units_of_measures = (measures[name].to_dict() for name in ("grades", "units", "unit"))
    grade = parse_grades(code, value, scales)
    numeric = value.each(bool, bool) & np.isnan(grade.low)
    limits = {name: parse_texts(texts[name].where(observed), parse_value) for name in ("ref_low", "ref_high")}
    number = value.where(numeric)
    printed = within_limits(parse_texts(pairs(code, number), readings_of(measures)), number, limits)
    factor = pairs(code, unit).each(lambda pair: unit_factor(pair[1], units.get(pair[0], {})), float)
    # A number without a printed unit keeps its unknown unit, and is never compared with numbers that have one.
    has_unit = ~np.isnan(factor)
    scale = np.where(has_unit, factor, 1.0)
    least, most = (code.each(measures[name].to_dict().get, float) for name in ("low", "high"))
    low = convert(np.where(printed.low < least, least, printed.low), scale)
    high = convert(np.where(printed.high > most, most, printed.high), scale)
    stated = texts["state"].replaced(lambda text: canonical("state", text))
    state = _states(stated, observed, grade)
    measured = Distinct(
        np.where(has_unit, code.codes, len(code.texts)), [*map(units_of_measures.get, code.texts), UNIT_UNKNOWN]
    )
    return {
        "AVAL": np.where(low == high, low, np.nan),
        "AVALLO": low,
        "AVALHI": high,
        "AVALLOX": printed.low_open,
        "AVALHIX": printed.high_open,
        "AVALU": measured.where(numeric).as_text(str),
        "AVALC": _words(value, unit, state, numeric).as_text(str),
        "ANRLO": convert(limits["ref_low"].low, scale),
        "ANRHI": convert(limits["ref_high"].high, scale),
        **_grades(grade, state, low, high, code.each(lambda name: len(scales.get(name, ())), int) - 1, numeric),
        "STATE": state.as_text(str),
    }


def _states(state: Distinct, observed: np.ndarray, grade: Intervals) -> Distinct:
    """The state of each observation: as recorded, else from its grade, else `value`."""
    words = [*state.texts, "value", "absent", "present"]
    by_grade = len(state.texts) + np.where(grade.low > 0, 2, np.where(grade.high == 0, 1, 0))
    return Distinct(np.where(state.each(bool, bool), state.codes, by_grade), words).where(observed)


def _words(value: Distinct, unit: Distinct, state: Distinct, numeric: np.ndarray) -> Distinct:
    """The text that shows each row: the number with its unit, else the grade as printed, else the state."""
    numbers = pairs(value.where(numeric), unit)
    words = [number if is_normal(number) else f"{number} {unit}".strip() for number, unit in numbers.texts]
    as_printed, as_state = len(words) + value.codes, len(words) + len(value.texts) + state.codes
    words += [*value.texts, *(text.replace("_", " ") for text in state.texts)]
    return Distinct(np.where(numeric, numbers.codes, np.where(value.each(bool, bool), as_printed, as_state)), words)


def _grades(
    grade: Intervals, state: Distinct, low: np.ndarray, high: np.ndarray, top: np.ndarray, numeric: np.ndarray
) -> dict[str, np.ndarray]:
    """The bounds of each row's grade; for a graded measure, a size or a state also limits the grade."""
    graded, ungraded = top >= 0, np.isnan(grade.low)
    absent = graded & (state.among(["absent"]) | (high == 0))
    present = graded & (state.among(["present"]) | (low > 0))
    either = graded & numeric
    lowest = np.where(ungraded & present, 1.0, np.where(ungraded & (absent | either), 0.0, grade.low))
    highest = np.where(ungraded & absent, 0.0, np.where(ungraded & (present | either), top, grade.high))
    return {"AVALCALO": lowest, "AVALCAHI": highest, "TOPGRADE": np.where(graded, top, np.nan)}


def convert(values: pd.Series | np.ndarray, factors: pd.Series | np.ndarray) -> pd.Series | np.ndarray:
    """Values multiplied by factors, without the binary noise of the product.

    Parameters
    ----------
    values, factors : Series or array
        Values as printed, and the factor from their unit to that of the measure.

    Examples
    --------
    >>> 2.05 * 60, convert(pd.Series([2.05]), pd.Series([60.0])).tolist()
    (122.99999999999999, [123.0])
    """
    return (values * factors).round(DECIMALS)


def readings_of(measures: pd.DataFrame) -> Callable[[tuple[str, str]], Bounds]:
    """The reader of a pair of measure and printed number; a blank, and `normal`, has no number.

    Examples
    --------
    >>> measures = pd.DataFrame({"high": [51.0], "unit": ["points"]}, index=["mrss"])
    >>> readings_of(measures)(("mrss", "30/51"))[:2]
    (30.0, 30.0)
    """
    tops, units = measures["high"].to_dict(), measures["unit"].to_dict()

    def parse(pair: tuple[str, str]) -> Bounds:
        """Bounds of a number in the forms of its measure."""
        code, text = pair
        if not text or is_normal(text):
            return NOTHING
        return parse_reading(text, tops.get(code, math.inf), units.get(code, ""))

    return parse


def within_limits(printed: Intervals, value: Distinct, limits: Mapping[str, Intervals]) -> Intervals:
    """The bounds of each number; where the value says `normal`, the limits of the laboratory that stand beside it."""
    normal = value.each(is_normal, bool)
    low, high = limits["ref_low"].low, limits["ref_high"].high
    limited = normal & ~(np.isnan(low) & np.isnan(high))
    return printed._replace(
        low=np.where(limited, np.where(np.isnan(low), -math.inf, low), printed.low),
        high=np.where(limited, np.where(np.isnan(high), math.inf, high), printed.high),
    )


def parse_grades(code: Distinct, value: Distinct, scales: Mapping[str, Sequence[str]]) -> Intervals:
    """Bounds of each row's grade words in the scale of its measure; nan where it has none.

    Parameters
    ----------
    code, value : Distinct
        The measure and the value of each row.
    scales : mapping of code to words
        The grades of each measure, from none to the highest; empty for a measure without grades.

    Examples
    --------
    >>> codes, values = distinct(pd.Series(["effusion", "ck"])), distinct(pd.Series(["small..large", "923"]))
    >>> parse_grades(codes, values, {"effusion": ("none", "small", "large"), "ck": ()}).high.tolist()
    [2.0, nan]
    """

    def parse(pair: tuple[str, str]) -> Bounds:
        """Bounds of a grade; `NOTHING` for a text that is not one."""
        name, text = pair
        try:
            return parse_grade(text, scales[name]) if text and scales.get(name) else NOTHING
        except ValueError:
            return NOTHING

    return parse_texts(pairs(code, value), parse)


def extract_site(notes: pd.Series) -> pd.Series:
    """The site in the body, from notes that begin with `site: ...`; blank for other notes.

    Examples
    --------
    >>> extract_site(pd.Series(["site: right ventricle; circumferential", "seen twice", ""])).tolist()
    ['right ventricle', '', '']
    """
    return pd.Series(distinct(notes).as_text(site_of), index=notes.index)


def site_of(note: str) -> str:
    """The site in the body, from a note that begins with `site: ...`; blank for any other note.

    Examples
    --------
    >>> site_of("site: right ventricle; circumferential"), site_of("seen twice")
    ('right ventricle', '')
    """
    site = _SITE.match(note)
    return site[1] if site else ""
