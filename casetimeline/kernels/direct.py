"""A warm kernel that one process asks over a socket of its own: no ports, no connection file, no event loop."""

import os
import sys
import time
import weakref
from collections.abc import Iterator, Mapping
from multiprocessing import Pipe
from pathlib import Path

from jupyter_client.session import Session
from jupyter_core.utils import run_sync

from .launch import NoTemplateError, is_cold, launch, why_not

# What ipykernel signs the messages of a kernel with that stays within its process.
_KEY = b"inprocess"
# Seconds within which a kernel must be there to be asked, and within which its end is waited for.
_BIRTH, _FAREWELL = 60.0, 5.0
_living: "weakref.WeakSet[DirectKernel]" = weakref.WeakSet()


def kill_direct() -> None:
    """Kill every kernel of this process that is asked directly."""
    # A copy: other threads may launch kernels meanwhile.
    for kernel in _living.copy():
        kernel.kill()


class DirectKernel:
    """A kernel that is forked from a template, for cells that are run one after the other; it ends with its context.

    It is launched here, and is ready a moment later.

    Parameters
    ----------
    env : mapping of str
        The environment of the kernel.
    cwd : str
        Its working directory.
    memory : int
        Megabytes that the kernel may hold; 0: no limit. With one, what it writes to its standard error outside of a
        cell, as where it has no memory for its start, is left out: `why_not_ready` says it.

    Raises
    ------
    NoTemplateError, OSError
        If no kernel can be forked: KERNEL=cold asks for stock kernels, or this system or environment has no template.
    """

    def __init__(self, env: Mapping[str, str], cwd: str, memory: int = 0):
        command = [sys.executable, "-m", "ipykernel_launcher"]
        where = str(Path.cwd() / cwd)
        if why := "KERNEL=cold" if is_cold(env) else why_not(command, env, where):
            raise NoTemplateError(why)
        self._session = Session(key=_KEY)
        self._channel, theirs = Pipe()
        try:
            with theirs, Path(os.devnull).open("wb") as null:
                streams = (theirs.fileno(), 1, null.fileno() if memory else 2)
                self._process = launch(command, env, where, streams, memory=memory, asked="stdin")
        except BaseException:
            self._channel.close()
            raise
        self._killed = False
        _living.add(self)

    def __enter__(self) -> "DirectKernel":
        return self

    def __exit__(self, *_) -> None:
        """Kill the kernel with all that it has started, and wait for its end."""
        self.kill()
        run_sync(self._process.wait_ended)(_FAREWELL)
        self._process.close()
        self._channel.close()

    def kill(self) -> None:
        """Kill the kernel, whatever it is about."""
        self._killed = True
        self._process.kill()

    def why_not_ready(self) -> str:
        """Why the kernel cannot be asked, once that is known; blank if it can.

        Raises
        ------
        EOFError
            If it was killed meanwhile.
        """
        run_sync(self._process.wait_ready)(_BIRTH)
        if self._killed:
            raise EOFError
        if self._process.ready and self._process.returncode is None:
            return ""
        return self._process.why or "its template gave none"

    @property
    def has_begun(self) -> bool:
        """Whether its process was forked, whatever became of it."""
        return bool(self._process.pid)

    def held(self) -> int:
        """Megabytes of private writable memory that a kernel which is ready holds: what `memory` limits."""
        status = Path(f"/proc/{self._process.pid}/status").read_text(encoding="utf-8")
        kilobytes = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmData:"))
        return -(-kilobytes // 1024)

    def run(self, source: str, seconds: float | None = None) -> Iterator[dict]:
        """Run a cell; its messages as they come, as those of a stock kernel on IOPub, up to the report that it is idle.

        Parameters
        ----------
        source : str
            The code of the cell.
        seconds : float or None
            How long it may take; None: as long as it takes.

        Raises
        ------
        TimeoutError
            If it takes longer. The kernel is still at work then.
        EOFError
            If the kernel dies.
        """
        end = None if seconds is None else time.monotonic() + seconds
        try:
            self._channel.send_bytes(source.encode())
            while True:
                if not self._channel.poll(None if end is None else max(end - time.monotonic(), 0)):
                    raise TimeoutError
                parts = [self._channel.recv_bytes() for _ in range(int(self._channel.recv_bytes()))]
                message = self._session.deserialize(self._session.feed_identities(parts)[1])
                yield message
                if message["content"].get("execution_state") == "idle":
                    return
        except TimeoutError:
            raise
        except OSError as error:
            raise EOFError(str(error)) from error
