"""Proposed rows: what the text does not show is refused, the rest waits for a person, and nothing else is written."""

import json
import shutil

import pytest
from conftest import ROOT

from casetimeline.case.author import accept_rows, offer_rows
from casetimeline.case.proof.proposals import proposal_schema, read_proposal
from casetimeline.case.proof.sources import prove_source
from casetimeline.case.read import read_case
from casetimeline.cli import main
from casetimeline.faults import TimelineError
from casetimeline.vocabulary import COLUMN_NAMES, KINDS, STATES

TEXT = ROOT / "data/fu-2025/abstract.txt"
SOFTER = {"phase": "4", "kind": "statement", "code": "softer_skin", "quote": "skin softening was observed"}
BETTER = {"phase": "4", "kind": "statement", "code": "better", "quote": "functional status improved significantly"}


@pytest.fixture
def data(tmp_path):
    """A data folder with the index case."""
    shutil.copytree(ROOT / "data/fu-2025", tmp_path / "data/fu-2025")
    return tmp_path / "data"


def proposal(data, *rows, **keys):
    path = data.parent / "rows.json"
    path.write_text(json.dumps({**keys, "rows": rows}), encoding="utf-8")
    return path


def offered(data, *rows, case_id="fu-2025"):
    return offer_rows(proposal(data, *rows), TEXT, data, case_id)


def test_the_schema_knows_the_words_of_the_timeline():
    row = proposal_schema()["properties"]["rows"]["items"]
    assert {*row["properties"]} == {*COLUMN_NAMES} - {"case_id", "source"}
    assert row["properties"]["kind"]["enum"] == list(KINDS) and row["properties"]["state"]["enum"] == ["", *STATES]


@pytest.mark.parametrize(
    ("raw", "words"),
    [
        (b"[]", "as a whole: found '[]'; expected names with values, in braces"),
        (b"{", "expected a JSON file of proposed rows"),
        (b'{"rows": []}', "column rows: found '[]'; expected a row or more"),
        (b'{"rows": [{"kind": "event", "code": "x"}]}', "column row 1: found"),
        (b'{"rows": [{"kind": "event", "code": "x", "quote": "a", "value": 46}]}', "row 1: value: found '46'"),
        (b'{"rows": [{"kind": "seen", "code": "x", "quote": "a"}]}', "expected one of observation, treatment"),
        (b'{"rows": [{"kind": "event", "code": "x", "quote": "a", "valeu": "46"}]}', "expected only the names phase"),
        (b'{"rows": [{"kind": "event", "code": "x", "code": "y", "quote": "a"}]}', "a name that stands twice"),
    ],
)
def test_another_form_is_refused_at_its_place(raw, words):
    with pytest.raises(TimelineError) as refused:
        read_proposal(raw, "rows.json")
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (SOFTER, ""),
        # The text prints 32.
        (
            {"phase": "4", "kind": "observation", "code": "mrss", "value": "23", "quote": "mRSS reduced to 32"},
            "value: ",
        ),
        ({**SOFTER, "quote": "skin softening was reported"}, "the nearest there is 'skin softening was observed'"),
        (
            {"phase": "1", "kind": "observation", "code": "mrss", "value": "46", "quote": "mRSS 46"},
            "line 2 of the case",
        ),
        (
            {"phase": "1", "kind": "observation", "code": "mrz", "state": "present", "quote": "mRSS 46"},
            "code: found 'mrz'",
        ),
        ({**SOFTER, "phase": "x"}, "phase: found 'x'"),
        (
            {"phase": "4", "kind": "observation", "code": "arthritis", "state": "absent", "quote": "skin softening"},
            "state: found 'absent'",
        ),
    ],
)
def test_a_row_is_refused_with_its_reason_or_waits(data, row, words):
    (only,) = offered(data, row).rows
    assert any(words in reason for reason in only.refused) if words else not only.refused, only


def test_a_row_stands_beside_its_passage_in_its_sentence(data):
    (only,) = offered(data, SOFTER).rows
    ((before, passage, after),) = only.passages
    assert (before[-30:], passage) == ("ericardial effusion resolved completely, "[-30:], SOFTER["quote"])
    assert after.startswith(" (mRSS reduced to 32)") and after.endswith("adverse events reported.")


def test_a_quote_that_has_another_name_is_pointed_out(data):
    dose = {"phase": "3", "kind": "treatment", "code": "mycophenolate", "dose": "600", "dose_unit": "mg"}
    (only,) = offered(data, {**dose, "quote": "TCZ 8 mg/kg and CYC 600 mg"}).rows
    assert any("does not name Mycophenolate" in caution for caution in only.cautions), only


def test_two_rows_that_say_the_same_are_one(data):
    first, second = offered(data, SOFTER, {**SOFTER, "quote": "skin softening"}).rows
    assert not first.refused and second.refused == ("row: row 1 of the proposal says the same",)


@pytest.mark.product
def test_what_is_accepted_and_nothing_else_enters_the_case(data):
    folder = data / "fu-2025"
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    found = offered(data, SOFTER, {**BETTER, "code": "status"}, BETTER)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    accept_rows(found, [3], data)
    written = (folder / "timeline.csv").read_text("utf-8")
    # What was there stays letter by letter, in front.
    assert (
        written.startswith(before["timeline.csv"].decode())
        and written.count("\n") == before["timeline.csv"].count(b"\n") + 1
    )
    assert (folder / "replaced/timeline.csv").read_bytes() == before["timeline.csv"]
    assert read_case(folder).proof == "17 of 17 rows with a quote were found in the text of their source."


@pytest.mark.parametrize("numbers", [[2], [1, 2], [7]])
def test_a_refused_row_cannot_be_accepted_and_then_nothing_is_written(data, numbers):
    found = offered(data, SOFTER, {**SOFTER, "quote": "skin hardening"})
    before = (data / "fu-2025/timeline.csv").read_bytes()
    with pytest.raises(TimelineError, match="a row that the text shows"):
        accept_rows(found, numbers, data)
    assert (data / "fu-2025/timeline.csv").read_bytes() == before


@pytest.mark.product
def test_a_column_that_the_file_does_not_have_is_added(data):
    drained = {"phase": "4", "kind": "procedure", "code": "review", "count": "1", "quote": "These findings"}
    found = offered(data, drained)
    assert found.rows[0].refused == ()
    accept_rows(found, [1], data)
    facts = read_case(data / "fu-2025").facts
    assert facts["count"].tolist() == [""] * 17 + ["1"]
    assert read_case(ROOT / "data/fu-2025").facts["quote"].tolist() == facts["quote"].tolist()[:-1]


@pytest.mark.product
def test_the_proof_of_a_text_that_is_not_stored_goes_with_the_row(data):
    folder = data / "fu-2025"
    (folder / "abstract.txt").unlink()
    digest = prove_source(folder, TEXT)[-1].split("sha256: ")[1].split()[0]
    about = folder / "case.yaml"
    about.write_text(about.read_text("utf-8").replace("text: abstract.txt", f"sha256: {digest}"), encoding="utf-8")
    accept_rows(offered(data, SOFTER), [1], data)
    assert read_case(folder).proof.startswith("17 of 17 rows") and not (folder / "abstract.txt").exists()
    other = data.parent / "other.txt"
    other.write_bytes(TEXT.read_bytes() + b" ")
    with pytest.raises(TimelineError, match="names by its digest"):
        offer_rows(proposal(data, BETTER), other, data, "fu-2025")


@pytest.mark.product
def test_the_command_shows_each_row_and_writes_what_is_named(data, capsys):
    path = proposal(data, SOFTER, {**BETTER, "quote": "status worsened"}, proposed_by="a trainee")
    command = ["propose", str(path), "--text", str(TEXT)]
    # Without a case there is nothing to write into.
    assert main(command) == 0
    told = capsys.readouterr().out
    assert "proposed by a trainee" in told and ">>skin softening was observed<<" in told and "row 2: refused" in told
    assert "1 of 2 rows stand in abstract.txt" in told and "nothing was written" in told
    assert main([*command, "--accept", "1"]) == 2
    assert "the case that accepted rows are for" in capsys.readouterr().err
    command += ["--data", str(data)]
    assert main([*command, "--case", "fu-2026"]) == 2
    assert "did you mean 'fu-2025'" in capsys.readouterr().err
    assert main([*command, "--case", "fu-2025", "--accept", "1"]) == 0
    assert "written" in capsys.readouterr().out and "softer_skin" in (data / "fu-2025/timeline.csv").read_text("utf-8")


def test_a_person_is_asked_row_by_row(data, capsys, monkeypatch):
    path, answers = proposal(data, SOFTER, {**SOFTER, "quote": "none"}, BETTER), ["n", "y"]
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("sys.stdout.isatty", lambda: True)
    monkeypatch.setattr("builtins.input", lambda question: answers.pop(0))
    assert main(["propose", str(path), "--text", str(TEXT), "--case", "fu-2025", "--data", str(data)]) == 0
    written = (data / "fu-2025/timeline.csv").read_text("utf-8")
    assert not answers and "softer_skin" not in written and ",better," in written


def test_the_example_of_the_docs_says_what_the_command_says(data, capsys):
    page = (ROOT / "docs/proposals.md").read_text("utf-8")
    (data / "rows.json").write_text(page.split("```json\n")[1].split("```")[0], encoding="utf-8")
    command = ["propose", str(data / "rows.json"), "--text", str(TEXT), "--case", "fu-2025", "--data", str(data)]
    assert main(command) == 0
    told = capsys.readouterr().out
    shown = page.split("`<<`:\n\n```\n")[1].split("```")[0].splitlines()
    # Of the three rows, the second and the third are refused.
    assert shown[-1] == told.splitlines()[-1] == "nothing was written; --accept 1 accepts row 1"
    assert len(shown) == 13 and [line for line in shown if line != "  ..." and line not in told] == []
