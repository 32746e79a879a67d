"""Records of which it is open which one is the baseline, or the last: what tables and open points say of them."""

from collections.abc import Iterator

import pandas as pd

from ...derive import surely_after
from ...rules import Analysis
from ...values import rows_of
from ..wording.labels import joined, label_in_sentence
from ..wording.passage import visit_phrase
from ..wording.words import capital, value_words
from .changes import change_of_series, why_no_change
from .coursed import LAST_OPEN, Changed, may_be_last_of
from .tense import no_change, series_of

# Reasons that no cell of the row shows.
_UNSEEN = (LAST_OPEN, "no baseline", "which record is the baseline is open", "no record after the baseline")


def why_not_given(series: pd.DataFrame, measure: pd.Series) -> str:
    """Why a row of a table has no change, where its cells do not show it; else blank."""
    why = LAST_OPEN if len(may_be_last_of(series)) else why_no_change(series, measure)
    return why if why in _UNSEEN else ""


def absent_since(analysis: Analysis, records: pd.DataFrame) -> str:
    """That what was at a site is told to be absent after the last record of it, without a site; blank where it is not.

    What is absent without a site is absent at this one as well.
    """
    every, last = analysis.changes, next(rows_of(records[records["LASTFL"].eq("Y")]), None)
    if last is None or not last.LOC or last.STATE == "absent" or last.AVALCAHI == 0:
        return ""
    absent = every["STATE"].eq("absent") | every["AVALCAHI"].eq(0)
    later = every[every["PARAMCD"].eq(last.PARAMCD) & every["LOC"].eq("") & absent]
    first = next(rows_of(later[surely_after(later, last)]), None)
    if first is None:
        return ""
    return f"{' '.join(filter(None, ['Absent', visit_phrase(analysis.case, first)]))}, told without a site."


def unchanged_notes(analysis: Analysis, series: list[tuple], changes: list[Changed]) -> list[str]:
    """Why a table of values has no change at all, where it is for one and the same reason."""
    if any(change.words for change in changes):
        return []
    reasons = {
        no_change("brief", LAST_OPEN)
        if len(may_be_last_of(records))
        else change_of_series(records, analysis.case.measure(code))
        for code, _, records in series
        if len(records) > 1
    }
    return [f"{capital(reasons.pop())}."] if len(reasons) == 1 else []


def base_marks(note: str, series: list[pd.DataFrame], marked: set[int]) -> dict[int, str]:
    """The note on each of the marked baselines by its line; of several that may be one that it may be.

    Examples
    --------
    >>> records = pd.DataFrame({"line": [2, 3, 4], "ABLPFL": ["Y", "Y", ""]})
    >>> base_marks("Baseline: last value before the reference.", [records], {2, 3})[2]
    'May be the baseline, as their order is open: last value before the reference.'
    """
    open_ = {line for records in series for line in records.loc[records["ABLPFL"].eq("Y"), "line"]}
    perhaps = note.replace("Baseline: ", "May be the baseline, as their order is open: ", 1)
    return {line: perhaps if line in open_ else note for line in marked}


def open_last_sentences(analysis: Analysis) -> Iterator[str]:
    """Of each series of which the last value is open that it is, with the values that may be it."""
    for code in analysis.codes:
        measure = analysis.case.measure(code)
        for site, series in series_of(analysis, code):
            records = may_be_last_of(series)
            name = label_in_sentence(measure["label"]) + (f" ({site})" if site else "")
            values = [
                f"{value_words(row, measure['unit'])} {visit_phrase(analysis.case, row)}".strip()
                for row in rows_of(records)
            ]
            if values:
                yield f"{capital(name)}: {LAST_OPEN} ({joined(values, 'or')})."
