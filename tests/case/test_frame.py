"""A DataFrame in hand becomes a case by the same checks as files, or is refused at the cell that is wrong."""

import datetime
import re

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import casetimeline as ct


def frame_of(**columns):
    """Three rows as a user types them: two skin scores and, between them, the treatment."""
    rows = {
        "case_id": "a",
        "phase": [1, 2, 3],
        "kind": ["observation", "treatment", "observation"],
        "code": ["mrss", "tocilizumab", "mrss"],
        "value": [46.0, np.nan, 32.0],
        "unit": "",
        "dose": [None, 8, None],
        "dose_unit": ["", "mg/kg", ""],
        "source": "chart",
    }
    return pd.DataFrame({**rows, **columns})


def test_numbers_dates_and_missing_cells_are_read_as_they_would_be_typed():
    case = ct.read_facts(frame_of(start=pd.to_datetime(["2024-01-10", "2024-02-01", None])))
    assert case.facts["value"].tolist() == ["46", "", "32"] and case.facts["dose"].tolist() == ["", "8", ""]
    assert case.facts["start"].tolist() == ["2024-01-10", "2024-02-01", ""]
    # 46 before the treatment, 32 after it.
    assert ct.analyse(case).changes["CHG"].dropna().tolist() == [0, -14]


def test_what_a_computer_adds_to_a_fraction_is_no_digit_of_a_value():
    # 4.1 and 0.3 as sums of floats of 64 bits print with 17 digits.
    facts = ct.read_facts(frame_of(code=["ck", "tocilizumab", "ck"], value=[4.1000000000000005, None, 0.1 + 0.2])).facts
    assert facts["value"].tolist() == ["4.1", "", "0.3"]


def test_a_time_delta_is_a_length_of_time():
    # 0, 7 and 1.5 days.
    case = ct.read_facts(frame_of(start=pd.to_timedelta([0, 168, 36], unit="h")).iloc[[0, 2, 1]])
    assert case.facts["start"].tolist() == ["0 d", "36 h", "7 d"] and case.facts["DAYLO"].tolist() == [0, 1.5, 7]


def test_two_baselines_of_a_frame_are_named_by_their_rows():
    frame = frame_of(phase=[2, 1, 2], start=["1 d", "", ""]).set_axis(["x", "y", "z"])
    with pytest.raises(ct.TimelineError, match="row 'x' and row 'z' could both be the baseline"):
        ct.read_facts(frame, baseline_rule="phase=2")


@pytest.mark.product
def test_the_plan_is_asked_for_or_chosen_as_for_a_file_and_noted():
    case = ct.read_facts(frame_of())
    assert (case.baseline_rule, case.reference) == ("last_before", "tocilizumab")
    assert "DataFrame: the reference is 'tocilizumab', the only treatment" in case.notes
    asked = ct.read_facts(frame_of(), {"title": "A case", "analysis": {"baseline": "first"}})
    assert asked.baseline_rule == "first" and asked.about["title"] == "A case"
    assert ct.read_facts(frame_of(), baseline_rule="phase=3", reference="tocilizumab").baseline_rule == "phase=3"


@pytest.mark.product
def test_the_same_facts_by_file_and_by_frame_give_the_same_table():
    by_file = ct.read_case(ROOT / "data/fu-2025")
    columns = [name for name in by_file.facts.columns if name.islower() and name != "line"]
    by_frame = ct.read_facts(by_file.facts[columns], by_file.about)
    pd.testing.assert_frame_equal(
        ct.analyse(by_frame).changes.drop(columns="line"), ct.analyse(by_file).changes.drop(columns="line")
    )


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"value": [64, None, 32]}, "DataFrame, cell .loc['x', 'value']: found '64'; expected a whole number from 0"),
        ({"code": ["mrs", "tocilizumab", "mrss"]}, "DataFrame, cell .loc['x', 'code']: found 'mrs'; "),
        (
            {"note": ["two\nlines", "", ""], "kind": ["observation", "treatment", "x"]},
            "cell .loc['z', 'kind']: found 'x'",
        ),
        (
            {"case_id": ["a", "a", "b"]},
            "DataFrame, column case_id: found 'a, b'; expected a column case_id with the id",
        ),
        (
            {"case_id": "../a"},
            "DataFrame, cell .loc['x', 'case_id']: found '../a'; expected up to 64 letters, digits",
        ),
        ({"unit": ["", "", "a\x1b"]}, "DataFrame, cell .loc['z', 'unit']: found 'the control character 0x1b'"),
        ({"case_id": "a\x1b"}, "DataFrame, cell .loc['x', 'case_id']: found 'the control character 0x1b'"),
    ],
)
def test_a_fault_names_the_cell_as_pandas_finds_it(changed, message):
    with pytest.raises(ct.TimelineError) as caught:
        ct.read_facts(frame_of(**changed).set_axis(["x", "y", "z"]))
    assert message in str(caught.value)


def test_faults_and_notes_speak_of_rows_and_not_of_lines_of_a_file_that_is_not_there():
    twice = frame_of(phase=[1, 2, 1]).set_axis(["x", "y", "z"])
    with pytest.raises(ct.TimelineError, match="one value of mrss at one moment, as on row 'x', or on both a site"):
        ct.read_facts(twice)
    bare = frame_of(code=["ck", "tocilizumab", "ck"], unit=["", "", ""], note=["two\nlines", "", ""])
    case = ct.read_facts(bare, {"phases": {"1": "a", "2": "b"}, "titel": "a"})
    assert (
        "DataFrame, row 0, row 2: no unit; the value is not compared with others, and no change is computed"
        in case.notes
    )
    assert "DataFrame: phase 3 has no name in case.yaml" in case.notes
    assert "about: the key 'titel' is not read; did you mean 'title'?" in case.notes
    assert not [note for note in case.notes if "timeline.csv" in note or "line " in note]


def test_a_missing_column_and_a_wrong_key_are_named():
    with pytest.raises(ct.TimelineError, match="DataFrame, column source: found nothing; expected a column 'source'"):
        ct.read_facts(frame_of().drop(columns="source"))
    with pytest.raises(ct.TimelineError, match=r"about, cell \['caveats'\]: found 'mrs'"):
        ct.read_facts(frame_of(), {"analysis": {"baseline": "first"}, "caveats": {"mrs": ["x"]}})


def test_a_character_that_acts_is_named_at_its_key():
    about = {"claims": [{"says": "a\x1b[31m", "test": "falls", "measure": "mrss"}], "ti\u202etle": "x"}
    with pytest.raises(ct.TimelineError) as caught:
        ct.read_facts(frame_of(), about)
    assert [fault.cell for fault in caught.value.faults] == ["['claims: 1: says']", "['ti\\u202etle']"]


@pytest.mark.parametrize(
    "date", [pd.Timestamp("2020-01-01"), np.datetime64("2020-01-01"), datetime.date(2020, 1, 1), "2020-01-01"]
)
def test_a_date_of_pandas_or_numpy_is_read_as_it_would_be_typed(date):
    frame = frame_of(start=["2020-01-01", "2020-01-02", "2020-01-04"])
    case = ct.read_facts(frame, {"time_zero": {"date": date}, "patient": {"age": np.int64(25)}})
    assert case.facts["DAYLO"].tolist() == [0, 1, 3] and case.about["patient"]["age"] == "25"


@pytest.mark.parametrize("columns", [{"case_id": "../x"}, {"source": "ch\x07art"}, {"value": [64.0, np.nan, 32.0]}])
def test_a_number_as_label_of_a_row_is_named_as_it_is_typed(columns):
    with pytest.raises(ct.TimelineError, match=r"DataFrame, cell \.loc\[7, '[a-z_]+'\]"):
        ct.read_facts(frame_of(**columns).set_axis([7, 8, 9]))


@pytest.mark.parametrize("missing", [None, np.nan, pd.NaT])
def test_what_is_missing_in_about_is_blank_and_no_word(missing):
    case = ct.read_facts(frame_of(), {"title": missing, "patient": {"age": missing, "sex": "female"}})
    assert "title" not in case.about and case.about["patient"] == {"sex": "female"}


def test_columns_that_stand_in_the_index_are_asked_for():
    for names in (["case_id", "phase"], ["phase"]):
        with pytest.raises(ct.TimelineError, match=f"found '{', '.join(names)} in the index'.* frame.reset_index"):
            ct.read_facts(frame_of(start="0 d").set_index(names))
    # An index that the columns say as well hides nothing.
    assert len(ct.read_facts(frame_of().set_index("phase", drop=False)).facts) == 3


def test_a_folder_that_is_none_is_named():
    with pytest.raises(ct.TimelineError, match="data_dir: found 'None'; expected a path"):
        ct.read_facts(frame_of(), data_dir=None)


def test_the_facts_of_a_case_are_read_again_by_frame_and_by_file(tmp_path, write_case):
    case = ct.read_facts(frame_of())
    again = ct.read_facts(case.facts)
    # STATE is derived of `state`: the recorded column counts.
    pd.testing.assert_frame_equal(again.facts, case.facts)
    assert any(note.startswith("DataFrame: the derived columns are not used: PARAMCD, PARAM,") for note in again.notes)
    data = write_case()
    case.facts.to_csv(data / "a" / "timeline.csv", index=False)
    pd.testing.assert_frame_equal(ct.read_case(data, "a").facts, case.facts)
    # Without the recorded column it is a word for it.
    facts = case.facts.drop(columns="state").assign(STATE=["", "", "unknown"], value=["46", "", ""])
    assert ct.read_facts(facts).facts["state"].tolist() == ["", "", "unknown"]


def test_the_csv_of_a_frame_is_read_as_the_frame(write_case):
    # With a gap, pandas writes the phases as 1.0 and 2.0.
    frame = frame_of(phase=[1, 2, None], start=[None, None, "12 wk"])
    data = write_case()
    frame.to_csv(data / "a" / "timeline.csv", index=False)
    for case in (ct.read_facts(frame), ct.read_case(data, "a")):
        assert case.facts["phase"].dropna().tolist() == [1, 2]


def test_a_time_delta_of_a_csv_is_asked_for_in_one_unit(write_case):
    data = write_case()
    frame_of(start=pd.to_timedelta([0, 36, -36], unit="h")).to_csv(data / "a" / "timeline.csv", index=False)
    with pytest.raises(ct.TimelineError) as caught:
        ct.read_case(data, "a")
    # A day and a half.
    assert [fault.expected.rpartition(": ")[2] for fault in caught.value.faults] == ["0 h", "36 h", "-36 h"]


def test_a_blank_row_is_left_out_and_noted():
    # As read_excel gives one, and as one of blank texts.
    blank = pd.DataFrame([dict.fromkeys(frame_of()), dict.fromkeys(frame_of(), "")])
    frame = pd.concat([blank.iloc[:1], frame_of(), blank.iloc[1:]]).set_axis(list("vwxyz"))
    case = ct.read_facts(frame)
    assert case.facts["value"].tolist() == ["46", "", "32"]
    assert any(note.endswith("2 blank rows") for note in case.notes)
    # The labels of the other rows stay with them.
    with pytest.raises(ct.TimelineError, match=re.escape("cell .loc['w', 'value']: found '64'")):
        ct.read_facts(frame.replace({"value": 46}, {"value": 64}))


def test_a_row_without_its_case_id_is_named():
    frame = frame_of(case_id=["a", "a", None]).set_axis(list("xyz"))
    with pytest.raises(ct.TimelineError, match=re.escape("DataFrame, cell .loc['z', 'case_id']: found nothing")):
        ct.read_facts(frame)


@pytest.mark.parametrize(
    ("about", "key", "read"),
    [
        ({"patient": {"age": 25.0, "weight": 60.0}}, "patient", {"age": "25", "weight": "60"}),
        ({"patient": {"age": np.float32(25.5)}}, "patient", {"age": "25.5"}),
        ({"phases": {np.int64(1): "Baseline", 2.0: "Treatment"}}, "phases", {"1": "Baseline", "2": "Treatment"}),
        (
            {"patient": {"comorbidities": pd.Series(["gout", "asthma"])}},
            "patient",
            {"comorbidities": ["gout", "asthma"]},
        ),
        *(
            ({"patient": {"disease_duration": week}}, "patient", {"disease_duration": "7 d"})
            for week in (datetime.timedelta(days=7), np.timedelta64(7, "D"), pd.Timedelta(7, "D"))
        ),
    ],
)
def test_what_about_holds_is_read_as_a_cell_of_the_frame_is(about, key, read):
    assert ct.read_facts(frame_of(), about).about[key] == read


@pytest.mark.parametrize(
    ("about", "message"),
    [
        (
            {"title": {"a"}},
            "about, cell ['title']: found 'a value of type set'; expected text, a number, a date, a list or a dict",
        ),
        ({"phases": {1: "x", "1": "y"}}, "about, cell ['phases: 1']: found '1'; expected each key once"),
        ({"case_id": "b"}, "about, cell ['case_id']: found 'b'; expected 'a', as on the rows"),
    ],
)
def test_what_about_cannot_hold_is_named_at_its_key(about, message):
    with pytest.raises(ct.TimelineError, match=re.escape(message)):
        ct.read_facts(frame_of(), about)


def test_the_order_of_columns_of_a_frame_is_no_matter():
    assert not any("order" in note for note in ct.read_facts(frame_of().iloc[:, ::-1]).notes)
