"""Claims that a published rule is met: the verdict on the last record, at each site that has one."""

import pandas as pd

from ..case import Case
from ..values import rows_of
from ..vocabulary import CONTRADICTED, MET, NOT_CHECKABLE, NOT_MET, SUPPORTED
from .by_site import (
    agreed,
    judged_at_last,
    label_of_claim,
    not_checkable,
    perhaps_later,
    records_of_claim,
    unseen_sites,
)
from .outcome import ClaimResult
from .rules import OF_A_VALUE

_WORDS = {MET: SUPPORTED, NOT_MET: CONTRADICTED}


def meets(claim: dict, case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> ClaimResult:
    """Whether a rule is met by the last record of each site."""
    if claim["rule"] not in set(case.rules["rule"]):
        return not_checkable(claim, case, f"the rule {claim['rule']} was not asked for")
    rows = records_of_claim(claim, changes)
    judged = verdicts[(verdicts["RULE"] == claim["rule"]) & verdicts["line"].isin(rows["line"])]
    if not len(judged):
        return not_checkable(claim, case, "no record that the rule can speak of")
    perhaps = perhaps_later(claim, changes)
    asked = rows[rows["line"].isin({*judged["line"], *perhaps["line"]})]
    doubted = {*perhaps["line"]} - {*judged["line"]}

    def judge(moment: pd.DataFrame) -> ClaimResult:
        """What the rule says of the records of one moment: its verdict rests on them alone."""
        return _verdict(judged[judged["line"].isin(moment["line"])])

    results = {
        site: judged_at_last(claim, case, changes, of_site, doubted, judge, lambda result: result)
        for site, of_site in asked.groupby("LOC")
    }
    if not judged["KIND"].isin(OF_A_VALUE).any():
        results |= unseen_sites(claim, case, changes, results)
    return agreed(results, label_of_claim(claim, case))


def _verdict(judged: pd.DataFrame) -> ClaimResult:
    """The verdict of a rule on the records of one moment and site: met if each of them is, not met if none is."""
    decisive = judged[~judged["VERDICT"].isin([MET, NOT_MET])]
    rows = decisive if len(decisive) else judged
    words = dict.fromkeys(_verdict_words(row) for row in rows_of(rows))
    if len({*rows["VERDICT"]}) > 1:
        return ClaimResult(NOT_CHECKABLE, f"the records differ: {'; '.join(words)}", tuple(rows["line"]))
    return ClaimResult(_WORDS.get(rows["VERDICT"].iloc[0], NOT_CHECKABLE), next(iter(words)), tuple(rows["line"]))


def _verdict_words(row) -> str:
    return f"{row.LABEL}: {row.VERDICT}, {row.WHY if row.WHY != row.DECIDED else f'decided by {row.DECIDED}'}"
