"""The verb of a procedure: what is performed, and what is given as a treatment is."""

import re
from collections.abc import Iterator

import pandas as pd

from ...values import rows_of
from ..wording.passage import Passage, Said, listed
from ..wording.words import is_plural

# The end of the name of a procedure that is given, as a treatment is; and of a code, also what is performed so.
_GIVEN = "therapy|hydration|transfusion|ventilation|oxygenation|oxygen"
GIVEN, GIVEN_CODE = re.compile(rf"(?:{_GIVEN})$"), re.compile(rf"(?:{_GIVEN}|treatment|dialysis)$")
# Examinations, of which one that was done several times may have shown something.
_EXAMINATION = re.compile(r"(?:biops|scop|graph|cytolog)(?:y|ies)$|(?:lavage|puncture|smear|scan)s?$|\b(?:CT|MRI)$")
# A length that is the last remark on what was done.
_LENGTH_LAST = re.compile(r"(?P<first>; | \()(?P<length>‘[^’]*\d+ (?:day|week|month)s?’)\)$")
# How a source says of what is given that it was begun, and no more.
_BEGUN = re.compile(r"\b(?:was|were) (?:started|initiated|commenced|begun)\b", re.IGNORECASE)


def shows(name: str, count: str) -> bool:
    """Whether what a source prints of a procedure is what it showed: of several, only where they are examinations.

    Examples
    --------
    >>> shows("skin biopsy", "2"), shows("pericardial aspiration", "2"), shows("pericardial aspiration", "1")
    (True, False, True)
    """
    return count in ("", "1") or bool(_EXAMINATION.search(name))


def begun_lines(rows: pd.DataFrame) -> frozenset[int]:
    """The lines of procedures of which a source says that they were begun, and not until when they went on."""
    return frozenset(row.line for row in rows_of(rows) if not row.end and _BEGUN.search(row.quote))


def next_lines(rows: pd.DataFrame) -> frozenset[int]:
    """The line of a procedure that is the only one, and whose quote says that it followed something else."""
    return frozenset(row.line for row in rows_of(rows) if len(rows) == 1 and _was_next(row))


def _was_next(row) -> bool:
    """Whether the quote of a procedure says that it followed something else."""
    return bool(re.search(rf"\bfollowed by (?:an? |the )?{re.escape(row.PARAM.lower())}\b", row.quote.lower()))


def performed(plain: list[Passage], begun: frozenset[int], then: frozenset[int]) -> Iterator[list[Said]]:
    """What was performed, and then what was given as a treatment is.

    Of the lines `begun` it was started, and those of `then` came after something else.
    """
    given = [name for name in plain if GIVEN.search(name[0].text.partition(" (")[0])]
    started = [name for name in given if {line for part in name for line in part.lines} <= begun]
    by_verb = {"performed": [name for name in plain if name not in given]}
    by_verb |= {"started": started, "given": [name for name in given if name not in started]}
    for verb, names in by_verb.items():
        if names:
            are = "were" if len(names) > 1 or is_plural(names[0][0].text) else "was"
            names, lasted = _shared_length(names)
            *before, last = listed(names)
            # What is not known of the last of them stands behind the verb.
            name, bracket, unknown = last.text.partition(" (time not reported")
            next_ = "then " if then.issuperset(last.lines) else ""
            yield [*before, last._replace(text=name), Said(f" {are} {next_}{verb}{lasted}{bracket}{unknown}")]


def _shared_length(names: list[Passage]) -> tuple[list[Passage], str]:
    """Several names without the length that all of them have in common, and that length behind their verb."""
    ends = [_LENGTH_LAST.search(name[-1].text) for name in names]
    if len(names) < 2 or not all(ends) or len({end["length"] for end in ends}) > 1:
        return names, ""
    cut = [end.string[: end.start()] + (")" if end["first"] == "; " else "") for end in ends]
    plain = [(*name[:-1], name[-1]._replace(text=text)) for name, text in zip(names, cut, strict=True)]
    return plain, f" ({ends[0]['length']})"
