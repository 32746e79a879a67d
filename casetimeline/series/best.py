"""The best and the last change of one case and site, with bounds that hold for whichever record is meant."""

import numpy as np
import pandas as pd

from ..derive import derive_direction, groups_of, may_be_baseline, may_be_last, places_of
from ..prose import decimals_above_zero, shown_decimals
from ..values import closed, percent_change, rows_of
from ..vocabulary import OPEN_STATES, UNIT_UNKNOWN

# The unit of a change of a grade.
STEPS = "steps of the grade"
NUMBERS, GRADES = ("AVALLO", "AVALHI"), ("AVALCALO", "AVALCAHI")
_BASES = {NUMBERS: ("BASELO", "BASEHI"), GRADES: ("BASECALO", "BASECAHI")}
# No name of them may be one of `derive.RELATIVE`: by those records are put in order.
_ENDS = ("DIFFLO", "DIFFHI")


def is_in_steps(records: pd.DataFrame, measure: pd.Series) -> bool:
    """Whether the changes of a course are counted in steps of its grade: where a size that is compared is missing."""
    if not measure["grades"]:
        return False
    after = records[(records["POSTBLFL"] == "Y") & records["AVALCALO"].notna()]
    if len(after):
        return bool(after["CHGLO"].isna().any())
    base = records[may_be_baseline(records)]
    return base.empty or bool((base["AVALLO"].isna() | base["AVALU"].eq(UNIT_UNKNOWN)).any())


def with_changes(records: pd.DataFrame, measure: pd.Series, steps: bool) -> pd.DataFrame:
    """Add the change of each record from the baseline: of its number, or in steps of its grade.

    A record after the baseline that says in words alone how it was (`decreased`), or whose number has no unit, has the
    bounds that its words allow: below the value before, or below the baseline; else those of the measure.

    Parameters
    ----------
    records : DataFrame
        The records of one case, measure and site, with all columns of `derive_changes`.
    measure : Series
        The row of measures.csv.
    steps : bool
        From `is_in_steps`.

    Returns
    -------
    DataFrame
        With DIFFLO and DIFFHI, the bounds of the change, DIFFLOX and DIFFHIX, whether a bound itself is excluded,
        DIFFPLO and DIFFPHI, the bounds in percent of the baseline, and OFLO, OFHI, OFLOX and OFHIX, the bounds of what
        is compared with it: the number, the place of the grade, or what its words allow.
        LESS and MORE are the line of the record before, where the words say that it is less or more than that one.
    """
    changes = (_steps(records) if steps else _numbers(records)).assign(LESS=np.nan, MORE=np.nan)
    later = (changes["POSTBLFL"] == "Y") & ~changes["STATE"].isin(OPEN_STATES)
    worded = later & changes["DIFFLO"].isna()
    if not worded.any() or changes.loc[later, "DIFFLO"].isna().all():
        return changes
    changes = _with_words(derive_direction(changes), worded.to_numpy(), measure, steps)
    return changes.assign(DIFFPLO=np.nan, DIFFPHI=np.nan) if measure["scale"] else changes


def _numbers(records: pd.DataFrame) -> pd.DataFrame:
    ends = ("LO", "HI", "LOX", "HIX")
    parts = {f"DIFF{end}": records[f"CHG{end}"] for end in ends} | {f"OF{end}": records[f"AVAL{end}"] for end in ends}
    return records.assign(**parts, DIFFPLO=records["PCHGLO"], DIFFPHI=records["PCHGHI"])


def _steps(records: pd.DataFrame) -> pd.DataFrame:
    """The change of the grade; a size that did not rise is of no higher grade than that of the baseline."""
    low, high = records["AVALCALO"] - records["BASECAHI"], records["AVALCAHI"] - records["BASECALO"]
    return records.assign(
        DIFFLO=low.mask((records["CHGLO"] >= 0) & (low < 0), 0.0),
        DIFFHI=high.mask((records["CHGHI"] <= 0) & (high > 0), 0.0),
        DIFFLOX=False,
        DIFFHIX=False,
        DIFFPLO=np.nan,
        DIFFPHI=np.nan,
        OFLO=records["AVALCALO"],
        OFHI=records["AVALCAHI"],
        OFLOX=False,
        OFHIX=False,
    )


def _with_words(changes: pd.DataFrame, worded: np.ndarray, measure: pd.Series, steps: bool) -> pd.DataFrame:
    """The records with the bounds of those that have words, or a number without a unit, in place of a value."""
    ends = GRADES if steps else NUMBERS
    limits = (0.0, len(measure["grades"]) - 1.0) if steps else (float(measure["low"]), float(measure["high"]))
    low, high = (changes[end].to_numpy(dtype=float, copy=True) for end in ends)
    unread = worded | np.isnan(low)
    low[unread], high[unread] = limits
    low_open, high_open = (np.zeros(len(changes), dtype=bool) for _ in ends)
    beside = {name: np.full(len(changes), np.nan) for name in ("LESS", "MORE")}
    known, places = ~changes["STATE"].isin(OPEN_STATES).to_numpy(), places_of(changes)
    # The bounds of a record stand on those of the one before it, which has its own by then.
    for row in changes["ORDER"].argsort(kind="stable"):
        before = _before(places, row, known) if worded[row] else None
        if before is None:
            continue
        is_less, is_more = (changes[end].iloc[row] == 0 for end in ("CHGPREVHI", "CHGPREVLO"))
        if is_less and high[before] <= high[row]:
            high[row], high_open[row] = high[before], not steps
        if is_more and low[before] >= low[row]:
            low[row], low_open[row] = low[before], not steps
        for name, is_so in (("LESS", is_less), ("MORE", is_more)):
            beside[name][row] = changes["line"].iloc[before] if is_so else np.nan
    changes = changes.assign(**beside)
    return _compared(changes, worded, (low, high, low_open, high_open), _BASES[ends], steps)


def _before(places, row: int, known: np.ndarray) -> int | None:
    """The record that is surely the one before another; none where that is open."""
    here = places.of(np.full(len(known), row))
    earlier, later = places.before(here) & known, here.before(places)
    others = known & ~earlier & ~later
    others[row] = False
    rows = np.flatnonzero(earlier)
    if others.any() or not len(rows):
        return None
    last = rows[may_be_last(places.of(rows), groups_of(np.zeros(len(rows))))]
    return int(last[0]) if len(last) == 1 else None


def _compared(changes: pd.DataFrame, worded: np.ndarray, value: tuple, base: tuple, steps: bool) -> pd.DataFrame:
    """The bounds of the change of each worded record: by those of its value, and by the sign that its words say."""
    low, high, low_open, high_open = value
    base_low, base_high = (changes[end].to_numpy(dtype=float) for end in base)
    below, above = (changes[end].to_numpy(dtype=float) for end in ("SIGNHI", "SIGNLO"))
    # What is not above the baseline is not above its highest value.
    high, low = np.where(below <= 0, np.fmin(high, base_high), high), np.where(above >= 0, np.fmax(low, base_low), low)
    share = percent_change(closed(low, high), closed(base_low, base_high))
    parts = {
        "DIFFLO": low - base_high,
        "DIFFHI": high - base_low,
        "DIFFPLO": np.nan if steps else share.low,
        "DIFFPHI": np.nan if steps else share.high,
    }
    parts["DIFFLO"] = np.where(above >= 0, np.fmax(parts["DIFFLO"], 0.0), parts["DIFFLO"])
    parts["DIFFHI"] = np.where(below <= 0, np.fmin(parts["DIFFHI"], 0.0), parts["DIFFHI"])
    # Words give a direction, and no percentage where there is none.
    parts["DIFFPLO"] = np.where(above >= 0, np.maximum(parts["DIFFPLO"], 0.0), parts["DIFFPLO"])
    parts["DIFFPHI"] = np.where(below <= 0, np.minimum(parts["DIFFPHI"], 0.0), parts["DIFFPHI"])
    parts["DIFFLOX"] = low_open | ((above == 1) & (parts["DIFFLO"] == 0) & (not steps))
    parts["DIFFHIX"] = high_open | ((below == -1) & (parts["DIFFHI"] == 0) & (not steps))
    parts |= {"OFLO": low, "OFHI": high, "OFLOX": low_open, "OFHIX": high_open}
    return changes.assign(**{name: np.where(worded, column, changes[name]) for name, column in parts.items()})


def best_of(after: pd.DataFrame, better: str) -> dict:
    """The best change, whichever record it is of; of a measure without a direction none."""
    if not better:
        return {}
    # The changes share what is open of the one baseline, the values do not: a record that is beaten by either is out.
    out = _are_beaten(after, "DIFF", better) | _are_beaten(after, "OF", better)
    # However uncertain a value is, what is told to be less than it is less.
    better_than, worse_than = ("MORE", "LESS") if better == "higher" else ("LESS", "MORE")
    out |= after["line"].isin(after[better_than]) | after[worse_than].isin(after["line"])
    sized = after[after["AVALU"] != UNIT_UNKNOWN]
    may_be = after[~(out | _are_beaten(sized, "AVAL", better).reindex(after.index, fill_value=False))]
    may_be = may_be[~_are_reached(may_be, better)]
    # The best of the lower and the best of the upper bounds.
    best = "max" if better == "higher" else "min"
    return {
        "BESTC": words_of(may_be),
        "BESTLINE": _one_line(may_be),
        "BESTLINES": _lines_of(may_be),
        "BESTOPEN": _lines_of(may_be[may_be["OFLO"] != may_be["OFHI"]]),
        "IMPROVED": _lines_of(after[after["DIFFLO"] >= 0 if better == "higher" else after["DIFFHI"] <= 0]),
    } | bounds_of_change("B", after, (best, best))


def _lines_of(records: pd.DataFrame) -> str:
    return " ".join(str(line) for line in sorted(records["line"]))


def _are_reached(records: pd.DataFrame, better: str) -> np.ndarray:
    """Whether each record is at most as good as another one; of equal values the first is the best.

    Examples
    --------
    At best 15 is what may be 15 to 25, and what is 15 again.

    >>> records = pd.DataFrame({"OFLO": [15.0, 15.0, 15.0], "OFHI": [15.0, 25.0, 15.0], "ORDLO": [1.0, 2.0, 3.0],
    ...                         "ORDHI": [1.0, 2.0, 3.0], "ORDPH": np.nan, "MOMENT": -1})
    >>> _are_reached(records, "lower").tolist()
    [False, True, True]
    """
    low, high = (records[end].to_numpy(dtype=float) for end in ("OFLO", "OFHI"))
    best, worst = (high, low) if better == "higher" else (-low, -high)
    places, rows = places_of(records), range(len(records))
    no_better, reached = best[:, None] <= worst[None, :], np.zeros(len(records), dtype=bool)
    for row in rows:
        earlier = places.before(places.of(np.full(len(records), row)))
        others = no_better[row] & (~no_better[:, row] | earlier)
        others[row] = False
        reached[row] = others.any()
    return reached


def _are_beaten(records: pd.DataFrame, stem: str, better: str) -> pd.Series:
    """Whether another record is surely better than each, by the bounds of a stem; a record without them is not beaten.

    Examples
    --------
    >>> records = pd.DataFrame({"OFLO": [8.0, 5.0, 0.0], "OFHI": [8.0, 5.0, 5.0], "OFLOX": False,
    ...                         "OFHIX": [False, False, True]})
    >>> _are_beaten(records, "OF", "lower").tolist()
    [True, True, False]
    """
    sign = 1 if better == "higher" else -1
    # Turned so that more is better.
    ends = ("LO", "HI") if sign > 0 else ("HI", "LO")
    low, high = (sign * records[f"{stem}{end}"] for end in ends)
    low_open, high_open = (records[f"{stem}{end}X"].astype(bool) for end in ends)
    least = low.max()
    return (high < least) | ((high == least) & (high_open | bool(low_open[low == least].any())))


def last_of(after: pd.DataFrame) -> dict:
    """The last change; where the order leaves open which record is the last, the bounds of all that may be."""
    may_be = after[may_be_last(places_of(after), groups_of(after["LOC"]))]
    return {"LASTC": words_of(may_be), "LASTLINE": _one_line(may_be)} | bounds_of_change("L", may_be, ("min", "max"))


def _one_line(may_be: pd.DataFrame):
    """The line of the one record that is meant; missing where records differ."""
    one = may_be.drop_duplicates(["AVALC", *_ENDS])
    return may_be["line"].iloc[0] if len(one) == 1 else pd.NA


def bounds_of_change(letter: str, records: pd.DataFrame, ends: tuple[str, str]) -> dict:
    """The bounds of one of several changes, each with whether it is excluded.

    Of the widest bound it is if no record reaches it, and of a bound that one record sets for all if that one does not.
    """
    values = {}
    for end, how, widest in zip(("LO", "HI"), ends, ("min", "max"), strict=True):
        bound = records[f"DIFF{end}"].agg(how)
        excluded = records.loc[records[f"DIFF{end}"] == bound, f"DIFF{end}X"].astype(bool)
        values[f"CHG{end}"], values[f"PCHG{end}"] = bound, records[f"DIFFP{end}"].agg(how)
        values[f"CHG{end}X"] = bool(excluded.all() if how == widest else excluded.any())
    return {f"{letter}{name}": value for name, value in values.items()}


def words_of(records: pd.DataFrame) -> str:
    """The values of some records of which one is meant, as recorded; a number without a unit says so."""
    values = records["AVALC"].str.replace("..", " to ", regex=False).astype(object)
    values = values.mask(records["AVALU"] == UNIT_UNKNOWN, values + f" ({UNIT_UNKNOWN})")
    return " or ".join(dict.fromkeys(values))


def with_shown_digits(table: pd.DataFrame) -> pd.DataFrame:
    """The rows of `derive_series`, in which baselines and changes of converted values have the digits that are shown.

    Examples
    --------
    The last digit of 200 umol/L is 0.01 mg/dL.

    >>> row = {"BASEC": "200 umol/L", "BASELO": 2.262443, "BASEHI": 2.262443, "BESTC": "150 umol/L", "LASTC": ""}
    >>> changes = {"BCHGLO": -0.565611, "BCHGHI": -0.565611, "LCHGLO": np.nan, "LCHGHI": np.nan}
    >>> with_shown_digits(pd.DataFrame([row | changes]))[["BASELO", "BCHGLO"]].to_numpy().tolist()
    [[2.26, -0.57]]
    """
    shown = [
        _rounded(row, ("BASELO", "BASEHI"), [base := _operand(row.BASEC, row.BASELO, row.BASEHI)])
        | _rounded(row, ("BCHGLO", "BCHGHI"), [base, _operand(row.BESTC, *_ends_of_value(row, row.BCHGLO, row.BCHGHI))])
        | _rounded(row, ("LCHGLO", "LCHGHI"), [base, _operand(row.LASTC, *_ends_of_value(row, row.LCHGLO, row.LCHGHI))])
        for row in rows_of(table)
    ]
    return table.assign(**pd.DataFrame(shown, index=table.index))


def _ends_of_value(row, low: float, high: float) -> tuple[float, float]:
    """The bounds of the value whose change from the baseline has these."""
    return row.BASEHI + low, row.BASELO + high


def _operand(text: str, low: float, high: float) -> tuple[str, float, float]:
    """A value as an operand of `shown_decimals`; of several of which one is meant, and without a unit, it is none."""
    is_one = " or " not in text and UNIT_UNKNOWN not in text
    return text.replace(" to ", "..") if is_one else "", low, high


def _rounded(row, names: tuple[str, str], operands: list[tuple[str, float, float]]) -> dict[str, float]:
    decimals = shown_decimals(operands)
    ends = {name: getattr(row, name) for name in names}
    return {name: round(end, decimals_above_zero(end, decimals)) for name, end in ends.items()}
