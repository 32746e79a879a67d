"""How jupyter_client gets its kernels from a template, and stock kernels where that is not possible."""

import contextlib
import os
import resource
import secrets
import signal
import subprocess
import sys
import weakref
from pathlib import Path
from typing import Any

from jupyter_client.connect import KernelConnectionInfo
from jupyter_client.provisioning.local_provisioner import LocalProvisioner
from traitlets import Bool, Float, Int, Unicode

from .direct import kill_direct
from .launch import NoTemplateError, is_cold, launch, memory_limit, why_not
from .process import ForkedProcess, kill_marked, prompt

_STREAMS = ("stdin", "stdout", "stderr")
# The options of a launch that are understood here.
_KNOWN = {"cwd", "env", *_STREAMS, "extra_arguments", "kernel_id"}
# Reasons for a stock kernel that were printed already: each is printed once.
_reported: set[str] = set()
# By this variable what a stock kernel has started is known after its end; a template knows what a warm one has.
_MARK = "FORK_KERNEL_MARK"
_living: "weakref.WeakValueDictionary[int, ForkProvisioner]" = weakref.WeakValueDictionary()


def kill_all() -> None:
    """Kill every kernel that this process has launched, so that whatever waits for one of them goes on at once."""
    kill_direct()
    # A list of references: other threads may launch kernels meanwhile.
    for reference in _living.valuerefs():
        provisioner = reference()
        if provisioner and provisioner.process is not None and provisioner.process.poll() is None:
            provisioner.process.kill()
            provisioner.kill_started()


class ForkProvisioner(LocalProvisioner):
    """A provisioner that forks kernels from a warm template; in all else it is the local one of jupyter_client."""

    birth = Float(60.0, config=True, help="Seconds within which a kernel must have bound its ports.")
    memory = Int(0, config=True, help="Megabytes of memory that the kernel may hold, itself and each process; 0: any.")
    scratch = Unicode("", config=True, help="Folder to remove, if empty, should the client die before the kernel.")
    farewell = Float(0.5, config=True, help="Seconds for which the end of a kernel is waited for at once.")
    interrupt_at_end = Bool(True, config=True, help="Whether a kernel is interrupted before it is shut down.")
    refused = Unicode("", config=True, help="Why a template is known to have no kernel; blank: one is asked.")
    _shutdown_requested = False
    _mark = ""

    async def pre_launch(self, **kwargs: Any) -> dict[str, Any]:
        """Prepare the launch as the local provisioner does; clients of this kernel will not wait for silence."""
        kwargs = await super().pre_launch(**kwargs)
        if self.parent is not None and not is_cold(os.environ):
            self.parent.client_factory = prompt(self.parent.client_factory)
        return kwargs

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> KernelConnectionInfo:
        """Launch a kernel from a template, or a stock kernel, and print why."""
        why = "" if is_cold(os.environ) else self.refused or await self._fork(cmd, kwargs)
        if self.process is None:
            if why and why not in _reported:
                _reported.add(why)
                # A name of a file in it may hold what a terminal would obey.
                words = "".join(letter if letter.isprintable() else ascii(letter)[1:-1] for letter in why)
                print(f"fork-provisioner: a stock kernel is launched: {words}", file=sys.stderr)
            self._mark = secrets.token_hex()
            kwargs["env"] = {**(kwargs.get("env") or os.environ), _MARK: self._mark}
            if self.memory and kwargs.get("stderr") is None:
                # Where its memory is too little, it ends with many lines that do not say so.
                kwargs["stderr"] = subprocess.DEVNULL
            await super().launch_kernel(cmd, **kwargs)
            if self.memory and hasattr(resource, "prlimit"):
                with contextlib.suppress(ProcessLookupError):
                    resource.prlimit(self.pid, resource.RLIMIT_DATA, memory_limit(self.memory))
        _living[id(self)] = self
        return self.connection_info

    async def _fork(self, cmd: list[str], kwargs: dict[str, Any]) -> str:
        """Launch a kernel from a template; if that is not possible, why."""
        env = {**(os.environ if kwargs.get("env") is None else kwargs["env"]), "JPY_PARENT_PID": str(os.getpid())}
        cwd = str(Path.cwd() / (kwargs.get("cwd") or ""))
        if unknown := kwargs.keys() - _KNOWN:
            return f"it is asked for with {', '.join(sorted(unknown))}"
        if why := why_not(cmd, env, cwd):
            return why
        null = os.open(os.devnull, os.O_RDWR)
        try:
            streams = tuple(_descriptor(kwargs.get(name), number, null) for number, name in enumerate(_STREAMS))
            process = launch(cmd, env, cwd, streams, self.scratch, self.memory)
            await process.wait_ready(self.birth)
        except (OSError, NoTemplateError, ValueError) as error:
            return str(error)
        finally:
            os.close(null)
        if not process.ready:
            ended = process.poll()
            process.close()
            return process.why or f"its template gave none ({'not in time' if ended is None else f'status {ended}'})"
        self.process, self.pid, self.pgid, self.cwd = process, process.pid, process.pid, cwd
        return ""

    async def poll(self) -> int | None:
        """The exit status of the kernel, or None; after a request to shut down, wait a moment for its end."""
        if isinstance(self.process, ForkedProcess) and self._shutdown_requested:
            self._shutdown_requested = False
            await self.process.wait_ended(self.farewell)
        return await super().poll()

    async def shutdown_requested(self, restart: bool = False) -> None:
        """Remember that the kernel was asked to shut down."""
        self._shutdown_requested = True

    async def send_signal(self, signum: int) -> None:
        """Send a signal to the process group of the kernel."""
        ends = self.parent is not None and self.parent.shutting_down
        if ends and signum == signal.SIGINT and not self.interrupt_at_end:
            # A kernel whose last cell has just ended would print that it was interrupted, and it is killed next.
            return
        if isinstance(self.process, ForkedProcess):
            self.process.send_signal(signum)
        else:
            await super().send_signal(signum)

    async def kill(self, restart: bool = False) -> None:
        """Kill the kernel and wait until it is dead, so that jupyter_client does not have to look again and again."""
        await super().kill(restart)
        if isinstance(self.process, ForkedProcess):
            await self.process.wait_ended(self.farewell)

    def kill_started(self) -> None:
        """Kill what a stock kernel has started, also in a session of its own."""
        if self._mark:
            kill_marked(f"{_MARK}={self._mark}")

    async def cleanup(self, restart: bool = False) -> None:
        """Clean up after the end of a kernel, and kill what it left running."""
        await super().cleanup(restart)
        self.kill_started()


def _descriptor(stream: Any, number: int, null: int) -> int:
    """The descriptor for a standard stream of a kernel.

    Parameters
    ----------
    stream : int, file or None
        As `subprocess.Popen` takes it.
    number : int
        0, 1 or 2: the descriptor of the same stream in this process. A kernel has no standard input.
    null : int
        A descriptor of the null device.

    Raises
    ------
    ValueError
        If the stream is to be a pipe.
    """
    if number == 0 or stream == subprocess.DEVNULL:
        return null
    if stream is None:
        return number
    if isinstance(stream, int):
        if stream < 0:
            raise ValueError("a stream of it is asked for as a pipe")
        return stream
    return stream.fileno()
