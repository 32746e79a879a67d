"""The notebook check fails when a digit, a point, a case or a datum is changed; nothing of ours runs but the change."""

import re
import shutil
import sys

import pytest
from conftest import ROOT, run

from casetimeline.notebook import read_notebook


@pytest.fixture
def bench(tmp_path):
    """A folder with the notebooks and the data, as nbval sees them."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return tmp_path


def check(bench, name="01_skin", **environment):
    """Strict nbval over one notebook: the number of cells that failed, and what was printed."""
    done = run(
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(bench)),
        *("--nbval", "--nbval-current-env", f"notebooks/{name}.ipynb"),
        cwd=bench,
        CASETIMELINE_BUILD=str(bench / "build"),
        **environment,
    )
    failed = re.search(r"(\d+) failed", done.stdout)
    assert (done.returncode == 0) == (failed is None), done.stdout
    assert "passed" in done.stdout
    return int(failed[1]) if failed else 0, done.stdout


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_the_unchanged_notebook_passes(bench):
    assert check(bench)[0] == 0


def test_one_digit_of_a_stored_table_is_noticed(bench):
    replace(bench / "notebooks/01_skin.ipynb", "<td>-30.4 %</td>", "<td>-30.5 %</td>")
    failed, printed = check(bench)
    assert failed == 1 and "-30.5" in printed


def test_a_point_moved_by_one_percent_is_noticed_in_the_stored_figure(bench):
    path = bench / "notebooks/01_skin.ipynb"
    svg = next(
        output.data["image/svg+xml"]
        for cell in read_notebook(path).cells
        for output in cell.get("outputs", [])
        if "image/svg+xml" in output.data
    )
    group = svg[svg.index('-ct.value.mrss.15"') :]
    mark = re.search(r'<use [^>]*y="([\d.]+)"', group)[1]
    assert svg.count(f'y="{mark}"') == 1
    replace(path, f'y=\\"{mark}\\"', f'y=\\"{float(mark) * 1.01:.6f}\\"')
    assert check(bench)[0] == 1


def test_a_point_drawn_one_percent_too_high_is_noticed(bench):
    shutil.copytree(ROOT / "casetimeline", bench / "changed/casetimeline")
    replace(bench / "changed/casetimeline/figures/marks.py", "Line2D([x], [low]", "Line2D([x], [low * 1.01]")
    # The figure as drawn, and the values read back from it.
    assert check(bench, PYTHONPATH=str(bench / "changed"))[0] == 2


def test_another_case_is_noticed(bench):
    replace(bench / "notebooks/01_skin.ipynb", 'case_id = \\"fu-2025\\"', 'case_id = \\"ferreira2017\\"')
    assert check(bench)[0] >= 5


def test_a_changed_datum_is_noticed(bench):
    replace(bench / "data/fu-2025/timeline.csv", "mrss,,,32,", "mrss,,,33,")
    replace(bench / "data/fu-2025/timeline.csv", "mRSS reduced to 32", "mRSS reduced to 33")
    assert check(bench)[0] >= 5


def test_patient_b_under_the_id_of_patient_a_is_noticed(bench):
    # Relabelled with care, so that the loader has nothing to refuse.
    for name in ("case.yaml", "timeline.csv"):
        text = (bench / "data/ferreira2017" / name).read_text(encoding="utf-8")
        (bench / "data/fu-2025" / name).write_text(text.replace("ferreira2017", "fu-2025"), encoding="utf-8")
    assert check(bench)[0] >= 5
