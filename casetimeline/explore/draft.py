"""A case while somebody writes it: what a form and a grid hold, as the two files of a case and back; and files that
somebody brings.
"""

import base64
import itertools
from pathlib import PurePath
from typing import NamedTuple

import pandas as pd

from ..case import (
    Recorded,
    Vocabulary,
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
from ..faults import Fault, TimelineError, rename_lines
from ..vocabulary import COLUMN_NAMES
from .quotas import MOST_BYTES, MOST_CHARACTERS_A_CELL, MOST_ROWS

_TAKEN = "a workbook (.xlsx), a case folder (.zip), or a timeline.csv with or without its case.yaml"


class Draft(NamedTuple):
    """A case as it is typed.

    Attributes
    ----------
    about : dict
        The content of case.yaml; every scalar is text.
    rows : list of dict
        One a row of timeline.csv: text by column; without `case_id`, which all rows share.
    columns : tuple of str
        Those of every row: of the dictionary, and after them any other that the case has. These are not used, and kept.
    """

    about: dict
    rows: list[dict[str, str]]
    columns: tuple[str, ...]

    @property
    def case_id(self) -> str:
        """The id, blank where there is none."""
        told = self.about.get("case_id", "")
        return told if isinstance(told, str) else ""


GRID = tuple(name for name in COLUMN_NAMES if name != "case_id")


def new_draft(case_id: str) -> Draft:
    """A case with one row to begin with, and the least that case.yaml needs.

    Raises
    ------
    TimelineError
        If the id is none.
    """
    row = dict.fromkeys(GRID, "") | {"phase": "1", "kind": "observation", "source": "chart"}
    return Draft(starter_about(case_id), [row], GRID)


def draft_from(told: dict) -> Draft:
    """The draft that a page tells.

    Raises
    ------
    TimelineError
        If it is none, or larger than a page takes.
    """
    about, rows = told.get("about"), told.get("rows")
    if not isinstance(about, dict) or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise TimelineError([Fault("draft", None, None, "something else", "'about' and 'rows' of a case")])
    _refuse_many(len(rows), "rows", "timeline.csv")
    others = dict.fromkeys(str(name) for row in rows for name in row if name not in COLUMN_NAMES)
    columns = (*GRID, *others)
    _refuse_many(len(others), "further columns", "timeline.csv")
    clean = [{name: _plain(row.get(name, "")) for name in columns} for row in rows]
    if any(len(cell) > MOST_CHARACTERS_A_CELL for row in clean for cell in row.values()):
        expected = f"at most {MOST_CHARACTERS_A_CELL} characters"
        raise TimelineError([Fault("draft", None, None, "a cell without end", expected)])
    return Draft(about, clean, columns)


def _refuse_many(count: int, what: str, file: str) -> None:
    if count > MOST_ROWS:
        expected = f"at most {MOST_ROWS} {what} on this page; `casetimeline check` reads more"
        raise TimelineError([Fault(file, None, None, f"{count} {what}", expected)])


def _plain(cell) -> str:
    """Text without blanks around it and without half a character."""
    return str(cell).strip().encode("utf-8", "replace").decode()


def recorded_of(draft: Draft) -> Recorded:
    """The two files of a draft. Rows without any text are no facts and are left out."""
    timeline = csv_line(["case_id", *draft.columns]) + "".join(_row_text(draft, row) for row in draft.rows)
    return Recorded(yaml_bytes(draft.about), timeline.encode())


def _row_text(draft: Draft, row: dict[str, str]) -> str:
    """A row of timeline.csv; nothing for a row that is no fact."""
    return csv_line([draft.case_id, *(row[name] for name in draft.columns)]) if is_fact(row) else ""


def is_fact(row: dict[str, str]) -> bool:
    """Whether a row has more in it than one that was added and not filled in."""
    return any(text for name, text in row.items() if name not in ("phase", "kind", "source"))


def left_out(draft: Draft) -> list[int]:
    """The rows that are no facts, numbered from 1 as the grid numbers them."""
    return [number for number, row in enumerate(draft.rows, 1) if not is_fact(row)]


def check_begun(draft: Draft) -> None:
    """Refuse a draft without any fact, in the words of somebody who has not begun yet.

    Raises
    ------
    TimelineError
    """
    if not any(map(is_fact, draft.rows)):
        expected = "a row with a code, and with a value, a state or a dose where there is one"
        raise TimelineError([Fault("timeline.csv", None, None, "no fact yet", expected)])


def draft_of(recorded: Recorded, case_id: str) -> Draft:
    """The draft of two files, as far as they can be read at all; whether they are right is for `interpret_case`.

    Raises
    ------
    TimelineError
        If case.yaml is no mapping, timeline.csv no table of a timeline, or its rows bear several ids.
    """
    name = f"{case_id}/timeline.csv"
    about = parse_about(decode(recorded.about, f"{case_id}/case.yaml"), f"{case_id}/case.yaml")
    if has_no_row(recorded.timeline, name):
        begun = new_draft(case_id)
        return begun._replace(about={**about, "case_id": case_id})
    facts, _ = read_rows(recorded.timeline, name)
    _refuse_many(len(facts), "rows", name)
    ids = list(dict.fromkeys(facts["case_id"]))
    if len(ids) > 1:
        expected = "one case; `casetimeline check` reads a file of many"
        raise TimelineError([Fault(name, None, "case_id", ", ".join(ids[:3]), expected)])
    columns = (*GRID, *(column for column in facts.columns if column not in ("line", *COLUMN_NAMES)))
    return Draft({**about, "case_id": ids[0]}, facts[list(columns)].to_dict("records"), columns)


def at_rows(faults: tuple[Fault, ...], draft: Draft) -> list[dict]:
    """Faults as data, those of timeline.csv with the position of their row in the draft, from 0.

    A line that is named in what is expected is named as the row that the grid shows.
    """
    taken = [lines_of(_row_text(draft, row)) for row in draft.rows]
    begins = itertools.accumulate(taken, initial=2)
    position = {line: i for i, (line, count) in enumerate(zip(begins, taken, strict=False)) if count}
    names = {line: f"row {row + 1}" for line, row in position.items()}
    told = []
    for fault in faults:
        placed = fault._replace(expected=rename_lines(fault.expected, names.get))
        row = position.get(fault.line) if fault.file.endswith("timeline.csv") else None
        told.append({**placed._asdict(), "row": row, "text": str(placed)})
    return told


def read_files(told: object) -> Draft:
    """The case that files hold.

    Parameters
    ----------
    told : list of dict
        `name` and `content`, in base64, of each file.

    Raises
    ------
    TimelineError
        If they are not what a page takes, larger than it takes, or cannot be read.
    """
    files = [_file(one) for one in told] if isinstance(told, list) else []
    if sum(len(content) for _, content in files) > MOST_BYTES:
        expected = f"at most {MOST_BYTES} bytes"
        raise TimelineError([Fault(files[0][0], None, None, "more bytes than this page takes", expected)])
    by_kind = {PurePath(name).suffix.lower(): (name, content) for name, content in files}
    kinds = set(by_kind)
    if len(by_kind) != len(files) or kinds not in ({".xlsx"}, {".zip"}, {".csv"}, {".csv", ".yaml"}, {".csv", ".yml"}):
        names = ", ".join(name for name, _ in files) or "no file"
        raise TimelineError([Fault("files", None, None, names, _TAKEN)])
    if ".xlsx" in by_kind:
        name, content = by_kind[".xlsx"]
        read = read_workbook(content, name)
        return draft_of(Recorded(read.about, read.timeline), read.case_id)
    if ".zip" in by_kind:
        name, content = by_kind[".zip"]
        case_id, recorded = read_folder(content, name)
        return draft_of(recorded, case_id)
    name, timeline = by_kind[".csv"]
    stem = PurePath(name).stem
    _, about = by_kind.get(".yaml") or by_kind.get(".yml") or ("", b"")
    if about:
        return draft_of(Recorded(about, timeline), stem)
    bare = draft_of(Recorded(b"case_id: a\n", timeline), stem)
    # Nothing is known of the phases but their numbers.
    about = {name: content for name, content in new_draft(bare.case_id).about.items() if name != "phases"}
    return bare._replace(about={**about, "sources": _sources(bare)})


def _file(told: object) -> tuple[str, bytes]:
    if not isinstance(told, dict):
        raise TimelineError([Fault("files", None, None, "something else", _TAKEN)])
    name = PurePath(str(told.get("name", ""))).name[:100]
    try:
        return name, base64.b64decode(str(told.get("content", "")), validate=True)
    except ValueError:
        raise TimelineError([Fault(name, None, None, "no base64", "the content of a file in base64")]) from None


def _sources(draft: Draft) -> list[dict[str, str]]:
    """The sources that rows name, for a case.yaml that is not there."""
    return [{"id": name} for name in dict.fromkeys(row["source"] for row in draft.rows) if name]


def draft_workbook(draft: Draft, vocabulary: Vocabulary) -> bytes:
    """A draft as a workbook, also with faults; not with a case.yaml of another shape, which has no place in a form.

    Raises
    ------
    TimelineError
        For each part of another shape, and for a text that no cell holds.
    """
    rows = [{"case_id": draft.case_id, **row} for row in draft.rows if is_fact(row)]
    return workbook_bytes(draft.about, pd.DataFrame(rows, columns=["case_id", *draft.columns], dtype=str), vocabulary)
