"""Change, percentage, ratio, category and shift, against exact decimal arithmetic and results worked by hand."""

import math
from decimal import Decimal
from fractions import Fraction

import pandas as pd
import pytest
from conftest import derive, placed
from hypothesis import given, strategies as st
from pandas.testing import assert_frame_equal

from casetimeline.derive import derive_changes
from casetimeline.derive.change import (
    derive_anrind,
    derive_chg,
    derive_chgprev,
    derive_pchg,
    derive_r2base,
    derive_shift,
)
from casetimeline.rules.analysis import analyse
from casetimeline.vocabulary import SERIES, UNIT_UNKNOWN

NAN, INF = math.nan, math.inf
CHANGES = ["CHG", "CHGLO", "CHGHI", "PCHG", "PCHGLO", "PCHGHI", "R2BASE", "R2BASELO", "R2BASEHI"]
# A frame of several cases tries many series at once.


def interval(text):
    """Bounds of "5", "10..20", "<30" (from 0) or ">10", whether each end is excluded, and the exact value."""
    if text[:1] in ("<", ">"):
        number = float(text[1:])
        return (0.0, number, False, True, NAN) if text[0] == "<" else (number, INF, True, False, NAN)
    low, _, high = text.partition("..")
    low, high = float(low or NAN), float(high or low or NAN)
    return low, high, False, False, low if low == high else NAN


def fact(value="1", base="1", unit="U/L", base_unit="U/L", **columns):
    """A record beside its baseline."""
    names = ("LO", "HI", "LOX", "HIX", "")
    told = {f"AVAL{name}": part for name, part in zip(names, interval(value), strict=True)}
    told |= {f"BASE{name}": part for name, part in zip(names, interval(base), strict=True)}
    keys = {"case_id": "a", "PARAMCD": "ck", "LOC": "", "kind": "observation", "ORDER": 1, "line": 2}
    return {**told, "AVALU": unit, "BASEU": base_unit, **keys, **columns}


def changed(*facts):
    return derive_r2base(derive_pchg(derive_chg(pd.DataFrame(facts))))


@pytest.mark.product
def test_a_percentage_is_that_of_the_two_values_and_not_of_their_difference_cut_to_some_decimals(make_case):
    # 88 to 132 umol/L is half of it more, 300 to 75 a quarter of it; in mg/dL neither has an end.
    for first, last, percent, ratio in ((88, 132, 50.0, 1.5), (300, 75, -75.0, 0.25), (70, 105, 50.0, 1.5)):
        values = (
            f"a,{phase},observation,creatinine,,,{value},umol/L,,,,,,chart," for phase, value in ((1, first), (2, last))
        )
        row = analyse(make_case(*values)).changes.iloc[1]
        assert row[["PCHG", "PCHGLO", "PCHGHI"]].tolist() == [percent] * 3
        assert row[["R2BASE", "R2BASELO", "R2BASEHI"]].tolist() == [ratio] * 3


def test_matches_published_definitions_of_change_percentage_and_ratio():
    # CDISC ADaMIG 1.2, section 3.3.4: CHG is AVAL - BASE, PCHG is 100 (AVAL - BASE) / BASE, R2BASE is AVAL / BASE.
    # By hand, from 80: 60 is -20, of 80 a quarter, and three quarters remain; 100 is 20, a quarter, five quarters.
    table = changed(fact("80", "80"), fact("60", "80"), fact("100", "80"))
    assert table[["CHG", "PCHG", "R2BASE"]].to_numpy().tolist() == [[0, 0, 1], [-20, -25, 0.75], [20, 25, 1.25]]


@pytest.mark.parametrize(
    ("value", "base", "expected"),
    [
        ("60", "80", [-20, -20, -20, -25, -25, -25, 0.75, 0.75, 0.75]),
        # 60..70 less 80..100: from 60 - 100 to 70 - 80; from 60 / 100 to 70 / 80 of it remains.
        ("60..70", "80..100", [NAN, -40, -10, NAN, -40, -12.5, NAN, 0.6, 0.875]),
        ("60", "80..100", [NAN, -40, -20, NAN, -40, -25, NAN, 0.6, 0.75]),
        # A rise of 10 from a baseline of size 40 is a quarter of it; 40 to 30 below 0 leaves three quarters.
        ("-30", "-40", [10, 10, 10, 25, 25, 25, 0.75, 0.75, 0.75]),
        # A baseline of exactly 0 has no percentage and no ratio.
        ("5", "0", [5, 5, 5] + [NAN] * 6),
        ("0", "5", [-5, -5, -5, -100, -100, -100, 0, 0, 0]),
        # From below 10 to 20 is a rise of 10 at the least. Below 10 may be 0, of which there is no percentage.
        ("20", "<10", [NAN, 10, 20] + [NAN] * 6),
        ("0", "<30", [NAN, -30, 0] + [NAN] * 6),
        ("0", "0..5", [NAN, -5, 0] + [NAN] * 6),
        # From more than 10 to 5: a fall of more than 5, of at least a half.
        ("5", ">10", [NAN, -INF, -5, NAN, -100, -50, NAN, 0, 0.5]),
        ("", "80", [NAN] * 9),
        ("60", "", [NAN] * 9),
    ],
)
def test_change_worked_by_hand(value, base, expected):
    found = changed(fact(value, base))[CHANGES].iloc[0].tolist()
    assert found == pytest.approx(expected, nan_ok=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (">1000", [0, 0, 0, 0, 0, 0, 1, 1, 1]),
        ("10..20", [0, 0, 0, 0, 0, 0, 1, 1, 1]),
        ("80", [0, 0, 0, 0, 0, 0, 1, 1, 1]),
        # Of 0, and of what may be 0, there is no percentage, and what has no value has no change.
        ("0", [0, 0, 0] + [NAN] * 6),
        ("<30", [0, 0, 0] + [NAN] * 6),
        ("", [NAN] * 9),
    ],
)
def test_the_baseline_record_has_not_changed_from_itself(value, expected):
    told = fact(value, value, ABLFL="Y")
    table = changed(told)
    assert table[CHANGES].iloc[0].tolist() == pytest.approx(expected, nan_ok=True)
    assert not table[["CHGLOX", "CHGHIX"]].any(axis=None)
    # Another record with the same bounds may have changed; and without a unit nothing is compared.
    assert changed({**told, "ABLFL": ""})[CHANGES].equals(changed(fact(value, value))[CHANGES])
    assert changed({**told, "AVALU": UNIT_UNKNOWN, "BASEU": UNIT_UNKNOWN})[CHANGES].isna().all(axis=None)


def test_an_end_that_is_excluded_stays_excluded():
    # "<30" less 923 is below -893 and may be -923; 923 less "<30" is above 893; "<30" less ">1000" has no end.
    facts = [fact("<30", "923"), fact("923", "<30"), fact("<30", ">1000"), fact("5", "9")]
    table = changed(*facts)[["CHGLO", "CHGHI", "CHGLOX", "CHGHIX"]]
    assert table.to_numpy().tolist() == [
        [-923, -893, False, True],
        [893, 923, True, False],
        [-INF, -970, False, True],
        [-4, -4, False, False],
    ]


@pytest.mark.parametrize(
    ("unit", "base_unit"), [("U/L", "mg"), *((unit, unit) for unit in (UNIT_UNKNOWN, NAN)), ("U/L", NAN)]
)
def test_values_without_a_common_unit_have_no_change(unit, base_unit):
    table = changed(fact("<30", "<80", unit, base_unit), fact("30", "80", unit, base_unit))
    assert table[CHANGES].isna().all(axis=None)
    assert not table[["CHGLOX", "CHGHIX"]].any(axis=None)


def test_binary_noise_does_not_reach_a_change():
    # 8.3 less 3.3 is 5, which is not so in binary.
    assert 8.3 - 3.3 != 5
    assert changed(fact("8.3", "3.3"))[["CHG", "CHGLO", "CHGHI"]].iloc[0].tolist() == [5, 5, 5]
    assert derive_chgprev(values(3.3, 8.3))["CHGPREV"].tolist()[1] == 5


# Every value that the bounds allow.

tenths = st.integers(-40, 60).map(lambda number: Decimal(number) / 10)
told = st.tuples(tenths, st.sampled_from([0, 0, 1, 25])).map(lambda pair: (pair[0], pair[0] + Decimal(pair[1]) / 10))


missing = st.just(("",))


def fact_of(pair, base, **columns):
    return fact("..".join(map(str, pair)), "..".join(map(str, base)), **columns)


def is_in(value, low, high):
    return float(low) - 1e-9 <= value <= float(high) + 1e-9


@given(st.lists(st.tuples(told, told, st.fractions(0, 1), st.fractions(0, 1)), min_size=25, max_size=40))
def test_every_value_within_the_bounds_has_its_change_within_the_bounds(draws):
    table = changed(*(fact_of(value, base) for value, base, _, _ in draws))[CHANGES]
    for ((low, high), (base_low, base_high), share, base_share), found in zip(draws, table.to_numpy(), strict=True):
        chg, chg_low, chg_high, pchg, pchg_low, pchg_high, ratio, ratio_low, ratio_high = found
        # The ends of a difference are reached, to the last digit.
        assert (chg_low, chg_high) == (float(low - base_high), float(high - base_low))
        value = Fraction(low) + share * Fraction(high - low)
        base = Fraction(base_low) + base_share * Fraction(base_high - base_low)
        assert is_in(value - base, chg_low, chg_high)
        if base_low <= 0 <= base_high:
            assert all(map(math.isnan, (pchg_low, pchg_high, ratio_low, ratio_high)))
        else:
            assert is_in(100 * (value - base) / abs(base), pchg_low, pchg_high)
            assert is_in(value / base, ratio_low, ratio_high)
        exact = low == high and base_low == base_high
        assert (math.isnan(chg), math.isnan(pchg)) == (not exact, not exact or base_low == 0)
        if exact and base_low:
            assert chg == chg_low and pchg == pchg_low == pchg_high and ratio == ratio_low == ratio_high
            assert pchg == pytest.approx(float(100 * Fraction(low - base_low) / abs(Fraction(base_low))), abs=1e-9)
            assert ratio == pytest.approx(float(low / base_low))


@given(st.lists(st.tuples(told, told), min_size=25, max_size=40))
def test_the_limits_of_a_percentage_and_a_ratio_are_reached_where_the_baseline_keeps_away_from_0(draws):
    draws = [(value, base) for value, base in draws if base[0] > 0 or base[1] < 0]
    if not draws:
        return
    table = changed(*(fact_of(value, base) for value, base in draws))
    table = table[["PCHGLO", "PCHGHI", "R2BASELO", "R2BASEHI"]]
    for (value, base), found in zip(draws, table.to_numpy().tolist(), strict=True):
        corners = [(Fraction(one), Fraction(other)) for one in value for other in base]
        shares = [float(100 * (one - other) / abs(other)) for one, other in corners]
        ratios = [float(one / other) for one, other in corners]
        assert found == pytest.approx([min(shares), max(shares), min(ratios), max(ratios)], abs=1e-9)


# The change since the value before.


def values(*numbers, **columns):
    """Values of one series, one after another; nan where a value is not exact."""
    told = [fact("1..2" if math.isnan(number) else str(number), ORDER=n) for n, number in enumerate(numbers, 1)]
    return placed(pd.DataFrame(told).assign(**{"line": range(2, len(told) + 2), **columns}))


@pytest.mark.parametrize(
    ("frame", "previous"),
    [
        (values(5, 9, 2), [NAN, 5, 9]),
        # Directly before the last 2 is a range, or a number in another unit or none; the 5 is not the value before.
        (values(5, NAN, 2), [NAN, NAN, NAN]),
        (values(5, 9, 2, ORDER=[3, 2, 1]), [9, 2, NAN]),
        (values(5, 9, 2, ORDER=1, line=[4, 3, 2]), [NAN, NAN, NAN]),
        (values(5, 9, 2, ORDER=[1, 2, 2]), [NAN, 5, 5]),
        # 9 and 2 at ~6 mo and 5..7 mo: the value before each may be the other, and that before the 4 either.
        (values(5, 9, 2, 4, ORDLO=[1, 5, 5, 9], ORDHI=[1, 7, 7, 9], MOMENT=[-1, 0, 1, -1]), [NAN, NAN, NAN, NAN]),
        # If they agree, it is known.
        (values(5, 9, 9, 4, ORDLO=[1, 5, 5, 9], ORDHI=[1, 7, 7, 9], MOMENT=[-1, 0, 1, -1]), [NAN, NAN, NAN, 9]),
        (values(9, 9, 9, 4, ORDLO=[1, 5, 5, 9], ORDHI=[1, 7, 7, 9], MOMENT=[-1, 0, 1, -1]), [NAN, 9, 9, 9]),
        (values(5, 9, 2, ORDLO=[1, 5, 5], ORDHI=[1, 7, 7], ORDPH=[1.0, 2.0, 3.0]), [NAN, 5, 9]),
        (values(5, 9, 2, AVALU=["U/L", "mg", "U/L"]), [NAN, NAN, NAN]),
        (values(5, 9, 2, 3, AVALU=["mg", "mg", "U/L", "U/L"]), [NAN, 5, NAN, 2]),
        (values(5, 9, 2, AVALU=["U/L", UNIT_UNKNOWN, "U/L"]), [NAN, NAN, NAN]),
        # A range of the same day as an exact value says no more than that value.
        (values(5, NAN, 2, ORDER=[1, 1, 2]), [NAN, NAN, 5]),
        (values(5, 9, 2, AVALU=UNIT_UNKNOWN), [NAN, NAN, NAN]),
        (values(5, 9, 2, AVALU=NAN), [NAN, NAN, NAN]),
        (values(5, 9, 2, LOC=["", "left", ""]), [NAN, NAN, 5]),
        (values(5, 9, 2, PARAMCD=["ck", "mrss", "ck"]), [NAN, NAN, 5]),
        (values(5, 9, 2, case_id=["a", "b", "a"]), [NAN, NAN, 5]),
    ],
)
def test_the_value_before_is_that_of_the_record_directly_before_if_it_is_exact_and_in_the_same_unit(frame, previous):
    table = derive_chgprev(frame)
    assert table["PREV"].tolist() == pytest.approx(previous, nan_ok=True)
    assert table["CHGPREV"].tolist() == pytest.approx((frame["AVAL"] - previous).tolist(), nan_ok=True)


def test_a_state_between_two_values_leaves_the_value_before_open(make_case, observe):
    sizes = (("30", "mm", ""), ("15", "mm", ""), ("", "", "absent"), ("20", "mm", ""), ("", "", "not_reported"))
    rows = [observe(str(n), "pericardial_effusion", *size) for n, size in enumerate((*sizes, ("25", "mm", "")), 1)]
    changes = derive_changes(make_case(*rows).facts, "first", "")
    # 15 - 30 = -15; before the 20 it was absent; what is not reported says nothing between 20 and 25.
    assert changes["CHGPREV"].fillna(99).tolist() == [99, -15, 99, 99, 99, 5]
    scores = [observe(str(n), "mrss", value) for n, value in enumerate(("30", "20", "24..40", "18"), 1)]
    assert derive_changes(make_case(*scores).facts, "first", "")["PREV"].fillna(99).tolist() == [99, 30, 99, 99]


@pytest.mark.parametrize(
    ("code", "one", "unit", "other", "other_unit"),
    [
        # As measures.csv defines them: 1 mg/dL = 88.4 umol/L, 1 ng/mL = 2.247 pmol/L, 1 m[Hg] = 133.322 kPa.
        ("creatinine", "1", "mg/dL", "88.4", "umol/L"),
        ("creatinine", "0.9", "mg/dL", "0.07956", "mmol/L"),
        ("creatinine", "12.5", "mg/dL", "1105", "umol/L"),
        ("ferritin", "1000", "ng/mL", "2247", "pmol/L"),
        ("systolic_bp", "1000", "mmHg", "133.322", "kPa"),
    ],
)
def test_equal_values_in_two_units_have_no_change(make_case, observe, code, one, unit, other, other_unit):
    facts = make_case(observe("1", code, one, unit), observe("2", code, other, other_unit)).facts
    changes = derive_changes(facts, "first", "")
    assert changes[["CHG", "CHGPREV", "PCHG"]].iloc[1].tolist() == [0, 0, 0]
    assert changes["NADIRFL"].tolist() == changes["PEAKFL"].tolist() == ["Y", ""]


def test_a_value_in_another_unit_keeps_its_ratios(make_case, observe):
    # 315 is three times the limit of 105, and 157.5 half of 315, in whatever unit they are compared.
    rows = [observe(str(n), "creatinine", value, "umol/L", limits=",105") for n, value in ((1, "315"), (2, "157.5"))]
    changes = derive_changes(make_case(*rows).facts, "first", "")
    assert changes["R2A1HI"].tolist() == pytest.approx([3, 1.5], rel=1e-11)
    assert changes["PCHG"].tolist() == pytest.approx([0, -50], abs=1e-8)
    assert 2 * changes["AVAL"].iloc[1] == pytest.approx(changes["AVAL"].iloc[0], rel=1e-11)


# Categories and shifts.


def category(value, low=NAN, high=NAN):
    frame = pd.DataFrame([fact(value, ANRLO=low, ANRHI=high)])
    return derive_anrind(frame)[["ANRIND", "R2A1HI"]].fillna(0).iloc[0].tolist()


@pytest.mark.parametrize(
    ("value", "low", "high", "expected"),
    [
        # Limits 26 to 192; 384 is twice the upper limit.
        ("384", 26, 192, ["HIGH", 2]),
        ("192", 26, 192, ["NORMAL", 1]),
        ("26", 26, 192, ["NORMAL", 26 / 192]),
        ("24", 26, 192, ["LOW", 0.125]),
        ("", 26, 192, ["", 0]),
        # One limit, and none.
        ("384", NAN, 192, ["HIGH", 2]),
        ("24", NAN, 192, ["NORMAL", 0.125]),
        ("384", 26, NAN, ["NORMAL", 0]),
        ("24", 26, NAN, ["LOW", 0]),
        ("24", NAN, NAN, ["", 0]),
        # The whole interval must lie in the category.
        ("193..200", 26, 192, ["HIGH", 0]),
        ("192..200", 26, 192, ["", 0]),
        ("26..192", 26, 192, ["NORMAL", 0]),
        ("20..26", 26, 192, ["", 0]),
        ("20..25", 26, 192, ["LOW", 0]),
        ("20..200", 26, 192, ["", 0]),
        # More than the upper limit is above it, and less than the lower below it; the limit itself is within.
        (">192", 26, 192, ["HIGH", 0]),
        (">191", 26, 192, ["", 0]),
        (">26", 26, NAN, ["NORMAL", 0]),
        ("<26", 26, 192, ["LOW", 0]),
        ("<27", 26, 192, ["", 0]),
        ("<192", NAN, 192, ["NORMAL", 0]),
    ],
)
def test_category_worked_by_hand(value, low, high, expected):
    assert category(value, low, high) == expected


@given(
    st.lists(st.tuples(st.integers(0, 12), st.integers(0, 4), st.booleans(), st.booleans()), min_size=40),
    st.sampled_from([NAN, 3, 5]),
    st.sampled_from([NAN, 5, 8]),
)
def test_a_category_is_that_of_every_value_within_the_bounds(draws, low, high):
    facts, expected = [], []
    for start, width, low_open, high_open in draws:
        ends = {"AVALLOX": low_open and width > 0, "AVALHIX": high_open and width > 0}
        facts.append(fact(f"{start}..{start + width}", ANRLO=float(low), ANRHI=float(high)) | ends)
        # In steps of a half; an end that is excluded is not among them.
        halves = range(2 * start + ends["AVALLOX"], 2 * (start + width) + 1 - ends["AVALHIX"])
        words = {"LOW" if half < 2 * low else "HIGH" if half > 2 * high else "NORMAL" for half in halves}
        limited = not (math.isnan(low) and math.isnan(high))
        expected.append(words.pop() if len(words) == 1 and limited else "")
    assert derive_anrind(pd.DataFrame(facts))["ANRIND"].tolist() == expected


def shift(**columns):
    defaults = {"AVALC": "150", "BASEC": "923", "AVALCALO": NAN, "BASECALO": NAN, "ANRIND": "NORMAL", "BNRIND": "HIGH"}
    defaults |= {"AVALLO": NAN, "BASELO": NAN}
    return derive_shift(pd.DataFrame([{**defaults, **columns}]))["SHIFT1"].tolist()


def test_a_shift_is_from_the_baseline_s_category_to_the_record_s():
    # CDISC ADaM, SHIFT1: a pair of baseline category and category, such as "HIGH to NORMAL".
    assert shift() == ["HIGH to NORMAL"]
    assert shift(ANRIND="HIGH") == ["HIGH to HIGH"]


def test_without_one_of_the_two_there_is_no_shift():
    assert shift(ANRIND="") == shift(BNRIND="") == shift(BNRIND=None) == [""]


def test_a_grade_shifts_in_the_words_of_the_record():
    graded = {"AVALC": "absent", "BASEC": "large", "AVALCALO": 0.0, "BASECALO": 4.0}
    assert shift(**graded) == shift(**graded, ANRIND="", BNRIND="") == ["large to absent"]
    # One grade is no shift of grades; the limits decide then.
    assert shift(**{**graded, "BASECALO": NAN}, ANRIND="") == [""]
    assert shift(**{**graded, "AVALCALO": NAN}) == ["HIGH to NORMAL"]


def test_a_size_is_no_category():
    # Of 10 mm and of 5 mm the grade is one of those from trivial to large.
    sizes = {"AVALC": "5 mm", "BASEC": "10 mm", "AVALCALO": 1.0, "BASECALO": 1.0, "ANRIND": "", "BNRIND": ""}
    assert shift(**sizes, AVALLO=5.0, BASELO=10.0) == shift(**sizes, BASELO=10.0) == shift(**sizes, AVALLO=5.0) == [""]


def test_without_baseline_categories_only_grades_shift():
    frame = pd.DataFrame({"AVALC": ["none", "5"], "BASEC": ["large", "9"], "AVALCALO": [0, NAN], "BASECALO": [4, NAN]})
    frame = frame.assign(AVALLO=[NAN, 5], BASELO=[NAN, 9])
    assert derive_shift(frame)["SHIFT1"].tolist() == ["large to none", ""]


# What is drawn: rows of several cases in any order of lines and under any index.


@st.composite
def frames(draw):
    row = st.builds(
        fact_of,
        pair=told | told | told | missing,
        base=told | told | told | missing,
        unit=st.sampled_from(["U/L"] * 8 + ["mg", UNIT_UNKNOWN]),
        case_id=st.sampled_from("abc"),
        PARAMCD=st.sampled_from(["ck", "mrss"]),
        LOC=st.sampled_from(["", "left"]),
        ORDER=st.integers(1, 9),
        ANRLO=st.sampled_from([NAN, 1.0]),
        ANRHI=st.sampled_from([NAN, 3.0]),
        AVALC=st.sampled_from(["absent", "present"]),
        BASEC=st.sampled_from(["absent", "present"]),
        AVALCALO=st.sampled_from([NAN, 0.0]),
        BASECALO=st.sampled_from([NAN, 1.0]),
        BNRIND=st.sampled_from(["LOW", "HIGH", "", None]),
    )
    facts = draw(st.lists(row, min_size=16, max_size=32))
    lines = draw(st.permutations(range(2, len(facts) + 2)))
    frame = pd.DataFrame(facts, index=[10 * line for line in lines[::-1]]).assign(line=lines)
    widths = draw(st.lists(st.sampled_from([0, 0, 0, 1, 2]), min_size=len(frame), max_size=len(frame)))
    moments = [-1 if width == 0 else row for row, width in enumerate(widths)]
    frame = placed(frame)
    frame = frame.assign(ORDHI=frame["ORDLO"] + widths, MOMENT=moments)
    return derive_anrind(derive_chg(frame))


every = pytest.mark.parametrize(
    ("derive", "added"),
    [
        (derive_chg, ["CHG", "CHGLO", "CHGHI", "CHGLOX", "CHGHIX"]),
        (derive_pchg, ["PCHG", "PCHGLO", "PCHGHI"]),
        (derive_r2base, ["R2BASE", "R2BASELO", "R2BASEHI"]),
        (derive_chgprev, ["PREV", "CHGPREV", "CHGPREVLO", "CHGPREVHI"]),
        (derive_anrind, ["ANRIND", "R2A1HI"]),
        (derive_shift, ["SHIFT1"]),
    ],
)


@every
@given(frame=frames())
def test_columns_are_added_whatever_the_order_of_the_rows_and_the_other_cases(derive, added, frame):
    before = frame.copy()
    table = derive(frame)
    assert_frame_equal(frame, before)
    assert_frame_equal(table.drop(columns=added), before.drop(columns=added, errors="ignore"))
    assert_frame_equal(derive(frame.sort_values("line")), table.sort_values("line"))
    own = frame["case_id"] == "a"
    assert_frame_equal(derive(frame[own]), table[own])


def same_day(one, other):
    return one.MOMENT == other.MOMENT and one.ORDLO == other.ORDLO


@given(frames())
def test_the_value_before_is_that_of_a_loop_under_any_key(frame):
    expected, every = {}, list(frame.itertuples())
    for row in every:
        key = row.case_id, row.PARAMCD, row.LOC
        others = [one for one in every if (one.case_id, one.PARAMCD, one.LOC) == key]
        exact = [one for one in others if not math.isnan(one.AVAL) and one.AVALU != UNIT_UNKNOWN]
        beside = [one for one in others if one not in exact and any(same_day(one, other) for other in exact)]
        tells = [one for one in others if not (math.isnan(one.AVALLO) and math.isnan(one.AVALCALO))]
        others = [one for one in tells if one not in beside and one.line != row.line]
        # What may be before the record, and is not before another that surely is.
        may = [one for one in others if not row.ORDHI < one.ORDLO and not (one.MOMENT == -1 and same_day(one, row))]
        sure = [one for one in others if one.ORDHI < row.ORDLO]
        values = {
            one.AVAL if one in exact and one.AVALU == row.AVALU else None
            for one in may
            if not any(one.ORDHI < other.ORDLO for other in sure)
        }
        known = row in exact and len(values) == 1 and sure
        expected[row.line] = values.pop() if known else None
    key = frame["case_id"] + frame["PARAMCD"] + frame["LOC"]
    keyed = derive_chgprev(frame.drop(columns=list(SERIES)).assign(key=key), by=["key"])
    for table in (derive_chgprev(frame), keyed):
        previous = table["PREV"].astype(object).where(table["PREV"].notna(), None)
        assert dict(zip(table["line"], previous, strict=True)) == expected


@pytest.mark.parametrize(
    ("code", "unit", "values", "expected"),
    [
        # 8 of 10 U/L are a fifth less. A degree above the freezing point of water is a unit, and no amount of warmth.
        ("ck", "U/L", ("10", "8"), [-2, -20, -20, -20, 0.8]),
        ("body_temperature", "Cel", ("40", "36"), [-4] + [NAN] * 4),
        # In mmol/mol, 10.929 x (percent - 2.15), 10 to 8 % is 86 to 64: a quarter less, and not a fifth.
        ("hba1c", "%", ("10", "8"), [-2] + [NAN] * 4),
        # Grade 4 is movement against resistance, grade 2 with gravity eliminated: it is not twice as strong.
        ("muscle_strength", "MRC grade", ("2", "4"), [2] + [NAN] * 4),
        ("mrss_site", "points", ("3", "1"), [-2] + [NAN] * 4),
        # From 1:1280 to 1:80 is four dilutions, a sixteenth.
        ("ana_titre", "titre", ("1:1280", "1:80"), [-1200, NAN, NAN, NAN, 0.0625]),
    ],
)
def test_a_scale_without_an_absolute_0_has_no_percentage(make_case, observe, code, unit, values, expected):
    site = "site: face" if code == "mrss_site" else ""
    rows = [observe(str(n), code, value, unit, note=site) for n, value in enumerate(values, 1)]
    row = derive(make_case(*rows)).loc[1, ["CHG", "PCHG", "PCHGLO", "PCHGHI", "R2BASE"]]
    assert row.tolist() == pytest.approx(expected, nan_ok=True)


def test_a_percentage_has_no_binary_noise(make_case, observe):
    # 5.5 to 4.4 is a fifth less, and so is 10 to 8; from 10..20 to 8 it is 20 to 60 %.
    for base, after, expected in (("5.5", "4.4", [-20, -20]), ("10..20", "8", [-60, -20])):
        case = make_case(observe("1", "ck", base, "U/L"), observe("2", "ck", after, "U/L"))
        assert derive(case).loc[1, ["PCHGLO", "PCHGHI"]].tolist() == expected
