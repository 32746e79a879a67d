"""The result of a claim, and the tests that ask what was given or what happened."""

import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..case import Case
from ..derive import derive_exposure, parse_frequency, turns_in_words
from ..values import all_of, answer, parse_column, parse_count, parse_value, spelled, written
from ..vocabulary import CONTRADICTED, DIRECTIONS, MET, NOT_CHECKABLE, NOT_MET, SUPPORTED, UNIT_UNKNOWN, code_of


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
    """Supported if one record surely agrees, contradicted if every record surely disagrees."""
    lines = tuple(rows["line"])
    recorded = "; ".join(f"{value} (line {line})" for value, line in zip(rows["AVALC"], rows["line"], strict=True))
    agreeing = rows[answers == MET]
    if len(agreeing):
        return ClaimResult(SUPPORTED, f"recorded: {agreeing['AVALC'].iloc[0]}", tuple(agreeing["line"]))
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


def given(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether a row of the treatment has the dose, the interval and the number that are claimed."""
    code = code_of(claim["treatment"])
    name = case.measures["label"].get(code, code)
    rows = changes[changes["kind"].isin(["treatment", "procedure"]) & (changes["code"] == code)]
    if not len(rows):
        return ClaimResult(NOT_CHECKABLE, f"{name}: not told as a treatment or procedure")
    exposure = _exposure_of(rows, changes)
    answers = []
    if claim.get("dose"):
        doses, claimed = parse_column(exposure["EXDOSE"], parse_value), parse_value(claim["dose"])
        same = (doses["low"] == claimed.low) & (doses["high"] == claimed.high)
        answers.append(answer(same, same, doses["low"].notna()))
    if claim.get("dose_unit"):
        same = exposure["EXDOSU"].map(written) == written(claim["dose_unit"])
        answers.append(answer(same, same, exposure["EXDOSU"] != ""))
    if claim.get("every"):
        every = parse_frequency(f"every {claim['every']}").interval
        # For alternating treatments a source may state the interval of the regimen or that of the one treatment.
        same = (exposure["INTERVAL"] == every) | (exposure["OWN"] == every)
        answers.append(answer(same, same, exposure["INTERVAL"].notna()))
    if claim.get("count"):
        claimed = parse_count(claim["count"])
        low, high = exposure["NDOSLO"], exposure["NDOSHI"]
        inside, outside = (low >= claimed.low) & (high <= claimed.high), (high < claimed.low) | (low > claimed.high)
        answers.append(answer(inside, ~outside, low.notna()))
    # One that is given once says so already.
    counts = rows["count"].replace({"1": ""}) if "count" in rows else [""] * len(rows)
    often = [_schedule(frequency) for frequency in exposure["EXDOSFRQ"]]
    parts = zip(exposure["EXDOSE"], exposure["EXDOSU"], often, counts, strict=True)
    regimens = [
        " ".join(filter(None, [dose, unit, schedule, f"{count} times" if count else ""]))
        for dose, unit, schedule, count in parts
    ]
    rows = rows.assign(AVALC=[regimen or "neither dose nor schedule" for regimen in regimens])
    return decide(all_of(answers, len(rows)), rows, name)


def _schedule(frequency: str) -> str:
    """A schedule in words; that of treatments that take turns in brackets, as it is not that of each of them."""
    words = turns_in_words(frequency)
    return f"({words})" if words != frequency else spelled(frequency)


def _exposure_of(rows: pd.DataFrame, changes: pd.DataFrame) -> pd.DataFrame:
    """What is known of each row of a treatment or procedure, by line; of a procedure only how often it was done."""
    exposure = derive_exposure(changes).set_index("line").reindex(rows["line"])
    exposure[["EXDOSE", "EXDOSU", "EXDOSFRQ"]] = exposure[["EXDOSE", "EXDOSU", "EXDOSFRQ"]].fillna("")
    for name, count in (("NDOSLO", "COUNTLO"), ("NDOSHI", "COUNTHI")):
        exposure[name] = exposure[name].astype(float).fillna(rows.set_index("line")[count])
    return exposure


def none_happen(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """Whether none of the events is recorded: their absence from the record supports nothing."""
    # A statement that there was none is no record of one.
    named = changes[changes["kind"] != "statement"]
    rows = named[named["code"].isin([code_of(event) for event in claim["events"].split()])]
    if len(rows):
        return ClaimResult(CONTRADICTED, f"recorded: {'; '.join(rows['PARAM'])}", tuple(rows["line"]))
    return ClaimResult(NOT_CHECKABLE, "none is recorded, but what was looked for, how and how long is not reported")


def not_measured(claim: dict, case: Case, changes: pd.DataFrame, _) -> ClaimResult:
    """What would be needed is not reported."""
    return ClaimResult(NOT_CHECKABLE, f"not reported: {claim['needs']}")
