"""The rules on a change judged over every stretch that a reader asks about, and not from the baseline alone."""

import math
from collections.abc import Mapping

import pandas as pd

from ..derive import derive_stretches
from .populations import derive_examined
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
        of its earlier record. A rule of measurement error that was made for other examiners is not applicable: see
        `derive_examined`. Sorted by line, and for one line by stretch and in the order of `rules`.

    Examples
    --------
    A skin score that rose from 20 to 35 after a fall from 40: 15 points are more than the error of two examiners.

    >>> from casetimeline.case import read_facts
    >>> from casetimeline.derive import derive_changes
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2, 3], "kind": "observation", "code": "mrss",
    ...                       "value": [40, 20, 35], "unit": "", "source": "chart"})
    >>> case = read_facts(frame, baseline_rule="first")
    >>> verdicts = evaluate_stretches(derive_changes(case.facts, "first", ""), case.rules).set_index("RULE")
    >>> verdicts.loc[["sdc_two_examiners"], ["STRETCH", "FROMLINE", "line", "VERDICT"]].to_numpy().tolist()
    [['lowest to later', 3, 4, 'met']]
    """
    chosen = rules[rules["kind"].isin(_OF_A_CHANGE)].reset_index(drop=True)
    table = derive_stretches(changes)
    verdicts = derive_examined(evaluate_rules(table, chosen, cva, names), chosen, table)
    return derive_tipping(verdicts, table, chosen)
