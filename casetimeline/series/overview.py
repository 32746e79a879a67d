"""The table of the cases, Table 1 of the series, and what must be said beside both."""

from types import SimpleNamespace

import pandas as pd

from .. import __version__
from ..prose import Prose, Table, capital, change_words, gives_share, without_empty
from ..values import number
from .collect import Series
from .compare import ANSWERS, Compared, best_answers, compare_series, questions_of

LIMITS = (
    "Each of these cases was written up because somebody found it worth telling, and then chosen for this series. "
    "Case reports and case series have no control and are known for an increased risk of bias (Murad 2018). Nothing "
    "here says how often a change occurs: no p-value, no mean effect and no rate is computed, since selected cases are "
    "not a sample of patients, and no change is assigned to a treatment. Not for decisions about a patient."
)


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
    measure, table, questions = series.measure(code), compared.table, questions_of(compared)
    share = gives_share(measure["unit"], _rules(series, code))
    answers = best_answers(compared, questions)
    shown = pd.DataFrame(
        {
            "case": table["case_id"],
            "paper": [series.papers.get(case_id, "") for case_id in table["case_id"]],
            "site": table["LOC"],
            "visits": table["VISITS"],
            "baseline": table["BASEC"],
            "best": table["BESTC"],
            "best change": [best_words(row, compared, share) for row in table.itertuples()],
            "last": table["LASTC"],
            "last change": [last_words(row, compared, share) for row in table.itertuples()],
            "rules": [_numbered(row) for row in answers.itertuples(index=False)],
            "not compared, because": table["REASON"],
        }
    )
    asked = "; ".join(f"{place} {question}" for place, question in enumerate(questions, 1))
    caption = f"{measure['label']} ({compared.unit}) in {len(series)} cases" + (f"; rules: {asked}" if asked else "")
    return Table(without_empty(shown, keep=("case", "visits", "baseline", "best", "best change")), caption)


def _rules(series: Series, code: str) -> pd.DataFrame:
    rules = series.analyses[0].case.catalogue
    return rules[rules["measure"] == code]


def _numbered(answers: tuple) -> str:
    return "; ".join(f"{place} {answer}" for place, answer in enumerate(answers, 1) if answer)


def best_words(row, compared: Compared, share: bool = True) -> str:
    """The best change of a row of `derive_series` in words, with its bounds; blank where there is none."""
    return _change_words("B", row, compared, share)


def last_words(row, compared: Compared, share: bool = True) -> str:
    """The last change of a row of `derive_series` in words, with its bounds; blank where there is none."""
    return _change_words("L", row, compared, share)


def _change_words(letter: str, row, compared: Compared, share: bool) -> str:
    low, high, low_open, high_open, share_low, share_high = (
        getattr(row, f"{letter}{name}") for name in ("CHGLO", "CHGHI", "CHGLOX", "CHGHIX", "PCHGLO", "PCHGHI")
    )
    exact = low == high and not low_open and not high_open
    with_share = share and not compared.graded
    change = SimpleNamespace(
        CHG=low if exact else float("nan"),
        CHGLO=low,
        CHGHI=high,
        CHGLOX=low_open,
        CHGHIX=high_open,
        PCHG=share_low if with_share else float("nan"),
        PCHGLO=share_low if with_share else float("nan"),
        PCHGHI=share_high if with_share else float("nan"),
    )
    return change_words(change, "steps" if compared.graded else compared.unit)


def summarise_patients(series: Series, code: str = "mrss") -> Table:
    """Table 1 of a series: who the patients are, how many are missing, median and range.

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
    patients = [each.case.about.get("patient", {}) for each in series.analyses]
    ages = pd.to_numeric(pd.Series([patient.get("age") for patient in patients], dtype=object), errors="coerce")
    sexes = pd.Series([patient.get("sex", "not reported") for patient in patients])
    diagnoses = pd.Series([each.case.about.get("diagnosis", "not stated") for each in series.analyses])
    of_one_paper = pd.Series([series.papers.get(case_id, "") for case_id in series.ids])
    unit = "place on the scale of grades" if compared.graded else measure["unit"]
    rows = [
        ["cases", total, 0, "", f"{of_one_paper.ne('').sum()} share their source with another case"],
        ["age, years", *_numbers(ages, ages)],
        ["sex", *_words_of(sexes, ("not reported",))],
        ["diagnosis", *_words_of(diagnoses, ("not stated",))],
        [f"{measure['label']}: moments recorded", *_numbers(table["VISITS"], table["VISITS"])],
        [f"{measure['label']}: baseline, {unit}", *_numbers(table["BASELO"], table["BASEHI"])],
        [f"{measure['label']}: best change, {compared.unit}", *_numbers(table["BCHGLO"], table["BCHGHI"])],
        [f"{measure['label']}: last change, {compared.unit}", *_numbers(table["LCHGLO"], table["LCHGHI"])],
    ]
    columns = ["what", "n", "missing", "median", "range or number"]
    return Table(pd.DataFrame(rows, columns=columns), f"The {total} cases of the series")


def _numbers(low: pd.Series, high: pd.Series) -> list:
    """n, missing, median and range of values that are known between bounds."""
    known = low.notna() & high.notna()
    low, high = low[known], high[known]
    if low.empty:
        return [0, int((~known).sum()), "", ""]
    median = _between(low.median(), high.median())
    return [len(low), int((~known).sum()), median, f"{number(low.min(), 3)} to {number(high.max(), 3)}"]


def _between(low: float, high: float) -> str:
    return number(low, 3) if low == high else f"between {number(low, 3)} and {number(high, 3)}"


def _words_of(words: pd.Series, missing: tuple[str, ...]) -> list:
    """n, missing, and how often each word was told, the most frequent first."""
    known = words[~words.isin(missing)]
    counts = known.value_counts().sort_index().sort_values(ascending=False, kind="stable")
    frequencies = "; ".join(f"{word} {count}" for word, count in counts.items())
    return [len(known), int(words.isin(missing).sum()), "", frequencies]


def summarise_compared(series: Series, code: str = "mrss") -> Prose:
    """How many cases can be compared, why the others cannot, what the rules say, and which cases are of one paper."""
    compared = compare_series(series, code)
    table, label = compared.table, series.measure(code)["label"]
    changed, without = table[table["REASON"] == ""], table[table["REASON"] != ""]
    rows = "cases" if table["case_id"].is_unique else "courses (one a case and site)"
    sentences = [f"{label}: a change from the baseline can be computed for {len(changed)} of {len(table)} {rows}."]
    if len(without):
        reasons = without["REASON"].value_counts().sort_index().sort_values(ascending=False, kind="stable")
        reason_words = "; ".join(f"{reason} ({', '.join(_ids(without, reason))})" for reason in reasons.index)
        sentences.append(f"Not compared: {reason_words}.")
    answers = best_answers(compared, questions_of(compared))
    for question, given in answers[table["REASON"] == ""].items():
        asked = [answer for answer in ANSWERS if (given == answer).any()]
        counts = ", ".join(f"{answer} in {(given == answer).sum()}" for answer in asked)
        sentences += [f"{question} {capital(counts)}."] if asked else []
    together: dict[str, list[str]] = {}
    for case_id, letter in series.papers.items():
        together.setdefault(letter, []).append(case_id)
    sentences += [f"Of one paper, and so not independent: {' and '.join(ids)}." for ids in together.values()]
    return Prose((series.chosen, " ".join(sentences), LIMITS))


def _ids(table: pd.DataFrame, reason: str, most: int = 8) -> list[str]:
    ids = [*dict.fromkeys(table.loc[table["REASON"] == reason, "case_id"])]
    return ids if len(ids) <= most else [*ids[: most - 1], f"and {len(ids) - most + 1} more"]


def summarise_read(series: Series) -> Table:
    """What a series was computed from: each case with its baseline rule, its reference treatment, and a digest."""
    rows = [
        (each.case.case_id, each.case.baseline_rule, each.case.reference or "none", each.case.sha256)
        for each in series.analyses
    ]
    columns = ["case", "baseline rule", "reference treatment", "data, sha256"]
    return Table(pd.DataFrame(rows, columns=columns), f"How each case was read, by casetimeline {__version__}")
