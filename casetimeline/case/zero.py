"""Time zero: the date that case.yaml gives, or the earliest date of a case that tells its times by dates alone."""

import pandas as pd

from ..values import are_dates, parse_date
from .ranges import parsed


def time_zero_of(about: dict, facts: pd.DataFrame) -> tuple[dict, pd.DataFrame]:
    """The date of time zero, if case.yaml gives one; else the earliest date, if times are told by dates alone."""
    date = about.get("time_zero", {}).get("date", "")
    if date:
        low, high, *_ = parse_date(date)
        return about, pd.DataFrame({"low": low, "high": high}, index=[about["case_id"]])
    zeros = zeros_of_dates(facts)
    if not len(zeros):
        return about, zeros
    days, _ = parsed(facts["start"].where(are_dates(facts["start"]), ""), parse_date)
    first = facts.loc[days.dropna().sort_values(["low", "high"]).index[0], "start"]
    return {**about, "time_zero": {"label": f"{first}, the earliest date", "chosen": first}}, zeros


def zeros_of_dates(facts: pd.DataFrame) -> pd.DataFrame:
    """The day of the earliest date of each case that tells its times by dates alone.

    Returns
    -------
    DataFrame
        `low` and `high`, equal day numbers, indexed by case; without the cases that have a length of time, and those
        that have one date among facts without a time.
    """
    told = facts[facts["start"].ne("")]
    dated = are_dates(told["start"]).groupby(told["case_id"]).all()
    different = told[["case_id", "start"]].drop_duplicates().groupby("case_id").size()
    every = told.groupby("case_id").size() == facts.groupby("case_id").size().reindex(dated.index)
    several = (different > 1) | every
    told = told[told["case_id"].isin(dated.index[dated & several])]
    days, _ = parsed(told["start"], parse_date)
    first = days["low"].groupby(told["case_id"]).min().dropna()
    return pd.DataFrame({"low": first, "high": first})
