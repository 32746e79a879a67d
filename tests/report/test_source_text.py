"""Of the text of a source only the words that are quoted enter a report."""

import shutil

import pytest
from conftest import ROOT

from casetimeline.report import texts_of
from casetimeline.report.row_table import recorded_rows
from casetimeline.report.short import short_report
from casetimeline.rules import analyse

pytestmark = pytest.mark.product

# Of abstract.txt, beside its quotes and claims: an address, dates, and sentences that no row and no claim quotes.
UNQUOTED = (
    "Shenzhen",
    "Affiliated Hospital",
    "19 Apr 2025",
    "multi-organ involvement poses",
    "further exploration of this regimen",
    "credited and that the original publication",
)


@pytest.mark.product
def test_the_text_of_a_source_beside_its_quotes_enters_no_artefact(report_of_index_case):
    source = (ROOT / "data/fu-2025/abstract.txt").read_text("utf-8")
    assert all(words in source for words in UNQUOTED)
    seen = 0
    for path in report_of_index_case.rglob("*"):
        if path.is_file():
            texts = " ".join(" ".join(text for _, text in texts_of(path.name, path.read_bytes())).split())
            seen += "mRSS reduced to 32" in texts
            assert [words for words in UNQUOTED if words in texts] == [], path.name
    # The quotes are there: in the page, the PDF, the Word files.
    assert seen >= 3


def test_each_row_tells_its_place_and_what_is_not_proved_is_said_to_be_so(tmp_path):
    shutil.copytree(ROOT / "data/consultant-sle-13f", tmp_path / "consultant-sle-13f")
    (tmp_path / "consultant-sle-13f/proof.json").unlink()
    proved, bare = analyse(ROOT / "data/fu-2025"), analyse(tmp_path / "consultant-sle-13f")
    places = recorded_rows(proved).frame.set_index("line")["in the source"]
    assert places[2].startswith("letters ") and not places.str.startswith("not proved").any()
    # A row of what is not reported quotes nothing.
    assert places[16] == ""
    assert recorded_rows(bare).frame["in the source"].str.startswith("not proved").any()
    told = [" ".join(block.texts) for block in short_report(bare).rest if hasattr(block, "texts")]
    assert any("No text of a source was read" in text for text in told)
    told = [" ".join(block.texts) for block in short_report(proved).rest if hasattr(block, "texts")]
    assert not any("No text of a source" in text for text in told)
