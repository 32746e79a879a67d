"""What the forked child of a template does to become a kernel like one that was launched by itself.

This module is no longer in `sys.modules` when a kernel runs.
"""

import contextlib
import ctypes
import json
import os
import resource
import signal
import socket
import sys
import threading
from pathlib import Path

_PR_SET_PDEATHSIG, _PR_SET_CHILD_SUBREAPER = 1, 36


def path_of(env: dict[str, str]) -> list[str]:
    """The folders of PYTHONPATH, as the interpreter of a kernel would read them."""
    path = "" if sys.flags.ignore_environment else env.get("PYTHONPATH", "")
    return path.split(":") if path else []


def shadowed(folders: list[str]) -> str:
    """A file in a folder of a kernel that has the name of a module which the template imported; blank if none has.

    A stock kernel would import that file; a forked one has the module of the template.
    """
    imported = {name.partition(".")[0] for name in sys.modules} | {"sitecustomize", "usercustomize"}
    for folder in folders:
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder):
                if entry.name.partition(".")[0] in imported:
                    return entry.path
    return ""


def files_of(argv: list[str]) -> list[str]:
    """The connection file of a kernel, and its sockets if they are files."""
    try:
        name = argv[argv.index("-f") + 1]
        connection = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, IndexError):
        return []
    if connection.get("transport") != "ipc":
        return [name]
    return [name, *(f"{connection['ip']}-{port}" for key, port in connection.items() if key.endswith("_port"))]


def adopt() -> None:
    """Become the parent of every descendant of this process that loses its own, as a daemon does."""
    ctypes.CDLL(None).prctl(_PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def become(request: dict, descriptors: list[int], parent: int, sockets: list[socket.socket], pidfds: list[int]) -> None:
    """Give the child the session, streams, limits, environment and folder that a kernel launched by itself has."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    # What loses its parent while this kernel lives is known by it as its own, and not as another kernel's.
    adopt()
    if os.getppid() != parent:
        os._exit(1)
    for each in sockets:
        each.close()
    for each in pidfds:
        os.close(each)
    for target, source in enumerate(descriptors[1:]):
        os.dup2(source, target)
    for each in descriptors:
        os.close(each)
    os.umask(request["umask"])
    for name, limits in request["limits"].items():
        # A limit that only root may raise stays as it is.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(int(name), tuple(limits))
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, request["cores"])
    # As if this interpreter had been started with that path. A template has none.
    sys.path[:0] = path_of(request["env"])
    os.environ.clear()
    os.environ.update(request["env"])
    _forget()
    os.chdir(request["cwd"])
    sys.argv[:] = request["argv"]
    sys.orig_argv[:] = request["command"]


def _forget() -> None:
    """Reset what is read from the environment only once, and what a fork would make the same in every kernel."""
    import tempfile
    import time

    time.tzset()
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        # The module random reseeds itself at a fork; the global generator of numpy does not.
        sys.modules["numpy"].random.seed()


def live(connection: socket.socket) -> int:
    """Run the kernel as `python -m ipykernel_launcher` does; the exit status."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    # The parent of this process is the template, which notices by itself when the client is gone.
    app.parent_handle = 1
    app.initialize(sys.argv[1:])
    if "matplotlib" in sys.modules and os.environ.get("MPLBACKEND"):
        # matplotlib reads it at its import; the kernel has just set it to the backend of figures in a notebook.
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    # The ports are bound now, so that a client connects at its first try.
    connection.send(b"ready")
    connection.close()
    app.start()
    # What a program registered with atexit runs; the slower teardown of the interpreter is skipped.
    threading._shutdown()
    import atexit

    atexit._run_exitfuncs()
    return 0
