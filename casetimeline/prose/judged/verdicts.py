"""Rules, verdicts and claims for a reader: what decides, which rule changes the verdict, what is supported."""

from collections.abc import Iterator

import pandas as pd

from ...case import Case
from ...rules import (
    LARGER,
    OF_PATIENT,
    Analysis,
    analyse,
    derive_tipping,
    is_needless,
    largest_analytical_cv,
    once,
    smallest_detectable_change,
)
from ...values import number, rows_of
from ...vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, SUPPORTED, UNDETERMINED
from ..display import Prose, Table, without_empty
from ..measured.between import (
    EXCEEDED,
    compared_rules,
    is_exceeded,
    stretch_sentences,
    stretch_words,
    telling_stretches,
)
from ..measured.tense import caution_sentences, claims_sentence, verdict_sentences
from ..measured.undecided import tipping_words, unless_words, with_whole
from ..numbers.differences import change_subject, change_words
from ..numbers.shares import asked_words, change_unit
from ..wording.when import moment_words, visit_words, when_words
from ..wording.words import cite, cite_briefly, in_a_sentence, limit_words, value_words

# Of measures that none but rules for other patients judge.
UNJUDGED = "No cited rule that was made for this patient judges a change of these measures."
# Kinds of rules that judge the size of a change.
_OF_SIZE = ("response", "important", "error", "item", "variation", "composite")


def summarise_rules(analysis: Analysis, code: str) -> Table:
    """The rules of a measure.

    Returns
    -------
    Table
        One row for each rule: `rule`, `definition`, `smallest detectable change`, `population` and `citation`.
    """
    analysis = analyse(analysis)
    case = analysis.case
    label, rules = case.measure(code)["label"], case.rules[case.rules["measure"] == code]
    limits = [limit_words(smallest_detectable_change(sd)) if pd.notna(sd) else "" for sd in rules["sd"]]
    shown = pd.DataFrame(
        {
            "rule": rules["label"],
            "definition": rules["definition"],
            "smallest detectable change": limits,
            "population": rules["population"],
            "citation": [cite(row) for row in rows_of(rules)],
        }
    )
    caption = _with_selection(case, f"Rules for {label}")
    return Table(without_empty(shown, keep=("rule",)), caption)


def _with_selection(case: Case, caption: str) -> str:
    """A caption; where only some rules were asked for, it says which."""
    return f"{caption}. {case.selection}" if case.selection else caption


def summarise_verdicts(analysis: Analysis, code: str) -> Table:
    """The verdict of each rule on each record of a measure.

    Returns
    -------
    Table
        One row for each record and rule: `line`, `stretch`, `rule`, `made for`, `size`, `time` (the verdicts of these
        two parts of the rule), `verdict`, `decided by`, and `what would decide it` where one quantity is open. Of the
        stretches other than that from the baseline, those that are met or have one open quantity.
    """
    analysis = analyse(analysis)
    case, verdicts = analysis.case, analysis.verdicts
    measure = case.measure(code)
    rows = verdicts[(verdicts["PARAMCD"] == code) & ~is_needless(verdicts)]
    rows = derive_tipping(rows, analysis.changes, case.rules)
    rows = pd.concat([rows, telling_stretches(analysis, code)], ignore_index=True)
    rows = rows.sort_values("line", kind="stable", ignore_index=True)
    shown = pd.DataFrame(
        {
            "line": rows["line"],
            "stretch": [stretch_words(row) for row in rows_of(rows)],
            "rule": rows["LABEL"],
            "made for": rows["POPULATION"],
            "size": rows["SIZE"],
            "time": rows["TIME"],
            "verdict": rows["VERDICT"],
            "decided by": [reason_words(row) for row in rows_of(rows)],
            "what would decide it": [
                tipping_words(row, measure["unit"], bool(measure["whole"])) for row in rows_of(rows)
            ],
        }
    )
    caption = _with_selection(case, f"Case {case.case_id}: verdicts")
    return Table(without_empty(shown, keep=("line", "rule", "verdict")), caption)


def reason_words(row) -> str:
    """What decided a verdict; of one that is met or not, also over which time its source studied the rule.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> reason_words(Row(VERDICT="met", WHY="points", STUDIED="estimated over 12 months; interval not reported"))
    'points; estimated over 12 months; interval not reported'
    """
    of_size = row.VERDICT in (MET, NOT_MET) or row.WHY == LARGER
    return f"{row.WHY}; {row.STUDIED}" if row.STUDIED and of_size else row.WHY


@once
def summarise_choices(analysis: Analysis) -> Table:
    """Whether the verdict depends on which rule is chosen.

    Returns
    -------
    Table
        One row for each record and question that several rules answer: `record`, `question`, `do the rules agree?`,
        then the names of the rules by their verdict: `met by`, `not met by`, `reached or exceeded, whether it applies
        to this patient is not known`, `cannot be determined by`, `made for other patients` (by population or entry),
        `made for other examiners`, and `outside the window of`.
    """
    case, records = analysis.case, analysis.changes.set_index("line")
    compared = compared_rules(analysis)
    pairs = zip(compared["line"], compared["FROMLINE"], strict=True)
    agree = compared["CHANGES"].map({"yes": "no", "no": "yes", "open": UNDETERMINED, "": "none answers"})
    shown = pd.DataFrame(
        {
            "record": [_choice_words(case, records.loc[line], records, earlier) for line, earlier in pairs],
            "question": compared["QUESTION"],
            "do the rules agree?": agree.mask(is_exceeded(compared), EXCEEDED),
            "met by": compared["MET"],
            "not met by": compared["NOTMET"],
            EXCEEDED: compared["LARGER"],
            "cannot be determined by": compared["OPEN"],
            "made for other patients": compared["EXCLUDED"],
            "made for other examiners": compared["OTHERS"],
            "outside the window of": compared["OUTSIDE"],
        }
    )
    caption = _with_selection(case, f"Case {case.case_id}: rules that answer the same question")
    return Table(without_empty(shown, keep=("record", "question")), caption)


def _choice_words(case: Case, record: pd.Series, records: pd.DataFrame, earlier: int) -> str:
    """The measure, site, value and time of a record, and the value of an earlier line that it is compared with."""
    measure = case.measure(record["PARAMCD"])
    site = f", {record['LOC']}" if record["LOC"] else ""
    moment = in_a_sentence(visit_words(case, record))
    since = f", compared with {value_words(records.loc[earlier], measure['unit'])}" if earlier else ""
    return f"{measure['abbrev']}{site}: {value_words(record, measure['unit'])}, {moment}{since}"


def summarise_judged(analysis: Analysis) -> Prose:
    """The last change of each series by the rules on its size: which are met, which are not, which are undecided."""
    analysis = analyse(analysis)
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    last = changes[changes["LASTFL"] == "Y"].set_index("line")
    judged = verdicts[verdicts["line"].isin(last.index) & verdicts["KIND"].isin(_OF_SIZE)]
    judged = with_whole(derive_tipping(judged, changes, case.rules), case.measures)
    paragraphs = []
    for line, rows in judged.groupby("line", sort=False):
        record = last.loc[line]
        unit = case.measure(record["PARAMCD"])["unit"]
        site = f", {record['LOC']}" if record["LOC"] else ""
        change = change_words(record, unit) or "no change in numbers"
        asked = asked_words(record, unit, case.rules[case.rules["rule"].isin(rows["RULE"])])
        subject = f"{record['PARAM']}{site}, {change} from the baseline{f' ({asked})' if asked else ''}."
        paragraphs.append(" ".join([subject, *verdict_sentences(rows, unit)]))
    for code in dict.fromkeys(analysis.stretches["PARAMCD"]):
        paragraphs.append(" ".join(stretch_sentences(analysis, code)))
    closing = [*caution_sentences(judged)] or ["No rule on the size of a change applies to a last value."]
    return Prose(tuple(filter(None, [*paragraphs, *closing, case.selection])))


def summarise_claims(analysis: Analysis) -> Table:
    """The claims of the source, and what the recorded rows say of each.

    Returns
    -------
    Table
        One row for each claim of case.yaml: its number as `claim`, `the source says`, `same text as the rows` (whether
        claim and rows come from one text), `result`, `because`, and the `lines` that the result rests on.
    """
    analysis = analyse(analysis)
    case, claims = analysis.case, analysis.claims
    shown = pd.DataFrame(
        {
            "claim": claims["CLAIM"],
            "the source says": claims["SAYS"],
            "same text as the rows": claims["SAME"],
            "result": claims["RESULT"],
            "because": claims["WHY"],
            "lines": claims["LINES"],
        }
    )
    return Table(shown, f"Case {case.case_id}: the claims of the source against the recorded rows")


def summarise_support(analysis: Analysis) -> Prose:
    """How many claims of the source are supported, contradicted or left open, and why each of the latter two."""
    analysis = analyse(analysis)
    claims = analysis.claims
    counts = claims_sentence(analysis, "present")
    if claims.empty:
        return Prose((counts,))
    # The table quotes each claim; no sentence of ours repeats what is claimed.
    others = claims[claims["RESULT"] != SUPPORTED]
    reasons = [f"Claim {row.CLAIM}: {row.RESULT}; {row.WHY}." for row in rows_of(others)]
    meaning = (
        "Supported means that the rows of the timeline agree with the words. Where rows and words come from the same "
        "text, this shows that the text agrees with itself, and not that the values are right."
    )
    return Prose((" ".join([counts, *reasons]), meaning))


def verdicts_of(verdicts: pd.DataFrame, code: str, *kinds: str) -> pd.DataFrame:
    """The verdicts of rules of some kinds on one measure, but for those that the population of the rule decides."""
    of_kind = (verdicts["PARAMCD"] == code) & verdicts["KIND"].isin(kinds)
    return verdicts[of_kind & ~verdicts["DECIDED"].isin(OF_PATIENT)]


def population_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """The rules of a measure that were made for other patients, and those of which that cannot be told."""
    case, verdicts = analysis.case, analysis.verdicts
    rows = verdicts[(verdicts["PARAMCD"] == code) & verdicts["DECIDED"].isin(OF_PATIENT)].drop_duplicates("RULE")
    patient = case.about.get("patient", {})
    sex, subset = patient.get("sex", ""), patient.get("subset", "")
    diagnosis = ", ".join(filter(None, [case.about.get("diagnosis", ""), subset]))
    reported = {"diagnosis": diagnosis or "not reported", "sex": sex or "not reported"}
    for (verdict, part), rules in rows.groupby(["VERDICT", "DECIDED"], sort=False):
        names = "; ".join(f"{row.LABEL}, made for {row.POPULATION}" for row in rows_of(rules))
        what = "Not applicable" if verdict == NOT_APPLICABLE else "Whether they apply cannot be determined"
        yield f"{what} (the {part} is {reported[part]}): {names}."


def response_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each change against the rules for a response, with their parts on size and on time."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    rows = verdicts_of(analysis.verdicts, code, "response")
    for row in rows_of(rows):
        record = by_line.loc[row.line]
        why = ""
        if row.TIME == UNDETERMINED:
            untimed = pd.isna(record["SINCELO"])
            why = "the time between the two values is not reported" if untimed else "it is uncertain"
            why = f", because {why}"
        # A rule without a window has no part on time.
        time = f"time part {row.TIME}{why}; " if row.TIME else ""
        answer = f"size part {row.SIZE}; {time}the rule as a whole {row.VERDICT}"
        if row.VERDICT in (NOT_APPLICABLE, OUTSIDE):
            answer = _unasked_words(row)
        yield f"{_record_words(case, record, rows)}{row.LABEL}, defined as {row.DEFINITION}: {answer}."


def _unasked_words(row) -> str:
    """Why a rule does not speak of a record, with what its size would say of one in the window."""
    size = f"size part {row.SIZE}; " if row.VERDICT == OUTSIDE else ""
    return f"{size}{row.VERDICT} ({row.WHY})"


def _record_words(case: Case, record: pd.Series, rows: pd.DataFrame) -> str:
    """The value that a verdict is about, and when; blank where all verdicts are about the same one."""
    if len(set(rows["line"])) < 2:
        return ""
    unit, phases = case.measure(record["PARAMCD"])["unit"], case.about.get("phases", {})
    return f"{value_words(record, unit)} {when_words(record, phases)}: "


_RELATION = {MET: "larger than", NOT_MET: "not larger than", UNDETERMINED: "not certainly larger than"}


def error_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each change against the limits of measurement error, which depend on who scored."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    unit = case.measure(code)["unit"]
    rules = case.rules.set_index("rule")
    for line, answers in verdicts_of(analysis.verdicts, code, "error").groupby("line", sort=False):
        change = change_words(by_line.loc[line], unit).partition(" (")[0]
        if not change:
            yield "Without a change, measurement error cannot be considered."
            continue
        relations = []
        for row in rows_of(answers):
            limit = limit_words(smallest_detectable_change(rules.loc[row.RULE, "sd"]), abs(by_line.loc[line, "CHG"]))
            examiners = rules.loc[row.RULE, "examiners"]
            relations.append(f"{_RELATION[row.VERDICT]} {limit} {change_unit(unit)} ({examiners})")
        yield f"Against the smallest detectable change (95 %), {change_subject(change)} is {'; '.join(relations)}."


def importance_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each change against the minimal important differences, and the composite that cannot be computed."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    rows = verdicts_of(analysis.verdicts, code, "important")
    for row in rows_of(rows):
        record = _record_words(case, by_line.loc[row.line], rows)
        answered = LARGER if row.WHY == LARGER else row.VERDICT
        verdict = f"{answered} ({row.STUDIED})" if row.STUDIED else answered
        answer = _unasked_words(row) if row.VERDICT in (NOT_APPLICABLE, OUTSIDE) else verdict
        yield f"{record}{row.LABEL}, defined as {row.DEFINITION}: {answer}."
    composites = verdicts_of(analysis.verdicts, code, "composite")
    # Whether the items of a composite are recorded is a matter of the case: the answer is the same on every record.
    for row in rows_of(composites.drop_duplicates("RULE")):
        yield f"{row.LABEL}: {UNDETERMINED}, because a value before and after is not reported: {row.WHY}."
    if len(rows):
        criteria = "diagnosis, sex and entry"
        yield f"Beyond {criteria}, whether the case belongs to the population of a rule is not decided here."


def limit_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each value against the limits of the rules, and the rules whose limit is not reported."""
    unit, by_line = analysis.case.measure(code)["unit"], analysis.changes.set_index("line")
    rows = verdicts_of(analysis.verdicts, code, "limit")
    unlimited = rows["DECIDED"].eq("laboratory limit") & by_line.loc[rows["line"], "ANRHI"].isna().to_numpy()
    for row in rows_of(rows[~unlimited]):
        record = by_line.loc[row.line]
        position = f" is {_position(record)}" if pd.notna(record["ANRHI"]) else ""
        yield f"{row.LABEL}, defined as {row.DEFINITION}: {value_words(record, unit)}{position}; {row.VERDICT}."
    if unlimited.any():
        values = ", ".join(value_words(by_line.loc[line], unit) for line in rows.loc[unlimited, "line"].unique())
        labels = "; ".join(rows.loc[unlimited, "LABEL"].unique())
        yield f"{labels}: {UNDETERMINED} for {values}, because the laboratory's limit is not reported."
        yield from _tipping_limits(analysis, rows[unlimited])


def _tipping_limits(analysis: Analysis, rows: pd.DataFrame) -> Iterator[str]:
    """Up to which limit of the laboratory each value would be above it; rules that ask for the same stand together."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    tipping = derive_tipping(rows, analysis.changes, case.rules)
    for line, of_line in tipping[tipping["OPEN"] != ""].groupby("line", sort=False):
        unit = case.measure(by_line.loc[line, "PARAMCD"])["unit"]
        words = pd.Series([unless_words(row, unit) for row in rows_of(of_line)], index=of_line.index)
        answers = [f"{', '.join(rules['LABEL'])}: {answer}" for answer, rules in of_line.groupby(words, sort=False)]
        yield f"With {value_words(by_line.loc[line], unit)}, {'; '.join(answers)}."


def _position(record: pd.Series) -> str:
    """Where a value lies by the limits of its laboratory."""
    if pd.notna(record["R2A1HI"]):
        return f"{number(record['R2A1HI'], 2)} times the upper limit"
    positions = {"HIGH": "above the upper limit", "NORMAL": "within the limits", "LOW": "below the lower limit"}
    return positions.get(record["ANRIND"], "not certainly on one side of the limit")


def variation_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each change against the reference change value, and up to which analytical CV it would lie beyond that."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    unit, cvi = case.measure(code)["unit"], case.rules.set_index("rule")["cvi"]
    for row in rows_of(verdicts_of(analysis.verdicts, code, "variation")):
        record = by_line.loc[row.line]
        if pd.isna(record["CHGLO"]):
            continue
        compared = f"{value_words(record, unit)} against the baseline of {record['BASEC']}"
        verdict = f"{row.LABEL} ({row.POPULATION}), {compared}: {row.VERDICT}"
        if pd.notna(case.cva):
            yield f"{verdict} with an analytical CV of {number(case.cva)} %."
            continue
        nearest = record["R2BASEHI"] if record["R2BASEHI"] < 1 else record["R2BASELO"]
        largest = largest_analytical_cv(nearest, cvi[row.RULE])
        why = ", because the analytical CV of the laboratory is not reported" if row.VERDICT == UNDETERMINED else ""
        # Cut, not rounded: beyond it for each CV that is printed.
        up_to = f"; the change is beyond it for any analytical CV up to {int(largest)} %" if largest >= 1 else ""
        yield f"{verdict}{why}{up_to}."


def cohort_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Complete regression, regression, stability and class of a finding, by the rules of published cohorts."""
    case, by_line = analysis.case, analysis.changes.set_index("line")
    phases, unit = case.about.get("phases", {}), case.measure(code)["unit"]
    rules = case.rules.set_index("rule")
    rows = verdicts_of(analysis.verdicts, code, "resolution", "regression", "stability")
    for (rule, label), answers in rows.groupby(["RULE", "LABEL"], sort=False):
        verdicts = [f"{moment_words(by_line.loc[row.line], phases)}: {row.VERDICT}" for row in rows_of(answers)]
        yield f"{label} ({cite_briefly(rules.loc[rule])}), {'; '.join(verdicts)}."
    classes = verdicts_of(analysis.verdicts, code, "class")
    for row in rows_of(classes[classes["VERDICT"] == MET]):
        label = row.LABEL[:1].lower() + row.LABEL[1:]
        yield f"{value_words(by_line.loc[row.line], unit)}: {label} ({row.POPULATION})."
