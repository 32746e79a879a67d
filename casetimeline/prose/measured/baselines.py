"""Which value is the baseline of a case, what sets it, and which further values were not read."""

import re
from collections.abc import Sequence

import pandas as pd

from ...case import Case
from ...derive import may_be_baseline
from ...rules import worded_before
from ...vocabulary import BASELINE_RULES
from ..wording.labels import label_in_sentence
from ..wording.passage import Said, listed, text_of, typeset
from ..wording.verbs import told_by_verb


def baseline_words(case: Case) -> str:
    """Which value is the baseline of a case, with the name of its reference treatment or phase.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> baseline_words(read_case("data/shm-ssc-47f"))
    'last value before pericardiocentesis'
    >>> baseline_words(read_case("data/acp-imnm-75f"))
    'last value before the statin was stopped'
    """
    rule, _, which = case.baseline_rule.partition("=")
    words = BASELINE_RULES.get(case.baseline_rule) or BASELINE_RULES.get(f"{rule}=N", case.baseline_rule)
    if which:
        name = case.about.get("phases", {}).get(which, "") if rule == "phase" else ""
        words = words.replace("phase N", f"‘{name}’" if name else f"phase {which}").replace("day N", f"day {which}")
    words = words.replace("last value", "last value that was read") if unread_measures(case) else words
    reference = told_by_verb(reference_name(case)) or _with_the(reference_name(case))
    # Of a reference without a day nothing is known to be on the day it starts.
    undated = case.facts.loc[case.facts["code"].eq(case.reference), "DAYLO"].isna().all()
    words = words.partition(", or on the day")[0] if undated else words
    return words.replace("the reference treatment", reference) if reference else words


def reference_name(case: Case) -> str:
    """The name of what sets the baseline, as it stands in a sentence; blank where nothing does."""
    return label_in_sentence(case.label(case.reference)).partition(" (")[0]


def _with_the(name: str) -> str:
    """The name of what is given or done once with its article; a drug has none.

    Examples
    --------
    >>> _with_the("intravenous pulse"), _with_the("relapse")
    ('the intravenous pulse', 'relapse')
    """
    return f"the {name}" if re.search(r"\b(pulse|trial|course|biopsy|window|fenestration|infusion)$", name) else name


def reference_kind(case: Case) -> str:
    """What sets the baseline of a case: a treatment, a procedure or an event.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> reference_kind(read_case("data/shm-ssc-47f"))
    'procedure'
    """
    kinds = case.facts.loc[case.facts["code"].eq(case.reference), "kind"]
    return kinds.iloc[0].replace("_", " ") if len(kinds) else "treatment"


# How a point that the source leaves open tells of values that others could read.
_UNREAD = re.compile(r"\bvalues\b[^.;]*\bstand in\b")


def unread_measures(case: Case) -> list[str]:
    """The measures of which other values stand in a part of the source that was not read, by the points of case.yaml.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> points = {"a": ["The values after day 3 stand in a curve."], "b": ["No unit is printed."]}
    >>> unread_measures(Some(about={"caveats": points}, measures=Some(index=["a", "b"])))
    ['a']
    """
    points = case.about.get("caveats", {})
    return [code for code, texts in points.items() if any(map(_UNREAD.search, texts)) and code in case.measures.index]


# How it tells that what came after something was not read.
_UNREAD_AFTER = re.compile(r".*\bafter\b.*\b(?:is|are) not in (?:the|a) part that was read\.")


def unread_after(case: Case) -> dict[str, str]:
    """The caveats by which the course of a measure went on in a part that was not read; by its code.

    Examples
    --------
    >>> from types import SimpleNamespace as Some
    >>> points = {"a": ["No unit is printed.", "The course after day 3 is not in the part that was read."]}
    >>> unread_after(Some(about={"caveats": points | {"b": ["Who scored is not in the part that was read."]}}))
    {'a': 'The course after day 3 is not in the part that was read.'}
    """
    points = case.about.get("caveats", {}).items()
    return {code: words for code, texts in points for words in texts if _UNREAD_AFTER.fullmatch(words)}


def unread_sentence(case: Case, codes: Sequence[str]) -> str:
    """That other values of some measures were not read; blank for none."""
    names = [(Said(label_in_sentence(case.measure(code)["label"])),) for code in codes]
    return f"Not read: further values of {text_of(listed(names))}." if names else ""


def baseline_note(case: Case, series: list[tuple]) -> str:
    """Which value is the baseline; of a measure whose other values were not read it is the last of those that were."""
    unread = [code for code in unread_measures(case) if any(code == each[0] for each in series)]
    moved = "; ".join(words for each in series if (words := _moved_after(case, *each)))
    moved = f"Told after it and before {_with_the(reference_name(case))}, without a value: {moved}." if moved else ""
    return " ".join(filter(None, [f"Baseline: {typeset(baseline_words(case))}.", unread_sentence(case, unread), moved]))


def _moved_after(case: Case, code: str, site: str, records: pd.DataFrame) -> str:
    """What a source says in words of a measure between its baseline, a number, and the reference; else blank."""
    if not records.loc[may_be_baseline(records), "value"].ne("").any():
        return ""
    words = worded_before(case, records)["STATE"]
    name = label_in_sentence(case.measure(code)["label"])
    return f"{name}{f' ({site})' if site else ''} {', then '.join(words)}" if len(words) else ""
