"""What the rows of a table say of each other, or of another table: one name of two things, a number off its scale."""

import math
from collections.abc import Collection, Iterator, Mapping

import pandas as pd

from ...faults import Fault, TimelineError, fault
from ...values import rows_of
from .names import name_key

_NAMING = {"label": "label", "abbrev": "abbreviation"}


def check_synonyms(tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Faults of codes and synonyms that are a name of another row, in whichever of some tables.

    Parameters
    ----------
    tables : dict
        The rows with their lines, indexed by code, by the name of the file.

    Examples
    --------
    >>> rows = pd.DataFrame({"kind": "observation", "label": ["Skin", "Kinase"], "abbrev": ["mRSS", "CK"],
    ...                      "synonyms": ["", "mrss"], "line": [2, 3]}, index=pd.Index(["skin", "ck"], name="code"))
    >>> print(check_synonyms({"measures.csv": rows})[0])
    measures.csv, line 3, column synonyms: found 'mrss'; expected a name of one thing: it is the abbreviation of 'skin'
    on line 2 of measures.csv; a word of more than one thing stands in 'ambiguous'
    """
    faults = []
    for observed in (True, False):
        rows = [
            (file, row)
            for file, table in tables.items()
            for row in table.reset_index().to_dict("records")
            if (row["kind"] == "observation") == observed
        ]
        names: dict[str, tuple[str, str]] = {}
        for file, row in rows:
            code, named = names.setdefault(name_key(row["code"]), (row["code"], _named("code", file, row)))
            if code != row["code"]:
                faults.append(Fault(file, int(row["line"]), "code", row["code"], f"a code of its own: {named}"))
        for column, noun in _NAMING.items():
            for file, row in rows:
                names.setdefault(name_key(row[column]), (row["code"], _named(noun, file, row)))
        for file, row in rows:
            for word in filter(name_key, row["synonyms"].split("|")):
                code, named = names.setdefault(name_key(word), (row["code"], _named("synonym", file, row)))
                if code != row["code"]:
                    expected = f"a name of one thing: {named}; a word of more than one thing stands in 'ambiguous'"
                    faults.append(Fault(file, int(row["line"]), "synonyms", word, expected))
    return faults


def _named(noun: str, file: str, row: dict) -> str:
    article = "a" if noun == "synonym" else "the"
    return f"it is {article} {noun} of '{row['code']}' on line {row['line']} of {file}"


def check_codes(
    table: pd.DataFrame, known: Collection[str], file: str, happenings: Collection[str] = ()
) -> pd.DataFrame:
    """The rules, arms or treatments, of whose codes none is a known one that is misspelt.

    A code that is like no known one may be that of a case which defines it in its own measures.csv.

    Parameters
    ----------
    table : DataFrame
        With the line of each row.
    known, happenings : collection of str
        The measures, and what may happen or be given.
    file : str
        The name of the table.

    Raises
    ------
    TimelineError
        Naming each measure without a name, and each that no table has but under a name like it: a rule on it would
        judge nothing.
    """
    of_column = {"measure": known, "needs": known, "touches": known, "not_after": {*happenings, *known}}
    expected = {"not_after": "a code of measures.csv or treatments.csv"}
    unknown = [
        fault(
            code, expected.get(column, "an observation code of measures.csv"), at=file, line=line, column=column
        )._replace(nearest=fault(code, "", at=file, known=of_column[column]).nearest)
        for column in table.columns.intersection([*of_column])
        for line, cell in table.loc[table[column].ne("") | (column == "measure"), ["line", column]].to_numpy()
        for code in cell.split("|")
        if code not in of_column[column]
    ]
    faults = [misfit for misfit in unknown if misfit.nearest or not misfit.found]
    if faults:
        raise TimelineError(faults)
    return table


# The columns of rules and arms that hold a value of the measure, and those that hold a change of it.
_VALUES, _CHANGES = ("base_min", "base_max", "baseline_mean"), ("change", "change_low", "change_high")


def check_scales(table: pd.DataFrame, measures: pd.DataFrame, file: str) -> pd.DataFrame:
    """The rules or arms, of whose numbers none lies beyond the scale of the measure.

    Raises
    ------
    TimelineError
        Naming each value that no patient can have, each change that is larger than the scale, and each percentage of a
        measure that has none.
    """
    faults = [
        each for row in rows_of(table) if row.measure in measures.index for each in _off_scale(row, measures, file)
    ]
    if faults:
        raise TimelineError(faults)
    return table


def _off_scale(row, measures: pd.DataFrame, file: str) -> Iterator[Fault]:
    low, high = (float(measures.loc[row.measure, end]) for end in ("low", "high"))
    if measures.loc[row.measure, "scale"] and getattr(row, "percent", ""):
        expected = f"blank: {row.measure} has no percentages, its scale is {measures.loc[row.measure, 'scale']}"
        yield Fault(file, row.line, "percent", row.percent, expected)
    for columns, least, words in ((_VALUES, low, "a value"), (_CHANGES, low - high, "a change")):
        for column in columns:
            number = getattr(row, column, math.nan)
            if number < least or number > (high if columns is _VALUES else high - low):
                scale = f"{low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}"
                expected = f"{words} on the scale of {row.measure}, {scale}"
                yield Fault(file, row.line, column, f"{number:g}", expected)
