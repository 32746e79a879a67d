"""Whether a text is a slip in typing a word, or another word: its opposite, a comparative, a name like it."""

import difflib
import re

# What turns the word behind it into another, or its opposite.
_TURNS = re.compile(r"(?:^|[ _-])(not?|non|un|without|hypo|hyper|pre|post|in|dis|de|ab)(?=[ _a-z-])")


def is_slip(text: str, word: str) -> bool:
    """Whether a text is so near to a word that it is a slip in typing it: one letter, or two or three of a long word.

    Examples
    --------
    >>> is_slip("nromal", "normal"), is_slip("penicillin", "penicillamine"), is_slip("larger", "large")
    (True, False, False)
    """
    begins = text[:1] in word[:2] or word[:1] in text[:2]
    compared = text in (f"{word.removesuffix('e')}{ending}" for ending in ("er", "est"))
    return begins and not compared and _slips(text, word) <= 1 + min(len(text), len(word)) // 6


def _slips(text: str, word: str) -> int:
    """How many letters are missing, too many, other ones, or have changed places with the next."""
    before, last = [], [*range(len(word) + 1)]
    for row, letter in enumerate(text, 1):
        line = [row]
        for place, other in enumerate(word, 1):
            fewest = min(last[place] + 1, line[-1] + 1, last[place - 1] + (letter != other))
            if row > 1 < place and text[row - 2 : row] == word[place - 2 : place][::-1]:
                fewest = min(fewest, before[place - 2] + 1)
            line.append(fewest)
        before, last = last, line
    return last[-1]


def is_turned(text: str, word: str) -> bool:
    """Whether a text has what turns a word, or lacks it: without it, the two are at least as near as with it.

    Examples
    --------
    >>> is_turned("not present", "present"), is_turned("icreased", "increased"), is_turned("icreased", "decreased")
    (True, False, True)
    """
    if _TURNS.findall(text) == _TURNS.findall(word):
        return False
    bare = (_TURNS.sub("", each).strip(" _-") for each in (text, word))
    return difflib.SequenceMatcher(None, *bare).ratio() >= difflib.SequenceMatcher(None, text, word).ratio()
