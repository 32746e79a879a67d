"""The notebooks of a report, run side by side, each kept with the digest of all that it was made from."""

import json
import os
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from ..faults import NotebookError
from ..files import combined, digest_of, sha256
from ..kernels.provisioner import kill_all
from .execute import Limits, Place, execute, scratch
from .plan import Plan, Truth, check_unchanged

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
