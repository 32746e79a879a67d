"""How a moment of the course stands to an earlier one: after what its rows name, or in an order that is open."""

import re

import pandas as pd

from ..derive import surely_after, surely_before
from ..values import rows_of
from ..vocabulary import COLUMN_NAMES

# What a note says that something came after.
_AFTER = re.compile(r"after the ([\w -]+)(?:;|$)")
# What two rows of a moment need not share to state one fact.
_APART = ("phase", "start", "anchor", "source", "quote", "derived")


def after_noted(facts: pd.DataFrame, row, when: str) -> str:
    """The time of an event; of one without a time, that it came after an earlier treatment, where its note says so.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": ["treatment", "event"], "PARAM": ["Trial of therapy", "Hypotension"],
    ...     "start": "", "anchor": "", "phase": [1, 2], "note": ["", "after the trial of therapy"],
    ...     "DAYLO": float("nan"), "DAYHI": float("nan"), "ORDER": [1, 2]})
    >>> after_noted(facts, facts.loc[1], "before surgery"), after_noted(facts, facts.loc[0], "at presentation")
    ('after the trial of therapy', 'at presentation')
    """
    noted = _AFTER.match(row.note) if row.kind == "event" and not row.start else None
    if not noted:
        return when
    named = facts["kind"].eq("treatment") & facts["PARAM"].str.lower().eq(noted[1]) & facts["ORDER"].lt(row.ORDER)
    return f"after the {noted[1]}" if named.any() else when


def open_order(moment: pd.DataFrame, last: pd.DataFrame) -> str:
    """That it is not known which of two moments came first, where both have times that overlap; else blank.

    What counts from a fact of the moment before is not before it, and within a day nobody asks.
    """
    first, second = last[last["DAYLO"].notna()], moment[moment["DAYLO"].notna() & moment["start"].ne("")]
    codes = set(last["code"])
    free = second[[anchor.partition("#")[0] not in codes for anchor in second["anchor"]]]
    wide = max(first["DAYHI"].max(), second["DAYHI"].max()) - min(first["DAYLO"].min(), second["DAYLO"].min()) > 1
    is_open = wide and any(not (surely_before(first, row) | surely_after(first, row)).all() for row in rows_of(free))
    return " (whether before or after that is not reported)" if len(first) and is_open else ""


def stated_once(moment: pd.DataFrame) -> pd.DataFrame:
    """The rows of a moment without those that state what an earlier one states, in all but its source.

    Examples
    --------
    >>> rows = pd.DataFrame("", index=[0, 1, 2], columns=[*COLUMN_NAMES])
    >>> stated_once(rows.assign(code=["ck", "ck", "crp"], source=["chart", "letter", "chart"]))["code"].tolist()
    ['ck', 'crp']
    """
    return moment[~moment.duplicated([name for name in COLUMN_NAMES if name not in _APART])]
