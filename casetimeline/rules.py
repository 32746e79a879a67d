"""Cited rules to `met`, `not met` or `cannot be determined`.

A rule has parts: the size of the change in points, its size in percent, its rate, the window of time, the least
baseline. Each part is decided on the recorded values, never on a computed percentage, and on the whole interval that a
value allows: it is met only if every value in the interval meets it.
"""

import math
import re

import numpy as np
import pandas as pd

from .bounds import Bounds, parse_value
from .decision import all_of, answer, exceeds, inside
from .interval import negate, scale, size_of, subtract
from .limits import reference_change_factor, smallest_detectable_change
from .times import parse_duration
from .vocabulary import DAYS_PER, DECIMALS, MET, NOT_MET, QUESTIONS, UNDETERMINED, UNIT_UNKNOWN

_KEPT = ["case_id", "PARAMCD", "LOC", "line", "ORDER"]
# Parts that need the time between two records.
_TIMED = ("rate", "time")
# Rules that speak of one value, and not of a change from a baseline.
_OF_A_VALUE = ("limit", "class")


def parse_threshold(text: str) -> tuple[Bounds, bool]:
    """A threshold such as `>5` or `>=3..4`, and whether it is strict.

    Examples
    --------
    >>> parse_threshold(">=3..4")
    (Bounds(low=3.0, high=4.0, low_open=False, high_open=False), False)
    """
    mark, number = re.fullmatch(r"\s*(>=|>)\s*(.+)", text).groups()
    return parse_value(number), mark == ">"


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
    verdicts = []
    for position, rule in enumerate(rules.itertuples()):
        records = with_value if rule.kind in _OF_A_VALUE else after
        records = records[records["PARAMCD"] == rule.measure]
        parts = _composite(records, rule, after) if rule.kind == "composite" else _parts(records, rule, cva)
        verdicts.append(_judge(records, rule, parts).assign(position=position))
    table = pd.concat(verdicts or [_no_verdict()], ignore_index=True)
    return table.sort_values(["line", "position"], ignore_index=True).drop(columns="position")


def _no_verdict() -> pd.DataFrame:
    columns = ["RULE", "KIND", "LABEL", "DEFINITION", "POPULATION", "SIZE", "TIME", "VERDICT", "DECIDED"]
    return pd.DataFrame(columns=[*_KEPT, *columns, "position"])


def _judge(records: pd.DataFrame, rule, parts: dict[str, np.ndarray]) -> pd.DataFrame:
    timed = [answers for name, answers in parts.items() if name in _TIMED]
    size = all_of([answers for name, answers in parts.items() if name not in _TIMED], len(records))
    verdict = all_of(list(parts.values()), len(records))
    decided = pd.Series("", index=records.index, dtype=object)
    for name, answers in parts.items():
        joined = decided.where(decided == "", decided + ", ") + name
        decided = decided.mask(answers == verdict, joined)
    return records[_KEPT].assign(
        RULE=rule.rule,
        KIND=rule.kind,
        LABEL=rule.label,
        DEFINITION=rule.definition,
        POPULATION=rule.population,
        SIZE=size,
        TIME=all_of(timed, len(records)) if timed else "",
        VERDICT=verdict,
        DECIDED=decided,
    )


def _bounds_of(records: pd.DataFrame, stem: str) -> pd.DataFrame:
    """Columns such as AVALLO, AVALHI, AVALLOX, AVALHIX as an interval."""
    names = {"low": "LO", "high": "HI", "low_open": "LOX", "high_open": "HIX"}
    return pd.DataFrame({part: records[f"{stem}{end}"] for part, end in names.items()})


def _closed(low: pd.Series, high: pd.Series) -> pd.DataFrame:
    return pd.DataFrame({"low": low, "high": high, "low_open": False, "high_open": False})


def _parts(records: pd.DataFrame, rule, cva: float) -> dict[str, np.ndarray]:
    if rule.kind == "limit":
        return _limit(records, rule)
    if rule.kind == "class":
        return {"size": inside(_bounds_of(records, "AVAL"), parse_value(rule.limit))}
    if rule.kind in ("resolution", "regression", "stability"):
        return _course(records, rule)
    if rule.kind == "variation":
        return _variation(records, rule, cva)
    change = _bounds_of(records, "CHG")
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
        parts["baseline"] = exceeds(_bounds_of(records, "BASE"), Bounds(rule.base_min, rule.base_min), strict=False)
    if rule.window:
        parts["time"] = inside(_elapsed(records), parse_duration(rule.window))
    return parts


def _limit(records: pd.DataFrame, rule) -> dict[str, np.ndarray]:
    values = _bounds_of(records, "AVAL")
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
    before = _bounds_of(records, "BASE")
    if rule.percent_of == "peak":
        before = _closed(records["PEAKLO"], records["PEAKHI"])
    after = _bounds_of(records, "AVAL")
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
    if rule.kind == "regression":
        surely = complete[0] | ((base_low == top) & (high < top))
        possibly = complete[1] | ((base_high == top) & (low < top))
        return {"grade": answer(surely, possibly, known)}
    still = answer((base_low == top) & (low == top), (base_high == top) & (high == top), known)
    return {"points": inside(size_of(_bounds_of(records, "CHG")), parse_value(rule.limit)), "grade": still}


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
    parts["not computed here"] = np.full(len(records), UNDETERMINED, dtype=object)
    return parts


def compare_rules(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Which rule changes the verdict: for each record and question, the rules by their verdict.

    Parameters
    ----------
    verdicts : DataFrame
        From `evaluate_rules`.

    Returns
    -------
    DataFrame
        One row a record and question that has more than one rule: `vocabulary.QUESTIONS`; MET, NOTMET, OPEN, the labels
        of the rules; CHANGES: `yes` if rules that are decided differ, `open` if one that cannot be determined could
        differ, else `no`.

    Examples
    --------
    >>> verdicts = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "line": 15, "ORDER": 4, "KIND": "error",
    ...                          "LABEL": ["one examiner", "untrained"], "VERDICT": ["met", "not met"]})
    >>> compare_rules(verdicts)[["QUESTION", "MET", "NOTMET", "CHANGES"]].to_numpy().tolist()
    [['Beyond measurement error?', 'one examiner', 'untrained', 'yes']]
    """
    asked = verdicts.assign(QUESTION=verdicts["KIND"].map(QUESTIONS))
    asked = asked[asked["QUESTION"].notna()]
    keys = [*_KEPT, "QUESTION"]
    asked = asked[asked.groupby(keys)["LABEL"].transform("size") > 1]
    table = asked[keys].drop_duplicates().set_index(keys)
    for name, verdict in (("MET", MET), ("NOTMET", NOT_MET), ("OPEN", UNDETERMINED)):
        labels = asked[asked["VERDICT"] == verdict].groupby(keys)["LABEL"].agg("; ".join)
        table = table.assign(**{name: labels.reindex(table.index).fillna("")})
    differ = (table["MET"] != "") & (table["NOTMET"] != "")
    may = (table["OPEN"] != "") & ((table["MET"] != "") | (table["NOTMET"] != ""))
    changes = (
        pd.Series("no", index=table.index).mask(may | (table["OPEN"].str.contains("; ")), "open").mask(differ, "yes")
    )
    return table.assign(CHANGES=changes).reset_index()
