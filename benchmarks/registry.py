"""What a registry costs: processor seconds and memory of each command on one simulated table, into REGISTRY.md.

    python benchmarks/registry.py [--cases 20000] [--visits 17] [--rounds 3]

Each command is a process of its own. Processor seconds are those of the process (user and system), the least of the
rounds; memory is the most that it held. Where two ways are compared, they are run in turns, and the ratio is the median
of the ratios taken round by round.
"""

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))
# Baseline, change, nadir, peak and last of the same rows in numpy, as the tests have it, and nothing else: no bounds,
# no order that is open, no checks, no notes, and no table of 51 columns.
ORACLE = """
import sys
import pandas as pd
sys.path.append("tests")
from tests.workflow.test_registry import plain_derivation
rows = pd.read_csv(sys.argv[1], comment="#", dtype=str, keep_default_na=False)
rows = rows[rows["kind"] == "observation"]
day = pd.to_numeric(rows["start"].str.removesuffix(" d"), errors="coerce")
value = pd.to_numeric(rows["value"], errors="coerce")
rows = rows.assign(day=day, value=value, line=rows.index)[day.notna() & value.notna()]
print(len(plain_derivation(rows)))
"""


class Cost(NamedTuple):
    """Processor seconds, seconds on the clock, and megabytes at the most."""

    processor: float
    clock: float
    megabytes: float


def cost_of(*command: str, limit: int = 0) -> Cost:
    """The cost of a process; it must succeed. `limit`: megabytes of address space that it may have."""

    def limited() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (limit * 2**20, limit * 2**20))

    start = time.perf_counter()
    with tempfile.TemporaryFile() as said:
        options = {"stdout": said, "stderr": subprocess.STDOUT, "cwd": ROOT, "preexec_fn": limited if limit else None}
        process = subprocess.Popen([sys.executable, *command], **options)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            said.seek(0)
            raise RuntimeError(f"{' '.join(command)}\n{said.read().decode()[-2000:]}")
    return Cost(used.ru_utime + used.ru_stime, time.perf_counter() - start, used.ru_maxrss / 1024)


def least(costs: list[Cost]) -> Cost:
    """The least processor time and clock of some rounds, and the most memory."""
    return Cost(min(c.processor for c in costs), min(c.clock for c in costs), max(c.megabytes for c in costs))


def measure(folder: Path, cases: int, visits: int, rounds: int) -> tuple[dict[str, Cost], dict[str, list[float]], int]:
    """Costs by command, ratios by comparison, and how many rows the table has."""
    ours = ("-m", "casetimeline")
    table, shards = str(folder / "simulated.csv"), str(folder / "shards")
    made = cost_of(*ours, "simulate", "-o", table, "--cases", str(cases), "--visits", str(visits))
    with Path(table).open(encoding="utf-8") as file:
        rows = sum(1 for _ in file) - 2
    plan = ("--baseline", "last_before", "--reference", "tocilizumab")
    ways = {
        "shard": (*ours, "shard", table, "-o", shards),
        "check": (*ours, "check", shards),
        "derive": (*ours, "derive", shards, "-o", str(folder / "one"), *plan),
        "derive, -j 2": (*ours, "derive", shards, "-o", str(folder / "two"), *plan, "-j", "2"),
        "numpy oracle": ("-c", ORACLE, table),
    }
    costs: dict[str, list[Cost]] = {name: [] for name in ways}
    for _ in range(rounds):
        for name, command in ways.items():
            costs[name].append(cost_of(*command))
    pairs = {"-j 1 / -j 2, clock": ("derive", "derive, -j 2", "clock")}
    pairs["derive / numpy oracle, processor"] = ("derive", "numpy oracle", "processor")
    ratios = {
        name: [getattr(a, what) / getattr(b, what) for a, b in zip(costs[one], costs[other], strict=True)]
        for name, (one, other, what) in pairs.items()
    }
    return {"simulate": made, **{name: least(each) for name, each in costs.items()}}, ratios, rows


def lines_of(costs: dict[str, Cost], ratios: dict[str, list[float]], rows: int, cases: int) -> list[str]:
    """The table as Markdown."""
    lines = [f"{rows:,} rows of {cases:,} simulated cases.", ""]
    lines += ["| command | processor s | clock s | memory MB |", "|---|---|---|---|"]
    for name, cost in costs.items():
        # The processes of -j are no children of the command: their time is not told to it.
        processor = "" if "-j" in name else f"{cost.processor:.1f}"
        lines.append(f"| {name} | {processor} | {cost.clock:.1f} | {cost.megabytes:.0f} |")
    lines += ["", "| ratio | median | from | to |", "|---|---|---|---|"]
    lines += [
        f"| {name} | {statistics.median(each):.2f} | {min(each):.2f} | {max(each):.2f} |"
        for name, each in ratios.items()
    ]
    return lines


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, nargs="+", default=[20_000], help="one table of each size")
    parser.add_argument("--visits", type=int, default=17)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--output", type=Path, default=ROOT / "benchmarks/REGISTRY.md")
    asked = parser.parse_args()
    lines = ["# Costs of a registry", "", f"Load {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores at the start."]
    for cases in asked.cases:
        with tempfile.TemporaryDirectory() as folder:
            lines += ["", *lines_of(*measure(Path(folder), cases, asked.visits, asked.rounds), cases)]
        asked.output.write_text("\n".join([*lines, ""]), encoding="utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
