"""One fault, one message: which faults of a row are there for no other reason than another one."""

import numpy as np
import pandas as pd

from ..faults import MOST_FAULTS
from ..values import distinct, parse_value
from ..vocabulary import COLUMN_NAMES, KINDS

# Line, column, what is there, what would be right, and the nearest known word where there is one.
Misfit = tuple[int, str, str, str] | tuple[int, str, str, str, str]
# What is judged by the kind of a row, by its code, and by its dose: where that is wrong, none of it is known to be.
_BY_CODE = ("value", "unit", "ref_low", "ref_high", "state")
_BY_KIND = ("code", *_BY_CODE, "count", "dose", "dose_unit", "frequency", "route", "by", "grade", "related")
_DEPENDENT = {"kind": _BY_KIND, "code": _BY_CODE, "dose": ("dose_unit",)}
# The columns of units, which are no numbers, and the number before each.
_UNITS = {"unit": "value", "dose_unit": "dose"}
# What is held against another value of one moment, and by what two values are of one.
OF_VALUE = ("value", "unit", "state", "site")
MOMENT = ("case_id", "kind", "code", "phase", "start", "anchor")


def without_consequences(misfits: list[Misfit]) -> list[Misfit]:
    """The faults without those that stand on their line for no other reason than that another fault stands there.

    A number of an unknown unit is not judged by the scale either, and a cell has one fault. Where it is clear which
    kind is misspelt, the code is judged all the same.

    Examples
    --------
    >>> kind, value, source = (2, "kind", "finding", ""), (2, "value", "mild", ""), (2, "source", "", "")
    >>> without_consequences([kind, value, source]) == [kind, source]
    True
    >>> without_consequences([(2, "value", "923", "a number to 51"), (2, "unit", "U/L", "points")])
    [(2, 'unit', 'U/L', 'points')]
    >>> without_consequences([(2, "state", "absent", "a number"), (2, "state", "absent", "what agrees")])
    [(2, 'state', 'absent', 'a number')]
    """
    wrong: dict[int, set[str]] = {}
    for line, column, *_ in misfits:
        wrong.setdefault(line, set()).add(column)
    clear = {line for line, column, *more in misfits if column == "kind" and more[2:] and more[2]}
    hidden = {
        line: {name for cause in columns for name in _DEPENDENT.get(cause, ())} - ({"code"} if line in clear else set())
        for line, columns in wrong.items()
    }
    first: dict[tuple[int, str], Misfit] = {}
    for misfit in misfits:
        line, column, text, *_ = misfit
        of_unit = column == "value" and "unit" in wrong[line] and _is_number(text)
        if column not in hidden[line] and not of_unit:
            first.setdefault((line, column), misfit)
    return [*first.values()]


def _is_number(text: str) -> bool:
    try:
        return bool(parse_value(text))
    except ValueError:
        return False


def no_facts(facts: pd.DataFrame) -> tuple[np.ndarray, list[Misfit]]:
    """The rows that are no facts, as a mask and each with one fault: nothing else in them can be judged."""
    strange = ~distinct(facts["kind"]).among(KINDS)
    for column in _UNITS:
        strange |= distinct(facts[column]).each(str.isdecimal, bool)
    if not 0 < strange.sum() <= MOST_FAULTS:
        return np.zeros(len(facts), dtype=bool), []
    rows = facts.loc[strange, ["line", *COLUMN_NAMES]]
    filled = [dict(zip(COLUMN_NAMES, cells, strict=True)) for _, *cells in rows.itertuples(index=False)]
    misfits = [(line, *misfit) for line, cells in zip(rows["line"], filled, strict=True) if (misfit := _no_fact(cells))]
    strange[strange] = rows["line"].isin([line for line, *_ in misfits])
    return strange, misfits


def _no_fact(cells: dict[str, str]) -> tuple[str, str, str] | None:
    """Why a row is no fact: the column, what is there, and what would be right; nothing where it may be one."""
    kind, cells = cells["kind"], {name: cell for name, cell in cells.items() if cell}
    if kind not in KINDS:
        elsewhere = next((name for name, cell in cells.items() if cell in KINDS), "")
        if elsewhere:
            where = f"'{cells[elsewhere]}' stands in the column {elsewhere}: the cells of this row are shifted"
            return "kind", kind, f"one of {', '.join(KINDS)}; {where}"
        if len(cells) < 3:
            expected = "a row of a fact, with kind, code and source; a line of comment begins with #"
            return next(reversed(cells), "kind"), ", ".join(cells.values()), expected
    for unit, number in _UNITS.items():
        if cells.get(unit, "").isdecimal() and cells.get(number, "").isdecimal():
            with_comma = f"{cells[number]},{cells[unit]}"
            return (
                number,
                with_comma,
                f"a decimal point ({cells[number]}.{cells[unit]}); the comma has shifted the cells of this row",
            )
    return None
