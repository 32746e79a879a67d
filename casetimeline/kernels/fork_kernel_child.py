"""What the forked child of a template does to become a kernel like one that was launched by itself.

This module is no longer in `sys.modules` when a kernel runs.
"""

import contextlib
import ctypes
import json
import os
import resource
import select
import signal
import socket
import sys
import threading
import types
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
    from ipykernel.iostream import OutStream

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
    # Parts of a message that are not copied are kept by pyzmq, which no longer does so at the end: of a large message
    # that is sent then, the first parts would come, and those of the next one after them.
    app.session.copy_threshold = sys.maxsize
    _take_backend()
    # The ports are bound now, so that a client connects at its first try.
    connection.send(b"ready")
    connection.close()
    app.start()
    # What a program registered with atexit runs; the slower teardown of the interpreter is skipped.
    threading._shutdown()
    import atexit

    # The thread that sends messages is the last to go. Without it every thread sends its own, and two might at once.
    atexit.unregister(app.iopub_thread.stop)
    atexit.unregister(app.close)
    atexit._run_exitfuncs()
    app.close()
    return 0


def _take_backend() -> None:
    """Let matplotlib have the backend of the environment, which it has read at its import, in the template."""
    if "matplotlib" in sys.modules and os.environ.get("MPLBACKEND"):
        sys.modules["matplotlib"].rcParams["backend"] = os.environ["MPLBACKEND"]


def answer(connection: socket.socket) -> int:
    """Run the cells that come over the socket in place of the standard input, until it is closed; the exit status.

    Back go the messages of the kernel, each as the number of its parts and then the parts.
    """
    from multiprocessing.connection import Connection

    from IPython.core.shellapp import InteractiveShellApp

    channel = Connection(os.dup(0))
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.close(null)
    # As `IPKernelApp` begins: a cell imports from its folder, figures are shown in the notebook, and an interrupt stops
    # a cell and nothing else.
    InteractiveShellApp().init_path()
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    _take_backend()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    client = _kernel_within(channel)
    connection.send(b"ready")
    connection.close()
    with contextlib.suppress(EOFError):
        while True:
            client.execute(channel.recv_bytes().decode(), allow_stdin=False)
            client.get_shell_msg()
    return 0


def _stream() -> "type[OutStream]":
    """The class of the two streams of a kernel within this process."""
    from ipykernel.iostream import OutStream

    class Stream(OutStream):
        """A stream whose flush also waits for what was written to its descriptor: a cell ends with all that it said."""

        def __init__(self, *given) -> None:
            self._taking = threading.Lock()
            super().__init__(*given)

        def _watch_pipe_fd(self) -> None:
            with contextlib.suppress(OSError, ValueError):
                while self._take() != b"":
                    select.select([self._fid], [], [])

        def _take(self) -> bytes | None:
            """Say what waits in the pipe, and return it; None where nothing waits, and no byte where the pipe ended."""
            with self._taking:
                if not select.select([self._fid], [], [], 0)[0]:
                    return None
                heard = os.read(self._fid, 1 << 16)
                self.write(heard.decode(errors="replace"))
                # Who reads the stream from outside may be gone.
                with contextlib.suppress(OSError):
                    os.write(self._original_stdstream_copy, heard)
                return heard

        def flush(self) -> None:
            """Say what was written to the descriptor, and send all of it."""
            while self._should_watch and self._take():
                pass
            super().flush()

    return Stream


def _kernel_within(channel: "Connection") -> "BlockingInProcessKernelClient":
    """A client of a kernel of this process: the one that ipykernel has for that, with the shell and messages of a stock
    one, and without ports; what it says goes to the channel.
    """
    from ipykernel.inprocess.blocking import BlockingInProcessKernelClient
    from ipykernel.inprocess.ipkernel import InProcessKernel
    from traitlets import default
    from traitlets.config import Config

    stream = _stream()

    class Kernel(InProcessKernel):
        """A kernel that also takes what a program writes to descriptors 1 and 2."""

        # A cell that awaits something asks of which thread the one is that listens to the ports; here there is neither.
        shell_channel_thread = types.SimpleNamespace(parent_thread=None)
        _supports_kernel_subshells = False

        def _io_dispatch(self, _) -> None:
            parts = self._underlying_iopub_socket.recv_multipart()
            channel.send_bytes(str(len(parts)).encode())
            for part in parts:
                channel.send_bytes(part)

        @default("stdout")
        def _default_stdout(self) -> "OutStream":
            return stream(self.session, self.iopub_thread, "stdout")

        @default("stderr")
        def _default_stderr(self) -> "OutStream":
            return stream(self.session, self.iopub_thread, "stderr")

    kernel = Kernel(config=Config({"HistoryManager": {"hist_file": ":memory:"}}))
    client = BlockingInProcessKernelClient(kernel=kernel, session=kernel.session)
    client.start_channels()
    return client
