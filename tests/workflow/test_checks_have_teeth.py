"""The notebook check fails when a digit, a point, a case or a datum is changed; nothing of ours runs but the change."""

import re
import shutil
import sys

import pytest
from conftest import NOTEBOOKS, ROOT, run


@pytest.fixture
def bench(tmp_path):
    """A folder with the notebooks and the data, as nbval sees them."""
    shutil.copytree(ROOT / "data", tmp_path / "data")
    shutil.copytree(ROOT / "notebooks", tmp_path / "notebooks", ignore=shutil.ignore_patterns(".*"))
    return tmp_path


def check(bench, name="01_skin"):
    """Strict nbval over one notebook: the number of cells that failed, and what was printed."""
    done = run(
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(bench)),
        *("--nbval", "--nbval-current-env", f"notebooks/{name}.ipynb"),
        cwd=bench,
        CASETIMELINE_BUILD=str(bench / "build"),
    )
    failed = re.search(r"(\d+) failed", done.stdout)
    assert (done.returncode == 0) == (failed is None), done.stdout
    assert "passed" in done.stdout
    return int(failed[1]) if failed else 0, done.stdout


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.product
def test_the_unchanged_notebook_passes(bench):
    assert check(bench)[0] == 0


@pytest.mark.product
def test_one_digit_of_a_stored_table_is_noticed(bench):
    replace(bench / "notebooks/01_skin.ipynb", "<td>-30.4 %</td>", "<td>-30.5 %</td>")
    failed, printed = check(bench)
    assert failed == 1 and "-30.5" in printed


def failures(bench, **environment):
    """Strict nbval over every notebook: the number of cells that failed in each."""
    done = run(
        *(sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "-c", "/dev/null", "--rootdir", str(bench)),
        *("-n", "auto", "--dist", "loadfile", "--nbval", "--nbval-current-env"),
        *(f"notebooks/{path.name}" for path in NOTEBOOKS),
        cwd=bench,
        CASETIMELINE_BUILD=str(bench / "build"),
        **environment,
    )
    # A notebook that could not be run at all has noticed nothing.
    assert " error" not in done.stdout.rstrip().rpartition("\n")[2], done.stdout
    failed = re.findall(r"^FAILED \S*?(\w+)\.ipynb::", done.stdout, flags=re.MULTILINE)
    return {path.stem: failed.count(path.stem) for path in NOTEBOOKS}


# An element that each figure draws from the data.
DRAWN = {
    "00_course": "value.mrss.15",
    "01_skin": "value.mrss.15",
    "02_muscle": "value.ck.3",
    "03_pericardium": "absent.pericardial_effusion.13",
    "05_claims": "claim.has_value.1",
    "06_reported": "not_reported.ck.16",
    "07_regimen": "dose_assumed.cyclophosphamide.12",
    "08_change": "change.mrss.15",
    "09_context": "case.Change.15",
}


@pytest.mark.product
def test_a_mark_moved_by_one_percent_is_noticed_in_every_stored_figure(bench):
    assert list(DRAWN) == [path.stem for path in NOTEBOOKS]
    for name, element in DRAWN.items():
        path = bench / f"notebooks/{name}.ipynb"
        text = path.read_text(encoding="utf-8")
        group = text.index(f'-ct.{element}\\"')
        place = re.compile(r'(?:<use [^>]*?x=\\"|<path d=\\"M )(\d+\.\d+)').search(text, group)
        moved = f"{float(place[1]) * 1.01:.6f}"
        path.write_text(text[: place.start(1)] + moved + text[place.end(1) :], encoding="utf-8")
    assert failures(bench) == dict.fromkeys(DRAWN, 1)


@pytest.mark.product
def test_a_mark_drawn_one_percent_off_is_noticed_in_every_notebook(bench):
    shutil.copytree(ROOT / "casetimeline", bench / "changed/casetimeline")
    for module, old, new in (
        ("course/graphs", "Line2D([x], [low], linestyle", "Line2D([x], [low * 1.01 + 0.01], linestyle"),
        ("course/flags", "Line2D([row.X], [y]", "Line2D([row.X * 1.01], [y]"),
        ("claims", "Line2D([x], [y]", "Line2D([x * 1.01], [y]"),
        ("reported", "Line2D([at[0]]", "Line2D([at[0] * 1.01]"),
        ("regimen", "[day / 7 for day in days]", "[day / 7 * 1.01 for day in days]"),
        ("needs", "Line2D([start, start]", "Line2D([start * 1.01] * 2"),
        ("context", "Line2D([span[0]]", "Line2D([span[0] * 1.01]"),
    ):
        replace(bench / f"changed/casetimeline/figures/{module}.py", old, new)
    # The figure as drawn, and the values read back from it.
    assert failures(bench, PYTHONPATH=str(bench / "changed")) == dict.fromkeys(DRAWN, 2)


@pytest.mark.product
def test_another_case_is_noticed(bench):
    replace(bench / "notebooks/01_skin.ipynb", 'case_id = \\"fu-2025\\"', 'case_id = \\"ferreira2017\\"')
    assert check(bench)[0] >= 5


@pytest.mark.product
def test_a_changed_datum_is_noticed(bench):
    replace(bench / "data/fu-2025/timeline.csv", "mrss,,,32,", "mrss,,,33,")
    replace(bench / "data/fu-2025/timeline.csv", "mRSS reduced to 32", "mRSS reduced to 33")
    assert check(bench)[0] >= 5


@pytest.mark.product
def test_patient_b_under_the_id_of_patient_a_is_noticed(bench):
    # Relabelled with care, so that the loader has nothing to refuse.
    for name in ("case.yaml", "timeline.csv"):
        text = (bench / "data/ferreira2017" / name).read_text(encoding="utf-8")
        (bench / "data/fu-2025" / name).write_text(text.replace("ferreira2017", "fu-2025"), encoding="utf-8")
    assert check(bench)[0] >= 5
