"""The table of the cases, that of the patients, and what must be said beside both."""

import math
from types import SimpleNamespace

import pandas as pd

from .. import __version__
from ..faults import counted
from ..prose import (
    TITRE,
    Prose,
    Table,
    baseline_words,
    capital,
    change_words,
    gives_share,
    reference_name,
    without_empty,
)
from ..values import canonical_time, number, parse_duration, parse_value
from ..vocabulary import DAYS_PER, UNIT_UNKNOWN
from .beside import mixed_baselines, notes_beside
from .best import STEPS, with_shown_digits
from .collect import Series, as_series, listed
from .compare import PLACE, best_answers, compare_series, questions_of
from .questions import ANSWERS, NO_WORSENING, PROGRESSION, unasked_note

LIMITS = (
    "The cases of a series are chosen, and a case report is written because somebody found the case worth telling. "
    "Case reports and case series have no control and are known for an increased risk of bias (Murad 2018). Nothing "
    "here says how often a change occurs: no p-value, no mean effect and no rate is computed, since selected cases are "
    "not a sample of patients, and no change is assigned to a treatment. Not for decisions about a patient."
)
# What is said in its place of cases that were never written up.
_SIMULATED = (
    "These cases are simulated, to try the software: no patient is among them, and the numbers are drawn by chance. "
    "They say nothing about a disease or a treatment, and no published case stands among them."
)


# And of patients in a table, of whom no publication was read.
_TABLED = (
    "The cases are rows of a table, all of them or those that were asked for: how its patients came into it, and who "
    "is not in it, is not known here, and no publication was read. A series has no control. Nothing here says how "
    "often a change occurs: no p-value, no mean effect and no rate is computed, and no change is assigned to a "
    "treatment. Not for decisions about a patient."
)


def limits_of(series: Series) -> str:
    """What a series cannot show: of published cases, and of a table, by their selection, of simulated ones at all."""
    return _SIMULATED if series.is_simulated else _TABLED if series.table else LIMITS


def summarise_series(series: Series, code: str = "mrss") -> Table:
    """Every case of a series with its baseline, best and last value, the verdicts, or why it cannot be compared.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure.

    Returns
    -------
    Table
        One row a case and site, in the order of the ids: `case`, `paper` (cases with one letter share a source),
        `site`, `visits`, `baseline`, `best`, `best change`, `last`, `last change`, `rules` (the number of each question
        of the caption, with its answer for the best value) and `not compared, because`.
    """
    compared = compare_series(series, code)
    measure, questions = series.measure(code), questions_of(compared)
    table = with_shown_digits(compared.table)
    share = gives_share(measure["unit"], series.rules_of(code))
    answers = best_answers(compared, questions)
    shown = pd.DataFrame(
        {
            "case": table["case_id"],
            "paper": [series.papers.get(case_id, "") for case_id in table["case_id"]],
            "site": table["LOC"],
            "visits": table["VISITS"],
            "baseline": table["BASEC"],
            "best": table["BESTC"],
            "best change": [best_words(row, share) for row in table.itertuples()],
            "last": table["LASTC"],
            "last change": [last_words(row, share) for row in table.itertuples()],
            "rules": [_numbered(row) for row in answers.itertuples(index=False)],
            "not compared, because": table["REASON"],
        }
    )
    asked = "; ".join(f"{place} {question}" for place, question in enumerate(questions, 1))
    caption = f"{measure['label']} ({compared.unit}) in {series.size}"
    caption += f"; rules, for the best value: {asked}" if asked else ""
    shown = without_empty(shown, keep=("case", "visits", "baseline", "best", "best change"))
    notes = [unasked_note(answers, table["BESTLINES"] != ""), *notes_beside(series, compared, answers)]
    return Table(shown, caption, tuple(filter(None, notes)))


def _numbered(answers: tuple) -> str:
    return "; ".join(f"{place} {answer}" for place, answer in enumerate(answers, 1) if answer)


def best_words(row, share: bool = True) -> str:
    """The best change of a row of `derive_series` in words, with its bounds; blank where there is none."""
    return _change_words("B", row, share)


def last_words(row, share: bool = True) -> str:
    """The last change of a row of `derive_series` in words, with its bounds; blank where there is none."""
    return _change_words("L", row, share)


def _change_words(letter: str, row, share: bool) -> str:
    low, high, low_open, high_open, share_low, share_high = (
        getattr(row, f"{letter}{name}") for name in ("CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "PCHGLO", "PCHGHI")
    )
    exact = low == high and not low_open and not high_open
    with_share = share and row.UNIT != STEPS
    values = f"{row.BASEC}{row.BESTC if letter == 'B' else row.LASTC}"
    change = SimpleNamespace(
        # About so much has a percentage in whole numbers, as in all sentences.
        AVALC="~" if "~" in values else "",
        CHG=low if exact else float("nan"),
        CHGLO=low,
        CHGHI=high,
        CHGLOX=low_open,
        CHGHIX=high_open,
        BASELO=row.BASELO,
        BASEHI=row.BASEHI,
        PCHG=share_low if with_share else float("nan"),
        PCHGLO=share_low if with_share else float("nan"),
        PCHGHI=share_high if with_share else float("nan"),
    )
    return change_words(change, "steps" if row.UNIT == STEPS else row.UNIT)


def summarise_patients(series: Series, code: str = "mrss") -> Table:
    """The patients of a series: who they are, how many are missing, median and range.

    A value that is known between bounds gives the bounds of the median and of the range. Nothing is tested, and no mean
    is given: the numbers describe these cases alone.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure whose baseline and changes are described.

    Returns
    -------
    Table
        `what`, `n` (of how many it is known), `missing`, `median`, and `range or number`. A measure with several sites
        is counted by site.
    """
    compared = compare_series(series, code)
    table, measure, total = compared.table, series.measure(code), len(series)
    by_course = not table["case_id"].is_unique
    label = f"{measure['label']}, by course ({len(table)})" if by_course else measure["label"]
    patients = [each.case.about.get("patient", {}) for each in series.analyses]
    ages = pd.DataFrame([age_in_years(str(patient.get("age", ""))) for patient in patients], columns=["LO", "HI"])
    sexes = pd.Series([patient.get("sex", "not reported") for patient in patients])
    diagnoses = pd.Series([each.case.about.get("diagnosis", "not stated") for each in series.analyses])
    of_one_paper = pd.Series([series.papers.get(case_id, "") for case_id in series.ids])
    rows = [
        [
            "simulated cases" if series.is_simulated else "cases",
            total,
            0,
            "",
            f"{of_one_paper.ne('').sum()} share their source with another case",
        ],
        ["age, years", *_numbers(ages["LO"], ages["HI"])],
        ["sex", *_words_of(sexes, ("not reported",))],
        ["diagnosis", *_words_of(diagnoses, ("not stated",))],
        [f"{label}: moments recorded", *_numbers(table["VISITS"], table["VISITS"])],
        *_baselines(table, measure, label),
        *_changes(table, label, compared.unit),
    ]
    columns = ["what", "n", "missing", "median", "range or number"]
    caption = f"The {series.size} of the series"
    if by_course:
        caption += f"; {measure['label']} by courses, one a case and site ({len(table)}, of {series.size})"
    return Table(pd.DataFrame(rows, columns=columns), caption, tuple(filter(None, [mixed_baselines(series, code)])))


def _baselines(table: pd.DataFrame, measure: pd.Series, label: str) -> list[list]:
    """The baselines in each unit that they have; missing is what has a value in none of them.

    Those of another unit, and those without one, are counted in the last column.
    """
    usual = PLACE if measure["grades"] else measure["unit"]
    units = [unit for unit in dict.fromkeys(table["BASEU"]) if unit not in ("", UNIT_UNKNOWN)] or [usual]
    unitless = int((table["BASEU"] == UNIT_UNKNOWN).sum())
    rows = []
    for unit in units:
        apart = f"{unitless} without a unit" if unitless else ""
        counts = _of_unit(table, ("BASELO", "BASEHI"), table["BASEU"], unit, apart)
        rows.append([f"{label}: baseline, {unit}", *counts])
    return rows


def _of_unit(table: pd.DataFrame, ends: tuple[str, str], units: pd.Series, unit: str, apart: str = "") -> list:
    """n, missing, median and range of the values of one unit; those of another one are told and not missing."""
    known = table[ends[0]].notna() & table[ends[1]].notna()
    others = int((known & (units != unit)).sum())
    shown = with_shown_digits(table).loc[known & (units == unit)]
    n, _, _, span = _numbers(*(shown[end] for end in ends))
    median = _between(*(_median(shown[end], table.loc[shown.index, end]) for end in ends)) if n else ""
    words = [span, f"{others} in another unit" if others else "", apart]
    return [n, len(table) - n - others, median, "; ".join(filter(None, words))]


def _median(shown: pd.Series, exact: pd.Series) -> float:
    """The median of values, with one digit more than they are shown with where it lies between two of them.

    Examples
    --------
    >>> _median(pd.Series([-41.0, 48.0]), pd.Series([-40.8, 48.0])), _median(pd.Series([2.26]), pd.Series([2.262443]))
    (3.6, 2.26)
    """
    if len(shown) % 2:
        return float(shown.median())
    decimals = max(len(number(value).partition(".")[2]) for value in shown)
    return round(float(exact.median()), decimals + 1)


def _changes(table: pd.DataFrame, label: str, unit: str) -> list[list]:
    """The best and the last changes in each unit that they have."""
    if unit == TITRE:
        # A difference of titres says nothing.
        return []
    units = [each for each in dict.fromkeys(table["UNIT"]) if each] or [unit]
    return [
        [f"{label}: {word} change, {each}", *_of_unit(table, ends, table["UNIT"], each)]
        for word, ends in (("best", ("BCHGLO", "BCHGHI")), ("last", ("LCHGLO", "LCHGHI")))
        for each in units
    ]


def age_in_years(text: str) -> tuple[float, float]:
    """The bounds of an age in years, also where it is printed as another length of time; nan where it is not reported.

    Examples
    --------
    >>> age_in_years("25"), age_in_years("not reported")
    ((25.0, 25.0), (nan, nan))
    >>> [round(end, 2) for end in age_in_years("8 mo")], age_in_years("50..60")
    ([0.67, 0.67], (50.0, 60.0))
    >>> age_in_years("<18")
    (0.0, 18.0)
    """
    try:
        low, high = parse_value(text)[:2]
        return max(low, 0.0), high
    except ValueError:
        pass
    try:
        low, high = (end / DAYS_PER["a"] for end in parse_duration(canonical_time(text))[:2])
    except ValueError:
        return math.nan, math.nan
    low = max(low, 0.0)
    # An age of 8 months is counted as printed, as one of 25 years is.
    return ((low + high) / 2,) * 2 if text[:1].isdecimal() and ".." not in text else (low, high)


def _numbers(low: pd.Series, high: pd.Series) -> list:
    """n, missing, median and range of values that are known between bounds; one value has no range.

    Each end of the range has its own bounds, as the median has.

    Examples
    --------
    No case is known to have fallen by more than 12, and one may have fallen by 20.

    >>> _numbers(pd.Series([-12.0, 0.0, -5.0, -20.0, 4.0, -5.0]), pd.Series([-12.0, 0.0, -2.0, -2.0, 4.0, -5.0]))
    [6, 0, 'between -5 and -2', 'between -20 and -12, to 4']
    """
    known = low.notna() & high.notna()
    low, high = low[known], high[known]
    if low.empty:
        return [0, int((~known).sum()), "", ""]
    lowest, highest = _between(low.min(), high.min()), _between(low.max(), high.max())
    comma = "" if low.min() == high.min() else ","
    span = lowest if lowest == highest else f"{lowest}{comma} to {highest}"
    return [len(low), int((~known).sum()), _between(low.median(), high.median()), span]


def _between(low: float, high: float) -> str:
    """Two limits in words; one that is infinite is none that is known.

    >>> _between(-5, -2), _between(-math.inf, -5500), _between(6000, math.inf), _between(-math.inf, math.inf)
    ('between -5 and -2', 'at most -5500', 'at least 6000', 'no limit known')
    """
    if math.isinf(low) and math.isinf(high):
        return "no limit known"
    if math.isinf(low):
        return f"at most {_rounded(high)}"
    if math.isinf(high):
        return f"at least {_rounded(low)}"
    return _rounded(low) if low == high else f"between {_rounded(low)} and {_rounded(high)}"


def _rounded(value: float) -> str:
    return number(value, 3 if abs(value) >= 1 else 2)


def _words_of(words: pd.Series, missing: tuple[str, ...]) -> list:
    """n, missing, and how often each word was told in any capitals, in its usual spelling; the most frequent first."""
    known = words[~words.isin(missing)].str.split().str.join(" ")
    spelled = known.groupby(known.str.casefold()).agg(["size", lambda typed: typed.mode()[0]])
    counts = sorted(spelled.itertuples(index=False), key=lambda row: -row[0])
    frequencies = "; ".join(f"{word} {count}" for count, word in counts)
    return [len(known), int(words.isin(missing).sum()), "", frequencies]


def summarise_compared(series: Series, code: str = "mrss") -> Prose:
    """How many cases can be compared, why the others cannot, what the rules say, and which cases are of one paper."""
    compared = compare_series(series, code)
    table, label = compared.table, series.measure(code)["label"]
    changed, without = table[table["REASON"] == ""], table[table["REASON"] != ""]
    row, note = ("case", "") if table["case_id"].is_unique else ("course", " (one a case and site)")
    row = f"simulated {row}" if series.is_simulated else row
    total = f"can be computed for {len(changed)} of {counted(len(table), row)}{note}"
    if len(table) == 1:
        total = "can be computed" if len(changed) else "cannot be computed"
    sentences = [f"{label}: a change from the baseline {total}."]
    if len(without):
        reasons = without["REASON"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        reason_words = "; ".join(f"{reason} ({_ids(table, reason)})" for reason in reasons.index)
        sentences.append(f"Not compared: {reason_words}.")
    if len(changed) and not series.measure(code)["better"]:
        sentences.append("No best change is defined, because the measure has no better direction.")
    answers = best_answers(compared, questions_of(compared))
    sentences += filter(None, notes_beside(series, compared, answers))
    with_best = answers[compared.table["BESTLINES"] != ""]
    sentences += _answer_sentences(with_best, f"the best value of {counted(len(changed), f'compared {row}')}")
    together: dict[str, list[str]] = {}
    for case_id, letter in series.papers.items():
        together.setdefault(letter, []).append(case_id)
    sentences += [f"Of one paper, and so not independent: {' and '.join(ids)}." for ids in together.values()]
    return Prose((series.chosen, " ".join(sentences), limits_of(series)))


def _answer_sentences(answers: pd.DataFrame, of: str) -> list[str]:
    """How often the rules give each answer to each question."""
    sentences = []
    for question, given in answers.items():
        parts = [f"{answer} in {(given == answer).sum()}" for answer in ANSWERS if (given == answer).any()]
        if (given == "").any():
            why = f" ({NO_WORSENING})" if question == PROGRESSION else ""
            parts.append(f"not asked in {(given == '').sum()}{why}")
        sentences += [f"{question} {capital(', '.join(parts))}."] if parts else []
    return [f"The cited rules for {of}:", *sentences] if sentences else []


def _ids(table: pd.DataFrame, reason: str) -> str:
    """The cases of a reason; with the site where another one of the case is compared, or has another reason."""
    rows, others = table[table["REASON"] == reason], table[table["REASON"] != reason]
    sited = rows["LOC"].ne("") & rows["case_id"].isin(others["case_id"])
    return listed([*dict.fromkeys(rows["case_id"].mask(sited, rows["case_id"] + " " + rows["LOC"]))], 8)


def summarise_read(series: Series) -> Table:
    """What a series was computed from: each case with its baseline, its reference treatment, and a digest."""
    rows = [
        (each.case.case_id, baseline_words(each.case), reference_name(each.case) or "none", each.case.sha256)
        for each in as_series(series).analyses
    ]
    columns = ["case", "baseline", "reference treatment", "data, sha256"]
    return Table(pd.DataFrame(rows, columns=columns), f"How each case was read, by casetimeline {__version__}")
