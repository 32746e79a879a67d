"""Rules, verdicts and claims for a reader: what decides, which rule changes the verdict, what is supported."""

import math

import pandas as pd

from ..case import Case
from ..derive import baseline_of
from ..rules import Analysis, analyse, compare_rules, derive_regression, is_needless, smallest_detectable_change
from ..values import number
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .display import Prose, Table
from .tables import cite, without_empty
from .words import limit_words, moment_words, signed, value_words


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


def summarise_regression(analysis: Analysis, code: str) -> Table:
    """The fall that regression to the mean alone lets expect, by population and situation of the examiners."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    base = baseline_of(changes, code)
    caption = f"Case {case.case_id}: change expected from regression to the mean alone"
    if not len(base):
        return Table(pd.DataFrame({"result": ["no baseline, so nothing is expected"]}), caption)
    row = base.iloc[0]
    # The error of the examiners is no verdict: it is taken from every rule, asked for or not.
    table = derive_regression(case.catalogue, case.comparators, code, row["AVALLO"], row["AVALHI"])
    unit = case.measure(code)["unit"]
    shown = pd.DataFrame(
        {
            "population": table["TRIAL"],
            "mean (SD)": [
                f"{number(mean)} ({number(sd)})" for mean, sd in zip(table["MEAN"], table["SD"], strict=True)
            ],
            "examiners": table["EXAMINERS"],
            "within-patient SD": [number(sd) for sd in table["WITHIN"]],
            "expected change": [
                _expected(low, high, unit) for low, high in zip(table["REGLO"], table["REGHI"], strict=True)
            ],
        }
    )
    return Table(shown, f"{caption}, from a baseline of {value_words(row, unit)}")


def _expected(low: float, high: float, unit: str) -> str:
    if math.isnan(low):
        return "cannot be determined"
    first, last = signed(low, 1), signed(high, 1)
    return f"{first} {unit}" if first == last else f"{first} to {last} {unit}"


def summarise_support(analysis: Analysis) -> Prose:
    """How many claims of the source the recorded rows support, contradict, or leave open."""
    analysis = analyse(analysis)
    case, claims = analysis.case, analysis.claims
    counts = claims["RESULT"].value_counts()
    if not len(claims):
        return Prose((f"No claim of the source of case {case.case_id} is listed in case.yaml.",))
    told = "; ".join(f"{counts.get(result, 0)} {result}" for result in (SUPPORTED, CONTRADICTED, NOT_CHECKABLE))
    # Their words stand in the table: a sentence of this page does not repeat what they claim.
    lines = [f"Of {len(claims)} claims of the source of case {case.case_id}: {told}."]
    for row in claims[claims["RESULT"] != SUPPORTED].itertuples():
        lines.append(f"Claim {row.CLAIM}: {row.RESULT}; {row.WHY}.")
    closing = [
        "Supported means that the rows of the timeline agree with the words. Where rows and words come from the same "
        "text, this shows that the text agrees with itself, and not that the values are right."
    ]
    return Prose((" ".join(lines), " ".join(closing)))


def summarise_expected(analysis: Analysis, code: str) -> Prose:
    """What regression to the mean alone lets expect of a case, and why that is an upper bound."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    base = baseline_of(changes, code)
    if not len(base):
        return Prose(("Without a baseline nothing is expected.",))
    row, unit = base.iloc[0], case.measure(code)["unit"]
    table = derive_regression(case.catalogue, case.comparators, code, row["AVALLO"], row["AVALHI"])
    spans = []
    for examiners, rows in table.groupby("EXAMINERS", sort=False):
        near, far = rows["REGHI"].abs().min(), rows["REGLO"].abs().max()
        spans.append(f"{number(near, 1)} to {number(far, 1)} {unit} with {examiners}")
    toward = "lower" if (table["REGLO"] < 0).all() else "higher" if (table["REGLO"] > 0).all() else "nearer the mean"
    said = [
        "If nothing but measurement error changed the score, a patient who first scored "
        f"{value_words(row, unit)} would be expected to score {toward} the second time, by "
        f"{', and by '.join(spans)}, depending on the population that the patient is assumed to come from.",
        "Where entry limits of a trial narrowed its SD at an unchanged mean, the figure is too large: an upper bound.",
        "The smallest detectable change makes no allowance for this, and changes of the disease itself come on top.",
    ]
    return Prose((" ".join(said),))
