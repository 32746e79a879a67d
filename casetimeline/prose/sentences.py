"""Sentences on the verdicts of rules: limits, day-to-day variation, the course of a finding."""

from collections.abc import Iterator

import pandas as pd

from ..case import Case
from ..rules import largest_analytical_cv
from ..values import number
from ..vocabulary import MET, UNDETERMINED
from .summary import cite_briefly
from .words import moment_words, value_words


def verdicts_of(verdicts: pd.DataFrame, code: str, kind: str) -> pd.DataFrame:
    """The verdicts of one kind of rule on one measure."""
    return verdicts[(verdicts["PARAMCD"] == code) & (verdicts["KIND"] == kind)]


def limit_sentences(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame, code: str) -> Iterator[str]:
    """Each value against the limits of the rules, and the rules that need a limit that is not reported."""
    unit = case.measures.loc[code, "unit"]
    by_line = changes.set_index("line")
    rows = verdicts_of(verdicts, code, "limit")
    unlimited = rows["DECIDED"].eq("laboratory limit") & by_line.loc[rows["line"], "ANRHI"].isna().to_numpy()
    for row in rows[~unlimited].itertuples():
        record = by_line.loc[row.line]
        times = f" is {_against_limit(record)}" if pd.notna(record["ANRHI"]) else ""
        yield f"{row.LABEL}, defined as {row.DEFINITION}: {value_words(record, unit)}{times}; {row.VERDICT}."
    if unlimited.any():
        values = ", ".join(value_words(by_line.loc[line], unit) for line in rows.loc[unlimited, "line"].unique())
        labels = "; ".join(rows.loc[unlimited, "LABEL"].unique())
        yield f"{labels}: {UNDETERMINED} for {values}, because the laboratory's limit is not reported."


def variation_sentences(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame, code: str) -> Iterator[str]:
    """Each change against the reference change value, and the analytical variation that it would bear."""
    unit, cvi = case.measures.loc[code, "unit"], case.rules.set_index("rule")["cvi"]
    by_line = changes.set_index("line")
    for row in verdicts_of(verdicts, code, "variation").itertuples():
        record = by_line.loc[row.line]
        if pd.isna(record["CHGLO"]):
            continue
        told = (
            f"{row.LABEL} ({row.POPULATION}), {value_words(record, unit)} against the baseline of {record['BASEC']}: "
        )
        if pd.notna(case.cva):
            yield f"{told}{row.VERDICT} with an analytical CV of {number(case.cva)} %."
            continue
        nearest = record["R2BASEHI"] if record["R2BASEHI"] < 1 else record["R2BASELO"]
        largest = largest_analytical_cv(nearest, cvi[row.RULE])
        why = ", because the analytical CV of the laboratory is not reported" if row.VERDICT == UNDETERMINED else ""
        up_to = f"; the change is beyond it for any analytical CV up to {largest:.0f} %" if largest == largest else ""
        yield f"{told}{row.VERDICT}{why}{up_to}."


def _against_limit(record) -> str:
    if pd.notna(record.R2A1HI):
        return f"{number(record.R2A1HI, 2)} times the upper limit"
    return {"HIGH": "above the upper limit", "NORMAL": "within the limits", "LOW": "below the lower limit"}.get(
        record.ANRIND, "not certainly on one side of the limit"
    )


def course_sentences(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame, code: str) -> Iterator[str]:
    """Complete regression, regression, stability and class of a finding by the rules of their cohorts."""
    phases, unit = case.about.get("phases", {}), case.measures.loc[code, "unit"]
    by_line = changes.set_index("line")
    rules = case.rules.set_index("rule")
    rows = verdicts[(verdicts["PARAMCD"] == code) & verdicts["KIND"].isin(["resolution", "regression", "stability"])]
    for (rule, label), answers in rows.groupby(["RULE", "LABEL"], sort=False):
        told = "; ".join(
            f"{moment_words(by_line.loc[row.line], phases)}: {row.VERDICT}" for row in answers.itertuples()
        )
        yield f"{label} ({cite_briefly(rules.loc[rule])}), {told}."
    sized = verdicts[(verdicts["PARAMCD"] == code) & verdicts["KIND"].eq("class") & verdicts["VERDICT"].eq(MET)]
    for row in sized.itertuples():
        yield f"{value_words(by_line.loc[row.line], unit)}: {row.LABEL[:1].lower()}{row.LABEL[1:]} ({row.POPULATION})."
