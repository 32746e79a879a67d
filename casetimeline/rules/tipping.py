"""What would decide a verdict that cannot be determined: the one quantity that is open, and the range that meets it."""

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..derive import require
from ..values import Intervals, parse_duration, parse_threshold, parse_value, rows_of
from ..vocabulary import DAYS_PER, DECIMALS, MET, NOT_MET, UNDETERMINED
from .limits import largest_analytical_cv, smallest_detectable_change
from .populations import OF_PATIENT
from .reasons import WHOLE, entry_of
from .rules import NOT_COMPUTED

# What is open: the days between two records, the laboratory's upper limit, its analytical CV in percent, the later
# value, the earlier one, the threshold of the rule itself where its source gives a range, how many drainages were done
# in between, or other measures, which a composite needs.
INTERVAL, UPPER_LIMIT, ANALYTICAL_CV, VALUE, BASELINE, THRESHOLD, DRAINAGES, MEASURES = (
    "interval",
    "upper limit",
    "analytical CV",
    "value",
    "baseline",
    "threshold",
    "drainages",
    "measures",
)
_ENDS = ("AVALLO", "AVALHI", "BASELO", "BASEHI", "CHGLO", "CHGHI", "PEAKLO", "PEAKHI", "ANRHI")
_OF_RULE = (
    "rule",
    "kind",
    "direction",
    "limit",
    "percent",
    "percent_of",
    "rate",
    "window",
    "base_min",
    "base_max",
    "xuln",
    "sd",
    "cvi",
    "not_after",
)
# Kinds of rules on the size of a change or of a value.
_OF_CHANGE = ("response", "progression", "important", "item", "error")
_OF_SIZE = (*_OF_CHANGE, "limit", "indication", "large", "class")


def derive_tipping(verdicts: pd.DataFrame, changes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Add to each verdict that cannot be determined what would decide it.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `evaluate_rules`.
    changes : DataFrame
        The records that the verdicts are about, as `evaluate_rules` had them.
    rules : DataFrame
        Rows of rules.csv.

    Returns
    -------
    DataFrame
        `verdicts` with OPEN, the one quantity that is open: `interval` (days between the two records), `upper limit`
        and `value` and `baseline` (in the unit of the measure), `analytical CV` (percent), `threshold` (of the rule, in
        the unit of the measure), `drainages` (in between), `measures` (that a composite needs; it has no range, and
        WHY names them). MEETLO and MEETHI are the ends of the range in which it meets the rule, MEETLOX and
        MEETHIX whether an end is excluded; outside the range the rule is not met, or does not speak of the record (for
        an analytical CV beside a value that is not exact: is not surely met). OPEN
        is blank, and the range missing, where the verdict is decided, or where more than one quantity is open.

    Examples
    --------
    A fall from 46 to 32 meets the size of a rule that asks for 9 to 15 months between the scores.

    >>> rules = pd.DataFrame({"rule": ["r"], "kind": "response", "direction": "fall", "limit": ">5", "percent": "",
    ...     "percent_of": "", "rate": "", "window": "9..15 mo", "base_min": float("nan"),
    ...     "base_max": float("nan"), "xuln": "", "sd": float("nan"), "cvi": float("nan"), "not_after": ""})
    >>> records = {"case_id": ["a"], "line": 3, "AVALLO": 32.0, "AVALHI": 32.0, "BASELO": 46.0, "BASEHI": 46.0,
    ...     "CHGLO": -14.0, "CHGHI": -14.0, "PEAKLO": 46.0, "PEAKHI": 46.0, "ANRHI": None}
    >>> verdicts = pd.DataFrame({"case_id": ["a"], "line": 3, "RULE": "r", "TIME": "cannot be determined",
    ...     "VERDICT": "cannot be determined", "DECIDED": "time"})
    >>> tipping = derive_tipping(verdicts, pd.DataFrame(records), rules)
    >>> tipping[["OPEN", "MEETLO", "MEETHI"]].round(1).to_numpy().tolist()
    [['interval', 273.9, 456.6]]
    """
    require(changes, "derive_tipping", ("case_id", "line", *_ENDS))
    require(
        verdicts, "derive_tipping", ("case_id", "line", "RULE", "TIME", "VERDICT", "DECIDED"), "evaluate_rules adds"
    )
    require(rules, "derive_tipping", _OF_RULE, "rules.csv has")
    # A record stands in a table of stretches once for each kind of stretch.
    record = ["case_id", "line", *(["STRETCH"] if "STRETCH" in changes else [])]
    asked = [*record, "RULE", "TIME", "VERDICT", "DECIDED"]
    records = (
        verdicts[asked]
        .reset_index(drop=True)
        .merge(changes[[*record, *_ENDS]].reset_index(drop=True), on=record, how="left")
    )
    open_quantity = np.full(len(records), "", dtype=object)
    meets = np.full((len(records), 4), np.nan)
    # Whether the rule applies to the patient at all is then open as well.
    undetermined = (records["VERDICT"] == UNDETERMINED) & ~records["DECIDED"].isin(OF_PATIENT)
    by_rule = records[undetermined].groupby("RULE", sort=False).indices
    rows_undetermined, columns = np.flatnonzero(undetermined), {name: records[name].to_numpy() for name in records}
    for rule in rows_of(rules):
        if rule.rule not in by_rule:
            continue
        rows = rows_undetermined[by_rule[rule.rule]]
        of_rule = {name: column[rows] for name, column in columns.items()}
        if rule.kind == "composite":
            open_quantity[rows[of_rule["DECIDED"] != NOT_COMPUTED]] = MEASURES
        for quantity, region in _regions(of_rule, rule):
            decides = ~np.isnan(region.low) & (open_quantity[rows] == "")
            open_quantity[rows[decides]] = quantity
            meets[rows[decides]] = np.column_stack(region)[decides]
    low, high, low_open, high_open = meets.T
    decisive = {"MEETLO": low, "MEETHI": high, "MEETLOX": low_open == 1, "MEETHIX": high_open == 1}
    return verdicts.assign(OPEN=pd.array(open_quantity, dtype="str"), **decisive)


def derive_turns(verdicts: pd.DataFrame, changes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """The other values at which a rule decided the size of a change, or of a value, the other way.

    Parameters
    ----------
    verdicts, changes, rules
        As for `derive_tipping`.

    Returns
    -------
    DataFrame
        One row for each verdict whose SIZE is `met` or `not met` by exact numbers, and for each of its two records of
        which one number alone would decide it otherwise: `line` of the judged record, RULE, LABEL, OPEN (`value` or
        `baseline`, which of the two is moved), FROM, the recorded number, TURNSAT, the nearest end of the range that
        meets the rule, and TURNSX, whether the size is still the same at that end, and another only beyond it.

    Examples
    --------
    A fall from 46 to 32, where a fall of 5 or more is asked for: it is one up to a later value of 41, or an earlier one
    of 37.

    >>> rules = pd.DataFrame({"rule": ["r"], "kind": "important", "direction": "fall", "limit": ">=5", "percent": "",
    ...     "percent_of": "", "rate": "", "window": "", "base_min": float("nan"), "base_max": float("nan"),
    ...     "xuln": "", "sd": float("nan"), "cvi": float("nan"), "not_after": ""})
    >>> records = {"case_id": ["a"], "line": 3, "AVALLO": 32.0, "AVALHI": 32.0, "BASELO": 46.0, "BASEHI": 46.0,
    ...     "CHGLO": -14.0, "CHGHI": -14.0, "PEAKLO": 46.0, "PEAKHI": 46.0, "ANRHI": None}
    >>> verdicts = pd.DataFrame({"case_id": ["a"], "line": 3, "RULE": "r", "LABEL": "R", "TIME": "", "SIZE": "met",
    ...     "VERDICT": "met", "DECIDED": "points"})
    >>> derive_turns(verdicts, pd.DataFrame(records), rules)[["OPEN", "FROM", "TURNSAT", "TURNSX"]].to_numpy().tolist()
    [['value', 32.0, 41.0, True], ['baseline', 46.0, 37.0, True]]
    """
    needed = ["case_id", "line", "RULE", "LABEL", "TIME", "SIZE", "VERDICT", "DECIDED"]
    ends = changes[["case_id", "line", *_ENDS]].reset_index(drop=True)
    records = verdicts[needed].merge(ends, on=["case_id", "line"], how="left")
    judged = records["SIZE"].isin([MET, NOT_MET]) & records["VERDICT"].isin([MET, NOT_MET, UNDETERMINED])
    tables = []
    for rule in rows_of(rules[rules["kind"].isin(_OF_SIZE)]):
        chosen = records[judged & (records["RULE"] == rule.rule)]
        of_rule = {name: chosen[name].to_numpy() for name in chosen}
        exact = _comparable(of_rule, rule) & (of_rule["AVALLO"] == of_rule["AVALHI"])
        tables.append(_turns(chosen, VALUE, "AVALLO", _only(_value_region(of_rule, rule), exact)))
        if rule.kind in _OF_CHANGE:
            tables.append(_turns(chosen, BASELINE, "BASELO", _only(_baseline_region(of_rule, rule), exact)))
    columns = ["line", "RULE", "LABEL", "OPEN", "FROM", "TURNSAT", "TURNSX"]
    kept = [table for table in tables if len(table)]
    return pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=columns)


def _turns(records: pd.DataFrame, which: str, name: str, region: Intervals) -> pd.DataFrame:
    """The nearest finite end of a range from the recorded number of each record, where there is one."""
    number, met = records[name].to_numpy(dtype=float), records["SIZE"].to_numpy() == MET
    # Of a range without a number, as below 6 and from 7 on, there is no end to turn at.
    none = np.isnan(region.low) | (region.low > region.high)
    ends = np.where(np.isinf([region.low, region.high]) | none, np.nan, region[:2])
    away = np.abs(ends - number)
    upper = ~(away[0] <= away[1]) & ~np.isnan(away[1])
    end = np.where(upper, ends[1], ends[0])
    # A number that meets a rule meets it at an end that is not excluded; one that does not, does so at an excluded end.
    same = np.where(upper, region.high_open, region.low_open) != met
    turned = records[["line", "RULE", "LABEL"]].assign(OPEN=which, FROM=number, TURNSAT=end, TURNSX=same)
    return turned[~np.isnan(end)]


def _regions(records: dict[str, np.ndarray], rule) -> Iterator[tuple[str, Intervals]]:
    """Each quantity that may be open with the range in which it meets the rule; nan where it is not the only one."""
    decided, timeless = records["DECIDED"], np.isin(records["TIME"], ["", MET])
    base_known, value_known = records["BASELO"] == records["BASEHI"], records["AVALLO"] == records["AVALHI"]
    if rule.window or rule.rate:
        by_time = np.isin(decided, ["time", "rate", "rate, time"]) & base_known & value_known
        yield INTERVAL, _only(_interval_region(records, rule), by_time)
    if rule.not_after:
        yield DRAINAGES, _only(_between(np.zeros(len(decided)), 0.0), decided == "no drainage")
    if rule.xuln and not rule.limit:
        times, strict = parse_threshold(rule.xuln)
        without = value_known & np.isnan(records["ANRHI"])
        yield UPPER_LIMIT, _only(_between(0.0, records["AVALHI"] / times.low, high_open=strict), without)
    if rule.kind == "variation":
        most = np.array([largest_analytical_cv(each, rule.cvi) for each in _nearest_ratio(records)])
        without = decided == "analytical variation"
        yield ANALYTICAL_CV, _only(_between(0.0, most, high_open=True), without & ~np.isnan(most))
    if rule.kind == "important" and rule.direction == "fall" and not rule.percent:
        limit, strict = parse_threshold(rule.limit)
        fall = _only(_between(limit.low, -records["CHGHI"], high_open=strict), base_known & value_known)
        yield THRESHOLD, _only(fall, timeless & (limit.low < limit.high))
    if rule.kind in _OF_SIZE:
        yield VALUE, _only(_value_region(records, rule), timeless & ~value_known & _comparable(records, rule))
        if rule.kind in _OF_CHANGE:
            yield BASELINE, _only(_baseline_region(records, rule), timeless & ~base_known & value_known)


def _nearest_ratio(records: dict[str, np.ndarray]) -> np.ndarray:
    """The ratio of a later value to an earlier one that is nearest to 1; nan where the two may be equal."""
    with np.errstate(divide="ignore", invalid="ignore"):
        low, high = records["AVALLO"] / records["BASEHI"], records["AVALHI"] / records["BASELO"]
    return np.where(high < 1, high, np.where(low > 1, low, np.nan))


def _comparable(records: dict[str, np.ndarray], rule) -> np.ndarray:
    """Whether all but the later value is known."""
    if rule.kind in ("limit", "indication"):
        return np.full(len(records["line"]), bool(rule.limit)) | ~np.isnan(records["ANRHI"])
    if rule.kind in ("large", "class"):
        return np.full(len(records["line"]), True)
    known = records["BASELO"] == records["BASEHI"]
    if rule.percent_of == "peak":
        known = known & (records["PEAKLO"] == records["PEAKHI"])
    entry = entry_of(rule)
    return known & (records["BASELO"] >= entry.low) & (records["BASELO"] <= entry.high)


def _interval_region(records: dict[str, np.ndarray], rule) -> Intervals:
    """The days between baseline and record in which a rule is met whose other parts are met."""
    window = parse_duration(rule.window) if rule.window else WHOLE._replace(low=0.0)
    region = _between(window.low, np.full(len(records["line"]), window.high), window.low_open, window.high_open)
    if not rule.rate:
        return region
    least, strict = parse_threshold(rule.rate)
    points = -records["CHGHI"] if rule.direction == "fall" else records["CHGLO"]
    longest = np.round(DAYS_PER["a"] * points / least.low, DECIMALS)
    return _at_most(region, np.where(points > 0, longest, -math.inf), strict)


def _value_region(records: dict[str, np.ndarray], rule) -> Intervals:
    """The later values that meet a rule."""
    base = records["BASELO"]
    region, every = _anything(len(base)), np.ones(len(base))
    if rule.kind == "class":
        size = parse_value(rule.limit)
        # Of nothing there is no class.
        least, excluded = (size.low, size.low_open) if size.low > 0 else (0.0, True)
        return _between(every * least, every * size.high, excluded, size.high_open)
    if rule.kind in ("limit", "indication", "large"):
        limit, strict = parse_threshold(rule.limit or rule.xuln)
        threshold = every * limit.low if rule.limit else np.round(limit.low * records["ANRHI"], DECIMALS)
        return _at_least(region, threshold, strict)
    if rule.kind == "error":
        return _beyond(base, rule.sd, records["AVALHI"] <= base, records["AVALLO"] >= base)
    falls = rule.direction == "fall"
    if rule.limit:
        limit, strict = parse_threshold(rule.limit)
        sized = limit.low == limit.high
        least = every * (limit.low if sized else np.nan)
        region = _at_most(region, base - least, strict) if falls else _at_least(region, base + least, strict)
    if rule.percent:
        share, strict = parse_threshold(rule.percent)
        before = records["PEAKLO"] if rule.percent_of == "peak" else base
        part = np.round(before * share.low / 100, DECIMALS)
        region = _at_most(region, before - part, strict) if falls else _at_least(region, before + part, strict)
    return region


def _baseline_region(records: dict[str, np.ndarray], rule) -> Intervals:
    """The earlier values that meet a rule."""
    value = records["AVALLO"]
    region, every = _anything(len(value)), np.ones(len(value))
    if rule.percent_of == "peak":
        return _only(region, every == 0)
    if rule.kind == "error":
        return _beyond(value, rule.sd, records["BASEHI"] <= value, records["BASELO"] >= value)
    entry = entry_of(rule)
    region = _at_most(_at_least(region, every * entry.low, False), every * entry.high, False)
    falls = rule.direction == "fall"
    if rule.limit:
        limit, strict = parse_threshold(rule.limit)
        least = every * (limit.low if limit.low == limit.high else np.nan)
        region = _at_least(region, value + least, strict) if falls else _at_most(region, value - least, strict)
    if rule.percent:
        share, strict = parse_threshold(rule.percent)
        if falls:
            region = _at_least(region, np.round(100 * value / (100 - share.low), DECIMALS), strict)
        else:
            region = _at_most(region, np.round(100 * value / (100 + share.low), DECIMALS), strict)
    return region


def _beyond(other: np.ndarray, sd: float, below: np.ndarray, above: np.ndarray) -> Intervals:
    """The numbers further from another than measurement error, on its own side of it; nan where that side is open."""
    limit, region = smallest_detectable_change(sd), _anything(len(other))
    low, high = _at_most(region, other - limit, True), _at_least(region, other + limit, True)
    chosen = [np.where(below, ends, np.where(above, others, np.nan)) for ends, others in zip(low, high, strict=True)]
    return Intervals(*chosen[:2], *(ends == 1 for ends in chosen[2:]))


def _anything(length: int) -> Intervals:
    return _between(np.full(length, -math.inf), math.inf)


def _between(low, high, low_open: bool = False, high_open: bool = False) -> Intervals:
    low, high = np.broadcast_arrays(np.asarray(low, dtype=float), np.asarray(high, dtype=float))
    return Intervals(low, high, np.full(low.shape, low_open), np.full(low.shape, high_open))


def _at_least(region: Intervals, low: np.ndarray, is_open: bool) -> Intervals:
    """The part of a range from an end on; nan where the end is not known."""
    tighter = ~(low < region.low) & ~((low == region.low) & region.low_open)
    ends = np.where(tighter, low, region.low), np.where(tighter, is_open, region.low_open)
    return region._replace(low=ends[0], low_open=ends[1])


def _at_most(region: Intervals, high: np.ndarray, is_open: bool) -> Intervals:
    """The part of a range up to an end; nan where the end is not known."""
    tighter = ~(high > region.high) & ~((high == region.high) & region.high_open)
    low = np.where(np.isnan(high), np.nan, region.low)
    ends = np.where(tighter, high, region.high), np.where(tighter, is_open, region.high_open)
    return Intervals(low, ends[0], region.low_open, ends[1])


def _only(region: Intervals, mask: np.ndarray) -> Intervals:
    """The range where the mask holds, else nan."""
    return region._replace(low=np.where(mask, region.low, np.nan))
