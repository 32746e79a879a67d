"""Which of two facts is the earlier: told by their times, else by their phases, else open.

A fact is before another if its whole time is, or if its phase is. The phase decides where the times overlap or are not
reported; in a case whose phases contradict its times, the times decide alone. Of two dates, and of two times that count
from one fact, it is what is printed that overlaps or not, however uncertain time zero or that fact is. Everything else
is open: `~6 mo` and `5..7 mo`, or a dated and an undated fact of one phase, have no order, whatever their lines. What
rests on an order that is open is not chosen.
"""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..values import Distinct, are_one_rounded, distinct, half_of_last_digit, is_point, same_times
from .columns import OF_VALUE, numbers, require, whole
from .groups import Groups, begins, groups_of, in_turn
from .precedence import EXACT, RELATIVE, UNTIMED, Places, Timescale, places_of, scales_of

# About one unit or less after time zero is not at time zero.
_ABOVE = re.compile(r"\s*(?:>(?!=)|~\s*\+?0*(?:1(?:\.0*)?|\.0*[1-9][0-9]*)\s*[a-z])")
_BELOW = re.compile(r"(\s*|.*\.\.\s*)<(?!=)")
_ROUNDED = re.compile(r"\s*~?\s*[-+]?[0-9]*\.?[0-9]+\s*[a-z]+\s*")
# A longer stretch of facts without an order is not looked at pair by pair: what rests on its order stays open.
_LONGEST = 1000
# What tells apart two records that say the same of one moment, so that their lines need not.
_TEXTS = ("source", "quote", "note")
_RELATIVE_ENDS = [name for name in RELATIVE if name != "FROM"]


def derive_order(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ORDER, ORDLO, ORDHI, ORDPH and MOMENT: where each fact stands among the facts of its case.

    One fact is surely before another of its case if its ORDHI is less than the ORDLO of the other, or its ORDPH less
    than the ORDPH of the other, or the like by the columns `RELATIVE`; otherwise their order is open.

    - ORDLO, ORDHI: the earliest and the latest day that the time of the fact allows, and the times of earlier and later
      phases; infinite where nothing limits it.
    - ORDPH: the phase; missing where there is none, or where the phases of the case contradict its times.
    - MOMENT: one number for facts of one printed point, one for each of a stretch of time; -1: exact day, -2: no time.
    - ORDER: a position from 1 at which the fact is shown; facts of one place share it. It is an order for display, and
      decides nothing.

    Parameters
    ----------
    frame : DataFrame
        Facts with `case_id`, `phase` as a number, `start`, DAYLO and DAYHI; and with `RELATIVE` where times of one
        origin are to be compared as they are printed.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "phase": None, "start": ["~6 mo", "5..7 mo", ">12 mo"],
    ...                       "DAYLO": [152.2, 152.2, 365.2], "DAYHI": [213.1, 213.1, float("inf")]})
    >>> derive_order(facts)[["ORDER", "ORDHI"]].round(1).to_numpy().tolist()
    [[1.0, 213.1], [1.0, 213.1], [2.0, inf]]
    """
    require(frame, "derive_order", ("case_id", "phase", "start", "DAYLO", "DAYHI"))
    case, recorded = groups_of(frame["case_id"]), numbers(frame, "phase")
    low, high = numbers(frame, "DAYLO"), numbers(frame, "DAYHI")
    # One exact day says where it stands; of another time the words tell more than its two ends.
    text = same_times(distinct(frame["start"]).where(low != high))
    low, high = _ends(low, high, text)
    timed, phases = ~np.isnan(low), recorded
    printed = tuple(_ended(scale, text) for scale in scales_of(frame))
    moment = _moments(frame, case, low == high, text, printed)
    if not np.isnan(phases).all():
        backward = high < _latest(case, phases, low)[1]
        for scale in printed:
            backward |= scale.high < _latest(groups_of(case.codes, scale.origin), phases, scale.low)[1]
        phases = np.where(case.any(backward)[case.codes], np.nan, phases)
    if (moment != EXACT).any():
        low, high = _limited(case, phases, low, high)
    recorded, *since = _counted(case, recorded, timed, printed)
    ends = [end for _, *ends in printed for end in ends]
    return frame.assign(
        ORDER=_positions(case, phases, recorded, _middles(low, high, timed), *since),
        ORDLO=low,
        ORDHI=high,
        ORDPH=whole(phases),
        MOMENT=moment,
        **dict(zip(_RELATIVE_ENDS, ends, strict=False)),
    )


def _ends(low: np.ndarray, high: np.ndarray, text: Distinct) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day of each fact; an end that is excluded, as in `<14 d`, is the next number beside it.

    The latest end of a rounded time is that of the next one, and excluded: `12 wk` is before `13 wk`.
    """
    above, below = (text.each(lambda time, form=form: bool(form.match(time)), bool) for form in (_ABOVE, _BELOW))
    below |= text.each(lambda time: bool(_ROUNDED.fullmatch(time)), bool) & (low < high)
    if above.any() or below.any():
        low, high = (
            np.where(above, np.nextafter(low, np.inf), low),
            np.where(below, np.nextafter(high, -np.inf), high),
        )
    return low, high


def _ended(scale: Timescale, text: Distinct) -> Timescale:
    """The first and the last day of each fact on another scale, as `_ends` has them."""
    return Timescale(scale.origin, *_ends(scale.low, scale.high, text.where(scale.low != scale.high)))


def _moments(
    frame: pd.DataFrame, case: Groups, exact: np.ndarray, text: Distinct, scales: tuple[Timescale, ...]
) -> np.ndarray:
    """MOMENT of each fact."""
    moment = np.where(exact, EXACT, UNTIMED)
    printed = np.flatnonzero((moment != EXACT) & text.each(lambda time: bool(time.strip()), bool))
    # The same words after two different facts are two moments.
    anchor = distinct(frame["anchor"]) if "anchor" in frame else text.where(np.zeros(len(frame), dtype=bool))
    columns = [case.codes, text.codes, anchor.codes]
    if scales:
        # An exact day after one fact is one moment, however it is written.
        origin, low, high = scales[1]
        counted = (low == high) & anchor.each(bool, bool)
        columns[1:] = (np.where(counted, -1, text.codes), np.where(counted, origin, anchor.codes))
        columns.append(np.where(counted, low, np.nan))
    moment[printed] = groups_of(*(column[printed] for column in columns)).codes
    apart = printed[~distinct(frame["start"]).where(~exact).each(is_point, bool)[printed]]
    moment[apart] = UNTIMED - 1 - apart
    return moment


def _latest(case: Groups, phases: np.ndarray, days: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The latest day of each row's case up to its phase, and up to the phase before; nan where there is no such day."""
    moments = groups_of(case.codes, phases)
    first = moments.first()
    cases = case.of(first)
    order = np.lexsort((phases[first], cases.codes))
    latest = cases.running_highest(moments.highest(days), order)
    before = np.full(moments.count, np.nan)
    before[order[1:]] = np.where(np.diff(cases.codes[order]) == 0, latest[order[:-1]], np.nan)
    phased = ~np.isnan(phases)
    return np.where(phased, latest[moments.codes], np.nan), np.where(phased, before[moments.codes], np.nan)


def _limited(case: Groups, phases: np.ndarray, low: np.ndarray, high: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The first and the last day of each fact by its time, and by the times of earlier and later phases."""
    if not np.isnan(phases).all():
        low = np.fmax(low, _latest(case, phases, low)[1])
        high = np.fmin(high, -_latest(case, -phases, -high)[1])
    return np.where(np.isnan(low), -np.inf, low), np.where(np.isnan(high), np.inf, high)


def _middles(low: np.ndarray, high: np.ndarray, timed: np.ndarray) -> np.ndarray:
    """The day at which each fact with a time is shown: the middle of its interval, or the end that it has; else nan."""
    with np.errstate(invalid="ignore"):
        middle = np.where(np.isinf(low), high, np.where(np.isinf(high), low, (low + high) / 2))
    return np.where(timed, middle, np.nan)


def _counted(
    case: Groups, recorded: np.ndarray, timed: np.ndarray, scales: tuple[Timescale, ...]
) -> tuple[np.ndarray, ...]:
    """The phase of each fact, of one without a day else of its origin; that origin, and how long after."""
    if not scales:
        return (recorded,)
    dates, (origin, low, high) = scales
    origins = groups_of(case.codes, origin)
    phase = origins.lowest(np.where((low == 0) & (high == 0), recorded, np.nan))[origins.codes]
    recorded = np.where(np.isnan(recorded) & ~timed & ~np.isnan(origin), phase, recorded)
    days = _middles(dates.low, dates.high, ~np.isnan(dates.low))
    with np.errstate(invalid="ignore"):
        since = np.where(np.isnan(low), days - case.lowest(days)[case.codes], _middles(low, high, ~np.isnan(low)))
    return recorded, origin, np.where(timed, 0.0, since)


def _positions(
    case: Groups, phases: np.ndarray, recorded: np.ndarray, middle: np.ndarray, *counted: np.ndarray
) -> np.ndarray:
    """The position at which each fact is shown: by phase, and in a phase by day if each fact of it has one.

    A case with a fact that no phase orders is shown by day, and on one day by its recorded phase. A fact without a time
    is shown after the latest of its own or an earlier phase, and those of one origin by how long after it they are.
    """
    timed = ~np.isnan(middle)
    moment = groups_of(case.codes, phases)
    phased = ~case.any(np.isnan(phases))[case.codes]
    all_timed = ~moment.any(~timed)[moment.codes] & ~np.isnan(phases)
    placed = np.where(timed, np.fmax(middle, _latest(case, phases, middle)[1]), _latest(case, recorded, middle)[0])
    placed = np.where(np.isnan(placed), -np.inf, placed)
    phase, day = np.where(np.isnan(recorded), 0.0, recorded), np.where(all_timed, middle, 0.0)
    keys = [np.where(phased, phase, placed), np.where(phased, day, phase)]
    if counted:
        # A fact with neither a day nor an origin is shown beside what others count from, or the nearest of these.
        origin, since = counted
        together = groups_of(case.codes, *keys, origin)
        nearest = np.clip(0.0, together.lowest(since), together.highest(since))[together.codes]
        keys.append(np.where(np.isnan(since), 0.0, since - nearest))
    return case.ranked(*keys)


def without_repeats(frame: pd.DataFrame, rows: np.ndarray, series: Groups, same: tuple[str, ...]) -> np.ndarray:
    """The places of some rows without those that say again what another says of the same time of its series.

    A state says no more than a size or a grade of its moment that implies it: what is 25 mm is present. One amount may
    be rounded in each of two units: 923 U/L and 15.38 ukat/L.

    Parameters
    ----------
    frame : DataFrame
        From `derive_order`.
    rows : ndarray of int
        The places of the rows.
    series : Groups
        The series of each row of the frame.
    same : tuple of str
        Rows that agree in these columns say the same.
    """
    several = series.of(rows).size()[series.codes[rows]] > 1
    if not several.any():
        return rows
    crowd, places = rows[several], places_of(frame).as_told()
    texts = [pd.factorize(frame[name].iloc[crowd], sort=True)[0] for name in _TEXTS if name in frame]
    crowd = crowd[np.lexsort((numbers(frame, "line")[crowd], *texts[::-1]))]
    moment = groups_of(series.codes[crowd], places.of(crowd).moments().codes)
    crowd, moment = (
        column[groups_of(moment.codes, *(frame[name].array[crowd] for name in same)).first()]
        for column in (crowd, moment.codes)
    )
    moments = groups_of(moment)
    crowd = crowd[~_implied(frame, crowd, moments) & ~_rounded(frame, crowd, moments)]
    return np.sort(np.concatenate([rows[~several], crowd]))


def _implied(frame: pd.DataFrame, rows: np.ndarray, moment: Groups) -> np.ndarray:
    """Whether each row has no number, and a grade that is wider than that of another row of its moment, or of a number.

    What two sources grade in different ways is kept.
    """
    low, high = (numbers(frame, name)[rows] for name in ("AVALCALO", "AVALCAHI"))
    bare = np.isnan(numbers(frame, "AVALLO")[rows])
    width = np.where(np.isnan(low), np.inf, np.where(bare, high - low, -1.0))
    least = moment.lowest(width)[moment.codes]
    best = width == least
    inside = (low <= moment.lowest(np.where(best, low, np.nan))[moment.codes]) & (
        high >= moment.highest(np.where(best, high, np.nan))[moment.codes]
    )
    return bare & ~best & inside


def _rounded(frame: pd.DataFrame, rows: np.ndarray, moment: Groups) -> np.ndarray:
    """Whether each row says again, rounded in another unit, what one before it of its moment says."""
    crowd = np.flatnonzero((moment.size() > 1)[moment.codes])
    again = np.zeros(len(rows), dtype=bool)
    if "value" not in frame or not len(crowd):
        return again
    here = frame[["value", *OF_VALUE]].iloc[rows[crowd]]
    moment = moment.of(crowd)
    value, low, high = distinct(here["value"]), numbers(here, "AVALLO"), numbers(here, "AVALHI")
    half = value.each(half_of_last_digit, float)
    size = value.each(lambda text: float(text) if half_of_last_digit(text) else np.nan, float)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where((low == high) & (size > 0), low / size, np.nan)
    # Within a millionth they are one: the product of a value and a factor is rounded.
    several = moment.highest(factor) > moment.lowest(factor) * (1 + 1e-6)
    left = np.flatnonzero(several[moment.codes] & ~np.isnan(factor))
    unit = groups_of(*(here[name].array for name in ("AVALU", "AVALCALO", "AVALCAHI"))).codes
    while len(left):
        of_left = groups_of(moment.codes[left])
        first = left[of_left.first()][of_left.codes]
        same = are_one_rounded(abs(low[left] - low[first]), half[left] * factor[left] + half[first] * factor[first])
        same &= (unit[left] == unit[first]) & (abs(factor[left] / factor[first] - 1) > 1e-6)
        again[crowd[left[same]]] = True
        left = left[~same & (left != first)]
    return again


def only_one(rows: np.ndarray, series: Groups) -> np.ndarray:
    """Those of some rows that are the only one of their series."""
    groups = series.of(rows)
    return rows[groups.size()[groups.codes] == 1]


def stretches(frame: pd.DataFrame, rows: np.ndarray, groups: Groups) -> tuple[np.ndarray, Groups]:
    """Some rows group by group and in turn, parted wherever all before is surely before all after.

    Returns
    -------
    rows : ndarray of int
    stretches : Groups
        Of those rows. A stretch of one row has an order with every other row of its group; the rows of a longer one are
        not all in order among themselves.
    """
    rows = in_turn(frame, rows, groups)
    places, codes = places_of(frame).of(rows), groups.codes[rows]
    new = begins(codes)
    new[1:] |= places.of(slice(None, -1)).before(places.of(slice(1, None)))
    if not new.all():
        among = np.flatnonzero(groups.of(rows[~new]).size()[codes] > 0)
        new[among] = _parted(places.of(among), codes[among])
    return rows, Groups(np.cumsum(new) - 1, int(new.sum()))


def _parted(places: Places, codes: np.ndarray) -> np.ndarray:
    """Whether all rows of its group before each row, in turn, are surely before it and all after it."""
    rows, count = np.arange(len(codes)), codes.max() + 1
    # From the last row to the first, the groups are numbered from the last one too.
    forward, backward = Groups(codes, count), Groups(count - 1 - codes, count)
    new = begins(codes)
    for origin, low, high in places.scales():
        # On a scale on which not all of a group are, none of it is parted.
        off = np.isnan(low) | (forward.different(origin) > 1)[codes]
        so_far = forward.running_highest(np.where(off, np.inf, high), rows)
        to_come = -backward.running_highest(np.where(off, np.inf, -low), rows[::-1])
        new[1:] |= so_far[:-1] < to_come[1:]
    return new


def are_too_long(groups: Groups) -> np.ndarray:
    """Whether each row is of a stretch that is too long for its pairs to be looked at."""
    return (groups.size() > _LONGEST)[groups.codes]


def open_stretches(groups: Groups) -> Iterator[np.ndarray]:
    """The stretches of more than one row, many of one length at a time: a table of places, one stretch a row."""
    sizes = groups.size()
    starts = np.cumsum(sizes) - sizes
    for size in np.unique(sizes[(sizes > 1) & (sizes <= _LONGEST)]).tolist():
        of_size = starts[sizes == size]
        # Each pair of rows of a stretch is looked at: a few million pairs at a time.
        for some in np.array_split(of_size, max(1, len(of_size) * size * size // 4_000_000)):
            yield some[:, None] + np.arange(size)


def contradicted_phases(frame: pd.DataFrame) -> np.ndarray:
    """Whether the phase of each row is not used, because the phases of its case contradict its times."""
    return ~np.isnan(numbers(frame, "phase")) & np.isnan(numbers(frame, "ORDPH"))


def disordered(cases: pd.Series, phases: pd.Series, low: pd.Series, high: pd.Series) -> np.ndarray:
    """Whether the time of a row is surely before the time of an earlier phase of its case.

    Parameters
    ----------
    cases, phases, low, high : Series or array
        The case, the phase as a number, and the bounds of the time of each row; nan where there is none.

    Returns
    -------
    ndarray of bool

    Examples
    --------
    >>> days = pd.Series([30.0, 5.0])
    >>> disordered(pd.Series(["a", "a"]), pd.Series([1, 2]), days, days).tolist()
    [False, True]
    """
    low, high, phases = (np.asarray(column, dtype=float) for column in (low, high, phases))
    return high < _latest(groups_of(cases), phases, low)[1]
