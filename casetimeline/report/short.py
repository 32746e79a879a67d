"""The report in short: who it is about, the course, the changes, what is open, the verdicts, the claims, the works."""

from typing import NamedTuple

import pandas as pd

from ..case import Case, caveats_of, is_connective
from ..derive import derive_told
from ..prose import (
    Passage,
    Table,
    dose_words,
    label_in_sentence,
    results_passages,
    summarise_answers,
    summarise_given,
    summarise_visits,
    typeset,
    unbroken,
    visit_words,
)
from ..rules import Analysis
from ..values import number
from ..vocabulary import CITATION_STYLES, DEFAULT_STYLE, NOT_CHECKABLE, OPEN_STATES, UNIT_UNKNOWN
from .citations import Numbers, Reference, reference_lines
from .contents import patient_of
from .document import WORKS, Block, Cited, Heading, Items, Paragraph, Picture, Piece, Works

# What a report of one patient cannot show, whatever it says.
DOES_NOT_SHOW = (
    "One patient, reported after the fact, without a control: no change is assigned to a treatment.",
    "What the source does not report is shown as not reported, and is not taken as absent.",
    "A claim is supported where the recorded rows agree with its words. Rows and words that come from one text show "
    "that the text agrees with itself, not that the values are right.",
    "The rules overlap and were made for different patients, so the number of rules met has no meaning.",
    "Not for decisions about a patient.",
)


class Short(NamedTuple):
    """The parts of a short report, and the works that it cites by their numbers."""

    first: list[Block]
    changes: Table
    open_points: Items
    results: list[Cited]
    rest: list[Block]
    references: list[Reference]
    works: Works


def short_report(analysis: Analysis, style: str = DEFAULT_STYLE) -> Short:
    """The short report of a case but for its figure.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    style : str
        Of the references, one of `CITATION_STYLES`.

    Returns
    -------
    Short
        `first` opens the report, the figure follows, then `changes` and `open_points`, and `rest` ends it.
    """
    numbers = Numbers(analysis)
    numbers.of(source["id"] for source in analysis.case.about.get("sources", []))
    results = [cited(passage, numbers, style) for passage in results_passages(analysis)]
    answers = _answers(analysis, numbers)
    claims = _claims(analysis)
    unproved = () if analysis.case.is_proved else (analysis.case.proof,)
    references = numbers.references()
    rest: list[Block] = [Heading(2, "Results"), *results]
    rest += [Heading(2, "Verdicts"), answers] if len(answers.frame) else []
    rest += [Heading(2, "Claims of the source"), claims] if len(claims.frame) else []
    rest += [Heading(2, "What this report does not show"), Items((*DOES_NOT_SHOW, *unproved))]
    works = Works(dict(enumerate(reference_lines(references, style), 1)))
    rest += [Heading(2, "References"), works]
    return Short(
        [Heading(1, _title(analysis.case)), Paragraph(_patient(analysis)), *_part_read(analysis.case)],
        summarise_visits(analysis),
        Items(_open_points(analysis)),
        results,
        rest,
        references,
        works,
    )


def short_blocks(short: Short, course: Picture | None) -> list[Block]:
    """The blocks of a short report in their order, the figure of the course on its first page."""
    blocks = [*short.first, *([course] if course else [])]
    blocks += [short.changes] if len(short.changes.frame) else []
    blocks += [Heading(2, "What is open"), short.open_points] if short.open_points.texts else []
    return [*blocks, *short.rest]


def cited(passage: Passage, numbers: Numbers, style: str) -> Cited:
    """A passage with the numbers of what it cites, as the style has them."""
    pieces = tuple(Piece(unbroken(said.text), said.lines, numbers.of(said.works)) for said in passage)
    return Cited(pieces, CITATION_STYLES[style])


def _title(case: Case) -> str:
    return case.about.get("title") or f"Case {case.case_id}"


def _patient(analysis: Analysis) -> str:
    """Who it is about in one line; what matters and is not reported is said to be so."""
    patient = analysis.case.about.get("patient", {})
    missing = []
    if analysis.subset:
        missing.append(f"{analysis.subset.subset} by definition (subset not reported)")
    if is_connective(analysis.case.about.get("diagnosis", "")):
        missing += [] if patient.get("antibodies") else ["antibodies not reported"]
        missing += [] if patient.get("onset") or patient.get("disease_duration") else ["disease duration not reported"]
    told = patient_of(analysis.case).rstrip(".")
    return f"{'; '.join([told, *missing])}."


def _part_read(case: Case) -> list[Paragraph]:
    """What of the sources was read: what is called not reported is missing there, and perhaps nowhere else."""
    parts = dict.fromkeys(source["read"].rstrip(".") for source in case.about.get("sources", []) if source.get("read"))
    if not parts:
        return []
    return [Paragraph(f"Read: {'; '.join(parts)}. “Not reported” means that it is not in what was read.")]


def _answers(analysis: Analysis, numbers: Numbers) -> Table:
    table = summarise_answers(analysis)
    works = [", ".join(map(str, numbers.of(names.split("|")))) for names in table.frame["Rules"]]
    return Table(table.frame.drop(columns=["Rules"]).assign(**{WORKS: works}), table.caption, table.notes)


def _claims(analysis: Analysis) -> Table:
    claims = analysis.claims
    results = claims["RESULT"].replace({NOT_CHECKABLE: "cannot be checked"})
    frame = pd.DataFrame(
        {
            "The source says": [f"‘{text}’" for text in claims["SAYS"]],
            "Result": results,
            "Because": [typeset(text) for text in claims["WHY"]],
        }
    )
    return Table(frame, "Claims of the source against the recorded rows")


def _open_points(analysis: Analysis) -> tuple[str, ...]:
    """At most three lines of what is open: the first point of the author, values, and treatments."""
    case, caveats = analysis.case, caveats_of(analysis.case.about)
    facts, points = case.facts, []
    if caveats:
        more = len(caveats) - 1
        others = f" (Supplement: {more} further {'points' if more > 1 else 'point'} of this kind.)" if more else ""
        points.append(f"{caveats[0]}{others}")
    values = list(dict.fromkeys(facts.loc[facts["STATE"].isin(OPEN_STATES), "PARAM"]))
    timed = int(facts["start"].ne("").sum())
    unknown = f"Not known at a later visit: {', '.join(map(label_in_sentence, values))}. " if values else ""
    if timed < len(facts):
        times = (
            f"A time is reported for {timed} of {len(facts)} facts." if timed else "No date or interval is reported."
        )
        points.append(f"{unknown}{times}")
    elif unknown:
        points.append(unknown.rstrip())
    given = facts[facts["kind"] == "treatment"]
    if len(given):
        counts = (~derive_told(given)).sum()
        missing = [f"{word} ({count})" if len(given) > 1 else word for word, count in counts.items() if count]
        if missing:
            treatments = f"Of {len(given)} treatments" if len(given) > 1 else "Of the one treatment"
            points.append(f"{treatments}, not reported: {', '.join(missing)}.")
    return tuple(points[:3])


def recorded_rows(analysis: Analysis) -> Table:
    """Every recorded row with its value, the bounds that it is read as, its source and its quote, the line first."""
    rows = []
    for row in analysis.changes.itertuples():
        given = ", ".join(filter(None, [dose_words(row), row.frequency, row.grade and f"grade {row.grade}"]))
        low, high = row.AVALLO, row.AVALHI
        bounds = "" if pd.isna(low) else number(low) if low == high else f"{number(low)} to {number(high)}"
        bounds = f"{bounds} {row.AVALU}".strip() if bounds and row.AVALU != UNIT_UNKNOWN else bounds
        what = f"{row.PARAM}, {row.LOC}" if row.LOC else row.PARAM
        value = row.AVALC or given or row.kind.replace("_", " ")
        told = [row.line, visit_words(analysis.case, row), what, value, typeset(bounds)]
        rows.append([*told, row.note, row.quote, row.source, analysis.case.place_words(row.line)])
    columns = ["line", "when", "what", "value", "read as", "note", "quote", "source", "in the source"]
    return Table(pd.DataFrame(rows, columns=columns), "Recorded rows of timeline.csv")


def manuscript_tables(analysis: Analysis) -> list[Block]:
    """Tables 1 and 2 of a manuscript, with a line on the patient."""
    given = summarise_given(analysis)
    course = summarise_visits(analysis, analysis.codes)
    blocks: list[Block] = [Heading(1, _title(analysis.case)), Paragraph(_patient(analysis))]
    blocks += [course] if len(course.frame) else []
    return [*blocks, given] if len(given.frame) else blocks
