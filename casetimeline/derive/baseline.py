"""The baseline record of each series, or those that may be it, and its value beside every record of the series."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, take

from ..values import Distinct, booleans, distinct
from ..vocabulary import BY_REFERENCE, SERIES, UNIT_UNKNOWN
from .chosen import NAMED, check_chosen
from .columns import ADDED_TO_BASE, OF_VALUE, equals, flags, is_unitless, numbers, require, whole
from .elapsed import days_since
from .groups import Groups, groups_of
from .order import only_one, without_repeats
from .precedence import PLACE, Places, are_after_all, are_after_one, may_be_first, places_of
from .studyday import on_or_before


class BaselineError(ValueError):
    """The baseline of a series cannot be determined: two records could be it.

    Attributes
    ----------
    line : int
        The line of the later record.
    """

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)

    def __reduce__(self) -> tuple:
        # As of a TimelineError: a pool of processes makes it again of all that it was made of.
        return type(self), (str(self), self.line), self.__dict__


def derive_ablfl(
    frame: pd.DataFrame, rule: str = "last_before", reference: str = "", by: Sequence[str] = SERIES
) -> pd.DataFrame:
    """Add ABLFL, `Y` on the baseline record of each series, and ABLPFL, `Y` on records of which one is the baseline.

    A record without a value is never the baseline. Nor is one of a finding without a site if that was also recorded by
    site, because it may be at any of them; a quantity without a site is compared with others without one. `last_before`
    and `worst_before` choose among the records on or before the first start of the reference: a record of the same
    printed point belongs to the day that it starts, one some hours after it does not, and a record without a time comes
    before it only by an earlier phase. Of equally bad values, `worst_before` takes the last; of a measure that has no
    better direction each of different values may be the worst, of values that overlap each that no other surely
    exceeds, and beside the worst size the worst grade. Where it is open which record it is, ABLFL is blank in the
    series, and ABLPFL is `Y` on each that may be the baseline.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    rule : str
        A rule of `vocabulary.BASELINE_RULES`.
    reference : str
        Code of the treatment or event that `last_before` and `worst_before` refer to.
    by : sequence of str
        The columns that define a series.

    Raises
    ------
    BaselineError
        If two records of one series with different values are of the phase or day that the rule names, or cannot be
        compared by `worst_before`. The message names both lines.
    TimelineError
        If no case of the frame has the reference or the phase, or none is named and the rule needs one.

    Notes
    -----
    CDISC ADaM, ABLFL: the last non-missing value on or before the reference start is the usual choice.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> facts = pd.DataFrame({
    ...     "case_id": "a", "PARAMCD": ["mrss", "x", "mrss"], "LOC": "", "line": [2, 3, 4], "start": "",
    ...     "kind": ["observation", "treatment", "observation"], "phase": [1, 2, 3], "DAYLO": float("nan"),
    ...     "DAYHI": float("nan"), "AVALLO": [46.0, None, 32.0], "AVALHI": [46.0, None, 32.0],
    ...     "AVALCALO": float("nan"), "AVALCAHI": float("nan"), "AVALU": "points", "BETTER": "lower"})
    >>> facts = derive_order(facts)
    >>> derive_ablfl(facts, "last_before", "x")["ABLFL"].tolist()
    ['Y', '', '']
    """
    check_chosen(frame, "derive_ablfl", rule, reference)
    return flag_baseline(frame, rule, reference, by)


def flag_baseline(frame: pd.DataFrame, rule: str, reference: str, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """What `derive_ablfl` adds, to some cases of many, of which none need have the reference or the phase."""
    require(frame, "derive_ablfl", (*by, *_OF_ABLFL, *(_OF_WORST if rule == "worst_before" else ())))
    series = groups_of(*(frame[name] for name in by))
    usable, named = _usable(frame), NAMED.fullmatch(rule)
    if named:
        rows = _named(frame, usable, named, series, rule)
    elif rule == "first":
        rows = np.flatnonzero(usable)
        rows = rows[may_be_first(places_of(frame).of(rows), series.of(rows))]
    else:
        rows = _before(frame, usable, reference, series, rule)
    rows = without_repeats(frame, rows, series, OF_VALUE)
    sure = only_one(rows, series)
    chosen, possible = np.zeros((2, len(frame)), dtype=bool)
    chosen[sure], possible[rows] = True, True
    return frame.assign(ABLFL=flags(chosen), ABLPFL=flags(possible & ~chosen))


_OF_ABLFL = ("case_id", "line", "kind", "PARAMCD", "LOC", "DAYLO", "DAYHI", *PLACE, *OF_VALUE)
_OF_WORST = ("BETTER",)


def _usable(frame: pd.DataFrame) -> np.ndarray:
    """Whether each record may be a baseline: it has a value, and of a finding a site where that has sites."""
    graded = ~np.isnan(numbers(frame, "AVALCALO"))
    known = ~np.isnan(numbers(frame, "AVALLO")) | graded
    measure, sited = groups_of(frame["case_id"], frame["PARAMCD"]), ~equals(frame, "LOC", "")
    return equals(frame, "kind", "observation") & known & (sited | ~graded | ~measure.any(sited)[measure.codes])


def _named(frame: pd.DataFrame, usable: np.ndarray, named: re.Match, series: Groups, rule: str) -> np.ndarray:
    """The places of the records of a named phase or day that may be the first of them in their series."""
    for name in ("phase",) if named[1] == "phase" else ("DAYLO", "DAYHI"):
        usable = usable & (numbers(frame, name) == float(named[2]))
    rows = np.flatnonzero(usable)
    rows = rows[np.argsort(frame["line"].to_numpy()[rows], kind="stable")]
    groups = series.of(rows)
    value = groups_of(*(frame[name].array[rows] for name in OF_VALUE)).codes
    mixed = (groups.different(value) > 1)[groups.codes]
    _refuse(_Candidates(frame, rows, groups), mixed, value, f"could both be the baseline ({rule})")
    return rows[may_be_first(places_of(frame).of(rows), groups)]


def _before(frame: pd.DataFrame, usable: np.ndarray, reference: str, series: Groups, rule: str) -> np.ndarray:
    """The places of the records on or before the reference of which one is the last, or the last of the worst."""
    surely, possibly = on_or_before(frame, reference)
    certain, rows = np.flatnonzero(usable & surely), np.flatnonzero(usable & possibly)
    rows = rows[series.any(usable & surely)[series.codes[rows]]]
    anywhere = np.empty(0, dtype=np.int64)
    if rule == "worst_before":
        # Where neither side is better, each record may be the worst, whatever its day.
        neither = _neither_is_worse(frame, rows, series)[series.codes]
        anywhere, certain, rows = rows[neither[rows]], certain[~neither[certain]], rows[~neither[rows]]
        # Of a size and a grade neither is worse, and no day chooses between them: each has a worst of its own.
        series = groups_of(series.codes, np.isnan(numbers(frame, "AVALLO")))
        certain = _worst(frame, certain, series)
        rows = np.union1d(certain, _as_bad(frame, np.setdiff1d(rows, np.flatnonzero(surely)), certain, series))
        # Nor does the day choose among values of which it is open which is worse.
        groups = series.of(certain)
        overlap = np.any([groups.different(ends[certain]) > 1 for ends in _badness(frame)], axis=0)[series.codes]
        anywhere = np.union1d(anywhere, rows[overlap[rows]])
        certain, rows = certain[~overlap[certain]], rows[~overlap[rows]]
    # A record that surely comes before another, which is surely on or before the start, is not the last.
    places = places_of(frame).backward()
    last = ~are_after_one(places.of(rows), series.of(rows), places.of(certain), series.of(certain))
    return np.union1d(rows[last], anywhere)


def _neither_is_worse(frame: pd.DataFrame, rows: np.ndarray, series: Groups) -> np.ndarray:
    """Whether some records of each series differ in their values, of a measure that has no better direction."""
    undirected = rows[equals(frame, "BETTER", "")[rows]]
    groups = series.of(undirected)
    return groups.different(groups_of(*(frame[name].array[undirected] for name in OF_VALUE)).codes) > 1


def doubtful_baselines(frame: pd.DataFrame, rule: str, reference: str = "") -> np.ndarray:
    """The places of records that may be the baseline by their time, in series where none surely is.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    rule : str
        A rule of `vocabulary.BASELINE_RULES`; those without a reference or a day leave no time in doubt.
    reference : str
        Code of the treatment or event that `last_before` and `worst_before` refer to.
    """
    require(frame, "doubtful_baselines", (*SERIES, *_OF_ABLFL))
    series, usable, named = groups_of(*(frame[name] for name in SERIES)), _usable(frame), NAMED.fullmatch(rule)
    if named and named[1] == "day":
        low, high, day = numbers(frame, "DAYLO"), numbers(frame, "DAYHI"), float(named[2])
        surely, possibly = (low == day) & (high == day), (low <= day) & (high >= day)
    elif rule in BY_REFERENCE and reference:
        surely, possibly = on_or_before(frame, reference)
    else:
        return np.empty(0, dtype=np.int64)
    return np.flatnonzero(usable & possibly & ~series.any(usable & surely)[series.codes])


def _as_bad(frame: pd.DataFrame, rows: np.ndarray, worst: np.ndarray, series: Groups) -> np.ndarray:
    """Those of some records that may be as bad as the worst of their series, or cannot be compared with it."""
    row = np.full(series.count, -1)
    row[series.codes[worst]] = worst
    row = row[series.codes[rows]]
    least, most = _badness(frame)
    floor = series.of(worst).highest(least[worst])[series.codes[rows]]
    unit = distinct(frame["AVALU"]).codes
    alike = (row >= 0) & (unit[rows] == unit[row]) & ~is_unitless(frame)[rows]
    return rows[~alike | (most[rows] >= floor)]


def _badness(frame: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """How bad each value is at the least and at the most, by the direction of its measure; a grade where it has one."""
    low, high, least_grade, highest_grade = (
        numbers(frame, name) for name in ("AVALLO", "AVALHI", "AVALCALO", "AVALCAHI")
    )
    low, high = np.where(np.isnan(low), least_grade, low), np.where(np.isnan(high), highest_grade, high)
    lower_is_better = ~equals(frame, "BETTER", "higher")
    return np.where(lower_is_better, low, -high), np.where(lower_is_better, high, -low)


def _worst(frame: pd.DataFrame, rows: np.ndarray, series: Groups) -> np.ndarray:
    """The places of the records of each series that may be the worst, by the direction of the measure."""
    rows = rows[np.argsort(frame["line"].to_numpy()[rows], kind="stable")]
    groups, unit = series.of(rows), frame["AVALU"].array[rows]
    candidates = _Candidates(frame, rows, groups)
    unitless = is_unitless(frame)[rows] & (groups.size() > 1)[groups.codes]
    mixed = groups.any(unitless) | (groups.different(unit) > 1)
    _refuse(candidates, mixed[groups.codes], unit, "have no unit in common, so neither is worse")
    least, most = (ends[rows] for ends in _badness(frame))
    worst = most == groups.highest(most)[groups.codes]
    # Another record may be worse still if its interval reaches beyond the least value that the worst one allows, and
    # not below what any other surely is.
    floor = groups.highest(np.where(worst, least, np.nan))[groups.codes]
    return rows[(worst | (most > floor)) & (most >= groups.highest(least)[groups.codes])]


class _Candidates(NamedTuple):
    """Records of a frame in the order of their lines, and their series."""

    frame: pd.DataFrame
    rows: np.ndarray
    groups: Groups


def _refuse(candidates: _Candidates, mask: np.ndarray, part: np.ndarray | ExtensionArray, why: str) -> None:
    """Raise a BaselineError on the first two records of a series that differ in a part, if there are any."""
    masked = np.flatnonzero(mask)
    if not len(masked):
        return
    frame, rows, groups = candidates
    alike = masked[groups.codes[masked] == groups.codes[masked[0]]]
    different = alike[groups_of(part[alike]).first()]
    one, other = frame["line"].iloc[rows[(different if len(different) > 1 else alike)[:2]]]
    raise BaselineError(f"{frame['PARAMCD'].iloc[rows[alike[0]]]}: lines {one} and {other} {why}", int(other))


def derive_base(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add the value of the baseline record to each row of its series; needs `derive_ablfl`.

    Adds BASE, BASELO, BASEHI, BASELOX, BASEHIX, BASEU, BASEC, BASECALO and BASECAHI, which are the AVAL columns of the
    baseline record; BASEDLO and BASEDHI, its days; SINCELO and SINCEHI, the days from it to the fact; BASEOLO and
    BASEOPH, its ORDLO and ORDPH; POSTBLFL, `Y` on a fact that is surely after it, `N` on one that surely is not, and
    blank where that is open; and BNRIND, its laboratory category, if the frame has ANRIND. All are missing in a series
    without a baseline. Columns that rest on an earlier baseline, such as CHG, are taken away.

    Where several records may be the baseline, the bounds are those of all of them, and what they do not have in common
    is missing; BASEC names each.

    Raises
    ------
    pandas.errors.MergeError
        If a series has two baseline records.

    Notes
    -----
    CDISC ADaM, BASE: the value of AVAL on the record whose ABLFL is `Y`.
    """
    require(frame, "derive_base", (*by, "ABLFL", *PLACE, *OF_BASE.values()))
    series, flagged = groups_of(*(frame[name] for name in by)), np.flatnonzero(equals(frame, "ABLFL", "Y"))
    if len(np.unique(series.codes[flagged])) < len(flagged):
        raise pd.errors.MergeError("a series has two records whose ABLFL is Y; derive_ablfl flags one")
    possible = np.flatnonzero(equals(frame, "ABLPFL", "Y")) if "ABLPFL" in frame else flagged[:0]
    baseline = np.full(series.count, -1)
    baseline[series.codes[possible]], baseline[series.codes[flagged]] = possible, flagged
    row = baseline[series.codes]
    base = base_at(frame, row)
    after = _after_baseline(places_of(frame), row)
    if len(possible):
        base |= _of_several(frame, base, possible, series)
        after = np.where(series.any(possible)[series.codes], _after_all(frame, possible, series), after)
    kept = frame.drop(columns=[name for name in ADDED_TO_BASE if name in frame])
    return kept.assign(**base, POSTBLFL=Distinct(after, ["N", "", "Y"]).as_text(str))


OF_BASE = {
    "BASE": "AVAL",
    "BASELO": "AVALLO",
    "BASEHI": "AVALHI",
    "BASELOX": "AVALLOX",
    "BASEHIX": "AVALHIX",
    "BASEU": "AVALU",
    "BASEC": "AVALC",
    "BASECALO": "AVALCALO",
    "BASECAHI": "AVALCAHI",
    "BASEDLO": "DAYLO",
    "BASEDHI": "DAYHI",
    "BASEOLO": "ORDLO",
    "BASEOPH": "ORDPH",
}
SINCE = ("SINCELO", "SINCEHI")
_NOT_AFTER, _OPEN, _AFTER = 0, 1, 2


def base_at(frame: pd.DataFrame, row: np.ndarray) -> dict:
    """The columns of `OF_BASE`, and BNRIND where the frame has ANRIND, from the records at places; missing at -1.

    And SINCELO and SINCEHI, the days from there.
    """
    columns = OF_BASE | ({"BNRIND": "ANRIND"} if "ANRIND" in frame else {})
    base = {name: take(frame[column].values, row, allow_fill=True) for name, column in columns.items()}
    # Where there is no such record, no end is excluded.
    for name in ("BASELOX", "BASEHIX"):
        base[name] = booleans(frame[columns[name]])[row] & (row >= 0)
    return base | dict(zip(SINCE, days_since(frame, row), strict=True))


def _after_baseline(places: Places, row: np.ndarray) -> np.ndarray:
    """Whether each fact is after the baseline of its series, at a place `row`: one of `_NOT_AFTER`, `_OPEN`, `_AFTER`.

    A fact of the moment of the baseline is not after it. Without a baseline it is open.
    """
    base = places.of(row)
    not_after = places.before(base) | places.beside(base) | (row == np.arange(len(row)))
    answer = np.where(base.before(places), _AFTER, np.where(not_after, _NOT_AFTER, _OPEN))
    return np.where(row < 0, _OPEN, answer)


def _after_all(frame: pd.DataFrame, possible: np.ndarray, series: Groups) -> np.ndarray:
    """As `_after_baseline`, of each fact and all the records of its series that may be the baseline."""
    places, of_base = places_of(frame), series.of(possible)

    def behind(here: Places) -> np.ndarray:
        """Whether each fact is surely behind all of them by one of the scales."""
        scales = zip(here.scales(), here.of(possible).scales(), strict=True)
        return np.logical_or.reduce([are_after_all(mine, series, base, of_base) for mine, base in scales])

    return np.where(behind(places), _AFTER, np.where(behind(places.backward()), _NOT_AFTER, _OPEN))


def _of_several(frame: pd.DataFrame, base: dict, possible: np.ndarray, series: Groups) -> dict:
    """The columns of `derive_base` where several records may be the baseline: the bounds of all of them."""
    size = [numbers(frame, column)[possible] for column in ("AVALHI", "AVALLO", "AVALCALO")]
    # The least is told first: no order of the lines says anything, and as texts 113 stands before 20.
    possible = possible[np.lexsort((pd.factorize(frame["AVALC"].array[possible], sort=True)[0], *size))]
    groups, here = series.of(possible), series.any(possible)[series.codes]
    several = {name: np.asarray(base[name], dtype=float) for name in _LOWEST | _HIGHEST}
    for names, reduced in ((_LOWEST, groups.lowest), (_HIGHEST, groups.highest)):
        for name, column in names.items():
            values = numbers(frame, column)[possible]
            # A bound that one of them lacks is a bound of none.
            lacking = groups.any(np.isnan(values))
            several[name] = np.where(here, np.where(lacking, np.nan, reduced(values))[series.codes], several[name])
    # An end is excluded if each record that reaches it excludes it.
    for name, end in (("BASELO", "AVALLO"), ("BASEHI", "AVALHI")):
        reaches = numbers(frame, end)[possible] == several[name][possible]
        includes = groups.any(reaches & ~booleans(frame[f"{end}X"])[possible])[series.codes]
        several[f"{name}X"] = np.where(here, ~includes & ~np.isnan(several[name]), base[f"{name}X"])
    exact = np.where(several["BASELO"] == several["BASEHI"], several["BASELO"], np.nan)
    several["BASE"] = np.where(here, exact, np.asarray(base["BASE"], dtype=float))
    several["BASEOPH"] = whole(several["BASEOPH"])
    day = numbers(frame, "DAYLO") - several["BASEDHI"], numbers(frame, "DAYHI") - several["BASEDLO"]
    several |= {name: np.where(here, end, base[name]) for name, end in zip(SINCE, day, strict=True)}
    for name, column, joined, without in _IN_WORDS:
        if name in base:
            words = _common(frame[column].array[possible], groups, joined, without)
            several[name] = pd.Series(base[name]).where(~here, pd.Series(series.codes).map(words).fillna("")).array
    return several


_LOWEST = {"BASELO": "AVALLO", "BASECALO": "AVALCALO", "BASEDLO": "DAYLO", "BASEOLO": "ORDLO", "BASEOPH": "ORDPH"}
_HIGHEST = {"BASEHI": "AVALHI", "BASECAHI": "AVALCAHI", "BASEDHI": "DAYHI"}


_IN_WORDS = (("BASEU", "AVALU", "", UNIT_UNKNOWN), ("BASEC", "AVALC", " or ", ""), ("BNRIND", "ANRIND", "", ""))


def _common(column: ExtensionArray, groups: Groups, joined: str, without: str) -> pd.Series:
    """The text that all records of a group have; else all their texts in their order, joined, or `without`."""
    words = pd.Series(column).groupby(groups.codes).agg(lambda texts: [*dict.fromkeys(texts)])
    return words.map(lambda texts: joined.join(texts) if joined or len(texts) == 1 else without)
