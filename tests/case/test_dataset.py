"""One file of many cases, a folder of cases, one case: `check` and `derive` as a user runs them."""

import json
import os
import shutil

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT, casetimeline, first_in_gate
from hypothesis import HealthCheck, given, settings, strategies as st

from casetimeline.case.read import derive_path, read_path, with_plan
from casetimeline.case.tables.dialect import read_rows
from casetimeline.case.tables.header import find_delimiter
from casetimeline.case.tables.separated import read_table
from casetimeline.case.tables.table import table_bytes
from casetimeline.cli import main
from casetimeline.derive.pipeline import DERIVED_COLUMNS
from casetimeline.faults import MOST_FAULTS, TimelineError

HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,source"


@pytest.fixture
def file_of(tmp_path):
    """Write a file of many cases and return its path."""

    def write(*rows: str, header: str = HEADER, name: str = "trial.csv"):
        path = tmp_path / name
        path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
        return path

    return write


def ck(case_id, start, value, limits=",", phase=""):
    return f"{case_id},{phase},observation,ck,{start},,{value},U/L,{limits},,lab"


def treated(case_id, start, end="", code="drug"):
    return f"{case_id},,treatment,{code},{start},{end},,,,,,ex"


def table_of(path, **options):
    return derive_path(path, **options)[0].set_index(["case_id", "line"])


def faults_of(path):
    (reading,) = read_path(path)
    return [(fault.line, fault.column, fault.found) for fault in reading.faults]


# Three subjects worked by hand. S1: screening 70 on 26 Dec, dose on 2 Jan, then 63 and 90. S2 has an unscheduled visit
# on the day of the dose and no end. S3 was never screened.
TRIAL = (
    ck("S1", "2013-12-26", "70", "21,169"),
    treated("S1", "2014-01-02", "2014-07-02"),
    ck("S1", "2014-01-16", "63", "21,169"),
    ck("S1", "2014-07-03", "190", "21,169"),
    ck("S2", "2014-02-01", "100", "22,198"),
    ck("S2", "2014-02-10", "199", "22,198"),
    treated("S2", "2014-02-10"),
    ck("S2", "2014-03-10", "22", "22,198"),
    treated("S3", "2014-05-01", "ongoing"),
    ck("S3", "2014-06-01", "50", "21,169"),
)


@pytest.mark.product
def test_a_trial_under_the_two_usual_baseline_rules(file_of):
    path = file_of(*TRIAL)
    last = table_of(path, baseline_rule="last_before", reference="drug")
    # The day of the first dose counts as before it.
    assert last["BASE"].fillna(-1).tolist() == [70, 70, 70, 199, 199, 199, -1]
    assert last["CHG"].fillna(-1).tolist() == [0, -7, 120, -99, 0, -177, -1]
    # 100 x -7 / 70 = -10; 100 x 120 / 70 = 171.43; 100 x -177 / 199 = -88.94.
    assert last["PCHG"].round(2).fillna(-1).tolist() == [0, -10, 171.43, -49.75, 0, -88.94, -1]
    assert last["ABLFL"].tolist() == ["Y", "", "", "", "Y", "", ""]
    # 26 Dec to 2 Jan: day -7, and the day of the dose is day 1. 16 Jan is day 15, 3 Jul day 183.
    assert last["ADY"].tolist() == [-7, 15, 183, -9, 1, 29, 32]
    assert last["ANRIND"].tolist() == ["NORMAL", "NORMAL", "HIGH", "NORMAL", "HIGH", "NORMAL", "NORMAL"]
    assert last["SHIFT1"].iloc[:3].tolist() == ["NORMAL to NORMAL", "NORMAL to NORMAL", "NORMAL to HIGH"]
    # 3 July is after the last dose; a treatment without an end has not ended.
    assert last["ONTRTFL"].tolist() == ["", "Y", "", "", "Y", "Y", "Y"]
    first = table_of(path, baseline_rule="first", reference="drug")
    assert first["BASE"].tolist() == [70, 70, 70, 100, 100, 100, 50]
    assert first["BASETYPE"].unique().tolist() == ["first"]


@pytest.mark.product
def test_each_case_is_derived_as_if_it_were_alone(file_of):
    whole = table_of(file_of(*TRIAL), baseline_rule="last_before", reference="drug")
    for case_id in ("S1", "S2", "S3"):
        rows = [row for row in TRIAL if row.startswith(case_id)]
        alone = derive_path(file_of(*rows, name="one.csv"), "last_before", "drug")[0]
        kept = whole.loc[case_id].reset_index(drop=True)
        pd.testing.assert_frame_equal(alone.drop(columns=["case_id", "line"]), kept, check_dtype=False)


@pytest.fixture(scope="module")
def trial(tmp_path_factory):
    """The derived table of the three subjects, without the lines of its file."""
    path = tmp_path_factory.mktemp("trial") / "trial.csv"
    path.write_text("\n".join([HEADER, *TRIAL]) + "\n", encoding="utf-8")
    return derive_path(path, "last_before", "drug")[0].drop(columns="line")


@pytest.mark.product
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.permutations(TRIAL))
def test_the_order_of_the_rows_changes_nothing(file_of, trial, rows):
    derived = derive_path(file_of(*rows), "last_before", "drug")[0]
    pd.testing.assert_frame_equal(derived.drop(columns="line"), trial)


@pytest.mark.product
def test_without_options_what_is_chosen_is_said(file_of):
    _, notes = derive_path(file_of(*TRIAL))
    assert any("the reference is 'drug', the only treatment" in note for note in notes)
    table, notes = derive_path(file_of(ck("a", "0 d", "9"), ck("a", "9 d", "8")))
    assert any("the baseline is the first value" in note for note in notes)
    assert table["CHG"].tolist() == [0, -1]
    with pytest.raises(TimelineError, match="one of drug, other"):
        derive_path(file_of(*TRIAL, treated("S1", "2014-01-03", code="other")))
    with pytest.raises(TimelineError, match="the treatment that 'worst_before' refers to"):
        derive_path(file_of(ck("a", "0 d", "9")), baseline_rule="worst_before")


@pytest.mark.product
def test_two_values_that_could_be_the_baseline_are_named(file_of):
    rows = (ck("a", "1 d", "9", phase="1"), ck("a", "1 d", "8", phase="2"), treated("a", "3 d"))
    path = file_of(*rows[:1], ck("a", "", "8", phase="1"), treated("a", "3 d"))
    with pytest.raises(TimelineError, match="lines 2 and 3 could both be the baseline"):
        derive_path(path, "phase=1")
    # Two phases of one day are told one after the other.
    assert table_of(file_of(*rows), baseline_rule="last_before")["BASE"].tolist() == [8, 8]


def test_dates_count_from_the_earliest_of_their_own_case(file_of):
    table = table_of(file_of(*TRIAL), baseline_rule="first")
    assert table["DAYLO"].tolist() == [0, 21, 189, 0, 9, 37, 31]
    # Months of a case that also tells days have no place without a phase.
    assert faults_of(file_of(ck("a", "0 d", "9"), ck("a", "2014-02", "8"))) == [(3, "start", "2014-02")]


@pytest.fixture(scope="module")
def whole():
    """The derived table of every case of the project."""
    return table_of(ROOT / "data")


@pytest.mark.product
def test_one_measure_is_a_part_of_the_whole(whole):
    part = table_of(ROOT / "data", measure="ck")
    assert set(part["code"]) == {"ck"} and len(part) == (whole["code"] == "ck").sum() > 9
    pd.testing.assert_frame_equal(part, whole[whole["code"] == "ck"])


def test_a_measure_that_no_row_records_is_refused(file_of):
    with pytest.raises(TimelineError, match=r"measure: found 'lvef'; expected a measure that is recorded: ck$"):
        derive_path(file_of(ck("a", "0 d", "9"), ck("b", "0 d", "9")), measure="lvef")


@pytest.mark.product
def test_a_folder_of_cases_is_each_of_its_cases(whole):
    for case_id in ("fu-2025", "openneurol2024-64f"):
        one = table_of(ROOT / "data" / case_id)
        pd.testing.assert_frame_equal(one, whole.loc[[case_id]])
        pd.testing.assert_frame_equal(one, table_of(ROOT / "data" / case_id / "timeline.csv"))


@pytest.mark.product
def test_derive_writes_the_same_bytes_twice_and_the_same_values_as_parquet(file_of, tmp_path, capsys):
    path = file_of(*TRIAL)
    for name in ("one.csv", "two.csv", "one.parquet", "two.parquet"):
        assert main(["derive", str(path), "-o", str(tmp_path / name), "--reference", "drug"]) == 0
    assert "one.csv: 7 records" in capsys.readouterr().out
    for suffix in ("csv", "parquet"):
        assert (tmp_path / f"one.{suffix}").read_bytes() == (tmp_path / f"two.{suffix}").read_bytes()
    from_text, from_parquet = pd.read_csv(tmp_path / "one.csv"), pd.read_parquet(tmp_path / "one.parquet")
    assert list(from_text) == list(from_parquet) == list(DERIVED_COLUMNS)
    for name in ("BASE", "CHG", "PCHG", "ADY", "R2A1HI"):
        assert np.allclose(from_text[name], from_parquet[name].astype(float), equal_nan=True)


def test_a_fault_leaves_an_earlier_result_alone(file_of, tmp_path, capsys):
    out = tmp_path / "out.csv"
    assert main(["derive", str(file_of(ck("a", "0 d", "900"))), "-o", str(out)]) == 0
    earlier = out.read_bytes()
    assert main(["derive", str(file_of(ck("a", "0 d", "many"))), "-o", str(out)]) == 2
    assert out.read_bytes() == earlier
    assert "line 2, column value: found 'many'" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["out.csv", "trial.csv"]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["-o", "out.xlsx"], "a name that ends in .csv or .parquet"),
        (["-o", "out.csv", "--measure", "ckk"], "did you mean 'ck'?"),
        (["-o", "out.csv", "--baseline", "best"], "one of last_before, first, worst_before"),
        (["-o", "out.csv", "--reference", "druk"], "line 3 has 'drug'"),
    ],
)
def test_an_option_that_cannot_be_served_says_what_can(file_of, arguments, said, capsys, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert main(["derive", str(file_of(*TRIAL)), *arguments]) == 2
    assert said in capsys.readouterr().err


def test_check_as_data(file_of, capsys):
    path = file_of(ck("a", "0 d", "many"), "a,1,observation,skin scor,,,46,,,,,lab", ck("b", "soon", "9"))
    assert main(["check", str(path), "--format", "json"]) == 2
    told = json.loads(capsys.readouterr().out)
    assert told["ok"] is False
    (file,) = told["files"]
    assert [(f["file"], f["line"], f["column"], f["found"], f["nearest"]) for f in file["faults"]] == [
        ("trial.csv", 2, "value", "many", ""),
        ("trial.csv", 3, "code", "skin scor", "mrss"),
        ("trial.csv", 4, "start", "soon", ""),
    ]
    assert main(["check", str(file_of(*TRIAL)), "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["ok"], told["files"][0]["rows"]) == (True, 10)
    assert any("days count from the earliest date" in note for note in told["files"][0]["notes"])


def test_the_command_line_does_what_the_functions_do(file_of, tmp_path):
    done = casetimeline("derive", str(file_of(*TRIAL)), "-o", str(tmp_path / "o.csv"), "--baseline", "first")
    assert done.returncode == 0, done.stderr
    assert len(pd.read_csv(tmp_path / "o.csv")) == 7
    done = casetimeline("check", str(tmp_path / "nothing"))
    assert done.returncode == 2 and "Traceback" not in done.stderr


def test_a_path_that_holds_no_case_is_one_message(tmp_path, capsys):
    (tmp_path / "empty").mkdir()
    for path in (tmp_path / "empty", tmp_path / "nobody"):
        assert main(["check", str(path)]) == 2
        assert "a case folder, a folder of cases, or a CSV or Parquet file" in capsys.readouterr().err


@pytest.mark.product
@pytest.mark.parametrize(
    ("asked", "message"),
    [
        # Each case has another treatment, which is no advice on the option of all.
        (
            ["--reference", "foo"],
            "reference: found 'foo'; expected a treatment, procedure or event of the timeline, in ",
        ),
        (["--baseline", "phase=x"], "baseline: found 'phase=x'; expected a number, as in phase=2\n"),
    ],
)
def test_an_option_that_no_case_of_a_folder_can_serve_is_one_fault(
    write_case, observe, tmp_path, capsys, asked, message
):
    for name, drug in (("a", "tocilizumab"), ("b", "rituximab")):
        treated = observe(code=drug, value="", case_id=name).replace("observation", "treatment")
        data = write_case(observe(case_id=name), treated, case_id=name)
    assert main(["derive", str(data), "-o", str(tmp_path / "o.csv"), *asked]) == 2
    words = capsys.readouterr().err
    assert "1 fault in the input" in words and message in words and words.count("found") == 1
    assert ("cases a, b" in words) == ("reference" in asked[0])


@pytest.mark.product
def test_what_is_noted_of_a_folder_stands_once_and_options_of_shards_are_named(tmp_path, capsys):
    for name in ("fu-2025", "ferreira2017"):
        shutil.copytree(ROOT / "data" / name, tmp_path / "x" / name)
    assert main(["check", str(tmp_path / "x"), "-j", "4"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("taken from the project") == 1 and "\nnote: not beside the cases" in shown.out
    assert shown.err == "casetimeline: of a folder of shards alone, and without effect here: --jobs\n"
    assert main(["derive", str(tmp_path / "x"), "-o", str(tmp_path / "o.csv"), "--resume"]) == 0
    shown = capsys.readouterr()
    assert shown.out.count("taken from the project") == 1 and shown.err.endswith(": --resume\n")
    # Of one case it is a note of the case, and nothing is said of options that are not given.
    assert main(["check", str(tmp_path / "x" / "fu-2025")]) == 0
    shown = capsys.readouterr()
    assert "\n  note: not beside the cases" in shown.out and not shown.err


def test_a_folder_of_its_own_borrows_the_vocabulary_and_says_so(tmp_path):
    shutil.copytree(ROOT / "data" / "fu-2025", tmp_path / "x" / "fu-2025")
    (reading,) = read_path(tmp_path / "x" / "fu-2025")
    assert not reading.faults and "from the project: measures.csv, rules.csv" in reading.notes[0]
    # Without a case.yaml it is a file of cases.
    (tmp_path / "x" / "fu-2025" / "case.yaml").unlink()
    (reading,) = read_path(tmp_path / "x" / "fu-2025")
    assert reading.name == "timeline.csv" and len(reading.facts) == 17
    with pytest.raises(TimelineError, match="cyclophosphamide, glucocorticoids, tocilizumab"):
        with_plan(reading)


def test_a_broken_vocabulary_is_a_fault_of_the_file_that_needs_it(file_of, tmp_path):
    (tmp_path / "measures.csv").write_text("kode\nx\n")
    (reading,) = read_path(file_of(*TRIAL))
    assert {fault.file for fault in reading.faults} >= {"measures.csv"}


@pytest.mark.parametrize(
    ("write", "said"),
    first_in_gate(
        4,
        [
            (lambda text: text, ""),
            (lambda text: "\ufeff" + text, "a byte order mark"),
            (lambda text: text.replace("\n", "\r\n"), "CRLF line ends"),
            (lambda text: text.replace("\n", "\r"), "CR line ends"),
            (lambda text: text.replace(",", "\t"), "tabs"),
            (lambda text: text.replace(",", ";"), "semicolons"),
            (lambda text: text.replace(",", ";").replace("63", "63,0"), "1 decimal comma (63,0 as 63.0)"),
            (lambda text: text.replace("\n", "\n\n"), "blank lines"),
            (lambda text: text.replace(",ck,", ", ck ,"), "7 rows with blanks around cells"),
            (lambda text: text.replace(",ck,", ',"ck",'), ""),
        ],
    ),
)
def test_every_dialect_gives_the_same_table(file_of, tmp_path, write, said):
    plain = file_of(*TRIAL)
    other = tmp_path / "other.csv"
    other.write_bytes(write(plain.read_text()).encode())
    table, notes = derive_path(other, "first")
    expected = derive_path(plain, "first")[0]
    same = ["case_id", "start", "AVAL", "BASE", "CHG", "ADY", "ANRIND", "DAYLO"]
    pd.testing.assert_frame_equal(table[same], expected[same])
    read = [note for note in notes if "read with" in note]
    assert [said in note for note in read] == ([True] if said else [])


@pytest.mark.parametrize(
    ("row", "found", "right"),
    [
        ("a;1;observation;ck;;;1.234;U/L;;;;lab", "1.234", ": 1234, or 1,234 with a decimal comma"),
        ("a;1;observation;ck;;;<1.234,5;U/L;;;;lab", "<1.234,5", ": <1234,5"),
        ("a;1;observation;ck;;;9;U/L;;2.000;;lab", "2.000", ": 2000, or 2,000 with a decimal comma"),
        ("a;1;observation;ck;1.000 d;;9;U/L;;;;lab", "1.000 d", ": 1000 d, or 1,000 d with a decimal comma"),
        ("a;1;observation;ck;;;1.234.567;U/L;;;;lab", "1.234.567", ": 1234567"),
        ("a;1;observation;ck;;;1,234,567;U/L;;;;lab", "1,234,567", ": 1234567"),
        # Beside a decimal point a comma before three digits may be one of thousands.
        ("a;1;observation;ck;;;1,234;U/L;;12.5;;lab", "1,234", "certain: 1234"),
        ("a;1;observation;ck;1,000 d;;9;U/L;;12.5;;lab", "1,000 d", "1000"),
        ("a;1;observation;ck;;;12,5 x;U/L;;;;lab", "12,5 x", "a number"),
    ],
)
def test_thousands_in_a_file_with_decimal_commas_are_refused(file_of, row, found, right):
    (reading,) = read_path(file_of(row, header=HEADER.replace(",", ";")))
    (fault,) = reading.faults
    # The cell as the file has it, and each of its readings.
    assert fault.found == found and right in fault.expected


def test_a_row_that_is_prepared_is_none_in_a_file_as_in_a_workbook(file_of):
    # The sum below a table is no prepared row.
    rows = ("a,,,,,,,,,,,", ck("a", "0 d", "9"), "a,,,,,,,,,,,", ck("a", "4 d", "8"), "Total,,,,,,,,,,,")
    facts, (note,) = read_rows(file_of(*rows).read_bytes(), "t.csv")
    assert facts[["line", "value"]].to_numpy().tolist() == [[3, "9"], [5, "8"], [6, ""]]
    assert note == "t.csv: read with 2 rows with the case_id alone left out"
    with pytest.raises(TimelineError, match="at least one row below the header"):
        read_rows(file_of("a,,,,,,,,,,,", "a,,,,,,,,,,,").read_bytes(), "t.csv")


def test_a_frequency_has_its_decimal_comma_as_a_dose_has():
    header = b"case_id;phase;kind;code;value;unit;dose;dose_unit;frequency;source\n"
    facts, notes = read_rows(header + b"a;1;treatment;x;;;1,5;mg;every 1,5 wk;lab\n", "t.csv")
    assert facts[["dose", "frequency"]].iloc[0].tolist() == ["1.5", "every 1.5 wk"] and "2 decimal commas" in notes[0]


def test_a_decimal_point_is_certain_where_no_thousands_could_be_meant(file_of):
    rows = ("a;1;observation;ck;;;0.123;U/L;;;;lab", "a;2;observation;ck;;;45.5;U/L;;;;lab")
    table = table_of(file_of(*rows, header=HEADER.replace(",", ";")), baseline_rule="first")
    assert table["AVAL"].tolist() == [0.123, 45.5]


def test_thousands_in_a_comma_file_are_refused(file_of):
    ((line, column, found),) = faults_of(file_of(ck("a", "0 d", '"1,234"')))
    assert (line, column, found) == (2, "value", "1,234")


def test_a_text_of_two_or_four_bytes_a_letter_is_named_without_its_mark_too():
    for encoding in ("utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"):
        with pytest.raises(TimelineError, match=encoding[:6].upper()):
            read_rows("case_id,kind,code\na,b,c\n".encode(encoding), "t.csv")


def test_files_of_other_programs_are_named():
    for raw, said in ((b"PK\x03\x04xx", "xlsx"), ("case_id".encode("utf-16"), "UTF-16"), (b"\xd0\xcf\x11\xe0", "xls")):
        with pytest.raises(TimelineError, match=said):
            read_rows(raw, "t.csv")


@pytest.mark.parametrize(
    ("name", "raw", "remedy"),
    [
        (
            "lb.xpt",
            b"HEADER RECORD*******LIBRARY",
            "save as CSV in SAS, or in Python ct.read_facts(frame, about=...) of",
        ),
        ("lb.csv", b"$FL2@(#) SPSS", "pandas.read_spss"),
        ("lb.dta", b"<stata_dta><header>", "pandas.read_stata"),
        ("lb.dta", b"r\x02\x01\x00\xe9", "pandas.read_stata"),
        # Twelve zeros and the mark of SAS.
        ("lb.sas7bdat", bytes(12) + b"\xc2\xea\x81\x60\xb3\x14", "pandas.read_sas"),
        ("lb.rds", b"\x1f\x8b\x08\x00", "save as CSV in R"),
    ],
)
def test_a_file_of_a_program_of_statistics_is_saved_there_and_not_in_a_spreadsheet(name, raw, remedy):
    with pytest.raises(TimelineError) as caught:
        read_rows(raw, name)
    (fault,) = caught.value.faults
    assert remedy in fault.expected and "spreadsheet" not in fault.expected and "gunzip" not in fault.expected


def test_a_timeline_with_a_capital_in_its_name_is_named(file_of, tmp_path):
    folder = tmp_path / "my-case"
    folder.mkdir()
    file_of(*TRIAL).rename(folder / "Timeline.csv")
    ((fault,),) = [reading.faults for reading in read_path(folder)]
    assert (fault.file, fault.found) == ("my-case", "Timeline.csv") and fault.expected.startswith("timeline.csv")


def test_the_mark_between_columns_is_that_of_the_header():
    assert find_delimiter('"case_id","note; of a; b;",phase') == ","
    assert find_delimiter("\n\ncase_id\tphase\tkind;of") == "\t"


@pytest.mark.parametrize(
    "bad", ["2024-02-30", "2024-13", "2024-1-5", "2024-02-01T10:00", "2024..2023", "0000", "2024-"]
)
def test_a_bad_date_among_dates_is_one_fault(file_of, write_case, observe, bad):
    assert faults_of(file_of(ck("a", "2024-01-10", "9"), ck("a", bad, "8"))) == [(3, "start", bad)]
    data = write_case(observe("", start="2024-01-10"), observe("", start=bad), observe("", start="2024-03-01"))
    assert faults_of(data / "a") == [(3, "start", bad)]


def test_a_column_named_line_is_not_used(file_of):
    path = file_of("7,a,1,observation,mrss,46,,lab", header="line,case_id,phase,kind,code,value,unit,source")
    (reading,) = read_path(path)
    assert reading.facts["line"].tolist() == [2]
    assert any("column 'line' is not in the data dictionary" in note for note in reading.notes)


def test_what_is_no_file_is_not_read(tmp_path, write_case, observe):
    data = write_case(observe())
    (data / "a" / "timeline.csv").unlink()
    os.mkfifo(data / "a" / "timeline.csv")
    assert [fault.found for (reading,) in [list(read_path(data))] for fault in reading.faults] == ["no regular file"]
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    (reading,) = read_path(tmp_path / "loop")
    assert reading.faults


@pytest.mark.product
def test_a_terminal_without_the_letters_of_a_case_is_no_fault(file_of):
    path = file_of("a,1,event,fi\u00e8vre,,,,,,,,lab", ck("a", "", "9", phase="1"))
    done = casetimeline("check", str(path), PYTHONIOENCODING="ascii", PYTHONUTF8="0")
    assert done.returncode == 0, done.stderr
    assert "fi\\xe8vre" in done.stdout


def test_many_faults_are_not_listed_without_end(file_of):
    (reading,) = read_path(file_of(*[ck("a", "soon", "many")] * MOST_FAULTS))
    assert len(reading.faults) == MOST_FAULTS + 1
    assert "more than 10000 faults" in str(reading.faults[-1])


def test_texts_that_a_spreadsheet_would_run_are_disarmed():
    table = pd.DataFrame({"note": ["=1+1", "+cmd|x", "@sum", "-2+3", "-2 mo", "plain", ""], "CHG": [-1.5] * 7})
    lines = table_bytes(table, ".csv").decode().splitlines()[1:]
    assert [line.partition(",")[0] for line in lines] == [
        *('"\'=1+1"', '"\'+cmd|x"', '"\'@sum"', '"\'-2+3"', '"-2 mo"', '"plain"'),
        "",
    ]
    assert all(line.endswith(",-1.5") for line in lines)


cells = st.text(alphabet='ab1 ,;"\n\r\t\u00e4', max_size=4)


@pytest.mark.product
@given(st.lists(st.lists(cells, min_size=2, max_size=3), min_size=1, max_size=4), st.sampled_from([",", ";", "\t"]))
def test_a_table_is_read_the_same_in_both_ways(rows, delimiter):
    text = "\n".join(delimiter.join(row) for row in [["x", "y"], *rows])
    quoted = "\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in [["x", "y"], *rows])
    if '"' in "".join(map("".join, rows)) or any(mark in cell for row in rows for cell in row for mark in "\r\n,;\t"):
        return

    def read(content):
        try:
            sheet = read_table(content, "t.csv", delimiter)
        except TimelineError as error:
            return [fault[1:] for fault in error.faults]
        return sheet.frame.to_numpy().tolist(), sheet.lines.tolist(), sheet.blank, sheet.trimmed

    assert read(text) == read(quoted)


@pytest.mark.product
@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    st.lists(st.lists(st.sampled_from(["", "a", "ck", "observation", "9", "<5", "=", "0 d", "2014", "U/L", "1", "é"])))
)
def test_any_rows_are_a_table_or_a_list_of_faults(file_of, rows):
    path = file_of(*(",".join(row) for row in rows))
    (reading,) = read_path(path)
    assert bool(reading.faults) != (reading.facts is not None)
    assert all(fault.expected for fault in reading.faults)


MADE = {
    "a link to a file that is not there": lambda path: path.symlink_to("nowhere"),
    "Too many levels of symbolic links": lambda path: path.symlink_to(path.name),
    "no regular file": lambda path: path.mkdir(),
}


@pytest.mark.parametrize("seen", MADE)
@pytest.mark.parametrize("name", ["case.yaml", "timeline.csv", "measures.csv", "proof.json"])
def test_what_has_the_name_of_a_file_of_a_case_and_is_none_is_never_left_out(write_case, name, seen):
    data = write_case("a,1,observation,mrss,,,46,,,,,,,chart,")
    path = data / "a" / name
    path.unlink(missing_ok=True)
    MADE[seen](path)
    for asked in (data, data / "a", data / "a" / "timeline.csv"):
        (reading,) = read_path(asked)
        assert (f"a/{name}", seen) in [(fault.file, fault.found) for fault in reading.faults]
