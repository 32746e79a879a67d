"""The limits of a laboratory beside a value: those of its row, or on which side of those of an earlier row it is."""

import pandas as pd

from ..vocabulary import UNIT_UNKNOWN

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
