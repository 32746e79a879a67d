"""From a case to its published report: one run at a time, nothing made twice, and nothing half-made under its name.

What is stale is decided by digests alone: those of the data, the parameters, the notebooks, the package, the lock and
the versions, and those of the results. A folder appears under its name by one rename, or not at all.
"""

import contextlib
import fcntl
import json
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

from .faults import Fault, NotebookError, TimelineError
from .manifest import (
    NAME,
    TABLES,
    combined,
    digest_inputs,
    digest_of,
    digest_outputs,
    files_in,
    manifest_text,
    read_manifest,
    sha256,
    versions_here,
)
from .vocabulary import CASE_ID, folder_of_tables

# Results of one notebook, and the record of their digests.
_RESULTS = ("ipynb", "svg", "txt")
_RECORD = "record.json"


class Plan(NamedTuple):
    """What to make a report of, and from what.

    Attributes
    ----------
    case_id : str
    data, build : Path
        Folder of the cases, and of all results.
    notebooks : tuple of Path
    lock : Path
        The file of exact requirements.
    baseline, reference : str
        Blank: as case.yaml says.
    presets : tuple of str
        What figure files are written for, names of `PRESETS`.
    deny : Path or None
        Names and numbers that no artefact may hold, one a line.
    """

    case_id: str
    data: Path
    build: Path
    notebooks: tuple[Path, ...]
    lock: Path
    baseline: str = ""
    reference: str = ""
    presets: tuple[str, ...] = ()
    deny: Path | None = None

    @property
    def home(self) -> Path:
        """The folder of the report."""
        return self.build / self.case_id

    @property
    def work(self) -> Path:
        """What is not finished; a case id never begins with a dot."""
        return self.build / f".{self.case_id}.work"

    @property
    def kept(self) -> Path:
        """Files of the report that somebody changed by hand, before they are made anew."""
        return self.build / "_edited" / self.case_id

    def parameters(self) -> dict:
        """What was asked for, without any path."""
        given = {"baseline_rule": self.baseline, "reference": self.reference}
        return {**{name: value for name, value in given.items() if value}, "presets": list(self.presets)}


class Truth(NamedTuple):
    """What a report made now would be made from."""

    parameters: dict
    inputs: dict[str, str]
    versions: dict[str, str]


def truth_of(plan: Plan) -> Truth:
    """Digests of all inputs as they are now, the parameters, and the versions."""
    inputs = digest_inputs(plan.data, plan.case_id, list(plan.notebooks), plan.lock)
    return Truth(plan.parameters(), inputs, versions_here())


def is_current(plan: Plan, truth: Truth) -> bool:
    """Whether the report that is there was made from what is there now, and nobody changed it since."""
    told = read_manifest(plan.home)
    if (
        not told
        or told["case_id"] != plan.case_id
        or Truth(told["parameters"], told["inputs"], told["versions"]) != truth
    ):
        return False
    return all(digest_of(plan.home / name) == digest for name, digest in told["outputs"].items())


def make_report(plan: Plan) -> bool:
    """Make the report of a case, if it is not there already.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    TimelineError
        If the input is at fault. The earlier report is gone by then, so that it cannot pass for new.
    NotebookError
        If a notebook fails, or an artefact holds an identifier; what was made of it is under `failed/`.
    OSError
        If a folder cannot be written, or the disk is full. Nothing of the report is there then.
    """
    if not CASE_ID.fullmatch(plan.case_id):
        raise TimelineError([Fault("case", None, None, plan.case_id, "letters, digits, '.', '_' or '-'")])
    with _alone(plan):
        _clear(plan)
        truth = truth_of(plan)
        if is_current(plan, truth):
            if plan.deny:
                from .timeline import read_case

                _refuse_leaks(plan, plan.home, read_case(plan.data, plan.case_id, plan.baseline, plan.reference))
            return False
        if plan.home.exists():
            plan.home.rename(plan.work / "old")
            _clear(plan)
        _make(plan, truth)
    return True


@contextlib.contextmanager
def _alone(plan: Plan) -> Iterator[None]:
    """One run of a case at a time: a second one waits, and finds the work done. A killed run leaves no lock."""
    if plan.home.is_symlink():
        raise OSError(f"{plan.home} is a link; a report is written into a folder of its own")
    plan.work.mkdir(parents=True, exist_ok=True)
    with (plan.work / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            print(f"casetimeline: another run of case {plan.case_id} is at work; waiting for it", file=sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear(plan: Plan) -> None:
    """Remove what an earlier run left; what somebody changed by hand in its report is kept."""
    old = plan.work / "old"
    if old.exists():
        _keep_edited(old, plan.kept)
        shutil.rmtree(old)
    for name in ("new", "run", "withheld"):
        shutil.rmtree(plan.work / name, ignore_errors=True)
    sockets = plan.work / "sockets"
    if sockets.is_symlink():
        left = sockets.readlink()
        if left.name.startswith("ct-") and left.parent == Path(tempfile.gettempdir()):
            shutil.rmtree(left, ignore_errors=True)
        sockets.unlink()


def _keep_edited(old: Path, kept: Path) -> None:
    outputs = read_manifest(old).get("outputs", {})
    for name in files_in(old):
        if name.startswith("failed/") or (name in outputs and digest_of(old / name) == outputs[name]):
            continue
        target, count = kept / name, 0
        while target.exists():
            count += 1
            target = kept / f"{name}.{count}"
        target.parent.mkdir(parents=True, exist_ok=True)
        (old / name).rename(target)
        print(
            f"casetimeline: {name} was changed by hand, or is not of the report; it is kept as {target}",
            file=sys.stderr,
        )


def _make(plan: Plan, truth: Truth) -> None:
    from .timeline import read_case

    # Every fault of the input is told before a kernel starts.
    case = read_case(plan.data, plan.case_id, plan.baseline, plan.reference)
    with ThreadPoolExecutor(1) as beside:
        analysis = beside.submit(_analyse, case)
        results = _run_notebooks(plan, truth)
        of = analysis.result()
    from .report import write_report

    new = plan.work / "new"
    for stem, folder in results.items():
        for suffix in _RESULTS:
            target = new / ("notebooks" if suffix == "ipynb" else "figures") / f"{stem}.{suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / f"{stem}.{suffix}", target)
    write_report(of, new, list(results), truth.inputs, truth.versions, plan.presets)
    outputs = digest_outputs(new)
    (new / NAME).write_text(
        manifest_text(plan.case_id, truth.parameters, truth.inputs, truth.versions, outputs), encoding="utf-8"
    )
    _refuse_leaks(plan, new, case)
    new.rename(plan.home)
    # What no notebook of this report gave is of no more use.
    for folder in (plan.work / "done").iterdir():
        if folder not in results.values():
            shutil.rmtree(folder, ignore_errors=True)


def _refuse_leaks(plan: Plan, folder: Path, case) -> None:
    """Withhold a report that holds an identifier: under `failed/`, where its author can look at the place."""
    from .leaks import find_leaks, told_leaks

    leaks = find_leaks(folder, case, plan.deny)
    if leaks:
        withheld = plan.work / "withheld"
        folder.rename(withheld)
        plan.home.mkdir(exist_ok=True)
        withheld.rename(plan.home / "failed")
        raise NotebookError(told_leaks(leaks, plan.home / "failed"))


def _analyse(case):
    """Everything that a report tells of a case; what a report is written with is imported on the way."""
    from . import leaks, report  # noqa: F401
    from .contents import analyse

    return analyse(case)


def _run_notebooks(plan: Plan, truth: Truth) -> dict[str, Path]:
    """The results of every notebook, by stem: those that are there, and those that are run now, side by side."""
    shared = {name: digest for name, digest in truth.inputs.items() if not name.startswith("notebooks/")}
    told = json.dumps([plan.case_id, plan.baseline, plan.reference, truth.versions], sort_keys=True)
    done, stale = {}, []
    for source in plan.notebooks:
        key = combined({**shared, "told": told, "notebook": truth.inputs[f"notebooks/{source.name}"]})
        done[source.stem] = plan.work / "done" / f"{source.stem}-{key[:20]}"
        if not _is_whole(done[source.stem]):
            stale.append(source)
    if stale:
        with _scratch(plan) as (run, sockets):
            _run_stale(plan, stale, lambda source: _run_one(plan, source, done[source.stem], run, sockets))
    return done


def _is_whole(folder: Path) -> bool:
    """Whether a folder holds the results of a notebook as its record tells them."""
    try:
        told = json.loads((folder / _RECORD).read_bytes())
        return len(told) == len(_RESULTS) and all(digest_of(folder / name) == digest for name, digest in told.items())
    except (OSError, ValueError, AttributeError):
        return False


@contextlib.contextmanager
def _scratch(plan: Plan) -> Iterator[tuple[Path, Path]]:
    """A folder in which notebooks find the data as `../data`, wherever they are, and one for the sockets of kernels."""
    from .notebook import surroundings

    run = plan.work / "run"
    for name in ("notebooks", "build/ipython"):
        (run / name).mkdir(parents=True)
    (run / "data").symlink_to(plan.data.resolve())
    tables = folder_of_tables(plan.data)
    for name in TABLES:
        (run / name).symlink_to((tables / name).resolve())
    # The path of a socket must be short. The link is for the next run, should this one be killed.
    with tempfile.TemporaryDirectory(prefix="ct-") as sockets, surroundings(run / "build"):
        (plan.work / "sockets").symlink_to(sockets)
        yield run, Path(sockets)
    (plan.work / "sockets").unlink(missing_ok=True)


def _run_stale(plan: Plan, stale: list[Path], run: Callable[[Path], None]) -> None:
    failures = []
    with ThreadPoolExecutor(min(len(stale), os.cpu_count() or 1)) as pool:
        futures = [pool.submit(run, source) for source in stale]
        try:
            for future in futures:
                try:
                    if not future.cancelled():
                        future.result()
                except NotebookError as error:
                    failures.append(str(error))
                    for other in futures:
                        other.cancel()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    if failures:
        raise NotebookError("\n".join(failures))


def _run_one(plan: Plan, source: Path, target: Path, run: Path, sockets: Path) -> None:
    from .notebook import execute

    given = {"baseline_rule": plan.baseline, "reference": plan.reference}
    made = run / "made" / source.stem
    try:
        execute(source, plan.case_id, given, made, run / "notebooks", sockets)
    except NotebookError as error:
        failed = plan.home / "failed" / source.name
        failed.parent.mkdir(parents=True, exist_ok=True)
        if (made / source.name).exists():
            (made / source.name).rename(failed)
        raise NotebookError(f"{error}\nThe half-run notebook is {failed}") from None
    digests = {name: sha256((made / name).read_bytes()) for name in (f"{source.stem}.{suffix}" for suffix in _RESULTS)}
    (made / _RECORD).write_text(json.dumps(digests), encoding="utf-8")
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)
