"""Files for a journal: each property is proved on the file, and each proof fails when the property does not hold."""

import hashlib
import io
import math
import shutil
import sys

import numpy as np
import pikepdf
import pytest
from conftest import ROOT, casetimeline, run
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from PIL import Image

from casetimeline.figures.blocks import Entry, draw_footer, lay_footer
from casetimeline.figures.files.export import drawn_width, export_case, export_figure
from casetimeline.figures.files.presets import PRESETS, Preset
from casetimeline.figures.files.proof import (
    prove_folder,
    prove_key,
    prove_pdf,
    prove_png,
    prove_same,
    prove_svg,
    prove_tiff,
    prove_txt,
)
from casetimeline.figures.files.publish import encode_png, encode_tiff, new_figure, render_svg
from casetimeline.figures.files.sight import parse_svg, read_texts
from casetimeline.figures.style import house_style
from casetimeline.figures.trajectory import draw_trajectory
from casetimeline.rules.analysis import analyse

NAMES = ("02_muscle",)
PRESET = Preset(180.0, 200, 2, 8.0, ("svg", "pdf", "png", "tiff"), "a test")


@pytest.fixture(scope="module")
def figure(published):
    case, changes = published["fu-2025"]
    return draw_trajectory(analyse(case, changes), "ck", width_mm=drawn_width(PRESET))


@pytest.fixture(scope="module")
def written(figure, tmp_path_factory):
    folder = tmp_path_factory.mktemp("figures")
    export_figure(figure, folder, "02_muscle", PRESET)
    return folder


def missed(findings):
    return {finding.what for finding in findings if not finding.holds}


def read(folder, suffix):
    return (folder / f"02_muscle.{suffix}").read_bytes()


@pytest.mark.product
def test_every_property_of_a_sound_export_is_proved(written):
    findings = prove_folder(written, PRESET, NAMES)
    assert missed(findings) == set()
    assert {finding.file for finding in findings} == {f"02_muscle.{s}" for s in (*PRESET.formats, "txt")}
    assert len(findings) == 42


@pytest.mark.product
def test_sizes_are_those_of_the_preset(written):
    svg = parse_svg(read(written, "svg"))
    # 180 mm are 510.24 pt.
    assert float(svg.get("width").removesuffix("pt")) == pytest.approx(510.236, abs=0.01)
    assert min(words.size for words in read_texts(svg)) == pytest.approx(8.0)
    # 180 mm at 200 dpi are 1417 pixels; the preview is half as wide.
    for suffix, wide, dpi in (("tiff", 1417, 200), ("png", 709, 100)):
        with Image.open(io.BytesIO(read(written, suffix))) as picture:
            assert picture.width == pytest.approx(wide, abs=1)
            assert picture.info["dpi"][0] == pytest.approx(dpi, abs=0.1)
    with pikepdf.open(io.BytesIO(read(written, "pdf"))) as pdf:
        assert float(pdf.pages[0].MediaBox[2]) == pytest.approx(510.236, abs=0.01)


@pytest.mark.product
def test_what_is_missing_or_swapped_is_noticed(written, tmp_path):
    for path in written.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / "02_muscle.tiff").unlink()
    assert [f.file for f in prove_folder(tmp_path, PRESET, NAMES) if not f.holds] == ["02_muscle.tiff"]
    assert len([f for f in prove_folder(tmp_path, PRESET, ("00_course",)) if not f.holds]) == 5


SOUND = {"svg": "ParseError", "pdf": "PdfError", "png": "UnidentifiedImageError", "tiff": "UnidentifiedImageError"}


@pytest.mark.parametrize("suffix", [*SOUND, "txt"])
def test_a_file_that_cannot_be_read_is_a_finding(written, tmp_path, suffix):
    for path in written.iterdir():
        (tmp_path / path.name).write_bytes(path.read_bytes())
    (tmp_path / f"02_muscle.{suffix}").write_bytes(b"\xff\xfe nothing")
    findings = [f for f in prove_folder(tmp_path, PRESET, NAMES) if not f.holds]
    assert findings[0].file == f"02_muscle.{suffix}" and findings[0].what == "readable"
    assert SOUND.get(suffix, "UnicodeDecodeError") in findings[0].measured


def whole(written, **changed):
    files = {suffix: read(written, suffix) for suffix in (*PRESET.formats, "txt")}
    return {(f.file, f.what) for f in prove_same({**files, **changed}, PRESET) if not f.holds}


@pytest.mark.product
def test_the_files_of_a_figure_are_one_figure(published, written, tmp_path):
    assert whole(written) == set()
    case, changes = published["fu-2025"]
    other = draw_trajectory(analyse(case, changes), "mrss", width_mm=drawn_width(PRESET))
    export_figure(other, tmp_path, "02_muscle", PRESET)
    assert {what for _, what in whole(written, txt=read(tmp_path, "txt"))} == {"description as in the SVG"}
    assert ("pdf", "description as in the SVG") in whole(written, pdf=read(tmp_path, "pdf"))
    for suffix in ("png", "tiff"):
        found = whole(written, **{suffix: read(tmp_path, suffix)})
        assert (suffix, "letters of the SVG without ink") in found
    with Image.open(io.BytesIO(read(written, "tiff"))) as picture:
        blank = Image.new("RGB", picture.size, "white")
    assert whole(written, tiff=encode_tiff(blank, 200)) == {("tiff", "letters of the SVG without ink")}
    with pikepdf.open(io.BytesIO(read(written, "pdf"))) as pdf:
        pdf.pages[0].Contents = pdf.make_stream(b"BT ET")
        emptied = io.BytesIO()
        pdf.save(emptied)
    assert whole(written, pdf=emptied.getvalue()) == {("pdf", "lines of text as in the SVG")}


def test_another_width_letter_size_or_resolution_is_noticed(written):
    wider = PRESET._replace(width_mm=170.0)
    assert "width, mm" in missed(prove_svg(read(written, "svg"), wider))
    assert "width, mm" in missed(prove_pdf(read(written, "pdf"), wider))
    assert "width, pixels" in missed(prove_png(read(written, "png"), wider))
    larger = PRESET._replace(least_pt=9.0)
    assert missed(prove_svg(read(written, "svg"), larger)) == {"least letters, pt"}
    assert missed(prove_pdf(read(written, "pdf"), larger)) == {"least letters, pt"}
    finer = PRESET._replace(dpi=300)
    assert missed(prove_tiff(read(written, "tiff"), finer)) == {"width, pixels", "resolution, dpi"}


def dot(x, y, **look):
    return Line2D([x], [y], marker="o", markersize=9, zorder=9, **look)


def box(x, zorder=9, **look):
    return Rectangle((x, 0.4), 0.2, 0.3, zorder=zorder, **look)


def plain(draw, width=180.0):
    """The SVG and picture of an empty figure with something drawn into it, at the printed width."""
    with house_style():
        figure = new_figure("a", "Test", width, 40)
        draw(figure)
    return render_svg(figure, "a-").encode(), figure


@pytest.mark.parametrize(
    ("draw", "what"),
    [
        (lambda f: f.text(0.5, 0.5, "small", fontsize=5), "least letters, pt"),
        (lambda f: f.text(0.98, 0.5, "beyond the edge", fontsize=9), "text cut off"),
        (lambda f: (f.text(0.5, 0.5, "one", fontsize=9), f.text(0.5, 0.51, "two", fontsize=9)), "text over text"),
        (lambda f: (f.text(0.5, 0.5, "one", fontsize=9), f.add_artist(box(0.4))), "text covered"),
        (lambda f: (f.text(0.5, 0.5, "one", fontsize=9), f.add_artist(dot(0.51, 0.52))), "text covered"),
        (lambda f: f.text(0.5, 0.5, "pale", fontsize=9, color="#aaaaaa"), "contrast of letters"),
        (lambda f: f.text(0.5, 0.5, "green", fontsize=9, color="#00a000"), "contrast of letters"),
    ],
)
def test_each_fault_of_an_svg_is_noticed(draw, what):
    svg, _ = plain(draw)
    assert missed(prove_svg(svg, PRESET)) == {what}


def test_what_lies_under_words_or_lets_them_through_covers_none():
    def draw(figure):
        figure.add_artist(box(0.1, zorder=0))
        for x in (0.11, 0.35, 0.56, 0.81):
            figure.text(x, 0.5, "one", fontsize=9)
        # Open, hatched, and as pale as a tint.
        figure.add_artist(dot(0.36, 0.52, markerfacecolor="none"))
        figure.add_artist(box(0.55, fill=False, hatch="//"))
        figure.add_artist(box(0.8, alpha=0.2))

    svg, _ = plain(draw)
    assert missed(prove_svg(svg, PRESET)) == set()


def test_an_svg_without_words_or_with_a_link_is_noticed(written):
    svg = read(written, "svg").decode()
    start, end = svg.index("<desc"), svg.index("</desc>") + 7
    assert missed(prove_svg((svg[:start] + svg[end:]).encode(), PRESET)) == {"title and description"}
    linked = svg.replace("</svg>", '<image xlink:href="http://example.org/x.png"/></svg>')
    assert missed(prove_svg(linked.encode(), PRESET)) == {"links outwards", "elements that are no drawing"}
    for added, what in (
        ("<script>alert(1)</script>", {"elements that are no drawing"}),
        ("<text x='1' y='1'>more</text>", {"elements that are no drawing"}),
        ("<style>@import url(http://example.org/x.css);</style>", {"links outwards"}),
        ('<g style="fill: url(http://example.org/x)"/>', {"links outwards"}),
    ):
        assert missed(prove_svg(svg.replace("</svg>", f"{added}</svg>").encode(), PRESET)) == what
    shifted = svg.replace('viewBox="0 0', 'viewBox="9 9')
    assert missed(prove_svg(shifted.encode(), PRESET)) == {"corner of the view"}


def test_a_pdf_without_embedded_fonts_tags_or_with_a_date_is_noticed(figure, written):
    with house_style():
        import matplotlib

        with matplotlib.rc_context({"pdf.use14corefonts": True}):
            buffer = io.BytesIO()
            figure.savefig(buffer, format="pdf")
    found = missed(prove_pdf(buffer.getvalue(), PRESET))
    assert {"fonts not embedded as TrueType", "tagged, with a text", "title and language", "dates"} <= found
    with pikepdf.open(io.BytesIO(read(written, "pdf"))) as pdf:
        pdf.Root.StructTreeRoot.K.Alt = ""
        changed = io.BytesIO()
        pdf.save(changed)
    assert missed(prove_pdf(changed.getvalue(), PRESET)) == {"tagged, with a text"}
    for change, what in (
        (lambda pdf: pdf.pages[0].obj.__setitem__("/CropBox", [0, 0, 50, 50]), "other boxes"),
        (lambda pdf: pdf.Root.__setitem__("/OpenAction", pikepdf.Dictionary(S=pikepdf.Name.JavaScript)), "actions"),
    ):
        with pikepdf.open(io.BytesIO(read(written, "pdf"))) as pdf:
            change(pdf)
            changed = io.BytesIO()
            pdf.save(changed)
        assert missed(prove_pdf(changed.getvalue(), PRESET)) == {what}


def test_the_pdf_is_one_tagged_figure_with_its_description(figure, written):
    from casetimeline.figures.drawn import describe

    with pikepdf.open(io.BytesIO(read(written, "pdf"))) as pdf:
        element = pdf.Root.StructTreeRoot.K
        assert (element.S, str(element.Alt)) == ("/Figure", describe(figure))
        operators = [str(operator) for _, operator in pikepdf.parse_content_stream(pdf.pages[0])]
    assert operators[0] == "BDC" and operators[-1] == "EMC"


def test_pixels_of_another_mode_packing_or_cut_off_are_noticed(written):
    with Image.open(io.BytesIO(read(written, "tiff"))) as picture:
        picture.load()
    raw = io.BytesIO()
    picture.save(raw, "tiff", compression="raw", dpi=(200, 200))
    assert missed(prove_tiff(raw.getvalue(), PRESET)) == {"compression"}
    grey = io.BytesIO()
    picture.convert("RGBA").save(grey, "tiff", compression="tiff_lzw", dpi=(200, 200))
    assert "colour mode" in missed(prove_tiff(grey.getvalue(), PRESET))
    pixels = np.asarray(picture).copy()
    pixels[40:60, -1] = 0
    assert missed(prove_tiff(encode_tiff(Image.fromarray(pixels), 200), PRESET)) == {"ink on the edge, pixels"}
    small = picture.reduce(2)
    assert missed(prove_png(encode_png(small, 100), PRESET)) == {"title"}
    assert missed(prove_png(encode_png(small, 72, "t"), PRESET)) == {"resolution, dpi"}
    dated = io.BytesIO()
    from PIL import PngImagePlugin

    words = PngImagePlugin.PngInfo()
    words.add_text("Title", "t")
    words.add_text("Software", "some program")
    small.save(dated, "png", dpi=(100, 100), pnginfo=words)
    assert missed(prove_png(dated.getvalue(), PRESET)) == {"date or program"}


def test_words_that_are_missing_are_noticed(written):
    text = read(written, "txt")
    assert missed(prove_txt(text, PRESET)) == set()
    assert missed(prove_txt(text.replace(b"Alternative text", b"Text"), PRESET)) == {"words missing"}
    assert missed(prove_txt(b"Title\n\nAlternative text\n\nDescription\n\nValues\n", PRESET)) == {"words missing"}


def keyed(*looks):
    entries = [Entry(f"entry {n}", "mark", {"marker": "o", **look}) for n, look in enumerate(looks)]

    def draw(figure):
        footer = lay_footer(entries, [], 170)
        draw_footer(figure, footer, 5, 10)

    svg, figure = plain(draw)
    from casetimeline.figures.files.publish import render_raster

    png = encode_png(render_raster(figure, 300).reduce(1), 300, "t")
    return missed(prove_key({"svg": svg, "png": png}, PRESET._replace(dpi=300, reduce=1, least_pt=6.0)))


@pytest.mark.product
def test_swatches_told_apart_by_colour_alone_are_noticed():
    both = {"swatches of the key apart"}
    # Two greens and reds of one lightness are one colour to some readers, and one grey in print.
    assert keyed({"color": "#b05050"}, {"color": "#5a7a3a"}) == both
    assert keyed({"color": "#777777"}, {"color": "#7b7b7b"}) == both
    assert keyed({"color": "#b05050"}, {"color": "#5a7a3a", "marker": "X"}) == set()
    assert keyed({"color": "#fbfbfb"}) == {"swatch on the ground"}


def test_a_font_without_outlines_is_not_taken_for_small():
    svg, _ = plain(lambda figure: None)
    assert missed(prove_svg(svg, PRESET)) == {"least letters, pt"}


@pytest.mark.parametrize("name", PRESETS)
def test_each_preset_says_where_it_comes_from(name):
    preset = PRESETS[name]
    assert name == "screen" or "https://" in preset.source
    # One column of 85 mm with letters of 8 points is laid out in 63.75 mm.
    assert preset.dpi % preset.reduce == 0 and drawn_width(preset) >= 63.75
    assert math.isfinite(preset.most_mm) == (name != "screen")


@pytest.mark.product
def test_the_report_has_and_proves_the_figures_of_a_preset(tmp_path):
    # The figures of a preset are drawn by no notebook.
    (tmp_path / "notebooks").mkdir()
    shutil.copy(ROOT / "notebooks/01_skin.ipynb", tmp_path / "notebooks")
    asked = ("report", "--case", "ferreira2017", "--build", str(tmp_path), "--notebooks", str(tmp_path / "notebooks"))
    refused = casetimeline(*asked, "--preset", "print")
    assert refused.returncode == 2 and "'screen'" not in refused.stdout and "found 'print'" in refused.stderr
    assert "Traceback" not in refused.stderr and not (tmp_path / "ferreira2017").exists()
    done = casetimeline(*asked, "--preset", "screen")
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "ferreira2017/manuscript/figures/screen"
    # Three files of each of seven figures, which have something to show of this case, and the proof.
    assert len(list(folder.iterdir())) == 22
    assert done.stdout.strip().endswith("properties proved")
    rows = (folder / "proof.tsv").read_text(encoding="utf-8").splitlines()
    assert len(rows) > 100 and all(row.endswith("\tyes") for row in rows[1:])
    # What is not proved is told again by a run that has nothing else to do.
    proof = folder / "proof.tsv"
    manifest = tmp_path / "ferreira2017/manifest.json"
    old = hashlib.sha256(proof.read_bytes()).hexdigest()
    proof.write_text(proof.read_text(encoding="utf-8").replace("\tyes", "\tno", 1), encoding="utf-8")
    new = hashlib.sha256(proof.read_bytes()).hexdigest()
    manifest.write_text(manifest.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    again = casetimeline(*asked, "--preset", "screen")
    assert again.returncode == 1 and "nothing to do" in again.stdout and "00_course.svg" in again.stderr


@pytest.mark.product
def test_a_failure_leaves_the_earlier_figures_and_nothing_half_written(published, tmp_path, monkeypatch):
    case, _ = published["ferreira2017"]
    folder = tmp_path / "figures/screen"
    folder.mkdir(parents=True)
    (folder / "00_course.svg").write_text("earlier")

    def fail(figure, prefix, scale):
        raise OSError("no space left on device")

    monkeypatch.setattr("casetimeline.figures.files.export.render_svg", fail)
    with pytest.raises(OSError, match="no space"):
        export_case(case, folder, PRESETS["screen"])
    assert [path.name for path in folder.parent.iterdir()] == ["screen"]
    assert (folder / "00_course.svg").read_text() == "earlier"
    (tmp_path / "elsewhere").mkdir()
    (folder.parent / "wiley").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="is a link"):
        export_case(case, folder.parent / "wiley", PRESETS["wiley"])


DIGEST = """
import hashlib, io, sys
from pathlib import Path
from casetimeline.figures import draw_figures
from casetimeline.figures.files.publish import *
from casetimeline.case import read_case
for name, figure in draw_figures(read_case(Path("data"), "fu-2025"), 135):
    picture = render_raster(figure, 100)
    files = [render_svg(figure, "x-").encode(), render_pdf(figure, 1.5)]
    files += [encode_png(picture, 100, "t"), encode_tiff(picture, 100)]
    print(name, *(hashlib.sha256(file).hexdigest() for file in (*files, render_text(figure).encode())))
"""


@pytest.mark.product
def test_every_format_has_the_same_bytes_on_another_run(tmp_path):
    first, second = (
        run(sys.executable, "-c", DIGEST, cwd=ROOT, **environment)
        for environment in (
            {"PYTHONHASHSEED": "1", "TZ": "Asia/Tokyo", "MPLCONFIGDIR": str(tmp_path / "one"), "LC_ALL": "C"},
            {
                "PYTHONHASHSEED": "2",
                "TZ": "America/New_York",
                "MPLCONFIGDIR": str(tmp_path / "two"),
                "MPLBACKEND": "svg",
            },
        )
    )
    assert first.returncode == 0, first.stderr
    assert first.stdout == second.stdout
    assert len(first.stdout.split()) == 54 and len(set(first.stdout.split())) == 54


@pytest.mark.product
def test_a_figure_is_drawn_once_for_all_formats_of_pixels(figure, tmp_path, monkeypatch):
    drawn = []
    draw = Figure.draw
    monkeypatch.setattr(
        Figure, "draw", lambda self, renderer: (drawn.append(type(renderer).__name__), draw(self, renderer))
    )
    export_figure(figure, tmp_path, "x", PRESET)
    assert drawn.count("RendererAgg") == 1


@pytest.mark.product
def test_make_figures_is_offered_and_refuses_bad_names(project):
    done = run("make", "help", cwd=project)
    assert "make figures" in done.stdout and "PRESET" in done.stdout
    bad = run("make", "figures", "PRESET=a b", cwd=project)
    assert bad.returncode != 0 and "holds a blank" in bad.stderr
