"""The program that a report is made by: the files of this package, and the versions of what it stands on.

Only the standard library is imported here: see `plan`.
"""

import functools
import os
import sys
from importlib import metadata
from pathlib import Path

from .. import __version__

_LIBRARIES = (
    "ipykernel",
    "jinja2",
    "matplotlib",
    "nbclient",
    "nbconvert",
    "nbformat",
    "numpy",
    "pandas",
    "papermill",
    "pikepdf",
    "pillow",
    "pyarrow",
    "python-docx",
    "pyyaml",
    "seaborn",
    "typst",
)


def package_files() -> dict[str, Path]:
    """Every file of the package, by its name in it."""
    package, paths = str(Path(__file__).parent.parent), {}
    for folder, inside, names in os.walk(package):
        # Compiled code has other names while it is written.
        inside[:] = [name for name in inside if name != "__pycache__"]
        below = folder.removeprefix(package).replace(os.sep, "/")
        paths |= {f"casetimeline{below}/{name}": Path(folder, name) for name in names}
    return {name: path for name, path in sorted(paths.items()) if path.is_file()}


def versions_here() -> dict[str, str]:
    """Versions of Python, of this package, and of the libraries that make a report."""
    folders = [Path(folder) for folder in sys.path]
    return {**_installed(tuple((folder, folder.stat().st_mtime_ns) for folder in folders if folder.is_dir()))}


# Asked for at each notebook of a run. A library is installed or removed in a folder of the path, which then has another
# time.
@functools.cache
def _installed(_folders: tuple[tuple[Path, int], ...]) -> dict[str, str]:
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, "casetimeline": __version__, **{name: metadata.version(name) for name in _LIBRARIES}}
