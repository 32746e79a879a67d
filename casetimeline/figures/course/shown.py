"""In which unit the values of a panel are shown, and its reference range in words."""

import math

from ...prose import printed_bounds, shown_decimals
from ...values import number
from ...vocabulary import UNIT_UNKNOWN
from ..style import SMALL, text_width
from .rows import Panel


def listed_as(panel: Panel) -> str:
    """What stands beside the records that have no place on the scale of a graph; blank without such records."""
    of_number = {True: "no unit", False: "not on scale"}
    kinds = {of_number[row.AVALU == UNIT_UNKNOWN] if row.value else "in words" for row in panel.listed}
    return kinds.pop() if len(kinds) == 1 else "not on scale" if kinds else ""


def shown_in(panel: Panel) -> tuple[str, float]:
    """The unit in which the values of a panel are written, and how much of the unit of the measure it is.

    That is the unit that the source prints, where all values have the same; else that of the measure.
    """
    default = panel.measure["unit"], 1.0
    valued = [row for row in panel.drawn if row.value]
    units = {row.unit for row in valued}
    if panel.scale not in ("log", "size") or len(units) != 1 or units & {"", UNIT_UNKNOWN}:
        return default
    parsed = [(row, printed_bounds(row.value, row.AVALU)) for row in valued]
    ends = [pair for row, value in parsed for pair in ((row.AVALLO, value.low), (row.AVALHI, value.high))]
    factors = [of / end for of, end in ends if end and math.isfinite(of) and math.isfinite(end)]
    # All digits of the one factor: of limits that were converted, too, the printed numbers come back.
    return (units.pop(), factors[0]) if len(set(map(round_off, factors))) == 1 else default


def round_off(value: float) -> float:
    """A number without what a conversion of units leaves behind its sixth digit.

    Examples
    --------
    >>> round_off(59.99999871), round_off(0.0)
    (60.0, 0.0)
    """
    return float(f"{value:.6g}")


def range_of(row, factor: float = 1.0) -> str:
    """The reference range that is told with a value, in words, in a unit that is so much of that of the measure."""
    limits = (row.ANRLO, row.ref_low), (row.ANRHI, row.ref_high)
    low, high = (None if math.isnan(end) else _limit(end, printed, factor) for end, printed in limits)
    return "" if low is None and high is None else range_words(low, high)


def _limit(limit: float, printed: str, factor: float) -> float:
    """A limit in the unit that is shown: of one that was converted the digits that it was printed with."""
    shown = round_off(limit / factor)
    return round(shown, shown_decimals([(printed, limit, limit)])) if factor == 1.0 else shown


def range_words(low: float | None, high: float | None) -> str:
    """A reference range in words.

    Examples
    --------
    >>> range_words(30, 170), range_words(None, 5.0), range_words(130.0, None)
    ('30 to 170', 'up to 5', 'from 130')
    """
    if low is None or high is None:
        return f"up to {number(high)}" if low is None else f"from {number(low)}"
    return f"{number(low)} to {number(high)}"


def unit_words(panel: Panel) -> str:
    """The unit of a panel; blank for grades."""
    if panel.scale == "grade":
        return "grade"
    if panel.drawn and panel.drawn[0].AVALU == UNIT_UNKNOWN:
        return "unit not reported"
    unit = shown_in(panel)[0]
    return f"per {unit[1:]}" if unit.startswith("/") else unit


def tick_width(panel: Panel) -> float:
    """About how wide the labels of the vertical axis of a panel are, in millimetres."""
    words = text_width(listed_as(panel), SMALL)
    if panel.scale == "grade":
        return max(words, *(text_width(grade, SMALL) for grade in panel.measure["grades"]))
    factor = shown_in(panel)[1]
    ends = [end / factor for row in panel.drawn for end in (row.AVALLO, row.AVALHI) if math.isfinite(end)]
    longest = number(10 ** math.ceil(math.log10(max(map(abs, ends), default=1) or 1) + 0.1))
    return max(words, text_width(longest, SMALL))
