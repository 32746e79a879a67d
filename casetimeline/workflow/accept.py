"""Whether the committed notebooks and figures are what a run gives, and the one way to make them so.

As a plugin of pytest (`-p casetimeline.workflow.accept`) it lets nbval run the notebooks on warm kernels.
"""

import os
from pathlib import Path

from ..faults import Fault, TimelineError, fault
from ..files import write_atomic, write_together
from .execute import WARM
from .notebook import defaults_of, has_results, read_notebook, write_text
from .plan import read_manifest

_OF_A_CASE = (("notebooks", "[0-9]*.ipynb"), ("figures", "[0-9]*.svg"))
_OF_A_SERIES = (("notebooks", "series.ipynb"), ("figures", "series_*.svg"))


def _committed(built: Path) -> tuple[tuple[str, str], ...]:
    """What is committed of a run: of a series, if it is one."""
    if not any((built / "notebooks").glob("*.ipynb")):
        raise TimelineError([fault("no notebook of a run", "the folder of a report, build/CASE", at=str(built))])
    return _OF_A_SERIES if (built / "notebooks/series.ipynb").is_file() else _OF_A_CASE


def compare(root: Path, built: Path) -> list[Fault]:
    """Differences between the committed notebooks and figures and those of a run of the same case.

    Parameters
    ----------
    root : Path
        The project.
    built : Path
        `<build>/<case_id>` of a run with default parameters.

    Returns
    -------
    list of Fault
        One an absent, extra or differing file; and one a committed notebook without its results.

    Raises
    ------
    TimelineError
        If the folder holds no run, or one of another case or with other parameters: then every file differs.
    """
    _check_run(root, built)
    faults = []
    for folder, pattern in _committed(built):
        committed = {path.name: path for path in (root / folder).glob(pattern)}
        fresh = {path.name: path for path in (built / folder).glob(pattern)}
        for name in sorted(committed.keys() | fresh.keys()):
            place = f"{folder}/{name}"
            if name not in fresh:
                faults.append(fault("no such file after a run", "a file that a run makes", at=place))
            elif name not in committed:
                faults.append(fault("not committed", "`make accept`, and a look at the difference", at=place))
            elif committed[name].read_bytes() != fresh[name].read_bytes():
                where = _first_difference(committed[name], fresh[name])
                faults.append(fault("another result", "the committed one, or `make accept`", at=place, line=where))
    for path in sorted((root / "notebooks").glob(_committed(built)[0][1])):
        if not has_results(read_notebook(path)):
            faults.append(fault("cells without results", "counts 1 to n and outputs", at=f"notebooks/{path.name}"))
    return faults


def _first_difference(committed: Path, fresh: Path) -> int:
    old, new = (path.read_text(encoding="utf-8").splitlines() for path in (committed, fresh))
    for number, (a, b) in enumerate(zip(old, new, strict=False), start=1):
        if a != b:
            return number
    return min(len(old), len(new)) + 1


def accept(root: Path, built: Path) -> list[str]:
    """Make the results of a run the committed ones; the names of the files that changed.

    Raises
    ------
    TimelineError
        If the folder holds no run, or one of another case or with other parameters: what is committed would be lost.
    """
    _check_run(root, built)
    changed = []
    for folder, pattern in _committed(built):
        fresh = {path.name: path for path in (built / folder).glob(pattern)}
        for name, path in sorted(fresh.items()):
            target = root / folder / name
            if not target.exists() or target.read_bytes() != path.read_bytes():
                write_atomic(target, path.read_bytes())
                changed.append(f"{folder}/{name}")
        if folder == "figures":
            for orphan in sorted((root / folder).glob(pattern)):
                if orphan.name not in fresh:
                    orphan.unlink()
                    changed.append(f"{folder}/{orphan.name} (removed)")
    return changed


def _check_run(root: Path, built: Path) -> None:
    """Refuse a run that is not of the case, or the series, and with the parameters of the committed notebooks."""
    manifest = read_manifest(built)
    kind = _committed(built)
    name = "name" if kind == _OF_A_SERIES else "case_id"
    defaults_of_each = [defaults_of(path) for path in sorted((root / "notebooks").glob(kind[0][1]))]
    if not manifest or not defaults_of_each:
        return
    asked = {name: manifest["case_id"], **manifest["parameters"]}
    # What only adds files beside the notebooks and figures is no parameter of a notebook.
    other: dict[str, str] = {}
    for defaults in defaults_of_each:
        given = {key: asked.get(key, "") for key in defaults if key not in ("data_dir", "figure_svg")}
        other |= {key: str(value) for key, value in given.items() if value != defaults[key]}
    if not other:
        return
    if "case_id" in other:
        committed = dict.fromkeys(str(defaults.get("case_id")) for defaults in defaults_of_each)
        of_run, expected = f"a run of {other['case_id']}", f"a run of {', '.join(committed)}"
    else:
        parameters = ", ".join(f"{key.removesuffix('_rule')}={value}" for key, value in other.items())
        of_run, expected = f"a run with {parameters}", "one with the defaults"
    raise TimelineError([fault(of_run, f"{expected}, whose results are committed", at=str(built))])


def normalise_files(paths: list[Path]) -> list[str]:
    """Bring notebook files into the normal form; the names of those that were not in it.

    Raises
    ------
    TimelineError
        If one is no notebook; none is written then.
    """
    contents = {path: write_text(read_notebook(path)).encode() for path in paths}
    changed = {path: content for path, content in contents.items() if path.read_bytes() != content}
    write_together({path.resolve(): content for path, content in changed.items()})
    return [path.name for path in changed]


def pytest_configure() -> None:
    """Let every kernel of this run of pytest be warm, unless the environment already says how kernels are launched."""
    for name, value in WARM.items():
        os.environ.setdefault(name, value)
