"""A case while somebody writes it: what a form and a grid hold, as the two files of a case and back."""

from typing import NamedTuple

from ..about import parse_about
from ..case import Recorded
from ..dialect import read_facts
from ..faults import Fault, TimelineError
from ..plain import csv_line, yaml_bytes
from ..starter import starter_about
from ..tables import decode
from ..vocabulary import COLUMN_NAMES
from .limits import MOST_CHARACTERS_A_CELL, MOST_ROWS


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
    _refuse_many(len(rows), "timeline.csv")
    others = dict.fromkeys(str(name) for row in rows for name in row if name not in COLUMN_NAMES)
    columns = (*GRID, *others)
    _refuse_many(len(others), "columns")
    clean = [{name: _plain(row.get(name, "")) for name in columns} for row in rows]
    if any(len(cell) > MOST_CHARACTERS_A_CELL for row in clean for cell in row.values()):
        expected = f"at most {MOST_CHARACTERS_A_CELL} characters"
        raise TimelineError([Fault("draft", None, None, "a cell without end", expected)])
    return Draft(about, clean, columns)


def _refuse_many(count: int, file: str) -> None:
    if count > MOST_ROWS:
        expected = f"at most {MOST_ROWS} rows on this page; `casetimeline check` reads more"
        raise TimelineError([Fault(file, None, None, f"{count} rows", expected)])


def _plain(cell) -> str:
    """One line of text without half a character."""
    return " ".join(str(cell).split()).encode("utf-8", "replace").decode()


def recorded_of(draft: Draft) -> Recorded:
    """The two files of a draft. Rows without any text are no facts and are left out."""
    rows = [[draft.case_id, *(row[name] for name in draft.columns)] for row in draft.rows if is_fact(row)]
    timeline = "".join(csv_line(cells) for cells in [["case_id", *draft.columns], *rows])
    return Recorded(yaml_bytes(draft.about), timeline.encode())


def is_fact(row: dict[str, str]) -> bool:
    """Whether a row has more in it than a new one."""
    return any(text for name, text in row.items() if name not in ("phase", "kind", "source"))


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
    facts, _ = read_facts(recorded.timeline, name)
    _refuse_many(len(facts), name)
    ids = list(dict.fromkeys(facts["case_id"]))
    if len(ids) > 1:
        expected = "one case; `casetimeline check` reads a file of many"
        raise TimelineError([Fault(name, None, "case_id", ", ".join(ids[:3]), expected)])
    about = parse_about(decode(recorded.about, f"{case_id}/case.yaml"), f"{case_id}/case.yaml")
    columns = (*GRID, *(column for column in facts.columns if column not in ("line", *COLUMN_NAMES)))
    return Draft({**about, "case_id": ids[0]}, facts[list(columns)].to_dict("records"), columns)


def at_rows(faults: tuple[Fault, ...], draft: Draft) -> list[dict]:
    """Faults as data, those of timeline.csv with the position of their row in the draft, from 0."""
    positions = [i for i, row in enumerate(draft.rows) if is_fact(row)]
    told = []
    for fault in faults:
        in_rows = fault.file.endswith("timeline.csv") and fault.line is not None
        place = fault.line - 2 if in_rows else -1
        row = positions[place] if 0 <= place < len(positions) else None
        told.append({**fault._asdict(), "row": row, "text": str(fault)})
    return told
