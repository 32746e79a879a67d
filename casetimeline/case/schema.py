"""Everything wrong with a timeline, said at once: which file, line and column, what is there, what would be right."""

import difflib
import itertools
from collections.abc import Iterator

import pandas as pd

from ..derive import disordered, extract_site
from ..faults import MOST_FAULTS, Fault
from ..values import ONGOING, Bounds, are_dates, parse_time
from ..vocabulary import CASE_ID, COLUMN_NAMES, COLUMNS, KINDS, STATES
from .ranges import Found, check_values, parsed, rows_of, unknown_words, unparsed

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


def _check_words(facts: pd.DataFrame, measures: pd.DataFrame, case_id: str | None) -> Iterator[Found]:
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


def _check_moments(facts: pd.DataFrame, zeros: pd.DataFrame) -> Iterator[Found]:
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


def _check_kinds(facts: pd.DataFrame) -> Iterator[Found]:
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


def _check_sources(facts: pd.DataFrame, sources: dict[str, bool] | None) -> Iterator[Found]:
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


def _check_collisions(facts: pd.DataFrame) -> Iterator[Found]:
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
