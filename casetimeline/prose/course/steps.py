"""From one dose of a drug to the next: what a course follows, and the verb that the two doses give it."""

import math
import re
from typing import NamedTuple

import pandas as pd

from ...case import Case
from ...derive import surely_after, surely_before, vary, vary_in_quote
from ...values import rows_of, timed_end
from ..wording.ended import last_day, was_over
from ..wording.labels import is_acronym
from ..wording.passage import typeset
from ..wording.schedules import amount_of, is_once, is_pulse, rate_between, route_words, schedule_of
from ..wording.stopped import was_stopped

# Routes that stand before the name of a drug.
ROUTES = ("intravenous", "oral", "subcutaneous", "intramuscular", "intrathecal", "topical", "inhaled")
# What a source says of a drug beside its name, and the verb of it; the first that fits is told.
TAPERED, RAISED = r"\b(?:taper|wean)\w*", r"\b(?:uptitrat|increas|escalat)\w*"
_REDUCED = r"\b(?:reduc|decreas|lower)\w*"
SAID = {
    "continued": r"\b(?:continu\w+|still|ongoing|maintained)\b",
    "restarted": r"\b(?:re-?started|re-?commenced|re-?introduced|reinstat\w+)\b",
    "added": r"\b(?:added|addition of)\b",
    "started": r"\b(?:started|initiat\w+|commenc\w+|introduced)\b",
}
# How many letters lie at most between such a word and the name of its drug.
NEAR = 45


class Verb(NamedTuple):
    """The verb of a treatment, and what follows it at once: ` from 5 mg to 10 mg` of an increase."""

    word: str
    rest: str = ""


class Steps:
    """The verbs of the courses of a case by the earlier courses of the same drug.

    Parameters
    ----------
    case : Case
    rows : DataFrame
        Its treatments, in the order of telling.
    exposure : DataFrame
        Of `derive_exposure`, by line.
    """

    def __init__(self, case: Case, rows: pd.DataFrame, exposure: pd.DataFrame):
        self.case, self.rows, self.exposure = case, rows, exposure

    def before(self, row):
        """The last row of a drug that is surely before another of it; else nothing."""
        return next(reversed(self._earlier(row)), None)

    def _earlier(self, row) -> list:
        """The rows of a drug that are surely before another of it, in the order of telling."""
        return [*rows_of(self.rows[self.rows["code"].eq(row.code) & surely_before(self.rows, row)])]

    def verb(self, row) -> Verb | None:
        """The verb of a drug by an earlier row of it: given again after its end, or at another dose; else nothing.

        Doses of two routes are not held against each other; nor is a dose where it is not told which came before it.
        """
        if is_once(row) or is_pulse(row):
            return None
        before = self._followed(row)
        if before is None:
            return self._by_other_route(row)
        if was_over(self.case.facts, before, row, self._every(before)):
            return self._again(before, row)
        if not row.dose or self._is_parted(before, row):
            return None
        if beside := self._beside(before, row):
            return beside
        return None if self._is_open(before, row) else self._from_dose(before, row)

    def _every(self, row) -> float:
        """Days between two doses of a course."""
        return self.exposure.loc[row.line, "OWN"]

    def _followed(self, row):
        """The last earlier row of a drug that may have been given by the same route; else nothing."""
        return next((each for each in reversed(self._earlier(row)) if _may_be_one_route(each, row)), None)

    def _by_other_route(self, row) -> Verb | None:
        """The verb of a drug that was given by another route before: also given, or changed to this route."""
        before = self.before(row)
        if before is None:
            return None
        if was_over(self.case.facts, before, row, self._every(before)):
            return self._again(before, row)
        routes = [route_words(each.route) for each in (before, row)]
        if before.end == "ongoing" or row.DAYHI + 1 < before.AENLO:
            return Verb("also given") if row.dose else None
        has_doses = before.dose and row.dose and _reached(before, row) is before
        if not timed_end(before.end) or not has_doses or not {*routes} <= {*ROUTES}:
            return None
        doses = (f"{amount_of(each)} {schedule_of(each)}".rstrip() for each in (before, row))
        first, second = (f"{route} {typeset(dose)}" for route, dose in zip(routes, doses, strict=True))
        return Verb("changed", f" from {first} to {second}")

    def _again(self, before, row) -> Verb | None:
        """The verb of a drug that was over before, by whether it was stopped."""
        again = was_stopped(self.case.facts, before, row) or near(SAID["restarted"], row)
        again |= bool(re.search(SAID["restarted"], row.note, re.I))
        less = " at a reduced dose" if near(r"\breduced\b", row) else ""
        dose = f" at {typeset(amount_of(row))} {schedule_of(row)}".rstrip() if row.dose else less
        return Verb("restarted" if again else "given again", dose) if again or row.dose else None

    def _is_parted(self, before, row) -> bool:
        """Whether nothing tells that a drug went on between two rows of it, and something that it may not have.

        That is a count of its doses, of which it is not known when the last was given, or another glucocorticoid.
        """
        changed = any(near(words, row) for words in (TAPERED, RAISED, _REDUCED, SAID["continued"]))
        if before.end or changed:
            return False
        if before.count and math.isnan(row.DAYLO - last_day(before, self._every(before))):
            return True
        equal = self.case.measures["prednisone_5mg"].fillna("").ne("")
        if not equal.get(row.code, False):
            return False
        of_group = self.rows["code"].map(lambda code: equal.get(code, False)) & self.rows["code"].ne(row.code)
        between = surely_after(self.rows, before) & surely_before(self.rows, row)
        return bool((of_group & between).any())

    def _beside(self, before, row) -> Verb | None:
        """That a drug was given beside an earlier course, where that surely went on and no quote tells of a change.

        Behind a course that is ongoing another dose or schedule is its next one, and the same is one beside it.
        """
        changed = any(near(words, row) for words in (TAPERED, RAISED, _REDUCED))
        if before.end == "ongoing":
            often = {*filter(None, map(schedule_of, (before, row)))}
            on = (row.dose, row.dose_unit) == (before.dose, before.dose_unit) and len(often) < 2
        else:
            on = bool(timed_end(before.end)) and row.DAYHI + 1 < before.AENLO
        return Verb("also given") if on and not changed else None

    def _is_open(self, before, row) -> bool:
        """Whether another dose of a drug may lie between two of its rows, as its order to the later one is open."""
        others = self.rows[self.rows["code"].eq(row.code) & ~self.rows["line"].isin([before.line, row.line])]
        others = others[surely_after(others, before) & ~surely_before(others, row) & ~surely_after(others, row)]
        return any(_may_be_one_route(each, row) and each.dose != row.dose for each in rows_of(others))

    def _from_dose(self, before, row) -> Verb | None:
        """The verb of a drug that goes on: at another dose, or continued; nothing where the two are not comparable."""
        reached = _reached(before, row)
        if reached is None:
            return None
        if reached.dose == "0":
            return self._again(before, row)
        first, second = (rate_between(each, self._every(each)) for each in (reached, row))
        if first.amount != second.amount:
            return None
        low, high = _dose(reached.dose) * first.factor, _dose(row.dose) * second.factor
        often, of_before = schedule_of(row), schedule_of(reached)
        if often == of_before and reached.dose_unit == row.dose_unit:
            # A schedule is told once; daily, or beside a rate such as mg/day, not again.
            often, of_before = "" if often.startswith(("daily", "(")) else often, ""
            same = low == high
        elif low == high and math.isnan(first.days + second.days):
            return None
        else:
            # What is given more often is more; with a schedule that is not reported neither more nor less is known.
            low, high, same = low / first.days, high / second.days, False
        # A route that only the later of two reports may be another one.
        if same and low and _adjoins(before, row) and (before.route or not row.route):
            return Verb("continued")
        if not low or not high or low == high:
            return None
        tapered = "tapered" if near(TAPERED, row) else "reduced"
        verb = "increased" if high > low else tapered if high < low else "changed"
        alike = reached.dose_unit == row.dose_unit and not of_before
        start = reached.dose if alike else f"{amount_of(reached)} {of_before}".rstrip()
        return Verb(verb, f" from {typeset(start)} to {typeset(amount_of(row))} {often}".rstrip())


def _reached(before, row):
    """A course with the dose that it ended at; nothing where that changed in it, and to which dose is not told.

    A quote of the later course that prints both doses holds them against each other itself.
    """
    both = before.dose and all(re.search(rf"(?<![\d.]){re.escape(each.dose)}\b", row.quote) for each in (before, row))
    if both:
        return before
    varied = vary(before.note, before.dose, before.dose_unit, before.code)
    varied = varied if varied.kind else vary_in_quote(before.quote, before.dose, before.dose_unit)
    if not varied.kind:
        return before
    return before._replace(dose=varied.dose, dose_unit=varied.unit) if varied.dose else None


def _may_be_one_route(one, other) -> bool:
    """Whether two rows may have been given by one route: by the same, or one of the two is not reported.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> routes = [("IV", "intravenous"), ("", "oral"), ("IV", "oral")]
    >>> [_may_be_one_route(Row(route=one), Row(route=other)) for one, other in routes]
    [True, True, False]
    """
    return not one.route or not other.route or route_words(one.route) == route_words(other.route)


def _adjoins(before, row) -> bool:
    """Whether a course surely begins where the one before it ends, or on the day after.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> course = Row(end="84 d", AENLO=84.0)
    >>> [_adjoins(course, Row(start=f"{day} d", DAYHI=day)) for day in (84.0, 85.0, 86.0)]
    [True, True, False]
    """
    return bool(timed_end(before.end)) and (row.start == before.end or row.DAYHI - before.AENLO <= 1)


def _dose(text: str) -> float:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else 0.0


def near(words: str, row, behind: bool = True, far: int = NEAR) -> bool:
    """Whether the quote of a treatment has some words beside the name of its drug, within one clause.

    Behind its abbreviation they stand at once, as in `MMF was increased`: a list is full of abbreviations.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> row = Row(PARAM="Exampline", quote="Then exampline was added. MMF was stopped.")
    >>> near(SAID["added"], row), near(r"\\bstopped\\b", row)
    (True, False)
    """
    name, between = rf"\b{re.escape(row.PARAM[:6])}", rf"[^.;]{{0,{far}}}?"
    either = rf"{words}{between}{name}" + (rf"|{name}{between}{words}" if behind else "")
    short = getattr(row, "SHORT", "")
    if behind and is_acronym(short):
        either += rf"|\b{re.escape(short)} (?:was|were) (?:then )?{words}"
    return bool(re.search(either, row.quote, re.I))
