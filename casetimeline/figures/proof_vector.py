"""Proof of SVG and PDF: size, letters, words, nothing over another or from outside."""

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET

from ..presets import Preset
from .finding import Finding, found
from .outlines import SVG, Words, parse_svg, read_texts
from .vision import VIEWS, contrast

# Elements of an SVG by matplotlib. A rectangle could cover the drawing: there is none outside of patterns and clips.
_DRAWING = {"svg", "title", "desc", "metadata", "defs", "style", "g", "path", "use", "clipPath", "pattern", "rect"}
_DRAWING |= {str(ET.Comment)}
# WCAG 2.1, success criterion 1.4.3.
LEAST_TEXT = 4.5


def prove_svg(content: bytes, preset: Preset) -> list[Finding]:
    """Width, least letters, words, nothing outside, no text over another, no link outwards, contrast of letters."""
    root = parse_svg(content)
    width = float(root.get("width", "0pt").removesuffix("pt")) / 72 * 25.4
    texts = read_texts(root)
    left, top, right, bottom = 0.0, 0.0, width, float(root.get("height", "0pt").removesuffix("pt")) / 72 * 25.4
    outside = [
        words.text
        for words in texts
        if words.box[0] < left or words.box[1] < top or words.box[2] > right or words.box[3] > bottom
    ]
    over = [
        f"{one.text!r} and {other.text!r}" for one, other in itertools.combinations(texts, 2) if _overlap(one, other)
    ]
    links = [link for each in root.iter() for link in _links(each)]
    strange = sorted({str(each.tag).rpartition("}")[2] for each in root.iter()} - _DRAWING)
    corner = (root.get("viewBox") or "").split()[:2]
    said = [root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc")]
    least = min((words.size for words in texts if words.size), default=0.0)
    faint = min((contrast(words.colour, view=view) for words in texts for view in ("", *VIEWS)), default=21.0)
    return [
        found("width, mm", f"{width:.1f}", preset.width_mm, abs(width - preset.width_mm) < 0.1),
        found("least letters, pt", f"{least:.2f}", f">= {preset.least_pt:g}", least >= preset.least_pt - 0.005),
        found("text cut off", "; ".join(outside) or "none", "none", not outside),
        found("text over text", "; ".join(over) or "none", "none", not over),
        found("links outwards", "; ".join(map(str, links)) or "none", "none", not links),
        found("elements that are no drawing", "; ".join(strange) or "none", "none", not strange),
        found("corner of the view", " ".join(corner), "0 0", corner == ["0", "0"]),
        found("title and description", f"{len(said[0])} and {len(said[1])} letters", "both", all(said)),
        found("contrast of letters", f"{faint:.1f}", f">= {LEAST_TEXT}", faint >= LEAST_TEXT),
    ]


def _links(element: ET.Element) -> list[str]:
    """What an element fetches from outside the file."""
    values = [value for name, value in element.attrib.items() if name.rpartition("}")[2] == "href"]
    styled = re.findall(r"(?:url\(|@import\s*)[\s\"']*([^)\s\"']+)", f"{element.get('style', '')} {element.text or ''}")
    return [value for value in [*values, *styled] if not value.startswith("#")]


def _overlap(one: Words, other: Words) -> bool:
    wide = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    high = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return wide > 0.2 and high > 0.2


def prove_pdf(content: bytes, preset: Preset) -> list[Finding]:
    """Width, embedded TrueType fonts, least letters, tags with an alternative text, title, language, no date."""
    import pikepdf

    with pikepdf.open(io.BytesIO(content)) as pdf:
        page = pdf.pages[0]
        width = float(page.MediaBox[2]) / 72 * 25.4
        fonts = {str(font.BaseFont): font for font in page.Resources.get("/Font", {}).values()}
        missing = [name for name, font in fonts.items() if not _is_embedded(font)]
        least = min(text_sizes(page), default=0.0)
        boxes = [name for name in ("/CropBox", "/UserUnit", "/Rotate") if name in page.obj]
        corner = [float(x) for x in page.MediaBox[:2]]
        acts = [name for name in ("/OpenAction", "/AA", "/Names", "/AcroForm") if name in pdf.Root]
        acts += [name for name in ("/AA", "/Annots") if len(page.obj.get(name, []))]
        tree = pdf.Root.get("/StructTreeRoot")
        alternative = str(tree.K.get("/Alt", "")) if tree is not None and "/K" in tree else ""
        tagged = bool(alternative) and bool(pdf.Root.get("/MarkInfo", {}).get("/Marked", False))
        words = [str(pdf.docinfo.get("/Title", "")), str(pdf.Root.get("/Lang", ""))]
        dates = [name for name in ("/CreationDate", "/ModDate") if name in pdf.docinfo]
        return [
            found("width, mm", f"{width:.1f}", preset.width_mm, abs(width - preset.width_mm) < 0.1),
            found("other boxes", "; ".join(boxes) or "none", "none", not boxes and corner == [0.0, 0.0]),
            found("actions", "; ".join(acts) or "none", "none", not acts),
            found("pages", len(pdf.pages), 1, len(pdf.pages) == 1),
            found("fonts not embedded as TrueType", "; ".join(missing) or "none", "none", bool(fonts) and not missing),
            found("least letters, pt", f"{least:.2f}", f">= {preset.least_pt:g}", least >= preset.least_pt - 0.005),
            found("tagged, with a text", f"{len(alternative)} letters", "yes", tagged),
            found("title and language", " and ".join(words), "both", all(words)),
            found("dates", "; ".join(dates) or "none", "none", not dates),
        ]


def _is_embedded(font) -> bool:
    parts = [font, *font.get("/DescendantFonts", [])]
    return any("/FontFile2" in part.get("/FontDescriptor", {}) for part in parts)


def text_sizes(page) -> list[float]:
    """Sizes in points of the letters of a page: the font's, times the scale of the page and of the text."""
    import pikepdf

    sizes, scales, font, text = [], [1.0], 0.0, 1.0
    for operands, operator in pikepdf.parse_content_stream(page):
        name = str(operator)
        if name == "q":
            scales.append(scales[-1])
        elif name == "Q":
            scales.pop()
        elif name == "cm":
            scales[-1] *= math.hypot(float(operands[0]), float(operands[1]))
        elif name == "BT":
            text = 1.0
        elif name == "Tm":
            text = math.hypot(float(operands[0]), float(operands[1]))
        elif name == "Tf":
            font = float(operands[1])
        elif name in ("Tj", "TJ"):
            sizes.append(font * scales[-1] * text)
    return sizes
