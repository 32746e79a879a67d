"""Whether each row stands in its source: its quote in the text, and its numbers and its state in the quote."""

import functools
import math
import re
from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from ...values import canonical, plain, rows_of, written
from .denominators import denominator_at, is_of_dose, is_of_value
from .frequencies import schedules_in
from .passages import Source, Stretch, find_quote, fold, nearest_passage, passages_of
from .printed import Printed, numbers_in
from .stated import check_stated
from .sums import FORM, Sum, split_sums

# Line, column, what is there, what would be right.
Misfit = tuple[int, str, str, str]

_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")
_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
# The first letters of the units of time, as texts print them.
_TIMES = {
    "h": re.compile(r"(h|hrs?|hours?|hourly)\b", re.I),
    "d": re.compile(r"(d|days?|daily)\b", re.I),
    "wk": re.compile(r"(w|wks?|weeks?|weekly)\b", re.I),
    "mo": re.compile(r"(mo|mos|mths?|months?|monthly)\b", re.I),
    "a": re.compile(r"(a|y|yrs?|years?|yearly)\b", re.I),
}
_TIME_BEFORE = {
    unit: re.compile(rf"\b{words}\.?\s*$", re.I)
    for unit, words in {"d": "(day|d)", "wk": "(week|w)", "mo": "(month|m)", "a": "(year|y)", "h": "(hour|h)"}.items()
}
_MASS = re.compile(r"(%|(mg|g|kg|ug|ml|dl|l|ul|mm|cm|m|iu|u|j|mmol|pg|ng)(?![a-z]))", re.I)
_ROMAN = ("", "I", "II", "III", "IV", "V")


class Printable(NamedTuple):
    """What a cell of a row says in numbers.

    Attributes
    ----------
    column, text : str
        The cell.
    unit : str
        The unit that the numbers must have in the quote; blank where they have none.
    is_time : bool
        Whether the numbers count time.
    """

    column: str
    text: str
    unit: str
    is_time: bool


def check_quotes(facts: pd.DataFrame, sources: dict[str, Source]) -> Iterator[Misfit]:
    """Faults of the quotes of rows whose source has a text.

    Parameters
    ----------
    facts : DataFrame
        The rows as text, with `line`.
    sources : dict
        The texts by the id of their source, from `source_of`.
    """
    places = _finder(sources)
    for row in rows_of(facts[facts["quote"].ne("") & facts["source"].isin(sources)]):
        for passage, place in zip(passages_of(row.quote), places(row.source, row.quote), strict=True):
            if place is None:
                nearest = nearest_passage(passage, sources[row.source])
                there = f"; the nearest there is '{nearest}'" if nearest else ""
                yield row.line, "quote", passage, f"words of the text of {row.source}{there}"


def places_of(facts: pd.DataFrame, sources: dict[str, Source]) -> dict[int, list[Stretch]]:
    """The places of the quote of each line whose source has a text; no place where a passage does not stand there."""
    places = _finder(sources)
    quoted = facts[facts["quote"].ne("") & facts["source"].isin(sources)]
    stretches = {row.line: places(row.source, row.quote) for row in rows_of(quoted)}
    return {line: [place for place in row if place] if all(row) else [] for line, row in stretches.items()}


def _finder(sources: dict[str, Source]):
    """`find_quote` by the id of a source; one quote often stands on several rows."""

    @functools.cache
    def places(source: str, quote: str) -> list[Stretch | None]:
        """The places of each passage of a quote."""
        return find_quote(quote, sources[source])

    return places


def check_numbers(facts: pd.DataFrame) -> Iterator[Misfit]:
    """Numbers of rows that their own quote does not print, and states that it does not say.

    Parameters
    ----------
    facts : DataFrame
        The rows as text, with `line`. Rows without a quote are not judged.
    """
    quoted = facts[facts["quote"].ne("")]
    names_in = quoted.groupby("quote")["code"].agg(lambda codes: sorted({*codes.str.replace("_", " ")})).to_dict()
    for row in quoted.to_dict("records"):
        printed, folded = numbers_in(row["quote"]), fold(row["quote"]).text
        names = [name for name in names_in[row["quote"]] if name in folded.lower()]
        derived = row.get("derived", "")
        sums, words = split_sums(derived)
        if derived:
            yield from _check_derived(row, sums, words, printed)
        # A sum allows its result, and not the numbers that it adds; what cannot be computed allows nothing.
        allowed = {*map(float, _NUMBER.findall(words)), *_results(sums)}
        for cell in _cells(row):
            if cell.column == "frequency" and _is_by_schedule(cell.text, folded, derived):
                continue
            near = (
                _near_the_name(printed, row["code"].replace("_", " "), names, folded)
                if cell.column == "dose"
                else printed
            )
            yield from _check_cell(row, cell, _graded(near, cell, folded), folded, allowed)
        yield from _check_limits(row, printed, allowed)
        if not derived:
            yield from _check_schedule(row, folded)
            words = check_stated(row["state"].strip().lower(), row["code"], row["quote"], row.get("note", ""))
            yield from ((row["line"], "state", row["state"], expected) for expected in words)


def _cells(row: dict) -> Iterator[Printable]:
    """The cells of a row that have numbers."""
    yield Printable("value", row["value"], row["unit"], False)
    for column in ("ref_low", "ref_high"):
        yield Printable(column, row.get(column, ""), row["unit"], False)
    yield Printable("dose", row.get("dose", ""), row.get("dose_unit", ""), False)
    yield Printable("count", row.get("count", ""), "", False)
    yield Printable("grade", row.get("grade", ""), "", False)
    for column in ("start", "end"):
        text = row.get(column, "")
        yield Printable(column, text, _time_unit(text), not _DATE.match(text.strip("~<>= ")))
    frequency = row.get("frequency", "")
    yield Printable("frequency", frequency, _time_unit(frequency), True)


def _time_unit(text: str) -> str:
    """The unit of time of a cell, by its first word that is one."""
    for word in re.findall(r"[^\W\d_]+", text):
        for unit, words in _TIMES.items():
            if words.fullmatch(word):
                return unit
    return ""


def _check_cell(
    row: dict, cell: Printable, printed: list[Printed], folded: str, allowed: set[float]
) -> Iterator[Misfit]:
    if cell.column in ("start", "end") and not cell.is_time:
        yield from _check_date(row, cell, folded)
        return
    # Day 0 is the row itself, and `0..12 h` is within 12 hours: no text prints the 0. Nor is an end in words a number.
    if re.match(r"phase|stopped|ongoing", cell.text) or (cell.is_time and re.fullmatch(r"0\s*[dh]?", cell.text)):
        return
    text = cell.text.removeprefix("0..") if cell.is_time else cell.text
    numbers = [float(number) for number in _NUMBER.findall(text)]
    # One is what a text says by `a`, `single` or `first`.
    if cell.column == "count" and numbers == [1.0]:
        return
    if len(numbers) == 2 and numbers[0] >= numbers[1]:
        yield row["line"], cell.column, cell.text, "a range from a lower number to a higher"
        return
    if cell.column == "grade":
        allowed = allowed | {
            float(at) for at, numeral in enumerate(_ROMAN) if re.search(rf"\b{numeral}\b", folded) and at
        }
    for number in numbers:
        fitting = [each for each in printed if number in each.readings and _has_unit(each, cell, folded)]
        if not fitting and number not in allowed:
            yield row["line"], cell.column, cell.text, _expected(cell, number, printed)
            return
        if len(numbers) == 1 and fitting and not any(_agrees(each, cell) for each in fitting):
            yield row["line"], cell.column, cell.text, _marked(fitting[0], number)


def _check_limits(row: dict, printed: list[Printed], allowed: set[float]) -> Iterator[Misfit]:
    """A limit, or a value, that is the number of another cell: each number of the quote stands for one of them."""
    cells = ("value", "ref_low", "ref_high")
    numbers = {name: float(row[name]) for name in cells if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", row.get(name, ""))}
    for place, (name, number) in enumerate(numbers.items()):
        same = sum(other == number for other in list(numbers.values())[:place])
        if same and same >= sum(number in each.readings for each in printed) and number not in allowed:
            yield row["line"], name, row[name], "another number than that of the value: the quote prints this one once"


def _check_schedule(row: dict, folded: str) -> Iterator[Misfit]:
    """A frequency, or the time of a dose in words, where the quote names other schedules and not this one."""
    # What stands behind a stroke is held beside its number, and names no other schedule than its own.
    printed, in_words = schedules_in(folded), schedules_in(re.sub(r"/\s?\w+", "", folded))
    for column, there in (("frequency", printed), ("dose_unit", in_words)):
        schedules = schedules_in(row.get(column, ""))
        if schedules and there and not schedules & (there | printed):
            yield row["line"], column, row[column], "a schedule that the quote prints; or how it follows, in 'derived'"


def _is_by_schedule(frequency: str, folded: str, derived: str) -> bool:
    """Whether a frequency is held as a schedule, with its number in any way: `every 8 h`, `three times a day`."""
    schedules, there = schedules_in(frequency), schedules_in(folded)
    return bool(schedules & there) or bool(schedules and there and not derived)


def _near_the_name(printed: list[Printed], name: str, names: list[str], folded: str) -> list[Printed]:
    """The numbers that stand nearer to a name than to any other name of the same quote."""
    if name not in names or len(names) < 2:
        return printed

    def distance(each: Printed, other: str) -> int:
        """Letters between a number and the nearest place of a name."""
        places = [match.span() for match in re.finditer(re.escape(other), folded.lower())]
        return min(max(start - each.end, each.start - end, 0) for start, end in places)

    return [each for each in printed if all(distance(each, name) <= distance(each, other) for other in names)]


def _graded(printed: list[Printed], cell: Printable, folded: str) -> list[Printed]:
    """Of the numbers for a grade those behind `grade`, where there are such."""
    if cell.column != "grade":
        return printed
    # In the eight letters before a number, as many as the word with its blanks may have.
    behind = [each for each in printed if re.search(r"\bgrade\s*$", folded[max(each.start - 8, 0) : each.start], re.I)]
    return _joined(behind, printed, folded) or printed


_AND = re.compile(r"\s*(?:-|to|or|and)\s*(?:grade\s*)?", re.I)


def _joined(some: list[Printed], printed: list[Printed], folded: str) -> list[Printed]:
    """Some numbers, and those that each is a range or a pair with: both of `grade 1 to 2`."""
    return [
        each
        for place, each in enumerate(printed)
        if each in some
        or (place and printed[place - 1] in some and _AND.fullmatch(folded[printed[place - 1].end : each.start]))
    ]


def _expected(cell: Printable, number: float, printed: list[Printed]) -> str:
    there = ", ".join(f"{each.readings[0]:g} {each.unit}".strip() for each in printed)
    what = f"{number:g} {cell.unit}".strip()
    return f"a number that the quote prints ({there or 'it prints none'}), not {what}; or how it follows, in 'derived'"


def _marked(each: Printed, number: float) -> str:
    if "-" in each.marks:
        return "both ends of the range that the quote prints, as 10..20"
    return f"{each.marks[:1]}{number:g}, as the words of the quote say"


def _agrees(each: Printed, cell: Printable) -> bool:
    """Whether a cell is as uncertain as the words before the number; of times the words mean too many things."""
    marks = {mark for mark in "~<>" if mark in plain(canonical("value", cell.text))}
    if cell.is_time or cell.column in ("ref_low", "ref_high", "count"):
        return True
    return bool(marks & set(each.marks)) if marks else not each.marks


def _has_unit(each: Printed, cell: Printable, folded: str) -> bool:
    """Whether a printed number can be that of a cell, by the words beside it."""
    if cell.is_time:
        before = _TIME_BEFORE.get(cell.unit)
        named = before is not None and bool(before.search(folded[max(each.start - 8, 0) : each.start]))
        words = _TIMES.get(cell.unit)
        return named or (words.match(each.unit) is not None if words else True)
    wanted, unit = _first(cell.unit), _first(each.unit)
    # In a table the unit stands at the head of the row.
    headed = unit == "" and cell.unit != "" and _prints(folded, cell.unit)
    if headed or cell.column == "count":
        return True
    if cell.column in ("ref_low", "ref_high"):
        return unit in ("", wanted)
    is_of = is_of_dose if cell.column == "dose" else is_of_value
    if cell.unit and each.unit and not is_of(denominator_at(fold(cell.unit).text), each.per):
        return False
    if wanted and _MASS.match(wanted):
        return unit == wanted
    timed = any(words.fullmatch(each.unit) for words in _TIMES.values() if len(each.unit) > 1)
    return unit == wanted or not (timed or _MASS.match(unit))


def _prints(quote: str, unit: str) -> bool:
    """Whether a quote has a unit anywhere, however the two write it."""
    folded = fold(quote).text
    return fold(unit).text.lower() in folded.lower() or written(unit).lower() in written(folded).lower()


def _first(unit: str) -> str:
    """The first part of a unit in its one spelling: `mg` of `mg/kg`, `ug` of `mcg`, `l` of `liters`.

    Examples
    --------
    >>> [_first(unit) for unit in ("mg/kg", "\u00b5g/L", "mcg", "liters", "% predicted", "\u00b5M")]
    ['mg', 'ug', 'ug', 'l', '%', 'umol']
    """
    words = fold(unit).text.strip(". ").replace("per cent", "%").replace("mm Hg", "mmHg")
    return written(words.partition("/")[0].split(" ")[0]).lower().partition("/")[0]


def _check_date(row: dict, cell: Printable, folded: str) -> Iterator[Misfit]:
    """A date whose year, month or day the quote does not print."""
    for year, month, day in _DATE.findall(cell.text):
        lower = folded.lower()
        name = _MONTHS[int(month or 1) - 1] if int(month or 1) in range(1, 13) else "no month"
        says_month = not month or name in lower or re.search(rf"\b0?{int(month)}\b", lower)
        says_day = not day or re.search(rf"\b0?{int(day)}(st|nd|rd|th)?\b", lower)
        if year not in lower or not says_month or not says_day:
            yield row["line"], cell.column, cell.text, "a date that the quote prints; or how it follows, in 'derived'"
            return


def _check_derived(row: dict, sums: list[Sum], words: str, printed: list[Printed]) -> Iterator[Misfit]:
    """What follows from the quote: each sum comes out and is used, and each other number stands in quote or row."""
    derived = row["derived"]
    if any(math.isnan(each.value) or math.isnan(each.result) for each in sums):
        yield row["line"], "derived", derived, FORM
        return
    known = {value for each in printed for value in each.readings}
    results, others = _results(sums), _NUMBER.findall(words)
    numbers = {float(number) for text in (words, *(each.text for each in sums)) for number in _NUMBER.findall(text)}
    numbers |= results
    if numbers and known and not known & numbers:
        yield row["line"], "derived", derived, "how the number follows from one that the quote prints"
    for each in sums:
        if abs(each.value - each.result) > 1e-9:
            yield row["line"], "derived", derived, f"a sum that comes out: {each.text} is {each.value:g}"
    cells = {float(number) for cell in _cells(row) for number in _NUMBER.findall(cell.text)}
    if results and not results & cells:
        yield row["line"], "derived", derived, "a sum whose result stands in the row"
    there = known | cells | results | {0.0} | {float(number) for number in _NUMBER.findall(fold(row["quote"]).text)}
    strange = [number for number in others if float(number) not in there]
    if strange:
        yield row["line"], "derived", derived, f"numbers of the quote or of the row, and not {strange[0]}"


def _results(sums: list[Sum]) -> set[float]:
    """The results of the sums that can be computed, without a minus: the numbers of a cell are read without one."""
    return {abs(each.result) for each in sums if not math.isnan(each.value + each.result)}
