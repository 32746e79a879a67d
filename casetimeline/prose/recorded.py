"""What is recorded and what was given, as tables and sentences for a reader; and the cases of a folder."""

from pathlib import Path

import pandas as pd

from ..case import decode, parse_about, read_bytes
from ..derive import derive_calendar, derive_exposure, derive_told, is_per_time
from ..files import find_data, list_cases
from ..rules import Analysis, analyse
from ..values import number
from ..vocabulary import OPEN_STATES
from .display import Prose, Table, without_empty
from .words import capital, dose_words, moment_words, span_words, turn_words


def summarise_recorded(analysis: Analysis, code: str = "") -> Table:
    """Facts as recorded, one row a fact, with source and quote; of one measure, or of the whole case."""
    analysis = analyse(analysis)
    case = analysis.case
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
    return " ".join(filter(None, [dose_words(row), row.frequency, row.route]))


def _limit_words(row) -> str:
    low, high = row.ref_low, row.ref_high
    return f"{low} to {high}" if low and high else f"up to {high}" if high else f"from {low}" if low else ""


def summarise_reported(analysis: Analysis) -> Table:
    """What is reported: one row a measure, one column a position in the telling."""
    analysis = analyse(analysis)
    case = analysis.case
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


def summarise_gaps(analysis: Analysis) -> Prose:
    """Which measures are recorded once, which are not known at the end, and what is not reported of the treatments."""
    analysis = analyse(analysis)
    case = analysis.case
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


def summarise_exposure(analysis: Analysis) -> Table:
    """What was given: one row a treatment row, with its schedule, doses and cumulative dose as far as reported."""
    analysis = analyse(analysis)
    case = analysis.case
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


def summarise_calendar(analysis: Analysis) -> Table:
    """The days of the dosing calendar, one row a treatment, counted from the first administration of its regimen."""
    analysis = analyse(analysis)
    case = analysis.case
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


def summarise_regimen(analysis: Analysis) -> Prose:
    """What the schedules of a case say, and what they leave open."""
    analysis = analyse(analysis)
    case = analysis.case
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
