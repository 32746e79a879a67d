"""Why a command ended before its end: what the system refused, and of which file."""

import os
from collections.abc import Mapping
from pathlib import Path

# The options that name where a command writes, the first that it has.
_OUTPUTS = ("output", "build", "data")


def refused_words(error: OSError, asked: Mapping[str, object]) -> str:
    """What the system refused, and of which file; of one without a name, or a temporary one, of the output asked for.

    Parameters
    ----------
    error : OSError
        The refusal.
    asked : mapping
        The options of the command, by their names.

    Returns
    -------
    str
        The file, the reason, and that nothing half-made is left.

    Examples
    --------
    >>> asked = {"output": Path("derived.csv"), "data": Path("data")}
    >>> refused_words(OSError(28, "Error writing bytes"), asked)
    'derived.csv: No space left on device; nothing half-made is left under its name'
    >>> for name in (".derived.csv.x1y2", "t.csv"):
    ...     print(refused_words(PermissionError(13, "", name), asked).partition(";")[0])
    derived.csv: Permission denied
    t.csv: Permission denied
    """
    place, reason = error.filename, str(error)
    if error.errno:
        reason = os.strerror(error.errno)
        if not place or Path(os.fsdecode(place)).name.startswith("."):
            place = next((asked[name] for name in _OUTPUTS if asked.get(name)), place)
    where = f"{place}: " if place else ""
    return f"{where}{reason}; nothing half-made is left under its name"
