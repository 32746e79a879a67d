"""Figures as they are written and shown: the same input gives the same bytes."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from matplotlib.figure import Figure

from .. import __version__
from ..case import Case
from ..files import write_atomic
from ..prose import Table
from .render import render_svg, render_text


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as it was written; it displays as that very file.

    Attributes
    ----------
    name : str
        File name without its folder.
    case_id : str
    svg : str
    """

    name: str
    case_id: str
    svg: str

    def __repr__(self) -> str:
        digest = hashlib.sha256(self.svg.encode()).hexdigest()
        return f"{self.name}: figure of case {self.case_id}, sha256 {digest}"

    def _repr_svg_(self) -> str:
        return self.svg


def publish(figure: Figure, figure_svg: str) -> PublishedFigure:
    """Write a figure as SVG, its words and values as text beside it, and return the figure as written.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions; it carries its case's id.
    figure_svg : str
        Name of the file. A bare name goes to `<build>/<case_id>/figures/`, where `<build>` is the environment
        variable CASETIMELINE_BUILD or `../build`, so that the figure of one case never replaces another's.
        A name with a folder is used as it is.
    """
    case_id = figure.get_gid()
    path = Path(figure_svg)
    if path.name == figure_svg:
        path = Path(os.environ.get("CASETIMELINE_BUILD") or "../build") / case_id / "figures" / figure_svg
    svg = render_svg(figure, prefix=f"{case_id}-{path.stem}-")
    write_atomic(path, svg.encode())
    write_atomic(path.with_suffix(".txt"), render_text(figure).encode())
    return PublishedFigure(path.name, case_id, svg)


def colophon(case: Case) -> Table:
    """What the notebook was computed from: the digest of the data and the version of the package."""
    rows = [
        ("case", case.case_id),
        ("data, sha256", case.sha256),
        ("casetimeline", __version__),
        ("baseline rule", case.baseline_rule),
        ("reference", case.reference or "none"),
        *(("axis", axis) for axis in [case.axis] if axis),
        *(("rules", rules) for rules in [case.rule_set] if rules),
    ]
    return Table(pd.DataFrame(rows, columns=["item", "value"]), "Colophon")
