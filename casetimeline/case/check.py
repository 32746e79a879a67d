"""Everything wrong with a timeline, said at once.

A fault names file, line and column, what is there, and what would be right. Nothing is dropped or chosen in silence.
"""

import itertools
import math
import re
from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import pandas as pd

from ..derive import disordered, groups_of, parse_grades, readings_of, site_of, within_limits
from ..faults import MOST_FAULTS, Fault, fault, first_few
from ..values import (
    NOTHING,
    ONGOING,
    Bounds,
    Distinct,
    Intervals,
    canonical,
    distinct,
    from_zero,
    is_date,
    is_normal,
    pairs,
    parse_texts,
    parse_time,
    parse_value,
    unit_factor,
)
from ..vocabulary import (
    CASE_ID_WORDS,
    CODE_WORDS,
    COLUMN_NAMES,
    KINDS,
    OPEN_STATES,
    STATES,
    is_case_id,
    is_code,
)
from .causes import MOMENT, Misfit, no_facts, without_consequences
from .names import near_names
from .site_scores import check_sites
from .typed import meanings_of, quantity_expected, same_sense, same_times, unit_expected, value_expected

_Texts = Mapping[str, Distinct]


def rows_of(facts: pd.DataFrame, mask: np.ndarray, column: str, expected: str) -> Iterator[Misfit]:
    """A fault of each row of the mask, with what its column holds."""
    if mask.any():
        for line, text in zip(facts.loc[mask, "line"], facts.loc[mask, column], strict=True):
            yield line, column, text, expected


def unknown_words(
    facts: pd.DataFrame, mask: np.ndarray, column: str, expected: str, known: Iterable[str]
) -> Iterator[Misfit]:
    """As `rows_of`, with the nearest known word."""
    known, nearest = list(known), {}
    for line, _, word, _ in rows_of(facts, mask, column, expected):
        if word not in nearest:
            nearest[word] = fault(word, expected, at=column, known=known).nearest
        yield line, column, word, expected, nearest[word]


def rows_by_measure(
    facts: pd.DataFrame, mask: np.ndarray, column: str, measures: pd.DataFrame
) -> Iterator[tuple[int, str, pd.Series]]:
    """The line, the text and the measure of each row of the mask."""
    if mask.any():
        rows = facts.loc[mask, ["line", column, "code"]]
        asked = {code: measures.loc[code] for code in rows["code"].unique()}
        for line, text, code in rows.itertuples(index=False):
            yield line, text, asked[code]


def check_values(facts: pd.DataFrame, texts: _Texts, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Faults of values, units, limits and states of observations, and of doses."""
    value, observed = texts["value"], texts["kind"].among(["observation"])
    state = texts["state"].replaced(lambda text: canonical("state", text))
    judged = observed & texts["code"].among(measures.index)
    given = value.each(bool, bool)
    grades = parse_grades(texts["code"].where(judged), value, measures["grades"].to_dict())
    numeric = judged & given & np.isnan(grades.low)
    measured = pairs(texts["code"], value.where(numeric))
    numbers, bad = parsed(measured, readings_of(measures))
    yield from _check_numbers(facts, measured.among(bad), bad, measures)
    numbers, normal = _normal(facts, texts, value.where(numeric), numbers)
    yield from normal
    yield from _check_quantities(facts, judged & state.among(["present", "absent"]), measures)
    yield from _check_scale(facts, texts, numeric, numbers, measures)
    yield from _check_units(facts, texts, numeric, measures)
    yield from _check_limits(facts, texts, judged)
    unsaid = judged & given & state.among(OPEN_STATES)
    yield from rows_of(facts, unsaid, "state", "no such state beside a value")
    low, high = np.where(numeric, numbers.low, grades.low), np.where(numeric, numbers.high, grades.high)
    contrary = (state.among(["absent"]) & (low > 0)) | (state.among(["present"]) & (high == 0))
    yield from rows_of(facts, judged & given & contrary, "state", "a state that agrees with the value")
    silent = observed & ~given & ~state.each(bool, bool)
    yield from rows_of(facts, silent, "value", "a value, or a state")
    doses, bad_doses = parsed(texts["dose"], parse_value)
    yield from unparsed(facts, texts, bad_doses, "dose")
    # An open side (`<10`) is limited by 0.
    negative = (np.isfinite(doses.low) & (doses.low < 0)) | (doses.high <= 0) & doses.high_open
    yield from rows_of(facts, negative, "dose", "a dose that is not negative")
    without_unit = texts["dose"].each(bool, bool) & ~texts["dose_unit"].each(bool, bool)
    yield from rows_of(facts, without_unit, "dose_unit", "the unit of the dose")


def _or_grades(measure: pd.Series) -> str:
    return f" or one of {', '.join(measure['grades'])}" if measure["grades"] else ""


def _check_numbers(facts: pd.DataFrame, mask: np.ndarray, bad: dict, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Values that are neither a number nor a grade."""
    for line, text, measure in rows_by_measure(facts, mask, "value", measures):
        expected = value_expected(text, measure) or bad[measure.name, text] + _or_grades(measure)
        near = fault(text, expected, at="value", known=measure["grades"]).nearest
        yield line, "value", text, expected, near if same_sense(text, near) else ""


def _normal(
    facts: pd.DataFrame, texts: _Texts, value: Distinct, numbers: Intervals
) -> tuple[Intervals, Iterator[Misfit]]:
    """The numbers with the laboratory's limits where the value says `normal`; and the faults of rows without limits."""
    limits = {name: parsed(texts[name], parse_value)[0] for name in ("ref_low", "ref_high")}
    limited = within_limits(numbers, value, limits)
    unlimited = value.each(is_normal, bool) & np.isnan(limited.low)
    expected = "a number; or beside 'normal' the limits of the laboratory, in ref_low, ref_high or both"
    return limited, rows_of(facts, unlimited, "value", expected)


def _check_quantities(facts: pd.DataFrame, mask: np.ndarray, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Measures that are a number alone, said to be present or absent."""
    for line, text, measure in rows_by_measure(facts, mask, "state", measures):
        if any(measure["units"]) and not measure["grades"]:
            yield line, "state", text, quantity_expected(measure)


def _check_scale(
    facts: pd.DataFrame, texts: _Texts, numeric: np.ndarray, numbers: Intervals, measures: pd.DataFrame
) -> Iterator[Misfit]:
    """Numbers beyond the scale of their measure, or not whole where its numbers are."""
    code = texts["code"].where(numeric)
    low, high = (code.each(measures[name].to_dict().get, float) for name in ("low", "high"))
    whole = code.each(lambda name: measures["whole"].get(name, False), bool)
    # An open side (`<30`) is limited by the scale, so only the printed limits are judged.
    ends = [np.where(np.isfinite(end), end, np.nan) for end in (numbers.low, numbers.high)]
    approximate = texts["value"].each(lambda text: canonical("value", text).startswith("~"), bool)
    # The interval of an approximation may reach beyond the scale; its number may not.
    middle = (ends[0] + ends[1]) / 2
    printed = [np.where(approximate, middle, end) for end in ends]
    outside = np.logical_or.reduce([(end < low) | (end > high) for end in printed])
    # Beyond the end of the scale there is nothing: `<0` and `>51` are no values.
    outside |= (numbers.high_open & (numbers.high <= low)) | (numbers.low_open & (numbers.low >= high))
    broken = whole & ~approximate & np.logical_or.reduce([np.nan_to_num(end % 1) != 0 for end in ends])
    for line, text, measure in rows_by_measure(facts, outside | broken, "value", measures):
        yield line, "value", text, _number_of(measure) + _or_grades(measure)


def _number_of(measure: pd.Series) -> str:
    """A number of the scale of a measure, in words."""
    low, high = measure["low"], measure["high"]
    span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}" if math.isfinite(low) else "any"
    return f"a {'whole ' if measure['whole'] else ''}number {span} ({measure['abbrev']})"


def _check_units(facts: pd.DataFrame, texts: _Texts, numeric: np.ndarray, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Units that are not converted to that of their measure."""
    units = measures["units"].to_dict()
    bare = {code for code, texts in measures.get("units_refused", pd.Series()).items() if "(blank)" in texts}
    known = pairs(texts["code"], texts["unit"]).each(
        lambda pair: unit_factor(pair[1], units.get(pair[0], {})) is not None if pair[1] else pair[0] not in bare, bool
    )
    # Nothing is nothing in every unit.
    known |= texts["value"].among(["0"]) & texts["unit"].among([""])
    # The nearest spelling is not suggested: `mg/mL` and `pg/mL` differ by a letter.
    for line, unit, measure in rows_by_measure(facts, numeric & ~known, "unit", measures):
        yield line, "unit", unit, unit_expected(unit, measure, measures)


def _check_limits(facts: pd.DataFrame, texts: _Texts, judged: np.ndarray) -> Iterator[Misfit]:
    """Limits of a laboratory that are no exact numbers, or in the wrong order."""
    limits = {}
    for column in ("ref_low", "ref_high"):
        text = texts[column].where(judged)
        limits[column], bad = parsed(text, parse_value)
        yield from unparsed(facts, {column: text}, bad, column)
        exact = limits[column].low == limits[column].high
        inexact = text.each(lambda word, bad=bad: bool(word) and word not in bad, bool) & ~exact
        yield from rows_of(facts, inexact, column, "one exact number, the laboratory's limit")
    low, high = limits["ref_low"].low, limits["ref_high"].high
    yield from rows_of(facts, high <= 0, "ref_high", "a limit above 0")
    yield from rows_of(facts, low > high, "ref_low", "a limit below ref_high")


def parsed(texts: Distinct, parse: Callable[[str], Bounds]) -> tuple[Intervals, dict[str, str]]:
    """Bounds of each text (nan where blank or bad), and what would be right for each bad text."""
    bad: dict[str, str] = {}

    def parse_or_note(text: str) -> Bounds:
        """Bounds, or nan and a note of what would be right."""
        try:
            return parse(text)
        except ValueError as error:
            bad[text] = str(error)
            return NOTHING

    return parse_texts(texts, parse_or_note), bad


def unparsed(facts: pd.DataFrame, texts: _Texts, bad: dict[str, str], column: str, more: str = "") -> Iterator[Misfit]:
    """A fault of each row whose text could not be parsed, with what would be right."""
    if bad:
        for line, _, text, _ in rows_of(facts, texts[column].among(bad), column, ""):
            yield line, column, text, bad[text] + more


# No case has a dated time zero.
NO_ZEROS = pd.DataFrame({"low": [], "high": []}, dtype=float, index=pd.Index([], dtype=str))


def check_facts(
    facts: pd.DataFrame,
    measures: pd.DataFrame,
    file: str,
    case_id: str | None = None,
    sources: dict[str, bool] | None = None,
    zeros: pd.DataFrame | None = NO_ZEROS,
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
    zeros : DataFrame, optional
        `low` and `high` of the dated time zero of each case that has one; nothing where that could not be read, and
        then no date is asked for its place.

    Returns
    -------
    list of Fault
        In the order of the lines; beyond `MOST_FAULTS` of them only that there are more.
    """
    strange, wrong_rows = no_facts(facts)
    facts = facts[~strange] if wrong_rows else facts
    texts = {name: distinct(facts[name]) for name in COLUMN_NAMES}
    checks = (
        wrong_rows,
        _check_words(facts, texts, measures, case_id),
        _check_moments(facts, texts, zeros),
        check_values(facts, texts, measures),
        _check_sources(facts, texts, sources),
        check_sites(facts, measures),
    )
    first = list(itertools.islice(itertools.chain(*checks), MOST_FAULTS + 1))
    judged = without_consequences(first)
    placeless = [line for line, column, *_ in judged if column in MOMENT]
    collisions = _check_collisions(facts[~facts["line"].isin(placeless)] if placeless else facts)
    misfits = list(itertools.islice(itertools.chain(judged, _check_kinds(facts, texts), collisions), MOST_FAULTS + 1))
    faults = sorted((Fault(file, *misfit) for misfit in misfits[:MOST_FAULTS]), key=lambda one: (one.line, one.column))
    if max(len(first), len(misfits)) > MOST_FAULTS:
        faults.append(fault(f"more than {MOST_FAULTS} faults", "a timeline; the first are listed", at=file))
    return faults


def _check_words(facts: pd.DataFrame, texts: _Texts, measures: pd.DataFrame, case_id: str | None) -> Iterator[Misfit]:
    ids, code, observed = texts["case_id"], texts["code"], texts["kind"].among(["observation"])
    if case_id is None:
        yield from rows_of(facts, ~ids.each(is_case_id, bool), "case_id", CASE_ID_WORDS)
    else:
        yield from rows_of(facts, ~ids.among([case_id]), "case_id", f"'{case_id}', the id of this case")
    yield from unknown_words(facts, ~texts["kind"].among(KINDS), "kind", f"one of {', '.join(KINDS)}", KINDS)
    for column in ("state", "frequency", "route"):
        bad = {text: meant for text in texts[column].texts if (meant := meanings_of(column, text))}
        yield from unparsed(facts, texts, bad, column)
    unknown = texts["state"].each(lambda text: canonical("state", text) not in ("", *STATES), bool)
    unknown &= ~texts["state"].each(lambda text: bool(meanings_of("state", text)), bool)
    expected = f"blank or one of {', '.join(STATES)}"
    for line, column, text, _, near in unknown_words(facts, unknown, "state", expected, STATES):
        yield line, column, text, expected, near if same_sense(text, near) else ""
    known = set(measures.index[measures["kind"] == "observation"])
    strange = observed & ~code.among(known)
    near = {text: [*near_names(text, measures, observed=True), ""][0] for text in code.where(strange).texts}
    for line, column, text, expected in rows_of(facts, strange, "code", "an observation code of measures.csv"):
        yield line, column, text, expected, near[text]
    nameless = ~observed & ~code.each(bool, bool)
    yield from rows_of(facts, nameless, "code", "the name of the treatment or event")
    yield from rows_of(facts, ~observed & ~nameless & ~code.each(is_code, bool), "code", CODE_WORDS)


def _check_moments(facts: pd.DataFrame, texts: _Texts, known_zeros: pd.DataFrame | None) -> Iterator[Misfit]:
    zeros = NO_ZEROS if known_zeros is None else known_zeros
    phase, start, end = texts["phase"], texts["start"], texts["end"]
    unphased = ~phase.each(bool, bool)
    phases = phase.each(lambda text: text if _PHASE.fullmatch(text) else "nan", float)
    yield from rows_of(facts, np.isnan(phases) & ~unphased, "phase", "a whole number from 1")
    yield from rows_of(facts, unphased & ~start.each(bool, bool), "phase", "a phase, or a start")
    starts, bad_starts = parsed(start, _parse_start)
    ends, bad_ends = parsed(end, parse_time)
    yield from unparsed(facts, texts, bad_starts, "start")
    yield from unparsed(facts, texts, bad_ends, "end", " or 'ongoing'")
    dated, end_dated = start.each(is_date, bool), end.each(is_date, bool)
    placed, placed_end = (
        from_zero(times, dates, texts["case_id"], zeros) for times, dates in ((starts, dated), (ends, end_dated))
    )
    placeless = dated & ~np.isnan(starts.low) & ~texts["case_id"].among(zeros.index) & unphased
    placeless &= known_zeros is not None
    yield from rows_of(facts, placeless, "start", "a phase beside a date, or a date of time_zero in case.yaml")
    # Dates are compared among themselves, whether or not time zero is known.
    alike = dated == end_dated
    backward = np.where(alike, ends.high < starts.low, placed_end.high < placed.low)
    if backward.any():
        for line, text, begin in facts.loc[backward, ["line", "end", "start"]].itertuples(index=False):
            yield line, "end", text, f"a time that is not before the start, '{begin}'"
    # Where every fact has a time, the times order the facts; elsewhere a contradiction cannot be resolved.
    case, phases = (
        groups_of(facts["case_id"]),
        phase.each(lambda text: text if _PHASE.fullmatch(text) else "nan", float),
    )
    partly = case.any(np.isnan(placed.low))[case.codes]
    wrong = disordered(facts["case_id"], phases, placed.low, placed.high) & partly
    yield from rows_of(facts, wrong, "start", "a time that is not before that of an earlier phase")


_PHASE = re.compile("[1-9][0-9]{0,5}")


def _parse_start(text: str) -> Bounds:
    bounds = parse_time(text)
    if bounds == ONGOING:
        raise ValueError("a time; 'ongoing' belongs to 'end'")
    return bounds


def _check_kinds(facts: pd.DataFrame, texts: _Texts) -> Iterator[Misfit]:
    of_treatments = "a blank; it belongs to a treatment"
    belongs = {
        "value": ("observation", "a blank; a dose stands in 'dose' and 'dose_unit'"),
        "unit": ("observation", "a blank; the unit of a dose stands in 'dose_unit'"),
        "state": ("observation", "a blank; a state belongs to an observation"),
        "dose": ("treatment", of_treatments),
        "dose_unit": ("treatment", of_treatments),
        "frequency": ("treatment", of_treatments),
        "route": ("treatment", of_treatments),
    }
    for column, (kind, expected) in belongs.items():
        misplaced = texts[column].each(bool, bool) & texts["kind"].among([word for word in KINDS if word != kind])
        yield from rows_of(facts, misplaced, column, expected)


def _check_sources(facts: pd.DataFrame, texts: _Texts, sources: dict[str, bool] | None) -> Iterator[Misfit]:
    source = texts["source"]
    yield from rows_of(facts, source.among([""]), "source", "where the fact stands")
    if sources is None:
        return
    strange = ~source.among(["", *sources])
    yield from rows_of(facts, strange, "source", f"one of the sources of case.yaml: {first_few(sources)}")
    published = source.among([name for name, is_published in sources.items() if is_published])
    unquoted = published & texts["quote"].among([""]) & ~texts["state"].among(["not_reported"])
    yield from rows_of(facts, unquoted, "quote", "the words of the publication")


def beside(facts: pd.DataFrame) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observations of the measure, moment and site of an earlier row: their places, its place, whether both agree."""
    observed = np.flatnonzero(distinct(facts["kind"]).among(["observation"]))
    site = distinct(facts["note"]).each(site_of)
    start = same_times(distinct(facts["start"])).as_text(str)
    moments = groups_of(*(facts[name] for name in ("case_id", "code", "phase")), start, site)
    moment = groups_of(moments.codes[observed])
    first = observed[moment.first()][moment.codes]
    later = observed != first
    finding = groups_of(*(facts[name] for name in ("value", "unit", "state"))).codes
    return observed[later], first[later], finding[observed[later]] == finding[first[later]]


def _check_collisions(facts: pd.DataFrame) -> Iterator[Misfit]:
    places, firsts, same = beside(facts)
    lines = facts["line"].to_numpy()
    for row, first in zip(facts.iloc[places[~same]].itertuples(), lines[firsts[~same]], strict=True):
        expected = f"one value of {row.code} at one moment, as on line {first}"
        expected += ", or on both a note that begins with 'site: ...'"
        yield row.line, "value", row.value or row.state, expected
