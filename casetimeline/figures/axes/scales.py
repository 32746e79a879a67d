"""How days are counted on an axis: in days, weeks, months, years or study days, with the ticks that people count in."""

import math
from collections.abc import Callable
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

from ...values import number
from ...vocabulary import DAYS_PER


class Scale(NamedTuple):
    """How days are counted and named on an axis.

    Attributes
    ----------
    word : str
        The word before a number in a sentence, for example `week`.
    count, day : callable
        From a day to its number on the scale, and from a number to its day.
    whole : bool
        Whether ticks stand at whole numbers only.
    on_axis, in_words : int
        The greatest number of decimals, on the axis and in a sentence.
    steps : tuple of float
        The steps between ticks that a clinician counts in; blank: round numbers.
    """

    word: str
    count: Callable[[float], float]
    day: Callable[[float], float]
    whole: bool
    on_axis: int
    in_words: int
    steps: tuple[float, ...] = ()

    def tick(self, day: float) -> str:
        """The label of the tick at a day."""
        return number(self.count(day), self.on_axis)

    def phrase(self, day: float) -> str:
        """A day as words of a sentence.

        Examples
        --------
        >>> DAYS.phrase(30.4), WEEKS.phrase(30.4), study_days(10).phrase(30.4)
        ('day 30', 'week 4.3', 'study day 21')
        """
        return f"{self.word} {number(self.count(day), self.in_words)}"

    def round_days(self, low: float, high: float, most: int) -> list[float]:
        """Days from `low` to `high` that have round numbers: about `most` of them, or none.

        Examples
        --------
        >>> [float(day) for day in WEEKS.round_days(0, 90, 7)]
        [0.0, 14.0, 28.0, 42.0, 56.0, 70.0, 84.0]
        >>> [study_days(10).tick(day) for day in study_days(10).round_days(-40, 130, 4)]
        ['-50', '1', '50', '100']
        """
        first, last = self.count(low), self.count(high)
        step = next((step for step in self.steps if (last - first) / step <= most + 0.5), None)
        if step is None:
            numbers = MaxNLocator(most, integer=self.whole).tick_values(first, last)
        else:
            numbers = [step * n for n in range(math.ceil(first / step), math.floor(last / step) + 1)]
        return [day for day in dict.fromkeys(map(self.day, numbers)) if low <= day <= high]

    def middle(self, low: float, high: float) -> float:
        """The day of the whole number nearest to the middle of a stretch; the middle rounded if that lies outside.

        Examples
        --------
        >>> WEEKS.middle(0, 30), WEEKS.middle(1, 3)
        (14.0, 2)
        """
        middle = (low + high) / 2
        day = self.day(round(self.count(middle)))
        return day if low <= day <= high else round(middle)


def _scale_in(word: str, days: float, steps: tuple[float, ...]) -> Scale:
    """A scale whose unit is a number of days."""
    return Scale(
        word, lambda day: day / days, lambda count: days * count, whole=True, on_axis=1, in_words=1, steps=steps
    )


DAYS = Scale("day", float, float, whole=False, on_axis=6, in_words=0, steps=(1, 2, 7, 14, 28))
WEEKS = _scale_in("week", DAYS_PER["wk"], (1, 2, 4, 8, 12, 24, 52))
MONTHS = _scale_in("month", DAYS_PER["mo"], (1, 2, 3, 6, 12))
YEARS = _scale_in("year", DAYS_PER["a"], (1, 2, 5, 10))


def study_days(first: float) -> Scale:
    """Study days as `derive_ady` counts them, from the day that the reference treatment starts.

    Parameters
    ----------
    first : float
        The day on which the reference treatment starts, in days from time zero.

    Examples
    --------
    The first day is 1 and the day before it -1. No day has the number 0; asked for 0, the scale gives the first day.

    >>> [study_days(10).count(day) for day in (8, 9, 10, 11)], [study_days(10).day(n) for n in (-1, 0, 1, 2)]
    ([-2, -1, 1, 2], [9, 10, 10, 11])
    """
    zero = math.floor(first)

    def count(day: float) -> int:
        """The study day of a day."""
        days = math.floor(day) - zero
        return days + (days >= 0)

    return Scale("study day", count, lambda n: zero + n - (n > 0), whole=True, on_axis=0, in_words=0)
