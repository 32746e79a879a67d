"""A report is made once, by digests; and whatever stops a run, nothing half-made stands under its name."""

import json
import os
import resource
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import ROOT, casetimeline, change_number, in_gate, make_project_of, run, shorten

from casetimeline.faults import TimelineError
from casetimeline.files import files_in
from casetimeline.workflow.build import check_deny
from casetimeline.workflow.plan import Plan, digest_outputs, read_manifest, with_earlier_figures
from casetimeline.workflow.program import package_files, versions_here

ASKED = ("report", "--case", "fu-2025")


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A project of one notebook with its report."""
    project = make_project_of(tmp_path_factory.mktemp("small"), "02_muscle")
    shorten(project / "data/fu-2025", "ck", "glucocorticoids", "tocilizumab", "pericardial_effusion")
    done = run_report(project)
    assert done.returncode == 0, done.stderr
    return project


@pytest.fixture
def built(small, tmp_path):
    return shutil.copytree(small, tmp_path / "built", symlinks=True)


def run_report(project, *more, **environment):
    return casetimeline(*ASKED, *more, cwd=project, PYTHONPATH=str(project), **environment)


@pytest.fixture
def start_report():
    """Starts a report of a project as a process; what a failed test leaves running ends with it."""
    started = []

    def start(project):
        process = subprocess.Popen(
            [sys.executable, "-m", "casetimeline", *ASKED],
            cwd=project,
            env={**os.environ, "PYTHONPATH": str(project)},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        started.append(process)
        return process

    yield start
    for process in started:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def content(project):
    """Every file of the report by name: its digest, and when it was written."""
    home = project / "build/fu-2025"
    return {name: (home / name).stat().st_mtime_ns for name in files_in(home)}, digest_outputs(home)


def assert_whole(project, digests):
    """The report is there as its manifest says, and is the one that an undisturbed run gives."""
    home = project / "build/fu-2025"
    assert digest_outputs(home) == read_manifest(home)["outputs"] == digests
    assert [path.name for path in (project / "build/.fu-2025.work").iterdir()] in (["done", "lock"], ["lock", "done"])


def touch_everything(project):
    for path in project.rglob("*"):
        if path.is_file() and ".venv" not in path.parts:
            os.utime(path)


@pytest.mark.product
def test_a_touch_alone_makes_nothing_again(built):
    before, _ = content(built)
    touch_everything(built / "data")
    touch_everything(built / "notebooks")
    touch_everything(built / "casetimeline")
    done = run_report(built)
    assert done.returncode == 0 and "nothing to do" in done.stdout and done.stderr == ""
    assert content(built)[0] == before


def replace(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


@pytest.mark.product
@pytest.mark.parametrize(
    ("what", "notebooks"),
    [("data", 1), ("rules", 1), ("package", 1), ("lock", 1), ("notebook", 1), ("parameter", 1), ("result", 0)],
)
def test_what_is_changed_is_made_again_and_no_more(built, what, notebooks):
    more = ()
    if what == "data":
        replace(built / "data/fu-2025/timeline.csv", "number of cycles not reported", "number of cycles not told")
    elif what == "rules":
        replace(built / "data/rules.csv", "EUSTAR dcSSc", "EUSTAR dcSSc patients")
    elif what == "package":
        replace(built / "casetimeline/prose/wording/words.py", '"""Numbers, changes', '"""The numbers, changes')
    elif what == "lock":
        replace(built / "requirements.lock", "\n", "\n# another line\n")
    elif what == "notebook":
        replace(built / "notebooks/02_muscle.ipynb", "# ", "# Once more: ")
    elif what == "parameter":
        more = ("--baseline", "first")
    else:
        replace(built / "build/fu-2025/figures/02_muscle.svg", "Creatine", "Kreatin")
    done = run_report(built, *more)
    assert done.returncode == 0, done.stderr
    assert "made " in done.stdout
    assert done.stderr.count("fu-2025: 1 of 1 notebooks, 02_muscle\n") == notebooks
    assert run_report(built, *more).stdout.count("nothing to do") == 1


@pytest.mark.product
def test_a_file_changed_by_hand_is_kept_beside_the_new_one(built):
    results = built / "build/fu-2025/manuscript/results.md"
    printed = results.read_text(encoding="utf-8")
    for round_, name in enumerate(("results.md", "results.1.md")):
        results.write_text(f"my own words, round {round_}", encoding="utf-8")
        done = run_report(built)
        assert done.returncode == 0 and "manuscript/results.md was changed by hand" in done.stderr
        assert results.read_text(encoding="utf-8") == printed
        kept = built / "build/_edited/fu-2025/manuscript" / name
        assert kept.read_text(encoding="utf-8") == f"my own words, round {round_}"
    # A file of another name makes nothing stale, and is kept as well when something is.
    (built / "build/fu-2025/notes.txt").write_text("mine")
    assert "nothing to do" in run_report(built).stdout
    assert "notes.txt" in run_report(built, "--baseline", "first").stderr
    assert (built / "build/_edited/fu-2025/notes.txt").read_text() == "mine"


def wait_until(holds, process):
    while not holds():
        assert process.poll() is None, process.communicate()
        time.sleep(0.005)


def is_new(home):
    # The run may set the old report aside between any two looks at it: one look, and no file is not a new one.
    try:
        return "0" * 64 not in (home / "manifest.json").read_text()
    except FileNotFoundError:
        return False


def digests_of_lock(project):
    return read_manifest(project / "build/fu-2025")["inputs"]["requirements.lock"]


MOMENTS = {
    "the old report is set aside": lambda work, home: (home.parent / "_earlier/fu-2025").exists(),
    "a notebook runs": lambda work, home: any((work / "run/made").glob("*")),
    "one notebook is done": lambda work, home: any((work / "done").glob("*.svg")),
    "the report is written": lambda work, home: (work / "new").exists(),
    "the manifest is there": lambda work, home: (work / "new/manifest.json").exists() or is_new(home),
}


@pytest.mark.product
@pytest.mark.parametrize("moment", in_gate("the report is written", of=MOMENTS))
def test_kill_9_leaves_nothing_half_made_and_the_next_run_recovers(small, built, start_report, moment):
    _, digests = content(small)
    work, home = built / "build/.fu-2025.work", built / "build/fu-2025"
    shutil.rmtree(work / "done")
    # The report that is there is of another lock, so that it is set aside before the first notebook.
    replace(built / "build/fu-2025/manifest.json", digests_of_lock(small), "0" * 64)
    process = start_report(built)
    wait_until(lambda: MOMENTS[moment](work, home), process)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    # Under the final name stands a whole report, or nothing at all.
    if is_new(home):
        assert digest_outputs(home) == read_manifest(home)["outputs"]
    done = run_report(built)
    assert done.returncode == 0, done.stderr
    assert_whole(built, digests)
    assert not (built / "build/_edited").exists()


# An old report of three files of its own, one of them changed by hand, and one that is not of the report; and a still
# older one. A run makes a new one and is killed at its first change of a file, at its second, and so on; each time the
# next run follows. `untrue`: the inputs of the old report have changed, and it is set aside before the first notebook.
KILLED_AT_EACH_STEP = """
import json, os, shutil, signal, sys
from pathlib import Path
from types import SimpleNamespace
import pandas as pd
from casetimeline.files import files_in, sha256
from casetimeline.workflow import build
from casetimeline.workflow.plan import Plan, manifest_text, truth_of

CHANGES = {"os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.symlink", "os.link"}

def make(plan, killed_at):
    steps = 0
    def count(event, arguments):
        nonlocal steps
        writes = event == "open" and not {*"wax+"}.isdisjoint(arguments[1] or "")
        if event in CHANGES or writes:
            steps += 1
            if steps == killed_at:
                os.kill(os.getpid(), signal.SIGKILL)
    child = os.fork()
    if not child:
        sys.addaudithook(count)
        build.make_report(plan)
        os._exit(0)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

def written(plan, truth, case):
    new = plan.work / "new"
    new.mkdir()
    (new / "page.html").write_text("new page")
    outputs = {"page.html": sha256(b"new page")}
    (new / "manifest.json").write_text(manifest_text("a", truth.parameters, truth.inputs, truth.versions, outputs))
    return new

root, untrue = Path(sys.argv[1]), sys.argv[2] == "untrue"
(root / "lock").touch()
(root / "data/a").mkdir(parents=True)
plan = Plan("a", root / "data", root / "build", (root / "0.ipynb",), root / "lock", baseline="first")
printed = {"page.html": b"page", "figures/0.svg": b"figure", "results.md": b"results"}
build._checked = lambda *_: SimpleNamespace(facts=pd.DataFrame({"kind": [], "code": []}))
build._make, build.refuse_leaks = written, lambda *_: None
kept = []
for killed_at in range(1, 1000):
    shutil.rmtree(plan.build, ignore_errors=True)
    for name, content in {**printed, "results.md": b"my own results", "notes/mine.txt": b"mine"}.items():
        (plan.home / name).parent.mkdir(parents=True, exist_ok=True)
        (plan.home / name).write_bytes(content)
    plan.earlier.mkdir(parents=True)
    (plan.earlier / "page.html").write_text("older page")
    digests = {name: sha256(content) for name, content in printed.items()}
    truth = truth_of(plan)
    inputs = {} if untrue else truth.inputs
    (plan.home / "manifest.json").write_text(manifest_text("a", {}, inputs, truth.versions, digests))
    status = make(plan, killed_at)
    assert make(plan, 0) == 0 and os.listdir(plan.work) == ["lock"]
    assert {name: (plan.home / name).read_text() for name in files_in(plan.home)} == {"page.html": "new page"}
    # The report that is replaced is the earlier one, whole but for what is kept by itself.
    assert {name: (plan.earlier / name).read_bytes() for name in files_in(plan.earlier)} == {
        name: printed[name] for name in ("page.html", "figures/0.svg")
    }
    kept.append({name: (plan.kept / name).read_text() for name in files_in(plan.kept)})
    if status == 0:
        break
    assert status == -signal.SIGKILL
print(json.dumps(kept))
"""


@pytest.mark.product
@pytest.mark.parametrize("kind", ["untrue", "true"])
def test_a_run_killed_at_any_step_loses_neither_the_earlier_report_nor_what_is_of_somebody(tmp_path, kind):
    done = run(sys.executable, "-c", KILLED_AT_EACH_STEP, str(tmp_path), kind)
    assert done.returncode == 0, done.stderr
    kept = json.loads(done.stdout)
    # Four files, a manifest, three folders, and what is made to set them aside.
    assert len(kept) > 10
    assert kept == [{"results.md": "my own results", "notes/mine.txt": "mine"}] * len(kept)


def files_of(folder):
    """Every file below a folder with its content, whoever wrote it."""
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


MISTYPED = [
    (("--baseline", "last"), "baseline: found 'last'; expected one of last_before"),
    (("--baseline", "phase=9"), "baseline: found 'phase=9'; expected a phase of the timeline"),
    (("--reference", "tocilizumb"), "reference: found 'tocilizumb'; expected a treatment, procedure"),
    (("--axis", "week"), "axis: found 'week'; expected blank, or one of"),
    (("--axis", "study_day"), "axis: found 'study_day'; expected an axis that this case can have: order"),
    (("--rules", "respone"), "rules: found 'respone'; expected the name of a rule"),
    (("--preset", "jrheumm"), "--preset: found 'jrheumm'; expected one of"),
    (("--measure", "mrss"), "preset: found nothing; expected a preset that the figure files of mrss"),
    (("--measure", "mrs"), "measure: found 'mrs'; expected a measure of this case"),
    (("--measure", "mrs", "--preset", "screen"), "measure: found 'mrs'; expected a measure of this case"),
    (("--deny", "nowhere.txt"), "nowhere.txt: found 'no such file'"),
    # That another folder does not have the case is no change of what the report was made from.
    (("--data", "nowhere"), "nowhere: found 'no such folder'; expected the folder of the cases"),
    (("--data", "notebooks"), "case: found 'fu-2025'; expected a case of this folder: there is none"),
    (("--case", "fu-2205"), "case: found 'fu-2205'; expected a case of this folder"),
]
DAMAGED = {
    "data/rules.csv": ("EUSTAR dcSSc", '"EUSTAR dcSSc', "rules.csv"),
    "data/measures.csv": ("mrss,observation", "mrss,observatoin", "measures.csv, line 2, column kind"),
    "data/comparators.csv": ("\n", "\nshort,line\n", "comparators.csv, line 2"),
    "data/fu-2025/timeline.csv": (",923,", ",923 or so,", "fu-2025/timeline.csv, line"),
    "data/fu-2025/case.yaml": ("case_id: fu-2025", "case_id: fu-2024", "fu-2025/case.yaml, line 2, key case_id"),
    "notebooks/02_muscle.ipynb": ("{", "", "02_muscle.ipynb: found 'no notebook'; expected a Jupyter notebook"),
}


@pytest.mark.product
def test_a_fault_before_the_first_notebook_touches_nothing_and_names_its_place(built):
    """A mistyped option is a fault of the option; one line of a file that of the file."""
    before = files_of(built / "build")
    for asked, said in MISTYPED:
        done = run_report(built, *asked)
        assert done.returncode == 2 and f"\n{said}" in done.stderr, (asked, done.stderr)
        assert "notebooks," not in done.stderr and files_of(built / "build") == before, asked
        assert ("build/fu-2025 holds the report made before, as it was\n" in done.stderr) == ("fu-2205" not in asked)
    for name, (old, new, said) in DAMAGED.items():
        path = built / name
        content = path.read_bytes()
        replace(path, old, new)
        done = run_report(built)
        assert done.returncode == 2 and f"\n{said}" in done.stderr, (name, done.stderr)
        assert f"as it was; changed since then: {name}\n" in done.stderr
        path.unlink()
        done = run_report(built)
        assert done.returncode == 2 or name.startswith("notebooks"), done.stderr
        assert done.returncode == 2 and files_of(built / "build") == before, name
        path.write_bytes(content)
    assert "nothing to do" in run_report(built).stdout
    assert files_of(built / "build") == before


@pytest.mark.product
def test_only_changed_inputs_take_a_report_away_and_then_it_is_set_aside(built):
    """With another option the report that is there is as true as it was; with another notebook it is not."""
    home, earlier = built / "build/fu-2025", built / "build/_earlier/fu-2025"
    before = files_of(home)
    stop = "raise ValueError('stopped')"
    notebook = built / "notebooks/02_muscle.ipynb"
    whole = notebook.read_text(encoding="utf-8")
    # The report itself is of a notebook that stops for another baseline alone.
    analysed = "analysis = ct.analyse(case, changes)"
    replace(notebook, analysed, f"{analysed}\\nif case.baseline_rule == 'phase=2': {stop}")
    assert run_report(built).returncode == 0
    made = files_of(home)
    assert files_of(earlier) == before
    done = run_report(built, "--baseline", "phase=2")
    assert done.returncode == 1 and "build/fu-2025 holds the report made before, as it was\n" in done.stderr
    left = files_of(home)
    assert left.pop("failed/02_muscle.ipynb") and left == made
    # What failed is no part of the report.
    assert "nothing to do" in run_report(built).stdout
    replace(notebook, "if case.baseline_rule == 'phase=2': ", "")
    done = run_report(built)
    assert done.returncode == 1 and "the report made before is kept as build/_earlier/fu-2025" in done.stderr
    assert files_of(earlier) == made and list(files_of(home)) == ["failed/02_muscle.ipynb"]
    notebook.write_text(whole, encoding="utf-8")
    assert run_report(built).returncode == 0
    assert files_of(home) == before and files_of(earlier) == made


def test_compiled_code_that_is_being_written_is_no_input():
    """Another process writes it under a name with a number at its end."""
    path = Path(ROOT, "casetimeline/__pycache__/publish.cpython-311.pyc.140089734677872")
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"")
    try:
        assert not [name for name in package_files() if "__pycache__" in name]
    finally:
        path.unlink()


def test_a_library_that_is_installed_meanwhile_has_another_version(tmp_path, monkeypatch):
    """What was found is kept, and looked for again once a folder of the path has another time."""
    monkeypatch.syspath_prepend(tmp_path)
    os.utime(tmp_path, (1, 1))
    before = versions_here()
    told = tmp_path / "seaborn-99.0.dist-info" / "METADATA"
    told.parent.mkdir()
    told.write_text("Metadata-Version: 2.1\nName: seaborn\nVersion: 99.0\n", encoding="utf-8")
    assert versions_here() == {**before, "seaborn": "99.0"} != before


@pytest.mark.product
def test_figure_files_of_one_preset_stay_when_another_is_asked_for(built):
    figures = built / "build/fu-2025/manuscript/figures"
    for asked, there in (
        (("--preset", "screen"), {"screen"}),
        (("--preset", "wiley_column", "--measure", "ck"), {"screen", "wiley_column"}),
        ((), {"screen", "wiley_column"}),
        (("--preset", "screen"), {"screen", "wiley_column"}),
    ):
        done = run_report(built, *asked)
        assert done.returncode == 0, done.stderr
        assert {path.name for path in figures.iterdir() if path.is_dir()} == there
    assert "nothing to do" in done.stdout
    parameters = read_manifest(built / "build/fu-2025")["parameters"]
    assert parameters == {"presets": ["screen", "wiley_column"], "measures": ["ck"]}
    # Other data: both are made of them.
    change_number(built / "data/fu-2025", "923", "924")
    before = digest_outputs(figures / "screen")
    assert run_report(built).returncode == 0
    assert set(digest_outputs(figures / "screen")) == set(before) and digest_outputs(figures / "screen") != before
    verified = casetimeline("verify", "build/fu-2025", cwd=built, PYTHONPATH=str(built))
    assert verified.returncode == 0, verified.stdout
    # A folder that was removed by hand is asked for no more.
    shutil.rmtree(figures / "screen")
    assert run_report(built).returncode == 0
    assert (
        read_manifest(built / "build/fu-2025")["parameters"]["presets"] == ["wiley_column"]
        and not (figures / "screen").exists()
    )


@pytest.mark.parametrize("names", [5, None, True, "ck", {"ck": 1}, [5, ["ck"]]])
def test_figures_that_a_manifest_asks_for_in_another_form_are_asked_for_no_more(tmp_path, names):
    manifest = {"case_id": "a", "inputs": {}, "versions": {}, "outputs": {}}
    plan = Plan("a", tmp_path / "data", tmp_path / "build", (), tmp_path / "lock", measures=("mrss",))
    (plan.figures / "screen").mkdir(parents=True)
    for parameters, asked in (
        ({"presets": names, "measures": ["ck"]}, ((), ("mrss",))),
        ({"presets": ["screen"], "measures": names}, (("screen",), ("mrss",))),
    ):
        (plan.home / "manifest.json").write_text(json.dumps({**manifest, "parameters": parameters}), encoding="utf-8")
        planned = with_earlier_figures(plan)
        assert (planned.presets, planned.measures) == asked


@pytest.mark.product
def test_two_runs_of_one_case_at_once_give_one_report(small, built, start_report):
    _, digests = content(small)
    shutil.rmtree(built / "build")
    first = start_report(built)
    wait_until(lambda: (built / "build/.fu-2025.work/run").exists(), first)
    second = start_report(built)
    told = [process.communicate(timeout=300) for process in (first, second)]
    assert first.returncode == second.returncode == 0, told
    assert "made " in told[0][0] and "nothing to do" in told[1][0]
    assert "another run of case fu-2025 is at work" in told[1][1]
    assert_whole(built, digests)


@pytest.mark.product
@pytest.mark.parametrize("moment", ["a notebook runs", "the report is written"])
def test_an_input_that_changes_during_a_run_is_not_published(small, built, start_report, moment):
    """Neither the report nor a notebook kept for the next run may hold what their digests do not say."""
    timeline = built / "data/fu-2025/timeline.csv"
    text = timeline.read_text(encoding="utf-8")
    (built / "build/fu-2025/summary.txt").unlink()
    work, home = built / "build/.fu-2025.work", built / "build/fu-2025"
    if moment == "a notebook runs":
        shutil.rmtree(work / "done")
    process = start_report(built)
    wait_until(lambda: MOMENTS[moment](work, home), process)
    timeline.write_text(text.replace("number of cycles", "the number of cycles", 1), encoding="utf-8")
    _, said = process.communicate(timeout=120)
    assert process.returncode == 2 and "another content than when the run began" in said and "Traceback" not in said
    assert not (built / "build/fu-2025/report.html").exists()
    timeline.write_text(text, encoding="utf-8")
    assert run_report(built).returncode == 0
    assert_whole(built, digest_outputs(small / "build/fu-2025"))


@pytest.mark.product
def test_what_no_report_can_be_made_from_is_refused_before_anything_is_touched(built):
    before = content(built)
    for asked, said in (
        ("--notebooks", "with notebooks"),
        ("--lock", "file of exact requirements"),
        ("--data", "nowhere: found 'no such folder'; expected the folder of the cases"),
    ):
        done = run_report(built, asked, "nowhere")
        assert done.returncode == 2 and said in done.stderr and "Traceback" not in done.stderr
        assert content(built) == before


@pytest.mark.product
def test_a_file_in_the_place_of_a_report_stays_where_it_is(small, tmp_path):
    (tmp_path / "fu-2025").write_text("mine")
    done = run_report(small, "--build", str(tmp_path))
    assert done.returncode == 1 and "is a file; a report is written into a folder" in done.stderr
    assert "Traceback" not in done.stderr and (tmp_path / "fu-2025").read_text() == "mine"


@pytest.mark.product
@pytest.mark.parametrize("size", [20_000, 60_000, 120_000])
def test_a_disk_without_room_ends_in_one_message(built, size):
    """The limit of a file's size stands for a full disk: a write fails in the middle of a file."""
    (built / "build/fu-2025/summary.txt").unlink()
    shutil.rmtree(built / "build/.fu-2025.work/done")
    before = files_of(built / "build/fu-2025")
    code = (
        "import resource, signal, sys; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        f"resource.setrlimit(resource.RLIMIT_FSIZE, ({size}, {size}));"
        f"from casetimeline.cli import main; sys.exit(main({list(ASKED)!r}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=built,
        env={**os.environ, "PYTHONPATH": str(built)},
        capture_output=True,
        text=True,
    )
    assert done.returncode != 0
    left = files_of(built / "build/fu-2025")
    # A notebook that could not write its figure is left to be looked at.
    assert {name: content for name, content in left.items() if not name.startswith("failed/")} == before
    told = [line for line in done.stderr.replace("\r", "\n").splitlines() if line.startswith("casetimeline:")]
    assert len(told) == 2, done.stderr
    assert told[1] == "casetimeline: build/fu-2025 holds the report made before, as it was"
    assert resource.getrlimit(resource.RLIMIT_FSIZE)[0] == resource.RLIM_INFINITY
    assert run_report(built).returncode == 0
    assert (built / "build/fu-2025/summary.txt").exists()


@pytest.mark.product
@pytest.mark.parametrize("where", ["a file", "no folder of this system", "a link"])
def test_a_folder_that_cannot_be_written_ends_in_one_message(small, tmp_path, where):
    build = tmp_path / "build"
    if where == "a file":
        build.write_text("mine")
    elif where == "a link":
        build.mkdir()
        (tmp_path / "elsewhere").mkdir()
        (build / "fu-2025").symlink_to(tmp_path / "elsewhere")
    else:
        build = Path("/proc/casetimeline")
    done = run_report(small, "--build", str(build))
    assert (
        done.returncode == (2 if where == "a file" else 1)
        and done.stderr.startswith("casetimeline: ")
        and "Traceback" not in done.stderr
    )
    if where == "a file":
        assert build.read_text() == "mine"
    if where == "a link":
        assert list((tmp_path / "elsewhere").iterdir()) == []


@pytest.mark.product
def test_the_manifest_names_every_input_and_output_and_no_machine(small):
    home = small / "build/fu-2025"
    told = json.loads((home / "manifest.json").read_text(encoding="utf-8"))
    # As `sha256sum` tells them: anyone can check.
    names = [f"data/fu-2025/{name}" for name in ("case.yaml", "timeline.csv")]
    names += [f"data/{name}.csv" for name in ("measures", "rules", "comparators")]
    names += ["notebooks/02_muscle.ipynb", "casetimeline/rules/rules.py", "casetimeline/report/templates/report.typ"]
    names.append("requirements.lock")
    summed = subprocess.run(["sha256sum", *names], cwd=small, capture_output=True, text=True).stdout
    assert {name: digest for digest, name in map(str.split, summed.splitlines())}.items() <= told["inputs"].items()
    assert set(told["outputs"]) == set(files_in(home))
    summed = subprocess.run(["sha256sum", *told["outputs"]], cwd=home, capture_output=True, text=True).stdout
    assert {name: digest for digest, name in map(str.split, summed.splitlines())} == told["outputs"]
    assert told["versions"]["pandas"] and told["parameters"] == {"presets": []}
    text = (home / "manifest.json").read_text(encoding="utf-8")
    assert str(small) not in text and "/tmp" not in text


def test_a_list_that_names_nothing_is_refused(tmp_path):
    deny = tmp_path / "deny.txt"
    deny.write_text("\n# nobody yet\n", encoding="utf-8")
    with pytest.raises(TimelineError, match="deny-list: found 'no name'; expected at least one name or number"):
        check_deny(SimpleNamespace(deny=deny))
    deny.write_text("Mrs Doe\n", encoding="utf-8")
    check_deny(SimpleNamespace(deny=deny))
