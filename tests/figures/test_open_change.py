"""A change between records of which the order is open is drawn with its bounds, or its figure says what is open."""

import pytest

from casetimeline.figures.change import draw_change
from casetimeline.figures.drawn import describe, drawn_values

HEADER = "case_id,kind,code,start,end,value,unit,dose,dose_unit,frequency,source"
ABOUT = """diagnosis: systemic sclerosis
time_zero: {label: rituximab, date: 2020-03-15}
analysis: {reference: rituximab, baseline: last_before}"""
RITUXIMAB = "a,treatment,rituximab,2020-03-15,2020-03-15,,,1000,mg,once,chart"


@pytest.fixture
def change(make_case):
    def draw(*values):
        rows = (f"a,observation,mrss,{start},,{value},,,,,chart" for start, value in values)
        return draw_change(make_case(RITUXIMAB, *rows, header=HEADER, about=ABOUT))

    return draw


@pytest.mark.product
def test_the_change_from_an_open_baseline_is_drawn_between_its_bounds(change):
    # March 2020 may be before or after the 15th: the baseline is 24 or 28, the change to 15 is -9 or -13.
    values = drawn_values(figure := change(("2020-01", 24), ("2020-03", 28), ("2021-03-20", 15)))
    drawn = values[values["element"].eq("change")].iloc[0]
    assert (drawn["x"], drawn["x_to"]) == (-13, -9)
    assert "24 or 28 to 15\N{NO-BREAK SPACE}points" in " ".join(
        text.get_text() for ax in figure.axes for text in ax.texts
    )
    assert values.loc[values["said"].str.startswith("the earlier value"), "line"].tolist() == ["3", "4"]


def test_a_figure_without_a_change_names_the_order_that_is_open(change):
    words = describe(change(("2020-01", 30), ("2021-02..2021-04", 20), ("2021-03", 18)))
    assert "No single change can be drawn: modified Rodnan skin score, which value is the last is open." in words
    assert "No measure has a baseline" not in words
