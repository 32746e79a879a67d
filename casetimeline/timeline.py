"""The one reading edge: a case folder in, a checked case out, or one error that lists every fault."""

import csv
import hashlib
import io
import math
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import yaml

from .baseline import check_baseline_rule
from .bounds import Bounds, parse_date, parse_time, parse_value
from .schema import CASE_ID, Fault, TimelineError, check_facts, check_header, extract_site
from .vocabulary import COLUMN_NAMES

_RULE_NUMBERS = ("sd", "base_min", "percent", "xuln")


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
    texts = {path: _decode(raw[path], names[path]) for path in paths}
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
        facts=_analysis_columns(facts, measures, _time_zero(about)),
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


def _decode(raw: bytes, file: str) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        found = raw[error.start : error.start + 1].hex()
        raise TimelineError([Fault(file, line, None, f"byte {found}", "text in UTF-8")]) from None


def _read_table(text: str, file: str) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """Header and rows of a comma-separated text, each row with the line on which it begins."""
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TimelineError([Fault(file, line, None, "a NUL character", "text")])
    csv.field_size_limit(2**31 - 1)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows, begins, ended = [], [], 0
    try:
        for row in reader:
            if any(cell.strip() for cell in row):
                rows.append([cell.strip() for cell in row])
                begins.append(ended + 1)
            ended = reader.line_num
    except csv.Error as error:
        raise TimelineError([Fault(file, ended + 1, None, str(error), "a comma-separated row")]) from None
    if not rows:
        raise TimelineError([Fault(file, 1, None, "", "a header and at least one row")])
    header = rows[0]
    ragged = [
        Fault(file, line, None, f"{len(row)} cells", f"{len(header)} cells, as in the header")
        for line, row in zip(begins[1:], rows[1:], strict=True)
        if len(row) != len(header)
    ]
    if ragged:
        raise TimelineError(ragged)
    return header, list(zip(begins[1:], rows[1:], strict=True))


def _read_frame(text: str, file: str) -> pd.DataFrame:
    header, rows = _read_table(text, file)
    return pd.DataFrame([cells for _, cells in rows], columns=header, dtype=str)


def _read_measures(text: str, file: str) -> pd.DataFrame:
    frame = _read_frame(text, file)
    frame["units"] = [
        {alias.replace("(blank)", ""): float(factor) for alias, factor in (u.split("=") for u in units.split("|") if u)}
        for units in frame["units"]
    ]
    frame["grades"] = [tuple(grade for grade in grades.split("|") if grade) for grades in frame["grades"]]
    frame["low"] = pd.to_numeric(frame["low"].replace("", "-inf"))
    frame["high"] = pd.to_numeric(frame["high"].replace("", "inf"))
    frame["whole"] = frame["whole"] == "yes"
    return frame.set_index("code")


def _read_rules(text: str, file: str) -> pd.DataFrame:
    frame = _read_frame(text, file)
    for column in _RULE_NUMBERS:
        frame[column] = pd.to_numeric(frame[column].replace("", None))
    return frame


def _read_comparators(text: str, file: str) -> pd.DataFrame:
    frame = _read_frame(text, file)
    numbers = ["n", "baseline_mean", "baseline_sd", "weeks", "change", "change_low", "change_high", "change_sd"]
    for column in numbers:
        frame[column] = pd.to_numeric(frame[column].replace("", None))
    return frame


_TABLES = (_read_measures, _read_rules, _read_comparators)


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
    header, rows = _read_table(text, file)
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


def _analysis_columns(facts: pd.DataFrame, measures: pd.DataFrame, zero: Bounds | None) -> pd.DataFrame:
    frame = facts.copy()
    frame["phase"] = pd.to_numeric(frame["phase"].replace("", None)).astype("Int64")
    listed = frame["code"].isin(measures.index)
    frame["PARAMCD"] = frame["code"]
    names = dict(measures["label"])
    frame["PARAM"] = [names.get(code, code.replace("_", " ").capitalize()) for code in frame["code"]]
    frame["LOC"] = extract_site(frame["note"])
    for column, values in _values(frame, measures, listed).items():
        frame[column] = values
    for side, column in (("start", "DAY"), ("end", "AEN")):
        known = [parse_time(t, zero) if t and t != "ongoing" else Bounds(math.nan, math.nan) for t in frame[side]]
        frame[f"{column}LO"] = [bounds.low for bounds in known]
        frame[f"{column}HI"] = [bounds.high for bounds in known]
    frame["ORDER"] = _order(frame)
    return frame


def _values(frame: pd.DataFrame, measures: pd.DataFrame, listed: pd.Series) -> dict[str, list]:
    """AVAL and its bounds in the measure's unit, the laboratory's limits, the grade, and the state of each row."""
    columns: dict[str, list] = {
        name: []
        for name in (["AVAL", "AVALLO", "AVALHI", "AVALU", "AVALC", "ANRLO", "ANRHI", "AVALCALO", "AVALCAHI", "STATE"])
    }
    for row, is_listed in zip(frame.itertuples(), listed, strict=True):
        measure = measures.loc[row.code] if is_listed and row.kind == "observation" else None
        value, low, high, unit = "", math.nan, math.nan, ""
        limits = (math.nan, math.nan)
        grade = (math.nan, math.nan)
        state = row.state
        if measure is not None:
            grades = measure["grades"]
            factor = measure["units"].get(row.unit, math.nan)
            if row.value in grades:
                grade = (grades.index(row.value),) * 2
                state = state or ("absent" if row.value == grades[0] else "present")
                value = row.value
            elif row.value:
                bounds = parse_value(row.value, measure["low"], measure["high"])
                # A number without a printed unit stays in that unknown unit and is never mixed with others.
                unit = measure["unit"] if math.isfinite(factor) else "unit not reported"
                scale = factor if math.isfinite(factor) else 1.0
                low, high = bounds.low * scale, bounds.high * scale
                value = f"{row.value} {row.unit}".strip() if row.unit else row.value
                state = state or "value"
                limits = tuple(
                    parse_value(text).low * scale if text else math.nan for text in (row.ref_low, row.ref_high)
                )
                if grades:
                    # A size is a finding; its grade depends on a scheme, which rules.csv names.
                    grade = (0, 0) if high == 0 else (1, len(grades) - 1) if low > 0 else (0, len(grades) - 1)
            elif grades and state in ("present", "absent"):
                grade = (0, 0) if state == "absent" else (1, len(grades) - 1)
        for name, cell in zip(
            columns,
            (
                low if low == high else math.nan,
                low,
                high,
                unit,
                value or state.replace("_", " "),
                *limits,
                *grade,
                state,
            ),
            strict=True,
        ):
            columns[name].append(cell)
    return columns


def _order(frame: pd.DataFrame) -> pd.Series:
    """Position in the telling: 1, 2, 3 ... by phase where every row has one, else by day."""
    middle = (frame["DAYLO"] + frame["DAYHI"]) / 2
    if frame["phase"].notna().all():
        key = frame["phase"].astype(float)
    else:
        # A phase without a day stands after the latest day of its own or an earlier phase.
        by_phase = frame.assign(middle=middle).groupby("phase")["middle"].max().sort_index().cummax()
        key = middle.fillna(frame["phase"].map(by_phase).astype(float)).fillna(-math.inf)
    return key.rank(method="dense").astype(int)
