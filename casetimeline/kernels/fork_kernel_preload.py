"""What a template imports, and whether it may fork afterwards. Not a module of any kernel: it is forgotten at once."""

import builtins
import contextlib
import importlib
import os
import sys
import threading
import types
from collections.abc import Iterator
from pathlib import Path

# What a kernel imports while it starts. A version of it that has one of them no more does without.
_OF_KERNELS = (
    *("ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "ipykernel.debugger"),
    *("IPython.core.completerlib", "IPython.core.debugger", "IPython.extensions.storemagic"),
    *("psutil", "sqlite3", "tornado.platform.asyncio", "tornado.queues"),
)
_TASKS = Path("/proc/self/task")


def load(modules: list[str]) -> None:
    """Import what kernels need and the modules that are asked for; refuse what must not be there at a fork."""
    for name in _OF_KERNELS:
        with contextlib.suppress(ModuleNotFoundError):
            importlib.import_module(name)
    # Its linear algebra keeps threads, which it stops at a fork and starts again when they are used.
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
    """What a module finds that asks, when it is imported, where its output goes: pandas does, for its options."""
    with Path(os.devnull).open("w", encoding="UTF-8") as null, contextlib.redirect_stdout(null):
        builtins.get_ipython = lambda: types.SimpleNamespace(kernel=None)
        try:
            yield
        finally:
            del builtins.get_ipython


def _draw_once() -> None:
    """Load fonts and encoders, which else the first figure of each kernel loads; no warning is told or used up."""
    import io
    import warnings

    from matplotlib.figure import Figure

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        figure = Figure(layout="constrained")
        figure.subplots().plot([1, 2], label="a")
        figure.legend()
        figure.suptitle("a")
        for kind in ("png", "svg"):
            figure.savefig(io.BytesIO(), format=kind)


def _check_forkable(threads: int) -> None:
    import zmq

    unsafe = {
        f"threads before the fork: {_threads()}": threading.active_count() > 1 or len(_threads()) > threads,
        "a zmq context before the fork": zmq.Context._instance is not None,
        "matplotlib_inline before there is a shell": "matplotlib_inline" in sys.modules,
    }
    for why, found in unsafe.items():
        if found:
            raise RuntimeError(why)


def _threads() -> list[str]:
    """Names of the threads of the system, without that of jemalloc, which takes care of forks by itself."""
    names = ((task / "comm").read_text(encoding="utf-8") for task in _TASKS.iterdir())
    return [name.strip() for name in names if not name.startswith("jemalloc")]
