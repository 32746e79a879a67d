"""The form of the answers that a session gives to a page."""

import base64
import json
from collections.abc import Container

from ..faults import TimelineError
from .draft import Draft

# A digest in hexadecimal digits.
_MOST_CHARACTERS = 64


def as_json(answer: dict) -> bytes:
    """An answer as it is sent.

    Raises
    ------
    ValueError
        If JSON cannot hold a number in it (nan, or infinite).
    """
    return json.dumps(answer, allow_nan=False).encode()


def echo_of(message: object, known: Container[str]) -> dict:
    """What an answer repeats of its message: short things only, since anybody may send anything in place of a message.

    `do` is repeated if it is one of the requests that are known, and `n` if it is a whole number.
    """
    if not isinstance(message, dict):
        return {}
    do, n = message.get("do"), message.get("n")
    number = n if isinstance(n, int) and abs(n) < 2**53 else None
    return {"do": do if isinstance(do, str) and do in known else None, "n": number}


def digest_in(message: dict) -> str:
    """The digest that a page sends with a draft: of the files that it was opened from; blank if it has none."""
    digest = message.get("digest")
    return digest if isinstance(digest, str) and len(digest) <= _MOST_CHARACTERS else ""


def faults_answer(error: TimelineError) -> dict:
    """The answer to a page whose message, or whose case, has faults."""
    faults = [{**one._asdict(), "text": str(one)} for one in error.faults]
    return {"is": "faults", "text": str(error), "faults": faults}


def as_draft(draft: Draft, digest: str = "") -> dict:
    """A case as the form and the grid hold it, with the digest of the files of the folder that it was opened from."""
    return {
        "is": "draft",
        "about": draft.about,
        "rows": draft.rows,
        "columns": list(draft.columns),
        "measures": draft.measures,
        "digest": digest,
    }


def as_file(name: str, content: bytes, saves: bool = False) -> dict:
    """A file to download; `saves` says that it holds what the reader typed."""
    return {"is": "file", "name": name, "content": base64.b64encode(content).decode(), "saves": saves}
