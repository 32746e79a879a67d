"""The requirements of journals for figure files: width, resolution, least size of letters, formats."""

import math
from collections.abc import Iterable
from typing import NamedTuple

from ...faults import Fault, fault


class Preset(NamedTuple):
    """The requirements that a figure file is written for and checked against.

    Attributes
    ----------
    width_mm : float
        Printed width in millimetres.
    dpi : int
        Resolution of the TIFF file; that of the PNG file is `dpi / reduce`.
    reduce : int
        How many times coarser the PNG file is: it is the preview of a print file.
    least_pt : float
        Least size of letters at printed width, in points.
    formats : tuple of str
        The files that are written, by their suffix.
    source : str
        Where the journal states its requirements, how much of that was read, and when.
    most_mm : float
        Greatest height in millimetres. The notes of a figure then stand in its legend and not in the picture; `inf`
        where there is no page: the notes stay.
    """

    width_mm: float
    dpi: int
    reduce: int
    least_pt: float
    formats: tuple[str, ...]
    source: str
    most_mm: float = math.inf


# No author page that was read tells the height of a page. An A4 page of text is about this high; the legend goes below.
_PAGE_MM = 225.0
_NO_HEIGHT = "No greatest height was read: 225 mm, so that a legend fits below it on the page."

_ALL = ("svg", "pdf", "png", "tiff")
# The files that an export may write for each figure, and the one with the results of all checks.
SUFFIXES = (*_ALL, "txt")
PROOF = "proof.tsv"
# What stands between the name of a figure and the number of a further part of it.
PART = "_part"
# How the text of a figure begins that is not drawn at all, and not for a preset.
NOTHING = "Not drawn, since it would show nothing:"
TOO_HIGH = "Not drawn for this preset: its height would be"

PRESETS = {
    "frontiers": Preset(
        width_mm=180.0,
        dpi=600,
        reduce=2,
        least_pt=8.0,
        formats=_ALL,
        source="https://www.frontiersin.org/guidelines/author-guidelines: 85 or 180 mm wide, at least 300 dpi, TIFF, "
        "RGB, letters of 8 pt; as a public list of publishers' requirements quotes it on 2026-08-21. The 2 pt that it "
        f"asks of lines are not kept: marks would run together. {_NO_HEIGHT}",
        most_mm=_PAGE_MM,
    ),
    "jrheum": Preset(
        width_mm=170.0,
        dpi=1200,
        reduce=4,
        least_pt=6.0,
        formats=_ALL,
        source="https://www.jrheum.org/content/figure-table-and-data-supplement-guidelines-0: line art as TIFF at 1200 "
        "pixels an inch, 17 cm wide; colour as RGB; the legends in the manuscript alone. Read on 2026-11-28. Size of "
        f"letters: not told. {_NO_HEIGHT}",
        most_mm=_PAGE_MM,
    ),
    "wiley": Preset(
        width_mm=180.0,
        dpi=600,
        reduce=2,
        least_pt=6.0,
        formats=_ALL,
        source="https://authorservices.wiley.com/asset/photos/electronic_artwork_guidelines.pdf: 80 or 180 mm wide; as "
        f"public code cites it on 2021-05-04. 600 dpi for line art: not read at the source. {_NO_HEIGHT}",
        most_mm=_PAGE_MM,
    ),
    "screen": Preset(
        width_mm=180.0,
        dpi=150,
        reduce=1,
        least_pt=6.0,
        formats=("svg", "png"),
        source="No journal: for slides, mail and the web.",
    ),
}


def preset_faults(names: Iterable, file: str, column: str | None = None) -> list[Fault]:
    """A fault for each name that is no preset, at its place in a file or an option."""
    known = list(PRESETS)
    expected = f"one of {', '.join(known)}"
    return [fault(str(name), expected, at=file, column=column, known=known) for name in names if name not in known]


# One column of a page, for each journal. The Journal of Rheumatology tells the width of a page alone: 85 mm is taken.
_COLUMNS = {"frontiers": 85.0, "jrheum": 85.0, "wiley": 80.0}
PRESETS |= {
    f"{name}_column": PRESETS[name]._replace(width_mm=width, source=f"One column. {PRESETS[name].source}")
    for name, width in _COLUMNS.items()
}
