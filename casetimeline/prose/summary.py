"""Tables of a case for a reader: what was recorded, what was derived, which rules are met."""

from pathlib import Path
from urllib.parse import urlsplit

import pandas as pd

from ..case import Case, decode, parse_about, read_bytes
from ..derive import derive_exposure, is_per_time, records_of
from ..files import list_cases
from ..values import number
from ..vocabulary import OPEN_STATES
from .display import Table
from .words import (
    change_words,
    moment_words,
    percent,
    shift_words,
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
        The folder of the cases.

    Returns
    -------
    Table
        Blank where a case.yaml does not say it.

    Raises
    ------
    TimelineError
        If a case.yaml cannot be read.
    """
    rows = []
    for case_id in list_cases(data_dir):
        name = f"{case_id}/case.yaml"
        about = parse_about(decode(read_bytes(Path(data_dir) / name, name), name), name)
        rows.append([case_id, about.get("diagnosis", ""), about.get("title", "")])
    frame = pd.DataFrame(rows, columns=["case", "diagnosis", "title"], dtype=str)
    return Table(frame, f"{len(frame)} cases of this folder")
