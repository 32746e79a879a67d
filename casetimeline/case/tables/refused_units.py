"""Units that a measure does not have: what is right, why one is refused, and a number with its unit behind it."""

import re

import pandas as pd

from ...faults import first_few
from ...values import LONGEST, canonical_number, dimension, find_unit, plain, spelt, unit_factor
from ..cells.expected import has_limits
from .measures import refused_units

# Units that each kit has for itself, and multiples of a laboratory's limit.
_OF_A_KIT = ("AU/mL", "RU/mL", "EU/mL", "AU", "RU", "CU", "index", "AI", "S/CO")
_OF_WHAT = re.compile(r"(?<=[^\W\d_])\s+[(\[]?[^\W\d_]+[)\]]?$")
_MULTIPLE = re.compile(r"(?i)x?\s*(?:the\s+)?(?:uln|upper limit(?: of normal)?)")


def is_read(unit: str, measure: pd.Series) -> bool:
    """Whether a printed unit, or none, is one of a measure and not refused in this way of writing.

    Examples
    --------
    >>> volume = pd.Series({"units": {"mL": 1.0}, "units_refused": "cm3=a cube|(blank)=say mL"})
    >>> [is_read(unit, volume) for unit in ("ml", "cc", "cm\u00b3", "")]
    [True, True, False, False]
    """
    refused = {spelt(name) for name in refused_units(measure.get("units_refused", ""))}
    known = not unit or unit_factor(unit, measure["units"]) is not None
    return known and spelt(unit or "(blank)") not in refused


def reason_refused(unit: str, measure: pd.Series) -> str:
    """Why a measure does not take a printed unit, and what to do; blank where its row of measures.csv does not say why.

    Examples
    --------
    >>> ck = pd.Series({"unit": "U/L", "units_refused": "%=a share is another measure"})
    >>> reason_refused("%", ck), reason_refused("mg", ck)
    ('a share is another measure', '')
    >>> reason_refused("x ULN", ck)[:33], reason_refused("AU/mL", pd.Series({"unit": "U/mL"}))[:22]
    ('a multiple of the upper limit has', 'units of one assay: a ')
    """
    reasons = dict(pair.split("=", 1) for pair in measure.get("units_refused", "").split("|") if pair)
    # What is measured may stand behind its unit: mmol/mol Hb.
    names = (find_unit(name or "(blank)", reasons) for name in (unit, _OF_WHAT.sub("", unit)))
    reason = reasons.get(next(filter(None, names), ""), "")
    if not reason and has_limits(measure) and _MULTIPLE.fullmatch(plain(unit.replace("\u00d7", "x"))):
        reason = (
            "a multiple of the upper limit has no unit: write the state raised if above 1, the multiple in the note"
        )
    if not reason and measure["unit"] in ("U/mL", "IU/mL") and find_unit(unit, _OF_A_KIT):
        reason = "units of one assay: a measure of the case alone can hold the number"
    return reason


def unit_expected(unit: str, measure: pd.Series, measures: pd.DataFrame) -> str:
    """The units of a measure; why the printed one is refused, or that it is a unit of another measure.

    Parameters
    ----------
    unit : str
        As printed; none of the measure.
    measure : Series
        The row of measures.csv.
    measures : DataFrame
        All of them.

    Examples
    --------
    >>> table = {"unit": ["mm", "mL"], "units": [{"mm": 1.0}, {"mL": 1.0}]}
    >>> measures = pd.DataFrame(table, index=["effusion_size", "effusion_volume"])
    >>> unit_expected("ml", measures.loc["effusion_size"], measures)
    "mm; a number in ml is another measure: 'effusion_volume'"
    """
    names = [name for name in measure["units"] if name]
    reason = reason_refused(unit, measure)
    expected = f"one of {', '.join(names)}" if len(names) > 1 else "".join(names) or "a blank"
    if reason:
        none_printed = "; where the source prints none, a measure of the case alone can hold the number"
        return f"{expected}; {reason}{'' if unit else none_printed}"
    # Another amount of what the measure has is no other measure. Measures of one thing share a word of their codes.
    if dimension(unit) in map(dimension, names):
        return expected
    words = set(str(measure.name).split("_"))
    others = (code for code, units in measures["units"].items() if find_unit(unit, units))
    near = [code for code in others if words & set(str(code).split("_"))]
    if not near:
        return expected
    quoted = first_few(f"'{code}'" for code in near)
    return f"{expected}; a number in {unit} is another measure: {quoted}"


_NUMBER = r"-?[0-9]+(?:[.,][0-9]+)?"
_WITH_UNIT = re.compile(
    rf"(?P<number>[<>~]?=?\s?{_NUMBER}(?:\s*(?:\.\.|-)\s*{_NUMBER})?)\s*"
    r"(?P<unit>/?[^\W\d_][^()]*?|%[^()]*?)(?:\s*[(\[](?P<rest>[^()]+)[)\]])?"
)
# A comma before three digits may be one of thousands.
_DECIMAL_COMMA = re.compile(r"(?<=[0-9]),(?=[0-9]{1,2}(?![0-9])|[0-9]{4})")


def number_alone(text: str, measure: pd.Series) -> str:
    """What to write for a number, or a range, with its unit behind it; blank for any other text.

    Examples
    --------
    >>> egfr = pd.Series({"units": {"mL/min/1.73m2": 1.0}})
    >>> number_alone("52 ml/min", egfr), number_alone("52 or so", egfr)
    ("the number alone: 52 here, and ml/min in 'unit'", '')
    >>> number_alone("52,5-55 ml/min (CKD-EPI)", egfr)
    "the number alone: 52.5..55 here, and ml/min in 'unit'; 'CKD-EPI' in the note"
    """
    part = _WITH_UNIT.fullmatch(_DECIMAL_COMMA.sub(".", plain(text))) if len(text) <= LONGEST else None
    if not part or "," in part["number"] or not ("/" in part["unit"] or find_unit(part["unit"], measure["units"])):
        return ""
    rest = f"; '{part['rest']}' in the note" if part["rest"] else ""
    return f"the number alone: {canonical_number(part['number'])} here, and {part['unit']} in 'unit'{rest}"
