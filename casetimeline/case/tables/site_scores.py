"""Scores of single sites: of which sites a total is made, and whether the two agree.

A measure with `sites` in measures.csv is the sum of the scores of these sites, which are rows of the measure of the
same code with `_site` behind it: `mrss` is the sum of the 17 of `mrss_site`.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...derive import site_of
from ...faults import first_few
from ...values import distinct, parse_value, rows_of, same_times
from ..cells.causes import Misfit

PART = "_site"
_MOMENT = ["case_id", "phase", "TIME", "anchor"]
_SIDES = {"right": "R", "r": "R", "left": "L", "l": "L"}
_ONE = {"finger": "fingers", "hand": "hands", "forearm": "forearms", "arm": "arms", "thigh": "thighs", "leg": "legs"}
_ONE |= {"foot": "feet"}


class _Sum(NamedTuple):
    """The site scores of one moment: their lines and sum, how many sites there are, and the total's row if one is told.

    `missing` is what the sites that are not told may add at most.
    """

    lines: list[int]
    low: float
    high: float
    missing: float
    sites: int
    total: object


def site_name(text: str, sites: tuple[str, ...]) -> str:
    """The one of the sites of a measure that a printed site is; blank if it is none.

    Examples
    --------
    >>> site_name("right Finger", ("fingers R", "fingers L")), site_name("R hand", ("hands R",)), site_name("back", ())
    ('fingers R', 'hands R', '')
    """
    words = [_SIDES.get(word, _ONE.get(word, word)) for word in re.findall(r"[a-z]+", text.casefold())]
    asked = " ".join([*(word for word in words if len(word) > 1), *(word for word in words if len(word) == 1)])
    return asked if asked in sites else ""


def with_parts(facts: pd.DataFrame, measures: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows in which a value of a measure at one of its sites is the score of that site; and a note of them."""
    part = pd.Series(False, index=facts.index)
    for code, sites in _measures_of_sites(measures).items():
        rows = (facts["kind"] == "observation") & (facts["code"] == code)
        if rows.any():
            named = distinct(_sites(facts[rows])).each(lambda text, sites=sites: bool(site_name(text, sites)), bool)
            part[rows] |= named
    if not part.any():
        return facts, []
    lines = first_few(map(str, facts.loc[part, "line"]))
    note = f"{file}: lines {lines}: a score of one site was read as such, and not as a total"
    return facts.assign(code=facts["code"].where(~part, facts["code"] + PART)), [note]


def check_sites(facts: pd.DataFrame, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Faults of scores whose site is none of the measure, or is told twice, and of totals that are another sum."""
    for code, sites in _scored(facts, measures).items():
        rows = facts[(facts["kind"] == "observation") & (facts["code"] == code + PART)]
        for row, text in zip(rows_of(rows), _sites(rows), strict=True):
            if not site_name(text, sites):
                in_note = not row.site and "site:" in row.note.casefold()
                expected = f"{'site: ... with ' if in_note else ''}one of {', '.join(sites)}"
                yield row.line, "note" if in_note else "site", text, expected
        for each in _sums(facts, measures, code, sites):
            low, high = each.low, each.high + each.missing
            bounds = _bounds(each.total.value) if each.total is not None else None
            if bounds and (bounds[1] < low or bounds[0] > high):
                reason = f"the {len(each.lines)} site scores of this moment add up to {_span(each.low, each.high)}"
                reason += f", of {each.sites} sites" if each.missing else ""
                yield each.total.line, "value", each.total.value, f"{_span(low, high)}: {reason}"


def site_notes(facts: pd.DataFrame, measures: pd.DataFrame, file: str) -> Iterator[str]:
    """What the scores of all sites of a moment add up to, where no total is told."""
    for code, sites in _scored(facts, measures).items():
        for each in _sums(facts, measures, code, sites):
            if each.total is None and not each.missing:
                lines = f"lines {min(each.lines)} to {max(each.lines)}"
                words = f"the {each.sites} site scores add up to {_span(each.low, each.high)}; no total is told"
                yield f"{file}: {lines}: {words}, and a row of '{code}' can state it"


def _span(low: float, high: float) -> str:
    return f"{low:g}" if low == high else f"{low:g} to {high:g}"


def _measures_of_sites(measures: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """The measures that are sums of site scores which the vocabulary has, with their sites."""
    listed = measures.loc[measures["sites"].ne(""), "sites"] if "sites" in measures else pd.Series(dtype=str)
    return {code: tuple(text.split("|")) for code, text in listed.items() if code + PART in measures.index}


def _scored(facts: pd.DataFrame, measures: pd.DataFrame) -> dict[str, tuple[str, ...]]:
    """Those of which some facts have the score of a site."""
    codes = {*distinct(facts["code"]).texts}
    return {code: sites for code, sites in _measures_of_sites(measures).items() if code + PART in codes}


def _sites(facts: pd.DataFrame) -> pd.Series:
    """The site of each row, in its column or at the start of its note."""
    noted = pd.Series(distinct(facts["note"]).as_text(site_of), index=facts.index)
    return facts["site"].where(facts["site"] != "", noted) if "site" in facts else noted


def _bounds(value: str) -> tuple[float, float] | None:
    """The bounds of a printed score; nothing where it is none, which is a fault of its own."""
    try:
        low, high, *_ = parse_value(value)
    except ValueError:
        return None
    return low, high


def _sums(facts: pd.DataFrame, measures: pd.DataFrame, code: str, sites: tuple[str, ...]) -> Iterator[_Sum]:
    """The site scores of each moment that has some; one moment is one however it is written."""
    facts = facts.assign(TIME=same_times(distinct(facts["start"])).as_text(str))
    parts = facts[(facts["kind"] == "observation") & (facts["code"] == code + PART)]
    parts = parts.assign(SITE=_sites(parts).map(lambda text: site_name(text, sites)))
    whole = facts[(facts["kind"] == "observation") & (facts["code"] == code)]
    whole = whole[_sites(whole) == ""]
    for moment, rows in parts.groupby(_MOMENT, sort=False):
        scores = [_bounds(value) for value in rows["value"]]
        if (
            None in scores
            or not np.isfinite(scores).all()
            or rows["SITE"].eq("").any()
            or rows["SITE"].duplicated().any()
        ):
            continue
        total = whole[(whole[_MOMENT] == list(moment)).all(axis=1)]
        missing = (len(sites) - len(rows)) * float(measures["high"][code + PART])
        low, high = (float(sum(ends)) for ends in zip(*scores, strict=True))
        first = next(total.itertuples(), None)
        yield _Sum(rows["line"].tolist(), low, high, missing, len(sites), first)
