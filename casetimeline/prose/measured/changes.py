"""The values of a measure and how they changed: record by record, and in one line a measure and site."""

from collections.abc import Sequence
from itertools import groupby
from operator import itemgetter

import numpy as np
import pandas as pd

from ...case import Case
from ...derive import each_once, may_be_baseline, places_of, records_of, step_of, surely_before
from ...rules import Analysis, analyse, before_reference, is_unscored, once
from ...values import number, rows_of
from ...vocabulary import DIRECTIONS, OPEN_STATES, UNIT_UNKNOWN
from ..display import Table, without_empty
from ..numbers.digits import decimals_above_zero
from ..numbers.shares import TITRE, gives_share, is_open_below, percent
from ..wording.labels import label_in_cell, label_in_sentence
from ..wording.remarks import state_of_test, with_denial
from ..wording.when import visit_words
from ..wording.words import finding_words, in_a_sentence, value_words
from .tense import change_clause, in_order, no_change, series_of, why_unknown


def summarise_changes(analysis: Analysis, code: str) -> Table:
    """Each record of a measure with its baseline and its change, as numbers under their ADaM names.

    Returns
    -------
    Table
        One row for each record: `line`, `phase`, LOC, AVALC, ABLFL and BASEC; CHG and PCHG, and, where they were
        derived, CHGPREV, R2BASE, R2A1HI, ANRIND and SHIFT1. A measure that is itself a percentage has PCHG and R2BASE
        only if a rule asks for a relative change. The caption names the baseline rule and the reference.
    """
    analysis = analyse(analysis)
    case, unit = analysis.case, analysis.case.measure(code)["unit"]
    rows = records_of(analysis.changes, code)
    # A change runs forward in time: nothing is shown for the baseline itself and what came before it.
    after = rows["POSTBLFL"] == "Y"
    relative = after & gives_share(unit, case.rules[case.rules["measure"] == code])
    shown = pd.DataFrame(
        {
            "line": rows["line"],
            "phase": rows["phase"],
            "LOC": rows["LOC"],
            "AVALC": rows["AVALC"],
            "ABLFL": rows["ABLFL"],
            "BASEC": rows["BASEC"].where(after, ""),
            "CHG": _numbers(rows["CHG"].where(after)),
            "PCHG": [percent(value) for value in rows["PCHG"].where(relative)],
        }
    )
    if "CHGPREV" in rows:
        # Where the value before is the baseline, the two changes are one.
        shown["CHGPREV"] = _numbers(rows["CHGPREV"].where(after & (rows["PREV"] != rows["BASE"])))
    if "R2BASE" in rows:
        shown["R2BASE"] = _numbers(rows["R2BASE"].where(relative), 3)
    if "R2A1HI" in rows:
        shown["R2A1HI"] = _numbers(rows["R2A1HI"], 2)
    if "ANRIND" in rows:
        shown["ANRIND"] = rows["ANRIND"]
    if "SHIFT1" in rows:
        shown["SHIFT1"] = rows["SHIFT1"].where(after, "")
    label = case.measure(code)["label"]
    caption = f"Case {case.case_id}: {label}, baseline rule {case.baseline_rule}, reference {case.reference or 'none'}"
    return Table(without_empty(shown, keep=("line", "AVALC", "ABLFL", "CHG")), caption)


def _numbers(values: pd.Series, decimals: int = 6) -> list[str]:
    """Numbers as text; a missing one is blank, and one that is not zero does not read as zero.

    Examples
    --------
    >>> _numbers(pd.Series([0.69565, 0.0, 0.0004, float("nan")]), 3)
    ['0.696', '0', '0.0004', '']
    """
    return [number(value, decimals_above_zero(value, decimals)) if pd.notna(value) else "" for value in values]


def summarise_case(analysis: Analysis, codes: tuple[str, ...] = ()) -> Table:
    """The whole course of some measures, and the change or why there is none.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.
    codes : tuple of str
        The measures; none for those of the case that have a course. One that is not recorded has a row that says so.

    Returns
    -------
    Table
        One row for each measure and site: `measure`, `site`, `before or without a baseline`, `baseline`,
        `afterwards` and `change`. The three in the middle hold values, each with its time.
    """
    analysis = analyse(analysis)
    return _summary(analysis, analysis.asked(codes) or analysis.courses)


@once
def _summary(analysis: Analysis, codes: tuple[str, ...]) -> Table:
    """As `summarise_case`, made once for the same measures."""
    case, rows = analysis.case, []
    for code in codes:
        measure = case.measure(code)
        name = label_in_cell(measure["label"])
        missing = [name, "", "", "not mentioned in the part that was read", "", "no change can be computed"]
        courses = [
            [name, site, *_stretches(series, measure, case), change_of_series(series, measure)]
            for site, series in series_of(analysis, code)
        ]
        rows += courses or [missing]
    columns = ["measure", "site", "before or without a baseline", "baseline", "afterwards", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(without_empty(frame, keep=("measure", "change")), f"Case {case.case_id}: summary of changes")


def _stretches(series: pd.DataFrame, measure: pd.Series, case: Case) -> list[str]:
    """The records of a series in words: before the baseline or without one, at the baseline, and after it."""
    base, later = may_be_baseline(series), series["POSTBLFL"] == "Y"
    stretches = (series[~base & ~later], series[base], series[later])
    # What is later than the baseline may still stand before the treatment that sets it.
    name = label_in_sentence(case.label(case.reference))
    early = series.loc[later & before_reference(case, series), "line"]
    beside = dict.fromkeys(series["line"], "") | dict.fromkeys(early, f", before {name}")
    return [
        (" or " if records["ABLPFL"].eq("Y").any() else "; ").join(
            f"{_found(row, series, measure)}, {in_a_sentence(visit_words(case, row))}{beside[row.line]}"
            for row in rows_of(records)
        )
        for records in stretches
    ]


def _found(row, series: pd.DataFrame, measure: pd.Series) -> str:
    """A finding in words, with its site where other records of one series have none; of a score that it is untold."""
    words = state_of_test(finding_words(row, measure["unit"]), measure["label"])
    if is_unscored(row, measure["unit"], measure["abbrev"]):
        words = f"{_UNSCORED}{words.removeprefix(row.STATE)}"
    return f"{words}, {row.LOC}" if row.LOC and series["LOC"].eq("").any() else words


# A word for the change of something else says nothing of a score.
_UNSCORED = "score not reported"


def path_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The values and states of one series in their order, joined by arrows; by commas where it is open.

    The same words for several moments in a row stand once, with the number of times.
    """
    series = in_order(each_once(series))
    places, unit = places_of(series), measure["unit"]
    words = [
        _UNSCORED
        if is_unscored(row, unit, measure["abbrev"])
        else state_of_test(with_denial(value_words(row, unit), row), measure["label"])
        for row in rows_of(series)
    ]
    links = [
        " → " if places.of(slice(None, row)).before(places.of([row] * row)).all() else ", "
        for row in range(1, len(words))
    ]
    runs = [[*run] for _, run in groupby(zip(["", *links], words, strict=True), key=itemgetter(1))]
    path = "".join(f"{run[0][0]}{run[0][1]}{_OFTEN.get(len(run), f' ({len(run)} times)')}" for run in runs)
    return path + (" (order open)" if ", " in links else "")


# How often the same is told in a row, where it is not more often.
_OFTEN = {1: "", 2: " (twice)"}


def turns_of(series: pd.DataFrame, row) -> list[tuple[str, list]]:
    """Where a course turned between a baseline and a record: the lowest of the values in between, and the highest.

    Parameters
    ----------
    series : DataFrame
        The records of one series, from `series_of`.
    row : named tuple
        The record that is compared with the baseline.

    Returns
    -------
    list of tuple
        `lowest` or `highest`, where a value surely lies beyond both ends, with its record. Where the bounds of values
        overlap, as 18 and `<20` do, all records of which one is it.
    """
    later = series[series["POSTBLFL"].eq("Y") & series["AVALLO"].notna() & series["line"].ne(row.line)]
    later = later[later["AVALU"].ne(UNIT_UNKNOWN)]
    low, high = min(row.BASELO, row.AVALLO), max(row.BASEHI, row.AVALHI)
    below = (later["AVALHI"] < low) | ((later["AVALHI"] == low) & later["AVALHIX"].astype(bool))
    above = (later["AVALLO"] > high) | ((later["AVALLO"] == high) & later["AVALLOX"].astype(bool))
    turns = [("lowest", may_be_lowest(later, 1))] if below.any() else []
    turns += [("highest", may_be_lowest(later, -1))] if above.any() else []
    return [(word, [*rows_of(records)]) for word, records in turns]


def joint_row(word: str, ends: list):
    """The record of a turn; of several of which one is it that with the nearest bound, and the change of them all.

    The lowest of 90, `<100` and `normal` is at most 90, whichever of them it is.

    Parameters
    ----------
    word : str
        `lowest` or `highest`.
    ends : list of named tuple
        The records, from `turns_of`.
    """
    near, far, sign = ("HI", "LO", 1) if word == "lowest" else ("LO", "HI", -1)
    edge = min(ends, key=lambda row: (sign * getattr(row, f"AVAL{near}"), not getattr(row, f"AVAL{near}X")))
    beyond = min(ends, key=lambda row: (sign * getattr(row, f"AVAL{far}"), bool(getattr(row, f"AVAL{far}X"))))
    if edge is beyond:
        return edge
    bounds = {name: getattr(beyond, name) for name in (f"CHG{far}", f"CHG{far}X", f"PCHG{far}")}
    if edge.AVALU != TITRE and is_open_below(beyond):
        # The limit itself is no 0 that was measured.
        bounds["CHGLO"] = -np.inf
    return edge._replace(CHG=np.nan, PCHG=np.nan, **bounds)


def relapse_of(series: pd.DataFrame, row) -> tuple | None:
    """The largest rise on the way of a value that fell from its baseline, or fall of one that rose: its two records.

    Only where the later one is surely at least twice the earlier one, or at most half of it; else None.
    """
    way = 1 if row.CHGHI < 0 else -1 if row.CHGLO > 0 else 0
    known = series["POSTBLFL"].eq("Y") & series["AVALHI"].gt(0) & series["AVALU"].ne(UNIT_UNKNOWN)
    between = series[known & surely_before(series, row)]
    records = [*rows_of(between)] if way else []
    pairs = []
    for later in records:
        for before, is_before in zip(records, surely_before(between, later), strict=True):
            times = later.AVALLO / before.AVALHI if way > 0 else before.AVALLO / later.AVALHI
            pairs += [(times, before, later)] if is_before and times >= _RELAPSE else []
    return max(pairs, key=itemgetter(0))[1:] if pairs else None


# What came back to less than twice what it had come to is no course of its own.
_RELAPSE = 2


def may_be_lowest(records: pd.DataFrame, sign: int) -> pd.DataFrame:
    """The records of one series of which one has the lowest value (the highest, for -1); of equal numbers the first.

    Examples
    --------
    >>> records = pd.DataFrame({"AVALLO": [0.9, 0.3, 0.0, 0.3], "AVALHI": [0.9, 0.3, 0.3, 0.3]})
    >>> may_be_lowest(records, 1).index.tolist(), may_be_lowest(records.drop(index=2), 1).index.tolist()
    ([2], [1])

    Whether 18, or what is below 20, is the lower is open.

    >>> may_be_lowest(pd.DataFrame({"AVALLO": [25, 18, 0], "AVALHI": [25, 18, 20]}), 1).index.tolist()
    [1, 2]
    """
    low, high = np.sort(sign * records[["AVALLO", "AVALHI"]].to_numpy(), axis=1).T
    at_most = high[:, None] <= low[None, :]
    beaten = (at_most & ~at_most.T).any(axis=0)
    alike = records.duplicated(["AVALLO", "AVALHI"]) & (low == high)
    return records[~beaten & ~alike]


def turns_without_value(series: pd.DataFrame, row) -> dict[str, int]:
    """What the source says in words alone of the way from a baseline to a record, where that went the other way.

    Parameters
    ----------
    series : DataFrame
        The records of one series, from `series_of`.
    row : named tuple
        The record that is compared with the baseline.

    Returns
    -------
    dict
        The word, such as `increased` of a value that fell in the end, and the line of the first record that has it;
        words in the order of the course.
    """
    between = series[series["POSTBLFL"].eq("Y") & series["value"].eq("") & surely_before(series, row)]
    ways = [step_of(each.STATE, each.BETTER) for each in rows_of(between)]
    other = [(way > 0 and row.CHGHI <= 0) or (way < 0 and row.CHGLO >= 0) for way in ways]
    first = between.loc[other].drop_duplicates("STATE")
    return dict(zip(first["STATE"], map(int, first["line"]), strict=True))


def worded_change(words: Sequence[str]) -> str:
    """What became of a finding that is told in words: its states in their order, each that follows itself once.

    Examples
    --------
    >>> worded_change(["low", "low", "normal"]), worded_change(["worsened", "absent"])
    ('low to normal', 'worsened, then absent')
    >>> worded_change(["present", "recurred", "absent", "absent"]), worded_change(["absent", "absent"])
    ('present, recurred, then absent', 'absent both times reported')
    """
    steps = [word for word, before in zip(words, ["", *words], strict=False) if word != before]
    if len(steps) == 1:
        return f"{steps[0]} {'both times' if len(words) == 2 else 'each time'} reported" if len(words) > 1 else ""
    # A direction or a recurrence compares with the value before it, so `to` would be wrong.
    if len(steps) == 2 and not {*steps} & {*DIRECTIONS, "recurred"}:
        return " to ".join(steps)
    return f"{', '.join(steps[:-1])}, then {steps[-1]}"


def worded_course(words: Sequence[str], base: int) -> str:
    """As `worded_change`; with the baseline named where it is neither the first nor the last record and differs.

    Examples
    --------
    >>> worded_course(["present", "absent", "absent"], base=1), worded_course(["low", "low", "normal"], base=1)
    ('present, then absent (baseline and after)', 'low to normal')
    >>> worded_course(["large", "small", "absent"], base=1)
    'large, small (baseline), then absent'
    """
    if base == len(words) - 1 or words[0] == words[base]:
        return worded_change(words)
    before, after = [word for word, _ in groupby(words[:base])], [word for word, _ in groupby(words[base:])]
    # What the record before the baseline says already is said once.
    before = before[:-1] if before[-1] == after[0] else before
    *earlier, last = [*before, f"{after[0]} (baseline{'' if len(after) > 1 else ' and after'})", *after[1:]]
    return f"{', '.join(earlier)}, then {last}"


def base_place(known: pd.DataFrame) -> int:
    """The place of the baseline among the known records of a series; without a baseline, that of the first record."""
    return int(known["ABLFL"].eq("Y").to_numpy().argmax())


def is_worded(series: pd.DataFrame, measure: pd.Series) -> bool:
    """Whether two records or more of one series are known by words alone, and their order is."""
    known = ~series["STATE"].isin(OPEN_STATES)
    ordered = not path_of_series(series, measure).endswith("(order open)")
    return bool(known.sum() > 1 and series["AVALLO"].isna().all() and known.iloc[-1] and ordered)


def change_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The changes of one series after its baseline in words, or the reason why there is none."""
    series = in_order(each_once(series))
    known = series[~series["STATE"].isin(OPEN_STATES)]
    words = [state_of_test(row.AVALC.replace("_", " "), measure["label"]) for row in rows_of(known)]
    # Two words of which the change says no more than they do.
    plain = len(words) == 2 and (len(set(words)) == 1 or words[-1] == "recurred")
    if is_worded(series, measure) and (len(words) > 2 or plain or series["BASEOLO"].isna().all()):
        return f"{worded_course(words, base_place(known))} (in words only)"
    if why := _why_not_compared(series):
        return no_change("brief", why)
    later = rows_of(series[series["POSTBLFL"] == "Y"])
    return "; ".join(_change_of_row(row, measure) for row in later)


def why_no_change(series: pd.DataFrame, measure: pd.Series) -> str:
    """Why no change of a series is known, each reason once; blank where one is."""
    if why := _why_not_compared(series):
        return why
    later = rows_of(in_order(series[series["POSTBLFL"] == "Y"]))
    reasons = dict.fromkeys(_open_words(row) or why_unknown(row, measure, "brief") for row in later)
    return "" if "" in reasons else "; ".join(reasons)


def _why_not_compared(series: pd.DataFrame) -> str:
    """Why a series has no record that can be held against a baseline; blank where it has one."""
    if series["BASEOLO"].isna().all():
        return "no baseline"
    if series["POSTBLFL"].eq("Y").any():
        return ""
    if series["ABLPFL"].eq("Y").any():
        return "which record is the baseline is open"
    return "recorded once" if len(series) == 1 else "no record after the baseline"


def _open_words(row) -> str:
    """That a value is not known, such as `not reported`; blank where it is."""
    return row.STATE.replace("_", " ") if row.STATE in OPEN_STATES else ""


def _change_of_row(row, measure: pd.Series) -> str:
    """The change from the baseline to one record, or the reason why there is none."""
    if why := _open_words(row):
        return no_change("brief", why)
    return change_clause(row, measure, "brief")
