"""What is still to be completed in the references of a manuscript, by their numbers."""

from collections.abc import Mapping

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


def to_complete(references: Mapping[int, Reference], lines: Mapping[int, str]) -> str:
    """The list of what is to be completed, as Markdown; blank where nothing is.

    Parameters
    ----------
    references : mapping of Reference
        By their numbers.
    lines : mapping of str
        The lines of the list of references by their numbers.
    """
    points = [
        f"- [ ] Reference {number}, {', '.join(parts)}: {lines[number]}"
        for number, reference in references.items()
        if (parts := missing_parts(reference.work))
    ]
    if not points:
        return ""
    opening = "What follows was not seen in the sources of these references; complete it before you submit."
    return "\n\n".join(["# To complete", opening, "\n".join(points)]) + "\n"
