"""Courses of treatment in the Results and in the table of treatments: what changed a dose, what ended, what is open."""

import pytest
from conftest import first_in_gate

from casetimeline.prose.course.results import results_passages
from casetimeline.prose.tables.therapies import summarise_given
from casetimeline.prose.wording.passage import text_of
from casetimeline.prose.wording.schedules import often_words
from casetimeline.rules import analyse

HEADER = "case_id,phase,kind,code,start,end,anchor,count,value,unit,state,dose,dose_unit,frequency,route,method,grade"
HEADER += ",related,source,quote,note"
ABOUT = "analysis: {baseline: first}\ntime_zero: {label: admission}\npatient: {sex: female}\nphases: {%s}"


@pytest.fixture
def case_of(make_case):
    """The analysis of a case made of rows, each a mapping of its cells, with the names of its phases."""

    def make(*rows, phases="1: Presentation", about=ABOUT):
        cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
        lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
        return analyse(make_case(*lines, header=HEADER, about=about % phases if "%s" in about else about))

    return make


@pytest.fixture
def results(case_of):
    """The Results of such a case."""
    return lambda *rows, **asked: " ".join(map(text_of, results_passages(case_of(*rows, **asked))))


def fact(kind, code, **cells):
    return {"kind": kind, "code": code, **cells}


def drug(code, dose="", frequency="", **cells):
    return fact("treatment", code, dose=dose, dose_unit="mg" if dose else "", frequency=frequency, **cells)


CK = fact("observation", "ck", start="0 d", value="900", unit="U/L")
STOPPED = fact("event", "azathioprine_stopped", start="4 wk")


@pytest.mark.parametrize(
    ("rows", "sentence"),
    first_in_gate(
        2,
        [
            # Stopped at 4 weeks by an event of its own: 50 mg is no reduction of what was not given any more.
            (
                [drug("azathioprine", "100", "daily", start="2 wk", end="4 wk"), STOPPED],
                "At 20 weeks, azathioprine was restarted at 50 mg daily.",
            ),
            (
                [drug("azathioprine", "50", "daily", start="2 wk"), STOPPED],
                "azathioprine was restarted at 50 mg daily.",
            ),
            # Nothing from week 4 (at most day 31.5) to week 20 (at least day 136.5), but no source calls it stopped.
            (
                [drug("azathioprine", "100", "daily", start="2 wk", end="4 wk")],
                "azathioprine was given again at 50 mg daily.",
            ),
            # Until the new dose: no course was over, and how often is told once.
            (
                [drug("azathioprine", "100", "daily", start="2 wk", end="20 wk")],
                "azathioprine was reduced from 100 to 50 mg.",
            ),
        ],
    ),
)
def test_a_drug_that_was_stopped_is_restarted_and_not_reduced(results, rows, sentence):
    assert sentence in results(CK, *rows, drug("azathioprine", "50", "daily", start="20 wk"))


# Two doses on days 1 and 15, or a pulse of three days: at 20 months that course was over. Of doses that are counted
# without a day it is not known whether they were over at the relapse.
@pytest.mark.parametrize(
    ("code", "course", "when", "sentence"),
    first_in_gate(
        2,
        [
            (
                "rituximab",
                "every 2 wk",
                ("1 d", "20 mo"),
                "rituximab (2 doses) was given again at 500 mg every 2 weeks.",
            ),
            (
                "methylprednisolone_pulse",
                "daily",
                ("1 d", "20 mo"),
                "a further methylprednisolone pulse of 500 mg daily (2 doses) was given.",
            ),
            (
                "rituximab",
                "every 2 wk",
                ("1 d", "29 d"),
                "rituximab (2 doses) was reduced from 1000 to 500 mg every 2 weeks.",
            ),
            ("rituximab", "", ("1 d", "20 mo"), "rituximab 500 mg (2 doses) was given."),
        ],
    ),
)
def test_a_new_course_of_counted_doses_is_no_reduction(results, code, course, when, sentence):
    first, second = (
        drug(code, dose, course, count="2", start=at) for dose, at in zip(("1000", "500"), when, strict=True)
    )
    assert sentence in results(CK, first, second)


# Two weeks and six weeks after one flare are four weeks apart, whenever it was; 1 to 3 weeks after it may be before
# two weeks. Before the admission may be before as well as after 3 months before it.
@pytest.mark.parametrize(
    ("rows", "is_open"),
    first_in_gate(
        2,
        [
            ((("20 mo", ""), ("2 wk", "flare"), ("6 wk", "flare")), False),
            ((("-3 mo", ""), ("<0 d", "")), True),
            ((("20 mo", ""), ("2 wk", "flare"), ("1..3 wk", "flare")), True),
        ],
    ),
)
def test_the_order_of_two_times_that_count_from_one_fact_is_as_printed(results, rows, is_open):
    (flare, _), *given = rows
    drugs = [
        drug(name, start=at, anchor=anchor)
        for name, (at, anchor) in zip(("colchicine", "heparin"), given, strict=False)
    ]
    assert ("whether before or after t" in results(CK, fact("event", "flare", start=flare), *drugs)) == is_open


# One day before the drug is before it, whenever that was; one week before to one after it need not be. What was not
# later than day 0, or at the latest one day before it, was not after a drug that began there. Both after 12 and after 8
# weeks leaves open which was first.
@pytest.mark.parametrize(
    ("start", "found_at", "anchor", "is_open"),
    first_in_gate(
        2,
        [
            ("~3 mo", "-1 d", "colchicine", False),
            ("0 d", "<=0 d", "", False),
            ("-1 d", "-3..-1 d", "", False),
            ("~3 mo", "-1..1 wk", "colchicine", True),
            (">12 wk", ">8 wk", "", True),
        ],
    ),
)
def test_two_times_of_which_neither_can_be_after_the_other_are_in_no_open_order(
    results, start, found_at, anchor, is_open
):
    value = fact("observation", "crp", value="20", unit="mg/L", start=found_at, anchor=anchor)
    text = results(drug("colchicine", start=start), value)
    assert ("whether before or after t" in text) == is_open, text


@pytest.mark.parametrize(
    ("before", "after", "sentence"),
    [
        # 100 mg a day, then 80 mg a day: less, although each dose is more.
        (("50", "twice daily"), ("80", "daily"), "was reduced from 50 mg twice daily to 80 mg daily"),
        # 200 mg a day, then 100 mg a day: the same dose less often.
        (("100", "twice daily"), ("100", "daily"), "was reduced from 100 mg twice daily to 100 mg daily"),
        # 1 g, then 1500 mg, both twice a day.
        (("1", "BID", "g"), ("1500", "BID"), "was increased from 1 g twice daily to 1500 mg twice daily"),
        # How often the 60 mg were given is not reported, so neither more nor less is known.
        (("50", "twice daily"), ("60", ""), "was changed from 50 mg twice daily to 60 mg"),
        (("50", "daily"), ("60", "daily"), "was increased from 50 to 60 mg"),
    ],
)
def test_a_dose_is_held_against_the_one_before_with_how_often_each_was_given(results, before, after, sentence):
    first = drug("azathioprine", *before[:2], start="14 d", end="28 d") | {"dose_unit": [*before, "mg"][2]}
    text = results(CK, first, drug("azathioprine", *after, start="28 d"))
    assert sentence.removesuffix(" on day 28") in text


# Doses of two routes, and of two courses of which it is not told which came first, are not held against each other.
@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    first_in_gate(
        2,
        [
            (
                ("oral", "10", "0 d", "ongoing"),
                ("IV", "100", "20 d", "25 d"),
                "From day 20 to day 25, intravenous prednisone 100 mg daily was also given.",
            ),
            (
                ("IV", "40", "3 d", "20 d"),
                ("oral", "50", "21 d", ""),
                "On day 21, prednisone was changed from intravenous 40 mg daily to oral 50 mg daily.",
            ),
            (
                ("oral", "10", "0 d", ""),
                ("IV", "20", "28 d", ""),
                "On day 28, intravenous prednisone 20 mg daily was given.",
            ),
            (
                ("IV", "10", "0 d", "9 d"),
                ("oral", "20", "28 d", ""),
                "On day 28, oral prednisone was given again at 20 mg daily.",
            ),
            # The same dose goes on: by the next course, or beside the one that did.
            (
                ("oral", "10", "0 d", "20 d"),
                ("oral", "10", "20 d", "25 d"),
                "From day 20 to day 25, oral prednisone 10 mg daily was continued.",
            ),
            (
                ("oral", "10", "0 d", "ongoing"),
                ("oral", "10", "20 d", "25 d"),
                "From day 20 to day 25, oral prednisone 10 mg daily was also given.",
            ),
        ],
    ),
)
def test_a_dose_is_held_against_the_course_that_it_follows(results, first, second, sentence):
    courses = (
        drug("prednisone", dose, "daily", route=route, start=start, end=end)
        for route, dose, start, end in (first, second)
    )
    assert sentence in results(CK, *courses)


def test_a_dose_of_which_the_order_is_open_is_no_step(results):
    """40 mg from 4 weeks (day 24.5 to 31.5) and 20 mg from day 28: it is not told which came first after the 10 mg."""
    doses = (("10", "0 d", ""), ("40", "4 wk", "8 wk"), ("20", "28 d", ""))
    text = results(CK, *(drug("prednisone", dose, "daily", start=start, end=end) for dose, start, end in doses))
    assert "from 10 to 20" not in text
    assert "prednisone 20 mg daily" in text


# Two courses of which the first ends 40 days after the second begins go on side by side; where it ends on the day on
# which the second begins, or its end is not told, the dose is a step.
@pytest.mark.parametrize(
    ("end", "quote", "sentence"),
    [
        ("60 d", "", "On day 20, azathioprine 50 mg/day was also given."),
        ("60 d", "azathioprine was reduced to 50 mg", "azathioprine was reduced from 100 to 50 mg/day."),
        ("20 d", "", "azathioprine was reduced from 100 to 50 mg/day."),
        ("", "", "azathioprine was reduced from 100 to 50 mg/day."),
    ],
)
def test_a_course_beside_another_is_no_reduction_of_it(results, end, quote, sentence):
    first = drug("azathioprine", "100", start="3 d", end=end) | {"dose_unit": "mg/day"}
    assert sentence in results(CK, first, first | {"dose": "50", "start": "20 d", "end": "", "quote": quote})


# 20 mg a day is the rate, by whichever of the two columns: it is told once, and 10 mg a day are less.
@pytest.mark.parametrize(
    ("before", "after", "first", "second"),
    first_in_gate(
        3,
        [
            (("mg/day", "daily"), ("mg/day", "daily"), "20 mg/day was given", "reduced from 20 to 10 mg/day"),
            (("mg/day", "QD"), ("mg/day", ""), "20 mg/day was given", "reduced from 20 to 10 mg/day"),
            (("mg/day", "daily"), ("mg", "daily"), "20 mg/day was given", "reduced from 20 mg/day to 10 mg daily"),
            (
                ("mg/week", "weekly"),
                ("mg", "daily"),
                "20 mg/week was given",
                "increased from 20 mg/week to 10 mg daily",
            ),
            (("mg/day", "BID"), ("mg/day", "BID"), "20 mg/day (twice daily) was given", "reduced from 20 to 10 mg/day"),
            (("mg bid", "BID"), ("mg bid", ""), "20 mg twice daily was given", "reduced from 20 to 10 mg twice daily"),
            # 40 mg a day, then 5 mg a day.
            (("mg", "BID"), ("mg", "every 2 d"), "mg twice daily was given", "20 mg twice daily to 10 mg every 2 days"),
        ],
    ),
)
def test_the_rate_of_a_dose_is_told_once_and_held_against_that_before(results, before, after, first, second):
    start = drug("azathioprine", "20", before[1], start="3 d") | {"dose_unit": before[0]}
    text = results(CK, start, drug("azathioprine", "10", after[1], start="30 d") | {"dose_unit": after[0]})
    assert f"azathioprine 20 {first.removeprefix('20 ')}" in text
    assert f"{second}." in text


# What an abbreviation means stands in the manuscript, as spellings.csv asks for QD; words stay as they are typed.
@pytest.mark.parametrize(
    ("frequency", "route", "words"),
    first_in_gate(
        3,
        [
            ("QD", "PO", "oral azathioprine 50 mg once daily"),
            ("TID", "p.o.", "oral azathioprine 50 mg three times daily"),
            ("q2w", "i.v.", "intravenous azathioprine 50 mg every 2 weeks"),
            ("every 3 mo", "IV", "intravenous azathioprine 50 mg every 3 months"),
            ("every 1 a", "", "azathioprine 50 mg every year"),
            ("every 7 d", "", "azathioprine 50 mg every 7 days"),
            ("every other day", "intra-articular", "azathioprine 50 mg every other day (intra-articular)"),
        ],
    ),
)
def test_how_often_and_by_which_route_stand_in_words(results, frequency, route, words):
    row = drug("azathioprine", "50", frequency, start="3 d", route=route)
    assert f"On day 3, {words} was given." in results(CK, row)


@pytest.mark.product
def test_a_time_of_no_days_after_something_is_its_day(results, case_of):
    rows = [
        CK,
        fact("adverse_event", "herpes_zoster", start="10 d"),
        drug("aciclovir", start="0 d", end="1 wk", anchor="herpes_zoster"),
        drug("rituximab", "1000", start="30 d"),
        fact("adverse_event", "infusion_reaction", start="0 d", anchor="rituximab", grade="1"),
    ]
    text = results(*rows)
    assert "On the same day, aciclovir was given until 1 week after herpes zoster" in text
    assert "On the same day, she developed an infusion reaction (grade 1)." in text
    assert "0 days" not in text
    assert summarise_given(case_of(*rows)).frame["When"].tolist() == ["the day of herpes zoster", "day 30"]


@pytest.mark.product
def test_an_end_is_told_with_its_own_time(results, case_of):
    rows = [
        drug("hydroxychloroquine", start="-2 a", end="<0 d"),
        drug("methotrexate", start="-14 d", end="0 d"),
        CK,
        drug("prednisone", start="1 d", end="stopped"),
        drug("azathioprine", "50", start="1 d"),
        drug("heparin", start="5 d", end="<9 d"),
    ]
    text = results(*rows)
    assert "from two years before admission until some time before admission, hydroxychloroquine was given" in text
    assert "From fourteen days before admission until day 0, methotrexate was given" in text
    assert "prednisone (dose not reported; later stopped)" in text
    assert "From day 5 until some time before day 9, heparin was given" in text
    assert "until some time before admission" in summarise_given(case_of(*rows)).frame["Duration or end"].tolist()
    dated = [CK | {"start": "2024-01-02"}, drug("methotrexate", start="2024-01-05", end="2024-02")]
    about = "analysis: {baseline: first}\ntime: calendar\npatient: {sex: female}"
    assert "From 5 January 2024 until February 2024, methotrexate was given" in results(*dated, about=about)


@pytest.mark.product
def test_what_goes_on_has_its_time_before_it(results):
    rows = [drug("leflunomide", start="-3 mo", end="ongoing"), CK | {"start": "1 d"}]
    text = results(CK | {"start": "-1 a"}, *rows)
    assert "Three months before admission, leflunomide was given and continued" in text


@pytest.mark.product
def test_an_end_that_an_event_tells_is_told_once(results):
    text = results(CK, drug("azathioprine", start="1 d", end="4 wk"), STOPPED)
    assert "On day 1, azathioprine was given (dose not reported). At 4 weeks, azathioprine was stopped." in text


@pytest.mark.product
def test_who_was_lost_to_follow_up_is_the_patient(results):
    lost = fact("event", "loss_to_follow_up", start="9 d")
    assert "On day 9, she was lost to follow-up." in results(CK, lost)


@pytest.mark.parametrize(
    ("quote", "when"),
    [
        ("1.6 liters was drained over the following 24 hours", "Over the following 24 hours, 1.6 L"),
        ("1.6 liters had been drained at 24 hours", "At 24 hours, 1.6 L"),
    ],
)
def test_what_was_drained_over_a_time_is_not_told_as_of_its_end(results, quote, when):
    rows = [
        fact("procedure", "pericardiocentesis", start="0 h"),
        fact("observation", "pericardial_drained_volume", start="24 h", value="1.6", unit="L", quote=quote),
    ]
    assert when in results(*rows)


@pytest.mark.product
def test_a_plan_and_a_taper_in_words_are_told_beside_a_dose(results, case_of):
    """Both stand in quotation marks where they are the words of the source; neither is an end."""
    plan = '""for 6 months (then less)"" is a plan at the discharge'
    rows = [
        CK,
        drug("colchicine", "0.5", "twice daily", start="5 d", note=plan),
        drug("ibuprofen", "600", "daily", start="6 d", note="printed 'tapering as per guidelines'"),
        drug("prednisone", "40", "daily", start="7 d", note="tapered by 5 mg a week"),
    ]
    text = results(*rows)
    assert "colchicine 0.5 mg twice daily was given (planned at the discharge ‘for 6 months’)" in text
    assert "ibuprofen 600 mg daily (‘tapering as per guidelines’) was given" in text
    assert "prednisone 40 mg daily was given (tapered by 5 mg a week)" in text
    assert summarise_given(case_of(*rows)).frame["Duration or end"].tolist() == [
        "planned at the discharge ‘for 6 months (then less)’; end not reported",
        "‘tapering as per guidelines’; end not reported",
        "tapered by 5 mg a week; end not reported",
    ]


def test_a_taper_without_its_steps_is_no_constant_dose(results, case_of):
    """60 mg daily for half a year were not given: neither the sentence nor a count of doses says so."""
    course = {"start": "1 d", "end": "6 mo", "note": "tapering; doses not reported"}
    rows = [CK, drug("prednisone", "60", "daily", **course)]
    sentence = "On day 1, prednisone 60 mg daily (then tapered, doses not reported) was given until 6 months."
    assert sentence in results(*rows)
    table = summarise_given(case_of(*rows))
    assert table.frame["Duration or end"].tolist() == ["then tapered, doses not reported; until 6 months"]
    assert "Not reported of the treatment: route, number of doses or sessions." in table.notes


# A course ends by a phase: by its name, unless that or a row of it tells what was given or stopped then.
@pytest.mark.parametrize(
    ("name", "row", "ends"),
    first_in_gate(
        2,
        [
            ("Treatment failure", drug("rituximab"), "was given until treatment failure."),
            ("Tacrolimus stopped", fact("event", "tacrolimus_stopped"), "was given."),
            ("Rash found", drug("rituximab"), "was given until the rash was found."),
            ("Second admission", drug("rituximab"), "was given until the second admission."),
            ("Rituximab", drug("rituximab"), "was given."),
            # Neither is what ends a course.
            ("Outcome", drug("rituximab"), "was given."),
            ("Last seen", drug("rituximab"), "was given."),
            ("Treatment failure", drug("rituximab", note="in place of tacrolimus"), "was given."),
        ],
    ),
)
def test_a_course_that_ends_by_a_phase_is_told_until_then(case_of, name, row, ends):
    rows = [CK | {"phase": "1"}, drug("tacrolimus", "3", "daily", phase="1", start="1 d", end="phase 2")]
    rows += [row | {"phase": "2"}, fact("observation", "ck", phase="2", start="36 mo", value="9", unit="U/L")]
    analysis = case_of(*rows, phases=f"1: Presentation, 2: {name}")
    assert f"tacrolimus 3 mg daily {ends}" in " ".join(map(text_of, results_passages(analysis)))
    # Daily from day 1 to some day up to month 36: 1 to about 1100 doses.
    assert "11" not in summarise_given(analysis).frame.to_string()


def test_a_dose_in_words_stands_in_the_column_of_doses(case_of):
    rows = [
        CK,
        drug("glucocorticoids", note="printed 'high-dose pulsed corticosteroids'"),
        drug("prednisone", note="printed 'tapered off by 2.5 mg every week'"),
    ]
    table = summarise_given(case_of(*(row | {"phase": "1"} for row in rows)))
    assert table.frame["Dose"].tolist() == ["‘high-dose pulsed corticosteroids’", "‘tapered off by 2.5 mg every week’"]


def test_a_time_in_words_is_not_said_to_be_missing(case_of):
    simvastatin = drug("simvastatin", phase="1", quote="simvastatin at age 59", note="at age 59")
    table = summarise_given(case_of(simvastatin, drug("atorvastatin", phase="2"), phases="1: First statin, 2: Relapse"))
    assert table.frame["When"].tolist() == ["First statin; ‘at age 59’ᵃ", "Relapseᵇ"]
    assert table.notes[:2] == (
        "ᵃ The time as printed has no place on an axis; the place in the account is shown.",
        "ᵇ The source gives no time; the place in the account is shown.",
    )


@pytest.mark.product
def test_what_is_open_of_treatments_without_a_dose_stands_in_one_bracket(results):
    note = "before or after the relapse is not told"
    rows = [CK | {"phase": "1", "start": ""}, drug("pravastatin", phase="2"), drug("simvastatin", phase="2", note=note)]
    words = "Pravastatin and simvastatin were given (doses, and whether {}before or after the relapse, not reported)."
    phases = "1: Presentation, 2: Statin"
    assert words.format("simvastatin was given ") in results(*rows, phases=phases)
    rows[1]["note"] = note
    assert words.format("") in results(*rows, phases=phases)


@pytest.mark.product
def test_a_trial_of_drugs_that_are_not_named_lacks_its_drugs(results):
    trial = drug("trial_of_medical_therapy", phase="2", note="drugs not reported")
    text = results(CK | {"phase": "1", "start": ""}, trial, phases="1: Presentation, 2: Therapy")
    assert "A trial of medical therapy was undertaken (drugs not reported)." in text


@pytest.mark.product
def test_an_adverse_event_has_its_relation_in_the_words_of_the_source(results):
    """In quotation marks only where a quote prints them; the words themselves say `related`."""
    event = fact("adverse_event", "urticaria", start="3 d", grade="2", related="possibly related to a drug")
    assert "urticaria (grade 2; possibly related to a drug according to the source)" in results(CK, event)
    event["quote"] = "urticaria, possibly related to a drug"
    assert "urticaria (grade 2; ‘possibly related to a drug’)" in results(CK, event)
    # The bare name of a drug says nothing of a relation, whether a quote prints the name or not.
    for quote in ("urticaria", "urticaria after rituximab"):
        event |= {"quote": quote, "related": "rituximab"}
        assert "urticaria (grade 2; related to rituximab according to the source)" in results(CK, event)


@pytest.mark.parametrize(
    ("code", "quote", "words"),
    first_in_gate(
        2,
        [
            ("delivery", "", "she gave birth."),
            ("first_visit", "", "she was first seen."),
            ("lost_to_follow-up", "", "she was lost to follow-up."),
            (
                "rituximab_dose_missed",
                "missed due to an infection",
                "the rituximab dose was missed because of ‘an infection’.",
            ),
            ("rituximab_dose_postponed", "", "the rituximab dose was postponed."),
        ],
    ),
)
def test_what_happened_to_a_patient_or_a_dose_has_its_verb_and_reason(results, code, quote, words):
    assert words in results(CK, fact("event", code, start="3 d", quote=quote))


@pytest.mark.product
def test_what_is_open_of_an_event_is_told(results):
    quote = "Azathioprine was permanently discontinued"
    rows = [
        CK | {"phase": "1", "start": ""},
        fact("event", "azathioprine_stopped", phase="2", quote=quote),
        fact("event", "symptom_onset", phase="2", start="-1 a", note="before or after the end of a drug is not told"),
        fact("event", "diagnosis", phase="3", note="its day is not told"),
        fact("event", "lupus_flare", phase="3", note="when it began is not said"),
    ]
    text = results(*rows, phases="1: Screening, 2: Stop, 3: Later")
    assert "Azathioprine was ‘permanently discontinued’" in text
    assert "ymptoms began 1 year before admission (whether before or after the end of a drug is not reported)" in text
    assert "the diagnosis was made (day not reported)" in text.lower()
    assert "a lupus flare (start not reported) occurred" in text.lower()


def test_a_finding_of_which_the_source_does_not_say_when_it_was_found_has_no_time(results):
    note = "size not read; when it was found is not said"
    finding = fact("observation", "cardiac_tamponade", phase="1", state="present", note=note)
    text = results(finding, phases="1: Before pericardiocentesis")
    assert "cardiac tamponade was found (time not reported)" in text


def test_what_goes_on_without_a_break_has_no_sessions(case_of):
    rows = [
        CK,
        fact("procedure", "mechanical_ventilation", start="0 d", end="19 d"),
        fact("procedure", "haemodialysis", start="3 d", note="number of sessions not reported"),
        fact("procedure", "pericardiocentesis", start="4 d", count="2"),
    ]
    frame = summarise_given(case_of(*rows)).frame
    assert frame["Number of doses or sessions"].tolist() == ["–", "not reported", "2"]
    assert frame["Duration or end"].tolist() == ["until day 19", "–", "not reported"]


WHO = "analysis: {baseline: first}\npatient: {sex: male, age: 30}\ndiagnosis: pericarditis\nphases: {%s}"


@pytest.mark.product
def test_the_first_sentence_has_the_patient_as_its_subject_or_a_day_of_its_own(results):
    """`In a man with X, on day 1, Y was given` has two phrases in front of its verb."""
    vaccine = drug("vaccine", start="1 d", count="1")
    assert results(vaccine, CK | {"start": "3 d"}, about=WHO).startswith(
        "A 30-year-old man with pericarditis received a single dose of vaccine on day 1."
    )
    weekly = drug("methotrexate", "10", "weekly", start="1 d")
    assert results(weekly, CK | {"start": "3 d"}, about=WHO).startswith(
        "A 30-year-old man with pericarditis was started on methotrexate 10 mg weekly on day 1."
    )
    assert results(CK | {"start": "3 d"}, about=WHO).startswith(
        "The patient was a 30-year-old man with pericarditis. On day 3, creatine kinase was 900 U/L"
    )


@pytest.mark.product
def test_the_end_of_a_course_in_a_phase_is_told_where_nothing_there_tells_it(results):
    rows = [CK | {"phase": "1", "start": ""}, drug("methotrexate", phase="1", end="phase 2")]
    phases = "1: Presentation, 2: Second relapse"
    later = CK | {"phase": "2", "start": ""}
    assert "ethotrexate was given until the second relapse" in results(*rows, later, phases=phases)
    stopped = fact("event", "methotrexate_stopped", phase="2")
    text = results(*rows, later, stopped, phases=phases)
    assert "until the second relapse" not in text and "methotrexate was stopped" in text


# What a name says of itself by its last word is its verb; a treatment is started, and what is none starts.
@pytest.mark.parametrize(
    ("kind", "code", "end", "sentence"),
    first_in_gate(
        3,
        [
            ("event", "haemodialysis_started", "", "haemodialysis was started"),
            ("event", "rituximab_restarted", "", "rituximab was restarted"),
            ("event", "fever_started", "", "fever started"),
            ("event", "dose_reduced", "", "the dose was reduced"),
            ("event", "wound_healed", "", "the wound healed"),
            ("event", "gastrointestinal_bleed", "", "gastrointestinal bleed occurred"),
            ("procedure", "haemodialysis", "ongoing", "haemodialysis was begun and continued"),
            ("procedure", "haemodialysis", "", "haemodialysis was performed"),
        ],
    ),
)
def test_what_happened_has_the_verb_of_its_name(results, kind, code, end, sentence):
    assert f"On day 5, {sentence}." in results(CK, fact(kind, code, start="5 d", end=end))


# Of a first course the taper stands beside the drug; of one that was given before it is what happened.
@pytest.mark.parametrize(
    ("before", "sentence"),
    [
        ([], "azathioprine (tapered to 5 mg/day over 6 months) was given (dose not reported)."),
        (
            [drug("azathioprine", "40", "daily", start="3 d")],
            "azathioprine was tapered to 5 mg/day over 6 months (doses in between not reported).",
        ),
    ],
)
def test_the_taper_of_a_dose_without_a_number_is_told(results, before, sentence):
    taper = drug("azathioprine", start="30 d", note="tapered to 5 mg/day over 6 months")
    assert f"On day 30, {sentence}" in results(CK, *before, taper)


# Whether a drug of which no end is told went on under another of its group is not told, unless the source says so.
@pytest.mark.parametrize(
    ("end", "quote", "sentence"),
    first_in_gate(
        1,
        [
            ("", "", "prednisolone 60 mg daily was given"),
            ("", "prednisolone was increased to 60 mg", "prednisolone was increased from 20 to 60 mg"),
            ("30 d", "", "prednisolone was increased from 20 to 60 mg"),
        ],
    ),
)
def test_a_dose_is_no_increase_where_another_glucocorticoid_was_given_in_between(results, end, quote, sentence):
    text = results(
        CK,
        drug("prednisolone", "20", "daily", start="1 d", end=end),
        drug("methylprednisolone_pulse", "500", "daily", start="8 d", count="3"),
        drug("prednisolone", "60", "daily", start="30 d", quote=quote),
    )
    assert sentence in text


# Of three drugs at one moment a height tells the dose of the first; the dose of neither other is reported.
@pytest.mark.product
def test_a_dose_in_words_is_not_among_those_that_are_not_reported(results):
    day = {"start": "1 d"}
    heparin = drug("heparin", note="'therapeutic dose'", **day)
    text = results(CK, heparin, drug("clopidogrel", **day), drug("iloprost", **day))
    assert "eparin (‘therapeutic dose’), clopidogrel and iloprost were given (doses of clopidogrel and iloprost" in text
    alone = results(CK, drug("glucocorticoids", note="printed 'high-dose corticosteroids'", **day))
    assert "lucocorticoids (‘high-dose corticosteroids’) were given." in alone and "dose not reported" not in alone
    pulse = drug("intravenous_pulse", note="drug and dose not told; 'high dose'", **day)
    assert "(drug not reported)" in results(CK, pulse)
    # Where only the place is open, that is all that is not reported.
    place = "printed 'high-dose corticosteroids'; before or after the relapse is not told"
    steroids = results(CK, drug("glucocorticoids", note=place, **day))
    assert "(whether before or after the relapse is not reported)" in steroids and "dose not" not in steroids


@pytest.mark.product
def test_the_length_of_a_course_that_stopped_is_told_as_printed(results):
    """A note has it without quotation marks from its quote; of a pulse, of a count of doses and of a changed dose."""
    week = {"start": "9 d", "end": "stopped", "note": "1 week", "quote": "recovered after 1 week of it"}
    assert "pulse (‘1 week’) was given (dose not reported)" in results(CK, drug("methylprednisolone_pulse", **week))
    assert "drug (3 doses; ‘1 week’) was given" in results(CK, drug("a_drug", count="3", **week))
    rows = [drug("a_drug", "5", "daily", start="1 d"), drug("a_drug", "10", "daily", **week)]
    assert "was increased from 5 to 10 mg (‘1 week’)" in results(CK, *rows)


@pytest.mark.product
def test_the_length_of_what_was_performed_is_told_once(results):
    """Both were done over a week: it stands behind their verb; of two lengths each stands with its own."""
    exchange = fact("procedure", "plasma_exchange", count="5", start="1 d", end="stopped", note="'over 1 week'")
    dialysis = fact("procedure", "haemodialysis", count="2", start="1 d", end="stopped", note="'over 1 week'")
    both = "lasma exchange (5 sessions) and haemodialysis (2 sessions) were performed (‘over 1 week’)"
    assert both in results(CK, exchange, dialysis)
    assert "lasma exchange (5 sessions) was performed (‘over 1 week’)" in results(CK, exchange)
    two = results(CK, exchange, dialysis | {"note": "'over 2 weeks'"})
    assert "(5 sessions; ‘over 1 week’) and haemodialysis (2 sessions; ‘over 2 weeks’) were performed" in two


@pytest.mark.parametrize(
    ("row", "clause"),
    [
        (drug("prednisolone", "5", phase="1", quote="prednisolone was given"), "prednisolone 5 mg was given"),
        (fact("procedure", "pericardiocentesis", phase="1"), "pericardiocentesis was performed"),
        (fact("event", "relapse", phase="1"), "the disease relapsed"),
        (fact("adverse_event", "fever", phase="1", grade="2"), "developed fever (grade 2)"),
        (fact("observation", "mrss", phase="1", value="2"), "the modified Rodnan skin score (mRSS) was 2 of 51"),
    ],
)
def test_what_two_rows_of_a_moment_state_is_told_once_and_noted(case_of, row, clause):
    analysis = case_of(row, row)
    told = " ".join(map(text_of, results_passages(analysis)))
    assert told.endswith(f" {clause}.") and " and " not in told
    again = [note for note in analysis.case.notes if "says again" in note]
    assert again == ["a/timeline.csv, line 3: says again what an earlier line says of the same moment"]


# With another note, or in other words of the same source, it may have been twice; by another source it is one.
@pytest.mark.parametrize(
    ("one", "other", "times"),
    [
        ({}, {"note": "in the evening"}, 2),
        ({"quote": "a first dose"}, {"quote": "a second dose"}, 2),
        ({"quote": "a first dose"}, {"quote": "one dose was given", "source": "letter"}, 1),
        ({"frequency": "daily"}, {"frequency": "once daily", "source": "letter"}, 1),
    ],
)
def test_only_what_two_sources_or_the_same_words_state_is_one_fact(case_of, one, other, times):
    row = drug("prednisolone", "5", phase="1")
    analysis = case_of({**row, **one}, {**row, **other})
    assert any("says again" in note for note in analysis.case.notes) is (times == 1)
    assert " ".join(map(text_of, results_passages(analysis))).casefold().count("prednisolone") == times


# What `related` holds in one word has its noun; what names a drug or says who judged has all of it.
@pytest.mark.parametrize(
    ("related", "words"),
    first_in_gate(
        3,
        [
            ("yes", "(grade 2; related to treatment according to the source)"),
            ("not reported", "(grade 2; relation to treatment not reported)"),
            ("related to a drug, in the opinion of the physicians", "(grade 2; {})"),
            ("no", "(grade 2; not related to treatment according to the source)"),
            ("Not related", "(grade 2; not related to treatment according to the source)"),
            ("possible", "(grade 2; possibly related to treatment according to the source)"),
            ("probably related", "(grade 2; probably related to treatment according to the source)"),
            ("unlikely", "(grade 2; unlikely to be related to treatment according to the source)"),
            ("unknown", "(grade 2; relation to treatment not known according to the source)"),
            ("azathioprine", "(grade 2; related to azathioprine according to the source)"),
            ("mycophenolate_mofetil", "(grade 2; related to mycophenolate mofetil according to the source)"),
            ("Not related to B drug", "(grade 2; not related to B drug according to the source)"),
            ("unclear", "(grade 2; relation to treatment unclear according to the source)"),
            ("Not determined", "(grade 2; relation to treatment not determined according to the source)"),
            ("Suspected", "(grade 2; relation to treatment suspected according to the source)"),
            ("NA", "(grade 2; relation to treatment not reported)"),
            ("definitely not", "(grade 2; definitely not related to treatment according to the source)"),
            ("probably_not_related", "(grade 2; probably not related to treatment according to the source)"),
            ("very likely", "(grade 2; very likely to be related to treatment according to the source)"),
            ("immune-mediated", "(grade 2; immune-mediated according to the source)"),
            ("possibly related to a drug", "(grade 2; {} according to the source)"),
            ("vaccine-related", "(grade 2; ‘vaccine-related’)"),
        ],
    ),
)
def test_a_relation_in_one_word_says_to_what(results, related, words):
    rash = fact("adverse_event", "rash", start="9 d", grade="2", related=related, quote="no eyes, vaccine-related rash")
    assert f"she developed a rash {words.format(related)}" in results(CK, rash)


@pytest.mark.parametrize(
    ("related", "words"),
    [
        # A gap that is typed short is one, whatever word of a quote holds its letters.
        ("na", "relation to treatment not reported"),
        ("N/A", "relation to treatment not reported"),
        # The quote has vaccines, and no vaccine.
        ("vaccine", "vaccine according to the source"),
        ("vaccines", "‘vaccines’"),
    ],
)
def test_a_relation_is_printed_where_a_quote_has_its_whole_words(results, related, words):
    rash = fact("adverse_event", "rash", start="9 d", grade="2", related=related, quote="nausea, vaccines, rash")
    assert f"she developed a rash (grade 2; {words})" in results(CK, rash)


def test_a_bound_of_a_grade_has_its_sign(results):
    assert "she developed a rash (grade ≥3)" in results(CK, fact("adverse_event", "rash", start="9 d", grade=">=3"))


@pytest.mark.product
def test_an_adverse_event_that_is_told_as_a_finding_has_its_relation(results):
    seen = fact("observation", "pericarditis", start="3 d", state="present")
    event = fact("adverse_event", "pericarditis", start="3 d", grade="2")
    of_grade = "the pericarditis was of grade 2"
    for related, words in (
        ("yes", f"{of_grade} and related to treatment according to the source"),
        ("not reported", f"{of_grade} (relation to treatment not reported)"),
    ):
        assert words in results(CK, seen, {**event, "related": related})


@pytest.mark.product
def test_a_dose_that_is_given_more_than_once_a_day_changes_with_its_schedule(results):
    def changed(often):
        first, then = (
            drug("azathioprine", dose, often, start=start) for dose, start in (("50", "7 d"), ("100", "9 d"))
        )
        return results(CK, {**first, "end": "8 d"}, then)

    assert "azathioprine was increased from 50 to 100 mg twice daily" in changed("twice daily")
    assert "azathioprine was increased from 50 to 100 mg." in changed("daily")


def test_what_a_source_prints_as_a_clause_is_no_verb_of_ours_and_stays_as_printed(results):
    satisfied = fact("statement", "patient_satisfied", start="9 d", note="printed 'the patient was satisfied with it'")
    about = ABOUT.replace("sex: female", "age: 40, sex: female") + "\ndiagnosis: lupus"
    told = results(CK, satisfied, about=about)
    assert "the authors stated ‘the patient was satisfied with it’" in told


@pytest.mark.parametrize(
    ("code", "words"),
    first_in_gate(
        2,
        [
            ("no_autopsy", "no autopsy was performed"),
            ("no_hospital_admission", "there was no hospital admission"),
            ("no_blood_transfusions", "there were no blood transfusions"),
            ("no_drainage_required", "no drainage was required"),
            ("no_antibiotics_given", "no antibiotics were given"),
            ("no_renal_biopsies", "no renal biopsies were performed"),
            ("no_pericardiectomy", "no pericardiectomy was performed"),
            ("no_rituximab", "no rituximab was given"),
            ("no_renal_biopsy_reported", "no renal biopsy was reported"),
        ],
    ),
)
def test_what_was_not_done_does_not_read_as_silence(results, code, words):
    assert words in results(CK, fact("event", code, start="9 d"))


# What began not later than the admission, and did not end before it, was being given then.
@pytest.mark.parametrize(
    ("start", "end", "words"),
    first_in_gate(
        1,
        [
            (
                "<=0 d",
                "ongoing",
                "At admission, C-reactive protein was 20 mg/L, and oral colchicine 1 mg daily was being given and",
            ),
            (
                "<0 d",
                "3 mo",
                "oral colchicine 1 mg daily was already being given and continued until 3 months.",
            ),
            ("<0 d", "", "oral colchicine 1 mg daily was given. On day 0,"),
            ("<0 d", "-3 d", "was given until 3 days before admission."),
        ],
    ),
)
def test_what_began_at_an_open_time_before_day_0_and_went_on_was_being_given_then(results, start, end, words):
    taken = drug("colchicine", "1", "daily", start=start, end=end, route="oral")
    crp = fact("observation", "crp", value="20", unit="mg/L", start="0 d")
    text = results(fact("event", "relapse", start="-10 d"), crp, taken)
    assert words in text, text


@pytest.mark.parametrize(
    ("rows", "sentences"),
    first_in_gate(
        1,
        [
            # What was over on day 0 before what went on; this with what was found that day.
            (
                [
                    drug("colchicine", "1", "daily", start="<0 d", end="ongoing"),
                    drug("methotrexate", "15", "weekly", start="<=0 d", end="90 d"),
                    drug("azathioprine", start="<0 d", end="0 d"),
                    fact("observation", "crp", value="20", unit="mg/L", start="0 d"),
                ],
                [
                    "azathioprine was given until day 0",
                    "At admission, colchicine",
                    "methotrexate",
                    "C-reactive protein was 20",
                ],
            ),
            # Nothing else is of day 0: behind what was before it all the same.
            (
                [
                    drug("colchicine", "1", "daily", start="<0 d", end="ongoing"),
                    fact("observation", "crp", value="20", unit="mg/L", start="-3 d"),
                    fact("procedure", "pericardiocentesis", start="<0 d"),
                ],
                ["C-reactive protein was 20", "pericardiocentesis", "At admission, colchicine"],
            ),
            # An event dates the stop, on day 20.
            (
                [
                    drug("methotrexate", start="<0 d", end="stopped"),
                    fact("event", "methotrexate_stopped", start="20 d"),
                    fact("observation", "crp", value="20", unit="mg/L", start="-3 d"),
                ],
                [
                    "C-reactive protein was 20",
                    "At admission, methotrexate was already being given",
                    "methotrexate was stopped",
                ],
            ),
        ],
    ),
)
def test_what_was_being_given_at_day_0_is_told_behind_what_was_over_before_it(results, rows, sentences):
    text = results(*rows)
    places = [text.find(words) for words in sentences]
    assert -1 not in places and places == sorted(places), text
    assert "On day 0" not in text and "On the day of" not in text


def test_a_death_is_told_last_of_its_moment_and_what_lasted_until_it_keeps_its_time(results):
    course = [drug("colchicine", "1", "daily", start="0 d", end="ongoing"), CK]
    then = [fact("event", "relapse"), fact("event", "death"), drug("rituximab", end="ongoing")]
    text = results(*course, *({**row, "start": "10 d"} for row in then))
    assert "n day 0, colchicine 1 mg daily was given" in text and "creatine kinase was 900 U/L" in text, text
    assert "rituximab" in text and text.index(" died") > text.index("rituximab") > text.index("relapsed"), text


@pytest.mark.parametrize("kind", ["event", "adverse_event"])
def test_what_began_after_a_death_did_not_last_until_it(case_of, kind):
    """The death of day 10 and a drug from day 20 contradict each other; a drug from day 0 was given until it."""
    drugs = [drug("colchicine", "1", "daily", start=start, end="ongoing") for start in ("0 d", "20 d")]
    table = summarise_given(case_of(*drugs, fact(kind, "death", start="10 d"))).frame
    assert table["Duration or end"].tolist() == ["until death", "ongoing"]


def test_a_changed_dose_that_was_stopped_at_a_time_not_reported_is_told_as_stopped(results):
    first = drug("prednisone", "30", "daily", start="4 wk", end="8 wk")
    text = results(CK, first, drug("prednisone", "10", "daily", start="8 wk", end="stopped"))
    assert "prednisone was reduced from 30 to 10 mg and later stopped." in text, text


def test_a_course_that_ended_before_a_moment_is_told_before_it(results):
    """Before the admission and until 60 days before it: it began more than 60 days before it, as what followed did."""
    later = drug("prednisone", "20", "daily", start="-60 d", end="ongoing")
    earlier = drug("prednisone", "10", "daily", start="<0 d", end="-60 d")
    crp = fact("observation", "crp", value="20", unit="mg/L", start="-2 d")
    text = results(later, earlier, crp)
    assert text.index("10 mg daily was given until 60 days before") < text.index("increased from 10 to 20 mg"), text
    assert "whether before or after" not in text


@pytest.mark.product
def test_two_values_of_one_stretch_of_time_have_no_order(results):
    """Both more than 12 weeks after the admission: in which order is open. Of two measures nobody asks."""
    first, second = (fact("observation", "crp", value=value, unit="mg/L") for value in ("20", "30"))
    text = results(CK, first | {"start": ">12 wk"}, second | {"start": ">12 wk"})
    assert "(in which order is not reported)" in text, text
    ldh = fact("observation", "ldh", value="300", unit="U/L", start=">12 wk")
    assert "in which order" not in results(CK, first | {"start": ">12 wk"}, ldh)


@pytest.mark.product
def test_the_verb_of_a_quote_that_names_a_drug_by_its_abbreviation_is_told(results):
    first = drug("mycophenolate_mofetil", phase="1", start="1 d", note="dose not reported")
    later = drug("mycophenolate_mofetil", "1000", "twice daily", phase="2", start="60 d")
    text = results(CK | {"phase": "1"}, first, later | {"quote": "MMF was uptitrated to 1 g BD."}, phases="1: A, 2: B")
    assert "mycophenolate mofetil was increased to 1000 mg twice daily." in text, text
    text = results(CK | {"phase": "1"}, first, later | {"quote": "MMF 1 g BD."}, phases="1: A, 2: B")
    assert "increased" not in text, text


_DEATH = fact("event", "death", start="3 a")


# What is given on a day is not given on that day until death; and of two drugs the one that was is named.
@pytest.mark.parametrize(
    ("rows", "words"),
    first_in_gate(
        2,
        [
            (
                [drug("nintedanib", "150", "daily", start="2 d", end="ongoing")],
                "nintedanib 150 mg daily was given and continued until death.",
            ),
            (
                [drug("macitentan", "10", start="2 d"), drug("tadalafil", "40", start="2 d", end="ongoing")],
                "macitentan 10 mg and tadalafil 40 mg (tadalafil until death) were given.",
            ),
            (
                [drug("macitentan", "10", start="2 d", end="ongoing"), drug("tadalafil", "40", start="2 d")],
                "macitentan 10 mg (until death) and tadalafil 40 mg were given.",
            ),
            (
                [drug("macitentan", "10", start="2 d"), drug("tadalafil", "40", start="2 d", end="9 d")],
                "macitentan 10 mg and tadalafil 40 mg (tadalafil until day 9) were given.",
            ),
            (
                [
                    drug("nintedanib", "150", "daily", start="2 d", end="9 d"),
                    drug("nintedanib", "100", "daily", start="90 d", end="ongoing"),
                    fact("event", "nintedanib_stopped", start="9 d"),
                ],
                "nintedanib was restarted at 100 mg daily and continued until death.",
            ),
            (
                [
                    drug("nintedanib", "150", "daily", start="2 d", end="9 d"),
                    drug("nintedanib", "100", "daily", start="10 d", end="ongoing"),
                ],
                "nintedanib was reduced from 150 to 100 mg (given until death).",
            ),
        ],
    ),
)
def test_what_went_on_until_death_is_told_of_the_drug_that_did(results, rows, words):
    assert words in results(CK, *rows, _DEATH)


# A note by which the dose fell or rose within its course makes the number that of the beginning. What comes next is
# held against the dose that the change led to; where that is not told, against none.
@pytest.mark.parametrize(
    ("note", "sentence"),
    first_in_gate(
        3,
        [
            ("tapered to 10 mg/day", "prednisone was increased from 10 to 30 mg/day (given until 5 months)."),
            ("slowly tapered to 10 mg", "prednisone was increased from 10 to 30 mg/day (given until 5 months)."),
            ("tapered by 5 mg a week", "prednisone 30 mg/day was given until 5 months."),
            ("printed 'tapered to 10 mg/day over 3 months'", "prednisone was increased from 10 to 30 mg/day"),
            ("tapered", "prednisone 30 mg/day was given until 5 months."),
            ("reduced stepwise", "prednisone 30 mg/day was given until 5 months."),
            ("titrated", "prednisone 30 mg/day was given until 5 months."),
            ("increased to 60 mg/day", "prednisone was reduced from 60 to 30 mg/day (given until 5 months)."),
            ("tapered to 30 mg/day", "prednisone 30 mg/day was continued until 5 months."),
            ("tapered to 0 over 3 months", "prednisone was given again at 30 mg/day until 5 months."),
            # The dose of a row that a change led to, and a change that did not come, are of the whole course.
            ("tapered to 40 mg/day", "prednisone was reduced from 40 to 30 mg/day (given until 5 months)."),
            ("tapering failed", "prednisone was reduced from 40 to 30 mg/day (given until 5 months)."),
        ],
    ),
)
def test_a_dose_is_held_against_the_one_that_a_taper_led_to(results, note, sentence):
    course = drug("prednisone", "40", start="0 d", end="3 mo", note=note) | {"dose_unit": "mg/day"}
    later = course | {"dose": "30", "start": "3 mo", "end": "5 mo", "note": ""}
    assert f"At 3 months, {sentence.removesuffix('.')}" in results(CK, course, later)


def test_a_taper_that_only_the_quote_tells_is_no_dose_of_the_whole_course(results):
    """The quote of the first row: 40 mg fell to 10 mg, so 30 mg are more."""
    quote = "Prednisone 40 mg/day was given and then gradually tapered to 10 mg/day."
    course = drug("prednisone", "40", start="0 d", end="3 mo", quote=quote) | {"dose_unit": "mg/day"}
    later = course | {"dose": "30", "start": "3 mo", "end": "", "quote": ""}
    assert "prednisone was increased from 10 to 30 mg/day." in results(CK, course, later)


# What a note tells of a change is told, once and in one bracket with the end.
@pytest.mark.parametrize(
    ("dose", "note", "sentence"),
    first_in_gate(
        2,
        [
            ("30", "tapered", "was reduced from 60 to 30 mg/day (given until 3 months; tapered)."),
            ("30", "slowly tapered to 10 mg/day", "(given until 3 months; slowly tapered to 10 mg/day)."),
            ("30", "tapered to 10 mg; raised to 30 mg", "(given until 3 months; tapered to 10 mg; raised to 30 mg)."),
            ("30", "tapered prednisone to 10 mg", "(given until 3 months; tapered prednisone to 10 mg)."),
            (
                "",
                "tapered to 10 mg/day over 2 months",
                "was tapered to 10 mg/day over 2 months (given until 3 months; doses in between not reported).",
            ),
            ("", "tapered", "prednisone was tapered until 3 months (doses not reported)."),
        ],
    ),
)
def test_a_taper_is_told_in_one_bracket_with_its_end(results, dose, note, sentence):
    first = drug("prednisone", "60", start="0 d", end="30 d") | {"dose_unit": "mg/day"}
    course = first | {"dose": dose, "dose_unit": dose and "mg/day", "start": "30 d", "end": "3 mo", "note": note}
    assert sentence in results(CK, first, course)


# Start and end of one course stand together where they are told alike; days and months are not.
@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    first_in_gate(
        2,
        [
            ("4 d", "8 d", "From day 4 to day 8, prednisolone 5 mg daily was given."),
            ("-3 mo", "-1 mo", "From 3 months to 1 month before admission, prednisolone 5 mg daily was given."),
            ("-10 d", "-3 d", "From 10 to 3 days before admission, prednisolone 5 mg daily was given."),
            ("4 d", "3 mo", "On day 4, prednisolone 5 mg daily was given until 3 months."),
            # What goes on behind time zero counts from there, as its start does.
            (
                "-2 wk",
                "3 mo",
                "From two weeks before admission until 3 months after it, prednisolone 5 mg daily was given.",
            ),
            ("-2 wk", "9 d", "From two weeks before admission until day 9, prednisolone 5 mg daily was given."),
            # Ends with a sign: after 6 months, and at 6 months or after them; before 3 months, and not after them.
            (
                "4 d",
                ">6 mo",
                "From day 4 until later than 6 months after admission, prednisolone 5 mg daily was given.",
            ),
            ("4 d", ">=6 mo", "From day 4 until 6 months after admission or later, prednisolone 5 mg daily was given."),
            (
                "4 d",
                "<3 mo",
                "From day 4 until less than 3 months after admission, prednisolone 5 mg daily was given.",
            ),
            (
                "-6 wk",
                "<2 mo",
                "From six weeks before admission until less than 2 months after it, prednisolone 5 mg daily was given.",
            ),
            (
                "-6 mo",
                ">3 mo",
                "From six months before admission until later than 3 months after it, prednisolone 5 mg daily was",
            ),
            ("4 d", "<=3 mo", "On day 4, prednisolone 5 mg daily was given until 3 months at the latest."),
        ],
    ),
)
def test_start_and_end_of_a_course_stand_together(results, start, end, sentence):
    first = fact("observation", "ck", start="-2 a", value="900", unit="U/L")
    assert sentence in results(first, CK, drug("prednisolone", "5", "daily", start=start, end=end))


@pytest.mark.parametrize(
    ("start", "end", "sentence"),
    first_in_gate(
        1,
        [
            ("2005-09-01", "2006-03", "From 1 September 2005 until March 2006, prednisolone 5 mg daily was given."),
            ("2005-09", "2007", "From September 2005 until 2007, prednisolone 5 mg daily was given."),
            # An end that holds the start is no other end of a span.
            ("2005-09-10", "2005-09", "On 10 September 2005, prednisolone 5 mg daily was given until September 2005."),
            ("2005-03", "2005", "In March 2005, prednisolone 5 mg daily was given until 2005."),
            (
                "2005-09-01",
                "2005-09-08",
                "From 1 September 2005 to 8 September 2005, prednisolone 5 mg daily was given.",
            ),
        ],
    ),
)
def test_the_dates_of_a_course_stand_together(results, start, end, sentence):
    dated = CK | {"start": "2004-01-02"}
    assert sentence in results(dated, drug("prednisolone", "5", "daily", start=start, end=end))


# Behind a length of time, what was given or done without one would read as of then; in the next phase it does not.
@pytest.mark.parametrize(
    ("phase", "start", "sentence"),
    first_in_gate(
        1,
        [
            ("1", "18 mo", "Enalapril was given (time and dose not reported)."),
            ("2", "18 mo", "Enalapril was given (dose not reported)."),
        ],
    ),
)
def test_what_was_given_without_a_time_behind_one_says_so(results, phase, start, sentence):
    rows = [CK | {"phase": "1"}, drug("azathioprine", "100", "daily", phase="1", start=start)]
    later = fact("observation", "ck", phase="1", start="20 mo", value="90", unit="U/L")
    assert sentence in results(*rows, drug("enalapril", phase=phase), later, phases="1: Induction, 2: Maintenance")


def test_several_that_were_given_without_a_time_say_so_once(results):
    rows = [
        CK,
        drug("azathioprine", "100", "daily", start="18 mo"),
        drug("enalapril", "5", "daily"),
        fact("procedure", "ecg"),
    ]
    rows = [row | {"phase": "1"} for row in rows]
    assert results(*rows, phases="1: Induction").count("times not reported") == 1


# Worked by hand: what comes next is held against the dose, the schedule and the route of the course before it.
@pytest.mark.parametrize(
    ("first", "second", "sentence"),
    [
        # A new frequency of the same dose is the next course and not one beside it; the same one is beside it.
        (
            {"dose": "200", "frequency": "twice daily", "start": "0 d", "end": "ongoing"},
            {"dose": "200", "frequency": "daily", "start": "20 d", "end": "ongoing"},
            "azathioprine was reduced from 200 mg twice daily to 200 mg daily",
        ),
        # A route that only the later row reports may be another one.
        (
            {"dose": "10", "frequency": "daily", "start": "0 d", "end": "20 d"},
            {"dose": "10", "frequency": "daily", "start": "20 d", "route": "oral"},
            "oral azathioprine 10 mg daily was given",
        ),
        (
            {"dose": "10", "frequency": "daily", "start": "0 d", "end": "20 d", "route": "oral"},
            {"dose": "10", "frequency": "daily", "start": "20 d"},
            "azathioprine 10 mg daily was continued",
        ),
        # From day 20 to day 60 nothing was given, by whichever route.
        (
            {"dose": "10", "frequency": "daily", "start": "0 d", "end": "20 d", "route": "IV"},
            {"dose": "10", "frequency": "daily", "start": "60 d", "route": "oral"},
            "oral azathioprine was given again at 10 mg daily",
        ),
        # A taper that ended with a stop.
        (
            {"dose": "40", "start": "0 d", "end": "3 mo", "note": "tapered to 7.5 mg by 3 months and then stopped"},
            {"dose": "15", "start": "3 mo"},
            "azathioprine was given again at 15 mg",
        ),
        (
            {"dose": "5", "start": "0 d", "end": "3 mo", "dose_unit": "mg/day", "note": "increased to 10 mg/d"},
            {"dose": "15", "start": "3 mo", "dose_unit": "mg/day"},
            "azathioprine was increased from 10 to 15 mg/day",
        ),
    ],
)
def test_a_course_follows_another_of_its_route_and_schedule(results, first, second, sentence):
    assert sentence in results(CK, *({**drug("azathioprine"), "dose_unit": "mg", **cells} for cells in (first, second)))


def test_a_gap_between_dates_is_one_where_day_0_is_a_month(results):
    """20 March to 10 April: 21 days without a dose, whichever day of March day 0 is."""
    about = "analysis: {baseline: first}\ntime_zero: {label: admission, date: 2020-03}\npatient: {sex: female}"
    first = drug("azathioprine", "10", "daily", start="2020-03-12", end="2020-03-20")
    text = results(CK, first, first | {"dose": "5", "start": "2020-04-10", "end": ""}, about=about)
    assert "azathioprine was given again at 5 mg daily" in text


def test_a_taper_lacks_its_doses_beside_a_drug_that_has_its_dose(results):
    first = drug("prednisone", "60", start="0 d", end="3 mo")
    taper = fact("treatment", "prednisone", start="3 mo", end="6 mo", note="tapered")
    text = results(CK, first, taper, drug("azathioprine", "50", start="3 mo"))
    assert "Prednisone was tapered until 6 months (doses not reported)." in text


# What is no schedule before its comma is one text, as it was typed; a schedule has what more was typed behind it.
@pytest.mark.parametrize(
    ("typed", "words"),
    {
        "Monday, Wednesday, Friday": "Monday, Wednesday, Friday",
        "on Mondays, Wednesdays and Fridays": "on Mondays, Wednesdays and Fridays",
        "before, during and after surgery": "before, during and after surgery",
        "3 weeks on, 1 week off": "3 weeks on, 1 week off",
        "once, before surgery": "once, before surgery",
        "every 3 months, then yearly": "every 3 months, then yearly",
        "QD, Monday to Friday": "once daily (Monday to Friday)",
        "q2w, alternating": "every 2 weeks, alternating",
    }.items(),
)
def test_a_frequency_is_parted_at_a_comma_only_behind_a_schedule(typed, words):
    assert often_words(typed) == words


@pytest.mark.product
def test_what_a_new_drug_replaced_is_stopped_before_it_is_given(results):
    """As recorded: the old drug is stopped and the new one given, beside a third of which the row stands first."""
    rows = [
        CK | {"start": "0 d"},
        drug("methotrexate", "20", "weekly", start="0 d"),
        drug("prednisolone", "40", "daily", start="9 d"),
        fact("event", "methotrexate_stopped", start="9 d"),
        drug("azathioprine", "100", "daily", start="9 d"),
    ]
    words = "methotrexate was stopped, and prednisolone 40 mg daily and azathioprine 100 mg daily were given."
    assert f"On day 9, {words}" in results(*rows)
    # What stands behind all that is given stays there.
    *others, stopped, azathioprine = rows
    assert "were given, and methotrexate was stopped." in results(*others, azathioprine, stopped)
