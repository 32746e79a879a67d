"""What must be told beside a table of best values: mixed baselines, records that are left out, no diagnosis."""

import pandas as pd

from ..derive import records_of, surely_before
from ..faults import counted
from ..rules import Analysis
from ..values import rows_of
from ..vocabulary import UNDETERMINED
from .collect import Series, listed
from .compare import Compared, compare_series, rule_words


def notes_beside(series: Series, compared: Compared, answers: pd.DataFrame) -> list[str]:
    """What must be told beside a table of best values and their answers; each part blank if it has nothing to tell."""
    undiagnosed = _undiagnosed_note(series, compared, answers)
    return [mixed_baselines(series, compared.code), _early_note(compared), undiagnosed]


def _early_note(compared: Compared) -> str:
    early = compared.table.loc[compared.table["EARLY"] > 0, "case_id"].unique()
    where = f"between the baseline and the reference treatment ({listed(early, 8)})"
    return f"Neither best nor last: records {where}." if len(early) else ""


def _undiagnosed_note(series: Series, compared: Compared, answers: pd.DataFrame) -> str:
    """That rules are open for want of a diagnosis; blank where each case with an open answer has one."""
    is_open = answers.eq(UNDETERMINED).any(axis=1)
    asked = set(compared.table.loc[is_open, "case_id"])
    without = [each.case.case_id for each in series.analyses if not each.case.about.get("diagnosis")]
    without = [case_id for case_id in without if case_id in asked]
    why = "whether a rule is for such a patient is not known"
    return f"No diagnosis is recorded ({listed(without, 8)}): {why}." if without else ""


def mixed_baselines(series: Series, code: str) -> str:
    """By which rules the cases have their baselines, and which cases by another rule than most; blank of one rule."""
    table = compare_series(series, code).table
    based = set(table.loc[table["BASEC"] != "", "case_id"])
    by_rule: dict[str, list[Analysis]] = {}
    for each in series.analyses:
        if each.case.case_id in based:
            by_rule.setdefault(each.case.baseline_rule, []).append(each)
    if len(by_rule) < 2:
        return ""
    parts = []
    for rule in sorted(by_rule, key=lambda rule: -len(by_rule[rule])):
        cases = by_rule[rule]
        without = "" if any(each.case.reference for each in cases) else " without the reference treatment"
        ids = f" ({listed([each.case.case_id for each in cases])})" if parts else ""
        later = sum(_is_after_a_treatment(each, code) for each in cases)
        treated = f", in {later} of them after a treatment began" if later else ""
        which = f"the {rule_words(rule).removeprefix('the ')}{',' if ',' in rule_words(rule) else ''}"
        parts.append(f"{which} in {counted(len(cases), 'case')}{without}{ids}{treated}")
    return f"The baseline is {'; '.join(parts)}."


def _is_after_a_treatment(analysis: Analysis, code: str) -> bool:
    """Whether a baseline of a case is surely after the beginning of a treatment."""
    changes = analysis.changes
    records = records_of(changes, code)
    treated = changes["kind"] == "treatment"
    return any((treated & surely_before(changes, row)).any() for row in rows_of(records[records["ABLFL"] == "Y"]))
