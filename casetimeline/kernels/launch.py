"""How a client finds or starts the template of a kernel, and asks it for one."""

import json
import os
import resource
import socket
import struct
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .address import TEMPLATE, address_of, idle_of, interpreter_options, is_cold, preload_of, why_not
from .process import ForkedProcess

_LIMITS = [getattr(resource, name) for name in dir(resource) if name.startswith("RLIMIT_")]


class NoTemplateError(Exception):
    """No kernel came from a template; the message says why."""


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
        told = os.memfd_create("request", os.MFD_CLOEXEC)
        try:
            os.write(told, json.dumps(request).encode())
            socket.send_fds(connection, [b"start"], [told, *streams])
        finally:
            os.close(told)
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
