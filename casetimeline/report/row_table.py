"""The recorded rows of a case as a table, whole on the page and with fewer columns in print."""

import pandas as pd

from ..prose import (
    Table,
    capital,
    dose_words,
    how_long,
    label_in_cell,
    reference_words,
    related_words,
    route_words,
    schedule_words,
    times_words,
    told_site,
    typeset,
    visit_words,
    without_empty,
)
from ..rules import Analysis, once
from ..values import number
from ..vocabulary import UNIT_UNKNOWN


@once
def recorded_rows(analysis: Analysis) -> Table:
    """Every recorded row with its time and end, its value, the bounds that it is read as, its source and its quote.

    The line comes first.
    """
    rows = []
    for row in analysis.changes.itertuples():
        grade, related = row.grade and f"grade {row.grade}", related_words(row.related)
        often, route = schedule_words(row.frequency), route_words(row.route)
        details = [dose_words(row), often, route, times_words(row), grade, related]
        given = ", ".join(dict.fromkeys(filter(None, details)))
        low, high = row.AVALLO, row.AVALHI
        bounds = "" if pd.isna(low) else number(low) if low == high else f"{number(low)} to {number(high)}"
        bounds = f"{bounds} {row.AVALU}".strip() if bounds and row.AVALU != UNIT_UNKNOWN else bounds
        how = ", ".join(filter(None, [row.method, row.by and f"by {row.by}"]))
        name = typeset(label_in_cell(row.PARAM))
        what = ", ".join(filter(None, [name, told_site(row.PARAM, row.LOC)])) + (f" ({how})" if how else "")
        limits = reference_words(row)
        value = typeset(row.AVALC or given or row.kind.replace("_", " "))
        value = f"{value} (reference {limits})" if limits else value
        when = "; ".join(filter(None, [visit_words(analysis.case, row), how_long(analysis.case, row, "")]))
        cells = [row.line, typeset(when), what, value, typeset(bounds)]
        rows.append([*cells, typeset(row.note), row.quote, row.source, analysis.case.place_words(row.line)])
    columns = ["line", "when", "what", "value", "read as", "note", "quote", "source", "in the source"]
    return Table(pd.DataFrame(rows, columns=columns), "Recorded rows of timeline.csv", (_AS_PRINTED,))


_AS_PRINTED = "Quotes stand as printed, with the short forms of the source."
# How the caption of the table of all rows begins.
RECORDED = "Recorded rows"


def rows_in_print(rows: Table) -> Table:
    """The recorded rows in the columns that a page has room for; a source that is the same for all in the caption."""
    sources = rows.frame["source"].unique()
    source = f"; source: {sources[0]}" if len(sources) == 1 else ""
    unprinted = ["read as", "in the source", *(["source"] if source else [])]
    frame = without_empty(rows.frame.drop(columns=unprinted), ("line", "value")).rename(columns=capital)
    return Table(frame, f"{RECORDED}, by their line in timeline.csv{source}", rows.notes)
