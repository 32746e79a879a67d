"""The patient of case.yaml: what is refused, what is said in the head of a report, and what it decides."""

import pytest
import yaml

from casetimeline.case.form.patient import (
    check_patient,
    patient_cells,
    patient_details,
    patient_of_cells,
    unreported_details,
)
from casetimeline.case.read import read_case
from casetimeline.case.workbook.read import read_workbook
from casetimeline.case.workbook.write import workbook_bytes
from casetimeline.faults import TimelineError
from casetimeline.figures.course.strip import patient_line
from casetimeline.report.contents import patient_of
from casetimeline.rules.analysis import analyse
from casetimeline.rules.populations import belongs_to
from casetimeline.vocabulary import MET, NOT_APPLICABLE, NOT_MET, UNDETERMINED

WHOLE = {
    "age": "25",
    "sex": "female",
    "weight": "62",
    "height": "170",
    "ethnicity": "Japanese",
    "subset": "diffuse cutaneous",
    "antibodies": {"anti-Scl-70": "positive", "ANA": "negative", "ACA": "not_reported"},
    "onset": "-2 a",
    "comorbidities": ["hypertension", "hypothyroidism"],
    "smoking": "never",
    "note": "25 at report",
}
ROW = "a,1,observation,mrss,,,20,,,,,,,chart,"


def about_of(patient):
    return "analysis: {baseline: first}\ndiagnosis: systemic sclerosis\npatient: " + yaml.safe_dump(
        patient, default_flow_style=True, sort_keys=False, width=1000
    )


def test_every_part_is_said_in_the_head_of_a_report_and_of_a_figure(make_case):
    case = make_case(ROW, about=about_of(WHOLE))
    told = (
        "weight 62 kg; height 170 cm; ethnicity: Japanese; diffuse cutaneous subset; "
        "anti-Scl-70 positive, ANA negative, ACA not reported; onset 2 years before time zero; "
        "comorbidities: hypertension, hypothyroidism; smoking: never"
    )
    assert patient_of(case) == f"Female, 25 years (at report); systemic sclerosis; {told}."
    # The figure has it in the same words.
    assert patient_line(case.about["patient"], "systemic sclerosis").startswith(f"25 years, female; {told}.")
    assert not [note for note in case.notes if "is not read" in note]
    # What the diagnosis says already is not said again.
    assert "subset" not in patient_line(case.about["patient"], "diffuse cutaneous systemic sclerosis")


def test_what_is_not_told_is_not_said(make_case):
    case = make_case(ROW, about=about_of({"age": "25", "sex": "female", "weight": "not reported"}))
    assert patient_of(case) == "Female, 25 years; systemic sclerosis."
    assert patient_details({"disease_duration": "6 mo", "antibodies": "none was sought"}) == [
        "none was sought",
        "disease duration 6 mo",
    ]


@pytest.mark.parametrize(
    ("part", "content", "expected"),
    [
        *[
            ("age", text, "an age from 0 to 130 years")
            for text in ("unknown", "-1", "131", "250", "2500 years", "1950", "1e309")
        ],
        *[
            ("age", text, "an age from 0 to 130 years, a length of time")
            for text in ("1:30", "6/12", "25/40", "25-", "25 \u2013", "D5", "day 5", "Week 12", "45s", "5 weeks ago")
        ],
        ("weight", "137 lb", "a number of kg"),
        ("weight", "heavy", "a number of kg"),
        ("height", "1.70", "a number of cm"),
        ("height", "170 mm", "a number of cm"),
        ("onset", "long ago", "a time from day 0"),
        ("onset", "3 months before admission", "a time from day 0 such as -3 mo, if admission is day 0"),
        ("onset", "05/06/2020", "a date with one meaning: 5 June (2020-06-05) or 6 May"),
        ("disease_duration", "half a year", "a length of time"),
        ("disease_duration", "2020-05", "a length of time"),
        ("disease_duration", "-6 mo", "a length of time"),
        ("age", "025", "an age from 0"),
        # A slip would leave the rules of the diffuse subset undecided without a word.
        ("subset", "difuse cutaneous", "`limited cutaneous` or `diffuse cutaneous`"),
        ("antibodies", ["ANA"], "text"),
        ("antibodies", {"ANA": ["1:320"]}, "names with a state each"),
        ("antibodies", {"ANA": ""}, "names with a state each"),
        ("antibodies", {"anti-Scl-70": "positive, ANA: positive"}, "a state of its own for each antibody"),
        ("antibodies", {"ANA": "positive", "ana": "negative"}, "each antibody once; 'ANA'"),
        ("antibodies", "anti-Scl-70: positive; anti-Scl-70: negative", "each antibody once; 'anti-Scl-70'"),
        ("sex", "2", "`female`, `male` or `not reported`"),
        ("sex", "woman", "`female`, `male` or `not reported`"),
        ("comorbidities", {"gout": "yes"}, "text"),
        ("comorbidities", [["gout"]], "a list of texts"),
        ("subset", ["diffuse"], "text"),
    ],
)
def test_what_has_another_shape_or_unit_is_a_fault_of_its_key(make_case, part, content, expected):
    with pytest.raises(TimelineError) as caught:
        make_case(ROW, about=about_of({"sex": "female", part: content}))
    (fault,) = caught.value.faults
    assert fault.column == f"patient: {part}" and fault.expected.startswith(expected)


@pytest.mark.product
@pytest.mark.parametrize(
    ("part", "content"),
    [
        *[("age", text) for text in ("25", "8 mo", "~60", "0", "130", "200 d", "sixties (60 to 69)", "not reported")],
        *[("weight", text) for text in ("62", "62 kg", "62.5", "~60", "60..65")],
        *[("height", text) for text in ("170", "170 cm", "<150")],
        *[("onset", text) for text in ("-2 a", "2012", "2012-08", "<0 d", "~-6 mo")],
        ("disease_duration", "6 mo"),
        ("comorbidities", "gout"),
        *[("antibodies", {"ANA": text}) for text in ("weakly positive", "positive, 1:640", "1:640 (title: high)")],
        *[("antibodies", {"ANA": text}) for text in ("positive 1 : 640", "positive, pattern: speckled")],
        *[("age", text) for text in ("131 mths", "180 Mo", "131-w-old", "150 jours", "in her 60s", "25-30")],
        *[("age", text) for text in ("2 months 3 weeks", "2y 6m")],
        ("antibodies", "ANA 1:1280, Scl-70+"),
        *[("sex", text) for text in ("male", "not reported", "")],
    ],
)
def test_what_sources_print_is_read(make_case, part, content):
    make_case(ROW, about=about_of({"sex": "female", part: content}))


@pytest.mark.parametrize(
    ("age", "is_one"),
    [
        # In a children's ward 12 5/12 are 12 years and 5 months.
        *[(text, True) for text in ("12 5/12 years", "12y 5/12", "M45", "F62", "45 (in 05/2012)")],
        *[(text, True) for text in ("45 at onset, 3 years before admission", "42 (3 years before the report)")],
        *[(text, True) for text in ("45 (diagnosed 10 years earlier)", "45 at onset 3 years before admission")],
        *[(text, False) for text in ("5/12", "12/05/1980", "born 12/05/1980", "120/80", "M6", "W12", "D45")],
        *[(text, False) for text in ("10 years earlier", "3 years before admission, 45")],
    ],
)
def test_an_age_may_stand_before_how_long_ago_it_was(age, is_one):
    assert (not [*check_patient({"age": age})]) is is_one


def test_another_key_is_named_with_the_nearest(make_case):
    case = make_case(ROW, about=about_of({"sex": "female", "comorbidity": "gout", "shoe": "42"}))
    notes = [note for note in case.notes if "is not read" in note]
    assert len(notes) == 2 and "did you mean 'comorbidities'?" in notes[0] and "patient: shoe" in notes[1]


@pytest.mark.parametrize(
    ("diagnosis", "subset", "answer"),
    [
        ("systemic sclerosis", "limited cutaneous", NOT_MET),
        ("systemic sclerosis", "lcSSc", NOT_MET),
        ("systemic sclerosis", "diffuse cutaneous", MET),
        ("systemic sclerosis", "", MET),
        ("systemic sclerosis", "limited or diffuse", UNDETERMINED),
        ("systemic sclerosis", "limited?", UNDETERMINED),
        ("lupus", "limited", NOT_MET),
    ],
)
def test_the_subset_decides_for_whom_a_rule_was_made(diagnosis, subset, answer):
    assert belongs_to("diffuse systemic sclerosis", diagnosis, "", subset) == answer
    if diagnosis != "lupus":
        assert belongs_to("systemic sclerosis", diagnosis, "", subset) == MET


@pytest.mark.product
def test_a_limited_subset_makes_the_rules_of_the_diffuse_one_not_applicable(make_case):
    rows = (ROW, "a,2,observation,mrss,,,10,,,,,,,chart,")
    of_subset = {
        subset: analyse(make_case(*rows, about=about_of({"sex": "female", "subset": subset}))).verdicts
        for subset in ("limited cutaneous", "diffuse cutaneous")
    }
    diffuse = {name: table.loc[table["DECIDED"] == "diagnosis", "VERDICT"] for name, table in of_subset.items()}
    assert NOT_APPLICABLE in set(diffuse["limited cutaneous"])
    limited = (of_subset["limited cutaneous"]["VERDICT"] == NOT_APPLICABLE).sum()
    assert limited > (of_subset["diffuse cutaneous"]["VERDICT"] == NOT_APPLICABLE).sum()


@pytest.mark.parametrize(
    ("line", "antibodies"),
    [
        ("ANA: positive, 1:640; anti-Scl-70: negative", {"ANA": "positive, 1:640", "anti-Scl-70": "negative"}),
        # A titre is no name with its state, and what cannot be told apart stays as it is typed.
        ("ANA 1:1280, Scl-70+", "ANA 1:1280, Scl-70+"),
        ("anti-Scl-70: positive; anti-Scl-70: negative", "anti-Scl-70: positive; anti-Scl-70: negative"),
        ("ANA: positive; anti-Ro", "ANA: positive; anti-Ro"),
    ],
)
def test_antibodies_of_a_form_have_one_state_each(line, antibodies):
    assert patient_of_cells({"antibodies": line}) == {"antibodies": antibodies}


def test_a_subset_that_the_diagnosis_tells_is_not_said_to_be_missing():
    assert unreported_details({"sex": "female"}, "diffuse cutaneous systemic sclerosis") == [
        "antibodies",
        "disease duration",
    ]
    line = patient_line({"sex": "female"}, "limited cutaneous systemic sclerosis")
    assert line == "Female. Not reported: age, antibodies, disease duration."


@pytest.mark.parametrize(
    ("onset", "start", "noted"),
    [
        ("2025-03", "2024-07-08", True),
        ("2024-07", "2024-07-08", False),
        ("2022", "2024-07-08", False),
        ("-2 a", "2024-07-08", False),
        ("2025-03", "12 wk", False),
    ],
)
def test_an_onset_after_the_last_record_is_told(make_case, onset, start, noted):
    zero = "\ntime_zero: {date: 2023-01-10}"
    case = make_case(ROW.replace(",,,20", f",{start},,20"), about=about_of({"onset": onset}) + zero)
    note = f"a/case.yaml: 'patient: onset' is {onset}, later than the last date of a row, {start}"
    assert [each for each in case.notes if "onset" in each] == [note] * noted


@pytest.mark.product
def test_a_workbook_takes_the_patient_there_and_back(make_case, vocabulary):
    case = make_case(ROW, about=about_of(WHOLE))
    facts = case.facts[["case_id", "phase", "kind", "code", "value", "source"]].astype(str)
    imported = read_workbook(workbook_bytes(case.about, facts, vocabulary), "a.xlsx")
    assert yaml.safe_load(imported.about)["patient"] == {**WHOLE, "age": 25, "weight": 62, "height": 170}
    assert patient_of_cells(patient_cells(WHOLE)) == WHOLE


def test_the_committed_cases_keep_their_heads():
    from conftest import ROOT

    case = read_case(ROOT / "data", "bmcrheum128-69f")
    assert patient_of(case).startswith("Female, 69 years (at report, 63 at presentation); ")
