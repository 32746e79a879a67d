"""Treatments of a moment as clauses of a Results paragraph, each with the verb that its rows or its quote give it."""

import re
from collections.abc import Iterator, Sequence
from functools import partial

import pandas as pd

from ...derive import SCHEME, derive_exposure, surely_after, surely_before
from ...rules import Analysis
from ...values import rows_of
from ...vocabulary import ENDED, STOPPED
from ..numbers.qualifiers import printed_in
from ..wording.ended import (
    SWITCHED,
    ending,
    for_how_long,
    is_under_way,
    phase_end,
)
from ..wording.labels import label_in_sentence, printed_reason, source_words
from ..wording.passage import Passage, Said, listed, typeset
from ..wording.schedules import amount_of, is_once, is_pulse, route_words, schedule_of
from ..wording.stopped import is_told_by_event, stops_of
from ..wording.when import open_start
from ..wording.words import is_plural, times_words, turn_words
from .annotated import (
    AS_PRINTED,
    LONGEST,
    UNNAMED,
    as_class,
    day_remarks,
    dose_missing,
    is_named,
    is_undosed,
    is_unknown,
    named_by,
    open_places,
    plan_words,
    printed_dose,
    undosed_remark,
    without_place,
)
from .steps import NEAR, RAISED, ROUTES, SAID, TAPERED, Steps, Verb, near
from .succession import begun_by_their_ends
from .tapering import is_tapered_alone, taper_words, tapered_how, undosed_taper

# A dose that has its number in the words of the source.
_NUMBERED = re.compile(
    r"\b(?P<which>first|initial|second|third|fourth)\s+(?:treatment )?(?:dose|infusion|administration|cycle)", re.I
)
_AGAIN = ("continued", "restarted")
# What tells by itself that a drug was not given any more.
_OVER = re.compile(rf"\b(?:{'|'.join(ENDED)}|tapered off|switched)\b")
_THEN = r"\b(?:then|followed by)\b"
# Changes of a dose, as a verb with what follows it begins.
_CHANGES = ("increased", "reduced", "changed", "tapered ")
_FROM_ROUTE = tuple(f" from {route} " for route in ROUTES)
# What is decided for a reason, which is told where the source gives it.
_DECIDED = ("switched", "increased", "reduced", "restarted", "added")


class Given:
    """What was given at each moment of a case; what was given before has another verb than what is new."""

    def __init__(self, analysis: Analysis):
        self.case = analysis.case
        self.zero = self.case.about.get("time_zero", {}).get("label", "")
        facts = begun_by_their_ends(self.case.facts)
        self.short = self.case.measures["abbrev"]
        self.rows = facts[facts["kind"].eq("treatment")].sort_values("ORDER", kind="stable")
        self.exposure = derive_exposure(self.case.facts).set_index("line")
        self.steps = Steps(self.case, self.rows, self.exposure)

    def clauses(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """What was given at a moment; treatments that take turns in a clause of their own."""
        rows = rows.assign(SHORT=rows["code"].map(self.short).fillna(""))
        rows = rows[[not self._told_later(row) for row in rows_of(rows)]]
        if rows.empty:
            return
        in_turn = self.exposure["ALTERNATES"].reindex(rows["line"], fill_value="").ne("").to_numpy()
        turns, others = [*rows_of(rows[in_turn])], [*rows_of(rows[~in_turn])]
        if turns:
            yield self._alternated(turns)
        by_verb = self._by_verb(others)
        # What took the place of something that is new as well stands beside it.
        replaced = len(by_verb.get(Verb("given"), [])) == 1
        instead = by_verb.pop(Verb("switched"), []) if replaced else []
        # What was given after something else of the moment stands beside it.
        afterwards = by_verb.pop(Verb("then given"), []) if Verb("given") in by_verb else []
        # Where no dose is reported as a number, one remark is enough.
        each = not all(map(is_undosed, others))
        remark = undosed_remark(others, Verb("tapered") in by_verb)
        if remark == " (dose not reported)" and [verb.word for verb in by_verb if verb.rest] == ["tapered"]:
            remark = f" ({undosed_taper(others[0])})"
        for place, ((verb, rest), alike) in enumerate(by_verb.items(), 1):
            short = bool(rest or self._of_all(alike))
            # A change from one route to another tells both.
            by_route = [row._replace(route="") for row in alike] if rest.startswith(_FROM_ROUTE) else alike
            names = self._drugs(by_route, each, short, len(alike) == 1)
            if verb == "given" and afterwards:
                names += [Said(" and then "), *self._drugs(afterwards, each)]
                alike = [*alike, *afterwards]
            verb, rest = self._until(alike, verb, rest, Verb("switched") in by_verb)
            rest += self._of_all(alike)
            are = "were" if len(alike) > 1 or is_plural(names[0].text) else "was"
            clause = [*names, Said(f" {are} {verb}{rest}")]
            if verb == "given" and instead:
                clause = [*names, Said(f" {are} given and then switched to "), *self._drugs(instead, each)]
            if verb == "switched":
                clause = [Said(f"{self._replaced(alike[0])} was switched to "), *names, *([Said(rest)] if rest else [])]
            beside = self._beside_verb(alike[0]) if len(alike) == 1 and short else ()
            clause += [Said(f" ({'; '.join(filter(None, beside))})")] if any(beside) else []
            reason = printed_reason(alike[0]) if len(alike) == 1 and verb.split(" ")[0] in _DECIDED else ""
            clause += [Said(f" {reason}")] if reason else []
            yield _in_one_bracket([*clause, Said(remark)] if not each and place == len(by_verb) else clause)

    def _by_verb(self, rows: list) -> dict[Verb, list]:
        """Treatments by their verbs; where one remark tells what is open of all, they have none of their own."""
        at_once, by_verb = all(map(is_undosed, rows)) and open_places(rows), {}
        for row in rows:
            alone = row._replace(note=without_place(row.note)) if at_once else row
            by_verb.setdefault(self._verb(row), []).append(alone)
        return by_verb

    def _of_all(self, alike: list) -> str:
        """What the source prints of several drugs in the same words, which is told once."""
        printed = {tuple(printed_dose(row)) for row in alike}
        return f" {printed.pop()[0]}" if len(alike) > 1 and len(printed) == 1 and printed != {()} else ""

    def _replaced(self, row) -> str:
        """What another drug took the place of: the one that ended then, or a glucocorticoid before a glucocorticoid."""
        earlier = self.rows[surely_before(self.rows, row)]
        ended = earlier[earlier["end"].isin({row.start, f"phase {row.phase}"} - {""})]
        if len(ended) == 1:
            return label_in_sentence(ended["PARAM"].iloc[0])
        equal = self.case.measures["prednisone_5mg"].to_dict()
        are = equal.get(row.code) and earlier["code"].map(lambda code: bool(equal.get(code))).any()
        return "glucocorticoid treatment" if are else "treatment"

    def _ending(self, row, switched: bool) -> str:
        """How a course ended; blank where an event of that moment tells that the drug was stopped."""
        told_there = is_told_by_event(self.case.facts, row)
        return "" if told_there else phase_end(self.case, row) or ending(self.case.facts, row, self.zero, switched)

    def _until(self, alike: list, verb: str, rest: str, switched: bool) -> tuple[str, str]:
        """A verb and what follows it, with when a single course ended."""
        end = self._ending(alike[0], switched) if len(alike) == 1 else ""
        # What was given until a day was not begun until then, and not given on its first day alone until death.
        goes_on = verb.endswith("being given") or (alike[0].end == "ongoing" and not verb.startswith("continued"))
        verb = "given" if verb == "started" and end.startswith("until") and not goes_on else verb
        stopped = len(alike) == 1 and re.search(r"\b(ceased|stopped)\b", alike[0].quote, re.I)
        if verb == "tapered" and end.startswith("until ") and stopped:
            return verb, f"{rest} and stopped by {end.removeprefix('until ')}"
        if end.startswith("until ") and f"{verb}{rest}".startswith(_CHANGES):
            # A change does not last, the dose that it leads to does.
            return verb, f"{rest} (given {end})"
        if goes_on and end.startswith("until "):
            return verb, f"{rest} and continued {end}"
        if end and end != verb and not (end == "later stopped" and _OVER.search(verb + rest)):
            rest += f" {end}" if end.startswith("until") else f" and {end}"
        return verb, rest

    def _told_later(self, row) -> bool:
        """Whether a dose is known only as that from which a taper began, or what is given from what came of it.

        Both are told there, in the same words of the source.
        """
        if not row.quote:
            return False
        facts = self.case.facts
        outcomes = facts[facts["quote"].eq(row.quote) & facts["kind"].isin(["event", "statement"])]
        named = (
            outcomes["note"]
            .map(partial(printed_in, longest=LONGEST))
            .str.contains(rf"\b{re.escape(row.PARAM.split()[-1])}\b", case=False)
        )
        return is_told_by_taper(self.rows, row) or bool(not row.dose and named.any())

    def _alternated(self, turns: Sequence) -> list[Said]:
        drugs = [
            (Said(" ".join(filter(None, [label_in_sentence(row.PARAM), typeset(amount_of(row))])), lines=(row.line,)),)
            for row in turns
        ]
        every, weeks_of_each = turn_words(self.exposure.loc[turns[0].line])
        lines = tuple(row.line for row in turns)
        unknown = self.exposure.loc[[row.line for row in turns], "NDOSLO"].isna().all()
        read_as = f" (each read as {weeks_of_each}-weekly{'; cycles not reported' if unknown else ''})"
        return [*listed(drugs), Said(" were alternated "), Said(f"every {every} weeks", lines=lines), Said(read_as)]

    def _verb(self, row) -> Verb:
        """The verb of a treatment and what follows it: by its earlier rows, then by its quote."""
        if is_under_way(row):
            return Verb("being given" if "=" in row.start else "already being given")
        printed = source_words(row, LONGEST)
        if named_by(row) or printed.split(" ")[0] in AS_PRINTED:
            then = "then " if re.match(r"(?:and )?then\b", row.quote, re.I) else ""
            return Verb("given" if named_by(row) else f"{then}{printed}")
        before = self.steps.before(row)
        if before is not None and (changed := self.steps.verb(row)):
            return changed
        if near(TAPERED, row) and not row.dose:
            return Verb("tapered")
        if before is not None and (how := tapered_how(row)):
            return Verb("tapered", f" {how}")
        if is_tapered_alone(row):
            return Verb("tapered")
        if before is not None and near(RAISED, row):
            return Verb("increased", f" to {typeset(amount_of(row))} {schedule_of(row)}".rstrip() if row.dose else "")
        if before is None and near(SWITCHED, row, behind=False):
            return Verb("switched")
        if printed.startswith("for ") and row.start:
            # What lasts some days is not given on the first of them.
            return Verb("started")
        for verb, words in SAID.items():
            if (before is not None or verb not in _AGAIN) and near(words, row, far=2 * NEAR):
                # A pulse is given, and a drug that was given before does not start.
                again = before is not None or (is_pulse(row) and not printed.startswith("for "))
                less = " at a reduced dose" if verb == "restarted" and near(r"\breduced\b", row) else ""
                return Verb("given" if again and verb == "started" else verb, less)
        if printed == "" and row.PARAM.lower().startswith("trial "):
            return Verb("undertaken")
        return Verb("then given" if near(_THEN, row, behind=False, far=30) else "given")

    def _beside_verb(self, row) -> tuple[str, ...]:
        """What stands behind a verb that tells the dose: how long that was given, as planned, and its taper."""
        tapered = self._taper(row) if row.dose and not is_named(row) else ""
        return for_how_long(row), plan_words(row.note), tapered

    def _taper(self, row) -> str:
        """How a dose was tapered; blank where no more is known, and what ended the drug or came later tells that."""
        words, facts = "" if is_tapered_alone(row) else taper_words(row), self.case.facts
        undosed = self.rows[self.rows["code"].eq(row.code) & self.rows["dose"].eq("")]
        later = pd.concat([stops_of(facts, row.code), undosed])
        later = later[surely_after(later, row) & later["note"].str.contains(TAPERED)]
        return "" if words.startswith("then ") and len(later) else words

    def _drugs(self, rows: list, each: bool, short: bool = False, alone_in_clause: bool = False) -> list[Said]:
        """Drugs of a clause in their order; an end behind the last of them would seem to be of all."""
        ends = ["" if alone_in_clause else self._ending(row, False) for row in rows]
        if len(rows) > 1 and ends[-1] and not any(ends[:-1]):
            ends[-1] = f"{label_in_sentence(rows[-1].PARAM.removesuffix(UNNAMED))} {ends[-1]}"
        drugs = zip(rows, ends, strict=True)
        return listed([self._drug(row, each, short, alone_in_clause, end) for row, end in drugs])

    def _drug(self, row, each: bool, short: bool, alone_in_clause: bool, end: str) -> Passage:
        """A drug with its dose, route, frequency, and what else is told; where the verb tells the dose, without."""
        name = label_in_sentence(row.PARAM.removesuffix(UNNAMED) if alone_in_clause and not each else row.PARAM)
        by, name = route_words(row.route), as_class(name, row.note)
        route = by if by in ROUTES and not name.startswith(by) else ""
        numbered = _NUMBERED.search(row.quote) if is_once(row) else None
        which = numbered["which"].lower().replace("initial", "first") if numbered else ""
        alone = f"the {which} dose of" if which else "a single dose of"
        single = alone if is_once(row) else ""
        dose = "" if short else typeset(amount_of(row))
        dose = f"of {dose}" if dose and "pulse" in name else dose
        article = _article(route or name) if re.search(r"\bpulse\b|^trial\b", name) else ""
        article = "a further" if "pulse" in name and self.steps.before(row) is not None else article
        printed = named_by(row)
        printed = f"{_article(printed)} {printed}" if printed.endswith("pulse") else printed
        words = printed or " ".join(
            filter(None, [single or article, route, name, dose, "" if single or short else schedule_of(row)])
        )
        inside = [by if by not in ROUTES else ""]
        inside += [times_words(row).replace("times", "doses") if row.count not in ("", "1") else ""]
        named = is_named(row)
        unclear = short and re.search(r"\d", "".join(printed_dose(row)))
        lasting = row.end == STOPPED or (row.dose and not row.count)
        inside += [for_how_long(row)] if lasting and not short else []
        inside += printed_dose(row) if (unclear if short else not row.dose) and not named else []
        tapered = row.dose or not printed_dose(row) if not short else row.dose and not alone_in_clause
        inside += [self._taper(row)] if tapered and not named else []
        inside += [plan_words(row.note)] if row.dose and not named and not short else []
        inside += day_remarks(row.note)
        inside += [f"‘{scheme[1]}’" if (scheme := SCHEME.search(row.quote)) else ""]
        inside = [*dict.fromkeys(inside)]
        missing = dose_missing(row.note) if each and is_unknown(row) and not short else ""
        inside += [missing.replace("dose", "doses") if missing and self._verb(row) == Verb("tapered") else missing]
        inside += [end]
        inside += [f"whether {open_place} is not reported" if (open_place := open_start(row.note)) else ""]
        remark = "; ".join(filter(None, inside))
        return (Said(f"{words} ({remark})" if remark else words, lines=(row.line,)),)


def _article(words: str) -> str:
    return "an" if words[0] in "aeiou" else "a"


def _in_one_bracket(clause: list[Said]) -> list[Said]:
    """A clause in which one bracket that follows another at once is a part of that.

    Examples
    --------
    >>> "".join(part.text for part in _in_one_bracket([Said("was given (until day 3)"), Said(" (tapered)")]))
    'was given (until day 3; tapered)'
    """
    joined: list[Said] = []
    for part in clause:
        if joined and joined[-1].text.endswith(")") and part.text.startswith(" ("):
            joined[-1] = joined[-1]._replace(text=joined[-1].text[:-1])
            part = part._replace(text=f"; {part.text[2:]}")
        joined.append(part)
    return joined


def is_told_by_taper(facts: pd.DataFrame, row) -> bool:
    """Whether a dose is told only as that from which a taper began: one sentence has both doses."""
    later = facts[facts["kind"].eq("treatment") & facts["code"].eq(row.code) & facts["ORDER"].gt(row.ORDER)]
    return bool(row.dose and row.quote and near(TAPERED, row) and later["quote"].eq(row.quote).any())
