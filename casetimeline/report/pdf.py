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
from .artwork import slices, svg_size, without_notes
from .document import Block, Cited, Heading, Items, Paragraph, Picture, Works, column_shares, numbered, superscripts

_TEMPLATE = Path(__file__).parent / "templates" / "report.typ"
_FONTS = Path(matplotlib.get_data_path()) / "fonts" / "ttf"
# The height of the text of a page, what a figure has above and below its legend, and a line of that, in millimetres.
PAGE, _BETWEEN, _LINE = 261.0, 6.0, 3.6
# How far up the foot of a page reaches, in millimetres.
_FOOT = 18.0
# A figure that is a few millimetres too high for a page is drawn that much smaller: its letters stay above 5.6 points.
_SMALLEST = 0.94
# As many letters of a legend stand in a line.
_LETTERS = 118
# A word longer than this may break anywhere.
_LONGEST = 24
# A row with a cell of more letters than this may go over to the next page.
_LONGEST_ROW = 400
# A table of so few rows, or a list, stands on one page if it has no more letters.
_FEW_ROWS, _SHORT_TABLE = 6, 1200
_BREAK = "\N{ZERO WIDTH SPACE}"
# Where an address may break, and any other long word.
_OF_ADDRESS, _TWELVE = re.compile(r"(?<=\w/)(?=\w)|(?<=\w)(?=-\w)"), re.compile(r"(.{12})(?=.)")


def render_report(blocks: list[Block], title: str, description: str, footer: str) -> bytes:
    """A document as tagged PDF that claims PDF/UA-1: title, language, alternative texts, embedded fonts, no date.

    Each figure has the size that it was drawn for, without its notes, which stand in its legend. One that has no room
    on a page with its legend is drawn a little smaller where a few millimetres are missing; else it stands there in
    its parts, or is cut between two of its rows.

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
    folders = [str(_FONTS), *(str(Path(findfont(family)).parent) for family in families)]

    def compiled(closeness: int) -> bytes:
        """The document, closer together where that is asked for: its lines, then its letters as well."""
        files["content.json"] = json.dumps({**content, "closeness": closeness}, ensure_ascii=False).encode()
        return _compile(files, folders, format="pdf", pdf_standards=["ua-1"])

    made = compiled(0)
    for closeness in (1, 2) if _ends_early(made) else ():
        closer = compiled(closeness)
        if _pages_of(closer) < _pages_of(made):
            return closer
    return made


def room_for(legend: str) -> float:
    """The greatest height in millimetres of a figure that stands on one page with its legend.

    Examples
    --------
    >>> room_for("Course of the case."), room_for("A line of a legend. " * 12)
    (251.4, 244.2)
    """
    return PAGE - _around(legend)


def _around(legend: str) -> float:
    """The height in millimetres of a legend and of what is above and below it."""
    return _BETWEEN + _LINE * -(-len(legend) // _LETTERS)


def printed_heights(picture: Picture) -> list[float]:
    """The height in millimetres of a figure with its legend in print; of one in parts, of each of these."""
    parts = picture.parts or [(without_notes(picture.svg), f"{picture.legend} {picture.notes}")]
    return [svg_size(svg)[1] * 25.4 / 72 + _around(legend) for svg, legend in parts]


def _pages_of(pdf: bytes) -> int:
    with pypdfium2.PdfDocument(pdf) as pages:
        return len(pages)


def _ends_early(pdf: bytes) -> bool:
    """Whether a document of several pages ends in the first half of one."""
    with pypdfium2.PdfDocument(pdf) as pages:
        last = pages[len(pages) - 1]
        # The foot of the page is no part of its text.
        ends = [thing.get_bounds()[1] for thing in last.get_objects(max_depth=1)]
        text = [end for end in ends if end > _FOOT * 72 / 25.4]
        return len(pages) > 1 and min(text, default=0.0) > 0.48 * last.get_height()


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

    An address breaks behind a slash, or before a hyphen.

    Examples
    --------
    >>> _breakable("short"), _breakable("a" * 30).count("\u200b"), _breakable("doi:10.1186/s13075-024-03418-2")
    ('short', 2, 'doi:10.1186/s13075-024-03418-2')
    """
    return re.sub(
        rf"(?<!\S)(?!doi:)\S{{{_LONGEST},}}",
        lambda word: _OF_ADDRESS.sub(_BREAK, word[0]) if "/" in word[0] else _TWELVE.sub(rf"\1{_BREAK}", word[0]),
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
            return {"kind": "cited", "pieces": pieces, "raised": block.raised}
        case Works():
            works = [{"number": str(number), "text": _breakable(line)} for number, line in block.lines.items()]
            return {"kind": "works", "works": works}
        case Items():
            texts = [_breakable(text) for text in block.texts]
            return {"kind": "items", "texts": texts, "splits": sum(map(len, texts)) > _SHORT_TABLE}
        case Picture():
            return _picture(block, files)
        case Table():
            return _table(block)


def _picture(block: Picture, files: dict[str, bytes]) -> dict:
    """A figure as data for the template, in as many parts as its pages; these go to the files."""
    legend = f"{block.legend} {block.notes}".strip()
    bare, room = without_notes(block.svg), room_for(legend) * 72 / 25.4
    wide, high = svg_size(bare)
    share = 1.0 if block.parts else min(1.0, room / high)
    cut = slices(bare, room) if share < _SMALLEST else [bare]
    parts = block.parts or [(part, legend if not place else "") for place, part in enumerate(cut)]
    if not block.parts and len(parts) > 1:
        parts[0] = (parts[0][0], f"{legend} Continued on the next page.")
    names = {f"{block.name}-{number}.svg": svg for number, (svg, _) in enumerate(parts, 1)}
    files.update((name, svg.encode()) for name, svg in names.items())
    return {
        "kind": "picture",
        "files": [*names],
        "alt": block.alt,
        "label": block.label,
        "legends": [_readable(part_legend) for _, part_legend in parts],
        "width": wide * share if len(parts) == 1 else wide,
    }


def _table(block: Table) -> dict:
    """A table as data for the template."""
    cells = [[_marked(cell) for cell in row] for row in block.cells()]
    shares = column_shares(block)
    return {
        "kind": "table",
        "label": block.label,
        "caption": _readable(block.caption),
        "head": [str(name) for name in block.frame.columns],
        "cells": cells,
        "widths": shares,
        # Rows of several lines are told apart by a thin rule.
        "parted": any(len(cell) > share for row in block.cells() for cell, share in zip(row, shares, strict=True)),
        # A row stays on one page, unless it could be higher than that.
        "splits": max((len(cell) for row in block.cells() for cell in row), default=0) > _LONGEST_ROW,
        "short": len(cells) <= _FEW_ROWS and sum(len(c) for row in block.cells() for c in row) <= _SHORT_TABLE,
        "notes": [_marked(note) for note in block.notes],
    }
