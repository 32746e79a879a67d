"""Rows that somebody or something proposes: each held against the text of its source, for a person to accept.

The form of a proposal is `proposal.schema.json`. What the text does not show is refused; nothing enters a case unless
it is accepted row by row.
"""

import csv
import functools
import json
import pkgutil
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import pandas as pd

from ...faults import Fault, TimelineError, advice_of, fault, rename_lines, shortened
from ...vocabulary import COLUMN_NAMES
from ..model import Parsed, Recorded, Vocabulary, parse_case
from ..plain import columns_to_write, csv_line, lines_of
from ..tables.dialect import has_no_row, read_rows, without_comments
from ..tables.names import name_key
from ..tables.separated import decode
from .passages import Source, find_quote, in_sentence
from .proving import check_numbers, check_quotes

# What makes two rows the same fact; where it stands in the source may differ.
_FACT = [name for name in COLUMN_NAMES if name not in ("case_id", "source", "quote", "derived", "note")]


class Proposal(NamedTuple):
    """A file of proposed rows: the id of their source, blank where it names none; who proposes them; the rows."""

    source: str
    proposed_by: str
    rows: tuple[dict[str, str], ...]


class Proposed(NamedTuple):
    """A proposed row beside the text.

    Attributes
    ----------
    number : int
        Its place in the proposal, from 1.
    row : dict
        Its cells by column, blank ones left out.
    passages : tuple of tuple of str
        Of each passage of its quote what stands before it in its sentence, the passage, and what stands behind it.
    refused : tuple of str
        Why it cannot be accepted; nothing where it can.
    cautions : tuple of str
        What the person who accepts it should look at.
    """

    number: int
    row: dict[str, str]
    passages: tuple[tuple[str, str, str], ...]
    refused: tuple[str, ...]
    cautions: tuple[str, ...]


def beside_text(row: Proposed) -> str:
    """A proposed row, the passage of the text in its sentence, and why it is refused."""
    cells = ", ".join(f"{name} {cell}" for name, cell in row.row.items() if name != "quote")
    lines = [f"row {row.number}: {'refused' if row.refused else 'as the text says'}", f"  proposed  {cells}"]
    lines += [f"  text      {before}>>{passage}<<{after}" for before, passage, after in row.passages]
    lines += [f"  refused   {reason}" for reason in row.refused]
    lines += [f"  look      {caution}" for caution in row.cautions]
    return "\n".join(lines)


def words_to_accept(free: list[int]) -> str:
    """How rows that are not refused are accepted on the command line, as a clause; the first two stand for all.

    Examples
    --------
    >>> words_to_accept([2]), words_to_accept([1, 3, 4]), words_to_accept([])
    ('; --accept 2 accepts row 2', '; --accept 1,3 accepts rows 1 and 3', '')
    """
    if not free:
        return ""
    first = [str(number) for number in free[:2]]
    return f"; --accept {','.join(first)} accepts row{'s' if len(first) > 1 else ''} {' and '.join(first)}"


def read_proposal(raw: bytes, file: str) -> Proposal:
    """A proposal, of the form that `proposal.schema.json` describes.

    Raises
    ------
    TimelineError
        With every place where it has another form.

    Examples
    --------
    >>> raw = b'{"rows": [{"kind": "observation", "code": "mrss", "value": "46", "quote": "mRSS 46"}]}'
    >>> read_proposal(raw, "a.json").rows[0]["value"]
    '46'
    """
    try:
        content = json.loads(decode(raw, file), object_pairs_hook=_once)
    except (ValueError, RecursionError) as error:
        raise TimelineError([fault(str(error), "a JSON file of proposed rows", at=file)]) from None
    faults = [_misfit(error, file) for error in _validator().iter_errors(content)]
    if faults:
        raise TimelineError(faults)
    rows = ({name: text.strip() for name, text in row.items() if text.strip()} for row in content["rows"])
    return Proposal(content.get("source", ""), content.get("proposed_by", ""), tuple(rows))


def _once(pairs: list[tuple[str, object]]) -> dict:
    """An object of JSON, in which each name stands once."""
    if len(dict(pairs)) < len(pairs):
        raise ValueError("a name that stands twice in one object")
    return dict(pairs)


def proposal_schema() -> dict:
    """The form of a proposal, as JSON Schema."""
    return json.loads(pkgutil.get_data(__package__, "proposal.schema.json"))


@functools.cache
def _validator():
    from jsonschema import Draft202012Validator

    return Draft202012Validator(proposal_schema())


def _misfit(error, file: str) -> Fault:
    """A place of a proposal that has another form than the schema says."""
    way = [f"row {part + 1}" if isinstance(part, int) else str(part) for part in error.absolute_path]
    expected = _EXPECTED.get(error.validator, lambda asked: str(asked))(error.validator_value)
    if error.validator == "additionalProperties":
        expected = f"only the names {', '.join(error.schema['properties'])}"
    return Fault(
        file, None, ": ".join(way[len(way) > 1 :]) or "as a whole", shortened(json.dumps(error.instance)), expected
    )


_EXPECTED = {
    "type": lambda kind: {"object": "names with values, in braces", "array": "a list of rows"}.get(
        kind, "a text, in quotation marks"
    ),
    "required": lambda names: f"each of {', '.join(names)}",
    "enum": lambda words: f"one of {', '.join(filter(None, words))}",
    "minLength": lambda _: "a text that is not blank",
    "minItems": lambda _: "a row or more",
    "maxItems": lambda most: f"at most {most} rows",
}


def source_for(proposal: Proposal, ids: list[str], file: str) -> str:
    """The source of a case that a proposal is from: the one it names, or the only one.

    Raises
    ------
    TimelineError
        If it names none of them, or none where there are several.
    """
    chosen = proposal.source or (ids[0] if len(ids) == 1 else "")
    if chosen not in ids or not chosen:
        expected = f"the id of a source of the case: {', '.join(ids) or 'it has none'}"
        raise TimelineError([fault(proposal.source, expected, at=file, column="source", known=ids)])
    return chosen


def with_rows(case_id: str, recorded: Recorded, rows: Iterable[dict[str, str]]) -> tuple[Recorded, list[int]]:
    """The files of a case with more rows behind those that it has, and the line of each.

    What is there stays as it is, comments too; a file that lacks a column, or has another dialect, is written anew.
    """
    name, raw, rows = f"{case_id}/timeline.csv", recorded.timeline or b"", [dict(row, case_id=case_id) for row in rows]
    text = decode(raw, name)
    header = next(csv.reader(filter(str.strip, without_comments(text)[0].splitlines())), [])
    if not (all(cell in header for row in rows for cell in row) and raw.isascii() | raw.startswith(b"case_id")):
        header, text = _anew(raw, name, rows)
    before = text if text.endswith(("\n", "\r")) else f"{text}\n"
    added = [csv_line([row.get(column, "") for column in header]) for row in rows]
    lines, line = [], lines_of(before) + 1
    for each in added:
        lines.append(line)
        line += lines_of(each)
    return recorded._replace(timeline=(before + "".join(added)).encode()), lines


def _anew(raw: bytes, name: str, rows: list[dict[str, str]]) -> tuple[list[str], str]:
    """The header and the text of a timeline that has every column that its rows, and some more, fill."""
    old = [] if has_no_row(raw, name) else read_rows(raw, name)[0].drop(columns="line").to_dict("records")
    names = list(dict.fromkeys([*COLUMN_NAMES, *(column for row in old for column in row)]))
    header = columns_to_write(names, [*old, *rows])
    return header, csv_line(header) + "".join(csv_line([row[column] for column in header]) for row in old)


def judge_rows(
    proposal: Proposal, source_id: str, source: Source, case_id: str, recorded: Recorded, vocabulary: Vocabulary
) -> list[Proposed]:
    """Hold each proposed row against the text of its source, and against the case that it is for.

    Parameters
    ----------
    proposal : Proposal
        From `read_proposal`.
    source_id : str
        The id of the source, of `source_for`.
    source : Source
        Its text, from `read_source`.
    case_id, recorded, vocabulary
        The case as it is.

    Returns
    -------
    list of Proposed

    Raises
    ------
    TimelineError
        With the faults of the case itself.
    """
    rows = [{**row, "source": source_id} for row in proposal.rows]
    whole, lines = with_rows(case_id, recorded, rows)
    parsed = parse_case(case_id, whole, vocabulary)
    numbers = {line: number for number, line in enumerate(lines, 1)}
    file = f"{case_id}/timeline.csv"
    others = [one for one in parsed.faults if not (one.file == file and one.line in numbers)]
    if others:
        raise TimelineError(others)
    new = parsed.texts[parsed.texts["line"].isin(numbers)]
    misfits = [*check_quotes(new, {source_id: source}), *check_numbers(new)]
    faults = [*parsed.faults, *(Fault(file, *misfit) for misfit in misfits)]
    refused: dict[int, list[str]] = {line: [] for line in lines}
    for one in faults:
        words = rename_lines(
            one.expected, lambda line: f"row {numbers[line]} of the proposal" if line in numbers else ""
        )
        finding = f"found '{shortened(one.found, 200)}'" if one.found else "found nothing"
        refused[one.line].append(f"{one.column or 'row'}: {finding}; {advice_of(one._replace(expected=words))}")
    for line, words in _twice(parsed, numbers):
        refused[line].append(words)
    named = {row["line"]: row for row in new.to_dict("records")}
    return [
        Proposed(
            number,
            row,
            tuple(in_sentence(source, place) for place in find_quote(row["quote"], source) if place),
            tuple(refused[line]),
            tuple(_cautions(named.get(line, {}), row["quote"], parsed.measures)),
        )
        for (line, number), row in zip(numbers.items(), proposal.rows, strict=True)
    ]


def _twice(parsed: Parsed, numbers: dict[int, int]) -> Iterator[tuple[int, str]]:
    """Proposed rows that say what another row, of the case or of the proposal, says already."""
    texts = parsed.texts
    first = texts.groupby(_FACT, sort=False)["line"].transform("min")
    for line, other in zip(texts["line"], first, strict=True):
        if line in numbers and other != line:
            where = f"row {numbers[other]} of the proposal" if other in numbers else f"line {other} of the case"
            yield line, f"row: {where} says the same"


def _cautions(row: dict[str, str], quote: str, measures: pd.DataFrame) -> Iterator[str]:
    """That a quote does not have the name of what it is said to tell."""
    if not row or row["kind"] == "statement":
        return
    code, names = row["code"], [row["code"]]
    if code in measures.index:
        known = measures.loc[code]
        names += [known["label"], known.get("abbrev", ""), *str(known.get("synonyms", "")).split("|")]
    words = name_key(quote)
    if not any(name and name_key(name) in words for name in names):
        label = measures["label"].get(code, code)
        yield f"the quote does not name {label}"
