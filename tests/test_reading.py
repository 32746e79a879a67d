"""The reading edge: a checked case, or one error that lists every fault by file, line and column."""

import subprocess
import sys

import pytest
from conftest import CASES, HEADER, ROOT, casetimeline
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from casetimeline.faults import TimelineError
from casetimeline.timeline import list_cases, read_case


def faults_of(data, case_id="a", **options):
    with pytest.raises(TimelineError) as caught:
        read_case(data, case_id, **options)
    return caught.value.faults


def test_every_published_case_is_clean():
    assert list_cases(ROOT / "data") == sorted(CASES)
    for case_id in CASES:
        assert read_case(ROOT / "data", case_id).notes == ()


def test_no_row_is_lost(published):
    for case_id, (case, changes) in published.items():
        lines = (ROOT / "data" / case_id / "timeline.csv").read_text(encoding="utf-8").count("\n") - 1
        assert len(case.facts) == len(changes) == lines
        assert case.facts["line"].tolist() == list(range(2, lines + 2))


def test_every_quote_of_the_index_case_stands_in_its_abstract(published):
    abstract = (ROOT / "data/fu-2025/abstract.txt").read_text(encoding="utf-8")
    facts = published["fu-2025"][0].facts
    quotes = facts.loc[facts["state"] != "not_reported", "quote"]
    assert len(quotes) == 14
    assert all(quote and quote in abstract for quote in quotes)


def test_every_number_of_a_row_stands_in_its_quote(published):
    for case, _ in published.values():
        for row in case.facts.itertuples():
            for number in filter(None, (row.value, row.dose)):
                plain = row.quote.replace(",", "")
                assert number in plain or number == "large", f"{case.case_id}, line {row.line}: {number}"


@pytest.mark.parametrize(
    ("row", "column", "found"),
    [
        ({"value": "52"}, "value", "52"),
        ({"value": "-1"}, "value", "-1"),
        ({"value": "46.5"}, "value", "46.5"),
        ({"value": "many"}, "value", "many"),
        ({"code": "ck", "value": "923", "unit": "U/l/x"}, "unit", "U/l/x"),
        ({"code": "ck", "value": "-5", "unit": "U/L"}, "value", "-5"),
        ({"code": "ck", "value": "923", "unit": "U/L", "limits": "300,200"}, "ref_low", "300"),
        ({"code": "mrs"}, "code", "mrs"),
        ({"phase": "0"}, "phase", "0"),
        ({"phase": ""}, "phase", ""),
        ({"start": "soon"}, "start", "soon"),
        ({"value": ""}, "value", ""),
        ({"state": "gone"}, "state", "gone"),
        ({"state": "not_reported"}, "state", "not_reported"),
        ({"code": "pericardial_effusion", "value": "none", "state": "present"}, "state", "present"),
        ({"code": "pericardial_effusion", "value": "huge"}, "value", "huge"),
        ({"case_id": "b"}, "case_id", "b"),
    ],
)
def test_one_fault_is_named_by_line_and_column(make_case, observe, row, column, found):
    (fault,) = faults_of(make_case(observe(phase="9"), observe(**row)))
    assert (fault.file, fault.line, fault.column, fault.found) == ("a/timeline.csv", 3, column, found)
    assert fault.expected


def test_all_faults_come_in_one_message(make_case, observe):
    data = make_case(
        observe(value="52"),
        observe(code="ck", value="9", unit="furlong"),
        "a,2,treatment,tocilizumab,20 d,10 d,,,,,,8,mg/kg,chart,",
        observe(phase="3", value="20"),
        observe(phase="3", value="22"),
    )
    faults = faults_of(data)
    assert [(fault.line, fault.column) for fault in faults] == [(2, "value"), (3, "unit"), (4, "end"), (6, "value")]
    assert "line 5" in faults[-1].expected


def test_a_treatment_may_not_end_before_it_starts_by_date_either(make_case):
    (fault,) = faults_of(make_case("a,2,treatment,tocilizumab,2005-08,2005-06,,,,,,8,mg/kg,chart,"))
    assert (fault.column, fault.found) == ("end", "2005-06")


def test_two_values_at_one_moment_are_two_sites_or_a_fault(make_case, observe):
    sites = [
        observe(code="pericardial_effusion", value=value, unit="mm", note=f"site: {site}")
        for value, site in (("35", "left"), ("24", "right"))
    ]
    assert list(read_case(make_case(*sites), "a").facts["LOC"]) == ["left", "right"]
    (fault,) = faults_of(make_case(sites[0], sites[1].replace("right", "left")))
    assert fault.column == "value"


def test_the_nearest_known_word_is_offered(make_case, observe):
    (fault,) = faults_of(make_case(observe(code="mRSS")))
    assert "did you mean 'mrss'" in fault.expected


def test_values_are_converted_to_the_unit_of_the_measure(make_case, observe):
    # 1 ukat/L is 60 U/L; 923 IU/L is 923 U/L.
    rows = [observe(phase="1", code="ck", value="10", unit="ukat/L", limits="1,3")]
    rows += [observe(phase="2", code="ck", value="923", unit="IU/L"), observe(phase="3", code="ck", value="900")]
    facts = read_case(make_case(*rows), "a").facts
    assert facts["AVAL"].tolist() == [600, 923, 900]
    assert facts["ANRHI"].tolist()[0] == 180
    assert facts["AVALU"].tolist() == ["U/L", "U/L", "unit not reported"]


def test_a_row_of_another_source_does_not_pass_under_this_case(make_case, observe):
    about = "sources: [{id: chart, doi: 10.1/x}]\nanalysis: {baseline: first}"
    data = make_case(observe().replace("chart", "letter"), observe(phase="2"), about=about)
    found = [(fault.line, fault.column) for fault in faults_of(data)]
    # A row of the publication needs its quote.
    assert found == [(2, "source"), (3, "quote")]


def test_the_rows_of_another_patient_are_refused(make_case, observe):
    data = make_case(observe(), case_id="a")
    make_case(observe(case_id="b"), case_id="b")
    (data / "a" / "timeline.csv").write_text((data / "b" / "timeline.csv").read_text())
    assert [fault.found for fault in faults_of(data)] == ["b"]
    (data / "a" / "case.yaml").write_text("case_id: b\n")
    assert faults_of(data)[0].column == "case_id"


@pytest.mark.parametrize("case_id", ["0012", "NO", "1e5", "007.0"])
def test_an_id_stays_text(make_case, observe, case_id):
    case = read_case(make_case(observe(case_id=case_id), case_id=case_id), case_id)
    assert (case.case_id, case.facts["case_id"].tolist()) == (case_id, [case_id])


@pytest.mark.parametrize("case_id", ["../etc", "12:30", "", "a/b", ".hidden", 12])
def test_what_is_not_an_id_is_refused_as_it_was_typed(make_case, observe, case_id):
    (fault,) = faults_of(make_case(observe()), case_id)
    assert fault.found == str(case_id)


def test_a_missing_case_names_those_that_are_there(make_case, observe):
    (fault,) = faults_of(make_case(observe()), "nobody")
    assert fault.expected.endswith(": a")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        HEADER.encode(),
        b"\xff\xfe",
        b"case_id,kind\na",
        HEADER.encode() + b'\na,"',
        HEADER.encode() + b"\n\0",
        b"case_id,case_id\na,a\n",
    ],
)
def test_a_broken_file_is_one_clear_message(make_case, observe, content):
    data = make_case(observe())
    (data / "a" / "timeline.csv").write_bytes(content)
    assert faults_of(data)[0].file == "a/timeline.csv"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_case_or_a_list_of_faults(make_case, content, with_header):
    data = make_case("a,1,observation,mrss,,,46,,,,,,,chart,")
    (data / "a" / "timeline.csv").write_bytes((HEADER + "\n").encode() * with_header + content)
    try:
        assert len(read_case(data, "a").facts)
    except TimelineError as error:
        assert error.faults


def test_a_byte_order_mark_blank_lines_and_other_column_orders_are_read(make_case):
    rows = "\ufeffphase,case_id,kind,code,value,unit,source,colour\r\n\r\n1, a ,observation,mrss,46,,chart,red\r\n"
    data = make_case("x")
    (data / "a" / "timeline.csv").write_bytes(rows.encode())
    case = read_case(data, "a")
    assert case.facts[["line", "value"]].to_numpy().tolist() == [[3, "46"]]
    assert case.notes == ("a/timeline.csv: column 'colour' is not in the data dictionary and is not used",)


def test_an_unknown_baseline_rule_or_reference_is_refused(make_case, observe):
    data = make_case(observe())
    assert faults_of(data, baseline_rule="best")[0].column == "baseline_rule"
    assert faults_of(data, reference="aspirin")[0].column == "reference"
    assert faults_of(data, baseline_rule="last_before")[0].column == "reference"


def test_the_command_prints_faults_without_a_traceback(make_case, observe):
    data = make_case(observe(value="52"))
    done = casetimeline("check", str(data / "a"))
    assert done.returncode == 2
    assert "line 2, column value: found '52'; expected a whole number from 0 to 51" in done.stderr
    assert "Traceback" not in done.stderr
    assert casetimeline("check", str(ROOT / "data")).returncode == 0


def test_help_needs_no_library():
    code = "import sys; from casetimeline.cli import _parser; _parser(); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
