"""What would decide an open verdict, in words: a phrase for a table, and a sentence for a report."""

import math
import re
from typing import NamedTuple

import pandas as pd

from ...rules import ANALYTICAL_CV, BASELINE, DRAINAGES, INTERVAL, MEASURES, OF_A_VALUE, THRESHOLD, UPPER_LIMIT, VALUE
from ...values import number, parse_threshold
from ...vocabulary import DAYS_PER, UNDETERMINED, UNIT_UNKNOWN

_SUBJECTS = {
    INTERVAL: "the two values lie",
    UPPER_LIMIT: "the laboratory's upper limit is",
    ANALYTICAL_CV: "the laboratory's analytical CV is",
    VALUE: "the later value is",
    BASELINE: "the earlier value is",
    THRESHOLD: "the difference that matters is taken as",
}


class Range(NamedTuple):
    """The values that meet a rule: the ends, and whether each of them is excluded."""

    MEETLO: float
    MEETHI: float
    MEETLOX: bool
    MEETHIX: bool


def with_whole(tipping: pd.DataFrame, measures: pd.DataFrame) -> pd.DataFrame:
    """A table of `derive_tipping` with WHOLE: whether the measure of a verdict has whole numbers only.

    Examples
    --------
    >>> measures = pd.DataFrame({"whole": [True, False]}, index=["mrss", "ck"])
    >>> with_whole(pd.DataFrame({"PARAMCD": ["ck", "mrss"]}), measures)["WHOLE"].tolist()
    [False, True]
    """
    return tipping.assign(WHOLE=measures["whole"].reindex(tipping["PARAMCD"], fill_value=False).to_numpy())


def tipping_words(row, unit: str, whole: bool = False) -> str:
    """What would decide a verdict of `derive_tipping`; blank where nothing is open, or more than one quantity is.

    Numbers are rounded towards the inside of the range, so that what is printed meets the rule.

    Parameters
    ----------
    row : named tuple or Series
        OPEN, MEETLO, MEETHI, MEETLOX and MEETHIX; WHY; WHOLE, if it is there.
    unit : str
        The unit of the measure.
    whole : bool, optional
        Whether the measure has whole numbers only.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> tipping_words(Row(OPEN="interval", MEETLO=273.9375, MEETHI=456.5625, MEETLOX=False, MEETHIX=False), "points")
    'met if the two values lie 9 to 15 months apart'
    >>> tipping_words(Row(OPEN="upper limit", MEETLO=0.0, MEETHI=615.333, MEETLOX=False, MEETHIX=True), "U/L")
    "met if the laboratory's upper limit is below 615.3 U/L"
    >>> tipping_words(Row(OPEN="analytical CV", MEETLO=0.0, MEETHI=255.0018, MEETLOX=False, MEETHIX=True), "U/L")
    "met if the laboratory's analytical CV is below 255 %"
    >>> tipping_words(Row(OPEN="value", MEETLO=20, MEETHI=math.inf, MEETLOX=True, MEETHIX=True, KIND="large"), "mm")
    'met if the value is above 20 mm'
    >>> tipping_words(Row(OPEN="value", MEETLO=0, MEETHI=10, MEETLOX=True, MEETHIX=True, KIND="class"), "mm")
    'met if the value is above 0 and below 10 mm'
    >>> trained = Row(OPEN="value", MEETLO=46.968, MEETHI=math.inf, MEETLOX=True, MEETHIX=True)
    >>> tipping_words(trained, "points"), tipping_words(trained, "points", whole=True)
    ('met if the later value is above 47 points', 'met if the later value is at least 47 points')
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
    meets = Range(row.MEETLO, row.MEETHI, row.MEETLOX, row.MEETHIX)
    whole = whole or getattr(row, "WHOLE", False)
    meets = _in_whole_numbers(meets) if whole and row.OPEN in (VALUE, BASELINE) else meets
    words = _range_words(meets, decimals, nothing_below=row.OPEN in (UPPER_LIMIT, ANALYTICAL_CV))
    if not words:
        return ""
    # A rule on one value has no earlier one that it could be later than.
    alone = row.OPEN == VALUE and getattr(row, "KIND", "") in OF_A_VALUE
    return f"met if {'the value is' if alone else _SUBJECTS[row.OPEN]} {words} {unit}".rstrip()


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


def interval_words(record) -> str:
    """What is known of the time between a record and its baseline, where that is not enough to decide a rule.

    Parameters
    ----------
    record : named tuple or Series
        SINCELO and SINCEHI.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> interval_words(Row(SINCELO=182.6, SINCEHI=547.9))
    'the interval is only known to be 6 to 18 months'
    >>> interval_words(Row(SINCELO=182.7, SINCEHI=math.inf))
    'the interval is only known to be at least 6 months'
    >>> interval_words(Row(SINCELO=0.0, SINCEHI=1.0))
    'the interval is only known to be at most 1 day'
    >>> interval_words(Row(SINCELO=math.nan, SINCEHI=math.nan))
    'the interval is not reported'
    """
    low, high = max(record.SINCELO, 0.0), record.SINCEHI
    if math.isnan(low) or math.isnan(high) or (low == 0 and math.isinf(high)):
        return "the interval is not reported"
    unit, days = ("months", DAYS_PER["mo"]) if low >= 2 * DAYS_PER["mo"] else ("days", 1.0)
    # Outwards, but for an end that is a whole number to a tenth.
    least, most = math.floor(low / days + 0.1), math.inf if math.isinf(high) else math.ceil(high / days - 0.1)
    known = f"at least {least}" if math.isinf(most) else f"at most {most}" if not least else f"{least} to {most}"
    unit = unit.removesuffix("s") if known.rpartition(" ")[2] == "1" else unit
    return f"the interval is only known to be {known} {unit}"


def undetermined_words(row, unit: str, record: pd.Series) -> str:
    """That a verdict cannot be determined: what is not reported, and what would decide it."""
    tipping = tipping_words(row, unit)
    if row.OPEN == MEASURES:
        return f"{UNDETERMINED}: {row.WHY} not reported before and after"
    if row.OPEN == INTERVAL:
        apart = re.sub(r"met if the two values lie (.+) apart", r"met if it is \1", tipping)
        return f"{UNDETERMINED}: {interval_words(record)}; {apart.replace(' to ', '–')}"
    if row.OPEN in _MISSING:
        missing, holds = _MISSING[row.OPEN]
        bound = re.sub(r"met if the laboratory's .+ is ", "", tipping).replace("at most", "of at most")
        if record["AVALU"] == UNIT_UNKNOWN:
            bound = f"{bound.removesuffix(f' {unit}')} in the same unit"
        return f"{UNDETERMINED}: {missing} is not reported; {holds} {bound}"
    if record["AVALU"] == UNIT_UNKNOWN:
        return f"{UNDETERMINED}: the unit is not reported"
    return f"{UNDETERMINED}: {tipping or _UNKNOWN.get(row.WHY, row.WHY)}"


def bracketed(answer: str) -> str:
    """An answer that cannot be determined with its reason in brackets, to stand behind a name and a colon.

    Examples
    --------
    >>> bracketed("cannot be determined: the unit is not reported"), bracketed("yes, by both definitions")
    ('cannot be determined (the unit is not reported)', 'yes, by both definitions')
    """
    return f"{answer.replace(': ', ' (', 1)})" if answer.startswith(f"{UNDETERMINED}: ") else answer


_MISSING = {
    UPPER_LIMIT: ("the upper limit", "the value is raised for any limit"),
    ANALYTICAL_CV: ("the analytical CV", "the change is beyond it for any CV"),
}
_UNKNOWN = {
    "analytical variation": "the analytical CV is not reported",
    "laboratory limit": "the upper limit is not reported",
}


# What a value did of which the bounds allow that it did not change.
MAY_BE_NONE = ("fell or did not change", "rose or did not change")


def way_words(row) -> str:
    """What a value did from its baseline, as far as the bounds of its change tell it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> ends = ((-6, -4), (-6, 0), (-6, 1), (0, 9))
    >>> [way_words(Row(CHGLO=low, CHGHI=high, CHGLOX=False, CHGHIX=False)) for low, high in ends]
    ['fell', 'fell or did not change', 'changed', 'rose or did not change']
    >>> way_words(Row(CHGLO=0, CHGHI=9, CHGLOX=True, CHGHIX=False))
    'rose'
    """
    if row.CHGHI < 0 or (row.CHGHI == 0 and row.CHGHIX):
        return "fell"
    if row.CHGLO > 0 or (row.CHGLO == 0 and row.CHGLOX):
        return "rose"
    return MAY_BE_NONE[0] if row.CHGHI == 0 else MAY_BE_NONE[1] if row.CHGLO == 0 else "changed"


def is_contrary(direction: str, row) -> bool:
    """Whether a change surely went the other way than a rule asks; what did not change did not.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> rise, fall = Row(CHGLO=10.0, CHGHI=10.0), Row(CHGLO=-6.0, CHGHI=-4.0)
    >>> is_contrary("fall", rise), is_contrary("fall", fall), is_contrary("rise", fall), is_contrary("either", rise)
    (True, False, True, False)
    >>> is_contrary("fall", Row(CHGLO=0.0, CHGHI=0.0)), is_contrary("fall", Row(CHGLO=-2.0, CHGHI=3.0))
    (False, False)
    """
    rose, fell = row.CHGLO >= 0 and row.CHGHI > 0, row.CHGHI <= 0 and row.CHGLO < 0
    return bool((direction == "fall" and rose) or (direction == "rise" and fell))


def only_reaches(threshold: str, row) -> bool:
    """Whether a change that is large enough for a threshold may be no larger: it is reached, and not exceeded.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> falls = [Row(CHGLO=-5.0, CHGHI=high, CHGLOX=False, CHGHIX=False) for high in (-5.0, -4.5, -4.0)]
    >>> [only_reaches(">=3..4.5", fall) for fall in falls]
    [False, True, False]
    """
    if not threshold:
        return False
    least, excluded = (row.CHGLO, row.CHGLOX) if row.CHGLO > 0 else (-row.CHGHI, row.CHGHIX)
    return least == parse_threshold(threshold)[0].high and not excluded


def _apart(row) -> str:
    """The range of an interval in months or in half weeks where both ends are whole ones, else in tenths of months.

    Below two months in days, as `interval_words` has what is known of it.
    """
    months = [end / DAYS_PER["mo"] for end in (row.MEETLO, row.MEETHI)]
    if all(abs(end - round(end)) < 1e-6 for end in months):
        return f"{months[0]:.0f} to {months[1]:.0f} months"
    # Half a week: a whole number of weeks as printed has it on either side.
    weeks = [round(end / 7, 6) for end in (row.MEETLO, row.MEETHI)]
    if all((2 * end).is_integer() for end in weeks):
        return f"{number(weeks[0])} to {number(weeks[1])} weeks"
    if months[0] >= 2:
        low, high = math.ceil(round(months[0] * 10, 6)) / 10, math.floor(round(months[1] * 10, 6)) / 10
        return f"{number(low)} to {number(high)} months"
    return f"{math.ceil(row.MEETLO)} to {math.floor(row.MEETHI)} days"


def _in_whole_numbers(row: Range) -> Range:
    """The range of a verdict from its least whole number to its highest, both included; an end may be without limit."""
    low, high = (end if math.isinf(end) else round(end, 6) for end in (row.MEETLO, row.MEETHI))
    low = low if math.isinf(low) else math.floor(low) + 1 if row.MEETLOX else math.ceil(low)
    high = high if math.isinf(high) else math.ceil(high) - 1 if row.MEETHIX else math.floor(high)
    # A range between two whole numbers stays as it is.
    return Range(low, high, False, False) if low <= high else row


def _range_words(row: Range, decimals: int, nothing_below: bool) -> str:
    step = 10.0**decimals
    low = number(math.ceil(round(row.MEETLO * step, 6)) / step, decimals) if math.isfinite(row.MEETLO) else ""
    high = number(math.floor(round(row.MEETHI * step, 6)) / step, decimals) if math.isfinite(row.MEETHI) else ""
    if low and high and row.MEETLOX and not nothing_below:
        return f"above {low} and {'below' if row.MEETHIX else 'at most'} {high}"
    if low and high and not nothing_below:
        return low if low == high else f"{low} to {high}"
    if high:
        return f"{'below' if row.MEETHIX else 'at most'} {high}"
    return f"{'above' if row.MEETLOX else 'at least'} {low}" if low else ""
