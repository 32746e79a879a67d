"""Which columns belong to which kind of fact, and faults of what is beside another kind, or is no count or grade."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...derive import parse_frequency, site_of
from ...values import pairs, parse_count, parse_severity
from ...vocabulary import KINDS
from ..cells.causes import Misfit
from ..cells.misfits import Texts, faults_where, parsed, unparsed
from ..tables.names import name_key

_NOT_DONE = re.compile(r"_(?:was_|were_)?not_(?:done|performed|given|taken|carried_out)$")
_OF_OBSERVATIONS = "a blank; a state belongs to an observation; what was not done is an event, no_ and its name"
_OF_TREATMENTS = "a blank; it belongs to a treatment"
_OF_ADVERSE_EVENTS = "a blank; it belongs to an adverse_event"
_MEASURED = "a number that was measured is a row of its own, an observation"
# The kinds that a column belongs to, and what is right beside any other.
BELONGS = {
    "count": (("treatment", "procedure"), "a blank; it belongs to a treatment or procedure"),
    "value": (("observation",), f"a blank; {_MEASURED}"),
    "unit": (("observation",), "a blank; a unit belongs to an observation"),
    "state": (
        ("observation",),
        _OF_OBSERVATIONS,
    ),
    "dose": (("treatment",), _OF_TREATMENTS),
    "dose_unit": (("treatment",), _OF_TREATMENTS),
    "frequency": (("treatment",), _OF_TREATMENTS),
    "route": (("treatment",), _OF_TREATMENTS),
    "by": (("observation",), "a blank; it belongs to an observation"),
    "grade": (("adverse_event",), _OF_ADVERSE_EVENTS),
    "related": (("adverse_event",), _OF_ADVERSE_EVENTS),
}
# Beside these kinds the same is told in other columns.
_ELSEWHERE = {
    ("value", "treatment"): "a blank; a dose stands in 'dose' and 'dose_unit'",
    ("unit", "treatment"): "a blank; the unit of a dose stands in 'dose_unit'",
    ("value", "adverse_event"): f"a blank; how severe it was stands in 'grade', and {_MEASURED}",
}


def check_kinds(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """Faults of cells that belong to another kind of fact, and of counts, grades and sites."""
    for column, (kinds, expected) in BELONGS.items():
        others = [word for word in KINDS if word not in kinds]
        misplaced = texts[column].each(bool, bool) & texts["kind"].among(others)
        for kind in others if misplaced.any() else ():
            beside = misplaced & texts["kind"].among([kind])
            yield from faults_where(facts, beside, column, _ELSEWHERE.get((column, kind), expected))
    yield from _check_undone(facts, texts)
    yield from _check_counts(facts, texts)
    _, bad = parsed(texts["grade"], parse_severity)
    yield from unparsed(facts, texts, bad, "grade")
    # The note of an older file says the site at its beginning.
    both = pairs(texts["site"], texts["note"])
    differ = both.each(lambda pair: _differ(pair[0], site_of(pair[1])), bool)
    yield from faults_where(facts, differ, "site", "the site that the note begins with, or no 'site: ...' there")


def _check_undone(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """What was not done, told as what was: as an event of that name it would be said to have occurred."""
    code = texts["code"]
    happened = texts["kind"].among(["procedure", "treatment", "event"])
    done = texts["kind"].among(["procedure", "treatment"])
    wrong = (happened & code.each(lambda text: _NOT_DONE.search(text), bool)) | (
        done & code.each(lambda text: text.startswith("no_"), bool)
    )
    for line, column, text, _ in faults_where(facts, wrong, "code", ""):
        name = _NOT_DONE.sub("", text.removeprefix("no_"))
        yield line, column, text, f"the event no_{name}, which says that there was none; the reason is a statement"


def _differ(site: str, noted: str) -> bool:
    """Whether two sites are told, of which one is not the other in another spelling."""
    return bool(site and noted) and site != noted and name_key(site) != name_key(noted)


def _check_counts(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """Counts that are none, and of more than one administration of a treatment that is given once."""
    counts, bad = parsed(texts["count"], parse_count)
    yield from unparsed(facts, texts, bad, "count")
    once = texts["frequency"].each(lambda text: np.isinf(parse_frequency(text).interval), bool)
    yield from faults_where(facts, once & (counts.low > 1), "count", "1, or another frequency than once")
