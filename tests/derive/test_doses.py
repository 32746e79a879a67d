"""Doses, days and amounts between ends that are uncertain, half open or no whole days: each bound counted by hand."""

import math

import pytest
from conftest import first_in_gate
from hypothesis import given, strategies as st
from test_exposure import course, rows, treatment

from casetimeline.derive.doses import derive_calendar, derive_doses
from casetimeline.derive.exposure import derive_exposure, derive_gaps

HEADER = "case_id,phase,kind,code,start,end,dose,dose_unit,frequency,value,unit,source"
INF = math.inf


@pytest.fixture
def exposure_of(make_case):
    """The exposure of a case with one treatment row for each start, end and frequency."""

    def exposure(*told, unit="mg", about="{}"):
        lines = [f"a,1,treatment,x,{start},{end},5,{unit},{frequency},,,chart" for start, end, frequency in told]
        return derive_exposure(
            make_case(*lines, header=HEADER, about=f"analysis: {{baseline: first}}\ntime_zero: {about}").facts
        )

    return exposure


@pytest.mark.parametrize(
    ("start", "end", "frequency", "days", "doses"),
    first_in_gate(
        14,
        [
            # Day 168 is the day of the 13th dose, day 154 that of the 12th.
            ("0 d", "167 d", "every 2 wk", (168, 168), (12, 12)),
            ("0 d", "167.4 d", "every 2 wk", (168, 168), (12, 12)),
            ("0 d", "167.9 d", "every 2 wk", (168, 168), (12, 12)),
            ("0 d", "168 d", "every 2 wk", (169, 169), (13, 13)),
            # Day 167.4 to 197.8: the 12th on day 154, the 15th on day 196.
            ("0 d", "5.5..6.5 mo", "every 2 wk", (168, 198), (12, 15)),
            ("0 d", "6 mo", "every 2 wk", (168, 198), (12, 15)),
            ("0 d", "6 mo", "daily", (168, 198), (168, 198)),
            ("0 d", "167.4 d", "twice daily", (168, 168), (336, 336)),
            # Five months are 150 to 153 days, six 181 to 184, and seven 212 or more: the 6th or the 7th is the last.
            ("0 d", "6 mo", "monthly", (168, 198), (6, 7)),
            # Day 164.5 to 171.5: the 12th on day 154, the 13th on day 168.
            ("0 d", "24 wk", "every 2 wk", (165, 172), (12, 13)),
            # Day 5 wk to 9 wk by a whole week: day 42 to 56.
            ("0 d", "~7 wk", "weekly", (43, 57), (7, 9)),
            # From day 10.5..17.5 to day 80.5..87.5: 63 to 77 days later, and 4.5 to 5.5 intervals.
            ("2 wk", "12 wk", "every 2 wk", (64, 78), (5, 6)),
            # 27 or 28 days later.
            ("1..2 d", "29 d", "every 2 wk", (28, 29), (2, 3)),
            # 10 to 11.5 days later, of which 7 is the only whole interval.
            ("0.5..2 d", "12 d", "weekly", (11, 12), (2, 2)),
            # Not on day 168 itself: the 13th is not given.
            ("0 d", "<168 d", "every 2 wk", (1, 168), (1, 12)),
            ("0 d", "154..<168 d", "every 2 wk", (155, 168), (12, 12)),
            ("0 d", "154..168 d", "every 2 wk", (155, 169), (12, 13)),
            ("0 d", ">20 d", "every 2 wk", (21, INF), (2, INF)),
            ("0 d", "ongoing", "every 2 wk", (1, INF), (1, INF)),
            # After day 14, so less than two weeks before day 28; and before day 14, so more than two weeks.
            (">14 d", "28 d", "every 2 wk", (1, 14), (1, 1)),
            ("0..<14 d", "28 d", "every 2 wk", (15, 29), (2, 3)),
            # An end in hours is a moment: at 0, 8, 16, 24, 32, 40 and 48 h; before 48 h the last is not given.
            ("0 h", "48 h", "every 8 h", (3, 3), (7, 7)),
            ("0 h", "47 h", "every 8 h", (2, 2), (6, 6)),
            ("0 h", "30..<48 h", "every 8 h", (2, 2), (4, 6)),
            ("6 h", "36 h", "every 12 h", (2, 2), (3, 3)),
            # February 2024 ends on day 59, January on day 30: the 5th on day 28, the 9th on day 56.
            ("2024-01-01", "2024-02", "weekly", (32, 60), (5, 9)),
            ("2024-01-01", "2024-02-29", "weekly", (60, 60), (9, 9)),
            ("0 d", "6 mo", "once", (1, 1), (1, 1)),
        ],
    ),
)
def test_days_and_doses_between_two_printed_times(exposure_of, start, end, frequency, days, doses):
    row = exposure_of((start, end, frequency), about="{date: 2024-01-01}").iloc[0]
    assert (row["EXDURLO"], row["EXDURHI"]) == days
    assert (row["NDOSLO"], row["NDOSHI"]) == doses
    assert (row["CUMLO"], row["CUMHI"]) == (5 * doses[0], 5 * doses[1])


def test_a_dose_a_day_is_given_on_whole_days(exposure_of):
    # 5 mg on each of 168 to 198 days; and 5 mg in each of 168 / 7 = 24 weeks, to 29 that begin in 198 days.
    table = exposure_of(("0 d", "6 mo", ""), unit="mg/day")
    assert table[["CUMLO", "CUMHI"]].to_numpy().tolist() == [[840, 990]]
    table = exposure_of(("0 d", "6 mo", ""), unit="mg/wk")
    assert table[["CUMLO", "CUMHI"]].to_numpy().tolist() == [[120, 145]]


def test_a_dose_a_week_without_a_schedule_holds_every_way_to_give_it(exposure_of):
    # 78 days are 11.14 weeks: 55.71 mg in equal parts; weekly on days 0, 7 ... 77, which is twelve times, 60 mg.
    bounds = exposure_of(("0 d", "77 d", ""), unit="mg/week")[["CUMLO", "CUMHI"]].to_numpy()[0]
    assert bounds.tolist() == [pytest.approx(5 * 78 / 7), 60]
    for unit in ("mg/week", "mg"):
        weekly = exposure_of(("0 d", "77 d", "weekly"), unit=unit)[["CUMLO", "CUMHI"]].to_numpy()[0]
        assert weekly.tolist() == [60, 60] and bounds[0] <= 60 <= bounds[1]


def test_no_administration_is_placed_after_the_end():
    facts = rows(treatment(frequency="every 2 wk", end=(167.4, 167.4))).assign(code="x")
    assert derive_doses(facts)["DOSEDY"].tolist() == [14.0 * i for i in range(12)]


def test_every_dose_that_is_counted_is_placed(make_case):
    # 2020 is a leap year: the first of each month is 31, 60, 91, 121, 152 and 182 days after the first of January.
    row = "a,1,treatment,x,2020-01-01,2020-07-01,500,mg,monthly,,,chart"
    facts = make_case(row, header=HEADER, about="analysis: {baseline: first}\ntime_zero: {date: 2020-01-01}").facts
    assert derive_exposure(facts)["NDOSHI"].tolist() == [7]
    assert derive_doses(facts)["DOSEDY"].tolist() == [0, 31, 60, 91, 121, 152, 182]


@given(
    st.integers(0, 30),
    st.integers(0, 400),
    st.fractions(0, 1, max_denominator=64).filter(lambda part: part < 1),
    st.sampled_from(["daily", "every 5 d", "every 2 wk", "monthly", "twice daily"]),
)
def test_a_part_of_a_day_after_the_last_adds_nothing(start, length, part, frequency):
    whole = start + length
    ends = [(whole, whole), (whole + float(part),) * 2, (whole, whole + float(part))]
    table = derive_exposure(rows(*(treatment(frequency=frequency, start=(start, start), end=end) for end in ends)))
    for name in ("EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI", "CUMLO", "CUMHI"):
        assert table[name].nunique() == 1, name


def gap(one, other, **columns):
    frame = rows(one, other).assign(**columns)
    return derive_gaps(frame)[["GAPLO", "GAPHI", "OVERLO", "OVERHI"]].iloc[0].tolist()


@pytest.mark.parametrize(
    ("one", "other", "ends", "expected"),
    [
        # Nothing on days 10 to 19: a part of day 9, or of day 20, is a day with the treatment.
        (course(0, 9.5), course(20, 29), None, [10, 10, 0, 0]),
        (course(0, 9), course(20.5, 29), None, [10, 10, 0, 0]),
        # 12 wk is day 80.5 to 87.5: nothing on days 88 to 111, or on days 81 to 111.
        (course(0, (80.5, 87.5)), course(112, 119), None, [24, 31, 0, 0]),
        # Day 9 is the only day of both.
        (course(0, 9.5), course(9, 19), None, [0, 0, 1, 1]),
        # The same day, and the day after.
        (course(0, 9.4), course(9.5, 19), None, [0, 0, 1, 1]),
        (course(0, 9.9), course(10, 19), None, [0, 0, 0, 0]),
        # Before day 10 is day 9 at the latest.
        (course(0, (5, 10)), course(20, 29), ["5..<10 d", "29 d"], [10, 14, 0, 0]),
        (course(0, (5, 10)), course(20, 29), ["5..10 d", "29 d"], [9, 14, 0, 0]),
    ],
)
def test_gaps_between_ends_that_are_no_whole_days(one, other, ends, expected):
    assert gap(one, other, **({"end": ends} if ends else {})) == expected


def test_a_start_before_a_day_is_on_the_day_before_at_the_latest():
    # From days 5..9: day 20 to 18 with nothing between days 4 and 9.
    told = course(0, 4), course((5, 10), 29)
    assert gap(*told, start=["0 d", "5..<10 d"]) == [0, 4, 0, 0]
    assert gap(*told, start=["0 d", "5..10 d"]) == [0, 5, 0, 0]


@pytest.mark.parametrize(
    ("count", "days"),
    [
        ("2", [40, 47]),
        # The third weekly dose would be on day 54, after the end: on which days nine were given is not known.
        ("9", []),
    ],
)
def test_no_dose_has_a_day_after_the_end_of_its_course(make_case, count, days):
    header = HEADER.replace("end,", "end,count,")
    case = make_case(f"a,1,treatment,x,40 d,50 d,{count},10,mg,weekly,,,chart", header=header)
    assert derive_doses(case.facts)["DOSEDY"].tolist() == days
    assert derive_exposure(case.facts)["NDOSLO"].tolist() == [float(count)]


@pytest.mark.parametrize(
    ("start", "end", "frequency", "doses"),
    [
        # 5 January, February, March and April.
        ("2021-01-05", "2021-04-05", "monthly", (4, 4)),
        ("2021-01-05", "2021-04-04", "monthly", (3, 3)),
        # Twelve firsts of a month; the thirteenth is in the next year.
        ("2020-01-01", "2020-12-31", "monthly", (12, 12)),
        ("2021-01-01", "2021-07-01", "every 6 mo", (2, 2)),
        # 365 days later, and one day short of a year.
        ("2019-03-01", "2020-02-29", "every 12 mo", (1, 1)),
        ("2019-03-01", "2020-03-01", "every 1 a", (2, 2)),
        # 31 January, 28 February, 31 March; from 1 January to 30 April four, from 31 January to 1 April three.
        ("2021-01-31", "2021-03-31", "monthly", (3, 3)),
        ("2021-01", "2021-04", "monthly", (3, 4)),
        # Without a date: two months are 59 to 62 days, five 150 to 153, a year 365 or 366.
        ("0 d", "59 d", "monthly", (2, 3)),
        ("0 d", "58 d", "monthly", (2, 2)),
        ("0 d", "155 d", "monthly", (6, 6)),
        ("0 d", "365 d", "every 1 a", (1, 2)),
        ("0 d", "ongoing", "monthly", (1, INF)),
    ],
)
def test_months_between_two_doses_are_those_of_the_calendar(exposure_of, start, end, frequency, doses):
    row = exposure_of((start, end, frequency), about="{date: 2019-01-01}").iloc[0]
    assert (row["NDOSLO"], row["NDOSHI"]) == doses
    assert (row["CUMLO"], row["CUMHI"]) == (5 * doses[0], 5 * doses[1])


def test_the_length_between_two_dates_does_not_take_over_what_is_open_of_time_zero(exposure_of):
    # 90 days from 5 January to 5 April 2021, both counted 91, whichever day of 2020 or none time zero is.
    for about in ("{date: 2020-06}", "{label: first record}"):
        row = exposure_of(("2021-01-05", "2021-04-05", "monthly"), ("0 d", "3 d", "daily"), about=about).iloc[0]
        assert row[["EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI", "REASON"]].tolist() == [91, 91, 4, 4, ""]


def test_what_is_open_of_a_fact_is_no_part_of_the_length_of_a_course_that_counts_from_it(make_case):
    # Three months are 76.1 to 106.5 days: 75 to 105 whole days after day 1, and both ends counted.
    lines = [
        "a,1,event,relapse,8 mo,,,,,,,,,chart",
        "a,1,treatment,x,1 d,3 mo,relapse,3,mg/day,,,,,chart",
        "a,1,event,visit,,,,,,,,,,chart",
        "a,1,treatment,y,1 d,3 mo,visit,3,mg/day,,,,,chart",
    ]
    header = "case_id,phase,kind,code,start,end,anchor,dose,dose_unit,frequency,value,unit,state,source"
    table = derive_exposure(make_case(*lines, header=header, about="analysis: {baseline: first}").facts)
    assert table[["EXDURLO", "EXDURHI", "CUMHI"]].to_numpy().tolist() == [[76, 106, 318]] * 2


def test_months_without_a_date_place_no_dose_after_the_end(make_case):
    # Six months are at least 181 days: seven doses fit, the last on day 181 and not on day 182.6.
    header = HEADER.replace("end,", "end,count,")
    for count, last in (("7", [181.0]), ("8", [])):
        case = make_case(f"a,1,treatment,x,0 d,181 d,{count},10,mg,monthly,,,chart", header=header)
        assert derive_doses(case.facts)["DOSEDY"].tolist()[-1:] == last


def test_a_calendar_of_months_begins_at_the_date_of_the_first(make_case):
    row = "a,1,treatment,x,2021-02-01,2021-12-31,500,mg,monthly,,,chart"
    facts = make_case(row, header=HEADER, about="analysis: {baseline: first}\ntime_zero: {date: 2021-02-01}").facts
    # 1 February, March and April: 28 days, and 31 more.
    assert derive_calendar(facts, days=59)["DOSEDY"].tolist() == [0, 28, 59]


@pytest.mark.parametrize(
    ("start", "end", "frequency", "count", "placed"),
    [
        # Two months from 1 July are 62 days, and 31 August is the last of them; a month without a date has 31 at most.
        ("2021-07-01", "2021-08-31", "monthly", 2, True),
        ("2021-01-01", "2021-01-31", "monthly", 1, True),
        ("0 d", "61 d", "monthly", 2, True),
        # Of one day, doses that are a part of a day apart.
        ("0 h", "15 h", "every 8 h", 2, True),
        ("0 d", "2 d", "twice daily", 5, True),
        # Ten weekly doses last until day 70; with an end on day 90, some were left out, and of three months in mid-May.
        ("0 d", "70 d", "weekly", 10, True),
        ("0 d", "90 d", "weekly", 10, False),
        ("2021-01-01", "2021-05-15", "monthly", 3, False),
    ],
)
def test_doses_have_days_unless_some_were_surely_left_out(make_case, start, end, frequency, count, placed):
    header = "case_id,phase,kind,code,start,end,dose,dose_unit,frequency,count,value,unit,source"
    row = f"a,1,treatment,methotrexate,{start},{end},10,mg,{frequency},{count},,,chart"
    facts = make_case(row, header=header).facts
    number = count if placed else 0
    assert (len(derive_doses(facts)), len(derive_calendar(facts))) == (number, number)


def test_a_unit_of_a_dose_that_is_missing_is_blank():
    """As after the facts were written as CSV and read again."""
    facts = rows(treatment(dose=math.nan, unit=math.nan, end=(56, 56))).assign(code="x")
    assert derive_calendar(facts, days=56)["DOSEDY"].tolist() == [0, 28, 56]
