"""What was found at a moment, as clauses: values, then what was there, then what was not, then what is not known."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from ...derive import with_unit
from ...rules import Analysis
from ...vocabulary import DIRECTIONS, OPEN_STATES
from ..numbers.graded import AT_MOST, grade_words, is_grade, is_there, is_told_first, state_before
from ..numbers.qualifiers import judged_beside, printed_in
from ..wording.amounts import agreeing, amount_words, listed_values, verb_of_value
from ..wording.labels import (
    RESULTS,
    is_acronym,
    is_test,
    label_in_sentence,
    named_with,
    source_words,
    unreported,
    without_method,
)
from ..wording.laboratory import INDICATED, KnownLimits, by_side
from ..wording.passage import Passage, Said, known_phase, listed, phase_phrase, typeset
from ..wording.remarks import (
    NO_MUCH,
    NOT_AGAIN,
    InWords,
    goes_on,
    in_order,
    in_two_units,
    is_by_which_found,
    is_intake,
    is_pair,
    left_over,
    names_finding,
    none_of,
    open_words,
    quoted_remark,
    remarked,
    shown_by,
    state_words,
    unmentioned,
    verb_of,
    with_article,
    with_causes,
    with_one_method,
)
from ..wording.sites import at_all_sites, at_site, by_site, printed_place
from ..wording.words import in_a_sentence
from .sentences import are_there_or_not, open_clause

_OPEN = {"unknown": "uncertain", "not_assessed": "not assessed", "not_reported": "not reported"}
# What a source prints of something that it did not find, and that names the thing itself.
_NO = re.compile(r"no \w+( \S+){2,}")
# What a source says of a disease that went, where more of it may be left.
_PART = re.compile(r"\b(symptoms and signs|signs and symptoms|symptoms) of\b")
# Examinations that show something.
_SHOWS = re.compile(r"(pathology|echocardiogra\w+|ultraso\w+|radiogra\w+|scopy|graphy|MRI|CT|scan|diagnosis)$")
# The longest words of a source that are told as such.
_LONGEST = 120
# More values than this at one moment are told by name where one tells nothing of a course.
_MANY = 8
# More values than this at one moment are told in two sentences, those without limits first.
_SOME = 6
# So many findings have a sentence of their own beside values.
_MANY_FINDINGS = 5


class Found:
    """Values and findings of one case; what was named before is abbreviated."""

    def __init__(self, analysis: Analysis):
        self.case, self.changes = analysis.case, analysis.changes.set_index("line")
        self.phases = self.case.about.get("phases", {})
        self.named: set[str] = set()
        self.causes: dict[int, str] = {}
        self.others: dict[int, list] = {}
        in_words = self.changes[self.changes["value"].eq("")]
        self.in_words = {*zip(in_words["ORDER"], in_words["note"], strict=True)}
        self.counts = self.case.facts["code"].value_counts()
        facts = self.case.facts
        done = facts[facts["kind"].eq("procedure") & ~facts["PARAM"].str.endswith("scopy")]
        done = done[~is_by_which_found(done, facts)]
        self.done = {*zip(done["ORDER"], done["PARAM"].str.casefold(), strict=True)}
        rules = self.case.rules
        self.limits = KnownLimits(self.changes, {*rules.loc[rules["xuln"].astype(str).ne(""), "measure"]})

    def clauses(self, rows: pd.DataFrame) -> Iterator[list[Said]]:
        """What was found at a moment: values with what was there, then each other state in its turn."""
        records = [self.changes.loc[line] for line in rows["line"]]
        values = [row for row in records if self._is_value(row)]
        there = [row for row in records if self._is_there(row) and not self._tested(row) and not self._still(row)]
        simple = {row.name for row in [*values, *there]}
        there, self.causes = with_causes(there)
        others = [row for row in records if row["STATE"] not in OPEN_STATES and row.name not in simple]
        values, self.others = in_two_units(values)
        values, briefly = by_side(values, self.counts) if len(values) > _MANY else (values, {})
        amounts = [*self._amount(values)]
        # An intake is not a laboratory value, and is told apart.
        taken = [row for row in values if is_intake(row)] if len(values) > 1 else []
        apart = [self._values(taken)] if taken else []
        measured = [row for row in values if not taken or not is_intake(row)]
        # The size of a finding is no laboratory value either.
        sizes = [row for row in measured if self.case.measure(row["PARAMCD"])["grades"]]
        if 0 < len(sizes) < len(measured) and len({row["method"] for row in measured}) > 1:
            apart.append(self._values(sizes))
            measured = [row for row in measured if not self.case.measure(row["PARAMCD"])["grades"]]
        plain = [row for row in measured if not self.limits.words(row, True)] if len(measured) > _SOME else []
        before = [self._values(plain)] if 0 < len(plain) < len(measured) else []
        limited = [row for row in measured if not before or self.limits.words(row, True)]
        clause = [] if amounts else self._values(limited)
        if clause and len(there) >= _MANY_FINDINGS:
            apart.append(self._with_findings([], there))
        elif there:
            clause = self._with_findings(clause, there)
        otherwise = [*self._otherwise(others)]
        if there and not values and len(otherwise) == 1 and otherwise[0][0].text == "no evidence of ":
            # What a finding is not stands with it.
            clause += [Said(", with no evidence of "), *otherwise.pop()[1:-1]]
        valued = bool(values) and not amounts
        first = [*before, *([clause] if valued else []), *apart, *self._briefly(briefly)]
        rest = [*amounts, *([] if valued else [clause]), *otherwise]
        ordered = in_order(first, rest, bool(values) and all(row["method"] for row in values))
        yield from with_one_method(ordered, {row["method"] for row in records})
        yield from self._unknown([row for row in records if row["STATE"] in OPEN_STATES])

    def _unknown(self, open_: list) -> Iterator[list[Said]]:
        """What is not known, each open state in its turn, and what is not in the part of the source that was read."""
        for state in OPEN_STATES:
            group = [row for row in open_ if row["STATE"] == state]
            unread = [row.name for row in group if "not in the part that was read" in row["note"]]
            for name in [Said(self._name(row), (row.name,)) for row in group if row.name in unread]:
                # Of several the open question is which of them.
                asked, predicate = ("which of ", " was present") if " or " in name.text else ("the result for ", "")
                titled = re.match(r"the title names ([^,;]+)", self.changes.loc[name.lines[0], "note"])
                asked = f"the title of the source names {titled[1]}, but {asked}" if titled else asked
                several = "these" if titled else name.text.replace(" or ", " and ")
                name = name._replace(text=several) if predicate else name
                yield [Said(asked), name, Said(f"{predicate} is not in the part of the source that was read")]
            group = [row for row in group if row.name not in unread]
            for words in dict.fromkeys(open_words(row, _OPEN[state]) for row in group):
                alike = [row for row in group if open_words(row, _OPEN[state]) == words]
                there_or_not = are_there_or_not(self.changes, alike)
                names = [with_article(self._name(row)) if there_or_not else self._name(row) for row in alike]
                parts = [(Said(name, lines=(row.name,)),) for name, row in zip(names, alike, strict=True)]
                yield open_clause(listed(parts), words, there_or_not)

    def _with_findings(self, clause: list[Said], there: list) -> list[Said]:
        """Values with what was there; without a value that it was found, or what one method showed."""
        methods, showed = {row["method"] for row in there}, {"; ".join(self._method(row)) for row in there}
        if not clause and len(showed) == 1 and _SHOWS.search(*showed):
            return [
                Said(shown_by(showed.pop())),
                *listed([self._finding(sites, False) for sites in by_site(there)]),
            ]
        # One method of several findings is told once.
        method = f" ({methods.pop()})" if len(there) > 1 and len(methods) == 1 and methods != {""} else ""
        names = listed([self._finding(sites, not method) for sites in by_site(there)])
        # What is called persistent was there before.
        verb = "reported" if names[0].text.startswith("persistent ") else "found"
        clause = [*clause, Said(", with "), *names] if clause else [*names, Said(f" {verb_of(names)} {verb}")]
        return [*clause, Said(method)] if method else clause

    def _amount(self, values: list) -> Iterator[list[Said]]:
        """What was drained, where it is the only value: so much of it."""
        if len(values) == 1 and values[0]["PARAM"].endswith(" drained"):
            amount = self._value(values[0], "-", False)[1]
            thing = label_in_sentence(values[0]["PARAM"].removesuffix(" drained"))
            yield [amount._replace(text=amount.text.partition(" (")[0]), Said(f" of {thing} was drained")]

    def _values(self, values: list) -> list[Said]:
        """Values in one clause."""
        if not values:
            return []
        fed = re.search("nutrition|feed", values[0]["method"]) if len(values) == 1 and is_intake(values[0]) else None
        if fed:
            amount = self._value(values[0], "-", False)[1]
            what = label_in_sentence(values[0]["PARAM"]).removesuffix(" intake")
            size = amount.text.partition(" (")[0]
            return [Said(f"{values[0]['method']} provided "), amount._replace(text=size), Said(f" of {what}")]
        passages, before = [], ""
        for row, after in zip(values, [*values[1:], None], strict=True):
            if before and is_pair(self.case.measure(before)["label"], row["PARAM"]):
                continue
            if after is not None and is_pair(row["PARAM"], after["PARAM"]):
                passages.append(self._pair(row, after, not passages))
            else:
                alike = [each["LOC"] for each in values if each["PARAMCD"] == row["PARAMCD"]]
                named_once = len(alike) > 1 and (bool(row["LOC"]) or not any(alike))
                passages.append(self._value(row, before, named_once))
            before = row["PARAMCD"]
        # What is missing of all of them is told once.
        missing = {tuple(unreported(row["note"])) for row in values}
        missing = missing.pop() if len(missing) == 1 and len(values) > 1 else ()
        return [*listed_values(passages), *([Said(f" ({'; '.join(missing)})")] if missing else [])]

    def _pair(self, systolic, diastolic, first: bool) -> Passage:
        """A systolic and a diastolic value as they are written: 77/34 mmHg."""
        name = systolic["PARAM"].partition(" ")[2]
        low, high = diastolic["AVALC"], systolic["AVALC"].partition(" ")[0]
        amount = f"{high}/{low if systolic['unit'] else with_unit(low, systolic['AVALU'])}"
        return Said(f"{name} {'was ' if first else ''}"), Said(typeset(amount), lines=(systolic.name, diastolic.name))

    def _briefly(self, briefly: dict[str, list]) -> Iterator[list[Said]]:
        """Values of which only the side of their limits is told, a clause for each side."""
        for indicated, group in briefly.items():
            names = listed([(Said(self._name(row), lines=(row.name,)),) for row in group])
            yield [*names, Said(f" {verb_of(names)} {INDICATED[indicated]}")]

    def _otherwise(self, rows: list) -> Iterator[list[Said]]:
        """Findings that are not simply there, each group with its verb and what the source prints."""
        for (words, printed, unknown), group in self._by_words(rows):
            names = [(self._changed(sites),) for sites in by_site(group)]
            methods = "; ".join(dict.fromkeys(method for row in group for method in self._method(row)))
            shown = shown_by(methods) if _SHOWS.search(methods) else ""
            if words == "was absent" and (NO_MUCH.fullmatch(printed) or printed in ("", "no evidence")):
                yield none_of(names, printed)
            elif _NO.fullmatch(printed):
                lines = tuple(line for name in names for piece in name for line in piece.lines)
                remark = "" if shown else f" was found{f' ({methods})' if methods else ''}"
                yield [Said(shown), Said(f"‘{printed}’{remark}", lines)]
            elif self._is_score(group[0]) and words[:6] in printed:
                unknown = f"{names[0][0].text.partition(' (')[0]} not reported"
                remark = "; ".join(filter(None, ["" if shown else methods, unknown]))
                lines = tuple(row.name for row in group)
                yield [Said(f"{shown or 'there was '}‘{printed}’ ({remark})", lines)]
            elif words == "recurred" and shown:
                again = [(name[0]._replace(text=f"the {name[0].text.partition(' (')[0]}"),) for name in names]
                unsized = all("size not reported" in row["note"] for row in group)
                remark = [Said(" (size not reported)")] if unsized else []
                yield [Said(f"{shown}recurrence of "), *listed(again), *remark]
            elif words == "residual":
                unsized = " (size not reported)" if "size not reported" in group[0]["note"] else ""
                named = [(name[0]._replace(text=left_over(name[0].text, printed)),) for name in names]
                remark = quoted_remark("" if "residual" in printed else printed, unknown)
                yield [*listed(named), Said(f" remained{remark}{unsized}")]
            else:
                part = _PART.search(group[0]["quote"]) if words == "resolved" else None
                yield self._with_verb(names, InWords(words, printed, unknown), f"{part[1]} of " if part else "")

    def _changed(self, sites: list) -> Said:
        """A finding that is not simply there, with its sites and its method; what persisted has its grade."""
        row = at_all_sites(sites)
        name = self._graded(row) if goes_on(row) else self._name(row)
        remarks = [*self._method(row), *unmentioned(self.case, row)]
        return remarked(name, remarks, row.name)._replace(lines=tuple(each.name for each in sites))

    def _with_verb(self, names: list[Passage], wording: InWords, part: str) -> list[Said]:
        """Findings with the verb of their state; what has an article when it is found has one later."""
        things = [name[0].text.partition(" (")[0] for name in names]
        one = r"(?!an? |at most )(.* )?(effusion|rash|score|level|count)\b"
        known = [re.match(one, thing) for thing in things]
        named = zip(known, names, strict=True)
        phrase = listed([(Said(f"{part}{'the ' if the else ''}{name[0].text}", name[0].lines),) for the, name in named])
        verb, printed = re.sub("^was", verb_of(phrase), wording.words), wording.printed
        if verb.endswith(" as"):
            return [*phrase, Said(f" {verb} ‘{printed}’")]
        if verb == NOT_AGAIN:
            return [*phrase, Said(f" {verb}{f' ({wording.unknown})' if wording.unknown else ''}")]
        if printed and verb.rpartition(" ")[2] in printed.split() and len(printed.split()) < 4 and not wording.unknown:
            # What the source judges of a change stays its word.
            return [*phrase, Said(f" {verb_of(phrase)} {f'‘{printed}’' if wording.words in DIRECTIONS else printed}")]
        return [*phrase, Said(f" {verb}{quoted_remark(printed, wording.unknown)}")]

    def _grade(self, row) -> str:
        """The grade of a finding; blank where it has none."""
        return grade_words(row, self.case.measure(row["PARAMCD"])["grades"])

    def _is_there(self, row) -> bool:
        """Whether a finding is there, or has a grade that stands before its name."""
        return is_there(row, self.case.measure(row["PARAMCD"])["grades"])

    def _is_value(self, row) -> bool:
        """Whether a number, or a grade, is told behind the name of what it is of."""
        number = row["STATE"] == "value" and not is_grade(row)
        return number or is_told_first(row, self.case.measure(row["PARAMCD"])["grades"])

    def _tested(self, row) -> bool:
        """Whether a finding is the result of a test, which is positive or negative."""
        return is_test(self.case.measure(row["PARAMCD"])["label"])

    def _name(self, row) -> str:
        """The name of a measure, with its abbreviation where that is an acronym, and its site."""
        measure = self.case.measure(row["PARAMCD"])
        label, short = label_in_sentence(measure["label"]), measure["abbrev"]
        # How something is measured as a rule is told where the source says it.
        plain, how = without_method(label)
        label = label if how in f"{row['quote']} {row['method']}".lower() else plain
        is_short = is_acronym(short) and short != label
        is_short &= self.counts[row["PARAMCD"]] > 1
        if row["PARAMCD"] in self.named:
            # What a test is said to be is told once.
            name = short if is_short else label.partition(" (")[0]
        else:
            name = named_with(label, short) if is_short and row["STATE"] == "value" else label
            self.named |= {row["PARAMCD"]} if row["STATE"] == "value" or not is_short else set()
        return at_site(name, printed_place(row)) if row["LOC"] else name

    def _value(self, row, before: str, named_once: bool) -> Passage:
        """A value with its name; one of several with its site, and after another of its measure without the name."""
        measure = self.case.measure(row["PARAMCD"])
        known = row["PARAMCD"] in self.named
        verb = "" if before else verb_of_value(row)
        value = self._grade(row) or amount_words(row, measure, known, verb or "was ")
        site = row["LOC"] if named_once else ""
        # What another row tells of in the same words is not said twice.
        judged = "" if (row["ORDER"], row["note"]) in self.in_words else judged_beside(row)
        quoted = [f"‘{judged}’"] if judged and judged not in value else []
        alone = [] if "inspired" in row["note"] else unreported(row["note"])
        others = self.others.get(row.name, [])
        also = [amount_words(each, measure, True) for each in others]
        remarks = [site, *also, self.limits.words(row, known), *quoted, *alone, *self._method(row)]
        remark = "; ".join(filter(None, remarks))
        lines = (row.name, *(each.name for each in others))
        amount = Said(typeset(value + (f" ({remark})" if remark else "")), lines=lines)
        if named_once and row["PARAMCD"] == before:
            return (amount,)
        # That a percentage is one of predicted stands behind its number.
        name = self._name(row).replace(" (percent of predicted)", "")
        name = name.removesuffix(f" ({site})") if site else name
        the = "the " if re.search("^Number of " if before else "score$|^Number of ", row["PARAM"]) else ""
        return Said(f"{the}{name} {agreeing(verb, name)}"), amount

    def _finding(self, sites: list, with_method: bool) -> Passage:
        """A finding that is there, with its sites, its grade, its method and what the source prints."""
        row = at_all_sites(sites)
        (finding,) = self._one_finding(row, with_method)
        cause = self.causes.get(row.name)
        text = f"{finding.text} ‘due to {cause}’" if cause else finding.text
        return (finding._replace(text=text, lines=tuple(each.name for each in sites)),)

    def _one_finding(self, row, with_method: bool) -> Passage:
        printed = printed_in(row["note"], _LONGEST)
        unsized = ["size not reported"] if "size not reported" in row["note"] else []
        unsized += ["time not reported"] if "when it was found is not said" in row["note"] else []
        method = self._method(row) if with_method else []
        if printed.startswith("consistent with "):
            self.named.add(row["PARAMCD"])
            return (remarked(f"changes ‘{printed}’", [*method, *unsized], row.name),)
        if names_finding(printed, self.case.measure(row["PARAMCD"])["label"]):
            self.named.add(row["PARAMCD"])
            site = [row["LOC"]] if row["LOC"] and not re.search(f"bilateral|{row['LOC'][:4]}", printed) else []
            return (remarked(with_article(in_a_sentence(printed)), [*site, *method, *unsized], row.name),)
        if self._grade(row):
            return (remarked(self._graded(row), method, row.name),)
        quoted = [f"‘{printed}’"] if printed and not row["value"] else []
        return (remarked(with_article(self._name(row)), [*method, *quoted, *unsized], row.name),)

    def _graded(self, row) -> str:
        """The name of a finding, behind its grade with an article if it has one."""
        grade = self._grade(row)
        limit = AT_MOST if grade.startswith(AT_MOST) else ""
        return f"{limit}{with_article(f'{grade.removeprefix(limit)} {self._name(row)}')}" if grade else self._name(row)

    def _by_words(self, rows: Sequence) -> Iterator[tuple[InWords, list]]:
        """Findings that are not simply there, together where the same is said of them, and printed by the source."""
        groups: dict[InWords, list] = {}
        for row in rows:
            still = "still" if self._still(row) else state_before(self.changes, row)
            words = state_words(row, self._tested(row), still)
            printed = source_words(row, _LONGEST) or self._grade(row)
            words = f"was {printed}" if printed in RESULTS.values() else words
            # What the words say already is not said twice.
            words_and_label = f"{words} {self.case.measure(row['PARAMCD'])['label']}".lower()
            repeated = printed.lower() in words_and_label or printed.lower()[:5] in words
            repeated &= not self._is_score(row) and not words.endswith(" as")
            if goes_on(row):
                repeated, printed = False, printed.partition(" ")[2]
            # From when a length of time counts may be open.
            since = re.match("within |till |until ", printed)
            undated = not repeated and since and re.search("(from when|of what) is not told", row["note"])
            wording = InWords(words, "" if repeated else printed, "from when is not reported" if undated else "")
            groups.setdefault(wording, []).append(row)
        yield from groups.items()

    def _is_score(self, row) -> bool:
        """Whether a finding is a change of a score, of which the source prints no value."""
        return row["STATE"] in DIRECTIONS and self.case.measure(row["PARAMCD"])["label"].endswith("score")

    def _still(self, row) -> bool:
        """Whether a finding that is there was there before, by its source or by the last record of the same site."""
        # What an examination shows anew is only known to be there at that time.
        sites = self.changes.loc[self.changes["PARAMCD"].eq(row["PARAMCD"]), "LOC"]
        plain = row["STATE"] == "present" and not row["method"] and not printed_in(row["note"], _LONGEST)
        plain &= not self._grade(row)
        alike = plain and sites.eq(row["LOC"]).all()
        return goes_on(row) or (alike and state_before(self.changes, row) == "there")

    def _method(self, row) -> list[str]:
        """How something was measured; nothing where the time that is told or a procedure of that moment says it."""
        phase = phase_phrase(str(self.phases.get(known_phase(row), ""))).casefold()
        method = row["method"].casefold()
        done = any(order == row["ORDER"] and label.endswith(method) for order, label in self.done)
        # A biopsy of a thing that the name of the value holds is a biopsy.
        of = " ".join(row["PARAM"].lower().split()[:2])
        method_words = row["method"][len(of) :].strip() if method.startswith(f"{of} ") else row["method"]
        return [method_words] if method and method not in phase and not done else []
