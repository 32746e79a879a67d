"""The notebooks of a report, run side by side, each kept with the digest of all that it was made from."""

import contextlib
import json
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from .faults import NotebookError
from .manifest import TABLES, combined, digest_of, sha256
from .notebook import execute, surroundings
from .plan import SOCKETS, Plan, Truth, check_unchanged, folder_of_sockets
from .vocabulary import folder_of_tables

# Results of one notebook, and the record of their digests.
RESULTS = ("ipynb", "svg", "txt")
_RECORD = "record.json"


def run_notebooks(plan: Plan, truth: Truth) -> dict[str, Path]:
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
            _run_stale(plan, stale, lambda source: _run_one(plan, truth, source, done[source.stem], run, sockets))
    return done


def _is_whole(folder: Path) -> bool:
    """Whether a folder holds the results of a notebook as its record tells them."""
    try:
        told = json.loads((folder / _RECORD).read_bytes())
        return len(told) == len(RESULTS) and all(digest_of(folder / name) == digest for name, digest in told.items())
    except (OSError, ValueError, AttributeError):
        return False


@contextlib.contextmanager
def _scratch(plan: Plan) -> Iterator[tuple[Path, Path]]:
    """A folder in which notebooks find the data as `../data`, wherever they are, and one for the sockets of kernels."""
    run = plan.work / "run"
    for name in ("notebooks", "build/ipython"):
        (run / name).mkdir(parents=True)
    (run / "data").symlink_to(plan.data.resolve())
    tables = folder_of_tables(plan.data)
    for name in TABLES:
        (run / name).symlink_to((tables / name).resolve())
    # The path of a socket must be short. The link is for the next run, should this one be killed.
    with tempfile.TemporaryDirectory(prefix=SOCKETS, dir=folder_of_sockets()) as sockets, surroundings(run / "build"):
        (plan.work / "sockets").symlink_to(sockets)
        yield run, Path(sockets)
    (plan.work / "sockets").unlink(missing_ok=True)
    shutil.rmtree(run)


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


def _run_one(plan: Plan, truth: Truth, source: Path, target: Path, run: Path, sockets: Path) -> None:
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
    digests = {name: sha256((made / name).read_bytes()) for name in (f"{source.stem}.{suffix}" for suffix in RESULTS)}
    (made / _RECORD).write_text(json.dumps(digests), encoding="utf-8")
    # Its key says what it was made from: an input that changed meanwhile would be told wrongly for ever.
    check_unchanged(plan, truth)
    shutil.rmtree(target, ignore_errors=True)
    target.parent.mkdir(parents=True, exist_ok=True)
    made.rename(target)
