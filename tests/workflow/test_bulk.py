"""Many cases: a bad one is told and stops nothing else, results are kept by content, warm is as stock."""

import csv
import json
import os
import re
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import psutil
import pytest
from conftest import NOTEBOOKS, ROOT, casetimeline, run

from casetimeline.cli import main
from casetimeline.faults import TimelineError, fault
from casetimeline.kernels.direct import DirectKernel
from casetimeline.workflow import cases
from casetimeline.workflow.engine import Limits
from casetimeline.workflow.execute import _failed_with
from casetimeline.workflow.notebook import read_notebook, write_text
from casetimeline.workflow.plan import digest_outputs

TABLES = ("measures.csv", "rules.csv", "comparators.csv")
# What a case of this name does in its first cell, and what is said of it.
HARM = {
    "exits": ("import os; os._exit(3)", "the kernel died in cell [3]"),
    "crashes": ("import ctypes; ctypes.string_at(0)", "the kernel died in cell [3]"),
    "blocks": ("import time; time.sleep(600)", "cell [3] took longer than 3 s and was stopped"),
    "deaf": (
        "import signal, time\nfor n in (2, 15): signal.signal(n, signal.SIG_IGN)\nwhile True: time.sleep(600)",
        "cell [3] took longer than 3 s and was stopped",
    ),
    "fills": ("held = bytearray(3 * 10**9)", "cell [3] failed with MemoryError"),
    "raises": ("1 / 0", "cell [3] failed with ZeroDivisionError: division by zero"),
    "silent": ("ct.publish = lambda *_: None", "it published no figure of case silent"),
}


def make_cases(data, *ids):
    """A data folder with copies of the index case under other ids."""
    data.mkdir()
    for name in TABLES:
        shutil.copy(ROOT / "data" / name, data)
    for case_id in ids:
        folder = data / case_id
        folder.mkdir()
        for name in ("case.yaml", "timeline.csv"):
            text = (ROOT / "data/fu-2025" / name).read_text(encoding="utf-8")
            # The work that the case is from stays the same.
            lines = [line if "reference:" in line else line.replace("fu-2025", case_id) for line in text.splitlines()]
            (folder / name).write_text("\n".join(lines) + "\n", encoding="utf-8")
    return data


def make_notebook(folder):
    """A notebook of two cells that does what the case is named for, and else publishes its figure."""
    notebook = read_notebook(ROOT / "notebooks/06_reported.ipynb")
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    harm = {name: done for name, (done, _) in HARM.items()}
    code[1].source += f"\nexec({harm!r}.get(case_id, ''), globals())"
    for cell in code:
        cell.outputs, cell.execution_count = [], None
    folder.mkdir()
    (folder / "06_reported.ipynb").write_text(write_text(notebook), encoding="utf-8")
    return folder


def ledger(out):
    with (out / "failures.csv").open(encoding="utf-8", newline="") as file:
        return {row["case"]: row for row in csv.DictReader(file)}


def kernels_of(folder):
    """Processes whose folder is below this one: kernels work in the scratch folder of their run."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(str(folder)) and process.status() != psutil.STATUS_ZOMBIE:
                found.append(process)
        except psutil.Error:
            continue
    return found


@pytest.fixture
def asked(tmp_path):
    """A run of well-behaved and harmful cases, as arguments of the command."""
    data = make_cases(tmp_path / "data", "a-first", *HARM, "unread", "z-last")
    path = data / "unread/timeline.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",46,", ",460,"), encoding="utf-8")
    notebooks = make_notebook(tmp_path / "notebooks")
    return ["run", "--data", str(data), "--notebooks", str(notebooks), "-o", str(tmp_path / "out"), "-j", "2"]


@pytest.mark.product
def test_a_harmful_case_is_told_and_stops_nothing_else(asked, tmp_path):
    out = tmp_path / "out"
    done = casetimeline(*asked, "--timeout", "3", "--memory", "2000", "--keep-notebooks", "flagged")
    assert done.returncode == 1 and "Traceback" not in done.stderr
    assert f"10 cases, {len(HARM) + 1} failed; 9 notebooks run" in done.stdout, done.stderr
    told = ledger(out)
    assert set(told) == {*HARM, "unread"}
    for name, (_, said) in HARM.items():
        assert told[name]["message"].startswith(said), told[name]
        assert told[name]["notebook"] == "06_reported" and told[name]["cell"] == ("" if name == "silent" else "3")
        # What was run of it can be looked at; nothing of it passes for a result.
        assert (out / name / "06_reported.ipynb").exists() and not (out / name / "06_reported.svg").exists()
    assert "failed with ZeroDivisionError" in (out / "failures.csv").read_text(encoding="utf-8")
    assert "460" in told["unread"]["message"] and told["unread"]["notebook"] == told["unread"]["cell"] == ""
    for name in ("a-first", "z-last"):
        assert sorted(path.name for path in (out / name).iterdir()) == [
            "06_reported.svg",
            "06_reported.txt",
            "record.json",
        ]
    text = (out / "raises/06_reported.ipynb").read_text(encoding="utf-8")
    assert "An Exception was encountered at" in text
    assert kernels_of(tmp_path) == [] and not (out / ".work").exists()


@pytest.mark.product
def test_what_is_done_is_not_done_again_unless_something_changed(asked, tmp_path):
    out, few = tmp_path / "out", [*asked, "a-first", "z-last", "raises"]
    assert casetimeline(*few).returncode == 1
    before = {path: path.stat().st_mtime_ns for path in out.glob("*-*/*") if path.suffix != ".json"}
    again = casetimeline(*few, "--resume")
    assert "3 cases, 1 failed; 1 notebook run" in again.stdout
    assert {path: path.stat().st_mtime_ns for path in before} == before
    (out / "a-first/06_reported.svg").write_text("touched by hand")
    assert "1 failed; 2 notebooks run" in casetimeline(*few, "--resume").stdout
    path = tmp_path / "data/z-last/timeline.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("number of cycles", "the number of cycles"))
    assert "1 failed; 2 notebooks run" in casetimeline(*few, "--resume").stdout
    # Without it, everything is run.
    assert "1 failed; 3 notebooks run" in casetimeline(*few).stdout


@pytest.mark.product
def test_a_fault_before_the_first_notebook_takes_no_result_away(tmp_path):
    out = tmp_path / "out"
    asked = ("run", "fu-2025", "--only", "02_muscle", "-o", str(out))
    assert casetimeline(*asked).returncode == 0
    before = {path: path.read_bytes() for path in (out / "fu-2025").iterdir()}
    for option, said in (
        (("--baseline", "last"), "baseline: found 'last'"),
        (("--axis", "weeks"), "axis: found 'weeks'"),
        (("--rules", "respone"), "rules: found 'respone'"),
    ):
        done = casetimeline(*asked, *option)
        assert done.returncode == 1 and said in done.stderr and "0 notebooks run" in done.stdout
        assert {path: path.read_bytes() for path in (out / "fu-2025").iterdir()} == before


@pytest.mark.product
def test_other_notebooks_of_a_case_stay_when_one_is_run(tmp_path):
    out = tmp_path / "out"
    for stem in ("02_muscle", "03_pericardium"):
        done = casetimeline("run", "fu-2025", "--only", stem, "-o", str(out), "--keep-notebooks", "none")
        assert done.returncode == 0, done.stderr
    names = [f"{stem}.{suffix}" for stem in ("02_muscle", "03_pericardium") for suffix in ("svg", "txt")]
    assert sorted(path.name for path in (out / "fu-2025").iterdir()) == sorted([*names, "record.json"])
    done = casetimeline("run", "fu-2025", "-o", str(out), "--only", "02_muscle,03_pericardium", "--resume",
                        "--keep-notebooks", "none")  # fmt: skip
    assert "0 notebooks run" in done.stdout


@pytest.mark.product
def test_after_kill_9_no_kernel_is_left_and_the_rest_is_resumed(asked, tmp_path):
    out = tmp_path / "out"
    command = [sys.executable, "-m", "casetimeline", *asked, "a-first", "blocks", "z-last"]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        while not (out / "a-first/06_reported.svg").exists() or not kernels_of(out):
            assert process.poll() is None, process.communicate()
        kernels, sockets = kernels_of(out), (out / ".work/sockets").readlink()
        assert sockets.is_dir()
        process.send_signal(signal.SIGKILL)
        process.wait()
        # One may have begun since they were listed.
        psutil.wait_procs([*kernels, *kernels_of(out)], timeout=30)
    assert kernels_of(out) == []
    done = casetimeline(*asked, "a-first", "z-last", "--resume")
    assert done.returncode == 0, done.stderr
    assert not (out / ".work").exists() and not sockets.exists()


@pytest.mark.product
@pytest.mark.parametrize(
    ("more", "said"),
    [
        (["no-such-case"], "found 'no-such-case'; expected a case of the data folder"),
        (["--only", "77_none"], "found '77_none'; expected the name of a notebook"),
        (["-j", "0"], "'0' is not a whole number from 1"),
        (["--timeout", "-1"], "'-1' is not a whole number from 1"),
    ],
)
def test_what_cannot_be_run_is_refused_before_anything_is_touched(tmp_path, more, said):
    done = casetimeline("run", "-o", str(tmp_path / "out"), *more)
    assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
    assert not (tmp_path / "out").exists()


BOTH = """
import json, sys
from pathlib import Path
from casetimeline.workflow.cases import Bulk, run_cases
from casetimeline.workflow.engine import Limits
from casetimeline.workflow.plan import Plan
root, out, chosen = Path(sys.argv[1]), Path(sys.argv[2]), json.loads(sys.argv[3])
plans = tuple(
    Plan(case, root / "data", out, tuple(root / "notebooks" / name for name in names), root / "requirements.lock")
    for case, names in chosen.items()
)
count, failures = run_cases(Bulk(plans, 2, Limits(), resume=False, keep="all"))
assert not failures, failures
print(count)
"""


@pytest.mark.product
@pytest.mark.kernels
@pytest.mark.xdist_group("stock and warm")
def test_every_notebook_and_every_case_is_the_same_on_stock_and_on_warm_kernels(every_published, tmp_path):
    """Every notebook, and every second case with one of them in turn; `make equal` runs them all."""
    names = [path.name for path in NOTEBOOKS]
    ids = sorted(case.case_id for case in every_published)[::2]
    chosen = {case: [names[number % len(names)]] for number, case in enumerate(ids)}
    assert {name for notebooks in chosen.values() for name in notebooks} == {*names}
    wanted = len(ids)
    for kind in ("cold", "warm"):
        asked = (sys.executable, "-c", BOTH, str(ROOT), str(tmp_path / kind), json.dumps(chosen))
        done = run(*asked, KERNEL=kind)
        assert done.returncode == 0 and done.stdout.split()[-1:] == [str(wanted)], done.stderr
        assert "a stock kernel is launched" not in done.stderr
    cold, warm = (digest_outputs(tmp_path / kind) for kind in ("cold", "warm"))
    assert len(cold) == 3 * wanted + len(ids) + 1
    assert cold == warm


def test_the_next_case_is_read_while_one_is_at_work_and_no_further_one(monkeypatch):
    """A thousand cases are not read before the first is run; each is read once, and a fault is that of its case."""
    read = []

    def note(_, plan):
        read.append(plan.case_id)
        if plan.case_id == "b":
            raise TimelineError([fault("b", "a case", at="case")])
        return plan.case_id, []

    monkeypatch.setattr(cases, "_read_case", note)
    plans = tuple(SimpleNamespace(case_id=case_id) for case_id in "abcd")
    with ThreadPoolExecutor(1) as pool:
        coming = cases._one_ahead(SimpleNamespace(plans=plans), pool)
        for plan, far in zip(plans, ["ab", "abc", "abcd", "abcd"], strict=True):
            of, result = next(coming)
            pool.submit(bool).result()
            assert (of, "".join(read)) == (plan, far)
            if plan.case_id == "b":
                with pytest.raises(TimelineError):
                    result()
            else:
                assert result() == (plan.case_id, [])
    assert list(coming) == []


FOUND_BY = """
import sys, threading
from traitlets.traitlets import ClassBasedTraitType
from casetimeline.cli import main

def resolve(trait, name, resolve=ClassBasedTraitType._resolve_string):
    print("found by", threading.current_thread().name)
    return resolve(trait, name)

ClassBasedTraitType._resolve_string = resolve
sys.exit(main(["run", "fu-2025", "--only", "02_muscle,03_pericardium", "-o", sys.argv[1]]))
"""


@pytest.mark.product
def test_classes_known_by_name_are_found_before_notebooks_run_side_by_side(tmp_path):
    """Two threads that find one at once end in a TypeError of traitlets, once in very many runs."""
    done = run(sys.executable, "-c", FOUND_BY, str(tmp_path / "out"))
    assert done.returncode == 0, done.stderr
    found = {line for line in (done.stdout + done.stderr).splitlines() if line.startswith("found by")}
    assert found == {"found by MainThread"}


def test_a_limit_in_which_no_kernel_starts_is_refused_and_a_larger_one_is_named_as_a_reason(capsys):
    with pytest.raises(SystemExit):
        main(["run", "--memory", "5"])
    assert "5 MB are too few for any kernel; expected 100 or more" in capsys.readouterr().err
    # A cell without memory for a message has none.
    error = SimpleNamespace(exec_count=3, ename="CellExecutionError", evalue="")
    reason = "its kernel may hold 200 MB (--memory), which may be too little: 500 MB were enough for every notebook of "
    reason += "the case fu-2025 on a machine of two cores"
    assert _failed_with(error, Limits(megabytes=200)) == f"cell [3] failed without a message; {reason}"
    assert _failed_with(error, Limits()) == "cell [3] failed without a message"
    # 500 were enough: of a larger limit that is no explanation.
    assert _failed_with(error, Limits(megabytes=2000)).endswith("2000 MB (--memory), which may be too little")


@pytest.mark.product
@pytest.mark.parametrize("kernel", ["", "cold"])
def test_a_limit_below_what_a_kernel_holds_is_told_in_one_message_without_a_traceback(tmp_path, kernel):
    """A kernel of these libraries holds some 240 MB before its first cell. Of a stock one that is not known before."""
    out = tmp_path / "out"
    done = casetimeline("run", "fu-2025", "--only", "00_course", "--memory", "120", "-o", str(out), KERNEL=kernel)
    assert "Traceback" not in done.stderr and "500 MB were enough" in done.stderr
    assert (done.returncode, out.exists()) == ((1, True) if kernel else (2, False))
    assert kernel or re.search(r"--memory: found '120 MB'; expected more than \d+ MB, which a kernel", done.stderr)


@pytest.mark.product
def test_a_kernel_that_has_no_memory_for_its_start_says_so_and_writes_nothing(tmp_path, capfd):
    with DirectKernel(os.environ, str(tmp_path), memory=20) as kernel:
        assert "Error" in kernel.why_not_ready() and kernel.has_begun
    assert capfd.readouterr().err == ""


def test_a_case_that_cannot_be_read_has_no_notebook_and_one_is_one(tmp_path, capsys):
    data = make_cases(tmp_path / "data", "unread")
    path = data / "unread/timeline.csv"
    path.write_text(path.read_text(encoding="utf-8").replace(",46,", ",460,"), encoding="utf-8")
    failures = [cases.Failure("unread", "", "", "1 fault")]
    assert cases.run_words(1, 1, failures) == "1 case, 1 failed; 1 notebook run"
    assert main(["run", "--data", str(data), "-o", str(tmp_path / "out")]) == 1
    assert "casetimeline: unread: 1 fault" in capsys.readouterr().err
