"""A kernel that came from a template, as its client sees it; and how a template is found or started."""

import asyncio
import contextlib
import json
import os
import resource
import signal
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .address import TEMPLATE, address_of, idle_of, interpreter_options, is_cold, preload_of, why_not

_MESSAGE = 4096
_LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]


class NoTemplateError(Exception):
    """No kernel came from a template; the message says why."""


class ForkedProcess:
    """A kernel process in the likeness of `subprocess.Popen`, as far as jupyter_client asks for it.

    Parameters
    ----------
    connection : socket
        To the template; it ends when the kernel ends.
    """

    stdin = stdout = stderr = None

    def __init__(self, connection: socket.socket):
        self._connection = connection
        self._connection.setblocking(False)
        self.pid = 0
        self.ready = False
        self.returncode: int | None = None
        self.why = ""

    def _take(self, message: bytes) -> None:
        word, _, value = message.decode().partition(" ")
        if self.returncode is not None:
            return
        if word == "pid":
            self.pid = int(value)
        elif word == "ready":
            self.ready = True
        else:
            # Without a word: the template died, and its kernels with it.
            self.returncode = int(value) if word == "exit" else -signal.SIGKILL
            self.why = value if word == "none" else ""
            self._connection.close()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while the kernel lives."""
        while self.returncode is None:
            try:
                self._take(self._connection.recv(_MESSAGE))
            except BlockingIOError:
                break
            except ConnectionResetError:
                # Told before what the other end sent itself, which is still to be read.
                continue
            except OSError:
                self._take(b"")
        return self.returncode

    async def heard(self, timeout: float, of_birth: bool = False) -> bool:
        """Wait until the kernel has ended, or until it is ready or has ended; False if neither comes in time."""
        loop = asyncio.get_running_loop()
        with contextlib.suppress(asyncio.TimeoutError):
            async with asyncio.timeout(timeout):
                while self.returncode is None and not (of_birth and self.ready and self.pid):
                    try:
                        self._take(await loop.sock_recv(self._connection, _MESSAGE))
                    except ConnectionResetError:
                        continue
                    except OSError:
                        self._take(b"")
                return True
        return False

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit status; waits for it, at most `timeout` seconds."""
        if self.returncode is None:
            self._connection.settimeout(timeout)
            try:
                while self.returncode is None:
                    with contextlib.suppress(ConnectionResetError):
                        self._take(self._connection.recv(_MESSAGE))
            except TimeoutError:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0) from None
            except OSError:
                self._take(b"")
            finally:
                if self.returncode is None:
                    self._connection.setblocking(False)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process group of the kernel: through its parent, which knows that it still is one."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._connection.send(b"signal %d" % number, socket.MSG_NOSIGNAL)

    def terminate(self) -> None:
        """Ask for its end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the kernel: the template kills it, and leaves the files of its connection to others."""
        with contextlib.suppress(OSError):
            self._connection.send(b"forget", socket.MSG_NOSIGNAL)
        self._connection.close()
        if self.returncode is None:
            self.returncode = -signal.SIGKILL


def prepare(env: Mapping[str, str]) -> None:
    """Start the template of the kernels of this interpreter, if none is there; its imports go on beside this process.

    Parameters
    ----------
    env : mapping of str
        The environment that the kernels will have.

    Raises
    ------
    NoTemplateError, OSError
        If there can be none; kernels will then be stock ones.
    """
    command = [sys.executable, "-m", "ipykernel_launcher"]
    if not is_cold(env) and not why_not(command, env, "/"):
        connect(command, env).close()


def connect(command: list[str], env: Mapping[str, str]) -> socket.socket:
    """A connection to the template of a kernel, which is started if it is not there.

    Raises
    ------
    NoTemplateError
        If the socket belongs to another user.
    OSError
        If no process or socket is to be had.
    """
    address = address_of(command, env)
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    try:
        # A template may end between the two steps, or another client may start one.
        for _ in range(3):
            try:
                connection.connect(address)
                break
            except ConnectionRefusedError:
                _spawn(address, command, env)
        else:
            connection.connect(address)
        told = connection.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        if struct.unpack("3i", told)[1] != os.getuid():
            raise NoTemplateError("the socket of the template belongs to another user")
    except BaseException:
        connection.close()
        raise
    return connection


def _spawn(address: str, command: list[str], env: Mapping[str, str]) -> None:
    """Start a template on a socket that is bound here: who binds first starts it, and requests wait in its queue."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET) as listener:
        try:
            listener.bind(address)
        except OSError:
            return
        listener.listen(128)
        argv = [
            *(sys.executable, *interpreter_options(command), str(TEMPLATE)),
            *(str(listener.fileno()), str(idle_of(env)), *preload_of(env)),
        ]
        # It outlives this process by its idle time: it holds none of its streams, and is no child to be waited for.
        starter = "import os, sys\nif os.fork() == 0:\n    os.setsid()\n    os.execv(sys.argv[1], sys.argv[1:])"
        done = subprocess.run(
            [sys.executable, "-I", "-S", "-c", starter, *argv],
            cwd="/",
            env={name: value for name, value in env.items() if name != "PYTHONPATH"},
            pass_fds=[listener.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
    if done.returncode:
        raise NoTemplateError(f"its template could not be started (status {done.returncode})")


def launch(
    command: list[str],
    env: Mapping[str, str],
    cwd: str,
    streams: tuple[int, int, int],
    scratch: str = "",
    memory: int = 0,
) -> ForkedProcess:
    """Ask a template for a kernel; `ForkedProcess.heard` tells when it is ready.

    Parameters
    ----------
    command : list of str
        As a stock kernel would be launched.
    env : mapping of str
        The environment of the kernel.
    cwd : str
        Its working directory.
    streams : tuple of int
        Descriptors of its standard streams.
    scratch : str
        A folder that is removed, if it is empty, where this process dies before the kernel.
    memory : int
        Megabytes that the kernel may hold; 0 for any.
    """
    connection = connect(command, env)
    data = {str(resource.RLIMIT_DATA): memory_limit(memory)} if memory else {}
    try:
        request = {
            "argv": [_launcher(), *command[command.index("ipykernel_launcher") + 1 :]],
            "command": command,
            "env": dict(env),
            "cwd": cwd,
            "umask": _umask(),
            "limits": {str(limit): resource.getrlimit(limit) for limit in _LIMITS} | data,
            "scratch": scratch,
            "cores": sorted(os.sched_getaffinity(0)),
        }
        memory = os.memfd_create("request", os.MFD_CLOEXEC)
        try:
            os.write(memory, json.dumps(request).encode())
            socket.send_fds(connection, [b"start"], [memory, *streams])
        finally:
            os.close(memory)
        return ForkedProcess(connection)
    except BaseException:
        connection.close()
        raise


def memory_limit(megabytes: int) -> tuple[int, int]:
    """Soft and hard limit of private memory that can be written to, which is what a cell fills."""
    hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
    wanted = megabytes * 2**20
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    return limit, limit


def _umask() -> int:
    """The mask of this process; to ask the system for it would be to change it, under the hands of other threads."""
    told = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1], 8) for line in told.splitlines() if line.startswith("Umask:"))


def _launcher() -> str:
    """The first word of `sys.argv` in a stock kernel."""
    import importlib.util

    found = importlib.util.find_spec("ipykernel_launcher")
    return found.origin if found and found.origin else "ipykernel_launcher"
