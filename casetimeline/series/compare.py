"""One row a case: its baseline, its best and its last value, the changes, the verdicts, or why there are none."""

from typing import NamedTuple

import numpy as np
import pandas as pd

from ..derive import RELATIVE, doubtful_baselines, each_once, on_or_before, records_of
from ..rules import Analysis, is_unscored
from ..values import rows_of
from ..vocabulary import BASELINE_RULES, BY_REFERENCE, MET, OPEN_STATES, QUESTIONS, UNDETERMINED, UNIT_UNKNOWN
from .best import GRADES, NUMBERS, STEPS, best_of, is_in_steps, last_of, with_changes, words_of
from .collect import Series, as_series
from .questions import PROGRESSION, derive_answers, one_answer_of

# The unit of a grade before it is compared.
PLACE = "place on the scale of grades"

_BOUNDS = ("CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "PCHGLO", "PCHGHI")
_BEST, _LAST = tuple(f"B{name}" for name in _BOUNDS), tuple(f"L{name}" for name in _BOUNDS)
_LINES = ("BESTLINES", "BESTOPEN", "IMPROVED")
_SHOWN = (
    "case_id",
    "LOC",
    "VISITS",
    "EARLY",
    "BASEC",
    "BASELO",
    "BASEHI",
    "BASEU",
    "BESTC",
    "BESTLINE",
    *_LINES,
    *_BEST,
    "LASTC",
    "LASTLINE",
    *_LAST,
    "UNIT",
    "REASON",
)


# The columns of the derived table that are compared: a frame of these alone is much faster to go through.
_USED = (
    "case_id",
    "kind",
    "PARAMCD",
    "LOC",
    "line",
    "STATE",
    "BETTER",
    "ANRIND",
    "ORDER",
    "ORDLO",
    "ORDHI",
    "ORDPH",
    "MOMENT",
    *RELATIVE,
    "ABLFL",
    "ABLPFL",
    "POSTBLFL",
    "AVALC",
    "AVALU",
    "AVALLOX",
    "AVALHIX",
    *NUMBERS,
    *GRADES,
    "CHGPREVLO",
    "CHGPREVHI",
    "BASEOLO",
    "BASEU",
    "BASELO",
    "BASEHI",
    "BASECALO",
    "BASECAHI",
    *_BOUNDS,
)


class Compared(NamedTuple):
    """One measure in every case of a series.

    Attributes
    ----------
    code : str
        The measure.
    unit : str
        That of the changes: the unit of the measure, `steps of the grade`, or both where the cases differ.
    table : DataFrame
        One row a case and site: see `derive_series`.
    answers : DataFrame
        One row a case, site, record and question: see `derive_answers`.
    better : str
        Which values of the measure are better: higher, lower, or blank.
    """

    code: str
    unit: str
    table: pd.DataFrame
    answers: pd.DataFrame
    better: str


def compare_series(series: Series, code: str) -> Compared:
    """The table of a measure, and the answers of the cited rules to each question on its records.

    Raises
    ------
    TimelineError
        If no measure of the vocabulary has this code.
    """
    measure = as_series(series).measure(code)
    if code not in series.compared:
        table, answers = derive_series(series, code), derive_answers(series, code)
        units = [unit for unit in dict.fromkeys(table["UNIT"]) if unit]
        unit = " or ".join(units) or (STEPS if measure["grades"] else measure["unit"])
        series.compared[code] = Compared(code, unit, table, answers, measure["better"])
    return series.compared[code]


def derive_series(series: Series, code: str) -> pd.DataFrame:
    """One row for each case and site: what became of a measure since its baseline.

    A best value is that with the best change among the records surely after the baseline, by the direction of the
    measure in measures.csv; a measure without a direction has none. Where the bounds of values overlap, so that it is
    open which is the best, the bounds of the best change hold for whichever it is, and BESTLINE is missing. A record
    that says in words alone how it was (`decreased`) counts with the bounds that they allow. The change of a graded
    measure is that of its size where each value after the baseline has one, else it is counted in steps of its scale,
    which need not be equally far apart. A number without a unit is never the best, and leaves the last change open.
    Where the baseline is a value before the reference treatment, what is surely before that treatment is neither the
    best nor the last. Of equal values the first is the best.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.

    Returns
    -------
    DataFrame
        `case_id`, LOC (the site); VISITS, the moments at which a value or state is recorded; EARLY, how many records
        between the baseline and the reference treatment are left out; BASEC, BESTC and LASTC, the values as recorded
        (`or` between those of which one is meant); BASELO and BASEHI, the bounds of the baseline, and BASEU, their
        unit, `place on the scale of grades`, or `unit not reported`, where they have none; BESTLINE and LASTLINE, the
        lines of timeline.csv; BESTLINES, those of all that may be the best, BESTOPEN, those of them that are known
        between bounds alone, and IMPROVED, those of all records that are surely no worse than the baseline; BCHGLO,
        BCHGHI and LCHGLO, LCHGHI, the bounds of the best and of the last change, with BCHGLOX to LCHGHIX, whether a
        bound itself is excluded; BPCHGLO, BPCHGHI, LPCHGLO and LPCHGHI, in percent of the baseline; UNIT, that of the
        changes, or `steps of the grade`; REASON, why there is no change, else blank. A case that does not mention the
        measure has one row that says so.

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
    measure = as_series(series).measure(code)
    rows = [row for each in series.analyses for row in _rows_of(each, measure, series.silence)]
    numbers = [name for name in _SHOWN if name.endswith(("LO", "HI"))]
    kinds = dict.fromkeys(numbers, float) | {"BESTLINE": "Int64", "LASTLINE": "Int64"}
    return pd.DataFrame([{**_nothing(), **row} for row in rows], columns=list(_SHOWN)).astype(kinds)


def _nothing() -> dict:
    """A row in which nothing is known."""
    texts = dict.fromkeys(("LOC", "BASEC", "BASEU", "BESTC", *_LINES, "LASTC", "UNIT", "REASON"), "")
    excluded = dict.fromkeys((name for name in _SHOWN if name.endswith("X")), False)
    return {"VISITS": 0, "EARLY": 0, "BESTLINE": pd.NA, "LASTLINE": pd.NA, **texts, **excluded}


def _rows_of(analysis: Analysis, measure: pd.Series, silence: str) -> list[dict]:
    """The rows of one case."""
    records = each_once(_scored(records_of(analysis.changes, measure.name), measure))
    records = records[[name for name in _USED if name in records]]
    if records.empty:
        return [{"case_id": analysis.case.case_id, "REASON": silence}]
    sited = records["LOC"].ne("").any()
    rows = []
    for site, of_site in records.groupby("LOC", sort=True):
        known = of_site[~of_site["STATE"].isin(OPEN_STATES)]
        early = _before_treatment(analysis, of_site)
        steps = is_in_steps(of_site[~early], measure)
        row = {"case_id": analysis.case.case_id, "LOC": site, "VISITS": known["ORDER"].nunique(), "EARLY": early.sum()}
        row |= _baseline(of_site, measure, steps)
        after = _after(of_site, measure, steps, early)
        if len(after):
            row |= best_of(_comparable(after, steps), measure["better"]) | last_of(after)
            row["UNIT"] = STEPS if steps else measure["unit"]
        elif early.any() and not of_site.loc[~early, "POSTBLFL"].eq("Y").any():
            row["REASON"] = "after the baseline recorded only before the reference treatment"
        else:
            row["REASON"] = reason_of(of_site[~early], _SITELESS if sited and not site else _unbased(analysis, of_site))
        rows.append(row)
    return rows


def _scored(records: pd.DataFrame, measure: pd.Series) -> pd.DataFrame:
    """The records of a measure; one whose words are not of the score has none that is reported, as in all sentences."""
    unscored = [is_unscored(row, measure["unit"], measure["abbrev"]) for row in rows_of(records)]
    return records.assign(STATE=records["STATE"].mask(pd.Series(unscored, records.index, dtype=bool), "not_reported"))


def _baseline(records: pd.DataFrame, measure: pd.Series, steps: bool) -> dict:
    """The baseline as recorded, with its bounds, also where steps are counted; a number without a unit has none."""
    base = records[records["ABLFL"] == "Y"]
    base = base if len(base) else records[records["ABLPFL"] == "Y"]
    unitless = bool((base["AVALU"] == UNIT_UNKNOWN).any())
    graded = steps and (unitless or bool(base["AVALLO"].isna().any()))
    unitless &= not graded
    low, high = GRADES if graded else NUMBERS
    unit = UNIT_UNKNOWN if unitless else PLACE if graded else measure["unit"]
    return {
        "BASEC": words_of(base),
        "BASELO": np.nan if unitless else base[low].min(),
        "BASEHI": np.nan if unitless else base[high].max(),
        "BASEU": unit if len(base) else "",
    }


def _before_treatment(analysis: Analysis, records: pd.DataFrame) -> np.ndarray:
    """Which records after a baseline that is set by the reference treatment are surely not after that treatment.

    As for the baseline, the day on which it starts is before it.
    """
    case, changes = analysis.case, analysis.changes
    if case.baseline_rule not in BY_REFERENCE or not case.reference or not records["POSTBLFL"].eq("Y").any():
        return np.zeros(len(records), dtype=bool)
    surely, _ = on_or_before(changes, case.reference)
    return (records["POSTBLFL"].eq("Y") & records["line"].isin(changes["line"][surely])).to_numpy()


def _after(records: pd.DataFrame, measure: pd.Series, steps: bool, early: np.ndarray) -> pd.DataFrame:
    """The records surely after the baseline, but early ones, with the bounds of their change; none if nothing does."""
    changes = with_changes(records, measure, steps)[~early]
    after = changes[(changes["POSTBLFL"] == "Y") & changes["DIFFLO"].notna()]
    return after[:0] if np.isinf(after[["DIFFLO", "DIFFHI"]]).all(axis=None) else after


def _comparable(after: pd.DataFrame, steps: bool) -> pd.DataFrame:
    """The records that can be the best: a number without a unit may be the last, and is not compared with others."""
    return after if steps else after[after["AVALU"] != UNIT_UNKNOWN]


# A record without a site is no baseline where others of its case and measure have one.
_SITELESS = "a value without a site, which is not compared with one at a site"


def _unbased(analysis: Analysis, records: pd.DataFrame) -> str:
    """Why none of some records is a baseline by the rule in use; said of their time, as far as it is known."""
    case = analysis.case
    doubtful = analysis.changes["line"].iloc[doubtful_baselines(analysis.changes, case.baseline_rule, case.reference)]
    known = "known to be " if records["line"].isin(doubtful).any() else ""
    return f"no value {known}{rule_words(case.baseline_rule).partition('value ')[2]}"


def rule_words(baseline_rule: str) -> str:
    """A baseline rule in words.

    Examples
    --------
    >>> rule_words("first"), rule_words("phase=2")
    ('first value recorded', 'the value of phase 2')
    """
    rule, _, which = baseline_rule.partition("=")
    return BASELINE_RULES.get(rule) or BASELINE_RULES[f"{rule}=N"].replace(" N", f" {which}")


def reason_of(records: pd.DataFrame, unbased: str) -> str:
    """Why there is no change from the baseline of a case and site, in a few words.

    Parameters
    ----------
    records : DataFrame
        The records of the case, measure and site; none of them can be compared with a baseline.
    unbased : str
        Why none of them is a baseline, if none is.
    """
    known = records[~records["STATE"].isin(OPEN_STATES)]
    later = records[records["POSTBLFL"] == "Y"]
    compared = later[~later["STATE"].isin(OPEN_STATES)]
    has_value = known["AVALLO"].notna() | known["AVALCALO"].notna()
    if known.empty:
        return " and ".join(dict.fromkeys(_states(records)))
    if records["BASEOLO"].isna().all():
        if not has_value.any():
            return _only(known)
        return unbased
    if later.empty:
        if records["ABLPFL"].eq("Y").any():
            return "which record is the baseline is open"
        return "recorded once" if len(records) == 1 else "no record after the baseline"
    if compared.empty:
        return f"{' and '.join(dict.fromkeys(_states(later)))} after the baseline"
    if not has_value[compared.index].any():
        return f"after the baseline {_only(compared)}" if has_value.any() else _only(compared)
    if records["BASEU"].eq(UNIT_UNKNOWN).any():
        return "the unit of the baseline is not reported"
    if compared.loc[compared["AVALLO"].notna(), "AVALU"].eq(UNIT_UNKNOWN).all():
        return "no unit is reported after the baseline"
    return "no value that can be compared with the baseline"


def _only(records: pd.DataFrame) -> str:
    return f"only told to be {' and '.join(dict.fromkeys(_states(records)))}, without a value or grade"


def _states(records: pd.DataFrame) -> pd.Series:
    return records["STATE"].str.replace("_", " ")


def best_answers(compared: Compared, questions: list[str]) -> pd.DataFrame:
    """The answer to each question on the best value of each row of the table; blank where no rule was asked.

    Where it is open which record is the best, the answer is that of all that may be, if they agree. A best value that
    is known between bounds alone is as good as any other of the row, and so meets what one of these met; and what
    surely did not become worse is not asked whether it did.
    """
    table, answers = compared.table, compared.answers
    rows = []
    for row in table.itertuples():
        mine = answers[(answers["case_id"] == row.case_id) & (answers["LOC"] == row.LOC)]
        given = {
            question: dict(zip(of["line"], of["ANSWER"], strict=True)) for question, of in mine.groupby("QUESTION")
        }
        is_no_worse = row.BCHGLO >= 0 if compared.better == "higher" else row.BCHGHI <= 0
        asked = [not (question == PROGRESSION and is_no_worse) for question in questions]
        rows.append(
            [
                _answer_of_best(row, given.get(question, {})) if is_asked else ""
                for question, is_asked in zip(questions, asked, strict=True)
            ]
        )
    return pd.DataFrame(rows, columns=questions, index=table.index)


def _answer_of_best(row, given: dict[int, str]) -> str:
    """The answer of what may be the best, of those by line; blank where no rule was asked of any of it."""
    may_be, uncertain, improved = (
        [int(line) for line in lines.split()] for lines in (row.BESTLINES, row.BESTOPEN, row.IMPROVED)
    )
    if not any(line in given for line in may_be):
        return ""
    is_met = any(given.get(line) == MET for line in improved)
    # A record of which no rule was asked does not agree with one of which a rule was.
    of_each = {line: given.get(line, UNDETERMINED) for line in may_be}
    of_each |= {line: MET for line in uncertain if is_met and of_each[line] == UNDETERMINED}
    return one_answer_of([*of_each.values()])


def questions_of(compared: Compared) -> list[str]:
    """The questions that a rule was asked about a record of the measure, in the order of the vocabulary."""
    asked = set(compared.answers["QUESTION"])
    return [question for question in dict.fromkeys(QUESTIONS.values()) if question in asked]
