"""What is told of a measure and in which order, in the present: sentences of a notebook, and cells of a table."""

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

import pandas as pd

from ...case import Case
from ...derive import derive_direction
from ...rules import BY_EXAMINERS, LARGER, MEASURES, Analysis, is_unscored, once
from ...values import compact, rows_of
from ...vocabulary import (
    BASELINE_RULES,
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
from ..display import Sentence
from ..numbers.differences import change_words, named_change, since_words
from ..numbers.shares import asked_words
from ..wording.ended import end_words
from ..wording.stopped import with_stops
from ..wording.when import moment_words, when_words
from ..wording.words import capital, count_words, finding_words, in_a_sentence, shift_words, site_words
from .undecided import tipping_words

Form = Literal["present", "brief"]


class Wording(NamedTuple):
    """One fact in the words of each form; a name in braces stands for what is filled in.

    Attributes
    ----------
    present : str
        For a sentence.
    brief : str
        For a cell of a table, or a line of a summary.
    """

    present: str
    brief: str

    def words(self, form: Form, **filled_in: str) -> str:
        """The fact in one form.

        Examples
        --------
        >>> Wording("change {change}", "{change}").words("brief", change="-14 points")
        '-14 points'
        """
        return getattr(self, form).format(**filled_in)


_SINCE = Wording(", {since}", "; {since}")
_NO_CHANGE = Wording("no change can be computed, because {why}", "no change can be computed ({why})")
_NO_UNIT = Wording("no unit is reported", "unit not reported")
_NOT_COMPARABLE = Wording("it cannot be compared with the baseline", "not comparable with the baseline")
_UNTOLD = Wording(
    "whether that is more or less than at the baseline is not told",
    "whether more or less than at the baseline is not told",
)
_STATED = Wording("{state}, and no value is reported", "{state}, value not reported")
_VERDICTS = {
    MET: "Met: {rules}.",
    NOT_MET: "Not met: {rules}.",
    UNDETERMINED: "Cannot be determined: {rules}.",
    NOT_APPLICABLE: "Not applicable, because made for other patients: {rules}.",
    OUTSIDE: "Outside the window: {rules}.",
}
_OTHER_EXAMINERS = "Not applicable, by who scored: {rules}."
_CLAIMS = Wording(
    "Of {count} claims of the source of case {case}: {results}.",
    "Of {count} claims of the source: {results}; supported means that rows and words agree, not that they are right.",
)
_NO_CLAIMS = Wording(
    "No claim of the source of case {case} is listed in case.yaml.", "No claim of the source is listed."
)
_BETWEEN_RESULTS = Wording("; ", ", ")


def course_sentences(analysis: Analysis, code: str, judged: pd.DataFrame | None = None) -> Iterator[Sentence]:
    """The course of a measure, series by series: what came before the baseline, the baseline, each later value.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    code : str
        The measure. Without a record of it there is no sentence.
    judged : DataFrame, optional
        Verdicts with the columns of `derive_tipping`; those on a later value are told after it.

    Yields
    ------
    Sentence
        With the lines of the records that it tells of.
    """
    case, measure = analysis.case, analysis.case.measure(code)
    unit, phases = measure["unit"], case.about.get("phases", {})
    for site, series in series_of(analysis, code):
        name = ", ".join(filter(None, [f"{measure['label']} of case {case.case_id}", site]))
        # Of a table of a hundred columns each pass over its rows takes longer than what is told of them.
        rows = [*rows_of(series)]
        base = [row for row in rows if row.ABLFL == "Y" or row.ABLPFL == "Y"]
        if not base:
            values = "; ".join(f"{finding_words(row, unit)} {when_words(row, phases)}" for row in rows)
            rule = BASELINE_RULES.get(case.baseline_rule, case.baseline_rule)
            words = f"{name}: {values}. There is no baseline ({rule}), so no change is computed."
            yield Sentence(words, series["line"], f"{site}:no baseline")
            continue
        first = {row.line for row in base}
        for row in rows:
            if row.POSTBLFL in ("N", "") and row.line not in first:
                place = (
                    "; whether that is after the baseline is open" if row.POSTBLFL == "" else ", before the baseline"
                )
                words = f"{name}: {finding_words(row, unit)} {when_words(row, phases)}{place}."
                yield Sentence(words, [row.line], f"line {row.line}")
        if len(base) > 1:
            values = " and ".join(f"{finding_words(row, unit)} {when_words(row, phases)}" for row in base)
            words = (
                f"{name}: {values}. Their order is open, and so which is the baseline; a change has the bounds of each."
            )
            yield Sentence(words, series["line"], f"{site}:baseline")
        else:
            (row,) = base
            words = f"{name}: {finding_words(row, unit)} at baseline, {in_a_sentence(moment_words(row, phases))}."
            yield Sentence(words, [row.line], f"{site}:baseline")
        later = [row for row in rows if row.POSTBLFL == "Y"]
        for row in later:
            yield Sentence(_later(row, measure, when_words(row, phases)), [row.line], f"line {row.line}")
            if judged is not None:
                yield from _judged(case, row, unit, judged[judged["line"] == row.line])
        if not later:
            words = "No later record, so no change can be computed."
            yield Sentence(words, series["line"], f"{site}:nothing later")


def _judged(case: Case, row, unit: str, verdicts: pd.DataFrame) -> Iterator[Sentence]:
    """The relative change that a rule asks for, and the verdicts on a record."""
    asked = asked_words(row, unit, case.rules[case.rules["rule"].isin(verdicts["RULE"])])
    if asked:
        yield Sentence(f"A rule asks for the relative change: {asked}.", [row.line], f"verdicts on line {row.line}")
    for words in verdict_sentences(verdicts, unit):
        yield Sentence(words, [row.line], f"verdicts on line {row.line}")


def in_order(records: pd.DataFrame) -> pd.DataFrame:
    """Records in the order in which they are told; where that is open, by their possible times."""
    return records.sort_values(["ORDER", "ORDLO", "ORDHI", "line"])


def series_of(analysis: Analysis, code: str) -> list[tuple[str, pd.DataFrame]]:
    """The series of a measure: for each site its name and its records.

    A finding in words that has one site in one record and none in another is one series without a name; none of its
    records is a baseline, because it is not told whether the sites are the same.
    """
    return _every_series(analysis).get(code, [])


@once
def _every_series(analysis: Analysis) -> dict[str, list[tuple[str, pd.DataFrame]]]:
    """The series of every measure: of a table of a hundred columns, one pass over all rows for all measures."""
    changes = compact(analysis.changes)
    records = derive_direction(in_order(changes[changes["kind"] == "observation"]))
    return {code: [*_series_in(of_measure)] for code, of_measure in records.groupby("code", sort=False)}


def _series_in(records: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    sites = set(records["LOC"])
    if len(sites) == 2 and "" in sites and records["value"].eq("").all():
        yield "", records.assign(PREVC="", BASEOLO=math.nan, **dict.fromkeys(("ABLFL", "ABLPFL", "POSTBLFL"), ""))
        return
    for site, series in records.groupby("LOC", sort=False):
        # The value before as it is printed, for the digits of the change since then.
        printed = dict(zip(series["AVAL"], series["AVALC"], strict=True))
        yield site_words(site, sites), series.assign(PREVC=[printed.get(value, "") for value in series["PREV"]])


def _later(row, measure: pd.Series, when: str) -> str:
    """A value after the baseline, with its change or the reason why there is none."""
    if row.STATE in OPEN_STATES:
        return f"The value is {row.STATE.replace('_', ' ')} {when}, so no change can be computed."
    return capital(f"{finding_words(row, measure['unit'])} {when}: {change_clause(row, measure, 'present')}.")


def change_clause(row, measure: Mapping[str, str], form: Form) -> str:
    """The change of a known value, what became of a finding, or why neither is known; and since the value before.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> score = Row(STATE="value", CHG=-14.0, CHGLO=-14.0, CHGHI=-14.0, PCHG=-30.43, CHGPREV=-4.0, PREV=36.0, BASE=46.0)
    >>> change_clause(score, {"unit": "points", "abbrev": "mRSS"}, "present")
    'change -14 points (-30.4 %), -4 points since the value before (36 points)'
    """
    change, since = change_words(row, measure["unit"]), since_words(row, measure["unit"])
    if why := why_unknown(row, measure, form):
        clause = no_change(form, why)
    else:
        named = change if form == "brief" else named_change(change)
        clause = named or shift_words(row) or _said_words(row, form)
    if why == _UNSCORED:
        return clause
    return clause + (_SINCE.words(form, since=since) if since else "")


def why_unknown(row, measure: Mapping[str, str], form: Form) -> str:
    """Why neither a change of a known value nor what became of a finding is known; blank where one of them is."""
    if change_words(row, measure["unit"]):
        return ""
    if is_unscored(row, measure["unit"], measure["abbrev"]):
        return _UNSCORED
    if shift_words(row) or _said_words(row, form):
        return ""
    return (_NO_UNIT if row.AVALU == UNIT_UNKNOWN else _NOT_COMPARABLE).words(form)


_UNSCORED = "the score is not reported"


def _said_words(row, form: Form) -> str:
    """What the words of a source say of a change from the baseline without a number; blank where they say nothing."""
    low, high = getattr(row, "SIGNLO", math.nan), getattr(row, "SIGNHI", math.nan)
    if math.isnan(low):
        return ""
    if (low, high) == (-1, 1):
        return _STATED.words(form, state=_stated(row)) if row.STATE in LIMIT_STATES else _UNTOLD.words(form)
    up, down = ("better", "worse") if row.BETTER == "higher" else ("worse", "better")
    if row.STATE in _OF_AMOUNT:
        up, down = "more", "less"
    how = {(-1, -1): f"{down} than", (1, 1): f"{up} than", (-1, 0): f"not {up} than", (0, 1): f"not {down} than"}
    much = ", by how much is not reported" if low == high and low else ""
    return f"{how.get((low, high), 'as')} at the baseline{much}"


def _stated(row) -> str:
    """A state against the limits; that it was returned to only where the source says so."""
    returned = row.STATE == "normal" and re.search(r"\breturn\w* to normal|\bnormali[sz]ed", getattr(row, "quote", ""))
    return "returned to normal" if returned else row.STATE


def said_change(row) -> str:
    """The word of a source for a change from the baseline, in a cell; blank where it has none."""
    if math.isnan(getattr(row, "SIGNLO", math.nan)) or row.STATE in OPEN_STATES:
        return ""
    if row.STATE in LIMIT_STATES:
        return _stated(row)
    return row.STATE if row.SIGNLO == row.SIGNHI else _said_words(row, "brief")


# The states that speak of an amount; the others say better or worse.
_OF_AMOUNT = (*LIMIT_STATES, *(state for state in DIRECTIONS if state not in ("improved", "worsened")), "residual")


def no_change(form: Form, why: str) -> str:
    """That there is no change, and why.

    Examples
    --------
    >>> no_change("brief", "recorded once")
    'no change can be computed (recorded once)'
    """
    return _NO_CHANGE.words(form, why=why)


def verdict_sentences(verdicts: pd.DataFrame, unit: str) -> Iterator[str]:
    """The names of the rules by their verdict, one sentence a verdict, with what would decide those that are open.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `derive_tipping`.
    unit : str
        The unit of the measure.
    """
    rows = [*rows_of(verdicts)]
    for verdict, wording in _VERDICTS.items():
        rules: dict[str, object] = {}
        for row in rows:
            if verdict == row.VERDICT:
                rules.setdefault(row.RULE, row)
        for words, by_examiners in ((wording, False), (_OTHER_EXAMINERS, True)):
            names = [_rule(row, unit) for row in rules.values() if (row.DECIDED == BY_EXAMINERS) == by_examiners]
            if names:
                yield words.format(rules="; ".join(names))


def _rule(row, unit: str) -> str:
    """The name of a rule, and what is missing for its verdict, or for whom or when it was made if not for this one."""
    if row.VERDICT == OUTSIDE or (row.VERDICT == NOT_APPLICABLE and row.DECIDED in ("baseline", BY_EXAMINERS)):
        return f"{row.LABEL} ({row.WHY})"
    if row.VERDICT == NOT_APPLICABLE:
        return f"{row.LABEL} (made for {row.POPULATION})"
    if row.VERDICT == UNDETERMINED and row.WHY:
        tipping = tipping_words(row, unit) if row.OPEN != MEASURES else ""
        studied = row.STUDIED if row.WHY == LARGER else ""
        return f"{row.LABEL} ({'; '.join(filter(None, [row.WHY, tipping, studied]))})"
    return f"{row.LABEL} ({row.STUDIED})" if row.STUDIED else row.LABEL


def caution_sentences(judged: pd.DataFrame) -> Iterator[str]:
    """Why the verdicts of several rules must not be counted up; nothing without a verdict."""
    if len(judged):
        yield "The rules overlap and were made for different patients, so the number of rules met has no meaning."


def treatment_sentences(case: Case, given: Iterable[str]) -> Iterator[str]:
    """All treatments in one sentence, each with what was given and when; nothing without a treatment.

    Parameters
    ----------
    case : Case
        From `read_case`.
    given : iterable of str
        Dose and schedule in words, one for each treatment row in the order of the file.
    """
    phases = case.about.get("phases", {})
    facts = with_stops(case.facts)
    rows = facts[facts["kind"] == "treatment"]
    treatments = [
        ", ".join(
            filter(None, [f"{row.PARAM} ({words})", moment_words(row, phases), end_words(row, phases, case.facts)])
        )
        for row, words in zip(rows_of(rows), given, strict=True)
    ]
    if treatments:
        yield f"Treatments: {'; '.join(treatments)}."


def claims_sentence(analysis: Analysis, form: Form) -> str:
    """How many claims of the source the recorded rows support and contradict, and how many cannot be checked."""
    case, claims = analysis.case, analysis.claims
    if claims.empty:
        return _NO_CLAIMS.words(form, case=case.case_id)
    results = count_words(claims["RESULT"], (SUPPORTED, CONTRADICTED, NOT_CHECKABLE), _BETWEEN_RESULTS.words(form))
    return _CLAIMS.words(form, count=str(len(claims)), case=case.case_id, results=results)
