"""One fault, one message: which faults of a row are there for no other reason than another one."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ...faults import MOST_FAULTS, Fault, first_few
from ...values import distinct, parse_value
from ...vocabulary import COLUMN_NAMES, KINDS

# Line, column, what is there, what would be right, and the nearest known word where there is one.
Misfit = tuple[int, str, str, str] | tuple[int, str, str, str, str]
# What is judged by the kind of a row, by its code, and by its dose: where that is wrong, none of it is known to be.
_BY_CODE = ("value", "unit", "ref_low", "ref_high", "state")
_BY_KIND = ("code", *_BY_CODE, "count", "dose", "dose_unit", "frequency", "route", "by", "grade", "related")
_DEPENDENT = {"kind": _BY_KIND, "code": _BY_CODE, "dose": ("dose_unit",)}
# The columns of units, which are no numbers, and the number before each.
_UNITS = {"unit": "value", "dose_unit": "dose"}
# What is of one row in the words of a fault: a line, and what stands between quotation marks.
_OF_ONE_ROW = re.compile(r"\b(lines?|row) [0-9]+|\banother (lines?|row)\b|'[^']*'|\"[^\"]*\"")
# Of so many different faults of one cause, and of so many wrong ids, each is told; of more only the first.
_MANY, _MANY_IDS, _FIRST = 20, 4, 3
# What is held against another value of one moment, and by what two values are of one.
OF_VALUE = ("value", "unit", "state", "site")
MOMENT = ("case_id", "kind", "code", "phase", "start", "anchor")


# The options whose faults are found case by case.
_OPTIONS = ("baseline", "reference", "rules")


def faults_of_cases(faults: Iterable[tuple[str, Fault]], count: int) -> list[Fault]:
    """The faults of some cases, each once; that of an option with the cases in which it is one, where not in all.

    Parameters
    ----------
    faults : iterable of (str, Fault)
        Each with the id of its case, blank where its file names it.
    count : int
        How many cases there are.

    Examples
    --------
    >>> in_each = [Fault("reference", None, None, "foo", f"a treatment: {code}") for code in ("ck", "ivig")]
    >>> [str(each) for each in faults_of_cases(zip("ab", in_each, strict=True), 2)]
    ["reference: found 'foo'; expected a treatment, in cases a, b"]
    """
    groups: dict[Fault, dict[Fault, list[str]]] = {}
    for case_id, each in faults:
        is_option = case_id and each.file in _OPTIONS
        cause = each._replace(expected="", nearest="") if is_option else each
        groups.setdefault(cause, {}).setdefault(each, []).append(case_id)
    return [_in_cases(variants, count) for variants in groups.values()]


def _in_cases(variants: dict[Fault, list[str]], count: int) -> Fault:
    """One fault of several that are of one cause, with the ids of the cases in which they are."""
    first, *others = variants
    ids = [*dict.fromkeys(case_id for of_one in variants.values() for case_id in of_one)]
    if first.file not in _OPTIONS or not all(ids) or (not others and len(ids) == count):
        return first
    # What each case has in its place stands behind the first mark.
    expected = re.split(r"[:;] ", first.expected)[0] if others else first.expected
    where = f"in {'cases' if len(ids) > 1 else 'case'} {first_few(ids)}"
    return first._replace(expected=f"{expected}, {where}", nearest="" if others else first.nearest)


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


def cause_of(column: str | None, expected: str) -> tuple[str, str]:
    """What faults of one cause have in common: the column, and what would be right but for what is of one row.

    Examples
    --------
    >>> texts = ["one value, as on line 3", "one value, as on line 12", "one value, as on another line"]
    >>> len({cause_of("value", text) for text in texts})
    1
    """
    return column or "", _OF_ONE_ROW.sub(r"\1\2", expected)


def few_of_each(faults: Iterable[Fault]) -> tuple[Fault, ...]:
    """Faults of which, where many differ and are of one cause, the first are as they are, and the others told as one.

    Examples
    --------
    >>> from casetimeline.faults import TimelineError
    >>> faults = [Fault("t.csv", line, "case_id", f"P {line}", "an id") for line in range(2, 9)]
    >>> print(TimelineError(few_of_each(faults)).args[0].splitlines()[-1])
    t.csv, lines 5, 6, 7, 8, column case_id: 4 more such ids, for example 'P 5'; expected an id
    """
    faults = [*faults]
    different: dict[tuple[str, str], dict[tuple[str, str], Fault]] = {}
    for each in faults:
        different.setdefault(cause_of(each.column, each.expected), {}).setdefault(_of_text(each), each)
    others: dict[tuple[str, str], Fault] = {}
    for (column, _), texts in different.items():
        if len(texts) > (_MANY_IDS if column == "case_id" else _MANY):
            rest, noun = [*texts.values()][_FIRST:], "ids" if column == "case_id" else "faults"
            expected = expected_of(each.expected for each in rest)
            joint = Fault(*rest[0][:4], expected, several=f"{len(rest)} more such {noun}")
            others |= dict.fromkeys(map(_of_text, rest), joint)
    joints = (others.get(_of_text(each), each) for each in faults)
    return tuple(joint._replace(line=each.line) for joint, each in zip(joints, faults, strict=True))


def expected_of(sentences: Iterable[str]) -> str:
    """What would be right in each of several rows: one sentence, or one without what is of one row.

    Examples
    --------
    >>> expected_of(["one value, as on line 3", "one value, as on line 12"])
    'one value, as on another line'
    """
    first, *others = dict.fromkeys(sentences)
    return _OF_ONE_ROW.sub(_of_another, first) if others else first


def _of_another(part: re.Match[str]) -> str:
    line = part[1] or part[2]
    return f"another {line}" if line else "'...'"


def _of_text(fault: Fault) -> tuple[str | None, str, str]:
    return fault.column, fault.found, fault.expected
