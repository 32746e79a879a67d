"""Which rows carry the result: what becomes of verdicts and claims without each row, and how near it is to a turn."""

import dataclasses
import math
from collections import defaultdict
from typing import NamedTuple

import pandas as pd

from ..case import Case, without_rows
from ..derive import may_be_baseline
from ..faults import TimelineError
from ..values import rows_of
from ..vocabulary import UNDETERMINED
from .analysis import Analysis, analyse
from .compared import is_counted
from .grounds import Grounds, claim_lines, verdict_lines
from .tipping import BASELINE, VALUE, derive_tipping, derive_turns

_COLUMNS = ("line", "VERDICTS", "CLAIMS", "SUBSET", "REFUSED", "OPENBY", "TURNSAT", "TURNSX", "TURNS")
_NO_TURN = (math.nan, False, "")


def sensitivity(analysis: Analysis) -> pd.DataFrame:
    """For each row of a timeline, which verdicts and claims have another result without it, and how near it is to one.

    Verdicts are those from the baseline to each later value, and those on each value; what `is_counted` leaves out is
    left out here, too. Only claims that rest on a row are tested again without it.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.

    Returns
    -------
    DataFrame
        One row for each row of the timeline, in its order. `line`; VERDICTS, how many verdicts are another or none
        without it; CLAIMS, the numbers of the claims whose result is another, as a tuple; SUBSET, whether the deduced
        subset is; REFUSED, why the case cannot be read without the row, or blank; OPENBY, how many verdicts are open
        because the value of this row has bounds and is not one number; TURNSAT, the value of this row, in the unit of
        its measure, that is nearest to the recorded one and at which a rule answers its question of size the other way;
        TURNSX, whether it does so only beyond that value; TURNS, the rule. The last three are missing or blank where no
        rule on size judges the row by exact numbers.

    Examples
    --------
    A skin score that fell from 46 to 32. A later score below 31.03 would be a fall beyond the error of examiners in
    training (14.97 points).

    >>> table = sensitivity("data/fu-2025").set_index("line")
    >>> table["CLAIMS"][15], round(float(table["TURNSAT"][15]), 2), table["TURNS"][15]
    ((7,), 31.03, 'Beyond the smallest detectable change, examiners in training')
    """
    analysis = analyse(analysis)
    grounds = Grounds(analysis)
    before = _results(analysis)
    of_verdicts, of_claims = _resting(analysis, grounds)
    subset_lines = analysis.subset.lines if analysis.subset else ()
    turns, opened = _nearest_turns(analysis), _opened(analysis)
    rows = []
    for line in analysis.case.facts["line"].tolist():
        # Nothing changes without a row on which nothing rests.
        rests = of_verdicts[line] or of_claims[line] or line in subset_lines
        after, refused = _without(analysis.case, line, of_claims[line]) if rests else (before, "")
        verdicts = [key for key in of_verdicts[line] if before.verdicts[key] != after.verdicts.get(key)]
        claims = tuple(number for number in of_claims[line] if before.claims[number] != after.claims.get(number))
        subset = before.subset != after.subset and not refused
        rows.append((line, len(verdicts), claims, subset, refused, opened.get(line, 0), *turns.get(line, _NO_TURN)))
    return pd.DataFrame(rows, columns=list(_COLUMNS))


class Results(NamedTuple):
    """Each verdict by its line and rule, the result of each claim by its number, and the deduced subset."""

    verdicts: dict[tuple[int, str], str]
    claims: dict[int, str]
    subset: str


def _results(analysis: Analysis, numbers: list[int] | None = None) -> Results:
    shown = analysis.verdicts[is_counted(analysis.verdicts)]
    verdicts = dict(zip(zip(shown["line"], shown["RULE"], strict=True), shown["VERDICT"], strict=True))
    claims = dict(zip(analysis.claims["CLAIM"] if numbers is None else numbers, analysis.claims["RESULT"], strict=True))
    return Results(verdicts, claims, analysis.subset.subset if analysis.subset else "")


def _resting(analysis: Analysis, grounds: Grounds) -> tuple[dict[int, list], dict[int, list[int]]]:
    """For each line the verdicts and the numbers of the claims that rest on it."""
    of_verdicts, of_claims = defaultdict(list), defaultdict(list)
    shown = is_counted(analysis.verdicts).tolist()
    judged = zip(analysis.verdicts["line"], analysis.verdicts["RULE"], shown, strict=True)
    for (line, rule, is_shown), lines in zip(judged, verdict_lines(analysis, grounds), strict=False):
        for each in lines if is_shown else ():
            of_verdicts[each].append((line, rule))
    claims = analysis.case.about.get("claims", [])
    for claim, row in zip(claims, analysis.claims.to_dict("records"), strict=True):
        for each in claim_lines(analysis, grounds, claim, row):
            of_claims[each].append(row["CLAIM"])
    return of_verdicts, of_claims


def _without(case: Case, line: int, numbers: list[int]) -> tuple[Results, str]:
    """The results without a row, of some claims alone; and why there are none."""
    claims = case.about.get("claims", [])
    asked = {**case.about, "claims": [claims[number - 1] for number in numbers]}
    try:
        other = without_rows(dataclasses.replace(case, about=asked), [line])
    except TimelineError as error:
        first = error.faults[0]
        return Results({}, {}, ""), f"found '{first.found}', expected {first.expected.partition(':')[0]}"
    return _results(Analysis(other), numbers), ""


def _opened(analysis: Analysis) -> dict[int, int]:
    """How many verdicts are open because the value of a line, or of the baseline of a record, has bounds."""
    tipping = derive_tipping(analysis.verdicts, analysis.changes, analysis.case.rules)
    counts: dict[int, int] = defaultdict(int)
    open_ = tipping[tipping["VERDICT"].eq(UNDETERMINED) & tipping["OPEN"].isin([VALUE, BASELINE])]
    bases = _bases(analysis)
    for line, which in zip(open_["line"], open_["OPEN"], strict=True):
        for each in [line] if which == VALUE else bases.get(line, ()):
            counts[each] += 1
    return counts


def _nearest_turns(analysis: Analysis) -> dict[int, tuple[float, bool, str]]:
    """For each line the value nearest to its own at which a rule answers otherwise, whether beyond it, and the rule."""
    turns = derive_turns(analysis.verdicts, analysis.changes, analysis.case.rules)
    turns = turns.assign(AWAY=(turns["TURNSAT"] - turns["FROM"]).astype(float).abs())
    # A number that the scale of the measure does not have is no other value.
    code = turns["line"].map(analysis.changes.set_index("line")["PARAMCD"])
    low, high = (code.map(analysis.case.measures[end]) for end in ("low", "high"))
    turns = turns[turns["TURNSAT"].between(low, high)]
    bases, nearest = _bases(analysis), {}
    for row in rows_of(turns.sort_values("AWAY", kind="stable")):
        lines = [row.line] if row.OPEN == VALUE else bases.get(row.line, ())
        # Which of several records is the baseline is open: then none of them alone turns it.
        if len(lines) == 1:
            nearest.setdefault(lines[0], (float(row.TURNSAT), bool(row.TURNSX), row.LABEL))
    return nearest


def _bases(analysis: Analysis) -> dict[int, list[int]]:
    """The lines of the baselines of each record."""
    observed = analysis.changes[analysis.changes["kind"] == "observation"]
    bases = {}
    for _, records in observed.groupby(["PARAMCD", "LOC"], sort=False):
        based = records.loc[may_be_baseline(records), "line"].tolist()
        bases |= dict.fromkeys(records["line"].tolist(), based)
    return bases
