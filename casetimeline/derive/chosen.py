"""What a caller chooses, refused where it is not there: words of a list, a rule for the baseline, a reference."""

import re
from collections.abc import Iterable

import numpy as np
import pandas as pd

from ..faults import TimelineError, fault
from ..vocabulary import ANCHOR_KINDS, BASELINE_RULES, BY_REFERENCE
from .columns import numbers, require

NAMED = re.compile(r"(phase|day)=(-?\d+(?:\.\d+)?)")


def check_words(words: Iterable, known: Iterable[str], expected: str, at: str) -> None:
    """Refuse words that are not known, each with the nearest one that is.

    Parameters
    ----------
    words, known : iterable of str
        What was asked for, and what there is.
    expected : str
        What would be right.
    at : str
        The option or file where the words stand.

    Raises
    ------
    TimelineError
        With a fault for each of them.

    Examples
    --------
    >>> check_words(["mrs"], ["ck", "mrss"], "a measure", at="measure")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    measure: found 'mrs'; expected a measure; did you mean 'mrss'?
    """
    known = list(known)
    strange = ["" if word is None else str(word) for word in words if not isinstance(word, str) or word not in known]
    faults = [fault(word, expected, at=at, known=known) for word in strange]
    if faults:
        raise TimelineError(faults)


def check_baseline_rule(rule: str) -> str:
    """What a valid rule looks like; empty if the rule is valid.

    Parameters
    ----------
    rule : str
        A rule of `vocabulary.BASELINE_RULES`, with a number for N.

    Examples
    --------
    >>> check_baseline_rule("last_before")
    ''
    >>> check_baseline_rule("best")
    'one of last_before, first, worst_before, phase=N, day=N'
    >>> check_baseline_rule("phase=N")
    'a number, as in phase=2'
    """
    if rule in ("first", *BY_REFERENCE) or NAMED.fullmatch(rule):
        return ""
    name, mark, _ = rule.partition("=")
    if mark and f"{name}=N" in BASELINE_RULES:
        return f"a number, as in {name}=2"
    return f"one of {', '.join(BASELINE_RULES)}"


def check_chosen(frame: pd.DataFrame, function: str, rule: str, reference: str) -> None:
    """Refuse a reference that no case of a frame has, a rule that lacks the one it needs, or a phase that none has.

    A day on which nothing is recorded is no fault: the reading of a case tells it in a note.

    Parameters
    ----------
    frame : DataFrame
        Facts, with treatments and events among them.
    function : str
        The name of the function that was given them.
    rule, reference : str
        A rule of `vocabulary.BASELINE_RULES`, and the code of the treatment or event that it refers to.

    Raises
    ------
    ValueError
        If it is no rule.
    TimelineError
        With the nearest code of the frame, or its phases.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": ["treatment"], "PARAMCD": ["exampline"], "phase": [1]})
    >>> check_chosen(facts, "derive_ablfl", "last_before", "exampilne")
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    reference: found 'exampilne'; expected a treatment, procedure or event of the frame; did you mean 'exampline'?
    """
    expected = check_baseline_rule(rule)
    if expected:
        raise ValueError(f"baseline rule {rule!r}: expected {expected}")
    require(frame, function, ("kind", "PARAMCD", "phase"))
    if frame.empty:
        return
    starters = frame.loc[frame["kind"].isin(ANCHOR_KINDS), "PARAMCD"].unique()
    if reference or rule in BY_REFERENCE:
        check_words([reference], starters, "a treatment, procedure or event of the frame", at="reference")
    named = NAMED.fullmatch(rule)
    phases = numbers(frame, "phase")
    if named and named[1] == "phase" and not (phases == float(named[2])).any():
        known = ", ".join(f"{phase:g}" for phase in np.unique(phases[~np.isnan(phases)])) or "there is none"
        raise TimelineError([fault(rule, f"a phase of the frame: {known}", at="baseline_rule")])
