"""Figures as bytes, as they are written and shown: the same input gives the same bytes."""

import base64
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

from ... import __version__
from ...case import Case, check_texts
from ...faults import TimelineError, fault
from ...files import find_data, write_atomic
from ...prose import Table
from ...rules import Analysis, analyse
from ..drawn import NOTES, alt_text, describe, drawn_values, legend
from ..style import MM, house_style, on_grid

LANGUAGE = "en-GB"


def render_svg(figure: Figure, prefix: str, scale: float = 1.0) -> str:
    """The SVG of a figure, with a title, a long description and ids that begin with `prefix`, and without a date.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.
    prefix : str
        The beginning of every id, so that two figures in one page never share an id.
    scale : float
        The printed size divided by the drawn size.
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
    """The PDF of a figure, tagged as a figure with its description, with embedded TrueType fonts and without a date."""
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


def without_notes(figure: Figure) -> Figure:
    """Take the notes out of a figure, which is then as much lower; its legend still has them.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions, whose notes stand lowest. It is changed.
    """
    notes = [text for text in figure.texts if text.get_gid() == NOTES and text.get_visible()]
    if not any(text.get_text().strip() for text in notes):
        return figure
    high = figure.get_figheight()
    lost = notes[0].get_position()[1] * high - 1.0 * MM
    low = high - lost
    for text in figure.texts:
        if text.get_transform() == figure.transFigure:
            text.set_y((text.get_position()[1] * high - lost) / low)
    for ax in figure.axes:
        box = ax.get_position()
        ax.set_position((box.x0, (box.y0 * high - lost) / low, box.width, box.height * high / low))
    notes[0].set_visible(False)
    figure.set_figheight(low)
    return figure


def render_raster(figure: Figure, dpi: float) -> Image.Image:
    """The pixels of a figure as an RGB picture; PNG and TIFF are made from the same pixels.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions.
    dpi : float
        Pixels per inch of the drawn size.
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
    """A picture as PNG, with its resolution, a title and a description as its only metadata."""
    words = PngImagePlugin.PngInfo()
    for name, text in (("Title", title), ("Description", description)):
        if text:
            words.add_itxt(name, text, lang="en")
    buffer = io.BytesIO()
    picture.save(buffer, "png", dpi=(dpi, dpi), pnginfo=words, compress_level=3)
    return buffer.getvalue()


def encode_tiff(picture: Image.Image, dpi: float) -> bytes:
    """A picture as RGB TIFF with LZW compression, with its resolution."""
    buffer = io.BytesIO()
    picture.save(buffer, "tiff", compression="tiff_lzw", dpi=(dpi, dpi))
    return buffer.getvalue()


def _cell(value) -> str:
    if isinstance(value, float):
        return "" if pd.isna(value) else f"{value:.6g}"
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


class CaseFigure(Figure):
    """A figure of a case that shows itself on the last line of a cell: as SVG, and as PNG where only that is shown.

    Attributes
    ----------
    whose : str
        What it is of, in words: `case fu-2025`.
    """

    whose = ""

    def _repr_mimebundle_(self, include=None, exclude=None) -> dict[str, str]:
        picture = encode_png(render_raster(self, 144), 144, self.get_label(), alt_text(self))
        return {
            "image/svg+xml": render_svg(self, prefix=f"{self.get_gid()}-"),
            "image/png": base64.b64encode(picture).decode(),
            "text/plain": self.get_label(),
        }


def new_figure(case_id: str, title: str, width_mm: float, height_mm: float, whose: str = "") -> CaseFigure:
    """An empty figure that carries its case's id (as gid) and its title (as label).

    A figure of a series carries the name of the series in place of an id, and says with `whose` what it is of.
    """
    figure = CaseFigure(figsize=(on_grid(width_mm) * MM, on_grid(height_mm) * MM))
    figure.set_gid(case_id)
    figure.whose = whose or f"case {case_id}"
    figure.set_label(f"{title}, {figure.whose}")
    return figure


@dataclass(frozen=True)
class PublishedFigure:
    """A figure as it was written; on the last line of a cell it shows exactly the file.

    Attributes
    ----------
    name : str
        File name without its folder.
    case_id : str
        The id of its case, or the name of its series.
    svg : str
        The content of the file.
    whose : str
        What it is of, in words: `case fu-2025`.
    """

    name: str
    case_id: str
    svg: str
    whose: str

    def __repr__(self) -> str:
        digest = hashlib.sha256(self.svg.encode()).hexdigest()
        return f"{self.name}: figure of {self.whose}, sha256 {digest}"

    def _repr_svg_(self) -> str:
        return self.svg


@dataclass(frozen=True)
class ShownFigure:
    """A figure that shows itself as SVG and is written to no file.

    Attributes
    ----------
    title : str
    svg : str
    """

    title: str
    svg: str

    def __repr__(self) -> str:
        return self.title

    def _repr_svg_(self) -> str:
        return self.svg


def show(figure: Figure) -> ShownFigure:
    """Show a figure of your own, of matplotlib or seaborn, as an SVG that is the same at each run; write no file.

    Parameters
    ----------
    figure : Figure
        Drawn under `house_style`, so that no setting of the reader reaches it. Its label, or else the titles of its
        axes, are the title of the SVG, for readers who do not see the picture.

    Returns
    -------
    ShownFigure
        It displays itself on the last line of a cell.

    Examples
    --------
    >>> figure = Figure()
    >>> _ = figure.subplots().set_title("Skin score by phase")
    >>> show(figure)
    Skin score by phase
    """
    titles = (axes.get_title(place) for axes in figure.axes for place in ("left", "center", "right"))
    figure.set_label(figure.get_label() or "; ".join(filter(None, titles)))
    return ShownFigure(figure.get_label(), render_svg(figure, prefix="shown-"))


def publish(figure: Figure, figure_svg: str) -> PublishedFigure:
    """Write a figure as SVG, its words and values as text beside it, and return the figure as written.

    Parameters
    ----------
    figure : Figure
        From one of the `draw_*` functions; it carries the id of its case.
    figure_svg : str
        Name of the file. A bare name goes to `<build>/<case_id>/figures/`, so that the figure of one case never
        replaces another's; `<build>` is the environment variable CASETIMELINE_BUILD, or `build` beside the folder of
        the cases, which is found as `../data` is. A name with a folder is used as it is, and has no `..`: what stands
        above the folder of a run is not of the run.

    Raises
    ------
    TimelineError
        If the name does not end with `.svg`, leads upwards, or has a folder that is not there.
    TypeError
        If the figure is of no case; `show` shows any other.
    """
    if not isinstance(figure, CaseFigure):
        raise TypeError("expected a figure of one of the draw_* functions, which is of a case; show() shows any other")
    check_texts(figure_svg=figure_svg)
    case_id, path = figure.get_gid(), Path(figure_svg)
    if path.suffix != ".svg":
        raise TimelineError([fault(figure_svg, "the name of a file that ends with .svg", at="figure_svg")])
    if ".." in path.parts:
        expected = "a bare name, or a path without '..'"
        raise TimelineError([fault(figure_svg, expected, at="figure_svg")])
    if not path.parent.is_dir():
        expected = f"a bare name, or a file in a folder that is there; there is no {path.parent}"
        raise TimelineError([fault(figure_svg, expected, at="figure_svg")])
    if path.name == figure_svg:
        build = os.environ.get("CASETIMELINE_BUILD") or find_data("../data").parent / "build"
        path = Path(build, case_id, "figures", figure_svg)
    svg = render_svg(figure, prefix=f"{case_id}-{path.stem}-")
    write_atomic(path, svg.encode())
    write_atomic(path.with_suffix(".txt"), render_text(figure).encode())
    return PublishedFigure(path.name, case_id, svg, figure.whose)


def colophon(case: Case | Analysis) -> Table:
    """What a notebook was computed from: the digest of the data, the version of the package, and what was chosen."""
    case = analyse(case).case
    rows = [
        ("case", case.case_id),
        ("data, sha256", case.sha256),
        ("casetimeline", __version__),
        ("baseline rule", case.baseline_rule),
        ("reference", case.reference or "none"),
    ]
    # The axis and the rules are in the table only if they were asked for.
    rows += [(item, choice) for item, choice in (("axis", case.axis), ("rules", case.rule_set)) if choice]
    return Table(pd.DataFrame(rows, columns=["item", "value"]), "Colophon")
