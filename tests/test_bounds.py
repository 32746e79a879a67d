"""Printed values and times to bounds. Expected values are worked by hand."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from casetimeline.bounds import parse_date, parse_duration, parse_time, parse_value


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("46", 46, 46),
        ("-3.5", -3.5, -3.5),
        ("<30", 0, 30),
        ("<=30", 0, 30),
        (">1000", 1000, 99999),
        ("~6000", 5500, 6500),
        ("~10527", 10526.5, 10527.5),
        ("~4.2", 4.15, 4.25),
        ("10..20", 10, 20),
        (" 10 .. 20 ", 10, 20),
    ],
)
def test_a_printed_value_has_the_bounds_that_it_allows(text, low, high):
    assert parse_value(text, 0 if low >= 0 else -math.inf, 99999) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["", "many", "1,234", "5..3", "<10..20", "1e400", "nan", "--3", "٣", "4 6"])
def test_what_is_not_a_number_is_refused(text):
    with pytest.raises(ValueError, match=r"number|finite"):
        parse_value(text)


@pytest.mark.parametrize(
    ("text", "low", "high"),
    [
        ("0 d", 0, 0),
        ("43 d", 43, 43),
        ("-3 d", -3, -3),
        ("12 wk", 80.5, 87.5),
        ("-4 wk", -31.5, -24.5),
        ("~6 wk", 35, 49),
        ("3..4 mo", 91.3125, 121.75),
        ("<1 a", 0, 365.25),
        ("24 h", 1, 1),
        ("0 wk", 0, 0),
    ],
)
def test_a_printed_time_has_bounds_in_days(text, low, high):
    assert parse_duration(text) == pytest.approx((low, high))


def test_a_month_has_its_days_and_a_leap_year_366():
    assert [high - low + 1 for low, high in map(parse_date, ("2024-02", "2023-02", "2024", "2005-08-17"))] == [
        29,
        28,
        366,
        1,
    ]


@pytest.mark.parametrize("text", ["2005-13", "2005-02-30", "05-08", "2005-8", "soon", "0000"])
def test_a_day_that_does_not_exist_is_refused(text):
    with pytest.raises(ValueError, match=r"calendar|YYYY"):
        parse_date(text)


def test_a_date_counts_from_a_time_zero_of_its_own_precision():
    # Worked by hand: 1995 spans day -3865 (from 31 Aug 2005 back to 1 Jan 1995) to -3501 (1 Aug 2005, 31 Dec 1995).
    assert parse_time("1995", zero=parse_date("2005-08")) == (-3895, -3501)
    assert all(math.isnan(bound) for bound in parse_time("1995"))


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=3))
def test_an_exact_number_is_its_own_bounds(value):
    low, high = parse_value(f"{value:f}")
    assert low == high == float(value)


@given(st.text(max_size=12))
def test_any_text_is_bounds_or_a_clean_refusal(text):
    for parse in (parse_value, parse_time):
        try:
            low, high = parse(text)
        except ValueError as error:
            assert str(error)
        else:
            assert low <= high or math.isnan(low)
