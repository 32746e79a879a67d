"""Reviewer mode: a changed digit, a hand-edited figure, a swapped notebook and another library are all found."""

import json
import re
import shutil

import pytest
from conftest import casetimeline, change_number, make_project_of, shorten


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project of two notebooks with its report."""
    project = make_project_of(tmp_path_factory.mktemp("small"), "01_skin", "06_reported")
    shorten(project / "data/fu-2025", "mrss", "tocilizumab")
    done = casetimeline("report", "--case", "fu-2025", cwd=project, PYTHONPATH=str(project))
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def built(small, tmp_path):
    return shutil.copytree(small, tmp_path / "built", symlinks=True)


def verify(project):
    done = casetimeline("verify", "build/fu-2025", cwd=project, PYTHONPATH=str(project))
    rows = {line[:44].strip(): line[44:].split() for line in done.stdout.splitlines() if len(line) > 44}
    return done, rows


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.product
def test_an_untouched_report_is_what_its_inputs_give(built):
    before = {path: path.stat().st_mtime_ns for path in (built / "build").rglob("*")}
    done, rows = verify(built)
    assert done.returncode == 0, done.stdout + done.stderr
    assert rows["figures/01_skin.svg"] == ["same", "same", "same"]
    assert rows["tables/derived.csv"] == ["same", "same", "-"]
    assert rows["report.pdf"] == ["same", "same", "same"]
    assert "artefacts are what the inputs give" in done.stdout and "DIFFERENT" not in done.stdout
    # It changes nothing.
    assert {path: path.stat().st_mtime_ns for path in (built / "build").rglob("*")} == before


@pytest.mark.product
def test_a_changed_digit_of_the_data_is_found_in_value_bytes_and_pixels(built):
    change_number(built / "data/fu-2025", "32", "33")
    done, rows = verify(built)
    assert done.returncode == 1
    assert "input data/fu-2025/timeline.csv: another content" in done.stdout
    assert rows["figures/01_skin.svg"][:3] == ["DIFFERENT", "DIFFERENT", "DIFFERENT:"]
    assert rows["tables/derived.csv"][:2] == ["DIFFERENT", "DIFFERENT"]
    assert rows["manuscript/results.md"][:2] == ["DIFFERENT", "DIFFERENT"]


@pytest.mark.product
def test_a_hand_edited_figure_is_found_even_if_the_manifest_was_edited_with_it(built):
    figure = built / "build/fu-2025/figures/01_skin.svg"
    # A mark that is moved says the same, and shows something else.
    text = figure.read_text(encoding="utf-8")
    start = text.index('<use xlink:href="#')
    moved = text[:start] + text[start:].replace('x="', 'x="1', 1)
    figure.write_text(moved, encoding="utf-8")
    done, rows = verify(built)
    assert done.returncode == 1 and "figures/01_skin.svg: changed since the manifest was written" in done.stdout
    assert rows["figures/01_skin.svg"][0] == "same" and rows["figures/01_skin.svg"][1] == "DIFFERENT"
    assert rows["figures/01_skin.svg"][2].startswith("DIFFERENT")
    import hashlib

    path = built / "build/fu-2025/manifest.json"
    told = json.loads(path.read_text(encoding="utf-8"))
    told["outputs"]["figures/01_skin.svg"] = hashlib.sha256(moved.encode()).hexdigest()
    path.write_text(json.dumps(told), encoding="utf-8")
    done, rows = verify(built)
    assert done.returncode == 1 and "changed since" not in done.stdout
    assert rows["figures/01_skin.svg"][1] == "DIFFERENT"


@pytest.mark.product
def test_a_swapped_notebook_another_library_and_strange_files_are_found(built):
    notebooks = built / "notebooks"
    shutil.copy(notebooks / "06_reported.ipynb", notebooks / "01_skin.ipynb")
    manifest = built / "build/fu-2025/manifest.json"
    told = json.loads(manifest.read_text(encoding="utf-8"))
    told["versions"]["matplotlib"] = "3.10.0"
    manifest.write_text(json.dumps(told), encoding="utf-8")
    replace(built / "requirements.lock", "seaborn==0.13.2", "seaborn==0.13.1")
    (built / "build/fu-2025/tables/claims.csv").unlink()
    (built / "build/fu-2025/figures/10_new.svg").write_text("<svg/>")
    done, _ = verify(built)
    # The notebook of the reported data does not publish the figure of the skin.
    assert done.returncode == 1 and "01_skin.ipynb" in done.stdout
    notebooks.joinpath("01_skin.ipynb").unlink()
    done, rows = verify(built)
    assert done.returncode == 1
    assert "input notebooks/01_skin.ipynb: only in one of the two" in done.stdout
    assert "matplotlib: made with 3.10.0" in done.stdout
    assert "seaborn: requirements.lock has 0.13.1, installed is 0.13.2" in done.stdout
    assert "tables/claims.csv: missing" in done.stdout and "figures/10_new.svg: not in the manifest" in done.stdout
    assert rows["figures/10_new.svg"][:2] == ["DIFFERENT", "DIFFERENT"]


@pytest.mark.product
def test_what_is_no_report_is_refused_in_one_line(tmp_path):
    done = casetimeline("verify", str(tmp_path))
    assert done.returncode == 2 and "no manifest.json" in done.stderr and "Traceback" not in done.stderr
    # A report that was withheld has let the one before it be set aside: that one is named.
    parts = {part: {} for part in ("parameters", "inputs", "versions", "outputs")}
    for name, manifest in (("a/failed/x", ""), ("_earlier/a/manifest.json", json.dumps({"case_id": "a", **parts}))):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(manifest)
    done = casetimeline("verify", str(tmp_path / "a"))
    assert f"; the report made before is kept as {tmp_path}/_earlier/a" in done.stderr
    (tmp_path / "manifest.json").write_text('{"case_id": "../../etc"}')
    assert casetimeline("verify", str(tmp_path)).returncode == 2
    for parameters in ({"presets": ["bogus"]}, {"presets": 7}, {"baseline_rule": 5}, {"axis": 7}, {"rules": []}):
        told = {"case_id": "fu-2025", "parameters": parameters, "inputs": {}, "versions": {}, "outputs": {}}
        (tmp_path / "manifest.json").write_text(json.dumps(told))
        done = casetimeline("verify", str(tmp_path))
        assert done.returncode == 2 and "manifest.json" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.product
def test_what_cannot_be_made_again_is_told_with_the_other_findings(built):
    replace(built / "notebooks/06_reported.ipynb", "import casetimeline as ct", "import casetimeline as ct; 1 / 0")
    replace(built / "build/fu-2025/figures/01_skin.svg", "Modified", "Unmodified")
    done, _ = verify(built)
    assert done.returncode == 1 and "ZeroDivisionError" in done.stdout and "cannot be made again" in done.stdout
    assert "01_skin.svg: changed since the manifest was written" in done.stdout


@pytest.mark.product
def test_a_digit_that_the_source_does_not_print_is_told_with_the_file_that_changed(built):
    timeline = built / "data/fu-2025/timeline.csv"
    # The quote of the row, and the text of the source, say 46.
    replace(timeline, ",46,", ",47,")
    done, _ = verify(built)
    assert done.returncode == 1
    assert "input data/fu-2025/timeline.csv: another content" in done.stdout
    assert "The report cannot be made again: " in done.stdout and "found '47'" in done.stdout


@pytest.mark.product
def test_a_figure_that_the_report_does_not_have_is_counted_once_and_set_aside_by_the_next_run(built):
    (built / "build/fu-2025/figures/02_muscle.svg").write_text("<svg/>")
    done, _ = verify(built)
    # Without the file this report is what the inputs give.
    assert re.search(r"^1 of \d+ artefacts is not what the inputs give; 0 other findings[.]$", done.stdout, re.M)
    done = casetimeline("report", "--case", "fu-2025", cwd=built, PYTHONPATH=str(built))
    assert done.returncode == 0 and "nothing to do" not in done.stdout
    assert (built / "build/_edited/fu-2025/figures/02_muscle.svg").is_file()
    assert verify(built)[0].returncode == 0
