"""What a cell of a table for a reader says of a value, a limit, a time or a change: with its unit, and as is meant."""

import pytest

from casetimeline.figures.rows import lay_panel
from casetimeline.figures.shown import shown_in
from casetimeline.prose.passage import text_of
from casetimeline.prose.results import results_passages
from casetimeline.prose.visits import summarise_visits
from casetimeline.rules import analyse
from casetimeline.values import rows_of

HEADER = "case_id,kind,code,start,value,unit,ref_low,ref_high,state,source,note"


@pytest.fixture
def analysis_of(make_case):
    """The analysis of observations: each the cells from `code` on, up to where they are blank."""

    def make(*rows: str, about: str = ""):
        facts = (f"a,observation,{row}{',' * (8 - 1 - row.count(','))}chart," for row in rows)
        return analyse(make_case(*facts, header=HEADER, about=about))

    return make


def _rows(analysis):
    return [list(map(str, row)) for row in summarise_visits(analysis).cells()]


C3 = ("c3,0 d,38,mg/dL,90,180", "c3,12 wk,64,mg/dL,90,180", "c3,1 a,WNL,mg/dL,90,180")


def test_a_value_typed_as_normal_is_normal_in_every_table_and_has_no_number_of_its_own(analysis_of):
    analysis = analysis_of(*C3)
    assert _rows(analysis)[0][1:4] == ["38 (low)", "64 (low)", "normal"]
    assert "complement C3 was normal (reference 90–180)" in " ".join(map(text_of, results_passages(analysis)))
    panel = lay_panel([*rows_of(analysis.changes)], analysis.case.measure("c3"), None)
    assert (panel.drawn[2].AVALLO, panel.drawn[2].AVALHI) == (90, 180)
    assert shown_in(panel) == ("mg/dL", 1.0)
