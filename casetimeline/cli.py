"""The command line: its commands and their options."""

import argparse
import json
import signal
import sys
from pathlib import Path

from . import __version__
from .characters import say
from .faults import NotebookError, TimelineError, fault
from .files import check_paths, expanded
from .presets import PRESETS
from .vocabulary import AXES, is_case_id, words_of


def _plan(options: argparse.Namespace, case_id: str, build: Path, notebooks: tuple[Path, ...]):
    """The plan of a report, or of a run of many cases, from the options that both have."""
    from .workflow import Plan

    return Plan(
        case_id=case_id,
        data=options.data,
        build=build,
        notebooks=notebooks,
        lock=options.lock,
        baseline=options.baseline,
        reference=options.reference,
        axis=options.axis,
        rules=options.rules,
    )


def check(options: argparse.Namespace) -> int:
    """Print every fault of the cases at a path."""
    from .case import read_path

    readings = list(read_path(options.path, options.baseline, options.reference))
    failed = any(reading.faults for reading in readings)
    if options.format == "json":
        say(json.dumps({"ok": not failed, "files": [reading.as_data() for reading in readings]}, indent=1))
        return 2 if failed else 0
    for reading in readings:
        if reading.faults:
            say(f"{reading.name}: {TimelineError(reading.faults)}", sys.stderr)
            continue
        say(f"{reading.name}: {len(reading.facts)} rows, no fault")
        for note in reading.notes:
            say(f"  note: {note}")
    return 2 if failed else 0


def derive(options: argparse.Namespace) -> int:
    """Write the derived table of the cases at a path."""
    from .case import derive_path
    from .files import write_atomic
    from .report import table_bytes

    if options.output.suffix not in (".csv", ".parquet"):
        raise TimelineError([fault(options.output.name, "a name that ends in .csv or .parquet", at="--output")])
    if options.output.is_dir() or (options.output.parent.exists() and not options.output.parent.is_dir()):
        seen = "a folder" if options.output.is_dir() else f"a file as the folder {options.output.parent}"
        raise TimelineError([fault(seen, "a file in a folder", at=str(options.output))])
    table, notes = derive_path(options.path, options.baseline, options.reference, options.measure)
    write_atomic(options.output, table_bytes(table, options.output.suffix))
    for note in notes:
        say(f"note: {note}")
    say(f"{options.output.name}: {len(table)} records")
    return 0


def new(options: argparse.Namespace) -> int:
    """Make the folder of a new case."""
    from .case import new_case

    for line in new_case(options.data, options.case):
        say(line)
    return 0


def import_(options: argparse.Namespace) -> int:
    """Read a filled-in workbook, or a case saved by the page, into the data folder."""
    from .case import import_case

    for line in import_case(options.file, options.data):
        say(line)
    return 0


def report(options: argparse.Namespace) -> int:
    """Make the report of a case, unless it is current."""
    from .workflow import make_report

    workbook = options.data / options.case / f"{options.case}.xlsx"
    if workbook.is_file():
        from .case import workbook_note

        note = workbook_note(options.data, options.case)
        if note:
            say(f"casetimeline: {note}", sys.stderr)
    plan = _plan_of_report(options)
    made = make_report(plan)
    say((plan.home / "summary.txt").read_text(encoding="utf-8").rstrip("\n"))
    say(
        f"made      {plan.home}/report.html, report.pdf, manuscript/"
        if made
        else f"current   {plan.home}: nothing to do"
    )
    from .workflow import say_proofs

    return say_proofs(plan.home, plan.presets)


def _plan_of_report(options: argparse.Namespace):
    from .workflow import notebooks_in

    return _plan(options, options.case, options.build, notebooks_in(options.notebooks))._replace(
        presets=tuple(filter(None, words_of(options.preset))), measures=words_of(options.measure), deny=options.deny
    )


def _left(options: argparse.Namespace, stopped: bool) -> str:
    """What there is after a command that was stopped, or ended in an error; blank where nothing needs to be told."""
    if options.command == "report" and is_case_id(options.case):
        from .workflow import what_is_left, what_stands

        return (what_is_left if stopped else what_stands)(_plan_of_report(options))
    if options.command == "run" and stopped:
        return f"the cases that were done stand in {options.output}; the same command with --resume makes the others"
    return ""


def run(options: argparse.Namespace) -> int:
    """Run the notebooks of many cases."""
    from .files import list_cases
    from .workflow import LEDGER, Bulk, Limits, notebooks_in, plans_of, run_cases

    plan = _plan(options, "", options.output, notebooks_in(options.notebooks, options.only))
    plans = plans_of(options.cases, plan, list_cases(options.data))
    limits = Limits(options.timeout, options.memory)
    count, failures = run_cases(Bulk(plans, options.jobs, limits, options.resume, options.keep_notebooks))
    failed = len({failure.case for failure in failures})
    say(f"{len(plans)} cases, {failed} failed; {count} notebooks run; results in {options.output}")
    for failure in failures[:10]:
        say(f"casetimeline: {failure.case}, {failure.notebook}: {failure.message}", sys.stderr)
    if failures:
        say(f"casetimeline: every failure stands in {options.output / LEDGER}", sys.stderr)
    return 1 if failures else 0


def app(options: argparse.Namespace) -> int:
    """Serve the page."""
    from .explore import run_app

    run_app(options.data, options.case, options.host, options.port, options.sessions)
    return 0


def verify(options: argparse.Namespace) -> int:
    """Make a report again elsewhere, and compare the two."""
    from .workflow import notebooks_in, verify_report

    lines, same = verify_report(options.built, options.data, notebooks_in(options.notebooks), options.lock)
    say("\n".join(lines))
    return 0 if same else 1


def compare(options: argparse.Namespace) -> int:
    """Compare the committed notebooks and figures with a run."""
    from .workflow import compare

    faults = compare(Path(), options.built)
    for difference in faults:
        say(f"casetimeline: {difference}", sys.stderr)
    if not faults:
        say("The committed notebooks and figures are what a run gives.")
    return 1 if faults else 0


def accept(options: argparse.Namespace) -> int:
    """Make the results of a run the committed ones."""
    from .workflow import accept

    changed = accept(Path(), options.built)
    say("\n".join(f"accepted {name}" for name in changed) or "nothing changed")
    return 0


def normalise(options: argparse.Namespace) -> int:
    """Bring notebooks into the normal form."""
    from .workflow import normalise_files

    changed = normalise_files(options.notebooks)
    for name in changed:
        say(f"{name}: brought into the normal form")
    return 1 if changed else 0


def dictionary(options: argparse.Namespace) -> int:
    """Write the data dictionary."""
    from .files import write_atomic
    from .vocabulary import with_dictionary

    text = options.readme.read_text(encoding="utf-8")
    write_atomic(options.readme, with_dictionary(text).encode())
    return 0


def main(arguments: list[str] | None = None) -> int:
    """Run one command.

    Returns
    -------
    int
        0 if all went well, 1 if a run or a comparison failed, 2 if the input has faults, 130 if interrupted.
    """
    for stream in (sys.stdout, sys.stderr):
        # A terminal that cannot show a character shows its number instead.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")
    # JupyterLab installs this grammar, and jsonschema takes 0.9 s to build it; no notebook schema uses it.
    sys.modules.setdefault("rfc3987_syntax", None)
    options = argparse.Namespace(command="")
    try:
        options = _parser().parse_args(arguments)
        _check_paths(options)
        return options.run(options)
    except TimelineError as error:
        return _ended(options, str(error), 2)
    except NotebookError as error:
        return _ended(options, str(error), 1)
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _ended(options, f"{where}{error.strerror or error}; nothing half-made is left under its name", 1)
    except KeyboardInterrupt:
        # It is said once, however often the keys are pressed; a terminal has written ^C into the line.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr)
        left = _left(options, True) or "nothing half-made is left under its name"
        say(f"casetimeline: interrupted; {left}", sys.stderr)
        return 130


def _ended(options: argparse.Namespace, message: str, status: int) -> int:
    """Say why a command ended before its end, and what stands of an earlier run; the status."""
    for line in filter(None, (message, _left(options, False))):
        say(f"casetimeline: {line}", sys.stderr)
    return status


def _check_paths(options: argparse.Namespace) -> None:
    """Refuse paths that are not what the command needs. `new` and `import` make the folder of the cases."""
    paths = {name: path for name, path in vars(options).items() if isinstance(path, Path)}
    makes = {"data"} if options.run in (new, import_) else set()
    makes |= {"output"} if options.run is run else set()
    faults = check_paths(paths, makes | {"build"})
    if faults:
        raise TimelineError(faults)


def _parser() -> argparse.ArgumentParser:
    words = "From the timeline of a clinical case to figures and a report."
    parser = argparse.ArgumentParser(prog="casetimeline", description=words)
    parser.add_argument("--version", action="version", version=f"casetimeline {__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_commands_of_data(commands)
    _add_commands_of_reports(commands)
    _add_commands_of_the_project(commands)
    return parser


def _add_commands_of_data(commands: argparse._SubParsersAction) -> None:
    path = "a case folder, the folder that holds the cases, or a CSV file"
    parser = commands.add_parser(
        "check", help="say everything that is wrong with a case, a folder of cases, or a file of many"
    )
    parser.add_argument("path", type=_path, help=path)
    _analysis(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how faults and notes are told")
    parser.set_defaults(run=check)
    parser = commands.add_parser(
        "derive", help="write the derived table of a case, a folder of cases, or a file of many"
    )
    parser.add_argument("path", type=_path, help=path)
    parser.add_argument("-o", "--output", type=_path, required=True, help="OUT.csv or OUT.parquet")
    _analysis(parser)
    parser.add_argument("--measure", default="", help="the records of one measure alone, by its code")
    parser.set_defaults(run=derive)
    parser = commands.add_parser("new", help="make the folder of a case of your own, with a workbook to fill in")
    parser.add_argument("case", help="a name for the case: letters, digits, '.', '_' or '-'")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.set_defaults(run=new)
    parser = commands.add_parser(
        "import", help="read a filled-in workbook, or a case saved by the page, into the cases"
    )
    parser.add_argument("file", type=_path, help="a workbook (.xlsx), or a case folder as the page saves it (.zip)")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.set_defaults(run=import_)


def _add_commands_of_reports(commands: argparse._SubParsersAction) -> None:
    parser = commands.add_parser("report", help="make the report of a case, if it is not there already")
    _report_of(parser)
    _analysis(parser)
    _choices(parser)
    parser.set_defaults(run=report)
    parser = commands.add_parser("run", help="run the notebooks of many cases; what fails stops nothing else")
    _run_of(parser)
    _analysis(parser)
    _choices(parser)
    parser.set_defaults(run=run)
    parser = commands.add_parser("app", help="serve the page on which a case is explored and written")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.add_argument("--case", default="", help="the case that is shown first")
    parser.add_argument("--host", default="127.0.0.1", help="the address to be at; 127.0.0.1: this machine alone")
    parser.add_argument("--port", type=int, default=8787, help="0: any that is free")
    parser.add_argument("--sessions", type=_count, default=40, help="readers at once")
    parser.set_defaults(run=app)
    parser = commands.add_parser("verify", help="make a report again elsewhere, and say where it differs from this one")
    parser.add_argument("built", type=_path, help="the folder of the report, build/CASE")
    _made_from(parser)
    parser.set_defaults(run=verify)


def _add_commands_of_the_project(commands: argparse._SubParsersAction) -> None:
    for name, run_it, text in (
        ("compare", compare, "say where the committed notebooks and figures differ from a run"),
        ("accept", accept, "make the results of a run the committed ones"),
    ):
        parser = commands.add_parser(name, help=text)
        parser.add_argument("built", type=_path, help="the folder of the run, build/CASE")
        parser.set_defaults(run=run_it)
    parser = commands.add_parser("normalise", help="bring notebooks into the normal form")
    parser.add_argument("notebooks", type=_path, nargs="*")
    parser.set_defaults(run=normalise)
    parser = commands.add_parser("dictionary", help="write the data dictionary into data/README.md")
    parser.add_argument("readme", type=_path)
    parser.set_defaults(run=dictionary)


def _analysis(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", default="", help="how the baseline is chosen; else as case.yaml says")
    parser.add_argument("--reference", default="", help="the reference treatment; else as case.yaml says")


def _choices(parser: argparse.ArgumentParser) -> None:
    axes = ", ".join(filter(None, AXES))
    parser.add_argument("--axis", default="", help=f"the axis of the figures over time: {axes}; else days or order")
    parser.add_argument("--rules", default="", help="the rules that are evaluated, names or kinds, by commas; else all")


def _report_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", required=True)
    parser.add_argument("--build", type=_path, default=Path("build"))
    parser.add_argument(
        "--preset", default="", help=f"what figure files are written for, by commas: {', '.join(PRESETS)}"
    )
    parser.add_argument(
        "--measure", default="", help="measures that have a figure file of their own for each preset, by commas"
    )
    parser.add_argument("--deny", type=_path, help="a file of names and numbers that no artefact may hold, one a line")
    _made_from(parser)


def _run_of(parser: argparse.ArgumentParser) -> None:
    from os import cpu_count

    parser.add_argument("cases", nargs="*", metavar="CASES", help="ids, also with '*'; every case where none is named")
    parser.add_argument("-o", "--output", type=_path, default=Path("build/run"), help="a folder for the results")
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


def _path(text: str) -> Path:
    """A path; a blank one would be the working folder, and `~` a folder of that name."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is blank; leave it out, or name a path")
    return expanded(Path(text))


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


def _made_from(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--data", type=_path, default=Path("data"))
    parser.add_argument("--notebooks", type=_path, default=Path("notebooks"))
    parser.add_argument("--lock", type=_path, default=Path("requirements.lock"))
