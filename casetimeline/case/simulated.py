"""Simulated cases, to try a registry of any size: no patient, and nowhere taken for one.

Each id begins with `SIMULATED-`, and the source of each row says so, in every table and figure that is made of it. The
numbers fill the scales of the vocabulary in an order of chance: they say nothing about a disease or a treatment.
"""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import NamedTuple

import numpy as np

from ..faults import TimelineError, fault, first_few
from ..values import Distinct

PREFIX = "SIMULATED-"
# What the source of a simulated row begins with.
SOURCE = "simulated"
_REFERENCE, _TAPERED = "tocilizumab", "prednisone"
# Of each laboratory: the unit, the factor from U/L, the least and the most that it tells, and its limits.
_LABORATORIES = (
    ("laboratory A", "U/L", 1.0, 30, 5_000, 26, 192),
    ("laboratory B", "U/L", 1.0, 20, 20_000, 30, 200),
    ("laboratory C", "ukat/L", 1 / 60, 0.5, 100, 0.4, 3.3),
)
_COLUMNS = ("case_id", "kind", "code", "start", "end", "value", "unit", "ref_low", "ref_high", "state", "dose")
SIMULATED_COLUMNS = (*_COLUMNS, "dose_unit", "frequency", "by", "note", "source")


class Simulation(NamedTuple):
    """How many cases are simulated, and from which seed.

    Attributes
    ----------
    cases : int
    seed : int
        Another one gives other cases; the first hundred cases of a thousand are those of a hundred.
    visits : int
        Visits that are planned for a case.
    """

    cases: int
    seed: int = 1
    visits: int = 12


def is_simulated(case_id: str) -> bool:
    """Whether the id of a case says that it is simulated.

    Examples
    --------
    >>> is_simulated("SIMULATED-1-000042"), is_simulated("fu-2025")
    (True, False)
    """
    return case_id.startswith(PREFIX)


def refuse_mixture(
    case_ids: Iterable[str], at: str, line_of: Callable[[str], int | None] = lambda case_id: None
) -> None:
    """Refuse simulated cases together with others.

    Parameters
    ----------
    case_ids : iterable of str
        The ids of everything that is read together. A blank id is no case here; the check of ids reports it.
    at : str
        The file, folder or option, for the message.
    line_of : callable, optional
        Gives a line on which a case stands, where `at` has lines.

    Raises
    ------
    TimelineError
        If some of them are simulated and some are not.

    Examples
    --------
    >>> refuse_mixture(["SIMULATED-1-000001", "SIMULATED-1-000002"], "data")
    >>> refuse_mixture(["fu-2025", "SIMULATED-1-000001"], "data")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    data: found 'simulated cases beside others'; expected simulated cases alone, or none: they are never read together \
with cases of patients; simulated: SIMULATED-1-000001; others: fu-2025
    """
    ids = list(filter(None, dict.fromkeys(case_ids)))
    simulated = [name for name in ids if is_simulated(name)]
    if 0 < len(simulated) < len(ids):
        others = [name for name in ids if not is_simulated(name)]
        expected = "simulated cases alone, or none: they are never read together with cases of patients"
        expected += f"; simulated: {first_few(simulated)}; others: {first_few(others)}"
        # The first that is not as those before it.
        line = line_of(others[0] if is_simulated(ids[0]) else simulated[0])
        raise TimelineError([fault("simulated cases beside others", expected, at=at, line=line)])


def mislabelled(case_id: Distinct, source: Distinct) -> np.ndarray:
    """Whether the id of each row and its source differ in whether it is simulated; not of a row without an id."""
    differs = case_id.each(is_simulated, bool) != source.each(lambda text: text.startswith(SOURCE), bool)
    return differs & case_id.each(bool, bool)


def simulated_rows(asked: Simulation) -> Iterator[list[str]]:
    """The rows of simulated cases, in the order of `SIMULATED_COLUMNS`, case by case.

    A case has visits at irregular times, some of them missing (up to 60 % of its values, by a share of its own),
    unscheduled ones, and may drop out; its laboratory tells values below and above its range as bounds, and may change
    to one with another unit; a second drug is tapered.

    Examples
    --------
    >>> rows = list(simulated_rows(Simulation(cases=3, seed=7)))
    >>> rows[0][:4], {row[-1] for row in rows}
    (['SIMULATED-7-000001', 'treatment', 'tocilizumab', '0 d'], {'simulated; seed 7'})
    """
    for number in range(1, asked.cases + 1):
        # The generator of Python gives the same numbers in each of its versions; each case has one of its own.
        chance = random.Random(f"{asked.seed}-{number}")
        case, source = f"{PREFIX}{asked.seed}-{number:06}", f"{SOURCE}; seed {asked.seed}"
        for fact in _case(chance, asked.visits):
            row = {"case_id": case, "source": source, **fact}
            yield [row.get(name, "") for name in SIMULATED_COLUMNS]


def _case(chance: random.Random, visits: int) -> Iterator[dict[str, str]]:
    """The facts of one case."""
    days = [-chance.randrange(1, 90)]
    while len(days) < visits:
        # Planned every four weeks, and kept more or less.
        days.append(days[-1] + chance.randrange(14, 57))
    dropped = chance.random() < 0.2
    last = chance.choice(days[1:]) if dropped and visits > 1 else days[-1]
    course = {"dose": "162", "dose_unit": "mg", "frequency": "weekly"}
    yield {"kind": "treatment", "code": _REFERENCE, "start": "0 d", "end": f"{last} d" if last > 0 else "", **course}
    yield from _taper(chance)
    missing, laboratory = 0.6 * chance.random(), chance.choice(_LABORATORIES)
    level, score = chance.lognormvariate(6, 1.2), chance.randrange(5, 52)
    starts = set()
    for day in (day for day in days if day <= last):
        if chance.random() < 0.03:
            laboratory = chance.choice(_LABORATORIES)
        level, score = level * chance.lognormvariate(-0.1, 0.4), min(51, max(0, score + chance.randrange(-4, 4)))
        rounded = f"~{round(day / 30.4375)} mo"
        start = rounded if day > 30 and chance.random() < 0.02 and rounded not in starts else f"{day} d"
        starts.add(start)
        if chance.random() > missing:
            yield _ck(level, laboratory) | {"start": start}
        if chance.random() > missing:
            yield _observation("mrss", str(score), "points") | {"start": start}
        if chance.random() > missing:
            yield _observation("fvc_pred", f"{chance.uniform(30, 120):.1f}", "%") | {"start": start}
        elif chance.random() < 0.05:
            yield {"kind": "observation", "code": "fvc_pred", "state": "not_reported", "start": start}
    for day in sorted({chance.randrange(days[0], days[-1] + 1) for _ in range(chance.choice((0, 0, 1, 2)))} - {*days}):
        yield _ck(level * chance.lognormvariate(0.3, 0.6), laboratory) | {"start": f"{day} d", "note": "unscheduled"}


def _taper(chance: random.Random) -> Iterator[dict[str, str]]:
    """A course whose dose is lowered step by step."""
    begin, dose = -chance.randrange(0, 60), chance.choice((60, 40, 30, 20))
    while dose >= 5 and chance.random() < 0.9:
        end = begin + chance.randrange(14, 43)
        course = {"dose": str(dose), "dose_unit": "mg", "frequency": "daily"}
        yield {"kind": "treatment", "code": _TAPERED, "start": f"{begin} d", "end": f"{end} d", **course}
        begin, dose = end, dose // 2


def _observation(code: str, value: str, unit: str) -> dict[str, str]:
    return {"kind": "observation", "code": code, "value": value, "unit": unit}


def _ck(level: float, laboratory: tuple) -> dict[str, str]:
    """A value of a laboratory, as a bound where it is below or above what that tells."""
    name, unit, factor, least, most, low, high = laboratory
    value = level * factor
    printed = (
        f"<{least:g}" if value < least else f">{most:g}" if value > most else f"{value:.{0 if factor == 1 else 2}f}"
    )
    return _observation("ck", printed, unit) | {"ref_low": f"{low:g}", "ref_high": f"{high:g}", "by": name}
