"""The paths that a command is given: whether each is what the command reads, or may be written into."""

import contextlib
from collections.abc import Container
from pathlib import Path

from .faults import Fault, fault, nearest_word

# What is read: in words, and whether it is a folder.
_READ = {
    "file": ("a workbook (.xlsx), or a case folder as the page saves it (.zip)", False),
    "built": ("the folder of a report, build/CASE", True),
    "data": ("the folder of the cases", True),
    "notebooks": ("a folder with notebooks that begin with a digit", True),
    "lock": ("the file of exact requirements", False),
    "deny": ("a text file with one name or number a line", False),
    "readme": ("the data dictionary", False),
}


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
        elif name in _READ and name not in makes:
            what, folder = _READ[name]
            # The shell of make leaves a home folder of ~ as it is.
            with contextlib.suppress(RuntimeError):
                path = path.expanduser() if name == "file" else path
            faults += misplaced(path, what, folder=folder)
    return faults


def misplaced(path: Path, expected: str, *, folder: bool) -> list[Fault]:
    """The fault of a path that is not there, or is a file where a folder is expected, or the reverse; else none.

    Parameters
    ----------
    path : Path
        As it was typed.
    expected : str
        What should be there.
    folder : bool
        Whether that is a folder.

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
