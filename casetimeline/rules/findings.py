"""Rules about what became of a finding: gone, less than large, or unchanged, and without a drainage in between."""

from collections.abc import Mapping

import numpy as np

from ..values import Distinct, Intervals, answer, bounds_of, exceeds, inside, parse_threshold, parse_value, size_of
from ..vocabulary import MET, NOT_MET, UNDETERMINED

# Records as arrays by column.
Records = Mapping[str, np.ndarray]


def undisturbed(records: Records, codes: list[str], table: Records, measure: Distinct) -> dict[str, np.ndarray]:
    """`met` where after the baseline a row says that none of the events happened, and no row says that one did.

    It says so by an event named `no_` and one of them, or by a measure of them that is 0 or absent. Silence is open,
    and so is an event that may stand between the baseline and the record. One that surely stands there is a part of its
    own, since nothing else that could be told would then decide.
    """
    named, absent = measure.among(codes) & ~table["stated"], (table["AVALHI"] == 0) | (table["AVALCAHI"] == 0)
    denied = (named & absent) | (measure.among([f"no_{code}" for code in codes]) & ~table["stated"])

    def between(rows: np.ndarray, surely: bool) -> np.ndarray:
        """Whether one of some rows stands, or may stand, behind the baseline and not behind the record, of each."""
        rows = np.flatnonzero(rows)
        rows = rows[np.argsort(table["case"][rows], kind="stable")]
        start, end = (np.searchsorted(table["case"][rows], records["case"], side=side) for side in ("left", "right"))
        # Each record beside each such row of its case.
        record = np.repeat(np.arange(len(start)), end - start)
        row = rows[np.arange(len(record)) - np.repeat(np.cumsum(end - start) - end, end - start)]
        low, high, phase = (table[name][row] for name in ("ORDLO", "ORDHI", "ORDPH"))
        later = (records["ORDHI"][record] < low) | (records["ORDPH"][record] < phase)
        if surely:
            behind = (records["BASEDHI"][record] < table["DAYLO"][row]) | (records["BASEOPH"][record] < phase)
        else:
            behind = ~((high < records["BASEOLO"][record]) | (phase < records["BASEOPH"][record]))
        return np.bincount(record[behind & ~later], minlength=len(start)) > 0

    happened = named & (~table["observed"] | (table["AVALLO"] > 0) | (table["AVALCALO"] > 0))
    disturbed = between(happened, surely=True)
    none = ~between(named & ~absent, surely=False) & between(denied, surely=True)
    return {
        "no drainage": np.where(disturbed, "", answer(none, True)),
        "drainage in between": np.where(disturbed, UNDETERMINED, ""),
    }


def parts_of_finding(records: Records, rule) -> dict[str, np.ndarray]:
    """The parts of a rule about resolution, about regression from large, or about stability of what was large."""
    top = records["TOPGRADE"]
    low, high = records["AVALCALO"], records["AVALCAHI"]
    base_low, base_high = records["BASECALO"], records["BASECAHI"]
    known = ~np.isnan(base_low) & ~np.isnan(low)
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


def _large(size: Intervals, limit: str, surely: np.ndarray, possibly: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Whether a finding is surely large, and whether it is possibly large: by size where it has one, else by grade."""
    sized, by_size = ~np.isnan(size.low), exceeds(size, *parse_threshold(limit))
    return np.where(sized, by_size == MET, surely), np.where(sized, by_size != NOT_MET, possibly)
