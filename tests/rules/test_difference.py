"""Two timelines side by side, and the outputs of two analyses with the rows that are the reason."""

import pandas as pd

from casetimeline.prose import told_of
from casetimeline.rules import compare_outputs, compare_rows

HEAD = ["line", "kind", "code", "phase", "start", "value"]


def rows(*cells: tuple) -> pd.DataFrame:
    """Some observations, from line 2 on."""
    return pd.DataFrame([(line, "observation", *row) for line, row in enumerate(cells, 2)], columns=HEAD)


def test_a_row_is_known_again_where_another_is_put_before_it():
    old = rows(("mrss", "1", "", "46"), ("mrss", "2", "", "32"))
    new = rows(("ck", "1", "", "923"), ("mrss", "1", "", "46"), ("mrss", "2", "", "33"))
    compared = compare_rows(old, new)
    assert compared.place == {3: 2, 4: 3}
    assert [(each.change, each.old, each.new, each.code) for each in compared.changes] == [
        ("added", None, 2, "ck"),
        ("changed", 3, 4, "mrss"),
    ]
    assert compared.changes[1].cells == {"value": ("32", "33")}


def test_rows_that_only_changed_places_did_not_change():
    old = rows(("mrss", "1", "", "46"), ("ck", "1", "", "923"))
    new = rows(("ck", "1", "", "923"), ("mrss", "1", "", "46"))
    assert compare_rows(old, new).changes == () and compare_rows(old, new).place == {2: 3, 3: 2}


def test_the_row_of_the_same_time_is_the_one_that_was_changed():
    """Of two CK values one is gone and the other has another number: the time tells which."""
    old = rows(("ck", "1", "0 d", "900"), ("ck", "1", "3 d", "700"))
    new = rows(("ck", "1", "3 d", "710"))
    assert [(each.change, each.old, each.new) for each in compare_rows(old, new).changes] == [
        ("removed", 2, None),
        ("changed", 3, 2),
    ]


def test_a_row_put_first_changes_no_output_of_the_others(make_case, observe):
    """Only what the new row says itself is new, though each other row has another line."""
    lines = [observe(), observe("2", value="32")]
    old, new = make_case(*lines), make_case(observe(code="ck", value="923", unit="U/L"), *lines)
    compared = compare_rows(old.facts, new.facts)
    changes = compare_outputs(told_of(old), told_of(new), compared)
    assert {change.old for change in changes} == {""} and {each.new for c in changes for each in c.reasons} == {2}


def test_a_change_has_the_row_that_is_the_reason(make_case, observe):
    old = make_case(observe(), observe("2", value="32"), observe(code="ck", value="923", unit="U/L"))
    new = make_case(observe(), observe("2", value="33"), observe(code="ck", value="923", unit="U/L"))
    changes = compare_outputs(told_of(old), told_of(new), compare_rows(old.facts, new.facts))
    assert {each.new for change in changes for each in change.reasons} == {3}
    change = next(change for change in changes if change.what == "line 3, change")
    assert change.old.startswith("CHG -14; PCHG -30.434783;") and change.new.startswith("CHG -13; PCHG -28.26087;")


def test_what_no_row_explains_has_no_reason(make_case, observe):
    """Another baseline rule changes what is said, and no row is to blame."""
    lines = [observe(), observe("2", value="32"), observe("3", value="30")]
    old, new = make_case(*lines), make_case(*lines, about="analysis: {baseline: phase=2}")
    changes = compare_outputs(told_of(old), told_of(new), compare_rows(old.facts, new.facts))
    assert changes and all(change.reasons == () for change in changes)
