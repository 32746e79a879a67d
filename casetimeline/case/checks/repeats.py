"""What two rows say of one moment: the same once more, of a measure in whichever unit, or another value of it."""

import functools
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np
import pandas as pd

from ...derive import groups_of, parse_frequency, sites
from ...values import (
    are_one_rounded,
    canonical,
    distinct,
    half_of_last_digit,
    is_point,
    parse_grade,
    parse_value,
    same_times,
    unit_factor,
    written,
)
from ...vocabulary import COLUMN_NAMES, DECIMALS
from ..cells.causes import Misfit
from ..cells.moments import exact_days


class _Findings(NamedTuple):
    """What observations say, each by its place in the facts: the form of its finding, of all but its number, its cells.

    `beside` is the form of unit and state, and -1 without a value.
    """

    form: np.ndarray
    beside: np.ndarray
    cells: np.ndarray
    units: dict[str, dict]
    grades: dict[str, tuple[str, ...]]


def beside(
    facts: pd.DataFrame, zeros: pd.DataFrame, measures: pd.DataFrame
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Observations of the measure, moment and site of another row: their places, its place, whether both agree.

    One exact day is one moment, however it is written; any other moment is that of the words. Of a stretch of
    time, such as a year, two rows are here only if they agree: others may lie apart in it. One amount is one value,
    whichever of the units of the measure it is printed in, and rounded as it is printed in each. A state without a
    value agrees with a size or grade that implies it: what is 25 mm is present. The other row is an earlier one, or one
    with a value where the first has none.
    """
    observed = np.flatnonzero(distinct(facts["kind"]).among(["observation"]))
    moment, point = _moments_of(facts, zeros)
    unvalued = ~distinct(facts["value"]).each(bool, bool)
    # Those with a value come first.
    rows = observed[np.argsort(unvalued[observed], kind="stable")]
    findings = _findings(facts, unvalued, measures)
    places, firsts, sames = [], [], []
    while len(rows):
        moments = groups_of(moment[rows])
        first = rows[moments.first()][moments.codes]
        later = rows != first
        rows, first = rows[later], first[later]
        same = _agree(rows, first, findings)
        together = same | point[rows]
        places, firsts, sames = [*places, rows[together]], [*firsts, first[together]], [*sames, same[together]]
        # In a stretch of time another row may say the same.
        rows = rows[~together]
    place, first, same = (np.concatenate([np.empty(0, dtype=int), *each]) for each in (places, firsts, sames))
    same = same.astype(bool)
    # Of two that say the same the later one says it again; a state says less than a size, wherever it stands.
    less = same & unvalued[place]
    above, below = np.maximum(place, first), np.minimum(place, first)
    return np.where(less, place, above), np.where(less, first, below), same


def stated_again(facts: pd.DataFrame, zeros: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Rows of other kinds than observations that an earlier row of their moment states: places, and those of these."""
    others = np.flatnonzero(~distinct(facts["kind"]).among(["observation"]))
    moment, _ = _moments_of(facts, zeros)
    later, first = restated(facts.iloc[others], moment[others])
    return others[later], others[first]


def restated(facts: pd.DataFrame, moment: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Rows that state what an earlier row of their moment does, by another source or in the same words: places.

    The second places are those of the earlier rows. What one source tells twice in other words may have been twice.

    Examples
    --------
    >>> facts = pd.DataFrame("", index=[0, 1, 2], columns=[*COLUMN_NAMES]).assign(code="ck", source="chart")
    >>> restated(facts.assign(source=["chart", "chart", "letter"], quote=["a first", "a second", ""]), np.zeros(3))
    (array([2]), array([0]))
    """
    texts = [
        distinct(facts[name]).as_text(_FORMS_OF_FACTS.get(name, str)) for name in COLUMN_NAMES if name not in _APART
    ]
    alike = groups_of(moment, facts["code"], *texts)
    first = alike.first()[alike.codes]
    source, quote = (np.asarray(facts[name]) for name in ("source", "quote"))
    later = np.flatnonzero((first != np.arange(len(facts))) & ((source != source[first]) | (quote == quote[first])))
    return later, first[later]


def _moments_of(facts: pd.DataFrame, zeros: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """A number for the case, measure, site and moment of each row; and whether that is one moment, and no stretch."""
    site = sites(distinct(facts["site"]), distinct(facts["note"]))
    days = exact_days(facts, zeros)
    known = ~np.isnan(days)
    printed = distinct(facts["start"]).where(~known)
    point = known | printed.each(lambda text: not text or is_point(text), bool)
    moment = groups_of(same_times(printed).codes, distinct(facts["anchor"]).codes, point).codes.copy()
    # Behind the places of the words.
    moment[known] = len(facts) + groups_of(days[known]).codes
    return groups_of(*(facts[name] for name in ("case_id", "code", "phase")), moment, site).codes, point


def _findings(facts: pd.DataFrame, unvalued: np.ndarray, measures: pd.DataFrame) -> _Findings:
    """What the rows say, in the forms that are held against each other."""
    value, unit, state = (distinct(facts[name]).as_text(form) for name, form in _FORMS.items())
    beside_value = np.where(unvalued, -1, groups_of(unit, state).codes)
    cells = facts[["code", "value", "unit", "state"]].to_numpy()
    units, grades = (measures[name].to_dict() for name in ("units", "grades"))
    return _Findings(groups_of(value, unit, state).codes, beside_value, cells, units, grades)


def _agree(rows: np.ndarray, others: np.ndarray, findings: _Findings) -> np.ndarray:
    """Whether each row says the same as another, or no more than what that implies."""
    same, cells = findings.form[rows] == findings.form[others], findings.cells
    # Two numbers of one unit and state are another value each.
    apart = (findings.beside[rows] == findings.beside[others]) & (findings.beside[rows] >= 0)
    for place in np.flatnonzero(~same & ~apart):
        pair = cells[rows[place]], cells[others[place]]
        implied = [_implied(code, value, findings.grades) for code, value, _, _ in pair]
        one, other = (_amount(*row, sense, findings.units) for row, sense in zip(pair, implied, strict=True))
        same[place] = one is not None and other is not None and one.agrees(other)
        same[place] |= _says_less(pair[0], pair[1][3], implied[1])
    return same


def _implied(code: str, value: str, grades: dict[str, tuple[str, ...]]) -> str:
    """The state that a value of a finding implies, present or absent; blank where it implies neither.

    Examples
    --------
    >>> scale = {"effusion": ("none", "small", "large")}
    >>> [_implied("effusion", value, scale) for value in ("25", ">0", "0", "0..5", "large", "none", "")]
    ['present', 'present', 'absent', '', 'present', 'absent', '']
    """
    if not value or not grades.get(code):
        return ""
    try:
        bounds = parse_value(value, 0.0)
    except ValueError:
        try:
            bounds = parse_grade(value, grades[code])
        except ValueError:
            return ""
    above = bounds.low > 0 or (bounds.low == 0 and bounds.low_open)
    return "present" if above else "absent" if bounds.high == 0 else ""


def _says_less(row: np.ndarray, state: str, implied: str) -> bool:
    """Whether a row has no value, and says no more than what a value of the same moment implies."""
    _, value, _, bare = row
    if value or not implied or canonical("state", bare) != implied:
        return False
    return canonical("state", state) in ("", implied)


class _Amount(NamedTuple):
    """A number in the unit of its measure, the state beside it, its last digit's half, and the factor of its unit."""

    bounds: tuple
    state: str
    half: float
    factor: float

    def agrees(self, other: "_Amount") -> bool:
        """Whether two are one amount; in two units, each may be rounded to the digits that are printed."""
        if self.state != other.state or self.factor == other.factor:
            return self[:2] == other[:2]
        apart = max(abs(one - another) for one, another in zip(self.bounds, other.bounds, strict=True))
        return self.bounds == other.bounds or are_one_rounded(apart, self.half + other.half)


def _amount(code: str, value: str, unit: str, state: str, implied: str, units: dict[str, dict]) -> _Amount | None:
    """The amount of a row; nothing where there is no number in a unit of its measure."""
    factors = units.get(code, {})
    # A blank unit has a factor where measures.csv gives it one, as for a score.
    factor = unit_factor(unit, factors) if unit else factors.get("")
    try:
        low, high, *open_ends = parse_value(value)
    except ValueError:
        return None
    # Any other number without a unit is not compared with one that has a unit.
    if factor is None:
        return None
    bounds = round(low * factor, DECIMALS), round(high * factor, DECIMALS), *open_ends
    half = half_of_last_digit(value) * factor
    stated = canonical("state", state)
    # That what has a size is present need not be said.
    return _Amount(bounds, "" if stated == implied else stated, half, factor)


def _form_of_value(text: str) -> str:
    """A number as its bounds, so that 5 and 5.0 are one; any other text as it is."""
    try:
        return str(parse_value(text))
    except ValueError:
        return text


def _form_of_frequency(text: str) -> str:
    """How often, as the days from one to the next, so that daily and once daily are one; any other text as it is."""
    try:
        return str(parse_frequency(text))
    except ValueError:
        return text


# In what form two findings are held against each other.
_FORMS = {"value": _form_of_value, "unit": written, "state": functools.partial(canonical, "state")}
# And any two facts. The moment and the source are not part of what a fact states.
_FORMS_OF_FACTS = {**_FORMS, "dose": _form_of_value, "dose_unit": written, "frequency": _form_of_frequency}
_FORMS_OF_FACTS |= {"route": functools.partial(canonical, "route")}
_APART = ("case_id", "phase", "code", "start", "anchor", "source", "quote", "derived")


def check_collisions(facts: pd.DataFrame, zeros: pd.DataFrame, measures: pd.DataFrame) -> Iterator[Misfit]:
    """Faults of rows with another value of a measure and moment than an earlier row."""
    places, firsts, same = beside(facts, zeros, measures)
    lines = facts["line"].to_numpy()
    colliding = facts[["line", "code", "value", "state", "site", "by"]].iloc[places[~same]]
    by = facts["by"].to_numpy()[firsts[~same]]
    for row, first, other in zip(colliding.itertuples(), lines[firsts[~same]], by, strict=True):
        apart = ", or another site" if row.site else ", or on both a site"
        if row.by and other and row.by != other:
            apart = "; of two that measured it, one stands in the rows and the other in a note"
        expected = f"one value of {row.code} at one moment, as on line {first}{apart}"
        yield row.line, "value", row.value or row.state, expected
