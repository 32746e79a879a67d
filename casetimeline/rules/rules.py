"""Cited rules to `met`, `not met` or `cannot be determined`.

A rule has parts: the size of the change in points, its size in percent, its rate, the window of time, the least
baseline. Each part is decided on the recorded values, never on a computed percentage, and on the whole interval that a
value allows: it is met only if every value in the interval meets it.
"""

import math

import numpy as np
import pandas as pd

from ..values import (
    Bounds,
    all_of,
    answer,
    bounds_of,
    exceeds,
    inside,
    negate,
    parse_duration,
    parse_value,
    scale,
    size_of,
    subtract,
)
from ..vocabulary import DAYS_PER, DECIMALS, MET, NOT_MET, QUESTIONS, UNDETERMINED, UNIT_UNKNOWN
from .limits import parse_threshold, reference_change_factor, smallest_detectable_change

_KEPT = ["case_id", "PARAMCD", "LOC", "line", "ORDER"]
# Parts that need the time between two records.
_TIMED = ("rate", "time")
# Rules that speak of one value, and not of a change from a baseline.
OF_A_VALUE = ("limit", "indication", "class", "large")


def evaluate_rules(changes: pd.DataFrame, rules: pd.DataFrame, cva: float = math.nan) -> pd.DataFrame:
    """Verdict of every rule on every record it can speak of.

    Parameters
    ----------
    changes : DataFrame
        From `derive_changes`, or from `derive_base`, `derive_chg` and `derive_peak`.
    rules : DataFrame
        Rows of rules.csv.
    cva : float
        Analytical coefficient of variation of the laboratory, in percent; nan where it is not reported.

    Returns
    -------
    DataFrame
        One row a record after baseline and rule (for a laboratory limit or a class, one row a record with a value):
        RULE, KIND, LABEL, DEFINITION, POPULATION, SIZE, TIME, VERDICT and DECIDED, the part that decided. In the order
        of record and rule.
    """
    observed = changes["kind"] == "observation"
    after = changes[observed & (changes["ORDER"] > changes["BASEORD"])]
    with_value = changes[observed & changes["AVALLO"].notna()]
    # Once a measure and not once a rule: the derived table is wide.
    records_after, records_with = (
        dict(iter(records.groupby("PARAMCD", sort=False))) for records in (after, with_value)
    )
    verdicts = []
    for position, rule in enumerate(rules.itertuples()):
        records = (records_with if rule.kind in OF_A_VALUE else records_after).get(rule.measure)
        if records is None:
            continue
        parts = _composite(records, rule, after) if rule.kind == "composite" else _parts(records, rule, cva)
        if rule.not_after:
            parts["no drainage"] = _undisturbed(records, changes, rule.not_after.split("|"))
        verdicts.append(_judge(records, rule, parts, position))
    # Joined once, and not rule by rule: a frame of a few rows costs as much as one of many.
    table = _no_verdict()
    if verdicts:
        table = pd.DataFrame({name: np.concatenate([own[name] for own in verdicts]) for name in table.columns})
    return table.sort_values(["line", "position"], ignore_index=True).drop(columns="position")


def _no_verdict() -> pd.DataFrame:
    columns = ["RULE", "KIND", "LABEL", "DEFINITION", "POPULATION", "SIZE", "TIME", "VERDICT", "DECIDED"]
    return pd.DataFrame(columns=[*_KEPT, *columns, "position"])


def _judge(records: pd.DataFrame, rule, parts: dict[str, np.ndarray], position: int) -> dict:
    timed = [answers for name, answers in parts.items() if name in _TIMED]
    size = all_of([answers for name, answers in parts.items() if name not in _TIMED], len(records))
    verdict = all_of(list(parts.values()), len(records))
    names = np.array([np.where(answers == verdict, name, "") for name, answers in parts.items()], dtype=object)
    decided = [", ".join(filter(None, own)) for own in names.T]
    nothing = (records["AVALLO"].isna() & records["AVALCALO"].isna()).to_numpy() & (rule.kind != "composite")
    told = {
        "RULE": rule.rule,
        "KIND": rule.kind,
        "LABEL": rule.label,
        "DEFINITION": rule.definition,
        "POPULATION": rule.population,
        "SIZE": size,
        "TIME": all_of(timed, len(records)) if timed else "",
        "VERDICT": verdict,
        "DECIDED": np.where(nothing, "no value", np.array(decided, dtype=object)),
    }
    columns = {name: value if isinstance(value, np.ndarray) else [value] * len(records) for name, value in told.items()}
    return {**{name: records[name].to_numpy() for name in _KEPT}, **columns, "position": [position] * len(records)}


def _undisturbed(records: pd.DataFrame, changes: pd.DataFrame, codes: list[str]) -> np.ndarray:
    """Cannot be determined where one of the events is told between the baseline and the record."""
    events = changes.loc[changes["PARAMCD"].isin(codes) & (changes["kind"] != "observation"), ["case_id", "ORDER"]]
    pairs = records[["case_id", "line", "ORDER", "BASEORD"]].merge(events, on="case_id", suffixes=("", "_EVENT"))
    between = pairs[(pairs["ORDER_EVENT"] >= pairs["BASEORD"]) & (pairs["ORDER_EVENT"] <= pairs["ORDER"])]
    return np.where(records["line"].isin(between["line"]), UNDETERMINED, MET).astype(object)


def _closed(low: pd.Series, high: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"low": low, "high": high, "low_open": False, "high_open": False})


def _parts(records: pd.DataFrame, rule, cva: float) -> dict[str, np.ndarray]:
    if rule.kind in ("limit", "indication"):
        return _limit(records, rule)
    if rule.kind == "large":
        return {"size": exceeds(bounds_of(records, "AVAL"), *parse_threshold(rule.limit))}
    if rule.kind == "class":
        return {"size": inside(bounds_of(records, "AVAL"), parse_value(rule.limit))}
    if rule.kind in ("resolution", "regression", "stability"):
        return _course(records, rule)
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
    if not math.isnan(rule.base_min):
        parts["baseline"] = exceeds(bounds_of(records, "BASE"), Bounds(rule.base_min, rule.base_min), strict=False)
    if rule.window:
        parts["time"] = inside(_elapsed(records), parse_duration(rule.window))
    return parts


def _limit(records: pd.DataFrame, rule) -> dict[str, np.ndarray]:
    values = bounds_of(records, "AVAL")
    if rule.limit:
        comparable = values.assign(low=values["low"].where(records["AVALU"] != UNIT_UNKNOWN))
        return {"limit": exceeds(comparable, *parse_threshold(rule.limit))}
    times, strict = parse_threshold(rule.xuln)
    return {"laboratory limit": exceeds(values, (times.low * records["ANRHI"]).round(DECIMALS), strict)}


def _percent(records: pd.DataFrame, rule) -> np.ndarray:
    """At least or more than a share of the baseline or of the peak so far, on the recorded numbers.

    A fall of 25 %: 100 BASE - 100 AVAL >= 25 BASE.
    """
    share, strict = parse_threshold(rule.percent)
    before = bounds_of(records, "BASE")
    if rule.percent_of == "peak":
        before = _closed(records["PEAKLO"], records["PEAKHI"])
    after = bounds_of(records, "AVAL")
    after = after.assign(low=after["low"].where(records["CHGLO"].notna()))
    if rule.direction == "fall":
        excess = subtract(scale(before, 100 - share.low), scale(after, 100))
    else:
        excess = subtract(scale(after, 100), scale(before, 100 + share.low))
    return exceeds(excess, Bounds(0, 0), strict)


def _rate(records: pd.DataFrame, wanted: pd.DataFrame, rate: str) -> np.ndarray:
    """At least so many points a year: 365.25 x points >= rate x days."""
    least, strict = parse_threshold(rate)
    days = _elapsed(records)
    low = DAYS_PER["a"] * wanted["low"] - least.low * days["high"]
    high = DAYS_PER["a"] * wanted["high"] - least.low * days["low"]
    return exceeds(_closed(low.round(DECIMALS), high.round(DECIMALS)), Bounds(0, 0), strict)


def _elapsed(records: pd.DataFrame) -> pd.DataFrame:
    """Days from the baseline to the record."""
    return _closed(records["DAYLO"] - records["BASEDHI"], records["DAYHI"] - records["BASEDLO"])


def _course(records: pd.DataFrame, rule) -> dict[str, np.ndarray]:
    """Complete regression, regression to a smaller grade, or stability in the highest grade."""
    top = records["TOPGRADE"]
    low, high = records["AVALCALO"], records["AVALCAHI"]
    base_low, base_high = records["BASECALO"], records["BASECAHI"]
    known = base_low.notna() & low.notna()
    complete = (base_low > 0) & (high == 0), (base_high > 0) & (low == 0)
    if rule.kind == "resolution":
        return {"state": answer(*complete, known)}
    was, was_perhaps = _large(bounds_of(records, "BASE"), rule.large, base_low == top, base_high == top)
    still, still_perhaps = _large(bounds_of(records, "AVAL"), rule.large, low == top, high == top)
    if rule.kind == "regression":
        surely, possibly = complete[0] | (was & ~still_perhaps), complete[1] | (was_perhaps & ~still)
        return {"grade": answer(surely, possibly, known)}
    parts = {"points": inside(size_of(bounds_of(records, "CHG")), parse_value(rule.limit))}
    return {**parts, "grade": answer(was & still, was_perhaps & still_perhaps, known)}


def _large(size: pd.DataFrame, limit: str, surely: pd.Series, possibly: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Whether a finding is surely, and perhaps, large: by its size where it has one, else by its grade."""
    sized, by_size = size["low"].notna(), exceeds(size, *parse_threshold(limit))
    return surely.where(~sized, by_size == MET), possibly.where(~sized, by_size != NOT_MET)


def _variation(records: pd.DataFrame, rule, cva: float) -> dict[str, np.ndarray]:
    """Beyond the reference change value; without an analytical CV only what its least value, 0, decides is certain."""
    factor = reference_change_factor(rule.cvi, 0.0 if math.isnan(cva) else cva)
    low, high, base_low, base_high = (records[name] for name in ("AVALLO", "AVALHI", "BASELO", "BASEHI"))
    surely = (low > factor * base_high) | (high * factor < base_low)
    possibly = (high > factor * base_low) | (low * factor < base_high)
    known = records["CHGLO"].notna()
    parts = {"ratio": answer(surely, possibly, known)}
    if math.isnan(cva):
        parts["analytical variation"] = np.where(known, UNDETERMINED, MET).astype(object)
    return parts


def _composite(records: pd.DataFrame, rule, after: pd.DataFrame) -> dict[str, np.ndarray]:
    """A composite cannot be computed while one of its measures is not reported before and after."""
    reported = after[after["CHGLO"].notna()].groupby("PARAMCD")["case_id"].agg(set)
    parts = {}
    for code in rule.needs.split("|"):
        cases = reported.get(code, set())
        here = records["case_id"].isin(cases)
        parts[code.replace("_", " ")] = np.where(here, MET, UNDETERMINED).astype(object)
    complete = all_of(list(parts.values()), len(records)) == MET
    return {**parts, "not computed here": np.where(complete, UNDETERMINED, MET).astype(object)}


def is_needless(verdicts: pd.DataFrame) -> pd.Series:
    """Verdicts that need no row: that a score which fell did not rise, once for each rule of progression."""
    return verdicts["KIND"].eq("progression") & verdicts["VERDICT"].eq(NOT_MET)


def compare_rules(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Which rule changes the verdict: for each record and question, the rules by their verdict.

    Parameters
    ----------
    verdicts : DataFrame
        From `evaluate_rules`.

    Returns
    -------
    DataFrame
        One row a record and question that has more than one rule: `vocabulary.QUESTIONS`; MET, NOTMET, OPEN, OUTSIDE,
        the labels of the rules; OUTSIDE are those that fail by their window or entry criterion alone, and so do not
        speak of the record; CHANGES: `yes` if rules that are decided differ, `open` if one that cannot be determined
        could differ, else `no`.

    Examples
    --------
    >>> verdicts = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "line": 15, "ORDER": 4, "KIND": "error",
    ...                          "LABEL": ["one examiner", "untrained"], "VERDICT": ["met", "not met"],
    ...                          "DECIDED": "points"})
    >>> compare_rules(verdicts)[["QUESTION", "MET", "NOTMET", "CHANGES"]].to_numpy().tolist()
    [['Beyond measurement error?', 'one examiner', 'untrained', 'yes']]
    """
    silent = verdicts["VERDICT"].eq(NOT_MET) & verdicts["DECIDED"].isin(["time", "baseline", "baseline, time"])
    asked = verdicts.assign(
        QUESTION=verdicts["KIND"].map(QUESTIONS), VERDICT=verdicts["VERDICT"].mask(silent, "outside")
    )
    asked = asked[asked["QUESTION"].notna()]
    keys = [*_KEPT, "QUESTION"]
    asked = asked[asked.groupby(keys)["LABEL"].transform("size") > 1]
    table = asked[keys].drop_duplicates().set_index(keys)
    for name, verdict in (("MET", MET), ("NOTMET", NOT_MET), ("OPEN", UNDETERMINED), ("OUTSIDE", "outside")):
        labels = asked[asked["VERDICT"] == verdict].groupby(keys)["LABEL"].agg("; ".join)
        table = table.assign(**{name: labels.reindex(table.index).fillna("")})
    differ = (table["MET"] != "") & (table["NOTMET"] != "")
    may = (table["OPEN"] != "") & ((table["MET"] != "") | (table["NOTMET"] != ""))
    changes = (
        pd.Series("no", index=table.index).mask(may | (table["OPEN"].str.contains("; ")), "open").mask(differ, "yes")
    )
    return table.assign(CHANGES=changes).reset_index()
