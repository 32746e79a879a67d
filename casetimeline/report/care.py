"""The CARE checklist of a case: which items the case file covers, which in part, and which are missing from it.

The items are those of the CARE guidelines (J Med Case Rep 2013;7:223, table 1; doi:10.1186/1752-1947-7-223), in short
words of our own. What only an author can write is never called covered, unless case.yaml says where it stands.
"""

import re
from typing import NamedTuple

import pandas as pd

from ..case import Case, caveats_of
from ..derive import count_worded
from ..prose import (
    Table,
    capital,
    count_lasting,
    count_missing,
    count_words,
    dose_words,
    label_in_sentence,
    printed_reason,
    with_told_ends,
)
from ..rules import Analysis, after_reference
from ..values import count_timed
from ..vocabulary import DIRECTIONS, ENDED, OPEN_STATES

SOURCE = "doi:10.1186/1752-1947-7-223"
COVERED, PARTLY, MISSING = "covered", "in part", "missing"
_WORDS = ("case report", "case study")
ITEMS = {
    "1": "Title: the words ‘case report’, and what is of interest",
    "2": "Keywords: two to five",
    "3a": "Abstract: what the case adds",
    "3b": "Abstract: symptoms, findings, diagnoses, interventions, outcomes",
    "3c": "Abstract: what to take away",
    "4": "Introduction: background with literature",
    "5a": "Patient: demographic information",
    "5b": "Patient: main symptoms",
    "5c": "Patient: medical, family and psychosocial history",
    "6": "Clinical findings: physical examination",
    "7": "Timeline: important dates and times",
    "8a": "Diagnostic assessment: methods",
    "8b": "Diagnostic assessment: challenges",
    "8c": "Diagnostic assessment: reasoning, other diagnoses considered",
    "8d": "Diagnostic assessment: prognostic characteristics",
    "9a": "Therapeutic intervention: types",
    "9b": "Therapeutic intervention: dose, strength, duration",
    "9c": "Therapeutic intervention: changes, with their reason",
    "10a": "Outcomes assessed by clinician and by patient",
    "10b": "Outcomes: follow-up test results",
    "10c": "Adherence and tolerability, and how they were assessed",
    "10d": "Adverse and unanticipated events",
    "11a": "Discussion: strengths and limitations",
    "11b": "Discussion: relevant literature",
    "11c": "Discussion: rationale for the conclusions",
    "11d": "Discussion: what to take away",
    "12": "Patient perspective",
    "13": "Informed consent",
}


class Answer(NamedTuple):
    """Whether an item is covered, and where or why not."""

    state: str
    where: str


def evaluate_care(analysis: Analysis) -> pd.DataFrame:
    """Whether the files of a case cover each item of CARE.

    Returns
    -------
    DataFrame
        One row for each item: `item`, `asks`, `state` (`covered`, `in part` or `missing`) and `where`. An item that
        case.yaml names under `care` is covered; `where` is then what case.yaml says.
    """
    case = analysis.case
    answers = dict.fromkeys(ITEMS, Answer(MISSING, "for the author to write"))
    answers["1"] = _title(case)
    answers["3b"] = Answer(PARTLY, "the Results have the values; the abstract is for the author to write")
    answers |= _patient(case) | _findings(case) | _treatments(case) | _outcomes(analysis)
    answers["11a"] = _limits(case)
    # What the author says goes before what was looked for.
    answers |= {item: Answer(COVERED, words) for item, words in case.about.get("care", {}).items() if words}
    rows = [(item, asks, *answers[item]) for item, asks in ITEMS.items()]
    return pd.DataFrame(rows, columns=["item", "asks", "state", "where"])


def summarise_care(analysis: Analysis) -> Table:
    """The checklist as a table for a reader: one row for each item, with the columns of `evaluate_care`."""
    case = analysis.case
    rows = evaluate_care(analysis)
    counts = count_words(rows["state"], (COVERED, PARTLY, MISSING))
    return Table(rows, f"Case {case.case_id}: CARE items ({SOURCE}) in the case file: {counts}")


def _title(case: Case) -> Answer:
    title = case.about.get("title", "")
    titles = [title, *(source.get("title", "") for source in case.about.get("sources", []))]
    if any(words in title.lower() for words in _WORDS):
        return Answer(COVERED, "title of the report")
    if any(words in each.lower() for each in titles for words in _WORDS):
        return Answer(PARTLY, "only the title of the source has the words ‘case report’")
    return Answer(PARTLY, "the title is without the words ‘case report’") if any(titles) else _absent("title")


# Kinds of rows that hold no symptom.
_NO_SYMPTOMS = ("treatment", "procedure", "statement")


def _absent(name: str) -> Answer:
    """An item that is missing because the files of the case do not have what it asks for."""
    return Answer(MISSING, f"no {name} is told")


def _patient(case: Case) -> dict[str, Answer]:
    patient = case.about.get("patient", {})
    known = [name for name in ("age", "sex", "ethnicity") if patient.get(name, "not reported") != "not reported"]
    demographic = Answer(PARTLY, f"first line of the report: {', '.join(known)}") if known else _absent("age or sex")
    findings = case.facts[~case.facts["kind"].isin(_NO_SYMPTOMS) & ~case.facts["STATE"].isin((*OPEN_STATES, "absent"))]
    first = findings[findings["ORDER"] == findings["ORDER"].min()]
    symptoms = Answer(PARTLY, "Table 1 and Results; which are symptoms, for the author to say")
    history = _history(patient)
    history_item = (
        {"5c": Answer(PARTLY, f"first line of the report: {history}; the rest for the author to write")}
        if history
        else {}
    )
    return {"5a": demographic, "5b": symptoms if len(first) else _absent("finding"), **history_item}


# What a note on a patient says of former diseases.
_OF_HISTORY = re.compile(r"histor|comorbid|medication", re.IGNORECASE)


def _history(patient: dict) -> str:
    """What is told of the history of a patient; blank where it is nothing."""
    topics = ["comorbidities"] if patient.get("comorbidities") else []
    topics += ["smoking"] if patient.get("smoking") else []
    topics += ["history"] if _OF_HISTORY.search(patient.get("note", "")) else []
    return ", ".join(topics)


def _names(rows: pd.DataFrame) -> str:
    names = (name if name[1:2].isupper() else capital(label_in_sentence(name)) for name in rows["PARAM"])
    return ", ".join(dict.fromkeys(names))


def _findings(case: Case) -> dict[str, Answer]:
    findings = case.facts[case.facts["kind"].eq("observation") & ~case.facts["STATE"].isin(OPEN_STATES)]
    where = "Table 1 and Results; which were found on examination, for the author to say"
    timed = count_timed(case.facts)
    times = f"Figure 1, the course; facts with a time: {timed} of {len(case.facts)}"
    names = _names(
        case.facts[case.facts["kind"].eq("procedure") & case.facts["PARAM"].str.contains(_DIAGNOSTIC, case=False)]
    )
    done = f"; procedures: {names}" if names else ""
    diagnosis = Answer(PARTLY, f"the diagnosis is stated{done}; how it was made, for the author to write")
    return {
        "6": Answer(PARTLY, where) if len(findings) else _absent("finding"),
        "7": Answer(COVERED if timed == len(case.facts) else PARTLY, times),
        "8a": diagnosis if case.about.get("diagnosis") else _absent("diagnosis"),
    }


def _treatments(case: Case) -> dict[str, Answer]:
    given, done, events = (case.facts[case.facts["kind"] == kind] for kind in ("treatment", "procedure", "event"))
    # In a file without a procedure some event may be one, and it does not say which drug a pulse was.
    doubt = (
        "no procedure is recorded; whether an event was one, for the author to say"
        if len(events) and not len(done)
        else ""
    )
    procedures = _procedures(done[~done["PARAM"].str.contains(_DIAGNOSTIC, case=False)]) or doubt
    if not len(given):
        nothing = Answer(MISSING, "no treatment is told")
        types = Answer(PARTLY, f"no drug is told; {procedures}") if procedures else nothing
        return {"9a": types, "9b": nothing, "9c": nothing}
    told_ends = with_told_ends(case.facts)
    untold, lasting = count_missing(told_ends), count_lasting(told_ends)
    ends = "".join(f"; {word}: {count}" for word, count in lasting.items())
    worded = count_worded(given)
    known = ", ".join(
        f"{word} in {len(given) - count - (sum(lasting.values()) if word == 'end' else 0)}"
        + (f" ({worded[word]} in words alone)" if word in worded else "")
        for word, count in untold.items()
    )
    nameless = given["PARAM"].str.contains("not stated") | given["note"].str.contains(_NAMELESS)
    unnamed = f"drug not named: {_names(given[nameless])}" if nameless.any() else ""
    types = "; ".join(filter(None, [f"Table 2: {_names(given)}", procedures, unnamed]))
    entries = f"of {len(given)} treatment entries" if len(given) > 1 else "of the one treatment entry"
    return {
        "9a": Answer(PARTLY if procedures or unnamed else COVERED, types),
        "9b": Answer(PARTLY if any(untold.values()) else COVERED, f"Table 2, {entries}: {known}{ends}"),
        "9c": _changes(case),
    }


def _procedures(done: pd.DataFrame) -> str:
    """Procedures that treat, each with what it was done for where the file says it; blank without such procedures."""
    aims: dict[str, str] = {}
    for row in done.itertuples():
        name = capital(label_in_sentence(row.PARAM))
        aims[name] = aims.get(name) or _aim(row)
    phrases = [f"{name} (‘{aim}’)" for name, aim in aims.items() if aim]
    untold = ", ".join(name for name, aim in aims.items() if not aim)
    phrases += [f"{untold} (what for, the file does not say)"] if untold else []
    return f"procedures: {'; '.join(phrases)}" if phrases else ""


def _aim(row) -> str:
    """What a procedure was done for, as the source prints it behind its name, or as its note keeps it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> _aim(Row(PARAM="Dialysis", quote="daily dialysis (for fluid retention)", note=""))
    'for fluid retention'
    >>> _aim(Row(PARAM="Window", quote="", note="printed 'to drain it'")), _aim(Row(PARAM="A", quote="b", note=""))
    ('to drain it', '')
    """
    printed = re.search(rf"{re.escape(row.PARAM)} \((for [^)]+)\)", row.quote, re.IGNORECASE)
    noted = re.search(r"\bprinted '((?:to|for) (?!\d)[^']+)'", row.note)
    return printed[1] if printed else noted[1] if noted else ""


def _changes(case: Case) -> Answer:
    """The changes of treatment whose reason is recorded, with it; which of the others had one, the author knows."""
    of_therapy = case.facts["kind"].isin(("treatment", "procedure")) | case.facts["code"].str.fullmatch(_STOPPED)
    rows = case.facts[of_therapy & ~case.facts["PARAM"].str.contains(_DIAGNOSTIC, case=False)]
    reasons: dict[str, str] = {}
    # What one sentence of the source says of an event and of its drug has one reason, told with the event.
    for row in rows.sort_values("kind", key=lambda kinds: kinds.ne("event"), kind="stable").itertuples():
        if (why := _reason(row)) and row.quote not in reasons:
            what = " ".join(filter(None, [capital(label_in_sentence(row.PARAM)), dose_words(row)]))
            reasons[row.quote] = f"{what} ({why})"
    if reasons:
        return Answer(PARTLY, f"reasons recorded: {'; '.join(reasons.values())}; others, for the author to write")
    given = rows.loc[rows["kind"].eq("treatment"), "code"]
    several = Answer(PARTLY, "Table 2 has several treatments; no reason is recorded, for the author to write")
    return several if len(set(given)) > 1 else Answer(MISSING, "for the author to write")


def _reason(row) -> str:
    """Why a treatment was changed, as the quote of its row says it or else as its note keeps it; blank if neither does.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> _reason(Row(PARAM="A", quote="A was ceased due to fever, rash, and gout.", note=""))
    'because of ‘fever, rash, and gout’'
    >>> _reason(Row(PARAM="A", quote="he was switched", note="because of a shortage; see the summary"))
    'because of a shortage'
    >>> quote = "It was high. CK rose to 5,607 U/L, prompting the addition of A."
    >>> _reason(Row(PARAM="A", quote=quote, note="")), _reason(Row(PARAM="B", quote=quote, note=""))
    ('prompted by ‘CK rose to 5,607 U/L’', '')
    """
    prompted = re.search(r"(?:^|[.\]] |\bbut )((?:(?!\bbut\b)[^.[\]])+?),? prompt(?:ing|ed) ([^.[\]]+)", row.quote)
    because = printed_reason(row)
    if not because and prompted and re.search(rf"\b{row.PARAM.split(' ')[0]}\b", prompted[2], re.IGNORECASE):
        return f"prompted by ‘{prompted[1]}’"
    return because


# The codes of events that end something.
_STOPPED = rf"\w+_(?:{'|'.join(ENDED)})"


# Procedures that find out and do not treat, by their names.
_DIAGNOSTIC = r"biopsy|\w+scopy\b|\w+graphy\b|\bscan\b|\bimaging\b|aspirate"
# How a note says that the source does not name the drug.
_NAMELESS = r"\bdrugs?\b(?: and dose)? not (?:named|printed|reported)"


def _outcomes(analysis: Analysis) -> dict[str, Answer]:
    case, changes = analysis.case, analysis.changes
    known = changes[(changes["kind"] == "observation") & ~changes["STATE"].isin(OPEN_STATES)]
    # What was found again, is told as a change, or was found after the reference treatment.
    first = known.groupby(["PARAMCD", "LOC"])["ORDER"].transform("min")
    after = known[known["ORDER"].gt(first) | known["STATE"].isin(DIRECTIONS) | after_reference(case, known)]
    later = Answer(PARTLY, f"Table 1 and Results: {_names(after)}")
    who = Answer(
        PARTLY, "the outcomes are those of 10b; whether clinician or patient assessed them, for the author to say"
    )
    none = _absent("later value of a finding")
    return {"10a": who if len(after) else none, "10b": later if len(after) else none, "10d": _harms(case)}


def _harms(case: Case) -> Answer:
    """Adverse events, with how many have a grade; or what is said of them in another kind of row."""
    events, others = case.facts[case.facts["kind"] == "adverse_event"], case.facts["code"].str.contains("adverse")
    if len(events):
        graded = int(events["grade"].ne("").sum())
        where = f"Results: {_counted(events)}; with a grade: {graded} of {len(events)}"
        return Answer(COVERED if graded == len(events) else PARTLY, where)
    if others.any():
        return Answer(PARTLY, f"Results: {_names(case.facts[others])}")
    return Answer(MISSING, "no adverse event is told, which does not mean that there was none")


def _counted(rows: pd.DataFrame) -> str:
    """The names of rows, each once, with how often it is recorded where that is more than once."""
    counts = rows["PARAM"].value_counts()
    times = {1: "", 2: " (twice)"}
    return ", ".join(
        f"{_names(rows[rows['PARAM'] == name])}{times.get(counts[name], f' ({counts[name]} times)')}"
        for name in dict.fromkeys(rows["PARAM"])
    )


def _limits(case: Case) -> Answer:
    open_points = len(caveats_of(case.about))
    points = f"{open_points} {'point' if open_points == 1 else 'points'}"
    where = f"the supplement lists {points} that the source leaves open; for the author to discuss"
    return Answer(PARTLY, where) if open_points else Answer(MISSING, "for the author to write")
