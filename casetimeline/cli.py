"""The command line: what can be asked for; `commands` does it."""

import argparse
import sys
from pathlib import Path

from . import __version__, commands
from .faults import NotebookError, TimelineError
from .presets import PRESETS
from .vocabulary import AXES


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
    # A grammar that JupyterLab brings, that jsonschema takes 0.9 s to build, and that no notebook schema asks for.
    sys.modules.setdefault("rfc3987_syntax", None)
    options = _parser().parse_args(arguments)
    try:
        return options.run(options)
    except TimelineError as error:
        print(f"casetimeline: {error}", file=sys.stderr)
        return 2
    except NotebookError as error:
        print(f"casetimeline: {error}", file=sys.stderr)
        return 1
    except OSError as error:
        where = f"{error.filename}: " * bool(error.filename)
        print(
            f"casetimeline: {where}{error.strerror or error}; nothing half-made is left under its name", file=sys.stderr
        )
        return 1
    except KeyboardInterrupt:
        print("casetimeline: interrupted; nothing half-made is left under its name", file=sys.stderr)
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="casetimeline", description=__doc__.splitlines()[0])
    parser.add_argument("--version", action="version", version=f"casetimeline {__version__}")
    offered = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    check = offered.add_parser(
        "check", help="say everything that is wrong with a case, a folder of cases, or a file of many"
    )
    check.add_argument("path", type=Path, help="a case folder, the folder that holds the cases, or a CSV file")
    _analysis(check)
    check.add_argument("--format", choices=("text", "json"), default="text", help="how faults and notes are told")
    check.set_defaults(run=commands.check)
    derive = offered.add_parser(
        "derive", help="write the derived table of a case, a folder of cases, or a file of many"
    )
    derive.add_argument("path", type=Path, help="a case folder, the folder that holds the cases, or a CSV file")
    derive.add_argument("-o", "--output", type=Path, required=True, help="OUT.csv or OUT.parquet")
    _analysis(derive)
    derive.add_argument("--measure", default="", help="the records of one measure alone, by its code")
    derive.set_defaults(run=commands.derive)
    new = offered.add_parser("new", help="make the folder of a case of your own, with a workbook to fill in")
    new.add_argument("case", help="a name for the case: letters, digits, '.', '_' or '-'")
    new.add_argument("--data", type=Path, default=Path("data"), help="the folder of the cases")
    new.set_defaults(run=commands.new)
    read = offered.add_parser("import", help="read a filled-in workbook, or a case saved by the page, into the cases")
    read.add_argument("file", type=Path, help="a workbook (.xlsx), or a case folder as the page saves it (.zip)")
    read.add_argument("--data", type=Path, default=Path("data"), help="the folder of the cases")
    read.set_defaults(run=commands.import_)
    report = offered.add_parser("report", help="make the report of a case, if it is not there already")
    _report_of(report)
    _analysis(report)
    _choices(report)
    report.set_defaults(run=commands.report)
    run = offered.add_parser("run", help="run the notebooks of many cases; what fails stops nothing else")
    _run_of(run)
    _analysis(run)
    _choices(run)
    run.set_defaults(run=commands.run)
    app = offered.add_parser("app", help="serve the page on which a case is explored and written")
    app.add_argument("--data", type=Path, default=Path("data"), help="the folder of the cases")
    app.add_argument("--case", default="", help="the case that is shown first")
    app.add_argument("--host", default="localhost", help="the address to be at; localhost: this machine alone")
    app.add_argument("--port", type=int, default=8787, help="0: any that is free")
    app.add_argument("--sessions", type=_count, default=40, help="readers at once")
    app.set_defaults(run=commands.app)
    verify = offered.add_parser("verify", help="make a report again elsewhere, and say where it differs from this one")
    verify.add_argument("built", type=Path, help="the folder of the report, build/CASE")
    _made_from(verify)
    verify.set_defaults(run=commands.verify)
    for name, text in (
        ("compare", "say where the committed notebooks and figures differ from a run"),
        ("accept", "make the results of a run the committed ones"),
    ):
        command = offered.add_parser(name, help=text)
        command.add_argument("built", type=Path, help="the folder of the run, build/CASE")
        command.set_defaults(run=commands.compare if name == "compare" else commands.accept)
    normalise = offered.add_parser("normalise", help="bring notebooks into the normal form")
    normalise.add_argument("notebooks", type=Path, nargs="*")
    normalise.set_defaults(run=commands.normalise)
    dictionary = offered.add_parser("dictionary", help="write the data dictionary into data/README.md")
    dictionary.add_argument("readme", type=Path)
    dictionary.set_defaults(run=commands.dictionary)
    return parser


def _analysis(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", default="", help="how the baseline is chosen; else as case.yaml says")
    parser.add_argument("--reference", default="", help="the reference treatment; else as case.yaml says")


def _choices(parser: argparse.ArgumentParser) -> None:
    axes = ", ".join(filter(None, AXES))
    parser.add_argument("--axis", default="", help=f"the axis of the figures over time: {axes}; else days or order")
    parser.add_argument("--rules", default="", help="the rules that are evaluated, names or kinds, by commas; else all")


def _report_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", required=True)
    parser.add_argument("--build", type=Path, default=Path("build"))
    parser.add_argument(
        "--preset", default="", help=f"what figure files are written for, by commas: {', '.join(PRESETS)}"
    )
    parser.add_argument(
        "--measure", default="", help="measures that have a figure file of their own for each preset, by commas"
    )
    parser.add_argument("--deny", type=Path, help="a file of names and numbers that no artefact may hold, one a line")
    _made_from(parser)


def _run_of(parser: argparse.ArgumentParser) -> None:
    from os import cpu_count

    parser.add_argument("cases", nargs="*", metavar="CASES", help="ids, also with '*'; every case where none is named")
    parser.add_argument("-o", "--output", type=Path, default=Path("build/run"), help="a folder for the results")
    parser.add_argument("--only", default="", help="notebooks by name, by commas: 01_skin,04_profile; else all")
    parser.add_argument("-j", "--jobs", type=_count, default=cpu_count() or 1, metavar="N", help="cases at once")
    parser.add_argument("--timeout", type=_count, metavar="S", help="seconds that a cell may take")
    parser.add_argument("--memory", type=_count, metavar="MB", help="memory that the kernel of a notebook may hold")
    parser.add_argument("--resume", action="store_true", help="keep results that are there and made from the same")
    parser.add_argument(
        "--keep-notebooks",
        choices=("all", "flagged", "none"),
        default="all",
        help="executed notebooks: of every case, of those that failed, or none",
    )
    _made_from(parser)


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _made_from(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=Path, default=Path("data"))
    parser.add_argument("--notebooks", type=Path, default=Path("notebooks"))
    parser.add_argument("--lock", type=Path, default=Path("requirements.lock"))
