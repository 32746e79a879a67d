"""The reading edge: a checked case, or one error that lists every fault by file, line and column."""

import os
import subprocess
import sys

import pandas as pd
import pytest
from conftest import CASES, HEADER, ROOT, casetimeline
from hypothesis import HealthCheck, given, settings, strategies as st

from casetimeline.case import read
from casetimeline.case.proof.proving import check_numbers
from casetimeline.case.read import read_case
from casetimeline.case.tables.dialect import read_rows
from casetimeline.faults import Fault, TimelineError


def faults_of(data, case_id="a", **options):
    with pytest.raises(TimelineError) as caught:
        read_case(data, case_id, **options)
    return caught.value.faults


EXPECTED_NOTES = (
    "no unit",
    "is no interval that is understood",
    "adds to the measures of all cases",
    "shown under its own name",
    "shown under their own names",
    "was compared with a text that is not among these files",
    "column frequency: read",
    "column value: read 'massive' as 'large'",
    "are compared:",
    "because their order is",
)


def test_every_published_case_is_clean(every_published):
    assert set(CASES) <= {case.case_id for case in every_published}
    for case in every_published:
        # Laboratory values without a unit, schedules that are no interval, words and measures that a case has alone,
        # and proofs against a text elsewhere: nothing else is to be said of any case.
        strange = [note for note in case.notes if not any(words in note for words in EXPECTED_NOTES)]
        assert strange == [], case.case_id
    quiet = [case.case_id for case in every_published if not case.notes]
    assert "fu-2025" in quiet
    # One quote of a title is held against no text; every other row of every case is.
    assert [case.case_id for case in every_published if not case.is_proved] == ["kupelian-sle-38f"]


@pytest.mark.product
def test_no_row_is_lost(published):
    for case_id, (case, changes) in published.items():
        lines = (ROOT / "data" / case_id / "timeline.csv").read_text(encoding="utf-8").count("\n") - 1
        assert len(case.facts) == len(changes) == lines
        assert case.facts["line"].tolist() == list(range(2, lines + 2))


@pytest.mark.product
def test_every_quote_of_the_index_case_stands_in_its_abstract(published):
    abstract = (ROOT / "data/fu-2025/abstract.txt").read_text(encoding="utf-8")
    facts = published["fu-2025"][0].facts
    quotes = facts.loc[facts["state"] != "not_reported", "quote"]
    assert len(quotes) == 16
    assert all(quote and quote in abstract for quote in quotes)


@pytest.mark.product
def test_every_number_of_a_row_stands_in_its_quote(every_published):
    for case in every_published:
        assert list(check_numbers(case.facts)) == [], case.case_id


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
def test_one_fault_is_named_by_line_and_column(write_case, observe, row, column, found):
    (fault,) = faults_of(write_case(observe(phase="9"), observe(**row)))
    assert (fault.file, fault.line, fault.column, fault.found) == ("a/timeline.csv", 3, column, found)
    assert fault.expected


def test_all_faults_come_in_one_message(write_case, observe):
    data = write_case(
        observe(value="52"),
        observe(code="ck", value="9", unit="furlong"),
        "a,2,treatment,tocilizumab,20 d,10 d,,,,,,8,mg/kg,chart,",
        observe(phase="3", value="20"),
        observe(phase="3", value="22"),
    )
    faults = faults_of(data)
    assert [(fault.line, fault.column) for fault in faults] == [(2, "value"), (3, "unit"), (4, "end"), (6, "value")]
    assert "line 5" in faults[-1].expected


def test_a_treatment_may_not_end_before_it_starts_by_date_either(write_case):
    (fault,) = faults_of(write_case("a,2,treatment,tocilizumab,2005-08,2005-06,,,,,,8,mg/kg,chart,"))
    assert (fault.column, fault.found) == ("end", "2005-06")


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        # A limit is one exact number.
        (["{mrss}", "a,1,observation,ck,,,9,U/L,,<190,,,,chart,"], [(3, "ref_high")]),
        (["{mrss}", "a,1,observation,ck,,,9,U/L,,0,,,,chart,"], [(3, "ref_high")]),
        # Nothing lies beyond the end of the scale, and a bound of a whole score is whole.
        (
            ["a,1,observation,mrss,,,>51,,,,,,,chart,", "a,2,observation,mrss,,,<0,,,,,,,chart,"],
            [(2, "value"), (3, "value")],
        ),
        (["a,1,observation,mrss,,,10.5..20.5,,,,,,,chart,"], [(2, "value")]),
        # What belongs to another kind of row is not dropped.
        (["{mrss}", "a,1,treatment,x,,,8,mg/kg,,,,,,chart,"], [(3, "unit"), (3, "value")]),
        (["{mrss}", "a,1,treatment,x,,,,,,,absent,,,chart,"], [(3, "state")]),
        (["a,1,observation,mrss,,,46,,,,,8,mg,chart,"], [(2, "dose"), (2, "dose_unit")]),
        # A later phase at an earlier time, where not every fact has a time; a date that nothing places.
        (
            [
                "a,1,observation,mrss,30 d,,46,,,,,,,chart,",
                "a,2,observation,mrss,5 d,,32,,,,,,,chart,",
                "a,3,observation,mrss,,,30,,,,,,,chart,",
            ],
            [(3, "start")],
        ),
        (["a,,observation,mrss,2020,,46,,,,,,,chart,", "a,,observation,mrss,3 d,,32,,,,,,,chart,"], [(2, "start")]),
        (["a,1,observation,mrss,~<5 wk,,46,,,,,,,chart,"], [(2, "start")]),
    ],
)
def test_what_would_be_misread_is_refused(write_case, observe, rows, found):
    data = write_case(*(row.format(mrss=observe()) for row in rows))
    assert [(fault.line, fault.column) for fault in faults_of(data)] == found


@pytest.mark.parametrize(
    ("about", "key"),
    [
        ("sources: Smith 2020", "sources"),
        ("sources: [{id: y}, {title: x}]", "sources: 2"),
        ("sources: {id: chart}", "sources"),
        ("sources: [{id: y, doi: 10.1/x}, {id: z}, {id: y, doi: 10.1/z}]", "sources: 3: id"),
        ("claims: [{says: x, test: none_happen, events: [death, stroke]}]", "claims: 1: events"),
        ("claims: [{says: x, test: none_happen, events: {death: stroke}}]", "claims: 1: events"),
        ("time_zero: 2005-08", "time_zero"),
        ("time_zero: {date: 10.01.2024}", "time_zero: date"),
        ("analysis: tocilizumab", "analysis"),
        ("analysis: {reference: [drug]}", "analysis: reference"),
        ("phases: [a, b]", "phases"),
        ("phases: {first: a}", "phases"),
        ("caveats: {mrss: Who scored is not said}", "caveats: mrss"),
        ("caveats: {mrs: [x]}", "caveats"),
        ("patient: female 25", "patient"),
        ("phases: {1: a, 1: b}", None),
        ("phases: {[1]: a}", None),
        ("title: [a]", "title"),
        ("analysis: {baseline: first, cva: about 3}", "analysis: cva"),
        ("sources: [x]", "sources: 1"),
        ("phases: &x {1: a}\npatient: *x", None),
        ("phases: {1: a", None),
        # Half a character: a pair of such escapes is one character, one alone is none.
        ('phases: {1: "\\ud83d"}', None),
        ("analysis: {baseline: phase=99}", "analysis: baseline"),
        ("analysis: {baseline: first, reference: mrs}", "analysis: reference"),
    ],
)
def test_a_case_file_of_another_shape_is_refused(write_case, observe, about, key):
    if "baseline" not in about and "analysis" not in about:
        about += "\nanalysis: {baseline: first}"
    (fault,) = faults_of(write_case(observe(), about=about))
    assert (fault.file, fault.column) == ("a/case.yaml", key)
    assert fault.line is not None if key is None else "key" in str(fault)


@pytest.mark.product
@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("case_id: a\ntitle: " + "x" * 200_001, "200019 characters"),
        ("case_id: a\nphases: " + "[" * 5000, "lists within lists without end"),
        ("- a", "['a']"),
        ("", ""),
    ],
)
def test_a_case_file_without_end_or_content_is_one_fault(write_case, observe, text, found):
    data = write_case(observe())
    (data / "a" / "case.yaml").write_text(text)
    (fault,) = faults_of(data)
    assert (fault.file, fault.found) == ("a/case.yaml", found)


def test_what_else_is_said_of_a_file(write_case, observe):
    data = write_case(observe("1"), observe("7", value="32"), about="analysis: {baseline: first}\nphases: {1: start}")
    assert read_case(data, "a").notes == ("a/timeline.csv: phase 7 has no name in case.yaml",)
    (fault,) = faults_of(write_case(observe("1", start="ongoing")))
    assert (fault.column, fault.found) == ("start", "ongoing")
    with pytest.raises(TimelineError) as caught:
        read_case(write_case(observe("1", code="skin scor"), observe("2", code="skin scor")), "a")
    assert {fault.nearest for fault in caught.value.faults} == {"mrss"}


def test_faults_of_all_files_come_together(write_case, observe):
    data = write_case(
        observe(value="52"), observe("2", code="mrs"), about="analysis: {baseline: best, reference: nodrug}"
    )
    (data / "rules.csv").write_text("kode\nx\n")
    files = [fault.file for fault in faults_of(data)]
    assert set(files) == {"rules.csv", "a/timeline.csv", "a/case.yaml"}
    assert files.count("a/timeline.csv") == 2 and files.count("a/case.yaml") == 2


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        ("measures.csv", "code,kind", "kode,kind"),
        ("measures.csv", "code,kind", "code,code,kind"),
        ("measures.csv", "points=1|(blank)=1", "points"),
        ("measures.csv", ",0,51,", ",0,fifty,"),
        ("measures.csv", "ck,observation", "mrss,observation"),
        ("rules.csv", "2.45,", "two,"),
        ("comparators.csv", ",43,26.4", ",many,26.4"),
    ],
)
def test_a_vocabulary_that_is_broken_is_one_clear_message(write_case, observe, name, old, new):
    data = write_case(observe())
    text = (data / name).read_text(encoding="utf-8")
    assert old in text
    (data / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    assert faults_of(data)[0].file == name


def test_the_own_unit_of_a_measure_may_be_written_otherwise_in_its_list_of_units(write_case, observe):
    data = write_case(observe("1", "x", "5", "ug/L"))
    row = 'x,observation,X,\u00b5g/L,,lower,"\u03bcg / L=1|mg/L=1000"'
    (data / "a/measures.csv").write_text(f"code,kind,label,unit,grades,better,units\n{row}\n", encoding="utf-8")
    assert read_case(data, "a").measures.loc["x", "units"]["mg/L"] == 1000


@pytest.mark.parametrize(
    ("name", "row", "column", "cells", "told"),
    [
        ("measures.csv", "ck", "units", "U/L=1|ukat/L=0", "names with their factor, which is above 0"),
        ("measures.csv", "ck", "units", "U/L=10", "U/L=1, the measure's own unit"),
        ("measures.csv", "ck", "units", "ukat/L=60", "U/L=1, the measure's own unit"),
        ("measures.csv", "ck", "units", "U/L=1|ukat/L=60|ukat/L=6", "one factor of each unit"),
        ("measures.csv", "ck", "units", "U/L=1|ukat/L=60|\u03bckat / l=6", "one factor of each unit"),
        ("measures.csv", "mrss", "whole", "maybe", "yes, no, or blank"),
        ("measures.csv", "mrss", "whole", "Yes", "yes, no, or blank"),
        ("measures.csv", "mrss", "scale", "metric", "ratio, interval, ordinal, titre, or blank"),
        ("measures.csv", "mrss", "low", "60", "a number above the low of its row, 60"),
        ("measures.csv", "mrss", "high", "inf", "a number, or blank"),
        ("measures.csv", "pericardial_effusion", "grades", "none|small|large|small", "each grade once"),
        ("measures.csv", "pericardial_effusion", "grades", "large|none", "first what is absent, from the best to"),
        ("treatments.csv", "prednisone", "prednisone_5mg", "0", "above 0"),
        ("treatments.csv", "prednisone", "prednisone_5mg", "0.0", "above 0"),
    ],
)
def test_a_cell_of_the_vocabulary_that_would_destroy_values_is_refused(
    write_case, observe, name, row, column, cells, told
):
    data = write_case(observe())
    frame = pd.read_csv(ROOT / "data" / name, dtype=str, keep_default_na=False)
    frame.loc[frame["code"] == row, column] = cells
    frame.to_csv(data / name, index=False)
    (fault,) = faults_of(data)
    assert (fault.file, fault.line) == (name, frame.index[frame["code"] == row][0] + 2)
    assert told in fault.expected


def test_alike_faults_are_one_line():
    faults = [Fault("t.csv", line, "unit", "x", "y") for line in range(2, 9)]
    assert str(TimelineError(faults)).splitlines()[1:] == [
        "t.csv, lines 2, 3, 4 and 4 more, column unit: found 'x'; expected y"
    ]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (HEADER + "\na,1,observation,mrss,,,46,,,,,,,chart,,,x", "quotation marks"),
        (HEADER + "\na,1,observation,mrss,,,46\x0b,,,,,,,chart,", "control character 0x0b"),
    ],
)
def test_the_cause_is_named(write_case, observe, content, said):
    data = write_case(observe())
    (data / "a" / "timeline.csv").write_text(content)
    assert said in str(faults_of(data)[0])


def test_empty_columns_of_a_spreadsheet_are_ignored(write_case, observe):
    data = write_case(observe() + ",,", header=HEADER + ",,")
    assert len(read_case(data, "a").facts) == 1


def test_dates_alone_count_from_the_earliest(write_case, observe):
    rows = [observe("", value="46", start="2024-01-10"), observe("", value="32", start="2025-01-12")]
    case = read_case(write_case(*rows), "a")
    # 2024 is a leap year: 366 days to 2025-01-10, and two more.
    assert case.facts["DAYLO"].tolist() == [0, 368]
    assert "days count from 2024-01-10" in case.notes[0]


def test_two_values_at_one_moment_are_two_sites_or_a_fault(write_case, observe):
    sites = [
        observe(code="pericardial_effusion", value=value, unit="mm", note=f"site: {site}")
        for value, site in (("35", "left"), ("24", "right"))
    ]
    assert list(read_case(write_case(*sites), "a").facts["LOC"]) == ["left", "right"]
    (fault,) = faults_of(write_case(sites[0], sites[1].replace("right", "left")))
    assert fault.column == "value"


def test_a_fact_told_twice_is_said_and_kept(write_case, observe):
    case = read_case(write_case(observe(value="46"), observe(value="46"), observe("2", value="32")), "a")
    assert len(case.facts) == 3
    assert case.notes == ("a/timeline.csv, line 3: says again what an earlier line says of the same moment",)


@pytest.mark.product
def test_times_that_contradict_the_phases_order_the_facts(write_case, observe):
    rows = [observe("1", value="46", start="30 d"), observe("2", value="32", start="5 d")]
    case = read_case(write_case(*rows), "a")
    assert case.facts["ORDER"].tolist() == [2, 1]
    contradicted = "a/timeline.csv: the phases contradict the times, and the times order the facts"
    assert case.notes[0] == f"{contradicted}: a (line 2, phase 1, '30 d', is later than line 3, phase 2, '5 d')"
    # A year that is mistyped is in the pair that lies furthest apart, whichever way it is wrong.
    days = [("1", "2023-01-10"), ("1", "2032-01-10"), ("2", "2023-02-10"), ("2", "2023-03-10"), ("3", "2023-04-10")]
    case = read_case(write_case(*(observe(phase, value="30", start=day) for phase, day in days)), "a")
    assert (
        f"{contradicted}: a (line 3, phase 1, '2032-01-10', is later than line 4, phase 2, '2023-02-10')" in case.notes
    )
    days[1], days[4] = ("1", "2023-01-11"), ("3", "1923-04-10")
    case = read_case(write_case(*(observe(phase, value="30", start=day) for phase, day in days)), "a")
    assert (
        f"{contradicted}: a (line 5, phase 2, '2023-03-10', is later than line 6, phase 3, '1923-04-10')" in case.notes
    )


def test_the_nearest_known_word_is_offered(write_case, observe):
    (fault,) = faults_of(write_case(observe(code="skin scor")))
    assert fault.nearest == "mrss" and "did you mean 'mrss'?" in str(fault)


def test_values_are_converted_to_the_unit_of_the_measure(write_case, observe):
    # 1 ukat/L is 60 U/L; 923 IU/L is 923 U/L.
    rows = [observe(phase="1", code="ck", value="10", unit="ukat/L", limits="1,3")]
    rows += [observe(phase="2", code="ck", value="923", unit="IU/L"), observe(phase="3", code="ck", value="900")]
    facts = read_case(write_case(*rows), "a").facts
    assert facts["AVAL"].tolist() == [600, 923, 900]
    assert facts["ANRHI"].tolist()[0] == 180
    assert facts["AVALU"].tolist() == ["U/L", "U/L", "unit not reported"]


def test_a_row_of_another_source_does_not_pass_under_this_case(write_case, observe):
    about = "sources: [{id: chart, doi: 10.1/x}]\nanalysis: {baseline: first}"
    data = write_case(observe().replace("chart", "letter"), observe(phase="2"), about=about)
    found = [(fault.line, fault.column) for fault in faults_of(data)]
    # A row of the publication needs its quote.
    assert found == [(2, "source"), (3, "quote")]


def test_the_rows_of_another_patient_are_refused(write_case, observe):
    data = write_case(observe(), case_id="a")
    write_case(observe(case_id="b"), case_id="b")
    (data / "a" / "timeline.csv").write_text((data / "b" / "timeline.csv").read_text())
    assert [fault.found for fault in faults_of(data)] == ["b"]
    (data / "a" / "case.yaml").write_text("case_id: b\n")
    assert faults_of(data)[0].column == "case_id"


@pytest.mark.parametrize("case_id", ["0012", "NO", "1e5", "007.0"])
def test_an_id_stays_text(write_case, observe, case_id):
    case = read_case(write_case(observe(case_id=case_id), case_id=case_id), case_id)
    assert (case.case_id, case.facts["case_id"].tolist()) == (case_id, [case_id])


@pytest.mark.parametrize("case_id", ["../etc", "12:30", " ", "a/b", ".hidden"])
def test_what_is_not_an_id_is_refused_as_it_was_typed(write_case, observe, case_id):
    (fault,) = faults_of(write_case(observe()), case_id)
    assert fault.found == case_id
    assert fault.expected.startswith("up to 64 letters, digits, '.', '_' or '-'")


def test_a_missing_case_names_those_that_are_there(write_case, observe):
    (fault,) = faults_of(write_case(observe()), "nobody")
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
def test_a_broken_file_is_one_clear_message(write_case, observe, content):
    data = write_case(observe())
    (data / "a" / "timeline.csv").write_bytes(content)
    assert faults_of(data)[0].file == "a/timeline.csv"


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(st.binary(max_size=200), st.booleans())
def test_any_bytes_are_a_case_or_a_list_of_faults(write_case, content, with_header):
    data = write_case("a,1,observation,mrss,,,46,,,,,,,chart,")
    (data / "a" / "timeline.csv").write_bytes((HEADER + "\n").encode() * with_header + content)
    try:
        assert len(read_case(data, "a").facts)
    except TimelineError as error:
        assert error.faults


def test_a_byte_order_mark_blank_lines_and_other_column_orders_are_read(write_case):
    rows = "\ufeffphase,case_id,kind,code,value,unit,source,colour\r\n\r\n1, a ,observation,mrss,46,,chart,red\r\n"
    data = write_case("x")
    (data / "a" / "timeline.csv").write_bytes(rows.encode())
    case = read_case(data, "a")
    assert case.facts[["line", "value"]].to_numpy().tolist() == [[3, "46"]]
    assert case.notes == (
        "a/timeline.csv: read with a byte order mark, CRLF line ends, 1 blank line, 1 row with blanks around cells, "
        "columns in another order",
        "a/timeline.csv: column 'colour' is not in the data dictionary and is not used",
    )


@pytest.mark.product
def test_an_unknown_baseline_rule_or_reference_is_refused(write_case, observe):
    """An option that was given is itself at fault, and not a file that says something else."""

    def place(**asked):
        (fault,) = faults_of(data, **asked)
        return fault.file, fault.line, fault.column

    data = write_case(observe(), observe("2", start="1 d"), observe("2", value="40"))
    assert place(baseline_rule="best") == place(baseline_rule="phase=7") == ("baseline", None, None)
    assert place(reference="aspirin") == ("reference", None, None)
    # The rule asks for a treatment, and none is named.
    assert place(baseline_rule="last_before") == ("reference", None, None)
    # Two rows of phase 2 could be it.
    assert place(baseline_rule="phase=2") == ("baseline", None, None)
    write_case(observe(), about="analysis: {baseline: best}")
    assert place() == ("a/case.yaml", 2, "analysis: baseline")
    assert place(baseline_rule="worst") == ("baseline", None, None)


@pytest.mark.product
def test_the_command_prints_faults_without_a_traceback(write_case, observe):
    data = write_case(observe(value="52"))
    done = casetimeline("check", str(data / "a"))
    assert done.returncode == 2
    assert "line 2, column value: found '52'; expected a whole number from 0 to 51" in done.stderr
    assert "Traceback" not in done.stderr
    assert casetimeline("check", str(ROOT / "data")).returncode == 0


def test_help_needs_no_library():
    code = "import sys; from casetimeline.cli import _parser; _parser(); print('pandas' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


@pytest.mark.parametrize(
    ("start", "end", "right"),
    [
        # Day 0 is 1 August 2005; 1 September is day 31.
        ("2005-09-01", "40 d", True),
        ("2005-09-01", "30 d", False),
        # An end on the day of the start is not before it.
        ("2005-08-01", "0 d", True),
        ("0 d", "2005-08-01", True),
        ("30 d", "2005-09-01", True),
        ("40 d", "2005-09-01", False),
        ("2005-09-01", "2005-08-31", False),
        ("2005-09-01", "ongoing", True),
    ],
)
def test_an_end_and_a_start_are_compared_whichever_way_they_are_told(write_case, start, end, right):
    data = write_case(f"a,1,treatment,drug,{start},{end},,,,,,,,chart,", about="time_zero: {date: 2005-08-01}")
    if right:
        assert read_case(data, "a", baseline_rule="first").facts["AENHI"].notna().all()
    else:
        (fault,) = faults_of(data, baseline_rule="first")
        assert (fault.line, fault.column, fault.found) == (2, "end", end)
        assert fault.expected == f"a time that is not before the start, '{start}'"


@pytest.mark.parametrize(("end", "right"), [("2005-09-20", True), ("2005-08-20", False)])
def test_an_end_on_a_date_does_not_count_from_the_anchor_of_its_start(write_case, end, right):
    # The drug was started 10 days after the relapse of day 30: on day 40, and 20 August is day 19.
    rows = ["a,1,event,relapse,30 d,,,,,,,,,chart,,", f"a,2,treatment,drug,10 d,{end},,,,,,,,chart,,relapse"]
    data = write_case(*rows, header=f"{HEADER},anchor", about="time_zero: {date: 2005-08-01}")
    if right:
        assert read_case(data, "a", baseline_rule="first").facts["AENHI"].iloc[-1] == 50
    else:
        (fault,) = faults_of(data, baseline_rule="first")
        assert (fault.line, fault.column, fault.found) == (3, "end", end)


@pytest.mark.product
def test_what_is_written_into_one_reading_is_in_no_other(write_case, observe):
    data = write_case(observe("1", "ck", "923", "U/L"))
    first, second = read_case(data, "a"), read_case(data, "a")
    first.measures["units"]["ck"]["U/L"] = 1000.0
    first.measures.loc["ck", "unit"] = "mg"
    first.measures["label"].array[0] = "changed"
    first.measures.index.name = "changed"
    first.rules.loc[:, "limit"] = ">99"
    first.rules.columns = [name.upper() for name in first.rules.columns]
    first.comparators["n"] = 0
    first.about["title"] = "changed"
    first.facts.loc[0, "AVAL"] = 0.0
    for case in (second, read_case(data, "a")):
        assert case.measures["units"]["ck"]["U/L"] == 1 and case.measures.loc["ck", "unit"] == "U/L"
        assert "changed" not in set(case.measures["label"]) and case.measures.index.name == "code"
        assert ">99" not in set(case.rules["limit"]) and (case.comparators["n"] > 0).any()
        assert "title" not in case.about and case.facts["AVAL"].tolist() == [923]


@pytest.mark.product
def test_a_vocabulary_that_changed_is_read_again_in_the_same_process(write_case, observe):
    data = write_case(observe("1", "ck", "1", "ukat/L"))
    assert read_case(data, "a").facts["AVAL"].tolist() == [60]
    measures = data / "measures.csv"
    before = measures.read_text(encoding="utf-8")
    # As many bytes, and another factor.
    after = before.replace("ukat/L=60", "ukat/L=61")
    assert len(after) == len(before) and after != before
    stamp = measures.stat()
    measures.write_text(after, encoding="utf-8")
    os.utime(measures, ns=(stamp.st_atime_ns, stamp.st_mtime_ns))
    changed = read_case(data, "a")
    assert changed.facts["AVAL"].tolist() == [61]
    measures.write_text(before, encoding="utf-8")
    again = read_case(data, "a")
    assert again.facts["AVAL"].tolist() == [60] and again.sha256 != changed.sha256


def test_a_vocabulary_with_a_fault_is_refused_each_time(write_case, observe):
    data = write_case(observe("1", "ck", "923", "U/L"))
    read_case(data, "a")
    measures = data / "measures.csv"
    measures.write_text(measures.read_text(encoding="utf-8").replace("ukat/L=60", "ukat/L=many"), encoding="utf-8")
    for _ in range(2):
        with pytest.raises(TimelineError, match=r"measures\.csv, line 4, column units"):
            read_case(data, "a")


@pytest.mark.product
def test_the_tables_of_a_folder_are_read_once_for_all_its_cases():
    read_case(ROOT / "data", "fu-2025")
    before = read._parsed_once.cache_info().misses
    read_case(ROOT / "data", "kamata2012")
    assert read._parsed_once.cache_info().misses == before


@pytest.mark.parametrize(
    ("one", "other", "anchor"),
    [("1 d", "1 d", ""), ("1 d", "1.0 d", ""), ("1 d", "24 h", ""), ("-1 d", "2020-03-31", ""), ("7 d", "7 d", "drug")],
)
def test_two_values_of_one_day_are_refused_however_the_day_is_written(write_case, one, other, anchor):
    header = "case_id,kind,code,start,anchor,value,unit,source"
    drug, first = "a,treatment,drug,0 d,,,,chart", f"a,observation,mrss,{one},,20,,chart"
    about = "time_zero: {date: 2020-04-01}\nanalysis: {baseline: first}"
    rows = [drug, first, f"a,observation,mrss,{other},{anchor},40,,chart"]
    (fault,) = faults_of(write_case(*rows, header=header, about=about))
    assert (fault.line, fault.column, fault.found) == (4, "value", "40")
    assert "as on line 3" in fault.expected
    # The same value is said again; and a day that is not exact is no day of the other.
    rows[2] = f"a,observation,mrss,{other},{anchor},20,,chart"
    notes = read_case(write_case(*rows, header=header, about=about), "a").notes
    assert "a/timeline.csv, line 4: says again what an earlier line says of the same moment" in notes
    rows[2] = f"a,observation,mrss,{other},{anchor},20.0,,chart"
    assert read_case(write_case(*rows, header=header, about=about), "a").notes == notes
    rows[1], rows[2] = "a,observation,mrss,7 d,,20,,chart", "a,observation,mrss,1 wk,,40,,chart"
    read_case(write_case(*rows, header=header, about=about), "a")


@pytest.mark.parametrize(
    ("state", "limits", "unit", "told"),
    [
        ("raised", ",190", "", True),
        ("normal", "30,", "", True),
        ("raised", ",190", "U/L", False),
        ("raised", ",", "", False),
    ],
)
def test_a_limit_without_a_unit_is_told(write_case, observe, state, limits, unit, told):
    about = "analysis: {baseline: first}"
    rows = observe(code="ck", value="", state=state, limits=limits, unit=unit), observe("2", "ck", "55", "U/L")
    notes = read_case(write_case(*rows, about=about), "a").notes
    assert any(note.startswith("a/timeline.csv, line 2: no unit; the value is not compared") for note in notes) == told


@pytest.mark.parametrize(
    ("row", "note"),
    [
        ({"value": "2\u200b0"}, "column value: read '2\\u200b0' as '20'"),
        ({"code": "ck", "value": "20", "unit": "U/L\u00ad"}, "column unit: read 'U/L\\xad' as 'U/L'"),
        (
            {"code": "ck", "value": "20", "unit": "U/L", "limits": ",1\u20609"},
            "column ref_high: read '1\\u20609' as '19'",
        ),
    ],
)
def test_what_is_not_seen_is_told_where_it_is_left_out(write_case, observe, row, note):
    case = read_case(write_case(observe(**row), about="analysis: {baseline: first}"), "a")
    assert case.notes == (f"a/timeline.csv: {note}",)
    assert case.facts["AVAL"].tolist() == [20]


def test_a_list_of_events_is_told_as_one_text(write_case, observe):
    about = "claims: [{says: x, test: none_happen, events: [death, stroke]}]\nanalysis: {baseline: first}"
    (fault,) = faults_of(write_case(observe(), about=about))
    assert fault.expected == "one text, as in `events: death stroke`"


NAMES = "case_id,kind,code,phase,value,unit,source"


@pytest.mark.parametrize(
    ("text", "line", "expected"),
    [
        # R writes the number of each row before it, with a name for that column or without one.
        (f'{NAMES}\n"1",a,observation,ck,1,9,U/L,chart\n"2",a,observation,ck,2,8,U/L,chart\n', 1, "row.names = FALSE"),
        (f'"",{NAMES}\n"1",a,observation,ck,1,9,U/L,chart\n', 1, "row.names = FALSE"),
        (f'"{NAMES}"\n"a,observation,ck,1,9,U/L,chart"\n', 1, "and not around a whole line"),
        (f'{NAMES}\n"a,observation,ck,1,9,U/L,chart"\n', 2, "and not around a whole line"),
        # One row alone has a cell too many.
        (f"{NAMES}\na,observation,ck,1,9,U/L,chart\n2,a,observation,ck,2,8,U/L,chart\n", 3, "needs quotation marks"),
    ],
)
def test_row_names_and_lines_in_quotation_marks_are_told_as_what_they_are(text, line, expected):
    with pytest.raises(TimelineError) as caught:
        read_rows(text.encode(), "t.csv")
    (fault,) = caught.value.faults
    assert (fault.line, expected in fault.expected) == (line, True), fault
