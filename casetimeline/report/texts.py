"""Every text that a file holds: its body, its metadata, the parts of a Word file, and the pictures in them."""

import html
import io
import re
import zipfile
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pikepdf
import pypdfium2
from PIL import ExifTags, Image

# The outlines of an SVG: numbers and commands, most of its bytes, and no words.
_OUTLINE = re.compile(r'\s(?:d|points|transform)="[MLHVCSQTAZmlhvcsqtaz(),\s\d.e+-]*"|\sxlink:href="#[\w.-]*"')
# Where one text ends and the next begins; any other tag may stand within a word.
_BLOCK = re.compile(
    r"</?(?:p|div|tr|td|th|li|h\d|br|caption|section|figure|figcaption|title|desc|text|g|pre|summary|dt|dd|option"
    r"|w:p|w:tc|w:tr|w:br|w:tab|dc:\w+|cp:\w+|dcterms:\w+|rdf:\w+)\b[^<>]*>"
)
# What stands in the text of a PDF for a hyphen at the end of a line.
_HYPHEN = re.compile("[\x02\ufffe](?:\r?\n)?")
_IFDS = (ExifTags.IFD.Exif, ExifTags.IFD.GPSInfo, ExifTags.IFD.Interop)


def texts_of(name: str, content: bytes) -> Iterator[tuple[str, str]]:
    """Every text that a file holds, with the place where it stands.

    Parameters
    ----------
    name : str
        Its suffix says what the file is; what is none of the known kinds is read as text.
    content : bytes
        The file.

    Examples
    --------
    >>> list(texts_of("a.html", b"<td>Ro<b>e</b></td><td>46</td>"))[1][1].split()
    ['<td>Ro<b>e</b></td><td>46</td>', 'Roe', '46']
    """
    suffix = Path(name).suffix
    yield "name", name
    if suffix == ".pdf":
        yield from _texts_of_pdf(content)
    elif suffix == ".docx":
        yield from _texts_of_zip(content)
    elif suffix in (".png", ".tiff", ".jpeg", ".jpg"):
        yield from _texts_of_picture(content)
    elif suffix == ".ipynb":
        yield from _texts_of_notebook(content)
    else:
        yield "text", _unescaped(content.decode("utf-8", "replace"))


def _unescaped(text: str) -> str:
    """A text with its markup and then without it, so that a word with markup inside is found; outlines are left out."""
    text = _OUTLINE.sub("", text)
    return html.unescape(text) + "\n" + html.unescape(re.sub(r"<[^<>]*>", "", _BLOCK.sub("\n", text)))


def _texts_of_notebook(content: bytes) -> Iterator[tuple[str, str]]:
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    yield "metadata", str(notebook.metadata)
    for number, cell in enumerate(notebook.cells, 1):
        yield f"cell {number}", cell.source
        yield f"cell {number}, metadata", str(cell.metadata)
        for output in cell.get("outputs", []):
            # The text of each representation as a reader sees it, and not with escaped line ends.
            for text in [*output.get("data", {}).values(), output.get("text", ""), str(output.get("metadata", ""))]:
                yield f"cell {number}, output", _unescaped(str(text))
            failed = [output.get("ename", ""), output.get("evalue", ""), *output.get("traceback", [])]
            yield f"cell {number}, output", "\n".join(failed)


def _texts_of_picture(content: bytes) -> Iterator[tuple[str, str]]:
    with Image.open(io.BytesIO(content)) as picture:
        # Text may follow the pixels; it is found only once they have been read.
        picture.load()
        exif = picture.getexif()
        entries = [picture.info, exif, *(exif.get_ifd(ifd) for ifd in _IFDS)]
    for values in entries:
        yield "metadata", "\n".join(f"{key}: {_decoded(value)}" for key, value in values.items())


def _decoded(value) -> str:
    """An entry as text; one of bytes in each of the encodings that it may have."""
    if not isinstance(value, bytes):
        return str(value)
    return "\n".join(value.decode(encoding, "replace").replace("\0", "") for encoding in ("utf-8", "utf-16-le"))


def _texts_of_zip(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        for part in parts.namelist():
            yield from ((f"{part}: {place}", text) for place, text in texts_of(part, parts.read(part)))


def _texts_of_pdf(content: bytes) -> Iterator[tuple[str, str]]:
    document = pypdfium2.PdfDocument(content)
    for number, page in enumerate(document, 1):
        yield f"page {number}", _HYPHEN.sub("", page.get_textpage().get_text_bounded())
    with pikepdf.open(io.BytesIO(content)) as pdf:
        for thing in pdf.objects:
            if isinstance(thing, pikepdf.Stream) and thing.get("/Type") == "/Metadata":
                yield "metadata", thing.read_bytes().decode("utf-8", "replace")
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
                yield from _entries(thing)
        yield "attachments", "\n".join(pdf.attachments.keys())


def _entries(thing) -> Iterator[tuple[str, str]]:
    """Every string of an object and of the objects inside it; one that it refers to is looked through by itself."""
    members = enumerate(thing) if isinstance(thing, pikepdf.Array) else thing.items()
    for key, value in members:
        if isinstance(value, pikepdf.String):
            yield f"entry {key}", str(value)
        elif isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
            yield from _entries(value)
