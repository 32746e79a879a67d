"""What was given: dosing days, number of doses and cumulative dose as bounds; gaps, overlap, alternation.

Nothing is filled in. A schedule, a start or an end that is not reported leaves the count open, and a dose per
kilogram stays per kilogram unless a weight is recorded.
"""

import math
import re
from typing import NamedTuple

import numpy as np
import pandas as pd

from ..values import ONGOING, parse_column, parse_duration, parse_value
from ..vocabulary import DAYS_PER, DECIMALS

_EVERY = re.compile(r"every\s+(?P<time>[0-9]+(?:\.[0-9]+)?\s*(?:h|d|wk|mo|a))(?P<alternating>,\s*alternating)?")
# A number repeated as a range is exact, where the print alone is known to half its unit.
_BARE = re.compile(r"^([0-9.]+)")
_WORDS = {"daily": 1.0, "once daily": 1.0, "twice daily": 0.5, "weekly": 7.0, "monthly": DAYS_PER["mo"]}
PER_TIME = {"day": 1.0, "d": 1.0, "week": 7.0, "wk": 7.0, "month": DAYS_PER["mo"]}
# Doses per body size, with the measure that would turn them into an amount.
_PER_BODY = {"kg": "weight", "m2": "body_surface_area"}


class Frequency(NamedTuple):
    """How often a treatment is given.

    Attributes
    ----------
    interval : float
        Days from one administration to the next; nan where the words do not say it, infinite for a single dose.
    alternating : bool
        Whether the administrations alternate between the treatments of one regimen.
    """

    interval: float
    alternating: bool


def parse_frequency(text: str) -> Frequency:
    """The interval of a recorded frequency; an interval of nan where the words are none of the known forms.

    Parameters
    ----------
    text : str
        `once`, `daily`, `twice daily`, `weekly`, `monthly`, `every 4 wk`, or `every 2 wk, alternating`.

    Examples
    --------
    >>> parse_frequency("every 4 wk"), parse_frequency("every 2 wk, alternating")
    (Frequency(interval=28.0, alternating=False), Frequency(interval=14.0, alternating=True))
    >>> parse_frequency("once").interval, parse_frequency("as needed").interval
    (inf, nan)
    """
    words = text.strip().lower()
    every = _EVERY.fullmatch(words)
    if every:
        try:
            days = parse_duration(_BARE.sub(r"\1..\1", every["time"])).low
        except ValueError:
            days = math.nan
        return Frequency(days if days > 0 else math.nan, every["alternating"] is not None)
    return Frequency(math.inf if words == "once" else _WORDS.get(words, math.nan), False)


def is_per_time(unit: str) -> bool:
    """Whether the unit of a dose says itself how often it is given.

    Examples
    --------
    >>> is_per_time("mg/day"), is_per_time("mg/kg"), is_per_time("")
    (True, False, False)
    """
    return unit.rpartition("/")[2] in PER_TIME and "/" in unit


def derive_told(given: pd.DataFrame) -> pd.DataFrame:
    """Which of dose, schedule, route, start and end is told of each treatment row; a dose per day tells its schedule.

    Examples
    --------
    >>> given = pd.DataFrame({"dose": ["5", ""], "dose_unit": ["mg/day", ""], "frequency": "", "route": ["", "oral"],
    ...                       "start": "", "end": ""})
    >>> derive_told(given).sum().to_dict()
    {'dose': 1, 'schedule': 1, 'route': 1, 'start': 0, 'end': 0}
    """
    told = {name: given[name].ne("") for name in ("dose", "frequency", "route", "start", "end")}
    told["frequency"] |= given["dose_unit"].map(is_per_time).astype(bool)
    return pd.DataFrame(told, index=given.index).rename(columns={"frequency": "schedule"})


def derive_exposure(frame: pd.DataFrame) -> pd.DataFrame:
    """One row a treatment row: its interval, days, number of doses and cumulative dose, each as bounds.

    The days run from start to end, both counted. Doses of an interval fall on the first day and then on each
    interval up to the end. Treatments of one case and phase that are told to alternate share their interval: each of
    two comes at every second administration.

    Parameters
    ----------
    frame : DataFrame
        Facts with their analysis columns.

    Returns
    -------
    DataFrame
        In the order of the file: `case_id`, `line`, `phase`, EXTRT, EXDOSE, EXDOSU, EXDOSFRQ; INTERVAL, days between
        two administrations of the regimen, and OWN, of this treatment; ALTERNATES, the other treatments of the regimen;
        EXDURLO, EXDURHI, days; NDOSLO, NDOSHI, doses; CUMLO, CUMHI in CUMU; ENDED (`yes`, `ongoing`, `not reported`);
        and REASON, what is missing for a cumulative dose.

    Examples
    --------
    8 mg/kg every 4 weeks from day 0 to day 84: doses on days 0, 28, 56 and 84, together 32 mg/kg.

    >>> facts = pd.DataFrame({"case_id": ["a"], "line": [2], "kind": ["treatment"], "phase": [1], "code": ["x"],
    ...     "PARAMCD": ["x"], "PARAM": ["X"], "dose": ["8"], "dose_unit": ["mg/kg"], "frequency": ["every 4 wk"],
    ...     "end": ["84 d"], "AVALLO": [None], "AVALHI": [None], "AVALU": [""], "DAYLO": [0.0], "DAYHI": [0.0],
    ...     "AENLO": [84.0], "AENHI": [84.0]})
    >>> derive_exposure(facts)[["EXDURLO", "NDOSLO", "CUMLO", "CUMHI", "CUMU"]].to_numpy().tolist()
    [[85.0, 4.0, 32.0, 32.0, 'mg/kg']]
    """
    given = frame[frame["kind"] == "treatment"]
    frequencies = pd.DataFrame([parse_frequency(text) for text in given["frequency"]], index=given.index)
    interval = frequencies.get("interval", pd.Series(dtype=float)).astype(float)
    alternating = frequencies.get("alternating", pd.Series(dtype=bool)).astype(bool)
    group = [given["case_id"], given["phase"].astype(float), interval]
    partners = _partners(given, alternating, group)
    shares = partners.map(len) + 1.0
    # Of treatments that take turns each has its own interval, but only beside the others.
    own = interval.where(~alternating, (interval * shares).where(shares > 1))
    amount, _, time = (
        given["dose_unit"].str.rpartition("/", expand=True).reindex(columns=range(3))[i] for i in range(3)
    )
    per_time = time.map(PER_TIME).astype(float)
    once = np.isinf(interval)
    low = (given["AENLO"] - given["DAYHI"]).clip(lower=0) + 1
    high = (given["AENHI"] - given["DAYLO"]).clip(lower=0) + 1
    low, high = low.mask(once, 1.0), high.mask(once, 1.0)
    # `ongoing` is an end at infinity: as many days as may come, and one at the least.
    ongoing = given["AENLO"] == ONGOING.low
    low, high = low.mask(ongoing & ~once, 1.0), high.mask(ongoing & ~once, math.inf)
    doses = {"LO": _doses(low, own), "HI": _doses(high, own)}
    dose = parse_column(given["dose"], parse_value)
    # A dose per day or week is given at that rate; any other as often as the schedule says.
    times = {"LO": (low / per_time).where(per_time.notna(), doses["LO"])}
    times["HI"] = (high / per_time).where(per_time.notna(), doses["HI"])
    highest = (dose["high"] * times["HI"]).mask((dose["high"] == 0) & times["HI"].notna(), 0.0)
    cumulative = {"LO": dose["low"].clip(lower=0) * times["LO"], "HI": highest}
    amount = given["dose_unit"].where(per_time.isna(), amount)
    cumulative, amount = _by_body(cumulative, amount, given, frame)
    table = given[["case_id", "line", "phase"]].assign(
        EXTRT=given["PARAM"],
        EXDOSE=given["dose"],
        EXDOSU=given["dose_unit"],
        EXDOSFRQ=given["frequency"],
        INTERVAL=interval,
        OWN=own,
        ALTERNATES=partners.map(", ".join).astype(str),
        EXDURLO=low,
        EXDURHI=high,
        NDOSLO=doses["LO"],
        NDOSHI=doses["HI"],
        CUMLO=cumulative["LO"],
        CUMHI=cumulative["HI"],
        CUMU=amount,
        ENDED=pd.Series("yes", index=given.index).mask(given["end"].eq(""), "not reported").mask(ongoing, "ongoing"),
    )
    return table.assign(REASON=_missing(given, interval, own, per_time, table))


def _doses(days: pd.Series, interval: pd.Series) -> pd.Series:
    """Administrations in a number of days, the first on the first day."""
    count = np.ceil((days / interval.where(np.isfinite(interval))).round(DECIMALS))
    return count.mask(np.isinf(interval), 1.0)


def _by_body(cumulative: dict, amount: pd.Series, given: pd.DataFrame, frame: pd.DataFrame) -> tuple[dict, pd.Series]:
    """Doses per kilogram or square metre as an amount, in a case whose weight or surface is recorded."""
    for body, code in _PER_BODY.items():
        sizes = frame[(frame["kind"] == "observation") & (frame["PARAMCD"] == code) & frame["AVALLO"].notna()]
        sizes = sizes[sizes["AVALU"] == body]
        low = given["case_id"].map(sizes.groupby("case_id")["AVALLO"].min()).astype(float)
        high = given["case_id"].map(sizes.groupby("case_id")["AVALHI"].max()).astype(float)
        known = amount.str.endswith(f"/{body}") & low.notna()
        cumulative = {
            "LO": cumulative["LO"].where(~known, cumulative["LO"] * low),
            "HI": cumulative["HI"].where(~known, cumulative["HI"] * high),
        }
        amount = amount.where(~known, amount.str.removesuffix(f"/{body}"))
    return cumulative, amount


def _partners(given: pd.DataFrame, alternating: pd.Series, group: list[pd.Series]) -> pd.Series:
    """Names of the other treatments that take turns with that of each row; none where it stands alone."""
    keys = pd.DataFrame(dict(enumerate(group))).groupby([0, 1, 2], dropna=False).ngroup()
    members = given[alternating].groupby(keys[alternating])["PARAM"].agg(lambda names: sorted(set(names)))
    others = [
        tuple(name for name in members[key] if name != own) if shares else ()
        for key, own, shares in zip(keys, given["PARAM"], alternating, strict=True)
    ]
    return pd.Series(others, index=given.index, dtype=object)


def _missing(
    given: pd.DataFrame, interval: pd.Series, own: pd.Series, per_time: pd.Series, table: pd.DataFrame
) -> pd.Series:
    once = np.isinf(interval)
    parts = {
        "dose": given["dose"].eq(""),
        "dose unit": given["dose"].ne("") & given["dose_unit"].eq(""),
        "schedule": interval.isna() & per_time.isna(),
        "partner": interval.notna() & own.isna(),
        "start": given["DAYLO"].isna() & ~once,
        "end": given["AENLO"].isna() & ~once,
    }
    missing = pd.DataFrame(parts, index=given.index)
    words = missing.apply(lambda row: ", ".join(name for name, gone in row.items() if gone), axis=1)
    words = words.astype(str) if len(missing) else pd.Series("", index=given.index)
    said = (words + " not reported").where(words.ne(""), "")
    return said.mask(words.eq("") & (table["ENDED"] == "ongoing"), "ongoing")


def derive_gaps(frame: pd.DataFrame) -> pd.DataFrame:
    """Days without a treatment before each of its courses but the first, and days shared with the earlier ones.

    Parameters
    ----------
    frame : DataFrame
        Facts with their analysis columns.

    Returns
    -------
    DataFrame
        One row for each two successive courses of one treatment of a case, in the order of their starts: `case_id`,
        EXTRT, LINE and NEXT, the lines of the two; GAPLO, GAPHI, days since the latest end of all earlier courses, and
        OVERLO, OVERHI, days shared with them; missing where a start or end that they need is not known.

    Examples
    --------
    From day 0 to 9, then from day 20 to 29: on days 10 to 19 nothing was given.

    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "kind": "treatment", "PARAMCD": "x", "PARAM": "X",
    ...                       "ORDER": [1, 2], "DAYLO": [0.0, 20.0], "DAYHI": [0.0, 20.0], "AENLO": [9.0, 29.0],
    ...                       "AENHI": [9.0, 29.0]})
    >>> derive_gaps(facts)[["LINE", "NEXT", "GAPLO", "OVERLO"]].astype(int).to_numpy().tolist()
    [[2, 3, 10, 0]]
    """
    given = frame[frame["kind"] == "treatment"].sort_values(["case_id", "PARAMCD", "DAYLO", "ORDER", "line"])
    course = [given["case_id"], given["PARAMCD"]]
    ends = given[["AENLO", "AENHI"]]
    # A course runs on beneath those that begin later: the latest end of all so far counts, if each is known.
    unknown = ends.isna().astype(int).groupby(course).cumsum() > 0
    latest = ends.groupby(course).cummax().mask(unknown).groupby(course).shift()
    least, most = given["DAYLO"] - latest["AENHI"] - 1, given["DAYHI"] - latest["AENLO"] - 1
    shared_low = np.minimum(latest["AENLO"], given["AENLO"]) - given["DAYHI"] + 1
    shared_high = np.minimum(latest["AENHI"], given["AENHI"]) - given["DAYLO"] + 1
    table = pd.DataFrame(
        {
            "case_id": given["case_id"],
            "EXTRT": given["PARAM"],
            "LINE": given["line"].groupby(course).shift().astype("Int64"),
            "NEXT": given["line"],
            "GAPLO": least.clip(lower=0),
            "GAPHI": most.clip(lower=0),
            "OVERLO": shared_low.clip(lower=0),
            "OVERHI": shared_high.clip(lower=0),
        }
    )
    return table[table["LINE"].notna()].reset_index(drop=True)


# More marks than this in one bar are no longer told apart.
MOST_DOSES = 60


def derive_doses(frame: pd.DataFrame) -> pd.DataFrame:
    """The administrations whose days are known: the start and the number of doses of their row are.

    Parameters
    ----------
    frame : DataFrame
        Facts with their analysis columns.

    Returns
    -------
    DataFrame
        One row an administration: `case_id`, `line`, `code`, EXTRT, DOSEDY (day from time zero). A row of more than
        `MOST_DOSES` administrations, or of daily ones, is left to its bar.

    Examples
    --------
    Every 4 weeks from day 0 to day 84: days 0, 28, 56 and 84.

    >>> facts = pd.DataFrame({"case_id": ["a"], "line": [2], "kind": ["treatment"], "phase": [1], "code": ["x"],
    ...     "PARAMCD": ["x"], "PARAM": ["X"], "dose": ["8"], "dose_unit": ["mg/kg"], "frequency": ["every 4 wk"],
    ...     "end": ["84 d"], "AVALLO": [None], "AVALHI": [None], "AVALU": [""], "DAYLO": [0.0], "DAYHI": [0.0],
    ...     "AENLO": [84.0], "AENHI": [84.0]})
    >>> derive_doses(facts)["DOSEDY"].tolist()
    [0.0, 28.0, 56.0, 84.0]
    """
    exposure = derive_exposure(frame)
    facts = frame.loc[exposure.index]
    exact = (facts["DAYLO"] == facts["DAYHI"]) & (exposure["NDOSLO"] == exposure["NDOSHI"])
    few = (exposure["OWN"] > 1) & (exposure["NDOSHI"] <= MOST_DOSES)
    known = exposure.assign(code=facts["code"], START=facts["DAYLO"])[exact & few]
    rows = [
        [row.case_id, row.line, row.code, row.EXTRT, row.START + i * (row.OWN if math.isfinite(row.OWN) else 0.0)]
        for row in known.itertuples()
        for i in range(round(row.NDOSLO))
    ]
    return pd.DataFrame(rows, columns=["case_id", "line", "code", "EXTRT", "DOSEDY"])


def derive_calendar(frame: pd.DataFrame, days: float = 56.0) -> pd.DataFrame:
    """The administrations of each regimen in its first days, counted from the first one.

    The interval is what the source states. That the regimen begins on day 0 and, of treatments that take turns, that
    the one told first begins, is assumed, and only the order of the telling supports it.

    Parameters
    ----------
    frame : DataFrame
        Facts with their analysis columns.
    days : float
        How many days are laid out; at least two administrations of each treatment are.

    Returns
    -------
    DataFrame
        One row an administration: `case_id`, `line`, `phase`, `code`, EXTRT, DOSEDY, OWN (days from one to the next of
        this treatment), INTERVAL (days from one administration of the regimen to the next), ALTERNATES. Rows whose
        schedule is not reported, or is no interval, have none.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "line": [2, 3], "kind": "treatment", "phase": 3, "code": ["x", "y"],
    ...     "PARAMCD": ["x", "y"], "PARAM": ["X", "Y"], "dose": "8", "dose_unit": "mg", "frequency":
    ...     "every 2 wk, alternating", "end": "", "AVALLO": None, "AVALHI": None, "AVALU": "", "DAYLO": np.nan,
    ...     "DAYHI": np.nan, "AENLO": np.nan, "AENHI": np.nan})
    >>> calendar = derive_calendar(facts)
    >>> calendar.groupby("EXTRT")["DOSEDY"].agg(list).to_dict()
    {'X': [0.0, 28.0, 56.0], 'Y': [14.0, 42.0]}
    """
    exposure = derive_exposure(frame).assign(code=frame["code"])
    # A dose per day or per week has its interval in its unit.
    by_unit = exposure["EXDOSU"].str.replace(r"^.*/", "", regex=True).map(PER_TIME).astype(float)
    own, interval = exposure["OWN"].fillna(by_unit), exposure["INTERVAL"].fillna(by_unit)
    exposure = exposure.assign(OWN=own, INTERVAL=interval)
    regular = exposure[own.notna() & np.isfinite(own)]
    regimen = [regular["case_id"], regular["phase"].astype(float), regular["INTERVAL"], regular["ALTERNATES"].ne("")]
    turn = regular.groupby(regimen, dropna=False)["EXTRT"].transform(lambda names: pd.factorize(names)[0])
    turn = turn.where(regular["ALTERNATES"].ne(""), 0)
    rows = []
    for row, place in zip(regular.itertuples(), turn, strict=True):
        first = place * row.INTERVAL
        count = math.floor((max(days, first + row.OWN) - first) / row.OWN) + 1
        lasting = math.ceil(row.EXDURHI / row.OWN) if 0 < row.EXDURHI < math.inf else math.inf
        count = round(min(count, row.NDOSHI if row.NDOSHI == row.NDOSHI else lasting))
        told = [row.case_id, row.line, row.phase, row.code, row.EXTRT]
        rows.extend([*told, first + i * row.OWN, row.OWN, row.INTERVAL, row.ALTERNATES] for i in range(count))
    columns = ["case_id", "line", "phase", "code", "EXTRT", "DOSEDY", "OWN", "INTERVAL", "ALTERNATES"]
    return pd.DataFrame(rows, columns=columns)
