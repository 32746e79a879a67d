"""The report of a series: one page, one PDF, results in words, and the tables, from the same values."""

from pathlib import Path

import nbformat
import pandas as pd

from .. import __version__
from ..case import table_bytes
from ..derive import each_once, groups_of, may_be_last, places_of, records_of
from ..faults import counted
from ..files import write_atomic
from ..prose import (
    change_of_series,
    change_words,
    joint_row,
    no_change,
    path_of_series,
    series_of,
    turns_of,
    typeset,
    value_words,
    when_words,
)
from ..series import (
    FIGURES,
    UNNAMED,
    Series,
    compare_series,
    limits_of,
    summarise_compared,
    summarise_patients,
    summarise_read,
    summarise_series,
)
from ..values import rows_of
from ..vocabulary import OPEN_STATES, UNIT_UNKNOWN
from .citations import citation_line, references_of_series
from .contents import cite_words, in_print
from .document import Block, Heading, Items, Paragraph, plain_markdown
from .html import render_page, sections_of
from .methods import colophon
from .pdf import render_report
from .plates import picture_of
from .word import draw_pictures, render_word
from .write import grouped_digests


def write_series(
    series: Series,
    code: str,
    new: Path,
    notebook: nbformat.NotebookNode,
    inputs: dict[str, str],
    versions: dict[str, str],
) -> None:
    """Write every artefact of the report of a series into a folder that has its executed notebook and figures.

    Parameters
    ----------
    series : Series
        From `read_series`.
    code : str
        The measure that is compared.
    new : Path
        The folder; it has `notebooks/` and `figures/`.
    notebook : NotebookNode
        The executed notebook.
    inputs, versions : dict of str
        Digests of every input file, and the versions of what made the report.
    """
    title = title_of_series(series, code)
    lead = [f"Cases: {', '.join(series.ids)}.", series.chosen, limits_of(series)]
    results = results_of_series(series, code)
    references = references_of_series(series, code)
    table, patients = summarise_series(series, code), summarise_patients(series, code)
    front: list[Block] = [Heading(2, "Summary"), Paragraph(summarise_compared(series, code).paragraphs[1])]
    pictures = [picture_of(new / "figures", name) for name in FIGURES]
    front += [table, Heading(2, "Patients"), patients]
    back = _back_blocks(series, results, cite_words(references), grouped_digests(inputs), versions)
    seen = [*front, Heading(2, "Figures"), *pictures]
    page = render_page(title, lead, seen, sections_of({"series": notebook}), [], back)
    write_atomic(new / "report.html", page.encode())
    printed = [each if isinstance(each, Heading) else in_print(each) for each in front]
    whole = [Heading(1, title), *map(Paragraph, lead), *printed, *pictures, *back]
    write_atomic(new / "report.pdf", render_report(whole, title, lead[0], title))
    write_atomic(new / "manuscript" / "report.docx", render_word(whole, title, draw_pictures(pictures)))
    compared = compare_series(series, code)
    tables = {"series": compared.table, "answers": compared.answers, "summary": table.frame, "table1": patients.frame}
    for name, frame in tables.items():
        write_atomic(new / "tables" / f"{name}.csv", table_bytes(frame, ".csv"))
    limits = ["## What a series cannot show", plain_markdown(limits_of(series))]
    printed_results = [plain_markdown(typeset(text)) for text in results]
    texts = ["# Results", *printed_results, *limits, f"Sources: {citation_line(references)}."]
    write_atomic(new / "manuscript" / "results.md", ("\n\n".join(texts) + "\n").encode())
    lines = [title, *map(typeset, results), f"report    {series.name}/report.html"]
    write_atomic(new / "summary.txt", ("\n".join(lines) + "\n").encode())


def title_of_series(series: Series, code: str) -> str:
    """The title of the report of a series, with its name where it was given one."""
    name = "" if series.name == UNNAMED else f" {series.name}"
    return f"Series{name} of {series.size}: {series.measure(code)['label']}"


def results_of_series(series: Series, code: str) -> list[str]:
    """Sentences on the series as a whole, then one a case and site with its values and changes.

    Returns
    -------
    list of str
        A case that does not mention the measure, or has no change, has a sentence that says so.
    """
    measure = series.measure(code)
    sentences = [summarise_compared(series, code).paragraphs[1]]
    reasons = {(row.case_id, row.LOC): row.REASON for row in compare_series(series, code).table.itertuples()}
    for each in series.analyses:
        records = records_of(each.changes, code)
        name = f"Case {each.case.case_id}"
        if records.empty:
            sentences.append(f"{name}: {measure['label']} is {series.silence}.")
        for site, of_site in series_of(each, code):
            where, phases = f", {site}" if site else "", each.case.about.get("phases", {})
            change = change_of_series(of_site, measure)
            if change == _UNBASED:
                change = no_change("brief", reasons[each.case.case_id, site])
            words = _course_in_short(of_site, measure, phases) or f"{path_of_series(of_site, measure)}: {change}"
            sentences.append(f"{name}{where}: {words}.")
    return sentences


# By which rule there is none is known here.
_UNBASED = no_change("brief", "no baseline")
# A course of so many values is told by those that matter.
_MANY = 5


def _course_in_short(records: pd.DataFrame, measure: pd.Series, phases: dict) -> str:
    """How many values a long course has, its baseline, the values beyond it, and the last, each with its time.

    Blank where the course is short, or its baseline or its last value is open or no number.
    """
    unit, known = measure["unit"], each_once(records[~records["STATE"].isin(OPEN_STATES)])
    valued = known[known["AVALLO"].notna() & known["AVALU"].ne(UNIT_UNKNOWN)]
    base = valued[valued["ABLFL"] == "Y"]
    last = known[may_be_last(places_of(known), groups_of(known["LOC"])) & known["POSTBLFL"].eq("Y")]
    if len(valued) < _MANY or len(base) != 1 or len(last) != 1 or last["AVALLO"].isna().any():
        return ""
    (first,), (end,) = rows_of(base), rows_of(last)
    shown = [*turns_of(records, end), ("last", [end])]
    changes = [change_words(joint_row(word, ends), unit) for word, ends in shown]
    if not all(changes):
        return ""
    in_words = len(known) - len(valued)
    count = f"{counted(len(valued), 'value')}" + (f" and {in_words} in words or without a unit" if in_words else "")
    parts = [f"baseline {value_words(first, unit)} {when_words(first, phases)}"]
    for (word, ends), change in zip(shown, changes, strict=True):
        values = " or ".join(f"{value_words(row, unit)} {when_words(row, phases)}" for row in ends)
        parts.append(f"{word} {values}, {change}")
    return f"{count}; {'; '.join(parts)}"


def _back_blocks(
    series: Series, results: list[str], cited: list[str], digests: dict[str, str], versions: dict[str, str]
) -> list[Block]:
    """What the report ends with: results, methods, references, colophon."""
    methods = (
        "Each case was read, checked and derived by itself, as its own report does it; then the rows were set side by "
        "side, in the order of the ids. The best change is that of the best record surely after the baseline, with the "
        "bounds that hold for whichever record it is. A later record in words alone counts with the bounds that its "
        "words allow, and a number without a unit is not compared. A question that several cited rules answer has one "
        "answer where they agree, and else depends on the rule. Cases that share a source are marked. Of a course of "
        f"{_MANY} values or more the Results tell the baseline, the lowest and highest value beyond it and beyond the "
        "last, and the last; the text beside the figures of the courses has every value that they draw.",
        f"Computed by casetimeline {__version__} from the files whose digests stand in the colophon; the same files "
        "give the same bytes.",
    )
    # The files of each case have one digest in the table of the cases; manifest.json has each file.
    of_cases = tuple(f"data/{case_id}/" for case_id in series.ids)
    shared = {name: digest for name, digest in digests.items() if not name.startswith(of_cases)}
    return [
        Heading(2, "Results, case by case"),
        *(in_print(Paragraph(text)) for text in results),
        Heading(2, "Methods"),
        *map(Paragraph, methods),
        summarise_read(series),
        Heading(2, "References"),
        Items(tuple(cited)),
        Heading(2, "Colophon"),
        colophon(shared, versions),
    ]
