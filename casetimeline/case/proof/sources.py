"""The texts of a case's sources, and each row proved against them.

A text that may not be stored beside the case is proved once where it is at hand; the proof, with the digest of the text
and the places of the quotes, is kept as proof.json in the folder of the case.
"""

import difflib
import json
from collections.abc import Iterator
from pathlib import Path

import pandas as pd

from ...faults import Fault, TimelineError, fault
from ...files import CASE_FILES, PROOF_FILE, misplaced, sha256, write_atomic
from ...values import rows_of
from ..form.about import parse_about
from ..model import Case, Parsed, Recorded
from ..named import no_such_folder
from ..tables.dialect import read_rows
from ..tables.separated import decode
from .extract import read_source
from .passages import Source, Stretch, find_quote, in_sentence, nearest_passage, passages_of
from .proving import Misfit, check_numbers, check_quotes, places_of


def names_of_texts(about: dict) -> tuple[str, ...]:
    """The files beside case.yaml that its rows are proved against: the texts that it names, and proof.json.

    What it says may have any shape.

    Examples
    --------
    >>> names_of_texts({"case_id": "a", "sources": [{"id": "chart", "text": "letter.txt"}]})
    ('proof.json', 'letter.txt')
    """
    sources = about.get("sources", [])
    named = [one.get("text", "") for one in sources if isinstance(one, dict)] if isinstance(sources, list) else []
    return (PROOF_FILE, *dict.fromkeys(name for name in named if isinstance(name, str) and name and _is_plain(name)))


def texts_named_in(content: bytes | None) -> tuple[str, ...]:
    """The same of a case.yaml that is not read yet; proof.json alone where it cannot be read."""
    try:
        return names_of_texts(parse_about(decode(content or b"", "case.yaml"), "case.yaml"))
    except TimelineError:
        return names_of_texts({})


def _is_plain(name: str) -> bool:
    return Path(name).name == name


def prove(parsed: Parsed, recorded: Recorded) -> Parsed:
    """The content of a case with each row proved against the texts of its sources: places, faults and notes.

    Parameters
    ----------
    parsed : Parsed
        From `parse_case`.
    recorded : Recorded
        What it was parsed from. A source names one of its `texts` as `text`, or the digest of its text as `sha256`.
    """
    case_id, about, texts, files = parsed.case_id, parsed.about, parsed.texts, dict(recorded.texts)
    sources = about.get("sources", [])
    faults: list[Fault] = []
    notes: list[str] = []
    read: dict[str, Source] = {}
    stored = _stored(files.get(PROOF_FILE), f"{case_id}/{PROOF_FILE}", faults)
    for position, source in enumerate(sources, 1):
        at = {"at": f"{case_id}/case.yaml", "column": f"sources: {position}"}
        try:
            source_text = _read(files, source, at)
        except TimelineError as error:
            faults += error.faults
            continue
        if source_text is not None:
            read[source["id"]] = source_text
        elif source.get("sha256") or source.get("text"):
            notes.append(_note(case_id, source, stored.get(source["id"])))
    name = f"{case_id}/timeline.csv"
    quoted = texts[texts["quote"].ne("")]
    elsewhere = {key: entry for key, entry in stored.items() if key not in read and _is_of(sources, key, entry)}
    misfits = [*check_quotes(texts, read), *_unproved(quoted, elsewhere)]
    asked = quoted[quoted["source"].isin([*read, *elsewhere])]
    misfits += check_numbers(quoted)
    # What is wrong in itself is not told once more as what the quote does not print.
    faulty = {(one.line, one.column) for one in parsed.faults if one.file == name}
    faults += [Fault(name, *misfit) for misfit in misfits if misfit[:2] not in faulty]
    proved = {claim for entry in elsewhere.values() for claim in entry["claims"]}
    if sources and len({*read, *elsewhere}) == len(sources):
        faults += _check_claims(about, read, proved, f"{case_id}/case.yaml")
    places = places_of(texts, read) | _places_elsewhere(quoted, elsewhere)
    return parsed._replace(
        faults=(*parsed.faults, *faults), notes=(*parsed.notes, *notes), places=places, provable=len(asked)
    )


def _read(files: dict[str, bytes], source: dict[str, str], at: dict[str, str]) -> Source | None:
    """The text that a source names, or that has its digest; none where it names none, or where that is not here."""
    name = source.get("text", "") or _lent(files, source)
    if not name:
        return None
    if not _is_plain(name):
        raise TimelineError([fault(name, "the name of a file in the folder of the case, as `text`", **at)])
    if name not in files:
        return None
    digest = sha256(files[name])
    if source.get("sha256", digest) != digest:
        raise TimelineError([fault(source["sha256"], f"the digest of {name}, {digest}", **at)])
    return read_source(files[name], name)


def _lent(files: dict[str, bytes], source: dict[str, str]) -> str:
    """The file with the text of a source that names a digest alone: it is here for now, and not stored."""
    digest = source.get("sha256")
    texts = (name for name, content in files.items() if name != PROOF_FILE and digest and sha256(content) == digest)
    return next(texts, "")


def sentences_of(case: Case, recorded: Recorded) -> dict[int, list[tuple[str, str, str]]]:
    """Of each line whose quote was found in a text that is here, its passages in their sentences, as `in_sentence`."""
    files, read = dict(recorded.texts), {}
    for source in case.about.get("sources", []):
        read[source["id"]] = _read(files, source, {"at": "case.yaml"})
    of_line = dict(zip(case.facts["line"], case.facts["source"], strict=True))
    located = {line: (read.get(of_line.get(line)), places) for line, places in case.places.items() if places}
    return {
        line: [in_sentence(source, place) for place in places] for line, (source, places) in located.items() if source
    }


def with_proof(parsed: Parsed, recorded: Recorded) -> Recorded:
    """The files of a case with a proof in place of each text that case.yaml names by its digest alone.

    Parameters
    ----------
    parsed : Parsed
        From `prove`, without a fault.
    recorded : Recorded
        What it was parsed from.
    """
    files, about = dict(recorded.texts), parsed.about
    entries = _stored(files.get(PROOF_FILE), PROOF_FILE, [])
    claims = [claim.get("says", "") for claim in about.get("claims", [])]
    lent = {}
    for source in about.get("sources", []):
        name = "" if source.get("text") else _lent(files, source)
        if name:
            rows = parsed.texts[parsed.texts["source"].eq(source["id"]) & parsed.texts["quote"].ne("")]
            lent[source["id"]] = _entry(files[name], name, rows, claims)
    kept = {name: files[name] for name in names_of_texts(about) if name in files}
    if lent:
        kept[PROOF_FILE] = _as_bytes(entries | lent)
    return recorded._replace(texts=tuple(kept.items()))


def _entry(content: bytes, name: str, rows: pd.DataFrame, claims: list[str]) -> dict:
    """What is kept of a text: its digest, the places of the quotes, and the claims whose words stand in it."""
    source = read_source(content, name)
    places = {quote: [list(place) for place in find_quote(quote, source)] for quote in rows["quote"].unique()}
    proved = [claim for claim in dict.fromkeys(claims) if claim and all(find_quote(claim, source))]
    return {"sha256": sha256(content), "quotes": places, "claims": proved}


def _as_bytes(entries: dict[str, dict]) -> bytes:
    return (json.dumps(entries, ensure_ascii=False, indent=1) + "\n").encode()


def _note(case_id: str, source: dict[str, str], entry: dict | None) -> str:
    """What is known of a source whose text is not here."""
    if entry and entry.get("sha256") == source.get("sha256"):
        return f"{case_id}: source '{source['id']}' was compared with a text that is not among these files"
    return f"{case_id}: the text of source '{source['id']}' is not here, and no proof of it; its rows are not proved"


def _is_of(sources: list[dict[str, str]], key: str, entry: dict) -> bool:
    return any(source["id"] == key and source.get("sha256") == entry.get("sha256") for source in sources)


def _stored(content: bytes | None, name: str, faults: list[Fault]) -> dict[str, dict]:
    """The proofs of a case by the id of their source."""
    if content is None:
        return {}
    try:
        stored = json.loads(content.decode())
    except (ValueError, RecursionError):
        stored = None
    if isinstance(stored, dict) and all(map(_is_entry, stored.values())):
        return stored
    faults.append(fault("something else", "a proof as `casetimeline prove` writes it", at=name))
    return {}


def _is_entry(entry: object) -> bool:
    """Whether a part of proof.json has the shape that `_entry` gives it: each quote has the places of its passages."""
    if not isinstance(entry, dict) or not isinstance(entry.get("sha256"), str):
        return False
    quotes, claims = entry.get("quotes"), entry.get("claims")
    if not isinstance(quotes, dict) or not isinstance(claims, list):
        return False
    are_places = (isinstance(places, list) and len(places) > 0 for places in quotes.values())
    return (
        all(are_places)
        and all(_is_place(place) for places in quotes.values() for place in places)
        and all(isinstance(claim, str) for claim in claims)
    )


def _is_place(place: object) -> bool:
    return isinstance(place, list) and [type(at) for at in place] == [int, int] and 0 <= place[0] < place[1]


def _unproved(quoted: pd.DataFrame, elsewhere: dict[str, dict]) -> Iterator[Misfit]:
    """Quotes that are not in the proof of their source, each with the nearest that is."""
    for row in rows_of(quoted[quoted["source"].isin(elsewhere)]):
        proved = elsewhere[row.source]["quotes"]
        if row.quote not in proved:
            near = difflib.get_close_matches(row.quote, proved, n=1, cutoff=0.8)
            nearest = f"; the nearest is '{near[0]}'" if near else ""
            again = "prove it again with `casetimeline prove`"
            expected = f"a quote that was proved against the text of {row.source}{nearest}; {again}"
            yield row.line, "quote", row.quote, expected


def _places_elsewhere(quoted: pd.DataFrame, elsewhere: dict[str, dict]) -> dict[int, list[Stretch]]:
    rows = rows_of(quoted[quoted["source"].isin(elsewhere)])
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
    if not folder.exists():
        raise TimelineError([no_such_folder(folder, "a case folder")])
    absent = [misplaced(folder / name, "a file of a case folder", folder=False) for name in CASE_FILES[:2]]
    if any(absent):
        raise TimelineError([each for faults in absent for each in faults])
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
    source = read_source(content, path.name)
    rows = texts[texts["source"].eq(source_id) & texts["quote"].ne("")]
    misfits = [*check_quotes(rows, {source_id: source}), *check_numbers(rows)]
    if misfits:
        raise TimelineError([Fault(f"{folder.name}/timeline.csv", *misfit) for misfit in misfits])
    before = (folder / PROOF_FILE).read_bytes() if (folder / PROOF_FILE).is_file() else None
    entry = _entry(content, path.name, rows, claims)
    write_atomic(folder / PROOF_FILE, _as_bytes(_stored(before, PROOF_FILE, []) | {source_id: entry}))
    passages = sum(len(passages_of(quote)) for quote in entry["quotes"])
    workbook = folder / f"{folder.name}.xlsx"
    also = f", and on the sheet Sources of {workbook.name}" if workbook.is_file() else ""
    return [
        f"proved    {len(rows)} rows of '{source_id}' with {passages} passages of {path.name}",
        f"written   {folder / PROOF_FILE}",
        f"needed    sha256: {sha256(content)} at the source '{source_id}' of case.yaml{also}",
    ]
