"""What was found, given and told of a case, moment by moment and in the past tense, for a manuscript."""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

import pandas as pd

from ..derive import derive_exposure
from ..rules import Analysis
from ..vocabulary import OPEN_STATES, STOPPED, UNIT_UNKNOWN
from .labels import RESULTS, is_acronym, is_test, label_in_sentence, noun_of, printed_words
from .passage import Passage, Said, known_phase, listed, sentence, time_phrase, typeset, visit_phrase
from .words import dose_words, in_a_sentence, times_words, turn_words

# Routes that stand before the name of a drug.
_ROUTES = ("intravenous", "oral", "subcutaneous", "intramuscular", "intrathecal", "topical", "inhaled")
_GONE = {"absent": "absent", "normal": "normal", "raised": "raised", "low": "low", "unchanged": "unchanged"}
_CHANGED = {"increased": "had increased", "decreased": "had decreased", "improved": "had improved"}
_CHANGED |= {"worsened": "had worsened", "recurred": "had recurred", "residual": "was still there, less than before"}
_OPEN = {"unknown": "uncertain", "not_assessed": "not assessed", "not_reported": "not reported"}
# What happened to the patient, as a clause with a verb; of anything else it is said that it was reported.
_HAPPENED = {
    "admission": "the patient was admitted",
    "readmission": "the patient was readmitted",
    "intensive_care_admission": "the patient was admitted to intensive care",
    "discharge": "the patient was discharged",
    "symptom_onset": "symptoms began",
    "diagnosis": "the diagnosis was made",
    "responded_well": "the patient was said to have responded well",
}
# What a source prints of something that it did not find, and that names the thing itself.
_NONE = re.compile("no (significant|relevant|obvious|evident)")
_NO = re.compile(r"no \w+( \S+){2,}")
# A time that follows what was then.
_LENGTH = re.compile(r"\d|within |more than |about ")
# Sites that the name of a procedure holds already.
_OF_SITE = {"heart": ("cardi",), "kidney": ("renal",), "pericardium": ("pericardi",), "skin": ("excision",)}
_OF_SITE |= {"ileum and colon": ("colonoscopy",), "colon": ("sigmoidoscopy",)}
# The longest words of a source that are told as such.
_LONGEST = 120
# More values than this at one moment are told by name where one tells nothing of a course.
_MANY = 8
_INDICATED = {"HIGH": "raised", "LOW": "low", "NORMAL": "within the reference limits"}


class Moment(NamedTuple):
    """One moment of the course: its sentence, its place and its rows.

    Attributes
    ----------
    passage : Passage
        A sentence.
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

    A value stands as recorded with its unit, and a measure by its name and abbreviation when it is first told. What an
    event or a statement says is the source's word.
    """
    return [*_Chronicle(analysis).moments()]


class _Chronicle:
    """The moments of one case; what was named before is abbreviated."""

    def __init__(self, analysis: Analysis):
        self.case, self.changes = analysis.case, analysis.changes.set_index("line")
        self.phases = self.case.about.get("phases", {})
        self.zero = self.case.about.get("time_zero", {}).get("label", "")
        self.exposure = derive_exposure(self.case.facts).set_index("line")
        self.named: set[str] = set()
        self.counts = self.case.facts["code"].value_counts()
        limits = self.case.rules
        # Measures whose upper limit decides something, and must be said to be missing.
        self.limited = set(limits.loc[limits["xuln"].astype(str).ne(""), "measure"])

    def moments(self) -> Iterator[Moment]:
        """A sentence for each moment, in the order of telling."""
        facts = self.case.facts.sort_values("ORDER", kind="stable")
        facts = facts.assign(told_at=[visit_phrase(self.case, row) for row in facts.itertuples()])
        before = day = ""
        for _, moment in facts.groupby(["ORDER", "told_at"], sort=False):
            when = self._when(moment, before)
            before = known_phase(moment.iloc[0])
            told = [clause for clause in self._clauses(moment, when) if clause]
            if len(moment) == 1 and re.fullmatch(rf"at (.* )?{moment['code'].iloc[0]}", when):
                when = ""
            if not told:
                continue
            if len(told) == 1 and _LENGTH.match(when):
                told[0], when = [*told[0], Said(f" {when}")], ""
            # No sentence begins with a figure.
            when = f"at {when}" if when[:1].isdigit() else when
            when, day = ("on the same day" if when == day and when.startswith("on day ") else when), when
            opening = [Said(when if when.endswith(": ") else f"{when}, ")] if when else []
            joined = [said for clause in told for said in (Said("; "), *clause)][1:]
            told_as = sentence([*opening, *joined], tuple(dict.fromkeys(moment["source"])))
            yield Moment(tuple(told_as), int(moment["ORDER"].iloc[0]), before, tuple(map(int, moment["line"])))

    def _when(self, moment: pd.DataFrame, before: str) -> str:
        """When the facts of a moment were: by a time, by a phase that is one, or before the reference treatment."""
        if time := moment["told_at"].iloc[0]:
            return time
        phase = known_phase(moment.iloc[0])
        reference = self.case.reference
        first = moment["ORDER"].iloc[0] == self.case.facts["ORDER"].min()
        given = self.case.facts.loc[self.case.facts["code"] == reference, "ORDER"] if reference else []
        found = moment["kind"].isin(["observation", "adverse_event"]).any()
        if found and first and len(given) and moment["ORDER"].iloc[0] < min(given):
            return f"before {label_in_sentence(self.case.facts.loc[given.index[0], 'PARAM'])}"
        # What is given needs no time; what was found does, once in a phase.
        if not found or not phase:
            return ""
        name = str(self.phases.get(phase, ""))
        return "at a time not reported" if phase == before else f"{in_a_sentence(name)}: " * bool(name)

    def _clauses(self, moment: pd.DataFrame, when: str) -> Iterator[list[Said]]:
        yield self._found(moment[moment["kind"] == "observation"])
        yield self._given(moment[moment["kind"] == "treatment"])
        # A moment that is named for what was done or happened tells that.
        done = self._untold(moment, ("procedure",), when)
        yield [*listed(done), Said(f" {_are(listed(done))} done")] if done else []
        named = self._untold(moment, ("adverse_event",), when)
        words = "adverse events were " if len(named) > 1 else "the adverse event was "
        yield [Said(words), *listed(named)] if named else []
        happened = moment["code"].isin(_HAPPENED) & moment["kind"].isin(["event", "statement"]) & moment["count"].eq("")
        for row in moment[happened].itertuples():
            if len(moment) == 1 or not re.match(rf"at (.* )?{row.code.rpartition('_')[2]}$", when):
                yield [Said(_HAPPENED[row.code], lines=(row.line,))]
        told = self._untold(moment[~happened], ("event", "statement"), when)
        yield [*listed(told), Said(f" {_are(listed(told))} reported")] if told else []

    def _untold(self, moment: pd.DataFrame, kinds: tuple[str, ...], when: str) -> list[Passage]:
        """What was done or happened, but for what the moment is named for."""
        named = self._named(moment[moment["kind"].isin(kinds)])
        return [name for name in named if not re.fullmatch(rf"(at .*)?{re.escape(name[0].text)}(: )?", when)]

    def _found(self, rows: pd.DataFrame) -> list[Said]:
        """Values, then what was there, then what was not, then what is not known."""
        records = [self.changes.loc[line] for line in rows["line"]]
        values = [row for row in records if row["STATE"] == "value" and not _is_grade(row)]
        values, briefly = self._divided(values) if len(values) > _MANY else (values, {})
        there = [row for row in records if _is_there(row) and not self._tested(row)]
        others = [
            row
            for row in records
            if row["STATE"] not in ("value", *OPEN_STATES) and (not _is_there(row) or self._tested(row))
        ]
        open_ = [row for row in records if row["STATE"] in OPEN_STATES]
        told: list[Said] = []
        if values:
            told += [Said("the ")] if self.case.measure(values[0]["PARAMCD"])["label"].endswith("score") else []
            told += listed([self._value(row, first=not number) for number, row in enumerate(values)])
        for indicated, group in briefly.items():
            names = listed([(Said(self._name(row), lines=(row.name,)),) for row in group])
            told += [Said("; ")] if told else []
            told += [*names, Said(f" {_are(names)} {_INDICATED[indicated]}")]
        if there:
            names = listed([self._finding(row) for row in there])
            found = Said(f" {_are(names)} found")
            told += [Said(", with "), *names] if values else [*names, found]
        for clause in self._otherwise(others):
            told += [Said("; "), *clause] if told else clause
        for state in OPEN_STATES:
            group = [row for row in open_ if row["STATE"] == state]
            if group:
                told += [Said("; ")] if told else []
                names = listed([(Said(self._name(row), lines=(row.name,)),) for row in group])
                told += [*names, Said(f" {_are(names)} {_OPEN[state]}")]
        return told

    def _otherwise(self, rows: list) -> Iterator[list[Said]]:
        """Findings that are not simply there, each group with its verb and what the source prints."""
        for (words, printed), group in self._by_words(rows):
            names = listed([self._called(row, self._method(row)) for row in group])
            if _NONE.fullmatch(printed):
                yield [Said(f"{printed} "), *names, Said(f" {_are(names)} found")]
            elif _NO.fullmatch(printed):
                methods = "; ".join(dict.fromkeys(method for row in group for method in self._method(row)))
                lines = tuple(line for said in names for line in said.lines)
                yield [Said(f"‘{printed}’ was found{f' ({methods})' if methods else ''}", lines)]
            else:
                verb = re.sub("^was", _are(names), words)
                yield [*names, Said(f" {verb}{f' (‘{printed}’)' if printed else ''}")]

    def _divided(self, values: list) -> tuple[list, dict[str, list]]:
        """The values of a course and those without limits; and the others by their side of the limits of the row."""
        told, briefly = [], {}
        for row in values:
            if self.counts[row["PARAMCD"]] > 1 or not row["ANRIND"]:
                told.append(row)
            else:
                briefly.setdefault(row["ANRIND"], []).append(row)
        return told, {side: briefly[side] for side in _INDICATED if side in briefly}

    def _tested(self, row) -> bool:
        """Whether a finding is the result of a test, which is positive or negative."""
        return is_test(self.case.measure(row["PARAMCD"])["label"])

    def _name(self, row) -> str:
        """The name of a measure, with its abbreviation where that is an acronym, and its site."""
        measure = self.case.measure(row["PARAMCD"])
        label, short = label_in_sentence(measure["label"]), measure["abbrev"]
        is_short = is_acronym(short) and short != label
        is_short &= self.counts[row["PARAMCD"]] > 1
        if row["PARAMCD"] in self.named:
            name = short if is_short else label
        else:
            name = f"{label} ({short})" if is_short and row["STATE"] == "value" else label
            self.named |= {row["PARAMCD"]} if row["STATE"] == "value" or not is_short else set()
        return f"{name} ({row['LOC']})" if row["LOC"] else name

    def _value(self, row, first: bool) -> Passage:
        measure = self.case.measure(row["PARAMCD"])
        known = row["PARAMCD"] in self.named
        value, unit = row["AVALC"], row["AVALU"]
        if unit == UNIT_UNKNOWN:
            value += " (unit not reported)"
        elif unit == "points" and measure["high"] < float("inf"):
            value += "" if known else f" of {measure['high']:g}"
        elif unit == "titre":
            value = f"1:{value.partition(' ')[0]}"
        elif unit == "MRC grade":
            value = f"MRC grade {value.removesuffix(' MRC grade')}"
        elif not row["unit"] and unit not in ("", "pH", "ratio"):
            value += f" {unit}"
        remark = "; ".join(filter(None, [self._limits(row, known), *self._method(row)]))
        name = self._name(row)
        return (
            Said(f"{name} {'was ' if first else ''}"),
            Said(typeset(_plain(value) + (f" ({remark})" if remark else "")), lines=(row.name,)),
        )

    def _limits(self, row, known: bool) -> str:
        low, high = row["ref_low"], row["ref_high"]
        if low and high:
            return f"reference {low}–{high}"
        if high:
            return f"upper limit {high}"
        missing = not known and row["PARAMCD"] in self.limited and row["AVALU"] != UNIT_UNKNOWN
        return "upper limit not reported" if missing else ""

    def _finding(self, row) -> Passage:
        """A finding that is there, with its grade, its method and what the source prints."""
        if _is_grade(row):
            return self._called(row, self._method(row)[:1], f"{row['AVALC'].replace('..', ' to ')} ")
        unsized = ["size not reported"] if "size not reported" in row["note"] else []
        return self._called(row, [*self._method(row), *_printed(row), *unsized])

    def _called(self, row, remarks: list[str], grade: str = "") -> Passage:
        """The name of a finding, with remarks in brackets."""
        name = f"{grade}{self._name(row)}"
        return (Said(f"{name} ({'; '.join(remarks)})" if remarks else name, lines=(row.name,)),)

    def _by_words(self, rows: Sequence) -> Iterator[tuple[tuple[str, str], list]]:
        """Findings that are not simply there, together where the same is said of them, and printed by the source."""
        groups: dict[tuple[str, str], list] = {}
        for row in rows:
            words, printed = _state_words(row, self._tested(row)), printed_words(row, _LONGEST).strip("'")
            # What the words say already is not said twice.
            said = f"{words} {self.case.measure(row['PARAMCD'])['label']}".lower()
            repeated = printed.lower() in said or printed.lower()[:6] in words
            groups.setdefault((words, "" if repeated else printed), []).append(row)
        yield from groups.items()

    def _method(self, row) -> list[str]:
        """How something was measured; nothing where the name of the phase says it."""
        phase = str(self.phases.get(known_phase(row), "")).casefold()
        return [row["method"]] if row["method"] and row["method"].casefold() not in phase else []

    def _given(self, rows: pd.DataFrame) -> list[Said]:
        """Treatments; those that take turns in a clause of their own, and one remark for all without a dose."""
        if rows.empty:
            return []
        clauses, turns = [], {}
        for row in rows.itertuples():
            schedule = self.exposure.loc[row.line]
            if schedule["ALTERNATES"]:
                turns[row.line] = row
            else:
                clauses.append(row)
        told: list[Said] = []
        if turns:
            drugs = [
                (Said(" ".join(filter(None, [label_in_sentence(row.PARAM), typeset(dose_words(row))])), lines=(line,)),)
                for line, row in turns.items()
            ]
            every, own = turn_words(self.exposure.loc[next(iter(turns))])
            schedule = f"one dose every {every} weeks (each drug every {own} weeks, as we read the schedule"
            told += [*listed(drugs), Said(f" were alternated, {schedule}")]
            unknown = self.exposure.loc[list(turns), "NDOSLO"].isna().all()
            told += [Said("; number of doses not reported)" if unknown else ")")]
        undosed = [row for row in clauses if not row.dose and not row.count]
        if clauses:
            told += [Said("; ")] if told else []
            # Where no dose is reported at all, one remark is enough.
            each = len(undosed) < len(clauses)
            told += listed([self._drug(row, each) for row in clauses])
            told += [Said(f" {_are([Said(label_in_sentence(row.PARAM)) for row in clauses])} given")]
            told += [] if each else [Said(f" (dose{'s' if len(clauses) > 1 else ''} not reported)")]
        return told

    def _drug(self, row, each: bool) -> Passage:
        route = row.route if row.route in _ROUTES else ""
        frequency = re.sub(r"(\d+) wk", r"\1 weeks", row.frequency)
        name = label_in_sentence(row.PARAM)
        route = "" if name.startswith(route) else route
        # Where others of the kind are recorded, one is not the only one.
        only = self.counts[row.code] == 1
        single = ("a single dose of" if only else "one dose of") if frequency == "once" else ""
        words = [single, route, name, typeset(dose_words(row)), "" if single else frequency]
        words = " ".join(filter(None, words))
        inside = [row.route if row.route not in _ROUTES else ""]
        inside += [times_words(row).replace("times", "doses") if row.count not in ("", "1") else ""]
        inside += _printed(row) if not row.dose else []
        inside += ["dose not reported" if each and not row.dose and not row.count else ""]
        inside += [self._end(row) if row.end != STOPPED or not _printed(row) else ""]
        remark = "; ".join(filter(None, inside))
        return (Said(f"{words} ({remark})" if remark else words, lines=(row.line,)),)

    def _end(self, row) -> str:
        """When a course ended; blank where its end is told elsewhere, by an event or a phase, or not at all."""
        if row.end in ("ongoing", row.start) or not row.end:
            return row.end if row.end == "ongoing" else ""
        if row.end == STOPPED:
            return "stopped later"
        until = time_phrase(row._replace(start=row.end), self.zero)
        return until and f"until {re.sub('^(on|at) ', '', until)}"

    def _named(self, rows: pd.DataFrame) -> list[Passage]:
        """What was done or happened, each with its site, grade and number."""
        clauses = []
        for row in rows.itertuples():
            named = row.PARAM.lower()
            implied = row.LOC in named or any(part in named for part in _OF_SITE.get(row.LOC, ()))
            site = row.LOC if row.kind != "statement" and not implied else ""
            inside = [site, row.grade and f"grade {row.grade}"]
            inside += [times_words(row) if row.count not in ("", "1") else "", *_printed(row)]
            remark, name = "; ".join(filter(None, inside)), noun_of(label_in_sentence(row.PARAM))
            clauses.append((Said(f"{name} ({remark})" if remark else name, lines=(row.line,)),))
        return clauses


def _are(names: Sequence[Said]) -> str:
    """The verb of what is listed, by its number.

    Examples
    --------
    >>> _are([Said("myocarditis")]), _are([Said("cryoglobulins")]), _are([Said("rash"), Said(" and "), Said("fever")])
    ('was', 'were', 'were')
    """
    head = names[0].text.split(" (")[0].split(" of ")[0]
    return "were" if len(names) > 1 or re.search(r"[^siu]s$", head) else "was"


def _is_there(row) -> bool:
    return row["STATE"] == "present" or _is_grade(row)


def _is_grade(row) -> bool:
    """Whether a value is a word, such as a grade of size."""
    return bool(row["value"]) and not re.search(r"\d", row["AVALC"])


def _plain(value: str) -> str:
    return re.sub(r"^~", "about ", value)


def _printed(row) -> list[str]:
    """What the source prints, in quotation marks."""
    printed = printed_words(row, _LONGEST).strip("'")
    return [f"‘{printed}’"] if printed else []


def _state_words(row, tested: bool) -> str:
    state = row["STATE"]
    if tested and state in RESULTS:
        return f"was {RESULTS[state]}"
    if state == "absent" and row["BASECALO"] > 0:
        resolved = re.search(r"resol|reabsor", f"{row['note']} {row['quote']}")
        return "had resolved" if resolved else "was no longer found"
    if state in _CHANGED:
        return _CHANGED[state]
    return f"was {_GONE.get(state, state)}"
