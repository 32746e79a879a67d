"""Answers of rules: what is said of a value without a limit, of one by day-to-day variation, and of a population."""

import pytest

from casetimeline.prose.judged.answers import summarise_answers
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.laboratory import called_raised
from casetimeline.rules import analyse

HEADER = "case_id,phase,kind,code,start,value,unit,ref_high,state,by,source,quote,note"


@pytest.fixture
def analysis_of(make_case):
    """The analysis of observations, each by its cells."""

    def make(*rows: dict[str, str], more: str = ""):
        always = {"case_id": "a", "kind": "observation", "source": "chart"}
        facts = [",".join(f'"{({**always, **row}).get(name, "")}"' for name in HEADER.split(",")) for row in rows]
        return analyse(make_case(*facts, header=HEADER, about=f"analysis: {{baseline: first}}\n{more}"))

    return make


def _answers(analysis) -> dict[str, str]:
    return {row[0]: row[1] for row in summarise_answers(analysis).cells()}


def _ck(phase, value, unit="U/L", **cells):
    return {"phase": str(phase), "code": "ck", "value": value, "unit": unit, **cells}


@pytest.mark.product
def test_a_value_that_one_table_calls_high_has_its_limit_in_the_other(analysis_of):
    # 2.85 ukat/L are 171 U/L, the limit of line 2; line 3 has none of its own, and 2000 U/L are above it.
    analysis = analysis_of(_ck(1, "31.5", "ukat/L", ref_high="2.85"), _ck(2, "~2000"), _ck(3, "150"))
    assert "high" in " ".join(summarise_visits(analysis).cells()[0])
    answer = _answers(analysis)["Was CK raised?"]
    assert "(an upper limit of 171 U/L is reported, but only beside another value; the value is raised for" in answer
    assert "the upper limit is not reported" not in answer and "each value" not in answer
    # The limit of laboratory A is none of laboratory B.
    other = analysis_of(_ck(1, "5000", ref_high="170", by="laboratory A"), _ck(2, "180", by="laboratory B"))
    assert "the upper limit is not reported" in _answers(other)["Was CK raised?"]


@pytest.mark.product
def test_a_value_that_the_source_calls_raised_is_said_to_be_called_so(analysis_of):
    answer = _answers(analysis_of(_ck(1, "900", quote="raised creatine kinase of 900 U/L"), _ck(2, "500")))
    assert "; the source calls 900 U/L ‘raised’" in answer["Was CK raised?"]
    # The word of another measure is none of CK; nor is one needed beside a limit.
    for value in (
        _ck(1, "900", quote="creatine kinase of 900 U/L and raised CRP"),
        _ck(1, "900", quote="raised creatine kinase of 900 U/L", ref_high="170"),
    ):
        assert "the source calls" not in _answers(analysis_of(value))["Was CK raised?"]


@pytest.mark.product
def test_a_value_that_came_down_from_a_raised_one_is_not_called_raised(analysis_of):
    # The first row alone prints the word at its value.
    down = _ck(2, "120", quote="the elevated CK normalised to 120 U/L under high-dose steroids")
    answer = _answers(analysis_of(_ck(1, "9000", quote="elevated CK of 9000 U/L"), down))["Was CK raised?"]
    assert "the source calls 9000 U/L ‘elevated’" in answer and "120 U/L ‘" not in answer


@pytest.mark.parametrize(
    ("value", "quote", "word"),
    [
        ("900", "CK fell to 900 U/L under high-dose prednisolone", ""),
        ("200", "CK was raised from 200 U/L to 900 U/L", ""),
        ("900", "CK was raised from 200 U/L to 900 U/L", ""),
        ("200", "CK raised 200 to 900 U/L", ""),
        ("700", "Raised aldolase with CK of 700 U/L", ""),
        ("700", "creatine kinase of 700 U/L with raised aldolase", ""),
        ("700", "raised ALT 700 U/L, CK 700 U/L", ""),
        ("700", "aldolase was raised (CK 700 U/L)", ""),
        ("12", "a high-resolution CT showed 12 mm", ""),
        ("12", "high resolution CT 12 mm", ""),
        ("120", "normalisation of the elevated CK (120 U/L)", ""),
        ("120", "elevated CK settled at 120 U/L", ""),
        ("120", "CK 120 U/L, previously elevated", ""),
        ("900", "raised CK of 900 U/L was not found", ""),
        ("5.2", "CRP 5.2 mg/L, high", "high"),
        ("900", "CK 900 U/L (markedly raised)", "raised"),
        ("900", "CK was elevated to 900 U/L", "elevated"),
        (">900", "High levels of creatine kinase (>900 U/L)", "High"),
        ("9000", "The elevated CK of 9000 U/L normalised", "elevated"),
        ("5.9", "raised red cell count of 5.9", "raised"),
        ("21.1", "raised white cell count of 21.1×109/L (neutrophil count 17.8×109/L)", "raised"),
    ],
)
def test_a_word_is_that_of_a_value_only_where_it_stands_at_it(value, quote, word):
    assert called_raised({"value": value, "quote": quote}) == word


@pytest.mark.product
def test_the_widest_analytical_variation_is_told_of_a_value_that_is_about(analysis_of):
    # About 6000 is 5500 to 6500: the ratio of 658 is at most 658 / 5500 = 0.1196, and ln of it -2.123. Over 2.772 and
    # squared that is 0.587; exp - 1 is 0.798, less 0.145^2 = 0.777, its root 88.2 %; with 0.19^2 0.873: 87.3 %.
    analysis = analysis_of(_ck(1, "~6000"), _ck(2, "10527"), _ck(3, "658"))
    answers = _answers(analysis)
    whole = answers["Is the change in CK beyond day-to-day variation?"]
    assert "CV 14.5 % (EuBIVAS): cannot be determined" in whole and "for any CV below 88 %" in whole
    assert "CV 19 % (young women): cannot be determined" in whole and "for any CV below 87 %" in whole
    # From 10527, which is exact, to 658 the ratio is 0.0625: beyond it at 100 % as well.
    step = "Is the change in CK from the last value but one to the last beyond day-to-day variation?"
    assert answers[step] == "yes, by both definitions (for any analytical CV up to 100 %)"
    # Where the whole has an answer, the step is none.
    assert step not in _answers(analysis_of(_ck(1, "12000"), _ck(2, "10527"), _ck(3, "100")))


def test_the_population_of_a_size_that_counts_as_large_is_told(analysis_of):
    effusion = {"phase": "1", "code": "pericardial_effusion", "value": "25", "unit": "mm"}
    notes = " ".join(summarise_answers(analysis_of(effusion)).notes)
    assert "large by size (Weich 2005), in large effusions that needed pericardiocentesis" in notes
