"""What each command of `casetimeline` does."""

import argparse
import contextlib
import json
import sys
from collections.abc import Iterable
from pathlib import Path

from .characters import say
from .faults import TimelineError, counted, fault
from .vocabulary import SHARDS, is_case_id, words_of


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
    if (options.path / SHARDS).is_file():
        return _check_shards(options)
    from .case import read_path, reading_lines

    _say_unused(options)
    readings = list(read_path(options.path, options.baseline, options.reference))
    failed = any(reading.faults for reading in readings)
    if options.format == "json":
        say(json.dumps({"ok": not failed, "files": [reading.as_data() for reading in readings]}, indent=1))
        return 2 if failed else 0
    for line, is_fault in reading_lines(readings):
        say(line, sys.stderr if is_fault else None)
    return 2 if failed else 0


def _say_unused(options: argparse.Namespace) -> None:
    """Say which options are there for shards alone: a folder of cases, or a file, is read by this process."""
    given = {"jobs": options.jobs > 1, "scheduler": options.scheduler, "resume": vars(options).get("resume")}
    if unused := ", ".join(f"--{name}" for name, is_given in given.items() if is_given):
        say(f"casetimeline: of a folder of shards alone, and without effect here: {unused}", sys.stderr)


def derive(options: argparse.Namespace) -> int:
    """Write the derived table of the cases at a path."""
    if (options.path / SHARDS).is_file():
        return _derive_shards(options)
    from .case import derive_path, table_bytes
    from .files import write_atomic
    from .workflow import check_apart, check_one_file

    check_one_file(options.output)
    check_apart(options.output, options.path)
    _say_unused(options)
    table, notes = derive_path(options.path, options.baseline, options.reference, options.measure)
    write_atomic(options.output, table_bytes(table, options.output.suffix.lower()))
    for note in notes:
        say(f"note: {note}")
    say(f"{options.output.name}: {counted(len(table), 'record')}")
    return 0


def shard(options: argparse.Namespace) -> int:
    """Cut a long table into shards by case."""
    from .workflow import cut, size_words

    made = cut(options.table, options.output, options.cases, options.memory)
    for note in made.notes:
        say(f"note: {note}")
    rows, cases = (sum(getattr(each, name) for each in made.shards) for name in ("rows", "cases"))
    say(f"{options.output}: {size_words(rows, cases, len(made.shards))}")
    return 0


def simulate(options: argparse.Namespace) -> int:
    """Write a registry of simulated cases."""
    from .case import Simulation
    from .workflow import write_simulated

    count = write_simulated(options.output, Simulation(options.cases, options.seed, options.visits))
    cases = counted(options.cases, "simulated case")
    say(f"{options.output}: {counted(count, 'row')} of {cases}, no patient among them")
    return 0


def extract(options: argparse.Namespace) -> int:
    """Write cases of a registry as folders."""
    from .workflow import extract_cases, open_registry

    registry = open_registry(options.path, options.baseline, options.reference, suffix=".csv")
    notes = extract_cases(registry, options.cases, options.output)
    say(f"{options.output}: {counted(len(options.cases), 'case')}")
    for note in notes:
        say(f"  note: {note}")
    return 0


def _workers(options: argparse.Namespace):
    from .workflow import Cluster, workers

    cluster = Cluster(options.scheduler, options.tls_ca, options.tls_cert, options.tls_key)
    return workers(options.jobs, cluster if options.scheduler else None)


def _check_shards(options: argparse.Namespace) -> int:
    from .workflow import check_registry, finding_lines, findings_as_data, open_registry

    with _workers(options) as workers:
        registry = open_registry(options.path, options.baseline, options.reference)
        findings = check_registry(registry, workers)
    if options.format == "json":
        say(json.dumps(findings_as_data(registry, findings), indent=1))
    else:
        say("\n".join(finding_lines(registry, findings)), sys.stderr if findings.causes else None)
    return 2 if findings.causes else 0


def _derive_shards(options: argparse.Namespace) -> int:
    from .workflow import check_apart, derive_into, derived_words, finding_lines, open_registry, part_suffix

    suffix = part_suffix(options.output)
    check_apart(options.output, options.path)
    with _workers(options) as workers:
        registry = open_registry(options.path, options.baseline, options.reference, options.measure, suffix)
        findings = derive_into(options.output, registry, workers, options.resume)
    say("\n".join(finding_lines(registry, findings)), sys.stderr if findings.causes else None)
    words = derived_words(options.output, findings, len(registry.manifest.shards))
    say(f"{options.output}: {words}", sys.stderr if findings.causes else None)
    return 2 if findings.causes else 0


def prove(options: argparse.Namespace) -> int:
    """Prove the rows of a case against a text that is not stored beside it."""
    from .case import prove_source

    for line in prove_source(options.path, options.text, options.source):
        say(line)
    return 0


def propose(options: argparse.Namespace) -> int:
    """Show proposed rows beside the passages of their text, and write those that a person accepts."""
    from .case import accept_rows, beside_text, offer_rows, words_to_accept

    offered = offer_rows(options.proposal, options.text, options.data, options.case)
    free = [row.number for row in offered.rows if not row.refused]
    asks = bool(options.case and options.accept is None and free and sys.stdin.isatty() and sys.stdout.isatty())
    if offered.proposed_by:
        say(f"proposed by {offered.proposed_by}")
    accepted = options.accept or []
    for row in offered.rows:
        say(beside_text(row))
        if asks and not row.refused:
            answered = _asked(f"row {row.number}: accept into {options.case}? [y/N, q to stop] ")
            accepted += [row.number] if answered.startswith("y") else []
            asks = not answered.startswith("q")
    say(f"{len(free)} of {len(offered.rows)} rows stand in {options.text.name} as proposed")
    if accepted and not options.case:
        raise TimelineError([fault("", "the case that accepted rows are for", at="--case")])
    if not accepted:
        say(f"nothing was written{words_to_accept(free) if options.case else ''}")
        return 0 if free else 2
    for line in accept_rows(offered, accepted, options.data):
        say(line)
    return 0


def _asked(question: str) -> str:
    """What a person answers; `q` at the end of the input."""
    try:
        return input(question).strip().lower()
    except EOFError:
        return "q"


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
    from .workflow import make_report, say_proofs

    workbook = options.data / options.case / f"{options.case}.xlsx"
    if workbook.is_file():
        from .case import workbook_note

        if note := workbook_note(options.data, options.case):
            say(f"casetimeline: {note}", sys.stderr)
    plan = _plan_of_report(options)
    made = make_report(plan)
    _say_summary(plan.home)
    new = f"made      {plan.home}/report.html, report.pdf, manuscript/"
    say(new if made else f"current   {plan.home}: nothing to do")
    return say_proofs(plan.home, plan.presets)


def _say_summary(home: Path) -> None:
    """Print what a report says in short, but for the line that says where it lies beside other reports."""
    lines = (home / "summary.txt").read_text(encoding="utf-8").splitlines()
    say("\n".join(line for line in lines if not line.startswith("report  ")))


def _plan_of_report(options: argparse.Namespace):
    from .workflow import notebooks_in

    return _plan(options, options.case, options.build, notebooks_in(options.notebooks))._replace(
        presets=tuple(filter(None, words_of(options.preset))),
        measures=words_of(options.measure),
        deny=options.deny,
        style=options.style,
    )


def series(options: argparse.Namespace) -> int:
    """Make the report of a series of cases, unless it is current."""
    from .workflow import cases_of, make_series

    with cases_of(options.data, " ".join(options.cases), options.baseline, options.reference) as data:
        plan = _plan_of_series(options, data)
        made = make_series(plan)
    _say_summary(plan.home)
    say(f"made      {plan.home}/report.html, report.pdf, tables/" if made else f"current   {plan.home}: nothing to do")
    return 0


def _plan_of_series(options: argparse.Namespace, data: Path):
    from .case import case_ids
    from .workflow import SeriesPlan

    asked = " ".join(options.cases)
    return SeriesPlan(
        name=options.name,
        asked=asked,
        cases=tuple(case_ids(data, asked)),
        data=data,
        build=options.build,
        notebooks=(options.notebooks / "series.ipynb",),
        lock=options.lock,
        measure=options.measure,
        align=options.align,
        diagnosis=options.diagnosis,
        records=options.records,
        baseline=options.baseline,
        reference=options.reference,
        rules=options.rules,
        deny=options.deny,
    )


def left_behind(options: argparse.Namespace, stopped: bool) -> str:
    """What there is after a command that was stopped, or ended in an error; blank where nothing needs to be told."""
    if options.command == "report" and is_case_id(options.case):
        from .workflow import what_is_left, what_stands

        return (what_is_left if stopped else what_stands)(_plan_of_report(options))
    if options.command == "series" and is_case_id(options.name):
        from .workflow import cases_of, what_stands

        asked = (" ".join(options.cases), options.baseline, options.reference)
        with contextlib.suppress(TimelineError), cases_of(options.data, *asked) as data:
            return what_stands(_plan_of_series(options, data))
    if options.command == "derive" and (options.path / SHARDS).is_file():
        from .workflow import standing_words

        with contextlib.suppress(TimelineError, OSError):
            return standing_words(options.output, options.path)
    if options.command == "run" and stopped:
        return f"the cases that were done stand in {options.output}; the same command with --resume makes the others"
    return ""


def run(options: argparse.Namespace) -> int:
    """Run the notebooks of many cases."""
    from .files import list_cases
    from .workflow import LEDGER, Bulk, Limits, notebooks_in, plans_of, run_cases, run_words

    plan = _plan(options, "", options.output, notebooks_in(options.notebooks, options.only))
    plans = plans_of(options.cases, plan, list_cases(options.data))
    bulk = Bulk(plans, options.jobs, Limits(options.timeout, options.memory), options.resume, options.keep_notebooks)
    if options.scheduler:
        with _workers(options) as workers:
            count, failures = run_cases(bulk._replace(workers=workers.count), workers)
    else:
        count, failures = run_cases(bulk)
    say(f"{run_words(len(plans), count, failures)}; results in {options.output}")
    for failure in failures[:10]:
        say(f"casetimeline: {', '.join(filter(None, failure[:2]))}: {failure.message}", sys.stderr)
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
    from .workflow import verify_report

    lines, same = verify_report(options.built, options.data, options.notebooks, options.lock)
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


def diff(options: argparse.Namespace) -> int:
    """Say what changed between two states of a case, and what that changes in its report."""
    from .workflow import compare_states, difference_lines

    difference = compare_states(options.old, options.new)
    return _answer(options, difference.as_data(), difference_lines(difference))


def depends(options: argparse.Namespace) -> int:
    """Say what rests on a row of a timeline."""
    from .case import read_case
    from .workflow import dependence_lines, depends_on

    dependence = depends_on(read_case(options.folder), options.row)
    return _answer(options, dependence.as_data(), dependence_lines(dependence))


def _answer(options: argparse.Namespace, data: dict, lines: Iterable[str]) -> int:
    """Say something for a program, or in lines."""
    say(json.dumps(data, indent=1, ensure_ascii=False) if options.json else "\n".join(lines))
    return 0


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
    from .case import decode, with_dictionary
    from .files import write_atomic

    text = decode(options.readme.read_bytes(), str(options.readme))
    write_atomic(options.readme.resolve(), with_dictionary(text, str(options.readme)).encode())
    return 0
