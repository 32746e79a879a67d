"""The sentences of the Results, moment by moment: when a moment was, and the verb of what was given or happened."""

import pytest
from conftest import ROOT, first_in_gate

from casetimeline.prose.course.chronicle import course_moments
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.judged.answers import summarise_answers
from casetimeline.prose.judged.verdicts import summarise_choices
from casetimeline.prose.wording.passage import text_of
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,start,end,count,value,unit,ref_high,state,dose,dose_unit,frequency,site,method"
HEADER += ",grade,source,quote,note"
ABOUT = "analysis: {baseline: first}\npatient: {sex: female}\nphases: {%s}"


@pytest.fixture
def told(make_case):
    """The sentences of a case made of rows, each a mapping of its cells, with the names of its phases."""

    def tell(*rows, phases="1: Presentation, 2: Colitis worsens, 3: Second discharge"):
        names = HEADER.split(",")
        cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
        lines = [",".join(f'"{row.get(name, "")}"' for name in names) for row in cells]
        case = make_case(*lines, header=HEADER, about=ABOUT % phases)
        return " ".join(text_of(moment.passage) for moment in course_moments(analyse(case)))

    return tell


def found(phase, code, **cells):
    return {"phase": phase, "kind": "observation", "code": code, **cells}


def drug(phase, code, **cells):
    return {"phase": phase, "kind": "treatment", "code": code, **cells}


def event(phase, code, kind="event", **cells):
    return {"phase": phase, "kind": kind, "code": code, **cells}


@pytest.mark.product
def test_a_phase_opens_a_sentence_only_where_it_is_a_time_or_a_visit(told):
    ck = [found("1", "ck", value="900", unit="U/L"), found("2", "ck", value="500", unit="U/L")]
    results = told(*ck, found("3", "ck", value="200", unit="U/L"))
    assert results.startswith("At presentation, creatine kinase (CK) was 900 U/L")
    assert "Thereafter, CK was 500 U/L. At the second discharge, CK was 200 U/L." in results
    assert "Colitis" not in results and ": " not in results


@pytest.mark.product
def test_what_happened_has_its_own_verb_and_the_patient_a_pronoun(told):
    results = told(
        event("1", "admission", start="0 d"),
        event("1", "relapse", start="37 d"),
        event("2", "urosepsis", "adverse_event", start="40 d"),
        event("2", "methotrexate_stopped", start="41 d"),
        event("2", "azathioprine_withdrawn", start="43 d"),
        event("2", "bulbar_weakness_persisted", "statement", start="42 d"),
        event("3", "good_initial_response", "statement", start="50 d"),
        event("3", "no_recurrences", "statement", start="60 d"),
    )
    for sentence in (
        "On day 0, the patient was admitted.",
        "On day 37, the disease relapsed.",
        "On day 40, she developed urosepsis.",
        "On day 41, methotrexate was stopped.",
        "On day 43, azathioprine was withdrawn.",
        "On day 42, bulbar weakness persisted.",
        "On day 50, a good initial response was reported.",
        "On day 60, there were no recurrences.",
    ):
        assert sentence in results, sentence
    assert "not reported" not in results


def test_a_reason_of_a_note_a_method_and_a_state_are_told_as_such(told):
    failure = {"note": "because of respiratory failure"}
    results = told(
        event("1", "intubation", "procedure", start="2 d", **failure),
        event("1", "pericardial_window", "procedure", start="4 d", method="thoracoscopic"),
        event("1", "drainage", "procedure", start="5 d", method="by needle"),
        event("3", "dialysis_independent", "statement", start="2 a"),
        event("3", "death", start="9 a", **failure),
    )
    for sentence in (
        "On day 2, intubation (because of respiratory failure) was performed.",
        "On day 4, a thoracoscopic pericardial window was performed.",
        "On day 5, drainage (by needle) was performed.",
        # A statement tells a state, and not when it began.
        "At 2 years, the patient was independent of dialysis.",
        "At 9 years, she died because of respiratory failure.",
    ):
        assert sentence in results, sentence


@pytest.mark.product
def test_a_patient_is_admitted_to_a_place_and_with_what_the_source_prints(told):
    results = told(
        event("1", "admission", start="0 d", note="printed 'severe pneumonia'"),
        event("2", "readmission", start="9 d", site="intensive care", note="printed 'acute pulmonary oedema and rash'"),
        event("2", "discharge", start="20 d", note="printed 'discharged home on prednisolone'"),
    )
    assert "On day 0, the patient was admitted with severe pneumonia." in results
    assert "On day 9, she was readmitted to intensive care with acute pulmonary oedema and rash." in results
    assert "On day 20, she was discharged home on prednisolone." in results


def test_a_grade_that_was_another_before_is_its_course(told):
    results = told(
        event("1", "diarrhoea", "adverse_event", grade="3", start="0 d"),
        event("2", "diarrhoea", "adverse_event", grade="1", start="9 d"),
    )
    assert "developed diarrhoea (grade 3)" in results and "On day 9, diarrhoea was grade 1 (grade 3 before)." in results


@pytest.mark.product
def test_a_drug_has_the_verb_of_its_earlier_doses_or_of_its_quote(told):
    """15 to 5 mg is a fall; the other verbs stand in the quotes, beside the names."""
    results = told(
        drug("1", "prednisolone", dose="15", dose_unit="mg/day", start="0 d"),
        drug("1", "pravastatin", start="0 d", quote="use of pravastatin (shifted to simvastatin)"),
        drug("1", "simvastatin", start="0 d", quote="use of pravastatin (shifted to simvastatin)"),
        drug(
            "2",
            "prednisolone",
            dose="5",
            dose_unit="mg/day",
            start="30 d",
            quote="Prednisolone was tapered to 5 mg daily",
        ),
        drug(
            "2",
            "tocilizumab",
            count="1",
            dose="4",
            dose_unit="mg/kg",
            start="41 d",
            quote="Second infusion of tocilizumab (4 mg/kg)",
        ),
        drug(
            "3",
            "tocilizumab",
            dose="8",
            dose_unit="mg/kg",
            frequency="monthly",
            start="180 d",
            quote="continued monthly tocilizumab infusions (8 mg/kg)",
        ),
    )
    for sentence in (
        "treatment was switched to simvastatin",
        "On day 30, prednisolone was tapered from 15 to 5 mg/day.",
        "On day 41, the second dose of tocilizumab 4 mg/kg was given.",
    ):
        assert sentence in results, results
    assert "once" not in results


@pytest.mark.product
def test_a_course_that_goes_on_is_continued_and_not_begun(told):
    quote = "Vedolizumab treatment is still ongoing"
    results = told(
        drug("1", "vedolizumab", start="0 d"), drug("2", "vedolizumab", start="60 d", end="ongoing", quote=quote)
    )
    assert "On day 60, vedolizumab was continued (dose not reported)." in results


@pytest.mark.product
def test_none_needs_no_unit_and_a_residue_is_not_compared(told):
    results = told(
        found("1", "neutrophils", value="0", start="0 d"),
        found(
            "2",
            "pericardial_effusion",
            state="residual",
            start="9 d",
            note="printed 'only a residual amount'; size not reported",
        ),
    )
    assert "neutrophil count was 0." in results and "unit not reported" not in results
    assert "On day 9, ‘only a residual amount’ of pericardial effusion remained (size not reported)." in results


def test_what_a_source_prints_of_a_finding_stands_in_place_of_its_name(told):
    results = told(
        found("1", "cardiac_tamponade", state="present", start="0 d", note="printed 'tamponade physiology'"),
        found(
            "2",
            "pericardial_effusion",
            value="large",
            start="9 d",
            note="printed 'large circumferential pericardial effusion'",
        ),
    )
    assert "On day 0, tamponade physiology was found." in results
    assert "On day 9, a large circumferential pericardial effusion was found." in results


@pytest.mark.product
def test_one_method_and_one_name_are_told_once(told):
    results = told(
        found("1", "pericardial_effusion", value="large", start="0 d", method="echocardiography"),
        found("1", "cardiac_tamponade", state="present", start="0 d", method="echocardiography"),
        found("2", "pericardial_effusion", state="recurred", start="9 d", method="echocardiography"),
        found("2", "cardiac_tamponade", state="present", start="9 d", method="echocardiography"),
    )
    assert "On day 0, echocardiography showed a large pericardial effusion and cardiac tamponade." in results
    assert "On day 9, echocardiography showed recurrence of the pericardial effusion and cardiac tamponade." in results


@pytest.mark.product
def test_a_share_that_the_values_leave_wide_open_is_not_told(make_case):
    """From 8..10 to 2..3 it is 62.5 to 80 %, and the values were told; from 900 to 100 it is 88.9 %."""
    rows = [found(phase, "ck", value=value, unit="U/L") for phase, value in (("1", "800..1000"), ("2", "200..300"))]
    for values, told_as in ((rows, "At follow-up, CK was 200–300 U/L."), (None, "fell from 900 to 100 U/L (88.9 %).")):
        values = values or [found("1", "ck", value="900", unit="U/L"), found("2", "ck", value="100", unit="U/L")]
        cells = [{"case_id": "a", "source": "chart", **row} for row in values]
        lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
        case = make_case(*lines, header=HEADER, about=ABOUT % "1: Presentation, 2: Follow-up")
        assert told_as in " ".join(text_of(passage) for passage in results_passages(analyse(case)))


def results_of(make_case, *rows, about):
    """The Results of a case made of rows, each a mapping of its cells."""
    header = f"{HEADER},anchor"
    cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
    lines = [",".join(f'"{row.get(name, "")}"' for name in header.split(",")) for row in cells]
    return " ".join(
        text_of(passage) for passage in results_passages(analyse(make_case(*lines, header=header, about=about)))
    )


def test_the_first_sentence_says_who_the_patient_was(make_case):
    about = "analysis: {baseline: first}\npatient: {age: 18, sex: male}\ndiagnosis: sarcoidosis, stage II"
    rows = [event("", "admission", start="0 d"), event("", "discharge", start="9 d")]
    results = results_of(make_case, *rows, about=about)
    assert results.startswith("On day 0, an 18-year-old man with sarcoidosis (stage II) was admitted.")
    assert results.endswith("On day 9, he was discharged.")
    ck = found("", "ck", value="900", unit="U/L", start="0 d")
    opening = "In an 18-year-old man with sarcoidosis (stage II), creatine kinase was 900 U/L"
    assert results_of(make_case, ck, about=about).startswith(opening)


@pytest.mark.product
def test_a_time_counts_from_the_start_of_a_drug_that_goes_on(make_case):
    """A pulse is over when the days are counted; "after 15 days of" is told as the source has it."""
    about = "analysis: {baseline: first}"
    later = found("", "ck", value="900", unit="U/L", start="15 d", anchor="anakinra")
    for code, quote, told_as in (
        ("anakinra", "", "15 days after starting anakinra."),
        ("anakinra", "after 15 days of treatment", "After 15 days of anakinra, creatine kinase was 900 U/L"),
        ("methylprednisolone_pulse", "", "15 days later."),
    ):
        rows = drug("", code, start="0 d"), {**later, "anchor": code, "quote": quote}
        assert told_as in results_of(make_case, *rows, about=about), told_as


@pytest.mark.product
def test_a_reason_is_told_where_the_source_states_it(told):
    quote = "Methotrexate was stopped because of sepsis."
    for said, sentence in (
        (quote, "methotrexate was stopped because of sepsis."),
        ("", "the patient developed sepsis and methotrexate was stopped."),
    ):
        rows = [event("1", "sepsis", "adverse_event", quote=said), event("1", "methotrexate_stopped", quote=said)]
        assert sentence in told(*rows, phases="1: Presentation")


@pytest.mark.product
def test_what_a_drug_was_stopped_for_and_why_a_patient_came_are_told_once(told):
    stopped, came = "It was discontinued due to concerns for sepsis.", "She was admitted for effusion."
    results = told(
        event("1", "admission", start="14 d", quote=came, note="because of pericardial effusion"),
        found("1", "pericardial_effusion", start="14 d", state="present", quote=came),
        event("2", "methotrexate_stopped", quote=stopped),
        event("2", "suspected_sepsis", "statement", quote=stopped),
    )
    assert results == (
        "On day 14, the patient was admitted because of pericardial effusion. "
        "Methotrexate was stopped because of ‘concerns for sepsis’."
    )


@pytest.mark.parametrize(
    ("point", "last"),
    [
        ("The course after day 9 is not in the part that was read.", "is not in the part of the source that was read."),
        ("The course after day 9 is not reported.", "creatine kinase was 900 U/L"),
    ],
)
def test_a_course_that_goes_on_in_a_part_that_was_not_read_is_said_to(make_case, point, last):
    about = f"analysis: {{baseline: first}}\ncaveats: {{ck: ['{point}']}}"
    case = make_case(
        "a,1,observation,ck,900,U/L,chart", header="case_id,phase,kind,code,value,unit,source", about=about
    )
    assert last in text_of(results_passages(analyse(case))[-1])[-75:]


def test_a_dose_that_is_known_from_a_taper_alone_is_not_said_to_be_given(told):
    quote = "Prednisolone was tapered from 15 to 5 mg daily."
    rows = [
        drug(str(phase), "prednisolone", dose=dose, dose_unit="mg/day", quote=quote)
        for phase, dose in ((1, 15), (2, 5))
    ]
    assert told(*rows) == "Prednisolone was tapered from 15 to 5 mg/day."


@pytest.mark.product
def test_a_biopsy_showed_what_the_source_prints(told):
    results = told(
        event("1", "renal_biopsy", "procedure", start="0 d", note="printed 'hyaline capillary thrombi'"),
        event("2", "bone_marrow_biopsy", "procedure", start="9 d", note="printed 'did not support a diagnosis'"),
        event("3", "haemodialysis", "procedure", count="4", start="20 d"),
    )
    assert "On day 0, a renal biopsy showed ‘hyaline capillary thrombi’." in results
    assert "On day 9, a bone marrow biopsy ‘did not support a diagnosis’." in results
    assert "On day 20, haemodialysis (4 sessions) was performed." in results


@pytest.mark.product
def test_a_change_that_turned_is_judged_in_both_its_parts():
    """6720 to 131 to 5607 U/L: the ends lie 1.2-fold apart, each of them more than 40-fold from the lowest value."""
    table = summarise_answers(analyse(ROOT / "data/openneurol2024-64f"))
    rows = {row[0]: (row[1], row[2]) for row in table.cells()}
    # That the ends are alike would hide the turn.
    assert "Is the change in CK beyond day-to-day variation?" not in rows
    fell = rows["Is the change in CK to its lowest value beyond day-to-day variation?"]
    rose = rows["Is the change in CK from its lowest value beyond day-to-day variation?"]
    assert fell[1] == "6720, then 131 U/L" and rose[1] == "131, then 5607 U/L"
    # The analytical CV is not reported; up to 255 % and 228 % both parts are beyond, and 0 % is enough for the whole.
    assert fell[0] == rose[0] == "yes, by both definitions (for any analytical CV up to 100 %)"
    whole = rows["Is the change in CK to its last value beyond day-to-day variation?"]
    assert whole[0].startswith("no, by both definitions (within the biological variation alone")
    # The table of choices compares the same three.
    compared = summarise_choices(analyse(ROOT / "data/openneurol2024-64f")).frame
    assert compared["record"].tolist() == [
        "CK: 131 U/L, over 6 months",
        "CK: 5607 U/L, recrudescence, compared with 131 U/L",
        "CK: 5607 U/L, recrudescence",
    ]
    raised = rows["Was CK raised?"]
    assert "the upper limit is not reported; each value is raised for any limit below it" in raised[0]
    assert raised[1] == "6720, 131 and 5607 U/L"
    assert "EFNS, European Federation of Neurological Societies" in table.notes[-1]
    assert "CV, coefficient of variation" in table.notes[-1]


@pytest.mark.product
def test_an_age_is_not_told_of_a_year_before_the_report():
    """kamata2012: 51 years at report or at onset, lupus in 1995."""
    results = text_of(results_passages(analyse(ROOT / "data/kamata2012"))[0])
    opening = "The patient was a 51-year-old woman (whether at onset or at report is not stated) with systemic lupus"
    opening += " erythematosus since 1995. In August 2005, a"
    assert results.startswith(opening)


@pytest.mark.product
def test_a_disease_that_is_found_later_is_not_told_as_known(make_case):
    """By a row that names it after the first moment; one that names it at the first moment changes nothing."""
    about = "analysis: {baseline: first}\npatient: {age: 61, sex: female}\ndiagnosis: immobilisation hypercalcaemia"
    admitted = event("", "admission", start="0 d")
    tested = event("", "onset_of_hypercalcaemia", start="9 d")
    later = results_of(make_case, admitted, tested, about=about)
    assert later.startswith("On day 0, a 61-year-old woman, later diagnosed with immobilisation hypercalcaemia, was")
    known = results_of(make_case, admitted, {**tested, "start": "0 d"}, about=about)
    assert known.startswith("A 61-year-old woman with immobilisation hypercalcaemia was admitted")


# A recurrence, a complication or what is done for a disease says that it was known, and is no diagnosis.
@pytest.mark.parametrize(
    ("disease", "later", "known"),
    first_in_gate(
        3,
        [
            ("recurrent pericarditis", event("", "pericarditis_recurred"), " with "),
            ("pericarditis", event("", "constrictive_pericarditis", "adverse_event"), " with "),
            ("recurrent pericarditis", event("", "acute_pericarditis", "adverse_event"), ", later diagnosed with "),
            ("recurrent pericarditis", event("", "recurrent_pericarditis"), " with "),
            ("recurrent pericarditis", found("", "pericarditis", state="recurred"), " with "),
            ("recurrent pericarditis", found("", "pericarditis", state="absent"), " with "),
            ("recurrent pericarditis", found("", "pericarditis", state="present"), ", later diagnosed with "),
            ("polymyositis", event("", "presumptive_diagnosis_of_polymyositis"), ", later diagnosed with "),
            ("sarcoidosis", event("", "sarcoidosis_confirmed"), ", later diagnosed with "),
            ("sarcoidosis", event("", "biopsy_proven_sarcoidosis"), ", later diagnosed with "),
            ("sarcoidosis", event("", "onset_of_cardiac_sarcoidosis"), ", later diagnosed with "),
            ("systemic sclerosis", event("", "systemic_sclerosis_established"), ", later diagnosed with "),
            ("sarcoidosis", event("", "flare_of_sarcoidosis"), " with "),
            ("sarcoidosis", event("", "admission_for_sarcoidosis"), " with "),
            ("sarcoidosis", event("", "death_due_to_sarcoidosis"), " with "),
        ],
    ),
)
def test_only_what_is_a_diagnosis_or_the_disease_itself_says_that_it_was_found_later(make_case, disease, later, known):
    about = f"analysis: {{baseline: first}}\npatient: {{age: 40, sex: female}}\ndiagnosis: {disease}"
    first = found("", "ck", value="900", unit="U/L", start="0 d")
    results = results_of(make_case, first, {**later, "start": "60 d"}, about=about)
    assert results.startswith(f"The patient was a 40-year-old woman{known}{disease}. On day 0")


@pytest.mark.product
def test_what_lasts_is_not_told_as_of_the_day_on_which_it_began(told):
    """A taper from day 25 to month 6, and a discharge on day 25."""
    quote = "discharged home on tapering oral prednisone [...] ceased prednisone"
    results = told(
        drug("1", "prednisone", start="23 d", dose="100", dose_unit="mg"),
        {**drug("2", "prednisone", start="25 d", quote=quote), "end": "6 mo"},
        event("2", "discharge", start="25 d"),
    )
    assert "On day 25, the patient was discharged. Prednisone was tapered and stopped by 6 months" in results


@pytest.mark.product
def test_no_longer_is_said_after_a_record_that_it_was_there(told):
    there, gone = (found("", "cardiac_tamponade", state=state) for state in ("present", "absent"))
    days = ("0 d", "5 d", "9 d")
    told_of = told(*({**row, "start": day} for row, day in zip((there, gone, gone), days, strict=True)))
    assert "On day 5, cardiac tamponade was no longer found." in told_of
    assert "On day 9, no cardiac tamponade was found." in told_of


def test_a_blood_pressure_is_told_as_a_pair(told):
    pair = [
        found("1", f"{which}_bp", value=value, unit="mmHg") for which, value in (("systolic", 77), ("diastolic", 34))
    ]
    assert "blood pressure was 77/34 mmHg" in told(*pair)


@pytest.mark.product
def test_the_end_of_a_course_is_held_against_a_limit_that_an_earlier_row_told(told):
    days = ("0 d", "30 d", "180 d")
    values = [
        found("1", "ck", value=value, unit="U/L", start=day) for value, day in zip((900, 400, 190), days, strict=True)
    ]
    limited, *later = [{**row, "ref_high": "170"} if row["value"] == 900 else row for row in values]
    results = told(limited, *later)
    assert "On day 30, CK was 400 U/L. On day 180, CK was 190 U/L (above the reported limit)." in results
    assert "CK was 160 U/L." in told(limited, {**later[1], "value": 160})


@pytest.mark.product
def test_what_was_replaced_and_why_are_told_where_rows_or_quotes_say_it(told):
    results = told(
        drug("1", "tocilizumab", start="0 d", end="300 d"),
        event("1", "intensive_care_admission", start="1 d", quote="Intensive care admission due to worsening shock."),
        drug("2", "adalimumab", start="300 d", quote="transitioned to adalimumab", note="because of a shortage; later"),
    )
    assert "On day 1, the patient was admitted to intensive care because of ‘worsening shock’." in results
    assert "tocilizumab was switched to adalimumab because of a shortage" in results
    steroids = told(drug("1", "methylprednisolone"), drug("2", "prednisone", quote="transitioned to prednisone"))
    assert "Glucocorticoid treatment was switched to prednisone" in steroids


@pytest.mark.product
def test_fluids_stand_with_the_drug_that_the_source_tells_of_in_the_same_words(told):
    quote = "Loperamide and hydration were administered."
    rows = drug("1", "loperamide", quote=quote), event("1", "hydration", "procedure", quote=quote)
    assert "loperamide and hydration were given" in told(*rows).lower()
    assert "hydration was given" in told(rows[0], {**rows[1], "quote": "fluids were given"})


@pytest.mark.product
def test_what_a_biopsy_found_is_told_once(told):
    quote = "no neutrophils were shown in bone marrow biopsy"
    biopsy = event("1", "bone_marrow_biopsy", "procedure", quote=quote)
    value = found("1", "neutrophils", value="0", quote=quote)
    assert told(biopsy, {**value, "method": "bone marrow biopsy"}).endswith("was 0 (bone marrow biopsy).")
    assert "a bone marrow biopsy was performed" in told(biopsy, value)


@pytest.mark.product
def test_what_is_only_known_to_have_been_before_is_not_told_as_new(told):
    results = told(
        drug("1", "rituximab", start="0 d"),
        event("1", "urosepsis", "adverse_event", start="<0 d"),
    )
    assert "Urosepsis had also occurred (before time zero; day not reported)" in results and "developed" not in results


LATER = "1: Presentation, 2: Afterwards"


@pytest.mark.parametrize(
    ("rows", "words"),
    first_in_gate(
        4,
        [
            (
                [
                    found(
                        "2", "myositis", state="present", note="printed 'persisted till 7th week', of what is not told"
                    )
                ],
                "yositis persisted ‘till 7th week’ (from when is not reported)",
            ),
            (
                [found("2", "myositis", state="present", note="printed 'persistent severe myositis'")],
                "ersistent severe myositis was reported",
            ),
            ([found(phase, "myositis", state="present") for phase in "12"], "yositis was still present"),
            (
                [found(phase, "myositis", state="present", method="MRI") for phase in "12"],
                "MRI showed myositis. Afterwards, MRI showed myositis",
            ),
            (
                [
                    found("1", "ck", value="900", unit="U/L"),
                    found("2", "ck", state="unchanged", note="printed 'stable'; no number"),
                ],
                "CK was described as ‘stable’",
            ),
            (
                [found("2", "muscle_strength", state="improved", note="printed 'significantly improved'")],
                "uscle strength was ‘significantly improved’",
            ),
            ([found("2", "myositis", state="worsened")], "yositis (no earlier record) worsened"),
            (
                [
                    found("1", "tendon_friction_rubs", state="present"),
                    found("2", "tendon_friction_rubs", state="residual"),
                ],
                "residual tendon friction rubs remained.",
            ),
            ([found("1", "myositis", state="present"), found("2", "myositis", state="worsened")], "yositis worsened"),
            (
                [
                    found(
                        "1",
                        "mobility_impairment",
                        state="present",
                        site="arm",
                        note="printed 'marked'; 'above all of the arm'",
                    )
                ],
                "obility impairment (‘above all of the arm’; ‘marked’)",
            ),
        ],
    ),
)
def test_a_finding_is_told_in_the_words_that_its_source_and_its_rows_allow(told, rows, words):
    sentences = told(*rows, phases=LATER)
    assert words in sentences and f"a {words}" not in sentences


@pytest.mark.parametrize(
    ("row", "words"),
    [
        (
            drug("1", "rituximab", count=">=2", quote="Rituximab was commenced", note="printed '2 cycles'; more"),
            "ituximab (‘2 cycles’) was started (dose not reported)",
        ),
        (
            drug("1", "prednisone", dose="60", dose_unit="mg/day", note="printed 'for 6 weeks', from when is not told"),
            "rednisone 60 mg/day was given (‘for 6 weeks’, from when is not reported)",
        ),
        (
            drug("1", "prednisone", dose="60", dose_unit="mg/day", note="before or after the relapse is not told"),
            "rednisone 60 mg/day was given (whether before or after the relapse is not reported)",
        ),
        (
            event(
                "1", "prednisone_stopped", note="printed 'tapered and stopped 18 months later'; from when is not told"
            ),
            "rednisone was ‘tapered and stopped 18 months later’ (from when is not reported)",
        ),
        (
            event("1", "electromyography", "procedure", site="both arms", note="printed 'myopathic pattern'"),
            "lectromyography (both arms) showed a ‘myopathic pattern’",
        ),
        (
            event("1", "no_side_effects", "statement", note="printed 'no side effects including infections'"),
            "he authors stated ‘no side effects including infections’",
        ),
    ],
)
def test_what_the_source_prints_of_a_treatment_or_event_is_not_dropped(told, row, words):
    assert words in told(row)


def test_what_is_performed_stands_before_what_is_given_at_the_same_moment(told):
    ventilated = event("1", "mechanical_ventilation", "procedure", start="0 d", end="19 d")
    results = told(ventilated, event("1", "intubation", "procedure", start="0 d"))
    assert results.endswith("ntubation was performed and mechanical ventilation was given (until day 19).")


@pytest.mark.product
def test_no_word_of_order_opens_a_moment_of_which_the_order_is_open(told):
    before = found("1", "ck", value="900", unit="U/L")
    open_ = drug("2", "prednisone", dose="10", dose_unit="mg/day", note="before or after the relapse is not told")
    placed, unplaced = (
        told(
            before,
            {**open_, "note": note},
            found("2", "myositis", state="present"),
            phases="1: Presentation, 2: Relapse 2",
        )
        for note in ("", open_["note"])
    )
    assert "hereafter" in placed and "hereafter" not in unplaced


@pytest.mark.parametrize(
    ("about", "opens"),
    [
        (
            "{age: 69, sex: female, note: '69 at report, 63 at presentation'}",
            "The patient was a woman (69 years old at report, 63 at",
        ),
        (
            "{age: 69, sex: female}",
            "The patient was a 69-year-old woman, later diagnosed with myositis. At pres",
        ),
    ],
)
def test_the_age_at_report_is_not_that_of_an_earlier_moment(make_case, about, opens):
    """The diagnosis of phase 2 is that of the case, so what was before it had no name yet."""
    rows = [found("1", "ck", value="900", unit="U/L"), event("2", "diagnosis")]
    about = (
        f"analysis: {{baseline: first}}\ndiagnosis: myositis\npatient: {about}\nphases: {{1: Presentation, 2: Later}}"
    )
    cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
    lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
    case = make_case(*lines, header=HEADER, about=about)
    assert text_of(results_passages(analyse(case))[0]).startswith(opens)


def test_each_form_of_a_time_is_told(told):
    """By the grammar of data/README.md: a bound, a range of dates, a length in words, about day 0."""
    results = told(
        drug("", "prednisone", start="<=0 d"),
        found("", "mrss", value="46", start=">-2 mo"),
        found("", "ck", value="900", unit="U/L", start="~0 d"),
        found("", "ck", value="500", unit="U/L", start="8 weeks"),
        event("", "rash", "adverse_event", start="<=9 mo"),
        found("", "mrss", value="15", start=">=6 mo"),
    )
    for sentence in (
        "not later than time zero (whether before or after the above is not reported).",
        "less than 2 months before time zero or later.",
        "On about day 0 (whether before or after that is not reported), creatine kinase",
        "At 8 weeks, CK was 500 U/L.",
        # 8 weeks lie within 9 months, and 6 months or more may be less than 9.
        "within 9 months (whether before or after that is not reported).",
        "Six months or more after time zero (whether before or after the above is not reported), the mRSS was 15.",
    ):
        assert sentence in results, results
    dated = told(
        found("", "ck", value="900", unit="U/L", start="2020-06..2020-08"),
        event("", "renal_biopsy", "procedure", start="2020-12..2021-01"),
    )
    assert "Between June and August 2020, creatine kinase was 900 U/L" in dated
    assert "Between December 2020 and January 2021, a renal biopsy was performed." in dated


@pytest.mark.product
def test_day_0_is_told_after_another_time(told):
    """A value of day 0 behind one of 3 days before it would read as one of that day."""
    ck = [found("", "ck", value=value, unit="U/L", start=start) for value, start in (("34", "-3 d"), ("390", "0 d"))]
    assert "On day 0, CK was 390 U/L." in told(*ck, found("", "ck", value="6", unit="U/L", start="2 mo"))
    # What begins with it and has no other day goes without.
    assert "day 0" not in told(ck[1], found("", "ck", value="6", unit="U/L", start="2 mo"))


@pytest.mark.product
def test_values_of_which_the_order_is_open_are_told_by_their_bounds_and_not_by_their_lines(told):
    """5..7 months begin with 4.5, about 6 months with 5, 6 months with 5.5."""
    rows = [found("", "ck", value=str(start), unit="U/L", start=time) for start, time in _OVERLAPPING.items()]
    assert told(*rows).partition(" (upper")[0] == "At 5–7 months, creatine kinase (CK) was 100 U/L"
    values = [told(*order).rindex("300 U/L") > told(*order).rindex("200 U/L") for order in (rows, rows[::-1])]
    assert values == [True, True]


_OVERLAPPING = {100: "5..7 mo", 200: "~6 mo", 300: "6 mo"}


def test_what_was_done_on_a_day_that_is_not_told_does_not_stand_under_the_day_before(told):
    """Three kinds of rows in a phase of their own, each with a note that its day is not known."""
    results = told(
        found("1", "ck", value="900", unit="U/L", start="16 d"),
        event("2", "pericardial_window", "procedure", note="day not reported"),
        event("2", "discharge", note="the first; day not told"),
        drug("2", "noradrenaline", note="dose and day not reported"),
    )
    for clause in ("window was performed", "discharged", "noradrenaline"):
        assert f"{clause} (day not reported)" in results


def test_a_value_without_a_day_is_told_behind_the_day_of_its_phase_by_whichever_line(told):
    """400 may be of any day of phase 2: it is not told as before the drug of day 1, in neither order of the lines."""
    first, last = found("1", "ck", value="900", unit="U/L", start="0 d"), found("3", "ck", value="300", start="60 d")
    rows = [drug("2", "rituximab", start="1 d"), found("2", "ck", value="400", unit="U/L")]
    texts = {told(first, *in_phase_2, last | {"unit": "U/L"}) for in_phase_2 in (rows, rows[::-1])}
    assert len(texts) == 1
    assert "On day 1, rituximab was given (dose not reported). CK was 400 U/L (day not reported)." in texts.pop()


@pytest.mark.parametrize(
    ("days", "opens"),
    first_in_gate(
        1,
        [
            # Day 0 is the day of the admission: no number of days after it.
            (("0 d", "3 d"), ["On the day of admission, captopril", "Three days after admission, CK"]),
            (("1 d", "3 d"), ["One day after admission, captopril", "On day 3, CK"]),
        ],
    ),
)
def test_the_day_of_a_visit_that_was_told_is_no_0_days_after_it(make_case, days, opens):
    rows = (
        "1,observation,ck,,900,U/L",
        f"2,treatment,captopril,{days[0]},,",
        f"3,observation,ck,{days[1]},700,U/L",
    )
    header = "case_id,source,phase,kind,code,start,value,unit"
    about = "analysis: {baseline: first}\ntime_zero: {label: admission}\nphases: {1: Admission, 2: Drug, 3: Later}"
    moments = course_moments(analyse(make_case(*(f"a,chart,{row}" for row in rows), header=header, about=about)))
    assert [text_of(moment.passage)[: len(words)] for moment, words in zip(moments[1:], opens, strict=True)] == opens


def test_a_time_does_not_run_into_the_number_before_it(told):
    results = told(found("", "mrss", value="46", start="-100 d"), found("", "mrss", value="20", start="-90 d"))
    assert "was 46 points of 51 100" not in results and results.startswith("At 100 days before time zero, ")


@pytest.mark.product
def test_what_is_not_reported_of_a_finding_does_not_read_as_absent(told):
    effusion = found("1", "pericardial_effusion", state="present"), found("2", "ck", value="900", unit="U/L")
    results = told(*effusion, found("3", "pericardial_effusion", state="not_reported"))
    assert "At the second discharge, it was not reported whether a pericardial effusion was present." in results
    assert "CK was not reported" in told(*effusion, found("3", "ck", state="not_reported"))


@pytest.mark.product
def test_a_length_that_counts_from_nothing_told_says_so_by_any_name_of_its_phase(told):
    ck = (
        found("1", "ck", value="900", unit="U/L"),
        found("2", "ck", value="500", unit="U/L", note="from when is not said"),
    )
    for name in ("After two weeks", "End of the second week"):
        results = told(*ck, phases=f"1: Presentation, 2: {name}")
        assert f"{name.lower()[1:]} (from when is not reported), CK was 500 U/L." in results, results
    assert "from when" not in told(*ck, phases="1: Presentation, 2: After the relapse")


def test_an_adverse_event_that_is_a_finding_as_well_keeps_its_grade_and_relation(told):
    results = told(
        found("1", "pericarditis", state="present", start="3 d"),
        event("1", "pericarditis", "adverse_event", start="3 d", grade="2"),
    )
    assert "the pericarditis was of grade 2" in results, results


@pytest.mark.product
def test_a_changed_dose_lasts_and_not_its_change(told):
    first = drug("1", "prednisolone", dose="60", dose_unit="mg/day", start="0 d")
    results = told(first, drug("2", "prednisolone", dose="40", dose_unit="mg/day", start="10 d", end="30 d"))
    assert "was reduced from 60 to 40 mg/day (given until day 30)." in results


@pytest.mark.product
def test_a_change_up_to_a_value_after_which_the_course_goes_on_names_its_span(make_case):
    """301 to 153 is 148 of 301, 49.2 %."""
    rows = [
        found("1", "crp", value="301", unit="mg/L", start="0 d"),
        found("2", "crp", value="153", unit="mg/L"),
        event("3", "discharge", start="9 mo"),
    ]
    cells = [{"case_id": "a", "source": "chart", **row} for row in rows]
    lines = [",".join(f'"{row.get(name, "")}"' for name in HEADER.split(",")) for row in cells]
    case = make_case(*lines, header=HEADER, about=ABOUT % "1: Admission, 2: After the pulses, 3: Discharge")
    results = " ".join(map(text_of, results_passages(analyse(case))))
    assert "From day 0 to the time after the pulses, " in results and "49.2 %" in results, results


@pytest.mark.product
def test_a_finding_whose_note_says_so_has_no_day_in_a_phase_without_any(told):
    """Of three findings of a phase without a day two have the note; their clause says it for both."""
    undated = {"state": "absent", "note": "day not reported"}
    results = told(
        found("1", "ck", value="900", unit="U/L", start="0 d"),
        found("2", "crp", state="decreased"),
        found("2", "anti_centromere", **undated),
        found("2", "anti_scl70", **undated),
    )
    assert "Thereafter, C-reactive protein decreased" in results
    assert "were negative (days not reported)." in results and results.count("not reported)") == 2


def test_an_adverse_event_without_a_time_in_a_phase_that_goes_on_says_so(told):
    results = told(
        found("1", "ck", value="900", unit="U/L", start="0 d"),
        event("1", "sepsis", "adverse_event", start="20 d"),
        event("1", "rash", "adverse_event", grade="1"),
        phases="1: Course",
    )
    assert "She developed a rash (grade 1; time not reported)." in results, results


@pytest.mark.parametrize(
    ("rows", "words"),
    first_in_gate(
        2,
        [
            # A value of 2021 is of the living: of those days of 2021 that she lived.
            (
                (event("", "death", start="2021-05-02"), found("", "ck", value="150", unit="U/L", start="2021")),
                "In 2021, CK was 150 U/L. On 2 May 2021, the patient died.",
            ),
            # What is done with the dead is behind the death, on its day as well.
            (
                (
                    event("", "no_autopsy_performed", start="24 d"),
                    event("", "death", start="24 d"),
                    found("", "crp", value="4", unit="mg/L", start="24 d"),
                ),
                "CRP was 4 mg/L, the patient died and no autopsy was performed.",
            ),
            # A relapse of 3 to 5 months is before a death of 4 to 8, and an autopsy of 1 to 6 months is after it.
            (
                (
                    event("", "autopsy", "procedure", start="1..6 mo"),
                    event("", "relapse", start="3..5 mo"),
                    event("", "death", start="4..8 mo"),
                ),
                "At 3–5 months, the disease relapsed. At 4–8 months, the patient died. "
                "At 1–6 months, autopsy was performed.",
            ),
            # Whatever their times, an autopsy is after the death, and after a value of the living.
            (
                (
                    found("", "crp", value="4", unit="mg/L", start="2021-06"),
                    event("", "death", start="2021-06"),
                    event("", "autopsy", "procedure", start="2021-06-20"),
                ),
                "In June 2021, C-reactive protein was 4 mg/L and the patient died. "
                "On 20 June 2021, autopsy was performed.",
            ),
            # Where the times say that a value is after the death, it is told so.
            (
                (event("", "death", start="20 d"), found("", "crp", value="4", unit="mg/L", start="30 d")),
                "On day 20, the patient died. On day 30, CRP was 4 mg/L.",
            ),
        ],
    ),
)
def test_a_death_is_told_behind_all_of_the_living_patient(told, rows, words):
    first = (found("", "ck", value="900", unit="U/L", start="2020-01-01"),) if "2021" in words else ()
    first = first or (found("", "crp", value="9", unit="mg/L", start="0 d"),)
    assert told(*first, *rows, phases="1: Presentation").endswith(words)


def test_a_name_keeps_its_capital_behind_who_the_patient_was(make_case):
    about = "analysis: {baseline: first}\npatient: {age: 50, sex: female}\ndiagnosis: rheumatoid arthritis"
    words = results_of(make_case, found("1", "haq_di", value="1.5"), about=about)
    assert ", Health Assessment Questionnaire disability index was 1.5" in words


def test_two_values_of_one_measure_at_one_time_have_its_name_once(told):
    rows = [
        found("", "crp", value=value, unit=unit, start="2021-03") for value, unit in (("12", "mg/dL"), ("60", "mg/L"))
    ]
    words = "C-reactive protein (CRP) was 12 mg/dL and 60 mg/L (in which order is not reported)."
    assert told(*rows, phases="1: Presentation") == f"In March 2021, {words}"
