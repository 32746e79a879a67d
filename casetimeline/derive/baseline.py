"""Which record is the baseline, and its value beside every record of its series."""

import re
from collections.abc import Sequence

import pandas as pd

from ..vocabulary import BASELINE_RULES, SERIES, UNIT_UNKNOWN
from .studyday import reference_starts

_NAMED = re.compile(r"(phase|day)=(-?\d+(?:\.\d+)?)")


class BaselineError(ValueError):
    """The baseline of a series cannot be told: two records could be it.

    Attributes
    ----------
    line : int
        The line of the later record.
    """

    def __init__(self, message: str, line: int) -> None:
        self.line = line
        super().__init__(message)


def check_baseline_rule(rule: str) -> str:
    """What would be right, if the rule is not one of `vocabulary.BASELINE_RULES`; else nothing.

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

    A series is one measure of one case at one site. A record whose value is missing is never the baseline, nor is
    a record without a site where the measure was recorded by site: it cannot be compared with any of them.
    `last_before` and `worst_before` look at records on or before the first start of the reference: by day where
    the days decide, otherwise by phase, and then only at earlier phases, because two facts of one phase have no
    order. Of equally bad values, `worst_before` takes the last.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    rule : str
        One of `vocabulary.BASELINE_RULES`.
    reference : str
        Code of the treatment or event that `last_before` and `worst_before` refer to.
    by : sequence of str
        What makes a series.

    Returns
    -------
    DataFrame
        A new frame with ABLFL.

    Raises
    ------
    BaselineError
        If two records of one series that say different things could be the baseline; the message names both lines.

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
    wrong = check_baseline_rule(rule)
    if wrong:
        raise ValueError(f"baseline rule {rule!r}: expected {wrong}")
    usable = (frame["kind"] == "observation") & (frame["AVALLO"].notna() | frame["AVALCALO"].notna())
    sited = frame["LOC"].ne("").groupby([frame["case_id"], frame["PARAMCD"]]).transform("any")
    usable &= frame["LOC"].ne("") | ~sited
    named = _NAMED.fullmatch(rule)
    if named:
        low, high = (frame["phase"],) * 2 if named[1] == "phase" else (frame["DAYLO"], frame["DAYHI"])
        wanted = float(named[2])
        chosen = frame[usable & (low == wanted).fillna(False) & (high == wanted).fillna(False)]
    else:
        chosen = frame[usable] if rule == "first" else frame[usable & _on_or_before(frame, reference)]
        if rule == "worst_before":
            chosen = _worst(chosen, by)
        place = chosen["ORDER"].groupby([chosen[name] for name in by])
        chosen = chosen[chosen["ORDER"] == place.transform("min" if rule == "first" else "max")]
    # Records that say the same are one fact told twice: the first stands for both.
    chosen = chosen.sort_values("line").drop_duplicates([*by, "AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI"])
    tied = chosen[chosen.duplicated(list(by), keep=False)]
    if len(tied):
        first = tied[(tied[list(by)] == tied.iloc[0][list(by)]).all(axis=1)]
        lines = " and ".join(str(line) for line in first["line"])
        message = f"{first['PARAMCD'].iloc[0]}: lines {lines} could both be the baseline ({rule})"
        raise BaselineError(message, int(first["line"].iloc[-1]))
    flags = pd.Series("", index=frame.index, dtype=str)
    flags[chosen.index] = "Y"
    return frame.assign(ABLFL=flags)


def _worst(candidates: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    """The worst of each series by the measure's own direction; sizes are not compared with grades."""
    candidates = candidates.sort_values("line")
    series = [candidates[name] for name in by]
    several = candidates["line"].groupby(series).transform("size") > 1
    sized = candidates["AVALLO"].notna()
    mixed = sized.groupby(series).transform("nunique") > 1
    _refuse(candidates, mixed, sized, by, "are a size and a grade, of which neither is worse")
    strange = candidates["AVALU"].eq(UNIT_UNKNOWN) & several
    units = strange.groupby(series).transform("any") | (candidates["AVALU"].groupby(series).transform("nunique") > 1)
    _refuse(candidates, units, candidates["AVALU"], by, "have no unit in common, so neither is worse")
    high = candidates["AVALHI"].fillna(candidates["AVALCAHI"])
    low = candidates["AVALLO"].fillna(candidates["AVALCALO"])
    lower_is_better = candidates["BETTER"] != "higher"
    most, least = high.where(lower_is_better, -low), low.where(lower_is_better, -high)
    worst = most == most.groupby(series).transform("max")
    # Another record that may be worse still: its interval reaches above the lowest that the worst one allows.
    floor = least.where(worst).groupby(series).transform("max")
    open_ = ((most > floor) & ~worst) | (worst & (least != floor))
    either = open_.groupby(series).transform("any") & (open_ | worst)
    _refuse(candidates, either, open_, by, "overlap, and which is worse cannot be told")
    return candidates[worst]


def _refuse(candidates: pd.DataFrame, mask: pd.Series, sort: pd.Series, by: Sequence[str], why: str) -> None:
    """Raise a BaselineError on the first two records of the first series that differ in `sort`, if there are any."""
    rows = candidates[mask]
    if not len(rows):
        return
    rows = rows[(rows[list(by)] == rows.iloc[0][list(by)]).all(axis=1)]
    pair = rows[~sort.reindex(rows.index).duplicated()]["line"].iloc[:2].tolist()
    pair = pair if len(pair) == 2 else rows["line"].iloc[:2].tolist()
    raise BaselineError(f"{rows['PARAMCD'].iloc[0]}: lines {pair[0]} and {pair[1]} {why}", int(pair[1]))


def _on_or_before(frame: pd.DataFrame, reference: str) -> pd.Series:
    placed = reference_starts(frame, reference)
    surely, surely_not = frame["DAYHI"] <= placed["RFSTLO"], frame["DAYLO"] > placed["RFSTHI"]
    by_phase = (frame["phase"] < placed["RFPHASE"]).astype("boolean").fillna(False).astype(bool)
    return surely | (by_phase & ~surely_not)


def derive_base(frame: pd.DataFrame, by: Sequence[str] = SERIES) -> pd.DataFrame:
    """Add the baseline record's value to each row of its series.

    Parameters
    ----------
    frame : DataFrame
        With ABLFL from `derive_ablfl`.
    by : sequence of str
        What makes a series; one baseline record in each.

    Returns
    -------
    DataFrame
        A new frame with BASE, BASELO, BASEHI, BASELOX, BASEHIX, BASEU, BASEC, BASECALO, BASECAHI, and BASEORD, BASEDLO,
        BASEDHI, the baseline's place in the telling and in days; and BNRIND, its category, if the frame has ANRIND.
        All missing in a series without a baseline.
    """
    wanted = {
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
        "BNRIND": "ANRIND",
    }
    wanted = {name: column for name, column in wanted.items() if column in frame}
    flagged = frame.loc[frame["ABLFL"] == "Y", [*by, *wanted.values()]]
    renamed = flagged.rename(columns={column: name for name, column in wanted.items()})
    joined = frame[list(by)].merge(renamed, on=list(by), how="left", validate="many_to_one").set_axis(frame.index)
    excluded = {name: joined[name].eq(True) for name in ("BASELOX", "BASEHIX")}
    return frame.assign(**{name: joined[name] for name in wanted}).assign(**excluded)
