"""What the waits cost, as ratios: two or more ways of doing the same, run in turns on one machine in one session.

    make bench                     all rows, into benchmarks/RESULTS.md
    make bench ROWS=1,7 ROUNDS=7   some of them

Seconds depend on the machine and on what else it does; the ratio of two ways that were run in turns hardly does.
Each figure is the median of the ratios taken round by round, with the smallest and the largest.
"""

import argparse
import json
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from importlib import metadata
from pathlib import Path

ROOT = Path(__file__).parent.parent
NOTEBOOK = "01_skin"
WARM = {"KERNEL": "warm", "FORK_KERNEL_IDLE": "300"}
# A template that ends with its last kernel: every run begins without one.
FRESH = {"KERNEL": "warm", "FORK_KERNEL_IDLE": "0"}
COLD = {"KERNEL": "cold"}
Way = Callable[[], None]


def run(*command: str, cwd: Path = ROOT, **environment: str) -> None:
    """Run a command to its end; anything but success stops the measurement."""
    settings = {name: text for name, text in os.environ.items() if not name.startswith("FORK_KERNEL")}
    settings |= {"JUPYTER_PREFER_ENV_PATH": "1", "PYTHONDONTWRITEBYTECODE": "", **environment}
    done = subprocess.run(command, cwd=cwd, env=settings, capture_output=True, text=True)
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")


def in_turns(ways: dict[str, Way], rounds: int) -> dict[str, list[float]]:
    """Seconds of each way, round by round, after one round that warms up files."""
    seconds: dict[str, list[float]] = {name: [] for name in ways}
    for number in range(rounds + 1):
        for name, way in ways.items():
            start = time.perf_counter()
            way()
            if number:
                seconds[name].append(time.perf_counter() - start)
    return seconds


def row(number: str, what: str, seconds: dict[str, list[float]], base: str, goal: str = "") -> list[str]:
    """Lines of the table: each way against one of them."""
    lines = []
    for name, own in seconds.items():
        ratios = [mine / its for mine, its in zip(own, seconds[base], strict=True)]
        spread = f"{min(ratios):.2f} to {max(ratios):.2f}"
        told = f"{statistics.median(own):.2f}"
        lines.append(f"| {number} | {what}: {name} | {statistics.median(ratios):.2f} | {spread} | {told} | {goal} |")
        number, what, goal = "", "", ""
    print("\n".join(lines), flush=True)
    return lines


class Bench:
    """The project, a scratch folder, and the two environments: the lean one, and one that JupyterLab shares."""

    def __init__(self, scratch: Path, rounds: int, full: Path | None):
        self.scratch, self.rounds, self.full = scratch, rounds, full
        self.python = sys.executable
        self.count = 0
        (scratch / "data").symlink_to(ROOT / "data")
        for name in ("measures.csv", "rules.csv", "comparators.csv"):
            (scratch / name).symlink_to(ROOT / "data" / name)
        self.cwd = scratch / "notebooks"
        self.cwd.mkdir()

    def out(self) -> str:
        """A folder that was never written to."""
        self.count += 1
        return str(self.scratch / f"out-{self.count}")

    def ours(self, *asked: str, python: str = "", **environment: str) -> None:
        """A run of notebooks by our command."""
        run(python or self.python, "-m", "casetimeline", "run", *asked, "-o", self.out(), **environment)

    def papermill(self, case: str = "fu-2025", data: str = "../data", python: str = "") -> None:
        """A run of one notebook by the papermill command, as anyone would type it."""
        source = ROOT / f"notebooks/{NOTEBOOK}.ipynb"
        given = ("-r", "case_id", case, "-r", "data_dir", data)
        command = ("-m", "papermill", str(source), self.out() + ".ipynb", *given, "--cwd", str(self.cwd))
        run(python or self.python, *command, "-k", "python3", CASETIMELINE_BUILD=self.out())

    def script(self, *stems: str, report: bool = False) -> str:
        """A script of the cells of notebooks, one after the other in one process; and of the report, if asked for."""
        path = self.scratch / f"script-{len(stems)}-{report}.py"
        parts = [code_of(stem) for stem in stems]
        if report:
            parts.append(REPORT.format(out=str(self.scratch / "script-report"), root=str(ROOT)))
        path.write_text("\n".join(parts), encoding="utf-8")
        return str(path)

    def row_1(self) -> list[str]:
        """Kernel life."""
        ways = {
            name: lambda settings=settings: self._life.stdin_line(settings)
            for name, settings in (("stock", "cold"), ("warm", "warm"))
        }
        with Lives(self) as self._life:
            return row("1", "kernel life: start, ready, imports, end", in_turns(ways, self.rounds), "stock", "<= 0.08")

    def row_2(self) -> list[str]:
        """One notebook."""
        script = self.script(NOTEBOOK)
        asked = ("fu-2025", "--only", NOTEBOOK)
        source = str(ROOT / f"notebooks/{NOTEBOOK}.ipynb")
        build = {"CASETIMELINE_BUILD": self.out()}
        copy = self.cwd / f"{NOTEBOOK}.ipynb"
        shutil.copy(source, copy)
        api = (
            f"import papermill; papermill.execute_notebook({source!r}, {self.out() + '.ipynb'!r}, "
            f"cwd={str(self.cwd)!r}, progress_bar=False)"
        )
        client = (
            f"import nbformat, nbclient; nb = nbformat.read({source!r}, 4); "
            f"nbclient.NotebookClient(nb, resources={{'metadata': {{'path': {str(self.cwd)!r}}}}}).execute(); "
            f"nbformat.write(nb, {self.out() + '.ipynb'!r})"
        )
        convert = ("-m", "nbconvert", "--to", "notebook", "--execute", str(copy), "--output", "converted")
        ways = {
            "plain script": lambda: run(self.python, script, cwd=self.cwd, **build),
            "casetimeline run, template warm": lambda: self.ours(*asked, **WARM),
            "casetimeline run, no template yet": lambda: self.ours(*asked, **FRESH),
            "casetimeline run, stock kernel": lambda: self.ours(*asked, **COLD),
            "papermill command": self.papermill,
            "papermill API": lambda: run(self.python, "-c", api, **build),
            "nbclient": lambda: run(self.python, "-c", client, **build),
            "nbconvert --execute": lambda: run(self.python, *convert, cwd=self.cwd, **build),
        }
        if self.full:
            full = str(self.full)
            engine = (
                f"import papermill; papermill.execute_notebook({source!r}, {self.out() + '.ipynb'!r}, "
                f"cwd={str(self.cwd)!r}, progress_bar=False, engine_name='embedded')"
            )
            nbmake = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "-c", os.devnull, "--nbmake", str(copy))
            ways |= {
                "papermill command, JupyterLab installed": lambda: self.papermill(python=full),
                "casetimeline run, warm, JupyterLab installed": lambda: self.ours(*asked, python=full, **WARM),
                "nbmake, JupyterLab installed": lambda: run(full, *nbmake, cwd=self.cwd, **build),
                "ploomber-engine, JupyterLab installed": lambda: run(full, "-c", engine, cwd=self.cwd, **build),
            }
        return row("2", "one notebook", in_turns(ways, self.rounds), "plain script", "<= 1.10 warm")

    def row_3(self) -> list[str]:
        """The report of the index case."""
        stems = [path.stem for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
        script = self.script(*stems, report=True)
        ask = ("-m", "casetimeline", "report", "--case", "fu-2025", "--build")
        ways = {
            "one script doing all": lambda: run(self.python, script, cwd=self.cwd, CASETIMELINE_BUILD=self.out()),
            "no template yet": lambda: run(self.python, *ask, self.out(), **FRESH),
            "template warm": lambda: run(self.python, *ask, self.out(), **WARM),
            "stock kernels": lambda: run(self.python, *ask, self.out(), **COLD),
        }
        goal = "<= 1.80; warm <= 1.35"
        return row("3", "report", in_turns(ways, self.rounds), "one script doing all", goal)

    def row_4_5(self) -> list[str]:
        """A batch of 16 cases, in turns."""
        return self._batch(16, self.rounds)

    def _batch(self, count: int, rounds: int) -> list[str]:
        data = self.cases(count)
        asked = ("--data", str(data), "--only", NOTEBOOK)
        floor = str(ROOT / "benchmarks/floor.py")
        told = (str(ROOT / f"notebooks/{NOTEBOOK}.ipynb"), str(data))
        # The papermill command is run for two of the cases, and its time is taken times half their number.
        ways = {
            "floor: one warm process": lambda: run(self.python, floor, *told, self.out(), cwd=self.cwd),
            "casetimeline run -j 1": lambda: self.ours(*asked, "-j", "1", **WARM),
            "casetimeline run -j 2": lambda: self.ours(*asked, "-j", "2", **WARM),
            "papermill command, 2 cases": lambda: [self.papermill(f"case-{n}", str(data)) for n in (0, 1)],
        }
        if self.full:
            full = str(self.full)
            ways["papermill command, 2 cases, JupyterLab installed"] = lambda: [
                self.papermill(f"case-{n}", str(data), full) for n in (0, 1)
            ]
            ways["casetimeline run -j 2, JupyterLab installed"] = lambda: self.ours(
                *asked, "-j", "2", python=full, **WARM
            )
        seconds = in_turns(ways, rounds)
        for name, own in seconds.items():
            if "2 cases" in name:
                own[:] = [each * count / 2 for each in own]
        lines = row("5", f"{count} cases", seconds, "floor: one warm process", "<= 1.30 with -j 1")
        pairs = [("casetimeline run -j 2", "papermill command, 2 cases", ">= 9")]
        if self.full:
            pairs.append(
                (
                    "casetimeline run -j 2, JupyterLab installed",
                    "papermill command, 2 cases, JupyterLab installed",
                    ">= 12",
                )
            )
        for mine, its, goal in pairs:
            faster = [slow / quick for slow, quick in zip(seconds[its], seconds[mine], strict=True)]
            spread = f"{min(faster):.1f} to {max(faster):.1f}"
            lines.append(
                f"| 4 | {mine}: times faster than the command | {statistics.median(faster):.1f} | {spread} | | {goal} |"
            )
        return lines

    def row_6(self) -> list[str]:
        """1, 10, 100 and 1,000 cases, once each: seconds a case, and the most memory that the command itself took."""
        lines, costs = [], {}
        for count in (1, 10, 100, 1000):
            data = self.cases(count)
            command = [self.python, "-m", "casetimeline", "run", "--data", str(data), "--only", NOTEBOOK]
            start = time.perf_counter()
            with subprocess.Popen(
                [*command, "-o", self.out(), "-j", "2", "--keep-notebooks", "none"],
                cwd=ROOT,
                env={**os.environ, **WARM},
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
            ) as process:
                _, status, used = os.wait4(process.pid, 0)
                process.returncode = os.waitstatus_to_exitcode(status)
            costs[count] = (time.perf_counter() - start) / count
            if process.returncode:
                raise RuntimeError(f"{count} cases: exit {process.returncode}")
            against = costs[count] / costs.get(100, costs[count])
            lines.append(
                f"| 6 | {count} cases, -j 2: {used.ru_maxrss / 1024:.0f} MB | "
                f"{f'{against:.2f}' if count > 100 else ''} | once | {costs[count]:.3f} a case | "
                f"{'0.90 to 1.10' if count > 100 else ''} |"
            )
            print(lines[-1], flush=True)
        return lines

    def row_7(self) -> list[str]:
        """nbval."""
        files = [str(path) for path in sorted((ROOT / "notebooks").glob("[0-9]*.ipynb"))]
        pytest = ("-m", "pytest", "-q", "-p", "no:cacheprovider", "--nbval", "--nbval-kernel-name", "python3")
        build = {"CASETIMELINE_BUILD": self.out()}
        ours = (*pytest, "-p", "casetimeline.workflow.accept")
        ways = {
            "stock": lambda: run(self.python, *pytest, *files, **build),
            "warm kernels": lambda: run(self.python, *ours, *files, **build, **WARM),
            "warm kernels, -n 2, as in make test": lambda: run(
                self.python, *ours, "-n", "2", "--dist", "loadfile", *files, **build, **WARM
            ),
        }
        return row("7", "strict nbval over the notebooks", in_turns(ways, self.rounds), "stock", "<= 0.42")

    def row_8(self) -> list[str]:
        """Figures in four formats."""
        with subprocess.Popen(
            [self.python, str(ROOT / "benchmarks/figures.py"), str(self.rounds)], cwd=ROOT, stdout=subprocess.PIPE
        ) as process:
            told = json.loads(process.communicate()[0])
        return row("8", "nine figures in PNG, TIFF, SVG and PDF", told, "one savefig a format", "<= 0.60")

    def cases(self, count: int) -> Path:
        """A data folder with copies of the index case under other ids."""
        data = self.scratch / f"data-{count}"
        if not data.exists():
            data.mkdir()
            for name in ("measures.csv", "rules.csv", "comparators.csv"):
                (data / name).symlink_to(ROOT / "data" / name)
            for number in range(count):
                folder = data / f"case-{number}"
                folder.mkdir()
                for name in ("case.yaml", "timeline.csv"):
                    text = (ROOT / "data/fu-2025" / name).read_text(encoding="utf-8")
                    changed = re.sub(r"^(case_id: )?fu-2025", rf"\g<1>case-{number}", text, flags=re.M)
                    (folder / name).write_text(changed, encoding="utf-8")
        return data


class Lives:
    """A process that starts, asks and ends kernels when it is told to, so that its own imports are not measured."""

    def __init__(self, bench: Bench):
        self.bench = bench

    def __enter__(self):
        self.process = subprocess.Popen(
            [self.bench.python, str(ROOT / "benchmarks/lives.py"), str(self.bench.scratch)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        return self

    def stdin_line(self, word: str) -> None:
        """Live one kernel."""
        self.process.stdin.write(word + "\n")
        self.process.stdin.flush()
        if self.process.stdout.readline().strip() != word:
            raise RuntimeError("a kernel did not live")

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait()


REPORT = """
from pathlib import Path
from casetimeline.report.contents import analyse
from casetimeline.workflow.notebook import read_notebook
from casetimeline.report.write import write_report
import os, shutil, nbformat
new = Path({out!r})
shutil.rmtree(new, ignore_errors=True)
(new / "notebooks").mkdir(parents=True)
shutil.copytree(Path(os.environ["CASETIMELINE_BUILD"]) / "fu-2025/figures", new / "figures")
for path in Path({root!r}, "notebooks").glob("[0-9]*.ipynb"):
    shutil.copy(path, new / "notebooks")
from casetimeline.workflow.plan import digest_inputs
from casetimeline.workflow.program import versions_here
from casetimeline.report.leaks import find_leaks
root = Path({root!r})
notebooks = sorted((root / "notebooks").glob("[0-9]*.ipynb"))
inputs = digest_inputs(root / "data", ("fu-2025",), notebooks, root / "requirements.lock")
executed = {{path.stem: read_notebook(path) for path in new.glob("notebooks/*.ipynb")}}
write_report(analyse(case), new, executed, inputs, versions_here(), ())
assert not find_leaks(new, case)
"""


def code_of(stem: str) -> str:
    """The code cells of a notebook as a script; what a cell shows is made, as it is in a notebook."""
    cells = json.loads((ROOT / f"notebooks/{stem}.ipynb").read_text(encoding="utf-8"))["cells"]
    lines = ["def show(value):\n    repr(value)\n    for name in ('_repr_html_', '_repr_svg_'):"]
    lines.append("        getattr(value, name, str)()")
    for cell in cells:
        if cell["cell_type"] == "code":
            source = "".join(cell["source"])
            last = source.splitlines()[-1]
            shown = re.match(r"(ct\.summarise|ct\.colophon|ct\.publish)", last)
            lines.append(source.replace(last, f"show({last})") if shown else source)
    return "\n".join(lines)


ROWS = [name.removeprefix("row_") for name in dir(Bench) if name.startswith("row_")]


def rows_asked(text: str) -> list[str]:
    """The rows of a list with commas, each once, in the order of the list; all of them if it is blank.

    A row of two numbers, such as `4_5`, is asked for by either of them as well.

    Raises
    ------
    ValueError
        Naming what is no row, and all that are.
    """
    by_number = {number: row for row in ROWS for number in (row, *row.split("_"))}
    asked = list(filter(None, map(str.strip, text.split(","))))
    unknown = [number for number in asked if number not in by_number]
    if unknown:
        raise ValueError(f"no row {', '.join(unknown)}; the rows are {', '.join(sorted(by_number))}")
    return list(dict.fromkeys(by_number[number] for number in asked)) or ROWS


def environment_lines(full: Path | None) -> list[str]:
    """What was measured on, with which versions."""
    names = ("papermill", "nbclient", "nbconvert", "nbval", "ipykernel", "jupyter_client", "pandas", "matplotlib")
    versions = ", ".join(f"{name} {metadata.version(name)}" for name in names)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    lines = [f"{os.cpu_count()} cores, {memory:.0f} GiB, Linux, Python {platform.python_version()}; {versions}."]
    if full:
        asked = "from importlib.metadata import version as v; print(', '.join(f'{n} {v(n)}' for n in %r))"
        names = ("jupyterlab", "nbmake", "ploomber-engine")
        told = subprocess.run([str(full), "-c", asked % (names,)], capture_output=True, text=True, check=True)
        lines.append(f"The other environment has the same versions, and {told.stdout.strip()}.")
    return lines


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rows", default="", help=f"by commas: {','.join(ROWS)}; else all")
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--full", type=Path, help="the interpreter of an environment that has JupyterLab")
    parser.add_argument("--results", type=Path, default=ROOT / "benchmarks/RESULTS.md")
    options = parser.parse_args()
    try:
        asked = rows_asked(options.rows)
    except ValueError as error:
        parser.exit(2, f"bench: {error}\n")
    full = options.full.absolute() if options.full else None
    with tempfile.TemporaryDirectory(prefix="bench-") as scratch:
        bench = Bench(Path(scratch), options.rounds, full)
        lines = [line for name in asked for line in getattr(bench, f"row_{name}")()]
    head = ["| # | what | ratio | spread | median, s | goal |", "|---|---|---|---|---|---|"]
    text = [
        "# Benchmarks",
        "",
        *environment_lines(full),
        "",
        f"Medians of {options.rounds} rounds in turns.",
        "",
        *head,
    ]
    options.results.write_text("\n".join([*text, *lines]) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
