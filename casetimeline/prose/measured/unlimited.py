"""Changes that are held against no limit, as sentences: those from one moment to one other together."""

import re
from collections.abc import Sequence

import pandas as pd

from ...case import Case
from ...rules import before_reference
from ...values import rows_of
from ..wording.passage import Passage, Said, listed, sentence, text_of, visit_phrase
from ..wording.words import origin_words
from .baselines import reference_name

# So many changes without a rule are told in words.
_FEW = 3
# A moment as it stands behind `from`: on day 0, or 2 weeks before admission.
_POINT = re.compile(r"(?:(?:on|at|in) |(?=(?:about )?\d\S* \w+ (?:before|after) ))(.*)")


def unlimited_sentences(case: Case, changes: Sequence[tuple[pd.DataFrame, object, Passage]]) -> list[Passage]:
    """Changes of which no more is known than their values: a few in words, many stand in the table alone.

    Parameters
    ----------
    case : Case
        Of which the moments are told.
    changes : sequence of tuple
        Of each the series, its last row and its words.
    """
    if len(changes) > _FEW:
        return []
    together: dict[tuple, list[Passage]] = {}
    for series, row, change in changes:
        times, first = _between(case, series, row), series.loc[series["ABLFL"].eq("Y"), "ORDER"]
        # Without their times two changes are told together only where they have the same ones.
        moments = () if times else (*first, row.ORDER)
        together.setdefault((times, *moments), []).append(change)
    return [
        tuple(sentence([*([Said(times)] if times else []), *_listed_changes(alike)]))
        for (times, *_), alike in together.items()
    ]


def _listed_changes(changes: Sequence[Passage]) -> list[Said]:
    """Changes as one list; the verb of several in a row stands once, and a comma before an `and` beside another.

    Examples
    --------
    >>> fell, rose = ((Said(f"{name} "), Said("from 2 to 1")) for name in ("CRP fell", "C3 rose"))
    >>> same = (Said("FVC was the same, "), Said("2.4 L"))
    >>> for changes in ([fell, rose], [fell, fell, rose], [same, fell], [fell, same]):
    ...     print(text_of(_listed_changes(changes)))
    CRP fell from 2 to 1 and C3 rose from 2 to 1
    CRP fell from 2 to 1 and CRP from 2 to 1, and C3 rose from 2 to 1
    FVC was the same, 2.4 L, and CRP fell from 2 to 1
    CRP fell from 2 to 1 and FVC was the same, 2.4 L
    """
    groups: list[list[Passage]] = []
    for change in changes:
        verb = _verb(change)
        # That it was the same is no verb alone.
        if groups and verb == _verb(groups[-1][0]) and not verb.endswith(","):
            name, *rest = change
            groups[-1].append((name._replace(text=name.text.removesuffix(f"{verb} ")), *rest))
        else:
            groups.append([change])
    *first, last = (tuple(listed(group)) for group in groups)
    if any(len(group) > 1 or ", " in text_of(group[0]) for group in groups[:-1]):
        return [*(part for each in first for part in (*each, Said(", "))), Said("and "), *last]
    return listed([*first, last])


def _verb(change: Passage) -> str:
    """The word before the values of a change."""
    return change[0].text.strip().rpartition(" ")[2]


def _between(case: Case, series: pd.DataFrame, row) -> str:
    """From when to when a change is, where both are told; else that it came before the reference treatment."""
    base = series[series["ABLFL"].eq("Y")]
    ends = [visit_phrase(case, each) for each in (*rows_of(base), row)]
    points = [match[1] for end in ends if (match := _POINT.match(end))]
    zero = origin_words(case.about.get("time_zero", {}).get("label", ""))
    # A length counts from day 0, which is not the first end.
    if not row.anchor and re.fullmatch(r"(about )?\d+ \w+", "".join(points[1:])):
        before = points[0].endswith(f" before {zero or 'time zero'}")
        points[1] += " after it" if before else f" after {zero}" if zero.startswith("the start of ") else ""
    if len(points) == 2:
        return f"from {points[0]} to {points[1]}, "
    record = series[series["line"].eq(row.line)]
    if before_reference(case, record).all():
        return f"before {reference_name(case)}, "
    # Where the course goes on, the last value would read as one of its end.
    goes_on = case.facts["ORDER"].max() > row.ORDER and re.match(r"after (?!.*(weeks|months|days|years)$)", ends[-1])
    return f"from {points[0]} to the time {ends[-1]}, " if goes_on and len(points) == 1 else ""
