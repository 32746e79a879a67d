"""Figures as bytes, as they are written and shown: the same input gives the same bytes."""

import hashlib
import html
import io
import os
import re
from dataclasses import dataclass
from pathlib import Path

import matplotlib
import pandas as pd
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from PIL import Image, PngImagePlugin

from .. import __version__
from ..case import Case
from ..files import find_data, write_atomic
from ..prose import Table
from .drawn import alt_text, describe, drawn_values, legend
from .style import house_style

LANGUAGE = "en-GB"


def render_svg(figure: Figure, prefix: str, scale: float = 1.0) -> str:
    """The SVG of a figure: no date, stable ids that begin with `prefix`, a title and a long description.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.
    prefix : str
        Begins every id, so that two figures in one page never share one.
    scale : float
        Printed size over drawn size.
    """
    buffer = io.StringIO()
    with house_style():
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    safe = re.sub(r"[^A-Za-z0-9_.-]", "_", prefix)
    svg = re.sub(r'(\sid="|xlink:href="#|url\(#)', rf"\g<1>{safe}", svg)
    title, description = html.escape(figure.get_label()), html.escape(describe(figure))
    start = svg.index(">") + 1
    head = svg[: start - 1]
    if scale != 1.0:
        head = re.sub(r'\b(width|height)="([\d.]+)pt"', lambda m: f'{m[1]}="{float(m[2]) * scale:.6f}pt"', head)
    opening = head + f' role="img" aria-labelledby="{safe}title {safe}desc">'
    named = f'\n <title id="{safe}title">{title}</title>\n <desc id="{safe}desc">{description}</desc>'
    return opening + named + svg[start:]


def render_pdf(figure: Figure, scale: float = 1.0) -> bytes:
    """The PDF of a figure: TrueType fonts embedded, no date, and tagged as a figure with its alternative text."""
    import pikepdf
    from pikepdf import open as open_pdf

    buffer = io.BytesIO()
    with house_style():
        figure.savefig(buffer, format="pdf", metadata={"CreationDate": None, "Creator": None, "Producer": None})
    with open_pdf(buffer) as pdf:
        page = pdf.pages[0]
        page.MediaBox = [0, 0, *(float(x) * scale for x in page.MediaBox[2:])]
        # The whole page is one marked figure, scaled to its printed size.
        page.contents_add(f"/Figure <</MCID 0>> BDC q {scale} 0 0 {scale} 0 0 cm".encode(), prepend=True)
        page.contents_add(b"Q EMC")
        tree = pdf.make_indirect(pikepdf.Dictionary(Type=pikepdf.Name.StructTreeRoot))
        element = pdf.make_indirect(
            pikepdf.Dictionary(
                Type=pikepdf.Name.StructElem,
                S=pikepdf.Name.Figure,
                P=tree,
                Pg=page.obj,
                K=0,
                Alt=describe(figure),
                A=pikepdf.Dictionary(O=pikepdf.Name.Layout, BBox=page.MediaBox, Placement=pikepdf.Name.Block),
            )
        )
        tree.K = element
        tree.ParentTree = pdf.make_indirect(pikepdf.Dictionary(Nums=[0, [element]]))
        page.StructParents = 0
        pdf.Root.StructTreeRoot = tree
        pdf.Root.MarkInfo = pikepdf.Dictionary(Marked=True)
        pdf.Root.Lang = LANGUAGE
        pdf.Root.ViewerPreferences = pikepdf.Dictionary(DisplayDocTitle=True)
        pdf.docinfo = pdf.make_indirect(pikepdf.Dictionary(Title=figure.get_label()))
        saved = io.BytesIO()
        pdf.save(saved, deterministic_id=True, fix_metadata_version=False)
    return saved.getvalue()


def render_raster(figure: Figure, dpi: float) -> Image.Image:
    """The pixels of a figure as an RGB picture, drawn once for all formats of pixels.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.
    dpi : float
        Pixels in an inch of the drawn size.
    """
    before, canvas = figure.get_dpi(), figure.canvas
    with house_style(), matplotlib.rc_context({"agg.path.chunksize": 20000}):
        figure.set_dpi(dpi)
        try:
            agg = FigureCanvasAgg(figure)
            agg.draw()
            pixels = agg.buffer_rgba()
            size = pixels.shape[1], pixels.shape[0]
            return Image.frombuffer("RGBA", size, pixels, "raw", "RGBA", 0, 1).convert("RGB")
        finally:
            figure.set_dpi(before)
            figure.set_canvas(canvas)


def encode_png(picture: Image.Image, dpi: float, title: str = "", description: str = "") -> bytes:
    """A picture as PNG with their resolution, a title and a description, and nothing else."""
    words = PngImagePlugin.PngInfo()
    for name, text in (("Title", title), ("Description", description)):
        if text:
            words.add_itxt(name, text, lang="en")
    buffer = io.BytesIO()
    picture.save(buffer, "png", dpi=(dpi, dpi), pnginfo=words, compress_level=3)
    return buffer.getvalue()


def encode_tiff(picture: Image.Image, dpi: float) -> bytes:
    """A picture as RGB TIFF with LZW compression and their resolution."""
    buffer = io.BytesIO()
    picture.save(buffer, "tiff", compression="tiff_lzw", dpi=(dpi, dpi))
    return buffer.getvalue()


def _cell(value) -> str:
    if isinstance(value, float):
        return "" if value != value else f"{value:.6g}"
    return re.sub(r"\s+", " ", str(value))


def render_text(figure: Figure) -> str:
    """The words of a figure: title, alternative text, long description, legend, and the values that were drawn."""
    frame = drawn_values(figure)
    rows = [frame.columns, *frame.itertuples(index=False)]
    values = "".join("\t".join(map(_cell, row)) + "\n" for row in rows)
    parts = [
        figure.get_label(),
        f"Alternative text\n{alt_text(figure)}",
        f"Description\n{describe(figure)}",
        f"Legend\n{legend(figure)}",
        f"Values, read back from what was drawn (tab-separated)\n{values}",
    ]
    return "\n\n".join(parts)


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
        Name of the file. A bare name goes to `<build>/<case_id>/figures/`, so that the figure of one case never
        replaces another's; `<build>` is the environment variable CASETIMELINE_BUILD, or `build` beside the folder of
        the cases, which is found as `../data` is. A name with a folder is used as it is.
    """
    case_id = figure.get_gid()
    path = Path(figure_svg)
    if path.name == figure_svg:
        build = os.environ.get("CASETIMELINE_BUILD") or find_data("../data").parent / "build"
        path = Path(build, case_id, "figures", figure_svg)
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
