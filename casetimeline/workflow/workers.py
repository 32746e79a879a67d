"""Functions run in other processes: several of this machine, or those of a Dask cluster. What dies is done again."""

import contextlib
import multiprocessing
import multiprocessing.forkserver
import multiprocessing.process
import os
import queue
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from ..faults import TimelineError, fault

# A task that ends its worker so often is not tried again: the others would die of it as well.
_MOST_DEATHS = 3
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
# What each worker needs in any case is imported once, before it is copied.
_PRELOADED = ["casetimeline.case.registry.shards"]


class WorkerDiedError(Exception):
    """A task ended the process that worked on it, each time that it was tried."""


class Workers(NamedTuple):
    """Processes that do what they are asked.

    Attributes
    ----------
    count : int
        Tasks at once.
    call : function
        Runs a function with its arguments in one of them, and gives its result; several threads may call it.
    """

    count: int
    call: Callable


class Cluster(NamedTuple):
    """Where the scheduler of a Dask cluster is, and by what it is trusted.

    Attributes
    ----------
    address : str
        `tcp://127.0.0.1:8786`, or `tls://host:8786`.
    ca, cert, key : Path or None
        Files in PEM: the authority that signed both sides, and the certificate and key of this side.
    """

    address: str
    ca: Path | None = None
    cert: Path | None = None
    key: Path | None = None


@contextlib.contextmanager
def workers(jobs: int, cluster: Cluster | None = None) -> Iterator[Workers]:
    """The workers of a run, which end with it; those of a cluster stay.

    Parameters
    ----------
    jobs : int
        Processes of this machine; with 1, everything is done in this one.
    cluster : Cluster, optional
        In place of them.

    Raises
    ------
    TimelineError
        If the cluster must not be spoken to, or cannot be reached.
    """
    if cluster is not None:
        with _on_cluster(cluster) as there:
            yield there
    elif jobs == 1:
        yield Workers(1, lambda function, *given: function(*given))
    else:
        with _on_this_machine(jobs) as here:
            yield here


@contextlib.contextmanager
def _on_this_machine(jobs: int) -> Iterator[Workers]:
    """One process a pool: a process that dies breaks its pool alone, and only its task is done again."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(_PRELOADED)
    # It imports what they need while this process reads what is asked of them.
    multiprocessing.forkserver.ensure_running()
    pools: queue.Queue[Executor] = queue.Queue()
    for _ in range(jobs):
        pools.put(_pool(context))

    def call(function: Callable, *given: object) -> object:
        """Run a task in a process that is free."""
        pool = pools.get()
        try:
            for _ in range(_MOST_DEATHS):
                try:
                    return pool.submit(function, *given).result()
                except BrokenProcessPool:
                    pool.shutdown(wait=False)
                    pool = _pool(context)
            raise WorkerDiedError(f"it ended its process {_MOST_DEATHS} times, perhaps for want of memory")
        finally:
            pools.put(pool)

    try:
        # One task waits while the others are worked on: no process stands still while a result is written.
        yield Workers(jobs + 1, call)
    finally:
        while not pools.empty():
            pools.get().shutdown(cancel_futures=True)


def _pool(context: multiprocessing.context.BaseContext) -> ProcessPoolExecutor:
    return ProcessPoolExecutor(1, mp_context=context, initializer=_begin_worker)


def _begin_worker() -> None:
    """Leave an interruption from the keyboard to the process that has asked: it ends when what is at work is done.

    If that process is killed, nobody asks for anything any more, and this one ends as well.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_end_with, args=[multiprocessing.parent_process()], daemon=True).start()


def _end_with(parent: multiprocessing.process.BaseProcess) -> None:
    parent.join()
    os._exit(1)


@contextlib.contextmanager
def _on_cluster(cluster: Cluster) -> Iterator[Workers]:
    check_address(cluster)
    try:
        import distributed
    except ImportError:
        expected = "the extra 'cluster', which brings distributed: pip install 'casetimeline[cluster]'"
        raise TimelineError([fault("no package distributed", expected, at="--scheduler")]) from None
    security = None
    if cluster.ca:
        files = {"tls_ca_file": cluster.ca, "tls_client_cert": cluster.cert, "tls_client_key": cluster.key}
        named = {name: str(path) for name, path in files.items()}
        security = distributed.Security(require_encryption=True, **named)
    try:
        client = distributed.Client(cluster.address, security=security, timeout=10, set_as_default=False)
    except (OSError, ValueError) as error:
        raise TimelineError([fault(cluster.address, f"a scheduler that answers ({error})", at="--scheduler")]) from None
    with client:
        threads = sum(client.nthreads().values())
        if not threads:
            raise TimelineError([fault("no worker", "a scheduler with workers", at="--scheduler")])
        # A result depends on what was asked alone, but nothing is gained by keeping it in the cluster.
        executor = client.get_executor(pure=False)

        def call(function: Callable, *given: object) -> object:
            """Run a task in a worker of the cluster; the scheduler gives it to another if that dies."""
            try:
                return executor.submit(function, *given).result()
            except distributed.KilledWorker as error:
                raise WorkerDiedError(str(error)) from None

        # One task waits while another is worked on.
        yield Workers(2 * threads, call)


def check_address(cluster: Cluster) -> None:
    """Refuse a scheduler that anybody could speak to.

    The scheduler of Dask does not ask who somebody is, and runs what it is sent: without encryption and certificates it
    is for this machine alone.

    Raises
    ------
    TimelineError
        If the address is of another machine and not `tls://`, or certificates are missing.

    Examples
    --------
    >>> check_address(Cluster("tcp://127.0.0.1:8786"))
    >>> check_address(Cluster("tcp://10.0.0.7:8786"))
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    --scheduler: found 'tcp://10.0.0.7:8786'; expected tcp://127.0.0.1 on this machine, or tls:// with --tls-ca, \
--tls-cert and --tls-key: a scheduler of Dask runs what anybody sends it, so that another machine is spoken to over \
TLS alone
    """
    parts = urlsplit(cluster.address if "://" in cluster.address else f"tcp://{cluster.address}")
    certified = all((cluster.ca, cluster.cert, cluster.key))
    if parts.scheme == "tls" and certified:
        missing = [path for path in cluster[1:] if not path.is_file()]
        if missing:
            raise TimelineError([fault(str(path), "a file in PEM", at="--scheduler") for path in missing])
        return
    if parts.scheme == "tcp" and parts.hostname in _LOOPBACK:
        return
    why = "a scheduler of Dask runs what anybody sends it, so that another machine is spoken to over TLS alone"
    expected = f"tcp://127.0.0.1 on this machine, or tls:// with --tls-ca, --tls-cert and --tls-key: {why}"
    raise TimelineError([fault(cluster.address, expected, at="--scheduler")])
