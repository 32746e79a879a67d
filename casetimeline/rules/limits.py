"""How large a change must be to be more than error, of the examiners or of the laboratory and the day."""

import math
import re

import pandas as pd

from ..values import Bounds, parse_value

# Two-sided 95 % limit of the difference of two measurements, each with the same error.
DIFFERENCE_95 = 1.96 * math.sqrt(2)


def smallest_detectable_change(sd: float) -> float:
    """Change that measurement error alone exceeds in 5 % of pairs, from the within-patient SD.

    Examples
    --------
    Worked by hand for the within-patient SDs of PMID 7562759: 2.772 x 2.45 and 2.772 x 4.6.

    >>> round(smallest_detectable_change(2.45), 1), round(smallest_detectable_change(4.6), 1)
    (6.8, 12.8)
    """
    return DIFFERENCE_95 * sd


def reference_change_factor(cvi: float, cva: float = 0.0) -> float:
    """The ratio of two results beyond which biological and analytical variation explain 5 % of pairs.

    A rise counts above this factor, a fall below its inverse: the limits are symmetrical on the logarithmic scale.

    Parameters
    ----------
    cvi, cva : float
        Within-subject biological and analytical coefficient of variation, in percent.

    Examples
    --------
    For a CVI of 14.5 % and a CVA of 3 %, worked by hand: the CV is 14.81 %, sigma 0.14726, the factor exp(0.40819).

    >>> round(reference_change_factor(14.5, 3), 3), round(1 / reference_change_factor(14.5, 3), 3)
    (1.504, 0.665)
    """
    square = (cvi / 100) ** 2 + (cva / 100) ** 2
    return math.exp(DIFFERENCE_95 * math.sqrt(math.log1p(square)))


def largest_analytical_cv(ratio: float, cvi: float) -> float:
    """The analytical CV, in percent, up to which a ratio of two results lies beyond the reference change value.

    Returns
    -------
    float
        nan if the ratio is within it even without analytical variation, or is not positive.

    Examples
    --------
    >>> round(largest_analytical_cv(131 / 6720, 14.5))
    255
    >>> largest_analytical_cv(0.9, 14.5)
    nan
    """
    if not ratio > 0 or math.isinf(ratio):
        return math.nan
    square = math.expm1((math.log(ratio) / DIFFERENCE_95) ** 2) - (cvi / 100) ** 2
    return 100 * math.sqrt(square) if square > 0 else math.nan


def error_limits(rules: pd.DataFrame, measure: str) -> pd.DataFrame:
    """Smallest detectable changes of a measure, one row a situation of the examiners.

    Returns
    -------
    DataFrame
        LABEL, SD and LIMIT in the unit of the measure, smallest first.
    """
    rows = rules[(rules["kind"] == "error") & (rules["measure"] == measure)]
    table = pd.DataFrame(
        {"LABEL": rows["examiners"], "SD": rows["sd"], "LIMIT": smallest_detectable_change(rows["sd"])}
    )
    return table.sort_values("LIMIT", ignore_index=True)


def parse_threshold(text: str) -> tuple[Bounds, bool]:
    """A threshold such as `>5` or `>=3..4`, and whether it is strict.

    Examples
    --------
    >>> parse_threshold(">=3..4")
    (Bounds(low=3.0, high=4.0, low_open=False, high_open=False), False)
    """
    mark, number = re.fullmatch(r"\s*(>=|>)\s*(.+)", text).groups()
    return parse_value(number), mark == ">"
