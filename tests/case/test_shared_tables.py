"""The tables that all cases share: one name is one row, and a number lies on the scale of its measure."""

import csv
import shutil

import pandas as pd
import pytest
from conftest import ROOT

from casetimeline.case import read_case
from casetimeline.case.tables.additions import join_measures
from casetimeline.case.tables.clashes import check_codes
from casetimeline.case.tables.measures import read_measures
from casetimeline.faults import TimelineError
from casetimeline.files import TABLES

DATA = ROOT / "data"
MEASURE = "code,kind,label,abbrev,unit,units,low,high,whole,grades,better,units_refused,sites,synonyms,ambiguous\n"


def faults_of(tmp_path, file, old="", new="", more=""):
    """The faults of reading the index case beside tables of which one is changed."""
    for name in TABLES:
        shutil.copy(DATA / name, tmp_path)
    shutil.copytree(DATA / "fu-2025", tmp_path / "fu-2025")
    content = (DATA / file).read_text()
    assert old in content
    (tmp_path / file).write_text(content.replace(old, new, 1) + more)
    with pytest.raises(TimelineError) as caught:
        read_case(tmp_path, "fu-2025")
    return caught.value.faults


@pytest.mark.parametrize(
    ("file", "more", "expected"),
    [
        ("measures.csv", "CK,observation,Kinase,Kin,,,,,,,none|present,,,,,,,,,,\n", "line 4 has 'ck'"),
        (
            "measures.csv",
            "pericardial-effusion,observation,X,X,,,,,,,none|present,,,,,,,,,,\n",
            "line 5 has 'pericardial_effusion'",
        ),
        ("treatments.csv", "Tocilizumab,treatment,X,X,,,,,\n", "line 14 has 'tocilizumab'"),
    ],
)
def test_a_name_in_capitals_or_with_a_hyphen_is_the_same_name_and_refused_at_the_second_row(
    tmp_path, file, more, expected
):
    (fault,) = faults_of(tmp_path, file, more=more)
    # The row is the one behind the last of the table.
    assert fault.line == (DATA / file).read_text().count("\n") + 1
    assert fault.column == "code" and expected in fault.expected


def test_a_synonym_that_is_a_name_of_another_row_is_refused_also_where_that_stands_in_the_other_table(tmp_path):
    # TCZ is the abbreviation of tocilizumab in measures.csv.
    (fault,) = faults_of(tmp_path, "treatments.csv", "Prednison|prednisona", "Prednison|TCZ")
    assert (fault.column, fault.found) == ("synonyms", "TCZ")
    assert "the abbreviation of 'tocilizumab' on line 102 of measures.csv" in fault.expected


def test_a_synonym_that_is_the_code_of_another_measure_is_refused(tmp_path):
    (fault,) = faults_of(tmp_path, "measures.csv", "CPK", "mRSS")
    assert (fault.line, fault.column, fault.found) == (4, "synonyms", "mRSS")
    assert "the code of 'mrss' on line 2" in fault.expected


@pytest.mark.parametrize(
    ("file", "old", "new", "expected"),
    [
        # The skin score goes from 0 to 51, so no baseline is 60 or below 0, and no change larger than 51.
        ("rules.csv", "10..14 mo,,7,", "10..14 mo,,60,", [("base_min", "60")]),
        ("rules.csv", "10..14 mo,,7,", "10..14 mo,,-1,", [("base_min", "-1")]),
        ("comparators.csv", ",43,26.4,", ",43,60,", [("baseline_mean", "60")]),
        ("comparators.csv", ",48,-6.33,,,", ",48,-60,,,", [("change", "-60")]),
        ("comparators.csv", ",48,-6.33,,,", ",48,-6,-5,,", [("change_low", "-5")]),
        ("comparators.csv", ",48,-6.33,,,", ",48,-6,,-7,", [("change_high", "-7")]),
        ("comparators.csv", ",43,26.4,", ",43.5,26.4,", [("n", "43.5")]),
        ("treatments.csv", "prednisone,treatment,", "prednisone,drug,", [("kind", "drug")]),
        ("treatments.csv", "|cardiac_tamponade\n", "|cardiac_tamponadee\n", [("touches", "cardiac_tamponadee")]),
    ],
)
def test_a_cell_that_says_what_cannot_be_is_refused(tmp_path, file, old, new, expected):
    faults = faults_of(tmp_path, file, old, new)
    assert [(fault.column, fault.found) for fault in faults] == expected


def test_a_rule_in_percent_of_a_measure_that_has_no_percentages_is_refused(tmp_path):
    faults = faults_of(tmp_path, "measures.csv", ",0,51,yes,,", ",0,51,yes,ordinal,")
    with (DATA / "rules.csv").open(newline="") as file:
        rules = [(line, row) for line, row in enumerate(csv.DictReader(file), 2) if row["measure"] == "mrss"]
    assert [(fault.line, fault.found) for fault in faults] == [
        (line, row["percent"]) for line, row in rules if row["percent"]
    ]
    assert {(fault.column, fault.expected) for fault in faults} == {
        ("percent", "blank: mrss has no percentages, its scale is ordinal")
    }


def test_an_event_of_a_rule_that_is_a_misspelt_one_is_refused_with_the_known_one(tmp_path):
    (rule,) = [row for row in (DATA / "rules.csv").read_text().splitlines() if row.startswith("eustar_2016_imp")]
    (fault,) = faults_of(
        tmp_path, "rules.csv", rule, rule.replace(",7,,,,,,,,,", ",7,,,,,,,pericardial_drainagge,,", 1)
    )
    assert (fault.column, fault.nearest) == ("not_after", "pericardial_drainage")


def test_a_rule_without_a_measure_is_refused():
    with pytest.raises(TimelineError, match=r"rules\.csv, line 2, column measure: found nothing"):
        check_codes(pd.DataFrame({"line": [2], "measure": [""]}), ["mrss"], "rules.csv")


def test_a_synonym_of_a_measure_of_a_case_alone_is_no_name_that_all_cases_have(vocabulary):
    content = MEASURE + "q,observation,Q,Q,%,%=1,,,,,,,,mRSS,\n"
    with pytest.raises(TimelineError, match=r"column synonyms: found 'mRSS'.*everywhere it is one of mrss"):
        join_measures(vocabulary.measures, content.encode(), "a/measures.csv")
    assert "q" in join_measures(vocabulary.measures, content.replace("mRSS", "quux").encode(), "a").index


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("q,observation,Q,Q,%,%=1,0,0,,,,,,,\n", "high"),
        ("q,observation,Q,Q,,,,,,none,,,,,\n", "grades"),
        ("q,observation,Q,Q,%,%=1,,,,,,%=another measure,,,\n", "units_refused"),
        ("q,observation,Q,Q,,%=1,,,,,,,,,\n", "unit"),
        ("q,observation,Q,Q,%,%=1,,,,,,,left|left,,\n", "sites"),
    ],
)
def test_a_measure_without_a_scale_a_second_grade_or_units_that_agree_is_refused(row, column):
    with pytest.raises(TimelineError) as caught:
        read_measures(MEASURE + row, "measures.csv")
    assert [fault.column for fault in caught.value.faults] == [column]


@pytest.mark.parametrize(
    ("row", "units"),
    [
        ("q,observation,Q,Q,points,,,,,,,,,,\n", ["points", ""]),
        ("q,observation,Q,Q,points,,,,,,,(blank)=say points,,,\n", ["points"]),
        # One per gram of creatinine, and one per gram of what is not said.
        ("q,observation,Q,Q,mg/g creatinine,,,,,,,mg/g=of what,,,\n", ["mg/g creatinine"]),
        ("q,observation,Q,Q,mm/h,mm/h=1|mm/1 h=1,,,,,,mm/h Westergren=another tube,,,\n", ["mm/h", "mm/1 h"]),
        ("q,observation,Q,Q,mL,mL=1|cc=1,,,,,,cm3=a cube,,,\n", ["mL", "cc"]),
        ("q,observation,Q,Q,g/24h,,,,,,,g/d=say 24 h,,,\n", ["g/24h"]),
    ],
)
def test_what_the_file_refuses_is_not_added_to_what_it_reads(row, units):
    assert list(read_measures(MEASURE + row, "measures.csv")["units"]["q"]) == units


@pytest.mark.parametrize(
    ("row", "unit"),
    [
        ("q,observation,Q,Q,%,%=1,,,,,,%=no share,,,\n", "%"),
        ("q,observation,Q,Q,mL,mL=1|cm\N{SUPERSCRIPT THREE}=1,,,,,,cm 3=a cube,,,\n", "cm 3"),
    ],
)
def test_a_unit_that_is_read_and_refused_is_a_fault(row, unit):
    with pytest.raises(TimelineError) as caught:
        read_measures(MEASURE + row, "measures.csv")
    assert caught.value.faults[0].expected == f"a unit that is not read: {unit} stands in 'units' as well"
