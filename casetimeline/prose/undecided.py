"""What would decide an open verdict, in words: a phrase for a table, and a sentence for a report."""

import math

from ..rules import ANALYTICAL_CV, BASELINE, DRAINAGES, INTERVAL, MEASURES, THRESHOLD, UPPER_LIMIT, VALUE
from ..values import number
from ..vocabulary import DAYS_PER

_SUBJECTS = {
    INTERVAL: "the two values lie",
    UPPER_LIMIT: "the laboratory's upper limit is",
    ANALYTICAL_CV: "the laboratory's analytical CV is",
    VALUE: "the later value is",
    BASELINE: "the earlier value is",
    THRESHOLD: "the difference that matters is taken as",
}


def tipping_words(row, unit: str) -> str:
    """What would decide a verdict of `derive_tipping`; blank where nothing is open, or more than one quantity is.

    Numbers are rounded towards the inside of the range, so that what is printed meets the rule.

    Parameters
    ----------
    row : named tuple or Series
        OPEN, MEETLO, MEETHI, MEETLOX and MEETHIX; WHY.
    unit : str
        The unit of the measure.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> tipping_words(Row(OPEN="interval", MEETLO=273.9375, MEETHI=456.5625, MEETLOX=False, MEETHIX=False), "points")
    'met if the two values lie 9 to 15 months apart'
    >>> tipping_words(Row(OPEN="upper limit", MEETLO=0.0, MEETHI=615.333, MEETLOX=False, MEETHIX=True), "U/L")
    "met if the laboratory's upper limit is below 615.3 U/L"
    >>> tipping_words(Row(OPEN="analytical CV", MEETLO=0.0, MEETHI=255.0018, MEETLOX=False, MEETHIX=True), "U/L")
    "met if the laboratory's analytical CV is below 255 %"
    >>> tipping_words(Row(OPEN="", MEETLO=None, MEETHI=None, MEETLOX=False, MEETHIX=False), "U/L")
    ''
    """
    if not row.OPEN:
        return ""
    if row.OPEN == DRAINAGES:
        return "met if no drainage was done between"
    if row.OPEN == MEASURES:
        return f"needs {row.WHY}, before and after"
    if row.OPEN == INTERVAL:
        return (
            f"met if {_SUBJECTS[INTERVAL]} {_apart(row)} apart"
            if row.MEETLO <= row.MEETHI
            else "not met at any interval"
        )
    unit, decimals = ("%", 0) if row.OPEN == ANALYTICAL_CV else (unit, 1)
    words = _range_words(row, decimals, nothing_below=row.OPEN in (UPPER_LIMIT, ANALYTICAL_CV))
    return f"met if {_SUBJECTS[row.OPEN]} {words} {unit}".rstrip()


def unless_words(row, unit: str) -> str:
    """The same from the other side: what would keep a rule from being met. Of a range with two ends as `tipping_words`.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> limit = Row(OPEN="upper limit", MEETLO=0.0, MEETHI=615.333, MEETLOX=False, MEETHIX=True)
    >>> unless_words(limit, "U/L")
    "met unless the laboratory's upper limit is 615.3 U/L or more"
    >>> limit.MEETHIX = False
    >>> unless_words(limit, "U/L")
    "met unless the laboratory's upper limit is above 615.3 U/L"
    """
    words = tipping_words(row, unit)
    if " is below " in words:
        return words.replace("met if", "met unless").replace(" is below ", " is ") + " or more"
    return (
        words.replace("met if", "met unless").replace(" is at most ", " is above ")
        if " is at most " in words
        else words
    )


def _apart(row) -> str:
    """The range of an interval in months or in half weeks where both ends are whole ones, else in days."""
    months = [end / DAYS_PER["mo"] for end in (row.MEETLO, row.MEETHI)]
    if all(abs(end - round(end)) < 1e-6 for end in months):
        return f"{months[0]:.0f} to {months[1]:.0f} months"
    # Half a week: a whole number of weeks as printed has it on either side.
    weeks = [round(end / 7, 6) for end in (row.MEETLO, row.MEETHI)]
    if all((2 * end).is_integer() for end in weeks):
        return f"{number(weeks[0])} to {number(weeks[1])} weeks"
    return f"{math.ceil(row.MEETLO)} to {math.floor(row.MEETHI)} days"


def _range_words(row, decimals: int, nothing_below: bool) -> str:
    step = 10.0**decimals
    low = number(math.ceil(round(row.MEETLO * step, 6)) / step, decimals) if math.isfinite(row.MEETLO) else ""
    high = number(math.floor(round(row.MEETHI * step, 6)) / step, decimals) if math.isfinite(row.MEETHI) else ""
    if low and high and not nothing_below:
        return low if low == high else f"{low} to {high}"
    if high:
        return f"{'below' if row.MEETHIX else 'at most'} {high}"
    return f"{'above' if row.MEETLOX else 'at least'} {low}"
