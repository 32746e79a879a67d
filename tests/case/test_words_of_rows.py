"""What people type for what is not a number of a laboratory, was not done, or was there before; and what is noted."""

import pytest

from casetimeline.case.tables.header import check_header
from casetimeline.case.tables.likely import near_names
from casetimeline.case.tables.names import names_of
from casetimeline.faults import TimelineError

HEADER = "case_id,phase,kind,code,start,value,unit,ref_high,state,dose,dose_unit,source"


def fault_of(make_case, row):
    """The fault of a case of one row."""
    with pytest.raises(TimelineError) as caught:
        make_case(row, header=HEADER)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize(
    ("row", "column", "expected"),
    [
        ("a,1,observation,digital_ulcer_count,,,,,absent,,,chart", "state", "0 where there was none"),
        ("a,1,observation,digital_ulcer_count,,no,,,,,,chart", "value", "0 where there was none"),
        ("a,1,observation,digital_ulcer_count,,none,,,,,,chart", "value", "0 where there was none"),
        ("a,1,observation,mrss,,normal,,,,,,chart", "value", "a whole number from 0 to 51 (mRSS); or the state normal"),
        ("a,1,observation,pericardial_effusion,,normal,,,,,,chart", "value", "or the state absent"),
        (
            "a,1,observation,anti_hmgcr_antibody,,normal,,,,,,chart",
            "value",
            "none, present; or the state absent",
        ),
        ("a,1,procedure,renal_biopsy,,,,,not done,,,chart", "state", "is an event, no_ and its name"),
        ("a,1,event,renal_biopsy_not_done,,,,,,,,chart", "code", "the event no_renal_biopsy"),
        ("a,1,treatment,prednisone,already,,,,,8,mg,chart", "start", "already at time zero is <0 d"),
        ("a,1,treatment,prednisone,before 0 d,,,,,8,mg,chart", "start", "already at time zero is <0 d"),
        ("a,1,treatment,prednisone,,,,,,2x500,mg,chart", "dose", "how often it is given stands in 'frequency'"),
    ],
)
def test_a_word_that_cannot_stand_there_has_the_right_form_beside_it(make_case, row, column, expected):
    fault = fault_of(make_case, row)
    assert fault.column == column and expected in fault.expected
    # No count, score or finding has limits of a laboratory.
    assert "ref_low" not in fault.expected


@pytest.mark.parametrize(
    ("code", "typed", "unit", "meant"),
    [
        ("pericardial_effusion", "mild-moderate", "", "small..moderate"),
        ("myopathy", "yes", "", "present"),
        ("ck", "900-950", "U/L", "900..950"),
        ("ck", "over 900", "U/L", ">900"),
        ("ck", "\uff19\uff10\uff10", "U/L", "900"),
        ("mrss", "30/51", "", "30"),
    ],
)
def test_what_a_value_was_read_as_is_noted(make_case, code, typed, unit, meant):
    case = make_case(f"a,1,observation,{code},,{typed},{unit},200,,,,chart", header=HEADER)
    assert f"a/timeline.csv: column value: read '{typed}' as '{meant}'" in case.notes


def test_a_plain_value_is_no_note(make_case):
    for code, value, unit in (("ck", ">900", "U/L"), ("pericardial_effusion", "Moderate", ""), ("ck", "~900", "U/L")):
        case = make_case(f"a,1,observation,{code},,{value},{unit},200,,,,chart", header=HEADER)
        assert not [note for note in case.notes if "column value" in note]


def test_one_amount_in_two_units_is_told_twice_and_another_is_a_fault(make_case):
    # 10 ukat/L x 60 = 600 U/L.
    rows = [f"a,1,observation,ck,,{value},{unit},,,,,chart" for value, unit in (("10", "ukat/L"), ("600", "U/L"))]
    case = make_case(*rows, header=HEADER)
    assert [note for note in case.notes if "line 3: says again what an earlier line says" in note]
    # 601 U/L are 10.02 ukat/L, printed 10; 640 U/L are 10.67, printed 11.
    assert len(make_case(rows[0], rows[1].replace("600", "601"), header=HEADER).facts) == 2
    with pytest.raises(TimelineError, match="line 3, column value: found '640'"):
        make_case(rows[0], rows[1].replace("600", "640"), header=HEADER)


@pytest.mark.parametrize(
    ("code", "one", "other", "is_one"),
    [
        # 3.8 g/g are 3750 to 3850 mg/g, and 430 x 8.84 = 3801; 1.9 x 88.4 = 167.96 umol/L; 0.9 x 88.4 = 79.56.
        ("upcr", "3.8,g/g", "430,mg/mmol", True),
        ("creatinine", "168,umol/L", "1.9,mg/dL", True),
        ("creatinine", "0.9,mg/dL", "80,umol/L", True),
        # 95 umol/L are 1.07 mg/dL, printed 1.1; and in one unit nothing is converted.
        ("creatinine", "0.9,mg/dL", "95,umol/L", False),
        ("creatinine", "80,umol/L", "80.4,umol/L", False),
        ("ck", "600,U/L", "600.4,IU/L", False),
    ],
)
def test_one_value_printed_in_two_units_is_rounded_in_each(make_case, code, one, other, is_one):
    rows = [f"a,1,observation,{code},,{printed},,,,,chart" for printed in (one, other)]
    if is_one:
        notes = make_case(*rows, header=HEADER).notes
        assert [note for note in notes if "line 3: says again what an earlier line says" in note]
    else:
        with pytest.raises(TimelineError, match=r"line 3, column value: found .* at one moment, as on line 2"):
            make_case(*rows, header=HEADER)


def test_two_who_measured_at_one_moment_are_not_told_to_name_a_site(make_case):
    rows = [f"a,1,observation,mrss,{value},points,{who},chart" for value, who in (("20", "A"), ("24", "B"))]
    with pytest.raises(TimelineError) as caught:
        make_case(*rows, header="case_id,phase,kind,code,value,unit,by,source")
    (fault,) = caught.value.faults
    assert "one stands in the rows and the other in a note" in fault.expected and "site" not in fault.expected


@pytest.mark.parametrize(
    ("rows", "columns"),
    [
        # What is no value, or in an unknown unit, is held against nothing; a cell has one fault.
        (("ck,-2 wk,-5,U/L,,", "ck,-2 wk,5,furlong,,"), ["value", "unit"]),
        (("ck,-2 wk,5,U/L,,absent",), ["state"]),
    ],
)
def test_one_fault_is_one_message(make_case, rows, columns):
    with pytest.raises(TimelineError) as caught:
        make_case(*(f"a,1,observation,{row},,,chart" for row in rows), header=HEADER)
    assert [fault.column for fault in caught.value.faults] == columns
    assert not any("agrees" in fault.expected for fault in caught.value.faults)


@pytest.mark.parametrize(
    ("header", "meant"),
    [
        ("strat", "'start'"),
        ("start_date", "'start'"),
        ("Start (d)", "'start'"),
        ("Date", "'start'"),
        ("ULN", "'ref_high'"),
        ("ref hight", "'ref_high'"),
        ("ref_hi", "'ref_high'"),
        ("states", "'state'"),
        ("notes", "'note'"),
        ("phases", "'phase'"),
        # One letter is missing, of one column or of the other.
        ("stat", "'start' or 'state'"),
        ("colour", ""),
    ],
)
def test_a_column_that_is_misspelt_or_named_otherwise_is_asked_about(make_case, header, meant):
    case = make_case("a,1,event,fever,,,chart,5", header=f"case_id,phase,kind,code,value,unit,source,{header}")
    (note,) = [note for note in case.notes if "is not in the data dictionary" in note]
    assert note.partition("did you mean ")[2] == (f"{meant}?" if meant else "")


def test_an_unknown_code_beside_a_misspelt_kind_is_told_in_the_same_run(make_case):
    with pytest.raises(TimelineError) as caught:
        make_case("a,1,observatoin,ferrtin,,5,ug/L,,,,,chart", "a,1,observatoin,CPK,,5,U/L,,,,,chart", header=HEADER)
    near = [(fault.line, fault.column, fault.nearest) for fault in caught.value.faults]
    assert near == [(2, "code", "ferritin"), (2, "kind", "observation"), (3, "kind", "observation")]


def test_letters_that_changed_places_make_no_other_drug(vocabulary):
    names = names_of(vocabulary.measures, observed=False)
    assert near_names("tociluzimab", names) == ("tocilizumab",)
    # Two drugs that differ by more than that.
    assert near_names("pirfenidone", names)[:1] != ("prednisone",)


def test_a_claim_on_a_misspelt_drug_is_asked_about(make_case):
    about = "analysis: {baseline: first}\nclaims: [{says: x, test: given, treatment: tociluzumab}]"
    case = make_case("a,1,treatment,tocilizumab,,,,,,8,mg,chart", header=HEADER, about=about)
    (note,) = [note for note in case.notes if "claims" in note]
    assert note.endswith("no row has 'tociluzumab'; did you mean 'tocilizumab'?")


@pytest.mark.parametrize(
    ("header", "seen"),
    [
        ("case_id,start,mrss,ck,crp", "one column a measure"),
        ("case_id,phase,start,mrss,ck", "one column a measure"),
        ("Fall,Phase,Art,Code,Wert,Einheit,Quelle", "other names of columns"),
        ("SubjectID,EventName,ItemOID,ItemValue", "other names of columns"),
    ],
)
def test_a_long_table_of_others_is_not_called_wide_and_a_wide_one_is(header, seen):
    (fault,) = check_header(header.split(","), "t.csv")
    assert seen in fault.found and "how: data/README.md" in fault.expected


ADVERSE = "case_id,phase,kind,code,start,value,unit,state,grade,source"


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        # A visit in a later phase, and one of a later day.
        (("a,2,adverse_event,sepsis,,,,,5,chart", "a,3,observation,ck,,90,U/L,,,chart"), "line 3: an adverse event of"),
        (("a,,adverse_event,sepsis,9 d,,,,5,chart", "a,,observation,ck,20 d,90,U/L,,,chart"), "later is line 4"),
        (("a,2,adverse_event,rash,,,,,2,chart", "a,3,statement,no_adverse_events,,,,,,chart"), "event on line 3"),
        (("a,2,adverse_event,rash,,,,,2,chart", "a,2,statement,no_side_effects,,,,,,chart"), "event on line 3"),
        # No event, the last visit, a lower grade, and a follow-up of which the events are earlier.
        (("a,2,adverse_event,sepsis,,,,,5,chart",), ""),
        (("a,2,adverse_event,rash,,,,,2,chart", "a,3,observation,ck,,90,U/L,,,chart"), ""),
        (("a,2,adverse_event,rash,,,,,2,chart", "a,3,statement,no_side_effects,,,,,,chart"), ""),
    ],
)
def test_rows_that_do_not_go_with_an_adverse_event_are_noted(make_case, rows, expected):
    start = "0 d" if ",," in rows[0][:3] else ""
    case = make_case(f"a,{'' if start else 1},observation,mrss,{start},20,,,,chart", *rows, header=ADVERSE)
    notes = [note for note in case.notes if "an adverse event of" in note or "stands beside" in note]
    assert len(notes) == bool(expected) and all(expected in note for note in notes)


def test_a_kind_that_is_none_is_named_beside_an_unknown_code_with_the_nearest_of_both(make_case):
    # Only an observation has a value or a state; of a row without, any code may be meant.
    rows = (
        "a,1,lab,ferrtin,,,5,ug/L,,,,,,chart,",
        "a,1,sign,pericardial_efusion,,,,,,,present,,,chart,",
        "a,1,drug,ferrtin,,,,,,,,,,chart,",
    )
    with pytest.raises(TimelineError) as error:
        make_case(*rows)
    seen = [(fault.line, fault.column, fault.found, fault.nearest) for fault in error.value.faults]
    assert [each for each in seen if each[0] == 2] == [
        (2, "code", "ferrtin", "ferritin"),
        (2, "kind", "lab", "observation"),
    ]
    assert [each[1:] for each in seen if each[0] == 3] == [
        ("code", "pericardial_efusion", "pericardial_effusion"),
        ("kind", "sign", "observation"),
    ]
    assert [each[1:] for each in seen if each[0] == 4] == [("kind", "drug", "")]


@pytest.mark.parametrize(
    ("row", "near"),
    [
        ("a,1,observation,pericardial_effusion,,,,,icreased,,,chart", "increased"),
        ("a,1,observation,pericardial_effusion,,,,,nromal,,,chart", "normal"),
        ("a,1,observation,pericardial_effusion,,,,,not present,,,chart", ""),
        ("a,1,observation,pericardial_effusion,,smaller,,,,,,chart", ""),
        ("a,1,observation,pericardial_effusion,,modrate,,,,,,chart", "moderate"),
    ],
)
def test_no_fault_asks_for_the_opposite(make_case, row, near):
    assert fault_of(make_case, row).nearest == near


def test_another_drug_is_no_slip(make_case):
    case = make_case("a,1,treatment,penicillin,,,,,,8,mg,chart", header=HEADER)
    assert not [note for note in case.notes if "did you mean" in note]
