"""The references of a manuscript by their numbers: what is to be completed, and which ones a legend cites."""

import re
from collections.abc import Sequence

from .citations import Reference

# What a journal asks of every work, by the names of CSL-JSON.
_ASKED = {"author": "authors", "title": "title", "container-title": "journal or publisher", "issued": "year"}


def missing_parts(work: dict) -> list[str]:
    """What a reference lacks, in words; an article also its place in the journal, where no DOI finds it.

    Examples
    --------
    >>> missing_parts({"title": "A", "author": ["B"], "container-title": "C", "type": "article-journal", "volume": "1"})
    ['year', 'volume and pages, or DOI']
    >>> missing_parts({"URL": "https://example.org", "type": "webpage"})
    ['authors', 'title', 'journal or publisher', 'year']
    """
    lacking = [words for part, words in _ASKED.items() if not work.get(part)]
    placed = work.get("DOI") or (work.get("volume") and work.get("page"))
    if work.get("type") == "article-journal" and not placed:
        lacking.append("volume and pages, or DOI")
    return lacking


def to_complete(references: Sequence[Reference], lines: Sequence[str]) -> str:
    """The list of what is to be completed, as Markdown; blank where nothing is.

    Parameters
    ----------
    references : sequence of Reference
        In the order of their numbers.
    lines : sequence of str
        The line of each in the list of references.
    """
    points = [
        f"- [ ] Reference {number}, {', '.join(parts)}: {line}"
        for number, (reference, line) in enumerate(zip(references, lines, strict=True), 1)
        if (parts := missing_parts(reference.work))
    ]
    if not points:
        return ""
    opening = "What follows was not seen in the sources of these references; complete it before you submit."
    return "\n\n".join(["# To complete", opening, "\n".join(points)]) + "\n"


# The numbers of works in a legend.
_CITED = re.compile(r"\b[Rr]eferences?:? ([^.]*\d)")


def numbers_in(notes: str) -> list[int]:
    """The numbers of the works that a legend cites, those within a range by its ends.

    Examples
    --------
    >>> numbers_in("Published thresholds: references 2–5,7."), numbers_in("No work.")
    ([2, 5, 7], [])
    """
    return [int(number) for found in _CITED.findall(notes) for number in re.findall(r"(?<![\d.])\d+(?![\d.])", found)]
