"""What a report says, block by block: the same for the page, the PDF and Word."""

import re

import pandas as pd

from ..case import Case, caveats_of
from ..derive import records_of
from ..prose import (
    EXCEEDED,
    UNJUDGED,
    RowText,
    Table,
    capital,
    change_of_series,
    claims_sentence,
    compared_rules,
    explained,
    in_years,
    is_exceeded,
    label_in_cell,
    last_verdicts,
    no_change,
    origin_words,
    path_of_series,
    patient_told,
    patient_words,
    series_of,
    summarise_carriers,
    summarise_case,
    summarise_choices,
    time_words,
    typeset,
    unbroken,
    with_subject,
)
from ..rules import Analysis, is_counted, is_missed
from ..values import count_timed, rows_of, spelled
from .bibliography import reference_lines
from .citations import Reference, is_source, references_in_use
from .document import Block, Heading, Items, Paragraph

LIMITS = (
    "One patient, reported after the fact. There is no control, and no change shown here is assigned to a treatment. "
    "What the source does not report is shown as not reported. Not for decisions about a patient."
)


def title_of(case: Case) -> str:
    """The title of a report."""
    return f"Case {case.case_id}: {typeset(case.about.get('title', 'no title'))}"


def patient_of(case: Case) -> str:
    """Sex, age and diagnosis of a patient, with the note of case.yaml on them, then what else is told."""
    patient = patient_told(case)
    age, sex = str(patient.get("age", "not reported")), str(patient.get("sex", "not reported"))
    aged = in_years(age) if in_years(age) != age else f"age {age}"
    words = f"{aged}, sex not reported" if sex == "not reported" else f"{sex}, {aged}"
    note = re.sub(rf"^{re.escape(age)} at report", "at report", patient.get("note") or "")
    # What it says of another part stands behind all of them.
    later = [note] if _OF_ANOTHER.search(note) else []
    note = f" ({note})" if note and not later else ""
    diagnosis = case.about.get("diagnosis", "")
    zero = origin_words(case.about.get("time_zero", {}).get("label", ""))
    details = [
        f"{capital(words)}{note}",
        diagnosis or "diagnosis not stated",
        *patient_words(patient, zero, diagnosis),
        *later,
    ]
    return spelled(typeset(f"{'; '.join(details)}."))


# Other parts of a patient than age and sex.
_OF_ANOTHER = re.compile(r"\b(?:disease duration|weight|height|subset|antibod|comorbidit|smok)")


def sources_of(analysis: Analysis) -> str:
    """The sources of a case, as they are cited, and what was read of them."""
    sources = [each for each in references_in_use(analysis) if is_source(each)]
    read = [capital(use.partition("; ")[2]) for each in sources for use in each.used_for[:1]]
    cited = [f"{line} {part_read}." for line, part_read in zip(reference_lines(sources), read, strict=True)]
    return typeset(f"Source: {' '.join(cited) or 'not stated.'}")


def cite_words(references: list[Reference]) -> list[str]:
    """References as the lines of a list, in the Vancouver style, and what each is used for: each kind of use once."""
    lines = []
    for line, each in zip(reference_lines(references), references, strict=True):
        kinds = [use.partition(": ")[0] for use in each.used_for]
        uses = [
            typeset(use.removeprefix(f"{kind}: ") if kind == before else use)
            for use, kind, before in zip(each.used_for, kinds, ["", *kinds[:-1]], strict=True)
        ]
        lines.append(f"{line} Used for: {'; '.join(uses)}.")
    return lines


def opening(analysis: Analysis) -> tuple[str, ...]:
    """Sentences on what is recorded, what changed, what the rules say, which were asked for, and the claims."""
    case, rows = analysis.case, analysis.case.facts
    timed = count_timed(rows)
    sentences = [f"{len(rows)} facts are recorded, {timed} of them with a time."]
    sentences += filter(None, [case.proof])
    series = []
    for code in analysis.courses:
        sites = records_of(analysis.changes, code).groupby("LOC")
        paths = [_path_of_site(case, site, records, case.measure(code)) for site, records in sites]
        label = case.measure(code)["label"]
        # Of one site alone that stands in brackets.
        alone = paths[0].replace(": ", "): ", 1) if [*sites.groups] not in ([], [""]) and len(paths) == 1 else ""
        series += [f"{label} ({alone}" if alone else f"{label}: {'; '.join(paths)}"] if paths else []
    sentences += [f"{'; '.join(series)}."] if series else []
    sentences.append(_last_verdicts_words(analysis))
    sentences += filter(None, [case.selection])
    sentences.append(claims_sentence(analysis, "brief"))
    return tuple(sentences)


def _path_of_site(case: Case, site: str, records: pd.DataFrame, measure: pd.Series) -> str:
    """The values of one site in their order, behind its name; of one record alone with its time."""
    path = path_of_series(records, measure)
    time = time_words(case, next(rows_of(records))) if site and len(records) == 1 else ""
    return "".join([f"{site}: " if site else "", path, f" ({time})" if time else ""])


def _last_verdicts_words(analysis: Analysis) -> str:
    """How often the answer to a question depends on the rule that is chosen; how many rules are met has no meaning."""
    compared, last = compared_rules(analysis), last_verdicts(analysis.changes, analysis.verdicts)
    if last.empty:
        return "No cited rule judges a change of these measures."
    if not is_counted(last).any():
        return UNJUDGED
    if compared.empty:
        return "No question is put to more than one of the cited rules."
    decided, exceeded = compared[["MET", "NOTMET"]].ne("").any(axis=1), is_exceeded(compared)
    open_, differ = compared["CHANGES"].eq("open") & ~exceeded, compared["CHANGES"].eq("yes")
    counts = {
        "the rules disagree": differ,
        "they agree": decided & ~open_ & ~differ & ~exceeded,
        EXCEEDED: exceeded,
        "some of them cannot be determined": decided & open_,
        "none can be determined": ~decided & open_,
        "the value is outside the window of each": ~decided & ~open_ & ~exceeded,
    }
    tally = "; ".join(f"{words}: {rows.sum()}" for words, rows in counts.items() if rows.any())
    return f"Questions put to several cited rules: {len(compared)} ({tally})."


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
        return Items(tuple(typeset(about_words(text)) for text in block.texts))
    if not isinstance(block, Table):
        return block
    columns = {name: block.frame[name] for name in block.frame}
    cells = {capital(name): each if name in _VERBATIM else [*map(set_cell, each)] for name, each in columns.items()}
    caption = _OF_THE_CASE.sub(lambda match: match[1].upper(), block.caption)
    return Table(pd.DataFrame(cells), typeset(caption), tuple(map(typeset, block.notes)), block.label)


def about_words(text: str) -> str:
    """A text with the sign before an approximate value as a word.

    Examples
    --------
    >>> about_words("~6000 IU/L, then 658 IU/L"), about_words("a~b")
    ('about 6000 IU/L, then 658 IU/L', 'a~b')
    """
    return re.sub(r"~(?=\d)", "about ", text)


_DAY = re.compile(r"\((\d+) d\)")


def set_cell(cell):
    """A cell with the signs of print; it keeps its rows."""
    if not isinstance(cell, str):
        return cell
    # A day that a source counts is no length of time.
    text = spelled(typeset(_DAY.sub(r"(day \1)", about_words(cell))))
    return RowText(text, cell.lines) if isinstance(cell, RowText) else text


def front_blocks(analysis: Analysis) -> list[Block]:
    """What a supplement has of a case before its figures: the summary, and what the source leaves open."""
    blocks: list[Block] = [Heading(2, "Summary"), Items(opening(analysis))]
    caveats = caveats_of(analysis.case.about)
    if caveats:
        coded_caveats = [(code, text) for code, texts in analysis.case.about["caveats"].items() for text in texts]
        points = tuple(with_subject(analysis.case, code, text) for code, text in coded_caveats)
        blocks += [Heading(2, "What the source leaves open"), Items(points)]
    return [*map(in_print, blocks)]


def table_blocks(analysis: Analysis) -> list[Block]:
    """What a supplement has of a case behind its figures: values and changes, verdicts, and the rows they rest on."""
    choices = _by_answer(summarise_choices(analysis))
    blocks: list[Block] = [Heading(2, "Values and changes"), summary_of(analysis)]
    if len(choices.frame):
        blocks += [Heading(2, "Verdicts by rule"), choices]
    carriers = summarise_carriers(analysis)
    blocks += [Heading(2, "Weight of single rows"), carriers] if len(carriers.frame) else []
    return [in_print(explained(analysis, each)) for each in blocks]


def _by_answer(choices: Table) -> Table:
    """A table of choices with the rules of each answer in one column: on a page most of the others would be empty."""
    frame = choices.frame
    first = [name for name in ("record", "question", "do the rules agree?") if name in frame]
    answers = [name for name in frame if name not in first]
    texts = [
        " ".join(f"{capital(name)}: {row[name]}." for name in answers if row[name]) for row in frame.to_dict("records")
    ]
    return Table(frame[first].assign(**{"answers of the rules": texts}), choices.caption, choices.notes)


def summary_of(analysis: Analysis) -> Table:
    """The values of each measure that is mentioned, with their change; a dash where it was recorded once."""
    table = summarise_case(analysis, analysis.codes)
    missing = {
        label_in_cell(analysis.case.measure(code)["label"])
        for code in analysis.codes
        if not len(records_of(analysis.changes, code))
    }
    mentioned = table.frame[~table.frame["measure"].isin(missing)]
    sites = mentioned["site"] if "site" in mentioned else pd.Series("", index=mentioned.index)
    records = _records_of(analysis)
    keys = zip(mentioned["measure"], sites, strict=True)
    alone = pd.Series([records[key] == 1 for key in keys], index=mentioned.index, dtype=bool)
    once = mentioned["change"].isin([_RECORDED_ONCE, _UNBASED]) & alone
    names = [", ".join(filter(None, pair)) for pair in zip(mentioned["measure"], sites, strict=True)]
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
        (label_in_cell(analysis.case.measure(code)["label"]), site): len(records)
        for code in analysis.codes
        for site, records in series_of(analysis, code)
    }


def summary_lines(analysis: Analysis) -> list[str]:
    """What a terminal shows of a case, but for the claims: its title, a line for each course, and the notes."""
    lines = [f"{analysis.case.case_id}: {analysis.case.about.get('title', 'no title')}"]
    for code in analysis.courses:
        measure, courses = analysis.case.measure(code), []
        for site, series in series_of(analysis, code):
            path, change = path_of_series(series, measure), change_of_series(series, measure)
            courses.append(f"{site}: {path}: {change}" if site else f"{path}: {change}")
        if not courses and not is_missed(code, analysis.case.about.get("diagnosis", "")):
            continue
        lines.append(f"{measure['abbrev']:<9} {' | '.join(courses) or 'not mentioned in the part that was read'}")
    return [*lines, *(f"{'note':<9} {note}" for note in analysis.case.notes)]
