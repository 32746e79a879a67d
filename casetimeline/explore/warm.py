"""What sessions are forked from: everything imported, the cases known, and each figure drawn once.

It is imported by the process that sessions are forked from, and does its work as it is imported: there is no other
moment before the first fork.
"""

import gc
import os
from pathlib import Path

from .choices import FIGURE_NAMES, Choice
from .session import Session

# How `processes.prepare` tells that process of which cases.
DATA = "CASETIMELINE_APP_DATA"
FIRST = "CASETIMELINE_APP_CASE"


def session_of() -> Session:
    """The session that was prepared; a new one where nothing could be."""
    return _PREPARED or Session(os.environ[DATA], os.environ.get(FIRST, ""))


def _prepare(session: Session) -> Session:
    """A session in which fonts and caches are warm; what it drew is kept for those that are forked."""
    for figure in FIGURE_NAMES:
        for _ in session.answers({"do": "show", "choice": Choice(session.first, figure)._asdict()}):
            pass
    # What is there before a fork is never looked through for garbage, and so its memory stays shared.
    gc.collect()
    gc.freeze()
    return session


_PREPARED = _prepare(Session(Path(os.environ[DATA]), os.environ.get(FIRST, ""))) if DATA in os.environ else None
