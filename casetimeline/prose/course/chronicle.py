"""What was found, given and told of a case, moment by moment and in the past tense, for a manuscript."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import cycle
from typing import NamedTuple

import pandas as pd

from ...faults import counted
from ...rules import Analysis, before_reference
from ...values import compact, rows_of
from ..measured.baselines import reference_name
from ..wording.labels import label_in_sentence
from ..wording.passage import Passage, Said, known_phase, text_of
from ..wording.when import (
    in_letters,
    open_positions,
    open_start,
    since_told,
    with_its_value,
    with_the,
    with_time,
)
from ..wording.words import in_a_sentence, origin_words
from .annotated import undated_happened, untimed_given
from .found import Found
from .given import Given
from .happened import Happened
from .performed import GIVEN
from .sentences import (
    BEYOND,
    ENOUGH,
    ORDER,
    bracket_behind,
    count_of_words,
    days_once,
    from_to,
    grounds_of,
    in_sentences,
)
from .succession import (
    AT_ZERO,
    begun_by_their_ends,
    died_last,
    in_telling_order,
    open_order,
    origin_remark,
    placed_at_zero,
    ranks_at_death,
    stated_once,
    time_told,
    with_open_order,
    with_stops_first,
    with_zero_named,
)
from .told_once import not_named, told_by_a_finding, told_twice, told_with_an_event

# A time that follows what was then.
_LENGTH = re.compile(r"\d|within |(more|less|not more) than |about |not (later|earlier) than |after .* this treatment$")
# How the note of a finding says that its day is not known.
_NO_DAY = re.compile(r"(?:^|; )days? not reported(?:;|$)")
# What says more of what happened than that it did, so that its time stands first.
_WITH_MORE = re.compile(r", with|\(‘|because of")
_FOUND = ("observation", "adverse_event")


class Moment(NamedTuple):
    """One moment of the course: its sentences, its place and its rows.

    Attributes
    ----------
    passage : Passage
        One sentence or more.
    order : int
        The place in the order of telling.
    phase : str
        The key of its phase in case.yaml; blank without one.
    lines : tuple of int
        The rows that it tells of.
    """

    passage: Passage
    order: int
    phase: str
    lines: tuple[int, ...]


def course_moments(analysis: Analysis) -> list[Moment]:
    """The course of a case, moment by moment in the order of telling.

    A value stands as recorded with its unit, and a measure by its name and abbreviation when it is first told. A moment
    has the time that its rows tell, or the name of its phase where that is a time or a visit; else a word of order.
    What an event or a statement says is the source's word.
    """
    return [*_Chronicle(analysis).moments()]


class _Chronicle:
    """The moments of one case."""

    def __init__(self, analysis: Analysis):
        # A few rows are selected from these tables many times.
        self.case = replace(analysis.case, facts=compact(analysis.case.facts))
        analysis = Analysis(self.case, compact(analysis.changes))
        self.found, self.given, self.happened = Found(analysis), Given(analysis), Happened(analysis)
        self.order, self.said_untimed = cycle(ORDER), False
        self.zero = origin_words(self.case.about.get("time_zero", {}).get("label", ""))
        self.visits: set[str] = set()
        # Moments of which the order is open.
        self.untold = open_positions(self.case)

    def moments(self) -> Iterator[Moment]:
        """The sentences of each moment, in the order of telling."""
        facts = self.case.facts
        facts = facts.assign(told_at=[time_told(self.case, row) for row in rows_of(facts)])
        facts["told_at"] = with_its_value(facts)
        facts["told_at"] = with_zero_named(facts, self.zero)
        facts = died_last(in_telling_order(placed_at_zero(begun_by_their_ends(facts))))
        tells_zero = self._tells_zero(facts)
        before, day, dated, last = None, None, False, facts[:0]
        for _, moment in facts.groupby(["ORDER", "told_at"], sort=False):
            when, phase = self._when(moment, before), known_phase(moment.iloc[0])
            clauses = [*_with_methods_once(self._clauses(stated_once(moment), when), set(moment["method"]) - {""})]
            clauses = [*untimed_given(with_open_order(clauses, moment), moment, last)]
            clauses = _with_what_has_no_day(clauses, moment, when, bool(phase) and phase == before, dated)
            dated = moment["told_at"].iloc[0].startswith("on day") or (phase == before and dated)
            before = phase
            if not clauses:
                continue
            if after := _followed(moment, when, self._is_open(moment, when)):
                clauses, when = [after, *clauses], ""
            # What is only known as earlier says so itself.
            earlier = moment["start"].eq("<0 d").all() and moment["kind"].eq("adverse_event").all()
            overlap = "" if earlier or not when else open_order(moment, last)
            when, last = "" if earlier else since_told(moment, last, when), moment
            when += origin_remark(moment, when) or overlap
            if re.fullmatch(r"at (the \w+ )?discharge", when):
                clauses, when = _discharged_on(clauses, moment, when)
            if len(moment) == 1 and re.fullmatch(rf"at (.* )?{moment['code'].iloc[0]}", when):
                when = ""
            if len(clauses) == 1 and _LENGTH.match(when) and not _goes_on(clauses[0]) and not _meet(clauses[0], when):
                clauses[0], when = with_time(clauses[0], when), ""
            # Day 0 is left out where the course begins with it and no other day is told.
            when = "" if when in AT_ZERO and not tells_zero(moment) else self._counted(when)
            # What happened is named by its own sentence.
            thing = re.fullmatch(r"after (\w+)", when)
            when = "" if thing and text_of(clauses[0]).startswith(f"the {thing[1]} ") else in_letters(when)
            again = when == day and when.startswith(("on day ", "on the day "))
            when, day = "on the same day" if again else when, when
            when, clauses = from_to(when, [*map(bracket_behind, days_once(clauses))])
            passage = tuple(in_sentences(when, clauses, tuple(dict.fromkeys(moment["source"])), grounds_of(moment)))
            yield Moment(passage, int(moment["ORDER"].iloc[0]), before, tuple(map(int, moment["line"])))

    def _tells_zero(self, facts: pd.DataFrame) -> Callable[[pd.DataFrame], bool]:
        """Whether a moment of day 0 says so: where other days are told, or another time before it.

        Where times count from the start of a treatment, its start needs no time.
        """
        days = facts["told_at"].str.contains(r"^(?:on (?:about )?day (?!0$)|between days )").any()
        earlier = not facts.loc[facts["start"].ne(""), "told_at"].head(1).isin(AT_ZERO).all()
        from_start = self.zero.startswith("the start of ")
        return lambda moment: days or (earlier and not (from_start and moment["kind"].eq("treatment").all()))

    def _counted(self, when: str) -> str:
        """A time; the first that is told says from when it counts, where that is an earlier moment or a start."""
        day = re.fullmatch(r"on day (\d+)", when)
        if day and self.zero and self.zero in self.visits:
            if int(day[1]) == 0:
                return f"on the day of {self.zero}"
            when, self.zero = f"{counted(int(day[1]), 'day')} after {self.zero}", ""
        length = re.fullmatch(r"at ((?:about )?\d+ \w+)( \(as we .*\))?", when)
        if length and self.zero.startswith("the start of "):
            when, self.zero = f"{length[1]} after {self.zero}{length[2] or ''}", ""
        self.visits.add(when.removeprefix("at "))
        return when

    def _when(self, moment: pd.DataFrame, before: str | None) -> str:
        """When the facts of a moment were: by a time, by a phase that is one, before the reference, or in order."""
        phase, untimed = known_phase(moment.iloc[0]), moment["start"].eq("").all()
        if time := moment["told_at"].iloc[0]:
            valued = moment["STATE"].eq("value").any() and untimed and not self.said_untimed
            # The name of a phase tells no interval, and one that counts from somewhere is told once.
            if untimed and phase == before and time.startswith("at ") and re.search(r"\d", time):
                return ""
            if valued and re.match(r"before |after (?!.*(weeks|months|days|sessions|cycles)$)", time):
                self.said_untimed = True
                return f"{time} ({self._unplaced(moment)})"
            return time
        # What is done or given needs no time, what was found does.
        if not moment["kind"].isin(_FOUND).any():
            return ""
        if before is None:
            return f"before {reference_name(self.case)}" if before_reference(self.case, moment).all() else ""
        # What has no place in time has no place in an order either.
        placed = not moment["note"].str.contains(r"\btime not reported\b").any()
        placed &= not moment["note"].map(open_start).any()
        return next(self.order) if phase and phase != before and placed else ""

    def _is_open(self, moment: pd.DataFrame, when: str) -> bool:
        """Whether an earlier row tells that its order to what a moment is named for is not known."""
        notes = self.case.facts.loc[self.case.facts["ORDER"].lt(moment["ORDER"].iloc[0]), "note"]
        return bool(notes.map(open_start).str.endswith(f" {when.removeprefix('at ')}").any())

    def _unplaced(self, moment: pd.DataFrame) -> str:
        """What is not reported of when a moment was: its time, or whether it came before what is told next."""
        place = int(moment["ORDER"].iloc[0])
        phases = self.case.facts.loc[self.case.facts["ORDER"].eq(place + 1), "phase"]
        following = self.case.about.get("phases", {}).get(str(phases.iloc[0]), "") if len(phases) else ""
        if not following or place not in self.untold:
            return "time not reported"
        return f"before or after {with_the(in_a_sentence(str(following)))}: not reported"

    def _clauses(self, moment: pd.DataFrame, when: str) -> Iterator[list[Said]]:
        """The clauses of a moment, kind by kind in the order in which the rows tell of them."""
        tellers = {
            "observation": self.found.clauses,
            "treatment": self.given.clauses,
            "procedure": self.happened.done,
            "adverse_event": self.happened.adverse,
        }
        kinds = moment["kind"].replace({"statement": "event"}).mask(_given_with_a_drug(moment), "treatment")
        ranks = ranks_at_death(moment)
        # A moment that is named for what happened tells that.
        facts = moment if len(moment) == 1 else not_named(moment, when)
        found_too = told_by_a_finding(moment)
        twice = found_too[facts.index] | told_twice(facts) | told_with_an_event(facts) | self._is_opening(facts)
        facts = facts[~twice]
        reasons = [part.lines for row in rows_of(facts) for name in self.happened.reasons(row) for part in name]
        facts = facts[~facts["line"].isin([line for lines in reasons for line in lines])]
        facts = with_stops_first(facts.loc[ranks[facts.index].sort_values(kind="stable").index])
        for (_, kind), rows in facts.groupby([ranks, kinds], sort=False):
            clauses = tellers.get(kind, self.happened.happened)(rows)
            is_undated_here = not when and kind in ("procedure", "event") and self.happened.by_days
            yield from undated_happened(clauses, rows) if is_undated_here else clauses
        yield from self._as_adverse(moment[moment["kind"].eq("adverse_event") & found_too])

    def _as_adverse(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """What a source says of an adverse event that is told as a finding: its grade, and to what it is related."""
        for row in rows_of(rows):
            relation = re.sub("^‘", "described as ‘", self.happened.relation(row))
            is_open = relation.startswith("relation ")
            words = [f"of grade {row.grade}" if row.grade else "", "" if is_open else relation]
            if any(words):
                clause = f"the {label_in_sentence(row.PARAM)} was {' and '.join(filter(None, words))}"
                yield [Said(f"{clause} ({relation})" if is_open else clause, (int(row.line),))]

    def _is_opening(self, rows: pd.DataFrame) -> pd.Series:
        """Diagnoses of the first moment, beside others, that the opening tells: those of the disease of the case."""
        disease, first = str(self.case.about.get("diagnosis", "")).lower(), self.case.facts["ORDER"].min()
        things = rows["PARAM"].str.lower().str.extract(r"^(.*) diagnosis$", expand=False).fillna("")
        of_disease = [bool(thing) and thing in disease for thing in things]
        return pd.Series(of_disease, rows.index, dtype=bool) & rows["ORDER"].eq(first) & (len(rows) > 1)


def _meet(clause: list[Said], when: str) -> bool:
    """Whether the number that ends a clause and that of a time behind it would read as one."""
    return bool(re.search(r"\d$", text_of(clause)) and re.match(r"\d", when))


def _goes_on(clause: list[Said]) -> bool:
    """Whether a clause has more behind its verb than a time that would follow it."""
    return bool(
        _WITH_MORE.search(clause[0].text) or re.search(f"{BEYOND.pattern}| and continued| until death", text_of(clause))
    )


def _with_methods_once(clauses: Iterator[list[Said]], methods: set[str]) -> Iterator[list[Said]]:
    """The clauses of a moment; a method that one of them has told does not stand in brackets in a later one."""
    earlier_text = ""
    for clause in filter(None, clauses):
        for method in methods:
            if f"{method} showed" in earlier_text:
                clause = [part._replace(text=part.text.replace(f" ({method})", "")) for part in clause]
        earlier_text += text_of(clause)
        yield clause


def _with_what_has_no_day(
    clauses: list[list[Said]], moment: pd.DataFrame, when: str, goes_on: bool, dated: bool
) -> list[list[Said]]:
    """The clauses of a moment, with that their day is not reported where a reader would take it for told.

    So it is of what was found without a day in a phase that goes on, and of a finding whose own note says it.
    """
    if not when and goes_on:
        # What was found in a phase that has a day was not found on that day.
        undated = dated and moment["kind"].eq("observation").any()
        return [*(_undated if undated else _untimed)(clauses, moment)]
    noted = moment["start"].eq("") & moment["note"].str.contains(_NO_DAY)
    return [*_undated(clauses, moment[noted], each=True)] if when in ("", *ORDER) else clauses


def _untimed(clauses: list[list[Said]], moment: pd.DataFrame) -> Iterator[list[Said]]:
    """The clauses of a moment without a time after one of the same phase that may have one.

    Its values and its adverse events say so.
    """
    valued = set(moment.loc[moment["STATE"].eq("value") | moment["kind"].eq("adverse_event"), "line"])
    for clause in clauses:
        lines = [line for part in clause for line in part.lines]
        last = clause[-1]
        end = f"{last.text[:-1]}; time not reported)" if last.text.endswith(")") else f"{last.text} (time not reported)"
        end = re.sub(r"\(([\w ]+) not reported; time not reported\)$", r"(time and \1 not reported)", end)
        yield [*clause[:-1], last._replace(text=end)] if lines and set(lines) <= valued else clause


def _undated(clauses: list[list[Said]], moment: pd.DataFrame, each: bool = False) -> Iterator[list[Said]]:
    """The clauses of a moment without a day in a phase that has one; the last that was found says so, or each."""
    seen = set(moment.loc[moment["kind"].eq("observation"), "line"])
    found_in = [seen & {line for part in clause for line in part.lines} for clause in clauses]
    of = [place for place, lines in enumerate(found_in) if lines]
    # Clauses that are several sentences say it each.
    apart = each or sum(count_of_words(clauses[place]) for place in of[:-1]) >= ENOUGH
    for place, clause in enumerate(clauses):
        says_so = place in of and (apart or place == of[-1])
        several = len(found_in[place]) > 1 if each else len(of) > 1
        yield [*clause, Said(f" (day{'s' if several else ''} not reported)")] if says_so else clause


def _given_with_a_drug(rows: pd.DataFrame) -> pd.Series:
    """Procedures that are given, as fluids are, and that the source tells of in the words of a drug."""
    quotes = rows.loc[rows["kind"].eq("treatment") & rows["quote"].ne(""), "quote"]
    return rows["kind"].eq("procedure") & rows["quote"].isin(quotes) & rows["PARAM"].str.lower().str.contains(GIVEN)


def _followed(moment: pd.DataFrame, when: str, is_open: bool) -> list[Said]:
    """What a moment is named for, as a clause with what it followed where the source says so; else nothing.

    That it is not known what came first is told once: where an earlier treatment has it, not here.
    """
    head = when.removeprefix("at ")
    if head == when or not head.isalpha():
        return []
    events = moment[moment["kind"].eq("event")]
    after = (
        events["quote"]
        .str.extract(rf"\b{head} (following (?:the )?use of [\w-]+(?: \([^()]*\))?)", expand=False)
        .dropna()
    )
    lines = tuple(map(int, events.loc[after.index, "line"]))
    name = label_in_sentence(events.loc[after.index[0], "PARAM"]) if len(after) else ""
    untimed = " (time not reported)" if events["start"].eq("").all() else ""
    # A bracket of the source leaves open what came first.
    following = (
        re.sub(
            r" \((shifted|switched|changed) to .*\)$",
            "" if is_open else " (before or after the switch not stated)",
            after.iloc[0],
        )
        if name
        else ""
    )
    return [Said(f"a {name} occurred{untimed} {following}", lines)] if name else []


def _discharged_on(clauses: list[list[Said]], moment: pd.DataFrame, when: str) -> tuple[list[list[Said]], str]:
    """The clauses of a discharge; with what a patient was discharged on where the source says it so."""
    drugs = moment[moment["kind"].eq("treatment")]
    on = drugs["quote"].str.contains(r"\bdischarged (?:home )?on\b")
    given = re.compile(" (was|were) given")
    if drugs.empty or not on.all():
        return clauses, when
    with_drugs = [
        [Said("the patient was discharged on "), *clause[:-1], clause[-1]._replace(text=given.sub("", clause[-1].text))]
        if given.fullmatch(clause[-1].text)
        else clause
        for clause in clauses
    ]
    return with_drugs, "" if with_drugs != clauses else when
