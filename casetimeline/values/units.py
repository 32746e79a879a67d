"""Units as laboratories print them: `U/l`, `iu/L`, `ukat/L` with either micro sign, `U / L`.

What was printed stays in the record. A unit is found among those of its measure; what is folded here is the way it is
written, never the unit: `IU/L` counts as `U/L` only where the measure says so.
"""

import functools
import re
import unicodedata
from collections.abc import Iterable, Mapping

from ..characters import RAISED
from .spellings import plain

_ONE_SIGN = RAISED | {0x2044: "/", 0x2215: "/", 0xD7: "x", 0x2103: "\u00b0C", 0x2109: "\u00b0F"}
# Units in words: with what stands before them, each is one unit.
_PREFIXES = {"kilo": "k", "deci": "d", "centi": "c", "milli": "m", "micro": "u", "nano": "n", "pico": "p", "": ""}
_BASES = {"gram": "g", "gramme": "g", "gramm": "g", "mole": "mol", "mol": "mol", "katal": "kat", "kat": "kat"}
_BASES |= dict.fromkeys(("meter", "metre", "m\u00e8tre", "metro"), "m")
_BASES |= dict.fromkeys(("liter", "litre", "litro", "lt"), "L")
_WORDS = {f"{prefix}{base}": f"{sign}{unit}" for prefix, sign in _PREFIXES.items() for base, unit in _BASES.items()}
_WORDS |= {"pt": "points", "point": "points", "gm": "g", "kg": "kg", "cm": "cm", "pound": "lb", "feet": "ft"}
_WORDS |= {"unit": "U", "international unit": "IU", "minute": "min"}
_WORDS |= dict.fromkeys(("hour", "hr", "std", "stunde", "stunden", "heure", "hora", "ora"), "h")
_WORDS |= dict.fromkeys(("day", "tag", "jour", "die", "d\u00eda", "giorno"), "d")
_WORD = re.compile(rf"(?i)(?<![^\W\d_])({'|'.join(sorted(_WORDS, key=len, reverse=True))})s?(?![^\W\d_])")
_WRAPPED = re.compile(r"\(([^()]*)\)|([^.]*[^\W\d_])\.")
_BEFORE, _BEHIND = r"(?i)(?<![^\W\d_])", r"(?![^\W\d_])"
# What is another way to write one unit, in this order: a cubic millimetre is a microlitre, and 24 hours are a day.
_WAYS = (
    (rf"(?i)(?:per ?cent|%)(?:\s*(?:of\s+)?(pred)(?:icted)?(?:\s+value)?{_BEHIND})?", r"%\1"),
    # `U L-1` and `U.L-1` say the same as `U/L`.
    (r"(?i)\s*\bper\b\s*", "/"),
    (r"(?i)[\s.*\u00b7]+\(?(1[.,]73)\s*m\^?(?:-2|2\)\^?-1)", r"/\1m2"),
    (r"(?i)(?:[\s.*\u00b7]+|^|(?<=^\[))([a-z0-9\u00b5\u03bc]+)\^?-1\b", r"/\1"),
    (r"(?i)(?:(?<=kg)|(?<=/min))[\s.*\u00b7]+m\^?-2\b", "/m2"),
    # International units, in three languages.
    (r"(?i)(?<![^\W\d_])(i\.\s?[ue]|u\.\s?i)\b\.?", lambda unit: unit[1].replace(".", "").replace(" ", "")),
    # Not a grain, which is no amount in a volume.
    (r"(?i)^(m?g)rs?\.?(?=\s*/\s*[dcm]?l\b)", r"\1"),
    (rf"{_BEFORE}(m[glm])s{_BEHIND}", r"\1"),
    ("[\u00b5\u03bc]", "u"),
    (rf"{_BEFORE}mc(?=(?:g|mol|l|kat){_BEHIND})", "u"),
    (r"(?<![A-Za-z])([munp])M$", r"\1mol/L"),
    (r"(?i)/\s*100\s*ml\b", "/dL"),
    (r"(?i)(?:/|\bin\b|\s)\s*(?:1\s*(?:st|\.|\u00e8re|re)?|first)\s*h$", "/h"),
    (r"(?i)/\s*24\s*-?\s*h$", "/d"),
    (rf"{_BEFORE}(?:mm\^?3(?![0-9])|(?:cu\.?\s*mm|cmm|mmc){_BEHIND})", "uL"),
    (rf"{_BEFORE}(?:cm\^?3(?![0-9])|cc{_BEHIND}|ccm{_BEHIND})", "mL"),
    (rf"{_BEFORE}(?:sq\.?\s*m|qm){_BEHIND}", "m2"),
    (r"(?i)\s*\bcells?\s*(?=/)", ""),
    (r"(?i)^(?:1?\s*x)?\s*(?:1e\+?0?|10\s*(?:\^|\*{1,2}|e)?\s*\(?)([1-9])\)?\s*(?=/)", r"10^\1"),
    (r"(?i)^x?\s*(?:thousand|thou|tsd\.?|k|1000)\s*(?=/)", "10^3"),
    (r"(?i)^(?:lakhs?)\s*(?=/)", "10^5"),
    (r"(?i)^giga\s*(?=/)", "10^9"),
    # One unit times another is written with a point.
    (r"(?<=[A-Za-z])[\u00b7\u22c5*](?=[A-Za-z])", "."),
    # The end of a scale: `30 out of 51`.
    (r"(?i)^(?:out )?of (?=[0-9]+$)", "/"),
    # Per gram of creatinine, which is not per gram.
    (rf"(?i)(/\s*m?(?:g|mol))[\s.\u00b7]*(?:creatinine|creat|crea|cre|cr){_BEHIND}", r"\1 Cr"),
)
_SMALL_LITRE = re.compile(r"(?<![A-Za-z])([mcdunpf]?)l(?![A-Za-z])")
# Milli and mega before a unit of activity are a billion apart; elsewhere capitals say nothing that a measure's own
# units leave open.
_MILLI_OR_MEGA = re.compile(r"(?i)\bm(?=i?u)")
# No unit is as long; what is longer is left as it is typed, and no pattern goes back over it.
_LONGEST = 200
# A unit behind the letter of its scale, and a power of ten.
_SCALED = re.compile(r"10[1-9]|[kdcmunpf]?(g|L|mol|kat|m|IU|U)")


@functools.lru_cache(maxsize=4096)
def written(unit: str) -> str:
    """A unit without what depends on the writer: blanks, brackets, micro signs, words for a unit, `per`, `-1`.

    Examples
    --------
    >>> written("U / L"), written("\\u03bckat/L"), written("[IU] per litre"), written("U L-1")
    ('U/L', 'ukat/L', 'IU/L', 'U/L')
    >>> written("(U\\u2215L)"), written("Millimetres"), written("mm."), written("microkat/L"), written("mg/100 ml")
    ('U/L', 'mm', 'mm', 'ukat/L', 'mg/dL')
    >>> written("g/24 hrs"), written("mm/hour"), written("pounds"), written("x10^3 cells/cu.mm"), written("% of pred")
    ('g/d', 'mm/h', 'lb', '103/uL', '%pred')
    >>> written("mg/g creatinine"), written("mg/gCre"), written("mg/g")
    ('mg/gCr', 'mg/gCr', 'mg/g')
    """
    if len(unit) > _LONGEST:
        return unit
    text = _in_signs(unit)
    for way, one in _WAYS:
        text = re.sub(way, one, text)
    if text.count("/") == 1:
        text = re.sub(r"\^?-1$", "", text)
    return _closed(text)


def spelt(unit: str) -> str:
    """A unit without what every writer does in his own way; another way to write it, as 24 h for a day, stays apart.

    Examples
    --------
    >>> spelt("g / 24 hrs"), spelt("g/day"), spelt("cm\u00b3"), spelt("ml")
    ('g/24h', 'g/d', 'cm3', 'mL')
    """
    return unit if len(unit) > _LONGEST else _closed(_in_signs(unit))


def _in_signs(unit: str) -> str:
    """A unit in the signs for its words and without the brackets about it."""
    # A raised digit is one behind its letter; what is drawn as one sign are its letters.
    text = plain(unicodedata.normalize("NFKC", unit.translate(_ONE_SIGN)))
    text = _WRAPPED.sub(r"\1\2", text) if _WRAPPED.fullmatch(text) else text
    return _WORD.sub(lambda word: _WORDS[word[1].casefold()], text)


def _closed(text: str) -> str:
    """A unit without blanks and brackets, and with the capital of the litre."""
    return _SMALL_LITRE.sub(r"\1L", re.sub(r"[\s\[\]{}_^]", "", text))


def dimension(unit: str) -> str:
    """What a unit measures, without its scale: the same of `ng/mL` and `g/L`, and of `/uL` and `10^9/L`.

    Examples
    --------
    >>> dimension("ng/mL") == dimension("g/L"), dimension("mm") == dimension("mL"), dimension("cells/uL")
    (True, False, '/L')
    """
    parts = [(part, _SCALED.fullmatch(part)) for part in written(unit).split("/")]
    return "/".join((scaled[1] or "") if scaled else part for part, scaled in parts)


def find_unit(unit: str, known: Iterable[str]) -> str | None:
    """The one of the units of a measure that a printed unit is; nothing if it is none of them.

    Parameters
    ----------
    unit : str
        As printed.
    known : iterable of str
        The units of the measure.

    Examples
    --------
    >>> find_unit("U/l", ["U/L", "IU/L"]), find_unit("iu/L", ["U/L", "IU/L"]), find_unit("mU/L", ["MU/L"])
    ('U/L', 'IU/L', None)
    """
    known = list(known)
    if unit in known or not unit:
        return unit if unit in known else None
    asked = written(unit)
    alike = [name for name in known if written(name) == asked]
    folded = asked.casefold()
    alike = alike or [
        name
        for name in known
        if written(name).casefold() == folded and _MILLI_OR_MEGA.findall(written(name)) == _MILLI_OR_MEGA.findall(asked)
    ]
    return alike[0] if alike else None


def unit_factor(unit: str, factors: Mapping[str, float]) -> float | None:
    """The factor from a printed unit to that of the measure; nothing if the measure does not know the unit.

    Where two units of a measure differ by capitals alone, and their factors too, neither is chosen.

    Examples
    --------
    >>> unit_factor("\\u03bckat / l", {"U/L": 1.0, "ukat/L": 60.0}), unit_factor("mL", {"mm": 1.0, "cm": 10.0})
    (60.0, None)
    """
    name = find_unit(unit, factors)
    if name is None or name == unit:
        return factors.get(unit)
    same = {factor for other, factor in factors.items() if written(other).casefold() == written(name).casefold()}
    return factors[name] if len(same) == 1 or written(unit) == written(name) else None
