"""What a figure says of itself: its legend, its key, what is not known of a place or a value, and what is not drawn."""

import pandas as pd
import pytest
from conftest import ROOT, first_in_gate

from casetimeline.figures.axes.axis import time_axis
from casetimeline.figures.blocks import TextRow
from casetimeline.figures.change import draw_change
from casetimeline.figures.claims import draw_claims
from casetimeline.figures.clinical_course import course_in_parts, draw_course
from casetimeline.figures.context import context_in_parts
from casetimeline.figures.course.rows import drawn_rows
from casetimeline.figures.drawn import alt_text, drawn_values, notes_of
from casetimeline.figures.needs import Block, limits_of_axis
from casetimeline.figures.regimen import draw_regimen
from casetimeline.figures.reported import reported_in_parts
from casetimeline.figures.split import _half
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.prose.measured.changes import summarise_changes
from casetimeline.rules.analysis import analyse

HEADER = "case_id,phase,kind,code,start,end,value,unit,state,dose,dose_unit,frequency,source,quote,note"


def words_of(figure):
    return " ".join(text.get_text() for text in figure.texts)


@pytest.mark.product
def test_a_legend_says_first_what_is_shown_and_last_what_is_also_recorded():
    words = notes_of(draw_course(analyse(ROOT / "data/aosd-ehjcr-22m")))
    assert words.startswith("From top to bottom: procedures, treatments, ")
    assert ". Also recorded: position 2, presentation: body temperature 38.4 °C; " in words
    assert words.index("Also recorded: ") > words.index("In lanes of their own, daily dose not reported: ")


@pytest.mark.product
def test_whose_time_stands_where_is_told_only_where_both_kinds_stand(make_case):
    shared = ["a,1,event,admission,1 d,,,,,,,,chart,,", "a,2,event,discharge,,,,,,,,,chart,,"]
    own = ["a,2,event,relapse,9 d,,,,,,,,chart,,"]
    told = [notes_of(draw_course(make_case(*rows, header=HEADER))) for rows in (shared, [*shared, *own])]
    assert ["holds for all its facts" in words for words in told] == [False, True]


def test_a_fact_of_which_the_time_is_not_reported_says_so_at_its_mark(make_case):
    rows = ["a,1,event,admission,,,,,,,,,chart,,", 'a,2,procedure,muscle_biopsy,,,,,,,,,chart,,"time not reported"']
    said = drawn_values(draw_course(make_case(*rows, header=HEADER))).set_index("line")["said"]
    assert "time not reported" in said["3"] and "not reported" not in said["2"]


@pytest.mark.product
@pytest.mark.parametrize("values", [(39.8, 36.6), (39.8, 39.8)])
def test_a_graph_of_degrees_celsius_does_not_begin_at_their_0(make_case, values):
    # A fever of 39.8 that goes is a change by a twelfth of a scale from 0, and by most of one from 36 to 40.
    rows = [f"a,{n},observation,body_temperature,,,{value},Cel,,,,,chart,," for n, value in enumerate(values, 1)]
    figure = draw_course(make_case(*rows, header=HEADER))
    (graph,) = [ax for ax in figure.axes if ax.get_label() == "Body temperature"]
    low, high = graph.get_ylim()
    # Of equal values the axis has some degrees, and not a part of one.
    assert 30 < low <= min(values) and max(values) <= high < 45 and high - low >= 2


def test_a_statement_without_a_time_leaves_a_case_on_an_axis_of_days(make_case):
    rows = [f"a,,observation,mrss,{day} d,,{value},points,,,,,chart,," for day, value in ((0, 30), (90, 20))]
    case = make_case(*rows, "a,1,statement,good_response,,,,,,,,,chart,,", header=HEADER)
    assert time_axis(case).is_days
    figure = draw_course(case)
    assert drawn_values(figure).set_index("line").loc["4", "said"] == "stated: good response"
    # The moment beside it.
    assert "time not reported" in {text.get_text() for text in figure.texts}


def test_a_value_below_a_limit_has_a_decade_of_its_own_on_a_logarithmic_scale(make_case):
    rows = [f"a,{phase},observation,crp,,,{value},mg/L,,,,,chart,," for phase, value in ((1, 415), (2, "<1"))]
    figure = draw_course(make_case(*rows, header=HEADER))
    graph = next(ax for ax in figure.axes if ax.get_yscale() == "log")
    assert graph.get_ylim() == pytest.approx((0.1, 1000))


def test_what_replaced_a_treatment_at_its_end_begins_where_that_stops(make_case):
    old = "a,1,treatment,tocilizumab,1 mo,10 mo,,,,8,mg/kg,monthly,chart,,"
    new = "a,2,treatment,adalimumab,10 mo,,,,,40,mg,every 2 wk,chart,transitioned from tocilizumab to adalimumab,"
    # A fact without a day makes the axis the order of telling.
    rows = [old, new, "a,3,event,discharge,,,,,,,,,chart,,"]
    values = drawn_values(draw_course(make_case(*rows, header=HEADER)))
    bars = values[values["element"] == "bar"].set_index("line")
    assert (bars.loc["2", "x_to"], bars.loc["3", "x"]) == (2, 2)


def test_a_position_of_which_the_order_is_open_says_so_and_another_does_not():
    axis = time_axis(analyse(ROOT / "data/fu-2025").case)
    assert axis.times == {1: "before or after 2: not reported"}


@pytest.mark.product
def test_a_number_of_a_time_from_an_open_zero_has_it_once_at_the_position():
    analysis = analyse(ROOT / "data/aosd-ehjcr-22m")
    rows = [row for row in drawn_rows(analysis) if row.start == "6 mo"]
    assert len(rows) == 6 and {row.OWN_TIME for row in rows} == {""}
    axis = time_axis(analysis.case)
    assert axis.times[int(rows[0].X)] == "from when not reported"


@pytest.mark.product
def test_each_part_of_a_figure_has_the_key_and_the_legend_of_what_it_draws():
    analysis = analyse(ROOT / "data/mm-irae-44f")
    first, *_, last = course_in_parts(analysis, 80, 150)
    assert "Adverse events" not in words_of(first) and "adverse events" not in notes_of(first)
    assert notes_of(last).startswith("From top to bottom: adverse events, events.")
    findings, treatments = reported_in_parts(analysis, 80, 160)
    assert "ongoing" in words_of(treatments) and "ongoing" not in words_of(findings)
    assert "worsened" in words_of(findings) and "worsened" not in words_of(treatments)
    assert notes_of(treatments).startswith("What is reported of each treatment.")


@pytest.mark.product
def test_adjusted_means_are_named_and_told_apart_from_those_that_were_observed():
    figure = context_in_parts(analyse(ROOT / "data/fu-2025"))[0]
    said = drawn_values(figure).set_index("line")["said"]
    # The quote of focuSSced says "least squares mean"; ASSET prints the deviation of the patients.
    assert "least squares mean −6.1 at week 48" in said["focussced_tocilizumab"].iloc[-1].replace("-", "−")
    assert "squares" not in " ".join(said["asset_placebo"])
    assert "adjusted by a model (focuSSced), observed means (ASSET)" in notes_of(figure)


def test_a_block_that_is_cut_has_half_of_its_rules_in_each_part_and_one_scale():
    rules = pd.DataFrame({"KIND": ["error"] * 4, "NEEDLO": [5.0] * 4, "NEEDHI": [5.0, 5.0, 5.0, 15.0]})
    rows = [TextRow([[""]], 10.0)] * 4
    block = Block(TextRow([["a: b"]], 5.0), (), (), rules, rows, False, (-14.0, -14.0), "points")
    # Half are 20 mm; a title of 5, a gap of 3, and 3.5 mm with two lines of 8.75 pt for the axis make 37.7 mm.
    assert (_half(block, 38.0), _half(block, 37.0)) == (2, 4)
    low, high = limits_of_axis(block)
    assert low < -15 and high > 15
    assert limits_of_axis(block._replace(rules=rules.iloc[:1], scale=(low, high))) == (low, high)


def test_an_adverse_event_told_again_with_another_grade_has_the_grade_before(make_case):
    header = HEADER.replace("quote", "grade,quote")
    rows = [f"a,{phase},adverse_event,diarrhoea,,,,,,,,,chart,{grade},," for phase, grade in ((1, 3), (2, 1), (3, 1))]
    figure = draw_course(make_case(*rows, header=header))
    said = [text.get_text().replace("\n", " ") for ax in figure.axes for text in ax.texts if text.get_visible()]
    assert [words for words in said if words.startswith("Diarrhoea")] == [
        "Diarrhoea, grade 3",
        "Diarrhoea, grade 1 (before: grade 3)",
        "Diarrhoea, grade 1",
    ]


@pytest.mark.product
def test_an_alternative_text_has_the_quotation_marks_of_print():
    words = alt_text(draw_course(analyse(ROOT / "data/mm-irae-44f")))
    assert "absent, ‘completely disappeared’" in words and "'completely" not in words


@pytest.mark.product
def test_a_value_that_its_source_calls_a_peak_says_so_at_its_mark_with_and_without_a_change(make_case):
    header = "case_id,phase,kind,code,value,unit,source,note"
    rows = [
        "a,1,observation,ck,500,U/L,chart,",
        "a,2,treatment,tocilizumab,,,chart,",
        "a,3,observation,ck,900,U/L,chart,printed 'peak'",
        "a,4,observation,ck,400,U/L,chart,",
    ]
    case = make_case(*rows, header=header)
    texts = [text.get_text() for ax in draw_course(case).axes for text in ax.texts if text.get_visible()]
    assert {"500", "900 (peak; +400)"} <= {*texts} and "peak" not in " ".join({*texts} - {"900 (peak; +400)"})
    said = drawn_values(reported_in_parts(case, 180)[0]).set_index("line")["said"]
    assert said["4"] == "Creatine kinase, 3: phase 3: 900 U/L (peak)"


@pytest.mark.product
def test_a_treatment_without_a_first_day_and_a_course_that_goes_on_unread_leave_a_trace():
    figure = draw_course(analyse(ROOT / "data/acp-imnm-75f"))
    values = drawn_values(figure).set_index(["element", "of"])
    # The bar begins 0.42 before its position, and the dashes lead to the left from there.
    assert values.loc[("entry", "rosuvastatin"), "x"] == pytest.approx(1 - 0.42)
    assert 0 <= values.loc[("entry", "rosuvastatin"), "x_to"] <= 0.5
    # The last of four positions ends at 4.5.
    assert values.loc[("unread", "ck"), "x"] == 4.5
    assert "and any later CK, is not in the part that was read." in notes_of(figure)
    assert "what came after this was not read" in words_of(figure)
    assert "unread" not in drawn_values(draw_course(analyse(ROOT / "data/fu-2025")))["element"].tolist()


@pytest.mark.product
def test_what_has_no_place_on_a_scale_stands_under_its_axis():
    figure = draw_course(analyse(ROOT / "data/kamata2012"))
    scale, words = [ax for ax in figure.axes if ax.get_label() == "Pericardial effusion"]
    assert words.get_position().y1 == pytest.approx(scale.get_position().y0) and len(scale.get_yticks()) == 5


@pytest.mark.product
def test_an_arm_without_a_datum_is_told_and_not_drawn_and_limits_of_entry_that_leave_the_case_out_are_said():
    figure = context_in_parts(analyse(ROOT / "data/fu-2025"))[0]
    values = drawn_values(figure)
    arms = values[values["element"].isin(["entry", "arm_baseline", "arm_change"])].groupby("panel")["line"].agg(set)
    # comparators.csv has no baseline of ASSET, and no change of SCOT and of the diffuse subset of SLS.
    assert not {line for line in arms["Baseline"] if line.startswith("asset")}
    assert not {line for line in arms["Change"] if line.startswith(("scot", "sls"))}
    words = notes_of(figure)
    unread = "the mean at baseline of ASSET; the mean change of SCOT (gene-expression subset) and SLS I and II (diffuse"
    assert f"Not in the part that was read, and not drawn: {unread}" in words
    # 46 points lie above 35, the limit of focuSSced, and above 40, that of faSScinate, which stands with its rules.
    said = values[values["element"].isin(["entry", "arm_baseline"])].set_index("line")["said"]
    for line, entry in (("fasscinate_placebo", "15 to 40"), ("focussced_placebo", "10 to 35")):
        assert f"entry: mRSS {entry}; this case lies outside" in {*said[[line]]}.pop()
    assert "outside" not in said["scot_cyclophosphamide"]


@pytest.mark.product
def test_a_change_larger_than_an_estimate_that_may_not_apply_has_its_own_mark_and_abbreviations_are_explained():
    figure = draw_change(analyse(ROOT / "data/fu-2025"))
    marks = {line.get_gid(): line for ax in figure.axes for line in ax.lines if "verdict" in (line.get_gid() or "")}
    looks = {gid.split(".")[2]: (line.get_marker(), line.get_markerfacecolor()) for gid, line in marks.items()}
    # 14 points are more than 5; the time between the scores is not reported. Of the time of a rule nothing is known.
    assert looks["mcid_2019_dcssc"] == ("o", "white") and looks["eustar_2016_improvement"] == ("D", "white")
    assert "as large as the estimate or larger; applicability not known" in [text.get_text() for text in figure.texts]
    assert "dcSSc, diffuse cutaneous systemic sclerosis" in notes_of(figure) and "ILD, interstitial" in notes_of(figure)


def test_a_drug_that_a_calendar_leaves_out_for_two_reasons_has_its_positions_at_each(make_case):
    header = "case_id,phase,kind,code,value,unit,dose,dose_unit,frequency,source"
    rows = [
        "a,1,treatment,prednisolone,,,,,,chart",
        "a,2,treatment,prednisolone,,,5,mg/day,daily,chart",
        "a,3,treatment,prednisolone,,,,,,chart",
        "a,3,treatment,tacrolimus,,,,,,chart",
        "a,4,event,discharge,,,,,,chart",
    ]
    words = notes_of(draw_regimen(make_case(*rows, header=header)))
    assert "Not drawn: prednisolone of phases 1 and 3 and tacrolimus, schedule not reported (" in words
    assert "prednisolone of phase 2, given every day, until when is not reported (line 3)" in words


@pytest.mark.product
def test_the_legend_names_the_drug_that_sets_the_baseline_where_two_are_given_and_the_scale_of_a_word_above_it():
    two, one = (notes_of(draw_trajectory(analyse(ROOT / "data" / case), code)) for case, code in _MEASURED)
    assert "Tocilizumab sets the baseline; the change is attributed to neither." in two
    # Of one drug alone "it" says which; the word of kamata2012 is above the scale of measures.csv.
    assert "(none, trivial, small, moderate, large) has no grade above large, so ‘massive’ is read as large." in one


_MEASURED = (("fu-2025", "mrss"), ("kamata2012", "pericardial_effusion"))


def test_a_bound_without_a_place_on_the_scale_has_the_bar_of_a_bound(make_case):
    """<20000 without a unit stands below the scale of 900 U/L: it is known to be below a bound and is no value."""
    rows = [f"a,{phase},observation,ck,,,{value},,,,,chart,," for phase, value in ((1, "900,U/L"), (2, "<20000,"))]
    figure = draw_course(make_case(*rows, header=HEADER))
    drawn = {artist.get_gid(): type(artist).__name__ for ax in figure.axes for artist in (*ax.lines, *ax.patches)}
    assert (drawn["ct.value.ck.2"], drawn["ct.value.ck.3"]) == ("Line2D", "Rectangle")
    assert "value known to be above or below a bound only" in words_of(figure)
    assert "no unit" in [text.get_text() for ax in figure.axes for text in ax.texts]
    assert "; <20000, unit not reported" in alt_text(figure)


def test_a_test_is_negative_and_a_word_for_no_change_is_that_of_the_source(make_case):
    rows = [
        "a,1,observation,ana,,,,,absent,,,,chart,,printed 'negative'",
        "a,1,observation,ck,,,900,U/L,,,,,chart,,",
        "a,2,observation,ana,,,,,absent,,,,chart,,",
        "a,2,observation,ck,,,,,unchanged,,,,chart,,printed 'stable'",
    ]
    said = drawn_values(draw_course(make_case(*rows, header=HEADER))).set_index("line")["said"].astype(str)
    assert "negative" in said["2"] and "absent" not in "".join(said) and "'negative'" not in said["2"]
    assert "stable" in said["5"] and "unchanged" not in said["5"]


@pytest.mark.product
def test_a_ladder_of_two_sites_says_whose_baseline_it_shows_and_what_its_limits_are():
    """Of 35 mm at the left ventricle no second value is recorded; 24 mm at the right ventricle became 17 mm."""
    words = notes_of(draw_trajectory(analyse(ROOT / "data/ujkz10974"), "pericardial_effusion"))
    at_right = "The baseline and the last value at the right are those of one site: opposite the right ventricle."
    assert at_right in words
    # The rungs at 20 and 10 mm are where a class of size begins, however far from the baseline.
    assert "with the limits of the classes of a size, the baseline and the last value." in words
    assert "how far from the baseline" not in words


@pytest.mark.product
def test_one_point_is_one_and_what_is_left_is_not_rounded_away(make_case):
    """A score of 2 became 1; of 3000 U/L there is 1 left, which is 99.967 % less."""
    rows = ["a,1,observation,mrss,,,2,,,,,,chart,,", "a,2,observation,mrss,,,1,,,,,,chart,,"]
    rows += ["a,1,observation,ck,,,3000,U/L,,,,,chart,,", "a,2,observation,ck,,,1,U/L,,,,,chart,,"]
    case = make_case(*rows, header=HEADER)
    assert "1 point, " in alt_text(draw_trajectory(case, "mrss"))
    assert "change −1 point (−50.0 %)" in alt_text(draw_trajectory(case, "mrss"))
    assert "change −2999 U/L (−99.97 %)" in alt_text(draw_trajectory(case, "ck"))
    values = [summarise_changes(case, code).frame.iloc[-1] for code in ("mrss", "ck")]
    assert [values[0]["AVALC"], values[1]["PCHG"]] == ["1", "-99.97 %"]
    # The ratio 1/3000 has three decimals in that table: as 0.000 it would read as nothing.
    assert values[1]["R2BASE"] == "0.0003"


def test_what_is_told_in_words_is_read_back_whole_where_it_runs_over_two_lines(make_case):
    note = "printed 'better in all of the eight categories'"
    found = f"a,1,observation,haq_di,,,,,improved,,,,chart,,{note}"
    said = drawn_values(draw_course(make_case(found, header=HEADER), width_mm=85))["said"]
    quoted = "‘better in all of the eight categories’"
    assert list(said) == [f"Health Assessment Questionnaire disability index improved, {quoted}"]


def test_a_claim_is_quoted_with_the_units_that_its_source_prints(make_case):
    about = 'analysis: {baseline: first}\nclaims:\n- {says: "raised (1160 pg/ml)", test: not_measured, needs: a limit}'
    figure = draw_claims(make_case("a,1,event,admission,,,,,,,,,chart,,", header=HEADER, about=about))
    assert "claim 1, ‘raised (1160 pg/ml)’: cannot be checked" in alt_text(figure)
    assert figure.axes[0].texts[0].get_text() == "1 ‘raised (1160\N{NO-BREAK SPACE}pg/ml)’"


def test_the_key_tells_a_value_between_two_bounds_from_one_below_a_bound(make_case):
    values = ("900", "300..400", "<30")
    rows = [f"a,{phase},observation,ck,,,{value},U/L,,,,,chart,," for phase, value in enumerate(values, 1)]
    two, one, both = "between two bounds only", "to be above or below a bound only", "between two bounds, or above or "
    for kept, words in ((rows[:2], two), (rows[::2], one), (rows, both)):
        assert f"value known {words}" in words_of(draw_course(make_case(*kept, header=HEADER)))


def test_a_position_with_the_name_of_what_is_told_there_is_named_once(make_case):
    rows = ["a,1,event,admission,,,,,,,,,chart,,", "a,2,event,discharge,,,,,,,,,chart,,"]
    about = "analysis: {baseline: first}\nphases: {1: Admission, 2: Going home}"
    assert "Events: Admission; Discharge, Going home." in alt_text(
        draw_course(make_case(*rows, header=HEADER, about=about))
    )


def test_a_row_has_its_time_with_its_position_or_where_the_name_of_that_is_its_name(make_case):
    """The name of a position may tell no time, or be that of a row; a time is of one row or of a whole position."""
    rows = [
        "a,1,event,admission,0 d,,,,,,,,chart,,",
        "a,2,event,discharge,9 d,,,,,,,,chart,,",
        "a,3,treatment,colchicine,12 d,,,,,1,mg,daily,chart,,",
        "a,3,treatment,colchicine,14 d,,,,,2,mg,daily,chart,,",
        "a,4,event,relapse,,,,,,,,,chart,,",
    ]
    about = "analysis: {baseline: first}\nphases: {1: Admission, 2: Going home, 3: Colchicine, 4: Later}"
    words = alt_text(draw_course(make_case(*rows, header=HEADER, about=about)))
    assert "Events: Admission, day 0; Discharge, Going home (day 9); Relapse, Later." in words
    assert "Colchicine: 1 mg daily, day 12, " in words and "; 2 mg daily, day 14, " in words


def test_a_dose_of_prednisone_is_not_told_as_equal_to_itself(make_case):
    rows = [
        "a,1,treatment,prednisone,,,,,,100,mg,daily,chart,,",
        "a,2,treatment,prednisolone,,,,,,50,mg,daily,chart,,",
    ]
    words = alt_text(draw_course(make_case(*rows, header=HEADER)))
    assert "Prednisone, 100 mg daily, phase 1" in words
    assert "Prednisolone, 50 mg daily, equal to prednisone 50 mg a day, phase 2" in words


def test_a_grade_over_the_end_of_its_scale_is_told_so_and_lacks_no_unit(make_case):
    rows = [
        "a,1,observation,muscle_strength,,,3,,,,,,chart,,printed 3/5 in the thighs; the scale is not named",
        "a,2,observation,muscle_strength,,,,,improved,,,,chart,,",
        "a,2,treatment,colchicine,,,,,,2,mg/kg/day,divided BID,chart,,",
    ]
    words = alt_text(draw_course(make_case(*rows, header=HEADER)))
    assert "Muscle strength: 3/5 in the thighs, scale not reported, phase 1; improved, phase 2." in words
    assert "Colchicine: 2 mg/kg/day in two divided doses, phase 2" in words


def test_what_was_not_read_stands_behind_all_that_is_told_of_a_measure(make_case):
    rows = [
        "a,1,observation,ck,,,900,U/L,,,,,chart,,",
        "a,2,observation,ck,,,,,raised,,,,chart,,",
    ]
    remark = "The course after the second value is not in the part that was read"
    about = f"analysis: {{baseline: first}}\ncaveats: {{ck: [{remark}.]}}"
    words = alt_text(draw_course(make_case(*rows, header=HEADER, about=about)))
    assert f"Creatine kinase: 900 U/L, phase 1, the baseline; raised, phase 2; {remark}." in words


def test_a_part_that_has_lines_of_procedures_and_not_their_lane_names_them(make_case):
    rows = ["a,2,procedure,pericardiocentesis,,,,,,,,,chart,,"]
    rows += [
        f"a,{phase},observation,pericardial_effusion,,,{size},,,,,,chart,,"
        for phase, size in ((1, "large"), (3, "small"))
    ]
    parts = course_in_parts(analyse(make_case(*rows, header=HEADER)), 85, 40)
    keys = [words for part in parts for words in (text.get_text() for text in part.texts) if "procedure on" in words]
    assert len(parts) == 2 and keys == ["procedure on the pericardial effusion: pericardiocentesis"]


@pytest.mark.parametrize("kind", first_in_gate(1, ["event", "adverse_event", "procedure"]))
def test_an_alternative_text_leaves_out_nothing_that_happened(make_case, kind):
    names = [f"thing_{letter}" for letter in "abcdefghijklmnopqrstuvw"]
    rows = [f"a,,{kind},{name},{day} d,,,,,,,,chart,," for day, name in enumerate(names)]
    words = alt_text(draw_course(make_case(*rows, header=HEADER)))
    assert all(name.replace("_", " ").capitalize() in words for name in names)
    assert "more" not in words
