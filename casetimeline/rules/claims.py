"""The report's own statements against the recorded data: supported, contradicted, or not checkable.

Each claim of case.yaml names the computation that tests it. A claim that agrees with the rows is not thereby true: the
rows and the claim often come from the same text, and then the check shows only that the two agree.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..case import Case
from ..derive import convert, derive_exposure, parse_frequency
from ..values import (
    Bounds,
    all_of,
    answer,
    bounds_of,
    exceeds,
    inside,
    negate,
    number,
    parse_column,
    parse_duration,
    parse_value,
    unit_factor,
    written,
)
from ..vocabulary import CONTRADICTED, MET, NOT_CHECKABLE, NOT_MET, SUPPORTED, UNIT_UNKNOWN

_WORDS = {MET: SUPPORTED, NOT_MET: CONTRADICTED}


class ClaimResult(NamedTuple):
    """The result of a claim, the reason for it, and the lines of the timeline that it rests on."""

    result: str
    why: str
    lines: tuple[int, ...] = ()


def evaluate_claims(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Test every claim of a case.

    Parameters
    ----------
    case : Case
        The case, as `read_case` returns it.
    changes : DataFrame
        The table of `derive_changes`.
    verdicts : DataFrame
        The table of `evaluate_rules`.

    Returns
    -------
    DataFrame
        One row a claim, in the order of case.yaml: CLAIM, numbered from 1; SAYS, the words of the source; TEST, one of
        `vocabulary.CLAIM_TESTS`; RESULT (`supported`, `contradicted`, `not checkable from the reported data`); WHY;
        LINES, those of the timeline that the result rests on; SAME, whether one of their quotes contains the claim word
        for word (blank where the result rests on no line).
    """
    rows = []
    for position, claim in enumerate(case.about.get("claims", []), 1):
        outcome = _TESTS[claim["test"]](claim, case, changes, verdicts)
        if claim.get("within") and outcome.result == SUPPORTED:
            outcome = _within(claim, outcome, changes)
        lines = ", ".join(str(line) for line in outcome.lines)
        quotes = changes.loc[changes["line"].isin(outcome.lines), "quote"]
        same = "yes" if any(claim["says"] in quote for quote in quotes) else "no" if len(quotes) else ""
        rows.append([position, claim["says"], claim["test"], outcome.result, outcome.why, lines, same])
    return pd.DataFrame(rows, columns=["CLAIM", "SAYS", "TEST", "RESULT", "WHY", "LINES", "SAME"])


def _records(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    rows = changes[(changes["kind"] == "observation") & (changes["code"] == claim["measure"])]
    if claim.get("phase"):
        rows = rows[(rows["phase"] == int(claim["phase"])).fillna(False).astype(bool)]
    return rows


def _label(claim: dict, case: Case) -> str:
    place = f" in phase {claim['phase']}" if claim.get("phase") else ""
    return f"{case.measures['label'][claim['measure']]}{place}"


def _not_checkable(claim: dict, case: Case, why: str) -> ClaimResult:
    return ClaimResult(NOT_CHECKABLE, f"{_label(claim, case)}: {why}")


def _claimed(claim: dict, case: Case) -> Bounds:
    """The claimed value, converted to the unit of the measure."""
    units = case.measures["units"][claim["measure"]]
    bounds = parse_value(claim["value"])
    factor = pd.Series([unit_factor(claim.get("unit", ""), units) or 1.0] * 2)
    low, high = convert(pd.Series([bounds.low, bounds.high]), factor)
    return bounds._replace(low=low, high=high)


def _decide(answers: np.ndarray, rows: pd.DataFrame, name: str) -> ClaimResult:
    """Supported if one record surely agrees, contradicted if every record surely disagrees."""
    lines = tuple(rows["line"])
    recorded = "; ".join(f"{value} (line {line})" for value, line in zip(rows["AVALC"], rows["line"], strict=True))
    agreeing = rows[answers == MET]
    if len(agreeing):
        return ClaimResult(SUPPORTED, f"recorded: {agreeing['AVALC'].iloc[0]}", tuple(agreeing["line"]))
    if (answers == NOT_MET).all():
        return ClaimResult(CONTRADICTED, f"recorded: {recorded}", lines)
    return ClaimResult(NOT_CHECKABLE, f"{name}: recorded is {recorded}, which leaves it open", lines)


def _has_value(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    rows = _records(claim, changes)
    rows = rows[rows["AVALLO"].notna()]
    if claim.get("unit"):
        rows = rows[rows["AVALU"] != UNIT_UNKNOWN]
    if not len(rows):
        return _not_checkable(claim, case, "no value is recorded" + (" with a unit" if claim.get("unit") else ""))
    return _decide(inside(bounds_of(rows, "AVAL"), _claimed(claim, case)), rows, _label(claim, case))


def _later(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    rows = _records(claim, changes)
    return rows[rows["ORDER"] > rows["BASEORD"]]


def _last(rows: pd.DataFrame) -> pd.DataFrame:
    """The latest records with a value or grade: one for each site that was examined then."""
    known = rows[rows["AVALLO"].notna() | rows["AVALCALO"].notna()]
    return known[known["ORDER"] == known["ORDER"].max()]


def _with_base(result: ClaimResult, changes: pd.DataFrame, claim: dict) -> ClaimResult:
    """The same result, with the lines of the baselines added to those that it rests on."""
    sites = changes.loc[changes["line"].isin(result.lines), "LOC"]
    bases = changes["ABLFL"].eq("Y") & changes["code"].eq(claim["measure"]) & changes["LOC"].isin(sites)
    return result._replace(lines=tuple(sorted({*changes.loc[bases, "line"], *result.lines})))


def _moves_to(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the claimed value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
        """Whether a record after the baseline has the claimed value, and lies on the claimed side of the baseline."""
        rows = _later(claim, changes)
        rows = rows[rows["CHGLO"].notna()]
        if not len(rows):
            return _not_checkable(claim, case, "no change can be computed from the baseline to a later value")
        by_value = _has_value(claim, case, rows, verdicts)
        if by_value.result != SUPPORTED:
            return by_value
        reached = changes[changes["line"].isin(by_value.lines) | changes["ABLFL"].eq("Y")]
        return _moves(direction)(claim, case, reached, verdicts)

    return test


def _moves(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the last value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the last value surely lies on the claimed side of the baseline."""
        rows = _later(claim, changes)
        last = _last(rows)
        if not len(last) or last["CHGLO"].isna().any():
            return _not_checkable(claim, case, "the last record cannot be compared with the baseline")
        change = bounds_of(last, "CHG") if direction > 0 else negate(bounds_of(last, "CHG"))
        result = _decide(exceeds(change, Bounds(0, 0), strict=True), last, _label(claim, case))
        moves = "; ".join(f"{base} to {value}" for base, value in zip(last["BASEC"], last["AVALC"], strict=True))
        return _with_base(result, changes, claim)._replace(why=f"recorded: {moves}")

    return test


def _toward(better: bool) -> Callable[..., ClaimResult]:
    """The test for an improvement or a worsening, by the direction of the measure, in numbers or in grades."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
        """Whether the last record is surely better (or worse) than the baseline."""
        lower = case.measures["better"][claim["measure"]] == "lower"
        direction = -1 if lower == better else 1
        rows = _later(claim, changes)
        last = _last(rows)
        if len(last) and last["CHGLO"].notna().all():
            return _moves(direction)(claim, case, changes, verdicts)
        if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
            return _not_checkable(claim, case, "the last record cannot be compared with the baseline")
        low, high, base_low, base_high = (last[name] for name in ("AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI"))
        surely = high < base_low if direction < 0 else low > base_high
        possibly = low < base_high if direction < 0 else high > base_low
        return _with_base(_decide(answer(surely, possibly), last, _label(claim, case)), changes, claim)

    return test


def _resolves(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    last = _last(_later(claim, changes))
    if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
        return _not_checkable(claim, case, "no finding before and after that could be compared")
    gone = answer((last["BASECALO"] > 0) & (last["AVALCAHI"] == 0), last["AVALCALO"] == 0)
    result = _decide(gone, last, _label(claim, case))
    why = f"recorded: {last['BASEC'].iloc[0]} to {last['AVALC'].iloc[0]}"
    return _with_base(result, changes, claim)._replace(why=why)


def _is(present: bool) -> Callable[..., ClaimResult]:
    """The test for a finding that is present, or absent, in some record."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the finding is surely present (or absent) in a record."""
        rows = _records(claim, changes)
        low = rows["AVALCALO"].where(rows["AVALCALO"].notna(), rows["STATE"].map({"present": 1.0, "absent": 0.0}))
        high = rows["AVALCAHI"].where(rows["AVALCAHI"].notna(), low)
        rows, low, high = rows[low.notna()], low.dropna(), high[low.notna()]
        if not len(rows):
            return _not_checkable(claim, case, "neither present nor absent is recorded")
        surely, possibly = (low > 0, high > 0) if present else (high == 0, low == 0)
        return _decide(answer(surely, possibly), rows, _label(claim, case))

    return test


def _meets(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
    if claim["rule"] not in set(case.rules["rule"]):
        return _not_checkable(claim, case, f"the rule {claim['rule']} was not asked for")
    rows = verdicts[(verdicts["RULE"] == claim["rule"]) & verdicts["line"].isin(_records(claim, changes)["line"])]
    if not len(rows):
        return _not_checkable(claim, case, "no record that the rule can speak of")
    last = rows[rows["ORDER"] == rows["ORDER"].max()].iloc[0]
    return ClaimResult(
        _WORDS.get(last["VERDICT"], NOT_CHECKABLE),
        f"{last['LABEL']}: {last['VERDICT']}, decided by {last['DECIDED']}",
        (last["line"],),
    )


def _given(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    name = case.measures["label"].get(claim["treatment"], claim["treatment"])
    rows = changes[(changes["kind"] == "treatment") & (changes["code"] == claim["treatment"])]
    if not len(rows):
        return ClaimResult(NOT_CHECKABLE, f"{name}: not told as a treatment")
    exposure = derive_exposure(changes).set_index("line").loc[rows["line"]]
    answers = []
    if claim.get("dose"):
        doses, claimed = parse_column(exposure["EXDOSE"], parse_value), parse_value(claim["dose"])
        same = (doses["low"] == claimed.low) & (doses["high"] == claimed.high)
        answers.append(answer(same, same, doses["low"].notna()))
    if claim.get("dose_unit"):
        same = exposure["EXDOSU"].map(written) == written(claim["dose_unit"])
        answers.append(answer(same, same, exposure["EXDOSU"] != ""))
    if claim.get("every"):
        every = parse_frequency(f"every {claim['every']}").interval
        # For alternating treatments a source may state the interval of the regimen or that of the one treatment.
        same = (exposure["INTERVAL"] == every) | (exposure["OWN"] == every)
        answers.append(answer(same, same, exposure["INTERVAL"].notna()))
    regimens = [" ".join(filter(None, [row.EXDOSE, row.EXDOSU, row.EXDOSFRQ])) for row in exposure.itertuples()]
    rows = rows.assign(AVALC=[regimen or "neither dose nor schedule" for regimen in regimens])
    return _decide(all_of(answers, len(rows)), rows, name)


def _none_happen(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    rows = changes[changes["code"].isin(claim["events"].split())]
    if len(rows):
        return ClaimResult(CONTRADICTED, f"recorded: {'; '.join(rows['PARAM'])}", tuple(rows["line"]))
    return ClaimResult(NOT_CHECKABLE, "none is recorded, but what was looked for, how and how long is not reported")


def _not_measured(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    return ClaimResult(NOT_CHECKABLE, f"not reported: {claim['needs']}")


def _within(claim: dict, result: ClaimResult, changes: pd.DataFrame) -> ClaimResult:
    """A supported result, tested also for the time from the baseline to its last line."""
    limit = parse_duration(claim["within"])
    row = changes[changes["line"] == result.lines[-1]].iloc[0]
    low, high = row["DAYLO"] - row["BASEDHI"], row["DAYHI"] - row["BASEDLO"]
    if high <= limit.high:
        return result._replace(why=f"{result.why}, within {number(high, 1)} days")
    if low > limit.high:
        return result._replace(result=CONTRADICTED, why=f"{result.why}, but after {number(low, 1)} days or more")
    missing = "is not reported" if np.isnan(low) else "is uncertain"
    why = f"{result.why}, but the time from the baseline to line {result.lines[-1]} {missing}"
    return result._replace(result=NOT_CHECKABLE, why=why)


_TESTS: dict[str, Callable[..., ClaimResult]] = {
    "has_value": _has_value,
    "falls_to": _moves_to(-1),
    "rises_to": _moves_to(1),
    "falls": _moves(-1),
    "rises": _moves(1),
    "improves": _toward(True),
    "worsens": _toward(False),
    "resolves": _resolves,
    "is_present": _is(True),
    "is_absent": _is(False),
    "meets": _meets,
    "given": _given,
    "none_happen": _none_happen,
    "not_measured": _not_measured,
}
