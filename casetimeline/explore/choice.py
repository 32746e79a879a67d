"""What a reader may choose, and the command that makes a report of the same choice."""

import shlex
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from ..case import Case
from ..derive import BaselineError, check_baseline_rule, flag_baseline
from ..faults import TimelineError, fault
from ..figures import PRESETS
from ..files import PROJECT_DATA
from ..vocabulary import ANCHOR_KINDS, AXES, BASELINE_RULES, BY_REFERENCE, QUESTIONS, words_of

# The figures of the report by the words of the list on the page. All figures of one measure are one entry.
MEASURE = "measure"
FIGURE_NAMES = {
    "00_course": "Course of the case on one page",
    MEASURE: "One measure over time",
    "08_change": "Change against the rules",
    "09_context": "The case beside published arms",
    "05_claims": "Claims of the source",
    "06_reported": "What is reported, and what is not",
    "07_regimen": "Dosing calendar",
}
# The kinds of rules that are not in `QUESTIONS`.
_NO_QUESTION = {"class": "Classes by size", "indication": "Cited indications"}
_OF_MEASURE = {"mrss": "01_skin", "ck": "02_muscle", "pericardial_effusion": "03_pericardium"}
_BY_TIMES = "by the times: days, or order"
# More days than this are not offered for a baseline; any day can be typed on the command line.
_MOST_DAYS = 20
_MOST_CHARACTERS = 500


class Choice(NamedTuple):
    """What is shown, and by which rules.

    Attributes
    ----------
    case : str
        Id of the case.
    figure : str
        A key of `FIGURE_NAMES`.
    measure : str
        Code of the measure, for the figure of one measure; blank: the first that the case has.
    baseline, reference, axis, rules : str
        As the parameters of `read_case`; blank: as case.yaml says, by the times, and every rule.
    preset : str
        A name of `PRESETS`, whose width the figure is laid out for; blank: 180 mm.
    """

    case: str
    figure: str = "00_course"
    measure: str = ""
    baseline: str = ""
    reference: str = ""
    axis: str = ""
    rules: str = ""
    preset: str = ""


def choice_from(fields: dict) -> Choice:
    """The choice that a page sends, or that a notebook cell names.

    Parameters
    ----------
    fields : dict of str
        Some fields of `Choice` by name, `case` among them; anything else is refused.

    Raises
    ------
    TimelineError
        If a field is unknown, or its value is not a short text or not one of the known words.

    Examples
    --------
    >>> choice_from({"case": "fu-2025", "axis": "order"}).axis
    'order'
    """
    if not isinstance(fields, dict):
        raise TimelineError([fault(type(fields).__name__, "names with a text each", at="choice")])
    faults = []
    for name, value in fields.items():
        words = {"figure": FIGURE_NAMES, "preset": ("", *PRESETS)}.get(name, ())
        if name not in Choice._fields:
            expected = f"one of {', '.join(Choice._fields)}"
            faults.append(fault(name, expected, at="choice", known=Choice._fields))
        elif not isinstance(value, str) or len(value) > _MOST_CHARACTERS:
            faults.append(fault("no short text", "a short text", at="choice", column=name))
        elif words and value not in words:
            expected = f"one of {', '.join(filter(None, words))}"
            faults.append(fault(value, expected, at="choice", column=name, known=words))
    if "case" not in fields:
        faults.append(fault("", "the id of a case", at="choice", column="case"))
    if faults:
        raise TimelineError(faults)
    return Choice(**fields)


def check_measure(code: str, measures: pd.DataFrame) -> None:
    """Refuse a code that is not a measure of a vocabulary.

    Raises
    ------
    TimelineError
    """
    known = measures.index[measures["kind"] == "observation"]
    if code not in known:
        expected = f"an observation code, such as {known[0]}"
        raise TimelineError([fault(code, expected, at="choice", column="measure", known=known)])


def measures_of(case: Case) -> list[str]:
    """Codes of the measures that the case has an observation of, in the order of the vocabulary."""
    observed = set(case.facts.loc[case.facts["kind"] == "observation", "code"])
    return [code for code in case.measures.index if code in observed]


def figure_name(choice: Choice) -> str:
    """The stem of the files of a figure: the name of its notebook, if it has one.

    Examples
    --------
    >>> figure_name(Choice("a", "measure", "ck")), figure_name(Choice("a", "measure", "lvef"))
    ('02_muscle', 'measure_lvef')
    """
    if choice.figure != MEASURE:
        return choice.figure
    return _OF_MEASURE.get(choice.measure, f"{MEASURE}_{choice.measure}")


def gallery_of(case: Case) -> list[dict[str, str]]:
    """Every figure of the report of a case, in order: the figure and measure to choose, and the stem of its files."""
    chosen = [Choice(case.case_id, MEASURE, code) for code in _OF_MEASURE]
    chosen += [Choice(case.case_id, name) for name in FIGURE_NAMES if name != MEASURE]
    named = sorted((figure_name(choice), choice) for choice in chosen)
    return [{"figure": choice.figure, "measure": choice.measure, "name": name} for name, choice in named]


def extra_measures(choice: Choice) -> tuple[str, ...]:
    """The chosen measure, if it is drawn and no notebook of the report shows it; otherwise nothing."""
    shown = choice.figure == MEASURE and choice.measure and choice.measure not in _OF_MEASURE
    return (choice.measure,) if shown else ()


def parameters_of(choice: Choice) -> dict[str, str]:
    """The variables of `make report` that make a report of a choice; blank ones are left out.

    Examples
    --------
    >>> parameters_of(Choice("kamata2012", baseline="phase=2", axis="weeks"))
    {'CASE': 'kamata2012', 'BASELINE': 'phase=2', 'AXIS': 'weeks'}
    """
    extra = extra_measures(choice)
    parameters = {
        "CASE": choice.case,
        "BASELINE": choice.baseline,
        "REFERENCE": choice.reference,
        "AXIS": choice.axis,
        "RULES": choice.rules,
        # The figure of a further measure is written as figure files, which need a preset.
        "PRESET": choice.preset or ("screen" if extra else ""),
        "MEASURE": ",".join(extra),
    }
    return {name: value for name, value in parameters.items() if value}


def data_variable(data: Path) -> dict[str, str]:
    """The variable of `make` that names a folder of cases; none for `data` of the project, where make looks unasked.

    Examples
    --------
    >>> data_variable(PROJECT_DATA), data_variable(PROJECT_DATA.parent / "mine" / "cases"), data_variable(Path("/srv"))
    ({}, {'DATA': 'mine/cases'}, {'DATA': '/srv'})
    """
    data, usual = data.resolve(), PROJECT_DATA.resolve()
    if data == usual:
        return {}
    inside = data.is_relative_to(usual.parent)
    return {"DATA": str(data.relative_to(usual.parent) if inside else data)}


def command_of(choice: Choice, data: Path = PROJECT_DATA) -> str:
    """The command line that makes the report of a choice, from a folder of cases.

    Examples
    --------
    >>> command_of(Choice("fu-2025", rules="response,error")), command_of(Choice("mine"), Path("/srv/my cases"))
    ('make report CASE=fu-2025 RULES=response,error', "make report CASE=mine DATA='/srv/my cases'")
    """
    variables = parameters_of(choice) | data_variable(data)
    assignments = [f"{name}={shlex.quote(value)}" for name, value in variables.items()]
    return " ".join(["make report", *assignments])


class Option(NamedTuple):
    """One entry of a control.

    Attributes
    ----------
    value : str
        What `Choice` holds if it is chosen.
    words : str
        What the reader sees.
    barred : str
        Why it cannot be chosen; blank if it can.
    """

    value: str
    words: str
    barred: str = ""


def options_of(case: Case, choice: Choice, barred_axes: dict[str, str]) -> dict[str, list[Option]]:
    """The entries of every control except the list of cases.

    Parameters
    ----------
    case : Case
        The chosen case.
    choice : Choice
        What is chosen now.
    barred_axes : dict of str
        Why an axis cannot be chosen, from `axes_of`.

    Returns
    -------
    dict of list of Option
        The entries by the field of `Choice`; `rules` has one for each kind of rule on a measure of the case.
    """
    label = case.measures["label"]
    defaults = case.about.get("analysis", {})
    measured = measures_of(case)
    barred = {} if measured else {MEASURE: "the case has no observation"}
    figures = [Option(name, words, barred.get(name, "")) for name, words in FIGURE_NAMES.items()]
    baseline, reference = defaults.get("baseline"), defaults.get("reference")
    default_baseline = f"as the case says: {baseline}" if baseline else "by default: last_before"
    presets = [Option(name, f"{name}, {preset.width_mm:g} mm") for name, preset in PRESETS.items()]
    return {
        "figure": figures,
        "measure": [Option(code, label[code]) for code in measured],
        "baseline": _with_chosen([Option("", default_baseline), *_baselines(case)], choice.baseline),
        "reference": [Option("", f"as the case says: {reference or 'none'}"), *_references(case)],
        "axis": [Option(axis, words, barred_axes.get(axis, "")) for axis, words in {**AXES, "": _BY_TIMES}.items()],
        "rules": _rules(case, measured, choice.rules),
        "preset": [Option("", "none, 180 mm"), *presets],
    }


def _with_chosen(options: list[Option], chosen: str) -> list[Option]:
    """The entries, and the chosen one as well if an address or a notebook cell named one that is not offered."""
    return options if chosen in {option.value for option in options} else [*options, Option(chosen, chosen)]


def _rules(case: Case, measured: list[str], chosen: str) -> list[Option]:
    """The kinds of rules on a measure of the case, and single rules that were chosen by name."""
    kinds = [Option(kind, {**QUESTIONS, **_NO_QUESTION}[kind]) for kind in _kinds(case, measured)]
    label = case.rules.set_index("rule")["label"]
    known = {option.value for option in kinds}
    named = [name for name in words_of(chosen) if name not in known and name in label.index]
    return [*kinds, *(Option(name, f"{name}: {label[name]}") for name in named)]


def _rule_words(case: Case, rule: str) -> str:
    if rule.startswith("phase="):
        number = rule.removeprefix("phase=")
        name = case.about.get("phases", {}).get(number, "")
        return f"the value of phase {number}" + (f", {name}" if name else "")
    if rule.startswith("day="):
        return f"the value of day {rule.removeprefix('day=')}"
    return BASELINE_RULES.get(rule, rule)


def _baselines(case: Case) -> list[Option]:
    measured = case.facts[(case.facts["kind"] == "observation") & case.facts["AVALLO"].notna()]
    phases = [f"phase={number}" for number in sorted(case.facts["phase"].dropna().unique())]
    exact_days = measured.loc[measured["DAYLO"] == measured["DAYHI"], "DAYLO"]
    days = [f"day={day:g}" for day in sorted(exact_days.dropna().unique())][:_MOST_DAYS]
    rules = [rule for rule in BASELINE_RULES if "=" not in rule]
    usable = [rule for rule in [*rules, *phases, *days] if not check_baseline_rule(rule)]
    barred = {} if case.reference else dict.fromkeys(BY_REFERENCE, "no reference treatment")
    repeated = _repeated(case).intersection([*phases, *days])
    barred |= {rule: why for rule in repeated if (why := _more_than_one(case, rule))}
    return [Option(rule, _rule_words(case, rule), barred.get(rule, "")) for rule in usable]


def _repeated(case: Case) -> set[str]:
    """The phases and days, as rules, of which a series has several records: of no other could two be the baseline."""
    observed = case.facts[case.facts["kind"] == "observation"]
    phases = observed.loc[observed.duplicated(["code", "LOC", "phase"]), "phase"].dropna()
    days = observed.loc[observed.duplicated(["code", "LOC", "DAYLO", "DAYHI"]), "DAYLO"].dropna()
    return {*(f"phase={number}" for number in phases), *(f"day={day:g}" for day in days)}


def _more_than_one(case: Case, rule: str) -> str:
    """Which records of a named phase or day could both be the baseline; blank where no two could."""
    try:
        flag_baseline(case.facts, rule, "")
    except BaselineError as error:
        return str(error).removesuffix(f" ({rule})")
    return ""


def _references(case: Case) -> list[Option]:
    starters = case.facts[case.facts["kind"].isin(ANCHOR_KINDS)].drop_duplicates("code")
    return [
        Option(row.code, f"{row.PARAM} (event)" if row.kind == "event" else row.PARAM) for row in starters.itertuples()
    ]


def _kinds(case: Case, measured: list[str]) -> list[str]:
    rules: pd.DataFrame = case.rules
    return list(dict.fromkeys(rules.loc[rules["measure"].isin(measured), "kind"]))
