"""Tables and sentences beside the figures of reporting, dosing, rules and context."""

import math

import pandas as pd

from ..case import Case
from ..derive import baseline_of, derive_calendar, derive_told
from ..rules import derive_context
from ..values import number
from ..vocabulary import MET, NOT_MET, OPEN_STATES, UNDETERMINED
from .display import Prose, Table
from .summary import cite_briefly, without_empty
from .words import capital, change_words, position_words, signed, turn_words, value_words


def summarise_gaps(case: Case) -> Prose:
    """Which measures are recorded once, which are not known at the end, and what is not reported of the treatments."""
    seen = case.facts[case.facts["kind"] == "observation"]
    given = case.facts[case.facts["kind"] == "treatment"]
    known = seen[~seen["STATE"].isin(OPEN_STATES)]
    places = known.groupby("PARAM", sort=False)["ORDER"].nunique().reindex(list(dict.fromkeys(seen["PARAM"]))).fillna(0)
    lines = []
    for count, words in ((0, "never reported as known"), (1, "reported as known in one phase only")):
        names = places.index[places == count]
        if len(names):
            lines.append(f"{capital(words)}: {', '.join(names)}.")
    asked = seen[seen["STATE"].isin(OPEN_STATES)]
    for state, rows in asked.groupby("STATE", sort=False):
        lines.append(f"{capital(state.replace('_', ' '))}: {', '.join(dict.fromkeys(rows['PARAM']))}.")
    if len(given):
        missing = [f"{word} in {count}" for word, count in (~derive_told(given)).sum().items()]
        lines.append(f"Of {len(given)} rows of treatments, not reported: {', '.join(missing)}.")
    return Prose((" ".join(lines) or "Every measure is known in two phases or more.",))


def summarise_calendar(case: Case) -> Table:
    """The days of the dosing calendar, one row a treatment, counted from the first administration of its regimen."""
    calendar = derive_calendar(case.facts)
    rows = calendar.groupby("line", sort=False)
    shown = pd.DataFrame(
        {
            "line": [line for line, _ in rows],
            "treatment": [group["EXTRT"].iloc[0] for _, group in rows],
            "weeks": [_weeks(group) for _, group in rows],
            "alternates with": [group["ALTERNATES"].iloc[0] for _, group in rows],
        }
    )
    caption = f"Case {case.case_id}: the first weeks of each schedule that is an interval"
    return Table(without_empty(shown, keep=("line", "treatment", "weeks")), caption)


def _weeks(doses: pd.DataFrame) -> str:
    if doses["OWN"].iloc[0] <= 1:
        return f"daily, days 0 to {number(doses['DOSEDY'].iloc[-1])} drawn"
    return ", ".join(number(day / 7, 1) for day in doses["DOSEDY"])


def summarise_regimen(case: Case) -> Prose:
    """What the schedules of a case say, and what they leave open."""
    calendar = derive_calendar(case.facts)
    given = case.facts[case.facts["kind"] == "treatment"]
    if not len(given):
        return Prose((f"The source of case {case.case_id} tells of no treatment.",))
    rows = calendar.drop_duplicates("line")
    lines = [f"{len(rows)} of {len(given)} rows of treatments have a schedule that is an interval."]
    for row in rows[rows["ALTERNATES"] != ""].itertuples():
        every, own = turn_words(row)
        lines.append(
            f"{row.EXTRT} takes turns with {row.ALTERNATES}: one administration every {every} wk, so this one every "
            f"{own} wk. Read otherwise, with {row.EXTRT} every {every} wk, twice as many would be given."
            if row.OWN == 2 * row.INTERVAL
            else f"{row.EXTRT} takes turns with {row.ALTERNATES}: this one every {own} wk."
        )
    open_ends = given[given["line"].isin(rows["line"]) & given["end"].eq("")]
    if len(open_ends):
        names = ", ".join(dict.fromkeys(open_ends["PARAM"]))
        lines.append(f"When it ended, and so how many were given, is not reported: {names}.")
    return Prose((" ".join(lines),))


def summarise_judged(case: Case, changes: pd.DataFrame, verdicts: pd.DataFrame) -> Prose:
    """The last value of each series against the rules that judge a change: which are met, which not, which are open."""
    paragraphs = []
    judged = verdicts[verdicts["line"].isin(changes.loc[changes["LASTFL"] == "Y", "line"])]
    judged = judged[judged["KIND"].isin(["response", "important", "error", "item", "variation", "composite"])]
    for line, rows in judged.groupby("line", sort=False):
        record = changes[changes["line"] == line].iloc[0]
        unit = case.measures.loc[record["PARAMCD"], "unit"]
        site = f", {record['LOC']}" if record["LOC"] else ""
        change = change_words(record, unit) or "no change in numbers"
        told = [f"{record['PARAM']}{site}, {change} from the baseline."]
        for verdict, words in ((MET, "Met"), (NOT_MET, "Not met")):
            names = rows.loc[rows["VERDICT"] == verdict, "LABEL"]
            told.extend([f"{words}: {'; '.join(names)}."] if len(names) else [])
        undecided = rows[rows["VERDICT"] == UNDETERMINED]
        names = [f"{row.LABEL} ({row.DECIDED})" for row in undecided.itertuples()]
        told.extend([f"Cannot be determined: {'; '.join(names)}."] if names else [])
        paragraphs.append(" ".join(told))
    closing = "The rules overlap and were made for different patients; how many are met is no measure of anything."
    told = (*paragraphs, closing) if paragraphs else ("No rule on the size of a change judges a last value.",)
    return Prose((*told, *filter(None, [case.selection])))


def _baseline_bounds(changes: pd.DataFrame, code: str) -> tuple[float, float]:
    base = baseline_of(changes, code)
    return tuple(base.iloc[0][["AVALLO", "AVALHI"]]) if len(base) else (math.nan, math.nan)


def summarise_arms(case: Case, changes: pd.DataFrame, code: str = "mrss") -> Table:
    """The published arms of a measure, with the position of the case's baseline among their patients."""
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
    return Table(without_empty(shown, keep=("arm",)), f"Published arms, {case.measures['label'][code]}: no controls")


def _mean_sd(mean: float, sd: float) -> str:
    return f"{number(mean)} ({number(sd)})" if mean == mean else ""


def _interval(row) -> str:
    if row.change != row.change:
        return ""
    return f"SD {number(row.change_sd)}: {row.spread}" if row.change_sd == row.change_sd else row.spread


def summarise_context(case: Case, changes: pd.DataFrame, code: str = "mrss") -> Prose:
    """Where the baseline of a case lies among the patients of published arms, and what a comparison cannot say."""
    measure = case.measures.loc[code]
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
