"""The command line: thin. Each command is one function of a floor below."""

import argparse
import json
import os
import sys
from pathlib import Path

from . import __version__
from .presets import PRESETS, PROOF


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 if all is well, 1 if a run or a comparison failed, 2 if the input is at fault.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character of a case shows its number.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    options = _parser().parse_args(arguments)
    from .faults import TimelineError
    from .notebook import NotebookError

    try:
        return options.run(options)
    except TimelineError as error:
        print(f"casetimeline: {error}", file=sys.stderr)
        return 2
    except (NotebookError, OSError) as error:
        print(f"casetimeline: {error}", file=sys.stderr)
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="casetimeline", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"casetimeline {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = commands.add_parser(
        "check", help="say everything that is wrong with a case, a folder of cases, or a file of many"
    )
    check.add_argument("path", type=Path, help="a case folder, the folder that holds the cases, or a CSV file")
    _analysis(check)
    check.add_argument("--format", choices=("text", "json"), default="text", help="how faults and notes are told")
    check.set_defaults(run=_check)
    derive = commands.add_parser(
        "derive", help="write the derived table of a case, a folder of cases, or a file of many"
    )
    derive.add_argument("path", type=Path, help="a case folder, the folder that holds the cases, or a CSV file")
    derive.add_argument("-o", "--output", type=Path, required=True, help="OUT.csv or OUT.parquet")
    _analysis(derive)
    derive.add_argument("--measure", default="", help="the records of one measure alone, by its code")
    derive.set_defaults(run=_derive)
    execute = commands.add_parser("execute", help="run one notebook for a case and keep it with its figure")
    execute.add_argument("notebook", type=Path)
    execute.add_argument("-p", dest="parameters", nargs=2, action="append", default=[], metavar=("NAME", "VALUE"))
    execute.add_argument("--case", required=True)
    execute.add_argument("--data", type=Path, default=Path("data"))
    execute.add_argument("--build", type=Path, default=Path("build"))
    execute.set_defaults(run=_execute)
    report = commands.add_parser("report", help="write the report of a case from its executed notebooks")
    report.add_argument("--case", required=True)
    report.add_argument("--data", type=Path, default=Path("data"))
    report.add_argument("--build", type=Path, default=Path("build"))
    report.add_argument("--notebooks", type=Path, default=Path("notebooks"))
    report.add_argument("--lock", type=Path, default=Path("requirements.lock"))
    _analysis(report)
    report.set_defaults(run=_report)
    figures = commands.add_parser("figures", help="write the figures of a case for a journal, and prove the files")
    figures.add_argument("--case", required=True)
    figures.add_argument("--data", type=Path, default=Path("data"))
    figures.add_argument("--build", type=Path, default=Path("build"))
    figures.add_argument("--preset", choices=PRESETS, default="screen", help="what the files are written for")
    _analysis(figures)
    figures.set_defaults(run=_figures)
    for name, text in (
        ("compare", "say where the committed notebooks and figures differ from a run"),
        ("accept", "make the results of a run the committed ones"),
    ):
        command = commands.add_parser(name, help=text)
        command.add_argument("built", type=Path, help="the folder of the run, build/CASE")
        command.set_defaults(run=_compare if name == "compare" else _accept)
    normalise = commands.add_parser("normalise", help="bring notebooks into the normal form")
    normalise.add_argument("notebooks", type=Path, nargs="*")
    normalise.set_defaults(run=_normalise)
    dictionary = commands.add_parser("dictionary", help="write the data dictionary into data/README.md")
    dictionary.add_argument("readme", type=Path)
    dictionary.set_defaults(run=_dictionary)
    return parser


def _analysis(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", default="", help="how the baseline is chosen; else as case.yaml says")
    parser.add_argument("--reference", default="", help="the reference treatment; else as case.yaml says")


def _check(options: argparse.Namespace) -> int:
    from .dataset import read_path
    from .faults import TimelineError

    readings = list(read_path(options.path, options.baseline, options.reference))
    failed = any(reading.faults for reading in readings)
    if options.format == "json":
        print(json.dumps({"ok": not failed, "files": [_as_data(reading) for reading in readings]}, indent=1))
        return 2 if failed else 0
    for reading in readings:
        if reading.faults:
            print(f"{reading.name}: {TimelineError(reading.faults)}", file=sys.stderr)
            continue
        print(f"{reading.name}: {len(reading.facts)} rows, no fault")
        for note in reading.notes:
            print(f"  note: {note}")
    return 2 if failed else 0


def _as_data(reading) -> dict:
    from .faults import shortened

    faults = [{**fault._asdict(), "found": shortened(fault.found, 200)} for fault in reading.faults]
    rows = 0 if reading.facts is None else len(reading.facts)
    return {"name": reading.name, "rows": rows, "faults": faults, "notes": list(reading.notes)}


def _derive(options: argparse.Namespace) -> int:
    from .dataset import derive_path
    from .faults import Fault, TimelineError
    from .files import table_bytes, write_atomic

    if options.output.suffix not in (".csv", ".parquet"):
        raise TimelineError(
            [Fault("--output", None, None, options.output.name, "a name that ends in .csv or .parquet")]
        )
    table, notes = derive_path(options.path, options.baseline, options.reference, options.measure)
    write_atomic(options.output, table_bytes(table, options.output.suffix))
    for note in notes:
        print(f"note: {note}")
    print(f"{options.output.name}: {len(table)} records")
    return 0


def _execute(options: argparse.Namespace) -> int:
    from .faults import Fault, TimelineError
    from .notebook import execute

    folder = options.notebook.parent
    given = dict(options.parameters)
    set_here = [name for name in ("case_id", "data_dir", "figure_svg") if name in given]
    if set_here:
        raise TimelineError([Fault("-p", None, name, given[name], "--case, --data or --build") for name in set_here])
    # Relative to the notebook: no path of the machine in what is kept.
    given["data_dir"] = os.path.relpath(options.data, folder)
    execute(options.notebook, options.build, options.case, given, cwd=folder)
    return 0


def _report(options: argparse.Namespace) -> int:
    from .report import write_report

    given = {"case_id": options.case, "baseline_rule": options.baseline, "reference": options.reference}
    given = {name: value for name, value in given.items() if value}
    stems = [path.stem for path in sorted(options.notebooks.glob("[0-9]*.ipynb"))]
    write_report(options.data, options.build, options.case, stems, given, options.lock)
    return 0


def _figures(options: argparse.Namespace) -> int:
    from .export import export_case
    from .figures.gallery import FIGURES
    from .files import write_atomic
    from .finding import proof_table
    from .proof import prove_folder
    from .timeline import read_case

    preset = PRESETS[options.preset]
    folder = options.build / options.case / "figures" / options.preset
    case = read_case(options.data, options.case, options.baseline, options.reference)
    written = export_case(case, folder, preset)
    findings = prove_folder(folder, preset, tuple(FIGURES))
    write_atomic(folder / PROOF, proof_table(findings).encode())
    for finding in findings:
        if not finding.holds:
            told = f"{finding.file}: {finding.what}: {finding.measured}; asked: {finding.asked}"
            print(f"casetimeline: {told}", file=sys.stderr)
    holding = sum(finding.holds for finding in findings)
    print(f"{len(written)} files in {folder}: {holding} of {len(findings)} properties proved")
    return 0 if holding == len(findings) else 1


def _compare(options: argparse.Namespace) -> int:
    from .accept import compare

    faults = compare(Path(), options.built)
    for fault in faults:
        print(f"casetimeline: {fault}", file=sys.stderr)
    if not faults:
        print("The committed notebooks and figures are what a run gives.")
    return 1 if faults else 0


def _accept(options: argparse.Namespace) -> int:
    from .accept import accept

    changed = accept(Path(), options.built)
    print("\n".join(f"accepted {name}" for name in changed) or "nothing changed")
    return 0


def _normalise(options: argparse.Namespace) -> int:
    from .accept import normalise_files

    changed = normalise_files(options.notebooks)
    for name in changed:
        print(f"{name}: brought into the normal form")
    return 1 if changed else 0


def _dictionary(options: argparse.Namespace) -> int:
    from .dictionary import with_dictionary
    from .files import write_atomic

    text = options.readme.read_text(encoding="utf-8")
    write_atomic(options.readme, with_dictionary(text).encode())
    return 0
