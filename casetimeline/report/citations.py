"""What a report cites: the sources of the case, the rules that judged it, the arms that it stands beside."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple
from urllib.parse import quote

from ..case import Case
from ..derive import baseline_of
from ..rules import Analysis, is_needless
from .document import plain_markdown

# What may stand in an identifier or an address as it is; of the rest BibTeX takes braces and TeX its own marks amiss.
_SAFE = "/:;.,()<>[]@!*'+=?&~-_%#"
_THE_CASE = "the case"
_INCOMPLETE = "Incomplete: only what identifies it is known here. "
_TEX = {
    **{mark: f"\\{mark}" for mark in "&%$#_"},
    **{"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"},
    # BibTeX counts braces, those behind a backslash as well.
    **{"{": r"\textbraceleft{}", "}": r"\textbraceright{}"},
}


class Reference(NamedTuple):
    """One source: its key in references.bib, what is known of it, and what it is used for."""

    key: str
    authors: str
    title: str
    container: str
    year: str
    volume: str
    pages: str
    doi: str
    pmid: str
    url: str
    used_for: tuple[str, ...]


def references_in_use(analysis: Analysis) -> list[Reference]:
    """The sources of a case, then those of the rules with a verdict on it and of the arms beside it, each once."""
    case = analysis.case
    found: dict[str, Reference] = {}
    for reference in [*_sources(case), *_rules(analysis), *_arms(analysis)]:
        earlier = found.get(reference.key)
        uses = reference.used_for if earlier is None else (*earlier.used_for, *reference.used_for)
        found[reference.key] = (earlier or reference)._replace(used_for=tuple(dict.fromkeys(uses)))
    return list(found.values())


def is_source(reference: Reference) -> bool:
    """Whether a reference tells of the patient."""
    return reference.used_for[0].startswith(_THE_CASE)


def _sources(case: Case) -> Iterator[Reference]:
    for source in case.about.get("sources", []):
        told = {name: " ".join(source.get(name, "").split()) for name in Reference._fields[1:-1]}
        read = source.get("read") or "not stated"
        yield Reference(_key(told, source["id"]), **told, used_for=(f"{_THE_CASE}; read: {read}",))


def _rules(analysis: Analysis) -> Iterator[Reference]:
    case, verdicts = analysis.case, analysis.verdicts
    used = case.rules[case.rules["rule"].isin(verdicts.loc[~is_needless(verdicts), "RULE"])]
    for row in used.itertuples():
        yield _cited(row, f"rule: {row.label}")


def _arms(analysis: Analysis) -> Iterator[Reference]:
    case, changes = analysis.case, analysis.changes
    measures = [code for code in case.comparators["measure"].unique() if len(baseline_of(changes, code))]
    for row in case.comparators[case.comparators["measure"].isin(measures)].itertuples():
        yield _cited(row, f"published arms: {row.trial}")


def _cited(row, use: str) -> Reference:
    told = {"doi": row.doi, "pmid": row.pmid, "url": row.address}
    return Reference(_key(told, use), *[""] * 6, **told, used_for=(use,))


def _key(told: dict[str, str], name: str) -> str:
    """A key that BibTeX and pandoc take.

    Examples
    --------
    >>> _key({"doi": "10.1186/s13075-024-03418-2"}, ""), _key({"pmid": "7562759"}, ""), _key({}, "Fu 2025, abstract")
    ('doi-10-1186-s13075-024-03418-2', 'pmid-7562759', 'source-fu-2025-abstract')
    """
    kind = next((kind for kind in ("doi", "pmid", "url") if told.get(kind)), "source")
    text = told.get(kind) or name
    # Letters that a key cannot have must not make two sources one.
    apart = "" if text.isascii() else f"-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    return f"{kind}-" + re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") + apart


def cite_words(reference: Reference) -> str:
    """A reference as a line of a list: what is known of it, and what it is used for."""
    place = f"{reference.container} {reference.year}".strip()
    place += "".join(f"{mark}{part}" for mark, part in ((";", reference.volume), (":", reference.pages)) if part)
    ids = [f"doi:{reference.doi}" * bool(reference.doi), f"PMID {reference.pmid}" * bool(reference.pmid)]
    parts = [reference.authors, reference.title.rstrip("."), place, ", ".join(filter(None, ids)) or reference.url]
    told = ". ".join(filter(None, parts)) or reference.key
    return f"{told}. Used for: {'; '.join(reference.used_for)}."


def bibtex(references: Iterable[Reference]) -> str:
    """References as BibTeX, one entry each; a field that is not known is left out and never made up."""
    return "\n".join(map(_entry, references))


def _entry(reference: Reference) -> str:
    kind = "article" if reference.container and reference.title else "misc"
    fields = {
        "author": _authors(reference.authors),
        "title": reference.title and "{" + _tex(reference.title) + "}",
        "journal" if kind == "article" else "howpublished": _tex(reference.container),
        "year": _tex(reference.year),
        "volume": _tex(reference.volume),
        "pages": _tex(reference.pages),
        **{name: quote(getattr(reference, name), safe=_SAFE) for name in ("doi", "pmid", "url")},
        "note": _tex(f"{'' if reference.title else _INCOMPLETE}Used for: {'; '.join(reference.used_for)}"),
    }
    lines = [f"  {name} = {{{text}}},\n" for name, text in fields.items() if text]
    return f"@{kind}{{{reference.key},\n{''.join(lines)}}}\n"


def _authors(names: str) -> str:
    """Authors as BibTeX takes them: each name as it is written, between braces.

    Examples
    --------
    >>> _authors("Ho and Tsai"), _authors("Fu, Ji and others")
    ('{Ho} and {Tsai}', '{Fu} and {Ji} and others')
    """
    parts = re.split(r"\s*;\s*" if ";" in names else r",\s*|\s+and\s+", names.strip())
    return " and ".join(name if name == "others" else "{" + _tex(name) + "}" for name in parts if name)


def _tex(text: str) -> str:
    return "".join(_TEX.get(letter, letter) for letter in text)


def citation_line(references: list[Reference]) -> str:
    """Keys of the references, as pandoc cites them, with what each is used for, as Markdown."""
    return "; ".join(f"[@{told.key}] {plain_markdown(', '.join(told.used_for))}" for told in references)
