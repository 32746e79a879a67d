"""A series out of a long table: its cases, as the folders that every other command takes, for as long as it is made."""

import contextlib
import fnmatch
import functools
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from ..case import rows_of_shard, words_in
from ..faults import Fault, TimelineError, fault, rename_lines
from ..files import TABLES
from ..vocabulary import SHARDS
from .registry import Registry, open_registry, read_shard
from .selection import extract_cases, lines_in_table
from .sharding import cut

# A figure of a series has a row a case, and a page has no room for more.
MOST_CASES = 1_000


def is_tabled(data: Path) -> bool:
    """Whether the cases stand in a long table, or in a folder of its shards, and not in folders of their own."""
    return data.is_file() or (data / SHARDS).is_file()


@contextlib.contextmanager
def cases_of(data: Path, asked: str = "", rule: str = "", reference: str = "") -> Iterator[Path]:
    """A folder of cases as it is; of a long table or a folder of shards, one that is made of it and gone at the end.

    Parameters
    ----------
    data : Path
        The folder of the cases, a CSV or Parquet file with the rows of many, or a folder of shards.
    asked : str
        Ids of the table, parted by blanks or commas, also with `*`; blank for all. Of a folder all stay.
    rule, reference : str
        The baseline rule and the reference treatment of a table; in a folder each case.yaml says.

    Raises
    ------
    TimelineError
        If the table cannot be read, holds simulated cases beside others, or has no such case; if more cases are meant
        than a series can show; or if a reference is asked for of cases that have their own. A fault of a row that is
        noticed later has its line in the table.
    """
    if not is_tabled(data):
        if reference:
            expected = "none for cases in folders, of which each case.yaml says it; a table of many cases has one"
            raise TimelineError([fault(reference, expected, at="reference")])
        yield data
        return
    with tempfile.TemporaryDirectory(prefix="casetimeline-") as scratch:
        # The name of the folder stands in the report.
        shards, folder = data, Path(scratch, "cases", data.stem)
        if data.is_file():
            shards = Path(scratch, "shards")
            cut(data, shards)
        registry = open_registry(shards, rule, reference, suffix=".csv")
        extract_cases(registry, _chosen(registry, asked), folder)
        for name in TABLES:
            if (shards / name).is_file():
                shutil.copyfile(shards / name, folder / name)
        try:
            yield folder
        except TimelineError as error:
            lines_of_case = functools.cache(functools.partial(lines_in_table, registry))
            placed = [_placed(each, registry.manifest.name, lines_of_case) for each in error.faults]
            raise TimelineError(placed) from None


def _placed(one_fault: Fault, table: str, lines_of_case: Callable[[str], dict[int, int]]) -> Fault:
    """A fault of a row with its line in the table: the folder of the case is gone when it is read."""
    case_id, _, file = one_fault.file.partition("/")
    if file != "timeline.csv":
        return one_fault
    lines = lines_of_case(case_id)
    # Another row may be named beside it.
    expected = rename_lines(one_fault.expected, lambda line: f"line {lines[line]}" if line in lines else "")
    line = lines.get(one_fault.line, one_fault.line)
    return one_fault._replace(file=table, line=line, expected=expected)


def _chosen(registry: Registry, asked: str) -> list[str]:
    """The ids of a registry that are asked for, sorted."""
    ids: set[str] = set()
    for shard in registry.manifest.shards:
        ids.update(rows_of_shard(read_shard(registry, shard))["case_id"])
    matches = {name: fnmatch.filter(ids, name) for name in words_in(asked) or ["*"]}
    expected = f"a case of {registry.manifest.name}"
    faults = [fault(name, expected, at="cases", known=sorted(ids)) for name, of in matches.items() if not of]
    chosen = sorted({name for of in matches.values() for name in of})
    if len(chosen) > MOST_CASES:
        few = f"at most {MOST_CASES} cases, by their ids, also with '*': a figure of a series has a row a case"
        faults.append(fault(f"{len(chosen)} cases", few, at="cases"))
    if faults:
        raise TimelineError(faults)
    return chosen
