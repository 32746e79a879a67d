"""What the cited rules answer to each question: on each record, and on the best value of a case and site."""

import pandas as pd

from ..rules import OF_A_VALUE, is_needless
from ..vocabulary import MET, NOT_APPLICABLE, NOT_MET, OUTSIDE, QUESTIONS, UNDETERMINED
from .collect import Series, as_series

# The answer to a question that several rules answer, and not alike.
DISAGREE = "depends on the rule"
# A rule for progression whose size is not met is not asked: what fell did not rise.
PROGRESSION = QUESTIONS["progression"]
NO_WORSENING = "no worsening of that size"
ANSWERS = (MET, NOT_MET, DISAGREE, UNDETERMINED, NOT_APPLICABLE, OUTSIDE)


def derive_answers(series: Series, code: str) -> pd.DataFrame:
    """The answers of the cited rules to each question, one row a record and question.

    Returns
    -------
    DataFrame
        `case_id`, LOC, `line` of the record, QUESTION of `vocabulary.QUESTIONS`, ANSWER of `ANSWERS`: `depends on the
        rule` where one is met and another is not, `cannot be determined` where one of the others is open, met or not
        met where every rule that applies says so, else why none applies; RULES, how many rules were asked. A rule
        about one value, and not about a change, is not counted.

    Raises
    ------
    TimelineError
        If no measure has this code.
    """
    as_series(series).measure(code)
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


def unasked_note(answers: pd.DataFrame, compared: pd.Series) -> str:
    """Why a compared row has no answer to a question that was asked of another one; blank where each has all.

    Parameters
    ----------
    answers : DataFrame
        From `best_answers`.
    compared : Series of bool
        The rows of it that have a best value.

    Examples
    --------
    >>> answers = pd.DataFrame({"Beyond the smallest detectable change?": ["met", "met"], PROGRESSION: ["", "met"]})
    >>> unasked_note(answers, pd.Series([True, True])), unasked_note(answers, pd.Series([False, True]))
    ('No answer to question 2: not asked, because the change is no worsening of that size.', '')
    """
    columns = {question: place for place, question in enumerate(answers, 1)}
    blank = [question for question in columns if (answers.loc[compared, question] == "").any()]
    notes = []
    for question in blank:
        why = f", because the change is {NO_WORSENING}" if question == PROGRESSION else ""
        notes.append(f"No answer to question {columns[question]}: not asked{why}.")
    return " ".join(notes)


def one_answer_of(answers: list[str]) -> str:
    """The answer that several records have in common.

    Examples
    --------
    >>> one_answer_of(["met", "met"]), one_answer_of(["met", "not met"])
    ('met', 'cannot be determined')
    """
    return answers[0] if len(set(answers)) == 1 else UNDETERMINED
