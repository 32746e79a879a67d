"""A kernel that came from a template, as its client sees it: its process and its connection."""

import asyncio
import contextlib
import select
import signal
import socket
import subprocess
import time
from queue import Empty

from jupyter_client.client import KernelClient
from jupyter_client.utils import run_sync
from jupyter_core.utils import ensure_async

# So long is waited for one channel before the other, or the process, is looked at.
_LOOK = 0.1


class _PromptClient(KernelClient):
    """Ready as soon as one question of this very client was answered on shell and reported as done on IOPub.

    The rule of jupyter_client is any answer on shell and any message on IOPub, and then silence for 0.2 s. This one is
    stricter, and does not wait: what comes before the report of this question cannot be of a later one.
    """

    async def _async_wait_for_ready(self, timeout: float | None = None) -> None:
        end = time.monotonic() + (float("inf") if timeout is None else timeout)
        while True:
            question = self.kernel_info()
            if await self._is_answered(question):
                return
            if not await self._async_is_alive():
                raise RuntimeError("Kernel died before replying to kernel_info")
            if time.monotonic() > end:
                raise RuntimeError(f"Kernel didn't respond in {timeout:.0f} seconds")

    async def _is_answered(self, question: str) -> bool:
        """Whether one question is answered on both channels before nothing comes for a moment."""
        try:
            while True:
                reply = await ensure_async(self.shell_channel.get_msg(timeout=1))
                if reply["parent_header"].get("msg_id") == question:
                    break
            self._handle_kernel_info_reply(reply)
            while True:
                told = await ensure_async(self.iopub_channel.get_msg(timeout=_LOOK))
                mine = told["parent_header"].get("msg_id") == question
                if mine and told["content"].get("execution_state") == "idle":
                    return True
        except Empty:
            return False


def prompt(client_class: type[KernelClient]) -> type[KernelClient]:
    """A class of client that is ready as soon as its kernel is.

    Parameters
    ----------
    client_class : type
        That of a manager: blocking or asynchronous.
    """
    if issubclass(client_class, _PromptClient) or not hasattr(client_class, "wait_for_ready"):
        return client_class
    blocking = client_class.wait_for_ready is not KernelClient._async_wait_for_ready
    wait = _PromptClient._async_wait_for_ready
    members = {"wait_for_ready": run_sync(wait) if blocking else wait}
    return type(f"Prompt{client_class.__name__}", (_PromptClient, client_class), members)


_MESSAGE = 4096


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
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while self.poll() is None and not (of_birth and self.ready and self.pid):
                    readable, descriptor = asyncio.Event(), self._connection.fileno()
                    loop.add_reader(descriptor, readable.set)
                    try:
                        await readable.wait()
                    finally:
                        loop.remove_reader(descriptor)
                return True
        return False

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit status; waits for it, at most `timeout` seconds."""
        end = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            readable = select.poll()
            readable.register(self._connection, select.POLLIN)
            if not readable.poll(None if end is None else max(end - time.monotonic(), 0) * 1000):
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0)
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
