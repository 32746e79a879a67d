"""Which rows carry the result, for a reader."""

import math
from collections.abc import Iterator

import pandas as pd

from ...faults import counted
from ...rules import BY_EXAMINERS, UNREAD, Analysis, analyse, is_counted, sensitivity
from ...values import number, rows_of
from ...vocabulary import DECIMALS, NOT_APPLICABLE
from ..display import RowText, Table, without_empty
from ..measured.baselines import reference_kind
from ..wording.when import visit_words
from ..wording.words import dose_words, in_a_sentence, value_words

_OTHER_ANSWER = (
    "Nearest other answer: the value of this row, nearest to the recorded one, at which a rule on size answers "
    "otherwise while all else stays."
)


def summarise_carriers(analysis: Analysis) -> Table:
    """Which rows carry the result: what becomes of verdicts and claims without each, and how near each is to a turn.

    Returns
    -------
    Table
        One row for each row of the timeline on which a verdict or a claim depends: `line`, `row`, `without it` (what
        has another result, or none), `open by its bounds` (how many verdicts are open because its value is not one
        number), and `nearest other answer` (the value at which a rule on size first answers otherwise, and the rule).
        Those that carry most stand first.

    Examples
    --------
    >>> summarise_carriers("data/fu-2025").cells()[2]
    ['15', 'mRSS: 32 points, after escalation', '11 of 15 verdicts; claim 7', \
'31 points or less: Beyond the smallest detectable change, examiners in training']
    """
    analysis = analyse(analysis)
    table = sensitivity(analysis)
    judged = int(is_counted(analysis.verdicts).sum())
    carries = table["VERDICTS"].gt(0) | table["CLAIMS"].map(len).gt(0) | table["SUBSET"] | table["REFUSED"].ne("")
    table = table[carries | table["TURNS"].ne("") | table["OPENBY"].gt(0)]
    weight = table["REFUSED"].ne("").astype(int) * 10**6 + table["VERDICTS"] + table["CLAIMS"].map(len)
    table = table.loc[weight.sort_values(ascending=False, kind="stable").index]
    facts, kind = analysis.changes.set_index("line"), reference_kind(analysis.case)
    sets_baseline = facts["code"].eq(analysis.case.reference)
    shown = pd.DataFrame(
        {
            "line": [RowText(str(line), (line,)) for line in table["line"]],
            "row": [_row_words(analysis, facts.loc[line]) for line in table["line"]],
            "without it": [_lost_words(row, judged, kind if sets_baseline[row.line] else "") for row in rows_of(table)],
            "open by its bounds": [counted(row.OPENBY, "verdict") if row.OPENBY else "" for row in rows_of(table)],
            "nearest other answer": [_turn_words(analysis, row, facts.loc[row.line]) for row in rows_of(table)],
        }
    )
    caption = f"Case {analysis.case.case_id}: which rows carry the result"
    others = len(analysis.case.facts) - len(shown)
    notes = (f"No verdict and no claim depends on any one of the other {counted(others, 'row')}.",) if others else ()
    if table["TURNS"].ne("").any():
        notes = (_OTHER_ANSWER, *notes)
    notes += tuple(_left_out(analysis, judged))
    return Table(without_empty(shown, keep=("line", "row", "without it")), caption, notes)


def _left_out(analysis: Analysis, judged: int) -> Iterator[str]:
    """Which verdicts of verdicts.csv are not among those that are counted."""
    other = analysis.verdicts["VERDICT"].eq(NOT_APPLICABLE)
    examined, excluded = analysis.verdicts["DECIDED"].eq(BY_EXAMINERS) & other, int(other.sum())
    for who, count in (("patients", excluded - int(examined.sum())), ("examiners", int(examined.sum()))):
        if count:
            made = "a rule that was" if count == 1 else "rules that were"
            yield f"Not counted: {counted(count, 'verdict')} of {made} made for other {who}."
    if unread := int(analysis.verdicts["WHY"].eq(UNREAD).sum()):
        yield f"Not counted: {counted(unread, 'verdict')} of a rule whose threshold was not read."
    if needless := len(analysis.verdicts) - excluded - unread - judged:
        yield f"Not counted: {counted(needless, 'verdict')} of rules for progression, on a value that did not rise."
    if parts := len(analysis.stretches):
        uncounted = f"Not counted: {counted(parts, 'verdict')}"
        stretches = ", ".join(dict.fromkeys(analysis.stretches["STRETCH"]))
        yield f"{uncounted} on other stretches of the course ({stretches})."


def _row_words(analysis: Analysis, fact: pd.Series) -> str:
    """A row in a few words: what it is about, what it says, and when."""
    if fact["kind"] == "observation":
        measure = analysis.case.measure(fact["PARAMCD"])
        name, says = measure["abbrev"], value_words(fact, measure["unit"])
    else:
        name, says = fact["PARAM"], dose_words(fact)
    site = f", {fact['LOC']}" if fact["LOC"] else ""
    when = in_a_sentence(visit_words(analysis.case, fact))
    # A phase may have the name of what was done in it.
    when = "" if when.removeprefix("at ") == in_a_sentence(name) else when
    return ", ".join(filter(None, [f"{name}{site}{f': {says}' if says else ''}", when]))


def _lost_words(row, judged: int, reference: str) -> str:
    """What has another result without a row; `reference` is the kind of a row that sets the baselines, else blank."""
    if row.REFUSED:
        why = f"it is the reference {reference}, by which each baseline is chosen" if reference else row.REFUSED
        return f"no report could be made: {why}"
    parts = [f"{row.VERDICTS} of {counted(judged, 'verdict')}"] if row.VERDICTS else []
    numbers = ", ".join(map(str, row.CLAIMS))
    parts += [f"claim{'s' if len(row.CLAIMS) > 1 else ''} {numbers}"] if row.CLAIMS else []
    parts += ["the deduced subset"] if row.SUBSET else []
    return "; ".join(parts) or "nothing has another result"


def _turn_words(analysis: Analysis, row, fact: pd.Series) -> str:
    """The value at which a rule first answers otherwise; rounded away from the recorded one, so that it does so."""
    if math.isnan(row.TURNSAT):
        return ""
    measure, up = analysis.case.measure(fact["PARAMCD"]), fact["AVAL"] < row.TURNSAT
    if measure["whole"]:
        value = _next_whole(float(row.TURNSAT), up, bool(row.TURNSX))
        within = measure["low"] <= value <= measure["high"]
        return f"{value} {measure['unit']} or {'more' if up else 'less'}: {row.TURNS}" if within else ""
    side = ("above" if up else "below") if row.TURNSX else ("from" if up else "down to")
    return f"{side} {number(round(row.TURNSAT, 2), 2)} {measure['unit']}".rstrip() + f": {row.TURNS}"


def _next_whole(end: float, up: bool, is_excluded: bool) -> int:
    """The first whole number from an end on, upwards or downwards.

    Examples
    --------
    >>> _next_whole(46.968, True, True), _next_whole(31.032, False, True), _next_whole(25.0, True, False)
    (47, 31, 25)
    >>> _next_whole(25.0, True, True), _next_whole(25.0, False, True)
    (26, 24)
    """
    end = round(end, DECIMALS)
    value = math.ceil(end) if up else math.floor(end)
    return value + (1 if up else -1) if is_excluded and value == end else value
