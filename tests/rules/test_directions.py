"""Claims that are tested by words in place of numbers, such as a fall; and by how often a drug was given."""

import pytest
from conftest import CONTRADICTED as NO, OPEN, SUPPORTED as YES, first_in_gate
from hypothesis import given, strategies as st

from casetimeline.derive.direction import derive_direction
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,count,value,unit,ref_high,state,dose,dose_unit,source,note"


def rows_of(*told, code="ck", unit="U/L"):
    """Records of one series, phase by phase: numbers as values, words as states."""
    lines = []
    for phase, text in enumerate(told, 1):
        number = text[:1].isdigit()
        value, printed, state = (text, unit, "") if number else ("", "", text)
        lines.append(f"a,{phase},observation,{code},,{value},{printed},,{state},,,chart,")
    return lines


def result(make_case, *rows, test="falls", more="measure: ck"):
    """The result of one claim about some rows."""
    about = f"analysis: {{baseline: first}}\nclaims: [{{says: so, test: {test}, {more}}}]"
    return analyse(make_case(*rows, header=HEADER, about=about)).claims["RESULT"].iloc[0]


@pytest.mark.parametrize(
    ("told", "falls", "rises"),
    first_in_gate(
        8,
        [
            (("100", "decreased"), YES, NO),
            (("100", "increased"), NO, YES),
            (("100", "unchanged"), NO, NO),
            (("100", "improved"), YES, NO),
            (("100", "worsened"), NO, YES),
            (("100", "80", "decreased"), YES, NO),
            (("100", "decreased", "decreased"), YES, NO),
            # Less than what was above the baseline may be above it or below it.
            (("100", "150", "decreased"), OPEN, OPEN),
            (("100", "decreased", "increased"), OPEN, OPEN),
            # Said to be unchanged, it may have come back to the baseline, and not beyond.
            (("100", "50", "unchanged"), OPEN, NO),
            # The last record decides, and this one has a number.
            (("100", "increased", "90"), YES, NO),
            # Without any number: against the word before, by the limits, or against the value before.
            (("raised", "normal"), YES, NO),
            (("low", "raised"), NO, YES),
            (("raised", "raised"), OPEN, OPEN),
            (("raised", "decreased"), YES, NO),
            # What is not known is not the value before.
            (("100", "not_assessed", "decreased"), YES, NO),
            # The first record says it of a value that is not recorded, and what follows may come back to that.
            (("decreased",), YES, NO),
            (("decreased", "increased"), OPEN, OPEN),
            (("normal",), OPEN, OPEN),
        ],
    ),
)
def test_a_fall_or_a_rise_without_a_number(make_case, told, falls, rises):
    rows = rows_of(*told)
    assert result(make_case, *rows, test="falls") == falls
    assert result(make_case, *rows, test="rises") == rises


@pytest.mark.product
def test_a_raised_value_that_became_normal_has_fallen(make_case):
    rows = ["a,1,observation,ck,,923,U/L,192,,,,chart,", "a,2,observation,ck,,,,,normal,,,chart,"]
    assert result(make_case, *rows) == YES
    assert result(make_case, rows[0].replace("923", "150"), rows[1]) == OPEN


@pytest.mark.product
def test_better_and_worse_go_by_the_direction_of_the_measure(make_case):
    for code, unit in (("ck", "U/L"), ("lvef", "%")):
        rows, more = rows_of("50", "improved", code=code, unit=unit), f"measure: {code}"
        assert result(make_case, *rows, test="improves", more=more) == YES
        assert result(make_case, *rows, test="worsens", more=more) == NO
        assert result(make_case, *rows, test="rises", more=more) == (YES if code == "lvef" else NO)


@pytest.mark.parametrize(
    ("told", "improves", "resolves", "present"),
    first_in_gate(
        2,
        [
            (("large", "residual"), YES, NO, YES),
            (("present", "residual"), YES, NO, YES),
            (("present", "absent", "recurred"), OPEN, NO, YES),
            (("absent", "recurred"), NO, NO, YES),
            (("present", "worsened"), NO, OPEN, YES),
        ],
    ),
)
def test_findings_that_are_less_or_there_again(make_case, told, improves, resolves, present):
    words = [word if word != "large" else "present" for word in told]
    rows = rows_of(*words, code="pericardial_effusion", unit="mm")
    if told[0] == "large":
        rows[0] = "a,1,observation,pericardial_effusion,,large,,,,,,chart,"
    more = "measure: pericardial_effusion"
    assert result(make_case, *rows, test="improves", more=more) == improves
    assert result(make_case, *rows, test="resolves", more=more) == resolves
    assert result(make_case, *rows, test="is_present", more=more) == present


@pytest.mark.parametrize(
    ("kind", "count", "claimed", "expected"),
    [
        ("treatment", "4", "4", YES),
        ("procedure", "4", "4", YES),
        ("procedure", "4", "5", NO),
        ("procedure", "6", "5", NO),
        ("procedure", "3..4", "4", OPEN),
        ("procedure", ">=2", ">=2", YES),
        ("procedure", "", "4", OPEN),
    ],
)
def test_how_often_it_was_given(make_case, kind, count, claimed, expected):
    row = f"a,1,{kind},plasma_exchange,{count},,,,,,,chart,"
    more = f"treatment: plasma_exchange, count: '{claimed}'"
    assert result(make_case, row, test="given", more=more) == expected


@pytest.mark.product
def test_a_statement_that_there_was_none_is_no_event(make_case):
    more = "events: relapse"
    assert result(make_case, "a,1,statement,relapse,,,,,,,,chart,", test="none_happen", more=more) == OPEN
    assert result(make_case, "a,1,event,relapse,,,,,,,,chart,", test="none_happen", more=more) == NO


@given(st.permutations(range(5)))
def test_the_order_of_the_lines_changes_no_sign(published, order):
    _, changes = published["fu-2025"]
    ck = changes[changes["code"] == "ck"].head(1)
    assert len(ck)
    frame = ck.loc[ck.index.repeat(5)].reset_index(drop=True)
    frame["STATE"] = ["value", "decreased", "decreased", "increased", "worsened"]
    frame["line"], frame["ABLFL"] = range(2, 7), ["Y", "", "", "", ""]
    frame["ORDER"], frame["ORDLO"], frame["ORDHI"], frame["MOMENT"] = range(5), range(5), range(5), -1
    frame["ORDPH"] = None
    frame.loc[1:, ["CHGLO", "CHGHI", "AVALLO", "AVALHI", "AVAL"]] = float("nan")
    signs = derive_direction(frame.iloc[list(order)]).sort_index()[["SIGNLO", "SIGNHI"]].fillna(9)
    assert signs.to_numpy().tolist() == [[9, 9], [-1, -1], [-1, -1], [-1, 1], [-1, 1]]
