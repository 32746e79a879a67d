"""What sessions are forked from: everything imported, the cases known, and each figure drawn once.

It is imported by the process that sessions are forked from, and does its work as it is imported: there is no other
moment before the first fork.
"""

import os
from pathlib import Path

from .choices import FIGURE_NAMES, Choice
from .session import Session

# Where multiprocessing says it; see `processes.prepare`.
_TOLD = os.environ.get("CASETIMELINE_APP_DATA")


def session_of(data: Path) -> Session:
    """The session that was prepared, or a new one of other cases."""
    return _PREPARED if _PREPARED and _PREPARED.data == data else Session(data)


def _prepare(data: Path) -> Session:
    """A session in which fonts and caches are warm; what it derived is kept for those that are forked."""
    session = Session(data)
    for case_id in session.listed[:1]:
        for figure in FIGURE_NAMES:
            for _ in session.answers({"do": "show", "choice": Choice(case_id, figure)._asdict()}):
                pass
    return session


_PREPARED = _prepare(Path(_TOLD)) if _TOLD else None
