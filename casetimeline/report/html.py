"""The report as one page of HTML: it loads nothing from elsewhere, and no text of a case is ever read as markup."""

import copy
import html
import re
from dataclasses import dataclass
from pathlib import Path

import jinja2
import nbformat
from markupsafe import Markup

from ..characters import as_html
from ..prose import Table
from .document import Block, Heading, Items, Paragraph

_TEMPLATES = Path(__file__).parent / "templates"


@dataclass(frozen=True)
class Section:
    """One notebook in the report: its file stem, its title, and its HTML."""

    stem: str
    title: str
    body: str


def render_page(
    title: str, lead: list[str], front: list[Block], sections: list[Section], absent: list[str], back: list[Block]
) -> str:
    """The page of a report.

    Parameters
    ----------
    title : str
        The heading of level 1.
    lead : list of str
        Whom it is about, and what it is not for.
    front, back : list of Block
        What stands before and after the notebooks.
    sections : list of Section
        The notebooks, from `sections_of`.
    absent : list of str
        Sentences on notebooks that have nothing to show.
    """
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES), autoescape=True, trim_blocks=True, undefined=jinja2.StrictUndefined
    )
    environment.filters["as_html"] = lambda text: Markup(as_html(text))
    page = environment.get_template("report.html.j2").render(
        title=title,
        lead=lead,
        front=Markup(_blocks(front)),
        sections=[Section(section.stem, section.title, Markup(section.body)) for section in sections],
        absent=absent,
        back=Markup(_blocks(back)),
        contents=[(slug(block.text), block.text) for block in [*front, *back] if isinstance(block, Heading)],
        count=sum(isinstance(block, Heading) for block in front),
    )
    return page + "\n"


def slug(text: str) -> str:
    """An id made of a heading.

    Examples
    --------
    >>> slug("Results, in the words of a manuscript")
    'results-in-the-words-of-a-manuscript'
    """
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def _blocks(blocks: list[Block]) -> str:
    parts = []
    for block in blocks:
        match block:
            case Heading():
                parts.append(f'<h{block.level} id="{slug(block.text)}">{as_html(block.text)}</h{block.level}>')
            case Paragraph():
                parts.append(f"<p>{as_html(block.text)}</p>")
            case Items():
                parts.append("<ul>" + "".join(f"<li>{_linked(text)}</li>" for text in block.texts) + "</ul>")
            case Table():
                label = html.escape(block.caption, quote=True)
                parts.append(
                    f'<div class="output" tabindex="0" role="group" aria-label="{label}">{block._repr_html_()}</div>'
                )
    return "\n".join(parts)


def sections_of(notebooks: dict[str, nbformat.NotebookNode]) -> list[Section]:
    """Executed notebooks by stem, in the order of the report, as sections: results in sight, code and tables folded.

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
        sections.append(Section(stem, title.lstrip("# "), body.strip()))
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
        for output in cell.get("outputs", []):
            if "image/svg+xml" in output.get("data", {}):
                mark = f"figure-{len(figures)}"
                figures[mark] = output.data["image/svg+xml"]
                output.data["image/svg+xml"] = mark
    return bare, figures


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
