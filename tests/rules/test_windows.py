"""A rule says when it does not speak of a record: too early or too late, or below its entry. Values are by hand."""

import math
from types import SimpleNamespace

import pytest
from conftest import derive, first_in_gate, told_sentences

from casetimeline.figures.change import draw_change
from casetimeline.figures.drawn import drawn_values
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.prose.course.results import last_verdicts
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged, summarise_verdicts
from casetimeline.prose.tables.story import summarise_skin
from casetimeline.rules.analysis import analyse
from casetimeline.rules.compared import compare_rules, is_needless
from casetimeline.rules.reasons import entry_words, window_words
from casetimeline.rules.rules import evaluate_rules
from casetimeline.values.interval import closed
from casetimeline.values.times import parse_duration

OUTSIDE = "outside the window"


def visit(make_case, observe, start, base="46", after="32", **about):
    return make_case(observe("1", value=base, start="0 d"), observe("2", value=after, start=start), **about)


def answer_of(case, rule="eustar_2016_improvement"):
    row = analyse(case).verdicts.set_index("RULE").loc[rule]
    return row["VERDICT"], row["WHY"]


@pytest.mark.parametrize(
    ("start", "expected"),
    first_in_gate(
        5,
        [
            # 10 months are 304.375 days, 14 are 426.125. 304.375 - 180 = 124.375 days, 4.09 months.
            ("180 d", (OUTSIDE, "4 to 5 months too early")),
            # 6 months as printed are 5.5 to 6.5: 3.5 to 4.5 months are missing.
            ("6 mo", (OUTSIDE, "3 to 5 months too early")),
            ("304 d", (OUTSIDE, "up to 1 day too early")),
            ("305 d", ("met", "points, percent, baseline, time")),
            ("426 d", ("met", "points, percent, baseline, time")),
            ("427 d", (OUTSIDE, "up to 1 day too late")),
            ("430 d", (OUTSIDE, "3 to 4 days too late")),
            # 730 - 426.125 = 303.875 days, 9.98 months.
            ("730 d", (OUTSIDE, "9 to 10 months too late")),
            (">24 mo", (OUTSIDE, "at least 10 months too late")),
            # More than 15 months are more than 1 after 14.
            (">15 mo", (OUTSIDE, "at least 1 month too late")),
            # 10 months as printed are 9.5 to 10.5, so it may be in the window.
            ("10 mo", ("cannot be determined", "time")),
            ("<9 mo", (OUTSIDE, "1 to 10 months too early")),
        ],
    ),
)
def test_a_visit_at_another_time_is_outside_the_window(make_case, observe, start, expected):
    assert answer_of(visit(make_case, observe, start)) == expected


def test_the_line_of_a_window_belongs_to_it_by_its_own_sign():
    # 304.375 days are in 10..14 mo, and not in >10..14 mo.
    on_the_line = closed([304.375], [304.375])
    assert window_words(on_the_line, parse_duration("10..14 mo")).tolist() == [""]
    assert window_words(on_the_line, parse_duration("10..14 mo")._replace(low_open=True)).tolist() == [
        "0 days too early"
    ]


def test_a_size_that_fails_outside_the_window_is_not_told_as_not_met(make_case, observe):
    # 46 to 44 is no response, but the rule does not ask at 6 months.
    row = analyse(visit(make_case, observe, "180 d", after="44")).verdicts.set_index("RULE")
    assert row.loc["eustar_2016_improvement", ["SIZE", "TIME", "VERDICT"]].tolist() == ["not met", "not met", OUTSIDE]
    # A rule without a window does ask.
    assert row.loc["mcid_2019_dcssc", "VERDICT"] == "not met"


@pytest.mark.product
def test_of_a_score_that_fell_no_rule_of_progression_is_told(make_case, observe):
    verdicts = analyse(visit(make_case, observe, "180 d")).verdicts
    progression = verdicts[verdicts["KIND"] == "progression"]
    assert set(progression["VERDICT"]) == {OUTSIDE} and is_needless(progression).all()
    # One that rose too early is told.
    rose = analyse(visit(make_case, observe, "180 d", base="20", after="32")).verdicts
    assert not is_needless(rose[rose["KIND"] == "progression"]).any()


@pytest.mark.product
def test_an_entry_that_excludes_the_patient_is_told_in_words(make_case, observe):
    for base, expected in (("6", ("not applicable", "entry: mRSS at least 7")), ("7", ("not met", "points"))):
        case = visit(make_case, observe, "12 mo", base=base, after="4")
        assert answer_of(case, "eustar_2024_regression") == expected
    # The entry comes before the time: such a patient is not judged at any.
    assert answer_of(visit(make_case, observe, "1 mo", base="6", after="0")) == (
        "not applicable",
        "entry: mRSS at least 7",
    )
    # A baseline that may be high enough leaves it open.
    assert answer_of(visit(make_case, observe, "12 mo", base="6..30", after="0")) == (
        "cannot be determined",
        "baseline",
    )


FASSCINATE = "fasscinate_fall_20"


@pytest.mark.parametrize(
    ("base", "after", "expected"),
    [
        # The trial took 15 to 40 points, both ends among them.
        ("14", "10", ("not applicable", "entry: mRSS 15 to 40")),
        ("15", "12", ("met", "percent, baseline, time")),
        ("40", "32", ("met", "percent, baseline, time")),
        ("41", "32", ("not applicable", "entry: mRSS 15 to 40")),
        # A baseline that may lie beyond them leaves it open.
        ("38..42", "20", ("cannot be determined", "baseline")),
        (">40", "20", ("not applicable", "entry: mRSS 15 to 40")),
        (">=40", "20", ("cannot be determined", "baseline")),
    ],
)
def test_an_entry_has_an_upper_end_as_well(make_case, observe, base, after, expected):
    case = make_case(observe("1", value=base, start="0 d"), observe("2", value=after, start="400 d"))
    assert answer_of(case, FASSCINATE) == expected


@pytest.mark.parametrize(
    ("start", "expected"),
    first_in_gate(
        4,
        [
            # 47.5 weeks are 332.5 days, 96.5 weeks 675.5: weeks 48 and 96 as printed have half a week on either side.
            ("332 d", (OUTSIDE, "up to 1 day too early")),
            ("333 d", ("met", "percent, baseline, time")),
            ("48 wk", ("met", "percent, baseline, time")),
            ("47 wk", ("cannot be determined", "time")),
            ("96 wk", ("met", "percent, baseline, time")),
            ("675 d", ("met", "percent, baseline, time")),
            ("676 d", (OUTSIDE, "up to 1 day too late")),
            ("24 wk", (OUTSIDE, "5 to 6 months too early")),
            ("", ("cannot be determined", "time")),
        ],
    ),
)
def test_fasscinate_counts_from_week_48_to_week_96(make_case, observe, start, expected):
    assert answer_of(visit(make_case, observe, start, base="30", after="24"), FASSCINATE) == expected


def test_one_upper_end_alone_is_told_as_such():
    rule = SimpleNamespace(measure="mrss", base_min=math.nan, base_max=40.0)
    assert entry_words(rule, {"mrss": "mRSS"}) == "entry: mRSS at most 40"


@pytest.mark.parametrize(
    ("start", "told"),
    first_in_gate(
        3,
        [
            ("", "interval not reported"),
            # 12 months as printed are 11.5 to 12.5, 84 days are 2.76 months, and 400 days 13.1.
            ("12 mo", "here about 12 months"),
            ("84 d", "here about 3 months"),
            ("30 d", "here about 30 days"),
            ("3..6 mo", "here about 3 to 6 months"),
            (">12 mo", "here at least 12 months"),
        ],
    ),
)
def test_a_difference_that_matters_is_met_over_its_own_time_alone(make_case, observe, start, told):
    """5 points were estimated at 12 months; a fall of 14 over another time, or an unknown one, is larger than that."""
    analysis = analyse(visit(make_case, observe, start))
    row = analysis.verdicts.set_index("RULE").loc["mcid_2019_dcssc"]
    met, larger = start == "12 mo", "as large as the estimate or larger; applicability not known"
    assert (row["SIZE"], row["VERDICT"]) == ("met", "met" if met else "cannot be determined")
    assert row["STUDIED"] == f"estimated over 12 months; {told}" and (row["WHY"] == larger) != met
    words = f"estimated over 12 months; {told})"
    assert words in str(summarise_judged(analysis)) and words in "\n".join(told_sentences(analysis))
    choice = (
        summarise_choices(analysis)
        .frame.set_index("question")
        .loc["Larger than a minimal clinically important difference?"]
    )
    column = "met by" if met else "reached or exceeded, whether it applies to this patient is not known"
    assert "Minimal clinically important improvement, diffuse SSc" in choice[column]
    drawn = drawn_values(draw_change(analysis))
    said = drawn[drawn["element"] == "verdict"].set_index("of")["said"]
    shown = "larger; estimated" if met else f"{larger} (estimated"
    assert f"{shown} over 12 months; {told}" in said["mcid_2019_dcssc"]


@pytest.mark.parametrize(
    ("start", "expected"),
    [
        # The source rated the change at 6, 12, 18 and 24 months; each is as printed half a month wide to either side.
        ("6 mo", "met"),
        ("24 mo", "met"),
        ("5 mo", "cannot be determined"),
        ("25 mo", "cannot be determined"),
    ],
)
def test_a_time_that_was_studied_is_as_wide_as_a_visit_of_that_time(make_case, observe, start, expected):
    assert answer_of(visit(make_case, observe, start, base="30", after="22"), "mid_2006")[0] == expected


@pytest.mark.product
def test_thresholds_of_a_rule_that_does_not_apply_are_neither_drawn_nor_said_to_apply(make_case, observe):
    for base, applies in (("46", False), ("36", True)):
        analysis = analyse(visit(make_case, observe, "400 d", base=base, after="20"))
        assert ("mcid_fasscinate" in set(analysis.applicable["rule"])) == applies
        drawn = drawn_values(draw_trajectory(analysis, "mrss"))
        assert drawn["said"].str.contains("faSScinate").any() == applies


def test_a_rule_outside_its_window_is_none_that_is_not_met(make_case, observe):
    case = visit(make_case, observe, "8 mo")
    table = compare_rules(evaluate_rules(derive(case), case.rules)).set_index("QUESTION")
    # 8 months are 7.5 to 8.5: before 9 and before 10.
    row = table.loc["Improved, by the rule for a response?"]
    # 46 points are beyond the entry of faSScinate.
    assert row["EXCLUDED"].count("faSScinate") == 3
    assert row["MET"] == "" and row["NOTMET"] == "" and row["OPEN"] == ""
    assert row["OUTSIDE"].count("EUSTAR") == 2 and "Pittsburgh" in row["OUTSIDE"]
    # None speaks of the record, so that they neither agree nor differ.
    assert row["CHANGES"] == ""


@pytest.mark.product
def test_every_place_that_tells_a_verdict_tells_what_is_outside_its_window(make_case, observe):
    analysis = analyse(visit(make_case, observe, "180 d"))
    last = last_verdicts(analysis.changes, analysis.verdicts)
    assert (last["VERDICT"] == OUTSIDE).sum() == 3
    reason = "Improvement of skin fibrosis (EUSTAR 2016) (4 to 5 months too early)"
    assert f"Outside the window: {reason}; " in str(summarise_judged(analysis))
    assert f"Outside the window: {reason}; " in "\n".join(told_sentences(analysis))
    table = summarise_verdicts(analysis, "mrss").frame.set_index("rule")
    assert table.loc["Improvement of skin fibrosis (EUSTAR 2016)", ["verdict", "decided by"]].tolist() == [
        OUTSIDE,
        "4 to 5 months too early",
    ]
    assert "size part met; outside the window (4 to 5 months too early)." in str(summarise_skin(analysis))
    assert "EUSTAR 2016" in summarise_choices(analysis).frame["outside the window of"].iloc[0]
    figure = draw_change(analysis)
    drawn = drawn_values(figure)
    told = drawn[drawn["element"] == "verdict"].set_index("of")["said"]
    assert told["eustar_2016_improvement"].endswith("outside the window: 4 to 5 months too early")
    # The legend names the mark once.
    assert [text.get_text() for text in figure.texts].count(OUTSIDE) == 1


def test_a_claim_that_a_rule_is_met_is_not_contradicted_by_a_visit_that_is_too_early(make_case, observe):
    claim = "claims: [{says: improved, test: meets, measure: mrss, rule: eustar_2016_improvement}]"
    case = visit(make_case, observe, "180 d", about=f"analysis: {{baseline: first}}\n{claim}")
    row = analyse(case).claims.iloc[0]
    assert row["RESULT"] == "cannot be checked"
    assert row["WHY"].endswith("outside the window, 4 to 5 months too early")


def test_without_an_end_the_amount_has_none():
    late = closed([500.0], [math.inf])
    assert window_words(late, parse_duration("10..14 mo")).tolist() == ["at least 2 months too late"]
