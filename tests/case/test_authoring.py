"""A case of one's own: its folder, its workbook and its way back; nothing that was there is lost."""

import itertools
import os
import re
import tempfile
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT, casetimeline, copy_project, make_project_of, refused, run

from casetimeline.case.author import import_case, new_case, workbook_note
from casetimeline.case.model import Recorded, interpret_case, parse_case
from casetimeline.case.plain import starter_about, starter_files
from casetimeline.case.read import read_case, read_vocabulary
from casetimeline.case.tables.dialect import read_rows, without_comments
from casetimeline.case.zipped import read_folder
from casetimeline.files import expanded, zip_bytes

DATA = ROOT / "data"
FILES = ("case.yaml", "timeline.csv")
# Columns of the sheet Timeline, by the letter in which a new workbook has them.
FACTS = (
    {"B": "1", "C": "observation", "D": "mrss", "I": "30", "W": "chart"},
    {"B": "2", "C": "treatment", "D": "tocilizumab", "N": "8", "O": "mg/kg", "W": "chart"},
    {"B": "3", "C": "observation", "D": "mrss", "I": "24", "W": "chart"},
)


def fill(path, facts=FACTS, **form):
    """Fill in a workbook as a person does."""
    workbook = openpyxl.load_workbook(path)
    for number, fact in enumerate(facts, 2):
        for letter, text in fact.items():
            workbook["Timeline"][f"{letter}{number}"] = text
    for row in workbook["Case"].iter_rows(min_row=2):
        if row[0].value in form:
            row[1].value = form[row[0].value]
    workbook.save(path)


@pytest.fixture
def data(tmp_path):
    """A folder of cases that borrows the tables of the project."""
    return tmp_path / "data"


@pytest.fixture
def begun(data):
    new_case(data, "my-case")
    return data / "my-case" / "my-case.xlsx"


@pytest.mark.product
def test_a_new_case_has_its_files_and_no_fact_yet(begun, data):
    assert sorted(path.name for path in begun.parent.iterdir()) == ["case.yaml", "my-case.xlsx", "timeline.csv"]
    (fault,) = refused(read_case, data, "my-case")
    # The first line behind the header and the comments of the template.
    free = len((begun.parent / "timeline.csv").read_text(encoding="utf-8").splitlines()) + 1
    below = "at least one row below the header"
    assert (fault.file, fault.line, fault.expected) == ("my-case/timeline.csv", free, below) and free > 2
    # The workbook asks for the same.
    (fault,) = refused(import_case, begun, data)
    assert (fault.cell, fault.expected) == ("Timeline!A2", below)


@pytest.mark.product
def test_the_examples_of_a_new_timeline_are_right_once_the_mark_is_gone(begun, data):
    path = begun.parent / "timeline.csv"
    lines = path.read_text(encoding="utf-8").splitlines()
    examples = [line.removeprefix("# ") for line in lines if line.startswith("# my-case,")]
    assert len(examples) == 3
    path.write_text("\n".join([*lines, *examples, ""]), encoding="utf-8")
    case = read_case(data, "my-case")
    assert case.facts["line"].tolist() == [len(lines) + 1, len(lines) + 2, len(lines) + 3]
    assert any("6 lines of comment" in note for note in case.notes)


@pytest.mark.product
def test_both_beginnings_of_a_case_say_the_same(begun):
    workbook = openpyxl.load_workbook(begun)
    form = {row[0].value: row[1].value for row in workbook["Case"].iter_rows(min_row=2)}
    about = starter_about("my-case")
    assert form["case_id"] == "my-case" and form["patient: sex"] == about["patient"]["sex"]
    assert form["analysis: baseline"] == about["analysis"]["baseline"]
    assert [row[1].value for row in workbook["Phases"].iter_rows(min_row=2, max_row=4)] == [*about["phases"].values()]


@pytest.mark.parametrize(
    "case_id", ["measures.csv", "Rules", "README.md", "CON", "nul.x", "COM1", "a-case.", "My-Case"]
)
def test_a_name_that_a_folder_cannot_have_everywhere_is_refused(data, case_id):
    (data / "my-case").mkdir(parents=True)
    (data / "my-case" / "timeline.csv").touch()
    (fault,) = refused(new_case, data, case_id)
    assert fault.found == case_id and fault.expected.startswith(("another name: ", "a name that does not end"))
    assert not (data / case_id).is_dir()


@pytest.mark.parametrize("case_id", ["", ".", "..", "a/b", "-a", "a b", "ä", "a" * 65])
def test_a_name_that_leads_elsewhere_is_refused(data, case_id):
    (fault,) = refused(new_case, data, case_id)
    assert fault.found == case_id and not data.exists()


@pytest.mark.product
def test_what_to_type_next_names_the_folder_of_the_cases(data, tmp_path, monkeypatch):
    assert new_case(data, "my-case")[0].endswith(f"then: make import CASE=my-case DATA={data}")
    # The folder that make takes of itself needs no name.
    monkeypatch.chdir(tmp_path)
    assert new_case(Path("data"), "other")[-1] == "then      make report CASE=other"


@pytest.mark.product
def test_a_new_case_never_stands_over_another(begun, data):
    (fault,) = refused(new_case, data, "my-case")
    assert "a name that no case of this folder has yet" in fault.expected


@pytest.mark.product
def test_a_filled_in_workbook_becomes_the_case(begun, data):
    fill(begun, **{"title": "A title", "analysis: reference": "tocilizumab", "analysis: baseline": "last_before"})
    told = import_case(begun, data)
    assert [line.split()[0] for line in told] == ["written", "written", "note"]
    assert told[-1].endswith("from the project: measures.csv, rules.csv, comparators.csv")
    case = read_case(data, "my-case")
    assert case.facts["value"].tolist() == ["30", "", "24"] and case.reference == "tocilizumab"
    # What `new` wrote was nobody's work; nothing is set aside for it.
    assert not (begun.parent / "replaced").exists()
    assert [line.split()[0] for line in import_case(begun, data)] == ["current", "current", "note"]


@pytest.mark.product
def test_an_import_names_what_the_files_had_and_the_workbook_lacks(begun, data):
    """As a row that was accepted from a proposal, or a digest that `prove` asked for."""
    fill(begun)
    import_case(begun, data)
    timeline = begun.parent / "timeline.csv"
    rows = timeline.read_text(encoding="utf-8").splitlines()
    timeline.write_text("\n".join([*rows, rows[1].replace(",30,", ",28,").replace(",1,", ",7,", 1)]) + "\n")
    assert import_case(begun, data)[-1] == (
        f"note      the earlier timeline.csv has what no row of the workbook has: line {len(rows) + 1}"
    )
    assert not any("earlier" in line for line in import_case(begun, data))


@pytest.mark.product
def test_a_workbook_in_the_folder_of_another_case_is_refused(begun, data):
    """A workbook that was copied to begin the next case writes nothing over the first."""
    fill(begun)
    import_case(begun, data)
    before = (begun.parent / "timeline.csv").read_bytes()
    new_case(data, "hd-two")
    copied = data / "hd-two" / "hd-two.xlsx"
    copied.write_bytes(begun.read_bytes())
    fill(copied, ({**FACTS[0], "I": "44"},))
    (fault,) = refused(import_case, copied, data)
    assert (fault.cell, fault.found) == ("Case!B2", "my-case")
    assert fault.expected.startswith("'hd-two', as the workbook stands in the folder hd-two")
    assert (begun.parent / "timeline.csv").read_bytes() == before
    # From elsewhere a workbook goes to the case whose id it bears.
    (data / "inbox").mkdir()
    import_case(copied.rename(data / "inbox" / "from a colleague.xlsx"), data)
    assert b",44," in (begun.parent / "timeline.csv").read_bytes()


@pytest.mark.product
def test_measures_of_the_folder_are_read_with_a_workbook_that_has_none(begun, data):
    measures = begun.parent / "measures.csv"
    content = "code,kind,label,unit,grades,better\nfinger_distance,observation,Finger to palm distance,cm,,lower\n"
    measures.write_text(content, encoding="utf-8")
    fill(begun, (*FACTS, {"B": "3", "C": "observation", "D": "finger_distance", "I": "4.5", "J": "cm", "W": "chart"}))
    lines = import_case(begun, data)
    assert f"current   {measures}" in lines and measures.read_text(encoding="utf-8") == content
    assert read_case(data, "my-case").facts["value"].tolist() == ["30", "", "24", "4.5"]
    assert workbook_note(data, "my-case") == ""
    # A fault of the file is told by its line, and where the sheet has a row, the file is set aside and that is told.
    measures.write_text(content.replace("lower", "up"), encoding="utf-8")
    (fault,) = refused(import_case, begun, data)
    assert (fault.file, fault.line, fault.cell) == ("my-case/measures.csv", 2, "")
    workbook = openpyxl.load_workbook(begun)
    row = ("finger_distance", "observation", "Fingers", "cm")
    for column, text in enumerate(row, 1):
        workbook["Measures"].cell(2, column).value = text
    workbook.save(begun)
    assert any(line.startswith(f"written   {measures}; what was there is kept") for line in import_case(begun, data))


@pytest.mark.product
def test_notes_name_the_rows_and_cells_of_the_workbook(begun, data):
    """Rows are left blank above, so that no line of the timeline is the row of its fact."""
    bare = {"B": "1", "C": "observation", "D": "CPK", "I": "923", "W": "chart"}
    fill(begun, ({}, {}, *FACTS, bare))
    workbook = openpyxl.load_workbook(begun)
    workbook["Case"]["A42"], workbook["Case"]["B42"] = "patient: shoe", "42"
    workbook.save(begun)
    notes = [line.removeprefix("note      ") for line in import_case(begun, data) if line.startswith("note")]
    assert notes[1:] == [
        "my-case.xlsx, cell Case!B42: the key 'patient: shoe' is not read",
        "my-case.xlsx, Timeline: column code: read 'CPK' as 'ck'",
        "my-case.xlsx, Timeline, row 7: no unit; the value is not compared with others, and no change is computed",
    ]


@pytest.mark.parametrize("name", ["t.csv", "t.CSV"])
def test_a_timeline_is_said_to_need_no_import(data, tmp_path, name):
    (tmp_path / name).write_text("case_id\n", encoding="utf-8")
    (fault,) = refused(import_case, tmp_path / name, data)
    assert fault.expected.endswith("a timeline.csv needs no import: it belongs into a folder of its own")


@pytest.mark.parametrize(
    ("name", "remedy"),
    [
        ("t.xpt", "save as CSV in SAS, or in Python"),
        ("t.ods", "in the spreadsheet, save as Excel workbook (.xlsx)"),
        ("t.json", "a table of another program: data/README.md, 'A table from elsewhere'"),
        ("t.csv", "a table of another program: data/README.md, 'A table from elsewhere'"),
    ],
)
def test_an_import_says_how_a_file_of_another_kind_is_brought_in(data, tmp_path, name, remedy):
    (tmp_path / name).write_text("x\n", encoding="utf-8")
    (fault,) = refused(import_case, tmp_path / name, data)
    assert f"; {remedy}" in fault.expected


@pytest.mark.product
@pytest.mark.parametrize(
    ("reference", "code", "advice"),
    [
        ("mycophenolate_mofetil", "mycofenolate", "; row 3 has 'mycofenolate'"),
        ("mycophenolate_mofetil", "mycofenolate mofetil", "; row 3 has 'mycofenolate_mofetil'"),
        ("rituximab", "tocilizumab", ": tocilizumab"),
    ],
)
def test_a_treatment_that_is_misspelt_is_named_with_the_reference_that_it_may_be(begun, data, reference, code, advice):
    fill(begun, (FACTS[0], {**FACTS[1], "D": code}, FACTS[2]), **{"analysis: reference": reference})
    (fault,) = refused(import_case, begun, data)
    assert (fault.cell, fault.found) == ("Case!B19", reference)
    assert fault.expected == f"a treatment, procedure or event of the timeline{advice}"


@pytest.mark.product
def test_what_was_there_is_set_aside(begun, data):
    fill(begun)
    import_case(begun, data)
    path, kept = begun.parent / "timeline.csv", begun.parent / "replaced"
    for edited, name in ((b"25", "timeline.csv"), (b"26", "timeline.1.csv")):
        mine = path.read_bytes().replace(b"24", edited)
        path.write_bytes(mine)
        lines = import_case(begun, data)
        assert (kept / name).read_bytes() == mine and any(line.endswith(f"kept as {kept / name}") for line in lines)
        assert b",24," in path.read_bytes()
    assert sorted(file.name for file in kept.iterdir()) == ["timeline.1.csv", "timeline.csv"]


@pytest.mark.product
def test_a_workbook_that_was_changed_and_not_imported_is_told_with_the_report(begun, data):
    assert workbook_note(data, "my-case") == "" == workbook_note(data, "none")
    fill(begun)
    assert f"make import CASE=my-case DATA={data} reads it" in workbook_note(data, "my-case")
    import_case(begun, data)
    assert workbook_note(data, "my-case") == ""
    fill(begun, ({"I": "31"},))
    assert "says something else than case.yaml and timeline.csv" in workbook_note(data, "my-case")
    begun.write_bytes(b"damaged")
    assert "says something else" in workbook_note(data, "my-case")


@pytest.mark.product
def test_faults_are_told_by_cell_and_shown_in_a_copy(begun, data):
    before = (begun.parent / "timeline.csv").read_bytes()
    fill(begun, (*FACTS[:2], {**FACTS[2], "I": "60", "D": "mrs"}))
    faults = refused(import_case, begun, data)
    assert {(fault.cell, fault.found, fault.nearest) for fault in faults} == {("Timeline!D4", "mrs", "mrss")}
    marked = openpyxl.load_workbook(begun.with_suffix(".faults.xlsx"))
    assert (
        marked["Timeline"]["D4"].comment.text
        == "found 'mrs'; expected an observation code of the sheet Words; did you mean 'mrss'?"
    )
    assert (begun.parent / "timeline.csv").read_bytes() == before


@pytest.mark.product
def test_a_copy_with_marks_that_somebody_wrote_in_is_kept(begun, data):
    """A second run with faults, and one without, each find what was typed in the copy of the run before."""
    marked, kept = begun.with_suffix(".faults.xlsx"), begun.parent / "replaced"
    fill(begun, ({**FACTS[0], "I": "60"},))
    for _ in range(2):
        refused(import_case, begun, data)
        assert not kept.exists()
    fill(marked, ({"I": "33"},))
    refused(import_case, begun, data)
    fill(marked, ({"I": "34"},))
    fill(begun)
    *_, last, _ = import_case(begun, data)
    assert not marked.exists()
    # Each can be opened in a spreadsheet: its name ends as before.
    written = {path.name: openpyxl.load_workbook(path)["Timeline"]["I2"].value for path in kept.iterdir()}
    assert written == {"my-case.faults.xlsx": "33", "my-case.faults.1.xlsx": "34"}
    assert last.startswith(f"removed   {marked}") and "what was written in it is kept as" in last


@pytest.mark.product
def test_a_copy_that_cannot_be_removed_does_not_undo_the_import(begun, data, monkeypatch):
    fill(begun, ({**FACTS[0], "I": "60"},))
    refused(import_case, begun, data)
    fill(begun)

    def unlink(path, missing_ok=False):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "unlink", unlink)
    told = import_case(begun, data)
    assert [line.split()[0] for line in told] == ["written", "written", "left", "note"]
    assert read_case(data, "my-case").facts["value"].tolist() == ["30", "", "24"]


def fails_from(call, count):
    """A function that does what it did, and runs out of room from its `count`th call on."""
    calls = itertools.count(1)

    def failing(*arguments, **options):
        if next(calls) >= count:
            raise OSError(28, "No space left on device")
        return call(*arguments, **options)

    return failing


@pytest.mark.parametrize("count", [1, 2, 3])
def test_a_disk_that_is_full_leaves_no_part_of_a_new_case(data, monkeypatch, count):
    monkeypatch.setattr("tempfile.mkstemp", fails_from(tempfile.mkstemp, count))
    with pytest.raises(OSError, match="No space left"):
        new_case(data, "my-case")
    assert not list(data.iterdir())
    monkeypatch.undo()
    new_case(data, "my-case")
    assert len(list((data / "my-case").iterdir())) == 3


@pytest.mark.product
@pytest.mark.parametrize("count", [1, 2])
def test_a_disk_that_is_full_leaves_a_case_as_it_was(begun, data, monkeypatch, count):
    fill(begun)
    before = [(begun.parent / name).read_bytes() for name in FILES]
    monkeypatch.setattr("tempfile.mkstemp", fails_from(tempfile.mkstemp, count))
    with pytest.raises(OSError, match="No space left"):
        import_case(begun, data)
    assert [(begun.parent / name).read_bytes() for name in FILES] == before
    assert len(list(begun.parent.iterdir())) == 3


@pytest.mark.product
@pytest.mark.parametrize("make", [Path.mkdir, os.mkfifo], ids=["folder", "pipe"])
def test_what_stands_in_the_place_of_a_file_is_told_before_anything_is_written(begun, data, make):
    fill(begun)
    before = (begun.parent / "case.yaml").read_bytes()
    (begun.parent / "timeline.csv").unlink()
    make(begun.parent / "timeline.csv")
    (fault,) = refused(import_case, begun, data)
    assert (fault.file, fault.found) == ("my-case/timeline.csv", "no regular file")
    assert (begun.parent / "case.yaml").read_bytes() == before


@pytest.mark.product
def test_an_empty_workbook_says_nothing_whatever_the_vocabulary(begun, data):
    """The case is written by hand, and a measure added, which the workbook does not know."""
    for name in ("rules.csv", "comparators.csv"):
        (data / name).write_bytes((DATA / name).read_bytes())
    measures = (DATA / "measures.csv").read_text(encoding="utf-8")
    last = measures.splitlines()[-1]
    (data / "measures.csv").write_text(f"{measures}{last.replace(last.split(',')[0], 'my_own', 1)}\n", encoding="utf-8")
    with (begun.parent / "timeline.csv").open("a", encoding="utf-8") as timeline:
        timeline.write(f"my-case,1,observation,mrss,,,,,30{14 * ','}chart,,,\n")
    assert len(read_case(data, "my-case").facts) == 1
    assert workbook_note(data, "my-case") == ""


def test_a_file_that_is_no_workbook_leaves_nothing_behind(data, tmp_path):
    data.mkdir()
    for name, content, expected in (
        ("a.xlsx", b"case_id", "a workbook (.xlsx) as Excel"),
        ("a.csv", b"case_id", "a workbook (.xlsx), or a case folder"),
        ("a.zip", b"PK", "a workbook (.xlsx), or a case folder"),
        ("none.xlsx", None, "a file that can be read"),
    ):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        (fault,) = refused(import_case, tmp_path / name, data)
        assert fault.file == name and fault.expected.startswith(expected)
    assert not list(data.iterdir()) and not list(tmp_path.glob("*.faults.xlsx"))


@pytest.mark.product
def test_a_case_folder_in_a_zip_becomes_the_case(data, tmp_path):
    contents = {f"fu-2025/{name}": (DATA / "fu-2025" / name).read_bytes() for name in FILES}
    path = tmp_path / "any name.zip"
    path.write_bytes(zip_bytes(contents))
    import_case(path, data)
    assert {f"fu-2025/{name}": (data / "fu-2025" / name).read_bytes() for name in FILES} == contents
    assert read_case(data, "fu-2025").sha256 == read_case(DATA, "fu-2025").sha256


@pytest.mark.product
def test_a_home_folder_and_a_blank_in_a_name_are_found(data, tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(tmp_path))
    contents = {f"fu-2025/{name}": (DATA / "fu-2025" / name).read_bytes() for name in FILES}
    (tmp_path / "my-case (1).zip").write_bytes(zip_bytes(contents))
    assert import_case(expanded(Path("~/my-case (1).zip")), data)
    project = copy_project(tmp_path / "project")
    done = run("make", "import", "FILE=~/my-case (1).zip", cwd=project, HOME=str(tmp_path))
    assert done.returncode == 0 and "current   data/fu-2025/case.yaml" in done.stdout
    assert run("make", "import", "FILE=a'b", cwd=project).returncode == 2
    (fault,) = refused(import_case, expanded(Path("~nobody-of-that-name/a.xlsx")), data)
    assert (fault.file, fault.expected) == ("a.xlsx", "a file that can be read")


@pytest.mark.parametrize(
    "names",
    [
        ("a/case.yaml",),
        ("a/case.yaml", "b/timeline.csv"),
        ("a/z/case.yaml", "b/z/timeline.csv"),
        ("case.yaml", "timeline.csv"),
        ("a/case.yaml", "a/timeline.csv", "b/case.yaml"),
        ("a b/case.yaml", "a b/timeline.csv"),
    ],
)
def test_a_zip_of_something_else_is_refused(names):
    refused(read_folder, zip_bytes(dict.fromkeys(names, b"case_id: a\n")), "a.zip")


def test_a_zip_without_a_folder_is_told_so():
    (fault,) = refused(read_folder, zip_bytes(dict.fromkeys(("case.yaml", "timeline.csv"), b"case_id: a\n")), "a.zip")
    assert "zip the folder, not its files" in fault.expected


def test_an_import_of_a_zip_names_what_it_did_not_use(data, tmp_path):
    home = DATA / "fu-2025"
    parts = {f"fu-2025/{path.name}": path.read_bytes() for path in home.iterdir() if path.is_file()}
    more = {"fu-2025/treatments.csv": b"x", "fu-2025/scan.png": b"x", "__MACOSX/fu-2025/._case.yaml": b"x"}
    (tmp_path / "a.zip").write_bytes(zip_bytes({**parts, **more}))
    unused = [line for line in import_case(tmp_path / "a.zip", data) if line.startswith("not used")]
    assert [line.partition(":")[0] for line in unused] == [
        "not used  fu-2025/treatments.csv",
        "not used  fu-2025/scan.png",
    ]


def test_a_zip_with_faults_writes_nothing(data, tmp_path):
    content = {f"a/{name}": raw for name, raw in starter_files("a").files().items()}
    (tmp_path / "a.zip").write_bytes(zip_bytes(content))
    refused(import_case, tmp_path / "a.zip", data)
    assert not data.exists()


def test_a_comment_is_a_line_of_its_own_outside_of_cells():
    text = 'code,note\n# x\nck,"a\n# b"\n#c,d\n"#e",f\n'
    plain, count = without_comments(text)
    assert (plain, count) == ('code,note\n\nck,"a\n# b"\n\n"#e",f\n', 2)
    assert without_comments("a\r\n#b\r\nc\r#d")[0] == "a\r\n\r\nc\r"


def test_comments_leave_lines_and_headers_where_they_are():
    raw = b'# mine\ncase_id,phase,kind,code,value,unit,source\n# a, "b\na,1,observation,mrss,46,,chart\n'
    facts, notes = read_rows(raw, "t.csv")
    assert facts["line"].tolist() == [4] and notes == ["t.csv: read with 2 lines of comment"]
    (fault,) = refused(read_rows, raw.replace(b",kind", b",kin"), "t.csv")
    assert (fault.line, fault.column) == (2, "kind")


def test_a_row_whose_first_cell_begins_with_a_hash_is_no_comment():
    header = b"note,case_id,phase,kind,code,value,unit,source\n"
    row = b"#3 of the list,a,1,observation,ck,900,U/L,chart\n"
    other = b"first,a,2,observation,ck,800,U/L,chart\n# to do: ask, then fill in\n"
    (fault,) = refused(read_rows, b"# mine\n" + header + other + row, "t.csv")
    assert (fault.line, fault.found) == (5, row.decode().strip())
    assert '"#3 of the list"' in fault.expected and "comment" in fault.expected
    # What the message says to write is read, and what is a comment stays one.
    facts, notes = read_rows(header + other + row.replace(b"#3 of the list", b'"#3 of the list"'), "t.csv")
    assert facts["note"].tolist() == ["first", "#3 of the list"] and "1 line of comment" in notes[0]


def test_a_starter_is_parsed_as_any_case():
    vocabulary = read_vocabulary(DATA, [])
    files = starter_files("x1")
    row = b"x1,1,observation,mrss,,,,,30" + 14 * b"," + b"chart,,,\n"
    case = interpret_case(parse_case("x1", Recorded(files.about, files.timeline + row), vocabulary), vocabulary)
    assert case.baseline_rule == "first" and len(case.facts) == 1


@pytest.mark.product
def test_the_command_line_makes_fills_and_reads(tmp_path):
    made = casetimeline("new", "my-case", "--data", str(tmp_path))
    assert made.returncode == 0 and "make import CASE=my-case" in made.stdout
    workbook = tmp_path / "my-case" / "my-case.xlsx"
    again = casetimeline("new", "my-case", "--data", str(tmp_path))
    assert again.returncode == 2 and "Traceback" not in again.stderr
    fill(workbook, ({**FACTS[0], "I": "99"},))
    wrong = casetimeline("import", str(workbook), "--data", str(tmp_path))
    assert wrong.returncode == 2 and "my-case.xlsx, cell Timeline!I2: found '99'" in wrong.stderr
    fill(workbook)
    right = casetimeline("import", str(workbook), "--data", str(tmp_path))
    assert (right.returncode, right.stderr) == (0, "")
    checked = casetimeline("check", str(tmp_path / "my-case"))
    assert "3 rows, no fault" in checked.stdout


GUIDE = (ROOT / "docs/your-own-case.md").read_text(encoding="utf-8")


def table_of(heading):
    """The rows of the first table of the guide behind a heading, by its header."""
    lines = GUIDE[GUIDE.index(heading) :].splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("|"))
    rows = itertools.takewhile(lambda line: line.startswith("|"), lines[first:])
    header, _, *body = ([cell.strip() for cell in row.strip("|").split("|")] for row in rows)
    return [dict(zip(header, cells, strict=True)) for cells in body]


@pytest.mark.product
def test_the_guide_leads_from_an_empty_sheet_to_a_report(tmp_path):
    """Each command of the guide, and each cell of its tables, as they stand there."""
    project = make_project_of(tmp_path, "01_skin", "06_reported")
    commands = [line for line in GUIDE.splitlines() if line.startswith("make ") and "FILE" not in line]
    assert commands == [
        "make new CASE=my-case",
        "make import CASE=my-case",
        "make report CASE=my-case",
        "make app",
        "make report CASE=my-case",
    ]
    new, read, report = (command.split() for command in commands[:3])
    assert run(*new, cwd=project).returncode == 0
    path = project / "data/my-case/my-case.xlsx"
    workbook = openpyxl.load_workbook(path)
    form = {row["key"]: row["value"] for row in table_of("Sheet *Case*")}
    for key, value in workbook["Case"].iter_rows(min_row=2, max_col=2):
        value.value = form.pop(key.value, value.value)
    assert not form
    for sheet in ("Sources", "Phases", "Timeline"):
        places = {cell.value: cell.column_letter for cell in workbook[sheet][1]}
        for number, row in enumerate(table_of(f"Sheet *{sheet}*"), 2):
            for name, text in row.items():
                workbook[sheet][f"{places[name]}{number}"] = text or None
    workbook.save(path)
    # The fault that the guide shows, first.
    right = path.read_bytes()
    workbook["Timeline"]["I2"] = "52"
    workbook.save(path)
    wrong = run(*read, cwd=project)
    said = re.search(r"`(my-case.xlsx, cell [^`]+)`", GUIDE)[1]
    assert said in wrong.stderr and (path.parent / "my-case.faults.xlsx").exists()
    path.write_bytes(right)
    assert run(*read, cwd=project).returncode == 0
    done = run(*report, cwd=project)
    assert (done.returncode, "says something else" in done.stderr) == (0, False), done.stderr
    # The faults of before are not shown any more.
    assert not (path.parent / "my-case.faults.xlsx").exists() and not (path.parent / "replaced").exists()
    for words in ("46 points → 32 points: −14 points (−30.4 %)", "923 U/L → not reported", "present → absent"):
        assert words in done.stdout
    assert (project / "build/my-case/report.html").exists() and (project / "build/my-case/report.pdf").exists()


@pytest.mark.product
def test_every_way_of_writing_in_the_guide_is_read(make_case, observe):
    """The values and states of its last table, each in a case of its own."""
    ways = re.findall(r"`([^`]+)`", " ".join(row["write"] for row in table_of("## How to write what you know")))
    states = ("present", "absent", "unknown", "not_assessed", "not_reported")
    assert {*states, "<30", ">1000", "~6000", "10..20", "small", "ongoing", "2005-08", "~6 wk", "3..4 mo"} <= set(ways)
    for way in ways:
        if way in states:
            row = observe(code="pericardial_effusion", value="", state=way)
        elif way == "small":
            row = observe(code="pericardial_effusion", value=way)
        elif way == "ongoing":
            row = "a,1,treatment,tocilizumab,,ongoing,,,,,,8,mg/kg,chart,"
        elif re.search("wk|mo|-", way):
            row = observe(start=way)
        else:
            row = observe(code="ck", value=way, unit="U/L")
        make_case(observe("2", code="lvef", value="60", unit="%"), row)
