"""From a case to its published report: one run at a time, nothing made twice, and nothing half-made under its name.

The notebooks run side by side, and their results are kept for the next report. A report appears under its name by one
rename of a folder, or not at all.
"""

import contextlib
import fcntl
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

from ..characters import say
from ..faults import NotebookError, TimelineError, fault
from ..figures import PROOF
from ..files import MANIFEST, digest_of, files_in, make_unlinked, open_lock, remove, set_aside
from .engine import Limits
from .execute import scratch
from .plan import (
    AnyPlan,
    Plan,
    Truth,
    changed_since,
    check_plan,
    check_unchanged,
    digest_outputs,
    is_current,
    manifest_text,
    read_manifest,
    truth_of,
    what_stands,
    with_earlier_figures,
)
from .runs import RECORD, RESULTS, CaseRun, progress, side_by_side


def _run_notebooks(plan: Plan, truth: Truth) -> Path:
    """Run those notebooks whose results are not there already, side by side; the folder with the results of all."""
    case, failures = CaseRun(plan, truth, plan.work / "done", plan.failed), {}
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

    Figure files that were asked for before are made with those of the plan. A report that is there stays under its
    name until the new one takes it; only where its inputs have changed is it set aside before the first notebook.

    Returns
    -------
    bool
        Whether anything was made.

    Raises
    ------
    TimelineError
        If an option or the input is at fault: nothing that was there is touched. If an input changed during the run.
    NotebookError
        If a notebook fails, or an artefact holds an identifier; what was made of it is under `failed/`.
    OSError
        If a folder cannot be written, or the disk is full. Nothing of the new report is there then.
    """
    check_plan(plan)
    with alone(plan):
        clear_left(plan)
        asked, plan = plan, with_earlier_figures(plan)
        truth = truth_of(plan)
        if is_current(plan, truth):
            if plan.deny:
                check_deny(plan)
                from ..case import read_case

                refuse_leaks(plan, plan.home, [read_case(plan.data, plan.case_id, **plan.given)])
            return False
        case = _checked(asked, truth)
        # A measure of the earlier figure files that the case has no more was not asked for now.
        there = set(case.facts.loc[case.facts["kind"] == "observation", "code"])
        plan = plan._replace(measures=tuple(name for name in plan.measures if name in there))
        truth = truth._replace(parameters=plan.parameters())
        replace_whole(plan, truth, lambda: _make(plan, truth, case), [case])
    return True


def what_is_left(plan: Plan) -> str:
    """What there is after a run of a report that was stopped: what stands, what is unfinished, how to go on."""
    case = CaseRun(plan, truth_of(plan), plan.work / "done", None)
    unfinished = [source.stem for source in case.stale()]
    done = f"{len(plan.notebooks) - len(unfinished)} of {len(plan.notebooks)} notebooks are done and kept"
    parts = [
        what_stands(plan) or f"no report is in {plan.home}",
        f"{done}, not {', '.join(unfinished)}" if unfinished else f"{done}, the report is unfinished",
        "the same command goes on from there",
    ]
    return "; ".join(parts)


@contextlib.contextmanager
def alone(plan: AnyPlan) -> Iterator[None]:
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
            say(f"casetimeline: another run of {plan.whose} is at work; waiting for it", sys.stderr)
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def clear_left(plan: AnyPlan) -> None:
    """Remove what an earlier run did not finish."""
    for name in ("new", "withheld", "emptied"):
        remove(plan.work / name)
    if os.path.lexists(plan.work / "run") or os.path.lexists(plan.work / "sockets"):
        from .execute import clear

        clear(plan.work)


def set_aside_report(plan: AnyPlan) -> None:
    """Let the report that is there become the earlier one; what somebody changed by hand in it is kept by itself."""
    _keep_edited(plan.home, plan)
    # A folder is removed under another name: a run that is killed meanwhile leaves no half of it.
    emptied = plan.work / "emptied"
    if not read_manifest(plan.home):
        plan.home.rename(emptied)
    else:
        if plan.earlier.is_symlink():
            plan.earlier.unlink()
        if plan.earlier.exists():
            plan.earlier.rename(emptied)
        make_unlinked(plan.earlier.parent, plan.build)
        plan.home.rename(plan.earlier)
        say(f"casetimeline: the report made before is kept as {plan.earlier}", sys.stderr)
    remove(emptied)


def _keep_edited(old: Path, plan: AnyPlan) -> None:
    outputs = read_manifest(old).get("outputs", {})
    for name in files_in(old):
        if name in outputs and digest_of(old / name) == outputs[name]:
            continue
        make_unlinked((plan.kept / name).parent, plan.build)
        place = set_aside(old / name, plan.kept / name)
        say(f"casetimeline: {name} was changed by hand, or is not of the report; it is kept as {place}", sys.stderr)


def _checked(plan: Plan, truth: Truth):
    """The case, once every fault that can be told before a kernel starts is known to be none."""
    from .execute import check_input, warm_up

    done = plan.work / "done"
    if not done.is_dir() or CaseRun(plan, truth, done, None).stale():
        warm_up()
    from ..case import check_measures

    case = check_input(plan)
    check_measures(plan.measures, case.facts)
    check_deny(plan)
    return case


def check_deny(plan: AnyPlan) -> None:
    """Refuse a list of names that cannot be read, or names nothing: a report would pass for searched.

    Raises
    ------
    TimelineError
    """
    if plan.deny:
        from ..report import read_deny

        if not read_deny(plan.deny):
            raise TimelineError([fault("no name", "at least one name or number, one a line", at="deny-list")])


def replace_whole(plan: AnyPlan, truth: Truth, make: Callable[[], Path], cases: list) -> None:
    """Make a report of some cases, and let it take the place of the one that is there.

    Parameters
    ----------
    plan : Plan or SeriesPlan
        What was asked for.
    truth : Truth
        What it is made from.
    make : function
        It writes the report, and returns the folder in which it is whole.
    cases : list of Case
        Those whose identifiers are looked for.
    """
    remove(plan.failed)
    if changed_since(plan, truth):
        set_aside_report(plan)
    try:
        new = make()
        refuse_leaks(plan, new, cases)
        check_unchanged(plan, truth)
    except TimelineError:
        # An input changed meanwhile, and with it what the report that is there was made from.
        if changed_since(plan, truth_of(plan)):
            set_aside_report(plan)
        raise
    if plan.home.exists():
        set_aside_report(plan)
    new.rename(plan.home)


def _make(plan: Plan, truth: Truth, case) -> Path:
    """Write a report; the folder in which it is whole."""
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
    write_report(analysis, new, notebooks, truth.inputs, truth.versions, plan.presets, plan.measures, plan.style)
    outputs = digest_outputs(new)
    (new / MANIFEST).write_text(
        manifest_text(plan.case_id, truth.parameters, truth.inputs, truth.versions, outputs), encoding="utf-8"
    )
    _remove_others(done, {*results, RECORD})
    return new


def _remove_others(done: Path, names: set[str]) -> None:
    """Remove what no notebook of this report gave: it is of no more use."""
    for path in done.iterdir():
        if path.name not in names:
            remove(path)


def refuse_leaks(plan: AnyPlan, folder: Path, cases: list) -> None:
    """Withhold a report that holds an identifier: under `failed/`, where its author can look at the place."""
    from ..report import find_leaks, leaks_message

    leaks = find_leaks(folder, cases, plan.deny)
    if leaks:
        withheld = plan.work / "withheld"
        remove(plan.failed)
        if folder == plan.home:
            # What is not of the report is not withheld with it.
            _keep_edited(folder, plan)
        elif plan.home.exists():
            # It may hold the same.
            set_aside_report(plan)
        folder.rename(withheld)
        plan.home.mkdir(exist_ok=True)
        withheld.rename(plan.failed)
        raise NotebookError(leaks_message(leaks, plan.failed))


def _analyse(case):
    """The analysis of a case with all its tables made; what a report is written with is imported on the way."""
    from ..report import write_report  # noqa: F401
    from ..rules import analyse

    analysis = analyse(case)
    # The claims rest on all the other tables.
    _ = analysis.claims
    return analysis


def say_proofs(home: Path, presets: tuple[str, ...]) -> int:
    """Print every property that a figure file lacks for its preset; 1 if there is any, else 0."""
    failed = 0
    for preset in presets:
        folder = home / "manuscript" / "figures" / preset
        _, *rows = (line.split("\t") for line in (folder / PROOF).read_text(encoding="utf-8").splitlines())
        for file, what, measured, asked, holds in rows:
            if holds != "yes":
                failed = 1
                say(f"casetimeline: {file}: {what}: {measured}; asked: {asked}", sys.stderr)
        holding = sum(row[-1] == "yes" for row in rows)
        say(f"figures   {folder}: {holding} of {len(rows)} properties proved")
    return failed
