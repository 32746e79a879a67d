"""Colours as a grey print and as readers with a colour-vision deficiency see them."""

import itertools
from functools import cache

import numpy as np
from coloraide import Color

# How a figure is seen: grey, and without one of the three kinds of cones (coloraide: Viénot 1999 for red and green,
# Brettel 1997 for blue).
_WHITE = 98.0  # L* above which a pixel is ground
VIEWS = ("grayscale", "protan", "deutan", "tritan")


@cache
def _lab(red: int, green: int, blue: int, view: str) -> tuple[float, float, float]:
    seen = Color("srgb", [red / 255, green / 255, blue / 255]).filter(view).convert("lab")
    return tuple(0.0 if x != x else float(x) for x in seen.coords())


def seen_as(pixels: np.ndarray, view: str) -> np.ndarray:
    """Pixels in CIE L*a*b* as they are seen.

    Parameters
    ----------
    pixels : ndarray
        Height, width, and red, green, blue from 0 to 255.
    view : str
        One of `VIEWS`.

    Examples
    --------
    A pure grey is seen as itself: L* of 119 is 50.

    >>> seen_as(np.full((1, 1, 3), 119, dtype=np.uint8), "deutan").round(0).tolist()
    [[[50.0, 0.0, 0.0]]]
    """
    colours, places = np.unique(pixels.reshape(-1, 3), axis=0, return_inverse=True)
    table = np.array([_lab(*map(int, colour), view) for colour in colours])
    return table[places.ravel()].reshape(pixels.shape)


def apart(one: np.ndarray, other: np.ndarray) -> float:
    """How far two pictures of one size look apart, at the place where they match best.

    Parameters
    ----------
    one, other : ndarray
        Pictures on a white ground, from `seen_as`. Two drawings of one mark differ along their edges by where they fall
        on the pixels: the least distance over shifts of one pixel in each direction counts.

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


def contrast(colour: str, ground: str = "#ffffff", view: str = "") -> float:
    """Contrast of a colour on a ground as WCAG 2.1 counts it, 1 to 21, as it is seen.

    Examples
    --------
    >>> round(contrast("#000000"), 2), round(contrast("#767676"), 2)
    (21.0, 4.54)
    """
    pair = [Color(colour), Color(ground)]
    if view:
        pair = [each.filter(view) for each in pair]
    return float(pair[0].contrast(pair[1]))
