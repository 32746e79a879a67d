"""Whether an answer depends on the rule that is chosen, and which verdicts are those on this case."""

import pandas as pd

from ..derive import require
from ..vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, QUESTIONS, UNDETERMINED
from .populations import BY_EXAMINERS
from .rules import LARGER, UNREAD

_OF_RECORD = ("case_id", "PARAMCD", "LOC", "line", "ORDER")


def is_needless(verdicts: pd.DataFrame) -> pd.Series:
    """Whether a verdict need not be shown: a rule of progression that the size fails, since what fell did not rise."""
    unasked = verdicts["VERDICT"].eq(NOT_MET) | (verdicts["VERDICT"].eq(OUTSIDE) & verdicts["SIZE"].eq(NOT_MET))
    return verdicts["KIND"].eq("progression") & unasked


# The columns of `compare_rules`, each with the verdict of its rules.
_COMPARED = (
    ("MET", MET),
    ("NOTMET", NOT_MET),
    ("OPEN", UNDETERMINED),
    ("LARGER", LARGER),
    ("EXCLUDED", NOT_APPLICABLE),
    ("OTHERS", BY_EXAMINERS),
    ("OUTSIDE", OUTSIDE),
)


def is_counted(verdicts: pd.DataFrame) -> pd.Series:
    """Whether a verdict is one on this case: its rule was made for such a patient and read, and is not needless."""
    judging = verdicts["VERDICT"].ne(NOT_APPLICABLE) & verdicts["WHY"].ne(UNREAD)
    return ~is_needless(verdicts) & judging


def compare_rules(verdicts: pd.DataFrame) -> pd.DataFrame:
    """Show whether the answer depends on the rule: for each record and question, the rules by their verdict.

    Parameters
    ----------
    verdicts : DataFrame
        The table of `evaluate_rules`.

    Returns
    -------
    DataFrame
        One row for each record, STRETCH and QUESTION of `vocabulary.QUESTIONS` that more than one rule answers, those
        made for other patients or examiners not counted. MET, NOTMET, OPEN, LARGER, EXCLUDED, OTHERS and OUTSIDE have
        the labels of the rules that are met, not met, cannot be determined, larger than an estimate of which it is not
        known whether it applies, made for other patients, made for other examiners, and outside their window. CHANGES
        is `yes` if decided rules disagree, `open` if a rule that cannot be determined could disagree, else `no`: a rule
        that does not speak of the record changes no verdict. It is blank where none of them speaks of it.

    Examples
    --------
    >>> verdicts = pd.DataFrame({"case_id": "a", "PARAMCD": "mrss", "LOC": "", "line": 15, "ORDER": 4, "KIND": "error",
    ...                          "LABEL": ["one examiner", "untrained"], "VERDICT": ["met", "not met"],
    ...                          "DECIDED": "points"})
    >>> compare_rules(verdicts)[["QUESTION", "MET", "NOTMET", "CHANGES"]].to_numpy().tolist()
    [['Beyond the smallest detectable change?', 'one examiner', 'untrained', 'yes']]
    """
    require(verdicts, "compare_rules", (*_OF_RECORD, "KIND", "LABEL", "VERDICT"), "evaluate_rules gives")
    # Columns of text are one type, however pandas stores them; and rows are found by their places.
    stored = verdicts.dtypes[[isinstance(kind, pd.CategoricalDtype) for kind in verdicts.dtypes]].index
    asked = verdicts.reset_index(drop=True).astype(dict.fromkeys(stored, "str"))
    asked = asked.assign(QUESTION=asked["KIND"].map(QUESTIONS))
    asked = asked[asked["QUESTION"].notna()]
    keys = [*_OF_RECORD, *(name for name in ("STRETCH", "FROMLINE") if name in asked), "QUESTION"]
    of_case = asked["VERDICT"].ne(NOT_APPLICABLE).groupby([asked[key] for key in keys], dropna=False)
    asked = asked[of_case.transform("sum") > 1]
    table = asked[keys].drop_duplicates().set_index(keys)
    answers = asked["VERDICT"]
    if "WHY" in asked:
        answers = answers.mask(asked["WHY"].eq(LARGER), LARGER)
    if "DECIDED" in asked:
        answers = answers.mask(asked["DECIDED"].eq(BY_EXAMINERS), BY_EXAMINERS)
    for name, verdict in _COMPARED:
        labels = asked[answers == verdict].groupby(keys, dropna=False)["LABEL"].agg("; ".join)
        table = table.assign(**{name: labels.reindex(table.index).fillna("")})
    differ = (table["MET"] != "") & (table["NOTMET"] != "")
    silent = table[["MET", "NOTMET"]].eq("").all(axis=1)
    # A question without a decided rule has no answer on which rules could agree.
    changes = (
        pd.Series("no", index=table.index)
        .mask(silent, "")
        .mask(table[["OPEN", "LARGER"]].ne("").any(axis=1), "open")
        .mask(differ, "yes")
    )
    return table.assign(CHANGES=changes).reset_index()
