"""Everything wrong with a timeline, said at once, and what a reader should know of one that is right.

A fault names file, line and column, what is there, and what would be right. Nothing is dropped or chosen in silence.
"""

import difflib
import itertools
import math
from collections.abc import Callable, Iterable, Iterator

import numpy as np
import pandas as pd

from ..derive import contradicted_phases, disordered, extract_site
from ..faults import MOST_FAULTS, Fault, first_few
from ..values import NOTHING, ONGOING, Bounds, are_dates, parse_column, parse_grade, parse_time, parse_value
from ..vocabulary import CASE_ID, COLUMN_NAMES, COLUMNS, KINDS, OPEN_STATES, STATES

# Line, column, what is there, what would be right, and the nearest known word where there is one.
Misfit = tuple[int, str, str, str] | tuple[int, str, str, str, str]


def rows_of(facts: pd.DataFrame, mask: pd.Series, column: str, expected: str) -> Iterator[Misfit]:
    """A fault of each row of the mask, with what its column holds."""
    if not mask.any():
        return
    for line, found in zip(facts.loc[mask, "line"], facts.loc[mask, column], strict=True):
        yield line, column, found, expected


def unknown_words(
    facts: pd.DataFrame, mask: pd.Series, column: str, expected: str, known: Iterable[str]
) -> Iterator[Misfit]:
    """As `rows_of`, with the nearest known word."""
    known, nearest = list(known), {}
    for line, _, found, _ in rows_of(facts, mask, column, expected):
        if found not in nearest:
            near = difflib.get_close_matches(found[:64].lower(), known, n=1, cutoff=0.5)
            nearest[found] = near[0] if near else ""
        yield line, column, found, expected, nearest[found]


def check_values(facts: pd.DataFrame, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Faults of values, units, limits and states of observations, and of doses."""
    observations = facts[(facts["kind"] == "observation") & facts["code"].isin(measures.index)]
    for code, rows in observations.groupby("code", sort=False):
        yield from _check_measure(rows, measures.loc[code])
    silent = (facts["kind"] == "observation") & (facts["value"] == "") & (facts["state"] == "")
    yield from rows_of(facts, silent, "value", "a value, or a state")
    doses, bad = parsed(facts["dose"], parse_value)
    yield from unparsed(facts, bad, "dose")
    yield from rows_of(facts, doses["low"] < 0, "dose", "a dose that is not negative")
    yield from rows_of(facts, (facts["dose"] != "") & (facts["dose_unit"] == ""), "dose_unit", "the unit of the dose")


def _check_measure(rows: pd.DataFrame, measure: pd.Series) -> Iterator[Misfit]:
    grades = measure["grades"]
    given = rows["value"] != ""
    words, _ = parsed(rows["value"], lambda text: parse_grade(text, grades))
    numbers = rows[given & words["low"].isna()]
    bounds, bad = parsed(numbers["value"], parse_value)
    more = f" or one of {', '.join(grades)}" if grades else ""
    for line, column, found, expected in unparsed(numbers, bad, "value", more):
        near = difflib.get_close_matches(found[:64].lower(), grades, n=1)
        yield line, column, found, expected, near[0] if near else ""
    yield from _check_scale(numbers, bounds, measure, more)
    factors = measure["units"]
    known = [name for name in factors if name]
    strange = ~numbers["unit"].isin([*factors, ""])
    yield from unknown_words(numbers, strange, "unit", f"one of {', '.join(known)}", known)
    yield from _check_limits(rows)
    unsaid = given & rows["state"].isin(OPEN_STATES)
    yield from rows_of(rows, unsaid, "state", "no such state beside a value")
    low = bounds["low"].reindex(rows.index).fillna(words["low"])
    high = bounds["high"].reindex(rows.index).fillna(words["high"])
    agree = "a state that agrees with the value"
    yield from rows_of(rows, given & (low > 0) & (rows["state"] == "absent"), "state", agree)
    yield from rows_of(rows, given & (high == 0) & (rows["state"] == "present"), "state", agree)


def _check_scale(numbers: pd.DataFrame, bounds: pd.DataFrame, measure: pd.Series, more: str) -> Iterator[Misfit]:
    low, high = measure["low"], measure["high"]
    whole = bool(measure["whole"])
    span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}" if math.isfinite(low) else "any"
    expected = f"a {'whole ' if whole else ''}number {span} ({measure['abbrev']}){more}"
    # An open side (`<30`) is limited by the scale, so only the printed limits are judged.
    printed = bounds[["low", "high"]].where(np.isfinite(bounds[["low", "high"]]))
    approximate = numbers["value"].str.startswith("~")
    # The interval of an approximation may reach beyond the scale; its number may not.
    outside = (printed < low).any(axis=1) | (printed > high).any(axis=1)
    middle = printed.mean(axis=1)
    outside = outside.where(~approximate, (middle < low) | (middle > high))
    # Beyond the end of the scale there is nothing: `<0` and `>51` are no values.
    outside |= (bounds["high_open"] & (bounds["high"] <= low)) | (bounds["low_open"] & (bounds["low"] >= high))
    broken = whole & ~approximate & ((printed % 1).fillna(0) != 0).any(axis=1)
    yield from rows_of(numbers, outside | broken, "value", expected)


def _check_limits(rows: pd.DataFrame) -> Iterator[Misfit]:
    if not (rows["ref_low"].any() or rows["ref_high"].any()):
        return
    limits = {}
    for column in ("ref_low", "ref_high"):
        limits[column], bad = parsed(rows[column], parse_value)
        yield from unparsed(rows, bad, column)
        exact = limits[column]["low"] == limits[column]["high"]
        inexact = ~exact & rows[column].ne("") & ~rows[column].isin(list(bad))
        yield from rows_of(rows, inexact, column, "one exact number, the laboratory's limit")
    yield from rows_of(rows, limits["ref_high"]["high"] <= 0, "ref_high", "a limit above 0")
    yield from rows_of(rows, limits["ref_low"]["low"] > limits["ref_high"]["high"], "ref_low", "a limit below ref_high")


def parsed(texts: pd.Series, parse: Callable[[str], Bounds]) -> tuple[pd.DataFrame, dict[str, str]]:
    """Bounds of each text (nan where blank or bad), and what would be right for each bad text."""
    bad: dict[str, str] = {}

    def parse_or_note(text: str) -> Bounds:
        """Bounds, or nan and a note of what would be right."""
        try:
            return parse(text)
        except ValueError as error:
            bad[text] = str(error)
            return NOTHING

    return parse_column(texts, parse_or_note), bad


def unparsed(rows: pd.DataFrame, bad: dict[str, str], column: str, more: str = "") -> Iterator[Misfit]:
    """A fault of each row whose text could not be parsed, with what would be right."""
    if not bad:
        return
    for line, column_name, found, _ in rows_of(rows, rows[column].isin(list(bad)), column, ""):
        yield line, column_name, found, bad[found] + more


# No case has a dated time zero.
NO_ZEROS = pd.DataFrame({"low": [], "high": []}, dtype=float, index=pd.Index([], dtype=str))


def check_header(names: list[str], file: str, line: int = 1) -> list[Fault]:
    """Faults of the header line: a required column that is missing, a name that is there twice.

    Examples
    --------
    >>> for fault in check_header(["case_id", "kind", "code", "code", "value", "unit", "phase"], "t.csv"):
    ...     print(fault)
    t.csv, line 1, column code: found 'code'; expected each column once
    t.csv, line 1, column source: found ''; expected a column 'source'
    """
    faults = [
        Fault(file, line, name, name, "each column once")
        for name in dict.fromkeys(names)
        if name and names.count(name) > 1
    ]
    for column in COLUMNS:
        if column.required and column.name not in names:
            near = difflib.get_close_matches(column.name, [n for n in names if n not in COLUMN_NAMES], n=1)
            faults.append(Fault(file, line, column.name, near[0] if near else "", f"a column '{column.name}'"))
    if "phase" not in names and "start" not in names:
        faults.append(Fault(file, line, "phase", "", "a column 'phase' or a column 'start'"))
    return faults


def check_facts(
    facts: pd.DataFrame,
    measures: pd.DataFrame,
    file: str,
    case_id: str | None = None,
    sources: dict[str, bool] | None = None,
    zeros: pd.DataFrame = NO_ZEROS,
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
        The id that every row must bear; without it, any id.
    sources : dict, optional
        The sources that the case declares, each with whether it is a publication.
    zeros : DataFrame
        `low` and `high` of the dated time zero of each case that has one.

    Returns
    -------
    list of Fault
        In the order of the lines; beyond `MOST_FAULTS` of them only that there are more.
    """
    checks = (
        _check_words(facts, measures, case_id),
        _check_moments(facts, zeros),
        _check_kinds(facts),
        check_values(facts, measures),
        _check_sources(facts, sources),
        _check_collisions(facts),
    )
    found = list(itertools.islice(itertools.chain(*checks), MOST_FAULTS + 1))
    faults = sorted(
        (Fault(file, *fault) for fault in found[:MOST_FAULTS]), key=lambda fault: (fault.line, fault.column)
    )
    if len(found) > MOST_FAULTS:
        faults.append(Fault(file, None, None, f"more than {MOST_FAULTS} faults", "a timeline; the first are listed"))
    return faults


def _check_words(facts: pd.DataFrame, measures: pd.DataFrame, case_id: str | None) -> Iterator[Misfit]:
    ids = facts["case_id"]
    if case_id is None:
        valid = ids.str.fullmatch(CASE_ID.pattern).astype(bool)
        yield from rows_of(facts, ~valid, "case_id", "letters, digits, '.', '_' or '-', at most 64")
    else:
        yield from rows_of(facts, ids != case_id, "case_id", f"'{case_id}', the id of this case")
    yield from unknown_words(facts, ~facts["kind"].isin(KINDS), "kind", f"one of {', '.join(KINDS)}", KINDS)
    states = facts["state"]
    expected = f"blank or one of {', '.join(STATES)}"
    yield from unknown_words(facts, ~states.isin(["", *STATES]), "state", expected, STATES)
    observed = facts["kind"] == "observation"
    known = measures.index[measures["kind"] == "observation"]
    strange = observed & ~facts["code"].isin(known)
    yield from unknown_words(facts, strange, "code", "an observation code of measures.csv", known)
    yield from rows_of(facts, ~observed & (facts["code"] == ""), "code", "the name of the treatment or event")


def _check_moments(facts: pd.DataFrame, zeros: pd.DataFrame) -> Iterator[Misfit]:
    phases = facts["phase"]
    whole = phases.str.fullmatch("[1-9][0-9]{0,5}").astype(bool)
    yield from rows_of(facts, (phases != "") & ~whole, "phase", "a whole number from 1")
    unplaced = (phases == "") & (facts["start"] == "")
    yield from rows_of(facts, unplaced, "phase", "a phase, or a start")
    starts, bad_starts = parsed(facts["start"], _parse_start)
    ends, bad_ends = parsed(facts["end"], parse_time)
    yield from unparsed(facts, bad_starts, "start")
    yield from unparsed(facts, bad_ends, "end", " or 'ongoing'")
    dates = pd.DataFrame({side: are_dates(facts[side]) for side in ("start", "end")})
    zeroless = ~facts["case_id"].isin(zeros.index)
    placeless = dates["start"] & starts["low"].notna() & zeroless
    yield from rows_of(
        facts, placeless & (phases == ""), "start", "a phase beside a date, or a date of time_zero in case.yaml"
    )
    # Dates are compared among themselves, whether or not time zero is known.
    shift = {side: facts["case_id"].map(zeros[side]).astype(float) for side in ("low", "high")}
    first = starts["low"].where(dates["start"] == dates["end"], starts["low"] - shift["high"].where(dates["start"], 0))
    last = ends["high"].where(dates["start"] == dates["end"], ends["high"] - shift["low"].where(dates["end"], 0))
    for line, found, start in facts.loc[last < first, ["line", "end", "start"]].itertuples(index=False):
        yield line, "end", found, f"a time that is not before the start, '{start}'"
    placed = pd.DataFrame(
        {
            "low": starts["low"] - shift["high"].where(dates["start"], 0),
            "high": starts["high"] - shift["low"].where(dates["start"], 0),
        }
    )
    # Where every fact has a time, the times order the facts; elsewhere a contradiction cannot be resolved.
    partly = placed["low"].isna().groupby(facts["case_id"]).transform("any")
    told = pd.to_numeric(phases.where(whole, None))
    wrong = facts[disordered(facts["case_id"], told, placed["low"], placed["high"]) & partly]
    for line, start in wrong[["line", "start"]].itertuples(index=False):
        yield line, "start", start, "a time that is not before that of an earlier phase"


def _parse_start(text: str) -> Bounds:
    bounds = parse_time(text)
    if bounds == ONGOING:
        raise ValueError("a time; 'ongoing' belongs to 'end'")
    return bounds


def _check_kinds(facts: pd.DataFrame) -> Iterator[Misfit]:
    observed = facts["kind"] == "observation"
    yield from rows_of(
        facts, ~observed & facts["value"].ne(""), "value", "a blank; a dose stands in 'dose' and 'dose_unit'"
    )
    yield from rows_of(
        facts, ~observed & facts["unit"].ne(""), "unit", "a blank; the unit of a dose stands in 'dose_unit'"
    )
    yield from rows_of(facts, ~observed & facts["state"].ne(""), "state", "a blank; a state belongs to an observation")
    treated = facts["kind"] == "treatment"
    for column in ("dose", "dose_unit", "frequency", "route"):
        yield from rows_of(facts, ~treated & facts[column].ne(""), column, "a blank; it belongs to a treatment")


def _check_sources(facts: pd.DataFrame, sources: dict[str, bool] | None) -> Iterator[Misfit]:
    yield from rows_of(facts, facts["source"] == "", "source", "where the fact stands")
    if sources is None:
        return
    strange = (facts["source"] != "") & ~facts["source"].isin(list(sources))
    yield from rows_of(facts, strange, "source", f"one of the sources of case.yaml: {', '.join(sources)}")
    published = facts["source"].isin([name for name, is_published in sources.items() if is_published])
    said = facts["state"].isin(["not_reported"])
    yield from rows_of(facts, published & ~said & (facts["quote"] == ""), "quote", "the words of the publication")


_MOMENT = ["case_id", "code", "phase", "start", "site"]


def _beside(facts: pd.DataFrame) -> pd.DataFrame:
    """Observations of one measure at one moment and site, with the first of them."""
    observed = facts[facts["kind"] == "observation"]
    said = observed["value"] + " " + observed["unit"] + " " + observed["state"]
    shown = observed.assign(site=extract_site(observed["note"]), said=said)
    alike = shown[shown.duplicated(_MOMENT, keep=False)]
    groups = alike.groupby(_MOMENT, sort=False)
    beside = alike.assign(first=groups["line"].transform("first"), as_first=groups["said"].transform("first"))
    return beside[beside["line"] != beside["first"]]


def _check_collisions(facts: pd.DataFrame) -> Iterator[Misfit]:
    beside = _beside(facts)
    for row in beside[beside["said"] != beside["as_first"]].itertuples():
        yield (
            row.line,
            "value",
            row.value or row.state,
            f"one value of {row.code} at one moment, as on line {row.first}, or on both a note that begins with "
            "'site: ...'",
        )


def repeated_facts(facts: pd.DataFrame) -> list[tuple[int, int]]:
    """Lines of observations that say again what stands on an earlier line, each with that line."""
    beside = _beside(facts)
    again = beside[beside["said"] == beside["as_first"]]
    return list(zip(again["line"], again["first"], strict=True))


def notes_of(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, file: str) -> Iterator[str]:
    """What a reader should know of checked facts, one sentence each."""
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    for name in facts.columns.difference(["line", *COLUMN_NAMES], sort=False):
        yield f"{file}: column '{name.strip()}' is not in the data dictionary and is not used"
    for code in sorted(set(facts["code"].unique()) - set(measures.index)):
        yield f"{file}: code '{code}' is not in measures.csv; it is shown under its own name"
    units = facts["code"].map(measures["units"])
    bare = facts[(facts["kind"] == "observation") & facts["value"].ne("") & facts["unit"].eq("")]
    lines = [
        str(row.line)
        for row in bare.itertuples()
        if units[row.Index] and "" not in units[row.Index] and row.value not in measures["grades"][row.code]
    ]
    yield from _on_lines(file, lines, "no unit; the value is not compared with values that have one")
    again = [str(line) for line, _ in repeated_facts(facts)]
    yield from _on_lines(file, again, "says again what an earlier line says of the same moment")
    phases = set(facts["phase"].unique()) - {""}
    for phase in sorted(phases - set(about.get("phases", phases)), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def contradiction_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """A sentence on the cases whose phases contradict their times."""
    cases = sorted(set(facts.loc[contradicted_phases(facts), "case_id"]))
    told = f"{file}: the phases contradict the times, and the times order the facts: {first_few(cases)}"
    return [told] if cases else []


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: {sentence}"
