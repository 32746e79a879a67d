"""The one writing edge: files appear whole or not at all, and the same input gives the same bytes."""

import contextlib
import os
import shutil
import tempfile
from pathlib import Path

# To ask for it is to change it: once, before there are threads.
_MASK = os.umask(0)
os.umask(_MASK)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole under its name or not at all."""
    write_together({path: content})


def write_together(contents: dict[Path, bytes]) -> None:
    """Write files of one folder or of several so that none appears before all of them are written.

    Only a machine that stops while they get their names leaves some of them old.
    """
    staged: dict[Path, Path] = {}
    try:
        for path, content in contents.items():
            path.parent.mkdir(parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
            staged[path] = Path(name)
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            # mkstemp keeps the file to its owner; what is published has the usual permissions.
            Path(name).chmod(0o666 & ~_MASK)
        for path, made in staged.items():
            made.replace(path)
    except BaseException:
        for made in staged.values():
            with contextlib.suppress(OSError):
                made.unlink()
        raise


def make_folder(folder: Path, contents: dict[str, bytes]) -> None:
    """Make a folder with files so that it appears with all of them or not at all.

    Raises
    ------
    OSError
        Also if something that is not empty has its name.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    made = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        write_together({made / name: content for name, content in contents.items()})
        made.chmod(0o777 & ~_MASK)
        made.replace(folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
