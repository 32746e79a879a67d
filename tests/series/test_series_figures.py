"""The figures of a series draw what was derived: read back from the marks, and worked by hand."""

import dataclasses
import itertools
import re

import numpy as np
import pytest
from conftest import ROOT
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.text import Text

import casetimeline as ct
from casetimeline.figures import BLUE, alt_text, drawn_values, render_svg
from casetimeline.figures.drawn import legend
from casetimeline.rules import Analysis
from casetimeline.series.matrix import derive_reported
from casetimeline.series.multiples import _fitting

DRAWS = (ct.draw_waterfall, ct.draw_swimmer, ct.draw_multiples, ct.draw_spaghetti)
HEADER = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,frequency,source,note"


@pytest.fixture(scope="module")
def cases(make_case):
    """Case a has days and a treatment that is ongoing, b an order alone and a treatment without an end, c one value."""

    def row(case_id, kind, code, start="", end="", value="", phase=""):
        return f"{case_id},{phase},{kind},{code},{start},{end},{value},,,,,,,,chart,"

    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    a = [
        row("a", "observation", "mrss", "5 d", value="40"),
        row("a", "treatment", "tocilizumab", "10 d", "ongoing"),
        row("a", "observation", "mrss", "40 d", value="30"),
        row("a", "adverse_event", "infection", "50 d"),
        row("a", "observation", "mrss", "70 d", value="34..36"),
    ]
    b = [
        row("b", "observation", "mrss", value="20", phase="1"),
        row("b", "treatment", "tocilizumab", phase="2"),
        row("b", "observation", "mrss", value="12", phase="3"),
    ]
    c = [row("c", "observation", "mrss", value="25", phase="1"), row("c", "treatment", "tocilizumab", phase="2")]
    made = {"a": a, "b": b, "c": c}
    return [make_case(*rows, case_id=name, header=HEADER, about=about) for name, rows in made.items()]


@pytest.fixture(scope="module")
def series(cases):
    return ct.read_series(cases)


def of(figure, element, case_id):
    rows = drawn_values(figure)
    return rows[(rows["element"] == element) & (rows["of"].str.strip("-") == case_id)]


def texts_of(figure):
    return {text.get_text() for text in figure.findobj(Text)}


@pytest.mark.product
def test_a_bar_of_the_waterfall_reaches_to_the_best_change(series):
    figure = ct.draw_waterfall(series)
    # 30 - 40, and 12 - 20; the best stands first. The third has no bar, and a mark with its reason.
    (a,), (b,) = (of(figure, "change", name)[["x", "x_to", "y"]].to_numpy() for name in ("a", "b"))
    assert sorted(a[:2]) == [-10, 0] and sorted(b[:2]) == [-8, 0] and a[2] < b[2]
    assert not len(of(figure, "change", "c"))
    assert of(figure, "no_change", "c")["said"].tolist() == ["c: not compared, recorded once"]


@pytest.mark.product
def test_courses_in_two_panels_have_a_least_width():
    # Some of the published cases tell of days, and some of the order alone.
    series = ct.read_series(ROOT / "data")
    with pytest.raises(ct.TimelineError, match="expected a number of millimetres from"):
        ct.draw_spaghetti(series, "ck", width_mm=60)
    assert len(ct.draw_spaghetti(series, "ck", width_mm=85).axes) > 1


@pytest.mark.product
def test_what_the_bounds_leave_open_is_drawn_apart_from_what_is_sure(make_case):
    rows = ("a,1,observation,mrss,,,20,,,,,,,chart,", "a,2,observation,mrss,,,<18,,,,,,,chart,")
    figure = ct.draw_waterfall(ct.read_series([make_case(*rows)]))
    # From 20 to below 18: at least (below) 2 points less, and at most 20.
    assert sorted(of(figure, "change", "a")[["x", "x_to"]].to_numpy()[0]) == [-2, 0]
    assert sorted(of(figure, "bounds", "a")[["x", "x_to"]].to_numpy()[0]) == [-20, -2]


@pytest.mark.product
def test_the_change_that_is_sure_stands_first_and_an_open_one_goes_on(make_case):
    values = {"a": ("1000", "100"), "b": ("100", ">50"), "c": ("1000", "400")}
    cases = [
        make_case(
            *(f"{name},{n},observation,ck,,,{value},U/L,,,,,,chart," for n, value in enumerate(pair, 1)), case_id=name
        )
        for name, pair in values.items()
    ]
    figure = ct.draw_waterfall(ct.read_series(cases), "ck")
    rows = drawn_values(figure)
    bars = rows[rows["element"].isin(["change", "bounds"])].sort_values("y")
    # A fall of 90 and of 60 percent; of the third nothing is sure, and its rise has no limit.
    assert bars["of"].str.strip("-").tolist() == ["a", "c", "b"]
    assert bars["said"].iloc[-1] == "b: best change direction and size cannot be determined"
    assert rows.loc[rows["element"] == "beyond", "of"].tolist() == ["b"]


@pytest.fixture(scope="module")
def effusions(make_case):
    """Case a has sizes, from 24 to 17 mm, and b grades, from moderate to trivial."""
    rows = {"a": ("24,mm", "17,mm"), "b": ("moderate,", "trivial,")}
    return [
        make_case(
            *(f"{a},{n},observation,pericardial_effusion,,,{v},,,,,,chart," for n, v in enumerate(of, 1)), case_id=a
        )
        for a, of in rows.items()
    ]


def test_a_fall_in_mm_has_no_bar_on_an_axis_of_steps(effusions):
    figure = ct.draw_waterfall(ct.read_series(effusions), "pericardial_effusion")
    # Moderate is the grade 3, trivial the grade 1.
    assert sorted(of(figure, "change", "b")[["x", "x_to"]].to_numpy()[0]) == [-2, 0]
    assert drawn_values(figure)["element"].isin(["change", "bounds"]).sum() == 1
    assert of(figure, "no_change", "a")["said"].tolist() == ["a: best change -7 mm (-29.2 %), in mm, not on this scale"]
    words = alt_text(figure)
    assert "2 with a best change from the baseline (1 of them without a bar), 0 without" in words
    assert "Without a bar: in mm, not on this scale (1)." in " ".join(text.get_text() for text in figure.texts)


@pytest.mark.product
def test_the_key_shows_a_course_without_a_point_by_its_stroke(make_case):
    values = {"a": ("46", "32"), "b": ("10..20", "<8")}
    row = "{},{},observation,mrss,,,{},,,,,,,chart,"
    cases = [make_case(*map(row.format, name * 2, "12", two), case_id=name) for name, two in values.items()]
    figure = ct.draw_spaghetti(ct.read_series(cases))
    swatches = [line for line in figure.findobj(Line2D) if str(line.get_gid()).startswith("ct.key")]
    assert [line.get_marker() not in ("None", "", None) for line in swatches] == [True, False]
    # A stroke stands upright, as the values do.
    assert len(set(swatches[1].get_xdata())) == 1 and len(set(swatches[1].get_ydata())) == 2


@pytest.mark.product
@pytest.mark.parametrize("draw", [ct.draw_multiples, ct.draw_spaghetti])
def test_a_course_in_mm_is_drawn_on_a_scale_of_mm_and_beside_grades_is_listed(effusions, draw):
    both, sized = draw(ct.read_series(effusions), "pericardial_effusion"), effusions[:1]
    assert of(both, "value", "b")["y"].tolist() == [3, 1]
    assert set(drawn_values(both)["of"].str.strip("-")) == {"b"}
    assert "In mm, not on this scale: a." in " ".join(" ".join(text.get_text() for text in both.texts).split())
    alone = draw(ct.read_series(sized), "pericardial_effusion")
    assert of(alone, "value", "a")["y"].tolist() == [24, 17]


def test_an_arrow_is_drawn_only_where_the_source_says_ongoing(series):
    figure = ct.draw_swimmer(series)
    rows = drawn_values(figure)
    arrows = rows[rows["element"] == "ongoing"]
    assert arrows["of"].tolist() == ["a"] and arrows["panel"].tolist() == ["Cases with days"]
    # Day 10 is day 0 of the figure; the last fact of the case is of day 70, and what is ongoing ends there.
    (bar,) = of(figure, "bar", "a")[["x", "x_to"]].to_numpy()
    assert bar.tolist() == [0, 60] and arrows["x"].tolist() == [60]
    # The end of the others is not reported: an outline goes on.
    assert set(rows.loc[rows["element"] == "tail", "of"]) == {"b", "c"}
    assert set(rows.loc[rows["of"].isin(["b", "c"]), "panel"]) == {"Cases in order, not to scale"}
    assert of(figure, "adverse_event", "a")["x"].tolist() == [40]


@pytest.mark.parametrize("draw", [ct.draw_multiples, ct.draw_spaghetti])
def test_courses_stand_in_days_from_the_event_or_in_their_order(series, draw):
    figure = draw(series)
    # Days 5 and 40 less 10; 34 to 36 on day 70 is an upright stroke.
    values = of(figure, "value", "a")[["x", "y"]].to_numpy()
    assert values.tolist() == [[-5, 40], [30, 30]]
    assert of(figure, "interval", "a")[["x", "y", "y_to"]].to_numpy().tolist() == [[60, 34, 36]]
    b = of(figure, "value", "b")[["x", "y"]].to_numpy()
    assert np.allclose(b, [[1, 20], [2, 12]], atol=0.1) and b[:, 1].tolist() == [20, 12]


def test_courses_can_be_aligned_at_any_event(series):
    figure = ct.draw_spaghetti(series, "mrss", align="infection")
    assert of(figure, "value", "a")["x"].tolist() == [-45, -10]
    with pytest.raises(ct.TimelineError, match="did you mean 'infection'"):
        ct.draw_spaghetti(series, "mrss", align="infecton")


@pytest.mark.product
def test_day_0_is_not_that_of_a_second_event_where_the_first_has_no_day(make_case):
    def case(name, first):
        times = (("1", "observation,mrss", "1 d", "40"), ("2", "event,discharge", first, ""))
        times += (("3", "event,discharge", "56 d", ""), ("4", "observation,mrss", "60 d", "30"))
        rows = (f"{name},{phase},{what},{start},,{value},,,,,,,chart," for phase, what, start, value in times)
        return make_case(*rows, case_id=name)

    points = ct.derive_aligned(ct.read_series([case("a", "20 d"), case("b", "")]), "mrss", "discharge")
    rows = points.groupby("case_id")[["PLACED", "WHY"]].first()
    assert rows.loc["a"].tolist() == ["days", ""]
    assert rows.loc["b"].tolist() == ["order", "the day of discharge is not reported"]
    # Days 1 and 60, less 20.
    assert points.loc[points["case_id"] == "a", "XLO"].tolist() == [-19, 40]


@pytest.mark.parametrize("draw", [ct.draw_multiples, ct.draw_spaghetti])
def test_values_that_are_not_drawn_are_counted(make_case, draw):
    values = (("1 d", "500,U/L", ""), ("5 d", "400,U/L", ""), ("", "300,U/L", ""), ("7 d", "20,", ""))
    values = (*values, ("8 d", ",", "decreased"))
    rows = (f"a,2,observation,ck,{start},,{value},,,{state},,,chart," for start, value, state in values)
    about = "analysis: {baseline: first, reference: tocilizumab}"
    case = make_case(*rows, "a,2,treatment,tocilizumab,2 d,,,,,,,,,chart,", about=about)
    figure = draw(ct.read_series([case]), "ck")
    words = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert (
        "Not drawn: 1 value without a day, of cases with days, 1 value without a unit, 1 value in words alone." in words
    )


@pytest.mark.product
@pytest.mark.parametrize("lanes", [2, 22, 45, 60, 98, 300])
def test_no_bar_of_a_reference_treatment_lies_under_another_one(make_case, lanes):
    """Both treatments of each case are given on days 1 to 9: of each of the two bars, all of its height is seen."""
    rows = [f"a,1,treatment,{name},1 d,9 d,,,,,,,,,chart," for name in ("tocilizumab", "prednisone")]
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    one = ct.analyse(make_case(*rows, header=HEADER, about=about))
    cases = (dataclasses.replace(one.case, case_id=f"k{number}") for number in range(lanes))
    copies = [Analysis(case, one.changes.assign(case_id=case.case_id)) for case in cases]
    figure = ct.draw_swimmer(ct.read_series(copies))
    bars = [bar for bar in figure.findobj(Rectangle) if str(bar.get_gid()).startswith("ct.bar.")]
    spans = sorted((bar.get_y(), bar.get_y() + bar.get_height()) for bar in bars)
    assert len(spans) == 2 * lanes
    assert all(below <= above + 1e-9 for (_, below), (above, _) in itertools.pairwise(spans))


@pytest.mark.product
def test_a_treatment_that_alternates_with_the_reference_is_not_called_the_reference(make_case):
    row = "a,2,treatment,{},,,,,,,,,,{},chart,"
    value = "a,1,observation,mrss,,,20,,,,,,,,chart,"
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    turns = [row.format(name, "alternating 4-week regimen") for name in ("tocilizumab", "cyclophosphamide")]
    figure = ct.draw_swimmer(ct.read_series([make_case(value, *turns, header=HEADER, about=about)]))
    assert "reference treatment of the case, and what alternates with it" in texts_of(figure)
    words = [rows["said"].iloc[0] for _, rows in drawn_values(figure).query("element == 'bar'").groupby("line")]
    assert words[0].startswith("a: Cyclophosphamide (alternating with the reference treatment) at moment 2")
    assert words[1].startswith("a: Tocilizumab (reference treatment) at moment 2")
    alone = ct.draw_swimmer(ct.read_series([make_case(value, turns[0], header=HEADER, about=about)]))
    assert "reference treatment of the case" in texts_of(alone)


@pytest.mark.product
def test_the_swimmer_names_treatments_without_a_day_and_tells_an_uncertain_end_as_it_is(make_case):
    rows = [
        "a,,observation,mrss,0 d,,40,,,,,,,,,chart,",
        "a,,treatment,tocilizumab,10 d,10 d,,,,,,,,once,,chart,",
        "a,1,treatment,prednisone,,,,,,,,,,,,chart,",
        "a,,observation,mrss,18 mo,,30,,,,,,,,,chart,",
    ]
    header = (
        "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,frequency,route,source,note"
    )
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    figure = ct.draw_swimmer(ct.read_series([make_case(*rows, header=header, about=about)]))
    words = " ".join(" ".join(text.get_text() for text in figure.texts).split())
    assert "Treatments without a day, not drawn: a Prednisone." in words
    # The last skin score lies in a month, and its mark has a stroke over it.
    assert "Level stroke through a mark: the days between which its time lies." in words
    # 17.5 and 18.5 months of 30.4375 days are 532.7 and 563.1, less the 10 of the start.
    assert of(figure, "followed", "a")["said"].tolist() == ["a: told of from day -10 until a day between 523 and 553"]
    (mark,) = (line for ax in figure.axes for line in ax.lines if line.get_gid() == "ct.bar.a.tocilizumab-3")
    assert mark.get_color() == BLUE


@pytest.mark.product
def test_the_matrix_tells_what_each_case_reports():
    figure = ct.draw_matrix(ct.read_series(ROOT / "data", "fu-2025 ferreira2017 ujkz10974"))
    rows = drawn_values(figure).set_index(["element", "of"])
    # Three have a skin score, one of them a single one.
    assert len(rows.loc[[("several", "mrss")]]) == 2 and len(rows.loc[[("told", "mrss")]]) == 1
    # Of the third neither age nor sex is reported: data/README.md calls that what the source does not say.
    assert rows.loc[("told", "age"), "said"].iloc[0].endswith("in 2 of 3 cases (ferreira2017, fu-2025)")
    assert ("untold", "age") not in rows.index and ("untold", "sex") not in rows.index
    # None of the three tells of a route: an empty column is no column.
    assert "route" not in rows.index.get_level_values("of")


@pytest.mark.parametrize("state, levels", [("not_reported", []), ("unknown", ["untold"]), ("not_assessed", ["untold"])])
def test_what_is_not_reported_is_no_mention(make_case, state, levels):
    """As data/README.md defines the states: of the last two the source says that they are open."""
    about = "patient: {age: not reported, sex: not reported}\nanalysis: {baseline: first}"
    rows = ("a,1,observation,mrss,,,20,,,,,,,chart,", f"a,1,observation,ck,,,,,,,{state},,,chart,")
    reported = derive_reported(ct.read_series([make_case(*rows, about=about)]))
    assert reported.loc[reported["CODE"] == "ck", "LEVEL"].tolist() == levels
    assert not reported["CODE"].isin(["age", "sex"]).any()


@pytest.mark.product
@pytest.mark.parametrize("draw", DRAWS)
def test_a_figure_is_the_same_whatever_the_order_of_the_cases_and_says_all_in_words(cases, series, draw):
    one, other = (render_svg(draw(each), "a-") for each in (series, ct.read_series(cases[::-1])))
    assert one == other
    words = alt_text(draw(series))
    assert "series of 3 cases" in words and "selected" in words
    assert all(re.search(rf"\b{name}\b", words) for name in "abc") or draw is ct.draw_waterfall
    figure = draw(series)
    texts = [text for text in figure.findobj(Text) if text.get_visible() and text.get_text().strip()]
    assert texts and min(text.get_fontsize() for text in texts) >= 6


@pytest.mark.product
def test_many_cases_have_thin_rows_and_no_names(make_case):
    rows = (f"k,{phase},observation,mrss,,,{value},,,,,,,chart," for phase, value in ((1, 40), (2, 30)))
    case = make_case(*rows, case_id="k")
    ids = [f"k{number}" for number in range(80)]
    copies = [dataclasses.replace(case, case_id=each, facts=case.facts.assign(case_id=each)) for each in ids]
    figure = ct.draw_waterfall(ct.read_series(copies))
    assert figure.get_size_inches()[1] * 25.4 < 297
    rows = drawn_values(figure)
    assert len(rows[rows["element"] == "change"]) == 80
    assert not any(text.get_text() == "k1" for ax in figure.axes for text in ax.texts)
    assert "too many cases for their names" in " ".join(text.get_text() for text in figure.texts)


@pytest.mark.product
def test_marks_of_one_moment_stand_side_by_side(make_case):
    """Two events and a procedure of phase 2 are three marks about 2, none over another; one of phase 1 is at 1."""
    facts = ("1,event,admission", "2,event,discharge", "2,event,relapse", "2,procedure,pericardiocentesis")
    case = make_case(*(f"a,{fact},,,,,,,,,,chart," for fact in facts), "a,3,observation,mrss,,,20,,,,,,,chart,")
    figure = ct.draw_swimmer(ct.read_series([case]))
    rows = drawn_values(figure)
    marks = rows[rows["element"].isin(["event", "procedure"])].set_index("line")["x"]
    assert marks["admission-2"] == 1
    places = sorted(marks.drop("admission-2"))
    assert np.isclose(places[1], 2) and np.isclose(places[1] - places[0], places[2] - places[1])
    # Three marks within 0.8 of their moment.
    assert 0 < places[1] - places[0] <= 0.8 / 3 + 1e-9
    assert "Marks of one moment stand side by side." in legend(figure)
    assert "at moment 2" in rows.set_index("line").loc["relapse-4", "said"]


@pytest.mark.product
def test_strokes_through_values_are_explained_where_there_are_some(series, make_case):
    values = (f"a,{phase},observation,mrss,,,{value},,,,,,,chart," for phase, value in ((1, 20), (2, 12)))
    exact = ct.read_series([make_case(*values)])
    for draw in (ct.draw_multiples, ct.draw_spaghetti):
        # The score of day 70 is 34 to 36; every day is known.
        assert "Upright stroke: a value known between bounds." in legend(draw(series))
        assert "stroke" not in legend(draw(exact))


@pytest.mark.product
@pytest.mark.parametrize("draw", [ct.draw_multiples, ct.draw_spaghetti])
@pytest.mark.parametrize("first, is_log", [("900", True), ("90", False)])
def test_a_logarithmic_scale_is_said_in_the_figure_and_its_legend(make_case, draw, first, is_log):
    """A value more than twenty times another one: 900 beside 30, and not 90."""
    rows = (f"a,{phase},observation,ck,,,{value},U/L,,,,,,chart," for phase, value in ((1, first), (2, "30")))
    figure = draw(ct.read_series([make_case(*rows)]), "ck")
    assert (figure.axes[0].get_yscale() == "log") == is_log == ("ogarithmic scale" in legend(figure))
    assert any("ogarithmic" in text for text in texts_of(figure)) == is_log


def test_a_site_that_is_too_long_for_its_panel_begins_with_a_whole_word():
    name = "ujkz10974, opposite the left ventricle"
    # In letters of 6 points the id with three words is 32 mm wide, with two 28 mm.
    assert _fitting(name, 60) == name
    assert _fitting(name, 36) == "ujkz10974, …the left ventricle"
    assert _fitting(name, 29) == "ujkz10974, …left ventricle"
    assert _fitting("ujkz10974", 10).startswith("…")


@pytest.mark.parametrize("draw", [ct.draw_multiples, ct.draw_spaghetti])
def test_a_level_stroke_is_explained_where_one_is_drawn(make_case, series, draw):
    """Weeks 4 to 6 are the days 28 to 42; the other cases have single days, or none."""
    rows = ["d,,observation,mrss,0 d,,40,,,,,,,,chart,", "d,,observation,mrss,4..6 wk,,30,,,,,,,,chart,"]
    rows.insert(1, "d,,treatment,tocilizumab,1 d,,,,,,,,,,chart,")
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    between = ct.read_series([make_case(*rows, case_id="d", header=HEADER, about=about)])
    assert "Level stroke: the days between which a value lies." in legend(draw(between, "mrss"))
    assert "Level stroke" not in legend(draw(series, "mrss"))


@pytest.mark.product
def test_the_caption_explains_no_order_of_telling_where_each_case_has_days(make_case):
    about = "analysis: {baseline: last_before, reference: tocilizumab}"
    rows = [f"a,,observation,mrss,{start},,{value},,,,,,,chart," for start, value in (("0 d", 20), ("90 d", 10))]
    rows.append("a,,treatment,tocilizumab,0 d,,,,,,,,,chart,")
    series = ct.read_series([make_case(*rows, about=about)])
    words = " ".join(text.get_text().replace("\n", " ") for text in ct.draw_multiples(series, "mrss").texts)
    assert "Dotted: a value is known between bounds." in words and "rder of telling" not in words


@pytest.mark.product
def test_the_swimmer_plot_says_which_case_stands_first(series):
    words = " ".join(text.get_text().replace("\n", " ") for text in ct.draw_swimmer(series).texts)
    assert "The case that reaches furthest stands first." in words
