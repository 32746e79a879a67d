"""A derivation that misses a column says which, what makes it, and what the frame has in its place."""

from collections.abc import Iterator

import pandas as pd
import pytest
from conftest import ROOT, first_in_gate

import casetimeline
from casetimeline import derive
from casetimeline.case.read import read_case
from casetimeline.derive.columns import ADDED, MissingColumnError, require
from casetimeline.vocabulary import COLUMN_NAMES

# What a function is called with beside the frame.
ARGUMENTS = {
    "derive_ablfl": ("worst_before", "tocilizumab"),
    "derive_reference": ("tocilizumab",),
    "derive_changes": ("last_before", "tocilizumab"),
    "derive_part": ("last_before", "tocilizumab"),
    "derive_prednisone": (pd.DataFrame({"prednisone_5mg": ["5"]}, index=["prednisone"]),),
}
FUNCTIONS = [name for name in dir(derive) if name.startswith("derive_") and name != "derive_analysis"]
# What a user calls for the columns of a function that the package does not offer.
FOR_USERS = {"derive_analysis": "read_case or read_facts", "derive_examiners": "derive_changes"}
MAKERS = {column: FOR_USERS.get(name, name) for name, columns in ADDED.items() for column in columns}


@pytest.fixture(scope="module")
def case():
    return read_case(ROOT / "data", "fu-2025")


@pytest.fixture(scope="module")
def changes(case):
    return derive.derive_changes(case.facts, case.baseline_rule, case.reference)


def call(function, *arguments):
    """Call a function, and take all that it yields where it gives one table after the other."""
    result = function(*arguments)
    if isinstance(result, Iterator):
        list(result)


@pytest.mark.parametrize("name", first_in_gate(3, FUNCTIONS))
def test_without_a_column_a_derivation_works_or_says_which_it_misses(changes, name):
    function, arguments = getattr(derive, name), ARGUMENTS.get(name, ())
    call(function, changes, *arguments)
    missed = []
    for column in changes.columns:
        try:
            call(function, changes.drop(columns=column), *arguments)
        except MissingColumnError as error:
            missed.append(column)
            step = name if name not in ("derive_changes", "derive_part") else str(error).partition(" ")[0]
            maker = f"which {MAKERS[column]} adds" if column in MAKERS else "which read_case reads"
            assert str(error) == f"{step} needs {column}, {maker}"
            assert step.startswith("derive_") and hasattr(derive, step)
    assert missed


@pytest.mark.parametrize("column", ["AVAL", "STATE", "kind"])
def test_a_column_that_is_there_twice_is_named(case, column):
    twice = pd.concat([case.facts, case.facts[[column]]], axis=1)
    with pytest.raises(
        ValueError, match=rf"^derive_\w+ needs each column once; the frame has {column} more than once$"
    ):
        derive.derive_changes(twice, case.baseline_rule, case.reference)
    # A column of the user, which no derivation reads, is theirs.
    mine = case.facts.assign(mine=1)
    mine = pd.concat([mine, mine[["mine"]]], axis=1)
    assert len(derive.derive_changes(mine, case.baseline_rule, case.reference)) == len(mine)


def test_a_derivation_works_on_columns_of_objects(case, changes):
    """As pandas makes them of rows: an unknown phase is then an object too."""
    of_objects = derive.derive_changes(case.facts.astype(object), case.baseline_rule, case.reference)
    added = changes.columns.difference(case.facts.columns)
    pd.testing.assert_frame_equal(of_objects[added], changes[added], check_dtype=False)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_what_is_no_table_is_named(case, name):
    with pytest.raises(TypeError, match=r"needs a DataFrame such as `case\.facts`; found Case"):
        call(getattr(derive, name), case, *ARGUMENTS.get(name, ()))


@pytest.mark.parametrize(("name", "column"), [("derive_chg", "AVALLO"), ("derive_ady", "DAYLO")])
def test_dates_among_numbers_are_refused(changes, name, column):
    with pytest.raises(TypeError, match=rf"{column}: found a column of type datetime64\[us\]; expected numbers"):
        getattr(derive, name)(changes.assign(**{column: pd.Timestamp("2020-01-01")}))


def test_without_a_recorded_column_or_one_of_the_vocabulary_nothing_is_analysed(case):
    recorded = case.facts[["line", *COLUMN_NAMES]]
    zeros = pd.DataFrame({"low": [], "high": []}, dtype=float)
    derive.derive_analysis(recorded, case.measures, zeros)
    with pytest.raises(MissingColumnError, match=r"^derive_analysis needs value, unit, which read_case reads$"):
        derive.derive_analysis(recorded.drop(columns=["value", "unit"]), case.measures, zeros)
    with pytest.raises(MissingColumnError, match=r"^derive_analysis needs grades, which measures\.csv has$"):
        derive.derive_analysis(recorded, case.measures.drop(columns="grades"), zeros)


def test_each_function_adds_the_columns_that_it_is_said_to_add(case):
    recorded = case.facts[["line", *COLUMN_NAMES]]
    frame = derive.derive_analysis(recorded, case.measures, pd.DataFrame({"low": [], "high": []}, dtype=float))
    assert set(frame.columns) - set(recorded.columns) == set(ADDED["derive_analysis"])
    for name, columns in list(ADDED.items())[1:]:
        arguments = ("first",) if name == "derive_ablfl" else ARGUMENTS.get(name, ())
        after = getattr(derive, name)(frame, *arguments)
        assert tuple(after.columns[len(frame.columns) :]) == columns, name
        frame = after


def test_columns_of_two_makers_are_told_apart_and_a_near_name_is_shown():
    frame = pd.DataFrame({"AVAL": [46.0], "avalu": "points", "BASELO": 46.0})
    expected = (
        "derive_peak needs case_id, line, which read_case reads, and PARAMCD, LOC, ORDLO, ORDHI, ORDPH, MOMENT, ORDER, "
        "AVALLO, AVALHI, AVALU, which read_case or read_facts adds; the frame has 'avalu': did you mean that?"
    )
    with pytest.raises(KeyError) as error:
        derive.derive_peak(frame)
    assert str(error.value) == expected
    # BASELO is a column of its own and not BASEHI misspelled.
    with pytest.raises(MissingColumnError, match=r"^f needs BASEHI, which derive_base adds$"):
        require(frame, "f", ["BASEHI"])


def test_what_is_said_to_add_a_column_is_a_function_of_the_package():
    offered = {*dir(casetimeline)}
    for column in (column for name, columns in ADDED.items() if name != "derive_direction" for column in columns):
        with pytest.raises(MissingColumnError) as refused:
            require(pd.DataFrame(), "f", [column])
        makers = str(refused.value).removeprefix(f"f needs {column}, which ").removesuffix(" adds")
        assert {*makers.split(" or ")} <= offered


def test_a_frame_that_has_everything_is_taken_as_it_is():
    require(pd.DataFrame({"AVAL": [46.0]}), "f", ["AVAL"])


def test_another_series_is_asked_for_by_its_own_name(changes):
    with pytest.raises(MissingColumnError, match=r"^derive_peak needs patient, which read_case reads$"):
        derive.derive_peak(changes, by=["patient"])


def test_the_end_of_a_scale_that_is_printed_with_a_value_is_its_unit(make_case, observe):
    # 4 of 5 and 4 in the unit /5 are one value; 35 of 100 mm is 35 mm; a number alone has no unit.
    rows = [
        observe(str(n), "muscle_strength", *told) for n, told in enumerate((("4/5", ""), ("4", "/5"), ("3", "")), 1)
    ]
    case = make_case(*rows, observe("4", "patient_global", "35 / 100", ""))
    assert case.facts["AVALU"].tolist() == ["MRC grade", "MRC grade", "unit not reported", "mm"]
    assert case.facts["AVAL"].tolist() == [4, 4, 3, 35]
    changes = derive.derive_changes(case.facts, "first", "")
    assert changes["CHG"].iloc[:2].tolist() == [0, 0] and changes["CHG"].iloc[2:3].isna().all()
