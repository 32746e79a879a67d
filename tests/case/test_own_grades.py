"""Grades of a case's own measure: which of them is what is absent, and a scale on which none is."""

import pytest
from conftest import HEADER, recorded

from casetimeline.case.model import interpret_case, parse_case
from casetimeline.case.tables.measures import read_measures
from casetimeline.faults import TimelineError
from casetimeline.rules.analysis import analyse

MEASURE = "code,kind,label,unit,grades,better\n"
ROW = "a,{phase},observation,q,,,{value},,,,{state},,,chart,"


def scale_of(grades):
    return read_measures(f"{MEASURE}q,observation,Q,,{grades},lower\n", "measures.csv").loc["q", "grades"]


def case_of(vocabulary, grades, *values, claim="", state=""):
    rows = tuple(ROW.format(phase=phase, value=value, state=state) for phase, value in enumerate(values, 1))
    claims = f"\nclaims: [{{says: so, test: {claim}, measure: q}}]" if claim else ""
    about = f"analysis: {{baseline: first}}\ndiagnosis: x{claims}"
    files = recorded(rows, "a", HEADER, about)
    files = files._replace(measures=f"{MEASURE}q,observation,Q,,{grades},lower\n".encode())
    return interpret_case(parse_case("a", files, vocabulary), vocabulary)


def expected_of(vocabulary, *arguments, **options):
    with pytest.raises(TimelineError) as caught:
        case_of(vocabulary, *arguments, **options)
    (fault,) = caught.value.faults
    return fault.expected


@pytest.mark.parametrize("grades", ["normal|GGO|honeycombing", "0|1|2|3", "WNL|raised", "negative|1+", "nil|some"])
def test_what_is_normal_nil_or_0_is_what_is_absent(grades):
    assert scale_of(grades) == tuple(grades.split("|"))


@pytest.mark.parametrize("grades", ["I|II|III|IV", "mild|moderate|severe", "formed|soft|watery", "low|normal|high"])
def test_a_scale_of_classes_has_none_that_is_absent(grades):
    # The class I of NYHA is the first place above nothing, and not nothing.
    assert scale_of(grades) == ("", *grades.split("|"))


@pytest.mark.parametrize("grades", ["severe|mild|none", "present|absent", "1+|negative|2+"])
def test_what_is_absent_stands_first(grades):
    with pytest.raises(TimelineError, match="first what is absent"):
        scale_of(grades)


@pytest.mark.product
@pytest.mark.parametrize(("grades", "value"), [("normal|GGO|honeycombing", "normal"), ("0|1|2|3", "0")])
def test_what_is_normal_is_not_claimed_to_be_present(vocabulary, grades, value):
    for test, result in (("is_present", "contradicted"), ("is_absent", "supported")):
        assert analyse(case_of(vocabulary, grades, value, claim=test)).claims["RESULT"].tolist() == [result]


@pytest.mark.product
def test_a_class_is_neither_absent_nor_claimed_to_be(vocabulary):
    facts = case_of(vocabulary, "I|II|III|IV", "II", "I").facts
    assert facts["AVALCALO"].tolist() == facts["AVALCAHI"].tolist() == [2, 1]
    assert "one of I, II, III, IV" in expected_of(vocabulary, "I|II|III|IV", "V")
    # A range of numbers is none of classes, and is not suggested.
    with pytest.raises(TimelineError) as caught:
        case_of(vocabulary, "I|II|III|IV", "2-3")
    assert caught.value.faults[0].nearest == ""
    assert "neither present nor absent" in expected_of(vocabulary, "I|II|III|IV", "", state="absent")
    assert "neither present nor absent" in expected_of(vocabulary, "I|II|III|IV", "present")
    assert "neither present nor absent" in expected_of(vocabulary, "I|II|III|IV", "II", claim="is_present")


@pytest.mark.parametrize(
    ("value", "low", "high"),
    # negative, trace, 1+ and 2+ are 0 to 3.
    [("neg", 0, 0), ("absent", 0, 0), ("not detected", 0, 0), ("positive", 1, 3), ("+", 2, 2), ("++", 3, 3)],
)
def test_the_words_for_there_and_not_there_of_a_dipstick(vocabulary, value, low, high):
    fact = case_of(vocabulary, "negative|trace|1+|2+", value).facts.iloc[0]
    assert (fact["AVALCALO"], fact["AVALCAHI"]) == (low, high)


def test_a_word_that_a_dipstick_does_not_have_is_answered_by_its_grades(vocabulary):
    assert "or that none is told" in expected_of(vocabulary, "negative|trace|1+|2+", "none")
    assert "one of negative, trace, 1+, 2+" in expected_of(vocabulary, "negative|trace|1+|2+", "+++")
