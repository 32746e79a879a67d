"""How often a text says that something is given: `weekly`, `twice a day`, `q4w`, `every other day`, `5 mg/day`."""

import re

from ...values import ONES

_HOURS = {"h": 1, "d": 24, "n": 24, "w": 168, "m": 730, "y": 8760}
_UNIT = r"(?P<unit>h(?:ours?|rs?)?|d(?:ays?)?|nights?|w(?:ee)?ks?|w|months?|mo|years?)"
_LY = r"(?P<ly>hourly|daily(?!\W+living)|nightly|weekly|monthly|yearly)"
_SMALL = ONES[:12]
_NUMBERS = {word: number for number, word in enumerate(_SMALL, 1)}
_NUMBERS |= {"once": 1, "twice": 2, "thrice": 3, "other": 2, "second": 2, "third": 3, "alternate": 2}
_NUMBER = rf"[0-9]{{1,3}}|{'|'.join(_NUMBERS)}"
# The words of a number of times a day, as prescriptions print them.
_DAILY = {"bid": 2, "bd": 2, "tid": 3, "tds": 3, "qid": 4, "qds": 4, "qd": 1, "od": 1}
# How often: before `every week` in times alone, since `5 days every 4 weeks` are one cycle.
_TIMES, _COUNT = (
    rf"(?<![\w^.,])(?:(?:{_NUMBER})\W*(?:{words}|[x\u00d7])|once|twice|thrice)"
    for words in ("times", "times|days|doses|sessions")
)
# `a week later` is a time, and no schedule.
_NOT_A_TIME = r"(?!\W+(?:later|after|before|earlier|ago|prior|of|course)\b)"
_PATTERNS = (
    rf"(?:(?P<times>{_TIMES})\W*)?\b(?:every|each|q)\W*(?P<every>{_NUMBER})?\W*(?:{_UNIT}|{_LY})\b",
    rf"\b(?P<every>alternate)\W+{_UNIT}\b",
    rf"(?<![\w^.,])(?P<every>[0-9]{{1,2}}|{'|'.join(_SMALL)})(?:-(?=[hwm])| (?=h)){_LY}\b",
    rf"(?:(?P<times>{_COUNT})\W*)?(?:\b{_LY}\b|(?:/|(?<!within )(?<!for )\b(?:an?|per) )\s?{_UNIT}\b{_NOT_A_TIME})",
    rf"\b(?P<short>{'|'.join(_DAILY)})\b",
    r"\b(?P<fortnight>fortnight(?:ly)?)\b",
)
# All in one pattern: it takes `twice daily` whole, and `daily` is then not found once more. No name of a group may
# stand twice in a pattern, so each bears the number of its part.
_NAMED = (re.sub(r"\(\?P<(\w+)>", rf"(?P<\g<1>{at}>", each) for at, each in enumerate(_PATTERNS))
_SCHEDULE = re.compile("|".join(_NAMED), re.I)
# What a text leaves open: a dose of a day in parts, and a word with two meanings.
_OPEN = re.compile(r"\b(?:divided|in (?:\w+ )?doses|bi-?(?:weekly|monthly)|semi-?weekly)\b", re.I)


def schedules_in(text: str) -> set[float]:
    """The hours between two doses by each schedule that a text names; nothing where a word leaves them open.

    Examples
    --------
    >>> [sorted(schedules_in(each)) for each in ("8 mg/kg q4w", "three times daily", "5 mg/day", "b.i.d.", "at week 4")]
    [[672.0], [8.0], [24.0], [12.0], []]
    >>> sorted(schedules_in("once a week, then every other day")), schedules_in("2 g per day in divided doses")
    ([48.0, 168.0], set())
    >>> [sorted(schedules_in(each)) for each in ("three-weekly", "2\u00d7/week", "twice every week", "4 days a week")]
    [[504.0], [84.0], [84.0], [42.0]]
    >>> [schedules_in(each) for each in ("activities of daily living", "stopped for a month", "weekly for 4 doses")]
    [set(), set(), {168.0}]
    """
    plain = re.sub(r"(?<=\b[a-z])\.(?=[a-z]\b)", "", text, flags=re.I)
    return set() if _OPEN.search(plain) else {_hours(match) for match in _SCHEDULE.finditer(plain)}


def _hours(match: re.Match[str]) -> float:
    named = {name.rstrip("0123456789"): words.lower() for name, words in match.groupdict().items() if words}
    if "short" in named:
        return 24 / _DAILY[named["short"]]
    if "fortnight" in named:
        return 336.0
    unit = float(_HOURS[(named.get("unit") or named["ly"])[0]])
    return unit * _number(named.get("every", "one")) / _number(named.get("times", "once"))


def _number(words: str) -> int:
    """A number in digits or in words, with or without the word behind it: 3 of `three times`."""
    first = re.match(r"[0-9]+|[a-z]+", words)[0]
    return int(first) if first.isdigit() else _NUMBERS[first.removesuffix("x")]
