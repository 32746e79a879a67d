"""What a report says, block by block: the same for the page, the PDF and Word."""

import pandas as pd

from .. import __version__
from ..case import Case, caveats_of, patient_details
from ..derive import records_of
from ..prose import (
    RowText,
    Table,
    capital,
    change_of_series,
    cite,
    claims_sentence,
    in_a_sentence,
    last_verdicts,
    path_of_series,
    spelled,
    summarise_carriers,
    summarise_case,
    summarise_choices,
    summarise_claims,
    typeset,
    unbroken,
    without_empty,
)
from ..rules import Analysis, compare_rules, is_needless
from ..vocabulary import AXES, BASELINE_RULES
from .citations import cite_words, is_source, references_in_use
from .document import Block, Heading, Items, Paragraph

LIMITS = (
    "One patient, reported after the fact. There is no control, and no change shown here is assigned to a treatment. "
    "What the source does not report is shown as not reported. Not for decisions about a patient."
)


def title_of(case: Case) -> str:
    """The title of a report."""
    return f"Case {case.case_id}: {case.about.get('title', 'no title')}"


def patient_of(case: Case) -> str:
    """Sex, age and diagnosis of a patient, with the note of case.yaml on them, then what else is told."""
    patient = case.about.get("patient", {})
    age, sex = str(patient.get("age", "not reported")), str(patient.get("sex", "not reported"))
    aged = f"{age} years" if age.isdigit() else f"age {age}"
    words = f"{aged}, sex not reported" if sex == "not reported" else f"{sex}, {aged}"
    note = f" ({patient['note']})" if patient.get("note") else ""
    told = [f"{capital(words)}{note}", case.about.get("diagnosis", "diagnosis not stated"), *patient_details(patient)]
    return spelled(typeset(f"{'; '.join(told)}."))


def sources_of(analysis: Analysis) -> str:
    """The sources of a case, as they are cited."""
    cited = " ".join(cite_words([each for each in references_in_use(analysis) if is_source(each)]))
    return f"Source: {cited or 'not stated.'}"


def opening(analysis: Analysis) -> tuple[str, ...]:
    """Sentences on what is recorded, what changed, what the rules say, which were asked for, and the claims."""
    case, rows = analysis.case, analysis.case.facts
    timed = int(rows["start"].ne("").sum())
    read = "; ".join(source.get("read") or "not stated" for source in case.about.get("sources", [])) or "not stated"
    sentences = [f"{len(rows)} facts are recorded, {timed} of them with a time; what was read of the source: {read}."]
    sentences += filter(None, [case.proof])
    series = []
    for code in analysis.courses:
        label = case.measure(code)["label"]
        sites = records_of(analysis.changes, code).groupby("LOC")
        paths = [path_of_series(records, case.measure(code)) for _, records in sites]
        series.append(f"{label}: {' and '.join(paths) or 'not mentioned'}")
    sentences += [f"{'; '.join(series)}."] if series else []
    sentences.append(_last_verdicts_words(analysis))
    sentences += filter(None, [case.selection])
    sentences.append(claims_sentence(analysis, "brief"))
    return tuple(sentences)


def _last_verdicts_words(analysis: Analysis) -> str:
    """How often the answer to a question depends on the rule that is chosen; how many rules are met has no meaning."""
    compared = compare_rules(analysis.verdicts)
    if last_verdicts(analysis.changes, analysis.verdicts).empty:
        return "No cited rule judges a last value."
    if compared.empty:
        return "No question is answered by more than one of the cited rules."
    differ, count = int((compared["CHANGES"] == "yes").sum()), len(compared)
    return f"Questions that several cited rules answer: {count}; on {differ or 'none'} of them the rules disagree."


# Columns that repeat the words of a source or of a file, which stay as they are.
_VERBATIM = ("quote", "note", "the source says", "citation", "item", "value")


def in_print(block: Block) -> Block:
    """A block with the signs of print, but for what it quotes.

    Examples
    --------
    >>> in_print(Paragraph("-14 points, 1.96 x 2"))
    Paragraph(text='−14\xa0points, 1.96 × 2')
    """
    if isinstance(block, Paragraph):
        return Paragraph(unbroken(typeset(block.text)))
    if isinstance(block, Items):
        return Items(tuple(map(typeset, block.texts)))
    if not isinstance(block, Table):
        return block
    columns = {name: block.frame[name] for name in block.frame}
    cells = {name: each if name in _VERBATIM else [*map(_set, each)] for name, each in columns.items()}
    return Table(pd.DataFrame(cells), typeset(block.caption), tuple(map(typeset, block.notes)))


def _set(cell):
    """A cell with the signs of print; it keeps its rows."""
    if not isinstance(cell, str):
        return cell
    return RowText(typeset(cell), cell.lines) if isinstance(cell, RowText) else typeset(cell)


def front_blocks(analysis: Analysis) -> list[Block]:
    """What a report opens with: summary, opening sentences, notes, what is left open, claims, rules, and rows."""
    blocks: list[Block] = [
        Heading(2, "Summary"),
        summarise_case(analysis, analysis.codes),
        Items(opening(analysis)),
    ]
    if analysis.case.notes:
        blocks += [Heading(2, "Notes on the data"), Items(analysis.case.notes)]
    caveats, claims, choices = caveats_of(analysis.case.about), summarise_claims(analysis), summarise_choices(analysis)
    if caveats:
        blocks += [Heading(2, "What the source leaves open"), Items(caveats)]
    if len(claims.frame):
        blocks += [Heading(2, "Claims"), claims]
    if len(choices.frame):
        blocks += [Heading(2, "Verdicts by rule"), choices]
    carriers = summarise_carriers(analysis)
    blocks += [Heading(2, "Which rows carry the result"), carriers] if len(carriers.frame) else []
    return [*map(in_print, blocks)]


def back_blocks(analysis: Analysis, digests: dict[str, str], versions: dict[str, str]) -> list[Block]:
    """What a report ends with: methods, rules in use, references, colophon."""
    case = analysis.case
    rule = case.baseline_rule
    meaning = BASELINE_RULES.get(rule, BASELINE_RULES.get(f"{rule.partition('=')[0]}=N", ""))
    reference = in_a_sentence(case.measures["label"].get(case.reference, case.reference)) or "none"
    methods = [
        f"Baseline: {meaning}; reference treatment: {reference}. A change is the value "
        "minus the baseline, with bounds where either is uncertain: lowest minus highest to highest minus lowest. A "
        "percentage is computed for numbers only, and a rule is decided on recorded values, never on a rounded one.",
        "A rule answers met, not met, or cannot be determined, with the part that decided; a rule whose population "
        "excludes the patient by diagnosis, sex or entry is not applicable, and a value surely before or after the "
        "time that a rule asks for is outside the window. A value that is not reported gives no change. "
        "Times are those that the source prints; the order of telling is not read as a time.",
        *filter(None, [_axis_words(case), case.selection]),
        f"Computed by casetimeline {__version__} from the files whose digests stand in the colophon; the same files "
        "give the same bytes.",
    ]
    inputs = [(f"{name}, sha256", digest) for name, digest in digests.items()]
    blocks = [
        Heading(2, "Methods"),
        *map(Paragraph, methods),
        rules_in_use(analysis),
        Heading(2, "What each work is used for"),
        Items(tuple(cite_words(references_in_use(analysis)))),
        Heading(2, "Colophon"),
        Table(pd.DataFrame([*inputs, *versions.items()], columns=["item", "value"]), "What this report was made from"),
    ]
    return [*map(in_print, blocks)]


def _axis_words(case: Case) -> str:
    """The axis of the figures over time, where it was chosen."""
    if not case.axis:
        return ""
    return f"The axis of the figures over time was asked for ({case.axis}): {AXES[case.axis]}."


def rules_in_use(analysis: Analysis) -> Table:
    """The rules with a verdict on the case: one row for each, with its definition, population and citation."""
    used = analysis.verdicts.loc[~is_needless(analysis.verdicts), "RULE"]
    rules = analysis.case.rules[analysis.case.rules["rule"].isin(used)]
    shown = pd.DataFrame(
        {
            "measure": analysis.case.measures["abbrev"].reindex(rules["measure"]).to_numpy(),
            "rule": rules["label"],
            "definition": rules["definition"],
            "made for": rules["population"],
            "citation": [cite(row) for row in rules.itertuples()],
        }
    )
    caption = ". ".join(filter(None, [f"Case {analysis.case.case_id}: rules that judged it", analysis.case.selection]))
    return Table(without_empty(shown, ("rule", "citation")), caption)


def summary_lines(analysis: Analysis) -> list[str]:
    """What a terminal shows of a case, but for the claims: its title, a line for each course, and the notes."""
    lines = [f"{analysis.case.case_id}: {analysis.case.about.get('title', 'no title')}"]
    for code in analysis.courses:
        measure, courses = analysis.case.measure(code), []
        for site, series in records_of(analysis.changes, code).groupby("LOC", sort=False):
            path, change = path_of_series(series, measure), change_of_series(series, measure)
            courses.append(f"{site}: {path}: {change}" if site else f"{path}: {change}")
        lines.append(f"{measure['abbrev']:<9} {' | '.join(courses) or 'not mentioned in the part that was read'}")
    return [*lines, *(f"{'note':<9} {note}" for note in analysis.case.notes)]
