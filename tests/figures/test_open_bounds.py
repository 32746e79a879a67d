"""What is known between bounds only, or not to its end, is drawn so; numbers beside marks are those that are told."""

import math

import pytest
from conftest import first_in_gate
from matplotlib.colors import to_rgba

from casetimeline.figures.axes.places import MarkPlace, free_box
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.context import draw_context
from casetimeline.figures.drawn import alt_text, describe, drawn_values, legend
from casetimeline.figures.files.publish import render_text
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.report.leaks import leaks_in, sought_for
from casetimeline.report.texts import texts_of

HEADER = "case_id,kind,code,start,end,count,value,unit,ref_high,state,dose,dose_unit,frequency,site,grade,source,note"
ROW = "a,{kind},{code},{start},{end},{count},{value},{unit},{high},,{dose},{mg},{often},{site},{grade},chart,"
BLANK = dict.fromkeys(("end", "count", "value", "unit", "high", "dose", "mg", "often", "site", "grade"), "")


def row(kind, code, start, **cells):
    return ROW.format(kind=kind, code=code, start=start, **{**BLANK, **cells})


def dosed(code, start, end, dose, often="daily", **cells):
    return row("treatment", code, start, end=end, dose=dose, mg="mg", often=often, **cells)


def crp(start, value, **cells):
    return row("observation", "crp", start, value=value, unit="mg/L", **cells)


SKIN = [row("observation", "mrss", "0 d", value="30", unit="points")]
SKIN += [row("observation", "mrss", "200 d", value="20", unit="points")]


@pytest.fixture
def course(make_case):
    def draw(*rows, **how):
        return draw_course(make_case(*rows, header=HEADER), **how)

    return draw


def words_in(figure):
    """The visible words of the axes and the notes and key."""
    texts = [*figure.texts, *(text for ax in figure.axes for text in ax.texts)]
    return [text.get_text() for text in texts if text.get_visible()]


def spans(figure, element):
    """From where to where each element of a kind is drawn, by line."""
    values = drawn_values(figure)
    values = values[values["element"] == element]
    return {row.line: (row.x, row.x_to) for row in values.itertuples()}


@pytest.mark.product
def test_a_dose_of_a_glucocorticoid_keeps_its_half_milligrams(course):
    # 5 mg of prednisolone equal 5 mg of prednisone: nothing is converted, and each dose is as it was typed.
    doses = ["12.5", "17.5", "7.25"]
    days = [("0 d", "9 d"), ("10 d", "19 d"), ("20 d", "29 d")]
    figure = course(*SKIN, *(dosed("prednisolone", *when, dose) for when, dose in zip(days, doses, strict=True)))
    assert {*doses} <= {*words_in(figure)}
    assert "12.5 mg daily, equal to prednisone 12.5 mg a day" in alt_text(figure)


@pytest.mark.product
def test_a_converted_dose_is_rounded(course):
    # 40 mg of dexamethasone, 0.75 mg of which equal 5 mg: 266.67 mg of prednisone.
    figure = course(*SKIN, dosed("dexamethasone", "0 d", "100 d", "40"))
    assert any(words.startswith("267 (40\N{NO-BREAK SPACE}mg daily") for words in words_in(figure))


@pytest.mark.product
def test_a_dose_that_towers_above_the_others_is_cut_once(course):
    # 1000 mg of methylprednisolone equal 1250 mg: more than ten times 60 mg, so the staircase is 1.5 x 60 = 90 mg high
    # (with room of 28 percent above it), and 60 mg and 5 mg stand in it as high as they are.
    pulse = dosed("methylprednisolone", "0 d", "2 d", "1000")
    taper = [dosed("prednisolone", "3 d", "60 d", "60"), dosed("prednisolone", "61 d", "ongoing", "5")]
    figure = course(*SKIN, pulse, *taper)
    stairs = next(ax for ax in figure.axes if ax.get_label() == "Glucocorticoids")
    assert stairs.get_ylim()[1] == pytest.approx(1.28 * 90)
    assert {"60", "5"} <= {*words_in(figure)}
    assert any("as high as the dose, but for one that a white line cuts" in words for words in words_in(figure))
    # Of 60 mg and 5 mg alone, the higher is the tower; of 60 mg and 10 mg none is.
    lower = [taper[0], dosed("prednisolone", "61 d", "ongoing", "10")]
    assert not any("white line" in words for words in words_in(course(*SKIN, *lower)))


@pytest.mark.product
def test_two_pulses_of_different_height_are_both_cut_and_the_taper_keeps_its_height(course):
    # 1000 mg and 500 mg of methylprednisolone equal 1250 and 625 mg: 625 is more than ten times 60, so the staircase is
    # 1.5 x 60 = 90 mg high, and both pulses are higher than that.
    pulses = [dosed("methylprednisolone", "0 d", "2 d", "1000"), dosed("methylprednisolone", "30 d", "32 d", "500")]
    taper = [dosed("prednisolone", "3 d", "29 d", "60"), dosed("prednisolone", "33 d", "200 d", "20")]
    figure = course(*SKIN, *pulses, *taper)
    stairs = next(ax for ax in figure.axes if ax.get_label() == "Glucocorticoids")
    assert stairs.get_ylim()[1] == pytest.approx(1.28 * 90)
    assert any("as high as the dose, but for those that a white line cuts" in words for words in words_in(figure))


@pytest.mark.product
def test_each_bar_that_is_cut_has_its_dose_and_ends_under_it_and_the_highest_step_beside_it_keeps_its_own(course):
    # 1250 and 625 mg of prednisone. At 85 mm the drug is left out of the words over both, and never the number of one.
    pulses = [dosed("methylprednisolone", "0 d", "2 d", "1000"), dosed("methylprednisolone", "30 d", "32 d", "500")]
    taper = [dosed("prednisolone", "3 d", "29 d", "60"), dosed("prednisolone", "33 d", "60 d", "5")]
    figure = course(*SKIN, *pulses, *taper, width_mm=85)
    assert {"1250", "625", "60", "5"} <= {words.partition(" ")[0] for words in words_in(figure)}
    stairs = next(ax for ax in figure.axes if ax.get_label() == "Glucocorticoids")
    bar = max(stairs.patches, key=lambda patch: patch.get_height())
    assert bar.get_clip_box().y1 == pytest.approx(stairs.transData.transform((0, 90))[1])
    # 60 mg is 15 days of 1000: less wide than its number, which stands behind the pulse.
    few = [dosed("prednisolone", "3 d", "18 d", "60"), dosed("prednisolone", "19 d", "1000 d", "5")]
    assert {"60", "5"} <= {*words_in(course(*SKIN, pulses[0], *few, width_mm=85))}
    # Two pulses within a week of 1000 days have no room for two numbers: to scale, the second is half as high.
    near = [pulses[0], dosed("methylprednisolone", "5 d", "7 d", "500"), dosed("prednisolone", "8 d", "1000 d", "5")]
    assert not any("white line" in words for words in words_in(course(*SKIN, *near, width_mm=85)))


@pytest.mark.parametrize("wide", [pytest.param(180, marks=pytest.mark.product), 85])
def test_doses_are_added_on_days_that_both_were_given_however_wide_the_figure_is(course, wide):
    # The pulse ended on day 2, the next drug began on day 3: no day has both. On day 500 both were given: 1250 + 20.
    pulses = [dosed("methylprednisolone", f"{day} d", f"{day + 2} d", "1000") for day in (0, 500)]
    taper = [dosed("prednisolone", "3 d", "30 d", "60"), dosed("prednisolone", "31 d", "1000 d", "20")]
    written = " ".join(words_in(course(*SKIN, *pulses, *taper, width_mm=wide)))
    assert "1310" not in written
    assert {"1250", "1270"} <= {*written.split()}


@pytest.mark.product
def test_words_that_are_wider_than_a_staircase_are_left_for_shorter_ones(course):
    # The narrowest figure has some 53 mm for words, and the name of the drug makes them longer than that.
    drugs = [
        dosed("methylprednisolone", "0 d", "20 d", "31.25", "every 6 h"),
        dosed("prednisolone", "80 d", "90 d", "9"),
    ]
    figure = course(*SKIN, *drugs, width_mm=60)
    stairs = next(ax for ax in figure.axes if ax.get_label() == "Glucocorticoids")
    # 125 mg a day, 4 mg of which equal 5 mg of prednisone: 156.25 mg.
    written = [text.get_text() for text in stairs.texts if text.get_visible()]
    assert written[0] == "156.25 (31.25\N{NO-BREAK SPACE}mg every 6 h)"


@pytest.mark.product
def test_an_end_that_is_told_to_be_after_a_day_goes_to_that_day_and_then_is_asked(course):
    # >30 d: given for 30 days; when it ended is not reported. The axis goes to day 200 and its margin.
    figure = course(*SKIN, dosed("prednisolone", "0 d", ">30 d", "60"), dosed("azathioprine", "0 d", ">60 d", "100"))
    assert spans(figure, "prednisone")["4"] == (0, 30)
    assert spans(figure, "bar")["5"] == (0, 60)
    assert spans(figure, "tail")["5"][0] == 60
    assert {*spans(figure, "tail")} == {"4", "5"}
    assert "when it ended is not reported" in words_in(figure)


@pytest.mark.product
def test_doses_that_are_counted_reach_beyond_the_day_that_an_end_is_after(course):
    # Six doses every 2 weeks: the sixth on day 70, so it was given up to there.
    figure = course(*SKIN, dosed("cyclophosphamide", "0 d", ">60 d", "500", "every 2 wk", count="6"))
    assert spans(figure, "bar")["4"] == (0, 70)


@pytest.mark.product
def test_an_end_before_a_day_is_not_before_its_start(course):
    # From day 90, ended before day 180: the bar ends in the middle, day 135, and the whisker is from 90 to 180.
    figure = course(
        *SKIN,
        dosed("azathioprine", "90 d", "<180 d", "100"),
        row("procedure", "mechanical_ventilation", "100 d", end="<120 d"),
    )
    assert spans(figure, "bar")["4"] == pytest.approx((90, 135))
    assert spans(figure, "whisker")["4"] == pytest.approx((90, 180))
    assert spans(figure, "lasting")["5"] == pytest.approx((100, 110))
    assert spans(figure, "whisker")["5"] == pytest.approx((100, 120))
    assert "time known between two days only" in words_in(figure)
    assert any("until some time before day 120" in words.replace("\n", " ") for words in words_in(figure))


@pytest.mark.product
def test_what_was_stopped_at_a_time_that_is_not_told_has_no_stop_at_a_day(course):
    figure = course(*SKIN, row("treatment", "methotrexate", "30 d", end="stopped"))
    assert "stopped" not in words_in(figure)
    assert "when it ended is not reported" in words_in(figure)
    assert "4" in spans(figure, "tail")


def test_what_goes_on_is_drawn_to_the_edge(course):
    # The axis is 5 percent of 200 days longer than the last day: 210.
    figure = course(
        *SKIN,
        row("procedure", "haemodialysis", "100 d", end="ongoing"),
        row("adverse_event", "rash", "10 d", end=">40 d"),
    )
    assert spans(figure, "lasting")["4"] == pytest.approx((100, 210))
    assert spans(figure, "lasting")["5"] == pytest.approx((10, 40))
    assert {"ongoing", "lasted; when it ended is not reported"} <= {*words_in(figure)}


@pytest.mark.product
def test_a_value_with_one_bound_has_an_arrow_where_it_may_go_on(course):
    # From 10 to 12 the box would read as closed.
    figure = course(*SKIN, crp("0 d", ">10"), crp("10 d", "5"))
    assert "may lie above the scale" in words_in(figure)
    assert "value known to be above or below a bound only" in words_in(figure)
    graph = next(ax for ax in figure.axes if ax.get_label() == "C-reactive protein")
    assert [line.get_marker() for line in graph.lines if line.get_marker() in ("^", "v")] == ["^"]
    both = course(*SKIN, crp("0 d", "10..20"), crp("10 d", "5"))
    assert "may lie" not in words_in(both)


@pytest.mark.product
def test_a_change_of_a_small_value_is_no_zero(course):
    # 0.00005 - 0.00012 = -0.00007
    figure = course(*SKIN, crp("0 d", "0.00012"), row("treatment", "rituximab", "2 d"), crp("10 d", "0.00005"))
    assert "0.00005 (\N{MINUS SIGN}0.00007)" in words_in(figure)


@pytest.mark.product
def test_the_baseline_is_written_before_others_and_values_without_room_are_counted(course):
    days = [crp(f"{day} d", f"{40 + day % 3}") for day in range(0, 200, 2)]
    figure = course(*days)
    graph = next(ax for ax in figure.axes if ax.get_label() == "C-reactive protein")
    written = [text for text in graph.texts if text.get_visible()]
    assert f"Without room for a number beside the mark: {100 - len(written)} of the 100 values" in legend(figure)
    assert "Without room" in describe(figure)
    assert "Without room" not in legend(course(*SKIN))


@pytest.mark.product
def test_numbers_beside_each_other_do_not_run_together(course):
    figure = course(*(crp(f"{day} d", f"{40 + day % 3}") for day in range(0, 180, 3)))
    graph = next(ax for ax in figure.axes if ax.get_label() == "C-reactive protein")
    figure.canvas.draw()
    boxes = [text.get_window_extent() for text in graph.texts if text.get_visible()]
    level = [(one, other) for one in boxes for other in boxes if one.y0 < other.y1 and other.y0 < one.y1]
    gaps = [other.x0 - one.x1 for one, other in level if one.x0 < other.x0]
    assert min(gaps) / figure.dpi * 25.4 >= 0.5  # millimetres


def test_each_reference_range_stands_at_its_values(course):
    rows = [crp("0 d", "100", high="5"), crp("10 d", "8", high="10"), crp("30 d", "3", high="5")]
    figure = course(*rows)
    values = drawn_values(figure)
    ranges = values[values["element"] == "range"]
    # None of the three reaches over the day of another.
    assert len(ranges) == 3
    assert all(
        sum(low <= day <= high for day in (0, 10, 30)) == 1
        for low, high in zip(ranges["x"], ranges["x_to"], strict=True)
    )
    assert {"mg/L, reference up to 10;", "up to 5"} <= {words.removesuffix(", log scale") for words in words_in(figure)}


def test_an_interval_of_one_of_several_sites_has_its_name(course):
    # The mark of the site is lost where a bar stands for it.
    effusion = [
        row("observation", "pericardial_effusion", start, value=value, unit="mm", site=site)
        for start, value, site in (
            ("0 d", "12", "anterior"),
            ("0 d", "20", "posterior"),
            ("30 d", "5", "anterior"),
            ("30 d", "1..3", "posterior"),
            ("90 d", "4", "anterior"),
        )
    ]
    assert any("posterior" in words and words.startswith("1\N{EN DASH}3") for words in words_in(course(*effusion)))


@pytest.mark.product
def test_words_stand_above_a_cut_of_the_axis_which_says_what_goes_through_it(course):
    rows = [crp("0 d", "300"), crp("2 d", "100"), crp("5 a", "5"), dosed("azathioprine", "1 d", "5 a", "150")]
    figure = course(*rows)
    lane = next(ax for ax in figure.axes if ax.get_label() == "Azathioprine")
    cut = next(patch for patch in lane.patches if to_rgba("white") == patch.get_facecolor() and patch.get_zorder() == 8)
    assert all(text.get_zorder() > cut.get_zorder() for text in lane.texts if text.get_visible())
    assert "where nothing begins or ends" in legend(figure)
    assert "Procedures through all panels" not in alt_text(figure)
    assert "where nothing is told" in legend(course(*rows[:3]))


@pytest.mark.product
def test_a_coordinate_that_reads_as_a_month_keeps_its_digits_and_is_taken_for_none(course):
    # The cut begins 5 percent of the days shown behind the last fact: here on day 12.2063.
    rows = [crp("0 d", "300"), crp("1 d", "100"), crp("3 d", "50"), crp("5 a", "5"), crp("61 mo", "80")]
    figure = course(*rows)
    cut = drawn_values(figure).set_index("element").loc[["cut"]].iloc[0]
    assert math.isclose(cut["x"], 12.2063, abs_tol=1e-4)
    text = render_text(figure)
    assert "\t12.2063\t" in text
    read = [words for _, words in texts_of("a.txt", text.encode())]
    assert not [leak for words in read for leak in leaks_in(words, sought_for(False, []))]


PHASED = "case_id,phase,kind,code,start,end,value,unit,state,source,note"


@pytest.mark.product
def test_words_for_those_who_do_not_see_are_in_the_order_of_time_and_tell_ends(make_case):
    # The word of phase 2 stands in a strip below the graph, and is drawn after the value of phase 3.
    rows = [
        "a,1,observation,pericardial_effusion,,,large,,,chart,",
        "a,2,observation,pericardial_effusion,,,,,decreased,chart,",
        "a,3,observation,pericardial_effusion,,,small,,,chart,",
        "a,1,treatment,colchicine,,phase 3,,,,chart,",
        "a,2,treatment,azathioprine,,ongoing,,,,chart,",
        "a,2,treatment,methotrexate,,stopped,,,,chart,",
    ]
    words = alt_text(draw_course(make_case(*rows, header=PHASED)))
    assert words.index("large") < words.index("decreased") < words.index("small")
    assert "Colchicine: dose not reported, phase 1, until phase 3" in words
    assert "Azathioprine: dose not reported, phase 2, ongoing" in words
    assert "Methotrexate: dose not reported, phase 2, stopped, at a time not reported" in words


@pytest.mark.product
def test_a_short_text_keeps_the_baseline_and_the_turn(course):
    # 30 values that fall to 11 on day 20 and then rise; the baseline is the last before the treatment of day 10.
    values = [(day, 40 - day if day < 20 else 11 + day - 20) for day in range(0, 30)]
    rows = [crp(f"{day} d", f"{value}") for day, value in values]
    case = [*rows, row("treatment", "rituximab", "10 d", end="10 d", often="once")]
    words = alt_text(course(*case))
    assert "11 mg/L, day 20" in words and "the baseline" in words and "40 mg/L, day 0" in words
    assert "26 more; the last 20 mg/L, day 29" in words


@pytest.mark.product
def test_a_bar_ends_where_the_next_course_of_the_drug_begins(make_case):
    # A dose that is told and one that is not stand in lanes of their own; each position has one of both.
    header = "case_id,phase,kind,code,start,end,value,unit,state,dose,dose_unit,source,note"
    rows = [
        "a,1,treatment,prednisone,,phase 2,,,,60,mg/day,chart,",
        "a,2,treatment,prednisone,,,,,,,,chart,",
        "a,3,observation,mrss,,,30,points,,,,chart,",
    ]
    figure = draw_course(make_case(*rows, header=header))
    assert spans(figure, "prednisone")["2"][1] == pytest.approx(2 - 0.42) == spans(figure, "bar")["3"][0]


def test_a_number_without_a_unit_says_so_beside_a_scale_that_has_one(course):
    values = [
        row("observation", "ck", f"{day} d", value=str(value), unit="U/L") for day, value in ((0, 900), (20, 300))
    ]
    assert "<200, unit not reported" in words_in(course(*values, row("observation", "ck", "10 d", value="<200")))


def test_a_ladder_without_a_threshold_does_not_promise_one(make_case):
    case = make_case(crp("0 d", "100"), row("treatment", "rituximab", "1 d"), crp("9 d", "10"), header=HEADER)
    words = legend(draw_trajectory(case, "crp"))
    assert "no cited threshold lies about it" in words and "each threshold" not in words


@pytest.mark.product
def test_marks_of_administrations_on_a_bar_have_their_words_in_the_key(course):
    # Days 0, 28 and 56 are computed from the interval.
    words = words_in(course(*SKIN, dosed("rituximab", "0 d", "60 d", "500", "every 4 wk")))
    assert "on a bar: administration at the reported interval" in words
    assert not any(
        "administration" in text for text in words_in(course(*SKIN, dosed("azathioprine", "0 d", "60 d", "9")))
    )


def test_a_value_of_a_time_with_one_end_stands_at_that_end_and_no_line_joins_it(course):
    # The axis ends at 210: the middle of 100 and 210 is a day that nobody named, and another on a longer axis.
    figure = course(*SKIN, crp("<0 d", "60"), crp("0 d", "40"), crp("50 d", "20"), crp(">100 d", "5"))
    assert spans(figure, "value")["7"] == pytest.approx((100, 100))
    assert spans(figure, "value")["4"] == pytest.approx((0, 0))
    assert spans(figure, "whisker")["7"] == pytest.approx((100, 210))
    # The skin from day 0 to day 200, and of four values those of days 0 and 50.
    joins = drawn_values(figure).query("element == 'join'")
    assert sorted(joins[["x", "x_to"]].to_numpy().tolist()) == [[0, 50], [0, 200]]


def test_no_cut_of_the_axis_takes_the_end_at_which_a_value_stands(course):
    # Nothing is told between day 200 and day 3000 but a value after day 1000.
    figure = course(*SKIN, crp("0 d", "40"), crp(">1000 d", "5"), crp("3000 d", "9"))
    cuts = drawn_values(figure).query("element == 'cut'")
    assert not ((cuts["x"] < 1000) & (cuts["x_to"] > 1000)).any()


@pytest.mark.product
def test_the_limits_of_a_laboratory_are_not_drawn_over_the_values_of_another(make_case):
    """Up to 170 U/L by laboratory A; of laboratory B no limit is told, and with A alone the band goes on."""
    row = "a,observation,ck,{},{},U/L,{},{},chart"
    header = "case_id,kind,code,start,value,unit,ref_high,by,source"
    for second, spread in (("B", False), ("A", True)):
        rows = [row.format("0 d", "900", "170", "laboratory A"), row.format("50 d", "300", "", f"laboratory {second}")]
        values = drawn_values(draw_trajectory(make_case(*rows, header=header), "ck"))
        band = values[values["element"] == "range"].iloc[0]
        assert (band["x_to"] > 50) == spread


@pytest.mark.product
def test_how_a_course_ended_that_stopped_is_said_as_in_the_table(make_case):
    """By its length as printed, which stands beside the dose, or by what was given in its place; else that it did."""
    header = "case_id,phase,kind,code,start,end,value,unit,source,note"
    rows = (
        "a,1,treatment,methotrexate,,stopped,,,chart,printed 'for 6 days'",
        "a,1,treatment,azathioprine,,stopped,,,chart,",
        "a,2,treatment,tacrolimus,,,,,chart,in place of azathioprine",
        "a,2,treatment,rituximab,,stopped,,,chart,",
    )
    words = alt_text(draw_course(make_case(*rows, header=header)))
    assert "Methotrexate: dose not reported, ‘for 6 days’, phase 1" in words
    assert "‘for 6 days’, phase 1, " not in words
    assert "Azathioprine: dose not reported, phase 1, until tacrolimus was given" in words
    assert "Rituximab: dose not reported, phase 2, stopped, at a time not reported" in words


def test_an_end_by_another_drug_is_told_and_not_asked(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,source,note"
    rows = (
        "a,1,treatment,azathioprine,,stopped,,,chart,",
        "a,1,treatment,tacrolimus,,phase 3,,,chart,in place of azathioprine; before or after the relapse is not told",
        "a,2,event,relapse,,,,,chart,",
        "a,3,event,discharge,,,,,chart,",
    )
    words = alt_text(draw_course(make_case(*rows, header=header)))
    assert "phase 1, until tacrolimus was given. " in words


@pytest.mark.parametrize(("value", "unit", "limits"), [(">1000", "U/L", (0, 1100)), ("<39", "Cel", (0, 42.9))])
def test_a_baseline_with_one_bound_stands_beside_published_arms_on_a_scale_that_ends(make_case, value, unit, limits):
    # A tenth behind the bound that is known.
    code = "ck" if unit == "U/L" else "body_temperature"
    row_of = row("observation", code, "0 d", value=value, unit=unit)
    figure = draw_context(make_case(row_of, header=HEADER), code)
    ax = next(each for each in figure.axes if each.get_label() == "Baseline")
    assert ax.get_xlim() == pytest.approx(limits)


def test_a_baseline_that_is_no_number_has_no_scale_beside_published_arms(make_case):
    rows = [
        f"a,observation,myopathy,{day} d,,,,,,{state},,,,,,chart," for day, state in ((0, "present"), (9, "absent"))
    ]
    figure = draw_context(make_case(*rows, header=HEADER), "myopathy")
    assert [ax.get_label() for ax in figure.axes if ax.get_label()] == []
    assert legend(figure).startswith("Beside published arms, case a. Myopathy has no baseline as a number: nothing to")


@pytest.mark.parametrize(
    ("rows", "is_told"),
    first_in_gate(
        2,
        [
            # Already being taken: an arrow, and no rail.
            ([dosed("azathioprine", "<=0 d", "ongoing", "50"), row("event", "relapse", "9 d")], False),
            ([SKIN[0], row("observation", "mrss", "18..30 mo", value="20", unit="points")], True),
            ([*SKIN, row("event", "relapse", "10..30 d")], True),
        ],
    ),
)
def test_the_key_tells_of_a_time_between_two_days_where_such_a_rail_is_drawn(course, rows, is_told):
    figure = course(*rows)
    assert bool(spans(figure, "whisker")) == is_told
    assert ("time known between two days only" in words_in(figure)) == is_told


@pytest.mark.product
def test_no_number_stands_on_the_rail_of_an_uncertain_time(course):
    pressures = (("0 d", "68"), ("18..30 mo", "71"))
    figure = course(*(row("observation", "spap_echo", when, value=value, unit="mmHg") for when, value in pressures))
    words = next(text for ax in figure.axes for text in ax.texts if text.get_text() == "71 (+3)")
    figure.draw_without_rendering()
    box = words.get_window_extent().transformed(words.axes.transData.inverted())
    assert not box.y0 < 71 < box.y1


@pytest.mark.parametrize("width_mm", first_in_gate(1, [180, 85]))
def test_words_that_have_no_room_beside_a_rail_stand_under_it_in_one_line(course, width_mm):
    # A rail from the first day to the last.
    figure = course(
        *SKIN, row("adverse_event", "constrictive_pericarditis", "0..200 d", grade=">=3"), width_mm=width_mm
    )
    texts = [text for ax in figure.axes for text in ax.texts if text.get_visible()]
    words = next(text for text in texts if text.get_text().startswith("Constr"))
    assert words.get_text() == "Constrictive pericarditis, grade ≥3"
    figure.draw_without_rendering()
    box = words.get_window_extent().transformed(words.axes.transData.inverted())
    rail = drawn_values(figure).set_index("element").loc["whisker", "y"]
    # Millimetres from the upper edge.
    assert min(box.y0, box.y1) >= rail


def test_words_begin_behind_a_rail(course):
    figure = course(*SKIN, row("event", "relapse", "40..60 d"))
    words = next(text for ax in figure.axes for text in ax.texts if text.get_text() == "Relapse")
    figure.draw_without_rendering()
    assert words.get_window_extent().transformed(words.axes.transData.inverted()).x0 >= 60


@pytest.mark.parametrize(("width_mm", "least"), first_in_gate(1, [(180, 15), (85, 1)]))
def test_a_number_stands_at_its_point_and_not_at_that_of_another(course, width_mm, least):
    # A value every four weeks, each 430 less than the one before.
    values = range(9000, 400, -430)
    rows = [row("observation", "ck", f"{28 * i} d", value=value, unit="U/L") for i, value in enumerate(values)]
    figure = course(*rows, width_mm=width_mm)
    figure.draw_without_rendering()
    ax = next(each for each in figure.axes if any(text.get_text().startswith("830") for text in each.texts))
    points = dict(zip(values, ax.transData.transform([(28 * i, value) for i, value in enumerate(values)]), strict=True))
    texts = [text for text in ax.texts if text.get_visible() and text.get_text()[:2].isdigit()]
    three_mm = 3 / 25.4 * figure.dpi
    for text in texts:
        box = text.get_window_extent()
        near = {
            value: abs(x - (box.x0 + box.x1) / 2)
            for value, (x, y) in points.items()
            if max(box.y0 - y, y - box.y1) < three_mm
        }
        assert str(min(near, key=near.get)) == text.get_text().partition(" ")[0]
    assert len(texts) >= least


def test_a_course_that_stopped_ends_at_the_event_that_tells_when(course):
    # Between day 60 and day 90 it was stopped: the bar goes to the middle, with a rail over both.
    azathioprine = dosed("azathioprine", "0 d", "stopped", "100")
    figure = course(*SKIN, azathioprine, row("event", "azathioprine_stopped", "60..90 d"))
    assert spans(figure, "bar")["4"] == (0, 75)
    assert spans(figure, "whisker")["4"] == (60, 90)
    assert "tail" not in {*drawn_values(figure)["element"]}
    assert "when it ended is not reported" not in legend(figure)


def test_a_course_that_was_already_being_taken_ends_at_the_event_that_tells_when(course):
    azathioprine = dosed("azathioprine", "<0 d", "stopped", "100")
    figure = course(*SKIN, azathioprine, row("event", "azathioprine_stopped", "0 d"))
    assert spans(figure, "bar")["4"][1] == 0
    assert "tail" not in {*drawn_values(figure)["element"]}


def test_in_the_order_of_telling_a_course_that_stopped_ends_at_the_event_that_tells_it(make_case):
    header = "case_id,phase,kind,code,start,end,value,unit,source,note"
    rows = ("a,1,treatment,azathioprine,,stopped,,,chart,", "a,2,event,relapse,,,,,chart,")
    rows += ("a,3,event,azathioprine_stopped,,,,,chart,",)
    # Up to the third position.
    assert spans(draw_course(make_case(*rows, header=header)), "bar")["2"][1] == 3


def test_a_number_stands_at_the_bar_or_the_rail_of_its_value_and_beside_no_other(course):
    # Before day 0 and within 7 days, on an axis of a year: the bar above 200 and the rail of the second lie close.
    figure = course(crp("<0 d", ">200"), crp("<7 d", "~120"), crp(">12 wk", "<5"), row("adverse_event", "rash", "<1 a"))
    graph = next(ax for ax in figure.axes if ax.get_label() == "C-reactive protein")
    figure.canvas.draw()
    boxes = {text.get_text(): text.get_window_extent() for text in graph.texts if text.get_visible()}
    bar = min((patch.get_window_extent() for patch in graph.patches), key=lambda box: box.x0)
    mm = figure.dpi / 25.4
    assert 0 <= boxes[">200"].x0 - bar.x1 < 2 * mm and bar.y0 < (boxes[">200"].y0 + boxes[">200"].y1) / 2
    # The rail of the second goes to day 7, and no number but its own stands there.
    end = graph.transData.transform((7, 100))[0]
    assert "~120" not in boxes or 0 <= boxes["~120"].x0 - end < 2 * mm


def test_the_rail_of_a_start_does_not_hide_the_dashes_to_an_unknown_end_under_a_staircase(course):
    # 56 days with a rail of some days, and dashes from the bar on: two heights, the rail no nearer to the line.
    figure = course(*SKIN, dosed("prednisone", "52..60 d", "stopped", "10"))
    values = drawn_values(figure).set_index("element")
    assert values.loc["whisker", "y"] < values.loc["tail", "y"] < 0
    low = next(ax for ax in figure.axes if ax.get_label() == "Glucocorticoids").get_ylim()[0]
    assert low < values.loc["whisker", "y"]


def test_the_label_of_a_step_says_whether_its_number_holds_other_drugs(course):
    # 0.75 mg of dexamethasone equal 5 mg of prednisone: 20 mg are 133 mg, on 60 mg 193 mg.
    rows = [dosed("prednisone", "28 d", "41 d", "60"), dosed("dexamethasone", "30 d", "33 d", "20")]
    words = words_in(course(*SKIN, *rows))
    assert "193 (with dexamethasone 20\N{NO-BREAK SPACE}mg daily)" in words and "60" in words


@pytest.mark.product
def test_the_label_of_a_step_reaches_as_high_as_what_is_drawn_on_it(course):
    # 500 mg of methylprednisolone are 625 mg of prednisone; from day 31 on, 30 mg stand on them.
    pulse = dosed("methylprednisolone", "30 d", "32 d", "500")
    words = words_in(course(*SKIN, pulse, dosed("prednisolone", "31 d", "59 d", "30")))
    assert "up to 655 (with methylprednisolone 500\N{NO-BREAK SPACE}mg daily)" in words and "30" in words
    # On each of its days.
    words = words_in(course(*SKIN, pulse, dosed("prednisolone", "30 d", "59 d", "30")))
    assert "655 (with methylprednisolone 500\N{NO-BREAK SPACE}mg daily)" in words


def test_the_change_up_to_the_highest_value_after_the_lowest_is_written_before_others(course):
    # Every 28 days from day 0 on: 22 is the lowest before 31, the highest after it: 31 - 22 = 9.
    scores = (48, 47, 40, 41, 37, 33, 30, 28, 29, 24, 22, 25, 31, 27, 20, 16, 14, 12, 11)
    rows = [row("observation", "mrss", f"{28 * k} d", value=str(score)) for k, score in enumerate(scores)]
    figure = course(*rows, row("treatment", "rituximab", "0 d", often="once"))
    words = [text.get_text() for ax in figure.axes if ax.get_label().startswith("Modified") for text in ax.texts]
    assert "31 (+9 from the lowest)" in words
    bare = sum(text.isdigit() for text in words)
    # Of 19 values the first two are bare without a change: the baseline, and none else.
    assert f"Without room for the change beside the number: {bare - 1} of the 19 values" in legend(figure)


def test_words_over_the_lowest_point_of_two_lines_may_lean_to_the_flatter_one():
    # A low graph of 10 mm: from 23 mm before the point a line comes down to it, and 4 mm behind it one is 3 mm higher.
    # Words of some 8 mm do not fit over its middle, nor under it.
    down = [(23 + k, 4.2 - k / 20, 23.4 + k, 4.6 - k / 20) for k in range(24)]
    up = [(46 + k, 3 + 0.75 * k, 46.4 + k, 3.4 + 0.75 * k) for k in range(5)]
    marks = [(22.1, 3.1, 23.9, 4.9), (49.1, 5.1, 50.9, 6.9)]
    box = free_box(MarkPlace(46.0, 3.0, 3.0), "15 (\N{MINUS SIGN}9)", ([*down, *up], marks), [], (138.0, 10.0))
    assert box and box[1] > 3.9 and 46 - 8 < box[0] < 46 < box[2] < 47.5


def test_a_time_that_holds_the_name_of_its_position_stands_for_both(make_case):
    # In the order of telling, since a fact has no time.
    header = "case_id,phase,kind,code,start,end,value,unit,source,note"
    rows = ("a,,observation,mrss,26 wk,,20,points,chart,", "a,,treatment,rituximab,~26 wk,,,,chart,")
    rows += ("a,1,treatment,bosentan,,ongoing,,,chart,",)
    words = alt_text(draw_course(make_case(*rows, header=header)))
    assert "Rituximab: dose not reported, about 26 weeks" in words


@pytest.mark.product
def test_a_change_with_one_end_is_a_fall_in_the_alt_text_as_in_the_table(course):
    # 100 or more to 20: 80 or more less, which is 80.0 % of 100; to less than 20 it is more than 80.
    told = [alt_text(course(crp("0 d", ">=100"), crp("28 d", last))) for last in ("20", "<20")]
    assert "a fall of 80 mg/L or more (≥80.0 %)" in told[0] and "a fall of more than 80 mg/L (>80.0 %)" in told[1]


@pytest.mark.product
def test_a_figure_says_that_lines_join_values_only_where_one_is_drawn(course):
    # Two values of two sites, and two exact ones with one between them that is not: none of these is joined.
    parted = [
        row("observation", "crp", f"{day} d", value="9", unit="mg/L", site=site) for day, site in ((0, "a"), (9, "b"))
    ]
    between = [
        row("observation", "mrss", f"{day} d", value=value, unit="points") for day, value in ((0, "30"), (9, "20"))
    ]
    between.append(row("observation", "mrss", "5 d", value=">10", unit="points"))
    assert "Lines join" not in describe(course(*parted, *between))
    assert "Lines join" in describe(course(*parted, *between[:2]))


def test_a_case_of_which_nothing_has_a_course_has_no_list_of_panels(course):
    assert "From top to bottom" not in describe(course(SKIN[0]))


def test_a_time_with_one_end_has_its_mark_there_and_no_cap_on_the_open_side(course):
    # >30 d: from day 30 on, nobody says how long; the axis goes to day 200 and its margin of 10.
    figure = course(*SKIN, row("event", "relapse", ">30 d"))
    events = next(ax for ax in figure.axes if ax.get_label() == "Events")
    caps = [line.get_xdata()[0] for line in events.lines if line.get_marker() == "|"]
    assert caps == [30] and spans(figure, "event")["4"] == (30, 30) and spans(figure, "whisker")["4"] == (30, 210)
    words = words_in(figure)
    assert "time known to be before or after one day only" in words and "time known between two days only" not in words


def test_what_goes_on_until_a_death_of_an_open_day_does_not_run_past_its_mark(course):
    figure = course(*SKIN, dosed("azathioprine", "0 d", "ongoing", "100"), row("event", "death", ">150 d"))
    assert spans(figure, "bar")["4"] == (0, 150)
    assert "ongoing" not in words_in(figure)


def test_a_number_of_doses_between_bounds_has_the_span_of_its_last_dose(course):
    # Every 2 weeks: the third on day 28, the fourth on day 42; of at least three the bar goes to day 28 and is asked.
    counted = [dosed("rituximab", "0 d", "", "1000", "every 2 wk", count=count) for count in ("3..4", ">=3")]
    figure = course(*SKIN, counted[0], counted[1].replace("rituximab", "abatacept"))
    assert spans(figure, "bar") == {"4": (0, 28), "5": (0, 28)}
    assert spans(figure, "whisker") == {"4": (28, 42)}
    assert spans(figure, "tail")["5"][0] == 28


def test_what_was_stopped_at_a_time_not_told_is_asked_in_the_order_of_telling(make_case):
    rows = [
        "a,1,treatment,methotrexate,stopped,,,15,mg,chart",
        "a,2,event,relapse,,,,,,chart",
        "a,3,event,discharge,,,,,,chart",
    ]
    figure = draw_course(make_case(*rows, header="case_id,phase,kind,code,end,value,unit,dose,dose_unit,source"))
    assert "2" in spans(figure, "tail") and "when it ended is not reported" in words_in(figure)
    assert "stopped" not in words_in(figure)


@pytest.mark.product
def test_a_cut_of_the_axis_is_told_once_and_takes_no_place_of_a_value(course):
    # Between day 20 and day 2000 nothing is told. Of nine values the last is told, and not the cut.
    days = [*range(0, 21, 3), 2000, 2010]
    figure = course(*(crp(f"{day} d", str(90 - n)) for n, day in enumerate(days)), row("event", "relapse", "2010 d"))
    words = alt_text(figure)
    assert words.lower().count("axis cut between") == 1
    assert words.endswith("relapse, day 2010.") or "82 mg/L" in words
    assert "last axis cut" not in words


def test_a_later_peak_is_in_the_alternative_text(course):
    # Of 26 values 48 is the highest and 3 the lowest; 32 is the flare after that, and the last one is 8.
    values = [48, *range(30, 10, -2), 3, 32, *range(20, 7, -1)]
    words = alt_text(course(*(crp(f"{10 * n} d", str(value)) for n, value in enumerate(values))))
    assert all(f" {value} mg/L" in words for value in (48, 3, 32, 8)) and "and 22 more" in words


@pytest.mark.product
def test_the_first_number_does_not_stand_behind_a_tick_as_behind_a_minus(course):
    # The highest tick, 1000000, is at the top of the axis, level with a number over the mark of 109200.
    values = [(0, "109200"), (5, "40000"), (20, "3000"), (60, "400"), (120, "9")]
    rows = [row("observation", "ck", f"{day} d", value=value, unit="U/L") for day, value in values]
    figure = course(*rows, width_mm=85)
    ax = next(ax for ax in figure.axes if ax.get_label() == "Creatine kinase")
    label = next(text for text in ax.texts if text.get_text() == "109200")
    assert label.xy[1] > 1.0


@pytest.mark.product
def test_a_dose_of_less_than_ten_milligrams_does_not_reach_ten(course):
    figure = course(*SKIN, dosed("prednisone", "0 d", "100 d", "<10"))
    assert "<10" in words_in(figure)
    assert not any(words.startswith("0\N{EN DASH}10") for words in words_in(figure))
    assert "0 to 10" not in alt_text(figure)
    # 8 mg of methylprednisolone equal 10 mg of prednisone.
    assert "equal to prednisone <10 mg a day" in alt_text(
        course(*SKIN, dosed("methylprednisolone", "0 d", "9 d", "<8"))
    )
