"""What is told of a case and in which order, once for two tenses: the present of a notebook, the past of a manuscript.

The functions decide what is told; the table of wordings says how, the tenses of each fact side by side.
"""

import math
from collections.abc import Iterable, Iterator
from typing import Literal, NamedTuple

import pandas as pd

from ..case import Case
from ..derive import derive_direction, records_of
from ..rules import BY_EXAMINERS, MEASURES, Analysis
from ..values import number
from ..vocabulary import (
    CONTRADICTED,
    DIRECTIONS,
    LIMIT_STATES,
    MET,
    NOT_APPLICABLE,
    NOT_CHECKABLE,
    NOT_MET,
    OPEN_STATES,
    OUTSIDE,
    SUPPORTED,
    UNDETERMINED,
    UNIT_UNKNOWN,
)
from .display import Sentence
from .shares import asked_words
from .undecided import tipping_words
from .words import (
    capital,
    change_words,
    count_words,
    elapsed_words,
    end_words,
    finding_words,
    in_a_sentence,
    moment_words,
    shift_words,
    since_words,
    site_words,
    when_words,
)

Tense = Literal["present", "past", "brief"]


class Wording(NamedTuple):
    """One fact in the words of each tense; a name in braces stands for what is filled in.

    Attributes
    ----------
    present : str
        For a notebook.
    past : str
        For a manuscript.
    brief : str
        For a cell of a table, or a line of a summary.

    A blank leaves the fact out.
    """

    present: str
    past: str
    brief: str = ""

    def words(self, tense: Tense, **filled_in: str) -> str:
        """The fact in one tense.

        Examples
        --------
        >>> Wording("The score is {value}.", "The score was {value}.").words("past", value="46 points")
        'The score was 46 points.'
        """
        return getattr(self, tense).format(**filled_in)


_COURSE = Wording("{measure} of case {case}", "{measure}")
_NO_BASELINE = Wording(
    "{name}: {values}. It has no baseline under the rule {rule}, so no change is computed.",
    "{name}: recorded as {values}, without a baseline, so no change was computed.",
)
_OPEN_BASELINE = Wording(
    "{name}: {values}. Which of them is the baseline is open, because their order is; a change has the bounds of each.",
    "{name}: recorded as {values}. Which of them was the baseline is open, because their order was not reported; a "
    "change has the bounds of each.",
)
_BESIDE = Wording(
    "{name}: {value} {when}; whether that is after the baseline is open.",
    "{name} was {value} {when}; whether that was after the baseline is open.",
)
_BEFORE = Wording("{name}: {value} {when}, before the baseline.", "{name} was {value} {when}, before the baseline.")
_BASELINE = Wording("{name}: {value} at baseline, {moment}.", "{name} was {value} at baseline, {moment}.")
_LATER = Wording("{value} {when}: {change}.", "{when} it was {value}; {change}{elapsed}.")
_OPEN = Wording(
    "{when} the value is {state}, so no change can be computed.",
    "{when} it was {value}, so no change could be computed.",
)
_NOTHING_LATER = Wording(
    "No later record, so no change can be computed.", "It was not recorded again, so no change could be computed."
)
_READ_AS = Wording("", " (read as {low} to {high} {unit})")
_CHANGE = Wording("change {change}", "a change of {change} from the baseline", "{change}")
_SINCE = Wording(", {since}", ", {since}", "; {since}")
_ASKED = Wording("A rule asks for the relative change: {share}.", "A rule asked for the relative change: {share}.")
_NO_CHANGE = Wording(
    "no change can be computed, because {why}",
    "no change was computed, because {why}",
    "no change can be computed ({why})",
)
_NO_UNIT = Wording("no unit is reported", "no unit was reported", "units differ or are not reported")
_NOT_COMPARABLE = Wording(
    "it cannot be compared with the baseline",
    "it could not be compared with the baseline",
    "units differ or are not reported",
)
_SAID = Wording("{how} at the baseline{much}", "{how} at the baseline{much}", "{how} at the baseline{much}")
_UNTOLD = Wording(
    "whether that is more or less than at the baseline is not told",
    "whether that was more or less than at the baseline was not told",
    "whether more or less than at the baseline is not told",
)
_HOW_MUCH = Wording(", by how much is not reported", ", by how much was not reported", ", by how much is not reported")
_ELAPSED = Wording("", "; {weeks} weeks after the baseline")
_NOT_TIMED = Wording("", "; the time since the baseline was not reported")
_VERDICTS = {
    MET: Wording("Met: {rules}.", "By the cited rules, this change from the baseline met: {rules}."),
    NOT_MET: Wording("Not met: {rules}.", "By the cited rules, this change from the baseline did not meet: {rules}."),
    UNDETERMINED: Wording(
        "Cannot be determined: {rules}.",
        "It could not be determined whether this change from the baseline met: {rules}.",
    ),
    NOT_APPLICABLE: Wording(
        "Not applicable, because made for other patients: {rules}.",
        "Not applicable, because made for other patients, were: {rules}.",
    ),
    OUTSIDE: Wording("Outside the window: {rules}.", "Outside the window of the rule was this value for: {rules}."),
}
_OTHER_EXAMINERS = Wording("Not applicable, by who scored: {rules}.", "Not applicable, by who scored, were: {rules}.")
_MADE_FOR = Wording("{rule} (made for {population})", "{rule} (made for {population})")
_WITH_WHY = Wording("{rule} ({why})", "{rule} ({why})")
_OPEN_RULE = Wording("{rule} ({part})", "{rule} (open: {part})")
_TIPPING = Wording("{part}; {tipping}", "{part}; {tipping}")
_RULES_OVERLAP = Wording(
    "The rules overlap and were made for different patients; how many are met is no measure of anything.",
    "The rules overlapped and were made for other patients; how many were met was no measure of anything.",
)
_LIMITS_ARE_ALTERNATIVES = Wording(
    "", "The limits of measurement error were alternatives; which one held depended on who scored."
)
_CLAIMS = Wording(
    "Of {count} claims of the source of case {case}: {results}.",
    "Of {count} statements of the source, compared with the recorded rows: {results}.",
    "Of {count} claims of the source: {results}; supported means that rows and words agree, not that they are right.",
)
_NO_CLAIMS = Wording(
    "No claim of the source of case {case} is listed in case.yaml.", "", "No claim of the source is listed."
)
_BETWEEN_RESULTS = Wording("; ", "; ", ", ")
_TREATMENT = Wording("{label} ({given}), {moment}", "{name} ({given}) {when}")
_TREATMENTS = Wording(
    "Treatments: {treatments}.",
    "Treatments were reported as follows: {treatments}. No change was assigned to a treatment: there was no control.",
)


def course_sentences(analysis: Analysis, code: str, tense: Tense, judged: pd.DataFrame | None = None) -> Iterator[str]:
    """The course of a measure, series by series: what came before the baseline, the baseline, each later value.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    code : str
        The measure. Without a record of it there is no sentence.
    tense : Tense
        `present` or `past`.
    judged : DataFrame, optional
        Verdicts with the columns of `derive_tipping`; those on a later value are told after it.

    Yields
    ------
    Sentence
        With the lines of the records that it tells of.
    """
    case, measure = analysis.case, analysis.case.measure(code)
    unit, phases = measure["unit"], case.about.get("phases", {})
    course = _COURSE.words(tense, measure=measure["label"], case=case.case_id)
    for site, series in series_of(analysis.changes, code):
        name = ", ".join(filter(None, [course, site]))
        base = series[series["ABLFL"].eq("Y") | series["ABLPFL"].eq("Y")]
        if base.empty:
            values = "; ".join(f"{_value(row, unit, tense)} {when_words(row, phases)}" for row in series.itertuples())
            words = _NO_BASELINE.words(tense, name=name, values=values, rule=case.baseline_rule)
            yield Sentence(words, series["line"], f"{site}:no baseline")
            continue
        earlier = (series["POSTBLFL"] == "N") & ~series["line"].isin(base["line"])
        beside = series["POSTBLFL"].eq("") & ~series["line"].isin(base["line"])
        for row in series[earlier | beside].itertuples():
            wording = _BESIDE if row.POSTBLFL == "" else _BEFORE
            words = wording.words(tense, name=name, value=_value(row, unit, tense), when=when_words(row, phases))
            yield Sentence(words, [row.line], f"line {row.line}")
        if len(base) > 1:
            values = " and ".join(f"{_value(row, unit, tense)} {when_words(row, phases)}" for row in base.itertuples())
            yield Sentence(_OPEN_BASELINE.words(tense, name=name, values=values), series["line"], f"{site}:baseline")
        else:
            row = base.iloc[0]
            words = _BASELINE.words(tense, name=name, value=_value(row, unit, tense), moment=moment_words(row, phases))
            yield Sentence(words, [row.line], f"{site}:baseline")
        later = series[series["POSTBLFL"] == "Y"]
        for row in later.itertuples():
            yield Sentence(_later(row, unit, when_words(row, phases), tense), [row.line], f"line {row.line}")
            if judged is not None:
                verdicts = judged[judged["line"] == row.line]
                asked = asked_words(row, unit, case.rules[case.rules["rule"].isin(verdicts["RULE"])])
                answers = [asked and _ASKED.words(tense, share=asked), *verdict_sentences(verdicts, tense, unit)]
                for words in filter(None, answers):
                    yield Sentence(words, [row.line], f"verdicts on line {row.line}")
        if later.empty:
            yield Sentence(_NOTHING_LATER.words(tense), series["line"], f"{site}:nothing later")


def in_order(records: pd.DataFrame) -> pd.DataFrame:
    """Records in the order in which they are told; where that is open, by their possible times."""
    return records.sort_values(["ORDER", "ORDLO", "ORDHI", "line"])


def series_of(changes: pd.DataFrame, code: str) -> Iterator[tuple[str, pd.DataFrame]]:
    """The series of a measure: for each site its name and its records."""
    records = derive_direction(in_order(records_of(changes, code)))
    sites = set(records["LOC"])
    for site, series in records.groupby("LOC", sort=False):
        # The value before as it is printed, for the digits of the change since then.
        printed = dict(zip(series["AVAL"], series["AVALC"], strict=True))
        series = series.assign(PREVC=[printed.get(value, "") for value in series["PREV"]])
        yield site_words(site, sites), series


def _value(row, unit: str, tense: Tense) -> str:
    """A value as printed; in the past an approximate one also with the bounds that it is read as."""
    words = finding_words(row, unit)
    if not row.value.startswith("~"):
        return words
    return words + _READ_AS.words(tense, low=number(row.AVALLO), high=number(row.AVALHI), unit=row.AVALU)


def _later(row, unit: str, when: str, tense: Tense) -> str:
    """A value after the baseline, with its change or the reason why there is none."""
    value = _value(row, unit, tense)
    if row.STATE in OPEN_STATES:
        return capital(_OPEN.words(tense, when=when, value=value, state=row.STATE.replace("_", " ")))
    weeks = elapsed_words(row, 7)
    elapsed = _ELAPSED.words(tense, weeks=weeks) if weeks else _NOT_TIMED.words(tense)
    change = change_clause(row, unit, tense)
    return capital(_LATER.words(tense, when=when, value=value, change=change, elapsed=elapsed))


def change_clause(row, unit: str, tense: Tense) -> str:
    """The change of a known value, what became of a finding, or why neither is known; and since the value before.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> score = Row(STATE="value", CHG=-14.0, CHGLO=-14.0, CHGHI=-14.0, PCHG=-30.43, CHGPREV=-4.0, PREV=36.0, BASE=46.0)
    >>> change_clause(score, "points", "past")
    'a change of -14 points (-30.4 %) from the baseline, -4 points since the value before (36 points)'
    """
    change, since = change_words(row, unit), since_words(row, unit)
    if change:
        clause = _CHANGE.words(tense, change=change)
    else:
        reason = _NO_UNIT if row.AVALU == UNIT_UNKNOWN else _NOT_COMPARABLE
        clause = shift_words(row) or _said_words(row, tense) or no_change(tense, reason.words(tense))
    return clause + (_SINCE.words(tense, since=since) if since else "")


def _said_words(row, tense: Tense) -> str:
    """What the words of a source say of a change from the baseline without a number; blank where they say nothing."""
    low, high = getattr(row, "SIGNLO", math.nan), getattr(row, "SIGNHI", math.nan)
    if math.isnan(low):
        return ""
    if (low, high) == (-1, 1):
        return _UNTOLD.words(tense)
    up, down = (
        ("more", "less") if row.STATE in _OF_AMOUNT else ("better", "worse")[:: 1 if row.BETTER == "higher" else -1]
    )
    how = {(-1, -1): f"{down} than", (1, 1): f"{up} than", (-1, 0): f"not {up} than", (0, 1): f"not {down} than"}
    much = _HOW_MUCH.words(tense) if low == high else ""
    return _SAID.words(tense, how=how.get((low, high), "as"), much=much if low else "")


# The states that speak of an amount; the others say better or worse.
_OF_AMOUNT = (*LIMIT_STATES, *(state for state in DIRECTIONS if state not in ("improved", "worsened")), "residual")


def no_change(tense: Tense, why: str) -> str:
    """That there is no change, and why.

    Examples
    --------
    >>> no_change("brief", "recorded once")
    'no change can be computed (recorded once)'
    """
    return _NO_CHANGE.words(tense, why=why)


def verdict_sentences(verdicts: pd.DataFrame, tense: Tense, unit: str) -> Iterator[str]:
    """The names of the rules by their verdict, one sentence a verdict, with what would decide those that are open.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `derive_tipping`.
    tense : Tense
        `present` or `past`.
    unit : str
        The unit of the measure.
    """
    for verdict, wording in _VERDICTS.items():
        rules = verdicts[verdicts["VERDICT"] == verdict].drop_duplicates("RULE")
        scored = rules["DECIDED"].eq(BY_EXAMINERS)
        for words, group in ((wording, rules[~scored]), (_OTHER_EXAMINERS, rules[scored])):
            if len(group):
                yield words.words(tense, rules="; ".join(_rule(row, tense, unit) for row in group.itertuples()))


def _rule(row, tense: Tense, unit: str) -> str:
    """The name of a rule, and what is missing for its verdict, or for whom or when it was made if not for this one."""
    if row.VERDICT == OUTSIDE or (row.VERDICT == NOT_APPLICABLE and row.DECIDED in ("baseline", BY_EXAMINERS)):
        return _WITH_WHY.words(tense, rule=row.LABEL, why=row.WHY)
    if row.VERDICT == NOT_APPLICABLE:
        return _MADE_FOR.words(tense, rule=row.LABEL, population=row.POPULATION)
    if row.VERDICT == UNDETERMINED and row.WHY:
        tipping = tipping_words(row, unit) if row.OPEN != MEASURES else ""
        part = _TIPPING.words(tense, part=row.WHY, tipping=tipping) if tipping else row.WHY
        return _OPEN_RULE.words(tense, rule=row.LABEL, part=part)
    return _WITH_WHY.words(tense, rule=row.LABEL, why=row.STUDIED) if row.STUDIED else row.LABEL


def caution_sentences(judged: pd.DataFrame, tense: Tense) -> Iterator[str]:
    """Why the verdicts of several rules must not be counted up; nothing without a verdict."""
    if len(judged):
        yield _RULES_OVERLAP.words(tense)
    if len(set(judged.loc[judged["KIND"] == "error", "RULE"])) > 1:
        yield from filter(None, [_LIMITS_ARE_ALTERNATIVES.words(tense)])


def treatment_sentences(case: Case, given: Iterable[str], tense: Tense) -> Iterator[str]:
    """All treatments in one sentence, each with what was given and when; nothing without a treatment.

    Parameters
    ----------
    case : Case
        From `read_case`.
    given : iterable of str
        Dose and schedule in words, one for each treatment row in the order of the file.
    tense : Tense
        `present` or `past`.
    """
    phases = case.about.get("phases", {})
    rows = case.facts[case.facts["kind"] == "treatment"]
    treatments = [
        _TREATMENT.words(
            tense,
            label=row.PARAM,
            name=in_a_sentence(row.PARAM),
            given=words,
            moment=", ".join(filter(None, [moment_words(row, phases), end_words(row, phases)])),
            when=", ".join(filter(None, [when_words(row, phases), end_words(row, phases)])),
        )
        for row, words in zip(rows.itertuples(), given, strict=True)
    ]
    if treatments:
        yield _TREATMENTS.words(tense, treatments="; ".join(treatments))


def claims_sentence(analysis: Analysis, tense: Tense) -> str:
    """How many claims of the source the recorded rows support and contradict, and how many cannot be checked."""
    case, claims = analysis.case, analysis.claims
    if claims.empty:
        return _NO_CLAIMS.words(tense, case=case.case_id)
    results = count_words(claims["RESULT"], (SUPPORTED, CONTRADICTED, NOT_CHECKABLE), _BETWEEN_RESULTS.words(tense))
    return _CLAIMS.words(tense, count=str(len(claims)), case=case.case_id, results=results)
