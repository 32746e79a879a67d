"""A registry in shards: the table of the file in one piece, whatever the order of its rows and whoever works on it."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from casetimeline.case import (
    Findings,
    Simulation,
    alike_of,
    combine,
    derive_path,
    joined,
    note_words,
    read_case,
    read_path,
    read_rows,
)
from casetimeline.case.registry.shards import MOST_CAUSES, causes_of
from casetimeline.case.tables.table import table_bytes
from casetimeline.cli import main
from casetimeline.derive import derive_changes
from casetimeline.faults import Fault, TimelineError
from casetimeline.workflow.registry import (
    check_apart,
    check_registry,
    derive_into,
    derive_registry,
    open_registry,
    part_suffix,
    write_whole,
)
from casetimeline.workflow.registry_words import finding_lines, findings_as_data
from casetimeline.workflow.row_blocks import blocks_of
from casetimeline.workflow.selection import extract_cases, write_simulated
from casetimeline.workflow.sharding import cut, read_manifest
from casetimeline.workflow.workers import Cluster, WorkerDiedError, Workers, check_address, workers
from tests.conftest import casetimeline

HEADER = "case_id,kind,code,phase,start,value,unit,state,note,source"
ALONE = Workers(1, lambda function, *given: function(*given))


def registry_rows(cases: int = 30, seed: int = 5) -> list[str]:
    """Rows with ties, bounds, gaps, values exactly on a line, several units, and times that leave the order open."""
    chance = random.Random(seed)
    rows = []
    for number in range(cases):
        case = f"P{number:03}"
        rows.append(f"{case},treatment,Tocilizumab,2,0 d,,,,,chart")
        for visit in range(chance.randrange(1, 7)):
            start = chance.choice([f"{30 * visit - 40} d", f"{30 * visit - 40} d", f"~{visit + 1} mo"])
            phase = 1 if start.startswith("-") else 3
            value = chance.choice(["46", "23", "12", "<30", "10..20", "12.3"])
            rows.append(f"{case},observation,ck,{phase},{start},{value},U/L,,visit {visit},chart")
            value = chance.choice(["40", "20", "10", "30"])
            rows.append(f"{case},observation,mRSS,{phase},{start},{value},points,,,chart")
        rows.append(f"{case},observation,crp,3,500 d,,,not_reported,,chart")
    return rows


def write_table(path: Path, rows: list[str], header: str = HEADER, end: str = "\n") -> Path:
    path.write_text(end.join([header, *rows]) + end, encoding="utf-8")
    return path


@pytest.mark.product
def test_shards_give_the_table_of_the_file_in_one_piece(tmp_path):
    source = write_table(tmp_path / "registry.csv", registry_rows())
    whole, _ = derive_path(source)
    cut(source, tmp_path / "shards", cases=7)
    registry = open_registry(tmp_path / "shards", suffix=".csv")
    assert [shard.cases for shard in registry.manifest.shards] == [7, 7, 7, 7, 2]
    assert derive_registry(registry, tmp_path / "parts", ALONE).records == len(whole)
    write_whole(registry, tmp_path / "parts", tmp_path / "out.csv")
    assert (tmp_path / "out.csv").read_bytes() == table_bytes(whole, ".csv")
    columns = open_registry(tmp_path / "shards", suffix=".parquet")
    derive_registry(columns, tmp_path / "columns", ALONE)
    write_whole(columns, tmp_path / "columns", tmp_path / "out.parquet")
    pd.testing.assert_frame_equal(pd.read_parquet(tmp_path / "out.parquet"), whole)


def test_a_measure_that_no_shard_records_is_refused(tmp_path):
    cut(write_table(tmp_path / "registry.csv", registry_rows()), tmp_path / "shards", cases=7)
    with pytest.raises(TimelineError, match=r"found 'lvef'; expected a measure that is recorded: ck, crp, mrss$"):
        open_registry(tmp_path / "shards", measure="lvef", suffix=".csv")
    assert open_registry(tmp_path / "shards", measure="CPK", suffix=".csv").asked.measure == "ck"


@pytest.mark.product
def test_the_order_of_the_rows_changes_no_shard_but_for_its_lines(tmp_path):
    rows = registry_rows()
    shuffled = random.Random(1).sample(rows, len(rows))
    tables = []
    for name, some in (("sorted", rows), ("shuffled", shuffled)):
        manifest = cut(write_table(tmp_path / f"{name}.csv", some), tmp_path / name, cases=7)
        parts = [pd.read_parquet(tmp_path / name / shard.file) for shard in manifest.shards]
        assert all(part["line"].is_unique and part["case_id"].is_monotonic_increasing for part in parts)
        lines = sorted(line for part in parts for line in part["line"])
        assert lines == list(range(2, len(rows) + 2))
        keys = ["case_id", "kind", "code", "start", "value", "note"]
        tables.append([part.drop(columns="line").sort_values(keys, ignore_index=True) for part in parts])
    for one, other in zip(*tables, strict=True):
        pd.testing.assert_frame_equal(one, other)


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_blocks_are_the_rows_of_the_file_with_their_lines(tmp_path, end):
    rows = registry_rows(8)
    rows[5] = rows[5].replace("visit 0", f'"two{end}lines, and a ""mark"""')
    rows.insert(9, "# a comment")
    rows.insert(14, "")
    path = write_table(tmp_path / "t.csv", ["", HEADER, *rows], header="Registry of today", end=end)
    whole, _ = read_rows(path.read_bytes(), "t.csv")
    for size in (400, 1_000, 100_000):
        blocks = [facts for facts, _ in blocks_of(path, size)]
        assert len(blocks) > 3 or size > 400
        pd.testing.assert_frame_equal(pd.concat(blocks, ignore_index=True)[whole.columns], whole)


@pytest.mark.product
def test_parquet_is_cut_like_the_csv_file_of_the_same_rows(tmp_path):
    rows = registry_rows(9)
    source = write_table(tmp_path / "t.csv", rows)
    frame = pd.read_csv(source, keep_default_na=False).astype({"phase": int})
    frame.to_parquet(tmp_path / "t.parquet", row_group_size=20)
    one, other = (cut(tmp_path / f"t{suffix}", tmp_path / suffix[1:], cases=4) for suffix in (".csv", ".parquet"))
    assert [shard.sha256 for shard in one.shards] == [shard.sha256 for shard in other.shards]
    assert len(derive_path(tmp_path / "t.parquet")[0]) == len(derive_path(source)[0])


@pytest.mark.product
def test_a_fault_in_a_block_names_the_line_of_the_file(tmp_path):
    rows = registry_rows()
    rows[-3] += ",one cell more"
    with pytest.raises(TimelineError, match=f"line {len(rows) - 1}: found '11 cells'"):
        list(blocks_of(write_table(tmp_path / "t.csv", rows), 500))


def noted_rows() -> list[str]:
    """Rows of 30 cases of which something is noted: each second is without a baseline, each fifth without a unit.

    Two codes are mistyped, in cases far from each other.
    """
    rows = []
    for number in range(30):
        case, value = f"P{number:02}", f"{number},5"
        rows.append(f"{case};treatment;tocilizumab;0 d;;;;chart;x")
        rows.append(
            f"{case};observation;ck;{5 if number % 2 else -5} d;{value};{'' if number % 5 == 0 else 'U/L'};;chart;x"
        )
    rows += ["P01;event;rituxmab;1 d;;;;chart;x", "P28;event;rituximb;1 d;;;;chart;x"]
    return [*rows, "p03;treatment;tocilizumab;0 d;;;;chart;x"]


@pytest.mark.product
@pytest.mark.parametrize("cases", [4, 30])
def test_the_notes_on_shards_are_those_on_the_whole_file(tmp_path, cases):
    header = "case_id;kind;code;start;value;unit;stat;source;sites"
    source = write_table(tmp_path / "t.csv", noted_rows(), header)
    (whole,) = read_path(source, "last_before", "tocilizumab")
    cut(source, tmp_path / "shards", cases=cases)
    registry = open_registry(tmp_path / "shards", "last_before", "tocilizumab")
    notes = findings_as_data(registry, check_registry(registry, ALONE))["notes"]
    assert sorted(notes) == sorted(whole.notes)
    # 15 of 30 cases have a value after the start alone, and six values (0, 5, 10, ...) have no unit.
    assert any(
        "in 15 of 30 cases no record is a baseline" in note and ": P01, P03, P05 and 12 more" in note for note in notes
    )
    assert (
        "t.csv, lines 3, 13, 23 and 3 more: no unit; the value is not compared with others, and no change is computed"
        in notes
    )
    assert "t.csv: ids that differ by capitals alone are taken for different cases: 'P03' and 'p03'" in notes
    for column, meant in (("stat", "'start' or 'state'"), ("sites", "'site'")):
        unused = f"t.csv: column '{column}' is not in the data dictionary and is not used"
        assert f"{unused}; did you mean {meant}?" in notes
    assert sum("did you mean 'rituximab'" in note for note in notes) == 2


def test_the_notes_on_blocks_are_those_on_the_whole_file(tmp_path):
    rows = noted_rows()
    rows.insert(9, "")
    rows.insert(3, "# a comment")
    rows.insert(40, "# another one")
    header = " case_id;kind;code;start;value;unit;Stat;source;sites"
    source = write_table(tmp_path / "t.csv", [header, *rows], "Cases of today")
    (whole,) = read_rows(source.read_bytes(), "t.csv")[1]
    blocks = [notes for _, notes in blocks_of(source, 500)]
    assert len(blocks) > 3
    assert [note_words(note) for note in joined(map(alike_of, blocks))] == [whole]
    assert "30 decimal commas" in whole and "2 lines of comment" in whole


def test_a_mark_in_a_cell_that_does_not_begin_with_it_opens_nothing(tmp_path):
    rows = registry_rows(6)
    rows[1] = rows[1].replace("visit", '5" ruler')
    rows[4] = rows[4].replace("chart", '"two\nlines, ""a"" ruler of 5"')
    rows.insert(3, '# a comment of 6", "open')
    source = write_table(tmp_path / "t.csv", rows)
    whole, _ = read_rows(source.read_bytes(), "t.csv")
    for size in (300, 1_000, 100_000):
        blocks = pd.concat([facts for facts, _ in blocks_of(source, size)], ignore_index=True)
        pd.testing.assert_frame_equal(blocks[whole.columns], whole)


def test_a_folder_that_holds_something_else_is_not_overwritten(tmp_path):
    source = write_table(tmp_path / "t.csv", registry_rows(3))
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "notes.txt").write_text("mine", encoding="utf-8")
    with pytest.raises(TimelineError, match="a new folder, or one of shards"):
        cut(source, tmp_path / "mine")
    assert [path.name for path in (tmp_path / "mine").iterdir()] == ["notes.txt"]
    assert not list(tmp_path.glob(".mine*"))


def files_below(folder):
    return {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def test_nothing_but_shards_goes_when_a_table_is_cut_again(tmp_path):
    source, shards = write_table(tmp_path / "t.csv", registry_rows(4)), tmp_path / "shards"
    cut(source, shards)
    moved = source.rename(shards / "t.csv")
    before = files_below(shards)
    with pytest.raises(TimelineError, match="expected a folder with shards alone"):
        cut(moved, shards)
    assert files_below(shards) == before
    moved.rename(source)
    assert len(cut(source, shards, cases=2).shards) == 2
    # A shard that is lost is made again.
    (shards / "00001.parquet").unlink()
    assert len(cut(source, shards, cases=1).shards) == 4


@pytest.mark.parametrize("rows", ["", f"{HEADER}\n"])
def test_a_table_without_a_row_is_no_registry(tmp_path, rows):
    (tmp_path / "t.csv").write_text(rows, encoding="utf-8")
    with pytest.raises(TimelineError, match="expected at least one row"):
        cut(tmp_path / "t.csv", tmp_path / "shards")
    assert not (tmp_path / "shards").exists()


def test_what_is_read_is_never_written_over(tmp_path):
    source, shards = write_table(tmp_path / "t.csv", registry_rows(4)), tmp_path / "shards"
    cut(source, shards)
    case = Path(shutil.copytree("data/fu-2025", tmp_path / "fu-2025"))
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "00007.json").write_text("{}", encoding="utf-8")
    before = files_below(tmp_path)
    for read, into, expected in (
        (source, source, "a place outside of"),
        (shards, shards, "another folder for what is derived"),
        (shards, shards / "00000.parquet", "a place outside of"),
        (shards, shards / "parts", "a place outside of"),
        (case, case / "timeline.csv", "a place outside of"),
        (shards, tmp_path / "parts", "a new folder, or one of parts"),
    ):
        done = casetimeline("derive", str(read), "-o", str(into))
        assert done.returncode == 2 and expected in done.stderr, (into, done.stderr)
    assert files_below(tmp_path) == before


@pytest.mark.product
def test_faults_are_told_by_cause_and_of_faulty_shards_nothing_is_derived(tmp_path):
    rows = registry_rows()
    wrong = [number for number, row in enumerate(rows) if row.startswith(("P001,obs", "P002,obs")) and ",ck," in row]
    for number in wrong:
        rows[number] = rows[number].replace("U/L", f"furlong{number}")
    rows[-1] = rows[-1].replace("chart", "")
    cut(write_table(tmp_path / "t.csv", rows), tmp_path / "shards", cases=7)
    said = casetimeline("check", str(tmp_path / "shards"), cwd=tmp_path)
    assert said.returncode == 2
    first, _, *table = [line for line in said.stderr.splitlines() if not line.startswith(("check:", "  note:"))]
    assert first == f"t.csv: {len(wrong) + 1} faults of 2 causes, in 2 of 5 shards"
    assert [line.split()[:4] for line in table] == [
        [str(len(wrong)), "2", "unit", str(wrong[0] + 2)],
        ["1", "1", "source", str(len(rows) + 1)],
    ]
    registry = open_registry(tmp_path / "shards", suffix=".parquet")
    found = derive_registry(registry, tmp_path / "out", ALONE)
    assert found.faulty == 2
    assert sorted(path.name for path in (tmp_path / "out").glob("*.parquet")) == [f"0000{n}.parquet" for n in (1, 2, 3)]


def test_a_million_causes_are_no_longer_a_table_than_a_thousand():
    faults = [Fault("t.csv", line, f"column{line}", "x", "y") for line in range(2, 2 * MOST_CAUSES + 2)]
    case_of = {fault.line: str(fault.line) for fault in faults}
    causes = causes_of(faults, case_of)
    assert len(causes) == MOST_CAUSES + 1 and sum(cause.rows for cause in causes) == 2 * MOST_CAUSES
    other = causes_of([fault._replace(column=f"more{fault.line}") for fault in faults], case_of)
    found = combine(Findings(1, 1, 1, 0, 1, 1, each, ()) for each in (causes, other))
    assert len(found.causes) == MOST_CAUSES + 1 and sum(cause.rows for cause in found.causes) == 4 * MOST_CAUSES


@pytest.mark.product
def test_what_is_there_whole_is_kept_and_what_is_not_is_made_again(tmp_path):
    cut(write_table(tmp_path / "t.csv", registry_rows()), tmp_path / "shards", cases=7)
    registry, done = open_registry(tmp_path / "shards", suffix=".parquet"), []

    def note(function, raw, asked):
        done.append(len(raw))
        return function(raw, asked)

    counted, out = Workers(1, note), tmp_path / "out"
    first = derive_registry(registry, out, counted)
    before = {path.name: path.read_bytes() for path in out.iterdir()}
    assert len(done) == 5
    (out / "00001.parquet").write_bytes(b"damaged")
    (out / "00003.json").unlink()
    assert derive_registry(registry, out, counted, resume=True) == first
    assert len(done) == 7
    assert {path.name: path.read_bytes() for path in out.iterdir()} == before
    # Another question is another table.
    derive_registry(open_registry(tmp_path / "shards", rule="first", suffix=".parquet"), out, counted, resume=True)
    assert len(done) == 12


@pytest.mark.parametrize("content", ["null", "[]", '{"key": "", "part": "", "found": null}'])
def test_a_part_whose_record_is_none_is_made_again(tmp_path, content):
    cut(write_table(tmp_path / "t.csv", registry_rows(3)), tmp_path / "shards")
    registry, out = open_registry(tmp_path / "shards", suffix=".csv"), tmp_path / "parts"
    records = derive_registry(registry, out, ALONE).records
    (out / "00000.json").write_text(content, encoding="utf-8")
    assert derive_registry(registry, out, ALONE, resume=True).records == records


def test_a_table_that_would_not_be_whole_is_not_said_to_be_written(tmp_path):
    rows = [*registry_rows(3), "Z,observation,ck,1,,forty,U/L,,,chart"]
    cut(write_table(tmp_path / "t.csv", rows), tmp_path / "shards")
    done = casetimeline("derive", str(tmp_path / "shards"), "-o", str(tmp_path / "o.csv"))
    assert done.returncode == 2 and "o.csv: not written, as it would not be whole" in done.stderr
    assert "records" not in done.stdout and not (tmp_path / "o.csv").exists()
    # The fourth case has the fault, and all four are one shard.
    remedy = f"mend the table and cut it again, and remove {tmp_path}/.o.csv.parts"
    assert f"1 of 1 shards has faults and was not derived; {remedy}" in done.stderr


def test_a_shard_that_was_changed_is_refused(tmp_path):
    cut(write_table(tmp_path / "t.csv", registry_rows(3)), tmp_path / "shards")
    shard = tmp_path / "shards" / "00000.parquet"
    shard.write_bytes(shard.read_bytes() + b"x")
    with pytest.raises(TimelineError, match="cut the file again"):
        derive_registry(open_registry(tmp_path / "shards", suffix=".csv"), tmp_path / "out", ALONE)


def test_a_shard_that_ends_every_worker_is_named(tmp_path):
    cut(write_table(tmp_path / "t.csv", registry_rows(8)), tmp_path / "shards", cases=4)

    def die(*asked):
        raise WorkerDiedError("it ended its process 3 times")

    with pytest.raises(TimelineError, match=r"0000[01]\.parquet: found 'it ended its process 3 times'"):
        derive_registry(open_registry(tmp_path / "shards", suffix=".csv"), tmp_path / "out", Workers(1, die))


@pytest.mark.product
def test_a_code_has_one_spelling_in_all_shards(tmp_path):
    rows = [f"P{number},event,{code},1,,,,,,chart" for number, code in enumerate(("New Drug", "new_drug", "NEW-DRUG"))]
    rows += [f"P{number},observation,ck,2,,46,U/L,,,chart" for number in range(3)]
    source = write_table(tmp_path / "t.csv", rows)
    whole, _ = derive_path(source, "last_before", "new drug")
    assert whole["BASE"].isna().all()
    cut(source, tmp_path / "shards", cases=1)
    registry = open_registry(tmp_path / "shards", "last_before", "new drug", suffix=".csv")
    assert registry.asked.reference == "new_drug"
    assert derive_registry(registry, tmp_path / "out", ALONE).faulty == 0


@pytest.mark.product
def test_the_reference_is_that_of_the_whole_file(tmp_path):
    rows = [*registry_rows(3), "P100,observation,ck,1,0 d,46,U/L,,,chart"]
    cut(write_table(tmp_path / "t.csv", rows), tmp_path / "shards", cases=1)
    registry = open_registry(tmp_path / "shards", suffix=".csv")
    assert (registry.asked.rule, registry.asked.reference) == ("last_before", "tocilizumab")
    # The last shard has no treatment at all.
    assert derive_registry(registry, tmp_path / "out", ALONE).faulty == 0
    with pytest.raises(TimelineError, match="a treatment, procedure or event of the timeline"):
        open_registry(tmp_path / "shards", reference="tocilizumb", suffix=".csv")


_FLAGS = ("NADIRFL", "PEAKFL", "LASTFL")


def plain_derivation(table: pd.DataFrame) -> pd.DataFrame:
    """Baseline, change, nadir, peak and last value of exact values by day, afresh in numpy: nothing of this package."""
    table = table.sort_values(["case_id", "code", "day", "line"], ignore_index=True)
    keys = pd.factorize(table["case_id"] + "|" + table["code"])[0]
    begins = np.flatnonzero(np.diff(keys, prepend=-1))
    length = np.diff(begins, append=len(keys))
    value, before = table["value"].to_numpy(), table["day"].to_numpy() <= 0
    last = np.maximum.reduceat(np.where(before, np.arange(len(keys)), -1), begins)
    base = np.repeat(np.where(last >= begins, value[last], np.nan), length)
    previous = np.where(np.diff(keys, prepend=-1) == 0, np.roll(value, 1), np.nan)
    low, high = (np.repeat(f.reduceat(value, begins), length) for f in (np.minimum, np.maximum))
    first = [~pd.Series(keys).where(value == end).duplicated() & (value == end) for end in (low, high)]
    ends = np.repeat(begins + length - 1, length) == np.arange(len(keys))
    flags = {name: np.where(mask, "Y", "") for name, mask in zip(_FLAGS, (*first, ends), strict=True)}
    return table.assign(BASE=base, CHG=value - base, CHGPREV=value - previous, **flags)


def derived_by_chance(tmp_path: Path) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Forty cases of exact values by chance, with ties and gaps: as this package derives them, and as plain numbers."""
    chance = np.random.default_rng(8)
    rows, plain = [], []
    for number in range(40):
        case = f"P{number:03}"
        rows.append(f"{case},treatment,tocilizumab,,0 d,,,,,chart")
        for code, unit in (("ck", "U/L"), ("mrss", "points")):
            for day in sorted(chance.choice(np.arange(-60, 60), chance.integers(1, 9), replace=False)):
                value = int(chance.choice([10, 20, 20, 40, 50]))
                rows.append(f"{case},observation,{code},,{day} d,{value},{unit},,,chart")
                plain.append((case, code, len(rows) + 1, day, float(value)))
    cut(write_table(tmp_path / "t.csv", rows), tmp_path / "shards", cases=9)
    registry = open_registry(tmp_path / "shards", suffix=".parquet")
    derive_registry(registry, tmp_path / "out", ALONE)
    ours = pd.concat(map(pd.read_parquet, sorted((tmp_path / "out").glob("*.parquet"))))
    return ours, pd.DataFrame(plain, columns=["case_id", "code", "line", "day", "value"])


def assert_agree(ours: pd.DataFrame, oracle: pd.DataFrame) -> None:
    """Every row has the same baseline, changes and flags."""
    both = ours.merge(oracle, on="line", suffixes=("", "_"), validate="1:1")
    assert len(both) == len(oracle) == len(ours)
    for name in ("BASE", "CHG"):
        np.testing.assert_array_equal(both[name], both[f"{name}_"], err_msg=name)
    for name in _FLAGS:
        assert both[name].tolist() == both[f"{name}_"].tolist(), name


@pytest.mark.product
def test_a_derivation_written_afresh_in_numpy_agrees(tmp_path):
    ours, table = derived_by_chance(tmp_path)
    assert_agree(ours, plain_derivation(table))


def end_once(marker: str) -> int:
    """End the process that works on this, the first time."""
    path = Path(marker)
    if not path.exists():
        path.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return os.getpid()


@pytest.mark.product
def test_two_processes_give_the_bytes_of_one_and_a_dead_one_loses_its_shard_alone(tmp_path):
    source = write_table(tmp_path / "t.csv", registry_rows(60))
    cut(source, tmp_path / "shards", cases=7)
    for name, more in (("one", ()), ("two", ("-j", "2"))):
        said = casetimeline("derive", str(tmp_path / "shards"), "-o", str(tmp_path / name), *more, cwd=tmp_path)
        assert said.returncode == 0, said.stderr
    one, two = ({path.name: path.read_bytes() for path in (tmp_path / name).iterdir()} for name in ("one", "two"))
    assert one == two
    with workers(2) as pool:
        assert pool.call(end_once, str(tmp_path / "marker")) != os.getpid()
        with pytest.raises(WorkerDiedError, match="3 times"):
            pool.call(os._exit, 1)
        assert pool.call(len, "abc") == 3


@pytest.mark.parametrize(
    "address",
    ["tcp://10.0.0.7:8786", "10.0.0.7:8786", "tls://10.0.0.7:8786", "ws://127.0.0.1:1", "tcp://localhost.evil:1"],
)
def test_a_scheduler_elsewhere_is_spoken_to_over_tls_alone(address):
    with pytest.raises(TimelineError, match="over TLS alone"):
        check_address(Cluster(address))


def test_certificates_have_to_be_there(tmp_path):
    for name in ("ca", "cert", "key"):
        (tmp_path / name).touch()
    files = [tmp_path / name for name in ("ca", "cert", "key")]
    check_address(Cluster("tls://10.0.0.7:8786", *files))
    files[2].unlink()
    with pytest.raises(TimelineError, match="a file in PEM"):
        check_address(Cluster("tls://10.0.0.7:8786", *files))


def test_a_folder_of_shards_says_what_it_is(tmp_path):
    cut(write_table(tmp_path / "t.csv", registry_rows(3)), tmp_path / "shards")
    manifest = read_manifest(tmp_path / "shards")
    assert manifest.name == "t.csv" and sum(shard.rows for shard in manifest.shards) == len(registry_rows(3))
    (tmp_path / "shards" / "00000.parquet").unlink()
    with pytest.raises(TimelineError, match="a shard of this folder"):
        read_manifest(tmp_path / "shards")
    (tmp_path / "shards" / "shards.json").write_text(json.dumps({"form": "another"}), encoding="utf-8")
    with pytest.raises(TimelineError, match="as `casetimeline shard` makes it"):
        read_manifest(tmp_path / "shards")


@pytest.mark.product
def test_a_simulated_registry_says_what_it_is_and_has_no_fault(tmp_path):
    count = write_simulated(tmp_path / "s.csv", Simulation(cases=40, seed=3))
    lines = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith("# SIMULATED") and len(lines) == count + 2
    assert all(line.startswith("SIMULATED-3-") and line.endswith("simulated; seed 3") for line in lines[2:])
    (reading,) = read_path(tmp_path / "s.csv", "last_before", "tocilizumab")
    assert reading.faults == ()
    units, kinds = set(reading.facts["unit"]), reading.facts.groupby("code")["case_id"].nunique()
    assert {"U/L", "ukat/L"} <= units and kinds["tocilizumab"] == 40
    assert reading.facts["value"].str.startswith("<").any() and reading.facts["note"].eq("unscheduled").any()
    # The cases of a small registry are the first ones of a larger one.
    write_simulated(tmp_path / "more.csv", Simulation(cases=50, seed=3))
    assert (tmp_path / "more.csv").read_text(encoding="utf-8").splitlines()[: len(lines)] == lines


def test_simulated_cases_are_never_read_with_others(tmp_path):
    rows = registry_rows(3)
    write_simulated(tmp_path / "s.csv", Simulation(cases=2))
    _, header, *simulated = (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()
    one = dict(zip(header.split(","), simulated[0].split(","), strict=True))
    mixed = write_table(tmp_path / "t.csv", [*rows, ",".join(one.get(name, "") for name in HEADER.split(","))])
    for read in (lambda: derive_path(mixed), lambda: cut(mixed, tmp_path / "shards")):
        with pytest.raises(TimelineError, match="never read together with cases of patients"):
            read()
    hidden = write_table(tmp_path / "h.csv", [row.replace("chart", "simulated; seed 1") for row in rows])
    with pytest.raises(TimelineError, match="beside an id that begins with 'SIMULATED-'"):
        derive_path(hidden)


@pytest.mark.product
def test_a_case_out_of_a_registry_is_a_case(tmp_path):
    write_simulated(tmp_path / "s.csv", Simulation(cases=20))
    cut(tmp_path / "s.csv", tmp_path / "shards", cases=6)
    registry = open_registry(tmp_path / "shards", "last_before", "tocilizumab", suffix=".csv")
    names = ["SIMULATED-1-000013", "SIMULATED-1-000001"]
    extract_cases(registry, names, tmp_path / "data")
    whole, _ = derive_path(tmp_path / "s.csv", "last_before", "tocilizumab")
    for name in names:
        case = read_case(tmp_path / "data", name)
        assert case.about["title"] == "Simulated case: no patient"
        changes = derive_changes(case.facts, case.baseline_rule, case.reference)
        mine = whole[whole["case_id"] == name]
        ours = changes[changes["kind"] == "observation"].sort_values(["PARAMCD", "LOC", "ORDER", "line"])
        np.testing.assert_array_equal(ours["CHGLO"], mine["CHGLO"])
    with pytest.raises(TimelineError, match="a name that no folder has yet"):
        extract_cases(registry, names[:1], tmp_path / "data")
    # A folder that lost its timeline keeps what it has.
    (tmp_path / "data" / names[1] / "timeline.csv").unlink()
    (tmp_path / "data" / names[1] / "case.yaml").write_text("mine", encoding="utf-8")
    with pytest.raises(TimelineError, match="a name that no folder has yet"):
        extract_cases(registry, names[1:], tmp_path / "data")
    assert (tmp_path / "data" / names[1] / "case.yaml").read_text(encoding="utf-8") == "mine"
    with pytest.raises(TimelineError, match=r"a case of s\.csv"):
        extract_cases(registry, ["SIMULATED-1-000099"], tmp_path / "data")
    (tmp_path / "patients" / "a").mkdir(parents=True)
    (tmp_path / "patients" / "a" / "timeline.csv").write_text("case_id\n", encoding="utf-8")
    with pytest.raises(TimelineError, match="never stand beside cases of patients"):
        extract_cases(registry, names, tmp_path / "patients")


def refused(match: str, function, *given, **more) -> None:
    """Assert that something is refused."""
    with pytest.raises(TimelineError, match=match):
        function(*given, **more)


def test_a_table_that_was_not_simulated_is_not_replaced(tmp_path):
    path = write_table(tmp_path / "t.csv", registry_rows(2))
    before = path.read_bytes()
    refused("one that simulate has made", write_simulated, path, Simulation(cases=1))
    assert path.read_bytes() == before and [*tmp_path.iterdir()] == [path]
    write_simulated(tmp_path / "s.csv", Simulation(cases=1))
    write_simulated(tmp_path / "s.csv", Simulation(cases=2))
    assert "SIMULATED-1-000002" in (tmp_path / "s.csv").read_text(encoding="utf-8")


@pytest.mark.product
def test_the_table_that_was_cut_is_not_written_over(tmp_path):
    source, shards = write_table(tmp_path / "t.csv", registry_rows(4)), tmp_path / "shards"
    cut(source, shards)
    refused("the shards were cut from this one", check_apart, source, shards)
    # Also where a row was added since.
    with source.open("a", encoding="utf-8") as file:
        file.write(registry_rows(1)[0] + "\n")
    refused("the shards were cut from this one", check_apart, source, shards)
    # A derived table of the same name is replaced.
    (tmp_path / "more").mkdir()
    derived = tmp_path / "more" / "t.csv"
    derived.write_bytes(table_bytes(derive_path(source)[0], ".csv"))
    check_apart(derived, shards)


def test_a_table_of_the_user_is_not_replaced_by_a_derived_one(tmp_path):
    source, mine = write_table(tmp_path / "t.csv", registry_rows(1)), tmp_path / "mine.csv"
    mine.write_text("name,weight\nA,70\n", encoding="utf-8")
    refused("another table", check_apart, mine, source)
    assert mine.read_text(encoding="utf-8") == "name,weight\nA,70\n"
    # A derived one is, as before.
    mine.write_bytes(table_bytes(derive_path(source)[0], ".csv"))
    check_apart(mine, source)


def test_a_link_is_followed_and_stays_a_link(tmp_path):
    source = write_table(tmp_path / "t.csv", registry_rows(4))
    (tmp_path / "disk").mkdir()
    link = tmp_path / "shards"
    link.symlink_to(tmp_path / "disk")
    for cases in (4, 2):
        cut(source, link, cases=cases)
    assert link.is_symlink() and len(read_manifest(tmp_path / "disk").shards) == 2
    lost = tmp_path / "lost"
    lost.symlink_to(tmp_path / "nowhere")
    refused("a link that leads nowhere", cut, source, lost)
    assert lost.is_symlink() and not (tmp_path / "nowhere").exists()


def test_a_registry_whose_list_is_damaged_is_cut_again(tmp_path):
    source, shards = write_table(tmp_path / "t.csv", registry_rows(4)), tmp_path / "shards"
    cut(source, shards, cases=2)
    (shards / "shards.json").write_text("{", encoding="utf-8")
    refused(r"shards/shards\.json: found 'a damaged list", read_manifest, shards)
    assert len(cut(source, shards, cases=4).shards) == 1
    (shards / "shards.json").write_text("{", encoding="utf-8")
    (shards / "mine.parquet").touch()
    refused("expected a folder with shards alone", cut, source, shards)


@pytest.mark.parametrize("name", ["o.CSV", "o.Parquet"])
def test_the_ending_of_one_file_may_be_in_capitals(tmp_path, name):
    source = write_table(tmp_path / "t.csv", registry_rows(3))
    cut(source, tmp_path / "shards")
    suffix = part_suffix(tmp_path / name)
    derive_into(tmp_path / name, open_registry(tmp_path / "shards", suffix=suffix), ALONE)
    assert (tmp_path / name).read_bytes()[:4] == (b"PAR1" if suffix == ".parquet" else b'"cas')


@pytest.mark.product
def test_nothing_goes_where_a_shard_was_changed(tmp_path):
    cut(write_table(tmp_path / "t.csv", registry_rows(6)), tmp_path / "shards", cases=2)
    registry, out = open_registry(tmp_path / "shards", suffix=".csv"), tmp_path / "out"
    derive_registry(registry, out, ALONE)
    before = files_below(out)
    shard = tmp_path / "shards" / "00002.parquet"
    shard.write_bytes(shard.read_bytes() + b"x")
    refused(r"00002\.parquet: found 'other content'", derive_registry, registry, out, ALONE)
    assert files_below(out) == before


@pytest.mark.product
def test_a_fault_of_the_header_is_told_on_its_line_whichever_block_shows_it(tmp_path):
    rows = [f"{row}," for row in registry_rows()]
    rows[-3] += "one more"
    source = write_table(tmp_path / "t.csv", ["# a comment", f" {HEADER},", *rows], "Cases of today")
    # Below the title and the comment.
    for read in (lambda: read_rows(source.read_bytes(), "t.csv"), lambda: list(blocks_of(source, 500))):
        refused(r"1 fault in .*\s+t\.csv, line 3: found 'no name for column 11'", read)


def test_a_cause_names_the_nearest_word(tmp_path):
    rows = [*registry_rows(3), "Z,observation,crp,1,,,,decresed,,chart"]
    cut(write_table(tmp_path / "t.csv", rows), tmp_path / "shards")
    registry = open_registry(tmp_path / "shards")
    lines = "\n".join(finding_lines(registry, check_registry(registry, ALONE)))
    assert "found 'decresed'" in lines and "did you mean 'decreased'?" in lines


def test_a_table_that_is_being_cut_leaves_nothing_when_it_is_ended(tmp_path, monkeypatch):
    def ends(path):
        os.kill(os.getpid(), signal.SIGTERM)

    monkeypatch.setattr("casetimeline.workflow.sharding.digest_of_file", ends)
    source, before = write_table(tmp_path / "t.csv", registry_rows(3)), signal.getsignal(signal.SIGTERM)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    try:
        assert main(["shard", str(source), "-o", str(tmp_path / "shards")]) == 130
        assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    finally:
        signal.signal(signal.SIGTERM, before)
        signal.signal(signal.SIGINT, signal.default_int_handler)
    assert [*tmp_path.iterdir()] == [source]


_WAITING = """
import os, sys, threading, time
from casetimeline.workflow.workers import workers
with workers(2) as here:
    for _ in range(2):
        threading.Thread(target=here.call, args=[time.sleep, 600], daemon=True).start()
    print("ready", flush=True)
    time.sleep(600)
"""


@pytest.mark.product
def test_workers_end_with_the_process_that_has_asked(tmp_path):
    # What they hold is held open as long as one of them lives: its end is read when all have ended.
    with subprocess.Popen([sys.executable, "-c", _WAITING], stdout=subprocess.PIPE) as process:
        assert process.stdout.readline() == b"ready\n"
        process.kill()
        assert process.stdout.read() == b""


@pytest.mark.parametrize(("text", "name"), [("\x1b[31m", "0x1b"), ("a\u202eb", r"U\+202E")])
def test_a_character_that_acts_is_refused_in_parquet_as_in_csv(tmp_path, text, name):
    source = write_table(tmp_path / "t.csv", registry_rows(2))
    frame = pd.read_csv(source, keep_default_na=False, dtype=str)
    frame.loc[2, "note"] = text
    frame.to_parquet(tmp_path / "t.parquet")
    # The third row is on line 4.
    refused(f"line 4, column note: found 'the .*{name}'", cut, tmp_path / "t.parquet", tmp_path / "shards")
    (reading,) = read_path(tmp_path / "t.parquet")
    assert [each.line for each in reading.faults] == [4]


def test_a_number_that_is_too_long_or_infinite_is_said_to_be(tmp_path):
    source = write_table(tmp_path / "t.csv", ["a,observation,ck,1,,1,U/L,,,chart", "a,observation,ck,2,,1,U/L,,,chart"])
    frame = pd.read_csv(source, keep_default_na=False).assign(value=[1e300, float("inf")])
    frame.to_parquet(tmp_path / "t.parquet")
    (reading,) = read_path(tmp_path / "t.parquet")
    assert [each.expected for each in reading.faults] == [
        "a number with a decimal point, of at most 80 characters",
        "a number that is finite",
    ]


def test_a_list_of_shards_that_was_edited_is_refused(tmp_path):
    rows = "".join(f"P{n},observation,ck,{n} d,{n}00,U/L,lab\n" for n in range(1, 4))
    (tmp_path / "t.csv").write_text(f"case_id,kind,code,start,value,unit,source\n{rows}", encoding="utf-8")
    cut(tmp_path / "t.csv", tmp_path / "shards")
    listed = tmp_path / "shards" / "shards.json"
    whole = json.loads(listed.read_text(encoding="utf-8"))
    # Spaced in another way it says the same.
    listed.write_text(json.dumps(whole), encoding="utf-8")
    assert sum(shard.rows for shard in read_manifest(tmp_path / "shards").shards) == 3
    for change in ({"name": "u.csv"}, {"outline": []}, {"shards": [{**whole["shards"][0], "rows": 9}]}):
        listed.write_text(json.dumps(whole | change), encoding="utf-8")
        with pytest.raises(TimelineError, match="changed after the table was cut"):
            read_manifest(tmp_path / "shards")
