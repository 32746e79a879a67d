"""The report's own statements against the recorded data: supported, contradicted, or not to be checked.

Each claim of case.yaml names the computation that tests it. A claim that agrees with the rows is not thereby true: the
rows and the claim often come from the same text, and then the check shows only that the two agree.
"""

import re
from collections.abc import Callable, Iterable

import pandas as pd

from ..case import Case
from ..derive import OF_EXPOSURE, PLACE, convert, derive_direction, groups_of, may_be_baseline, may_be_last, places_of
from ..values import (
    Bounds,
    answer,
    bounds_of,
    exceeds,
    inside,
    negate,
    number,
    parse_duration,
    parse_value,
    rows_of,
    unit_factor,
)
from ..vocabulary import (
    CONTRADICTED,
    LIMIT_STATES,
    MET,
    NOT_CHECKABLE,
    NOT_MET,
    PRESENT_STATES,
    SUPPORTED,
    UNIT_UNKNOWN,
)
from .outcome import ClaimResult, decide, given, is_unscored, move_words, no_change_words, none_happen, not_measured

_WORDS = {MET: SUPPORTED, NOT_MET: CONTRADICTED}
# The columns that the tests of claims read; those of doses are read of what `derive_exposure` needs.
_READ = {
    "line", "case_id", "phase", "kind", "code", "count", "note", "quote", "value", "start", *OF_EXPOSURE, *PLACE,
    "LOC", "STATE", "AVALC", "AVALLO", "AVALHI", "AVALLOX", "AVALHIX", "AVALU", "AVALCALO", "AVALCAHI", "ANRIND",
    "ABLFL", "ABLPFL", "POSTBLFL", "BASEC", "BASEOLO", "BASECALO", "BASECAHI", "BASEDLO", "BASEDHI",
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
    rows, changes = [], derive_direction(changes)
    # Of a hundred columns each choice of rows is slow.
    changes = changes[[name for name in changes if name in _READ]]
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


def _has_value(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    rows = _records(claim, changes)
    rows = rows[rows["AVALLO"].notna()]
    if claim.get("unit"):
        rows = rows[rows["AVALU"] != UNIT_UNKNOWN]
    if not len(rows):
        return _not_checkable(claim, case, "no value is recorded" + (" with a unit" if claim.get("unit") else ""))
    return decide(inside(bounds_of(rows, "AVAL"), _claimed(claim, case)), rows, _label(claim, case))


def _known(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value or grade, or a word for the change."""
    return rows[rows["AVALLO"].notna() | rows["AVALCALO"].notna() | rows["SIGNLO"].notna()]


def _later(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The records that are surely after their baseline; in a series without one, those that say a change in words."""
    rows = _records(claim, changes)
    unbased = ~rows["LOC"].isin(rows.loc[may_be_baseline(rows), "LOC"])
    return rows[(rows["POSTBLFL"] == "Y") | (unbased & rows["SIGNLO"].notna())]


def _perhaps_later(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The known records of which it is open whether they are after their baseline."""
    rows = _records(claim, changes)
    return _known(rows[rows["POSTBLFL"].eq("") & rows["BASEOLO"].notna()])


def _moments(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows that may be the last, moment by moment: more than one where their order is open.

    A moment has several rows where several sites were examined then.
    """
    last = rows[may_be_last(places_of(rows), groups_of(rows["case_id"]))]
    return [moment for _, moment in last.groupby(places_of(last).moments().codes)]


def _open(claim: dict, case: Case, lines: Iterable[int]) -> ClaimResult:
    """That a claim cannot be told, because the order of some lines is open."""
    lines = tuple(sorted({*lines}))
    words = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    why = f"{_label(claim, case)}: cannot be told: the order of lines {words} is open"
    return ClaimResult(NOT_CHECKABLE, why, lines)


def _bases(changes: pd.DataFrame, claim: dict, sites: pd.Series) -> pd.Series:
    """The lines of the baselines of some sites, or of the records that may be one."""
    of_sites = changes["code"].eq(claim["measure"]) & changes["LOC"].isin(sites)
    return changes.loc[may_be_baseline(changes) & of_sites, "line"]


def _at_last(claim: dict, case: Case, changes: pd.DataFrame, judge: Callable[[pd.DataFrame], ClaimResult]):
    """What is judged of the last record after the baseline, or of each that may be the last if they agree."""
    after, perhaps = _known(_later(claim, changes)), _perhaps_later(claim, changes)
    moments = _moments(pd.concat([after, perhaps]).sort_values("line")) or [after]
    results = [judge(rows) for rows in moments]
    lines = [line for rows in moments for line in rows["line"]]
    doubtful = perhaps[perhaps["line"].isin(lines)]
    if len(doubtful):
        return _open(claim, case, [*lines, *_bases(changes, claim, doubtful["LOC"])])
    if len({result.result for result in results}) > 1:
        return _open(claim, case, lines)
    lines = tuple(sorted(line for result in results for line in result.lines))
    result = results[0]._replace(why="; or ".join(result.why for result in results), lines=lines)
    return _with_base(result, changes, claim)


def _with_base(result: ClaimResult, changes: pd.DataFrame, claim: dict) -> ClaimResult:
    """The same result, with the lines of the baselines added to those that it rests on."""
    if not result.lines:
        return result
    sites = changes.loc[changes["line"].isin(result.lines), "LOC"]
    bases = tuple(_bases(changes, claim, sites))
    several = changes["line"].isin(bases) & changes["ABLPFL"].eq("Y")
    why = result.why
    if result.result == NOT_CHECKABLE and several.any():
        why += f"; which of lines {' and '.join(map(str, changes.loc[several, 'line']))} is the baseline is open"
    return result._replace(why=why, lines=tuple(sorted({*bases, *result.lines})))


def _moves_to(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the claimed value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
        """Whether a record after the baseline has the claimed value, and lies on the claimed side of the baseline."""
        rows, perhaps = _later(claim, changes), _perhaps_later(claim, changes)
        rows = rows[rows["CHGLO"].notna()]
        perhaps = perhaps[inside(bounds_of(perhaps, "AVAL"), _claimed(claim, case)) != NOT_MET]
        result = _not_checkable(claim, case, no_change_words(_records(claim, changes)))
        if len(rows):
            result = _has_value(claim, case, rows, verdicts)
        if result.result == SUPPORTED:
            is_base = may_be_baseline(changes)
            reached = changes[changes["line"].isin(result.lines) | (is_base & ~changes["line"].isin(perhaps["line"]))]
            result = _moves(direction)(claim, case, reached, verdicts)
        if result.result == SUPPORTED or not len(perhaps):
            return result
        return _open(claim, case, [*perhaps["line"], *_bases(changes, claim, perhaps["LOC"])])

    return test


def _moves(direction: int) -> Callable[..., ClaimResult]:
    """The test for a fall (-1) or a rise (1) from the baseline to the last value."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the last value surely lies on the claimed side of the baseline."""
        return _at_last(claim, case, changes, lambda last: _moved(claim, case, last, direction))

    return test


def _moved(claim: dict, case: Case, last: pd.DataFrame, direction: int) -> ClaimResult:
    """Whether the change to the last value is surely a fall (-1) or a rise (1)."""
    if not len(last) or not _tells(last).all():
        return _not_checkable(claim, case, "the last record cannot be compared with the baseline")
    measure = case.measures.loc[claim["measure"]]
    if any(is_unscored(row, measure["unit"], measure["abbrev"]) for row in rows_of(last)):
        # Between quotation marks stand the words of the source alone, as a note keeps them.
        printed = [match[1] for note in last["note"] if (match := re.search(r"printed '([^']+)'", note))]
        quoted = f"; the source says {', '.join(f'‘{words}’' for words in dict.fromkeys(printed))}" if printed else ""
        result = _not_checkable(claim, case, f"no score is reported{quoted}")
        return result._replace(lines=tuple(last["line"]))
    change = bounds_of(last.assign(**_signs(last)), "CHG")
    change = change if direction > 0 else negate(change)
    result = decide(exceeds(change, Bounds(0, 0), strict=True), last, _label(claim, case))
    moves = "; ".join(move_words(row) for row in rows_of(last[["CHGLO", "BASEC", "AVALC"]]))
    return result._replace(why=f"recorded: {moves}")


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
            return _not_checkable(claim, case, "whether lower or higher is better is not stated for this measure")
        direction = -1 if (better_is == "lower") == better else 1

        def judge(last: pd.DataFrame) -> ClaimResult:
            """By numbers where the records have them, else by grades."""
            if len(last) and _tells(last).all():
                return _moved(claim, case, last, direction)
            if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
                return _not_checkable(claim, case, "the last record cannot be compared with the baseline")
            low, high, base_low, base_high = (last[name] for name in ("AVALCALO", "AVALCAHI", "BASECALO", "BASECAHI"))
            surely = high < base_low if direction < 0 else low > base_high
            possibly = low < base_high if direction < 0 else high > base_low
            return decide(answer(surely, possibly), last, _label(claim, case))

        return _at_last(claim, case, changes, judge)

    return test


def _resolves(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    def judge(last: pd.DataFrame) -> ClaimResult:
        """Whether the finding was there before and is gone."""
        if not len(last) or (last["AVALCALO"].isna() | last["BASECALO"].isna()).any():
            return _not_checkable(claim, case, "no finding before and after that could be compared")
        gone = answer((last["BASECALO"] > 0) & (last["AVALCAHI"] == 0), last["AVALCALO"] == 0)
        result = decide(gone, last, _label(claim, case))
        return result._replace(why=f"recorded: {last['BASEC'].iloc[0]} to {last['AVALC'].iloc[0]}")

    return _at_last(claim, case, changes, judge)


_FOUND = {"absent": 0.0, **dict.fromkeys(PRESENT_STATES, 1.0)}


def _is(present: bool) -> Callable[..., ClaimResult]:
    """The test for a finding that is present, or absent, in some record."""

    def test(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
        """Whether the finding is surely present (or absent) in a record."""
        rows = _records(claim, changes)
        low = rows["AVALCALO"].where(rows["AVALCALO"].notna(), rows["STATE"].map(_FOUND))
        high = rows["AVALCAHI"].where(rows["AVALCAHI"].notna(), low)
        rows, low, high = rows[low.notna()], low.dropna(), high[low.notna()]
        if not len(rows):
            return _not_checkable(claim, case, "neither present nor absent is recorded")
        surely, possibly = (low > 0, high > 0) if present else (high == 0, low == 0)
        return decide(answer(surely, possibly), rows, _label(claim, case))

    return test


def _is_normal(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether a record says that a measure is normal, or has a value within the limits beside it."""
    rows = _records(claim, changes)
    rows = rows[rows["STATE"].isin(LIMIT_STATES) | rows["ANRIND"].ne("")]
    if not len(rows):
        return _not_checkable(claim, case, "neither a state nor limits are recorded")
    normal = rows["STATE"].eq("normal") | rows["ANRIND"].eq("NORMAL")
    return decide(answer(normal, normal), rows, _label(claim, case))


def _meets(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
    if claim["rule"] not in set(case.rules["rule"]):
        return _not_checkable(claim, case, f"the rule {claim['rule']} was not asked for")
    rows = _records(claim, changes)
    judged = verdicts[(verdicts["RULE"] == claim["rule"]) & verdicts["line"].isin(rows["line"])]
    if not len(judged):
        return _not_checkable(claim, case, "no record that the rule can speak of")
    perhaps = _perhaps_later(claim, changes)
    last = _moments(rows[rows["line"].isin({*judged["line"], *perhaps["line"]})])
    lines = [line for moment in last for line in moment["line"]]
    doubtful = perhaps[perhaps["line"].isin(set(lines) - set(judged["line"]))]
    if len(doubtful):
        return _open(claim, case, [*lines, *_bases(changes, claim, doubtful["LOC"])])
    results = [_verdict(judged[judged["line"].isin(moment["line"])]) for moment in last]
    if len({result.result for result in results}) > 1:
        return _open(claim, case, lines)
    why = "; or ".join(dict.fromkeys(result.why for result in results))
    return ClaimResult(results[0].result, why, tuple(sorted(line for result in results for line in result.lines)))


def _verdict(judged: pd.DataFrame) -> ClaimResult:
    """The verdict of a rule on the records of one moment: met if it is for one of them, not met if for none."""
    met = judged[judged["VERDICT"] == MET]
    decisive = judged[~judged["VERDICT"].isin([MET, NOT_MET])]
    rows = next(rows for rows in (met, decisive, judged) if len(rows))
    row = rows.iloc[0]
    reason = row["WHY"] if row["WHY"] != row["DECIDED"] else f"decided by {row['DECIDED']}"
    why = f"{row['LABEL']}: {row['VERDICT']}, {reason}"
    return ClaimResult(_WORDS.get(row["VERDICT"], NOT_CHECKABLE), why, tuple(rows["line"]))


def _no_rule(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    return ClaimResult(NOT_CHECKABLE, f"no {claim['lacks']} is used here")


def _within(claim: dict, result: ClaimResult, changes: pd.DataFrame) -> ClaimResult:
    """A supported result, tested also for the time from the baseline to the records that it rests on.

    One of several records that have the claimed value is enough; of several that may be the last, each must be in time.
    """
    limit = parse_duration(claim["within"])
    rows = changes[changes["line"].isin(result.lines)]
    # The baseline is among the lines, but where the claim is about it.
    rows = rows if len(rows) == 1 else rows[rows["POSTBLFL"] != "N"]
    low, high = rows["DAYLO"] - rows["BASEDHI"], rows["DAYHI"] - rows["BASEDLO"]
    enough = any if claim["test"] in _OF_ONE else all
    if enough(high <= limit.high):
        longest = high.min() if claim["test"] in _OF_ONE else high.max()
        return result._replace(why=f"{result.why}, within {number(longest, 1)} days")
    if (low > limit.high).all():
        return result._replace(result=CONTRADICTED, why=f"{result.why}, but after {number(low.min(), 1)} days or more")
    undated = rows["BASEDHI"].isna().any() and rows["DAYHI"].notna().all()
    what = "the day of the baseline" if undated else "the time since the baseline"
    missing = "is not reported" if low.isna().any() else "is uncertain"
    why = f"{result.why}, but {what} {missing}"
    return result._replace(result=NOT_CHECKABLE, why=why)


# Tests of which one record is enough.
_OF_ONE = ("has_value", "falls_to", "rises_to", "is_present", "is_absent", "is_normal")
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
    "meets": _meets,
    "given": given,
    "none_happen": none_happen,
    "not_measured": not_measured,
    "no_rule": _no_rule,
}
