"""What a measure is, for all cases of a series: one definition, or a fault that names the cases that differ."""

import math
from collections.abc import Iterable

import pandas as pd

from ..faults import Fault, TimelineError
from ..rules import Analysis

# What a number of one case must have in common with that of another to stand beside it.
_DEFINED_BY = ("unit", "grades", "better", "scale", "low", "high")


def measures_of(analyses: Iterable[Analysis]) -> pd.DataFrame:
    """The vocabulary of some cases; a code that a case records is as that case has it."""
    tables = [each.case.measures for each in analyses]
    recorded = [each.case.measures.loc[_recorded(each)] for each in analyses]
    joined = pd.concat([*recorded, *tables])
    return joined[~joined.index.duplicated()].loc[pd.concat(tables).index.unique()]


def check_definitions(analyses: Iterable[Analysis]) -> None:
    """Refuse cases that record one code with two meanings: their numbers do not stand on one scale.

    Raises
    ------
    TimelineError
        For each such code, with the tables of both cases.
    """
    first: dict[str, tuple[str, pd.Series]] = {}
    # Of one code its first clash.
    faults: dict[str, Fault] = {}
    for each in analyses:
        for code in _recorded(each):
            mine = (each.case.case_id, each.case.measures.loc[code])
            clash = _clash(code, mine, first.setdefault(code, mine))
            if clash is not None:
                faults.setdefault(code, clash)
    if faults:
        raise TimelineError(faults.values())


def _recorded(analysis: Analysis) -> list[str]:
    """The codes of the measures that a case records."""
    facts = analysis.case.facts
    return [*facts.loc[facts["kind"] == "observation", "code"].unique()]


def _clash(code: str, mine: tuple[str, pd.Series], other: tuple[str, pd.Series]) -> Fault | None:
    """The fault of a code that is defined otherwise in one case than in another; none where both say the same."""
    (case_id, here), (other_id, there) = mine, other
    differing = [name for name in _DEFINED_BY if here[name] != there[name]]
    shared = here["units"].keys() & there["units"].keys()
    differing += ["units"] if any(here["units"][unit] != there["units"][unit] for unit in shared) else []
    if not differing:
        return None
    name = differing[0]
    has = f"the {name} {_cell(there[name])} as in measures.csv of case {other_id}"
    expected = f"one meaning of {code} in a series: {has}, or another code"
    content = f"{code}, with the {name} {_cell(here[name])}"
    return Fault(f"measures.csv of case {case_id}", None, name, content, expected)


def _cell(content: object) -> str:
    """What a cell of measures.csv says.

    Examples
    --------
    >>> _cell(("none", "present")), _cell({"U/L": 1.0, "ukat/L": 60.0}), _cell(51.0), _cell("")
    ('none|present', 'U/L=1|ukat/L=60', '51', '(blank)')
    """
    if isinstance(content, dict):
        return "|".join(f"{unit or '(blank)'}={factor:g}" for unit, factor in content.items())
    if isinstance(content, tuple):
        return "|".join(content)
    if isinstance(content, float):
        return f"{content:g}" if math.isfinite(content) else "(blank)"
    return str(content) or "(blank)"
