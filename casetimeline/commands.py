"""What each command of the command line does: one function of a floor below, its answer printed, and an exit code.

Each function takes the options that `cli` read, and imports what it needs itself: `--help` waits for none of it.
"""

import argparse
import json
import sys
from pathlib import Path

from .faults import Fault, TimelineError
from .presets import PROOF
from .vocabulary import words_of


def _asked(options: argparse.Namespace) -> tuple[str, ...]:
    """How a case is asked to be read, in the order of `Plan` and of `read_case`."""
    return options.baseline, options.reference, options.axis, options.rules


def check(options: argparse.Namespace) -> int:
    """Say what is wrong with what a path holds."""
    from .case import read_path

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


def derive(options: argparse.Namespace) -> int:
    """Write the derived table of what a path holds."""
    from .case import derive_path
    from .files import write_atomic
    from .report import table_bytes

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


def new(options: argparse.Namespace) -> int:
    """Make the folder of a case of one's own."""
    from .case import new_case

    for line in new_case(options.data, options.case):
        print(line)
    return 0


def import_(options: argparse.Namespace) -> int:
    """Read a filled-in workbook into the cases."""
    from .case import import_case

    for line in import_case(options.file, options.data):
        print(line)
    return 0


def report(options: argparse.Namespace) -> int:
    """Make the report of a case."""
    from .workflow import Plan, make_report, notebooks_in

    workbook = options.data / options.case / f"{options.case}.xlsx"
    if workbook.is_file():
        from .case import workbook_note

        note = workbook_note(options.data, options.case)
        if note:
            print(f"casetimeline: {note}", file=sys.stderr)
    presets = tuple(filter(None, options.preset.split(",")))
    plan = Plan(
        *(options.case, options.data, options.build, notebooks_in(options.notebooks), options.lock),
        *(*_asked(options), presets, words_of(options.measure), options.deny),
    )
    made = make_report(plan)
    print((plan.home / "summary.txt").read_text(encoding="utf-8"), end="")
    print(
        f"made      {plan.home}/report.html, report.pdf, manuscript/"
        if made
        else f"current   {plan.home}: nothing to do"
    )
    return _proved(plan.home, presets)


def run(options: argparse.Namespace) -> int:
    """Run the notebooks of many cases."""
    from .files import list_cases
    from .workflow import LEDGER, Bulk, Limits, Plan, notebooks_in, plans_of, run_cases

    chosen = notebooks_in(options.notebooks, options.only)
    plan = Plan("", options.data, options.output, chosen, options.lock, *_asked(options))
    plans = plans_of(options.cases, plan, list_cases(options.data))
    limits = Limits(options.timeout, options.memory)
    count, failures = run_cases(Bulk(plans, options.jobs, limits, options.resume, options.keep_notebooks))
    failed = len({failure.case for failure in failures})
    print(f"{len(plans)} cases, {failed} failed; {count} notebooks run; results in {options.output}")
    for failure in failures[:10]:
        print(f"casetimeline: {failure.case}, {failure.notebook}: {failure.message}", file=sys.stderr)
    if failures:
        print(f"casetimeline: every failure stands in {options.output / LEDGER}", file=sys.stderr)
    return 1 if failures else 0


def app(options: argparse.Namespace) -> int:
    """Serve the page."""
    from .explore import run_app

    run_app(options.data, options.case, options.host, options.port, options.sessions)
    return 0


def _proved(home: Path, presets: tuple[str, ...]) -> int:
    """1 if a figure file lacks a property that its preset asks for, each told; else 0."""
    failed = 0
    for preset in presets:
        folder = home / "manuscript" / "figures" / preset
        _, *rows = (line.split("\t") for line in (folder / PROOF).read_text(encoding="utf-8").splitlines())
        for file, what, measured, asked, holds in rows:
            if holds != "yes":
                failed = 1
                print(f"casetimeline: {file}: {what}: {measured}; asked: {asked}", file=sys.stderr)
        holding = sum(row[-1] == "yes" for row in rows)
        print(f"figures   {folder}: {holding} of {len(rows)} properties proved")
    return failed


def verify(options: argparse.Namespace) -> int:
    """Make a report again, and compare."""
    from .workflow import notebooks_in, verify_report

    lines, same = verify_report(options.built, options.data, notebooks_in(options.notebooks), options.lock)
    print("\n".join(lines))
    return 0 if same else 1


def compare(options: argparse.Namespace) -> int:
    """Compare the committed notebooks and figures with a run."""
    from .workflow import compare

    faults = compare(Path(), options.built)
    for fault in faults:
        print(f"casetimeline: {fault}", file=sys.stderr)
    if not faults:
        print("The committed notebooks and figures are what a run gives.")
    return 1 if faults else 0


def accept(options: argparse.Namespace) -> int:
    """Make the results of a run the committed ones."""
    from .workflow import accept

    changed = accept(Path(), options.built)
    print("\n".join(f"accepted {name}" for name in changed) or "nothing changed")
    return 0


def normalise(options: argparse.Namespace) -> int:
    """Bring notebooks into the normal form."""
    from .workflow import normalise_files

    changed = normalise_files(options.notebooks)
    for name in changed:
        print(f"{name}: brought into the normal form")
    return 1 if changed else 0


def dictionary(options: argparse.Namespace) -> int:
    """Write the data dictionary."""
    from .dictionary import with_dictionary
    from .files import write_atomic

    text = options.readme.read_text(encoding="utf-8")
    write_atomic(options.readme, with_dictionary(text).encode())
    return 0
