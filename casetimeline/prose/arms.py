"""A case beside published groups of patients: where its baseline lies, and the change that chance alone lets expect."""

import math

import pandas as pd

from ..derive import baseline_of
from ..rules import Analysis, analyse, derive_context, derive_regression
from ..values import number
from .display import Prose, Table, without_empty
from .words import cite_briefly, position_words, signed, value_words


def summarise_arms(analysis: Analysis, code: str = "mrss") -> Table:
    """The published arms of a measure, with the position of the case's baseline among their patients."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    arms = derive_context(case.comparators, code, *_baseline_bounds(changes, code))
    shown = pd.DataFrame(
        {
            "arm": [f"{row.trial}, {row.treatment}" for row in arms.itertuples()],
            "n": [number(float(n)) if n == n and n else "" for n in arms["n"]],
            "baseline, mean (SD)": [_mean_sd(row.baseline_mean, row.baseline_sd) for row in arms.itertuples()],
            "entry": arms["entry"],
            "this case lies at": [position_words(row) for row in arms.itertuples()],
            "weeks": [number(w) if w == w else "" for w in arms["weeks"]],
            "mean change": [signed(c) if c == c else "" for c in arms["change"]],
            "interval of the change": [_interval(row) for row in arms.itertuples()],
            "citation": [cite_briefly(row) for row in arms.itertuples()],
        }
    )
    return Table(without_empty(shown, keep=("arm",)), f"Published arms, {case.measure(code)['label']}: no controls")


def _baseline_bounds(changes: pd.DataFrame, code: str) -> tuple[float, float]:
    base = baseline_of(changes, code)
    return tuple(base.iloc[0][["AVALLO", "AVALHI"]]) if len(base) else (math.nan, math.nan)


def _mean_sd(mean: float, sd: float) -> str:
    return f"{number(mean)} ({number(sd)})" if mean == mean else ""


def _interval(row) -> str:
    if row.change != row.change:
        return ""
    return f"SD {number(row.change_sd)}: {row.spread}" if row.change_sd == row.change_sd else row.spread


def summarise_context(analysis: Analysis, code: str = "mrss") -> Prose:
    """Where the baseline of a case lies among the patients of published arms, and what a comparison cannot say."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    measure = case.measure(code)
    arms = derive_context(case.comparators, code, *_baseline_bounds(changes, code))
    placed = arms[arms["POSLO"].notna()]
    if not len(placed):
        return Prose((f"Case {case.case_id} has no baseline of {measure['label']} to place among published arms.",))
    base = baseline_of(changes, code).iloc[0]
    low, high = placed["POSLO"].min(), placed["POSHI"].max()
    lines = [
        f"The baseline of {value_words(base, measure['unit'])} lies between {signed(low, 1)} and {signed(high, 1)} "
        f"standard deviations from the means of {len(placed)} published groups of patients.",
        "The arms are no controls: nobody was assigned to them or to this case's treatment by chance, their patients "
        "were selected by other criteria, and the weeks between the scores differ or are not reported.",
    ]
    return Prose((" ".join(lines),))


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
