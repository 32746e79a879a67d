"""The report as PDF/UA-1, and pictures of published figures, both by the Typst compiler that ships in its wheel."""

import functools
import json
import re
import warnings
from pathlib import Path

import matplotlib
import pypdfium2
import typst
from matplotlib.font_manager import findfont

from ..characters import isolated
from ..figures import families_for, legible
from ..prose import Table
from .document import Block, Cited, Heading, Items, Paragraph, Picture, Works, column_shares, superscripts

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# A figure is not higher than this on a page of A4 with its caption, in millimetres.
_HIGHEST = 190.0
_WIDE = 170.0
# The shares of the width that the figure of a first page may have, the best first: below the last it could not be read.
_ON_PAGE_ONE = (1.0, 0.93, 0.86, 0.79, 0.72)
# No such figure is higher: the title stands above it.
_HIGHEST_ON_PAGE_ONE = 205.0
# A word longer than this may break anywhere.
_LONGEST = 24
# A row with a cell of more letters than this may go over to the next page.
_LONGEST_ROW = 400
# A paragraph of more letters than this may go over to the next page.
_LONGEST_PARAGRAPH = 1800
_BREAK = "​"


def render_report(blocks: list[Block], title: str, description: str, footer: str, highest: float = 0.0) -> bytes:
    """A document as tagged PDF that claims PDF/UA-1: title, language, alternative texts, embedded fonts, no date.

    Parameters
    ----------
    blocks : list of Block
        The first is the heading of level 1.
    title, description, footer : str
        For the metadata, and for the foot of each page.
    highest : float
        No figure is higher than this, in millimetres, and each stands where it is told. Without it a figure may be as
        high as a page, and stands where it leaves no gap.

    Returns
    -------
    bytes
        The same for the same blocks. Letters that no font here has are counted in brackets, as in the figures.
    """
    floats = not highest
    plain = [_plain(block, highest or _HIGHEST) for block in blocks]
    content = {
        "title": title,
        "description": description,
        "footer": legible(footer),
        "blocks": plain,
        "floats": floats,
    }
    families = families_for(json.dumps(content, ensure_ascii=False))
    content["fonts"] = families
    files = {_file(block): block.svg.encode() for block in blocks if isinstance(block, Picture)}
    files["main.typ"] = _template()
    files["content.json"] = json.dumps(content, ensure_ascii=False).encode()
    folders = [str(Path(findfont(family)).parent) for family in families]
    return _compile(files, folders, format="pdf", pdf_standards=["ua-1"])


def render_first_page(blocks: list[Block], title: str, description: str, footer: str, until: str) -> bytes:
    """As `render_report`, with the widest figure beside which the first page still holds all up to some words.

    Where it cannot be read at such a width, it has the whole width, and the words stand on the next page.

    Parameters
    ----------
    blocks, title, description, footer
        As for `render_report`.
    until : str
        The last words that the first page should have.
    """
    wanted = re.sub(r"\W", "", legible(until))[-30:]
    sizes = [svg_size(block.svg) for block in blocks if isinstance(block, Picture)]
    natural = max((_WIDE * high / wide for wide, high in sizes), default=_HIGHEST_ON_PAGE_ONE)
    heights = [min(_HIGHEST_ON_PAGE_ONE, natural * share) for share in _ON_PAGE_ONE]
    made = (render_report(blocks, title, description, footer, height) for height in heights)
    first = next(made)
    return first if _holds(first, wanted) else next((each for each in made if _holds(each, wanted)), first)


def _holds(pdf: bytes, wanted: str) -> bool:
    """Whether the first page of a PDF has some letters in this order, whatever stands between them."""
    with pypdfium2.PdfDocument(pdf) as pages:
        return wanted in re.sub(r"\W", "", pages[0].get_textpage().get_text_bounded())


def rasterise(svg: str, dpi: float) -> bytes:
    """A published SVG in its printed size as PNG, with `dpi` pixels an inch."""
    wide, high = svg_size(svg)
    page = f'#set page(width: {wide}pt, height: {high}pt, margin: 0pt)\n#image("figure.svg", width: 100%, height: 100%)'
    return _compile({"main.typ": page.encode(), "figure.svg": svg.encode()}, [], format="png", ppi=dpi)


def svg_size(svg: str) -> tuple[float, float]:
    """Width and height of an SVG in points, from its opening tag.

    Examples
    --------
    >>> svg_size('<svg width="510.2pt" height="200pt" viewBox="0 0 510.2 200">')
    (510.2, 200.0)
    """
    head = svg[: svg.index(">")]
    width, height = (float(re.search(rf'\b{name}="([\d.]+)pt"', head)[1]) for name in ("width", "height"))
    return width, height


def _compile(files: dict[str, bytes], folders: list[str], **asked) -> bytes:
    with warnings.catch_warnings():
        # Letters without a font were replaced before. Whatever else it warns of is no fault of a case.
        warnings.simplefilter("ignore")
        return typst.compile(files, font_paths=[str(_FONTS), *folders], ignore_system_fonts=True, timestamp=0, **asked)


@functools.cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _file(picture: Picture) -> str:
    return f"{picture.name}.svg"


def _readable(text: str) -> str:
    """A text whose letters a font here can draw, and whose words from right to left are isolated."""
    return isolated(legible(text))


def _breakable(text: str) -> str:
    r"""A text whose long words may break, and whose letters a font here can draw.

    Examples
    --------
    >>> _breakable("short"), _breakable("a" * 30).count("\u200b")
    ('short', 2)
    """
    return re.sub(rf"\S{{{_LONGEST},}}", lambda word: re.sub(r"(.{12})(?=.)", rf"\1{_BREAK}", word[0]), _readable(text))


def _marked(text: str) -> list[dict]:
    """A text in parts, each with whether it is the mark of a footnote."""
    return [{"text": _breakable(part), "raised": raised} for part, raised in superscripts(text)]


def _plain(block: Block, highest: float) -> dict:
    """A block as data for the template."""
    match block:
        case Heading():
            return {"kind": "heading", "level": block.level, "text": _readable(block.text)}
        case Paragraph():
            return {"kind": "paragraph", "text": _breakable(block.text)}
        case Cited():
            pieces = [{"text": _readable(piece.text), "mark": mark} for piece, mark in block.parts()]
            long = sum(len(piece.text) for piece in block.pieces) > _LONGEST_PARAGRAPH
            return {"kind": "cited", "pieces": pieces, "splits": long, "raised": block.raised}
        case Works():
            works = [{"number": str(number), "text": _breakable(line)} for number, line in block.lines.items()]
            return {"kind": "works", "works": works}
        case Items():
            return {"kind": "items", "texts": [_breakable(text) for text in block.texts]}
        case Picture():
            wide, high = svg_size(block.svg)
            height = min(highest, _WIDE * high / wide)
            return {
                "kind": "picture",
                "file": _file(block),
                "alt": block.alt,
                "legend": legible(block.legend),
                "height": height,
            }
        case Table():
            cells = [[_marked(cell) for cell in row] for row in block.cells()]
            return {
                "kind": "table",
                "caption": _readable(block.caption),
                "head": [str(name) for name in block.frame.columns],
                "cells": cells,
                "widths": column_shares(block),
                # A row stays on one page, unless it could be higher than that.
                "splits": max((len(cell) for row in block.cells() for cell in row), default=0) > _LONGEST_ROW,
                "notes": [_marked(note) for note in block.notes],
            }
