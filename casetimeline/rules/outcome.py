"""The result of a claim, and the tests that ask what happened and what was measured."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..case import Case, listed_events
from ..vocabulary import (
    CONTRADICTED,
    DIRECTIONS,
    MET,
    NOT_CHECKABLE,
    NOT_MET,
    OPEN_STATES,
    SUPPORTED,
    UNIT_UNKNOWN,
)


class ClaimResult(NamedTuple):
    """The result of a claim, the reason for it, and the lines of the timeline that it rests on."""

    result: str
    why: str
    lines: tuple[int, ...] = ()


# Words by which a source names a score.
_OF_SCORE = re.compile(r"\b(?:sub)?scores?\b|\bindex\b|\bscale\b|\bgrades?\b|\bpoints?\b", re.IGNORECASE)


def is_unscored(row, unit: str, abbrev: str) -> bool:
    """Whether a score is known by a word for its change alone, and the source does not name the score beside it.

    That the skin looked softer is no skin score: the source tells it of something else.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> worded = Row(value="", STATE="improved", quote="an improvement in the endoscopic appearance")
    >>> is_unscored(worded, "points", "MES"), is_unscored(worded, "U/L", "MES")
    (True, False)
    >>> is_unscored(Row(value="", STATE="improved", quote="the score improved"), "points", "MES")
    False
    """
    quote = getattr(row, "quote", "")
    names = filter(None, (abbrev, getattr(row, "PARAM", "")))
    scored = row.value or not quote or _OF_SCORE.search(quote) or any(name.lower() in quote.lower() for name in names)
    return unit == "points" and row.STATE in DIRECTIONS and not scored


def decide(answers: np.ndarray, rows: pd.DataFrame, name: str) -> ClaimResult:
    """Supported if one record surely agrees; contradicted if every record surely disagrees."""
    agreeing = rows[answers == MET]
    return _supported(agreeing) if len(agreeing) else _contradicted_or_open(answers, rows, name)


def decide_by_all(answers: np.ndarray, rows: pd.DataFrame, name: str) -> ClaimResult:
    """Supported if every record surely agrees; contradicted if every record surely disagrees."""
    agree = len(rows) and (answers == MET).all()
    return _supported(rows) if agree else _contradicted_or_open(answers, rows, name)


def _supported(agreeing: pd.DataFrame) -> ClaimResult:
    # The first in time, whatever its line.
    first = agreeing.sort_values(["ORDLO", "ORDPH", "AVALC"])["AVALC"].iloc[0]
    return ClaimResult(SUPPORTED, f"recorded: {first}", tuple(agreeing["line"]))


def _contradicted_or_open(answers: np.ndarray, rows: pd.DataFrame, name: str) -> ClaimResult:
    lines = tuple(rows["line"])
    recorded = "; ".join(f"{value} (line {line})" for value, line in zip(rows["AVALC"], rows["line"], strict=True))
    if (answers == NOT_MET).all():
        return ClaimResult(CONTRADICTED, f"recorded: {recorded}", lines)
    return ClaimResult(NOT_CHECKABLE, f"{name}: recorded is {recorded}, which leaves it open", lines)


def no_change_words(records: pd.DataFrame) -> str:
    """That the records of a claim give no change, and why where that is for want of a unit.

    Examples
    --------
    >>> no_change_words(pd.DataFrame({"AVALLO": [17.0, 7.0], "AVALU": UNIT_UNKNOWN}))
    'no change can be computed, as the unit of neither value is reported'
    >>> no_change_words(pd.DataFrame({"AVALLO": [17.0, 7.0], "AVALU": ["U/L", UNIT_UNKNOWN]}))
    'no change can be computed from the baseline to a later value'
    """
    units = records.loc[records["AVALLO"].notna(), "AVALU"]
    if len(units) == 2 and units.eq(UNIT_UNKNOWN).all():
        return "no change can be computed, as the unit of neither value is reported"
    return "no change can be computed from the baseline to a later value"


def move_words(row) -> str:
    """From which value to which; of a word, that it is one."""
    if pd.isna(row.CHGLO):
        return f"{row.AVALC}, in words"
    return f"{row.BASEC} to {row.AVALC}"


def none_happen(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether none of the events is recorded: their absence from the record supports nothing.

    `adverse_event` stands for every row of that kind.
    """
    codes = listed_events(claim["events"])
    # Neither a statement that nothing happened nor a finding recorded as absent is an event that happened.
    there = changes["kind"].ne("statement") & ~changes["STATE"].isin(["absent", *OPEN_STATES]) & changes["AVALHI"].ne(0)
    of_kind = changes["kind"].eq("adverse_event") & ({"adverse_event", "adverse_events"} & {*codes} != set())
    rows = changes[there & (changes["code"].isin(codes) | of_kind)]
    if len(rows):
        return ClaimResult(CONTRADICTED, f"recorded: {'; '.join(dict.fromkeys(rows['PARAM']))}", tuple(rows["line"]))
    return ClaimResult(NOT_CHECKABLE, "none is recorded, but what was looked for, how and how long is not reported")


def not_measured(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """What would be needed is not reported."""
    return ClaimResult(NOT_CHECKABLE, f"not reported: {claim['needs']}")
