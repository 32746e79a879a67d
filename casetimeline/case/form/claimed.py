"""What the source of a case claims: the claims of case.yaml, as they are typed, and their faults."""

import math
import re
from collections.abc import Iterator

import pandas as pd

from ...derive import parse_frequency
from ...faults import Fault, first_few, nearest_word
from ...values import canonical, canonical_length, distinct, parse_count, parse_duration, parse_value
from ...vocabulary import CLAIM_KEYS, CLAIM_TESTS
from ..cells.expected import may_be_absent
from ..cells.typed import meanings_of
from ..tables.refused_units import is_read

# Tests of a finding: a measure that is a number alone, or has classes alone, is neither present nor absent.
_OF_FINDINGS = ("resolves", "is_present", "is_absent")
_PHASE = re.compile("[1-9][0-9]{0,5}")
# What the key `within` says by itself.
_WITHIN = re.compile(r"^\s*(?:(?:within|up to|at most|in(?! under\b))\s+|<=\s*)", re.IGNORECASE)
_LENGTHS = "a length of time such as 4 wk (h, d, wk, mo, a)"
_INTERVALS = {"daily": "1 d", "once daily": "1 d", "twice daily": "12 h", "weekly": "1 wk", "monthly": "1 mo"}


def with_canonical_claims(about: dict) -> dict:
    """case.yaml with the times of its claims in the form that is computed with; what cannot be read stays as it is.

    Examples
    --------
    >>> typed = [{"every": "q2w", "within": "12 weeks"}, {"every": "every 2 weeks"}, {"every": "now and then"}]
    >>> [claim["every"] for claim in with_canonical_claims({"claims": typed})["claims"]]
    ['2 wk', '2 wk', 'now and then']
    >>> [_limit(words) for words in ("within 4 weeks", "4 weeks", "in 3 to 4 weeks", "less than 4 weeks")]
    ['4 wk', '4 wk', '3..4 wk', '<4 wk']
    """
    claims = about.get("claims")
    if not isinstance(claims, list):
        return about
    forms = {"every": _interval, "within": _limit}
    read = [
        {key: forms[key](text) if key in forms else text for key, text in claim.items()}
        if named_texts(claim)
        else claim
        for claim in claims
    ]
    return {**about, "claims": read}


def _interval(text: str) -> str:
    """The interval that a typed frequency gives, as in `2 wk`; a text that is not a frequency stays as it is."""
    for words in (text, f"every {text}"):
        frequency = canonical("frequency", words)
        if frequency in _INTERVALS:
            return _INTERVALS[frequency]
        if re.fullmatch(r"every [0-9.]+ (?:h|d|wk|mo|a)", frequency):
            return frequency.removeprefix("every ")
    return text


def _limit(text: str) -> str:
    """The length of time that a typed limit gives: `within` and its like stand in the name of the key already."""
    for words in (_WITHIN.sub("", text), text):
        length = canonical_length(words).removeprefix("<=")
        if _is_limit(length):
            return length
    return canonical_length(text)


def _is_limit(text: str) -> bool:
    """Whether a text is a length of time after the baseline, up to which something can be in time."""
    try:
        bounds = parse_duration(text)
    except ValueError:
        return False
    return bounds.low >= 0 and 0 < bounds.high < math.inf


def named_texts(item: object) -> bool:
    """Whether something is names with a text each."""
    return isinstance(item, dict) and all(isinstance(value, str) for value in item.values())


def check_claims(claims, measures: pd.DataFrame, rules: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    """Where a claim of case.yaml cannot be tested as it stands: key, found, expected, and the nearest word if any."""
    for position, claim in enumerate(claims if isinstance(claims, list) else [], 1):
        key = f"claims: {position}"
        if not named_texts(claim):
            continue
        for name in claim.keys() - set(CLAIM_KEYS):
            yield key, name, f"one of {', '.join(CLAIM_KEYS)}"
        test = claim.get("test", "")
        if test not in CLAIM_TESTS:
            yield f"{key}: test", test, f"one of {', '.join(CLAIM_TESTS)}", nearest_word(test, CLAIM_TESTS)
            continue
        for name in ("says", *CLAIM_TESTS[test][0]):
            if not claim.get(name):
                yield f"{key}: {name}", "", f"what '{test}' needs"
        yield from _check_words(key, claim, measures, rules)
        yield from _check_forms(key, claim)


def _check_words(
    key: str, claim: dict[str, str], measures: pd.DataFrame, rules: tuple[str, ...]
) -> Iterator[tuple[str, ...]]:
    """Measures, rules and units that are not known, and a measure that its test cannot be held against."""
    observed = measures.index[measures["kind"] == "observation"]
    known = {"measure": list(observed), **({"rule": rules} if rules else {})}
    for name, words in known.items():
        if claim.get(name) and claim[name] not in words:
            expected = f"one of {name}s.csv, such as {words[0]}"
            yield f"{key}: {name}", claim[name], expected, nearest_word(claim[name], words)
    code = claim.get("measure", "")
    if code not in observed:
        return
    units, grades = measures.loc[code, ["units", "grades"]]
    if claim["test"] in _OF_FINDINGS and not may_be_absent(measures.loc[code]):
        tests = "improves or worsens" if grades else "is_normal, falls or has_value"
        words = f"a finding: '{code}' is a {'class' if grades else 'number'} alone, which is neither present nor absent"
        yield f"{key}: measure", code, f"{words}; {tests} can test it"
    if claim.get("unit") and not is_read(claim["unit"], measures.loc[code]):
        names = ", ".join(filter(None, units))
        yield f"{key}: unit", claim["unit"], f"one of {names}" if names else "a blank; this measure has no unit"


_FORMS = {"value": parse_value, "dose": parse_value, "count": parse_count}


def _check_forms(key: str, claim: dict[str, str]) -> Iterator[tuple[str, ...]]:
    """Numbers and times that cannot be read."""
    for name, parse in _FORMS.items():
        try:
            parse(claim.get(name) or "1")
        except ValueError as error:
            yield f"{key}: {name}", claim[name], str(error)
    if claim.get("within") and not _is_limit(claim["within"]):
        expected = f"{_LENGTHS}, from the baseline on; without one, no key 'within'"
        yield f"{key}: within", claim["within"], _meanings_in_claim("time", claim["within"]) or expected
    if claim.get("phase") and not _PHASE.fullmatch(claim["phase"]):
        yield f"{key}: phase", claim["phase"], "the number of a phase"
    if claim.get("every") and math.isnan(parse_frequency(f"every {claim['every']}").interval):
        expected = f"{_LENGTHS}; without one, no key 'every'"
        yield f"{key}: every", claim["every"], _meanings_in_claim("frequency", claim["every"]) or expected


# What a hint advises for a row of timeline.csv, and a claim has no place for.
_OF_ROWS = re.compile(r"\b(?:leave|phases?|rows?|column|anchor|count|before time zero|zero of|start and end)\b")


def _meanings_in_claim(field: str, text: str) -> str:
    """What to write for a word with more than one meaning, unless that is advice about the columns of a row.

    Examples
    --------
    >>> _meanings_in_claim("frequency", "q3m"), _meanings_in_claim("time", "soon")
    ('a word with one meaning (3 months, or 3 minutes; for the first write every 3 mo)', '')
    """
    meanings = meanings_of(field, text)
    return "" if _OF_ROWS.search(meanings) else meanings


def check_phases_of_claims(about: dict, facts: pd.DataFrame, file: str) -> list[Fault]:
    """Faults of claims on a phase that no row has and case.yaml does not name."""
    texts = {*distinct(facts["phase"]).texts, *about.get("phases", {})}
    phases = sorted((text for text in texts if text.isdecimal()), key=lambda text: (len(text), text))
    expected = f"a phase of the timeline: {first_few(phases) or 'it has none'}"
    return [
        Fault(file, None, f"claims: {position}: phase", claim["phase"], expected)
        for position, claim in enumerate(about.get("claims", []), 1)
        if claim.get("phase") and claim["phase"] not in phases
    ]
