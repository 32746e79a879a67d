"""Every text that a file holds: its body, its metadata, the parts of a Word file, and the pictures in them."""

import codecs
import contextlib
import html
import io
import re
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pikepdf
import pypdfium2
from PIL import ExifTags, Image

# The outlines of an SVG: numbers and commands, most of its bytes, and no words.
_OUTLINE = re.compile(r'\s(?:d|points|transform)="[MLHVCSQTAZmlhvcsqtaz(),\s\d.e+-]*"|\sxlink:href="#[\w.-]*"')
# A table of what a figure drew has four columns of coordinates, of which one may read as a month, `12.2063`. They are
# known by the names of these columns, however the table is written: with tabs, with blanks, or in HTML.
_BETWEEN = r"(\t| {2,}|</t[hd]>\s*<t[hd][^<>]*>)"
_PLACES = ("x", "x_to", "y", "y_to")
_PLACED = re.compile(rf"{_BETWEEN.join(_PLACES)}.*?(?=</table>|\n\s*\n|\Z)", re.S)
_ROW = re.compile(r"(\n|<tr)")
_COORDINATE = re.compile(r"-?\d+(?:\.\d+)?(?:e[+-]\d+)?")
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
    >>> [text.split() for _, text in texts_of("a.html", b"<td>Ro<b>e</b></td><td>46</td>")][1:]
    [['<td>Ro<b>e</b></td><td>46</td>'], ['Roe', '46']]
    """
    yield "name", name
    suffix = Path(name).suffix
    read = _READERS.get(suffix) or _reader_of(content)
    if read:
        yield from read(content)
    elif suffix == ".ipynb":
        yield from _texts_of_notebook(content)
    else:
        yield from _with_and_without_markup("text", _decoded_text(content))


def texts_of_content(content: bytes) -> Iterator[tuple[str, str]]:
    """Every text of a content without a name: of a picture, a PDF or a zip, or the text itself; none of other bytes."""
    read = _reader_of(content)
    if read:
        # What only begins like such a file is noise: it came out of a word that looks like base64.
        with contextlib.suppress(Exception):
            yield from read(content)
        return
    with contextlib.suppress(UnicodeDecodeError):
        text = content.decode("utf-8")
        if text.replace("\n", " ").replace("\t", " ").replace("\r", " ").isprintable():
            yield from _with_and_without_markup("text", text)


def _reader_of(content: bytes) -> Callable[[bytes], Iterator[tuple[str, str]]] | None:
    """What reads a content, by its first bytes, whatever it is named; nothing for a text."""
    return next((read for mark, read in _MARKS.items() if content.startswith(mark)), None)


def _decoded_text(content: bytes) -> str:
    wide = content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
    return content.decode("utf-16" if wide else "utf-8", "replace")


def _with_and_without_markup(place: str, text: str) -> Iterator[tuple[str, str]]:
    """A text with its markup, and then without it, so that a word with markup inside is found; no outlines."""
    text = _PLACED.sub(_without_coordinates, _OUTLINE.sub("", text))
    both = html.unescape(text), html.unescape(re.sub(r"<[^<>]*>", "", _BLOCK.sub("\n", text)))
    yield from ((place, form) for form in dict.fromkeys(both))


def _without_coordinates(table: re.Match[str]) -> str:
    """A table of what a figure drew, from the names of its coordinates on, without the numbers below these names.

    Examples
    --------
    >>> _PLACED.sub(_without_coordinates, "line\\tx\\tx_to\\ty\\ty_to\\tsaid\\n2\\t12.2063\\t13\\t46\\t46\\t46 U/L")
    'line\\tx\\tx_to\\ty\\ty_to\\tsaid\\n2\\t\\t\\t\\t\\t46 U/L'
    """
    start = max(table.string.rfind(mark, 0, table.start()) for mark in ("\n", "<tr"))
    # A row is its cells, and between two of them what parts them.
    first = 2 * len(re.findall(_BETWEEN, table.string[start + 1 : table.start()]))
    places = range(first, first + 2 * len(_PLACES), 2)
    rows = [re.split(_BETWEEN, row) for row in _ROW.split(table[0])]
    for row in rows[1:]:
        if len(row) > places[-1] and all(_COORDINATE.fullmatch(row[place].strip()) for place in places):
            for place in places:
                row[place] = ""
    return "".join(cell for row in rows for cell in row)


def _texts_of_notebook(content: bytes) -> Iterator[tuple[str, str]]:
    notebook = nbformat.reads(content.decode("utf-8"), as_version=4)
    yield "metadata", str(notebook.metadata)
    for number, cell in enumerate(notebook.cells, 1):
        yield f"cell {number}", cell.source
        yield f"cell {number}, metadata", str(cell.metadata)
        # Its files as base64, by name and type.
        yield f"cell {number}, attachments", str(cell.get("attachments", ""))
        for output in cell.get("outputs", []):
            # The text of each representation as a reader sees it, and not with escaped line ends.
            for text in [*output.get("data", {}).values(), output.get("text", ""), str(output.get("metadata", ""))]:
                yield from _with_and_without_markup(f"cell {number}, output", str(text))
            failed = [output.get("ename", ""), output.get("evalue", ""), *output.get("traceback", [])]
            yield f"cell {number}, output", "\n".join(failed)


def _texts_of_picture(content: bytes) -> Iterator[tuple[str, str]]:
    with Image.open(io.BytesIO(content)) as picture:
        # Text may follow the pixels; it is found only once they have been read.
        picture.load()
        exif = picture.getexif()
        entries = [picture.info, exif, *(exif.get_ifd(ifd) for ifd in _IFDS)]
        pieces = _beside_pixels(content, picture)
    for values in entries:
        yield "metadata", "\n".join(f"{key}: {_decoded(value)}" for key, value in values.items())
    yield "bytes beside the picture", "\n".join(map(_decoded, pieces))


def _beside_pixels(content: bytes, picture: Image.Image) -> list[bytes]:
    if picture.format == "PNG":
        return list(_chunks(content))
    if picture.format == "TIFF":
        # Tables of numbers stand there too, which are no text: their bytes hold no long run of letters.
        return [b"\n".join(_RUNS.findall(piece)) for piece in _outside_strips(content, picture)]
    return [content.rpartition(b"\xff\xd9")[2]]


def _outside_strips(content: bytes, picture: Image.Image) -> list[bytes]:
    """The parts of a TIFF that are not the strips or tiles of one of its pages."""
    spans = []
    for page in range(picture.n_frames):
        picture.seek(page)
        for starts, lengths in _PIXELS_OF_TIFF:
            spans += zip(picture.tag_v2.get(starts, ()), picture.tag_v2.get(lengths, ()), strict=True)
    pieces, place = [], 0
    for start, length in sorted(spans):
        pieces.append(content[place:start])
        place = max(place, start + length)
    return [*pieces, content[place:]]


def _chunks(content: bytes) -> Iterator[bytes]:
    """The parts of a PNG that are not its pixels, and what follows its end."""
    place = len(_PNG)
    while place + 12 <= len(content):
        end = place + 12 + int.from_bytes(content[place : place + 4])
        kind = content[place + 4 : place + 8]
        # What is packed in a part is read by Pillow.
        if kind not in (b"IDAT", b"PLTE", b"zTXt", b"iCCP"):
            yield content[place + 8 : end - 4]
        place = end
        if kind == b"IEND":
            break
    yield content[place:]


def _decoded(value) -> str:
    """An entry as text; one of bytes in each of the encodings that it may have."""
    if not isinstance(value, bytes):
        return str(value)
    return "\n".join(value.decode(encoding, "replace").replace("\0", "") for encoding in ("utf-8", "utf-16-le"))


def _texts_of_zip(content: bytes) -> Iterator[tuple[str, str]]:
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        if parts.comment:
            yield "comment", _decoded(parts.comment)
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
            elif isinstance(thing, pikepdf.Stream) and thing.get("/Subtype") == "/Image":
                yield from _texts_of_drawn(thing)
            if isinstance(thing, (pikepdf.Dictionary, pikepdf.Stream, pikepdf.Array)):
                yield from _entries(thing)
        for name, attached in pdf.attachments.items():
            for place, text in texts_of(name, attached.get_file().read_bytes()):
                yield f"attachment {name}: {place}", text
    yield "bytes after the end", _decoded(content.rpartition(b"%%EOF")[2])


def _texts_of_drawn(image: pikepdf.Stream) -> Iterator[tuple[str, str]]:
    """The texts of a picture that is kept in a PDF as it came."""
    if image.get("/Filter") == "/DCTDecode":
        yield from _texts_of_picture(image.read_raw_bytes())


def _entries(thing) -> Iterator[tuple[str, str]]:
    """Every string of an object and of the objects inside it; one that it refers to is looked through by itself."""
    members = enumerate(thing) if isinstance(thing, pikepdf.Array) else thing.items()
    for key, value in members:
        if isinstance(value, pikepdf.String):
            yield f"entry {key}", str(value)
        elif isinstance(value, (pikepdf.Dictionary, pikepdf.Array)) and not value.is_indirect:
            yield from _entries(value)


_PNG = b"\x89PNG\r\n\x1a\n"
# Where the strips, and the tiles, of a page start, and how long they are (TIFF 6.0).
_PIXELS_OF_TIFF = ((273, 279), (324, 325))
# Five characters and more in UTF-8, or in UTF-16 of the Latin letters.
_RUNS = re.compile(rb"[\t\n\r -~\x80-\xff]{5,}|(?:[\t\n\r -~\xa0-\xff]\x00){5,}")
_MARKS = {
    b"%PDF-": _texts_of_pdf,
    b"PK\x03\x04": _texts_of_zip,
    _PNG: _texts_of_picture,
    b"\xff\xd8\xff": _texts_of_picture,
    b"II*\0": _texts_of_picture,
    b"MM\0*": _texts_of_picture,
    b"GIF8": _texts_of_picture,
}
_READERS = {
    ".pdf": _texts_of_pdf,
    ".docx": _texts_of_zip,
    **dict.fromkeys((".png", ".tiff", ".jpeg", ".jpg"), _texts_of_picture),
}
