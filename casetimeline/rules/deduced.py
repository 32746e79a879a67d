"""What follows from a definition and is not reported: the subset of systemic sclerosis, from the total skin score.

A deduction is never shown as a fact of the source. It rests on two definitions:

- The modified Rodnan skin score adds up 17 sites of 0 to 3 points: "Skin thickness was assessed by clinical palpation
  of 17 body areas on 0 to 3 scale" (clements-1995 in references.json). The sites are those of two public calculators;
  the article that lists them was not read.
- In the limited subset the skin is thickened distal to elbows and knees, with or without the face
  (doi:10.1186/s41927-022-00262-2); the diffuse subset involves an upper arm, thigh, the chest, abdomen or back
  (leroy-2001, as a secondary page prints it).
"""

from typing import NamedTuple

import pandas as pd

from ..derive import require
from ..values import booleans
from ..vocabulary import UNIT_UNKNOWN

# How many times each site of the score is counted: once, or right and left.
SITES = {
    "face": 1,
    "anterior chest": 1,
    "abdomen": 1,
    "fingers": 2,
    "hands": 2,
    "forearms": 2,
    "upper arms": 2,
    "thighs": 2,
    "lower legs": 2,
    "feet": 2,
}
# The sites that limited disease can involve.
LIMITED_SITES = ("fingers", "hands", "forearms", "lower legs", "feet", "face")
# 3 points each: 3 x 11 = 33.
MOST_LIMITED = 3 * sum(SITES[site] for site in LIMITED_SITES)
# The works of references.json that the deduction rests on.
BASIS = ("clements-1995", "leroy-2001")
# The work in which the limited subset was read in the words of today; of its record only the DOI was seen.
RESTATED = "bmcrheumatol-2022-262"

_TOTAL = "mrss"
_OF_SUBSET = ("kind", "line", "PARAMCD", "LOC", "AVALLO", "AVALLOX", "AVALU")


class Deduction(NamedTuple):
    """A subset that follows from recorded totals.

    Attributes
    ----------
    subset : str
    lines : tuple of int
        The lines of the totals in the timeline.
    """

    subset: str
    lines: tuple[int, ...]


def deduce_subset(changes: pd.DataFrame) -> Deduction | None:
    """The diffuse subset, where a total skin score is surely higher than limited disease can reach; else nothing.

    A lower total decides nothing: it may include the trunk or not.

    Parameters
    ----------
    changes : DataFrame
        The facts of one patient, as from `derive_changes`.

    Examples
    --------
    >>> facts = pd.DataFrame({"kind": "observation", "line": [2, 3], "PARAMCD": "mrss", "LOC": "", "AVALU": "points",
    ...                       "AVALLO": [46.0, 33.0], "AVALLOX": False})
    >>> deduce_subset(facts)
    Deduction(subset='diffuse', lines=(2,))
    >>> deduce_subset(facts[1:]) is None
    True
    """
    require(changes, "deduce_subset", _OF_SUBSET)
    # A score of one site is no total.
    of_total = (changes["kind"] == "observation") & (changes["PARAMCD"] == _TOTAL) & (changes["LOC"] == "")
    least, known = changes["AVALLO"].astype(float), changes["AVALU"] != UNIT_UNKNOWN
    above = (least > MOST_LIMITED) | ((least == MOST_LIMITED) & booleans(changes["AVALLOX"]))
    rows = changes[of_total & known & above]
    if rows.empty:
        return None
    return Deduction("diffuse", tuple(rows["line"].tolist()))
