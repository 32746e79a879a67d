"""Units as laboratories print them: `U/l`, `iu/L`, `ukat/L` with either micro sign, `U / L`.

What was printed stays in the record. A unit is found among those of its measure; what is folded here is the way it is
written, never the unit: `IU/L` counts as `U/L` only where the measure says so.
"""

import re
from collections.abc import Iterable, Mapping

from .spellings import plain

_MICRO = re.compile("[\u00b5\u03bc]|mc(?=g)")
_RAISED = str.maketrans("\u2070\u00b9\u00b2\u00b3\u2074\u2075\u2076\u2077\u2078\u2079\u207b", "0123456789-")
_SLASHES = {0x2044: "/", 0x2215: "/"}
# Units in words: with what stands before them, each is one unit.
_PREFIXES = {"kilo": "k", "deci": "d", "centi": "c", "milli": "m", "micro": "u", "nano": "n", "pico": "p", "": ""}
_BASES = {"gram": "g", "gramme": "g", "meter": "m", "metre": "m", "liter": "L", "litre": "L"}
_BASES |= {"mole": "mol", "mol": "mol", "katal": "kat", "kat": "kat"}
_WORDS = {f"{prefix}{base}": f"{sign}{unit}" for prefix, sign in _PREFIXES.items() for base, unit in _BASES.items()}
_WORDS |= {"pt": "points", "point": "points", "pound": "lb", "hour": "h", "hr": "h"}
_WORD = re.compile(rf"(?i)(?<![^\W\d_])({'|'.join(sorted(_WORDS, key=len, reverse=True))})s?(?![^\W\d_])")
_WRAPPED = re.compile(r"\(([^()]*)\)|([^.]*[^\W\d_])\.")
_DECILITRE = re.compile(r"(?i)/\s*100\s*ml\b")
_SMALL_LITRE = re.compile(r"(?<![A-Za-z])([mcdunpf]?)l(?![A-Za-z])")
# `U L-1` and `U.L-1` say the same as `U/L`.
_PER = re.compile(r"(?i)\s*(?:\bper\b|[\s.*\u00b7]\s*(?=[a-z0-9]+\^?-1\b))\s*")
# Milli and mega before a unit of activity are a billion apart; elsewhere capitals say nothing that a measure's own
# units leave open.
_MILLI_OR_MEGA = re.compile(r"(?i)\bm(?=i?u)")


def written(unit: str) -> str:
    """A unit without what depends on the writer: blanks, brackets, micro signs, words for a unit, `per`, `-1`.

    Examples
    --------
    >>> written("U / L"), written("\\u03bckat/L"), written("[IU] per litre"), written("U L-1")
    ('U/L', 'ukat/L', 'IU/L', 'U/L')
    >>> written("(U\\u2215L)"), written("Millimetres"), written("mm."), written("microkat/L"), written("mg/100 ml")
    ('U/L', 'mm', 'mm', 'ukat/L', 'mg/dL')
    >>> written("g/24 hrs"), written("mm/hour"), written("pounds")
    ('g/24h', 'mm/h', 'lb')
    """
    text = plain(unit.translate(_RAISED).translate(_SLASHES))
    text = _WRAPPED.sub(r"\1\2", text) if _WRAPPED.fullmatch(text) else text
    text = _WORD.sub(lambda word: _WORDS[word[1].casefold()], text)
    per = _DECILITRE.sub("/dL", _PER.sub("/", _MICRO.sub("u", text)))
    if per.count("/") == 1:
        per = re.sub(r"\^?-1$", "", per)
    bare = re.sub(r"[\s\[\]^]", "", per.replace("\u00d7", "x"))
    return _SMALL_LITRE.sub(r"\1L", bare)


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
