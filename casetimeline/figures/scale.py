"""How the days of an axis are told: as days, as weeks, or as study days. A position is a day from time zero in each."""

import math
from collections.abc import Callable
from typing import NamedTuple

from matplotlib.ticker import MaxNLocator

from ..values import number


class Scale(NamedTuple):
    """The numbers that days get on an axis.

    Attributes
    ----------
    word : str
        What stands before such a number in a sentence.
    count, day : callable
        The number of a day, and the day of a number.
    whole : bool
        Whether only whole numbers are round ones.
    on_axis, in_words : int
        The most decimals of a number.
    """

    word: str
    count: Callable[[float], float]
    day: Callable[[float], float]
    whole: bool
    on_axis: int
    in_words: int

    def tick(self, day: float) -> str:
        """What stands under a day on the axis."""
        return number(self.count(day), self.on_axis)

    def said(self, day: float) -> str:
        """A day in a sentence.

        Examples
        --------
        >>> DAYS.said(30.4), WEEKS.said(30.4), study_days(10).said(30.4)
        ('day 30', 'week 4.3', 'study day 21')
        """
        return f"{self.word} {number(self.count(day), self.in_words)}"

    def round_days(self, low: float, high: float, most: int) -> list[float]:
        """Days from `low` to `high` that have round numbers, about so many; may be none.

        Examples
        --------
        >>> [float(day) for day in WEEKS.round_days(0, 90, 7)]
        [0.0, 14.0, 28.0, 42.0, 56.0, 70.0, 84.0]
        >>> [study_days(10).tick(day) for day in study_days(10).round_days(-40, 130, 4)]
        ['-50', '1', '50', '100']
        """
        numbers = MaxNLocator(most, integer=self.whole).tick_values(self.count(low), self.count(high))
        return [day for day in dict.fromkeys(map(self.day, numbers)) if low <= day <= high]

    def middle(self, low: float, high: float) -> float:
        """The day of the whole number nearest to the middle of a stretch; the nearest day where that is outside."""
        middle = (low + high) / 2
        day = self.day(round(self.count(middle)))
        return day if low <= day <= high else round(middle)


DAYS = Scale("day", float, float, whole=False, on_axis=6, in_words=0)
WEEKS = Scale("week", lambda day: day / 7, lambda week: 7 * week, whole=True, on_axis=1, in_words=1)


def study_days(first: float) -> Scale:
    """Study days as `derive_ady` counts them, from the day that the reference treatment starts.

    Parameters
    ----------
    first : float
        That day, in days from time zero.

    Examples
    --------
    The day itself is 1, the day before -1; there is no 0, and what is asked for as 0 is 1.

    >>> [study_days(10).count(day) for day in (8, 9, 10, 11)], [study_days(10).day(n) for n in (-1, 0, 1, 2)]
    ([-2, -1, 1, 2], [9, 10, 10, 11])
    """
    zero = math.floor(first)

    def count(day: float) -> int:
        """The study day of a day."""
        days = math.floor(day) - zero
        return days + (days >= 0)

    return Scale("study day", count, lambda n: zero + n - (n > 0), whole=True, on_axis=0, in_words=0)
