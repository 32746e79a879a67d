"""Everything wrong with a timeline, said at once.

A fault names file, line and column, what is there, and what would be right. Nothing is dropped or chosen in silence.
"""

import itertools
import math
import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...derive import parse_grades, readings_of, with_scales, within_limits
from ...faults import MOST_FAULTS, Fault, fault, first_few
from ...values import (
    Distinct,
    Intervals,
    bounded_grade,
    canonical,
    distinct,
    is_denied_grade,
    is_normal,
    list_grades,
    pairs,
    parse_value,
)
from ...vocabulary import (
    CASE_ID_WORDS,
    COLUMN_NAMES,
    DIRECTIONS,
    KINDS,
    LIMIT_STATES,
    OPEN_STATES,
    PRESENT_STATES,
    STATES,
    is_case_id,
    is_code,
)
from ..cells.causes import MOMENT, OF_VALUE, Misfit, no_facts, without_consequences
from ..cells.dosed import dose_expected, joins_doses
from ..cells.expected import (
    WITHOUT_NUMBER,
    finding_expected,
    for_number,
    has_limits,
    is_said_of_limits,
    may_be_absent,
    quantity_expected,
    state_expected,
)
from ..cells.misfits import Texts, faults_where, parsed, rows_by_measure, unknown_words, unparsed
from ..cells.moments import NO_ZEROS, check_moments
from ..cells.typed import grades_meant, meanings_of, of_value, range_meant, value_expected
from ..simulated import PREFIX, SOURCE, mislabelled
from ..tables.additions import FURTHER_MEASURES
from ..tables.likely import code_expected, near_names
from ..tables.names import names_of
from ..tables.refused_units import is_read, number_alone, unit_expected
from ..tables.site_scores import check_sites
from .gaps import check_gaps
from .kinds import check_kinds
from .repeats import check_collisions


def check_values(facts: pd.DataFrame, texts: Texts, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Faults of values, units, limits and states of observations, and of doses."""
    value, observed = texts["value"], texts["kind"].among(["observation"])
    state = texts["state"].replaced(lambda text: canonical("state", text))
    judged = observed & texts["code"].among(measures.index)
    given = value.each(bool, bool)
    grades = parse_grades(texts["code"].where(judged), value, measures["grades"].to_dict())
    numeric = judged & given & np.isnan(grades.low)
    # A finding without a unit has its grades alone.
    graded = measures.index[(measures["grades"].map(len) > 0) & (measures["units"].map(len) == 0)]
    wordless = numeric & texts["code"].among(graded) & ~value.each(is_normal, bool)
    numeric &= ~wordless
    measured = pairs(texts["code"], value.where(numeric))
    numbers, bad = parsed(measured, readings_of(measures))
    unread = measured.among(bad) | wordless
    yield from _check_numbers(facts, unread, bad, measures)
    numbers, normal = _normal(facts, texts, value.where(numeric), numbers, measures)
    yield from normal
    yield from _check_quantities(facts, judged & state.among([*PRESENT_STATES, "absent"]), measures)
    yield from _check_findings(facts, judged & texts["state"].each(is_said_of_limits, bool), measures)
    yield from _check_scale(facts, texts, numeric, numbers, measures)
    # Of a value that is not read the unit may stand behind it, and is not asked for as well.
    yield from _check_units(facts, texts, numeric & ~(unread & texts["unit"].among([""])), measures)
    yield from _check_limits(facts, texts, judged)
    unsaid = judged & given & state.among([*OPEN_STATES, *LIMIT_STATES, *DIRECTIONS])
    yield from faults_where(facts, unsaid, "state", "no such state beside a value")
    low, high = np.where(numeric, numbers.low, grades.low), np.where(numeric, numbers.high, grades.high)
    contrary = (state.among(["absent"]) & (low > 0)) | (state.among(PRESENT_STATES) & (high == 0))
    yield from faults_where(facts, judged & given & contrary, "state", "a state that agrees with the value")
    silent = observed & ~given & ~state.each(bool, bool)
    yield from faults_where(facts, silent, "value", "a value, or a state")
    yield from _check_doses(facts, texts)


def _check_doses(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """Doses that are no number, negative, or without a unit."""
    doses, bad_doses = parsed(texts["dose"], parse_value)
    yield from unparsed(
        facts, texts, {text: dose_expected(text) or expected for text, expected in bad_doses.items()}, "dose"
    )
    # An open side (`<10`) is limited by 0.
    negative = (np.isfinite(doses.low) & (doses.low < 0)) | (doses.high <= 0) & doses.high_open
    yield from faults_where(facts, negative, "dose", "a dose that is not negative")
    without_unit = texts["dose"].each(bool, bool) & ~texts["dose_unit"].each(bool, bool)
    yield from faults_where(facts, without_unit, "dose_unit", "the unit of the dose")
    joining = texts["dose_unit"].each(joins_doses, bool)
    yield from faults_where(
        facts, joining, "dose_unit", "a unit, such as mg; of two doses each has a row, and how many stands in 'count'"
    )


# Words, and no number that is too large or none, such as `inf`.
_WORDS = re.compile(r"(?=.{4,})\D+")


def _or_grade(number: str, measure: pd.Series) -> str:
    """The number that is expected, or one of the grades; of a number that was read for what it is, that alone."""
    has_grades = measure["grades"] and ": " not in number
    return f"{number} or one of {list_grades(measure['grades'])}" if has_grades else number


def _check_numbers(facts: pd.DataFrame, mask: np.ndarray, bad: dict, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Values that are neither a number nor a grade, and numbers of what has grades alone."""
    findings = _findings(measures)
    for line, text, measure in rows_by_measure(facts, mask, "value", measures):
        expected = value_expected(text, measure, findings)
        if not expected and (measure.name, text) in bad:
            expected = number_alone(text, measure) or _or_grade(bad[measure.name, text], measure)
            if _WORDS.fullmatch(text) and measure["grades"]:
                expected = finding_expected(measure, ())
            elif _WORDS.fullmatch(text):
                expected += f"; {WITHOUT_NUMBER}; other words in the note"
        expected = expected or finding_expected(measure, measures.index)
        near = fault(text, expected, at="value", known=measure["grades"]).nearest
        denied = is_denied_grade(text, measure["grades"])
        # A titre with a hyphen is no range from 1.
        ranged = measure["units"] and measure["unit"] != "titre"
        near = near if near and not denied else range_meant(text, measure) if ranged else ""
        meant = bounded_grade(text, measure["grades"]) or grades_meant(text, measure["grades"])
        yield line, "value", text, expected, meant or near


def _normal(
    facts: pd.DataFrame, texts: Texts, value: Distinct, numbers: Intervals, measures: pd.DataFrame
) -> tuple[Intervals, Iterator[Misfit]]:
    """The numbers with the laboratory's limits where the value says `normal`; and the faults of rows without limits."""
    limits = {name: parsed(texts[name], parse_value)[0] for name in ("ref_low", "ref_high")}
    limited = within_limits(numbers, value, limits)
    unlimited = value.each(is_normal, bool) & np.isnan(limited.low)
    rows = rows_by_measure(facts, unlimited, "value", measures)
    return limited, ((line, "value", text, _normal_expected(measure)) for line, text, measure in rows)


def _normal_expected(measure: pd.Series) -> str:
    """What to write for a value `normal` without limits."""
    if measure["grades"]:
        return f"one of {list_grades(measure['grades'])}; or the state absent where it was looked for and not found"
    if not has_limits(measure):
        return f"{_number_of(measure)}; or the state normal where no number is told"
    return "a number; beside 'normal' the limits of the laboratory, in ref_low, ref_high or both; or the state normal"


def _check_quantities(facts: pd.DataFrame, mask: np.ndarray, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Measures that are a number alone, or classes, said to be present or absent."""
    findings = _findings(measures)
    for line, text, measure in rows_by_measure(facts, mask, "state", measures):
        if not may_be_absent(measure):
            yield line, "state", text, quantity_expected(measure, findings)


def _check_findings(facts: pd.DataFrame, mask: np.ndarray, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Findings of which a state is told that belongs to a number and its limits."""
    for line, text, measure in rows_by_measure(facts, mask, "state", measures):
        if measure["grades"]:
            yield line, "state", text, state_expected(text, measure)


def _findings(measures: pd.DataFrame) -> pd.Index:
    """The codes of the measures that have grades."""
    return measures.index[measures["grades"].map(len) > 0]


def _check_scale(
    facts: pd.DataFrame, texts: Texts, numeric: np.ndarray, numbers: Intervals, measures: pd.DataFrame
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
        yield line, "value", text, _or_grade(_number_of(measure), measure)


def _number_of(measure: pd.Series) -> str:
    """A number of the scale of a measure, in words."""
    low, high = measure["low"], measure["high"]
    span = f"from {low:g} to {high:g}" if math.isfinite(high) else f"not below {low:g}" if math.isfinite(low) else "any"
    return f"a {'whole ' if measure['whole'] else ''}number {span} ({measure['abbrev']})"


def _check_units(facts: pd.DataFrame, texts: Texts, numeric: np.ndarray, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Units that are not converted to that of their measure."""
    units = measures["units"].to_dict()
    printed_unit = with_scales(texts["code"], texts["value"], texts["unit"], units)
    known = pairs(texts["code"], printed_unit).each(
        lambda pair: is_read(pair[1], measures.loc[pair[0]]) if pair[0] in units else not pair[1], bool
    )
    # Nothing is nothing in every unit.
    known |= texts["value"].among(["0"]) & texts["unit"].among([""])
    # The nearest spelling is not suggested: `mg/mL` and `pg/mL` differ by a letter.
    for line, unit, measure in rows_by_measure(facts, numeric & ~known, "unit", measures):
        yield line, "unit", unit, unit_expected(unit, measure, measures)


def _check_limits(facts: pd.DataFrame, texts: Texts, judged: np.ndarray) -> Iterator[Misfit]:
    """Limits of a laboratory that are no exact numbers, or in the wrong order."""
    limits = {}
    for column in ("ref_low", "ref_high"):
        text = texts[column].where(judged)
        limits[column], bad = parsed(text, parse_value)
        yield from unparsed(facts, {column: text}, bad, column)
        exact = limits[column].low == limits[column].high
        inexact = text.each(lambda word, bad=bad: bool(word) and word not in bad, bool) & ~exact
        yield from faults_where(facts, inexact, column, "one exact number, the laboratory's limit")
    low, high = limits["ref_low"].low, limits["ref_high"].high
    yield from faults_where(facts, high <= 0, "ref_high", "a limit above 0")
    yield from faults_where(facts, low > high, "ref_low", "a limit below ref_high")


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
        check_gaps(facts, texts),
        _check_words(facts, texts, measures, case_id),
        check_moments(facts, texts, zeros),
        check_values(facts, texts, measures),
        _check_sources(facts, texts, sources),
        check_sites(facts, measures),
    )
    first = list(itertools.islice(itertools.chain(*checks), MOST_FAULTS + 1))
    judged = without_consequences(first)
    placeless = [line for line, column, *_ in judged if column in (*MOMENT, *OF_VALUE)]
    placed = facts[~facts["line"].isin(placeless)] if placeless else facts
    collisions = check_collisions(placed, NO_ZEROS if zeros is None else zeros, measures)
    cells = {misfit[:2] for misfit in judged}
    misplaced = (misfit for misfit in check_kinds(facts, texts) if misfit[:2] not in cells)
    misfits = list(itertools.islice(itertools.chain(judged, misplaced, collisions), MOST_FAULTS + 1))
    faults = sorted((Fault(file, *misfit) for misfit in misfits[:MOST_FAULTS]), key=lambda one: (one.line, one.column))
    if max(len(first), len(misfits)) > MOST_FAULTS:
        faults.append(fault(f"more than {MOST_FAULTS} faults", "a timeline; the first are listed", at=file))
    return faults


def _check_words(facts: pd.DataFrame, texts: Texts, measures: pd.DataFrame, case_id: str | None) -> Iterator[Misfit]:
    ids, code, observed = texts["case_id"], texts["code"], texts["kind"].among(["observation"])
    if case_id is None:
        yield from faults_where(facts, ~ids.each(is_case_id, bool), "case_id", CASE_ID_WORDS)
    else:
        yield from faults_where(facts, ~ids.among([case_id]), "case_id", f"'{case_id}', the id of this case")
    kinds = [*_strange_kinds(facts, texts)]
    yield from kinds
    yield from _check_meanings(facts, texts, measures)
    unknown = texts["state"].each(lambda text: canonical("state", text) not in ("", *STATES), bool)
    unknown &= ~texts["state"].each(lambda text: bool(meanings_of("state", text)), bool)
    rows = rows_by_measure(facts, unknown & texts["code"].among(measures.index), "state", measures)
    values = {line: words for line, text, measure in rows if (words := of_value(text, measure["grades"]))}
    expected = f"blank or one of {', '.join(STATES)}"
    for line, column, text, _, near in unknown_words(facts, unknown, "state", expected, STATES):
        yield line, column, text, values.get(line, expected), "" if line in values else near
    known = set(measures.index[measures["kind"] == "observation"])
    names = names_of(measures, observed=True)
    meant = distinct(facts["line"]).among([line for line, *_, near in kinds if near == "observation"])
    strange = (observed & ~code.among(known)) | (
        meant & ~code.each(lambda text: text in known or names.meant(text), bool)
    )
    near = {text: near_names(text, names) for text in code.where(strange).texts}
    expected = "an observation code of measures.csv"
    for line, column, text, _ in faults_where(facts, strange, "code", expected):
        # Of a case alone there may be other measures; what is like a known one is a slip.
        further = "" if near[text] or case_id is None else f"; {FURTHER_MEASURES}"
        # Between two that are equally near no choice is made.
        either = f"; did you mean {' or '.join(f'{code!r}' for code in near[text])}?" if len(near[text]) > 1 else ""
        yield line, column, text, expected + further + either, "" if either else "".join(near[text])
    nameless = ~observed & ~code.each(bool, bool)
    yield from faults_where(facts, nameless, "code", "the name of what happened, was given or is stated")
    signed = ~observed & ~nameless & ~code.each(is_code, bool)
    for line, column, text, _ in faults_where(facts, signed, "code", ""):
        yield line, column, text, *code_expected(text, names_of(measures, observed=False))


def _strange_kinds(facts: pd.DataFrame, texts: Texts) -> Iterator[Misfit]:
    """Kinds that are none, with the nearest; a row with a value or a state can only be an observation."""
    expected, strange = f"one of {', '.join(KINDS)}", ~texts["kind"].among(KINDS)
    valued = texts["value"].each(bool, bool) | texts["state"].each(bool, bool)
    valued &= strange & texts["code"].each(bool, bool)
    lines = {*facts["line"].to_numpy()[valued].tolist()}
    for line, column, text, _, near in unknown_words(facts, strange, "kind", expected, KINDS):
        yield line, column, text, expected, near or ("observation" if text and line in lines else "")


def _check_meanings(facts: pd.DataFrame, texts: Texts, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Words with more than one meaning; a measure that is a number alone is not told to be present or absent."""
    observed = texts["kind"].among(["observation"]) & texts["code"].among(measures.index)
    for column in ("state", "frequency", "route"):
        bad = {text: meant for text in texts[column].texts if (meant := meanings_of(column, text))}
        mask = texts[column].among(bad)
        alone = mask & observed & (column == "state")
        for line, text, measure in rows_by_measure(facts, alone, column, measures):
            graded = state_expected(text, measure) if is_said_of_limits(text) else bad[text]
            yield line, column, text, graded if measure["grades"] else for_number(bad[text], measure)
        for line, _, text, _ in faults_where(facts, mask & ~alone, column, ""):
            yield line, column, text, bad[text]


def _check_sources(facts: pd.DataFrame, texts: Texts, sources: dict[str, bool] | None) -> Iterator[Misfit]:
    source = texts["source"]
    yield from faults_where(facts, source.among([""]), "source", "where the fact stands")
    strange = mislabelled(texts["case_id"], source) & ~source.among([""])
    expected = f"a source that begins with '{SOURCE}' beside an id that begins with '{PREFIX}', and beside no other"
    yield from faults_where(facts, strange, "source", expected)
    if sources is None:
        return
    strange = ~source.among(["", *sources])
    yield from faults_where(facts, strange, "source", f"one of the sources of case.yaml: {first_few(sources)}")
    published = source.among([name for name, is_published in sources.items() if is_published])
    unquoted = published & texts["quote"].among([""]) & ~texts["state"].among(["not_reported"])
    yield from faults_where(facts, unquoted, "quote", "the words of the publication")
