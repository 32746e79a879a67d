"""The one reading edge: a case folder in, a checked case out, or one error that lists every fault."""

import difflib
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from .about import read_about
from .analysis import derive_analysis
from .baseline import BaselineError, check_baseline_rule, derive_ablfl
from .bounds import Bounds, parse_date
from .faults import Fault, TimelineError
from .schema import CASE_ID, check_facts, check_header
from .tables import decode, read_comparators, read_measures, read_rules, read_table
from .vocabulary import COLUMN_NAMES


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
    notes: tuple[str, ...]
    sha256: str


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
    places = {
        "measures": data / "measures.csv",
        "rules": data / "rules.csv",
        "comparators": data / "comparators.csv",
        "about": folder / "case.yaml",
        "timeline": folder / "timeline.csv",
    }
    names = {key: path.relative_to(data).as_posix() for key, path in places.items()}
    faults: list[Fault] = []
    raw = {key: _collect(faults, _read_bytes, path, names[key]) for key, path in places.items()}
    texts = {key: _collect(faults, decode, raw[key], names[key]) for key in places}
    measures, rules, comparators = (
        _collect(faults, read, texts[key], names[key])
        for key, read in (("measures", read_measures), ("rules", read_rules), ("comparators", read_comparators))
    )
    if measures is None:
        raise TimelineError(faults)
    about = _collect(faults, read_about, texts["about"], names["about"], case_id, measures)
    facts = _collect(faults, _read_rows, texts["timeline"], names["timeline"])
    zero = None
    if facts is not None:
        if about is not None:
            about, zero = _time_zero(about, facts)
        faults += check_facts(facts, measures, names["timeline"], case_id, _published(about), zero)
    if facts is None or about is None:
        raise TimelineError(faults)
    analysis = about.get("analysis", {})
    rule = baseline_rule or analysis.get("baseline", "last_before")
    ref = reference or analysis.get("reference", "")
    faults += _check_analysis(rule, ref, facts, names["about"])
    if faults:
        raise TimelineError(faults)
    notes = tuple(_notes(facts, measures, about, names["timeline"]))
    facts = derive_analysis(facts[["line", *COLUMN_NAMES]], measures, zero)
    try:
        derive_ablfl(facts, rule, ref)
    except BaselineError as error:
        raise TimelineError(
            [Fault(names["timeline"], error.line, "value", rule, f"one baseline a series, but {error}")]
        ) from None
    return Case(
        case_id=case_id,
        about=about,
        facts=facts,
        measures=measures,
        rules=rules,
        comparators=comparators,
        baseline_rule=rule,
        reference=ref,
        notes=notes,
        sha256=_digest({names[key]: content for key, content in raw.items()}),
    )


def list_cases(data_dir: str | Path) -> list[str]:
    """Ids of the cases of a data folder, in order."""
    folders = (path.parent.name for path in Path(data_dir).glob("*/timeline.csv"))
    return sorted(name for name in folders if CASE_ID.fullmatch(name))


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


def _read_bytes(path: Path, name: str) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise TimelineError([Fault(name, None, None, error.strerror or "no file", "a file that can be read")]) from None


def _published(about: dict | None) -> dict[str, bool] | None:
    """The sources that a case declares, each with whether it is a publication."""
    sources = (about or {}).get("sources") or None
    return sources and {s["id"]: bool(s.get("doi") or s.get("pmid") or s.get("url")) for s in sources}


def _read_rows(text: str, file: str) -> pd.DataFrame:
    header, rows = read_table(text, file)
    faults = check_header(header, file)
    if faults:
        raise TimelineError(faults)
    if not rows:
        raise TimelineError([Fault(file, 2, None, "", "at least one row")])
    facts = pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)
    absent = {name: "" for name in COLUMN_NAMES if name not in header}
    facts = facts.assign(**absent).astype(str)
    facts.insert(0, "line", [line for line, _ in rows])
    return facts


def _notes(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, file: str) -> Iterator[str]:
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    for name in facts.columns.difference(["line", *COLUMN_NAMES], sort=False):
        yield f"{file}: column '{name}' is not in the data dictionary and is not used"
    for code in sorted(set(facts["code"]) - set(measures.index)):
        yield f"{file}: code '{code}' is not in measures.csv; it is shown under its own name"
    units = facts["code"].map(measures["units"])
    for row in facts[facts["value"].ne("") & facts["unit"].eq("")].itertuples():
        if units[row.Index] and "" not in units[row.Index] and row.value not in measures["grades"][row.code]:
            yield f"{file}, line {row.line}: no unit; the value is not compared with values that have one"
    for phase in sorted(set(facts["phase"]) - {""} - set(about.get("phases", facts["phase"])), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def _check_analysis(rule: str, reference: str, facts: pd.DataFrame, file: str) -> list[Fault]:
    faults = []
    wrong = check_baseline_rule(rule)
    named = rule.removeprefix("phase=")
    if wrong:
        faults.append(Fault(file, None, "baseline_rule", rule, wrong))
    elif rule.startswith("phase=") and named not in set(facts["phase"]):
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


def _time_zero(about: dict, facts: pd.DataFrame) -> tuple[dict, Bounds | None]:
    """The date of time zero, if case.yaml gives one; else the earliest date, if times are told by dates alone."""
    date = about.get("time_zero", {}).get("date", "")
    if date:
        return about, parse_date(date)
    starts = facts.loc[facts["start"].ne(""), "start"]
    try:
        dates = {text: parse_date(text) for text in starts}
    except ValueError:
        return about, None
    if len(dates) < 2:
        return about, None
    first = min(dates, key=lambda text: dates[text])
    chosen = {"label": f"{first}, the earliest date", "chosen": first}
    return {**about, "time_zero": chosen}, Bounds(dates[first].low, dates[first].low)
