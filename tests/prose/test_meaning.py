"""What a change means against the limits of the rules, in the Results and in Tables 1 and 3; expected words by hand."""

import re

import pytest
from conftest import HEADER, first_in_gate

from casetimeline.prose.course.results import results_passages
from casetimeline.prose.judged.answers import summarise_answers
from casetimeline.prose.judged.verdicts import summarise_choices, summarise_judged, summarise_verdicts
from casetimeline.prose.measured.candidates import open_last_sentences
from casetimeline.prose.measured.tense import course_sentences
from casetimeline.prose.tables.carriers import summarise_carriers
from casetimeline.prose.tables.grounded import told_paragraphs
from casetimeline.prose.tables.visits import summarise_visits
from casetimeline.prose.wording.passage import text_of
from casetimeline.report.citations import Numbers
from casetimeline.report.methods import rules_in_use
from casetimeline.rules.analysis import analyse

_HEADER = HEADER.replace("source,", "by,source,")
_DRUG = "a,,treatment,tocilizumab,0 d,,,,,,,8,mg/kg,,chart,"
_ABOUT = "analysis: {reference: tocilizumab, baseline: last_before}\ndiagnosis: systemic sclerosis"


def _seen(code: str, start: str, value: str = "", unit: str = "", state: str = "", high: str = "", by: str = "") -> str:
    return f"a,,observation,{code},{start},,{value},{unit},,{high},{state},,,{by},chart,"


@pytest.fixture
def analysis_of(make_case):
    def read(*rows: str):
        first, *others = rows
        return analyse(make_case(first, _DRUG, *others, about=_ABOUT, header=_HEADER))

    return read


def _results(analysis) -> str:
    return " ".join(map(text_of, results_passages(analysis)))


def _answers(analysis) -> dict[str, list[str]]:
    rows = summarise_answers(analysis).frame.itertuples(index=False)
    answers: dict[str, list[str]] = {}
    for question, answer, *_ in rows:
        answers.setdefault(str(question), []).append(str(answer))
    return answers


def _change(analysis) -> str:
    return str(summarise_visits(analysis).frame["Change"].iloc[0])


@pytest.mark.product
def test_a_rise_is_held_against_no_difference_for_an_improvement(analysis_of):
    # 30 - 20 = +10: beyond 1.96 x sqrt(2) x 2.45 = 6.8, below 1.96 x sqrt(2) x 4.6 = 12.8. All differences are falls.
    # Progression asks for a rise of more than 5 and 25 %, here 50 %, at 9 or 10 to 14 or 15 months: four rules.
    rise = analysis_of(_seen("mrss", "0 d", "20", "points"), _seen("mrss", "12 mo", "30", "points"))
    words = _results(rise)
    assert "important difference" not in words
    assert words.endswith(
        "The 10-point rise in mRSS (50.0 %; examiners not reported) exceeds the smallest detectable change of one "
        "examiner (6.8 points) but not between two examiners (12.8 points). "
        "The rise met all 4 cited definitions of progression."
    )
    answers = _answers(rise)
    assert answers["Is the change in mRSS an important improvement?"] == ["no, it rose"]
    assert not any("larger than" in question for question in answers)


@pytest.mark.parametrize(
    ("later", "words"),
    first_in_gate(
        2,
        [
            # +4 of 20 is 20 %, and four rules ask for 25 %: a rule on the size that is not reached is not met.
            (_seen("mrss", "12 mo", "24", "points"), "The rise met none of the 4 cited definitions of progression."),
            # 6 to 18 months have 9 to 15 and 10 to 14 within and months without: open, by the interval.
            (
                _seen("mrss", "1 a", "30", "points"),
                "Whether the rise met any of the 4 cited definitions of progression cannot be determined: "
                "the interval is only known to be 6 to 18 months.",
            ),
            # 9.5 to 10.5 months lie within 9 to 15, by three rules, and on both sides of 10, by one.
            (
                _seen("mrss", "~10 mo", "30", "points"),
                "The rise met all 3 cited definitions of progression (1 more cannot be determined).",
            ),
            # 3 months are before every window.
            (_seen("mrss", "3 mo", "30", "points"), "but not between two examiners (12.8 points)."),
            # A fall is no progression, and is held against the difference.
            (
                _seen("mrss", "12 mo", "15", "points"),
                "exceeds a minimal clinically important difference (3–4 points over 12 months in SSc-ILD) but not even "
                "the smallest detectable change of one examiner (6.8 points).",
            ),
        ],
    ),
)
def test_a_change_for_the_worse_is_held_against_the_rules_for_progression(analysis_of, later, words):
    assert _results(analysis_of(_seen("mrss", "0 d", "20", "points"), later)).endswith(words)


@pytest.mark.parametrize(
    ("after", "when", "by", "words"),
    first_in_gate(
        3,
        [
            # 24 to 17: 7 points, more than 6.8 of one examiner and less than 8.0 of one after teaching.
            (
                "17",
                "12 mo",
                "A",
                "of one examiner (6.8 points) but not of one examiner after teaching (8.0 points).",
            ),
            # A fall of 4 points is the upper end of 3 to 4: it is reached and not exceeded.
            (
                "20",
                "12 mo",
                "A",
                "The 4-point fall in mRSS (16.7 %) reaches a minimal clinically important difference (3–4 points over "
                "12 months in SSc-ILD) but not the smallest detectable change of one examiner (6.8 points).",
            ),
            # At most 20 is a fall of 4 points or more.
            (
                "<=20",
                "12 mo",
                "A",
                "reaches or exceeds a minimal clinically important difference (3–4 points over 12 months in SSc-ILD)",
            ),
            # Two years are another time than the 12 months of the estimate.
            (
                "10",
                "24 mo",
                "A",
                "The 14-point fall in mRSS (58.3 %; over about 24 months) is larger than a minimal clinically "
                "important difference (3–4 points, estimated over 12 months in SSc-ILD; applicability unknown) and "
                "exceeds the smallest detectable change of one examiner (6.8 points).",
            ),
            # 24 - 20 = 4, the upper end of 3 to 4, and below 6.8.
            (
                "20",
                "24 mo",
                "A",
                "is as large as a minimal clinically important difference (3–4 points, estimated over 12 months in "
                "SSc-ILD; applicability unknown) but does not exceed the",
            ),
            # 24 to 10: 14 points, more than 12.8 of two and less than 15.0 of trainees.
            ("10", "12 mo", "B", "between two examiners (12.8 points) but not between trainees (15.0 points)."),
        ],
    ),
)
def test_a_change_by_known_examiners_is_told_with_the_limit_that_it_exceeds_and_the_one_that_it_does_not(
    analysis_of, after, when, by, words
):
    later = _seen("mrss", when, after, "points", by=by)
    assert words in _results(analysis_of(_seen("mrss", "0 d", "24", "points", by="A"), later))


@pytest.mark.parametrize(
    ("code", "cells", "notes"),
    [
        # Of four scores one is of another examiner; a laboratory is none.
        ("mrss", ["24", "15", "28ᵇ", "17"], ["ᵇ Scored by examiner B; the unmarked values of the row: examiner A."]),
        ("ck", ["24", "15", "28", "17"], []),
    ],
)
def test_a_score_of_another_examiner_has_a_note(analysis_of, code, cells, notes):
    scored = zip(("0 d", "6 mo", "9 mo", "12 mo"), ("24", "15", "28", "17"), "AABA", strict=True)
    unit = "points" if code == "mrss" else "U/L"
    table = summarise_visits(analysis_of(*(_seen(code, *at, unit, by=f"examiner {by}") for *at, by in scored)))
    assert [str(cell) for cell in table.frame.iloc[0, 1:5]] == cells
    assert [note for note in table.notes if "examiner" in note] == notes


def test_a_note_on_an_examiner_says_whose_the_unmarked_scores_are(analysis_of):
    # Two of B and one of C have a mark, three of A and one of no name have none.
    scored = zip((0, 2, 4, 6, 8, 9, 10), (30, 20, 26, 25, 28, 14, 15), "ABBCA A", strict=True)
    rows = [_seen("mrss", f"{month * 30} d", str(value), "points", by=by.strip()) for month, value, by in scored]
    rows += [_seen("mrss", "360 d", "13", "points", by="A")]
    notes = [note for note in summarise_visits(analysis_of(*rows)).notes if "Scored" in note]
    assert [note.partition(" ")[2] for note in notes] == [
        "Scored by B; the unmarked values of the row: A and not reported.",
        "Scored by C; the unmarked values of the row: A and not reported.",
    ]


@pytest.mark.parametrize(
    ("last", "when", "answer"),
    [
        # 24, 28, 17 over 730 days: 7 x 365.25 / 730 = 3.5 a year, and 5 are asked for. 11 of 28 would be enough.
        ("17", "730 d", "no: −7 points, −3.5 points a year"),
        # 24 to 10: 14 x 365.25 / 730 = 7.0 a year, and 18 of 28 = 64.3 %.
        ("10", "730 d", "yes: −14 points, −64.3 % from the highest value, −7.0 points a year"),
        # 40 would be 5 a year: 10 x 365.25 / 731 = 4.997 is less.
        ("14", "731 d", "no: −10 points, −4.997 points a year"),
    ],
)
@pytest.mark.product
def test_an_answer_is_told_with_what_decided_it(analysis_of, last, when, answer):
    values = (("0 d", "24"), ("200 d", "28"), (when, last))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in values)))
    assert answers["Improvement of skin thickening (Pittsburgh 2001)?"] == [answer]


@pytest.mark.product
def test_a_limit_of_other_examiners_is_no_rule_for_other_patients(analysis_of):
    scored = (("0 d", "24"), ("12 mo", "17"))
    analysis = analysis_of(*(_seen("mrss", when, value, "points", by="A") for when, value in scored))
    (answer,) = _answers(analysis)["Is the change in mRSS beyond the smallest detectable change?"]
    # Four limits: two of one examiner, two of several.
    assert answer.endswith(
        "; the limits for two examiners and examiners in training do not apply (both scores are of one examiner)"
    )
    choices = summarise_choices(analysis).frame.set_index("question").loc["Beyond the smallest detectable change?"]
    assert choices.get("made for other patients", "") == ""
    assert choices["made for other examiners"].count("Beyond the smallest detectable change, ") == 2
    notes = [note for note in summarise_carriers(analysis).notes if "made for other" in note]
    assert notes[-1] == "Not counted: 2 verdicts of rules that were made for other examiners."
    made_for = rules_in_use(analysis, Numbers(analysis)).frame.set_index("rule")["made for"]
    assert made_for["Beyond the smallest detectable change, two examiners"].endswith(" (not these examiners)")


@pytest.mark.parametrize(
    ("after", "when", "answer"),
    first_in_gate(
        2,
        [
            # 24 to 20: 4 points are the upper end of 3 to 4, an estimate of 12 months and not of 24.
            ("20", "12 mo", "as large as 3–4 points (SSc-ILD, 12 months); here about 12 months"),
            (
                "19",
                "24 mo",
                "3–4 points (SSc-ILD, 12 months) and 5 points (diffuse SSc-ILD, 12 months) each reached or",
            ),
            ("20", "24 mo", "3–4 points (SSc-ILD, 12 months) reached, whether it applies to this patient is not known"),
            ("18", "24 mo", "each exceeded, whether they apply to this patient is not known; here about 24 months"),
        ],
    ),
)
def test_a_difference_that_a_change_equals_is_reached(analysis_of, after, when, answer):
    later = _seen("mrss", when, after, "points")
    (words,) = _answers(analysis_of(_seen("mrss", "0 d", "24", "points"), later))[
        "Is the change in mRSS larger than a minimal clinically important difference?"
    ]
    assert answer in words


@pytest.mark.parametrize(
    ("before", "after", "words"),
    first_in_gate(
        3,
        [
            # From 0 there is no percentage.
            ("0", "8", "The 8-point rise in mRSS (examiners not reported) exceeds"),
            # 14.5 to 15.5 of 20: 22.5 to 27.5 %, outwards.
            ("20", "~15", "The fall in mRSS from 20 to about 15 points (22–28 %; examiners not reported) exceeds"),
            # -10 to -4: beyond 3 to 4 points, not beyond 12.8, and on both sides of 6.8.
            ("20", "10..16", "(12.8 points); it may or may not exceed that of one examiner (6.8 points)."),
            ("20..28", "25", "The change in mRSS from 20–28 to 25 points (examiners not reported) does not exceed"),
            # Below 20 is a fall of which no share is known.
            ("20", "<20", "The fall in mRSS from 20 to <20 points (examiners not reported) may or may not exceed"),
            # From -10 to 0: perhaps no fall.
            ("20", "10..20", "The change in mRSS from 20 to 10–20 points (examiners not reported) does not exceed"),
            # -1: the error is named in full after another limit; of four that are not exceeded it is the lowest.
            (
                "20",
                "19",
                "(3–4 points over 12 months in SSc-ILD) or the smallest detectable change of one examiner (6.8 points)",
            ),
        ],
    ),
)
def test_a_change_that_is_held_against_a_limit_is_a_noun(analysis_of, before, after, words):
    analysis = analysis_of(_seen("mrss", "0 d", before, "points"), _seen("mrss", "12 mo", after, "points"))
    assert words in _results(analysis)


@pytest.mark.parametrize(
    ("values", "words"),
    [
        # 20 or less against 20: no fall is certain. The highest value in between is above both.
        (("20", "40", "<=20"), "CRP fell or did not change, from 20 to ≤20 mg/L, with a highest value of 40 mg/L"),
        # At least 20 against 10 to 20; the lowest, 5, is below both.
        (("10..20", "5", ">=20"), "CRP rose or did not change, from 10–20 to ≥20 mg/L, with a lowest value of 5 mg/L"),
    ],
)
def test_a_change_that_may_be_none_is_not_called_a_fall_or_a_rise(analysis_of, values, words):
    days = zip(("-1 d", "10 d", "20 d"), values, strict=True)
    assert words in _results(analysis_of(*(_seen("crp", start, value, "mg/L") for start, value in days)))


@pytest.mark.parametrize(
    ("other", "words"),
    [
        # 400 of 800 are 50 %, of 900 44.4 %: a fall by 50.0 to 55.6 %. Of 5000 they are 8 %: too wide to be told.
        ("800", "CK fell from 800 or 900 to 400 U/L (50.0–55.6 %)."),
        ("5000", "CK fell from 900 or 5000 to 400 U/L."),
    ],
)
def test_a_certain_fall_from_a_baseline_that_is_open_is_told(analysis_of, other, words):
    values = (("-5..-2 d", other), ("-4..-1 d", "900"), ("30 d", "400"))
    assert _results(analysis_of(*(_seen("ck", start, value, "U/L") for start, value in values))).endswith(words)


@pytest.mark.parametrize(
    ("code", "unit", "values", "words"),
    first_in_gate(
        2,
        [
            # 30 - 20 = 10, of 20 50 %: beyond 6.8, below 12.8; four rules ask for more than 5 and 25 % at 12 months.
            (
                "mrss",
                "points",
                ("20", "15", "30"),
                "The 10-point rise in mRSS from 20 to 30 (50.0 %; examiners not reported) exceeds the smallest "
                "detectable change of one examiner (6.8 points) but not between two examiners (12.8 points). "
                "The rise met all 4 cited definitions of progression.",
            ),
            # 30 - 18 = 12, of 30 40 %. Of CK without a limit the values say all, and they stand there.
            ("mrss", "points", ("30", "14", "18"), "The 12-point fall in mRSS from 30 to 18 (40.0 %; over about 12"),
            ("mrss", "points", ("20", "15", "34", "30"), "The 10-point rise in mRSS from 20 to 30 (50.0 %; examiners"),
            ("ck", "U/L", ("900", "1400", "1100"), "At 12 months, CK was 1100 U/L."),
        ],
    ),
)
def test_a_course_that_turned_is_held_against_the_limits_from_its_first_value_to_its_last(
    analysis_of, code, unit, values, words
):
    times = ("-1 d", "6 mo", "12 mo") if len(values) == 3 else ("-1 d", "3 mo", "6 mo", "12 mo")
    rows = [_seen(code, *each, unit) for each in zip(times, values, strict=True)]
    assert words in _results(analysis_of(*rows))


@pytest.mark.parametrize(
    ("values", "words", "cell"),
    first_in_gate(
        1,
        [
            # 16500 - 1450 = 15050, of 1450 1037.93 %.
            (
                ("1450", ">16500"),
                "ferritin rose from 1450 to >16500 ng/mL (by more than 1037.9 %).",
                "rise of more than 15050 (>1037.9 %)",
            ),
            # 100 of 1400 are 7.142 %: at least 7.1.
            (
                ("1400", ">=1500"),
                "ferritin rose from 1400 to ≥1500 ng/mL (by at least 7.1 %).",
                "rise of 100 or more (≥7.1 %)",
            ),
            # From the limit itself nothing is known of how far it rose.
            (("1500", ">1500"), "ferritin was >1500 ng/mL.", "rise (by how much is not reported)"),
        ],
    ),
)
def test_a_rise_to_a_lower_bound_is_told_with_how_much_it_is_at_least(analysis_of, values, words, cell):
    times = ("-1 d", "12 mo")
    analysis = analysis_of(*(_seen("ferritin", *each, "ng/mL") for each in zip(times, values, strict=True)))
    assert _results(analysis).endswith(words)
    assert _change(analysis) == cell


@pytest.mark.product
def test_an_interval_that_is_known_in_part_is_not_said_to_be_unreported(analysis_of):
    analysis = analysis_of(_seen("mrss", "0 d", "30", "points"), _seen("mrss", "9..15 mo", "20", "points"))
    known = "cannot be determined: the interval is only known to be 9 to 15 months"
    assert f"(EUSTAR 2016; 10–14 months) {known}." in _results(analysis)
    assert _answers(analysis)["Improvement of skin fibrosis (EUSTAR 2016)?"] == [f"{known}; met if it is 10–14 months"]


@pytest.mark.product
def test_two_lengths_of_one_sentence_are_in_one_unit(analysis_of):
    # 12 points are 5 a year or more for up to 2.4 years, 28.8 months, and the rule asks for 1.5 years, 18 months.
    analysis = analysis_of(_seen("mrss", "-1 d", "30", "points"), _seen("mrss", ">15 mo", "18", "points"))
    words = (
        "(Pittsburgh 2001; 18–28.8 months) cannot be determined: the interval is only known to be at least 15 months."
    )
    assert words in _results(analysis)


@pytest.mark.product
def test_two_turning_points_are_one_clause_and_one_beside_an_approximate_value_is_told(analysis_of):
    values = (("-1 d", "900"), ("10 d", "100"), ("20 d", "3000"), ("30 d", "300"))
    both = analysis_of(*(_seen("ck", start, value, "U/L") for start, value in values))
    # 900 - 300 = 600, of 900 66.7 %.
    assert _results(both).endswith(
        "CK fell from 900 to 300 U/L (66.7 %), with a lowest value of 100 U/L on day 10 and a highest value of "
        "3000 U/L on day 20 in between."
    )
    # 5500 to 6500 and 10527 in between: above both ends.
    rough = analysis_of(
        _seen("ck", "-1 d", "~6000", "U/L"), _seen("ck", "9 d", "10527", "U/L"), _seen("ck", "30 d", "658", "U/L")
    )
    assert "with a highest value of 10527 U/L on day 9 in between." in _results(rough)
    # Bounds in whole percent are rounded outwards, and the note says so.
    notes = " ".join(summarise_visits(rough).notes)
    assert "in percent of the baseline (rounded outwards where a value is approximate)" in notes


@pytest.mark.parametrize(
    ("code", "unit", "values", "words", "text"),
    first_in_gate(
        2,
        [
            (
                "ck",
                "U/L",
                ("900", "900"),
                ("increased", "decreased"),
                "CK was the same, 900 U/L, having increased and decreased in between (by how much is not reported).",
            ),
            # From nothing to nothing, but not all the way.
            (
                "mrss",
                "points",
                ("0", "0"),
                ("worsened",),
                "the same, 0 points, having worsened in between (by how much is",
            ),
            # 30 - 20 = 10, of 30 33.3 %; an improvement lies on the way.
            (
                "mrss",
                "points",
                ("30", "20"),
                ("increased", "improved", "worsened"),
                "(33.3 %; increased and worsened in between by an amount not reported; over about 12 to 13 months; "
                "examiners not reported) is larger than a minimal clinically important difference",
            ),
            # Of about 20 the share is 15 to 5 of 30, too wide to be told.
            (
                "mrss",
                "points",
                ("30", "~20"),
                ("worsened",),
                "points (worsened in between by an amount not reported; over about 12 to 13 months; exa",
            ),
        ],
    ),
)
def test_a_way_that_words_alone_tell_is_told_with_every_change(analysis_of, code, unit, values, words, text):
    first, last = values
    between = [_seen(code, f"{day} d", state=word) for day, word in zip((10, 20, 30), words, strict=False)]
    analysis = analysis_of(_seen(code, "-1 d", first, unit), *between, _seen(code, "12 mo", last, unit))
    assert text in _results(analysis)


def test_a_change_that_has_a_comma_is_parted_from_the_next_by_one(analysis_of):
    # 180 - 5 = 175, of 180 97.2 %.
    series = (("fvc", "2.4", "2.4", "L"), ("crp", "180", "5", "mg/L"))
    values = [
        (code, start, value, unit)
        for code, *both, unit in series
        for start, value in zip(("-1 d", "6 mo"), both, strict=True)
    ]
    analysis = analysis_of(*(_seen(*value) for value in values))
    assert _results(analysis).endswith("FVC was the same, 2.4 L, and CRP fell from 180 to 5 mg/L (97.2 %).")


@pytest.mark.product
def test_a_value_that_came_back_has_its_turn(analysis_of):
    values = (("-1 d", "900"), ("10 d", "3000"), ("60 d", "900"))
    same = analysis_of(*(_seen("ck", start, value, "U/L") for start, value in values))
    assert _results(same).endswith("CK was the same, 900 U/L, with a highest value of 3000 U/L on day 10 in between.")


@pytest.mark.product
def test_two_that_stayed_the_same_are_both_said_to(analysis_of):
    values = (("-1 d", "ck", "900"), ("60 d", "ck", "900"), ("-1 d", "ldh", "300"), ("60 d", "ldh", "300"))
    same = analysis_of(*(_seen(code, start, value, "U/L") for start, code, value in values))
    assert _results(same).endswith("day 60, CK was the same, 900 U/L, and LDH was the same, 300 U/L.")


@pytest.mark.product
def test_a_percentage_changes_by_points_in_the_results_and_in_the_table(analysis_of):
    # 55 - 42 = 13.
    analysis = analysis_of(_seen("lvef", "-1 d", "42", "%"), _seen("lvef", "30 d", "55", "%"))
    assert _results(analysis).endswith("LVEF rose from 42 to 55 % (13 percentage points).")
    assert _change(analysis) == "+13 percentage points"


@pytest.mark.parametrize(
    ("first", "later", "course", "change"),
    [
        (
            {"value": "22", "unit": "mm"},
            [{"state": "absent"}, {"state": "recurred"}],
            "22 mm, absent on day 60, present again on day 90",
            "22 mm, absent, then recurred",
        ),
        (
            {"state": "present"},
            [{"state": "absent"}, {"value": "large"}],
            "present, absent on day 60, large on day 90",
            "present, absent, then large",
        ),
        (
            {"value": "22", "unit": "mm"},
            [{"value": "9", "unit": "mm"}, {"state": "absent"}],
            "22 mm, then absent",
            "22 mm to absent (resolved)",
        ),
    ],
)
def test_a_finding_that_went_and_came_back_has_its_whole_course(analysis_of, first, later, course, change):
    rows = (_seen("pericardial_effusion", start, **cells) for start, cells in zip(("60 d", "90 d"), later, strict=True))
    analysis = analysis_of(_seen("pericardial_effusion", "-1 d", **first), *rows)
    (answer,) = _answers(analysis)["Did the pericardial effusion resolve?"]
    assert answer.startswith(f"recorded: {course}; ")
    assert _change(analysis) == change


def test_what_is_unchanged_changed_by_nothing_that_is_missing(analysis_of):
    analysis = analysis_of(_seen("ck", "-1 d", "900", "U/L"), _seen("ck", "30 d", state="unchanged"))
    assert _change(analysis) == "unchanged (in words only)"


def test_a_rule_that_an_earlier_visit_met_is_not_hidden_by_a_last_one_outside_its_window(analysis_of):
    # 20 to 10: 10 points and 50 % at a year, more than 5 and 25 %. To 16: 4 points, 20 %, and 18 months are too late.
    values = (("-1 d", "20"), ("365 d", "10"), ("540 d", "16"))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in values)))
    (answer,) = answers["Regression of skin fibrosis (EUSTAR 2024)?"]
    assert answer.startswith("outside the window (") and answer.endswith("; met with 10 points on day 365")
    (fall,) = answers["Fall of at least 40 % as counted in faSScinate?"]
    assert fall == "no: −4 points (−20.0 %); met with 10 points on day 365"
    # 16 at a year is within the window, and too little: 4 points.
    values = (("-1 d", "20"), ("365 d", "16"), ("540 d", "10"))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in values)))
    (answer,) = answers["Regression of skin fibrosis (EUSTAR 2024)?"]
    assert answer.endswith("; not met with 16 points on day 365")


@pytest.mark.product
def test_the_values_of_one_question_share_a_line(analysis_of):
    analysis = analysis_of(
        _seen("pericardial_effusion", "-1 d", "30", "mm"), _seen("pericardial_effusion", "30 d", "9", "mm")
    )
    # Large is above 20 mm by one size and at least 10 mm by the other.
    assert _answers(analysis)["Was the pericardial effusion large, by its size?"] == [
        "30 mm: yes, by both definitions; 9 mm: no, by both definitions"
    ]
    limits = [_seen("ck", start, value, "U/L", high="180") for start, value in (("-1 d", "900"), ("20 d", "160"))]
    (answer,) = _answers(analysis_of(*limits))["Was CK raised?"]
    assert answer.startswith("900 U/L: yes, by both definitions; 160 U/L: ")


@pytest.mark.product
def test_one_value_is_no_later_one(analysis_of):
    analysis = analysis_of(_seen("pericardial_effusion", "-1 d", ">10", "mm"))
    (answer,) = _answers(analysis)["Was the pericardial effusion large, by its size?"]
    assert "met if the value is above 20 mm" in answer


@pytest.mark.product
def test_a_rise_before_the_baseline_has_its_answers(analysis_of):
    # 32 - 20 = +12 over 12 months before the baseline; then -2.
    times = (("-12 mo", "20"), ("-1 d", "32"), ("12 mo", "30"))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in times)))
    question = "Did mRSS worsen from its first value to the baseline, by the rules for progression?"
    assert answers[question] == ["yes, by all 4 definitions"]


_RISE = "largest rise in mRSS from its lowest value so far"


@pytest.mark.parametrize(
    ("values", "error", "progression"),
    [
        # 28 - 15 = 13 points: more than 12.8 and less than 15.0; to the last value it is 17 - 15 = 2.
        (
            (("-1 d", "24"), ("6 mo", "15"), ("7 mo", "28"), ("12 mo", "17")),
            [
                "yes, for one examiner (6.8 points), one examiner after teaching (8.0 points) or two examiners "
                "(12.8 points); no, for examiners in training (15.0 points); who scored is not reported"
            ],
            None,
        ),
        # From 15 to 28 over 12 months; up to the last value the part after the turn says the same of the error.
        ((("-1 d", "24"), ("6 mo", "15"), ("18 mo", "28")), None, ["yes, by all 4 definitions"]),
        # 20 - 15 = 5 points are no more than measurement error, and the time is no year.
        ((("-1 d", "24"), ("6 mo", "15"), ("8 mo", "20"), ("12 mo", "17")), None, None),
    ],
)
@pytest.mark.product
def test_a_relapse_between_has_its_answer(analysis_of, values, error, progression):
    analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in values))
    answers = _answers(analysis)
    assert answers.get(f"Is the {_RISE} beyond the smallest detectable change?") == error
    assert answers.get(f"Is the {_RISE} one by the rules for progression?") == progression
    rests = summarise_answers(analysis).frame.set_index("Question")["Rests on"].to_dict()
    for question in answers:
        if _RISE in question:
            assert rests[question] == f"15, then 28 points at {values[2][0].split()[0]} months"


@pytest.mark.product
def test_a_score_of_whole_numbers_has_a_whole_number_that_decides(analysis_of):
    # 32 + 1.96 x sqrt(2) x 5.4 = 46.97: the first whole score above it is 47.
    analysis = analysis_of(_seen("mrss", "-1 d", "32", "points"), _seen("mrss", "12 mo", "40..51", "points"))
    cells = summarise_verdicts(analysis, "mrss").frame.set_index("rule")["what would decide it"]
    assert cells["Beyond the smallest detectable change, examiners in training"] == (
        "met if the later value is at least 47 points"
    )
    # Of a threshold that was not read nothing is known.
    assert cells["Skin item of the revised CRISS"] == ""
    # The answers, the sentences below them and the text say the same.
    texts = [_answers(analysis), summarise_judged(analysis), told_paragraphs(analysis)]
    ends = [re.findall(r"met if the later value is (.+?) points", repr(text)) for text in texts]
    assert all("at least 47" in numbers for numbers in ends), ends
    assert not [number for numbers in ends for number in numbers if "." in number]


@pytest.mark.parametrize(
    ("laboratories", "cells"),
    [
        # 1.1 mg/dL are 97 umol/L, above 90.
        (("", ""), ["80 μmol/L", "1.1 mg/dL (high)"]),
        (("laboratory A", "laboratory A"), ["80 μmol/L", "1.1 mg/dL (high)"]),
        (("laboratory A", "laboratory B"), ["80 μmol/L (up to 90)ᵇ", "1.1 mg/dL"]),
    ],
)
def test_a_limit_of_one_laboratory_flags_no_value_of_another(analysis_of, laboratories, cells):
    first, second = laboratories
    analysis = analysis_of(
        _seen("creatinine", "-3 d", "80", "umol/L", high="90", by=first),
        _seen("creatinine", "30 d", "1.1", "mg/dL", by=second),
    )
    assert [str(cell) for cell in summarise_visits(analysis).frame.iloc[0]][1:-1] == cells


def test_a_change_in_words_begins_at_the_first_record_that_is_known(analysis_of):
    states = (("-1 d", "unknown"), ("20 d", "present"), ("30 d", "absent"))
    analysis = analysis_of(*(_seen("pericardial_effusion", start, state=state) for start, state in states))
    notes = summarise_visits(analysis).notes
    assert "Change of what is told in words: from the first to the last known record." in notes


@pytest.mark.product
def test_a_change_of_one_point_is_one_point(analysis_of):
    # 20, 19 and 18: -1 and -1, in all -2.
    values = (("-1 d", "20"), ("10 d", "19"), ("20 d", "18"))
    analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in values))
    words = "\n".join(map(str, course_sentences(analysis, "mrss")))
    assert "-1 point (-5.0 %)" in words and "-1 point since the value before (19 points)" in words
    shorter = analysis_of(*(_seen("mrss", start, value, "points") for start, value in values[:2]))
    assert _change(shorter) == "−1 (−5.0 %)"


@pytest.mark.parametrize(
    ("values", "lowest", "highest", "cell"),
    first_in_gate(
        2,
        [
            # What is below 0.3 is below 0.3: 2.1 - 0.3 = 1.8, and 1.8 of 2.1 are 85.71 %.
            (
                ("2.1", "0.9", "0.3", "<0.3", "3.2", "0.7"),
                "a lowest value of <0.3 g/g on day 90",
                "a highest value of 3.2 g/g on day 120",
                "lowest: fall of more than 1.8 (>85.7 %); highest: +1.1 (+52.4 %); last: −1.4 (−66.7 %)",
            ),
            # Below 0.3 may be 0.25 or 0.1: which of the two is the lower is open.
            (
                ("2.1", "0.2", "<0.3", "3.2", "0.7"),
                "a lowest value of 0.2 g/g on day 30 or <0.3 g/g on day 60",
                "a highest value of 3.2 g/g on day 90",
                "lowest: fall of 1.9 or more (≥90.4 %); highest: +1.1 (+52.4 %); last: −1.4 (−66.7 %)",
            ),
            # Above 3.2 is higher than 3.2, and 1.1 of 2.1 are 52.38 %; two values below 0.3 are told as they are
            # printed, once.
            (
                ("2.1", "<0.3", "3.2", ">3.2", "<0.3", "0.7"),
                "a lowest value of <0.3 g/g on day 30 or on day 120",
                "a highest value of >3.2 g/g on day 90",
                "lowest: fall of more than 1.8 (>85.7 %); highest: rise of more than 1.1 (>52.3 %); "
                "last: −1.4 (−66.7 %)",
            ),
            # Of equal values the earliest is told.
            (
                ("2.1", "0.3", "0.3", "3.2", ">3", "0.7"),
                "a lowest value of 0.3 g/g on day 30",
                "a highest value of 3.2 g/g on day 90 or >3 g/g on day 120",
                "lowest: −1.8 (−85.7 %); highest: rise of 1.1 or more (≥52.3 %); last: −1.4 (−66.7 %)",
            ),
        ],
    ),
)
def test_which_value_is_the_lowest_is_told_only_where_the_bounds_say_so(analysis_of, values, lowest, highest, cell):
    rows = [_seen("upcr", f"{30 * place} d", value, "g/g") for place, value in enumerate(values)]
    analysis = analysis_of(*rows)
    assert f"with {lowest} and {highest} in between." in _results(analysis)
    assert _change(analysis) == cell


@pytest.mark.parametrize(
    ("values", "words", "cell"),
    first_in_gate(
        1,
        [
            # 1000 - 90 = 910: no more than 90, whichever of 90, <100 and normal (up to 170) is the lowest.
            (
                ("ck", "U/L", "170", "1000", "<100", "90", "normal", "500", "200"),
                "",
                "lowest: fall of 910 or more (≥91.0 %); last: −800 (−80.0 %)",
            ),
            # 100 or more: above 60 and raised may each be higher. 100 - 80 = 20, of 80 25 %.
            (
                ("crp", "mg/L", "5", "80", ">60", "100", "raised", "20"),
                "",
                "highest: rise of 20 or more (≥25.0 %); last: −60 (−75.0 %)",
            ),
            # What is raised, above 5, may be above 100 as well.
            (
                ("crp", "mg/L", "5", "80", "100", "raised", "<20"),
                ", with a highest value of at least 100 mg/L in between.",
                "highest: rise of 20 or more (≥25.0 %); last: fall of more than 60 (>75.0 %)",
            ),
            # Above 300 is below 450 or above 900, or neither.
            (
                ("ck", "U/L", "170", "500", "<450", "900", ">300", "450"),
                ", with a lowest value below 450 U/L and a highest value of at least 900 U/L in between.",
                "lowest: fall of more than 50 (>10.0 %); highest: rise of 400 or more (≥80.0 %); last: −50 (−10.0 %)",
            ),
        ],
    ),
)
def test_of_several_values_that_may_be_the_lowest_one_bound_is_told(analysis_of, values, words, cell):
    code, unit, high, *values = values
    in_words = ("normal", "raised")
    rows = [
        _seen(code, f"{30 * place} d", "", unit, value, high)
        if value in in_words
        else _seen(code, f"{30 * place} d", value, unit, "", high)
        for place, value in enumerate(values)
    ]
    analysis = analysis_of(*rows)
    assert _change(analysis) == cell
    assert words in _results(analysis)


def test_a_change_to_each_value_that_may_be_the_last_is_told(analysis_of):
    # -8 of 30 are 26.7 %, -10 are 33.3 %: the record of 5 to 9 months may be before or after the other.
    seen = (("0 d", "30"), ("6 mo", "22"), ("5..9 mo", "20"))
    analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in seen))
    assert _change(analysis) == "−8 (−26.7 %) or −10 (−33.3 %); which value is the last is open"


def test_the_lowest_value_before_each_that_may_be_the_last_is_told(analysis_of):
    # To 12 of 30 it fell by 18 (60.0 %), and to 27 or 26 by 3 (10.0 %) or 4 (13.3 %).
    seen = (("0 d", "30"), ("3 mo", "12"), ("6 mo", "26"), ("5..9 mo", "27"))
    analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in seen))
    words = "lowest: −18 (−60.0 %); last: −4 (−13.3 %) or −3 (−10.0 %); which value is the last is open"
    assert _change(analysis) == words
    # The limits are 6.8 to 15.0 points.
    answers = _answers(analysis)
    (lowest,) = answers["Is the change in mRSS to its lowest value beyond the smallest detectable change?"]
    (last,) = answers["Is the change in mRSS to its last value beyond the smallest detectable change?"]
    assert lowest.startswith("yes, for one examiner (6.8 points), ") and "no, for" not in lowest
    assert last.startswith("no, for one examiner (6.8 points), ") and "yes" not in last


def test_a_change_to_a_lowest_value_that_is_open_has_its_answer(analysis_of):
    # To 18 or below 20, whichever is the lower, 30 fell by 12 or more: beyond the 6.8 and 8.0 points of one examiner;
    # beyond 12.8 from 17 points down, and beyond 15.0 (30 - 14.97 = 15.03) from 15 down.
    values = (("-1 d", "30"), ("6 mo", "<20"), ("12 mo", "18"), ("18 mo", "25"))
    analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in values))
    rows = summarise_answers(analysis).frame.set_index("Question")
    to_lowest = rows.loc["Is the change in mRSS to its lowest value beyond the smallest detectable change?"]
    assert to_lowest["Rests on"] == "30, then <20 or 18 points"
    assert to_lowest["Answer"].startswith("yes, for one examiner (6.8 points) or one examiner after teaching (8.0")
    assert "at most 17 points" in to_lowest["Answer"] and "at most 15 points" in to_lowest["Answer"]
    to_last = rows.loc["Is the change in mRSS to its last value beyond the smallest detectable change?", "Answer"]
    assert to_last.startswith("no, for one examiner (6.8 points)")


def test_a_change_to_a_lowest_value_that_is_open_between_examiners_has_no_answer(analysis_of):
    # By the same examiner as at the baseline, or by another: a limit of either is not that of both.
    values = (("-1 d", "30", "A"), ("6 mo", "<20", "A"), ("12 mo", "18", "B"), ("18 mo", "25", "A"))
    analysis = analysis_of(*(_seen("mrss", start, value, "points", by=by) for start, value, by in values))
    assert [question for question in _answers(analysis) if "beyond" in question] == [
        "Is the change in mRSS beyond the smallest detectable change?"
    ]


def test_rules_that_agree_on_each_value_that_may_be_the_last_are_answered(analysis_of):
    # 30 - 20 = 10 (33.3 %) and 30 - 18 = 12 (40.0 %): of a fall of 40 % one is and one is not.
    answers = []
    for later in ((("11..13 mo", "20"), ("~12 mo", "18")), (("~12 mo", "18"), ("11..13 mo", "20"))):
        values = (("-1 d", "30"), *later)
        analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in values))
        rows = summarise_answers(analysis).frame.set_index("Question")
        answers.append(rows.to_numpy().tolist())
        twenty = rows.loc["Fall of at least 20 % as counted in faSScinate?"]
        assert twenty["Answer"] == "yes: −12 points (−40.0 %) or −10 points (−33.3 %)"
        assert twenty["Rests on"] == "30, then 18 or 20 points"
        assert rows.loc["Fall of at least 40 % as counted in faSScinate?", "Answer"] == (
            "cannot be determined (which value is the last is open); 18 points: yes, −12 points (−40.0 %); "
            "20 points: no, −10 points (−33.3 %)"
        )
        (point,) = open_last_sentences(analysis)
        open_ = "which value is the last is open"
        assert point.startswith(f"Modified Rodnan skin score: {open_} (") and "18 points at about 12 months" in point
        assert _change(analysis) == f"−12 (−40.0 %) or −10 (−33.3 %); {open_}"
    assert answers[0] == answers[1]


def test_rules_that_are_open_on_each_value_that_may_be_the_last_are_not_left_out(analysis_of):
    # 30 - 20 = 10 and 30 - 26 = 4 points: one examiner has limits of 6.8 and 8.0, two 12.8, those in training 15.0.
    seen = (("-1 d", "30"), ("9..15 mo", "20"), ("~12 mo", "26"))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in seen)))
    ((error,),) = (answers[key] for key in answers if "smallest detectable change" in key)
    assert error == (
        "which value is the last is open; 20 points: yes, for one examiner (6.8 points) or one examiner after teaching "
        "(8.0 points); no, for two examiners (12.8 points) or examiners in training (15.0 points); 26 points: no, for "
        "one examiner (6.8 points), one examiner after teaching (8.0 points), two examiners (12.8 points) or examiners "
        "in training (15.0 points); who scored is not reported"
    )
    ((important,),) = (answers[key] for key in answers if "clinically important" in key)
    assert "20 points: larger than" in important and "26 points: " in important
    assert any("EUSTAR 2016" in key for key in answers)
    # The analytical variation decides, and no source tells it: whichever of the two is the last.
    seen = (("-1 d", "900"), ("9..15 mo", "180"), ("~12 mo", "120"))
    answers = _answers(analysis_of(*(_seen("ck", start, value, "U/L") for start, value in seen)))
    ((variation,),) = (answers[key] for key in answers if "day-to-day variation" in key)
    for value in (120, 180):
        assert f"{value} U/L: reference change value of CK, CV 14.5 % (EuBIVAS): cannot be determined (" in variation


def test_a_worsening_by_one_of_two_values_that_may_be_the_last_is_not_left_out(analysis_of):
    # From 10 points to 20 it worsened, and to 9 it did not.
    seen = (("-1 d", "10"), ("11..13 mo", "20"), ("~12 mo", "9"))
    answers = _answers(analysis_of(*(_seen("mrss", start, value, "points") for start, value in seen)))
    (answer,) = answers["Did mRSS worsen, by the rules for progression?"]
    assert answer.startswith("cannot be determined (which value is the last is open); 9 points: no, ")
    assert "; 20 points: yes, " in answer


def test_the_course_of_an_effusion_to_each_value_that_may_be_the_last_is_one_sentence(analysis_of):
    seen = (("-1 d", "25"), ("9..15 mo", "8"), ("~12 mo", "15"))
    answers = _answers(analysis_of(*(_seen("pericardial_effusion", start, value, "mm") for start, value in seen)))
    (answer,) = answers["Did the pericardial effusion resolve?"]
    assert answer.startswith("recorded: 25 mm, then 8 or 15 mm; drainage not mentioned") and answer.count("25") == 1


def test_values_that_may_be_the_baseline_are_named_in_one_order_and_each_is_marked(analysis_of):
    early = (("-6 mo", "30"), ("<0 d", "18"))
    for values in (early, early[::-1]):
        analysis = analysis_of(*(_seen("mrss", start, value, "points") for start, value in (*values, ("6 mo", "12"))))
        assert {*summarise_answers(analysis).frame["Rests on"]} == {"18 or 30, then 12 points"}
        table = summarise_visits(analysis)
        cells = [str(cell) for cell in table.frame.iloc[0]][1:-1]
        assert {"30ᵃ", "18ᵃ", "12"} == {*cells}
        assert any(note.startswith("ᵃ May be the baseline, as their order is open: last value") for note in table.notes)


def test_a_cell_without_a_change_says_why_where_no_other_cell_does(analysis_of):
    # More than 20 may be more or less than 30: of one of the two that may be the last no change is known.
    muscle = (("-1 d", "30"), ("11..13 mo", "20"), ("~12 mo", ">20"))
    heart = (("6 mo", "38"), ("12 mo", "55"))
    rows = [_seen("ck", start, value, "U/L") for start, value in muscle]
    rows += [_seen("lvef", start, value, "%") for start, value in heart]
    # A measure with a change keeps the column.
    rows += [_seen("crp", "-1 d", "90", "mg/L"), _seen("crp", "12 mo", "30", "mg/L")]
    changes = summarise_visits(analysis_of(*rows)).frame["Change"].tolist()
    assert "cannot be given (which value is the last is open)" in changes
    assert "cannot be given (no baseline)" in changes


def test_an_effusion_that_came_back_with_a_size_has_its_course(analysis_of):
    course = (("-1 d", "25", ""), ("12 d", "", "absent"), ("60 d", "10", ""), ("90 d", "", "absent"))
    rows = [_seen("pericardial_effusion", start, value, "mm" if value else "", state) for start, value, state in course]
    assert _change(analysis_of(*rows)) == "25 mm, absent, 10 mm, then absent"


def test_what_words_tell_after_the_last_number_is_told_with_the_change(analysis_of):
    values = (("-1 d", "90", ""), ("28 d", "40", ""), ("84 d", "", "normal"))
    analysis = analysis_of(
        *(_seen("crp", start, value, "mg/L" if value else "", state) for start, value, state in values)
    )
    # 90 - 40 = 50, of 90 55.6 %.
    assert "CRP fell from 90 to 40 mg/L (55.6 %; then normal)." in _results(analysis)
    assert _change(analysis) == "−50 (−55.6 %), then normal"


@pytest.mark.parametrize(
    ("values", "words"),
    [
        # Above 2000 is at least 9 times 210; 250 is not twice 210.
        (("38400", "210", ">2000", "96"), ", having risen from 210 to >2000 ng/mL on day 60 in between."),
        (("38400", "210", "250", "96"), "from 38400 to 96 ng/mL (99.8 %)."),
        (("900", "<30", "100", "20"), ", having risen from <30 to 100 ng/mL on day 60 in between."),
        # What is above 200 may be no more than 210.
        (("38400", "210", ">200", "96"), "from 38400 to 96 ng/mL (99.8 %)."),
        # 4000 to 1000 is a fall to a quarter.
        (("100", "4000", "1000", "9000"), ", having fallen from 4000 to 1000 ng/mL on day 60 in between."),
    ],
)
def test_a_relapse_within_the_bounds_of_a_change_is_told_with_it(analysis_of, values, words):
    rows = [_seen("ferritin", f"{30 * place} d", value, "ng/mL") for place, value in enumerate(values)]
    assert _results(analysis_of(*rows)).endswith(words)


def test_a_change_that_one_examiner_measured_is_held_against_no_error_between_two(make_case):
    scores = (_seen("mrss", start, value, "points", by="Dr A") for start, value in (("0 d", "30"), ("90 d", "20")))
    analysis = analyse(make_case(*scores, header=_HEADER, about="analysis: {baseline: first}\ndiagnosis:"))
    # 30 - 20 = 10: beyond 1.96 x sqrt(2) x 2.45 = 6.8, of one examiner.
    words = _results(analysis)
    assert "6.8 points" in words and "12.8" not in words and "trainees" not in words
    verdicts = analysis.verdicts.set_index("RULE")["VERDICT"]
    assert verdicts["sdc_one_examiner"] == "cannot be determined"
    assert verdicts["sdc_two_examiners"] == verdicts["sdc_training"] == "not applicable"


# The outcome at 2 weeks is none after a relapse at 12 months: each change has its own times.
@pytest.mark.parametrize(
    ("rows", "words"),
    first_in_gate(
        1,
        [
            (
                (
                    *(_seen("crp", start, value, "mg/L") for start, value in (("-1 d", "80"), ("2 wk", "5"))),
                    *(_seen("esr", start, value, "mm/h") for start, value in (("-1 d", "90"), ("24 mo", "70"))),
                ),
                "From 1 day before admission to 2 weeks after it, CRP fell from 80 to 5 mg/L (93.8 %). "
                "From 1 day before admission to 24 months after it, ESR fell from 90 to 70 mm/h (22.2 %).",
            ),
            # Two that fell have one verb and one `and`; the third has its own behind a comma.
            (
                (
                    *(_seen("crp", start, value, "mg/L") for start, value in (("-1 d", "80"), ("20 d", "5"))),
                    *(_seen("alt", start, value, "U/L") for start, value in (("-1 d", "80"), ("20 d", "60"))),
                    *(_seen("c3", start, value, "g/L") for start, value in (("-1 d", "0.5"), ("20 d", "1.0"))),
                ),
                "From 1 day before admission to day 20, ALT fell from 80 to 60 U/L (25.0 %) and CRP from 80 to 5 mg/L "
                "(93.8 %), and complement C3 rose from 0.5 to 1.0 g/L (100.0 %).",
            ),
            # Of two phases without a time the order alone is known, and the last values are of two of them.
            (
                [
                    _seen(code, "", value, unit).replace("a,,", f"a,{phase},", 1)
                    for phase, code, value, unit in (
                        ("1", "crp", "80", "mg/L"),
                        ("1", "esr", "90", "mm/h"),
                        ("2", "crp", "5", "mg/L"),
                        ("3", "esr", "70", "mm/h"),
                    )
                ],
                "CRP fell from 80 to 5 mg/L (93.8 %). ESR fell from 90 to 70 mm/h (22.2 %).",
            ),
        ],
    ),
)
def test_changes_are_told_together_only_where_they_have_the_same_times(make_case, rows, words):
    about = "time_zero: {label: admission}\nanalysis: {baseline: first}"
    assert _results(analyse(make_case(*rows, header=_HEADER, about=about))).endswith(words)


def test_results_tell_by_how_many_points_an_approximate_percentage_changed(analysis_of):
    # About 60 is 55 to 65: 10 to 20 more than 45.
    about = analysis_of(_seen("lvef", "-22 d", "45", "%"), _seen("lvef", "26 d", "~60", "%"))
    assert "rose from 45 to about 60 % (10–20 percentage points)" in _results(about)


def test_values_of_an_answer_are_in_the_order_of_time(analysis_of):
    falling = analysis_of(
        _seen("ck", "56 d", "900", "U/L"), _seen("ck", "26 d", "5000", "U/L"), _seen("ck", "-22 d", "8000", "U/L")
    )
    rests = [str(rests) for rests in summarise_answers(falling).frame["Rests on"]]
    assert "8000, 5000 and 900 U/L" in rests


def test_a_number_of_things_has_its_article_in_a_change(analysis_of):
    ulcers = [_seen("digital_ulcer_count", day, count) for day, count in (("-22 d", "2"), ("26 d", "0"))]
    assert " to day 26, the number of digital ulcers fell from 2 to 0" in _results(analysis_of(*ulcers))
