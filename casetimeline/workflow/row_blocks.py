"""A long table a block of rows at a time, each row with the line that it has in the file."""

import contextlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pyarrow
import pyarrow.parquet

from ..case import column_name, columns_as_rows, delimiter_of, header_cells, quoted_or_comment, read_rows
from ..faults import Fault, TimelineError, fault, whole_lists

# The header of a table is one of its first lines.
_MOST_LINES = 40


def blocks_of(source: Path, size: int) -> Iterator[tuple[pd.DataFrame, list[str]]]:
    """The rows of a table a block at a time, with their lines in the file, and notes of what was normalised.

    Parameters
    ----------
    source : Path
        A CSV or Parquet file.
    size : int
        About how many bytes of text a block has.
    """
    if source.suffix.lower() == ".parquet":
        yield from _blocks_of_columns(source, size)
        return
    with source.open("rb") as file:
        header, delimiter, before, rest = _Header(b"", 0), "", 0, b""
        while content := file.read(size):
            content = rest + content
            delimiter = delimiter or _delimiter_of(content, source.name)
            end = len(content) if len(content) < size else _end_of_row(content, delimiter)
            content, rest = content[:end], content[end:]
            if not end:
                continue
            yield _read_below(header, content, before, source.name)
            header = header if header.row else _header_of(content, delimiter)
            before += content.count(b"\n")
        if rest:
            yield _read_below(header, rest, before, source.name)


def _delimiter_of(content: bytes, name: str) -> str:
    """The mark between two cells of a file; a comma where it is no table, as will be told when it is read."""
    lines = b"".join(content[:1_000_000].splitlines(keepends=True)[:_MOST_LINES])
    with contextlib.suppress(TimelineError):
        return delimiter_of(lines, name)
    return ","


class _Header(NamedTuple):
    """The header of a file as one row, and its line in the file."""

    row: bytes
    line: int


def _read_below(header: _Header, content: bytes, before: int, name: str) -> tuple[pd.DataFrame, list[str]]:
    """Rows from the middle of a file, with the lines that they have in it; without a header, those of its beginning."""
    above = header.row.count(b"\n")

    def moved(each: Fault) -> Fault:
        """The fault on the line that it has in the file."""
        return each._replace(line=header.line if each.line <= above else each.line + before - above)

    try:
        with whole_lists():
            facts, notes = read_rows(header.row + content, name)
    except TimelineError as error:
        raise TimelineError(each if each.line is None else moved(each) for each in error.faults) from None
    return facts.assign(line=facts["line"] + before - above), notes


def _end_of_row(content: bytes, delimiter: str) -> int:
    """Where the last whole row of a block ends: behind a line end that is in no cell between quotation marks.

    A block begins with a row, and by the rules of CSV a mark only opens at the beginning of a cell.
    """
    end = content.rfind(b"\n") + 1
    if b'"' not in content:
        return end
    # Each byte is one letter in this way.
    quoted = (cell.span() for cell in quoted_or_comment(delimiter).finditer(content.decode("latin-1")))
    for begin, after in reversed([*quoted]):
        if after < end:
            break
        if content[begin : begin + 1] == b'"' and b"\n" in content[begin:after]:
            end = content.rfind(b"\n", 0, begin) + 1
    return end


def _header_of(content: bytes, delimiter: str) -> _Header:
    """The header of a file without the blanks around its names, for the rows from its middle.

    What stands above it, and how it is written, is told of the first block.
    """
    lines = content[:1_000_000].splitlines(keepends=True)
    for count in range(1, min(len(lines), _MOST_LINES) + 1):
        with contextlib.suppress(TimelineError):
            names = header_cells(b"".join(lines[:count]), "")
            if names and "case_id" in map(column_name, names):
                cells = ('"' + name.replace('"', '""') + '"' if {*'",;\t\r\n'} & {*name} else name for name in names)
                row = lines[count - 1].decode(errors="replace").rstrip("\r\n")
                # Columns without a name at the right are empty; a cell in one of them is at fault.
                nameless = row[len(row.rstrip(f"{delimiter} ")) :].count(delimiter)
                return _Header(f"{delimiter.join(cells)}{delimiter * nameless}\n".encode(), count)
    return _Header(lines[0], 1)


def _blocks_of_columns(source: Path, size: int) -> Iterator[tuple[pd.DataFrame, list[str]]]:
    try:
        file = pyarrow.parquet.ParquetFile(source)
    except (pyarrow.ArrowException, OSError):
        raise TimelineError([fault("no Parquet", "a Parquet file", at=source.name)]) from None
    with file:
        first, at_once = 2, max(1_000, size // 100)
        for batch in file.iter_batches(at_once, use_threads=False):
            table = pyarrow.Table.from_batches([batch])
            with whole_lists():
                facts, notes = columns_as_rows(table, source.name, first)
            yield facts, notes
            first += table.num_rows
