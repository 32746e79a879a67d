"""From a case to its published report: one run at a time, nothing made twice, and nothing half-made under its name.

The notebooks run side by side, each kept with the digest of all that it was made from. A report appears under its name
by one rename of a folder, or not at all.
"""

import contextlib
import fcntl
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..faults import NotebookError
from ..files import MANIFEST, combined, digest_of, files_in, set_aside, sha256
from ..kernels.provisioner import kill_all
from .execute import Limits, Place, execute, scratch
from .plan import (
    Plan,
    Truth,
    check_plan,
    check_unchanged,
    digest_outputs,
    is_current,
    manifest_text,
    read_manifest,
    truth_of,
)

# Results of one notebook, and the record of their digests.
RESULTS = ("ipynb", "svg", "txt")
_RECORD = "record.json"


def run_notebooks(plan: Plan, truth: Truth) -> dict[str, Path]:
    """The results of every notebook, by stem: those that are there, and those that are run now, side by side."""
    done, stale = {}, []
    for source in plan.notebooks:
        done[source.stem] = plan.work / "done" / f"{source.stem}-{key_of(plan, truth, source)[:20]}"
        if not _is_whole(done[source.stem]):
            stale.append(source)
    if stale:
        with scratch(plan.work, plan.data) as place:
            _run_stale(plan, stale, lambda source: _run_one(plan, truth, source, done[source.stem], place))
    return done


def key_of(plan: Plan, truth: Truth, source: Path) -> str:
    """The digest of all that the results of a notebook are made from."""
    shared = {name: digest for name, digest in truth.inputs.items() if not name.startswith("notebooks/")}
    told = json.dumps([plan.case_id, plan.given, truth.versions], sort_keys=True)
    return combined({**shared, "told": told, "notebook": truth.inputs[f"notebooks/{source.name}"]})


def _is_whole(folder: Path) -> bool:
    """Whether a folder holds the results of a notebook as its record tells them."""
    try:
        told = json.loads((folder / _RECORD).read_bytes())
        return len(told) == len(RESULTS) and all(digest_of(folder / name) == digest for name, digest in told.items())
    except (OSError, ValueError, AttributeError):
        return False


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
            pool.shutdown(wait=False, cancel_futures=True)
            kill_all()
            raise
    if failures:
        raise NotebookError("\n".join(failures))


def _run_one(plan: Plan, truth: Truth, source: Path, target: Path, place: Place) -> None:
    made = place.cwd.parent / "made" / source.stem
    try:
        execute(source, plan.case_id, plan.given, made, place, Limits(), progress=True)
    except NotebookError as error:
        failed = plan.home / "failed" / source.name
        failed.parent.mkdir(parents=True, exist_ok=True)
        if (made / source.name).exists():
            (made / source.name).rename(failed)
        raise NotebookError(f"{error}\nThe half-run notebook is {failed}") from None
    digests = {name: sha256((made / name).read_bytes()) for name in (f"{source.stem}.{suffix}" for suffix in RESULTS)}
    (made / _RECORD).write_text(json.dumps(digests), encoding="utf-8")
    # Its key says what it was made from: an input that changed meanwhile would be told wrongly for ever.
    check_unchanged(plan, truth)
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)


def make_report(plan: Plan) -> bool:
    """Make the report of a case, if it is not there already.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    TimelineError
        If the input is at fault, or changed during the run. The earlier report is gone by then, so that it cannot
        pass for new.
    NotebookError
        If a notebook fails, or an artefact holds an identifier; what was made of it is under `failed/`.
    OSError
        If a folder cannot be written, or the disk is full. Nothing of the report is there then.
    """
    check_plan(plan)
    with _alone(plan):
        _clear(plan)
        truth = truth_of(plan)
        if is_current(plan, truth):
            if plan.deny:
                from ..case import read_case

                _refuse_leaks(plan, plan.home, read_case(plan.data, plan.case_id, **plan.given))
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
    if plan.home.exists() and not plan.home.is_dir():
        raise OSError(f"{plan.home} is a file; a report is written into a folder of that name")
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
    old, emptied = plan.work / "old", plan.work / "emptied"
    for name in ("new", "withheld", emptied.name):
        shutil.rmtree(plan.work / name, ignore_errors=True)
    if old.exists():
        _keep_edited(old, plan.kept)
        # Files go one by one, the manifest among them, and without it every file would seem to be somebody's. So that
        # a run that is killed here leaves no such folder to the next one, it has another name by then.
        old.rename(emptied)
        shutil.rmtree(emptied)
    if (plan.work / "run").exists() or (plan.work / "sockets").is_symlink():
        from .execute import clear

        clear(plan.work)


def _keep_edited(old: Path, kept: Path) -> None:
    outputs = read_manifest(old).get("outputs", {})
    for name in files_in(old):
        if name.startswith("failed/") or (name in outputs and digest_of(old / name) == outputs[name]):
            continue
        place = set_aside(old / name, kept / name)
        print(
            f"casetimeline: {name} was changed by hand, or is not of the report; it is kept as {place}", file=sys.stderr
        )


def _make(plan: Plan, truth: Truth) -> None:
    from .execute import warm_up

    warm_up()
    from ..case import check_measures, read_case

    # Every fault of the input is told before a kernel starts.
    case = read_case(plan.data, plan.case_id, **plan.given)
    check_measures(plan.measures, case.facts)
    with ThreadPoolExecutor(1) as beside:
        analysis = beside.submit(_analyse, case)
        results = run_notebooks(plan, truth)
        of = analysis.result()
    from ..report import write_report
    from .notebook import check_case, read_notebook

    new = plan.work / "new"
    for stem, folder in results.items():
        for suffix in RESULTS:
            target = new / ("notebooks" if suffix == "ipynb" else "figures") / f"{stem}.{suffix}"
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(folder / f"{stem}.{suffix}", target)
    notebooks = {stem: read_notebook(new / "notebooks" / f"{stem}.ipynb") for stem in results}
    check_case(notebooks, plan.case_id)
    write_report(of, new, notebooks, truth.inputs, truth.versions, plan.presets, plan.measures)
    outputs = digest_outputs(new)
    (new / MANIFEST).write_text(
        manifest_text(plan.case_id, truth.parameters, truth.inputs, truth.versions, outputs), encoding="utf-8"
    )
    _refuse_leaks(plan, new, case)
    check_unchanged(plan, truth)
    # What no notebook of this report gave is of no more use.
    for folder in (plan.work / "done").iterdir():
        if folder not in results.values():
            shutil.rmtree(folder, ignore_errors=True)
    new.rename(plan.home)


def _refuse_leaks(plan: Plan, folder: Path, case) -> None:
    """Withhold a report that holds an identifier: under `failed/`, where its author can look at the place."""
    from ..report import find_leaks, told_leaks

    leaks = find_leaks(folder, case, plan.deny)
    if leaks:
        # What is not of the report is not withheld with it.
        _keep_edited(folder, plan.kept)
        withheld = plan.work / "withheld"
        folder.rename(withheld)
        plan.home.mkdir(exist_ok=True)
        withheld.rename(plan.home / "failed")
        raise NotebookError(told_leaks(leaks, plan.home / "failed"))


def _analyse(case):
    """Everything that a report tells of a case; what a report is written with is imported on the way."""
    from ..report import analyse

    return analyse(case)
