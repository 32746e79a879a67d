"""What was done and what happened at a moment, as clauses with a verb of their own."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from ...case import names_of
from ...derive import length_in_words, surely_before
from ...rules import Analysis
from ...values import rows_of, timed_end
from ...vocabulary import STOPPED, code_of
from ..wording.clausal import stated
from ..wording.ended import end_phrase, for_good, was_over
from ..wording.labels import because, label_in_sentence, noted_reason, printed_reason, source_words, unreported
from ..wording.passage import Passage, Said, listed, text_of, typeset, visit_phrase
from ..wording.remarks import remarked
from ..wording.verbs import as_judged, as_one, denied, told_by_verb
from ..wording.when import is_undated
from ..wording.words import in_a_sentence, is_plural, times_words
from .annotated import relation_words, unplaced_words
from .of_patient import ARRIVALS, OF_PATIENT, TO_A_PLACE, of_patient, there_was, undergone, verb_of_thing
from .opening import pronoun_of
from .performed import GIVEN_CODE, begun_lines, next_lines, performed, shows
from .succession import ENDS

# What happened that has a noun as well, with which a source says more.
_NOUN_TOO = ("relapse", "flare", "remission", "deterioration")
# The end of the code of what was proposed, and may not have been done.
_PROPOSED = ("_advised", "_planned", "_offered", "_recommended", "_proposed", "_considered")
# And by which a dose was not given, or not when it was due.
_PUT_OFF = ("_missed", "_omitted", "_skipped", "_postponed", "_delayed", "_withheld")
# And by which a treatment paused.
_PAUSED = ("_interrupted", "_paused", "_held")
# What happened to a treatment for a reason that a source gives. The reason of a pause is not that of going on.
FOR_A_REASON = (*ENDS, *_PUT_OFF, *_PAUSED)
# Procedures of which each is a session.
_IN_SESSIONS = ("haemodialysis", "plasma_exchange", "immunoadsorption", "extracorporeal_photopheresis")
# Sites that the name of a procedure holds already.
_OF_SITE = {"heart": ("cardi",), "kidney": ("renal",), "pericardium": ("pericardi",), "skin": ("excision",)}
_OF_SITE |= {"ileum and colon": ("colonoscopy",), "colon": ("sigmoidoscopy",)}
# How words of a source begin that go on with the verb of what happened.
_GOES_ON = re.compile(r"(?:with|without|to|for|from|of|in|on|at|home|after|before|during|despite|under) ")
# How a clause of a source is told.
_REPORTED = "it was reported "
# The longest words of a source that are told as such.
_LONGEST = 140


class Happened:
    """Procedures, adverse events, events and statements of one case."""

    def __init__(self, analysis: Analysis):
        self.case = analysis.case
        self.zero = self.case.about.get("time_zero", {}).get("label", "")
        self.by_days = self.case.facts["start"].str.fullmatch(r"[1-9]\d* d").any()
        self.names = names_of(self.case.measures, observed=False)
        self.pronoun, self.who = pronoun_of(self.case), "the patient"

    def _patient(self) -> str:
        """The patient, and a pronoun from the second time on."""
        who, self.who = self.who, self.pronoun
        return who

    def done(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """Procedures: what was performed, and what a biopsy showed."""
        plain: list[Passage] = []
        begun, then = begun_lines(rows), next_lines(rows)
        for row in rows_of(rows):
            printed, how = _printed(row), f"{row.method} " if _QUALITY.fullmatch(row.method) else ""
            label, named = how + label_in_sentence(row.PARAM), row.PARAM.lower() in printed.lower()
            if row.end == "ongoing" and not printed:
                # What goes on is begun, and not performed.
                yield from performed(plain, begun, then)
                plain = []
                are = "were" if is_plural(label) else "was"
                yield [*self._name(row._replace(end=""), label), Said(f" {are} begun and continued")]
                continue
            if re.match(r"(on|every) ", printed):
                plain.append(self._name(row, f"{label} ({printed})"))
                continue
            if re.match(r"(for|to) ", printed):
                plain.append(self._name(row, f"{label} {printed}"))
                continue
            name = how + printed if named else as_one(label) if row.count in ("", "1") else label
            if not printed or named or not shows(label, row.count):
                plain.append(self._name(row, name))
                continue
            yield from performed(plain, begun, then)
            plain = []
            verb = (
                "" if re.match(r"(did|was|were)\b", printed) else "was " if printed[:10] == "consistent" else "showed "
            )
            # Beside days that are told, one that is not is said to be so.
            undated = " (day not reported)" if self.by_days and is_undated(row.note) else ""
            inside = ["" if self._is_implied(row, name) else row.LOC, _often(row)]
            remarks = f" ({'; '.join(filter(None, inside))})" if any(inside) else ""
            # What an examination showed has its article where it is one thing.
            is_bare = verb == "showed " and not re.match(r"(?:an?|the|no) |.*,", printed)
            article = as_one(printed).removesuffix(printed) if is_bare else ""
            yield [Said(f"{name}{remarks} {verb}{article}‘{printed}’{undated}", lines=(row.line,))]
        yield from performed(plain, begun, then)

    def adverse(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """Adverse events: those of a grade that was another before, then what is new."""
        facts = self.case.facts
        earlier: dict[str, list[Passage]] = {}
        by_verb: dict[str, list[Passage]] = {}
        for row in rows_of(rows):
            # Of what was before day 0, when it was is not told.
            before = f"{visit_phrase(self.case, row)}; day not reported" if row.start == "<0 d" else ""
            if clause := self._adverse_clause(row):
                yield [remarked(text_of(clause), [before] if before else [], row.line)]
                continue
            if before:
                earlier.setdefault(before, []).append(self._event(row, False))
                continue
            same = facts[facts["code"].eq(row.code) & surely_before(facts, row) & facts["kind"].eq(row.kind)]
            grade = self._earlier_grade(same.sort_values("ORDER", kind="stable"), row)
            if grade.isdigit() and row.grade.isdigit() and grade != row.grade:
                # In between there may have been another.
                yield [
                    Said(f"{label_in_sentence(row.PARAM)} was grade {row.grade} (grade {grade} before)", (row.line,))
                ]
                continue
            verb = verb_of_thing(row.kind, label_in_sentence(row.PARAM))
            by_verb.setdefault(verb, []).append(self._event(row, len(same) > 0))
        if new := by_verb.pop("developed", []):
            yield [Said(f"{self._patient()} developed "), *listed(new)]
        for verb, names in by_verb.items():
            yield with_verb(names, verb)
        for before, names in earlier.items():
            yield [*listed(names), Said(f" had also occurred ({before})")]

    def _earlier_grade(self, same: pd.DataFrame, row) -> str:
        """The grade that an adverse event had before; blank of another episode, which began after the end of that."""
        before = next(rows_of(same[::-1]), None)
        ended = before is not None and before.end != STOPPED and was_over(self.case.facts, before, row, math.nan)
        return "" if before is None or ended else before.grade

    def _adverse_clause(self, row) -> Passage:
        """An adverse event whose name has a verb of its own, with its grade; nothing of any other."""
        label = "died" if row.code == "death" else label_in_sentence(row.PARAM)
        clause = self._predicated(label) or told_by_verb(label)
        return self._name(row, clause, _printed(row), True) if clause else ()

    def _event(self, row, again: bool) -> Passage:
        label = label_in_sentence(row.PARAM)
        return self._name(row, as_one(f"recurrent {label}" if again else label), _printed(row), True)

    def relation(self, row) -> str:
        """To what an adverse event is related: a treatment by its name, else the words of the source.

        Where a quote of the case has them as whole words, and no noun beside them, they stand in quotation marks.
        """
        if not row.related:
            return ""
        related = self.names.meant(row.related) or code_of(row.related)
        if self._is_given(related):
            label = self.case.measures["label"].get(related)
            return relation_words(f"related to {label_in_sentence(label) if label else row.related}")
        whole = rf"(?<!\w){re.escape(row.related)}(?!\w)"
        printed = self.case.facts["quote"].str.contains(whole, case=False).any()
        words = relation_words(row.related)
        return f"‘{row.related}’" if printed and words.startswith(f"{in_a_sentence(row.related)} according") else words

    def happened(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """Events and statements; nouns together with one verb, what the authors judge with theirs."""
        nouns: dict[str, list[Passage]] = {}
        reported: list[Passage] = []
        for row in rows_of(rows):
            label = label_in_sentence(row.PARAM)
            clause = "" if row.code in OF_PATIENT else self._predicated(label)
            if clause.startswith(f"{_REPORTED}that "):
                reported.append(self._name(row, clause.removeprefix(_REPORTED), _printed(row)))
                continue
            if clause:
                yield [*self._name(row, clause, _printed(row))]
                continue
            clause = self._clause(row)
            if row.kind == "statement" and row.method and (shown := self._shown(row, clause)):
                # The examination is the subject: colonoscopy showed endoscopic remission.
                yield [Said(f"{row.method} showed "), *shown]
            elif clause:
                how = f" ({row.method})" if row.method and row.method.lower() not in clause else ""
                often = _often(row)
                yield [Said(f"{clause}{how}{f' ({often})' if often else ''}", lines=(row.line,))]
            else:
                verb = verb_of_thing(row.kind, label)
                again = " again" if row.kind == "event" and self._was_before(row) else ""
                nouns.setdefault(verb + again, []).append(self._noun(row))
        yield from (with_verb(names, verb) for verb, names in nouns.items())
        if reported:
            yield [Said(_REPORTED), *listed(reported)]

    def _predicated(self, label: str) -> str:
        """What a name says of the patient, or with a verb of its own; blank where it is that of a thing."""
        if predicate := of_patient(label):
            return f"{self._patient()} {predicate}"
        words = there_was(label) or stated(label)
        return words.replace("{who}", self._patient()) if "{who}" in words else words

    def _was_before(self, row) -> bool:
        """Whether the same happened earlier."""
        facts = self.case.facts
        return bool((facts["code"].eq(row.code) & surely_before(facts, row)).any())

    def _shown(self, row, clause: str) -> Passage:
        """What an examination showed as a noun; nothing where it is told by a verb of its own."""
        if clause and not re.match("(there (was|were) )?no ", clause):
            return ()
        if clause:
            return (Said(re.sub("^there (was|were) | (was|were) reported$", "", clause), lines=(row.line,)),)
        return self._noun(row._replace(method=""))

    def _clause(self, row) -> str:
        """What happened as a clause with its own verb; blank where it is a noun."""
        label, printed = label_in_sentence(row.PARAM), _printed(row)
        if row.code in OF_PATIENT:
            clause = self._of_patient(row, printed)
            end = end_phrase(row, self.zero)
            # From day 0 an end is a length.
            end = end.replace("until ", "for ") if row.start == "0 d" and "day" not in end else end
            reason = printed_reason(row) if row.code in (*TO_A_PLACE, "death") else noted_reason(row)
            return clause and " ".join(filter(None, [clause, end, reason, unplaced_words(row)]))
        for begins, words in (("onset of ", "developed "), ("delivery of ", "delivered a ")):
            if label.startswith(begins):
                return f"{self._patient()} {words}{label.removeprefix(begins)}"
        if suspected := re.fullmatch("suspected (.*)", label):
            return f"{in_a_sentence(printed.partition(' diagnosis of ')[2]) or suspected[1]} was suspected"
        thing, _, effect = label.partition(" ")
        if row.kind == "statement" and effect == "effect" and thing in row.quote.lower():
            return f"the effect was described as ‘{thing}’"
        if label.startswith("presumptive diagnosis"):
            return f"a {label} was made"
        if label.startswith("no "):
            return denied(label, printed, row.quote, self._is_given(row.code.removeprefix("no_")))
        clause = self._by_verb(row, label, printed)
        if row.kind == "statement" and row.method and label.endswith(" improved"):
            # What a source says that an examination showed stays its word.
            return f"{label.removesuffix(' improved')} was reported to have improved"
        clause = for_good(clause, row.quote) if row.kind == "event" and row.code.endswith(ENDS) else clause
        undone = re.search(r"(?:^|; )not (done|given|performed)\b", row.note)
        clause = f"{clause} but not {undone[1]}" if undone and row.code.endswith(_PROPOSED) else clause
        clause = f"{clause} again" if clause.endswith(" attempted") and self._was_before(row) else clause
        clause = f"in both cases, {clause}" if clause and row.quote.startswith("In both cases") else clause
        unknown = unreported(row.note)
        counted = "from when is not told" in row.note and re.search(r"\d", printed)
        unknown += ["from when is not reported"] if counted and printed in clause else []
        clause = f"{clause} ({'; '.join(unknown)})" if clause and unknown else clause
        reasons = self.reasons(row)
        clause = f"{clause} because of {text_of(listed(reasons))}" if clause and reasons else clause
        if clause and not reasons and row.kind == "event":
            clause = f"{clause} {_reason(row, clause)}".rstrip()
        # What the source judges of a change stays its word.
        judged = clause and re.search(r"\b(improved|worsened) (significantly|markedly|dramatically)\b", row.quote)
        return clause.replace(judged[1], f"‘{judged[0]}’") if judged and clause.endswith(judged[1]) else clause

    def _by_verb(self, row, label: str, printed: str) -> str:
        """What happened by the verb that its name ends with, and where; blank where it ends with none."""
        clause = told_by_verb(label, printed, row.quote, self._judged(row), self._is_treatment(row.code))
        place = "" if not row.LOC or self._is_implied(row, clause) else f" ({row.LOC})"
        return re.sub(" (was|were) ", lambda verb: f"{place}{verb[0]}", clause, count=1)

    def _is_treatment(self, code: str) -> bool:
        """Whether the code of an event, but for its last word, is that of something given or performed."""
        thing = code.rpartition("_")[0]
        named = undergone(label_in_sentence(thing.replace("_", " ")))
        return self._is_given(thing) or bool(named or GIVEN_CODE.search(thing))

    def _is_given(self, code: str) -> bool:
        """Whether a code is that of a treatment or procedure, of the vocabulary or of this case."""
        kinds = [self.case.measures["kind"].get(code), *self.case.facts.loc[self.case.facts["code"].eq(code), "kind"]]
        return not {"treatment", "procedure"}.isdisjoint(kinds)

    def _judged(self, row) -> str:
        """What a judgement is of, where the same words of the source name it: what was given or done, by how many."""
        facts = self.case.facts
        judged = facts["kind"].isin(("treatment", "procedure")) & facts["quote"].eq(row.quote) & facts["quote"].ne("")
        if judged.sum() < 2:
            return ""
        return "both were" if judged.sum() == 2 else "all were"

    def reasons(self, row) -> list[Passage]:
        """The adverse events because of which a treatment was stopped or paused, where the same quote says so."""
        has_reason = row.kind == "event" and row.code.endswith(FOR_A_REASON)
        if not has_reason or not re.search(r"\b(because of|due to)\b", row.quote):
            return []
        facts = self.case.facts
        alike = facts["kind"].eq("adverse_event") & facts["quote"].eq(row.quote) & facts["ORDER"].eq(row.ORDER)
        earlier = facts.loc[facts["kind"].eq("adverse_event") & surely_before(facts, row), "code"]
        return [self._event(each, earlier.eq(each.code).any()) for each in rows_of(facts[alike])]

    def _of_patient(self, row, printed: str) -> str:
        """What happened to the patient, with what the source prints of it; blank where that is a noun of its own."""
        code = row.code
        if code == "remission":
            return f"{in_a_sentence(printed) if code in printed.lower() else code} was reported"
        words = OF_PATIENT[code] + (f" to {row.LOC}" if row.LOC and code in TO_A_PLACE else "")
        # A statement tells of a state, an event of its beginning.
        words = words.replace(" became ", " was ") if row.kind == "statement" else words
        head = words.rpartition(" ")[2]
        if printed and code in _NOUN_TOO and any(word.startswith(code[:6]) for word in printed.lower().split()):
            if head != code:
                return ""
            words = words.removesuffix(head) + in_a_sentence(printed)
        elif printed and code in ("diagnosis", "symptom_onset"):
            words = f"the diagnosis was {printed}" if code == "diagnosis" else f"{printed} began"
        elif printed:
            # With what a patient came; what does not go on with the verb stands as words of the source.
            rest = f" with {printed}" if code in ARRIVALS else f" (‘{printed}’)"
            rest = f" {printed}" if _GOES_ON.match(printed) else rest
            words = f"{words.removesuffix(head)}{printed}" if printed.startswith(head) else f"{words}{rest}"
        return words.format(who=self._patient()) if "{who}" in words else words

    def _noun(self, row) -> Passage:
        """What happened as a noun, with its article where it has one."""
        printed, label = _printed(row), label_in_sentence(row.PARAM)
        head = label.split(" of ")[0].rpartition(" ")[2]
        if any(word.startswith(head[:6]) for word in printed.lower().split()):
            label, printed = in_a_sentence(printed), ""
        # What the authors judge stands as they print it.
        judged = as_judged(label, row.quote) if row.kind == "statement" else ""
        named = as_one(label)
        return self._name(row, named.replace(judged, f"‘{judged}’") if judged else named, printed)

    def _is_implied(self, row, name: str) -> bool:
        """Whether the name of a procedure holds its site already."""
        lowered_name = (name or row.PARAM).lower()
        return row.LOC in lowered_name or any(part in lowered_name for part in _OF_SITE.get(row.LOC, ()))

    def _name(self, row, name: str = "", printed: str = "", grade: bool = False) -> Passage:
        """What was done or happened, with its site, grade and number."""
        place = row.method if row.kind == "statement" else "" if self._is_implied(row, name) else row.LOC
        how = row.method if row.kind == "procedure" and row.method.lower() not in f"{name} {printed}".lower() else ""
        reason = noted_reason(row) if row.kind in ("event", "procedure") else ""
        inside = [
            place,
            how,
            *([f"grade {typeset(row.grade)}" if row.grade else "", self.relation(row)] if grade else []),
        ]
        inside += [_often(row), _lasted(row, name, printed)]
        inside += [f"‘{printed}’" if printed else "", reason, *unreported(row.note), end_phrase(row, self.zero)]
        remark, name = "; ".join(filter(None, inside)), name or label_in_sentence(row.PARAM)
        return (Said(f"{name} ({remark})" if remark else name, lines=(row.line,)),)


def with_verb(things: list[Passage], verb: str) -> list[Said]:
    """Things that occurred, or were reported.

    Examples
    --------
    >>> text_of(with_verb([(Said("a flare"),), (Said("fever"),)], "reported"))
    'a flare and fever were reported'
    """
    names = listed(things)
    thing = re.sub("[‘’]", "", names[0].text).partition(" (")[0]
    are = "" if verb.startswith("occurred") else "were " if len(names) > 1 or is_plural(thing) else "was "
    return [*names, Said(f" {are}{verb}")]


# How something was done that is a quality of it: a thoracoscopic window, and not one by puncture.
_QUALITY = re.compile("[a-z-]+(ic|al|ous|guided|assisted)|open")


def _often(row) -> str:
    """How often something was done or happened, where that is not once."""
    often = times_words(row) if row.count not in ("", "1") else ""
    if row.code in _IN_SESSIONS:
        return often.replace("times", "sessions")
    return re.sub(r"^((?:at least |at most )?)2 times$", r"\1twice", often)


def _lasted(row, name: str, printed: str) -> str:
    """The length of what was done, or of what stopped at a time not told, as printed; blank where it is told."""
    length = length_in_words(row.note, row.quote) if row.end == STOPPED or row.kind == "procedure" else ""
    return f"‘{length}’" if length and length not in f"{name} {printed}" and not timed_end(row.end) else ""


def _reason(row, clause: str) -> str:
    """Why something happened, in the words of its quote or its note; blank where a clause tells these already."""
    printed = _printed(row)
    # Of another event, a quote that tells of a pause as well gives the reason directly behind the verb alone.
    behind = re.search(rf"\b{re.escape(row.code.rpartition('_')[2])} ((?:because of|due to) .*)", row.quote)
    reason = printed_reason(row) if row.code.endswith(FOR_A_REASON) else because(behind[1]) if behind else ""
    return reason or because("" if printed in clause else printed)


def _printed(row) -> str:
    return source_words(row, _LONGEST)
