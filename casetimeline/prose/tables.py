"""Tables for a reader: the case, its course, what was given, what is reported, and the published arms beside it."""

import math
from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from ..case import Case, decode, parse_about, read_bytes
from ..derive import baseline_of, derive_calendar, derive_exposure, derive_told, is_per_time, records_of
from ..files import find_data, list_cases
from ..rules import derive_context
from ..values import number
from ..vocabulary import MET, NOT_MET, OPEN_STATES, UNDETERMINED
from .display import Prose, Table
from .words import (
    capital,
    change_words,
    moment_words,
    percent,
    position_words,
    shift_words,
    signed,
    since_words,
    site_words,
    span_words,
    told_words,
    turn_words,
    value_words,
)


def summarise_recorded(case: Case, code: str = "") -> Table:
    """Facts as recorded, one row a fact, with source and quote; of one measure, or of the whole case."""
    facts = case.facts if not code else case.facts[case.facts["code"] == code]
    shown = pd.DataFrame(
        {
            "line": facts["line"],
            "phase": facts["phase"],
            "start": facts["start"],
            "kind": facts["kind"],
            "what": facts["PARAM"],
            "value": [_recorded_words(row) for row in facts.itertuples()],
            "limits": [_limit_words(row) for row in facts.itertuples()],
            "note": facts["note"],
            "quote": facts["quote"],
            "source": facts["source"],
        }
    )
    if code:
        shown = shown.drop(columns=["kind"])
    caption = f"Case {case.case_id}: recorded rows, {case.measures['label'].get(code, 'all facts')}"
    if len(set(shown["source"])) == 1:
        caption += f"; source: {shown['source'].iloc[0]}"
        shown = shown.drop(columns=["source"])
    return Table(without_empty(shown, keep=("line", "value")), caption)


def _recorded_words(row) -> str:
    if row.kind == "observation":
        return " ".join(filter(None, [row.value, row.unit])) or row.state.replace("_", " ")
    return " ".join(filter(None, [row.dose, row.dose_unit, row.frequency, row.route]))


def _limit_words(row) -> str:
    low, high = row.ref_low, row.ref_high
    return f"{low} to {high}" if low and high else f"up to {high}" if high else f"from {low}" if low else ""


def without_empty(frame: pd.DataFrame, keep: tuple[str, ...]) -> pd.DataFrame:
    """The columns that hold anything, and those to keep."""
    empty = [c for c in frame.columns if c not in keep and frame[c].map(lambda cell: pd.isna(cell) or cell == "").all()]
    return frame.drop(columns=empty)


def summarise_reported(case: Case) -> Table:
    """What is reported: one row a measure, one column a position in the telling."""
    seen = case.facts[case.facts["kind"] == "observation"]
    words = seen.assign(
        cell=[
            "reported" if row.STATE == "value" or row.value else row.STATE.replace("_", " ")
            for row in seen.itertuples()
        ]
    )
    grid = words.pivot_table(
        index="PARAM", columns="ORDER", values="cell", aggfunc=lambda cells: "; ".join(dict.fromkeys(cells)), sort=False
    )
    grid = grid.reindex(columns=sorted(case.facts["ORDER"].unique()))
    names = case.about.get("phases", {})
    grid.columns = [f"{column} {names.get(str(column), '')}".strip() for column in grid.columns]
    grid = grid.astype(object).fillna("not mentioned").rename_axis(None, axis=1).reset_index(names="measure")
    return Table(grid, f"Case {case.case_id}: what is reported, and when")


def cite(row) -> str:
    """DOI, PMID or address of a row, the first that is there.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> cite(Row(doi="", pmid="7562759", address=""))
    'PMID 7562759'
    """
    return f"doi:{row.doi}" if row.doi else f"PMID {row.pmid}" if row.pmid else row.address


def summarise_exposure(case: Case) -> Table:
    """What was given: one row a treatment row, with its schedule, doses and cumulative dose as far as reported."""
    exposure = derive_exposure(case.facts)
    phases = case.about.get("phases", {})
    moments = case.facts.loc[exposure.index]
    shown = pd.DataFrame(
        {
            "line": exposure["line"],
            "treatment": exposure["EXTRT"],
            "told in": [moment_words(row, phases) for row in moments.itertuples()],
            "dose": [
                " ".join(filter(None, [row.EXDOSE, row.EXDOSU])) or "not reported" for row in exposure.itertuples()
            ],
            "schedule": [_schedule(row) for row in exposure.itertuples()],
            "days": [span_words(row.EXDURLO, row.EXDURHI) for row in exposure.itertuples()],
            "number of doses": [span_words(row.NDOSLO, row.NDOSHI) or "not reported" for row in exposure.itertuples()],
            "cumulative dose": [
                f"{span_words(row.CUMLO, row.CUMHI)} {row.CUMU}".strip() for row in exposure.itertuples()
            ],
            "missing": exposure["REASON"],
        }
    )
    unknown = shown["cumulative dose"].where(exposure["CUMLO"].notna(), "")
    return Table(
        without_empty(shown.assign(**{"cumulative dose": unknown}), ("line", "treatment")), _GIVEN.format(case)
    )


_GIVEN = "Case {0.case_id}: what was given"


def _schedule(row) -> str:
    if not row.EXDOSFRQ:
        return "" if is_per_time(row.EXDOSU) else "not reported"
    if not row.ALTERNATES:
        return row.EXDOSFRQ
    every, own = turn_words(row)
    return f"read as one administration every {every} wk, alternating with {row.ALTERNATES}: this one every {own} wk"


def cite_briefly(row) -> str:
    """As `cite`, with the site of an address in place of the whole of it.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> cite_briefly(Row(doi="", pmid="", address="https://ard.bmj.com/content/74/6/1124"))
    'ard.bmj.com'
    """
    return cite(row) if row.doi or row.pmid else urlsplit(row.address).netloc


def summarise_changes(case: Case, changes: pd.DataFrame, code: str) -> Table:
    """Each record of a measure with its baseline and change, under the ADaM names."""
    rows = records_of(changes, code)
    # A change runs forward in time: nothing is shown for the baseline itself and what came before it.
    after = rows["ORDER"] > rows["BASEORD"]
    shown = pd.DataFrame(
        {
            "line": rows["line"],
            "phase": rows["phase"],
            "LOC": rows["LOC"],
            "AVALC": rows["AVALC"],
            "ABLFL": rows["ABLFL"],
            "BASEC": rows["BASEC"].where(after, ""),
            "CHG": [number(v) if v == v else "" for v in rows["CHG"].where(after)],
            "PCHG": [percent(v) for v in rows["PCHG"].where(after)],
        }
    )
    for name, show in (
        ("CHGPREV", number),
        ("R2BASE", lambda v: number(v, 3)),
        ("R2A1HI", lambda v: number(v, 2)),
    ):
        if name in rows:
            values = rows[name] if name == "R2A1HI" else rows[name].where(after)
            if name == "CHGPREV":
                values = values.where(rows["PREV"] != rows["BASE"])
            shown[name] = [show(v) if v == v else "" for v in values]
    if "ANRIND" in rows:
        shown["ANRIND"] = rows["ANRIND"]
    if "SHIFT1" in rows:
        shown["SHIFT1"] = rows["SHIFT1"].where(after, "")
    label = case.measures["label"][code]
    caption = f"Case {case.case_id}: {label}, baseline rule {case.baseline_rule}, reference {case.reference or 'none'}"
    return Table(without_empty(shown, keep=("line", "AVALC", "ABLFL", "CHG")), caption)


def summarise_case(
    case: Case, changes: pd.DataFrame, codes: tuple[str, ...] = ("mrss", "ck", "pericardial_effusion")
) -> Table:
    """One row a measure and site: its baseline, what came after, and the change or why there is none.

    A record before the baseline, and every record of a series that has none, stands in a column of its own.
    """
    phases = case.about.get("phases", {})
    rows = []
    for code in codes:
        measure = case.measures.loc[code]
        records = records_of(changes, code)
        if not len(records):
            rows.append(
                [measure["label"], "", "", "not mentioned in the part that was read", "", "no change can be computed"]
            )
        sites = set(records["LOC"])
        for site, series in records.groupby("LOC", sort=False):
            base, later = series["ABLFL"] == "Y", series["ORDER"] > series["BASEORD"]
            parts = (series[~base & ~later], series[base], series[later])
            told = [_moments(part, measure["unit"], phases) for part in parts]
            rows.append([measure["label"], site_words(site, sites), *told, change_of_series(series, measure)])
    columns = ["measure", "site", "before or without a baseline", "baseline", "afterwards", "change"]
    frame = pd.DataFrame(rows, columns=columns)
    return Table(without_empty(frame, keep=("measure", "change")), f"Case {case.case_id}: summary of changes")


def _moments(records: pd.DataFrame, unit: str, phases: dict) -> str:
    return "; ".join(f"{told_words(row, unit)}, {moment_words(row, phases)}" for row in records.itertuples())


def path_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The values and states of one series in the order of the file, joined by arrows."""
    return " -> ".join(value_words(row, measure["unit"]) for row in series.itertuples())


def change_of_series(series: pd.DataFrame, measure: pd.Series) -> str:
    """The changes of one series after its baseline in words, or the reason why there is none."""
    if not (series["ABLFL"] == "Y").any():
        return "no change can be computed (no baseline)"
    later = series[series["ORDER"] > series["BASEORD"]]
    if not len(later):
        once = len(series) == 1
        return f"no change can be computed ({'recorded once' if once else 'no record after the baseline'})"
    return "; ".join(_change_of_row(row, measure["unit"]) for row in later.itertuples())


def _change_of_row(row, unit: str) -> str:
    if row.STATE in OPEN_STATES:
        return f"no change can be computed ({row.STATE.replace('_', ' ')})"
    change = "; ".join(filter(None, [change_words(row, unit), since_words(row, unit)]))
    return change or shift_words(row) or "no change can be computed (units differ or are not reported)"


def summarise_cases(data_dir: str | Path) -> Table:
    """The cases of a folder, one a row: id, diagnosis and title as their case.yaml says.

    Parameters
    ----------
    data_dir : path
        The folder of the cases, as for `read_case`.

    Returns
    -------
    Table
        Blank where a case.yaml does not say it.

    Raises
    ------
    TimelineError
        If a case.yaml cannot be read.
    """
    data, rows = find_data(data_dir), []
    for case_id in list_cases(data):
        name = f"{case_id}/case.yaml"
        about = parse_about(decode(read_bytes(data / name, name), name), name)
        rows.append([case_id, about.get("diagnosis", ""), about.get("title", "")])
    frame = pd.DataFrame(rows, columns=["case", "diagnosis", "title"], dtype=str)
    return Table(frame, f"{len(frame)} cases of this folder")


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
