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
    """The visible texts of an SVG by matplotlib, whose letters are outlines."""
    scale = float(root.get("width").removesuffix("pt")) / float(root.get("viewBox").split()[2])
    outlines = {each.get("id"): each for each in root.iter(f"{SVG}path") if each.get("id")}
    texts = []
    for group in root.iter(f"{SVG}g"):
        if re.search(r"(^|-)text_\d+$", group.get("id") or ""):
            letters: list[tuple] = []
            _collect(group, np.eye(3), outlines, "#000000", letters)
            if letters:
                corners = np.concatenate([places for places, _, _ in letters])
                box = (*corners.min(axis=0), *corners.max(axis=0))
                printed = tuple(float(x) * scale / 72 * 25.4 for x in box)
                size = min(size for _, size, _ in letters) * scale
                texts.append(Words(_letters(group), size, printed, letters[0][2]))
    return texts


def _letters(group: ET.Element) -> str:
    """What a text says: matplotlib keeps it in a comment beside the outlines."""
    said = [each.text.strip() for each in group.iter(ET.Comment)]
    return " ".join(said) or group.get("id")


def _collect(element: ET.Element, matrix: np.ndarray, outlines: dict, colour: str, letters: list) -> None:
    """Corners, size and colour of every letter under an element, in the units of the drawing."""
    if element.tag in (f"{SVG}defs", ET.Comment):
        return
    here = matrix @ _matrix(element.get("transform", ""))
    styled = re.search(r"fill: (#[0-9a-f]{6})", element.get("style") or "")
    colour = styled[1] if styled else colour
    used = outlines.get((element.get(XLINK) or "").removeprefix("#"))
    if used is not None:
        here = here @ _matrix(used.get("transform", ""))
        numbers = [float(x) for x in _NUMBER.findall(used.get("d") or "")]
        if len(numbers) > 1:
            corners = np.array(numbers[: len(numbers) // 2 * 2]).reshape(-1, 2)
            places = (here @ np.column_stack([corners, np.ones(len(corners))]).T)[:2].T
            letters.append((places, float(np.hypot(here[0, 0], here[1, 0])) * _GLYPH, colour))
    for child in element:
        _collect(child, here, outlines, colour, letters)


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
