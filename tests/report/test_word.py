"""Word files, opened as python-docx reads them."""

import io
import re
from dataclasses import replace

import docx
import pandas as pd
import pytest
from conftest import ROOT, in_gate
from docx.oxml.ns import qn
from docx.shared import Pt
from PIL import Image

from casetimeline.case.read import read_case
from casetimeline.figures.style import text_width
from casetimeline.prose.display import Table
from casetimeline.report.care import summarise_care
from casetimeline.report.contents import in_print
from casetimeline.report.document import Heading, Paragraph, Picture
from casetimeline.report.short import manuscript_tables, short_report
from casetimeline.report.word import render_word
from casetimeline.rules.analysis import analyse

pytestmark = pytest.mark.product

CASES = (
    *("fu-2025", "acp-imnm-75f", "aosd-ehjcr-22m", "cryo-61f"),
    *("kamata2012", "mm-irae-44f", "openneurol2024-64f", "shm-ssc-47f"),
)


def test_a_word_table_has_narrow_margins_and_ends_without_a_line_of_its_own():
    """A millimetre is 57 twentieths of a point; the paragraph that Word asks for behind a table is half a line high."""
    table = Table(pd.DataFrame({"State": ["missing"], "Dose": ["8 mg/kg"]}), "Checklist")
    made = docx.Document(io.BytesIO(render_word([Heading(1, "A case"), table], "A case", {})))
    (properties,) = [each._tbl.tblPr for each in made.tables]
    names = [part.tag.rpartition("}")[2] for part in properties]
    assert [name for name in names if name in _OF_TABLE] == _OF_TABLE
    assert {side.get(qn("w:w")) for side in properties.find(qn("w:tblCellMar"))} == {"57"}
    assert made.paragraphs[-1].paragraph_format.line_spacing == Pt(6)
    # A note is a paragraph, and none that is empty follows it.
    noted = docx.Document(io.BytesIO(render_word([replace(table, notes=("One.", "Two."))], "A case", {})))
    assert [each.text for each in noted.paragraphs[-2:]] == ["One.", "Two."]
    # A number stays with its unit.
    assert made.tables[0].cell(1, 1).text == "8\N{NO-BREAK SPACE}mg/kg"


@pytest.mark.parametrize(("high", "printed"), [(150, 150), (215, 204.1), (245, 235)])
def test_a_high_figure_of_the_first_page_is_set_lower_for_the_text_above_it(high, printed):
    """By hand: 261 mm less a title (6.6 + 1.5), 2 lines of text (9.2 + 2.5) and 8 of a legend (33.6 + 3.5) is 204.1.

    A figure of 245 mm would lose more than 15 in a hundred: it has a page of its own, of 235 mm at most.
    """
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="510.236pt" height="{high * 72 / 25.4:.3f}pt"></svg>'
    png = io.BytesIO()
    Image.new("RGB", (180, high)).save(png, "PNG")
    legend = "a" * (7 * 92 + 1 - len("Figure 1.  "))
    picture = Picture("00_course", "Course", "A course.", legend, svg)
    made = render_word([Heading(1, "A case"), Paragraph("b" * 81), picture], "A case", {"00_course": png.getvalue()})
    (shape,) = docx.Document(io.BytesIO(made)).inline_shapes
    assert shape.height.mm == pytest.approx(printed, abs=0.3)


def _breaking_words(made):
    """The words of the tables of a Word file that are wider than their column leaves room for, by a tenth at most.

    Measured in the font that a computer without Arial takes here; a cell has a millimetre of margin at each side.
    """
    for table in docx.Document(io.BytesIO(made)).tables:
        for cell in (cell for row in table.rows for cell in row.cells):
            size = {run.font.size.pt for run in cell.paragraphs[0].runs} or {8.0}
            weight = "bold" if any(run.font.bold for run in cell.paragraphs[0].runs) else "normal"
            # A line may also end behind the hyphen of a compound.
            for word in filter(None, re.split(r" |(?<=[a-z]-)(?=[a-z])", cell.text)):
                if 1.1 * text_width(word, max(size), weight) > cell.width.mm - 2:
                    yield word


@pytest.mark.parametrize("case_id", in_gate("cryo-61f", "mm-irae-44f", of=CASES))
def test_no_word_of_a_word_table_is_broken(case_id):
    analysis = analyse(read_case(ROOT / "data" / case_id))
    blocks = [*manuscript_tables(analysis), *short_report(analysis).rest, in_print(summarise_care(analysis))]
    tables = [block for block in blocks if isinstance(block, Table)]
    assert len(tables) > 4 and not [*_breaking_words(render_word([Heading(1, "A case"), *tables], "A case", {}))]


def test_a_table_of_many_long_words_has_smaller_letters_and_keeps_its_words():
    """Five words of 36 mm and a fifth, as the widest are counted, ask for 216 of 170 mm: 8 points become 6."""
    names = [f"methylprednisolonemi{letter}" for letter in "abcde"]
    made = render_word([Heading(1, "A"), Table(pd.DataFrame([names], columns=names), "c")], "A", {})
    (table,) = docx.Document(io.BytesIO(made)).tables
    assert table.cell(1, 0).paragraphs[0].runs[0].font.size.pt == 6 and not [*_breaking_words(made)]


def test_a_word_file_begins_at_its_margin_and_numbers_its_pages():
    made = docx.Document(io.BytesIO(render_word([Heading(1, "A case")], "A case", {})))
    assert made.paragraphs[0].style.paragraph_format.space_before == Pt(0)
    assert [field.text for field in made.sections[0].footer._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]


# In the order of the schema of WordprocessingML.
_OF_TABLE = ["tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
