"""What a reader should know of checked facts: what is not used, not compared, told twice, or has no certain order."""

import math
import re
from collections.abc import Iterable, Iterator

import numpy as np
import pandas as pd

from ...derive import (
    DERIVED_NAMES,
    RELATIVE,
    contradicted_phases,
    derive_exposure,
    doubtful_baselines,
    groups_of,
    last_candidates,
    may_be_baseline,
    reference_courses,
    sites,
    tells_death,
    with_scales,
)
from ...faults import counted, first_few, nearest_word
from ...values import canonical, distinct, is_date, number, pairs
from ...vocabulary import BY_REFERENCE, COLUMN_NAMES, DAYS_PER, DIRECTIONS, ENDED, LIMIT_STATES, SERIES
from ..cells.dosed import unit_notes
from ..cells.typed import is_grade, reading_notes, uncounted_notes
from ..form.patient import onset_notes
from ..tables.header import columns_meant
from ..tables.likely import EACH_A_ROW, form_of, joins_names, near_names
from ..tables.names import listed_events, names_of
from ..tables.site_scores import site_notes
from .adverse import adverse_notes
from .repeats import beside, stated_again

# The end of the code of an event by which a treatment ended.
_STOP = re.compile(rf"_(?:{'|'.join(ENDED)})$")


def repeated_facts(facts: pd.DataFrame, zeros: pd.DataFrame, measures: pd.DataFrame) -> list[tuple[int, int]]:
    """Lines that say again what stands on another line, each with that line."""
    places, firsts, same = beside(facts, zeros, measures)
    again, earlier = stated_again(facts, zeros)
    lines = facts["line"].to_numpy()
    both = np.concatenate([places[same], again]), np.concatenate([firsts[same], earlier])
    return sorted(zip(*(lines[each].tolist() for each in both), strict=True))


def notes_of(facts: pd.DataFrame, measures: pd.DataFrame, about: dict, zeros: pd.DataFrame, file: str) -> Iterator[str]:
    """What a reader should know of checked facts, one sentence each."""
    if about.get("time_zero", {}).get("chosen"):
        yield f"{file}: time_zero has no date; days count from {about['time_zero']['chosen']}, the earliest date"
    yield from unused_columns(facts, file)
    yield from code_notes(facts, measures, file)
    yield from _unknown_in_claims(facts, measures, about)
    yield from reading_notes(facts, measures, file)
    yield from site_notes(facts, measures, file)
    yield from uncounted_notes(facts, file)
    yield from unit_notes(facts, file)
    lines = [str(line) for line in facts.loc[_bare(facts, measures), "line"].tolist()]
    yield from _on_lines(file, lines, "no unit; the value is not compared with others, and no change is computed")
    again = repeated_facts(facts, zeros, measures)
    for when, after in (("an earlier", True), ("a later", False)):
        lines = [str(line) for line, other in again if (line > other) is after]
        yield from _on_lines(file, lines, f"says again what {when} line says of the same moment")
    yield from _differing(facts, file, in_many=not about)
    yield from adverse_notes(facts, zeros, file)
    phases = set(distinct(facts["phase"]).texts) - {""}
    yield from _antibodies_twice(measures, about)
    yield from onset_notes(facts, about)
    for phase in sorted(phases - set(about.get("phases", phases)), key=int):
        yield f"{file}: phase {phase} has no name in case.yaml"


def unused_columns(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """A sentence on each column that is not in the data dictionary, with the one that it may be meant for."""
    unused = facts.columns.difference(["line", *COLUMN_NAMES], sort=False)
    derived = [name for name in unused if name in DERIVED_NAMES]
    if derived:
        several = "column is" if len(derived) == 1 else "columns are"
        yield f"{file}: the derived {several} not used: {first_few(derived)}"
    for name in unused.difference(derived, sort=False):
        asked = f"; did you mean {' or '.join(map(repr, near))}?" if (near := columns_meant(name)) else ""
        yield f"{file}: column '{name.strip()}' is not in the data dictionary and is not used{asked}"


def case_twins(ids: Iterable[str], file: str) -> list[str]:
    """A sentence on the ids of cases that differ by capitals alone, which are taken for cases of their own.

    Examples
    --------
    >>> case_twins(["P01", "p01", "P02"], "t.csv")
    ["t.csv: ids that differ by capitals alone are taken for different cases: 'P01' and 'p01'"]
    """
    spelled: dict[str, set[str]] = {}
    for text in ids:
        spelled.setdefault(text.casefold(), set()).add(text)
    twins = [" and ".join(f"'{text}'" for text in sorted(texts)) for texts in spelled.values() if len(texts) > 1]
    sentence = f"{file}: ids that differ by capitals alone are taken for different cases"
    return [f"{sentence}: {first_few(sorted(twins))}"] if twins else []


def _antibodies_twice(measures: pd.DataFrame, about: dict) -> Iterator[str]:
    """The antibodies of the patient that stand there under two names of one measure."""
    states, names = about.get("patient", {}).get("antibodies", ""), names_of(measures, observed=True)
    alike: dict[str, list[str]] = {}
    for name in states if isinstance(states, dict) else ():
        alike.setdefault(names.meant(name) or name, []).append(name)
    for code, twice in alike.items():
        if len(twice) > 1:
            words = " and ".join(f"'{name}: {states[name]}'" for name in twice)
            yield f"{about['case_id']}/case.yaml: 'patient: antibodies': {words} are of one antibody ({code})"


def code_notes(facts: pd.DataFrame, measures: pd.DataFrame, file: str) -> Iterator[str]:
    """One note for the codes that no table has, one for each that is like a known one, and those of another kind.

    An observation with a code that no table has is a fault.
    """
    alike, names, kind = {}, names_of(measures, observed=False), distinct(facts["kind"])
    named = distinct(facts["code"]).where(~kind.among(["observation"]))
    drugs = {*distinct(facts["code"]).where(kind.among(["treatment"])).texts}
    for code in sorted(set(named.texts) - {*measures.index, ""}):
        forms = form_of(code, measures) if code in drugs else ()
        near = " or ".join(f"'{name}'" for name in dict.fromkeys((*near_names(code, names), *forms)))
        alike[code] = EACH_A_ROW if code in drugs and joins_names(code) else near and f"did you mean {near}?"
    strange = [f"'{code}'" for code, near in alike.items() if not near]
    if strange:
        words = "code {} is" if len(strange) == 1 else "codes {} are"
        shown = "it is shown under its own name" if len(strange) == 1 else "they are shown under their own names"
        yield f"{file}: {words.format(first_few(strange))} not in measures.csv or treatments.csv; {shown}"
    for code, near in alike.items():
        if near:
            known = "is not in measures.csv or treatments.csv; it is shown under its own name"
            yield f"{file}: code '{code}' {known}; {near}"
    yield from _other_kinds(facts, measures, file)


# What a row of each kind tells: a statement may judge anything.
_TELLS = {"treatment": "treatment", "procedure": "procedure", "event": "happening", "adverse_event": "happening"}


def _other_kinds(facts: pd.DataFrame, measures: pd.DataFrame, file: str) -> Iterator[str]:
    """One note for each code that stands as a kind which its table contradicts.

    A finding that has grades may as well be an event, and an event a statement; a number is neither.

    Examples
    --------
    >>> measures = pd.DataFrame({"kind": ["observation", "observation"], "grades": [(), ("none", "present")]},
    ...                         index=["ck", "fever"])
    >>> rows = pd.DataFrame({"kind": ["treatment", "event", "statement"], "code": ["ck", "fever", "ck"]})
    >>> list(_other_kinds(rows, measures, "t.csv"))
    ["t.csv: code 'ck' stands as treatment; the tables have it as observation"]
    """
    for kind, code in pairs(distinct(facts["kind"]), distinct(facts["code"])).texts:
        if kind not in _TELLS or code not in measures.index:
            continue
        known = measures.loc[code, "kind"]
        is_number = known == "observation" and not measures.loc[code, "grades"]
        if is_number or _TELLS[kind] != _TELLS.get(known, "happening"):
            yield f"{file}: code '{code}' stands as {kind}; the tables have it as {known}"


def _unknown_in_claims(facts: pd.DataFrame, measures: pd.DataFrame, about: dict) -> Iterator[str]:
    """One note for each treatment or event of a claim that no table and no row has, but under a name like it."""
    codes = [*distinct(facts["code"]).texts, "adverse_event"]
    for position, claim in enumerate(about.get("claims", []), 1):
        for key in ("treatment", "events"):
            for word in listed_events(claim.get(key, "")):
                near = "" if word in {*codes, *measures.index} else nearest_word(word, codes)
                if near:
                    place = f"{about['case_id']}/case.yaml: 'claims: {position}: {key}'"
                    yield f"{place}: no row has '{word}'; did you mean '{near}'?"


def _differing(facts: pd.DataFrame, file: str, in_many: bool) -> Iterator[str]:
    """Series whose values are by more than one method, examiner or laboratory, one sentence each.

    Of a file of many cases one sentence tells of all cases whose series are by the same.
    """
    compared = facts[["case_id", "code", "kind", "state", "site", "note", "method", "by"]]
    observed = compared[distinct(facts["kind"]).among(["observation"])]
    # A word for a change is no value that is compared.
    observed = observed[~distinct(observed["state"]).among([*DIRECTIONS])]
    observed = observed.assign(where=sites(distinct(observed["site"]), distinct(observed["note"])))
    for column, words in (("method", "different methods"), ("by", "different examiners or laboratories")):
        filled = observed[observed[column].ne("").to_numpy()]
        if filled.empty:
            continue
        series = groups_of(*(filled[name] for name in ("case_id", "code", "where")))
        filled = filled[(series.different(filled[column].array) > 1)[series.codes]]
        alike: dict[tuple[str, str], list[str]] = {}
        for (case, code, site), texts in filled.groupby(["case_id", "code", "where"], sort=True)[column]:
            name = f"{code} ({site})" if site else code
            alike.setdefault((name, first_few(sorted(set(texts)))), []).append(case)
        for (name, different), cases in alike.items():
            of_whom = f" ({counted(len(cases), 'case')}: {first_few(cases)})" if in_many else ""
            yield f"{file}: {name}: values by {words} are compared{of_whom}: {different}"


def _bare(facts: pd.DataFrame, measures: pd.DataFrame) -> np.ndarray:
    """Observations with a number, or the limits of a state, without a unit, of a measure whose numbers need one."""
    kind, code, value, unit, state = (distinct(facts[name]) for name in ("kind", "code", "value", "unit", "state"))
    units, grades = measures["units"].to_dict(), measures["grades"].to_dict()
    needs_unit = code.each(lambda name: bool(units.get(name)) and "" not in units[name], bool)
    number = pairs(code, value).each(
        lambda pair: bool(pair[1]) and not (grades.get(pair[0]) and _is_unitless(pair[1], grades[pair[0]])), bool
    )
    limited = ~distinct(facts["ref_low"]).among([""]) | ~distinct(facts["ref_high"]).among([""])
    limited &= state.each(lambda text: canonical("state", text) in LIMIT_STATES, bool)
    bare = with_scales(code, value, unit, units).among([""])
    return kind.among(["observation"]) & needs_unit & (number | limited) & bare


def _is_unitless(value: str, grades: tuple[str, ...]) -> bool:
    """Whether the value of a finding needs no unit: a grade, or 0, which is the same in every unit."""
    return is_grade(value, grades) or value.strip("0.") == ""


def contradiction_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """A sentence on the cases whose phases contradict their times."""
    cases = sorted(set(facts.loc[contradicted_phases(facts), "case_id"]))
    words = [f"{case} ({_contradiction(facts[facts['case_id'] == case])})" for case in cases[:4]] + cases[4:]
    sentence = f"{file}: the phases contradict the times, and the times order the facts: {first_few(words)}"
    return [sentence] if cases else []


def _contradiction(facts: pd.DataFrame) -> str:
    """Of the rows of one case whose times contradict their phases the two that lie furthest apart, in words."""
    scales = [(facts, "DAYLO", "DAYHI")]
    if {*RELATIVE} <= {*facts}:
        scales += [(facts, "DATELO", "DATEHI")]
        scales += [(rows, "FROMLO", "FROMHI") for _, rows in facts.groupby("FROM")]
    _, earlier, later = max((_furthest(*scale) for scale in scales), key=lambda furthest: furthest[0])
    first, second = (f"line {row['line']}, phase {row['phase']}, '{row['start']}'" for row in (earlier, later))
    return f"{first}, is later than {second}"


def _furthest(rows: pd.DataFrame, low: str, high: str) -> tuple[float, pd.Series, pd.Series]:
    """The two rows of which the times contradict the phases most: by how many days, the earlier one, and the later one.

    Without such rows the days are minus infinity.
    """
    low, high, number = (rows[name].astype(float) for name in (low, high, "phase"))
    latest_before = low.groupby(number).max().cummax().ffill().shift()
    apart = number.map(latest_before) - high
    if apart.isna().all():
        return -math.inf, rows.iloc[0], rows.iloc[0]
    later = apart.idxmax()
    return apart[later], rows.loc[low[number < number[later]].idxmax()], rows.loc[later]


def order_notes(facts: pd.DataFrame, file: str) -> list[str]:
    """Sentences on the order of the facts: phases and counts that contradict times, and last values that are open."""
    candidates = last_candidates(facts)
    words = _by_series(facts, candidates)
    sentence = f"{file}: which value is the last is open, because their order is: {first_few(words)}"
    contrary = [
        *contradiction_notes(facts, file),
        *_counts_beyond_an_end(facts, file),
        *_given_after_death(facts, file),
        *_given_after_a_stop(facts, file),
    ]
    return [*_dates_without_a_day(facts, file), *contrary, *([sentence] if words else [])]


def _counts_beyond_an_end(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """The administrations that a source counts, where more are counted than fall between start and end."""
    counted = facts["COUNTLO"].notna() & facts["kind"].eq("treatment")
    if not counted.any():
        return
    uncounted = facts[facts["case_id"].isin(facts.loc[counted, "case_id"])].drop(columns=["COUNTLO", "COUNTHI"])
    most = derive_exposure(uncounted)["NDOSHI"].reindex(facts.index)
    lines = [str(line) for line in facts.loc[counted & (facts["COUNTLO"] > most), "line"].tolist()]
    yield from _on_lines(file, lines, "count is more than the schedule allows from start to end; the count is used")


def _given_after_death(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """The treatments that by their times begin after the death of their patient."""
    died = tells_death(facts)
    if not died.any():
        return
    case = groups_of(facts["case_id"])
    latest = case.lowest(facts["ORDHI"].where(died).to_numpy(float))[case.codes]
    late = facts["kind"].eq("treatment") & facts["ORDLO"].gt(latest)
    lines = [str(line) for line in facts.loc[late, "line"].tolist()]
    words = "a treatment begins after the death of the patient; one of the two times is wrong"
    yield from _on_lines(file, lines, words)


def _given_after_a_stop(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """The treatments that are told to go on, although an event surely stopped them after they began."""
    goes_on = distinct(facts["kind"]).among(["treatment"]) & distinct(facts["end"]).among(["ongoing"])
    is_stop = distinct(facts["kind"]).among(["event"]) & distinct(facts["code"]).each(_STOP.search, bool)
    stops = facts.loc[is_stop, ["case_id", "code", "ORDLO"]].replace({"code": _STOP}, "", regex=True)
    both = facts.loc[goes_on, ["case_id", "code", "ORDHI", "line"]].merge(stops, on=["case_id", "code"])
    lines = [str(line) for line in both.loc[both["ORDLO"].gt(both["ORDHI"]), "line"].drop_duplicates().tolist()]
    yield from _on_lines(file, lines, "a treatment is ongoing, but an event stopped it later; one of the two is wrong")


def _dates_without_a_day(facts: pd.DataFrame, file: str) -> Iterator[str]:
    """The dates of a case that tells other times by their length: no day is known of them."""
    start, case = distinct(facts["start"]), groups_of(facts["case_id"])
    dated = start.each(is_date, bool)
    counted = start.each(bool, bool) & ~dated & ~distinct(facts["anchor"]).each(bool, bool)
    lost = dated & facts["DAYLO"].isna().to_numpy() & case.any(counted)[case.codes]
    lines = [str(line) for line in facts.loc[lost, "line"].tolist()]
    yield from _on_lines(file, lines, "a date without a day, as the date of time zero is not told (time_zero: date)")


def baseline_notes(flagged: pd.DataFrame, rule: str, reference: str, file: str, is_part: bool = False) -> list[str]:
    """Sentences on baselines that are open, on facts without any baseline, and on one that lies far back.

    Parameters
    ----------
    flagged : DataFrame
        From `derive_ablfl`, by this rule and reference.
    rule, reference : str
        As for `derive_ablfl`.
    file : str
        The name of the file.
    is_part : bool
        Whether the facts are a part of the file: what lacks in all of them need not lack in the others.
    """
    notes = []
    possible = np.flatnonzero(flagged["ABLPFL"].eq("Y"))
    if len(possible):
        words = first_few(_by_series(flagged, possible))
        notes.append(f"{file}: which record is the baseline ({rule}) is open, and its bounds cover each: {words}")
    before = rule in BY_REFERENCE and reference
    doubtful = doubtful_baselines(flagged, rule, reference)
    if len(doubtful):
        words = first_few(_by_series(flagged, doubtful))
        asked = f"or before the start of '{reference}'" if before else rule.replace("=", " ")
        notes.append(f"{file}: whether it is on {asked} is open, so it is no baseline: {words}")
    courses = reference_courses(flagged, reference) if before else flagged.iloc[:0]
    return (
        notes
        + _without_baseline(flagged, f"{rule} of '{reference}'" if before else rule, courses, file, is_part)
        + _distant(courses, reference, file)
    )


def valued_cases(facts: pd.DataFrame) -> np.ndarray:
    """The cases that have a value or a grade."""
    return facts.loc[facts["AVALLO"].notna() | facts["AVALCALO"].notna(), "case_id"].unique()


def _without_baseline(flagged: pd.DataFrame, rule: str, courses: pd.DataFrame, file: str, is_part: bool) -> list[str]:
    """A sentence on the cases with values of which none is a baseline, nor may be."""
    valued = valued_cases(flagged)
    based = set(flagged.loc[may_be_baseline(flagged), "case_id"])
    lacking = [case for case in valued if case not in based]
    if not lacking:
        return []
    sentence = f"no record is a baseline by the rule {rule}, and no change is computed"
    if is_part or len(lacking) < len(valued):
        return [f"{file}: in {len(lacking)} of {len(valued)} cases {sentence}: {first_few(sorted(lacking))}"]
    where = f"; the first start is on line {courses['line'].iloc[0]}" if len(courses) else ""
    return [f"{file}: {sentence}{where}"]


def _distant(courses: pd.DataFrame, reference: str, file: str) -> list[str]:
    """A sentence on cases whose reference starts a year or more before it is given again."""
    first = courses.drop_duplicates("case_id")
    second = courses[courses.duplicated("case_id")].drop_duplicates("case_id").set_index("case_id")
    again = second["DAYLO"].reindex(first["case_id"]).to_numpy(dtype=float)
    gap = again - first["DAYHI"].to_numpy(dtype=float)
    far = gap >= DAYS_PER["a"]
    lines = second["line"].reindex(first["case_id"]).to_numpy()[far]
    words = [
        f"line {one}, {number(days, 0)} days before line {int(other)}"
        for one, other, days in zip(first["line"][far], lines, gap[far], strict=True)
    ]
    sentence = f"the baseline comes before the first course of '{reference}', a year or more before the next"
    return [f"{file}: {sentence}: {first_few(words)}"] if words else []


def _by_series(facts: pd.DataFrame, rows: np.ndarray) -> list[str]:
    """The lines of some rows, series by series, as words: `ck, lines 3 and 4`."""
    if not len(rows):
        return []
    some = facts[["line", *SERIES]].iloc[rows]
    words = []
    for (_, code, site), lines in some.groupby(list(SERIES), sort=False)["line"]:
        *others, last = sorted(lines)
        name = f"{code} ({site})" if site else code
        words.append(f"{name}, lines {', '.join(map(str, others))} and {last}" if others else f"{name}, line {last}")
    return words


def _on_lines(file: str, lines: list[str], sentence: str) -> Iterator[str]:
    if lines:
        yield f"{file}, line{'s' if len(lines) > 1 else ''} {first_few(lines)}: {sentence}"
