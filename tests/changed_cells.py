"""Each cell of each case changed in one way or another: who notices it, and does only that change which rests on it.

    make mutants-data                          every case; the score goes into data/README.md
    python tests/changed_cells.py fu-2025      some cases; the score is only printed

A changed case is read in memory. It is noticed by `check` (the cell cannot be read, or contradicts another), by the
proof (the quote does not stand in the text, or does not print the number or say the state), or by nbval, for which the
values of the index case are stored. `tests/workflow/test_changed_cells.py` asks a sample of the same.
"""

import argparse
import csv
import io
import json
import random
import re
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from casetimeline.case import interpret_case, parse_case, prove, read_recorded, whole_vocabulary
from casetimeline.case.proof.passages import find_quote
from casetimeline.case.proof.proving import check_numbers
from casetimeline.case.proof.sources import PROOF_FILE, read_source
from casetimeline.faults import TimelineError
from casetimeline.files import list_cases, write_atomic
from casetimeline.prose import told_of
from casetimeline.rules import compare_outputs, compare_rows
from casetimeline.vocabulary import COLUMN_NAMES, STATES

ROOT = Path(__file__).parent.parent
DATA = ROOT / "data"
# The case whose results are stored, and held against a fresh run by nbval.
ACCEPTED = "fu-2025"
DIGITS = ("value", "dose", "ref_low", "ref_high", "start", "end", "frequency", "count")
DELETED = (*DIGITS, "unit", "dose_unit", "state", "quote", "anchor", "site")
UNITS = {"U/L": "mg/dL", "mg": "g", "mg/kg": "mg", "g/day": "mg/day", "mg/day": "g/day", "%": "mg/L"}
TIMES = {"d": "wk", "wk": "mo", "mo": "a", "a": "mo", "h": "d"}
# Kinds of change that the issue asks about: at most 1 in 200 may escape.
JUDGED = ("quote", "digit")


class Change(NamedTuple):
    """One cell of a case with another text."""

    case: str
    line: int
    column: str
    kind: str
    old: str
    new: str


class Seen(NamedTuple):
    """What became of a change.

    Attributes
    ----------
    change : Change
    by : str
        Who noticed it: `check`, `proof`, `nbval`; blank if nobody did.
    named : bool
        Whether a fault names the cell itself.
    proved : bool
        Whether the row is held against a text.
    unexplained : tuple of str
        Outputs that changed and do not rest on the row; none if they were not looked at.
    moved : int
        How many outputs changed; -1 if they were not looked at.
    """

    change: Change
    by: str
    named: bool
    proved: bool
    unexplained: tuple[str, ...] = ()
    moved: int = -1


class Shipped(NamedTuple):
    """A case as it is: its files, its cells by line, and what is said of it."""

    name: str
    recorded: object
    header: list[str]
    rows: dict[int, list[str]]
    proved: frozenset[int]


@cache
def vocabulary():
    """The tables of the project."""
    return whole_vocabulary(DATA)


@cache
def shipped(name: str) -> Shipped:
    """A case of the data folder."""
    recorded = read_recorded(DATA / name, [])
    header, *rows = csv.reader(io.StringIO(recorded.timeline.decode()))
    parsed = prove(parse_case(name, recorded, vocabulary()), recorded)
    assert parsed.faults == () and parsed.texts["line"].tolist() == [*range(2, len(rows) + 2)], name
    return Shipped(name, recorded, header, dict(enumerate(rows, 2)), frozenset(parsed.places))


@cache
def original(name: str):
    """The case as it is read, with everything that is said of it."""
    case = interpret_case(parse_case(name, shipped(name).recorded, vocabulary()), vocabulary())
    return case, told_of(case)


def changes_of(name: str, seed: int = 0) -> Iterator[Change]:
    """One change for each character of a quote, each digit, state, unit, time and filled cell; the same at each run."""
    case, chance = shipped(name), random.Random(f"{name} {seed}")
    for line, row in case.rows.items():
        cells = dict(zip(case.header, row, strict=True))
        for column, text in cells.items():
            if not text or column == "case_id":
                continue
            if column == "quote":
                for place, letter in enumerate(text):
                    new = f"{text[:place]}{another(letter, chance)}{text[place + 1 :]}"
                    yield Change(name, line, column, "quote", text, new)
            if column in DIGITS:
                # The number of a phase is ours: no source prints it.
                kind = "phase" if text.startswith("phase") else "digit"
                for match in re.finditer("[0-9]", text):
                    digit = chance.choice([each for each in "0123456789" if each != match[0]])
                    yield Change(name, line, column, kind, text, text[: match.start()] + digit + text[match.end() :])
            if column in ("start", "end"):
                yield from _units_of_time(name, line, column, text)
            if column == "state":
                state = chance.choice([each for each in STATES if each != text])
                yield Change(name, line, column, "state", text, state)
            if column in ("unit", "dose_unit"):
                yield Change(name, line, column, "unit", text, UNITS.get(text, "mg"))
            if column in DELETED:
                yield Change(name, line, column, "deletion", text, "")


def another(letter: str, chance: random.Random) -> str:
    """Another character of the same kind; of a blank or a mark one that reads differently."""
    for kind in ("0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"):
        if letter in kind:
            return chance.choice([each for each in kind if each != letter])
    return chance.choice([each for each in "x;:%" if each != letter])


def _units_of_time(name: str, line: int, column: str, text: str) -> Iterator[Change]:
    match = re.search(r"(?<=[0-9] )(d|wk|mo|a|h)\b", text)
    if match:
        yield Change(name, line, column, "time", text, text[: match.start()] + TIMES[match[0]] + text[match.end() :])


def changed(change: Change):
    """The files of a case with one other cell."""
    case = shipped(change.case)
    rows = {line: [*row] for line, row in case.rows.items()}
    rows[change.line][case.header.index(change.column)] = change.new
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\n").writerows([case.header, *rows.values()])
    return case.recorded._replace(timeline=buffer.getvalue().encode())


def judge(change: Change, outputs: bool = False) -> Seen:
    """Who notices a change; and where asked, whether only that changed which rests on the row."""
    recorded, tables = changed(change), vocabulary()
    proved = change.line in shipped(change.case).proved
    try:
        parsed = parse_case(change.case, recorded, tables)
    except TimelineError as error:
        return Seen(change, "check", _names(error.faults, change), proved)
    refused = parsed.faults
    faults = refused or prove(parsed, recorded).faults
    by = "check" if refused else "proof" if faults else ""
    if refused:
        return Seen(change, by, _names(faults, change), proved)
    moved, unexplained = -1, ()
    if outputs or (change.case == ACCEPTED and not by):
        moved, unexplained = _outputs(change, parsed)
    if moved is None:
        by, moved = by or "check", -1
    elif change.case == ACCEPTED and not by and moved:
        by = "nbval"
    return Seen(change, by, _names(faults, change), proved, unexplained, moved)


@cache
def held(name: str) -> dict[str, object]:
    """For each source of a case its text, or the quotes that were proved against it elsewhere."""
    files = dict(shipped(name).recorded.texts)
    stored = json.loads(files.get(PROOF_FILE, b"{}"))
    texts = {key: frozenset(entry["quotes"]) for key, entry in stored.items()}
    for source in original(name)[0].about.get("sources", []):
        if source.get("text") in files:
            texts[source["id"]] = read_source(files[source["text"]], source["text"])
    return texts


def judge_quote(change: Change) -> Seen:
    """As `judge` for another character of a quote, without reading the rest of the case once more."""
    case = shipped(change.case)
    row = dict(zip(case.header, case.rows[change.line], strict=True)) | {"quote": change.new}
    text = held(change.case).get(row["source"])
    if change.line not in case.proved or text is None:
        return Seen(change, "", False, False)
    stands = change.new in text if isinstance(text, frozenset) else all(find_quote(change.new, text))
    faults = [] if not stands else [*check_numbers(pd.DataFrame([{**_BLANK, **row, "line": change.line}]))]
    return Seen(change, "" if stands and not faults else "proof", not stands or bool(faults), True)


_BLANK = dict.fromkeys(COLUMN_NAMES, "")


def _outputs(change: Change, parsed) -> tuple[int | None, tuple[str, ...]]:
    """How many outputs changed, and which of them without a reason; nothing if the changed case cannot be read."""
    try:
        case = interpret_case(parsed, vocabulary())
    except TimelineError:
        return None, ()
    before, told = original(change.case)
    differences = compare_outputs(told, told_of(case), compare_rows(before.facts, case.facts))
    return len(differences), tuple(each.what for each in differences if not each.reasons)


def _names(faults, change: Change) -> bool:
    return any(each.line == change.line and each.column == change.column for each in faults)


def why(seen: Seen) -> str:
    """Why nobody noticed a change."""
    if not seen.proved:
        return "the row is held against no text: it has no quote, or its case no text and no proof"
    return {
        "deletion": "a blank cell claims nothing, and a quote may say more than its rows",
        "state": "the proof knows no word by which the quote would contradict this state",
        "time": "the quote prints a number with this unit as well, or names no unit",
        "unit": "`derived` names the number, and no unit is held there",
        "digit": "the quote prints this number as well",
        "phase": "the number of a phase is ours, and no source prints it",
        "quote": "the text prints these words as well",
    }[seen.change.kind]


def run(names: list[str], most: int | None = None) -> list[Seen]:
    """Every change of some cases, judged; with the outputs of all cells but the quotes, or of some of them.

    Parameters
    ----------
    names : list of str
        The cases.
    most : int, optional
        Of how many cells everything is derived again, chosen by chance and the same at each run; of all by default.
    """
    changes = [change for name in names for change in changes_of(name)]
    cells = [change for change in changes if change.kind != "quote"]
    quotes = [change for change in changes if change.kind == "quote"]
    chosen = {*random.Random(0).sample(range(len(cells)), min(len(cells), len(cells) if most is None else most))}
    with ProcessPoolExecutor() as pool:
        seen = [*pool.map(judge_quote, quotes, chunksize=500)]
        derived = [place in chosen for place in range(len(cells))]
        for number, each in enumerate(pool.map(judge, cells, derived, chunksize=8), 1):
            seen.append(each)
            if number % 200 == 0:
                print(f"{number} of {len(cells)} cells", file=sys.stderr)
    return seen


def score(seen: list[Seen]) -> list[str]:
    """The score as lines of Markdown: by kind of change who noticed it, then what escaped and why."""
    lines = ["| change | of proved rows | noticed | escaped | of other rows | noticed |", "|---|---|---|---|---|---|"]
    for kind in dict.fromkeys(each.change.kind for each in seen):
        proved, others = (
            [each for each in seen if each.change.kind == kind and each.proved == is_proved]
            for is_proved in (True, False)
        )
        noticed, found = (sum(bool(each.by) for each in group) for group in (proved, others))
        lines.append(f"| {kind} | {len(proved)} | {noticed} | {len(proved) - noticed} | {len(others)} | {found} |")
    looked = [each for each in seen if each.moved >= 0]
    lines += [
        "",
        f"Of {len(looked)} changes after which the case could still be read, everything was derived again: "
        f"{sum(each.moved for each in looked)} outputs read otherwise, "
        f"{sum(len(each.unexplained) for each in looked)} of them without resting on the changed row.",
        "",
        "What escaped in proved rows:",
        "",
    ]
    reasons: dict[str, list[Seen]] = {}
    for each in seen:
        if each.proved and not each.by:
            reasons.setdefault(f"{each.change.kind}: {why(each)}", []).append(each)
    for reason, group in reasons.items():
        where = [f"{one.change.case}:{one.change.line} {one.change.column}" for one in group]
        listed = "; ".join(
            f"{place} ({one.change.old} to {one.change.new})" for place, one in zip(where, group, strict=True)
        )
        told = f": {listed}" if group[0].change.kind in ("digit", "quote") else ""
        lines.append(f"- {len(group)} x {reason}{told}.")
    return lines


_BEGIN, _END = "<!-- changed cells: `make mutants-data` writes the lines from here -->", "<!-- to here -->"


def written(text: str, lines: list[str]) -> str:
    """A text with the score between its two marks."""
    before, _, rest = text.partition(_BEGIN)
    _, end, after = rest.partition(_END)
    assert end, f"the marks {_BEGIN} and {_END} are expected"
    return "\n".join([before + _BEGIN, "", *lines, "", _END + after])


def main(arguments: list[str] | None = None) -> int:
    """Change every cell of some cases, and say what came of it; 1 if something changed that should not have."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="*", help="their ids; every case where none is named")
    parser.add_argument("--most", type=int, help="of how many cells everything is derived again; else of all")
    parser.add_argument("--write", type=Path, help="the file whose score is written anew")
    options = parser.parse_args(arguments)
    seen = run(options.cases or list_cases(DATA), options.most)
    lines = score(seen)
    print("\n".join(lines))
    if options.write:
        write_atomic(options.write, written(options.write.read_text(encoding="utf-8"), lines).encode())
    wrong = [(each.change, what) for each in seen for what in each.unexplained]
    for change, what in wrong:
        print(f"does not rest on the row: {what}, after {change}", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
