"""Many cases: their notebooks run one case beside the other, in bounded memory; what fails stops nothing else.

OUT/<case>/<notebook>.svg, .txt, .ipynb   results of a notebook
OUT/<case>/record.json                    the digest of all that each was made from, and of each result
OUT/failures.csv                          case, notebook, cell and message of each failure
"""

import csv
import fcntl
import io
import json
import re
import shutil
import sys
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ..faults import Fault, NotebookError, TimelineError
from ..files import digest_of, write_atomic
from ..kernels.provisioner import kill_all
from .build import RESULTS, key_of
from .execute import Limits, Place, clear, execute, scratch, warm_up
from .plan import Plan, Truth, check_unchanged, truth_of

LEDGER = "failures.csv"
_RECORD = "record.json"
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


def run_cases(bulk: Bulk) -> tuple[int, list[Failure]]:
    """Run the notebooks of many cases.

    Returns
    -------
    int, list of Failure
        How many notebooks were run now, and what failed, in the order of the cases.

    Raises
    ------
    OSError
        If OUT cannot be written, or another run is at work in it.
    """
    out = bulk.plans[0].build
    work = out / ".work"
    work.mkdir(parents=True, exist_ok=True)
    with (out / ".lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another run is at work in {out}") from None
        clear(work)
        (out / LEDGER).unlink(missing_ok=True)
        warm_up()
        with scratch(work, bulk.plans[0].data) as place:
            done, failures = _run_all(bulk, place)
        shutil.rmtree(work, ignore_errors=True)
    return done, failures


def _run_all(bulk: Bulk, place: Place) -> tuple[int, list[Failure]]:
    from tqdm import tqdm

    done, failures, stopped = 0, {}, Event()
    order = {plan.case_id: position for position, plan in enumerate(bulk.plans)}
    waiting = iter(bulk.plans)
    bar = tqdm(total=len(bulk.plans), unit="case", file=sys.stderr, smoothing=0.1)
    with bar, ThreadPoolExecutor(bulk.workers) as pool:
        try:
            # No more is asked for than can be run: a thousand cases take no more room than two.
            running = {pool.submit(_run_case, bulk, plan, place, stopped) for plan in islice(waiting, bulk.workers)}
            while running:
                ended, running = wait(running, return_when=FIRST_COMPLETED)
                for future in ended:
                    count, failed = future.result()
                    done += count
                    if failed:
                        failures[order[failed[0].case]] = failed
                        write_atomic(bulk.plans[0].build / LEDGER, _ledger(_in_order(failures)))
                        bar.set_postfix_str(f"{len(failures)} failed", refresh=False)
                    bar.update()
                running |= {pool.submit(_run_case, bulk, plan, place, stopped) for plan in islice(waiting, len(ended))}
        except BaseException:
            stopped.set()
            pool.shutdown(wait=False, cancel_futures=True)
            kill_all()
            raise
    return done, _in_order(failures)


def _in_order(failures: dict[int, list[Failure]]) -> list[Failure]:
    """Failures by the position of their case, as one list."""
    return [failure for _, own in sorted(failures.items()) for failure in own]


def _run_case(bulk: Bulk, plan: Plan, place: Place, stopped: Event) -> tuple[int, list[Failure]]:
    """Run what is stale of one case; each notebook by itself, but none after one that could not read the case."""
    failures, count = [], 0
    try:
        truth = truth_of(plan)
        keys = {source.stem: key_of(plan, truth, source) for source in plan.notebooks}
        kept = _read_record(plan.home)
        whole = [stem for stem, key in keys.items() if bulk.resume and _is_whole(plan.home, kept.get(stem), key, bulk)]
        stale = [source for source in plan.notebooks if source.stem not in whole]
        for source in stale:
            kept.pop(source.stem, None)
            # What cannot pass for new must not be there while it is made, or if it is not.
            for suffix in RESULTS:
                (plan.home / f"{source.stem}.{suffix}").unlink(missing_ok=True)
        _write_record(plan.home, kept)
        for source in stale:
            if stopped.is_set():
                break
            count += 1
            if failure := _run_one(bulk, plan, truth, source, place):
                failures.append(failure)
                if "TimelineError" in failure.message:
                    break
                continue
            names = [f"{source.stem}.{suffix}" for suffix in RESULTS]
            digests = {name: digest_of(plan.home / name) for name in names if (plan.home / name).exists()}
            kept[source.stem] = {"key": keys[source.stem], "results": digests}
            _write_record(plan.home, kept)
    except OSError as error:
        failures.append(Failure(plan.case_id, "", "", f"{error.filename or ''}: {error.strerror or error}".strip(": ")))
    return count, failures


def _run_one(bulk: Bulk, plan: Plan, truth: Truth, source: Path, place: Place) -> Failure | None:
    made = place.cwd.parent / "made" / f"{plan.case_id}-{source.stem}"
    try:
        execute(source, plan.case_id, plan.given, made, place, bulk.limits, progress=False)
        # Its record says what it was made from: an input that changed meanwhile would be told wrongly for ever.
        check_unchanged(plan, truth)
    except Exception as error:
        # Whatever it is, it is of this notebook, and no reason to leave the other cases undone.
        known = isinstance(error, NotebookError | TimelineError)
        message = ("" if known else f"{type(error).__name__}: ") + str(error)
        message = message.removeprefix(f"{source.name}, case {plan.case_id}: ")
        cell = _CELL.match(message.removeprefix("the kernel died in "))
        if bulk.keep != "none" and (made / source.name).exists():
            (made / source.name).replace(plan.home / source.name)
        return Failure(plan.case_id, source.stem, cell[1] if cell else "", message)
    else:
        for path in made.iterdir():
            if path.suffix != ".ipynb" or bulk.keep == "all":
                path.replace(plan.home / path.name)
        return None
    finally:
        shutil.rmtree(made, ignore_errors=True)
        for path in (place.cwd.parent / "build" / plan.case_id / "figures").glob(f"{source.stem}.*"):
            path.unlink(missing_ok=True)


def _is_whole(home: Path, told: dict | None, key: str, bulk: Bulk) -> bool:
    """Whether the results of a notebook are there as they were made, from what is there now."""
    if not told or told.get("key") != key or not isinstance(told.get("results"), dict):
        return False
    wanted = {"svg", "txt"} | ({"ipynb"} if bulk.keep == "all" else set())
    here = {name.rpartition(".")[2] for name, digest in told["results"].items() if digest_of(home / name) == digest}
    return wanted <= here


def _read_record(home: Path) -> dict:
    try:
        told = json.loads((home / _RECORD).read_bytes())
    except (OSError, ValueError):
        return {}
    return {stem: own for stem, own in told.items() if isinstance(own, dict)} if isinstance(told, dict) else {}


def _write_record(home: Path, record: dict) -> None:
    write_atomic(home / _RECORD, (json.dumps(record, indent=1, sort_keys=True) + "\n").encode())


def _ledger(failures: list[Failure]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(Failure._fields)
    writer.writerows(failures)
    return text.getvalue().encode()


def plans_of(asked: list[str], plan: Plan, cases: list[str]) -> tuple[Plan, ...]:
    """One plan a case: those that are named, by `*` where they are many, or all.

    Raises
    ------
    TimelineError
        For each name that is no case of the data.
    """
    import fnmatch

    found = {name: fnmatch.filter(cases, name) for name in asked} or {"*": cases}
    faults = [Fault("CASES", None, None, name, "a case of the data folder") for name, own in found.items() if not own]
    if faults:
        raise TimelineError(faults)
    chosen = dict.fromkeys(case for own in found.values() for case in own)
    return tuple(plan._replace(case_id=case) for case in chosen)
