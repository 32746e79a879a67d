"""The unit of a dose without the way in which it is written: of what it is an amount, and for which body size."""

import functools
import re

from ..values import written

# Units of mass in milligrams.
MILLIGRAMS = {"kg": 1e6, "g": 1e3, "mg": 1.0, "ug": 1e-3, "ng": 1e-6}
# Units of body size in a dose, with the measure that turns such a dose into an amount.
PER_BODY = {"kg": "weight", "m2": "body_surface_area"}
_WEIGHT = r"b\.?\s?w\b\.?|(?:body[\s-]?)?(?:weight|mass)|kgw?\b|k\u00f6rpergewicht|peso(?: corpor\w+)?|poids"
_SURFACE = r"bsa\b|body[\s-]?surface(?:[\s-]?area)?|kof\b|k\u00f6rperoberfl\u00e4che"
# What is another way to write one unit, in this order: `mg kg-1 day-1` says the same as `mg/kg/day`. A run of blanks or
# points is looked over from its beginning alone.
_WAYS = (
    (r"(?<![\s.*\u00b7])[\s.*\u00b7]+(kg|d|day|wk|week)\s?\^?[-\u2212]1\b", r"/\1"),
    (r"(?<![\s.*\u00b7])[\s.*\u00b7]+m\s?\^?[-\u2212]2\b", "/m2"),
    (r"\bsq(?:uare|\.)?\s?m(?:et(?:er|re)s?)?\b", "m2"),
    (rf"(?<=kg)\s*(?:of\s+|de\s+)?\(?(?:{_WEIGHT})\)?", ""),
    (rf"(?<=m2|m\u00b2)\s*(?:of\s+|de\s+)?\(?(?:{_SURFACE})\)?", ""),
    (r"^(m|k|u|n|mc|\u00b5|\u03bc)?gs\b", r"\1g"),
    (r"(?<!\s)\s*(?:/|\bper\b)\s*dose\b", ""),
)


@functools.lru_cache(maxsize=1024)
def in_one_spelling(printed: str) -> str:
    """The unit of a dose in the spelling that all ways to write it have in common.

    Examples
    --------
    >>> [in_one_spelling(unit) for unit in ("mg per kg", "mg/kg bw/day", "mg kg-1 day-1", "mgs", "mg/square metre")]
    ['mg/kg', 'mg/kg/d', 'mg/kg/d', 'mg', 'mg/m2']
    >>> in_one_spelling("MG/Kg"), in_one_spelling("mg/kgKG"), in_one_spelling("\u00b5g/m\u00b2")
    ('MG/kg', 'mg/kg', 'ug/m2')
    """
    text = printed
    for way, one in _WAYS:
        text = re.sub(way, one, text, flags=re.IGNORECASE)
    return written(text)


def per_body(unit: str) -> tuple[str, str]:
    """The unit of a dose without the size of the body that it is for, and that size; both blank or as printed without.

    Examples
    --------
    >>> per_body("g/kg"), per_body("MG per Kg"), per_body("mg/m2"), per_body("MG"), per_body("J/cm2")
    (('g', 'kg'), ('mg', 'kg'), ('mg', 'm2'), ('MG', ''), ('J/cm2', ''))
    """
    amount, _, body = in_one_spelling(unit).rpartition("/")
    if body.casefold() not in PER_BODY or not amount:
        return unit, ""
    return amount.casefold() if amount.casefold() in MILLIGRAMS else amount, body.casefold()
