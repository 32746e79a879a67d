"""The verdicts of the rules, one line a question: its answer, what would decide it, and what it rests on."""

import re
from collections.abc import Iterator

import pandas as pd

from ..rules import (
    BY_EXAMINERS,
    INTERVAL,
    MEASURES,
    OF_A_VALUE,
    OF_PATIENT,
    Analysis,
    derive_tipping,
    is_needless,
    smallest_detectable_change,
)
from ..values import number
from ..vocabulary import HIGHEST, LOWEST, MET, NOT_APPLICABLE, NOT_MET, OPEN_STATES, OUTSIDE, UNDETERMINED
from .abbreviations import abbreviations_in
from .display import RowText, Table
from .labels import label_in_sentence, labels_together
from .meaning import short_name
from .passage import typeset
from .shares import change_unit
from .undecided import tipping_words
from .words import change_words, limit_words, shift_words, value_words

_QUESTIONS = {
    "error": "Is the change in {name} beyond measurement error?",
    "important": "Is the change in {name} clinically important?",
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
    rows = [row for group in _groups(analysis) for row in (*_lines(analysis, *group), *_turned(analysis, *group))]
    frame = pd.DataFrame(rows, columns=["Question", "Answer", "Rests on", "Rules"], dtype=object)
    words = " ".join(text for row in rows for text in row[:3])
    return Table(frame, "What the cited rules say of the changes", abbreviations_in(analysis, words))


def _groups(analysis: Analysis) -> Iterator[tuple[pd.Series, str, pd.DataFrame]]:
    """The verdicts on each last value, and on the last known value of a limit, by the kind of the rules."""
    changes = analysis.changes
    verdicts = analysis.verdicts[~is_needless(analysis.verdicts)]
    verdicts = derive_tipping(verdicts, changes, analysis.case.rules)
    last = set(changes.loc[changes["LASTFL"] == "Y", "line"])
    known = (
        changes[~changes["STATE"].isin(OPEN_STATES)]
        .sort_values(["ORDER", "line"])
        .drop_duplicates(["PARAMCD", "LOC"], keep="last")
    )
    by_line = changes.set_index("line")
    for code in analysis.codes:
        of_code = verdicts[verdicts["PARAMCD"] == code]
        for (kind, line), rows in of_code.groupby(["KIND", "line"], sort=False):
            judged = set(known["line"]) if kind in OF_A_VALUE else last
            if line in judged and kind in {*_QUESTIONS, *_OF_ONE}:
                yield by_line.loc[line], kind, rows


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
            asked = _asked(labels_together([*alike["LABEL"]]), kind)
            yield [asked, _single(next(alike.itertuples()), unit, record), rests, _works(rules, alike)]
        return
    if kind == "resolution" and (shift := shift_words(record)):
        gone = "yes: " if record["AVALCAHI"] == 0 and record["BASECALO"] > 0 else ""
        still = "no: " if record["AVALCALO"] > 0 else ""
        answer = f"{gone or still}{shift.partition(': ')[0].replace(' to ', ', then ')}; {_drained(analysis, record)}"
        # A definition that was made for other patients decides nothing here.
        rows = rows[rows["VERDICT"].isin([MET, NOT_MET])]
    else:
        answer = _answer(kind, rows, rules, record, unit)
    yield [_QUESTIONS[kind].format(name=name), answer, rests, _works(rules, rows)]


def _works(rules: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The works of some rules by their keys: that of the number, and that of whom or when it was made for."""
    of_rules = rules.loc[rows["RULE"]]
    named = zip(
        of_rules.index, of_rules["reference"], of_rules.get("further_reference", of_rules["reference"]), strict=True
    )
    keys = [key for rule, reference, further in named for key in (reference or rule, further)]
    return "|".join(dict.fromkeys(filter(None, keys)))


# Of a change that turned: what is asked of its part up to the turn, and of that from there on.
_OF_PARTS = {"variation": "beyond day-to-day variation", "error": "beyond measurement error"}
_TURNS = {LOWEST: "lowest", HIGHEST: "highest"}


def _turned(analysis: Analysis, record: pd.Series, kind: str, rows: pd.DataFrame) -> Iterator[list[str]]:
    """The same question of a change that turned, up to its lowest or highest value and from there to the last one.

    The change from the first value to the last says nothing of a rise after a fall. The parts are told where a verdict
    on one of them differs from that on the whole.
    """
    parts = analysis.stretches
    parts = parts[parts["line"].eq(record.name) & parts["KIND"].eq(kind) & parts["STRETCH"].isin([*_TURNS])]
    if kind not in _OF_PARTS or parts.empty:
        return
    by_line, verdicts = analysis.changes.set_index("line"), analysis.verdicts
    turn = by_line.loc[parts["FROMLINE"].iloc[0]]
    to_turn = verdicts[verdicts["line"].eq(turn.name) & verdicts["KIND"].eq(kind)]
    before = rows.set_index("RULE")["VERDICT"]
    if not any((part.set_index("RULE")["VERDICT"].reindex(before.index) != before).any() for part in (parts, to_turn)):
        return
    rules, unit = analysis.case.rules.set_index("rule"), analysis.case.measure(record["PARAMCD"])["unit"]
    name, which = short_name(analysis, record["PARAMCD"], record["LOC"]), _TURNS[parts["STRETCH"].iloc[0]]
    works = _works(rules, parts)
    to_turn = derive_tipping(to_turn[~is_needless(to_turn)], analysis.changes, analysis.case.rules)
    ends = {"to": (to_turn, turn, _rests(analysis, turn, kind, unit)), "from": (parts, record, None)}
    for word, (judged, end, rests) in ends.items():
        between = rests or _both([turn], record, unit)
        question = f"Is the change in {name} {word} its {which} value {_OF_PARTS[kind]}?"
        if len(judged):
            yield [question, _answer(kind, judged, rules, end, unit), between, works]


def _drained(analysis: Analysis, record: pd.Series) -> str:
    """What was done to a finding between its baseline and a record, or that nothing of the kind is mentioned."""
    case = analysis.case
    touches = case.measures["touches"].str.split("|").map(lambda codes: record["PARAMCD"] in codes)
    done = case.facts[
        case.facts["code"].isin(touches.index[touches]) & ~case.facts["kind"].isin(["statement", "observation"])
    ]
    between = done[(done["ORDER"] >= record["BASEOLO"]) & (done["ORDER"] <= record["ORDER"])]
    names = [label_in_sentence(name) for name in dict.fromkeys(between["PARAM"])]
    return f"in between: {', '.join(names)}" if names else "drainage not mentioned"


def _asked(label: str, kind: str) -> str:
    """The name of a rule for a response, or of a composite, as a question.

    Examples
    --------
    >>> _asked("Regression of skin fibrosis (EUSTAR 2024)", "response")
    'Regression of skin fibrosis (EUSTAR 2024)?'
    """
    return f"{label}?" if kind == "response" else f"{label}: met?"


def _rests(analysis: Analysis, record: pd.Series, kind: str, unit: str) -> RowText:
    """The recorded values that a verdict is about."""
    series = analysis.changes[
        (analysis.changes["PARAMCD"] == record["PARAMCD"]) & (analysis.changes["LOC"] == record["LOC"])
    ]
    base = series[series["ABLFL"].eq("Y") | series["ABLPFL"].eq("Y")]
    own = (int(record.name),)
    value = typeset(value_words(record, unit).replace("_", " "))
    if kind in OF_A_VALUE or record["POSTBLFL"] != "Y":
        return RowText(value, own)
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
        tipping = tipping_words(row, unit)
        if row.OPEN == MEASURES:
            return f"open: {row.WHY} not reported before and after"
        if row.OPEN == INTERVAL:
            return typeset(f"{tipping.replace(' to ', '–')}; the interval is not reported")
        return typeset(f"open: {tipping or row.WHY}")
    if row.DECIDED == BY_EXAMINERS:
        return f"does not apply ({row.WHY})"
    if row.VERDICT in (OUTSIDE, NOT_APPLICABLE):
        return f"{_SHORT[row.VERDICT]} ({row.WHY})"
    told = filter(None, [change_words(record, unit), row.STUDIED])
    return typeset(": ".join(filter(None, [_SHORT[row.VERDICT], "; ".join(told)])))


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
            parts += list(_open(group, unit))
        elif verdict in (OUTSIDE, NOT_APPLICABLE):
            parts += list(_apart(group))
        elif kind in ("error", "important") or whole:
            parts.append(f"{_SHORT[verdict]}{_by(kind, group, rules, unit, whole)}")
        else:
            parts.append(f"{_and(list(group['LABEL']))}: {_SHORT[verdict]}")
    return typeset("; ".join(parts))


def _apart(group: pd.DataFrame) -> Iterator[str]:
    """The rules that do not speak of a record, those of one reason together; a diagnosis needs no words here."""
    for why, alike in group.groupby("WHY", sort=False):
        short = _SHORT[alike["VERDICT"].iloc[0]]
        of_patient = alike["DECIDED"].isin(OF_PATIENT).all()
        if alike["DECIDED"].eq(BY_EXAMINERS).all():
            short, of_patient = "does not apply", False
        yield f"{_and(list(alike['LABEL']))}: {short}{'' if of_patient else f' ({why})'}"


def _by(kind: str, group: pd.DataFrame, rules: pd.DataFrame, unit: str, whole: bool) -> str:
    """By which rules, with their limits."""
    of_rules = rules.loc[group["RULE"]]
    unit = change_unit(unit)
    if kind == "error":
        pairs = zip(of_rules["examiners"], of_rules["sd"], strict=True)
        limits = [f"{who} ({limit_words(smallest_detectable_change(sd))} {unit})" for who, sd in pairs]
        return f", for {_and(limits, 'or')}"
    if kind == "important":
        ends = [float(end) for limit in of_rules["limit"] for end in re.findall(r"[\d.]*\d", limit.replace("..", " "))]
        span = number(ends[0]) if len(set(ends)) == 1 else f"{number(min(ends))}–{number(max(ends))}" if ends else ""
        how_many = _count(len(group), "published difference") if whole else f"{len(group)} of the published differences"
        told = ", ".join(filter(None, [span and f"{span} {unit}", *_studied(group)]))
        return f", by {how_many} ({told})" if told else f", by {how_many}"
    return f", by {_count(len(group), 'definition')}"


def _studied(group: pd.DataFrame) -> Iterator[str]:
    """Over which times the sources estimated their differences, and over which time the change of the case was."""
    told = [words.split("; ") for words in dict.fromkeys(group["STUDIED"]) if words]
    if told:
        first, *others = (span for span, _ in told)
        spans = _and([first, *(span.removeprefix("estimated over ") for span in others)])
        yield f"{spans}; {told[0][1]}"


def _count(count: int, noun: str) -> str:
    """All of some things in words.

    Examples
    --------
    >>> _count(1, "definition"), _count(2, "definition"), _count(4, "definition")
    ('the one definition', 'both definitions', 'all 4 definitions')
    """
    words = {1: "the one", 2: "both"}.get(count, f"all {count}")
    return f"{words} {noun}{'s' if count > 1 else ''}"


def _open(group: pd.DataFrame, unit: str) -> Iterator[str]:
    """What would decide the open verdicts, the rules that ask for the same together."""
    words = [
        tipping_words(row, unit) if row.OPEN != MEASURES else f"needs {row.WHY}, before and after"
        for row in group.itertuples()
    ]
    words = [word or f"open ({row.WHY})" for word, row in zip(words, group.itertuples(), strict=True)]
    for answer, of_answer in group.groupby(pd.Series(words, index=group.index), sort=False):
        yield f"{_and(list(of_answer['LABEL']))}: {_limit_open(answer)}"


def _limit_open(words: str) -> str:
    """What would decide an open verdict, as an answer.

    Examples
    --------
    >>> _limit_open("met if the laboratory's upper limit is below 5607 U/L")
    'yes, for any upper limit below 5607 U/L'
    >>> _limit_open("met if the laboratory's analytical CV is at most 3 %")
    'yes, for any analytical CV of at most 3 %'
    >>> _limit_open("met if the two values lie 9 to 15 months apart")
    'yes, if the two values lie 9 to 15 months apart'
    """
    found = re.fullmatch(r"met if the laboratory's (.+) is ((?:below|above|at most|at least) .+)", words)
    if not found:
        return words.replace("met if", "yes, if", 1) if words.startswith("met if") else words
    return f"yes, for any {found[1]} {'of ' if found[2].startswith('at') else ''}{found[2]}"


def _and(names: list[str], last: str = "and") -> str:
    return f" {last} ".join(filter(None, [", ".join(names[:-1]), names[-1]]))
