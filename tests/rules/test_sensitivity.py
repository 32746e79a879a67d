"""Which rows carry the result: against the verdicts of the case without the row, and of the case with another value."""

import dataclasses

import pytest
from conftest import CASES, ROOT, in_gate

from casetimeline.case import read_case, without_rows
from casetimeline.derive import derive_changes
from casetimeline.prose import summarise_carriers
from casetimeline.rules import analyse, derive_turns, is_needless, sensitivity

pytestmark = pytest.mark.product


def answers(case) -> tuple[dict, dict]:
    """The verdict of each rule on each record, and the result of each claim."""
    analysis = analyse(case)
    verdicts = analysis.verdicts
    judging = verdicts["VERDICT"].ne("not applicable") & verdicts["WHY"].ne("the threshold was not read")
    shown = verdicts[~is_needless(verdicts) & judging]
    verdicts = {(row.line, row.RULE): row.VERDICT for row in shown.itertuples()}
    return verdicts, dict(zip(analysis.claims["CLAIM"], analysis.claims["RESULT"], strict=True))


@pytest.mark.parametrize("case_id", in_gate("ujkz10974", of=CASES))
def test_without_a_row_the_counted_results_are_others_and_no_more(case_id):
    case = read_case(ROOT / "data", case_id)
    before = answers(case)
    for row in sensitivity(case).itertuples():
        if row.REFUSED:
            assert case.facts.set_index("line")["code"][row.line] == case.reference
            continue
        after = answers(without_rows(case, [row.line]))
        lost = [key for key, verdict in before[0].items() if after[0].get(key) != verdict]
        assert len(lost) == row.VERDICTS, row.line
        assert tuple(number for number, result in before[1].items() if after[1][number] != result) == row.CLAIMS


def size_at(case, line: int, value: float, judged: int, rule: str) -> str:
    """The answer of a rule to its question of size, had a row another value."""
    is_row = case.facts["line"] == line
    facts = case.facts.assign(**{name: case.facts[name].mask(is_row, value) for name in ("AVAL", "AVALLO", "AVALHI")})
    verdicts = analyse(case, derive_changes(facts, case.baseline_rule, case.reference)).verdicts
    return verdicts[(verdicts["line"] == judged) & (verdicts["RULE"] == rule)]["SIZE"].item()


@pytest.mark.parametrize("case_id", in_gate("fu-2025", of=("fu-2025", "ferreira2017")))
def test_a_rule_answers_otherwise_just_beyond_the_turn_and_not_before(case_id):
    analysis = analyse(ROOT / "data" / case_id)
    case, changes = analysis.case, analysis.changes
    turns = derive_turns(analysis.verdicts, changes, case.rules)
    assert len(turns) and {"value", "baseline"} >= {*turns["OPEN"]}
    recorded = analysis.verdicts.set_index(["line", "RULE"])["SIZE"]
    for turn in turns.iloc[::4].itertuples():
        records = changes[(changes["code"] == changes.set_index("line")["code"][turn.line]) & changes["LOC"].eq("")]
        line = turn.line if turn.OPEN == "value" else records.loc[records["ABLFL"] == "Y", "line"].item()
        step = 0.001 if turn.TURNSAT > turn.FROM else -0.001
        said = recorded[turn.line, turn.RULE]
        assert size_at(case, line, turn.TURNSAT - step, turn.line, turn.RULE) == said, turn
        assert size_at(case, line, turn.TURNSAT + step, turn.line, turn.RULE) != said, turn
        # An end that no decimal number is, such as 18.333..., is rounded: at it no rule can be asked.
        if round(turn.TURNSAT, 3) == turn.TURNSAT:
            assert (size_at(case, line, turn.TURNSAT, turn.line, turn.RULE) == said) == turn.TURNSX, turn


def test_the_rows_that_carry_the_index_case():
    """By hand: 1.96 x √2 x 5.4 is 14.97; 46 less that is 31.03, and 32 with it 46.97. A skin score is whole."""
    table = summarise_carriers(ROOT / "data/fu-2025")
    rows = table.frame.set_index("line")
    assert rows["without it"]["11"].startswith("no report could be made: it is the reference treatment")
    assert rows["without it"]["2"] == "11 of 15 verdicts; claims 1, 7; the deduced subset"
    assert rows["nearest other answer"]["15"] == (
        "31 points or less: Beyond the smallest detectable change, examiners in training"
    )
    assert rows["nearest other answer"]["2"] == (
        "47 points or more: Beyond the smallest detectable change, examiners in training"
    )
    # What sets the baseline is no treatment in each case, and a phase may have its name.
    lost = summarise_carriers(ROOT / "data/shm-ssc-47f").frame.set_index("row")["without it"]
    assert lost["Pericardiocentesis"].startswith("no report could be made: it is the reference procedure")
    assert table.notes[0].startswith("Nearest other answer: the value of this row")
    assert table.notes[1:] == (
        "No verdict and no claim depends on any one of the other 7 rows.",
        "Not counted: 9 verdicts of rules that were made for other patients.",
        "Not counted: 1 verdict of a rule whose threshold was not read.",
        "Not counted: 4 verdicts of rules for progression, on a value that did not rise.",
    )


@pytest.mark.parametrize(
    ("before", "after", "values", "baselines"),
    [
        # 2.77 x 2.45 is 6.79, and 2.77 x 5.4 is 14.97: a fall of 14 is beyond the first and within the second.
        ("46", "32", (39.21, 31.03), (38.79, 46.97)),
        # A rise of 7 lies on the other side of each.
        ("20", "27", (26.79, 34.97), (20.21, 12.03)),
    ],
)
def test_measurement_error_turns_by_either_score(make_case, observe, before, after, values, baselines):
    analysis = analyse(make_case(observe(value=before), observe("2", value=after), about="analysis: {baseline: first}"))
    turns = derive_turns(analysis.verdicts, analysis.changes, analysis.case.rules).set_index(["RULE", "OPEN"])
    for quantity, expected in (("value", values), ("baseline", baselines)):
        ends = [turns["TURNSAT"][rule, quantity] for rule in ("sdc_one_examiner", "sdc_training")]
        assert tuple(round(end, 2) for end in ends) == expected
    # At the end itself a change is not larger than the error: only there does the first one turn.
    assert turns["TURNSX"][["sdc_one_examiner"]].eq(False).all() and turns["TURNSX"][["sdc_training"]].all()


def test_no_turn_lies_off_the_scale(make_case, observe):
    """From 40 to 38: 38 and 14.97 are 52.97, beyond the 51 points of the scale; 40 less it is 25.03."""
    case = make_case(observe(value="40"), observe("2", value="38"), about="analysis: {baseline: first}")
    rules = case.rules[case.rules["rule"] == "sdc_training"]
    table = sensitivity(dataclasses.replace(case, rules=rules)).set_index("line")
    assert table["TURNS"][2] == "" and round(table["TURNSAT"][3], 2) == 25.03


def test_bounds_that_leave_a_verdict_open_are_counted(make_case, observe):
    """A fall from 46 to about 42 may be of 5 points or not: 5 are asked for in diffuse disease."""
    about = "analysis: {baseline: first}\ndiagnosis: diffuse systemic sclerosis"
    case = make_case(observe(), observe("2", value="40..42"), about=about)
    table = sensitivity(case).set_index("line")
    assert table["OPENBY"][3] > 0 and table["OPENBY"][2] == 0 and table["TURNS"][3] == ""
