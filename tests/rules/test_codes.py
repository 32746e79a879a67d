"""Which measures a case is told by, and of which it is said that they are not mentioned."""

import pytest
from conftest import told_sentences

from casetimeline.figures.change import draw_change
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import drawn_values
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.prose.measured.changes import summarise_case
from casetimeline.prose.tables.story import summarise_profile, summarise_skin
from casetimeline.report.contents import opening, summary_lines
from casetimeline.report.write import _absent
from casetimeline.rules.analysis import analyse
from casetimeline.vocabulary import NOT_CHECKABLE

MAIN = ("mrss", "ck", "pericardial_effusion")
OTHER = "diagnosis: primary hyperparathyroidism"


@pytest.fixture
def other_case(make_case, observe):
    """A case of another field: two values of CRP, one of ferritin."""
    rows = [observe("1", "crp", "80", "mg/L"), observe("2", "crp", "8", "mg/L"), observe("1", "ferritin", "90", "ug/L")]

    def make(about=OTHER):
        return analyse(make_case(*rows, about=f"analysis: {{baseline: first}}\n{about}"))

    return make


@pytest.mark.parametrize(
    ("about", "first"),
    [
        (OTHER, ()),
        ("diagnosis: sarcoidosis", ()),
        ("diagnosis: systemic sclerosis", MAIN),
        ("diagnosis: dermatomyositis", MAIN),
        ("diagnosis: systemic lupus erythematosus", MAIN),
    ],
)
def test_the_three_are_asked_for_where_a_case_is_one_of_theirs(other_case, about, first):
    analysis = other_case(about)
    assert analysis.codes == (*first, "crp", "ferritin") and analysis.courses == (*first, "crp")


def test_one_of_the_three_that_is_recorded_asks_for_the_others(make_case, observe):
    case = make_case(observe("1", "ck", "900", "U/L"), about=f"analysis: {{baseline: first}}\n{OTHER}")
    assert analyse(case).codes == MAIN


def test_what_is_told_once_is_shown_where_nothing_recorded_has_a_course(make_case, observe):
    """Of a case of lupus without one of the three: they alone would leave its figures empty."""
    about = "analysis: {baseline: first}\ndiagnosis: systemic lupus erythematosus"
    assert analyse(make_case(observe("1", "crp", "20", "mg/L"), about=about)).courses == (*MAIN, "crp")


@pytest.mark.product
def test_a_case_of_another_field_is_told_by_its_own_measures(other_case):
    analysis = other_case()
    told = [
        str(summarise_case(analysis).frame.to_dict("list")),
        *opening(analysis),
        *summary_lines(analysis),
        str(summarise_profile(analysis)),
        *told_sentences(analysis),
        str(summarise_skin(analysis)),
    ]
    assert not [text for text in told if "not mentioned" in text]
    # (8 - 80) / 80 is -90 %.
    assert "CRP       80 mg/L → 8 mg/L: -72 mg/L (-90.0 %)" in summary_lines(analysis)
    assert "C-reactive protein: 80 mg/L → 8 mg/L." in opening(analysis)
    assert _absent(analysis, ["01_skin", "02_muscle"], {}) == []
    assert "not recorded" in str(summarise_skin(analysis))


@pytest.mark.product
def test_its_figures_are_of_its_own_measures(other_case):
    analysis = other_case()
    for draw in (draw_course, draw_change):
        assert {*drawn_values(draw(analysis))["of"]} & {*MAIN, "crp"} == {"crp"}
    words = [text.get_text().replace("\n", " ") for ax in draw_trajectory(analysis, "mrss").axes for text in ax.texts]
    assert any("not recorded" in text for text in words) and not any("not mentioned" in text for text in words)


def test_a_measure_without_a_direction_neither_improves_nor_worsens(make_case, observe):
    claims = (
        "claims: [{says: better, test: improves, measure: ferritin}, {says: worse, test: worsens, measure: ferritin}]"
    )
    rows = [observe("1", "ferritin", "90", "ug/L"), observe("2", "ferritin", "900", "ug/L")]
    case = make_case(*rows, about=f"analysis: {{baseline: first}}\n{claims}")
    results = analyse(case).claims
    assert results["RESULT"].tolist() == [NOT_CHECKABLE] * 2
