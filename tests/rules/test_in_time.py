"""Claims with a time: whether what they say came true within it, counted from the baseline."""

import pytest
from conftest import CONTRADICTED, OPEN, SUPPORTED, derive, first_in_gate

from casetimeline.faults import TimelineError
from casetimeline.rules.claims import evaluate_claims
from casetimeline.rules.rules import evaluate_rules


@pytest.fixture
def judged(make_case, observe):
    """Result, why and lines of one claim on values of CK, each with its start."""

    def of(claim, *values, measure="ck", unit="U/L"):
        rows = [observe(str(n), measure, value, unit, start=start) for n, (start, value) in enumerate(values, 1)]
        words = ", ".join(f'{key}: "{value}"' for key, value in {"says": "x", "measure": measure, **claim}.items())
        case = make_case(*rows, about=f"analysis: {{baseline: first}}\nclaims: [{{{words}}}]")
        changes = derive(case)
        table = evaluate_claims(case, changes, evaluate_rules(changes, case.rules, case.cva))
        return table.iloc[0][["RESULT", "WHY", "LINES"]].tolist()

    return of


@pytest.mark.parametrize(
    "typed", first_in_gate(2, ["4 wk", "4 weeks", "within 4 weeks", "in 4 weeks", "up to 4 weeks", "<=4 wk", "≤ 4 wk"])
)
@pytest.mark.parametrize(
    ("start", "expected"), [("4 wk", SUPPORTED), ("28 d", SUPPORTED), ("30 d", OPEN), ("32 d", OPEN)]
)
def test_one_limit_in_two_spellings_has_one_answer(judged, typed, start, expected):
    # 4 weeks are 28 days, and as a whole number of weeks at most 31.5: day 30 may be in time, day 32 is not.
    result, why, _ = judged({"test": "falls", "within": typed}, ("0 d", "900"), (start, "400"))
    assert result == expected and ("no record within" in why) == (start == "32 d")


@pytest.mark.parametrize(
    ("typed", "start", "expected"),
    [
        ("less than 4 weeks", "27 d", "within 27 days"),
        ("less than 4 weeks", "28 d", "whether 28 days are within less than 4 weeks is open"),
        ("less than 4 weeks", "4 wk", "the time since the baseline is uncertain"),
        (
            "less than 4 weeks",
            "32 d",
            "no record within less than 4 weeks of the baseline; the first is after 32 days or more",
        ),
        # A number of days is exact: less than 28 of them is not 28.
        ("<28 d", "27 d", "within 27 days"),
        ("<28 d", "28 d", "no record within less than 28 days of the baseline; the first is after 28 days or more"),
    ],
)
def test_less_than_a_time_is_not_that_time(judged, typed, start, expected):
    claim = {"test": "falls", "within": typed}
    assert judged(claim, ("0 d", "900"), (start, "400"))[1].endswith(expected)


@pytest.mark.parametrize(
    "typed", first_in_gate(2, ["3..4 wk", "3-4 weeks", "3 to 4 weeks", "between 3 and 4 weeks", "within 3 to 4 weeks"])
)
def test_a_range_limits_a_claim_by_its_later_end(judged, typed):
    # The later end is 4 weeks: 28 days, and at most 31.5.
    for start, expected in (("25 d", "within 25 days"), ("30 d", "is open"), ("40 d", "after 40 days or more")):
        assert judged({"test": "falls", "within": typed}, ("0 d", "900"), (start, "400"))[1].endswith(expected)


@pytest.mark.parametrize(("typed", "late"), [("day 5", "6 d"), ("days 3-4", "5 d")])
def test_a_day_limits_a_claim(judged, typed, late):
    claim = {"test": "falls", "within": typed}
    assert judged(claim, ("0 d", "900"), ("3 d", "400"))[0] == SUPPORTED
    assert "no record within" in judged(claim, ("0 d", "900"), (late, "400"))[1]


@pytest.mark.parametrize(
    "typed", ["-4 wk", "4 weeks before", "0 d", ">4 wk", "over 4 weeks", "-1..4 wk", "<=0 d", "2024-03"]
)
def test_what_is_no_limit_is_refused_at_its_key(judged, typed):
    with pytest.raises(TimelineError) as caught:
        judged({"test": "falls", "within": typed}, ("0 d", "900"), ("30 d", "400"))
    assert [fault.column for fault in caught.value.faults] == ["claims: 1: within"]
    assert "from the baseline on" in str(caught.value)


def test_the_same_printed_time_is_the_reason_where_its_days_are_not(judged):
    # `4 wk` may be 31.5 days; "within 31.5 days" would read as a contradiction of `4 wk`.
    why = judged({"test": "falls", "within": "4 wk"}, ("0 d", "900"), ("4 wk", "400"))[1]
    assert why == "recorded: 900 U/L to 400 U/L, after 4 weeks, the time that is claimed"


AGAIN = [("0 d", "3200"), ("60 d", "180"), ("100 d", "400"), ("700 d", "180")]


@pytest.mark.product
def test_a_value_that_was_reached_in_time_and_again_later_was_reached_in_time(judged):
    # 3 months are 91.3 days: line 3 is in time, line 5 is not, and one record is enough.
    claim = {"test": "falls_to", "value": "180", "unit": "U/L", "within": "3 mo"}
    assert judged(claim, *AGAIN) == [SUPPORTED, "recorded: 3200 U/L to 180 U/L, within 60 days", "2, 3"]
    why = "Creatine kinase: no record within 50 days of the baseline; the first is after 60 days or more"
    assert judged({**claim, "within": "50 d"}, *AGAIN)[:2] == [OPEN, why]
    claim = {"test": "falls_to", "value": "180", "unit": "U/L"}
    assert judged(claim, *AGAIN) == [SUPPORTED, "recorded: 3200 U/L to 180 U/L", "2, 3, 5"]


@pytest.mark.product
def test_the_value_that_is_told_is_the_one_that_was_in_time(judged):
    # Below 200 at 60 and at 700 days, as two numbers.
    values = (("0 d", "3200"), ("700 d", "150"), ("60 d", "180"))
    for test, words in (("falls_to", "3200 U/L to 180 U/L"), ("has_value", "180 U/L")):
        claim = {"test": test, "value": "<200", "unit": "U/L", "within": "3 mo"}
        result, why, lines = judged(claim, *values)
        assert (result, why) == (SUPPORTED, f"recorded: {words}, within 60 days") and lines[-1] == "4"


@pytest.mark.product
def test_a_value_of_the_baseline_itself_is_in_time_and_an_earlier_one_is_not(judged, make_case, observe):
    claim = {"test": "has_value", "value": "900", "unit": "U/L", "within": "4 wk"}
    assert judged(claim, ("0 d", "900"), ("700 d", "900"))[0] == SUPPORTED
    rows = [observe("1", "ck", "900", "U/L", start="-90 d"), observe("1", "ck", "500", "U/L", start="-1 d")]
    rows.append("a,1,treatment,tocilizumab,0 d,,,,,,,8,mg/kg,chart,")
    words = ", ".join(f'{key}: "{value}"' for key, value in {"says": "x", "measure": "ck", **claim}.items())
    case = make_case(*rows, about=f"analysis: {{reference: tocilizumab}}\nclaims: [{{{words}}}]")
    changes = derive(case)
    row = evaluate_claims(case, changes, evaluate_rules(changes, case.rules, case.cva)).iloc[0]
    assert (row["RESULT"], row["WHY"]) == (OPEN, "recorded: 900 U/L, but before the baseline")


@pytest.mark.product
def test_a_rise_from_a_later_trough_is_not_contradicted_by_the_baseline(judged):
    # 0.6 stands between 1.6 and 1.3: the source may mean that rise, and the test asks of 1.6 alone.
    of = {"measure": "creatinine", "unit": "mg/dL"}
    values = (("0 d", "1.6"), ("100 d", "0.6"), ("200 d", "1.3"))
    result, why, lines = judged({"test": "rises_to", "value": "1.3"}, *values, **of)
    assert (result, lines) == (OPEN, "2, 3, 4")
    assert why == (
        "recorded: 1.6 mg/dL to 1.3 mg/dL, but line 3 has 0.6 mg/dL, from where it may have risen: "
        "the test compares with the baseline"
    )
    # A trough behind it is none that it rose from; nor is one that is higher.
    for other in (("300 d", "0.6"), ("100 d", "1.4")):
        assert judged({"test": "rises_to", "value": "1.3"}, values[0], other, values[2], **of)[0] == CONTRADICTED


def test_a_fall_from_a_later_peak_is_not_contradicted_by_the_baseline(judged):
    values = (("0 d", "900"), ("100 d", "5000"), ("200 d", "2000"))
    result, why, _ = judged({"test": "falls_to", "value": "2000"}, *values)
    assert result == OPEN and "line 3 has 5000 U/L, from where it may have fallen" in why


@pytest.mark.parametrize(
    ("test", "values", "expected"),
    first_in_gate(
        4,
        [
            # What came after the 28 days neither takes back what was seen in them nor stands for it.
            ("falls", (("14 d", "300"), ("180 d", "200")), SUPPORTED),
            ("rises", (("14 d", "1300"), ("180 d", "200")), SUPPORTED),
            # On day 14 it had not fallen, and up to day 28 it may have; at the end of that time, which is printed as 4
            # weeks and so may be day 24.5, it had not.
            ("falls", (("14 d", "900"), ("180 d", "200")), OPEN),
            ("falls", (("14 d", "300"), ("28 d", "900")), CONTRADICTED),
            ("falls", (("25 d", "900"), ("180 d", "200")), CONTRADICTED),
            ("falls", (("~6 mo", "200"),), OPEN),
            ("falls", (("14 d", "300"), ("180 d", "950")), SUPPORTED),
            ("improves", (("14 d", "300"), ("180 d", "200")), SUPPORTED),
            # The last in time decides, as without a limit the last of all.
            ("falls", (("7 d", "300"), ("26 d", "950"), ("180 d", "200")), CONTRADICTED),
            ("falls", (("7 d", "300"), ("21 d", "950"), ("180 d", "200")), OPEN),
            # Day 30 may be within `4 wk`: the answer stands where it is the same with it and without.
            ("falls", (("14 d", "300"), ("30 d", "200")), SUPPORTED),
            ("falls", (("14 d", "300"), ("30 d", "950")), OPEN),
            ("rises", (("14 d", "300"), ("30 d", "950")), OPEN),
            ("falls", (("14 d", "300"), ("", "950")), OPEN),
            # Of 100 nothing was seen up to day 28, when it was 400; later it was.
            ("falls_to 100", (("28 d", "400"), ("180 d", "100")), CONTRADICTED),
            ("falls_to 100", (("14 d", "400"), ("180 d", "100")), OPEN),
            # Day 30 may be within `4 wk`, and without it day 14 says the same.
            ("falls", (("14 d", "900"), ("30 d", "950")), CONTRADICTED),
            ("falls_to 100", (("180 d", "100"),), OPEN),
            ("has_value 100", (("180 d", "100"),), OPEN),
        ],
    ),
)
def test_a_claim_with_a_time_is_judged_by_the_last_record_that_is_in_time(judged, test, values, expected):
    name, _, value = test.partition(" ")
    claim = {"test": name, "within": "4 wk"} | ({"value": value, "unit": "U/L"} if value else {})
    assert judged(claim, ("0 d", "900"), *values)[0] == expected


@pytest.mark.parametrize(
    ("test", "days", "expected", "why"),
    [
        ("resolves", (7, 90), SUPPORTED, "recorded: large to absent, within 8 days"),
        ("is_absent", (90,), OPEN, "no record within 2 weeks of the baseline; the first is after 91 days or more"),
        ("resolves", (90,), OPEN, "no record within 2 weeks of the baseline; the first is after 91 days or more"),
    ],
)
def test_that_nobody_looked_in_time_contradicts_nothing(make_case, observe, test, days, expected, why):
    # The baseline is the day before rituximab, so day 7 is 8 days after it, and day 90 is 91.
    finding = "pericardial_effusion"
    rows = [observe("1", finding, "large", start="-1 d"), "a,2,treatment,rituximab,0 d,,,,,,,,,chart,"]
    rows += [observe(str(n), finding, "", state="absent", start=f"{day} d") for n, day in enumerate(days, 3)]
    claims = f"claims: [{{says: x, test: {test}, measure: {finding}, within: 2 wk}}]"
    case = make_case(*rows, about=f"analysis: {{reference: rituximab}}\n{claims}")
    changes = derive(case)
    row = evaluate_claims(case, changes, evaluate_rules(changes, case.rules, case.cva)).iloc[0]
    assert row["RESULT"] == expected and row["WHY"].endswith(why)


def test_that_a_finding_was_there_early_in_the_time_contradicts_nothing(judged):
    # Absent at 3 months: it may have been so on day 14, and on day 1 nobody could know.
    values, finding = (("0 d", "25"), ("1 d", "5"), ("90 d", "0")), {"measure": "pericardial_effusion", "unit": "mm"}
    assert judged({"test": "resolves", "within": "2 wk"}, *values, **finding)[:2] == [
        OPEN,
        "recorded: 25 mm to 5 mm, within 1 day, but nothing is recorded at or shortly before the end of the 2 weeks",
    ]
    assert judged({"test": "resolves", "within": "1 d"}, *values, **finding)[:2] == [
        CONTRADICTED,
        "recorded: 25 mm to 5 mm, within 1 day",
    ]


@pytest.mark.parametrize(
    ("first", "later", "within", "words"),
    [
        # From the third month to the twelfth are 8 to 10 months.
        ("3 mo", "12 mo", "1 a", "recorded: 900 U/L to 400 U/L, within 10 months"),
        ("0 d", "4 wk", "6 wk", "recorded: 900 U/L to 400 U/L, about 4 weeks later"),
        ("0 d", "5..9 mo", "1 a", "recorded: 900 U/L to 400 U/L, within 9 months"),
        ("0 d", "5..9 d", "4 wk", "recorded: 900 U/L to 400 U/L, within 9 days"),
        ("3 mo", "12 mo", "6 mo", "no record within 6 months of the baseline; the first is after 8 months or more"),
        # A year is no middle of 20 to 400 days, nor a month of 1 to 60, or two weeks of 8 to 22.
        ("0 d", "20..400 d", "2 wk", "the first is after 20 days or more"),
        ("0 d", "1..60 d", "9 wk", "400 U/L, within 60 days"),
        ("0 d", "8..22 d", "4 wk", "400 U/L, within 22 days"),
        ("0 d", "3..29 d", "5 wk", "400 U/L, within 29 days"),
        ("0 d", ">6 mo", "4 wk", "no record within 4 weeks of the baseline; the first is after 6 months or more"),
    ],
)
def test_a_time_between_two_printed_times_has_no_more_digits_than_they_have(judged, first, later, within, words):
    assert judged({"test": "falls", "within": within}, (first, "900"), (later, "400"))[1].endswith(words)
