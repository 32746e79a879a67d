"""Changes in words: from the baseline, and since the value before."""

import math

from ...derive import with_unit
from ...values import number
from ...vocabulary import DECIMALS
from .digits import converted_decimals, decimals_above_zero, decimals_of, printed_scale
from .qualifiers import titre_words
from .shares import (
    TITRE,
    change_unit,
    is_open_below,
    is_percentage,
    multiple_of,
    rise_limit,
    share_limit,
    share_words,
    tenths,
)


def signed(value: float, decimals: int = 6) -> str:
    """A number with its sign; zero has none, and what is not zero does not read as zero.

    Examples
    --------
    >>> signed(-14.0), signed(3.5), signed(0.0), signed(0.0181, 1)
    ('-14', '+3.5', '0', '+0.02')
    """
    text = number(value, decimals_above_zero(value, decimals))
    return text if value <= 0 or text == "0" else f"+{text}"


def change_words(row, unit: str) -> str:
    """The change of a row of derived data with its unit and percentage; blank where there is none.

    A percentage changes by percentage points, and no percentage of it is given: see `share_words`. Values that are
    printed in one unit change in that unit, also where they were converted. Of a value that is only known to lie below
    a limit, the lower bound says nothing that the limit does not, and is left out.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> change_words(Row(CHG=-14.0, CHGLO=-14.0, CHGHI=-14.0, PCHG=-30.43), "points")
    '-14 points (-30.4 %)'
    >>> change_words(Row(CHG=float("nan"), CHGLO=-923.0, CHGHI=-893.0, CHGLOX=False, CHGHIX=True, PCHGLO=-100.0,
    ...                  PCHGHI=-96.75), "U/L")
    'fall of more than 893 U/L (>96.7 %)'
    >>> bounds = {"CHGLO": -10.0, "CHGHI": 21.0, "PCHGLO": float("nan"), "PCHGHI": float("nan")}
    >>> change_words(Row(CHG=float("nan"), CHGLOX=True, CHGHIX=False, **bounds), "points")
    'above -10 to +21 points'
    >>> change_words(Row(CHG=-2.680992, CHGLO=-2.680992, CHGHI=-2.680992, PCHG=-71.17,
    ...                  AVALC="96 umol/L", AVALLO=1.085971, AVALHI=1.085971,
    ...                  BASEC="333 umol/L", BASELO=3.766963, BASEHI=3.766963), "mg/dL")
    '-237 umol/L (-71.2 %)'
    """
    factor, printed = printed_scale(row)
    return _change_in(row, (unit, printed or unit), factor, decimals_of(row))


def converted_change(row, unit: str) -> str:
    """As `change_words`, in the unit of the measure, also of values that are printed in another.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> converted_change(Row(CHG=-1700.0, CHGLO=-1700.0, CHGHI=-1700.0, PCHG=-47.22, AVALC="1.9 g/g", AVALLO=1900.0,
    ...                      AVALHI=1900.0, BASEC="3.6 g/g", BASELO=3600.0, BASEHI=3600.0), "mg/g")
    '-1700 mg/g (-47.2 %)'
    """
    return _change_in(row, (unit, unit), 1.0, converted_decimals(row))


def _change_in(row, units: tuple[str, str], factor: float, places: int) -> str:
    """The change of a row, by the units of its measure and of what is shown, if any, and the factor between them."""
    if units[0] == TITRE:
        ends = multiple_of(row.CHGLO, row.BASEHI), multiple_of(row.CHGHI, row.BASELO)
        return _multiple_words(*ends, row.CHGLOX, row.CHGHIX)
    exact, low, high = row.CHG / factor, row.CHGLO / factor, row.CHGHI / factor
    if math.isnan(exact) and (math.isnan(low) or math.isnan(high) or (math.isinf(low) and math.isinf(high))):
        return ""
    has_floor, has_ceiling = not (math.isinf(low) or is_open_below(row)), not math.isinf(high)
    size = high if not has_floor else low if not has_ceiling else exact
    unit = f" {change_unit(units[1], size)}".rstrip()
    if math.isnan(exact) and not has_floor:
        limit = math.nan if is_percentage(units[0]) else share_limit(row)
        return _fall_words(_outward(-math.inf, high, places)[1] + unit, limit, bool(row.CHGHIX))
    if not has_ceiling:
        limit = math.nan if is_percentage(units[0]) else rise_limit(row)
        return _rise_words(_outward(low, math.inf, places)[0] + unit, limit, bool(row.CHGLOX))
    words = "" if is_percentage(units[0]) else share_words(row)
    share = f" ({words})" if words else ""
    if not math.isnan(exact):
        return f"{signed(exact, places)}{unit}{share}"
    above, below = "above " if row.CHGLOX else "", "below " if row.CHGHIX else ""
    joint = ("between ", "and ") if not above and not below else ("" if above else "from ", "to ")
    ends = _outward(low, high, places)
    return f"{joint[0]}{above}{ends[0]} {joint[1]}{below}{ends[1]}{unit}{share}"


# A part of the last digit that is shown, in decimals: what is less is noise of a conversion.
_NOISE = 3


def _outward(low: float, high: float, places: int) -> tuple[str, str]:
    """The ends of a change with their signs, rounded outwards, so that they hold for each change that they held for.

    Both have the same decimals; more than asked for where an end that is not zero would read as zero.

    Examples
    --------
    >>> _outward(-82.5, -81.5, 0), _outward(-81.85, -81.75, 1), _outward(-1.5, -0.5, 0), _outward(0.0, 237.00004, 0)
    (('-83', '-81'), ('-81.9', '-81.7'), ('-1.5', '-0.5'), ('0', '+237'))
    >>> _outward(-math.inf, -0.9602, 1)[1], _outward(27.5, math.inf, 0)[0], _outward(0.09, math.inf, 1)[0]
    ('-0.9', '+27', '+0.09')
    """
    for shown in range(places, DECIMALS):
        ends = [
            outward(round(end * 10**shown, _NOISE)) / 10**shown if math.isfinite(end) else end
            for end, outward in ((low, math.floor), (high, math.ceil))
        ]
        if all(end or not round(exact, DECIMALS) for end, exact in zip(ends, (low, high), strict=True)):
            return signed(ends[0], shown), signed(ends[1], shown)
    return signed(low, places), signed(high, places)


# What is known of a change that may be a fall or a rise, of which one end has no limit.
UNSIZED = "direction and size cannot be determined"


def _fall_words(size: str, share: float, is_excluded: bool) -> str:
    """A change of which only the upper end is known, with that end in percent, if any.

    Examples
    --------
    >>> nan = float("nan")
    >>> _fall_words("-414 U/L", -99.7, True), _fall_words("-95 mg/L", -82.6, False), _fall_words("0 mg/L", 0.0, True)
    ('fall of more than 414 U/L (>99.7 %)', 'fall of 95 mg/L or more (>=82.6 %)', 'fall (by how much is not reported)')
    >>> _fall_words("+600 U/L", 30.0, True), _fall_words("0 U/L", nan, False)
    ('direction and size cannot be determined', '0 U/L or less')
    """
    if size.startswith("+"):
        return UNSIZED
    if size.startswith("-"):
        much = f"more than {size[1:]}" if is_excluded else f"{size[1:]} or more"
        return f"fall of {much}" + (f" ({'>' if is_excluded else '>='}{tenths(-share)} %)" if share < 0 else "")
    return "fall (by how much is not reported)" if is_excluded else f"{size} or less"


def _rise_words(size: str, share: float, is_excluded: bool) -> str:
    """A change of which only the lower end is known, with that end in percent, if any.

    Examples
    --------
    >>> nan = float("nan")
    >>> _rise_words("+414 U/L", 99.7, True), _rise_words("+10 %", nan, False), _rise_words("0 U/L", 0.0, True)
    ('rise of more than 414 U/L (>99.7 %)', 'rise of 10 % or more', 'rise (by how much is not reported)')
    >>> _rise_words("-10 U/L", -5.0, True), _rise_words("0 U/L", 0.0, False)
    ('direction and size cannot be determined', '0 U/L or more')
    """
    if size.startswith("-"):
        return UNSIZED
    if size.startswith("+"):
        much = f"more than {size[1:]}" if is_excluded else f"{size[1:]} or more"
        return f"rise of {much}" + (f" ({'>' if is_excluded else '>='}{tenths(share)} %)" if share > 0 else "")
    return "rise (by how much is not reported)" if is_excluded else f"{size} or more"


def _multiple_words(low: float, high: float, is_low_excluded: bool = False, is_high_excluded: bool = False) -> str:
    """The change of a titre as the multiple that it is of its baseline, between bounds; blank where there is none.

    Examples
    --------
    >>> _multiple_words(0.25, 0.25), _multiple_words(0.0, 0.25, False, True), _multiple_words(2.0, math.inf)
    ('fall to 1/4', 'fall to below 1/4', 'rise to 2 times or more')
    >>> _multiple_words(0.5, 2.0), _multiple_words(1.0, 1.0), _multiple_words(math.nan, math.nan)
    ('between 1/2 and 2 times the baseline', '0', '')
    """
    if math.isnan(low) or math.isnan(high) or (low == 0 and math.isinf(high)):
        return ""
    if low == high == 1:
        return "0"
    way = "fall to " if high < 1 else "rise to " if low > 1 else ""
    if low == high:
        return f"{way}{_times(low)}"
    if low == 0:
        return f"{way}below {_times(high)}" if is_high_excluded else f"{way}{_times(high)} or less"
    if math.isinf(high):
        return f"{way}above {_times(low)}" if is_low_excluded else f"{way}{_times(low)} or more"
    ends = [_times(end).removesuffix(" times") for end in (low, high)]
    return f"between {ends[0]} and {ends[1]} times the baseline"


def _times(multiple: float) -> str:
    return f"1/{number(1 / multiple, 1)}" if multiple < 1 else f"{number(multiple, 1)} times"


def named_change(change: str) -> str:
    """The words of a change behind a value: that it is a change, unless they call it a fall or a rise.

    Examples
    --------
    >>> named_change("-14 points (-30.4 %)"), named_change("fall of more than 893 U/L (>96.7 %)"), named_change("")
    ('change -14 points (-30.4 %)', 'a fall of more than 893 U/L (>96.7 %)', '')
    >>> named_change(UNSIZED)
    'direction and size of the change cannot be determined'
    """
    if change in ("", UNSIZED):
        return change.replace("size", "size of the change")
    return f"a {change}" if change.startswith(_NAMES) else f"change {change}"


def change_subject(change: str) -> str:
    """The words of a change as the subject of a sentence.

    Examples
    --------
    >>> change_subject("-14 points"), change_subject("fall of more than 26 points")
    ('the change of -14 points', 'the fall of more than 26 points')
    """
    return f"the {change}" if change.startswith(_NAMES) else f"the change of {change}"


# How the words of a change begin that are a noun.
_NAMES = ("fall", "rise")


def since_words(row, unit: str) -> str:
    """The change since the value before; blank where that value is the baseline, or there is no such change.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> since_words(Row(PREV=131.0, CHGPREV=5476.0, BASE=6720.0), "U/L")
    '+5476 U/L since the value before (131 U/L)'
    >>> one = {"AVALC": "1 point", "AVALLO": 1.0, "AVALHI": 1.0, "PREVC": "1 point", "PREV": 1.0}
    >>> since_words(Row(**one, CHGPREV=0.0, BASE=5.0), "points")
    '0 points since the value before (1 point)'
    >>> since_words(Row(PREV=640.0, CHGPREV=-600.0, BASE=1280.0), "titre")
    'fall to 1/16 since the value before (1:640)'
    """
    if math.isnan(row.CHGPREV) or row.PREV == row.BASE:
        return ""
    if unit == TITRE:
        multiple = multiple_of(row.CHGPREV, row.PREV)
        return f"{_multiple_words(multiple, multiple)} since the value before ({titre_words(number(row.PREV), TITRE)})"
    places = decimals_of(row, "PREV")
    factor, printed = printed_scale(row, "PREV")
    unit = printed or unit
    before = f"the value before ({with_unit(number(row.PREV / factor, places), unit)})"
    return f"{signed(row.CHGPREV / factor, places)} {change_unit(unit, row.CHGPREV / factor)} since {before}"
