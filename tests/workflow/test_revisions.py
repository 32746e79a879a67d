"""`casetimeline diff` and `depends`: what can be compared, what is said of it, and one message for anything else."""

import json
import re
import shutil

import pytest
from conftest import ROOT, casetimeline, change_number, first_in_gate, run

from casetimeline.case import read_case
from casetimeline.cli import main
from casetimeline.files import TABLES, zip_bytes
from casetimeline.workflow import compare_states, depends_on

pytestmark = pytest.mark.product


@pytest.fixture
def changed(tmp_path):
    """The index case as if the last skin score had been 33, in a folder of its own."""
    folder = tmp_path / "data/fu-2025"
    shutil.copytree(ROOT / "data/fu-2025", folder)
    change_number(folder, "32", "33")
    return folder


@pytest.fixture
def repository(tmp_path, monkeypatch):
    """The index case with its tables in a git repository of its own, which becomes the current folder."""
    home = tmp_path / "project"
    shutil.copytree(ROOT / "data/fu-2025", home / "data/fu-2025")
    for name in TABLES:
        shutil.copy(ROOT / "data" / name, home / "data" / name)
    assert run("git", "init", "-q", cwd=home).returncode == 0
    commit(home)
    monkeypatch.chdir(home)
    return home


def commit(home):
    who = ("-c", "user.name=a", "-c", "user.email=a@b")
    for command in (("add", "-A"), (*who, "commit", "-q", "-m", "all")):
        assert run("git", *command, cwd=home).returncode == 0


def test_another_value_and_what_it_changes(changed, capsys):
    """46 to 33 is a fall of 13 points, 28.3 %: still beyond the error of two examiners (12.8 points)."""
    assert main(["diff", str(ROOT / "data/fu-2025"), str(changed)]) == 0
    said = capsys.readouterr().out
    assert "value '32' to '33'" in said and "otherwise  case.yaml, claims" in said
    assert "- CHG -14; PCHG -30.434783; R2BASE 0.695652\n    + CHG -13; PCHG -28.26087; R2BASE 0.717391" in said
    assert "+ 33 points, After escalation, change -13 points (-28.3 %)" in said
    assert "Creatine kinase" not in said


def other_case(tmp_path, text: str, name: str) -> str:
    """The index case with another text of one of its files, in a folder of its own."""
    folder = tmp_path / "data/fu-2025"
    shutil.copytree(ROOT / "data/fu-2025", folder)
    (folder / name).write_text(text, encoding="utf-8")
    return str(folder)


def test_without_one_row_only_what_rests_on_it_reads_otherwise(tmp_path):
    """Without creatine kinase on line 3 the rows below it move up by one line, and 12 marks read otherwise.

    By hand: one mark of the value and one of the value that is not reported in the course and in the figure of muscle;
    claim 2; the cell of line 3 in what is reported, which becomes one that is not mentioned; both rows that the change
    does not draw. What is left of the measure is one row: it is written in the course, and the figure of muscle says
    why it is blank and lists it. No mark of the skin, of the effusion or of a treatment is among them.
    """
    lines = (ROOT / "data/fu-2025/timeline.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    assert ",ck,,,923," in lines[2]
    difference = compare_states(
        str(ROOT / "data/fu-2025"), other_case(tmp_path, "".join(lines[:2] + lines[3:]), "timeline.csv")
    )
    marks = [change for change in difference.outputs if change.kind == "mark"]
    assert {tuple(each.old for each in change.reasons) for change in difference.outputs} == {(3,)}
    assert {change.old for change in marks} & {change.new for change in marks} == {""}
    places = sorted(change.what.removeprefix("figure ").partition(",")[0] for change in marks)
    assert places == [
        *["00_course"] * 3,
        *["02_muscle"] * 4,
        "05_claims",
        *["06_reported"] * 2,
        *["08_change"] * 2,
    ]
    assert difference.others == ()


def test_rows_that_changed_places_are_no_change_but_of_what_is_told_in_their_order(tmp_path):
    """Glucocorticoids and cyclophosphamide (lines 8 and 9): the one sentence that lists treatments has them in turn."""
    lines = (ROOT / "data/fu-2025/timeline.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    lines[7:9] = lines[8], lines[7]
    difference = compare_states(str(ROOT / "data/fu-2025"), other_case(tmp_path, "".join(lines), "timeline.csv"))
    assert difference.rows.changes == () and difference.others == ("the order of the rows",)
    assert [change.what for change in difference.outputs] == ["sentences, treatments"]


def test_the_order_of_the_keys_of_a_mapping_is_no_change(tmp_path):
    text = (ROOT / "data/fu-2025/case.yaml").read_text(encoding="utf-8")
    turned = text.replace("  age: 25\n  sex: female\n", "  sex: female\n  age: 25\n")
    assert turned != text
    difference = compare_states(str(ROOT / "data/fu-2025"), other_case(tmp_path, turned, "case.yaml"))
    assert difference.others == () and difference.outputs == []


@pytest.mark.product
def test_the_same_case_in_every_form_has_no_difference(tmp_path, report_of_index_case):
    archive = tmp_path / "fu-2025.zip"
    files = sorted((ROOT / "data/fu-2025").iterdir())
    archive.write_bytes(zip_bytes({f"fu-2025/{path.name}": path.read_bytes() for path in files}))
    for other in (archive, report_of_index_case):
        difference = compare_states(str(ROOT / "data/fu-2025"), str(other))
        assert difference.outputs == [] and difference.rows.changes == (), other


def test_two_reports_are_compared_by_what_they_keep(tmp_path, report_of_index_case):
    """A verdict and a mark that read otherwise in the second report; and the program that made it."""
    other = tmp_path / "fu-2025"
    shutil.copytree(report_of_index_case, other)
    for name, old, new in (
        ("tables/outputs.csv", '"supported; recorded: 46;', '"contradicted; recorded: 46;'),
        ("figures/01_skin.txt", "change -14 points (-30.4 %)", "change -15 points (-30.4 %)"),
        ("manifest.json", '"casetimeline/cli.py": "', '"casetimeline/cli.py": "0'),
    ):
        text = (other / name).read_text(encoding="utf-8")
        assert old in text
        (other / name).write_text(text.replace(old, new), encoding="utf-8")
    difference = compare_states(str(report_of_index_case), str(other))
    by_hand = [f"{name} of {other}, changed by hand" for name in ("tables/outputs.csv", "figures/01_skin.txt")]
    assert difference.others == ("the program", *by_hand) and difference.rows.changes == ()
    assert [change.what for change in difference.outputs] == [
        "claim 1, 'mRSS 46'",
        "figure 01_skin, Modified Rodnan skin score, value",
    ]


@pytest.mark.product
def test_a_revision_is_read_with_the_tables_of_its_time(repository):
    """The limit of the first version decides the first version's verdict: a fall of 14 points, 5 or 15 asked for.

    A fall that is larger is left open by the interval, which is not reported; one that is smaller is not.
    """
    rules = repository / "data/rules.csv"
    text = rules.read_text(encoding="utf-8")
    rules.write_text(re.sub(r"^(mcid_2019_dcssc,.*?),>=5,", r"\1,>=15,", text, flags=re.M), encoding="utf-8")
    difference = compare_states("HEAD:data/fu-2025", "data/fu-2025")
    verdicts = [change for change in difference.outputs if change.kind == "verdict"]
    larger = "cannot be determined, as large as the estimate or larger; applicability not known"
    assert [(each.old, each.new, each.reasons) for each in verdicts] == [(larger, "not met, points", ())]
    assert difference.others == ("rules.csv",)


@pytest.mark.parametrize(
    "text, words",
    first_in_gate(
        2,
        [
            ("data/nowhere", "found 'no such file or folder'; expected a case folder, REV:FOLDER of a revision in git"),
            ("data", "found 'a folder without a case'; expected a case folder"),
            ("data/rules.csv", "found 'a file'; expected a case folder"),
            ("HEAD:data/fu-2024", "found 'data/fu-2024'; expected a case folder of HEAD; did you mean 'data/fu-2025'?"),
            ("no-such:data/fu-2025", "found 'no-such'; expected a revision of the git repository of this folder"),
            ("HEAD:../data/fu-2025", "expected a folder of the repository"),
        ],
    ),
)
def test_what_cannot_be_compared_is_one_message(repository, text, words, capsys):
    assert main(["diff", "data/fu-2025", text]) == 2
    said = capsys.readouterr()
    assert said.out == "" and words in said.err


def test_a_link_that_is_not_read_and_what_an_archive_leaves_out_make_no_difference(repository):
    """Of two links out of the revision none is a file of the case; `git archive` would leave out the case and rules."""
    (repository / "data/elsewhere").symlink_to("/etc")
    (repository / "data/fu-2025/letters").symlink_to("../../../letters")
    (repository / ".gitattributes").write_text("data/fu-2025 export-ignore\nrules.csv export-ignore\n", "utf-8")
    commit(repository)
    difference = compare_states("HEAD:data/fu-2025", "data/fu-2025")
    assert (difference.rows.changes, difference.outputs, difference.others) == ((), [], ())


@pytest.mark.parametrize("name", ["data/fu-2025/timeline.csv", "data/rules.csv"])
def test_a_link_in_place_of_a_file_of_the_case_is_named_beside_the_revision(repository, name, capsys):
    (repository / name).rename(repository / "elsewhere.csv")
    (repository / name).symlink_to(repository / "elsewhere.csv")
    commit(repository)
    assert main(["diff", "HEAD:data/fu-2025", "data/fu-2025"]) == 2
    words = f"HEAD:data/fu-2025: found '{name}, which is a link'; expected a file in its place"
    assert words in capsys.readouterr().err


def test_a_report_of_an_older_version_says_what_it_lacks(tmp_path, report_of_index_case, capsys):
    other = tmp_path / "fu-2025"
    shutil.copytree(report_of_index_case, other)
    (other / "tables/rows.csv").unlink()
    assert main(["diff", str(other), str(ROOT / "data/fu-2025")]) == 2
    assert "`make report` makes it again" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name, old, new, words",
    [
        ("tables/outputs.csv", '"SAYS"', '"SAID"', "no column SAYS"),
        ("tables/rows.csv", "\n2,", "\ntwo,", "two"),
        ("figures/01_skin.txt", "\nValues, ", "\nOthers, ", "No columns"),
    ],
)
def test_a_table_of_a_report_that_cannot_be_read_is_one_message(
    tmp_path, report_of_index_case, capsys, name, old, new, words
):
    other = tmp_path / "fu-2025"
    shutil.copytree(report_of_index_case, other)
    text = (other / name).read_text(encoding="utf-8")
    assert old in text
    (other / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert main(["diff", str(report_of_index_case), str(other)]) == 2
    printed = capsys.readouterr().err
    assert f"{other}/{name}: found" in printed and words in printed and "`make report` makes it again" in printed


def test_a_figure_that_one_report_lacks_is_named_once_and_not_mark_by_mark(tmp_path, report_of_index_case):
    other = tmp_path / "fu-2025"
    shutil.copytree(report_of_index_case, other)
    (other / "figures/01_skin.txt").unlink()
    difference = compare_states(str(report_of_index_case), str(other))
    assert difference.others == ("figures that one of them does not have: 01_skin",) and difference.outputs == []


@pytest.mark.product
def test_what_rests_on_a_row():
    done = casetimeline("depends", "data/fu-2025", "--row", "2", "--json")
    dependence = json.loads(done.stdout)
    assert dependence["line"] == 2 and dependence["without"] is None
    whats = {output["what"]: output for output in dependence["outputs"]}
    assert whats["claim 7, 'mRSS reduced to 32'"]["without"].startswith("cannot be checked")
    assert whats["line 15, change"] == {
        "kind": "derived",
        "what": "line 15, change",
        "says": "CHG -14; PCHG -30.434783; R2BASE 0.695652",
        "without": "",
    }


def test_without_the_reference_treatment_there_is_no_report():
    assert depends_on(read_case(ROOT / "data/fu-2025"), 11).refusal.startswith("tocilizumab: expected a treatment")


def test_a_line_without_a_row_is_one_message(capsys):
    assert main(["depends", str(ROOT / "data/fu-2025"), "--row", "1"]) == 2
    assert "found '1'; expected a line with a row: 2 to 18" in capsys.readouterr().err
