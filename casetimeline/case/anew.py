"""A case without some of its rows, read again in memory: what the others say alone."""

import dataclasses
from collections.abc import Iterable

import pandas as pd

from ..derive import derive_analysis
from ..faults import TimelineError, fault
from ..vocabulary import COLUMN_NAMES
from .checks.notes import order_notes
from .choose import check_baseline, check_plan
from .form.about import time_zero_of
from .model import Case


def without_rows(case: Case, lines: Iterable[int]) -> Case:
    """The case as it would be read if some rows of its timeline were blank.

    The other rows keep their lines. What case.yaml says stays, and so does a baseline rule or reference that was asked
    for. The notes are those of the order of the rows and of the baselines.

    Parameters
    ----------
    case : Case
        From `read_case`.
    lines : iterable of int
        Lines of timeline.csv.

    Returns
    -------
    Case
        A new case; the one that was given stays as it is.

    Raises
    ------
    TimelineError
        If the case cannot be read without these rows, for instance because one is the only course of the reference
        treatment; or if no row is left.

    Examples
    --------
    >>> from casetimeline.case import read_facts
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss",
    ...                       "value": [46, 32], "unit": "", "source": "chart"})
    >>> without_rows(read_facts(frame), [2]).facts[["line", "AVAL"]].to_numpy().tolist()
    [[3.0, 32.0]]
    """
    gone, file = {*lines}, f"{case.case_id}/timeline.csv"
    rows = case.facts.loc[~case.facts["line"].isin(gone), ["line", *COLUMN_NAMES]].reset_index(drop=True)
    if rows.empty:
        raise TimelineError([fault("no row", "at least one fact", at=file)])
    with pd.option_context("mode.string_storage", "python"):
        rows = rows.assign(phase=rows["phase"].astype("str").fillna(""))
        faults = check_plan(case.baseline_rule, case.reference, rows, f"{case.case_id}/case.yaml", {})
        if faults:
            raise TimelineError(faults)
        time_zero = case.about.get("time_zero", {})
        about = {name: part for name, part in case.about.items() if name != "time_zero" or "chosen" not in time_zero}
        about, zeros = time_zero_of(about, rows)
        facts = derive_analysis(rows, case.measures, zeros)
        notes = [*order_notes(facts, file), *check_baseline(facts, case.baseline_rule, case.reference, file, "")]
    places = {line: place for line, place in case.places.items() if line not in gone}
    provable = case.provable - len(case.places.keys() & gone)
    return dataclasses.replace(case, about=about, facts=facts, notes=tuple(notes), places=places, provable=provable)
