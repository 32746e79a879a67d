"""The vocabulary: measures.csv with the measures, treatments.csv with the names of what is given."""

import math
import re

import pandas as pd

from ...derive import NO_EQUIVALENT
from ...faults import Fault, TimelineError
from ...values import canonical, is_absent_grade, rows_of, spelt, written
from ...vocabulary import KINDS
from .separated import as_numbers, check_kinds, read_frame

_FACTOR = re.compile(r"[0-9]+(\.[0-9]+)?")
_WHOLE = ("yes", "no", "")
_DIRECTIONS = ("lower", "higher", "")
_SCALES = ("ratio", "interval", "ordinal", "titre", "")
_MEASURE = ("code", "kind", "label", "unit", "grades", "better")
# What treatments.csv may do without: the ATC code, the dose that equals 5 mg of prednisone, the measures touched.
_TREATMENT_MORE = ("atc", "prednisone_5mg", "touches")
# What a table of measures may do without, in the order of the project's own.
_MEASURE_MORE = (
    "abbrev",
    "units",
    "low",
    "high",
    "whole",
    "scale",
    "system",
    "concept",
    "concept_label",
    "definition",
    "source",
    "synonyms",
    "ambiguous",
    "units_refused",
    "sites",
)


def read_measures(text: str, file: str) -> pd.DataFrame:
    """The vocabulary, indexed by code, with its lines, limits as numbers, grades as words and units as factors.

    An abbreviation that is not given is the label, and the unit is the only one where none is listed; of points it may
    be blank, unless that is refused. The scale `ratio` is blank.
    """
    return with_ratio_blank(read_typed_measures(text, file))


def with_ratio_blank(measures: pd.DataFrame) -> pd.DataFrame:
    """Measures whose scale is blank where it is `ratio`: both say the same."""
    return measures.assign(scale=measures["scale"].replace("ratio", ""))


def read_typed_measures(text: str, file: str) -> pd.DataFrame:
    """As `read_measures`, with the scale as it is typed."""
    frame = read_frame(text, file, _MEASURE, "code")
    frame = frame.assign(**{name: "" for name in _MEASURE_MORE if name not in frame})
    frame = as_numbers(frame, ("low", "high"), file)
    check_kinds(frame, KINDS, file)
    _check_measures(frame, file)
    alone = frame["unit"].where(frame["unit"] == "", frame["unit"] + "=1")
    # Points are counted: a score is printed with no unit as often as with this one.
    refuses_blank = frame["units_refused"].map(lambda cell: "(blank)" in refused_units(cell))
    alone = alone.where((frame["unit"] != "points") | refuses_blank, "points=1|(blank)=1")
    frame["units"] = frame["units"].where(frame["units"] != "", alone)
    frame["abbrev"] = frame["abbrev"].where(frame["abbrev"] != "", frame["label"])
    units = [_units_of(row, file) for row in frame[["line", "unit", "units", "units_refused"]].itertuples(index=False)]
    grades = [_scale_of(cell) for cell in frame["grades"]]
    limits = {"low": frame["low"].fillna(-math.inf), "high": frame["high"].fillna(math.inf)}
    frame = frame.assign(units=units, grades=grades, whole=frame["whole"] == "yes", **limits)
    return frame.set_index("code")


def _scale_of(cell: str) -> tuple[str, ...]:
    """The grades of a cell, those of what is there from the place 1; a scale of classes has no word at the place 0.

    Examples
    --------
    >>> _scale_of("none|small|large"), _scale_of("I|II"), _scale_of("")
    (('none', 'small', 'large'), ('', 'I', 'II'), ())
    """
    grades = tuple(grade for grade in cell.split("|") if grade)
    return grades if not grades or is_absent_grade(grades[0]) else ("", *grades)


def _units_of(row, file: str) -> dict[str, float]:
    """The factor of each unit of a measure, its own among them."""
    pairs = [pair.rpartition("=") for pair in row.units.split("|") if pair]
    if not all(_FACTOR.fullmatch(factor) and float(factor) > 0 and name for name, _, factor in pairs):
        expected = "names with their factor, which is above 0, as in U/L=1|ukat/L=60"
        raise TimelineError([Fault(file, row.line, "units", row.units, expected)])
    factors, known = {name.replace("(blank)", ""): float(factor) for name, _, factor in pairs}, {}
    for name, _, factor in pairs:
        # However it is written, one unit has one factor.
        if known.setdefault(written(name), float(factor)) != float(factor):
            expected = f"one factor of each unit; {name} has {known[written(name)]:g} before"
            raise TimelineError([Fault(file, row.line, "units", f"{name}={factor}", expected)])
    listed = {spelt(name) for name, _, _ in pairs}
    for name in refused_units(row.units_refused):
        if spelt(name) in listed:
            expected = f"a unit that is not read: {name} stands in 'units' as well"
            raise TimelineError([Fault(file, row.line, "units_refused", name, expected)])
    if row.units and not row.unit and known.get(written("(blank)")) != 1:
        first = next(iter(factors))
        expected = f"the unit that has the factor 1 in 'units', such as {first}, or (blank)=1 there"
        raise TimelineError([Fault(file, row.line, "unit", "", expected)])
    if row.unit and known.get(written(row.unit)) != 1:
        there = f"{row.unit}={known[written(row.unit)]:g}" if written(row.unit) in known else row.units
        raise TimelineError([Fault(file, row.line, "units", there, f"{row.unit}=1, the measure's own unit")])
    return factors


def refused_units(cell: str) -> list[str]:
    """The units of a cell of units_refused, without the reasons."""
    return [pair.partition("=")[0] for pair in cell.split("|") if pair]


def _check_measures(frame: pd.DataFrame, file: str) -> None:
    """Refuse rows that have no label, or a direction or scale that cannot be read; the TimelineError names each."""
    rows = list(rows_of(frame))
    faults = [Fault(file, row.line, "label", "", "a name for this code") for row in rows if not row.label]
    expected = f"{', '.join(filter(None, _DIRECTIONS))}, or blank"
    faults += [Fault(file, row.line, "better", row.better, expected) for row in rows if row.better not in _DIRECTIONS]
    faults += [
        Fault(file, row.line, "whole", row.whole, "yes, no, or blank") for row in rows if row.whole not in _WHOLE
    ]
    expected = f"{', '.join(filter(None, _SCALES))}, or blank"
    faults += [Fault(file, row.line, "scale", row.scale, expected) for row in rows if row.scale not in _SCALES]
    listed = [(row, [grade for grade in row.grades.split("|") if grade]) for row in rows]
    faults += [
        Fault(file, row.line, "grades", row.grades, "each grade once")
        for row, grades in listed
        if len({*grades}) < len(grades)
    ]
    faults += [
        Fault(
            file, row.line, "grades", row.grades, "at least two grades, from the best to the worst, as in none|present"
        )
        for row, grades in listed
        if len(grades) == 1
    ]
    faults += [
        Fault(file, row.line, "grades", row.grades, f"first what is absent, from the best to the worst: {grade}|...")
        for row, grades in listed
        for grade in grades[1:]
        if is_absent_grade(grade) and canonical("value", grade) != "normal" and not is_absent_grade(grades[0])
    ]
    faults += [
        Fault(file, row.line, "high", f"{row.high:g}", f"a number above the low of its row, {row.low:g}")
        for row in rows
        if row.high <= row.low
    ]
    for row in rows:
        sites = [written(site).casefold() for site in row.sites.split("|")]
        if len({*sites}) < len(sites):
            faults.append(Fault(file, row.line, "sites", row.sites, "each site once"))
    if faults:
        raise TimelineError(faults)


def touching(measures: pd.DataFrame, code: str) -> pd.Index:
    """The codes of what is done to that which a measure measures, such as a drainage to an effusion.

    Examples
    --------
    >>> measures = pd.DataFrame({"touches": ["", "effusion|other"]}, index=["effusion", "drainage"])
    >>> touching(measures, "effusion").tolist()
    ['drainage']
    """
    touches = measures["touches"].str.split("|").map(lambda codes: code in codes)
    return touches.index[touches]


def read_treatments(text: str, file: str) -> pd.DataFrame:
    """The names of treatments and procedures, with what is known of each, indexed by code."""
    frame = read_frame(text, file, ("code", "kind", "label", "abbrev", "synonyms", "ambiguous"), "code")
    frame = frame.assign(**{name: "" for name in _TREATMENT_MORE if name not in frame})
    check_kinds(frame, [kind for kind in KINDS if kind != "observation"], file)
    wrong = frame[
        ~frame["prednisone_5mg"].map(
            lambda dose: dose in ("", NO_EQUIVALENT) or bool(_FACTOR.fullmatch(dose) and float(dose))
        )
    ]
    if len(wrong):
        expected = f"the dose in mg that equals 5 mg, above 0, '{NO_EQUIVALENT}', or blank"
        raise TimelineError(
            [Fault(file, row.line, "prednisone_5mg", row.prednisone_5mg, expected) for row in wrong.itertuples()]
        )
    return frame.set_index("code")


def with_treatments(measures: pd.DataFrame, treatments: pd.DataFrame) -> pd.DataFrame:
    """The vocabulary with the rows of treatments.csv; a code of both keeps its row, and takes over what that lacks.

    Examples
    --------
    >>> text = "code,kind,label,abbrev,unit,units,low,high,whole,grades,better\\nx,treatment,X,X,,,,,,,\\n"
    >>> treatments = pd.DataFrame({"kind": "treatment", "label": ["Drug X", "Y"], "abbrev": "", "synonyms": ["ex", ""],
    ...                            "ambiguous": ""}, index=["x", "y"])
    >>> with_treatments(read_measures(text, "measures.csv"), treatments)[["label", "synonyms"]].values.tolist()
    [['X', 'ex'], ['Y', '']]
    """
    names = treatments[treatments.columns.intersection(["synonyms", "ambiguous", *_TREATMENT_MORE])]
    known = measures.assign(**{name: measures.get(name, "") for name in names})
    both = known.index.intersection(names.index)
    for name in names:
        known.loc[both, name] = known.loc[both, name].where(known.loc[both, name] != "", names.loc[both, name])
    more = treatments.loc[treatments.index.difference(known.index, sort=False)]
    blank = {"units": [{} for _ in more.index], "grades": [()] * len(more), "whole": False}
    blank |= {"low": -math.inf, "high": math.inf}
    blank |= {name: "" for name in known.columns if name not in (*blank, *more.columns)}
    return pd.concat([known, more.assign(**blank)[known.columns]])
