"""Claims about a finding at several sites: each site is judged by its own last record, and all have to agree."""

import pytest
from conftest import CONTRADICTED, HEADER, OPEN, SUPPORTED

from casetimeline.rules.analysis import analyse

ABOUT = "analysis: {{reference: x, baseline: last_before}}\nclaims:\n{}"
STARTED = "a,,treatment,x,0 d,,,,,,,,,chart,,"


def at(start, site, value="", state="", code="pericardial_effusion"):
    unit = "mm" if value[:1].isdigit() else ""
    return f"a,,observation,{code},{start},,{value},{unit},,,{state},,,chart,,{site}"


def claims_of(make_case, rows, *claims):
    lines = "".join(f"  - {{says: x, {claim}}}\n" for claim in claims)
    case = make_case(*rows, STARTED, header=f"{HEADER},site", about=ABOUT.format(lines))
    return analyse(case).claims[["RESULT", "WHY", "LINES"]].to_numpy().tolist()


def results_of(make_case, rows, *tests, code="pericardial_effusion"):
    return {
        test: claims_of(make_case, rows, f"test: {test}, measure: {code}")[0][0]
        for test in tests or ("falls", "rises", "improves", "worsens", "resolves")
    }


@pytest.mark.product
def test_what_one_site_supports_and_another_contradicts_cannot_be_checked(make_case):
    # 20 to 5 is a fall, 10 to 12 a rise; neither is gone.
    rows = [at("-1 d", "anterior", "20"), at("-1 d", "posterior", "10")]
    rows += [at("5 d", "anterior", "5"), at("5 d", "posterior", "12")]
    moved = dict.fromkeys(("falls", "rises", "improves", "worsens"), OPEN)
    assert results_of(make_case, rows) == {**moved, "resolves": CONTRADICTED}
    (_, why, lines), *_ = claims_of(make_case, rows, "test: falls, measure: pericardial_effusion")
    expected = "Pericardial effusion: the sites differ: anterior, 20 mm to 5 mm; posterior, 10 mm to 12 mm"
    assert (why, lines) == (expected, "2, 3, 4, 5")


@pytest.mark.product
def test_what_every_site_supports_is_supported(make_case):
    rows = [at("-1 d", "anterior", "20"), at("-1 d", "posterior", "10")]
    rows += [at("5 d", "anterior", "5"), at("5 d", "posterior", "2")]
    results = results_of(make_case, rows)
    assert results == dict.fromkeys(("falls", "improves"), SUPPORTED) | dict.fromkeys(
        ("rises", "worsens", "resolves"), CONTRADICTED
    )


def test_for_a_claimed_value_one_site_is_enough(make_case):
    rows = [at("-1 d", "anterior", "20"), at("-1 d", "posterior", "10")]
    rows += [at("5 d", "anterior", "5"), at("5 d", "posterior", "12")]
    claim = "test: falls_to, measure: pericardial_effusion, unit: mm, value: "
    (to_5, _, lines), (to_12, *_) = claims_of(make_case, rows, f"{claim}5", f"{claim}12")
    assert (to_5, lines, to_12) == (SUPPORTED, "2, 4", CONTRADICTED)


@pytest.mark.product
def test_one_effusion_is_not_supported_as_small_and_as_moderate(make_case):
    # 5 mm is less than 10, 12 mm is between 10 and 20.
    claims = [
        f"test: meets, measure: pericardial_effusion, rule: effusion_class_{name}" for name in ("small", "moderate")
    ]
    differ = [at("5 d", "anterior", "5"), at("5 d", "posterior", "12")]
    assert [result for result, *_ in claims_of(make_case, differ, *claims)] == [OPEN, OPEN]
    alike = [at("5 d", "anterior", "5"), at("5 d", "posterior", "7")]
    assert [result for result, *_ in claims_of(make_case, alike, *claims)] == [SUPPORTED, CONTRADICTED]


@pytest.mark.product
def test_the_last_record_of_each_site_counts_and_not_the_last_of_the_measure(make_case):
    # The left one is large on day 5, and was not looked at on day 15.
    rows = [at("-1 d", "left", "small"), at("-1 d", "right", "small")]
    rows += [at("5 d", "left", "large"), at("15 d", "right", state="absent")]
    assert results_of(make_case, rows, "resolves", "improves", "worsens") == dict.fromkeys(
        ("resolves", "improves", "worsens"), OPEN
    )


@pytest.mark.parametrize(
    "rows",
    [
        # The left one was not looked at again.
        [at("-1 d", "left", "small"), at("-1 d", "right", "small"), at("15 d", "right", state="absent")],
        # The right one is new.
        [at("-1 d", "left", "small"), at("15 d", "left", state="absent"), at("15 d", "right", "large")],
    ],
)
def test_a_finding_has_not_resolved_where_a_site_has_nothing_before_or_after(make_case, rows):
    assert results_of(make_case, rows, "resolves", "improves") == {"resolves": OPEN, "improves": OPEN}


def test_a_site_that_is_new_and_clear_changes_nothing(make_case):
    rows = [at("-1 d", "left", "small"), at("15 d", "left", state="absent"), at("15 d", "right", state="absent")]
    assert results_of(make_case, rows, "resolves") == {"resolves": SUPPORTED}


@pytest.mark.product
def test_what_was_at_a_site_and_is_absent_without_one_is_one_course(make_case):
    of = {"code": "cardiac_tamponade"}
    rows = [at("-1 d", "face", state="present", **of), at("12 mo", "", state="absent", **of)]
    claim = "test: resolves, measure: cardiac_tamponade"
    assert claims_of(make_case, rows, claim) == [[SUPPORTED, "recorded: present to absent", "2, 3"]]
    # That it is absent at a site does not say that it is absent elsewhere.
    rows = [at("-1 d", "", state="present", **of), at("12 mo", "face", state="absent", **of)]
    ((result, why, _),) = claims_of(make_case, rows, claim)
    assert result == OPEN and why.endswith("record before has no site, that after the site face")


def test_a_comparison_that_fails_on_sites_says_so(make_case):
    rows = [at("-3 d", "", "moderate"), at("-1 d", "anterior", "25"), at("5 d", "", "small")]
    ((result, why, _),) = claims_of(make_case, rows, "test: falls, measure: pericardial_effusion")
    # Line 2 is before as well, and has no site: the last one is meant.
    assert result == OPEN and why.endswith("the last record before has the site anterior, that after no site")


@pytest.mark.parametrize(
    ("rows", "why"),
    [
        ([at("-1 d", "", "25")], "Pericardial effusion: recorded once"),
        ([at("5 d", "", "25"), at("9 d", "", "5")], "Pericardial effusion: no value before X is recorded"),
        # Nothing stands before: so no site of a record before can be told.
        ([at("5 d", "left", "25"), at("9 d", "right", "5")], "Pericardial effusion: no value before X is recorded"),
        ([at("5 d", "", state="present"), at("9 d", "", state="absent")], "Pericardial effusion: no record before X"),
        (
            [at("-1 d", "", "25"), at("9 d", "", state="not_reported")],
            "Pericardial effusion: no later record that could be compared",
        ),
        ([at("9 d", "", state="unknown")], "Pericardial effusion: no records before and after that could be compared"),
    ],
)
def test_the_reason_why_nothing_is_compared_is_true(make_case, rows, why):
    claims = [f"test: {test}, measure: pericardial_effusion" for test in ("falls", "improves", "resolves")]
    assert claims_of(make_case, rows, *claims) == [[OPEN, why, ""]] * 3


@pytest.mark.product
def test_what_had_a_size_at_a_site_and_is_absent_without_one_has_resolved(make_case):
    # What is said without a site speaks of all: it is absent in front too, where 25 mm were.
    rows = [at("-3 d", "", "moderate"), at("-1 d", "anterior", "25"), at("5 d", "", state="absent")]
    claim = "test: resolves, measure: pericardial_effusion"
    assert claims_of(make_case, rows, claim) == [[SUPPORTED, "recorded: 25 mm to absent", "3, 4"]]
    # What is there at the end has not resolved.
    assert results_of(make_case, [*rows[:2], at("5 d", "", "small")], "resolves") == {"resolves": CONTRADICTED}


@pytest.mark.product
def test_what_is_clear_at_one_site_and_there_at_another_is_not_absent(make_case):
    rows = [at("5 d", "left", state="absent"), at("5 d", "right", "large")]
    assert results_of(make_case, rows, "is_present", "is_absent") == {"is_present": SUPPORTED, "is_absent": OPEN}
    # Ten days later both are clear.
    later = [at("15 d", "left", state="absent"), at("15 d", "right", state="absent")]
    assert results_of(make_case, [*rows, *later], "is_absent") == {"is_absent": SUPPORTED}


TWO = [at("-1 d", "left", "large"), at("-1 d", "right", "small")]


@pytest.mark.parametrize(
    ("between", "why", "lines"),
    [
        ([], "recorded: left, large to absent; right, small to absent", "2, 3, 4"),
        # What the last record says of all sites is later than what was seen of each.
        (
            [at("5 d", "left", "moderate"), at("5 d", "right", state="absent")],
            "recorded: left, large to absent; right, small to absent",
            "2, 3, 6",
        ),
        # Where it was there without a site in between, it is gone there as well.
        ([at("5 d", "", "large")], "recorded: left, large to absent; right, small to absent", "2, 3, 5"),
    ],
)
def test_what_is_absent_without_a_site_is_absent_at_each(make_case, between, why, lines):
    rows = [*TWO, *between, at("2 mo", "", state="absent")]
    assert claims_of(make_case, rows, "test: resolves, measure: pericardial_effusion") == [[SUPPORTED, why, lines]]


def test_a_finding_that_is_absent_without_a_site_has_improved_at_each(make_case):
    rows = [*TWO, at("2 mo", "", state="absent")]
    assert results_of(make_case, rows, "improves", "worsens") == {"improves": SUPPORTED, "worsens": CONTRADICTED}
    assert results_of(make_case, [TWO[0], rows[2]], "improves") == {"improves": SUPPORTED}


@pytest.mark.parametrize(
    "rows",
    [
        # Where it is there again is not told.
        [at("5 d", "left", state="absent"), at("5 d", "right", state="absent"), at("2 mo", "", state="present")],
        # Which of two records is the last is open: one of them says that the left one is there.
        [at("6 mo", "", state="absent"), at("5..7 mo", "left", "large")],
    ],
)
def test_what_is_there_without_a_site_or_is_perhaps_not_the_last_leaves_it_open(make_case, rows):
    assert results_of(make_case, [*TWO, *rows], "resolves") == {"resolves": OPEN}


def test_the_time_of_what_is_absent_without_a_site_is_counted_at_each_site(make_case):
    # From the day before the treatment to about two months after it: within 5 months, and not within a week.
    claim = "test: resolves, measure: pericardial_effusion, within: "
    rows = [*TWO, at("2 mo", "", state="absent")]
    soon, late = claims_of(make_case, rows, f"{claim}5 mo", f"{claim}1 wk")
    assert (soon[0], late[0], late[2]) == (SUPPORTED, OPEN, "4")
    assert late[1].startswith("Pericardial effusion: no record within 1 week of the baseline")
