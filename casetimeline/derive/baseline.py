"""The baseline record of each series, and its value beside every record of the series."""

import re
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray, take

from ..vocabulary import BASELINE_RULES, SERIES, UNIT_UNKNOWN
from .columns import equals, flags, numbers, require
from .groups import Groups, groups_of
from .studyday import first_starts

_NAMED = re.compile(r"(phase|day)=(-?\d+(?:\.\d+)?)")


class BaselineError(ValueError):
    """The baseline of a series cannot be determined: two records could be it.

    Attributes
    ----------
    line : int
        The line of the later record.
    """

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def check_baseline_rule(rule: str) -> str:
    """What a valid rule looks like; empty if the rule is valid.

    Parameters
    ----------
    rule : str
        A rule of `vocabulary.BASELINE_RULES`, with a number for N.

    Examples
    --------
    >>> check_baseline_rule("last_before")
    ''
    >>> check_baseline_rule("best")
    'one of last_before, first, worst_before, phase=N, day=N'
    """
    if rule in ("last_before", "first", "worst_before") or _NAMED.fullmatch(rule):
        return ""
    return f"one of {', '.join(BASELINE_RULES)}"


def derive_ablfl(
    frame: pd.DataFrame, rule: str = "last_before", reference: str = "", by: Sequence[str] = SERIES
) -> pd.DataFrame:
    """Add ABLFL, `Y` on the baseline record of each series and blank elsewhere.

    A record without a value is never the baseline. Nor is a record without a site if the measure was also recorded by
    site, because it cannot be compared with the others. `last_before` and `worst_before` choose among the records on or
    before the first start of the reference: by day where the days decide, otherwise among earlier phases only, because
    two facts of one phase have no order. Of equally bad values, `worst_before` takes the last.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    rule : str
        A rule of `vocabulary.BASELINE_RULES`.
    reference : str
        Code of the treatment or event that `last_before` and `worst_before` refer to.
    by : sequence of str
        The columns that define a series.

    Raises
    ------
    BaselineError
        If two records of one series with different values could be the baseline. The message names both lines.

    Notes
    -----
    CDISC ADaM, ABLFL: the last non-missing value on or before the reference start is the usual choice.

    Examples
    --------
    >>> facts = pd.DataFrame({
    ...     "case_id": "a", "PARAMCD": ["mrss", "x", "mrss"], "LOC": "", "line": [2, 3, 4], "ORDER": [1, 2, 3],
    ...     "kind": ["observation", "treatment", "observation"], "phase": [1, 2, 3], "DAYLO": float("nan"),
    ...     "DAYHI": float("nan"), "AVALLO": [46.0, None, 32.0], "AVALHI": [46.0, None, 32.0],
    ...     "AVALCALO": float("nan"), "AVALCAHI": float("nan"), "AVALU": "points", "BETTER": "lower"})
    >>> derive_ablfl(facts, "last_before", "x")["ABLFL"].tolist()
    ['Y', '', '']
    """
    expected = check_baseline_rule(rule)
    if expected:
        raise ValueError(f"baseline rule {rule!r}: expected {expected}")
    require(frame, "derive_ablfl", (*by, *_OF_ABLFL, *(_OF_WORST if rule == "worst_before" else ())))
    series, order, line = groups_of(*(frame[name] for name in by)), numbers(frame, "ORDER"), frame["line"].to_numpy()
    rows = _candidates(frame, rule, reference)
    if not _NAMED.fullmatch(rule):
        if rule == "worst_before":
            rows = _worst(frame, rows, series)
        groups = series.of(rows)
        place = groups.lowest(order[rows]) if rule == "first" else groups.highest(order[rows])
        rows = rows[order[rows] == place[groups.codes]]
    # Records with equal values are one fact recorded twice: the first stands for both.
    rows = rows[np.argsort(line[rows], kind="stable")]
    rows = rows[groups_of(series.codes[rows], *(frame[name].array[rows] for name in _SAME)).first()]
    groups = series.of(rows)
    tied = rows[groups.size()[groups.codes] > 1]
    if len(tied):
        lines = line[tied[series.codes[tied] == series.codes[tied[0]]]]
        named = f"{frame['PARAMCD'].iloc[tied[0]]}: lines {' and '.join(map(str, lines))}"
        raise BaselineError(f"{named} could both be the baseline ({rule})", int(lines[-1]))
    chosen = np.zeros(len(frame), dtype=bool)
    chosen[rows] = True
    return frame.assign(ABLFL=flags(chosen))


# Two records that agree in these columns have equal values.
_SAME = ("AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI")
_OF_ABLFL = ("case_id", "line", "kind", "phase", "PARAMCD", "LOC", "DAYLO", "DAYHI", "ORDER", *_SAME)
_OF_WORST = ("BETTER",)


def _candidates(frame: pd.DataFrame, rule: str, reference: str) -> np.ndarray:
    """The places of the records that a rule may choose from: those with a value, as far as its time allows."""
    known = ~np.isnan(numbers(frame, "AVALLO")) | ~np.isnan(numbers(frame, "AVALCALO"))
    measure, sited = groups_of(frame["case_id"], frame["PARAMCD"]), ~equals(frame, "LOC", "")
    usable = equals(frame, "kind", "observation") & known & (sited | ~measure.any(sited)[measure.codes])
    named = _NAMED.fullmatch(rule)
    if named:
        for name in ("phase",) if named[1] == "phase" else ("DAYLO", "DAYHI"):
            usable &= numbers(frame, name) == float(named[2])
        return np.flatnonzero(usable)
    return np.flatnonzero(usable if rule == "first" else usable & _on_or_before(frame, reference))


def _worst(frame: pd.DataFrame, rows: np.ndarray, series: Groups) -> np.ndarray:
    """The places of the worst records of each series, by the direction of the measure."""
    rows = rows[np.argsort(frame["line"].to_numpy()[rows], kind="stable")]
    groups, unit = series.of(rows), frame["AVALU"].array[rows]
    candidates = _Candidates(frame, rows, groups)
    low, high, least_grade, highest_grade = (
        numbers(frame, name)[rows] for name in ("AVALLO", "AVALHI", "AVALCALO", "AVALCAHI")
    )
    sized = ~np.isnan(low)
    both = (groups.different(sized) > 1)[groups.codes]
    _refuse(candidates, both, sized, "are a size and a grade, of which neither is worse")
    unitless = equals(frame, "AVALU", UNIT_UNKNOWN)[rows] & (groups.size() > 1)[groups.codes]
    mixed = groups.any(unitless) | (groups.different(unit) > 1)
    _refuse(candidates, mixed[groups.codes], unit, "have no unit in common, so neither is worse")
    low, high = np.where(sized, low, least_grade), np.where(np.isnan(high), highest_grade, high)
    lower_is_better = ~equals(frame, "BETTER", "higher")[rows]
    most, least = np.where(lower_is_better, high, -low), np.where(lower_is_better, low, -high)
    worst = most == groups.highest(most)[groups.codes]
    # Another record may be worse still if its interval reaches beyond the least value that the worst one allows.
    floor = groups.highest(np.where(worst, least, np.nan))[groups.codes]
    open_ = ((most > floor) & ~worst) | (worst & (least != floor))
    either = groups.any(open_)[groups.codes] & (open_ | worst)
    _refuse(candidates, either, open_, "overlap, and which is worse cannot be told")
    return rows[worst]


class _Candidates(NamedTuple):
    """Records of a frame in the order of their lines, and their series."""

    frame: pd.DataFrame
    rows: np.ndarray
    groups: Groups


def _refuse(candidates: _Candidates, mask: np.ndarray, part: np.ndarray | ExtensionArray, why: str) -> None:
    """Raise a BaselineError on the first two records of a series that differ in a part, if there are any."""
    masked = np.flatnonzero(mask)
    if not len(masked):
        return
    frame, rows, groups = candidates
    alike = masked[groups.codes[masked] == groups.codes[masked[0]]]
    different = alike[groups_of(part[alike]).first()]
    one, other = frame["line"].iloc[rows[(different if len(different) > 1 else alike)[:2]]]
    raise BaselineError(f"{frame['PARAMCD'].iloc[rows[alike[0]]]}: lines {one} and {other} {why}", int(other))


def _on_or_before(frame: pd.DataFrame, reference: str) -> np.ndarray:
    """Whether each row is surely on or before the first start of the reference."""
    low, high, phase = first_starts(frame, reference)
    surely, surely_not = numbers(frame, "DAYHI") <= low, numbers(frame, "DAYLO") > high
    return surely | ((numbers(frame, "phase") < phase) & ~surely_not)


def derive_base(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add the value of the baseline record to each row of its series; needs `derive_ablfl`.

    Adds BASE, BASELO, BASEHI, BASELOX, BASEHIX, BASEU, BASEC, BASECALO and BASECAHI, which are the AVAL columns of the
    baseline record; BASEORD, BASEDLO and BASEDHI, its ORDER and its days; and BNRIND, its laboratory category, if the
    frame has ANRIND. All are missing in a series without a baseline.

    Raises
    ------
    pandas.errors.MergeError
        If a series has two baseline records.

    Notes
    -----
    CDISC ADaM, BASE: the value of AVAL on the record whose ABLFL is `Y`.
    """
    require(frame, "derive_base", (*by, "ABLFL", *_OF_BASE.values()))
    wanted = _OF_BASE | ({"BNRIND": "ANRIND"} if "ANRIND" in frame else {})
    series, flagged = groups_of(*(frame[name] for name in by)), np.flatnonzero(equals(frame, "ABLFL", "Y"))
    if len(np.unique(series.codes[flagged])) < len(flagged):
        raise pd.errors.MergeError("a series has two records whose ABLFL is Y; derive_ablfl flags one")
    baseline = np.full(series.count, -1)
    baseline[series.codes[flagged]] = flagged
    row = baseline[series.codes]
    base = {name: take(frame[column].values, row, allow_fill=True) for name, column in wanted.items()}
    # In a series without a baseline no end is excluded.
    for name in ("BASELOX", "BASEHIX"):
        base[name] = frame[wanted[name]].to_numpy(dtype=bool)[row] & (row >= 0)
    return frame.assign(**base)


_OF_BASE = {
    "BASE": "AVAL",
    "BASELO": "AVALLO",
    "BASEHI": "AVALHI",
    "BASELOX": "AVALLOX",
    "BASEHIX": "AVALHIX",
    "BASEU": "AVALU",
    "BASEC": "AVALC",
    "BASECALO": "AVALCALO",
    "BASECAHI": "AVALCAHI",
    "BASEORD": "ORDER",
    "BASEDLO": "DAYLO",
    "BASEDHI": "DAYHI",
}
