"""Word files: real headings, tables and captions, pictures with alternative text, and the same bytes every time."""

import io
import re
import zipfile
from concurrent.futures import ThreadPoolExecutor
from itertools import takewhile

import docx
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm, Pt, RGBColor
from PIL import Image

from ..characters import isolated
from ..figures import encode_png, text_width
from ..files import zip_bytes
from ..prose import Table, unbroken
from .artwork import svg_size, without_notes
from .document import (
    LINE,
    Block,
    Cited,
    Heading,
    Items,
    Paragraph,
    Picture,
    Works,
    column_shares,
    numbered,
    superscripts,
)
from .pdf import rasterise

# Figures are drawn for this width, in millimetres; one that is higher than a page with its legend is set smaller.
_WIDE = 180.0
_HIGHEST = 235.0
# The height of the text of a page in millimetres; and of a title, a paragraph and a legend how many letters a line has
# in the widest of the fonts that may replace ours, the height of a line, and the gap below in millimetres.
_TOP, _BOTTOM = 17, 19
_BODY_HIGH = 297.0 - _TOP - _BOTTOM
_TITLE, _BODY, _LEGEND = (44, 6.6, 1.5), (80, 4.6, 2.5), (92, 4.2, 3.5)
# Sizes of headings in points; every letter is black, and of one font that each office program has.
_FONT, _HEADINGS = "Arial", {1: 15, 2: 12}
_HANGING = Mm(8)
# The margin of a cell at its sides in twentieths of a point: a millimetre, so that no word is broken.
_MARGIN = 57
# Letters of a table in points; smaller ones where its words ask for more than the width of a page.
_CELL, _SMALLEST = 8.0, 5.0
# A column is so much wider than its widest word: an office program without the font takes one that may be wider.
_ROOM = 1.2
# A word wider than this, in millimetres, may be broken; a digest or an address is.
_WIDEST_WORD = 36.0
# Within a word a line may end behind the hyphen of a compound.
_WORDS = re.compile(r" +|(?<=[a-z]-)(?=[a-z])")
# The author pages that presets.py cites ask for at least 300 pixels an inch.
_DPI = 300
# Characters that XML cannot hold.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")


def render_word(blocks: list[Block], title: str, pictures: dict[str, bytes]) -> bytes:
    """A document as a Word file.

    Parameters
    ----------
    blocks : list of Block
        The first is the heading of level 1. Figures and tables without a label are numbered.
    title : str
        For the properties of the file.
    pictures : dict of bytes
        PNG of each figure in the document by name, from `draw_pictures`.

    Returns
    -------
    bytes
        The same for the same blocks.
    """
    document = docx.Document()
    _set_up(document, title)
    highest = _on_first_page(blocks)
    for block in numbered(blocks):
        match block:
            case Heading():
                document.add_heading(_held(block.text), level=block.level)
            case Paragraph():
                document.add_paragraph(_text(block.text))
            case Cited():
                _add_cited(document.add_paragraph(), block)
            case Works():
                for number, line in block.lines.items():
                    _add_work(document.add_paragraph(), number, line)
            case Items():
                for text in block.texts:
                    document.add_paragraph(_text(text), style="List Bullet")
            case Picture():
                _add_picture(document, block, pictures[block.name], highest.get(block.name, _HIGHEST))
                _caption(document, block.label, f"{block.legend} {block.notes}".strip())
            case Table():
                _caption(document, block.label, block.caption).paragraph_format.keep_with_next = True
                _add_table(document, block)
    buffer = io.BytesIO()
    document.save(buffer)
    # As python-docx saves it, each part has the time at which it was written.
    with zipfile.ZipFile(buffer) as made:
        return zip_bytes({part: made.read(part) for part in made.namelist()})


def draw_pictures(pictures: list[Picture]) -> dict[str, bytes]:
    """PNG of each figure by name, made from its published SVG, with its title and alternative text."""
    with ThreadPoolExecutor() as pool:
        return dict(zip((picture.name for picture in pictures), pool.map(_draw, pictures), strict=True))


def _draw(picture: Picture) -> bytes:
    with Image.open(io.BytesIO(rasterise(without_notes(picture.svg), _DPI))) as drawn:
        return encode_png(drawn.convert("RGB"), _DPI, picture.title, picture.alt)


def _text(text: str) -> str:
    """A running text as it is shown: its numbers bound to their units."""
    return unbroken(_held(text))


def _held(text: str) -> str:
    """A text as XML can hold it, its words from right to left isolated."""
    return isolated(_CONTROL.sub("\ufffd", text))


def _set_up(document, title: str) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = Mm((210 - _WIDE) / 2)
    section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
    normal = document.styles["Normal"]
    normal.font.size = Pt(10)
    for name in ("Normal", "Caption", *(f"Heading {level}" for level in _HEADINGS)):
        _set_letters(document.styles[name])
    for level, size in _HEADINGS.items():
        document.styles[f"Heading {level}"].font.size = Pt(size)
    normal.paragraph_format.space_after = Pt(6)
    # A title stands at the margin.
    document.styles["Heading 1"].paragraph_format.space_before = Pt(0)
    _number_pages(section.footer.paragraphs[0])
    document.styles["Caption"].font.bold = False
    language = normal.element.get_or_add_rPr().makeelement(qn("w:lang"), {qn("w:val"): "en-GB"})
    normal.element.get_or_add_rPr().append(language)
    properties = document.core_properties
    properties.title, properties.language = _held(title)[:255], "en-GB"
    properties.author = properties.last_modified_by = properties.comments = ""
    # Else the file would have the dates of the template of python-docx.
    for name in ("dcterms:created", "dcterms:modified"):
        for element in properties._element.findall(qn(name)):
            properties._element.remove(element)


def _number_pages(paragraph) -> None:
    """The number of each page and of all pages, counted by whatever opens the file."""
    paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
    for name, before in (("PAGE", ""), ("NUMPAGES", " / ")):
        run = paragraph.add_run(before)
        for kind, text in (("begin", None), (None, name), ("end", None)):
            part = OxmlElement("w:fldChar" if kind else "w:instrText")
            if kind:
                part.set(qn("w:fldCharType"), kind)
            part.text = text
            run._r.append(part)


def _set_letters(style) -> None:
    """Black letters of one font: those of the theme are blue, and another font is in each program."""
    style.font.name, style.font.color.rgb = _FONT, RGBColor(0, 0, 0)
    fonts = style.element.rPr.rFonts
    for script in ("ascii", "hAnsi", "eastAsia", "cs"):
        fonts.attrib.pop(qn(f"w:{script}Theme"), None)
        fonts.set(qn(f"w:{script}"), _FONT)
    fonts.attrib.pop(qn("w:cstheme"), None)


def _add_work(paragraph, number: int, line: str) -> None:
    """A reference, its lines hanging from its number."""
    paragraph.add_run(_held(f"{number}.\t{line}"))
    shape = paragraph.paragraph_format
    shape.left_indent, shape.first_line_indent, shape.space_after = _HANGING, -_HANGING, Pt(3)
    shape.tab_stops.add_tab_stop(_HANGING)


def _add_cited(paragraph, cited: Cited) -> None:
    """Words with the numbers of what they cite, raised."""
    for piece, mark in cited.parts():
        paragraph.add_run(_text(piece.text))
        if mark:
            paragraph.add_run(mark).font.superscript = cited.raised or None


def _add_marked(paragraph, text: str, bold: bool = False, size: float = _CELL) -> None:
    """A text of a table, the marks of its footnotes raised."""
    for part, raised in superscripts(text):
        run = paragraph.add_run(_text(part))
        run.font.size, run.font.superscript, run.font.bold = Pt(size), raised or None, bold or None


def _caption(document, label: str, text: str):
    """A caption behind its label, on one line with its number."""
    caption = document.add_paragraph(style="Caption")
    caption.add_run(label.replace(" ", "\N{NO-BREAK SPACE}") + ". ").bold = True
    caption.add_run(_text(text))
    return caption


def _on_first_page(blocks: list[Block]) -> dict[str, float]:
    """The height that the text above a figure and its legend leave it on the first page, by the name of the figure.

    Nothing where it fits as it is, or would lose more than 15 in a hundred: it then stands on a page of its own.
    """
    above = [*takewhile(lambda block: isinstance(block, Heading | Paragraph), blocks)]
    picture = next(iter(blocks[len(above) :]), None)
    if not isinstance(picture, Picture):
        return {}
    texts = [(block.text, _TITLE if isinstance(block, Heading) else _BODY) for block in above]
    texts.append((f"Figure 1. {picture.legend} {picture.notes}", _LEGEND))
    room = _BODY_HIGH - sum(-(-len(text) // letters) * line + gap for text, (letters, line, gap) in texts)
    high = svg_size(without_notes(picture.svg))[1] * 25.4 / 72
    return {picture.name: room} if 0.85 * high <= room < high else {}


def _add_picture(document, picture: Picture, png: bytes, highest: float) -> None:
    wide, high = svg_size(without_notes(picture.svg))
    width = min(wide * 25.4 / 72, highest * wide / high)
    shape = document.add_picture(io.BytesIO(png), width=Mm(width))
    # Without these some programs set it off from the edge of the text.
    for side in ("distT", "distB", "distL", "distR"):
        shape._inline.set(side, "0")
    described = shape._inline.docPr
    described.set("descr", _held(picture.alt))
    described.set("title", _held(picture.title))
    document.paragraphs[-1].paragraph_format.keep_with_next = True


def _widest_word(text: str, weight: str = "normal") -> float:
    """The width of the widest word of a text in a table, in millimetres."""
    widths = (text_width(word, _CELL, weight) for word in _WORDS.split(_text(text)) if word.strip())
    return min(_WIDEST_WORD, max(widths, default=0.0))


def _columns(table: Table) -> tuple[list[float], float]:
    """The widths of the columns of a table in millimetres, and the size of its letters in points.

    No column is narrower than its widest word, bold in the head, and some room; the rest is shared. Where the words
    ask for more than a page has, the letters are smaller.
    """
    columns = zip(map(str, table.frame.columns), *table.cells(), strict=True)
    words = [max(_widest_word(head, "bold"), *map(_widest_word, texts), 0.0) for head, *texts in columns]
    margins = 2 * _MARGIN / 1440 * 25.4
    shrunk = min(1.0, (_WIDE - len(words) * margins) / (_ROOM * sum(words) or 1.0))
    least = [(_ROOM * shrunk * width + margins) * LINE / _WIDE for width in words]
    shares = column_shares(table, least)
    return [_WIDE * share / sum(shares) for share in shares], max(_SMALLEST, int(2 * _CELL * shrunk) / 2)


def _add_table(document, table: Table) -> None:
    rows = [[str(name) for name in table.frame.columns], *table.cells()]
    made = document.add_table(rows=len(rows), cols=len(rows[0]))
    _rule_three(made)
    made.autofit = False
    shares, size = _columns(table)
    widths = [*map(Mm, shares)]
    for column, width in zip(made.columns, widths, strict=True):
        column.width = width
    for place, (row, texts) in enumerate(zip(made.rows, rows, strict=True)):
        for cell, text, width in zip(row.cells, texts, widths, strict=True):
            cell.width = width
            _add_marked(cell.paragraphs[0], text, place == 0, size)
            cell.paragraphs[0].paragraph_format.space_after = Pt(1)
        # A row stays on one page.
        row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    # The header is repeated on each page, and a screen reader reads it as a header.
    made.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
    notes = [document.add_paragraph() for _ in table.notes]
    for paragraph, note in zip(notes, table.notes, strict=True):
        _add_marked(paragraph, note)
        paragraph.paragraph_format.space_after = Pt(6) if paragraph is notes[-1] else Pt(0)
    if not notes:
        # A table ends with a paragraph; that of the last one opens no page.
        gap = document.add_paragraph().paragraph_format
        gap.line_spacing, gap.space_after = Pt(6), Pt(0)


def _rule_three(made) -> None:
    """The three lines of a printed table, above, below its head, and below; its text begins at the edge of the page."""
    borders = OxmlElement("w:tblBorders")
    for side in ("top", "bottom"):
        borders.append(_line(side, "8"))
    margins = OxmlElement("w:tblCellMar")
    margins.extend([_sized("left", _MARGIN), _sized("right", _MARGIN)])
    # Word asks for this order.
    look = made._tbl.tblPr.find(qn("w:tblLook"))
    for part in (_sized("tblInd", 0), borders, margins):
        look.addprevious(part)
    for cell in made.rows[0].cells:
        edges = OxmlElement("w:tcBorders")
        edges.append(_line("bottom", "4"))
        cell._tc.get_or_add_tcPr().append(edges)


def _sized(name: str, twips: int):
    """A length of a table by its name in WordprocessingML."""
    sized = OxmlElement(f"w:{name}")
    sized.set(qn("w:w"), str(twips))
    sized.set(qn("w:type"), "dxa")
    return sized


def _line(side: str, eighths: str):
    """A single line, its width in eighths of a point."""
    line = OxmlElement(f"w:{side}")
    for name, value in {"val": "single", "sz": eighths, "space": "0", "color": "000000"}.items():
        line.set(qn(f"w:{name}"), value)
    return line
