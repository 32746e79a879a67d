"""The words by which a text says each state of a finding or measure, and whether a quote has one that fits.

`state_words.csv` lists them. A state that a quote says in other words needs `derived`: how it follows.
"""

import csv
import functools
import io
import pkgutil
import re
from collections.abc import Iterator

from .passages import fold

_CLAUSE = re.compile(r"[;:.]\s|,\s|\band\b|\bbut\b|\bhowever\b|\bwhile\b|\bwhereas\b|\balthough\b|\[\.\.\.\]")
_OF_ALL = re.compile(
    r"\b(?:were|was|are|is|all)\s+(?:\w+\s+)?(?:negative|normal|absent|unremarkable|undetectable)\b", re.I
)
# What begins a list of findings that are all denied, and how long one of them is at most, in words.
_DENIES = re.compile(
    r"\b(?:no|without|negative tests?|negative (?:tests? )?for|absence of|denied)\b(?!\s+change)", re.I
)
_SHORT = 6
# How many words may stand between a denial and what it denies.
_NEAR = 5
# What a note says of a quote that leaves something open.
_SAYS_NOT = re.compile(r"\b(?:no|not|nothing|unclear)\b", re.I)
# The first letters of a word tell it from others, whatever its ending: effusion, effusions.
_STEM = 5


@functools.cache
def words_of_states() -> dict[str, re.Pattern[str]]:
    """A pattern of the words of each state; those that end in `*` go on."""
    raw = pkgutil.get_data(__package__, "state_words.csv").decode()
    rows = csv.DictReader(io.StringIO(raw))
    return {row["state"]: re.compile("|".join(map(_pattern, row["words"].split("|"))), re.I) for row in rows}


def _pattern(words: str) -> str:
    """A word, or words in their order, as a whole; `*` stands for any letters.

    Examples
    --------
    >>> re.findall(_pattern("resol*"), "resolved, resolution, unresolved")
    ['resolved', 'resolution']
    """
    return r"(?<!\w)" + re.escape(words).replace(r"\*", r"\w*").replace(r"\ ", r"\s+") + r"(?!\w)"


def check_stated(state: str, code: str, quote: str, note: str = "") -> Iterator[str]:
    """What a state should be, where its quote does not say it.

    Parameters
    ----------
    state, code, quote, note : str
        Of a row. The note says what a quote leaves open, of which the row says that it is not reported.

    Examples
    --------
    >>> list(check_stated("absent", "fever", "no fever")), list(check_stated("present", "fever", "no fever"))
    ([], ['absent, as the quote says'])
    >>> list(check_stated("present", "rash", "a rash without fever"))
    []
    """
    known, folded = words_of_states(), fold(quote).text
    if state == "present":
        before, after = _around_name(code, folded)
        denied = re.search(rf"(?:{known['denied before'].pattern})(?:\W+\w+){{0,{_NEAR}}}\W*$", before, re.I)
        if (denied or known["denied after"].search(after)) and not known["affirmed"].search(before + after):
            yield "absent, as the quote says"
    elif state == "not_reported":
        if not _SAYS_NOT.search(note):
            yield "what the quote says; or, in 'note', what it does not tell"
    elif state in known and not known[state].search(_until(code, folded) if state == "absent" else folded):
        yield f"a state that the quote says; it has none of the words for '{state}'"


def _clauses(code: str, quote: str) -> tuple[list[str], int]:
    """The clauses of a quote, and the place of the one that has most of the words of a code; -1 where none has one."""
    clauses = [clause for clause in _CLAUSE.split(quote) if clause.strip()]
    hits = [sum(bool(re.search(stem, clause, re.I)) for stem in _stems(code)) for clause in clauses]
    return clauses, hits.index(max(hits)) if any(hits) else -1


def _stems(code: str) -> list[str]:
    """Patterns of the first letters of the words of a code."""
    words = re.split(r"[_-]", code.replace("oedema", "edema"))
    return [rf"(?<!\w){re.escape(word[:_STEM])}" for word in words if len(word) > 2]


def _around_name(code: str, quote: str) -> tuple[str, str]:
    """What stands before and behind the name of a code in its clause; the whole quote twice where it is not named.

    To what stands before belongs the head of a list that denies all of it, to what stands behind what is said of all.
    """
    clauses, place = _clauses(code, quote)
    if place < 0:
        return quote, quote
    clause = clauses[place]
    begin = min(match.start() for stem in _stems(code) if (match := re.search(stem, clause, re.I)))
    listed = clauses[place - 1 :: -1] if place and len(clause.split()) <= _SHORT else []
    heads = [match[0] for match in map(_DENIES.search, listed[:_SHORT]) if match]
    of_all = [match[0] for match in _OF_ALL.finditer(quote)]
    before, after = clause[:begin], " ".join([clause[begin:], *of_all])
    if heads and len(before.split()) <= _NEAR:
        before = f"{heads[0]} {before}"
    return before, after


def _until(code: str, quote: str) -> str:
    """A quote up to the end of the clause that names a code, and what is said of all: `no fever, rash` denies both."""
    clauses, place = _clauses(code, quote)
    of_all = " ".join(each[0] for each in _OF_ALL.finditer(quote))
    return " ".join([*clauses[: place + 1], of_all]) if place >= 0 else quote
