"""What a registry is told: once for each cause, with the option, line or remedy that is needed."""

import contextlib
import gzip
import json

import pytest

from casetimeline import commands
from casetimeline.case import Findings, Simulation, cause_lines, combine, derive_path, read_path
from casetimeline.case.registry.shards import causes_of
from casetimeline.cli import main
from casetimeline.faults import Fault, TimelineError
from casetimeline.workflow.selection import write_simulated
from casetimeline.workflow.sharding import cut
from casetimeline.workflow.workers import Workers


@pytest.fixture
def lines(tmp_path):
    """A simulated registry of twelve cases: a line of comment, the header, and the rows; two treatments."""
    write_simulated(tmp_path / "s.csv", Simulation(cases=12))
    return (tmp_path / "s.csv").read_text(encoding="utf-8").splitlines()


def written(path, lines):
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.mark.product
def test_the_way_from_a_simulated_registry_names_the_reference_and_then_derives(lines, tmp_path, capsys):
    asked = "the treatment that the baseline comes before, as reference: one of prednisone, tocilizumab; or the"
    table, shards = str(tmp_path / "s.csv"), str(tmp_path / "shards")
    assert main(["shard", table, "-o", shards]) == 0
    for path in (table, shards):
        assert main(["check", path]) == 0
        assert f"note: s.csv: derive needs {asked}" in capsys.readouterr().out
        assert main(["derive", path, "-o", str(tmp_path / "d.csv")]) == 2
        assert asked in capsys.readouterr().err
        assert main(["derive", path, "-o", str(tmp_path / "d.csv"), "--reference", "tocilizumab"]) == 0


def test_a_row_without_an_id_is_of_no_case_and_is_no_mixture(lines, tmp_path):
    first = lines[2].partition(",")[0]
    path = written(tmp_path / "t.csv", [*lines[:4], lines[4].replace(first, ""), *lines[5:]])
    manifest = cut(path, tmp_path / "shards")
    assert sum(shard.cases for shard in manifest.shards) == 12
    (reading,) = read_path(path)
    # The row is on line 5, and has this one fault.
    assert [(each.line, each.column, each.found) for each in reading.faults] == [(5, "case_id", "")]


def test_a_mixture_is_told_with_its_line_and_an_id_of_each_sort(lines, tmp_path):
    other = lines[5].replace(lines[2].partition(",")[0], "P1").replace("simulated; seed 1", "chart")
    path = written(tmp_path / "t.csv", [*lines[:5], other, *lines[6:]])
    for read in (derive_path, lambda table: cut(table, tmp_path / "shards")):
        with pytest.raises(TimelineError, match=r"t\.csv, line 6: .* simulated: SIMULATED-1-000001.*; others: P1$"):
            read(path)


def test_a_blank_id_hides_no_mixture(lines, tmp_path):
    first = lines[2].partition(",")[0]
    other = lines[5].replace(first, "P1").replace("simulated; seed 1", "chart")
    path = written(tmp_path / "t.csv", [*lines[:2], lines[2].replace(first, ""), *lines[3:5], other, *lines[6:]])
    with pytest.raises(TimelineError, match="others: P1"):
        cut(path, tmp_path / "shards")


def test_of_many_wrong_ids_the_first_are_named(lines, tmp_path):
    text = "\n".join(lines).replace("SIMULATED-1-", "F\u00e4ll-").replace("simulated; seed 1", "chart")
    with pytest.raises(TimelineError) as error:
        derive_path(written(tmp_path / "t.csv", [text]))
    # Twelve cases: three by their ids, and nine together.
    sentences = str(error.value).splitlines()[1:]
    assert len(sentences) == 4 and "column case_id: 9 more such ids, for example 'F" in sentences[-1]


def test_a_packed_table_is_to_be_unpacked(lines, tmp_path):
    path = tmp_path / "t.csv.gz"
    path.write_bytes(gzip.compress("\n".join(lines).encode()))
    with pytest.raises(TimelineError, match=r"a packed file \(gz\)'; expected text; unpack it, as by gunzip"):
        cut(path, tmp_path / "shards")


@pytest.mark.product
def test_values_of_several_laboratories_are_one_note_of_all_cases_also_of_shards(tmp_path, capsys):
    rows = ["case_id,phase,kind,code,value,unit,by,source"]
    for case_id, laboratories in (("a", "AB"), ("b", "AB"), ("c", "AA"), ("d", "BA")):
        rows += [
            f"{case_id},{phase},observation,mrss,1{phase},,lab {name},chart"
            for phase, name in enumerate(laboratories, 1)
        ]
    path, shards = written(tmp_path / "t.csv", rows), tmp_path / "shards"
    cut(path, shards, cases=1)
    # Of the cases a, b and d; in c both values are of one laboratory.
    words = "mrss: values by different examiners or laboratories are compared (3 cases: a, b, d): lab A, lab B"
    for place in (path, shards):
        assert main(["check", str(place)]) == 0
        notes = [line for line in capsys.readouterr().out.splitlines() if "are compared" in line]
        assert notes == [f"  note: t.csv: {words}"]


def test_many_faults_of_one_cause_in_a_file_of_many_cases_are_few_lines(tmp_path, capsys):
    rows = [f"c{number:02},1,observation,mrss,zz{number},,chart" for number in range(30)]
    header = "case_id,phase,kind,code,value,unit,source"
    for count, lines in ((20, 20), (30, 4)):
        path = written(tmp_path / "t.csv", [header, *rows[:count]])
        assert main(["check", str(path)]) == 2
        first, *sentences = capsys.readouterr().err.splitlines()
        assert first == f"t.csv: {count} faults in the input; nothing was computed" and len(sentences) == lines
    # Rows 0 to 2 are on the lines 2 to 4, each with its word; the other 27 begin on line 5.
    assert (
        "t.csv, lines 5, 6, 7 and 24 more, column value: 27 more such faults, for example 'zz3'; expected"
        in sentences[-1]
    )
    assert main(["derive", str(path), "-o", str(tmp_path / "d.csv")]) == 2
    assert capsys.readouterr().err.splitlines()[1:] == sentences
    # A program is given each.
    main(["check", str(path), "--format", "json"])
    assert [each["found"] for each in json.loads(capsys.readouterr().out)["files"][0]["faults"]][-1] == "zz29"


@pytest.mark.product
def test_of_many_rows_with_a_fault_in_shards_the_first_is_told_as_the_first(tmp_path, capsys):
    """Thirty rows with `abc` and thirty with a text of their own are sixty rows with 31 different values."""
    texts = [text for number in range(30) for text in ("abc", f"zz{number}")]
    rows = [f"c{number:02},1,observation,mrss,{text},,chart" for number, text in enumerate(texts)]
    path, shards = (
        written(tmp_path / "t.csv", ["case_id,phase,kind,code,value,unit,source", *rows]),
        tmp_path / "shards",
    )
    cut(path, shards, cases=7)
    assert main(["check", str(shards)]) == 2
    (line,) = (line for line in capsys.readouterr().err.splitlines() if "abc" in line)
    assert line.split()[:2] == ["60", "60"] and "found 'abc' first, 31 different values in all; expected" in line
    # What is kept of a cause does not grow with its rows.
    (cause,) = causes_of([Fault("t.csv", line, "value", f"{line}", "a number") for line in range(2, 900)], {})
    whole = Findings(900, 1, 1, 0, 1, 1, (cause,), ())
    (cause,) = combine([whole, whole]).causes
    assert len(cause.texts) == 51 and "more than 50 different values" in [*cause_lines(whole)][1]


def test_the_remedy_of_one_row_is_not_told_of_the_others_of_its_cause():
    faults = [Fault("t.csv", 7, "value", "8 d", "one value, as on line 3", "88 d")]
    faults.append(Fault("t.csv", 9, "value", "9 d", "one value, as on line 4"))
    whole = Findings(9, 1, 1, 0, 1, 1, causes_of(faults, {}), ())
    apart = [Findings(9, 1, 1, 0, 1, 1, causes_of([fault], {}), ()) for fault in faults]
    # The second row clashes with line 4, whether both are of one shard or of two.
    for findings in (whole, combine(apart), combine([whole, *apart])):
        (cause,) = findings.causes
        assert cause.expected == "one value, as on another line"
        assert [*cause_lines(findings)][1].endswith("as on another line; of the first, did you mean '88 d'?")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("out", "1 of 3 parts done; go on with --resume"),
        ("o.csv", "1 of 3 parts done, in {}/.o.csv.parts; go on with --resume, or remove that folder"),
    ],
)
def test_what_an_ended_run_leaves_is_told_with_its_folder(tmp_path, monkeypatch, capsys, name, words):
    rows = [f"{case_id},1,observation,mrss,1,,chart" for case_id in "abc"]
    cut(written(tmp_path / "t.csv", ["case_id,phase,kind,code,value,unit,source", *rows]), tmp_path / "shards", cases=1)
    calls = iter((True, False))

    def interrupted(function, *given):
        if not next(calls):
            raise KeyboardInterrupt
        return function(*given)

    monkeypatch.setattr(commands, "_workers", lambda options: contextlib.nullcontext(Workers(1, interrupted)))
    assert main(["derive", str(tmp_path / "shards"), "-o", str(tmp_path / name)]) == 130
    # The first of three shards was done.
    assert f"casetimeline: interrupted; {words.format(tmp_path)}\n" in capsys.readouterr().err


@pytest.mark.product
def test_a_derived_registry_has_no_other_ending_and_says_what_it_lacks(tmp_path, capsys):
    rows = [f"{case_id},1,observation,mrss,{value},,chart" for case_id, value in zip("abcd", "12x3", strict=True)]
    cut(written(tmp_path / "t.csv", ["case_id,phase,kind,code,value,unit,source", *rows]), tmp_path / "shards", cases=1)
    shards = str(tmp_path / "shards")
    assert main(["derive", shards, "-o", str(tmp_path / "out.txt")]) == 2
    assert "found 'out.txt'; expected a name that ends in .csv or .parquet, or of a folder" in capsys.readouterr().err
    assert not (tmp_path / "out.txt").exists()
    assert main(["derive", shards, "-o", str(tmp_path / "out")]) == 2
    # One value of the four is none.
    lines = capsys.readouterr().err.splitlines()
    assert lines[-1].endswith("out: 3 records of 3 of 4 cases; 1 of 4 shards has faults and was not derived")


def test_an_unknown_code_is_a_fault_or_a_note_and_not_both(tmp_path, capsys):
    rows = ["a,1,observation,ferrtin,1,ug/L,chart", "a,1,event,my_event,,,chart"]
    cut(written(tmp_path / "t.csv", ["case_id,phase,kind,code,value,unit,source", *rows]), tmp_path / "shards")
    assert main(["check", str(tmp_path / "shards")]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert [line for line in lines if "ferrtin" in line and "did you mean 'ferritin'?" not in line] == []
    assert "  note: t.csv: code 'my_event' is not in measures.csv or treatments.csv; it is shown" in "\n".join(lines)
    # Without its list a folder of shards is one of Parquet files.
    (tmp_path / "shards" / "shards.json").unlink()
    assert main(["check", str(tmp_path / "shards")]) == 2
    words = "found 'a folder of Parquet files without shards.json'; expected one of these files, or a folder of shards"
    assert words in capsys.readouterr().err


def test_rows_without_an_id_are_of_no_case_and_a_shard_is_named_with_its_folder(tmp_path, capsys):
    rows = [f",1,observation,mrss,{value},,chart" for value in (1, 2)]
    path = written(tmp_path / "t.csv", ["case_id,phase,kind,code,value,unit,source", *rows])
    assert main(["shard", str(path), "-o", str(tmp_path / "shards")]) == 0
    assert capsys.readouterr().out.endswith("shards: 2 rows of 0 cases in 1 shard\n")
    assert main(["check", str(tmp_path / "shards")]) == 2
    (row,) = [line for line in capsys.readouterr().err.splitlines() if "case_id  " in line]
    assert row.split()[:6] == ["2", "0", "case_id", "2", "found", "nothing;"]
    (tmp_path / "shards" / "00000.parquet").write_bytes(b"x")
    assert main(["check", str(tmp_path / "shards")]) == 2
    assert "\nshards/00000.parquet: found 'other content'" in capsys.readouterr().err
