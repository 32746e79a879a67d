"""The dosing calendar: how long a bar of a drug that is given every day is, and why a drug has none."""

import pytest

from casetimeline.figures.drawn import alt_text, drawn_values, legend, notes_of
from casetimeline.figures.regimen import draw_regimen
from casetimeline.figures.style import MORE_MARK

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


COUNTED = "case_id,kind,code,start,end,count,value,unit,state,dose,dose_unit,frequency,source,note"


def counted(code, end, often, count=""):
    return f"a,treatment,{code},0 d,{end},{count},,,,500,mg,{often},chart,"


def test_counted_doses_are_all_drawn_where_the_end_is_only_told_to_be_after_a_day(make_case):
    # Six doses every 2 weeks: weeks 0 to 10. The end after day 60 takes none away, though day 70 is behind it.
    case = make_case(counted("cyclophosphamide", ">60 d", "every 2 wk", "6"), header=COUNTED)
    values = drawn_values(draw_regimen(case))
    assert values.loc[values["element"] == "dose_stated", "x"].tolist() == [0, 2, 4, 6, 8, 10]


def test_how_long_a_daily_drug_was_given_is_not_made_of_a_bound(make_case):
    # Until before day 90, or stopped: of one day alone it is known. After day 14: of 15 days, and it went on.
    rows = [counted("azathioprine", "<90 d", "daily"), counted("methotrexate", "stopped", "daily")]
    figure = draw_regimen(make_case(*rows, counted("prednisolone", ">14 d", "daily"), header=COUNTED))
    values = drawn_values(figure)
    daily = values[values["element"] == "daily"]
    assert daily["line"].tolist() == ["4"] and daily["x_to"].iloc[0] == pytest.approx(15 / 7)
    assert "not all administrations are shown" in {text.get_text() for text in figure.texts}


def test_a_course_with_more_doses_than_the_calendar_holds_is_not_said_to_have_two(make_case):
    # Days 0, 56, 112: three doses, of which two are in the first 8 weeks.
    words = legend(draw_regimen(make_case(counted("rituximab", "112 d", "every 8 wk"), header=COUNTED)))
    assert "No schedule has more than two administrations in its first 8 weeks." in words
    assert "rituximab, no more than two administrations in the first 8 weeks" in words


@pytest.mark.product
def test_of_fewer_doses_than_a_schedule_and_its_time_give_no_week_is_drawn(make_case):
    # Days 0 to 182 weekly are 27 doses; of 20 the source does not say in which weeks they were given.
    words = {count: legend(draw_regimen(make_case(_weekly(count), header=COUNTED))) for count in ("20", "27")}
    why = "methotrexate, 20 were given, fewer than its schedule and time allow, and which these were is not reported"
    assert why in words["20"] and "fewer than its schedule" not in words["27"]
    drawn = {count: drawn_values(draw_regimen(make_case(_weekly(count), header=COUNTED))) for count in ("20", "27")}
    assert {count: sum(values["element"] == "dose_stated") for count, values in drawn.items()} == {"20": 0, "27": 27}


def _weekly(count):
    return counted("methotrexate", "182 d", "weekly", count)


def test_several_single_doses_of_a_drug_are_not_one(make_case):
    # Two rows of rituximab, 10 days apart; one of infliximab.
    rows = [counted("rituximab", "", "once"), counted("infliximab", "", "once")]
    later = counted("rituximab", "", "once").replace("0 d", "10 d")
    words = legend(draw_regimen(make_case(*rows, later, header=COUNTED)))
    assert "rituximab, given as 2 single doses" in words and "infliximab, given once" in words


def test_a_number_of_doses_that_has_bounds_is_not_said_to_be_unreported(make_case):
    # Weekly for about 10 weeks; and weekly with no end at all.
    words = legend(draw_regimen(make_case(counted("methotrexate", "~10 wk", "weekly"), header=COUNTED)))
    assert "The number of doses (methotrexate) is not exact." in words and "(methotrexate) is not rep" not in words


def test_two_doses_of_one_day_are_not_said_to_be_given_every_day(make_case):
    row = "a,1,treatment,anakinra,0 d,0 d,2,,,100,mg,every 12 h,chart"
    words = drawn_values(draw_regimen(make_case(row, header=HEADER)))["said"].tolist()
    assert words and all(each.endswith(": on one day") for each in words)


# 100 mg twice daily, two of them: half a day from one to the other. Three, or one each day for two days, take more.
@pytest.mark.parametrize(
    ("count", "often", "words"),
    [("2", "twice daily", "on one day"), ("3", "twice daily", "every day"), ("2", "daily", "every day")],
)
def test_the_legend_of_doses_of_a_single_day_does_not_call_them_daily(make_case, count, often, words):
    row = f"a,1,treatment,anakinra,,,{count},,,100,mg,{often},chart"
    figure = draw_regimen(make_case(row, header=HEADER))
    lane = drawn_values(figure).loc[lambda values: values["element"] == "daily", "said"].tolist()
    assert len(lane) == 1 and lane[0].endswith(f": {words}")
    assert words in [text.get_text() for text in figure.texts]


def test_of_a_number_between_bounds_the_least_is_drawn_as_given_and_the_rest_as_possible(make_case):
    # Every 2 weeks, 3 to 4 times: weeks 0, 2, 4 and perhaps 6. At least 3 times in 60 days: five fit, weeks 0 to 8.
    rows = [counted("rituximab", "", "every 2 wk", "3..4"), counted("cyclophosphamide", "60 d", "every 2 wk", ">=3")]
    figure = draw_regimen(make_case(*rows, counted("abatacept", "", "every 2 wk", ">=4"), header=COUNTED))
    values = drawn_values(figure)
    weeks = {of: rows["x"].tolist() for of, rows in values.groupby(["element", "line"])}
    assert weeks["dose_stated", "2"] == weeks["dose_stated", "3"] == [0, 2, 4]
    assert weeks["dose_possible", "2"] == [6] and weeks["dose_possible", "3"] == [6, 8]
    # Without an end the four are all that is known.
    assert weeks["dose_stated", "4"] == [0, 2, 4, 6] and ("dose_possible", "4") not in weeks
    words = notes_of(figure)
    assert "Given: rituximab 3 to 4 times, cyclophosphamide at least 3 times, abatacept at least 4 times." in words
    assert "not reported" not in words
    assert "weeks 0, 2, 4, as stated; week 6, perhaps" in alt_text(figure)


def test_a_taper_is_not_drawn_as_its_first_dose_and_an_end_by_a_phase_is_told(make_case):
    tapered = counted("prednisolone", "60 d", "daily") + "tapered by 5 mg every 2 weeks"
    words = notes_of(draw_regimen(make_case(tapered, header=COUNTED)))
    assert "prednisolone, tapered, and only the first dose is known (line 2)" in words
    # No calendar of 60 days on the first dose is drawn where the last is named: neither was given every day.
    reached = counted("prednisolone", "60 d", "daily") + "tapered to 10 mg over 2 months"
    figure = draw_regimen(make_case(reached, header=COUNTED))
    assert "prednisolone, tapered, doses in between not reported (line 2)" in notes_of(figure)
    assert not {*drawn_values(figure)["element"]} & {"dose_stated", "daily"}
    row = "a,1,treatment,prednisone,,phase 2,,,,5,mg/day,,chart"
    words = notes_of(draw_regimen(make_case(row, "a,2,event,relapse,,,,,,,,,chart", header=HEADER)))
    assert "prednisone, given every day, until phase 2 (line 2)" in words


def test_the_first_dose_of_what_was_already_being_taken_is_not_known(make_case):
    row = counted("prednisolone", "3 d", "daily").replace("0 d", "<0 d", 1)
    words = notes_of(draw_regimen(make_case(row, header=COUNTED)))
    assert "of prednisolone, which was already being taken, from the first known day" in words


def test_a_course_without_a_phase_is_named_by_its_time_and_not_by_the_number_of_a_moment(make_case):
    rows = [counted("prednisolone", "9 d", "daily"), counted("prednisolone", "", "").replace("0 d", "12 d", 1)]
    words = notes_of(draw_regimen(make_case(*rows, header=COUNTED)))
    assert "prednisolone (day 12), schedule not reported (line 3)" in words and "moment" not in words


def places_of_dashes(figure):
    """Where the marks that not all administrations are shown stand, in weeks."""
    marks = [line for ax in figure.axes for line in ax.lines if line.get_marker() == MORE_MARK["marker"]]
    return [line.get_xdata()[0] for line in marks]


def test_what_was_already_taken_until_a_day_has_its_dashes_before_and_none_after(make_case):
    # From before day 0 to day 40: days 0 to 40 are drawn whole, and weekly doses on days 0, 7, ... 35.
    rows = ["prednisolone,<0 d,40 d,,,,,20,mg,daily", "methotrexate,<0 d,40 d,,,,,15,mg,weekly"]
    figure = draw_regimen(make_case(*(f"a,treatment,{row},chart," for row in rows), header=COUNTED))
    assert len(places_of_dashes(figure)) == 2 and max(places_of_dashes(figure)) < 0
    words = alt_text(figure)
    assert "weeks 0, 1, 2, 3, 4, 5, at the stated interval from the first known day; earlier doses are not" in words
    assert "as stated" not in words and "later" not in words
    assert "of prednisolone and methotrexate, which were already being taken" in legend(figure)


def test_who_does_not_see_the_dashes_is_told_that_there_are_further_doses(make_case):
    # Every 2 weeks to day 200: five doses are in the first 8 weeks; what was given daily until then goes on as well.
    rows = [counted("rituximab", "200 d", "every 2 wk"), counted("prednisolone", "200 d", "daily")]
    figure = draw_regimen(make_case(*rows, header=COUNTED))
    assert "weeks 0, 2, 4, 6, 8, as stated; later doses are not shown" in alt_text(figure)
    assert "every day; later doses are not shown" in alt_text(figure)
    assert min(places_of_dashes(figure)) > 8
