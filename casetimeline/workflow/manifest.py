"""What a report was made from and what it holds, as digests: the one truth on whether it is up to date.

Only the standard library is imported here, so that a report with nothing to do costs next to nothing.
"""

import json
import sys
from importlib import metadata
from pathlib import Path

from .. import __version__
from ..files import MANIFEST, TABLES, digest_of, files_in, folder_of_tables
from ..vocabulary import CASE_ID

_LIBRARIES = (
    *("ipykernel", "jinja2", "matplotlib", "nbclient", "nbconvert", "nbformat", "numpy", "pandas", "papermill"),
    *("pikepdf", "pillow", "pyarrow", "python-docx", "pyyaml", "seaborn", "typst"),
)


def digest_inputs(data: Path, case_id: str, notebooks: list[Path], lock: Path) -> dict[str, str]:
    """Digest of every file that a report is made from, by a name without a path of the machine.

    Returns
    -------
    dict of str
        The tables and files of the case under `data/`, the notebooks, every file of the package, and the lock. A file
        that is not there has a blank digest.
    """
    package = Path(__file__).parent.parent
    own = [path for path in sorted(package.rglob("*")) if path.is_file() and path.suffix != ".pyc"]
    files = {
        **{f"data/{name}": folder_of_tables(data) / name for name in TABLES},
        **{f"data/{case_id}/{name}": data / case_id / name for name in ("case.yaml", "timeline.csv")},
        **{f"notebooks/{path.name}": path for path in notebooks},
        **{f"casetimeline/{path.relative_to(package).as_posix()}": path for path in own},
        lock.name: lock,
    }
    return {name: digest_of(path) for name, path in files.items()}


def versions_here() -> dict[str, str]:
    """Versions of Python, of this package, and of the libraries that make a report."""
    python = ".".join(map(str, sys.version_info[:3]))
    return {"python": python, "casetimeline": __version__, **{name: metadata.version(name) for name in _LIBRARIES}}


def manifest_text(
    case_id: str, parameters: dict, inputs: dict[str, str], versions: dict[str, str], outputs: dict[str, str]
) -> str:
    """The content of manifest.json: no clock, host, user or path of the machine."""
    told = {
        "case_id": case_id,
        "parameters": parameters,
        "inputs": inputs,
        "versions": versions,
        "outputs": outputs,
    }
    return json.dumps(told, indent=1, sort_keys=True) + "\n"


def read_manifest(folder: Path) -> dict:
    """The manifest of a report; empty if there is none, or it is not one."""
    try:
        told = json.loads((folder / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return {}
    parts = ("parameters", "inputs", "versions", "outputs")
    whole = isinstance(told, dict) and all(isinstance(told.get(part), dict) for part in parts)
    return told if whole and CASE_ID.fullmatch(str(told.get("case_id"))) else {}


def digest_outputs(folder: Path) -> dict[str, str]:
    """Digest of every file of a report but its manifest."""
    return {name: digest_of(folder / name) for name in files_in(folder)}
