"""The bytes of a timeline.csv to rows of text, whichever of the usual dialects wrote them, and what was normalised."""

import csv
import math
import re
from collections.abc import Callable
from functools import partial

import pandas as pd

from ...derive import parse_frequency
from ...faults import Fault, TimelineError, fault, first_few, listed, printed, shortened
from ...values import distinct, parse_time, parse_value
from ...vocabulary import COLUMN_NAMES
from ..cells.typed import reads
from .header import DELIMITERS, check_header, column_name, column_names, find_form, without_repeats
from .separated import Sheet, decode, read_table, with_lines

# Columns with numbers, and what reads them: of `30/51` the part before the end of the scale.
_NUMBER, _TIME = reads(parse_value), reads(parse_time)
_NUMERIC = {
    "value": lambda text: _NUMBER(text.partition("/")[0]),
    **dict.fromkeys(("ref_low", "ref_high", "dose"), _NUMBER),
    **dict.fromkeys(("start", "end"), _TIME),
    "frequency": lambda text: not math.isnan(parse_frequency(text).interval),
}
_COMMA = r"(?<=[0-9]),(?=[0-9])"
_WHOLE = re.compile(r"\A([0-9]+)[.,]0\Z")
_LINE_END = re.compile(r"\r\n|\r|\n")
_COMMENT = re.compile(r"^#", re.MULTILINE)
# A point before exactly three digits: a decimal point, or the thousands of a file with decimal commas.
_THOUSANDS = re.compile(r"(?<![0-9.])[1-9][0-9]{0,2}(?:\.[0-9]{3})+(?![0-9])")
# The same with a comma, in a file that has a decimal point in another cell.
_GROUPED, _POINT = r"(?<![0-9,.])[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9])", r"(?<![0-9.:])[0-9]+\.[0-9]+(?![0-9.])"


def read_rows(raw: bytes, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Rows of a timeline as text, with their lines, and notes of what was normalised.

    Read are commas, semicolons with decimal commas, and tabs; UTF-8 with or without a byte order mark; any line ends;
    blanks around cells, blank lines, columns in any order and in capitals, lines of comment, which begin with #, a
    title or Excel's `sep=;` above the header, and the header once more between the rows. Rows with the id of the case
    alone are left out, as in a workbook.

    Parameters
    ----------
    raw : bytes
        The file.
    file : str
        Its name, for the messages.

    Returns
    -------
    DataFrame
        `line` and the columns of the file, and of `vocabulary.COLUMNS`, blank where the file has none.
    list of str
        One sentence for each file that was not written in the plain form.

    Raises
    ------
    TimelineError
        If the file is not such a table, or a number in it has no certain meaning.

    Examples
    --------
    >>> raw = b"case_id;phase;kind;code;value;unit;source\\r\\na;1;observation;ck;923,5;U/L;chart\\r\\n"
    >>> facts, notes = read_rows(raw, "t.csv")
    >>> facts["value"].tolist(), notes
    (['923.5'], ['t.csv: read with CRLF line ends, semicolons, 1 decimal comma (923,5 as 923.5)'])
    """
    text_of_file = decode(raw, file)
    text, comments = without_comments(text_of_file)
    form = find_form(text, file)
    table = read_table(form.text, file, form.delimiter)
    names = list(table.frame.columns)
    header = column_names(names)
    faults = check_header(names, file, table.header)
    faults = faults or (_hidden_rows(text_of_file, form.delimiter, names, table.header, file) if comments else [])
    if faults:
        raise TimelineError(faults)
    table, repeats = without_repeats(table._replace(frame=table.frame.set_axis(header, axis=1)), file)
    table, prepared = _without_prepared(table)
    if not len(table.frame):
        # The first line that is free stands behind what is below the header as comment.
        raise TimelineError([fault("", "at least one row below the header", at=file, line=len(text.splitlines()) + 1)])
    facts, phases = _with_whole_phases(with_lines(table))
    places = [COLUMN_NAMES.index(name) for name in header if name in COLUMN_NAMES]
    renamed = [f"'{printed(theirs)}' as {ours}" for theirs, ours in zip(names, header, strict=True) if theirs != ours]
    blank = table.blank - comments - len(form.above)
    departures = [
        ("a byte order mark", raw.startswith(b"\xef\xbb\xbf")),
        ("CRLF line ends", b"\r\n" in raw),
        ("CR line ends", b"\r" in raw.replace(b"\r\n", b"")),
        (DELIMITERS[form.delimiter], form.delimiter != ","),
        (_many(len(form.above), "line", f"above the header left out ({first_few(form.above)})"), form.above),
        (f"the column{'s' if len(renamed) > 1 else ''} {first_few(renamed)}", renamed),
        (_many(repeats, "more header", "between the rows"), repeats),
        (_many(prepared, "row", "with the case_id alone left out"), prepared),
        (_many(blank, "blank line"), blank > 0),
        (_many(comments, "line", "of comment"), comments > 0),
        (_many(table.trimmed, "row", "with blanks around cells"), table.trimmed > 0),
        (f"{_many(phases, 'phase')} without the .0 of a spreadsheet or program", phases),
        ("columns in another order", places != sorted(places)),
    ]
    normalised = [words for words, departs in departures if departs]
    if form.delimiter == ";":
        facts, decimals = _with_points(facts, file)
        normalised += decimals
    facts = facts.assign(**{name: "" for name in COLUMN_NAMES if name not in header})
    return facts, [f"{file}: read with {listed(normalised)}"] if normalised else []


def _with_whole_phases(facts: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """The rows with the phase `1` for `1.0`, as pandas writes a column with a gap; and how many there were."""
    phases = distinct(facts["phase"]) if "phase" in facts else None
    if phases is None or not any(map(_WHOLE.match, phases.texts)):
        return facts, 0
    whole = phases.as_text(lambda text: _WHOLE.sub(r"\1", text))
    return facts.assign(phase=whole), int(phases.each(_WHOLE.match, bool).sum())


def _without_prepared(table: Sheet) -> tuple[Sheet, int]:
    """The table without the rows that have the id of a case alone, as in a workbook, and how many they were.

    A text that is the id of no other row, as below a sum, is not one of these.
    """
    alone = (table.frame["kind"] == "") & (table.frame["case_id"] != "")
    if alone.any():
        alone &= (table.frame[alone].drop(columns="case_id") == "").all(axis=1).reindex(alone.index, fill_value=False)
        filled = table.frame["case_id"][~alone]
        alone &= table.frame["case_id"].isin(filled) | filled.empty
    kept = ~alone.to_numpy(dtype=bool)
    if kept.all():
        return table, 0
    return table._replace(frame=table.frame[kept].reset_index(drop=True), lines=table.lines[kept]), int((~kept).sum())


def header_cells(raw: bytes, file: str) -> list[str] | None:
    """The names of the columns of a file as typed, without blanks around them; nothing where it has a row as well.

    Raises
    ------
    TimelineError
        If the file is no table.
    """
    text, _ = without_comments(decode(raw, file))
    form = find_form(text, file)
    table = read_table(form.text, file, form.delimiter)
    return None if len(table.frame) else list(table.frame.columns)


def delimiter_of(raw: bytes, file: str) -> str:
    """The mark between two cells of a file, by its header."""
    return find_form(without_comments(decode(raw, file))[0], file).delimiter


def has_no_row(raw: bytes, file: str) -> bool:
    """Whether the file of a timeline has its header alone, as that of a case that was begun and not filled in.

    Raises
    ------
    TimelineError
        If the file is no table.

    Examples
    --------
    >>> header = b"case_id,kind,code\\n"
    >>> has_no_row(header + b"# a,event,x\\n", "t.csv"), has_no_row(header + b"a,event,x\\n", "t.csv")
    (True, False)
    """
    return "case_id" in map(column_name, header_cells(raw, file) or [])


def without_comments(text: str) -> tuple[str, int]:
    """The text with its lines of comment made blank, so that the others keep their numbers; and how many there are.

    A line of comment begins with #; `read_rows` refuses one that may be a row. Inside quotation marks a line is part
    of a cell, whatever it begins with.

    Examples
    --------
    >>> without_comments('# one row a fact\\ncode,note\\nck,"a\\n# b"\\n')
    ('\\ncode,note\\nck,"a\\n# b"\\n', 1)
    """
    if not _COMMENT.search(text.replace("\r", "\n")):
        return text, 0
    pieces = [piece[0] for piece in quoted_or_comment("".join(DELIMITERS)).finditer(text)]
    comments = sum(piece.startswith("#") for piece in pieces)
    without = quoted_or_comment("".join(DELIMITERS)).sub(lambda piece: "" if piece[0][0] == "#" else piece[0], text)
    return without, comments


def _hidden_rows(text: str, delimiter: str, names: list[str], header: int, file: str) -> list[Fault]:
    r"""Faults of lines that begin with # and may be rows: below the header, and with as many cells as it has.

    Where the id of the case stands first, no row begins with #, and such a line is a row that was made a comment.

    Examples
    --------
    >>> _hidden_rows("note,case_id\n#3 of 4,a\n# to do\n", ",", ["note", "case_id"], 1, "t.csv")[0].found
    '#3 of 4,a'
    >>> _hidden_rows("case_id,note\n#a,3 of 4\n", ",", ["case_id", "note"], 1, "t.csv")
    []
    """
    if column_name(names[0]) == "case_id":
        return []
    faults = []
    for piece in quoted_or_comment(delimiter).finditer(text):
        cells = next(csv.reader([piece[0]], delimiter=delimiter)) if piece[0].startswith("#") else []
        line = len(_LINE_END.findall(text, 0, piece.start())) + 1
        if len(cells) == len(names) and line > header:
            expected = (
                f'quotation marks around the first cell of a row that begins with #: "{shortened(cells[0])}"; '
                "a line of comment has fewer or more cells than the header"
            )
            faults.append(fault(piece[0], expected, at=file, line=line))
    return faults


def quoted_or_comment(delimiters: str) -> re.Pattern:
    """What finds the cells of a text that stand in quotation marks, up to its end if open, and the lines of comment.

    By the rules of CSV a mark only opens at the beginning of a cell.

    Examples
    --------
    >>> quoted_or_comment(",").findall('a,5" ruler,"x;""y"\\n# "no"\\n"open')
    ['"x;""y"', '# "no"', '"open']
    """
    begins = f"(?:\\A\ufeff?|(?<=[\r\n{re.escape(delimiters)}]))"
    return re.compile(rf'(?:(?:\A|(?<=[\r\n]))#[^\r\n]*|{begins}"[^"]*(?:""[^"]*)*(?:"|\Z))')


def _with_points(facts: pd.DataFrame, file: str) -> tuple[pd.DataFrame, list[str]]:
    """Decimal commas as points where a cell is then read; a point that may stand for thousands is a fault.

    What is not read stays as it was typed, so that its fault shows what the file has; so does `1,234` where another
    number of the file has a decimal point.
    """
    columns = [name for name in _NUMERIC if name in facts]
    faults = [
        Fault(file, line, name, text, _without_thousands(text))
        for name in columns
        for line, text in facts.loc[facts[name].str.contains(_THOUSANDS), ["line", name]].itertuples(index=False)
    ]
    if faults:
        raise TimelineError(faults)
    texts = {name: distinct(facts[name]) for name in columns}
    has_points = any(_has_point(text, _NUMERIC[name]) for name in columns for text in texts[name].texts)
    open_ = re.compile(_GROUPED if has_points else r"(?!)")
    pointed = {name: texts[name].as_text(partial(_pointed, reads=_NUMERIC[name], uncertain=open_)) for name in columns}
    changed = [
        (old, new) for name in columns for old, new in zip(facts[name], pointed[name], strict=True) if old != new
    ]
    # The one to show is the one most likely to be meant as thousands.
    shown = max(changed, key=lambda pair: len(pair[0].rpartition(",")[2]) == 3, default=("", ""))
    decimals = [f"{_many(len(changed), 'decimal comma')} ({shown[0]} as {shown[1]})"] if changed else []
    return facts.assign(**pointed), decimals


def _without_thousands(text: str) -> str:
    r"""What to write for a number with a point before three digits, in a file with decimal commas.

    Examples
    --------
    >>> print(_without_thousands("1.000 d"), _without_thousands("1.234.567"), sep="\n")
    a number whose meaning is certain: 1000 d, or 1,000 d with a decimal comma
    a number without marks for thousands: 1234567
    """
    whole = _THOUSANDS.sub(lambda number: number[0].replace(".", ""), text)
    if "," in text or any(number.count(".") > 1 for number in _THOUSANDS.findall(text)):
        return f"a number without marks for thousands: {whole}"
    decimal = _THOUSANDS.sub(lambda number: number[0].replace(".", ","), text)
    return f"a number whose meaning is certain: {whole}, or {decimal} with a decimal comma"


def _has_point(text: str, reads: Callable[[str], object]) -> bool:
    """Whether a cell is read with a decimal point.

    Examples
    --------
    >>> [text for text in ("12.5", "1.5 mo", "3..4 mo", "30.02.2024", "12,5") if _has_point(text, lambda text: True)]
    ['12.5', '1.5 mo']
    """
    return re.search(_POINT, text) is not None and bool(reads(text))


def _pointed(text: str, reads: Callable[[str], object], uncertain: re.Pattern) -> str:
    """A cell with points in place of its decimal commas, if it is read so and is not uncertain; else as it is."""
    new = text if uncertain.search(text) else re.sub(_COMMA, ".", text)
    return new if new != text and reads(new) else text


def _many(count: int, noun: str, more: str = "") -> str:
    return " ".join(filter(None, [str(count), noun if count == 1 else f"{noun}s", more]))
