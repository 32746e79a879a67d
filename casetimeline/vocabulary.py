"""The words of the field: kinds, states, units of time, columns, verdicts.

Every other module takes its words from here, so that a word has one spelling and one meaning.
"""

import csv
import pkgutil
import re
import unicodedata
from typing import NamedTuple

from .faults import TimelineError, fault

# A case id is also the name of a folder, and must not lead out of the data folder.
CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
CASE_ID_WORDS = "up to 64 letters, digits, '.', '_' or '-', beginning with a letter or digit"

# What a folder of shards holds stands in a file of this name.
SHARDS = "shards.json"

KINDS = ("observation", "treatment", "procedure", "event", "adverse_event", "statement")

STATES = {
    "present": "found, size or number not given",
    "absent": "looked for and not found, or said to be resolved",
    "recurred": "present again",
    "residual": "present, less than before",
    "normal": "within the limits of the laboratory, no number given",
    "raised": "above them",
    "low": "below them",
    "increased": "more than the value before, no number given",
    "decreased": "less than the value before",
    "unchanged": "said to be as the value before",
    "improved": "better than the value before",
    "worsened": "worse than the value before",
    "unknown": "the source says that it is not known",
    "not_assessed": "the source says that it was not looked for",
    "not_reported": "the part of the source that was read does not say",
}

# One year is 365.25 days and one month a twelfth of it; the codes of the units are those of UCUM.
DAYS_PER = {"h": 1 / 24, "d": 1.0, "wk": 7.0, "mo": 30.4375, "a": 365.25}
# That a treatment was ended, as the last word of an event's name.
ENDED = ("stopped", "suspended", "discontinued", "ceased", "withdrawn")
UNIT_NAMES = {"h": "hour", "d": "day", "wk": "week", "mo": "month", "a": "year"}

BASELINE_RULES = {
    "last_before": "last value before the reference treatment, or on the day it starts",
    "first": "first value recorded",
    "worst_before": "worst value before the reference treatment, or on the day it starts",
    "phase=N": "the value of phase N",
    "day=N": "the value of day N from the case's time zero",
}
FROM_TABLE = "as recorded in "  # how the source of a case is read that was taken from a table, whose name follows
BY_REFERENCE = ("last_before", "worst_before")  # the rules that look for a value before a reference

# The choices for the horizontal axis of the figures over time.
AXES = {
    "": "days where the facts have days, else the order of telling",
    "days": "days from time zero",
    "weeks": "weeks from time zero",
    "study_day": "study days: 1 on the day the reference treatment starts, -1 the day before, no day 0",
    "order": "the order of telling, not to scale",
}

# The styles of references, each a file of report/styles, and whether the numbers of works stand raised in the text, or
# in brackets. The first is what is not asked for otherwise.
CITATION_STYLES = {"vancouver": True, "frontiers": False, "ama": True}
DEFAULT_STYLE = "vancouver"

# States that leave a finding open: they have no value beside them, and no change is computed from them.
OPEN_STATES = ("unknown", "not_assessed", "not_reported")

# States of a finding that is there.
PRESENT_STATES = ("present", "recurred", "residual")

# States of a quantity against the limits of its row, in place of a number.
LIMIT_STATES = ("normal", "raised", "low")

# States against the value before, in place of a value.
DIRECTIONS = ("increased", "decreased", "unchanged", "improved", "worsened")

# The kinds of facts that another fact can be counted from.
ANCHOR_KINDS = ("treatment", "procedure", "event", "adverse_event")

# The end of a course that ended at a time that is not told.
STOPPED = "stopped"

# No value is printed with more decimals. Rounding to them removes the binary noise of a product or difference, so that
# a value exactly on a limit is decided as printed.
DECIMALS = 9

# The unit of a number that was printed without one. Such a number is not compared with any other.
UNIT_UNKNOWN = "unit not reported"

MET, NOT_MET, UNDETERMINED = "met", "not met", "cannot be determined"
# The answer of a rule that was made for other patients: its population or its entry excludes this one.
NOT_APPLICABLE = "not applicable"
# The answer of a rule about another time after the baseline than that of the record.
OUTSIDE = "outside the window"
# Every answer of a rule, in the order in which they are counted and told.
VERDICTS = (MET, NOT_MET, UNDETERMINED, NOT_APPLICABLE, OUTSIDE)

# The stretches of a course that the rules on a change judge, each from an earlier record to a later one. A measure that
# is better when higher has its highest value where another one has its lowest.
TO_VISIT, FIRST, LOWEST, HIGHEST, NEXT = (
    "baseline to visit",
    "first to baseline",
    "lowest to later",
    "highest to later",
    "value to next",
)

# The question that a rule of each kind answers. Classes and indications answer none.
QUESTIONS = {
    "response": "Improved, by the rule for a response?",
    "progression": "Worsened, by the rule for progression?",
    "error": "Beyond the smallest detectable change?",
    "important": "Larger than a minimal clinically important difference?",
    "item": "Improved, as an item of a composite?",
    "composite": "Improved, by the composite?",
    "limit": "Raised?",
    "variation": "Beyond day-to-day variation?",
    "large": "Large, by its size?",
    "resolution": "Gone?",
    "regression": "Regressed?",
    "stability": "Stable?",
}

# Every kind of rule: those that answer a question, and those that name a class or an indication.
RULE_KINDS = (*QUESTIONS, "class", "indication")

# The patients to whom a rule can be limited by their diagnosis or sex.
RULE_POPULATIONS = (
    "systemic sclerosis",
    "diffuse systemic sclerosis",
    "idiopathic effusion",
    "few or no symptoms",
    "women",
)

SUPPORTED, CONTRADICTED, NOT_CHECKABLE = "supported", "contradicted", "cannot be checked"

# The tests for a claim of case.yaml: the keys that each needs beside `says` and `test`, and what it computes.
CLAIM_TESTS = {
    "has_value": (("measure", "value"), "a record of the measure (in `phase`) has the value (in `unit`)"),
    "falls_to": (("measure", "value"), "a record after the baseline has the value and is lower"),
    "rises_to": (("measure", "value"), "a record after the baseline has the value and is higher"),
    "falls": (("measure",), "the last value after the baseline is lower, in numbers or by the words of its state"),
    "rises": (("measure",), "the last value after the baseline is higher, likewise"),
    "improves": (("measure",), "the last value or grade is better than the baseline, by the direction of the measure"),
    "worsens": (
        ("measure",),
        "the last value or grade is worse than the baseline; both also by words",
    ),
    "resolves": (("measure",), "present at baseline, and absent in the last record"),
    "is_present": (("measure",), "a record (of `phase`) says present, or gives a grade or size above none"),
    "is_absent": (("measure",), "a record (of `phase`) says absent"),
    "is_normal": (("measure",), "a record (of `phase`) says normal, or its value lies within its limits"),
    "meets": (("measure", "rule"), "the verdict of the rule on the last record"),
    "given": (
        ("treatment",),
        "a row of it, or of a procedure, has the `dose`, `dose_unit`, interval (`every`) and `count`",
    ),
    "none_happen": (("events",), "none of the events is recorded; that alone does not support the claim"),
    "not_measured": (("needs",), "nothing; what would be needed is not reported"),
    "no_rule": (("lacks",), "nothing; what would judge it is not in this project"),
}
CLAIM_KEYS = (
    "says",
    "test",
    "measure",
    "value",
    "unit",
    "phase",
    "within",
    "rule",
    "treatment",
    "dose",
    "dose_unit",
    "every",
    "count",
    "events",
    "needs",
    "lacks",
)

# The measures that the first notebooks are about.
MAIN_MEASURES = ("mrss", "ck", "pericardial_effusion")

# The columns that define a series: one measure of one case at one site.
SERIES = ("case_id", "PARAMCD", "LOC")


class Column(NamedTuple):
    """A column of timeline.csv: its name, whether every file must have it, and its meaning."""

    name: str
    required: bool
    meaning: str


COLUMNS = (
    Column("case_id", True, "Text, always text: `0012` and `NO` stay as they are. The folder has the same name."),
    Column(
        "phase",
        False,
        "Order of telling: 1, 2, 3 ... It orders facts whose times do not, and is not a time. "
        "`phase` or `start` is filled on every row.",
    ),
    Column(
        "kind",
        True,
        "`observation`; `treatment`; `procedure`, an intervention such as a drainage or a "
        "plasma exchange; `event`, anything else that happened; `adverse_event`; or `statement`, what the authors "
        "judge, which is told and never drawn or computed with.",
    ),
    Column(
        "code",
        True,
        "A word of measures.csv or treatments.csv: a code, its label, abbreviation or a synonym, in any capitals, with "
        "blanks, hyphens or underscores. A word of more than one meaning (`PE`, `CTX`) is refused. An unknown "
        "observation code is an error; an unknown treatment or event code is allowed and listed. It has letters, "
        "digits, `_`, `.` and `-`; blanks are read as `_`.",
    ),
    Column(
        "start",
        False,
        "Time from the case's time zero as the source prints it: `0 d`, `-2 mo`, `12 wk`, `~6 wk`, `3..4 mo`, "
        "`<1 a`, `>12 wk`, `<0 d` (already there at time zero), or an ISO 8601 date at the precision given (`2005-08`) "
        "or a range of dates (`2005-08..2005-10`), without a time of day. What people type for these is read "
        "(`12 weeks`, `W12`, `3-4 months`). Blank: not reported.",
    ),
    Column(
        "end",
        False,
        "As `start`, or `ongoing` (still given on the last day that the case tells of); `phase 4` (ended by that "
        "phase) or `stopped` (ended at a time not told). Blank: not reported.",
    ),
    Column(
        "anchor",
        False,
        "What `start` and `end` count from in place of time zero: the code of a treatment, procedure, event or adverse "
        "event of the case, at its start; `discharge#2` for the second of that code.",
    ),
    Column(
        "count",
        False,
        "How many administrations of a treatment, or how many times a procedure was done, as the source says: `4`, "
        "`3..4`, `>=2`.",
    ),
    Column(
        "value",
        True,
        "A number (`46`), a bound (`<30`, `>1000`), an approximation (`~6000`), a range (`10..20`, and `0..<30` "
        "without its end), or a grade word of an ordinal measure or a range of them (`small..moderate`); `normal`, "
        "with the limits of the laboratory beside it.",
    ),
    Column(
        "unit",
        True,
        "As printed. It is converted to the measure's own unit, however it is written (`U/l`, either micro sign, "
        "blanks about the slash); an unknown unit is an error.",
    ),
    Column("ref_low", False, "Lower limit of the laboratory, in `unit`, when the source states it."),
    Column("ref_high", False, "Upper limit of the laboratory, in `unit`, when the source states it."),
    Column(
        "state",
        False,
        "What is known when there is no value: "
        + "; ".join(f"`{word}` ({meaning})" for word, meaning in STATES.items())
        + ". A measure that is a number alone is neither present nor absent.",
    ),
    Column("dose", False, "Dose of a treatment: a number, bound, approximation or range."),
    Column(
        "dose_unit",
        False,
        "Unit of the dose as printed, for example `mg/kg`, or `mg/day` for a dose that is given every day.",
    ),
    Column(
        "frequency",
        False,
        "How often: `once`, `daily`, `twice daily`, `weekly`, `monthly`, `every 4 wk`, or `every 2 wk, alternating` "
        "for treatments of one phase that take turns. What people type for these is read (`q4w`, `BID`); a word of "
        "more than one meaning (`biweekly`) is refused. Other words are kept, and not counted: a note says so.",
    ),
    Column("route", False, "Route of administration as printed."),
    Column("site", False, "Where in the body. It keeps two sites of one moment apart."),
    Column("method", False, "How it was measured or done, as printed."),
    Column("by", False, "Who scored, or which laboratory."),
    Column("grade", False, "Grade of an adverse event, 1 to 5 (CTCAE), or a range of them (`2..3`)."),
    Column("related", False, "Whether an adverse event was related to a treatment, in the words of the source."),
    Column("source", True, "Where the fact stands. If case.yaml lists `sources`, one of them."),
    Column(
        "quote",
        False,
        "The few words of the source that say it; `[...]` joins two passages. Required where the source has a DOI or "
        "an address.",
    ),
    Column(
        "derived",
        False,
        "How a number of the row follows from its quote, where the quote does not print it: `3 days from day 0, so "
        "0 + 2 = 2`. Each sum must come out.",
    ),
    Column(
        "note",
        False,
        "Free text. `site: ...` at its start says where in the body, as the column `site` does.",
    ),
)

COLUMN_NAMES = tuple(column.name for column in COLUMNS)


def known_spellings() -> list[dict[str, str]]:
    """The lines of spellings.csv, as a dictionary each.

    Examples
    --------
    >>> [row["canonical"] for row in known_spellings() if row["typed"] == "einmalig"]
    ['once']
    """
    text = pkgutil.get_data(__package__, "spellings.csv").decode()
    return list(csv.DictReader(text.splitlines()))


def is_case_id(case_id: object) -> bool:
    """Whether something is a valid case id.

    Examples
    --------
    >>> is_case_id("fu-2025"), is_case_id("../etc"), is_case_id(12)
    (True, False, False)
    """
    return isinstance(case_id, str) and CASE_ID.fullmatch(case_id) is not None


def check_case_id(case_id: object, at: str, cell: str = "") -> None:
    """Refuse a case id that is not valid.

    Parameters
    ----------
    case_id : object
        The case id; only a text can be valid.
    at : str
        Name of the file, or of the option, for the message.
    cell : str
        The cell of a workbook, for the message.

    Raises
    ------
    TimelineError
        If `case_id` is not valid.
    """
    if not is_case_id(case_id):
        raise TimelineError([fault(str(case_id), CASE_ID_WORDS, at=at, cell=cell)])


# What a code of measures.csv, a treatment, an event or a rule is made of, in the words of a message.
CODE_WORDS = "up to 200 letters, digits, '_', '.' or '-'"
_LONGEST_CODE = 200


def code_of(text: str) -> str:
    """A code as it is read: blanks are `_`, and a letter with its accent is one character (NFC).

    Examples
    --------
    >>> code_of("a new drug"), code_of("fie\u0300vre") == "fi\u00e8vre"
    ('a_new_drug', True)
    """
    return "_".join(unicodedata.normalize("NFC", text).split())


def is_code(text: str) -> bool:
    """Whether a text is a code: letters and digits of any alphabet, `_`, `.` and `-`, which no shell and no make reads.

    Examples
    --------
    >>> is_code("interleukin-6"), is_code("\u062f\u0648\u0627\u0621"), is_code("$(shell id)"), is_code("")
    (True, True, False, False)
    """
    return 0 < len(text) <= _LONGEST_CODE and all(letter in "_.-" or _of_words(letter) for letter in text)


def _of_words(letter: str) -> bool:
    category = unicodedata.category(letter)
    return category[0] in "LM" or category == "Nd"


def words_of(text: str) -> tuple[str, ...]:
    """The words of a list that is separated by commas, each once; no word for a blank text.

    Examples
    --------
    >>> words_of("response, error,response"), words_of(" ")
    (('response', 'error'), ())
    """
    return tuple(dict.fromkeys(word.strip() for word in text.split(","))) if text.strip() else ()
