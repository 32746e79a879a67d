"""Each session in a process of its own, forked from one that has everything imported: none sees or harms another."""

import asyncio
import json
import multiprocessing
import os
import resource
import shutil
import signal
import socket
import struct
import tempfile
import time
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from .quotas import DATA, FIRST, MOST_MEMORY_MB, SECONDS_AN_ANSWER

_MOST_ATTEMPTS = 3
_LENGTH = struct.Struct("!I")


class SessionLostError(Exception):
    """The process of a session has ended or takes too long; the message says which."""


def prepare(data: Path, first: str) -> None:
    """Start the process that sessions are forked from; it imports and draws while this process goes on.

    Parameters
    ----------
    data : Path
        The folder of the cases.
    first : str
        The case that is shown first.
    """
    os.environ |= {DATA: str(data.resolve()), FIRST: first}
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["casetimeline.explore.warm"])
    from multiprocessing.forkserver import ensure_running

    ensure_running()


class SessionProcess:
    """The process of one session, as the server sees it.

    Attributes
    ----------
    pid : int
    """

    def __init__(self) -> None:
        # Temporary files of libraries stay in memory where the system allows it, and go with the session.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
        name = f"casetimeline-app-{os.getpid()}-"
        self._scratch = tempfile.TemporaryDirectory(prefix=name, dir=memory, ignore_cleanup_errors=True)
        self._socket, theirs = socket.socketpair()
        try:
            self._process = _start(theirs, self._scratch.name)
        except (OSError, EOFError):
            self._socket.close()
            self._scratch.cleanup()
            raise
        finally:
            theirs.close()
        self.pid = self._process.pid
        self._reader: asyncio.StreamReader | None = None
        self._writer: asyncio.StreamWriter | None = None

    async def connect(self) -> None:
        """Open the streams to the process; `ask` needs them."""
        self._reader, self._writer = await asyncio.open_connection(sock=self._socket)

    async def ask(self, text: str) -> AsyncIterator[str]:
        """What the session answers to a message, part by part, as JSON.

        Raises
        ------
        SessionLostError
            If the session ends before its answer does, or takes too long.
        """
        try:
            async with asyncio.timeout(SECONDS_AN_ANSWER):
                raw = text.encode()
                self._writer.write(_LENGTH.pack(len(raw)) + raw)
                await self._writer.drain()
            while part := await self._part():
                yield part
        except TimeoutError:
            raise SessionLostError(f"The answer took more than {SECONDS_AN_ANSWER} seconds.") from None
        except (OSError, EOFError):
            raise SessionLostError("The session has ended: its process stopped.") from None

    async def _part(self) -> str:
        # The limit is on the reading alone: around `yield` it would count the time of whoever takes the part.
        async with asyncio.timeout(SECONDS_AN_ANSWER):
            (length,) = _LENGTH.unpack(await self._reader.readexactly(_LENGTH.size))
            return (await self._reader.readexactly(length)).decode()

    async def close(self) -> None:
        """End the process and remove its temporary files."""
        if self._writer is None:
            self._socket.close()
        else:
            self._writer.transport.abort()
        await asyncio.get_running_loop().run_in_executor(None, self._end)

    def _end(self) -> None:
        self._process.kill()
        self._process.join()
        self._process.close()
        self._scratch.cleanup()


def _start(theirs: socket.socket, scratch: str) -> multiprocessing.process.BaseProcess:
    """Start the process of a session, again if the process that it is forked from has just ended."""
    context = multiprocessing.get_context("forkserver")
    for attempt in range(1, _MOST_ATTEMPTS + 1):
        process = context.Process(target=serve, args=(theirs, scratch), daemon=True)
        try:
            process.start()
            break
        except (OSError, EOFError):
            if attempt == _MOST_ATTEMPTS:
                raise
            # It takes a moment until its end is noticed, and a new one is started.
            time.sleep(0.1)
    return process


def serve(connection: socket.socket, scratch: str) -> None:
    """Answer one reader until the server closes the connection; the main function of the process of a session."""
    # Imported in this process alone: the import draws the figures of a case, and the server draws none.
    from . import warm

    tempfile.tempdir = scratch
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    limit = MOST_MEMORY_MB * 2**20
    resource.setrlimit(resource.RLIMIT_DATA, (limit, limit))
    answers = warm.answering()
    stream = connection.makefile("rwb")
    try:
        _answer(stream, answers)
    finally:
        # If the server was killed, nobody else removes it.
        shutil.rmtree(scratch, ignore_errors=True)


def _answer(stream: BinaryIO, answers: Callable[[object], Iterator[bytes]]) -> None:
    while head := stream.read(_LENGTH.size):
        for raw in answers(_parsed(stream.read(*_LENGTH.unpack(head)))):
            stream.write(_LENGTH.pack(len(raw)) + raw)
            stream.flush()
        # An empty part ends the answer.
        stream.write(_LENGTH.pack(0))
        stream.flush()


def _parsed(raw: bytes) -> object:
    """The message of a page; None if it is not JSON."""
    try:
        return json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> None:
    """Refuse NaN and the infinities, which Python would read and JSON does not have."""
    raise ValueError(constant)
