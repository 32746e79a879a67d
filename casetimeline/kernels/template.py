"""The template process: imports what kernels import, and forks a kernel for each request. It is run as a script.

    python template.py LISTENER IDLE MODULE...

LISTENER is the descriptor of a listening socket (Unix, SOCK_SEQPACKET). A client sends one message with four
descriptors: the request as JSON in a file of memory, and the standard streams of the kernel. It is answered by
`pid N`, `ready` once the ports are bound, and `exit STATUS` at the end, or by `none WHY`; it may send `signal N` at any
time. When it closes its end, or dies, the kernel is killed, and the files of its connection are removed unless it said
`forget`. When the template dies, its kernels die with it.

A fork copies what is there: so there is no thread of Python and no zmq context before it, and `matplotlib_inline` is
not imported, because it looks for a running shell when it is. `fork_kernel_preload` refuses to go on otherwise.
"""

import contextlib
import gc
import importlib
import json
import os
import select
import signal
import socket
import struct
import sys
from pathlib import Path

# The two other files of a template: found beside it, and forgotten, so that no kernel meets them.
sys.path.insert(0, str(Path(__file__).parent))
child, preload = map(importlib.import_module, ("fork_kernel_child", "fork_kernel_preload"))
del sys.path[0], sys.modules["fork_kernel_child"], sys.modules["fork_kernel_preload"]
_MESSAGE = 400


class _Kernel:
    """One kernel: the connection of its client, its process, and the files of its connection."""

    def __init__(self, connection: socket.socket):
        self.connection = connection
        self.pid = 0
        self.pidfd = -1
        self.files: list[str] = []
        self.scratch = ""
        self.forgotten = False


def main() -> None:
    """Import, listen, fork; end when no client has been there for a while."""
    listener = socket.socket(fileno=int(sys.argv[1]))
    idle, modules = float(sys.argv[2]), sys.argv[3:]
    listener.setblocking(False)
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
    # What modules set in the environment when they are imported, they set in every kernel.
    _serve(listener, idle, {name: value for name, value in os.environ.items() if before.get(name) != value})


def _decline(listener: socket.socket, why: str) -> None:
    """Tell every client that waits that there is no kernel to be had."""
    with contextlib.suppress(OSError):
        while True:
            connection, _ = listener.accept()
            # Its request is waited for and read: an end that is closed before that throws away what it said itself.
            connection.settimeout(1)
            _, descriptors = _receive(connection)
            for each in descriptors:
                os.close(each)
            _tell(connection, f"none {why}"[:_MESSAGE])
            connection.close()


def _serve(listener: socket.socket, idle: float, added: dict[str, str]) -> None:
    poller = select.poll()
    poller.register(listener, select.POLLIN)
    by_connection: dict[int, _Kernel] = {}
    by_pidfd: dict[int, _Kernel] = {}
    while True:
        events = poller.poll(None if by_connection or by_pidfd else max(idle * 1000, 1))
        if not events:
            return
        for descriptor, _ in events:
            if descriptor == listener.fileno():
                with contextlib.suppress(OSError):
                    connection, _ = listener.accept()
                    if _same_user(connection):
                        by_connection[connection.fileno()] = _Kernel(connection)
                        poller.register(connection, select.POLLIN)
            elif descriptor in by_connection:
                kernel = by_connection[descriptor]
                message, descriptors = _receive(kernel.connection)
                if message == b"start" and len(descriptors) == 4 and not kernel.pid:
                    others = [other.connection for other in by_connection.values() if other is not kernel]
                    if _fork(kernel, descriptors, [listener, *others], list(by_pidfd), added):
                        by_pidfd[kernel.pidfd] = kernel
                        poller.register(kernel.pidfd, select.POLLIN)
                elif message[:7] == b"signal " and message[7:].isdigit():
                    if kernel.pid:
                        _signal(kernel, int(message[7:]))
                elif message == b"forget":
                    kernel.forgotten = True
                else:
                    # The client is gone, or says what none of ours says.
                    poller.unregister(descriptor)
                    del by_connection[descriptor]
                    kernel.connection.close()
                    if kernel.pid:
                        _signal(kernel, signal.SIGKILL)
                for each in descriptors:
                    os.close(each)
            elif descriptor in by_pidfd:
                kernel = by_pidfd.pop(descriptor)
                poller.unregister(descriptor)
                _bury(kernel)
                if by_connection.get(kernel.connection.fileno()) is kernel:
                    poller.unregister(kernel.connection)
                    del by_connection[kernel.connection.fileno()]
                    kernel.connection.close()


def _same_user(connection: socket.socket) -> bool:
    told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", told)[1] == os.getuid()


def _receive(connection: socket.socket) -> tuple[bytes, list[int]]:
    try:
        message, descriptors, _, _ = socket.recv_fds(connection, _MESSAGE, 4)
    except OSError:
        return b"", []
    return message, descriptors


def _tell(connection: socket.socket, message: str) -> None:
    with contextlib.suppress(OSError):
        connection.send(message.encode(), socket.MSG_DONTWAIT | socket.MSG_NOSIGNAL)


def _signal(kernel: _Kernel, number: int) -> None:
    # To the group, as jupyter_client does. The kernel is not waited for yet, so its number is nobody else's.
    try:
        os.killpg(kernel.pid, number)
    except ProcessLookupError:
        # It is born, and has no group of its own yet.
        with contextlib.suppress(OSError):
            signal.pidfd_send_signal(kernel.pidfd, number)
    except OSError:
        pass


def _bury(kernel: _Kernel) -> None:
    """Reap an ended kernel and what it left running, and tell its client, or tidy up where there is none any more."""
    _signal(kernel, signal.SIGKILL)
    _, status = os.waitpid(kernel.pid, 0)
    os.close(kernel.pidfd)
    kernel.pid = 0
    if kernel.connection.fileno() >= 0:
        _tell(kernel.connection, f"exit {os.waitstatus_to_exitcode(status)}")
    elif not kernel.forgotten:
        for name in kernel.files:
            with contextlib.suppress(OSError):
                Path(name).unlink()
        if kernel.scratch:
            with contextlib.suppress(OSError):
                Path(kernel.scratch).rmdir()


def _fork(
    kernel: _Kernel, descriptors: list[int], sockets: list[socket.socket], pidfds: list[int], added: dict[str, str]
) -> bool:
    """Fork a kernel, or say why not, and return whether there is one; the child never returns from here."""
    try:
        request = json.loads(os.pread(descriptors[0], os.fstat(descriptors[0]).st_size, 0))
        return _fork_for(request, kernel, descriptors, sockets, pidfds, added)
    except (OSError, ValueError, KeyError, TypeError) as error:
        # Too many processes or files, or a request that is none: the other kernels live on.
        _tell(kernel.connection, f"none {error}"[:_MESSAGE])
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
    if found := child.shadowed([request["cwd"], *child.path_of(request["env"])]):
        _tell(kernel.connection, f"none {found} would be imported in place of what the template has imported")
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
        _tell(kernel.connection, f"pid {pid}")
        return True
    status = 1
    try:
        child.become(request, descriptors, parent, sockets, pidfds)
        status = child.live(kernel.connection)
    except SystemExit as ended:
        status = ended.code if isinstance(ended.code, int) else int(ended.code is not None)
    except BaseException:
        import traceback

        traceback.print_exc(file=sys.__stderr__)
    finally:
        for stream in (sys.__stdout__, sys.__stderr__):
            with contextlib.suppress(Exception):
                stream.flush()
        os._exit(status)


if __name__ == "__main__":
    main()
