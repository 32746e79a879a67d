"""The engine by which papermill runs a notebook here: on a warm kernel that is asked directly, or on a stock one."""

import contextlib
import logging
import os
import tempfile
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import nbformat

from ..files import write_atomic
from ..kernels.direct import DirectKernel
from ..kernels.launch import NoTemplateError


class Limits(NamedTuple):
    """What a notebook may use: seconds a cell, and megabytes of memory of its kernel; None is no limit."""

    seconds: int | None = None
    megabytes: int | None = None


@cache
def engine() -> str:
    """The name of the engine, once papermill knows it."""
    from papermill.engines import NBClientEngine, papermill_engines

    class KeepingEngine(NBClientEngine):
        """Warm kernels if there are any, else papermill's own engine; and a file of what was run until it stopped."""

        @classmethod
        def execute_managed_notebook(cls, nb_man, kernel_name, *, half_run: Path, kernel: DirectKernel | None, **given):
            """Run; whatever stops it other than the error of a cell, write what there is."""
            try:
                refused = _why_not(kernel)
                if kernel and refused and kernel.has_begun and given["config"].ForkProvisioner.memory:
                    # It began and ended in its limit; a stock kernel holds as much.
                    raise RuntimeError(refused)
                if kernel and not refused:
                    _run_cells(nb_man, kernel, given["execution_timeout"])
                else:
                    given["config"].ForkProvisioner.refused = refused
                    super().execute_managed_notebook(nb_man, kernel_name, **given)
            except Exception:
                write_atomic(half_run, nbformat.writes(nb_man.nb).encode())
                raise

    papermill_engines.register("keeping", KeepingEngine)
    # What goes wrong is raised as well as logged, and told once.
    logging.getLogger("papermill").addHandler(logging.NullHandler())
    return "keeping"


def memory_at_start(env: Mapping[str, str]) -> int | None:
    """Megabytes that a warm kernel holds before its first cell, as a limit counts them; None where there is none."""
    # An empty folder: a file beside a kernel may have the name of a module, and then it comes from no template.
    with (
        contextlib.suppress(OSError, NoTemplateError),
        tempfile.TemporaryDirectory() as empty,
        DirectKernel(env, empty) as kernel,
    ):
        return None if kernel.why_not_ready() else kernel.held()
    return None


@contextlib.contextmanager
def warm_kernel(cwd: Path, limits: Limits) -> Iterator[DirectKernel | None]:
    """A warm kernel in a folder, gone at the end; None where there is none, for a reason told with the stock one."""
    try:
        kernel = DirectKernel(os.environ, str(cwd), limits.megabytes or 0)
    except (OSError, NoTemplateError):
        yield None
        return
    with kernel:
        yield kernel


def _why_not(kernel: DirectKernel | None) -> str:
    """Why a warm kernel cannot be asked after all; blank if it can, or there is none."""
    from nbclient.exceptions import DeadKernelError

    try:
        return kernel.why_not_ready() if kernel else ""
    except EOFError:
        raise DeadKernelError("Kernel died") from None


def _run_cells(nb_man, kernel: DirectKernel, seconds: int | None) -> None:
    """Run the cells of a notebook as nbclient does, which also makes the outputs from what the kernel says."""
    from nbclient import NotebookClient

    client = NotebookClient(nb_man.nb, record_timing=False)
    client.reset_execution_trackers()
    for index, cell in enumerate(nb_man.nb.cells):
        nb_man.cell_start(cell, index)
        try:
            if cell.cell_type == "code" and cell.source.strip() and client.skip_cells_with_tag not in _tags(cell):
                _run_cell(client, kernel, index, cell, seconds)
                if "raises-exception" not in _tags(cell) and any(each.output_type == "error" for each in cell.outputs):
                    nb_man.cell_exception(cell, index)
                    return
        finally:
            nb_man.cell_complete(cell, index)
    client.set_widgets_metadata()


def _run_cell(client, kernel: DirectKernel, index: int, cell, seconds: int | None) -> None:
    """Run a cell, and keep what it shows."""
    from nbclient.exceptions import CellExecutionComplete, CellTimeoutError, DeadKernelError

    cell.outputs, client.clear_before_next_output = [], False
    try:
        for message in kernel.run(cell.source, seconds):
            with contextlib.suppress(CellExecutionComplete):
                client.process_message(message, cell, index)
    except TimeoutError:
        raise CellTimeoutError.error_from_timeout_and_cell("Cell execution timed out", seconds, cell) from None
    except EOFError:
        raise DeadKernelError("Kernel died") from None


def _tags(cell) -> list[str]:
    return cell.metadata.get("tags", [])
