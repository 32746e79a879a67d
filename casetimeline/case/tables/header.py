"""Where the header of a timeline stands, what its columns are, and what it lacks."""

import csv
import io
import itertools
import re
from collections.abc import Iterable
from typing import NamedTuple

import numpy as np

from ...characters import plain_form
from ...derive import DERIVED_NAMES
from ...faults import Fault, TimelineError, fault, nearest_word, printed, shortened
from ...values import canonical
from ...vocabulary import COLUMN_NAMES, COLUMNS, KINDS
from .elsewhere import origin_of, origin_of_text
from .separated import WHOLE_LINE, Sheet, check_characters, refuse_width

DELIMITERS = {",": "commas", ";": "semicolons", "\t": "tabs"}
# A header is looked for in the first lines of a file.
_MOST_ABOVE, _MOST_CHARACTERS = 30, 100_000
_A_TABLE = "a table with a column 'case_id', and kind, code, value, unit, source, and phase or start"
# A line that has so many names of columns is a header.
_FEWEST_NAMES = 3
LINE = re.compile(r"([^\r\n]*)(\r\n|\r|\n|\Z)")
_SEPARATES = re.compile(r'\ufeff?"?sep=(.|\\t)"?[,;\t ]*', re.IGNORECASE)
# What is left of empty cells at the end of a title.
_EDGES = " ,;\t"
_BLANKS = re.compile(r"[\s_.-]+")
_KEYS = {_BLANKS.sub("", name): name for name in COLUMN_NAMES}


def column_name(text: str) -> str:
    """The column of the dictionary that a header names, whatever its capitals and the blanks in it; else the text.

    Examples
    --------
    >>> column_name("CASE ID"), column_name("refHigh"), column_name("Value (U/L)")
    ('case_id', 'ref_high', 'Value (U/L)')
    """
    return _KEYS.get(_BLANKS.sub("", plain_form(text).lower()) if _is_one_name(text) else "", text)


def column_names(header: Iterable[str]) -> list[str]:
    """The column that each name of a header stands for; what was derived stays beside the recorded column.

    Examples
    --------
    >>> column_names(["Code", "state", "STATE"]), column_names(["Code", "STATE"])
    (['code', 'state', 'STATE'], ['code', 'state'])
    """
    names = list(header)
    return [name if name in DERIVED_NAMES and name.lower() in names else column_name(name) for name in names]


# What a header says of its unit, in brackets behind the name.
_IN_BRACKETS = re.compile(r"\s*[(\[].*[)\]]\s*$")


def columns_meant(text: str) -> list[str]:
    """The columns of the dictionary for which a header is another word, or of which it is a misspelling.

    Examples
    --------
    >>> columns_meant("strat"), columns_meant("Start (d)"), columns_meant("ULN"), columns_meant("ref hight")
    (['start'], ['start'], ['ref_high'], ['ref_high'])
    >>> columns_meant("stat"), columns_meant("colour")
    (['start', 'state'], [])
    """
    bare = _IN_BRACKETS.sub("", text).strip()
    named = [name for name in (column_name(bare), canonical("column", bare)) if name in COLUMN_NAMES]
    typed = _BLANKS.sub("_", bare)
    return named[:1] or [name for name in COLUMN_NAMES if nearest_word(typed, [name])]


def _is_one_name(text: str) -> bool:
    """Whether all letters are of one alphabet: a letter that only looks like another is named, and not read."""
    return plain_form(text).isascii() and not any(ord(letter) > 127 and letter.isalpha() for letter in _narrow(text))


def _narrow(text: str) -> str:
    """The text with its full-width letters as those of a keyboard."""
    return "".join(chr(ord(letter) - 0xFEE0) if "\uff01" <= letter <= "\uff5e" else letter for letter in text)


class Form(NamedTuple):
    """How a separated text is written.

    Attributes
    ----------
    text : str
        The text, with what stands above the header made blank, so that the lines keep their numbers.
    delimiter : str
        The mark between two cells.
    above : tuple of str
        Each line that stood above the header and is no fact, in words.
    """

    text: str
    delimiter: str
    above: tuple[str, ...]


def find_form(text: str, file: str) -> Form:
    """Where the header of a separated text is: on its first line, or below a title or Excel's `sep=;`.

    Raises
    ------
    TimelineError
        If rows of facts stand above the header.

    Examples
    --------
    >>> find_form("sep=;\\ncase_id;kind;code\\n", "t.csv")
    Form(text='\\ncase_id;kind;code\\n', delimiter=';', above=("line 1: 'sep=;'",))
    """
    lines = _first_lines(text)
    header = next((line for line in lines if _most_named(line[1]) >= _FEWEST_NAMES), None)
    if header is None and lines:
        raise TimelineError(_without_header(text, lines, file))
    above = [line for line in lines if line.start() < header.start()] if header else []
    words = []
    for line in above:
        number = _number(text, line)
        if any(cell.strip().lower() in KINDS for mark in DELIMITERS for cell in _cells(line[1], mark)):
            expected = "the header above every row of facts; sorting may have moved it"
            raise TimelineError([fault(line[1], expected, at=file, line=number)])
        title = line[1] if _SEPARATES.fullmatch(line[1]) else line[1].strip(_EDGES)
        words.append(f"line {number}: {shortened(title)!r}")
    for line in reversed(above):
        text = text[: line.start(1)] + text[line.end(1) :]
    return Form(text, find_delimiter(header[1]) if header else ",", tuple(words))


def _without_header(text: str, lines: list[re.Match], file: str) -> list[Fault]:
    """Faults of a file in which no line is a header."""
    check_characters(text, file)
    for line in lines:
        refuse_width(line[1], file, find_delimiter(line[1]))
    first, texts = lines[0][1].strip(), tuple(line[1] for line in lines)
    origin = origin_of_text("\n".join(texts))
    if origin:
        return [fault(origin.name, origin.advice, at=file, line=_number(text, lines[0]))]
    if len({column_name(word) for word in re.split(r"[|\s:]+", first)} & {*COLUMN_NAMES}) >= _FEWEST_NAMES:
        return [fault(first, "commas, semicolons or tabs between the cells", at=file, line=_number(text, lines[0]))]
    whole = _cells(lines[0][1], ",")
    if len(whole) == 1 and _most_named(whole[0]) >= _FEWEST_NAMES:
        return [fault(first, WHOLE_LINE, at=file, line=_number(text, lines[0]))]
    # A title has few cells, and the header of a table many.
    cells = [[cell.strip() for cell in _cells(line, find_delimiter(line))] for line in texts]
    filled = [sum(map(bool, row)) for row in cells]
    place = next(place for place, count in enumerate(filled) if 2 * count > max(filled))
    names = cells[place]
    alike = sum(len(row) == len(names) for row in cells)
    if not {*map(column_name, names)} & {*COLUMN_NAMES} and (len(names) < 2 or alike < min(2, len(lines))):
        return [fault(first, _A_TABLE, at=file, line=_number(text, lines[0]))]
    return check_header(names, file, _number(text, lines[place]), texts)


def _number(text: str, line: re.Match) -> int:
    """The number of a line, whatever ends the lines."""
    before = text[: line.start()]
    return 1 + before.count("\r") + before.count("\n") - before.count("\r\n")


def _most_named(line: str) -> int:
    return max(_named(line, mark) for mark in DELIMITERS)


def _first_lines(text: str) -> list[re.Match]:
    """The first lines that are not blank."""
    filled = (line for line in LINE.finditer(text[:_MOST_CHARACTERS]) if line[1].strip())
    return list(itertools.islice(filled, _MOST_ABOVE))


def _cells(line: str, delimiter: str) -> list[str]:
    return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])


def _named(line: str, delimiter: str) -> int:
    """How many names of the dictionary a line has if this is the mark between its cells."""
    return len({column_name(cell.strip()) for cell in _cells(line, delimiter)} & {*COLUMN_NAMES})


def find_delimiter(text: str) -> str:
    """The mark between the columns: the one that gives the header the most names of the dictionary, else most cells.

    Examples
    --------
    >>> find_delimiter("case_id;phase;kind"), find_delimiter("case_id,phase,kind"), find_delimiter("nothing")
    (';', ',', ',')
    """
    first = "".join(text.lstrip("\r\n")[:10_000].splitlines()[:1])
    return max(DELIMITERS, key=lambda mark: (_named(first, mark), len(_cells(first, mark))))


def check_header(names: list[str], file: str, line: int = 1, rows: tuple[str, ...] = ()) -> list[Fault]:
    """Faults of the header: a name that is there twice, else all that it lacks as one.

    Parameters
    ----------
    names : list of str
        The names of the columns.
    file : str
        Name of the file, for the message.
    line : int
        The line of the header.
    rows : tuple of str
        The first lines of the file, by which a table of another program is known.

    Examples
    --------
    >>> for fault in check_header(["case_id", "kind", "code", "code", "value", "unit", "phase"], "t.csv"):
    ...     print(fault)
    t.csv, line 1, column code: found 'code'; expected each column once
    >>> check_header(["case_id", "kind", "code", "value", "unit", "phase"], "t.csv")[0].expected
    "a column 'source' beside case_id, kind, code, value, unit, phase"
    """
    known = column_names(names)
    several = sorted({column for name, column in zip(names, known, strict=True) if name and known.count(column) > 1})
    if several and len({*known} & {*COLUMN_NAMES}) >= _FEWEST_NAMES:
        spelt = {column: dict.fromkeys(name for name in names if column_name(name) == column) for column in several}
        return [Fault(file, line, name, " and ".join(spelt[name]), "each column once") for name in several]
    missing = [column.name for column in COLUMNS if column.required and column.name not in known]
    if "phase" not in known and "start" not in known:
        missing.append("phase' or 'start")
    if not missing:
        return []
    if {*map(str.lower, names)} & {*KINDS}:
        expected = f"a header above the first row of facts: {','.join(COLUMN_NAMES)}"
        return [fault(", ".join(names), expected, at=file, line=line)]
    seen, origin = _seen(names), origin_of(names, rows)
    if origin:
        return [Fault(file, line, None, origin.name, f"{origin.advice}; the columns here are {seen}")]
    others = [name for name, ours in zip(names, known, strict=True) if ours not in COLUMN_NAMES]
    meant = {name: _meant(name, others) for name in missing}
    column = next((name for name in missing if meant[name]), missing[0])
    what = f"a column '{missing[0]}'" if len(missing) == 1 else f"the columns {_listed(missing)}"
    return [Fault(file, line, column.partition("'")[0], meant[column], f"{what} beside {seen}")]


def _meant(missing: str, others: list[str]) -> str:
    """The column that is named almost as one that is missing, or by its beginning; blank if none is.

    Examples
    --------
    >>> _meant("case_id", ["note", "case"]), _meant("code", ["codde"]), _meant("case_id", ["centre"])
    ('case', 'codde', '')
    """
    alike = (name for name in others if column_name(plain_form(name)) == missing)
    begun = (name for name in others if len(name) > 3 and missing.startswith(column_name(plain_form(name))))
    return next(alike, "") or nearest_word(missing, others) or next(begun, "")


def _listed(names: list[str]) -> str:
    *first, last = (f"'{name}'" for name in names)
    return f"{', '.join(first)} and {last}"


def _seen(names: list[str]) -> str:
    """The columns that are there, for a message of one line."""
    shown = [shortened(printed(name), 40) for name in names if name]
    return f"{', '.join(shown[:18])} and {len(shown) - 18} more" if len(shown) > 20 else ", ".join(shown) or "no other"


def without_repeats(table: Sheet, file: str) -> tuple[Sheet, int]:
    """The table without the rows that repeat its header, and how many they were.

    A table that was put together from several has such rows.

    Raises
    ------
    TimelineError
        If a header of other columns stands between the rows.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"case_id": ["a", "CASE_ID"], "kind": ["event", "Kind"], "code": ["x", "Code"]})
    >>> without_repeats(Sheet(frame, np.array([2, 3]), 0, 0), "t.csv")[1]
    1
    """
    frame = table.frame
    # A kind is one of a few words, so that a million rows are asked at once.
    named = {word: column_name(word) in COLUMN_NAMES for word in frame["kind"].unique()}
    if not any(named.values()):
        return table, 0
    places = np.flatnonzero(frame["kind"].map(named).to_numpy(dtype=bool))
    names = [[column_name(cell) for cell in frame.iloc[place]] for place in places]
    headers = [len({*row} & {*COLUMN_NAMES}) >= _FEWEST_NAMES for row in names]
    expected = "the columns of the header, or a file of its own for the table that begins here"
    faults = [
        Fault(file, int(table.lines[place]), None, ", ".join(row), expected)
        for place, row, is_header in zip(places, names, headers, strict=True)
        if is_header and any(cell not in ("", name) for cell, name in zip(row, frame.columns, strict=True))
    ]
    if faults:
        raise TimelineError(faults)
    kept = np.setdiff1d(np.arange(len(frame)), places[np.array(headers, dtype=bool)])
    if len(kept) < len(frame):
        table = table._replace(frame=frame.iloc[kept].reset_index(drop=True), lines=table.lines[kept])
    return table, len(frame) - len(kept)
