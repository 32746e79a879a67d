"""A measured value as a sentence has it: with unit, scale, and what the source says of the value."""

import re
from collections.abc import Sequence

import pandas as pd

from ...derive import with_unit
from ...vocabulary import UNIT_UNKNOWN
from ..numbers.qualifiers import grade_beside, is_peak, over_scale, qualified, titre_words, unit_unknown_words
from .passage import Passage, Said, listed, typeset
from .words import is_plural

# Units that a source prints in words, as the others of a sentence are printed.
_IN_SIGNS = {
    "beats per minute": "beats/min",
    "breaths per minute": "breaths/min",
    "liters": "L",
    "litres": "L",
    "liter": "L",
    "litre": "L",
}


def amount_words(row: pd.Series, measure: pd.Series, known: bool, verb: str = "was ") -> str:
    """A value with its unit, or that it has none; the end of its scale where the measure was not named before.

    Behind another verb than `was` that verb says what the source prints of the value; see `verb_of_value`.

    Examples
    --------
    >>> row = {"AVALC": ">1280", "AVALU": "titre", "unit": "", "note": "", "PARAMCD": "ana_titre"}
    >>> amount_words(row, {"label": "Titre", "unit": "titre", "high": 10.0, "grades": ()}, False)
    '>1:1280'
    """
    value, unit = row["AVALC"], row["AVALU"]
    if unit == UNIT_UNKNOWN:
        value = over_scale(value, row["note"])
        # Zero is zero in any unit.
        value += "" if value == "0" else f" ({unit_unknown_words(measure['unit'])})"
    elif not row["unit"] and "no unit is printed" in row["note"]:
        value += f" ({UNIT_UNKNOWN})"
    elif unit == "points" and measure["high"] < float("inf"):
        # A unit that is the end of the scale says it.
        value += "" if known or row["unit"].startswith("/") else f" of {measure['high']:g}"
    elif unit == "titre":
        value = titre_words(value, unit)
    elif not row["unit"]:
        value = with_unit(value, unit)
    value = re.sub(r"(?<=\d )[a-z ]+$", lambda unit: _IN_SIGNS.get(unit[0], unit[0]), value)
    if "percent of predicted" in measure["label"] and not known:
        value = re.sub(r" ?% ?(?:(?:of )?pred\w*)?$", " % of predicted", value)
    # What is collected over a day has that in its name.
    value = typeset(value).removesuffix("/24 h") if "24-hour" in measure["label"] else value
    if verb == "was ":
        # What another verb says already stands in no bracket.
        value = qualified(value, "printed 'peak'" if is_peak(row["note"]) else row["note"])
    grade = grade_beside(row["note"], measure["grades"])
    return typeset(re.sub("^~", "about ", f"‘{grade}’, {value}" if grade else value))


def verb_of_value(row: pd.Series) -> str:
    """The verb of a value that opens its clause: that of a peak where its source prints one."""
    return "peaked at " if is_peak(row["note"]) else "was "


def agreeing(verb: str, name: str) -> str:
    """The verb of a value in the number of its name.

    Examples
    --------
    >>> agreeing("was ", "pulmonary nodules"), agreeing("was ", "creatinine"), agreeing("peaked at ", "cells")
    ('were ', 'was ', 'peaked at ')
    """
    return "were " if verb == "was " and is_plural(name) else verb


def listed_values(values: Sequence[Passage]) -> list[Said]:
    """Values as one list; those of one measure at several sites, each without its name but the first, as one of it.

    Examples
    --------
    >>> score, size = (Said("the score was "), Said("21", (2,))), (Said("effusion "), Said("35 mm (left)", (3,)))
    >>> "".join(part.text for part in listed_values([score, size, (Said("24 mm (right)", (4,)),)]))
    'the score was 21, and effusion 35 mm (left) and 24 mm (right)'
    >>> "".join(part.text for part in listed_values([score, size]))
    'the score was 21 and effusion 35 mm (left)'
    """
    measures: list[list[Passage]] = []
    for value in values:
        if len(value) > 1 or not measures:
            measures.append([])
        measures[-1].append(value)
    of_sites = any(len(alike) > 1 for alike in measures)
    if len(measures) < 2 or not of_sites:
        return listed(values)
    *first, last = (listed(alike) for alike in measures)
    return [*(part for each in first for part in (*each, Said(", "))), Said("and "), *last]
