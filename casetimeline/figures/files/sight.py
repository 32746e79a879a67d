"""What an eye sees of a figure: texts and marks, read from the outlines of an SVG, and colours as they appear."""

import itertools
import math
import re
import xml.etree.ElementTree as ET
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
from coloraide import Color

_WHITE = 98.0  # a pixel whose L* is greater belongs to the ground
# How a figure may be seen: in grey, and without one of the three kinds of cones (coloraide: Viénot 1999 for red and
# green, Brettel 1997 for blue).
VIEWS = ("grayscale", "protan", "deutan", "tritan")


@cache
def _lab(red: int, green: int, blue: int, view: str) -> tuple[float, float, float]:
    seen = Color("srgb", [red / 255, green / 255, blue / 255]).filter(view).convert("lab")
    return tuple(0.0 if math.isnan(x) else float(x) for x in seen.coords())


def seen_as(pixels: np.ndarray, view: str) -> np.ndarray:
    """Pixels in CIE L*a*b*, as they appear in a view.

    Parameters
    ----------
    pixels : ndarray
        Height, width, and red, green, blue from 0 to 255.
    view : str
        One of `VIEWS`.

    Examples
    --------
    A pure grey looks the same in every view. The L* of 119 is 50.

    >>> seen_as(np.full((1, 1, 3), 119, dtype=np.uint8), "deutan").round(0).tolist()
    [[[50.0, 0.0, 0.0]]]
    """
    colours, places = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    table = np.array([_lab(*map(int, colour), view) for colour in colours])
    return table[places.ravel()].reshape(pixels.shape)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """How different two pictures of one size look, at the shift at which they match best.

    Parameters
    ----------
    one, other : ndarray
        Pictures on a white ground, from `seen_as`. Two drawings of the same mark differ along their edges, because they
        meet the pixels differently: the least distance over shifts of one pixel in each direction counts.

    Returns
    -------
    float
        Mean distance in L*a*b* where either is not white; 0 where both are.
    """
    inner = other[1:-1, 1:-1]
    high, wide = inner.shape[:2]
    distances = []
    for down, right in itertools.product(range(3), repeat=2):
        moved = one[down : down + high, right : right + wide]
        inked = (moved[..., 0] < _WHITE) | (inner[..., 0] < _WHITE)
        difference = np.linalg.norm(moved - inner, axis=2)
        distances.append(float(difference[inked].mean()) if inked.any() else 0.0)
    return min(distances)


@cache
def contrast(colour: str, view: str = "") -> float:
    """Contrast of a colour on white as WCAG 2.1 defines it, from 1 to 21; in a view, of the colours as they appear.

    Examples
    --------
    >>> round(contrast("#000000"), 2), round(contrast("#767676"), 2)
    (21.0, 4.54)
    """
    pair = [Color(colour), Color("#ffffff")]
    if view:
        pair = [each.filter(view) for each in pair]
    return float(pair[0].contrast(pair[1]))


SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
_GLYPH = 6400.0  # units of a letter's outline in the size of the letter
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def parse_svg(content: bytes) -> ET.Element:
    """The elements of an SVG as a tree, comments included."""
    return ET.fromstring(content, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))


class DrawnText(NamedTuple):
    """A text of an SVG: its letters, its size in printed points, its box in printed millimetres, its colour."""

    text: str
    size: float
    box: tuple[float, float, float, float]
    colour: str


class Filled(NamedTuple):
    """Something with a filling that hides what lies under it: its box in printed millimetres."""

    box: tuple[float, float, float, float]


def read_drawn(root: ET.Element) -> list[DrawnText | Filled]:
    """The lines of text of an SVG by matplotlib, in which letters are outlines, and what is filled, as drawn."""
    scale = float(root.get("width").removesuffix("pt")) / float(root.get("viewBox").split()[2])
    outlines = {each.get("id"): each for each in root.iter(f"{SVG}path") if each.get("id")}
    drawn: list[DrawnText | Filled] = []
    _walk(root, np.eye(3), "#000000", outlines, scale, drawn)
    return drawn


def read_texts(root: ET.Element) -> list[DrawnText]:
    """The visible lines of text of an SVG by matplotlib."""
    return [each for each in read_drawn(root) if isinstance(each, DrawnText)]


def covered_texts(drawn: list[DrawnText | Filled]) -> list[str]:
    """The texts of which something that was drawn later hides a part, of what `read_drawn` gives.

    Examples
    --------
    >>> word, box = DrawnText("46", 7.0, (10.0, 10.0, 13.0, 12.0), "#000000"), Filled((12.0, 9.0, 20.0, 13.0))
    >>> covered_texts([word, box]), covered_texts([box, word]), covered_texts([word, Filled((13.0, 9.0, 20.0, 13.0))])
    (['46'], [], [])
    """
    return [
        each.text
        for place, each in enumerate(drawn)
        if isinstance(each, DrawnText)
        and any(isinstance(later, Filled) and _hides(later, each) for later in drawn[place + 1 :])
    ]


def _hides(filled: Filled, text: DrawnText) -> bool:
    """Whether a filling lies over a part of the letters; their outermost edge may be touched."""
    wide, high = (min(filled.box[i + 2], text.box[i + 2]) - max(filled.box[i], text.box[i]) for i in (0, 1))
    return wide > 0.3 and high > (text.box[3] - text.box[1]) / 2


def _walk(element: ET.Element, matrix: np.ndarray, colour: str, outlines: dict, scale: float, lines: list) -> None:
    """Add each group of letters, and each filling, to what is drawn, placed and coloured as its parent elements say."""
    here = matrix @ _matrix(element.get("transform", ""))
    styled = re.search(r"fill: (#[0-9a-f]{6})", element.get("style") or "")
    colour = styled[1] if styled else colour
    comment, letters = "", []
    for child in element:
        if child.tag is ET.Comment:
            # Before the outlines of a text matplotlib writes its letters as a comment.
            comment = child.text.strip()
        elif child.tag == f"{SVG}use" and child.get(XLINK, "").removeprefix("#") in outlines:
            outline = outlines[child.get(XLINK).removeprefix("#")]
            if outline.get("transform"):
                letters.append(_letter(child, here, outline))
            elif _is_filled(child):
                at = here @ _matrix(f"translate({child.get('x', '0')} {child.get('y', '0')})")
                lines.append(Filled(_printed_box((at @ _corners(outline.get("d") or ""))[:2].T, scale)))
        elif child.tag == f"{SVG}path":
            if _is_filled(child):
                lines.append(Filled(_printed_box((here @ _corners(child.get("d") or ""))[:2].T, scale)))
        elif child.tag != f"{SVG}defs":
            before = len(lines)
            _walk(child, here, colour, outlines, scale, lines)
            if comment and len(lines) == before + 1:
                lines[-1] = lines[-1]._replace(text=comment)
    corners = [places for places, _ in letters if len(places)]
    if corners:
        box = _printed_box(np.concatenate(corners), scale)
        lines.append(DrawnText("", min(size for _, size in letters) * scale, box, colour))


def _printed_box(corners: np.ndarray, scale: float) -> tuple[float, ...]:
    """The left, upper, right and lower edge of some places in millimetres."""
    printed = corners * scale / 72 * 25.4
    return tuple(float(x) for x in (*printed.min(axis=0), *printed.max(axis=0)))


def _is_filled(element: ET.Element) -> bool:
    """Whether an element has a filling through which nothing can be read; hatching is not one."""
    style = element.get("style") or ""
    opacity = re.search(r"(?:^|[ ;])(?:fill-)?opacity: ([\d.]+)", style)
    filled = re.search(r"(?:^|[ ;])fill: #", style)
    return bool(filled and element.get("d", "M") and (not opacity or float(opacity[1]) > 0.5))


def _letter(use: ET.Element, matrix: np.ndarray, outline: ET.Element) -> tuple[np.ndarray, float]:
    """Corners of a letter in the units of the drawing, and its size."""
    here = matrix @ _matrix(use.get("transform", "")) @ _matrix(outline.get("transform", ""))
    places = (here @ _corners(outline.get("d") or ""))[:2].T
    return places, float(np.hypot(here[0, 0], here[1, 0])) * _GLYPH


@lru_cache(maxsize=1024)
def _corners(path: str) -> np.ndarray:
    """The corners of an outline: a column each, with a 1 below its two numbers. A letter is drawn again and again."""
    numbers = [float(x) for x in _NUMBER.findall(path)]
    corners = np.array(numbers[: len(numbers) // 2 * 2]).reshape(-1, 2)
    columns = np.column_stack([corners, np.ones(len(corners))]).T
    columns.setflags(write=False)
    return columns


@lru_cache(maxsize=1024)
def _matrix(transform: str) -> np.ndarray:
    """The matrix of the value of a `transform`: translations, scalings and rotations, one after the other."""
    matrix = np.eye(3)
    for name, inside in re.findall(r"(\w+)\(([^)]*)\)", transform):
        numbers = [float(x) for x in _NUMBER.findall(inside)]
        step = np.eye(3)
        if name == "translate":
            step[:2, 2] = numbers if len(numbers) == 2 else [numbers[0], 0.0]
        elif name == "scale":
            step[0, 0], step[1, 1] = numbers if len(numbers) == 2 else numbers * 2
        elif name == "rotate":
            angle = math.radians(numbers[0])
            step[:2, :2] = [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]]
        matrix = matrix @ step
    # It is kept for the next letter of this outline.
    matrix.setflags(write=False)
    return matrix


def centre_of(group: ET.Element) -> tuple[float, float]:
    """The centre of a swatch, in the units of the drawing."""
    for use in group.iter(f"{SVG}use"):
        return float(use.get("x")), float(use.get("y"))
    corners = np.array([float(x) for path in group.iter(f"{SVG}path") for x in _NUMBER.findall(path.get("d"))])
    corners = corners.reshape(-1, 2)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return float(middle[0]), float(middle[1])
