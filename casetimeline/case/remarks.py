"""What a reader should know of checked facts: nothing is dropped or chosen in silence."""

from collections.abc import Iterator

import pandas as pd

from ..derive import contradicted_phases
from ..faults import first_few
from ..vocabulary import COLUMN_NAMES
from .schema import repeated_facts


def notes_of(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, file: str) -> Iterator[str]:
    """What a reader should know of checked facts, one sentence each."""
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    for name in facts.columns.difference(["line", *COLUMN_NAMES], sort=False):
        yield f"{file}: column '{name.strip()}' is not in the data dictionary and is not used"
    for code in sorted(set(facts["code"].unique()) - set(measures.index)):
        yield f"{file}: code '{code}' is not in measures.csv; it is shown under its own name"
    units = facts["code"].map(measures["units"])
    bare = facts[(facts["kind"] == "observation") & facts["value"].ne("") & facts["unit"].eq("")]
    lines = [
        str(row.line)
        for row in bare.itertuples()
        if units[row.Index] and "" not in units[row.Index] and row.value not in measures["grades"][row.code]
    ]
    yield from _on_lines(file, lines, "no unit; the value is not compared with values that have one")
    again = [str(line) for line, _ in repeated_facts(facts)]
    yield from _on_lines(file, again, "says again what an earlier line says of the same moment")
    phases = set(facts["phase"].unique()) - {""}
    for phase in sorted(phases - set(about.get("phases", phases)), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def contradiction_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """A sentence on the cases whose phases contradict their times."""
    cases = sorted(set(facts.loc[contradicted_phases(facts), "case_id"]))
    told = f"{file}: the phases contradict the times, and the times order the facts: {first_few(cases)}"
    return [told] if cases else []


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: {sentence}"
