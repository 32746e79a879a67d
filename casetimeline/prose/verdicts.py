"""Rules, verdicts and claims for a reader: what decides, which rule changes the verdict, what is supported."""

import pandas as pd

from ..case import Case
from ..rules import Analysis, analyse, compare_rules, is_needless, smallest_detectable_change
from ..vocabulary import SUPPORTED
from .display import Prose, Table, without_empty
from .tense import caution_sentences, claims_sentence, verdict_sentences
from .words import change_words, cite, limit_words, moment_words, value_words


def summarise_rules(analysis: Analysis, code: str) -> Table:
    """The rules of a measure, with their definition and citation."""
    analysis = analyse(analysis)
    case = analysis.case
    rules = case.rules[case.rules["measure"] == code]
    limits = [limit_words(smallest_detectable_change(sd)) if sd == sd else "" for sd in rules["sd"]]
    shown = pd.DataFrame(
        {
            "rule": rules["label"],
            "definition": rules["definition"],
            "smallest detectable change": limits,
            "population": rules["population"],
            "citation": [cite(row) for row in rules.itertuples()],
        }
    )
    return Table(without_empty(shown, keep=("rule",)), _told(case, f"Rules for {case.measure(code)['label']}"))


def _told(case: Case, caption: str) -> str:
    """A caption, and that not every rule was evaluated, where some were asked for."""
    return f"{caption}. {case.selection}" if case.selection else caption


def summarise_verdicts(analysis: Analysis, code: str) -> Table:
    """The verdict of each rule on each record of a measure."""
    analysis = analyse(analysis)
    case, verdicts = analysis.case, analysis.verdicts
    rows = verdicts[(verdicts["PARAMCD"] == code) & ~is_needless(verdicts)]
    shown = pd.DataFrame(
        {
            "line": rows["line"],
            "rule": rows["LABEL"],
            "made for": rows["POPULATION"],
            "size": rows["SIZE"],
            "time": rows["TIME"],
            "verdict": rows["VERDICT"],
            "decided by": rows["DECIDED"],
        }
    )
    caption = _told(case, f"Case {case.case_id}: verdicts")
    return Table(without_empty(shown, keep=("line", "rule", "verdict")), caption)


def summarise_choices(analysis: Analysis) -> Table:
    """Which rule changes the verdict: one row a record and question that several rules answer."""
    analysis = analyse(analysis)
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    compared = compare_rules(verdicts)
    records = changes.set_index("line")
    phases = case.about.get("phases", {})
    shown = pd.DataFrame(
        {
            "record": [_record_words(case, records.loc[line], phases) for line in compared["line"]],
            "question": compared["QUESTION"],
            "does the rule change the verdict?": compared["CHANGES"].replace("open", "cannot be determined"),
            "met by": compared["MET"],
            "not met by": compared["NOTMET"],
            "cannot be determined by": compared["OPEN"],
            "made for another time or entry": compared["OUTSIDE"],
        }
    )
    caption = _told(case, f"Case {case.case_id}: which rule changes the verdict")
    return Table(without_empty(shown, keep=("record", "question")), caption)


def _record_words(case: Case, row: pd.Series, phases: dict) -> str:
    measure = case.measure(row["PARAMCD"])
    site = f", {row['LOC']}" if row["LOC"] else ""
    return f"{measure['abbrev']}{site}: {value_words(row, measure['unit'])}, {moment_words(row, phases)}"


def summarise_judged(analysis: Analysis) -> Prose:
    """The last value of each series against the rules that judge a change: which are met, which not, which are open."""
    analysis = analyse(analysis)
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    paragraphs = []
    judged = verdicts[verdicts["line"].isin(changes.loc[changes["LASTFL"] == "Y", "line"])]
    judged = judged[judged["KIND"].isin(["response", "important", "error", "item", "variation", "composite"])]
    for line, rows in judged.groupby("line", sort=False):
        record = changes[changes["line"] == line].iloc[0]
        unit = case.measure(record["PARAMCD"])["unit"]
        site = f", {record['LOC']}" if record["LOC"] else ""
        change = change_words(record, unit) or "no change in numbers"
        subject = f"{record['PARAM']}{site}, {change} from the baseline."
        paragraphs.append(" ".join([subject, *verdict_sentences(rows, "present")]))
    closing = [*caution_sentences(judged, "present")] or ["No rule on the size of a change judges a last value."]
    return Prose((*paragraphs, *closing, *filter(None, [case.selection])))


def summarise_claims(analysis: Analysis) -> Table:
    """Each claim of the source with its result, why, and the lines it rests on."""
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
    """How many claims of the source the recorded rows support, contradict, or leave open."""
    analysis = analyse(analysis)
    claims = analysis.claims
    counts = claims_sentence(analysis, "present")
    if claims.empty:
        return Prose((counts,))
    # The table quotes each claim; no sentence of ours repeats what is claimed.
    others = claims[claims["RESULT"] != SUPPORTED]
    reasons = [f"Claim {row.CLAIM}: {row.RESULT}; {row.WHY}." for row in others.itertuples()]
    meaning = (
        "Supported means that the rows of the timeline agree with the words. Where rows and words come from the same "
        "text, this shows that the text agrees with itself, and not that the values are right."
    )
    return Prose((" ".join([counts, *reasons]), meaning))
