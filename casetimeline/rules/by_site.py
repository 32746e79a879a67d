"""What a claim says of a course, judged by the last record of each site; of a finding every site has to agree."""

import functools
import re
from collections.abc import Callable, Collection, Iterable

import numpy as np
import pandas as pd

from ..case import Case
from ..derive import groups_of, may_be_baseline, may_be_last, places_of, step_of, surely_after, surely_before
from ..values import rows_of
from ..vocabulary import CONTRADICTED, DIRECTIONS, LIMIT_STATES, NOT_CHECKABLE, PRESENT_STATES, SUPPORTED
from .outcome import ClaimResult

Judge = Callable[[pd.DataFrame], ClaimResult]


def records_of_claim(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The records of the measure of a claim, in its phase if it has one."""
    rows = changes[(changes["kind"] == "observation") & (changes["code"] == claim["measure"])]
    if claim.get("phase"):
        rows = rows[(rows["phase"] == int(claim["phase"])).fillna(False).astype(bool)]
    return rows


def label_of_claim(claim: dict, case: Case) -> str:
    """The name of the measure of a claim, and the phase that it is about."""
    place = f" in phase {claim['phase']}" if claim.get("phase") else ""
    return f"{case.measures['label'][claim['measure']]}{place}"


def not_checkable(claim: dict, case: Case, why: str) -> ClaimResult:
    """That a claim cannot be checked, and why."""
    return ClaimResult(NOT_CHECKABLE, f"{label_of_claim(claim, case)}: {why}")


def before_reference(case: Case, records: pd.DataFrame) -> np.ndarray:
    """Which records are surely before each row of the reference; none where nothing sets the baseline."""
    given = [surely_before(records, row) for row in _reference_rows(case)]
    return np.logical_and.reduce(given) if given else np.zeros(len(records), dtype=bool)


def after_reference(case: Case, records: pd.DataFrame) -> np.ndarray:
    """Which records are surely after a row of the reference; none where nothing sets the baseline."""
    given = [surely_after(records, row) for row in _reference_rows(case)]
    return np.logical_or.reduce(given) if given else np.zeros(len(records), dtype=bool)


def _reference_rows(case: Case) -> list:
    return [*rows_of(case.facts[case.facts["code"] == case.reference])] if case.reference else []


def worded_before(case: Case, records: pd.DataFrame) -> pd.DataFrame:
    """Records after the baseline, which is a number, that tell in words alone how it was before the reference."""
    words = records["STATE"].isin([*DIRECTIONS, *LIMIT_STATES]) & records["AVALLO"].isna()
    return records[records["POSTBLFL"].eq("Y") & words & before_reference(case, records)]


def since_reference(claim: dict, case: Case, changes: pd.DataFrame, result: ClaimResult, direction: int) -> ClaimResult:
    """The result of a claim on a fall (-1) or a rise (1), unless words before the reference leave it open.

    A number of which the last that is told before the reference is that it had become normal may have risen since.
    """
    if result.result == NOT_CHECKABLE or case.baseline_rule != "last_before":
        return result
    moved = direction if result.result == SUPPORTED else -direction
    worded, better = worded_before(case, records_of_claim(claim, changes)), case.measures["better"][claim["measure"]]
    leaves_open = [step_of(state, better) not in (0.0, -moved) for state in worded["STATE"]]
    # What is itself the last record is compared with the baseline.
    worded = worded[np.array(leaves_open, dtype=bool) & ~worded["line"].isin(result.lines)]
    if worded.empty:
        return result
    words = ", ".join(f"line {row.line} says {row.STATE}" for row in rows_of(worded[["line", "STATE"]]))
    why = f"{result.why}, but after the baseline and before the reference {words}"
    return ClaimResult(NOT_CHECKABLE, why, tuple(sorted({*result.lines, *worded["line"]})))


def with_sites(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The rows as a claim reads them where a record without a site tells of the sites of others; else the same rows.

    The verdicts of the rules rest on the rows as they are.
    """
    if claim["test"] == "meets":
        return changes
    sites = _pooled_sites(claim, changes)
    return _absent_at_each_site(claim, changes) if sites is None else changes.assign(LOC=sites)


def _pooled_sites(claim: dict, changes: pd.DataFrame) -> pd.Series | None:
    """The sites of all rows without that of a finding in words which has it in some records alone; else nothing.

    What was present at a site was present, and what is absent without a site is absent there too: whether it resolved
    is asked of a finding with a size as well. A finding that is absent at a site may be present elsewhere: then the
    sites stay apart.
    """
    of_measure = (changes["kind"] == "observation") & (changes["code"] == claim.get("measure", ""))
    rows = changes[of_measure]
    sited = rows[rows["LOC"] != ""]
    apart = set(rows["LOC"]) - {""}
    sized = claim["test"] == "resolves"
    if len(apart) != 1 or len(sited) == len(rows) or (rows["value"].ne("").any() and not sized):
        return None
    if not (sited["STATE"].isin(PRESENT_STATES) | sited["AVALCALO"].gt(0)).all():
        return None
    return changes["LOC"].mask(of_measure, "")


_OF_A_COURSE = ("falls", "rises", "improves", "worsens", "resolves")


def _absent_at_each_site(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The rows, and for a claim about a course each record of an absent finding without a site once more at each site.

    What is there without a site may be at any one of them, and stays as it is.
    """
    rows = changes[(changes["kind"] == "observation") & (changes["code"] == claim.get("measure", ""))]
    sites, siteless = sorted({*rows["LOC"]} - {""}), rows[rows["LOC"].eq("")]
    absent = siteless[siteless["AVALCAHI"].eq(0)]
    if claim["test"] not in _OF_A_COURSE or not sites or absent.empty:
        return changes
    # It ends a course without a site as well, where there is one.
    others = changes.drop(absent.index) if len(absent) == len(siteless) else changes
    return pd.concat([others, *(absent.assign(LOC=site) for site in sites)], ignore_index=True)


def known_records(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with a value or grade, or a word for the change."""
    return rows[rows["AVALLO"].notna() | rows["AVALCALO"].notna() | rows["SIGNLO"].notna()]


def later_records(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The records that are surely after their baseline; in a series without one, those that say a change in words."""
    rows = records_of_claim(claim, changes)
    unbased = ~rows["LOC"].isin(rows.loc[may_be_baseline(rows), "LOC"])
    return rows[(rows["POSTBLFL"] == "Y") | (unbased & rows["SIGNLO"].notna())]


def perhaps_later(claim: dict, changes: pd.DataFrame) -> pd.DataFrame:
    """The known records of which it is open whether they are after their baseline."""
    rows = records_of_claim(claim, changes)
    return known_records(rows[rows["POSTBLFL"].eq("") & rows["BASEOLO"].notna()])


def turned_before(claim: dict, changes: pd.DataFrame, reached: pd.DataFrame, direction: int):
    """The record of a site after its baseline, and perhaps before some others, from which these may be the move.

    Of a rise (1) the lowest that may lie below one of them, of a fall (-1) the highest that may lie above; nothing
    where there is none.
    """
    records = later_records({"measure": claim["measure"]}, changes)
    records = records[records["AVALLO"].notna() & records["LOC"].isin(reached["LOC"])]
    moments, turned = places_of(records).moments().codes, []
    for row in rows_of(reached):
        elsewhere = ~np.isin(moments, moments[records["line"].eq(row.line)])
        beyond = records["AVALLO"] < row.AVALHI if direction > 0 else records["AVALHI"] > row.AVALLO
        turned.append(records[beyond & ~surely_after(records, row) & elsewhere])
    return next(rows_of(pd.concat(turned).sort_values("AVALLO", ascending=direction > 0)), None)


def last_moments(rows: pd.DataFrame) -> list[pd.DataFrame]:
    """The rows of one site that may be its last, moment by moment: more than one where their order is open."""
    last = rows[may_be_last(places_of(rows), groups_of(rows["case_id"]))]
    return [moment for _, moment in last.groupby(places_of(last).moments().codes)]


def open_order(claim: dict, case: Case, lines: Iterable[int]) -> ClaimResult:
    """That a claim cannot be told, because the order of some lines is open."""
    lines = tuple(sorted({*lines}))
    words = f"{', '.join(map(str, lines[:-1]))} and {lines[-1]}"
    why = f"{label_of_claim(claim, case)}: cannot be told: the order of lines {words} is open"
    return ClaimResult(NOT_CHECKABLE, why, lines)


def lines_of_bases(changes: pd.DataFrame, claim: dict, sites: pd.Series) -> pd.Series:
    """The lines of the baselines of some sites, or of the records that may be one."""
    of_sites = changes["code"].eq(claim["measure"]) & changes["LOC"].isin(sites)
    return changes.loc[may_be_baseline(changes) & of_sites, "line"]


def at_last(claim: dict, case: Case, changes: pd.DataFrame, judge: Judge) -> ClaimResult:
    """What is judged of the last record of each site after its baseline; each site has to agree."""
    after, perhaps = known_records(later_records(claim, changes)), perhaps_later(claim, changes)
    both = pd.concat([after, perhaps]).sort_values("line")
    rests = functools.partial(with_base, changes=changes, claim=claim)
    results = {
        site: judged_at_last(claim, case, changes, rows, perhaps["line"], judge, rests)
        for site, rows in both.groupby("LOC")
    }
    if not results:
        return not_checkable(claim, case, _why_not_compared(claim, case, changes))
    return agreed({**results, **unseen_sites(claim, case, changes, results)}, label_of_claim(claim, case))


def judged_at_last(
    claim: dict,
    case: Case,
    changes: pd.DataFrame,
    rows: pd.DataFrame,
    doubted: Iterable[int],
    judge: Judge,
    rests: Callable[[ClaimResult], ClaimResult],
) -> ClaimResult:
    """What is judged of the last record of one site, or of each that may be the last if they agree.

    `doubted` are the lines of which it is open whether they are after their baseline; `rests` adds to a result the
    further lines that it rests on.
    """
    moments = last_moments(rows)
    lines = [line for moment in moments for line in moment["line"]]
    doubtful = rows[rows["line"].isin({*doubted} & {*lines})]
    if len(doubtful):
        return open_order(claim, case, [*lines, *lines_of_bases(changes, claim, doubtful["LOC"])])
    results = [judge(moment) for moment in moments]
    if len({result.result for result in results}) > 1:
        return open_order(claim, case, lines)
    lines = tuple(sorted(line for result in results for line in result.lines))
    return rests(results[0]._replace(why="; or ".join(dict.fromkeys(result.why for result in results)), lines=lines))


def with_base(result: ClaimResult, changes: pd.DataFrame, claim: dict) -> ClaimResult:
    """The same result, with the lines of the baselines added to those that it rests on."""
    if not result.lines:
        return result
    sites = changes.loc[changes["line"].isin(result.lines), "LOC"]
    bases = tuple(lines_of_bases(changes, claim, sites))
    several = changes["line"].isin(bases) & changes["ABLPFL"].eq("Y")
    why = result.why
    if result.result == NOT_CHECKABLE and several.any():
        why += f"; which of lines {' and '.join(map(str, changes.loc[several, 'line']))} is the baseline is open"
    return result._replace(why=why, lines=tuple(sorted({*bases, *result.lines})))


def unseen_sites(claim: dict, case: Case, changes: pd.DataFrame, seen: Collection[str]) -> dict[str, ClaimResult]:
    """The sites of which nothing can be compared: examined before and not later, or later and there, and not before.

    What is said without a site speaks of all.
    """
    if "" in seen:
        return {}
    rows = records_of_claim({"measure": claim["measure"]}, changes)
    is_base, results = may_be_baseline(rows), {}
    bases = rows[is_base]
    for site, of_site in rows[~rows["LOC"].isin([*seen])].groupby("LOC"):
        based = of_site["LOC"].isin(bases["LOC"])
        if based.any():
            why, lines = "no later record that could be compared", of_site.loc[may_be_baseline(of_site), "line"]
        else:
            why, lines = "no record before", _there_later(of_site, bases)
        if len(lines):
            results[site] = not_checkable(claim, case, why)._replace(lines=tuple(lines))
    return results


def _there_later(rows: pd.DataFrame, bases: pd.DataFrame) -> pd.Series:
    """The lines of the last records of a site, where one of them may say that a finding is there and none is earlier.

    Only what is surely after each baseline of the measure counts.
    """
    later = rows[[all(surely_after(rows, base)[place] for base in rows_of(bases)) for place in range(len(rows))]]
    later = later[later["AVALLO"].notna() | later["AVALCALO"].notna() | later["STATE"].isin(PRESENT_STATES)]
    last = pd.concat([later.iloc[:0], *last_moments(later)]) if len(later) else later
    there = last["AVALCAHI"].gt(0) | last["AVALHI"].gt(0) | last["STATE"].isin(PRESENT_STATES)
    return last.loc[there, "line"]


def _why_not_compared(claim: dict, case: Case, changes: pd.DataFrame) -> str:
    """Why no record of a claim can be held against a baseline: what is missing, or which sites were recorded when."""
    every = records_of_claim(claim, changes)
    rows = known_records(every).sort_values(["ORDLO", "ORDPH", "line"])
    if len(every) == 1 and len(rows):
        return "recorded once"
    before, given = rows[may_be_baseline(rows)], changes[changes["code"].eq(case.reference or None)]
    if before.empty and len(rows) and len(given):
        behind = np.logical_and.reduce([surely_after(rows, row) for row in rows_of(given)])
        if behind.all():
            name = case.label(case.reference)
            name = re.sub(r"^[A-Z](?=[a-z]+\b)", lambda letter: letter[0].lower(), name)
            return f"no value before {name} is recorded" if rows["value"].ne("").any() else f"no record before {name}"
        before = rows[~behind]
    before = before if len(before) else rows.iloc[:1]
    after = rows[rows["BASEOLO"].isna() & ~rows["line"].isin(before["line"])]
    sides = [set(side["LOC"]) for side in (before, after)]
    if not len(after) or sides[0] == sides[1]:
        return "no later record that could be compared" if len(before) and not len(after) else _NOTHING_COMPARED
    one, other = (
        " and ".join(f"the site {site}" if site else "no site" for site in dict.fromkeys(side["LOC"]))
        for side in (before, after)
    )
    last = "last record" if may_be_baseline(before).any() else "record"
    return f"{_NOTHING_COMPARED}: the {last} before has {one}, that after {other}"


_NOTHING_COMPARED = "no records before and after that could be compared"


def name_of_site(site: str) -> str:
    """The name of a site; of records without one, that they have none.

    Examples
    --------
    >>> name_of_site("left knee"), name_of_site("")
    ('left knee', 'without a site')
    """
    return site or "without a site"


def agreed(results: dict[str, ClaimResult], label: str) -> ClaimResult:
    """One result of those of several sites: that of each of them, or that the sites differ.

    Examples
    --------
    >>> left, right = (ClaimResult("supported", f"recorded: {size} mm to 5 mm", (line,))
    ...                for size, line in ((20, 2), (10, 3)))
    >>> agreed({"left": left, "right": right}, "Effusion").why
    'recorded: left, 20 mm to 5 mm; right, 10 mm to 5 mm'
    >>> agreed({"left": left, "right": right._replace(result="contradicted")}, "Effusion")[:2]
    ('cannot be checked', 'Effusion: the sites differ: left, 20 mm to 5 mm; right, 10 mm to 5 mm')
    """
    (first, *others) = results.values()
    if not others:
        return first
    parts = {site: result.why.removeprefix("recorded: ").removeprefix(f"{label}: ") for site, result in results.items()}
    kinds = {result.result for result in results.values()}
    lines = {line for result in results.values() for line in result.lines}
    if len(kinds) == len({*parts.values()}) == 1:
        return first._replace(lines=tuple(sorted(lines)))
    why = "; ".join(f"{name_of_site(site)}, {words}" for site, words in parts.items())
    if len(kinds) == 1 and NOT_CHECKABLE not in kinds:
        return ClaimResult(first.result, f"recorded: {why}", tuple(sorted(lines)))
    differ = "the sites differ" if kinds >= {SUPPORTED, CONTRADICTED} else "not every site can be compared"
    return ClaimResult(NOT_CHECKABLE, f"{label}: {differ}: {why}", tuple(sorted(lines)))
