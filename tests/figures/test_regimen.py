"""The dosing calendar: how long a bar of a drug that is given every day is, and why a drug has none."""

import pytest

from casetimeline.figures.drawn import drawn_values, notes_of
from casetimeline.figures.regimen import draw_regimen

HEADER = "case_id,phase,kind,code,start,end,count,value,unit,dose,dose_unit,frequency,source"


@pytest.mark.parametrize(("count", "weeks"), [("3", 3 / 7), ("7", 1.0), ("2", 2 / 7)])
def test_a_drug_of_every_day_lasts_as_many_days_as_it_has_doses(make_case, count, weeks):
    """So many grams a day, so many times: all of them are in the bar, and no mark says that some are not."""
    row = f"a,1,treatment,methylprednisolone_pulse,,,{count},,,1,g/day,,chart"
    figure = draw_regimen(make_case(row, header=HEADER))
    values = drawn_values(figure)
    assert values.loc[values["element"] == "daily", "x_to"].tolist() == pytest.approx([weeks])
    assert "not all administrations are shown" not in [text.get_text() for text in figure.texts]


def test_more_than_eight_weeks_of_a_drug_are_cut_and_marked(make_case):
    row = "a,1,treatment,methylprednisolone_pulse,,,60,,,1,g/day,,chart"
    figure = draw_regimen(make_case(row, header=HEADER))
    values = drawn_values(figure)
    assert values.loc[values["element"] == "daily", "x_to"].tolist() == pytest.approx([8.0])
    assert "not all administrations are shown" in [text.get_text() for text in figure.texts]


def test_what_is_ongoing_does_not_lack_its_end(make_case):
    ends = (("prednisone", "ongoing"), ("tacrolimus", ""))
    rows = [f"a,1,treatment,{code},,{end},,,,5,mg/day,,chart" for code, end in ends]
    words = notes_of(draw_regimen(make_case(*rows, header=HEADER)))
    assert "prednisone, given every day, ongoing (line 2)" in words
    assert "tacrolimus, given every day, until when is not reported (line 3)" in words
