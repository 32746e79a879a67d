"""The report's own statements against the recorded data: supported, contradicted, or not to be checked.

Each claim of case.yaml names the computation that tests it. A claim that agrees with the rows is not thereby true: the
rows and the claim often come from the same text, and then the check shows only that the two agree.
"""

import math
import re
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ..case import Case
from ..derive import (
    OF_EXPOSURE,
    PLACE,
    RELATIVE,
    BaselineError,
    convert,
    derive_changes,
    derive_direction,
    places_of,
)
from ..values import (
    NOTHING,
    Bounds,
    Intervals,
    answer,
    bounds_of,
    exceeds,
    inside,
    negate,
    parse_column,
    parse_value,
    rows_of,
    unit_factor,
)
from ..vocabulary import (
    CONTRADICTED,
    LIMIT_STATES,
    NOT_CHECKABLE,
    NOT_MET,
    PRESENT_STATES,
    SUPPORTED,
    UNDETERMINED,
    UNIT_UNKNOWN,
)
from .as_given import given
from .by_rule import meets
from .by_site import (
    agreed,
    at_last,
    label_of_claim,
    later_records,
    lines_of_bases,
    not_checkable,
    open_order,
    perhaps_later,
    records_of_claim,
    since_reference,
    turned_before,
    with_base,
    with_sites,
)
from .in_time import in_time
from .outcome import (
    ClaimResult,
    decide,
    decide_by_all,
    is_unscored,
    move_words,
    no_change_words,
    none_happen,
    not_measured,
)

# The columns that the tests of claims read; those of doses are read of what `derive_exposure` needs.
_READ = {
    "line", "case_id", "phase", "kind", "code", "count", "note", "quote", "value", "unit", "start", "anchor",
    *OF_EXPOSURE, *PLACE, *RELATIVE,
    "LOC", "STATE", "AVALC", "AVALLO", "AVALHI", "AVALLOX", "AVALHIX", "AVALU", "AVALCALO", "AVALCAHI", "ANRIND",
    "ABLFL", "ABLPFL", "POSTBLFL", "BASEC", "BASEOLO", "BASECALO", "BASECAHI", "BASEDHI", "SINCELO", "SINCEHI",
    "CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "SIGNLO", "SIGNHI", "COUNTLO", "COUNTHI",
}  # fmt: skip


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
        `vocabulary.CLAIM_TESTS`; RESULT (`supported`, `contradicted`, `cannot be checked`); WHY;
        LINES, those of the timeline that the result rests on; SAME, whether one of their quotes contains the claim word
        for word (blank where the result rests on no line).
    """
    rows, whole = [], derive_direction(changes.reset_index(drop=True))
    # Of a hundred columns each choice of rows is slow.
    changes = whole[[name for name in whole if name in _READ]]
    for position, claim in enumerate(case.about.get("claims", []), 1):
        table = _table_for(claim, case, changes, whole)
        outcome = _judged(claim, case, table, verdicts)
        lines = ", ".join(str(line) for line in dict.fromkeys(outcome.lines))
        quotes = changes.loc[changes["line"].isin(outcome.lines), "quote"]
        same = "yes" if any(claim["says"] in quote for quote in quotes) else "no" if len(quotes) else ""
        rows.append([position, claim["says"], claim["test"], outcome.result, outcome.why, lines, same])
    return pd.DataFrame(rows, columns=["CLAIM", "SAYS", "TEST", "RESULT", "WHY", "LINES", "SAME"])


def _judged(claim: dict, case: Case, table: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
    """The result of a claim; of one with a time, by the records that are in time."""

    def judge(rows: pd.DataFrame) -> ClaimResult:
        """The result by some rows of the table."""
        return _TESTS[claim["test"]](claim, case, rows, verdicts)

    if not claim.get("within"):
        return judge(table)
    if claim.get("measure"):
        return in_time(claim, case, table, judge)
    result = judge(table)
    if result.result != SUPPORTED:
        return result
    return result._replace(result=NOT_CHECKABLE, why=f"{result.why}, but no baseline from which its time could count")


def _table_for(claim: dict, case: Case, changes: pd.DataFrame, whole: pd.DataFrame) -> pd.DataFrame:
    """The rows that a claim is tested on, with what a record without a site tells of the sites of others."""
    facts = with_sites(claim, whole)
    if facts is whole:
        return changes
    try:
        pooled = derive_changes(facts, case.baseline_rule, case.reference)
    except BaselineError:
        return changes
    return derive_direction(pooled)[[*changes]]


def _claimed(claim: dict, case: Case) -> Bounds:
    """The claimed value, converted to the unit of the measure."""
    units = case.measures["units"][claim["measure"]]
    bounds = parse_value(claim["value"])
    factor = pd.Series([unit_factor(claim.get("unit", ""), units) or 1.0] * 2)
    low, high = convert(pd.Series([bounds.low, bounds.high]), factor)
    return bounds._replace(low=low, high=high)


def _of_value(claim: dict, case: Case, rows: pd.DataFrame) -> np.ndarray:
    """Whether records have the claimed value; for a claim without a unit, whether the source prints that number.

    Of a record in another unit than that of the measure, the number of that unit alone leaves such a claim open.
    """
    converted, units = inside(bounds_of(rows, "AVAL"), _claimed(claim, case)), case.measures["units"][claim["measure"]]
    if claim.get("unit"):
        return _by_digits(claim, rows, units, _claimed(claim, case), converted)
    elsewhere = rows["unit"].map(lambda unit: bool(unit) and unit_factor(unit, units) not in (None, 1.0)).astype(bool)
    if not elsewhere.any():
        return converted
    printed = parse_column(rows["value"].where(elsewhere, ""), _number_or_nothing)
    printed = inside(Intervals(*(printed[name].to_numpy() for name in Intervals._fields)), parse_value(claim["value"]))
    doubtful = (printed == NOT_MET) & (converted != NOT_MET)
    return np.where(elsewhere, np.where(doubtful, UNDETERMINED, printed), converted)


def _by_digits(
    claim: dict, rows: pd.DataFrame, units: Mapping[str, float], claimed: Bounds, converted: np.ndarray
) -> np.ndarray:
    """Whether records have the claimed value; of those in another unit, at the digits that both are printed with.

    97 umol/L are 1.097 mg/dL, which a source prints as 1.1. What could be the claimed value before both were rounded
    leaves the claim open.
    """
    factor = unit_factor(claim["unit"], units) or math.nan
    factors = rows["unit"].map(lambda unit: unit_factor(unit, units) if unit else None).astype(float)
    elsewhere = factors.notna() & factors.ne(factor)
    half, values = _half_digit(str(claim["value"])) * factor, bounds_of(rows, "AVAL")
    near = claimed._replace(low=claimed.low - half, high=claimed.high + half)
    step = (rows["value"].map(_half_digit).astype(float) * factors).to_numpy()
    agrees, wide = inside(values, near), values._replace(low=values.low - step, high=values.high + step)
    agrees = np.where((agrees == NOT_MET) & (inside(wide, near) != NOT_MET), UNDETERMINED, agrees)
    return np.where(elsewhere & ~math.isnan(factor), agrees, converted)


def _half_digit(text: str) -> float:
    """Half of the last digit of a printed number or range; 0 for a bound or any other text."""
    printed = re.fullmatch(r"(?:[0-9.]+\.\.)?-?[0-9]+(?:\.([0-9]+))?", text.strip())
    return 0.5 * 10 ** -len(printed[1] or "") if printed else 0.0


def _number_or_nothing(text: str) -> Bounds:
    try:
        return parse_value(text)
    except ValueError:
        return NOTHING


def _has_value(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    rows = records_of_claim(claim, changes)
    rows = rows[rows["AVALLO"].notna()]
    if claim.get("unit"):
        rows = rows[rows["AVALU"] != UNIT_UNKNOWN]
    if not len(rows):
        return not_checkable(claim, case, "no value is recorded" + (" with a unit" if claim.get("unit") else ""))
    return decide(_of_value(claim, case, rows), rows, label_of_claim(claim, case))


def _moves_to(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the claimed value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
        """Whether a record after the baseline has the claimed value, and lies on the claimed side of the baseline."""
        rows, perhaps = later_records(claim, changes), perhaps_later(claim, changes)
        rows = rows[rows["CHGLO"].notna()]
        perhaps = perhaps[_of_value(claim, case, perhaps) != NOT_MET]
        result = not_checkable(claim, case, no_change_words(records_of_claim(claim, changes)))
        if len(rows):
            result = _has_value(claim, case, rows, verdicts)
        if result.result == SUPPORTED:
            # As of a value, one site is enough.
            reached = rows[rows["line"].isin(result.lines)]
            results = {
                site: _ever_moved(claim, case, changes, of_site, direction) for site, of_site in reached.groupby("LOC")
            }
            supported = [each for each in results.values() if each.result == SUPPORTED]
            result = supported[0] if supported else agreed(results, label_of_claim(claim, case))
        if result.result == SUPPORTED or not len(perhaps):
            return result
        return open_order(claim, case, [*perhaps["line"], *lines_of_bases(changes, claim, perhaps["LOC"])])

    return test


def _ever_moved(claim: dict, case: Case, changes: pd.DataFrame, reached: pd.DataFrame, direction: int) -> ClaimResult:
    """Whether one of the records of a site that have the claimed value is surely a fall (-1) or a rise (1)."""
    reached = reached.sort_values(["ORDLO", "ORDPH", "line"])
    moments = reached.groupby(places_of(reached).moments().codes, sort=False)
    results = [_moved(claim, case, moment, direction) for _, moment in moments]
    kinds = {result.result for result in results}
    kind = next(each for each in (SUPPORTED, NOT_CHECKABLE, CONTRADICTED) if each in kinds)
    chosen = [result for result in results if result.result == kind]
    result = chosen[-1]._replace(lines=tuple(line for each in chosen for line in each.lines))
    turned = turned_before(claim, changes, reached, direction) if kind == CONTRADICTED else None
    if turned is not None:
        moved = "risen" if direction > 0 else "fallen"
        words = f"but line {turned.line} has {turned.AVALC}, from where it may have {moved}"
        words = f"{result.why}, {words}: the test compares with the baseline"
        result = ClaimResult(NOT_CHECKABLE, words, (*result.lines, turned.line))
    return with_base(result, changes, claim)


def _moves(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the last value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the last value surely lies on the claimed side of the baseline."""
        result = at_last(claim, case, changes, lambda last: _moved(claim, case, last, direction))
        return since_reference(claim, case, changes, result, direction)

    return test


def _moved(claim: dict, case: Case, last: pd.DataFrame, direction: int) -> ClaimResult:
    """Whether the change to the last value is surely a fall (-1) or a rise (1)."""
    if not len(last) or not _tells(last).all():
        return not_checkable(claim, case, "the last record cannot be compared with the baseline")
    measure = case.measures.loc[claim["measure"]]
    if any(is_unscored(row, measure["unit"], measure["abbrev"]) for row in rows_of(last)):
        # Between quotation marks stand the words of the source alone, as a note keeps them.
        printed = [match[1] for note in last["note"] if (match := re.search(r"printed '([^']+)'", note))]
        quoted = f"; the source says {', '.join(f'‘{words}’' for words in dict.fromkeys(printed))}" if printed else ""
        result = not_checkable(claim, case, f"no score is reported{quoted}")
        return result._replace(lines=tuple(last["line"]))
    change = bounds_of(last.assign(**_signs(last)), "CHG")
    change = change if direction > 0 else negate(change)
    result = decide_by_all(exceeds(change, Bounds(0, 0), strict=True), last, label_of_claim(claim, case))
    moves = "; ".join(move_words(row) for row in rows_of(last[["CHGLO", "BASEC", "AVALC"]]))
    in_words = result.result == NOT_CHECKABLE and last["CHGLO"].isna().all()
    has_base = last["BASEC"].fillna("").ne("").any()
    against = ", which does not tell how it compares with the baseline" if has_base else "; no baseline is recorded"
    return result._replace(why=f"recorded: {moves}{against if in_words else ''}")


def _tells(rows: pd.DataFrame) -> pd.Series:
    """Whether each record tells a change from the baseline, in a number or in words."""
    return rows["CHGLO"].notna() | rows["SIGNLO"].notna()


def _signs(rows: pd.DataFrame) -> dict[str, pd.Series]:
    """The bounds of the change of each record; of one in words, those of its sign."""
    return {f"CHG{end}": rows[f"CHG{end}"].fillna(rows[f"SIGN{end}"]) for end in ("LO", "HI")}


def _toward(better: bool) -> Callable[..., ClaimResult]:
    """The test for an improvement or a worsening, by the direction of the measure, in numbers or in grades."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the last record is surely better (or worse) than the baseline."""
        better_is = case.measures["better"][claim["measure"]]
        if not better_is:
            return not_checkable(claim, case, "whether lower or higher is better is not stated for this measure")
        direction = -1 if (better_is == "lower") == better else 1

        def judge(last: pd.DataFrame) -> ClaimResult:
            """By numbers where the records have them, else by grades."""
            if len(last) and _tells(last).all():
                return _moved(claim, case, last, direction)
            if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
                return not_checkable(claim, case, "the last record cannot be compared with the baseline")
            low, high, base_low, base_high = (last[name] for name in ("AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI"))
            surely = high < base_low if direction < 0 else low > base_high
            possibly = low < base_high if direction < 0 else high > base_low
            return decide_by_all(answer(surely, possibly), last, label_of_claim(claim, case))

        return since_reference(claim, case, changes, at_last(claim, case, changes, judge), direction)

    return test


def _resolves(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    def judge(last: pd.DataFrame) -> ClaimResult:
        """Whether the finding was there before and is gone."""
        if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
            return not_checkable(claim, case, "no finding before and after that could be compared")
        gone = answer((last["BASECALO"] > 0) & (last["AVALCAHI"] == 0), last["AVALCALO"] == 0)
        result = decide_by_all(gone, last, label_of_claim(claim, case))
        moves = dict.fromkeys(f"{row.BASEC} to {row.AVALC}" for row in rows_of(last[["BASEC", "AVALC"]]))
        absent = ", not present at the baseline" if (last["BASECAHI"] == 0).all() else ""
        return result._replace(why=f"recorded: {'; '.join(moves)}{absent}")

    return at_last(claim, case, changes, judge)


_FOUND = {"absent": 0.0, **dict.fromkeys(PRESENT_STATES, 1.0)}


def _is(present: bool) -> Callable[..., ClaimResult]:
    """The test for a finding that is present, or absent, in some record."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the finding is surely present (or absent) in a record."""
        rows = records_of_claim(claim, changes)
        low = rows["AVALCALO"].where(rows["AVALCALO"].notna(), rows["STATE"].map(_FOUND))
        high = rows["AVALCAHI"].where(rows["AVALCAHI"].notna(), low)
        rows, low, high = rows[low.notna()], low.dropna(), high[low.notna()]
        if not len(rows):
            return not_checkable(claim, case, "neither present nor absent is recorded")
        surely, possibly = (low > 0, high > 0) if present else (high == 0, low == 0)
        if not present:
            # A finding that is absent at one site and present at another at the same time is not absent.
            moments = places_of(rows).moments()
            surely &= ~moments.any(high > 0)[moments.codes]
        return decide(answer(surely, possibly), rows, label_of_claim(claim, case))

    return test


def _is_normal(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether a record says that a measure is normal, or has a value within the limits beside it."""
    rows = records_of_claim(claim, changes)
    rows = rows[rows["STATE"].isin(LIMIT_STATES) | rows["ANRIND"].ne("")]
    if not len(rows):
        return not_checkable(claim, case, "neither a state nor limits are recorded")
    normal = rows["STATE"].eq("normal") | rows["ANRIND"].eq("NORMAL")
    return decide(answer(normal, normal), rows, label_of_claim(claim, case))


def _no_rule(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    lacks = re.sub("^(?:an?|the) ", "", claim["lacks"])
    return ClaimResult(NOT_CHECKABLE, f"no {lacks} is used here")


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
    "is_normal": _is_normal,
    "meets": meets,
    "given": given,
    "none_happen": none_happen,
    "not_measured": not_measured,
    "no_rule": _no_rule,
}
