"""Ten figures in four formats, our way and by one savefig each, in turns; seconds as JSON. Run by bench.py."""

import io
import json
import sys
import tempfile
import time
from pathlib import Path

from casetimeline.case.read import read_case
from casetimeline.figures.files.export import drawn_width, export_figure
from casetimeline.figures.files.presets import PRESETS
from casetimeline.figures.gallery import draw_figures
from casetimeline.figures.style import SMALL, house_style

PRESET = PRESETS["frontiers"]
case = read_case(Path(__file__).parent.parent / "data", "fu-2025")
figures = dict(draw_figures(case, drawn_width(PRESET)))
dpi = PRESET.dpi * PRESET.least_pt / SMALL


def ours(folder: Path) -> None:
    """As the project writes them."""
    for name, figure in figures.items():
        export_figure(figure, folder, name, PRESET)


def plainly(_: Path) -> None:
    """As matplotlib writes them, with the same pixels and compression of TIFF."""
    for figure in figures.values():
        with house_style():
            for kind, more in (
                ("png", {}),
                ("tiff", {"pil_kwargs": {"compression": "tiff_lzw"}}),
                ("svg", {}),
                ("pdf", {}),
            ):
                figure.savefig(io.BytesIO(), format=kind, dpi=dpi, **more)


seconds: dict[str, list[float]] = {"one savefig a format": [], "casetimeline": []}
with tempfile.TemporaryDirectory() as folder:
    for number in range(int(sys.argv[1]) + 1):
        for name, way in (("one savefig a format", plainly), ("casetimeline", ours)):
            start = time.perf_counter()
            way(Path(folder))
            if number:
                seconds[name].append(time.perf_counter() - start)
print(json.dumps(seconds))
