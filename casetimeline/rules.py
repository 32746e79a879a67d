"""Cited rules to `met`, `not met` or `cannot be determined`.

A rule has parts: the size of the change in points, its size in percent, the window of time, the least baseline.
Each part is decided on the recorded values, never on a computed percentage, and on the whole interval that a
value allows: it is met only if every value in the interval meets it.
"""

import math

import numpy as np
import pandas as pd

from .bounds import Bounds, parse_value
from .times import parse_duration
from .vocabulary import MET, NOT_MET, UNDETERMINED

# Two-sided 95 % limit of the difference of two measurements, each with the same error.
DIFFERENCE_95 = 1.96 * math.sqrt(2)

_KEPT = ["case_id", "PARAMCD", "LOC", "line", "ORDER"]


def smallest_detectable_change(sd: float) -> float:
    """Change that measurement error alone exceeds in 5 % of pairs, from the within-patient SD.

    Examples
    --------
    Worked by hand for the within-patient SDs of PMID 7562759: 2.772 x 2.45 and 2.772 x 4.6.

    >>> round(smallest_detectable_change(2.45), 1), round(smallest_detectable_change(4.6), 1)
    (6.8, 12.8)
    """
    return DIFFERENCE_95 * sd


def evaluate_rules(changes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Verdict of every rule on every record it can speak of.

    Parameters
    ----------
    changes : DataFrame
        From `derive_base`, `derive_chg`, `derive_anrind`.
    rules : DataFrame
        Rows of rules.csv.

    Returns
    -------
    DataFrame
        One row a record after baseline and rule (for a laboratory limit, one row a record with a value): RULE,
        LABEL, DEFINITION, POPULATION, SIZE, TIME, VERDICT
        and DECIDED, the part that decided. In the order of record and rule.
    """
    after = changes[(changes["kind"] == "observation") & (changes["ORDER"] > changes["BASEORD"])]
    with_value = changes[(changes["kind"] == "observation") & changes["AVALLO"].notna()]
    verdicts = []
    for position, rule in enumerate(rules.itertuples()):
        records = with_value if rule.kind == "limit" else after
        records = records[records["PARAMCD"] == rule.measure]
        verdicts.append(_judge(records, rule).assign(position=position))
    table = pd.concat(verdicts or [_no_verdict()], ignore_index=True)
    return table.sort_values(["line", "position"], ignore_index=True).drop(columns="position")


def _no_verdict() -> pd.DataFrame:
    columns = ["RULE", "KIND", "LABEL", "DEFINITION", "POPULATION", "SIZE", "TIME", "VERDICT", "DECIDED"]
    return pd.DataFrame(columns=[*_KEPT, *columns, "position"])


def _judge(records: pd.DataFrame, rule) -> pd.DataFrame:
    parts = _parts(records, rule)
    size = _all_of([answer for name, answer in parts.items() if name != "time"], len(records))
    decided = _all_of(list(parts.values()), len(records))
    table = records[_KEPT].assign(
        RULE=rule.rule,
        KIND=rule.kind,
        LABEL=rule.label,
        DEFINITION=rule.definition,
        POPULATION=rule.population,
        SIZE=size,
        TIME=parts.get("time", np.full(len(records), "", dtype=object)),
        VERDICT=decided,
    )
    return table.assign(DECIDED=[_deciding(i, verdict, parts) for i, verdict in enumerate(decided)])


def _parts(records: pd.DataFrame, rule) -> dict[str, np.ndarray]:
    if rule.kind == "limit":
        limit = rule.xuln * records["ANRHI"]
        return {"laboratory limit": _answer(records["AVALLO"] > limit, records["AVALHI"] > limit, limit.notna())}
    if rule.kind == "resolution":
        known = records["BASECALO"].notna() & records["AVALCALO"].notna()
        surely = (records["BASECALO"] > 0) & (records["AVALCAHI"] == 0)
        possibly = (records["BASECAHI"] > 0) & (records["AVALCALO"] == 0)
        return {"state": _answer(surely, possibly, known)}
    # Improvement is a positive number: the least and the greatest fall that the bounds allow.
    least, most = -records["CHGHI"], -records["CHGLO"]
    known = least.notna() & most.notna()
    parts = {}
    if rule.kind == "error":
        limit = smallest_detectable_change(rule.sd)
        nearest = np.where((least <= 0) & (most >= 0), 0.0, np.minimum(least.abs(), most.abs()))
        farthest = np.maximum(least.abs(), most.abs())
        return {"points": _answer(nearest > limit, farthest > limit, known)}
    if rule.points:
        strict = rule.points.startswith(">") and not rule.points.startswith(">=")
        threshold = parse_value(rule.points.lstrip(">="))
        if strict:
            parts["points"] = _answer(least > threshold.high, most > threshold.low, known)
        else:
            parts["points"] = _answer(least >= threshold.high, most >= threshold.low, known)
    if not math.isnan(rule.percent):
        # 25 %: 100 (BASE - AVAL) >= 25 BASE, on the recorded numbers.
        share = 100 - rule.percent
        surely = 100 * records["AVALHI"] <= share * records["BASELO"]
        possibly = 100 * records["AVALLO"] <= share * records["BASEHI"]
        parts["percent"] = _answer(surely, possibly, known)
    if not math.isnan(rule.base_min):
        surely, possibly = records["BASELO"] >= rule.base_min, records["BASEHI"] >= rule.base_min
        parts["baseline"] = _answer(surely, possibly, known)
    if rule.window:
        parts["time"] = _within(records, parse_duration(rule.window))
    return parts


def _within(records: pd.DataFrame, window: Bounds) -> np.ndarray:
    low, high = records["DAYLO"] - records["BASEDHI"], records["DAYHI"] - records["BASEDLO"]
    surely = (low >= window.low) & (high <= window.high)
    possibly = (high >= window.low) & (low <= window.high)
    return _answer(surely, possibly, low.notna() & high.notna())


def _answer(surely, possibly, known) -> np.ndarray:
    surely, possibly, known = (np.asarray(mask, dtype=bool) for mask in (surely, possibly, known))
    answers = np.where(surely, MET, np.where(possibly, UNDETERMINED, NOT_MET))
    return np.where(known, answers, UNDETERMINED).astype(object)


def _all_of(answers: list[np.ndarray], length: int) -> np.ndarray:
    joined = np.full(length, MET, dtype=object)
    for answer in answers:
        joined = np.where(
            (joined == NOT_MET) | (answer == NOT_MET),
            NOT_MET,
            np.where((joined == UNDETERMINED) | (answer == UNDETERMINED), UNDETERMINED, MET),
        ).astype(object)
    return joined


def _deciding(row: int, verdict: str, parts: dict[str, np.ndarray]) -> str:
    return ", ".join(name for name, answer in parts.items() if answer[row] == verdict)


def error_limits(rules: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Smallest detectable changes of a measure, one row a situation of the examiners.

    Returns
    -------
    DataFrame
        LABEL, SD and LIMIT in the unit of the measure, smallest first.
    """
    rows = rules[(rules["kind"] == "error") & (rules["measure"] == measure)]
    labels = [label.partition(", ")[2] for label in rows["label"]]
    table = pd.DataFrame({"LABEL": labels, "SD": rows["sd"], "LIMIT": smallest_detectable_change(rows["sd"])})
    return table.sort_values("LIMIT", ignore_index=True)
