"""What a template imports, and the check that it may fork afterwards.

This module is no longer in `sys.modules` when a kernel runs.
"""

import builtins
import contextlib
import importlib
import os
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

# What a kernel imports while it starts. One that a version of ipykernel no longer has is left out.
_OF_KERNELS = (
    "ipykernel.kernelapp",
    "ipykernel.inprocess.blocking",
    "ipykernel.inprocess.ipkernel",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.extensions.storemagic",
    "multiprocessing.connection",
    "psutil",
    "sqlite3",
    "tornado.platform.asyncio",
    "tornado.queues",
)
_TASKS = Path("/proc/self/task")


def load(modules: list[str]) -> None:
    """Import what kernels need and `modules`; raise RuntimeError if the process may not fork afterwards."""
    for name in _OF_KERNELS:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    # The threads of its linear algebra are no obstacle: they are stopped at a fork and started again when used.
    with contextlib.suppress(ModuleNotFoundError):
        importlib.import_module("numpy")
    threads = len(_threads())
    with _as_in_a_kernel():
        for name in modules:
            importlib.import_module(name)
    if "matplotlib.figure" in sys.modules:
        _draw_once()
    _check_forkable(threads)


@contextlib.contextmanager
def _as_in_a_kernel() -> Iterator[None]:
    """Let a module that asks at its import where its output goes see a kernel: pandas does, for its options."""
    with Path(os.devnull).open("w", encoding="UTF-8") as null, contextlib.redirect_stdout(null):
        builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
        try:
            yield
        finally:
            del builtins.get_ipython


def _draw_once() -> None:
    """Load the fonts and encoders that otherwise the first figure of each kernel loads.

    Warnings are neither shown nor counted as shown, so that a kernel shows them as ever.
    """
    import io
    import warnings

    from matplotlib.backends import backend_registry
    from matplotlib.figure import Figure

    # A kernel sets its backend, which is looked for among all that are installed.
    backend_registry.list_all()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = Figure(layout="constrained")
        figure.subplots().plot([1, 2], label="a")
        figure.legend()
        figure.suptitle("a")
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)


def _check_forkable(threads: int) -> None:
    """Raise RuntimeError if something is there that a fork would break: more threads than `threads`, for example."""
    import zmq

    if threading.active_count() > 1 or len(_threads()) > threads + _pooled():
        raise RuntimeError(f"threads before the fork: {_threads()}")
    if zmq.Context._instance is not None:
        raise RuntimeError("a zmq context before the fork")
    if "matplotlib_inline" in sys.modules:
        raise RuntimeError("matplotlib_inline before there is a shell")


def _pooled() -> int:
    """Threads that the pools of Arrow may have: it makes its pools anew in a process that was forked."""
    arrow = sys.modules.get("pyarrow")
    return arrow.cpu_count() + arrow.io_thread_count() if arrow else 0


def _threads() -> list[str]:
    """Names of the threads of this process, without that of jemalloc, which takes care of forks by itself."""
    names = ((task / "comm").read_text(encoding="utf-8") for task in _TASKS.iterdir())
    return [name.strip() for name in names if not name.startswith("jemalloc")]
