"""Everything that an analysis says, piece by piece, each with the rows of the timeline that it rests on.

A piece rests on a row if the row is among those that it was derived from: see `grounds`. `tests/rules/test_outputs.py`
leaves out each row in turn, and asks that nothing has changed that does not rest on it.
"""

from collections.abc import Iterable, Mapping

import numpy as np
import pandas as pd

from ..derive import derive_exposure
from ..values import number
from .analysis import Analysis, analyse
from .grounds import Grounds, claim_lines, verdict_lines

DERIVED, SERIES_PART, VERDICT, CLAIM, SUBSET = "derived", "series", "verdict", "claim", "subset"
# What is derived of one record, by the question that it answers.
PARTS = {
    "value": (
        "AVALC", "AVAL", "AVALLO", "AVALHI", "AVALLOX", "AVALHIX", "AVALU", "AVALCALO", "AVALCAHI",
        "STATE", "PARAM", "LOC",
        "ANRLO", "ANRHI", "ANRIND", "R2A1HI", "COUNTLO", "COUNTHI",
    ),
    "time": ("DAYLO", "DAYHI", "AENLO", "AENHI"),
    "study day": ("ADY", "ONTRTFL"),
    "baseline": (
        "BASEC", "BASELO", "BASEHI", "BASELOX", "BASEHIX", "BASEU", "BASECALO", "BASECAHI", "BASEDLO", "BASEDHI",
        "BNRIND", "POSTBLFL",
    ),
    "change": (
        "CHG", "CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "PCHG", "PCHGLO", "PCHGHI", "R2BASE", "R2BASELO", "R2BASEHI",
        "SHIFT1", "EXAMINERS",
    ),
    "change since the value before": ("PREV", "CHGPREV", "CHGPREVLO", "CHGPREVHI"),
    "highest so far": ("PEAKLO", "PEAKHI"),
}  # fmt: skip
# What is derived of one series of a measure at a site: which of its records it is.
FLAGS = {
    "baseline": ("ABLFL", "ABLPFL"),
    "lowest value": ("NADIRFL",),
    "highest value": ("PEAKFL",),
    "last value": ("LASTFL",),
}
# What a sentence or a mark may say of a record; where it stands on an axis is not said.
OF_A_RECORD = ("value", "time", "baseline", "change", "change since the value before", "dose")
COLUMNS = ("KIND", "KEY", "OF", "WHAT", "SAYS", "LINES")
_EXPOSURE = (
    "EXDOSE", "EXDOSU", "EXDOSFRQ", "EXDURLO", "EXDURHI", "NDOSLO", "NDOSHI",
    "CUMLO", "CUMHI", "CUMLOX", "CUMHIX", "CUMU",
)  # fmt: skip


def outputs_of(analysis: Analysis) -> pd.DataFrame:
    """Every derived value, verdict and claim of an analysis, with the rows that it rests on.

    Parameters
    ----------
    analysis : Analysis, Case, str or path
        From `analyse`.

    Returns
    -------
    DataFrame
        One row an output. KIND: `derived` (of a record), `series` (which record is the baseline, the lowest, the
        highest and the last of a measure at a site), `verdict`, `claim`, or `subset`. KEY names it within its kind, so
        that two analyses can be compared: the line of the record and the part, the line, stretch and rule, or the words
        and the test of the claim. OF is the measure or treatment that it is about, WHAT the output in words for a
        reader, SAYS what it says, and LINES, a sorted tuple, the lines of the timeline that it rests on. What is
        missing is left out of SAYS, which is blank if nothing is there.

    Examples
    --------
    >>> from casetimeline.case import read_facts
    >>> frame = pd.DataFrame({"case_id": "a", "phase": [1, 2], "kind": "observation", "code": "mrss",
    ...                       "value": [46, 32], "unit": "", "source": "chart"})
    >>> outputs = outputs_of(read_facts(frame)).set_index("WHAT")
    >>> outputs.loc["line 3, change", ["SAYS", "LINES"]].tolist()
    ['CHG -14; PCHG -30.434783; R2BASE 0.695652', (2, 3)]
    """
    analysis = analyse(analysis)
    grounds = Grounds(analysis)
    rows = [
        *_of_records(analysis, grounds),
        *_of_exposure(analysis, grounds),
        *_of_series(analysis, grounds),
        *_of_verdicts(analysis, grounds),
        *_of_claims(analysis, grounds),
    ]
    if analysis.subset is not None:
        rows.append((SUBSET, "subset", "mrss", "deduced subset", analysis.subset.subset, analysis.subset.lines))
    return table_of(rows)


def table_of(rows: Iterable[tuple[str, str, str, str, str, Iterable[int]]]) -> pd.DataFrame:
    """Outputs as a table: the columns of `outputs_of`, with each tuple of lines sorted."""
    frame = pd.DataFrame(rows, columns=list(COLUMNS))
    return frame.assign(LINES=[tuple(sorted({*lines})) for lines in frame["LINES"]])


def _words(row: Mapping, columns: Iterable[str]) -> str:
    """The columns of a record that hold something, each with its value; bounds only where they are not one number."""
    exact = {
        name for name in columns if _text(row.get(f"{name}LO")) == _text(row.get(f"{name}HI")) == _text(row.get(name))
    }
    kept = [name for name in columns if name.removesuffix("LO").removesuffix("HI") not in exact or name in exact]
    return "; ".join(f"{name} {text}" for name in kept if (text := _text(row.get(name))))


def _text(value: object) -> str:
    """A cell as text; blank where it is missing, blank or false."""
    if isinstance(value, str):
        return value
    if pd.isna(value):
        return ""
    if isinstance(value, bool | np.bool_):
        return "yes" if value else ""
    return number(float(value)) if np.isfinite(value) else str(float(value))


def _of_records(analysis: Analysis, grounds: Grounds):
    """What is derived of each record."""
    rests = {
        "value": lambda line: {line},
        "time": grounds.time,
        "study day": lambda line: grounds.time(line) | grounds.times(grounds.courses),
        "baseline": grounds.change,
        "change": grounds.change,
        "change since the value before": grounds.previous,
        "highest so far": grounds.highest,
    }
    for row in analysis.changes.to_dict("records"):
        line = row["line"]
        for part, columns in PARTS.items():
            if part in ("value", "time", "study day") or row["kind"] == "observation":
                key, what = f"{line}:{part}", f"line {line}, {part}"
                yield DERIVED, key, row["code"], what, _words(row, columns), rests[part](line)


def _of_exposure(analysis: Analysis, grounds: Grounds):
    """What was given, of each treatment; it rests also on the treatments that it takes turns with."""
    facts = analysis.case.facts
    exposure = derive_exposure(facts)
    by_name = facts[facts["kind"] == "treatment"].groupby("PARAM")["line"].agg(frozenset).to_dict()
    for row in exposure.to_dict("records"):
        turns = row["ALTERNATES"].split(", ") if row["ALTERNATES"] else []
        lines = grounds.time(row["line"]).union(*(by_name.get(name, frozenset()) for name in turns))
        says = _words(row, (*_EXPOSURE, "ALTERNATES", "OWN"))
        yield DERIVED, f"{row['line']}:dose", row["EXTRT"], f"line {row['line']}, what was given", says, lines


def _of_series(analysis: Analysis, grounds: Grounds):
    """Which record of a series is its baseline, its lowest, its highest and its last."""
    labels = analysis.case.measures["label"].to_dict()
    for key, records in grounds.records.items():
        name = ", ".join(filter(None, [labels.get(key[0], key[0]), key[1]]))
        for what, columns in FLAGS.items():
            flagged = [row["line"] for row in records if "Y" in [row[column] for column in columns]]
            lines = grounds.places(flagged or grounds.beside(key))
            if what == "baseline":
                lines |= grounds.base_of(key)
            says = f"line {' or '.join(map(str, flagged))}" if flagged else "none"
            yield SERIES_PART, f"{key[0]}:{key[1]}:{what}", key[0], f"{name}: {what}", says, lines


def _of_verdicts(analysis: Analysis, grounds: Grounds):
    """The verdict of each rule on each record and stretch."""
    tables = pd.concat([analysis.verdicts, analysis.stretches], ignore_index=True)
    for row, lines in zip(tables.to_dict("records"), verdict_lines(analysis, grounds), strict=True):
        # Of a stretch the earlier record is part of what is said, not of what it is called.
        key = f"{row['line']}:{row['STRETCH']}:{row['RULE']}"
        stretch = f", {row['STRETCH']}" if row["STRETCH"] else ""
        why = f", {row['WHY']}" if row["WHY"] else ""
        start = row.get("FROMLINE")
        since = "" if pd.isna(start) else f", from line {int(start)}"
        says = f"{row['VERDICT']}{why}{since}"
        yield VERDICT, key, row["PARAMCD"], f"line {row['line']}, {row['LABEL']}{stretch}", says, lines


def _of_claims(analysis: Analysis, grounds: Grounds):
    """The result of each claim."""
    seen: dict[str, int] = {}
    claims = analysis.case.about.get("claims", [])
    for claim, row in zip(claims, analysis.claims.to_dict("records"), strict=True):
        name = f"{row['TEST']}:{row['SAYS']}"
        seen[name] = seen.get(name, 0) + 1
        key = name if seen[name] == 1 else f"{name}:{seen[name]}"
        parts = [row["RESULT"], row["WHY"], row["LINES"] and f"lines {row['LINES']}"]
        says = "; ".join(filter(None, [*parts, row["SAME"] and f"in the words of the rows: {row['SAME']}"]))
        lines = claim_lines(analysis, grounds, claim, row)
        yield (
            CLAIM,
            key,
            claim.get("measure") or claim.get("treatment") or "",
            f"claim {row['CLAIM']}, '{row['SAYS']}'",
            says,
            lines,
        )
