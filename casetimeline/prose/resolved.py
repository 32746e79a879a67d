"""What became of a finding between its baseline and its last record, and what was done to it meanwhile, in words."""

import math

import pandas as pd

from ..case import touching
from ..derive import may_be_baseline, places_of, surely_after
from ..rules import Analysis
from ..values import rows_of
from .changes import path_of_series
from .labels import label_in_sentence
from .passage import typeset, visit_phrase
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
    """What was done to a finding between its baseline and a record, or that nothing of the kind is mentioned."""
    case = analysis.case
    touches = case.facts["code"].isin(touching(case.measures, record["PARAMCD"]))
    done = case.facts[touches & ~case.facts["kind"].isin(["statement", "observation"])]
    if done.empty:
        return "drainage not mentioned"
    places, phase = places_of(done), math.nan if pd.isna(record["BASEOPH"]) else record["BASEOPH"]
    behind = (record["BASEDHI"] < done["DAYLO"].to_numpy(float)) | (phase < places.phase)
    before = (places.high < record["BASEOLO"]) | (places.phase < phase)
    after = surely_after(done, record)
    words = []
    for where, mask in (("in between", behind), ("in between or before, which is open", ~behind & ~before)):
        names = [label_in_sentence(name) for name in dict.fromkeys(done.loc[mask & ~after, "PARAM"])]
        words += [f"{where}: {', '.join(names)}"] if names else []
    return "; ".join(words) or "drainage in between not mentioned"
