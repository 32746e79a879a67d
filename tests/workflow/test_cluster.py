"""A registry over a Dask cluster: the bytes of one process, and nothing lost with a worker that is killed."""

import os
import shlex
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from test_registry import registry_rows, write_table

from casetimeline.faults import TimelineError
from casetimeline.workflow.registry import derive_registry, open_registry
from casetimeline.workflow.sharding import cut
from casetimeline.workflow.workers import Cluster, Workers, workers
from tests.conftest import ROOT, casetimeline

distributed = pytest.importorskip(
    "distributed", reason="the extra 'cluster' is not installed here; make test-cluster has an environment with it"
)
# The loop of tornado, and sockets that its processes close when they end, are not of this project.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
DASK = str(Path(sys.executable).with_name("dask"))


def start(*command: str, cwd: Path) -> subprocess.Popen:
    return subprocess.Popen([DASK, *command], cwd=cwd, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def free_port() -> str:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return str(listener.getsockname()[1])


def wait_for(address: str, **trusted: str) -> None:
    """Until two workers have joined a scheduler."""
    security = distributed.Security(require_encryption=True, **trusted) if trusted else None
    with distributed.Client(address, timeout=60, security=security, set_as_default=False) as client:
        client.wait_for_workers(2, timeout=60)


@pytest.fixture
def certificates(tmp_path):
    """Files in PEM: an authority, and a certificate of it with its key; and the same of an authority of nobody."""
    trustme = pytest.importorskip("trustme")
    files = {}
    for whose in ("ours", "theirs"):
        authority = trustme.CA()
        issued = authority.issue_cert("127.0.0.1")
        files[whose] = tuple(tmp_path / f"{whose}-{name}.pem" for name in ("ca", "cert", "key"))
        authority.cert_pem.write_to_path(files[whose][0])
        issued.cert_chain_pems[0].write_to_path(files[whose][1])
        issued.private_key_pem.write_to_path(files[whose][2])
    return files


@pytest.fixture
def encrypted(tmp_path, certificates):
    """The address of a cluster whose scheduler and workers speak over TLS, as docs/scaling.md says."""
    options = ("--tls-ca-file", "--tls-cert", "--tls-key")
    trusted = [word for pair in zip(options, map(str, certificates["ours"]), strict=True) for word in pair]
    port = free_port()
    address = f"tls://127.0.0.1:{port}"
    listens = ("--protocol", "tls", "--host", "127.0.0.1", "--port", port, "--no-dashboard")
    joins = (address, "--protocol", "tls", "--nworkers", "2", "--nthreads", "1", "--no-dashboard")
    started = [start(name, *more, *trusted, cwd=tmp_path) for name, more in (("scheduler", listens), ("worker", joins))]
    names = ("tls_ca_file", "tls_client_cert", "tls_client_key")
    try:
        wait_for(address, **dict(zip(names, map(str, certificates["ours"]), strict=True)))
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


@pytest.fixture
def cluster(tmp_path):
    """The address of a cluster of this machine, started by the two lines of docs/scaling.md on a port that is free."""
    port = free_port()
    told = (ROOT / "docs/scaling.md").read_text(encoding="utf-8").replace("8786", port)
    scheduler, worker = (shlex.split(line.rstrip(" &")) for line in told.splitlines() if line.startswith("dask "))
    started = [start(*command[1:], cwd=tmp_path) for command in (scheduler, worker)]
    address = f"tcp://127.0.0.1:{port}"
    try:
        wait_for(address)
        yield address
    finally:
        for process in reversed(started):
            process.terminate()
            process.wait()


def shards_of(tmp_path: Path, cases: int = 40) -> Path:
    cut(write_table(tmp_path / "t.csv", registry_rows(cases)), tmp_path / "shards", cases=4)
    return tmp_path / "shards"


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def killing_once(marker: str):
    """A function that kills the worker that works on it, the first time; then it does what is asked.

    It stands in a function because a worker cannot import a test.
    """

    def call(function, *given):
        from pathlib import Path

        if not Path(marker).exists():
            Path(marker).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        return function(*given)

    return call


def test_a_cluster_gives_the_bytes_of_one_process_and_a_killed_worker_loses_nothing(tmp_path, cluster):
    address = cluster
    registry = open_registry(shards_of(tmp_path), suffix=".parquet")
    derive_registry(registry, tmp_path / "one", Workers(1, lambda function, *given: function(*given)))
    said = casetimeline(
        "derive", str(tmp_path / "shards"), "-o", str(tmp_path / "asked"), "--scheduler", address, cwd=tmp_path
    )
    assert said.returncode == 0, said.stderr
    assert contents(tmp_path / "asked") == contents(tmp_path / "one")
    dying = killing_once(str(tmp_path / "marker"))
    with workers(1, Cluster(address)) as there:
        once = there._replace(call=lambda *asked: there.call(dying, *asked))
        found = derive_registry(registry, tmp_path / "killed", once)
    assert found.faulty == 0 and contents(tmp_path / "killed") == contents(tmp_path / "one")
    assert (tmp_path / "marker").exists()


def test_over_tls_the_bytes_are_the_same_and_a_certificate_of_another_authority_is_refused(
    tmp_path, certificates, encrypted
):
    shards = shards_of(tmp_path, 12)
    registry = open_registry(shards, suffix=".parquet")
    derive_registry(registry, tmp_path / "one", Workers(1, lambda function, *given: function(*given)))
    said = {}
    for whose, (ca, cert, key) in certificates.items():
        trusted = ("--tls-ca", str(ca), "--tls-cert", str(cert), "--tls-key", str(key))
        asked = ("derive", str(shards), "-o", str(tmp_path / whose), "--scheduler", encrypted, *trusted)
        said[whose] = casetimeline(*asked, cwd=tmp_path)
    assert said["ours"].returncode == 0, said["ours"].stderr
    assert contents(tmp_path / "ours") == contents(tmp_path / "one")
    assert said["theirs"].returncode == 2 and "TLS certificate does not match" in said["theirs"].stderr
    assert "Traceback" not in said["theirs"].stderr and not (tmp_path / "theirs").exists()


def test_a_local_cluster_is_spoken_to_like_any_other(tmp_path):
    registry = open_registry(shards_of(tmp_path, 12), suffix=".csv")
    derive_registry(registry, tmp_path / "one", Workers(1, lambda function, *given: function(*given)))
    options = {"n_workers": 2, "threads_per_worker": 1, "dashboard_address": "127.0.0.1:0", "host": "127.0.0.1"}
    with (
        distributed.LocalCluster(processes=False, protocol="tcp://", **options) as local,
        workers(1, Cluster(local.scheduler_address)) as there,
    ):
        derive_registry(registry, tmp_path / "two", there)
    assert contents(tmp_path / "two") == contents(tmp_path / "one")


def test_a_scheduler_without_workers_or_that_is_not_there_is_one_message(tmp_path):
    with pytest.raises(TimelineError, match="a scheduler that answers"), workers(1, Cluster("tcp://127.0.0.1:1")):
        pass
    told = tmp_path / "scheduler.json"
    command = ("scheduler", "--host", "127.0.0.1", "--no-dashboard", "--port", "0", "--scheduler-file", str(told))
    process = start(*command, cwd=tmp_path)
    try:
        with distributed.Client(scheduler_file=str(told), set_as_default=False) as client:
            address = client.scheduler.address
        with pytest.raises(TimelineError, match="a scheduler with workers"), workers(1, Cluster(address)):
            pass
    finally:
        process.kill()
        process.wait()


def test_case_notebooks_run_over_the_same_workers(tmp_path, cluster):
    address = cluster
    asked = ("run", "fu-2025", "kamata2012", "--only", "01_skin,06_reported")
    for name, more in (("here", ("-j", "1")), ("there", ("--scheduler", address))):
        said = casetimeline(*asked, "-o", str(tmp_path / name), *more)
        assert said.returncode == 0, said.stderr
    here, there = (
        {path.relative_to(tmp_path / name): path.read_bytes() for path in (tmp_path / name).rglob("[0-9]*.*")}
        for name in ("here", "there")
    )
    assert len(here) == 12 and here == there
