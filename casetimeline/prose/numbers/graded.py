"""Grades of a finding: which of them say only that it is there or not, and how each of the others is told."""

import re
from collections.abc import Sequence

import pandas as pd

from ...derive import groups_of, may_be_last, places_of, surely_after, surely_before
from ...values import canonical
from ...vocabulary import DIRECTIONS, PRESENT_STATES

# A grade that is a word of its own, and can stand before the name of what it is a grade of.
_WORD = re.compile("[a-z][a-z -]{2,}")
# What stands before the highest grade that a range allows which begins with none.
AT_MOST = "at most "


def is_grade(row) -> bool:
    """Whether a value is a grade of a scale, a word or a sign, and no number.

    Examples
    --------
    >>> nan = float("nan")
    >>> is_grade({"value": "3+", "AVALLO": nan, "AVALCALO": 4.0}), is_grade({"value": "12", "AVALLO": 12.0})
    (True, False)
    """
    return bool(row["value"]) and pd.isna(row["AVALLO"]) and pd.notna(row["AVALCALO"])


def stands_before(grades: Sequence[str]) -> bool:
    """Whether the grades of a scale stand before a name, as in `a small effusion`; of a class the name is told first.

    Examples
    --------
    >>> [stands_before(grades) for grades in (("none", "small", "large"), ("none", "1+", "2+"), ("i", "ii", "iii"))]
    [True, False, False]
    """
    return bool(grades) and all(map(_WORD.fullmatch, filter(None, grades)))


def grade_words(row, grades: Sequence[str]) -> str:
    """The grade of a finding in words; blank where its value says only that it is there, that it is not, or neither.

    Examples
    --------
    >>> nan, size = float("nan"), ("none", "small", "large")
    >>> row = {"value": "small", "AVALC": "small", "AVALLO": nan, "AVALCALO": 1.0, "AVALCAHI": 1.0}
    >>> grade_words(row, size), grade_words({**row, "AVALC": "positive", "AVALCAHI": 2.0}, size)
    ('small', '')
    >>> grade_words({**row, "AVALC": "none..small", "AVALCALO": 0.0}, size)
    'at most small'
    >>> grade_words({**row, "AVALC": "none", "AVALCALO": 0.0, "AVALCAHI": 0.0}, size)
    ''
    """
    if not is_grade(row) or canonical("state", row["AVALC"]) in ("present", "absent"):
        return ""
    low, high, from_none = row["AVALCALO"], row["AVALCAHI"], grades[:1] == ("none",)
    if from_none and low == 0:
        last = re.split(r"\.\.|\bto\b|-", row["AVALC"])[-1].strip()
        return "" if high in (0, len(grades) - 1) else f"{AT_MOST}{last}"
    return row["AVALC"].replace("..", " to ")


def is_there(row, grades: Sequence[str]) -> bool:
    """Whether a finding is there, or has a grade that stands before its name.

    Examples
    --------
    >>> nan, size = float("nan"), ("none", "small", "large")
    >>> none = {"STATE": "absent", "value": "none", "AVALC": "none", "AVALLO": nan, "AVALCALO": 0.0, "AVALCAHI": 0.0}
    >>> is_there({"STATE": "present", "value": ""}, size), is_there(none, size)
    (True, False)
    """
    if grade_words(row, grades):
        return stands_before(grades)
    return row["STATE"] == "present"


def is_told_first(row, grades: Sequence[str]) -> bool:
    """Whether the name is told before the grade, as that of a value is: dipstick protein was 3+."""
    return bool(grade_words(row, grades)) and not stands_before(grades)


def state_before(changes: pd.DataFrame, row) -> str:
    """Whether a finding was `there` or `not` by the last record before a row of it.

    Blank where no record, several that differ, or one that may as well have been before tells otherwise.
    """
    of_measure = changes[changes["PARAMCD"].eq(row["PARAMCD"])]
    before, after = surely_before(of_measure, row), surely_after(of_measure, row)
    earlier = of_measure[before]
    last = earlier[may_be_last(places_of(earlier), groups_of(earlier["case_id"]))]
    # What has another time, and of which the order is open, may have been between the two.
    between = of_measure[~before & ~after & of_measure["start"].ne(row["start"])]
    was_there = _is_present(pd.concat([last, between]))
    if last.empty or was_there.any() != was_there.all():
        return ""
    return "there" if was_there.all() else "not"


def _is_present(rows: pd.DataFrame) -> pd.Series:
    """Whether each record tells of a finding that is there, or of how it changed."""
    return (rows["AVALCALO"] > 0) | rows["STATE"].isin([*PRESENT_STATES, *DIRECTIONS])
