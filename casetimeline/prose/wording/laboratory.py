"""The limits of a laboratory beside a value: those of its row, or on which side of those of an earlier row it is."""

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from ...values import number, rows_of
from ...vocabulary import UNIT_UNKNOWN
from .labels import joined

# On which side of its limits a value is.
INDICATED = {"HIGH": "raised", "LOW": "low", "NORMAL": "within the reference limits"}
# What two rows must have in common for the limits of one to be those of the other.
_OF_ONE = ["PARAMCD", "AVALU", "source", "by"]


class KnownLimits:
    """The limits of the laboratories of one case; of another source, or by somebody else, they may be others.

    Parameters
    ----------
    changes : DataFrame
        The derived table.
    limited : set of str
        Measures whose upper limit decides something, and must be said to be missing.
    """

    def __init__(self, changes: pd.DataFrame, limited: set[str]):
        self.limited = limited
        rows = changes[changes[["ANRLO", "ANRHI"]].notna().any(axis=1)]
        # Where all rows of one laboratory that have limits have the same.
        self.known = {
            (*of,): alike[["ANRLO", "ANRHI"]].iloc[0]
            for of, alike in rows.groupby(_OF_ONE)
            if len(alike[["ANRLO", "ANRHI"]].drop_duplicates()) == 1
        }

    def words(self, row: pd.Series, known: bool) -> str:
        """The words about the limits of a value. `known` says whether the text has named the measure before.

        Examples
        --------
        >>> limits = KnownLimits(pd.DataFrame(columns=[*_OF_ONE, "ANRLO", "ANRHI"]), {"ck"})
        >>> row = {"PARAMCD": "ck", "AVALU": "U/L", "source": "", "by": "", "ref_low": "", "ref_high": "190"}
        >>> limits.words(row, False), limits.words({**row, "ref_low": "30"}, False)
        ('upper limit 190', 'reference 30–190')
        >>> bare = {**row, "ref_high": ""}
        >>> limits.words(bare, False), limits.words({**bare, "ref_low": "30"}, True), limits.words(bare, True)
        ('upper limit not reported', 'lower limit 30', '')
        """
        low, high = row["ref_low"], row["ref_high"]
        if low and high:
            return f"reference {low}–{high}"
        if high:
            return f"upper limit {high}"
        missing = not known and row["PARAMCD"] in self.limited and row["AVALU"] != UNIT_UNKNOWN
        unknown = "upper limit not reported" if missing else ""
        if low:
            return "; ".join(filter(None, [f"lower limit {low}", unknown]))
        limits = self.known.get(tuple(row[name] for name in _OF_ONE))
        if limits is None or row["STATE"] != "value" or row["LASTFL"] != "Y":
            return unknown
        # An earlier row has told the limits; here it is said on which side of them the last value is.
        above, below = row["AVALLO"] > limits["ANRHI"], row["AVALHI"] < limits["ANRLO"]
        return "above the reported limit" if above else "below the reported limit" if below else ""


def by_side(values: Sequence, counts: pd.Series) -> tuple[list, dict[str, list]]:
    """The values that are told in full, and the others by their side of the limits of their row.

    In full are those of a course, those without limits, and one that is left over: a word would cost no less.

    Examples
    --------
    >>> rows = [{"PARAMCD": code, "ANRIND": side} for code, side in (("ck", "HIGH"), ("alt", "HIGH"), ("ast", "HIGH"))]
    >>> by_side(rows, pd.Series({"ck": 2, "alt": 1, "ast": 1})) == ([rows[0]], {"HIGH": rows[1:]})
    True
    """
    briefly: dict[str, list] = {}
    for row in values:
        if counts[row["PARAMCD"]] == 1 and row["ANRIND"]:
            briefly.setdefault(row["ANRIND"], []).append(row)
    if sum(map(len, briefly.values())) == 1:
        return list(values), {}
    in_full = [row for row in values if counts[row["PARAMCD"]] > 1 or not row["ANRIND"]]
    return in_full, {side: briefly[side] for side in INDICATED if side in briefly}


def reference_words(row) -> str:
    """The limits of the laboratory as they are printed with a value; blank where none is.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> [reference_words(Row(ref_low=low, ref_high=high)) for low, high in (("12", "16"), ("12", ""), ("", "16"))]
    ['12–16', 'from 12', 'up to 16']
    """
    if row.ref_low and row.ref_high:
        return f"{row.ref_low}–{row.ref_high}"
    return f"from {row.ref_low}" if row.ref_low else f"up to {row.ref_high}" if row.ref_high else ""


def printed_limits(row) -> str:
    """The limits of the laboratory behind a value, in brackets; blank where none is printed."""
    words = reference_words(row)
    return f" ({words})" if words else ""


def limits_of_series(row, records: pd.DataFrame) -> pd.Series | None:
    """ANRLO and ANRHI that hold for a value: its own, else those of its series in its source where these are the same.

    The limit of one laboratory does not hold for a value that another one measured.
    """
    has_unit = pd.notna(row.AVALLO) and row.AVALU != UNIT_UNKNOWN
    if has_unit and (pd.notna(row.ANRLO) or pd.notna(row.ANRHI)):
        return pd.Series({"ANRLO": row.ANRLO, "ANRHI": row.ANRHI})
    limited = records[(records["ANRLO"].notna() | records["ANRHI"].notna()) & records["source"].eq(row.source)]
    limited = limited[limited["by"].eq(row.by) | limited["by"].eq("") | (not row.by)]
    same_unit = has_unit and not limited.empty and limited["AVALU"].iloc[0] == row.AVALU
    one = len({*map(printed_limits, rows_of(limited))}) == 1
    one = one and len({*filter(None, map(printed_limits, rows_of(records)))}) == 1
    return limited[["ANRLO", "ANRHI"]].iloc[0] if same_unit and one else None


_NO_LIMIT = "the upper limit is not reported"
_DENIED = re.compile(r"\b(not|no|never|without|nor|neither|or)\b", re.IGNORECASE)
# What was raised before and is so no more, such as `normalisation of the elevated` or `formerly raised`.
_PAST = re.compile(
    r"\b(normali[sz]|previous|former|earlier|fall|fell|drop|decreas|declin|reduc|resol|improv|return|recover|correct)",
    re.IGNORECASE,
)
_CLAUSE = re.compile(r"[,;] |\. | and | but ")
# `high` is no word of a value in a dose, a resolution or the name of an assay.
_RAISED = (
    r"(?<![\w-])(?P<word>raised|elevated|high)"
    r"(?![-‐‑–])(?! (?:dose|resolution|sensitivity|density|grade|flow|risk|frequency)\b)"
)
# Between the word and its value stands a name alone: no second one, and nothing that became of it.
_NO_NAME = (
    r"(?:and|or|with|without|but|plus|to|from|by|in|on|for|as|than|then|now|that|which|while|when|after|before|under|"
    r"until|despite|was|were|is|are|be|became|had|has|have|fell|rose|went|not|no|normal|low|lower|[a-z]{3,}ed|[a-z]{3,}ing)\b"
)
_NAME = rf"(?: (?!{_NO_NAME})[^\W\d_][\w-]*| \([^\W\d_][\w-]*\)){{0,6}}"
_LINK = r"(?: (?:of|at)|(?<=elevated) to|:| =)? \(?(?:(?:about|approximately|around|over|above|more than) )?[<>=≥≤~ ]*"
_UNIT = r"(?: ?(?:%|[^\W\d_][^\s,;()]*))?"
_DEGREE = r"(?:(?:very|still|mildly|slightly|moderately|markedly|significantly|severely|extremely|grossly) )?"
_BEHIND = rf"(?:,? \(?|,? (?:which )?(?:was|is) ){_DEGREE}{_RAISED}(?=[.,;)]|$)"


def called_raised(row) -> str:
    """The word by which a quote calls a value raised; blank where it has none that stands at the value or its name.

    Directly before or behind the value, or before a name that the value follows. A word about something else of the
    sentence, about a value that was there before, or of a rise from one value to another, is none.

    Examples
    --------
    >>> row = {"value": "109200", "quote": "normal urea 4, raised creatine kinase levels 109,200 U/L"}
    >>> called_raised(row), called_raised({**row, "value": "4"}), called_raised({"value": "9", "quote": "not high (9)"})
    ('raised', '', '')
    >>> called_raised({"value": "5.2", "quote": "CRP 5.2 mg/L, high"})
    'high'
    >>> called_raised({"value": "120", "quote": "the elevated CK normalised to 120 U/L"})
    ''
    """
    quote = re.sub(r"(?<=\d),(?=\d{3}\b)", "", row["quote"])
    digits = row["value"].lstrip("<>=~ ")
    printed = rf"(?<![\d.]){re.escape(digits)}(?![\d.]*\d)(?!{_UNIT} ?(?:to|-|–|→) ?\d)"
    # The same number twice may be that of another measure.
    if not digits or len(re.findall(printed, quote)) != 1:
        return ""
    at = re.search(rf"{_RAISED}{_NAME}{_LINK}{printed}", quote, re.IGNORECASE)
    at = at or re.search(rf"{printed}{_UNIT}{_BEHIND}", quote, re.IGNORECASE)
    if at is None:
        return ""
    before, after = _CLAUSE.split(quote[: at.start()])[-1], _CLAUSE.split(quote[at.end() :])[0]
    return "" if _DENIED.search(f"{before} {after}") or _PAST.search(before) else at["word"]


def with_limit_beside(changes: pd.DataFrame, record: pd.Series, answer: str, unit: str) -> str:
    """An answer for want of a limit; with that beside another value of its source, by which Table 1 tells what is high.

    No verdict rests on it: that it is the limit of this value as well is not told.
    """
    series = changes[changes["PARAMCD"].eq(record["PARAMCD"]) & changes["LOC"].eq(record["LOC"])]
    limits = limits_of_series(record, series) if _NO_LIMIT in answer else None
    if limits is None or pd.isna(limits["ANRHI"]):
        return answer
    beside = f"{number(limits['ANRHI'])} {unit}".rstrip()
    return answer.replace(_NO_LIMIT, f"an upper limit of {beside} is reported, but only beside another value")


def raised_in_words(answered: Iterable[tuple[str, pd.Series, str]]) -> Iterator[str]:
    """What the source calls raised of the values whose limits it does not tell: each answer, its record and value."""
    by_word: dict[str, list[str]] = {}
    for answer, record, value in answered:
        called = called_raised(record) if _NO_LIMIT in answer else ""
        if called:
            by_word.setdefault(called.lower(), []).append(value)
    for word, values in by_word.items():
        yield f"the source calls {joined(values)} ‘{word}’"
