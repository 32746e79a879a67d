"""The artefacts of a report: page, PDF, Word files, tables, and what else an author hands in, from the same values."""

import contextlib
import gc
import html
import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path

import nbformat
import pandas as pd

from ..case import table_bytes
from ..derive import derived_table, records_of
from ..faults import TimelineError, fault
from ..files import combined, write_atomic
from ..prose import Table, explained, summarise_case, summarise_choices, told_of, typeset
from ..rules import Analysis, is_missed
from ..vocabulary import COLUMN_NAMES, DEFAULT_STYLE
from .artwork import without_notes
from .bibliography import bibtex, csl_json, reference_lines, to_complete
from .care import summarise_care
from .contents import (
    LIMITS,
    front_blocks,
    in_print,
    patient_of,
    sources_of,
    summary_lines,
    table_blocks,
    title_of,
)
from .document import (
    WORKS,
    Block,
    Cited,
    Heading,
    Paragraph,
    Picture,
    Works,
    markdown_cited,
    markdown_legends,
    markdown_table,
    markdown_works,
    numbered,
)
from .html import render_page, sections_of
from .methods import back_blocks, in_columns, method_blocks
from .pdf import render_report
from .plates import (
    COURSE,
    in_print_of,
    narrowed,
    on_first_screen,
    picture_of,
    placed,
    untitled,
    with_label,
    with_works,
    without_gaps,
    words_of,
)
from .row_table import RECORDED, recorded_rows, rows_in_print
from .short import (
    Short,
    fit_course,
    footer,
    manuscript_tables,
    render_short,
    short_blocks,
    short_report,
)
from .word import draw_pictures, render_word

# The order of the figures in every case: the course, what is reported, each measure, what changes are compared with.
ORDER = (
    "00_course",
    "06_reported",
    "01_skin",
    "02_muscle",
    "03_pericardium",
    "08_change",
    "09_context",
    "07_regimen",
    "05_claims",
)
# What a table beside it says word for word, and print has no second time.
_SAID_IN_A_TABLE = "05_claims"
# Notebooks that have nothing to show of a case without the measure.
_NEEDS = {"01_skin": "mrss", "02_muscle": "ck", "03_pericardium": "pericardial_effusion", "09_context": "mrss"}


def write_report(
    analysis: Analysis,
    new: Path,
    notebooks: dict[str, nbformat.NotebookNode],
    inputs: dict[str, str],
    versions: dict[str, str],
    presets: tuple[str, ...],
    measures: tuple[str, ...] = (),
    style: str = DEFAULT_STYLE,
) -> None:
    """Write every artefact of a report into a folder that has its executed notebooks and figures.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    new : Path
        The folder; it has `notebooks/` and `figures/`.
    notebooks : dict of NotebookNode
        The executed notebooks by their names without a suffix.
    inputs, versions : dict of str
        Digests of every input file, and the versions of what made the report.
    presets : tuple of str
        What figure files are written for.
    measures : tuple of str
        Codes of measures that have a figure file of their own beside the others.
    style : str
        Of the references, one of `CITATION_STYLES`.

    Raises
    ------
    TimelineError
        If a figure speaks of another case, or the case has no observation of a measure.
    """
    with _without_collection():
        _write(analysis, new, notebooks, inputs, versions, style)
    for preset in presets:
        _write_figures(analysis, new / "manuscript" / "figures" / preset, preset, measures)


@contextlib.contextmanager
def _without_collection() -> Iterator[None]:
    """Without the collector of cycles: it would go through all that the packages hold again and again."""
    asked = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if asked:
            gc.enable()


def _write(analysis: Analysis, new: Path, notebooks, inputs, versions, style: str) -> None:
    """All but the figure files of presets."""
    case = analysis.case
    stems = sorted(notebooks, key=lambda stem: (ORDER.index(stem) if stem in ORDER else len(ORDER), stem))
    pictures = {stem: picture_of(new / "figures", stem) for stem in stems}
    _check_identity(case.case_id, pictures)
    absent, others = _blank(analysis, new / "figures", stems)
    shown = [stem for stem in stems if stem not in absent]
    pictures |= {stem: narrowed(analysis, pictures[stem]) for stem in shown if stem in ORDER}
    title, lead = title_of(case), [patient_of(case), sources_of(analysis), LIMITS]
    short = short_report(analysis, style)
    first, has_all = _first_figure(analysis, short, pictures)
    missing = _absent(analysis, absent, others)
    beyond = [stem for stem in shown if stem != _SAID_IN_A_TABLE and not (stem == COURSE and has_all)]
    back = back_blocks(analysis, grouped_digests(inputs), versions, short.numbers)
    drawn, shown = without_gaps([in_print_of(analysis, pictures[stem]) for stem in beyond], shown)
    supplement = _supplement(analysis, short, [*lead, *missing], drawn, back)
    labels = {block.name: block.label for block in supplement if isinstance(block, Picture)}
    rows = next(block for block in supplement if isinstance(block, Table) and block.caption.startswith(RECORDED))
    # What a lower figure leaves out stands in these.
    first = first and placed(with_label(first, short.numbers, "Figure 1"), labels.get(COURSE, ""), rows.label)
    supplement = _with_labels(analysis, short, supplement, rows.label)
    brief = short_blocks(short, first, supplement)
    write_atomic(new / "report.pdf", render_short(short, brief, title, lead[0]))
    write_atomic(new / "supplement.pdf", _print_supplement(supplement, lead[0], analysis.case.case_id))
    pictures = {name: with_label(each, short.numbers) for name, each in _on_the_page(pictures, supplement).items()}
    page = render_page(
        title,
        [brief[1].text],
        [*map(on_first_screen, brief[2:])],
        sections_of({stem: notebooks[stem] for stem in shown}, {stem: pictures[stem] for stem in shown}),
        [lead[1], *missing],
        [*_beside_figures(supplement, rows)],
        replace(explained(analysis, recorded_rows(analysis)), label=rows.label),
    )
    write_atomic(new / "report.html", page.encode())
    _write_tables(analysis, new / "tables")
    figures = [*([first] if first else []), *(block for block in supplement if isinstance(block, Picture))]
    # The legends cite works that the report itself does not.
    works = Works(dict(enumerate(reference_lines(short.numbers.references(), style), 1)))
    _write_manuscript(analysis, new / "manuscript", short._replace(works=works), brief, figures)
    _write_summary(analysis, new / "summary.txt")


def _write_summary(analysis: Analysis, path: Path) -> None:
    lines = [*summary_lines(analysis), f"{'report':<9} {analysis.case.case_id}/report.html"]
    write_atomic(path, (typeset("\n".join(lines)) + "\n").encode())


def _supplement(
    analysis: Analysis, short: Short, lead: list[str], drawn: list[Picture], back: list[Block]
) -> list[Block]:
    """The blocks of a supplement, numbered: its summary, its figures, its tables, its rows, and what it rests on."""
    # Whoever prints has no notebooks at hand.
    printed_lead = [re.sub(r"(?<=\()notebook \w+: | \(notebooks? [\w, ]+\)", "", text) for text in lead]
    figures = [_FIGURES, *drawn] if drawn else []
    recorded = [Heading(2, "Recorded rows"), explained(analysis, rows_in_print(recorded_rows(analysis)))]
    above = [Heading(1, f"Supplement: {short.first[0].text}"), *map(Paragraph, printed_lead)]
    text = [*front_blocks(analysis), *method_blocks(analysis, short.numbers)]
    return numbered([*above, *text, *figures, *table_blocks(analysis), *recorded, *back], "S")


def _with_labels(analysis: Analysis, short: Short, supplement: list[Block], rows: str) -> list[Block]:
    """A supplement whose legends name its tables and the works that it cites."""
    rules = next((block.label for block in supplement if isinstance(block, Table) and WORKS in block.frame), "")
    return [
        with_works(analysis, placed(block, "", rows), short.numbers, rules) if isinstance(block, Picture) else block
        for block in supplement
    ]


def _on_the_page(pictures: dict[str, Picture], supplement: list[Block]) -> dict[str, Picture]:
    """The figures of the notebooks with the labels and the legends of a supplement; the first one is not in it."""
    printed = {block.name: block for block in supplement if isinstance(block, Picture)}
    labels = {COURSE: "Figure 1"} | {name: block.label for name, block in printed.items()}
    # On the page the figure of the course tells in its notes what a table of print has.
    notes = {name: block.notes for name, block in printed.items() if name != COURSE}
    return {
        name: picture._replace(label=labels.get(name, ""), notes=notes.get(name, picture.notes))
        for name, picture in pictures.items()
    }


def _print_supplement(supplement: list[Block], description: str, case_id: str) -> bytes:
    """The supplement as PDF."""
    heading = supplement[0].text
    foot = footer(heading, f"Supplement: case {case_id}")
    return render_report([*map(in_columns, supplement)], heading, description, foot)


_FIGURES = Heading(2, "Figures")


def _beside_figures(supplement: list[Block], rows: Table) -> Iterator[Block]:
    """The parts of a supplement that a page has beside the notebooks and the recorded rows."""
    part = None
    for block, following in zip(supplement, [*supplement[1:], None], strict=True):
        part = block if isinstance(block, Heading) else part
        if part.level == 2 and part != _FIGURES and rows is not block and rows is not following:
            yield block


def _first_figure(analysis: Analysis, short: Short, pictures: dict[str, Picture]) -> tuple[Picture | None, bool]:
    """The figure of the course, where its notebook was run, and whether it has all that the whole one has."""
    if COURSE not in pictures:
        return None, True
    first, has_all = fit_course(analysis, short, pictures[COURSE]._replace(legend="Course of the case."))
    if has_all:
        return first, True
    # Both stand on the page and among the files.
    return narrowed(analysis, first._replace(name=f"{COURSE}_first")), False


def grouped_digests(inputs: dict[str, str]) -> dict[str, str]:
    """The digests of the inputs, with one digest for all files of the package; manifest.json has each file."""
    package = {name: digest for name, digest in inputs.items() if name.startswith("casetimeline/")}
    grouped = {name: digest for name, digest in inputs.items() if name not in package}
    grouped["casetimeline/"] = combined(package)
    return grouped


def _blank(analysis: Analysis, folder: Path, stems: list[str]) -> tuple[list[str], dict[str, tuple[str, str]]]:
    """The notebooks that have nothing to show, of those that need no measure their title and why.

    Their figures are removed.
    """
    from ..figures import why_blank

    absent = [stem for stem in stems if _NEEDS.get(stem) and not len(records_of(analysis.changes, _NEEDS[stem]))]
    words = {stem: words_of(folder, stem) for stem in stems if stem not in absent}
    reasons = {stem: why_blank(each.table(), each.title, each.legend) for stem, each in words.items()}
    others = {stem: (untitled(words[stem].title), why.rstrip(".")) for stem, why in reasons.items() if why}
    absent += others
    for stem in absent:
        for suffix in ("svg", "txt"):
            (folder / f"{stem}.{suffix}").unlink(missing_ok=True)
    return absent, others


def _absent(analysis: Analysis, stems: list[str], others: dict[str, tuple[str, str]]) -> list[str]:
    """Why there is no chapter of some notebooks: a measure is not mentioned, or what else they would show is not."""
    sentences = [
        f"Not shown here: {name} (notebook {stem}: {why[:1].lower()}{why[1:]})." for stem, (name, why) in others.items()
    ]
    labels = []
    diagnosis, silent = analysis.case.about.get("diagnosis", ""), [stem for stem in stems if stem not in others]
    for code in dict.fromkeys(_NEEDS[stem] for stem in silent if _NEEDS.get(stem) in analysis.codes):
        if not is_missed(code, diagnosis):
            continue
        without = [stem for stem in silent if _NEEDS.get(stem) == code]
        noun = "notebooks" if len(without) > 1 else "notebook"
        labels.append(f"{analysis.case.measure(code)['label']} ({noun} {', '.join(without)})")
    if not labels:
        return sentences
    opening = "Not mentioned in the part of the source that was read, and so not shown here"
    return [f"{opening}: {'; '.join(labels)}.", *sentences]


def _check_identity(case_id: str, pictures: dict[str, Picture]) -> None:
    """Refuse a figure whose title names another case."""
    title = f"case {html.escape(case_id)}</title>"
    faults = [
        fault("another case", f"a figure of case '{case_id}'", at=f"{stem}.svg", column="title")
        for stem, picture in pictures.items()
        if title not in picture.svg
    ]
    if faults:
        raise TimelineError(faults)


def _write_tables(analysis: Analysis, folder: Path) -> None:
    """The tables behind the report, as CSV."""
    case = analysis.case
    # A table that leaves the report still says that not every rule was evaluated.
    selection = {"RULESET": case.selection} if case.selection else {}
    outputs = told_of(analysis)
    frames = {
        "derived": derived_table(analysis.changes, case.baseline_rule),
        "summary": summarise_case(analysis, analysis.codes).frame,
        "verdicts": _every_verdict(analysis).assign(**selection),
        "choices": summarise_choices(analysis).frame.assign(**selection),
        "claims": analysis.claims,
        # What a report keeps so that two of them can be compared: the rows, and what was said of them.
        "rows": case.facts[["line", *COLUMN_NAMES]],
        "outputs": outputs.assign(LINES=[" ".join(map(str, lines)) for lines in outputs["LINES"]]),
    }
    for name, frame in frames.items():
        write_atomic(folder / f"{name}.csv", table_bytes(frame, ".csv"))


def _every_verdict(analysis: Analysis) -> pd.DataFrame:
    """The verdicts on every stretch of the course; FROMLINE is blank on that from the baseline."""
    kept = [*analysis.verdicts.columns, "FROMLINE"]
    verdicts = pd.concat([analysis.verdicts, analysis.stretches], ignore_index=True)[kept]
    return verdicts.astype({"FROMLINE": "Int64"}).sort_values("line", kind="stable", ignore_index=True)


def _write_manuscript(
    analysis: Analysis, folder: Path, short: Short, brief: list[Block], figures: list[Picture]
) -> None:
    title = title_of(analysis.case)
    care = in_print(summarise_care(analysis))
    # The Results cite the first works of the report and the legends some of the others, by the same numbers: each text
    # ends with a list of its own.
    paragraphs = _results_of(brief)
    last = max((number for each in paragraphs for piece in each.pieces for number in piece.works), default=0)
    in_legends = {number for each in figures for number in each.works}
    works = {number: short.works.lines[number] for number in range(1, last + 1)}
    results = ["# Results", *map(markdown_cited, paragraphs), "# References", markdown_works(works)]
    known = short.numbers.references()
    numbers = sorted({*range(1, len(short.references) + 1), *in_legends})
    references = [known[number - 1] for number in numbers]
    alts = [f"{each.label}: {each.alt}" for each in figures]
    texts = {
        "results.md": "\n\n".join(results) + "\n",
        "figure-legends.md": markdown_legends(figures, short.works.lines),
        "alt-text.txt": "\n\n".join(alts) + "\n",
        "references.bib": bibtex(references),
        "references.json": csl_json(references),
        "care-checklist.md": f"# CARE checklist\n\n{markdown_table(care)}\n",
    }
    if todo := to_complete(dict(enumerate(known, 1)), short.works.lines):
        texts["to-complete.md"] = todo
    for name, text in texts.items():
        write_atomic(folder / name, text.encode())
    write_atomic(folder / "table1.docx", render_word(manuscript_tables(analysis), f"{title}: tables", {}))
    passages = [Heading(1, "Results"), *paragraphs, Heading(1, "References"), Works(works)]
    write_atomic(folder / "results.docx", render_word(passages, f"{title}: results", {}))
    drawn = draw_pictures(figures)
    write_atomic(folder / "report.docx", render_word(brief, title, drawn))
    for figure in figures:
        write_atomic(folder / "figures" / f"{figure.name}.svg", without_notes(figure.svg).encode())
        write_atomic(folder / "figures" / f"{figure.name}.png", drawn[figure.name])
    checklist = [Heading(1, f"{short.first[0].text}: CARE checklist"), replace(care, label="Checklist")]
    write_atomic(folder / "care-checklist.docx", render_word(checklist, f"{title}: CARE checklist", {}))


def _results_of(brief: list[Block]) -> list[Cited]:
    """The paragraphs of the Results, from the line on that names the figures and tables that they rest on."""
    after = brief[brief.index(Heading(2, "Results")) + 1 :]
    return [*takewhile(lambda block: isinstance(block, Cited), after)]


def _write_figures(analysis: Analysis, folder: Path, name: str, measures: tuple[str, ...]) -> None:
    """The figures in the files of a preset, each opened again and measured."""
    from ..figures import PRESETS, PROOF, export_case, names_of, proof_table, prove_folder

    export_case(analysis, folder, PRESETS[name], measures)
    write_atomic(folder / PROOF, proof_table(prove_folder(folder, PRESETS[name], names_of(measures))).encode())
