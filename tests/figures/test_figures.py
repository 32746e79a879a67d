"""What a figure shows is what the table holds: values are read back from the artists, text from its boxes."""

import math
import re
import xml.etree.ElementTree as ET
from itertools import combinations

import numpy as np
import pytest
from conftest import CASES, HEADER, ROOT, derive, first_in_gate, in_gate
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.lines import Line2D
from matplotlib.text import Text

from casetimeline.case.read import read_case
from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.change import _lowest_between, draw_change
from casetimeline.figures.clinical_course import draw_course
from casetimeline.figures.context import draw_context
from casetimeline.figures.drawn import alt_text, describe, drawn_values, legend, why_blank
from casetimeline.figures.files.publish import publish, render_svg
from casetimeline.figures.gallery import FIGURES, draw_figures
from casetimeline.figures.regimen import draw_regimen
from casetimeline.figures.reported import draw_reported
from casetimeline.figures.style import SMALL, further_fonts, house_style
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.files import list_cases
from casetimeline.rules.analysis import analyse
from casetimeline.rules.limits import limits_of
from casetimeline.values import rows_of

MEASURES = ("mrss", "ck", "pericardial_effusion")
WIDTHS = (85, 180)
EVERY_CASE = list_cases(ROOT / "data")


def rows_in(name, facts):
    """Lines of the rows that a figure is about."""
    observed, code = facts["kind"] == "observation", facts["code"]
    # A change is of the three measures and of what is told of one place more than once, or of all if there is neither.
    seen = list(zip(code[observed], facts.loc[observed, "LOC"], strict=True))
    changing = {*MEASURES, *(name for name, place in seen if seen.count((name, place)) > 1)}
    changing = changing if changing & {*code[observed]} else {*code[observed]}
    about = {
        "01_skin": observed & (code == "mrss"),
        "02_muscle": observed & (code == "ck"),
        "03_pericardium": observed & (code == "pericardial_effusion"),
        "07_regimen": facts["kind"] == "treatment",
        "08_change": observed & code.isin(changing),
        "09_context": observed & (code == "mrss"),
    }
    return facts.loc[about.get(name, observed | True), "line"].tolist()


def lines_of(values):
    """The lines of the timeline that elements stand for; the shade of a panel is no row of it."""
    numbered = values[
        values["line"].str.fullmatch(r"\d+") & ~values["element"].isin(["class", "tail", "baseline", "last"])
    ]
    return set(numbered["line"].astype(int))


@pytest.mark.parametrize("case_id", in_gate("fu-2025", of=EVERY_CASE))
def test_every_row_is_drawn_or_listed_with_its_reason(case_id):
    case = read_case(ROOT / "data", case_id)
    for name, figure in draw_figures(case):
        if name == "05_claims":
            continue
        values = drawn_values(figure)
        listed = values[values["element"] == "listed"]
        drawn, left_out = lines_of(values[values["element"] != "listed"]), lines_of(listed)
        if name in ("01_skin", "02_muscle", "03_pericardium"):
            # The reference treatment and procedures stand above the graph.
            drawn &= {*case.facts.loc[case.facts["kind"] == "observation", "line"]}
        assert drawn | left_out == set(rows_in(name, case.facts)), name
        assert not drawn & left_out, name
        assert (listed["said"] != "").all()
        # What is listed for a program is also printed under the figure.
        printed = describe(figure)
        values_of = case.facts.set_index("line")["value"]
        for row in listed.itertuples():
            if row.said == "told in the notes":
                assert values_of[int(row.line)] in printed.partition("Also recorded: ")[2], (name, row)
                continue
            assert re.search(rf"Not drawn:.*{re.escape(row.said)} \(lines? [\d, ]*\b{row.line}\b", printed), (name, row)


@pytest.mark.product
@pytest.mark.parametrize("case_id", in_gate(*CASES, of=EVERY_CASE))
def test_every_claim_is_drawn(case_id):
    analysis = analyse(ROOT / "data" / case_id)
    figure = FIGURES["05_claims"](analysis, width_mm=180)
    values = drawn_values(figure)
    assert values["line"].astype(int).tolist() == list(range(1, len(analysis.case.about.get("claims", [])) + 1))
    # A file line means nothing to a reader of the figure; the table beside it has them.
    assert not [text.get_text() for text in figure.findobj(Text) if "(line" in text.get_text()]


@pytest.mark.product
def test_the_drawn_values_of_the_index_case(published):
    case, changes = published["fu-2025"]
    skin = drawn_values(draw_trajectory(analyse(case, changes), "mrss", limits_of(case.rules, "mrss")))
    values = skin[skin["element"] == "value"]
    assert values[["x", "y"]].to_numpy().tolist() == [[1, 46], [4, 32]]
    assert skin.loc[skin["element"] == "baseline", "y"].tolist() == [46]
    assert skin.loc[skin["element"] == "last", ["y", "said"]].to_numpy().tolist() == [
        [32, "32 points: last, -14 points (-30.4 %)"]
    ]
    # 46 - 6.79, 46 - 8.04, 46 - 12.75, 46 - 14.97.
    assert skin.loc[skin["element"] == "band", "y"].round(2).tolist() == [39.21, 37.96, 33.25, 31.03]
    # 46 less 3 to 4, 3.2 to 5.3, 4.7, and 5.
    important = skin[skin["element"] == "important"]
    assert important[["y", "y_to"]].round(1).to_numpy().tolist() == [[42, 43], [40.7, 42.8], [41.3, 41.3], [41, 41]]
    muscle = drawn_values(draw_trajectory(analyse(case, changes), "ck", limits_of(case.rules, "ck")))
    # No later value: no level is carried on to where nothing is known.
    assert muscle["element"].tolist() == ["bar", "tail", "bar", "tail", "value", "not_reported"]
    heart = drawn_values(draw_trajectory(analyse(case, changes), "pericardial_effusion"))
    heart = heart[heart["of"] == "pericardial_effusion"].set_index("element")
    # Present without a size, then absent: in words, on no scale of sizes.
    assert heart["x"].to_dict() == {"present": 1, "absent": 4}
    assert "size not reported" in heart.loc["present", "said"]
    assert heart.loc["present", "y"] == heart.loc["absent", "y"]


@pytest.mark.product
def test_the_change_of_the_index_case_stands_against_what_each_rule_asks(published):
    case, changes = published["fu-2025"]
    values = drawn_values(draw_change(analyse(case, changes)))
    skin = values[values["panel"] == "Modified Rodnan skin score"]
    assert skin.loc[skin["element"] == "change", ["x", "x_to"]].to_numpy().tolist() == [[-14, -14]]
    needs = skin[skin["element"] == "need"].drop_duplicates("of").set_index("of")["x_to"].round(2)
    # 25 % of 46 is 11.5; 2.772 x 2.45 = 6.79, x 2.9 = 8.04, x 4.6 = 12.75, x 5.4 = 14.97. The rules of
    # faSScinate ask nothing of a score of 46.
    assert needs.to_dict() == {
        "eustar_2016_improvement": -11.5,
        "eustar_2024_regression": -11.5,
        "pittsburgh_2001_improvement": -11.5,
        "sdc_one_examiner": -6.79,
        "sdc_one_examiner_taught": -8.04,
        "sdc_two_examiners": -12.75,
        "sdc_training": -14.97,
        "mcid_2019_dcssc": -5,
        "mcid_2019_all": -4,
        "mid_2006": -5.3,
    }
    said = values.loc[values["element"] == "verdict", "said"].tolist()
    assert "Improvement of skin fibrosis (EUSTAR 2016): cannot be determined: time" in said
    assert "Beyond the smallest detectable change, two examiners: met" in said
    assert "Beyond the smallest detectable change, examiners in training: not met" in said
    # CK has no later value, and no rule of skin thickening asks anything of this score where its trial excludes it.
    listed = values[values["element"] == "listed"].set_index("line")["said"]
    assert listed[["3", "16"]].tolist() == ["no change can be computed"] * 2
    assert not [words for words in said if "faSScinate" in words]


@pytest.mark.product
def test_a_change_known_only_as_an_interval_is_a_band(make_case, observe):
    rows = [observe(value="46"), "a,2,treatment,drug,,,,,,,,8,mg,chart,", observe("3", value="<20")]
    case = make_case(*rows, about="analysis: {reference: drug, baseline: last_before}")
    changes = derive(case)
    values = drawn_values(draw_change(analyse(case, changes)))
    assert values.loc[values["element"] == "change", ["x", "x_to"]].to_numpy().tolist() == [[-46, -26]]


@pytest.mark.product
def test_the_context_shows_only_the_intervals_that_are_reported(published):
    case, changes = published["fu-2025"]
    values = drawn_values(draw_context(analyse(case, changes)))
    by = values.set_index(["element", "line"])
    assert by.loc[("case", "2"), "x"] == 46 and by.loc[("case", "15"), "x"] == -14
    # ASSET, abatacept: -6.6 with an SD of single changes of 6.4; no other trial gives an interval.
    assert by.loc[("arm_change_sd", "asset_abatacept"), ["x", "x_to"]].tolist() == pytest.approx([-13, -0.2])
    assert {line for element, line in by.index if element == "arm_change_sd"} == {"asset_abatacept", "asset_placebo"}
    assert not [element for element, _ in by.index if element.endswith("_ci")]
    # (46 - 26.4) / 7.2 = 2.72 and (46 - 30.4) / 10.7 = 1.46
    said = by.loc[("arm_baseline", "fasscinate_tocilizumab"), "said"]
    assert said.endswith("mean 26.4, SD 7.2; this case +2.7 SD; entry: mRSS 15 to 40; this case lies outside")
    assert by.loc[("arm_baseline", "scot_cyclophosphamide"), "said"].endswith("this case +1.5 SD")
    assert "not controls" in describe(draw_context(analyse(case, changes)))


@pytest.mark.product
def test_an_interval_of_a_mean_is_not_drawn_as_a_spread_of_patients(published):
    case, changes = published["fu-2025"]
    arms = case.comparators.copy()
    mine = arms["arm"] == "fasscinate_placebo"
    arms.loc[mine, ["change_low", "change_high"]] = [-5.0, -0.5]
    arms.loc[mine, "spread"] = "95 % CI of the mean"
    figure = draw_context(analyse(type(case)(**{**vars(case), "comparators": arms}), changes))
    values = drawn_values(figure).set_index(["element", "line"])
    assert values.loc[("arm_change_ci", "fasscinate_placebo"), ["x", "x_to"]].tolist() == [-5, -0.5]
    words = [text.get_text() for text in figure.texts]
    assert "confidence interval of the mean: no spread of patients" in words


def test_the_regimen_parts_what_is_stated_from_what_is_assumed(published):
    values = drawn_values(draw_regimen(published["fu-2025"][0]))
    weeks = values[values["element"] != "listed"].groupby(["element", "of"])["x"].agg(list).to_dict()
    assert weeks == {
        # The number of cycles is not reported: up to the second administration of each drug, and no further.
        ("dose_stated", "regimen"): [0, 2, 4, 6],
        ("dose_assumed", "tocilizumab"): [0, 4],
        ("dose_assumed", "cyclophosphamide"): [2, 6],
        ("dose_otherwise", "tocilizumab"): [0, 2, 4, 6],
        ("dose_otherwise", "cyclophosphamide"): [0, 2, 4, 6],
    }
    listed = values[values["element"] == "listed"]
    assert listed[["line", "said"]].to_numpy().tolist() == [
        ["8", "schedule not reported"],
        ["9", "schedule not reported"],
    ]


def test_the_calendar_shows_no_administration_that_nobody_reported(make_case):
    drug = "a,1,treatment,{code},{start},{end},,,,,,{dose},{unit},{often},chart,{note}"
    rows = [
        # Monthly to month 10 from a day that is not told: two doses, of which the interval tells all.
        drug.format(code="tocilizumab", start="", end="10 mo", dose="8", unit="mg/kg", often="monthly", note=""),
        # Daily without an end: nothing to show. To day 2: three days. An unclear schedule: nothing.
        drug.format(code="prednisolone", start="", end="", dose="50", unit="mg", often="daily", note=""),
        drug.format(code="prednisone", start="0 d", end="2 d", dose="9", unit="mg", often="daily", note=""),
        drug.format(
            code="cyclophosphamide", start="", end="", dose="50", unit="mg", often="every 2 d", note="dose is not clear"
        ),
    ]
    figure = draw_regimen(analyse(make_case(*rows, header=HEADER.replace("source", "frequency,source"))))
    values = drawn_values(figure).set_index("line")
    assert values.loc["2", "said"] == "how many were given is not reported"
    assert values.loc["3", "said"] == "given every day, until when is not reported"
    assert values.loc["4", "x_to"] == pytest.approx(3 / 7)
    assert values.loc["5", "said"] == "schedule not clear in the source"
    assert "Not drawn: tocilizumab, how many were given is not reported (line 2); prednisolone," in describe(figure)


@pytest.mark.product
def test_three_infusions_with_a_day_each_are_drawn_as_many_weeks_apart(make_case):
    drug = "a,1,treatment,tocilizumab,{day} d,,,,,,,{dose},mg/kg,once,chart,"
    rows = [drug.format(day=day, dose=dose) for day, dose in ((17, 4), (41, 4), (63, 8))]
    header = HEADER.replace("source", "frequency,source")
    values = drawn_values(draw_regimen(analyse(make_case(*rows, header=header))))
    dated = values[values["element"] == "dose_dated"]
    assert dated["x"].tolist() == pytest.approx([0, 24 / 7, 46 / 7])
    assert dated["said"].iloc[0].startswith("Tocilizumab, 4 mg/kg: days 17, 41; 8 mg/kg: day 63:")
    assert drawn_values(draw_regimen(analyse(make_case(*rows[:2], header=header))))["x"].notna().sum() == 0


@pytest.mark.product
def test_one_record_without_a_number_is_no_course(make_case, observe):
    case = make_case(observe(code="pericardial_effusion", value="", state="absent"))
    figure = draw_trajectory(analyse(case), "pericardial_effusion")
    assert why_blank(drawn_values(figure), figure.get_label(), legend(figure)) == "recorded once, as absent."


def test_the_map_of_the_index_case(published):
    values = drawn_values(draw_reported(published["fu-2025"][0]))
    findings = values[(values["panel"] == "Findings") & (values["of"] != "time")]
    assert (findings["element"] == "blank").sum() == 6 * 4 - 9
    assert findings.loc[findings["of"] == "ck", "element"].tolist() == ["value", "blank", "blank", "not_reported"]
    assert set(values.loc[values["of"] == "time", "element"]) == {"not_reported"}
    courses = values[values["panel"] == "Treatments"]
    assert (courses["element"] == "told").sum() == 4 and (courses["element"] == "untold").sum() == 16


@pytest.mark.parametrize("width", in_gate(85, of=WIDTHS))
@pytest.mark.parametrize("case_id", in_gate("fu-2025", of=CASES))
def test_no_text_overlaps_another_or_leaves_the_figure(published, case_id, width, monkeypatch):
    texts, draw = [], Text.draw

    def record(text, renderer):
        if text.get_visible() and text.get_text().strip():
            texts.append(text)
        draw(text, renderer)

    monkeypatch.setattr(Text, "draw", record)
    case, _ = published[case_id]
    for name, figure in draw_figures(case, width):
        texts.clear()
        renderer = FigureCanvasAgg(figure).get_renderer()
        with house_style():
            figure.draw(renderer)
            boxes = [(text.get_text(), Text.get_window_extent(text, renderer)) for text in texts]
        assert boxes
        page = figure.bbox
        for words, box in boxes:
            inside = box.x0 >= page.x0 and box.x1 <= page.x1 and box.y0 >= page.y0 and box.y1 <= page.y1
            assert inside, f"{name}: {words!r} leaves the figure"
        for (a, box_a), (b, box_b) in combinations(boxes, 2):
            wide = min(box_a.x1, box_b.x1) - max(box_a.x0, box_b.x0)
            high = min(box_a.y1, box_b.y1) - max(box_a.y0, box_b.y0)
            assert wide <= 1 or high <= 1, f"{name}: {a!r} and {b!r} overlap"
        assert min(text.get_fontsize() for text in texts) >= SMALL


def on_days(make_case, *rows):
    return make_case(*rows)


@pytest.mark.product
def test_an_axis_in_days_is_to_scale_and_an_order_is_not(make_case, observe):
    rows = [observe("", value="46", start="0 d"), observe("", value="40", start="12 wk")]
    rows.append(observe("", value="32", start="300 d"))
    case = make_case(*rows)
    figure = draw_trajectory(analyse(case, derive(case)), "mrss")
    values = drawn_values(figure)
    # 12 wk is 80.5 to 87.5 days: a mark in the middle, a whisker over the whole.
    assert values.loc[values["element"] == "value", "x"].tolist() == [0, 84, 300]
    assert values.loc[values["element"] == "whisker", ["x", "x_to"]].to_numpy().tolist() == [[80.5, 87.5]]
    assert "not to scale" not in describe(figure)
    assert "not to scale" in describe(draw_course(make_case(observe(), observe("2"))))


@pytest.mark.product
def test_a_long_silence_is_cut_out_and_no_line_crosses_it(make_case, observe):
    days = ("-60 d", "0 d", "30 d", "3650 d", "3660 d")
    rows = [observe("", value=str(40 - n), start=day) for n, day in enumerate(days)]
    case = on_days(make_case, *rows, "a,,treatment,drug,0 d,3655 d,,,,,,8,mg,chart,")
    for figure in (
        draw_trajectory(analyse(case, derive(case)), "mrss"),
        draw_course(analyse(case, derive(case))),
    ):
        values = drawn_values(figure)
        cuts = values.loc[values["element"] == "cut", ["x", "x_to"]].drop_duplicates().to_numpy().tolist()
        ((start, end),) = cuts
        assert 30 < start < end < 3650
        joins = values[values["element"] == "join"]
        assert not ((joins["x"] < start) & (joins["x_to"] > end)).any()
        assert "The axis is cut between day" in describe(figure)
        # Marks keep their days; only their places on paper move.
        assert {-60.0, 3660.0} <= set(values["x"])
        ax = next(ax for ax in figure.axes if ax.get_xlim()[1] > 3000)
        place = ax.transData.transform
        one, other = (place((b, 0))[0] - place((a, 0))[0] for a, b in ((0, 10), (3650, 3660)))
        assert one == pytest.approx(other)
        ticks = [tick for tick in ax.get_xticks() if start < tick < end]
        assert not ticks
    joined = drawn_values(draw_trajectory(analyse(case, derive(case)), "mrss"))
    joined = joined[joined["element"] == "join"]
    assert joined[["x", "x_to"]].to_numpy().tolist() == [[-60, 0], [0, 30], [3650, 3660]]


@pytest.mark.parametrize(
    ("days", "cuts"),
    [
        # Half a year is no silence. Of what is longer 2 days remain, and a half of their twentieth on either side.
        (("0 d", "1 d", "183 d"), []),
        (("0 d", "2 d", "185 d"), [(2.05, 184.95)]),
        # The mark of what was by day -300 at the latest stands there: 10 days remain.
        (("-600 d", "<=-300 d", "-10 d", "0 d"), [(-599.75, -300.25), (-299.75, -10.25)]),
    ],
)
def test_a_silence_is_longer_than_half_a_year_and_has_no_mark_in_it(make_case, observe, days, cuts):
    case = on_days(make_case, *(observe("", value=str(40 - n), start=day) for n, day in enumerate(days)))
    assert [tuple(round(day, 6) for day in cut) for cut in time_axis(case).cuts] == cuts


@pytest.mark.product
def test_the_last_year_is_numbered_where_its_number_leaves_the_axis_and_not_the_figure(make_case, observe):
    # A twentieth behind day 6960 the axis ends on day 7308; twenty years are 7305 days.
    case = on_days(make_case, observe("", value="46", start="0 d"), observe("", value="32", start="6960 d"))
    labels = [[label.get_text() for label in ax.get_xticklabels()] for ax in draw_course(case).axes]
    assert ["0", "5", "10", "15", "20"] in labels


def test_two_points_far_apart_are_not_cut(make_case, observe):
    case = on_days(make_case, observe("", value="46", start="0 d"), observe("", value="32", start="3650 d"))
    assert "cut" not in set(drawn_values(draw_course(case))["element"])


@pytest.mark.product
def test_no_line_joins_values_with_an_unknown_between_them(make_case, observe):
    rows = [observe("", value="46", start="0 d"), observe("", value="", state="not_assessed", start="50 d")]
    case = on_days(make_case, *rows, observe("", value="32", start="100 d"))
    assert "join" not in set(drawn_values(draw_trajectory(analyse(case, derive(case)), "mrss"))["element"])


@pytest.mark.product
def test_no_line_has_a_slope_where_the_axis_is_not_to_scale(published):
    for case, _ in published.values():
        for name, figure in draw_figures(case):
            for line in figure.findobj(Line2D):
                # The arms of a ladder lead from a rung to its words.
                if line.axes is None or line.get_linestyle() == "None" or "thresholds" in line.axes.get_label():
                    continue
                x, y = (np.asarray(values, dtype=float) for values in line.get_data())
                steps = np.isfinite(np.diff(x)) & np.isfinite(np.diff(y))
                assert not ((np.diff(x) != 0) & (np.diff(y) != 0) & steps).any(), name


DRUG = "a,,treatment,{code},{start},{end},,,,,,8,mg/kg,chart,"
DOSED = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,frequency,source,note"


@pytest.mark.product
def test_administrations_stand_on_their_days(make_case):
    rows = [
        "a,,treatment,drug,0 d,84 d,,,,,,8,mg/kg,every 4 wk,chart,",
        "a,,treatment,other,10 d,,,,,,,600,mg,once,chart,",
        "a,,treatment,third,20 d,ongoing,,,,,,5,mg,,chart,",
        "a,,treatment,fourth,20 d,,,,,,,5,mg,,chart,",
    ]
    case = make_case(*rows, header=DOSED, about="analysis: {reference: drug, baseline: first}")
    figure = draw_course(case)
    values = drawn_values(figure)
    assert values.loc[values["element"] == "dose", "x"].tolist() == [0, 28, 56, 84]
    bars = values[values["element"] == "bar"].set_index("of")
    assert bars.loc["drug", ["x", "x_to"]].tolist() == [0, 84]
    # A single dose is one mark and no bar.
    assert bars.loc["other", ["x", "x_to"]].tolist() == [10, 10]
    # An ongoing treatment reaches the end of the axis and has an arrow; of one without an end only the start is filled.
    assert bars.loc["third", "x_to"] == figure.axes[0].get_xlim()[1]
    assert bars.loc["fourth", "x_to"] < 25
    assert [line for axes in figure.axes for line in axes.lines if line.get_marker() == ">"]
    assert "whether it went on is not reported" in [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.product
def test_a_treatment_that_was_already_being_taken_is_open_on_the_left(make_case, observe):
    taken = [
        DRUG.format(code=code, start=start, end="ongoing") for code, start in (("drug", "<=0 d"), ("other", "<0 d"))
    ]
    case = make_case(*taken, observe("", value="46", start="-10 d"), observe("", value="40", start="5 d"))
    figure = draw_course(case)
    values, (low, high) = drawn_values(figure), figure.axes[0].get_xlim()
    bars = values[values["element"] == "bar"].set_index("of")
    # An axis of days from day -10 to day 5, with the usual margin of a twentieth: 15 / 20 = 0.75.
    assert (low, high) == (-10.75, 5.75) and bars.loc["drug", ["x", "x_to"]].tolist() == [low, high]
    starts = [line.get_xdata() for axes in figure.axes for line in axes.lines if line.get_marker() == "<"]
    assert [list(start) for start in starts if start[0] == low] == [[low], [low]]
    assert "already being taken" in " ".join(text.get_text() for text in figure.findobj(Text))


@pytest.mark.product
def test_no_line_joins_values_whose_order_is_open(make_case, observe):
    told = {"0 d": "46", "~6 mo": "40", "5..7 mo": "30", "300 d": "20", "400 d": "18"}
    case = make_case(*(observe("", value=value, start=start) for start, value in told.items()))
    values = drawn_values(draw_trajectory(analyse(case, derive(case)), "mrss"))
    joins = values[values["element"] == "join"]
    # 40 and 30 may come in either order: neither is joined, and no line passes them.
    assert joins[["x", "x_to"]].to_numpy().tolist() == [[300, 400]]


@pytest.mark.product
@pytest.mark.parametrize(
    ("values", "lowest"),
    [
        # Below 20 may be 19 or 10: which of the two is the lower is open.
        (("30", "<20", "18", "25"), ["lowest in between <20 or 18 points"]),
        (("30", "18", "25"), ["lowest in between 18 points"]),
        (("30", "18", "18"), []),
    ],
)
def test_a_change_that_came_and_went_has_its_lowest_value(make_case, observe, values, lowest):
    case = make_case(*(observe(str(place), value=value) for place, value in enumerate(values, 1)))
    analysis = analyse(case)
    *later, last = rows_of(analysis.changes[analysis.changes["POSTBLFL"] == "Y"])
    assert _lowest_between(analysis, [*later, last], last) == lowest


@pytest.mark.product
def test_a_last_value_that_is_open_is_set_against_no_rule(make_case, observe):
    told = [("1", "0 d", "46"), ("2", "~6 mo", "40"), ("2", "5..7 mo", "30")]
    case = make_case(*(observe(phase, value=value, start=start) for phase, start, value in told))
    assert "which value is the last is open" in describe(draw_change(analyse(case, derive(case))))


def test_uncertain_starts_and_ends_have_whiskers(make_case):
    case = on_days(
        make_case, DRUG.format(code="drug", start="1 mo", end="3 mo"), DRUG.format(code="x", start="0 d", end="9 d")
    )
    values = drawn_values(draw_course(case))
    whiskers = values.loc[values["element"] == "whisker", ["x", "x_to"]].to_numpy()
    # One and three months, each known to half a month: 30.4 and 91.3 days, and 15.2 on either side.
    assert whiskers.round(1).tolist() == [[15.2, 45.7], [76.1, 106.5]]


def test_five_states_have_five_marks(make_case, observe):
    states = ("present", "absent", "unknown", "not_assessed", "not_reported")
    rows = [observe(str(n), "myofascial_oedema", "", state=state) for n, state in enumerate(states, 1)]
    figure = draw_course(make_case(*rows))
    assert drawn_values(figure)["element"].tolist() == list(states)
    lines = [line for axes in figure.axes for line in axes.lines if (line.get_gid() or "").startswith("ct.")]
    looks = {(str(line.get_marker()), line.get_markerfacecolor()) for line in lines}
    assert len(looks) == 5


@pytest.mark.product
def test_the_figure_file_carries_the_case_and_says_what_is_drawn(published, tmp_path, monkeypatch):
    monkeypatch.setenv("CASETIMELINE_BUILD", str(tmp_path))
    case, changes = published["fu-2025"]
    shown = publish(draw_trajectory(analyse(case, changes), "mrss"), "01_skin.svg")
    path = tmp_path / "fu-2025" / "figures" / "01_skin.svg"
    assert path.read_text(encoding="utf-8") == shown._repr_svg_()
    root = ET.parse(path).getroot()
    namespace = {"svg": "http://www.w3.org/2000/svg"}
    assert root.find("svg:title", namespace).text == "Modified Rodnan skin score, case fu-2025"
    description = root.find("svg:desc", namespace).text
    assert "32 points, After escalation, change -14 points (-30.4 %)" in description
    assert sorted(p.name for p in path.parent.iterdir()) == ["01_skin.svg", "01_skin.txt"]


@pytest.mark.product
def test_the_notebooks_show_what_the_gallery_draws(published):
    for name, figure in draw_figures(published["fu-2025"][0]):
        svg = render_svg(figure, prefix=f"fu-2025-{name}-")
        assert svg == (ROOT / "figures" / f"{name}.svg").read_text(encoding="utf-8"), name


@pytest.mark.product
def test_every_figure_has_words_made_from_what_is_drawn(published):
    for name, figure in draw_figures(published["fu-2025"][0]):
        short, long = alt_text(figure), describe(figure)
        assert short.startswith(figure.get_label()) and "case fu-2025" in short
        assert len(short) <= 2500 and "nan" not in short.split()
        for row in drawn_values(figure).itertuples():
            if "-" not in row.line and row.element in (
                "value",
                "present",
                "absent",
                "not_reported",
                "bar",
                "event",
                "claim",
                "verdict",
                "need",
            ):
                assert row.said, (name, row)
                # The name of its panel stands before what is drawn there.
                assert row.said.removeprefix(f"{row.panel}, ") in long, (name, row)


@pytest.mark.product
def test_an_alternative_text_sums_up_what_is_long(make_case, observe):
    rows = [observe("", "ck", str(100 + n), "U/L", start=f"{n} wk") for n in range(1, 41)]
    case = make_case(*rows)
    figure = draw_trajectory(analyse(case, derive(case)), "ck")
    assert "and 36 more; the last 140 U/L" in alt_text(figure)
    assert len(alt_text(figure)) < 400 < len(describe(figure))


@pytest.mark.product
def test_ids_of_two_figures_never_meet(published):
    case, changes = published["fu-2025"]
    ids = [
        set(re.findall(r'\sid="([^"]+)"', render_svg(draw_trajectory(analyse(case, changes), code), f"{code}-")))
        for code in ("mrss", "ck")
    ]
    assert ids[0] and not ids[0] & ids[1]
    for name, figure in draw_figures(case):
        svg = render_svg(figure, "x-")
        known = re.findall(r'\sid="([^"]+)"', svg)
        assert len(known) == len(set(known)), name
        used = set(re.findall(r'(?:href="#|url\(#)([^")]+)', svg)) | set(re.findall(r'aria-labelledby="(\S+)', svg))
        assert used <= set(known), name


@pytest.mark.product
def test_markup_in_a_case_is_shown_as_text(make_case, observe):
    evil = "<script>alert(1)</script> $x_1$ '><img src=x> {{7*7}}"
    row = observe("1", "ck", "9", "U/L") + f"\na,1,treatment,drug,,,,,,,,8,{evil},chart,{evil}"
    about = f'title: "{evil}"\nphases: {{1: "{evil}"}}\nanalysis: {{baseline: first}}'
    for _, figure in draw_figures(make_case(row, about=about)):
        svg = render_svg(figure, "x-")
        ET.fromstring(svg)
        assert "<script" not in svg and "<img" not in svg


@pytest.mark.product
@pytest.mark.parametrize(
    ("name", "shown"),
    first_in_gate(1, [("علاج بالدواء", True), ("טיפול תרופתי", True), ("皮膚硬化の治療", False), ("치료", False)]),
)
def test_letters_of_other_scripts_are_drawn_or_counted_and_never_boxes(make_case, observe, name, shown):
    # A letter without an outline is a warning of matplotlib, and so an error here.
    case = make_case(observe(value="46"), f"a,2,treatment,{name},,,,,,,,,,chart,")
    for title, figure in draw_figures(case, 85):
        with house_style():
            figure.draw_without_rendering()
        if title in ("00_course", "06_reported"):
            assert name in describe(figure).replace("_", " ")
    words = " ".join(text.get_text() for text in draw_course(case).findobj(Text) if text.get_visible())
    counted = "without a font" in words
    assert counted != shown or further_fonts()
    assert counted == ("Noto Sans CJK" in describe(draw_course(case)))


@pytest.mark.product
def test_no_figure_uses_the_state_of_the_reader(published):
    import matplotlib

    case, _ = published["fu-2025"]
    svg = render_svg(draw_course(case), "x-")
    with matplotlib.rc_context(
        {"font.size": 20, "text.hinting": "force_autohint", "hatch.linewidth": 5, "lines.linewidth": 9}
    ):
        assert render_svg(draw_course(case), "x-") == svg
    assert math.isclose(matplotlib.rcParams["font.size"], 10)


@pytest.mark.product
def test_a_procedure_on_a_measure_stands_in_its_figure(make_case, observe):
    """A drainage on day 3, typed as an event or as a procedure, is a line at day 3; a biopsy of muscle is none."""
    for kind in ("event", "procedure"):
        rows = [
            observe("", "pericardial_effusion", "22", "mm", start="-2 d"),
            observe("", "pericardial_effusion", "9", "mm", start="60 d"),
            f"a,,{kind},pericardiocentesis,3 d,,,,,,,,,chart,",
            f"a,,{kind},muscle_biopsy,4 d,,,,,,,,,chart,",
        ]
        figure = draw_trajectory(analyse(make_case(*rows)), "pericardial_effusion")
        lines = [line for line in figure.findobj() if str(line.get_gid()).startswith("ct.through.")]
        assert [line.get_gid() for line in lines] == ["ct.through.pericardiocentesis.4"]
        drawn = {line.get_gid(): line.get_xdata()[0] for line in figure.findobj(Line2D)}
        # Days are the coordinate, whatever the ticks count.
        assert list(lines[0].get_xdata()) == [3, 3] and drawn["ct.value.pericardial_effusion.3"] == 60
        assert "Pericardiocentesis" in [text.get_text() for text in figure.findobj(Text)]


@pytest.mark.product
def test_a_change_that_the_unit_leaves_open_is_no_missing_value():
    """acp-imnm-75f: CK 17,622 before the statin was stopped and 7400 after, both without a unit."""
    figure = draw_change(analyse(ROOT / "data/acp-imnm-75f"))
    why = why_blank(drawn_values(figure), figure.get_label(), legend(figure))
    assert why == "No change can be set against the rules: creatine kinase, unit not reported."


@pytest.mark.product
def test_one_reason_for_several_values_is_told_once(make_case, observe):
    case = make_case(*(observe(str(phase), "ck", value) for phase, value in enumerate(("900", "700", "500"), 1)))
    why = "No change can be set against the rules: creatine kinase, unit not reported."
    assert why in describe(draw_change(analyse(case)))


def test_marks_of_one_cell_touch_neither_each_other_nor_another_cell(make_case, observe):
    several = [observe("1", "myofascial_oedema", "", state="present") for _ in range(3)]
    others = [observe(str(n), "myofascial_oedema", "", state="absent") for n in range(2, 7)]
    figure = draw_reported(make_case(*several, *others), 60)
    ax = figure.axes[0]
    marks = [line.get_window_extent() for line in ax.lines if ".myofascial_oedema." in line.get_gid()]
    for one, other in combinations(marks, 2):
        assert not one.overlaps(other)
    right = ax.transData.transform([(1, 1)])[0][0]
    assert all(box.x1 < right for box in marks[:3]) and all(box.x0 > right for box in marks[3:])


def test_the_key_of_a_map_names_no_mark_that_is_not_drawn(make_case, observe):
    words = [text.get_text() for text in draw_reported(make_case(observe("1", value="46", start="1 d"))).texts]
    assert "reported, or a value" in words and "not reported" not in words
