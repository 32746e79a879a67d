"""A few facts without a time do not take the axis of days from a case: they are named under the figure, not drawn."""

import numpy as np
import pytest

from casetimeline.case import axes_of
from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import alt_text, drawn_values, legend
from casetimeline.figures.trajectory import draw_trajectory

HEADER = "case_id,phase,kind,code,start,end,value,unit,dose,dose_unit,frequency,source"
ABOUT = """analysis: {baseline: first}
time_zero: {label: renal biopsy}
phases: {1: Induction, 2: Maintenance}"""
# Nine rows with a time; of ten rows one is one in ten.
TIMED = [f"a,{1 + (day > 90)},observation,mrss,{day} d,,{30 - day // 20},,,,,chart" for day in range(0, 160, 20)]
TIMED.append("a,2,treatment,azathioprine,120 d,ongoing,,,100,mg,daily,chart")
ENALAPRIL = "a,2,treatment,enalapril,,,,,10,mg,daily,chart"
RASH = "a,2,adverse_event,rash,,,,,,,,chart"


@pytest.fixture
def of(make_case):
    return lambda *rows, **how: make_case(*rows, header=HEADER, about=ABOUT, **how)


def test_one_drug_without_a_time_leaves_the_axis_of_days_and_is_named_under_it(of):
    case = of(*TIMED, ENALAPRIL)
    assert axes_of(case)["days"] == ""
    assert time_axis(case).is_days
    assert of(*TIMED, ENALAPRIL, axis="weeks").axis == "weeks"
    figure = draw_course(case)
    assert "Time not reported, and not drawn: enalapril (Maintenance)." in legend(figure)
    assert "Enalapril, 10 mg daily, Maintenance, time not reported." in alt_text(figure)
    values = drawn_values(figure)
    enalapril = values[values["line"].astype(str).eq("11")]
    assert not np.isfinite(enalapril["x"].astype(float)).any()
    assert values.loc[values["element"].eq("bar"), "line"].tolist() == ["10"]
    assert "enalapril (Maintenance)" in legend(draw_trajectory(case, "mrss"))


@pytest.mark.parametrize(
    ("rows", "lines"),
    [
        # A value has to have its place on the axis.
        ([*TIMED, "a,2,observation,mrss,,,20,,,,,chart"], "line 11 has"),
        # Two of eleven are more than one in ten.
        ([*TIMED, ENALAPRIL, RASH], "lines 11, 12 have"),
        # The first dose of the reference treatment stands in every figure.
        ([*TIMED, "a,1,treatment,azathioprine,,,,,50,mg,daily,chart"], "line 11 has"),
    ],
)
def test_values_the_reference_and_more_than_a_few_facts_need_a_time(of, rows, lines):
    case = of(*rows, reference="azathioprine")
    assert axes_of(case)["days"] == f"{lines} no time that gives a day"
    assert not time_axis(case).is_days
