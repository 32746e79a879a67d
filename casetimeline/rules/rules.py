"""Decide cited rules, each with one of `vocabulary.VERDICTS`; `populations` adds which do not apply to the patient.

A rule has criteria, here called parts: the size of the change in points, its size in percent, its rate, the time
window, the range of the baseline. Each part is decided on the recorded values, never on a computed percentage, and on
the whole interval of a value: it is met only if every value in the interval meets it. The window and the range of the
baseline say of which records a rule speaks: one that fails by them is `outside the window` or `not applicable`, and
never `not met`.
"""

import math
from collections.abc import Mapping
from types import MappingProxyType
from typing import NoReturn

import numpy as np
import pandas as pd

from ..derive import groups_of, require
from ..values import (
    Bounds,
    Distinct,
    Intervals,
    all_of,
    answer,
    booleans,
    bounds_of,
    closed,
    distinct,
    exceeds,
    floats,
    inside,
    negate,
    parse_duration,
    parse_threshold,
    parse_value,
    rows_of,
    scale,
    size_of,
    subtract,
    which,
)
from ..vocabulary import (
    DAYS_PER,
    DECIMALS,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    OUTSIDE,
    TO_VISIT,
    UNDETERMINED,
    UNIT_UNKNOWN,
)
from .findings import parts_of_finding, undisturbed
from .limits import reference_change_factor, smallest_detectable_change
from .reasons import WHOLE, entry_of, entry_words, name_of, require_rules, studied_span, studied_words, window_words

_KEPT = ["case_id", "PARAMCD", "LOC", "line", "ORDER"]
# What a table of stretches has beside them: the records of one kind are judged apart from those of the others.
_OF_STRETCH = ["STRETCH", "FROMLINE"]
_OF_RULE = {"RULE": "rule", "KIND": "kind", "LABEL": "label", "DEFINITION": "definition", "POPULATION": "population"}
_ANSWERS = ("SIZE", "TIME", "VERDICT", "DECIDED", "WHY", "STUDIED")
# The columns that the rules use: numbers, and whether the end of an interval is excluded.
_NUMBERS = (
    "AVALLO",
    "AVALHI",
    "BASELO",
    "BASEHI",
    "CHGLO",
    "CHGHI",
    "PEAKLO",
    "PEAKHI",
    "ANRHI",
    "TOPGRADE",
    "AVALCALO",
    "AVALCAHI",
    "BASECALO",
    "BASECAHI",
    "DAYLO",
    "BASEDHI",
    "SINCELO",
    "SINCEHI",
    "ORDLO",
    "ORDHI",
    "ORDPH",
    "BASEOLO",
    "BASEOPH",
)
_EXCLUDED = ("AVALLOX", "AVALHIX", "BASELOX", "BASEHIX", "CHGLOX", "CHGHIX")


class _Records(dict[str, np.ndarray]):
    """Records as arrays by column: a rule needs a few numbers of a few rows, and the derived table is wide."""

    def __missing__(self, name: str) -> NoReturn:
        """Refuse a table without a column that only some rules ask for."""
        require(pd.DataFrame(columns=[*self]), "evaluate_rules", (_MADE_OF.get(name, name),))


_MADE_OF = {"has unit": "AVALU"}
NO_NAMES: Mapping[str, str] = MappingProxyType({})
# The part of a composite of which every measure is there.
NOT_COMPUTED = "not computed here"
# The part of an item whose source does not print its bound.
UNREAD = "the threshold was not read"
# The part of a difference that its source estimated over a time of its own: whether the records are that far apart.
OVER_TIME = "time studied"
LARGER = "as large as the estimate or larger; applicability not known"
# The largest analytical CV, in percent, that is asked of where the laboratory's own is not reported. No assay in use
# comes near it: what holds up to there holds for the laboratory.
LARGEST_CV = 100.0
FOR_ANY_CV = f"for any analytical CV up to {LARGEST_CV:.0f} %"
WITHIN_BIOLOGICAL = "within the biological variation alone, for any analytical CV"
# Parts that need the time between two records.
_TIMED = ("rate", "time", OVER_TIME)
# The side of the limits of the laboratory on which a state in place of a value lies.
_SIDES = {"low": -1.0, "normal": 0.0, "raised": 1.0}
# Kinds of rules about one value, and not about a change from a baseline.
OF_A_VALUE = ("limit", "indication", "class", "large")


def evaluate_rules(
    changes: pd.DataFrame, rules: pd.DataFrame, cva: float = math.nan, names: Mapping[str, str] = NO_NAMES
) -> pd.DataFrame:
    """Decide every rule on every record that it applies to.

    Parameters
    ----------
    changes : DataFrame
        The table of `derive_changes`, or of `derive_base`, `derive_chg` and `derive_peak`; or that of
        `derive_stretches`.
    rules : DataFrame
        Rows of rules.csv as `Case.rules` has them, with numbers as numbers.
    cva : float
        Analytical coefficient of variation of the laboratory, in percent; nan where it is not reported.
    names : mapping
        Short names of the measures by their codes, for WHY; a measure without one is called by its code.

    Returns
    -------
    DataFrame
        One row for each rule and each record of its measure surely after the baseline; for a kind in `OF_A_VALUE`, each
        record with a value. `case_id`, PARAMCD, LOC, `line` and ORDER of the record; RULE, KIND, LABEL, DEFINITION and
        POPULATION of the rule; SIZE and TIME, the answers of its parts about size and about time (blank where the entry
        excludes the patient); VERDICT; DECIDED, the parts that decided; WHY, the same in words where the rule does not
        speak of the record (`4 to 5 months too early`), and the names of the measures that a composite lacks; STUDIED,
        over which time the source studied a rule that has no window, and over which the record was; STRETCH, `baseline
        to visit`, or blank for a kind in `OF_A_VALUE`; of a table of stretches its STRETCH and FROMLINE. Sorted by
        line, then by stretch, and in the order of `rules`.
    """
    require_rules(rules, "evaluate_rules")
    require(changes, "evaluate_rules", ("kind", *_KEPT, "AVALLO", "AVALCALO", "POSTBLFL"))
    table, measure = _arrays(changes), distinct(changes["PARAMCD"])
    # What is asked of a value is asked once, and not of each stretch that ends or begins with it.
    with_value = table["observed"] & ~np.isnan(table["AVALLO"]) & ("STRETCH" not in changes)
    # What is said to be raised is above the limit of the laboratory, whichever that is.
    with_side = with_value | (table["observed"] & ~np.isnan(table["side"]) & ("STRETCH" not in changes))
    records: dict[tuple[str, bool, bool], _Records] = {}
    judged = []
    for position, rule in enumerate(rows_of(rules)):
        key = rule.measure, rule.kind in OF_A_VALUE, _against_laboratory(rule)
        if key not in records:
            asked = (with_side if key[2] else with_value) if key[1] else table["after"]
            rows = np.flatnonzero(measure.among([rule.measure]) & asked)
            records[key] = _Records(row=rows, **{name: column[rows] for name, column in table.items()})
        of_rule = records[key]
        if not len(of_rule["row"]):
            continue
        parts = _composite(of_rule, rule, table, measure) if rule.kind == "composite" else _parts(of_rule, rule, cva)
        if rule.not_after:
            parts |= undisturbed(of_rule, rule.not_after.split("|"), table, measure)
        number = np.full(len(of_rule["row"]), position)
        judged.append({"row": of_rule["row"], "rule": number, **_judge(of_rule, rule, parts, names)})
    return _joined(judged, changes, rules)


def _arrays(changes: pd.DataFrame) -> _Records:
    """The columns that the rules use, and for each row its case and whether it is surely after its baseline."""
    table = _Records({name: floats(changes[name]) for name in _NUMBERS if name in changes})
    table |= {name: booleans(changes[name]) for name in _EXCLUDED if name in changes}
    apart = [changes[name] for name in ("case_id", "STRETCH") if name in changes]
    table |= {"case": groups_of(*apart).codes, "observed": distinct(changes["kind"]).among(["observation"])}
    # What is stated is no record: nothing is judged by it.
    table["stated"] = distinct(changes["kind"]).among(["statement"])
    table["side"] = np.full(len(changes), np.nan)
    if "STATE" in changes:
        side = distinct(changes["STATE"]).each(lambda word: _SIDES.get(word, np.nan), float)
        table["side"] = np.where(np.isnan(table["AVALLO"]), side, np.nan)
    if "AVALU" in changes:
        table["has unit"] = ~distinct(changes["AVALU"]).among([UNIT_UNKNOWN])
    table["after"] = table["observed"] & distinct(changes["POSTBLFL"]).among(["Y"])
    return table


def _joined(judged: list[dict[str, np.ndarray]], changes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """The verdicts of all rules as one table, made once: a frame of few rows costs as much as one of many."""
    empty = dict.fromkeys(("row", "rule"), np.empty(0, dtype=np.int64)) | dict.fromkeys(
        _ANSWERS, np.empty(0, dtype=str)
    )
    every = {name: np.concatenate([empty[name], *(verdicts[name] for verdicts in judged)]) for name in empty}
    of_stretches = "STRETCH" in changes
    kind = distinct(changes["STRETCH"]).codes if of_stretches else np.zeros(len(changes))
    order = np.lexsort((every["rule"], kind[every["row"]], changes["line"].to_numpy()[every["row"]]))
    row, rule = every["row"][order], every["rule"][order]
    if of_stretches:
        stretch = {name: changes[name].array[row] for name in _OF_STRETCH}
    else:
        of_a_value = rules["kind"].isin(OF_A_VALUE).to_numpy()
        stretch = {"STRETCH": pd.array(np.where(of_a_value[rule], "", TO_VISIT), dtype="str")}
    return pd.DataFrame(
        {
            **{name: changes[name].array[row] for name in _KEPT},
            **{name: rules[column].array[rule] for name, column in _OF_RULE.items()},
            **{name: pd.array(every[name][order], dtype="str") for name in _ANSWERS},
            **stretch,
        }
    )


def _judge(records: _Records, rule, parts: dict[str, np.ndarray], names: Mapping[str, str]) -> dict[str, np.ndarray]:
    """The verdict of a rule on each record, and the parts that decided it."""
    length = len(records["row"])
    timed = [answers for name, answers in parts.items() if name in _TIMED]
    verdict = all_of(list(parts.values()), length)
    deciding = which({name: answers == verdict for name, answers in parts.items()}, length)
    decided = deciding.each(str)
    no_value = np.isnan(records["AVALLO"]) & np.isnan(records["AVALCALO"]) & (rule.kind != "composite")
    no_value &= np.isnan(records["side"]) | (not _against_laboratory(rule))
    decided = np.where(no_value, "no value", decided)
    early_or_late, excluded = (parts.get(name, np.full(length, MET)) == NOT_MET for name in ("time", "baseline"))
    decided = np.where(excluded, "baseline", np.where(early_or_late, "time", decided))
    why = decided.astype(object)
    if rule.kind == "composite":
        why = deciding.each(lambda codes: ", ".join(name_of(code, names) for code in codes.split(", ")))
    if OVER_TIME in parts:
        why = np.where(decided == OVER_TIME, LARGER, why)
    if "analytical variation" in parts:
        why = np.where(verdict == MET, FOR_ANY_CV, np.where(verdict == NOT_MET, WITHIN_BIOLOGICAL, why))
    if early_or_late.any():
        why = np.where(early_or_late, window_words(_elapsed(records), parse_duration(rule.window)), why)
    no_words = np.full(length, "", dtype=object)
    sizes = [answers for name, answers in parts.items() if name not in _TIMED]
    return {
        "SIZE": np.where(excluded, "", all_of(sizes, length)),
        "TIME": np.where(excluded, "", all_of(timed, length) if timed else ""),
        "VERDICT": np.where(excluded, NOT_APPLICABLE, np.where(early_or_late, OUTSIDE, verdict)),
        "DECIDED": decided,
        "WHY": np.where(excluded, entry_words(rule, names), why) if excluded.any() else why,
        "STUDIED": np.where(excluded, "", studied_words(rule, _elapsed(records))) if rule.studied else no_words,
    }


def _parts(records: _Records, rule, cva: float) -> dict[str, np.ndarray]:
    """The answer of each part of a rule on each record."""
    if rule.kind in ("limit", "indication"):
        return _limit(records, rule)
    if rule.kind == "large":
        return {"size": exceeds(_with_unit(records), *parse_threshold(rule.limit))}
    if rule.kind == "class":
        # 0 mm means no effusion, so it belongs to no class of size.
        sizes = _with_unit(records)
        some = exceeds(sizes, Bounds(0, 0), strict=True)
        return {"size": all_of([inside(sizes, parse_value(rule.limit)), some], len(records["row"]))}
    if rule.kind in ("resolution", "regression", "stability"):
        return parts_of_finding(records, rule)
    if rule.kind == "variation":
        return _variation(records, rule, cva)
    change = bounds_of(records, "CHG")
    if rule.kind == "error":
        limit = smallest_detectable_change(rule.sd)
        return {"points": exceeds(size_of(change), Bounds(limit, limit), strict=True)}
    wanted = negate(change) if rule.direction == "fall" else change
    parts = {}
    if rule.limit:
        parts["points"] = exceeds(wanted, *parse_threshold(rule.limit))
    if rule.percent:
        parts["percent"] = _percent(records, rule)
    if rule.rate:
        parts["rate"] = _rate(records, wanted, rule.rate)
    if rule.kind == "item" and not parts:
        parts[UNREAD] = np.full(len(records["row"]), UNDETERMINED)
    entry = entry_of(rule)
    if entry != WHOLE:
        parts["baseline"] = inside(bounds_of(records, "BASE"), entry)
    if rule.window:
        parts["time"] = inside(_elapsed(records), parse_duration(rule.window))
    if rule.kind == "important" and rule.studied:
        # A difference that was estimated over another time is a measure for the change, and no answer.
        parts[OVER_TIME] = np.where(inside(_elapsed(records), studied_span(rule.studied)) == MET, MET, UNDETERMINED)
    return parts


def _with_unit(records: _Records) -> Intervals:
    """The values that can be held against a number of the measure's unit; one without a unit cannot."""
    values = bounds_of(records, "AVAL")
    return values._replace(low=np.where(records["has unit"], values.low, np.nan))


def _limit(records: _Records, rule) -> dict[str, np.ndarray]:
    """Above a fixed limit, or above a multiple of the laboratory's upper limit."""
    if rule.limit:
        return {"limit": exceeds(_with_unit(records), *parse_threshold(rule.limit))}
    times, strict = parse_threshold(rule.xuln)
    side = records["side"]
    # By words alone: as a multiple of the upper limit, what is normal is 1 at most, and what is raised more.
    multiple = Intervals(np.where(side > 0, 1.0, 0.0), np.where(side > 0, np.inf, 1.0), side > 0, side < 0)
    values = bounds_of(records, "AVAL")
    # Both to the same decimals: a value in another unit may have no end.
    values = values._replace(low=np.round(values.low, DECIMALS), high=np.round(values.high, DECIMALS))
    limits = np.round(times.low * records["ANRHI"], DECIMALS)
    by_words = exceeds(multiple, np.full(len(side), times.low), strict)
    return {"laboratory limit": np.where(np.isnan(side), exceeds(values, limits, strict), by_words)}


def _against_laboratory(rule) -> bool:
    """Whether a rule asks for a multiple of the upper limit of the laboratory."""
    return rule.kind in ("limit", "indication") and not rule.limit


def _percent(records: _Records, rule) -> np.ndarray:
    """At least (or more than) a percentage of the baseline or of the peak so far, decided on the recorded numbers.

    A fall of 25 % is 100 BASE - 100 AVAL >= 25 BASE, and it is a fall: a baseline of 0 that stays 0 has not fallen.
    """
    share, strict = parse_threshold(rule.percent)
    before = bounds_of(records, "BASE")
    if rule.percent_of == "peak":
        before = closed(records["PEAKLO"], records["PEAKHI"])
    after = bounds_of(records, "AVAL")
    after = after._replace(low=np.where(np.isnan(records["CHGLO"]), np.nan, after.low))
    falls = rule.direction == "fall"
    change = subtract(before, after) if falls else subtract(after, before)
    # The share may be a range: its higher end is surely reached, its lower end possibly.
    least, most = (exceeds(_excess(before, after, end, falls), Bounds(0, 0), strict) for end in (share.low, share.high))
    reached = answer(most == MET, least != NOT_MET)
    at_low, at_high = (before.low == 0) & ~before.low_open, (before.high == 0) & ~before.high_open
    return _of_nothing(reached, change, at_low | at_high | ((before.low < 0) & (before.high > 0)))


def _excess(before: Intervals, after: Intervals, share: float, falls: bool) -> Intervals:
    """By how much 100 times a value lies beyond a fall or rise of `share` percent of the size of an earlier one."""
    # A negative value that rises by a quarter of its size is three quarters of what it was.
    factor = 100 + np.where((before.low < 0) == falls, share, -share)
    turned = factor < 0
    with np.errstate(invalid="ignore"):
        one, other = (np.where(factor == 0, 0.0, factor * end) for end in (before.low, before.high))
    limit = Intervals(
        np.where(turned, other, one),
        np.where(turned, one, other),
        np.where(turned, before.high_open, before.low_open) & (factor != 0),
        np.where(turned, before.low_open, before.high_open) & (factor != 0),
    )
    return subtract(limit, scale(after, 100)) if falls else subtract(scale(after, 100), limit)


def _rate(records: _Records, wanted: Intervals, rate: str) -> np.ndarray:
    """At least (or more than) a number of points a year: 365.25 x points >= rate x days."""
    least, strict = parse_threshold(rate)
    days = _elapsed(records)
    points = scale(wanted, DAYS_PER["a"])
    excess = subtract(closed(points.low, points.high), scale(days, least.low))
    return _of_nothing(exceeds(excess, Bounds(0, 0), strict), wanted, days.high <= 0)


def _of_nothing(answers: np.ndarray, size: Intervals, zero: np.ndarray) -> np.ndarray:
    """The answers to a share: a size of 0 is none; and where the whole is `zero`, or may be, no larger one has any."""
    answers = all_of([answers, exceeds(size, Bounds(0, 0), strict=True)], len(answers))
    return np.where(zero & (answers == MET), UNDETERMINED, answers)


def _elapsed(records: _Records) -> Intervals:
    """Days from the baseline to the record."""
    return closed(records["SINCELO"], records["SINCEHI"])


def _variation(records: _Records, rule, cva: float) -> dict[str, np.ndarray]:
    """Beyond the reference change value. An analytical CV that is not reported is anything from 0 to `LARGEST_CV`."""
    low, high, base_low, base_high = (records[name] for name in ("AVALLO", "AVALHI", "BASELO", "BASEHI"))
    # There is no ratio to 0, and 0 that stays 0 has not changed.
    known = ~np.isnan(records["CHGLO"])

    def _beyond(analytical: float) -> np.ndarray:
        factor = reference_change_factor(rule.cvi, analytical)
        surely = (low > factor * base_high) | (high * factor < base_low)
        possibly = (high > factor * base_low) | (low * factor < base_high)
        return answer(surely, possibly, known & ~((base_high == 0) & possibly))

    if not math.isnan(cva):
        return {"ratio": _beyond(cva)}
    ratio, widest = _beyond(0.0), _beyond(LARGEST_CV)
    return {"ratio": ratio, "analytical variation": np.where(widest == MET, MET, answer(~known, True))}


def _composite(records: _Records, rule, table: _Records, measure: Distinct) -> dict[str, np.ndarray]:
    """A composite cannot be computed here; say which of its measures lack a change from baseline."""
    parts = {}
    for code in rule.needs.split("|"):
        reported = table["after"] & ~np.isnan(table["CHGLO"]) & measure.among([code])
        parts[code] = answer(np.isin(records["case"], table["case"][reported]), True)
    complete = all_of(list(parts.values()), len(records["row"])) == MET
    return {**parts, NOT_COMPUTED: answer(~complete, True)}
