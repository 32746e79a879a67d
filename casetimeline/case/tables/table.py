"""Tables as files of columns: a timeline in Parquet as rows of text, and a derived table as Parquet or CSV."""

import io
import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.compute
import pyarrow.csv

from ...characters import acting_character
from ...faults import Fault, TimelineError, fault, first_few, printed
from ...values import distinct
from ...vocabulary import COLUMN_NAMES
from .header import check_header, column_names

# What a spreadsheet may run as a formula, and the plain numbers and times that it may not.
# A spreadsheet of East Asia takes the wide forms for the others.
_FORMULA = re.compile(r"\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n]")
_HARMLESS = re.compile(r"[+-]?[0-9.]+( ?[a-z]{1,2})?")
# A spreadsheet shows a number with at most so many digits.
MOST_DIGITS = 15
# Cells share texts, so that a small file can stand for one without end; counted is what the cells say.
_MOST_CHARACTERS, _MOST_IN_A_ROW = 10_000_000, 1_000


def read_columns(raw: bytes, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Rows of a timeline in Parquet as text, as `read_rows` gives those of a CSV file; and notes.

    Numbers are read as they print and dates as days; a missing cell is blank. A row has the line that it would have in
    a CSV file, in which the header is line 1.

    Raises
    ------
    TimelineError
        If the file is no Parquet, or is not such a table.

    Examples
    --------
    >>> frame = pd.DataFrame({"case_id": ["a"], "phase": [1], "kind": "observation", "code": "ck", "value": [923.5],
    ...                       "unit": "U/L", "source": "chart"})
    >>> facts, _ = read_columns(frame.to_parquet(), "t.parquet")
    >>> facts[["line", "phase", "value"]].to_numpy().tolist()
    [[2, '1', '923.5']]
    """
    import pyarrow.parquet

    try:
        columns = pyarrow.parquet.read_schema(io.BytesIO(raw))
        shared = [field.name for field in columns if pyarrow.types.is_string(field.type)]
        table = pyarrow.parquet.ParquetFile(io.BytesIO(raw), read_dictionary=shared).read(use_threads=False)
    except (pyarrow.ArrowException, OSError):
        raise TimelineError([fault("no Parquet", "a Parquet file", at=file)]) from None
    return columns_as_rows(table, file)


def columns_as_rows(table: pyarrow.Table, file: str, first: int = 2) -> tuple[pd.DataFrame, list[str]]:
    """As `read_columns`, of a table that is already open; `first` is the line of its first row."""
    header = column_names(table.column_names)
    faults = check_header(table.column_names, file)
    if faults:
        raise TimelineError(each._replace(line=None) for each in faults)
    if not table.num_rows:
        raise TimelineError([fault("", "at least one row", at=file)])
    most = max(_MOST_CHARACTERS, _MOST_IN_A_ROW * table.num_rows)
    if sum(map(_characters, table.columns)) > most:
        raise TimelineError([fault(f"cells of more than {most} characters in all", "the rows of a timeline", at=file)])
    columns = {name: arrow_texts(column) for name, column in zip(header, table.columns, strict=True) if name != "line"}
    odd = [name for name in header if acting_character(name)]
    acting = [fault(acting_character(name), "text", at=file, column=printed(name)) for name in odd]
    acting += [each for name, texts in columns.items() for each in acting_in(name, texts, file, first)]
    if acting:
        raise TimelineError(acting)
    facts = pd.DataFrame({"line": np.arange(first, first + table.num_rows), **columns})
    pairs = zip(table.column_names, header, strict=True)
    renamed = [f"'{printed(theirs)}' as {ours}" for theirs, ours in pairs if theirs != ours]
    several = "s" if len(renamed) > 1 else ""
    notes = [f"{file}: read with the column{several} {first_few(renamed)}"] if renamed else []
    return facts.assign(**{name: "" for name in COLUMN_NAMES if name not in header}), notes


def _characters(column: pyarrow.ChunkedArray) -> int:
    """How many characters the texts of a column have in all, in bytes; a text that cells share counts for each."""
    kind = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
    if not (pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind)):
        return 0
    if kind == column.type:
        return pyarrow.compute.sum(pyarrow.compute.binary_length(column)).as_py() or 0
    count = 0
    for chunk in column.chunks:
        lengths = pyarrow.compute.binary_length(chunk.dictionary).fill_null(0).to_numpy(zero_copy_only=False)
        times = np.bincount(chunk.indices.drop_null().to_numpy(zero_copy_only=False), minlength=len(lengths))
        count += int(lengths.astype(np.int64) @ times)
    return count


def acting_in(name: str, texts: pd.Series, file: str, first: int) -> Iterator[Fault]:
    """The fault of a column with a character that acts instead of being read, as in a CSV file: the first of each."""
    different = distinct(texts)
    for text in filter(acting_character, different.texts):
        line = first + int(different.among([text]).argmax())
        yield fault(acting_character(text), "text", at=file, line=line, column=printed(name))


def arrow_texts(column: pyarrow.ChunkedArray) -> pd.Series:
    """The cells of a column as a person would type them; blank where they are missing."""
    kind = column.type.value_type if pyarrow.types.is_dictionary(column.type) else column.type
    if pyarrow.types.is_string(kind) or pyarrow.types.is_large_string(kind) or pyarrow.types.is_null(kind):
        texts = column.cast(pyarrow.large_string()).fill_null("").to_pandas()
        return pd.Series(distinct(texts).as_text(str.strip))
    try:
        encoded = column if pyarrow.types.is_dictionary(column.type) else column.dictionary_encode()
    except pyarrow.ArrowNotImplementedError:
        # A list in a cell, for one.
        return pd.Series(["" if cell is None else str(cell) for cell in column.to_pylist()], dtype="str")
    # As the column holds them: through floats of 64 bits a long whole number, or one of 32 bits, would be another.
    encoded = pyarrow.chunked_array(encoded).unify_dictionaries().combine_chunks()
    different = encoded.dictionary.to_pylist()
    if pyarrow.types.is_float32(kind) or pyarrow.types.is_float16(kind):
        different = [None if cell is None else kind.to_pandas_dtype()(cell) for cell in different]
    words = pd.array([*("" if pd.isna(cell) else print_cell(cell) for cell in different), ""], dtype="str")
    return pd.Series(words.take(encoded.indices.fill_null(len(different)).to_numpy(zero_copy_only=False)))


def print_cell(cell: object) -> str:
    """A cell of a column that is not text, as a person would type it.

    Examples
    --------
    >>> print_cell(46.0), print_cell(pd.Timestamp("2026-11-28")), print_cell(3)
    ('46', '2026-11-28', '3')
    >>> print_cell(pd.Timedelta(days=-7)), print_cell(pd.Timedelta(hours=36))
    ('-7 d', '36 h')
    """
    if isinstance(cell, float | np.floating):
        return print_number(cell)
    if isinstance(cell, Decimal):
        return f"{cell.normalize():f}"
    if isinstance(cell, timedelta):
        days, hours = (cell / timedelta(**{unit: 1}) for unit in ("days", "hours"))
        amount, unit = (hours, "h") if days % 1 and not hours % 1 else (days, "d")
        return f"{print_number(amount)} {unit}"
    if isinstance(cell, datetime):
        cell = pd.Timestamp(cell)
    if isinstance(cell, pd.Timestamp) and cell == cell.normalize():
        return cell.date().isoformat()
    return str(cell)


def print_number(number: float | np.floating) -> str:
    """A number as a person would type it: a fraction with at most the digits that a spreadsheet shows.

    What a computer adds behind them (4.1000000000000005 for 4.1) was printed nowhere. A whole number keeps its digits.

    Examples
    --------
    >>> print_number(4.1000000000000005), print_number(-0.0), print_number(1234567890123456.0), print_number(1 / 3)
    ('4.1', '0', '1234567890123456', '0.333333333333333')
    >>> print_number(np.float32(123456792))
    '123456792'
    """
    if float(number).is_integer():
        return str(int(number))
    return np.format_float_positional(number, precision=MOST_DIGITS, fractional=False, trim="-")


def table_bytes(table: pd.DataFrame, suffix: str) -> bytes:
    """A derived table as `.csv` or `.parquet`.

    In CSV, texts stand in quotation marks, numbers have the digits that tell them apart, a missing cell is blank, and
    a text that a spreadsheet would run as a formula begins with an apostrophe.

    Examples
    --------
    >>> table_bytes(pd.DataFrame({"note": ["=1+1", "-2 mo"], "CHG": [-14.0, None]}), ".csv")
    b'"note","CHG"\\n"\\'=1+1",-14\\n"-2 mo",\\n'
    """
    buffer = io.BytesIO()
    if suffix == ".parquet":
        table.to_parquet(buffer, index=False)
    else:
        texts = table.select_dtypes(["object", "string"])
        guarded = {name: _guarded(column) for name, column in texts.items()}
        plain = pyarrow.Table.from_pandas(table.assign(**guarded), preserve_index=False)
        pyarrow.csv.write_csv(plain, buffer)
    return buffer.getvalue()


def _guarded(texts: pd.Series) -> pd.Series:
    codes, different = pd.factorize(texts, use_na_sentinel=True)
    safe = [f"'{t}" if _FORMULA.match(t) and not _HARMLESS.fullmatch(t) else t or None for t in different]
    return pd.Series(np.array([*safe, None], dtype=object)[codes], index=texts.index, dtype="str")
