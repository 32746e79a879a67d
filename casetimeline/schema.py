"""Everything wrong with a timeline, said at once: which file, line and column, what is there, what would be right."""

import difflib
import math
import re
from collections.abc import Callable, Iterator

import pandas as pd

from .bounds import Bounds, parse_column, parse_date, parse_time, parse_value
from .faults import Fault
from .vocabulary import COLUMN_NAMES, COLUMNS, KINDS, OPEN_STATES, STATES

CASE_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
SITE = re.compile(r"site:\s*([^;]*[^;\s])")


def check_header(names: list[str], file: str) -> list[Fault]:
    """Faults of the header line: a required column that is missing, a name that is there twice.

    Examples
    --------
    >>> for fault in check_header(["case_id", "kind", "code", "code", "value", "unit", "phase"], "t.csv"):
    ...     print(fault)
    t.csv, line 1, column code: found 'code'; expected each column once
    t.csv, line 1, column source: found ''; expected a column 'source'
    """
    faults = [
        Fault(file, 1, name, name, "each column once")
        for name in dict.fromkeys(names)
        if name and names.count(name) > 1
    ]
    for column in COLUMNS:
        if column.required and column.name not in names:
            near = difflib.get_close_matches(column.name, [n for n in names if n not in COLUMN_NAMES], n=1)
            faults.append(Fault(file, 1, column.name, near[0] if near else "", f"a column '{column.name}'"))
    if "phase" not in names and "start" not in names:
        faults.append(Fault(file, 1, "phase", "", "a column 'phase' or a column 'start'"))
    return faults


def check_facts(
    facts: pd.DataFrame,
    measures: pd.DataFrame,
    file: str,
    case_id: str | None = None,
    sources: dict[str, bool] | None = None,
    zero: Bounds | None = None,
) -> list[Fault]:
    """All faults of the rows of a timeline.

    Parameters
    ----------
    facts : DataFrame
        One row a fact: the columns of `vocabulary.COLUMNS` as text, blank where empty, and `line`.
    measures : DataFrame
        The vocabulary, indexed by code.
    file : str
        Name of the file, for the messages.
    case_id : str, optional
        The id that every row must bear.
    sources : dict, optional
        The sources that the case declares, each with whether it is a publication.
    zero : Bounds, optional
        The date of time zero.

    Returns
    -------
    list of Fault
        In the order of the lines.
    """
    checks = (
        _check_words(facts, measures, case_id),
        _check_moments(facts, zero),
        _check_kinds(facts),
        _check_values(facts, measures),
        _check_sources(facts, sources),
        _check_collisions(facts),
    )
    faults = [Fault(file, *fault) for check in checks for fault in check]
    return sorted(faults, key=lambda fault: (fault.line, str(fault.column)))


_Found = tuple[int, str, str, str]


def _rows(facts: pd.DataFrame, mask: pd.Series, column: str, expected: str) -> Iterator[_Found]:
    for line, found in zip(facts.loc[mask, "line"], facts.loc[mask, column], strict=True):
        yield line, column, found, expected


def _check_words(facts: pd.DataFrame, measures: pd.DataFrame, case_id: str | None) -> Iterator[_Found]:
    ids = facts["case_id"]
    if case_id is None:
        valid = ids.map(lambda text: CASE_ID.fullmatch(text) is not None).astype(bool)
        yield from _rows(facts, ~valid, "case_id", "letters, digits, '.', '_' or '-', at most 64")
    else:
        yield from _rows(facts, ids != case_id, "case_id", f"'{case_id}', the id of this case")
    yield from _rows(facts, ~facts["kind"].isin(KINDS), "kind", f"one of {', '.join(KINDS)}")
    states = facts["state"]
    yield from _rows(facts, ~states.isin(["", *STATES]), "state", f"blank or one of {', '.join(STATES)}")
    observed = facts["kind"] == "observation"
    known = measures.index[measures["kind"] == "observation"]
    for line, column, found, expected in _rows(
        facts, observed & ~facts["code"].isin(known), "code", "an observation code of measures.csv"
    ):
        near = difflib.get_close_matches(found.lower(), known, n=1, cutoff=0.5)
        yield line, column, found, f"{expected}; did you mean '{near[0]}'?" if near else expected
    yield from _rows(facts, ~observed & (facts["code"] == ""), "code", "the name of the treatment or event")


def _check_moments(facts: pd.DataFrame, zero: Bounds | None) -> Iterator[_Found]:
    phases = facts["phase"]
    whole = phases.str.fullmatch("[1-9][0-9]{0,5}").astype(bool)
    yield from _rows(facts, (phases != "") & ~whole, "phase", "a whole number from 1")
    unplaced = (phases == "") & (facts["start"] == "")
    yield from _rows(facts, unplaced, "phase", "a phase, or a start")
    starts, bad_starts = _parse(facts["start"], lambda text: parse_time(text, zero))
    ends, bad_ends = _parse(facts["end"].where(facts["end"] != "ongoing", ""), lambda text: parse_time(text, zero))
    yield from _unparsed(facts, bad_starts, "start")
    yield from _unparsed(facts, bad_ends, "end", " or 'ongoing'")
    dated = facts["start"].ne("") & ~facts["start"].isin(list(bad_starts)) & starts["low"].isna()
    yield from _rows(
        facts, dated & (phases == ""), "start", "a phase beside a date, or a date of time_zero in case.yaml"
    )
    # Dates have no day number before time zero is known; among themselves they can still be compared.
    dates = _parse(facts["start"], _date_or_blank)[0], _parse(facts["end"], _date_or_blank)[0]
    backwards = (ends["high"] < starts["low"]) | (dates[1]["high"] < dates[0]["low"])
    for line, found, start in facts.loc[backwards, ["line", "end", "start"]].itertuples(index=False):
        yield line, "end", found, f"a time that is not before the start, '{start}'"
    order = pd.to_numeric(phases.where(whole, None))
    told = starts.assign(phase=order, line=facts["line"], start=facts["start"], case_id=facts["case_id"])
    told = told[told["phase"].notna() & told["low"].notna()].sort_values(["case_id", "phase"], kind="stable")
    if len(told):
        latest = told.groupby(["case_id", "phase"], sort=False)["low"].max().groupby("case_id").cummax()
        before = latest.groupby("case_id").shift().rename("before")
        told = told.join(before, on=["case_id", "phase"])
        for row in told[told["high"] < told["before"]].itertuples():
            yield row.line, "start", row.start, "a time that is not before that of an earlier phase"


def _date_or_blank(text: str) -> Bounds:
    return parse_date(text) if re.match(r"[0-9]{4}(-|$)", text) else Bounds(math.nan, math.nan)


def _check_kinds(facts: pd.DataFrame) -> Iterator[_Found]:
    observed = facts["kind"] == "observation"
    yield from _rows(
        facts, ~observed & facts["value"].ne(""), "value", "a blank; a dose stands in 'dose' and 'dose_unit'"
    )
    yield from _rows(
        facts, ~observed & facts["unit"].ne(""), "unit", "a blank; the unit of a dose stands in 'dose_unit'"
    )
    yield from _rows(facts, ~observed & facts["state"].ne(""), "state", "a blank; a state belongs to an observation")
    treated = facts["kind"] == "treatment"
    for column in ("dose", "dose_unit", "frequency", "route"):
        yield from _rows(facts, ~treated & facts[column].ne(""), column, "a blank; it belongs to a treatment")


def _check_values(facts: pd.DataFrame, measures: pd.DataFrame) -> Iterator[_Found]:
    observations = facts[(facts["kind"] == "observation") & facts["code"].isin(measures.index)]
    for code, rows in observations.groupby("code", sort=False):
        yield from _check_measure(rows, measures.loc[code])
    silent = (facts["kind"] == "observation") & (facts["value"] == "") & (facts["state"] == "")
    yield from _rows(facts, silent, "value", "a value, or a state")
    doses, bad = _parse(facts["dose"], parse_value)
    yield from _unparsed(facts, bad, "dose")
    yield from _rows(facts, doses["low"] < 0, "dose", "a dose that is not negative")
    yield from _rows(facts, (facts["dose"] != "") & (facts["dose_unit"] == ""), "dose_unit", "the unit of the dose")


def _check_measure(rows: pd.DataFrame, measure: pd.Series) -> Iterator[_Found]:
    grades = measure["grades"]
    given = rows["value"] != ""
    graded = given & rows["value"].isin(grades)
    numbers = rows[given & ~graded]
    words = f" or one of {', '.join(grades)}" if grades else ""
    bounds, bad = _parse(numbers["value"], parse_value)
    yield from _unparsed(numbers, bad, "value", words)
    low, high = measure["low"], measure["high"]
    whole = bool(measure["whole"])
    span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}" if math.isfinite(low) else "any"
    expected = f"a {'whole ' if whole else ''}number {span} ({measure['abbrev']}){words}"
    # An open side (`<30`) is limited by the scale, so only the printed limits are judged.
    printed = bounds.where(bounds.abs() != math.inf)
    outside = (printed < low).any(axis=1) | (printed > high).any(axis=1)
    # Beyond the end of the scale there is nothing: `<0` and `>51` are no values.
    outside |= numbers["value"].str.match("<[^=]") & (bounds["high"] <= low)
    outside |= numbers["value"].str.match(">[^=]") & (bounds["low"] >= high)
    exact = ~numbers["value"].str.startswith("~")
    broken = whole & exact & ((printed % 1).fillna(0) != 0).any(axis=1)
    yield from _rows(numbers, outside | broken, "value", expected)
    factors = measure["units"]
    known = ", ".join(name for name in factors if name)
    yield from _rows(numbers, ~numbers["unit"].isin([*factors, ""]), "unit", f"one of {known}")
    limits = {}
    for column in ("ref_low", "ref_high"):
        limits[column], bad = _parse(rows[column], parse_value)
        yield from _unparsed(rows, bad, column)
        inexact = (
            (limits[column]["low"] != limits[column]["high"]) & rows[column].ne("") & ~rows[column].isin(list(bad))
        )
        yield from _rows(rows, inexact, column, "one exact number, the laboratory's limit")
    yield from _rows(rows, limits["ref_high"]["high"] <= 0, "ref_high", "a limit above 0")
    yield from _rows(rows, limits["ref_low"]["low"] > limits["ref_high"]["high"], "ref_low", "a limit below ref_high")
    unsaid = given & rows["state"].isin(OPEN_STATES)
    yield from _rows(rows, unsaid, "state", "no such state beside a value")
    numeric = bounds.reindex(rows.index)
    nothing = (rows["value"] == grades[0]) if grades else pd.Series(False, index=rows.index)
    something = given & ~nothing & ~(numeric["low"] <= 0)
    yield from _rows(rows, something & (rows["state"] == "absent"), "state", "a state that agrees with the value")
    yield from _rows(rows, nothing & (rows["state"] == "present"), "state", "a state that agrees with the value")


def _check_sources(facts: pd.DataFrame, sources: dict[str, bool] | None) -> Iterator[_Found]:
    yield from _rows(facts, facts["source"] == "", "source", "where the fact stands")
    if sources is None:
        return
    strange = (facts["source"] != "") & ~facts["source"].isin(list(sources))
    yield from _rows(facts, strange, "source", f"one of the sources of case.yaml: {', '.join(sources)}")
    published = facts["source"].isin([name for name, is_published in sources.items() if is_published])
    said = facts["state"].isin(["not_reported"])
    yield from _rows(facts, published & ~said & (facts["quote"] == ""), "quote", "the words of the publication")


def _check_collisions(facts: pd.DataFrame) -> Iterator[_Found]:
    observed = facts[facts["kind"] == "observation"]
    moment = ["case_id", "code", "phase", "start", "site"]
    shown = observed.assign(
        site=extract_site(observed["note"]), said=observed["value"] + " " + observed["unit"] + " " + observed["state"]
    )
    for _, rows in shown[shown.duplicated(moment, keep=False)].groupby(moment, sort=False):
        first = rows.iloc[0]
        for row in rows.iloc[1:].itertuples():
            found = row.value or row.state
            if row.said == first["said"]:
                yield row.line, "value", found, f"each fact once; this one stands on line {first['line']}"
            else:
                yield (
                    row.line,
                    "value",
                    found,
                    f"one value of {row.code} at one moment, as on line {first['line']}, or on both a note that begins "
                    "with 'site: ...'",
                )


def extract_site(notes: pd.Series) -> pd.Series:
    """Where in the body, from notes that begin with `site: ...`; blank elsewhere.

    Examples
    --------
    >>> extract_site(pd.Series(["site: right ventricle; circumferential", "seen twice", ""])).tolist()
    ['right ventricle', '', '']
    """
    return notes.str.extract(rf"^\s*{SITE.pattern}", expand=False).fillna("").astype(str)


def _parse(texts: pd.Series, parse: Callable[[str], Bounds]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Bounds of each text (nan where blank or bad), and what would be right for each bad text."""
    bad: dict[str, str] = {}

    def parse_or_note(text: str) -> Bounds:
        """Bounds, or nan and a note of what would be right."""
        try:
            return parse(text)
        except ValueError as error:
            bad[text] = str(error)
            return Bounds(math.nan, math.nan)

    return parse_column(texts, parse_or_note), bad


def _unparsed(rows: pd.DataFrame, bad: dict[str, str], column: str, more: str = "") -> Iterator[_Found]:
    for line, column_name, found, _ in _rows(rows, rows[column].isin(list(bad)), column, ""):
        yield line, column_name, found, bad[found] + more
