"""Rows that belong together, such as the records of a series, numbered by group.

Groups as whole numbers can be counted, sorted and reduced by numpy, whether there are six rows or a million. A method
gives one result a group; indexing it with `[groups.codes]` gives the result of each row's group.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from ..values import factorized

# Products of counts stay below this, so that no two groups get the same number.
_MOST = 2**62


class Groups(NamedTuple):
    """Which rows of a table belong together.

    Attributes
    ----------
    codes : ndarray of int
        The group of each row, from 0, in the order of their first rows.
    count : int
        How many groups there are.
    """

    codes: np.ndarray
    count: int

    def of(self, rows: np.ndarray) -> "Groups":
        """Some of the rows, in the same groups; a group may then have no row."""
        return Groups(self.codes[rows], self.count)

    def size(self) -> np.ndarray:
        """How many rows each group has.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).size().tolist()
        [2, 1]
        """
        return np.bincount(self.codes, minlength=self.count)

    def any(self, mask: np.ndarray) -> np.ndarray:
        """Whether each group has a row in the mask.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).any(np.array([False, False, True])).tolist()
        [True, False]
        """
        return self.of(mask).size() > 0

    def lowest(self, values: np.ndarray) -> np.ndarray:
        """The lowest value of each group; nan where it has none.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).lowest(np.array([3.0, np.nan, 2.0])).tolist()
        [2.0, nan]
        """
        lowest = np.full(self.count, np.nan)
        np.fmin.at(lowest, self.codes, values)
        return lowest

    def highest(self, values: np.ndarray) -> np.ndarray:
        """The highest value of each group; nan where it has none.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).highest(np.array([3.0, np.nan, 2.0])).tolist()
        [3.0, nan]
        """
        highest = np.full(self.count, np.nan)
        np.fmax.at(highest, self.codes, values)
        return highest

    def different(self, column: np.ndarray | ExtensionArray) -> np.ndarray:
        """How many different texts or numbers a column has in each group.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).different(np.array([5, 5, 7])).tolist()
        [2, 1]
        """
        return self.of(groups_of(self.codes, column).first()).size()

    def first(self) -> np.ndarray:
        """The place of the first row of each group that has rows.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a"])).first().tolist()
        [0, 1]
        """
        places = np.full(self.count, -1)
        # Of several rows the last one written stays.
        places[self.codes[::-1]] = np.arange(len(self.codes))[::-1]
        return places[places >= 0]

    def running_highest(self, values: np.ndarray, order: np.ndarray) -> np.ndarray:
        """The highest value of its group up to each row; nan where there is none yet.

        Parameters
        ----------
        values : ndarray of float
            One a row.
        order : ndarray of int
            The rows group by group, and in their order within a group, as `in_turn` gives them.

        Examples
        --------
        >>> series = groups_of(pd.Series(["a", "b", "a", "a"]))
        >>> series.running_highest(np.array([3.0, 9.0, 2.0, 5.0]), np.array([0, 2, 3, 1])).tolist()
        [3.0, 9.0, 3.0, 5.0]
        """
        # What is missing is lower than any number.
        ascending = np.roll(np.argsort(values, kind="stable"), np.isnan(values).sum())
        rank = np.empty(len(values), dtype=np.int64)
        rank[ascending] = np.arange(len(values))
        # A later group has higher numbers than any rank of an earlier one, so that no maximum is carried over.
        reached = np.maximum.accumulate(self.codes[order] * len(values) + rank[order]) % max(len(values), 1)
        highest = np.empty(len(values))
        highest[order] = values[ascending][reached]
        return highest

    def ranked(self, *keys: np.ndarray) -> np.ndarray:
        """The position of each row in its group, from 1, by several keys, the first before the second; equals share it.

        Examples
        --------
        >>> groups_of(pd.Series(["a", "b", "a", "a"])).ranked(np.array([2, 5, 1, 2]), np.array([0, 0, 0, 0])).tolist()
        [2, 1, 1, 2]
        """
        order = np.lexsort((*keys[::-1], self.codes))
        table = [column[order] for column in (self.codes, *keys)]
        place = np.cumsum(begins(*table))
        position = np.empty(len(order), dtype=np.int64)
        position[order] = place - np.maximum.accumulate(np.where(begins(table[0]), place, 0)) + 1
        return position


def groups_of(*columns: pd.Series | np.ndarray | ExtensionArray) -> Groups:
    """Group the rows that have the same texts or numbers in all columns given; two missing values are equal.

    Examples
    --------
    >>> groups_of(pd.Series(["a", "a", "a"]), pd.Series(["ck", "mrss", "ck"]))
    Groups(codes=array([0, 1, 0]), count=2)
    """
    codes, count = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        values = column.array if isinstance(column, pd.Series) else column
        place, different = factorized(values)
        if len(place) and place.min() < 0:
            place, different = pd.factorize(values, use_na_sentinel=False)
        if count * len(different) > _MOST:
            codes, count = _numbered(codes)
        codes, count = codes * len(different) + place, count * len(different)
    return Groups(*_numbered(codes)) if len(columns) > 1 else Groups(codes, count)


def begins(*columns: np.ndarray) -> np.ndarray:
    """Whether each row is the first, or differs from the row before it in one of the columns.

    Examples
    --------
    >>> begins(np.array([0, 0, 1]), np.array([5, 5, 5])).tolist()
    [True, False, True]
    """
    new = np.ones(len(columns[0]), dtype=bool)
    new[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return new


def in_turn(frame: pd.DataFrame, rows: np.ndarray, groups: Groups) -> np.ndarray:
    """The places of some rows of a frame, group by group, and within a group by ORDER and then by line.

    Examples
    --------
    >>> frame = pd.DataFrame({"PARAMCD": ["ck", "mrss", "ck"], "ORDER": [2, 1, 1], "line": [2, 3, 4]})
    >>> in_turn(frame, np.array([0, 1, 2]), groups_of(frame["PARAMCD"])).tolist()
    [2, 0, 1]
    """
    order, line = (np.asarray(frame[name])[rows] for name in ("ORDER", "line"))
    return rows[np.lexsort((line, order, groups.codes[rows]))]


def _numbered(codes: np.ndarray) -> tuple[np.ndarray, int]:
    """The same groups, numbered 0, 1, 2 ... in the order of the rows."""
    numbers, different = pd.factorize(codes)
    return numbers, len(different)
