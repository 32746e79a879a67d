"""Limits of change: measurement error from published coefficients, and how large a change each rule requires."""

import math

import numpy as np
import pandas as pd

from ..derive import require
from ..values import parse_threshold, parse_value, rows_of

# Two-sided 95 % limit of the difference of two measurements, each with the same error.
DIFFERENCE_95 = 1.96 * math.sqrt(2)


def smallest_detectable_change(sd: float) -> float:
    """The change that measurement error alone exceeds in 5 % of pairs of measurements: 1.96 sqrt(2) SD.

    Parameters
    ----------
    sd : float
        Within-patient standard deviation of repeated measurements, in the unit of the measure.

    Examples
    --------
    Worked by hand for the within-patient SDs of PMID 7562759: 2.772 x 2.45 and 2.772 x 4.6.

    >>> round(smallest_detectable_change(2.45), 1), round(smallest_detectable_change(4.6), 1)
    (6.8, 12.8)
    """
    return DIFFERENCE_95 * sd


def reference_change_factor(cvi: float, cva: float = 0.0) -> float:
    """The ratio of two results that biological and analytical variation alone exceed in 5 % of pairs.

    A rise counts above this factor and a fall below its inverse: the limits are symmetrical on the logarithmic scale.

    Parameters
    ----------
    cvi, cva : float
        Within-subject biological and analytical coefficient of variation, in percent.

    Examples
    --------
    For a CVI of 14.5 % and a CVA of 3 %, worked by hand: the CV is 14.81 %, sigma 0.14726, the factor exp(0.40819).

    >>> round(reference_change_factor(14.5, 3), 3), round(1 / reference_change_factor(14.5, 3), 3)
    (1.504, 0.665)
    """
    square = (cvi / 100) ** 2 + (cva / 100) ** 2
    return math.exp(DIFFERENCE_95 * math.sqrt(math.log1p(square)))


def largest_analytical_cv(ratio: float, cvi: float) -> float:
    """The largest analytical CV, in percent, for which a ratio still lies beyond the reference change value.

    Parameters
    ----------
    ratio : float
        The later result divided by the earlier one.
    cvi : float
        Within-subject biological coefficient of variation, in percent.

    Returns
    -------
    float
        nan if the ratio is within the limits even without analytical variation, or is not positive and finite.

    Examples
    --------
    >>> round(largest_analytical_cv(131 / 6720, 14.5))
    255
    >>> largest_analytical_cv(0.9, 14.5)
    nan
    """
    if not ratio > 0 or math.isinf(ratio):
        return math.nan
    square = math.expm1((math.log(ratio) / DIFFERENCE_95) ** 2) - (cvi / 100) ** 2
    return 100 * math.sqrt(square) if square > 0 else math.nan


def limits_of(rules: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The limits of a measure that a figure can draw: around a baseline, or on the scale of the measure.

    Parameters
    ----------
    rules : DataFrame
        Rows of rules.csv.
    measure : str
        Code of the measure.

    Returns
    -------
    DataFrame
        One row a limit: KIND, LABEL, LOW and HIGH, sorted by KIND and HIGH. LOW and HIGH are, for `error`, a change in
        either direction in the unit of the measure; for `important`, a fall; for `variation`, ratios to the baseline,
        computed without analytical variation; for `class`, the range of sizes in the class.

    Examples
    --------
    >>> rules = pd.DataFrame({"kind": ["error", "important"], "measure": "mrss", "label": ["", "MCID"], "limit":
    ...     ["", ">=3..4"], "sd": [2.45, None], "cvi": None, "direction": "fall", "examiners": ["one examiner", ""]})
    >>> limits_of(rules, "mrss").round(2).to_numpy().tolist()
    [['error', 'one examiner', 6.79, 6.79], ['important', 'MCID', 3.0, 4.0]]
    """
    require(rules, "limits_of", ("kind", "measure", "label", "limit", "sd", "cvi"), "read_case(…).rules holds")
    rows = []
    for rule in rows_of(rules[rules["measure"] == measure]):
        if rule.kind == "error":
            limit = smallest_detectable_change(rule.sd)
            rows.append(("error", rule.examiners, limit, limit))
        elif rule.kind == "important" and rule.direction == "fall":
            points, _ = parse_threshold(rule.limit)
            rows.append(("important", rule.label, points.low, points.high))
        elif rule.kind == "variation":
            factor = reference_change_factor(rule.cvi)
            rows.append(("variation", rule.label, 1 / factor, factor))
        elif rule.kind == "class":
            size = parse_value(rule.limit)
            rows.append(("class", rule.label, max(size.low, 0.0), size.high))
    table = pd.DataFrame(rows, columns=["KIND", "LABEL", "LOW", "HIGH"])
    return table.sort_values(["KIND", "HIGH"], kind="stable", ignore_index=True)


def derive_required(verdicts: pd.DataFrame, changes: pd.DataFrame, rules: pd.DataFrame) -> pd.DataFrame:
    """Add the change from baseline that the size criteria of each rule require.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `evaluate_rules`.
    changes : DataFrame
        The records that the verdicts are about.
    rules : DataFrame
        Rows of rules.csv.

    Returns
    -------
    DataFrame
        `verdicts` with NEEDLO and NEEDHI, the bounds of the required change in the unit of the measure. Negative for a
        fall, positive for a rise; a size where either direction counts (KIND `error`, `stability`). For `variation` the
        ratios to the baseline below and above which a result counts. Missing where the rule has no size criterion.

    Examples
    --------
    More than 5 points and at least 25 % of 46: 11.5 points decide.

    >>> rules = pd.DataFrame({"rule": ["r"], "kind": "response", "direction": "fall", "limit": ">5",
    ...                       "percent": ">=25", "percent_of": "base", "sd": None, "cvi": None})
    >>> verdicts = pd.DataFrame({"case_id": ["a"], "line": 3, "RULE": "r"})
    >>> changes = pd.DataFrame({"case_id": ["a"], "line": 3, "BASELO": 46.0, "BASEHI": 46.0, "PEAKLO": 46.0,
    ...                         "PEAKHI": 46.0})
    >>> derive_required(verdicts, changes, rules)[["NEEDLO", "NEEDHI"]].to_numpy().tolist()
    [[-11.5, -11.5]]
    """
    of_changes = ["case_id", "line", "BASELO", "BASEHI", "PEAKLO", "PEAKHI"]
    require(changes, "derive_required", of_changes)
    require(verdicts, "derive_required", ("case_id", "line", "RULE"), "evaluate_rules adds")
    require(rules, "derive_required", _OF_REQUIRED, "rules.csv has")
    records = changes[of_changes].reset_index(drop=True)
    records = verdicts[["case_id", "line", "RULE"]].merge(records, on=["case_id", "line"], how="left")
    table = pd.DataFrame({"NEEDLO": math.nan, "NEEDHI": math.nan}, index=verdicts.index)
    for rule in rows_of(rules):
        of_rule = (records["RULE"] == rule.rule).to_numpy()
        if of_rule.any():
            table.loc[of_rule, ["NEEDLO", "NEEDHI"]] = _required(rule, records[of_rule])
    return verdicts.assign(NEEDLO=table["NEEDLO"], NEEDHI=table["NEEDHI"])


_OF_REQUIRED = ("rule", "kind", "direction", "limit", "percent", "percent_of", "sd", "cvi")


def _required(rule, records: pd.DataFrame) -> np.ndarray:
    """NEEDLO and NEEDHI of one rule, one row a record."""
    ends = np.full((len(records), 2), math.nan)
    if rule.kind == "error":
        return np.full_like(ends, smallest_detectable_change(rule.sd))
    if rule.kind == "variation":
        factor = reference_change_factor(rule.cvi)
        return np.tile([1 / factor, factor], (len(records), 1))
    if rule.kind == "stability":
        return np.full_like(ends, parse_value(rule.limit).high)
    if rule.direction not in ("fall", "rise"):
        return ends
    if rule.limit:
        points, _ = parse_threshold(rule.limit)
        ends[:] = points.low, points.high
    if rule.percent:
        share, _ = parse_threshold(rule.percent)
        of = records[["PEAKLO", "PEAKHI"] if rule.percent_of == "peak" else ["BASELO", "BASEHI"]].to_numpy(float)
        # Of 0 there is no percentage.
        of = np.where((of == 0).all(axis=1, keepdims=True), math.nan, of)
        # Where points and percent must both be met, the larger decides, and an unknown baseline leaves it unknown.
        ends = np.fmax(ends, share.low / 100 * of) if not rule.limit else np.maximum(ends, share.low / 100 * of)
    return ends if rule.direction == "rise" else -ends[:, ::-1]
