"""From a case to its published report: one run at a time, nothing made twice, and nothing half-made under its name.

A report appears under its name by one rename of a folder, or not at all.
"""

import contextlib
import fcntl
import shutil
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..faults import NotebookError
from ..files import MANIFEST, digest_of, files_in
from .manifest import digest_outputs, manifest_text, read_manifest
from .plan import Plan, Truth, check_plan, check_unchanged, is_current, truth_of


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
    old = plan.work / "old"
    if old.exists():
        _keep_edited(old, plan.kept)
        shutil.rmtree(old)
    for name in ("new", "withheld"):
        shutil.rmtree(plan.work / name, ignore_errors=True)
    if (plan.work / "run").exists() or (plan.work / "sockets").is_symlink():
        from .execute import clear

        clear(plan.work)


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
    from .execute import warm_up

    warm_up()
    from ..case import check_measures, read_case
    from .runs import RESULTS, run_notebooks

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
