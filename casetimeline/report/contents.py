"""What a report says, block by block: the same for the page, the PDF and Word."""

import re

import pandas as pd

from .. import __version__
from ..case import Case, caveats_of, patient_details
from ..derive import records_of
from ..prose import (
    RowText,
    Table,
    baseline_words,
    capital,
    change_of_series,
    claims_sentence,
    compared_rules,
    in_a_sentence,
    label_in_cell,
    last_verdicts,
    no_change,
    origin_words,
    path_of_series,
    series_of,
    spelled,
    summarise_carriers,
    summarise_case,
    summarise_choices,
    typeset,
    unbroken,
    with_subject,
    without_empty,
)
from ..rules import Analysis, is_counted, is_missed
from ..vocabulary import AXES, NOT_APPLICABLE
from .citations import Numbers, Reference, is_source, reference_lines, references_in_use
from .document import WORKS, Block, Heading, Items, Paragraph, Works, spans

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
    zero = origin_words(case.about.get("time_zero", {}).get("label", "")) or "time zero"
    told = [re.sub(r"^onset -(\S+ \w+)$", rf"onset \1 before {zero}", words) for words in told]
    return spelled(typeset(f"{'; '.join(told)}."))


def sources_of(analysis: Analysis) -> str:
    """The sources of a case, as they are cited, and what was read of them."""
    sources = [each for each in references_in_use(analysis) if is_source(each)]
    read = [capital(use.partition("; ")[2]) for each in sources for use in each.used_for[:1]]
    cited = [f"{line} {told}." for line, told in zip(reference_lines(sources), read, strict=True)]
    return typeset(f"Source: {' '.join(cited) or 'not stated.'}")


def cite_words(references: list[Reference]) -> list[str]:
    """References as the lines of a list, in the Vancouver style, and what each is used for: each kind of use once."""
    lines = []
    for line, each in zip(reference_lines(references), references, strict=True):
        kinds = [use.partition(": ")[0] for use in each.used_for]
        uses = [
            use.removeprefix(f"{kind}: ") if kind == before else use
            for use, kind, before in zip(each.used_for, kinds, ["", *kinds[:-1]], strict=True)
        ]
        lines.append(f"{line} Used for: {'; '.join(uses)}.")
    return lines


def opening(analysis: Analysis) -> tuple[str, ...]:
    """Sentences on what is recorded, what changed, what the rules say, which were asked for, and the claims."""
    case, rows = analysis.case, analysis.case.facts
    timed = int(rows["start"].ne("").sum())
    sentences = [f"{len(rows)} facts are recorded, {timed} of them with a time."]
    sentences += filter(None, [case.proof])
    series = []
    for code in analysis.courses:
        sites = records_of(analysis.changes, code).groupby("LOC")
        paths = [path_of_series(records, case.measure(code)) for _, records in sites]
        series += [f"{case.measure(code)['label']}: {' and '.join(paths)}"] if paths else []
    sentences += [f"{'; '.join(series)}."] if series else []
    sentences.append(_last_verdicts_words(analysis))
    sentences += filter(None, [case.selection])
    sentences.append(claims_sentence(analysis, "brief"))
    return tuple(sentences)


def _last_verdicts_words(analysis: Analysis) -> str:
    """How often the answer to a question depends on the rule that is chosen; how many rules are met has no meaning."""
    compared, last = compared_rules(analysis), last_verdicts(analysis.changes, analysis.verdicts)
    if not is_counted(last).any():
        return "No cited rule applies to a last value."
    if compared.empty:
        return "No question is answered by more than one of the cited rules."
    differ, count = int((compared["CHANGES"] == "yes").sum()), len(compared)
    return f"Questions that several cited rules answer: {count}; on {differ or 'none'} of them the rules disagree."


# Columns that repeat the words of a source or of a file, which stay as they are.
_VERBATIM = ("quote", "note", "the source says", "file", "version or SHA-256 digest", "where")
# The rows that a text names.
LINES = re.compile(r" \(lines? [\d, ]+\)")
# What tells captions of several cases apart; a report is of one.
_OF_THE_CASE = re.compile(r"^Case [\w-]+: (\w)")


def in_print(block: Block) -> Block:
    """A block with the signs of print, but for what it quotes; the caption of a table without the id of the case.

    Examples
    --------
    >>> in_print(Paragraph("-14 points, 1.96 x 2"))
    Paragraph(text='−14\xa0points, 1.96\xa0×\xa02')
    >>> in_print(Table(pd.DataFrame({"a": ["~3 x10^9/L"]}), "Case a: what was given"))
    What was given
    A
    about 3 ×10⁹/L
    """
    if isinstance(block, Paragraph):
        return Paragraph(unbroken(typeset(block.text)))
    if isinstance(block, Items):
        return Items(tuple(map(typeset, block.texts)))
    if not isinstance(block, Table):
        return block
    columns = {name: block.frame[name] for name in block.frame}
    cells = {capital(name): each if name in _VERBATIM else [*map(_set, each)] for name, each in columns.items()}
    caption = _OF_THE_CASE.sub(lambda found: found[1].upper(), block.caption)
    return Table(pd.DataFrame(cells), typeset(caption), tuple(map(typeset, block.notes)), block.label)


_DAY = re.compile(r"\((\d+) d\)")


def _set(cell):
    """A cell with the signs of print; it keeps its rows."""
    if not isinstance(cell, str):
        return cell
    # A day that a source counts is no length of time.
    text = spelled(typeset(_DAY.sub(r"(day \1)", re.sub(r"~(?=\d)", "about ", cell))))
    return RowText(text, cell.lines) if isinstance(cell, RowText) else text


def front_blocks(analysis: Analysis) -> list[Block]:
    """What a supplement has of a case: summary, opening sentences, what is left open, rules, and rows."""
    blocks: list[Block] = [Heading(2, "Summary"), Items(opening(analysis))]
    caveats, choices = caveats_of(analysis.case.about), _by_answer(summarise_choices(analysis))
    if caveats:
        told = [(code, text) for code, texts in analysis.case.about["caveats"].items() for text in texts]
        points = tuple(with_subject(analysis.case, code, text) for code, text in told)
        blocks += [Heading(2, "What the source leaves open"), Items(points)]
    # What breaks well comes first: it stands beside the figures, and the long tables after them.
    blocks += [Heading(2, "Values and changes"), summary_of(analysis)]
    if len(choices.frame):
        blocks += [Heading(2, "Verdicts by rule"), choices]
    carriers = summarise_carriers(analysis)
    blocks += [Heading(2, "Which rows carry the result"), carriers] if len(carriers.frame) else []
    return [*map(in_print, blocks)]


def _by_answer(choices: Table) -> Table:
    """A table of choices with the rules of each answer in one column: on a page most of the others would be empty."""
    frame = choices.frame
    first = [name for name in ("record", "question", "do the rules agree?") if name in frame]
    answers = [name for name in frame if name not in first]
    told = [
        " ".join(f"{capital(name)}: {row[name]}." for name in answers if row[name]) for row in frame.to_dict("records")
    ]
    return Table(frame[first].assign(**{"answers of the rules": told}), choices.caption, choices.notes)


def summary_of(analysis: Analysis) -> Table:
    """The values of each measure that is mentioned, with their change; a dash where it was recorded once."""
    table = summarise_case(analysis, analysis.codes)
    missing = {
        analysis.case.measure(code)["label"] for code in analysis.codes if not len(records_of(analysis.changes, code))
    }
    mentioned = table.frame[~table.frame["measure"].isin(missing)]
    sites = mentioned["site"] if "site" in mentioned else pd.Series("", index=mentioned.index)
    records = _records_of(analysis)
    keys = zip(mentioned["measure"], sites, strict=True)
    alone = pd.Series([records[key] == 1 for key in keys], index=mentioned.index, dtype=bool)
    once = mentioned["change"].isin([_RECORDED_ONCE, _UNBASED]) & alone
    names = [
        ", ".join(filter(None, pair)) for pair in zip(map(label_in_cell, mentioned["measure"]), sites, strict=True)
    ]
    changes = mentioned["change"].mask(once, "–")
    frame = pd.DataFrame({"measure": names, "values in their order": _courses(mentioned), "change": changes})
    return Table(frame, table.caption, ("–, recorded once: no change.",) if once.any() else ())


def _courses(summary: pd.DataFrame) -> list[str]:
    """The values of each series of a summary in their order, that of the baseline marked where there are others."""
    before, base, later = (
        summary.get(name, pd.Series("", index=summary.index))
        for name in ("before or without a baseline", "baseline", "afterwards")
    )
    marked = [
        f"{words} (baseline)" if words and row else words for words, row in zip(base, before + later, strict=True)
    ]
    return ["; ".join(filter(None, parts)) for parts in zip(before, marked, later, strict=True)]


_RECORDED_ONCE, _UNBASED = no_change("brief", "recorded once"), no_change("brief", "no baseline")


def _records_of(analysis: Analysis) -> dict[tuple[str, str], int]:
    """How many records each series has, by the label of its measure and its site."""
    return {
        (analysis.case.measure(code)["label"], site): len(records)
        for code in analysis.codes
        for site, records in series_of(analysis.changes, code)
    }


def back_blocks(
    analysis: Analysis, digests: dict[str, str], versions: dict[str, str], numbers: Numbers | None = None
) -> list[Block]:
    """What a report ends with: methods, rules in use, references, notes on the data, colophon.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    digests, versions : dict of str
        For the colophon.
    numbers : Numbers, optional
        Of the works that the short report cites; those that it does not cite go on from there.
    """
    case = analysis.case
    numbers = numbers or Numbers(analysis)
    first = len(numbers.references()) + 1
    used = references_in_use(analysis)
    works = dict(sorted((*numbers.of([each.key]), line) for each, line in zip(used, cite_words(used), strict=True)))
    reference = in_a_sentence(case.measures["label"].get(case.reference, case.reference)) or "none"
    rules = rules_in_use(analysis, numbers)
    methods = [
        f"Baseline: {baseline_words(case)}; reference treatment: {reference}. A change is the value "
        "minus the baseline, with bounds where either is uncertain: lowest minus highest to highest minus lowest. A "
        "percentage is computed for numbers only. A value that is not reported gives no change. Times are those that "
        "the source prints; the order of telling is not read as a time.",
        *([_OF_RULES] if len(rules.frame) else []),
        *filter(None, [_works_words(used, numbers), _axis_words(case), case.selection]),
        f"Computed by casetimeline {__version__} from the files whose digests stand in the colophon; the same files "
        "give the same bytes.",
    ]
    # How codes are named is for those who write the files; `check` says it.
    told = tuple(note for note in case.notes if not _OF_NAMES.search(note))
    notes = [Heading(2, "Notes on the data"), Items(told)] if told else []
    blocks = [
        Heading(2, "Methods"),
        *map(Paragraph, methods),
        *([rules] if len(rules.frame) else []),
        *notes,
        Heading(2, "Colophon"),
        colophon(digests, versions),
        # The last page of print has what breaks well.
        Heading(2, "References, and what each is used for"),
        Works(works, first),
    ]
    return [*map(in_print, blocks)]


_OF_RULES = (
    "A rule is decided on recorded values, never on a rounded one. It answers met, not met, or cannot be determined, "
    "with the part that decided; a rule whose population excludes the patient by diagnosis, sex or entry is not "
    "applicable and is not counted, and a value surely before or after the time that a rule asks for is outside the "
    "window."
)


def _works_words(used: list[Reference], numbers: Numbers) -> str:
    """What else was read for the methods, by the numbers of the works."""
    uses: dict[str, list[str]] = {}
    for each in used:
        for use in each.used_for:
            if use.startswith("method: "):
                uses.setdefault(use.removeprefix("method: "), []).append(each.key)
    told = [f"{use} ({', '.join(map(str, numbers.of(keys)))})" for use, keys in uses.items()]
    return f"Works on the methods, by their numbers in the list: {'; '.join(told)}." if told else ""


_OF_NAMES = re.compile(r"not in measures\.csv or treatments\.csv|adds to the measures of all cases")


def _axis_words(case: Case) -> str:
    """The axis of the figures over time, where it was chosen."""
    if not case.axis:
        return ""
    return f"The axis of the figures over time was asked for ({case.axis}): {AXES[case.axis]}."


_MADE_FROM = "What this report was made from"
# As many digits of a digest are printed, and as many files stand side by side.
_DIGITS, _ABREAST = 12, 2


def in_columns(block: Block) -> Block:
    """A block as it is printed: of what a report was made from the first digits, in columns side by side.

    Examples
    --------
    >>> digests = {f"{name}.csv": "0123456789abcdef" * 4 for name in "abcd"}
    >>> made = in_columns(in_print(colophon(digests, {"jinja2": "3"})))
    >>> print(made, *made.notes, sep="\\n")
    What this report was made from: the first 12 digits of the SHA-256 digests, which manifest.json has in full
    File   Digest        File   Digest
    a.csv  0123456789ab  c.csv  0123456789ab
    b.csv  0123456789ab  d.csv  0123456789ab
    Versions: jinja2 3.
    """
    if not isinstance(block, Table) or not block.caption.startswith(_MADE_FROM):
        return block
    told = block.cells()
    files = [(name, what[:_DIGITS]) for name, what in told if len(what) == _LENGTH]
    versions = ", ".join(f"{name} {what}" for name, what in told if len(what) != _LENGTH)
    high = -(-len(files) // _ABREAST)
    columns = [(*files, *[("", "")] * high)[high * place :][:high] for place in range(_ABREAST)]
    rows = [[cell for pair in row for cell in pair] for row in zip(*columns, strict=True)]
    caption = f"{_MADE_FROM}: the first {_DIGITS} digits of the SHA-256 digests, which manifest.json has in full"
    notes = (f"Versions: {versions}.",) if versions else ()
    return Table(pd.DataFrame(rows, columns=["File", "Digest"] * _ABREAST), caption, notes, block.label)


# As many digits a SHA-256 digest has.
_LENGTH = 64


def colophon(digests: dict[str, str], versions: dict[str, str]) -> Table:
    """The files that a report was made from, by their digests, and the versions of what made it."""
    rows = pd.DataFrame([*digests.items(), *versions.items()], columns=["file", "version or SHA-256 digest"])
    return Table(rows, _MADE_FROM)


def rules_in_use(analysis: Analysis, numbers: Numbers) -> Table:
    """The rules that apply to the case and have a verdict: a row for each, with definition, population and works."""
    judging = analysis.verdicts.loc[analysis.verdicts["VERDICT"].ne(NOT_APPLICABLE), "RULE"]
    rules = analysis.case.rules[analysis.case.rules["rule"].isin(judging)]
    shown = pd.DataFrame(
        {
            "measure": analysis.case.measures["abbrev"].reindex(rules["measure"]).to_numpy(),
            "rule": rules["label"],
            "definition": rules["definition"],
            "made for": rules["population"],
            WORKS: [
                spans(numbers.of([row.rule, getattr(row, "further_reference", "")])).replace(",", ", ")
                for row in rules.itertuples()
            ],
        }
    )
    caption = ". ".join(filter(None, ["Rules that judge a value or a change of the case", analysis.case.selection]))
    return Table(without_empty(shown, ("rule", WORKS)), caption)


def summary_lines(analysis: Analysis) -> list[str]:
    """What a terminal shows of a case, but for the claims: its title, a line for each course, and the notes."""
    lines = [f"{analysis.case.case_id}: {analysis.case.about.get('title', 'no title')}"]
    for code in analysis.courses:
        measure, courses = analysis.case.measure(code), []
        for site, series in series_of(analysis.changes, code):
            path, change = path_of_series(series, measure), change_of_series(series, measure)
            courses.append(f"{site}: {path}: {change}" if site else f"{path}: {change}")
        if not courses and not is_missed(code, analysis.case.about.get("diagnosis", "")):
            continue
        lines.append(f"{measure['abbrev']:<9} {' | '.join(courses) or 'not mentioned in the part that was read'}")
    return [*lines, *(f"{'note':<9} {note}" for note in analysis.case.notes)]
