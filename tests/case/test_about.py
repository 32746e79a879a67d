"""case.yaml as it is typed: what is read as what, what is refused, and on which line."""

import pytest

from casetimeline.case.form.about import CARE_ITEMS
from casetimeline.case.tables.cited import read_rules
from casetimeline.faults import TimelineError
from casetimeline.prose.course.results import results_passages
from casetimeline.report.care import ITEMS
from casetimeline.report.contents import patient_of
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,dose,dose_unit,frequency,source,quote"
ROWS = (
    "a,1,observation,mrss,,,20,,,,,,,chart,",
    "a,2,treatment,tocilizumab,,,,,,,8,mg/kg,every 2 wk,chart,",
    "a,3,observation,mrss,,,10,,,,,,,chart,",
)
BASELINE = "analysis: {baseline: first}\n"


@pytest.fixture
def of_about(make_case):
    """A case with two skin scores and a drug, and what a case.yaml says of it behind its id and its baseline."""
    return lambda about: make_case(*ROWS, header=HEADER, about=BASELINE + about)


# The id is line 1 and the baseline line 2 of each of these.
@pytest.mark.parametrize(
    ("about", "place", "expected"),
    [
        ("phases:\n  3: x\n  03: y", (5, "phases"), "without a 0 before it: 3"),
        ("patient:\n  age: 7\n  sex: W", (5, "patient: sex"), "`female`"),
        (
            "patient:\n  antibodies:\n    anti-Scl-70: positive\n    Scl-70: negative",
            (4, "patient: antibodies"),
            "'anti-Scl-70' is there with two states",
        ),
        ("claims:\n  - says: x\n    test: falls\n    measure: mrss\n    phase: 7", (7, "claims: 1: phase"), "1, 2, 3"),
        ("claims:\n  - says: x\n    test: is_absent\n    measure: CK", (6, "claims: 1: measure"), "a number alone"),
        ("claims:\n  - {says: x, test: given}", (4, "claims: 1: treatment"), "what 'given' needs"),
        ("care:\n  13: consent\n  99: x", (5, "care"), "from 1 to 13"),
        ("care: {5: x}", (3, "care"), "5a, 5b, 5c"),
        ("sources:\n  - id: chart\n    year: 20255", (5, "sources: 1: year"), "four digits"),
    ],
)
def test_a_fault_has_the_line_of_its_key(of_about, about, place, expected):
    with pytest.raises(TimelineError) as caught:
        of_about(about)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column) == place and expected in fault.expected


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ("diagnosis: [SSc, RA]", "one text, as in `diagnosis: SSc, RA`"),
        ("phases: [before, after]", "names with a value each, as in `1: value`"),
    ],
)
def test_a_list_in_place_of_a_text_is_told_by_its_length(of_about, about, expected):
    with pytest.raises(TimelineError) as caught:
        of_about(about)
    (fault,) = caught.value.faults
    assert (fault.found, fault.expected) == ("a list of 2", expected)


def test_a_claim_may_be_on_a_phase_that_is_named_and_has_no_row(of_about):
    case = of_about(
        "phases: {7: Follow-up}\nclaims: [{says: x, test: has_value, measure: mrss, value: '9', phase: '7'}]"
    )
    assert analyse(case).claims["RESULT"].tolist() == ["cannot be checked"]


def test_a_plan_that_cannot_be_kept_is_told_at_the_key_that_the_file_has(make_case):
    with pytest.raises(TimelineError, match=r"a/case.yaml, line 3, key analysis: baseline: found 'last'"):
        make_case(*ROWS, header=HEADER, about="analysis:\n  baseline: last")


@pytest.mark.product
def test_times_of_a_claim_and_the_sex_are_read_as_they_are_typed(of_about):
    claims = "\n  - ".join(
        f"{{says: x, test: given, treatment: tocilizumab, every: {every}}}"
        for every in ("q2w", "every 2 weeks", "2 weeks", "2 wk")
    )
    falls = "{says: x, test: falls, measure: mrss, within: 12 weeks}"
    case = of_about(f"patient: {{sex: Female}}\nclaims:\n  - {claims}\n  - {falls}")
    assert case.about["patient"]["sex"] == "female"
    assert [claim.get("every", "") for claim in case.about["claims"]] == ["2 wk"] * 4 + [""]
    assert case.about["claims"][4]["within"] == "12 wk"
    # Every two weeks, as the row says: each of the four is supported.
    assert analyse(case).claims["RESULT"].tolist()[:4] == ["supported"] * 4


@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",10..14 mo,", ",10..14 months,"),
        (",fall,>5,>=25,", ",fall,> 5,\u226525,"),
        (",9..15 mo,", ",9\u201315 months,"),
    ],
)
def test_a_rule_is_read_as_it_is_typed(vocabulary, old, new):
    content = vocabulary.contents["rules.csv"].decode()
    assert old in content
    typed, plain = (read_rules(text, "rules.csv") for text in (content.replace(old, new, 1), content))
    columns = ["window", "percent"]
    assert typed[columns].equals(plain[columns])


@pytest.mark.parametrize(
    ("about", "expected"),
    [
        ('title: "\\x1b[31m"', "text without it, and without an escape"),
        ("---\ntitle: x", "one document"),
        # The last character of Unicode is 10FFFF.
        ('title: "\\U00110000"', "at most 0010FFFF"),
        ('title: "\\UFFFFFFFF"', "at most 0010FFFF"),
        ("title: 'patient's case'", "one with an apostrophe stands in double marks"),
        # YAML takes the first word for a tag or an anchor, and leaves it out.
        ("title: !Kung patient", "begins with ! stands in quotation marks"),
        ("title: &c a case", "begins with & stands in quotation marks"),
        ("title: >89 years", "begins with > or | stands in quotation marks"),
        ("title: ?", "begins with ? stands in quotation marks"),
    ],
)
def test_what_yaml_does_not_take_is_told_in_words_of_a_case(of_about, about, expected):
    with pytest.raises(TimelineError) as caught:
        of_about(about)
    (fault,) = caught.value.faults
    # The id is line 1, the baseline line 2.
    assert expected in fault.expected and fault.line in (3, 4)


@pytest.mark.product
def test_antibodies_as_a_text_are_told_and_end_in_no_traceback(of_about):
    case = of_about("patient: {antibodies: anti-RNA polymerase III}")
    assert results_passages(analyse(case))


def test_the_items_that_case_yaml_may_name_are_those_of_the_checklist():
    assert tuple(ITEMS) == CARE_ITEMS


@pytest.mark.parametrize("start", ["03.07.2019", "43588", "May 2019", "5 weks", "2019-13"])
def test_one_start_that_cannot_be_read_is_one_fault_of_a_dated_case(make_case, start):
    rows = [f"a,,observation,mrss,{day},,20,,,,,,,chart," for day in ("2019-05-01", start, "2019-07-01")]
    with pytest.raises(TimelineError) as caught:
        make_case(*rows, header=HEADER, about=BASELINE)
    (fault,) = caught.value.faults
    assert (fault.line, fault.column, fault.found) == (3, "start", start)


@pytest.mark.parametrize(
    ("about", "column"),
    [("time_zero: {date: 2024-00-15}", "time_zero: date"), ("patient: {onset: 2024-00}", "patient: onset")],
)
def test_a_month_00_of_case_yaml_is_refused_with_what_is_known(of_about, about, column):
    with pytest.raises(TimelineError) as caught:
        of_about(about)
    (fault,) = caught.value.faults
    assert fault.column == column and fault.expected == "a date without the part that is unknown: 2024"


def test_a_blank_is_not_reported_wherever_it_stands(of_about):
    """As the starter of a new case has it: a key with nothing behind it is as good as no key."""
    patient = "patient:\n  age:\n  sex:\n  comorbidities: [gout, '']"
    case = of_about(f"diagnosis: lupus\ntime_zero:\n  label:\nphases:\n  1:\n  2: Therapy\n{patient}")
    assert case.about["time_zero"] == {} and case.about["phases"] == {"2": "Therapy"}
    assert case.about["patient"] == {"comorbidities": ["gout"]}
    assert patient_of(case).startswith("Age not reported, sex not reported; lupus")


def test_an_antibody_without_a_state_is_refused_and_not_dropped(of_about):
    with pytest.raises(TimelineError, match="names with a state each"):
        of_about("patient:\n  antibodies:\n    ANA:")
