"""The verdicts of the rules, one line a question: its answer, what would decide it, and what it rests on."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from ..case import Case
from ..derive import may_be_baseline
from ..rules import (
    BY_EXAMINERS,
    FOR_ANY_CV,
    LARGER,
    OF_A_VALUE,
    OF_PATIENT,
    UNREAD,
    WITHIN_BIOLOGICAL,
    Analysis,
    derive_tipping,
    is_needless,
    smallest_detectable_change,
)
from ..values import number, rows_of
from ..vocabulary import FIRST, MET, NEXT, NOT_APPLICABLE, NOT_MET, OPEN_STATES, OUTSIDE, UNDETERMINED
from .abbreviations import abbreviations_in
from .between import OF_PARTS, of_other_visits, turn_of
from .display import RowText, Table
from .labels import joined, labels_together
from .laboratory import raised_in_words, with_limit_beside
from .meaning import short_name
from .passage import typeset
from .resolved import course_words, drained_words
from .shares import change_unit
from .studied import studied_in
from .undecided import bracketed, is_contrary, undetermined_words, way_words, with_whole
from .words import change_words, in_a_sentence, limit_words, shift_words, value_words

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
_SHORT = {MET: "yes", NOT_MET: "no", OUTSIDE: "outside the window", NOT_APPLICABLE: "made for other patients"}


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
        for row in (_of_values(analysis, kind, judged) if kind in OF_A_VALUE else _of_last(analysis, kind, *judged[-1]))
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
    verdicts = analysis.verdicts[~is_needless(analysis.verdicts) & analysis.verdicts["WHY"].ne(UNREAD)]
    verdicts = with_whole(derive_tipping(verdicts, changes, analysis.case.rules), analysis.case.measures)
    last = set(changes.loc[changes["LASTFL"] == "Y", "line"])
    by_line = changes.set_index("line")
    for code in analysis.codes:
        of_code = verdicts[verdicts["PARAMCD"] == code]
        for (kind, _), rows in of_code.groupby(["KIND", "LOC"], sort=False):
            judged = [(by_line.loc[line], of_line) for line, of_line in rows.groupby("line", sort=False)]
            judged = [each for each in judged if kind in OF_A_VALUE or each[0].name in last]
            if judged and kind in {*_QUESTIONS, *_OF_ONE}:
                yield kind, judged


def _in_one_unit(texts: list[str], unit: str) -> str:
    """Values in one line, their unit once.

    Examples
    --------
    >>> _in_one_unit(["6720 U/L", "131 U/L", "5607 U/L"], "U/L")
    '6720, 131 and 5607 U/L'
    """
    *others, last = texts
    return joined([*(text.removesuffix(f" {unit}") if last.endswith(f" {unit}") else text for text in others), last])


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
    apart = "; ".join(_apart(every[every["VERDICT"] == NOT_APPLICABLE]))
    by_answer: dict[str, list[_Judged]] = {}
    for record, rows in judged:
        asked = rows[rows["VERDICT"] != NOT_APPLICABLE]
        answer = _answer(kind, asked, rules, record, unit) if len(asked) else ""
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
        f"{_in_one_unit([_rests(analysis, record, kind, unit) for record, _ in of_answer], unit)}: "
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
        based = RowText(_in_one_unit(rests, unit), lines)
        yield [_QUESTIONS[kind].format(name=name), words, based, _works(rules, every)]


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
            answer = "; ".join(filter(None, [_single(verdict, unit, record), typeset(other)]))
            yield [asked, answer, RowText(rests, (*rests.lines, *other.lines)), _works(rules, alike)]
        return
    if kind == "resolution" and (shift := shift_words(record)):
        decided = rows[rows["VERDICT"].isin([MET, NOT_MET])]
        answers = "; ".join(f"{in_a_sentence(row.LABEL)}: {_SHORT[row.VERDICT]}" for row in rows_of(decided))
        course = course_words(analysis, record) or shift.partition(": ")[0].replace(" to ", ", then ")
        others = "" if len(decided) else "no cited rule was made for such a patient"
        answer = "; ".join(filter(None, [answers, f"recorded: {course}; {drained_words(analysis, record)}", others]))
        # A definition that was made for other patients decides nothing here.
        rows = decided
    else:
        answer = _answer(kind, rows, rules, record, unit)
    asked = [_QUESTIONS[kind].format(name=name), answer]
    directions = set(rules.loc[rows["RULE"], "direction"]) if kind == "important" else set()
    if directions and all(is_contrary(direction, record) for direction in directions):
        asked = _the_other_way(case, record, name, directions.pop())
    yield [*asked, rests, _works(rules, rows)]


def _the_other_way(case: Case, record: pd.Series, name: str, direction: str) -> list[str]:
    """The question and the answer on a change that surely went the other way than every published difference."""
    better = {"lower": "fall", "higher": "rise"}.get(case.measure(record["PARAMCD"])["better"])
    asked = direction if better is None else "improvement" if better == direction else "worsening"
    article = "an important" if better else "a clinically important"
    return [f"Is the change in {name} {article} {asked}?", f"no, it {way_words(record)}"]


def _works(rules: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The works of some rules by their keys: that of the number, and that of whom or when it was made for."""
    of_rules = rules.loc[rows["RULE"]]
    named = zip(
        of_rules.index, of_rules["reference"], of_rules.get("further_reference", of_rules["reference"]), strict=True
    )
    keys = [key for rule, reference, further in named for key in (reference or rule, further)]
    return "|".join(dict.fromkeys(filter(None, keys)))


def _turned(analysis: Analysis, record: pd.Series, kind: str, rows: pd.DataFrame) -> Iterator[list[str]]:
    """The same question of a change that turned: up to its lowest or highest value, from there on, and of the whole."""
    turn = turn_of(analysis, int(record.name), kind)
    if turn is None:
        return
    at = analysis.changes.set_index("line").loc[turn.line]
    rules, unit = analysis.case.rules.set_index("rule"), analysis.case.measure(record["PARAMCD"])["unit"]
    name, works = short_name(analysis, record["PARAMCD"], record["LOC"]), _works(rules, turn.after)
    parts = [
        (f"to its {turn.word} value", turn.before, at, _rests(analysis, at, kind, unit)),
        (f"from its {turn.word} value", turn.after, record, _both([at], record, unit)),
        ("to its last value", rows, record, _rests(analysis, record, kind, unit)),
    ]
    for where, judged, end, rests in parts:
        question = f"Is the change in {name} {where} {OF_PARTS[kind]}?"
        if len(judged):
            yield [question, _answer(kind, judged, rules, end, unit), rests, works]


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
    return _both([row for _, row in base.set_index("line").iterrows()], record, unit)


def _both(earlier: list[pd.Series], record: pd.Series, unit: str) -> RowText:
    """The earlier values, or those that may be it, and a later one."""
    value = typeset(value_words(record, unit).replace("_", " "))
    before = " or ".join(typeset(value_words(row, unit)) for row in earlier)
    # One unit is enough for both.
    before = before.removesuffix(f" {unit}") if value.endswith(f" {unit}") else before
    return RowText(f"{before}, then {value}", (*(int(row.name) for row in earlier), int(record.name)))


def _single(row, unit: str, record: pd.Series) -> str:
    """The answer of one rule for a response."""
    if row.VERDICT == UNDETERMINED:
        return typeset(undetermined_words(row, unit, record))
    if row.DECIDED == BY_EXAMINERS:
        return f"does not apply ({row.WHY})"
    if row.VERDICT in (OUTSIDE, NOT_APPLICABLE):
        return f"{_SHORT[row.VERDICT]} ({row.WHY})"
    details = filter(None, [change_words(record, unit), row.STUDIED])
    return typeset(": ".join(filter(None, [_SHORT[row.VERDICT], "; ".join(details)])))


def _answer(kind: str, rows: pd.DataFrame, rules: pd.DataFrame, record: pd.Series, unit: str) -> str:
    """The answers of several rules to one question, those that agree together."""
    if record["STATE"] in OPEN_STATES:
        return "the later value is not reported"
    parts = []
    for verdict in (MET, NOT_MET, UNDETERMINED, OUTSIDE, NOT_APPLICABLE):
        group = rows[rows["VERDICT"] == verdict]
        if group.empty:
            continue
        whole = len(group) == len(rows)
        if verdict == UNDETERMINED:
            estimated = group["WHY"].eq(LARGER)
            if estimated.any():
                parts.append(_differences(group[estimated], rules, unit, None))
            parts += list(_open(group[~estimated], unit, record, whole and not estimated.any()))
        elif verdict in (OUTSIDE, NOT_APPLICABLE):
            parts += list(_apart(group))
        elif kind == "important":
            parts.append(_differences(group, rules, unit, verdict == MET))
        elif kind == "error" or whole:
            parts.append(f"{_SHORT[verdict]}{_by(kind, group, rules, unit, record)}{_for_any_cv(group)}")
        else:
            parts.append(f"{_names(group)}: {_SHORT[verdict]}{_for_any_cv(group)}")
    if kind == "error" and not record["EXAMINERS"]:
        parts.append("who scored is not reported")
    return typeset("; ".join(parts))


def _for_any_cv(group: pd.DataFrame) -> str:
    """That an analytical CV which is not reported makes no difference, where it makes none."""
    reasons = {FOR_ANY_CV, WITHIN_BIOLOGICAL} & {*group["WHY"]}
    return "".join(f" ({why})" for why in sorted(reasons))


def _names(group: pd.DataFrame) -> str:
    """The names of some rules as they stand in a sentence."""
    return joined([*map(in_a_sentence, group["LABEL"])])


def _apart(group: pd.DataFrame) -> Iterator[str]:
    """The rules that do not speak of a record, those of one reason together; for whom they were made."""
    for why, alike in group.groupby("WHY", sort=False):
        short = _SHORT[alike["VERDICT"].iloc[0]]
        if alike["DECIDED"].isin(OF_PATIENT).all():
            names = (f"{in_a_sentence(row.LABEL)}, for {row.POPULATION}" for row in rows_of(alike))
            yield f"{short}: {'; '.join(names)}"
        else:
            short = "does not apply" if alike["DECIDED"].eq(BY_EXAMINERS).all() else short
            yield f"{_names(alike)}: {short} ({why})"


def _by(kind: str, group: pd.DataFrame, rules: pd.DataFrame, unit: str, record: pd.Series) -> str:
    """By which rules, with their limits, none of which reads as the change itself."""
    of_rules = rules.loc[group["RULE"]]
    unit = change_unit(unit)
    if kind == "error":
        pairs = zip(of_rules["examiners"], of_rules["sd"], strict=True)
        change = abs(record["CHG"])
        limits = [f"{who} ({limit_words(smallest_detectable_change(sd), change)} {unit})" for who, sd in pairs]
        return f", for {joined(limits, 'or')}"
    return f", by {_count(len(group), 'definition')}"


def _differences(group: pd.DataFrame, rules: pd.DataFrame, unit: str, larger: bool | None) -> str:
    """How a change compares with published differences; None for those that are exceeded and perhaps do not apply."""
    differences, unknown = [], []
    for row in rows_of(group):
        ends = re.findall(r"[\d.]*\d", rules.loc[row.RULE, "limit"].replace("..", " "))
        span, _, interval = row.STUDIED.partition("; ")
        where = ", ".join(filter(None, [row.POPULATION.partition(",")[0], span.removeprefix("estimated over ")]))
        size = float(ends[0]) if len(ends) == 1 else math.nan
        named = f"{'–'.join(ends)} {change_unit(unit, size)} ({where})"
        differences.append(named if ends else f"the difference in {where}")
        unknown.append(interval)
    compared = f"{'not larger' if larger is False else 'larger'} than {joined(differences)}"
    many = "each exceeded, whether they apply" if len(differences) > 1 else "exceeded, whether it applies"
    compared = f"{joined(differences)} {many} to this patient is not known" if larger is None else compared
    return "; ".join(filter(None, [compared, *dict.fromkeys(unknown)]))


def _count(count: int, noun: str) -> str:
    """All of some things in words.

    Examples
    --------
    >>> _count(1, "definition"), _count(2, "definition"), _count(4, "definition")
    ('the one definition', 'both definitions', 'all 4 definitions')
    """
    words = {1: "the one", 2: "both"}.get(count, f"all {count}")
    return f"{words} {noun}{'s' if count > 1 else ''}"


def _open(group: pd.DataFrame, unit: str, record: pd.Series, whole: bool) -> Iterator[str]:
    """Why verdicts are open and what would decide them, the rules that ask for the same together.

    Where all rules have the one answer they need no names.
    """
    words = [undetermined_words(row, unit, record) for row in rows_of(group)]
    for answer, of_answer in group.groupby(pd.Series(words, index=group.index), sort=False):
        if whole and len(of_answer) == len(group):
            yield answer
        else:
            yield f"{_names(of_answer)}: {bracketed(answer)}"


_FROM_FIRST = "from its first value to the baseline"
_BEFORE = {
    **{kind: f"Is the change in {{name}} {_FROM_FIRST} {asked}?" for kind, asked in OF_PARTS.items()},
    "progression": f"Did {{name}} worsen {_FROM_FIRST}, by the rules for progression?",
}
_STEP = {
    kind: f"Is the change in {{name}} from the last value but one to the last {asked}?"
    for kind, asked in OF_PARTS.items()
}


def _on_stretches(analysis: Analysis, code: str) -> Iterator[list[str]]:
    """The answers on the stretch from the first value to the baseline, where a rule is met on it.

    And on that from the value before the last one, where a rule is met on it and none answers for the whole change.
    """
    case, by_line, verdicts = analysis.case, analysis.changes.set_index("line"), analysis.verdicts
    stretches = with_whole(analysis.stretches, case.measures)
    answered = verdicts[verdicts["VERDICT"].isin([MET, NOT_MET])]
    answered = {*zip(answered["line"], answered["KIND"], strict=True)}
    rows = stretches[stretches["PARAMCD"].eq(code) & stretches["STRETCH"].isin([FIRST, NEXT])]
    rules, unit = case.rules.set_index("rule"), case.measure(code)["unit"]
    for (line, first, kind, stretch), judged in rows.groupby(["line", "FROMLINE", "KIND", "STRETCH"], sort=False):
        record, questions = by_line.loc[line], _BEFORE if stretch == FIRST else _STEP
        left_open = stretch == FIRST or (record["LASTFL"] == "Y" and (line, kind) not in answered)
        if kind in questions and left_open and judged["VERDICT"].eq(MET).any():
            asked = judged[judged["VERDICT"] != NOT_APPLICABLE]
            question = questions[kind].format(name=short_name(analysis, code, record["LOC"]))
            rests = _both([by_line.loc[int(first)]], record, unit)
            yield [question, _answer(kind, asked, rules, record, unit), rests, _works(rules, asked)]
