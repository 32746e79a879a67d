"""The course on one page: steps that touch, the staircase of glucocorticoids, procedures, and print without notes."""

import itertools
import math

import pandas as pd
import pytest
from conftest import ROOT, in_gate
from matplotlib.lines import Line2D
from matplotlib.text import Text

from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.drawn import alt_text, describe, drawn_values
from casetimeline.figures.files.export import drawn_height, drawn_width, export_case, figure_files
from casetimeline.figures.files.presets import PRESETS
from casetimeline.figures.files.proof import prove_folder, prove_svg
from casetimeline.figures.gallery import _IN_PARTS, FIGURES, draw_figures
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,frequency,source,note"
DRUG = "a,{phase},treatment,{code},{start},{end},,,,,,{dose},{unit},{often},chart,"


def given(code, start, end, dose="", unit="", often="", phase="", quote=""):
    row = DRUG.format(phase=phase, code=code, start=start, end=end, dose=dose, unit=unit, often=often)
    return f"{row},{quote}" if quote else row


def values_of(make_case, *rows, **how):
    return drawn_values(draw_course(make_case(*rows, header=HEADER), **how))


def test_steps_of_a_taper_touch_and_are_as_high_as_the_dose(make_case):
    # Days 0 to 6, 7 to 13, 14 to 20, then on: each ends where the next begins.
    taper = [
        given("prednisolone", "0 d", "6 d", "60", "mg", "daily"),
        given("prednisolone", "7 d", "13 d", "40", "mg", "daily"),
        given("prednisolone", "14 d", "20 d", "20", "mg", "daily"),
        given("prednisolone", "21 d", "ongoing", "10", "mg/day", "daily"),
    ]
    values = values_of(make_case, *taper)
    stairs = values[values["element"] == "prednisone"]
    # 5 mg of prednisolone are equal to 5 mg of prednisone.
    assert stairs["y_to"].tolist() == [60, 40, 20, 10]
    assert stairs["x_to"].tolist()[:3] == stairs["x"].tolist()[1:] == [7, 14, 21]
    assert stairs["said"].iloc[-1].count("day") == 3  # 10 mg/day, mg a day of prednisone, and day 21


@pytest.mark.product
def test_courses_that_overlap_are_stacked_and_a_gap_is_kept(make_case):
    # 4 mg of methylprednisolone are equal to 5 mg of prednisone: 16 mg to 20 mg, on top of 10 mg.
    rows = [
        given("prednisolone", "0 d", "20 d", "10", "mg/day"),
        given("methylprednisolone", "5 d", "9 d", "16", "mg/day"),
        given("azathioprine", "0 d", "5 d", "50", "mg/day"),
        given("azathioprine", "15 d", "20 d", "100", "mg/day"),
    ]
    values = values_of(make_case, *rows).set_index("line")
    assert values.loc["3", ["y", "y_to"]].to_numpy().tolist() == [10, 30]
    bars = values[values["element"] == "bar"]
    assert bars[["x", "x_to"]].to_numpy().tolist() == [[0, 5], [15, 20]]
    # Half the dose, half the height.
    heights = (bars["y_to"] - bars["y"]).tolist()
    assert heights[0] == pytest.approx(heights[1] / 2)


def test_a_course_is_stacked_on_another_only_on_the_days_that_they_share(make_case):
    # 500 mg of methylprednisolone equal 625 mg of prednisone; they share days 31 to 32 with 30 mg of prednisolone.
    rows = [
        given("methylprednisolone", "30 d", "32 d", "500", "mg", "daily"),
        given("prednisolone", "31 d", "59 d", "30", "mg", "daily"),
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    values = drawn_values(figure)
    low = values.loc[values["line"] == "3", ["x", "x_to", "y", "y_to"]].to_numpy().tolist()
    assert low == [[31, 32, 625, 655], [32, 59, 0, 30]]
    # Its label is that of the longer stretch.
    shown = [text for ax in figure.axes for text in ax.texts if text.get_text() == "30"]
    assert len(shown) == 1 and shown[0].xy[1] == 30


def test_the_rail_of_an_uncertain_end_is_not_on_the_line_of_no_dose(make_case):
    rows = [given("prednisolone", "0 d", "~4 wk", "30", "mg", "daily"), given("azathioprine", "60 d", "90 d")]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER)))
    assert (values.loc[values["element"] == "whisker", "y"] < 0).tolist() == [True]


@pytest.mark.product
def test_a_dose_that_is_not_told_has_no_height_of_a_dose(make_case):
    values = values_of(
        make_case, given("prednisolone", "0 d", "9 d", "10", "mg/day"), given("prednisone", "20 d", "30 d")
    )
    assert values.loc[values["element"] == "prednisone", "line"].tolist() == ["2"]
    unknown = values[values["element"] == "bar"]
    assert unknown["line"].tolist() == ["3"] and "dose not reported" in unknown["said"].iloc[0]


def test_only_what_is_ongoing_reaches_the_edge(make_case, observe):
    rows = [
        given("prednisolone", "", "ongoing", "10", "mg", "daily", phase="2"),
        given("methotrexate", "", "", "15", "mg", "weekly", phase="2"),
        "a,4,observation,mrss,,,20,,,,,,,,chart,",
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    values = drawn_values(figure)
    bars = values[values["element"].isin(["bar", "prednisone"])].set_index("line")
    # Two positions, from 0.5 to 2.5: the first bar reaches the edge, the second its own column.
    assert bars.loc["2", "x_to"] == 2.5 and bars.loc["3", "x_to"] == pytest.approx(1.42)
    arrows = [line for ax in figure.axes for line in ax.lines if line.get_marker() == ">"]
    assert [float(line.get_xdata()[0]) for line in arrows] == [2.5]


@pytest.mark.parametrize("kind", in_gate("adverse_event", of=("adverse_event", "event")))
def test_nothing_goes_on_after_a_death(make_case, kind):
    rows = [
        given("azathioprine", "0 d", "ongoing", "50", "mg", "daily"),
        given("prednisolone", "0 d", "ongoing", "10", "mg", "daily"),
        given("methotrexate", "0 d", ""),
        f"a,,{kind},death,200 d,,,,,,,,,,chart,",
        "a,,observation,mrss,0 d,,20,,,,,,,,chart,",
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    values = drawn_values(figure).set_index("line")
    assert values.loc[["2", "3"], "x_to"].tolist() == [200, 200]
    tail = values[values["element"] == "tail"]
    assert tail.index.tolist() == ["4"] and tail["x_to"].iloc[0] <= 200
    arrows = [line for ax in figure.axes for line in ax.lines if line.get_marker() == ">"]
    assert arrows == [] and "ongoing" not in {text.get_text() for text in figure.findobj(Text) if text.get_visible()}


@pytest.mark.product
def test_a_procedure_on_what_is_shown_goes_through_every_panel_and_an_adverse_event_has_its_grade(make_case):
    header = HEADER.replace("frequency", "frequency,grade")
    rows = [
        "a,,observation,pericardial_effusion,0 d,,large,,,,,,,,,chart,",
        "a,,observation,pericardial_effusion,90 d,,small,,,,,,,,,chart,",
        "a,,procedure,pericardiocentesis,3 d,,,,,,,,,,,chart,",
        # It acts on nothing that is shown: a mark, and no line.
        "a,,procedure,skin_biopsy,5 d,,,,,,,,,,,chart,",
        "a,,adverse_event,fever,20 d,,,,,,,,,,3,chart,",
    ]
    figure = draw_course(make_case(*rows, header=header))
    values = drawn_values(figure).set_index("element")
    ground = next(ax for ax in figure.axes if ax.get_label() == values.loc["through", "panel"])
    assert values.loc["through", ["x", "x_to"]].tolist() == [3, 3]
    # From the top to the bottom of axes in which all the others stand.
    assert sorted(values.loc["through", ["y", "y_to"]]) == pytest.approx(sorted(ground.get_ylim()))
    box = ground.get_position()
    inside = [ax.get_position() for ax in figure.axes]
    assert all(box.y0 - 1e-9 <= each.y0 and each.y1 <= box.y1 + 1e-9 for each in inside)
    assert "Fever, grade 3, day 20" in alt_text(figure)


@pytest.mark.product
def test_a_reference_range_is_a_band_and_the_first_and_last_value_are_written(make_case):
    rows = [
        "a,,observation,ck,0 d,,900,U/L,30,170,,,,,chart,",
        "a,,observation,ck,30 d,,400,U/L,30,170,,,,,chart,",
        "a,,observation,ck,90 d,,160,U/L,30,170,,,,,chart,",
    ]
    figure = draw_course(make_case(*rows, header=HEADER), width_mm=85)
    values = drawn_values(figure).set_index("element")
    assert values.loc["range", ["y", "y_to"]].tolist() == [30, 170]
    words = [text.get_text() for text in figure.findobj(Text)]
    assert {"900", "160 (\N{MINUS SIGN}740)"} <= {*words}


@pytest.mark.product
def test_values_are_drawn_before_words_are_written_and_the_longest_course_is_drawn_last(make_case):
    # Two values of two measures, three of a third, a finding without a number twice, and one that is told once.
    codes = {"mrss": (1, 2), "ck": (1, 2, 3), "lvef": (1, 2)}
    rows = [f"a,{n},observation,{code},,,{40 + n},,,,,,,,chart," for code, phases in codes.items() for n in phases]
    rows += [f"a,{phase},observation,myopathy,,,,,,,present,,,,chart," for phase in (1, 2)]
    rows.append("a,1,observation,haemoglobin,,,9.8,g/dL,,,,,,,chart,")
    case = make_case(*rows, header=HEADER)

    def shown(most):
        """The measures with values as marks, the findings with a lane, and the lines in the notes."""
        values = drawn_values(draw_course(case, most_mm=most))
        kinds = {kind: {*values.loc[values["element"] == kind, "of"]} for kind in ("value", "present")}
        return kinds["value"], kinds["present"], {*values.loc[values["element"] == "listed", "line"]}

    # All with the words; without them; without the finding; the longest course alone; nothing.
    assert shown(None) == ({"mrss", "ck", "lvef"}, {"myopathy"}, set())
    heights = range(110, 25, -5)
    steps = [step for step, _ in itertools.groupby(shown(most) for most in heights)]
    assert steps[0][2] == set() and steps[1] == ({"mrss", "ck", "lvef"}, {"myopathy"}, {"11"})
    assert [(values, lanes) for values, lanes, _ in steps[2:]] == [
        ({"mrss", "ck", "lvef"}, set()),
        ({"mrss", "ck"}, set()),
        ({"ck"}, set()),
        (set(), set()),
    ]
    assert "5 of the 10 recorded rows are drawn; the others stand in the figure of the whole course." in describe(
        draw_course(case, most_mm=60)
    )


@pytest.mark.product
@pytest.mark.parametrize("name", in_gate("frontiers", of=[name for name in PRESETS if name != "screen"]))
def test_a_picture_for_a_journal_has_no_notes_and_fits_its_page(name):
    preset = PRESETS[name]._replace(dpi=36, reduce=1, formats=("svg",))
    analysis = analyse(ROOT / "data/fu-2025")
    room = drawn_height(preset)
    titles = []
    for title, figure in draw_figures(analysis, drawn_width(preset), most_mm=room):
        files = figure_files(figure, title, preset)
        text = files["txt"].decode()
        # The legend keeps the notes.
        assert title != "00_course" or "not to scale" in text.partition("Legend\n")[2].partition("Values")[0]
        titles.append(title)
        assert figure.get_figheight() * 25.4 <= room + 0.01, title
        height = next(each for each in prove_svg(files["svg"], preset) if each.what == "height, mm")
        assert height.holds and math.isfinite(preset.most_mm), title
        # The words that are drawn stand in comments of the SVG.
        assert "rows of the timeline drawn" not in "".join(
            part for part in files["svg"].decode().split("<!--")[1:] if "-->" in part
        ).replace("\n", " "), title
    # Rules, claims and published groups go on in further parts where a page has no room for them.
    assert {*FIGURES} <= {*titles}
    assert (len(titles) > len(FIGURES)) == (name not in ("frontiers", "jrheum", "wiley"))


def elements_of(figures):
    """What is drawn of each line in some figures: what, of which measure or rule, and the line.

    What has no room in words under the axis is told in the notes.
    """
    of = pd.concat([drawn_values(figure)[["element", "of", "line"]] for figure in figures])
    return {*of.replace({"element": {"listed": "written"}}).itertuples(index=False)}


@pytest.mark.product
@pytest.mark.parametrize("case_id", ["fu-2025", "aosd-ehjcr-22m", "ferreira2017"])
def test_the_parts_of_a_figure_show_what_the_whole_shows(case_id):
    analysis = analyse(ROOT / "data" / case_id)
    for name, parts in _IN_PARTS.items():
        whole = FIGURES[name](analysis, width_mm=85)
        drawn = parts(analysis, width_mm=85, most_mm=120)
        keys = {row for row in elements_of([whole, *drawn]) if row.element == "key"}
        assert elements_of(drawn) - keys == elements_of([whole]) - keys, name
        titles = [figure.get_label() for figure in drawn]
        assert len({*titles}) == len(drawn) and (len(drawn) > 1) == ("part 1 of" in titles[0]), titles
        # No verdict stands twice.
        marks = [row for figure in drawn for row in drawn_values(figure).itertuples() if row.element == "verdict"]
        assert len({(row.of, row.line) for row in marks}) == len(marks)


@pytest.mark.product
def test_a_figure_with_nothing_to_show_is_not_made(tmp_path):
    preset = PRESETS["frontiers"]._replace(dpi=36, reduce=1, formats=("svg",))
    export_case(analyse(ROOT / "data/aosd-ehjcr-22m"), tmp_path, preset)
    silent = {"01_skin", "02_muscle", "03_pericardium", "08_change", "09_context"}
    assert {path.stem for path in tmp_path.glob("*.txt")} - {path.stem for path in tmp_path.glob("*.svg")} == silent
    findings = prove_folder(tmp_path, preset, tuple(FIGURES))
    assert [each.measured for each in findings if each.file == "01_skin.txt"] == [
        "Modified Rodnan skin score: not mentioned in the part of the source that was read."
    ]
    assert all(each.holds for each in findings if each.file.startswith(tuple(silent)))


@pytest.mark.parametrize("axis", ["", "order"])
def test_what_is_given_once_or_as_a_pulse_is_a_mark_of_no_height_and_goes_on_nowhere(make_case, axis):
    rows = [
        given("prednisolone", "0 d", "", "10", "mg/day"),
        given("methylprednisolone_pulse", "10 d", ""),
        given("rituximab", "20 d", "", "1", "g", "once"),
        given("azathioprine", "30 d", ""),
        "a,,observation,mrss,90 d,,20,,,,,,,,chart,",
    ]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER, axis=axis)))
    bars = values[values["element"] == "bar"].set_index("line")
    assert {*values.loc[values["element"] == "tail", "line"]} == {"2", "5"}
    marks = bars.loc[["3", "4"]]
    assert (marks["x"] == marks["x_to"]).all() and (marks["y"] == marks["y_to"]).all()
    assert bars.loc["5", "y"] != bars.loc["5", "y_to"]
    # The pulse is no step of the staircase, which has its own drug alone.
    assert {*values.loc[values["panel"] == "Glucocorticoids", "line"]} == {"2"}


def test_values_are_written_and_read_back_in_the_unit_that_is_printed(make_case):
    # In the unit of the measure 333 umol/L of creatinine are 3.767 mg/dL: 88.42 umol/L are 1 mg/dL.
    rows = [
        "a,1,observation,creatinine,,,333,umol/L,60,105,,,,,chart,",
        "a,2,observation,creatinine,,,96,umol/L,60,105,,,,,chart,",
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    values = drawn_values(figure).set_index("element")
    assert values.loc["value", "y"].tolist() == pytest.approx([333, 96])
    assert values.loc["range", ["y", "y_to"]].tolist() == pytest.approx([60, 105])
    words = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
    assert "333" in words and "96 (\N{MINUS SIGN}237)" in words and "reference 60 to 105" in words
    assert "0.678" not in words and "2.68" not in words


@pytest.mark.product
def test_a_case_with_two_units_has_numbers_of_one(make_case):
    values = ("333,umol/L,60,105", "1,mg/dL,,")
    rows = [f"a,{phase},observation,creatinine,,,{value},,,,,chart," for phase, value in enumerate(values, 1)]
    mixed = draw_course(make_case(*rows, header=HEADER))
    words = [text.get_text() for text in mixed.findobj(Text) if text.get_visible()]
    # 333 / 88.4 = 3.767; 1 umol/L is 0.011 mg/dL, so that two decimals were printed.
    assert "3.77" in words and "333" not in words


def test_a_course_without_a_dose_a_day_stands_below_the_line_and_not_at_a_dose(make_case):
    rows = [
        given("prednisolone", "0 d", "9 d", "40", "mg", "daily"),
        given("prednisolone", "20 d", "29 d", "30", "mg"),
        given("prednisolone", "40 d", "49 d"),
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    values = drawn_values(figure).set_index("line")
    assert values.loc[["2", "3", "4"], "element"].tolist() == ["prednisone", "bar", "bar"]
    stairs, below = (ax for ax in figure.axes if ax.get_label() == "Glucocorticoids")
    assert below.get_position().y1 <= stairs.get_position().y0 + 1e-9


def test_signs_of_a_keyboard_are_printed_as_signs_of_print(make_case):
    rows = [
        "a,1,observation,wbc,,,22.9,x10^9/L,,,,,,,chart,",
        "a,2,observation,wbc,,,3.8,x10^9/L,,,,,,,chart,",
        given("rituximab", "", "", "375", "mg/m2", "weekly", phase="1"),
    ]
    figure = draw_course(make_case(*rows, header=HEADER))
    words = " ".join(text.get_text() for text in figure.findobj(Text) if text.get_visible())
    # Under the name of the row as beside a number, as journals print it.
    assert words.count("\N{MULTIPLICATION SIGN}10\N{SUPERSCRIPT NINE}/L") == words.count("/L") > 0
    assert "m\N{SUPERSCRIPT TWO}" in words
    assert "(\N{MINUS SIGN}19.1)" in words and "^" not in words


@pytest.mark.product
def test_a_change_is_described_in_the_unit_that_is_printed():
    """333 to 96 μmol/L of creatinine, whose unit in the vocabulary is mg/dL."""
    words = describe(draw_course(analyse(ROOT / "data/aosd-ehjcr-22m")))
    assert "96 μmol/L, Six months (6 months), change -237 μmol/L (-71.2 %)" in words and "mg/dL" not in words


@pytest.mark.product
def test_a_treatment_is_drawn_up_to_its_reported_end_and_asks_only_where_nothing_tells_of_it(make_case):
    rows = [
        given("azathioprine", "", "phase 4", "50", "mg", "daily", phase="1"),
        given("prednisolone", "0 d", "6 mo", phase="2"),
        given("methotrexate", "", "", phase="2"),
        given("methotrexate", "", "", "15", "mg", "weekly", phase="4"),
        given("methylprednisolone", "", "", phase="1"),
        given("sildenafil", "", "", phase="1"),
        "a,3,event,steroids_tapered,,,,,,,,,,,chart,",
        "a,4,observation,mrss,6 mo,,20,,,,,,,,chart,",
        "a,5,observation,mrss,,,20,,,,,,,,chart,",
    ]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER, axis="order"))).set_index(["element", "line"])
    # By phase 4; at 6 months, which is phase 4: both end in the middle of its column.
    assert values.loc[("bar", "2"), "x_to"] == values.loc[("bar", "3"), "x_to"] == 4
    # Given again in phase 4, which does not say that it went on. Which of the steroids was tapered is not said either.
    assert not any(element == "held" for element, _ in values.index)
    assert {line for element, line in values.index if element == "tail"} == {"4", "5", "6", "7"}


@pytest.mark.parametrize(("told", "went_on"), [("methotrexate was increased", True), ("methotrexate 15 mg", False)])
def test_a_line_joins_two_courses_only_where_the_second_is_told_as_one_that_went_on(make_case, told, went_on):
    rows = [given("methotrexate", "", "", phase="2", quote="given")]
    rows += [given("methotrexate", "", "", "15", "mg", phase="4", quote=told)]
    figure = draw_course(make_case(*rows, header=f"{HEADER},quote", axis="order"))
    values = drawn_values(figure).set_index(["element", "line"])
    assert (("held", "2") in values.index) is went_on and (("tail", "2") in values.index) is not went_on
    further = "went on until phase 4" if went_on else "whether it went on is not reported"
    assert f"Methotrexate: dose not reported, phase 2, {further}; 15" in alt_text(figure)


@pytest.mark.product
def test_the_name_of_a_group_tells_of_a_drug_only_while_no_other_of_the_group_was_given(make_case):
    """As in a report of colitis: the drug in one phase, later `after 15 days of high-dose corticosteroid`."""
    drug, later = given("methylprednisolone", "", "", phase="1"), "a,2,event,relapse,,,,,,,,,,,chart,"
    rows = [f"{drug},", f"{later},after 15 days of high-dose corticosteroid", "a,3,event,discharge,,,,,,,,,,,chart,,"]
    other = f"{given('prednisolone', '', '', phase='1')},"
    for rows_of_case, held in ((rows, 2.0), ([*rows, other], math.nan)):
        header = f"{HEADER},quote"
        figure = draw_course(make_case(*rows_of_case, header=header, axis="order"))
        values = drawn_values(figure).set_index(["element", "line"])["x_to"]
        assert values.get(("held", "2"), math.nan) == pytest.approx(held, nan_ok=True)


def test_a_part_of_a_phase_is_not_named_by_what_another_part_tells(make_case):
    """The relapse was on day 37; the infusion on day 41 is of the same phase."""
    rows = ["a,1,event,relapse,37 d,,,,,,,,,,chart,", given("tocilizumab", "41 d", "", "4", "mg/kg", phase="1")]
    axis = time_axis(
        make_case(*rows, header=HEADER, axis="order", about="analysis: {baseline: first}\nphases: {1: Relapse}")
    )
    assert (axis.names, axis.times) == ({1: "Relapse", 2: "Tocilizumab"}, {1: "day 37", 2: "day 41"})


@pytest.mark.product
def test_an_end_that_may_lie_in_any_of_several_phases_stays_open(make_case):
    """16 weeks are in phase 2, and 5.5 months in phase 3 or 4, which have no time, or after both."""
    rows = ["a,1,event,admission,0 d,5.5 mo,,,,,,,,,chart,", "a,2,event,relapse,16 wk,,,,,,,,,,chart,"]
    rows += [f"a,{phase},observation,mrss,,,20,,,,,,,,chart," for phase in (3, 4)]
    figure = draw_course(make_case(*rows, header=HEADER, axis="order"))
    values = drawn_values(figure).set_index("element")
    assert values.loc["lasting", ["x", "x_to"]].tolist() == [1, 2] and "tail" in values.index
    words = [text.get_text() for text in figure.findobj(Text)]
    assert any("until 5.5 months" in each for each in words)
    assert any("in which of the next phases it ended is not reported" in each for each in words)
    # A time in the next phase places the end on the border before it.
    rows[2] = "a,3,observation,mrss,7 mo,,20,,,,,,,,chart,"
    values = drawn_values(draw_course(make_case(*rows, header=HEADER, axis="order"))).set_index("element")
    assert values.loc["lasting", ["x", "x_to"]].tolist() == [1, 2.5] and "tail" not in values.index


def test_a_time_stands_with_its_phase_only_if_all_its_facts_share_it(make_case):
    rows = ["a,1,event,admission,0 d,,,,,,,,,,chart,", "a,1,event,relapse,0 d,,,,,,,,,,chart,"]
    rows += ["a,2,procedure,muscle_biopsy,,,,,,,,,,,chart,", "a,2,event,discharge,3 d,,,,,,,,,,chart,"]
    axis = time_axis(make_case(*rows, header=HEADER, axis="order"))
    assert (axis.times, axis.own_times) == ({1: "day 0"}, {5: "day 3"})


@pytest.mark.product
def test_a_line_behind_a_bar_needs_a_later_sentence_on_the_drug_and_ends_at_a_deescalation(make_case):
    stated = "on methotrexate she improved"
    rows = [
        given("methotrexate", "", "", phase="1", quote=stated),
        given("dexamethasone", "", "", phase="1", quote="dexamethasone was given"),
        f"a,2,statement,improved,,,,,,,,,,,chart,,{stated}",
        "a,2,event,steroid_deescalation,,,,,,,,,,,chart,,oral steroid",
        given("dexamethasone", "", "", phase="3", quote="dexamethasone was given again"),
        "a,4,observation,mrss,,,20,,,,,,,,chart,,a score of 20",
    ]
    values = drawn_values(draw_course(make_case(*rows, header=f"{HEADER},quote"))).set_index(["element", "line"])
    # The event on steroids tells of the only one that was given up to there.
    assert [line for element, line in values.index if element == "held"] == ["3"]
    # A sentence of its own on the drug bears the line.
    rows[2] = "a,2,statement,improved,,,,,,,,,,,chart,,still on methotrexate"
    values = drawn_values(draw_course(make_case(*rows, header=f"{HEADER},quote"))).set_index(["element", "line"])
    assert [line for element, line in values.index if element == "held"] == ["2", "3"]


def test_a_dose_that_its_taper_alone_tells_is_open_to_the_left_and_a_continued_one_is_joined(make_case):
    taper = "prednisolone was tapered from 15 to 5 mg daily"
    rows = [
        given("tocilizumab", "", "", "8", "mg/kg", "once", phase="1", quote="one infusion"),
        given("tocilizumab", "", "", "8", "mg/kg", "monthly", phase="2", quote="continued monthly tocilizumab"),
        given("prednisolone", "", "phase 3", "15", "mg/day", phase="2", quote=taper),
        given("prednisolone", "", "", "5", "mg/day", phase="3", quote=taper),
    ]
    values = drawn_values(draw_course(make_case(*rows, header=f"{HEADER},quote"))).set_index(["element", "line"])
    assert {line for element, line in values.index if element == "entry"} == {"4"}
    assert values.loc[("held", "2"), ["x", "x_to"]].tolist() == [1, pytest.approx(2 - 0.42)]


def test_what_replaced_a_treatment_begins_where_that_one_ends(make_case):
    rows = [
        given("pravastatin", "", "stopped", phase="1") + "shifted to simvastatin",
        given("simvastatin", "", "phase 2", phase="1"),
        "a,2,observation,mrss,,,20,,,,,,,,chart,",
    ]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER))).set_index(["element", "line"])
    assert values.loc[("bar", "2"), "x_to"] == values.loc[("bar", "3"), "x"] == 1
    assert values.loc[("bar", "3"), "x_to"] == 2


def test_a_procedure_lasts_to_the_phase_of_its_end(make_case):
    rows = ["a,1,procedure,haemodialysis,,phase 3,,,,,,,,,chart,", "a,3,event,dialysis_independent,,,,,,,,,,,chart,"]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER))).set_index("element")
    assert values.loc["lasting", ["x", "x_to"]].tolist() == [1, 2]


def test_a_dose_that_is_calculated_is_told_in_whole_milligrams_and_as_given(make_case):
    # 40 mg of dexamethasone a day, of which 0.75 mg equal 5 mg of prednisone: 266.7.
    rows = [given("dexamethasone", "0 d", "9 d", "10", "mg", "four times daily")]
    words = [text.get_text() for text in draw_course(make_case(*rows, header=HEADER)).findobj(Text)]
    assert "267 (10\N{NO-BREAK SPACE}mg four times daily)" in words and not [each for each in words if "266" in each]


@pytest.mark.parametrize(("value", "top"), [("923", 1200), ("1", 1.2)])
def test_the_highest_tick_is_at_or_above_the_highest_value(make_case, value, top):
    rows = [f"a,{phase},observation,ck,,,{value},U/L,,,,,,,chart," for phase in (1, 2)]
    figure = draw_course(make_case(*rows, header=HEADER))
    graph = next(ax for ax in figure.axes if ax.get_label() == "Creatine kinase")
    assert graph.get_yticks()[-1] == pytest.approx(top) and graph.get_ylim()[1] == pytest.approx(top)


def test_one_number_without_a_unit_makes_no_scale(make_case):
    rows = ["a,1,observation,ck,,,900,,,,,,,,chart,", "a,2,observation,ck,,,,,,,decreased,,,,chart,"]
    figure = draw_course(make_case(*rows, header=HEADER))
    axes = [ax for ax in figure.axes if ax.get_label() == "Creatine kinase"]
    assert [[*ax.get_yticks()] for ax in axes] == [[]]


def test_a_value_after_a_turn_is_told_with_its_change_from_the_turn(make_case):
    # 6720, 131, 5607: not a fall of 1113, but a rise of 5476 from the lowest.
    rows = [f"a,{phase},observation,ck,,,{value},U/L,,,,,,,chart," for phase, value in enumerate((6720, 131, 5607), 1)]
    figure = draw_course(make_case(*rows, header=HEADER))
    words = {text.get_text() for text in figure.findobj(Text)}
    assert {"6720", "131 (\N{MINUS SIGN}6589)", "5607 (+5476 from the lowest)"} <= words
    assert "from the lowest or highest value since the baseline" in describe(figure)


def test_the_highest_value_since_the_baseline_is_not_named_as_the_highest_of_all(make_case):
    # 40 lies before the baseline of 21: 18 is 5 less than 23, which is the highest since then.
    rows = [
        f"a,,observation,mrss,{start},,{value},,,,,,,,chart,"
        for start, value in (("-5 a", 40), ("-1 d", 21), ("6 mo", 23), ("2 a", 18))
    ]
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    case = make_case(*rows, given("tocilizumab", "0 d", "30 d"), header=HEADER, about=about)
    words = {text.get_text() for text in draw_course(case).findobj(Text)}
    assert "18 (\N{MINUS SIGN}5 from the highest since baseline)" in words


def test_a_value_after_a_turn_whose_height_is_not_known_has_no_change(make_case):
    # 5000, below 170, 300, 2600: the lowest is below 170, and so 300 is no lowest from which 2600 is a rise of 2300.
    values = ("5000", "<170", "300", "2600")
    rows = [f"a,{phase},observation,ck,,,{value},U/L,,,,,,,chart," for phase, value in enumerate(values, 1)]
    words = {text.get_text() for text in draw_course(make_case(*rows, header=HEADER)).findobj(Text)}
    assert {*values} <= words and not any(word.startswith(("300 (", "2600 (")) for word in words)


def form_of(mark):
    """What tells a mark from others without colour: its outline, and how it is filled."""
    return mark.get_marker(), mark.get_fillstyle(), mark.get_markerfacecolor() in ("white", "none")


@pytest.mark.parametrize(
    "case_id", in_gate("fu-2025", of=["fu-2025", "kamata2012", "mm-irae-44f", "cryo-61f", "aosd-ehjcr-22m"])
)
@pytest.mark.product
def test_each_mark_on_the_axes_is_in_the_key_and_no_two_entries_have_one_form(case_id):
    figure = draw_course(analyse(ROOT / "data" / case_id))
    swatches = [each for each in figure.artists if (each.get_gid() or "").startswith("ct.key.")]
    marks = [each for each in swatches if isinstance(each, Line2D) and each.get_marker() != "None"]
    key = {form_of(each) for each in marks}
    drawn = {form_of(each) for ax in figure.axes for each in ax.lines if each.get_marker() not in ("None", "s")}
    drawn |= {form_of(each) for ax in figure.axes for each in ax.lines if each.get_marker() == "s" and each.get_gid()}
    assert drawn <= key
    # The end of a bar and that of a line are one mark.
    assert len({(*form_of(each), each.get_linestyle()) for each in marks}) == len(marks)
