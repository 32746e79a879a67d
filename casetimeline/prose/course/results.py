"""Results of a case for a manuscript, in paragraphs: every number from the derived table, no word on causes."""

import re

import pandas as pd

from ...case import Case
from ...rules import OF_A_VALUE, Analysis, analyse, is_needless, once
from ...vocabulary import QUESTIONS
from ..measured.baselines import unread_after
from ..measured.meaning import meaning_passages
from ..wording.passage import Passage, Said
from .chronicle import Moment, course_moments
from .opening import opened
from .sentences import count_of_words

# Results of more words than this are divided; a paragraph that has so many ends with its phase, one of a sentence or
# two goes on.
_LONG, _FULL, _SHORT = 180, 90, 20


@once
def results_passages(analysis: Analysis) -> list[Passage]:
    """The Results of a manuscript: the course of a case in the past tense, its changes, and what they mean.

    Returns
    -------
    list of Passage
        One paragraph; of a long course several, in clinical order: the presentation, the course under treatment, and
        the outcome. A value carries the lines of its rows, a sentence what it cites.
    """
    analysis = analyse(analysis)
    moments, meaning = course_moments(analysis), meaning_passages(analysis)
    # What leaves the report without its rules says that only some of them were asked for.
    meaning += [(Said(analysis.case.selection),)] if analysis.case.selection else []
    meaning += [(Said(words),) for words in (*_of_title(analysis.case), *_unread_course(analysis.case))]
    course = opened(analysis.case, [moment.passage for moment in moments])
    moments = [moment._replace(passage=passage) for moment, passage in zip(moments, course, strict=True)]
    if sum(map(count_of_words, (*course, *meaning))) <= _LONG:
        return [_joined([*course, *meaning])] if course or meaning else []
    *stages, last = _stages(analysis, moments) or [[]]
    ends = [[*last, *meaning]] if sum(map(count_of_words, (*last, *meaning))) <= _LONG else [last, meaning]
    return [_joined(paragraph) for paragraph in (*stages, *ends) if paragraph]


# An antibody that only the title of a source tells, as case.yaml has it.
_OF_TITLE = re.compile(r"(positive|negative) \(title of the source, (.*)\)")


def _of_title(case: Case) -> list[str]:
    """The antibodies that only the title of the source tells.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> for sentence in _of_title(read_case("data/acp-imnm-75f")):
    ...     print(sentence)
    According to the title of the source, anti-HMGCR antibody was positive (no test or titre in the part that was read).
    """
    antibodies = (case.about.get("patient") or {}).get("antibodies")
    if not isinstance(antibodies, dict):
        # A text is told as it is, beside the age.
        return []
    matches = ((name, _OF_TITLE.fullmatch(str(state))) for name, state in antibodies.items())
    template = "According to the title of the source, {} antibody was {} ({})."
    return [template.format(name, each[1], each[2]) for name, each in matches if each]


# What goes on after something is told at the end; why something was done is not.
_GOES_ON = ("The course after ", "Treatment after ")


def _unread_course(case: Case) -> list[str]:
    """What followed in a part of the source that was not read, by the points of case.yaml.

    Examples
    --------
    >>> from casetimeline.case import read_case
    >>> _unread_course(read_case("data/bmcrheum176-jdm"))
    ['The course after the second value is not in the part of the source that was read.']
    """
    points = (words for words in unread_after(case).values() if words.startswith(_GOES_ON))
    return [words.replace(" part that was ", " part of the source that was ") for words in points]


def _stages(analysis: Analysis, moments: list[Moment]) -> list[list[Passage]]:
    """A long course as paragraphs: before the first treatment, under treatment, and from the first last value on."""
    case, changes = analysis.case, analysis.changes
    treated = case.facts.loc[case.facts["kind"] == "treatment", "ORDER"].min()
    last = changes.loc[changes["LASTFL"].eq("Y") & changes["POSTBLFL"].eq("Y"), "ORDER"].min()
    paragraphs: list[list[Passage]] = []
    for moment, before in zip(moments, [None, *moments], strict=False):
        starts = before is None or any(before.order < order <= moment.order for order in (treated, last))
        full = before and before.phase != moment.phase and sum(map(count_of_words, paragraphs[-1])) >= _FULL
        # A paragraph of one short sentence stays with what follows.
        if not paragraphs or ((full or starts) and sum(map(count_of_words, paragraphs[-1])) >= _SHORT):
            paragraphs.append([])
        paragraphs[-1].append(moment.passage)
    return paragraphs


def _joined(passages: list[Passage]) -> Passage:
    """Sentences as one paragraph; where several that follow each other rest on the same work, the last one cites it."""
    paragraph: list[Said] = []
    for passage, after in zip(passages, [*passages[1:], ()], strict=True):
        same = after and [phrase.works for phrase in after if phrase.works] == [passage[-1].works]
        alone = same and not any(phrase.works for phrase in passage[:-1])
        paragraph += [*passage[:-1], passage[-1]._replace(works=()) if alone else passage[-1], Said(" ")]
    # A range of a grade or count that a clause has as it is typed.
    return tuple(phrase._replace(text=_in_print(phrase.text)) for phrase in paragraph[:-1])


def last_verdicts(changes: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on the change up to the last value of each series, without those that need no row."""
    judged = verdicts_on_changes(verdicts)
    return judged[judged["line"].isin(changes.loc[changes["LASTFL"] == "Y", "line"])]


def verdicts_on_changes(verdicts: pd.DataFrame) -> pd.DataFrame:
    """The verdicts on changes, without those that need no row."""
    kinds = [kind for kind in QUESTIONS if kind not in OF_A_VALUE]
    return verdicts[verdicts["KIND"].isin(kinds) & ~is_needless(verdicts)]


def _in_print(text: str) -> str:
    """The signs of a range and of a bound, such as those of a grade, as they are printed."""
    signs = re.sub(r"([<>])=(?=\d)", lambda sign: "≤" if sign[1] == "<" else "≥", text)
    return re.sub(r"(?<=\d)\.\.(?=\d)", "–", signs)
