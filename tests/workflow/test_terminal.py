"""What a run says meanwhile: a bar on a terminal, a line a notebook elsewhere, one message when it is stopped."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import threading
import time
from concurrent.futures import wait

import pytest
from conftest import ROOT, casetimeline, in_gate, make_project_of
from test_bulk import kernels_of

from casetimeline.workflow.build import what_is_left
from casetimeline.workflow.notebook import read_notebook, write_text
from casetimeline.workflow.plan import Plan
from casetimeline.workflow.runs import side_by_side

STEMS = ("02_muscle", "06_reported")
# Becomes the leader of its terminal, as a shell is, and then the command.
LEADER = "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"


@pytest.fixture
def project(tmp_path):
    return make_project_of(tmp_path, *STEMS)


def on_terminal(*command, cwd, moment=lambda: False, keys=b""):
    """Run a command on a terminal of 80 columns, press keys at a moment; what it printed, and its status."""
    terminal, other = pty.openpty()
    fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    settings = {name: text for name, text in os.environ.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}
    process = subprocess.Popen(
        [sys.executable, "-c", LEADER, *command],
        cwd=cwd,
        env={**settings, "PYTHONPATH": str(cwd)},
        stdin=other,
        stdout=other,
        stderr=other,
        start_new_session=True,
    )
    os.close(other)
    printed, end = b"", time.monotonic() + 300
    while time.monotonic() < end:
        if select.select([terminal], [], [], 0.01)[0]:
            try:
                printed += os.read(terminal, 65536)
            except OSError:
                # Nobody has it open any more.
                break
        if keys and moment():
            os.write(terminal, keys)
            keys = b""
    else:
        os.killpg(process.pid, 9)
    os.close(terminal)
    return printed.decode(), process.wait()


def screen(printed):
    """The lines that are left on a screen; any control but these four is an error."""
    lines, column = [""], 0
    for part in re.findall(r"\r|\n|\x1b\[K|[^\r\n\x1b]+|\x1b", printed):
        assert part != "\x1b", repr(printed)
        if part == "\n":
            lines.append("")
        elif part == "\r":
            column = 0
        elif part == "\x1b[K":
            lines[-1] = lines[-1][:column]
        else:
            lines[-1] = lines[-1][:column].ljust(column) + part + lines[-1][column + len(part) :]
            column += len(part)
    return [line.rstrip() for line in lines if line.strip()]


@pytest.mark.product
def test_a_pipe_gets_a_line_a_notebook(project):
    done = casetimeline("report", "--case", "fu-2025", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0
    numbers, names = zip(*(line.split(", ") for line in done.stderr.splitlines()), strict=True)
    assert numbers == ("fu-2025: 1 of 2 notebooks", "fu-2025: 2 of 2 notebooks")
    assert sorted(names) == [*STEMS]
    assert "\r" not in done.stderr and "\x1b" not in done.stderr
    asked = ("run", "fu-2025", "kamata2012", "--only", STEMS[0], "-j", "1")
    done = casetimeline(*asked, cwd=project, PYTHONPATH=str(project))
    assert done.stderr == "run: 1 of 2 cases, fu-2025\nrun: 2 of 2 cases, kamata2012\n"


@pytest.mark.product
def test_a_terminal_shows_a_bar_and_keeps_nothing_of_it(project):
    printed, status = on_terminal("make", "report", cwd=project)
    assert status == 0
    for number in range(3):
        assert f"\rfu-2025: {number} of 2 notebooks |" in printed
    firsts = [line.split()[0] for line in screen(printed)]
    assert firsts == ["fu-2025:", "mRSS", "CK", "Effusion", "made"]


def waiting_notebooks(project):
    """Let each notebook of a project say that it is running, and then wait for ever."""
    for stem in STEMS:
        path = project / f"notebooks/{stem}.ipynb"
        notebook = read_notebook(path)
        code = [cell for cell in notebook.cells if cell.cell_type == "code"]
        code[1].source += f"\nopen('{stem}', 'w').close()\nimport threading\nthreading.Event().wait()"
        path.write_text(write_text(notebook), encoding="utf-8")


@pytest.mark.product
@pytest.mark.parametrize("kernel", in_gate("warm", of=["warm", "cold"]))
@pytest.mark.parametrize("keys", [b"\x03", b"\x03\x03\x03"], ids=["once", "thrice"])
def test_ctrl_c_ends_in_one_message(project, monkeypatch, kernel, keys):
    """While two notebooks run side by side: both are at work when the keys are pressed."""
    monkeypatch.setenv("KERNEL", kernel)
    waiting_notebooks(project)
    work = project / "build/.fu-2025.work"
    running = [work / "run/notebooks" / stem for stem in STEMS]
    printed, status = on_terminal(
        "make", "report", cwd=project, moment=lambda: all(path.exists() for path in running), keys=keys
    )
    lines = [line for line in screen(printed) if not line.startswith("make: ")]
    told = (
        "interrupted; no report is in build/fu-2025; 0 of 2 notebooks are done and kept, not 02_muscle, 06_reported; "
        "the same command goes on from there"
    )
    assert lines == [f"casetimeline: {told}"], printed
    assert status != 0
    assert [path.name for path in (project / "build").iterdir()] == [work.name]
    assert kernels_of(project) == []


@pytest.mark.product
def test_ctrl_c_ends_a_run_of_many_cases_in_one_message(project):
    waiting_notebooks(project)
    out = project / "build/run"
    running = [out / ".work/run/notebooks" / stem for stem in STEMS[:1]]
    printed, status = on_terminal(
        *(sys.executable, "-m", "casetimeline", "run", "fu-2025", "kamata2012", "-j", "2"),
        cwd=project,
        moment=lambda: all(path.exists() for path in running),
        keys=b"\x03",
    )
    told = "the cases that were done stand in build/run; the same command with --resume makes the others"
    assert screen(printed) == [f"casetimeline: interrupted; {told}"], printed
    assert status == 130 and not (out / "failures.csv").exists()
    assert kernels_of(project) == []


def is_waiting(thread):
    """Whether a thread waits for futures."""
    frame = sys._current_frames()[thread.ident]
    while frame is not None and frame.f_code is not wait.__code__:
        frame = frame.f_back
    return frame is not None


@pytest.mark.product
def test_an_interruption_that_another_thread_gets_stops_what_is_at_work():
    """The system chooses the thread: the one that waits must hear of it while its tasks go on."""
    stopped_in_time = []

    def work(task, stopped):
        while not is_waiting(threading.main_thread()):
            pass
        signal.pthread_kill(threading.get_ident(), signal.SIGINT)
        stopped_in_time.append(stopped.wait(30))

    with pytest.raises(KeyboardInterrupt):
        side_by_side(work, ["task"], 1, lambda result: None)
    assert stopped_in_time == [True]


def test_asking_what_is_left_writes_nothing(tmp_path):
    plan = Plan("fu-2025", ROOT / "data", tmp_path / "build", (ROOT / "notebooks/01_skin.ipynb",), ROOT / "LICENSE")
    assert "0 of 1 notebooks are done and kept, not 01_skin" in what_is_left(plan)
    assert not [*tmp_path.iterdir()]
