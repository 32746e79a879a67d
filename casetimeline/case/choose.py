"""What is asked of a case: parameters that are text, the axis of its figures, some of the rules, further measures."""

from collections.abc import Iterable
from numbers import Number
from os import PathLike

import numpy as np
import pandas as pd

from ..derive import BaselineError, check_baseline_rule, check_words, flag_baseline, reference_starts
from ..faults import Fault, TimelineError, fault, first_few, nearest_word
from ..vocabulary import ANCHOR_KINDS, AXES, BASELINE_RULES, BY_REFERENCE, KINDS, RULE_KINDS, words_of
from .checks.notes import baseline_notes
from .tables.names import known_name, name_key, names_of


def check_texts(**given: object) -> None:
    """Refuse parameters of a notebook that are no text or path, such as an id that papermill took for a number.

    Raises
    ------
    TimelineError
        Naming each.

    Examples
    --------
    >>> check_texts(case_id="0012")
    >>> check_texts(case_id=12)
    Traceback (most recent call last):
    casetimeline.faults.TimelineError: 1 fault in the input; nothing was computed
    case_id: found 'the number 12'; expected text; papermill keeps what is typed as text with -r case_id VALUE
    """
    wrong = {name: value for name, value in given.items() if not isinstance(value, str | PathLike)}
    if wrong:
        raise TimelineError(
            [fault(_seen(value), _text_expected(name, value), at=name) for name, value in wrong.items()]
        )


def _seen(value: object) -> str:
    """What stands in the place of a text."""
    if isinstance(value, list | tuple | set):
        return "a list"
    if isinstance(value, Number):
        return f"the number {value}"
    return "None" if value is None else f"a value of type {type(value).__name__}"


def _text_expected(name: str, value: object) -> str:
    """What a parameter that is a text or a path is to be, where something else stands in its place."""
    if isinstance(value, Number):
        return f"text; papermill keeps what is typed as text with -r {name} VALUE"
    if isinstance(value, pd.DataFrame):
        return "a path; read_facts takes the rows of a case as a DataFrame"
    if name in _PATHS:
        return "a path"
    return "one text, with commas between its words" if isinstance(value, list | tuple | set) else "text"


# The parameters that name a file or a folder.
_PATHS = ("data_dir", "path", "data", "figure_svg")


def _without_day(lines: pd.Series) -> str:
    several = len(lines) > 1
    noun, verb = ("lines", "have") if several else ("line", "has")
    return f"{noun} {first_few(lines.astype(str))} {verb} no time that gives a day"


# An axis of days leaves out one fact in so many at most.
_FEW = 10


def without_day(facts: pd.DataFrame) -> pd.DataFrame:
    """The facts that have no place on an axis of days.

    A time with one end, such as `>12 wk` or `<0 d`, has the day of that end. A statement of the authors needs none: it
    has no mark.

    Examples
    --------
    >>> facts = pd.DataFrame({"line": [2, 3], "kind": "event", "DAYLO": [-np.inf, None], "DAYHI": [0.0, None]})
    >>> without_day(facts)["line"].tolist()
    [3]
    """
    facts = facts[facts["kind"].ne("statement")]
    return facts[~np.isfinite(facts[["DAYLO", "DAYHI"]].astype(float)).any(axis=1)]


def missing_days(facts: pd.DataFrame, reference: str = "") -> str:
    """What keeps facts off an axis of days, as a clause; blank where they have days, and not all of them the same.

    Each value or finding needs a day, and so does each row of the reference treatment. Of the others one in ten may
    have none: it is named under the figure.

    Examples
    --------
    >>> facts = pd.DataFrame({"line": [2, 3], "kind": "event", "code": "a", "DAYLO": [0.0, None], "DAYHI": [0.0, None]})
    >>> missing_days(facts)
    'line 3 has no time that gives a day'
    """
    facts, missing = facts[facts["kind"].ne("statement")], without_day(facts)
    is_needed = len(missing) > 0 and (missing["kind"].eq("observation") | missing["code"].eq(reference)).any()
    if is_needed or len(missing) * _FEW > len(facts):
        return _without_day(missing["line"])
    days = facts[["DAYLO", "DAYHI"]].astype(float)
    days = days.where(np.isfinite(days))
    first = days["DAYLO"].fillna(days["DAYHI"])
    return "" if first.min() < first.max() else "every fact is of the same day"


def missing_start(facts: pd.DataFrame, reference: str) -> str:
    """What keeps study days from being counted: no reference treatment, or one whose start is not one day.

    Examples
    --------
    >>> facts = pd.DataFrame({"case_id": "a", "line": [2], "kind": "treatment", "PARAMCD": "drug", "phase": 1,
    ...                       "start": "~6 wk", "DAYLO": [38.5], "DAYHI": [45.5]})
    >>> missing_start(facts, "drug")
    "the start of the reference treatment 'drug' is not known to the day (line 2: '~6 wk')"
    """
    if not reference:
        return "no reference treatment is named"
    starts = reference_starts(facts, reference).iloc[0]
    if starts["RFSTLO"] == starts["RFSTHI"]:
        return ""
    given = facts[facts["kind"].isin(ANCHOR_KINDS) & (facts["PARAMCD"] == reference)]
    row = given[given["DAYLO"].ne(given["DAYHI"])].iloc[0]
    reason = f"the start of the reference treatment '{reference}' is not known to the day"
    return f"{reason} (line {row['line']}: '{row['start']}')"


def axis_obstacles(facts: pd.DataFrame, reference: str) -> dict[str, str]:
    """For each axis of `AXES` what keeps a case from it, as a clause; blank where it can have it.

    Parameters
    ----------
    facts : DataFrame
        From `derive_analysis`, of one case.
    reference : str
        Code of the reference treatment or event; may be blank.
    """
    off = missing_days(facts, reference)
    study = off or missing_start(facts, reference)
    return {"": "", "days": off, "weeks": off, "study_day": study, "order": ""}


def check_axis(axis: str, facts: pd.DataFrame, reference: str) -> None:
    """Raise a TimelineError if a name is not that of an axis, or a case with these facts cannot have the axis."""
    if axis not in AXES:
        known = [name for name in AXES if name]
        raise TimelineError([fault(axis, f"blank, or one of {', '.join(known)}", at="axis", known=known)])
    # Any case can have the first axis that it can have, and the order of the telling.
    obstacles = axis_obstacles(facts, reference) if axis in ("days", "weeks", "study_day") else {axis: ""}
    if obstacles[axis]:
        can = ", ".join(name for name, reason in obstacles.items() if name and not reason)
        raise TimelineError([fault(axis, f"an axis that this case can have: {can}; {obstacles[axis]}", at="axis")])


def choose_rules(rules: pd.DataFrame, asked: str) -> pd.DataFrame:
    """The rules that are asked for, in the order of rules.csv.

    Parameters
    ----------
    rules : DataFrame
        Rows of rules.csv.
    asked : str
        Names and kinds of rules, joined by commas; blank for all.

    Raises
    ------
    TimelineError
        For each word that is neither the name of one of them nor the kind of any.

    Examples
    --------
    >>> rules = pd.DataFrame({"rule": ["mid_2006", "sdc_training"], "kind": ["important", "error"]})
    >>> choose_rules(rules, "error")["rule"].tolist(), len(choose_rules(rules, ""))
    (['sdc_training'], 2)
    """
    words = words_of(asked)
    if not words:
        return rules
    # A kind of which there is no rule would leave every question unanswered.
    kinds = [kind for kind in RULE_KINDS if kind in {*rules["kind"]}]
    expected = f"the name of a rule of rules.csv, or a kind of rule: {', '.join(kinds)}"
    check_words(words, [*kinds, *rules["rule"]], expected, at="rules")
    return rules[rules["rule"].isin(words) | rules["kind"].isin(words)]


def selection_words(asked: str, chosen: int, known: int) -> str:
    """That some rules were asked for and others not evaluated, in one sentence; blank where none was asked for.

    Examples
    --------
    >>> selection_words("response,error", 6, 31)
    'Rules asked for: response, error: 6 of 31; the others were not evaluated.'
    """
    if not asked:
        return ""
    others = "; the others were not evaluated" if chosen < known else ""
    return f"Rules asked for: {', '.join(words_of(asked))}: {chosen} of {known}{others}."


def check_measures(measures: Iterable[str], facts: pd.DataFrame) -> None:
    """Refuse a measure that a case has no observation of.

    Raises
    ------
    TimelineError
        For each, with the measures that the case has.
    """
    observed = facts[facts["kind"] == "observation"]
    has = sorted(set(observed["code"]))
    expected = f"a measure of this case: {', '.join(has) or 'it has none'}"
    names = dict(zip(observed["PARAM"].map(name_key), observed["code"], strict=True))
    names |= {name_key(name): name for name in has}
    faults = [fault(word, expected, at="measure", known=has) for word in measures if word not in has]
    if faults:
        raise TimelineError([each._replace(nearest=names.get(name_key(each.found), each.nearest)) for each in faults])


def codes_of(codes: Iterable[str] | str | None) -> tuple[str, ...]:
    """The codes that were asked for, each once; a text is one code, and not its letters.

    Raises
    ------
    TimelineError
        If they are neither a text nor texts.

    Examples
    --------
    >>> codes_of("mrss"), codes_of(["mrss", "ck", "mrss"]), codes_of(())
    (('mrss',), ('mrss', 'ck'), ())
    """
    if codes is None or isinstance(codes, str):
        return (codes,) if codes else ()
    try:
        return tuple(dict.fromkeys(codes))
    except TypeError:
        raise TimelineError([fault(str(codes), "the codes of measures, as in ['mrss', 'ck']", at="codes")]) from None


def measure_of(measures: pd.DataFrame, code: object, further: str = "") -> pd.Series:
    """The row of measures.csv of a measure, by its code; `further` says where another one can be added.

    Raises
    ------
    TimelineError
        If it is the code of no observation; the nearest one is named.
    """
    row = measures.loc[code] if isinstance(code, str) and code in measures.index else None
    if row is None or row["kind"] != "observation":
        known = measures.index[measures["kind"] == "observation"]
        expected = f"an observation code of measures.csv{f'; {further}' if further else ''}"
        check_words([code], known, expected, at="measure")
    return row


def known_measure(text: str, measures: pd.DataFrame, at: str = "measure") -> str:
    """The code of a measure that was asked for by one of its names, at an option; blank where none was.

    Raises
    ------
    TimelineError
        If it is no measure.
    """
    codes = measures.index[measures["kind"] == "observation"]
    code = known_name(text, codes, names_of(measures, observed=True))
    check_words([code] if code else [], codes, "an observation code of measures.csv", at=at)
    return code


def recorded_measure(text: str, measures: pd.DataFrame, rows: Iterable[pd.DataFrame]) -> str:
    """As `known_measure`, of a measure that some tables of rows record: of another nothing could be derived."""
    code = known_name(text, measures.index[measures["kind"] == "observation"], names_of(measures, observed=True))
    if code:
        codes = (table.loc[table["kind"] == "observation", "code"].unique() for table in rows)
        has = sorted({name for each in codes for name in each})
        check_words([code], has, f"a measure that is recorded: {first_few(has) or 'there is none'}", at="measure")
    return code


_OPTIONS = {"baseline_rule": "baseline", "reference": "reference"}


def check_plan(rule: str, reference: str, facts: pd.DataFrame, file: str, asked: dict[str, str]) -> list[Fault]:
    """Faults of a baseline rule and a reference that the facts cannot serve.

    Each is at its option if that was given, which `asked` tells (`baseline_rule`, `reference`), and else in `file`.
    """

    def at(name: str) -> dict[str, str]:
        """Where a choice was made."""
        key = f"analysis: {_OPTIONS[name]}" if file.endswith(".yaml") else name
        return {"at": _OPTIONS[name]} if asked.get(name) else {"at": file, "column": key}

    faults = []
    wrong = check_baseline_rule(rule) if rule else ""
    named = rule.removeprefix("phase=")
    if wrong:
        faults.append(
            fault(rule, wrong, **at("baseline_rule"), known=(name for name in BASELINE_RULES if "=" not in name))
        )
    elif rule.startswith("phase=") and named not in set(facts["phase"].unique()):
        faults.append(fault(rule, "a phase of the timeline", **at("baseline_rule")))
    starters = facts.loc[facts["kind"].isin(ANCHOR_KINDS), "code"].unique()
    # A row whose kind is misspelt may be the treatment that is meant.
    if reference and reference not in {*starters, *facts.loc[~facts["kind"].isin(KINDS), "code"]}:
        near = nearest_word(reference, starters) or _nearest_beginning(reference, starters)
        lines = facts.loc[facts["code"] == near, "line"]
        known = f"; line {lines.iloc[0]} has '{near}'" if near else f": {', '.join(starters) or 'there is none'}"
        faults.append(fault(reference, f"a treatment, procedure or event of the timeline{known}", **at("reference")))
    if not reference and rule in BY_REFERENCE:
        place = {"at": _OPTIONS["reference"]} if asked.get("baseline_rule") else at("reference")
        faults.append(fault("", f"the treatment that '{rule}' refers to", **place))
    return faults


def _nearest_beginning(reference: str, codes: Iterable[str]) -> str:
    """The code whose first word is most like that of a reference; blank if none is near: drugs are named without salt.

    Examples
    --------
    >>> _nearest_beginning("exampline_citrate", ["other", "exampilne"]), _nearest_beginning("drug_a", ["drug_b"])
    ('exampilne', '')
    """
    first = {code.partition("_")[0]: code for code in codes}
    word = reference.partition("_")[0]
    return first.get(nearest_word(word, [name for name in first if name != word]), "") if len(word) > 4 else ""


def check_baseline(
    facts: pd.DataFrame, rule: str, reference: str, file: str, asked: str, *, is_part: bool = False
) -> list[str]:
    """What a reader should know of the baselines of a file, or of a part of one.

    Raises
    ------
    TimelineError
        If two records of one series could be the baseline, and no order could tell which. It is the fault of the option
        if a rule was `asked` for, and else of the later record in `file`.
    """
    try:
        return baseline_notes(flag_baseline(facts, rule, reference), rule, reference, file, is_part)
    except BaselineError as error:
        place = ("baseline", None, None) if asked else (file, error.line, "value")
        raise TimelineError([Fault(*place, rule, f"one baseline a series, but {error}")]) from None
