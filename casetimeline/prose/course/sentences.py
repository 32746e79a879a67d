"""The clauses of one moment as sentences of a few each."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import pandas as pd

from ...vocabulary import ENDED, PRESENT_STATES
from ..wording.labels import is_test
from ..wording.passage import Said, sentence, text_of
from ..wording.remarks import verb_of
from ..wording.when import in_digits

# What says that something went on after its moment; what continued, and what ends with death, keeps its time.
BEYOND = re.compile("(?<! continued) (until(?! death)|stopped by|is not in the part) ")
# What opens a moment without a time of its own, after another one.
ORDER = ("thereafter", "subsequently", "later")
# The end of the code of what was decided on a treatment.
_DECIDED = tuple(f"_{word}" for word in (*ENDED, "advised", "planned"))
# The kind of an event or a statement.
_HAPPENED = "happened"
# So many words, or clauses, are a sentence.
ENOUGH, _MOST = 18, 3
# What is worse, or still bad, and what is better.
_WORSE = re.compile(r" (worsened|deteriorated)$|\bpersist(ed|ent)\b|\bimpairment\b")
_BETTER = re.compile(r" (increased|improved|resolved)$|\bremission was reported$")
# With fewer words before it, a list does not begin a sentence of its own.
_FEW = 5
# Two clauses of more words have a comma between them.
_LONG = 11


class Ground(NamedTuple):
    """Of what kind the row of a clause is, and the words of the source on which it rests."""

    kind: str
    quote: str


def grounds_of(rows: pd.DataFrame) -> dict[int, Ground]:
    """The ground of each row of a moment, by its line: what was given or decided, done, found, or else happened.

    Examples
    --------
    >>> rows = pd.DataFrame({"line": [2, 3], "kind": ["treatment", "procedure"], "code": "a", "quote": ["it was", ""]})
    >>> grounds_of(rows)
    {2: Ground(kind='treatment', quote='it was'), 3: Ground(kind='procedure', quote='')}
    """
    kinds = rows["kind"].replace(["event", "statement"], _HAPPENED)
    decided = rows["kind"].isin(["event", "statement"]) & rows["code"].str.endswith(_DECIDED)
    grounds = map(Ground, kinds.mask(decided, "treatment"), rows["quote"])
    return dict(zip(map(int, rows["line"]), grounds, strict=True))


def _are_apart(first: list[Said], second: list[Said], grounds: Mapping[int, Ground]) -> bool:
    """Whether two clauses are of different kinds, and rest on no words of the source in common.

    What happened stands beside what was found.
    """
    ones, others = (
        {grounds[line] for part in clause for line in part.lines if line in grounds} for clause in (first, second)
    )
    quotes, other_quotes = {each.quote for each in ones}, {each.quote for each in others}
    kinds, other_kinds = {each.kind for each in ones}, {each.kind for each in others}
    known = bool(ones and others) and "" not in quotes | other_quotes
    beside = _HAPPENED in kinds | other_kinds and {"treatment", "procedure"}.isdisjoint(kinds | other_kinds)
    return known and not beside and not kinds & other_kinds and not quotes & other_quotes


def in_sentences(
    when: str, clauses: list[list[Said]], works: tuple[str, ...], grounds: Mapping[int, Ground] | None = None
) -> Iterator[Said]:
    """Clauses as sentences of a few each; the first has the time.

    Without a time, what was given, what was done and what was found stand in one sentence only where the source tells
    them in the same words.

    Examples
    --------
    >>> clauses = [[Said("the drug was given until day 3")], [Said("CK was 900 U/L")]]
    >>> text_of(in_sentences("on day 2", clauses, ()))
    'On day 2, CK was 900 U/L. The drug was given until day 3.'
    """
    groups: list[list[list[Said]]] = [[]]
    grounds = grounds or {}
    lasting = [clause for clause in clauses if _lasts(clause, grounds)]
    # What goes on beyond the moment comes last, in a sentence that does not begin with its time.
    for clause in sorted(clauses, key=lambda clause: clause in lasting):
        goes_on = groups[-1] and clause in lasting
        # Three clauses are one sentence where none of them is a list.
        most = _MOST if all(map(_is_simple, (*groups[-1], clause))) else _MOST - 1
        words = sum(map(count_of_words, groups[-1]))
        # A long list stands alone, and so does what a biopsy showed or what was reported in a clause.
        alone = words >= _FEW and (text_of(clause).count(", ") >= _MOST or _ends_alone(clause))
        alone |= any(map(_ends_alone, groups[-1]))
        timed = when and when not in ORDER and len(groups) == 1
        alone |= not timed and any(_are_apart(each, clause, grounds) for each in groups[-1])
        if goes_on or alone or len(groups[-1]) >= most or words >= ENOUGH:
            groups.append([])
        groups[-1].append(clause)
    *first, last = [[*_joined(group)] for group in groups]
    opening = [Said(f"{when}, ")] if when else []
    for parts in first:
        yield from [*sentence([*opening, *parts]), Said(" ")]
        opening = []
    yield from sentence([*opening, *last], works)


def _lasts(clause: list[Said], grounds: Mapping[int, Ground]) -> bool:
    """Whether a clause tells what went on beyond its moment, and not what was under way at it.

    An adverse event is told before what was done because of it, whenever it ended.
    """
    text = text_of(clause)
    adverse = [grounds[line].kind == "adverse_event" for part in clause for line in part.lines if line in grounds]
    return bool(BEYOND.search(text)) and " being given" not in text and not (adverse and all(adverse))


# Remarks in brackets that belong to what happened, and not to the name of a thing.
_OF_VERB = re.compile(
    r"(?:time and )?(?:dose|drug|day|time|number|size|start)s?\b.* not reported"
    r"|until .*|‘(?:for|over|within|till|until) .*|‘.*\bscheme\b.*|whether .*|planned at .*|tapered .*"
)


def bracket_behind(clause: list[Said]) -> list[Said]:
    """A clause on one thing, in which no remark parts the thing from its verb; the name of a thing keeps its place.

    Examples
    --------
    >>> text_of(bracket_behind([Said("a pulse of 1 g (3 doses; left arm; day not reported)"), Said(" was given")]))
    'a pulse of 1 g (3 doses; left arm) was given (day not reported)'
    >>> text_of(bracket_behind([Said("ventilation (until day 5)"), Said(" was given")]))
    'ventilation was given (until day 5)'
    >>> text_of(bracket_behind([Said("a drug (time not reported)"), Said(" was given (dose not reported)")]))
    'a drug (time not reported) was given (dose not reported)'
    """
    name, *rest = clause
    parts = re.fullmatch(r"([^()]+) \(([^()]*)\)", name.text)
    verb = text_of(rest)
    if not parts or not re.match(" (?:was|were) ", verb) or "(" in verb or any(part.lines for part in rest):
        return clause
    remarks = re.split(r"; (?![^‘]*’)", parts[2])
    moved = [remark for remark in remarks if _OF_VERB.fullmatch(remark)]
    kept = "; ".join(remark for remark in remarks if remark not in moved)
    if not moved:
        return clause
    thing = name._replace(text=f"{parts[1]} ({kept})" if kept else parts[1])
    return [thing, *rest, Said(f" ({'; '.join(moved)})", name.lines)]


def days_once(clauses: list[list[Said]]) -> list[list[Said]]:
    """Clauses; one on several things of which each has no day says so once, with doses that are not reported either.

    Where a remark on doses is one on several clauses, that on the days stands with its things.

    Examples
    --------
    >>> drugs = [Said("A drug (day not reported)", (2,)), Said(" and "), Said("B drug (left; day not reported)", (3,))]
    >>> text_of(days_once([[*drugs, Said(" were given")]])[0])
    'A drug and B drug (left) were given (days not reported)'
    >>> text_of(days_once([[*drugs, Said(" were given"), Said(" (doses not reported)")]])[0])
    'A drug and B drug (left) were given (days and doses not reported)'
    """
    return [_days_behind(clause, len(clauses) == 1) for clause in clauses]


# That the day of a thing is not reported, among what else is in brackets behind its name.
_DAY_OPEN = re.compile(r" \(day not reported\)|; day not reported(?=[;)])|(?<=\()day not reported; ")


def _days_behind(clause: list[Said], alone: bool) -> list[Said]:
    """A clause on several things, with that their days are not reported behind its verb."""
    things = [part for part in clause if part.lines]
    with_doses = re.fullmatch(r" \((doses? not reported.*)\)", clause[-1].text)
    if len(things) < 2 or not all(_DAY_OPEN.search(part.text) for part in things) or (with_doses and not alone):
        return clause
    plain = [part._replace(text=_DAY_OPEN.sub("", part.text)) if part.lines else part for part in clause]
    if with_doses:
        return [*plain[:-1], Said(f" (days and {with_doses[1]})")]
    return [*plain, Said(" (days not reported)")]


def _joined(clauses: list[list[Said]]) -> Iterator[Said]:
    """Clauses as one: by `and` where none is a list itself, else by semicolons."""
    simple = [*map(_is_simple, clauses)]
    worse = [bool(_WORSE.search(text_of(clause))) for clause in clauses]
    lists = len(clauses) == 2 and "," not in text_of(clauses[0])
    # What an examination showed ends before the next clause.
    shown = " showed " in text_of(clauses[0])
    long = len(clauses) == 2 and sum(map(count_of_words, clauses)) > _LONG
    last = ", and " if lists and (long or shown or not all(simple)) else " and " if all(simple) else "; "
    turned = len(clauses)
    for place, clause in enumerate(clauses):
        if place and worse[place] and _BETTER.search(text_of(clauses[place - 1])):
            turned = place
            yield Said(", but ")
        elif place > turned:
            yield Said("; ")
        elif place:
            yield Said(last if place == len(clauses) - 1 else ", " if all(simple) else "; ")
        yield from clause


def _ends_alone(clause: list[Said]) -> bool:
    """Whether a clause is what a biopsy showed in the words of its source, or has a clause of its own within."""
    return bool(re.search(r" biopsy (\([^()]*\) )?(showed )?‘|^it was reported(?: that|:) ", text_of(clause)))


def _is_simple(clause: list[Said]) -> bool:
    """Whether a clause is no list, but for what stands in brackets."""
    return not re.search(r",|;| and | or ", re.sub(r"\([^()]*\)", "", text_of(clause)))


def count_of_words(clause: Sequence[Said]) -> int:
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


# A day, a date, or a length of time before something, as a moment and as an end have it.
_DAY = r"day \d+|\d+ [A-Z]\w+ \d{4}"
_DATE = re.compile(r"(?:on|in) ((?:\d+ )?(?:[A-Z][a-z]+ )?\d{4})")
_BEFORE = re.compile(r"(\d+)( \w+)( before .+)")
# A length of time or a day up to which a course went on, and an end that is only known to be before or after a time.
_AHEAD = re.compile(r"(?:about )?(?:day \d+|\d+ (?:hour|day|week|month|year)s?)")
_ON_ONE_SIDE = re.compile(r"(?:later than|less than|some time before) .+|.+ or later")


def from_to(when: str, clauses: list[list[Said]]) -> tuple[str, list[list[Said]]]:
    """A moment at which one course began that is told with its end: from then to then; any other as it is.

    Examples
    --------
    >>> from_to("on day 4", [[Said("a drug"), Said(" was given until day 8")]])[0]
    'from day 4 to day 8'
    >>> from_to("three months before birth", [[Said("a drug"), Said(" was given until 1 month before birth")]])[0]
    'from 3 months to 1 month before birth'
    >>> from_to("on day 4", [[Said("a drug"), Said(" was given until 3 months")]])[0]
    'on day 4'
    >>> from_to("in May 2005", [[Said("a drug"), Said(" was given until 2006")]])[0]
    'from May 2005 until 2006'
    >>> from_to("two weeks before birth", [[Said("a drug"), Said(" was given until 3 months")]])[0]
    'from two weeks before birth until 3 months after it'
    >>> from_to("in May 2005", [[Said("a drug"), Said(" was given until 2005")]])[0]
    'in May 2005'
    """
    if len(clauses) != 1:
        return when, clauses
    for place, part in enumerate(clauses[0]):
        course = re.fullmatch(r"( (?:was|were) (?:also given|given|continued)[^()]*?) until ([^()]+)", part.text)
        if course and (span := _span(when, course[2])):
            return span, [[*clauses[0][:place], part._replace(text=course[1]), *clauses[0][place + 1 :]]]
    return when, clauses


def _span(when: str, end: str) -> str:
    """From a moment to an end, where both are days, dates, or lengths of time before one thing; else blank.

    A date that lies within the other is no other end.
    """
    start = re.fullmatch(rf"on ({_DAY})", when)
    if start and re.fullmatch(_DAY, end) and start[1].startswith("day ") == end.startswith("day "):
        return f"from {start[1]} to {end}"
    if start and _ON_ONE_SIDE.fullmatch(end):
        return f"from {start[1]} until {end}"
    if (start := _DATE.fullmatch(when)) and _DATE.fullmatch(f"in {end}"):
        is_within = f" {start[1]}".endswith(f" {end}") or end.endswith(f" {start[1]}")
        return "" if is_within else f"from {start[1]} until {end}"
    if (zero := re.fullmatch(r"[\w -]+ before (.+)", when)) and _ON_ONE_SIDE.fullmatch(end):
        return f"from {when} until {end.replace(f' after {zero[1]}', ' after it')}"
    if zero and _AHEAD.fullmatch(end):
        return f"from {when} until {end}{'' if 'day ' in end else ' after it'}"
    until = _BEFORE.fullmatch(end)
    since = _BEFORE.fullmatch(in_digits(when)) if until else None
    if not since or since[3] != until[3] or "hour" in since[2]:
        return ""
    return f"from {since[1]}{'' if since[2] == until[2] else since[2]} to {end}"
