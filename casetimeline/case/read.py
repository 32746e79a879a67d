"""The reading edge: a case, a folder of cases, or one file of many cases, read by one rule."""

import functools
from collections.abc import Iterator
from os import PathLike
from os.path import lexists
from pathlib import Path

import pandas as pd

from ..derive import derive_changes, derived_rows
from ..faults import Fault, TimelineError, fault, first_few
from ..files import CASE_FILES, PROJECT_DATA, case_files, find_data, list_cases, tables_of
from ..vocabulary import MAIN_MEASURES, SHARDS, check_case_id
from .cells.causes import faults_of_cases
from .choose import check_texts, recorded_measure
from .form.about import parse_about
from .model import Case, Recorded, Vocabulary, collect, interpret_case, parse_case
from .named import no_such_folder
from .proof.sources import prove, texts_named_in
from .registry.many import Reading, interpret_rows, with_plan
from .simulated import refuse_mixture
from .tables.additions import join_measures
from .tables.cited import read_comparators, read_rules
from .tables.clashes import check_codes, check_scales, check_synonyms
from .tables.dialect import read_rows
from .tables.measures import read_measures, read_treatments, with_treatments
from .tables.references import read_references, with_places
from .tables.separated import decode
from .tables.table import read_columns


def read_case(
    data_dir: str | PathLike[str],
    case_id: str = "",
    baseline_rule: str = "",
    reference: str = "",
    axis: str = "",
    rules: str = "",
) -> Case:
    """Read and check one case.

    Parameters
    ----------
    data_dir : path
        The folder that holds measures.csv, rules.csv, comparators.csv and one folder a case; or, without `case_id`,
        the folder of the case or a file of it. A relative path is found from the folders above the current one as
        well, as `casetimeline.files.find_data` says.
    case_id : str
        The case; also the name of its folder, and the id on each of its rows.
    baseline_rule, reference : str
        Override what case.yaml says; blank leaves it as it is.
    axis : str
        The axis of the figures over time, one of `vocabulary.AXES`; blank: days where the facts have them.
    rules : str
        The rules that are evaluated: names and kinds, joined by commas; blank for all.

    Raises
    ------
    TimelineError
        With every fault of the files by file, line and column, or of what was asked for.
    """
    asked = {"baseline_rule": baseline_rule, "reference": reference, "axis": axis, "rules": rules}
    check_texts(data_dir=data_dir, case_id=case_id, **asked)
    path = Path(data_dir)
    alone = case_id == ""
    if alone and data_dir == "":
        raise TimelineError([fault("", "the folder of a case", at="data_dir")])
    if alone:
        # A file of a case stands for its folder; `.` and `..` have no name of their own.
        path = path.parent if path.name in CASE_FILES else path
        folder = path if path.name not in ("", "..") else path.resolve()
        path, case_id = folder.parent, folder.name
    data = find_data(path)
    check_case_id(case_id, at="case_id")
    folder = data / case_id
    if not data.is_dir():
        if alone:
            searched = "" if data.is_absolute() else f", looked for in {Path.cwd()} and the folders above it"
            raise TimelineError([fault("no such folder", f"a case folder{searched}", at=str(data_dir))])
        searched = "" if data.is_absolute() else f"; there is none of this name in {Path.cwd()} or a folder above it"
        raise TimelineError([fault(str(data_dir), f"a folder of cases{searched}", at="data_dir")])
    if not folder.is_dir():
        cases = list_cases(data)
        if not cases and alone:
            raise TimelineError([no_such_folder(folder, "a case folder")])
        there = ", ".join(cases) or f"no case in {data.resolve()}"
        raise TimelineError([fault(case_id, f"a case of this folder: {there}", at=data.resolve().name, known=cases)])
    if alone and not any(lexists(folder / name) for name in CASE_FILES[:2]):
        raise TimelineError([_no_case_of(folder)])
    faults: list[Fault] = []
    vocabulary = read_vocabulary(data, faults)
    recorded = read_recorded(folder, faults)
    parsed = prove(parse_case(case_id, recorded, vocabulary, tuple(faults)), recorded)
    return interpret_case(parsed, vocabulary, **asked)


def _no_case_of(folder: Path) -> Fault:
    """The fault of a folder that is not that of one case."""
    cases = list_cases(folder)
    if cases:
        return fault("a folder of cases", f"the folder of one case, or case_id: {first_few(cases)}", at=folder.name)
    expected = "the folder of a case, which has case.yaml and timeline.csv"
    return fault("a folder without a timeline.csv", expected, at=folder.name)


def read_recorded(folder: Path, faults: list[Fault]) -> Recorded:
    """The content of the files of a case folder; the faults of those that cannot be read join the others.

    A text that is not there is missing without a fault.
    """
    files = case_files(folder).items()
    recorded = Recorded(*(collect(faults, read_bytes, path, f"{folder.name}/{name}") for name, path in files))
    return with_texts(recorded, folder, faults)


def with_texts(recorded: Recorded, folder: Path, faults: list[Fault]) -> Recorded:
    """The files of a case with the texts of a folder that its case.yaml names, and the proof there."""
    texts = [folder / name for name in texts_named_in(recorded.about) if lexists(folder / name)]
    contents = [(path.name, collect(faults, read_bytes, path, f"{folder.name}/{path.name}")) for path in texts]
    return recorded._replace(texts=tuple(pair for pair in contents if pair[1] is not None))


def read_vocabulary(data: Path, faults: list[Fault]) -> Vocabulary:
    """The files that the cases of a data folder share; their faults join the others.

    Each is read where `files.tables_of` finds it; a note names those that are not in the folder. The names of
    treatments.csv join measures.csv. A file with a fault is missing; treatments.csv and references.json may be missing
    without one.
    """
    places = tables_of(data)
    contents = {
        file: collect(faults, read_bytes, path, file)
        for file, path in places.items()
        if lexists(path) or file in _REQUIRED
    }
    tables, references, table_faults = _tables_of(tuple(contents.items()))
    faults += table_faults
    measures, *others = (_own(tables[file]) if file in tables else None for file in _REQUIRED)
    elsewhere = [file for file in _REQUIRED if places[file].is_file() and places[file].parent != data]
    if measures is not None:
        measures, added = _with_main(measures)
        elsewhere += [f"the measures {', '.join(added)}"] if added else []
    notes = (f"not beside the cases, so taken from the project: {', '.join(elsewhere)}",) if elsewhere else ()
    return Vocabulary(measures, *others, {key: {**work} for key, work in references.items()}, contents, notes)


# All cases of a folder have the same tables, and these cost more to read than a case. What was read is known by its
# content alone, so that a file that was changed is read again.
@functools.lru_cache(maxsize=4)
@pd.option_context("mode.string_storage", "python")
def _tables_of(contents: tuple[tuple[str, bytes | None], ...]) -> tuple[dict, dict, list[Fault]]:
    """The tables as cases hold them, the references, and the faults of the files."""
    raw, faults = dict(contents), []
    tables = {file: collect(faults, _parsed_once, raw[file], file) for file in _READERS if file in raw}
    references = {}
    if raw.get("references.json"):
        references = collect(faults, _references_of, raw["references.json"])
    known = _observed(tables["measures.csv"])
    happenings = [code for file in _NAMING for code in (() if tables.get(file) is None else tables[file].index)]
    for file in ("rules.csv", "comparators.csv"):
        tables[file] = collect(faults, with_places, tables[file], references, file)
        tables[file] = collect(faults, check_codes, tables[file], known, file, happenings)
        tables[file] = collect(faults, check_scales, tables[file], tables["measures.csv"], file)
    named = {file: tables.get(file) for file in _NAMING}
    faults += check_synonyms({file: table for file, table in named.items() if table is not None})
    if TREATMENTS in tables:
        tables[TREATMENTS] = collect(faults, check_codes, tables[TREATMENTS], known, TREATMENTS)
        tables["measures.csv"] = collect(faults, with_treatments, tables["measures.csv"], tables[TREATMENTS])
    # Cases hold the tables without their lines.
    read = {file: table for file, table in tables.items() if table is not None}
    kept = {file: table.drop(columns="line", errors="ignore") for file, table in read.items()}
    return kept, references or {}, faults


def _observed(measures: pd.DataFrame | None) -> list[str] | None:
    """The codes that a rule can be about: the measures of a folder, and of the project, whose rules it may use."""
    if measures is None:
        return None
    table = PROJECT_DATA / "measures.csv"
    both = [measures, *([_parsed_once(table.read_bytes(), table.name)] if table.is_file() else [])]
    return [code for each in both for code in each.index[each["kind"] == "observation"]]


def _with_main(measures: pd.DataFrame) -> tuple[pd.DataFrame, list[str]]:
    """The measures of a folder, with those that the notebooks of the project are about where it lacks them; which."""
    missing = [code for code in MAIN_MEASURES if code not in measures.index]
    table = PROJECT_DATA / "measures.csv"
    if not missing or not table.is_file():
        return measures, []
    rows = _own(_parsed_once(table.read_bytes(), table.name)).loc[missing]
    return pd.concat([measures, rows.reindex(columns=measures.columns, fill_value="")]), missing


_REQUIRED = ("measures.csv", "rules.csv", "comparators.csv")
TREATMENTS = "treatments.csv"
_NAMING = ("measures.csv", TREATMENTS)
_READERS = dict(
    zip((*_REQUIRED, TREATMENTS), (read_measures, read_rules, read_comparators, read_treatments), strict=True)
)


def _references_of(content: bytes) -> dict[str, dict]:
    return read_references(decode(content, "references.json"), "references.json")


def _own(table: pd.DataFrame) -> pd.DataFrame:
    """A table that nobody else holds: what a caller writes into it stays with that caller."""
    table = table.copy()
    return table.assign(units=[dict(factors) for factors in table["units"]]) if "units" in table else table


# Where one table of a folder was changed, the others are not read again.
@functools.lru_cache(maxsize=12)
@pd.option_context("mode.string_storage", "python")
def _parsed_once(content: bytes, file: str) -> pd.DataFrame:
    return _READERS[file](decode(content, file), file)


def whole_vocabulary(data: Path) -> Vocabulary:
    """The tables of a data folder, as `read_vocabulary` reads them.

    Raises
    ------
    TimelineError
        With every fault of them.
    """
    faults: list[Fault] = []
    vocabulary = read_vocabulary(data, faults)
    if faults:
        raise TimelineError(faults)
    return vocabulary


def read_bytes(path: Path, name: str) -> bytes:
    """The content of a file, or one fault that names it."""
    if path.exists() and not path.is_file():
        raise TimelineError([fault("no regular file", "a file that can be read", at=name)])
    try:
        return path.read_bytes()
    except FileNotFoundError:
        seen = "a link to a file that is not there" if path.is_symlink() else "no such file"
        raise TimelineError([fault(seen, "a file that can be read", at=name)]) from None
    except OSError as error:
        raise TimelineError([fault(error.strerror or "no file", "a file that can be read", at=name)]) from None


def read_titles(data_dir: str | PathLike[str]) -> list[tuple[str, str, str]]:
    """The id of each case of a folder, and the diagnosis and title of its case.yaml; blank where that has none."""
    data, titles = find_data(data_dir), []
    for case_id in list_cases(data):
        name = f"{case_id}/case.yaml"
        about = parse_about(decode(read_bytes(data / name, name), name), name)
        titles.append((case_id, about.get("diagnosis", ""), about.get("title", "")))
    return titles


def read_path(path: Path, baseline_rule: str = "", reference: str = "") -> Iterator[Reading]:
    """Everything that a path holds, one reading a case folder or file; faults are in the readings.

    Parameters
    ----------
    path : Path
        A case folder, its timeline.csv, a folder of cases, or a file of many cases.
    baseline_rule, reference : str
        For all of them; blank leaves each as its case.yaml says.

    Yields
    ------
    Reading
    """
    # Not resolved: a folder that is a link keeps its name, and a loop of links is no folder.
    path = path.resolve() if path.name == ".." else path.absolute()
    # A broken link or a folder with the name of a file of a case is told as a fault of that file.
    if lexists(path / "timeline.csv"):
        path = path / "timeline.csv"
    elif path.name == "case.yaml" and lexists(path.with_name("timeline.csv")):
        path = path.with_name("timeline.csv")
    if path.is_file() or (path.name == "timeline.csv" and lexists(path)):
        if path.name == "timeline.csv" and lexists(path.parent / "case.yaml"):
            yield _reading_of_case(path.parent.parent, path.parent.name, baseline_rule, reference)
        else:
            yield _reading_of_file(path, baseline_rule, reference)
        return
    cases = list_cases(path) if path.is_dir() else []
    if not path.exists() and path.parent.is_dir() and list_cases(path.parent):
        cases, path = [path.name], path.parent
    if not cases:
        yield Reading(path.name, None, None, "", "", (), (_no_case(path),))
    for case_id in cases:
        yield _reading_of_case(path, case_id, baseline_rule, reference)


def _no_case(path: Path) -> Fault:
    """The fault of a path that holds nothing to read."""
    expected = "a case folder, a folder of cases, or a CSV or Parquet file"
    if not path.is_dir():
        return no_such_folder(path, expected, folder=False)._replace(file=path.name)
    if any(path.glob("*.parquet")):
        seen = f"a folder of Parquet files without {SHARDS}"
        return fault(seen, "one of these files, or a folder of shards; cut the table into a new folder", at=path.name)
    capital = sorted(file.name for file in path.iterdir() if file.name.lower() == "timeline.csv")
    if capital:
        return fault(capital[0], "timeline.csv, in small letters", at=path.name)
    seen = "a folder without a timeline.csv"
    workbooks = sorted(file.name for file in path.glob("*.xlsx"))
    if workbooks:
        return fault(seen, f"{expected}; `casetimeline import` reads a workbook, such as {workbooks[0]}", at=path.name)
    return fault(seen, f"{expected}; a case folder has case.yaml and timeline.csv", at=path.name)


def _reading_of_case(data: Path, case_id: str, rule: str, reference: str) -> Reading:
    try:
        case = read_case(data, case_id, rule, reference)
    except TimelineError as error:
        return Reading(case_id, None, None, rule, reference, (), error.faults)
    notes = (*case.notes, *filter(None, [case.proof.removesuffix(".")]))
    return Reading(case_id, case.facts, case.measures, case.baseline_rule, case.reference, notes, ())


def _reading_of_file(path: Path, rule: str, reference: str) -> Reading:
    name = path.name
    try:
        if path.suffix.lower() in (".xlsx", ".zip"):
            expected = (
                "a CSV or Parquet file; `casetimeline import` reads a workbook, or a case folder that the page saved"
            )
            raise TimelineError([fault(f"a file {path.suffix}", expected, at=name)])
        # As for a case: a table of measures beside a timeline.csv adds to those of the folder above.
        more = path.parent / "measures.csv"
        adds = name == "timeline.csv" and lexists(more)
        vocabulary = whole_vocabulary(path.parent.parent if adds else path.parent)
        if adds:
            joined = join_measures(vocabulary.measures, read_bytes(more, more.name), more.name)
            vocabulary = vocabulary._replace(measures=joined)
        facts, notes = parse_rows(read_bytes(path, name), name)
        return interpret_rows(facts, name, vocabulary, rule, reference, notes)
    except TimelineError as error:
        return Reading(name, None, None, rule, reference, (), error.faults, of_many=True)


def parse_rows(raw: bytes, name: str) -> tuple[pd.DataFrame, list[str]]:
    """The rows of a CSV or Parquet file as text, by what it is named; and notes."""
    if name.lower().endswith(".parquet"):
        return read_columns(raw, name)
    return read_rows(raw, name)


def derive_path(
    path: str | PathLike[str], baseline_rule: str = "", reference: str = "", measure: str = ""
) -> tuple[pd.DataFrame, list[str]]:
    """The derived table of everything that a path holds, and what the reader should know of it.

    Parameters
    ----------
    path : path
        A case folder, a folder of cases, or one file of many cases.
    baseline_rule, reference : str
        For all; blank leaves each case as its case.yaml says. In a file the only treatment is then the reference, and
        a file without treatments takes the first value.
    measure : str
        The records of one measure alone; blank for all.

    Returns
    -------
    DataFrame
        `derivation.DERIVED_COLUMNS`, sorted.
    list of str
        Notes.

    Raises
    ------
    TimelineError
        With every fault of every file; nothing is derived if there is one.
    """
    check_texts(path=path, baseline_rule=baseline_rule, reference=reference, measure=measure)
    path = Path(path)
    readings = list(read_path(path, baseline_rule, reference))
    faults = [(reading.name, misfit) for reading in readings for misfit in reading.in_short()]
    if faults:
        raise TimelineError(faults_of_cases(faults, len(readings)))
    tables, notes = [], []
    refuse_mixture((case_id for reading in readings for case_id in reading.facts["case_id"].unique()), path.name)
    # A case may have measures of its own.
    known = pd.concat([reading.measures for reading in readings])
    known = known[~known.index.duplicated()]
    measure = recorded_measure(measure, known, [reading.facts for reading in readings])
    for reading in map(with_plan, readings):
        changes = derive_changes(reading.facts, reading.baseline_rule, reading.reference)
        tables.append(derived_rows(changes, reading.baseline_rule, measure))
        notes += reading.notes
    # What is noted of the folder is noted once.
    return pd.concat(tables, ignore_index=True), [*dict.fromkeys(notes)]
