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
from ..prose import (
    summarise_case,
    summarise_choices,
    told_of,
    typeset,
)
from ..rules import Analysis
from ..vocabulary import COLUMN_NAMES, DEFAULT_STYLE
from .care import summarise_care
from .citations import bibtex, csl_json
from .contents import (
    LIMITS,
    LINES,
    back_blocks,
    front_blocks,
    in_print,
    patient_of,
    sources_of,
    summary_lines,
    title_of,
)
from .document import (
    Block,
    Heading,
    Paragraph,
    Picture,
    Words,
    Works,
    markdown_cited,
    markdown_table,
    numbered,
    plain_markdown,
    read_words,
)
from .html import render_page, sections_of
from .pdf import in_print_order, render_report
from .short import (
    Short,
    footer,
    manuscript_tables,
    recorded_rows,
    render_short,
    rows_in_print,
    short_blocks,
    short_report,
)
from .word import draw_pictures, render_word

# What is reported comes first, then the whole course, then each measure, then what the changes are compared with.
ORDER = (
    "06_reported",
    "00_course",
    "01_skin",
    "02_muscle",
    "03_pericardium",
    "08_change",
    "09_context",
    "07_regimen",
    "05_claims",
)
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
    pictures |= {stem: _narrow(analysis, pictures[stem]) for stem in shown if stem in ORDER}
    title, lead = title_of(case), [patient_of(case), sources_of(analysis), LIMITS]
    short = short_report(analysis, style)
    brief = short_blocks(short, _course(analysis, pictures))
    printed, whole = render_short(analysis, short, brief, title, lead[0])
    write_atomic(new / "report.pdf", printed)
    heading, missing = f"Supplement: {short.first[0].text}", _absent(analysis, absent, others)
    # Whoever prints has no notebooks at hand.
    told = [re.sub(r"(?<=\()notebook \w+: | \(notebooks? [\w, ]+\)", "", text) for text in [*lead, *missing]]
    above = [Heading(1, heading), *map(Paragraph, told)]
    drawn = in_print_order(_of_supplement([pictures[stem] for stem in shown], whole), [heading, *told])
    every = recorded_rows(analysis)
    recorded = [Heading(2, "Recorded rows"), rows_in_print(every)]
    back = back_blocks(analysis, grouped_digests(inputs), versions, short.numbers)
    supplement = numbered([*above, *drawn, *front_blocks(analysis), *recorded, *back], "S")
    write_atomic(new / "supplement.pdf", render_report(supplement, heading, lead[0], footer(heading)))
    # The page has the same figures and tables by the same names, its figures in the order of the notebooks.
    pictures |= {block.name: block for block in supplement if isinstance(block, Picture)}
    front, (_, rows), back = _parts(supplement[len(above) + len(drawn) :], len(recorded), len(back))
    page = render_page(
        title,
        [brief[1].text],
        brief[2:],
        sections_of({stem: notebooks[stem] for stem in shown}, {stem: pictures[stem] for stem in shown}),
        [lead[1], *missing],
        [*front, *back],
        replace(every, label=rows.label),
    )
    write_atomic(new / "report.html", page.encode())
    _write_tables(analysis, new / "tables")
    _write_manuscript(analysis, new / "manuscript", short, brief, _by_label(pictures, shown))
    lines = [*summary_lines(analysis), f"{'report':<9} {case.case_id}/report.html"]
    write_atomic(new / "summary.txt", (typeset("\n".join(lines)) + "\n").encode())


def _parts(blocks: list[Block], middle: int, last: int) -> tuple[list[Block], list[Block], list[Block]]:
    """Blocks in three parts, by how many are in the last two."""
    return blocks[: -middle - last], blocks[-middle - last : -last], blocks[-last:]


# What the figure of the course is called in the report, and in all that stands beside it.
_COURSE = "Figure 1"


def _of_supplement(pictures: list[Picture], whole: bool) -> list[Picture]:
    """The figures of the supplement: that of the course stands in the report, and here if it was drawn lower there."""
    others = [picture for picture in pictures if picture.name != "00_course"]
    course = [picture._replace(label=f"{_COURSE}, with every graph") for picture in pictures if picture not in others]
    return others if whole else [*course, *others]


def _by_label(pictures: dict[str, Picture], shown: list[str]) -> list[Picture]:
    """The figures of a case by their numbers: the course, then those of the supplement."""
    course = [pictures[stem]._replace(label=_COURSE) for stem in shown if stem == "00_course"]
    others = [pictures[stem] for stem in shown if stem != "00_course"]
    return [*course, *sorted(others, key=lambda picture: int(picture.label.rpartition("S")[2]))]


def _course(analysis: Analysis, pictures: dict[str, Picture]) -> Picture | None:
    """The figure of the whole course, where its notebook was run."""
    return pictures["00_course"]._replace(legend="Course of the case.") if "00_course" in pictures else None


# The width in millimetres at which figures are drawn again for a telephone, which shows them about 1.4 times as wide.
_NARROW = 68


def _narrow(analysis: Analysis, picture: Picture) -> Picture:
    """A figure with the same drawn for a narrow screen, where its notes are a paragraph."""
    from ..figures import FIGURES, render_svg, without_notes

    drawn = without_notes(FIGURES[picture.name](analysis, width_mm=_NARROW))
    return picture._replace(narrow=render_svg(drawn, f"narrow-{picture.name}-"))


def picture_of(folder: Path, stem: str) -> Picture:
    """A published figure, with its words, from the folder of figures."""
    words = _words_of(folder, stem)
    svg = (folder / f"{stem}.svg").read_text(encoding="utf-8")
    # In the report the notes stand in the figure itself; its title is caption enough.
    # Title and patient open the alternative text too; both stand in the figure.
    same = takewhile(lambda letters: letters[0] == letters[1], zip(words.alt, words.legend, strict=False))
    shared = "".join(letter for letter, _ in same)
    notes = words.legend[shared.rfind(". ") + 1 :].strip() if len(shared) < len(words.legend) else ""
    title = _untitled(words.title)
    alt = typeset(words.alt.replace(words.title, title, 1))
    # The rows that are not drawn are told by their kind; the table of the recorded rows has the lines.
    return Picture(stem, title, alt, f"{title}.", svg, notes=typeset(LINES.sub("", notes)))


def _untitled(title: str) -> str:
    """The title of a figure without its case: a report is of one."""
    return re.sub(r", case [\w-]+$", "", title)


def _words_of(folder: Path, stem: str) -> Words:
    return read_words((folder / f"{stem}.txt").read_text(encoding="utf-8"))


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
    words = {stem: _words_of(folder, stem) for stem in stems if stem not in absent}
    reasons = {stem: why_blank(told.table(), told.title, told.legend) for stem, told in words.items()}
    others = {stem: (_untitled(words[stem].title), why.rstrip(".")) for stem, why in reasons.items() if why}
    absent += others
    for stem in absent:
        for suffix in ("svg", "txt"):
            (folder / f"{stem}.{suffix}").unlink(missing_ok=True)
    return absent, others


def _absent(analysis: Analysis, stems: list[str], others: dict[str, tuple[str, str]]) -> list[str]:
    """Why there is no chapter of some notebooks: a measure is not mentioned, or what else they would show is not."""
    told = [
        f"Without a chapter here: {name} (notebook {stem}: {why[:1].lower()}{why[1:]})."
        for stem, (name, why) in others.items()
    ]
    labels = []
    for code in dict.fromkeys(_NEEDS[stem] for stem in stems if _NEEDS.get(stem) in analysis.codes):
        without = [stem for stem in stems if _NEEDS.get(stem) == code]
        noun = "notebooks" if len(without) > 1 else "notebook"
        labels.append(f"{analysis.case.measure(code)['label']} ({noun} {', '.join(without)})")
    if not labels:
        return told
    opening = "Not mentioned in the part of the source that was read, and so without a chapter here"
    return [f"{opening}: {'; '.join(labels)}.", *told]


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
    references = short.references
    care = in_print(summarise_care(analysis))
    # The Results cite the first works of the report, by the same numbers.
    last = max((number for told in short.results for piece in told.pieces for number in piece.works), default=0)
    works = [*short.works.lines.values()][:last]
    listed = "\n".join(f"{number}. {plain_markdown(line)}" for number, line in enumerate(works, 1))
    results = ["# Results", *map(markdown_cited, short.results), "# References", listed]
    legends = [f"**{each.label}. {plain_markdown(each.title)}.** {plain_markdown(each.notes)}" for each in figures]
    files = "; ".join(f"{each.label}: {each.name}" for each in figures)
    alts = [f"{each.label}: {each.alt}" for each in figures]
    texts = {
        "results.md": "\n\n".join(results) + "\n",
        "figure-legends.md": "\n\n".join(["# Figure legends", *legends, f"Files: {plain_markdown(files)}."]) + "\n",
        "alt-text.txt": "\n\n".join(alts) + "\n",
        "references.bib": bibtex(references),
        "references.json": csl_json(references),
        "care-checklist.md": f"# CARE checklist\n\n{markdown_table(care)}\n",
    }
    for name, text in texts.items():
        write_atomic(folder / name, text.encode())
    tables = render_word(manuscript_tables(analysis), f"{title}: tables", {})
    write_atomic(folder / "table1.docx", tables)
    passages = [Heading(1, "Results"), *short.results, Heading(1, "References"), Works(dict(enumerate(works, 1)))]
    write_atomic(folder / "results.docx", render_word(passages, f"{title}: results", {}))
    drawn = draw_pictures(figures)
    write_atomic(folder / "report.docx", render_word(brief, title, drawn))
    for figure in figures:
        write_atomic(folder / "figures" / f"{figure.name}.svg", figure.svg.encode())
        write_atomic(folder / "figures" / f"{figure.name}.png", drawn[figure.name])
    checklist = [Heading(1, f"{short.first[0].text}: CARE checklist"), replace(care, label="Checklist")]
    write_atomic(folder / "care-checklist.docx", render_word(checklist, f"{title}: CARE checklist", {}))


def _write_figures(analysis: Analysis, folder: Path, name: str, measures: tuple[str, ...]) -> None:
    """The figures in the files of a preset, each opened again and measured."""
    from ..figures import PRESETS, PROOF, export_case, names_of, proof_table, prove_folder

    export_case(analysis, folder, PRESETS[name], measures)
    write_atomic(folder / PROOF, proof_table(prove_folder(folder, PRESETS[name], names_of(measures))).encode())
