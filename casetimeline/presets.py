"""What journals ask of a figure file: width, resolution, least size of letters, formats."""

from typing import NamedTuple


class Preset(NamedTuple):
    """The requirements that a figure file is written for, and proved against.

    Attributes
    ----------
    width_mm : float
        Printed width.
    dpi : int
        Resolution of TIFF, and of PNG divided by `reduce`.
    reduce : int
        By how much PNG is coarser than TIFF: the preview of a print file.
    least_pt : float
        Least size of letters at printed width.
    formats : tuple of str
    source : str
        Where the requirements stand, and what was read of it.
    """

    width_mm: float
    dpi: int
    reduce: int
    least_pt: float
    formats: tuple[str, ...]
    source: str


_ALL = ("svg", "pdf", "png", "tiff")
# What an export may write for each figure, and where the proof of a whole export stands.
SUFFIXES = (*_ALL, "txt")
PROOF = "proof.tsv"

PRESETS = {
    "frontiers": Preset(
        *(180.0, 600, 2, 8.0, _ALL),
        "https://www.frontiersin.org/guidelines/author-guidelines: 85 or 180 mm wide, at least 300 dpi, TIFF, RGB, "
        "letters of 8 pt; as a public list of publishers' requirements quotes it on 2026-08-21. The 2 pt that it asks "
        "of lines are not kept: marks would run together.",
    ),
    "jrheum": Preset(
        *(170.0, 1200, 4, 6.0, _ALL),
        "https://www.jrheum.org/content/figure-table-and-data-supplement-guidelines-0: line art as TIFF at 1200 pixels "
        "an inch, 17 cm wide; colour as RGB.",
    ),
    "wiley": Preset(
        *(180.0, 600, 2, 6.0, _ALL),
        "https://authorservices.wiley.com/asset/photos/electronic_artwork_guidelines.pdf: 80 or 180 mm wide; as public "
        "code cites it on 2021-05-04. 600 dpi for line art: not read at the source.",
    ),
    "screen": Preset(180.0, 150, 1, 6.0, ("svg", "png"), "No journal: for slides, mail and the web."),
}
