"""The one reading edge: a case folder in, a checked case out, or one error that lists every fault."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from .analysis import derive_analysis
from .baseline import check_baseline_rule
from .bounds import Bounds, parse_date
from .schema import CASE_ID, Fault, TimelineError, check_facts, check_header
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
    paths = [data / "measures.csv", data / "rules.csv", data / "comparators.csv"]
    paths += [folder / "case.yaml", folder / "timeline.csv"]
    raw = {path: _read_bytes(path, data) for path in paths}
    names = {path: path.relative_to(data).as_posix() for path in paths}
    texts = {path: decode(raw[path], names[path]) for path in paths}
    measures, rules, comparators = (read(texts[path], names[path]) for read, path in zip(_TABLES, paths, strict=False))
    about = _read_about(texts[paths[3]], names[paths[3]], case_id)
    sources = {
        source["id"]: bool(source.get("doi") or source.get("url")) for source in about.get("sources") or []
    } or None
    facts, notes = _read_timeline(texts[paths[4]], names[paths[4]], case_id, measures, sources)
    analysis = about.get("analysis") or {}
    rule = baseline_rule or analysis.get("baseline", "last_before")
    ref = reference or analysis.get("reference", "")
    _check_analysis(rule, ref, facts, names[paths[3]])
    return Case(
        case_id=case_id,
        about=about,
        facts=derive_analysis(facts, measures, _time_zero(about)),
        measures=measures,
        rules=rules,
        comparators=comparators,
        baseline_rule=rule,
        reference=ref,
        notes=notes,
        sha256=_digest(raw, names),
    )


def list_cases(data_dir: str | Path) -> list[str]:
    """Ids of the cases of a data folder, in order."""
    return sorted(path.parent.name for path in Path(data_dir).glob("*/timeline.csv"))


def _digest(raw: dict[Path, bytes], names: dict[Path, str]) -> str:
    whole = hashlib.sha256()
    for path in sorted(raw, key=lambda path: names[path]):
        whole.update(f"{names[path]}\0{hashlib.sha256(raw[path]).hexdigest()}\n".encode())
    return whole.hexdigest()


def _read_bytes(path: Path, data: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        name = path.relative_to(data).as_posix()
        raise TimelineError([Fault(name, None, None, error.strerror or "no file", "a file that can be read")]) from None


_TABLES = (read_measures, read_rules, read_comparators)


def _read_about(text: str, file: str, case_id: str) -> dict:
    try:
        # BaseLoader leaves every scalar as text: `NO`, `0012` and `12:30` stay what they are.
        about = yaml.load(text, Loader=yaml.BaseLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = None if mark is None else mark.line + 1
        raise TimelineError([Fault(file, line, None, getattr(error, "problem", "") or "", "valid YAML")]) from None
    if not isinstance(about, dict):
        raise TimelineError([Fault(file, 1, None, str(about or ""), "a mapping that begins with case_id")])
    if about.get("case_id") != case_id:
        found = str(about.get("case_id", ""))
        raise TimelineError([Fault(file, None, "case_id", found, f"'{case_id}', the name of the folder")])
    return about


def _read_timeline(
    text: str, file: str, case_id: str, measures: pd.DataFrame, sources: dict[str, bool] | None
) -> tuple[pd.DataFrame, tuple[str, ...]]:
    header, rows = read_table(text, file)
    faults = check_header(header, file)
    if faults:
        raise TimelineError(faults)
    if not rows:
        raise TimelineError([Fault(file, 2, None, "", "at least one row")])
    facts = pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)
    strange = [name for name in header if name not in COLUMN_NAMES]
    facts = facts.reindex(columns=[*COLUMN_NAMES], fill_value="").astype(str)
    facts.insert(0, "line", [line for line, _ in rows])
    faults = check_facts(facts, measures, file, case_id, sources)
    if faults:
        raise TimelineError(faults)
    unlisted = sorted(set(facts["code"]) - set(measures.index))
    notes = [f"{file}: column '{name}' is not in the data dictionary and is not used" for name in strange]
    notes += [f"{file}: code '{code}' is not in measures.csv; it is shown under its own name" for code in unlisted]
    return facts, tuple(notes)


def _check_analysis(rule: str, reference: str, facts: pd.DataFrame, file: str) -> None:
    faults = []
    wrong = check_baseline_rule(rule)
    if wrong:
        faults.append(Fault(file, None, "baseline_rule", rule, wrong))
    starters = facts.loc[facts["kind"] != "observation", "code"].unique()
    if reference and reference not in starters:
        faults.append(Fault(file, None, "reference", reference, f"a treatment or event: {', '.join(starters)}"))
    if not reference and rule in ("last_before", "worst_before"):
        faults.append(Fault(file, None, "reference", "", f"the treatment that '{rule}' refers to"))
    if faults:
        raise TimelineError(faults)


def _time_zero(about: dict) -> Bounds | None:
    date = (about.get("time_zero") or {}).get("date", "")
    return parse_date(date) if date else None
