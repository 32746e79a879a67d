"""Files and zip archives: they appear whole or not at all, the same files give the same bytes, and what is read is not
trusted in what it says of itself.
"""

import contextlib
import hashlib
import io
import itertools
import os
import shutil
import struct
import tempfile
import zipfile
import zlib
from pathlib import Path

from .faults import TimelineError, fault
from .vocabulary import is_case_id

MOST_BYTES = 5_000_000
MOST_PARTS = 500
MOST_INFLATED = 30_000_000


def zip_bytes(contents: dict[str, bytes]) -> bytes:
    """Files as a zip, without the time at which it was made.

    Examples
    --------
    >>> members(zip_bytes({"a/b.txt": b"text"}), "a.zip", "a zip")
    {'a/b.txt': b'text'}
    """
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            # The earliest time that a zip can hold, and files that anybody may read once they are unpacked.
            member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
            member.create_system, member.external_attr = 3, 0o644 << 16
            archive.writestr(member, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def refusal(file: str, found: str, expected: str) -> TimelineError:
    """An error about a file as a whole."""
    return TimelineError([fault(found, expected, at=file)])


def members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    """What a zip holds, by name; each member is inflated once, and counted, whatever the directory says of its size.

    Parameters
    ----------
    raw, file : bytes, str
        The zip, and its name for the messages.
    expected : str
        What would be right, for the messages.

    Raises
    ------
    TimelineError
        With one fault: it is no zip, is damaged or encrypted, or holds more than is read.
    """
    try:
        return _members(raw, file, expected)
    except (ValueError, LookupError, EOFError, RuntimeError, OSError, struct.error, zipfile.BadZipFile, zlib.error):
        raise refusal(file, "damaged parts", expected) from None


def _members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    if len(raw) > MOST_BYTES:
        raise refusal(file, f"{len(raw)} bytes", f"at most {MOST_BYTES}")
    # Counted before zipfile makes an object of each.
    if raw.count(b"PK\x01\x02") > MOST_PARTS:
        raise refusal(file, f"more than {MOST_PARTS} parts", expected)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        there = archive.infolist()
        _check_names([member.filename for member in there], file, expected)
        if any(member.flag_bits & 1 for member in there):
            raise refusal(file, "an encrypted part", f"{expected}, without a password")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in there):
            raise refusal(file, "parts that are not deflated", expected)
        contents, left = {}, MOST_INFLATED
        for member in there:
            # The directory may lie: the stream ends at the size it names, or fails its checksum.
            with archive.open(member) as stream:
                content = stream.read(left + 1)
            left -= len(content)
            if left < 0:
                raise refusal(file, f"parts of more than {MOST_INFLATED} bytes", expected)
            contents[member.filename] = content
    return contents


def _check_names(names: list[str], file: str, expected: str) -> None:
    for name in names:
        if name.startswith("/") or "\\" in name or ":" in name or ".." in name.split("/"):
            raise refusal(file, f"a part named {name}", expected)
    lower = [name.lower() for name in names]
    if len(set(lower)) < len(lower):
        twice = next(name for name in lower if lower.count(name) > 1)
        raise refusal(file, f"two parts named {twice}", expected)


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


def free_name(path: Path) -> Path:
    """The path itself if nothing has this name; else the first free one with a number before the suffix.

    Examples
    --------
    >>> free_name(Path("no-such-folder/results.md")).as_posix()
    'no-such-folder/results.md'
    """
    numbered = (path.with_stem(f"{path.stem}.{number}") for number in itertools.count(1))
    return next(name for name in itertools.chain([path], numbered) if not os.path.lexists(name))


def set_aside(path: Path, kept: Path) -> Path:
    """Move what somebody wrote out of the way of what is made anew.

    Parameters
    ----------
    path : Path
        A file, or a link.
    kept : Path
        Its new name; what has this name stays, and the new name gets a number: `results.1.md`.

    Returns
    -------
    Path
        Where it is then.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    return path.rename(free_name(kept))


def folder_of_tables(data: Path) -> Path:
    """Where measures.csv, rules.csv and comparators.csv of a data folder stand.

    The folder itself; else the folder above, `data` in the working folder, or that of the project that the package
    stands in; the folder itself again if there are none at all.
    """
    beside = (data, data.parent, Path("data"), Path(__file__).parent.parent / "data")
    return next((place for place in beside if (place / "measures.csv").is_file()), data)


def find_data(data_dir: str | Path) -> Path:
    """The folder of the cases that a notebook names, wherever the notebook is run.

    Parameters
    ----------
    data_dir : path
        A folder that is there from the current folder, or an absolute path, is taken as it is. Else its name without
        leading `..` is looked for in the current folder and in those above it, and the nearest that holds cases, or
        the tables that cases share, is taken.

    Returns
    -------
    Path
        The path as given where nothing is found.
    """
    data, here = Path(data_dir), Path.cwd()
    if data.is_absolute() or data.is_dir():
        return data
    name = Path(*itertools.dropwhile("..".__eq__, data.parts))
    above = (folder / name for folder in (here, *here.parents))
    return next((place for place in above if (place / TABLES[0]).is_file() or list_cases(place)), data)


def list_cases(data_dir: str | Path) -> list[str]:
    """Ids of the cases of a data folder, in order."""
    folders = (path.parent.name for path in Path(data_dir).glob("*/timeline.csv"))
    return sorted(name for name in folders if is_case_id(name))


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
    paths = (path for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted({path.relative_to(folder).as_posix() for path in paths} - {MANIFEST})
