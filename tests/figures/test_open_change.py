"""A change between records of which the order is open is drawn with its bounds, or its figure says what is open."""

import pytest

from casetimeline.figures.change import draw_change
from casetimeline.figures.context import draw_context
from casetimeline.figures.drawn import describe, drawn_values, legend
from casetimeline.figures.trajectory import draw_trajectory

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


@pytest.fixture
def open_last(make_case):
    """Made from values on 1 January 2020 and in two times that overlap, either of which may be the last."""

    def make(base, one, other):
        times = ("2020-01-01", "2021-02..2021-04", "2021-03")
        values = zip(times, (base, one, other), strict=True)
        rows = (f"a,observation,mrss,{start},,{value},,,,,chart" for start, value in values)
        return make_case(RITUXIMAB, *rows, header=HEADER, about=ABOUT)

    return make


def rungs(figure):
    """The visible words beside the rungs of a ladder."""
    ladder = next(ax for ax in figure.axes if ax.get_label().endswith(", thresholds"))
    return [text.get_text() for text in ladder.texts if text.get_visible()]


def test_no_rung_of_a_ladder_is_the_last_value_where_the_order_leaves_open_which_is(open_last):
    figure = draw_trajectory(open_last(30, 20, 26), "mrss")
    words = rungs(figure)
    assert "30\N{NO-BREAK SPACE}points: baseline" in words
    assert not any("last" in rung for rung in words)
    # Both are lower: limits lie below the baseline, whichever is the last.
    assert any(rung.startswith("\N{MINUS SIGN}5") for rung in words)
    assert "Which value is the last is open: 20 points or 26 points." in legend(figure)


@pytest.mark.product
def test_a_ladder_has_no_threshold_where_one_value_that_may_be_the_last_is_higher_and_one_lower(open_last):
    assert rungs(draw_trajectory(open_last(24, 20, 26), "mrss")) == ["24\N{NO-BREAK SPACE}points: baseline"]


@pytest.mark.product
def test_beside_published_arms_an_open_last_value_is_said_to_be_open_with_both_changes(open_last):
    figure = draw_context(open_last(30, 20, 26))
    words = " ".join(text.get_text() for ax in figure.axes for text in ax.texts)
    words = " ".join(words.split())
    minus = "\N{MINUS SIGN}"
    assert f"which value is the last is open: {minus}10 points (" in words
    assert f"or {minus}4 points (" in words
    assert "no change can be computed" not in words
    assert "Not drawn: which value is the last is open (lines 4, 5)." in legend(figure)


def test_a_figure_without_a_change_names_the_order_that_is_open(change):
    words = describe(change(("2020-01", 30), ("2021-02..2021-04", 20), ("2021-03", 18)))
    assert "No single change can be drawn: modified Rodnan skin score, which value is the last is open." in words
    assert "No measure has a baseline" not in words
