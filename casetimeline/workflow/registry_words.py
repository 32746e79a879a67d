"""What was found in a registry, and what stands of its derived table, in the words of a terminal."""

from collections.abc import Iterator
from pathlib import Path

from ..case import Findings, cause_lines, finding_notes
from ..faults import counted
from .registry import Registry, is_one_file, parts_done, parts_of
from .sharding import read_manifest


def finding_lines(registry: Registry, findings: Findings) -> Iterator[str]:
    """What was found in a registry, for a terminal: the faults by their cause, and notes."""
    name, shards = registry.manifest.name, len(registry.manifest.shards)
    if findings.causes:
        many, causes = sum(cause.rows for cause in findings.causes), len(findings.causes)
        where = f"in {findings.faulty} of {shards} shards"
        yield f"{name}: {counted(many, 'fault')} of {counted(causes, 'cause')}, {where}"
        yield from cause_lines(findings)
    else:
        yield f"{name}: {size_words(findings.rows, findings.cases, shards)}, no fault"
    for note in (*registry.notes, *finding_notes(findings)):
        yield f"  note: {note}"


def size_words(rows: int, cases: int, shards: int) -> str:
    """How large a registry is.

    Examples
    --------
    >>> size_words(1, 1, 1), size_words(9, 2, 3)
    ('1 row of 1 case in 1 shard', '9 rows of 2 cases in 3 shards')
    """
    return f"{counted(rows, 'row')} of {counted(cases, 'case')} in {counted(shards, 'shard')}"


def findings_as_data(registry: Registry, findings: Findings) -> dict:
    """What was found in a registry, for a program."""
    # How many different texts there are, and not their digests.
    causes = [cause._asdict() | {"texts": len(cause.texts)} for cause in findings.causes]
    fields = {**findings._asdict(), "causes": causes, "notes": [*registry.notes, *finding_notes(findings)]}
    return {"ok": not causes, "name": registry.manifest.name, **fields}


def derived_words(output: Path, findings: Findings, shards: int) -> str:
    """What was derived into an output, and of what there is none.

    Examples
    --------
    >>> whole = Findings(900, 74, 74, 1158, 1, 20, (), ())
    >>> derived_words(Path("dcsh"), whole, 4)
    '1158 records of 54 of 74 cases; 1 of 4 shards has faults and was not derived'
    >>> derived_words(Path("d.csv"), whole, 4).partition("; ")[2]
    'mend the table and cut it again, and remove .d.csv.parts'
    >>> derived_words(Path("dcsh"), whole._replace(faulty=0, left_out=0), 4)
    '1158 records'
    """
    if not findings.faulty:
        return counted(findings.records, "record")
    have = "has faults and was" if findings.faulty == 1 else "have faults and were"
    left_out = f"{findings.faulty} of {shards} shards {have} not derived"
    if is_one_file(output):
        remedy = f"mend the table and cut it again, and remove {parts_of(output)}"
        return f"not written, as it would not be whole: {left_out}; {remedy}"
    of = f"{findings.cases - findings.left_out} of {counted(findings.cases, 'case')}"
    return f"{counted(findings.records, 'record')} of {of}; {left_out}"


def standing_words(output: Path, folder: Path) -> str:
    """How far a run that ended before its end has come; blank where nothing stands of it, or all that was asked for."""
    done, shards = parts_done(parts_of(output)), len(read_manifest(folder).shards)
    if done is None or (done == shards and not is_one_file(output)):
        return ""
    return _kept_words(output, shards)


def _kept_words(output: Path, shards: int) -> str:
    """Where the parts stand that are done, and how to go on from them; or what to remove."""
    place = parts_of(output)
    done = f"{parts_done(place) or 0} of {counted(shards, 'part')} done"
    if is_one_file(output):
        return f"{done}, in {place}; go on with --resume, or remove that folder"
    return f"{done}; go on with --resume"
