"""Percentages in words: of a baseline, and of a measure that is itself a percentage; a fall beyond a limit."""

import math
import re

import pandas as pd

from ...values import number
from ...vocabulary import DECIMALS

# The unit of a titre: one is a multiple of another, and their difference says nothing.
TITRE = "titre"


def multiple_of(change: float, base: float) -> float:
    """How many times a baseline a value is that differs from it by some change; of a baseline without a limit 0.

    Examples
    --------
    >>> multiple_of(-600.0, 640.0), multiple_of(600.0, 40.0), multiple_of(float("-inf"), float("inf"))
    (0.0625, 16.0, 0.0)
    """
    if math.isinf(base):
        return 0.0
    return 1 + change / base if base > 0 else math.nan


def whole_outwards(low: float, high: float) -> tuple[int, int]:
    """The bounds of a percentage in whole percent, so that they hold all that they held before.

    Examples
    --------
    >>> whole_outwards(-89.88, -88.04), whole_outwards(61.95, 91.4)
    ((-90, -88), (61, 92))

    A bound that is whole but for the noise of its computation is that whole number.

    >>> whole_outwards(-10.000000000000002, -9.000000000000002 + 1e-14)
    (-10, -9)
    """
    return math.floor(round(low, DECIMALS)), math.ceil(round(high, DECIMALS))


def is_approximate(row) -> bool:
    """Whether a change rests on a value that its source prints as about so much, and has bounds for that.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> is_approximate(Row(AVALC="658 U/L", BASEC="~6000 U/L")), is_approximate(Row(AVALC="<30", BASEC="923"))
    (True, False)
    """
    return "~" in f"{getattr(row, 'AVALC', '')}{getattr(row, 'BASEC', '')}"


def tenths(size: float) -> str:
    """A percentage without its sign, with one decimal; with more where it would read as nothing, or as the whole.

    Examples
    --------
    >>> tenths(30.434782), tenths(100.0), tenths(99.97), tenths(0.02)
    ('30.4', '100.0', '99.97', '0.02')
    """
    # What is whole but for the noise of its computation is that whole number.
    size = round(size, DECIMALS)
    places = (places for places in range(1, DECIMALS + 1) if size in (0, 100) or round(size, places) not in (0, 100))
    return f"{size:.{next(places)}f}"


def percent(value: float) -> str:
    """A percentage with sign and one decimal; with more where it would read as no change, or as the whole.

    Examples
    --------
    >>> percent(-30.434782), percent(0.0), percent(float("nan")), percent(-99.97)
    ('-30.4 %', '0.0 %', '', '-99.97 %')
    """
    if math.isnan(value):
        return ""
    return f"{'+' if value > 0 else '-' if value < 0 else ''}{tenths(abs(value))} %"


def is_percentage(unit: str) -> bool:
    """Whether a unit is a percentage, also of a predicted value.

    Examples
    --------
    >>> is_percentage("%"), is_percentage("% predicted"), is_percentage("mg/kg")
    (True, True, False)
    """
    return unit.startswith("%")


def change_unit(unit: str, size: float = math.nan) -> str:
    """The unit of a change: of a percentage it is percentage points, of a scale points; of a size of one it is one.

    Examples
    --------
    >>> change_unit("/80"), change_unit("/min")
    ('points', '/min')
    >>> change_unit("%"), change_unit("U/L"), change_unit("points", -1.0), change_unit("points", -2.0)
    ('percentage points', 'U/L', 'point', 'points')
    >>> change_unit("MRC grade"), change_unit("MRC grade", 1.0)
    ('MRC grades', 'MRC grade')
    """
    unit = "percentage points" if is_percentage(unit) else "points" if re.fullmatch(r"/\d+", unit) else unit
    unit = f"{unit}s" if unit.endswith(" grade") else unit
    return unit.removesuffix("s") if abs(size) == 1 and unit.endswith(("points", " grades")) else unit


def share_words(row) -> str:
    """The change of a row in percent of its baseline; blank where there is none, or where a side has no limit.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> share_words(Row(CHG=13.0, PCHG=30.952))
    '+31.0 %'
    >>> share_words(Row(CHG=float("nan"), PCHGLO=-100.0, PCHGHI=-96.75))
    '-100.0 % to -96.8 %'
    >>> share_words(Row(CHG=float("nan"), PCHGLO=-12.5, PCHGHI=0.0, AVALC="~35"))
    '-13 % to 0 %'
    >>> share_words(Row(CHG=float("nan"), PCHGLO=-100.0, PCHGHI=-96.75, CHGHIX=True))
    'below -96.7 %'
    >>> share_words(Row(CHG=float("nan"), PCHGLO=-100.0, PCHGHI=-100.0, BASEC="5..10", AVALC="0"))
    '-100.0 %'

    From a baseline without an upper limit no fall is the whole of it.

    >>> share_words(Row(CHG=float("nan"), CHGLO=float("-inf"), PCHGLO=-100.0, PCHGHI=-82.609))
    '-82.6 % or less'
    """
    limit = share_limit(row)
    if not math.isnan(row.CHG):
        return percent(row.PCHG)
    if math.isnan(row.PCHGLO) or math.isinf(row.PCHGLO) or math.isinf(row.PCHGHI):
        return ""
    if not math.isnan(limit):
        return f"below {percent(limit)}" if getattr(row, "CHGHIX", False) else f"{percent(limit)} or less"
    rough = is_approximate(row)
    ends = whole_outwards(row.PCHGLO, row.PCHGHI) if rough else (row.PCHGLO, row.PCHGHI)
    # Ends that read alike are told once.
    return " to ".join(dict.fromkeys(_whole(end) if rough else percent(end) for end in ends))


def _whole(share: int) -> str:
    return f"{share:+d} %" if share else "0 %"


def share_limit(row) -> float:
    """The percentage that a change is at most, where nothing is known of how far the value fell; missing elsewhere.

    It is rounded up, so that it is true of every value below the limit.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> share_limit(Row(CHG=float("nan"), CHGLO=float("-inf"), PCHGLO=-100.0, PCHGHI=-82.609))
    -82.6
    >>> share_limit(Row(CHG=-14.0, CHGLO=-14.0, PCHGLO=-30.4, PCHGHI=-30.4))
    nan
    """
    is_unlimited = is_open_below(row) or math.isinf(getattr(row, "CHGLO", math.nan))
    if not math.isnan(row.CHG) or not is_unlimited or not math.isfinite(row.PCHGHI):
        return math.nan
    # What is noise of the computation is no value below the limit: 2 of 20 are -10.0 %, not -9.9 %.
    return math.ceil(round(row.PCHGHI * 10, DECIMALS)) / 10


def rise_limit(row) -> float:
    """The percentage that a change is at least, where nothing is known of how far the value rose; missing elsewhere.

    It is rounded down, so that it is true of every value above the limit.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> rise_limit(Row(CHG=float("nan"), PCHGLO=1037.931, PCHGHI=float("inf")))
    1037.9
    >>> rise_limit(Row(CHG=10.0, PCHGLO=50.0, PCHGHI=50.0)), rise_limit(Row(CHG=float("nan"), CHGHI=float("inf")))
    (nan, nan)
    """
    least, most = (getattr(row, name, math.nan) for name in ("PCHGLO", "PCHGHI"))
    if not math.isnan(row.CHG) or most != math.inf or not math.isfinite(least):
        return math.nan
    return math.floor(round(least * 10, DECIMALS)) / 10


# The widest range of a share that is told in a sentence, in percentage points.
_WIDEST = 10


def share_in_words(row) -> str:
    """How much of the baseline a change is, in percent without its sign, for behind a verb; blank where it is too wide.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> exact, wide = ({"CHG": chg, "CHGLO": -30.0, "PCHGLO": -60.0, "AVALC": "20"} for chg in (-30.0, float("nan")))
    >>> share_in_words(Row(**exact, PCHGHI=-60.0)), share_in_words(Row(**wide, PCHGHI=-40.0))
    ('60.0 %', '')
    >>> rise = Row(CHG=float("nan"), CHGLO=15050.0, CHGLOX=True, CHGHIX=False, PCHGLO=1037.93, PCHGHI=float("inf"))
    >>> share_in_words(rise)
    'by more than 1037.9 %'
    """
    for limit, side in ((-share_limit(row), "CHGHIX"), (rise_limit(row), "CHGLOX")):
        if not math.isnan(limit):
            # Of a limit that is the baseline itself nothing is left that could be told.
            return f"by {'more than' if getattr(row, side) else 'at least'} {tenths(limit)} %" if limit > 0 else ""
    ends = sorted(abs(share) for share in (row.PCHGLO, row.PCHGHI) if math.isfinite(share))
    rough = is_approximate(row) and len(ends) == 2
    words = [f"{end}" for end in whole_outwards(*ends)] if rough else [*map(tenths, ends)]
    # A wide range says nothing that the values do not.
    if len(ends) == 2 and ends[1] - ends[0] > _WIDEST:
        return ""
    return f"{'–'.join(dict.fromkeys(words))} %" if len(ends) == 2 else ""


def points_in_words(row, unit: str) -> str:
    """By how many points a percentage changed, without the sign, for behind a verb; blank where only a limit is known.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> about = Row(CHG=float("nan"), CHGLO=10.0, CHGHI=20.0, AVALC="~60", BASEC="45")
    >>> points_in_words(about, "%"), points_in_words(Row(CHG=-15.0, CHGLO=-15.0, CHGHI=-15.0), "%")
    ('10–20 percentage points', '15 percentage points')
    """
    if math.isnan(row.CHG) and not (is_approximate(row) and math.isfinite(row.CHGHI - row.CHGLO)):
        return ""
    ends = sorted(map(abs, (row.CHGLO, row.CHGHI)))
    return f"{'–'.join(dict.fromkeys(map(number, ends)))} {change_unit(unit, ends[-1])}"


def is_open_below(row) -> bool:
    """Whether a value is only known to lie below a limit, so that its change may be the whole of the baseline.

    Of `normal` and `<=5` the limit itself is no 0 that was measured, nor is that of `<5`; of `0..5` it is printed.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> is_open_below(Row(PCHGLO=-100.0, CHGHIX=True)), is_open_below(Row(PCHGLO=-100.0, CHGHIX=False))
    (True, False)
    >>> normal = {"AVALLO": 0.0, "AVALHI": 170.0, "CHGHI": -470.0}
    >>> is_open_below(Row(**normal, AVALC="normal")), is_open_below(Row(**normal, AVALC="0..170 U/L"))
    (True, False)

    Where it may also have risen, both limits are told.

    >>> is_open_below(Row(PCHGLO=-100.0, CHGHI=50.0, CHGHIX=True))
    False

    A titre has no percentage.

    >>> is_open_below(Row(AVALLO=0.0, PCHGLO=float("nan"), CHGHI=-1200.0, CHGHIX=True))
    True
    """
    low, high, most = (getattr(row, name, math.nan) for name in ("AVALLO", "AVALHI", "CHGHI"))
    if most > 0:
        return False
    if bool(getattr(row, "CHGHIX", False)):
        return low == 0 or getattr(row, "PCHGLO", math.nan) == -100
    return low == 0 and high > 0 and most < 0 and not re.match(r"0(\.0+)?\.\.", getattr(row, "AVALC", ""))


def gives_share(unit: str, rules: pd.DataFrame) -> bool:
    """Whether changes of a measure are also given in percent of the baseline: of a percentage only if a rule asks.

    Parameters
    ----------
    unit : str
        The unit of the measure.
    rules : DataFrame
        The rules of the measure, rows of rules.csv.

    Examples
    --------
    >>> rules = pd.DataFrame({"kind": ["response"], "percent": [">=10"]})
    >>> gives_share("U/L", rules[:0]), gives_share("%", rules[:0]), gives_share("%", rules)
    (True, False, True)
    """
    return not is_percentage(unit) or bool((rules["percent"].ne("") | rules["kind"].eq("variation")).any())


def asked_words(row, unit: str, rules: pd.DataFrame) -> str:
    """The change of a percentage in percent of its baseline, where a rule asks for it; blank elsewhere.

    Of other measures it stands beside every change.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> rules = pd.DataFrame({"kind": ["response"], "percent": [">=10"]})
    >>> asked_words(Row(CHG=13.0, PCHG=30.952), "%", rules), asked_words(Row(CHG=13.0, PCHG=30.952), "U/L", rules)
    ('+31.0 % of the baseline', '')
    """
    words = share_words(row) if is_percentage(unit) and gives_share(unit, rules) else ""
    return f"{words} of the baseline" if words else ""
