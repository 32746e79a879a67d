"""Sentences on what happened, on how a case opens, and on time zero: nothing is dropped, and each verb is English."""

import pytest
from conftest import ROOT, first_in_gate

from casetimeline.case.form.patient import unreported_details
from casetimeline.figures.course.strip import patient_line
from casetimeline.prose import patient_told
from casetimeline.prose.course.results import results_passages
from casetimeline.prose.wording.passage import text_of
from casetimeline.report.contents import patient_of
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


# How a rheumatologist tells each of these; the name of a row is that of its code.
_EVENTS = {
    "became_pregnant": "became pregnant",
    "hospitalisation": "was hospitalised",
    "covid_19_infection": "a COVID-19 infection was reported",
    "birth_of_a_healthy_girl": "the birth of a healthy girl was reported",
    "src": "SRC was reported",
    "hospitalised_for_pneumonia": "was hospitalised for pneumonia",
    "died": "died",
    "gave_birth": "gave birth",
    "underwent_surgery": "underwent surgery",
    "cataract_surgery": "underwent cataract surgery",
    "vaccinated": "was vaccinated",
    "influenza_vaccination": "received influenza vaccination",
    "transfer_to_rehabilitation": "was transferred to rehabilitation",
    "family_history_of_psoriasis": "there was a family history of psoriasis",
    "pregnancy_test_negative": "the pregnancy test was negative",
    "pregnancy": "a pregnancy was reported",
    "sick_leave": "sick leave was reported",
    "death_of_wife": "death of wife was reported",
    "macrophage_activation_syndrome": "macrophage activation syndrome was reported",
    "became_paralysed": "became paralysed",
    "last_follow_up": "was last seen",
    "renal_flare": "a renal flare occurred",
    "stroke": "a stroke occurred",
    "surgery_performed": "surgery was performed",
    "patient_in_remission": "was in remission",
}


@pytest.mark.parametrize(("code", "words"), first_in_gate(3, _EVENTS.items()))
def test_an_event_has_the_verb_of_its_name(results, code, words):
    text = results(fact("event", "admission", "0 d"), fact("event", code, "9 d"), about="patient: {sex: female}")
    assert text.endswith(f"On day 9, {words}.") or text.endswith(f"On day 9, she {words}."), text


_ADVERSE = {
    "death": "she died (grade 5)",
    "hospitalisation": "she was hospitalised (grade 5)",
    "infection": "she developed an infection (grade 5)",
    "urinary_tract_infection": "she developed a urinary tract infection (grade 5)",
    "qt_prolongation": "she developed QT prolongation (grade 5)",
    "platelet_count_decreased": "the platelet count decreased (grade 5)",
    "pregnancy": "a pregnancy (grade 5) was reported",
    "sepsis": "she developed sepsis (grade 5)",
}


@pytest.mark.parametrize(("code", "words"), first_in_gate(2, _ADVERSE.items()))
def test_an_adverse_event_is_developed_where_it_can_be(results, code, words):
    rows = fact("event", "admission", "0 d"), fact("adverse_event", code, "9 d", grade="5")
    assert results(*rows, about="patient: {sex: female}").endswith(f"On day 9, {words}.")


@pytest.mark.product
def test_what_a_verb_says_keeps_its_end_its_place_and_its_number(results):
    stay = fact("event", "hospitalisation", "9 d", end="20 d", note="because of pneumonia")
    text = results(fact("event", "admission", "0 d"), stay)
    assert text.endswith("On day 9, she was hospitalised (because of pneumonia; until day 20)."), text
    before = fact("adverse_event", "hospitalised", "<0 d", grade="3")
    text = results(before, fact("observation", "ck", "0 d", value="900", unit="U/L"))
    assert "was hospitalised (grade 3; before time zero; day not reported)" in text, text


# Each form of an age that `casetimeline check` reads, and how it is told; 18 months are 1.5 years.
_AGES = {
    # Who is 14 at the diagnosis may be 20 now.
    "14 at diagnosis, male": "a male patient (age: 14 at diagnosis)",
    "2 years 3 months, male": "a boy aged 2 years 3 months",
    "17-19, male": "a male patient aged 17 to 19 years",
    "8 mo, female": "an 8-month-old girl",
    "44 years, female": "a 44-year-old woman",
    "18 months, male": "an 18-month-old boy",
    "44.5, female": "a woman aged 44.5 years",
    "~44, male": "a man aged about 44 years",
    "'>60', female": "a woman over 60 years of age",
    "60-65, female": "a woman aged 60 to 65 years",
    "not reported, female": "a female patient (age not reported)",
    "44, not reported": "a 44-year-old patient",
    "17, female": "a 17-year-old girl",
    "not reported, not reported": "a patient",
    "16 y 4 mo, male": "a boy aged 16 years 4 months",
    "45 years and 1 month, male": "a man aged 45 years 1 month",
    "9 (7 at onset), male": "a male patient (age: 9 (7 at onset))",
    "school age (7), male": "a male patient (age: school age (7))",
    "in her 60s, female": "a woman (age: in her 60s)",
    # Over 16 and under 20 years there are children and adults, 12 to 17 are children.
    "'>16', female": "a female patient over 16 years of age",
    "'<20', male": "a male patient under 20 years of age",
    "12-17, male": "a boy aged 12 to 17 years",
    "~18, male": "a male patient aged about 18 years",
    "0, female": "a girl under 1 year of age",
}


@pytest.mark.parametrize(("patient", "words"), first_in_gate(3, _AGES.items()))
def test_age_and_sex_are_told_in_each_form_of_an_age(results, patient, words):
    age, _, sex = patient.rpartition(", ")
    about = f"diagnosis: gout\npatient: {{age: {age}, sex: {sex}}}"
    text = results(fact("event", "admission", "0 d"), fact("event", "discharge", "9 d"), about=about)
    assert text.startswith(f"On day 0, {words} with gout was admitted."), text


@pytest.mark.parametrize(
    ("code", "words"),
    first_in_gate(
        2,
        {
            "type_2_diabetes": "type 2 diabetes was reported",
            "ascites": "ascites was reported",
            **{code: f"{code} was reported" for code in ("rickets", "rabies", "mumps", "measles", "herpes")},
            "palpitations": "palpitations were reported",
        }.items(),
    ),
)
def test_a_disease_in_the_singular_that_ends_with_an_s_has_its_verb_in_the_singular(results, code, words):
    text = results(fact("event", "admission", "0 d"), fact("event", code, "9 d"))
    assert text.endswith(f"On day 9, {words}."), text


@pytest.mark.parametrize(
    ("code", "words"),
    first_in_gate(
        2,
        {
            "pregnant": "she was pregnant",
            "weaned_off_ventilator": "she was weaned off the ventilator",
            "discharged_home": "she was discharged home",
            "ICU_admission": "she was admitted to intensive care",
            "transferred_to_ICU": "she was transferred to the ICU",
            "admission_to_ICU": "she was admitted to the ICU",
            "smoker": "she was a smoker",
            "active_smoker": "she was an active smoker",
            "never_smoker": "she was a never smoker",
            "unable_to_walk": "she was unable to walk",
            "retired": "she retired",
            # The subject is no patient here.
            "able_bodied_cohort": "able bodied cohort was reported",
            "discharged_fluid": "discharged fluid was reported",
        }.items(),
    ),
)
def test_what_the_name_of_an_event_says_of_the_patient_is_told_with_its_verb(results, code, words):
    text = results(fact("event", "admission", "0 d"), fact("event", code, "9 d"), about="patient: {sex: female}")
    assert text.endswith(f"On day 9, {words}."), text


def test_a_patient_of_whom_only_the_age_is_known_is_not_said_to_be_a_patient(results):
    about = "diagnosis: gout\npatient: {age: ~44}"
    text = results(fact("observation", "ck", "3 d", value="900", unit="U/L"), about=about)
    assert text.startswith("The patient was aged about 44 years and had gout. On day 3, creatine kinase was 900 U/L"), (
        text
    )


LUPUS = "diagnosis: systemic lupus erythematosus\npatient: {age: 27, sex: female}\ntime_zero: {label: renal biopsy}"


def test_an_age_is_not_told_as_that_of_an_onset_years_before_and_the_diagnosis_is_named(results):
    """27 is the age of the case; at the onset, 3 years before, she may have been 24."""
    text = results(fact("event", "onset_of_lupus", "-3 a"), fact("event", "admission", "0 d"), about=LUPUS)
    assert text.startswith(
        "A 27-year-old woman with a final diagnosis of systemic lupus erythematosus had developed lupus"
        " 3 years before renal biopsy."
    ), text


def test_the_onset_of_the_disease_is_its_duration(make_case):
    lines = [f"a,event,{code},{start},,,chart" for code, start in (("onset_of_lupus", "-3 a"), ("admission", "0 d"))]
    header = "case_id,kind,code,start,value,unit,source"
    case = make_case(*lines, header=header, about=f"analysis: {{baseline: first}}\n{LUPUS}")
    assert "disease duration 3 years at renal biopsy" in patient_of(case)
    assert "disease duration" not in unreported_details(patient_told(case), case.about["diagnosis"])


@pytest.mark.parametrize(
    ("code", "state", "missing"),
    [
        ("anti_ro", "present", False),
        ("anti_dsdna", "absent", False),
        ("ana", "not_reported", True),
        ("ck", "raised", True),
    ],
)
def test_antibodies_that_rows_tell_are_not_said_to_be_missing(make_case, code, state, missing):
    """A result of a test for them, positive or negative, in the rows alone; the line of the patient and the strip."""
    header, about = "case_id,kind,code,start,value,unit,state,source", f"analysis: {{baseline: first}}\n{LUPUS}"
    case = make_case(f"a,observation,{code},0 d,,,{state},chart", header=header, about=about)
    words = patient_line(patient_told(case), case.about["diagnosis"])
    assert ("antibodies" in words) == missing, words
    assert "Ro/SSA" not in patient_of(case)


def test_a_drug_that_was_being_given_at_the_diagnosis_does_not_make_that_a_later_one(results):
    """Of a drug that was over before, the course tells first; of one that goes on, on the day of the diagnosis."""
    rows = [fact("event", "diagnosis", "0 d"), fact("event", "relapse", "9 d")]
    for end, later in (("ongoing", False), ("-3 d", True)):
        text = results(fact("treatment", "hydroxychloroquine", "<0 d", end=end), *rows, about=LUPUS)
        assert ("later diagnosed with" in text) == later, text


@pytest.mark.product
def test_a_site_that_is_a_part_of_the_name_stands_within_it():
    """As the quotes print it: "retrosternal chest pain", "abduction of the right arm"."""
    cases = (("mja-sle-22f", "retrosternal chest pain"), ("ferreira2017", "active abduction of the right arm"))
    for case_id, words in cases:
        text = " ".join(map(text_of, results_passages(analyse(ROOT / "data" / case_id))))
        assert words in text, text


# Nobody underwent what was declined, awaited or not possible; the expected words are how a clinician tells each.
_NOT_UNDERGONE = {
    "patient_declined_repeat_biopsy": "it was reported that she declined repeat biopsy",
    "not_a_candidate_for_lung_transplantation": "she was not a candidate for lung transplantation",
    "awaiting_kidney_transplantation": "she was awaiting kidney transplantation",
    "family_refused_intubation": "it was reported that the family refused intubation",
    "unfit_for_surgery": "she was unfit for surgery",
    "refused_haemodialysis": "she refused haemodialysis",
    "declined_influenza_vaccination": "she declined influenza vaccination",
    "offered_lung_transplantation": "she was offered lung transplantation",
    "scheduled_for_cataract_surgery": "she was scheduled for cataract surgery",
    "postponed_surgery": "postponed surgery was reported",
    "need_for_transfusion": "need for transfusion was reported",
    "before_surgery": "it was reported: before surgery",
    "without_renal_biopsy": "it was reported: without renal biopsy",
    "surgery_contraindicated": "surgery was contraindicated",
    "history_of_kidney_transplantation": "there was a history of kidney transplantation",
    "patient_needs_lung_transplantation": "it was reported that she needed lung transplantation",
    "biopsy_not_possible": "the biopsy was not possible",
    "surgery_declined": "surgery was declined",
    "biopsy_declined": "the biopsy was declined",
    "time_of_surgery": "time of surgery was reported",
    "recovery_after_surgery": "recovery after surgery was reported",
    "discussion_of_surgery": "discussion of surgery was reported",
    # What was done is still told so.
    "image-guided_lung_biopsy": "she underwent an image-guided lung biopsy",
    "repeated_skin_biopsy": "she underwent a repeated skin biopsy",
    "thoracoscopy_with_pleural_biopsy": "she underwent a thoracoscopy with pleural biopsy",
    "laparotomy_for_bowel_resection": "she underwent laparotomy for bowel resection",
    "upper_endoscopy_with_biopsy": "she underwent an upper endoscopy with biopsy",
    "unrelated_donor_stem_cell_transplantation": "she underwent unrelated donor stem cell transplantation",
    "matched_sibling_stem_cell_transplantation": "she underwent matched sibling stem cell transplantation",
    "delayed_wound_surgery": "she underwent delayed wound surgery",
    "coronary_angiography_by_catheterisation": "she underwent coronary angiography by catheterisation",
    "resection_of_tumour_by_surgery": "she underwent resection of tumour by surgery",
    "nail_bed_biopsy": "she underwent a nail bed biopsy",
    "living_donor_kidney_transplantation": "she underwent living donor kidney transplantation",
}


@pytest.mark.parametrize("kind", ["statement", pytest.param("event", marks=pytest.mark.product)])
@pytest.mark.parametrize(("code", "words"), first_in_gate(3, _NOT_UNDERGONE.items()))
def test_only_the_name_of_a_procedure_was_undergone(results, kind, code, words):
    text = results(fact("event", "admission", "0 d"), fact(kind, code, "9 d"), about="patient: {sex: female}")
    assert text.endswith(f"On day 9, {words}."), text


_CLAUSES = {
    "vision_did_not_recover": "vision did not recover",
    "parents_reported_normal_play": "the parents reported normal play",
    "adherence_to_mycophenolate_was_doubtful": "adherence to mycophenolate was doubtful",
    "patient_felt_well": "she felt well",
    "vision_remained_poor": "vision remained poor",
    "the_disease_remained_active": "the disease remained active",
    "dialysis_could_not_be_stopped": "dialysis could not be stopped",
    "biopsy_was_declined": "the biopsy was declined",
    "no_rash_was_seen": "no rash was seen",
    # What is told is over.
    "patient_is_doing_well": "she was doing well",
    "patient_requires_oxygen": "she required oxygen",
    "ulcers_have_healed": "ulcers had healed",
    "patient_wishes_to_stop_treatment": "she wished to stop treatment",
    "team_decided_against_dialysis": "the team decided against dialysis",
    "patient_refused_to_take_prednisone": "she refused to take prednisone",
    "patient_agreed_to_dialysis": "she agreed to dialysis",
}


@pytest.mark.parametrize(("code", "words"), first_in_gate(2, _CLAUSES.items()))
def test_a_name_with_a_verb_of_its_own_is_a_clause(results, code, words):
    rows = fact("event", "admission", "0 d"), fact("statement", code, "9 d")
    crp = fact("observation", "crp", "9 d", value="5", unit="mg/L")
    text = results(*rows, crp, about="patient: {sex: female}")
    # It does not go on over what is told next to it.
    assert f"t was reported that {words}." in text, text


@pytest.mark.parametrize(
    "code",
    [
        "patient-reported_outcome_improved",
        *first_in_gate(0, ["no_significant_adverse_events_reported", "rash_that_was_new"]),
    ],
)
def test_a_verb_that_belongs_to_a_noun_makes_no_clause(results, code):
    text = results(fact("event", "admission", "0 d"), fact("statement", code, "9 d"))
    assert "reported that" not in text, text


def test_two_clauses_of_one_day_are_one_sentence(results):
    rows = [fact("statement", code, "9 d") for code in ("skin_was_softer", "hands_remained_stiff")]
    text = results(fact("event", "admission", "0 d"), *rows)
    assert text.endswith("On day 9, it was reported that skin was softer and that hands remained stiff."), text


# A count says how often it was done; what it showed is told all the same, and of a word for a number nothing was shown.
@pytest.mark.parametrize(
    ("code", "count", "printed", "words"),
    first_in_gate(
        2,
        [
            ("temporal_artery_biopsy", "1", "giant cells", "a temporal artery biopsy showed ‘giant cells’"),
            ("skin_biopsy", "2", "no vasculitis", "skin biopsy (twice) showed ‘no vasculitis’"),
            ("bone_marrow_aspirate", "1", "haemophagocytosis", "a bone marrow aspirate showed ‘haemophagocytosis’"),
            ("bronchoalveolar_lavage", "1", "no infection", "bronchoalveolar lavage showed ‘no infection’"),
            ("pericardial_aspiration", ">=2", "several", "pericardial aspiration (at least twice) was performed"),
        ],
    ),
)
def test_what_was_shown_is_told_beside_a_count(results, code, count, printed, words):
    done = fact("procedure", code, "3 d", count=count, note=f"printed '{printed}'")
    text = results(fact("event", "admission", "0 d"), done)
    assert text.endswith(f"On day 3, {words}."), text


def test_a_drug_has_the_name_of_its_table_in_what_happened_to_it_and_in_what_is_related_to_it(results):
    """`cotrimoxazole` and `TMP-SMX` are names of what treatments.csv calls sulfamethoxazole and trimethoprim."""
    rash = fact("adverse_event", "rash", "9 d", related="TMP-SMX")
    stopped = fact("event", "cotrimoxazole_interrupted", "9 d")
    text = results(fact("treatment", "TMP/SMX", "0 d", dose="960", dose_unit="mg", end="9 d"), rash, stopped)
    assert "related to sulfamethoxazole and trimethoprim according to the source" in text, text
    assert "sulfamethoxazole and trimethoprim was interrupted" in text and "otrimoxazole" not in text, text


@pytest.mark.parametrize(
    ("code", "words"),
    first_in_gate(
        1,
        [
            ("mmf_resumed", "mycophenolate mofetil was resumed"),
            ("MMF withheld", "mycophenolate mofetil was withheld"),
            ("IVIG_planned", "intravenous immunoglobulin was planned"),
        ],
    ),
)
def test_a_drug_has_the_name_of_its_abbreviation_in_what_happened_to_it(results, code, words):
    """MMF is an abbreviation of treatments.csv."""
    assert results(fact("event", "admission", "0 d"), fact("event", code, "9 d")).endswith(f"On day 9, {words}.")


# As the quotes print it; a clinician tells why a drug was paused as well as why it was stopped.
@pytest.mark.parametrize(
    ("word", "words"),
    first_in_gate(
        1,
        [
            (word, f"adalimumab was {word} because of ‘varicella’")
            for word in ("interrupted", "held", "paused", "withheld", "suspended", "stopped")
        ]
        + [(word, f"adalimumab was {word} because of ‘a flare’") for word in ("resumed", "restarted")],
    ),
)
def test_the_reason_of_an_interruption_is_told(results, word, words):
    drug = fact("treatment", "adalimumab", "0 d", dose="40", dose_unit="mg", frequency="q2w")
    event = fact("event", f"adalimumab_{word}", "90 d", quote=f"{words.replace('‘', '').replace('’', '')}.")
    text = results(drug, event)
    assert words in text, text


# The reason of a pause is none to go on, and ends where the quote says that it went on.
@pytest.mark.parametrize(
    ("quote", "events"),
    first_in_gate(
        1,
        [
            ("On day 10 adalimumab was paused because of pneumonia and resumed on day 24", ("paused", "resumed")),
            ("It was held due to pneumonia, and was later restarted.", ("held", "restarted")),
            ("because of pneumonia adalimumab was paused, and on day 24 was restarted", ("restarted",)),
        ],
    ),
)
def test_the_reason_of_an_interruption_is_none_to_go_on(results, quote, events):
    drug = fact("treatment", "adalimumab", "0 d", dose="40", dose_unit="mg", frequency="q2w")
    pneumonia = [fact("adverse_event", "pneumonia", "24 d", quote=quote)] if len(events) == 1 else []
    rows = [fact("event", f"adalimumab_{word}", f"{24 - 9 * (word != events[-1])} d", quote=quote) for word in events]
    text = results(drug, *pneumonia, *rows)
    assert f"adalimumab was {events[-1]}." in text or f"adalimumab was {events[-1]} and" in text, text
    assert len(events) == 1 or f"was {events[0]} because of ‘pneumonia’." in text, text


@pytest.mark.parametrize("word", first_in_gate(1, ["withheld", "interrupted", "delayed", "resumed"]))
def test_a_reason_that_only_the_note_prints_is_told(results, word):
    """The note keeps the words of the source."""
    event = fact("event", f"adalimumab_{word}", "60 d", note="printed 'because of infection'")
    text = results(fact("event", "admission", "0 d"), event)
    assert text.endswith(f"On day 60, adalimumab was {word} because of ‘infection’."), text


# What was not done is told by the verb of what is done.
@pytest.mark.parametrize(
    ("kind", "code", "words"),
    first_in_gate(
        2,
        [
            ("event", "no_brain_MRI", "no brain MRI was performed"),
            ("procedure", "high-flow_nasal_oxygen", "high-flow nasal oxygen was given"),
            ("event", "no_lumbar_puncture", "no lumbar puncture was performed"),
            ("event", "no_chest_radiograph", "no chest radiograph was performed"),
            ("event", "no_change_on_CT", "there was no change on CT"),
        ],
    ),
)
def test_what_is_done_or_given_has_its_verb(results, kind, code, words):
    text = results(fact("event", "admission", "0 d"), fact(kind, code, "9 d"))
    assert text.endswith(f"On day 9, {words}."), text


# Time zero is the diagnosis, so that it is not the final one of unknown date.
@pytest.mark.parametrize(
    ("label", "disease"),
    [("diagnosis", "later diagnosed with gout,"), ("admission", "with a final diagnosis of gout")],
)
def test_a_time_zero_that_is_the_diagnosis_dates_it(results, label, disease):
    rows = fact("event", "symptom_onset", "-3 mo"), fact("observation", "crp", "0 d", value="50", unit="mg/L")
    text = results(*rows, about=f"diagnosis: gout\npatient: {{age: 44, sex: male}}\ntime_zero: {{label: {label}}}")
    assert disease in text, text


# Words of a source are joined where they go on with the verb, and stand in brackets where they do not.
@pytest.mark.parametrize(
    ("code", "printed", "words"),
    first_in_gate(
        3,
        [
            ("admission", "with fever", "he was admitted with fever."),
            ("relapse", "severe", "the disease relapsed (‘severe’)."),
            ("discharge", "in good condition", "he was discharged in good condition."),
            ("admission", "fluid overload", "he was admitted with fluid overload."),
            ("relapse", "with pulmonary nodules and haematuria", "relapsed with pulmonary nodules and haematuria."),
            ("relapse", "in the lungs", "the disease relapsed in the lungs."),
            ("discharge", "home on prednisolone", "he was discharged home on prednisolone."),
            ("discharge", "discharged home", "he was discharged home."),
            ("death", "sudden", "he died (‘sudden’)."),
            ("death", "at home", "he died at home."),
            # A source that prints a cause has it as its own words.
            ("death", "due to sepsis", "he died (‘due to sepsis’)."),
        ],
    ),
)
def test_what_a_source_prints_of_an_event_stands_as_english(results, code, printed, words):
    first = fact("event", "admission", "0 d")
    row = fact("event", code, "30 d", note=f"printed '{printed}'")
    assert results(first, row, about="patient: {sex: male}").endswith(words)


def test_an_adverse_event_is_told_before_what_was_done_whenever_it_ended(results):
    rows = [
        fact("treatment", "mycophenolate_mofetil", "3 d"),
        fact("adverse_event", "neutropenia", "35 d", end="49 d", grade="3"),
        fact("event", "mycophenolate_mofetil_stopped", "35 d"),
        fact("treatment", "filgrastim", "35 d", end="37 d"),
    ]
    words = "On day 35, he developed neutropenia (grade 3; until day 49), and mycophenolate mofetil was stopped. "
    assert f"{words}Filgrastim was given until day 37" in results(*rows, about="patient: {sex: male}")
