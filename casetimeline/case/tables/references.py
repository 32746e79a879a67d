"""The works that rules, arms and cases cite: references.json, in the form that citation tools read (CSL-JSON)."""

import json
from collections.abc import Iterable

import pandas as pd

from ...faults import Fault, TimelineError, fault

_EXAMPLE = 'a list of works in CSL-JSON, as in [{"id": "wyss-2024", "type": "article-journal", "title": "..."}]'
# What a row says of its source when it does not name a work of references.json, and the field of the work.
_PLACES = {"doi": "DOI", "pmid": "PMID", "address": "URL"}
# A second work of a row: where the baseline of an arm stands, or the entry or time of a rule.
_FURTHER = ["baseline_reference", "further_reference"]
_TEXTS = ("id", "type", "title", "container-title", "volume", "issue", "page", *_PLACES.values())


def read_references(text: str, file: str) -> dict[str, dict]:
    """The works of a references.json by their id.

    Parameters
    ----------
    text, file : str
        The content, and the name of the file for the messages.

    Raises
    ------
    TimelineError
        If it is no list of works, or a work has no id, no type or no text where one belongs, or an id stands twice.

    Examples
    --------
    >>> read_references('[{"id": "leroy-2001", "type": "article-journal"}]', "references.json")
    {'leroy-2001': {'id': 'leroy-2001', 'type': 'article-journal'}}
    """
    try:
        works = json.loads(text)
    except json.JSONDecodeError as error:
        raise TimelineError([fault(error.msg, "valid JSON", at=file, line=error.lineno)]) from None
    except RecursionError:
        raise TimelineError([fault("lists within lists without end", "valid JSON", at=file)]) from None
    if not (isinstance(works, list) and all(isinstance(work, dict) for work in works)):
        raise TimelineError([fault("something else", _EXAMPLE, at=file)])
    by_id: dict[str, dict] = {}
    faults = []
    for position, work in enumerate(works, 1):
        faults += [Fault(file, None, f"work {position}", *wrong) for wrong in _faults_of(work, by_id)]
        by_id[str(work.get("id"))] = work
    if faults:
        raise TimelineError(faults)
    return by_id


def _faults_of(work: dict, others: Iterable[str]) -> list[tuple[str, str]]:
    """What was found and what would be right, of a work that stands behind others."""
    faults = [("", f"an '{name}'") for name in ("id", "type") if not work.get(name)]
    faults += [(str(work[name]), f"text as '{name}'") for name in _TEXTS if not isinstance(work.get(name, ""), str)]
    if not isinstance(work.get("author", []), list):
        faults.append((str(work["author"]), "a list of names as 'author'"))
    if work.get("id") in others:
        faults.append((str(work["id"]), "each id once"))
    return faults


def with_places(table: pd.DataFrame, references: dict[str, dict], file: str) -> pd.DataFrame:
    """Rules or arms with the DOI, PMID and address of the work that each names.

    Parameters
    ----------
    table : DataFrame
        Rules or arms with `line`. Where a row has a `reference`, its `doi`, `pmid` and `address` are those of the work;
        else they stay as they are.
    references : dict
        From `read_references`.
    file : str
        The name of the file for the messages.

    Raises
    ------
    TimelineError
        If a row names a work that is not there.
    """
    table = table.assign(**{name: table.get(name, "") for name in ("reference", *_PLACES)})
    named = table["reference"].ne("")
    faults = [
        fault(key, "the id of a work of references.json", at=file, line=line, column=column, known=references)
        for column in ("reference", *table.columns.intersection(_FURTHER))
        for key, line in table.loc[table[column].ne(""), [column, "line"]].itertuples(index=False)
        if key not in references
    ]
    if faults:
        raise TimelineError(faults)
    for name, field in _PLACES.items():
        of_work = table["reference"].map(lambda key, field=field: references.get(key, {}).get(field, ""))
        table[name] = table[name].where(~named, of_work)
    return table


def with_works(about: dict, references: dict[str, dict], file: str) -> dict:
    """case.yaml with what references.json knows of the works that its sources name; what case.yaml says stays.

    Raises
    ------
    TimelineError
        If a source names a work that is not there.
    """
    sources = about.get("sources", [])
    faults = [
        fault(
            key,
            "the id of a work of references.json",
            at=file,
            column=f"sources: {position}: reference",
            known=references,
        )
        for position, source in enumerate(sources, 1)
        if (key := source.get("reference", "")) and key not in references
    ]
    if faults:
        raise TimelineError(faults)
    filled = [{**_as_source(references.get(source.get("reference", ""), {})), **source} for source in sources]
    return {**about, "sources": filled} if filled else about


def _as_source(work: dict) -> dict[str, str]:
    """A work in the words of a source of case.yaml; without what is not known of it."""
    year = work.get("issued", {}).get("date-parts", [[""]])[0][0]
    fields = {
        "authors": ", ".join(author.get("family") or author.get("literal", "") for author in work.get("author", [])),
        "title": work.get("title", ""),
        "container": work.get("container-title", ""),
        "volume": work.get("volume", ""),
        "year": str(year),
        "pages": work.get("page", ""),
        "doi": work.get("DOI", ""),
        "pmid": work.get("PMID", ""),
        "url": work.get("URL", ""),
    }
    return {name: text for name, text in fields.items() if text}
