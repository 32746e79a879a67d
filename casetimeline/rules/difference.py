"""What a change changes: the rows of two timelines side by side, and the outputs of two analyses with the reasons.

Pure: it compares tables in hand. It stands with the rules, the first room that knows what an analysis says; who reads
the two things to compare is `workflow/revisions.py`.
"""

import re
from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable
from typing import NamedTuple

import pandas as pd

from ..vocabulary import COLUMN_NAMES
from .outputs import CLAIM, DERIVED, SERIES_PART, VERDICT

# Rows that agree in all of these are one row that was changed, first by the longer list.
_SAME_ROW = (("kind", "code", "phase", "start", "anchor", "site"), ("kind", "code", "phase"), ("kind", "code"))
# Before that, rows with the same words of a source that differ in one of these alone: phases may be numbered anew, or a
# site be called otherwise.
_ONE_OTHER = ("phase", "site", "start")
_LINES = re.compile(r"\b(lines? )([0-9]+(?:(?:, | and | or )[0-9]+)*)")
# The record that a sentence is about, within its key.
_RECORD = re.compile(r"(?<=:)((?:verdicts on )?line )([0-9]+)(?=[,:])")
# What says of which lines it speaks; a sentence or a mark has the words of a source, and these may look the same.
_NAMES_LINES = (SERIES_PART, VERDICT, CLAIM)
ADDED, REMOVED, CHANGED = "added", "removed", "changed"


class RowChange(NamedTuple):
    """A row that one timeline has and the other has not, or has with other cells.

    Attributes
    ----------
    change : str
        `added`, `removed` or `changed`.
    old, new : int or None
        The line of the row in each timeline.
    code : str
        What the row is about.
    cells : dict
        For each column that differs, or that is filled, the text before and after.
    """

    change: str
    old: int | None
    new: int | None
    code: str
    cells: dict[str, tuple[str, str]]


class RowsCompared(NamedTuple):
    """The rows of two timelines side by side: what changed, and for each new line the old one of the same row."""

    changes: tuple[RowChange, ...]
    place: dict[int, int]


def compare_rows(old: pd.DataFrame, new: pd.DataFrame) -> RowsCompared:
    """The rows of two timelines side by side.

    Rows with the same cells are the same row, wherever they stand. Of the others those are one row that was changed
    that have the same quote and differ in nothing but their phase, or site, or start; then those that agree in kind,
    code, phase, time, anchor and site; then in kind, code and phase; then in kind and code. What is left was added or
    removed.

    Parameters
    ----------
    old, new : DataFrame
        Facts with `line` and the columns of timeline.csv, as `Case.facts` has them.

    Returns
    -------
    RowsCompared

    Examples
    --------
    >>> old = pd.DataFrame({"line": [2, 3], "kind": "observation", "code": ["mrss", "ck"], "value": ["46", "923"]})
    >>> new = pd.DataFrame({"line": [2, 3], "kind": "observation", "code": ["ck", "mrss"], "value": ["923", "47"]})
    >>> rows = compare_rows(old, new)
    >>> rows.changes, rows.place
    ((RowChange(change='changed', old=2, new=3, code='mrss', cells={'value': ('46', '47')}),), {2: 3, 3: 2})
    """
    texts = [_texts(frame) for frame in (old, new)]
    left = [list(frame["line"]) for frame in (old, new)]
    place: dict[int, int] = {}

    def match(name: Callable[[dict[str, str]], Hashable]) -> None:
        """Pair the rows that are left and have the same name, in their order; a row without a name stays."""
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for line in left[0]:
            waiting[name(texts[0][line])].append(line)
        for line in left[1]:
            if (its_name := name(texts[1][line])) and waiting[its_name]:
                place[line] = waiting[its_name].popleft()
        paired = {*place.values()}
        left[:] = [line for line in left[0] if line not in paired], [line for line in left[1] if line not in place]

    match(lambda row: tuple(row.items()))
    for one in _ONE_OTHER:
        match(lambda row, one=one: row.get("quote") and tuple(row[name] for name in row if name != one))
    for columns in _SAME_ROW:
        match(lambda row, columns=columns: tuple(row.get(column, "") for column in columns))
    changes = [
        RowChange(CHANGED, was, line, texts[1][line]["code"], cells)
        for line, was in place.items()
        if (cells := _cells(texts[0][was], texts[1][line]))
    ]
    changes += [RowChange(REMOVED, line, None, texts[0][line]["code"], _cells(texts[0][line], {})) for line in left[0]]
    changes += [RowChange(ADDED, None, line, texts[1][line]["code"], _cells({}, texts[1][line])) for line in left[1]]
    order = sorted(changes, key=lambda change: (change.old or change.new or 0, change.new or 0))
    return RowsCompared(tuple(order), dict(sorted(place.items())))


def _texts(frame: pd.DataFrame) -> dict[int, dict[str, str]]:
    """The cells of each row by its line; blank where there is no such column."""
    columns = [name for name in COLUMN_NAMES if name != "case_id"]
    cells = frame.reindex(columns=columns).astype("str").fillna("").replace("<NA>", "").to_dict("records")
    return dict(zip(frame["line"].tolist(), cells, strict=True))


def _cells(old: dict[str, str], new: dict[str, str]) -> dict[str, tuple[str, str]]:
    """The columns in which two rows differ."""
    pairs = {name: (old.get(name, ""), new.get(name, "")) for name in {**old, **new}}
    return {name: pair for name, pair in pairs.items() if pair[0] != pair[1]}


class OutputChange(NamedTuple):
    """An output that says something else, or is new, or is gone.

    Attributes
    ----------
    kind, what : str
        As in the table of `outputs_of`; lines are those of the new timeline, and of the old one if `new` is blank.
    old, new : str
        What it says before and after; blank where it is not there, or says nothing.
    reasons : tuple of RowChange
        The rows that were changed and that it rests on, before or after. Without one, the reason is in no row: in
        case.yaml, in a table that all cases share, or in the program.
    """

    kind: str
    what: str
    old: str
    new: str
    reasons: tuple[RowChange, ...]


def parts_that_differ(change: OutputChange) -> tuple[str, str]:
    """What an output says before and after: of the columns of a derived record those that are not the same.

    Examples
    --------
    >>> parts_that_differ(OutputChange("derived", "line 3, change", "CHG -14; PCHG -30.4", "CHG -13; PCHG -30.4", ()))
    ('CHG -14', 'CHG -13')
    >>> parts_that_differ(OutputChange("sentence", "sentences, mrss", "Met: a; b.", "Met: a; c.", ()))
    ('Met: a; b.', 'Met: a; c.')
    """
    if change.kind != DERIVED:
        return change.old, change.new
    before, after = (side.split("; ") for side in (change.old, change.new))
    one, other = (
        "; ".join(part for part in side if part not in beside) for side, beside in ((before, after), (after, before))
    )
    return one, other


def compare_outputs(old: pd.DataFrame, new: pd.DataFrame, rows: RowsCompared) -> list[OutputChange]:
    """What two analyses say differently, each with the changed rows that are the reason.

    Parameters
    ----------
    old, new : DataFrame
        Tables with the columns of `outputs_of`.
    rows : RowsCompared
        From `compare_rows`.

    Returns
    -------
    list of OutputChange
        In the order of `old`, then of `new`. That a line has another number alone is no change.

    Examples
    --------
    >>> from casetimeline.case import read_facts
    >>> from casetimeline.rules import outputs_of
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss",
    ...                       "value": [46, 32], "unit": "", "source": "chart"})
    >>> cases = [read_facts(each, baseline_rule="first") for each in (frame, frame.replace({"value": {32: 33}}))]
    >>> rows = compare_rows(*(case.facts for case in cases))
    >>> changes = compare_outputs(*map(outputs_of, cases), rows)
    >>> [(change.what, change.reasons[0].new) for change in changes if change.what.endswith("change")]
    [('line 3, change', 3)]
    """
    names = {line: str(was) for line, was in rows.place.items()}
    names |= {change.new: f"{change.new}+" for change in rows.changes if change.change == ADDED}
    reasons = _Reasons(rows)
    changed_outputs = []
    for one, other in _paired(_named(old, {}), _named(new, names)):
        says = one.SAYS if one else "", other.SAYS if other else ""
        # What is said no more is named by the line that it stood on.
        shown = one if one and not says[1] else other
        changed_outputs.append((OutputChange(shown.KIND, shown.WHAT, *says, reasons.of(one, other)), shown.LINES))
    # What is said anew in the place of something else rests on the rows that this something rested on.
    by_line: dict[int, list[RowChange]] = defaultdict(list)
    for change, lines in changed_outputs:
        for line in lines:
            by_line[line] += change.reasons
    return [
        change if change.reasons else change._replace(reasons=_once(each for line in lines for each in by_line[line]))
        for change, lines in changed_outputs
    ]


def _once(changes: Iterable[RowChange]) -> tuple[RowChange, ...]:
    return tuple({(each.old, each.new): each for each in changes}.values())


class _Named(NamedTuple):
    """An output, and what it is of and says with the names of rows in the place of lines."""

    of: tuple[str, str]
    says: str
    output: tuple


def _named(outputs: pd.DataFrame, names: dict[int, str]) -> list[_Named]:
    """Outputs with the lines in their keys and in what they say by the names of their rows."""
    return [
        _Named((row.KIND, _key(row.KIND, row.KEY, names)), _renamed(row.SAYS, names), row)
        for row in outputs.itertuples(index=False)
    ]


def _key(kind: str, key: str, names: dict[int, str]) -> str:
    """What an output is of, by the name of its row, and without the number that it has among others of the same."""
    head, colon, rest = key.partition(":")
    if head.isdecimal():
        key = f"{names.get(int(head), head)}{colon}{rest}"
    elif kind not in _NAMES_LINES:
        key = _RECORD.sub(lambda match: match[1] + names.get(int(match[2]), match[2]), key)
    return re.sub(r":[0-9]+$", "", key)


def _renamed(text: str, names: dict[int, str]) -> str:
    """A text with the numbers of lines by the names of their rows; several of them in the order of these."""

    def rename(match: re.Match) -> str:
        """The words and the names of some lines."""
        lines = [names.get(int(line), line) for line in re.findall(r"[0-9]+", match[2])]
        return f"{match[1]}{', '.join(sorted(lines))}"

    return _LINES.sub(rename, text)


def _paired(old: list[_Named], new: list[_Named]) -> list[tuple[tuple | None, tuple | None]]:
    """The outputs that say something else than before, or that only one side has: in the order of the old, then new.

    Of several that are of the same those belong together that say the same, wherever they stand; of the others those
    about the same measure, in their order; then those that are left, in their order.
    """
    left = [dict(enumerate(old)), dict(enumerate(new))]
    pairs: dict[int, int] = {}

    def match(name: Callable[[_Named], Hashable | None]) -> dict[int, int]:
        """Pair what is left and has the same name, in its order."""
        waiting: dict[Hashable, deque[int]] = defaultdict(deque)
        for place, each in left[0].items():
            waiting[name(each)].append(place)
        matched = {waiting[name(each)].popleft(): place for place, each in left[1].items() if waiting.get(name(each))}
        left[0] = {place: each for place, each in left[0].items() if place not in matched}
        left[1] = {place: each for place, each in left[1].items() if place not in {*matched.values()}}
        return matched

    match(lambda each: (each.of, each.output.OF, each.says))
    # The words of a source may look like lines; what is worded from it says the same if no letter differs.
    match(lambda each: (each.of, each.output.OF, each.output.SAYS, each.of[0] in _NAMES_LINES and each.says))
    pairs |= match(lambda each: (each.of, each.output.OF))
    pairs |= match(lambda each: each.of)
    changed = [
        (each.output, new[pairs[i]].output if i in pairs else None)
        for i, each in enumerate(old)
        if i in pairs or i in left[0]
    ]
    changed += [(None, each.output) for each in left[1].values()]
    return [(one, other) for one, other in changed if (one and one.SAYS) or (other and other.SAYS)]


class _Reasons:
    """The changed rows by their lines, and those that are gone by what they were about."""

    def __init__(self, rows: RowsCompared):
        self._old = {change.old: change for change in rows.changes if change.old is not None}
        self._new = {change.new: change for change in rows.changes if change.new is not None}
        self._all = rows.changes

    def of(self, old, new) -> tuple[RowChange, ...]:
        """The changed rows that an output rests on, before or after; of a new one also those that made way for it."""
        rests = [self._old.get(line) for line in (old.LINES if old else ())]
        rests += [self._new.get(line) for line in (new.LINES if new else ())]
        if not any(rests) and (old is None or new is None):
            # No output that is new rests on a row that is gone, nor one that is gone on a new row: then the row that
            # made way for it, or took its place, is one of the same measure.
            other = ADDED if old is None else REMOVED
            rests = [change for change in self._all if change.code == (new or old).OF and change.change != other]
        return _once(filter(None, rests))
