"""What a unit is per: the litre of `mg/L`, the body weight of `mg/kg`, the volume of `10^9/L` with its power of ten."""

import re
from typing import NamedTuple

from ...values import written

# Behind the name of the unit itself, and the power of ten before it: `x 10^9`, `K`.
_POWER = re.compile(
    r"\s?(?:[x\u00d7*\u00b7]?\s?10\s?(?:\^|\*\*|e)?\s?(?P<power>[0-9]{1,2})|(?P<kilo>k|thousand))"
    r"(?=\s?(?:cells?)?\s?(?:/|per\b))",
    re.I,
)
_NAME = re.compile(r"[ -]?[^\s,;:()\[\]\"'/0-9\u00b7]*")
_ONE = (
    r"100 ?ml|1[.,]73 ?m ?(?:\^?2|\u00b2)|24 ?-?h(?:(?:ou)?rs?)?"
    r"|(?:cubic |square |cu\.? ?|sq\.? ?)?[a-z\u00b5\u03bc]+(?: ?\^?\(?[23]\b\)?|[\u00b2\u00b3])?"
)
_PER = re.compile(
    rf"[\s(]*(?:/|\bper\b)\s?(?P<one>{_ONE})(?![a-z0-9'])"
    r"|[ .\u00b7](?P<inverse>[a-z\u00b5\u03bc]+)(?:\^?-1(?![0-9])|\u207b\u00b9)",
    re.I,
)
_MOLAR = re.compile(r"(?<![A-Za-z])[munp\u00b5\u03bc]M$")
_SPELLINGS = dict.fromkeys(("squarem", "squarems", "sqm"), "m2") | dict.fromkeys(("cubicmm", "cumm"), "ul")
_SPELLINGS |= dict.fromkeys(("week", "weeks", "w"), "wk") | dict.fromkeys(("month", "months"), "mo")
_SPELLINGS |= dict.fromkeys(("sec", "second", "seconds"), "s")
_SPELLINGS |= dict.fromkeys(("kgbw", "kgbodyweight", "kilo", "kilogram", "kilograms"), "kg")
_SPELLINGS |= {"24h": "d", "24": "d", "gcr": "g", "mmolcr": "mmol", "molcr": "mol"}
_TIMES = frozenset(("s", "min", "h", "d", "wk", "mo"))
# How many of a volume are a litre, as a power of ten.
_VOLUMES = {"l": 0, "dl": 1, "ml": 3, "ul": 6, "nl": 9}
# Another word behind the stroke is no denominator: `mg/tablet`, `4/5`.
_MASSES = ("g", "mg", "ug", "kg", "mmol", "umol", "mol")
_SIZES = ("m2", "m3", "1.73m2", "m", "cm", "mm")
_KNOWN = _TIMES.union(_VOLUMES, ("pl", "fl"), _MASSES, _SIZES, ("hpf", "lpf", "dose"))


class Denominator(NamedTuple):
    """What a unit is per.

    Attributes
    ----------
    power : int
        Of ten, before the unit; 0 without one.
    per : tuple of str
        Each in its one spelling; nothing where a unit is of itself, or per something that is no unit.
    """

    power: int
    per: tuple[str, ...]


def denominator_at(text: str, at: int = 0) -> Denominator:
    """The denominator of the unit that stands at a place of a text, which is behind a number or begins a cell.

    Examples
    --------
    >>> [denominator_at(unit).per for unit in ("mg/dL", "mg/100 ml", "mg/kg per day", "mg kg-1", "g/24 h", "mg/tablet")]
    [('dl',), ('dl',), ('kg', 'd'), ('kg',), ('d',), ()]
    >>> denominator_at("6 \u00d7 10^9/L", 1), denominator_at("cells/mm3")
    (Denominator(power=9, per=('l',)), Denominator(power=0, per=('ul',)))
    """
    power = _POWER.match(text, at)
    place = _NAME.match(text, power.end() if power else at).end()
    # `uM` is a micromole per litre.
    per = ["l"] if _MOLAR.search(text[at:place]) else []
    while match := _PER.match(text, place):
        one = written("/" + (match["one"] or match["inverse"])).removeprefix("/").replace("(", "").replace(")", "")
        one = _SPELLINGS.get(one.lower(), one.lower())
        if one not in _KNOWN:
            break
        per.append(one)
        place = match.end()
    return Denominator(int(power["power"] or 3) if power else 0, tuple(per))


def is_of_value(wanted: Denominator, printed: Denominator) -> bool:
    """Whether the unit of a value can be the one printed behind a number, which may leave out what it is per.

    Examples
    --------
    >>> pairs = ("mg/L", "mg/dL"), ("g/d", "g"), ("10^9/L", "10^3/uL")
    >>> [is_of_value(*map(denominator_at, pair)) for pair in pairs]
    [False, True, True]
    """
    powers = {wanted.power, printed.power} - {0}
    if printed.per == wanted.per[: len(printed.per)]:
        return len(powers) < 2
    volumes = [_VOLUMES.get(each.per[0]) if len(each.per) == 1 else None for each in (wanted, printed)]
    return None not in volumes and bool(powers) and volumes[0] + wanted.power == volumes[1] + printed.power


def is_of_dose(wanted: Denominator, printed: Denominator) -> bool:
    """The same of a dose: by weight or surface both say so; of the time, one of them may say it, or both the same.

    Examples
    --------
    >>> [is_of_dose(*map(denominator_at, pair)) for pair in (("mg/kg", "mg"), ("mg", "mg/day"), ("mg/d", "mg/wk"))]
    [False, True, False]
    """
    bodies = [[one for one in each.per if one not in _TIMES | {"dose"}] for each in (wanted, printed)]
    times = [[one for one in each.per if one in _TIMES] for each in (wanted, printed)]
    return bodies[0] == bodies[1] and (times[0] == times[1] or not all(times))
