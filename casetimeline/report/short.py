"""The report in short: who it is about, the course, the changes, what is open, the verdicts, the claims, the works."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

import pandas as pd

from ..case import Case, caveats_of, unreported_details
from ..prose import (
    Passage,
    RowText,
    Table,
    abbreviations_in,
    capital,
    explained,
    is_plural,
    joined,
    label_in_sentence,
    missing_words,
    open_last_sentences,
    patient_told,
    phase_phrase,
    results_passages,
    short_forms_in,
    short_forms_of_head,
    summarise_answers,
    summarise_given,
    summarise_visits,
    tested_words,
    text_of,
    typeset,
    unbroken,
    unread_measures,
    unread_sentence,
    visit_words,
    with_subject,
    with_told_ends,
    without_empty,
)
from ..rules import Analysis, is_needless
from ..values import ONES, rows_of
from ..vocabulary import CITATION_STYLES, DEFAULT_STYLE, OPEN_STATES
from .artwork import svg_size, without_notes
from .bibliography import reference_lines
from .citations import Numbers, Reference, calculated_by, is_source, references_in_use
from .contents import LINES, about_words, in_print, patient_of, set_cell, summary_of
from .document import (
    RESULT,
    WORKS,
    Block,
    Cited,
    Heading,
    Items,
    Paragraph,
    Picture,
    Piece,
    Works,
    callout,
    numbered,
    spans,
)
from .noted import first_point
from .pdf import first_page_holds, render_report, room_for

# What a report of one patient cannot show, whatever it says; then what depends on the case; and the last line.
DOES_NOT_SHOW = (
    "One patient, reported after the fact, without a control: no change is assigned to a treatment.",
    "What the source does not report is shown as not reported, and is not taken as absent.",
)
_CLAIMS = (
    "A claim is supported where the recorded rows agree with what was tested of it; the other words of the quotation "
    "were not tested. Rows and words that come from one text show that the text agrees with itself, not that the "
    "values are right."
)
_RULES_OVERLAP = "The rules overlap and were made for different patients, so the number of rules met has no meaning."
_LAST = ("Not for decisions about a patient.",)


class Short(NamedTuple):
    """The parts of a short report, and the works that it cites by their numbers."""

    first: list[Block]
    changes: Table
    open_points: Items
    results: list[Cited]
    rest: list[Block]
    references: list[Reference]
    works: Works
    numbers: Numbers


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
    passages = results_passages(analysis)
    results = [cited(passage, numbers, style) for passage in passages]
    head, text = (_title(analysis.case), _patient(analysis)), " ".join(map(text_of, passages))
    answers = _answers(analysis, numbers)
    claims = _claims(analysis)
    # The legend of the course cites it.
    numbers.of(calculated_by(analysis.case))
    unproved = () if analysis.case.is_proved else (analysis.case.proof,)
    references = numbers.references()
    given, changes = summarise_given(analysis), summarise_visits(analysis)
    results += [Cited((Piece(words),)) for words in short_forms_in(analysis, text)]
    verdicts = analysis.verdicts
    several = len(verdicts.loc[~is_needless(verdicts), "RULE"].unique()) > 1
    rest: list[Block] = [*map(Paragraph, short_forms_of_head(analysis, " ".join(head), text))]
    rest += [given] if len(given.frame) else []
    # What no rule answers is told in the Results.
    rest += [Heading(2, "Verdicts"), answers] if WORKS in answers.frame else []
    rest += [Heading(2, "Claims of the source"), claims] if len(claims.frame) else []
    shown = (*([_CLAIMS] if len(claims.frame) else []), *([_RULES_OVERLAP] if several else []), *unproved, *_LAST)
    rest += [Heading(2, "What this report does not show"), Items((*DOES_NOT_SHOW, *shown))]
    works = Works(dict(enumerate(reference_lines(references, style), 1)))
    rest += [Heading(2, "References"), works]
    return Short(
        [Heading(1, head[0]), Paragraph(head[1]), *_part_read(analysis.case)],
        changes,
        Items(_open_points(analysis)),
        results,
        rest,
        references,
        works,
        numbers,
    )


def short_blocks(short: Short, course: Picture | None, supplement: Iterable[Block] = ()) -> list[Block]:
    """The blocks of a short report in their order, numbered, the figure of the course on its first page.

    The Results begin with a line that names each figure and table, those of a numbered supplement as well.
    """
    blocks = [*short.first, *([course] if course else [])]
    blocks += [short.changes] if len(short.changes.frame) else []
    blocks += [Heading(2, "What is open"), short.open_points]
    labelled = numbered([*blocks, Heading(2, "Results"), *short.results, *short.rest])
    place = labelled.index(Heading(2, "Results")) + 1
    called = callout(labelled, supplement)
    return [*labelled[:place], *([called] if called else []), *labelled[place:]]


# The heights in millimetres at which the course is drawn again, where it leaves no room for what the first page has.
_LOWER = (225.0, 185.0, 150.0, 125.0)


def render_short(short: Short, blocks: list[Block], title: str, description: str) -> bytes:
    """The blocks of a short report as PDF."""
    return render_report(blocks, title, description, footer(short.first[0].text, title.partition(": ")[0]))


def fit_course(analysis: Analysis, short: Short, course: Picture) -> tuple[Picture, bool]:
    """The figure of the course that leaves room on the first page for all up to what is open: lower, if it must be.

    No course of two values or more is given up for that: a first page that cannot hold all has the course at least.
    With it comes whether it has every mark of the whole one, which then is not shown again.
    """
    from ..figures import alt_text, draw_course, notes_of, render_svg

    def render(course: Picture) -> bytes:
        """The report with this course."""
        return render_short(short, short_blocks(short, course), course.title, "")

    made = render(course)
    if first_page_holds(made, _until(short)):
        return course, True
    whole = draw_course(analysis)
    kept, most_graphs, marks = None, 0, _marks(whole)
    if _shows_whole(made, course):
        kept, most_graphs = (course, True), _courses_of_values(whole)
    for most in _LOWER:
        figure = draw_course(analysis, most_mm=most)
        if _courses_of_values(figure) < most_graphs:
            break
        alt = typeset(alt_text(figure).replace(figure.get_label(), course.title, 1))
        lower = course._replace(svg=render_svg(figure, "lower-"), notes=typeset(notes_of(figure)), alt=alt)
        made = render(lower)
        if first_page_holds(made, _until(short)):
            return lower, _marks(figure) == marks
        if not kept and _shows_whole(made, lower):
            kept, most_graphs = (lower, _marks(figure) == marks), _courses_of_values(figure)
    return kept or (lower, _marks(figure) == marks)


def _shows_whole(made: bytes, course: Picture) -> bool:
    """Whether the first page of a report has the whole course with its legend, and not the first part of it."""
    high = svg_size(without_notes(course.svg))[1] * 25.4 / 72
    return high <= room_for(f"{course.legend} {course.notes}") and first_page_holds(made, course.notes)


def _marks(figure) -> set[tuple]:
    """What is drawn of the rows, and not told in words."""
    from ..figures import drawn_values

    values = drawn_values(figure).dropna(subset=["x"])
    return {*values[["element", "of", "line"]].itertuples(index=False, name=None)}


def _courses_of_values(figure) -> int:
    """How many measures a figure draws with two values or more."""
    from ..figures import drawn_values

    values = drawn_values(figure)
    return int((values.loc[values["element"] == "value", "of"].value_counts() > 1).sum())


def _until(short: Short) -> str:
    """The last words of the first page: of what is open, else of the changes."""
    notes = short.changes.notes
    return next(iter([*reversed(short.open_points.texts), *reversed(notes)]), "")


# As many letters stand in the foot of a page beside its number.
_LONGEST_FOOTER = 100


def footer(title: str, brief: str) -> str:
    """The title at the foot of each page; in its place what names the case briefly, where it is long.

    Examples
    --------
    >>> footer("Pericarditis in lupus", "Case a"), footer("word " * 30, "Case a")
    ('Pericarditis in lupus', 'Case a')
    """
    return title if len(title) <= _LONGEST_FOOTER else brief


def cited(passage: Passage, numbers: Numbers, style: str) -> Cited:
    """A passage with the numbers of what it cites, as the style has them."""
    pieces = tuple(Piece(unbroken(part.text), part.lines, numbers.of(part.works)) for part in passage)
    return Cited(pieces, CITATION_STYLES[style])


def _title(case: Case) -> str:
    return typeset(case.about.get("title") or f"Case {case.case_id}")


def _patient(analysis: Analysis) -> str:
    """Who it is about in one line; what matters and is not reported is said to be so."""
    case, words = analysis.case, "subset not reported"
    if analysis.subset:
        row = analysis.changes.set_index("line").loc[analysis.subset.lines[0]]
        score = f"{case.measure(row['PARAMCD'])['abbrev']} {row['AVALC']}"
        words = f"{words} ({score} implies {analysis.subset.subset})"
    unreported = unreported_details(patient_told(case), case.about.get("diagnosis", ""))
    missing = [words if name == "subset" else f"{name} not reported" for name in unreported]
    patient = patient_of(case).rstrip(".")
    sources = [reference for reference in references_in_use(analysis) if is_source(reference)]
    # A report whose first reference nobody could look up is not ready to be signed.
    missing += [] if all(map(_is_identified, sources)) else ["source not fully identified"]
    return f"{'; '.join([patient, *missing])}."


def _is_identified(reference: Reference) -> bool:
    """Whether authors, title and year of a work are known."""
    return all(reference.work.get(part) for part in ("author", "title", "issued"))


# An address may have hyphens; a full stop or comma behind it does not belong to it.
_SHOWN = r",? as shown (?:at|for|on) [\w.-]+\.[\w./-]*\w"
# The last words before a page was cut, which may be torn: where it was cut, or in what part, says enough.
_TORN = r",? (?:up )?to the words [\"“][^\"”]*[\"”](?: of)?(?P<where> where|(?<= of) the)?"


def _part_read(case: Case) -> list[Paragraph]:
    """What of the sources was read: what is called not reported is missing there, and perhaps nowhere else."""
    sources = [source["read"].rstrip(".") for source in case.about.get("sources", []) if source.get("read")]
    # Where it was shown is told in the supplement.
    parts = dict.fromkeys(re.sub(_TORN, _cut, re.sub(_SHOWN, "", source)) for source in sources)
    if not parts:
        return []
    return [Paragraph(typeset(f"Read: {'; '.join(parts)}. ‘Not reported’ means that it is not in what was read."))]


def _cut(match: re.Match[str]) -> str:
    """Where a page was cut, without the words before it."""
    return f" up to{match['where']}" if match["where"] else ""


def _answers(analysis: Analysis, numbers: Numbers) -> Table:
    table = summarise_answers(analysis)
    works = [spans(numbers.of(names.split("|"))).replace(",", ", ") for names in table.frame["Rules"]]
    frame = table.frame.drop(columns=["Rules"]).map(set_cell).assign(**{WORKS: works})
    return Table(without_empty(frame, ("Question", "Answer")), table.caption, table.notes)


def _claims(analysis: Analysis) -> Table:
    claims = analysis.claims
    frame = pd.DataFrame(
        {
            "The source says": [
                f"{number}. ‘{text}’" for number, text in zip(claims["CLAIM"], claims["SAYS"], strict=True)
            ],
            "Tested": [tested_words(analysis.case, claim) or "–" for claim in analysis.case.about.get("claims", [])],
            RESULT: claims["RESULT"],
            # The rows are a click away on the page, and in the supplement.
            "Because": [
                RowText(typeset(about_words(LINES.sub("", why))), tuple(map(int, filter(None, lines.split(", ")))))
                for why, lines in zip(claims["WHY"], claims["LINES"], strict=True)
            ],
        }
    )
    untested = ["–, not tested."] if frame["Tested"].eq("–").any() else []
    short = abbreviations_in(analysis, " ".join(map(str, frame.to_numpy().ravel())))
    return Table(frame, "Claims of the source against the recorded rows", (*untested, *short))


def _open_points(analysis: Analysis) -> tuple[str, ...]:
    """At most three lines of what is open: the first point of the author, values, and treatments."""
    case, caveats = analysis.case, caveats_of(analysis.case.about)
    facts, points, first = case.facts, [], ("", "")
    if caveats:
        more = len(caveats) - 1
        others = f" (Supplement: {more} further {'points' if more > 1 else 'point'}.)" if more else ""
        first = first_point(case)
        points.append(f"{with_subject(case, *first)}{others}")
    times = "" if facts["start"].ne("").any() else untimed_words(facts["quote"])
    unread = unread_sentence(case, [code for code in unread_measures(case) if code != first[0]])
    points += filter(None, [" ".join(filter(None, [unread, *open_last_sentences(analysis), *_unknown(case), times]))])
    points += filter(None, [missing_words(with_told_ends(facts))])
    return tuple(map(typeset, points[:3])) or (_NOTHING_OPEN,)


# A heading without a line below it would read as a page that was cut.
_NOTHING_OPEN = "No open point is recorded in the case file."
# A length of time that a source prints.
_LENGTH = re.compile(
    r"\b(?:after|over|within|during|for) (?:an? |the |about |first )*"
    rf"(?:\d+|{'|'.join(ONES)})[- ]"
    r"(?:hour|day|week|month|year)s?(?: period)?\b",
    re.IGNORECASE,
)


def untimed_words(quotes: Iterable[str]) -> str:
    """That nothing has a date, where no row has a time; lengths of time that the quotes print are named.

    Examples
    --------
    >>> untimed_words(["a decline over a 6-month period", "every 2 weeks"])
    'No date is reported; ‘over a 6-month period’ does not say from when.'
    >>> untimed_words(["alternating 4-week regimen", "every 2 weeks"])
    'No date or interval is reported.'
    """
    printed = [*dict.fromkeys(words for quote in quotes for words in _LENGTH.findall(quote))]
    if not printed:
        return "No date or interval is reported."
    say = "do not say" if len(printed) > 1 else "does not say"
    return f"No date is reported; {joined([f'‘{words}’' for words in printed])} {say} from when."


def _unknown(case: Case) -> Iterator[str]:
    """The findings that are not known in some record, and those that are known in none."""
    findings = case.facts[case.facts["kind"].eq("observation")]
    open_ = findings[findings["STATE"].isin(OPEN_STATES)]
    known = set(findings.loc[~findings["STATE"].isin(OPEN_STATES), "PARAM"])
    cut = open_["note"].str.contains("not in the part that was read")
    gaps: dict[tuple[str, str], list[str]] = {}
    for (name, state), rows in open_[open_["PARAM"].isin(known)].groupby(["PARAM", "STATE"], sort=False):
        visits = "; ".join(visit_words(case, row) for row in rows_of(rows))
        where = phase_phrase(visits) or f"in {'one record' if len(rows) == 1 else f'{len(rows)} records'}: {visits}"
        gaps.setdefault((state.replace("_", " "), where), []).append(label_in_sentence(name))
    for (state, where), names in gaps.items():
        are = "are" if len(names) > 1 or is_plural(names[0]) else "is"
        yield f"{capital(joined(names))} {are} {state} {where}."
    parts = {
        "Not in the part of the source that was read": open_[~open_["PARAM"].isin(known) & cut],
        "Not known in any record": open_[~open_["PARAM"].isin(known) & ~cut],
    }
    for words, rows in parts.items():
        if len(rows):
            yield f"{words}: {', '.join(dict.fromkeys(map(label_in_sentence, rows['PARAM'])))}."


def manuscript_tables(analysis: Analysis) -> list[Block]:
    """Tables 1 and 2 as the report has them, then Table S1 of the supplement, behind a line on the patient."""
    changes, others = summarise_visits(analysis), replace(in_print(summary_of(analysis)), label="Table S1")
    title, patient = _title(analysis.case), _patient(analysis)
    # What Table 1 has of every measure needs no second table.
    more = [explained(analysis, others)] if len(others.frame) > len(changes.frame) else []
    tables = [table for table in (changes, summarise_given(analysis), *more) if len(table.frame)]
    short = abbreviations_in(analysis, f"{title} {patient}")
    abbreviations = [Paragraph(f"Abbreviations above the tables: {words}") for words in short]
    return [Heading(1, title), Paragraph(patient), *tables, *abbreviations]
