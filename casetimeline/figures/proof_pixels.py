"""Proof of pictures: size, mode, nothing cut off, ink where letters are, and a key that everybody can tell apart."""

import io
import itertools
import xml.etree.ElementTree as ET

import numpy as np

from ..presets import Preset
from .finding import Finding, found
from .outlines import SVG, Words, centre_of, parse_svg
from .vision import VIEWS, apart, seen_as

_SWATCH_MM = (4.0, 2.8)
# Mean distance in L*a*b* below which two swatches are taken for each other: no standard, a limit chosen here.
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
            found("width, pixels", picture.width, f"{wanted:.0f}", abs(picture.width - wanted) <= 1.5),
            found("resolution, dpi", f"{stored[0]:.0f}", f"{dpi:g}", all(abs(x - dpi) < 1 for x in stored)),
            found("colour mode", picture.mode, "RGB", picture.mode == "RGB"),
            found("ink on the edge, pixels", inked, 0, inked == 0),
        ]
        return findings, {**picture.info, "format": picture.format}


def prove_png(content: bytes, preset: Preset) -> list[Finding]:
    """Pixels, resolution, colour mode, nothing cut off, a title, no date or program."""
    findings, info = _prove_raster(content, preset, preset.dpi / preset.reduce)
    extra = sorted(set(info) & {"Software", "Creation Time", "Author"})
    title = str(info.get("Title", ""))
    return [
        *findings,
        found("title", f"{len(title)} letters", "one", bool(title)),
        found("date or program", "; ".join(extra) or "none", "none", not extra),
    ]


def prove_tiff(content: bytes, preset: Preset) -> list[Finding]:
    """Pixels, resolution, colour mode, compression, nothing cut off."""
    findings, info = _prove_raster(content, preset, preset.dpi)
    packed = str(info.get("compression", "none"))
    return [*findings, found("compression", packed, "tiff_lzw", packed == "tiff_lzw")]


def prove_key(files: dict[str, bytes], preset: Preset) -> list[Finding]:
    """The swatches of the key, cut from the pixels, look apart from each other and from the ground in every view."""
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
    told = f"{faint[0]:.0f}, {faint[1]}"
    findings = [found("swatch on the ground", told, f">= {LEAST_APART:g}", faint[0] >= LEAST_APART)]
    pairs = list(itertools.combinations(range(len(swatches)), 2))
    if pairs:
        nearest = min((apart(seen[view][i], seen[view][j]), view, i, j) for i, j in pairs for view in VIEWS)
        told = f"{nearest[0]:.0f}, {nearest[1]}, swatches {nearest[2] + 1} and {nearest[3] + 1}"
        findings.append(found("swatches of the key apart", told, f">= {LEAST_APART:g}", nearest[0] >= LEAST_APART))
    return findings


def prove_picture(content: bytes, size: tuple[float, float], texts: list[Words], suffix: str) -> list[Finding]:
    """A picture has the shape of its SVG, and ink where that has letters."""
    from PIL import Image

    with Image.open(io.BytesIO(content)) as picture:
        pixels = np.asarray(picture.convert("L"))
    high = pixels.shape[1] * size[1] / size[0]
    blank = [words.text for words in texts if not _has_ink(pixels, words, pixels.shape[1] / (size[0] / 72 * 25.4))]
    return [
        found("height, pixels", pixels.shape[0], f"{high:.0f}", abs(pixels.shape[0] - high) <= 2)._replace(file=suffix),
        found("letters of the SVG without ink", "; ".join(blank) or "none", "none", not blank)._replace(file=suffix),
    ]


def _has_ink(pixels: np.ndarray, words: Words, per_mm: float) -> bool:
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
