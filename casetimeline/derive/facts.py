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
    find_unit,
    is_date,
    is_normal,
    pairs,
    parse_count,
    parse_grade,
    parse_reading,
    parse_texts,
    parse_value,
    plain,
    timed_end,
    unit_factor,
)
from ..vocabulary import PRESENT_STATES, UNIT_UNKNOWN
from .columns import PLACES, equals, label_of, numbers, require, without_noise
from .groups import groups_of
from .order import derive_order
from .resolve import Days, anchor_rows, counted_from, ended_by_stops, ends_in_words, phases_of, relative_times

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

        - PARAMCD, PARAM and LOC: the code, its label, and the site in the body; BETTER, SCALE: as of the measure.
        - COUNTLO, COUNTHI: how often a treatment was given or a procedure done, where `count` says it.
        - AVAL, AVALLO, AVALHI: the value in the unit of the measure; AVALLOX, AVALHIX: whether that end is excluded, as
          in `<30`; AVALU: the unit; AVALC: the value as shown.
        - ANRLO, ANRHI: the limits of the laboratory in the same unit.
        - AVALCALO, AVALCAHI: the grade as a number from 0; TOPGRADE: the highest of its scale; STATE: what is known
          where there is no value.
        - DAYLO, DAYHI, AENLO, AENHI: start and end in days from time zero; `ongoing` ends at infinity, and `stopped`
          when an event such as `drug_stopped` tells, else on any day from the start.
        - ORDER, ORDLO, ORDHI, ORDPH, MOMENT, and `RELATIVE` where it tells more: the place, as by `derive_order`.
    """
    require(facts, "derive_analysis", (*_TEXTS, "case_id", "start", "end"))
    require(measures, "derive_analysis", _OF_MEASURES, "measures.csv has")
    facts = facts.assign(**{name: "" for name in _OPTIONAL if name not in facts})
    texts = {name: distinct(facts[name]) for name in (*_TEXTS, *_OPTIONAL)}
    code, phase = texts["code"], texts["phase"]
    labels, better, scales = (measures[name].to_dict() for name in ("label", "better", "scale"))
    start, end, printed = _moments(facts, zeros)
    count = parse_texts(texts["count"], parse_count)
    frame = facts.assign(
        phase=pd.arrays.IntegerArray(phase.each(lambda text: int(text or 0), int), ~phase.each(bool, bool)),
        PARAMCD=facts["code"],
        PARAM=code.as_text(lambda name: label_of(name, labels)),
        LOC=sites(texts["site"], texts["note"]),
        BETTER=code.as_text(lambda name: better.get(name, "")),
        SCALE=code.as_text(lambda name: scales.get(name, "")),
        **_values(texts, measures),
        COUNTLO=count.low,
        COUNTHI=count.high,
        DAYLO=start.low,
        DAYHI=start.high,
        AENLO=end.low,
        AENHI=end.high,
        **printed,
    )
    return derive_order(frame)


def _moments(facts: pd.DataFrame, zeros: pd.DataFrame) -> tuple[Days, Days, dict[str, np.ndarray]]:
    """Start and end of each row in days from time zero, by the fact that it counts from; and `relative_times`."""
    end = distinct(facts["end"])
    timed = pd.Series(end.as_text(timed_end), index=facts.index)
    start, until = (
        Days(*(days[side].to_numpy() for side in ("low", "high")))
        for days in (days_from_zero(times, facts["case_id"], zeros) for times in (facts["start"], timed))
    )
    row, offset = anchor_rows(facts, start), start
    start, _ = counted_from(row, offset)
    # A date, and `ongoing`, counts from no other fact.
    counted = (row >= 0) & ~end.each(lambda text: is_date(text) or text == "ongoing", bool)
    place = np.maximum(row, 0)
    with np.errstate(invalid="ignore"):
        until = Days(*(np.where(counted, end + begin[place], end) for end, begin in zip(until, start, strict=True)))
    ends = ends_in_words(end, groups_of(facts["case_id"]), phases_of(facts), start, until)
    return start, ended_by_stops(facts, start, ends), relative_times(facts, row, offset, start)


def records_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The observations of one measure."""
    return frame[equals(frame, "kind", "observation") & equals(frame, "code", code)]


def baseline_of(frame: pd.DataFrame, code: str) -> pd.DataFrame:
    """The baseline records of one measure that have a value."""
    records = records_of(frame, code)
    return records[equals(records, "ABLFL", "Y") & ~np.isnan(numbers(records, "AVALLO"))]


_OF_MEASURES = ("label", "unit", "units", "low", "high", "scale", "grades", "better")
_TEXTS = ("phase", "kind", "code", "value", "unit", "ref_low", "ref_high", "state", "note")
# Columns that a frame from elsewhere may lack.
_OPTIONAL = ("anchor", "count", "site")


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
    known = pairs(code, with_scales(code, value, unit, units))
    factor = known.each(lambda pair: unit_factor(pair[1], units.get(pair[0], {})), float)
    # A number without a printed unit keeps its unknown unit, and is never compared with numbers that have one.
    has_unit, scale = ~np.isnan(factor) | _is_none(printed, code, scales), np.where(np.isnan(factor), 1.0, factor)
    least, most = (code.each(measures[name].to_dict().get, float) for name in ("low", "high"))
    low = convert(np.where(printed.low < least, least, printed.low), scale)
    high = convert(np.where(printed.high > most, most, printed.high), scale)
    stated = texts["state"].replaced(lambda text: canonical("state", text))
    state = _states(stated, observed, grade)
    quantity = observed & ~value.each(bool, bool) & code.each(lambda name: any(units.get(name, ())), bool)
    sided = against_limits(state.where(quantity), limits)
    bounded = ~np.isnan(sided.low)
    low = np.where(bounded, np.fmax(convert(sided.low, scale), np.where(np.isneginf(sided.low), least, -np.inf)), low)
    high = np.where(bounded, np.fmin(convert(sided.high, scale), np.where(np.isinf(sided.high), most, np.inf)), high)
    measured = Distinct(
        np.where(has_unit, code.codes, len(code.texts)), [*map(units_of_measures.get, code.texts), UNIT_UNKNOWN]
    )
    return {
        "AVAL": np.where(low == high, low, np.nan),
        "AVALLO": low,
        "AVALHI": high,
        "AVALLOX": printed.low_open | sided.low_open,
        "AVALHIX": printed.high_open | sided.high_open,
        "AVALU": measured.where(numeric | bounded).as_text(str),
        "AVALC": _words(value, unit, state, numeric).as_text(str),
        "ANRLO": convert(limits["ref_low"].low, scale),
        "ANRHI": convert(limits["ref_high"].high, scale),
        **_grades(
            grade, state, low, high, code.each(lambda name: len(scales.get(name, ())), int) - 1, numeric | bounded
        ),
        "STATE": state.as_text(str),
    }


def with_scales(code: Distinct, value: Distinct, unit: Distinct, units: Mapping[str, Mapping[str, float]]) -> Distinct:
    """The unit of each row; where its cell is blank, the end of the scale that its value is printed with, if known.

    Parameters
    ----------
    code, value, unit : Distinct
        As recorded.
    units : mapping of code to units
        The factors of the units of each measure.

    Examples
    --------
    >>> columns = (distinct(pd.Series(texts)) for texts in (["strength", "strength"], ["4/5", "4"], ["", ""]))
    >>> with_scales(*columns, {"strength": {"/5": 1.0}}).each(str).tolist()
    ['/5', '']
    """
    rows = np.flatnonzero(unit.among([""]))
    slashed = np.zeros(len(value.texts), dtype=bool)
    for place in np.unique(value.codes[rows]).tolist():
        slashed[place] = "/" in value.texts[place]
    rows = rows[slashed[value.codes[rows]]]
    if not len(rows):
        return unit
    both = pairs(*(column._replace(codes=column.codes[rows]) for column in (code, value)))

    def known(pair: tuple[str, str]) -> str:
        """The unit of a measure that ends its value, as in `4/5`; blank where it has no such unit."""
        return find_unit(f"/{plain(pair[1]).rpartition('/')[2].strip()}", units.get(pair[0], ())) or ""

    scale = both.replaced(known)
    codes = unit.codes.copy()
    codes[rows] = len(unit.texts) + scale.codes
    return Distinct(codes, [*unit.texts, *scale.texts])


def _is_none(printed: Intervals, code: Distinct, scales: Mapping[str, Sequence[str]]) -> np.ndarray:
    """Whether each number is the 0 of a finding, which is the same in every unit."""
    return (printed.low == 0) & (printed.high == 0) & code.each(lambda name: bool(scales.get(name)), bool)


def _states(state: Distinct, observed: np.ndarray, grade: Intervals) -> Distinct:
    """The state of each observation: as recorded, else from its grade, else `value`."""
    words = [*state.texts, "value", "absent", "present"]
    by_grade = len(state.texts) + np.where(grade.low > 0, 2, np.where(grade.high == 0, 1, 0))
    return Distinct(np.where(state.each(bool, bool), state.codes, by_grade), words).where(observed)


def _words(value: Distinct, unit: Distinct, state: Distinct, numeric: np.ndarray) -> Distinct:
    """The text that shows each row: the number with its unit, else the grade as printed, else the state."""
    numbers = pairs(value.where(numeric), unit)
    words = ["normal" if is_normal(number) else with_unit(number, unit) for number, unit in numbers.texts]
    as_printed, as_state = len(words) + value.codes, len(words) + len(value.texts) + state.codes
    words += [*value.texts, *(text.replace("_", " ") for text in state.texts)]
    return Distinct(np.where(numeric, numbers.codes, np.where(value.each(bool, bool), as_printed, as_state)), words)


# A ratio and the pH are numbers without a unit, the name of a scale stands before its grade, and one is no plural.
_UNPRINTED, _BEFORE, _PLURAL = ("ratio", "pH"), ("MRC grade",), re.compile("[a-z]{3,}(?<!ie)(?<![su])s")


def with_unit(number: str, unit: str) -> str:
    """A number as it is printed with its unit.

    Examples
    --------
    >>> with_unit("5607", "U/L"), with_unit("7.511", "pH"), with_unit("6.9", "ratio"), with_unit("4", "MRC grade")
    ('5607 U/L', '7.511', '6.9', 'MRC grade 4')
    >>> with_unit("46", "points"), with_unit("1", "points"), with_unit("<1", "points"), with_unit("0..1", "points")
    ('46 points', '1 point', '<1 point', '0..1 points')
    """
    if unit in _UNPRINTED:
        return number
    unit = unit[:-1] if _PLURAL.fullmatch(unit) and number.lstrip("~<>=") == "1" else unit
    return f"{unit} {number}" if unit in _BEFORE else f"{number} {unit}".strip()


def _grades(
    grade: Intervals, state: Distinct, low: np.ndarray, high: np.ndarray, top: np.ndarray, numeric: np.ndarray
) -> dict[str, np.ndarray]:
    """The bounds of each row's grade; for a graded measure, a size or a state also limits the grade."""
    graded, ungraded = top >= 0, np.isnan(grade.low)
    absent = graded & (state.among(["absent"]) | (high == 0))
    present = graded & (state.among(PRESENT_STATES) | (low > 0))
    either = graded & numeric
    lowest = np.where(ungraded & present, 1.0, np.where(ungraded & (absent | either), 0.0, grade.low))
    highest = np.where(ungraded & absent, 0.0, np.where(ungraded & (present | either), top, grade.high))
    return {"AVALCALO": lowest, "AVALCAHI": highest, "TOPGRADE": np.where(graded, top, np.nan)}


def convert(values: pd.Series | np.ndarray, factors: pd.Series | np.ndarray) -> np.ndarray:
    """Values multiplied by factors, without the binary noise of the product.

    A product that has no end, as by the reciprocal of 88.4, is kept as it is: cut to some decimals, a half of a value
    would not be half of it.

    Parameters
    ----------
    values, factors : Series or array
        Values as printed, and the factor from their unit to that of the measure.

    Examples
    --------
    >>> 2.05 * 60, convert(pd.Series([2.05]), pd.Series([60.0])).tolist()
    (122.99999999999999, [123.0])
    >>> convert(np.array([88.4, 100.0]), np.array([1 / 88.4] * 2)).tolist()
    [1.0, 1.131221719457]
    """
    product = np.asarray(values * factors, dtype=float)
    return without_noise(product, np.round(product, PLACES))


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


def against_limits(state: Distinct, limits: Mapping[str, Intervals]) -> Intervals:
    """The bounds of each value that is said to be normal, raised or low, by the limits beside it; nan without them.

    A limit belongs to what is normal: what is raised is above the upper one, and what is low is below the lower one.

    Examples
    --------
    >>> ends = np.array([26.0, 26.0, np.nan]), np.array([192.0, 192.0, 192.0])
    >>> low, high = (Intervals(end, end, end > 999, end > 999) for end in ends)
    >>> states = distinct(pd.Series(["normal", "raised", "low"]))
    >>> bounds = against_limits(states, {"ref_low": low, "ref_high": high})
    >>> bounds.low.tolist(), bounds.high.tolist(), bounds.low_open.tolist()
    ([26.0, 192.0, nan], [192.0, inf, nan], [False, True, False])
    """
    low, high = limits["ref_low"].low, limits["ref_high"].high
    normal, raised, below = (state.among([word]) for word in ("normal", "raised", "low"))
    normal &= ~(np.isnan(low) & np.isnan(high))
    raised, below = raised & ~np.isnan(high), below & ~np.isnan(low)
    least, most = np.where(np.isnan(low), -math.inf, low), np.where(np.isnan(high), math.inf, high)
    conditions = [normal, raised, below]
    return Intervals(
        np.select(conditions, [least, high, -math.inf], np.nan),
        np.select(conditions, [most, math.inf, low], np.nan),
        raised,
        below,
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


def sites(site: Distinct, note: Distinct) -> pd.api.extensions.ExtensionArray:
    """The site of each row: as its column says, else as a note says that begins with `site: ...`."""
    return pairs(site, note).as_text(lambda pair: pair[0] or site_of(pair[1]))


def site_of(note: str) -> str:
    """The site in the body, from a note that begins with `site: ...`; blank for any other note.

    Examples
    --------
    >>> site_of("site: right ventricle; circumferential"), site_of("seen twice")
    ('right ventricle', '')
    """
    site = _SITE.match(note)
    return site[1] if site else ""
