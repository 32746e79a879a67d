"""The report as one page of HTML: it loads nothing from elsewhere, and no text of a case is ever read as markup."""

import base64
import copy
import hashlib
import html
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from markupsafe import Markup

from ..characters import as_html
from ..faults import counted
from ..prose import Table, count_words, typeset, unbroken
from ..vocabulary import CONTRADICTED, NOT_CHECKABLE, SUPPORTED
from .artwork import end_of_group, share_letters, svg_size, without_notes
from .document import RESULT, WORKS, Block, Cited, Heading, Items, Paragraph, Picture, Piece, Works, superscripts

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """One notebook in the report: its file stem, its title, its HTML, its figure for a narrow screen, and the legend.

    The label is what its figure is called; one that stands on the page already has the label of that.
    """

    stem: str
    title: str
    body: str
    narrow: str = ""
    legend: str = ""
    label: str = ""


def render_page(
    title: str,
    lead: list[str],
    front: list[Block],
    sections: list[Section],
    absent: list[str],
    back: list[Block],
    rows: Table | None = None,
) -> str:
    """The page of a report: what it says in short, and behind it, folded, all that this rests on.

    Parameters
    ----------
    title : str
        The heading of level 1.
    lead : list of str
        Whom it is about, and what it is not for.
    front : list of Block
        What is in sight.
    sections : list of Section
        The notebooks, from `sections_of`; folded.
    absent : list of str
        Sentences on notebooks that have nothing to show.
    back : list of Block
        What stands after the notebooks, each part below a heading of level 2 folded.
    rows : Table, optional
        The recorded rows with their `line` first: what a value and a mark lead to.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["as_html"] = lambda text: Markup(as_html(text))
    first = {block.label for block in front if isinstance(block, Picture)}
    names = {} if rows is None else {int(line): f"{what}: {value}" for line, _, what, value, *_ in rows.cells()}
    script = (_TEMPLATES / "report.js").read_text(encoding="utf-8")
    headings = [(slug(block.text), block.text) for block in front if isinstance(block, Heading)]
    headings += [("supplement", "Supplement"), *([("recorded-rows", "Recorded rows")] if names else [])]
    headings += [(section.stem, section.title) for section in sections]
    headings += [(slug(block.text), block.text) for block in back if isinstance(block, Heading)]
    page = environment.get_template("report.html.j2").render(
        title=title,
        lead=lead,
        front=Markup(_blocks(front, names)),
        rows=Markup(_recorded(rows) if names else ""),
        sections=[_shown(section, names, first) for section in sections],
        absent=absent,
        back=Markup(_folded(back, names)),
        contents=headings,
        script=Markup(script),
        digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
    )
    return share_letters(page) + "\n"


def _shown(section: Section, names: dict[int, str], first: set[str]) -> Section:
    """A section without its first heading, which its summary has, and with the marks of its figure as links.

    A figure that stands on the page already is named only: an id stands once.
    """

    def figure(match: re.Match[str]) -> str:
        """A figure of the section: that of the notebook, with its legend as text, or another that it shows."""
        if not section.narrow or f'-{section.stem}-title"' not in match[0][: match[0].index("</title>")]:
            return _linked_marks(match[0], names)
        if section.label in first:
            return f'<a href="#course">The figure is {as_html(section.label)} of this page.</a>'
        caption = f"<figcaption>{as_html(_captioned(section.label, section.legend))}</figcaption>"
        return _both(match[0], section.narrow, names) + caption

    body = re.sub(r"<h2\b[^>]*>.*?</h2>", "", section.body, count=1, flags=re.S)
    body = re.sub(r"<svg.*?</svg>", figure, body, flags=re.S)
    body = re.sub(r'<figure>\s*(<a href="#course">.*?</a>)\s*</figure>', r"<p>\1</p>", body)
    return Section(section.stem, section.title, Markup(body))


def _folded(blocks: list[Block], names: dict[int, str]) -> str:
    """Blocks with each part below a heading of level 2 folded behind it."""
    parts: list[list[Block]] = [[]]
    for block in blocks:
        if isinstance(block, Heading) and block.level == 2:
            parts.append([])
        parts[-1].append(block)
    folded = [_blocks(parts[0], names)]
    for heading, *rest in parts[1:]:
        summary = f"<summary><h2>{as_html(heading.text)}</h2></summary>"
        folded.append(f'<details class="part" id="{slug(heading.text)}">{summary}\n{_blocks(rest, names)}\n</details>')
    return "\n".join(folded)


def _recorded(rows: Table) -> str:
    """The recorded rows, each with an id of its line."""
    # A narrow screen shows a row as a card: it is no table there but for its roles, and each cell names its column.
    heads = [as_html(str(name)) for name in rows.frame.columns]
    head = "".join(f'<th scope="col" role="columnheader">{name}</th>' for name in heads)
    body = "".join(
        f'<tr id="row-{row[0]}" role="row">'
        + "".join(
            f'<td role="cell" data-head="{name}">{as_html(cell)}</td>' for name, cell in zip(heads, row, strict=True)
        )
        + "</tr>"
        for row in rows.cells()
    )
    caption = f"<caption>{as_html(_captioned(rows.label, rows.caption))}</caption>"
    table = (
        f'<table role="table">{caption}<thead role="rowgroup"><tr role="row">{head}</tr></thead>'
        f'<tbody role="rowgroup">{body}</tbody></table>'
    )
    label = html.escape(rows.caption, quote=True)
    inside = f'<div class="output" tabindex="0" role="group" aria-label="{label}">{table}</div>'
    return f'<details class="part" id="recorded-rows"><summary><h2>Recorded rows</h2></summary>{inside}</details>'


def _row_link(text: str, lines: tuple[int, ...]) -> str:
    """A text as a link to the row that it rests on; to the first of several."""
    if not lines:
        return text
    every = f' data-rows="{" ".join(map(str, lines))}"' if len(lines) > 1 else ""
    return f'<a class="row" href="#row-{lines[-1]}"{every}>{text}</a>'


def _linked_marks(svg: str, names: dict[int, str]) -> str:
    """A figure of which each mark that stands for a row is a link to it; the second mark of a row takes no focus.

    Examples
    --------
    >>> print(_linked_marks('<svg role="img"><g id="a-ct.value.ck.2"><g/><g></g></g></svg>', {2: "CK: 9"}))
    <svg role="group"><a class="row" href="#row-2" aria-label="CK: 9"><g id="a-ct.value.ck.2"><g/><g></g></g></a></svg>
    >>> _linked_marks('<svg role="img"><g id="a-ct.key.swatch.2"></g></svg>', {2: "CK: 923"})
    '<svg role="img"><g id="a-ct.key.swatch.2"></g></svg>'
    """
    parts, rest, seen = [], svg, set()
    while (match := _MARK.search(rest)) is not None:
        line, end = int(match[2]), end_of_group(rest, match.start())
        parts.append(rest[: match.start()])
        group, rest = rest[match.start() : end], rest[end:]
        if line in names and match[1] not in _NO_ROW:
            label, focus = html.escape(names[line], quote=True), ' tabindex="-1"' if line in seen else ""
            group = f'<a class="row" href="#row-{line}" aria-label="{label}"{focus}>{group}</a>'
            seen.add(line)
        parts.append(group)
    linked = "".join([*parts, rest])
    # The children of an image could not be reached.
    return linked.replace('role="img"', 'role="group"', 1) if seen else linked


# A mark that stands for a row: what it is, of which measure or treatment, and the line.
_MARK = re.compile(r'<g id="[\w.-]*-ct\.(\w+)\.[\w-]+\.(\d+)">')
_NO_ROW = ("key",)


def slug(text: str) -> str:
    """An id made of a heading.

    Examples
    --------
    >>> slug("Results, in the words of a manuscript")
    'results-in-the-words-of-a-manuscript'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _blocks(blocks: list[Block], names: dict[int, str]) -> str:
    """Blocks as HTML, one after the other."""
    return "\n".join(_block(block, names) for block in blocks)


def _block(block: Block, names: dict[int, str]) -> str:
    match block:
        case Heading():
            return f'<h{block.level} id="{slug(block.text)}">{as_html(block.text)}</h{block.level}>'
        case Paragraph():
            return f"<p>{as_html(block.text)}</p>"
        case Cited():
            return f"<p>{''.join(_piece(*each, block.raised, names) for each in block.parts())}</p>"
        case Items():
            return "<ul>" + "".join(f"<li>{_linked(unbroken(text))}</li>" for text in block.texts) + "</ul>"
        case Works():
            return _works(block)
        case Picture():
            caption = f"<figcaption>{_caption_of_both(block)}</figcaption>"
            # Letters are never smaller than they are in print.
            least = f' style="--printed: {svg_size(without_notes(block.svg))[1]:.0f}pt"'
            return f'<figure id="course"{least}>{_both(block.svg, block.narrow, names)}{caption}</figure>'
        case Table():
            label = html.escape(block.caption, quote=True)
            shown = f'<div class="output" tabindex="0" role="group" aria-label="{label}">{_table(block, names)}</div>'
            return _claims(block, shown) if RESULT in block.frame else shown


def _claims(table: Table, shown: str) -> str:
    """A table of claims folded behind how many there are of each result; in print it stands open."""
    counts = count_words(table.frame[RESULT], (SUPPORTED, CONTRADICTED, NOT_CHECKABLE))
    summary = as_html(f"{table.label}. {counted(len(table.frame), 'claim')}: {counts}".removeprefix(". "))
    return f'<details class="printed"><summary>{summary}</summary>\n{shown}\n</details>'


def _caption_of_both(picture: Picture) -> str:
    """The legend of a figure; where it is drawn again for a narrow screen and shows more or less there, one of each."""
    wide, narrow = (
        as_html(_captioned(picture.label, unbroken(f"{picture.legend} {notes}")))
        for notes in (picture.notes, picture.narrow_notes or picture.notes)
    )
    return wide if wide == narrow else f'<div class="screen-wide">{wide}</div><div class="screen-narrow">{narrow}</div>'


def _both(svg: str, narrow: str, names: dict[int, str]) -> str:
    """A figure with linked marks without its notes, which its legend has, and as it is drawn for a narrow screen."""
    wide = _linked_marks(without_notes(svg), names)
    if not narrow:
        return wide
    return f'<div class="screen-wide">{wide}</div><div class="screen-narrow">{_linked_marks(narrow, names)}</div>'


def _works(block: Works) -> str:
    """References by their numbers, folded; those that go on from another list of the page stand open with it."""
    works = []
    for number, line in block.lines.items():
        anchor = f'id="ref-{number}" ' if number >= block.first else ""
        works.append(f'<li {anchor}value="{number}">{_linked(line)}</li>')
    listed = f"<ol>{''.join(works)}</ol>"
    count = f"{len(works)} works" if len(works) > 1 else "One work"
    return listed if block.first > 1 else f'<details class="printed"><summary>{count}</summary>{listed}</details>'


def _captioned(label: str, text: str) -> str:
    """A caption behind its label."""
    return f"{label}. {text}" if label else text


def _piece(piece: Piece, mark: str, raised: bool, names: dict[int, str]) -> str:
    text = _row_link(as_html(piece.text), piece.lines if names else ())
    works = _cited(mark)
    return f"{text}<sup>{works}</sup>" if works and raised else text + works


def _cited(mark: str) -> str:
    """Numbers of works as links to them."""
    return re.sub(r"\d+", r'<a href="#ref-\g<0>">\g<0></a>', mark)


def _table(table: Table, names: dict[int, str]) -> str:
    """A table with its values as links to their rows, and its footnotes."""
    head = "".join(f'<th scope="col">{_raised(str(name))}</th>' for name in table.frame.columns)
    columns = list(table.frame.columns)
    rows = (
        "".join(f"<td>{_cell(*each, names)}</td>" for each in zip(columns, row, strict=True)) for row in table.cells()
    )
    body = "".join(f"<tr>{row}</tr>" for row in rows)
    notes = "<br>".join(_raised(unbroken(note)) for note in table.notes)
    below = f'<p class="notes">{notes}</p>' if notes else ""
    caption = f"<caption>{as_html(_captioned(table.label, table.caption))}</caption>"
    return f"<table>{caption}<thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"


def _cell(column: str, cell: str, names: dict[int, str]) -> str:
    """A cell: a value as a link to its row, the numbers of works as links to them."""
    if column == WORKS:
        return _cited(cell)
    # A quote is copied as it stands.
    shown = cell if column.lower() == "quote" else unbroken(cell)
    return _row_link(_raised(shown), getattr(cell, "lines", ()) if names else ())


def _raised(text: str) -> str:
    """A text, the marks of its footnotes raised."""
    return "".join(f"<sup>{part}</sup>" if raised else as_html(part) for part, raised in superscripts(text))


def sections_of(notebooks: dict[str, nbformat.NotebookNode], drawn: dict[str, Picture] | None = None) -> list[Section]:
    """Executed notebooks by stem, in the order of the report, as sections: results in sight, code and tables folded.

    Each may have its figure drawn for a narrow screen, by its stem.

    What is the same in every notebook (tag `once`) stands once, with the last; what is for those who run a notebook
    (tag `notebook-only`), nowhere.
    """
    from nbconvert.exporters import HTMLExporter

    exporter = HTMLExporter(
        template_name="casetimeline", extra_template_basedirs=[str(_TEMPLATES)], exclude_anchor_links=True
    )
    exporter.register_filter("lower_headings", _lower_headings)
    exporter.register_filter("caption_of", _caption_of)
    sections = []
    for stem, notebook in notebooks.items():
        left_out = {"notebook-only"} if stem == [*notebooks][-1] else {"notebook-only", "once"}
        # Parameters that were given replace the defaults, which are those of another case.
        tags = [set(cell.metadata.get("tags", [])) for cell in notebook.cells]
        left_out |= {"parameters"} if any("injected-parameters" in names for names in tags) else set()
        shown = [cell for cell, names in zip(notebook.cells, tags, strict=True) if not left_out & names]
        title = next(cell.source for cell in notebook.cells if cell.cell_type == "markdown").splitlines()[0]
        bare, figures = _without_figures(shown)
        body, _ = exporter.from_notebook_node(nbformat.v4.new_notebook(cells=bare, metadata=notebook.metadata))
        for mark, svg in figures.items():
            body = body.replace(f"<figure>{mark}</figure>", f"<figure>{svg}</figure>", 1)
        # The headings of all notebooks on one page: each id once.
        body = re.sub(r'(<h\d id=")', rf"\g<1>{stem}-", body)
        picture = (drawn or {}).get(stem)
        of_figure = (picture.narrow, f"{picture.legend} {picture.notes}", picture.label) if picture else ()
        sections.append(Section(stem, title.lstrip("# "), body.strip(), *of_figure))
    return sections


def _linked(text: str) -> str:
    """A text as HTML, a DOI in it as a link; nothing is fetched until somebody follows it.

    Examples
    --------
    >>> _linked("a < b. doi:10.1186/s13075-024-03418-2. Used")
    'a &lt; b. <a href="https://doi.org/10.1186/s13075-024-03418-2">doi:10.1186/s13075-024-03418-2</a>. Used'
    """
    return re.sub(r"\bdoi:(10\.[\w./()-]+[\w)])", r'<a href="https://doi.org/\1">doi:\1</a>', as_html(text))


def _without_figures(cells: list) -> tuple[list, dict[str, str]]:
    """Cells with a mark in place of each figure, and the figures by mark: they go into the page byte by byte."""
    bare, figures = copy.deepcopy(cells), {}
    for cell in bare:
        if cell.cell_type == "markdown":
            cell.source = re.sub(r"(?<=\w)'(?=\w)", "\N{RIGHT SINGLE QUOTATION MARK}", cell.source)
            # The page stands alone: a file beside the notebook is not there.
            cell.source = re.sub(r"\[([^]]+)\]\((?!https?:|#)[^)]+\)", r"\1", cell.source)
        for output in cell.get("outputs", []):
            if "text/html" in output.get("data", {}):
                output.data["text/html"] = re.sub(r"(?<=>)[^<>]+(?=<)", _in_print, output.data["text/html"])
            if "image/svg+xml" in output.get("data", {}):
                mark = f"figure-{len(figures)}"
                figures[mark] = output.data["image/svg+xml"]
                output.data["image/svg+xml"] = mark
    return bare, figures


def _in_print(text: re.Match[str]) -> str:
    """A text between two tags of a table or of a paragraph with the signs of print."""
    return html.escape(typeset(html.unescape(text[0])), quote=False)


def _lower_headings(body: str) -> str:
    """Headings one level down: the page has the first level.

    Examples
    --------
    >>> _lower_headings("<h1>How?</h1>")
    '<h2>How?</h2>'
    """
    return re.sub(r"(</?h)(\d)", lambda match: f"{match[1]}{int(match[2]) + 1}", body)


def _caption_of(table: str) -> str:
    """The caption of a table in HTML, still escaped; blank where the HTML is no table.

    Examples
    --------
    >>> _caption_of("<table><caption>a &lt; b</caption></table>"), _caption_of("<p>no table</p>")
    ('a &lt; b', '')
    """
    match = re.match(r"<table><caption>(.*?)</caption>", table, re.S)
    return match[1] if match else ""
