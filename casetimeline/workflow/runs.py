"""Notebooks run side by side, and their results kept in a folder, each with the digest of all that it was made from.

FOLDER/<notebook>.svg, .txt, .ipynb   results of a notebook
FOLDER/record.json                    what each was made from, and the digest of each result
"""

import contextlib
import itertools
import json
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, ThreadPoolExecutor, wait
from itertools import islice
from pathlib import Path
from threading import Event, Lock
from typing import TypeVar

from ..characters import say
from ..faults import NotebookError
from ..files import combined, digest_of, make_unlinked, write_atomic
from ..kernels.provisioner import kill_all
from .engine import Limits
from .execute import Place, execute
from .plan import Plan, Truth, check_unchanged

RESULTS = ("ipynb", "svg", "txt")
RECORD = "record.json"
# Seconds after which a waiting thread looks whether it was interrupted: the system may give the signal to another one,
# and a lock that this one waits for is not left for that.
_AWAKE = 0.5
Task, Result = TypeVar("Task"), TypeVar("Result")


class CaseRun:
    """The notebooks of one case, and the folder in which their results are kept.

    Parameters
    ----------
    plan : Plan
    truth : Truth
        What the results are made from.
    folder : Path
    failed : Path or None
        Where a notebook goes that stopped before its end; None: nowhere.
    kinds : tuple of str
        Which of `RESULTS` are kept.
    """

    def __init__(
        self, plan: Plan, truth: Truth, folder: Path, failed: Path | None, kinds: tuple[str, ...] = RESULTS
    ) -> None:
        self.plan, self.truth, self.folder, self.failed, self.kinds = plan, truth, folder, failed, kinds
        # What a link leads to was not made here.
        self._entries, self._writing = {} if folder.is_symlink() else _read_record(folder), Lock()

    def stale(self) -> list[Path]:
        """The notebooks whose results are not there as they were made, or were made from something else."""
        return [source for source in self.plan.notebooks if not self._is_whole(source)]

    def forget(self, sources: Iterable[Path]) -> None:
        """Remove the results of notebooks before they are made: what is not made yet must not pass for new."""
        make_unlinked(self.folder, self.plan.build)
        for source in sources:
            self._entries.pop(source.stem, None)
            for kind in RESULTS:
                (self.folder / f"{source.stem}.{kind}").unlink(missing_ok=True)
        self._write_record()

    def run(self, source: Path, place: Place, limits: Limits, stopped: Event) -> None:
        """Run a notebook and keep its results.

        Raises
        ------
        NotebookError
            If it stopped before its end; what was run of it is then in `failed`, unless all of this is `stopped`.
        TimelineError
            If an input changed meanwhile; nothing is kept.
        """
        made = place.cwd.parent / "made" / f"{self.plan.case_id}-{source.stem}"
        try:
            execute(source, self.plan.case_id, self.plan.given, made, place, limits)
            # The record says what the results were made from: after a change it would say it wrongly for ever.
            check_unchanged(self.plan, self.truth)
            for name in self._names(source):
                (made / name).replace(self.folder / name)
        except NotebookError:
            if self.failed and (made / source.name).exists() and not stopped.is_set():
                make_unlinked(self.failed, self.plan.build)
                (made / source.name).replace(self.failed / source.name)
            raise
        finally:
            shutil.rmtree(made, ignore_errors=True)
            for path in (place.cwd.parent / "build" / self.plan.case_id / "figures").glob(f"{source.stem}.*"):
                path.unlink(missing_ok=True)
        digests = {name: digest_of(self.folder / name) for name in self._names(source)}
        with self._writing:
            self._entries[source.stem] = {"key": self._key(source), "results": digests}
            self._write_record()

    def _names(self, source: Path) -> list[str]:
        return [f"{source.stem}.{kind}" for kind in self.kinds]

    def _key(self, source: Path) -> str:
        """The digest of all that the results of a notebook are made from."""
        shared = {name: digest for name, digest in self.truth.inputs.items() if not name.startswith("notebooks/")}
        asked = json.dumps([self.plan.case_id, self.plan.given, self.truth.versions], sort_keys=True)
        return combined({**shared, "asked": asked, "notebook": self.truth.inputs[f"notebooks/{source.name}"]})

    def _is_whole(self, source: Path) -> bool:
        entry = self._entries.get(source.stem, {})
        digests = entry.get("results")
        if entry.get("key") != self._key(source) or not isinstance(digests, dict):
            return False
        paths = {name: self.folder / name for name in self._names(source)}
        if any(path.is_symlink() for path in paths.values()):
            return False
        return all(digests.get(name) and digests[name] == digest_of(path) for name, path in paths.items())

    def _write_record(self) -> None:
        write_atomic(self.folder / RECORD, (json.dumps(self._entries, indent=1, sort_keys=True) + "\n").encode())


def _read_record(folder: Path) -> dict[str, dict]:
    """What is recorded in a folder, by notebook; a damaged record is none."""
    try:
        entries = json.loads((folder / RECORD).read_bytes())
        return {stem: entry for stem, entry in entries.items() if isinstance(entry, dict)}
    except (OSError, ValueError, AttributeError):
        return {}


def side_by_side(
    run: Callable[[Task, Event], Result], tasks: Iterable[Task], workers: int, ended: Callable[[Result], None]
) -> None:
    """Run tasks, some at once; whatever stops this kills the kernels that are at work.

    Parameters
    ----------
    run : function
        What a thread does with a task, and with an event that is set when all of this is stopped.
    tasks : iterable
        The next one is asked for when a thread is free: a thousand tasks take no more room than two.
    workers : int
        Tasks at once.
    ended : function
        What this thread does with each result, in the order in which they come.
    """
    waiting, running, stopped = iter(tasks), set(), Event()
    with ThreadPoolExecutor(workers) as pool:
        try:
            for task in islice(waiting, workers):
                running.add(pool.submit(run, task, stopped))
            while running:
                done, running = wait(running, timeout=_AWAKE, return_when=FIRST_COMPLETED)
                for future in done:
                    ended(future.result())
                running |= {pool.submit(run, task, stopped) for task in islice(waiting, len(done))}
        except BaseException:
            stopped.set()
            while running:
                # Also those kernels that are launched at this moment, and whoever is asking for it once more.
                with contextlib.suppress(KeyboardInterrupt):
                    kill_all()
                    running = wait(running, timeout=0.1).not_done
            raise


@contextlib.contextmanager
def progress(title: str, total: int, unit: str) -> Iterator[Callable[[str], None]]:
    """Say on standard error what is done: on a terminal by a bar that is gone at the end, elsewhere by a line each.

    Yields
    ------
    function
        It is called with the name of each thing when it is done.
    """
    if sys.stderr.isatty():
        from tqdm import tqdm

        form = "{desc}: {n_fmt} of {total_fmt} {unit} |{bar:20}| {elapsed}{postfix}"
        # Every notebook is shown, also where two end in the same moment.
        shown = {"mininterval": 0, "miniters": 1, "leave": False, "file": sys.stderr}
        with tqdm(total=total, desc=title, unit=unit, bar_format=form, **shown) as bar:

            def advance(name: str) -> None:
                """Move the bar."""
                bar.set_postfix_str(name, refresh=False)
                bar.update()

            yield advance
    else:
        numbers = itertools.count(1)
        yield lambda name: say(f"{title}: {next(numbers)} of {total} {unit}, {name}", sys.stderr)
