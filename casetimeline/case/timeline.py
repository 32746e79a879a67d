"""The one reading edge: a case folder in, a checked case out, or one error that lists every fault."""

from pathlib import Path

from ..faults import Fault, TimelineError
from ..files import folder_of_tables, list_cases
from ..vocabulary import CASE_ID
from .model import Case, Recorded, Vocabulary, collect, interpret_case, parse_case
from .separated import decode, read_comparators, read_measures, read_rules


def read_case(
    data_dir: str | Path, case_id: str, baseline_rule: str = "", reference: str = "", axis: str = "", rules: str = ""
) -> Case:
    """Read and check one case.

    Parameters
    ----------
    data_dir : path
        The folder that holds measures.csv, rules.csv, comparators.csv and one folder a case.
    case_id : str
        The case; also the name of its folder, and the id on each of its rows.
    baseline_rule, reference : str
        Override what case.yaml says; blank leaves it as it is.
    axis : str
        The axis of the figures over time, one of `vocabulary.AXES`; blank: days where every fact has one.
    rules : str
        The rules that are evaluated: names and kinds, joined by commas; blank for all.

    Raises
    ------
    TimelineError
        With every fault of the files by file, line and column, or of what was asked for.
    """
    data = Path(data_dir)
    if not isinstance(case_id, str) or not CASE_ID.fullmatch(case_id):
        raise TimelineError([Fault("case_id", None, None, str(case_id), "letters, digits, '.', '_' or '-'")])
    folder = data / case_id
    if not folder.is_dir():
        there = ", ".join(list_cases(data)) or "no case"
        raise TimelineError([Fault(data.name, None, None, case_id, f"a case of this folder: {there}")])
    faults: list[Fault] = []
    vocabulary = read_vocabulary(data, faults)
    about = collect(faults, read_bytes, folder / "case.yaml", f"{case_id}/case.yaml")
    timeline = collect(faults, read_bytes, folder / "timeline.csv", f"{case_id}/timeline.csv")
    parsed = parse_case(case_id, Recorded(about, timeline), vocabulary, tuple(faults))
    return interpret_case(parsed, vocabulary, baseline_rule, reference, axis, rules)


def read_vocabulary(data: Path, faults: list[Fault]) -> Vocabulary:
    """measures.csv, rules.csv and comparators.csv of a data folder; their faults join the others.

    Where the folder has no measures.csv, those of the folder above, of `data` in the working folder, or of the
    project that the package stands in are read, and a note says so. A table with a fault is missing.
    """
    folder = folder_of_tables(data)
    contents, tables = {}, []
    for name, read in (("measures", read_measures), ("rules", read_rules), ("comparators", read_comparators)):
        file = f"{name}.csv"
        contents[file] = collect(faults, read_bytes, folder / file, file)
        text = collect(faults, decode, contents[file], file)
        tables.append(collect(faults, read, text, file))
    notes = () if folder == data else ("there is no measures.csv beside it; that of the project is used",)
    return Vocabulary(*tables, contents, notes)


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
        raise TimelineError([Fault(name, None, None, "no regular file", "a file that can be read")])
    try:
        return path.read_bytes()
    except OSError as error:
        raise TimelineError([Fault(name, None, None, error.strerror or "no file", "a file that can be read")]) from None
