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
from ..prose import Table, unbroken
from .artwork import packed, slices, svg_size, without_notes
from .document import Block, Cited, Heading, Items, Paragraph, Picture, Works, column_shares, numbered, superscripts

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# A figure, or a part of one, is not higher than this on a page of A4 with its legend, in points.
_HIGHEST = 235.0 * 72 / 25.4
# The height of the text of a page, in millimetres.
_PAGE = 261.0
# A word longer than this may break anywhere.
_LONGEST = 24
# A row with a cell of more letters than this may go over to the next page.
_LONGEST_ROW = 400
# A table of so many letters stands on one page.
_SHORT_TABLE = 1200
# A paragraph of more letters than this may go over to the next page.
_LONGEST_PARAGRAPH = 1800
_BREAK = "\N{ZERO WIDTH SPACE}"


def render_report(blocks: list[Block], title: str, description: str, footer: str) -> bytes:
    """A document as tagged PDF that claims PDF/UA-1: title, language, alternative texts, embedded fonts, no date.

    Each figure has the size that it was drawn for, without its notes, which stand in its legend. One that is higher
    than a page is cut between two of its rows.

    Parameters
    ----------
    blocks : list of Block
        The first is the heading of level 1. Figures and tables without a label are numbered.
    title, description, footer : str
        For the metadata, and for the foot of each page.

    Returns
    -------
    bytes
        The same for the same blocks. Letters that no font here has are counted in brackets, as in the figures.
    """
    files: dict[str, bytes] = {}
    plain = [_plain(block, files) | {"place": place} for place, block in enumerate(numbered(blocks))]
    content = {
        "title": title,
        "description": description,
        "footer": legible(footer),
        "blocks": plain,
    }
    families = families_for(json.dumps(content, ensure_ascii=False))
    content["fonts"] = families
    files["main.typ"] = _template()
    files["content.json"] = json.dumps(content, ensure_ascii=False).encode()
    folders = [str(_FONTS), *(str(Path(findfont(family)).parent) for family in families)]
    return _compile(files, folders, format="pdf", pdf_standards=["ua-1"])


def in_print_order(pictures: list[Picture], above: list[str]) -> list[Picture]:
    """Figures in the order in which they fill the pages of a document that they open, after some paragraphs.

    Parameters
    ----------
    pictures : list of Picture
        In the order that is wished for.
    above : list of str
        The title and the paragraphs before the first figure.
    """
    page = _PAGE - 8.0 - sum(4.0 + 4.0 * (1 + len(text) // 105) for text in above)
    heights = [
        svg_size(without_notes(picture.svg))[1] * 25.4 / 72 + 8.0 + 3.4 * (1 + len(picture.notes) // 130)
        for picture in pictures
    ]
    return [pictures[place] for place in packed(heights, page, _PAGE)]


def first_page_holds(pdf: bytes, words: str) -> bool:
    """Whether the first page of a PDF has some words, by the last of them, whatever stands between their letters."""
    wanted = re.sub(r"\W", "", legible(words))[-30:]
    with pypdfium2.PdfDocument(pdf) as pages:
        return wanted in re.sub(r"\W", "", pages[0].get_textpage().get_text_bounded())


def rasterise(svg: str, dpi: float) -> bytes:
    """A published SVG in its printed size as PNG, with `dpi` pixels an inch."""
    wide, high = svg_size(svg)
    page = f'#set page(width: {wide}pt, height: {high}pt, margin: 0pt)\n#image("figure.svg", width: 100%, height: 100%)'
    # Its letters are outlines: no font is asked for.
    return _compile({"main.typ": page.encode(), "figure.svg": svg.encode()}, [], format="png", ppi=dpi)


def _compile(files: dict[str, bytes], folders: list[str], **asked) -> bytes:
    with warnings.catch_warnings():
        # Letters without a font were replaced before. Whatever else it warns of is no fault of a case.
        warnings.simplefilter("ignore")
        return typst.compile(files, font_paths=folders, ignore_system_fonts=True, timestamp=0, **asked)


@functools.cache
def _template() -> bytes:
    return _TEMPLATE.read_bytes()


def _readable(text: str) -> str:
    """A text whose letters a font here can draw, whose units stay with their numbers, and what runs left isolated."""
    return isolated(unbroken(legible(text)))


def _breakable(text: str) -> str:
    r"""A text with marks where its long words may break, which the template takes out; a DOI is never broken.

    Examples
    --------
    >>> _breakable("short"), _breakable("a" * 30).count("\u200b"), _breakable("doi:10.1186/s13075-024-03418-2")
    ('short', 2, 'doi:10.1186/s13075-024-03418-2')
    """
    return re.sub(
        rf"(?<!\S)(?!doi:)\S{{{_LONGEST},}}",
        lambda word: re.sub(r"(.{12})(?=.)", rf"\1{_BREAK}", word[0]),
        _readable(text),
    )


def _marked(text: str) -> list[dict]:
    """A text in parts, each with whether it is the mark of a footnote."""
    return [{"text": _breakable(part), "raised": raised} for part, raised in superscripts(text)]


def _plain(block: Block, files: dict[str, bytes]) -> dict:
    """A block as data for the template; the parts of a figure go to the files."""
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
            parts = slices(without_notes(block.svg), _HIGHEST)
            names = {f"{block.name}-{number}.svg": part for number, part in enumerate(parts, 1)}
            files.update((name, part.encode()) for name, part in names.items())
            return {
                "kind": "picture",
                "files": [*names],
                "alt": block.alt,
                "label": block.label,
                "legend": _readable(f"{block.legend} {block.notes}".strip()),
                "width": svg_size(block.svg)[0],
            }
        case Table():
            cells = [[_marked(cell) for cell in row] for row in block.cells()]
            return {
                "kind": "table",
                "label": block.label,
                "caption": _readable(block.caption),
                "head": [str(name) for name in block.frame.columns],
                "cells": cells,
                "widths": column_shares(block),
                # A row stays on one page, unless it could be higher than that.
                "splits": max((len(cell) for row in block.cells() for cell in row), default=0) > _LONGEST_ROW,
                "short": sum(len(cell) for row in block.cells() for cell in row) <= _SHORT_TABLE,
                "notes": [_marked(note) for note in block.notes],
            }
