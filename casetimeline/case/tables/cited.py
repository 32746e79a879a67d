"""The tables that cite: rules.csv with the rules, comparators.csv with the published trial arms."""

import math
import re
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

import pandas as pd

from ...faults import Fault, TimelineError, fault
from ...values import canonical_length, parse_duration, parse_threshold, parse_value, plain, rows_of
from ...vocabulary import RULE_KINDS, RULE_POPULATIONS, is_code
from ..cells.typed import reads
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
_ARM_MORE = ("entry",)
_STUDIED = re.compile(r"[0-9.]*[0-9](\.\.[0-9.]*[0-9])? (d|wk|mo|a)")
_ENTRY = re.compile(r".*?([0-9]+(?:\.[0-9]+)?) to ([0-9]+(?:\.[0-9]+)?)")
# Who scored, as a rule of measurement error names it; and how many these are, as `derive_examiners` tells it.
RULE_EXAMINERS = {
    "one examiner": "one examiner",
    "one examiner after teaching": "one examiner",
    "two examiners": "two examiners",
    "examiners in training": "two examiners",
}
_DIRECTIONS = ("fall", "rise", "either", "above")
_WORDS = ("label", "population", "definition", "quote")
# Columns that only some kinds of rules read, by kind; and of which each rule of the kind needs one.
_OF_CHANGE = ("limit", "percent", "percent_of", "rate", "window", "base_min", "base_max")
_READ = dict.fromkeys(("response", "progression", "important", "item"), _OF_CHANGE)
_READ |= dict.fromkeys(("limit", "indication"), ("limit", "xuln")) | dict.fromkeys(("large", "class"), ("limit",))
_READ |= {"error": ("sd", "examiners"), "variation": ("cvi",), "composite": ("needs",), "resolution": ()}
_READ |= {"regression": ("large",), "stability": ("limit", "large")}
_NEEDED = dict.fromkeys(("response", "progression"), (("limit", "percent", "rate"),))
_NEEDED |= dict.fromkeys(("limit", "indication"), (("limit", "xuln"),))
_NEEDED |= dict.fromkeys(("important", "large", "class"), (("limit",),))
_NEEDED |= {"error": (("sd",),), "variation": (("cvi",),), "composite": (("needs",),)}
_NEEDED |= {"regression": (("large",),), "stability": (("limit",), ("large",))}
_OF_SOME_KINDS = tuple(dict.fromkeys(name for names in _READ.values() for name in names))


class _Form(NamedTuple):
    """The form of a cell: whether a text has it, the form in words, and the words where it is one of some."""

    has: Callable[[str], bool]
    words: str
    known: Collection[str] = ()


def _one_of(known: Collection[str]) -> _Form:
    return _Form(known.__contains__, f"one of {', '.join(known)}", known)


def _is_size(text: str) -> bool:
    """Whether a text is a threshold above 0, which a change of nothing does not reach."""
    bounds, strict = parse_threshold(text)
    return bounds.low > 0 or (bounds.low == 0 and strict)


def _is_window(text: str) -> bool:
    return parse_duration(text).high > 0


def _is_studied(text: str) -> bool:
    return _STUDIED.fullmatch(text) is not None and _is_window(text)


def _is_class(text: str) -> bool:
    bounds = parse_value(text)
    return bounds.low < bounds.high


def _is_least(text: str) -> bool:
    bounds = parse_value(text)
    return bounds.low <= 0 < bounds.high < math.inf


def _not_above_0(row, columns: Collection[str], file: str) -> list[Fault]:
    """The faults of the numbers of some columns of a row that are not above 0."""
    numbers = {column: getattr(row, column) for column in columns}
    return [
        Fault(file, row.line, column, f"{number:g}", "a number above 0")
        for column, number in numbers.items()
        if number <= 0
    ]


def _are_codes(text: str) -> bool:
    return all(map(is_code, text.split("|")))


def _size(example: str) -> _Form:
    return _Form(reads(_is_size), f"a number above 0 behind > or >=, as in {example}")


_CODES = _Form(_are_codes, "codes, joined by |")
_FORMS = {
    "direction": _one_of(_DIRECTIONS),
    "limit": _size(">5, >=5 or >=3..4"),
    "percent": _size(">=25"),
    "percent_of": _one_of(("base", "peak")),
    "rate": _size(">=5"),
    "xuln": _size(">1.5"),
    "large": _size(">20"),
    "window": _Form(reads(_is_window), "a time after the baseline such as 12 mo or 9..15 mo"),
    "studied": _Form(reads(_is_studied), "a time such as 12 mo or 6..24 mo"),
    "examiners": _one_of(RULE_EXAMINERS),
    "needs": _CODES,
    "not_after": _CODES,
    "made_for": _one_of(RULE_POPULATIONS),
}
_ANY_LIMIT = _Form(reads(parse_threshold), "a number behind > or >=, as in >10 or >=140")
# A change has a direction; and a limit is of a value, of a class, or of what counts as no change.
_FORMS_OF_KIND = {(kind, "direction"): _one_of(("fall", "rise")) for kind in _READ if "rate" in _READ[kind]}
_FORMS_OF_KIND |= {(kind, "limit"): _ANY_LIMIT for kind in ("limit", "indication", "large")}
_FORMS_OF_KIND["class", "limit"] = _Form(reads(_is_class), "a range of sizes, as in 10..20, <10 or >20")
_FORMS_OF_KIND["stability", "limit"] = _Form(reads(_is_least), "the size that a change stays below, as in <5")


# What is typed in these columns is read as in a timeline.
_CANONICAL = dict.fromkeys(("window", "studied"), canonical_length)
_CANONICAL |= dict.fromkeys(("limit", "percent", "rate", "xuln", "large"), plain)


def read_rules(text: str, file: str) -> pd.DataFrame:
    """The cited rules with their lines, and their thresholds as numbers, nan where a rule has none.

    Raises
    ------
    TimelineError
        Naming each cell that cannot be read: an unknown kind, direction or population, a threshold or time that is
        none, a cell that rules of this kind do not read, or one that they need.
    """
    frame = read_frame(text, file, (*_RULE, *_RULE_NUMBERS), "rule")
    frame = frame.assign(**{name: "" for name in _RULE_MORE if name not in frame})
    frame = frame.assign(**{name: frame[name].map(canonical) for name, canonical in _CANONICAL.items()})
    numbers = as_numbers(frame, (*_RULE_NUMBERS, "base_max"), file)
    check_kinds(frame, RULE_KINDS, file)
    faults = [each for row in rows_of(frame) for each in _faults_of_rule(row, file)]
    for row in rows_of(numbers):
        faults += _not_above_0(row, ("sd", "cvi"), file)
        if row.base_max < row.base_min:
            expected = f"at least the base_min of its row, {row.base_min:g}"
            faults.append(Fault(file, row.line, "base_max", f"{row.base_max:g}", expected))
    if faults:
        raise TimelineError(faults)
    return numbers


def _faults_of_rule(row, file: str) -> Iterator[Fault]:
    """The faults of the texts of one rule."""
    for column in _WORDS:
        if not getattr(row, column):
            yield Fault(file, row.line, column, "", f"the {column} of this rule")
    for column in _OF_SOME_KINDS:
        if getattr(row, column) and column not in _READ[row.kind]:
            expected = f"a blank: a rule of the kind '{row.kind}' does not read this column"
            yield Fault(file, row.line, column, getattr(row, column), expected)
    for columns in _NEEDED.get(row.kind, ()):
        if not any(getattr(row, column) for column in columns):
            yield Fault(file, row.line, columns[0], "", f"what a rule of the kind '{row.kind}' needs: {_or(columns)}")
    if row.percent and not row.percent_of:
        yield Fault(file, row.line, "percent_of", "", f"{_FORMS['percent_of'].words}, of which the percentage is")
    if not row.direction and (row.kind, "direction") in _FORMS_OF_KIND:
        yield Fault(file, row.line, "direction", "", _FORMS_OF_KIND[row.kind, "direction"].words)
    for column, general in _FORMS.items():
        form, text = _FORMS_OF_KIND.get((row.kind, column), general), getattr(row, column)
        is_read = column in _READ[row.kind] or column not in _OF_SOME_KINDS
        if text and is_read and not form.has(text):
            expected = form.words if (row.kind, column) in _FORMS_OF_KIND else f"{form.words}, or blank"
            yield fault(text, expected, at=file, line=row.line, column=column, known=form.known)


def _or(columns: Collection[str]) -> str:
    *others, last = columns
    return f"{', '.join(others)} or {last}" if others else last


def _disordered(row, file: str) -> Iterator[Fault]:
    """The fault of an end of a mean change that does not lie about it."""
    low, change, high = (getattr(row, name) for name in ("change_low", "change", "change_high"))
    if high < low:
        yield Fault(file, row.line, "change_high", f"{high:g}", f"at least the change_low of its row, {low:g}")
    elif low > change:
        yield Fault(file, row.line, "change_low", f"{low:g}", f"at most the change of its row, {change:g}")
    elif high < change:
        yield Fault(file, row.line, "change_high", f"{high:g}", f"at least the change of its row, {change:g}")


def read_comparators(text: str, file: str) -> pd.DataFrame:
    """The published trial arms with their lines, and numbers as numbers, nan where the source gives none.

    Raises
    ------
    TimelineError
        Naming each cell that cannot be read.
    """
    frame = read_frame(text, file, (*_ARM, *_ARM_NUMBERS), "arm")
    frame = as_numbers(frame.assign(**{name: "" for name in _ARM_MORE if name not in frame}), _ARM_NUMBERS, file)
    faults = []
    for row in rows_of(frame):
        for column in ("trial", "treatment", "quote"):
            if not getattr(row, column):
                faults.append(Fault(file, row.line, column, "", f"the {column} of this arm"))
        faults += _not_above_0(row, ("n", "baseline_sd", "weeks", "change_sd"), file)
        if row.n % 1 > 0:
            faults.append(Fault(file, row.line, "n", f"{row.n:g}", "a whole number of patients"))
        faults += _disordered(row, file)
        ends = _ENTRY.fullmatch(row.entry)
        if row.entry and (ends is None or float(ends[1]) > float(ends[2])):
            faults.append(Fault(file, row.line, "entry", row.entry, "a range such as mRSS 10 to 35, or blank"))
    if faults:
        raise TimelineError(faults)
    return frame
