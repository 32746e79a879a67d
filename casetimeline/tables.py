"""Texts to tables: comma-separated rows with the line each begins on, and the vocabulary, rules and arms."""

import csv
import io

import pandas as pd

from .schema import Fault, TimelineError

_RULE_NUMBERS = ("sd", "base_min", "percent", "xuln")
_ARM_NUMBERS = ("n", "baseline_mean", "baseline_sd", "weeks", "change", "change_low", "change_high", "change_sd")


def decode(raw: bytes, file: str) -> str:
    """Text of a file in UTF-8, with or without a byte order mark.

    Raises
    ------
    TimelineError
        Naming the line and the first byte that is not UTF-8.
    """
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = raw[error.start : error.start + 1].hex()
        raise TimelineError([Fault(file, line, None, f"byte {found}", "text in UTF-8")]) from None


def read_table(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows of a comma-separated text, each row with the line on which it begins.

    Raises
    ------
    TimelineError
        If the text is empty, holds a NUL character, has an open quotation mark, or rows of different lengths.

    Examples
    --------
    >>> read_table("a,b\\n1,'x'\\n\\n2,y\\n", "t.csv")
    (['a', 'b'], [(2, ['1', "'x'"]), (4, ['2', 'y'])])
    """
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TimelineError([Fault(file, line, None, "a NUL character", "text")])
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, begins, ended = [], [], 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                begins.append(ended + 1)
            ended = reader.line_num
    except csv.Error as error:
        raise TimelineError([Fault(file, ended + 1, None, str(error), "a comma-separated row")]) from None
    if not rows:
        raise TimelineError([Fault(file, 1, None, "", "a header and at least one row")])
    header = rows[0]
    ragged = [
        Fault(file, line, None, f"{len(row)} cells", f"{len(header)} cells, as in the header")
        for line, row in zip(begins[1:], rows[1:], strict=True)
        if len(row) != len(header)
    ]
    if ragged:
        raise TimelineError(ragged)
    return header, list(zip(begins[1:], rows[1:], strict=True))


def _read_frame(text: str, file: str) -> pd.DataFrame:
    header, rows = read_table(text, file)
    return pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)


def read_measures(text: str, file: str) -> pd.DataFrame:
    """The vocabulary, indexed by code, with limits as numbers, grades as words and units as factors."""
    frame = _read_frame(text, file)
    frame["units"] = [
        {alias.replace("(blank)", ""): float(factor) for alias, factor in (u.split("=") for u in units.split("|") if u)}
        for units in frame["units"]
    ]
    frame["grades"] = [tuple(grade for grade in grades.split("|") if grade) for grades in frame["grades"]]
    frame["low"] = pd.to_numeric(frame["low"].replace("", "-inf"))
    frame["high"] = pd.to_numeric(frame["high"].replace("", "inf"))
    frame["whole"] = frame["whole"] == "yes"
    return frame.set_index("code")


def read_rules(text: str, file: str) -> pd.DataFrame:
    """The cited rules, with their thresholds as numbers, nan where a rule has none."""
    frame = _read_frame(text, file)
    for column in _RULE_NUMBERS:
        frame[column] = pd.to_numeric(frame[column].replace("", None))
    return frame


def read_comparators(text: str, file: str) -> pd.DataFrame:
    """The published trial arms, with numbers as numbers, nan where the source gives none."""
    frame = _read_frame(text, file)
    for column in _ARM_NUMBERS:
        frame[column] = pd.to_numeric(frame[column].replace("", None))
    return frame
