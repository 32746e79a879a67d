"""What rests on the rows of a case: what a draft changes in the report of the stored case, and what one row carries."""

from collections.abc import Iterable

from ..faults import TimelineError, fault, rename_lines
from ..figures import told_and_drawn
from ..rules import (
    Analysis,
    OutputChange,
    RowChange,
    compare_outputs,
    compare_rows,
    parts_that_differ,
)
from .draft import Draft, names_of_lines


def changes_of(draft: Draft, stored: Analysis, typed: Analysis) -> dict:
    """What differs between a stored case and a draft of it.

    Parameters
    ----------
    draft : Draft
        The draft, whose rows have other numbers than the lines of the file where some are not filled in.
    stored, typed : Analysis
        The case in the folder, and the one of the draft.

    Returns
    -------
    dict
        `others`: the keys of case.yaml that differ; `rows`: for each row that does, how (`added`, `removed` or
        `changed`), its place, its code and its cells as `[column, stored, typed]`; `outputs`: for each derived value,
        verdict, claim, sentence and mark that differs its kind, what it is of, what it says in each, and the rows that
        are the reason.
    """
    names = names_of_lines(draft)
    rows = compare_rows(stored.case.facts, typed.case.facts)
    outputs = compare_outputs(told_and_drawn(stored), told_and_drawn(typed), rows)
    before, after = stored.case.about, typed.case.about
    return {
        "others": [key for key in dict.fromkeys((*before, *after)) if before.get(key) != after.get(key)],
        "rows": [_row(change, names) for change in rows.changes],
        "outputs": [_output(change, names) for change in outputs],
    }


def resting_on(analysis: Analysis, line: object) -> list[dict]:
    """Everything that rests on a row: derived values, verdicts, claims, sentences and marks.

    Parameters
    ----------
    analysis : Analysis
        The case by some rules.
    line : int
        A line of timeline.csv.

    Returns
    -------
    list of dict
        The `kind` of each output, `what` it is, and what it `says`.

    Raises
    ------
    TimelineError
        If no row stands on this line.
    """
    if line not in analysis.case.facts["line"].tolist():
        raise TimelineError([fault(str(line), "a line with a row", at="page", column="line")])
    outputs = told_and_drawn(analysis)
    rests = outputs["LINES"].map(lambda lines: line in lines)
    resting = outputs[rests & (outputs["SAYS"] != "")]
    names = {"KIND": "kind", "WHAT": "what", "SAYS": "says"}
    return resting[list(names)].rename(columns=names).to_dict("records")


def _row(change: RowChange, names: dict[int, str]) -> dict:
    cells = [[name, old, new] for name, (old, new) in change.cells.items()]
    return {"change": change.change, "place": _place(change, names), "code": change.code, "cells": cells}


def _place(change: RowChange, names: dict[int, str]) -> str:
    """A row by its number in the grid, or by its line in the stored file if the grid has it no more."""
    return f"stored line {change.old}" if change.new is None else names[change.new]


def _output(change: OutputChange, names: dict[int, str]) -> dict:
    old, new = parts_that_differ(change)
    return {
        "kind": change.kind,
        # What is said no more is named by a line of the stored file.
        "what": rename_lines(change.what, names.get if change.new else "stored line {}".format),
        "stored": old,
        "typed": rename_lines(new, names.get),
        "because": ", ".join(_places(change.reasons, names)),
    }


def _places(changes: Iterable[RowChange], names: dict[int, str]) -> list[str]:
    return list(dict.fromkeys(_place(change, names) for change in changes))
