"""The verdicts of the rules, one line a question: its answer, what would decide it, and what it rests on."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from ...case import Case
from ...derive import may_be_baseline
from ...rules import OF_A_VALUE, UNREAD, Analysis, derive_tipping, is_needless, once
from ...values import number, rows_of
from ...vocabulary import FIRST, HIGHEST, LOWEST, MET, NOT_APPLICABLE, NOT_MET
from ..display import RowText, Table
from ..measured.between import OF_PARTS, OpenTurn, of_other_visits, open_turn_of, record_of, turn_of
from ..measured.coursed import may_be_last_of
from ..measured.meaning import short_name
from ..measured.resolved import course_words, drained_words
from ..measured.tense import series_of
from ..measured.undecided import bracketed, is_contrary, way_words, with_whole
from ..wording.abbreviations import abbreviations_in
from ..wording.labels import labels_together
from ..wording.laboratory import raised_in_words, with_limit_beside
from ..wording.passage import typeset
from ..wording.studied import studied_in
from ..wording.when import when_words
from ..wording.words import in_a_sentence, shift_words, value_words
from .answered import (
    IN_SHORT,
    answer_of_one,
    answer_of_several,
    answer_words,
    apart_words,
    both_values,
    by_size,
    in_one_unit,
    to_either,
    works_of,
)

_QUESTIONS = {
    "error": "Is the change in {name} beyond the smallest detectable change?",
    "important": "Is the change in {name} larger than a minimal clinically important difference?",
    "progression": "Did {name} worsen, by the rules for progression?",
    "limit": "Was {name} raised?",
    "variation": "Is the change in {name} beyond day-to-day variation?",
    "large": "Was the {name} large, by its size?",
    "resolution": "Did the {name} resolve?",
    "regression": "Did the {name} regress?",
    "stability": "Was the {name} stable?",
}
# Kinds of which each rule asks a question of its own.
_OF_ONE = ("response", "item", "composite")


def summarise_answers(analysis: Analysis) -> Table:
    """The verdicts on the last values of a case, one line a question.

    Returns
    -------
    Table
        `Question`, `Answer` with what would decide an open one, `Rests on` (the recorded values), and `Rules`, the
        works of the rules by their keys in references.json. A rule for a response is a question of its own; rules that
        ask the same of a value share a line.
    """
    groups = [*_groups(analysis)]
    rows = [
        row
        for kind, judged in groups
        for row in (_of_values(analysis, kind, judged) if kind in OF_A_VALUE else _of_lasts(analysis, kind, judged))
    ]
    rows += [row for code in analysis.codes for row in _on_stretches(analysis, code)]
    frame = pd.DataFrame(rows, columns=["Question", "Answer", "Rests on", "Rules"], dtype=object)
    words = " ".join(text for row in rows for text in row[:3])
    studied = studied_in([(kind, rows) for kind, judged in groups for _, rows in judged])
    notes = (*studied, *abbreviations_in(analysis, words))
    what = "values and changes" if any(kind in OF_A_VALUE for kind, _ in groups) else "changes"
    return Table(frame, f"What the cited rules say of the {what}", notes)


_Judged = tuple[pd.Series, pd.DataFrame]


def _groups(analysis: Analysis) -> Iterator[tuple[str, list[_Judged]]]:
    """The verdicts by the kind of the rules: on each last value, and on each known one for rules on one value."""
    changes = analysis.changes
    # A rule of which the threshold is not known here gives no answer.
    open_last = _open_last(analysis)
    verdicts = analysis.verdicts[_is_asked(analysis.verdicts, open_last) & analysis.verdicts["WHY"].ne(UNREAD)]
    verdicts = with_whole(derive_tipping(verdicts, changes, analysis.case.rules), analysis.case.measures)
    last = {line: {line} for line in changes.loc[changes["LASTFL"] == "Y", "line"]} | open_last
    by_line = _by_line(analysis)
    for code in analysis.codes:
        of_code = verdicts[verdicts["PARAMCD"] == code]
        for (kind, _), rows in of_code.groupby(["KIND", "LOC"], sort=False):
            judged = [(by_line.loc[line], of_line) for line, of_line in rows.groupby("line", sort=False)]
            judged = [each for each in judged if kind in OF_A_VALUE or each[0].name in last]
            judged.sort(key=lambda each: each[0]["ORDER"])
            if judged and kind not in OF_A_VALUE:
                lines = last[judged[0][0].name]
                # A record without a verdict may be the last as well.
                silent = lines - {record.name for record, _ in judged}
                judged += [(by_line.loc[line], rows[:0]) for line in sorted(silent)]
            if judged and kind in {*_QUESTIONS, *_OF_ONE}:
                yield kind, judged


def _open_last(analysis: Analysis) -> dict[int, set[int]]:
    """The lines of the records of which it is open which is the last of its series, each with all of them."""
    every = (series for code in analysis.codes for _, series in series_of(analysis, code))
    candidates = ({*map(int, may_be_last_of(series)["line"])} for series in every)
    return {line: lines for lines in candidates for line in lines}


def _is_asked(verdicts: pd.DataFrame, open_last: dict[int, set[int]]) -> pd.Series:
    """Whether each verdict is shown; of several records of which one is the last, where it is of any of them."""
    asked = ~is_needless(verdicts)
    for lines in {frozenset(lines) for lines in open_last.values()}:
        of_last = verdicts["line"].isin(lines)
        asked |= of_last & verdicts["RULE"].isin(verdicts.loc[of_last & asked, "RULE"])
    return asked


@once
def _by_line(analysis: Analysis) -> pd.DataFrame:
    """The derived table by its lines."""
    return analysis.changes.set_index("line")


def _of_lasts(analysis: Analysis, kind: str, judged: list[_Judged]) -> list[list[str]]:
    """The answers on the last value; where several may be it, those that hold for each, else what each would give."""
    if len(judged) == 1:
        return _of_last(analysis, kind, *judged[0])
    # In one order, whatever that of the rows.
    judged = sorted(judged, key=lambda each: by_size(each[0]))
    lines = [
        _of_each(analysis, kind, [(record, rows[rows["RULE"].isin(rules)]) for record, rows in judged])
        for rules in _sharing(kind, judged)
    ]
    turns = [open_turn_of(analysis, int(record.name), kind) for record, _ in judged]
    if not all(turns) or len({tuple(row.line for row in turn.records) for turn in turns}) > 1:
        return lines
    record, _ = judged[0]
    to_last = _to_last(analysis, record, kind)
    return [_to_turn(analysis, record, kind, turns[0]), *([to_last, *cells] for _, *cells in lines)]


def _sharing(kind: str, judged: list[_Judged]) -> list[list[str]]:
    """The rules that share a line: all of a kind, or each alone but those made for other patients, for one reason."""
    every = pd.concat([rows for _, rows in judged])
    if kind not in _OF_ONE:
        return [[*dict.fromkeys(every["RULE"])]]
    sharing: dict[str, list[str]] = {}
    for rule, of_rule in every.groupby("RULE", sort=False):
        reasons = {row.WHY if row.VERDICT == NOT_APPLICABLE else rule for row in rows_of(of_rule)}
        sharing.setdefault(reasons.pop() if len(reasons) == 1 else rule, []).append(rule)
    return [*sharing.values()]


def _of_each(analysis: Analysis, kind: str, judged: list[_Judged]) -> list[str]:
    """One line on several records of which one is the last, by the same rules."""
    unit = analysis.case.measure(judged[0][0]["PARAMCD"])["unit"]
    lines = [next(_lines(analysis, record, kind, rows)) for record, rows in judged if len(rows)]
    questions, answers, rests, works = zip(*lines, strict=True)
    name = short_name(analysis, judged[0][0]["PARAMCD"], judged[0][0]["LOC"])
    question = questions[0] if len({*questions}) == 1 else _QUESTIONS[kind].format(name=name)
    every = [_rests(analysis, record, kind, unit) for record, _ in judged]
    values = [text.partition(", then ")[2] for text, (_, rows) in zip(every, judged, strict=True) if len(rows)]
    verdicts = [dict(zip(rows["RULE"], rows["VERDICT"], strict=True)) for _, rows in judged]
    answer = answer_of_several(answers, values, verdicts, unit)
    keys = dict.fromkeys(key for text in works for key in text.split("|") if key)
    return [question, answer, _either([*every, *rests], unit), "|".join(keys)]


def _either(rests: Sequence[RowText], unit: str) -> RowText:
    """What an answer rests on where several values may be the later one, whatever their order in the rows."""
    return RowText(to_either(rests, unit), tuple(dict.fromkeys(line for text in rests for line in text.lines)))


def _of_last(analysis: Analysis, kind: str, record: pd.Series, rows: pd.DataFrame) -> list[list[str]]:
    """The answers on a last value; of a change that turned those on its two parts, where they differ from the whole."""
    return [*_turned(analysis, record, kind, rows)] or [*_lines(analysis, record, kind, rows)]


def _of_values(analysis: Analysis, kind: str, judged: list[_Judged]) -> Iterator[list[str]]:
    """The answers on the values of a series in one line; values of which the same is true are named together.

    Rules that were made for other patients stand at its end.
    """
    case, rules = analysis.case, analysis.case.rules.set_index("rule")
    record, every = judged[0][0], judged[0][1]
    unit = case.measure(record["PARAMCD"])["unit"]
    name = short_name(analysis, record["PARAMCD"], record["LOC"])
    apart = "; ".join(apart_words(every[every["VERDICT"] == NOT_APPLICABLE], rules))
    by_answer: dict[str, list[_Judged]] = {}
    for record, rows in judged:
        asked = rows[rows["VERDICT"] != NOT_APPLICABLE]
        answer = answer_words(kind, asked, rules, record, unit) if len(asked) else ""
        answer = with_limit_beside(analysis.changes, record, answer, unit)
        if len(judged) > 1:
            # Several values against an unknown limit have one answer.
            answer = re.sub(
                rf"the (value is raised for any limit below) {number(record['AVAL'])}(?: {re.escape(unit)})?",
                r"each \1 it",
                answer,
            )
        by_answer.setdefault(answer, []).append((record, rows))
    rests = [_rests(analysis, record, kind, unit) for record, _ in judged]
    parts = [
        f"{in_one_unit([_rests(analysis, record, kind, unit) for record, _ in of_answer], unit)}: "
        f"{bracketed(answer if len(of_answer) > 1 else answer.replace('each value is', 'the value is'))}"
        if len(by_answer) > 1
        else answer
        for answer, of_answer in by_answer.items()
        if answer
    ]
    each = [(answer, record) for answer, of_answer in by_answer.items() for record, _ in of_answer]
    called = raised_in_words([(answer, record, _rests(analysis, record, kind, unit)) for answer, record in each])
    words = "; ".join(filter(None, [*parts, *called, apart]))
    if words:
        lines = tuple(line for text in rests for line in text.lines)
        every = pd.concat([rows for _, rows in judged])
        based = RowText(in_one_unit(rests, unit), lines)
        yield [_QUESTIONS[kind].format(name=name), words, based, works_of(rules, every)]


def _lines(analysis: Analysis, record: pd.Series, kind: str, rows: pd.DataFrame) -> Iterator[list[str]]:
    case = analysis.case
    unit = case.measure(record["PARAMCD"])["unit"]
    rules = case.rules.set_index("rule")
    name = short_name(analysis, record["PARAMCD"], record["LOC"])
    rests = _rests(analysis, record, kind, unit)
    if kind in _OF_ONE:
        # Rules that were made for other patients, for one reason, share a line.
        apart = rows["WHY"].where(rows["VERDICT"].eq(NOT_APPLICABLE), rows["RULE"])
        for _, alike in rows.groupby(apart, sort=False):
            asked = f"{labels_together([*alike['LABEL']])}{'?' if kind == 'response' else ': met?'}"
            verdict = next(rows_of(alike))
            other = of_other_visits(analysis, record, verdict)
            alone = answer_of_one(verdict, rules.loc[verdict.RULE], unit, record)
            answer = "; ".join(filter(None, [alone, typeset(other)]))
            yield [asked, answer, RowText(rests, (*rests.lines, *other.lines)), works_of(rules, alike)]
        return
    if kind == "resolution" and (shift := shift_words(record)):
        decided = rows[rows["VERDICT"].isin([MET, NOT_MET])]
        answers = "; ".join(f"{in_a_sentence(row.LABEL)}: {IN_SHORT[row.VERDICT]}" for row in rows_of(decided))
        course = course_words(analysis, record) or shift.partition(": ")[0].replace(" to ", ", then ")
        others = "" if len(decided) else "no cited rule was made for such a patient"
        answer = "; ".join(filter(None, [answers, f"recorded: {course}; {drained_words(analysis, record)}", others]))
        # A definition that was made for other patients decides nothing here.
        rows = decided
    else:
        answer = answer_words(kind, rows, rules, record, unit)
    asked = [_QUESTIONS[kind].format(name=name), answer]
    directions = set(rules.loc[rows["RULE"], "direction"]) if kind == "important" else set()
    if directions and all(is_contrary(direction, record) for direction in directions):
        asked = _the_other_way(case, record, name, directions.pop())
    yield [*asked, rests, works_of(rules, rows)]


def _the_other_way(case: Case, record: pd.Series, name: str, direction: str) -> list[str]:
    """The question and the answer on a change that surely went the other way than every published difference."""
    better = {"lower": "fall", "higher": "rise"}.get(case.measure(record["PARAMCD"])["better"])
    asked = direction if better is None else "improvement" if better == direction else "worsening"
    article = "an important" if better else "a clinically important"
    return [f"Is the change in {name} {article} {asked}?", f"no, it {way_words(record)}"]


def _turned(analysis: Analysis, record: pd.Series, kind: str, rows: pd.DataFrame) -> Iterator[list[str]]:
    """The same question of a change that turned: up to its lowest or highest value, from there on, and of the whole."""
    turn = turn_of(analysis, int(record.name), kind)
    if turn is None:
        yield from _openly_turned(analysis, record, kind, rows)
        return
    at = _by_line(analysis).loc[turn.line]
    since = record_of(analysis, turn.after["STRETCH"].iloc[0], int(record.name))
    rules, unit = analysis.case.rules.set_index("rule"), analysis.case.measure(record["PARAMCD"])["unit"]
    name, works = short_name(analysis, record["PARAMCD"], record["LOC"]), works_of(rules, turn.after)
    parts = [
        (f"to its {turn.word} value", turn.before, at, _rests(analysis, at, kind, unit)),
        (f"from its {turn.word} value", turn.after, since, both_values([at], record, unit)),
        ("to its last value", rows, record, _rests(analysis, record, kind, unit)),
    ]
    for where, judged, end, rests in parts:
        question = f"Is the change in {name} {where} {OF_PARTS[kind]}?"
        if len(judged):
            yield [question, answer_words(kind, judged, rules, end, unit), rests, works]


def _openly_turned(analysis: Analysis, record: pd.Series, kind: str, rows: pd.DataFrame) -> Iterator[list[str]]:
    """As `_turned`, where it is open which of several values is the lowest or highest: up to it, and to the last."""
    turn = open_turn_of(analysis, int(record.name), kind)
    if turn is None:
        return
    rules, unit = analysis.case.rules.set_index("rule"), analysis.case.measure(record["PARAMCD"])["unit"]
    yield _to_turn(analysis, record, kind, turn)
    answer, rests = answer_words(kind, rows, rules, record, unit), _rests(analysis, record, kind, unit)
    yield [_to_last(analysis, record, kind), answer, rests, works_of(rules, rows)]


def _to_turn(analysis: Analysis, record: pd.Series, kind: str, turn: OpenTurn) -> list[str]:
    """The line on the change up to the lowest or highest value."""
    rules, unit = analysis.case.rules.set_index("rule"), analysis.case.measure(record["PARAMCD"])["unit"]
    ends = _by_line(analysis).loc[[row.line for row in turn.records]]
    # Of two values that may be the lowest, the one with the lower limit tells most of it.
    nearest = ends["AVALHI"].argmin() if turn.word == "lowest" else ends["AVALLO"].argmax()
    based = _either([_rests(analysis, end, kind, unit) for _, end in ends.iterrows()], unit)
    name = short_name(analysis, record["PARAMCD"], record["LOC"])
    question = f"Is the change in {name} to its {turn.word} value {OF_PARTS[kind]}?"
    answer = answer_words(kind, turn.before, rules, ends.iloc[nearest], unit)
    return [question, answer, based, works_of(rules, turn.before)]


def _to_last(analysis: Analysis, record: pd.Series, kind: str) -> str:
    """The question on the change up to the last value, beside one on a part of it."""
    name = short_name(analysis, record["PARAMCD"], record["LOC"])
    return f"Is the change in {name} to its last value {OF_PARTS[kind]}?"


def _rests(analysis: Analysis, record: pd.Series, kind: str, unit: str) -> RowText:
    """The recorded values that a verdict is about."""
    series = analysis.changes[
        (analysis.changes["PARAMCD"] == record["PARAMCD"]) & (analysis.changes["LOC"] == record["LOC"])
    ]
    base = series[may_be_baseline(series)]
    lines = (int(record.name),)
    value = typeset(value_words(record, unit).replace("_", " "))
    if kind in OF_A_VALUE or record["POSTBLFL"] != "Y":
        return RowText(value, lines)
    return both_values([row for _, row in base.set_index("line").iterrows()], record, unit)


_FROM_FIRST = "from its first value to the baseline"
_BEFORE = {
    **{kind: f"Is the change in {{name}} {_FROM_FIRST} {asked}?" for kind, asked in OF_PARTS.items()},
    "progression": f"Did {{name}} worsen {_FROM_FIRST}, by the rules for progression?",
}
_STEP = {
    kind: f"Is the change in {{name}} from the last value but one to the last {asked}?"
    for kind, asked in OF_PARTS.items()
}


_LARGEST = {
    LOWEST: "rise in {name} from its lowest value so far",
    HIGHEST: "fall in {name} from its highest value so far",
}
_RELAPSE = {
    **{kind: f"Is the largest {{way}} {asked}?" for kind, asked in OF_PARTS.items()},
    "progression": "Is the largest {way} one by the rules for progression?",
}


def _on_stretches(analysis: Analysis, code: str) -> Iterator[list[str]]:
    """The answers on the stretch from the first value to the baseline, where a rule is met on it.

    And on that from the value before the last one, where a rule is met on it and none answers for the whole change; and
    on the largest change from the best value so far on which a rule is met.
    """
    verdicts = analysis.verdicts[analysis.verdicts["VERDICT"].isin([MET, NOT_MET])]
    answered = {*zip(verdicts["line"], verdicts["KIND"], strict=True)}
    rows = with_whole(analysis.stretches, analysis.case.measures)
    rows, rules, by_line = rows[rows["PARAMCD"].eq(code)], analysis.case.rules.set_index("rule"), _by_line(analysis)
    relapses = _relapses(analysis, rows)
    unit = analysis.case.measure(code)["unit"]
    for (line, first, kind, stretch), judged in rows.groupby(["line", "FROMLINE", "KIND", "STRETCH"], sort=False):
        record, question = (
            record_of(analysis, stretch, line),
            _BEFORE.get(kind) if stretch == FIRST else _STEP.get(kind),
        )
        asked, when = judged[judged["VERDICT"] != NOT_APPLICABLE], ""
        left_open = stretch == FIRST or (record["LASTFL"] == "Y" and (line, kind) not in answered)
        if stretch in _LARGEST:
            question, left_open = _RELAPSE.get(kind), (line, kind, stretch) in relapses
            when = f" {when_words(record, analysis.case.about.get('phases', {}))}"
        if question and left_open and judged["VERDICT"].eq(MET).any():
            name = short_name(analysis, code, record["LOC"])
            rests = both_values([by_line.loc[int(first)]], record, unit)
            rests = RowText(f"{rests}{when}", rests.lines)
            question = question.format(name=name, way=_LARGEST.get(stretch, "").format(name=name))
            yield [question, answer_words(kind, asked, rules, record, unit), rests, works_of(rules, asked)]


def _relapses(analysis: Analysis, rows: pd.DataFrame) -> set[tuple[int, str, str]]:
    """Of each series and kind of rules the largest change from the best value so far on which a rule is met.

    By its line, kind and stretch. That to the last value is told with the turn, by the kinds that have one.
    """
    met = rows[rows["VERDICT"].eq(MET) & rows["STRETCH"].isin([*_LARGEST])]
    records = [record_of(analysis, row.STRETCH, row.line) for row in rows_of(met)]
    sizes = [max(record["CHGLO"], -record["CHGHI"]) for record in records]
    largest = met.assign(SIZE=sizes, LASTFL=[record["LASTFL"] for record in records])
    largest = largest.sort_values("SIZE", ascending=False, kind="stable").drop_duplicates(["LOC", "KIND"])
    largest = largest[~(largest["LASTFL"].eq("Y") & largest["KIND"].isin([*OF_PARTS]))]
    return {*zip(largest["line"], largest["KIND"], largest["STRETCH"], strict=True)}
