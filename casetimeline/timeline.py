"""The one reading edge: a case folder in, a checked case out, or one error that lists every fault."""

import difflib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from .about import read_about
from .analysis import contradicted_phases, derive_analysis
from .baseline import BaselineError, check_baseline_rule, derive_ablfl
from .dialect import read_facts
from .faults import Fault, TimelineError
from .ranges import parsed
from .schema import NO_ZEROS, check_facts, repeated_facts
from .tables import decode, read_comparators, read_measures, read_rules
from .times import are_dates, parse_date
from .vocabulary import CASE_ID, COLUMN_NAMES, folder_of_tables, list_cases


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
        The vocabulary, the cited rules, and the published arms.
    baseline_rule, reference : str
        How the baseline is chosen, and the treatment it refers to.
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
    baseline_rule: str
    reference: str
    cva: float
    notes: tuple[str, ...]
    sha256: str


# The texts of one case are few: pandas handles them faster one by one than as columns of Arrow.
@pd.option_context("mode.string_storage", "python")
def read_case(data_dir: str | Path, case_id: str, baseline_rule: str = "", reference: str = "") -> Case:
    """Read and check one case.

    Parameters
    ----------
    data_dir : path
        The folder that holds measures.csv, rules.csv, comparators.csv and one folder a case.
    case_id : str
        The case; also the name of its folder, and the id on each of its rows.
    baseline_rule, reference : str
        Override what case.yaml says; blank leaves it as it is.

    Raises
    ------
    TimelineError
        With every fault of the files by file, line and column.
    """
    data = Path(data_dir)
    if not isinstance(case_id, str) or not CASE_ID.fullmatch(case_id):
        raise TimelineError([Fault("case_id", None, None, str(case_id), "letters, digits, '.', '_' or '-'")])
    folder = data / case_id
    if not folder.is_dir():
        there = ", ".join(list_cases(data)) or "no case"
        raise TimelineError([Fault(data.name, None, None, case_id, f"a case of this folder: {there}")])
    about_name, name = f"{case_id}/case.yaml", f"{case_id}/timeline.csv"
    faults: list[Fault] = []
    vocabulary = read_vocabulary(data, faults)
    raw_about = _collect(faults, read_bytes, folder / "case.yaml", about_name)
    raw = _collect(faults, read_bytes, folder / "timeline.csv", name)
    read = _collect(faults, read_facts, raw, name)
    measures = vocabulary.measures
    if measures is None:
        raise TimelineError(faults)
    text = _collect(faults, decode, raw_about, about_name)
    known = () if vocabulary.rules is None else tuple(vocabulary.rules["rule"])
    about = _collect(faults, read_about, text, about_name, case_id, measures, known)
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
    if faults:
        raise TimelineError(faults)
    notes = [*vocabulary.notes, *notes, *notes_of(facts, measures, about, name)]
    facts = derive_analysis(facts[["line", *COLUMN_NAMES]], measures, zeros)
    notes += contradiction_notes(facts, name)
    check_baseline(facts, rule, ref, name)
    return Case(
        case_id=case_id,
        about=about,
        facts=facts,
        measures=measures,
        rules=vocabulary.rules,
        comparators=vocabulary.comparators,
        baseline_rule=rule,
        reference=ref,
        cva=float(analysis.get("cva") or "nan"),
        notes=tuple(notes),
        sha256=_digest({**vocabulary.contents, about_name: raw_about, name: raw}),
    )


class Vocabulary(NamedTuple):
    """The tables that all cases share, and the content of their files by name."""

    measures: pd.DataFrame
    rules: pd.DataFrame
    comparators: pd.DataFrame
    contents: dict[str, bytes]
    notes: tuple[str, ...]


def read_vocabulary(data: Path, faults: list[Fault]) -> Vocabulary:
    """measures.csv, rules.csv and comparators.csv of a data folder; their faults join the others.

    Where the folder has no measures.csv, those of the folder above, of `data` in the working folder, or of the
    project that the package stands in are read, and a note says so. A table with a fault is missing.
    """
    folder = folder_of_tables(data)
    contents, tables = {}, []
    for name, read in (("measures", read_measures), ("rules", read_rules), ("comparators", read_comparators)):
        file = f"{name}.csv"
        contents[file] = _collect(faults, read_bytes, folder / file, file)
        text = _collect(faults, decode, contents[file], file)
        tables.append(_collect(faults, read, text, file))
    notes = () if folder == data else ("there is no measures.csv beside it; that of the project is used",)
    return Vocabulary(*tables, contents, notes)


def _collect(faults: list[Fault], read: Callable, *arguments):
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


def read_bytes(path: Path, name: str) -> bytes:
    """The content of a file, or one fault that names it."""
    if path.exists() and not path.is_file():
        raise TimelineError([Fault(name, None, None, "no regular file", "a file that can be read")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise TimelineError([Fault(name, None, None, error.strerror or "no file", "a file that can be read")]) from None


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
    shown = ", ".join(cases if len(cases) <= 4 else [*cases[:3], f"{len(cases) - 3} more"])
    return [f"{file}: the phases contradict the times, and the times order the facts: {shown}"] if cases else []


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        shown = lines if len(lines) <= 4 else [*lines[:3], f"{len(lines) - 3} more"]
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {', '.join(shown)}: {sentence}"


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
