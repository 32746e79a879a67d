"""A registry: its shards checked, or derived, one beside the other, in memory that follows the shard.

OUT/00000.parquet   the derived table of a shard
OUT/00000.json      what it was made from, its digest, and what was found in the shard
"""

import fcntl
import json
import shutil
from pathlib import Path
from threading import Event
from typing import NamedTuple

from ..case import (
    Alike,
    Asked,
    Cause,
    Findings,
    combine,
    derive_shard,
    plan_of_shards,
    recorded_measure,
    reference_note,
    whole_of,
    whole_vocabulary,
)
from ..faults import TimelineError, fault, first_few
from ..files import CASE_FILES, TABLES, combined, digest_of, make_unlinked, open_lock, sha256, write_atomic
from ..vocabulary import SHARDS
from .program import package_files, versions_here
from .runs import progress, side_by_side
from .sharding import Manifest, Shard, digest_of_file, read_manifest
from .workers import WorkerDiedError, Workers


class Registry(NamedTuple):
    """A folder of shards, and what is asked of it.

    Attributes
    ----------
    folder : Path
    manifest : Manifest
    asked : Asked
    notes : tuple of str
        How the baseline was chosen.
    """

    folder: Path
    manifest: Manifest
    asked: Asked
    notes: tuple[str, ...]


def open_registry(folder: Path, rule: str = "", reference: str = "", measure: str = "", suffix: str = "") -> Registry:
    """A folder of shards, with the plan that all its shards share.

    Parameters
    ----------
    folder : Path
        As `cut` makes it.
    rule, reference, measure : str
        As for `derive_path`.
    suffix : str
        The form of the derived table; blank where the rows are only checked.

    Raises
    ------
    TimelineError
        If it is no such folder, or what is asked cannot be had of it.
    """
    manifest = read_manifest(folder)
    vocabulary = whole_vocabulary(folder)
    small = vocabulary._replace(rules=None, comparators=None, references={}, contents={})
    whole = whole_of(manifest.outline, manifest.name, small)
    notes: list[str] = []
    if suffix or rule or reference:
        rule, reference, notes = plan_of_shards(whole, manifest.name, small.measures, rule, reference)
    else:
        notes = reference_note(whole.outline, manifest.name, rule, reference)
    measure = recorded_measure(measure, small.measures, [whole.outline])
    asked = Asked(manifest.name, small, whole, rule, reference, measure, suffix)
    return Registry(folder, manifest, asked, (*manifest.notes, *whole.notes, *notes))


def check_registry(registry: Registry, workers: Workers) -> Findings:
    """What is found in all shards; nothing is written."""
    findings, waiting, shards = combine([]), {}, iter(registry.manifest.shards)
    awaited = next(shards, None)

    def run(shard: Shard, stopped: Event) -> tuple[Shard, Findings]:
        """Check a shard in a worker."""
        return shard, _done(registry, shard, workers)[1]

    def ended(result: tuple[Shard, Findings]) -> None:
        """Add what was found to the rest, in the order of the shards."""
        nonlocal findings, awaited
        waiting[result[0]] = result[1]
        while awaited in waiting:
            findings = combine([findings, waiting.pop(awaited)])
            awaited = next(shards, None)
        advance(result[0].file)

    with progress("check", len(registry.manifest.shards), "shards") as advance:
        side_by_side(run, registry.manifest.shards, workers.count, ended)
    return findings


def derive_registry(registry: Registry, out: Path, workers: Workers, resume: bool = False) -> Findings:
    """Derive the tables of all shards into a folder, and keep a record of each.

    Parameters
    ----------
    registry : Registry
        What is asked.
    out : Path
        The folder of the parts.
    workers : Workers
        Who does it.
    resume : bool
        Keep the parts that are there, whole and made from the same.

    Raises
    ------
    OSError
        If another run is at work in the folder.
    """
    make_unlinked(out, out)
    if not (out / _LOCK).exists() and (others := sorted(path.name for path in _numbered(out))):
        # No run of this program has written them.
        raise TimelineError([fault(first_few(others), "a new folder, or one of parts", at=str(out))])
    key = _key(registry)
    with open_lock(out / _LOCK) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise OSError(f"another run is at work in {out}") from None
        left = [shard for shard in registry.manifest.shards if not (resume and _is_whole(registry, out, shard, key))]
        check_shards(registry)
        for path in _strange_parts(registry, out, left):
            path.unlink()

        def run(shard: Shard, stopped: Event) -> tuple[Shard, bytes, Findings]:
            """Derive a shard in a worker."""
            return shard, *_done(registry, shard, workers)

        def ended(result: tuple[Shard, bytes, Findings]) -> None:
            """Write a part, and then its record."""
            shard, content, findings = result
            _write_part(registry, out, shard, content, findings, key)
            advance(shard.file)

        with progress("derive", len(left), "shards") as advance:
            side_by_side(run, left, workers.count, ended)
        return combine(_findings(_record(out, shard)) for shard in registry.manifest.shards)


def _done(registry: Registry, shard: Shard, workers: Workers) -> tuple[bytes, Findings]:
    """A shard as a worker has done it; a TimelineError if that ends every worker."""
    try:
        return workers.call(derive_shard, read_shard(registry, shard), registry.asked)
    except WorkerDiedError as error:
        expected = "a shard that a process can hold; cut the table into smaller ones, by --cases"
        raise TimelineError([fault(str(error), expected, at=_place(registry, shard))]) from None


def write_whole(registry: Registry, parts: Path, target: Path) -> None:
    """Put the parts of a derived table together in one file, in the order of the cases; one part is held at a time."""
    paths = [path for shard in registry.manifest.shards if (path := _part(registry, parts, shard)).is_file()]
    unfinished = target.with_name(f".{target.name}.unfinished")
    try:
        if registry.asked.suffix == ".csv":
            with unfinished.open("wb") as file:
                for number, path in enumerate(paths):
                    content = path.read_bytes()
                    file.write(content if not number else content[content.index(b"\n") + 1 :])
        else:
            import pyarrow.parquet

            with pyarrow.parquet.ParquetWriter(unfinished, pyarrow.parquet.read_schema(paths[0])) as writer:
                for path in paths:
                    writer.write_table(pyarrow.parquet.read_table(path, use_threads=False))
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)


def check_apart(output: Path, source: Path) -> None:
    """Refuse an output that is what is read, a file of a case in it, among shards, or another file of the user.

    Raises
    ------
    TimelineError
    """
    into, read = output.resolve(), source.resolve()
    is_read = into == read or (read in into.parents and output.name in (*CASE_FILES, *TABLES))
    if is_read or (read in into.parents and (read / SHARDS).is_file()):
        expected = f"a place outside of {source}, which is read"
        raise TimelineError([fault("what is read" if is_read else "a place among shards", expected, at=str(output))])
    if (read / SHARDS).is_file() and into.is_file() and is_cut_table(into, read_manifest(read)):
        expected = "another file: the shards were cut from this one"
        raise TimelineError([fault("the table of the registry", expected, at=str(output))])

    if is_one_file(output) and into.is_file() and into.stat().st_size and not _is_derived(into):
        raise TimelineError([fault("another table", "a new file, or a derived table to replace", at=str(output))])


def check_one_file(output: Path) -> None:
    """Refuse an output that is no name of a CSV or Parquet file, or at which no file can stand."""
    if not is_one_file(output):
        raise TimelineError([fault(output.name, "a name that ends in .csv or .parquet", at="--output")])
    if output.is_dir() or (output.parent.exists() and not output.parent.is_dir()):
        seen = "a folder" if output.is_dir() else f"a file as the folder {output.parent}"
        raise TimelineError([fault(seen, "a file in a folder", at=str(output))])


def is_cut_table(path: Path, manifest: Manifest) -> bool:
    """Whether a file is the table that was cut into shards; also changed since, unless it is a derived one."""
    if digest_of_file(path) == manifest.sha256:
        return True
    return path.name == manifest.name and not _is_derived(path)


def _is_derived(path: Path) -> bool:
    """Whether a file is a derived table: it has a column that no other has.

    That is in the first line of a CSV file, and at the end of one of columns.
    """
    with path.open("rb") as file:
        begin = file.read(100_000)
        file.seek(max(0, path.stat().st_size - 1_000_000))
        return b"PARAMCD" in begin + file.read()


def is_one_file(output: Path) -> bool:
    """Whether a derived table goes into one file, and not into a folder of parts."""
    return output.suffix.lower() in (".csv", ".parquet")


def parts_of(output: Path) -> Path:
    """The folder of the parts of an output; of one file it is not seen beside it, and goes when the file is there."""
    return output.with_name(f".{output.name}.parts") if is_one_file(output) else output


def parts_done(parts: Path) -> int | None:
    """How many shards of a run are derived in a folder of parts; none where no run has begun there."""
    if not (parts / _LOCK).exists():
        return None
    records = (_read_record(path) for path in _numbered(parts) if path.suffix == ".json")
    return sum(bool(record.get("part")) for record in records)


def part_suffix(output: Path) -> str:
    """The form of the parts of an output: that of the one file, or Parquet in a folder.

    Raises
    ------
    TimelineError
        If something else stands there.
    """
    one = is_one_file(output)
    if (output / SHARDS).is_file():
        raise TimelineError([fault("a folder of shards", "another folder for what is derived", at=str(output))])
    if output.is_dir() if one else output.is_file():
        expected = "a folder for one part a shard, or a file that ends in .csv or .parquet"
        raise TimelineError([fault("a folder" if one else "a file", expected, at=str(output))])
    if output.suffix and not one and not output.exists():
        expected = "a name that ends in .csv or .parquet, or of a folder, without an ending"
        raise TimelineError([fault(output.name, expected, at="--output")])
    return output.suffix.lower() if one else ".parquet"


def derive_into(output: Path, registry: Registry, workers: Workers, resume: bool = False) -> Findings:
    """Derive a registry into a folder of parts, or by such a folder, which goes when it has served, into one file.

    Nothing is written as one file where a shard has a fault.
    """
    one = is_one_file(output)
    parts = parts_of(output)
    findings = derive_registry(registry, parts, workers, resume)
    if one and not findings.causes:
        write_whole(registry, parts, output)
        shutil.rmtree(parts)
    return findings


def check_shards(registry: Registry) -> None:
    """Refuse a registry of which a shard is not as it was cut, before anything is removed or computed.

    Raises
    ------
    TimelineError
        Naming each such shard.
    """
    changed = [each for each in registry.manifest.shards if digest_of_file(registry.folder / each.file) != each.sha256]
    if changed:
        raise TimelineError(fault(*_CHANGED, at=_place(registry, shard)) for shard in changed)


_CHANGED = ("other content", "the shard that was cut; cut the file again")


def _place(registry: Registry, shard: Shard) -> str:
    return f"{registry.folder.name}/{shard.file}"


def read_shard(registry: Registry, shard: Shard) -> bytes:
    """The content of a shard, if it is as it was cut."""
    raw = (registry.folder / shard.file).read_bytes()
    if sha256(raw) != shard.sha256:
        raise TimelineError([fault(*_CHANGED, at=_place(registry, shard))])
    return raw


def _key(registry: Registry) -> str:
    """The digest of all that the parts are made from, beside the shards."""
    asked = registry.asked
    settings = [asked.name, asked.rule, asked.reference, asked.measure, asked.suffix, versions_here()]
    texts = {"asked": json.dumps(settings, sort_keys=True), "typed": repr(asked.whole.typed)}
    texts |= {"outline": asked.whole.outline.to_csv(), "measures": asked.vocabulary.measures.to_csv()}
    return combined({**texts, **{name: digest_of(path) for name, path in package_files().items()}})


def _part(registry: Registry, out: Path, shard: Shard) -> Path:
    return out / Path(shard.file).with_suffix(registry.asked.suffix)


def _record(out: Path, shard: Shard) -> dict:
    return _read_record(out / Path(shard.file).with_suffix(".json"))


def _read_record(path: Path) -> dict:
    try:
        record = json.loads(path.read_bytes())
        return record if isinstance(record, dict) else {}
    except (OSError, ValueError):
        return {}


def _findings(record: dict) -> Findings:
    findings = Findings(*record["found"])
    causes = tuple(Cause(*cause[:-1], tuple(cause[-1])) for cause in findings.causes)
    notes = (Alike(words, tuple(counts), lists, others) for words, counts, lists, others in findings.notes)
    as_pairs = (note._replace(lists=tuple((total, tuple(items)) for total, items in note.lists)) for note in notes)
    return findings._replace(causes=causes, notes=tuple(as_pairs))


def _is_whole(registry: Registry, out: Path, shard: Shard, key: str) -> bool:
    """Whether the part of a shard is there as it was made, from the same."""
    record, part = _record(out, shard), _part(registry, out, shard)
    try:
        _findings(record)
    except (KeyError, TypeError, ValueError):
        return False
    return record.get("key") == combined({"shard": shard.sha256, "asked": key}) and record["part"] == digest_of(part)


def _strange_parts(registry: Registry, out: Path, left: list[Shard]) -> list[Path]:
    """What stands in the folder from another run: what is not made yet must not pass for new."""
    kept = {Path(shard.file).stem for shard in registry.manifest.shards} - {Path(shard.file).stem for shard in left}
    return [
        path for path in _numbered(out) if path.stem not in kept or path.suffix not in (registry.asked.suffix, ".json")
    ]


def _numbered(out: Path) -> list[Path]:
    """Files with the names of parts and their records."""
    kinds = (".csv", ".parquet", ".json")
    return [path for path in out.iterdir() if path.stem.isdecimal() and path.suffix in kinds]


# A folder in which a run has written parts has this file.
_LOCK = ".lock"


def _write_part(registry: Registry, out: Path, shard: Shard, content: bytes, findings: Findings, key: str) -> None:
    part = _part(registry, out, shard)
    if content:
        write_atomic(part, content)
    record = {
        "key": combined({"shard": shard.sha256, "asked": key}),
        "part": sha256(content) if content else "",
        "found": findings,
    }
    write_atomic(part.with_suffix(".json"), (json.dumps(record, indent=1) + "\n").encode())
