"""Treatments as given: days, number of doses and cumulative dose as bounds; gaps, overlap and alternation.

Without a reported schedule, start or end there is no count of doses. A dose per kilogram stays a dose per kilogram
unless a weight is recorded.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import (
    ONGOING,
    Distinct,
    Intervals,
    closed,
    distinct,
    parse_texts,
    parse_value,
    which,
)
from ..vocabulary import DAYS_PER, DECIMALS
from .columns import equals, numbers, require, without_noise
from .dose_units import PER_BODY, per_body
from .elapsed import FROM_ZERO, Elapsed, Ends, elapsed_in, ended_by_death, ends_of, last_days, origins, printed
from .frequency import months_of, parse_frequency, rate_of
from .groups import groups_of
from .months import days_within
from .tapers import varied_in


def derive_exposure(frame: pd.DataFrame) -> pd.DataFrame:
    """The interval, days, number of doses and cumulative dose of each treatment row, as bounds.

    The days run from start to end, both counted; a part of a day after the last whole one is no further day. The first
    dose falls on the first day, and one more after each interval up to the last day. An end in hours is a moment: no
    dose comes after it. Months and years are those of the calendar where the start is a date, and else as short or long
    as they may be (a month of 28 to 31 days). Start and end that are both dates, or that both count from one fact
    (`anchor`), give the days between them, also where that fact or time zero has no day. Treatments of one case and
    phase that are recorded as alternating share their interval: each of two is given at every second administration.
    Where the source counts the administrations (COUNTLO and COUNTHI of
    `derive_analysis`), that is the number of doses, whatever the schedule. A dose of which `note` says that it fell or
    rose within the course (`vary`) is that of the beginning: neither doses nor a sum are counted. What is `ongoing`
    lasts at least to the last day on which a row of its case in this frame surely begins; where the patient is told to
    have died (`death`), and surely not before its start, it lasts until that day, and surely to the last
    day before it on which a number was measured.

    Returns
    -------
    DataFrame
        One row a treatment row, in the order of the frame: `case_id`, `line`, `phase`; EXTRT, EXDOSE, EXDOSU and
        EXDOSFRQ, the treatment, dose, unit and frequency; INTERVAL, days between two administrations of the regimen,
        and OWN, days between two of this treatment; ALTERNATES, the other treatments of the regimen; EXDURLO, EXDURHI,
        days; NDOSLO, NDOSHI, number of doses; CUMLO, CUMHI, cumulative dose in CUMU, and CUMLOX, CUMHIX, whether that
        bound is excluded, as of a dose `<20`; ENDED (`yes`, `ongoing`, `not reported`); REASON, what is not reported
        that the cumulative dose needs, or that its schedule is no interval, else blank or `ongoing`.

    Notes
    -----
    CDISC SDTM, domain EX: EXTRT, EXDOSE, EXDOSU, EXDOSFRQ. The other names are of this project.

    Examples
    --------
    8 mg/kg every 4 weeks from day 0 to day 84: doses on days 0, 28, 56 and 84, together 32 mg/kg.

    >>> facts = pd.DataFrame({"case_id": ["a"], "line": [2], "kind": ["treatment"], "phase": [1], "code": ["x"],
    ...     "PARAMCD": ["x"], "PARAM": ["X"], "dose": ["8"], "dose_unit": ["mg/kg"], "frequency": ["every 4 wk"],
    ...     "end": ["84 d"], "AVALLO": [None], "AVALHI": [None], "AVALU": [""], "DAYLO": [0.0], "DAYHI": [0.0],
    ...     "AENLO": [84.0], "AENHI": [84.0]})
    >>> derive_exposure(facts)[["EXDURLO", "NDOSLO", "CUMLO", "CUMHI", "CUMU"]].to_numpy().tolist()
    [[85.0, 4.0, 32.0, 32.0, 'mg/kg']]

    To `6 mo`, day 167.4 to 197.8: the last of them on day 140 or on day 196.

    >>> to_month_6 = derive_exposure(facts.assign(end="6 mo", AENLO=167.40625, AENHI=197.84375))
    >>> to_month_6[["EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI"]].to_numpy().tolist()
    [[168.0, 198.0, 6.0, 8.0]]
    """
    require(frame, "derive_exposure", OF_EXPOSURE)
    treated = equals(frame, "kind", "treatment")
    # The start as printed says whether its earliest day is excluded; without it no day is.
    given = frame[frame.columns.intersection([*_RECORDED, *_ANALYSED, *_OPTIONAL], sort=False)][treated]
    unit, (interval, single, months, partners) = distinct(given["dose_unit"]), _schedules(given)
    # `ongoing` is an end at infinity: at least up to the last day that the case tells of, at most up to death.
    ongoing, last = numbers(given, "AENLO") == ONGOING.low, last_days(frame)[treated]
    per_time = unit.each(lambda word: rate_of(word)[1], float)
    # A dose a week without a schedule may be given in parts or on one day.
    unscheduled = np.isnan(interval) & ~np.isnan(per_time)
    ends = ends_of(given)
    death = ended_by_death(frame, treated, ongoing, ends)
    lasting, varied = elapsed_in(given, ends, np.isinf(interval), ongoing, last, death), varied_in(given)
    (least_days, least_doses, least_times), (most_days, most_doses, most_times) = (
        _counts(elapsed, single, months, per_time, unscheduled, count, varied > 0)
        for elapsed, count in zip(lasting, _counted(given), strict=True)
    )
    total, amount = _cumulative(given["dose"], unit, least_times, most_times, sizes_of(frame, treated))
    columns = {
        "case_id": given["case_id"],
        "line": given["line"],
        "phase": given["phase"],
        "EXTRT": given["PARAM"],
        "EXDOSE": given["dose"],
        "EXDOSU": given["dose_unit"],
        "EXDOSFRQ": given["frequency"],
        "INTERVAL": interval,
        "OWN": single,
        "ALTERNATES": pd.array([", ".join(names) for names in partners], dtype="str"),
        "EXDURLO": least_days,
        "EXDURHI": most_days,
        "NDOSLO": least_doses,
        "NDOSHI": most_doses,
        **{f"CUM{end}": bound for end, bound in zip(("LO", "HI", "LOX", "HIX"), total, strict=True)},
        "CUMU": amount,
        "ENDED": _ended(given, ongoing),
        "REASON": _missing(given, ends, interval, single, per_time, ongoing & ~np.isfinite(death[1]), varied),
    }
    return pd.DataFrame(columns, index=given.index)


_RECORDED = ("case_id", "line", "phase", "dose", "dose_unit", "frequency", "end")
_ANALYSED = ("PARAM", "DAYLO", "DAYHI", "AENLO", "AENHI")
_OPTIONAL = ("start", "anchor", "COUNTLO", "COUNTHI", "note")
# What `derive_exposure` needs beside them: the kind of each row, and the recorded sizes of the body.
OF_EXPOSURE = ("kind", "PARAMCD", "AVALLO", "AVALHI", "AVALU", *_RECORDED, *_ANALYSED)


def _ended(given: pd.DataFrame, ongoing: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """ENDED of `derive_exposure`."""
    words = ["not reported", "yes", "ongoing"]
    return Distinct(np.where(ongoing, 2, distinct(given["end"]).each(bool, int)), words).as_text(str)


class _Schedules(NamedTuple):
    """Days between two administrations of each row's regimen; days, and calendar months, between two of its own."""

    interval: np.ndarray
    single: np.ndarray
    months: np.ndarray
    partners: list[tuple[str, ...]]


def _schedules(given: pd.DataFrame) -> _Schedules:
    """The schedule of each row, and the names of the treatments that it alternates with."""
    frequency = distinct(given["frequency"])
    every = [(*parse_frequency(text), months_of(text)) for text in frequency.texts]
    interval, turns, months = (column[frequency.codes] for column in np.array(every, float).reshape(-1, 3).T)
    alternating = turns == 1
    partners = _partners(given, interval, alternating)
    # A treatment that alternates has an interval of its own only if the others are recorded too.
    shares = np.array([len(names) + 1.0 for names in partners])
    shares = np.where(alternating, np.where(shares > 1, shares, np.nan), 1.0)
    return _Schedules(interval, interval * shares, months * shares, partners)


def _counted(given: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most administrations that the source counts; nan where it counts none."""
    if not {"COUNTLO", "COUNTHI"} <= {*given}:
        return (np.full(len(given), np.nan),) * 2
    return numbers(given, "COUNTLO"), numbers(given, "COUNTHI")


def _counts(
    elapsed: Elapsed,
    interval: np.ndarray,
    months: np.ndarray,
    per_time: np.ndarray,
    unscheduled: np.ndarray,
    count: np.ndarray,
    varied: np.ndarray,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Days, doses, and how often the recorded dose is given.

    The first dose falls on the first day, and the last on the last day, or before an end that is a moment. Of a dose
    that changed in steps that are not recorded, neither is known.
    """
    days, regular = elapsed.whole() + 1, np.where(np.isfinite(interval), interval, np.nan)
    by_day = np.ceil(np.round(days / regular, DECIMALS))
    doses = np.where(np.isinf(interval), 1.0, np.where(elapsed.hourly, elapsed.whole(regular) + 1, by_day))
    monthly = np.flatnonzero(np.isfinite(months))
    if len(monthly):
        doses[monthly] = np.floor(elapsed.months(monthly) / months[monthly]) + 1
    counted = ~np.isnan(count)
    # Each administration of a dose per day or week stands for its interval, or for the time in its unit.
    share = np.where(np.isnan(per_time) | np.isnan(regular), 1.0, regular / per_time)
    # Where that time is no whole number of intervals, and without a schedule, such a dose is given at that rate.
    parts = np.round(1 / share, DECIMALS)
    at_rate = ~np.isnan(per_time) & (np.isnan(interval) | (parts % 1 != 0) | (parts < 1))
    in_parts, at_once, longest = _at_rate(elapsed, per_time)
    either = np.minimum(in_parts, at_once) if elapsed.least else np.maximum(in_parts, at_once)
    times = np.where(unscheduled, either, np.where(at_rate, in_parts, doses * share))
    share = np.where(at_rate & np.isnan(months) & ~np.isnan(regular), regular / longest, share)
    doses, times = np.where(counted, count, doses), np.where(counted, count * share, times)
    return days, np.where(varied & ~counted, np.nan, doses), np.where(varied, np.nan, times)


def _at_rate(elapsed: Elapsed, per_time: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """How often the dose of a unit such as `mg/wk` is given: in equal parts on all days, and at once in each such time.

    The third is that time in days: of months, which are as long as they are by the calendar, the least or the most.
    """
    days, length = elapsed.whole() + 1, per_time.copy()
    in_parts = days / per_time
    at_once = np.ceil(np.round(in_parts, DECIMALS))
    months = per_time / DAYS_PER["mo"]
    rows = np.flatnonzero(months % 1 == 0)
    if len(rows):
        in_parts[rows] = elapsed.shares(rows) / months[rows]
        at_once[rows] = np.floor(elapsed.months(rows) / months[rows]) + 1
        length[rows] = days_within(months[rows])[int(elapsed.least)]
    return in_parts, at_once, length


# A dose of 0 times an infinite count is nan for numpy; it is mended below and needs no warning.
@np.errstate(invalid="ignore")
def _cumulative(
    doses: pd.Series, unit: Distinct, least: np.ndarray, most: np.ndarray, sizes: dict[str, Intervals]
) -> tuple[Intervals, pd.api.extensions.ExtensionArray]:
    """The bounds and the unit of the cumulative dose; an amount where the body size of a dose per size is recorded."""
    dose = parse_texts(distinct(doses), parse_value)
    low = np.maximum(dose.low, 0) * least
    high = np.where((dose.high == 0) & ~np.isnan(most), 0.0, dose.high * most)
    dosed = unit.replaced(lambda word: rate_of(word)[0])
    amount = dosed.each(str)
    for body, size in sizes.items():
        known = dosed.each(lambda word, of=body: per_body(word)[1] == of, bool) & ~np.isnan(size.low)
        low, high = np.where(known, low * size.low, low), np.where(known, high * size.high, high)
        amount = np.where(known, dosed.each(lambda word: per_body(word)[0]), amount)
    low, high = (without_noise(end, end) for end in (low, high))
    below, above = dose.high_open & np.isfinite(high) & (high > 0), dose.low_open & (low > 0)
    return Intervals(low, high, above, below), pd.array(amount, dtype="str")


def sizes_of(frame: pd.DataFrame, treated: np.ndarray) -> dict[str, Intervals]:
    """The recorded weight and body surface of the case of each treatment row; nan where there is none."""
    case, low, high = groups_of(frame["case_id"]), numbers(frame, "AVALLO"), numbers(frame, "AVALHI")
    recorded, sizes = equals(frame, "kind", "observation") & ~np.isnan(low), {}
    for body, code in PER_BODY.items():
        rows = np.flatnonzero(recorded & equals(frame, "PARAMCD", code) & equals(frame, "AVALU", body))
        least, most = case.of(rows).lowest(low[rows]), case.of(rows).highest(high[rows])
        sizes[body] = closed(least[case.codes[treated]], most[case.codes[treated]])
    return sizes


def _partners(given: pd.DataFrame, interval: np.ndarray, alternating: np.ndarray) -> list[tuple[str, ...]]:
    """The names of the other treatments that alternate with that of each row; empty where there are none."""
    if not alternating.any():
        return [()] * len(given)
    regimens = groups_of(given["case_id"], numbers(given, "phase"), interval).codes.tolist()
    names, members = given["PARAM"].tolist(), {}
    for regimen, name, takes_turns in zip(regimens, names, alternating, strict=True):
        if takes_turns:
            members.setdefault(regimen, set()).add(name)
    return [
        tuple(sorted(members[regimen] - {name})) if takes_turns else ()
        for regimen, name, takes_turns in zip(regimens, names, alternating, strict=True)
    ]


def _missing(
    given: pd.DataFrame,
    ends: Ends,
    interval: np.ndarray,
    single: np.ndarray,
    per_time: np.ndarray,
    ongoing: np.ndarray,
    varied: np.ndarray,
) -> pd.api.extensions.ExtensionArray:
    """REASON of `derive_exposure`: what is not reported that a cumulative dose needs."""
    dose, counted = distinct(given["dose"]).each(bool, bool), ~np.isnan(_counted(given)[0])
    once = np.isinf(interval) | counted
    uncounted = np.isnan(interval) & np.isnan(per_time) & ~counted
    worded = distinct(given["frequency"]).each(lambda text: bool(text.strip()), bool)
    unreported = which(
        {
            "dose": ~dose,
            "doses of the taper": varied == 1,
            "later doses": (varied == 2) & dose,
            "dose unit": dose & ~distinct(given["dose_unit"]).each(bool, bool),
            "schedule": uncounted & ~worded,
            "partner": ~np.isnan(interval) & np.isnan(single) & np.isnan(per_time) & ~counted,
            "start": np.isnan(ends.start_low) & ~once,
            "end": np.isnan(ends.end_low) & ~once,
        },
        len(given),
    )
    words = [f"{names} not reported" if names else "" for names in unreported.texts]
    # Of a schedule that is told and is no interval, the doses cannot be counted.
    told_otherwise = [f"{text + '; ' if text else ''}{_UNCOUNTED}" for text in words]
    place = unreported.codes + np.where(uncounted & worded, len(words), 0)
    complete = ~unreported.each(bool, bool) & ~(uncounted & worded)
    place = np.where(complete & ongoing & ~counted, 2 * len(words), place)
    return Distinct(place, [*words, *told_otherwise, "ongoing"]).as_text(str)


_UNCOUNTED = "schedule is no interval that can be counted"


def derive_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Days without a treatment between its courses, and days that its courses share.

    Returns
    -------
    DataFrame
        One row for each two successive courses of one treatment in a case, in the order of their starts: `case_id`,
        EXTRT; LINE and NEXT, the lines of the two; GAPLO, GAPHI, days between the latest end of all earlier courses and
        the start of the next; OVERLO, OVERHI, days that the next course shares with the earlier ones. Missing where a
        start or end that they need is not known. Two that count from one fact (`anchor`), and two dates, are as far
        apart as they are printed, however uncertain that fact or time zero is.

    Examples
    --------
    From day 0 to 9, then from day 20 to 29: on days 10 to 19 nothing was given.

    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "kind": "treatment", "PARAMCD": "x", "PARAM": "X",
    ...                       "ORDER": [1, 2], "DAYLO": [0.0, 20.0], "DAYHI": [0.0, 20.0], "AENLO": [9.0, 29.0],
    ...                       "AENHI": [9.0, 29.0]})
    >>> derive_gaps(facts)[["LINE", "NEXT", "GAPLO", "OVERLO"]].astype(int).to_numpy().tolist()
    [[2, 3, 10, 0]]
    """
    require(frame, "derive_gaps", ("case_id", "kind", "PARAMCD", "ORDER", "line", *_ANALYSED))
    given = frame[frame["kind"] == "treatment"].reset_index(drop=True)
    # What counts from a fact without a day is in turn by what it counts.
    given = given.assign(printed=_whole_days(given, "start").printed_low)
    given = given.sort_values(["case_id", "PARAMCD", "DAYLO", "ORDER", "printed", "line"], ignore_index=True)
    start, end = (_whole_days(given, side) for side in ("start", "end"))
    own_low, own_high = end.after(start)
    course = [given["case_id"], given["PARAMCD"]]
    place = given.groupby(course).cumcount().to_numpy()
    gap, shared = np.full((2, len(given)), np.inf), np.full((2, len(given)), -np.inf)
    # A long course may outlast those that begin after it: each earlier one is held against each later one.
    for lag in range(1, place.max(initial=0) + 1):
        later = np.flatnonzero(place >= lag)
        low, high = start.of(later).after(end.of(later - lag))
        gap[:, later] = np.minimum(gap[:, later], [low, high])
        ends = np.minimum(-high, own_low[later]), np.minimum(-low, own_high[later])
        shared[:, later] = np.maximum(shared[:, later], ends)
    table = pd.DataFrame(
        {
            "case_id": given["case_id"],
            "EXTRT": given["PARAM"],
            "LINE": given["line"].groupby(course).shift().astype("Int64"),
            "NEXT": given["line"],
            "GAPLO": (gap[0] - 1).clip(min=0),
            "GAPHI": (gap[1] - 1).clip(min=0),
            "OVERLO": (shared[0] + 1).clip(min=0),
            "OVERHI": (shared[1] + 1).clip(min=0),
        }
    )
    return table[table["LINE"].notna()].reset_index(drop=True)


class _Moments(NamedTuple):
    """Starts or ends as whole days: from time zero, and as printed, from their origin."""

    low: np.ndarray
    high: np.ndarray
    printed_low: np.ndarray
    printed_high: np.ndarray
    origin: np.ndarray

    def of(self, rows: np.ndarray) -> "_Moments":
        """Those of some rows."""
        return _Moments(*(column[rows] for column in self))

    # What is ongoing has no end to count from, and needs no warning.
    @np.errstate(invalid="ignore")
    def after(self, other: "_Moments") -> tuple[np.ndarray, np.ndarray]:
        """The least and the most days from others to these: of one origin, as they are printed."""
        together = (self.origin == other.origin) & ~np.isnan(self.printed_low) & ~np.isnan(other.printed_low)
        least = np.where(together, self.printed_low - other.printed_high, self.low - other.high)
        return least, np.where(together, self.printed_high - other.printed_low, self.high - other.low)


def _whole_days(given: pd.DataFrame, side: str) -> _Moments:
    """The starts or ends as days: a part of a day lies in its day, and `<10 d` is day 9 at the latest."""
    text, names = printed(given, side), ("DAYLO", "DAYHI") if side == "start" else ("AENLO", "AENHI")
    origin = origins(given, side)
    # Of time zero, and of an end that is no time, the days are those of the row.
    apart = (origin != FROM_ZERO) & np.isfinite(text.high)
    ends = *(numbers(given, name) for name in names), *(np.where(apart, end, np.nan) for end in text[:2])
    low, high, printed_low, printed_high = (np.floor(np.round(end, DECIMALS)) for end in ends)
    last, printed_last = (np.ceil(np.round(end, DECIMALS)) - 1 for end in (ends[1], ends[3]))
    return _Moments(
        low,
        np.where(text.high_open, last, high),
        printed_low,
        np.where(text.high_open, printed_last, printed_high),
        origin,
    )
