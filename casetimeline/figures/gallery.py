"""Every figure of a case, by the name of the notebook that shows it."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property

import pandas as pd
from matplotlib.figure import Figure

from ..case import Case, check_measures
from ..derive import derive_changes
from ..rules import evaluate_claims, evaluate_rules, limits_of
from .change import draw_change
from .claims import draw_claims
from .context import draw_context
from .profile import draw_profile
from .regimen import draw_regimen
from .reported import draw_reported
from .timeline import draw_timeline
from .trajectory import draw_trajectory


@dataclass(frozen=True)
class Derived:
    """What figures are drawn from: a case, and its tables, each made when a figure first asks for it.

    Attributes
    ----------
    case : Case
    """

    case: Case

    @cached_property
    def changes(self) -> pd.DataFrame:
        """The derived table."""
        return derive_changes(self.case.facts, self.case.baseline_rule, self.case.reference)

    @cached_property
    def verdicts(self) -> pd.DataFrame:
        """The verdicts of the rules: half of the work, and most figures show none."""
        return evaluate_rules(self.changes, self.case.rules, self.case.cva)


def _trajectory(code: str) -> Callable[[Derived, float], Figure]:
    return lambda of, width: draw_trajectory(of.case, of.changes, code, limits_of(of.case.rules, code), width_mm=width)


FIGURES: dict[str, Callable[[Derived, float], Figure]] = {
    "00_timeline": lambda of, width: draw_timeline(of.case, width_mm=width),
    "01_skin": _trajectory("mrss"),
    "02_muscle": _trajectory("ck"),
    "03_pericardium": _trajectory("pericardial_effusion"),
    "04_profile": lambda of, width: draw_profile(of.case, of.changes, width_mm=width),
    "05_claims": lambda of, width: draw_claims(
        of.case, evaluate_claims(of.case, of.changes, of.verdicts), width_mm=width
    ),
    "06_reported": lambda of, width: draw_reported(of.case, width_mm=width),
    "07_regimen": lambda of, width: draw_regimen(of.case, width_mm=width),
    "08_change": lambda of, width: draw_change(of.case, of.changes, of.verdicts, width_mm=width),
    "09_context": lambda of, width: draw_context(of.case, of.changes, width_mm=width),
}


def names_of(measures: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of all figures: those of the notebooks, then one for each further measure.

    Examples
    --------
    >>> names_of(["lvef"])[-2:]
    ('09_context', 'measure_lvef')
    """
    return (*FIGURES, *(f"measure_{code}" for code in measures))


def draw_figures(case: Case, width_mm: float = 180, measures: tuple[str, ...] = ()) -> Iterator[tuple[str, Figure]]:
    """Draw every figure of a case, one after the other.

    Parameters
    ----------
    case : Case
        From `read_case`.
    width_mm : float
        Printed width of each.
    measures : tuple of str
        Codes of measures whose trajectories are drawn after the others.

    Yields
    ------
    str, Figure
        The name of the notebook that shows the figure, without its suffix, or `measure_` and a code; and the figure.

    Raises
    ------
    TimelineError
        If the case has no observation of a measure.
    """
    check_measures(measures, case.facts)
    derived = Derived(case)
    draws = [*FIGURES.values(), *map(_trajectory, measures)]
    for name, draw in zip(names_of(measures), draws, strict=True):
        yield name, draw(derived, width_mm)
