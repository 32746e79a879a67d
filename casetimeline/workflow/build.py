"""From a case to its published report: one run at a time, nothing made twice, and nothing half-made under its name.

The notebooks run side by side, and their results are kept for the next report. A report appears under its name by one
rename of a folder, or not at all.
"""

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from ..characters import say
from ..faults import NotebookError
from ..files import MANIFEST, digest_of, files_in, make_unlinked, open_lock, remove, set_aside
from .execute import Limits, scratch
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
from .runs import RECORD, RESULTS, CaseRun, progress, side_by_side


def _run_notebooks(plan: Plan, truth: Truth) -> Path:
    """Run those notebooks whose results are not there already, side by side; the folder with the results of all."""
    case, failures = CaseRun(plan, truth, plan.work / "done", plan.home / "failed"), {}
    stale = case.stale()

    def run(source: Path, stopped: Event) -> str:
        """Run one of them, or note why it failed; its name."""
        try:
            case.run(source, place, Limits(), stopped)
        except NotebookError as error:
            failures[source] = f"{error}\nThe half-run notebook is {case.failed / source.name}"
        return source.stem

    if stale:
        case.forget(stale)
        with scratch(plan.work, plan.data) as place, progress(plan.case_id, len(stale), "notebooks") as advance:
            # None is begun after one that failed.
            side_by_side(run, (source for source in stale if not failures), os.cpu_count() or 1, advance)
    if failures:
        raise NotebookError("\n".join(failures[source] for source in sorted(failures)))
    return case.folder


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
    make_unlinked(plan.work, plan.build)
    with open_lock(plan.work / "lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say(f"casetimeline: another run of case {plan.case_id} is at work; waiting for it", sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _clear(plan: Plan) -> None:
    """Remove what an earlier run left; what somebody changed by hand in its report is kept."""
    old, emptied = plan.work / "old", plan.work / "emptied"
    for name in ("new", "withheld", emptied.name):
        remove(plan.work / name)
    if old.is_symlink():
        old.unlink()
    if old.exists():
        _keep_edited(old, plan)
        # Files go one by one, the manifest among them, and without it every file would seem to be somebody's. So that
        # a run that is killed here leaves no such folder to the next one, it has another name by then.
        old.rename(emptied)
        shutil.rmtree(emptied)
    if os.path.lexists(plan.work / "run") or os.path.lexists(plan.work / "sockets"):
        from .execute import clear

        clear(plan.work)


def _keep_edited(old: Path, plan: Plan) -> None:
    outputs = read_manifest(old).get("outputs", {})
    for name in files_in(old):
        if name.startswith("failed/") or (name in outputs and digest_of(old / name) == outputs[name]):
            continue
        make_unlinked((plan.kept / name).parent, plan.build)
        place = set_aside(old / name, plan.kept / name)
        say(f"casetimeline: {name} was changed by hand, or is not of the report; it is kept as {place}", sys.stderr)


def _make(plan: Plan, truth: Truth) -> None:
    from .execute import warm_up

    warm_up()
    from ..case import check_measures, read_case

    # Every fault of the input is told before a kernel starts.
    case = read_case(plan.data, plan.case_id, **plan.given)
    check_measures(plan.measures, case.facts)
    with ThreadPoolExecutor(1) as beside:
        analysing = beside.submit(_analyse, case)
        done = _run_notebooks(plan, truth)
        analysis = analysing.result()
    from ..report import write_report
    from .notebook import check_case, read_notebook

    new = plan.work / "new"
    results = [f"{source.stem}.{kind}" for source in plan.notebooks for kind in RESULTS]
    for name in results:
        target = new / ("notebooks" if name.endswith(".ipynb") else "figures") / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(done / name, target)
    notebooks = {source.stem: read_notebook(new / "notebooks" / source.name) for source in plan.notebooks}
    check_case(notebooks, plan.case_id)
    write_report(analysis, new, notebooks, truth.inputs, truth.versions, plan.presets, plan.measures)
    outputs = digest_outputs(new)
    (new / MANIFEST).write_text(
        manifest_text(plan.case_id, truth.parameters, truth.inputs, truth.versions, outputs), encoding="utf-8"
    )
    _refuse_leaks(plan, new, case)
    check_unchanged(plan, truth)
    _remove_others(done, {*results, RECORD})
    new.rename(plan.home)


def _remove_others(done: Path, names: set[str]) -> None:
    """Remove what no notebook of this report gave: it is of no more use."""
    for path in done.iterdir():
        if path.name not in names:
            remove(path)


def _refuse_leaks(plan: Plan, folder: Path, case) -> None:
    """Withhold a report that holds an identifier: under `failed/`, where its author can look at the place."""
    from ..report import find_leaks, leaks_message

    leaks = find_leaks(folder, case, plan.deny)
    if leaks:
        # What is not of the report is not withheld with it.
        _keep_edited(folder, plan)
        withheld = plan.work / "withheld"
        folder.rename(withheld)
        plan.home.mkdir(exist_ok=True)
        withheld.rename(plan.home / "failed")
        raise NotebookError(leaks_message(leaks, plan.home / "failed"))


def _analyse(case):
    """The analysis of a case with all its tables made; what a report is written with is imported on the way."""
    from ..report import write_report  # noqa: F401
    from ..rules import analyse

    analysis = analyse(case)
    # The claims rest on all the other tables.
    _ = analysis.claims
    return analysis
