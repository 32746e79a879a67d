"""Proof of exported figures: every file is opened and measured against its preset.

Of a picture: size, colour mode, nothing cut off, and ink where letters are. Of an SVG or a PDF: size, letters, words,
no text over another, and nothing fetched from outside. Of the key: that everybody can tell its swatches apart.
"""

import io
import itertools
import math
import re
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import NamedTuple

import numpy as np

from .presets import NOTHING, PART, TOO_HIGH, Preset
from .sight import (
    SVG,
    VIEWS,
    DrawnText,
    apart,
    centre_of,
    contrast,
    covered_texts,
    parse_svg,
    read_drawn,
    read_texts,
    seen_as,
)


class Finding(NamedTuple):
    """One measured property of one file, what is asked of it, and whether it holds."""

    file: str
    what: str
    measured: str
    asked: str
    holds: bool


def measured(what: str, measured, asked, holds: bool) -> Finding:
    """A finding; the caller fills in its file."""
    return Finding("", what, str(measured), str(asked), bool(holds))


def proof_table(findings: list[Finding]) -> str:
    """Findings as tab-separated text, one a line, below a line of names."""
    rows = [("file", "property", "measured", "asked", "holds")]
    rows.extend((*finding[:4], "yes" if finding.holds else "no") for finding in findings)
    return "".join("\t".join(cell.replace("\t", " ").replace("\n", " ") for cell in row) + "\n" for row in rows)


_SWATCH_MM = (4.0, 2.8)
# Two swatches whose mean distance in L*a*b* is less count as alike. The limit was chosen here; no standard gives one.
LEAST_APART = 5.0


def _prove_raster(content: bytes, preset: Preset, dpi: float) -> tuple[list[Finding], dict]:
    from PIL import Image

    Image.MAX_IMAGE_PIXELS = None
    with Image.open(io.BytesIO(content)) as picture:
        wanted = preset.width_mm / 25.4 * dpi
        stored = tuple(float(x) for x in picture.info.get("dpi", (0, 0)))
        pixels = np.asarray(picture.convert("RGB"))
        edge = np.concatenate([pixels[[0, -1]].reshape(-1, 3), pixels[:, [0, -1]].reshape(-1, 3)])
        inked = int((edge < 250).any(axis=1).sum())
        findings = [
            measured("width, pixels", picture.width, f"{wanted:.0f}", abs(picture.width - wanted) <= 1.5),
            measured("resolution, dpi", f"{stored[0]:.0f}", f"{dpi:g}", all(abs(x - dpi) < 1 for x in stored)),
            measured("colour mode", picture.mode, "RGB", picture.mode == "RGB"),
            measured("ink on the edge, pixels", inked, 0, inked == 0),
        ]
        return findings, {**picture.info, "format": picture.format}


def prove_png(content: bytes, preset: Preset) -> list[Finding]:
    """Findings of a PNG: pixels, resolution, colour mode, nothing cut off, a title, no date and no program."""
    findings, info = _prove_raster(content, preset, preset.dpi / preset.reduce)
    extra = sorted(set(info) & {"Software", "Creation Time", "Author"})
    title = str(info.get("Title", ""))
    return [
        *findings,
        measured("title", f"{len(title)} letters", "one", bool(title)),
        measured("date or program", "; ".join(extra) or "none", "none", not extra),
    ]


def prove_tiff(content: bytes, preset: Preset) -> list[Finding]:
    """Findings of a TIFF: pixels, resolution, colour mode, compression, nothing cut off."""
    findings, info = _prove_raster(content, preset, preset.dpi)
    packed = str(info.get("compression", "none"))
    return [*findings, measured("compression", packed, "tiff_lzw", packed == "tiff_lzw")]


def prove_key(files: dict[str, bytes], preset: Preset) -> list[Finding]:
    """Findings of the key: its swatches, cut from the pixels, differ from each other and the ground in every view."""
    from PIL import Image

    root = parse_svg(files["svg"])
    with Image.open(io.BytesIO(files["png"])) as picture:
        pixels = np.asarray(picture)
    per_mm = pixels.shape[1] / preset.width_mm
    swatches = _cut_swatches(root, pixels, per_mm, preset)
    if not swatches:
        return []
    seen = {view: [seen_as(swatch, view) for swatch in swatches] for view in VIEWS}
    ground = seen_as(np.full_like(swatches[0], 255), "grayscale")
    faint = min((apart(swatch, ground), view) for view in VIEWS for swatch in seen[view])
    distance = f"{faint[0]:.0f}, {faint[1]}"
    findings = [measured("swatch on the ground", distance, f">= {LEAST_APART:g}", faint[0] >= LEAST_APART)]
    pairs = list(itertools.combinations(range(len(swatches)), 2))
    if pairs:
        nearest = min((apart(seen[view][i], seen[view][j]), view, i, j) for i, j in pairs for view in VIEWS)
        distance = f"{nearest[0]:.0f}, {nearest[1]}, swatches {nearest[2] + 1} and {nearest[3] + 1}"
        holds = nearest[0] >= LEAST_APART
        findings.append(measured("swatches of the key apart", distance, f">= {LEAST_APART:g}", holds))
    return findings


def prove_picture(content: bytes, size: tuple[float, float], texts: list[DrawnText], suffix: str) -> list[Finding]:
    """Findings of a picture beside its SVG: it has the same shape, and ink where the SVG has letters."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        pixels = np.asarray(picture.convert("L"))
    high = pixels.shape[1] * size[1] / size[0]
    # The width is a whole number of pixels; in a high picture that matters more.
    near = abs(pixels.shape[0] - high) <= 2 * max(1.0, size[1] / size[0])
    blank = [words.text for words in texts if not _has_ink(pixels, words, pixels.shape[1] / (size[0] / 72 * 25.4))]
    return [
        measured("height, pixels", pixels.shape[0], f"{high:.0f}", near)._replace(file=suffix),
        measured("letters of the SVG without ink", "; ".join(blank) or "none", "none", not blank)._replace(file=suffix),
    ]


def _has_ink(pixels: np.ndarray, words: DrawnText, per_mm: float) -> bool:
    left, top, right, bottom = (round(x * per_mm) for x in words.box)
    part = pixels[max(top - 1, 0) : bottom + 2, max(left - 1, 0) : right + 2]
    return part.size > 0 and int(part.min()) < 160 and int(part.max()) > 180


def _cut_swatches(root: ET.Element, pixels: np.ndarray, per_mm: float, preset: Preset) -> list[np.ndarray]:
    drawn = float(root.get("viewBox").split()[2])
    per_unit = pixels.shape[1] / drawn
    # The key is laid out at the drawn size; a preset with larger letters prints it larger.
    larger = preset.width_mm / (drawn / 72 * 25.4)
    half = [x / 2 * per_mm * larger for x in _SWATCH_MM]
    cut = []
    for group in root.iter(f"{SVG}g"):
        if ".key.swatch." not in f".{group.get('id') or ''}".replace("-ct.", ".ct."):
            continue
        x, y = (value * per_unit for value in centre_of(group))
        rows = slice(max(round(y - half[1]), 0), round(y - half[1]) + round(2 * half[1]))
        columns = slice(max(round(x - half[0]), 0), round(x - half[0]) + round(2 * half[0]))
        cut.append(pixels[rows, columns])
    least = [min(part.shape[i] for part in cut) for i in (0, 1)] if cut else [0, 0]
    return [part[: least[0], : least[1]] for part in cut]


# Elements that an SVG by matplotlib has. Its rectangles are in patterns and clip paths, where none covers the drawing.
_DRAWING = {"svg", "title", "desc", "metadata", "defs", "style", "g", "path", "use", "clipPath", "pattern", "rect"}
_DRAWING |= {str(ET.Comment)}
# WCAG 2.1, success criterion 1.4.3.
LEAST_TEXT = 4.5


def prove_svg(content: bytes, preset: Preset) -> list[Finding]:
    """Findings of an SVG: width, smallest letters, title and description, contrast, nothing cut off or from outside."""
    root = parse_svg(content)
    width = float(root.get("width", "0pt").removesuffix("pt")) / 72 * 25.4
    drawn = read_drawn(root)
    texts, hidden = [each for each in drawn if isinstance(each, DrawnText)], covered_texts(drawn)
    left, top, right, bottom = 0.0, 0.0, width, float(root.get("height", "0pt").removesuffix("pt")) / 72 * 25.4
    outside = [
        text.text
        for text in texts
        if text.box[0] < left or text.box[1] < top or text.box[2] > right or text.box[3] > bottom
    ]
    over = [
        f"{one.text!r} and {other.text!r}" for one, other in itertools.combinations(texts, 2) if _overlap(one, other)
    ]
    links = [link for each in root.iter() for link in _links(each)]
    strange = sorted({str(each.tag).rpartition("}")[2] for each in root.iter()} - _DRAWING)
    corner = (root.get("viewBox") or "").split()[:2]
    words = [root.findtext(f"{SVG}{name}") or "" for name in ("title", "desc")]
    least = min((text.size for text in texts if text.size), default=0.0)
    faint = min((contrast(text.colour, view=view) for text in texts for view in ("", *VIEWS)), default=21.0)
    return [
        measured("width, mm", f"{width:.1f}", preset.width_mm, abs(width - preset.width_mm) < 0.1),
        measured("height, mm", f"{bottom:.1f}", f"<= {preset.most_mm:g}", bottom <= preset.most_mm + 0.1),
        measured("least letters, pt", f"{least:.2f}", f">= {preset.least_pt:g}", least >= preset.least_pt - 0.005),
        measured("text cut off", "; ".join(outside) or "none", "none", not outside),
        measured("text over text", "; ".join(over) or "none", "none", not over),
        measured("text covered", "; ".join(hidden) or "none", "none", not hidden),
        measured("links outwards", "; ".join(map(str, links)) or "none", "none", not links),
        measured("elements that are no drawing", "; ".join(strange) or "none", "none", not strange),
        measured("corner of the view", " ".join(corner), "0 0", corner == ["0", "0"]),
        measured("title and description", f"{len(words[0])} and {len(words[1])} letters", "both", all(words)),
        measured("contrast of letters", f"{faint:.1f}", f">= {LEAST_TEXT}", faint >= LEAST_TEXT),
    ]


def _links(element: ET.Element) -> list[str]:
    """What an element fetches from outside the file."""
    values = [value for name, value in element.attrib.items() if name.rpartition("}")[2] == "href"]
    styled = re.findall(r"(?:url\(|@import\s*)[\s\"']*([^)\s\"']+)", f"{element.get('style', '')} {element.text or ''}")
    return [value for value in [*values, *styled] if not value.startswith("#")]


def _overlap(one: DrawnText, other: DrawnText) -> bool:
    wide = min(one.box[2], other.box[2]) - max(one.box[0], other.box[0])
    high = min(one.box[3], other.box[3]) - max(one.box[1], other.box[1])
    return wide > 0.2 and high > 0.2


def prove_pdf(content: bytes, preset: Preset) -> list[Finding]:
    """Findings of a PDF: width, embedded TrueType fonts, letters, tags and their text, title, language, no date."""
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
            measured("width, mm", f"{width:.1f}", preset.width_mm, abs(width - preset.width_mm) < 0.1),
            measured("other boxes", "; ".join(boxes) or "none", "none", not boxes and corner == [0.0, 0.0]),
            measured("actions", "; ".join(acts) or "none", "none", not acts),
            measured("pages", len(pdf.pages), 1, len(pdf.pages) == 1),
            measured(
                "fonts not embedded as TrueType", "; ".join(missing) or "none", "none", bool(fonts) and not missing
            ),
            measured("least letters, pt", f"{least:.2f}", f">= {preset.least_pt:g}", least >= preset.least_pt - 0.005),
            measured("tagged, with a text", f"{len(alternative)} letters", "yes", tagged),
            measured("title and language", " and ".join(words), "both", all(words)),
            measured("dates", "; ".join(dates) or "none", "none", not dates),
        ]


def _is_embedded(font) -> bool:
    parts = [font, *font.get("/DescendantFonts", [])]
    return any("/FontFile2" in part.get("/FontDescriptor", {}) for part in parts)


def text_sizes(page) -> list[float]:
    """Sizes of the letters of a page in points: the size of the font times the scales of the page and of the text."""
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


def prove_folder(folder: Path, preset: Preset, names: tuple[str, ...]) -> list[Finding]:
    """Open every figure file of a folder and measure it.

    Parameters
    ----------
    folder : Path
        Where figures were exported to.
    preset : Preset
        What they were exported for.
    names : tuple of str
        The figures that must be there. Their further parts are measured as well.

    Returns
    -------
    list of Finding
        For each figure, whether its files are there in the formats of the preset; and for each file, as far as its
        format has them: width, resolution, colour mode, size of the smallest letters, embedded fonts, tags and words;
        that nothing is cut off and no text lies over another; that swatches and letters can be told apart in grey and
        with each of three colour-vision deficiencies; and that all files of a figure show the same figure.
    """
    provers = {"svg": prove_svg, "pdf": prove_pdf, "png": prove_png, "tiff": prove_tiff, "txt": prove_txt}
    findings = []
    further = [path.stem for name in names for path in sorted(folder.glob(f"{name}{PART}[0-9]*.txt"))]
    for name in [*names, *further]:
        files: dict[str, bytes] = {}
        words = folder / f"{name}.txt"
        line = words.read_bytes().partition(b"\n")[0].decode(errors="replace") if words.is_file() else ""
        if line.startswith((TOO_HIGH, NOTHING)):
            what, begun = ("height", TOO_HIGH) if line.startswith(TOO_HIGH) else ("shown", NOTHING)
            message = line.removeprefix(begun).strip()
            findings.append(measured(what, message, "no picture", holds=True)._replace(file=words.name))
            findings.extend(
                measured("picture", path.suffix, "none", holds=False)._replace(file=path.name)
                for path in (folder / f"{name}.{suffix}" for suffix in preset.formats)
                if path.is_file()
            )
            continue
        for suffix in (*preset.formats, "txt"):
            path = folder / f"{name}.{suffix}"
            if path.is_file():
                files[suffix] = path.read_bytes()
                of_file = _tried(provers[suffix], files[suffix], preset)
            else:
                of_file = [measured("file", "missing", "written", holds=False)]
            findings.extend(finding._replace(file=path.name) for finding in of_file)
        for prove, suffixes in ((prove_key, ("svg", "png")), (prove_same, ("svg", *preset.formats, "txt"))):
            if set(suffixes) <= set(files):
                of_figure = _tried(prove, files, preset)
                findings.extend(finding._replace(file=f"{name}.{finding.file or 'png'}") for finding in of_figure)
    return findings


def _tried(prove, content, preset: Preset) -> list[Finding]:
    """The findings of a proof, or a single one if the file cannot be read."""
    import pikepdf

    try:
        return prove(content, preset)
    except (ET.ParseError, ValueError, OSError, KeyError, AttributeError, Warning, pikepdf.PdfError) as error:
        return [measured("readable", f"{type(error).__name__}: {error}", "yes", holds=False)]


def prove_txt(content: bytes, preset: Preset) -> list[Finding]:
    """Findings of the text beside a figure: it has an alternative text, a description and values."""
    text = content.decode("utf-8")
    parts = {part.partition("\n")[0].split(",")[0]: part.partition("\n")[2] for part in text.split("\n\n")}
    missing = [head for head in ("Alternative text", "Description", "Values") if not parts.get(head, "").strip()]
    return [measured("words missing", "; ".join(missing) or "none", "none", not missing)]


def prove_same(files: dict[str, bytes], preset: Preset) -> list[Finding]:
    """Findings of the files of a figure beside its SVG: the same shape and words, and ink where the SVG has letters."""
    root = parse_svg(files["svg"])
    wide, high = (float(root.get(name).removesuffix("pt")) for name in ("width", "height"))
    description = root.findtext(f"{SVG}desc") or ""
    texts = read_texts(root)
    described = description in files["txt"].decode("utf-8")
    findings = [measured("description as in the SVG", "", "yes", described)._replace(file="txt")]
    for suffix in ("png", "tiff"):
        if suffix in files:
            findings.extend(prove_picture(files[suffix], (wide, high), texts, suffix))
    if "pdf" in files:
        import pikepdf

        with pikepdf.open(io.BytesIO(files["pdf"])) as pdf:
            box = [float(x) for x in pdf.pages[0].MediaBox]
            alternative = str(pdf.Root.StructTreeRoot.K.get("/Alt", ""))
            lines = len(text_sizes(pdf.pages[0]))
        shape = abs(box[3] - high) < 0.1
        findings.append(measured("height, pt", f"{box[3]:.1f}", f"{high:.1f}", shape)._replace(file="pdf"))
        same = alternative == description
        findings.append(
            measured("description as in the SVG", f"{len(alternative)} letters", f"{len(description)}", same)._replace(
                file="pdf"
            )
        )
        findings.append(
            measured("lines of text as in the SVG", lines, f">= {len(texts)}", lines >= len(texts))._replace(file="pdf")
        )
    return findings
