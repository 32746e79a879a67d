"""What a reader should know of checked facts: what is not used, not compared, told twice, or ordered by its times."""

from collections.abc import Iterator

import numpy as np
import pandas as pd

from ..derive import contradicted_phases
from ..faults import first_few
from ..values import distinct, pairs
from ..vocabulary import COLUMN_NAMES
from .check import beside
from .names import near_names
from .typed import is_grade, reading_notes, uncounted_notes


def repeated_facts(facts: pd.DataFrame) -> list[tuple[int, int]]:
    """Lines of observations that say again what stands on an earlier line, each with that line."""
    places, firsts, same = beside(facts)
    lines = facts["line"].to_numpy()
    return list(zip(lines[places[same]].tolist(), lines[firsts[same]].tolist(), strict=True))


def notes_of(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, file: str) -> Iterator[str]:
    """What a reader should know of checked facts, one sentence each."""
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    for name in facts.columns.difference(["line", *COLUMN_NAMES], sort=False):
        yield f"{file}: column '{name.strip()}' is not in the data dictionary and is not used"
    for code in sorted(set(distinct(facts["code"]).texts) - set(measures.index)):
        near = " or ".join(f"'{name}'" for name in near_names(code, measures, observed=False))
        suggestion = f"; did you mean {near}?" if near else ""
        yield f"{file}: code '{code}' is not in measures.csv; it is shown under its own name{suggestion}"
    yield from reading_notes(facts, measures, file)
    yield from uncounted_notes(facts, file)
    lines = [str(line) for line in facts.loc[_bare(facts, measures), "line"].tolist()]
    yield from _on_lines(file, lines, "no unit; the value is not compared with values that have one")
    again = [str(line) for line, _ in repeated_facts(facts)]
    yield from _on_lines(file, again, "says again what an earlier line says of the same moment")
    phases = set(distinct(facts["phase"]).texts) - {""}
    for phase in sorted(phases - set(about.get("phases", phases)), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def _bare(facts: pd.DataFrame, measures: pd.DataFrame) -> np.ndarray:
    """Observations with a number without a unit, of a measure whose numbers need one."""
    kind, code, value, unit = (distinct(facts[name]) for name in ("kind", "code", "value", "unit"))
    units, grades = measures["units"].to_dict(), measures["grades"].to_dict()
    needs_unit = code.each(lambda name: bool(units.get(name)) and "" not in units[name], bool)
    number = pairs(code, value).each(
        lambda pair: bool(pair[1]) and not is_grade(pair[1], grades.get(pair[0], ())), bool
    )
    return kind.among(["observation"]) & needs_unit & number & unit.among([""])


def contradiction_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """A sentence on the cases whose phases contradict their times."""
    cases = sorted(set(facts.loc[contradicted_phases(facts), "case_id"]))
    sentence = f"{file}: the phases contradict the times, and the times order the facts: {first_few(cases)}"
    return [sentence] if cases else []


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: {sentence}"
