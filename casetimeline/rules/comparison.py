"""A case beside published arms: where its baseline lies, and how far the means moved."""

import pandas as pd

# "mRSS 10 to 35"
_ENTRY_RANGE = r"(\d+(?:\.\d+)?) to (\d+(?:\.\d+)?)"


def derive_context(comparators: pd.DataFrame, measure: str, low: float, high: float) -> pd.DataFrame:
    """The published arms of a measure with the position of a case's baseline among their patients.

    Parameters
    ----------
    comparators : DataFrame
        The published arms, comparators.csv.
    measure : str
        Code of the measure.
    low, high : float
        Bounds of the case's baseline; nan where there is none.

    Returns
    -------
    DataFrame
        The rows of the measure with SPREADLO, SPREADHI, the ends of the interval that the source reports about its
        mean change (of the kind in `spread`; missing where it reports none); POSLO, POSHI, the baseline of the case in
        standard deviations of the arm's patients from their mean, missing where the arm gives no mean or SD; ENTRYLO,
        ENTRYHI, the limits of entry where they are a range; and OUTSIDE, whether the baseline surely lies outside them.

    Examples
    --------
    46 among patients of 26.4 (SD 7.2): 19.6 / 7.2 = 2.72 SD above the mean. -6.6 (SD 6.4) reaches from -13.0 to -0.2.

    >>> arms = pd.DataFrame({"measure": ["mrss"] * 2, "baseline_mean": [26.4, None], "baseline_sd": [7.2, None],
    ...     "entry": ["", "mRSS 10 to 35"], "change": [-6.33, -6.6], "change_low": None, "change_high": None,
    ...     "change_sd": [None, 6.4]}, dtype=object)
    >>> table = derive_context(arms, "mrss", 46, 46)
    >>> [round(float(x), 2) for x in (table["POSLO"][0], table["SPREADLO"][1], table["SPREADHI"][1])]
    [2.72, -13.0, -0.2]
    >>> float(table["ENTRYHI"][1]), bool(table["OUTSIDE"][1]), bool(table["OUTSIDE"][0])
    (35.0, True, False)
    """
    arms = comparators[comparators["measure"] == measure].reset_index(drop=True)
    mean, sd = arms["baseline_mean"].astype(float), arms["baseline_sd"].astype(float)
    change, spread = arms["change"].astype(float), arms["change_sd"].astype(float)
    # An interval of the source goes before an SD: what is drawn is what was printed.
    entry = arms["entry"].astype(str).str.extract(_ENTRY_RANGE).astype(float)
    return arms.assign(
        ENTRYLO=entry[0],
        ENTRYHI=entry[1],
        OUTSIDE=(high < entry[0]) | (low > entry[1]),
        SPREADLO=arms["change_low"].astype(float).fillna(change - spread),
        SPREADHI=arms["change_high"].astype(float).fillna(change + spread),
        POSLO=(low - mean) / sd,
        POSHI=(high - mean) / sd,
    )
