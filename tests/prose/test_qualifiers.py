"""What a source says of a value stays with it in sentences and tables; expected words are by hand."""

import pytest
from conftest import ROOT, first_in_gate

from casetimeline.figures import draw_course, drawn_values
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.passage import text_of
from casetimeline.report.contents import summary_of
from casetimeline.rules import analyse

HEADER = "case_id,phase,kind,code,start,value,unit,state,site,method,source,note"


@pytest.fixture
def analysis_of(make_case):
    """The analysis of a case of observations, each a phase, code and cells."""

    def make(*rows: tuple[int, str, dict[str, str]]):
        cells = [
            {"case_id": "a", "phase": str(phase), "kind": "observation", "code": code, "source": "chart", **more}
            for phase, code, more in rows
        ]
        lines = [",".join(f'"{row[name]}"' if row.get(name) else "" for name in HEADER.split(",")) for row in cells]
        return analyse(make_case(*lines, header=HEADER, about="analysis: {baseline: first}"))

    return make


def _results(analysis) -> str:
    return " ".join(map(text_of, results_passages(analysis)))


# A titre is the reciprocal of a dilution, however it was typed: the sign of a bound stands before the dilution.
@pytest.mark.parametrize(
    ("typed", "told"),
    first_in_gate(
        2, [("1:1280", "1:1280"), (">1280", ">1:1280"), ("<80", "<1:80"), ("~320", "about 1:320"), (">1:640", ">1:640")]
    ),
)
def test_a_titre_has_its_dilution_once(analysis_of, typed, told):
    rows = [(1, "ana_titre", {"value": typed, "start": "0 d"}), (2, "ana_titre", {"value": "40", "unit": "titer"})]
    analysis = analysis_of(*rows)
    results = _results(analysis)
    assert f"titre was {told}" in results
    assert "1:1:" not in results
    assert "was 1:40" in results
    (row,) = summarise_visits(analysis).frame.astype(str).to_numpy().tolist()
    assert told in row[1]
    assert row[2].startswith("1:40")
    (cell,) = summary_of(analysis).frame["values in their order"]
    assert str(cell).startswith(typed.replace("<80", "<1:80").replace(">1280", ">1:1280").replace("~320", "~1:320"))
    assert "titre," not in str(cell)
    drawn_values(draw_course(analysis))


@pytest.mark.product
def test_a_limit_that_was_reached_and_the_grade_beside_it_stay_with_a_size(analysis_of):
    note = "printed large, 'up to 25 mm anteriorly'; day 50"
    crp = (1, "crp", {"value": "306", "unit": "mg/L"})
    size = {"value": "25", "unit": "mm", "site": "anterior", "method": "echocardiography", "note": note}
    results = _results(analysis_of(crp, (1, "pericardial_effusion", size)))
    assert "pericardial effusion (anterior) was ‘large’, up to 25 mm (echocardiography)" in results
    # Words that name another number are not of this one.
    results = _results(analysis_of(crp, (1, "pericardial_effusion", {**size, "value": "12"})))
    assert "‘large’, 12 mm" in results


@pytest.mark.product
def test_a_value_peaks_only_where_its_row_says_so(analysis_of):
    peak, plain = ({"value": "10527", "unit": "U/L", "note": note} for note in ("printed 10,527; peak", "after a peak"))
    assert "creatine kinase peaked at 10527 U/L" in _results(analysis_of((1, "ck", peak)))
    assert "creatine kinase was 10527 U/L" in _results(analysis_of((1, "ck", plain))).replace(" (CK)", "")


@pytest.mark.product
def test_a_grade_of_strength_has_a_scale_and_no_unit(analysis_of):
    assert "muscle strength was 4- (scale not reported)" in _results(
        analysis_of((1, "muscle_strength", {"value": "4-"}))
    )


@pytest.mark.product
def test_a_bound_that_includes_its_limit_has_the_sign_of_print(analysis_of):
    assert "≤192 U/L" in _results(analysis_of((1, "ck", {"value": "<=192", "unit": "U/L"})))


def test_a_score_that_stayed_exceeds_nothing(analysis_of):
    same = analysis_of((1, "mrss", {"value": "12", "start": "0 d"}), (2, "mrss", {"value": "12", "start": "360 d"}))
    assert "mRSS was the same, 12" in _results(same)
    none = analysis_of((1, "mrss", {"value": "0", "start": "0 d"}), (2, "mrss", {"value": "0", "start": "360 d"}))
    assert "the same" not in _results(none)
    assert not any("exceed" in _results(each) for each in (same, none))


@pytest.mark.product
def test_what_one_examination_showed_is_one_list():
    """shm-ssc-47f: "recurrence of pericardial effusion with tamponade physiology"."""
    results = _results(analyse(ROOT / "data/shm-ssc-47f"))
    assert "the pericardial effusion (size not reported) and tamponade physiology." in results


def test_a_range_of_grades_has_its_dash_in_the_results(make_case):
    header = "case_id,phase,kind,code,start,value,unit,grade,source"
    case = make_case("a,1,adverse_event,rash,3 d,,,2..3,chart", header=header, about="analysis: {baseline: first}")
    assert "grade 2–3" in _results(analyse(case))
