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

_CLAUSE = re.compile(
    r"[;.]\s|:\s(?!\w+(?:[,;.)]|$))|,\s|\band\b|\bbut\b|\bhowever\b|\bwhile\b|\bwhereas\b|\balthough\b|\[\.\.\.\]"
)
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
# And how many letters, at most.
_REACH = 80
# What a note says of a quote that leaves something open.
_SAYS_NOT = re.compile(r"\b(?:no|not|nothing|unclear)\b", re.I)
# What may stand between a denial and the verb or noun that it denies: `has not yet been`, `no significant`.
_OF_VERB = (
    r"(?:\W+(?:(?!only)\w+ly|yet|further|any|be|been|being|to|so|very|more|quite|even|have|had|become|became|seem\w*|appear\w*"
    r"|remain\w*|return\w*|show\w*|lead|led|significant|sustained))"
)
_NO_NOUN = (
    r"(?:was|were|is|are|had|has|have|but|except|until|despite|after|before|with|when|on|than|in|by|from|under|only)"
)
_OF_NOUN = (
    r"(?:\W+(?:\w*(?:al|ic|ive|ous|ible|able|icant)|any|further|new|clear|overt|marked|major|apparent|sustained|more"
    r"|additional|evidence|signs?|of|or))"
)
# A word behind one of these is not said: `did not improve`, `no signs of relapse`, `without worsening`.
_DENIED = re.compile(
    rf"(?:(?:\bnot|n't|\bcannot|\bnever|\bfail\w*\W+to|\bunable\W+to|\bneither|\bnor|\bstopped|\bceased"
    rf"|\brather\W+than|\binstead\W+of){_OF_VERB}{{0,4}}|\bno\b(?:\W+(?!{_NO_NOUN}\b)\w+){{0,3}}"
    rf"|\b(?:without|lack\W+of|absence\W+of|risk\W+of|prevent\w*|avoid\w*|failure\W+(?:of|to)){_OF_NOUN}{{0,4}}"
    r"|\b(?:should|would|may|might|will|expected\W+to|began\W+to)(?:\W+be)?)\W*$",
    re.I,
)
# Nor is what came about in part alone: `nearly resolved`, `resolved incompletely`, `almost normal`.
_IN_PART = r"(?:partial\w*|partly|near(?:ly)?|almost|incomplete\w*|mostly|largely)"
_IN_PART_BEFORE = re.compile(rf"\b{_IN_PART}(?:\W+(?:complete\w*|entire\w*|total\w*|full\w*|been))?\W*$", re.I)
_IN_PART_AFTER = re.compile(r"\W*(?:partial\w*|partly|incomplete\w*|mostly|in\W+part)\b", re.I)
# What lies beyond the normal: `above normal`, `five times the upper limit of normal`, and not `below the upper limit`.
_BEYOND = re.compile(
    r"\b(?:above|over|exceed\w*|beyond|outside|times|fold|twice|(?:higher|greater)\W+than"
    r"|(?:below|under|(?:lower|less)\W+than)(?!\W+(?:the\W+)?upper))"
    r"(?:\W+(?:the|upper|lower|limits?|of|values?|range|its|reference|at|or))*\W*$",
    re.I,
)
# A denial of a change, or of an end, denies no finding: `no increase of`, `had not disappeared`, `not excluded`.
_OF_CHANGE = re.compile(
    r"(?:\W+(?:be|been|yet|even|\w+ly|significant|further|any|major|marked|appreciable)){0,3}\W+"
    r"(?:(?:resol|disappear|vanish|reabsor|subsid|regress|heal|recover|normali|exclud|ceas)\w*|clear(?:ed|ance|ing)"
    r"|normal|negative|absent|ruled\W+out|only|changed?|changes\W+in"
    r"|increase|decrease|improve(?:ment|d)?|progression|worsening|enlargement|reduction|difference)\b",
    re.I,
)
# Of a finding that is meant to be there alone: `possible effusion`, `effusion was suspected`, `at risk of`.
_DOUBTED_BEFORE = re.compile(
    r"(?:\b(?:suspected|suspicion\W+of|possible|questionable|family\W+history\W+of|risk\W+of|unlikely))\W*$", re.I
)
_DOUBTED_AFTER = re.compile(
    r"(?:\W*\w+){1,3}?\W+(?:was|were|is|are)\W+(?:suspected|possible|unlikely|prevented)\b", re.I
)
_DENIALS = ("no", "not", "never", "without", "neither", "nor", "lack of")
_ADVERSATIVE = re.compile(r"\b(?:but|however|while|whereas|although)\b", re.I)
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
        elif (_DOUBTED_BEFORE.search(before) or _DOUBTED_AFTER.match(after)) and "confirm" not in after:
            yield "unknown, as the quote says"
    elif state == "not_reported":
        if not _SAYS_NOT.search(note):
            yield "what the quote says; or, in 'note', what it does not tell"
    elif state in known and not _is_said(state, code, folded):
        yield f"a state that the quote says; it has no word for '{state}', denies it or says it in part"


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
    listed = _listed(clauses, place, quote)[::-1] if len(clause.split()) <= _SHORT else []
    heads = [match[0] for match in map(_DENIES.search, listed[:_SHORT]) if match]
    of_all = [match[0] for match in _OF_ALL.finditer(quote)]
    before, after = clause[:begin], " ".join([clause[begin:], *of_all])
    if heads and len(before.split()) <= _NEAR:
        before = f"{heads[0]} {before}"
    return before, after


def _is_said(state: str, code: str, quote: str) -> bool:
    """Whether a quote has a word of a state that is neither denied nor said in part alone.

    Examples
    --------
    >>> [_is_said("improved", "rash", quote) for quote in ("the rash improved", "the rash did not improve")]
    [True, False]
    >>> [_is_said("absent", "effusion", quote) for quote in ("effusion resolved", "effusion partially resolved")]
    [True, False]
    """
    clauses = _until(code, quote) if state == "absent" else _CLAUSE.split(quote)
    return any(
        _stands(state, code, clause, match) for clause in clauses for match in words_of_states()[state].finditer(clause)
    )


def _stands(state: str, code: str, clause: str, match: re.Match[str]) -> bool:
    """Whether a word of a state stands for it in its clause."""
    word, before, after = match[0].lower(), clause[: match.start()], clause[match.end() :]
    near = before[-_REACH:]
    if _DENIED.search(near) or (word.startswith("normal") and _BEYOND.search(near)):
        return False
    if state in ("absent", "normal") and (_IN_PART_BEFORE.search(near) or _IN_PART_AFTER.match(after)):
        return False
    if state != "absent" or not (word in _DENIALS or word.endswith("n't")):
        return True
    # Behind the whole name it denies something else: `an effusion without tamponade`.
    of_another = word in ("no", "without", "lack of") and not re.match(r"\W+(?:longer|more)\b|\W*$", after, re.I)
    named = all(re.search(stem, before, re.I) for stem in _stems(code)) and _stems(code)
    return not _OF_CHANGE.match(after) and not (of_another and named)


def _until(code: str, quote: str) -> list[str]:
    """The clauses of a quote up to that which names a code, and what is said of all: `no fever, rash` denies both.

    What stands before `but` denies nothing behind it.
    """
    clauses, place = _clauses(code, quote)
    if place < 0:
        return clauses
    return [*_listed(clauses, place, quote), clauses[place], *(each[0] for each in _OF_ALL.finditer(quote))]


def _listed(clauses: list[str], place: int, quote: str) -> list[str]:
    """The clauses before one, as far as none of them ends in `but`."""
    part = next(each for each in _ADVERSATIVE.split(quote) if clauses[place] in each)
    return [clause for clause in _CLAUSE.split(part[: part.index(clauses[place])]) if clause.strip()]
