"""Small cases made by hand, and commands run as a user runs them."""

import dataclasses
import gc
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from forked import SECONDS, Commands, settled
from hypothesis import HealthCheck, settings, strategies as st

from casetimeline.case.model import Case, Recorded, interpret_case, parse_case
from casetimeline.case.read import read_case, whole_vocabulary
from casetimeline.case.tables.cited import read_rules
from casetimeline.case.tables.references import with_places
from casetimeline.derive.pipeline import derive_changes
from casetimeline.faults import TimelineError
from casetimeline.files import list_cases
from casetimeline.rules.analysis import analyse

# Five examples that are always the same; or sixty, or two hundred, that follow from the seed of the command line.
# None depends on the speed of the machine, or on what an earlier run kept.
steady = settings(deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("gate", steady, max_examples=5, derandomize=True)
for name, examples in (("seeded", 60), ("thorough", 200)):
    settings.register_profile(name, steady, max_examples=examples, derandomize=False, print_blob=True)
settings.load_profile("gate")

# A run that a shell started in the background ignores Ctrl-C, and so would all that a test starts and ends by it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

ROOT = Path(__file__).parent.parent
CASES = ("ferreira2017", "fu-2025", "kamata2012", "openneurol2024-64f", "ujkz10974")
NOTEBOOKS = sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))

# Words that no sentence about a case may have: it tells what followed, and not why.
CAUSAL = re.compile(
    r"\b(caus\w+|due to|led to|leads to|thanks to|owing to|result\w* in|respon[ds]\w*"
    r"|effective\w*|efficac\w+|benefit\w*)\b",
    re.I,
)

# The results of a claim.
SUPPORTED, CONTRADICTED, OPEN = "supported", "contradicted", "cannot be checked"

FILES = ("case.yaml", "timeline.csv")
HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,source,note"


def pytest_collection_modifyitems(items):
    """Begin with the groups that one worker runs as a whole: at the end each worker has something small to do."""
    items.sort(key=lambda item: item.get_closest_marker("xdist_group") is None)


def in_gate(*kept, of):
    """Parameters of a test: those that are kept are in the gate, each other of them is `product`."""
    return [pytest.param(one, marks=() if one in kept else pytest.mark.product) for one in of]


def first_in_gate(count, rows):
    """Parameters of a test: the first rows are in the gate, the others are `product`."""
    rows = [row if isinstance(row, tuple) else (row,) for row in rows]
    return [pytest.param(*row, marks=pytest.mark.product if place >= count else ()) for place, row in enumerate(rows)]


def refused(call, *arguments):
    """The faults with which a call refuses its arguments."""
    with pytest.raises(TimelineError) as caught:
        call(*arguments)
    return caught.value.faults


def bounds(start, *widths):
    """Two bounds, from equal to a little apart."""
    return st.tuples(start, st.sampled_from(widths)).map(lambda pair: (float(pair[0]), float(sum(pair))))


def recorded(rows: tuple[str, ...], case_id: str, header: str, about: str) -> Recorded:
    """The two files of a case made of rows of text."""
    form = f"case_id: {case_id}\n{about or 'analysis: {baseline: first}'}\n"
    return Recorded(form.encode(), ("\n".join([header, *rows]) + "\n").encode())


@pytest.fixture(scope="session")
def vocabulary():
    """The tables that all cases share."""
    return whole_vocabulary(ROOT / "data")


# A patient for whom the rules of the skin score and of CK were made; those of effusions were made for others.
PATIENT = {"diagnosis": "diagnosis: diffuse cutaneous systemic sclerosis", "patient": "patient: {sex: female}"}


@pytest.fixture(scope="session")
def make_case(vocabulary):
    """A checked case made of rows of text, in memory; no file is written. What is not told of the patient is added."""

    def make(*rows: str, case_id: str = "a", header: str = HEADER, about: str = "", **asked: str) -> Case:
        lines = [about or "analysis: {baseline: first}", *(line for key, line in PATIENT.items() if key not in about)]
        parsed = parse_case(case_id, recorded(rows, case_id, header, "\n".join(lines)), vocabulary)
        return interpret_case(parsed, vocabulary, **asked)

    return make


@pytest.fixture(scope="session")
def with_cohort_rules(vocabulary):
    """Add to a case the rules on regression and stability of an effusion, of an abstract that cannot be cited.

    They are not rules of the project; no other rule has the kinds `regression` and `stability`.
    """
    path = ROOT / "tests" / "rules" / "cohort_rules.csv"
    more = with_places(read_rules(path.read_text(), path.name), vocabulary.references, path.name)

    def add(case: Case) -> Case:
        tables = {name: pd.concat([getattr(case, name), more], ignore_index=True) for name in ("rules", "catalogue")}
        return dataclasses.replace(case, **tables)

    return add


@pytest.fixture
def write_case(tmp_path):
    """Write a data folder with one case made of rows of text, for what reads files; and return the folder."""

    def write(*rows: str, case_id: str = "a", header: str = HEADER, about: str = "") -> Path:
        data = tmp_path / "data"
        folder = data / case_id
        folder.mkdir(parents=True, exist_ok=True)
        for name in ("measures.csv", "rules.csv", "comparators.csv"):
            shutil.copy(ROOT / "data" / name, data / name)
        for name, content in recorded(rows, case_id, header, about).files().items():
            (folder / name).write_bytes(content)
        return data

    return write


@pytest.fixture
def observe():
    """A row of a timeline.csv with the header of this file."""

    def row(phase="1", code="mrss", value="46", unit="", state="", note="", start="", limits=",", case_id="a"):
        return f"{case_id},{phase},observation,{code},{start},,{value},{unit},{limits},{state},,,chart,{note}"

    return row


def placed(frame):
    """A frame whose facts follow each other by ORDER, and are of one moment where it is the same, unless it says so."""
    order = frame["ORDER"].astype(float)
    places = {"ORDLO": order, "ORDHI": order, "ORDPH": float("nan"), "MOMENT": -1}
    return frame.assign(**{name: column for name, column in places.items() if name not in frame})


def derive(case):
    """All derivations of a case."""
    return derive_changes(case.facts, case.baseline_rule, case.reference)


@pytest.fixture(scope="session")
def published():
    """Each published case with its derived table."""
    cases = {case_id: read_case(ROOT / "data", case_id) for case_id in CASES}
    return {case_id: (case, derive(case)) for case_id, case in cases.items()}


@pytest.fixture(scope="session")
def every_published():
    """Every case of the data folder."""
    return [read_case(ROOT / "data", case_id) for case_id in list_cases(ROOT / "data")]


@pytest.fixture(scope="session")
def every_analysis(every_published):
    """The analysis of each of them: its tables are made once, for all who ask."""
    return [analyse(case) for case in every_published]


@pytest.fixture(scope="session")
def index_case(published):
    """The index case with its derived table."""
    return published["fu-2025"]


@pytest.fixture(scope="session")
def report_of_index_case():
    """The report of the index case without options: the one that the gate began with, made here only if it is stale.

    A second worker waits for the first, as any second run of a report does.
    """
    home = ROOT / os.environ.get("REPORT_OF_INDEX_CASE", "build/fu-2025")
    done = casetimeline("report", "--case", home.name, "--build", str(home.parent))
    assert done.returncode == 0, done.stderr
    return home


def _settings(environment: dict[str, str]) -> dict[str, str]:
    """The environment of a command, whoever runs the tests."""
    settings = {**os.environ, "JUPYTER_PREFER_ENV_PATH": "1", **environment}
    return {name: value for name, value in settings.items() if name not in ("MAKEFLAGS", "MAKELEVEL")}


def run(*command: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """Run a command with this interpreter's tools first on the path."""
    return subprocess.run(command, cwd=cwd, env=_settings(environment), capture_output=True, text=True, timeout=SECONDS)


commands = cache(Commands)


def casetimeline(*arguments: str, cwd: Path = ROOT, **environment: str) -> subprocess.CompletedProcess:
    """Run the command line of the package: forked, where its environment is that of all others."""
    settings = _settings(environment)
    if settled(settings) != commands().environment:
        return run(sys.executable, "-m", "casetimeline", *arguments, cwd=cwd, **environment)
    with tempfile.TemporaryDirectory() as folder:
        out, error = (Path(folder, name) for name in ("out", "error"))
        for path in (out, error):
            path.touch()
        request = {"arguments": [*arguments], "folder": str(cwd), "environment": settings}
        status = commands().run({**request, "streams": [str(out), str(error)]})
        return subprocess.CompletedProcess([*arguments], status, out.read_text(), error.read_text())


def copy_project(target: Path) -> Path:
    """A copy of the project without results, on the environment of this run."""
    kept = ("casetimeline", "notebooks", "data", "figures", "Makefile", "requirements.lock", "pyproject.toml")
    target.mkdir(parents=True)
    for name in kept:
        source = ROOT / name
        if source.is_dir():
            # Compiled code holds as long as its source is of the same time.
            shutil.copytree(source, target / name, ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
        else:
            shutil.copy2(source, target / name)
    (target / ".venv").symlink_to(sys.prefix)
    for name in ("requirements.lock", "pyproject.toml"):
        # Older than the environment, which must not be set up again.
        os.utime(target / name, (0, 0))
    return target


@pytest.fixture
def project(tmp_path):
    """A copy of the project to be changed by a test."""
    return copy_project(tmp_path / "project")


def shorten(folder: Path, *codes: str) -> None:
    """Leave of a case the rows of some codes and no claim: of a longer one each report takes half as long again."""
    timeline, about = folder / "timeline.csv", folder / "case.yaml"
    header, *rows = timeline.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [row for row in rows if row.split(",")[3] in codes]
    timeline.write_text("".join([header, *kept]), encoding="utf-8")
    told, claims, _ = about.read_text(encoding="utf-8").partition("\nclaims:")
    about.write_text(f"{told}{claims} []\n", encoding="utf-8")


def change_number(folder: Path, old: str, new: str) -> None:
    """Another number in a case and in the text that it is held against, as if the source had printed that one."""
    for path in folder.iterdir():
        path.write_text(re.sub(rf"\b{old}\b", new, path.read_text(encoding="utf-8")), encoding="utf-8")


def make_project_of(tmp_path: Path, *stems: str) -> Path:
    """A copy of the project with some of its notebooks."""
    project = copy_project(tmp_path / "few")
    for path in (project / "notebooks").glob("*.ipynb"):
        if path.stem not in stems:
            path.unlink()
    return project


def told_sentences(analysis):
    """What is told of each measure of an analysis, then of its treatments, events and claims: a text for each."""
    from casetimeline.prose.tables.grounded import told_paragraphs
    from casetimeline.rules import analyse

    return [*filter(None, map(" ".join, told_paragraphs(analyse(analysis)).values()))]


def pytest_collection_finish():
    """Leave what stands at the start out of every later search for garbage, and search less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)
