"""A case as rows of text, sheet by sheet; and the vocabulary as the sheet that the drop-downs use."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from ...faults import Fault, TimelineError
from ...vocabulary import CLAIM_KEYS, COLUMN_NAMES
from ..about import check_shape
from ..model import Vocabulary
from .layout import (
    CARE_MEANING,
    CASE,
    CASE_HEADER,
    CASE_KEYS,
    CAVEATS,
    CLAIMS,
    LONGEST_CELL,
    PHASES,
    SOURCES,
    TABLES,
    TIMELINE,
)

# What a text may not hold: control characters, what is no character, and half of one.
UNPRINTED = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff\ud800-\udfff]")
_ELSEWHERE = ("sources", "phases", "claims", "caveats")


def printable(text: str) -> str:
    """A text that any cell can hold: a character that none can is told by its number.

    Examples
    --------
    >>> printable("Müller\\x0b1")
    'Müller\\\\x0b1'
    """
    return UNPRINTED.sub(lambda odd: f"\\x{ord(odd[0]):02x}", text)


def grids_of(about: dict, facts: pd.DataFrame) -> dict[str, list[list[str]]]:
    """The rows of each sheet, the header first.

    Raises
    ------
    TimelineError
        If a text cannot stand in a cell, or case.yaml holds lists or mappings where a form has one line.

    Examples
    --------
    >>> grids = grids_of({"case_id": "a", "phases": {"1": "start"}}, pd.DataFrame({"code": ["ck"]}))
    >>> grids["Phases"], grids["Case"][1][:2], grids["Timeline"][1][:4]
    ([['number', 'name'], ['1', 'start']], ['case_id', 'a'], ['', '', '', 'ck'])
    """
    file = f"{about.get('case_id', '')}/case.yaml"
    misshapen = [Fault(file, None, *found) for found in check_shape(about)]
    if misshapen:
        raise TimelineError(misshapen)
    sources, claims = about.get("sources", []), about.get("claims", [])
    caveats = [[code, text] for code, texts in about.get("caveats", {}).items() for text in texts or [""]]
    names = [name for name in facts.columns if name not in ("line", *COLUMN_NAMES)]
    columns = [*COLUMN_NAMES, *names]
    table = facts.reindex(columns=columns, fill_value="")
    grids = {
        CASE: [[entry.name for entry in CASE_HEADER], *_form(about, file)],
        SOURCES: _table([entry.name for entry in TABLES[SOURCES]], sources),
        PHASES: [["number", "name"], *([str(number), name] for number, name in about.get("phases", {}).items())],
        TIMELINE: [[name.strip() for name in columns], *table.to_numpy().tolist()],
        CLAIMS: _table(list(CLAIM_KEYS), claims),
        CAVEATS: [["measure", "sentence"], *caveats],
    }
    for name, rows in grids.items():
        for row in rows:
            for text in row:
                _check(text, f"the sheet {name} of {file}")
    return grids


def _table(columns: list[str], items: list[dict[str, str]]) -> list[list[str]]:
    columns = list(dict.fromkeys([*columns, *(name for item in items for name in item)]))
    return [columns, *([item.get(name, "") for name in columns] for item in items)]


def _form(about: dict, file: str) -> Iterator[list[str]]:
    """Lines of the form: those that every case has, in their order, then those that this case has beside them."""
    told = dict(_lines(about, file))
    meanings = dict(CASE_KEYS)
    for key in dict.fromkeys([*meanings, *told]):
        care = CARE_MEANING if key.startswith("care: ") else ""
        yield [key, told.get(key, ""), meanings.get(key, care).replace("`", "'")]


def _lines(about: dict, file: str) -> Iterator[tuple[str, str]]:
    for key, content in about.items():
        if key in _ELSEWHERE:
            continue
        parts = {f"{key}: {name}": value for name, value in content.items()} if isinstance(content, dict) else {}
        for name, value in (parts if isinstance(content, dict) else {key: content}).items():
            if not isinstance(value, str) or ":" in key:
                expected = "a text, or names with a text each; a workbook has one line for each"
                raise TimelineError([Fault(file, None, name, str(value), expected)])
            yield name, value


def _check(text: str, where: str) -> None:
    if len(text.encode("utf-16-le", "surrogatepass")) // 2 > LONGEST_CELL:
        found = f"a text of {len(text)} characters"
        raise TimelineError([Fault(where, None, None, found, f"at most {LONGEST_CELL}, the most that a cell holds")])
    odd = UNPRINTED.search(text)
    if odd:
        raise TimelineError([Fault(where, None, None, f"the character {ord(odd[0]):#06x}", "text")])


def vocabulary_rows(vocabulary: Vocabulary) -> list[list[str]]:
    """The rows of the sheet Words: the vocabulary, and beside it every unit and every rule.

    The codes of observations come first.
    """
    measures = vocabulary.measures
    ordered = measures.iloc[(measures["kind"] != "observation").to_numpy().argsort(kind="stable")]
    rows = [
        [
            code,
            row["label"],
            row["kind"],
            row["unit"],
            ", ".join(name or "(none)" for name in row["units"]),
            _limit(row["low"]),
            _limit(row["high"]),
            ", ".join(row["grades"]),
        ]
        for code, row in ordered.iterrows()
    ]
    units = list(dict.fromkeys(name for units in ordered["units"] for name in units if name))
    rules = [] if vocabulary.rules is None else list(vocabulary.rules["rule"])
    width = len(rows[0])
    rows += [[""] * width for _ in range(max(len(units), len(rules)) - len(rows))]
    for number, row in enumerate(rows):
        row += ["", *(words[number] if number < len(words) else "" for words in (units, rules))]
    header = ["code", "label", "kind", "unit", "allowed units", "lowest", "highest", "grades"]
    return [[*header, "", "every unit", "every rule"], *rows]


def _limit(number: float) -> str:
    return f"{number:g}" if math.isfinite(number) else ""
