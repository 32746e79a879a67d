"""Many cases: their notebooks run one case beside the other, in bounded memory; what fails stops nothing else.

OUT/<case>/         results of the notebooks of a case, as `runs` keeps them
OUT/failures.csv    case, notebook, cell and message of each failure
"""

import csv
import fcntl
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import chain, repeat
from pathlib import Path
from threading import Event, Lock
from typing import NamedTuple

from ..case import refuse_mixture
from ..characters import shown
from ..faults import NotebookError, TimelineError, counted, fault
from ..files import make_unlinked, open_lock, remove, write_atomic
from .engine import Limits
from .execute import Place, check_input, check_kernels, check_memory, clear, scratch, warm_up
from .plan import NO_NOTEBOOKS, Plan, truth_of
from .runs import RESULTS, CaseRun, progress, side_by_side
from .workers import WorkerDiedError, Workers

LEDGER = "failures.csv"
# What gives the run of a case, once it is read.
Read = Callable[[], tuple[CaseRun, list[Path]]]
_CELL = re.compile(r"cell \[(\d+)\]")


class Bulk(NamedTuple):
    """How many cases are run.

    Attributes
    ----------
    plans : tuple of Plan
        One a case; `build` is the folder OUT of all.
    workers : int
        Cases at once.
    limits : Limits
        What a notebook may use.
    resume : bool
        Whether results that are there, whole and made from the same, are kept.
    keep : str
        `all`, `flagged` or `none`: whose executed notebooks are kept, beside figures and words, which always are.
    """

    plans: tuple[Plan, ...]
    workers: int
    limits: Limits
    resume: bool
    keep: str


class Failure(NamedTuple):
    """What stopped a notebook of a case; without a notebook, what stopped the case."""

    case: str
    notebook: str
    cell: str
    message: str


def run_cases(bulk: Bulk, elsewhere: Workers | None = None) -> tuple[int, list[Failure]]:
    """Run the notebooks of many cases.

    Parameters
    ----------
    bulk : Bulk
        Which cases, and how.
    elsewhere : Workers, optional
        Workers of a cluster, in which each case runs as a whole; they see the same folders under the same paths.

    Returns
    -------
    int, list of Failure
        How many notebooks were run now, and what failed, in the order of the cases.

    Raises
    ------
    OSError
        If OUT cannot be written, or another run is at work in it.
    TimelineError
        If no kernel of this machine can start within the limits; nothing is touched.
    """
    check_kernels()
    if elsewhere is None:
        check_memory(bulk.limits)
    out = bulk.plans[0].build
    work = out / ".work"
    make_unlinked(work, out)
    with open_lock(out / ".lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another run is at work in {out}") from None
        clear(work)
        (out / LEDGER).unlink(missing_ok=True)
        if elsewhere is not None:
            tasks = zip(bulk.plans, repeat(None))
            count, failures = _run_all(bulk, tasks, lambda plan, *_: elsewhere.call(run_alone, _alone(bulk, plan)))
        else:
            warm_up()
            with scratch(work, bulk.plans[0].data) as place, ThreadPoolExecutor(1) as pool:
                count, failures = _run_all(bulk, _one_ahead(bulk, pool), partial(_run_case, bulk, place))
        remove(work)
    return count, failures


def _alone(bulk: Bulk, plan: Plan) -> Bulk:
    """A bulk of one case, with paths that mean the same in another process."""
    folders = {name: getattr(plan, name).absolute() for name in ("data", "build", "lock")}
    notebooks = tuple(path.absolute() for path in plan.notebooks)
    return bulk._replace(plans=(plan._replace(**folders, notebooks=notebooks),), workers=1)


# The settings of a run are those of its process: a worker with several threads runs one case at a time.
_ALONE = Lock()


def run_alone(bulk: Bulk) -> tuple[int, list[Failure]]:
    """Run the notebooks of the one case of a bulk, in the worker that this is called in."""
    (plan,) = bulk.plans
    work = plan.build / ".work" / plan.case_id
    with _ALONE:
        # A worker that died there left its own.
        clear(work)
        with scratch(work, plan.data) as place:
            return _run_case(bulk, place, plan, lambda: _read_case(bulk, plan), Event())


def _run_all(
    bulk: Bulk, tasks: Iterable[tuple[Plan, Read | None]], run_one: Callable[..., tuple[int, list[Failure]]]
) -> tuple[int, list[Failure]]:
    counts, failures = [], {}
    order = {plan.case_id: position for position, plan in enumerate(bulk.plans)}

    def run(task: tuple[Plan, Read | None], stopped: Event) -> tuple[str, int, list[Failure]]:
        """Run a case, and say which it was."""
        plan, read = task
        try:
            return plan.case_id, *run_one(plan, read, stopped)
        except WorkerDiedError as error:
            return plan.case_id, 0, [Failure(plan.case_id, "", "", str(error))]

    def ended(result: tuple[str, int, list[Failure]]) -> None:
        """Count a case, and write its failures down."""
        case_id, count, failed = result
        counts.append(count)
        if failed:
            failures[order[case_id]] = failed
            write_atomic(bulk.plans[0].build / LEDGER, _ledger(_in_order(failures)))
        advance(f"{case_id}; {len(failures)} failed" if failures else case_id)

    with progress("run", len(bulk.plans), "cases") as advance:
        side_by_side(run, tasks, bulk.workers, ended)
    return sum(counts), _in_order(failures)


def _in_order(failures: dict[int, list[Failure]]) -> list[Failure]:
    """Failures by the position of their case, as one list."""
    return [failure for _, failed in sorted(failures.items()) for failure in failed]


def _read_case(bulk: Bulk, plan: Plan) -> tuple[CaseRun, list[Path]]:
    """The run of a case, and which of its notebooks are stale; its input is read, and without fault if one is."""
    kinds = RESULTS if bulk.keep == "all" else ("svg", "txt")
    case = CaseRun(plan, truth_of(plan), plan.home, None if bulk.keep == "none" else plan.home, kinds)
    stale = case.stale() if bulk.resume else list(plan.notebooks)
    if stale:
        # What is at fault in an option or the input takes away no result.
        check_input(plan)
    return case, stale


def _one_ahead(bulk: Bulk, pool: ThreadPoolExecutor) -> Iterator[tuple[Plan, Read]]:
    """Each plan with its case, which is read while the one before it is at work."""
    coming: deque[tuple[Plan, Read]] = deque()
    for plan in bulk.plans:
        coming.append((plan, pool.submit(_read_case, bulk, plan).result))
        if len(coming) > 1:
            yield coming.popleft()
    yield from coming


def _run_case(bulk: Bulk, place: Place, plan: Plan, read: Read, stopped: Event) -> tuple[int, list[Failure]]:
    """Run what is stale of one case, each notebook by itself; nothing of one that cannot be read."""
    failures, count = [], 0
    try:
        case, stale = read()
        case.forget(stale)
        for source in stale:
            if stopped.is_set():
                break
            count += 1
            try:
                case.run(source, place, bulk.limits, stopped)
            except Exception as error:
                # Whatever it is, it is of this notebook, and no reason to leave the other cases undone.
                failures.append(_failure(plan.case_id, source, error))
    except TimelineError as error:
        failures.append(Failure(plan.case_id, "", "", shown(str(error))))
    except OSError as error:
        message = shown(f"{error.filename or ''}: {error.strerror or error}".strip(": "))
        failures.append(Failure(plan.case_id, "", "", message))
    return count, failures


def _failure(case_id: str, source: Path, error: Exception) -> Failure:
    known = isinstance(error, NotebookError | TimelineError)
    message = ("" if known else f"{type(error).__name__}: ") + str(error)
    message = message.removeprefix(f"{source.name}, case {case_id}: ")
    cell = _CELL.match(message.removeprefix("the kernel died in "))
    return Failure(case_id, source.stem, cell[1] if cell else "", shown(message))


def _ledger(failures: list[Failure]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Failure._fields)
    writer.writerows(failures)
    return text.getvalue().encode()


def run_words(cases: int, count: int, failures: list[Failure]) -> str:
    """How many cases and notebooks were run, and how many cases failed.

    Examples
    --------
    >>> run_words(1, 2, [Failure("a", "", "", "no such file")])
    '1 case, 1 failed; 2 notebooks run'
    """
    failed = len({failure.case for failure in failures})
    return f"{counted(cases, 'case')}, {failed} failed; {counted(count, 'notebook')} run"


def plans_of(asked: list[str], plan: Plan, cases: list[str]) -> tuple[Plan, ...]:
    """One plan a case: those that are named, by `*` where they are many, or all.

    Raises
    ------
    TimelineError
        For each name that is no case of the data.
    """
    import fnmatch

    matches = {name: fnmatch.filter(cases, name) for name in asked} or {"*": cases}
    expected = f"a case of the data folder: {', '.join(cases) or 'it has no folder with a timeline.csv'}"
    faults = []
    if not plan.notebooks:
        faults.append(NO_NOTEBOOKS)
    faults += [fault(name, expected, at="CASES", known=cases) for name, chosen in matches.items() if not chosen]
    if faults:
        raise TimelineError(faults)
    chosen = tuple(dict.fromkeys(chain.from_iterable(matches.values())))
    refuse_mixture(chosen, "CASES")
    return tuple(plan._replace(case_id=case) for case in chosen)
