"""What to write for a span of times that is typed in a form which is not read: a range, a bound, a range of dates."""

import re

from .bounds import LONGEST, number
from .spellings import plain, spelling

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_WORD = r"[^\W\d_]+"
# Two numbers with one unit between, before or behind them: `about 3 to 4 months ago`, `wk 12-16`.
_RANGE = re.compile(
    rf"(?:(?:about|approximately|approx\.?|around|circa|ca\.?|etwa|environ|between|from|zwischen|von|entre|de|~"
    rf"|(?:an?|the|some)\b) ?)*"
    rf"(?P<before>{_WORD})?\.? ?(?P<low>{_NUMBER}) ?(?P<between>{_WORD})?\.? ?"
    rf"(?:-|\.\.|\bto|\bbis|\bund|\band|\bor|\boder|\bou|\bet|\b\u00e0|\ba) ?"
    rf"(?P<other>{_WORD})? ?(?P<high>{_NUMBER}) ?(?P<behind>{_WORD})?\.?"
    rf"(?: (?:(?P<ago>ago|earlier|before|prior|zuvor|vorher)|(?P<later>later|after|sp\u00e4ter|plus tard)))?"
)
_JOINED = re.compile(r"\b(?:and|und|et)\b")
_PAIRED = re.compile(r"\b(?:between|zwischen|entre)\b")
# A time with as much to either side: `12\u00b12 wk`.
_EITHER_SIDE = re.compile(rf"(?P<middle>{_NUMBER}) ?(?:\u00b1|\+/-|\+-) ?(?P<side>{_NUMBER}) ?(?P<unit>{_WORD})\.?")
_ONE_END = re.compile(rf"(?P<from>\.\.)?(?P<number>[-+]?{_NUMBER}) ?(?P<unit>{_WORD})(?P<to>\.\.)?")
_DATE = r"[0-9]{4}(?:-[0-9]{2}){0,2}"
_AFTER, _BEFORE = r">=?|after|since|from|nach|seit|ab", r"<=?|before|until|till|up to|by|vor|bis"
_SIGNED_DATE = re.compile(
    rf"(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE}|\.\.)) ?(?P<date>{_DATE})|(?P<first>{_DATE})\.\."
)
# A length of time before an event that is named.
_AHEAD = re.compile(r"(?P<count>[0-9]+(?:[.][0-9]+)?) ?(?P<unit>[a-z]+) (?:before|prior to) (?P<event>.+)")
# A length of time after an event that is named, which is the anchor of the row.
_STARTING = r"(?:(?:the )?(?:start(?:ing)?|initiat(?:ion|ing)|beginning|first dose)(?: of)? )?"
_BEHIND = re.compile(
    rf"(?P<count>{_NUMBER}) ?(?P<unit>[a-z]+)[.]? (?:after|from|since|post)[ -]{_STARTING}(?P<event>.+)"
)
# Several times in one cell: `12, 16 weeks`, `weeks 4, 8 and 12`.
_SEVERAL = re.compile(
    r"(?:(?:at|on) )?(?:(?P<before>[a-z]+)[.]? )?"
    rf"(?P<numbers>{_NUMBER}(?:(?:, | ?[;&] ?|,? (?:and|und|et) ){_NUMBER})+)(?: ?(?P<behind>[a-z]+)[.]?)?"
)
# Two lengths of time, one behind the other.
_LENGTH = r"[0-9]+(?:[.][0-9]+)? ?([a-z]+)[.]?"
_TWO_LENGTHS = re.compile(rf"(?:[a-z]+ )?{_LENGTH},?(?: and)? {_LENGTH}(?: [a-z]+)?")
_COUNTED_DAYS = "; a source may count from day 0 or from day 1: where it says which, write the days as it counts them"


def span_expected(text: str) -> str:
    """What to write in place of a span of times as people type it; blank for any other text.

    Examples
    --------
    >>> span_expected("3 bis 4 Wochen"), span_expected("about 3-4 months ago"), span_expected("wk 12-16")
    ('a range: 3..4 wk', 'a range: -4..-3 mo', 'a range: 12..16 wk')
    >>> span_expected("12 wk.."), span_expected("..12 wk")
    ('a bound in place of a range without an end: >=12 wk', 'a bound in place of a range without an end: <=12 wk')
    >>> span_expected(">2030-09-01")
    'a day, a month or a year alone, or a range of dates with both ends: 2030-09-01..YYYY-MM-DD'
    >>> span_expected("1 week and 3 days"), span_expected("soon")
    ('a length of time in one unit, as in 10 d for 1 week and 3 days', '')
    >>> span_expected("12\\u00b12 weeks")
    'a range: 10..14 wk'
    >>> span_expected("10 to 3 d")
    'a range from the lower to the higher number: 3..10 d'
    >>> span_expected("3 months before admission")
    'a time from day 0 such as -3 mo, if admission is day 0'
    """
    if len(text) > LONGEST:
        return ""
    typed = plain(text).casefold()
    of_one = _ahead(typed) or _either_side(typed) or _in_two_units(typed)
    return _range(typed) or of_one or _bound(typed) or _dates(typed)


def several_expected(text: str) -> str:
    """What to write in place of several times in one cell; blank for any other text.

    Examples
    --------
    >>> several_expected("12, 16 weeks"), several_expected("2,5 weeks")
    ('one time, and a row for each: 12 wk, 16 wk', '')
    """
    match = _SEVERAL.fullmatch(plain(text).casefold()) if len(text) <= LONGEST else None
    units = {_unit(match[place]) for place in ("before", "behind") if match[place]} if match else {""}
    if len(units) != 1 or "" in units:
        return ""
    unit = units.pop()
    # Before its number a day is one of those that the source counts, and not a length of time.
    form = "day {}" if unit == "d" and match["before"] else f"{{}} {unit}"
    each = [form.format(count) for count in re.findall(_NUMBER, match["numbers"])]
    return f"one time, and a row for each: {', '.join(each)}"


def anchor_expected(text: str) -> str:
    """What to write in place of a length of time after an event that is named; blank for any other text.

    Examples
    --------
    >>> anchor_expected("1 week after discharge"), anchor_expected("a week later")
    ("a length of time, 1 wk, and in 'anchor' the code of the row that it counts from (discharge)", '')
    """
    match = _BEHIND.fullmatch(plain(text).casefold()) if len(text) <= LONGEST else None
    unit = _unit(match["unit"]) if match else ""
    if not unit:
        return ""
    length, event = f"{match['count']} {unit}", match["event"]
    return f"a length of time, {length}, and in 'anchor' the code of the row that it counts from ({event})"


def is_backward(text: str) -> bool:
    """Whether a range of times as people type it runs from the higher to the lower number.

    Examples
    --------
    >>> is_backward("day 5-4"), is_backward("day 4-5"), is_backward("5-3 days ago"), is_backward("5 d")
    (True, False, False, False)
    """
    match = _RANGE.fullmatch(plain(text).casefold()) if len(text) <= LONGEST else None
    return match is not None and not match["ago"] and float(match["low"]) > float(match["high"])


def _in_two_units(typed: str) -> str:
    match = _TWO_LENGTHS.fullmatch(typed)
    known = match is not None and all(_unit(word) for word in match.groups())
    return "a length of time in one unit, as in 10 d for 1 week and 3 days" if known else ""


def _ahead(typed: str) -> str:
    match = _AHEAD.fullmatch(typed)
    unit = _unit(match["unit"]) if match else ""
    return f"a time from day 0 such as -{match['count']} {unit}, if {match['event']} is day 0" if unit else ""


def _either_side(typed: str) -> str:
    match = _EITHER_SIDE.fullmatch(typed)
    unit = _unit(match["unit"]) if match else ""
    if not unit:
        return ""
    middle, side = float(match["middle"]), float(match["side"])
    return f"a range: {number(middle - side)}..{number(middle + side)} {unit}"


def _range(typed: str) -> str:
    match = _RANGE.fullmatch(typed)
    if not match or (_JOINED.search(typed) and not _PAIRED.search(typed)):
        return ""
    low, high = match["low"], match["high"]
    words = {match[name] for name in ("before", "between", "other", "behind")} - {None}
    units = {_unit(word) for word in words}
    if len(units) != 1 or "" in units or float(low) == float(high):
        return ""
    unit, backward = units.pop(), float(low) > float(high)
    low, high = (high, low) if backward else (low, high)
    if match["later"]:
        return "a range from time zero; what is told before it is rarely that: add the days, or use phase"
    if match["ago"]:
        return f"a range: -{high}..-{low} {unit}"
    # Before its number a day is one of those that the source counts, and not a length of time.
    counted = unit == "d" and (match["before"] or match["other"]) and low.isdigit() and int(low) > 0
    first = f"{int(low) - 1}" if counted else low
    order = "a range from the lower to the higher number" if backward else "a range"
    return f"{order}: {first}..{high} {unit}{_COUNTED_DAYS if counted else ''}"


def _unit(word: str) -> str:
    """The unit of time that a word names; blank where it names none, or more than one."""
    length = spelling("time", f"2 {word}")
    return length.canonical.removeprefix("2 ") if length and length.canonical.startswith("2 ") else ""


def _bound(typed: str) -> str:
    match = _ONE_END.fullmatch(typed)
    unit = _unit(match["unit"]) if match else ""
    if not unit or bool(match["from"]) == bool(match["to"]):
        return ""
    return f"a bound in place of a range without an end: {'>' if match['to'] else '<'}={match['number']} {unit}"


def _dates(typed: str) -> str:
    match = _SIGNED_DATE.fullmatch(typed)
    if not match:
        return ""
    date = match["date"] or match["first"]
    other = "YYYY-MM-DD"[: len(date)]
    span = f"{other}..{date}" if match["before"] else f"{date}..{other}"
    return f"a day, a month or a year alone, or a range of dates with both ends: {span}"
