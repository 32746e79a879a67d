"""What is said of a value whose own row has no limit of the laboratory, and of findings whose rules have a population."""

import pytest

from casetimeline.prose.answers import summarise_answers
from casetimeline.prose.visits import summarise_visits
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


def test_a_value_that_one_table_calls_high_has_its_limit_in_the_other(analysis_of):
    # 2.85 ukat/L are 171 U/L, the limit of line 2; line 3 has none of its own, and 2000 U/L are above it.
    analysis = analysis_of(_ck(1, "31.5", "ukat/L", ref_high="2.85"), _ck(2, "~2000"), _ck(3, "150"))
    assert "high" in " ".join(summarise_visits(analysis).cells()[0])
    answer = _answers(analysis)["Was CK raised?"]
    assert "no upper limit is reported beside it, and 171 U/L beside another value" in answer
    assert "the upper limit is not reported" not in answer
    # The limit of laboratory A is none of laboratory B.
    other = analysis_of(_ck(1, "5000", ref_high="170", by="laboratory A"), _ck(2, "180", by="laboratory B"))
    assert "the upper limit is not reported" in _answers(other)["Was CK raised?"]


def test_a_value_that_the_source_calls_raised_is_said_to_be_called_so(analysis_of):
    answer = _answers(analysis_of(_ck(1, "900", quote="raised creatine kinase of 900 U/L"), _ck(2, "500")))
    assert "; the source calls 900 U/L ‘raised’" in answer["Was CK raised?"]
    # The word of another measure is none of CK; nor is one needed beside a limit.
    for value in (
        _ck(1, "900", quote="creatine kinase of 900 U/L and raised CRP"),
        _ck(1, "900", quote="raised creatine kinase of 900 U/L", ref_high="170"),
    ):
        assert "the source calls" not in _answers(analysis_of(value))["Was CK raised?"]
