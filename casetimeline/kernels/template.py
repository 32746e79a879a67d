"""The template process, run as a script: it imports what kernels import, and forks a kernel for each request.

    python template.py LISTENER IDLE MODULE...

LISTENER is the descriptor of a listening socket (Unix, SOCK_SEQPACKET). A client sends the message `start` with four
descriptors: the request as JSON in a file in memory, and the standard streams of the kernel. The template answers
`pid N`, `ready` once the ports are bound, and `exit STATUS` at the end; or `none WHY`. The client may send `signal N`
at any time. If it closes the connection or dies, the kernel is killed, and the files of its connection are removed,
unless the client has sent `forget`. If the template dies, its kernels die with it.

What a kernel has started ends with it, also in a session of its own: a process that loses its parent becomes a child of
its kernel, and at the end of that a child of the template, which kills each child that is no kernel.

A fork copies the state of the process. Before it there must be no thread of Python and no zmq context, and
`matplotlib_inline` must not be imported, because it looks for a running shell at its import. `fork_kernel_preload`
checks this.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import stat
import struct
import sys
from pathlib import Path

# The two other files of a template are imported from its folder, and removed from `sys.modules`: no kernel has them.
sys.path.insert(0, str(Path(__file__).parent))
child, preload = map(importlib.import_module, ("fork_kernel_child", "fork_kernel_preload"))
del sys.path[0], sys.modules["fork_kernel_child"], sys.modules["fork_kernel_preload"]
_MESSAGE = 400


class _Kernel:
    """One kernel: the connection to its client, its process, and its connection file and sockets."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.pid = 0
        self.pidfd = -1
        self.files: list[str] = []
        self.scratch = ""
        self.forgotten = False


def main() -> None:
    """Import the modules, then fork kernels until there has been no client for IDLE seconds."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    idle, modules = float(sys.argv[2]), sys.argv[3:]
    listener.setblocking(False)
    child.adopt()
    before = dict(os.environ)
    # The folder of this file is not on the path of a kernel.
    if not sys.flags.safe_path:
        del sys.path[0]
    try:
        preload.load(modules)
    except BaseException as error:
        _decline(listener, f"{type(error).__name__}: {error}")
        raise
    gc.collect()
    gc.freeze()
    # Variables that modules have set at their import are set in every kernel as well.
    added = {name: value for name, value in os.environ.items() if before.get(name) != value}
    _serve(listener, idle, added)


def _decline(listener: socket.socket, why: str) -> None:
    """Tell every waiting client why there is no kernel."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            # Its request is read first: a socket that is closed with unread messages discards its own answer.
            connection.settimeout(1)
            _, descriptors = _receive(connection)
            for each in descriptors:
                os.close(each)
            _send(connection, f"none {why}"[:_MESSAGE])
            connection.close()


def _serve(listener: socket.socket, idle: float, added: dict[str, str]) -> None:
    """Accept clients, follow their messages and bury ended kernels, until there is neither for `idle` seconds."""
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    by_connection: dict[int, _Kernel] = {}
    by_pidfd: dict[int, _Kernel] = {}
    while events := poller.poll(None if by_connection or by_pidfd else max(idle * 1000, 1)):
        for descriptor, _ in events:
            if descriptor == listener.fileno():
                _accept(listener, poller, by_connection)
            elif descriptor in by_connection:
                kernel = by_connection[descriptor]
                message, descriptors = _receive(kernel.connection)
                if message == b"start" and len(descriptors) == 4 and not kernel.pid:
                    others = [other.connection for other in by_connection.values() if other is not kernel]
                    if _fork(kernel, descriptors, [listener, *others], list(by_pidfd), added):
                        by_pidfd[kernel.pidfd] = kernel
                        poller.register(kernel.pidfd, select.POLLIN)
                elif not _follow(kernel, message):
                    _hang_up(kernel, poller, by_connection)
                    if kernel.pid:
                        _signal(kernel, signal.SIGKILL)
                for each in descriptors:
                    os.close(each)
            elif descriptor in by_pidfd:
                kernel = by_pidfd.pop(descriptor)
                poller.unregister(descriptor)
                _bury(kernel, {other.pid for other in by_pidfd.values()})
                if by_connection.get(kernel.connection.fileno()) is kernel:
                    _hang_up(kernel, poller, by_connection)


def _accept(listener: socket.socket, poller: select.poll, by_connection: dict[int, _Kernel]) -> None:
    """Accept a client of the same user; refuse any other."""
    with contextlib.suppress(OSError):
        connection, _ = listener.accept()
        if _same_user(connection):
            by_connection[connection.fileno()] = _Kernel(connection)
            poller.register(connection, select.POLLIN)


def _follow(kernel: _Kernel, message: bytes) -> bool:
    """Do what a client asks of its kernel; False if the client is gone, or sends what no client of ours sends."""
    if message == b"forget":
        kernel.forgotten = True
    elif message[:7] == b"signal " and message[7:].isdigit():
        if kernel.pid:
            _signal(kernel, int(message[7:]))
    else:
        return False
    return True


def _hang_up(kernel: _Kernel, poller: select.poll, by_connection: dict[int, _Kernel]) -> None:
    """Close the connection to the client of a kernel."""
    poller.unregister(kernel.connection)
    del by_connection[kernel.connection.fileno()]
    kernel.connection.close()


def _same_user(connection: socket.socket) -> bool:
    """Whether the client of a connection is a process of this user."""
    credentials = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", credentials)[1] == os.getuid()


def _receive(connection: socket.socket) -> tuple[bytes, list[int]]:
    """A message with its descriptors; an empty one if the other end is gone."""
    try:
        message, descriptors, _, _ = socket.recv_fds(connection, _MESSAGE, 4)
    except OSError:
        return b"", []
    return message, descriptors


def _send(connection: socket.socket, message: str) -> None:
    """Send a message; a client that is gone, or does not read, is not waited for."""
    with contextlib.suppress(OSError):
        connection.send(message.encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


def _signal(kernel: _Kernel, number: int) -> None:
    """Send a signal to the process group of a kernel, as jupyter_client does."""
    # The kernel has not been reaped yet, so no other process has its number.
    try:
        os.killpg(kernel.pid, number)
    except ProcessLookupError:
        # It was forked a moment ago, and does not lead a group yet.
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(kernel.pidfd, number)
    except OSError:
        pass


def _bury(kernel: _Kernel, living: set[int]) -> None:
    """Reap an ended kernel and kill what it left running; tell its client, or remove its files if there is none."""
    _signal(kernel, signal.SIGKILL)
    _, status = os.waitpid(kernel.pid, 0)
    os.close(kernel.pidfd)
    _kill_orphans(living)
    kernel.pid = 0
    if kernel.connection.fileno() >= 0:
        _send(kernel.connection, f"exit {os.waitstatus_to_exitcode(status)}")
    elif not kernel.forgotten:
        for name in kernel.files:
            with contextlib.suppress(OSError):
                _remove_of_kernel(Path(name))
        if kernel.scratch:
            with contextlib.suppress(OSError):
                Path(kernel.scratch).rmdir()


def _kill_orphans(living: set[int]) -> None:
    """Kill every child of this process that is no living kernel, and what becomes a child of it thereby."""
    spared = set(living)
    while orphans := _children() - spared:
        for pid in orphans:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except OSError:
                # It has become another user's, or is gone.
                spared.add(pid)


def _children() -> set[int]:
    """The numbers of the children of this process."""
    children = set()
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            # The name of a process, in brackets, may hold anything; its state and its parent follow.
            fields = (folder / "stat").read_bytes().rpartition(b")")[2].split()
            if int(fields[1]) == os.getpid():
                children.add(int(folder.name))
    return children


def _remove_of_kernel(path: Path) -> None:
    """Remove a connection file or socket of this user; whatever else has its name by now was not written for a kernel.

    Sockets bear the names that a connection file gives, and that file is read here before its kernel has run.
    """
    there = path.lstat()
    kind = stat.S_IFREG if path.suffix == ".json" else stat.S_IFSOCK
    if there.st_uid == os.getuid() and stat.S_IFMT(there.st_mode) == kind:
        path.unlink()


def _fork(
    kernel: _Kernel, descriptors: list[int], sockets: list[socket.socket], pidfds: list[int], added: dict[str, str]
) -> bool:
    """Fork a kernel, or tell the client why not; whether there is one. The child does not return from here."""
    try:
        request = json.loads(os.pread(descriptors[0], os.fstat(descriptors[0]).st_size, 0))
        return _fork_for(request, kernel, descriptors, sockets, pidfds, added)
    except (OSError, ValueError, KeyError, TypeError) as error:
        # There are too many processes or files, or the request is not valid: the other kernels live on.
        _send(kernel.connection, f"none {error}"[:_MESSAGE])
        return False


def _fork_for(
    request: dict,
    kernel: _Kernel,
    descriptors: list[int],
    sockets: list[socket.socket],
    pidfds: list[int],
    added: dict[str, str],
) -> bool:
    request["env"] = {**added, **request["env"]}
    if file := child.shadowed([request["cwd"], *child.path_of(request["env"])]):
        _send(kernel.connection, f"none {file} would be imported in place of what the template has imported")
        return False
    kernel.files, kernel.scratch = child.files_of(request["argv"]), request["scratch"]
    parent = os.getpid()
    pid = os.fork()
    if pid:
        try:
            kernel.pidfd = os.pidfd_open(pid)
        except OSError:
            os.kill(pid, signal.SIGKILL)
            os.waitpid(pid, 0)
            raise
        kernel.pid = pid
        _send(kernel.connection, f"pid {pid}")
        return True
    status = 1
    try:
        child.become(request, descriptors, parent, sockets, pidfds)
        status = (child.answer if request["asked"] == "stdin" else child.live)(kernel.connection)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException as error:
        import traceback

        # Before it is ready its client listens, and tells it in a line; where its memory has a limit, nobody else does.
        _send(kernel.connection, f"none {type(error).__name__}: {error}"[:_MESSAGE])
        traceback.print_exc(file=sys.__stderr__)
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
