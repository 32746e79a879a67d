"""Claims of a source against the recorded rows: supported, contradicted, or not checkable."""

import json

import pytest
from conftest import CONTRADICTED, OPEN, ROOT, SUPPORTED, derive, first_in_gate

from casetimeline.faults import TimelineError
from casetimeline.rules.analysis import analyse
from casetimeline.rules.claims import evaluate_claims
from casetimeline.rules.rules import evaluate_rules
from casetimeline.vocabulary import CLAIM_TESTS

DRUG = "a,2,treatment,tocilizumab,1 d,,,,,,,8,mg/kg,chart,"


def claims_of(case):
    changes = derive(case)
    return evaluate_claims(case, changes, evaluate_rules(changes, case.rules, case.cva))


def result(make_case, rows, claim):
    """Result, why and lines of one claim."""
    said = ", ".join(f'{key}: "{value}"' for key, value in {"says": "x", **claim}.items())
    about = f"analysis: {{baseline: first}}\nclaims: [{{{said}}}]"
    return claims_of(make_case(*rows, about=about)).iloc[0][["RESULT", "WHY", "LINES"]].tolist()


def test_the_claims_of_the_index_case(published):
    table = claims_of(published["fu-2025"][0]).set_index("SAYS")
    assert table["RESULT"].value_counts().to_dict() == {SUPPORTED: 9, OPEN: 8}
    assert table.loc["mRSS reduced to 32", "LINES"] == "2, 15"
    assert table.loc["pericardial effusion resolved completely", "WHY"] == "recorded: present to absent"
    adverse = table.loc["with no significant adverse events reported"]
    assert (adverse["RESULT"], adverse["LINES"]) == (OPEN, "")


def test_every_claim_of_every_case_stands_in_its_quotes(every_published):
    counted = 0
    for case in every_published:
        said = " ".join(case.facts["quote"])
        proof = ROOT / "data" / case.case_id / "proof.json"
        if proof.exists():
            # Of a text that is not here the proof has the claims that it says.
            said += " ".join(claim for one in json.loads(proof.read_text("utf-8")).values() for claim in one["claims"])
        if case.case_id == "fu-2025":
            said += (ROOT / "data/fu-2025/abstract.txt").read_text(encoding="utf-8")
        for claim in case.about.get("claims", []):
            counted += 1
            assert claim["says"] in said, (case.case_id, claim["says"])
    assert counted >= 60


@pytest.mark.parametrize(
    ("claim", "values", "expected"),
    first_in_gate(
        12,
        [
            # A value: in the interval, outside it, or cut by it.
            ({"test": "has_value", "value": "46"}, ("46", "32"), SUPPORTED),
            ({"test": "has_value", "value": "45"}, ("46", "32"), CONTRADICTED),
            ({"test": "has_value", "value": "<30"}, ("46", "20..29"), SUPPORTED),
            ({"test": "has_value", "value": "32"}, ("46", "30..35"), OPEN),
            ({"test": "has_value", "value": "32", "phase": "1"}, ("46", "32"), CONTRADICTED),
            ({"test": "falls_to", "value": "32"}, ("46", "32"), SUPPORTED),
            ({"test": "falls_to", "value": "32"}, ("20", "32"), CONTRADICTED),
            ({"test": "falls_to", "value": "33"}, ("46", "32"), CONTRADICTED),
            # The baseline's own value is no value that it fell to.
            ({"test": "falls_to", "value": "46"}, ("46", "32"), CONTRADICTED),
            ({"test": "rises_to", "value": "32"}, ("20", "32"), SUPPORTED),
            ({"test": "rises_to", "value": "32"}, ("46", "32"), CONTRADICTED),
            ({"test": "falls"}, ("46", "32"), SUPPORTED),
            ({"test": "falls"}, ("46", "46"), CONTRADICTED),
            ({"test": "falls"}, ("46", "40..50"), OPEN),
            ({"test": "falls"}, ("46", "<46"), SUPPORTED),
            ({"test": "rises"}, ("46", "47"), SUPPORTED),
            ({"test": "improves"}, ("46", "32"), SUPPORTED),
            ({"test": "worsens"}, ("46", "32"), CONTRADICTED),
            ({"test": "worsens"}, ("32", "46"), SUPPORTED),
            ({"test": "meets", "rule": "mcid_2019_dcssc"}, ("46", "32"), OPEN),
            ({"test": "meets", "rule": "mcid_2019_dcssc"}, ("46", "42"), CONTRADICTED),
            ({"test": "meets", "rule": "eustar_2024_regression"}, ("46", "32"), OPEN),
        ],
    ),
)
def test_a_claim_about_a_score(make_case, observe, claim, values, expected):
    rows = [observe(str(n), value=value) for n, value in enumerate(values, 1)]
    assert result(make_case, rows, {"measure": "mrss", **claim})[0] == expected


@pytest.mark.parametrize(
    ("test", "values", "expected"),
    first_in_gate(
        6,
        [
            ("resolves", ("large", "none"), SUPPORTED),
            ("resolves", ("large", "small"), CONTRADICTED),
            ("resolves", ("none", "none"), OPEN),
            ("resolves", ("large", "none..small"), OPEN),
            ("improves", ("large", "small"), SUPPORTED),
            ("improves", ("small", "large"), CONTRADICTED),
            ("improves", ("moderate..large", "small..moderate"), OPEN),
            ("worsens", ("small", "large"), SUPPORTED),
            ("is_present", ("none", "small"), SUPPORTED),
            ("is_present", ("none", "none"), CONTRADICTED),
            ("is_present", ("none", "none..small"), OPEN),
            ("is_absent", ("large", "none"), SUPPORTED),
            ("is_absent", ("large", "small"), CONTRADICTED),
        ],
    ),
)
def test_a_claim_about_a_grade(make_case, observe, test, values, expected):
    rows = [observe(str(n), "pericardial_effusion", value) for n, value in enumerate(values, 1)]
    assert result(make_case, rows, {"measure": "pericardial_effusion", "test": test})[0] == expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ({"value": "", "state": "normal"}, SUPPORTED),
        ({"value": "150", "limits": "30,200"}, SUPPORTED),
        ({"value": "", "state": "raised"}, CONTRADICTED),
        ({"value": "250", "limits": "30,200"}, CONTRADICTED),
        # Without limits a number is neither.
        ({"value": "150"}, OPEN),
    ],
)
def test_a_claim_that_a_measure_was_normal_rests_on_the_word_or_the_limits(make_case, observe, cells, expected):
    rows = [observe("1", "ck", "900", "U/L"), observe("2", "ck", unit="U/L" if cells["value"] else "", **cells)]
    claim = {"measure": "ck", "test": "is_normal", "phase": "2"}
    assert result(make_case, rows, claim)[0] == expected


@pytest.mark.parametrize("test", ["has_value", "falls_to", "falls", "improves", "meets"])
def test_what_is_not_recorded_cannot_be_checked(make_case, observe, test):
    claim = {"test": test, "measure": "ck", "value": "100", "rule": "ck_reference_change"}
    found, why, lines = result(make_case, [observe()], claim)
    assert found == OPEN and "Creatine kinase" in why and lines == ""


@pytest.mark.parametrize("test", ["resolves", "is_present", "is_absent"])
def test_a_finding_that_is_not_recorded_cannot_be_checked(make_case, observe, test):
    found, _, lines = result(make_case, [observe()], {"test": test, "measure": "pericardial_effusion"})
    assert found == OPEN and lines == ""


@pytest.mark.product
def test_higher_is_better_where_the_measure_says_so(make_case, observe):
    rows = [observe("1", "muscle_strength", "2", "MRC grade"), observe("2", "muscle_strength", "4", "MRC grade")]
    assert result(make_case, rows, {"measure": "muscle_strength", "test": "improves"})[0] == SUPPORTED
    assert result(make_case, rows, {"measure": "muscle_strength", "test": "worsens"})[0] == CONTRADICTED


def test_the_reason_is_told_by_the_course_and_not_by_the_lines(make_case, observe):
    finding = "pericardial_effusion"
    rows = [observe("1", finding, "large"), observe("2", finding, "", state="residual")]
    for told in (rows, rows[::-1]):
        assert result(make_case, told, {"measure": finding, "test": "is_present"})[1] == "recorded: large"
    # 0 mm before is none that could resolve; `increased` after `decreased` is more than a value that nobody knows.
    none = [observe(phase, finding, "0", "mm") for phase in "12"]
    why = result(make_case, none, {"measure": finding, "test": "resolves"})[1]
    assert why == "recorded: 0 mm to 0 mm, not present at the baseline"
    words = [observe(phase, "ck", "", state=state) for phase, state in (("2", "decreased"), ("3", "increased"))]
    why = result(make_case, [observe("1", "ck", "900", "U/L"), *words], {"measure": "ck", "test": "falls"})[1]
    assert why == "recorded: increased, in words, which does not tell how it compares with the baseline"
    # Without a number before there is nothing to compare with.
    why = result(make_case, words, {"measure": "ck", "test": "falls"})[1]
    assert why == "recorded: increased, in words; no baseline is recorded"


def test_a_claimed_value_is_converted_to_the_unit_of_the_measure(make_case, observe):
    # 10 ukat/L is 600 U/L.
    claim = {"measure": "ck", "test": "has_value", "value": "10", "unit": "ukat/L"}
    assert result(make_case, [observe("1", "ck", "600", "U/L")], claim)[0] == SUPPORTED


@pytest.mark.parametrize(
    ("start", "expected", "said"),
    [
        ("60 d", SUPPORTED, "within 60 days"),
        ("120 d", OPEN, "no record within 90 days of the baseline; the first is after 120 days or more"),
        ("3 mo", OPEN, "is uncertain"),
        ("", OPEN, "is not reported"),
    ],
)
def test_a_claim_that_needs_a_time_says_what_is_missing(make_case, observe, start, expected, said):
    rows = [observe("1", value="46", start="0 d"), observe("2", value="32", start=start)]
    claim = {"measure": "mrss", "test": "falls", "within": "90 d"}
    found, why, _ = result(make_case, rows, claim)
    assert (found, said in why) == (expected, True), why


@pytest.mark.parametrize(
    ("claim", "expected"),
    [
        ({"treatment": "tocilizumab"}, SUPPORTED),
        ({"treatment": "tocilizumab", "dose": "8.0", "dose_unit": "mg/kg"}, SUPPORTED),
        ({"treatment": "tocilizumab", "dose": "4"}, CONTRADICTED),
        ({"treatment": "tocilizumab", "dose_unit": "mg"}, CONTRADICTED),
        # No schedule is recorded.
        ({"treatment": "tocilizumab", "every": "4 wk"}, OPEN),
        ({"treatment": "rituximab"}, OPEN),
    ],
)
def test_a_claim_about_a_treatment(make_case, observe, claim, expected):
    assert result(make_case, [observe(), DRUG], {"test": "given", **claim})[0] == expected


@pytest.mark.product
def test_of_alternating_treatments_both_intervals_are_given(make_case, observe):
    both = [
        "a,2,treatment,tocilizumab,,,,,,,,8,mg/kg,chart,,every 2 wk, alternating",
        "a,2,treatment,cyclophosphamide,,,,,,,,600,mg,chart,,every 2 wk, alternating",
    ]
    header = "case_id,phase,kind,code,start,end,value,unit,ref_low,ref_high,state,dose,dose_unit,source,note,frequency"
    rows = [observe() + ",", *(row.replace("every 2 wk, alternating", '"every 2 wk, alternating"') for row in both)]
    for every, expected in (("2 wk", SUPPORTED), ("4 wk", SUPPORTED), ("3 wk", CONTRADICTED)):
        about = (
            "analysis: {baseline: first}\n"
            f'claims: [{{says: x, test: given, treatment: tocilizumab, every: "{every}"}}]'
        )
        case = make_case(*rows, header=header, about=about)
        assert claims_of(case)["RESULT"].tolist() == [expected], every


@pytest.mark.product
def test_the_last_record_decides_and_not_one_before_it(make_case, observe):
    rows = [observe("1", "ck", "900", "U/L"), observe("2", "ck", "100", "U/L"), observe("3", "ck", "500")]
    assert result(make_case, rows, {"measure": "ck", "test": "improves"})[0] == OPEN
    assert result(make_case, rows[:2], {"measure": "ck", "test": "improves"})[0] == SUPPORTED


@pytest.mark.product
def test_a_claim_with_a_unit_is_not_held_against_a_number_without_one(make_case, observe):
    claim = {"measure": "ck", "test": "has_value", "value": "500"}
    assert result(make_case, [observe("1", "ck", "500")], claim)[0] == SUPPORTED
    assert result(make_case, [observe("1", "ck", "500")], {**claim, "unit": "U/L"})[0] == OPEN


@pytest.mark.product
def test_one_record_contradicts_that_nothing_happened(make_case, observe):
    event = "a,3,event,hypotension,,,,,,,,,,chart,"
    claim = {"test": "none_happen", "events": "fever hypotension"}
    assert result(make_case, [observe()], claim)[0] == OPEN
    assert result(make_case, [observe(), event], claim) == [CONTRADICTED, "recorded: Hypotension", "3"]


def test_a_claim_without_a_measure_says_what_it_would_need(make_case, observe):
    claim = {"test": "not_measured", "needs": "a measure of function"}
    assert result(make_case, [observe()], claim) == [OPEN, "not reported: a measure of function", ""]


@pytest.mark.parametrize("article", first_in_gate(1, ["a ", "", "the "]))
def test_what_the_project_lacks_is_not_said_of_the_source(make_case, observe, article):
    claim = {"test": "no_rule", "lacks": f"{article}band of severity for the skin score"}
    assert result(make_case, [observe()], claim) == [
        OPEN,
        "no band of severity for the skin score is used here",
        "",
    ]


@pytest.mark.parametrize(
    ("claims", "key"),
    [
        ("{says: x}", "claims"),
        ("[x]", "claims: 1"),
        ("[{says: x, test: guess}]", "claims: 1: test"),
        ("[{test: falls, measure: mrss}]", "claims: 1: says"),
        ("[{says: x, test: falls}]", "claims: 1: measure"),
        ("[{says: x, test: falls, measure: mrs}]", "claims: 1: measure"),
        ("[{says: x, test: has_value, measure: mrss, value: many}]", "claims: 1: value"),
        ("[{says: x, test: has_value, measure: ck, value: 1, unit: stone}]", "claims: 1: unit"),
        ("[{says: x, test: falls, measure: mrss, within: soon}]", "claims: 1: within"),
        ("[{says: x, test: falls, measure: mrss, phase: late}]", "claims: 1: phase"),
        ("[{says: x, test: meets, measure: mrss, rule: none}]", "claims: 1: rule"),
        ("[{says: x, test: given, treatment: y, dose: much}]", "claims: 1: dose"),
        ("[{says: x, test: given, treatment: y, every: 2 fortnights}]", "claims: 1: every"),
        ("[{says: x, test: falls, measure: mrss, colour: red}]", "claims: 1"),
    ],
)
def test_a_claim_of_another_shape_is_refused(make_case, observe, claims, key):
    with pytest.raises(TimelineError) as caught:
        make_case(observe(), about=f"analysis: {{baseline: first}}\nclaims: {claims}")
    assert [fault.column for fault in caught.value.faults] == [key]


@pytest.mark.parametrize(
    ("key", "typed", "right"),
    [
        (
            "within",
            "soon",
            "a length of time such as 4 wk (h, d, wk, mo, a), from the baseline on; without one, no key",
        ),
        ("within", "3 weeks later", "a length of time such as 4 wk"),
        ("every", "prn", "a length of time such as 4 wk (h, d, wk, mo, a); without one, no key 'every'"),
        ("every", "bimonthly", "write every 2 wk or every 2 mo"),
    ],
)
def test_a_claim_is_not_advised_about_columns_that_it_does_not_have(make_case, observe, key, typed, right):
    test = "test: falls, measure: mrss" if key == "within" else "test: given, treatment: y"
    with pytest.raises(TimelineError) as caught:
        make_case(observe(), about=f"analysis: {{baseline: first}}\nclaims: [{{says: x, {test}, {key}: {typed}}}]")
    (fault,) = caught.value.faults
    assert right in fault.expected and not {"phase", "frequency", "start", "note", "anchor"} & {*fault.expected.split()}


def test_every_test_has_its_words():
    from casetimeline.rules import claims

    assert set(claims._TESTS) == set(CLAIM_TESTS)


# Claims about a last value whose order is open.

ASKED = "analysis: {{reference: x, baseline: last_before}}\nclaims:\n{}"
FELL_OR_ROSE = "  - {says: fell, test: falls, measure: ck}\n  - {says: rose, test: rises, measure: ck}\n"
STARTED_ON_DAY_0 = "a,2,treatment,x,0 d,,,,,,,,,chart,"


def of_claims(make_case, rows, claims):
    table = analyse(make_case(*rows, about=ASKED.format(claims))).claims
    return table[["RESULT", "WHY", "LINES"]].to_numpy().tolist()


def ck_of(observe, *values):
    return [observe(phase, "ck", value, "U/L", start=start) for phase, start, value in values]


@pytest.mark.product
def test_neither_a_fall_nor_a_rise_is_supported_where_the_last_value_is_open(make_case, observe):
    rows = [*ck_of(observe, ("1", "-1 d", "900"), ("3", "~6 mo", "400"), ("3", "5..7 mo", "1200")), STARTED_ON_DAY_0]
    why = "Creatine kinase: cannot be told: the order of lines 3 and 4 is open"
    expected = [["cannot be checked", why, "3, 4"]] * 2
    assert of_claims(make_case, rows, FELL_OR_ROSE) == expected
    assert of_claims(make_case, [rows[0], rows[2], rows[1], rows[3]], FELL_OR_ROSE) == expected


def test_what_holds_for_each_value_that_may_be_the_last_is_supported(make_case, observe):
    rows = [*ck_of(observe, ("1", "-1 d", "900"), ("3", "~6 mo", "400"), ("3", "5..7 mo", "600")), STARTED_ON_DAY_0]
    why = "recorded: 900 U/L to 400 U/L; or recorded: 900 U/L to 600 U/L"
    results = of_claims(make_case, rows, FELL_OR_ROSE)
    assert results == [["supported", why, "2, 3, 4"], ["contradicted", why, "2, 3, 4"]]


def test_phases_order_values_whose_times_overlap(make_case, observe):
    rows = [*ck_of(observe, ("1", "-1 d", "900"), ("3", "~6 mo", "400"), ("4", "5..7 mo", "1200")), STARTED_ON_DAY_0]
    assert [result for result, *_ in of_claims(make_case, rows, FELL_OR_ROSE)] == ["contradicted", "supported"]


@pytest.mark.product
def test_a_fall_from_a_baseline_that_is_open_must_be_one_from_each(make_case, observe):
    before = (("1", "-3..-1 mo", "400"), ("1", "~-2 mo", "800"))
    open_ = "cannot be checked"
    for value, result in (("300", "supported"), ("600", open_), ("900", "contradicted")):
        rows = [*ck_of(observe, *before, ("3", "30 d", value)), STARTED_ON_DAY_0]
        assert of_claims(make_case, rows, FELL_OR_ROSE)[0][0] == result
    why = of_claims(make_case, [*ck_of(observe, *before, ("3", "30 d", "600")), STARTED_ON_DAY_0], FELL_OR_ROSE)[0][1]
    assert why.endswith("which of lines 2 and 3 is the baseline is open")


def test_a_value_that_may_be_before_the_baseline_supports_and_contradicts_nothing(make_case, observe):
    # 300 at -2..2 mo may be of the time before the treatment or after it.
    claims = "  - {says: to 300, test: falls_to, measure: ck, value: '300', unit: U/L}\n"
    told = (("", "-60 d", "900"), ("", "-2..2 mo", "300"), ("", "90 d", "800"))
    result, why, _ = of_claims(make_case, [*ck_of(observe, *told), STARTED_ON_DAY_0.replace("2", "", 1)], claims)[0]
    assert (result, why[-7:]) == ("cannot be checked", "is open")


@pytest.mark.product
def test_the_time_of_a_claim_is_that_of_each_value_that_may_be_the_last(make_case, observe):
    rows = [*ck_of(observe, ("1", "-1 d", "900"), ("3", "~6 mo", "400"), ("3", "5..9 mo", "600")), STARTED_ON_DAY_0]
    open_ = "cannot be checked"
    # `~6 mo` is surely within 8 months, and the other value has fallen as well; of 6 months neither is sure.
    for limit, result in (("12 mo", "supported"), ("8 mo", "supported"), ("6 mo", open_), ("3 mo", open_)):
        claims = f"  - {{says: fell, test: falls, measure: ck, within: {limit}}}\n"
        assert of_claims(make_case, rows, claims)[0][0] == result


@pytest.mark.parametrize(
    ("start", "within", "expected"),
    [
        # Four weeks are 28 days, and as a whole number of weeks 24.5 to 31.5.
        ("28 d", "4 wk", SUPPORTED),
        ("30 d", "4 wk", OPEN),
        ("32 d", "4 wk", OPEN),
        ("30 d", "28 d", OPEN),
        # The same printed time is the same time.
        ("6 mo", "6 mo", SUPPORTED),
        ("185 d", "6 mo", OPEN),
    ],
)
def test_what_comes_after_the_printed_time_is_not_within_it(make_case, observe, start, within, expected):
    rows = [observe("1", value="46", start="0 d"), observe("2", value="32", start=start)]
    assert result(make_case, rows, {"measure": "mrss", "test": "falls", "within": within})[0] == expected


@pytest.mark.parametrize(
    ("value", "unit", "claimed", "expected"),
    [
        # 10 ukat/L is 600 U/L; the claim does not say which of the two units it means.
        ("10", "ukat/L", "10", SUPPORTED),
        ("10", "ukat/L", "600", OPEN),
        ("10", "U/L", "10", SUPPORTED),
        ("11", "ukat/L", "10", CONTRADICTED),
    ],
)
def test_a_claim_without_a_unit_is_held_against_the_printed_number(make_case, observe, value, unit, claimed, expected):
    claim = {"measure": "ck", "test": "has_value", "value": claimed}
    assert result(make_case, [observe("1", "ck", value, unit)], claim)[0] == expected


@pytest.mark.parametrize(
    ("value", "unit", "claimed", "expected"),
    [
        # 97 / 88.4 = 1.097, printed 1.1; and 1.1 x 88.4 = 97.24, printed 97.
        ("97", "umol/L", "1.1 mg/dL", SUPPORTED),
        ("1.1", "mg/dL", "97 umol/L", SUPPORTED),
        # What is printed as 1.1 lies between 92.8 and 101.7, and what is printed as 103 above 102.5.
        ("1.1", "mg/dL", "100 umol/L", OPEN),
        ("1.1", "mg/dL", "103 umol/L", CONTRADICTED),
        ("97", "umol/L", "98 umol/L", CONTRADICTED),
    ],
)
def test_a_claim_in_another_unit_is_held_against_the_printed_digits(make_case, observe, value, unit, claimed, expected):
    number, claimed_unit = claimed.split()
    claim = {"measure": "creatinine", "test": "has_value", "value": number, "unit": claimed_unit}
    assert result(make_case, [observe("1", "creatinine", value, unit)], claim)[0] == expected


@pytest.mark.product
def test_any_adverse_event_contradicts_that_none_was_reported(make_case, observe):
    event = "a,3,adverse_event,herpes_zoster,,,,,,,,,,chart,"
    claim = {"test": "none_happen", "events": "adverse_event"}
    assert result(make_case, [observe()], claim)[0] == OPEN
    assert result(make_case, [observe(), event], claim) == [CONTRADICTED, "recorded: Herpes zoster", "3"]


@pytest.mark.parametrize("events", ["herpes zoster", "fever herpes zoster", "fever, herpes zoster", "herpes_zoster"])
def test_the_name_of_an_event_may_have_a_blank(make_case, observe, events):
    event = "a,3,adverse_event,herpes_zoster,,,,,,,,,,chart,"
    assert result(make_case, [observe(), event], {"test": "none_happen", "events": events})[0] == CONTRADICTED


def test_a_finding_that_was_not_there_has_not_happened(make_case, observe):
    row = observe("2", "cardiac_tamponade", "", state="absent")
    claim = {"test": "none_happen", "events": "cardiac_tamponade"}
    assert result(make_case, [observe(), row], claim)[0] == OPEN


@pytest.mark.parametrize(("events", "near"), [("relaps", "relapse"), ("advers_event", "adverse_event")])
def test_an_event_of_a_claim_that_is_mistyped_is_said(make_case, observe, events, near):
    about = f"analysis: {{baseline: first}}\nclaims: [{{says: x, test: none_happen, events: {events}}}]"
    notes = make_case(observe(), "a,3,event,relapse,,,,,,,,,,chart,", about=about).notes
    assert [note for note in notes if note.endswith(f"'{events}'; did you mean '{near}'?")], notes


@pytest.mark.parametrize(
    ("claim", "near"),
    [
        ("{says: x, test: fall, measure: mrss}", "falls"),
        ("{says: x, test: falls, measure: CKK}", "ck"),
        ("{says: x, test: meets, measure: ck, rule: ck_above_ulnn}", "ck_above_uln"),
    ],
)
def test_a_mistyped_word_of_a_claim_gets_the_nearest_one(make_case, observe, claim, near):
    with pytest.raises(TimelineError) as caught:
        make_case(observe(), about=f"analysis: {{baseline: first}}\nclaims: [{claim}]")
    assert [fault.nearest for fault in caught.value.faults] == [near]


@pytest.mark.parametrize(
    ("state", "last", "results"),
    [
        # What was normal or less before the drug may have been less than 400 as well; what was more than 900 fell.
        ("normal", "400", ["cannot be checked", "cannot be checked"]),
        *first_in_gate(
            1,
            [
                ("decreased", "400", ["cannot be checked", "cannot be checked"]),
                ("increased", "400", ["supported", "contradicted"]),
                ("unchanged", "400", ["supported", "contradicted"]),
                # From less than 900 to 1200 is a rise.
                ("decreased", "1200", ["contradicted", "supported"]),
                ("increased", "1200", ["cannot be checked", "cannot be checked"]),
            ],
        ),
    ],
)
def test_a_value_in_words_between_baseline_and_reference_leaves_a_fall_and_a_rise_open(
    make_case, observe, state, last, results
):
    first, after = ck_of(observe, ("1", "-30 d", "900"), ("3", "60 d", last))
    rows = [first, observe("1", "ck", "", "", state, start="-1 d"), after, STARTED_ON_DAY_0]
    assert [result for result, *_ in of_claims(make_case, rows, FELL_OR_ROSE)] == results
