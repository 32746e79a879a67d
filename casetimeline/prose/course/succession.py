"""The order in which facts are told, and how a moment of the course stands to an earlier one."""

import re
from collections.abc import Iterator

import numpy as np
import pandas as pd

from ...case import Case, restated
from ...derive import surely_after, surely_before, tells_death
from ...values import is_date, is_point, parse_time, parse_value, rows_of
from ...vocabulary import ENDED
from ..wording.ended import is_under_way
from ..wording.labels import label_in_sentence
from ..wording.passage import Said, visit_phrase
from ..wording.when import is_undated, open_start, over_time, with_origin

# The end of the code of an event by which a treatment ended.
ENDS = tuple(f"_{word}" for word in ENDED)
# What a note says that something came after.
_AFTER = re.compile(r"after the ([\w -]+)(?:;|$)")
# What stands in a time before the name of what it counts from.
_NAMES = re.compile(r"\b(?:before|after|than) (?!\d)")
# A time that says no more than that the course began with it.
AT_ZERO = ("on day 0", "at 0 hours")
# A time that ends with a length, as `after two weeks`, and what a note says of one that counts from nothing told.
_IN_UNITS = re.compile(r"(?:at|after|by|in) .*\b(?:hour|day|week|month|year)s?$")
_FROM_NOTHING = re.compile(r"\bfrom when is not (?:told|said)|(?:weeks?|months?|days?|years?) of what is not told")
# Of times with the same bounds those come first that count from no other fact.
_BY_BOUNDS = ["ORDER", "DAYLO", "DAYHI", "anchor", "told_at"]


def in_telling_order(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts in the order of telling; where that is open, those with a time by their bounds, whatever their lines.

    What has no time stands behind what has one; what is told at the visit for which its phase is named, behind the
    first moment of that. What says itself that its day is not known stays where it is recorded; so does what says that
    it may be before or after something else, which would be told behind it.

    Examples
    --------
    >>> facts = pd.DataFrame({"ORDER": 1, "DAYLO": [float("nan"), 180.0, 150.0, float("nan")], "DAYHI": 210.0,
    ...     "anchor": "", "start": "", "told_at": ["", "at 6 months", "at 5–7 months", "at admission"], "note": ""})
    >>> in_telling_order(facts)["told_at"].tolist()
    ['at 5–7 months', 'at admission', 'at 6 months', '']
    """
    facts = facts.sort_values("ORDER", kind="stable")
    untimed = facts["DAYLO"].isna()
    stays = (untimed & facts["note"].map(is_undated)) | facts["note"].map(open_start).ne("")
    timed, free = facts[~untimed & ~stays].sort_values(_BY_BOUNDS), facts[untimed & ~stays]
    is_first = timed["told_at"].eq(timed.groupby("ORDER")["told_at"].transform("first"))
    named = free["told_at"].ne("") & free["start"].eq("") & free["ORDER"].isin(timed["ORDER"])
    moved = pd.concat([timed[is_first], free[named], timed[~is_first], free[~named]])
    places = np.arange(len(facts))
    places[~stays] = facts.index.get_indexer(moved.sort_values("ORDER", kind="stable").index)
    return facts.iloc[places]


def with_stops_first(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts of one moment, in which a stop that is recorded before a new drug stands before all that is given then.

    What was found or happened before the stop keeps its place, as it may be the reason of it.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": ["treatment", "event", "treatment"], "code": ["a", "b_stopped", "c"]})
    >>> with_stops_first(facts)["code"].tolist(), with_stops_first(facts[:2])["code"].tolist()
    (['b_stopped', 'a', 'c'], ['a', 'b_stopped'])
    """
    given = facts["kind"].eq("treatment").to_numpy()
    if not given.any():
        return facts
    stops = facts["kind"].eq("event").to_numpy() & facts["code"].str.endswith(ENDS).to_numpy()
    first, last = given.argmax(), len(given) - given[::-1].argmax()
    between = stops & (np.arange(len(facts)) > first) & (np.arange(len(facts)) < last)
    if not between.any() or not (given | stops)[first : np.flatnonzero(between)[-1]].all():
        return facts
    places = np.where(between, first - 0.5, np.arange(len(facts)))
    return facts.iloc[np.argsort(places, kind="stable")]


# What is done with the dead.
_OF_THE_DEAD = re.compile("autops|post.?mortem|necrops")


def ranks_at_death(facts: pd.DataFrame) -> pd.Series:
    """0 for what was found in, given to or happened to the living, 1 for their death, and 2 for what is done with them.

    Examples
    --------
    >>> facts = pd.DataFrame({"code": ["no_autopsy_performed", "death", "infarction"], "method": ["", "", "autopsy"]})
    >>> ranks_at_death(facts.assign(kind="event")).tolist(), ranks_at_death(facts.assign(kind="statement")).tolist()
    ([2, 1, 2], [2, 0, 2])
    """
    of_the_dead = (facts["code"] + " " + facts["method"]).str.contains(_OF_THE_DEAD)
    return pd.Series(np.where(tells_death(facts), 1, np.where(of_the_dead, 2, 0)), facts.index)


def died_last(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts in the order of telling, in which a death is behind all of the living, and an autopsy behind the death.

    What by its time or phase is surely after the death stays there, and so does what has no time, or states something.

    Examples
    --------
    >>> from casetimeline.derive import derive_order
    >>> facts = pd.DataFrame({"case_id": "a", "phase": None, "kind": "event", "method": "", "start": "1 a",
    ...     "code": ["autopsy", "relapse", "death"], "DAYLO": [1.0, 3.0, 2.0], "DAYHI": [9.0, 5.0, 8.0]})
    >>> died_last(derive_order(facts))["code"].tolist()
    ['relapse', 'death', 'autopsy']
    """
    ranks, places = ranks_at_death(facts).to_numpy(), np.arange(len(facts), dtype=float)
    if 1 not in ranks:
        return facts
    deaths, orders = facts[ranks == 1], facts["ORDER"].to_numpy().copy()
    after = np.any([surely_after(facts, row) for row in rows_of(deaths)], axis=0)
    moving = facts["start"].ne("").to_numpy() & facts["kind"].ne("statement").to_numpy() & ~after
    for rank in (1, 2):
        late, behind = (ranks == rank) & moving, (ranks < rank) & moving
        if behind.any():
            last = places[behind].argmax()
            orders[late] = np.fmax(orders[late], orders[behind][last])
            places[late] = np.fmax(places[late], places[behind][last] + 0.25)
    order = np.argsort(places, kind="stable")
    return facts.assign(ORDER=orders).iloc[order]


def begun_by_their_ends(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts in which a course that no phase orders began before it ended, and has its place before what came then.

    Examples
    --------
    Before day 0 and until day -60: before what is of day -60.

    >>> facts = pd.DataFrame({"start": ["-60 d", "-2 d", "<0 d"], "end": ["ongoing", "", "-60 d"], "ORDER": [1, 2, 3],
    ...     "AENHI": [float("inf"), float("nan"), -60.0], "ORDLO": [-60.0, -2.0, float("-inf")],
    ...     "ORDHI": [-60.0, -2.0, -0.1], "DAYHI": [-60.0, -2.0, 0.0], "ORDPH": pd.NA})
    >>> begun_by_their_ends(facts)[["ORDER", "DAYHI"]].to_numpy().tolist()
    [[1.0, -60.0], [2.0, -2.0], [1.0, -60.0]]
    """
    late = facts["AENHI"].le(facts["ORDHI"]) & facts["ORDPH"].isna() & facts["start"].ne(facts["end"])
    late &= facts["ORDLO"].lt(facts["AENHI"])
    if not late.any():
        return facts
    facts, others, ends = facts.copy(), facts[~late], facts.loc[late, "AENHI"]
    places = [others.loc[others["ORDLO"].ge(end), "ORDER"].min() for end in ends]
    facts.loc[late, "ORDER"] = np.fmin(facts.loc[late, "ORDER"].astype(float), places).astype(int)
    facts.loc[late, "DAYHI"] = ends
    facts.loc[late, "ORDHI"] = np.nextafter(ends, -np.inf)
    return facts


def placed_at_zero(facts: pd.DataFrame) -> pd.DataFrame:
    """Facts in which what was being given at time zero has its place there: behind what was over before it.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": "treatment", "start": ["<0 d", "<0 d", "0 d"], "anchor": "", "ORDER": [1, 1, 2],
    ...     "DAYLO": [float("-inf"), float("-inf"), 0.0], "DAYHI": 0.0, "AENLO": [float("inf"), -3.0, 0.0]})
    >>> placed_at_zero(facts)[["ORDER", "DAYLO"]].to_numpy().tolist()
    [[2.0, 0.0], [1.0, -inf], [2.0, 0.0]]
    """
    under_way = _are_under_way(facts)
    if not under_way.any():
        return facts
    others = facts[~under_way]
    at_zero = others.loc[others["DAYLO"].eq(0) & others["DAYHI"].eq(0), "ORDER"].min()
    place = others.loc[others["DAYLO"].lt(0), "ORDER"].max() if np.isnan(at_zero) else at_zero
    order = np.where(under_way, np.fmax(facts["ORDER"], place), facts["ORDER"]).astype(int)
    days = {name: facts[name].mask(under_way, 0.0) for name in ("DAYLO", "DAYHI")}
    return facts.assign(ORDER=order, **days)


def _are_under_way(facts: pd.DataFrame) -> np.ndarray:
    """Which facts are courses that were being given at time zero."""
    return np.array([*map(is_under_way, rows_of(facts))], dtype=bool)


def with_zero_named(facts: pd.DataFrame, zero: str) -> pd.Series:
    """When each fact was; on day 0 by the name of that, where no fact tells it and something else counts from it.

    That is a later time, or what was already being given. A drug does not start at its start.

    Examples
    --------
    >>> facts = pd.DataFrame({"told_at": ["on day 0", "1 week after admission"], "code": "ck", "kind": "observation"})
    >>> with_zero_named(facts, "admission").tolist()
    ['at admission', '1 week after admission']
    >>> with_zero_named(facts.assign(code=["admission", "ck"]), "admission").tolist()
    ['on day 0', '1 week after admission']
    """
    times, under_way = facts["told_at"], _are_under_way(facts)
    if not zero or facts["code"].eq(zero.replace(" ", "_")).any():
        return times
    named = under_way | ~(zero.startswith("the start of ") & facts["kind"].eq("treatment"))
    counted = under_way.any() or times.str.endswith(f" after {zero}").any()
    return times.mask(times.isin(AT_ZERO) & named, f"at {zero}") if counted else times


def time_told(case: Case, row) -> str:
    """When a fact was, with what its time counts from, and what it came after by its note."""
    if is_under_way(row):
        return AT_ZERO[0]
    return after_noted(case.facts, row, over_time(row, with_origin(visit_phrase(case, row), case, row)))


def after_noted(facts: pd.DataFrame, row, when: str) -> str:
    """The time of an event; of one without a time, that it came after an earlier treatment, where its note says so.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": ["treatment", "event"], "PARAM": ["Trial of therapy", "Hypotension"],
    ...     "start": "", "anchor": "", "phase": [1, 2], "note": ["", "after the trial of therapy"],
    ...     "DAYLO": float("nan"), "DAYHI": float("nan"), "ORDER": [1, 2]})
    >>> after_noted(facts, facts.loc[1], "before surgery"), after_noted(facts, facts.loc[0], "at presentation")
    ('after the trial of therapy', 'at presentation')
    """
    noted = _AFTER.match(row.note) if row.kind == "event" and not row.start else None
    if not noted:
        return when
    named = facts["kind"].eq("treatment") & facts["PARAM"].str.lower().eq(noted[1]) & facts["ORDER"].lt(row.ORDER)
    return f"after the {noted[1]}" if named.any() else when


def open_order(moment: pd.DataFrame, last: pd.DataFrame) -> str:
    """That it is not known which of two moments came first, where both have times that overlap; else blank.

    What counts from a fact of the other moment is on the side of it that its time says, two single times that count
    from one are in their printed order (about 5 months, and 5 months), times that only meet have an order, and within a
    day nobody asks.
    """
    first, second = _unbound(last, moment), _unbound(moment, last)
    wide = max(first["DAYHI"].max(), second["DAYHI"].max()) - min(first["DAYLO"].min(), second["DAYLO"].min()) > 1
    is_open = wide and any(_may_be_either(first, row) for row in rows_of(second))
    # Behind a time that counts from something, `that` would be this.
    named = _NAMES.search(str(moment["told_at"].iloc[0]))
    return f" (whether before or after {'the above' if named else 'that'} is not reported)" if is_open else ""


def _unbound(rows: pd.DataFrame, others: pd.DataFrame) -> pd.DataFrame:
    """The rows that have a time of their own, and not one that lies on one side of a fact of another moment."""
    # What was being given at time zero is told as of that.
    # A death is behind all of the living, and what is done with the dead behind that, whatever their times.
    at_death = ranks_at_death(rows).gt(0) & rows["kind"].ne("statement")
    at_a_time = rows["DAYLO"].notna() & rows["start"].ne("") & ~_are_under_way(rows) & ~at_death
    timed, codes = rows[at_a_time], set(others["code"])
    bound = [
        anchor.partition("#")[0] in codes and not (at := parse_time(start)).low < 0 < at.high
        for anchor, start in zip(timed["anchor"], timed["start"], strict=True)
    ]
    return timed[~np.array(bound, dtype=bool)]


def _may_be_either(first: pd.DataFrame, row) -> bool:
    """Whether a fact may be before as well as after one of some others."""
    ordered = surely_before(first, row) | surely_after(first, row)
    ordered |= first["ORDHI"].le(row.ORDLO) | first["ORDLO"].ge(row.ORDHI)
    return any(
        other.anchor != row.anchor or is_date(other.start) != is_date(row.start) or _overlap(other.start, row.start)
        for other in rows_of(first[~ordered])
    )


def _overlap(first: str, second: str) -> bool:
    """Whether two times that count from one have no order as they are printed.

    Examples
    --------
    >>> _overlap("~38 mo", "38 mo"), _overlap("1 mo", "6 wk"), _overlap("3..6 mo", "4..5 mo")
    (False, False, True)
    """
    if (is_point(first) and is_point(second)) or meet_as_printed(first, second):
        return False
    one, other = parse_time(first), parse_time(second)
    return one.low < other.high and other.low < one.high


# A length of time that is not about a number, and its unit.
_LENGTH = re.compile(r"([-+<>=.\d]+) ?([a-z]+)")


def meet_as_printed(first: str, second: str) -> bool:
    """Whether a time ends at the number with which a later one begins, in its unit: the bounds of both may overlap.

    Examples
    --------
    >>> meet_as_printed("12 wk", ">12 wk"), meet_as_printed("2..6 mo", "6 mo"), meet_as_printed("12 wk", "~12 wk")
    (True, True, False)
    """
    lengths = _LENGTH.fullmatch(first), _LENGTH.fullmatch(second)
    if None in lengths or lengths[0][2] != lengths[1][2]:
        return False
    ends, begins = (parse_value(length[1]) for length in lengths)
    return ends.high == begins.low


def origin_remark(moment: pd.DataFrame, when: str) -> str:
    """That a length of time does not say from when it counts, or that this is a reading of the source."""
    is_length = re.match(r"at .*\d|over a follow-up of ", when) or when.endswith(" later")
    if (is_length or _IN_UNITS.match(when)) and moment["note"].str.contains(_FROM_NOTHING).any():
        return " (from when is not reported)"
    read = (moment["derived"].ne("") & moment["note"].str.contains(r"\bread as\b")).any()
    return " (as we read the source)" if read and (is_length or " after " in when) else ""


def stated_once(moment: pd.DataFrame) -> pd.DataFrame:
    """The rows of a moment without those that state what an earlier one does: by another source, or in its words.

    Examples
    --------
    >>> from casetimeline.vocabulary import COLUMN_NAMES
    >>> rows = pd.DataFrame("", index=[0, 1, 2], columns=[*COLUMN_NAMES])
    >>> stated_once(rows.assign(code=["ck", "ck", "crp"], source=["chart", "letter", "chart"]))["code"].tolist()
    ['ck', 'crp']
    """
    # Most moments have each code once.
    several = moment[moment["code"].duplicated(keep=False)]
    if several.empty:
        return moment
    again, _ = restated(several, np.zeros(len(several)))
    return moment.drop(several.index[again])


def with_open_order(clauses: list[list[Said]], moment: pd.DataFrame) -> Iterator[list[Said]]:
    """The clauses of a moment; of values of one thing within one stretch of time that their order is not reported.

    Examples
    --------
    >>> rows = pd.DataFrame({"code": "crp", "PARAM": "C-reactive protein", "LOC": "", "STATE": "value", "line": [2, 3]})
    >>> clause = [Said("CRP was "), Said("20 mg/L", (2,)), Said(" and CRP "), Said("30 mg/L", (3,))]
    >>> [[*_, last]] = with_open_order([clause], rows.assign(start=">12 wk"))
    >>> last.text
    ' (in which order is not reported)'
    >>> [*with_open_order([clause], rows.assign(start="3 d"))] == [clause]
    True
    """
    values = moment[moment["STATE"].eq("value") & moment["start"].ne("") & ~moment["start"].map(is_point).astype(bool)]
    values = values[values.duplicated(["code", "LOC"], keep=False)]
    for clause in clauses:
        lines = {line for part in clause for line in part.lines}
        several = values[values["line"].isin(lines)]
        alone = len(several) == len(lines)
        names = " and ".join(map(label_in_sentence, several["PARAM"].unique()))
        remark = "in which order" if alone else f"in which order the values of {names} were measured"
        yield [*clause, Said(f" ({remark} is not reported)")] if len(several) > 1 else clause
