"""The clauses of one moment as sentences of a few each."""

import re
from collections.abc import Iterator

import pandas as pd

from ..vocabulary import PRESENT_STATES
from .labels import is_test
from .passage import Said, sentence, text_of
from .remarks import verb_of

# What says that something went on after its moment.
BEYOND = re.compile(" (until|stopped by|is not in the part) ")
# So many words, or clauses, are a sentence.
ENOUGH, _MOST = 18, 3
# With fewer words before it, a list does not begin a sentence of its own.
_FEW = 5
# Two clauses of more words have a comma between them.
_LONG = 11


def in_sentences(when: str, clauses: list[list[Said]], works: tuple[str, ...]) -> Iterator[Said]:
    """Clauses as sentences of a few each; the first has the time.

    Examples
    --------
    >>> clauses = [[Said("the drug was given until day 3")], [Said("CK was 900 U/L")]]
    >>> text_of(in_sentences("on day 2", clauses, ()))
    'On day 2, CK was 900 U/L. The drug was given until day 3.'
    """
    groups: list[list[list[Said]]] = [[]]
    # What goes on beyond the moment comes last, in a sentence that does not begin with its time.
    for clause in sorted(clauses, key=lambda each: bool(BEYOND.search(text_of(each)))):
        goes_on = groups[-1] and BEYOND.search(text_of(clause))
        # Three clauses are one sentence where none of them is a list.
        most = _MOST if all(map(_is_simple, (*groups[-1], clause))) else _MOST - 1
        words = sum(map(count_of_words, groups[-1]))
        # A long list stands alone, and so does what a biopsy showed.
        alone = words >= _FEW and (text_of(clause).count(", ") >= _MOST or _is_biopsy(clause))
        alone |= any(map(_is_biopsy, groups[-1]))
        if goes_on or alone or len(groups[-1]) >= most or words >= ENOUGH:
            groups.append([])
        groups[-1].append(clause)
    *first, last = [[*_joined(group)] for group in groups]
    opening = [Said(f"{when}, ")] if when else []
    for parts in first:
        yield from [*sentence([*opening, *parts]), Said(" ")]
        opening = []
    yield from sentence([*opening, *last], works)


def _joined(clauses: list[list[Said]]) -> Iterator[Said]:
    """Clauses as one: by `and` where none is a list itself, else by semicolons."""
    simple = [*map(_is_simple, clauses)]
    worse = [bool(re.search(r" (worsened|deteriorated)$", text_of(clause))) for clause in clauses]
    lists = len(clauses) == 2 and "," not in text_of(clauses[0])
    # What an examination showed ends before the next clause.
    shown = " showed " in text_of(clauses[0])
    long = len(clauses) == 2 and sum(map(count_of_words, clauses)) > _LONG
    last = ", and " if lists and (long or shown or not all(simple)) else " and " if all(simple) else "; "
    turned = len(clauses)
    for place, clause in enumerate(clauses):
        if place and worse[place] and re.search(r" (increased|improved|resolved)$", text_of(clauses[place - 1])):
            turned = place
            yield Said(", but ")
        elif place > turned:
            yield Said("; ")
        elif place:
            yield Said(last if place == len(clauses) - 1 else ", " if all(simple) else "; ")
        yield from clause


def _is_biopsy(clause: list[Said]) -> bool:
    """Whether a clause is what a biopsy showed in the words of its source."""
    return bool(re.search(r" biopsy (\([^()]*\) )?(showed )?‘", text_of(clause)))


def _is_simple(clause: list[Said]) -> bool:
    """Whether a clause is no list, but for what stands in brackets."""
    return not re.search(r",|;| and | or ", re.sub(r"\([^()]*\)", "", text_of(clause)))


def count_of_words(clause: list[Said]) -> int:
    """The number of words of a clause.

    Examples
    --------
    >>> count_of_words([Said("CK was "), Said("900 U/L")])
    4
    """
    return len(text_of(clause).split())


def open_clause(names: list[Said], words: str, there_or_not: bool) -> list[Said]:
    """What is not known of some findings; of what is there or not, "not reported" alone would read as absent.

    Examples
    --------
    >>> text_of(open_clause([Said("CK")], "not reported", False))
    'CK was not reported'
    >>> text_of(open_clause([Said("effusion")], "not reported", True))
    'it was not reported whether effusion was present'
    """
    if there_or_not and words == "not reported":
        return [Said(f"it was {words} whether "), *names, Said(f" {verb_of(names)} present")]
    return [*names, Said(f" {verb_of(names)} {words}")]


def are_there_or_not(changes: pd.DataFrame, rows: list) -> bool:
    """Whether other records tell of findings that they were there or not, and none is the result of a test.

    Examples
    --------
    >>> changes = pd.DataFrame({"PARAMCD": ["effusion", "ck"], "STATE": ["present", "value"]})
    >>> [are_there_or_not(changes, [{"PARAMCD": code, "PARAM": code}]) for code in ("effusion", "ck")]
    [True, False]
    """
    there = {*changes.loc[changes["STATE"].isin([*PRESENT_STATES, "absent"]), "PARAMCD"]}
    return all(row["PARAMCD"] in there and not is_test(row["PARAM"]) for row in rows)
