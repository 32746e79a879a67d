"""A column of text as its different texts, so that each text is looked at once, however many rows have it."""

import weakref
from collections import namedtuple
from collections.abc import Callable, Container, Iterator, Mapping
from functools import cache
from typing import NamedTuple

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray


class Distinct(NamedTuple):
    """The different texts of a column, and which of them stands on each row.

    Attributes
    ----------
    codes : ndarray of int
        The place in `texts` of each row's text.
    texts : list
        Each different text once, in the order of the rows. For two columns, each different pair.
    """

    codes: np.ndarray
    texts: list

    def each(self, function: Callable, dtype: type = object) -> np.ndarray:
        """Apply a function to the text of each row, calling it once for each different text.

        Examples
        --------
        >>> distinct(pd.Series(["ck", "mrss", "ck"])).each(len, int).tolist()
        [2, 4, 2]
        """
        return np.array([function(text) for text in self.texts], dtype=dtype)[self.codes]

    def among(self, words: Container[str]) -> np.ndarray:
        """Whether the text of each row is one of some words.

        Examples
        --------
        >>> distinct(pd.Series(["ck", "", "mrss"])).among(["ck", "mrss"]).tolist()
        [True, False, True]
        """
        return self.each(words.__contains__, bool)

    def as_text(self, function: Callable[[str], str]) -> ExtensionArray:
        """Apply a function to the text of each row, and give the results as a column of text.

        Examples
        --------
        >>> list(distinct(pd.Series(["ck", "mrss", "ck"])).as_text(str.upper))
        ['CK', 'MRSS', 'CK']
        """
        return pd.array([function(text) for text in self.texts], dtype="str").take(self.codes)

    def replaced(self, function: Callable[[str], str]) -> "Distinct":
        """The column with another text in place of each, such as its canonical form.

        Examples
        --------
        >>> distinct(pd.Series(["ck", "mrss", "CK"])).replaced(str.upper)
        Distinct(codes=array([0, 1, 0]), texts=['CK', 'MRSS'])
        """
        new = [function(text) for text in self.texts]
        places = {text: place for place, text in enumerate(dict.fromkeys(new))}
        return Distinct(np.array([places[text] for text in new], dtype=np.int64)[self.codes], [*places])

    def where(self, mask: np.ndarray) -> "Distinct":
        """The column with blanks outside the mask; texts that only stood there are dropped from `texts`.

        The blank that is put there is the last of `texts`, also where an earlier one is blank.

        Examples
        --------
        >>> distinct(pd.Series(["46", "large", "46"])).where(np.array([True, False, True])).texts
        ['46', '']
        """
        kept = np.bincount(self.codes[mask], minlength=len(self.texts)) > 0
        places = np.cumsum(kept) - 1
        texts = [text for text, stays in zip(self.texts, kept.tolist(), strict=True) if stays]
        return Distinct(np.where(mask, places[self.codes], len(texts)), [*texts, ""])


def distinct(texts: pd.Series) -> Distinct:
    """Split a column of text into its different texts; a missing text becomes a blank one.

    Examples
    --------
    >>> distinct(pd.Series(["b", "a", "b"]))
    Distinct(codes=array([0, 1, 0]), texts=['b', 'a'])
    """
    codes, different = factorized(texts.array)
    words = different.tolist()
    missing = codes < 0
    return Distinct(np.where(missing, len(words), codes), [*words, ""]) if missing.any() else Distinct(codes, words)


def booleans(column: pd.Series | np.ndarray) -> np.ndarray:
    """A column of True and False as an array; a missing one is False.

    Raises
    ------
    TypeError
        If it holds anything else: of a text such as `False` nobody can tell what it was made from.

    Examples
    --------
    >>> booleans(pd.Series([True, None], dtype="boolean")).tolist(), booleans(np.array([1.0, 0.0])).tolist()
    ([True, False], [True, False])
    >>> booleans(pd.Series(["False"], name="CHGLOX"))
    Traceback (most recent call last):
    TypeError: CHGLOX: found 'False'; expected True or False
    """
    values = np.asarray(column)
    if values.dtype.kind == "b":
        return values
    known = ~pd.isna(values)
    for value in values[known].tolist():
        # Whole numbers may stand for them.
        if value not in (True, False):
            raise TypeError(f"{getattr(column, 'name', 'a column')}: found {value!r}; expected True or False")
    return np.where(known, values, False).astype(bool)


def floats(column: pd.Series | np.ndarray) -> np.ndarray:
    """A column of numbers as an array of floats, nan where one is missing.

    Raises
    ------
    TypeError
        If it holds anything else, such as dates, which pandas keeps as counts of a fraction of a second.

    Examples
    --------
    >>> floats(pd.array([1, None], dtype="Int64")).tolist(), floats(pd.Series([2.5, pd.NA], dtype=object)).tolist()
    ([1.0, nan], [2.5, nan])
    >>> floats(pd.Series(pd.to_datetime(["2020-01-01"]), name="DAYLO"))
    Traceback (most recent call last):
    TypeError: DAYLO: found a column of type datetime64[us]; expected numbers
    """
    kind = column.dtype
    try:
        if kind.kind not in "mM":
            return np.asarray(pd.to_numeric(column) if kind.kind == "O" else column, dtype=float)
    except (TypeError, ValueError):
        pass
    raise TypeError(f"{getattr(column, 'name', None) or 'a column'}: found a column of type {kind}; expected numbers")


def factorized(column: ExtensionArray | np.ndarray) -> tuple[np.ndarray, ExtensionArray | np.ndarray]:
    """The place of each cell among the different ones, -1 for a missing one; and the different cells.

    What Arrow holds cannot change, so that a column of a registry is looked at once, however often it is asked for.

    Examples
    --------
    >>> codes, different = factorized(pd.array(["b", "a", "b"], dtype="str"))
    >>> codes.tolist(), list(different)
    ([0, 1, 0], ['b', 'a'])
    """
    if getattr(column.dtype, "storage", "") != "pyarrow":
        return pd.factorize(column)
    held = column.__arrow_array__()
    if id(held) not in _FACTORIZED:
        _FACTORIZED[id(held)] = column.factorize()
        _FACTORIZED[id(held)][0].flags.writeable = False
        weakref.finalize(held, _FACTORIZED.pop, id(held), None)
    return _FACTORIZED[id(held)]


# By the identity of the Arrow array, for as long as that is in use.
_FACTORIZED: dict[int, tuple[np.ndarray, ExtensionArray]] = {}


def pairs(one: Distinct, other: Distinct) -> Distinct:
    """Split two columns of one table into their different pairs of texts.

    Examples
    --------
    >>> pairs(distinct(pd.Series(["ck", "ck"])), distinct(pd.Series(["30", "46"]))).texts
    [('ck', '30'), ('ck', '46')]
    """
    width = len(other.texts)
    codes, different = pd.factorize(one.codes * width + other.codes)
    return Distinct(codes, [(one.texts[place // width], other.texts[place % width]) for place in different.tolist()])


def which(masks: Mapping[str, np.ndarray], length: int) -> Distinct:
    """The names of the masks that hold on each of so many rows, joined by commas; blank where none does.

    Examples
    --------
    >>> asked = which({"time": np.array([True, False, True]), "size": np.array([True, False, False])}, 3)
    >>> list(asked.as_text(str))
    ['time, size', '', 'time']
    """
    # Each mask is a binary digit, so that a row is one number; few different ones occur.
    digits = np.zeros(length, dtype=np.int64)
    for place, mask in enumerate(masks.values()):
        digits |= mask.astype(np.int64) << place
    codes, different = pd.factorize(digits)
    sets = [[name for place, name in enumerate(masks) if number >> place & 1] for number in different.tolist()]
    return Distinct(codes, [", ".join(names) for names in sets])


def compact(frame: pd.DataFrame) -> pd.DataFrame:
    """The same table with its texts as objects: pandas stores such columns together, and each text column apart.

    Whoever selects a few rows again and again from a table of a hundred columns waits half as long.

    Examples
    --------
    >>> table = pd.DataFrame({"code": ["ck", "mrss"], "start": ["0 d", ""], "AVAL": [923.0, 46.0]})
    >>> compact(table).equals(table.astype({"code": object, "start": object}))
    True
    """
    texts = [name for name, kind in frame.dtypes.items() if isinstance(kind, pd.StringDtype)]
    return frame.astype(dict.fromkeys(texts, object)).copy()


@cache
def _row(names: tuple[str, ...]) -> type[tuple]:
    """The class of the rows of a frame: to make one takes longer than to make its rows."""
    return namedtuple("Row", ("Index", *names), rename=True)


def rows_of(frame: pd.DataFrame) -> Iterator:
    """The rows of a frame as `DataFrame.itertuples` gives them, of a class that is made once for its columns.

    Examples
    --------
    >>> [row.code for row in rows_of(pd.DataFrame({"line": [2, 3], "code": ["mrss", "ck"]}))]
    ['mrss', 'ck']
    """
    # The cells as one array: to take a frame apart column by column takes longer than all that is done with its rows.
    cells = frame.to_numpy(dtype=object)
    return map(_row(tuple(frame.columns))._make, zip(frame.index, *cells.T, strict=True))
