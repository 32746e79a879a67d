"""What a report cites: the sources of the case, the rules that judged it, the arms that it stands beside.

A work is a dict in the form of CSL-JSON, as references.json has it.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from ..case import Case
from ..derive import baseline_of, derive_prednisone, records_of
from ..rules import BASIS, RESTATED, Analysis, is_missed, is_needless, once
from ..series import Series, identifier_of
from .document import plain_markdown

_THE_CASE = "the case"
OTHERS = ("others", "and others", "et al", "et al.")
# What a source of case.yaml says, in the words of CSL-JSON.
_OF_SOURCE = {
    "title": "title",
    "container-title": "container",
    "volume": "volume",
    "page": "pages",
    "DOI": "doi",
    "PMID": "pmid",
    "URL": "url",
}


class Reference(NamedTuple):
    """One source: its key in references.bib, what is known of it as CSL-JSON, what it is used for, and its names.

    The name is the id that case.yaml gives it, which stands for a source of which nothing else is known. The identity
    is the same for the same work, and for no other one, which a key alone cannot be: it has letters and digits only.
    """

    key: str
    work: dict
    used_for: tuple[str, ...] = ()
    name: str = ""
    identity: str = ""


@once
def references_in_use(analysis: Analysis) -> list[Reference]:
    """The sources of a case, of the rules with a verdict on it, of the arms beside it and of the methods, each once."""
    case = analysis.case
    of_case = [*_sources(case), *_rules(analysis), *_deduced(analysis), *_arms(analysis)]
    return _each_once([*of_case, *_works(case, dict(_methods(analysis)))])


def references_of_series(series: Series, code: str) -> list[Reference]:
    """The sources of the cases of a series, each with the cases that it is the source of, then those of the rules.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure that is compared: only its rules are cited.
    """
    sources, rules = [], []
    for each in series.analyses:
        named = f"{_THE_CASE} {each.case.case_id};"
        # A table is the one source of its cases; of two cases, a chart without an identifier is two charts.
        for reference in _sources(each.case, "" if series.table else f"{each.case.case_id} "):
            uses = tuple(use.replace(f"{_THE_CASE};", named, 1) for use in reference.used_for)
            sources.append(reference._replace(used_for=uses))
        of_measure = each.verdicts[each.verdicts["PARAMCD"] == code]
        rules += _rules_with(each.case, of_measure)
    # Nobody selected a simulated case, and a table is no report of cases.
    works = {} if series.is_simulated or series.table else {"murad-2018": "the bias of case series"}
    bias = _works(series.analyses[0].case, works)
    return _each_once([*sources, *rules, *bias])


def _each_once(references: Iterable[Reference]) -> list[Reference]:
    works: dict[str, Reference] = {}
    for reference in references:
        earlier = works.get(reference.identity)
        uses = reference.used_for if earlier is None else (*earlier.used_for, *reference.used_for)
        works[reference.identity] = (earlier or reference)._replace(used_for=tuple(dict.fromkeys(uses)))
    return _parted(works.values())


def _parted(references: Iterable[Reference]) -> list[Reference]:
    """Different works, each with a key of its own: keys that are alike get a part of a digest."""
    references = [*references]
    counts = Counter(each.key for each in references)
    return [
        each if counts[each.key] == 1 else each._replace(key=f"{each.key}-{_digest(each.identity)}")
        for each in references
    ]


class Numbers:
    """The works that a document cites, numbered in the order in which they are first named.

    Parameters
    ----------
    analysis : Analysis
        What is cited is the sources of its case by their id, works of references.json, and rules without a work.
    """

    def __init__(self, analysis: Analysis):
        self._named = _by_name(analysis)
        self._order: dict[str, int] = {}

    def of(self, names: Iterable[str]) -> tuple[int, ...]:
        """The numbers of some works, each new one with the next; what is not known is left out."""
        works = dict.fromkeys(self._named[name].identity for name in names if name in self._named)
        return tuple(sorted(self._order.setdefault(work, len(self._order) + 1) for work in works))

    def references(self) -> list[Reference]:
        """The works that were numbered, by their numbers."""
        # A work may be named by each of its rules: the one with all its uses is the last.
        works = {each.identity: each for each in sorted(self._named.values(), key=lambda each: len(each.used_for))}
        return _parted(works[identity] for identity in self._order)


def _by_name(analysis: Analysis) -> dict[str, Reference]:
    """Every reference by what the sentences call it: the id of a source, a work of references.json, a rule."""
    case = analysis.case
    named = {each.key: each for each in references_in_use(analysis)}
    sources = {
        source["id"]: reference for source, reference in zip(case.about.get("sources", []), _sources(case), strict=True)
    }
    rules = {row.rule: _cited(case, row.reference, row, f"rule: {row.label}") for row in case.rules.itertuples()}
    works = {key: _reference(work, key, "cited") for key, work in case.references.items()}
    return {**works, **rules, **named, **sources}


def is_source(reference: Reference) -> bool:
    """Whether a reference is a source of the case, and not of a rule or of an arm."""
    return reference.used_for[0].startswith(_THE_CASE)


def _sources(case: Case, whose: str = "") -> Iterator[Reference]:
    """The sources of a case; whose they are, where sources of several cases stand in one list."""
    for source in case.about.get("sources", []):
        work = case.references.get(source.get("reference", "")) or _work_of(source)
        read = source.get("read") or "not stated"
        reference = _reference(work, f"{whose}{source['id']}", f"{_THE_CASE}; read: {read}")
        yield reference._replace(name=source["id"])


def _work_of(source: dict[str, str]) -> dict:
    """A source of case.yaml as CSL-JSON; what it does not say is left out."""
    fields = {name: " ".join(source.get(word, "").split()) for name, word in _OF_SOURCE.items()}
    work = {name: text for name, text in fields.items() if text}
    if names := _names_of(source.get("authors", "")):
        work["author"] = [{"literal": name} for name in names]
    if year := source.get("year", "").strip():
        work["issued"] = {"date-parts": [[year]]}
    return {"type": "article-journal" if "title" in work and "container-title" in work else "webpage", **work}


def _rules(analysis: Analysis) -> Iterator[Reference]:
    yield from _rules_with(analysis.case, analysis.verdicts)


def _rules_with(case: Case, verdicts: pd.DataFrame) -> Iterator[Reference]:
    """The sources of the rules that judged a case, by the verdicts."""
    for row in case.rules[case.rules["rule"].isin(verdicts["RULE"])].itertuples():
        yield _cited(case, row.reference, row, f"rule: {row.label}")
        # Whom a rule was made for, or when it asks, may stand in another work than its number.
        if other := getattr(row, "further_reference", ""):
            yield _cited(case, other, row, f"entry or time of a rule: {row.label}")


def _deduced(analysis: Analysis) -> Iterator[Reference]:
    for key in BASIS if analysis.subset else ():
        if work := analysis.case.references.get(key):
            yield _reference(work, key, "the deduced subset")


def _arms(analysis: Analysis) -> Iterator[Reference]:
    case = analysis.case
    measures = [code for code in case.comparators["measure"].unique() if len(baseline_of(analysis.changes, code))]
    for row in case.comparators[case.comparators["measure"].isin(measures)].itertuples():
        yield _cited(case, row.reference, row, f"published arms: {row.trial}")
        # The baseline of an arm may stand in another article than its change.
        if other := getattr(row, "baseline_reference", ""):
            yield _cited(case, other, row, f"published arms, baseline: {row.trial}")


# What the text of the notebooks cites beside the rules of a case, by what the case must have for it.
_OF_ARMS = {"barnett-2005": "regression to the mean"}
_OF_VARIATION = {
    "fraser-2011": "reference change value",
    "cclm-2002-087": "reference change value",
    "fokkema-2006": "reference change value, logarithmic scale",
}
_OF_EFFUSION = {"luo-2024": "how often the status of an effusion changes"}  # in systemic sclerosis


# The work that a dose in prednisone is calculated by.
EQUIVALENTS = "amneal-2021"


def calculated_by(case: Case) -> tuple[str, ...]:
    """The work by which doses of a case are calculated; nothing where none is of another drug than prednisone equals.

    A dose that is told as prednisone, or as a drug that equals it, is not calculated.
    """
    doses = derive_prednisone(case.facts, case.measures)
    lines = doses.loc[doses["PREDHI"].notna(), "line"]
    equal = case.measures.loc[case.facts.loc[case.facts["line"].isin(lines), "code"], "prednisone_5mg"].astype(float)
    return (EQUIVALENTS,) if equal.ne(5.0).any() else ()


def _methods(analysis: Analysis) -> Iterator[tuple[str, str]]:
    """The works of the methods that were used on a case, each with what it is cited for."""
    if analysis.subset:
        yield RESTATED, "the sites of the limited subset, in the words of today"
    yield from ((work, "doses in prednisone") for work in calculated_by(analysis.case))
    if any(_arms(analysis)):
        yield from _OF_ARMS.items()
    if analysis.verdicts.loc[~is_needless(analysis.verdicts), "KIND"].eq("variation").any():
        yield from _OF_VARIATION.items()
    effusions = records_of(analysis.changes, "pericardial_effusion")
    if len(effusions) > 1 and is_missed("mrss", analysis.case.about.get("diagnosis", "")):
        yield from _OF_EFFUSION.items()


def _works(case: Case, uses: dict[str, str]) -> Iterator[Reference]:
    """Works of references.json by their ids, each with what it is cited for; one that is not there is left out."""
    for key, use in uses.items():
        if work := case.references.get(key):
            yield _reference(work, key, f"method: {use}")


def _cited(case: Case, reference: str, row, use: str) -> Reference:
    """The source of a rule or of an arm; where it names no work of references.json, an identifier or an address."""
    places = {"DOI": row.doi, "PMID": row.pmid, "URL": row.address}
    work = case.references.get(reference) or {"type": "webpage", **{k: text for k, text in places.items() if text}}
    return _reference(work, use, use)


def _reference(work: dict, name: str, use: str) -> Reference:
    """A work that is used once; the name is what it is called where nothing identifies it.

    Examples
    --------
    >>> _reference({"URL": "https://x.org/A/b"}, "", "").identity, _reference({}, "a chart", "").identity
    ('url x.org/a/b', 'source a chart')
    """
    # A DOI is a DOI also where one case has the work of references.json and another types it.
    kind = next((kind for kind in ("DOI", "PMID", "URL", "id") if work.get(kind)), "")
    identity = identifier_of(kind.lower(), str(work[kind])) if kind else f"source {name}"
    return Reference(_key(work, name), work, (use,), "", identity)


def _key(work: dict, name: str) -> str:
    """A key that BibTeX and pandoc accept: the id of a work, else made from its identifier, address or name.

    Examples
    --------
    >>> _key({"id": "wyss-2024"}, ""), _key({"PMID": "7562759"}, ""), _key({}, "Fu 2025, abstract")
    ('wyss-2024', 'pmid-7562759', 'source-fu-2025-abstract')
    """
    kind = next((kind for kind in ("id", "DOI", "PMID", "URL") if work.get(kind)), "source")
    text = work.get(kind) or name
    # Two names that differ only in letters that a key cannot have are still two sources.
    apart = "" if text.isascii() else f"-{_digest(text)}"
    plain = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-") + apart
    return plain if kind == "id" else f"{kind.lower()}-{plain}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _names_of(authors: str) -> list[str]:
    """The names of a list of authors as text.

    Examples
    --------
    >>> _names_of("Ho and Tsai"), _names_of("Fu, Ji and others")
    (['Ho', 'Tsai'], ['Fu', 'Ji', 'and others'])
    """
    parts = re.split(r"\s*;\s*" if ";" in authors else r",\s*|\s+and\s+", " ".join(authors.split()))
    return ["and others" if name in OTHERS else name for name in parts if name]


def citation_line(references: list[Reference]) -> str:
    """Keys of the references, as pandoc cites them, with what each is used for, as Markdown."""
    return "; ".join(f"[@{each.key}] {plain_markdown(', '.join(each.used_for))}" for each in references)
