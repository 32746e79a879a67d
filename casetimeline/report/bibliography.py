"""References as a bibliography: lines in the style of a journal, BibTeX, CSL-JSON, and what is to be completed.

A line of a list is made by a CSL processor and a style file, so that another style of a journal needs no code.
"""

import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from urllib.parse import quote

from ..vocabulary import DEFAULT_STYLE
from .citations import OTHERS, Reference

# What may stand in an identifier or an address as it is. All else is escaped: BibTeX would misread braces, and TeX the
# marks of its own.
_SAFE = "/:;.,()<>[]@!*'+=?&~-_%#"
_STYLES = Path(__file__).parent / "styles"
_PRINTED = (
    "id",
    "type",
    "author",
    "container-title-short",
    "issued",
    "issue",
    "PMCID",
    "title",
    "container-title",
    "volume",
    "page",
    "DOI",
    "PMID",
    "URL",
)
_INCOMPLETE = "Incomplete: only what identifies it is known here. "
_TEX = {
    "&": r"\&",
    "%": r"\%",
    "$": r"\$",
    "#": r"\#",
    "_": r"\_",
    "\\": r"\textbackslash{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    # BibTeX counts braces, those behind a backslash as well.
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
}


def reference_lines(references: list[Reference], style: str = DEFAULT_STYLE) -> list[str]:
    """References as the lines of a list in the style of a journal, one of `CITATION_STYLES`: what is known of each."""
    works = [json.dumps({**each.work, "id": each.key}, sort_keys=True) for each in references]
    lines = [_line_of(work, style) for work in works]
    lines = [re.sub(r", (and others|others)\b", ", et al", re.sub(r"(?<=\w)'(?=\w)", "’", line)) for line in lines]
    return [f"{(line or each.name or each.key).rstrip('.')}." for line, each in zip(lines, references, strict=True)]


@functools.cache
def _line_of(work: str, style: str) -> str:
    """The line of a work, without the number before it; blank for a work of which nothing is known."""
    from citeproc import Citation, CitationItem, CitationStylesBibliography, formatter
    from citeproc.source.json import CiteProcJSON

    known = _printable(json.loads(work))
    if "title" not in known:
        # Of a work that has an address alone a line of its own says it best.
        return _place_of(known)
    if style == "vancouver":
        known = _published(known)
    list_of_one = CitationStylesBibliography(_sheet(style), CiteProcJSON([known]), formatter.plain)
    list_of_one.register(Citation([CitationItem(known["id"])]))
    [line] = list_of_one.bibliography()
    return _once(re.sub(r"^\d+\.\s*", "", str(line)), known["title"])


@functools.cache
def _sheet(style: str):
    """The style sheet of a journal, read."""
    from citeproc import CitationStylesStyle

    return CitationStylesStyle(str(_STYLES / f"{style}.csl"), validate=False)


def _published(work: dict) -> dict:
    """A page as a work that its site publishes: Vancouver names a site first, as if the author had made it.

    Examples
    --------
    >>> _published({"type": "webpage", "title": "A page", "container-title": "A site"})
    {'type': 'webpage', 'title': 'A page', 'publisher': 'A site'}
    """
    if work.get("type") != "webpage":
        return work
    return {"publisher" if name == "container-title" else name: value for name, value in work.items()}


def _once(line: str, title: str) -> str:
    """A line with its title once: of a work without authors a style has it in their place, and the processor again.

    Examples
    --------
    >>> _once("A guideline. A guideline. Eur J Neurol. 2026.", "A guideline")
    'A guideline. Eur J Neurol. 2026.'
    """
    return line.removeprefix(f"{title}. ") if line.startswith(f"{title}. {title}. ") else line


def _printable(work: dict) -> dict:
    """A work with what a list prints: of a date the year, one thing that identifies it, no issue without its volume."""
    printed = {name: work[name] for name in _PRINTED if name in work}
    if "author" in printed:
        printed["author"] = [
            {part: _capitals(text) if part == "given" else text for part, text in name.items()}
            for name in printed["author"]
        ]
    if "volume" not in printed:
        lost = ("issue",) if "issued" in printed else ("issue", "page")
        printed = {name: text for name, text in printed.items() if name not in lost}
    if "issued" in work:
        printed["issued"] = {"date-parts": [work["issued"]["date-parts"][0][:1]]}
    if "DOI" in work:
        printed = {name: printed[name] for name in printed if name not in ("URL", "PMID", "PMCID")}
    elif "page" in work:
        printed.pop("URL", None)
    return printed


def _capitals(given: str) -> str:
    """A given name of which each part behind a hyphen begins with a capital letter.

    Examples
    --------
    >>> _capitals("Chi-hong"), _capitals("T A")
    ('Chi-Hong', 'T A')
    """
    return re.sub(r"(?<=-)[a-z]", lambda letter: letter[0].upper(), given)


def _place_of(work: dict) -> str:
    """What identifies a work without a title, behind its journal and year where they are known.

    Examples
    --------
    >>> _place_of({"container-title-short": "BMC Rheumatol", "DOI": "10.1186/s41927-022-00262-2"})
    'BMC Rheumatol. doi:10.1186/s41927-022-00262-2'
    >>> _place_of({"URL": "https://example.org/paper"}), _place_of({})
    ('Available from: https://example.org/paper', '')
    """
    marks = (("DOI", "doi:"), ("PMID", "PMID "), ("URL", "Available from: "))
    place = next((mark + work[name] for name, mark in marks if work.get(name)), "")
    year = work.get("issued", {}).get("date-parts", [[""]])[0][0]
    journal = work.get("container-title-short") or work.get("container-title")
    return ". ".join(filter(None, [journal, str(year), place])) if place else ""


def bibtex(references: Iterable[Reference]) -> str:
    """References as BibTeX, one entry each; a field that is not known is left out."""
    return "\n".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    work = reference.work
    title, container = work.get("title", ""), work.get("container-title", "")
    kind = "article" if container and title and work.get("type") != "webpage" else "misc"
    fields = {
        "author": " and ".join(map(_author, work.get("author", []))),
        "title": title and "{" + _tex(title) + "}",
        "journal" if kind == "article" else "howpublished": _tex(container),
        "year": _tex(str(work["issued"]["date-parts"][0][0]) if "issued" in work else ""),
        "volume": _tex(work.get("volume", "")),
        "number": _tex(work.get("issue", "")),
        "pages": _tex(work.get("page", "")),
        "doi": quote(work.get("DOI", ""), safe=_SAFE),
        "pmid": quote(work.get("PMID", ""), safe=_SAFE),
        "url": quote(work.get("URL", ""), safe=_SAFE),
        "note": _tex(f"{'' if title else _INCOMPLETE}Used for: {'; '.join(reference.used_for)}"),
    }
    lines = [f"  {name} = {{{text}}},\n" for name, text in fields.items() if text]
    return f"@{kind}{{{reference.key},\n{''.join(lines)}}}\n"


def _author(name: dict[str, str]) -> str:
    """A name as BibTeX takes it; one that is not known in parts stands between braces, as it is written.

    Examples
    --------
    >>> _author({"family": "Medsger", "given": "T A", "suffix": "Jr"}), _author({"literal": "Fu"})
    ('Medsger, Jr, T A', '{Fu}')
    >>> _author({"literal": "and others"})
    'others'
    """
    whole = name.get("literal", "")
    if whole:
        return "others" if whole in OTHERS else "{" + _tex(whole) + "}"
    family = " ".join(filter(None, [name.get("non-dropping-particle", ""), name.get("family", "")]))
    return ", ".join(_tex(part) for part in (family, name.get("suffix", ""), name.get("given", "")) if part)


def csl_json(references: Iterable[Reference]) -> str:
    """References as CSL-JSON, for Zotero and pandoc; where each was read is left out."""
    works = [
        {name: each.work[name] for name in _PRINTED if name in each.work} | {"id": each.key} for each in references
    ]
    return json.dumps(works, ensure_ascii=False, indent=1) + "\n"


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


# What a journal asks of every work, by the names of CSL-JSON.
_ASKED = {"author": "authors", "title": "title", "container-title": "journal or publisher", "issued": "year"}


# As many authors are named before the others.
_NAMED_AUTHORS = 6


def missing_parts(work: dict) -> list[str]:
    """What a reference lacks, in words; an article also its place in the journal, where no DOI finds it.

    Examples
    --------
    >>> named = {"title": "A", "author": [{"family": "B", "given": "C"}], "container-title": "D"}
    >>> missing_parts(named | {"type": "article-journal", "volume": "1"})
    ['year', 'volume and pages, or DOI']
    >>> missing_parts(named | {"issued": 2020, "author": [{"family": "B"}, {"literal": "et al."}]})
    ['further authors', 'initials of authors']
    >>> missing_parts({"URL": "https://example.org", "type": "webpage"})
    ['authors', 'title', 'journal or publisher', 'year']
    """
    lacking = [words for part, words in _ASKED.items() if not work.get(part)]
    names = work.get("author") or []
    others = any(name.get("literal") in OTHERS for name in names)
    lacking += ["further authors"] if others and len(names) <= _NAMED_AUTHORS else []
    lacking += ["initials of authors"] if any("family" in name and not name.get("given") for name in names) else []
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
