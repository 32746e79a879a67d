"""Proof of exported figures: every file is opened, and what it holds is measured against its preset."""

import io
import xml.etree.ElementTree as ET
from pathlib import Path

from ..presets import Preset
from .finding import Finding, found
from .outlines import SVG, parse_svg, read_texts
from .proof_pixels import prove_key, prove_picture, prove_png, prove_tiff
from .proof_vector import prove_pdf, prove_svg, text_sizes


def prove_folder(folder: Path, preset: Preset, names: tuple[str, ...]) -> list[Finding]:
    """Open every figure file of a folder and measure it.

    Parameters
    ----------
    folder : Path
        Where figures were exported to.
    preset : Preset
        What they were exported for.
    names : tuple of str
        The figures that must be there.

    Returns
    -------
    list of Finding
        For each figure its files in the formats of the preset, and for each file: width, resolution, colour mode,
        least letters, embedded fonts, tags and words, nothing cut off, no text over another, that marks and letters can
        be told in grey and under three colour-vision deficiencies, and that all files of a figure are the same figure.
    """
    provers = {"svg": prove_svg, "pdf": prove_pdf, "png": prove_png, "tiff": prove_tiff, "txt": prove_txt}
    findings = []
    for name in names:
        files: dict[str, bytes] = {}
        for suffix in (*preset.formats, "txt"):
            path = folder / f"{name}.{suffix}"
            if path.is_file():
                files[suffix] = path.read_bytes()
                told = _tried(provers[suffix], files[suffix], preset)
            else:
                told = [found("file", "missing", "written", holds=False)]
            findings.extend(finding._replace(file=path.name) for finding in told)
        for prove, suffixes in ((prove_key, ("svg", "png")), (prove_same, ("svg", *preset.formats, "txt"))):
            if set(suffixes) <= set(files):
                told = _tried(prove, files, preset)
                findings.extend(finding._replace(file=f"{name}.{finding.file or 'png'}") for finding in told)
    return findings


def _tried(prove, content, preset: Preset) -> list[Finding]:
    """What a proof finds; a file that cannot be read at all is a finding too."""
    import pikepdf

    try:
        return prove(content, preset)
    except (ET.ParseError, ValueError, OSError, KeyError, AttributeError, Warning, pikepdf.PdfError) as error:
        return [found("readable", f"{type(error).__name__}: {error}", "yes", holds=False)]


def prove_txt(content: bytes, preset: Preset) -> list[Finding]:
    """The words beside a figure have an alternative text, a description and values."""
    text = content.decode("utf-8")
    parts = {part.partition("\n")[0].split(",")[0]: part.partition("\n")[2] for part in text.split("\n\n")}
    missing = [head for head in ("Alternative text", "Description", "Values") if not parts.get(head, "").strip()]
    return [found("words missing", "; ".join(missing) or "none", "none", not missing)]


def prove_same(files: dict[str, bytes], preset: Preset) -> list[Finding]:
    """All files of a figure are that figure: shape, words, and ink where the SVG has letters."""
    root = parse_svg(files["svg"])
    wide, high = (float(root.get(name).removesuffix("pt")) for name in ("width", "height"))
    said = root.findtext(f"{SVG}desc") or ""
    texts = read_texts(root)
    told = files["txt"].decode("utf-8")
    findings = [found("description as in the SVG", "", "yes", said in told)._replace(file="txt")]
    for suffix in ("png", "tiff"):
        if suffix in files:
            findings.extend(prove_picture(files[suffix], (wide, high), texts, suffix))
    if "pdf" in files:
        import pikepdf

        with pikepdf.open(io.BytesIO(files["pdf"])) as pdf:
            box = [float(x) for x in pdf.pages[0].MediaBox]
            alternative = str(pdf.Root.StructTreeRoot.K.get("/Alt", ""))
            lines = len(text_sizes(pdf.pages[0]))
        shape = abs(box[3] - high) < 0.1
        findings.append(found("height, pt", f"{box[3]:.1f}", f"{high:.1f}", shape)._replace(file="pdf"))
        findings.append(
            found(
                "description as in the SVG", f"{len(alternative)} letters", f"{len(said)}", alternative == said
            )._replace(file="pdf")
        )
        findings.append(
            found("lines of text as in the SVG", lines, f">= {len(texts)}", lines >= len(texts))._replace(file="pdf")
        )
    return findings
