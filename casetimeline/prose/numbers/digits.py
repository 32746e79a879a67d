"""How many decimals of a change are shown: no more than its less precise operand has, as it is printed."""

import math
import re
from collections.abc import Iterable

from ...values import are_one_rounded, canonical, number, parse_value
from ...vocabulary import DECIMALS

# As many as the derived columns have.
_EXACT = 6


def shown_decimals(operands: Iterable[tuple[str, float, float]]) -> int:
    """The decimals with which a change between some values is shown.

    A value that was converted has the last printed digit of its own unit: of 333 umol/L this is 1 umol/L, which is
    0.0113 mg/dL, so that a change in mg/dL is shown with two decimals. The least precise value decides. Where none was
    converted, a change has no more digits than were printed and is shown as it is. The derived columns stay exact.

    Parameters
    ----------
    operands : iterable of (str, float, float)
        Of each value the text with its printed unit, and its bounds in the unit of the change. A text without a
        number, or a value of 0, says nothing.

    Examples
    --------
    >>> shown_decimals([("333 umol/L", 3.766963, 3.766963), ("96 umol/L", 1.085971, 1.085971)])
    2
    >>> shown_decimals([("1.2 mg/dL", 1.2, 1.2), ("96 umol/L", 1.085971, 1.085971)])
    1
    >>> shown_decimals([("1.25 mg/dL", 1.25, 1.25), ("1.1 mg/dL", 1.1, 1.1)])
    6
    """
    known = [step for operand in operands if (step := _last_digit(*operand))]
    if all(math.isclose(factor, 1.0, rel_tol=1e-6) for _, factor in known):
        return _EXACT
    return min(max(0, round(-math.log10(max(step for step, _ in known)))), _EXACT)


def in_unit_of_measure(text: str, low: float, high: float) -> str:
    """A printed value in the unit of its bounds, without a unit: each number converted, with as many digits as it has.

    What was not converted is as it is printed. The parameters are those of an operand of `shown_decimals`.

    Examples
    --------
    >>> in_unit_of_measure("412 umol/L", 4.660633, 4.660633), in_unit_of_measure("<130 umol/L", 0.0, 1.470588)
    ('4.66', '<1.47')
    >>> in_unit_of_measure("0.5..1 mg/dL", 5.0, 10.0), in_unit_of_measure("1.70 mg/dL", 1.7, 1.7)
    ('5..10', '1.70')
    """
    typed, step = _number_in(text), _last_digit(text, low, high)
    if not step or math.isclose(step[1], 1.0, rel_tol=1e-6):
        return typed or text
    decimals = shown_decimals([(text, low, high)])

    def converted(end: re.Match) -> str:
        """One of its numbers, whose sign and marks stay where they are."""
        value = float(end[0]) * step[1]
        return number(value, decimals_above_zero(value, decimals))

    return re.sub(r"[0-9]+(?:\.[0-9]+)?", converted, typed)


def are_one_rounded_in_two_units(value: tuple[str, float, float], other: tuple[str, float, float]) -> bool:
    """Whether two values that are printed in different units may be one, each rounded as it is printed.

    The parameters are operands as those of `shown_decimals`.

    Examples
    --------
    >>> are_one_rounded_in_two_units(("88 umol/L", 0.995475, 0.995475), ("1.0 mg/dL", 1.0, 1.0))
    True
    >>> are_one_rounded_in_two_units(("80 umol/L", 0.904977, 0.904977), ("1.0 mg/dL", 1.0, 1.0))
    False
    """
    steps = [step for each in (value, other) if (step := _last_digit(*each))]
    if len(steps) < 2 or math.isclose(steps[0][1], steps[1][1], rel_tol=1e-6):
        return False
    return bool(are_one_rounded(abs(value[1] - other[1]), sum(step for step, _ in steps) / 2))


def decimals_above_zero(value: float, decimals: int) -> int:
    """Some decimals, or as many more as a number needs that is not zero and would read as zero.

    Examples
    --------
    >>> decimals_above_zero(0.0181, 1), decimals_above_zero(0.1, 1), decimals_above_zero(0.0, 1)
    (2, 1, 1)
    """
    return next((places for places in range(decimals, DECIMALS) if round(value, places)), decimals)


def _last_digit(text: str, low: float, high: float) -> tuple[float, float] | None:
    """The size of the last printed digit of a value in the unit of its bounds, and the factor that it came by."""
    typed = _number_in(text)
    if not typed:
        return None
    printed = parse_value(typed)
    bounds = (low, printed.low), (high, printed.high)
    ends = [
        (converted, as_printed)
        for converted, as_printed in bounds
        if as_printed and math.isfinite(as_printed) and math.isfinite(converted)
    ]
    if not ends or not ends[-1][0]:
        return None
    factor = ends[-1][0] / ends[-1][1]
    return factor * 10.0 ** -_decimals(typed), factor


def _number_in(text: str) -> str:
    """The number or interval at the beginning of a text; blank where the value is told in words."""
    typed = canonical("value", text.split(" ")[0])
    try:
        parse_value(typed)
    except ValueError:
        return ""
    return typed


def _decimals(typed: str) -> int:
    return max(len(number.partition(".")[2]) for number in typed.strip("~<>=").split(".."))


def decimals_of(row, before: str = "BASE") -> int:
    """The decimals of the change of a row from its baseline, or from the value before (`PREV`).

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> decimals_of(Row(AVALC="96 umol/L", AVALLO=1.085971, AVALHI=1.085971, BASEC="3.8 mg/dL", BASELO=3.8, BASEHI=3.8))
    1
    """
    operands = _operands(row, before)
    factor, printed = printed_scale(row, before)
    if not printed:
        return shown_decimals(operands)
    decimals = [_printed_decimals(*operand, factor) for operand in operands]
    # The last digits of a number say nothing beside one that is known to the nearest ten or hundred.
    return min(decimals) if any(text.startswith("~") for text, _, _ in operands) else max(decimals)


# With how many decimals a limit of a laboratory is printed at most; what a conversion leaves has more.
_OF_LIMITS = 3


def _printed_decimals(text: str, low: float, high: float, factor: float) -> int:
    """The decimals of a value as it is printed; of one in words those of its limits, in the unit shown."""
    if typed := _number_in(text):
        return _decimals(typed)
    ends = [number(end / factor, _OF_LIMITS) for end in (low, high) if math.isfinite(end)]
    return max(map(_decimals, ends), default=0)


def converted_decimals(row) -> int:
    """As `decimals_of`, of a change from the baseline in the unit of the measure."""
    return shown_decimals(_operands(row, "BASE"))


def printed_scale(row, before: str = "BASE") -> tuple[float, str]:
    """The unit in which a value and the one before it are both printed, and how much of the measure's unit it is.

    Returns
    -------
    tuple of float and str
        1 and no unit where the two are printed without one, or in different units.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> row = Row(AVALC="96 umol/L", AVALLO=1.085971, AVALHI=1.085971, BASEC="333 umol/L", BASELO=3.766963,
    ...           BASEHI=3.766963)
    >>> factor, unit = printed_scale(row)
    >>> round(factor, 6), unit
    (0.011312, 'umol/L')

    Of several records that may be the baseline, all have that unit.

    >>> printed_scale(Row(AVALC="<1 ug/L", AVALLO=0.0, AVALHI=1.0, BASEC="20.1 ug/L or 85.1 ug/L", BASELO=20.1,
    ...                   BASEHI=85.1))
    (1.0, 'ug/L')

    A value in words is printed in no unit, and that of the number beside it counts.

    >>> printed_scale(Row(AVALC="normal", AVALLO=0.0, AVALHI=200.0, BASEC="3.1 g/g", BASELO=3100.0, BASEHI=3100.0))
    (1000.0, 'g/g')
    """
    operands = _operands(row, before)
    printed = (text.partition(" ")[2] for text, _, _ in operands if _number_in(text))
    # One of them is printed as a point.
    units = {"points" if unit == "point" else unit for unit in printed}
    known = [step for operand in operands if (step := _last_digit(*operand))]
    if len(units) != 1 or not known or units == {""}:
        return 1.0, ""
    factor = known[-1][1]
    return 1.0 if math.isclose(factor, 1.0, rel_tol=1e-6) else factor, units.pop()


def _operands(row, before: str) -> list[tuple[str, float, float]]:
    """A value and the one before it, or each that may be that: their texts and their bounds."""
    value = getattr(row, "AVALC", ""), getattr(row, "AVALLO", math.nan), getattr(row, "AVALHI", math.nan)
    low, high = (getattr(row, f"{before}{end}", math.nan) for end in (("LO", "HI") if before == "BASE" else ("", "")))
    least, *others = getattr(row, f"{before}C", "").split(" or ")
    # Of several the first is the least; the upper end is that of any of them.
    return [value, (least, low, math.nan if others else high), *((text, math.nan, math.nan) for text in others)]
