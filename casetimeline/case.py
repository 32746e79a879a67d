"""A checked case, made from the content of its two files and of the tables that all cases share; pure."""

import difflib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import NamedTuple

import pandas as pd

from .about import read_about
from .analysis import contradicted_phases, derive_analysis
from .baseline import BaselineError, check_baseline_rule, derive_ablfl
from .choices import axis_obstacles, check_axis, choose_rules, selection_words
from .dialect import read_facts
from .faults import Fault, TimelineError, first_few
from .ranges import parsed
from .schema import NO_ZEROS, check_facts, repeated_facts
from .tables import decode
from .times import are_dates, parse_date
from .vocabulary import COLUMN_NAMES, words_of


@dataclass(frozen=True)
class Case:
    """A checked case.

    Attributes
    ----------
    case_id : str
    about : dict
        case.yaml as read; every scalar is text.
    facts : DataFrame
        One row a fact, in the order of the file: the recorded columns (lower_snake), `line`, and the analysis
        columns PARAMCD, PARAM, LOC, AVAL, AVALLO, AVALHI, AVALU, AVALC, AVALCALO, AVALCAHI, ANRLO, ANRHI,
        STATE, DAYLO, DAYHI, ORDER.
    measures, rules, comparators : DataFrame
        The vocabulary, the cited rules that were asked for, and the published arms.
    catalogue : DataFrame
        Every rule of rules.csv, asked for or not: none but `rules` is evaluated.
    baseline_rule, reference : str
        How the baseline is chosen, and the treatment it refers to.
    axis : str
        The axis that was asked for, one of `vocabulary.AXES`.
    rule_set : str
        The names and kinds of rules that were asked for, joined by commas; blank where all are evaluated.
    cva : float
        Analytical coefficient of variation of the laboratory in percent; nan where it is not reported.
    notes : tuple of str
        What the reader should know of the reading: nothing is dropped in silence.
    sha256 : str
        Digest of every input file.
    """

    case_id: str
    about: dict
    facts: pd.DataFrame
    measures: pd.DataFrame
    rules: pd.DataFrame
    comparators: pd.DataFrame
    catalogue: pd.DataFrame
    baseline_rule: str
    reference: str
    axis: str
    rule_set: str
    cva: float
    notes: tuple[str, ...]
    sha256: str

    @property
    def selection(self) -> str:
        """That some rules were asked for and others not evaluated, as a sentence; blank where none was asked for."""
        return selection_words(self.rule_set, len(self.rules), len(self.catalogue))


def axes_of(case: Case) -> dict[str, str]:
    """For each axis of `vocabulary.AXES` why the case cannot have it; blank where it can."""
    obstacles = axis_obstacles(case.facts, case.reference)
    return {axis: obstacle.reason if obstacle else "" for axis, obstacle in obstacles.items()}


class Vocabulary(NamedTuple):
    """The tables that all cases share, and the content of their files by name."""

    measures: pd.DataFrame
    rules: pd.DataFrame
    comparators: pd.DataFrame
    contents: dict[str, bytes]
    notes: tuple[str, ...]


class Recorded(NamedTuple):
    """The content of case.yaml and of timeline.csv; nothing where a file could not be read."""

    about: bytes | None
    timeline: bytes | None


# The texts of one case are few: pandas handles them faster one by one than as columns of Arrow.
@pd.option_context("mode.string_storage", "python")
def interpret_case(
    case_id: str,
    recorded: Recorded,
    vocabulary: Vocabulary,
    baseline_rule: str = "",
    reference: str = "",
    axis: str = "",
    rules: str = "",
    faults: tuple[Fault, ...] = (),
) -> Case:
    """Check the content of a case and derive what its analysis works on.

    Parameters
    ----------
    case_id : str
        The id that case.yaml and each row must bear.
    recorded : Recorded
        What its two files hold.
    vocabulary : Vocabulary
        From `read_vocabulary`.
    baseline_rule, reference : str
        Override what case.yaml says; blank leaves it as it is.
    axis, rules : str
        As for `read_case`.
    faults : tuple of Fault
        What is known to be wrong already.

    Raises
    ------
    TimelineError
        With every fault by file, line and column.
    """
    about_name, name = f"{case_id}/case.yaml", f"{case_id}/timeline.csv"
    faults = list(faults)
    read = collect(faults, read_facts, recorded.timeline, name)
    measures = vocabulary.measures
    if measures is None:
        raise TimelineError(faults)
    text = collect(faults, decode, recorded.about, about_name)
    known = () if vocabulary.rules is None else tuple(vocabulary.rules["rule"])
    about = collect(faults, read_about, text, about_name, case_id, measures, known)
    zeros = NO_ZEROS
    if read is not None:
        facts, notes = read
        if about is not None:
            about, zeros = _time_zero(about, facts)
        faults += check_facts(facts, measures, name, case_id, _published(about), zeros)
    if read is None or about is None:
        raise TimelineError(faults)
    analysis = about.get("analysis", {})
    rule = baseline_rule or analysis.get("baseline") or "last_before"
    ref = reference or analysis.get("reference", "")
    faults += check_plan(rule, ref, facts, about_name)
    chosen, rule_set = collect(faults, choose_rules, vocabulary.rules, rules), ",".join(words_of(rules))
    if faults:
        raise TimelineError(faults)
    notes = [*vocabulary.notes, *notes, *notes_of(facts, measures, about, name)]
    facts = derive_analysis(facts[["line", *COLUMN_NAMES]], measures, zeros)
    notes += contradiction_notes(facts, name)
    if rule_set:
        notes.append(selection_words(rule_set, len(chosen), len(vocabulary.rules)).removesuffix("."))
    check_baseline(facts, rule, ref, name)
    check_axis(axis, facts, ref, about_name, name)
    return Case(
        case_id=case_id,
        about=about,
        facts=facts,
        measures=measures,
        rules=chosen,
        comparators=vocabulary.comparators,
        catalogue=vocabulary.rules,
        baseline_rule=rule,
        reference=ref,
        axis=axis,
        rule_set=rule_set,
        cva=float(analysis.get("cva") or "nan"),
        notes=tuple(notes),
        sha256=_digest({**vocabulary.contents, about_name: recorded.about, name: recorded.timeline}),
    )


def collect(faults: list[Fault], read: Callable, *arguments):
    """What a reader returns; nothing if it finds faults, which join the others, or if what it reads is missing."""
    if any(argument is None for argument in arguments):
        return None
    try:
        return read(*arguments)
    except TimelineError as error:
        faults += error.faults
        return None


def _digest(contents: dict[str, bytes]) -> str:
    whole = hashlib.sha256()
    for name in sorted(contents):
        whole.update(f"{name}\0{hashlib.sha256(contents[name]).hexdigest()}\n".encode())
    return whole.hexdigest()


def _published(about: dict | None) -> dict[str, bool] | None:
    """The sources that a case declares, each with whether it is a publication."""
    sources = (about or {}).get("sources") or None
    return sources and {s["id"]: bool(s.get("doi") or s.get("pmid") or s.get("url")) for s in sources}


def notes_of(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, file: str) -> Iterator[str]:
    """What a reader should know of checked facts, one sentence each."""
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    for name in facts.columns.difference(["line", *COLUMN_NAMES], sort=False):
        yield f"{file}: column '{name.strip()}' is not in the data dictionary and is not used"
    for code in sorted(set(facts["code"].unique()) - set(measures.index)):
        yield f"{file}: code '{code}' is not in measures.csv; it is shown under its own name"
    units = facts["code"].map(measures["units"])
    bare = facts[(facts["kind"] == "observation") & facts["value"].ne("") & facts["unit"].eq("")]
    lines = [
        str(row.line)
        for row in bare.itertuples()
        if units[row.Index] and "" not in units[row.Index] and row.value not in measures["grades"][row.code]
    ]
    yield from _on_lines(file, lines, "no unit; the value is not compared with values that have one")
    again = [str(line) for line, _ in repeated_facts(facts)]
    yield from _on_lines(file, again, "says again what an earlier line says of the same moment")
    phases = set(facts["phase"].unique()) - {""}
    for phase in sorted(phases - set(about.get("phases", phases)), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def contradiction_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """A sentence on the cases whose phases contradict their times."""
    cases = sorted(set(facts.loc[contradicted_phases(facts), "case_id"]))
    told = f"{file}: the phases contradict the times, and the times order the facts: {first_few(cases)}"
    return [told] if cases else []


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: {sentence}"


def check_plan(rule: str, reference: str, facts: pd.DataFrame, file: str) -> list[Fault]:
    """Faults of a baseline rule and a reference that the facts cannot serve."""
    faults = []
    wrong = check_baseline_rule(rule) if rule else ""
    named = rule.removeprefix("phase=")
    if wrong:
        faults.append(Fault(file, None, "baseline_rule", rule, wrong))
    elif rule.startswith("phase=") and named not in set(facts["phase"].unique()):
        faults.append(Fault(file, None, "baseline_rule", rule, "a phase of the timeline"))
    starters = facts.loc[facts["kind"] != "observation", "code"].unique()
    if reference and reference not in starters:
        near = difflib.get_close_matches(reference, starters, n=1)
        lines = facts.loc[facts["code"].isin(near), "line"]
        known = f"; line {lines.iloc[0]} has '{near[0]}'" if near else f": {', '.join(starters) or 'there is none'}"
        faults.append(Fault(file, None, "reference", reference, f"a treatment or event of the timeline{known}"))
    if not reference and rule in ("last_before", "worst_before"):
        faults.append(Fault(file, None, "reference", "", f"the treatment that '{rule}' refers to"))
    return faults


def check_baseline(facts: pd.DataFrame, rule: str, reference: str, file: str) -> None:
    """Raise a TimelineError if two records of one series could be the baseline."""
    try:
        derive_ablfl(facts, rule, reference)
    except BaselineError as error:
        raise TimelineError([Fault(file, error.line, "value", rule, f"one baseline a series, but {error}")]) from None


def _time_zero(about: dict, facts: pd.DataFrame) -> tuple[dict, pd.DataFrame]:
    """The date of time zero, if case.yaml gives one; else the earliest date, if times are told by dates alone."""
    date = about.get("time_zero", {}).get("date", "")
    if date:
        low, high, *_ = parse_date(date)
        return about, pd.DataFrame({"low": low, "high": high}, index=[about["case_id"]])
    zeros = zeros_of_dates(facts)
    if not len(zeros):
        return about, zeros
    days, _ = parsed(facts["start"].where(are_dates(facts["start"]), ""), parse_date)
    first = facts.loc[days.dropna().sort_values(["low", "high"]).index[0], "start"]
    return {**about, "time_zero": {"label": f"{first}, the earliest date", "chosen": first}}, zeros


def zeros_of_dates(facts: pd.DataFrame) -> pd.DataFrame:
    """The day of the earliest date of each case that tells its times by dates alone.

    Returns
    -------
    DataFrame
        `low` and `high`, equal day numbers, indexed by case; without the cases that have a length of time, and those
        that have one date among facts without a time.
    """
    told = facts[facts["start"].ne("")]
    dated = are_dates(told["start"]).groupby(told["case_id"]).all()
    different = told[["case_id", "start"]].drop_duplicates().groupby("case_id").size()
    every = told.groupby("case_id").size() == facts.groupby("case_id").size().reindex(dated.index)
    several = (different > 1) | every
    told = told[told["case_id"].isin(dated.index[dated & several])]
    days, _ = parsed(told["start"], parse_date)
    first = days["low"].groupby(told["case_id"]).min().dropna()
    return pd.DataFrame({"low": first, "high": first})
