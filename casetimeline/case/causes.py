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
_BY_KIND = ("code", *_BY_CODE, "dose", "dose_unit", "frequency", "route")
_DEPENDENT = {"kind": _BY_KIND, "code": _BY_CODE, "dose": ("dose_unit",)}
# By what two values are of one moment.
MOMENT = ("case_id", "kind", "code", "phase", "start")


def without_consequences(misfits: list[Misfit]) -> list[Misfit]:
    """The faults without those that stand on their line for no other reason than that another fault stands there.

    A number of an unknown unit is not judged by the scale either.

    Examples
    --------
    >>> kind, value, source = (2, "kind", "finding", ""), (2, "value", "mild", ""), (2, "source", "", "")
    >>> without_consequences([kind, value, source]) == [kind, source]
    True
    >>> without_consequences([(2, "value", "923", "a number to 51"), (2, "unit", "U/L", "points")])
    [(2, 'unit', 'U/L', 'points')]
    """
    wrong: dict[int, set[str]] = {}
    for line, column, *_ in misfits:
        wrong.setdefault(line, set()).add(column)
    hidden = {
        line: {name for cause in columns for name in _DEPENDENT.get(cause, ())} for line, columns in wrong.items()
    }
    return [
        misfit
        for misfit in misfits
        if misfit[1] not in hidden[misfit[0]]
        and not (misfit[1] == "value" and "unit" in wrong[misfit[0]] and _is_number(misfit[2]))
    ]


def _is_number(text: str) -> bool:
    try:
        return bool(parse_value(text))
    except ValueError:
        return False


def no_facts(facts: pd.DataFrame) -> tuple[np.ndarray, list[Misfit]]:
    """The rows that are no facts, as a mask and each with one fault: nothing else in them can be judged."""
    strange = ~distinct(facts["kind"]).among(KINDS)
    if not 0 < strange.sum() <= MOST_FAULTS:
        return strange, []
    misfits, rows = [], facts.loc[strange, ["line", *COLUMN_NAMES]]
    for line, *cells in rows.itertuples(index=False):
        filled = [(name, cell) for name, cell in zip(COLUMN_NAMES, cells, strict=True) if cell]
        elsewhere = next((name for name, cell in filled if cell in KINDS), "")
        if elsewhere:
            expected = f"one of {', '.join(KINDS)}, as in its column {elsewhere}: the cells of this row are shifted"
            misfits.append((line, "kind", dict(filled).get("kind", ""), expected))
        elif len(filled) < 3:
            expected = "a row of a fact, with kind, code and source; a line of comment begins with #"
            misfits.append((line, filled[0][0] if filled else "kind", ", ".join(cell for _, cell in filled), expected))
    strange[strange] = rows["line"].isin([line for line, *_ in misfits])
    return strange, misfits
