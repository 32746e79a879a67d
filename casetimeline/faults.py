"""What is wrong with an input: where it stands, what is there, and what would be right."""

from collections.abc import Iterable
from typing import NamedTuple


class Fault(NamedTuple):
    """One thing that is wrong with an input file.

    Attributes
    ----------
    file : str
    line : int or None
        Line in the file, the header being line 1.
    column : str or None
    found, expected : str
    """

    file: str
    line: int | None
    column: str | None
    found: str
    expected: str

    def __str__(self) -> str:
        place = self.file
        if self.line is not None:
            place += f", line {self.line}"
        if self.column is not None:
            place += f", column {self.column}"
        found = self.found if len(self.found) <= 60 else self.found[:57] + "..."
        return f"{place}: found {found!r}; expected {self.expected}"


class TimelineError(Exception):
    """The input cannot be used. Its text lists every fault.

    Attributes
    ----------
    faults : tuple of Fault
    """

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        count = "1 fault" if len(self.faults) == 1 else f"{len(self.faults)} faults"
        super().__init__("\n".join([f"{count} in the input; nothing was computed", *map(str, self.faults)]))
