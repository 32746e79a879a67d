"""What the note of a treatment says beside its columns: a plan, words in place of a dose, what is open."""

import re
from collections.abc import Iterable, Iterator, Sequence

import pandas as pd

from ...derive import LENGTH, dose_in_words, length_in_words
from ...values import rows_of
from ..numbers.qualifiers import printed_in
from ..wording.labels import joined, label_in_sentence, source_words
from ..wording.passage import Said, known_phase, text_of
from ..wording.when import is_undated, open_start
from ..wording.words import in_a_sentence, printed_cycles, with_a

# Words of a source that a note calls a plan.
_PLAN = re.compile(r'(?:^|; )"([^"]+)" is a plan( at the \w+)?')
_SAME_COURSE = re.compile(r"(?:^|; )(whether it is one course with the [\w -]+) is not told\b")
# Words of a source that are the verb of its drug.
AS_PRINTED = ("tapered", "continued", "increased", "reduced")
# The longest words of a source that stand in place of the name of a drug.
LONGEST = 60
# What a note says of a class of which the drug is not known, and the end of the label of one.
_UNNAMED = re.compile(r"\bdrug (?:and dose not|not named)\b")
UNNAMED = ", drug not stated"


def plan_words(note: str, whole: bool = False) -> str:
    """How long a treatment was planned to go on, in the words that a note calls a plan; blank where it has none.

    Parameters
    ----------
    note : str
        Of a row.
    whole : bool
        With what the source prints in brackets behind it.

    Examples
    --------
    >>> note = '"for 6 months (then it will be tapered)" is a plan at the discharge'
    >>> plan_words(note), plan_words("dose not reported")
    ('planned at the discharge ‘for 6 months’', '')
    >>> plan_words(note, whole=True)
    'planned at the discharge ‘for 6 months (then it will be tapered)’'
    """
    plan = _PLAN.search(note)
    return f"planned{plan[2] or ''} ‘{plan[1] if whole else plan[1].partition(' (')[0]}’" if plan else ""


# A class of drugs that is counted.
_CLASS = re.compile(r"(?:inhibitor|blocker|antagonist|agonist|diuretic|statin|antibiotic|antidepressant|laxative)$")


def as_class(name: str, note: str) -> str:
    """The name of a class of drugs with its article, where a note says that the drug is not named.

    Examples
    --------
    >>> as_class("proton pump inhibitor", "drug not named"), as_class("antibiotics", "drugs not named")
    ('a proton pump inhibitor', 'antibiotics')
    """
    is_one = _UNNAMED.search(note) and _CLASS.search(name)
    return with_a(name) if is_one else name


def dose_missing(note: str) -> str:
    """That a dose is not reported, and the drug where a note says that it is not named.

    Examples
    --------
    >>> dose_missing("drug not named"), dose_missing("")
    ('drug and dose not reported', 'dose not reported')
    """
    return f"{'drug and ' if _UNNAMED.search(note) else ''}dose not reported"


def day_remarks(note: str) -> list[str]:
    """What a note of a treatment says is not known of its day, and of the course before it.

    Examples
    --------
    >>> day_remarks("printed 'for 6 weeks'; whether it is one course with the first is not told")
    ['whether it is one course with the first is not reported']
    >>> day_remarks("day not reported"), day_remarks("1 week; its first day is not reported")
    (['day not reported'], ['first day not reported'])
    """
    course = _SAME_COURSE.search(note)
    day = "first day" if re.search(r"(?:^|; )its first day ", note) else "day"
    return [
        *([f"{day} not reported"] if is_undated(note) else []),
        *([f"{course[1]} is not reported"] if course else []),
    ]


def open_places(rows: Sequence) -> str:
    """Which treatments of a moment were before or after what is not told, as a part of a remark; blank if of none.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> drugs = [Row(PARAM="A drug", note=""), Row(PARAM="B drug", note="before or after the relapse is not told")]
    >>> open_places(drugs), open_places(drugs[1:])
    ('whether B drug was given before or after the relapse', 'whether before or after the relapse')
    """
    placed = [(row.PARAM, place) for row in rows if (place := open_start(row.note))]
    if not placed or len({place for _, place in placed}) > 1:
        return ""
    names = [label_in_sentence(name) for name, _ in placed]
    were = "was" if len(names) == 1 else "were"
    which = "" if len(names) == len(rows) else f"{joined(names)} {were} given "
    return f"whether {which}{placed[0][1]}"


def without_place(note: str) -> str:
    """A note without that it is not told before or after what something began.

    Examples
    --------
    >>> without_place("in place of a drug; before or after the relapse is not told")
    'in place of a drug'
    """
    place = open_start(note)
    return "; ".join(part for part in note.split("; ") if not place or not part.startswith(place))


def unplaced_words(row) -> str:
    """What a note says is open of when something happened to a patient, in brackets; of its day, for a diagnosis.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> unplaced_words(Row(code="diagnosis", note="its day is not told")), unplaced_words(Row(code="death", note=""))
    ('(day not reported)', '')
    >>> unplaced_words(Row(code="relapse", note="before or after the end of a drug is not told"))
    '(whether before or after the end of a drug is not reported)'
    """
    if place := open_start(row.note):
        return f"(whether {place} is not reported)"
    return "(day not reported)" if row.code == "diagnosis" and is_undated(row.note) else ""


def related_words(related: str) -> str:
    """Whether an adverse event is related to a treatment, as the source has it, behind a word that says of what.

    Examples
    --------
    >>> related_words("possibly related to a drug"), related_words("probable"), related_words("")
    ('possibly related to a drug', 'related: probable', '')
    """
    return related if not related or re.search(r"related\b", related, re.IGNORECASE) else f"related: {related}"


# What people type for a relation, without its last word `related`, and what stands before that; by itself or negated.
_RELATIONS = dict.fromkeys(("", "yes", "y", "true"), "")
_RELATIONS |= dict.fromkeys(("no", "n", "none", "not", "un", "false"), "not ")
_RELATIONS |= dict.fromkeys(("possible", "possibly"), "possibly ")
_RELATIONS |= dict.fromkeys(("probable", "probably"), "probably ")
_RELATIONS |= dict.fromkeys(("definite", "definitely", "certain", "certainly"), "definitely ")
_LIKELY = re.compile(r"(?:\w+ )?(?:un)?likely")
# What leaves a relation open.
_OPEN_RELATION = re.compile(
    r"(?:not |un|in)?(?:known|clear|certain|assess\w+|determin\w+|establish\w+|classifi\w+|applicable)"
    r"|suspected|doubtful|questionable|equivocal|conditional"
)
# Who judged a relation, where the words of it say so.
_JUDGED_BY = re.compile(r"\b(?:in the opinion of|according to|by the)\b")


def relation_words(related: str) -> str:
    """Whether an adverse event was related to a treatment, in the Results: what is typed in one word with its noun.

    Examples
    --------
    >>> relation_words("unrelated"), relation_words("not reported")
    ('not related to treatment according to the source', 'relation to treatment not reported')
    >>> relation_words("related to a drug"), relation_words("possible, according to the physicians")
    ('related to a drug according to the source', 'possible, according to the physicians')
    """
    if related.lower().replace("_", " ") in ("not reported", "not stated", "nr", "na", "n/a"):
        return "relation to treatment not reported"
    if _JUDGED_BY.search(related):
        return related
    words = in_a_sentence(related.replace("_", " "))
    return f"{_related_to_treatment(words.lower()) or words} according to the source"


def _related_to_treatment(typed: str) -> str:
    """The words of a relation with the treatment that they do not name; blank where they say more.

    Examples
    --------
    >>> [_related_to_treatment(typed) for typed in ("definitely not related", "unclear", "vaccine-related")]
    ['definitely not related to treatment', 'relation to treatment unclear', '']
    """
    how = typed.removesuffix("related").strip()
    if how in _RELATIONS:
        return f"{_RELATIONS[how]}related to treatment"
    if how.endswith(" not") and how.removesuffix(" not") in _RELATIONS:
        return f"{_RELATIONS[how.removesuffix(' not')]}not related to treatment"
    if _LIKELY.fullmatch(how):
        return f"{how} to be related to treatment"
    if _OPEN_RELATION.fullmatch(how):
        return f"relation to treatment {how.replace('unknown', 'not known')}"
    return f"relation to treatment ‘{typed.upper()}’" if typed in ("na", "n/a") else ""


def printed_dose(row) -> list[str]:
    """What the source prints of a treatment in place of a dose, in quotation marks; else nothing.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> printed_dose(Row(value="", note="printed 'high-dose steroids'")), printed_dose(Row(value="", note=""))
    (['‘high-dose steroids’'], [])
    """
    printed = source_words(row, LONGEST) or dose_in_words(row.note)
    return [f"‘{printed}’"] if printed else []


def printed_length(note: str, quote: str = "") -> str:
    """How long a course was, as its note keeps it from the source, between quotation marks; blank where it does not.

    Examples
    --------
    >>> printed_length("printed 'for 6 days'; dose not reported"), printed_length("dose not reported")
    ('‘for 6 days’', '')
    >>> printed_length("1 week", "recovered after 1 week of treatment")
    '‘1 week’'
    """
    length = length_in_words(note, quote)
    return f"‘{length}’" if length else ""


def printed_course(note: str, name: str) -> tuple[str, str]:
    """How often and how long a procedure was done, as its note keeps it from the source; blank where it does not.

    Examples
    --------
    >>> printed_course("printed 'for 6 days'; day not told", "Dialysis"), printed_course("day not told", "Dialysis")
    (('', '‘for 6 days’'), ('', ''))
    >>> printed_course("printed 'every night for 2 weeks'", "Dialysis")
    ('‘every night’', '‘for 2 weeks’')
    >>> printed_course("printed 'nightly dialysis'", "Dialysis")
    ('‘nightly’', '')
    """
    often, length = "", ""
    if printed := LENGTH.search(note):
        often, length = re.fullmatch(r"(.*?)\s*((?:for|over) .*)", printed[1]).groups()
    elif (words := printed_in(note)).lower().endswith(f" {name.lower()}"):
        often = words[: -len(name)].strip()
    return f"‘{often}’" if often else "", f"‘{length}’" if length else ""


def named_by(row) -> str:
    """What the source prints where that names the drug and more, such as a number of courses.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> [named_by(Row(PARAM="A drug", value="", note=f"printed '{words}'")) for words in ("two a drug pulses", "twice")]
    ['two a drug pulses', '']
    """
    printed = source_words(row, LONGEST)
    return printed if printed and row.PARAM.lower() in printed.lower() else ""


def is_named(row) -> bool:
    """Whether the words of the source name the drug, or say that it was tapered, continued or changed.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> [is_named(Row(PARAM="A drug", value="", note=f"printed '{words}'")) for words in ("tapered off", "high dose")]
    [True, False]
    """
    return bool(named_by(row)) or any(
        quoted.startswith(f"‘{word} ") for word in AS_PRINTED for quoted in printed_dose(row)
    )


def undosed_remark(rows: list, tapered: bool) -> str:
    """That no dose is reported of the treatments of a moment, and no drug of a single one; and what else is open.

    Where the source tells the dose of some in words, the others are named.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> drugs = [Row(PARAM=name, dose="", count="", value="", note=note)
    ...          for name, note in (("A drug", ""), ("B drug", "printed 'high-dose'"))]
    >>> undosed_remark(drugs, False), undosed_remark(drugs[:1], False), undosed_remark(drugs[:1], True)
    (' (dose of A drug not reported)', ' (dose not reported)', ' (doses not reported)')
    """
    unnamed = len(rows) == 1 and (_UNNAMED.search(rows[0].note) or rows[0].PARAM.endswith(UNNAMED))
    several = len(rows) > 1 or tapered
    unknown = [label_in_sentence(row.PARAM) for row in rows if is_unknown(row)]
    several = several if len(unknown) == len(rows) else len(unknown) > 1
    missing = f"{'drug and ' if unnamed else ''}dose{'s' if several else ''}"
    if len(unknown) < len(rows):
        missing = f"{missing} of {joined(unknown)}" if unknown else "drug" if unnamed else ""
    if len(rows) == 1 and re.search(r"(?:^|; )drugs not reported\b", rows[0].note):
        missing = "drugs"
    place = open_places(rows)
    open_words = f"{missing}, and {place}," if missing and place else missing or place
    return f" ({open_words}{'' if missing else ' is' if place else ''} not reported)" if open_words else ""


def is_undosed(row) -> bool:
    """Whether a dose is missing from its column, from the number of doses and from the words of the source.

    A number of cycles is none of doses.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> blank = {"dose": "", "value": ""}
    >>> is_undosed(Row(count="", note="printed 'high-dose'", **blank)), is_undosed(Row(count="3", note="", **blank))
    (True, False)
    """
    counted = row.count and not printed_cycles(row)
    return not row.dose and not counted and not re.search(r"\d ?([mμn]?g|I?U)\b", "".join(printed_dose(row)))


def is_unknown(row) -> bool:
    """Whether no words of the source tell a missing dose either.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> blank = {"dose": "", "value": "", "count": ""}
    >>> is_unknown(Row(note="printed 'high-dose'", **blank)), is_unknown(Row(note="", **blank))
    (False, True)
    """
    return is_undosed(row) and not dose_in_words(row.note)


def undated_happened(clauses: Iterable[list[Said]], rows: pd.DataFrame) -> Iterator[list[Said]]:
    """Clauses of what was done or happened; that its day is not reported, where a note says so and no clause does.

    Examples
    --------
    >>> rows = pd.DataFrame({"line": [2, 3], "start": "", "note": ["day not reported", ""]})
    >>> clauses = [[Said("a window was made", (2,))], [Said("she was discharged", (3,))]]
    >>> ["".join(part.text for part in clause) for clause in undated_happened(clauses, rows)]
    ['a window was made (day not reported)', 'she was discharged']
    """
    undated = {int(row.line) for row in rows_of(rows) if not row.start and is_undated(row.note)}
    for clause in clauses:
        lines = {line for part in clause for line in part.lines}
        is_open = lines & undated and "day not reported" not in text_of(clause)
        yield [*clause, Said(" (day not reported)")] if is_open else clause


# A length of time that is no day: what follows it without a time would read as of then.
_AT_LENGTH = re.compile(r"at (?:about )?\d+ (?:week|month|year)s?$")


def untimed_given(clauses: Iterable[list[Said]], moment: pd.DataFrame, last: pd.DataFrame) -> Iterator[list[Said]]:
    """The clauses of a moment without a time behind a length of time of its phase: what was given or done says so.

    Parameters
    ----------
    clauses : iterable of list of Said
        Those of the moment.
    moment, last : DataFrame
        The rows that they tell of, and those that were told before; `told_at` is their time in words.

    Examples
    --------
    >>> rows = pd.DataFrame({"line": [2, 3], "kind": "treatment", "phase": 1, "told_at": ["at 3 months", ""]})
    >>> told = untimed_given([[Said("a drug was given (dose not reported)", (3,))]], rows[1:], rows[:1])
    >>> ["".join(part.text for part in clause) for clause in told]
    ['a drug was given (time and dose not reported)']
    """
    clauses = [*filter(None, clauses)]
    columns = (moment[name] for name in ("kind", "told_at", "line"))
    given = {line for kind, at, line in zip(*columns, strict=True) if kind in ("treatment", "procedure") and not at}
    behind = given and len(last) and all(map(_AT_LENGTH.match, last["told_at"]))
    behind = behind and known_phase(last.iloc[0]) == known_phase(moment.iloc[0]) != ""
    lines = [{line for part in clause for line in part.lines} for clause in clauses]
    places = [place for place, each in enumerate(lines) if each and each <= given] if behind else []
    open_time = f"time{'s' if len(places) > 1 else ''}"
    for place, clause in enumerate(clauses):
        text = clause[-1].text
        if place not in places[-1:] or re.search(r"\b(?:days?|times?|whether)\b", text_of(clause).rpartition("(")[2]):
            yield clause
        elif text.endswith(" not reported)"):
            yield [*clause[:-1], clause[-1]._replace(text=re.sub(r"\((?=[^(]*$)", f"({open_time} and ", text))]
        else:
            yield [*clause, Said(f" ({open_time} not reported)")]
