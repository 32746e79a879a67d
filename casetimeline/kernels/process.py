"""A kernel that came from a template, as its client sees it."""

import asyncio
import contextlib
import select
import signal
import socket
import subprocess
import time

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
