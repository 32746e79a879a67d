"""Every figure of a case, by the name of the notebook that shows it."""

from collections.abc import Callable, Iterable, Iterator

from matplotlib.figure import Figure

from ..case import check_measures, codes_of
from ..rules import Analysis, analyse
from .change import draw_change
from .claims import claims_in_parts, draw_claims
from .clinical_course import course_in_parts, draw_course
from .context import context_in_parts, draw_context
from .files.presets import PART
from .regimen import draw_regimen
from .reported import draw_reported, reported_in_parts
from .split import change_in_parts
from .style import check_width
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


# Figures that are drawn in parts where a page has no room for them.
_IN_PARTS: dict[str, Callable[..., list[Figure]]] = {
    "00_course": course_in_parts,
    "05_claims": claims_in_parts,
    "06_reported": reported_in_parts,
    "08_change": change_in_parts,
    "09_context": lambda analysis, width_mm, most_mm: context_in_parts(analysis, "mrss", width_mm, most_mm),
}


def names_of(measures: Iterable[str] = ()) -> tuple[str, ...]:
    """The names of all figures: those of the notebooks, then one for each measure that is asked for.

    Examples
    --------
    >>> names_of(["lvef"])[-2:]
    ('09_context', 'measure_lvef')
    """
    return (*FIGURES, *(f"measure_{code}" for code in measures))


def draw_in_parts(analysis: Analysis, name: str, width_mm: float, most_mm: float) -> list[Figure]:
    """A figure of `FIGURES` in parts that are at most so high without their notes; as it is where it has no parts.

    All parameters are those of `draw_figures`.
    """
    if name in _IN_PARTS:
        return _IN_PARTS[name](analysis, width_mm=width_mm, most_mm=most_mm)
    return [FIGURES[name](analysis, width_mm=width_mm)]


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
        Greatest height of a figure without its notes, in millimetres: the course, and a figure of rows, is drawn in
        parts where it would be higher. None for figures of any height, and the course as `draw_course` draws it.

    Returns
    -------
    iterator of str and Figure
        The name of each figure, and the figure, which is drawn when it is asked for. Its name is that of the notebook
        that shows it, without the suffix, or `measure_` and a code; each part after the first has `_part2` and so on
        behind it.

    Raises
    ------
    TimelineError
        If the case has no observation of a measure, or no figure can have the width.
    """
    check_width(width_mm)
    analysis, measures = analyse(analysis), codes_of(measures)
    check_measures(measures, analysis.case.facts)
    return _drawn(analysis, width_mm, measures, most_mm)


def _drawn(
    analysis: Analysis, width_mm: float, measures: tuple[str, ...], most_mm: float | None
) -> Iterator[tuple[str, Figure]]:
    """The figures of `draw_figures`, one after the other."""
    draws = [*FIGURES.values(), *map(_trajectory, measures)]
    for name, draw in zip(names_of(measures), draws, strict=True):
        if name in _IN_PARTS and most_mm is not None:
            for number, part in enumerate(draw_in_parts(analysis, name, width_mm, most_mm), 1):
                yield (name if number == 1 else f"{name}{PART}{number}"), part
            continue
        yield name, draw(analysis, width_mm=width_mm)
