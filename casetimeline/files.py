"""The one writing edge: files appear whole or not at all, and the same input gives the same bytes."""

import contextlib
import hashlib
import os
import shutil
import tempfile
from pathlib import Path

from .vocabulary import CASE_ID

MANIFEST = "manifest.json"
# The tables that the cases of a data folder share.
TABLES = ("measures.csv", "rules.csv", "comparators.csv")
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


def folder_of_tables(data: Path) -> Path:
    """Where measures.csv, rules.csv and comparators.csv of a data folder stand.

    The folder itself; else the folder above, `data` in the working folder, or that of the project that the package
    stands in; the folder itself again if there are none at all.
    """
    beside = (data, data.parent, Path("data"), Path(__file__).parent.parent / "data")
    return next((place for place in beside if (place / "measures.csv").is_file()), data)


def list_cases(data_dir: str | Path) -> list[str]:
    """Ids of the cases of a data folder, in order."""
    folders = (path.parent.name for path in Path(data_dir).glob("*/timeline.csv"))
    return sorted(name for name in folders if CASE_ID.fullmatch(name))


def sha256(content: bytes) -> str:
    """Digest of some content."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """Digest of a file; blank if there is none that can be read."""
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


def combined(digests: dict[str, str]) -> str:
    """One digest of several, by name and content."""
    return sha256("".join(f"{name}\0{digest}\n" for name, digest in sorted(digests.items())).encode())


def files_in(folder: Path) -> list[str]:
    """Every file below a folder but the manifest, by its name in there."""
    found = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted(name for name in found if name != MANIFEST)
