"""Cells of words that say nothing are refused where they stand, and are not told as facts."""

import pytest
from conftest import first_in_gate

from casetimeline.faults import TimelineError

HEADER = "case_id,phase,kind,code,start,value,unit,dose,dose_unit,site,method,by,related,note,source,frequency,route"
SCORE = {"case_id": "a", "phase": "1", "kind": "observation", "code": "mrss", "value": "30", "source": "chart"}
DRUG = {"case_id": "a", "phase": "1", "kind": "treatment", "code": "tocilizumab", "source": "chart"}
EVENT = {"case_id": "a", "phase": "1", "kind": "adverse_event", "code": "rash", "source": "chart"}
WORDS = ("NA", "n/a", "NaN", "NULL", "None", ".", "-", "?", "unknown", "not reported", "not stated", "unbekannt")


def row(cells):
    return ",".join(cells.get(name, "") for name in HEADER.split(","))


def fault_of(make_case, cells):
    with pytest.raises(TimelineError) as caught:
        make_case(row(cells), header=HEADER)
    (fault,) = caught.value.faults
    return fault


@pytest.mark.parametrize("word", first_in_gate(3, WORDS))
@pytest.mark.parametrize("column", ["by", "site", "method"])
def test_a_gap_is_no_examiner_site_or_method(make_case, column, word):
    fault = fault_of(make_case, SCORE | {column: word})
    assert (fault.column, fault.found) == (column, word)
    # Two capital letters may be those of an examiner.
    initials = "; of initials, write the name or examiner 1" if (column, word) == ("by", "NA") else ""
    assert fault.expected == f"blank where it is not reported{initials}"


def test_initials_that_may_be_a_gap_have_both_meanings(make_case):
    for word in ("N.A.", "K. A."):
        assert fault_of(make_case, SCORE | {"by": word}).expected.endswith("of initials, write the name or examiner 1")
        assert "initials" not in fault_of(make_case, SCORE | {"site": word}).expected


@pytest.mark.product
def test_a_gap_is_no_schedule_route_or_relation(make_case):
    blank = "blank where it is not reported"
    for column in ("frequency", "route"):
        assert [fault_of(make_case, DRUG | {column: word}).expected for word in ("none", "nil", "NA")] == [blank] * 3
    assert [fault_of(make_case, EVENT | {"related": word}).expected for word in ("-", ".")] == [blank] * 2
    assert len(make_case(row(EVENT | {"related": "none"}), header=HEADER).facts) == 1


def test_a_dash_for_a_gap_is_not_to_be_typed_as_another_dash(make_case):
    with pytest.raises(TimelineError) as caught:
        make_case(row(SCORE | {"site": "\u2014"}), header=HEADER)
    assert "blank where it is not reported" in str(caught.value) and "DASH" not in str(caught.value)


@pytest.mark.parametrize("word", first_in_gate(2, WORDS))
def test_a_gap_is_no_source_and_no_unit_of_a_dose(make_case, word):
    assert "no source" in fault_of(make_case, SCORE | {"source": word}).expected
    fault = fault_of(make_case, DRUG | {"dose": "162", "dose_unit": word})
    assert fault.column == "dose_unit" and "'dose' is blank as well" in fault.expected


@pytest.mark.parametrize(
    ("cells", "event"),
    [(DRUG, "no_treatment"), (DRUG | {"kind": "procedure"}, "no_procedure"), (EVENT, "no_adverse_events")],
)
def test_none_in_the_place_of_a_name_is_the_event_that_there_was_none(make_case, cells, event):
    for word in ("none", "nil"):
        assert f"the event {event}," in fault_of(make_case, cells | {"code": word}).expected
    for word in ("NA", "n/a", "-", "unknown"):
        assert "of what nothing is reported there is no row" in fault_of(make_case, cells | {"code": word}).expected


def test_each_gap_of_a_row_that_a_program_has_filled_with_them_is_one_fault(make_case):
    # R writes NA in each blank cell: of an event neither a unit nor an examiner is asked for.
    for cells in (SCORE | {"value": "", "state": "present", "code": "anti_scl70"}, EVENT):
        header = f"{HEADER},state"
        filled = ",".join(cells.get(name, "NA") for name in header.split(","))
        with pytest.raises(TimelineError) as caught:
            make_case(filled, header=header)
        places = [fault.column for fault in caught.value.faults]
        assert sorted(places) == sorted({*places}) and {"unit", "by", "site", "note"} <= {*places}


def test_words_of_a_note_stay_and_a_mark_does_not(make_case):
    assert len(make_case(row(EVENT | {"related": "unknown", "note": "data not shown"}), header=HEADER).facts) == 1
    assert fault_of(make_case, EVENT | {"note": "."}).column == "note"


@pytest.mark.parametrize("several", ["two examiners", "different", "Dr A; Dr B", "NB and KL", "blinded assessors"])
def test_words_for_several_persons_are_no_one_examiner(make_case, several):
    assert "examiner 1" in fault_of(make_case, SCORE | {"by": several}).expected


@pytest.mark.parametrize(
    "role", first_in_gate(1, ["rheumatologist", "Physician", "examiner", "consultant", "referring physician"])
)
def test_a_role_names_no_examiner(make_case, role):
    # Two visits by a rheumatologist may be of one person or of two.
    fault = fault_of(make_case, SCORE | {"by": role})
    assert fault.column == "by" and "the role in the note" in fault.expected
    for name in ("Dr A", "examiner 1", "NB", "A. B. of Bern", "central laboratory", "the same rheumatologist"):
        assert len(make_case(row(SCORE | {"by": name}), header=HEADER).facts) == 1
