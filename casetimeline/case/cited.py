"""The tables that cite: rules.csv with the rules, comparators.csv with the published trial arms."""

import re

import pandas as pd

from ..faults import Fault, TimelineError
from ..vocabulary import RULE_KINDS, RULE_POPULATIONS
from .separated import as_numbers, check_kinds, read_frame

_RULE = (
    "rule",
    "measure",
    "kind",
    "label",
    "direction",
    "limit",
    "percent",
    "percent_of",
    "rate",
    "window",
    "xuln",
    "large",
    "examiners",
    "not_after",
    "needs",
    "population",
    "definition",
    "quote",
)
_RULE_NUMBERS = ("sd", "base_min", "cvi")
_ARM = ("arm", "trial", "measure", "treatment", "spread", "quote")
_ARM_NUMBERS = ("n", "baseline_mean", "baseline_sd", "weeks", "change", "change_low", "change_high", "change_sd")
# Columns that a table of rules may lack; its rules are then not limited by them.
_RULE_MORE = ("base_max", "studied", "made_for")
_STUDIED = re.compile(r"[0-9.]*[0-9](\.\.[0-9.]*[0-9])? (d|wk|mo|a)")


def read_rules(text: str, file: str) -> pd.DataFrame:
    """The cited rules with their lines, and their thresholds as numbers, nan where a rule has none.

    Raises
    ------
    TimelineError
        Naming each cell that cannot be read: a threshold that is not a number, an unknown kind or population, a range
        of baselines that ends before it begins, or a studied time that cannot be read.
    """
    frame = read_frame(text, file, (*_RULE, *_RULE_NUMBERS), "rule")
    frame = frame.assign(**{name: "" for name in _RULE_MORE if name not in frame})
    frame = as_numbers(frame, (*_RULE_NUMBERS, "base_max"), file)
    check_kinds(frame, RULE_KINDS, file)
    populations = f"blank, or one of {', '.join(RULE_POPULATIONS)}"
    faults = []
    for row in frame.itertuples():
        if row.made_for not in ("", *RULE_POPULATIONS):
            faults.append(Fault(file, row.line, "made_for", row.made_for, populations))
        if row.base_max < row.base_min:
            maximum, expected = f"{row.base_max:g}", f"at least the base_min of its row, {row.base_min:g}"
            faults.append(Fault(file, row.line, "base_max", maximum, expected))
        if row.studied and not _STUDIED.fullmatch(row.studied):
            faults.append(Fault(file, row.line, "studied", row.studied, "a time such as 12 mo or 6..24 mo, or blank"))
    if faults:
        raise TimelineError(faults)
    return frame


def read_comparators(text: str, file: str) -> pd.DataFrame:
    """The published trial arms with their lines, and numbers as numbers, nan where the source gives none."""
    return as_numbers(read_frame(text, file, (*_ARM, *_ARM_NUMBERS), "arm"), _ARM_NUMBERS, file)
