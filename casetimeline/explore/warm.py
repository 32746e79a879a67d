"""What sessions are forked from: everything imported, the cases known, and each figure drawn once.

It is imported by the process that sessions are forked from, and does its work as it is imported: there is no other
moment before the first fork.
"""

import gc
import os
from collections.abc import Callable, Iterator
from pathlib import Path

from ..faults import TimelineError
from .choice import Choice
from .quotas import DATA, FIRST
from .session import Session, faults_told


def answering() -> Callable[[dict], Iterator[dict]]:
    """What answers a page: the session that was prepared, or what is wrong with the cases."""
    if _FAULTS is not None:
        return lambda told: iter([faults_told(_FAULTS)])
    return _PREPARED.answers


def _prepare() -> tuple[Session | None, TimelineError | None]:
    """A session in which fonts and caches are warm; what it drew is kept for those that are forked."""
    if DATA not in os.environ:
        return None, None
    try:
        session = Session(Path(os.environ[DATA]), os.environ.get(FIRST, ""))
    except TimelineError as error:
        return None, error
    choice = Choice(session.first)._asdict()
    first, *_ = session.answers({"do": "show", "choice": choice})
    for place in first.get("gallery", []):
        of_figure = {**choice, "figure": place["figure"], "measure": place["measure"]}
        for _ in session.answers({"do": "look", "choice": of_figure}):
            pass
    # What is there before a fork is never looked through for garbage, and so its memory stays shared.
    gc.collect()
    gc.freeze()
    return session, None


_PREPARED, _FAULTS = _prepare()
