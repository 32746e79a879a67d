"""The command line: its commands and their options."""

import argparse
import contextlib
import signal
import sys
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path

from . import __version__, commands
from .characters import say
from .faults import NotebookError, TimelineError, nearest_word
from .figures import PRESETS
from .files import check_paths, expanded
from .vocabulary import AXES, CITATION_STYLES, DEFAULT_STYLE

_OF_CHANGES = "docs/what-a-change-changes.md says how it is known."
_BUILD = "the folder of all results, in which a report has a folder of its own"


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
        with _terminable() if options.command in _OF_TABLES else contextlib.nullcontext():
            return options.run(options)
    except TimelineError as error:
        return _ended(options, str(error), 2)
    except NotebookError as error:
        return _ended(options, str(error), 1)
    except OSError as error:
        from .workflow import refused_words

        return _ended(options, refused_words(error, vars(options)), 1)
    except MemoryError:
        parts = "a table of many cases is read in parts once it is cut, by casetimeline shard with a smaller --memory"
        return _ended(options, f"not enough memory; {parts}; nothing half-made is left under its name", 1)
    except KeyboardInterrupt:
        # It is said once, however often the keys are pressed; a terminal has written ^C into the line.
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        print("\r\033[K" if sys.stderr.isatty() else "", end="", file=sys.stderr)
        left = commands.left_behind(options, True) or "nothing half-made is left under its name"
        say(f"casetimeline: interrupted; {left}", sys.stderr)
        return 130


# Commands that write a long table or a copy of its rows, or have processes work on one.
_OF_TABLES = ("check", "derive", "shard", "simulate", "extract", "series")


@contextlib.contextmanager
def _terminable() -> Iterator[None]:
    """Take the signal by which a system asks a process to end for Ctrl-C: no copy of a table and no process is left."""

    def interrupt(number: int, frame: object) -> None:
        """Interrupt the command once."""
        signal.signal(number, signal.SIG_IGN)
        raise KeyboardInterrupt

    heeded = (
        signal.getsignal(signal.SIGTERM) is signal.SIG_DFL and threading.current_thread() is threading.main_thread()
    )
    if heeded:
        signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        if heeded:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)


def _ended(options: argparse.Namespace, message: str, status: int) -> int:
    """Say why a command ended before its end, and what stands of an earlier run; the status."""
    for line in filter(None, (message, commands.left_behind(options, False))):
        say(f"casetimeline: {line}", sys.stderr)
    return status


def _check_paths(options: argparse.Namespace) -> None:
    """Refuse paths that are not what the command needs. `new` and `import` make the folder of the cases."""
    paths = {name: path for name, path in vars(options).items() if isinstance(path, Path)}
    if options.run in (commands.series, commands.verify) and options.data.is_file():
        # A table of many cases.
        del paths["data"]
    makes = {"data"} if options.run in (commands.new, commands.import_) else set()
    makes |= {"output"} if options.run is commands.run else set()
    faults = check_paths(paths, makes | {"build"})
    if faults:
        raise TimelineError(faults)


class _Parser(argparse.ArgumentParser):
    """A parser that names, of what it does not know, the option or command that it is most like."""

    def parse_known_args(self, args=None, namespace=None):
        """Parse; of a command nothing is left over for another parser."""
        parsed, unknown = super().parse_known_args(args, namespace)
        if unknown:
            options = [name for action in self._actions for name in action.option_strings]
            self.error(f"unrecognized arguments: {' '.join(unknown)}{_nearest(unknown, options)}")
        return parsed, unknown

    def _check_value(self, action: argparse.Action, value: str) -> None:
        """As ever, with the nearest of the choices."""
        try:
            super()._check_value(action, value)
        except argparse.ArgumentError as error:
            error.message += _nearest([value], action.choices)
            raise


def _nearest(typed: list[str], known: Iterable[str]) -> str:
    """The known words that some mistyped ones are most like, as a question; blank where none is near.

    Examples
    --------
    >>> _nearest(["--casid", "x"], ["--case", "--rules"]), _nearest(["-p"], ["--case"])
    ("; did you mean '--case'?", '')
    """
    near = [word for text in typed if (word := nearest_word(text.partition("=")[0], known))]
    return f"; did you mean {' and '.join(map(repr, near))}?" if near else ""


def _parser() -> argparse.ArgumentParser:
    words = "From the timeline of a clinical case to figures and a report."
    parser = _Parser(prog="casetimeline", description=words)
    parser.add_argument("--version", action="version", version=f"casetimeline {__version__}")
    names = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    _add_commands_of_data(names)
    _add_commands_of_cases(names)
    _add_commands_of_registries(names)
    _add_comparisons(names)
    _add_commands_of_reports(names)
    _add_commands_of_the_project(names)
    return parser


class _WithDefaults(argparse.HelpFormatter):
    """Help that says what holds where an option is not given."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        """The help of an option, with its default where it has one."""
        has_default = action.option_strings and action.default not in (None, "", False, argparse.SUPPRESS)
        return f"{action.help} (default: %(default)s)" if has_default else action.help


def _command(names: argparse._SubParsersAction, name: str, words: str, more: str = "") -> argparse.ArgumentParser:
    """A command, with what it does in the list of all commands and above its own help."""
    sentences = " ".join(filter(None, [f"{words[0].upper()}{words[1:]}.", more]))
    return names.add_parser(name, help=words, description=sentences, formatter_class=_WithDefaults)


def _add_commands_of_data(names: argparse._SubParsersAction) -> None:
    path = "a case folder, the folder that holds the cases, a CSV or Parquet file, or a folder of shards"
    parser = _command(names, "check", "say everything that is wrong with a case, a folder of cases, or a file of many")
    parser.add_argument("path", type=_path, help=path)
    _analysis(parser)
    parser.add_argument("--format", choices=("text", "json"), default="text", help="how faults and notes are told")
    _workers(parser)
    parser.set_defaults(run=commands.check)
    parser = _command(names, "derive", "write the derived table of a case, a folder of cases, or a file of many")
    parser.add_argument("path", type=_path, help=path)
    words = "OUT.csv, OUT.parquet, or of shards a folder of parts"
    parser.add_argument("-o", "--output", type=_path, required=True, help=words)
    _analysis(parser)
    parser.add_argument("--measure", default="", help="the records of one measure alone, by its code")
    _workers(parser)
    parser.add_argument("--resume", action="store_true", help="keep the parts that are there and made from the same")
    parser.set_defaults(run=commands.derive)


def _add_commands_of_cases(names: argparse._SubParsersAction) -> None:
    parser = _command(names, "prove", "find the quotes and numbers of a case in a text that is not stored beside it")
    parser.add_argument("path", type=_path, help="a case folder")
    parser.add_argument("--text", type=_path, required=True, help="the text of the source: .txt, .md, .html or .pdf")
    parser.add_argument("--source", default="", help="the id of the source; needed where the case has several")
    parser.set_defaults(run=commands.prove)
    parser = _command(names, "propose", "hold proposed rows against the text of a source, and accept them row by row")
    parser.add_argument("proposal", type=_path, help="a JSON file; docs/proposals.md describes it")
    parser.add_argument("--text", type=_path, required=True, help="the text of the source: .txt, .md, .html or .pdf")
    parser.add_argument("--case", default="", help="the case of the rows; else they are held against the text alone")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.add_argument("--accept", type=_numbers, help="the rows to accept, by commas, without asking: 1,3")
    parser.set_defaults(run=commands.propose)
    parser = _command(names, "new", "make the folder of a case of your own, with a workbook to fill in")
    parser.add_argument("case", help="a name for the case: letters, digits, '.', '_' or '-'")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.set_defaults(run=commands.new)
    parser = _command(names, "import", "read a filled-in workbook, or a case saved by the page, into the cases")
    parser.add_argument("file", type=_path, help="a workbook (.xlsx), or a case folder as the page saves it (.zip)")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.set_defaults(run=commands.import_)


def _add_commands_of_registries(names: argparse._SubParsersAction) -> None:
    parser = _command(names, "shard", "cut a long table of many cases into files of about a thousand cases each")
    parser.add_argument("table", type=_path, help="a CSV or Parquet file, its rows in any order")
    parser.add_argument("-o", "--output", type=_path, required=True, metavar="DIR", help="a folder for the shards")
    parser.add_argument("--cases", type=_count, default=1000, metavar="N", help="cases of a shard")
    parser.add_argument("--memory", type=_count, default=256, metavar="MB", help="memory beside the program itself")
    parser.set_defaults(run=commands.shard)
    parser = _command(names, "extract", "write cases of a folder of shards as case folders")
    parser.add_argument("path", type=_path, help="a folder of shards")
    parser.add_argument("cases", nargs="+", metavar="CASE", help="ids of cases")
    parser.add_argument("-o", "--output", type=_path, required=True, metavar="DATA", help="the folder of the cases")
    _analysis(parser)
    parser.set_defaults(run=commands.extract)
    parser = _command(names, "simulate", "write a registry of simulated cases, no patient among them, to try one")
    parser.add_argument("-o", "--output", type=_path, required=True, help="OUT.csv")
    parser.add_argument("--cases", type=_count, default=1000, metavar="N", help="how many cases")
    parser.add_argument("--seed", type=_count, default=1, metavar="N", help="another one gives other cases")
    parser.add_argument("--visits", type=_count, default=12, metavar="N", help="visits planned for a case")
    parser.set_defaults(run=commands.simulate)


def _add_comparisons(names: argparse._SubParsersAction) -> None:
    state = "a case folder, REV:FOLDER of a revision in git, an archive of a case (.zip), or a built report"
    words = "say what changed between two states of a case, and what that changes in its report"
    parser = _command(names, "diff", words, _OF_CHANGES)
    parser.add_argument("old", type=_text, help=state)
    parser.add_argument("new", type=_text, help="the same")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.set_defaults(run=commands.diff)
    words = "say everything that rests on a row of a timeline"
    parser = _command(names, "depends", words, _OF_CHANGES)
    parser.add_argument("folder", type=_path, metavar="case", help="a case folder")
    parser.add_argument("--row", type=_count, required=True, metavar="N", help="the line of timeline.csv")
    parser.add_argument("--json", action="store_true", help="for a program")
    parser.set_defaults(run=commands.depends)


def _add_commands_of_reports(names: argparse._SubParsersAction) -> None:
    parser = _command(names, "report", "make the report of a case, if it is not there already")
    _report_of(parser)
    _analysis(parser)
    _choices(parser)
    parser.set_defaults(run=commands.report)
    parser = _command(names, "series", "make the report of a series: several cases side by side")
    _series_of(parser)
    parser.set_defaults(run=commands.series)
    parser = _command(names, "run", "run the notebooks of many cases; what fails stops nothing else")
    _run_of(parser)
    _analysis(parser)
    _choices(parser)
    parser.set_defaults(run=commands.run)
    parser = _command(names, "app", "serve the page on which a case is explored and written")
    parser.add_argument("--data", type=_path, default=Path("data"), help="the folder of the cases")
    parser.add_argument("--case", default="", help="the case that is shown first")
    parser.add_argument("--host", default="127.0.0.1", help="the address to be at; 127.0.0.1: this machine alone")
    parser.add_argument("--port", type=int, default=8787, help="the port to be at; 0: any that is free")
    parser.add_argument("--sessions", type=_count, default=40, help="readers at once")
    parser.set_defaults(run=commands.app)
    parser = _command(names, "verify", "make a report again elsewhere, and say where it differs from this one")
    parser.add_argument("built", type=_path, help="the folder of the report, build/CASE")
    _made_from(parser)
    parser.set_defaults(run=commands.verify)


def _add_commands_of_the_project(names: argparse._SubParsersAction) -> None:
    for name, run_it, text in (
        ("compare", commands.compare, "say where the committed notebooks and figures differ from a run"),
        ("accept", commands.accept, "make the results of a run the committed ones"),
    ):
        parser = _command(names, name, text)
        parser.add_argument("built", type=_path, help="the folder of the run, build/CASE")
        parser.set_defaults(run=run_it)
    parser = _command(names, "normalise", "bring notebooks into the normal form")
    parser.add_argument("notebooks", type=_path, nargs="*", help="notebooks, which are changed in place")
    parser.set_defaults(run=commands.normalise)
    parser = _command(names, "dictionary", "write the data dictionary into data/README.md")
    parser.add_argument("readme", type=_path, help="the file that the dictionary stands in, data/README.md")
    parser.set_defaults(run=commands.dictionary)


def _analysis(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--baseline", default="", help="how the baseline is chosen; else as case.yaml says")
    parser.add_argument("--reference", default="", help="the reference treatment; else as case.yaml says")


def _workers(parser: argparse.ArgumentParser) -> None:
    """Who does the work on a folder of shards."""
    words = "shards at once, each in a process of its own"
    parser.add_argument("-j", "--jobs", type=_count, default=1, metavar="N", help=words)
    _cluster(parser)


def _cluster(parser: argparse.ArgumentParser) -> None:
    words = "the scheduler of a Dask cluster in place of this machine: tcp://127.0.0.1:8786, or tls://HOST:8786"
    parser.add_argument("--scheduler", default="", metavar="ADDRESS", help=words)
    for name, what in (("ca", "the authority of the cluster"), ("cert", "the certificate"), ("key", "the key")):
        parser.add_argument(f"--tls-{name}", type=_path, metavar="FILE", help=f"{what}, in PEM; needed for tls://")


def _choices(parser: argparse.ArgumentParser) -> None:
    axes = ", ".join(filter(None, AXES))
    parser.add_argument("--axis", default="", help=f"the axis of the figures over time: {axes}; else days or order")
    parser.add_argument("--rules", default="", help="the rules that are evaluated, names or kinds, by commas; else all")


def _report_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--case", required=True, help="the case, a folder of --data")
    parser.add_argument("--build", type=_path, default=Path("build"), help=_BUILD)
    parser.add_argument("--preset", default="", help=f"what figure files are for, by commas: {', '.join(PRESETS)}")
    words = "measures that have a figure file of their own for each preset, by commas"
    parser.add_argument("--measure", default="", help=words)
    styles = ", ".join(CITATION_STYLES)
    parser.add_argument("--style", default=DEFAULT_STYLE, help=f"the style of the references: {styles}")
    parser.add_argument("--deny", type=_path, help="a file of names and numbers that no artefact may hold, one a line")
    _made_from(parser)


def _series_of(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("cases", nargs="*", metavar="CASES", help="ids, also with '*'; every case where none is named")
    parser.add_argument("--name", default="series", help="the name of the series, and of the folder of its report")
    parser.add_argument("--measure", default="mrss", help="the measure that is compared, by its code")
    words = "the event or treatment at which courses are aligned; else each reference treatment"
    parser.add_argument("--align", default="", help=words)
    parser.add_argument("--diagnosis", default="", help="only cases whose diagnosis has these words")
    parser.add_argument("--records", default="", help="only cases that record this measure, by its code")
    parser.add_argument("--baseline", default="", help="how the baseline is chosen; else as each case.yaml says")
    parser.add_argument("--reference", default="", help="the reference treatment, where --data is a table of cases")
    parser.add_argument("--rules", default="", help="the rules that are evaluated, names or kinds, by commas; else all")
    parser.add_argument("--build", type=_path, default=Path("build"), help=_BUILD)
    parser.add_argument("--deny", type=_path, help="a file of names and numbers that no artefact may hold, one a line")
    _made_from(parser)


def _run_of(parser: argparse.ArgumentParser) -> None:
    from os import cpu_count

    parser.add_argument("cases", nargs="*", metavar="CASES", help="ids, also with '*'; every case where none is named")
    parser.add_argument("-o", "--output", type=_path, default=Path("build/run"), help="a folder for the results")
    parser.add_argument("--only", default="", help="notebooks by name, by commas: 00_course,01_skin; else all")
    parser.add_argument("-j", "--jobs", type=_count, default=cpu_count() or 1, metavar="N", help="cases at once")
    parser.add_argument("--timeout", type=_count, metavar="S", help="seconds that a cell may take; else any")
    words = f"memory that the kernel of a notebook may hold, {_LEAST_MEMORY} at the least; else any"
    parser.add_argument("--memory", type=_megabytes, metavar="MB", help=words)
    parser.add_argument("--resume", action="store_true", help="keep results that are there and made from the same")
    words = "executed notebooks: of every case, of those that failed, or none"
    parser.add_argument("--keep-notebooks", choices=("all", "flagged", "none"), default="all", help=words)
    _cluster(parser)
    _made_from(parser)


def _path(text: str) -> Path:
    """A path; a blank one would be the working folder, and `~` a folder of that name."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is blank; leave it out, or name a path")
    return expanded(Path(text))


def _numbers(text: str) -> list[int]:
    return [_count(word.strip()) for word in text.split(",")]


def _text(text: str) -> str:
    """A text that is not blank."""
    if not text.strip():
        raise argparse.ArgumentTypeError("it is blank; name what is meant")
    return text


def _count(text: str) -> int:
    if not text.isdecimal() or not int(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 1")
    return int(text)


# An interpreter with pandas takes more.
_LEAST_MEMORY = 100


def _megabytes(text: str) -> int:
    """A limit in which a kernel may start at all."""
    if _count(text) < _LEAST_MEMORY:
        raise argparse.ArgumentTypeError(f"{text} MB are too few for any kernel; expected {_LEAST_MEMORY} or more")
    return int(text)


def _made_from(parser: argparse.ArgumentParser) -> None:
    words = "the folder of the cases; for a series also a CSV or Parquet file of many cases, or a folder of its shards"
    parser.add_argument("--data", type=_path, default=Path("data"), help=words)
    parser.add_argument("--notebooks", type=_path, default=Path("notebooks"), help="the folder of the notebooks")
    words = "the file of exact requirements, whose digest a report keeps"
    parser.add_argument("--lock", type=_path, default=Path("requirements.lock"), help=words)
