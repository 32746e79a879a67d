"""The page in a real JupyterLab: what stands there without a kernel, every cell run, controls, grid, files."""

import io
import os
import re
import shutil
import subprocess
import zipfile

import pytest
from looking import ROOT, serving, violations

from casetimeline.case.read import read_case

# One JupyterLab for these checks; those of the page are done beside them, by whoever is free.
pytestmark = pytest.mark.xdist_group("lab")
PAGE = ".ct-page"


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """JupyterLab as `make lab` starts it, on a copy of the project and with nothing of this user's own settings."""
    home = tmp_path_factory.mktemp("lab")
    for name in ("notebooks", "data", "jupyter"):
        shutil.copytree(ROOT / name, home / name)
    folders = {name: str(home / "own" / name) for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "IPYTHONDIR")}
    env = {**os.environ, "JUPYTER_CONFIG_PATH": "jupyter", "JUPYTER_PREFER_ENV_PATH": "1", **folders}
    with serving("jupyterlab", "--no-browser", "--allow-root", "--port", "0", cwd=home, env=env) as process:
        for line in process.stdout:
            found = re.search(r"http://localhost:\d+/lab/\S+", line)
            if found:
                break
        process.home, process.address = home, found[0]
        yield process
        process.terminate()
        # The pipe is read to its end, or the server would wait for it. A server that was told to end while a kernel
        # restarts waits for that kernel.
        try:
            process.communicate(timeout=30)
        except subprocess.TimeoutExpired:
            process.kill()


@pytest.fixture
def notebook(page, lab):
    """explore.ipynb, opened anew."""
    page.set_viewport_size({"width": 1500, "height": 1100})
    page.goto(lab.address.replace("index.ipynb", "explore.ipynb") + "&reset")
    page.locator(".jp-NotebookPanel .jp-CodeCell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
    yield page
    host = lab.address.split("/")[2]
    asked = {address.split("/")[2] for address in page.asked if re.match("(http|ws)s?:", address)}
    assert asked == {host}
    assert [told for told in page.told if told.startswith("error")] == []


def run_all(page):
    page.get_by_role("menuitem", name="Run", exact=True).click()
    page.locator("#jp-mainmenu-run").get_by_text("Run All Cells", exact=True).click()
    page.locator(f"{PAGE}[data-redraws]").wait_for()
    settled(page)


def settled(page):
    page.locator(f"{PAGE}[data-busy]").wait_for(state="detached")


def status(page):
    return page.locator(".ct-status").inner_text()


def outputs(page):
    """What stands below the cell of the page, of which anything is seen."""
    cell = page.locator(".jp-CodeCell", has_text="ct.Explorer(")
    return [output for output in cell.locator(".jp-OutputArea-child").all() if output.is_visible()]


def test_it_begins_with_the_notebook_that_says_what_is_here(page, lab):
    page.goto(re.sub(r"/lab/tree/[^?]*", "/", lab.address))
    page.locator(".jp-NotebookPanel").get_by_role("heading", name="What is here?").wait_for()
    assert page.url.split("?")[0].endswith("/lab/tree/notebooks/index.ipynb")
    # Its links are there, and lead to notebooks that are there.
    links = page.locator(".jp-NotebookPanel .jp-MarkdownCell a[href*='.ipynb']")
    names = {link.inner_text() for link in links.all()}
    assert names == {path.name for path in (lab.home / "notebooks").glob("*.ipynb")} - {"index.ipynb"}


def test_without_a_kernel_the_figure_and_the_rows_stand_there(notebook):
    seen = outputs(notebook)
    assert len(seen) == 3 and notebook.locator(PAGE).count() == 0
    assert seen[0].locator("img, svg").first.bounding_box()["width"] > 400
    assert "46 points" in seen[1].inner_text() and "-14 points (-30.4 %)" in seen[1].inner_text()
    assert "make report CASE=fu-2025" in seen[2].inner_text()


def test_every_cell_runs_and_the_page_takes_the_place_of_what_stood_there(notebook):
    run_all(notebook)
    (seen,) = outputs(notebook)
    assert seen.locator(PAGE).count() == 1
    assert status(notebook) == "Shown: Modified Rodnan skin score, case fu-2025, 4 rows of the timeline"
    assert "-14 points (-30.4 %)" in notebook.locator(".ct-shown ~ section table").first.inner_text()
    assert violations(notebook, PAGE) == []


def test_each_control_redraws(notebook, lab):
    run_all(notebook)
    for label, value, words in (
        # Of CK there is one value, which has no baseline to redraw.
        ("Baseline", "first", "Modified Rodnan skin score, case fu-2025"),
        ("Measure", "ck", "Creatine kinase, case fu-2025"),
        ("Time axis", "order", "Creatine kinase, case fu-2025"),
        ("Reference treatment", "cyclophosphamide", "Creatine kinase, case fu-2025"),
        ("Preset for export", "jrheum", "Creatine kinase, case fu-2025"),
        ("Figure", "08_change", "Change and rules, case fu-2025"),
        ("Case", "ujkz10974", "Change and rules, case ujkz10974"),
    ):
        before = notebook.locator(".ct-picture").inner_html()
        notebook.get_by_label(label, exact=True).select_option(value)
        settled(notebook)
        assert words in status(notebook), label
        assert label == "Preset for export" or notebook.locator(".ct-picture").inner_html() != before, label
    # The cases of this JupyterLab are not those of the project.
    command = f"make report CASE=ujkz10974 PRESET=jrheum DATA={lab.home / 'data'}"
    assert notebook.locator(".ct-command").inner_text() == command


def test_keys_that_are_typed_into_the_page_are_no_commands_of_the_notebook(notebook):
    run_all(notebook)
    cells = notebook.locator(".jp-Cell").count()
    notebook.get_by_role("button", name="Edit this case").click()
    note = notebook.get_by_label("row 1, note")
    note.fill("")
    note.press_sequentially("ddaabbxm")
    notebook.get_by_role("button", name=re.compile("^Line 2:")).focus()
    for key in ("ArrowDown", "d", "d", "a", "b", "m"):
        notebook.keyboard.press(key)
    assert note.input_value() == "ddaabbxm" and notebook.locator(".jp-Cell").count() == cells
    assert "Tocilizumab" in notebook.locator(".ct-detail").inner_text()
    settled(notebook)


def test_a_case_that_is_written_here_is_saved_beside_the_others(notebook, lab):
    run_all(notebook)
    notebook.get_by_label("New case, named").fill("lab-case")
    notebook.get_by_role("button", name="New case").click()
    notebook.get_by_label("row 1, code").fill("mrss")
    notebook.get_by_label("row 1, value").fill("30")
    notebook.get_by_text("No fault. The figure above shows this case.").wait_for()
    notebook.get_by_role("button", name="Save into data/").click()
    notebook.get_by_text("written").first.wait_for()
    case = read_case(lab.home / "data", "lab-case")
    assert case.facts["value"].tolist() == ["30"]
    settled(notebook)
    assert notebook.get_by_text("This case is on this page alone").is_hidden()
    # It is among the others: no draft of it is left in the browser.
    assert not notebook.evaluate("Object.keys(localStorage).some(name => name.startsWith('casetimeline-draft'))")


def test_a_row_that_was_removed_comes_back_and_what_was_typed_is_offered_again(notebook):
    run_all(notebook)
    notebook.get_by_role("button", name="Edit this case").click()
    notebook.get_by_text("No fault. The figure above shows this case.").wait_for()
    cells = notebook.locator(".jp-Cell").count()
    notebook.get_by_label("row 1, note").fill("mine")
    notebook.get_by_role("button", name="Remove row 2", exact=True).click()
    # The key is one of the page, and not of the notebook.
    notebook.keyboard.press("Control+z")
    assert notebook.get_by_role("button", name="Remove row 17", exact=True).count() == 1
    assert notebook.get_by_label("row 1, note").input_value() == "mine"
    assert notebook.locator(".jp-Cell").count() == cells
    settled(notebook)
    run_all(notebook)
    notebook.get_by_role("button", name="Open the draft of case fu-2025").click()
    assert notebook.get_by_label("row 1, note").input_value() == "mine"
    settled(notebook)
    notebook.evaluate("localStorage.clear()")


def test_an_export_is_downloaded(notebook):
    run_all(notebook)
    with notebook.expect_download() as download:
        notebook.get_by_role("button", name="Export figures").click()
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as archive:
        assert "fu-2025/figures/screen/01_skin.svg" in archive.namelist()
        assert archive.read("fu-2025/parameters.txt").decode().endswith("make report CASE=fu-2025 PRESET=screen\n")
    settled(notebook)


def test_a_kernel_that_is_restarted_leaves_what_was_typed(notebook):
    run_all(notebook)
    notebook.get_by_role("button", name="Edit this case").click()
    notebook.get_by_text("No fault. The figure above shows this case.").wait_for()
    notebook.get_by_label("row 1, note").fill("mine")
    settled(notebook)
    notebook.get_by_role("menuitem", name="Kernel", exact=True).click()
    notebook.locator("#jp-mainmenu-kernel").get_by_text("Restart Kernel…", exact=True).click()
    notebook.get_by_role("button", name="Confirm Kernel Restart").click()
    alert = notebook.locator(".ct-alert")
    alert.get_by_text("The kernel of this page has ended; run the cell again.").wait_for()
    # What is asked of it now goes nowhere, and leaves nothing waiting.
    notebook.get_by_label("Figure", exact=True).select_option("08_change")
    assert notebook.locator(f"{PAGE}[data-busy]").count() == 0
    with notebook.expect_download() as download:
        notebook.get_by_role("button", name="Save the rows").click()
    assert b'"mine"' in download.value.path().read_bytes()
    notebook.get_by_text("Python 3 (ipykernel) | Idle").wait_for()
