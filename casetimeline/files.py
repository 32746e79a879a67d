"""The one writing edge: files appear whole or not at all, and the same input gives the same bytes."""

import contextlib
import os
import tempfile
from pathlib import Path

# To ask for it is to change it: once, before there are threads.
_MASK = os.umask(0)
os.umask(_MASK)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole under its name or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        # mkstemp keeps the file to its owner; what is published has the usual permissions.
        Path(name).chmod(0o666 & ~_MASK)
        Path(name).replace(path)
    except BaseException:
        with contextlib.suppress(OSError):
            Path(name).unlink()
        raise
