"""Rows of a moment that are told once: by its name, by a finding, or by what happened with them."""

import re

import pandas as pd

from ...values import rows_of
from ...vocabulary import OPEN_STATES
from ..numbers.qualifiers import printed_in
from ..wording.labels import noted_reason, printed_reason, source_words, unreported
from ..wording.remarks import is_by_which_found
from .happened import FOR_A_REASON
from .of_patient import ARRIVALS

# The longest words of a source that are told as such.
_LONGEST = 140
# What a row may say beside its name, so that the name of its moment does not tell all of it.
_BESIDE_NAME = ["value", "end", "count", "LOC", "method"]


def not_named(rows: pd.DataFrame, when: str) -> pd.DataFrame:
    """What was done or happened, but for what the moment is named for and says no more than that.

    A treatment and an adverse event always do: what dose, how severe, or that this is not reported.
    """
    heads = [code.rpartition("_")[2] for code in rows["code"]]
    named = [bool(re.fullmatch(rf"at (.* )?{re.escape(head)}( (with|for|of|following) .*)?", when)) for head in heads]
    bare = rows["kind"].isin(["event", "statement", "procedure"]) & rows[_BESIDE_NAME].eq("").all(axis=1)
    noted = [source_words(row, _LONGEST) or _reason(row) or unreported(row.note) for row in rows_of(rows)]
    return rows[~(pd.Series(named, rows.index) & bare & ~pd.Series(noted, rows.index).astype(bool))]


def _reason(row) -> str:
    """Why something happened, where the Results tell it: of an arrival or a death also by the quote."""
    return printed_reason(row) if row.code in (*ARRIVALS, "death") else noted_reason(row)


def told_by_a_finding(rows: pd.DataFrame) -> pd.Series:
    """Adverse events that are a finding as well, and examinations by which something was found."""
    alike = rows["kind"].eq("adverse_event") & rows["code"].isin(rows["code"][rows["kind"].eq("observation")])
    return alike | is_by_which_found(rows, rows)


def told_twice(rows: pd.DataFrame) -> pd.Series:
    """Levels of a thing that another row tells of in the same words, and values that a biopsy is said to have shown."""
    again = rows["STATE"].isin(["recurred", "present"])
    findings = rows[rows["kind"].eq("observation") & rows["quote"].ne("") & again]
    shown = {row.quote: printed_in(row.note, _LONGEST) for row in rows_of(rows[rows["kind"].eq("procedure")])}
    number = rows["value"].str.extract(r"(\d[\d.]*)", expand=False).fillna("nothing")
    within = [value in shown.get(quote, "") for value, quote in zip(number, rows["quote"], strict=True)]
    things = {(row.quote, f"{row.PARAM.removesuffix('s')} level") for row in rows_of(findings)}
    alike = [(row.quote, row.PARAM) in things for row in rows_of(rows)]
    levels = pd.Series(alike, rows.index, dtype=bool) & rows["STATE"].eq("increased")
    return levels | (pd.Series(within, rows.index, dtype=bool) & rows["kind"].eq("observation"))


def told_with_an_event(rows: pd.DataFrame) -> pd.Series:
    """Findings and statements that the words name with which a patient is said to have come, or for which.

    What a treatment is said to have been stopped or paused for is told with that as well. What says more than those
    words, such as a side, is told for itself, and so is what was not there.
    """
    came = rows[rows["code"].isin(ARRIVALS) | (rows["kind"].eq("event") & rows["code"].str.endswith(FOR_A_REASON))]
    words = " ".join(printed_in(note, 120) for note in came["note"]).lower()
    reasons = {row.quote: printed_reason(row) for row in rows_of(came)}
    noted = " ".join(noted_reason(row) for row in rows_of(came))
    named = []
    for row in rows_of(rows):
        by_quote = reasons.get(row.quote, "") if row.quote else ""
        name = row.PARAM.lower()
        is_named = (row.STATE == "present" and (name in words or name in noted)) or name.rpartition(" ")[2] in by_quote
        named.append(is_named and not _says_more(row, f"{words} {noted} {by_quote}".lower()))
    return rows["kind"].isin(["observation", "statement"]) & pd.Series(named, rows.index, dtype=bool)


def _says_more(row, words: str) -> bool:
    """Whether a row says what some words do not, or the contrary."""
    parts = (row.LOC, row.value, row.method, source_words(row, _LONGEST))
    return row.STATE in ("absent", *OPEN_STATES) or any(part.lower() not in words for part in parts)
