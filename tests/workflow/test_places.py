"""Notebooks run from where people run them, and the folder of the cases is found from there."""

import re
import shutil
import sys
from pathlib import Path

import pytest
from conftest import ROOT, copy_project, run

import casetimeline as ct
from casetimeline.case.read import read_case
from casetimeline.faults import TimelineError
from casetimeline.figures.files.publish import publish
from casetimeline.files import find_data
from casetimeline.workflow.notebook import read_notebook, write_text

NOTEBOOK = "01_skin.ipynb"


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    return copy_project(tmp_path_factory.mktemp("beside") / "project")


@pytest.fixture(
    params=[pytest.param(".", id="root"), pytest.param("notebooks", id="notebooks", marks=pytest.mark.product)]
)
def place(shared, request):
    """A folder from which the notebook is run, and the name of the notebook from there."""
    shutil.rmtree(shared / "build", ignore_errors=True)
    yield shared / request.param, f"notebooks/{NOTEBOOK}" if request.param == "." else NOTEBOOK
    # Nothing is written beside the project, and the notebook that is run stays as it is.
    assert list(shared.parent.iterdir()) == [shared]
    assert (shared / "notebooks" / NOTEBOOK).read_bytes() == (ROOT / "notebooks" / NOTEBOOK).read_bytes()


def started(tool, *arguments, cwd):
    """Run a tool of this environment by its own command."""
    done = run(str(Path(sys.executable).parent / tool), *arguments, cwd=cwd, PYTHONPATH=str(ROOT))
    assert done.returncode == 0, done.stdout + done.stderr


def figure_of(notebook):
    """The published figure: the one whose title names its case."""
    outputs = [output for cell in notebook.cells for output in cell.get("outputs", [])]
    pictures = [output.data["image/svg+xml"] for output in outputs if "image/svg+xml" in output.get("data", {})]
    (figure,) = [svg for svg in pictures if re.search(r", case [\w.-]+</title>", svg)]
    return figure


@pytest.mark.product
def test_papermill_runs_another_case(shared, place, tmp_path):
    cwd, name = place
    started("papermill", name, str(tmp_path / "out.ipynb"), "-p", "case_id", "kamata2012", cwd=cwd)
    figure = shared / "build/kamata2012/figures/01_skin.svg"
    assert figure_of(read_notebook(tmp_path / "out.ipynb")) == figure.read_text(encoding="utf-8")
    assert "case kamata2012</title>" in figure.read_text(encoding="utf-8")


@pytest.mark.product
def test_nbconvert_gives_the_stored_results(shared, place, tmp_path):
    """Byte by byte: no result says where it was made."""
    cwd, name = place
    started("jupyter", "nbconvert", "--to", "notebook", "--execute", name, "--output-dir", str(tmp_path), cwd=cwd)
    stored = (ROOT / "notebooks" / NOTEBOOK).read_text(encoding="utf-8")
    assert write_text(read_notebook(tmp_path / NOTEBOOK)) == stored
    assert (shared / "build/fu-2025/figures/01_skin.svg").read_bytes() == (ROOT / "figures/01_skin.svg").read_bytes()


@pytest.mark.product
def test_nbval_finds_the_stored_results(shared, place):
    cwd, name = place
    started("pytest", "-p", "no:cacheprovider", "--nbval", name, cwd=cwd)
    assert (shared / "build/fu-2025/figures/01_skin.svg").exists()


def folder_of_a_case(folder):
    """A folder of cases, as far as it can be told from other folders."""
    (folder / "a").mkdir(parents=True)
    (folder / "a/timeline.csv").touch()
    return folder


def test_the_nearest_folder_of_cases_is_taken(tmp_path, monkeypatch):
    far, near = folder_of_a_case(tmp_path / "data"), folder_of_a_case(tmp_path / "project/data")
    cwd = tmp_path / "project/notebooks/drafts"
    cwd.mkdir(parents=True)
    monkeypatch.chdir(cwd)
    assert find_data("../data") == find_data("data") == near
    # Something else of this name is passed over; the tables alone are enough.
    (cwd / "data").mkdir()
    assert find_data("../data") == near
    (cwd / "data/measures.csv").touch()
    assert find_data("../data") == cwd / "data"
    shutil.rmtree(near)
    shutil.rmtree(cwd / "data")
    assert find_data("../data") == far
    assert find_data("../cases/data") == Path("../cases/data")


def test_a_folder_that_is_there_is_taken_as_it_is(tmp_path, monkeypatch):
    folder_of_a_case(tmp_path / "data")
    (tmp_path / "project/data").mkdir(parents=True)
    (tmp_path / "project/notebooks").mkdir()
    monkeypatch.chdir(tmp_path / "project/notebooks")
    assert find_data("../data") == Path("../data")
    assert find_data(tmp_path / "none") == tmp_path / "none"
    with pytest.raises(TimelineError, match=f"expected a case of this folder: no case in {tmp_path}/project/data"):
        read_case("../data", "a")


def test_the_message_names_the_folder_that_was_searched(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TimelineError) as caught:
        read_case("../no-such-cases", "a")
    assert str(caught.value).endswith(
        "data_dir: found '../no-such-cases'; "
        f"expected a folder of cases; there is none of this name in {tmp_path} or a folder above it"
    )
    with pytest.raises(TimelineError) as caught:
        read_case(tmp_path / "none", "a")
    # What is found is shortened where a path is long.
    assert str(caught.value).endswith("; expected a folder of cases")


@pytest.mark.product
def test_every_entrance_of_a_notebook_finds_the_cases(tmp_path, monkeypatch):
    (tmp_path / "project/notebooks").mkdir(parents=True)
    shutil.copytree(ROOT / "data", tmp_path / "project/data")
    monkeypatch.chdir(tmp_path / "project")
    monkeypatch.delenv("CASETIMELINE_BUILD", raising=False)
    case = ct.read_case("../data", "fu-2025")
    cases = ct.summarise_cases("../data").frame["case"].tolist()
    assert cases == ct.Explorer("../data", case="fu-2025").session.listed
    assert {"fu-2025", "kamata2012"} <= set(cases)
    publish(ct.draw_course(case), "00_course.svg")
    assert (tmp_path / "project/build/fu-2025/figures/00_course.svg").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["project"]
