"""Where the dose of a treatment stands: at its own bar or mark, and never over another course."""

import pytest

from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.course.flags import lay_flags
from casetimeline.figures.course.lanes import lay_lane
from casetimeline.figures.course.rows import drawn_rows
from casetimeline.figures.course.treatments import dosing, treatment_entries
from casetimeline.figures.drawn import drawn_values
from casetimeline.figures.style import SMALL, text_width
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,count,value,unit,dose,dose_unit,frequency,source"


def lane_of(make_case, wide, *rows):
    case = make_case(*rows, header=HEADER)
    drawn = [row for row in drawn_rows(analyse(case)) if row.kind == "treatment"]
    return lay_lane(drawn, {}, time_axis(case), wide)


def test_words_that_would_stand_over_another_course_stand_under_the_name_and_the_dose_on_the_bar(make_case):
    rows = [
        "a,1,treatment,tocilizumab,,,,,,,chart",
        'a,2,treatment,tocilizumab,,,,600,mg,"every 2 wk, alternating",chart',
        "a,3,event,discharge,,,,,,,chart",
    ]
    # Columns of 20 mm: bars of 16.8 mm; the words are longer than a bar, and "600 mg" is not.
    lane = lane_of(make_case, 60.0, *rows)
    assert lane.words == {3: ("600\N{NO-BREAK SPACE}mg", "on")}
    assert lane.under.startswith("600") and "2 w" in lane.under


def test_a_dose_under_the_name_says_of_which_course_it_is_where_the_bars_look_alike(make_case):
    rows = [
        "a,1,treatment,tocilizumab,,,,,,,chart",
        "a,2,treatment,tocilizumab,,,,,,monthly,chart",
        "a,3,treatment,tocilizumab,,,,,,,chart",
        "a,4,event,discharge,,,,,,,chart",
    ]
    assert lane_of(make_case, 30.0, *rows).under == (
        "first and third: dose not reported; second: monthly, dose not reported"
    )


@pytest.mark.parametrize(("wide", "sides"), [(160.0, ["right", "right"]), (60.0, ["right", "above"])])
def test_each_of_two_marks_has_its_dose_at_itself_and_none_under_the_name(make_case, wide, sides):
    rows = [
        "a,1,treatment,tocilizumab,1,,,300,mg,once,chart",
        "a,2,treatment,tocilizumab,1,,,600,mg,once,chart",
        "a,3,treatment,tocilizumab,,,,,,,chart",
        "a,4,event,discharge,,,,,,,chart",
    ]
    lane = lane_of(make_case, wide, *rows)
    assert [lane.words[line][1] for line in (2, 3)] == sides and lane.under == ""


def test_three_marks_without_room_beside_them_have_their_doses_beside_above_and_below(make_case):
    rows = [f"a,{phase},treatment,tocilizumab,1,,,{phase}00,mg,once,chart" for phase in (1, 2, 3)]
    # Columns of 6 mm are narrower than "100 mg", and the first has the edge of the axes at its left.
    lane = lane_of(make_case, 18.0, *rows)
    assert {side for _, side in lane.words.values()} >= {"above", "below"} and lane.under == ""
    assert lane.foot > 0


def test_what_began_before_or_after_something_has_its_bar_behind_that_and_dashes_up_to_there(make_case):
    header = "case_id,phase,kind,code,end,value,unit,source,quote,note"
    rows = [
        "a,1,treatment,pravastatin,stopped,,,chart,pravastatin (shifted to simvastatin),",
        "a,1,treatment,simvastatin,phase 3,,,chart,,in place of pravastatin; before or after the relapse is not told",
        "a,2,event,clinical_relapse,,,,chart,,",
        "a,3,event,discharge,,,,chart,,",
    ]
    figure = draw_course(make_case(*rows, header=header))
    values = drawn_values(figure).set_index(["element", "line"])
    # The switch stands in the middle of position 1; behind position 2 is 2.5, from where on it is surely given.
    assert values.loc[("bar", "3"), ["x", "x_to"]].tolist() == [2.5, 3]
    assert values.loc[("entry", "3"), ["x", "x_to"]].tolist() == [2.5, 1]
    # What it replaced ended when it began: neither has a mark of a stop there.
    assert values.loc[("bar", "2"), "x_to"] == values.loc[("tail", "2"), "x"] == 1
    words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
    assert "Whether simvastatin began before or after the relapse is not reported." in words
    assert "or when it ended, is not reported" in words and "whether it went on" not in words


def test_a_dose_in_words_stands_at_its_bar_and_the_key_tells_it_from_one_that_is_not_reported(make_case):
    """Of two white bars a height tells the dose of the first; the steps of a taper are told once, with their length."""
    rows = [
        "a,1,treatment,heparin,,,,,,chart,,'therapeutic dose'",
        "a,1,treatment,clopidogrel,,,,,,chart,,",
        "a,2,treatment,prednisone,,,,,,chart,,printed 'tapered every week by 5 mg for 8 weeks'",
        "a,3,treatment,methylprednisolone_pulse,stopped,,,,,chart,after 1 week of it,1 week",
    ]
    case = make_case(*rows, header="case_id,phase,kind,code,end,value,unit,dose,dose_unit,source,quote,note")
    drawn = [row for row in drawn_rows(analyse(case)) if row.kind == "treatment"]
    words = ["‘therapeutic dose’", "dose not reported", "‘tapered every week by 5 mg for 8 weeks’"]
    assert [dosing(row) for row in drawn] == [*words, "dose not reported, ‘1 week’"]
    keys = [treatment_entries(each, time_axis(case))[0].words for each in (drawn[:2], drawn[:1], drawn[1:2])]
    ways = ("not reported or told in words alone", "told in words alone", "not reported")
    assert keys == [f"treatment, dose {way}" for way in ways]


def test_words_that_face_each_other_have_two_millimetres_between_them_or_stand_on_two_lines(make_case):
    codes = ["admission", *["relapse"] * 7, "discharge"]
    case = make_case(*(f"a,{n},event,{code},,,,,,,chart" for n, code in enumerate(codes, 1)), header=HEADER)
    both, axis = drawn_rows(analyse(case))[::8], time_axis(case)
    words = ["admission to a hospital", "discharge"]
    long, levels = sum(text_width(each, SMALL) for each in words), set()
    for wide in range(40, 60):
        flags = lay_flags(both, words, axis, wide)
        assert [flag.side for flag in flags] == ["right", "left"]
        # Each mark has 1.7 mm to its words; their columns are the first and the last of nine.
        between = wide * 8 / 9 - 2 * 1.7 - long
        assert (flags[1].level > flags[0].level) == (between < 2.0)
        levels.add(flags[1].level)
    assert levels == {0, 1}


def test_words_on_a_bar_keep_clear_of_the_mark_of_a_stop(make_case):
    header, rest = "case_id,phase,kind,code,end,value,unit,source", [f"a,{n},event,relapse,,,,chart" for n in (2, 3)]
    case = make_case("a,1,treatment,tocilizumab,phase 3,,,chart", *rest, header=header)
    drawn, axis, fitted = [row for row in drawn_rows(analyse(case)) if row.kind == "treatment"], time_axis(case), set()
    for tenths in range(200, 400, 5):
        lane = lay_lane(drawn, {}, axis, tenths / 10)
        # The bar goes from the left edge of the first of three columns, 0.08 behind it, to the middle of the third.
        beside = (tenths / 10 * 2.42 / 3 - text_width("dose not reported", SMALL)) / 2
        assert bool(lane.words) == (beside > 1.2)
        fitted.add(bool(lane.words))
    assert fitted == {False, True}


DAYS = "case_id,kind,code,start,end,count,value,unit,dose,dose_unit,frequency,source"
CK = ["a,observation,ck,0 d,,,900,U/L,,,,chart", "a,observation,ck,90 d,,,100,U/L,,,,chart"]


@pytest.mark.product
def test_a_count_gives_no_end_to_a_course_of_which_the_start_has_no_latest_day(make_case):
    # Six doses every 2 weeks take 70 days: from when on is not known, after day 5.
    figure = draw_course(make_case("a,treatment,cyclophosphamide,>5 d,,6,,,500,mg,every 2 wk,chart", *CK, header=DAYS))
    values = drawn_values(figure)
    bar = values[values["element"].eq("bar")].iloc[0]
    assert bar["x"] == 5 and bar["x_to"] < 10
    assert "when it ended is not reported" in bar["said"]
    assert "tail" in set(values["element"])


@pytest.mark.product
def test_the_dose_of_a_mark_does_not_stand_on_the_line_of_its_open_time(make_case):
    figure = draw_course(make_case("a,treatment,rituximab,>20 d,,,,,1000,mg,once,chart", *CK, header=DAYS))
    ax = next(ax for ax in figure.axes if ax.get_label() == "Rituximab")
    label = next(text for text in ax.texts if text.get_text() == "1000\N{NO-BREAK SPACE}mg")
    # The line goes from day 20 to the right, and the words end left of it.
    assert label.get_ha() == "right" and label.get_position()[0] < 20


@pytest.mark.product
def test_a_dose_per_kilogram_below_the_staircase_is_said_to_be_one_and_is_written(make_case):
    doses = [("0 d", "5 d", "0.5", "mg/kg/day"), ("6 d", "90 d", "5", "mg/day")]
    rows = [f"a,treatment,prednisone,{start},{end},,,,{dose},{unit},,chart" for start, end, dose, unit in doses]
    words = " ".join(text.get_text() for text in draw_course(make_case(*rows, *CK, header=DAYS)).texts).replace(
        "\n", " "
    )
    assert "below the line: dose per kg (0.5\N{NO-BREAK SPACE}mg/kg/day)" in words
    assert "daily dose not reported" not in words
