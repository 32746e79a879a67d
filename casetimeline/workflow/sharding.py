"""A long table cut into shards: files of about a thousand cases each, whichever order the rows stand in.

The table is read block by block. Each block is sorted by case and put aside; then the blocks are read side by side, one
range of cases after the other. What is held in memory at once is one block, or one shard.

DIR/00000.parquet ...   rows of a range of cases, by case and line
DIR/shards.json         the file that was cut, its digest, what it holds, the digest of each shard, and that of the list
"""

import bisect
import contextlib
import hashlib
import json
import re
import shutil
import tempfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.ipc
import pyarrow.parquet

from ..case import (
    Alike,
    alike_of,
    case_twins,
    is_simulated,
    joined,
    note_words,
    refuse_mixture,
    unused_columns,
)
from ..faults import TimelineError, fault, first_few
from ..files import TABLES, digest_of, misplaced, sha256, write_atomic
from ..values import distinct
from ..vocabulary import COLUMN_NAMES, SHARDS
from .row_blocks import blocks_of

FORM = "casetimeline shards 1"
# A text takes some twenty times its size while it is made a table.
_OF_MEMORY = 40
_ROWS_AT_ONCE = 4_096
# Of more cases than these, a part is looked at to find where to cut.
_MOST_IDS = 500_000
_MOST_NAMES = 100_000


class Shard(NamedTuple):
    """One file of a registry.

    Attributes
    ----------
    file : str
        Its name in the folder.
    first : str
        The first of its cases.
    rows, cases : int
    sha256 : str
    """

    file: str
    first: str
    rows: int
    cases: int
    sha256: str


class Manifest(NamedTuple):
    """What a folder of shards holds.

    Attributes
    ----------
    name, sha256 : str
        The file that was cut, and its digest.
    outline : DataFrame
        `line`, `kind`, `code` and `phase`: each of its kinds, codes and phases as typed, with the first line of each.
    notes : tuple of str
        What was normalised when it was read.
    shards : tuple of Shard
    """

    name: str
    sha256: str
    outline: pd.DataFrame
    notes: tuple[str, ...]
    shards: tuple[Shard, ...]


def cut(source: Path, folder: Path, cases: int = 1_000, memory: int = 256) -> Manifest:
    """Cut a table of many cases into shards.

    Parameters
    ----------
    source : Path
        A CSV or Parquet file.
    folder : Path
        Where the shards go; what is there must be shards, and is replaced.
    cases : int
        About how many cases a shard has.
    memory : int
        Megabytes that may be used beside the program itself; a shard has to fit.

    Raises
    ------
    TimelineError
        If the file is not there or cannot be read, or the folder holds something else.
    """
    _check_paths(source, folder)
    # A link is followed: what it leads to is replaced, and the link stays.
    folder = folder.resolve()
    folder.parent.mkdir(parents=True, exist_ok=True)
    with contextlib.ExitStack() as ended:
        work = Path(tempfile.mkdtemp(prefix=f".{folder.name}.", dir=folder.parent))
        ended.callback(shutil.rmtree, work, ignore_errors=True)
        runs, seen = _sort_blocks(source, work, memory * 2**20 // _OF_MEMORY)
        if not seen.rows:
            raise TimelineError([fault("", "at least one row", at=source.name)])
        made = work / "made"
        made.mkdir()
        shards = tuple(_write_shards(runs, seen.ids.cuts(cases), made))
        if sum(shard.rows for shard in shards) != seen.rows:
            raise RuntimeError("rows were lost between blocks and shards")
        manifest = Manifest(source.name, digest_of_file(source), seen.outline(), seen.note_lines(), shards)
        write_atomic(made / SHARDS, _as_json(manifest))
        for name in TABLES:
            if (source.parent / name).is_file():
                shutil.copyfile(source.parent / name, made / name)
        if folder.exists():
            folder.rename(work / "old")
        made.rename(folder)
    return manifest


def _check_paths(source: Path, folder: Path) -> None:
    faults = misplaced(source, "a CSV or Parquet file with the rows of many cases", folder=False)
    if faults:
        raise TimelineError(faults)
    if folder.is_symlink() and not folder.exists():
        raise TimelineError([fault("a link that leads nowhere", "a new folder, or one of shards", at=str(folder))])
    if folder.is_file():
        raise TimelineError([fault("a file", "a new folder, or one of shards", at=str(folder))])
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / SHARDS).is_file():
        raise TimelineError([fault("something else", "a new folder, or one of shards", at=str(folder))])
    # The whole folder is replaced: whatever else stands there would be lost.
    others = sorted({path.name for path in folder.iterdir()} - {*_names_of(folder), SHARDS, *TABLES})
    if others:
        expected = "a folder with shards alone, which new ones replace; or a new one"
        raise TimelineError([fault(first_few(others), expected, at=str(folder))])


def _names_of(folder: Path) -> list[str]:
    """The shards that a folder says it has, whether they are there or not: who cuts again may have lost one.

    Of a folder whose list is damaged, the files with the names of shards.
    """
    try:
        return [shard["file"] for shard in json.loads((folder / SHARDS).read_bytes())["shards"]]
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return [path.name for path in folder.iterdir() if re.fullmatch(r"[0-9]{5,}\.parquet", path.name)]


def read_manifest(folder: Path) -> Manifest:
    """What a folder of shards holds.

    Raises
    ------
    TimelineError
        If it is none, its list was edited, or a shard is missing.
    """
    expected = f"a folder of shards, as `casetimeline shard` makes it, with {SHARDS}"
    if faults := misplaced(folder, expected, folder=True):
        raise TimelineError(faults)
    if not (folder / SHARDS).is_file():
        raise TimelineError([fault("something else", expected, at=folder.name)])
    try:
        record = json.loads((folder / SHARDS).read_bytes())
        if record["form"] != FORM:
            raise ValueError
        # A list of an earlier version has no digest.
        edited = record.pop("digest", "") not in ("", _digest_of_record(record))
        outline = pd.DataFrame(record["outline"], columns=["line", "kind", "code", "phase"])
        shards = tuple(Shard(**shard) for shard in record["shards"])
        manifest = Manifest(record["name"], record["sha256"], outline, tuple(record["notes"]), shards)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        expected = "the list of the shards, as `casetimeline shard` makes it; cut the table into this folder again"
        raise TimelineError(
            [fault("a damaged list, or one of another form", expected, at=f"{folder.name}/{SHARDS}")]
        ) from None
    if edited:
        changed = "a list that was changed after the table was cut"
        raise TimelineError(
            [fault(changed, "the list as it was; cut the table into this folder again", at=f"{folder.name}/{SHARDS}")]
        )
    missing = [shard.file for shard in shards if not (folder / shard.file).is_file()]
    if missing:
        raise TimelineError(
            [fault("no such file", "a shard of this folder", at=f"{folder.name}/{name}") for name in missing[:10]]
        )
    return manifest


def _as_json(manifest: Manifest) -> bytes:
    record = {
        "form": FORM,
        "name": manifest.name,
        "sha256": manifest.sha256,
        "notes": manifest.notes,
        "outline": manifest.outline.to_numpy().tolist(),
        "shards": [shard._asdict() for shard in manifest.shards],
    }
    return (json.dumps(record | {"digest": _digest_of_record(record)}, indent=1) + "\n").encode()


def _digest_of_record(record: dict) -> str:
    """The digest of what a list says, however it is spaced.

    Examples
    --------
    >>> _digest_of_record({"rows": 2}) == _digest_of_record({"rows": 3})
    False
    """
    return sha256(json.dumps(record, sort_keys=True).encode())


def digest_of_file(path: Path) -> str:
    """The digest of a file of any size."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _Ids:
    """Case ids, each once; of more than can be held every second, fourth, eighth ... by a hash of the id alone."""

    def __init__(self) -> None:
        self.kept: set[str] = set()
        self.every = 1

    def add(self, ids: Iterable[str]) -> None:
        """Take in ids."""
        self.kept.update(filter(self._is_kept, ids))
        while len(self.kept) > _MOST_IDS:
            self.every *= 2
            self.kept = set(filter(self._is_kept, self.kept))

    def _is_kept(self, text: str) -> bool:
        """Ids that differ by capitals alone are kept together."""
        return zlib.crc32(text.casefold().encode()) % self.every == 0

    def cuts(self, cases: int) -> list[str]:
        """The first id of each shard but the first."""
        step = max(1, cases // self.every)
        return sorted(self.kept)[step::step]


class _Seen:
    """What was seen of a table: its case ids, its kinds, codes and phases, and what was normalised."""

    def __init__(self, name: str) -> None:
        self.name, self.ids = name, _Ids()
        self.rows = 0
        self.sorts: dict[bool, tuple[str, int]] = {}
        self.notes: tuple[Alike, ...] = ()
        self.firsts: dict[tuple[str, str, str], int] = {}

    def add(self, facts: pd.DataFrame, notes: list[str]) -> None:
        """Take in a block of rows."""
        self.rows += len(facts)
        self.notes = joined([self.notes, alike_of([*notes, *unused_columns(facts, self.name)])])
        ids = distinct(facts["case_id"]).texts
        # One id of each sort is enough to find a mixture; a blank one is of neither.
        for text in filter(None, ids):
            if is_simulated(text) not in self.sorts:
                line = int(facts.loc[facts["case_id"] == text, "line"].iloc[0])
                self.sorts[is_simulated(text)] = (text, line)
        lines = dict(self.sorts.values())
        refuse_mixture(lines, self.name, lines.get)
        self.ids.add(ids)
        named = facts[["line", "kind", "code"]].drop_duplicates(["kind", "code"])
        phased = facts[["line", "phase"]].drop_duplicates("phase")
        for line, kind, code in named.itertuples(index=False):
            self.firsts.setdefault((kind, code, ""), int(line))
        for line, phase in phased.itertuples(index=False):
            self.firsts.setdefault(("", "", phase), int(line))
        if len(self.firsts) > _MOST_NAMES:
            expected = f"at most {_MOST_NAMES} different codes and phases"
            raise TimelineError([fault(f"more than {_MOST_NAMES}", expected, at=self.name)])

    def note_lines(self) -> tuple[str, ...]:
        """What a reader should know of the table."""
        return (*map(note_words, self.notes), *case_twins(self.ids.kept, self.name))

    def outline(self) -> pd.DataFrame:
        """Each kind and code, and each phase, with the first line of each."""
        rows = [(line, *names) for names, line in self.firsts.items()]
        return pd.DataFrame(rows, columns=["line", "kind", "code", "phase"])


def _sort_blocks(source: Path, work: Path, size: int) -> tuple[list[Path], _Seen]:
    """Put each block of a table aside, its rows by case and line."""
    seen, runs = _Seen(source.name), []
    for number, (facts, notes) in enumerate(blocks_of(source, size)):
        seen.add(facts, notes)
        filled = (name for name in COLUMN_NAMES if name in facts and bool(facts[name].ne("").any()))
        # By its case a row has a place, also where none has an id.
        columns = list(dict.fromkeys(["line", "case_id", *filled]))
        order = np.lexsort((facts["line"].to_numpy(), pd.factorize(facts["case_id"], sort=True)[0]))
        table = pyarrow.Table.from_pandas(facts[columns].take(order), preserve_index=False).replace_schema_metadata()
        # A batch is found by its number, so that each but the last has to be full.
        table = table.combine_chunks()
        runs.append(work / f"{number}.arrow")
        with pyarrow.ipc.new_file(str(runs[-1]), table.schema) as file:
            file.write_table(table, max_chunksize=_ROWS_AT_ONCE)
    return runs, seen


def _write_shards(runs: list[Path], cuts: list[str], folder: Path) -> Iterator[Shard]:
    """Write the rows of each range of cases, from all runs, by case and line."""
    places = [_places(run, cuts) for run in runs]
    for number in range(len(cuts) + 1):
        parts = [_slice(run, *ends[number : number + 2]) for run, ends in zip(runs, places, strict=True)]
        table = pyarrow.concat_tables(parts, promote_options="default").combine_chunks()
        if not table.num_rows:
            continue
        table = table.sort_by([("case_id", "ascending"), ("line", "ascending")])
        texts = [name for name in ("line", *COLUMN_NAMES) if name in table.column_names]
        table = table.select(texts)
        blank = {name: table[name].fill_null("") for name in texts[1:]}
        table = pyarrow.table({"line": table["line"], **blank})
        path = folder / f"{number:05}.parquet"
        pyarrow.parquet.write_table(table, path, compression="zstd")
        yield Shard(path.name, table["case_id"][0].as_py(), table.num_rows, _cases_in(table), digest_of(path))


def _cases_in(table: pyarrow.Table) -> int:
    """How many cases the rows are of; a row without an id is of none."""
    return sum(map(bool, table["case_id"].unique().to_pylist()))


def _places(run: Path, cuts: list[str]) -> list[int]:
    """Where in a run each range of cases begins, and the end of the last."""
    ids = pyarrow.concat_tables(_table_of(run, ["case_id"])).column(0)
    starts, before = [0], ids.to_pandas().to_numpy(dtype=object)
    return [*starts, *(bisect.bisect_left(before, first) for first in cuts), len(before)]


def _table_of(run: Path, columns: list[str]) -> Iterator[pyarrow.Table]:
    with pyarrow.OSFile(str(run)) as file:
        reader = pyarrow.ipc.open_file(file)
        for number in range(reader.num_record_batches):
            yield pyarrow.Table.from_batches([reader.get_batch(number)]).select(columns)


def _slice(run: Path, begin: int, end: int) -> pyarrow.Table:
    """Some rows of a run; no more of it is read than the batches in which they are."""
    with pyarrow.OSFile(str(run)) as file:
        reader = pyarrow.ipc.open_file(file)
        first, last = begin // _ROWS_AT_ONCE, -(-end // _ROWS_AT_ONCE)
        batches = [reader.get_batch(number) for number in range(first, last if end > begin else first)]
        table = pyarrow.Table.from_batches(batches, reader.schema)
        return table.slice(begin - first * _ROWS_AT_ONCE, end - begin)
