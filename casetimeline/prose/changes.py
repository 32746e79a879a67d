"""The values of a measure and how they changed: the derived table for a reader, and one row a measure and site."""

import pandas as pd

from ..derive import records_of
from ..rules import Analysis, analyse
from ..values import number
from ..vocabulary import OPEN_STATES
from .display import Table, without_empty
from .words import change_words, moment_words, percent, shift_words, since_words, site_words, told_words, value_words


def summarise_changes(analysis: Analysis, code: str) -> Table:
    """Each record of a measure with its baseline and change, under the ADaM names."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    rows = records_of(changes, code)
    # A change runs forward in time: nothing is shown for the baseline itself and what came before it.
    after = rows["ORDER"] > rows["BASEORD"]
    shown = pd.DataFrame(
        {
            "line": rows["line"],
            "phase": rows["phase"],
            "LOC": rows["LOC"],
            "AVALC": rows["AVALC"],
            "ABLFL": rows["ABLFL"],
            "BASEC": rows["BASEC"].where(after, ""),
            "CHG": [number(v) if v == v else "" for v in rows["CHG"].where(after)],
            "PCHG": [percent(v) for v in rows["PCHG"].where(after)],
        }
    )
    for name, show in (
        ("CHGPREV", number),
        ("R2BASE", lambda v: number(v, 3)),
        ("R2A1HI", lambda v: number(v, 2)),
    ):
        if name in rows:
            values = rows[name] if name == "R2A1HI" else rows[name].where(after)
            if name == "CHGPREV":
                values = values.where(rows["PREV"] != rows["BASE"])
            shown[name] = [show(v) if v == v else "" for v in values]
    if "ANRIND" in rows:
        shown["ANRIND"] = rows["ANRIND"]
    if "SHIFT1" in rows:
        shown["SHIFT1"] = rows["SHIFT1"].where(after, "")
    label = case.measure(code)["label"]
    caption = f"Case {case.case_id}: {label}, baseline rule {case.baseline_rule}, reference {case.reference or 'none'}"
    return Table(without_empty(shown, keep=("line", "AVALC", "ABLFL", "CHG")), caption)


def summarise_case(analysis: Analysis, codes: tuple[str, ...] = ("mrss", "ck", "pericardial_effusion")) -> Table:
    """One row a measure and site: its baseline, what came after, and the change or why there is none.

    A record before the baseline, and every record of a series that has none, stands in a column of its own.
    """
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    phases = case.about.get("phases", {})
    rows = []
    for code in codes:
        measure = case.measure(code)
        records = records_of(changes, code)
        if not len(records):
            rows.append(
                [measure["label"], "", "", "not mentioned in the part that was read", "", "no change can be computed"]
            )
        sites = set(records["LOC"])
        for site, series in records.groupby("LOC", sort=False):
            base, later = series["ABLFL"] == "Y", series["ORDER"] > series["BASEORD"]
            parts = (series[~base & ~later], series[base], series[later])
            told = [_moments(part, measure["unit"], phases) for part in parts]
            rows.append([measure["label"], site_words(site, sites), *told, change_of_series(series, measure)])
    columns = ["measure", "site", "before or without a baseline", "baseline", "afterwards", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(without_empty(frame, keep=("measure", "change")), f"Case {case.case_id}: summary of changes")


def _moments(records: pd.DataFrame, unit: str, phases: dict) -> str:
    return "; ".join(f"{told_words(row, unit)}, {moment_words(row, phases)}" for row in records.itertuples())


def path_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The values and states of one series in the order of the file, joined by arrows."""
    return " -> ".join(value_words(row, measure["unit"]) for row in series.itertuples())


def change_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The changes of one series after its baseline in words, or the reason why there is none."""
    if not (series["ABLFL"] == "Y").any():
        return "no change can be computed (no baseline)"
    later = series[series["ORDER"] > series["BASEORD"]]
    if not len(later):
        once = len(series) == 1
        return f"no change can be computed ({'recorded once' if once else 'no record after the baseline'})"
    return "; ".join(_change_of_row(row, measure["unit"]) for row in later.itertuples())


def _change_of_row(row, unit: str) -> str:
    if row.STATE in OPEN_STATES:
        return f"no change can be computed ({row.STATE.replace('_', ' ')})"
    change = "; ".join(filter(None, [change_words(row, unit), since_words(row, unit)]))
    return change or shift_words(row) or "no change can be computed (units differ or are not reported)"
