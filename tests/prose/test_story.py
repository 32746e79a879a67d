"""Sentences of a notebook on values by the rules, on treatments, and on what is open; expected ones are by hand."""

import dataclasses

import pytest

from casetimeline.figures.axes.axis import order_axis
from casetimeline.prose.course.chronicle import course_moments
from casetimeline.prose.judged.verdicts import (
    cohort_sentences,
    error_sentences,
    importance_sentences,
    limit_sentences,
    response_sentences,
    variation_sentences,
)
from casetimeline.prose.measured.changes import path_of_series, summarise_case
from casetimeline.prose.measured.meaning import meaning_passages
from casetimeline.prose.measured.tense import course_sentences
from casetimeline.prose.tables.story import summarise_muscle, summarise_pericardium, summarise_skin, summarise_timeline
from casetimeline.prose.wording.passage import text_of
from casetimeline.rules.analysis import analyse


@pytest.fixture
def case_of(make_case):
    def read(*rows, plan="baseline: first", more=""):
        return analyse(make_case(*rows, about=f"analysis: {{{plan}}}{more}"))

    return read


EUSTAR = (
    "Regression of skin fibrosis (EUSTAR 2024), defined as fall of more than 5 points and of at least 25 % at 12 ± 3 "
    "months; mRSS at least 7 at baseline: size part met; time part "
)


@pytest.mark.parametrize(
    ("start", "verdict"),
    [
        ("360 d", "met; the rule as a whole met."),
        (
            ">6 mo",
            "cannot be determined, because it is uncertain; the rule as a whole cannot be determined.",
        ),
        (
            "",
            "cannot be determined, because the time between the two values is not reported; the rule as a whole cannot "
            "be determined.",
        ),
    ],
)
def test_a_rule_for_a_response_is_told_by_its_parts(case_of, observe, start, verdict):
    # From 46 to 32 the fall is 14 points, 30.4 %.
    analysis = case_of(observe(start="0 d" if start else ""), observe("2", value="32", start=start))
    assert EUSTAR + verdict in list(response_sentences(analysis, "mrss"))


def test_a_rule_for_a_response_is_told_to_ask_at_another_time(case_of, observe):
    # 9 months are 273.94 days: 243.94 days, 8.01 months, are missing.
    sentences = list(response_sentences(case_of(observe(start="0 d"), observe("2", value="32", start="30 d")), "mrss"))
    told = EUSTAR.replace("time part ", "outside the window (8 to 9 months too early).")
    assert told in sentences


@pytest.mark.product
def test_the_time_between_two_values_needs_both_times(case_of, observe):
    for first, second in (("0 d", ""), ("", "360 d")):
        analysis = case_of(observe(start=first), observe("2", value="32", start=second))
        sentences = list(response_sentences(analysis, "mrss"))
        timed = [sentence for sentence in sentences if "EUSTAR" in sentence or "Pittsburgh" in sentence]
        assert len(timed) == 3
        assert all("because the time between the two values is not reported" in sentence for sentence in timed)


@pytest.mark.product
def test_of_several_later_values_each_sentence_names_the_one_it_is_about(case_of, observe):
    one = case_of(observe(), observe("2", value="32"))
    assert all(sentence[0].isupper() for sentence in response_sentences(one, "mrss"))
    two = case_of(observe(), observe("2", value="32"), observe("3", value="30"), more="\nphases: {3: Later}")
    for sentences in (list(response_sentences(two, "mrss")), list(importance_sentences(two, "mrss"))[:-2]):
        openings = {sentence.partition(": ")[0] for sentence in sentences}
        assert openings == {"32 points in phase 2", "30 points (Later)"}


@pytest.mark.product
def test_the_limits_of_measurement_error(case_of, observe):
    # 1.96 x sqrt(2) is 2.7719; times 2.45, 2.9, 4.6 and 5.4 that is 6.79, 8.04, 12.75 and 14.97.
    fall = "Against the smallest detectable change (95 %), the change of -14 points is larger than 6.8 points (one "
    fall += "examiner); larger than 8.0 points (one examiner after teaching); larger than 12.8 points (two examiners)"
    fall += "; not larger than 15.0 points (examiners in training)."
    assert list(error_sentences(case_of(observe(), observe("2", value="32")), "mrss")) == [fall]
    # From 46 to less than 35 it is more than 11 points.
    (bound,) = error_sentences(case_of(observe(), observe("2", value="<35")), "mrss")
    assert "not certainly larger than 12.8 points (two examiners)" in bound
    unknown = case_of(observe(), observe("2", value="", state="not_reported"))
    assert list(error_sentences(unknown, "mrss")) == ["Without a change, measurement error cannot be considered."]


def test_a_composite_names_the_items_without_values(case_of, observe):
    *important, composite, population = importance_sentences(case_of(observe(), observe("2", value="32")), "mrss")
    # 46 points are beyond the 15 to 40 of the trial.
    assert [text.rpartition(": ")[2] for text in important if "faSScinate" in text] == ["mRSS 15 to 40)."] and any(
        text.endswith("at baseline: not applicable (entry: mRSS 15 to 40).") for text in important
    )
    assert (
        "Minimal clinically important improvement, diffuse SSc, defined as fall of at least 5 points, estimated at 12 "
        "months in patients with interstitial lung disease; in the source that was 24 % of the baseline: "
        "as large as the estimate or larger; applicability not known (estimated over 12 months; interval not reported)."
    ) in important
    assert composite == (
        "Revised CRISS, improvement in at least 3 of 5 items: cannot be determined, because a value before and after "
        "is not reported: FVC %pred, HAQ-DI, PtGA, PhGA."
    )
    assert (
        population
        == "Beyond diagnosis, sex and entry, whether the case belongs to the population of a rule is not decided here."
    )


@pytest.mark.product
def test_a_value_by_the_limits_of_its_laboratory(case_of, observe):
    def raised(value, limits, more=""):
        analysis = case_of(observe("1", "ck", value, "U/L", limits=limits), more=more)
        return [text for text in limit_sentences(analysis, "ck") if "CK above the upper limit" in text]

    rule = "CK above the upper limit, defined as more than the laboratory's own upper limit; the source sets such a "
    rule += "limit at the 97.5th percentile: "
    assert raised("1000", "20,200") == [f"{rule}1000 U/L is 5 times the upper limit; met."]
    assert raised("<100", "20,200") == [f"{rule}<100 U/L is not certainly on one side of the limit; not met."]
    (within,) = raised("50..100", "20,200")
    assert within.startswith(rule) and within.endswith(" U/L is within the limits; not met.")
    assert raised(">400", "20,200") == [f"{rule}>400 U/L is above the upper limit; met."]
    # Of systemic sclerosis only the laboratory's own limit is asked; the guidelines are for raised CK without symptoms.
    assert raised("1000", ",")[0].startswith("CK above the upper limit: cannot be determined for 1000 U/L")
    assert raised("1000", ",", "\ndiagnosis: asymptomatic hyperCKaemia") == [
        "CK above the upper limit; Raised CK (EFNS 2010); Raised CK (EAN 2024): cannot be determined for 1000 U/L, "
        "because the laboratory's limit is not reported.",
        # 1000 / 1.5 is 666.67.
        "With 1000 U/L, CK above the upper limit: met unless the laboratory's upper limit is 1000 U/L or more; Raised "
        "CK (EFNS 2010), Raised CK (EAN 2024): met unless the laboratory's upper limit is 666.6 U/L or more.",
    ]


def test_a_change_by_the_reference_change_value(case_of, observe):
    rows = [observe("1", "ck", "6720", "U/L"), observe("2", "ck", "131", "U/L")]
    opening = (
        "Reference change value of CK, CV 14.5 % (EuBIVAS) (91 healthy adults), 131 U/L against the baseline of 6720"
    )
    # ln(6720 / 131) / 2.7719 is 1.4206, so the CV may be 255 %: sqrt(exp(1.4206 ** 2) - 1) = 2.554.
    unknown, _ = variation_sentences(case_of(*rows), "ck")
    assert unknown == (f"{opening} U/L: met; the change is beyond it for any analytical CV up to 255 %.")
    # ln(1000 / 510) / 2.7719 is 0.2429: sqrt(exp(0.2429 ** 2) - 1 - 0.145 ** 2) = 0.1994, and 20 % would be too much.
    cut, _ = variation_sentences(case_of(observe("1", "ck", "1000", "U/L"), observe("2", "ck", "510", "U/L")), "ck")
    assert cut.endswith("any analytical CV up to 19 %.")
    known, _ = variation_sentences(case_of(*rows, plan="baseline: first, cva: 3"), "ck")
    assert known == f"{opening} U/L: met with an analytical CV of 3 %."
    # Of a bound the end that is nearer to the baseline decides: up to 131, or from 6720 on.
    for before, after in (("6720", "<131"), ("131", ">6720")):
        bounds = [observe("1", "ck", before, "U/L"), observe("2", "ck", after, "U/L")]
        bounded, _ = variation_sentences(case_of(*bounds), "ck")
        assert bounded.endswith("any analytical CV up to 255 %.")
    open_value = case_of(rows[0], observe("2", "ck", "", state="not_reported"))
    assert list(variation_sentences(open_value, "ck")) == []


def test_an_effusion_by_the_rules_of_cohorts(case_of, observe):
    rows = [
        observe("1", "pericardial_effusion", "25", "mm"),
        observe("2", "pericardial_effusion", state="absent", value=""),
    ]
    idiopathic = case_of(*rows, more="\ndiagnosis: idiopathic pericardial effusion")
    sentences = list(cohort_sentences(idiopathic, "pericardial_effusion"))
    assert "Complete regression, as in a cohort of idiopathic effusions (PMID 30274986), phase 2: met." in sentences
    # By the usual classes of size more than 20 mm is large.
    assert any(text.startswith("25 mm: large") for text in sentences)


DRUG = "a,2,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,"
WINDOW = "a,2,event,pericardial_window,,,,,,,,,,chart,"


@pytest.mark.product
def test_what_was_given_and_done_between_baseline_and_last_record(case_of, observe):
    late = DRUG.replace("a,2", "a,4").replace("tocilizumab", "rituximab")
    rows = [observe("1", "pericardial_effusion", "25", "mm"), DRUG, DRUG, WINDOW]
    last = observe("3", "pericardial_effusion", "5", "mm")
    assert summarise_pericardium(case_of(*rows, last, late)).paragraphs[-1] == (
        "Treatments reported between the first baseline and the last record: Tocilizumab. Procedures reported in that "
        "time: Pericardial window. The change is not assigned to any of them."
    )
    # A window says nothing of the skin, and where nothing changed nothing is assigned.
    skin = case_of(observe(), DRUG, WINDOW, observe("3", value="", state="not_reported"))
    assert summarise_skin(skin).paragraphs[-1] == (
        "Treatments reported between the first baseline and the last record: Tocilizumab."
    )
    assert "Treatments" not in str(summarise_skin(case_of(observe(), DRUG)))
    assert "assigned" not in str(summarise_skin(case_of(observe(), observe("3", value="32"))))


def test_a_measure_that_is_not_mentioned(case_of, observe):
    missing = "Creatine kinase of case a: not mentioned in the part of the source that was read."
    assert summarise_muscle(case_of(observe())).paragraphs == (missing,)


def test_a_timeline_without_times(case_of, observe):
    about = "\ntitle: A case\nsources: [{id: chart, read: x}]\ncaveats: {treatments: [The route is not said.]}"
    rows = [observe(), observe("3", "ck", "", state="not_reported"), DRUG, DRUG.replace("8,mg/kg", ",")]
    opening, treatments, caveats, gaps = summarise_timeline(case_of(*rows, more=about)).paragraphs
    assert opening == (
        "Case a: A case. 4 facts are recorded: 2 observations, 2 treatments. Source: chart. No fact has a time "
        "that could be placed on an axis; all are shown in the order of telling."
    )
    assert treatments == ("Treatments: Tocilizumab (8 mg/kg), phase 2; Tocilizumab (dose not reported), phase 2.")
    assert caveats == "The route is not said."
    assert gaps == (
        "Creatine kinase: not reported in phase 3. Of 2 treatment entries, none gives schedule, route, start or end; "
        "1 lacks dose."
    )


@pytest.mark.parametrize(
    ("starts", "words"),
    [
        (("0 d", "9 d"), "Every fact has a time."),
        (("0 d", ""), "A time is reported for 1 of 2 facts; all are shown in the order of telling."),
    ],
)
def test_how_much_of_a_timeline_has_a_time(case_of, observe, starts, words):
    first, second = starts
    analysis = case_of(observe(start=first), observe("2", value="32", start=second))
    assert (
        summarise_timeline(analysis).paragraphs[0]
        == f"Case a: no title. 2 facts are recorded: 2 observations. Source: not stated. {words}"
    )


def test_a_fact_with_its_end_alone_has_a_time(make_case):
    """The first ends at 10 months; the second goes on, the third ended in a phase, and of neither is a time told."""
    header = "case_id,phase,kind,code,start,end,value,unit,source"
    ends = ("10 mo", "ongoing", "phase 2")
    rows = [f"a,1,treatment,drug_{place},,{end},,,chart" for place, end in enumerate(ends)]
    analysis = analyse(make_case(*rows, "a,2,event,relapse,,,,,chart", header=header))
    assert "A time is reported for 1 of 4 facts;" in summarise_timeline(analysis).paragraphs[0]
    assert "4 facts: 3 treatments, 1 event; 1 with a time" in repr(analysis.case)
    assert "a time is reported for 1 of 4 facts" in order_axis(analysis.case).note


def open_case(make_case, observe, *values):
    rows = [observe("", "ck", value, "U/L", start=start) for start, value in values]
    about = "analysis: {reference: x, baseline: last_before}"
    return analyse(make_case(*rows, "a,,treatment,x,0 d,,,,,,,,,chart,", about=about))


def test_an_open_order_is_told_as_open(make_case, observe):
    # The file tells the last two values in an order that is not that of time.
    analysis = open_case(make_case, observe, ("-1 d", "900"), ("300 d", "200"), ("~6 mo", "400"), ("5..7 mo", "600"))
    series = analysis.changes[analysis.changes["code"] == "ck"]
    path = path_of_series(series, analysis.case.measure("ck"))
    assert path == "900 U/L → 400 U/L, 600 U/L → 200 U/L (order open)"


def test_an_open_baseline_is_told_with_each_record_that_may_be_it(make_case, observe):
    analysis = open_case(make_case, observe, ("-3..-1 mo", "400"), ("~-2 mo", "800"), ("30 d", "600"))
    present = " ".join(course_sentences(analysis, "ck"))
    values = "800 U/L about 2 months before time zero and 400 U/L 1–3 months before time zero"
    assert f"{values}. Their order is open, and so which is the baseline" in present
    # 600 less 800 and less 400.
    assert "600 U/L on day 30: change between -200 and +200 U/L (-25.0 % to +50.0 %)" in present
    table = summarise_case(analysis, ("ck",)).frame
    assert table["baseline"].tolist() == [
        "800 U/L, about 2 months before time zero or 400 U/L, 1–3 months before time zero"
    ]


def test_a_treatment_begun_before_the_baseline_is_told_where_it_lasted(make_case, observe):
    """Mycophenolate from day -60, ongoing, and prednisolone to day 0 lasted past day -2; azathioprine ended before."""
    rows = [
        observe("", "pericardial_effusion", "22", "mm", start="-2 d"),
        observe("", "pericardial_effusion", "9", "mm", start="60 d"),
        "a,,treatment,mycophenolate,-60 d,ongoing,,,,,,2,g/day,chart,",
        "a,,treatment,prednisolone,-14 d,0 d,,,,,,60,mg/day,chart,",
        "a,,treatment,azathioprine,-90 d,-61 d,,,,,,100,mg/day,chart,",
        "a,,treatment,rituximab,90 d,ongoing,,,,,,1000,mg,chart,",
    ]
    told = str(summarise_pericardium(analyse(make_case(*rows))))
    assert "between the first baseline and the last record: Mycophenolate, Prednisolone. The change" in told


def test_a_rule_without_a_window_has_no_part_on_time(make_case, observe):
    case = make_case(observe("1"), observe("2", value="32"))
    rules = case.rules[case.rules["rule"] == "fasscinate_fall_20"].assign(window="", base_max=float("nan"))
    told = str(summarise_skin(analyse(dataclasses.replace(case, rules=rules))))
    assert "at baseline: size part met; the rule as a whole met." in told and "time part ;" not in told


@pytest.mark.product
def test_a_course_in_the_past_tense_says_how_often_how_long_and_by_which_method(make_case):
    """The words of a manuscript for counts, ends, methods and times that are bounds."""
    header = "case_id,phase,kind,code,start,end,anchor,count,value,unit,state,dose,dose_unit,method,source,note"
    rows = [
        "a,1,event,symptom_onset,<-7 mo,,admission,,,,,,,,chart,",
        "a,2,event,admission,0 d,,,,,,,,,,chart,",
        "a,2,observation,pericardial_effusion,0 d,,,,massive,,,,,CT,chart,",
        "a,3,observation,ck,2 d,,,,900,U/L,,,,in-house assay,chart,",
        "a,3,procedure,pericardial_aspiration,3 d,,,>=2,,,,,,,chart,",
        "a,4,treatment,rituximab,4 d,,,3..4,,,,1,g,,chart,",
        "a,4,treatment,prednisolone,5 d,19 d,,,,,,40,mg/day,,chart,",
        "a,4,treatment,methotrexate,6 d,stopped,,,,,,15,mg,,chart,",
    ]
    told = " ".join(text_of(part.passage) for part in course_moments(analyse(make_case(*rows, header=header))))
    assert "Symptoms began more than 7 months before admission." in told
    assert "On day 0, the patient was admitted and CT showed a massive pericardial effusion." in told
    assert "On day 2, creatine kinase was 900 U/L (upper limit not reported; in-house assay)." in told
    assert "On day 3, pericardial aspiration (at least twice) was performed." in told
    assert "On day 4, rituximab 1 g (3 to 4 doses) was given." in told
    assert "From day 5 to day 19, prednisolone 40 mg/day was given." in told
    assert "On day 6, methotrexate 15 mg was given and later stopped." in told


@pytest.mark.product
def test_a_change_of_a_score_is_a_noun_only_where_it_is_held_against_a_limit(case_of, observe):
    """2 points are less than 3 to 4 (SSc-ILD) and 6.8 (1.96 x sqrt(2) x 2.45); no rule has a limit of HAQ-DI."""
    unnamed = "\ndiagnosis: systemic sclerosis"
    (told,) = meaning_passages(case_of(observe(value="3"), observe("2", value="1"), more=unnamed))
    small = text_of(told).replace("\N{NO-BREAK SPACE}", " ")
    assert small.startswith("The 2-point fall in mRSS (66.7 %; interval and examiners not reported) does not exceed a")
    assert "over 12 months in SSc-ILD) or the smallest detectable change of one examiner (6.8 points)." in small
    rows = observe(code="haq_di", value="3"), observe("2", code="haq_di", value="1")
    assert [*map(text_of, meaning_passages(case_of(*rows)))] == ["HAQ-DI fell from 3 to 1 (66.7 %)."]
