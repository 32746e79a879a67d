"""A series in two units: each value stands beside its mark in the unit of the axis, with the digits that it has."""

import pytest

from casetimeline.figures.clinical_course import draw_course

HEADER = "case_id,kind,code,start,value,unit,ref_high,dose,dose_unit,frequency,source"
ABOUT = "analysis: {reference: rituximab, baseline: first}"
RITUXIMAB = "a,treatment,rituximab,0 d,,,,1000,mg,once,chart"


@pytest.fixture
def course(make_case):
    def draw(code, *values):
        rows = (f"a,observation,{code},{day} d,{value},{unit},{high},,,,chart" for day, value, unit, high in values)
        return draw_course(make_case(RITUXIMAB, *rows, header=HEADER, about=ABOUT))

    return draw


def labels(figure, name):
    """The words beside the marks of a graph."""
    ax = next(ax for ax in figure.axes if ax.get_label() == name)
    return {text.get_text() for text in ax.texts if text.get_visible()}


def test_bounds_ranges_and_about_values_stand_in_the_unit_of_the_axis(course):
    # 1 mg/dL is 10 mg/L.
    values = [(0, "2.1", "mg/dL", ""), (30, "~15", "mg/dL", ""), (60, "0.5..1", "mg/dL", ""), (90, "12", "mg/L", "")]
    assert labels(course("crp", *values), "C-reactive protein") == {"21", "~150", "5\N{EN DASH}10", "12"}


@pytest.mark.product
def test_a_converted_value_and_its_limits_have_no_more_digits_than_they_were_printed_with(course):
    # 1 mg/dL of creatinine is 88.4 umol/L, so 1 umol/L is 0.0113 mg/dL: 412 / 88.4 = 4.661, 130 / 88.4 = 1.471,
    # 120 / 88.4 = 1.357 and 104 / 88.4 = 1.176 have two decimals.
    values = [(0, "412", "umol/L", "104"), (40, "<130", "umol/L", ""), (80, "120..130", "umol/L", "")]
    figure = course("creatinine", *values, (120, "1.7", "mg/dL", ""))
    assert labels(figure, "Creatinine") == {"4.66", "<1.47", "1.36\N{EN DASH}1.47", "1.7"}
    assert "mg/dL, reference up to 1.18" in " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "1.17" not in " ".join(text.get_text() for ax in figure.axes for text in ax.texts)


@pytest.mark.product
def test_a_change_between_two_units_has_the_digits_of_the_less_precise_value(course):
    # As in the table: 1.7 - 412 / 88.4 = -2.96, of which 1.7 mg/dL gives one decimal.
    values = [(0, "412", "umol/L", ""), (40, "168", "umol/L", ""), (80, "1.7", "mg/dL", "")]
    assert "1.7 (\N{MINUS SIGN}3)" in labels(course("creatinine", *values), "Creatinine")
    # 0.1 mg/dL lower and higher again: 80 / 88.4 = 0.905, and 1.0 - 0.905 = 0.095.
    values = [(0, "2.4", "mg/dL", ""), (40, "80", "umol/L", ""), (80, "1.0", "mg/dL", "")]
    shown = {"2.4", "0.9 (\N{MINUS SIGN}1.5)", "1.0 (+0.1 from the lowest)"}
    assert labels(course("creatinine", *values), "Creatinine") == shown


@pytest.mark.product
def test_two_values_that_are_one_when_rounded_have_no_turn_between_them(course):
    # 88 / 88.4 = 0.995 mg/dL, which is 1.0 with the digits of the later value; from 2.4 this is -1.4.
    values = [(0, "2.4", "mg/dL", ""), (40, "88", "umol/L", ""), (80, "1.0", "mg/dL", "")]
    assert "1.0 (\N{MINUS SIGN}1.4)" in labels(course("creatinine", *values), "Creatinine")
