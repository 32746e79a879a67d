"""Word files, opened as python-docx reads them."""

import io

import docx
import pandas as pd
from docx.oxml.ns import qn
from docx.shared import Pt

from casetimeline.prose.display import Table
from casetimeline.report.document import Heading
from casetimeline.report.word import render_word


def test_a_word_table_has_narrow_margins_and_ends_without_a_line_of_its_own():
    """A millimetre is 57 twentieths of a point; the paragraph that Word asks for behind a table is half a line high."""
    table = Table(pd.DataFrame({"State": ["missing"], "Dose": ["8 mg/kg"]}), "Checklist")
    made = docx.Document(io.BytesIO(render_word([Heading(1, "A case"), table], "A case", {})))
    (properties,) = [each._tbl.tblPr for each in made.tables]
    names = [part.tag.rpartition("}")[2] for part in properties]
    assert [name for name in names if name in _OF_TABLE] == _OF_TABLE
    assert {side.get(qn("w:w")) for side in properties.find(qn("w:tblCellMar"))} == {"57"}
    assert made.paragraphs[-1].paragraph_format.line_spacing == Pt(6)
    # A number stays with its unit.
    assert made.tables[0].cell(1, 1).text == "8\N{NO-BREAK SPACE}mg/kg"


# In the order of the schema of WordprocessingML.
_OF_TABLE = ["tblInd", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
