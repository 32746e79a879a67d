"""A kernel that came from a template, as its client sees it: its process and its connection."""

import asyncio
import contextlib
import os
import select
import signal
import socket
import subprocess
import time
from pathlib import Path
from queue import Empty

from jupyter_client.client import KernelClient
from jupyter_client.utils import run_sync
from jupyter_core.utils import ensure_async

# Seconds of silence on IOPub after which a client looks whether the kernel lives, and sends its request again.
_LOOK = 0.1
_MESSAGE = 4096


class _PromptClient(KernelClient):
    """A client that is ready as soon as one request of its own is answered on shell and reported as done on IOPub.

    The rule of jupyter_client is any answer on shell, any message on IOPub, and then silence for 0.2 s. This rule is
    stricter and needs no silence: whatever comes before the report of this request belongs to no later one.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            request = self.kernel_info()
            if await self._is_answered(request):
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")

    async def _is_answered(self, request: str) -> bool:
        """Whether a request is answered on both channels; False as soon as a channel is silent for a moment."""
        try:
            while True:
                reply = await ensure_async(self.shell_channel.get_msg(timeout=1))
                if reply["parent_header"].get("msg_id") == request:
                    break
            self._handle_kernel_info_reply(reply)
            while True:
                message = await ensure_async(self.iopub_channel.get_msg(timeout=_LOOK))
                answers_request = message["parent_header"].get("msg_id") == request
                if answers_request and message["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


def prompt(client_class: type[KernelClient]) -> type[KernelClient]:
    """A subclass of a client class whose clients are ready as soon as their kernel is.

    Parameters
    ----------
    client_class : type
        The client class of a kernel manager, blocking or asynchronous.
    """
    if issubclass(client_class, _PromptClient) or not hasattr(client_class, "wait_for_ready"):
        return client_class
    blocking = client_class.wait_for_ready is not KernelClient._async_wait_for_ready
    wait = _PromptClient._async_wait_for_ready
    members = {"wait_for_ready": run_sync(wait) if blocking else wait}
    return type(f"Prompt{client_class.__name__}", (_PromptClient, client_class), members)


class ForkedProcess:
    """A kernel process with the part of the interface of `subprocess.Popen` that jupyter_client uses.

    Parameters
    ----------
    connection : socket
        The connection to the template; the template closes it when the kernel ends.

    Attributes
    ----------
    pid : int
        0 until the template has sent it.
    ready : bool
        Whether the ports of the kernel are bound.
    returncode : int or None
    why : str
        Why the template gave no kernel; blank if it gave one.
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
        """Take note of a message of the template: `pid N`, `ready`, `exit STATUS` or `none WHY`."""
        word, _, value = message.decode().partition(" ")
        if word == "pid":
            self.pid = int(value)
        elif word == "ready":
            self.ready = True
        else:
            # An empty message: the template has died, and its kernels with it.
            self.returncode = int(value) if word == "exit" else -signal.SIGKILL
            self.why = value if word == "none" else ""
            self._connection.close()

    def poll(self) -> int | None:
        """The exit status, negative for a signal; None while the kernel is running."""
        while self.returncode is None:
            try:
                self._take(self._connection.recv(_MESSAGE))
            except BlockingIOError:
                break
            except ConnectionResetError:
                # Reported before the last messages of the other end, which are still to be read.
                continue
            except OSError:
                self._take(b"")
        return self.returncode

    async def wait_ready(self, timeout: float) -> None:
        """Wait until the kernel is ready or has ended, at most `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.poll() is None and not (self.ready and self.pid):
                    await self._readable()

    async def wait_ended(self, timeout: float) -> None:
        """Wait until the kernel has ended, at most `timeout` seconds."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.poll() is None:
                    await self._readable()

    async def _readable(self) -> None:
        """Wait for a message of the template, without taking it."""
        loop, readable, descriptor = asyncio.get_running_loop(), asyncio.Event(), self._connection.fileno()
        loop.add_reader(descriptor, readable.set)
        try:
            await readable.wait()
        finally:
            loop.remove_reader(descriptor)

    def wait(self, timeout: float | None = None) -> int | None:
        """Wait for the exit status, at most `timeout` seconds, and return it.

        Raises
        ------
        subprocess.TimeoutExpired
            If the kernel is still running then.
        """
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            readable = select.poll()
            readable.register(self._connection, select.POLLIN)
            if not readable.poll(None if end is None else max(end - time.monotonic(), 0) * 1000):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
        return self.returncode

    def send_signal(self, number: int) -> None:
        """Send a signal to the process group of the kernel, through the template, which knows whether there is one."""
        if self.poll() is None:
            with contextlib.suppress(OSError):
                self._connection.send(b"signal %d" % number, socket.MSG_NOSIGNAL)

    def terminate(self) -> None:
        """Ask the kernel to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """Kill the kernel."""
        self.send_signal(signal.SIGKILL)

    def close(self) -> None:
        """Let go of the kernel: the template kills it, and does not remove the files of its connection."""
        with contextlib.suppress(OSError):
            self._connection.send(b"forget", socket.MSG_NOSIGNAL)
        self._connection.close()
        if self.returncode is None:
            self.returncode = -signal.SIGKILL


def kill_marked(variable: str) -> None:
    """Kill every process but this one that was started with an environment variable, given as `NAME=value`.

    Those of other users, and those that were started with an environment of their own, are not found.
    """
    marked, mark, killed = [0], variable.encode(), set()
    while marked:
        marked = [pid for pid in _processes() if pid not in killed and mark in _environment(pid)]
        for pid in marked:
            killed.add(pid)
            with contextlib.suppress(OSError):
                os.kill(pid, signal.SIGKILL)


def _processes() -> list[int]:
    """The numbers of all processes but this one; none where the system has no such list."""
    numbers = (int(folder.name) for folder in Path("/proc").glob("[0-9]*"))
    return [number for number in numbers if number != os.getpid()]


def _environment(pid: int) -> list[bytes]:
    """The variables with which a process was started; none if it is gone, or another user's."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    return []
