"""Faults of an input: where each one is, what was found there, and what was expected."""

import difflib
import re
from collections.abc import Callable, Iterable
from typing import NamedTuple

from .characters import in_one_line

MOST_FAULTS = 10_000
_LINE = re.compile(r"\bline ([0-9]{1,9})\b")


class Fault(NamedTuple):
    """One fault of an input file.

    Attributes
    ----------
    file : str
        Name of the file, or of the option.
    line : int or None
        Line of the file; the header is line 1.
    column : str or None
        Column of a table, or key of a YAML file.
    found, expected : str
        What the file says there, and what it should say.
    nearest : str
        The known word that is most like the one found; blank if none is near.
    cell : str
        The cell of a workbook, such as `Timeline!F7`; `line` is then its row. Blank for other files.
    """

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str
    nearest: str = ""
    cell: str = ""

    def __str__(self) -> str:
        return _sentence([self])


def fault(
    found: str,
    expected: str,
    *,
    at: str,
    line: int | None = None,
    column: str | None = None,
    cell: str = "",
    known: Iterable[str] = (),
) -> Fault:
    """A fault that suggests the nearest of the valid words.

    Parameters
    ----------
    found, expected : str
        What the file says there, and what it should say.
    at : str
        Name of the file, or of the option.
    line : int or None
        Line of the file; the header is line 1.
    column : str or None
        Column of a table, or key of a YAML file.
    cell : str
        The cell of a workbook.
    known : iterable of str
        The valid words. The one most like `found` is suggested, if any is near.

    Examples
    --------
    >>> print(fault("weks", "an axis", at="axis", known=("days", "weeks")))
    axis: found 'weks'; expected an axis; did you mean 'weeks'?
    """
    near = difflib.get_close_matches(found[:64].lower(), [*known], n=1)
    return Fault(at, line, column, found, expected, near[0] if near else "", cell)


class NotebookError(Exception):
    """A notebook stopped before its end. Its text names the cell, the error, and where the half-run notebook is."""


class TimelineError(Exception):
    """The input cannot be used. Its text lists every fault.

    Attributes
    ----------
    faults : tuple of Fault
        Every fault, in the order in which they were found.
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        # Faults that differ only in their line, or in their cell on one sheet, share a sentence.
        alike: dict[tuple, list[Fault]] = {}
        for fault in self.faults:
            alike.setdefault((fault.file, *fault[2:-1], fault.cell.partition("!")[0]), []).append(fault)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{count} in the input; nothing was computed", *map(_sentence, alike.values())]))


def _sentence(faults: list[Fault]) -> str:
    """One line for faults that differ only in their line or cell."""
    first, place = faults[0], faults[0].file
    noun = "cell" if first.cell else "line"
    places = [fault.cell or str(fault.line) for fault in faults if fault.cell or fault.line is not None]
    if places:
        place += f", {noun}{'s' if len(places) > 1 else ''} {first_few(places)}"
    if first.column is not None and not first.cell:
        place += f", {'key' if first.file.endswith('.yaml') else 'column'} {first.column}"
    near = f"; did you mean '{first.nearest}'?" if first.nearest else ""
    # `repr` would write a text from right to left as it is.
    found = in_one_line(repr(shortened(first.found)))
    return f"{in_one_line(place)}: found {found}; expected {in_one_line(first.expected + near)}"


def rename_lines(expected: str, rename: Callable[[int], str]) -> str:
    """The text of what is expected, with each `line N` replaced by the name that a person sees.

    Parameters
    ----------
    expected : str
        The text.
    rename : callable
        Gives the name of a line; a line for which it gives none keeps its number.

    Examples
    --------
    >>> rename_lines("as on line 3, or on line 9", {3: "row 2"}.get)
    'as on row 2, or on line 9'
    """
    return _LINE.sub(lambda line: rename(int(line[1])) or line[0], expected)


def first_few(words: Iterable[str]) -> str:
    """Up to four words, joined by commas; of more, the first three and how many more there are.

    Examples
    --------
    >>> first_few(["2", "3"]), first_few(["2", "3", "4", "7", "9"])
    ('2, 3', '2, 3, 4, 2 more')
    """
    words = list(words)
    return ", ".join(words if len(words) <= 4 else [*words[:3], f"{len(words) - 3} more"])


def shortened(text: str, length: int = 60) -> str:
    """The text, cut to at most `length` characters; a cut text ends in three points.

    Examples
    --------
    >>> shortened("severe skin sclerosis", 12)
    'severe sk...'
    """
    return text if len(text) <= length else text[: length - 3] + "..."
