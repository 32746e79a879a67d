"""Rows proposed on the page, held against the text of their source; and what is saved of a text that is lent."""

from collections.abc import Callable
from pathlib import PurePath

from ..case import (
    Parsed,
    Proposal,
    Recorded,
    Vocabulary,
    judge_rows,
    names_of_texts,
    read_proposal,
    read_source,
    source_for,
    with_proof,
)
from ..faults import TimelineError, fault
from ..files import TEXTS, sha256
from .draft import Draft, decoded, recorded_of
from .quotas import MOST_BYTES

_Text = tuple[str, bytes]


def read_proposed(uploads: object) -> tuple[Proposal, str, _Text | None]:
    """An uploaded proposal, its name, and the name and content of the text that came with it, if one did.

    Raises
    ------
    TimelineError
        If there is not one proposal and one text at most, if they are too large, or if the proposal has another form.
    """
    files = [decoded(upload) for upload in uploads] if isinstance(uploads, list) else []
    rows = [(name, content) for name, content in files if PurePath(name).suffix.lower() == ".json"]
    texts = [(name, content) for name, content in files if PurePath(name).suffix.lower() in TEXTS]
    if len(rows) != 1 or len(texts) > 1 or len(rows) + len(texts) < len(files):
        names = ", ".join(name for name, _ in files) or "no file"
        expected = (
            f"proposed rows (.json), and the text of their source ({', '.join(TEXTS)}) if it is not beside the case"
        )
        raise TimelineError([fault(names, expected, at="files")])
    if sum(len(content) for _, content in files) > MOST_BYTES:
        raise TimelineError([fault("more bytes than this page takes", f"at most {MOST_BYTES} bytes", at=rows[0][0])])
    return read_proposal(rows[0][1], rows[0][0]), rows[0][0], texts[0] if texts else None


def offer(draft: Draft, uploads: object, vocabulary: Vocabulary) -> tuple[dict, tuple[_Text, ...]]:
    """Uploaded rows beside their text, for the case of a draft; and the text, where only its digest may be stored.

    Parameters
    ----------
    draft : Draft
        The case, with the texts that stand beside it.
    uploads : list of dict
        As for `read_proposed`. A text that comes with the proposal goes before one beside the case.
    vocabulary : Vocabulary
        The one of the cases.

    Raises
    ------
    TimelineError
        If the text is not here or another one, or if the case has faults of its own.
    """
    proposal, name, lent = read_proposed(uploads)
    sources = draft.about.get("sources", [])
    known = {one["id"]: one for one in sources if isinstance(one, dict) and isinstance(one.get("id"), str)}
    source_id = source_for(proposal, list(known), name)
    named, digest = known[source_id].get("text", ""), known[source_id].get("sha256", "")
    case_text = next((text for text in draft.texts if text[0] == named or sha256(text[1]) == digest), None)
    text = lent or case_text
    if text is None:
        expected = f"the text of {source_id} ({', '.join(TEXTS)}), opened together with the proposal"
        raise TimelineError([fault("no text", expected, at=name)])
    if digest and digest != sha256(text[1]):
        raise TimelineError([fault(sha256(text[1]), f"the text of {source_id}, with the digest {digest}", at=text[0])])
    source = read_source(text[1], text[0])
    rows = judge_rows(proposal, source_id, source, draft.case_id, recorded_of(draft), vocabulary)
    answer = {
        "file": name,
        "source": source_id,
        "proposed_by": proposal.proposed_by,
        "rows": [row._asdict() for row in rows],
    }
    return answer, (lent,) if lent and digest and lent not in draft.texts else ()


def saved_files(draft: Draft, parse: Callable[[str, Recorded], Parsed]) -> Recorded:
    """The files of a draft as they are saved: with a proof in place of each text that may not be stored.

    Parameters
    ----------
    draft : Draft
        The case.
    parse : callable
        Parses and proves it; a case with faults is saved with the proof that it had.
    """
    recorded = recorded_of(draft)
    try:
        parsed = parse(draft.case_id, recorded)
        if not parsed.faults:
            return with_proof(parsed, recorded)
    except TimelineError:
        pass
    named = names_of_texts(draft.about)
    return recorded._replace(texts=tuple(text for text in recorded.texts if text[0] in named))
