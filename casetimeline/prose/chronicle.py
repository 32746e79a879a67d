"""What was found, given and told of a case, moment by moment and in the past tense, for a manuscript."""

import re
from collections.abc import Iterator, Sequence

import pandas as pd

from ..derive import derive_exposure
from ..rules import Analysis
from ..vocabulary import OPEN_STATES, STOPPED, UNIT_UNKNOWN
from .passage import Passage, Said, known_phase, listed, phase_phrase, sentence, time_phrase, typeset
from .words import dose_words, in_a_sentence, printed_words, times_words, turn_words

# Routes that stand before the name of a drug.
_ROUTES = ("intravenous", "oral", "subcutaneous", "intramuscular", "intrathecal", "topical", "inhaled")
_GONE = {"absent": "absent", "normal": "normal", "raised": "raised", "low": "low", "unchanged": "unchanged"}
_CHANGED = {"increased": "had increased", "decreased": "had decreased", "improved": "had improved"}
_CHANGED |= {"worsened": "had worsened", "recurred": "had recurred", "residual": "was still there, less than before"}
# The last word of what happened, and the noun in its place.
_NOUNS = {
    "improved": "improved {}",
    "stopped": "withdrawal of {}",
    "discontinued": "withdrawal of {}",
    "suspended": "suspension of {}",
    "worsened": "worse {}",
    "resolved": "resolution of {}",
    "persisted": "persistent {}",
    "advised": "advice of {}",
    "normal": "normal {}",
    "effective": "effective {}",
    "ineffective": "ineffective {}",
}
_SAID = {
    "responded well": "that the patient responded well",
    "well controlled": "good control",
    "walks without support": "walking without support",
    "asymptomatic": "no symptoms",
    "mostly free of symptoms": "hardly any symptoms",
    "dialysis independent": "independence of dialysis",
    "fenestration temporarily effective": "a temporary effect of fenestration",
}
_OPEN = {"unknown": "uncertain", "not_assessed": "not assessed", "not_reported": "not reported"}
# What stands before rows that are no finding, treatment or procedure.
_REPORTS = "the source reports "
_TOLD = {"the adverse event was ": ("adverse_event",), _REPORTS: ("event", "statement")}


def course_passages(analysis: Analysis) -> list[Passage]:
    """The course of a case, one passage for each moment in the order of telling.

    A value stands as recorded with its unit, and a measure by its name and abbreviation when it is first told. What an
    event or a statement says is the source's word.
    """
    return [tuple(passage) for passage in _Chronicle(analysis).passages()]


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

    def passages(self) -> Iterator[list[Said]]:
        """A sentence for each moment, in the order of telling."""
        facts = self.case.facts.sort_values("ORDER", kind="stable")
        facts = facts.assign(told_at=[time_phrase(row, self.zero) for row in facts.itertuples()])
        for _, moment in facts.groupby(["ORDER", "told_at"], sort=False):
            when = self._when(moment)
            told = [clause for clause in self._clauses(moment, when) if clause]
            if not told:
                continue
            works = tuple(dict.fromkeys(moment["source"]))
            reported = len(told) == 1 and told[0][0].text == _REPORTS
            if when and reported and not when.endswith(": "):
                told[0] += [Said(f" {when}")]
                when = ""
            between = "" if when.endswith(": ") else ", "
            opening = [Said(f"{when}{between}")] if when else []
            joined: list[Said] = []
            for number, clause in enumerate(told):
                joined += ([Said("; ")] if number else []) + list(clause)
            yield sentence([*opening, *joined], works)

    def _when(self, moment: pd.DataFrame) -> str:
        """When the facts of a moment were: by a time, by a phase that is one, or before the reference treatment."""
        if time := moment["told_at"].iloc[0]:
            return time
        name = str(self.phases.get(known_phase(moment.iloc[0]), ""))
        if words := phase_phrase(name):
            return words
        reference = self.case.reference
        first = moment["ORDER"].iloc[0] == self.case.facts["ORDER"].min()
        given = self.case.facts.loc[self.case.facts["code"] == reference, "ORDER"] if reference else []
        found = moment["kind"].isin(["observation", "adverse_event"]).any()
        if found and first and len(given) and moment["ORDER"].iloc[0] < min(given):
            return f"before {label_in_sentence(self.case.facts.loc[given.index[0], 'PARAM'])}"
        # What is given needs no time; what was found does.
        return f"{in_a_sentence(name)}: " if found and name else ""

    def _clauses(self, moment: pd.DataFrame, when: str) -> Iterator[list[Said]]:
        yield self._found(moment[moment["kind"] == "observation"])
        yield self._given(moment[moment["kind"] == "treatment"])
        # A moment that is named for what was done or happened tells that.
        done = self._untold(moment, ("procedure",), when)
        yield [*listed(done), Said(f" {_are(listed(done))} done")] if done else []
        for words, kinds in _TOLD.items():
            named = self._untold(moment, kinds, when)
            several = kinds == ("adverse_event",) and len(named) > 1
            yield [Said("adverse events were " if several else words), *listed(named)] if named else []

    def _untold(self, moment: pd.DataFrame, kinds: tuple[str, ...], when: str) -> list[Passage]:
        """What was done or happened, but for what the moment is named for."""
        named = self._named(moment[moment["kind"].isin(kinds)])
        return [name for name in named if not re.fullmatch(rf"(at .*)?{re.escape(name[0].text)}(: )?", when)]

    def _found(self, rows: pd.DataFrame) -> list[Said]:
        """Values, then what was there, then what was not, then what is not known."""
        records = [self.changes.loc[line] for line in rows["line"]]
        values = [row for row in records if row["STATE"] == "value" and not _is_grade(row)]
        there = [row for row in records if row["STATE"] in ("present",) or _is_grade(row)]
        others = [
            row for row in records if row["STATE"] not in ("value", "present", *OPEN_STATES) and not _is_grade(row)
        ]
        open_ = [row for row in records if row["STATE"] in OPEN_STATES]
        told: list[Said] = []
        if values:
            told += [Said("the ")] if self.case.measure(values[0]["PARAMCD"])["label"].endswith("score") else []
            told += listed([self._value(row, first=not number) for number, row in enumerate(values)])
        if there:
            names = listed([self._finding(row) for row in there])
            found = Said(f" {_are(names)} found")
            told += [Said(", with "), *names] if values else [*names, found]
        for words, group in _by_words(others):
            told += [Said("; ")] if told else []
            names = listed([(Said(self._name(row), lines=(row.name,)),) for row in group])
            verb = re.sub("^was", _are(names), words)
            told += [*names, Said(f" {verb}")]
        for state in OPEN_STATES:
            group = [row for row in open_ if row["STATE"] == state]
            if group:
                told += [Said("; ")] if told else []
                names = listed([(Said(self._name(row), lines=(row.name,)),) for row in group])
                told += [*names, Said(f" {_are(names)} {_OPEN[state]}")]
        return told

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
        name, told = self._name(row), self._method(row)
        if _is_grade(row):
            name = f"{row['AVALC'].replace('..', ' to ')} {name}"
            return (Said(f"{name} ({told[0]})" if told else name, lines=(row.name,)),)
        printed = printed_words(row).strip("'")
        told += [f"‘{printed}’ in the source"] if printed else []
        told += ["size not reported"] if "size not reported" in row["note"] else []
        return (Said(f"{name} ({'; '.join(told)})" if told else name, lines=(row.name,)),)

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
        single = "a single dose of" if frequency == "once" else ""
        words = [single, route, name, typeset(dose_words(row)), "" if single else frequency]
        words = " ".join(filter(None, words))
        inside = [row.route if row.route not in _ROUTES else ""]
        inside += [times_words(row).replace("times", "doses") if row.count not in ("", "1") else ""]
        inside += ["dose not reported" if each and not row.dose and not row.count else ""]
        inside += [self._end(row)]
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
            site = row.LOC if row.kind != "statement" and row.LOC not in row.PARAM.lower() else ""
            inside = [site, row.grade and f"grade {row.grade}"]
            inside += [times_words(row) if row.count not in ("", "1") else ""]
            remark, name = "; ".join(filter(None, inside)), _noun(label_in_sentence(row.PARAM))
            clauses.append((Said(f"{name} ({remark})" if remark else name, lines=(row.line,)),))
        return clauses


# What a label says after a comma, and how it stands in a sentence.
_QUALITIES = ("total", "ionised", "arterial", "intravenous")
_PROPER = ("Bence", "Raynaud", "Mayo", "Guillain-Barre", "Still's", "Crohn's")
_WORDS = {"ra": "RA", "lv": "LV", "covid19": "COVID-19", "mrna": "mRNA", "stools a day": "stool frequency"}


def label_in_sentence(label: str) -> str:
    """A label as it stands in a sentence.

    Examples
    --------
    >>> [label_in_sentence(label) for label in ("Calcium, total", "Troponin T, high sensitivity")]
    ['total calcium', 'high-sensitivity troponin T']
    >>> label_in_sentence("Renal function, test not named"), label_in_sentence("Rheumatoid factor, present or absent")
    ('renal function (test not named)', 'rheumatoid factor')
    >>> label_in_sentence("Raynaud phenomenon"), label_in_sentence("Ra diagnosis")
    ('Raynaud phenomenon', 'RA diagnosis')
    """
    thing, _, quality = label.partition(", ")
    plain = thing if thing.split(" ")[0] in _PROPER else in_a_sentence(thing)
    plain = _WORDS.get(plain) or " ".join(_WORDS.get(word, word) for word in plain.split(" "))
    if quality in _QUALITIES:
        return f"{quality} {plain}"
    if quality == "high sensitivity":
        return f"high-sensitivity {plain}"
    return f"{plain} ({quality})" if quality and quality != "present or absent" else plain


def is_acronym(short: str) -> bool:
    """Whether an abbreviation is made of capitals, and no shortened word.

    Examples
    --------
    >>> [is_acronym(short) for short in ("mRSS", "CK", "Effusion", "HCV RNA")]
    [True, True, False, False]
    """
    return bool(re.fullmatch(r"[A-Za-z\d-]*[A-Z][A-Za-z\d-]*[A-Z][A-Za-z\d-]*", short))


def _are(names: Sequence[Said]) -> str:
    """The verb of what is listed, by its number.

    Examples
    --------
    >>> _are([Said("myocarditis")]), _are([Said("cryoglobulins")]), _are([Said("rash"), Said(" and "), Said("fever")])
    ('was', 'were', 'were')
    """
    head = names[0].text.split(" (")[0]
    return "were" if len(names) > 1 or re.search(r"[^siu]s$", head) else "was"


def _noun(label: str) -> str:
    """What happened as a noun.

    Examples
    --------
    >>> [_noun(label) for label in ("skin softening", "functional status improved", "statin stopped")]
    ['skin softening', 'improved functional status', 'withdrawal of statin']
    """
    if label in _SAID:
        return _SAID[label]
    thing, _, verb = label.removesuffix(" reported").rpartition(" ")
    return _NOUNS[verb].format(thing) if thing and verb in _NOUNS else label.removesuffix(" reported")


def _is_grade(row) -> bool:
    """Whether a value is a word, such as a grade of size."""
    return bool(row["value"]) and not re.search(r"\d", row["AVALC"])


def _plain(value: str) -> str:
    return re.sub(r"^~", "about ", value)


def _by_words(rows: Sequence) -> Iterator[tuple[str, list]]:
    """Findings that are not simply there, together where the same is said of them."""
    groups: dict[str, list] = {}
    for row in rows:
        groups.setdefault(_state_words(row), []).append(row)
    yield from groups.items()


def _state_words(row) -> str:
    state = row["STATE"]
    if state == "absent" and row["BASECALO"] > 0:
        resolved = re.search(r"resol|reabsor", f"{row['note']} {row['quote']}")
        return "had resolved" if resolved else "was no longer found"
    if state in _CHANGED:
        return _CHANGED[state]
    return f"was {_GONE.get(state, state)}"
