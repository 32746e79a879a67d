"""The child of a template: what it takes to be a kernel that was launched by itself. No module of any kernel."""

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

_PR_SET_PDEATHSIG = 1


def path_of(env: dict[str, str]) -> list[str]:
    """The folders of PYTHONPATH, as the interpreter of a kernel would take them."""
    told = "" if sys.flags.ignore_environment else env.get("PYTHONPATH", "")
    return told.split(":") if told else []


def shadowed(folders: list[str]) -> str:
    """What stands in a folder of a kernel under the name of a module that was imported from elsewhere, or nothing."""
    imported = {name.partition(".")[0] for name in sys.modules} | {"sitecustomize", "usercustomize"}
    for folder in folders:
        with contextlib.suppress(OSError):
            for entry in os.scandir(folder):
                if entry.name.partition(".")[0] in imported:
                    return entry.path
    return ""


def files_of(argv: list[str]) -> list[str]:
    """The connection file of a kernel, and its sockets, where they are files."""
    try:
        name = argv[argv.index("-f") + 1]
        told = json.loads(Path(name).read_text(encoding="utf-8"))
    except (OSError, ValueError, IndexError):
        return []
    ports = [value for key, value in told.items() if key.endswith("_port")]
    return [name, *(f"{told['ip']}-{port}" for port in ports if told.get("transport") == "ipc")]


def become(request: dict, descriptors: list[int], parent: int, sockets: list[socket.socket], pidfds: list[int]) -> None:
    """Make of the child what a kernel launched by itself would be."""
    os.setsid()
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
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
        # What only root may raise again stays as low as it is.
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(int(name), tuple(limits))
    with contextlib.suppress(OSError):
        os.sched_setaffinity(0, request["cores"])
    # As if this interpreter had been started with that path; a template itself has none.
    sys.path[:0] = path_of(request["env"])
    os.environ.clear()
    os.environ.update(request["env"])
    _forget()
    os.chdir(request["cwd"])
    sys.argv[:] = request["argv"]
    sys.orig_argv[:] = request["command"]


def _forget() -> None:
    """What a process reads from its environment once, and what a fork would make the same in every kernel."""
    import tempfile
    import time

    time.tzset()
    tempfile.tempdir = None
    if "numpy" in sys.modules:
        # The random module reseeds itself at a fork; the global generator of numpy does not.
        sys.modules["numpy"].random.seed()


def live(connection: socket.socket) -> int:
    """Be a kernel; what follows is what `python -m ipykernel_launcher` does."""
    from ipykernel.kernelapp import IPKernelApp

    app = IPKernelApp.instance()
    # The parent of this process is the template, which sees by itself when the client is gone.
    app.parent_handle = 1
    app.initialize(sys.argv[1:])
    if "matplotlib" in sys.modules and os.environ.get("MPLBACKEND"):
        # Which matplotlib reads when it is imported; the kernel has just set it to that of figures in a notebook.
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]
    # The ports are bound: a client that connects now never waits for a second try.
    connection.send(b"ready")
    connection.close()
    app.start()
    # What a program registered for its end is run; the teardown of the interpreter, which takes longer, is not.
    threading._shutdown()
    import atexit

    atexit._run_exitfuncs()
    return 0
