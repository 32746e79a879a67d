"""Two states of a case side by side: read from folders, revisions, archives or built reports, and compared.

Reading stands here, because a built report is known by its manifest; what is compared stands in `rules/difference.py`.
"""

import csv
import io
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import pandas as pd

from ..case import (
    Case,
    case_within,
    interpret_case,
    parse_case,
    read_case,
    read_folder,
    texts_named_in,
    whole_vocabulary,
    without_rows,
)
from ..faults import TimelineError, fault, first_few
from ..figures import marks_from, told_and_drawn
from ..files import CASE_FILES, MANIFEST, PROJECT_DATA, TABLES, combined, digest_of, refusal, write_together
from ..report import read_words
from ..rules import OutputChange, RowsCompared, compare_outputs, compare_rows, parts_that_differ, table_of
from ..vocabulary import COLUMN_NAMES
from .plan import read_manifest

_TAKEN = "a case folder, REV:FOLDER of a revision in git, an archive of a case (.zip), or a built report (build/CASE)"
# The tables that a report keeps for a comparison, with the columns that this one needs.
_KEPT = {"rows": ("line", "kind", "code"), "outputs": tuple(table_of(()).columns)}
_TABLES = {"measures": "measures.csv", "rules": "rules.csv", "comparators": "comparators.csv"}


class State(NamedTuple):
    """One state of a case: its rows, what is said of them, and everything else that this comes from, by its name."""

    name: str
    facts: pd.DataFrame
    outputs: pd.DataFrame
    others: dict[str, object]
    built: bool = False


class Difference(NamedTuple):
    """What differs between two states of a case."""

    old: str
    new: str
    rows: RowsCompared
    outputs: list[OutputChange]
    others: tuple[str, ...]

    def as_data(self) -> dict:
        """The difference for a program."""
        return {
            "old": self.old,
            "new": self.new,
            "rows": [change._asdict() for change in self.rows.changes],
            "others": list(self.others),
            "outputs": [
                {**change._asdict(), "reasons": [{"old": each.old, "new": each.new} for each in change.reasons]}
                for change in self.outputs
            ],
        }


def compare_states(old: str, new: str) -> Difference:
    """What changed between two states of a case, and what that changes in its report.

    Parameters
    ----------
    old, new : str
        A case folder, `REV:FOLDER` for a folder of a revision in git, a zip of a case, or the folder of a built report.

    Raises
    ------
    TimelineError
        If one of them is none of these, or holds a case with faults.
    """
    states = [_state(text) for text in (old, new)]
    figures = [set(map(_figure_of, state.outputs["WHAT"])) for state in states]
    lacking = figures[0] ^ figures[1] if any(state.built for state in states) else set()
    outputs = [state.outputs[~state.outputs["WHAT"].map(_figure_of).isin(lacking)] for state in states]
    rows = compare_rows(*(state.facts for state in states))
    changes = compare_outputs(*outputs, rows)
    before, after = (state.others for state in states)
    others = tuple(name for name in dict.fromkeys((*before, *after)) if before.get(name) != after.get(name))
    if states[0].built != states[1].built:
        others = ("what else a case and a report are made of is not compared",)
    if [*rows.place.values()] != sorted(rows.place.values()):
        others += ("the order of the rows",)
    # A report leaves out a figure that shows nothing; that each of its marks is gone says nothing of a row.
    others += (f"figures that one of them does not have: {', '.join(sorted(lacking))}",) if lacking else ()
    return Difference(states[0].name, states[1].name, rows, changes, others)


def _figure_of(what: str) -> str:
    """The figure of a mark; blank for another output."""
    return what.removeprefix("figure ").partition(",")[0] if what.startswith("figure ") else ""


def _state(text: str) -> State:
    path = Path(text)
    if (path / MANIFEST).is_file():
        return _built(path)
    return _state_of(text, _case_of(text, path))


def _case_of(text: str, path: Path) -> Case:
    """The case that a folder, a zip or a revision holds."""
    if (path / "timeline.csv").is_file():
        return read_case(path)
    if path.is_file() and path.suffix.lower() == ".zip":
        case_id, recorded = read_folder(path.read_bytes(), path.name)
        data = path.parent if (path.parent / TABLES[0]).is_file() else PROJECT_DATA
        vocabulary = whole_vocabulary(data)
        return interpret_case(parse_case(case_id, recorded, vocabulary), vocabulary)
    revision, colon, folder = text.partition(":")
    if colon and revision and folder and not path.exists():
        return _case_of_revision(text, revision, folder.rstrip("/"))
    seen = "no such file or folder" if not path.exists() else "a file" if path.is_file() else "a folder without a case"
    raise TimelineError([fault(seen, _TAKEN, at=text)._replace(nearest=case_within(path))])


def _case_of_revision(text: str, revision: str, folder: str) -> Case:
    """A case of a revision, read from a copy of its files and of the tables beside it."""
    place = PurePosixPath(folder)
    if place.is_absolute() or ".." in place.parts or len(place.parts) < 1:
        raise refusal(text, folder, "a folder of the repository, as in HEAD~1:data/fu-2025")
    commit = _git(text, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    if commit is None:
        raise refusal(text, revision, "a revision of the git repository of this folder, as in HEAD~1:data/fu-2025")
    commit = commit.decode().strip()
    modes = _modes(_git(text, "ls-tree", "-r", "-z", "--full-tree", commit) or b"")
    if str(place / "timeline.csv") not in modes:
        cases = sorted({str(PurePosixPath(name).parent) for name in modes if name.endswith("/timeline.csv")})
        raise TimelineError([fault(folder, f"a case folder of {revision}", at=text, known=cases)])

    def content(name: str) -> bytes | None:
        """A file as git would check it out; nothing where the revision has none."""
        if name in modes and not modes[name].startswith("100"):
            raise refusal(text, f"{name}, which is a link", "a file in its place: of a revision no link is followed")
        return _git(text, "cat-file", "--filters", f"{commit}:{name}") if name in modes else None

    texts = texts_named_in(content(str(place / CASE_FILES[0])))
    names = [*(place / name for name in (*CASE_FILES, *texts)), *(place.parent / name for name in TABLES)]
    contents = {name: content(str(name)) for name in names}
    # What git has is read alone: a link beside it, or a file that an archive leaves out, makes no difference.
    with tempfile.TemporaryDirectory(prefix="casetimeline-") as home:
        write_together({Path(home) / name: each for name, each in contents.items() if each is not None})
        return read_case(Path(home) / folder)


def _modes(listed: bytes) -> dict[str, str]:
    """The mode of each file that `git ls-tree -z` lists, by its name: 100644 of a file, 120000 of a link."""
    lines = [line.partition("\t") for line in listed.decode("utf-8", "replace").split("\0") if line]
    return {name: entry.partition(" ")[0] for entry, _, name in lines}


def _git(text: str, *arguments: str) -> bytes | None:
    """What git prints, from the top of the repository; nothing if it does not know a revision."""
    try:
        top = subprocess.run(["git", "rev-parse", "--show-toplevel"], capture_output=True, check=True)
        root = top.stdout.decode().rstrip("\n")
        return subprocess.run(["git", "-C", root, *arguments], capture_output=True, check=True).stdout
    except FileNotFoundError:
        raise refusal(text, "no git on this machine", "a folder, a zip or a report; a revision needs git") from None
    except subprocess.CalledProcessError as error:
        if b"not a git repository" in error.stderr:
            raise refusal(text, "no git repository here", _TAKEN) from None
        if arguments[:1] == ("rev-parse",) and not error.stderr:
            return None
        words = error.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        raise refusal(text, words or "what git cannot read", "a revision whose files git can read") from None


def _state_of(name: str, case: Case) -> State:
    # Parts as they were read, not as text: in which order the keys of a mapping stand says nothing.
    others: dict[str, object] = {f"case.yaml, {key}": part for key, part in case.about.items()}
    others |= {file: getattr(case, table).to_csv() for table, file in _TABLES.items()}
    return State(name, case.facts, told_and_drawn(case), others)


def _built(folder: Path) -> State:
    """What a built report keeps of its case: its rows, what was said of them, and what was drawn."""
    manifest = read_manifest(folder)
    kept = [folder / "tables" / f"{name}.csv" for name in ("rows", "outputs")]
    if not manifest or not all(path.is_file() for path in kept):
        seen = "a manifest.json that is none" if not manifest else "a report without tables/rows.csv and outputs.csv"
        raise refusal(str(folder), seen, "a report that this version made; `make report` makes it again")
    rows, outputs = (_kept(path) for path in kept)
    files = sorted((folder / "figures").glob("*.txt"))
    drawn = [(path.stem, _kept(path)) for path in files]
    outputs = pd.concat([outputs, marks_from(drawn, outputs, rows["line"])], ignore_index=True)
    others = {name: digest for name, digest in manifest["inputs"].items() if not name.endswith("/timeline.csv")}
    package = {name: str(digest) for name, digest in others.items() if name.startswith("casetimeline/")}
    others = {name: digest for name, digest in others.items() if name not in package}
    others |= {"the program": combined(package), "case.yaml, case_id": manifest["case_id"], **_parameters(manifest)}
    # What a hand changed in a report is compared as it stands, and named.
    others |= {
        f"{name} of {folder}, changed by hand": digest
        for name in (path.relative_to(folder).as_posix() for path in (*kept, *files))
        if (digest := digest_of(folder / name)) != manifest["outputs"].get(name)
    }
    return State(str(folder), rows, outputs, others, built=True)


def _kept(path: Path) -> pd.DataFrame:
    """A table that a report keeps, with its lines as numbers."""
    columns = _KEPT.get(path.stem, ("panel", "element", "of", "line", "said"))
    try:
        text = path.read_text(encoding="utf-8")
        table = _table(text, ",") if path.stem in _KEPT else _table(read_words(text).values, "\t")
        if absent := [name for name in columns if name not in table]:
            raise ValueError(f"no column {', '.join(absent)}")
        if path.stem == "rows":
            return table.assign(line=table["line"].astype(int))
        if path.stem == "outputs":
            return table.assign(LINES=[tuple(map(int, lines.split())) for lines in table["LINES"]])
        return table
    except (OSError, ValueError) as error:
        words = "a table of a report of this version; `make report` makes it again"
        raise refusal(str(path), str(error), words) from None


def _parameters(manifest: dict) -> dict[str, str]:
    return {f"parameter {name}": str(value) for name, value in manifest["parameters"].items()}


def _table(text: str, separator: str) -> pd.DataFrame:
    """A table of a report as text; an apostrophe that keeps a spreadsheet from running a cell is taken away."""
    quoting = csv.QUOTE_MINIMAL if separator == "," else csv.QUOTE_NONE
    table = pd.read_csv(io.StringIO(text), sep=separator, dtype=str, keep_default_na=False, quoting=quoting)
    return table.apply(lambda column: column.str.replace(r"^'(?=\s*[=+\-@\t\r\n])", "", regex=True))


def difference_lines(difference: Difference) -> Iterator[str]:
    """A difference for a reader."""
    changes = difference.rows.changes
    yield f"{difference.old} against {difference.new}"
    yield f"rows       {_counts([change.change for change in changes])}"
    for change in changes:
        where = " to ".join(f"line {line}" for line in dict.fromkeys((change.old, change.new)) if line is not None)
        cells = "; ".join(f"{name} {_quoted(old)} to {_quoted(new)}" for name, (old, new) in change.cells.items())
        yield f"  {change.change:<8} {where}, {change.code}{f': {cells}' if change.change == 'changed' else ''}"
    if difference.others:
        yield f"otherwise  {', '.join(difference.others)}"
    yield f"outputs    {_counts([change.kind for change in difference.outputs])}"
    for change in difference.outputs:
        lines = dict.fromkeys(each.new or each.old for each in change.reasons)
        because = f"line {', '.join(map(str, lines))}" if lines else "no row: see above"
        yield f"  {change.kind:<8} {change.what} ({because})"
        old, new = parts_that_differ(change)
        yield f"    - {old or 'nothing'}"
        yield f"    + {new or 'nothing'}"


def _quoted(text: str) -> str:
    return f"'{text}'" if text else "blank"


def _counts(words: list[str]) -> str:
    counts = {word: words.count(word) for word in dict.fromkeys(words)}
    return ", ".join(f"{count} {word}" for word, count in counts.items()) or "none"


class Dependence(NamedTuple):
    """What rests on a row: each output, and what it says without the row."""

    case_id: str
    line: int
    row: dict[str, str]
    outputs: list[dict[str, str]]
    refusal: str

    def as_data(self) -> dict:
        """The dependence for a program."""
        return {"case": self.case_id, "line": self.line, "cells": self.row, "without": self.refusal or None} | {
            "outputs": self.outputs
        }


def _stretches(lines: list[int]) -> str:
    """Ascending lines, those that follow each other as a stretch; of many stretches the first.

    Examples
    --------
    >>> _stretches([2, 3, 4]), _stretches([2, 5, 6])
    ('2 to 4', '2, 5 to 6')
    """
    there = {*lines}
    begins = [line for line in lines if line - 1 not in there]
    ends = [line for line in lines if line + 1 not in there]
    pairs = zip(begins, ends, strict=True)
    return first_few(str(begin) if begin == end else f"{begin} to {end}" for begin, end in pairs)


def depends_on(case: Case, line: int) -> Dependence:
    """Everything that rests on a row of a timeline, with what each would say if the row were not there.

    Parameters
    ----------
    case : Case
        From `read_case`.
    line : int
        A line of its timeline.csv.

    Raises
    ------
    TimelineError
        If no row stands on this line.
    """
    lines = case.facts["line"].tolist()
    if line not in lines:
        words = f"a line with a row: {_stretches(lines)}"
        raise TimelineError([fault(str(line), words, at="--row")])
    outputs, without, refused = told_and_drawn(case), None, ""
    try:
        without = told_and_drawn(without_rows(case, [line])).set_index(["KIND", "KEY"])["SAYS"]
    except TimelineError as error:
        refused = "; ".join(f"{each.found}: expected {each.expected}" for each in error.faults)
    resting = outputs[[line in rest for rest in outputs["LINES"]]]
    dependent_outputs = []
    for row in resting.itertuples(index=False):
        says = "" if without is None else without.get((row.KIND, row.KEY), "")
        if row.SAYS or says:
            dependent_outputs.append({"kind": row.KIND, "what": row.WHAT, "says": row.SAYS, "without": says})
    cells = case.facts.loc[case.facts["line"] == line, list(COLUMN_NAMES)].astype("str").iloc[0]
    return Dependence(
        case.case_id,
        line,
        {name: text for name, text in cells.items() if text not in ("", "<NA>")},
        dependent_outputs,
        refused,
    )


def dependence_lines(dependence: Dependence) -> Iterator[str]:
    """What rests on a row, for a reader."""
    row = dependence.row
    says = " ".join(filter(None, [row.get(name, "") for name in ("value", "unit", "state", "dose", "dose_unit")]))
    yield f"{dependence.case_id}, line {dependence.line}: {row['code']}{f', {says}' if says else ''}"
    if dependence.refusal:
        yield f"without it the case cannot be read: found {dependence.refusal}"
    yield f"rest on it {_counts([output['kind'] for output in dependence.outputs])}"
    for output in dependence.outputs:
        yield f"  {output['kind']:<8} {output['what']}: {output['says'] or 'nothing'}"
        if not dependence.refusal:
            same = output["without"] == output["says"]
            yield f"           without it {'the same' if same else output['without'] or 'nothing'}"
