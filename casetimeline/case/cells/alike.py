"""The notes on several parts of one table made one: what they count is summed, and their lists are joined."""

import re
from collections.abc import Iterable
from typing import NamedTuple

from ...faults import MARK, few, first_few, lists_in

# Notes that are alike are one; beyond so many others no more are kept, and so many names of one list.
MOST_NOTES, _MOST_NAMES, _SHOWN = 1_000, 1_000, 4
_COUNT = "\x1d"
_COUNTED = re.compile(r"\bin ([0-9]+) of ([0-9]+) cases\b|(?<=\()([0-9]+) cases?(?=[):])")
_LINES = re.compile(rf"\blines? (?={MARK})")
# In which ways a file departs from the plain form: all of them are told.
_WAYS = f": read with {MARK}"
# A number by itself; digits within a name, as in `IL-6`, are not meant.
_NUMBER = re.compile(r"(?<![\w.-])[0-9]+(?:\.[0-9]+)?(?![\w-])")
# What leads an item of a list that is a count of its own.
_LEADING = re.compile(r"([0-9]+) (more header|blank line|line|row|phase|decimal comma)(s?)(?= |$)(?! above)")


class Alike(NamedTuple):
    """Notes that are alike, as one.

    Attributes
    ----------
    words : str
        The sentence, with a mark for each list and each count.
    counts : tuple of int
        What it counts.
    lists : tuple of (int, tuple of str)
        How many items each list has, and the first of them.
    others : int
        Parts of the table whose note is alike, and not the same.
    """

    words: str
    counts: tuple[int, ...]
    lists: tuple[tuple[int, tuple[str, ...]], ...]
    others: int = 0


def alike_of(notes: Iterable[str]) -> tuple[Alike, ...]:
    """The notes on one part of a table, made within `whole_lists`; those that are alike are one, the first.

    Examples
    --------
    >>> from casetimeline.faults import whole_lists
    >>> with whole_lists():
    ...     parts = [[f"t.csv, lines {first_few(lines)}: no unit"] for lines in (["7", "9"], ["2", "4", "11"])]
    >>> print(*map(note_words, joined(map(alike_of, parts))))
    t.csv, lines 2, 4, 7 and 2 more: no unit
    """
    parsed = [_parsed(note) for note in notes]
    first = {_key(note): note for note in reversed(parsed)}
    return tuple(first.values())[::-1]


def joined(parts: Iterable[Iterable[Alike]]) -> tuple[Alike, ...]:
    """The notes on several parts of a table as notes on the whole of it."""
    notes: dict[tuple, Alike] = {}
    for note in (note for part in parts for note in part):
        key = _key(note)
        if key in notes:
            notes[key] = _both(notes[key], note)
        elif len(notes) < MOST_NOTES:
            notes[key] = note
    return tuple(notes.values())


def note_words(note: Alike, cases: int = 0) -> str:
    """A note as a sentence; `cases` is the number of those with a value in the whole table, where that is known.

    Examples
    --------
    >>> note_words(Alike("t.csv: days count from the earliest date (\x1d)", (1,), ()))
    't.csv: days count from the earliest date (1 case)'
    """
    counts = [*note.counts]
    if len(counts) == 2:
        counts = [f"in {counts[0]} of {cases or counts[1]} cases"]
    elif counts:
        counts = [f"{counts[0]} case{'' if counts[0] == 1 else 's'}"]
    words = note.words
    for count in counts:
        words = words.replace(_COUNT, count, 1)
    for total, items in note.lists:
        of_lines = f"line{'' if total == 1 else 's'} {MARK}"
        shown = ", ".join(items) if _WAYS in words else few(total, items)
        words = words.replace(f"line {MARK}", of_lines, 1).replace(MARK, shown, 1)
    several = "shards" if note.others > 1 else "shard"
    return words + (f" (and alike in {note.others} other {several})" if note.others else "")


def _parsed(note: str) -> Alike:
    words, lists = lists_in(note)
    if " are compared (" in words:
        # By whom the values are is one text: by others is another note.
        before, _, _ = words.rpartition(MARK)
        words, lists = f"{before}{first_few(lists[-1])}", lists[:-1]
    counts = tuple(int(count) for groups in _COUNTED.findall(words) for count in groups if count)
    words = _LINES.sub("line ", _COUNTED.sub(_COUNT, words))
    nothing = (0, ())
    whole = ((len(items), tuple(items)) for items in lists)
    return Alike(words, counts, tuple(_joined_lists(each, nothing, _WAYS in words) for each in whole))


def _key(note: Alike) -> tuple:
    """What notes that are alike have in common: their words without numbers, and the sort of their lists."""
    words = note.words
    return _NUMBER.sub("", words) if not note.lists and not note.counts else words, len(note.lists)


def _both(one: Alike, other: Alike) -> Alike:
    counts = tuple(map(sum, zip(one.counts, other.counts, strict=True)))
    lists = tuple(_joined_lists(*pair, _WAYS in one.words) for pair in zip(one.lists, other.lists, strict=True))
    return Alike(one.words, counts, lists, one.others + other.others + (one.words != other.words))


def _joined_lists(one: tuple, other: tuple, ways: bool) -> tuple[int, tuple[str, ...]]:
    """Two lists as one: of names each once, of lines the first, of cases those that come first, of counts the sums."""
    (total, items), (more, others) = one, other
    every = [*items, *others]
    if ways:
        summed = _summed(every)
        return len(summed), tuple(summed)
    if all(item.isdecimal() for item in every):
        return total + more, tuple(sorted(every, key=int)[:_SHOWN])
    if any("' as " in item for item in every):
        names = tuple(dict.fromkeys(every))[:_MOST_NAMES]
        return len(names), names
    return total + more, tuple(every[:_SHOWN])


def _summed(items: list[str]) -> list[str]:
    """Items that begin with a count, each sort once with the sum of its counts, in the order of the first of each."""
    sums: dict[str, tuple[int, str]] = {}
    for item in items:
        match = _LEADING.match(item)
        if not match:
            sums.setdefault(item, (0, item))
            continue
        count, shown = sums.get(match[2], (0, item[match.end() :]))
        sums[match[2]] = count + int(match[1]), shown
    return [
        f"{count} {noun}{'' if count == 1 else 's'}{shown}" if count else shown for noun, (count, shown) in sums.items()
    ]
