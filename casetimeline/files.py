"""Files and zip archives, written and read safely.

A file is written whole or not at all. A zip of the same contents has the same bytes. What a zip says of its own size is
not trusted when it is read.
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
from collections.abc import Container, Iterator
from os.path import lexists
from pathlib import Path

from .faults import Fault, TimelineError, fault, nearest_word
from .vocabulary import is_case_id

MOST_BYTES = 5_000_000
MOST_PARTS = 500
MOST_INFLATED = 30_000_000


def zip_bytes(contents: dict[str, bytes]) -> bytes:
    """A zip of some files, without the time at which it was made.

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


def refusal(file: str, problem: str, expected: str) -> TimelineError:
    """The error that refuses a whole file."""
    return TimelineError([fault(problem, expected, at=file)])


def members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    """The contents of a zip, by name. Each member is inflated once and counted, whatever size the directory gives.

    Parameters
    ----------
    raw : bytes
        The zip.
    file, expected : str
        Its name, and what it should be, for the messages.

    Raises
    ------
    TimelineError
        With one fault, if it is not a zip, is damaged or encrypted, or holds more than may be read.
    """
    try:
        return _members(raw, file, expected)
    except (ValueError, LookupError, EOFError, RuntimeError, OSError, struct.error, zipfile.BadZipFile, zlib.error):
        raise refusal(file, "damaged parts", expected) from None


def _members(raw: bytes, file: str, expected: str) -> dict[str, bytes]:
    if len(raw) > MOST_BYTES:
        raise refusal(file, f"{len(raw)} bytes", f"at most {MOST_BYTES}")
    # Counted before zipfile makes an object of each part.
    if raw.count(b"PK\x01\x02") > MOST_PARTS:
        raise refusal(file, f"more than {MOST_PARTS} parts", expected)
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        directory = archive.infolist()
        _check_names([member.filename for member in directory], file, expected)
        if any(member.flag_bits & 1 for member in directory):
            raise refusal(file, "an encrypted part", f"{expected}, without a password")
        if any(member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED) for member in directory):
            raise refusal(file, "parts that are not deflated", expected)
        contents, left = {}, MOST_INFLATED
        for member in directory:
            # The directory may name a wrong size: the stream then ends there, or fails its checksum.
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
# What the paths of a command are, in words, and whether it is a folder.
_PATHS = {
    "file": ("a workbook (.xlsx), or a case folder as the page saves it (.zip)", False),
    "built": ("the folder of a report, build/CASE", True),
    "data": ("the folder of the cases", True),
    "notebooks": ("a folder with notebooks that begin with a digit", True),
    "lock": ("the file of exact requirements", False),
    "text": ("the text of a source", False),
    "proposal": ("a JSON file of proposed rows", False),
    "deny": ("a text file with one name or number a line", False),
    "readme": ("the data dictionary", False),
}
# What a run that failed leaves in the folder of a report for its author to look at; it is no part of the report.
FAILED = "failed"
# The files that the cases of a data folder share: words, rules, published arms, treatments, and the works cited.
TABLES = ("measures.csv", "rules.csv", "comparators.csv", "treatments.csv", "references.json")
# The texts that the rows of a case are proved against, and proofs against texts elsewhere.
TEXTS = (".txt", ".md", ".html", ".htm", ".pdf")
PROOF_FILE = "proof.json"
# The files of a case folder. The last, measures of that case alone, may be missing.
CASE_FILES = ("case.yaml", "timeline.csv", "measures.csv")
PROJECT_DATA = Path(__file__).parent.parent / "data"
# The mask can only be read by setting it, so it is read once, before there are threads.
_MASK = os.umask(0)
os.umask(_MASK)


def write_atomic(path: Path, content: bytes) -> None:
    """Write a file so that it appears whole under its name or not at all."""
    write_together({path: content})


def write_together(contents: dict[Path, bytes]) -> None:
    """Write files of one or more folders so that none appears before all of them are written.

    Only if the machine stops while the files are renamed do some of them stay old.
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
        for path, temporary in staged.items():
            temporary.replace(path)
    except BaseException:
        for temporary in staged.values():
            with contextlib.suppress(OSError):
                temporary.unlink()
        raise


def make_folder(folder: Path, contents: dict[str, bytes]) -> None:
    """Make a folder with files so that it appears with all of them or not at all.

    Raises
    ------
    OSError
        Also if a folder of this name is there and is not empty.
    """
    folder.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=folder.parent, prefix=f".{folder.name}."))
    try:
        write_together({temporary / name: content for name, content in contents.items()})
        temporary.chmod(0o777 & ~_MASK)
        temporary.replace(folder)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise


def remove(path: Path) -> None:
    """Remove a file, a folder with all that is in it, or a link, which is not followed; nothing if there is none."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)


def make_unlinked(folder: Path, root: Path) -> None:
    """Make a folder below another in a place where others may write: a link on the way is removed, never followed.

    Parameters
    ----------
    folder : Path
        It may be there already.
    root : Path
        A folder above it, which may itself be a link.
    """
    root.mkdir(parents=True, exist_ok=True)
    way = [folder, *folder.parents]
    for step in reversed(way[: way.index(root)]):
        if step.is_symlink():
            step.unlink()
        step.mkdir(exist_ok=True)


@contextlib.contextmanager
def open_lock(path: Path) -> Iterator[int]:
    """The descriptor of a file to lock, made if there is none: nothing is written to it, and a link is removed."""
    if path.is_symlink():
        path.unlink()
    descriptor = os.open(path, os.O_RDONLY | os.O_CREAT | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC, 0o666)
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def free_name(path: Path) -> Path:
    """The path itself if it is free; else the first free path with a number before the suffix.

    Examples
    --------
    >>> free_name(Path("no-such-folder/results.md")).as_posix()
    'no-such-folder/results.md'
    """
    numbered = (path.with_stem(f"{path.stem}.{number}") for number in itertools.count(1))
    return next(name for name in itertools.chain([path], numbered) if not lexists(name))


def set_aside(path: Path, kept: Path) -> Path:
    """Move a file that somebody wrote out of the way, so that a new one can take its name.

    Parameters
    ----------
    path : Path
        A file, or a link.
    kept : Path
        Its new name. If that is taken, a number is added to it: `results.1.md`.

    Returns
    -------
    Path
        Where the file is now.
    """
    kept.parent.mkdir(parents=True, exist_ok=True)
    return path.rename(free_name(kept))


def tables_of(data: Path) -> dict[str, Path]:
    """Where each of the files is that the cases of a data folder share.

    Returns
    -------
    dict of Path
        For each name of `TABLES` the first file of this name in: the data folder itself, the folder above it, `data` in
        the working folder, `data` of the project that contains the package. That of the data folder where none has it.
    """
    beside = (data, data.parent, Path("data"), PROJECT_DATA)
    return {name: next((place / name for place in beside if lexists(place / name)), data / name) for name in TABLES}


def find_data(data_dir: str | Path) -> Path:
    """Find the folder of the cases that a notebook names, wherever the notebook is run.

    Parameters
    ----------
    data_dir : path
        An absolute path, or a folder that exists from the current folder, is used as it is. Any other is looked for by
        its name without leading `..`, in the current folder and then in each folder above it.

    Returns
    -------
    Path
        The nearest folder of that name that holds cases, or the tables that cases share; `data_dir` if there is none.
    """
    data, here = Path(data_dir), Path.cwd()
    if data.is_absolute() or data.is_dir():
        return data
    name = Path(*itertools.dropwhile("..".__eq__, data.parts))
    above = (folder / name for folder in (here, *here.parents) if (folder / name).is_dir())
    return next((place for place in above if (place / TABLES[0]).is_file() or list_cases(place)), data)


def list_cases(data_dir: str | Path) -> list[str]:
    """The ids of the cases in a data folder, sorted; the folder is looked for upward from the current one.

    Raises
    ------
    TimelineError
        If there is no such folder.
    """
    data = find_data(data_dir)
    if missing := misplaced(data, "a folder of cases", folder=True):
        raise TimelineError(missing)
    return sorted(p.name for p in data.glob("*") if is_case_id(p.name) and lexists(p / "timeline.csv"))


def texts_of_case(folder: Path) -> list[Path]:
    """The files in the folder of a case that its rows are proved against."""
    return sorted(p for p in folder.glob("*") if p.is_file() and (p.suffix.lower() in TEXTS or p.name == PROOF_FILE))


def case_files(folder: Path) -> dict[str, Path]:
    """Where each file of a case folder is, by its name; without measures.csv where the case has none of its own."""
    return {name: folder / name for name in CASE_FILES if name != CASE_FILES[-1] or lexists(folder / name)}


def sha256(content: bytes) -> str:
    """The SHA-256 digest of some content, in hexadecimal digits."""
    return hashlib.sha256(content).hexdigest()


def digest_of(path: Path) -> str:
    """The digest of a file; blank if it cannot be read."""
    try:
        return sha256(path.read_bytes())
    except OSError:
        return ""


def combined(digests: dict[str, str]) -> str:
    """One digest for several files, from their names and digests."""
    return sha256("".join(f"{name}\0{digest}\n" for name, digest in sorted(digests.items())).encode())


def files_in(folder: Path) -> list[str]:
    """Every file of a report except its manifest, as paths relative to its folder; what failed is none of them."""
    paths = (path.relative_to(folder) for path in folder.rglob("*") if path.is_file() or path.is_symlink())
    return sorted({path.as_posix() for path in paths if path.parts[0] != FAILED} - {MANIFEST})


def check_paths(paths: dict[str, Path], makes: Container[str]) -> list[Fault]:
    """A fault for each path of a command that is not there, or is a file where a folder is expected, or the reverse.

    Parameters
    ----------
    paths : dict
        The path of each option.
    makes : container of str
        The options whose folder is made where there is none.

    Examples
    --------
    >>> print(*check_paths({"data": Path(__file__)}, ["data"])[0][3:5])
    a file a folder to write into
    >>> check_paths({"build": Path("not-made-yet")}, ["build"])
    []
    """
    faults = []
    for name, path in paths.items():
        if name in makes and path.exists():
            faults += misplaced(path, "a folder to write into", folder=True)
        elif name in _PATHS and name not in makes:
            what, folder = _PATHS[name]
            # The shell of make leaves a home folder of ~ as it is.
            faults += misplaced(expanded(path) if name == "file" else path, what, folder=folder)
    return faults


def expanded(path: Path) -> Path:
    """A path with the home folder in place of `~`; a name that is nobody's home stays as it is."""
    with contextlib.suppress(RuntimeError):
        return path.expanduser()
    return path


def misplaced(path: Path, expected: str, *, folder: bool) -> list[Fault]:
    """The fault of a path that is not there, or is a file where a folder is expected, or the reverse; else none.

    Examples
    --------
    >>> misplaced(Path("nowhere"), "the folder of the cases", folder=True)[0].found
    'no such folder'
    >>> misplaced(Path(), "the folder of the cases", folder=True)
    []
    """
    kind = "folder" if folder else "file"
    try:
        if path.is_dir() if folder else path.is_file():
            return []
        if path.exists():
            seen = "a file" if path.is_file() else "a folder" if path.is_dir() else "no regular file"
            return [fault(seen, expected, at=str(path))]
        near = _beside(path, folder)
    except OSError as error:
        return [fault(error.strerror or "nothing", expected, at=str(path))]
    searched = f"{expected}, looked for in {path.absolute().parent}"
    return [Fault(str(path), None, None, f"no such {kind}", searched, near)]


def _beside(path: Path, folder: bool) -> str:
    """What stands where a path was looked for and has almost its name; blank if nothing does."""
    there = path.absolute().parent
    names = [each.name for each in there.iterdir() if each.is_dir() == folder] if there.is_dir() else []
    near = nearest_word(path.name, sorted(names))
    return str(path.parent / near) if near else ""
