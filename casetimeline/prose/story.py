"""Sentences about a case, made from its derived table. No sentence says that a treatment caused a change."""

from collections.abc import Iterator

import pandas as pd

from ..case import Case
from ..derive import records_of
from ..rules import Analysis, analyse, error_limits, largest_analytical_cv
from ..values import number
from ..vocabulary import MET, NOT_MET, OPEN_STATES, UNDETERMINED
from .changes import change_of_series, path_of_series
from .display import Prose
from .tense import course_sentences, series_of, treatment_sentences
from .words import change_words, cite_briefly, dose_words, limit_words, moment_words, value_words, when_words


def verdicts_of(verdicts: pd.DataFrame, code: str, kind: str) -> pd.DataFrame:
    """The verdicts of one kind of rule on one measure."""
    return verdicts[(verdicts["PARAMCD"] == code) & (verdicts["KIND"] == kind)]


def limit_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each value against the limits of the rules, and the rules that need a limit that is not reported."""
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    unit = case.measure(code)["unit"]
    by_line = changes.set_index("line")
    rows = verdicts_of(verdicts, code, "limit")
    unlimited = rows["DECIDED"].eq("laboratory limit") & by_line.loc[rows["line"], "ANRHI"].isna().to_numpy()
    for row in rows[~unlimited].itertuples():
        record = by_line.loc[row.line]
        times = f" is {_against_limit(record)}" if pd.notna(record["ANRHI"]) else ""
        yield f"{row.LABEL}, defined as {row.DEFINITION}: {value_words(record, unit)}{times}; {row.VERDICT}."
    if unlimited.any():
        values = ", ".join(value_words(by_line.loc[line], unit) for line in rows.loc[unlimited, "line"].unique())
        labels = "; ".join(rows.loc[unlimited, "LABEL"].unique())
        yield f"{labels}: {UNDETERMINED} for {values}, because the laboratory's limit is not reported."


def variation_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Each change against the reference change value, and the analytical variation that it would bear."""
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    unit, cvi = case.measure(code)["unit"], case.rules.set_index("rule")["cvi"]
    by_line = changes.set_index("line")
    for row in verdicts_of(verdicts, code, "variation").itertuples():
        record = by_line.loc[row.line]
        if pd.isna(record["CHGLO"]):
            continue
        told = (
            f"{row.LABEL} ({row.POPULATION}), {value_words(record, unit)} against the baseline of {record['BASEC']}: "
        )
        if pd.notna(case.cva):
            yield f"{told}{row.VERDICT} with an analytical CV of {number(case.cva)} %."
            continue
        nearest = record["R2BASEHI"] if record["R2BASEHI"] < 1 else record["R2BASELO"]
        largest = largest_analytical_cv(nearest, cvi[row.RULE])
        why = ", because the analytical CV of the laboratory is not reported" if row.VERDICT == UNDETERMINED else ""
        up_to = f"; the change is beyond it for any analytical CV up to {largest:.0f} %" if largest == largest else ""
        yield f"{told}{row.VERDICT}{why}{up_to}."


def _against_limit(record) -> str:
    if pd.notna(record.R2A1HI):
        return f"{number(record.R2A1HI, 2)} times the upper limit"
    return {"HIGH": "above the upper limit", "NORMAL": "within the limits", "LOW": "below the lower limit"}.get(
        record.ANRIND, "not certainly on one side of the limit"
    )


def cohort_sentences(analysis: Analysis, code: str) -> Iterator[str]:
    """Complete regression, regression, stability and class of a finding by the rules of their cohorts."""
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    phases, unit = case.about.get("phases", {}), case.measure(code)["unit"]
    by_line = changes.set_index("line")
    rules = case.rules.set_index("rule")
    rows = verdicts[(verdicts["PARAMCD"] == code) & verdicts["KIND"].isin(["resolution", "regression", "stability"])]
    for (rule, label), answers in rows.groupby(["RULE", "LABEL"], sort=False):
        told = "; ".join(
            f"{moment_words(by_line.loc[row.line], phases)}: {row.VERDICT}" for row in answers.itertuples()
        )
        yield f"{label} ({cite_briefly(rules.loc[rule])}), {told}."
    sized = verdicts[(verdicts["PARAMCD"] == code) & verdicts["KIND"].eq("class") & verdicts["VERDICT"].eq(MET)]
    for row in sized.itertuples():
        yield f"{value_words(by_line.loc[row.line], unit)}: {row.LABEL[:1].lower()}{row.LABEL[1:]} ({row.POPULATION})."


def summarise_skin(analysis: Analysis) -> Prose:
    """What the skin scores of a case show: the change, the rules, the measurement error, and what is open."""
    analysis = analyse(analysis)
    case = analysis.case
    return _prose(
        _course(analysis, "mrss"),
        _responses(analysis, "mrss"),
        _error(analysis, "mrss"),
        _importance(analysis, "mrss"),
        _between(analysis, "mrss"),
        _selection(case),
        _caveats(case, "mrss"),
    )


def summarise_muscle(analysis: Analysis) -> Prose:
    """What the CK values of a case show, against their own laboratory's limit where it is reported."""
    analysis = analyse(analysis)
    case = analysis.case
    return _prose(
        _course(analysis, "ck"),
        limit_sentences(analysis, "ck"),
        variation_sentences(analysis, "ck"),
        _between(analysis, "ck"),
        _selection(case),
        _caveats(case, "ck"),
    )


def summarise_pericardium(analysis: Analysis) -> Prose:
    """What the course of the pericardial effusion of a case shows."""
    analysis = analyse(analysis)
    case = analysis.case
    return _prose(
        _course(analysis, "pericardial_effusion"),
        cohort_sentences(analysis, "pericardial_effusion"),
        _between(analysis, "pericardial_effusion"),
        _selection(case),
        _caveats(case, "pericardial_effusion"),
    )


def summarise_profile(analysis: Analysis, codes: tuple[str, ...] = ("mrss", "ck", "pericardial_effusion")) -> Prose:
    """One sentence a measure, and the treatments of the case."""
    analysis = analyse(analysis)
    case, changes = analysis.case, analysis.changes
    sentences = [f"Case {case.case_id}: {case.about.get('title', 'no title')}."]
    for code in codes:
        measure = case.measure(code)
        courses = []
        for site, series in series_of(changes, code):
            name = ", ".join(filter(None, [measure["label"], site]))
            courses.append(f"{name}: {path_of_series(series, measure)}; {change_of_series(series, measure)}.")
        sentences += courses or [f"{measure['label']}: not mentioned in the part of the source that was read."]
    return _prose(sentences, _treatments(case), _caveats(case, "treatments"))


def summarise_timeline(analysis: Analysis) -> Prose:
    """What the timeline of a case holds, what it leaves open, and how much of it has a time."""
    analysis = analyse(analysis)
    case = analysis.case
    facts = case.facts
    kinds = [
        f"{count} {kind}{'' if count == 1 else 's'}"
        for kind in ("observation", "treatment", "event")
        if (count := int((facts["kind"] == kind).sum()))
    ]
    timed = int(facts["start"].ne("").sum())
    read = "; ".join(f"{source['id']}" for source in case.about.get("sources", [])) or "not stated"
    first = [
        f"Case {case.case_id}: {case.about.get('title', 'no title')}.",
        f"{len(facts)} facts are recorded: {', '.join(kinds)}. Source: {read}.",
        _timing(timed, len(facts)),
    ]
    phases = case.about.get("phases", {})
    open_states = facts[facts["STATE"].isin(OPEN_STATES)]
    gaps = [f"{row.PARAM}: {row.AVALC} {when_words(row, phases)}." for row in open_states.itertuples()]
    treatments = facts[facts["kind"] == "treatment"]
    undosed = int(treatments["dose"].eq("").sum())
    unended = int(treatments["end"].eq("").sum())
    if len(treatments):
        gaps.append(
            f"Of {len(treatments)} treatment rows, {undosed} have no reported dose and {unended} no reported end."
        )
    notes = [f"{note}." for note in case.notes]
    return _prose(first, _treatments(case), _caveats(case, "treatments"), gaps, notes)


def _timing(timed: int, facts: int) -> str:
    if timed == facts:
        return "Every fact has a time."
    if timed == 0:
        return "No fact has a time that could be placed on an axis; all are shown in the order of telling."
    return f"A time is reported for {timed} of {facts} facts; all are shown in the order of telling."


def _prose(*paragraphs) -> Prose:
    joined = (" ".join(sentences) for sentences in paragraphs)
    return Prose(tuple(paragraph for paragraph in joined if paragraph))


def _course(analysis: Analysis, code: str) -> Iterator[str]:
    case = analysis.case
    missing = (
        f"{case.measure(code)['label']} of case {case.case_id}: not mentioned in the part of the source that was read."
    )
    yield from [*course_sentences(analysis, code, "present")] or [missing]


def _which(case: Case, record: pd.Series, rows: pd.DataFrame) -> str:
    """Which record a verdict speaks of, where there are several."""
    if rows["line"].nunique() < 2:
        return ""
    unit, phases = case.measure(record["PARAMCD"])["unit"], case.about.get("phases", {})
    return f"{value_words(record, unit)} {when_words(record, phases)}: "


def _responses(analysis: Analysis, code: str) -> Iterator[str]:
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    by_line = changes.set_index("line")
    rows = verdicts_of(verdicts, code, "response")
    for row in rows.itertuples():
        record = by_line.loc[row.line]
        untimed = pd.isna(record["DAYLO"]) or pd.isna(record["BASEDLO"])
        why = ""
        if row.TIME == UNDETERMINED:
            why = (
                ", because the time between the two values is not reported" if untimed else ", because it is uncertain"
            )
        yield (
            f"{_which(case, record, rows)}{row.LABEL}, defined as {row.DEFINITION}: size part {row.SIZE}; "
            f"time part {row.TIME}{why}; the rule as a whole {row.VERDICT}."
        )


_RELATION = {MET: "larger than", NOT_MET: "not larger than", UNDETERMINED: "not certainly larger than"}


def _error(analysis: Analysis, code: str) -> Iterator[str]:
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    limits = error_limits(case.rules, code).set_index("LABEL")["LIMIT"]
    unit = case.measure(code)["unit"]
    by_line = changes.set_index("line")
    for line, answers in verdicts_of(verdicts, code, "error").groupby("line", sort=False):
        change = change_words(by_line.loc[line], unit).partition(" (")[0]
        if not change:
            yield "Without a change, measurement error cannot be considered."
            continue
        parts = []
        for row in answers.itertuples():
            examiners = row.LABEL.partition(", ")[2]
            parts.append(f"{_RELATION[row.VERDICT]} {limit_words(limits[examiners])} {unit} ({examiners})")
        yield f"Against the smallest detectable change (95 %), the change of {change} is {'; '.join(parts)}."


def _importance(analysis: Analysis, code: str) -> Iterator[str]:
    case, changes, verdicts = analysis.case, analysis.changes, analysis.verdicts
    by_line = changes.set_index("line")
    rows = verdicts_of(verdicts, code, "important")
    for row in rows.itertuples():
        which = _which(case, by_line.loc[row.line], rows)
        yield f"{which}{row.LABEL}, defined as {row.DEFINITION}: {row.VERDICT}."
    missing = verdicts_of(verdicts, code, "composite")
    if len(missing):
        yield (
            f"{missing['LABEL'].iloc[0]}: {UNDETERMINED}, because there is no value before and after of "
            f"{missing['DECIDED'].iloc[0]}."
        )
    if len(rows):
        yield "Whether the case belongs to the population that a rule was made for is not decided here."


def _between(analysis: Analysis, code: str) -> Iterator[str]:
    case, changes = analysis.case, analysis.changes
    records = records_of(changes, code)
    later = records[records["ORDER"] > records["BASEORD"]]
    if not len(later):
        return
    first, last = records.loc[later.index, "BASEORD"].min(), later["ORDER"].max()
    given = case.facts[(case.facts["kind"] == "treatment") & case.facts["ORDER"].between(first, last)]
    names = list(dict.fromkeys(given["PARAM"]))
    # What happened is told whatever rules are asked for.
    known = case.catalogue
    disturbing = set("|".join(known.loc[known["measure"] == code, "not_after"]).split("|"))
    events = case.facts[case.facts["code"].isin(disturbing) & case.facts["ORDER"].between(first, last)]
    if names:
        yield f"Treatments reported between the first baseline and the last record: {', '.join(names)}."
    if len(events):
        yield f"Procedures reported in that time: {', '.join(dict.fromkeys(events['PARAM']))}."
    if names and (later["CHGLO"].notna() | later["AVALCALO"].notna()).any():
        yield "The change is not assigned to any of them."


def _treatments(case: Case) -> Iterator[str]:
    """What was given, with each schedule as it is printed."""
    rows = case.facts[case.facts["kind"] == "treatment"]
    given = [" ".join(filter(None, [dose_words(row), row.frequency])) for row in rows.itertuples()]
    return treatment_sentences(case, [words or "dose not reported" for words in given], "present")


def _selection(case: Case) -> Iterator[str]:
    """That not every rule was evaluated, where some were asked for."""
    yield from filter(None, [case.selection])


def _caveats(case: Case, code: str) -> Iterator[str]:
    yield from case.about.get("caveats", {}).get(code, [])
