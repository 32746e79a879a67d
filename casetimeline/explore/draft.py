"""A case while somebody writes it: from the form and the grid of the page to the two files of a case and back, and
from uploaded files.
"""

import base64
import itertools
from collections.abc import Iterable
from pathlib import PurePath
from typing import NamedTuple

import pandas as pd

from ..case import (
    Recorded,
    Vocabulary,
    check_workbook,
    columns_to_write,
    csv_line,
    decode,
    has_no_row,
    lines_of,
    parse_about,
    read_folder,
    read_rows,
    read_workbook,
    starter_about,
    workbook_bytes,
    yaml_bytes,
)
from ..faults import Fault, TimelineError, advice_of, fault, printed, rename_lines, shortened
from ..vocabulary import COLUMN_NAMES
from .fields import field_faults, texts_of
from .quotas import MOST_BYTES, MOST_CHARACTERS_A_CELL, MOST_CHARACTERS_OF_MEASURES, MOST_ROWS

_TAKEN = "a workbook (.xlsx), a case folder (.zip), or a timeline.csv with or without its case.yaml"


_MOST_LINES = 100 * MOST_ROWS


class Draft(NamedTuple):
    """A case as it is typed.

    Attributes
    ----------
    about : dict
        The content of case.yaml; every scalar is text.
    rows : list of dict
        The rows of timeline.csv, each as text by column; without `case_id`, which all rows share.
    columns : tuple of str
        The columns of every row: those of the dictionary, then any others of the case, which are kept and not used.
    measures : str
        The measures.csv of the case; blank where the case has none.
    texts : tuple
        What the rows are proved against, as `Recorded` has it. It stays with the session: no page is sent it.
    """

    about: dict
    rows: list[dict[str, str]]
    columns: tuple[str, ...]
    measures: str = ""
    texts: tuple[tuple[str, bytes], ...] = ()

    @property
    def case_id(self) -> str:
        """The id; blank if case.yaml has none."""
        case_id = self.about.get("case_id", "")
        return case_id if isinstance(case_id, str) else ""


# The columns of the grid. The page shows the id of the case above it.
GRID = tuple(name for name in COLUMN_NAMES if name != "case_id")


def new_draft(case_id: str) -> Draft:
    """A new case: the keys of case.yaml to begin with, and one empty row.

    Raises
    ------
    TimelineError
        If `case_id` is not valid.
    """
    row = dict.fromkeys(GRID, "") | {"phase": "1", "kind": "observation", "source": "chart"}
    return Draft(starter_about(case_id), [row], GRID)


def draft_from(message: dict) -> Draft:
    """The draft in a message of the page.

    Raises
    ------
    TimelineError
        If the message holds no draft, or one that is larger than the page takes.
    """
    about, rows = message.get("about"), message.get("rows")
    if not isinstance(about, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TimelineError([fault("something else", "'about' and 'rows' of a case", at="draft")])
    _refuse_many(len(rows), "rows", "timeline.csv")
    others = dict.fromkeys(str(name) for row in rows for name in row if name not in COLUMN_NAMES)
    columns = (*GRID, *others)
    _refuse_many(len(others), "further columns", "timeline.csv")
    clean = [{name: _plain(row.get(name, "")) for name in columns} for row in rows]
    measures = message.get("measures", "")
    if not isinstance(measures, str):
        raise TimelineError([fault("something else", "a text", at="measures.csv")])
    cells = ((f"Row {number}, {name}", text) for number, row in enumerate(clean, 1) for name, text in row.items())
    faults = [_too_long(place, text, MOST_CHARACTERS_A_CELL) for place, text in cells]
    faults.append(_too_long("measures.csv", measures, MOST_CHARACTERS_OF_MEASURES))
    if any(faults):
        raise TimelineError(filter(None, faults))
    return Draft(about, clean, columns, _encodable(measures))


def _refuse_many(count: int, what: str, file: str) -> None:
    if count > MOST_ROWS:
        expected = f"at most {MOST_ROWS} {what} on this page; `casetimeline check` reads more"
        raise TimelineError([fault(f"{count} {what}", expected, at=file)])


def _too_long(place: str, text: str, most: int) -> Fault | None:
    """The fault of a text that is longer than the page takes; nothing if it is not."""
    return fault(f"{len(text)} characters", f"at most {most} characters", at=place) if len(text) > most else None


def _plain(cell: object) -> str:
    """A cell as text without blanks around it."""
    return _encodable(str(cell).strip())


def _encodable(text: str) -> str:
    """A text in which half of a surrogate pair, which UTF-8 cannot hold, is `?`."""
    return text.encode("utf-8", "replace").decode()


def recorded_of(draft: Draft) -> Recorded:
    """The files of a draft; rows that are not filled in are left out."""
    columns = columns_to_write(draft.columns, draft.rows)
    timeline = csv_line(["case_id", *columns]) + "".join(_row_text(draft, row, columns) for row in draft.rows)
    return Recorded(yaml_bytes(draft.about), timeline.encode(), draft.measures.encode() or None, draft.texts)


def _row_text(draft: Draft, row: dict[str, str], columns: Iterable[str]) -> str:
    """A row as it is written to timeline.csv; blank for a row that is not filled in."""
    return csv_line([draft.case_id, *(row[name] for name in columns)]) if is_fact(row) else ""


def is_fact(row: dict[str, str]) -> bool:
    """Whether a row was filled in: it holds more than what the page puts into every new row."""
    return any(text for name, text in row.items() if name not in ("phase", "kind", "source"))


def left_out(draft: Draft) -> list[int]:
    """The rows that are not filled in, numbered from 1 as in the grid."""
    return [number for number, row in enumerate(draft.rows, 1) if not is_fact(row)]


def check_begun(draft: Draft) -> None:
    """Refuse a draft without any fact, in words for somebody who is just beginning.

    Raises
    ------
    TimelineError
    """
    if not any(map(is_fact, draft.rows)):
        expected = "a row with a code, and with a value, a state or a dose where there is one"
        raise TimelineError([fault("no fact yet", expected, at="timeline.csv")])


def all_faults(faults: tuple[Fault, ...], draft: Draft) -> list[Fault]:
    """The faults of the fields of a draft, and those of its files that are not told there.

    A fault of case.yaml as a whole, as its length is, is told at the longest of the fields.
    """
    file = f"{draft.case_id}/case.yaml"
    at_fields = field_faults(draft.about, file)
    # A character that acts ends the reading of the file, wherever it stands.
    told_there = {one.column for one in at_fields} | ({None} if at_fields else set())
    others = [one for one in faults if one.file != file or one.column not in told_there]
    longest, _ = max(texts_of(draft.about), key=lambda text: len(text[1]), default=(None, ""))
    return at_fields + [one._replace(column=longest) if one[:3] == (file, None, None) else one for one in others]


def draft_of(recorded: Recorded, case_id: str) -> Draft:
    """The files of a case as a draft. Only their form is checked; `interpret_case` judges what they say.

    Raises
    ------
    TimelineError
        If case.yaml is not a mapping, timeline.csv is not the table of a timeline, or its rows have several ids.
    """
    name = f"{case_id}/timeline.csv"
    # Counted before they are read: far more lines than rows, should cells have line ends.
    if recorded.timeline.count(b"\n") > _MOST_LINES:
        _refuse_many(recorded.timeline.count(b"\n"), "lines", name)
    about = parse_about(decode(recorded.about, f"{case_id}/case.yaml"), f"{case_id}/case.yaml")
    measures = decode(recorded.measures or b"", f"{case_id}/measures.csv")
    if has_no_row(recorded.timeline, name):
        about = {**about, "case_id": case_id}
        return new_draft(case_id)._replace(about=about, measures=measures, texts=recorded.texts)
    facts, _ = read_rows(recorded.timeline, name)
    _refuse_many(len(facts), "rows", name)
    ids = list(dict.fromkeys(facts["case_id"]))
    if len(ids) > 1:
        expected = "one case; `casetimeline check` reads a file of many"
        raise TimelineError([fault(", ".join(ids[:3]), expected, at=name, column="case_id")])
    columns = (*GRID, *(column for column in facts.columns if column not in ("line", *COLUMN_NAMES)))
    rows = facts[list(columns)].to_dict("records")
    return Draft({**about, "case_id": ids[0]}, rows, columns, measures, recorded.texts)


def names_of_lines(draft: Draft) -> dict[int, str]:
    """The row of the grid, as in `row 3`, that stands on each line of the file of a draft."""
    return {line: f"row {row + 1}" for line, row in _row_at(draft).items()}


def _row_at(draft: Draft) -> dict[int, int]:
    """The place of the row that begins on each line. Line 1 is the header; rows that are not filled in take no line."""
    lines_taken = [lines_of(_row_text(draft, row, draft.columns)) for row in draft.rows]
    first_lines = itertools.accumulate(lines_taken, initial=2)
    return {line: i for i, (line, taken) in enumerate(zip(first_lines, lines_taken, strict=False)) if taken}


def at_rows(faults: tuple[Fault, ...], draft: Draft) -> list[dict]:
    """Faults for the page; a fault of timeline.csv has the index of its row in the draft, counted from 0.

    Where what is expected names a line of the file, it names the row of the grid instead.
    """
    row_at, names = _row_at(draft), names_of_lines(draft)
    placed = []
    for one in faults:
        renamed = one._replace(expected=_on_page(rename_lines(one.expected, names.get)))
        in_rows = one.file.endswith("timeline.csv")
        row = row_at.get(one.line) if in_rows else None
        place = _place(one, row) if in_rows or one.file.endswith("case.yaml") else one.file
        seen = f'"{printed(shortened(one.found))}"' if one.found else "nothing"
        words = f"found {seen}; {advice_of(renamed)}"
        placed.append({**renamed._asdict(), "row": row, "place": place, "words": words, "text": f"{place}: {words}"})
    return placed


def refused_draft(error: TimelineError, draft: Draft) -> dict:
    """The answer to a draft that has faults: each at its cell."""
    faults = at_rows(error.faults, draft)
    return {"is": "faults", "text": "\n".join(one["text"] for one in faults), "faults": faults}


# The fields of the page, by what faults of case.yaml call them.
_FIELDS = {
    "title": "Title",
    "diagnosis": "Diagnosis",
    "patient": "Age and sex",
    "phases": "Phases",
    "sources": "Sources",
    "patient: age": "Age",
    "patient: sex": "Sex",
    "patient: subset": "Subset of the disease",
    "patient: weight": "Weight in kg",
    "patient: height": "Height in cm",
    "patient: ethnicity": "Ethnicity",
    "patient: onset": "Onset of the disease",
    "patient: disease_duration": "Duration of the disease",
    "patient: smoking": "Smoking",
    "patient: antibodies": "Antibodies",
    "patient: comorbidities": "Comorbidities",
    "patient: note": "Note on age or sex",
    "time_zero: label": "What day 0 is",
    "time_zero": "Day 0",
    "time_zero: date": "Date of day 0",
    "analysis": "Reference treatment and baseline rule",
    "reference": "Reference treatment",
    "analysis: reference": "Reference treatment",
    "baseline_rule": "Baseline rule",
    "analysis: baseline": "Baseline rule",
    "case_id": "Name of the case",
}
# What the messages of files say, and the page has other names for.
_NAMES = (
    ("of the sources of case.yaml", "of the sources of the field Sources"),
    ("a date of time_zero in case.yaml", "a date in the field Date of day 0"),
    ("of the timeline", "of the rows"),
    ("of measures.csv", "of the list of codes"),
    ("of rules.csv", "of the cited rules"),
    ("case.yaml", "the fields"),
)


def _on_page(expected: str) -> str:
    for file, page in _NAMES:
        expected = expected.replace(file, page)
    return expected


def _place(one: Fault, row: int | None) -> str:
    """Where the page shows what a fault is of."""
    column = one.column or ""
    if row is not None:
        return f"Row {row + 1}, {column or 'as a whole'}"
    if one.file.endswith("timeline.csv"):
        return f"Rows, {column}" if column else "Rows"
    top, _, part = column.partition(": ")
    if column in _FIELDS or top not in _FIELDS:
        return _FIELDS.get(column, column or "Fields")
    return f"{_FIELDS[top]}, {part}"


def read_files(uploads: object, vocabulary: Vocabulary) -> Draft:
    """The case in uploaded files: a workbook, a case folder as a zip, or timeline.csv with or without case.yaml.

    Parameters
    ----------
    uploads : list of dict
        The `name` and the `content`, in base64, of each file; anything else is refused.
    vocabulary : Vocabulary
        By which the content of a workbook with faulty cells is judged as well, so that all faults come at once.

    Raises
    ------
    TimelineError
        If the page does not take such files, if they are too large, or if they cannot be read.
    """
    files = [decoded(upload) for upload in uploads] if isinstance(uploads, list) else []
    if sum(len(content) for _, content in files) > MOST_BYTES:
        expected = f"at most {MOST_BYTES} bytes"
        raise TimelineError([fault("more bytes than this page takes", expected, at=files[0][0])])
    by_kind = {PurePath(name).suffix.lower(): (name, content) for name, content in files}
    kinds = set(by_kind)
    if len(by_kind) != len(files) or kinds not in ({".xlsx"}, {".zip"}, {".csv"}, {".csv", ".yaml"}, {".csv", ".yml"}):
        names = ", ".join(name for name, _ in files) or "no file"
        raise TimelineError([fault(names, _TAKEN, at="files")])
    if ".xlsx" in by_kind:
        name, content = by_kind[".xlsx"]
        try:
            imported = read_workbook(content, name)
        except TimelineError:
            imported, _ = check_workbook(content, name, vocabulary)
        return draft_of(imported.recorded, imported.case_id)
    if ".zip" in by_kind:
        name, content = by_kind[".zip"]
        case_id, recorded = read_folder(content, name)
        return draft_of(recorded, case_id)
    name, timeline = by_kind[".csv"]
    stem = PurePath(name).stem
    _, about = by_kind.get(".yaml") or by_kind.get(".yml") or ("", b"")
    return draft_of(Recorded(about, timeline), stem) if about else _draft_of_timeline(timeline, stem)


def _draft_of_timeline(timeline: bytes, stem: str) -> Draft:
    """The draft of a timeline.csv that came alone: case.yaml as for a new case, with the sources that the rows name."""
    draft = draft_of(Recorded(b"case_id: a\n", timeline), stem)
    # Of the phases, only their numbers are known.
    about = {name: content for name, content in new_draft(draft.case_id).about.items() if name != "phases"}
    sources = [{"id": name} for name in dict.fromkeys(row["source"] for row in draft.rows) if name]
    return draft._replace(about={**about, "sources": sources})


def decoded(upload: object) -> tuple[str, bytes]:
    """The name of an uploaded file, without any folder, and its content."""
    if not isinstance(upload, dict):
        raise TimelineError([fault("something else", _TAKEN, at="files")])
    name = PurePath(str(upload.get("name", ""))).name[:100]
    try:
        return name, base64.b64decode(str(upload.get("content", "")), validate=True)
    except ValueError:
        raise TimelineError([fault("no base64", "the content of a file in base64", at=name)]) from None


def draft_workbook(draft: Draft, vocabulary: Vocabulary) -> bytes:
    """A draft as a workbook; one with faults as well.

    Raises
    ------
    TimelineError
        For each part of case.yaml that has no place in the form of a workbook, and for each text that a cell cannot
        hold.
    """
    rows = [{"case_id": draft.case_id, **row} for row in draft.rows if is_fact(row)]
    facts = pd.DataFrame(rows, columns=["case_id", *draft.columns], dtype=str)
    return workbook_bytes(draft.about, facts, vocabulary, draft.measures)
