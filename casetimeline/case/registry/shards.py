"""One shard of a registry: its rows checked, and its derived table; from bytes to bytes, so that any machine can do it.

A shard is a Parquet file with all rows of about a thousand cases, each with the line on which it stood in the file that
was cut. What a shard gives is its part of the table, and what was found in it: how many rows, and each cause of a fault
once, however many rows have it.
"""

import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from ...derive import derive_part, derived_rows
from ...faults import MOST_FAULTS, Fault, TimelineError, shortened, whole_lists
from ...files import sha256
from ...vocabulary import ANCHOR_KINDS, COLUMN_NAMES
from ..cells.alike import Alike, alike_of, joined, note_words
from ..cells.causes import cause_of, expected_of
from ..checks.notes import valued_cases
from ..model import Vocabulary
from ..tables.names import name_rows
from ..tables.table import table_bytes
from .many import Whole, interpret_rows

# More causes than these are counted together: a registry in which each row has its own has one, and no table.
MOST_CAUSES = 1_000
# So many different texts of one cause are counted: what is kept of a registry does not grow with its rows.
MOST_TEXTS = 50
_OTHERS = "what is right by other rules than those above"


class Asked(NamedTuple):
    """What is asked of every shard of a registry.

    Attributes
    ----------
    name : str
        The file that was cut, for the messages.
    vocabulary : Vocabulary
        The measures; without the other tables.
    whole : Whole
        What the whole file holds.
    rule, reference : str
        Of the baseline.
    measure : str
        The records of one measure alone; blank for all.
    suffix : str
        `.parquet` or `.csv`, the form of the derived table; blank where the rows are only checked.
    """

    name: str
    vocabulary: Vocabulary
    whole: Whole
    rule: str
    reference: str
    measure: str
    suffix: str


class Cause(NamedTuple):
    """Faults of one cause: how many rows and cases have it, and the first of them.

    Attributes
    ----------
    column, expected : str
        What they have in common.
    rows, cases : int
    line : int
        The first line; 0 where no line is named.
    case_id, found : str
        The case of that line, and what stands there.
    nearest : str
        The known word that is most like it; blank if none is near.
    texts : tuple of str
        The digests of the different texts that stand there, of at most `MOST_TEXTS` and one more.
    """

    column: str
    expected: str
    rows: int
    cases: int
    line: int
    case_id: str
    found: str
    nearest: str = ""
    texts: tuple[str, ...] = ()


class Findings(NamedTuple):
    """What was found in a shard, or in all of them.

    Attributes
    ----------
    rows, cases, valued, records : int
        Rows read, cases among them, those of them that have a value, and records of the derived table.
    faulty, left_out : int
        Shards with a fault, of which nothing is derived, and their cases.
    causes : tuple of Cause
    notes : tuple of Alike
        What a reader should know.
    """

    rows: int
    cases: int
    valued: int
    records: int
    faulty: int
    left_out: int
    causes: tuple[Cause, ...]
    notes: tuple[Alike, ...]


def derive_shard(raw: bytes, asked: Asked) -> tuple[bytes, Findings]:
    """The derived table of one shard, and what was found in it; without a table where it has a fault.

    Parameters
    ----------
    raw : bytes
        The shard.
    asked : Asked
        What is asked of all of them.
    """
    facts = rows_of_shard(raw)
    # A row without an id is of no case.
    cases = facts.loc[facts["case_id"].ne(""), "case_id"].nunique()
    content, records, causes, notes, valued = b"", 0, (), (), 0
    try:
        with whole_lists():
            reading = interpret_rows(facts, asked.name, asked.vocabulary, asked.rule, asked.reference, (), asked.whole)
        notes, valued = alike_of(reading.notes), len(valued_cases(reading.facts))
        if asked.suffix:
            changes = derive_part(reading.facts, asked.rule, asked.reference)
            table = derived_rows(changes, asked.rule, asked.measure)
            content, records = table_bytes(table, asked.suffix), len(table)
    except TimelineError as error:
        causes = causes_of(error.faults, dict(zip(facts["line"], facts["case_id"], strict=True)))
    faulty, left_out = (1, int(cases)) if causes else (0, 0)
    return content, Findings(len(facts), int(cases), valued, records, faulty, left_out, causes, notes)


def rows_of_shard(raw: bytes) -> pd.DataFrame:
    """The rows of a shard as text, with `line` and every column of timeline.csv."""
    import pyarrow.parquet

    table = pyarrow.parquet.read_table(io.BytesIO(raw), use_threads=False)
    # What Arrow holds as one piece is not copied when it is asked for its different texts.
    facts = table.combine_chunks().to_pandas()
    return facts.assign(**{name: "" for name in COLUMN_NAMES if name not in facts})


def has_reference(rows: pd.DataFrame, asked: Asked) -> bool:
    """Whether rows of a shard tell of the reference of its registry, under whichever name and kind they were typed.

    Parameters
    ----------
    rows : DataFrame
        Of one case, from `rows_of_shard`.
    asked : Asked
        What is asked of the registry.
    """
    read = name_rows(rows, asked.vocabulary.measures, asked.name, asked.whole.typed).facts
    return bool((read["kind"].isin(ANCHOR_KINDS) & (read["code"] == asked.reference)).any())


def causes_of(faults: Iterable[Fault], case_of: dict[int, str]) -> tuple[Cause, ...]:
    """The faults of rows by their cause, those of most rows first.

    Parameters
    ----------
    faults : iterable of Fault
        Of one shard.
    case_of : dict
        The case of each line.

    Examples
    --------
    >>> from casetimeline.faults import Fault
    >>> faults = [Fault("t.csv", line, "value", "60", f"one value, as on line {line - 1}") for line in (3, 5)]
    >>> [cause[:5] for cause in causes_of(faults, {3: "a", 5: "b"})]
    [('value', 'one value, as on another line', 2, 2, 3)]
    """
    groups: dict[tuple[str, str], list[Fault]] = {}
    for fault in faults:
        groups.setdefault(cause_of(fault.column, fault.expected), []).append(fault)
    causes = []
    for (column, _), alike in groups.items():
        first = min(alike, key=lambda fault: fault.line or 0)
        lines = {fault.line for fault in alike}
        # A row without an id is of no case.
        cases = {case_of.get(line, "") for line in lines} - {""}
        case_id = case_of.get(first.line, "")
        fields = (
            column,
            expected_of(fault.expected for fault in alike),
            len(alike),
            len(cases),
            first.line or 0,
            case_id,
            shortened(first.found, 200),
            first.nearest,
            _fewest(sha256(text.encode())[:12] for text in {fault.found for fault in alike}),
        )
        causes.append(Cause(*fields))
    return _bounded(causes)


def combine(findings: Iterable[Findings]) -> Findings:
    """What was found in several shards together, as if it had been found in one.

    Examples
    --------
    >>> cause = Cause("unit", "mm", 2, 1, 7, "a", "cm")
    >>> notes = alike_of(["t.csv: in 1 of 2 cases no record is a baseline"])
    >>> one, other = (Findings(9, 2, 2, 0, 1, 2, (cause._replace(line=line),), notes) for line in (7, 3))
    >>> both = combine([one, other])
    >>> both.causes[0][2:5], finding_notes(both)
    ((4, 2, 3), ['t.csv: in 2 of 4 cases no record is a baseline'])
    """
    totals = [0, 0, 0, 0, 0, 0]
    causes: dict[tuple[str, str], Cause] = {}
    notes: tuple[Alike, ...] = ()
    for each in findings:
        totals = [total + more for total, more in zip(totals, each[:6], strict=True)]
        for cause in each.causes:
            kind = cause_of(cause.column, cause.expected)
            causes[kind] = _both(causes[kind], cause) if kind in causes else cause
        if len(causes) > 2 * MOST_CAUSES:
            causes = {cause_of(cause.column, cause.expected): cause for cause in _bounded(causes.values())}
        notes = joined([notes, each.notes])
    return Findings(*totals, _bounded(causes.values()), notes)


def finding_notes(findings: Findings) -> list[str]:
    """What a reader should know of all shards, as sentences."""
    return [note_words(note, findings.valued) for note in findings.notes]


def _both(one: Cause, other: Cause) -> Cause:
    """Two causes that are one; no case is in two shards."""
    first = min(one, other, key=lambda cause: cause.line)
    rows, cases = one.rows + other.rows, one.cases + other.cases
    expected = expected_of((one.expected, other.expected))
    return first._replace(expected=expected, rows=rows, cases=cases, texts=_fewest([*one.texts, *other.texts]))


def _fewest(digests: Iterable[str]) -> tuple[str, ...]:
    """The different digests as far as they are kept: which they are does not depend on the order of the shards."""
    return tuple(sorted(set(digests))[: MOST_TEXTS + 1])


def _bounded(causes: Iterable[Cause]) -> tuple[Cause, ...]:
    """Causes by how many rows they have, and by their first line; beyond `MOST_CAUSES` as one."""
    causes = list(causes)
    ranked = sorted(
        (cause for cause in causes if cause.expected != _OTHERS),
        key=lambda cause: (-cause.rows, cause.line, cause.column),
    )
    kept, others = ranked[:MOST_CAUSES], ranked[MOST_CAUSES:]
    others += [cause for cause in causes if cause.expected == _OTHERS]
    if others:
        first = min(others, key=lambda cause: cause.line)
        rows, cases = sum(cause.rows for cause in others), sum(cause.cases for cause in others)
        texts = _fewest(text for cause in others for text in cause.texts)
        kept.append(Cause("", _OTHERS, rows, cases, *first[4:7], "", texts))
    return tuple(kept)


def _content_words(cause: Cause) -> str:
    """What stands in the rows of a cause: that of its first line, and how many different texts there are.

    Examples
    --------
    >>> _content_words(Cause("value", "a number", 60, 9, 2, "a", "abc", "", ("1", "2")))
    "'abc' first, 2 different values in all"
    """
    content, count = repr(cause.found) if cause.found else "nothing", len(cause.texts)
    many = f"more than {MOST_TEXTS}" if count > MOST_TEXTS else count
    return f"{content} first, {many} different values in all" if count > 1 else content


def cause_lines(findings: Findings) -> Iterator[str]:
    """A table of the causes of faults, one a line, for a terminal."""
    yield "   rows   cases  column      first line  what is there; what would be right"
    for cause in findings.causes:
        place = " ".join(filter(None, [str(cause.line), f"({shortened(cause.case_id)})" if cause.case_id else ""]))
        words = f"found {_content_words(cause)}; expected {cause.expected}"
        of_which = "of the first, " if len(cause.texts) > 1 else ""
        words += f"; {of_which}did you mean '{cause.nearest}'?" if cause.nearest else ""
        yield f"{cause.rows:>7} {cause.cases:>7}  {cause.column:<10}  {place if cause.line else '-':<10}  {words}"
    if findings.faulty and any(cause.rows >= MOST_FAULTS for cause in findings.causes):
        yield f"of each shard at most {MOST_FAULTS} faults are counted"
