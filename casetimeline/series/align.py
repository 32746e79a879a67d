"""Where the facts of each case stand about one event: in days from it, or in the order of telling."""

from collections.abc import Collection
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..case import check_texts
from ..derive import records_of, reference_starts
from ..faults import TimelineError, counted, fault
from ..prose import label_in_sentence
from ..rules import Analysis
from ..vocabulary import ANCHOR_KINDS, OPEN_STATES, UNIT_UNKNOWN
from .best import GRADES, NUMBERS, is_in_steps
from .collect import Series, as_series, listed
from .compare import PLACE
from .lay import name_of

_POINTS = (
    "case_id",
    "LOC",
    "line",
    "AVALC",
    "STATE",
    "VALLO",
    "VALHI",
    "VALU",
    "XLO",
    "XHI",
    "RANK",
    "ABLFL",
    "POSTBLFL",
    "PLACED",
    "WHY",
    "ZERORANK",
)
# Where a record stands: on the axis of days, or by its rank in the order of telling.
DAYS, ORDER = "days", "order"


class Zero(NamedTuple):
    """The event about which a case is aligned: bounds of its day, name, why it has no day (or blank), and ORDER."""

    low: float
    high: float
    name: str
    why: str
    order: float = np.nan


def check_align(series: Series, align: str) -> None:
    """Refuse an event that no case of the series tells.

    Raises
    ------
    TimelineError
        With the nearest code of a treatment, procedure, event or adverse event of the cases; or if it is no text.
    """
    check_texts(align=align)
    if not align:
        return
    known: set[str] = set()
    for each in series.analyses:
        facts = each.case.facts
        known |= set(facts.loc[facts["kind"].isin(ANCHOR_KINDS), "code"])
    if align not in known:
        expected = "the code of a treatment, procedure, event or adverse event that a case of the series tells"
        raise TimelineError([fault(align, expected, at="align", known=sorted(known))])


def zero_of(analysis: Analysis, align: str = "") -> Zero:
    """The day of the first such event of a case; blank: of the start of its reference treatment.

    It has none where an event without a day may be the first.
    """
    case, facts = analysis.case, analysis.case.facts
    code = align or case.reference
    rows = facts[facts["kind"].isin(ANCHOR_KINDS) & (facts["code"] == code)]
    if rows.empty:
        reason = "there is no reference treatment" if not align else f"{code.replace('_', ' ')} is not told"
        return Zero(np.nan, np.nan, code.replace("_", " "), reason)
    name, order = str(rows["PARAM"].iloc[0]), float(rows["ORDER"].min())
    # One without a day may be the first; then the day of another one is not that of the first.
    starts = reference_starts(facts, code)
    low, high = (starts[end].min() for end in ("RFSTLO", "RFSTHI"))
    if not (np.isfinite(low) and np.isfinite(high)):
        of = "the reference treatment" if not align else label_in_sentence(name)
        return Zero(np.nan, np.nan, name, f"the day of {of} is not reported", order)
    return Zero(float(low), float(high), name, "", order)


def derive_aligned(series: Series, code: str, align: str = "") -> pd.DataFrame:
    """The values of a measure in every case, in days from an event, or in the order of telling.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.
    align : str
        The code of a treatment, procedure, event or adverse event; blank: the reference treatment of each case.

    Returns
    -------
    DataFrame
        One row a record with a value or grade; a number without a unit has none. `case_id`, LOC, `line`, AVALC, STATE;
        VALLO and VALHI, the bounds of the value, or of the place of a grade on its scale, and VALU, the unit of both:
        where the course of a case is told in grades, those told in sizes alone are left out; XLO and XHI, bounds of the
        days from the event; RANK, the place among the moments of the series in the order of telling, 1 the first;
        PLACED, `days` where the event and two records of the case and site have a day, or the only record has one, else
        `order`; WHY, why not in days; ZERORANK, where the event is told among the ranks, missing where it is not.

    Raises
    ------
    TimelineError
        If no measure has this code, or no case tells of the event.

    Examples
    --------
    Day 50 of this case is the day of the first anakinra; the last value is of day 55.

    >>> from casetimeline.files import PROJECT_DATA
    >>> from casetimeline.series import read_series
    >>> points = derive_aligned(read_series(PROJECT_DATA, "pericarditis-anakinra-30m"), "crp", "anakinra")
    >>> points[["XLO", "VALLO"]].iloc[-1].tolist()
    [5.0, 34.0]
    """
    measure = as_series(series).measure(code)
    check_align(series, align)
    parts = [(_valued(each, measure), zero_of(each, align)) for each in series.analyses]
    frame = pd.concat([_of_case(records, zero) for records, zero in parts], ignore_index=True)
    graded = frame["VALU"] == PLACE
    return frame.loc[graded if graded.any() else graded.index, list(_POINTS)].reset_index(drop=True)


def _valued(analysis: Analysis, measure: pd.Series) -> pd.DataFrame:
    """The records of a case with a place on a scale: of its numbers, or of the grades where a course is told in these.

    A number without a unit cannot stand on the scale of numbers that have one.
    """
    records = records_of(analysis.changes, measure.name)
    sized = records["AVALLO"].notna() & (records["AVALU"] != UNIT_UNKNOWN)
    in_steps = {site for site, of_site in records.groupby("LOC") if is_in_steps(of_site, measure)}
    graded = records["LOC"].isin(in_steps)
    values = {
        f"VAL{end}": records[of_grade].where(graded, records[of_number].where(sized))
        for end, of_grade, of_number in zip(("LO", "HI"), GRADES, NUMBERS, strict=True)
    }
    records = records.assign(**values, VALU=np.where(graded, PLACE, measure["unit"]))
    return records[records["VALLO"].notna()]


def _of_case(records: pd.DataFrame, zero: Zero) -> pd.DataFrame:
    records = records.assign(
        XLO=records["DAYLO"] - zero.high,
        XHI=records["DAYHI"] - zero.low,
        RANK=records.groupby("LOC")["ORDER"].rank(method="dense"),
    )
    before = (records["ORDER"] < zero.order).groupby(records["LOC"]).transform("sum")
    records = records.assign(ZERORANK=before + 0.5 if np.isfinite(zero.order) else np.nan)
    finite = np.isfinite(records["XLO"]) & np.isfinite(records["XHI"])
    counts = finite.groupby(records["LOC"]).transform("sum")
    all_of = records.groupby("LOC")["line"].transform("size")
    in_days = finite & (counts >= np.minimum(all_of, 2))
    why = np.where(in_days, "", zero.why or "fewer than two values have a day")
    # A case stands on one of the two axes.
    placed = in_days.groupby(records["LOC"]).transform("any")
    return records.assign(PLACED=np.where(placed, DAYS, ORDER), WHY=np.where(placed & ~in_days, "it has no day", why))


def placed_words(series: Series, align: str, in_days: Collection[str], in_order: Collection[str]) -> str:
    """How many of the cases of a figure stand in days, and how many in order: told so, or without what day 0 would be.

    Parameters
    ----------
    series : Series
        From `read_series`.
    align : str
        As for `derive_aligned`.
    in_days, in_order : collection of str
        The ids of the cases that stand in days and in order.
    """
    zeros = [zero_of(each, align) for each in series.analyses if each.case.case_id in in_order]
    # What has no place in a case is not there; the days of such a case may be exact.
    lacking = [zero.why for zero in zeros if np.isnan(zero.order)]
    parts = [f"{len(in_days)} with days"]
    parts += [f"{len(zeros) - len(lacking)} in order alone"] if len(zeros) > len(lacking) or not zeros else []
    parts += [f"{len(lacking)} in order, because {lacking[0]}"] if lacking else []
    return ", ".join(parts)


def undrawn_note(series: Series, code: str, points: pd.DataFrame) -> str:
    """The courses and values of a measure that have no place in a figure, and why; blank where all have one.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.
    points : DataFrame
        From `derive_aligned`.
    """
    records = pd.concat([records_of(each.changes, code) for each in series.analyses])
    known = records[~records["STATE"].isin(OPEN_STATES) & ~(records["AVALCALO"].notna())]
    unitless = known["AVALU"] == UNIT_UNKNOWN
    counts = {
        "without a day, of cases with days": int(((points["PLACED"] == DAYS) & (points["WHY"] != "")).sum()),
        "without a unit": int(unitless.sum()),
        "in words alone": int((known["AVALLO"].isna() & ~unitless).sum()),
    }
    parts = [f"{counted(count, 'value')} {why}" for why, count in counts.items() if count]
    sized = pd.concat([_valued(each, series.measure(code)) for each in series.analyses])
    sized = sized[sized["VALU"].ne(PLACE) & points["VALU"].eq(PLACE).any()]
    names = [name_of(series, *key) for key, _ in sized.groupby(["case_id", "LOC"])]
    # A name with a site has a comma in it.
    sizes = f"In {series.measure(code)['unit']}, not on this scale: {listed(names, between='; ')}." if names else ""
    return " ".join(filter(None, [f"Not drawn: {', '.join(parts)}." if parts else "", sizes]))


def event_words(align: str) -> str:
    """The event about which the cases are aligned, in words."""
    if not align:
        return "the start of the reference treatment of each case"
    return f"the first fact '{align.replace('_', ' ')}' of each case"


def align_words(align: str, in_days: bool) -> str:
    """What day 0 is, in words; blank where no case stands in days.

    Examples
    --------
    >>> align_words("infection", True), align_words("infection", False)
    ("Day 0 is the first fact 'infection' of each case.", '')
    """
    return f"Day 0 is {event_words(align)}." if in_days else ""


def align_label(align: str) -> str:
    """The label of an axis of days."""
    if not align:
        return "Days from the start of the reference treatment"
    return f"Days from: {align.replace('_', ' ')}"
