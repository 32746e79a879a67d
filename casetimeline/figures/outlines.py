"""What an SVG by matplotlib shows, read from its outlines: texts with their size and place, and where marks stand."""

import math
import re
import xml.etree.ElementTree as ET
from typing import NamedTuple

import numpy as np

SVG = "{http://www.w3.org/2000/svg}"
XLINK = "{http://www.w3.org/1999/xlink}href"
_GLYPH = 6400.0  # units of a letter's outline for one point of its size
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?(?:e-?\d+)?")


def parse_svg(content: bytes) -> ET.Element:
    """The tree of an SVG, with its comments."""
    return ET.fromstring(content, ET.XMLParser(target=ET.TreeBuilder(insert_comments=True)))


class Words(NamedTuple):
    """A text of an SVG: its letters, its size in printed points, its box in printed millimetres, its colour."""

    text: str
    size: float
    box: tuple[float, float, float, float]
    colour: str


def read_texts(root: ET.Element) -> list[Words]:
    """The lines of visible text of an SVG by matplotlib, whose letters are outlines."""
    scale = float(root.get("width").removesuffix("pt")) / float(root.get("viewBox").split()[2])
    outlines = {each.get("id"): each for each in root.iter(f"{SVG}path") if each.get("id") and each.get("transform")}
    lines: list[Words] = []
    _walk(root, np.eye(3), "#000000", outlines, scale, lines)
    return lines


def _walk(
    element: ET.Element, matrix: np.ndarray, colour: str, outlines: dict, scale: float, lines: list[Words]
) -> None:
    """Find the groups that hold letters, with the matrix and colour that they inherit, and add each as a line."""
    here = matrix @ _matrix(element.get("transform", ""))
    styled = re.search(r"fill: (#[0-9a-f]{6})", element.get("style") or "")
    colour = styled[1] if styled else colour
    said, letters = "", []
    for child in element:
        if child.tag is ET.Comment:
            said = child.text.strip()
        elif child.tag == f"{SVG}use" and child.get(XLINK, "").removeprefix("#") in outlines:
            letters.append(_letter(child, here, outlines[child.get(XLINK).removeprefix("#")]))
        elif child.tag != f"{SVG}defs":
            before = len(lines)
            _walk(child, here, colour, outlines, scale, lines)
            if said and len(lines) == before + 1:
                lines[-1] = lines[-1]._replace(text=said)
    corners = [places for places, _ in letters if len(places)]
    if corners:
        printed = np.concatenate(corners) * scale / 72 * 25.4
        box = tuple(float(x) for x in (*printed.min(axis=0), *printed.max(axis=0)))
        lines.append(Words("", min(size for _, size in letters) * scale, box, colour))


def _letter(use: ET.Element, matrix: np.ndarray, outline: ET.Element) -> tuple[np.ndarray, float]:
    """Corners of a letter in the units of the drawing, and its size."""
    here = matrix @ _matrix(use.get("transform", "")) @ _matrix(outline.get("transform", ""))
    numbers = [float(x) for x in _NUMBER.findall(outline.get("d") or "")]
    corners = np.array(numbers[: len(numbers) // 2 * 2]).reshape(-1, 2)
    places = (here @ np.column_stack([corners, np.ones(len(corners))]).T)[:2].T
    return places, float(np.hypot(here[0, 0], here[1, 0])) * _GLYPH


def _matrix(transform: str) -> np.ndarray:
    """The matrix of a list of translations, scalings and rotations."""
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
    return matrix


def centre_of(group: ET.Element) -> tuple[float, float]:
    """Where a swatch stands, in the units of the drawing."""
    for use in group.iter(f"{SVG}use"):
        return float(use.get("x")), float(use.get("y"))
    corners = np.array([float(x) for path in group.iter(f"{SVG}path") for x in _NUMBER.findall(path.get("d"))])
    corners = corners.reshape(-1, 2)
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    return float(middle[0]), float(middle[1])
