"""A table of another program is told by name, with its columns and how it is brought in; and that way works."""

import json
import re

import pandas as pd
import pytest
from conftest import ROOT

import casetimeline as ct
from casetimeline.case.read import read_path
from casetimeline.case.tables.dialect import read_rows
from casetimeline.faults import TimelineError

SDTM = (
    '"STUDYID","USUBJID","LBTESTCD","LBTEST","LBORRES","LBORRESU","LBORNRLO","LBORNRHI","LBDTC","VISIT"\n'
    '"S1","SUBJ-1","CK","Creatine Kinase","923","U/L","26","192","2024-01-10T08:30","Baseline"\n'
    '"S1","SUBJ-1","CK","Creatine Kinase","410","U/L","26","192","2024-02-10T08:15","Week 4"\n'
)
REDCAP = (
    "record_id,redcap_event_name,visit_date,mrss_total,ck,ck_unit,med,dose\n"
    "1,baseline_arm_1,2024-01-10,46,923,1,,\n"
    "1,baseline_arm_1,,,,,Tocilizumab,8\n"
    "1,week_12_arm_1,2024-04-10,32,210,1,,\n"
)
# Of two repeated instruments, one has its own day and one has none.
REPEATED = (
    "record_id,redcap_event_name,redcap_repeat_instrument,redcap_repeat_instance,visit_date,mrss_total,ck\n"
    "1,baseline_arm_1,,,2024-01-10,46,923\n1,baseline_arm_1,labs,1,2024-01-20,,410\n1,baseline_arm_1,labs,2,,,163\n"
)
PRINTOUT = (
    "Patient;P-1\nStation;7\n\nAnalyse;Einheit;Referenz;10.01.2024;07.02.2024\n"
    "CK;U/l;< 170;923 +;410 +\nCRP;mg/l;< 5,0;25,6 +;4,1\n"
)
BUNDLE = json.dumps(
    {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p"}},
            {
                "resource": {
                    "resourceType": "Observation",
                    "code": {"text": "CK"},
                    "status": "final",
                    "subject": {"reference": "Patient/p"},
                    "effectiveDateTime": "2024-01-10T08:30:00Z",
                    "valueQuantity": {"value": 923, "unit": "U/L"},
                }
            },
        ],
    },
    indent=1,
)


def observation(value, subject="Patient/p", **more):
    """A resource of a Bundle: C-reactive protein of one day."""
    return {
        "resource": {
            "resourceType": "Observation",
            "status": "final",
            "code": {"text": "CRP"},
            "subject": {"reference": subject},
            "effectiveDateTime": "2024-01-10T08:30:00Z",
            "valueQuantity": {"unit": "mg/L"} | value,
        }
        | more
    }


SIGNED = (
    observation({"value": 25.6}),
    observation({"value": 0.6, "comparator": "<"}, effectiveDateTime="2024-01-12"),
    observation({"value": 250}, status="entered-in-error"),
)
SYNTHEA = "DATE,PATIENT,ENCOUNTER,CATEGORY,CODE,DESCRIPTION,VALUE,UNITS,TYPE\n2024-01-01,p,e,lab,1,CK,9,U/L,numeric\n"
OMOP = "person_id,measurement_concept_id,measurement_date,value_as_number,measurement_source_value\n1,2,3,4,5\n"


def fault_of(text, file="t.csv"):
    with pytest.raises(TimelineError) as caught:
        read_rows(text.encode(), file)
    (fault,) = caught.value.faults
    assert "\n" not in str(fault) and "A table from elsewhere" in fault.expected and "ct.read_facts" in fault.expected
    return fault


@pytest.mark.parametrize(
    ("text", "line", "name", "words"),
    [
        (SDTM, 1, "findings of SDTM", ["USUBJID to case_id", "LBTESTCD to code", "LBORNRLO", "add kind, source"]),
        ("STUDYID,USUBJID,EXTRT,EXDOSE\nS,1,x,8\n", 1, "treatments of SDTM", ["EXTRT to code", "EXDOSE to dose"]),
        ("STUDYID,USUBJID,MHTERM,MHSTDTC\nS,1,x,8\n", 1, "events of SDTM", ["MHSTDTC to start", "kind is event"]),
        (
            "STUDYID,USUBJID,AETERM,AEDECOD,AETOXGR,AESTDTC,AEENDTC\nS,1,x,y,2,8,9\n",
            1,
            "adverse events of SDTM",
            ["AEDECOD to code", "AETOXGR to grade", "AEENDTC to end", "the kind is adverse_event"],
        ),
        ("USUBJID,PARAMCD,AVAL,ADT\n1,CK,9,2024-01-01\n", 1, "ADaM", ["AVAL to value", "ADT to start"]),
        (REDCAP, 1, "REDCap", ["record_id to case_id", "visit_date to start", "mrss_total, ck, ck_unit"]),
        ("record_id,mrss_base,mrss_w12,scores_complete\n1,46,32,2\n", 1, "REDCap", ["mrss_base, mrss_w12"]),
        (
            SYNTHEA,
            1,
            "Synthea",
            ["remove CODE", "DESCRIPTION to code", "PATIENT to case_id", "VALUE to value", "CODE, DESCRIPTION"],
        ),
        (OMOP, 1, "OMOP", ["person_id to case_id", "measurement_source_value to code"]),
        # What the number alone does not say: the sign of a bound, and a value that nobody measured.
        (
            "USUBJID,PARAMCD,AVAL,AVALC,DTYPE\n1,CK,20,<20,LOCF\n",
            1,
            "ADaM",
            ["where AVALC has a sign (<20), it is the value", "a row with a DTYPE is left out"],
        ),
        (
            "person_id,measurement_concept_id,operator_concept_id,value_as_number\n1,2,4171756,20\n",
            1,
            "OMOP",
            ["the sign of operator_concept_id goes before the number (4171756 is <): <20"],
        ),
        (
            "PATIENT_NUM,CONCEPT_CD,TVAL_CHAR,NVAL_NUM\n1,CK,L,20\n",
            1,
            "i2b2",
            ["the sign of TVAL_CHAR goes before the number (L is <, LE is <=, G is >, GE is >=, E is none): <20"],
        ),
        (
            "status,subject.reference,valueQuantity.value,valueQuantity.comparator\nfinal,p,20,<\n",
            1,
            "FHIR",
            [
                "the sign of valueQuantity.comparator goes before the number: <20",
                "a row with the status entered-in-error",
            ],
        ),
        ("USUBJID,AEDECOD,ASTDT,AENDT,AEREL\n1,x,8,9,y\n", 1, "ADaM", ["ASTDT to start, AENDT to end", "AEREL to rel"]),
        ("USUBJID,CMTRT,CMENRF\n1,x,ONGOING\n", 1, "SDTM", ["where CMENRF is ONGOING, the end is ongoing"]),
        (
            "SubjectID;Visit;Item;Value\n1;V1;CK;9\n",
            1,
            "other names",
            ["phase is a whole number: 1 for the first Visit"],
        ),
        ("Study ID,Record ID,Field ID,Field Name,Value\nA,1,y,mrss,46\n", 1, "Castor", ["Field Name to code"]),
        ("Participant Id;Site;mrss_bl;mrss_wk12\n1;U;46;32\n", 1, "one column a visit", ["mrss_bl"]),
        ("patid,visit1_mrss,visit2_mrss\n1,46,32\n", 1, "one column a visit", ["visit1_mrss, visit2_mrss"]),
        (
            "ehr_id;composition_uid;/content[openEHR-EHR-OBSERVATION.lab.v1]/data/events/time;magnitude;units\n1;2;3;9;U/l\n",
            1,
            "openEHR",
            [
                "ehr_id to case_id",
                "/data/events/time to start",
                "magnitude to value",
                "units to unit",
                "add kind, code, s",
            ],
        ),
        (
            "person_id,drug_concept_id,drug_exposure_start_date,quantity,drug_source_value\n1,2,3,4,x\n",
            1,
            "OMOP",
            ["drug_source_value to code", "drug_exposure_start_date to start"],
        ),
        (
            "person_id,drug_concept_id,drug_exposure_start_date,drug_exposure_end_date\n1,2,3,4\n",
            1,
            "OMOP",
            ["drug_concept_id to code", "the numbers of concepts are written as words"],
        ),
        *(
            (
                f"Patient;Parameter;Wert;Einheit;{limits};Datum\n1;CK;9;U/l;26-192;x\n",
                1,
                "other names",
                [f"the two numbers of {limits} are ref_low and ref_high"],
            )
            for limits in ("Normbereich", "Reference Range", "Referenzbereich", "ref_range", "Normal range")
        ),
        # One row a value, in three languages.
        (
            "Paciente;Fecha;Prueba;Resultado;Unidades\nP;x;CK;9;U/L\n",
            1,
            "other names",
            ["Prueba to code", "Resultado to"],
        ),
        ("Paziente;Data;Esame;Risultato\nP;x;CK;9\n", 1, "other names", ["Esame to code", "Data to start"]),
        ("Patient;Date;Analyse;R\u00e9sultat\nP;x;CK;9\n", 1, "other names", ["R\u00e9sultat to value"]),
        *(
            (f"Parameter;{times}\nmRSS;46;40;32\n", 1, "times as columns", [times.replace(";", ", ")])
            for times in ("D+0;D+7;D+14", "J0;J7;J14", "S0;S12;S24", "2024-W02;2024-W07;2024-W12", "45385;45392;45399")
        ),
        ("P;Q1 2024;10 janv. 2024\nCK;1;2\n", 1, "times as columns", ["Q1 2024"]),
        ("Id,BIRTHDATE,GENDER\n1,2000-01-01,F\n", 1, "patients", ["case.yaml"]),
        (PRINTOUT, 4, "times as columns", ["Analyse, Einheit, Referenz, 10.01.2024, 07.02.2024"]),
        (";10.01.2024;07.02.2024\nCK;923;410\n", 1, "times as columns", ["10.01.2024"]),
        ("test,Baseline,Week 12\nmRSS,46,32\n", 1, "times as columns", ["test, Baseline, Week 12"]),
        ("id,mrss_0,mrss_12\n1,46,32\n", 1, "one column a visit", ["mrss_0, mrss_12"]),
        ("date,mrss,ck\n2024-01-01,46,923\n", 1, "one column a measure", ["date, mrss, ck"]),
        ("Patient;Parameter;Wert;Einheit;Datum\n1;CK;9;U/l;x\n", 1, "other names", ["Wert to value", "Datum to start"]),
        (BUNDLE, 1, "FHIR", ["valueQuantity"]),
        ('{"resourceType":"Observation"}\n{"resourceType":"Observation"}\n', 1, "FHIR", ["valueQuantity"]),
        ('<Bundle xmlns="http://hl7.org/fhir">\n</Bundle>\n', 1, "FHIR", ["valueQuantity"]),
        ("MSH|^~|LAB\nOBX|1|NM|CK\n", 1, "HL7", ["one row a value"]),
    ],
)
def test_a_table_of_another_program_is_one_message(text, line, name, words):
    fault = fault_of(text)
    assert fault.line == line and name in fault.found
    assert all(word in fault.expected for word in words), fault.expected


@pytest.mark.parametrize(
    "header",
    [
        "subject_id,hadm_id,itemid,charttime,value,valuenum,valueuom",
        "DATE,PATIENT,ENCOUNTER,CODE,DESCRIPTION,VALUE,UNITS",
        "USUBJID,AETERM,AEDECOD,AESTDTC,ASTDT",
        "person_id,measurement_concept_id,measurement_source_value,Value,value_as_number",
    ],
)
def test_who_follows_the_advice_has_each_column_once(header):
    fault = fault_of(f"{header}\n{',' * header.count(',')}x\n")
    removed = re.search(r"remove (\w+)", fault.expected)
    renames = dict(re.findall(r"(\w+) to (\w+)", fault.expected.partition(";")[0] + fault.expected.partition(":")[2]))
    names = [renames.get(name, name.lower()) for name in header.split(",") if not removed or name != removed[1]]
    assert len(names) == len({*names}) and {"case_id", "code"} <= {*names}


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("case_id: a\ntitle: b\n", "case_id: a"),
        ("# What it is\n\nSome words, and more words.\nOthers.\n", "Some words, and more words."),
        ("hello\n", "hello"),
    ],
)
def test_a_text_that_is_no_table_is_not_taken_for_one(text, first, tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(text, encoding="utf-8")
    (reading,) = read_path(path)
    (fault,) = reading.faults
    assert (fault.found, fault.expected) == (
        first,
        "a table with a column 'case_id', and kind, code, value, unit, source, and phase or start",
    )


def test_a_data_frame_of_another_program_is_the_same_message():
    with pytest.raises(TimelineError) as caught:
        ct.read_facts(pd.DataFrame({"USUBJID": ["1"], "LBTESTCD": ["CK"], "LBORRES": [9]}))
    (fault,) = caught.value.faults
    assert (fault.file, fault.line, fault.found) == ("DataFrame", None, "a table of findings of SDTM")


@pytest.mark.parametrize(
    ("heading", "file", "content", "values"),
    [
        ("One row a value already", "lb.csv", SDTM, [("ck", "923", 0), ("ck", "410", 31)]),
        # 10 January to 10 April 2024 are 21 + 29 + 31 + 10 days.
        (
            "One row a visit",
            "redcap.csv",
            REDCAP,
            [("mrss", "46", 0), ("mrss", "32", 91), ("ck", "923", 0), ("ck", "210", 91)],
        ),
        ("Times as columns", "printout.csv", PRINTOUT, [("ck", "923", 0), ("ck", "410", 28)]),
        ("FHIR resources", "bundle.json", BUNDLE, [("ck", "923", 0)]),
    ],
    ids=["rename", "melt", "times", "fhir"],
)
def test_what_the_dictionary_shows_brings_it_in(heading, file, content, values, tmp_path, monkeypatch):
    (tmp_path / file).write_text(content, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    facts = shown(heading).facts
    assert list(zip(facts["code"], facts["value"], facts["DAYLO"], strict=True)) == values


def shown(heading):
    """The case that the block of code below a heading of the dictionary makes, of the file in this folder."""
    readme = (ROOT / "data/README.md").read_text(encoding="utf-8")
    blocks = re.findall(r"^([^\n`]+)[^\n]*\n\n```python\n(.*?)```", readme, re.DOTALL | re.MULTILINE)
    (code,) = [code for words, code in blocks if words.startswith(heading)]
    names = {"ct": ct, "pd": pd}
    exec(code, names)
    return names["case"]


def test_a_resource_of_fhir_keeps_its_sign_and_an_error_is_left_out(tmp_path, monkeypatch):
    (tmp_path / "bundle.json").write_text(json.dumps({"entry": SIGNED}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    facts = shown("FHIR resources").facts
    assert facts[["case_id", "value"]].to_numpy().tolist() == [["p", "25.6"], ["p", "<0.6"]]


def test_a_bundle_of_two_patients_is_no_one_case(tmp_path, monkeypatch):
    entries = [*SIGNED, observation({"value": 9}, subject="Patient/q")]
    (tmp_path / "bundle.json").write_text(json.dumps({"entry": entries}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TimelineError, match="the id of one case"):
        shown("FHIR resources")


def test_a_value_of_redcap_without_its_day_is_a_fault_and_not_left_out(tmp_path, monkeypatch):
    (tmp_path / "redcap.csv").write_text(REPEATED, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(TimelineError) as caught:
        shown("One row a visit")
    # The rows that stand without a phase and without a start: the CK of 163 alone.
    assert [fault.expected for fault in caught.value.faults] == ["a phase, or a start"]
