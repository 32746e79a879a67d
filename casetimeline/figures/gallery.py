"""Every figure of a case, by the name of the notebook that shows it."""

from collections.abc import Callable, Iterable, Iterator

from matplotlib.figure import Figure

from ..case import check_measures
from ..rules import Analysis, analyse
from .change import draw_change
from .claims import draw_claims
from .clinical_course import draw_course
from .context import draw_context
from .regimen import draw_regimen
from .reported import draw_reported
from .trajectory import draw_trajectory


def _trajectory(code: str) -> Callable[..., Figure]:
    return lambda analysis, width_mm: draw_trajectory(analysis, code, width_mm=width_mm)


FIGURES: dict[str, Callable[..., Figure]] = {
    "00_course": draw_course,
    "01_skin": _trajectory("mrss"),
    "02_muscle": _trajectory("ck"),
    "03_pericardium": _trajectory("pericardial_effusion"),
    "05_claims": draw_claims,
    "06_reported": draw_reported,
    "07_regimen": draw_regimen,
    "08_change": draw_change,
    "09_context": draw_context,
}


def names_of(measures: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of all figures: those of the notebooks, then one for each measure that is asked for.

    Examples
    --------
    >>> names_of(["lvef"])[-2:]
    ('09_context', 'measure_lvef')
    """
    return (*FIGURES, *(f"measure_{code}" for code in measures))


def draw_figures(
    analysis: Analysis, width_mm: float = 180, measures: tuple[str, ...] = (), most_mm: float | None = None
) -> Iterator[tuple[str, Figure]]:
    """Draw every figure of a case, one after the other.

    Parameters
    ----------
    analysis, width_mm
        As for every figure: see `casetimeline.figures`.
    measures : tuple of str
        Codes of measures whose trajectories are drawn after the others.
    most_mm : float
        Greatest height of the course without its notes, in millimetres; None as for `draw_course`.

    Yields
    ------
    str, Figure
        The name of the figure, then the figure. Its name is that of the notebook that shows it, without the suffix, or
        `measure_` and a code.

    Raises
    ------
    TimelineError
        If the case has no observation of a measure.
    """
    analysis = analyse(analysis)
    check_measures(measures, analysis.case.facts)
    draws = [*FIGURES.values(), *map(_trajectory, measures)]
    for name, draw in zip(names_of(measures), draws, strict=True):
        # The course alone has more or fewer graphs, as the page has room.
        room = {"most_mm": most_mm} if draw is draw_course else {}
        yield name, draw(analysis, width_mm=width_mm, **room)
