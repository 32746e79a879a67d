"""What to write for a span of times that is typed in a form which is not read: a range, a bound, a range of dates."""

import re

from .bounds import LONGEST
from .spellings import plain, spelling

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_WORD = r"[^\W\d_]+"
# Two numbers with one unit between, before or behind them: `about 3 to 4 months ago`, `wk 12-16`.
_RANGE = re.compile(
    rf"(?:(?:about|approximately|approx\.?|around|circa|ca\.?|etwa|environ|between|from|zwischen|von|entre|de|~) ?)*"
    rf"(?P<before>{_WORD})?\.? ?(?P<low>{_NUMBER}) ?(?P<between>{_WORD})?\.? ?"
    rf"(?:-|\.\.|\bto|\bbis|\bund|\band|\bor|\boder|\bou|\bet|\b\u00e0|\ba) ?"
    rf"(?P<other>{_WORD})? ?(?P<high>{_NUMBER}) ?(?P<behind>{_WORD})?\.?"
    rf"(?: (?:(?P<ago>ago|earlier|before|prior|zuvor|vorher)|(?P<later>later|after|sp\u00e4ter|plus tard)))?"
)
_JOINED = re.compile(r"\b(?:and|und|et)\b")
_PAIRED = re.compile(r"\b(?:between|zwischen|entre)\b")
_ONE_END = re.compile(rf"(?P<from>\.\.)?(?P<number>[-+]?{_NUMBER}) ?(?P<unit>{_WORD})(?P<to>\.\.)?")
_DATE = r"[0-9]{4}(?:-[0-9]{2}){0,2}"
_AFTER, _BEFORE = r">=?|after|since|from|nach|seit|ab", r"<=?|before|until|till|up to|by|vor|bis"
_SIGNED_DATE = re.compile(
    rf"(?:(?P<after>{_AFTER})|(?P<before>{_BEFORE}|\.\.)) ?(?P<date>{_DATE})|(?P<first>{_DATE})\.\."
)
# Two lengths of time, one behind the other.
_LENGTH = r"[0-9]+(?:[.][0-9]+)? ?[a-z]+[.]?"
_TWO_LENGTHS = re.compile(rf"(?:[a-z]+ )?{_LENGTH},?(?: and)? {_LENGTH}(?: [a-z]+)?")


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
    """
    if len(text) > LONGEST:
        return ""
    typed = plain(text).casefold()
    if _TWO_LENGTHS.fullmatch(typed) and not _range(typed):
        return "a length of time in one unit, as in 10 d for 1 week and 3 days"
    return _range(typed) or _bound(typed) or _dates(typed)


def _range(typed: str) -> str:
    match = _RANGE.fullmatch(typed)
    if not match or (_JOINED.search(typed) and not _PAIRED.search(typed)):
        return ""
    low, high = match["low"], match["high"]
    words = {match[name] for name in ("before", "between", "other", "behind")} - {None}
    units = {_unit(word) for word in words}
    if len(units) != 1 or "" in units or float(low) >= float(high):
        return ""
    if match["later"]:
        return "a range from time zero; what is told before it is rarely that: add the days, or use phase"
    return f"a range: {f'-{high}..-{low}' if match['ago'] else f'{low}..{high}'} {units.pop()}"


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
