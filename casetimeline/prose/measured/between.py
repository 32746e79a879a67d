"""What the rules say of the stretches of a course that do not begin at the baseline, in words."""

from collections.abc import Iterator
from typing import NamedTuple

import pandas as pd

from ...derive import derive_stretches
from ...faults import counted
from ...rules import OF_PATIENT, Analysis, compare_rules, derive_tipping, is_counted, once
from ...values import rows_of
from ...vocabulary import FIRST, HIGHEST, LOWEST, MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, UNDETERMINED
from ..display import RowText, Sentence
from ..wording.when import when_words
from ..wording.words import value_words
from .changes import turns_of
from .coursed import may_be_last_of
from .undecided import tipping_words, with_whole

_KINDS = {
    FIRST: ", from the first value to the baseline",
    LOWEST: ", from the lowest value so far",
    HIGHEST: ", from the highest value so far",
}


class Turn(NamedTuple):
    """A change that turned: its two parts, where a verdict on one of them is another than that on the whole.

    Attributes
    ----------
    word : str
        `lowest` or `highest`: the value at which it turned.
    line : int
        The line of that value.
    before, after : DataFrame
        The verdicts on the change from the baseline to it, and from it to the last value; columns of `derive_tipping`.
    """

    word: str
    line: int
    before: pd.DataFrame
    after: pd.DataFrame


def of_other_visits(analysis: Analysis, record: pd.Series, verdict) -> RowText:
    """What a rule that is not met by a last value says of the others of its series, with their lines; else blank.

    That it is met by one of them; and, where the last value is outside of its window, that one within does not meet it.
    """
    changes, verdicts = analysis.changes, analysis.verdicts
    of_series = changes[changes["PARAMCD"].eq(record["PARAMCD"]) & changes["LOC"].eq(record["LOC"])]
    # Of several values that may be the last each has an answer of its own.
    last = {record.name, *may_be_last_of(of_series)["line"]}
    others = verdicts[verdicts["RULE"].eq(verdict.RULE) & ~verdicts["line"].isin(last)]
    for answer, asked in ((MET, verdict.VERDICT != MET), (NOT_MET, verdict.VERDICT == OUTSIDE)):
        lines = others.loc[others["VERDICT"].eq(answer), "line"]
        first, *more = [*rows_of(of_series[of_series["line"].isin(lines)].sort_values("ORDER"))] or [None]
        if asked and first is not None:
            unit, phases = analysis.case.measure(first.PARAMCD)["unit"], analysis.case.about.get("phases", {})
            rest = f" (and with {counted(len(more), 'other value')})" if more else ""
            text = f"{answer} with {value_words(first, unit)} {when_words(first, phases)}{rest}"
            return RowText(text, (first.line, *(row.line for row in more)))
    return RowText("")


# Of a change that turned, what is asked of its parts.
OF_PARTS = {"variation": "beyond day-to-day variation", "error": "beyond the smallest detectable change"}
TURNS = {LOWEST: "lowest", HIGHEST: "highest"}


@once
def turn_of(analysis: Analysis, line: int, kind: str) -> Turn | None:
    """Where the change up to a last value turned, by the rules of a kind; None where the whole says the same.

    The change from the first value to the last says nothing of a rise after a fall.
    """
    parts, verdicts = analysis.stretches, analysis.verdicts[is_counted(analysis.verdicts)]
    parts = parts[parts["line"].eq(line) & parts["KIND"].eq(kind) & parts["STRETCH"].isin([*TURNS])]
    parts = parts[is_counted(parts)]
    if kind not in OF_PARTS or parts.empty:
        return None
    at, of_kind = int(parts["FROMLINE"].iloc[0]), verdicts[verdicts["KIND"].eq(kind)]
    before, whole = of_kind[of_kind["line"].eq(at)], of_kind[of_kind["line"].eq(line)].set_index("RULE")["VERDICT"]
    answers = (part.set_index("RULE")["VERDICT"].reindex(whole.index) for part in (before, parts))
    if not any((answer != whole).any() for answer in answers):
        return None
    before = derive_tipping(before, analysis.changes, analysis.case.rules)
    parts_of = (with_whole(part, analysis.case.measures) for part in (before, parts))
    return Turn(TURNS[parts["STRETCH"].iloc[0]], at, *parts_of)


class OpenTurn(NamedTuple):
    """A change that turned where it is open at which value.

    Attributes
    ----------
    word : str
        `lowest` or `highest`.
    records : list
        The records of which one has that value.
    before : DataFrame
        The verdicts on the change from the baseline to it.
    """

    word: str
    records: list
    before: pd.DataFrame


def open_turn_of(analysis: Analysis, line: int, kind: str) -> OpenTurn | None:
    """As `turn_of`, where the bounds of several values leave open which of them is the lowest, or the highest.

    Or where it is open which of several values is the last, and the record is one of them: none of them is the turn.
    The change to the lowest is at least as large as that to each of them: what one meets, it meets.
    """
    changes, verdicts = analysis.changes, analysis.verdicts[is_counted(analysis.verdicts)]
    row = next(rows_of(changes[changes["line"].eq(line)]))
    series = changes[changes["PARAMCD"].eq(row.PARAMCD) & changes["LOC"].eq(row.LOC)]
    last = {*may_be_last_of(series)["line"]}
    series = series[~series["line"].isin(last)]
    turns = dict(turns_of(series, row)) if kind in OF_PARTS and row.POSTBLFL == "Y" else {}
    word = TURNS[HIGHEST if row.BETTER == "higher" else LOWEST]
    records = turns.get(word, [])
    if len(records) < (1 if last else 2) or len({record.EXAMINERS for record in records}) > 1:
        return None
    of_kind = verdicts[verdicts["KIND"].eq(kind)]
    whole = of_kind[of_kind["line"].eq(line)].set_index("RULE")["VERDICT"]
    before = of_kind[of_kind["line"].isin([record.line for record in records])]
    before = before.sort_values("VERDICT", key=lambda column: column.map(_FIRST_TOLD.index), kind="stable")
    before = before.drop_duplicates("RULE").sort_index()
    if before.set_index("RULE")["VERDICT"].reindex(whole.index).eq(whole).all():
        return None
    before = derive_tipping(before, changes, analysis.case.rules)
    return OpenTurn(word, records, with_whole(before, analysis.case.measures))


# Of the verdicts on several values of which one is meant, that which holds for it.
_FIRST_TOLD = (MET, UNDETERMINED, NOT_MET, OUTSIDE, NOT_APPLICABLE)


def record_of(analysis: Analysis, stretch: str, line: int) -> pd.Series:
    """The later record of a stretch, with its change, time and examiners since the earlier one."""
    return _stretched(analysis)[stretch].loc[line]


@once
def _stretched(analysis: Analysis) -> dict[str, pd.DataFrame]:
    """The later records of the stretches by their lines, for each kind of stretch."""
    table = derive_stretches(analysis.changes)
    later = table[table["POSTBLFL"].eq("Y")].set_index("line")
    return {str(stretch): rows for stretch, rows in later.groupby("STRETCH", sort=False)}


@once
def compared_rules(analysis: Analysis) -> pd.DataFrame:
    """The questions that several rules answer on a case: `compare_rules`, on the part after a turn as well.

    Of a line that has both, the part after the turn stands first. FROMLINE is the line of the turn, else 0.
    """
    last = analysis.changes.loc[analysis.changes["LASTFL"] == "Y", "line"]
    turns = [turn.after for line in last for kind in OF_PARTS if (turn := turn_of(analysis, line, kind))]
    verdicts = pd.concat([*turns, analysis.verdicts.assign(FROMLINE=0)], ignore_index=True)
    return compare_rules(verdicts.sort_values("line", kind="stable", ignore_index=True))


# What is told where each rule that speaks of a change is an estimate that it reaches.
EXCEEDED = "reached or exceeded, whether it applies to this patient is not known"


def is_exceeded(compared: pd.DataFrame) -> pd.Series:
    """Whether a question of `compared_rules` has one answer: estimates that it reaches, of which one may not apply.

    Examples
    --------
    >>> answers = {"LARGER": ["a", "a", "a", ""], "NOTMET": ["", "", "b", ""], "OPEN": ["", "b", "", "b"]}
    >>> is_exceeded(pd.DataFrame(answers)).tolist()
    [True, False, False, False]
    """
    return compared["LARGER"].ne("") & compared["NOTMET"].eq("") & compared["OPEN"].eq("")


def telling_stretches(analysis: Analysis, code: str) -> pd.DataFrame:
    """The verdicts on the stretches of a measure that tell something: met, or open by one quantity alone."""
    rows = _telling(analysis)
    return rows[rows["PARAMCD"].eq(code)]


@once
def _telling(analysis: Analysis) -> pd.DataFrame:
    """Those of every measure."""
    rows = analysis.stretches
    open_ = rows["VERDICT"].eq(UNDETERMINED) & rows["OPEN"].ne("") & ~rows["DECIDED"].isin(OF_PATIENT)
    return rows[rows["VERDICT"].eq(MET) | open_]


def stretch_words(row) -> str:
    """The stretch of a verdict, with the line of its earlier record where that is not the baseline.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> stretch_words(Row(STRETCH="baseline to visit", FROMLINE=float("nan")))
    'baseline to visit'
    >>> stretch_words(Row(STRETCH="lowest to later", FROMLINE=6.0))
    'lowest to later, from line 6'
    """
    line = getattr(row, "FROMLINE", None)
    return row.STRETCH if pd.isna(line) else f"{row.STRETCH}, from line {line:.0f}"


def stretch_sentences(analysis: Analysis, code: str) -> Iterator[Sentence]:
    """One sentence a stretch: its two values, and the rules by their verdict."""
    rows = telling_stretches(analysis, code)
    if rows.empty:
        return
    case, by_line = analysis.case, _by_line(analysis)
    measure, phases = case.measure(code), case.about.get("phases", {})
    unit, whole = measure["unit"], bool(measure["whole"])
    for (line, kind, earlier), verdicts in rows.groupby(["line", "STRETCH", "FROMLINE"], sort=False):
        ends = [f"{value_words(by_line[each], unit)} {when_words(by_line[each], phases)}" for each in (earlier, line)]
        answers = []
        for verdict in (MET, UNDETERMINED):
            rules = [_rule(row, unit, whole) for row in rows_of(verdicts[verdicts["VERDICT"] == verdict])]
            answers += [f"{verdict}: {', '.join(rules)}"] if rules else []
        words = f"From {ends[0]} to {ends[1]}{_KINDS.get(kind, '')}: {'; '.join(answers)}."
        yield Sentence(words, [int(earlier), line], f"verdicts on line {line}, {kind}")


@once
def _by_line(analysis: Analysis) -> dict[int, NamedTuple]:
    return {row.line: row for row in rows_of(analysis.changes)}


def _rule(row, unit: str, whole: bool) -> str:
    tipping = tipping_words(row, unit, whole)
    return f"{row.LABEL} ({tipping})" if tipping else row.LABEL
