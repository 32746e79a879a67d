"""Dates at the precision given: `2005`, `2005-08`, `2005-08-14`, or a range of two; and what to write for any other."""

import calendar
import datetime
import re
import unicodedata

from .bounds import LONGEST, Bounds
from .spellings import plain

MONTHS = tuple(calendar.month_name)[1:]
# A spreadsheet adds midnight to a date; any other time of day is not read.
DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2})(?:[T ]00:00(?::00(?:\.0+)?)?)?)?)?")
# Four digits alone, before `-`, or before `..` and what ends in no unit: `1000..1001 d` is a length of time.
_DATED = re.compile(r"\s*[0-9]{4}(-|\s*$|\.\.(?!.*[a-z]\s*$))")
_GENERAL = "a date such as 2024-01-10, 2024-01 or 2024 (YYYY-MM-DD), without a time of day"

_ABROAD = (
    "januar februar m\u00e4rz april mai juni juli august september oktober november dezember",
    "janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre d\u00e9cembre",
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre",
    "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
)
# The first month of each season in the north.
_SEASONS = {
    3: "spring fr\u00fchling fr\u00fchjahr printemps primavera",
    6: "summer sommer \u00e9t\u00e9 verano estate",
    9: "autumn fall herbst automne oto\u00f1o autunno",
    12: "winter hiver invierno inverno",
}
_WORD, _YEAR, _ORDINAL = r"[^\W\d_]{3,}", "(?P<year>(?:1[89]|20)[0-9]{2})", "(?:st|nd|rd|th|er)?"
_DAY = rf"(?P<day>[0-9]{{1,2}}){_ORDINAL}"
_NAMED = (
    rf"(?:{_DAY}[ .-]*(?:of |de )?)?(?P<month>{_WORD})[ .,-]*(?:(?:of|de|del) )?{_YEAR}",
    rf"(?P<month>{_WORD})[ .,-]*{_DAY},? +{_YEAR}",
    rf"{_YEAR}[ .,/-]*(?P<month>{_WORD})(?:[ .,/-]*{_DAY})?",
)
_ENGLISH = "|".join([*MONTHS, *calendar.month_abbr[1:]])
_NO_YEAR = rf"(?:[a-z]+ )*(?:{_DAY}[ -])?(?:of )?(?P<month>{_ENGLISH})\.?(?:[ -](?P<behind>[0-9]{{1,2}}){_ORDINAL})?"
_CLOCK = re.compile(r"(?<![0-9:])[0-2]?[0-9]:[0-5][0-9](?![0-9])|(?<![0-9])[0-9]{1,2} ?[ap]\.?m\b", re.IGNORECASE)
# A time delta as pandas prints it in a file.
_DELTA = re.compile(r"(?P<days>-?[0-9]+) days?,? \+?(?P<hours>[0-9]{1,2}):00:00")
_SLASHED = r"(?P<one>[0-9]{1,2})[/.-](?P<other>[0-9]{1,2})[/.-](?P<year>[0-9]{2}|[0-9]{4})"
_YEAR_FIRST = r"(?P<year>[0-9]{4})(?P<mark>[/.-])(?P<month>[0-9]{1,2})(?:[/.-](?P<day>[0-9]{1,2}))?"
_TOGETHER = "(?P<year>(?:19|20)[0-9]{2})(?P<month>[0-9]{2})(?P<day>[0-9]{2})"
_OF_WEEK = (
    r"(?P<year>[0-9]{4})-?w(?P<week>[0-9]{2})(?:-(?P<day>[1-7]))?",
    rf"(?:calendar )?(?:week|wk|w|kw|cw|kalenderwoche|woche|semaine|semana|settimana)\.? ?(?P<week>[0-9]{{1,2}})"
    rf"(?: of |, ?|[ /-] ?){_YEAR}",
)
_ISO = "[0-9]{4}(?:-[0-9]{2}){0,2}"
_RANGE = (
    rf"(?:from |between |von |zwischen |de |entre )?(?P<first>{_ISO}) ?"
    r"(?:\.\.|[/-]|(?:to|until|till|through|and|bis|und|\u00e0|al?)\b) ?"
    rf"(?P<last>{_ISO}|[0-9]{{2}}(?:-[0-9]{{2}})?)"
)
_ABOUT = (
    r"(?:about|approximately|approx\.?|around|circa|ca\.?|c\.|etwa|environ|~) ?"
    rf"(?P<date>{_YEAR}(?:-[0-9]{{2}}){{0,2}})"
)
_DECADE = "(?:the )?(?P<decade>(?:19|20)[0-9])0'?(?:s|er)"
_QUARTER = (rf"q(?P<n>[1-4])[ /-]?{_YEAR}", rf"{_YEAR}[ /-]?q(?P<n>[1-4])", rf"(?P<n>[1-4])(?:q|\. quartal) ?{_YEAR}")
_OF_SEASON = rf"(?P<season>{'|'.join(' '.join(_SEASONS.values()).split())})(?: of)?,? {_YEAR}"
# Which third of a month or year: its first day, and its first month.
_THIRDS = {"early": 0, "beginning": 0, "start": 0, "mid": 1, "middle": 1, "late": 2, "end": 2}
_PART = rf"(?:the )?(?P<part>{'|'.join(_THIRDS)})(?: of)?[ -](?:(?P<month>{_WORD})[ ,-]+)?{_YEAR}"
# From which day a spreadsheet, and another program, counts, and the years that are meant by the number of a day.
_FIRST_DAY, _YEARS = datetime.date(1899, 12, 30), range(1930, 2080)
# Databases write a date centuries away for none, or the first day that a spreadsheet has.
_DAY_OF_NONE = ("1900", "01", "01")
_FIRST_OF_SAS = datetime.date(1960, 1, 1)


def parse_date(text: str) -> Bounds:
    """Bounds of an ISO 8601 date at the precision given, or of a range of dates, as proleptic Gregorian day numbers.

    Raises
    ------
    ValueError
        If the text is not YYYY, YYYY-MM, YYYY-MM-DD or two of them joined by `..`, or the day does not exist; a month
        or day 00 is none.

    Examples
    --------
    >>> first, last, *_ = parse_date("2005-08")
    >>> last - first
    30.0
    >>> parse_date("2024-05-00")
    Traceback (most recent call last):
    ValueError: a date without the part that is unknown: 2024-05
    """
    ends = []
    for part in text.strip().split("..", 1):
        bounds = _bounds(part.strip())
        if bounds is None:
            whole = DATE.fullmatch(part.strip())
            raise ValueError(date_expected(text) or (_wrong(*whole.groups()) if whole else "") or _GENERAL)
        ends.append(bounds)
    if ends[0].low > ends[-1].high:
        raise ValueError("a range from the earlier to the later date")
    return Bounds(ends[0].low, ends[-1].high)


def _bounds(text: str) -> Bounds | None:
    """The first and the last day of one date; nothing where it is none."""
    match = DATE.fullmatch(text)
    if match is None or _wrong(*match.groups()):
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    last_month = month or 12
    first = datetime.date(year, month or 1, day or 1)
    last = datetime.date(year, last_month, day or calendar.monthrange(year, last_month)[1])
    return Bounds(float(first.toordinal()), float(last.toordinal()))


def is_date(text: str) -> bool:
    """Whether a time is given as a date, and not as a length of time from time zero.

    Examples
    --------
    >>> is_date("2005-08"), is_date("2005"), is_date("12 wk")
    (True, True, False)
    """
    return _DATED.match(text) is not None


def date_expected(text: str) -> str:
    """What to write in place of a date as people type it; blank for any other text.

    Examples
    --------
    >>> date_expected("5 June 2020"), date_expected("30.02.2024")
    ('a date with its year first: 2020-06-05', 'a day that exists in the calendar: February 2024 has 29 days')
    >>> date_expected("2019-05-03 to 2019-05-07"), date_expected("Q1 2024"), date_expected("soon")
    ('a range of dates: 2019-05-03..2019-05-07', 'a range of dates: 2024-01..2024-03', '')
    >>> date_expected("-2 days +12:00:00")
    'a length of time in one unit: -36 h'
    """
    if len(text) > LONGEST:
        return ""
    typed = plain(text).casefold()
    if length := _DELTA.fullmatch(typed):
        hours = 24 * int(length["days"]) + int(length["hours"])
        return f"a length of time in one unit: {hours} h"
    if _CLOCK.search(typed):
        return "a date without a time of day: 2024-01-10 (YYYY-MM-DD); a number of hours is a length of time: 8 h"
    readings = (_named, _without_year, _of_number, _of_range, _of_digits, _slashed, _of_week, _of_part, _of_about)
    return next(filter(None, (reading(typed) for reading in readings)), "")


def _match(patterns: tuple[str, ...] | str, typed: str) -> re.Match | None:
    """The match of the first pattern that is the whole of a text."""
    patterns = (patterns,) if isinstance(patterns, str) else patterns
    return next(filter(None, (re.fullmatch(pattern, typed, re.IGNORECASE) for pattern in patterns)), None)


def _wrong(year: str, month: str | None = None, day: str | None = None) -> str:
    """Why the digits of a date are none, and what would be right; blank where they are one.

    Examples
    --------
    >>> _wrong("2024", "00", "15"), _wrong("2024", "05")
    ('a date without the part that is unknown: 2024', '')
    >>> _wrong("2023", "02", "29")
    'a day that exists in the calendar: February 2023 has 28 days'
    """
    if int(year) == 0:
        return "a year that exists in the calendar; an unknown date is left blank"
    if not 1900 <= int(year) <= 2199 or (year, month, day) == _DAY_OF_NONE:
        return "a date from 1900-01-02 to 2199-12-31; blank where none is meant"
    if month is None:
        return ""
    if int(month) == 0:
        return f"a date without the part that is unknown: {year}"
    if int(month) > len(MONTHS):
        return "a day that exists in the calendar: a month from 01 to 12"
    if day is None:
        return ""
    if int(day) == 0:
        return f"a date without the part that is unknown: {year}-{int(month):02}"
    last = calendar.monthrange(int(year), int(month))[1]
    over = int(day) > last
    return f"a day that exists in the calendar: {MONTHS[int(month) - 1]} {year} has {last} days" if over else ""


def _iso(year: str, month: str, day: str | None) -> str:
    return f"{year}-{int(month):02}" + (f"-{int(day):02}" if day else "")


def _month(word: str) -> int:
    """The number of the month that a word names, in full or in its first letters; 0 where it names none.

    Examples
    --------
    >>> _month("m\\u00e4rz"), _month("aout"), _month("sept"), _month("ju"), _month("jui"), _month("soon")
    (3, 8, 9, 0, 0, 0)
    """
    names = [" ".join(MONTHS), *_ABROAD]
    begins = _bare(word)
    numbers = {
        number for line in names for number, name in enumerate(line.split(), 1) if _bare(name).startswith(begins)
    }
    return numbers.pop() if len(begins) > 2 and len(numbers) == 1 else 0


def _bare(word: str) -> str:
    """A word in small letters without accents."""
    return "".join(mark for mark in unicodedata.normalize("NFD", word.casefold()) if not unicodedata.combining(mark))


def _named(typed: str) -> str:
    match = _match(_NAMED, typed)
    number = _month(match["month"]) if match else 0
    if not number:
        return ""
    year, day = match["year"], match["day"]
    return _wrong(year, str(number), day) or f"a date with its year first: {_iso(year, str(number), day)}"


def _without_year(typed: str) -> str:
    """Of a month by its name without a year, in four digits at least."""
    match = _match(_NO_YEAR, typed)
    if not match:
        return ""
    month = _month(match["month"])
    name, day, behind = MONTHS[month - 1], match["day"], match["behind"]
    if not (day or behind):
        return f"a date with its year first, as in YYYY-{month:02} for {name}, or a length of time from day 0"
    meant = [f"{int(day or behind)} {name} ({_iso('YYYY', str(month), day or behind)})"]
    if behind and not day and len(behind) > 1 and typed.endswith(behind):
        meant.append(f"{name} 20{behind} (20{behind}-{month:02})")
    likely = meant if 0 < int(day or behind) <= calendar.monthrange(2000, month)[1] else meant[1:]
    return f"a date with its year first: {' or '.join(likely)}" if likely else ""


def _of_number(typed: str) -> str:
    """Of the number by which a spreadsheet or a program of statistics keeps a day."""
    of_spreadsheet, of_sas = day_of_spreadsheet(typed), day_of_spreadsheet(typed, _FIRST_OF_SAS)
    if of_sas[:4] > "2050" or not of_spreadsheet:
        of_sas = ""
    also = f", and SAS or Stata for {of_sas}" if of_sas else ""
    return f"a date as text: a spreadsheet has this number for the day {of_spreadsheet}{also}" if of_spreadsheet else ""


def _of_range(typed: str) -> str:
    match = _match(_RANGE, typed)
    if not match:
        decade = _match(_DECADE, typed)
        return f"a range of dates: {decade['decade']}0..{decade['decade']}9" if decade else ""
    first, last = match["first"], match["last"]
    # What the second date has in common with the first is left out: 2019-05-03..07.
    last = last if len(last) > 5 or len(last) == 4 else first[: -len(last)] + last
    ends = _bounds(first), _bounds(last)
    if None in ends or ends[0].low >= ends[1].low:
        return ""
    dates = f"{first}..{last}"
    digits = _match(_YEAR_FIRST, typed)
    if digits is None:
        return f"a range of dates: {dates}"
    # 2005/06 is a month or the next year, 2019-20 the next year, and 2005-13 the one or the other mistyped.
    year, month, following = digits["year"], digits["month"], last == f"{int(first[:4]) + 1}"
    wrong = _wrong(year, month, digits["day"])
    if not wrong:
        return f"a date with one meaning: {_iso(year, month, None)} or {dates}" if following else ""
    return f"{'' if following else f'{wrong}, or '}a range of dates: {dates}"


def _of_digits(typed: str) -> str:
    match = _match((_YEAR_FIRST, _TOGETHER), typed)
    if not match:
        return ""
    parts = match["year"], match["month"], match["day"]
    wrong, iso = _wrong(*parts), _iso(*parts)
    if wrong or match.groupdict().get("mark") != "." or match["day"]:
        form = "in two digits each (YYYY-MM-DD)" if "-" in typed else "with hyphens"
        return wrong or f"a date {form}: {iso}"
    # With a decimal point it may be half a year.
    month = MONTHS[int(match["month"]) - 1]
    return f"a date with one meaning: {iso} for {month} {match['year']}, or {match['year']} for a part of that year"


def _slashed(typed: str) -> str:
    """Of day and month in either order, or a month, before the year."""
    of_month = _match(rf"(?P<month>[0-9]{{1,2}})[/.-]{_YEAR}", typed)
    if of_month:
        year, month = of_month["year"], of_month["month"]
        return _wrong(year, month) or f"a date with its year first: {_iso(year, month, None)}"
    match = _match(_SLASHED, typed)
    if not match:
        return ""
    one, other, digits = match["one"], match["other"], match["year"]
    year = digits if len(digits) == 4 else "YYYY"
    if 0 in (int(one), int(other)):
        month = int(one) or int(other)
        known = f"{year}-{month:02} where {month:02} is the month, else {year}" if 0 < month <= 12 else year
        return f"a date without the part that is unknown: {known}"
    # Which two digits are a leap year is open.
    asked = digits if len(digits) == 4 else "2000"
    wrong = {(day, month): _wrong(asked, month, day) for day, month in ((one, other), (other, one))}
    meant = sorted((int(day), int(month)) for (day, month), words in wrong.items() if not words)
    if not meant:
        return max(wrong.values(), key=lambda words: "has" in words).replace(f" {asked} has", f" {year} has")
    dates = [f"{day} {MONTHS[month - 1]} ({year}-{month:02}-{day:02})" for day, month in dict.fromkeys(meant)]
    return f"a date with {'its year first' if len(dates) == 1 else 'one meaning'}: {' or '.join(dates)}"


def _of_week(typed: str) -> str:
    match = _match(_OF_WEEK, typed)
    if not match:
        return ""
    year, week, day = int(match["year"]), int(match["week"]), match.groupdict().get("day")
    try:
        first, last = (datetime.date.fromisocalendar(year, week, int(day or end)) for end in (1, 7))
    except ValueError:
        return "a week that exists in the calendar, as a range of dates"
    dates = f"{first}" if day else f"{first}..{last}"
    return f"{'a date' if day else 'a calendar week as a range of dates'}: {dates} by the weeks of ISO 8601"


def _of_part(typed: str) -> str:
    """Of a season, a quarter, or the beginning, middle or end of a month or year."""
    quarter, season, part = _match(_QUARTER, typed), _match(_OF_SEASON, typed), _match(_PART, typed)
    if quarter:
        year, last = quarter["year"], 3 * int(quarter["n"])
        return f"a range of dates: {year}-{last - 2:02}..{year}-{last:02}"
    if season:
        first = next(month for month, words in _SEASONS.items() if season["season"] in words.split())
        year = int(season["year"])
        years = (year - 1, year) if first == len(MONTHS) else (year,)
        ends = [f"{year}-{first:02}..{year + first // 12}-{(first + 2) % 12:02}" for year in years]
        return f"a range of dates, as the source means it: {' or '.join(ends)} in the north"
    number = _month(part["month"]) if part and part["month"] else 0
    if not part or (part["month"] and not number):
        return ""
    third, whole = _THIRDS[part["part"]], f"{part['year']}-{number:02}" if number else part["year"]
    if number:
        last = (10, 20, calendar.monthrange(int(part["year"]), number)[1])[third]
        span = f"{whole}-{10 * third + 1:02}..{whole}-{last:02}"
    else:
        span = f"{whole}-{4 * third + 1:02}..{whole}-{4 * third + 4:02}"
    return f"{whole}, or a part of it as a range of dates, as in {span}"


def _of_about(typed: str) -> str:
    match = _match(_ABOUT, typed)
    bounds = _bounds(match["date"]) if match else None
    if bounds is None:
        return ""
    date = match["date"]
    before, after = (
        datetime.date.fromordinal(int(day)).isoformat()[: len(date)] for day in (bounds.low - 1, bounds.high + 1)
    )
    return f"{date} alone, or a range of dates, as in {before}..{after}"


def day_of_spreadsheet(text: str, first: datetime.date = _FIRST_DAY) -> str:
    """The day for which a spreadsheet has a number; blank for a text that is none, or another one.

    Parameters
    ----------
    text : str
        As it stands where a time should be.
    first : date
        Day 0 of the spreadsheet: in some workbooks 1 January 1904.

    Examples
    --------
    >>> day_of_spreadsheet("45027"), day_of_spreadsheet("43565", datetime.date(1904, 1, 1)), day_of_spreadsheet("99999")
    ('2023-04-11', '2023-04-11', '')
    """
    if not re.fullmatch("[0-9]{5}", text):
        return ""
    day = first + datetime.timedelta(int(text))
    return day.isoformat() if day.year in _YEARS else ""
