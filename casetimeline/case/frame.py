"""A case of a DataFrame in hand, by the same checks and with the same faults as one of files."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import accumulate
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow

from ..characters import acting_character
from ..faults import Fault, TimelineError, fault, rename_lines
from ..vocabulary import COLUMN_NAMES, check_case_id
from .choose import check_texts
from .model import Case, Parsed, Recorded, interpret_case, parse_case
from .plain import csv_line, lines_of, yaml_bytes
from .read import whole_vocabulary
from .registry.many import Reading, with_plan
from .tables.header import check_header, column_name, column_names
from .tables.table import acting_in, arrow_texts, print_cell

# How the two files that a DataFrame stands for are named in a message.
_FRAME, _ABOUT = "DataFrame", "about"


def read_facts(
    frame: pd.DataFrame,
    about: dict | None = None,
    baseline_rule: str = "",
    reference: str = "",
    axis: str = "",
    rules: str = "",
    data_dir: str | PathLike[str] = "data",
) -> Case:
    """Check the facts of one case that a user has in hand.

    Parameters
    ----------
    frame : DataFrame
        One row a fact, with the columns of timeline.csv. Numbers are read as they print, dates as days, and time
        deltas as `7 d` or `36 h`; missing cells are blank.
    about : dict, optional
        What case.yaml would say: title, diagnosis, patient, phases, sources, caveats, claims.
    baseline_rule, reference : str
        How the baseline is chosen, and the treatment it refers to. Where neither is given here or in `about`, the only
        treatment is the reference, and without a treatment the first value is the baseline; a note says so.
    axis, rules : str
        As for `read_case`.
    data_dir : path
        The folder that holds measures.csv, rules.csv and comparators.csv; where it has none, those of the project.

    Returns
    -------
    Case
        `line` of its facts, and LINES of claims and verdicts, are the lines that the rows have in the CSV file that
        the frame stands for: the header is line 1.

    Raises
    ------
    TimelineError
        With every fault; a cell is named as pandas finds it, by row label and column. Or if a choice is no text.
    TypeError
        If `frame` is no DataFrame, or `about` no dict.

    Examples
    --------
    >>> frame = pd.DataFrame({
    ...     "case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss", "value": [46, 32], "unit": "",
    ...     "source": "chart",
    ... })
    >>> read_facts(frame).facts[["code", "AVAL"]].values.tolist()
    [['mrss', 46.0], ['mrss', 32.0]]
    >>> read_facts(frame.replace({"value": 46, "code": "mrss"}, {"value": 64, "code": "mrss"}))
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    DataFrame, cell .loc[0, 'value']: found '64'; expected a whole number from 0 to 51 (mRSS)
    """
    _check_types(frame, about)
    check_texts(baseline_rule=baseline_rule, reference=reference, axis=axis, rules=rules, data_dir=data_dir)
    _check_index(frame)
    header = [str(name) for name in frame.columns]
    faults = check_header(header, _FRAME)
    if faults:
        raise TimelineError(each._replace(line=None) for each in faults)
    texts = frame.apply(_printed).set_axis(column_names(header), axis=1)
    known = [name for name in COLUMN_NAMES if name in texts]
    texts = texts[[*known, *texts.columns.difference(known, sort=False)]]
    about = _typed(about or {}, "")
    _check_characters(texts, about)
    case_id = _only_case(texts)
    rows = [csv_line(list(row)) for row in texts.itertuples(index=False)]
    # A text with line ends takes several lines of the file that is checked.
    labels = dict(zip(accumulate(map(lines_of, rows), initial=2), frame.index, strict=False))
    about_bytes = yaml_bytes({"case_id": case_id, **about})
    recorded = Recorded(about_bytes, "".join([csv_line(list(texts.columns)), *rows]).encode())
    try:
        vocabulary = whole_vocabulary(Path(data_dir))
        parsed = parse_case(case_id, recorded, vocabulary)
        if parsed.faults:
            raise TimelineError(parsed.faults)
        planned = with_plan(_reading_of(parsed, baseline_rule, reference))
        parsed = parsed._replace(notes=(*parsed.notes, *planned.notes))
        case = interpret_case(parsed, vocabulary, planned.baseline_rule, planned.reference, axis, rules)
    except TimelineError as error:
        raise TimelineError(_at_cells(error.faults, case_id, labels)) from None
    return replace(case, notes=tuple(_of_frame(note, case_id, labels) for note in case.notes))


def _check_types(frame: object, about: object) -> None:
    """Refuse what cannot be a table of facts, or what is said about it."""
    if not isinstance(frame, pd.DataFrame):
        raise TypeError(f"frame: found {type(frame).__name__}; expected a DataFrame with one row a fact")
    if about is not None and not isinstance(about, dict):
        raise TypeError(f"about: found {type(about).__name__}; expected a dict with the keys of case.yaml")


def _check_index(frame: pd.DataFrame) -> None:
    """Refuse columns of timeline.csv that stand in the index: they would not be read."""
    names = [str(name) for name in frame.index.names if name is not None and name not in frame.columns]
    if hidden := [name for name in names if column_name(name) in COLUMN_NAMES]:
        expected = "each column beside the others; frame.reset_index() makes columns of an index"
        raise TimelineError([fault(f"{', '.join(hidden)} in the index", expected, at=_FRAME)])


def _reading_of(parsed: Parsed, baseline_rule: str, reference: str) -> Reading:
    """The facts with the plan that was asked for, else that of `about`."""
    plan = parsed.about.get("analysis", {})
    rule, reference = baseline_rule or plan.get("baseline", ""), reference or plan.get("reference", "")
    return Reading(_FRAME, parsed.facts, parsed.measures, rule, reference, (), ())


def _check_characters(texts: pd.DataFrame, about: dict) -> None:
    """Refuse characters that act instead of being read, at their cells and keys."""
    # As a list, labels print as a user types them: 7, and not np.int64(7).
    faults, labels = [], texts.index.tolist()
    for name, column in texts.items():
        for each in acting_in(name, column, _FRAME, 0):
            cell = f".loc[{labels[each.line]!r}, {name!r}]"
            faults.append(each._replace(line=None, column=None, cell=cell))
    for path, text in _texts_of(about, ""):
        if acting_character(text):
            faults.append(fault(acting_character(text), "text", at=_ABOUT, cell=f"[{path!r}]"))
    if faults:
        raise TimelineError(faults)


def _texts_of(part: object, path: str) -> Iterator[tuple[str, str]]:
    """Each text of `about`, its keys among them, with the keys that it stands under."""
    if isinstance(part, str):
        yield path, part
    elif isinstance(part, dict):
        for key, value in part.items():
            under = _below(path, key)
            yield from _texts_of(key, under)
            yield from _texts_of(value, under)
    elif isinstance(part, list):
        for number, value in enumerate(part, 1):
            yield from _texts_of(value, f"{path}: {number}")


def _below(path: str, key: str) -> str:
    """The keys that a part of `about` stands under."""
    return f"{path}: {key}" if path else key


def _typed(part: object, path: str) -> object:
    """What `about` holds, keys and values as a person would type them, as in a cell of the frame; None is blank."""
    if isinstance(part, dict):
        keys = [_typed(key, path) for key in part]
        twice = next((key for key in keys if keys.count(key) > 1), None)
        if twice is not None:
            raise TimelineError([fault(str(twice), "each key once", at=_ABOUT, cell=f"[{_below(path, twice)!r}]")])
        return {key: _typed(value, _below(path, key)) for key, value in zip(keys, part.values(), strict=True)}
    if isinstance(part, np.ndarray) and part.ndim == 0:
        part = part[()]
    if isinstance(part, list | tuple | np.ndarray | pd.Series | pd.Index):
        return [_typed(value, _below(path, str(number))) for number, value in enumerate(part, 1)]
    if not pd.api.types.is_scalar(part):
        expected = "text, a number, a date, a list or a dict"
        raise TimelineError([fault(f"a value of type {type(part).__name__}", expected, at=_ABOUT, cell=f"[{path!r}]")])
    if pd.isna(part):
        return ""
    if isinstance(part, np.datetime64 | np.timedelta64):
        part = pd.Timestamp(part) if isinstance(part, np.datetime64) else pd.Timedelta(part)
    return print_cell(part)


def _only_case(texts: pd.DataFrame) -> str:
    """The id of the case that all rows are of."""
    if not texts.ne("").to_numpy().any():
        raise TimelineError([fault("no rows", "a row for each fact of the case", at=_FRAME)])
    # A blank row is left out as a blank line is; a row that lacks the id alone has its own fault.
    ids = [case_id for case_id in dict.fromkeys(texts["case_id"].str.strip()) if case_id]
    if len(ids) != 1:
        expected = "a column case_id with the id of one case; the facts of several are joined, and go to derive_changes"
        raise TimelineError([fault(", ".join(ids[:4]) or "none", expected, at=_FRAME, column="case_id")])
    first = texts.index[texts["case_id"].str.strip().eq(ids[0])].tolist()[0]
    check_case_id(ids[0], at=_FRAME, cell=f".loc[{first!r}, 'case_id']")
    return ids[0]


def _printed(column: pd.Series) -> pd.Series:
    """The cells of a column as a person would type them; blank where they are missing."""
    if isinstance(column.dtype, pd.ArrowDtype):
        return arrow_texts(pyarrow.chunked_array(pyarrow.array(column.array))).set_axis(column.index)
    # Cell by cell: a function that is mapped gets a number of 32 bits as one of 64, with digits that nobody wrote.
    cells = zip(column.array, column.notna(), strict=True)
    return pd.Series([print_cell(cell) if known else "" for cell, known in cells], index=column.index, dtype="str")


def _of_frame(note: str, case_id: str, labels: dict[int, object]) -> str:
    """A note on the frame and on `about`, in place of files that are not there."""
    note = re.sub(rf"\A{re.escape(case_id)}/case\.yaml(, line [0-9]+)?", _ABOUT, note)
    file = f"{case_id}/timeline.csv"
    if not note.startswith(file):
        return note
    return _with_labels(_FRAME + note.removeprefix(file).replace(" blank line", " blank row"), labels)


def _with_labels(text: str, labels: dict[int, object]) -> str:
    """A text with the labels of rows in place of lines."""
    return rename_lines(text, lambda line: f"row {labels[line]!r}" if line in labels else "")


def _at_cells(faults: tuple[Fault, ...], case_id: str, labels: dict[int, object]) -> list[Fault]:
    """Faults at the cells of the frame, and at the keys of `about`, in place of lines of files that are not there."""
    placed = []
    for each in faults:
        if each.file == f"{case_id}/case.yaml":
            expected = each.expected.replace("the name of the folder", "as on the rows")
            cell = f"[{each.column!r}]" if each.column else ""
            each = each._replace(file=_ABOUT, line=None, cell=cell, expected=expected)
        elif each.file == f"{case_id}/timeline.csv":
            cell = f".loc[{labels[each.line]!r}, {each.column!r}]" if each.line in labels else ""
            each = each._replace(file=_FRAME, cell=cell, line=None, expected=_with_labels(each.expected, labels))
        elif "." not in each.file:
            # Of a choice, and not of a table.
            each = each._replace(expected=_with_labels(each.expected, labels))
        placed.append(each)
    return placed
