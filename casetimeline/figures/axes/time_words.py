"""When a row is on the axis of a figure and how it ended, in words."""

import math
import re

from ...prose import clock_words, end_phrase, printed_length
from ...values import phase_of_end, timed_end
from ...vocabulary import STOPPED
from .axis import TimeAxis


def when_of(row, axis: TimeAxis) -> str:
    """When a row is told to be, in words, and how it ended.

    In the order of telling that is its position, and its time where the name of the position does not say it.
    """
    if axis.is_days:
        return ", ".join(filter(None, [clock_words(row), _ending(row, axis)]))
    name, shared = axis.names.get(row.ORDER, ""), axis.times.get(row.ORDER, "") if row.start else ""
    # A position that has its name of what is told there.
    name = "" if name.lower() == row.PARAM.lower() else name
    time = row.OWN_TIME or shared
    # A position that is named by a time which that of the row holds: 26 weeks, and about 26 weeks.
    name = "" if re.search(r"\d", name) and re.search(rf"\b{re.escape(name)}\b", time) else name
    place = f"{name} ({time})" if name and time else name or time
    return ", ".join(filter(None, [place, _ending(row, axis)]))


def _ending(row, axis: TimeAxis) -> str:
    """How something ended, or that it is ongoing; blank where nothing of it is told, or its own words tell it."""
    if row.end == "ongoing":
        return row.ENDED or "ongoing"
    if row.end == STOPPED:
        # A length that stands beside the dose is told once.
        words = "" if row.ENDED and printed_length(row.note, row.quote) == row.ENDED else row.ENDED
        return "stopped, at a time not reported" if words == STOPPED else words
    if math.isnan(phase_of_end(row.end)) and (row.kind != "treatment" or timed_end(row.end) in ("", row.start)):
        return ""
    # On the border of two positions it ended at neither of them.
    is_placed = math.isfinite(row.XEND) and row.XEND % 1 != 0.5
    name = axis.names.get(math.ceil(row.XEND)) if is_placed else None
    # In its own position its time says more.
    is_own = name == axis.names.get(row.ORDER) and timed_end(row.end) != ""
    return f"until {name}" if name and not is_own else until_words(row)


def until_words(row) -> str:
    """An end by its own time, in words; one by a phase without a name has its number.

    Examples
    --------
    >>> from collections import namedtuple
    >>> Row = namedtuple("Row", "end start anchor", defaults=("", ""))
    >>> [until_words(Row(end)) for end in ("12 d", "<15 d", "3 mo", "phase 4")]
    ['until day 12', 'until some time before day 15', 'until 3 months', 'until phase 4']
    >>> until_words(Row("3 mo", anchor="relapse"))
    'until 3 months after relapse'
    """
    return end_phrase(row, "time zero") or f"until {row.end}"
