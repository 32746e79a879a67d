"""No character of a case acts: it is refused when it is read, and nothing foreign reaches a terminal or a log raw."""

import csv
import io
import json
import re
import unicodedata
import zipfile

import pandas as pd
import pypdfium2
import pytest
from conftest import HEADER, casetimeline, recorded
from hypothesis import given, strategies as st

from casetimeline.case.form.about import parse_about
from casetimeline.case.model import parse_case
from casetimeline.case.tables.dialect import read_rows
from casetimeline.case.tables.table import table_bytes
from casetimeline.characters import in_one_line, printable, shown
from casetimeline.explore.session import Session
from casetimeline.faults import NotebookError, TimelineError, fault
from casetimeline.prose.display import Prose, Table
from casetimeline.report.document import Heading, Items, Paragraph
from casetimeline.report.html import render_page
from casetimeline.report.pdf import render_report
from casetimeline.report.word import render_word
from casetimeline.workflow.cases import _failure

ROW = "a,1,observation,mrss,,,46,,,,,,,chart,"
# One of each kind: C0, delete, C1 (NEL and CSI among them), each mark, embedding and isolate, tags, what is none.
CODES = (0x00, 0x07, 0x08, 0x0B, 0x0C, 0x1B, 0x1F, 0x7F, 0x80, 0x85, 0x9B, 0x9F, 0x061C, 0x200E, 0x200F)
CODES += (0x202A, 0x202B, 0x202C, 0x202D, 0x202E, 0x2066, 0x2067, 0x2068, 0x2069, 0xFFFE, 0xE0041)
acting = pytest.mark.parametrize("code", CODES, ids=hex)


def name(code):
    return f"0x{code:02x}" if code < 0xA0 else f"U+{code:04X}"


def escape(code):
    return f"\\U{code:08x}"


@acting
def test_in_a_table_and_in_the_text_of_case_yaml_it_is_refused_by_its_line(code):
    with pytest.raises(TimelineError) as error:
        read_rows(f"{HEADER}\n{ROW}\n{ROW}b{chr(code)}\n".encode(), "a/timeline.csv")
    (one,) = error.value.faults
    assert (one.line, name(code) in one.found) == (3, True)
    # In a comment as well: what is shown there need not be what stands there.
    for text in (
        f"case_id: a\ntitle: {chr(code)}x\n",
        f"case_id: a\n# {chr(code)}x\n",
        f"case_id: a\n{chr(code)}: x\n",
    ):
        with pytest.raises(TimelineError) as error:
            parse_about(text, "a/case.yaml")
        (one,) = error.value.faults
        assert (one.line, name(code) in one.found) == (2, True)


@acting
@pytest.mark.parametrize(
    "form",
    ['title: "{}"', 'patient: {{"{}": 1}}', 'patient:\n  "x{}": [1]', 'caveats:\n  mrss: ["a", "{}"]', '"{}": a'],
    ids=["value", "key", "key of a list", "list", "name"],
)
def test_an_escape_of_yaml_stands_for_none(code, form):
    text = "case_id: a\n" + form.format(escape(code))
    with pytest.raises(TimelineError) as error:
        parse_about(text, "a/case.yaml")
    (one,) = error.value.faults
    assert name(code) in one.found and one.line == text.count("\n") + 1


@acting
def test_in_a_cell_of_the_page_it_is_refused_at_its_row(code, vocabulary):
    session = Session("data")
    rows = [{"phase": "1", "kind": "observation", "code": "mrss", "value": "46", "source": f"ch{chr(code)}art"}]
    about = {"case_id": "a", "analysis": {"baseline": "first"}}
    message = {"do": "check", "n": 1, "choice": {"case": "a"}, "about": about, "rows": rows}
    first, *_ = session.answers(message)
    assert first["is"] == "faults" and first["faults"][0]["row"] == 0 and chr(code) not in json.dumps(first)
    about = {**about, "title": f"a{chr(code)}b"}
    first, *_ = session.answers({**message, "about": about, "rows": [{**rows[0], "source": "chart"}]})
    assert first["is"] == "faults" and name(code) in first["text"]


def test_letters_of_every_alphabet_tabs_and_line_ends_are_read(vocabulary):
    title = "Müller אבג العربية 漢字 ‍👩‍⚕️ é ­soft"
    about = f'title: "{title}\\tb\\nc"\nanalysis: {{baseline: first}}'
    parsed = parse_case("a", recorded((ROW,), "a", HEADER, about), vocabulary)
    assert parsed.about["title"] == f"{title}\tb\nc" and not parsed.faults


@given(st.text())
def test_what_is_shown_acts_nowhere_and_says_the_same_letters(text):
    line = in_one_line(text)
    controls = {"Cc", "Zl", "Zp", "Cs"}
    assert not [letter for letter in line if unicodedata.category(letter) in controls]
    assert not [
        letter for letter in shown(text) if unicodedata.category(letter) in controls - {"Zl"} and letter not in "\t\n"
    ]
    assert printable(line) == shown(line) == line


@given(st.text(), st.text(), st.text())
def test_a_fault_is_one_line_whatever_is_in_it(found, expected, column):
    text = str(fault(found, expected, at="a.csv", column=column, known=[found]))
    assert text == in_one_line(text)


def test_the_exception_of_a_notebook_is_told_without_what_would_act():
    error = NotebookError("01_skin.ipynb, case a: cell [3] failed with ValueError: \x1b]0;MARK\x07\x9b31m\u202egpj")
    failure = _failure("a", type("P", (), {"stem": "01_skin", "name": "01_skin.ipynb"}), error)
    assert failure.message == r"cell [3] failed with ValueError: \x1b]0;MARK\x07\x9b31m\u202egpj"


@pytest.mark.product
def test_no_command_writes_it_to_a_terminal(tmp_path):
    folder = tmp_path / "a\x1b[31m"
    folder.mkdir()
    (folder / "t.csv").write_text(f"{HEADER}\n{ROW}\n", encoding="utf-8")
    odd = tmp_path / "o\u202edd.csv"
    odd.write_text(f"{HEADER},x\x85\n", encoding="utf-8")
    for path in (folder, folder / "none.csv", folder / "t.csv", odd):
        done = casetimeline("check", str(path))
        assert not set("\x1b\x85\u202e") & set(done.stdout + done.stderr), path


EVIL = "$x_1$ \\(y\\) <b>&"
RTL = "שלום עולם"


def test_in_html_nothing_is_markup_or_a_formula_and_words_from_right_to_left_are_isolated(make_case):
    about = f"title: '{EVIL} {RTL} 5'\nanalysis: {{baseline: first}}"
    case = make_case(ROW, about=about)
    blocks = [Heading(2, f"{EVIL} {RTL}"), Paragraph(f"{EVIL} {RTL} 5"), Items((f"{EVIL} {RTL}",))]
    page = render_page(f"t {EVIL} {RTL}", [f"{EVIL} {RTL}", f"{RTL}"], blocks, [], [f"{EVIL} {RTL}"], [])
    shown = page.partition("<body>")[2]
    table = Table(pd.DataFrame({EVIL: [f"{EVIL} {RTL} 5"]}), f"{EVIL} {RTL}")
    for text in (shown, case._repr_html_(), table._repr_html_(), Prose((f"{EVIL} {RTL}",))._repr_html_()):
        assert text.count(RTL) == text.count(f"<bdi>{RTL}</bdi>") > 0
        assert "<b>" not in text
        if text is shown:
            # MathJax is no part of the report.
            continue
        # A formula needs two of its marks, or a mark and what it opens, in one stretch of text.
        stretches = re.findall(r">([^<]+)<", text)
        assert "$" in stretches and not [each for each in stretches if re.search(r"\$.|.\$|\\[(\[]", each)]
    # A label is no element, and needs no marks.
    assert not re.search(r'aria-label="[^"]*<', page)


def test_in_the_pdf_and_in_word_words_from_right_to_left_are_isolated():
    blocks = [Heading(1, f"Case {RTL}"), Paragraph(f"dose {RTL} 5 mg")]
    raw = render_word(blocks, "t", {})
    with zipfile.ZipFile(io.BytesIO(raw)) as parts:
        document = parts.read("word/document.xml").decode()
    assert document.count(f"\u2068{RTL}\u2069") == 2
    page = pypdfium2.PdfDocument(render_report(blocks, "t", "d", "f"))[0].get_textpage().get_text_bounded()
    # In the order in which they are seen: the number stands right of the words, as it is typed.
    assert re.search(r"dose.*[\u05d0-\u05ea].*5\smg|mg\s5.*[\u05d0-\u05ea].*dose", page), page
    assert "without a font" not in page


def test_a_text_that_a_spreadsheet_would_run_begins_with_an_apostrophe():
    risky = ["=1", "+a", "-a", "@a", "＝1", "＋1+1", "－1+1", "＠a", "\ta", "\ra", "\n=1", " =1"]
    plain = ["-2 mo", "+3", "-1..2", "a=1", "3..4 mo", "a"]
    content = table_bytes(pd.DataFrame({"note": [*risky, *plain]}), ".csv").decode()
    cells = list(csv.reader(io.StringIO(content, newline="")))[1:]
    assert [cell for (cell,) in cells] == [*(f"'{text}" for text in risky), *plain]
