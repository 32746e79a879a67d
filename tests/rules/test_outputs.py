"""What an analysis says, with the rows that it rests on: by hand on the index case, and by leaving out each row."""

import pandas as pd
import pytest
from conftest import CASES, ROOT, in_gate

from casetimeline.case import read_case, without_rows
from casetimeline.faults import TimelineError
from casetimeline.figures import marks_from, marks_of
from casetimeline.files import list_cases
from casetimeline.prose import told_of
from casetimeline.rules import compare_outputs, compare_rows

EVERY_CASE = list_cases(ROOT / "data")


def with_marks(case, told) -> pd.DataFrame:
    """Everything that is said of a case, and what is drawn of it."""
    return pd.concat([told, marks_of(case, told)], ignore_index=True)


def unexplained(case, lines, drawn=()) -> list[str]:
    """What changes when a row is left out, and does not rest on it; for each of some rows, of which some in figures."""
    told, found, drawn = told_of(case), [], {*drawn}
    marked = with_marks(case, told) if drawn else told
    for line in lines:
        try:
            other = without_rows(case, [line])
        except TimelineError:
            # Without the reference treatment there is no report.
            assert case.facts.set_index("line")["code"][line] == case.reference
            continue
        rows = compare_rows(case.facts, other.facts)
        assert [(change.change, change.old) for change in rows.changes] == [("removed", line)]
        others = told_of(other)
        pair = (marked, with_marks(other, others)) if line in drawn else (told, others)
        changes = compare_outputs(*pair, rows)
        assert changes, f"nothing rests on line {line}"
        found += [f"line {line}: {each.what}" for each in changes if [one.old for one in each.reasons] != [line]]
    return found


@pytest.fixture(scope="module")
def told(index_case):
    return told_of(index_case[0])


@pytest.mark.product
def test_what_rests_on_the_first_skin_score_of_the_index_case(told):
    """Line 2 is mRSS 46, line 15 mRSS 32, line 11 the start of tocilizumab, the reference treatment."""
    lines = told.set_index("WHAT")["LINES"].to_dict()
    assert lines["line 15, change"] == (2, 11, 15) and lines["line 15, value"] == (15,)
    assert lines["claim 1, 'mRSS 46'"] == (2, 11) and lines["claim 7, 'mRSS reduced to 32'"] == (2, 11, 15)
    assert lines["deduced subset"] == (2,)
    assert lines["line 15, Beyond the smallest detectable change, two examiners, baseline to visit"] == (2, 11, 15)
    # A CK of 923 U/L has nothing to do with the skin.
    assert not [
        what for what, rest in lines.items() if {2, 3} <= {*rest} and "claims" not in what and "day" not in what
    ]


@pytest.mark.product
def test_a_sentence_rests_on_the_rows_that_it_tells_of(told):
    sentences = told[told["KIND"] == "sentence"].set_index("SAYS")["LINES"]
    fall = next(lines for words, lines in sentences.items() if ": change -14 points" in words)
    assert fall == (2, 11, 15)
    assert sentences[
        next(words for words in sentences.index if words.startswith("Creatine kinase of case fu-2025: 923"))
    ] == (3, 11)


@pytest.mark.product
def test_leaving_out_a_row_of_the_index_case_changes_only_what_rests_on_it(index_case):
    """Of the index case each fourth row; more of every case by a test of the product."""
    case = index_case[0]
    assert unexplained(case, case.facts["line"].iloc[::4]) == []


@pytest.mark.product
def test_leaving_out_a_row_changes_only_the_marks_that_rest_on_it(index_case):
    assert unexplained(index_case[0], [2, 12], drawn=[2, 12]) == []


@pytest.mark.product
@pytest.mark.parametrize("case_id", EVERY_CASE)
def test_leaving_out_any_row_changes_only_what_rests_on_it(case_id):
    """Of the index case every row; of the others each third, from the first, the second or the third on in turn.

    Each sixth of these, from the first on, in the figures too.
    """
    case = read_case(ROOT / "data", case_id)
    lines = case.facts["line"] if case_id == "fu-2025" else case.facts["line"].iloc[EVERY_CASE.index(case_id) % 3 :: 3]
    assert unexplained(case, lines, drawn=lines.iloc[::6]) == []


@pytest.mark.parametrize("case_id", in_gate("kamata2012", of=CASES))
def test_a_case_without_no_row_is_the_case(case_id):
    case = read_case(ROOT / "data", case_id)
    pd.testing.assert_frame_equal(without_rows(case, []).facts, case.facts)


def test_a_case_is_not_read_without_its_reference_or_without_any_row(index_case):
    case = index_case[0]
    with pytest.raises(TimelineError, match="'tocilizumab'; expected a treatment, procedure or event"):
        without_rows(case, [11])
    with pytest.raises(TimelineError, match="expected at least one fact"):
        without_rows(case, case.facts["line"])


def test_the_name_of_a_rule_that_begins_with_a_number_is_no_line():
    """A class from 10 mm and a band of 14.5 % (its name ends in .5) stand beside line 2; 5 and 10 are other lines."""
    outputs = pd.DataFrame(
        {"KIND": "derived", "KEY": [f"{line}:value" for line in (2, 5, 10)], "LINES": [(2,), (5,), (10,)]}
    )
    elements, names = ("value", "class", "band"), ("2", "10-mm", "5")
    drawn = pd.DataFrame({"panel": "CK", "element": elements, "of": "ck", "line": names, "said": ["a", "b", "c"]})
    marks = marks_from([("02_muscle", drawn)], outputs, [2, 5, 10])
    assert marks["LINES"].tolist() == [(2,), (2,), (2,)]


def test_several_marks_with_the_words_of_one_artist_say_it_once():
    """Three doses in one lane, and another lane."""
    outputs = pd.DataFrame({"KIND": "derived", "KEY": ["2:value"], "LINES": [(2,)]})
    words = ["weeks 0, 1, 2"] * 3 + ["weeks 4"]
    drawn = pd.DataFrame({"panel": "a", "element": "dose_stated", "of": "drug", "line": "2", "said": words})
    marks = marks_from([("07_regimen", drawn)], outputs, [2])
    assert marks["SAYS"].tolist() == ["weeks 0, 1, 2", "weeks 4"] and marks["KEY"].is_unique


def test_the_panel_of_a_position_is_known_by_its_name():
    """A phase put first makes phase 3 the fourth position: the doses that are laid out there are the same."""
    outputs = pd.DataFrame({"KIND": "derived", "KEY": ["2:value"], "LINES": [(2,)]})
    drawn = pd.DataFrame({"element": "dose_stated", "of": "drug", "line": "2", "said": ["weeks 0"]})
    keys = [
        marks_from([("07_regimen", drawn.assign(panel=panel))], outputs, [2])["KEY"].tolist()
        for panel in ("Phase 3: Escalated", "Position 4: Escalated")
    ]
    assert keys[0] == keys[1] == ["2:07_regimen:Escalated:dose_stated:drug::1"]


def test_what_is_reported_is_not_numbered_by_its_column():
    """A position before this one makes it the third; what stands there is the same, and so is a treatment's."""
    outputs = pd.DataFrame({"KIND": "derived", "KEY": ["2:value"], "LINES": [(2,)]})
    for number in (2, 3):
        where = "phase" if number == 2 else "position"
        words = [f"CK, {number}: Visit: 5 U/L", f"CK, {number}: Visit: not mentioned", f"A, {where} {number}: dose"]
        names = ["2", f"position-{number}", "2"]
        drawn = pd.DataFrame({"panel": "a", "element": "b", "of": "ck", "line": names, "said": words})
        marks = marks_from([("06_reported", drawn)], outputs, [2])
        assert marks["SAYS"].tolist() == ["CK: Visit: 5 U/L", "CK: Visit: not mentioned", "A: dose"]
        assert marks["KEY"].tolist()[1] == "06_reported:a:b:ck:CK: Visit:1"
