"""Figures as a journal takes them: each in the formats of a preset, with its words beside it."""

import math
import tempfile
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from matplotlib.figure import Figure

from ...files import write_atomic
from ...rules import Analysis, analyse
from ..drawn import alt_text, drawn_values, legend, why_blank
from ..gallery import draw_figures, names_of
from ..style import MM, SMALL
from .presets import NOTHING, PART, PROOF, SUFFIXES, TOO_HIGH, Preset
from .publish import encode_png, encode_tiff, render_pdf, render_raster, render_svg, render_text, without_notes


def figure_files(figure: Figure, name: str, preset: Preset) -> dict[str, bytes]:
    """One figure in every format of a preset, and as text its words and values.

    Parameters
    ----------
    figure : Figure
        Drawn at the width of `drawn_width(preset)`.
    name : str
        Name of the files without a suffix.
    preset : Preset
        What the files are made for.

    Returns
    -------
    dict of bytes
        The content of each file, by its suffix. PNG and TIFF are made from one drawing. A figure that is higher than
        the preset allows has its text alone, which says so.
    """
    scale = preset.least_pt / SMALL
    if math.isfinite(preset.most_mm):
        without_notes(figure)
    contents = {"txt": render_text(figure).encode()}
    if figure.get_figheight() / MM * scale > preset.most_mm:
        message = f"{too_high(figure.get_figheight() / MM * scale, preset)}\n\n"
        return {"txt": message.encode() + contents["txt"]}
    picture = render_raster(figure, preset.dpi * scale)
    words = figure.get_label(), alt_text(figure)
    pixels = {
        "tiff": lambda: encode_tiff(picture, preset.dpi),
        "png": lambda: encode_png(picture.reduce(preset.reduce), preset.dpi / preset.reduce, *words),
    }
    vectors = {
        "svg": lambda: render_svg(figure, f"{figure.get_gid()}-{name}-", scale).encode(),
        "pdf": lambda: render_pdf(figure, scale),
    }
    # A thread compresses the pixels while the vectors are drawn: they are a copy, and it leaves the interpreter free.
    with ThreadPoolExecutor(1) as beside:
        packed = {suffix: beside.submit(make) for suffix, make in pixels.items() if suffix in preset.formats}
        contents |= {suffix: make() for suffix, make in vectors.items() if suffix in preset.formats}
        contents |= {suffix: future.result() for suffix, future in packed.items()}
    return contents


def too_high(high_mm: float, preset: Preset) -> str:
    """Why a figure has no picture for a preset."""
    return f"{TOO_HIGH} {high_mm:.0f} mm, {preset.most_mm:g} mm at most. It stands in the report and its supplement."


def export_figure(figure: Figure, folder: Path, name: str, preset: Preset) -> list[Path]:
    """Write `figure_files` into a folder, and return what was written; of a figure that shows nothing, why."""
    why = why_blank(drawn_values(figure), figure.get_label(), legend(figure))
    encoded_message = f"{NOTHING} {why}\n\n".encode()
    contents = {"txt": encoded_message + render_text(figure).encode()} if why else figure_files(figure, name, preset)
    for suffix, content in contents.items():
        write_atomic(folder / f"{name}.{suffix}", content)
    return [folder / f"{name}.{suffix}" for suffix in contents]


def drawn_width(preset: Preset) -> float:
    """Width in millimetres at which figures are laid out, so that their smallest letters are as large as asked."""
    return preset.width_mm * SMALL / preset.least_pt


def drawn_height(preset: Preset) -> float:
    """The greatest height in millimetres, without notes, at which figures are laid out."""
    return preset.most_mm * SMALL / preset.least_pt


def export_case(analysis: Analysis, folder: Path, preset: Preset, measures: tuple[str, ...] = ()) -> list[Path]:
    """Write every figure of a case for a preset.

    Parameters
    ----------
    analysis : Analysis
        From `analyse`.
    folder : Path
        Where the files are written. They replace those of an earlier export all at once, after every new file was made;
        a file of any other name is left alone.
    preset : Preset
        What the files are made for.
    measures : tuple of str
        Codes of measures whose trajectories are written as well.

    Returns
    -------
    list of Path
        The files that were written.

    Raises
    ------
    TimelineError
        If the case has no observation of a measure.
    OSError
        If the folder is a link or cannot be written. The earlier files are then still there.
    """
    if folder.is_symlink():
        raise OSError(f"{folder} is a link; figures are written into a folder of their own")
    folder.parent.mkdir(parents=True, exist_ok=True)
    analysis = analyse(analysis)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as made:
        written = []
        for name, figure in draw_figures(analysis, drawn_width(preset), measures, drawn_height(preset)):
            written.extend(export_figure(figure, Path(made), name, preset))
        folder.mkdir(exist_ok=True)
        # An earlier export may have had other measures: files of every known name are removed.
        known = names_of(analysis.case.measures.index)
        for old in [PROOF, *(f"{name}.{suffix}" for name in known for suffix in SUFFIXES)]:
            (folder / old).unlink(missing_ok=True)
        for old in [path for suffix in SUFFIXES for path in folder.glob(f"*{PART}[0-9]*.{suffix}")]:
            old.unlink()
        return [path.replace(folder / path.name) for path in written]
