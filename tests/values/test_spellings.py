"""Words as people type them: each safe word of the table is read as its canonical form, each other one is refused."""

import math
import re

import pandas as pd
import pytest
from hypothesis import given, strategies as st

from casetimeline.case.checks.check import check_facts
from casetimeline.derive import parse_frequency
from casetimeline.values import parse_grade, parse_time
from casetimeline.values.spellings import canonical, spelling
from casetimeline.values.times import canonical_time
from casetimeline.vocabulary import COLUMN_NAMES, LIMIT_STATES, STATES, known_spellings

EFFUSION = ("none", "trivial", "small", "moderate", "large")
NUMBERS = {"N": "6", "M": "9", "D": "5", "Y": "2020", "U": "weeks", "Mon": "Jun", "N-1": "5"}
WORDS = [
    {name: re.sub(r"\{([^}]+)\}", lambda place: NUMBERS[place[1]], cell) for name, cell in row.items()}
    for row in known_spellings()
]
SAFE = [row for row in WORDS if row["canonical"]]
OPEN = [row for row in WORDS if not row["canonical"]]
# How the meaning of a canonical form is told, by the field of the word; each reads the form alone, not the table.
MEANING = {
    "time": lambda text: parse_time(text.replace("weeks", "wk")),
    "frequency": lambda text: parse_frequency(text).interval,
    "state": STATES.get,
    "grade": lambda text: parse_grade(text, EFFUSION),
}


def words(rows):
    return [f"{row['field']}: {row['typed']}" for row in rows]


def test_the_table_has_a_source_on_each_line_and_each_word_once():
    rows = known_spellings()
    assert all(row["typed"] and row["source"] for row in rows)
    assert all(row["canonical"] or row["hint"] for row in rows)
    assert len({(row["field"], row["typed"]) for row in rows}) == len(rows) > 1000


@pytest.mark.parametrize("row", SAFE, ids=words(SAFE))
def test_a_safe_word_is_read_as_what_it_means(row):
    field, typed = row["field"], row["typed"]
    # `{U}` stands for a unit that a person types, and for its canonical word.
    expected = row["canonical"].replace("weeks", "wk")
    meaning = MEANING.get(field, str)
    assert meaning(spelling(field, typed).canonical) == meaning(expected)
    if field == "time":
        assert parse_time(typed) == parse_time(expected)
    if field == "frequency":
        assert parse_frequency(typed).interval == parse_frequency(expected).interval > 0


def facts_of(rows):
    """One row of a timeline for each word, in the column of its field."""
    blank = dict.fromkeys(COLUMN_NAMES, "")
    frame = []
    for line, row in enumerate(rows, 2):
        # Within or beyond the limits of a laboratory lies a number, and no finding.
        limited = row["canonical"] in LIMIT_STATES or re.search("the limits|a multiple", row["hint"])
        kind = "treatment" if row["field"] in ("frequency", "route", "count") else "observation"
        column = {"time": "start", "grade": "value"}.get(row["field"], row["field"])
        fact = blank | {"case_id": "a", "source": "chart", "kind": kind}
        fact |= {"phase": str(line), "code": "ck" if limited else "pericardial_effusion"}
        frame.append(fact | ({"state": "present"} if column in ("start", "by") else {}) | {column: row["typed"]})
    return pd.DataFrame(frame, dtype=str).assign(line=range(2, len(rows) + 2))


def test_each_word_with_more_than_one_meaning_is_refused_with_its_hint(vocabulary):
    faults = check_facts(facts_of(OPEN), vocabulary.measures, "t.csv")
    columns = ("start", "frequency", "route", "state", "value", "by")
    said = {fault.line: fault for fault in faults if fault.column in columns}
    for line, row in enumerate(OPEN, 2):
        assert said[line].found == row["typed"]
        # A unit stands in the hint by its canonical word.
        hints = row["hint"], row["hint"].replace("6 weeks", "6 wk").replace("6.9 weeks", "6.9 wk")
        assert any(hint in said[line].expected for hint in hints), row


def test_no_safe_word_is_refused(vocabulary):
    rows = [row for row in SAFE if row["field"] in ("time", "frequency", "route", "state", "grade")]
    columns = ("frequency", "route", "state", "value")
    faults = check_facts(facts_of(rows), vocabulary.measures, "t.csv")
    # That later phases have earlier times is a fault of this frame.
    times = [fault for fault in faults if fault.column == "start" and "earlier phase" not in fault.expected]
    assert [fault for fault in faults if fault.column in columns] == times == []


@pytest.mark.parametrize(
    ("typed", "low", "high"),
    [
        # A whole number of weeks, months or years is known to half of it; a month has 30.4375 days.
        ("12 weeks", 80.5, 87.5),
        ("W12", 80.5, 87.5),
        ("Week 12", 80.5, 87.5),
        ("1 month", 15.21875, 45.65625),
        ("3-4 mo", 91.3125, 121.75),
        ("3\u20134 months", 91.3125, 121.75),
        ("3 to 4 months", 91.3125, 121.75),
        ("1 year", 182.625, 547.875),
        ("0", 0, 0),
        ("day 0", 0, 0),
        # Day 5 is four days after day 1, and five after day 0.
        ("day 5", 4, 5),
        ("about six weeks", 35, 49),
        ("2 weeks ago", -17.5, -10.5),
        # A minus behind a blank is the sign of its number: -12 weeks, and half a week to either side.
        ("week -12", -87.5, -80.5),
        ("day \u22123", -3, -3),
        ("within 10 days", 0, 10),
        ("36 hours", 1.5, 1.5),
        ("nach 3 Tagen", 3, 3),
        # One of a unit, in each of the five languages.
        ("1 Monat", 15.21875, 45.65625),
        ("3 Mon.", 76.09375, 106.53125),
        ("1 Woche", 3.5, 10.5),
        ("1 Tag", 1, 1),
        ("1 Jahr", 182.625, 547.875),
        ("1 Stunde", 1 / 24, 1 / 24),
        ("1 semaine", 3.5, 10.5),
        ("1 semana", 3.5, 10.5),
        ("1 settimana", 3.5, 10.5),
        ("a week", 3.5, 10.5),
        ("about a month", 0, 60.875),
        # Days 5 to 7 as the source may count them: from day 0, or from day 1.
        ("days 5-7", 4, 7),
        ("day 5 to 7", 4, 7),
        ("days 0-3", 0, 3),
        ("-4 to -3 months", -121.75, -91.3125),
        ("week 4 to 6", 28, 42),
        # A plus before a number of days counts from zero, as a minus does.
        ("day +5", 5, 5),
        ("D+5", 5, 5),
        ("Tag+5", 5, 5),
        ("minus 5 d", -5, -5),
        ("-3\u2013-1 mo", -91.3125, -30.4375),
        ("=<12 wk", 0, 84),
        ("\u223c6 wk", 35, 49),
        ("\u20536 wk", 35, 49),
        ("toutes", None, None),
        ("12 mm", None, None),
        ("6 weeks and more", None, None),
        # 28 weeks and 3 days of a pregnancy, and not two times.
        ("28+3 weeks", None, None),
        ("nach 3. Monat", None, None),
        ("W12.", 80.5, 87.5),
        # The sisters of words that are read.
        ("semaine 4", 24.5, 31.5),
        ("Woche -2", -17.5, -10.5),
        ("Tag -7", -7, -7),
        ("mese 3", 76.09375, 106.53125),
        ("at week 12", 80.5, 87.5),
        ("on day 5", 4, 5),
        ("day 00", 0, 0),
    ],
)
def test_times_as_people_type_them(typed, low, high):
    if low is None:
        with pytest.raises(ValueError, match="a time such as 12 wk"):
            parse_time(typed)
    else:
        assert parse_time(typed)[:2] == (low, high)


TWO_MEANINGS = pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("05/06/2020", "5 June (2020-06-05) or 6 May (2020-05-06)"),
        ("31/12/2020", "its year first: 31 December (2020-12-31)"),
        ("5.6.2020", "5 June (2020-06-05) or 6 May (2020-05-06)"),
        ("5/6/20", "5 June (YYYY-06-05) or 6 May (YYYY-05-06)"),
        ("5 June 2020", "its year first: 2020-06-05"),
        ("Jun 2020", "its year first: 2020-06"),
        ("2020/07/01", "hyphens: 2020-07-01"),
        ("20200301", "hyphens: 2020-03-01"),
        # 1 January 2020 is day 43831 of a spreadsheet; 31 and 29 days later.
        ("43891", "for the day 2020-03-01"),
        ("D5", "4 d or 5 d"),
        # In notes of Britain, of twelve months and of seven days.
        ("6/12", "write 6 mo"),
        ("8/12", "write 8 mo"),
        ("3/7", "write 3 d"),
        ("2/52", "write 2 wk"),
        # No such day: November has 30, and 2023 was no leap year.
        ("30.02.2024", "a day that exists in the calendar: February 2024 has 29 days"),
        ("31/11/2024", "November 2024 has 30 days"),
        ("29.02.2023", "February 2023 has 28 days"),
        ("29 Feb 2023", "February 2023 has 28 days"),
        # What a database writes for an unknown part is left out.
        ("2024-00-15", "without the part that is unknown: 2024"),
        ("2019-00", "without the part that is unknown: 2019"),
        ("2025-05-00", "without the part that is unknown: 2025-05"),
        ("00/05/2020", "2020-05 where 05 is the month, else 2020"),
        ("20240500", "without the part that is unknown: 2024-05"),
        ("0000", "a year that exists in the calendar"),
        # 1 January 2024 was a Monday, and so was 12 February; 1 January 2019 was the Tuesday of its first week.
        ("2024-W07", "2024-02-12..2024-02-18 by the weeks of ISO 8601"),
        ("2019-W12", "2019-03-18..2019-03-24"),
        ("week 12-2019", "2019-03-18..2019-03-24"),
        ("KW 12/2019", "2019-03-18..2019-03-24"),
        ("2019-W12-3", "2019-03-20"),
        ("2024/25", "2024..2025"),
        ("2005/06", "2005-06 or 2005..2006"),
        ("2020.5", "2020-05 for May 2020, or 2020 for a part of that year"),
        ("1990s", "1990..1999"),
        ("05/2020", "its year first: 2020-05"),
        ("06.2020", "its year first: 2020-06"),
        ("J14", "write 14 d, or 13 d where day 1 is the first, or 14 a"),
        ("T12", "write 12 d, or 11 d where day 1 is the first, or use phase"),
        ("2,5 mo", "write 2.5 mo, or a row for each time"),
        ("3,5 d", "write 3.5 d"),
        ("12, 16 weeks", "a row for each: 12 wk, 16 wk"),
        # Two years and three months are one time.
        ("2 y 3 mo", "a length of time in one unit"),
        ("days 1, 8 and 15", "a row for each: day 1, day 8, day 15"),
        ("1 week after discharge", "1 wk, and in 'anchor' the code of the row that it counts from (discharge)"),
        ("12 weeks after starting tocilizumab", "12 wk, and in 'anchor' the code"),
        ("12 weeks post", "write 12 wk for time zero"),
        ("2019-05-03 to 2019-05-07", "2019-05-03..2019-05-07"),
        ("2019-2020", "2019..2020"),
        ("2019-05..06", "2019-05..2019-06"),
        ("2019-05-03..07", "2019-05-03..2019-05-07"),
        ("3. Mai 2019", "2019-05-03"),
        ("M\u00e4rz 2020", "2020-03"),
        ("3 ao\u00fbt 2019", "2019-08-03"),
        ("3 de enero de 2020", "2020-01-03"),
        ("giugno 2020", "2020-06"),
        ("10JAN2024", "2024-01-10"),
        ("May-19", "19 May (YYYY-05-19) or May 2019 (2019-05)"),
        ("spring 2020", "2020-03..2020-05 in the north"),
        ("winter 2020", "2019-12..2020-02 or 2020-12..2021-02 in the north"),
        ("Q1 2024", "2024-01..2024-03"),
        ("early March 2021", "2021-03, or a part of it as a range of dates, as in 2021-03-01..2021-03-10"),
        ("ca. 2024", "2024 alone, or a range of dates, as in 2023..2025"),
        # From 1 January 1960, as SAS counts, 23376 days are 64 years, with 16 leap days; 9 more are 10 January 2024.
        ("23385", "for the day 1964-01-09, and SAS or Stata for 2024-01-10"),
        ("J-7", "write 6 d or 7 d, as the source counts, or -7 d"),
        ("jour 14", "write 13 d or 14 d"),
        ("M6", "months, minutes or metres"),
        ("30 min", "half an hour is 0.5 h"),
        ("45 Minuten", "half an hour is 0.5 h"),
        # With a full stop a number is an ordinal: the third month.
        ("3. Monat", "write 2..3 mo or 3 mo"),
        # The two full stops of a range are none.
        ("12 wk..", "in place of a range without an end: >=12 wk"),
        ("..12 weeks", "in place of a range without an end: <=12 wk"),
        ("2010..", "with both ends: 2010..YYYY"),
        (">2030-09-01", "with both ends: 2030-09-01..YYYY-MM-DD"),
        ("before 2030-09", "with both ends: YYYY-MM..2030-09"),
        ("3 bis 4 Wochen", "a range: 3..4 wk"),
        ("3 to 4 years earlier", "a range: -4..-3 a"),
        ("3-4 months ago", "a range: -4..-3 mo"),
        ("about 3-4 months", "a range: 3..4 mo"),
        ("wk 12-16", "a range: 12..16 wk"),
        # Day 3 is the day 2 or 3 days after day 0, as in `day 3 to 5`; day 0 is day 0, and 3 days are 3 days.
        ("Tag 3 bis 5", "a range: 2..5 d; a source may count from day 0 or from day 1"),
        ("D3-D5", "a range: 2..5 d; a source may count from day 0 or from day 1"),
        ("Tag 0 bis 5", "a range: 0..5 d"),
        ("3 bis 5 Tage", "a range: 3..5 d"),
        ("a 3 to 5 days", "a range: 3..5 d"),
        ("an 8 to 10 weeks", "a range: 8..10 wk"),
        ("10 to 3 d", "a range from the lower to the higher number: 3..10 d"),
        ("wk 16-12", "a range from the lower to the higher number: 12..16 wk"),
        # As day 4 to day 4 it would be one exact day.
        ("days 5-4", "a range from the lower to the higher number: 3..5 d"),
        ("5 to 3 days ago", "a range: -5..-3 d"),
        ("1 wk 3 d", "a length of time in one unit"),
        ("1 week and 3 days", "in one unit"),
        ("3 to 4 weeks later", "a range from time zero"),
        ("5. Tag", "write 4 d or 5 d"),
        ("by week 12", "write 12 wk or <=12 wk"),
        ("12 weeks after", "write 12 wk for time zero"),
        ("a week later", "rarely time zero"),
        ("1/2 year", "write 6 mo"),
        ("1 month and 2 weeks", "in one unit"),
        ("3 weeks later", "rarely time zero"),
        ("Week-12", "write 12 wk or -12 wk"),
        ("W\u20134", "write 4 wk or -4 wk"),
        ("day-3", "write 2 d or 3 d, as the source counts, or -3 d"),
        ("1 1/2 years", "write 1.5 a"),
        ("1\u00bd years", "write 1.5 a"),
        ("12\u00b12 wk", "a range: 10..14 wk"),
        ("1st week", "write 0..1 wk or 1 wk"),
        ("third month", "write 2..3 mo or 3 mo"),
        ("2 fortnights", "two weeks: write 2 wk for one, 4 wk for two"),
    ],
)


@TWO_MEANINGS
def test_a_time_with_two_meanings_says_both(typed, said):
    with pytest.raises(ValueError, match=re.escape(said)):
        parse_time(typed)


@TWO_MEANINGS
def test_what_is_advised_for_a_time_is_read(typed, said):
    with pytest.raises(ValueError) as caught:
        parse_time(typed)
    date, length = (
        r"(?<!YYYY-)(?<!ISO )\b[0-9]{4}(?:-[0-9]{2}){0,2}\b",
        r"[<>~-]?=?-?[0-9.]+(?:\.\.-?[0-9.]+)? (?:h|d|wk|mo|a)\b",
    )
    advised = re.findall(rf"{date}(?:\.\.{date})?|{length}", str(caught.value).partition("such as")[0])
    for text in advised:
        parse_time(text)


def test_two_ways_to_type_about_are_one_printed_time():
    typed = ("about 6 wk", "approx. 6 weeks", "ca. 6 wk", "\u22486 wk", "~ 6 wk", "~6 wk")
    assert {canonical_time(text) for text in typed} == {"~6 wk"}


def test_midnight_belongs_to_its_date_and_another_time_of_day_is_refused():
    for text in ("2020-07-01 00:00:00", "2020-07-01T00:00:00", "2020-07-01T00:00", "2020-07-01 00:00:00.000"):
        assert parse_time(text) == parse_time("2020-07-01") and canonical_time(text) == "2020-07-01"
    for text in ("2020-07-01 08:30:00", "2020-07-01T23:59", "2020-07-01 00:01"):
        with pytest.raises(ValueError, match="without a time of day"):
            parse_time(text)


@pytest.mark.parametrize(
    ("typed", "days"),
    [
        ("q4w", 28),
        ("every 4 weeks", 28),
        ("Every four weeks", 28),
        ("q2w", 14),
        ("Q10W", 70),
        ("fortnightly", 14),
        ("BID", 0.5),
        ("b.i.d", 0.5),
        ("twice a day", 0.5),
        ("1-0-1", 0.5),
        ("TDS", 1 / 3),
        ("every wk", 7),
        # A month of 30.4375 days: three of them.
        ("q3 months", 91.3125),
        ("3 monthly", 91.3125),
        ("every other day", 2),
        ("alle 3 Wochen", 21),
        ("once monthly", 30.4375),
        ("stat", math.inf),
        ("every 4-6 weeks", math.nan),
        ("daily, Monday to Friday", math.nan),
        ("biweekly", math.nan),
        # A hyphen for a blank, an ordinal, and a unit in any of its spellings.
        ("twice-daily", 0.5),
        ("once-weekly", 7),
        ("every-other-day", 2),
        ("every 2nd day", 2),
        ("every third day", 3),
        ("every fourth week", 28),
        ("every 2 w", 14),
        ("every 3 yrs", 1095.75),
        ("once every 4 wks", 28),
        ("once yearly", 365.25),
        ("1 day a week", 7),
        # How many times in which time, however it is typed.
        *dict.fromkeys(("2 x/day", "x2/day", "2 x t\u00e4gl.", "2\u00d7/d"), 0.5).items(),
        *dict.fromkeys(("1 \u00d7 daily", "once/day", "a day", "each morning", "once nightly", "0-0-1"), 1).items(),
        *dict.fromkeys(("1 per week", "1/wk", "q wk", "qweek"), 7).items(),
        *dict.fromkeys(("1x/month", "once per month", "1/mo", "q monthly"), 30.4375).items(),
        *dict.fromkeys(("once in 2 weeks", "every 2-weeks", "once fortnightly"), 14).items(),
        ("3/d", 1 / 3),
        ("alt days", 2),
        ("every quarter", 91.3125),
        # As its sibling in other words or signs.
        *dict.fromkeys(("each 4 weeks", "q.4.w", "q.4.w.", "q 4 weekly"), 28).items(),
        *dict.fromkeys(("einmal t\u00e4glich", "einmal am Tag", "bedtime", "at bedtime", "q.24.h"), 1).items(),
        *dict.fromkeys(("einmal w\u00f6chentlich", "one time per week"), 7).items(),
        *dict.fromkeys(("every hour", "hourly"), 1 / 24).items(),
        # Half a year of 365.25 days.
        *dict.fromkeys(("semi-annually", "semiannual"), 182.625).items(),
        ("each other day", 2),
        *dict.fromkeys(("every 4-6 weeks", "q4-6w", "d1,8,15", "days 1-3", "2 per week", "q4w x6"), math.nan).items(),
    ],
)
def test_frequencies_as_people_type_them(typed, days):
    assert parse_frequency(typed).interval == pytest.approx(days, nan_ok=True)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        # Seven days by three are 56 hours.
        ("3 times weekly", "if that is meant, every 56 h"),
        ("thrice weekly", "if that is meant, every 56 h"),
        ("twice-weekly", "if that is meant, every 3.5 d"),
        ("2 per week", "if that is meant, every 3.5 d"),
        ("5 days a week", "no fixed interval"),
        ("3/week", "no fixed interval"),
        ("twice a month", "every 2 wk if that is meant"),
        ("d1, d15", "one row each"),
        ("days 1, 15", "one row each"),
        ("on days 1 and 15", "one row each"),
        ("D1 + D15", "one row each"),
        ("days 1, 8 and 15", "one row each"),
        ("EOD", "every other day, or end of day"),
        ("every 3 m", "months or minutes"),
        ("q6m", "for the first write every 6 mo"),
        ("od", "for the first write once daily"),
        ("EOW", "every other week, or end of week"),
        ("d1,8,15", "one row each"),
        ("0, 2, and 6 weeks", "one row each"),
        ("at weeks 0, 2 and 6", "one row each"),
        ("days 1-3", "write daily here, and the days in start and end"),
        ("every 4-6 weeks", "a range of intervals: leave blank and quote"),
        ("q4-6w", "a range of intervals: leave blank and quote"),
        *dict.fromkeys(
            ("every 3 or 4 weeks", "3 or 4 weekly", "q3 or 4w", "every 3/4 weeks"), "a range of inte"
        ).items(),
        ("TIW", "or 'on 3 days of the week', which are told and not counted, or, if that is meant, every 56 h"),
        *dict.fromkeys(("zweimal w\u00f6chentlich",), "if that is meant, every 3.5 d").items(),
        ("4 weekly doses", "write weekly here and 4 in 'count', or every 4 wk"),
        ("3 monthly infusions", "write monthly here and 3 in 'count', or every 3 mo"),
        ("every 1/2 d", "half a day, or a range: write every 12 h"),
        *dict.fromkeys(("two times", "three times"), "how many is said, not how often").items(),
        *dict.fromkeys(("on demand", "if needed"), "no interval: leave frequency blank").items(),
        ("24h", "write every 24 h, or the end"),
        ("2 weeks", "write every 2 wk, or the end"),
        ("pulse", "neither how often nor how many"),
        ("intermittent", "put the word in the note"),
    ],
)
def test_a_frequency_without_one_interval_is_refused_however_it_is_typed(typed, said):
    assert spelling("frequency", typed).canonical == "" and said in spelling("frequency", typed).hint


def test_of_five_times_a_week_no_interval_is_offered():
    # Seven days by five are no interval that anyone means.
    assert "every" not in spelling("frequency", "5x/week").hint


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("0-0-1", "in the evening"),
        ("0-1-0", "at noon"),
        ("1-0-0", "in the morning"),
        ("0-0-0-1", "at bedtime"),
        ("1x tgl", ""),
    ],
)
def test_the_unit_of_a_day_is_told_at_its_place(typed, where):
    hint = spelling("frequency", typed).hint
    assert where in hint and bool(where) == bool(hint) and hint.startswith(typed if where else "")


def test_alternating_treatments_take_the_interval_as_typed():
    assert parse_frequency("q2w, alternating") == (14, True)
    assert parse_frequency("every 2 weeks, alternating") == (14, True)


@given(st.text(max_size=30))
def test_any_text_is_a_known_word_or_none(text):
    for field in ("time", "frequency", "state", "grade", "route", "value", "end"):
        word = spelling(field, text)
        assert word is None or word.canonical or word.hint
        # A canonical form is read as itself.
        assert canonical(field, canonical(field, text)) == canonical(field, text)


@given(st.integers(1, 300), st.sampled_from(["days", "weeks", "months", "years", "wks", "Mo", "YR"]), st.booleans())
def test_a_length_of_time_with_its_unit_in_words_is_the_canonical_one(count, unit, spaced):
    short = {"d": "d", "w": "wk", "m": "mo", "y": "a"}[unit[0].lower()]
    assert canonical_time(f"{count}{' ' * spaced}{unit}") == f"{count} {short}"


@pytest.mark.parametrize("typed", ["d 0", "D0", "jour 0", "d\u00eda 0", "giorno 0", "Tag 0"])
def test_day_0_is_the_zero_of_the_case_and_never_the_day_before(typed):
    assert parse_time(typed)[:2] == (0, 0)


# The first day after an operation is its day 1; the first day in hospital is day 1 in some reports and 0 in others.
@pytest.mark.parametrize(
    ("typed", "days", "event"),
    [("POD 3", "write 3 d,", "operation"), ("POD 0", "write 0 d,", "operation"), ("HD 5", "4 d or 5 d", "admission")],
)
def test_a_day_that_counts_from_an_event_is_sent_to_its_anchor(typed, days, event):
    with pytest.raises(ValueError, match=f"{days}.* in 'anchor' the code of the {event}"):
        parse_time(typed)
