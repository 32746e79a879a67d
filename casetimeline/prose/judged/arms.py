"""A case beside published groups of patients: where its baseline lies, and what regression to the mean would do."""

import math
from collections.abc import Iterator

import pandas as pd

from ...derive import baseline_of, records_of
from ...rules import Analysis, analyse, derive_context, derive_regression
from ...values import number, rows_of
from ..display import Prose, Table, without_empty
from ..numbers.differences import signed
from ..numbers.shares import change_unit
from ..wording.labels import label_in_sentence
from ..wording.words import cite_briefly, value_words


def summarise_arms(analysis: Analysis, code: str = "mrss") -> Table:
    """The published arms of a measure, with the position of the case's baseline among their patients.

    Returns
    -------
    Table
        One row for each arm: `arm`, `n`, `baseline, mean (SD)`, `entry`, `this case lies at` (in standard
        deviations), `weeks`, `mean change`, `interval of the change` and `citation`.
    """
    analysis = analyse(analysis)
    label, arms = analysis.case.measure(code)["label"], _arms(analysis, code)
    shown = pd.DataFrame(
        {
            "arm": [f"{row.trial}, {row.treatment}" for row in rows_of(arms)],
            "n": [number(float(count)) if pd.notna(count) and count else "" for count in arms["n"]],
            "baseline, mean (SD)": [_mean_sd(row.baseline_mean, row.baseline_sd) for row in rows_of(arms)],
            "entry": arms["entry"],
            "this case lies at": [position_words(row) for row in rows_of(arms)],
            "weeks": [number(weeks) if pd.notna(weeks) else "" for weeks in arms["weeks"]],
            "mean change": [signed(change) if pd.notna(change) else "" for change in arms["change"]],
            "interval of the change": [_interval(row) for row in rows_of(arms)],
            "citation": [cite_briefly(row) for row in rows_of(arms)],
        }
    )
    return Table(without_empty(shown, keep=("arm",)), f"Published arms, {label}: not controls")


def _arms(analysis: Analysis, code: str) -> pd.DataFrame:
    """The published arms of a measure with the position of the case among them, from `derive_context`."""
    base = baseline_of(analysis.changes, code)
    low, high = base.iloc[0][["AVALLO", "AVALHI"]] if len(base) else (math.nan, math.nan)
    return derive_context(analysis.case.comparators, code, low, high)


def _mean_sd(mean: float, sd: float) -> str:
    return f"{number(mean)} ({number(sd)})" if pd.notna(mean) else ""


def _interval(row) -> str:
    """The spread of the mean change of an arm, as its source gives it."""
    if pd.isna(row.change):
        return ""
    return f"SD {number(row.change_sd)}: {row.spread}" if pd.notna(row.change_sd) else row.spread


def summarise_context(analysis: Analysis, code: str = "mrss") -> Prose:
    """Where the baseline of a case lies among the patients of published arms, and what a comparison cannot say."""
    analysis = analyse(analysis)
    case, measure = analysis.case, analysis.case.measure(code)
    arms, recorded = _arms(analysis, code), baseline_of(analysis.changes, code)
    placed, name = arms[arms["POSLO"].notna()], label_in_sentence(measure["label"])
    if recorded.empty:
        number_asked = " as a number" if len(records_of(analysis.changes, code)) else ""
        return Prose((f"Case {case.case_id} has no baseline of {name}{number_asked} to place among published arms.",))
    base = recorded.iloc[0]
    if placed.empty:
        of = f"has a mean and an SD of {name}" if len(arms) else f"of {name} is known here"
        value = value_words(base, measure["unit"])
        return Prose((f"No published arm {of} to place the baseline of {value} among.",))
    low, high = placed["POSLO"].min(), placed["POSHI"].max()
    sentences = [
        f"The baseline of {value_words(base, measure['unit'])} lies between {signed(low, 1)} and {signed(high, 1)} "
        f"standard deviations from the means of {len(placed)} published groups of patients.",
        "The arms are not controls: patients were not randomised to them or to this case's treatment, their patients "
        "were selected by other criteria, and the weeks between the scores differ or are not reported.",
    ]
    return Prose((" ".join(sentences),))


def _regression(analysis: Analysis, code: str, base: pd.Series) -> pd.DataFrame:
    """The change expected from regression to the mean, from `derive_regression`.

    Measurement error does not depend on the rules that were asked for: it is taken from the whole catalogue.
    """
    case = analysis.case
    return derive_regression(case.catalogue, case.comparators, code, base["AVALLO"], base["AVALHI"])


def summarise_regression(analysis: Analysis, code: str) -> Table:
    """The change to be expected from regression to the mean alone.

    Returns
    -------
    Table
        One row for each published population and each way of scoring: `population`, `mean (SD)`, `examiners`,
        `within-patient SD` and `expected change`. Without a baseline it is one cell that says so.
    """
    analysis = analyse(analysis)
    case = analysis.case
    unit, base = case.measure(code)["unit"], baseline_of(analysis.changes, code)
    caption = f"Case {case.case_id}: change expected from regression to the mean alone"
    if base.empty:
        return Table(pd.DataFrame({"result": ["no baseline, so nothing is expected"]}), caption)
    row = base.iloc[0]
    table = _regression(analysis, code, row)
    shown = pd.DataFrame(
        {
            "population": table["TRIAL"],
            "mean (SD)": [f"{number(each.MEAN)} ({number(each.SD)})" for each in rows_of(table)],
            "examiners": table["EXAMINERS"],
            "within-patient SD": [number(sd) for sd in table["WITHIN"]],
            "expected change": [_expected(each.REGLO, each.REGHI, change_unit(unit)) for each in rows_of(table)],
        }
    )
    return Table(shown, f"{caption}, from a baseline of {value_words(row, unit)}")


def _expected(low: float, high: float, unit: str) -> str:
    if math.isnan(low):
        return "cannot be determined"
    first, last = signed(low, 1), signed(high, 1)
    return f"{first} {change_unit(unit, round(low, 1))}" if first == last else f"{first} to {last} {unit}"


def _size(rows: pd.DataFrame) -> str:
    """The least and the greatest size of the expected changes."""
    sizes = rows[["REGLO", "REGHI"]].abs()
    crosses = (rows["REGLO"] * rows["REGHI"] < 0).any()
    near, far = number(0.0 if crosses else sizes.min(axis=None), 1), number(sizes.max(axis=None), 1)
    return near if near == far else f"{near} to {far}"


def _without_regression(table: pd.DataFrame) -> Iterator[str]:
    """That some populations vary no more than the scores of some examiners, so that nothing can be computed."""
    for examiners, rows in table[table["REGLO"].isna()].groupby("EXAMINERS", sort=False):
        yield (
            f"For {examiners} nothing is computed from {'; '.join(rows['TRIAL'])}: this group varies no more than "
            "their scores do."
        )


def summarise_expected(analysis: Analysis, code: str) -> Prose:
    """The change to be expected from regression to the mean alone, and why the figure is an upper bound."""
    analysis = analyse(analysis)
    unit, base = analysis.case.measure(code)["unit"], baseline_of(analysis.changes, code)
    if base.empty:
        return Prose(("Without a baseline nothing is expected.",))
    row = base.iloc[0]
    table = _regression(analysis, code, row)
    known = table[table["REGLO"].notna()]
    if known.empty:
        return Prose(("No population and error of measurement is published from which a change could be expected.",))
    spans = [
        f"{size} {change_unit(unit, 1.0 if size == '1' else math.nan)} with {examiners}"
        for examiners, size in ((each, _size(rows)) for each, rows in known.groupby("EXAMINERS", sort=False))
    ]
    toward = "lower" if (known["REGHI"] < 0).all() else "higher" if (known["REGLO"] > 0).all() else "nearer the mean"
    sentences = [
        "If nothing but measurement error changed the score, a patient who first scored "
        f"{value_words(row, unit)} would be expected to score {toward} the second time, by "
        f"{', and by '.join(spans)}, depending on the population that the patient is assumed to come from.",
        f"Each of {known['TRIAL'].nunique()} published groups with a mean and an SD counts as a population; none is "
        "pooled with another.",
        *_without_regression(table),
        "Where entry limits of a trial narrowed its SD at an unchanged mean, the figure is too large: an upper bound.",
        "The smallest detectable change makes no allowance for this, and changes of the disease itself come on top.",
    ]
    return Prose((" ".join(sentences),))


def position_words(row) -> str:
    """How far a baseline lies from the mean of an arm, in standard deviations; blank where that is not known.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> position_words(Row(POSLO=2.72, POSHI=2.72)), position_words(Row(POSLO=float("nan"), POSHI=float("nan")))
    ('+2.7 SD', '')
    """
    if math.isnan(row.POSLO):
        return ""
    low, high = signed(row.POSLO, 1), signed(row.POSHI, 1)
    return f"{low} SD" if low == high else f"{low} to {high} SD"
