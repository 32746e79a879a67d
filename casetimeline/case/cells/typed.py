"""Words as people type them, in the rows of a case: what is refused, and what a reader should know of those read."""

import math
import re
from collections.abc import Callable, Iterable, Iterator

import pandas as pd

from ...derive import is_per_time, parse_frequency
from ...faults import first_few, printed, shortened
from ...values import (
    LONGEST,
    bounded_grade,
    canonical,
    distinct,
    is_denied_grade,
    list_grades,
    pairs,
    parse_grade,
    plain,
    spelling,
)
from ...vocabulary import STATES
from .expected import for_number, is_said_of_limits, limits_expected, quantity_expected
from .misfits import is_gap

# Every 0 days, every -4 weeks, 0 times a day.
_NO_INTERVAL = re.compile(r"(?i)(?:every|each|q)?\s*(?:-\s*[0-9.]+|0+(?:\.0*)?)\s*(?:x\s*/\s*)?[a-z][a-z ]*\.?")
# How people write that there was none, of what is counted.
_NOTHING = ("none", "nil", "zero", "no")


def meanings_of(field: str, text: str) -> str:
    """What to write for a word that has more than one meaning; blank for any other.

    Examples
    --------
    >>> meanings_of("frequency", "bimonthly")
    'a word with one meaning (twice a month, or every two months: write every 2 wk or every 2 mo)'
    >>> meanings_of("frequency", "q4w"), meanings_of("frequency", "n/a")
    ('', 'blank where it is not reported')
    """
    if field == "frequency" and _NO_INTERVAL.fullmatch(canonical(field, text)):
        return "an interval above 0, as in every 4 wk; blank where none is told"
    word = spelling(field, text) if text else None
    if word and not word.canonical:
        return f"a word with one meaning ({word.hint})"
    if field not in ("frequency", "route"):
        return ""
    return "blank where it is not reported" if is_gap(text) else interval_alone(text) if field == "frequency" else ""


# An interval with how many there were behind it, or for how long.
_FOR_HOW_MANY = re.compile(
    r"(?i)(?P<often>.+?)[\s,;]*(?:\b(?:x|for)|\u00d7|,)\s*(?P<count>[0-9]+)\s*(?P<what>[a-z]*)\.?"
)
_OF_TIME = re.compile(r"(?i)(?:h|hours?|d|days?|wks?|weeks?|mo|months?|years?)")


def interval_alone(text: str) -> str:
    """What to write for a frequency that also says how many there were, or for how long; blank for any other.

    Examples
    --------
    >>> interval_alone("q4w x6"), interval_alone("q4w")
    ("the interval alone: every 4 wk here, and 6 in 'count'", '')
    >>> interval_alone("daily for 3 days"), interval_alone("q2w, 2 infusions")
    ('the interval alone: daily here, 3 days by start and end', "the interval alone: every 2 wk here, and 2 in 'count'")
    """
    part = _FOR_HOW_MANY.fullmatch(text.strip()) if len(text) <= LONGEST else None
    if not part or not math.isfinite(parse_frequency(part["often"]).interval):
        return ""
    often = f"the interval alone: {canonical('frequency', part['often'])} here"
    if _OF_TIME.fullmatch(part["what"]):
        return f"{often}, {part['count']} {part['what']} by start and end"
    return f"{often}, and {part['count']} in 'count'"


def value_expected(text: str, measure: pd.Series, findings: Iterable[str] = ()) -> str:
    """What to write for a value that is a word; blank where the word is none that is known.

    Parameters
    ----------
    text : str
        The value.
    measure : Series
        The row of measures.csv.
    findings : iterable of str
        The codes of the measures that have grades.

    Examples
    --------
    >>> ck = pd.Series({"abbrev": "CK", "grades": (), "unit": "U/L", "units": {"U/L": 1.0}}, name="ck")
    >>> value_expected("not done", ck)
    "a blank; 'not done' is a state: write not_assessed in the column 'state'"
    """
    state = canonical("state", text)
    nothing = text.casefold() in _NOTHING and not measure["unit"] and not measure["grades"]
    if nothing or state in ("present", "absent"):
        return quantity_expected(measure, findings)
    if measure["grades"] and is_said_of_limits(text):
        return limits_expected(text, measure["grades"])
    if state in STATES:
        return f"a blank; '{text}' is a state: write {state} in the column 'state'"
    if measure["grades"] and is_denied_grade(text, measure["grades"]):
        _, lowest, *others = measure["grades"]
        span = f", or what the denial leaves as a range such as {lowest}..{others[-1]}" if others else ""
        return f"one of {list_grades(measure['grades'])}{span}"
    if measure["grades"]:
        return grade_expected(text, measure["grades"])
    return for_number(meanings_of("state", text), measure)


# How the hint of `2+` begins; and words without a number or a bound.
_OF_ANOTHER_SCALE, _WORDS = "a grade, not a yes or no", re.compile(r"[^\d<>~=+-]{3,}")


def grade_expected(text: str, grades: tuple[str, ...]) -> str:
    """What to write in place of a word that is not a grade of a scale; blank for a number, or a word close to a grade.

    Examples
    --------
    >>> scale = ("none", "small", "large")
    >>> grade_expected("1+", scale)
    "one of none, small, large; '1+' is a grade of another scale: write the state present, and '1+' in the note"
    >>> grade_expected("circumferential", scale)
    'one of none, small, large; other words in the note, beside the grade or the state that is told'
    """
    one = f"one of {list_grades(grades)}"
    word = spelling("state", text)
    if len(grades) > 2 and word and word.hint.startswith(_OF_ANOTHER_SCALE):
        return f"{one}; '{text}' is a grade of another scale: write the state present, and '{text}' in the note"
    meanings = next(filter(None, (meanings_of(field, text) for field in ("grade", "state"))), "")
    if meanings or not _WORDS.fullmatch(text) or bounded_grade(text, grades):
        return meanings
    return f"{one}; other words in the note, beside the grade or the state that is told"


# What is not seen, and is left out where a number or unit is read.
_OF_NUMBERS = ("value", "unit", "ref_low", "ref_high", "count", "dose", "dose_unit", "grade")
_HIDDEN = re.compile("[\u00ad\u200b\u200c\u200d\u2060\ufeff]")
_PLAIN = re.compile(r"[<>~]?=?-?[0-9]+(?:\.[0-9]+)?")
_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_DASHED = re.compile(rf"(-?{_NUMBER})\s*-\s*(-?{_NUMBER})")


def range_meant(text: str, measure: pd.Series) -> str:
    """The range that two numbers with a dash between them are on the scale of a measure; blank for any other text.

    Examples
    --------
    >>> scale = pd.Series({"low": -30.0, "high": 30.0})
    >>> range_meant("-5\\u20135", scale), range_meant("-5-5", scale), range_meant("5-50", scale)
    ('-5..5', '-5..5', '')
    """
    ends = _DASHED.fullmatch(plain(text)) if len(text) <= LONGEST else None
    low, high = map(float, ends.groups()) if ends else (math.nan, math.nan)
    return f"{ends[1]}..{ends[2]}" if measure["low"] <= low < high <= measure["high"] else ""


def grades_meant(text: str, grades: tuple[str, ...]) -> str:
    """The range that two grades in the wrong order are; blank for any other text.

    Examples
    --------
    >>> scale = ("none", "trivial", "small", "moderate", "large")
    >>> grades_meant("large..mild", scale), grades_meant("small..large", scale), grades_meant("12", scale)
    ('small..large', '', '')
    """
    ends = re.split(r"\s*(?:\.\.|-|\bto\b)\s*", plain(text))
    turned = "..".join(reversed(ends))
    if len(ends) != 2 or is_grade(text, grades) or not is_grade(turned, grades):
        return ""
    low, high = (grades[int(end)] for end in parse_grade(turned, grades)[:2])
    return f"{low}..{high}"


def reading_notes(facts: pd.DataFrame, measures: pd.DataFrame, file: str) -> Iterator[str]:
    """Which words of the rows were read as which, one sentence a column, and what is not certain of them."""
    grades = measures["grades"].to_dict()
    for column in _OF_NUMBERS:
        hidden = {text: plain(text) for text in distinct(facts[column]).texts if _HIDDEN.search(text)}
        yield from _sentences(file, column, {printed(text): (seen, "") for text, seen in hidden.items()})
    for column in ("start", "end", "frequency", "state"):
        field = "time" if column in ("start", "end") else column
        read = {text: spelling(field, text) for text in distinct(facts[column]).texts if text}
        changed = {text: word for text, word in read.items() if word and word.canonical not in ("", text)}
        yield from _sentences(file, column, {text: (word.canonical, word.hint) for text, word in changed.items()})
    read = {}
    top = measures["high"].to_dict()
    for code, text in pairs(distinct(facts["code"]), distinct(facts["value"])).texts:
        if text and not _PLAIN.fullmatch(text) and not _HIDDEN.search(text):
            read[text] = _grade_read(text, grades.get(code, ())) or _number_read(text, top.get(code, math.inf))
    changed = {text: word for text, word in read.items() if word[0].casefold() not in ("", text.casefold())}
    yield from _sentences(file, "value", changed)


def _grade_read(text: str, scale: tuple[str, ...]) -> tuple[str, str] | None:
    """What a grade that is typed in other words is read as, and the hint of the word; nothing where it is no grade.

    Examples
    --------
    >>> scale = ("none", "trivial", "small", "moderate", "large")
    >>> _grade_read("mild-moderate", scale), _grade_read("yes", scale), _grade_read("12", scale)
    (('small..moderate', ''), ('present', ''), None)
    """
    if not is_grade(text, scale):
        return None
    word, state = spelling("grade", text), canonical("state", text)
    if state in STATES and state not in scale:
        return state, ""
    low, high = (scale[int(end)] for end in parse_grade(text, scale)[:2])
    return low if low == high else f"{low}..{high}", word.hint if word else ""


_NUMBER_OF_ROW = re.compile(r"[<>~]?=?\s*-?[0-9].*")


def of_value(text: str, scale: tuple[str, ...]) -> str:
    """What to write in place of a state that is a grade of the measure, or a number; blank for any other.

    Examples
    --------
    >>> of_value("mild", ("none", "trivial", "small", "large")), of_value("mild", ())
    ("blank, or a state; 'mild' is a grade: write small in the column 'value'", '')
    >>> of_value("12 mm", ())
    "blank, or a state; a number stands in the column 'value', and its unit in 'unit'"
    """
    grade = _grade_read(text, scale)
    if grade:
        return f"blank, or a state; '{text}' is a grade: write {grade[0]} in the column 'value'"
    number = _NUMBER_OF_ROW.fullmatch(plain(text))
    return "blank, or a state; a number stands in the column 'value', and its unit in 'unit'" if number else ""


def _number_read(text: str, top: float) -> tuple[str, str]:
    """What a number that is typed in other words or signs is read as, and a hint; the text where it is plain.

    Examples
    --------
    >>> _number_read("over 900", 51.0), _number_read("\uff19\uff10\uff10", 51.0), _number_read("30/51", 51.0)
    (('>900', ''), ('900', ''), ('30', ''))
    """
    word = spelling("value", text)
    if word and word.canonical:
        return word.canonical, word.hint
    part, slash, whole = plain(text).partition("/")
    if slash and whole == f"{top:g}":
        return part.rstrip(), ""
    # Blanks alone are no other word.
    return (plain(text), "") if not text.isascii() else (text, "")


def _sentences(file: str, column: str, read: dict[str, tuple[str, str]]) -> Iterator[str]:
    """A sentence for the words without a hint, and one for those of each hint."""
    for hint in dict.fromkeys(hint for _, hint in read.values()):
        words = [f"'{shortened(text)}' as '{meant}'" for text, (meant, of) in read.items() if of == hint]
        yield f"{file}: column {column}: read {first_few(words)}" + (f" ({hint})" if hint else "")


def uncounted_notes(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """The frequencies that are no interval, of doses whose unit tells none either, with their lines."""
    frequency = distinct(facts["frequency"])
    counted = frequency.each(lambda text: not text or not math.isnan(parse_frequency(text).interval), bool)
    counted |= distinct(facts["dose_unit"]).each(is_per_time, bool)
    uncounted = facts.loc[~counted, ["line", "frequency"]].astype({"line": str})
    for text, lines in uncounted.groupby("frequency", sort=False)["line"]:
        place = f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}"
        yield f"{place}: frequency '{shortened(text)}' is no interval that is understood; its doses are not counted"


def reads(parse: Callable[[str], object], unit: str = "") -> Callable[[str], bool]:
    """Whether a parser reads a text, which may have a unit behind it, and gives something that is true.

    Examples
    --------
    >>> [text for text in ("62", "62 kg", "heavy") if reads(float, "kg")(text)]
    ['62', '62 kg']
    """

    def has(text: str) -> bool:
        """Whether it reads this one."""
        try:
            return bool(parse(re.sub(rf"\s*{unit}$", "", text) if unit else text))
        except ValueError:
            return False

    return has


def is_grade(text: str, grades: tuple[str, ...]) -> bool:
    """Whether a text is a grade of a scale, as printed or as people type it.

    Examples
    --------
    >>> is_grade("trace", ("none", "trivial")), is_grade("trace", ())
    (True, False)
    """
    try:
        return bool(grades) and bool(parse_grade(text, grades))
    except ValueError:
        return False
