"""Texts to tables: comma-separated rows with the line each begins on, and the tables of the project among them."""

import csv
import io
import re
from collections.abc import Collection
from functools import reduce
from typing import NamedTuple

import numpy as np
import pandas as pd
import pyarrow
import pyarrow.csv
from pyarrow import compute

from ...characters import ACTING, name_of
from ...faults import MOST_FAULTS, Fault, TimelineError, fault
from ...vocabulary import CODE_WORDS, is_code
from .names import name_key

_GZIP = b"\x1f\x8b"
# Files that are often saved in place of a text, by their first bytes.
_OTHER_FILES = {
    b"PK\x03\x04": "a workbook or archive (xlsx, ods, zip)",
    b"\xd0\xcf\x11\xe0": "an old workbook (xls)",
    b"%PDF": "a PDF",
    b"{\\rtf": "a text with formats (rtf)",
    _GZIP: "a packed file (gz)",
    b"PAR1": "a Parquet file",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"$FL2": "an SPSS file (sav)",
    b"<stata_dta>": "a Stata file (dta)",
    bytes(12) + b"\xc2\xea\x81\x60": "a SAS file (sas7bdat)",
    b"HEADER RECORD*******": "a SAS transport file (xpt)",
    b"SQLite format 3": "a database (SQLite)",
    b"ARROW1": "an Arrow file (feather)",
}
# Programs of statistics by how the names of their files end, and the function of pandas that reads them.
_STATISTICS = {
    **dict.fromkeys(("xpt", "sas7bdat"), ("SAS", "read_sas")),
    **dict.fromkeys(("sav", "zsav"), ("SPSS", "read_spss")),
    "dta": ("Stata", "read_stata"),
    **dict.fromkeys(("rds", "rda", "rdata"), ("R", "")),
}
# Texts of two or four bytes a letter, with their mark or without: every second byte of plain letters is 0.
_WIDE = {
    "UTF-32 text": re.compile(rb"\xff\xfe\0\0|\0\0\xfe\xff|[^\0]\0\0\0|\0\0\0[^\0]"),
    "UTF-16 text": re.compile(rb"\xff\xfe|\xfe\xff|[^\0]\0[^\0]\0|\0[^\0]\0[^\0]"),
}
_NO_TABLES = (".yaml", ".json", ".md", ".html", ".htm")
# Counted before a table is made: a column costs far more than its text.
_MOST_COLUMNS = 1_000


class Sheet(NamedTuple):
    """A table of text.

    Attributes
    ----------
    frame : DataFrame of str
        Cells without the blanks around them.
    lines : ndarray of int
        The line on which each row begins.
    blank, trimmed : int
        Blank lines that were skipped, and rows with a cell that had blanks around it.
    header : int
        The line of the header.
    """

    frame: pd.DataFrame
    lines: np.ndarray
    blank: int
    trimmed: int
    header: int = 1


def decode(raw: bytes, file: str) -> str:
    """Text of a file in UTF-8, with or without a byte order mark.

    Raises
    ------
    TimelineError
        If it is a workbook, UTF-16 or UTF-32; else naming the line and the first byte that is not UTF-8.
    """
    for mark, kind in _OTHER_FILES.items():
        if raw.startswith(mark):
            remedy = "unpack it, as by gunzip" if mark == _GZIP else _saved(file)
            raise TimelineError([fault(kind, f"text; {of_statistics(file, kind) or remedy}", at=file)])
    for kind, beginning in _WIDE.items():
        if beginning.match(raw):
            raise TimelineError([fault(kind, f"text in UTF-8; {_saved(file)}", at=file)])
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        statistics = of_statistics(file)
        if statistics:
            raise TimelineError([fault("bytes that are no text", f"text; {statistics}", at=file)]) from None
        line = raw.count(b"\n", 0, error.start) + 1
        byte = raw[error.start : error.start + 1].hex()
        expected = f"text in UTF-8; {_saved(file)}"
        raise TimelineError([fault(f"byte {byte}", expected, at=file, line=line)]) from None


def of_statistics(file: str, kind: str = "") -> str:
    """How the file of a program of statistics is brought in, by the end of its name or its kind; blank for any other.

    Examples
    --------
    >>> of_statistics("lb.xpt")
    'save as CSV in SAS, or in Python ct.read_facts(frame, about=...) of what pandas.read_sas gives'
    >>> of_statistics("lb.rds"), of_statistics("lb.csv")
    ('save as CSV in R', '')
    """
    ends = (file.rpartition(".")[2].lower(), kind.rpartition("(")[2].removesuffix(")"))
    program, reader = next((_STATISTICS[end] for end in ends if end in _STATISTICS), ("", ""))
    python = f", or in Python ct.read_facts(frame, about=...) of what pandas.{reader} gives" if reader else ""
    return f"save as CSV in {program}{python}" if program else ""


def _saved(file: str) -> str:
    """How a file is saved so that it can be read: what is no table by an editor."""
    return f"in the {'editor, save as UTF-8' if file.endswith(_NO_TABLES) else 'spreadsheet, save as CSV UTF-8'}"


def check_characters(text: str, file: str) -> None:
    """Refuse a text with a character that acts instead of being read.

    Raises
    ------
    TimelineError
        Naming the first, and its line.
    """
    odd = ACTING.search(text)
    if odd:
        line = text.count("\n", 0, odd.start()) + 1
        raise TimelineError([fault(name_of(odd[0]), "text", at=file, line=line)])


def read_table(text: str, file: str, delimiter: str = ",") -> Sheet:
    """Header and rows of a separated text.

    Parameters
    ----------
    text, file : str
        The content, and the name of the file for the messages.
    delimiter : str
        The mark between two cells.

    Raises
    ------
    TimelineError
        If the text is empty, holds a control character, has an open quotation mark, more columns than are read, or
        rows of different lengths.

    Examples
    --------
    >>> sheet = read_table("a,b\\n1,'x'\\n\\n2,y\\n", "t.csv")
    >>> sheet.frame.to_numpy().tolist(), sheet.lines.tolist(), sheet.blank
    ([['1', "'x'"], ['2', 'y']], [2, 4], 1)
    """
    check_characters(text, file)
    refuse_width(text.lstrip("\r\n").partition("\n")[0], file, delimiter)
    # A line of comment above the header is a blank one by now.
    above = len(text) - len(text.lstrip("\n"))
    plain = _plain_table(text[above:], delimiter)
    if plain is None:
        return _any_table(text, file, delimiter)
    return plain._replace(lines=plain.lines + above, blank=above, header=1 + above)


def refuse_width(header: str, file: str, delimiter: str) -> None:
    """Refuse a header of more columns than are read."""
    columns = header.count(delimiter) + 1
    if columns > _MOST_COLUMNS:
        raise TimelineError([fault(f"{columns} columns", f"at most {_MOST_COLUMNS}", at=file)])


def _plain_table(text: str, delimiter: str) -> Sheet | None:
    """A table without blank lines or ragged rows, in which a line is a row; nothing for any other.

    A million rows are read in a second in this way, and in a minute cell by cell.
    """
    # A cell of the header in quotation marks is one without a delimiter or a mark in it, or it is read cell by cell.
    header = [re.sub(r'\A"([^"]*)"\Z', r"\1", name) for name in text.split("\n", 1)[0].rstrip("\r").split(delimiter)]
    names = [name.strip() for name in header]
    # A million blank lines would be a million rows first.
    if (
        '"' in "".join(header) + _without_quoted(text, delimiter)
        or "\n\n" in text
        or "\r" in text.replace("\r\n", "")
        or not all(names)
        or len(set(names)) < len(names)
    ):
        return None
    # pyarrow leaves the byte order mark and blank lines to its own rules; neither is left here.
    mark = '"' if '"' in text else False
    options = {
        "read_options": pyarrow.csv.ReadOptions(column_names=names, skip_rows=1),
        "parse_options": pyarrow.csv.ParseOptions(delimiter=delimiter, quote_char=mark, ignore_empty_lines=False),
        "convert_options": pyarrow.csv.ConvertOptions(
            column_types=dict.fromkeys(names, pyarrow.string()), strings_can_be_null=False, null_values=[]
        ),
    }
    try:
        table = pyarrow.csv.read_csv(io.BytesIO(text.encode()), **options)
    except pyarrow.ArrowInvalid:
        return None
    stripped = [compute.utf8_trim_whitespace(cells) for cells in table.columns]
    blank = reduce(compute.and_, [compute.equal(cells, "") for cells in stripped])
    if not table.num_rows or compute.any(blank).as_py():
        return None
    changed = reduce(compute.or_, map(compute.not_equal, stripped, table.columns))
    trimmed = compute.sum(changed).as_py() + (names != header)
    frame = pyarrow.table(stripped, names=names).to_pandas()
    return Sheet(frame, np.arange(2, len(frame) + 2), 0, trimmed)


def _without_quoted(text: str, delimiter: str) -> str:
    """The text without the cells that stand in quotation marks on one line; what marks are left are of another kind."""
    cell = rf'(?<![^{re.escape(delimiter)}\n])"(?:[^"\r\n]|"")*"(?=[{re.escape(delimiter)}\r\n]|\Z)'
    return re.sub(cell, "", text) if '"' in text else text


def _any_table(text: str, file: str, delimiter: str) -> Sheet:
    """Any separated text, row by row, with a fault for each that does not fit the header."""
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True, delimiter=delimiter)
    rows, begins, ended, blank, trimmed = [], [], 0, 0, 0
    try:
        for row in reader:
            cells = [cell.strip() for cell in row]
            if any(cells):
                rows.append(cells)
                begins.append(ended + 1)
                trimmed += cells != row
            else:
                blank += 1
            ended = reader.line_num
    except csv.Error as error:
        expected = "a row of cells, in which each quotation mark that is opened is closed"
        raise TimelineError([fault(str(error), expected, at=file, line=ended + 1)]) from None
    if not rows:
        raise TimelineError([fault("", "a header and at least one row", at=file, line=1)])
    # Spreadsheets leave empty columns at the right.
    wide = max(i + 1 for row in rows for i, cell in enumerate(row) if cell)
    header = rows[0][:wide]
    numbered = _has_row_names(rows)
    faults = _without_names(header, numbered, file, begins[0])
    for line, row in zip(begins[1:], rows[1:], strict=True):
        if len(row[:wide]) != len(header) and not numbered:
            faults.append(_ragged(row, len(header), delimiter, file, line))
    if faults:
        raise TimelineError(faults[:MOST_FAULTS])
    frame = pd.DataFrame([row[:wide] for row in rows[1:]], columns=header, dtype=str)
    return Sheet(frame, np.array(begins[1:], dtype=int), blank, trimmed, begins[0])


# How R and pandas leave out the numbers of the rows.
_OF_ROWS = "; numbers of rows are left out by row.names = FALSE in R, by index=False in pandas"
WHOLE_LINE = "quotation marks around a cell alone, and not around a whole line"


def _without_names(header: list[str], numbered: bool, file: str, line: int) -> list[Fault]:
    """Faults of the columns that have no name in the header; of the numbers of the rows, where they have none, one."""
    if numbered:
        numbers = "a number before each row, in a column without a name"
        return [fault(numbers, f"a name for each column{_OF_ROWS}", at=file, line=line)]
    return [
        fault(f"no name for column {i + 1}", f"a name, or no such column{'' if i else _OF_ROWS}", at=file, line=line)
        for i, name in enumerate(header)
        if not name
    ]


def _has_row_names(rows: list[list[str]]) -> bool:
    """Whether each row has one cell more than the header, and the number of the row in its first.

    An empty last column does not count.

    Examples
    --------
    >>> _has_row_names([["a", "b"], ["1", "x", "y"], ["2", "x", "y"]]), _has_row_names([["a"], ["x", "y"]])
    (True, False)
    >>> _has_row_names([["a", "b"], ["1", "x", ""], ["2", "x", ""]])
    False
    """
    header, *others = rows
    numbered = (row[0] == str(place) and len(row) == len(header) + 1 for place, row in enumerate(others, 1))
    return all(numbered) and any(row[-1] for row in others)


def _ragged(row: list[str], wide: int, delimiter: str, file: str, line: int) -> Fault:
    """The fault of a row that has more or fewer cells than the header."""
    marks = {",": "comma", ";": "semicolon", "\t": "tab"}
    mark = marks.get(delimiter, delimiter)
    if len([cell for cell in row if cell]) == 1:
        other = next((mark for mark in marks if mark != delimiter and row[0].count(mark) == wide - 1 > 0), "")
        if other:
            return fault(f"a {marks[other]} between the cells", f"a {mark}, as in the header", at=file, line=line)
    if len(row) == 1 and row[0].count(delimiter) >= wide - 1 > 0:
        return fault("1 cell", WHOLE_LINE, at=file, line=line)
    expected = f"{wide} cell{'s' if wide > 1 else ''}, as in the header"
    if len(row) > wide:
        expected += f"; a cell with a {mark} in it needs quotation marks around it"
        expected += ", and a number a decimal point" if mark == "comma" else ""
    return fault(f"{len(row)} cell{'s' if len(row) > 1 else ''}", expected, at=file, line=line)


def with_lines(sheet: Sheet) -> pd.DataFrame:
    """The frame of a sheet with its lines as `line`; a column that has this name already keeps a blank before it.

    Examples
    --------
    >>> with_lines(read_table("line,a\\n7,x\\n", "t.csv")).to_dict("records")
    [{'line': 2, ' line': '7', 'a': 'x'}]
    """
    frame = sheet.frame.rename(columns={"line": " line"})
    frame.insert(0, "line", sheet.lines)
    return frame


def read_frame(text: str, file: str, columns: tuple[str, ...], key: str) -> pd.DataFrame:
    """A table of the project with its lines; the columns are there and the key is different on each row."""
    sheet = read_table(text, file)
    names = list(sheet.frame.columns)
    faults = [Fault(file, 1, name, "", f"a column '{name}'") for name in columns if name not in names]
    faults += [Fault(file, 1, name, name, "each column once") for name in dict.fromkeys(names) if names.count(name) > 1]
    if faults:
        raise TimelineError(faults)
    frame = with_lines(sheet)
    for line, word in frame.loc[~frame[key].map(is_code), ["line", key]].itertuples(index=False):
        faults.append(Fault(file, line, key, word, CODE_WORDS))
    first: dict[str, tuple[int, str]] = {}
    for line, word in frame[["line", key]].itertuples(index=False):
        other, name = first.setdefault(name_key(word) or word, (line, word))
        if other != line:
            there = "has it" if name == word else f"has '{name}', which is the same name"
            faults.append(Fault(file, line, key, word, f"each once; line {other} {there}"))
    if faults:
        raise TimelineError(faults)
    return frame


def as_numbers(frame: pd.DataFrame, columns: tuple[str, ...], file: str) -> pd.DataFrame:
    """The frame with numbers in the columns, nan where blank."""
    numbers = {name: pd.to_numeric(frame[name], errors="coerce") for name in columns}
    faults = [
        Fault(file, line, name, text, "a number, or blank")
        for name, values in numbers.items()
        for line, text in zip(frame["line"], frame[name].where(~np.isfinite(values), ""), strict=True)
        if text
    ]
    if faults:
        raise TimelineError(faults)
    return frame.assign(**numbers)


def check_kinds(frame: pd.DataFrame, known: Collection[str], file: str) -> None:
    """Raise a TimelineError that names each row whose kind is not known."""
    expected = f"one of {', '.join(known)}"
    faults = [
        fault(kind, expected, at=file, line=line, column="kind", known=known)
        for line, kind in frame.loc[~frame["kind"].isin([*known]), ["line", "kind"]].itertuples(index=False)
    ]
    if faults:
        raise TimelineError(faults)
