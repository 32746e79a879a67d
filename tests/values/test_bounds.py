"""Printed values and times to bounds and back. Expected values are worked by hand."""

import datetime
import math
import re

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from casetimeline.values.bounds import (
    Bounds,
    format_value,
    parse_column,
    parse_reading,
    parse_value,
)
from casetimeline.values.grades import format_grade, parse_grade
from casetimeline.values.times import (
    ONGOING,
    days_from_zero,
    parse_date,
    parse_duration,
    parse_time,
)


def format_duration(bounds):
    return f"{format_value(bounds)} d"


def format_time(bounds):
    return "ongoing" if bounds == ONGOING else format_duration(bounds)


def format_date(bounds):
    first, last = (datetime.date.fromordinal(int(day)).isoformat() for day in bounds[:2])
    texts = [first[:4], first[:7], first]
    return next((text for text in texts if parse_date(text) == bounds), f"{first}..{last}")


GRADES = ("none", "trivial", "small", "moderate", "large")


@pytest.mark.parametrize(
    ("text", "bounds"),
    [
        ("46", (46, 46, False, False)),
        ("-3.5", (-3.5, -3.5, False, False)),
        (".5", (0.5, 0.5, False, False)),
        ("<30", (-math.inf, 30, False, True)),
        ("<=30", (-math.inf, 30, False, False)),
        (">1000", (1000, math.inf, True, False)),
        (">= 1000", (1000, math.inf, False, False)),
        ("~6000", (5500, 6500, False, False)),
        ("~10527", (10526.5, 10527.5, False, False)),
        ("~0", (-0.5, 0.5, False, False)),
        ("~100", (50, 150, False, False)),
        ("10..20", (10, 20, False, False)),
        (" 10 .. 20 ", (10, 20, False, False)),
        (">10..<20", (10, 20, True, True)),
        ("-20..-10", (-20, -10, False, False)),
    ],
)
def test_a_printed_value_has_the_bounds_that_it_allows(text, bounds):
    assert parse_value(text) == bounds


def test_an_approximation_has_half_a_unit_of_its_last_digit():
    assert parse_value("~4.2")[:2] == pytest.approx((4.15, 4.25))


def test_the_scale_closes_an_open_side():
    assert parse_value("<30", 0, 51) == (0, 30, False, True)
    assert parse_value(">30", 0, 51) == (30, 51, True, False)
    assert parse_value("~1", 0, 51) == (0.5, 1.5, False, False)
    assert parse_value("~50", 0, 51) == (45, 51, False, False)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "decimal point"),
        ("many", "decimal point"),
        ("1,234", "certain: 1234"),
        ("<1,234,567.5", "certain: 1234567.5|certain: <1234567.5"),
        ("5..3", "smaller to the larger"),
        ("5..<5", "smaller to the larger"),
        ("<10..20", "decimal point"),
        ("1e400", "all its digits"),
        ("9" * 81, "decimal point"),
        ("nan", "decimal point"),
        ("--3", "decimal point"),
        ("٣", "digits 0 to 9: 3"),
        ("4 6", "decimal point"),
    ],
)
def test_what_is_not_a_number_is_refused(text, said):
    with pytest.raises(ValueError, match=said):
        parse_value(text)


@pytest.mark.parametrize(
    "text", ["0.0000000124", "<0.0000000124", "~0.0000000014", "0.00000000012..0.0000000002", "0..<0.0000000124"]
)
def test_a_number_that_rounding_would_change_is_refused(text):
    with pytest.raises(ValueError, match="9 decimals can hold; use a smaller unit"):
        parse_value(text)
    # What a spreadsheet prints of a sum is the sum.
    assert parse_value("0.30000000000000004").low == pytest.approx(0.3) and parse_value("0.0000001").low == 1e-7


def test_a_value_beyond_the_scale_is_refused():
    for text in ("<0", ">51", "~60"):
        with pytest.raises(ValueError, match="within the scale"):
            parse_value(text, 0, 51)
    assert parse_value("9" * 80)[0] == pytest.approx(1e80)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0 d", 0, 0),
        ("43 d", 43, 43),
        ("-3 d", -3, -3),
        ("12 wk", 80.5, 87.5),
        ("1.5 wk", 10.5, 10.5),
        ("-4 wk", -31.5, -24.5),
        ("~6 wk", 35, 49),
        # The words and the other sign for it say the same: one whole week to either side, 5 x 7 to 7 x 7.
        ("about 6 wk", 35, 49),
        ("approx. 6 wk", 35, 49),
        ("ca. 6 wk", 35, 49),
        ("\u22486 wk", 35, 49),
        # Any other mark too: 42 less and plus half a week before time zero; 1 a is 365.25 d.
        ("\u22126 wk", -45.5, -38.5),
        ("\uff16 wk", 38.5, 45.5),
        ("less than 0 d", -math.inf, 0),
        ("up to 1 a", 0, 365.25),
        ("~-2 d", -3, -1),
        # About a month after time zero is after it, and about half a month: 2 x 30.4375 and 1.5 x 30.4375 days.
        ("~1 mo", 0, 60.875),
        ("~0.5 mo", 0, 45.65625),
        ("~-1 wk", -14, 0),
        ("~0 d", -1, 1),
        ("3..4 mo", 91.3125, 121.75),
        ("<1 a", 0, 365.25),
        ("24 h", 1, 1),
        ("0 wk", 0, 0),
        ("5d", 5, 5),
        # Before time zero, or before a day before it: no beginning.
        ("<0 d", -math.inf, 0),
        ("<=0 d", -math.inf, 0),
        ("< 0.0 wk", -math.inf, 0),
        ("<-5 d", -math.inf, -5),
        ("<0.5 a", 0, 182.625),
    ],
)
def test_a_printed_time_has_bounds_in_days(text, low, high):
    assert parse_duration(text)[:2] == pytest.approx((low, high))


@pytest.mark.parametrize(
    ("text", "open_ends"),
    [("~1 mo", (True, False)), ("~0.5 a", (True, False)), ("~-1 wk", (False, True)), ("~2 wk", (False, False))],
)
def test_an_approximate_time_does_not_reach_time_zero(text, open_ends):
    bounds = parse_duration(text)
    assert bounds[2:] == open_ends and parse_duration(format_duration(bounds)) == bounds


@pytest.mark.parametrize("text", ["soon", "5", "5 days", "~<5 wk", "~3..4 wk", "wk", "d" * 100])
def test_what_is_not_a_time_is_refused(text):
    with pytest.raises(ValueError, match=r"a time|one number|scale|decimal point"):
        parse_duration(text)


def test_a_grade_is_read_in_any_capitals():
    classes = ("I", "II", "III", "IV", "V")
    for text, low, high in (("IV", 3, 3), ("iv", 3, 3), ("II..IV", 1, 3), ("III.", 2, 2)):
        assert parse_grade(text, classes)[:2] == (low, high)
    assert parse_grade("severe", ("None", "Mild", "Severe"))[:2] == (2, 2)
    assert parse_grade("present", ("None", "Mild", "Severe"))[:2] == (1, 2)
    # Of two that differ by capitals alone, the one that is typed.
    assert parse_grade("a", ("A", "a")) == (1, 1, False, False)


def test_minus_nothing_is_nothing():
    ends = [end for text in ("-0", "-0..5", "-0.0") for end in (parse_value(text).low, parse_duration(f"{text} d").low)]
    assert [math.copysign(1, end) for end in ends] == [1] * 6 and set(ends) == {0}


def test_a_titre_may_be_a_range_of_two():
    # The dilutions are 320 and 640, with a mark at either end.
    for text in ("1:320..1:640", "1:320-1:640", "1:320 to 1:640", "1/320..640", "320..640"):
        assert parse_reading(text, unit="titre")[:2] == (320, 640)
    assert parse_reading(">1:40..<1:160", unit="titre") == Bounds(40, 160, True, True)
    for text in ("11:40", "1:1:40", "1.1:40", "1:640..1:320"):
        with pytest.raises(ValueError, match=r"decimal point|smaller to the larger"):
            parse_reading(text, unit="titre")


@pytest.mark.parametrize("text", ["0+", "0-", "5+"])
def test_no_grade_of_strength_lies_below_none_or_above_normal_or_between_none_and_a_flicker(text):
    with pytest.raises(ValueError, match="the number alone"):
        parse_reading(text, 5, "MRC grade")


def test_a_month_has_its_days_and_a_leap_year_366():
    texts = ("2024-02", "2023-02", "2024", "2005-08-17", "2005-08..2005-09")
    assert [parse_date(text).high - parse_date(text).low + 1 for text in texts] == [29, 28, 366, 1, 61]


@pytest.mark.parametrize(
    "text", ["2005-13", "2005-02-30", "05-08", "2005-8", "0000", "2005-08..2004", "2014-01-02T11:30", "2005..soon"]
)
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match=r"calendar|YYYY|later"):
        parse_date(text)


# Databases write these for none: the last day that they can have, and the first of a spreadsheet.
@pytest.mark.parametrize("text", ["9999-12-31", "9999", "1900-01-01", "1899-12-30", "0001-01-01", "2020..9999"])
def test_a_date_that_stands_for_none_is_refused(text):
    with pytest.raises(ValueError, match="blank where none is meant"):
        parse_time(text)
    assert parse_date("1900-01-02").low + 1 == parse_date("1900-01-03").low


def test_a_date_counts_from_a_time_zero_of_its_own_precision():
    # Worked by hand: 1995 spans day -3865 (from 31 Aug 2005 back to 1 Jan 1995) to -3501 (1 Aug 2005, 31 Dec 1995).
    low, high, *_ = parse_date("2005-08")
    zeros = pd.DataFrame({"low": [low], "high": [high]}, index=["a"])
    texts, cases = pd.Series(["1995", "1995", "3 d", "ongoing"]), pd.Series(["a", "b", "b", "a"])
    days = days_from_zero(texts, cases, zeros)
    assert days.iloc[0].tolist() == [-3895, -3501]
    assert days.iloc[1].isna().all()
    assert days.iloc[2:].to_numpy().tolist() == [[3, 3], [math.inf, math.inf]]


def test_a_grade_is_its_place_in_the_scale():
    assert parse_grade("none", GRADES) == (0, 0, False, False)
    assert parse_grade("small .. large", GRADES) == (2, 4, False, False)
    for text, said in (
        ("huge", "one of"),
        ("large..small", "smaller to the larger"),
        ("a..b..c", "one of"),
        ("", "one"),
    ):
        with pytest.raises(ValueError, match=said):
            parse_grade(text, GRADES)


@pytest.mark.parametrize(
    "text", ["non-trivial", "non\u2013trivial", "non - severe", "No-large", "neg-small", "no-moderate", "kein-small"]
)
def test_a_grade_that_is_denied_is_no_range_that_begins_at_none(text):
    # What is non-trivial is more than trivial: small, moderate or large.
    with pytest.raises(ValueError, match="one of none"):
        parse_grade(text, GRADES)


def test_a_finding_that_is_denied_is_not_none_to_present():
    for text in ("non-present", "non-positive", "non-detected"):
        with pytest.raises(ValueError, match="one of none"):
            parse_grade(text, ("none", "present"))
    # A word of its own for a negative test.
    assert parse_grade("non-reactive", ("none", "present"))[:2] == (0, 0)


def test_a_range_of_grades_may_begin_at_none():
    for text in ("none-trivial", "no to trivial", "no-to-trivial", "absent-trivial", "none..trivial", "no..trivial"):
        assert parse_grade(text, GRADES)[:2] == (0, 1)


def test_a_column_has_the_index_of_its_texts():
    bounds = parse_column(pd.Series(["46", "", "<30"], index=[7, 5, 7]), parse_value)
    assert bounds.index.tolist() == [7, 5, 7]
    assert bounds["low"].fillna(-1).tolist() == [46, -1, -math.inf]
    assert bounds["high_open"].tolist() == [False, False, True]
    assert bounds.dtypes.astype(str).tolist() == ["float64", "float64", "bool", "bool"]


numbers = st.one_of(st.integers(-(10**6), 10**6).map(float), st.decimals(-(10**9), 10**9, places=6).map(float))


@st.composite
def intervals(draw):
    """Any bounds that a print can give."""
    low, high = sorted((draw(numbers), draw(numbers)))
    if low == high:
        return Bounds(low, high)
    sides = draw(st.sampled_from(["both", "low", "high"]))
    excluded = draw(st.booleans()), draw(st.booleans())
    if sides == "low":
        return Bounds(low, math.inf, excluded[0], False)
    if sides == "high":
        return Bounds(-math.inf, high, False, excluded[1])
    return Bounds(low, high, *excluded)


@given(intervals())
def test_a_value_that_is_formatted_is_parsed_as_the_same(bounds):
    assert parse_value(format_value(bounds)) == bounds


def test_a_range_of_days_of_four_digits_is_no_range_of_years():
    assert parse_time("1000..1001 d") == Bounds(1000, 1001)
    assert parse_time("2000..2001") == parse_date("2000..2001")


@given(intervals().filter(lambda bounds: math.isfinite(bounds.low)))
def test_a_time_that_is_formatted_is_parsed_as_the_same(bounds):
    assert parse_duration(format_duration(bounds)) == bounds
    assert parse_time(format_time(bounds)) == bounds


@given(*[st.dates(datetime.date(1901, 1, 1), datetime.date(2199, 12, 31))] * 2, st.sampled_from([4, 7, 10]))
def test_a_date_that_is_formatted_is_parsed_as_the_same(one, other, precision):
    first, last = sorted(day.isoformat()[:precision] for day in (one, other))
    for text in (first, f"{first}..{last}"):
        bounds = parse_date(text)
        assert parse_date(format_date(bounds)) == bounds
    assert format_date(parse_date(first)) == first


@given(st.integers(0, 4), st.integers(0, 4))
def test_a_grade_that_is_formatted_is_parsed_as_the_same(one, other):
    bounds = Bounds(*sorted((float(one), float(other))))
    assert parse_grade(format_grade(bounds, GRADES), GRADES) == bounds


def test_what_has_no_side_has_no_form():
    with pytest.raises(ValueError, match="one known side"):
        format_value(Bounds(-math.inf, math.inf))
    assert format_time(parse_time("ongoing")) == "ongoing"


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=3))
def test_an_exact_number_is_its_own_bounds(value):
    assert parse_value(f"{value:f}") == (float(value), float(value), False, False)


@given(st.text(max_size=12))
def test_any_text_is_bounds_or_a_clean_refusal(text):
    for parse in (parse_value, parse_time):
        try:
            low, high, *_ = parse(text)
        except ValueError as error:
            assert str(error)
        else:
            assert low <= high


@given(
    st.one_of(
        st.from_regex(r"[<>~]?=?[0-9]{1,6}(\.[0-9]{1,4})?(\.\.[0-9]{1,7})?", fullmatch=True),
        st.from_regex(r"[<>~]?[0-9]{1,4}(\.[0-9])? ?(h|d|wk|mo|a)", fullmatch=True),
        st.from_regex(r"[0-9]{4}(-[01][0-9](-[0-3][0-9])?)?", fullmatch=True),
    )
)
def test_what_is_parsed_can_be_written_back(text):
    for parse, form in ((parse_value, format_value), (parse_duration, format_duration), (parse_date, format_date)):
        try:
            bounds = parse(text)
        except ValueError:
            continue
        assert parse(form(bounds)) == bounds


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("1 923", "without marks for thousands: 1923"),
        ("1'923", "without marks for thousands: 1923"),
        ("1\u2019923.5", "without marks for thousands: 1923.5"),
        ("1_923", "without marks for thousands: 1923"),
        ("1\u00a0923", "without marks for thousands: 1923"),
        ("<1\u202f923 000", "without marks for thousands: <1923000"),
        ("1.923.000", "without marks for thousands: 1923000"),
        ("1.923,5", "without marks for thousands: 1923.5"),
        ("1,923", "a number whose meaning is certain: 1923, or a decimal point in place of the comma"),
        ("1,923.5", "a number whose meaning is certain: 1923.5, or"),
        ("1,5", "with a decimal point: 1.5"),
        ("<0,923", "with a decimal point: <0.923"),
        ("900\u00b150", "the number alone: 900 here, and '\u00b1 50' in the note"),
        ("900 +/- 50", "the number alone: 900 here, and '\u00b1 50' in the note"),
        ("900 (50)", "the number alone: 900 here; limits of the laboratory in ref_low and ref_high"),
        ("900 [26-192]", "the number alone: 900 here; limits of the laboratory in ref_low and ref_high"),
        ("923 H", "the number alone: 923 here; the limits that 'H' refers to in ref_low and ref_high"),
        ("H 923", "the number alone: 923 here; the limits that"),
        ("923 (LL)", "the number alone: 923 here; the limits that"),
        ("923*", "the number alone: 923 here; the limits that"),
        ("923\u2191", "the number alone: 923 here; the limits that"),
        ("923+", "the number alone: 923 here, or >=923 if that is meant"),
        ('="923"', "the number alone: 923"),
        ("'923", "the number alone: 923"),
        ("923.", "the number alone: 923"),
        ("\u0669\u0662\u0663", "in the digits 0 to 9: 923"),
        ("\u0967\u0966.5", "in the digits 0 to 9: 10.5"),
    ],
)
def test_a_number_in_another_form_is_refused_with_the_right_one(typed, right):
    with pytest.raises(ValueError, match=re.escape(right)):
        parse_value(typed)


@pytest.mark.parametrize("text", ["5 l", "5 h"])
def test_a_small_letter_is_no_flag_of_a_laboratory(text):
    with pytest.raises(ValueError, match="without a unit"):
        parse_value(text)


@pytest.mark.parametrize("text", ["1e-07", "1.23E+11", "-1e5", "<1e3"])
def test_a_number_with_an_exponent_is_asked_for_with_all_its_digits(text):
    # A spreadsheet that shows 1.23E+11 writes it for 123456789012 as well.
    with pytest.raises(ValueError, match="the number with all its digits"):
        parse_value(text)
