"""The change of a measure over its whole course: in a cell, and in a sentence where it turned (its nadir or peak)."""

import math
import re
from collections.abc import Sequence
from typing import NamedTuple

import pandas as pd

from ...case import Case
from ...derive import last_candidates, may_be_baseline, places_of, surely_after, with_unit
from ...rules import Analysis, after_reference, before_reference, is_unscored
from ...values import Bounds, number, rows_of
from ...vocabulary import DIRECTIONS, LIMIT_STATES, OPEN_STATES, PRESENT_STATES, UNIT_UNKNOWN
from ..numbers.differences import UNSIZED, change_words, converted_change
from ..numbers.digits import printed_scale
from ..numbers.qualifiers import printed_bounds, titre_words
from ..numbers.shares import change_unit, is_percentage
from ..wording.labels import RESULTS, is_test, joined, label_in_sentence
from ..wording.passage import Said, typeset, visit_phrase
from ..wording.words import shift_words
from .baselines import reference_name
from .changes import (
    base_place,
    is_worded,
    joint_row,
    relapse_of,
    turns_of,
    turns_without_value,
    worded_change,
    worded_course,
)
from .tense import said_change


class Changed(NamedTuple):
    """A change in words. The words are blank where nothing changed or no change is known.

    Attributes
    ----------
    words : str
    lines : tuple of int
        The lines of timeline.csv that it rests on.
    bases : tuple of int
        Those of the baselines that it is counted from; none where it is told from the first record.
    """

    words: str = ""
    lines: tuple[int, ...] = ()
    bases: tuple[int, ...] = ()


# What became of a finding, where the two words of it do not say so.
_BECAME = ("resolved", "new", "smaller", "larger", "lower grade", "higher grade")
# Before what else is recorded of an organ, up to the bracket that closes it.
ALSO = " (also recorded: "


def change_cell(analysis: Analysis, code: str, records: pd.DataFrame) -> Changed:
    """The change of one series: of numbers from the baseline, of words from it or from the first record.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    code : str
        The measure.
    records : DataFrame
        One of `series_of`.

    Returns
    -------
    Changed
        A course of numbers that turned has its change up to the lowest or highest value before that up to the last.
    """
    measure = analysis.case.measure(code)
    based = records[may_be_baseline(records)]
    bases = tuple(map(int, based["line"]))
    for row in rows_of(records[records["LASTFL"].eq("Y") & records["POSTBLFL"].eq("Y")]):
        if row.STATE not in OPEN_STATES and change_words(row, measure["unit"]):
            turns = turns_of(records, row)
            turning = [at for _, ends in turns for at in ends]
            units = {printed_scale(each)[1] for each in (row, *turning)}
            worded = change_words if len(units) == 1 else converted_change
            compared = (row, *(joint_row(which, ends) for which, ends in turns))
            whole, *parts = (_difference(records, worded(at, measure["unit"])) for at in compared)
            differences = [f"{which}: {part}" for (which, _), part in zip(turns, parts, strict=True)]
            words = "; ".join([*differences, f"last: {whole}" if differences else whole])
            in_words = turns_without_value(records, row)
            words += f"; {' and '.join(in_words)} in between" if in_words else ""
            words += "".join(f", then {word}" for word in states_after(records, row))
            lines = (*bases, *(int(at.line) for at in turning), *in_words.values(), int(row.line))
            return Changed(typeset(words), lines, bases)
    if (to_each := _to_open_last(records, measure)).words:
        return to_each._replace(lines=(*bases, *to_each.lines), bases=bases)
    if any(is_unscored(row, measure["unit"], measure["abbrev"]) for row in rows_of(records)):
        return Changed()
    if is_worded(records, measure):
        return _in_words(analysis, records, measure)
    return _by_last_word(records, based)


LAST_OPEN = "which value is the last is open"


def may_be_last_of(series: pd.DataFrame) -> pd.DataFrame:
    """The records of a series of which one is the last, all of them after its baseline; none where that is known."""
    records = series.iloc[last_candidates(series.assign(LOC=""))]
    return records if records["POSTBLFL"].eq("Y").all() else records[:0]


def _to_open_last(records: pd.DataFrame, measure: pd.Series) -> Changed:
    """The change to each record that may be the last, with why they are several; blank where one of them is unknown."""
    rows = [*rows_of(may_be_last_of(records))]
    changes = [change_words(row, measure["unit"]) for row in rows]
    if not rows or not all(changes) or UNSIZED in changes:
        return Changed()
    turned = [(word, joint_row(word, ends), ends) for word, ends in _turned_before_each(records, rows)]
    turned = [turn for turn in turned if change_words(turn[1], measure["unit"]) not in ("", UNSIZED)]
    parts = [f"{word}: {_difference(records, change_words(at, measure['unit']))}" for word, at, _ in turned]
    each = [*dict.fromkeys(_difference(records, change) for change in changes)]
    whole = f"{'last: ' if parts else ''}{' or '.join(each)}"
    why = [LAST_OPEN] if len(each) > 1 else []
    lines = [int(row.line) for row in (*(end for *_, ends in turned for end in ends), *rows)]
    return Changed(typeset("; ".join([*parts, whole, *why])), tuple(lines))


def _turned_before_each(records: pd.DataFrame, rows: list) -> list[tuple[str, list]]:
    """Where a course turned before the records of which one is the last, whichever of them it is."""
    before = records[~records["line"].isin([row.line for row in rows])]
    turns = [dict(turns_of(before, row)) for row in rows]
    lines = [{word: [end.line for end in ends] for word, ends in of_row.items()} for of_row in turns]
    return [(word, ends) for word, ends in turns[0].items() if all(each.get(word) == lines[0][word] for each in lines)]


def unit_of(records: pd.DataFrame) -> str:
    """The unit of all values: as printed, or that of the measure where it is printed in several ways; else blank.

    A value that is called normal, raised or low has a unit where one is printed with the limits that it has.
    """
    valued = records[records["value"].str.contains(r"\d") | (records["AVALLO"].notna() & records["unit"].ne(""))]
    units = {row.unit or ("" if row.AVALU == UNIT_UNKNOWN else row.AVALU) for row in rows_of(valued)}
    of_measure = set(valued["AVALU"])
    if len(units) > 1 and len(of_measure) == 1 and UNIT_UNKNOWN not in of_measure:
        # A number that was not converted has the unit of the measure.
        printed = [printed_bounds(value, unit) for value, unit in zip(valued["value"], valued["AVALU"], strict=True)]
        same = [(value.low, value.high) for value in printed] == [*zip(valued["AVALLO"], valued["AVALHI"], strict=True)]
        return valued["AVALU"].iloc[0] if same else ""
    return units.pop() if len(units) == 1 else ""


def side_of_reference(case: Case, records: pd.DataFrame) -> str:
    """Whether all of some records come before the reference treatment, or after it; blank where neither is known."""
    if len(records) < 2:
        return ""
    before, after = before_reference(case, records).all(), after_reference(case, records).all()
    where = "before" if before else "after" if after else ""
    every = "Both" if len(records) == 2 else "All"
    return f"{every} {where} the reference treatment ({reference_name(case)})." if where else ""


def _difference(records: pd.DataFrame, words: str) -> str:
    """A change from the baseline to one record without the unit of its row.

    That of a percentage is in percentage points, which is not the unit of its row.
    """
    unit = "" if is_percentage(unit_of(records)) else change_unit(unit_of(records))
    units = "|".join(map(re.escape, (unit, change_unit(unit, 1.0))))
    return re.sub(rf" (?:{units})(?= |$)", "", words) if unit else words


def states_after(records: pd.DataFrame, row) -> dict[str, int]:
    """What a source says in words of the values after the last number, with the line; nothing of an open order."""
    later = records[surely_after(records, row)]
    return {each.STATE: int(each.line) for each in rows_of(later) if each.STATE in (*DIRECTIONS, *LIMIT_STATES)}


def in_brackets(share: str, series: pd.DataFrame, row, between: Sequence[Said] = ()) -> list[Said]:
    """How much a change is, what words tell of the way there, and what they tell of the time after its last value."""
    later = [[Said(f"then {word}", (line,))] for word, line in states_after(series, row).items()]
    parts = [part for part in ([Said(share)] if share else [], [*between], *later) if part]
    inside = [piece for place, part in enumerate(parts) for piece in ([Said("; ")] if place else []) + part]
    return [Said(" ("), *inside, Said(")")] if inside else [Said("")]


def turned_clause(analysis: Analysis, turns: list[tuple]) -> list[Said]:
    """That there was a lower or higher value in between, or both.

    Of several that may be it each is told with its time; the bound of them all where a value may be the lowest and the
    highest, or where what a source calls raised or low may lie beyond those with a number.
    """
    lines = [line for _, ends in turns for line in dict.fromkeys(int(end.line) for end in ends)]
    of_both, clause = len({*lines}) < len(lines), []
    for place, (word, ends) in enumerate(turns):
        valued = [end for end in ends if re.search(r"\d", end.value)]
        bounded = of_both or not valued or _farthest(word, valued) != _farthest(word, ends)
        clause += [Said(f"{' and' if place else ', with'} a {word} value ")]
        clause += [_turn_bound(word, joint_row(word, ends))] if bounded else _turn_values(analysis, valued)
    return [*clause, Said(" in between")] if clause else []


def _farthest(word: str, ends: list) -> float:
    """How low the lowest of some values may be, or how high the highest."""
    return min(end.AVALLO for end in ends) if word == "lowest" else max(end.AVALHI for end in ends)


def _turn_bound(word: str, row) -> Said:
    """What a lowest value is at most, or a highest at least, in the unit of the record that says so."""
    known = printed_bounds(row.value, row.AVALU)
    if math.isnan(known.low):
        known = Bounds(row.AVALLO, row.AVALHI, bool(row.AVALLOX), bool(row.AVALHIX))
    if word == "lowest":
        end, side = known.high, "below" if known.high_open else "of at most"
    else:
        end, side = known.low, "above" if known.low_open else "of at least"
    value = titre_words(with_unit(number(end), unit_beside(row)), row.AVALU)
    return Said(typeset(f"{side} {value}"), (int(row.line),))


def _turn_values(analysis: Analysis, ends: list) -> list[Said]:
    """The values at which a course may have turned, each with its time."""
    clause, printed = [Said("of ")], ""
    for end in ends:
        value = "" if printed == end.AVALC else typeset(end.AVALC)
        words = " ".join(filter(None, [value, visit_phrase(analysis.case, end)]))
        clause += [Said(" or ")] if printed and words else []
        clause += [Said(words, (int(end.line),))]
        printed = end.AVALC
    return clause


def relapse_clause(analysis: Analysis, series: pd.DataFrame, row) -> list[Said]:
    """That a value which fell had risen again in between, or one which rose had fallen."""
    pair = relapse_of(series, row)
    if pair is None:
        return []
    before, later = pair
    unit, first = later.AVALC.partition(" ")[2], before.AVALC
    first = first.removesuffix(f" {unit}") if unit else first
    way, when = "risen" if row.CHGHI < 0 else "fallen", visit_phrase(analysis.case, later)
    span = Said(typeset(f"from {first} to {later.AVALC}".replace("~", "about ")), (int(before.line), int(later.line)))
    return [Said(f", having {way} "), span, Said(f" {when} in between".replace("  ", " "))]


def _in_words(analysis: Analysis, records: pd.DataFrame, measure: pd.Series) -> Changed:
    """The states of a finding from the first to the last."""
    known = records[~records["STATE"].isin(OPEN_STATES)]
    words = [row.AVALC.replace("_", " ") for row in rows_of(known)]
    tested = is_test(measure["label"])
    words = [RESULTS.get(word, word) for word in words] if tested else words
    *_, last = rows_of(known)
    # A result of a test is no finding that went away or came.
    two = len(known) == 2 and last.POSTBLFL == "Y" and not tested
    became = shift_words(last).partition(": ")[2] if two else ""
    course = worded_course(words, base_place(known)) + (f" ({became})" if became in _BECAME else "")
    bases = tuple(map(int, known.loc[known["ABLFL"].eq("Y"), "line"])) if "baseline" in course else ()
    contrary = _contrary(analysis, known, measure) if len(set(words)) == 1 else known[:0]
    if len(contrary):
        course += f"{ALSO}{', '.join(dict.fromkeys(map(label_in_sentence, contrary['PARAM'])))})"
    return Changed(course, (*map(int, known["line"]), *map(int, contrary["line"])), bases)


# Words of a label that name no organ.
_NO_ORGAN = ("function", "level", "score", "count", "named", "serum", "total", "after", "arterial", "acute", "status")


def _contrary(analysis: Analysis, known: pd.DataFrame, measure: pd.Series) -> pd.DataFrame:
    """What happened, or was found, of the same organ by its name, beside a finding that was normal or absent."""
    if known["STATE"].iloc[0] not in ("normal", "absent"):
        return known[:0]
    organs = {word for word in re.findall(r"[a-z]{5,}", measure["label"].lower()) if word not in _NO_ORGAN}
    others = analysis.changes[analysis.changes["code"].ne(measure.name)]
    happened = others["kind"].isin(["event", "adverse_event"])
    observed = others["kind"].eq("observation") & others["STATE"].isin([*PRESENT_STATES, "worsened"])
    named = others["PARAM"].map(lambda name: bool(organs & {*re.findall(r"[a-z]{5,}", name.lower())}))
    return others[(happened | observed) & named]


def _by_last_word(records: pd.DataFrame, based: pd.DataFrame) -> Changed:
    """The last word of a course that has a number before it: against that number, or as the source says it.

    What was measured and is then absent, and may have come back after that, has these words behind its number.
    """
    gone = _until_absent(records, based)
    if gone.words:
        return gone
    for row in rows_of(records[records["POSTBLFL"].eq("Y")].iloc[-1:]):
        change = said_change(row)
        lines = (*map(int, based["line"]), int(row.line))
        if row.STATE in DIRECTIONS:
            much = "in words only" if row.STATE == "unchanged" else "by how much is not reported"
            return Changed(f"{row.STATE} ({much})", lines)
        # What was low before is no other than low.
        side = _SIDES.get(row.STATE, "") if "ANRIND" in based else ""
        if change and len(based) == 1 and based["value"].iloc[0] and (not side or based["ANRIND"].iloc[0] != side):
            return Changed(typeset(f"{based['AVALC'].iloc[0]} to {row.STATE}"), lines)
    return Changed()


# The category of a value within or beyond its limits, for the word of a source that says the same.
_SIDES = {"low": "LOW", "normal": "NORMAL", "raised": "HIGH"}


def _until_absent(records: pd.DataFrame, based: pd.DataFrame) -> Changed:
    """A number to its absence, and what the source tells after that; blank where it is not so, or the order is open."""
    later = records[records["POSTBLFL"].eq("Y") & ~records["STATE"].isin(OPEN_STATES)]
    absent = later["STATE"].eq("absent").to_numpy()
    if not absent.any() or len(based) != 1 or not based["value"].iloc[0]:
        return Changed()
    tail = later.iloc[int(absent.argmax()) :]
    places = places_of(tail)
    in_turn = all(places.of(slice(None, at)).before(places.of([at] * at)).all() for at in range(1, len(tail)))
    if not in_turn or tail["value"].iloc[-1]:
        return Changed()
    bases = tuple(map(int, based["line"]))
    first = records["line"].iloc[0] == bases[0]
    base = re.sub(r"(?<=[a-z])\.\.(?=[a-z])", " to ", based["AVALC"].iloc[0])
    words = [f"{base}{'' if first else ' (baseline)'}", *tail["AVALC"]]
    became = " (resolved)" if words[1:] == ["absent"] else ""
    lines = (*bases, *map(int, tail["line"]))
    return Changed(typeset(worded_change(words)) + became, lines, () if first else bases)


def unit_beside(row) -> str:
    """The unit of a value that stands alone; blank where it is not known."""
    return row.unit or ("" if row.AVALU == UNIT_UNKNOWN else row.AVALU)


def other_examiner(rules: pd.DataFrame, row, records: pd.DataFrame) -> str:
    """That another examiner than of most values of a row scored one of them, where rules ask who scored; else blank."""
    asked = (rules["measure"].eq(row.PARAMCD) & rules["kind"].eq("error")).any()
    every = [*records.loc[records["value"].ne(""), "by"]]
    named = [who for who in every if who]
    # Of those who scored equally many it is the first.
    most = max(dict.fromkeys(named), key=named.count, default="")
    if not asked or row.by in ("", most):
        return ""
    unmarked = [most, *(["not reported"] if "" in every else [])]
    return f"Scored by {row.by}; the unmarked values of the row: {joined(unmarked)}."
