"""The answer of some rules to one question in words, and what it rests on: those that agree together."""

import math
import re
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from ...rules import (
    BY_EXAMINERS,
    FOR_ANY_CV,
    LARGER,
    OF_PATIENT,
    WITHIN_BIOLOGICAL,
    smallest_detectable_change,
)
from ...values import parse_threshold, rows_of
from ...vocabulary import DAYS_PER, MET, NOT_APPLICABLE, NOT_MET, OPEN_STATES, OUTSIDE, UNDETERMINED
from ..display import RowText
from ..measured.coursed import LAST_OPEN
from ..measured.undecided import bracketed, only_reaches, undetermined_words
from ..numbers.differences import change_words
from ..numbers.shares import change_unit, percent
from ..wording.labels import joined
from ..wording.passage import typeset
from ..wording.words import in_a_sentence, limit_words, value_words

IN_SHORT = {MET: "yes", NOT_MET: "no", OUTSIDE: "outside the window", NOT_APPLICABLE: "made for other patients"}


def answer_of_one(row, rule: pd.Series, unit: str, record: pd.Series) -> str:
    """The answer of one rule for a response."""
    if row.VERDICT == UNDETERMINED:
        return typeset(undetermined_words(row, unit, record))
    if row.DECIDED == BY_EXAMINERS:
        return f"does not apply ({row.WHY})"
    if row.VERDICT in (OUTSIDE, NOT_APPLICABLE):
        return f"{IN_SHORT[row.VERDICT]} ({row.WHY})"
    details = filter(None, [_evidence(row, rule, unit, record), row.STUDIED])
    return typeset(": ".join(filter(None, [IN_SHORT[row.VERDICT], "; ".join(details)])))


def _evidence(row, rule: pd.Series, unit: str, record: pd.Series) -> str:
    """The change by which a rule was decided: with its share of the highest value, or its rate, where these did."""
    change, decided = change_words(record, unit), row.DECIDED.split(", ")
    of_peak = "percent" in decided and rule["percent_of"] == "peak"
    if not change or not (of_peak or "rate" in decided):
        return change
    share = 100 * (record["AVAL"] - record["PEAKLO"]) / record["PEAKLO"] if record["PEAKLO"] else math.nan
    exact = of_peak and pd.notna(share) and record["PEAKLO"] == record["PEAKHI"]
    parts = [change.partition(" (")[0], f"{percent(share)} from the highest value" if exact else ""]
    parts += [_rate_words(rule, unit, record)] if "rate" in decided else []
    return ", ".join(filter(None, parts))


def _rate_words(rule: pd.Series, unit: str, record: pd.Series) -> str:
    """How fast a value changed, in its unit a year, beside the rate that a rule asks for; blank where that is open."""
    days = record[["SINCELO", "SINCEHI"]].astype(float)
    if not (days.gt(0) & np.isfinite(days)).all():
        return ""
    rates = sorted(DAYS_PER["a"] * record[end] / day for end in ("CHGLO", "CHGHI") for day in days)
    beside = parse_threshold(rule["rate"])[0].low
    words = dict.fromkeys(
        f"{'-' if rate < 0 else '+'}{limit_words(abs(rate), beside)}" for rate in (rates[0], rates[-1])
    )
    return f"{' to '.join(words)} {unit} a year"


def answer_words(kind: str, rows: pd.DataFrame, rules: pd.DataFrame, record: pd.Series, unit: str) -> str:
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
                parts.append(_differences(group[estimated], rules, unit, record, None))
            parts += list(_open(group[~estimated], unit, record, whole and not estimated.any()))
        elif verdict in (OUTSIDE, NOT_APPLICABLE):
            parts += list(apart_words(group, rules))
        elif kind == "important":
            parts.append(_differences(group, rules, unit, record, verdict == MET))
        elif kind == "error" or whole:
            parts.append(f"{IN_SHORT[verdict]}{_by(kind, group, rules, unit, record)}{_for_any_cv(group)}")
        else:
            parts.append(f"{_names(group)}: {IN_SHORT[verdict]}{_for_any_cv(group)}")
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


def apart_words(group: pd.DataFrame, rules: pd.DataFrame) -> Iterator[str]:
    """The rules that do not speak of a record, those of one reason together; for whom they were made."""
    for why, alike in group.groupby("WHY", sort=False):
        short = IN_SHORT[alike["VERDICT"].iloc[0]]
        if alike["DECIDED"].isin(OF_PATIENT).all():
            names = (f"{in_a_sentence(row.LABEL)}, for {row.POPULATION}" for row in rows_of(alike))
            yield f"{short}: {'; '.join(names)}"
        elif alike["DECIDED"].eq(BY_EXAMINERS).all():
            limits, do = ("limit", "does") if len(alike) == 1 else ("limits", "do")
            yield f"the {limits} for {joined([*rules.loc[alike['RULE'], 'examiners']])} {do} not apply ({why})"
        else:
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


def _differences(group: pd.DataFrame, rules: pd.DataFrame, unit: str, record: pd.Series, larger: bool | None) -> str:
    """How a change compares with published differences; None for those that are exceeded and perhaps do not apply."""
    differences: dict[bool, list[str]] = {False: [], True: []}
    unknown = []
    for row in rows_of(group):
        limit = rules.loc[row.RULE, "limit"]
        ends = re.findall(r"[\d.]*\d", limit.replace("..", " "))
        span, _, interval = row.STUDIED.partition("; ")
        where = ", ".join(filter(None, [row.POPULATION.partition(",")[0], span.removeprefix("estimated over ")]))
        size = float(ends[0]) if len(ends) == 1 else math.nan
        named = f"{'–'.join(ends)} {change_unit(unit, size)} ({where})"
        reached = larger is not False and only_reaches(limit, record)
        differences[reached].append(named if ends else f"the difference in {where}")
        unknown.append(interval)
    beyond, reached = differences[False], differences[True]
    if larger is None:
        how = " or ".join(word for word, named in (("reached", reached), ("exceeded", beyond)) if named)
        many = f"each {how}, whether they apply" if len(group) > 1 else f"{how}, whether it applies"
        compared = f"{joined([*beyond, *reached])} {many} to this patient is not known"
    else:
        words = (("larger than" if larger else "not larger than", beyond), ("as large as", reached))
        compared = ", and ".join(f"{how} {joined(named)}" for how, named in words if named)
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


def by_size(record: pd.Series) -> tuple[float, float, str]:
    """The place of a value among others of which one is meant, whatever the order of the rows."""
    low, high = record[["AVALLO", "AVALHI"]].astype(float).fillna(0.0)
    return low, high, record["AVALC"]


def both_values(earlier: list[pd.Series], record: pd.Series, unit: str) -> RowText:
    """The earlier values, or those that may be it, and a later one."""
    value = typeset(value_words(record, unit).replace("_", " "))
    # In one order, whatever that of the rows; one unit is enough for all.
    *others, last = _unit_once([typeset(value_words(row, unit)) for row in sorted(earlier, key=by_size)], unit)
    last, value = _unit_once([last, value], unit)
    before = " or ".join(dict.fromkeys([*others, last]))
    return RowText(f"{before}, then {value}", (*(int(row.name) for row in earlier), int(record.name)))


def in_one_unit(texts: list[str], unit: str, last_word: str = "and") -> str:
    """Values in one line, their unit once.

    Examples
    --------
    >>> in_one_unit(["6720 U/L", "131 U/L", "5607 U/L"], "U/L")
    '6720, 131 and 5607 U/L'
    """
    return joined(_unit_once(texts, unit), last_word)


def _unit_once(texts: list[str], unit: str) -> list[str]:
    """Values of which only the last has its unit, where it has one."""
    *others, last = texts
    return [*(text.removesuffix(f" {unit}") if last.endswith(f" {unit}") else text for text in others), last]


def to_either(texts: Sequence[str], unit: str) -> str:
    """One value and then one of several.

    Examples
    --------
    >>> to_either(["25 mm, then 8 mm", "25 mm, then 15 mm"], "mm")
    '25 mm, then 8 or 15 mm'
    """
    base, later = zip(*(text.partition(", then ")[::2] for text in texts), strict=True)
    return f"{base[0]}, then {in_one_unit([*dict.fromkeys(later)], unit, 'or')}"


def answer_of_several(
    answers: Sequence[str], values: Sequence[str], verdicts: Sequence[Mapping[str, str]], unit: str
) -> str:
    """The answer where one of several values is the last: what holds for each, else what each would give.

    Parameters
    ----------
    answers, values : sequence of str
        The answer on each value, and the value.
    verdicts : sequence of mapping
        The verdict by the name of its rule, on each record that may be the last.
    unit : str
        That of the values.

    Examples
    --------
    >>> values, met, not_met = ["18 points", "20 points"], {"fall": "met"}, {"fall": "not met"}
    >>> answer_of_several(["yes: −12 points", "yes: −10 points"], values, [met, met], "points")
    'yes: −12 points or −10 points'
    >>> answer_of_several(["yes: −12 points", "no: −10 points"], values, [met, not_met], "points")
    'cannot be determined (which value is the last is open); 18 points: yes, −12 points; 20 points: no, −10 points'
    """
    agree = all(of_one == verdicts[0] for of_one in verdicts)
    if agree and (together := _together(answers, unit)):
        return together
    parts = [text.split("; ") for text in answers]
    rest: list[str] = []
    while len({of_one[-1] for of_one in parts}) == 1 and min(map(len, parts)) > 1:
        rest = [parts[0][-1], *rest]
        parts = [of_one[:-1] for of_one in parts]
    each = [f"{value}: {_behind_colon('; '.join(of_one))}" for value, of_one in zip(values, parts, strict=True)]
    decided = {rule for rule, verdict in verdicts[0].items() if verdict in (MET, NOT_MET)}
    some = any(all(of_one.get(rule) == verdicts[0][rule] for of_one in verdicts) for rule in decided)
    why = "" if agree else LAST_OPEN if some else f"{UNDETERMINED} ({LAST_OPEN})"
    return "; ".join(filter(None, [why, *each, *rest]))


def _behind_colon(answer: str) -> str:
    """An answer without a colon of its own at its beginning."""
    return re.sub(r"^(yes|no): ", r"\1, ", bracketed(answer))


def _together(answers: Sequence[str], unit: str) -> str:
    """Answers in one that differ in the values that they rest on alone; blank where they differ in more."""
    parts = [text.split("; ") for text in answers]
    if len({len(of_one) for of_one in parts}) > 1:
        return ""
    together = []
    for each in zip(*parts, strict=True):
        heads, ends = zip(*(text.partition(": ")[::2] for text in each), strict=True)
        if len({*each}) == 1:
            together.append(each[0])
        elif len({*heads}) > 1 or not all(ends) or UNDETERMINED in " ".join(each):
            return ""
        elif len({end.partition(", then ")[0] for end in ends}) == 1:
            together.append(f"{heads[0]}: {to_either(ends, unit)}")
        else:
            together.append(f"{heads[0]}: {' or '.join(dict.fromkeys(ends))}")
    return "; ".join(together)


def works_of(rules: pd.DataFrame, rows: pd.DataFrame) -> str:
    """The works of some rules by their keys: that of the number, and that of whom or when it was made for."""
    of_rules = rules.loc[rows["RULE"]]
    named = zip(
        of_rules.index, of_rules["reference"], of_rules.get("further_reference", of_rules["reference"]), strict=True
    )
    keys = [key for rule, reference, further in named for key in (reference or rule, further)]
    return "|".join(dict.fromkeys(filter(None, keys)))
