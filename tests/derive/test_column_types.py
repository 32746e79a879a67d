"""Every derivation gives the same answer, whatever types, labels and order the rows of its frame have."""

import inspect
from functools import cache

import numpy as np
import pandas as pd
import pytest
from conftest import ROOT

import casetimeline as ct
from casetimeline import derive
from casetimeline.files import list_cases

# By what they take: recorded facts, or the derived table.
OF_FACTS = ("derive_calendar", "derive_doses", "derive_exposure", "derive_gaps", "derive_prednisone", "derive_order")
OF_CHANGES = (
    *("derive_ady", "derive_anrind", "derive_auc", "derive_base", "derive_chg", "derive_chgprev", "derive_direction"),
    *("derive_examiners", "derive_extremes", "derive_improvement", "derive_ontrtfl", "derive_pchg", "derive_peak"),
    *("derive_r2base", "derive_reference", "derive_shift", "derive_stretches", "derive_ablfl"),
)
FORMS = {
    "nullable": lambda frame: frame.convert_dtypes(),
    "arrow": lambda frame: frame.convert_dtypes(dtype_backend="pyarrow"),
    "object": lambda frame: frame.astype(object),
    "labelled": lambda frame: frame.set_axis(["same"] * len(frame)),
    "reversed": lambda frame: frame.iloc[::-1],
    # As a table that was written as CSV and read again.
    "unblanked": lambda frame: frame.astype(object).replace("", np.nan),
}


def plain(table):
    """The rows of a table in an order of their own, with numbers as floats."""

    def cell(value):
        if pd.isna(value) or value == "":
            return "(missing)"
        return value if isinstance(value, str) else round(float(value), 8)

    # A moment has any number, if another one.
    rows = table.drop(columns="MOMENT", errors="ignore").astype(object).map(cell).sort_index(axis=1)
    return sorted(rows.to_numpy().tolist(), key=repr)


def derived(name, frame, case):
    """What a derivation makes of a frame."""
    more = {"derive_ablfl": ("first", case.reference), "derive_reference": (case.reference,)}
    more |= {"derive_prednisone": (case.measures,)}
    return getattr(derive, name)(frame, *more.get(name, ()))


def test_each_public_derivation_of_a_frame_is_tried():
    asked = {"derive_analysis", "derive_changes", "derive_part", "derive_told", "derive_untold", "derive_worded"}
    assert {*OF_FACTS, *OF_CHANGES} == {name for name in dir(derive) if name.startswith("derive_")} - asked
    assert {name for name in dir(ct) if name.startswith("derive_")} & {*asked} == {"derive_changes"}
    assert all(inspect.isfunction(getattr(derive, name)) for name in (*OF_FACTS, *OF_CHANGES))


@cache
def as_derived(case_id):
    """A case with its derived table, and what each derivation makes of the frames as they are."""
    case = ct.read_case(ROOT / "data", case_id)
    changes = ct.derive_changes(case.facts, "first", case.reference)
    frames = dict.fromkeys(OF_FACTS, case.facts) | dict.fromkeys(OF_CHANGES, changes)
    return case, changes, {name: (frame, plain(derived(name, frame, case))) for name, frame in frames.items()}


@pytest.mark.product
@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("case_id", list_cases(ROOT / "data"))
def test_an_answer_rests_on_no_type_label_or_order_of_the_rows(case_id, form):
    case, changes, answers = as_derived(case_id)
    for name, (frame, answer) in answers.items():
        assert plain(derived(name, FORMS[form](frame), case)) == answer, (name, form)
    again = ct.derive_changes(FORMS[form](case.facts), "first", case.reference)
    assert plain(again) == plain(changes)
