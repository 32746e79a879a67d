"""What to write for a finding, a number or a class where the cell has a word of another of these."""

import math
import re
from collections.abc import Iterable

import pandas as pd

from ...faults import first_few
from ...values import list_grades, spelling
from ...vocabulary import LIMIT_STATES

# What may be told in place of a number that is not printed.
WITHOUT_NUMBER = (
    "without one, the state normal, raised, low, increased or decreased, or not_assessed where it was not measured"
)
# A hint of the table of spellings with these words is of a word that may tell where a number lies among its limits.
_OF_LIMITS = re.compile(r"\bthe limits\b|a multiple of")


def is_said_of_limits(text: str) -> bool:
    """Whether a word tells where a number lies among the limits of a laboratory, or may tell it.

    Examples
    --------
    >>> [word for word in ("low", "WNL", "reduced", "2x ULN", "decreased", "present") if is_said_of_limits(word)]
    ['low', 'WNL', 'reduced', '2x ULN']
    """
    word = spelling("state", text) if text else None
    return word is not None and (word.canonical in LIMIT_STATES or bool(_OF_LIMITS.search(word.hint)))


def state_expected(text: str, measure: pd.Series) -> str:
    """What to write for the state of a finding of which a word is told that belongs to a number and its limits.

    Examples
    --------
    >>> state_expected("raised", pd.Series({"grades": ("none", "present")}))[:52]
    "one of present, absent: 'raised' is said of a number"
    """
    return limits_expected(text, ("present", "absent") if may_be_absent(measure) else measure["grades"])


def limits_expected(text: str, grades: tuple[str, ...]) -> str:
    """What to write for a finding of which a word is told that belongs to a number and its limits.

    Parameters
    ----------
    text : str
        The word.
    grades : tuple of str
        What may be told instead: the grades in its value, `present` and `absent` in its state.

    Examples
    --------
    >>> limits_expected("low", ("none", "present"))
    "one of none, present: 'low' is said of a number and its limits; against the record before, increased or decreased"
    >>> limits_expected("normal", ("present", "absent"))
    "absent, where it was looked for and not found: 'normal' is said of a number and its limits"
    """
    why = f"'{text}' is said of a number and its limits"
    if (word := spelling("state", text)) and word.canonical == "normal":
        given = (
            "absent, where it was looked for and not found" if "absent" in grades else f"one of {list_grades(grades)}"
        )
        return f"{given}: {why}"
    return f"one of {list_grades(grades)}: {why}; against the record before, increased or decreased"


# The last words of a hint, and states that a number does not have.
_ELSE, _SAID_OF_FINDINGS = re.compile(r"[,;] else [^)]*"), re.compile(r"\b(?:present|absent)\b")


def for_number(meanings: str, measure: pd.Series) -> str:
    """The meanings of a word without the states that a measure does not have which is a number alone.

    Examples
    --------
    >>> for_number("a word with one meaning (not done, or not detected: write not_assessed or absent)",
    ...             pd.Series({"abbrev": "CK", "unit": "U/L"}))[48:]
    'ed); a number of CK, or the state not_assessed where it was not measured'
    """
    if not _SAID_OF_FINDINGS.search(meanings):
        return meanings
    meanings = _ELSE.sub("", meanings)
    if _SAID_OF_FINDINGS.search(meanings):
        meanings = f"{meanings.partition(':')[0]})"
    if not measure["unit"]:
        return f"{meanings}; {quantity_expected(measure)}"
    return f"{meanings}; a number of {measure['abbrev']}, or the state not_assessed where it was not measured"


def finding_expected(measure: pd.Series, codes: Iterable[str]) -> str:
    """What to write for a number of a finding that has grades alone: one of these, or a measure of its level.

    Examples
    --------
    >>> antibody = pd.Series({"grades": ("none", "present")}, name="anti_x")
    >>> finding_expected(antibody, ["anti_x", "anti_x_level", "anti_xy_level"])
    "one of none, present; a number is another measure: 'anti_x_level'"
    """
    expected = f"one of {list_grades(measure['grades'])}"
    near = [f"'{code}'" for code in codes if code.startswith(f"{measure.name}_")]
    return f"{expected}; a number is another measure: {first_few(near)}" if near else expected


def quantity_expected(measure: pd.Series, findings: Iterable[str] = ()) -> str:
    """What to write in place of present or absent for a measure that is a number, or has classes alone.

    Parameters
    ----------
    measure : Series
        The row of measures.csv.
    findings : iterable of str
        The codes of the measures that have grades: one of them may be the finding to which the number is the level.

    Examples
    --------
    >>> quantity_expected(pd.Series({"abbrev": "ulcers", "unit": ""}))
    'a number of ulcers: 0 where there was none, the state not_assessed where nobody looked'
    >>> quantity_expected(pd.Series({"abbrev": "score", "unit": "points", "high": 51.0}))[:72]
    'a number of score, which is neither present nor absent; without one, the'
    """
    if measure.get("grades", ()):
        classes = f"one of {list_grades(measure['grades'])}, which is neither present nor absent"
        return f"{classes}; of a finding that may be absent, 'grades' begins with none"
    if not measure["unit"]:
        return f"a number of {measure['abbrev']}: 0 where there was none, the state not_assessed where nobody looked"
    number = f"a number of {measure['abbrev']}, which is neither present nor absent; {WITHOUT_NUMBER}"
    if not has_limits(measure):
        return number
    name = str(measure.name)
    near = [f"'{code}'" for code in findings if _are_of_one(code, name) or _are_of_one(name, code)]
    finding = f"the finding {first_few(near)}" if near else _OWN_FINDING
    return f"{number}; where it is told as negative or positive alone, {finding}"


_OWN_FINDING = "a measure of the case alone with the grades none|present"


def _are_of_one(code: str, level: str) -> bool:
    """Whether one code is another with a word behind it: `ana_titre` is the level of `ana`."""
    return level.startswith(f"{code}_")


def may_be_absent(measure: pd.Series) -> bool:
    """Whether a measure is present or absent: it has a grade for that, or is told in words alone, and is no number.

    Examples
    --------
    >>> table = {"grades": [("none", "present"), ("", "I", "II"), (), ()], "units": [{}, {}, {}, {"mm": 1.0}]}
    >>> [may_be_absent(row) for _, row in pd.DataFrame(table).iterrows()]
    [True, False, True, False]
    """
    return bool(measure["grades"][0]) if measure["grades"] else not any(measure["units"])


def has_limits(measure: pd.Series) -> bool:
    """Whether a laboratory may state limits of a measure: neither of a count or finding, nor of a scale with an end."""
    return bool(measure["unit"]) and not measure.get("grades", ()) and math.isinf(measure.get("high", math.inf))
