"""Changes from baseline, values compared with the limits of the laboratory, and shifts between categories."""

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..values import Distinct, Intervals, bounds_of, closed, distinct, divide, pairs, percent_change, subtract
from ..vocabulary import DECIMALS, OPEN_STATES, SERIES
from .columns import PLACES, equals, has_unit, numbers, require, without_noise
from .groups import Groups, groups_of
from .order import are_too_long, open_stretches, stretches
from .precedence import PLACE, UNTIMED, Places, places_of

_LIMITS = ("AVALLO", "AVALHI", "AVALU", "BASELO", "BASEHI", "BASEU")


def _comparable(frame: pd.DataFrame) -> np.ndarray:
    """Whether value and baseline have the same, reported unit."""
    same = (frame["AVALU"] == frame["BASEU"]).to_numpy(dtype=bool, na_value=False)
    return same & has_unit(frame)


def _against_itself(frame: pd.DataFrame) -> np.ndarray:
    """Whether each row is a baseline record with a value: it has not changed from itself, however uncertain it is."""
    baseline = equals(frame, "ABLFL", "Y") if "ABLFL" in frame else np.zeros(len(frame), dtype=bool)
    return baseline & _comparable(frame) & ~np.isnan(numbers(frame, "BASELO"))


def derive_chg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add CHG, CHGLO, CHGHI, CHGLOX, CHGHIX: the value minus the baseline; needs `derive_base`.

    `CHGLO = AVALLO - BASEHI` and `CHGHI = AVALHI - BASELO`. CHG is missing unless both values are exact. The change of
    the baseline record itself, where ABLFL is `Y`, is 0 even if its value is uncertain. Each change is missing where
    value and baseline have different units, a unit is not reported, or one of them is not a number.

    Notes
    -----
    CDISC ADaM, CHG: `AVAL - BASE`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [None], "AVALLO": [0.0], "AVALHI": [30.0], "AVALU": "U/L", "BASE": [923.0],
    ...                       "BASELO": [923.0], "BASEHI": [923.0], "BASEU": "U/L", "AVALLOX": False,
    ...                       "AVALHIX": True, "BASELOX": False, "BASEHIX": False})
    >>> derive_chg(frame)[["CHGLO", "CHGHI", "CHGHIX"]].to_numpy().tolist()
    [[-923.0, -893.0, True]]
    """
    require(frame, "derive_chg", ("AVAL", "AVALLOX", "AVALHIX", "BASE", "BASELOX", "BASEHIX", *_LIMITS))
    comparable = _comparable(frame)
    itself = _against_itself(frame)
    change = subtract(bounds_of(frame, "AVAL"), bounds_of(frame, "BASE"))
    exact = np.round(numbers(frame, "AVAL") - numbers(frame, "BASE"), DECIMALS)
    exact, low, high = (
        np.where(itself, 0.0, np.where(comparable, end, np.nan)) for end in (exact, change.low, change.high)
    )
    return frame.assign(
        CHG=exact,
        CHGLO=low,
        CHGHI=high,
        CHGLOX=change.low_open & comparable & ~itself,
        CHGHIX=change.high_open & comparable & ~itself,
    )


def derive_pchg(frame: pd.DataFrame) -> pd.DataFrame:
    """Add PCHG, PCHGLO, PCHGHI: the change in percent of the size of the baseline; needs `derive_chg`.

    PCHG is missing where CHG is missing; on the baseline record it is 0. It is that of the two values, and not of CHG,
    which has `DECIMALS` decimals. The bounds contain every percentage that the two values allow. All three are missing
    where the baseline is 0 or may be 0, as a baseline of `<30` may, and where a percentage means nothing on the SCALE
    of the measure: a temperature in degrees Celsius, a grade, a titre.

    Notes
    -----
    CDISC ADaM, PCHG: `100 (AVAL - BASE) / BASE`; dividing by the size of the baseline keeps a rise positive where the
    baseline is negative. Rules are never decided on PCHG but on the recorded numbers: see `rules`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [32.0, None], "AVALLO": [32.0, 0.0], "AVALHI": [32.0, 30.0], "AVALU": "x",
    ...                       "BASE": [46.0, 923.0], "BASELO": [46.0, 923.0], "BASEHI": [46.0, 923.0], "BASEU": "x",
    ...                       "CHG": [-14.0, None]})
    >>> derive_pchg(frame)[["PCHG", "PCHGLO", "PCHGHI"]].round(1).to_numpy().tolist()
    [[-30.4, -30.4, -30.4], [nan, -100.0, -96.7]]
    """
    require(frame, "derive_pchg", ("AVAL", "BASE", "CHG", *_LIMITS))
    base, comparable = numbers(frame, "BASE"), _comparable(frame)
    known = ~np.isnan(numbers(frame, "CHG")) & (base != 0)
    exact = 100 * (numbers(frame, "AVAL") - base) / np.where(known, np.abs(base), np.nan)
    exact = np.where(_against_itself(frame) & ~_may_be_zero(frame), 0.0, exact)
    exact = without_noise(exact, exact, 100 * _cut(frame))
    share = percent_change(*_value_and_base(frame))
    of_scale = ~_is_of(frame, ("interval", "ordinal", "titre"))
    exact, comparable = np.where(of_scale, exact, np.nan), comparable & of_scale
    low, high = (np.where(comparable, np.round(end, DECIMALS), np.nan) for end in (share.low, share.high))
    known = ~np.isnan(exact)
    return frame.assign(PCHG=exact, PCHGLO=np.where(known, exact, low), PCHGHI=np.where(known, exact, high))


def _cut(frame: pd.DataFrame) -> np.ndarray:
    """By how much a ratio to the baseline may miss, where a converted value that has no end was cut; 0 elsewhere."""
    value, base = numbers(frame, "AVAL"), numbers(frame, "BASE")
    endless = (np.round(value, DECIMALS) != value) | (np.round(base, DECIMALS) != base)
    size = np.where(base != 0, np.abs(base), np.nan)
    return np.where(endless, np.nan_to_num(10.0**-PLACES * (1 + np.abs(value) / size) / size), 0.0)


def _is_of(frame: pd.DataFrame, scales: Sequence[str]) -> np.ndarray:
    """Whether the measure of each row is of one of some scales; of a frame that does not say so it is of none."""
    return distinct(frame["SCALE"]).among(scales) if "SCALE" in frame else np.zeros(len(frame), dtype=bool)


def _may_be_zero(frame: pd.DataFrame) -> np.ndarray:
    """Whether the baseline is or may be 0, of which there is no percentage and no multiple."""
    return (numbers(frame, "BASELO") <= 0) & (numbers(frame, "BASEHI") >= 0)


def _value_and_base(frame: pd.DataFrame) -> tuple[Intervals, Intervals]:
    """The value and the baseline of each row, as closed intervals: a ratio does not need excluded ends."""
    return tuple(closed(numbers(frame, f"{stem}LO"), numbers(frame, f"{stem}HI")) for stem in ("AVAL", "BASE"))


def derive_r2base(frame: pd.DataFrame) -> pd.DataFrame:
    """Add R2BASE, R2BASELO, R2BASEHI: the ratio of the value to the baseline; needs `derive_chg`.

    R2BASE is missing where CHG is missing; on the baseline record it is 1. It and its bounds are missing where the
    baseline is or may be 0, and where SCALE is that of an interval or ordinal measure.

    Notes
    -----
    CDISC ADaM, R2BASE: `AVAL / BASE`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [131.0], "AVALLO": [131.0], "AVALHI": [131.0], "AVALU": "U/L", "BASE": [6720.0],
    ...                       "BASELO": [6720.0], "BASEHI": [6720.0], "BASEU": "U/L", "CHG": [-6589.0]})
    >>> derive_r2base(frame)[["R2BASE", "R2BASELO"]].round(4).iloc[0].tolist()
    [0.0195, 0.0195]
    """
    require(frame, "derive_r2base", ("AVAL", "BASE", "CHG", *_LIMITS))
    base, comparable = numbers(frame, "BASE"), _comparable(frame)
    known = (base != 0) & ~np.isnan(numbers(frame, "CHG"))
    ratio = divide(*_value_and_base(frame))
    exact = numbers(frame, "AVAL") / np.where(known, base, np.nan)
    exact = np.where(_cut(frame) > 0, without_noise(exact, exact, _cut(frame)), exact)
    exact = np.where(_against_itself(frame) & ~_may_be_zero(frame), 1.0, exact)
    of_scale = ~_is_of(frame, ("interval", "ordinal"))
    exact, comparable = np.where(of_scale, exact, np.nan), comparable & of_scale
    low, high = (np.where(comparable, end, np.nan) for end in (ratio.low, ratio.high))
    known = ~np.isnan(exact)
    return frame.assign(R2BASE=exact, R2BASELO=np.where(known, exact, low), R2BASEHI=np.where(known, exact, high))


def derive_examiners(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add EXAMINERS: whether a record and its baseline were measured by one examiner or by two; needs `derive_ablfl`.

    It is blank on the baseline itself, and where the column `by` does not say it of both. The name is of this project.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "ABLFL": ["Y", "", "", ""],
    ...                       "by": ["A", "A", "B", ""]})
    >>> derive_examiners(frame)["EXAMINERS"].tolist()
    ['', 'one examiner', 'two examiners', '']
    """
    require(frame, "derive_examiners", (*by, "ABLFL"))
    series = groups_of(*(frame[name] for name in by))
    based, first = equals(frame, "ABLFL", "Y"), np.full(series.count, -1)
    first[series.codes[based]] = np.flatnonzero(based)
    return frame.assign(EXAMINERS=examiners_since(frame, np.where(based, -1, first[series.codes])))


def examiners_since(frame: pd.DataFrame, row: np.ndarray) -> pd.api.extensions.ExtensionArray | np.ndarray:
    """Whether each record and the one at a place were measured by one examiner or by two; blank at -1.

    Of several places for each record, those for all records one after the other.
    """
    if "by" not in frame:
        return np.full(len(row), "", dtype=object)
    who = distinct(frame["by"])
    later, earlier = np.arange(len(row)) % max(len(frame), 1), np.maximum(row, 0)
    known = who.each(bool, bool)
    both = (row >= 0) & known[later] & known[earlier]
    same = who.codes[later] == who.codes[earlier]
    words = Distinct(np.where(both, np.where(same, 1, 2), 0), ["", "one examiner", "two examiners"])
    return words.as_text(str)


def derive_chgprev(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add PREV, CHGPREV, CHGPREVLO and CHGPREVHI: the value of the record before, and the change since then.

    Of a record that says in words how it was against the value before (`decreased`), the last two bound the change:
    from 0, which is excluded, without limit. PREV and CHGPREV are missing where this value is not exact, where the
    record directly before it has no exact value in the same unit (a range, a grade, a word, another unit), and where
    the order of the records leaves open which that is. What tells of no value (`not_reported`) is no record before. The
    names are of this project; ADaM has no names for them.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> frame = pd.DataFrame({"case_id": "a", "PARAMCD": "ck", "LOC": "", "line": [2, 3, 4], "AVALU": "U/L",
    ...                       "AVAL": [6720.0, 131.0, 5607.0], "phase": [1, 2, 3], "start": "", "DAYLO": None,
    ...                       "DAYHI": None})
    >>> derive_chgprev(derive_order(frame))["CHGPREV"].tolist()
    [nan, -6589.0, 5476.0]
    """
    require(frame, "derive_chgprev", (*by, "line", *PLACE, "ORDER", "AVAL", "AVALU"))
    value, series = numbers(frame, "AVAL"), groups_of(*(frame[name] for name in by))
    exact = ~np.isnan(value) & has_unit(frame)
    unit = groups_of(frame["AVALU"])
    several_units = unit.count > 1 and (series.of(exact).different(unit.codes[exact]) > 1).any()
    compared = groups_of(value, unit.codes).codes.astype(float) if several_units else value
    before = _directly_before(frame, np.where(exact, compared, np.nan), _tells(frame, exact, series), series)
    if several_units:
        # Of each number with its unit, one row that has it.
        row = np.full(len(frame), -1)
        row[compared.astype(np.int64)] = np.arange(len(frame))
        known = np.flatnonzero(~np.isnan(before))
        row = row[before[known].astype(np.int64)]
        before[known] = np.where(unit.codes[known] == unit.codes[row], value[row], np.nan)
    prev = np.where(exact, before, np.nan)
    change = np.round(value - prev, DECIMALS)
    low, high = _said(frame) if {"STATE", "BETTER"} <= {*frame} else (change, change)
    low, high = (np.where(np.isnan(change), end, change) for end in (low, high))
    return frame.assign(PREV=prev, CHGPREV=change, CHGPREVLO=low, CHGPREVHI=high)


def _tells(frame: pd.DataFrame, exact: np.ndarray, series: Groups) -> np.ndarray:
    """The places of the records that tell of a value, exactly or not, or of a state.

    What is not exact is left out where an exact value of its series is of the same moment.
    """
    tells = ~np.isnan(numbers(frame, "AVAL"))
    for name in ("AVALLO", "AVALCALO"):
        tells |= ~np.isnan(numbers(frame, name)) if name in frame else False
    if "STATE" in frame:
        silent = np.flatnonzero(~tells)
        tells[silent] = ~distinct(frame["STATE"].iloc[silent]).among(["", *OPEN_STATES])
    inexact = np.flatnonzero(tells & ~exact)
    if not len(inexact):
        return np.flatnonzero(tells)
    rows = np.flatnonzero(tells & series.any(inexact)[series.codes])
    places = places_of(frame).of(rows)
    moments = groups_of(series.codes[rows], places.moments().codes)
    placed = (places.moment != UNTIMED) | ~np.isnan(places.phase)
    tells[rows] = exact[rows] | ~(moments.any(exact[rows])[moments.codes] & placed)
    return np.flatnonzero(tells)


def _directly_before(frame: pd.DataFrame, value: np.ndarray, rows: np.ndarray, series: Groups) -> np.ndarray:
    """The value of the one of some rows that is directly before each of them; nan where it has none, or is open."""
    rows, stretch = stretches(frame, rows, series)
    # The last value of each stretch; nan where more than one may be it.
    last = np.full(stretch.count, np.nan)
    unlooked = are_too_long(stretch)
    last[stretch.codes] = np.where(unlooked, np.nan, value[rows])
    places, tables = places_of(frame).of(rows), list(open_stretches(stretch))
    for table in tables:
        last[stretch.codes[table[:, 0]]] = _shared(value[rows][table], ~places.pairs(table).any(axis=2))
    follows = np.flatnonzero(np.diff(series.codes[rows]) == 0) + 1
    previous = np.full(len(rows), np.nan)
    previous[follows] = last[stretch.codes[follows] - 1]
    for table in tables:
        previous[table] = _previous(value[rows], places, table, previous[table[:, 0]])
    previous[unlooked] = np.nan
    before = np.full(len(frame), np.nan)
    before[rows] = previous
    return before


def _said(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The bounds of the change from the value before that the state of each record says; nan where it says none."""
    step = pairs(distinct(frame["STATE"]), distinct(frame["BETTER"])).each(lambda pair: step_of(*pair), float)
    low = np.select([step > 0, step < 0], [0.0, -np.inf], np.nan)
    return low, np.select([step > 0, step < 0], [np.inf, 0.0], np.nan)


_STEPS = {"increased": 1.0, "decreased": -1.0, "residual": -1.0, "unchanged": 0.0}
_TOWARD = {("improved", "lower"): -1.0, ("improved", "higher"): 1.0}
_TOWARD |= {("worsened", better): -step for (_, better), step in _TOWARD.items()}


def step_of(state: str, better: str) -> float:
    """The sign of the change from the value before that a state says: 1, -1, or 0 for unchanged; nan where none.

    Examples
    --------
    >>> step_of("decreased", ""), step_of("improved", "lower"), step_of("worsened", "lower"), step_of("normal", "")
    (-1.0, -1.0, 1.0, nan)
    """
    return _STEPS.get(state, _TOWARD.get((state, better), np.nan))


def _previous(value: np.ndarray, places: Places, table: np.ndarray, before: np.ndarray) -> np.ndarray:
    """The value before each record of some stretches; `before` is the last value before each stretch."""
    # Of the pairs of a stretch, whether the one is before the other, and whether it may be.
    surely = places.pairs(table)
    beside = places.of(table[:, :, None]).beside(places.of(table[:, None, :]))
    possibly = ~surely.transpose(0, 2, 1) & ~beside
    between = np.matmul(surely.astype(np.float32), surely.astype(np.float32)) > 0
    candidate = possibly & ~between
    within = np.stack([_shared(value[table], candidate[:, :, one]) for one in range(table.shape[1])], axis=1)
    first, alone = ~surely.any(axis=1), ~candidate.any(axis=1)
    # The first of a stretch may also follow the value before it.
    outside = np.where(alone | (within == before[:, None]), before[:, None], np.nan)
    return np.where(first, outside, within)


def _shared(values: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """The value that all cells of a mask share, row by row; nan where they differ or there is none."""
    low = np.where(mask, values, np.inf).min(axis=1)
    return np.where(low == np.where(mask, values, -np.inf).max(axis=1), low, np.nan)


# The place of each state among the categories of `derive_anrind`.
_BY_STATE = {"normal": 1, "raised": 2, "low": 3}


def derive_anrind(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ANRIND (LOW, NORMAL, HIGH) and R2A1HI, the value as a multiple of the upper limit.

    Only the limits stated with the record are used. Where only one limit is stated, the other side has none. A value
    equal to a limit is NORMAL. An uncertain value has a category only if its whole interval lies in it. Of a record
    without a value the category is that of its state (`normal`, `raised`, `low`), which needs no limits; any other is
    blank.

    Notes
    -----
    CDISC ADaM, ANRIND and R2A1HI: `AVAL / A1HI`.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVAL": [923.0, 923.0], "AVALLO": [923.0, 923.0], "AVALHI": [923.0, 923.0],
    ...                       "AVALLOX": False, "AVALHIX": False, "ANRLO": [26.0, None], "ANRHI": [192.0, None]})
    >>> derive_anrind(frame)["ANRIND"].tolist()
    ['HIGH', '']
    """
    require(frame, "derive_anrind", ("AVAL", "AVALLO", "AVALHI", "AVALLOX", "AVALHIX", "ANRLO", "ANRHI"))
    value, (least, most) = bounds_of(frame, "AVAL"), (numbers(frame, name) for name in ("ANRLO", "ANRHI"))
    limited = ~(np.isnan(least) & np.isnan(most)) & ~np.isnan(value.low)
    within = limited & ~(value.high > most) & ~(value.low < least)
    above = (value.low > most) | ((value.low == most) & value.low_open)
    below = (value.high < least) | ((value.high == least) & value.high_open)
    indicator = Distinct(np.select([below, above, within], [3, 2, 1], 0), ["", "NORMAL", "HIGH", "LOW"])
    if "STATE" in frame:
        worded = distinct(frame["STATE"]).each(lambda word: _BY_STATE.get(word, 0), int)
        indicator = indicator._replace(codes=np.where(np.isnan(value.low) & (worded > 0), worded, indicator.codes))
    ratio = numbers(frame, "AVAL") / np.where(most > 0, most, np.nan)
    return frame.assign(ANRIND=indicator.as_text(str), R2A1HI=ratio)


def derive_shift(frame: pd.DataFrame) -> pd.DataFrame:
    """Add SHIFT1, from the category of the baseline to that of the record, in words; needs `derive_base`.

    For a graded measure the category is the grade or state; for a measure with laboratory limits it is BNRIND and
    ANRIND. SHIFT1 is blank where one of the two categories is not known; a size has no grade of its own.

    Notes
    -----
    CDISC ADaM, SHIFT1: baseline category to analysis category. No arithmetic is done on grades.

    Examples
    --------
    >>> frame = pd.DataFrame({"AVALCALO": [0.0, None], "AVALC": ["absent", "150"], "BASECALO": [1.0, None],
    ...                       "AVALLO": [None, 150.0], "BASELO": [None, 923.0], "BASEC": ["present", "923"],
    ...                       "ANRIND": ["", "NORMAL"], "BNRIND": ["", "HIGH"]})
    >>> derive_shift(frame)["SHIFT1"].tolist()
    ['present to absent', 'HIGH to NORMAL']
    """
    require(frame, "derive_shift", ("AVALC", "AVALCALO", "AVALLO", "BASEC", "BASECALO", "BASELO"))
    grades = (~np.isnan(numbers(frame, f"{of}CALO")) & np.isnan(numbers(frame, f"{of}LO")) for of in ("AVAL", "BASE"))
    graded = np.logical_and(*grades)
    grades = pairs(distinct(frame["BASEC"]).where(graded), distinct(frame["AVALC"]).where(graded))
    place, words = grades.codes, grades.texts
    if "BNRIND" in frame:
        require(frame, "derive_shift", ("ANRIND",))
        base, category = distinct(frame["BNRIND"]), distinct(frame["ANRIND"])
        limited = ~graded & base.each(bool, bool) & category.each(bool, bool)
        limits = pairs(base.where(limited), category.where(limited))
        place, words = np.where(limited, len(words) + limits.codes, place), [*words, *limits.texts]
    return frame.assign(SHIFT1=Distinct(place, words).as_text(lambda pair: " to ".join(pair) if any(pair) else ""))
