"""What the entries of a draft change in the report of the case as it is stored, told by the rows of the grid."""

from collections.abc import Iterable

from ..case import Case
from ..faults import rename_lines
from ..figures import told_and_drawn
from ..rules import DERIVED, OutputChange, RowChange, analyse, compare_outputs, compare_rows, parts_that_differ
from .draft import Draft, names_of_lines


def changes_of(draft: Draft, stored: Case, typed: Case) -> dict:
    """What differs between a stored case and a draft of it.

    Parameters
    ----------
    draft : Draft
        The draft, whose rows have other numbers than the lines of the file where some are not filled in.
    stored, typed : Case
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
    rows = compare_rows(stored.facts, typed.facts)
    outputs = compare_outputs(*(told_and_drawn(analyse(case)) for case in (stored, typed)), rows)
    keys = dict.fromkeys((*stored.about, *typed.about))
    return {
        "others": [key for key in keys if stored.about.get(key) != typed.about.get(key)],
        "rows": [_row(change, names) for change in rows.changes],
        "outputs": [_output(change, names) for change in outputs],
    }


def _row(change: RowChange, names: dict[int, str]) -> dict:
    cells = [[name, old, new] for name, (old, new) in change.cells.items()]
    return {"change": change.change, "place": _place(change, names), "code": change.code, "cells": cells}


def _place(change: RowChange, names: dict[int, str]) -> str:
    """A row by its number in the grid, or by its line in the stored file if the grid has it no more."""
    return f"stored line {change.old}" if change.new is None else names[change.new]


def _output(change: OutputChange, names: dict[int, str]) -> dict:
    old, new = parts_that_differ(change) if change.kind == DERIVED else (change.old, change.new)
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
