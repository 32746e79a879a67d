"""The rules on a change judged over every stretch that a reader asks about, and not from the baseline alone."""

import math
from collections.abc import Mapping

import pandas as pd

from ..derive import derive_stretches
from .rules import NO_NAMES, evaluate_rules
from .tipping import derive_tipping

# Kinds of rules on a change that say nothing of the baseline as such.
_OF_A_CHANGE = ("response", "progression", "important", "error", "variation")


def evaluate_stretches(
    changes: pd.DataFrame, rules: pd.DataFrame, cva: float = math.nan, names: Mapping[str, str] = NO_NAMES
) -> pd.DataFrame:
    """Decide the rules on a change over the stretches of `derive_stretches`: a flare, a rise before the treatment.

    Parameters
    ----------
    changes : DataFrame
        The table of `derive_changes`.
    rules : DataFrame
        Rows of rules.csv; those about a response, progression, measurement error, important difference or day-to-day
        variation are used.
    cva, names
        As for `evaluate_rules`.

    Returns
    -------
    DataFrame
        The columns of `evaluate_rules` and of `derive_tipping`; STRETCH is the kind of stretch, and FROMLINE the line
        of its earlier record. Sorted by line, and for one line by stretch and in the order of `rules`.
    """
    chosen = rules[rules["kind"].isin(_OF_A_CHANGE)].reset_index(drop=True)
    tables = []
    for name, table in derive_stretches(changes):
        verdicts = derive_tipping(evaluate_rules(table, chosen, cva, names), table, chosen)
        earlier = table[["case_id", "line", "FROMLINE"]]
        tables.append(verdicts.assign(STRETCH=name).merge(earlier, on=["case_id", "line"], how="left"))
    if not tables:
        nothing = derive_tipping(evaluate_rules(changes.iloc[:0], chosen, cva), changes.iloc[:0], chosen)
        return nothing.assign(FROMLINE=pd.array([], dtype="int64"))
    return pd.concat(tables, ignore_index=True).sort_values("line", kind="stable", ignore_index=True)
