"""The columns of a frame as arrays, and a message for a column that is missing."""

import difflib
from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..values import Distinct, distinct, floats
from ..vocabulary import COLUMN_NAMES, DECIMALS, ENDED, UNIT_UNKNOWN

# The columns that each function adds, in the order of the pipe.
ADDED = {
    "derive_analysis": (
        "PARAMCD",
        "PARAM",
        "LOC",
        "BETTER",
        "SCALE",
        "COUNTLO",
        "COUNTHI",
        "AVAL",
        "AVALLO",
        "AVALHI",
        "AVALLOX",
        "AVALHIX",
        "AVALU",
        "AVALC",
        "ANRLO",
        "ANRHI",
        "AVALCALO",
        "AVALCAHI",
        "TOPGRADE",
        "STATE",
        "DAYLO",
        "DAYHI",
        "AENLO",
        "AENHI",
        "ORDER",
        "ORDLO",
        "ORDHI",
        "ORDPH",
        "MOMENT",
    ),
    "derive_anrind": ("ANRIND", "R2A1HI"),
    "derive_ablfl": ("ABLFL", "ABLPFL"),
    "derive_base": (
        "BASE",
        "BASELO",
        "BASEHI",
        "BASELOX",
        "BASEHIX",
        "BASEU",
        "BASEC",
        "BASECALO",
        "BASECAHI",
        "BASEDLO",
        "BASEDHI",
        "BASEOLO",
        "BASEOPH",
        "BNRIND",
        "SINCELO",
        "SINCEHI",
        "POSTBLFL",
    ),
    "derive_chg": ("CHG", "CHGLO", "CHGHI", "CHGLOX", "CHGHIX"),
    "derive_pchg": ("PCHG", "PCHGLO", "PCHGHI"),
    "derive_r2base": ("R2BASE", "R2BASELO", "R2BASEHI"),
    "derive_chgprev": ("PREV", "CHGPREV", "CHGPREVLO", "CHGPREVHI"),
    "derive_examiners": ("EXAMINERS",),
    "derive_direction": ("SIGNLO", "SIGNHI"),
    "derive_shift": ("SHIFT1",),
    "derive_extremes": ("NADIRFL", "PEAKFL", "LASTFL"),
    "derive_peak": ("PEAKLO", "PEAKHI"),
    "derive_reference": ("RFSTLO", "RFSTHI", "RFPHASE", "RFENLO", "RFENHI"),
    "derive_ady": ("ADY",),
    "derive_ontrtfl": ("ONTRTFL",),
}
# Two records that agree in these columns have equal values.
OF_VALUE = ("AVALLO", "AVALHI", "AVALU", "AVALCALO", "AVALCAHI")
_AFTER_BASE = ("chg", "pchg", "r2base", "examiners", "direction", "shift", "extremes", "peak")
# What is derived from a baseline, and is of no other.
ADDED_TO_BASE = [column for name in _AFTER_BASE for column in ADDED[f"derive_{name}"]]
# Which function of the package a user calls for what one adds that is not for users.
_FOR_USERS = {
    "derive_analysis": "read_case or read_facts",
    "derive_examiners": "derive_changes",
}
_MAKERS = {column: _FOR_USERS.get(name, name) for name, columns in ADDED.items() for column in columns}
DERIVED_NAMES = frozenset(_MAKERS)


class MissingColumnError(KeyError):
    """A frame lacks columns that a function needs. The text says which, and which function adds them."""

    def __str__(self) -> str:
        # A KeyError shows its text in quotation marks.
        return str(self.args[0])


def require(frame: pd.DataFrame, function: str, columns: Iterable[str], source: str = "read_case reads") -> None:
    """Refuse a frame that lacks columns, or has one that is used more than once.

    Parameters
    ----------
    frame : DataFrame
        What the function was given.
    function : str
        Its name.
    columns : iterable of str
        What it needs.
    source : str
        Where a column comes from that no derivation adds, as a clause.

    Raises
    ------
    MissingColumnError
    ValueError
        If a column that is needed, or that a derivation may read, is there more than once.
    TypeError
        If it is no frame at all.

    Examples
    --------
    >>> require(pd.DataFrame({"AVAL": [46.0], "baes": [46.0]}), "derive_chg", ["AVAL", "BASE"])
    Traceback (most recent call last):
    casetimeline.derive.columns.MissingColumnError: derive_chg needs BASE, which derive_base adds; \
the frame has 'baes': did you mean that?
    """
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"{function} needs a DataFrame such as `case.facts`; found {type(frame).__name__}")
    columns = [*columns]
    twice = frame.columns[frame.columns.duplicated()]
    twice = [name for name in dict.fromkeys(twice) if name in columns or name in _MAKERS or name in COLUMN_NAMES]
    if twice:
        raise ValueError(f"{function} needs each column once; the frame has {', '.join(twice)} more than once")
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        # A column that is known stands for itself, and was not meant to be another.
        strange = frame.columns.difference([*_MAKERS, *COLUMN_NAMES, *columns], sort=False)
        raise MissingColumnError(_message(function, missing, source, strange))


def _message(function: str, missing: list[str], source: str, strange: Iterable) -> str:
    by_maker: dict[str, list[str]] = {}
    for name in dict.fromkeys(missing):
        by_maker.setdefault(f"{_MAKERS[name]} adds" if name in _MAKERS else source, []).append(name)
    needs = ", and ".join(f"{', '.join(names)}, which {maker}" for maker, names in by_maker.items())
    others = {str(name).lower(): name for name in strange}
    near = [others[word] for name in missing for word in difflib.get_close_matches(name.lower(), others, n=1)]
    meant = f"; the frame has '{near[0]}': did you mean that?" if near else ""
    return f"{function} needs {needs}{meant}"


def numbers(frame: pd.DataFrame, name: str) -> np.ndarray:
    """A column of numbers as floats, nan where one is missing.

    Examples
    --------
    >>> numbers(pd.DataFrame({"phase": pd.array([1, None], dtype="Int64")}), "phase").tolist()
    [1.0, nan]
    """
    return floats(frame[name])


# What lies so near to a number with few decimals is that number.
_NOISE = 1e-14
# So many decimals a product has that has no end.
PLACES = 12


def without_noise(computed: np.ndarray, otherwise: np.ndarray, more: np.ndarray | float = 0.0) -> np.ndarray:
    """Products or quotients without the binary noise of their last bits; where there is more than noise, the others.

    `more` is by how much else each may miss.

    Examples
    --------
    >>> computed = np.array([2.05 * 60, 100 / 3])
    >>> computed.tolist(), without_noise(computed, computed).tolist()
    ([122.99999999999999, 33.333333333333336], [123.0, 33.333333333333336])
    """
    short = np.round(computed, DECIMALS)
    with np.errstate(invalid="ignore"):
        return np.where(np.abs(short - computed) <= _NOISE * np.abs(computed) + more, short, otherwise)


def equals(frame: pd.DataFrame, name: str, word: str) -> np.ndarray:
    """Where a column of text has a word; a missing text is a blank one.

    Examples
    --------
    >>> equals(pd.DataFrame({"kind": ["event", "observation"]}), "kind", "observation").tolist()
    [False, True]
    >>> equals(pd.DataFrame({"LOC": ["left", "", None]}), "LOC", "").tolist()
    [False, True, True]
    """
    if not word:
        return distinct(frame[name]).among([""])
    same = frame[name].array == word
    return same if isinstance(same, np.ndarray) else same.to_numpy(dtype=bool, na_value=False)


def has_unit(frame: pd.DataFrame) -> np.ndarray:
    """Whether the unit of each value is reported; one that is missing is not. That of a count is blank.

    Examples
    --------
    >>> has_unit(pd.DataFrame({"AVALU": ["U/L", "unit not reported", "", None]})).tolist()
    [True, False, True, False]
    """
    return frame["AVALU"].notna().to_numpy(dtype=bool) & ~equals(frame, "AVALU", UNIT_UNKNOWN)


def is_unitless(frame: pd.DataFrame) -> np.ndarray:
    """Whether each row has a number without a reported unit, which is compared with nothing. A grade needs none.

    Examples
    --------
    >>> is_unitless(pd.DataFrame({"AVALLO": [5.0, 5.0, None], "AVALU": ["U/L", None, None]})).tolist()
    [False, True, False]
    """
    return ~np.isnan(numbers(frame, "AVALLO")) & ~has_unit(frame)


def may_be_baseline(frame: pd.DataFrame) -> pd.Series:
    """Whether each record is the baseline of its series, or one of those of which one is.

    Examples
    --------
    >>> may_be_baseline(pd.DataFrame({"ABLFL": ["Y", "", ""], "ABLPFL": ["", "Y", ""]})).tolist()
    [True, True, False]
    """
    return frame["ABLFL"].eq("Y") | frame["ABLPFL"].eq("Y")


def flags(mask: np.ndarray) -> pd.api.extensions.ExtensionArray:
    """`Y` where a mask holds, blank elsewhere.

    Examples
    --------
    >>> list(flags(np.array([True, False])))
    ['Y', '']
    """
    return Distinct(mask.astype(np.int64), ["", "Y"]).as_text(str)


def whole(values: np.ndarray) -> pd.arrays.IntegerArray:
    """Floats as whole numbers, missing where nan.

    Examples
    --------
    >>> whole(np.array([2.0, np.nan])).tolist()
    [2, <NA>]
    """
    missing = np.isnan(values)
    return pd.arrays.IntegerArray(np.where(missing, 1, values).astype(np.int64), missing)


# What happens to a treatment, as the last word of the code of an event.
_DONE = "started restarted resumed continued interrupted paused held withheld omitted missed skipped postponed"
OF_TREATMENT = (*ENDED, *f"{_DONE} delayed reduced increased tapered planned advised".split())


# Acronyms that a code has in small letters.
ACRONYMS = ("CMV", "EBV", "HIV", "HBV", "HCV", "CT", "MRI", "ECG", "DVT", "ARDS", "ICU", "ILD", "PAH", "QT", "UTI")
ACRONYMS += ("AKI", "CKD", "COPD", "COVID", "HLH", "PCR", "SARS", "SLE", "TIA", "VTE", "PRES", "SRC", "PML", "GVHD")
ACRONYMS += ("BAL", "BK", "DAH", "DIC", "HRCT", "HSCT", "MAS", "PJP", "TMA", "TTP")
_CAPITALS = {name.lower(): name for name in ACRONYMS}


def label_of(code: str, labels: Mapping[str, str]) -> str:
    """The label of a code; where it is what happened to a thing that has one, that of the thing and what happened.

    A code without a label is its words, an acronym in capitals.

    Examples
    --------
    >>> [label_of(code, {"exn": "Exampline"}) for code in ("exn", "exn_stopped", "renal_biopsy", "cmv_reactivation")]
    ['Exampline', 'Exampline stopped', 'Renal biopsy', 'CMV reactivation']
    """
    thing, _, word = code.rpartition("_")
    if code not in labels and thing in labels and word in OF_TREATMENT:
        return f"{labels[thing]} {word}"
    return labels.get(code) or " ".join(_CAPITALS.get(word.lower(), word) for word in code.capitalize().split("_"))
