"""The artefacts of a report: page, PDF, Word files, tables, and what else an author hands in, from the same values."""

import contextlib
import gc
import html
from collections.abc import Iterator
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
    summarise_recorded,
    told_of,
    typeset,
)
from ..rules import Analysis
from ..vocabulary import COLUMN_NAMES, DEFAULT_STYLE
from .care import summarise_care
from .citations import bibtex, csl_json
from .contents import (
    LIMITS,
    back_blocks,
    front_blocks,
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
    plain_markdown,
    read_words,
    why_blank,
)
from .html import render_page, sections_of
from .pdf import first_page_holds, in_print_order, render_report
from .short import Short, manuscript_tables, recorded_rows, short_blocks, short_report
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
    front, back = front_blocks(analysis), back_blocks(analysis, grouped_digests(inputs), versions)
    short = short_report(analysis, style)
    brief = short_blocks(short, _course(analysis, pictures))
    page = render_page(
        title,
        [brief[1].text],
        brief[2:],
        sections_of({stem: notebooks[stem] for stem in shown}, {stem: pictures[stem] for stem in shown}),
        [lead[1], *_absent(analysis, absent, others)],
        [*front, *back],
        recorded_rows(analysis),
    )
    write_atomic(new / "report.html", page.encode())
    supplement = [
        Heading(1, f"Supplement to {title}"),
        *map(Paragraph, [*lead, *_absent(analysis, absent, others)]),
        *in_print_order([pictures[stem] for stem in shown], [f"Supplement to {title}", *lead]),
        *front,
        Heading(2, "Recorded rows"),
        summarise_recorded(analysis),
        *back,
    ]
    footer, about = f"Case {case.case_id}", f"Supplement to {title}"
    write_atomic(new / "report.pdf", _render_short(analysis, short, brief, title, lead[0]))
    write_atomic(new / "supplement.pdf", render_report(supplement, about, lead[0], f"{footer}, supplement", "S"))
    _write_tables(analysis, new / "tables")
    _write_manuscript(analysis, new / "manuscript", short, brief, [pictures[stem] for stem in shown])
    lines = [*summary_lines(analysis), f"{'report':<9} {case.case_id}/report.html"]
    write_atomic(new / "summary.txt", (typeset("\n".join(lines)) + "\n").encode())


# The heights in millimetres at which the course is drawn again, where it leaves no room for what the first page has.
_LOWER = (185.0, 150.0, 125.0)


def _render_short(analysis: Analysis, short: Short, brief: list[Block], title: str, description: str) -> bytes:
    """The short report as PDF: with fewer graphs in its course, if its first page then holds all up to what is open.

    A first page that cannot hold it has the course at least. The measures without a graph stand in the table of the
    changes, and in words in the figure.
    """
    from ..figures import draw_course, render_svg

    def render(course: list[Block]) -> bytes:
        """The report with this course."""
        told = [*brief[:place], *course, *brief[place + len(course) :]]
        return render_report(told, title, description, f"Case {analysis.case.case_id}")

    place = next((number for number, block in enumerate(brief) if isinstance(block, Picture)), 0)
    made = render([])
    if not isinstance(brief[place], Picture) or first_page_holds(made, _until(short)):
        return made
    with_course = made if first_page_holds(made, brief[place].notes) else None
    for most in _LOWER:
        lower = brief[place]._replace(svg=render_svg(draw_course(analysis, most_mm=most), "lower-"))
        made = render([lower])
        if first_page_holds(made, _until(short)):
            return made
        with_course = with_course or (made if first_page_holds(made, lower.notes) else None)
    return with_course or made


def _until(short: Short) -> str:
    """The last words of the first page: of what is open, else of the changes."""
    notes = short.changes.notes
    return next(iter([*reversed(short.open_points.texts), *reversed(notes)]), "")


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
    return Picture(stem, words.title, words.alt, f"{words.title}.", svg, notes=notes)


def _words_of(folder: Path, stem: str) -> Words:
    return read_words((folder / f"{stem}.txt").read_text(encoding="utf-8"))


def grouped_digests(inputs: dict[str, str]) -> dict[str, str]:
    """The digests of the inputs, with one digest for all files of the package; manifest.json has each file."""
    package = {name: digest for name, digest in inputs.items() if name.startswith("casetimeline/")}
    grouped = {name: digest for name, digest in inputs.items() if name not in package}
    grouped["casetimeline/"] = combined(package)
    return grouped


def _blank(analysis: Analysis, folder: Path, stems: list[str]) -> tuple[list[str], dict[str, str]]:
    """The notebooks that have nothing to show, and of those that need no measure why; their figures are removed."""
    absent = [stem for stem in stems if _NEEDS.get(stem) and not len(records_of(analysis.changes, _NEEDS[stem]))]
    others = {stem: why for stem in stems if stem not in absent and (why := why_blank(_words_of(folder, stem)))}
    absent += others
    for stem in absent:
        for suffix in ("svg", "txt"):
            (folder / f"{stem}.{suffix}").unlink(missing_ok=True)
    return absent, others


def _absent(analysis: Analysis, stems: list[str], others: dict[str, str]) -> list[str]:
    """Why there is no chapter of some notebooks: a measure is not mentioned, or what else they would show is not."""
    told = [f"Without a chapter here: notebook {stem} ({why[:1].lower()}{why[1:]})." for stem, why in others.items()]
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
    care = summarise_care(analysis)
    # The Results cite the first works of the report, by the same numbers.
    last = max((number for told in short.results for piece in told.pieces for number in piece.works), default=0)
    works = [*short.works.lines.values()][:last]
    listed = "\n".join(f"{number}. {plain_markdown(line)}" for number, line in enumerate(works, 1))
    results = ["# Results", *map(markdown_cited, short.results), "# References", listed]
    legends, alts = [], []
    for number, words in enumerate(_words(figures, folder), 1):
        notes = words.legend.removeprefix(f"{words.title}.")
        legends.append(f"**Figure {number}. {plain_markdown(words.title)}.** {plain_markdown(notes)}")
        alts.append(f"Figure {number}: {words.alt}")
    texts = {
        "results.md": "\n\n".join(results) + "\n",
        "figure-legends.md": "\n\n".join(["# Figure legends", *legends]) + "\n",
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
    checklist = [Heading(1, f"{title}: CARE checklist"), care]
    write_atomic(folder / "care-checklist.docx", render_word(checklist, f"{title}: CARE checklist", {}))


def _words(figures: list[Picture], folder: Path) -> list[Words]:
    beside = folder.parent / "figures"
    return [_words_of(beside, figure.name) for figure in figures]


def _write_figures(analysis: Analysis, folder: Path, name: str, measures: tuple[str, ...]) -> None:
    """The figures in the files of a preset, each opened again and measured."""
    from ..figures import PRESETS, PROOF, export_case, names_of, proof_table, prove_folder

    export_case(analysis, folder, PRESETS[name], measures)
    write_atomic(folder / PROOF, proof_table(prove_folder(folder, PRESETS[name], names_of(measures))).encode())
