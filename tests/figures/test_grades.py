"""A measure told by grades: each site has the mark that the key shows, and each grade a line of the axis."""

from itertools import pairwise

import pytest

from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.style import SITE_MARKERS, SMALL
from casetimeline.rules.analysis import analyse

HEADER = "case_id,kind,code,start,value,unit,site,source"
ACUITY = "20/20|20/25|20/40|20/200|counting fingers|hand motion|light perception|no light perception"
MEASURES = f"code,kind,label,unit,grades,better\nvisual_acuity,observation,Visual acuity,,{ACUITY},lower\n"
EYES = {"right eye": "counting fingers", "left eye": "20/25"}


@pytest.fixture
def acuity(write_case):
    rows = [f"a,observation,visual_acuity,{day} d,{EYES[eye]},,{eye},chart" for day in (0, 90) for eye in EYES]
    folder = write_case(*rows, header=HEADER) / "a"
    (folder / "measures.csv").write_text(MEASURES)
    return draw_course(analyse(folder))


@pytest.mark.product
def test_two_sites_of_a_graded_measure_have_the_marks_of_the_key(acuity):
    ax = next(ax for ax in acuity.axes if ax.get_label() == "Visual acuity")
    marks = {line.get_gid(): line.get_marker() for line in ax.lines if "visual_acuity" in (line.get_gid() or "")}
    right, left, *_ = SITE_MARKERS
    assert [*marks.values()] == [right, right, left, left]
    assert "present" not in {text.get_text() for axes in acuity.axes for text in axes.texts}


@pytest.mark.product
def test_an_axis_of_eight_grades_has_a_line_for_each(acuity):
    ax = next(ax for ax in acuity.axes if ax.get_label() == "Visual acuity")
    assert [label.get_text() for label in ax.get_yticklabels()][1:] == ACUITY.split("|")
    places = [ax.transData.transform((0, grade))[1] / acuity.dpi * 72 for grade in range(1, 9)]
    # Letters of so many points need at least their own size from one line to the next.
    assert all(upper - lower >= SMALL for lower, upper in pairwise(places))
