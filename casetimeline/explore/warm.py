"""What the processes of sessions are forked from: everything imported, the cases listed, each figure drawn once.

The process that sessions are forked from imports this module. The work is done at import, because there is no other
moment before the first fork.
"""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ..faults import TimelineError
from .choice import Choice
from .quotas import DATA, FIRST
from .replies import as_json, faults_answer
from .session import Session


def answering() -> Callable[[object], Iterator[bytes]]:
    """The function that answers the messages of a page in JSON: with the prepared session, or with the faults."""
    if _ERROR is not None:
        return lambda message: iter([as_json(faults_answer(_ERROR))])
    return lambda message: _PREPARED.answers(message, as_json)


def _prepare() -> tuple[Session | None, TimelineError | None]:
    """A session that has drawn its first case, so that forks inherit fonts and caches; or why there is none."""
    if DATA not in os.environ:
        return None, None
    try:
        session = Session(Path(os.environ[DATA]), os.environ.get(FIRST, ""))
    except TimelineError as error:
        return None, error
    choice = Choice(session.first)._asdict()
    view, *_ = session.answers({"do": "show", "choice": choice})
    for entry in view.get("gallery", []):
        look = {"do": "look", "choice": {**choice, "figure": entry["figure"], "measure": entry["measure"]}}
        for _ in session.answers(look):
            pass
    # The garbage collector leaves frozen objects alone, so that forked processes go on sharing their memory.
    gc.collect()
    gc.freeze()
    return session, None


_PREPARED, _ERROR = _prepare()
