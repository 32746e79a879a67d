"""One row a case: its baseline, its best and its last value, the changes, the verdicts, or why there are none."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..derive import records_of
from ..prose import change_of_series
from ..rules import OF_A_VALUE, Analysis, is_needless
from ..vocabulary import (
    DIRECTIONS,
    LIMIT_STATES,
    MET,
    NOT_APPLICABLE,
    NOT_MET,
    OPEN_STATES,
    OUTSIDE,
    QUESTIONS,
    UNDETERMINED,
)
from .collect import Series

# The answer to a question that several rules answer, and not alike.
DISAGREE = "depends on the rule"
ANSWERS = (MET, NOT_MET, DISAGREE, UNDETERMINED, NOT_APPLICABLE, OUTSIDE)
NOT_MENTIONED = "not mentioned in the part of the source that was read"

_BOUNDS = ("CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "PCHGLO", "PCHGHI")
_BEST, _LAST = tuple(f"B{name}" for name in _BOUNDS), tuple(f"L{name}" for name in _BOUNDS)
_SHOWN = (
    "case_id",
    "LOC",
    "VISITS",
    "BASEC",
    "BASELO",
    "BASEHI",
    "BESTC",
    "BESTLINE",
    *_BEST,
    "LASTC",
    "LASTLINE",
    *_LAST,
    "REASON",
)


# The columns of the derived table that are compared: a frame of these alone is much faster to go through.
_USED = (
    "line",
    "AVALC",
    "AVALLO",
    "AVALHI",
    "AVALCALO",
    "AVALCAHI",
    "BASECALO",
    "BASECAHI",
    "ABLFL",
    "ABLPFL",
    "POSTBLFL",
    "LASTFL",
    "ORDLO",
    "ORDHI",
    *_BOUNDS,
)


class Compared(NamedTuple):
    """One measure in every case of a series.

    Attributes
    ----------
    code : str
        The measure.
    unit : str
        That of the changes: the unit of the measure, or `steps of the grade` where it has grades.
    graded : bool
        Whether changes are counted in steps of the grade.
    table : DataFrame
        One row a case and site: see `derive_series`.
    answers : DataFrame
        One row a case, site, record and question: see `derive_answers`.
    """

    code: str
    unit: str
    graded: bool
    table: pd.DataFrame
    answers: pd.DataFrame


def compare_series(series: Series, code: str) -> Compared:
    """The table of a measure, and the answers of the cited rules to each question on its records.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code.
    """
    measure = series.measure(code)
    if code not in series.compared:
        graded = bool(measure["grades"])
        unit = "steps of the grade" if graded else measure["unit"]
        table, answers = derive_series(series, code), derive_answers(series, code)
        series.compared[code] = Compared(code, unit, graded, table, answers)
    return series.compared[code]


def derive_series(series: Series, code: str) -> pd.DataFrame:
    """One row for each case and site: what became of a measure since its baseline.

    A best value is that with the best change among the records surely after the baseline, by the direction of the
    measure in measures.csv; a measure without a direction has none. Where the bounds of values overlap, so that it is
    open which is the best, the bounds of the best change hold for whichever it is, and BESTLINE is missing. The change
    of a graded measure is counted in steps of its scale, which need not be equally far apart.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.

    Returns
    -------
    DataFrame
        `case_id`, LOC (the site); VISITS, the moments at which a value or state is recorded; BASEC, BESTC and LASTC,
        the values as recorded (`or` between those of which one is meant); BASELO and BASEHI, the bounds of the
        baseline, a grade as its place on the scale; BESTLINE and LASTLINE, the lines of timeline.csv; BCHGLO, BCHGHI
        and LCHGLO, LCHGHI, the bounds of the best and of the last change, in the unit of the measure or in steps of its
        grade, with BCHGLOX to LCHGHIX, whether a bound itself is excluded; BPCHGLO, BPCHGHI, LPCHGLO and LPCHGHI, in
        percent of the baseline; REASON, why there is no change, else blank. A case that does not mention the measure
        has one row that says so.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code.

    Examples
    --------
    A fall of the skin score from 26 to 11, one from 46 to 32, and a score that is told once.

    >>> from casetimeline.files import PROJECT_DATA
    >>> from casetimeline.series import read_series
    >>> table = derive_series(read_series(PROJECT_DATA, "fu-2025 ferreira2017 ujkz10974"), "mrss")
    >>> print(*table[["case_id", "BASEC", "BESTC", "BCHGLO", "REASON"]].to_numpy().tolist(), sep="\\n")
    ['ferreira2017', '26', '11', -15.0, '']
    ['fu-2025', '46', '32', -14.0, '']
    ['ujkz10974', '21', '', nan, 'recorded once']
    """
    measure = series.measure(code)
    rows = [row for each in series.analyses for row in _rows_of(each, measure)]
    numbers = [name for name in _SHOWN if name.endswith(("LO", "HI"))]
    kinds = dict.fromkeys(numbers, float) | {"BESTLINE": "Int64", "LASTLINE": "Int64"}
    return pd.DataFrame([{**_nothing(), **row} for row in rows], columns=list(_SHOWN)).astype(kinds)


def _nothing() -> dict:
    """A row in which nothing is known."""
    texts = dict.fromkeys(("LOC", "BASEC", "BESTC", "LASTC", "REASON"), "")
    excluded = dict.fromkeys((name for name in _SHOWN if name.endswith("X")), False)
    return {"VISITS": 0, "BESTLINE": pd.NA, "LASTLINE": pd.NA, **texts, **excluded}


def _rows_of(analysis: Analysis, measure: pd.Series) -> list[dict]:
    """The rows of one case."""
    records = records_of(analysis.changes, measure.name)
    known = records[~records["STATE"].isin(OPEN_STATES)]
    if records.empty:
        return [{"case_id": analysis.case.case_id, "REASON": NOT_MENTIONED}]
    rows = []
    for site, of_site in records.groupby("LOC", sort=True):
        changes = _with_steps(of_site[list(_USED)], measure)
        base = changes[changes["ABLFL"] == "Y"]
        row = {
            "case_id": analysis.case.case_id,
            "LOC": site,
            "VISITS": known.loc[known["LOC"] == site, "ORDER"].nunique(),
        }
        may_be_base = base if len(base) else changes[changes["ABLPFL"] == "Y"]
        ends = ("AVALCALO", "AVALCAHI") if measure["grades"] else ("AVALLO", "AVALHI")
        row |= {
            "BASEC": _words(may_be_base),
            "BASELO": may_be_base[ends[0]].min(),
            "BASEHI": may_be_base[ends[1]].max(),
        }
        after = changes[(changes["POSTBLFL"] == "Y") & changes["FROMLO"].notna()]
        if len(after) and not np.isinf(after[["FROMLO", "FROMHI"]]).all(axis=None):
            row |= _best(after, measure["better"]) | _last(after)
        row["REASON"] = "" if not np.isnan(row.get("BCHGLO", np.nan)) else _reason(of_site, after, measure)
        rows.append(row)
    return rows


def _with_steps(records: pd.DataFrame, measure: pd.Series) -> pd.DataFrame:
    """Add FROMLO, FROMHI, FROMLOX and FROMHIX, the change from the baseline: of the number, or of a grade in steps."""
    if not measure["grades"]:
        return records.assign(**{f"FROM{end}": records[f"CHG{end}"] for end in ("LO", "HI", "LOX", "HIX")})
    return records.assign(
        FROMLO=records["AVALCALO"] - records["BASECAHI"],
        FROMHI=records["AVALCAHI"] - records["BASECALO"],
        FROMLOX=False,
        FROMHIX=False,
    )


def _best(after: pd.DataFrame, better: str) -> dict:
    """The best change, whichever record it is of; of a measure without a direction none."""
    if not better:
        return {}
    sign = 1 if better == "higher" else -1
    # Turned so that more is better.
    low, high = (after["FROMLO"], after["FROMHI"]) if sign > 0 else (-after["FROMHI"], -after["FROMLO"])
    may_be = after[high >= low.max()]
    one = may_be.drop_duplicates(["AVALC", "FROMLO", "FROMHI"])
    line = may_be["line"].iloc[0] if len(one) == 1 else pd.NA
    # The best of the lower and the best of the upper bounds.
    best = "max" if sign > 0 else "min"
    return {"BESTC": _words(may_be), "BESTLINE": line} | _bounds("B", after, (best, best))


def _bounds(letter: str, records: pd.DataFrame, ends: tuple[str, str]) -> dict:
    """The bounds of one of several changes, each with whether it is excluded: only if it is for every record there."""
    low, high = (records[name].agg(how) for name, how in zip(("FROMLO", "FROMHI"), ends, strict=True))
    values = {
        "CHGLO": low,
        "CHGHI": high,
        "CHGLOX": records.loc[records["FROMLO"] == low, "FROMLOX"].all(),
        "CHGHIX": records.loc[records["FROMHI"] == high, "FROMHIX"].all(),
        "PCHGLO": records["PCHGLO"].agg(ends[0]),
        "PCHGHI": records["PCHGHI"].agg(ends[1]),
    }
    return {f"{letter}{name}": value for name, value in values.items()}


def _last(after: pd.DataFrame) -> dict:
    """The last change; where the order leaves open which value is the last, the bounds of all that may be."""
    flagged = after[after["LASTFL"] == "Y"]
    may_be = flagged if len(flagged) else after[after["ORDHI"] >= after["ORDLO"].max()]
    line = may_be["line"].iloc[0] if len(may_be) == 1 else pd.NA
    return {"LASTC": _words(may_be), "LASTLINE": line} | _bounds("L", may_be, ("min", "max"))


def _words(records: pd.DataFrame) -> str:
    """The values of some records of which one is meant."""
    return " or ".join(dict.fromkeys(text.replace("..", " to ") for text in records["AVALC"]))


def _reason(records: pd.DataFrame, after: pd.DataFrame, measure: pd.Series) -> str:
    """Why a case has no best change, in a few words."""
    if len(after) and not measure["better"]:
        return "the measure has no better direction"
    later = records.loc[(records["POSTBLFL"] == "Y") & records["STATE"].isin([*DIRECTIONS, *LIMIT_STATES]), "STATE"]
    if after.empty and len(later) and (records["ABLFL"] == "Y").any():
        return f"only told to be {' and '.join(dict.fromkeys(later))}, without a value or grade"
    words = change_of_series(records, measure)
    inside = words.removeprefix("no change can be computed (").removesuffix(")")
    if inside.replace(" ", "_") in OPEN_STATES:
        return f"{inside} after the baseline"
    return inside if inside != words and ";" not in inside else "no value that can be compared with the baseline"


def derive_answers(series: Series, code: str) -> pd.DataFrame:
    """The answers of the cited rules to each question, one row a record and question.

    Returns
    -------
    DataFrame
        `case_id`, LOC, `line` of the record, QUESTION of `vocabulary.QUESTIONS`, ANSWER of `ANSWERS`: `depends on the
        rule` where one is met and another is not, `cannot be determined` where one of the others is open, met or not
        met where every rule that applies says so, else why none applies; RULES, how many rules were asked. A rule
        about one value, and not about a change, is not counted.
    """
    parts = []
    for each in series.analyses:
        verdicts = each.verdicts[each.verdicts["PARAMCD"] == code]
        asked = verdicts[~verdicts["KIND"].isin(OF_A_VALUE) & ~is_needless(verdicts)]
        parts.append(asked.assign(QUESTION=asked["KIND"].map(QUESTIONS)))
    keys = ["case_id", "LOC", "line", "QUESTION"]
    asked = pd.concat(parts, ignore_index=True).dropna(subset="QUESTION")
    if asked.empty:
        return pd.DataFrame(columns=[*keys, "ANSWER", "RULES"])
    grouped = asked.groupby(keys, sort=False)["VERDICT"]
    table = grouped.agg(ANSWER=lambda verdicts: one_answer(set(verdicts)), RULES="size")
    return table.reset_index()


def one_answer(verdicts: set[str]) -> str:
    """One answer of several rules to a question.

    Examples
    --------
    >>> one_answer({"met"}), one_answer({"met", "not met"}), one_answer({"met", "not applicable"})
    ('met', 'depends on the rule', 'met')
    >>> one_answer({"met", "cannot be determined"}), one_answer({"outside the window", "not applicable"})
    ('cannot be determined', 'not applicable')
    """
    if {MET, NOT_MET} <= verdicts:
        return DISAGREE
    if UNDETERMINED in verdicts:
        return UNDETERMINED
    return next(answer for answer in (MET, NOT_MET, NOT_APPLICABLE, OUTSIDE) if answer in verdicts)


def best_answers(compared: Compared, questions: list[str]) -> pd.DataFrame:
    """The answer to each question on the best value of each row of the table; blank where no rule was asked.

    Where it is open which record is the best, the answer is that of all that may be, if they agree.
    """
    table, answers = compared.table, compared.answers
    rows = []
    for row in table.itertuples():
        of_row = answers[(answers["case_id"] == row.case_id) & (answers["LOC"] == row.LOC)]
        if pd.notna(row.BESTLINE):
            of_row = of_row[of_row["line"] == row.BESTLINE]
        row_answers = of_row.groupby("QUESTION")["ANSWER"].agg(lambda given: one_answer_of(list(given)))
        rows.append([row_answers.get(question, "") if not row.REASON else "" for question in questions])
    return pd.DataFrame(rows, columns=questions, index=table.index)


def one_answer_of(answers: list[str]) -> str:
    """The answer that several records have in common.

    Examples
    --------
    >>> one_answer_of(["met", "met"]), one_answer_of(["met", "not met"])
    ('met', 'cannot be determined')
    """
    return answers[0] if len(set(answers)) == 1 else UNDETERMINED


def questions_of(compared: Compared) -> list[str]:
    """The questions that a rule was asked about a record of the measure, in the order of the vocabulary."""
    asked = set(compared.answers["QUESTION"])
    return [question for question in dict.fromkeys(QUESTIONS.values()) if question in asked]
