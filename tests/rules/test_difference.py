"""Two timelines side by side, and the outputs of two analyses with the rows that are the reason."""

import pandas as pd
import pytest

from casetimeline.prose import told_of
from casetimeline.rules import RowChange, RowsCompared, compare_outputs, compare_rows

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


@pytest.mark.product
def test_a_row_put_first_changes_no_output_of_the_others(make_case, observe):
    """Only what the new row says itself is new, though each other row has another line."""
    lines = [observe(), observe("2", value="32")]
    old, new = make_case(*lines), make_case(observe(code="ck", value="923", unit="U/L"), *lines)
    compared = compare_rows(old.facts, new.facts)
    changes = compare_outputs(told_of(old), told_of(new), compared)
    assert {change.old for change in changes} == {""} and {each.new for c in changes for each in c.reasons} == {2}


@pytest.mark.product
def test_a_change_has_the_row_that_is_the_reason(make_case, observe):
    old = make_case(observe(), observe("2", value="32"), observe(code="ck", value="923", unit="U/L"))
    new = make_case(observe(), observe("2", value="33"), observe(code="ck", value="923", unit="U/L"))
    changes = compare_outputs(told_of(old), told_of(new), compare_rows(old.facts, new.facts))
    assert {each.new for change in changes for each in change.reasons} == {3}
    change = next(change for change in changes if change.what == "line 3, change")
    assert change.old.startswith("CHG -14; PCHG -30.434783;") and change.new.startswith("CHG -13; PCHG -28.26087;")


@pytest.mark.product
def test_what_no_row_explains_has_no_reason(make_case, observe):
    """Another baseline rule changes what is said, and no row is to blame."""
    lines = [observe(), observe("2", value="32"), observe("3", value="30")]
    old, new = make_case(*lines), make_case(*lines, about="analysis: {baseline: phase=2}")
    changes = compare_outputs(told_of(old), told_of(new), compare_rows(old.facts, new.facts))
    assert changes and all(change.reasons == () for change in changes)


def test_phases_numbered_anew_are_the_only_change():
    """A phase put first makes 1 and 2 to 2 and 3: the score of 46 is still 46, and not 32 that now has its number."""
    old = rows(("mrss", "1", "", "46"), ("mrss", "2", "", "32")).assign(quote=["mRSS 46", "reduced to 32"])
    new = rows(("mrss", "2", "", "46"), ("mrss", "3", "", "32")).assign(quote=["mRSS 46", "reduced to 32"])
    cells = [(each.old, each.new, each.cells) for each in compare_rows(old, new).changes]
    assert cells == [(2, 2, {"phase": ("1", "2")}), (3, 3, {"phase": ("2", "3")})]


def test_a_site_that_is_called_otherwise_keeps_its_value():
    """`left` became `left arm` and stands last: by its value and words, not by its place among the two."""
    both = {"phase": ["1", "1"], "kind": "observation", "code": "ck", "line": [2, 3], "quote": ["a", "b"]}
    old = pd.DataFrame({**both, "site": ["left", "right"], "value": ["5", "9"]})
    new = pd.DataFrame({**both, "quote": ["b", "a"], "site": ["right arm", "left arm"], "value": ["9", "5"]})
    cells = [(each.old, each.new, each.cells) for each in compare_rows(old, new).changes]
    assert cells == [(2, 3, {"site": ("left", "left arm")}), (3, 2, {"site": ("right", "right arm")})]


def test_an_older_table_without_a_column_has_the_same_rows():
    old = rows(("mrss", "1", "", "46"), ("mrss", "1", "", "47"))
    new = old.assign(line=[3, 2], site="")
    assert compare_rows(old, new) == ((), {2: 3, 3: 2})


def table(*outputs: tuple) -> pd.DataFrame:
    """Outputs as `outputs_of` has them: kind, key, what it says and the lines that it rests on."""
    said = [(kind, key, "ck", key, says, lines) for kind, key, says, lines in outputs]
    return pd.DataFrame(said, columns=["KIND", "KEY", "OF", "WHAT", "SAYS", "LINES"])


# Line 2 is gone, so 3 and 4 are 2 and 3; or lines 3 and 4 have changed places.
GONE = RowsCompared((RowChange("removed", 2, None, "crp", {}),), {2: 3, 3: 4})
SWAPPED = RowsCompared((), {2: 2, 3: 4, 4: 3})


@pytest.mark.parametrize(
    "kind, old, new, moved",
    [
        ("derived", ("3:value", "5"), ("2:value", "5"), GONE),
        ("verdict", ("4:value to next:a", "met, from line 3"), ("3:value to next:a", "met, from line 2"), GONE),
        ("series", ("ck::last value", "line 3 or 4"), ("ck::last value", "line 2 or 3"), GONE),
        ("series", ("ck::last value", "line 3 or 4"), ("ck::last value", "line 3 or 4"), SWAPPED),
        ("claim", ("a:b", "supported; lines 3, 4"), ("a:b", "supported; lines 2, 3"), GONE),
        ("claim", ("a:b", "supported; lines 3, 4"), ("a:b", "supported; lines 3, 4"), SWAPPED),
        ("claim", ("a:a line 3 stent", "supported"), ("a:a line 3 stent", "supported"), GONE),
        ("sentence", ("ck:line 4:1", "It fell."), ("ck:line 3:1", "It fell."), GONE),
        ("sentence", ("ck:verdicts on line 4, x:1", "It fell."), ("ck:verdicts on line 3, x:1", "It fell."), GONE),
        ("sentence", ("a:a:1", "A drug of second line 3 times."), ("a:a:1", "A drug of second line 3 times."), GONE),
        ("mark", ("4:01:CK:value:ck::1", "5 U/L"), ("3:01:CK:value:ck::1", "5 U/L"), GONE),
        ("mark", ("05:a:claim:b::1", "open (line 4)"), ("05:a:claim:b::1", "open (line 3)"), GONE),
    ],
)
def test_an_output_of_a_row_that_only_moved_did_not_change(kind, old, new, moved):
    """Each key and text with the numbers by hand."""
    before, after = (table((kind, *each, (4,))) for each in (old, new))
    assert compare_outputs(before, after, moved) == []


def test_a_series_that_now_ends_with_another_row_did_change():
    """Line 3 stands where line 4 stood, and the last value is said of line 4 as before: of another row."""
    both = table(("series", "ck::last value", "line 4", (3, 4)))
    assert [(each.old, each.new) for each in compare_outputs(both, both, SWAPPED)] == [("line 4", "line 4")]


def test_of_outputs_of_the_same_only_the_new_one_is_told():
    """A sentence, a mark and a claim before others of the same number these anew, and these say what they said."""
    for kind, keys in (("sentence", "a:1 a:2 a:3"), ("mark", "01:a:1 01:a:2 01:a:3"), ("claim", "a a:2 a:3")):
        names = keys.split()
        old = table(*[(kind, name, says, ()) for name, says in zip(names, "bc", strict=False)])
        new = table(*[(kind, name, says, ()) for name, says in zip(names, "abc", strict=True)])
        assert [(each.old, each.new) for each in compare_outputs(old, new, RowsCompared((), {}))] == [("", "a")]
