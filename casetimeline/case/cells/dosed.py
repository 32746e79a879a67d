"""What to write for a dose that is typed with its unit, as two doses, or with how often it is given."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from ...derive import PER_BODY, in_one_spelling, parse_frequency, rate_of
from ...faults import first_few, shortened
from ...values import LONGEST, canonical, distinct, plain, spelling

_NUMBER = r"(?<![0-9,])(?<![0-9]\.)[0-9]+(?:\.[0-9]+)?(?![,.]?[0-9])"
# A comma before three digits may be one of thousands.
_COMMA = re.compile(r"(?<![0-9.,])([0-9]+),([0-9]{1,2}|[0-9]{4,})(?![0-9.,])")
_WORD = r"[^\W\d_][^\s()=,;]*"
_TIMES = re.compile(rf"\s*{_NUMBER}\s*(?:[*\u00d7]|times\b|x(?![^\W\d_]*/))", re.IGNORECASE)
# A number, with what limits it, and the word behind it.
_DOSE = re.compile(rf"(?P<dose>(?:[<>~]=?\s*)?{_NUMBER}(?:\s*(?:\.\.|-)\s*{_NUMBER})?)\s*(?P<unit>{_WORD})")
_TO = re.compile(rf"(?P<low>{_NUMBER})\s*(?:to|bis|-)\s*(?P<high>{_NUMBER})", re.IGNORECASE)
# Words between two doses. None of them, and no word for a course, is a unit.
_EITHER = ("or", "oder")
_BETWEEN = ("to", "then", "and", "bis", "dann", "und", *_EITHER)
_TWO = re.compile(
    rf"(?P<one>(?<!\.){_NUMBER})\s*(?P<unit>{_WORD})??[\s,;]*"
    rf"(?P<by>->?|\u2192|(?:and\s+)?\b(?:{'|'.join(_BETWEEN)})\b)\s*(?P<other>{_NUMBER})\s*(?P<behind>{_WORD})?",
    re.IGNORECASE,
)
# How many times a dose was given, behind it.
_COUNT = re.compile(rf"(?:[x*\u00d7]|times\b)\s*(?P<count>{_NUMBER})(?:\s*times)?", re.IGNORECASE)
# A date, or a schedule such as 1-0-1.
_DASHED = re.compile(r"[0-9]-[0-9]+-[0-9]")
# Of what a dose is an amount, without what it is given for (`/kg`, `/day`).
_UNITS = re.compile(
    r"[mku\u00b5n]?g|mcg|i[ue]|m?i?u|units?|m?l|[mu]?mol|meq|m?gy|[mg]bq|m?j|%|tab(?:let)?s?|tabletten?|cap(?:sule)?s?|kapseln?"
    r"|ampoules?|vials?|drops?|tropfen|puffs?|sachets?|sessions?|suppositor(?:y|ies)|pills?|patch(?:es)?|sprays?",
    re.IGNORECASE,
)
_OTHERWISE = (
    "the number alone, with its unit in 'dose_unit'; each step of a taper is a row, and other words stand in "
    "'frequency', 'route' or the note"
)


def dose_expected(text: str) -> str:
    """What to write in place of a dose with its unit, in two units, or of two doses; blank for any other text.

    Examples
    --------
    >>> dose_expected("8mg/kg")
    "the number alone: 8 here, and mg/kg in 'dose_unit'"
    >>> dose_expected("about 1 tablet twice daily")
    "the number alone: ~1 here, tablet in 'dose_unit', and 'twice daily' in 'frequency'"
    >>> dose_expected("500 mg (8 mg/kg)")
    "one dose in one unit: 500 here with mg in 'dose_unit', or 8 with mg/kg; the other in the note"
    >>> dose_expected("10 mg then 5 mg")
    'one dose a row: 10 and 5 are two rows'
    >>> dose_expected("5 mg or 10 mg")
    'one dose a row: 5 and 10 are two rows, or 5..10 where it is not told which'
    >>> dose_expected("5 mg times 3")
    "the number alone: 5 here, mg in 'dose_unit', and 3 in 'count'"
    >>> dose_expected("2x500")
    "the dose of one administration; how often it is given stands in 'frequency' or 'count'"
    """
    # A longer text is no dose, and its many numbers would be looked through again and again.
    if len(text) > LONGEST:
        return ""
    if _TIMES.match(text) or spelling("frequency", text):
        return "the dose of one administration; how often it is given stands in 'frequency' or 'count'"
    typed = _TO.sub(_range, _COMMA.sub(r"\1.\2", plain(text)))
    parts = [part for part in _DOSE.finditer(typed) if _is_amount(part["unit"])]
    two = None if _DASHED.search(typed) else _TWO.search(typed)
    # Behind a dose with its unit the number may be that of a day: 200 mg day 1 and 100 mg day 2.
    two = None if two and parts and parts[0].end() <= two.start() else two
    if two and len({two[name] for name in ("unit", "behind") if two[name] and _is_amount(two[name])}) < 2:
        low, high = sorted((two["one"], two["other"]), key=float)
        either = two["by"].lower().endswith((*_EITHER, "-"))
        return _in_rows(two["one"], two["other"]) + (f", or {low}..{high} where it is not told which" if either else "")
    if len({part["unit"] for part in parts}) == 1 < len(parts):
        return _in_rows(parts[0]["dose"], parts[1]["dose"])
    if len(parts) > 1:
        first, *others = parts
        here = f"{first['dose']} here with {first['unit']} in 'dose_unit'"
        more = ", or ".join(f"{part['dose']} with {part['unit']}" for part in others)
        return f"one dose in one unit: {here}, or {more}; the other in the note"
    if parts:
        return _in_columns(typed, parts[0])
    return _OTHERWISE if _DOSE.match(typed) else ""


def _in_rows(one: str, other: str) -> str:
    """What to write for two doses of one unit."""
    return f"one dose a row: {one} and {other} are two rows"


def _range(match: re.Match) -> str:
    """Two numbers with `to` between them as a range, if they rise."""
    return f"{match['low']}..{match['high']}" if float(match["low"]) < float(match["high"]) else match[0]


def _in_columns(typed: str, part: re.Match) -> str:
    """In which columns the dose, its unit and the words about them stand."""
    before, behind = typed[: part.start()].strip(" ,;("), typed[part.end() :].strip(" ,;()")
    limited = canonical("value", f"{before} {part['dose']}")
    dose, rest = (part["dose"], [before, behind]) if limited == f"{before} {part['dose']}" else (limited, [behind])
    places = [f"{part['unit']} in 'dose_unit'", *(_place(words) for words in rest if words)]
    return f"the number alone: {dose} here, {', '.join([*places[:-1], f'and {places[-1]}'])}"


def _place(words: str) -> str:
    """What of the words beside a dose belongs in which column."""
    if times := _COUNT.fullmatch(words):
        return f"{times['count']} in 'count'"
    known = {column: spelling(column, words) for column in ("frequency", "route")}
    read = [f"'{column}'" for column, word in known.items() if word and word.canonical]
    return f"'{words}' in {''.join(read[:1]) or 'the column for it, or in the note'}"


def _is_amount(word: str) -> bool:
    """Whether a word begins with the unit of an amount that is known, whatever it is given for.

    Examples
    --------
    >>> [_is_amount(word) for word in ("mg/kg", "\\u00b5g", "Tablets", "mg/round", "then", "tapered")]
    [True, True, True, True, False, False]
    """
    return _UNITS.fullmatch(in_one_spelling(word).partition("/")[0]) is not None


def _is_unit(text: str) -> bool:
    """Whether a text is a known amount, for a size of the body, an area of the skin, a time or none of these.

    Examples
    --------
    >>> [_is_unit(text) for text in ("mg/kg/day", "g per week", "J/cm2", "mg/round", "mg/h", "mg bid", "mg/day po")]
    [True, True, True, False, False, False, False]
    """
    amount, *sizes = rate_of(in_one_spelling(text))[0].split("/")
    return _UNITS.fullmatch(amount) is not None and all(size.casefold() in (*PER_BODY, "cm2") for size in sizes)


def _often_in(unit: str) -> str:
    """The words of a frequency behind a unit that is known; blank where there are none.

    Examples
    --------
    >>> _often_in("mg bid"), _often_in("mg/kg every 4 wk"), _often_in("mg per day"), _often_in("round bid")
    ('bid', 'every 4 wk', '', '')
    """
    parts = [(unit[: blank.start()], unit[blank.end() :]) for blank in re.finditer(r"\s+", unit)]
    often = (words for bare, words in parts if _is_unit(bare) and math.isfinite(parse_frequency(words).interval))
    return "" if _is_unit(unit) else next(often, "")


def unit_notes(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """A sentence on each unit of doses that is not known, or has the words of a frequency in it, with its lines.

    The nearest is not suggested: `mcg` and `mg` differ by a letter.
    """
    strange = distinct(facts["dose_unit"]).each(lambda text: bool(text) and not _is_unit(text), bool)
    for text, lines in facts.loc[strange, ["line", "dose_unit"]].astype({"line": str}).groupby("dose_unit")["line"]:
        place = f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: dose_unit '{shortened(text)}'"
        if often := _often_in(text):
            yield f"{place} says how often, and doses are counted by it; '{shortened(often)}' belongs in 'frequency'"
        else:
            yield f"{place} is no unit of a dose that is known; each administration counts as one dose of it"


def joins_doses(unit: str) -> bool:
    """Whether what stands as the unit of a dose begins with a word that stands between two doses, or before a count.

    Examples
    --------
    >>> [unit for unit in ("mg/kg", "then", "to 5 mg", "session", "times 3") if joins_doses(unit)]
    ['then', 'to 5 mg', 'times 3']
    """
    first = next(iter(unit.casefold().split()), "")
    return first in (*_BETWEEN, "times")
