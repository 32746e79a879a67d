"""What is small and stands for much, or is long, ends in a message: by counting before keeping, and in linear time.

A pattern that goes back over its text, or a text that is kept once a cell, would not end here: no clock is asserted,
but that each test ends by itself before it has had as many seconds of the processor as only such a fault takes.
"""

import io
import json
import signal
import struct
import zipfile
import zlib

import pandas as pd
import pytest
from conftest import HEADER, ROOT, recorded

from casetimeline import commands
from casetimeline.case.checks.kinds import BELONGS
from casetimeline.case.form.about import check_about, parse_about
from casetimeline.case.model import parse_case
from casetimeline.case.proof.sources import prove
from casetimeline.case.tables.dialect import read_rows
from casetimeline.case.tables.table import table_bytes
from casetimeline.case.workbook.cells import MOST_CHARACTERS, _Chunks, read_package
from casetimeline.case.workbook.entries import texts_of
from casetimeline.case.workbook.read import read_workbook
from casetimeline.case.workbook.write import is_as_made
from casetimeline.cli import main
from casetimeline.derive.facts import site_of
from casetimeline.explore.replies import as_json
from casetimeline.explore.session import Session
from casetimeline.faults import TimelineError, rename_lines
from casetimeline.figures.style import wrap
from casetimeline.files import MOST_INFLATED, zip_bytes
from casetimeline.report.texts import texts_of as texts_of_file
from casetimeline.vocabulary import COLUMN_NAMES, KINDS
from casetimeline.workflow.revisions import _stretches

LONG = 300_000
PROCESSOR_SECONDS = 30
ROW = "a,1,observation,mrss,,,46,,,,,,,chart,"
_SHEETS = (
    "<workbook xmlns:r='r'><sheets><sheet name='Case' r:id='1'/><sheet name='Timeline' r:id='2'/></sheets></workbook>"
)
_RELATIONS = "".join(f"<Relationship Id='{n}' Target='worksheets/{n}.xml'/>" for n in (1, 2))
CASE = b"<worksheet><sheetData><row><c t='str'><v>key</v></c><c t='str'><v>value</v></c></row></sheetData></worksheet>"


@pytest.fixture(autouse=True)
def ends_by_itself():
    """Fail a test that goes on; what matches a pattern looks for signals too."""

    def end(*_):
        # No `Exception`, which the package may turn into a message.
        pytest.fail(f"no end after {PROCESSOR_SECONDS} seconds of the processor")

    before = signal.signal(signal.SIGVTALRM, end)
    signal.setitimer(signal.ITIMER_VIRTUAL, PROCESSOR_SECONDS)
    yield
    signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    signal.signal(signal.SIGVTALRM, before)


def book(timeline: bytes, **parts: bytes) -> bytes:
    others = {f"xl/{name}.xml": content for name, content in parts.items()}
    return zip_bytes(
        {
            "xl/workbook.xml": _SHEETS.encode(),
            "xl/_rels/workbook.xml.rels": f"<Relationships>{_RELATIONS}</Relationships>".encode(),
            "xl/worksheets/1.xml": CASE,
            "xl/worksheets/2.xml": timeline,
            **others,
        }
    )


def rows(content: bytes) -> bytes:
    return b"<worksheet><sheetData>" + content + b"</sheetData></worksheet>"


SHARED = b"<sst><si><t>" + b"x" * 30_000 + b"</t></si></sst>"
BOMBS = {
    "one text in many cells": (
        book(rows(b"<row><c t='s'><v>0</v></c></row>" * 1_000), sharedStrings=SHARED),
        f"more than {MOST_CHARACTERS} characters",
    ),
    "a text without end": (book(rows(b"<row><c><v>" + b"9" * 2_000_000 + b"</v></c></row>")), "without end"),
    "a mark of attributes": (book(b"<worksheet " + b"a='x' " * 300_000 + b"/>"), "without end"),
    "styles": (book(rows(b""), styles=b"<s><cellXfs>" + b"<xf/>" * 70_000 + b"</cellXfs></s>"), "too many"),
    "runs of one text": (book(rows(b""), sharedStrings=b"<sst><si>" + b"<r/>" * 70_000 + b"</si></sst>"), "too many"),
    "a long format": (
        book(rows(b""), styles=b"<s><numFmts><numFmt numFmtId='1' formatCode='" + b"[" * 256 + b"'/></numFmts></s>"),
        "damaged",
    ),
    "many formats": (
        book(
            rows(b""),
            styles=b"".join(b"<numFmt numFmtId='%d' formatCode='0'/>" % n for n in range(1_001)).join(
                (b"<s>", b"</s>")
            ),
        ),
        "damaged",
    ),
    "depth": (book(rows(b"<a>" * 51 + b"</a>" * 51)), "too deep"),
    "bytes": (book(b" " * (MOST_INFLATED + 1)), f"more than {MOST_INFLATED} bytes"),
}


@pytest.mark.product
@pytest.mark.parametrize("name", BOMBS)
def test_a_workbook_that_stands_for_more_ends_in_one_message(name):
    raw, words = BOMBS[name]
    assert len(raw) < 100_000
    with pytest.raises(TimelineError) as error:
        read_package(raw, "a.xlsx")
    (one,) = error.value.faults
    assert words in one.found, one


def test_too_little_memory_is_one_message(monkeypatch, capsys):
    def check(options):
        raise MemoryError

    monkeypatch.setattr(commands, "check", check)
    assert main(["check", str(ROOT / "data/fu-2025")]) == 1
    said = capsys.readouterr().err
    assert said.startswith("casetimeline: not enough memory; ") and said.count("\n") == 1 and "shard" in said


def test_elements_are_counted_over_all_parts(monkeypatch):
    monkeypatch.setattr("casetimeline.case.workbook.cells.MOST_ELEMENTS", 1_000)
    with pytest.raises(TimelineError, match="too many"):
        read_package(book(rows(b"<row/>" * 600), sharedStrings=b"<sst>" + b"<si/>" * 600 + b"</sst>"), "a.xlsx")


@pytest.mark.product
def test_faults_of_a_workbook_end_and_hidden_columns_are_each_told_once():
    cells = b"<row>" + b"<c><v>1</v></c>" * 40 + b"</row>"
    hidden = b"<cols>" + b"<col min='1' max='16384' hidden='1'/>" * 5_000 + b"</cols>"
    merged = b"<mergeCells>" + b"<mergeCell ref='A1:B2'/>" * 5_000 + b"</mergeCells>"
    raw = book(b"<worksheet>" + hidden + b"<sheetData>" + cells + b"</sheetData>" + merged + b"</worksheet>")
    faults = []
    texts_of(read_package(raw, "a.xlsx").sheets[1], False, "a.xlsx", faults, [])
    columns = [fault for fault in faults if fault.found == "a hidden column"]
    assert len(columns) == 40 and len(faults) <= 1_001
    with pytest.raises(TimelineError) as error:
        read_workbook(raw, "a.xlsx")
    # A sheet without the columns of a timeline tells that, and not what is wrong with its cells.
    assert len(error.value.faults) == 2


def test_a_part_is_parsed_in_large_pieces_and_what_overlaps_is_damaged():
    assert len(_Chunks(b"x" * 2**20).read(16)) == 2**18
    packed = zlib.compressobj(9, zlib.DEFLATED, -15)
    body = packed.compress(bytes(10_000_000)) + packed.flush()
    sizes = struct.pack("<III", zlib.crc32(bytes(10_000_000)), len(body), 10_000_000)
    local = struct.pack("<IHHHHH", 0x04034B50, 20, 0, 8, 0, 0) + sizes + struct.pack("<HH", 1, 0) + b"a" + body
    central = b"".join(
        struct.pack("<IHHHHHH", 0x02014B50, 20, 20, 0, 8, 0, 0)
        + sizes
        + struct.pack("<HHHHHII", 3, 0, 0, 0, 0, 0, 0)
        + b"%03d" % n
        for n in range(400)
    )
    raw = local + central + struct.pack("<IHHHHIIH", 0x06054B50, 0, 0, 400, 400, len(central), len(local), 0)
    with pytest.raises(TimelineError) as error:
        read_package(raw, "a.xlsx")
    assert len(error.value.faults) == 1


@pytest.mark.product
def test_no_pattern_goes_back_over_a_long_text(vocabulary):
    assert site_of("site:" + " " * LONG + ";") == "" and site_of("site: a" + " b" * LONG) == "a" + " b" * LONG
    for text in ("-" + "." * LONG + "!", "+" + "1." * LONG + "!"):
        assert table_bytes(pd.DataFrame({"note": [text]}), ".csv") == f'"note"\n"\'{text}"\n'.encode()
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("docProps/core.xml", b"<dcterms:created" * LONG)
    assert not is_as_made(made.getvalue())
    assert list(texts_of_file("a.md", b"<p" * LONG))
    assert len(wrap("t" * 5_000, 40, 7)) > 100
    assert _stretches([*range(2, LONG, 2)]).startswith("2, 4, 6")
    assert rename_lines(f"line {'9' * 5_000}, line 7", {7: "row 5"}.get).endswith("row 5")


@pytest.mark.product
@pytest.mark.parametrize("column", COLUMN_NAMES)
def test_no_column_is_looked_over_again_from_each_of_many_letters(vocabulary, column):
    """Each is refused, or kept as it is, at once: each pattern that goes back over its text takes minutes here."""
    row = dict.fromkeys(COLUMN_NAMES, "") | dict(zip(HEADER.split(","), ROW.split(","), strict=True))
    row |= {"kind": BELONGS.get(column, (KINDS,))[0][0], "quote": "mRSS 46"}
    row |= {} if row["kind"] == "observation" else {"value": ""}
    for text in ("." * LONG, "2024" + " " * LONG + "x", "1" * LONG, "site:" + " " * LONG + ";", "a" + " " * LONG + "b"):
        cells = row | {column: text}
        made = recorded((",".join(cells.values()),), "a", ",".join(cells), "")
        prove(parse_case("a", made, vocabulary), made)


def test_blank_lines_are_not_made_rows(vocabulary):
    facts, notes = read_rows((HEADER + "\n" + "\n" * LONG + ROW + "\n").encode(), "t.csv")
    assert len(facts) == 1 and facts["line"].tolist() == [LONG + 2] and f"{LONG} blank lines" in notes[0]


@pytest.mark.product
def test_faults_of_case_yaml_end_and_none_after_the_last_is_looked_for(vocabulary):
    text = "case_id: a\ncaveats: {" + ",".join(f"mrsx{n}: [x]" for n in range(12_000)) + "}"
    _, faults = check_about(parse_about(text, "a/case.yaml"), "a/case.yaml", "a", vocabulary.measures, ())
    assert len(faults) == 1_001 and "more than 1000 faults" in faults[-1].found
    claims = "case_id: a\nclaims:\n" + " - {says: a, test: falls, measure: mrss}\n" * 301
    _, faults = check_about(parse_about(claims, "a/case.yaml"), "a/case.yaml", "a", vocabulary.measures, ())
    assert [fault.found for fault in faults] == ["301 claims"]


@pytest.mark.product
def test_a_source_among_thousands_is_told_in_a_short_message(vocabulary):
    about = "sources: [" + ",".join(f"{{id: s{n}}}" for n in range(9_000)) + "]\nanalysis: {baseline: first}"
    parsed = parse_case("a", recorded((ROW,), "a", HEADER, about), vocabulary)
    assert "s0, s1, s2 and 8997 more" in str(parsed.faults[0])


def test_what_an_answer_cannot_be_encoded_from_is_a_fault_and_the_session_goes_on(monkeypatch):
    session = Session("data", "fu-2025")
    for n in (float("inf"), float("nan"), [[1]], 10**400, None):
        *_, end = session.answers({"do": "start", "n": n}, as_json)
        assert json.loads(end) == {"is": "end", "do": "start", "n": None}

    def filled(answer):
        if answer["is"] == "start":
            raise MemoryError
        return as_json(answer)

    first, end = session.answers({"do": "start", "n": 3}, filled)
    assert "more than a session can hold" in json.loads(first)["text"] and json.loads(end)["n"] == 3
    monkeypatch.setattr("casetimeline.explore.session.MOST_BYTES", float("nan"))
    first, end = session.answers({"do": "start", "n": 4}, as_json)
    assert "The program failed (ValueError)" in json.loads(first)["text"] and json.loads(end)["n"] == 4


def test_the_page_counts_lines_before_it_reads_them():
    session = Session("data", "fu-2025")
    import base64

    content = base64.b64encode((HEADER + "\n" + "\n" * 60_000 + ROW + "\n").encode()).decode()
    first, *_ = session.answers({"do": "read", "n": 1, "files": [{"name": "a.csv", "content": content}]})
    assert first["is"] == "faults" and "60002 lines" in first["text"]
