"""The texts of a case's sources: read from its folder, and each row proved against them.

A text that may not be stored beside the case is proved once where it is at hand; the proof, with the digest of the text
and the places of the quotes, is kept as proof.json in the folder of the case.
"""

import html
import io
import json
import re
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..faults import Fault, TimelineError, fault
from ..files import PROOF_FILE, TEXTS, sha256, write_atomic
from .about import parse_about
from .dialect import read_rows
from .passages import Source, Stretch, find_quote, nearest_passage, passages_of, source_of
from .proving import check_numbers, check_quotes, places_of
from .separated import decode

_BLOCK = re.compile(r"<(?:script|style)\b.*?</(?:script|style)>|<!--.*?-->", re.S | re.I)


class Proof(NamedTuple):
    """What the texts of the sources say of the rows.

    Attributes
    ----------
    places : dict
        The places of the quote of each line that was found; by the text of its source.
    asked : int
        How many rows have a quote of a source whose text was read, here or where it is at hand.
    faults : tuple of Fault
    notes : tuple of str
    """

    places: dict[int, list[Stretch]]
    asked: int = 0
    faults: tuple[Fault, ...] = ()
    notes: tuple[str, ...] = ()


def text_of(content: bytes, name: str) -> str:
    """The text of a source: plain text, a web page without its markup, or a PDF.

    Raises
    ------
    TimelineError
        If it is none of these, or cannot be read.
    """
    suffix = Path(name).suffix.lower()
    if suffix == ".pdf":
        return _text_of_pdf(content, name)
    if suffix not in TEXTS:
        raise TimelineError([fault(suffix or "no suffix", f"a text: {', '.join(TEXTS)}", at=name)])
    text = decode(content, name)
    if suffix.startswith(".htm"):
        text = html.unescape(re.sub(r"<[^<>]*>", " ", _BLOCK.sub(" ", text)))
    return text


def _text_of_pdf(content: bytes, name: str) -> str:
    import pypdfium2

    try:
        with pypdfium2.PdfDocument(io.BytesIO(content)) as document:
            return "\n".join(page.get_textpage().get_text_range() for page in document)
    except pypdfium2.PdfiumError as error:
        raise TimelineError([fault(str(error), "a PDF that can be opened", at=name)]) from None


def prove_case(folder: Path, about: dict, texts: pd.DataFrame) -> Proof:
    """Prove the rows of a case against the texts of its sources.

    Parameters
    ----------
    folder : Path
        The folder of the case. A source names a file of it as `text`, or the digest of its text as `sha256`.
    about : dict
        case.yaml.
    texts : DataFrame
        The rows as text, with `line`.
    """
    case_id, sources = folder.name, about.get("sources", [])
    faults: list[Fault] = []
    notes: list[str] = []
    read: dict[str, Source] = {}
    stored = _stored(folder, faults)
    for position, source in enumerate(sources, 1):
        at = {"at": f"{case_id}/case.yaml", "column": f"sources: {position}"}
        try:
            found = _read(folder, source, at)
        except TimelineError as error:
            faults += error.faults
            continue
        if found is not None:
            read[source["id"]] = found
        elif source.get("sha256") or source.get("text"):
            notes.append(_note(case_id, source, stored.get(source["id"])))
    name = f"{case_id}/timeline.csv"
    quoted = texts[texts["quote"].ne("")]
    elsewhere = {key: entry for key, entry in stored.items() if key not in read and _is_of(sources, key, entry)}
    misfits = [*check_quotes(texts, read), *_unproved(quoted, elsewhere)]
    asked = quoted[quoted["source"].isin([*read, *elsewhere])]
    misfits += check_numbers(asked)
    faults += [Fault(name, *misfit) for misfit in misfits]
    proved = {claim for entry in elsewhere.values() for claim in entry["claims"]}
    if sources and len({*read, *elsewhere}) == len(sources):
        faults += _check_claims(about, read, proved, f"{case_id}/case.yaml")
    places = places_of(texts, read) | _places_elsewhere(quoted, elsewhere)
    return Proof(places, len(asked), tuple(faults), tuple(notes))


def _read(folder: Path, source: dict[str, str], at: dict[str, str]) -> Source | None:
    """The text that a source names; none where it names none."""
    name = source.get("text", "")
    if not name:
        return None
    if Path(name).name != name:
        raise TimelineError([fault(name, "the name of a file in the folder of the case, as `text`", **at)])
    try:
        content = (folder / name).read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        words = f"a file of the folder of the case, as `text` ({error.strerror})"
        raise TimelineError([fault(name, words, **at)]) from None
    digest = sha256(content)
    if source.get("sha256", digest) != digest:
        raise TimelineError([fault(source["sha256"], f"the digest of {name}, {digest}", **at)])
    return source_of(text_of(content, name))


def _note(case_id: str, source: dict[str, str], entry: dict | None) -> str:
    """What is known of a source whose text is not here."""
    if entry and entry.get("sha256") == source.get("sha256"):
        return f"{case_id}: source '{source['id']}' is proved against a text that is not here"
    return f"{case_id}: the text of source '{source['id']}' is not here, and no proof of it; its rows are not proved"


def _is_of(sources: list[dict[str, str]], key: str, entry: dict) -> bool:
    return any(source["id"] == key and source.get("sha256") == entry.get("sha256") for source in sources)


def _stored(folder: Path, faults: list[Fault]) -> dict[str, dict]:
    """The proofs of a case by the id of their source."""
    path = folder / PROOF_FILE
    if not path.is_file():
        return {}
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            key: {"sha256": entry["sha256"], "quotes": dict(entry["quotes"]), "claims": list(entry["claims"])}
            for key, entry in stored.items()
        }
    except (ValueError, AttributeError, KeyError, TypeError, RecursionError):
        faults.append(
            fault("something else", "a proof as `casetimeline prove` writes it", at=f"{folder.name}/{PROOF_FILE}")
        )
        return {}


def _unproved(quoted: pd.DataFrame, elsewhere: dict[str, dict]):
    """Quotes that are not in the proof of their source."""
    for row in quoted[quoted["source"].isin(elsewhere)].itertuples():
        if row.quote not in elsewhere[row.source]["quotes"]:
            expected = (
                f"a quote that was proved against the text of {row.source}; prove it again with `casetimeline prove`"
            )
            yield row.line, "quote", row.quote, expected


def _places_elsewhere(quoted: pd.DataFrame, elsewhere: dict[str, dict]) -> dict[int, list[Stretch]]:
    rows = quoted[quoted["source"].isin(elsewhere)].itertuples()
    return {row.line: [Stretch(*place) for place in elsewhere[row.source]["quotes"].get(row.quote, [])] for row in rows}


def _check_claims(about: dict, read: dict[str, Source], proved: set[str], file: str) -> list[Fault]:
    """Claims whose words stand in no text, and were not proved against one."""
    faults = []
    for position, claim in enumerate(about.get("claims", []), 1):
        says = claim.get("says", "")
        if says and says not in proved and not any(all(find_quote(says, source)) for source in read.values()):
            nearest = nearest_passage(says, next(iter(read.values()))) if read else ""
            expected = "words of the text of a source" + (f"; the nearest there is '{nearest}'" if nearest else "")
            faults.append(Fault(file, None, f"claims: {position}: says", says, expected))
    return faults


def prove_source(folder: Path, path: Path, source_id: str = "") -> list[str]:
    """As `write_proof`, for a case folder; the source may be left out where the case has one.

    Raises
    ------
    TimelineError
        If the case cannot be read, has no such source, or a row is not proved.
    """
    folder = folder.resolve() if folder.name in ("", "..") else folder
    about = parse_about(decode((folder / "case.yaml").read_bytes(), "case.yaml"), f"{folder.name}/case.yaml")
    ids = [source.get("id", "") for source in about.get("sources", []) if isinstance(source, dict)]
    chosen = source_id or (ids[0] if len(ids) == 1 else "")
    if chosen not in ids or not chosen:
        expected = f"the id of a source of case.yaml: {', '.join(ids) or 'there is none'}"
        raise TimelineError([fault(source_id, expected, at="source", known=ids)])
    rows, _ = read_rows((folder / "timeline.csv").read_bytes(), f"{folder.name}/timeline.csv")
    claims = [claim.get("says", "") for claim in about.get("claims", []) if isinstance(claim, dict)]
    return write_proof(folder, chosen, path, rows, claims)


def write_proof(folder: Path, source_id: str, path: Path, texts: pd.DataFrame, claims: list[str]) -> list[str]:
    """Prove the rows of one source against a text that is not in the folder of the case, and keep the proof there.

    Parameters
    ----------
    folder : Path
        The folder of the case.
    source_id : str
        The source, one of case.yaml.
    path : Path
        Its text.
    texts : DataFrame
        The rows as text, with `line`.
    claims : list of str
        The words of the claims of the case; the proof keeps those that stand in the text.

    Returns
    -------
    list of str
        What was proved, what was written, and what case.yaml must say.

    Raises
    ------
    TimelineError
        With every row that the text does not show; nothing is written then.
    """
    content = path.read_bytes()
    source = source_of(text_of(content, path.name))
    rows = texts[texts["source"].eq(source_id) & texts["quote"].ne("")]
    misfits = [*check_quotes(rows, {source_id: source}), *check_numbers(rows)]
    if misfits:
        raise TimelineError([Fault(f"{folder.name}/timeline.csv", *misfit) for misfit in misfits])
    places = {quote: [list(place) for place in find_quote(quote, source)] for quote in rows["quote"].unique()}
    faults: list[Fault] = []
    said = [claim for claim in dict.fromkeys(claims) if claim and all(find_quote(claim, source))]
    stored = _stored(folder, faults) | {source_id: {"sha256": sha256(content), "quotes": places, "claims": said}}
    write_atomic(folder / PROOF_FILE, (json.dumps(stored, ensure_ascii=False, indent=1) + "\n").encode())
    passages = sum(len(passages_of(quote)) for quote in places)
    return [
        f"proved    {len(rows)} rows of '{source_id}' with {passages} passages of {path.name}",
        f"written   {folder / PROOF_FILE}",
        f"needed    sha256: {sha256(content)} at the source '{source_id}' of case.yaml",
    ]
