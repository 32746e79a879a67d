"""Cases out of a registry, each as a folder that every other command takes; and simulated registries."""

import bisect
import tempfile
from collections.abc import Iterable
from functools import lru_cache
from itertools import accumulate
from pathlib import Path

import pandas as pd

from ..case import (
    SIMULATED_COLUMNS,
    Simulation,
    columns_to_write,
    csv_line,
    has_reference,
    is_simulated,
    lines_of,
    rows_of_shard,
    simulated_rows,
    yaml_bytes,
)
from ..faults import TimelineError, counted, fault, first_few
from ..files import list_cases, misplaced, write_together
from ..vocabulary import BY_REFERENCE, COLUMN_NAMES, FROM_TABLE
from .registry import Registry, read_shard

_TITLES = {True: "Simulated case: no patient", False: "Case of a registry"}


def extract_cases(registry: Registry, case_ids: Iterable[str], data: Path) -> list[str]:
    """Write cases of a registry as folders, with its baseline rule and reference; and a note on those without it.

    A case that does not tell of the reference can have no value before it, and so its baseline is the first value.

    Parameters
    ----------
    registry : Registry
        With its plan.
    case_ids : iterable of str
        The cases.
    data : Path
        The folder of the cases.

    Raises
    ------
    TimelineError
        If the registry has no such case, a folder is there already, or simulated cases would stand beside others.
    """
    # In their order the cases of one shard come one after the other.
    ids = sorted(set(case_ids))
    there = list_cases(data) if data.is_dir() else []
    mixed = [case for case in there if ids and is_simulated(case) != is_simulated(ids[0])]
    faults = misplaced(data, "a folder for the cases", folder=True) if data.exists() else []
    faults += [fault(case, "a name that no folder has yet", at=str(data)) for case in ids if (data / case).exists()]
    if mixed:
        expected = "a folder without cases of the other sort: simulated cases never stand beside cases of patients"
        faults.append(fault(mixed[0], expected, at=str(data)))
    tables = _rows_of(registry, ids)
    faults += [
        fault(case, f"a case of {registry.manifest.name}", at="CASES") for case, rows in tables.items() if not len(rows)
    ]
    if faults:
        raise TimelineError(faults)
    plans = {case: _plan_of(registry, rows) for case, rows in tables.items()}
    files = [_files(registry, case, rows, plans[case], data / case) for case, rows in tables.items()]
    write_together({path: content for each in files for path, content in each.items()})
    return _plan_notes(registry, plans)


def _rows_of(registry: Registry, ids: list[str]) -> dict[str, pd.DataFrame]:
    """The rows of some cases, which are sorted."""
    firsts = [shard.first for shard in registry.manifest.shards]

    @lru_cache(maxsize=1)
    def rows_at(place: int) -> pd.DataFrame:
        """The rows of a shard, which is read once for all of its cases."""
        return rows_of_shard(read_shard(registry, registry.manifest.shards[place]))

    tables = {}
    for case in ids:
        rows = rows_at(max(bisect.bisect_right(firsts, case) - 1, 0))
        tables[case] = rows[rows["case_id"] == case]
    return tables


def lines_in_table(registry: Registry, case_id: str) -> dict[int, int]:
    """For each line of the timeline.csv that `extract_cases` writes of a case, the line that it has in the table."""
    rows = _rows_of(registry, [case_id])[case_id]
    header, *texts = map(lines_of, _timeline(rows))
    written = accumulate(texts[:-1], initial=header + 1)
    return dict(zip(written, map(int, rows["line"]), strict=True))


def _timeline(rows: pd.DataFrame) -> list[str]:
    """The texts of the header and of each row of a timeline.csv."""
    records = rows[list(COLUMN_NAMES)].to_dict("records")
    names = columns_to_write(COLUMN_NAMES, records)
    return [csv_line(names), *(csv_line([record[name] for name in names]) for record in records)]


def _plan_of(registry: Registry, rows: pd.DataFrame) -> dict[str, str]:
    """The baseline rule and the reference of a case, as its case.yaml has them."""
    rule, reference = registry.asked.rule, registry.asked.reference
    if reference and not has_reference(rows, registry.asked):
        rule, reference = "first" if rule in BY_REFERENCE else rule, ""
    return {"baseline": rule, "reference": reference}


def _plan_notes(registry: Registry, plans: dict[str, dict[str, str]]) -> list[str]:
    """A note on the cases that do not have the reference of the registry; none where all have it."""
    cases = [f"'{case}'" for case, plan in plans.items() if plan["reference"] != registry.asked.reference]
    if not cases:
        return []
    words = f"{registry.manifest.name}: '{registry.asked.reference}', the reference, is not told of {first_few(cases)}"
    return [f"{words}; the baseline is the first value there" if registry.asked.rule in BY_REFERENCE else words]


def _files(registry: Registry, case: str, rows: pd.DataFrame, plan: dict[str, str], folder: Path) -> dict[Path, bytes]:
    """The two files of a case."""
    total = counted(sum(shard.cases for shard in registry.manifest.shards), "case")
    read = f"{FROM_TABLE}{registry.manifest.name}, a table of {total}"
    sources = [{"id": source, "read": read} for source in rows["source"].unique()]
    about = {"case_id": case, "title": _TITLES[is_simulated(case)], "sources": sources, "analysis": plan}
    return {folder / "case.yaml": yaml_bytes(about), folder / "timeline.csv": "".join(_timeline(rows)).encode()}


_SIMULATED = "# SIMULATED by casetimeline simulate, seed"


def _is_simulation(path: Path) -> bool:
    """Whether a file says that simulate has made it."""
    with path.open("rb") as file:
        return file.read(len(_SIMULATED)) == _SIMULATED.encode()


def write_simulated(path: Path, asked: Simulation) -> int:
    """Write a simulated registry as CSV, its first line saying what it is; and how many rows it has.

    Parameters
    ----------
    path : Path
        The file; it appears whole or not at all.
    asked : Simulation
        How many cases.

    Raises
    ------
    TimelineError
        If it is no CSV file by its name, or there is one that was not simulated.
    """
    if path.suffix.lower() != ".csv" or path.is_dir():
        raise TimelineError([fault(path.name, "a file with a name that ends in .csv", at="--output")])
    if path.exists() and not _is_simulation(path):
        expected = "a new file, or one that simulate has made: no other table is replaced"
        raise TimelineError([fault("another file", expected, at=str(path))])
    count = 0
    path.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as work:
        made = Path(work) / path.name
        with made.open("w", encoding="utf-8", newline="") as file:
            file.write(f"{_SIMULATED} {asked.seed}: no row is of a patient\n")
            file.write(csv_line(list(SIMULATED_COLUMNS)))
            for row in simulated_rows(asked):
                file.write(csv_line(row))
                count += 1
        made.replace(path)
    return count
