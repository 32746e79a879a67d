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

# What may stand in an identifier or an address as it is. All else is escaped: BibTeX would misread braces, and TeX the
# marks of its own.
_SAFE = "/:;.,()<>[]@!*'+=?&~-_%#"
_THE_CASE = "the case"
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


class Reference(NamedTuple):
    """One source: its key in references.bib, what is known of it (blank where it is not), and what it is used for."""

    key: str
    authors: str = ""
    title: str = ""
    container: str = ""
    year: str = ""
    volume: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    used_for: tuple[str, ...] = ()


def references_in_use(analysis: Analysis) -> list[Reference]:
    """The sources of a case, then those of the rules with a verdict on it and of the arms beside it, each once."""
    case = analysis.case
    by_key: dict[str, Reference] = {}
    for reference in [*_sources(case), *_rules(analysis), *_arms(analysis)]:
        earlier = by_key.get(reference.key)
        uses = reference.used_for if earlier is None else (*earlier.used_for, *reference.used_for)
        by_key[reference.key] = (earlier or reference)._replace(used_for=tuple(dict.fromkeys(uses)))
    return list(by_key.values())


def is_source(reference: Reference) -> bool:
    """Whether a reference is a source of the case, and not of a rule or of an arm."""
    return reference.used_for[0].startswith(_THE_CASE)


def _sources(case: Case) -> Iterator[Reference]:
    for source in case.about.get("sources", []):
        fields = {name: " ".join(source.get(name, "").split()) for name in Reference._fields[1:-1]}
        read = source.get("read") or "not stated"
        yield Reference(_key(fields, source["id"]), **fields, used_for=(f"{_THE_CASE}; read: {read}",))


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
    """The source of a rule or of an arm, of which only an identifier or an address is known."""
    fields = {"doi": row.doi, "pmid": row.pmid, "url": row.address}
    return Reference(_key(fields, use), **fields, used_for=(use,))


def _key(fields: dict[str, str], name: str) -> str:
    """A key that BibTeX and pandoc accept, made from the identifier, the address or the name of a source.

    Examples
    --------
    >>> _key({"doi": "10.1186/s13075-024-03418-2"}, ""), _key({"pmid": "7562759"}, ""), _key({}, "Fu 2025, abstract")
    ('doi-10-1186-s13075-024-03418-2', 'pmid-7562759', 'source-fu-2025-abstract')
    """
    kind = next((kind for kind in ("doi", "pmid", "url") if fields.get(kind)), "source")
    text = fields.get(kind) or name
    # Two names that differ only in letters that a key cannot have are still two sources.
    apart = "" if text.isascii() else f"-{hashlib.sha256(text.encode()).hexdigest()[:6]}"
    return f"{kind}-" + re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") + apart


def cite_words(reference: Reference) -> str:
    """A reference as a line of a list: what is known of it, and what it is used for."""
    place = f"{reference.container} {reference.year}".strip()
    place += f";{reference.volume}" if reference.volume else ""
    place += f":{reference.pages}" if reference.pages else ""
    doi = f"doi:{reference.doi}" if reference.doi else ""
    pmid = f"PMID {reference.pmid}" if reference.pmid else ""
    identifiers = ", ".join(filter(None, [doi, pmid])) or reference.url
    parts = [reference.authors, reference.title.rstrip("."), place, identifiers]
    words = ". ".join(filter(None, parts)) or reference.key
    return f"{words}. Used for: {'; '.join(reference.used_for)}."


def bibtex(references: Iterable[Reference]) -> str:
    """References as BibTeX, one entry each; a field that is not known is left out."""
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
        "doi": quote(reference.doi, safe=_SAFE),
        "pmid": quote(reference.pmid, safe=_SAFE),
        "url": quote(reference.url, safe=_SAFE),
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
    return "; ".join(f"[@{each.key}] {plain_markdown(', '.join(each.used_for))}" for each in references)
