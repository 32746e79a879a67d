"""What is told of a measure, and in which order; every sentence is written out by hand."""

import pandas as pd
import pytest
from conftest import told_sentences

from casetimeline.prose.judged.verdicts import summarise_support
from casetimeline.prose.measured.changes import summarise_case
from casetimeline.prose.measured.tense import caution_sentences, claims_sentence, course_sentences, verdict_sentences
from casetimeline.prose.tables.story import summarise_profile
from casetimeline.report.contents import opening
from casetimeline.rules.analysis import analyse

SCORE = "Modified Rodnan skin score"


@pytest.fixture
def case_of(make_case):
    def read(*rows, baseline="first", more=""):
        return analyse(make_case(*rows, about=f"analysis: {{baseline: {baseline}}}{more}"))

    return read


def course(analysis, code="mrss"):
    """The course of a measure, sentence by sentence."""
    return list(course_sentences(analysis, code))


def test_before_at_and_after_the_baseline(case_of, observe):
    rows = [observe(value="50"), observe("2"), observe("3", value="32"), observe("4", value="", state="not_reported")]
    # (32 - 46) / 46 is -30.43 %.
    assert course(case_of(*rows, baseline="phase=2")) == [
        f"{SCORE} of case a: 50 points in phase 1, before the baseline.",
        f"{SCORE} of case a: 46 points at baseline, phase 2.",
        "32 points in phase 3: change -14 points (-30.4 %).",
        "The value is not reported in phase 4, so no change can be computed.",
    ]


def test_a_series_without_a_baseline(case_of, observe):
    analysis = case_of(observe(), observe("3", value="32"), observe("2", "ck", "923", "U/L"), baseline="phase=2")
    assert course(analysis) == [
        f"{SCORE} of case a: 46 points in phase 1; 32 points in phase 3. There is no baseline (phase=2), so no change "
        "is computed."
    ]


def test_a_value_that_is_not_recorded_again(case_of, observe):
    assert course(case_of(observe()))[1:] == ["No later record, so no change can be computed."]
    assert course(case_of(observe()), "ck") == []


def test_the_change_since_the_value_before(case_of, observe):
    rows = [observe(phase, "ck", value, "U/L") for phase, value in (("1", "6720"), ("2", "131"), ("3", "5607"))]
    # 5607 - 6720 is -1113, 16.6 % of 6720; 5607 - 131 is 5476.
    last = course(case_of(*rows), "ck")[-1]
    assert last == "5607 U/L in phase 3: change -1113 U/L (-16.6 %), +5476 U/L since the value before (131 U/L)."


def test_no_change_without_a_unit(case_of, observe):
    analysis = case_of(observe("1", "ck", "923", "U/L"), observe("2", "ck", "15"))
    last = course(analysis, "ck")[-1]
    assert last == "15 (unit not reported) in phase 2: no change can be computed, because no unit is reported."
    cells = summarise_case(analysis).frame.set_index("measure")["change"]
    assert cells["Creatine kinase"] == "no change can be computed (unit not reported)"


def test_a_value_that_cannot_be_compared(case_of, observe):
    # The baseline has no unit. Between the two values after it there is a change all the same.
    values = (("1", "923", ""), ("2", "500", "U/L"), ("3", "100", "U/L"))
    analysis = case_of(*(observe(phase, "ck", value, unit) for phase, value, unit in values))
    second, third = course(analysis, "ck")[1:]
    why = "no change can be computed, because it cannot be compared with the baseline"
    assert second == f"500 U/L in phase 2: {why}."
    assert third == f"100 U/L in phase 3: {why}, -400 U/L since the value before (500 U/L)."
    # A cell has both reasons, one a value.
    reason = "no change can be computed (not comparable with the baseline)"
    cell = f"{reason}; {reason}; -400 U/L since the value before (500 U/L)"
    assert summarise_case(analysis).frame.set_index("measure")["change"]["Creatine kinase"] == cell
    assert f"Creatine kinase: 923 (unit not reported) → 500 U/L → 100 U/L; {cell}." in str(summarise_profile(analysis))


def test_each_site_is_a_series_of_its_own(case_of, observe):
    sizes = [
        observe(p, "pericardial_effusion", size, "mm", note=f"site: {s}")
        for p, size, s in (("1", "35", "left"), ("1", "34", "right"), ("2", "10", "left"))
    ]
    assert course(case_of(*sizes), "pericardial_effusion") == [
        "Pericardial effusion of case a, left: 35 mm at baseline, phase 1.",
        # (10 - 35) / 35 is -71.43 %.
        "10 mm in phase 2: change -25 mm (-71.4 %).",
        "Pericardial effusion of case a, right: 34 mm at baseline, phase 1.",
        "No later record, so no change can be computed.",
    ]


def verdict(rule, answer, missing="", kind="error"):
    reasons = {"DECIDED": missing, "WHY": missing, "OPEN": "", "STUDIED": ""}
    return {"line": 3, "RULE": rule, "LABEL": f"Rule {rule}", "KIND": kind, "VERDICT": answer, **reasons}


def test_rules_by_their_verdict():
    rows = [
        verdict("c", "cannot be determined", "time"),
        verdict("b", "not met", "size"),
        verdict("a", "met"),
        # A rule that answers twice is named once.
        verdict("a", "met"),
        verdict("d", "met"),
    ]
    assert list(verdict_sentences(pd.DataFrame(rows), "")) == [
        "Met: Rule a; Rule d.",
        "Not met: Rule b.",
        "Cannot be determined: Rule c (time).",
    ]
    assert list(verdict_sentences(pd.DataFrame(rows[2:]), "")) == ["Met: Rule a; Rule d."]


def test_verdicts_are_not_counted_up():
    one = pd.DataFrame([verdict("a", "met")])
    overlap = "The rules overlap and were made for different patients, so the number of rules met has no meaning."
    assert list(caution_sentences(one[:0])) == [] and list(caution_sentences(one)) == [overlap]


@pytest.mark.product
def test_the_rules_are_named_after_the_value_that_they_judge(case_of, observe):
    # A fall of 5 is less than 1.96 x sqrt(2) x 2.45 = 6.8 points, one of 14 more.
    paragraph = told_sentences(case_of(observe(), observe("2", value="41"), observe("3", value="32")))[0]
    second, third = paragraph.split("41 points in phase 2")[1].split("32 points in phase 3")
    limit = "Beyond the smallest detectable change, one examiner"
    assert limit in second.partition("Not met:")[2] and limit not in second.partition("Not met:")[0]
    assert limit in third.partition("Met:")[2].partition(".")[0]


TREATMENTS = (
    "a,1,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,",
    "a,2,treatment,infusions,,,,,,,,,,chart,two courses; dose not reported",
)


@pytest.mark.product
def test_treatments_in_one_sentence(case_of, observe):
    analysis = case_of(observe(), *TREATMENTS)
    told = "Treatments: Tocilizumab (8 mg/kg), phase 1; Infusions (dose not reported), phase 2."
    assert summarise_profile(analysis).paragraphs[-1] == told == told_sentences(analysis)[-1]


CLAIMS = """
claims:
- {says: the score fell, test: falls, measure: mrss}
- {says: the score fell to 30, test: falls_to, measure: mrss, value: 30}
- {says: CK rose, test: rises, measure: ck}
- {says: the skin is softer, test: improves, measure: mrss}
"""


@pytest.mark.product
def test_claims_are_counted_in_both_forms(case_of, observe):
    # Of 46 to 32 the first and the last claim are true; CK is not recorded.
    analysis = case_of(observe(), observe("2", value="32"), more=CLAIMS)
    assert [claims_sentence(analysis, tense) for tense in ("present", "brief")] == [
        "Of 4 claims of the source of case a: 2 supported; 1 contradicted; 1 cannot be checked.",
        "Of 4 claims of the source: 2 supported, 1 contradicted, 1 cannot be checked; supported "
        "means that rows and words agree, not that they are right.",
    ]
    assert told_sentences(analysis)[-1] == claims_sentence(analysis, "present")
    assert opening(analysis)[-1] == claims_sentence(analysis, "brief")
    page = summarise_support(analysis).paragraphs[0]
    assert page.startswith(claims_sentence(analysis, "present") + " Claim 2: contradicted; ")
    assert "Claim 3: cannot be checked" in page and "Claim 1" not in page and "Claim 4" not in page


@pytest.mark.product
def test_a_case_without_claims_says_so(case_of, observe):
    analysis = case_of(observe())
    nothing = "No claim of the source of case a is listed in case.yaml."
    assert claims_sentence(analysis, "present") == nothing and summarise_support(analysis).paragraphs == (nothing,)
    assert "claim" not in told_sentences(analysis)[-1]
    assert opening(analysis)[-1] == "No claim of the source is listed."


@pytest.mark.product
def test_words_for_a_change_are_told_against_the_baseline(case_of, observe):
    """900 U/L, then less, then as before, then more: the last may be on either side of 900."""
    words = ("decreased", "unchanged", "increased")
    rows = [observe(str(phase), "ck", "", state=word) for phase, word in enumerate(words, 2)]
    told = course(case_of(observe("1", "ck", "900", "U/L"), *rows), "ck")[1:]
    assert [sentence.partition(": ")[2] for sentence in told] == [
        "less than at the baseline, by how much is not reported.",
        "not more than at the baseline.",
        "whether that is more or less than at the baseline is not told.",
    ]
    # Of the ejection fraction more is better, of CK less.
    for code, unit in (("lvef", "%"), ("ck", "U/L")):
        for word, how in (("improved", "better"), ("worsened", "worse"), ("increased", "more"), ("decreased", "less")):
            case = case_of(observe("1", code, "40", unit), observe("2", code, "", state=word))
            assert f": {how} than at the baseline, by" in course(case, code)[-1]


@pytest.mark.product
def test_no_rule_is_asked_about_a_value_in_words(case_of, observe):
    said = " ".join(
        told_sentences(case_of(observe("1", "ck", "900", "U/L"), observe("2", "ck", "", state="unchanged")))
    )
    assert "Unchanged in phase 2: as at the baseline." in said and "annot be determined" not in said


@pytest.mark.product
def test_how_a_course_ended_is_told(case_of, observe):
    ends = ("phase 2", "stopped", "ongoing", "12 wk")
    rows = [f"a,1,treatment,drug_{number},0 d,{end},,,,,,1,mg,chart," for number, end in enumerate(ends)]
    analysis = case_of(observe("2"), *rows, more="\nphases: {2: Later}")
    for number, end in enumerate(("ended by: Later", "stopped at a time not reported", "ongoing", "until 12 weeks")):
        assert f"Drug {number} (1 mg), phase 1 (day 0), {end}" in summarise_profile(analysis).paragraphs[-1]


# Worse without a site, or at one that has no record before, may have been at the apex: then better is not better than
# at the baseline. At the base, which has a record of its own before, it was worse than there; and the left side is
# not the right one.
@pytest.mark.parametrize(
    ("site", "elsewhere", "word", "words"),
    [
        ("apex", "whole sac", "worsened", "whether that is more or less than at the baseline is not told"),
        ("apex", "", "worsened", "whether that is more or less than at the baseline is not told"),
        ("apex", "base", "worsened", "better than at the baseline, by how much is not reported"),
        ("apex", "whole sac", "improved", "better than at the baseline, by how much is not reported"),
        ("left side", "right side", "worsened", "better than at the baseline, by how much is not reported"),
    ],
)
def test_what_became_worse_elsewhere_may_have_been_the_same_site(make_case, site, elsewhere, word, words):
    header = "case_id,phase,kind,code,value,unit,state,site,source"
    rows = [f"a,1,observation,pericardial_effusion,,,present,{where},chart" for where in (site, "base")]
    rows += [f"a,2,observation,pericardial_effusion,,,{word},{elsewhere},chart"]
    rows += [f"a,3,observation,pericardial_effusion,,,improved,{site},chart"]
    told = course(analyse(make_case(*rows, header=header)), "pericardial_effusion")
    assert f"Improved in phase 3: {words}." in told
