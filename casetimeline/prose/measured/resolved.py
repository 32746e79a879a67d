"""What became of a finding between its baseline and its last record, and what was done to it meanwhile, in words."""

import math

import pandas as pd

from ...case import touching
from ...derive import may_be_baseline, places_of, surely_after, surely_before
from ...rules import Analysis
from ...values import rows_of
from ..wording.labels import label_in_sentence
from ..wording.passage import typeset, visit_phrase
from .changes import path_of_series
from .tense import in_order, series_of


def course_words(analysis: Analysis, record: pd.Series) -> str:
    """A finding that was there, gone and there again, or the other way round, with when; blank of a simpler course.

    The last value of a series may be `absent` where a later word of its source says that the finding recurred.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    record : Series
        A record of the finding, a row of `analysis.changes` with its line as its name.
    """
    every = (series for _, series in series_of(analysis, record["PARAMCD"]))
    series = next(series for series in every if series["line"].eq(record.name).any())
    known = in_order(series[series["AVALCALO"].notna() & (may_be_baseline(series) | series["POSTBLFL"].eq("Y"))])
    measure = analysis.case.measure(record["PARAMCD"])
    if may_be_baseline(known).sum() != 1 or path_of_series(known, measure).endswith("(order open)"):
        return ""
    there = known["AVALCALO"].gt(0)
    first, *turns = rows_of(known[there.ne(there.shift())])
    if len(turns) < 2:
        return ""
    words = [first.AVALC.replace("_", " ")]
    for row in turns:
        what = "present again" if row.AVALCALO > 0 and not row.value else row.AVALC.replace("_", " ")
        words.append(f"{what} {visit_phrase(analysis.case, row)}".strip())
    return typeset(", ".join(words))


def drained_words(analysis: Analysis, record: pd.Series) -> str:
    """What was done to a finding between its baseline and a record, or that it was not, or that neither is mentioned.

    What may also lie before the baseline or after the record is told with that.
    """
    case = analysis.case
    codes = touching(case.measures, record["PARAMCD"])
    facts = case.facts[~case.facts["kind"].isin(["statement", "observation"])]
    done, denied = facts[facts["code"].isin(codes)], facts[facts["code"].isin([f"no_{code}" for code in codes])]
    words: dict[str, list[str]] = {}
    for where, name in zip(_where(done, record), done["PARAM"], strict=True):
        words.setdefault(where, []).append(label_in_sentence(name))
    parts = [f"{where}: {', '.join(dict.fromkeys(names))}" for where, names in words.items() if where]
    # That nothing was done is told up to the record.
    until = zip(_where(denied, record), denied["PARAM"], strict=True)
    parts += [
        f"{label_in_sentence(name)} {_IN_BETWEEN if 'before' not in where else '(whether in between is open)'}"
        for where, name in dict.fromkeys(until)
        if where
    ]
    return "; ".join(parts) or f"drainage {'' if done.empty else 'in between '}not mentioned"


_IN_BETWEEN = "in between"


def _where(facts: pd.DataFrame, record: pd.Series) -> list[str]:
    """Where each fact stands to the baseline of a record and to the record; blank where it surely is not in between."""
    places, phase = places_of(facts), math.nan if pd.isna(record["BASEOPH"]) else record["BASEOPH"]
    behind = (record["BASEDHI"] < facts["DAYLO"].to_numpy(float)) | (phase < places.phase)
    outside = (places.high < record["BASEOLO"]) | (places.phase < phase) | surely_after(facts, record)
    ends = zip(behind, surely_before(facts, record), outside, strict=True)
    return ["" if out else _OPEN_ENDS[bool(start), bool(end)] for start, end, out in ends]


_OPEN_ENDS = {
    (True, True): _IN_BETWEEN,
    (False, True): "in between or before, which is open",
    (True, False): "in between or after, which is open",
    (False, False): "in between, before or after, which is open",
}
