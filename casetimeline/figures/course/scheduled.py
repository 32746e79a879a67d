"""What is known of the administrations of a schedule, for the dosing calendar: their number, their days, their end."""

import math
import re
from typing import NamedTuple

import pandas as pd

from ...derive import derive_exposure, is_per_time, parse_frequency, varied_in, vary
from ...prose import capital, joined, label_in_sentence, times_words
from ...values import number
from ...vocabulary import STOPPED
from ..axes.lasting import is_open, is_single
from ..axes.time_words import until_words
from ..style import legible
from .treatments import is_unclear

LONGEST = 56.0  # days of a schedule that are shown at most
STUB = 3.0  # days of a bar whose end is not reported


class Known(NamedTuple):
    """What is known of the administrations of each line: their number, the days for which it was surely given, or
    `unended`: that it was given longer than these, and nobody says how long. Of a line that is `bounded` the least and
    the greatest number are known, and they differ. `counts` has these numbers where the source tells them,
    and `varied` the lines of which the dose is only that of the beginning.
    """

    number: dict[int, int]
    days: dict[int, float]
    unended: frozenset[int]
    bounded: frozenset[int]
    counts: dict[int, tuple[float, float]]
    varied: frozenset[int]


def known_of(facts: pd.DataFrame) -> Known:
    """What is known of the administrations of each treatment of a case."""
    exposure = derive_exposure(facts)
    exact = exposure[(exposure["NDOSLO"] == exposure["NDOSHI"]) & exposure["NDOSHI"].notna()]
    # That something was given for a day at least is not how long it was given.
    is_long = exposure["EXDURLO"].ge(STUB) | exposure["EXDURLO"].eq(exposure["EXDURHI"])
    lasting = exposure[is_long & exposure["ENDED"].ne("ongoing")]
    given = facts[facts["kind"].eq("treatment")]
    counts = zip(given["line"], given["COUNTLO"], given["COUNTHI"], strict=True)
    return Known(
        dict(zip(exact["line"], exact["NDOSHI"].astype(int), strict=True)),
        dict(zip(lasting["line"], lasting["EXDURLO"], strict=True)),
        frozenset(lasting.loc[lasting["EXDURHI"].eq(math.inf), "line"]),
        frozenset(exposure.loc[exposure["NDOSLO"].lt(exposure["NDOSHI"]) & exposure["NDOSHI"].lt(math.inf), "line"]),
        {line: (least, most) for line, least, most in counts if 1 <= least < most},
        frozenset(given["line"][varied_in(given) > 0]),
    )


def as_told(calendar: pd.DataFrame, courses: dict, known: Known) -> pd.DataFrame:
    """The administrations of a calendar that the source tells: of a schedule without an end, its first interval.

    An unclear schedule has none; nor has one of which nothing could be shown but that something was given every day, or
    no more than two administrations. A dose that fell or rose has others after the first.
    """
    is_known = calendar["line"].isin([*known.number, *known.days, *known.counts])
    first = calendar.groupby("line")["DOSEDY"].transform("min") + calendar["OWN"]
    # Drugs that take turns are shown up to the second administration of each.
    until = first.groupby([calendar["phase"], calendar["ALTERNATES"].ne("")], dropna=False).transform("max")
    until = until.where(calendar["ALTERNATES"].ne(""), first)
    unclear = [line for line, row in courses.items() if is_unclear(row)]
    clear = ~calendar["line"].isin([*unclear, *known.varied])
    # Administrations that are counted are given, however long that takes.
    limits = {line: days for line, days in known.days.items() if line not in known.number}
    lasting = calendar["line"].map(limits).fillna(math.inf)
    calendar = calendar[clear & (is_known | (calendar["DOSEDY"] <= until)) & (calendar["DOSEDY"] < lasting)]
    # Of a number without an upper end, and without the time that it took, the least is laid out.
    endless = {
        line: least for line, (least, most) in known.counts.items() if math.isinf(most) and line not in known.days
    }
    calendar = calendar[calendar.groupby("line").cumcount() < calendar["line"].map(endless).fillna(math.inf)]
    # Two marks at the interval that the words have already tell nothing; drugs that take turns do.
    many = calendar.groupby("line")["DOSEDY"].transform("size") > 2
    lasts = calendar["OWN"].le(1) & calendar["line"].isin([*known.number, *known.days, *known.counts])
    shows = (calendar["OWN"].gt(1) & many) | calendar["ALTERNATES"].ne("") | lasts
    return calendar[shows]


def why_not(row, regular: pd.DataFrame, known: Known, once: int) -> str:
    """Why a treatment has no calendar, as a clause."""
    if is_unclear(row):
        return "schedule not clear in the source"
    if not row.frequency and not is_per_time(row.dose_unit):
        return "schedule not reported"
    if varied := varied_words(row):
        return varied
    if parse_frequency(row.frequency).interval <= 1 or is_per_time(row.dose_unit):
        is_timed = row.end not in ("", "ongoing", STOPPED)
        until = until_words(row) if is_timed else "until when is not reported"
        return f"given every day, {'ongoing' if row.end == 'ongoing' else until}"
    if row.line in {*regular["line"]}:
        if row.line not in {*known.number, *known.days, *known.counts}:
            return "how many were given is not reported"
        # A course of more has its others behind the weeks of the calendar.
        window = f" in the first {in_weeks(LONGEST)}" if known.number.get(row.line, math.inf) > 2 else ""
        return f"no more than two administrations{window}"
    if is_single(row):
        return f"given as {once} single doses" if once > 1 else "given once"
    if row.count and math.isfinite(parse_frequency(row.frequency).interval):
        return f"{row.count} were given, fewer than its schedule and time allow, and which these were is not reported"
    return f"schedule without an interval: {legible(row.frequency)}"


def varied_words(row) -> str:
    """That a dose fell or rose within its course, and which doses are not known, as a clause; blank where it did not.

    Examples
    --------
    >>> from types import SimpleNamespace as Row
    >>> dosed = {"dose": "40", "dose_unit": "mg/day", "code": "a_drug"}
    >>> [varied_words(Row(note=note, **dosed)) for note in ("tapered to 10 mg/day", "titrated")]
    ['tapered, doses in between not reported', 'dose increased, and only the first dose is known']
    """
    varied = vary(row.note, row.dose, row.dose_unit, row.code)
    if not row.dose or not varied.kind:
        return ""
    fell = "tapered" if re.search("taper|wean", varied.words, re.IGNORECASE) else "dose reduced"
    unknown = "doses in between not reported" if varied.dose else "and only the first dose is known"
    return f"{fell if varied.kind == 'taper' else 'dose increased'}, {unknown}"


def open_points(drawn: set[str], courses: dict, calendar: pd.DataFrame, known: Known) -> list[str]:
    """From when weeks count, and what is not reported: which drug was given first, and how many doses of which."""
    drawn_lines = [*dict.fromkeys(calendar["line"])]
    counted = [courses[line] for line in drawn_lines if line in known.counts]
    lines = [line for line in drawn_lines if line not in {*known.number, *known.counts}]
    missing = ["which drug was given first"] if "assumed" in drawn else []
    missing += _numbers_of([courses[line] for line in lines if line not in known.bounded])
    between = _numbers_of([courses[line] for line in lines if line in known.bounded])
    are = "are" if len(missing) > 1 else "is"
    unreported = [f"{capital(joined(missing))} {are} not reported."] if missing else []
    inexact = [f"{capital(of)} is not exact." for of in between]
    given = ", ".join(f"{label_in_sentence(row.PARAM)} {times_words(row)}" for row in counted)
    return [_from_when(drawn_lines, courses), *unreported, *inexact, *([f"Given: {given}."] if given else [])]


def _from_when(lines: list[int], courses: dict) -> str:
    """From what the weeks of the calendar count: of what was already being taken the first dose is not known."""
    taken = [*dict.fromkeys(label_in_sentence(courses[line].PARAM) for line in lines if is_open(courses[line]))]
    were = "were" if len(taken) > 1 else "was"
    known_day = f"; of {joined(taken)}, which {were} already being taken, from the first known day" if taken else ""
    return f"Weeks are counted from the first dose{known_day}."


def _numbers_of(rows: list) -> list[str]:
    """The number of the doses of some treatments as the subject of a sentence; nothing of none."""
    names = list(dict.fromkeys(label_in_sentence(row.PARAM) for row in rows))
    return [f"the number of doses{' of each' if len(names) > 1 else ''} ({', '.join(names)})"] if names else []


def lasting_of(line: int, doses: pd.DataFrame, known: Known) -> float:
    """The days on which a drug was given every day, by its end or by the number of its doses; endless if not known."""
    least = known.counts.get(line, (math.inf,))[0]
    return known.days.get(line, known.number.get(line, least) * doses["OWN"].iloc[0])


def is_taken_until(row) -> bool:
    """Whether a treatment was already being taken and its end is known: what is missing of it came before."""
    return is_open(row) and math.isfinite(row.AENHI)


def goes_on_after(row, doses: pd.DataFrame, known: Known) -> bool:
    """Whether a treatment was given after what is laid out, as far as the source tells its number or its end."""
    line, interval = row.line, doses["OWN"].iloc[0]
    if is_taken_until(row) and line in known.days:
        return math.ceil(known.days[line] / interval) > len(doses)
    most = known.counts[line][1] if line in known.counts else math.inf
    # As many as its schedule and its time allow.
    within = math.ceil(known.days[line] / interval) if line in known.counts and line in known.days else math.inf
    return known.number.get(line, min(most, within)) > len(doses)


def in_weeks(days: float) -> str:
    """A number of days in weeks: `week`, `2 weeks`."""
    return "week" if days == 7 else f"{number(days / 7, 1)} weeks"
