"""The values of a measure and how they changed: the derived table for a reader, and one row a measure and site."""

import pandas as pd

from ..derive import records_of
from ..rules import Analysis, analyse
from ..values import number
from ..vocabulary import OPEN_STATES
from .display import Table, without_empty
from .tense import change_clause, no_change, series_of
from .words import moment_words, percent, told_words, value_words


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
        missing = [measure["label"], "", "", "not mentioned in the part that was read", "", "no change can be computed"]
        several = [
            [measure["label"], site, *_parts(series, measure["unit"], phases), change_of_series(series, measure)]
            for site, series in series_of(changes, code)
        ]
        rows += several or [missing]
    columns = ["measure", "site", "before or without a baseline", "baseline", "afterwards", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(without_empty(frame, keep=("measure", "change")), f"Case {case.case_id}: summary of changes")


def _parts(series: pd.DataFrame, unit: str, phases: dict) -> list[str]:
    """The records of a series in words: before the baseline or without one, at the baseline, and after it."""
    base, later = series["ABLFL"] == "Y", series["ORDER"] > series["BASEORD"]
    return [_moments(part, unit, phases) for part in (series[~base & ~later], series[base], series[later])]


def _moments(records: pd.DataFrame, unit: str, phases: dict) -> str:
    return "; ".join(f"{told_words(row, unit)}, {moment_words(row, phases)}" for row in records.itertuples())


def path_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The values and states of one series in the order of the file, joined by arrows."""
    return " -> ".join(value_words(row, measure["unit"]) for row in series.itertuples())


def change_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The changes of one series after its baseline in words, or the reason why there is none."""
    if not (series["ABLFL"] == "Y").any():
        return no_change("brief", "no baseline")
    later = series[series["ORDER"] > series["BASEORD"]]
    if later.empty:
        return no_change("brief", "recorded once" if len(series) == 1 else "no record after the baseline")
    return "; ".join(_change_of_row(row, measure["unit"]) for row in later.itertuples())


def _change_of_row(row, unit: str) -> str:
    if row.STATE in OPEN_STATES:
        return no_change("brief", row.STATE.replace("_", " "))
    return change_clause(row, unit, "brief")
