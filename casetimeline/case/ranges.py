"""Faults of recorded values: what is no value of its measure, its unit, its limits or its state."""

import difflib
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from ..values import NOTHING, Bounds, parse_column, parse_grade, parse_value
from ..vocabulary import OPEN_STATES

# Line, column, what is there, what would be right, and the nearest known word where there is one.
Found = tuple[int, str, str, str] | tuple[int, str, str, str, str]


def rows_of(facts: pd.DataFrame, mask: pd.Series, column: str, expected: str) -> Iterator[Found]:
    """A fault of each row of the mask, with what its column holds."""
    if not mask.any():
        return
    for line, found in zip(facts.loc[mask, "line"], facts.loc[mask, column], strict=True):
        yield line, column, found, expected


def unknown_words(
    facts: pd.DataFrame, mask: pd.Series, column: str, expected: str, known: Iterable[str]
) -> Iterator[Found]:
    """As `rows_of`, with the nearest known word."""
    known, nearest = list(known), {}
    for line, _, found, _ in rows_of(facts, mask, column, expected):
        if found not in nearest:
            near = difflib.get_close_matches(found[:64].lower(), known, n=1, cutoff=0.5)
            nearest[found] = near[0] if near else ""
        yield line, column, found, expected, nearest[found]


def check_values(facts: pd.DataFrame, measures: pd.DataFrame) -> Iterator[Found]:
    """Faults of values, units, limits and states of observations, and of doses."""
    observations = facts[(facts["kind"] == "observation") & facts["code"].isin(measures.index)]
    for code, rows in observations.groupby("code", sort=False):
        yield from _check_measure(rows, measures.loc[code])
    silent = (facts["kind"] == "observation") & (facts["value"] == "") & (facts["state"] == "")
    yield from rows_of(facts, silent, "value", "a value, or a state")
    doses, bad = parsed(facts["dose"], parse_value)
    yield from unparsed(facts, bad, "dose")
    yield from rows_of(facts, doses["low"] < 0, "dose", "a dose that is not negative")
    yield from rows_of(facts, (facts["dose"] != "") & (facts["dose_unit"] == ""), "dose_unit", "the unit of the dose")


def _check_measure(rows: pd.DataFrame, measure: pd.Series) -> Iterator[Found]:
    grades = measure["grades"]
    given = rows["value"] != ""
    words, _ = parsed(rows["value"], lambda text: parse_grade(text, grades))
    numbers = rows[given & words["low"].isna()]
    bounds, bad = parsed(numbers["value"], parse_value)
    more = f" or one of {', '.join(grades)}" if grades else ""
    for line, column, found, expected in unparsed(numbers, bad, "value", more):
        near = difflib.get_close_matches(found[:64].lower(), grades, n=1)
        yield line, column, found, expected, near[0] if near else ""
    yield from _check_scale(numbers, bounds, measure, more)
    factors = measure["units"]
    known = [name for name in factors if name]
    strange = ~numbers["unit"].isin([*factors, ""])
    yield from unknown_words(numbers, strange, "unit", f"one of {', '.join(known)}", known)
    yield from _check_limits(rows)
    unsaid = given & rows["state"].isin(OPEN_STATES)
    yield from rows_of(rows, unsaid, "state", "no such state beside a value")
    low = bounds["low"].reindex(rows.index).fillna(words["low"])
    high = bounds["high"].reindex(rows.index).fillna(words["high"])
    agree = "a state that agrees with the value"
    yield from rows_of(rows, given & (low > 0) & (rows["state"] == "absent"), "state", agree)
    yield from rows_of(rows, given & (high == 0) & (rows["state"] == "present"), "state", agree)


def _check_scale(numbers: pd.DataFrame, bounds: pd.DataFrame, measure: pd.Series, more: str) -> Iterator[Found]:
    low, high = measure["low"], measure["high"]
    whole = bool(measure["whole"])
    span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}" if math.isfinite(low) else "any"
    expected = f"a {'whole ' if whole else ''}number {span} ({measure['abbrev']}){more}"
    # An open side (`<30`) is limited by the scale, so only the printed limits are judged.
    printed = bounds[["low", "high"]].where(np.isfinite(bounds[["low", "high"]]))
    approximate = numbers["value"].str.startswith("~")
    # The interval of an approximation may reach beyond the scale; its number may not.
    outside = (printed < low).any(axis=1) | (printed > high).any(axis=1)
    middle = printed.mean(axis=1)
    outside = outside.where(~approximate, (middle < low) | (middle > high))
    # Beyond the end of the scale there is nothing: `<0` and `>51` are no values.
    outside |= (bounds["high_open"] & (bounds["high"] <= low)) | (bounds["low_open"] & (bounds["low"] >= high))
    broken = whole & ~approximate & ((printed % 1).fillna(0) != 0).any(axis=1)
    yield from rows_of(numbers, outside | broken, "value", expected)


def _check_limits(rows: pd.DataFrame) -> Iterator[Found]:
    if not (rows["ref_low"].any() or rows["ref_high"].any()):
        return
    limits = {}
    for column in ("ref_low", "ref_high"):
        limits[column], bad = parsed(rows[column], parse_value)
        yield from unparsed(rows, bad, column)
        exact = limits[column]["low"] == limits[column]["high"]
        inexact = ~exact & rows[column].ne("") & ~rows[column].isin(list(bad))
        yield from rows_of(rows, inexact, column, "one exact number, the laboratory's limit")
    yield from rows_of(rows, limits["ref_high"]["high"] <= 0, "ref_high", "a limit above 0")
    yield from rows_of(rows, limits["ref_low"]["low"] > limits["ref_high"]["high"], "ref_low", "a limit below ref_high")


def parsed(texts: pd.Series, parse: Callable[[str], Bounds]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Bounds of each text (nan where blank or bad), and what would be right for each bad text."""
    bad: dict[str, str] = {}

    def parse_or_note(text: str) -> Bounds:
        """Bounds, or nan and a note of what would be right."""
        try:
            return parse(text)
        except ValueError as error:
            bad[text] = str(error)
            return NOTHING

    return parse_column(texts, parse_or_note), bad


def unparsed(rows: pd.DataFrame, bad: dict[str, str], column: str, more: str = "") -> Iterator[Found]:
    """A fault of each row whose text could not be parsed, with what would be right."""
    if not bad:
        return
    for line, column_name, found, _ in rows_of(rows, rows[column].isin(list(bad)), column, ""):
        yield line, column_name, found, bad[found] + more
