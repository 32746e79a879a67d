"""A kernel that is asked directly: what its cells show is what a stock one shows, and it ends with whoever asked."""

import contextlib
import os
import subprocess
import sys

import nbformat
import papermill
import psutil
import pytest
from test_kernels import DAEMONS, LONG, ended
from traitlets.config import Config

from casetimeline.kernels.direct import DirectKernel
from casetimeline.kernels.launch import NoTemplateError
from casetimeline.kernels.provisioner import kill_all
from casetimeline.workflow.engine import Limits, engine, warm_kernel
from casetimeline.workflow.execute import WARM

pytestmark = [pytest.mark.xdist_group("kernels"), pytest.mark.kernels]


@pytest.fixture
def surroundings(monkeypatch, tmp_path):
    """The environment of this process asks for warm kernels; that of a user is not read."""
    settings = {
        **WARM,
        "FORK_KERNEL_IDLE": "5",
        "IPYTHONDIR": str(tmp_path / "ipython"),
        "IPYKERNEL_CELL_NAME": "<cell>",
    }
    for name, text in settings.items():
        monkeypatch.setenv(name, text)
    return os.environ


# What a cell can show, and the ways in which it can fail; each that fails is allowed to.
CELLS = [
    "import sys, os, asyncio, warnings\nfrom IPython.display import HTML, clear_output, display",
    "print('one'); display(HTML('<b>two</b>')); print('three'); 4",
    "print('to stderr', file=sys.stderr)",
    "shown = display(1, display_id='x')",
    "shown.update(2)",
    "print('gone'); clear_output(); print('stays')",
    "print('gone too'); clear_output(wait=True); display(5)",
    "import pandas as pd\npd.DataFrame({'a': [1, 2]})",
    "import matplotlib.pyplot as plt\nplt.plot([1, 3, 2]); plt.title('a');",
    "await asyncio.sleep(0)\n_ , In[2], sorted(Out)",
    "asyncio.run(asyncio.sleep(0))",
    "input('name?')",
    "warnings.warn('a warning')",
    "os.write(1, b'from below\\n');",
    "!echo from a shell",
    "def fails():\n    raise ValueError('no')\nfails()",
    "a = 1\na b",
    "%no_such_magic",
    "sys.path[0], os.getcwd(), __name__, sys.stdin.read()",
    "sys.exit(0)",
    "",
    "from ipywidgets import IntSlider\nIntSlider(3)",
    "import mine\nmine.ONE",
    "list(map(len, [str(get_ipython().history_manager.hist_file), os.environ['MPLBACKEND']]))",
]


def run_with_papermill(source, ran, warm=True):
    """Run a notebook by papermill, on a warm kernel that is asked directly or on a stock one as papermill has it."""
    where = {"resources": {"metadata": {"path": str(source.parent)}}, "kernel_name": "python3", "progress_bar": False}
    with warm_kernel(source.parent, Limits()) as kernel:
        assert bool(kernel) == warm
        own = {
            "engine_name": engine(),
            "half_run": ran,
            "kernel": kernel,
            "execution_timeout": LONG,
        }
        # Papermill raises the first error of a notebook, also where a cell is allowed to fail.
        with contextlib.suppress(papermill.exceptions.PapermillExecutionError):
            papermill.execute_notebook(str(source), str(ran), **where, **(own if warm else {}), config=Config())


def outputs(folder, warm):
    """What each of the cells leaves in a notebook that papermill runs."""
    notebook = nbformat.v4.new_notebook()
    notebook.cells = [nbformat.v4.new_code_cell(each, metadata={"tags": ["raises-exception"]}) for each in CELLS]
    notebook.cells.insert(3, nbformat.v4.new_markdown_cell("words"))
    notebook.cells.append(nbformat.v4.new_code_cell("1 / 0", metadata={"tags": ["skip-execution"]}))
    nbformat.write(notebook, folder / "in.ipynb")
    (folder / "mine.py").write_text("ONE = 1\n")
    run_with_papermill(folder / "in.ipynb", folder / "out.ipynb", warm)
    shown = []
    for cell in nbformat.read(folder / "out.ipynb", 4).cells:
        if cell.cell_type == "code" and "papermill-error-cell-tag" not in cell.metadata.get("tags", []):
            for each in cell.outputs:
                each.get("data", {}).pop("application/vnd.jupyter.widget-view+json", None)
            shown.append((cell.source, cell.execution_count, cell.outputs))
    return shown


@pytest.mark.product
def test_cells_show_what_they_show_on_a_stock_kernel(surroundings, tmp_path, monkeypatch):
    # A kernel that knows of pytest does not take what is written to its descriptors.
    monkeypatch.delenv("PYTEST_CURRENT_TEST")
    warm = outputs(tmp_path, warm=True)
    monkeypatch.setenv("KERNEL", "cold")
    stock = outputs(tmp_path, warm=False)
    for mine, its in zip(warm, stock, strict=True):
        assert mine == its


def pid_of(kernel):
    return kernel._process.pid


@pytest.mark.product
def test_a_cell_that_takes_too_long_is_told_and_what_it_said_was_heard(surroundings, tmp_path):
    heard = []
    with DirectKernel(surroundings, str(tmp_path)) as kernel:
        assert kernel.why_not_ready() == ""
        with pytest.raises(TimeoutError):
            for message in kernel.run("print('begun', flush=True)\nimport time\ntime.sleep(600)", 2):
                heard.append(message["content"].get("text", ""))
        pid = pid_of(kernel)
    assert ended(pid) and "begun\n" in heard


@pytest.mark.product
@pytest.mark.parametrize("code", ["import os; os._exit(3)", "import ctypes; ctypes.string_at(0)"])
def test_a_kernel_that_dies_is_told(surroundings, tmp_path, code):
    with DirectKernel(surroundings, str(tmp_path)) as kernel:
        assert kernel.why_not_ready() == ""
        with pytest.raises(EOFError):
            list(kernel.run(code))
        with pytest.raises(EOFError):
            list(kernel.run("1"))


@pytest.mark.product
def test_a_kernel_has_the_memory_that_it_is_given(surroundings, tmp_path):
    with DirectKernel(surroundings, str(tmp_path), memory=1500) as kernel:
        assert kernel.why_not_ready() == ""
        errors = [each["content"].get("ename") for each in kernel.run("b' ' * 2**31")]
        assert "MemoryError" in errors
        assert "2\n" in [each["content"].get("text") for each in kernel.run("print(1 + 1)")]


@pytest.mark.parametrize("end", ["its context", pytest.param("kill_all", marks=pytest.mark.product)])
def test_what_a_cell_started_ends_with_its_kernel(surroundings, tmp_path, end):
    with DirectKernel(surroundings, str(tmp_path)) as kernel:
        assert kernel.why_not_ready() == ""
        texts = [each["content"].get("text", "") for each in kernel.run(DAEMONS)]
        started = [pid_of(kernel), *map(int, "".join(texts).split())]
        assert len(started) == 6 and all(map(psutil.pid_exists, started))
        if end == "kill_all":
            kill_all()
            assert all(map(ended, started))
    assert all(map(ended, started))


CLIENT = """
import os, sys
from casetimeline.kernels.direct import DirectKernel
with DirectKernel(os.environ, {folder!r}) as kernel:
    kernel.why_not_ready()
    print(kernel._process.pid, flush=True)
    list(kernel.run("import time; time.sleep(600)"))
"""


@pytest.mark.product
def test_when_the_client_is_killed_the_kernel_is_as_well(surroundings, tmp_path):
    command = [sys.executable, "-c", CLIENT.format(folder=str(tmp_path))]
    with subprocess.Popen(command, env=dict(surroundings), stdout=subprocess.PIPE, text=True) as client:
        pid = int(client.stdout.readline())
        client.kill()
        assert ended(pid)


def test_stock_kernels_that_are_asked_for_are_not_warm_ones(surroundings, tmp_path):
    with pytest.raises(NoTemplateError, match="KERNEL=cold"):
        DirectKernel({**surroundings, "KERNEL": "cold"}, str(tmp_path))


@pytest.mark.product
def test_a_template_that_fails_gives_no_kernel_and_a_stock_one_runs_the_notebook(
    surroundings, tmp_path, monkeypatch, capfd
):
    monkeypatch.setenv("FORK_KERNEL_PRELOAD", "no_such_module")
    monkeypatch.setenv("JUPYTER_DEFAULT_PROVISIONER_NAME", "fork-provisioner")
    source, ran = tmp_path / "in.ipynb", tmp_path / "out.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("6 * 7")]), source)
    run_with_papermill(source, ran)
    assert nbformat.read(ran, 4).cells[0].outputs[0].data["text/plain"] == "42"
    assert "No module named 'no_such_module'" in capfd.readouterr().err
