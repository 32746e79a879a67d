"""Sentences on what happened, on how a case opens, and on time zero: nothing is dropped, and each verb is English."""

import pytest
from conftest import first_in_gate

from casetimeline.prose.passage import text_of
from casetimeline.prose.results import results_passages
from casetimeline.rules.analysis import analyse

HEADER = (
    "case_id,phase,kind,code,start,end,anchor,count,value,unit,state,dose,dose_unit,frequency,route,site,method,"
    "grade,related,source,quote,note"
)


@pytest.fixture
def results(make_case):
    """The Results of a case made of rows, each a mapping of its cells, with lines of case.yaml."""

    def tell(*rows, about=""):
        cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
        lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
        case = make_case(*lines, header=HEADER, about=f"analysis: {{baseline: first}}\n{about}")
        return " ".join(map(text_of, results_passages(analyse(case))))

    return tell


def fact(kind, code, start="", **cells):
    return {"kind": kind, "code": code, "start": start, **cells}


MRSS = [fact("observation", "mrss", day, value=value) for day, value in (("0 d", "25"), (">40 d", "20"))]


# Each is named by day 0, from which a later time counts, and says more than its name.
@pytest.mark.parametrize(
    ("row", "zero", "words"),
    first_in_gate(
        2,
        [
            (
                fact("treatment", "rituximab", "0 d", end="0 d", dose="1000", dose_unit="mg", frequency="once"),
                "first rituximab",
                "a single dose of rituximab 1000 mg was given",
            ),
            (
                fact("procedure", "plasma_exchange", "0 d", end="10 d", count="5"),
                "first plasma exchange",
                "plasma exchange (5 sessions) was performed (until day 10)",
            ),
            (
                fact("treatment", "rituximab", "0 d", dose="1000", dose_unit="mg"),
                "start of rituximab",
                "ituximab 1000 mg was given",
            ),
            (fact("treatment", "rituximab", "0 d"), "first rituximab", "rituximab was given (dose not reported)"),
            (fact("event", "relapse", "0 d", note="printed 'severe relapse'"), "first relapse", "severe relapse"),
            (fact("event", "diagnosis", "0 d", note="because of rash"), "first diagnosis", "because of rash"),
            (fact("adverse_event", "rash", "0 d", grade="2"), "second rash", "developed a rash (grade 2)"),
        ],
    ),
)
def test_a_row_that_says_more_than_the_name_of_its_moment_is_told(results, row, zero, words):
    text = results(row, *MRSS, about=f"time_zero: {{label: {zero}}}")
    assert words in text and "40 days after" in text, text


@pytest.mark.product
def test_what_says_no_more_than_the_name_of_its_moment_is_told_once(results):
    text = results(fact("event", "diagnosis", "0 d"), *MRSS, about="time_zero: {label: first diagnosis}")
    assert "first diagnosis" in text and "the diagnosis was made" not in text, text


# What was not there, and a side, stand in no reason of an admission.
@pytest.mark.parametrize(
    ("state", "site", "words"),
    first_in_gate(
        1,
        [
            ("present", "left", "pleural effusion (left) was found"),
            ("absent", "right", "no pleural effusion (right) was found"),
            ("not_assessed", "", "pleural effusion was not assessed"),
        ],
    ),
)
def test_a_finding_that_says_more_than_the_reason_of_an_admission_is_told(results, state, site, words):
    admitted = fact("event", "admission", "0 d", note="because of pleural effusion")
    text = results(admitted, fact("observation", "pleural_effusion", "0 d", state=state, site=site))
    assert "admitted because of pleural effusion" in text and words in text.lower(), text


@pytest.mark.product
def test_a_finding_that_is_the_reason_of_an_admission_is_told_once(results):
    admitted = fact("event", "admission", "0 d", note="because of pleural effusion")
    text = results(admitted, fact("observation", "pleural_effusion", "0 d", state="present"))
    assert text.count("pleural effusion") == 1, text
