"""How large a change each rule asks for, and the limits that a figure draws about a baseline."""

import numpy as np
import pandas as pd

from ..values import parse_value
from .limits import parse_threshold, reference_change_factor, smallest_detectable_change

_NAN = float("nan")


def limits_of(rules: pd.DataFrame, measure: str) -> pd.DataFrame:
    """The limits of a measure that can be drawn: about a baseline, or on the scale of the measure.

    Parameters
    ----------
    rules : DataFrame
        Rows of rules.csv.
    measure : str
        Code of the measure.

    Returns
    -------
    DataFrame
        One row a limit: KIND; LABEL; LOW and HIGH. For `error` a change in the unit of the measure, in either
        direction; for `important` a fall; for `variation` a ratio to the baseline, one without analytical variation;
        for `class` the sizes from LOW to HIGH themselves. Errors and important falls from small to large.

    Examples
    --------
    >>> rules = pd.DataFrame({"kind": ["error", "important"], "measure": "mrss", "label": ["", "MCID"], "limit":
    ...     ["", ">=3..4"], "sd": [2.45, None], "cvi": None, "direction": "fall", "examiners": ["one examiner", ""]})
    >>> limits_of(rules, "mrss").round(2).to_numpy().tolist()
    [['error', 'one examiner', 6.79, 6.79], ['important', 'MCID', 3.0, 4.0]]
    """
    rows = []
    for rule in rules[rules["measure"] == measure].itertuples():
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
    """Add the change that the parts of a rule about size ask for, from the baseline of the record.

    Parameters
    ----------
    verdicts : DataFrame
        From `evaluate_rules`.
    changes : DataFrame
        The records that were judged.
    rules : DataFrame
        Rows of rules.csv.

    Returns
    -------
    DataFrame
        A new frame with NEEDLO, NEEDHI: the least change, as bounds in the unit of the measure and with the sign of its
        direction; without a sign where either direction counts (KIND `error`, `stability`). For `variation` the ratios
        to the baseline below and above which a result counts. Missing where the rule asks for no size.

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
    records = changes[["case_id", "line", "BASELO", "BASEHI", "PEAKLO", "PEAKHI"]]
    records = verdicts[["case_id", "line", "RULE"]].merge(records, on=["case_id", "line"], how="left")
    table = pd.DataFrame({"NEEDLO": _NAN, "NEEDHI": _NAN}, index=verdicts.index)
    for rule in rules.itertuples():
        mine = (records["RULE"] == rule.rule).to_numpy()
        if mine.any():
            table.loc[mine, ["NEEDLO", "NEEDHI"]] = _needed(rule, records[mine])
    return verdicts.assign(NEEDLO=table["NEEDLO"], NEEDHI=table["NEEDHI"])


def _needed(rule, records: pd.DataFrame) -> np.ndarray:
    ends = np.full((len(records), 2), _NAN)
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
        # Both parts must be met: the larger decides. An unknown baseline leaves the whole unknown.
        ends = np.fmax(ends, share.low / 100 * of) if not rule.limit else np.maximum(ends, share.low / 100 * of)
    return ends if rule.direction == "rise" else -ends[:, ::-1]
